//! Schedulers and platforms that kill for memory by themselves, or pass on what a runtime told them: Slurm, YARN, Spark,
//! Nomad, ECS, Cloud Foundry, Heroku, Lambda, Cloud Run, App Engine, Mesos, Talos, pipelines on Kubernetes.

mod batch;
mod cloud;
mod pipelines;

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
    " was terminated (Exit Code: ",
    "Error in container ",
    "OOMKilled (exit code ",
    "terminated=ContainerStateTerminated(",
    "terminated:map[",
    "_terminated_reason{",
    "_last_terminated_exitcode{",
];

/// Reads one line. `kernel`: it stands in the kernel's log, where only Talos writes.
pub(super) fn read(line: &Line<'_>, kernel: bool, facts: &mut Vec<RuntimeFact>) {
    let text = line.text.trim_end();
    let fact = if kernel {
        cloud::talos(text)
    } else {
        batch::read(text).or_else(|| cloud::read(text, line.record.ident.as_deref())).or_else(|| pipelines::read(text))
    };
    facts.extend(fact);
}

#[cfg(test)]
mod tests;
