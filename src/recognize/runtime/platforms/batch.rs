//! Batch systems and cluster schedulers: Slurm, LSF, PBS, YARN, Nomad, Mesos.

use super::super::text::{after, between, hex_id, non_empty, number, pid, word};
use super::super::{about, plain};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, UserspaceKill, What};

/// Reads one line.
pub(super) fn read(text: &str) -> Option<RuntimeFact> {
    slurm(text)
        .or_else(|| lsf(text))
        .or_else(|| pbs(text))
        .or_else(|| yarn(text))
        .or_else(|| nomad(text))
        .or_else(|| mesos(text))
}

/// A thing that has a name and is no container: a job step, a YARN container.
pub(super) fn named(name: &str, runtime: &str) -> ContainerRef {
    ContainerRef { name: non_empty(name), runtime: Some(runtime.into()), ..Default::default() }
}

/// The same by the id that its platform knows it by: a job step, a YARN container. It is the one in the cgroup's path, too.
pub(super) fn by_id(id: &str, runtime: &str) -> ContainerRef {
    ContainerRef { id: non_empty(id), ..named(id, runtime) }
}

/// A kill by a scheduler that measures memory itself: there is no kernel line.
pub(super) fn kill(victim: Option<u32>, signal: Option<i32>, reason: &str) -> What {
    What::UserspaceKill(Box::new(UserspaceKill {
        pid: victim,
        comm: None,
        signal,
        cgroup: None,
        uid: None,
        rss_bytes: None,
        oom_score_adj: None,
        reason: reason.trim().to_owned(),
    }))
}

/// slurmstepd, slurmd, srun:
/// * `Detected 1 oom-kill event(s) in step 410022.0 cgroup. ...` (to 20.x)
/// * `Detected 2 oom_kill events in StepId=77001.0. Some of the step tasks have been OOM Killed.` (21 on)
/// * `Exceeded step memory limit at some point.`; `error: Job 123 exceeded memory limit (..), being killed` (its own poll)
/// * `srun: error: node7: task 4: Out Of Memory`
fn slurm(text: &str) -> Option<RuntimeFact> {
    if let Some(rest) =
        after(text, "Detected ").filter(|rest| rest.contains("oom-kill event") || rest.contains("oom_kill event"))
    {
        number::<u32>(rest)?;
        let step = after(rest, "StepId=").or_else(|| after(rest, " in step "))?;
        let step = word(step).trim_end_matches(['.', ',']);
        return Some(about(Speaker::Slurm, by_id(step, "slurm"), What::OomSeen));
    }
    if text.contains("Exceeded step memory limit at some point") {
        return Some(plain(Speaker::Slurm, What::OomSeen));
    }
    if let Some((head, rest)) =
        text.split_once(" exceeded memory limit (").filter(|(_, rest)| rest.contains("being killed"))
    {
        let job = head.rsplit(' ').next().filter(|job| job.starts_with(|c: char| c.is_ascii_digit()))?;
        let reason = format!("memory limit exceeded ({}", rest.trim_end());
        return Some(about(Speaker::Slurm, by_id(job, "slurm"), kill(None, Some(9), &reason)));
    }
    let head = text.strip_suffix(": Out Of Memory")?;
    let task = head.rsplit(": ").next().filter(|task| task.starts_with("task"))?;
    let exit = ContainerExit { reason: Some("OUT_OF_MEMORY".to_owned()), oom_flag: Some(true), ..Default::default() };
    Some(about(Speaker::Slurm, named(task, "slurm"), What::Exited(exit.into())))
}

/// LSF's report at the end of a job's output: `TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.`
fn lsf(text: &str) -> Option<RuntimeFact> {
    let reason = text.trim_start().strip_prefix("TERM_MEMLIMIT: ")?;
    reason.starts_with("job killed").then(|| plain(Speaker::Lsf, kill(None, None, reason.trim_end_matches('.'))))
}

