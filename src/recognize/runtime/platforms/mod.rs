//! Schedulers and platforms that kill for memory by themselves, or pass on what a runtime told them: Slurm, LSF, YARN, Spark,
//! Nomad, ECS, Cloud Foundry, Heroku, Lambda, Cloud Run, App Engine, Fly, Mesos, Talos, Ray, Dask.

mod batch;
mod cloud;
mod compute;

use super::Line;
use crate::event::RuntimeFact;

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "oom-kill event",
    "oom_kill event",
    "Exceeded step memory limit",
    "exceeded memory limit",
    ": Out Of Memory",
    "is running beyond",
    "beyond the '",
    "Container killed on request",
    "Container killed by YARN",
    "possible container OOM",
    "docker: OOM Killed",
    "Exit Message: ",
    "OutOfMemoryError: Container killed",
    "(out of memory)",
    "(Memory quota ",
    "Stopping process with SIGKILL",
    "Process exited with status ",
    "Runtime exited with error: signal: killed",
    "Runtime.OutOfMemory",
    "Memory limit of ",
    "Exceeded hard memory limit",
    "Memory limit exceeded: Requested: ",
    "Sending SIGKILL to cgroup",
    "TERM_MEMLIMIT: ",
    "(Memory quota vastly",
    "exit_description",
    "Ray killed this worker",
    "System memory low at node with IP",
    "killed due to memory pressure (OOM)",
    "% memory budget.",
    "PumaWorkerKiller: Out of memory",
    "exceeds --max-memory-restart",
    "appears to have been OOM killed!",
];

/// Reads one line. `kernel`: it stands in the kernel's log, where only Talos writes.
pub(super) fn read(line: &Line<'_>, kernel: bool, facts: &mut Vec<RuntimeFact>) {
    let text = line.text.trim_end();
    let fact = if kernel {
        cloud::talos(text)
    } else {
        batch::read(text).or_else(|| compute::read(text)).or_else(|| cloud::read(text, line.record.ident.as_deref()))
    };
    facts.extend(fact);
}

#[cfg(test)]
mod tests;
