//! Words for causes, verdicts and the rest of the report's fixed terms.

use super::units::bytes;
use crate::report::{Cause, Confidence, Container, HolderKind, Incident, Scope, Verdict};

/// The cause as a heading: "the container reached its memory limit".
pub(in crate::render) fn headline(incident: &Incident) -> String {
    let agent = incident.agent.as_deref();
    match incident.cause {
        Cause::ContainerLimit => "the container reached its memory limit".to_owned(),
        Cause::PodLimit => "the pod reached its memory limit".to_owned(),
        Cause::AncestorLimit => "a group above it reached its memory limit".to_owned(),
        Cause::ServiceLimit => "the service reached its memory limit".to_owned(),
        Cause::CgroupLimit => "its cgroup reached its memory limit".to_owned(),
        Cause::NodeMemory => "the node ran out of memory".to_owned(),
        Cause::NumaLimit => "the memory nodes it is bound to ran out".to_owned(),
        Cause::Fragmentation => "memory was free, but not in the form that was asked for".to_owned(),
        Cause::UserspaceKiller => format!("{} acted on low memory", agent.unwrap_or("a killer in user space")),
        Cause::Eviction => "evicted because the node was short of memory".to_owned(),
        Cause::ApplicationHeap => "the program itself gave up for lack of memory".to_owned(),
        Cause::ManualOom => "somebody called the OOM killer by hand (SysRq f)".to_owned(),
        Cause::OomPanic => "the kernel panicked for lack of memory".to_owned(),
        Cause::StopTimeout => "it did not stop in time and was killed".to_owned(),
        Cause::Stopped => "it was asked to stop, and did".to_owned(),
        Cause::KilledOnRequest => "somebody had it killed".to_owned(),
        Cause::ProbeFailure => "its probe failed".to_owned(),
        Cause::Crash => "it crashed".to_owned(),
        Cause::StartFailure => "it could not start".to_owned(),
        Cause::ApplicationError => "it ended with an error of its own".to_owned(),
        Cause::Reboot => "it ended with the node or the runtime".to_owned(),
        Cause::Invented => "its exit code was made up by the platform".to_owned(),
        Cause::Unknown if by_kernel(incident) => {
            "the kernel's OOM killer ran, for a limit that the logs do not show".to_owned()
        }
        Cause::Unknown => "it was killed, and these logs do not tell by whom".to_owned(),
    }
}

/// The kernel's OOM killer did it; only which limit was hit is unknown.
fn by_kernel(incident: &Incident) -> bool {
    incident.verdict == Verdict::Memory && incident.agent.as_deref() == Some("kernel")
}

/// The cause for a column of the table: "container limit 512 MiB".
pub(in crate::render) fn short(incident: &Incident) -> String {
    let limit = incident.limit.as_ref().and_then(|limit| limit.limit_bytes);
    let limited = |what: &str| limit.map_or_else(|| what.to_owned(), |size| format!("{what} {}", bytes(size)));
    match incident.cause {
        Cause::ContainerLimit => limited("container limit"),
        Cause::PodLimit => limited("pod limit"),
        Cause::AncestorLimit => limited(match incident.limit.as_ref().map(|limit| limit.scope) {
            Some(Scope::Kubepods) => "all pods' limit",
            Some(Scope::Qos) => "QoS class limit",
            Some(Scope::Slice) => "slice limit",
            _ => "limit above it",
        }),
        Cause::ServiceLimit => limited("service limit"),
        Cause::CgroupLimit => limited("cgroup limit"),
        Cause::NodeMemory => "node out of memory".to_owned(),
        Cause::NumaLimit => "bound memory nodes".to_owned(),
        Cause::Fragmentation => "fragmented memory".to_owned(),
        Cause::UserspaceKiller => incident.agent.clone().unwrap_or_else(|| "user-space killer".to_owned()),
        Cause::Eviction => "evicted for memory".to_owned(),
        Cause::ApplicationHeap => "own heap full".to_owned(),
        Cause::ManualOom => "SysRq f".to_owned(),
        Cause::OomPanic => "kernel panic".to_owned(),
        Cause::StopTimeout => "stop timed out".to_owned(),
        Cause::Stopped => "stopped".to_owned(),
        Cause::KilledOnRequest => "killed on request".to_owned(),
        Cause::ProbeFailure => "probe failed".to_owned(),
        Cause::Crash => signal_or(incident, "crash"),
        Cause::StartFailure => code_or(incident, "did not start"),
        Cause::ApplicationError => code_or(incident, "error"),
        Cause::Reboot => "reboot or restart".to_owned(),
        Cause::Invented => "code made up".to_owned(),
        Cause::Unknown if by_kernel(incident) => "OOM, limit unknown".to_owned(),
        Cause::Unknown => match incident.terminations.iter().find_map(|end| end.signal_name.as_deref()) {
            Some(name) => format!("{name} from unknown"),
            None => "killed by unknown".to_owned(),
        },
    }
}

fn signal_or(incident: &Incident, word: &str) -> String {
    match incident.terminations.iter().find_map(|end| end.signal_name.as_deref()) {
        Some(name) => format!("{word}, {name}"),
        None => code_or(incident, word),
    }
}

fn code_or(incident: &Incident, word: &str) -> String {
    match incident.terminations.iter().find_map(|end| end.exit_code) {
        Some(code) => format!("{word}, code {code}"),
        None => word.to_owned(),
    }
}

/// The verdict in capitals.
pub(in crate::render) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Memory => "MEMORY",
        Verdict::NotMemory => "NOT MEMORY",
        Verdict::Undetermined => "UNDETERMINED",
    }
}

/// How sure.
pub(in crate::render) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Weak => "weak",
        Confidence::Possible => "possible",
        Confidence::Probable => "probable",
        Confidence::Strong => "strong",
        Confidence::Proven => "proven",
    }
}

/// Whose limit.
pub(in crate::render) fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Container => "container",
        Scope::Pod => "pod",
        Scope::Qos => "QoS class",
        Scope::Kubepods => "all pods",
        Scope::Service => "service",
        Scope::Slice => "slice",
        Scope::Other => "cgroup",
    }
}

/// What a holder is, where its name alone does not tell.
pub(in crate::render) fn holder(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Process => "",
        HolderKind::Container => "container ",
        HolderKind::Slab => "kernel slab ",
        HolderKind::Shmem => "shared ",
        HolderKind::Hugepages => "huge pages ",
        HolderKind::Kernel => "kernel ",
        HolderKind::Unaccounted => "",
    }
}

/// A name for a container: its own, with the pod's, or the start of its id, or its unit.
pub(in crate::render) fn container(container: &Container) -> Option<String> {
    let id = || container.id.as_ref().map(|id| id.chars().take(12).collect::<String>());
    let namespace = container.namespace.as_ref().map(|n| format!("{n}/")).unwrap_or_default();
    match (&container.name, &container.pod) {
        (Some(name), Some(pod)) => Some(format!("{namespace}{pod}/{name}")),
        (Some(name), None) => Some(name.clone()),
        (None, Some(pod)) => Some(format!("{namespace}{pod}")),
        (None, None) => {
            container.unit.clone().or_else(|| container.pod_uid.as_ref().map(|uid| format!("pod {uid}"))).or_else(id)
        }
    }
}