/// pbs_mom of PBS and Torque (`mom_over_limit`, `src/resmom/linux/mom_mach.c`), at the end of a job's output or behind a shell's prompt: `=>> PBS: job killed:
/// mem 4198404kb exceeded limit 4194304kb`, `vmem job total 4198404 kb exceeded limit ..`, also `pmem` and `pvmem`. Of time and processors it speaks
/// in the same words.
fn pbs(text: &str) -> Option<RuntimeFact> {
    let reason = after(text, "=>> PBS: job killed: ")?;
    let of_memory = ["mem ", "vmem ", "pmem ", "pvmem "].iter().any(|what| reason.starts_with(what));
    (of_memory && reason.contains("exceeded limit")).then(|| plain(Speaker::Pbs, kill(None, None, reason)))
}

/// YARN's node manager (`ContainersMonitorImpl`): it polls, and kills with SIGTERM, then SIGKILL.
/// * 2.x: `Container [pid=44545,containerID=container_1..] is running beyond physical memory limits. Current usage: ..`
/// * 3.x: `... is running 1723304448B beyond the 'PHYSICAL' memory limit. ...`
fn yarn(text: &str) -> Option<RuntimeFact> {
    if let Some(rest) = after(text, "Container [pid=") {
        let (id, said) = after(rest, "containerID=")?.split_once(']')?;
        let limit =
            said.contains("memory limit") && (said.contains("is running beyond") || said.contains("beyond the '"));
        let reason =
            said.trim_start().trim_end_matches("Killing container.").trim_end_matches("Dump of the process-tree");
        return limit.then(|| about(Speaker::Yarn, by_id(id, "yarn"), kill(pid(rest), Some(15), reason)));
    }
    let code = after(text, "Container killed on request. Exit code is ").and_then(number)?;
    let name = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).find(|w| w.starts_with("container_"));
    let exit =
        ContainerExit { exit_code: Some(code), reason: Some("killed on request".to_owned()), ..Default::default() };
    Some(about(Speaker::Yarn, by_id(name.unwrap_or_default(), "yarn"), What::Exited(exit.into())))
}

/// Nomad: the agent's `docker: OOM Killed: container_id=<id> ..`, and a task event's `Exit Code: 137, Exit Message: "OOM
/// Killed (137)"`. Releases of 1.2 and 1.3 called every 137 so.
fn nomad(text: &str) -> Option<RuntimeFact> {
    if let Some(rest) = after(text, "docker: OOM Killed") {
        let id = after(rest, "container_id=").and_then(hex_id)?;
        let container = ContainerRef { id: Some(id), runtime: Some("docker".into()), ..Default::default() };
        return Some(about(Speaker::Nomad, container, What::OomSeen));
    }
    // The agent's own log quotes it: `Task event: alloc_id=.. task=web type=Terminated msg="Exit Code: 137, Exit Message:
    // \\"OOM Killed\\"" failed=false`.
    let (code, rest) = after(text, "Exit Code: ")?.split_once(", Exit Message: ")?;
    let rest = rest.trim_start_matches('\\').strip_prefix('"')?;
    let message = rest.split('"').next().unwrap_or(rest).trim_end_matches('\\');
    let exit = ContainerExit {
        exit_code: Some(number(code)?),
        oom_flag: Some(message.starts_with("OOM Killed")),
        message: non_empty(message),
        ..Default::default()
    };
    let task = after(text, " task=").map(word).map(|task| task.trim_matches('"'));
    let allocation = after(text, "alloc_id=").map(word);
    let container = allocation.zip(task).map(|(allocation, task)| ContainerRef {
        id: Some(format!("{allocation}.{task}").into()),
        ..named(task, "nomad")
    });
    let container = container.unwrap_or_default();
    Some(about(Speaker::Nomad, container, What::Exited(exit.into())))
}

/// Mesos: `Memory limit exceeded: Requested: 64MB Maximum Used: 64MB`.
fn mesos(text: &str) -> Option<RuntimeFact> {
    let rest = after(text, "Memory limit exceeded: Requested: ")?;
    let used = between(rest, "Maximum Used: ", "B")?;
    let reason = format!("memory limit exceeded: requested {}, used {used}B", word(rest));
    Some(plain(Speaker::Mesos, kill(None, Some(9), &reason)))
}
