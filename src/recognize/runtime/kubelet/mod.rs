//! The kubelet, 1.5 to 1.33: glog and structured klog text, and JSON logging (`--logging-format=json`), also inside k3s,
//! rke2 and microk8s. The wording is the same in all envelopes of one release; only the fields' form differs.

mod events;
mod eviction;
mod kills;
mod oomwatch;
mod pleg;
mod terminated;

use super::Line;
use super::text::{by_id, by_scheme, has, non_empty, set_pod, set_uid};
use crate::event::{ContainerRef, RuntimeFact};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "ContainerDied",
    "ContainerStarted",
    "ContainerRemoved",
    "container finished",
    "GenericPLEG",
    "Killing container ",
    "Killing unwanted container",
    "will be restarted",
    "robe failed",
    "robe for ",
    "SyncLoop DELETE",
    "SyncLoop REMOVE",
    "SyncLoop (DELETE",
    "SyncLoop (REMOVE",
    "Shutdown manager ",
    "imminent node shutdown",
    "Attempting to evict pods in order to free up resources",
    "Pod evicted successfully",
    ") evicted successfully",
    "Preempted in order to admit",
    "viction manager: attempting to reclaim",
    "viction manager: must evict pod",
    "viction manager: pod ",
    "viction manager: pods ",
    "Evicting pod",
    "The node was low on resource",
    "Got sys oom event",
    "System OOM encountered",
    "Created an OOM event in container",
    "restarting failed container",
    "Attempting to reclaim memory",
    "NodeHasInsufficientMemory",
    "Stopping container ",
    "Patch status for pod",
    "ContainerStateTerminated{",
];

/// A failed readiness probe, which restarts nothing, and nothing else.
pub(super) fn is_idle_probe(text: &str) -> bool {
    has(text, "] \"Probe failed\" probeType=\"Readiness\" ")
        && !has(text, "containerID=")
        && !has(text, "restarting failed")
}

/// What one kubelet line leaves for the next ones.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// The resource that the eviction manager said last it wants back: the line of the evicted pod does not name it.
    pub(super) resource: Option<String>,
}

impl State {
    /// Reads one line.
    pub(super) fn read(&mut self, line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
        let before = facts.len();
        events::read(line, facts);
        if facts.len() > before {
            return;
        }
        pleg::read(line, facts);
        // Most of what a busy kubelet says: with fields, these lines say nothing else.
        if facts.len() > before && pleg::is_all(line.message()) {
            return;
        }
        kills::read(line, facts);
        eviction::read(line, &mut self.resource, facts);
        oomwatch::read(line, facts);
        terminated::read(line, facts);
    }
}

/// The container of a structured line's fields: `pod`, `podUID`, `containerName`, `containerID`, under the names that
/// different lines use.
fn container(line: &Line<'_>) -> ContainerRef {
    let mut container = line.field("containerID").map(container_id).unwrap_or_default();
    container.name = line.field("containerName").and_then(non_empty);
    set_pod(&mut container, line.field("pod").unwrap_or_default());
    set_uid(&mut container, line.field("podUID").or_else(|| line.field("podID")).unwrap_or_default());
    container
}

/// An id as fields show it: `containerd://<id>`, or kubecontainer.ContainerID as JSON (`{"Type":"containerd","ID":"<id>"}`,
/// 1.26 and later), as Go's `%+v` (`{Type:containerd ID:<id>}`) or `%v` (`{containerd <id>}`).
fn container_id(text: &str) -> ContainerRef {
    let Some(inside) = text.trim_start_matches('&').strip_prefix('{') else { return by_scheme(text) };
    let words: Vec<&str> =
        inside.split([' ', '"', ',', ':', '}']).filter(|word| !matches!(*word, "" | "Type" | "ID")).collect();
    match words.as_slice() {
        [runtime, id, ..] => by_id(id, Some(runtime)),
        _ => ContainerRef::default(),
    }
}

#[cfg(test)]
mod tests;
