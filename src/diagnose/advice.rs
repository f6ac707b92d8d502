//! Advice that depends on which program held the memory.

use super::units::quarter_more;
use crate::language::Language;
use crate::report::Advice;
use crate::say;

/// How to bound or watch the memory of a well-known program, by its name in the kernel's log (15 bytes at most).
pub(crate) fn for_program(language: Language, comm: &str) -> Option<Advice> {
    let (action, reason) = match program(comm)? {
        Program::Java => (say!(language, "tell-do-java"), say!(language, "tell-why-java")),
        Program::Node => (say!(language, "tell-do-node-js"), say!(language, "tell-why-node-js")),
        Program::Php => (say!(language, "tell-do-php"), say!(language, "tell-why-php")),
        Program::Postgres => (say!(language, "tell-do-postgres"), say!(language, "tell-why-postgres")),
        Program::Mysql => (say!(language, "tell-do-mysql"), say!(language, "tell-why-mysql")),
        Program::Redis => (say!(language, "tell-do-redis"), say!(language, "tell-why-redis")),
        Program::Mongo => (say!(language, "tell-do-mongo"), say!(language, "tell-why-mongo")),
        Program::Dotnet => (say!(language, "tell-do-dotnet"), say!(language, "tell-why-dotnet")),
        Program::Python => (say!(language, "tell-do-python"), say!(language, "tell-why-python")),
        Program::Ruby => (say!(language, "tell-do-ruby"), say!(language, "tell-why-ruby")),
        Program::Prometheus => (say!(language, "tell-do-prometheus"), say!(language, "tell-why-prometheus")),
        Program::Qemu => (say!(language, "tell-do-qemu"), say!(language, "tell-why-qemu")),
    };
    Some(Advice { action, reason })
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

/// A limit worth trying: the highest use seen and a quarter more, and that use.
pub(crate) fn better_limit(limit: Option<u64>, highest: Option<u64>) -> Option<(u64, u64)> {
    let seen = highest.into_iter().chain(limit).max()?;
    Some((quarter_more(seen), seen))
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
        let advice = |comm| for_program(Language::English, comm).map(|advice| advice.action);
        assert!(advice("java").unwrap().contains("-Xmx"));
        assert!(advice("php-fpm8.2").unwrap().contains("max_children"));
        assert!(advice("python3.11").is_some());
        assert_eq!(advice("javac"), None);
        assert_eq!(advice(""), None);
    }

    #[test]
    fn the_better_limit_is_above_the_highest_use() {
        let (bytes, seen) = better_limit(Some(64 << 20), Some(70 << 20)).unwrap();
        assert!(bytes > 70 << 20);
        assert_eq!(seen, 70 << 20);
        assert_eq!(better_limit(None, None), None);
        assert_eq!(mebibytes((1 << 20) + 1), 2);
    }
}
