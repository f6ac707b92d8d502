//! Schedulers and platforms that kill for memory by themselves, or pass on what a runtime told them: Slurm, LSF, PBS, YARN, Spark,
//! HTCondor, Nomad, ECS, Cloud Foundry, Heroku, Lambda, Cloud Run, App Engine, Render, Vercel, Bitbucket, Fly, Mesos, Talos, Ray, Dask, pipelines on
//! Kubernetes, and tools that watch a cluster.

mod batch;
mod cloud;
mod compute;
mod condor;
mod observers;
mod pipelines;
mod serverless;
mod spark;

pub(super) use condor::Condor;
pub(super) use serverless::Lambda;
pub(super) use spark::Spark;

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
    "died due to OOM",
    "(out of memory)",
    "(Memory quota ",
    "Stopping process with SIGKILL",
    "Process exited with status ",
    "Runtime exited with error: signal: killed",
    "Runtime.OutOfMemory",
    "Max Memory Used: ",
    "maxMemoryUsedMB",
    "platform.initStart",
    "container finished at: ",
    "termination reason: ",
    "Command exited with code 137",
    "(exitCode=",
    "exited with code ",
    "Memory limit of ",
    "Exceeded hard memory limit",
    "Memory limit exceeded: Requested: ",
    "Sending SIGKILL to cgroup",
    "TERM_MEMLIMIT: ",
    "PBS: job killed: ",
    "(Memory quota vastly",
    "exit_description",
    "Ray killed this worker",
    "System memory low at node with IP",
    "killed due to memory pressure (OOM)",
    "% memory budget.",
    "PumaWorkerKiller: Out of memory",
    "exceeds --max-memory-restart",
    "appears to have been OOM killed!",
    " was terminated (Exit Code: ",
    "Error in container ",
    "OOMKilled (exit code ",
    "terminated=ContainerStateTerminated(",
    "terminated:map[",
    "the last termination reason is ",
    " has been OOMKilled ",
    " OOMKilled results",
    "' was terminated with exit code '",
    "] terminated with exit code (",
    "gone over memory limit of ",
    " Job was held.",
    " Shadow exception!",
    "encountered an out-of-memory event",
    "gone over cgroup memory limit of ",
    "Error: memory limit exceeded.",
    "ut of memory (used over ",
    "event was detected during the build",
    "_terminated_reason{",
    "_last_terminated_exitcode{",
];

/// Reads one line. `kernel`: it stands in the kernel's log, where only Talos writes.
pub(super) fn read(line: &Line<'_>, kernel: bool, facts: &mut Vec<RuntimeFact>) {
    let text = line.text.trim_end();
    let fact = if kernel {
        cloud::talos(text)
    } else {
        let cloud = || cloud::read(text, line.record.ident.as_deref());
        batch::read(text)
            .or_else(|| spark::read(text))
            .or_else(|| compute::read(text))
            .or_else(cloud)
            .or_else(|| pipelines::read(text))
            .or_else(|| observers::read(text))
    };
    facts.extend(fact);
}

#[cfg(test)]
mod tests;
