//! Advice that depends on which program held the memory.

use super::units::{quarter_more, size};

/// How to bound or watch the memory of a well-known program, by its name in the kernel's log (15 bytes at most).
pub(crate) fn for_program(comm: &str) -> Option<(&'static str, &'static str)> {
    Some(match program(comm)? {
        Program::Java => (
            "Check the heap of the Java process: -Xmx or -XX:MaxRAMPercentage (75 or less), and take a heap dump or jcmd VM.native_memory.",
            "A JVM needs memory beside its heap (threads, metaspace, direct buffers); a heap as large as the limit cannot fit.",
        ),
        Program::Node => (
            "Check --max-old-space-size of the Node.js process and take a heap snapshot.",
            "V8 sizes its heap by itself unless told, and buffers come on top of the heap.",
        ),
        Program::Php => (
            "Check pm.max_children and memory_limit of PHP-FPM.",
            "The workers' memory adds up: children times memory_limit must fit.",
        ),
        Program::Postgres => (
            "Check work_mem, shared_buffers, max_connections and vm.overcommit_memory=2 for PostgreSQL.",
            "Each sort or hash of each connection may take work_mem, and shared_buffers come on top.",
        ),
        Program::Mysql => (
            "Check innodb_buffer_pool_size, the per-connection buffers and max_connections of MySQL or MariaDB.",
            "The buffer pool and the connections' buffers add up.",
        ),
        Program::Redis => (
            "Set maxmemory with an eviction policy for Redis, and leave room for its fork when it saves.",
            "During a save, changed pages exist twice.",
        ),
        Program::Mongo => (
            "Set storage.wiredTiger.engineConfig.cacheSizeGB for MongoDB.",
            "Its cache is sized by the memory that it believes to have.",
        ),
        Program::Dotnet => (
            "Check DOTNET_GCHeapHardLimit or the GC's container limits of the .NET process.",
            "The collector sizes its heap by the limit that it sees at start.",
        ),
        Program::Python => (
            "Look at the number of Python workers and at max-requests style recycling; tracemalloc shows what grows.",
            "Workers' memory adds up, and memory that Python has once taken is seldom given back.",
        ),
        Program::Ruby => (
            "Look at the number of Ruby workers, MALLOC_ARENA_MAX=2 or jemalloc.",
            "Many small arenas of glibc's allocator make Ruby processes grow.",
        ),
        Program::Prometheus => (
            "Look at the number of series and at heavy queries of Prometheus.",
            "Its memory follows the number of active series; replaying the log after a crash needs even more.",
        ),
        Program::Qemu => (
            "Compare the memory given to virtual machines with the memory of the host.",
            "A guest may use all that it was given, plus the emulator's own part.",
        ),
    })
}

enum Program {
    Java,
    Node,
    Php,
    Postgres,
    Mysql,
    Redis,
    Mongo,
    Dotnet,
    Python,
    Ruby,
    Prometheus,
    Qemu,
}

fn program(comm: &str) -> Option<Program> {
    Some(match comm {
        "java" => Program::Java,
        "node" | "nodejs" => Program::Node,
        "postgres" | "postmaster" => Program::Postgres,
        "mysqld" | "mariadbd" => Program::Mysql,
        "mongod" => Program::Mongo,
        "dotnet" => Program::Dotnet,
        "gunicorn" | "uwsgi" | "celery" => Program::Python,
        "ruby" | "puma" | "sidekiq" | "unicorn" => Program::Ruby,
        "prometheus" => Program::Prometheus,
        _ if comm.starts_with("php") => Program::Php,
        _ if comm.starts_with("redis-server") => Program::Redis,
        _ if comm.starts_with("python") => Program::Python,
        _ if comm.starts_with("qemu-") => Program::Qemu,
        _ => return None,
    })
}

/// A limit worth trying, with the sum that it comes from.
pub(crate) fn better_limit(limit: Option<u64>, highest: Option<u64>) -> Option<(u64, String)> {
    let seen = highest.into_iter().chain(limit).max()?;
    let raised = quarter_more(seen);
    Some((raised, format!("{} is the highest use seen ({}) and a quarter more", size(raised), size(seen))))
}

/// A size as systemd and Kubernetes manifests take it: `640M` / `640Mi`.
pub(crate) fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_names() {
        assert!(for_program("java").unwrap().0.contains("-Xmx"));
        assert!(for_program("php-fpm8.2").unwrap().0.contains("max_children"));
        assert!(for_program("python3.11").is_some());
        assert_eq!(for_program("javac"), None);
        assert_eq!(for_program(""), None);
    }

    #[test]
    fn the_better_limit_is_above_the_highest_use() {
        let (bytes, why) = better_limit(Some(64 << 20), Some(70 << 20)).unwrap();
        assert!(bytes > 70 << 20);
        assert!(why.contains("70.0 MiB"), "{why}");
        assert_eq!(better_limit(None, None), None);
        assert_eq!(mebibytes((1 << 20) + 1), 2);
    }
}
