//! Frameworks and process managers that watch the memory of their workers and end them before the kernel does: Ray, Dask,
//! puma_worker_killer, PM2.

use super::super::plain;
use super::super::text::{after, between, non_empty, number, pid, size_bytes, word};
use crate::event::{RuntimeFact, Speaker, UserspaceKill, What};

/// Reads one line.
pub(super) fn read(text: &str) -> Option<RuntimeFact> {
    ray(text).or_else(|| dask(text)).or_else(|| puma(text)).or_else(|| pm2(text))
}

fn kill(victim: Option<u32>, comm: Option<String>, rss_bytes: Option<u64>, reason: &str) -> What {
    What::UserspaceKill(Box::new(UserspaceKill {
        pid: victim,
        comm,
        signal: None,
        cgroup: None,
        uid: None,
        rss_bytes,
        oom_score_adj: None,
        reason: reason.trim().to_owned(),
    }))
}

/// Ray's memory monitor (`src/ray/raylet/node_manager.cc`, `worker_killing_policy.cc`):
/// * 2.0: `System memory low at node with IP X. Used memory (23.63GB) / total capacity (33.28GB) (0.71) exceeds threshold 0.7, killing
///   latest task with name N ..`
/// * 2.2 and later: `Memory on the node (IP: .., ID: ..) where the task (.., name=N, pid=7, memory used=0.05GB) was running was 219.41GB /
///   230.40GB (0.952), which exceeds the memory usage threshold of 0.95. Ray killed this worker (ID: ..) because ..`
/// * once a minute: `12 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (..)`
fn ray(text: &str) -> Option<RuntimeFact> {
    let what =
        if let Some(at) = text.find("Memory on the node (IP: ").filter(|_| text.contains("Ray killed this worker")) {
            let said = text.get(at..)?;
            let task = after(said, " where the ")?;
            let reason = between(said, " was running was ", " Ray killed this worker")?;
            let comm = between(task, "name=", ",").and_then(non_empty);
            let used = after(task, "memory used=").and_then(size_bytes);
            kill(after(task, "pid=").and_then(pid), comm, used, reason)
        } else if let Some(at) = text.find("System memory low at node with IP ") {
            let said = text.get(at..)?;
            let comm = after(said, "killing latest task with name ").map(word).and_then(non_empty);
            kill(None, comm, None, said.lines().next()?)
        } else {
            let (head, rest) = text.split_once(" Workers (tasks / actors) killed due to memory pressure (OOM)")?;
            let count = head.rsplit(' ').next().and_then(number::<u64>).filter(|count| *count > 0)?;
            rest.starts_with(',')
                .then(|| kill(None, None, None, &format!("{count} workers killed due to memory pressure (OOM)")))?
        };
    Some(plain(Speaker::Ray, what))
}

/// Dask's nanny (`distributed/nanny.py`, `worker_memory.py`): `Worker exceeded 95% memory budget. Restarting` up to 2021, then `Worker
/// tcp://10.0.0.7:34937 (pid=129) exceeded 95% memory budget. Restarting...`
fn dask(text: &str) -> Option<RuntimeFact> {
    let (head, _) = text.split_once("% memory budget.")?;
    let (worker, percent) = head.rsplit_once(" exceeded ")?;
    let worker = worker.get(worker.rfind("Worker")?..)?;
    number::<u32>(percent).filter(|_| percent.bytes().all(|c| c.is_ascii_digit()))?;
    let reason = format!("{worker} exceeded {percent}% of its memory budget");
    Some(plain(Speaker::Dask, kill(after(worker, "(pid=").and_then(pid), None, None, &reason)))
}

/// puma_worker_killer (`puma_memory.rb`, `reaper.rb`): `PumaWorkerKiller: Out of memory. 2 workers consuming total: 555.2 mb out of max: 501.7
/// mb. Sending TERM to pid 12418 consuming 182.8 mb.`; before 0.1 the worker was printed as an object with `@pid=8003,`.
fn puma(text: &str) -> Option<RuntimeFact> {
    let said = after(text, "PumaWorkerKiller: Out of memory. ")?;
    let (reason, victim) = said.split_once(" Sending TERM to ")?;
    let victim_pid = after(victim, "pid ").or_else(|| after(victim, "@pid=")).and_then(pid);
    Some(plain(Speaker::PumaWorkerKiller, kill(victim_pid, None, None, reason)))
}

/// PM2 (`lib/Worker.js`): `[PM2][WORKER] Process 0 restarted because it exceeds --max-memory-restart value`, later with `(current_memory=..
/// max_memory_limit=.. [octets])` behind it.
fn pm2(text: &str) -> Option<RuntimeFact> {
    let (head, _) = text.split_once(" restarted because it exceeds --max-memory-restart value")?;
    let at = head.rfind("Process ")?;
    Some(plain(Speaker::Pm2, kill(None, None, None, text.get(at..)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn killed(text: &str) -> (Speaker, Option<u32>, Option<String>, String) {
        let fact = read(text).unwrap_or_else(|| panic!("{text}"));
        let What::UserspaceKill(kill) = fact.what else { panic!() };
        (fact.speaker, kill.pid, kill.comm, kill.reason)
    }

    #[test]
    fn ray_kills_a_worker() {
        let text = "Memory on the node (IP: 10.1.1.9, ID: 00aa) where the task (task ID: 77bb, name=shard_rows, pid=4410, memory used=3.25GB) was running was 60.80GB / 64.00GB (0.95), which exceeds the memory usage threshold of 0.95. Ray killed this worker (ID: 99cc) because it was the most recently scheduled task";
        let (who, pid, comm, reason) = killed(text);
        assert_eq!((who, pid, comm.as_deref()), (Speaker::Ray, Some(4410), Some("shard_rows")));
        assert!(reason.starts_with("60.80GB / 64.00GB"), "{reason}");
        let text = "(raylet) node_manager.cc:2963: System memory low at node with IP 10.1.1.9. Used memory (3.1GB) / total capacity (4.0GB) (0.78) exceeds threshold 0.7, killing latest task with name grow to avoid running out of memory.";
        assert_eq!(killed(text).2.as_deref(), Some("grow"));
        let text = "(raylet) node_manager.cc:3064: 3 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (ID: aa, IP: 10.1.1.9) over the last time period.";
        assert_eq!(killed(text).3, "3 workers killed due to memory pressure (OOM)");
        let text =
            "0 Workers (tasks / actors) killed due to memory pressure (OOM), 2 Workers crashed due to other reasons";
        assert_eq!(read(text), None);
    }

    #[test]
    fn managers_of_workers() {
        let text = "[9] PumaWorkerKiller: Out of memory. 3 workers consuming total: 610.5 mb out of max: 500.0 mb. Sending TERM to pid 88 consuming 201.5 mb.";
        assert_eq!(
            killed(text),
            (
                Speaker::PumaWorkerKiller,
                Some(88),
                None,
                "3 workers consuming total: 610.5 mb out of max: 500.0 mb.".into()
            )
        );
        let text = "PumaWorkerKiller: Out of memory. 3 workers consuming total: 6 mb out of max: 5 mb. Sending TERM to #<Puma::Cluster::Worker:0x1 @index=0, @pid=89, @phase=0> consuming 2 mb.";
        assert_eq!(killed(text).1, Some(89));
        let text = "[PM2][WORKER] Process 3 restarted because it exceeds --max-memory-restart value (current_memory=9 max_memory_limit=8 [octets])";
        assert_eq!(killed(text).0, Speaker::Pm2);
        assert_eq!(read("PumaWorkerKiller: Consuming 402.3 mb with master and 3 workers"), None);
    }

    #[test]
    fn dasks_nanny_restarts_a_worker() {
        let (who, pid, _, reason) =
            killed("distributed.nanny - WARNING - Worker exceeded 95% memory budget.  Restarting");
        assert_eq!((who, pid, reason.as_str()), (Speaker::Dask, None, "Worker exceeded 95% of its memory budget"));
        let text = "distributed.nanny.memory - WARNING - Worker tcp://10.1.1.9:40101 (pid=77) exceeded 90% memory budget. Restarting...";
        assert_eq!(killed(text).1, Some(77));
        assert_eq!(read("we exceeded the 95% memory budget. Sorry"), None);
    }
}
