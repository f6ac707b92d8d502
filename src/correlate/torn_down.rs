//! Pods that the kubelet tore down through their cgroup. Before 1.22 its cleaning loop kills every process in the cgroup of a pod
//! that is gone (`cgroupManager` of `cleanupOrphanedPodCgroups`, `tryKillingCgroupProcesses`), often before it has asked the runtime to
//! stop anything. No program logs that signal, and the runtime deletes the container with its code unread. What is left: the scopes of the
//! container and of its sandbox end in the same moment, after the pod's removal and before the first stop:
//!
//! ```text
//! 11:02:32.209  kubelet: SyncLoop (REMOVE, "file"): "billing-1-worker-21_prod(0ce0a778...)"
//! 11:02:32      systemd: cri-containerd-bbb9c957....scope: Deactivated successfully.
//! 11:02:32      systemd: cri-containerd-b3dd80dd....scope: Deactivated successfully.     (the sandbox)
//! 11:02:33.489  containerd: StopContainer for "bbb9c957..." with timeout 3 (s)
//! ```

use super::actions::{Action, Kind, STOP_WINDOW_US};
use super::clock::Clocks;
use super::containers::Containers;
use super::ends::End;
use super::node::Node;
use super::told::{self, Cite};
use crate::event::{Event, Fact, What};
use crate::time::SECOND_US;
use std::collections::HashMap;

/// Scopes that end within this time were ended together: systemd sees an empty cgroup a moment later, and journals in text are cut
/// to seconds.
const TOGETHER_US: i64 = SECOND_US;

/// When the scope of each sandbox ended, Unix microseconds, and the lines that tell it; by the sandbox's place among the containers.
#[derive(Debug, Default)]
pub(super) struct Sandboxes(HashMap<usize, (i64, Vec<Cite>)>);

impl Sandboxes {
    /// Collects them from a node's events: with the index of its source each.
    pub(super) fn collect(events: &[(usize, Event)], containers: &Containers, clocks: &Clocks) -> Sandboxes {
        let mut ended: HashMap<usize, (i64, Vec<Cite>)> = HashMap::new();
        for (source, event) in events {
            let Fact::Runtime(fact) = &event.fact else { continue };
            let Some(id) = fact.container.id.as_deref().filter(|_| fact.what == What::UnitStopped) else { continue };
            let sandbox = containers.find(id).filter(|found| containers.get(*found).about.sandbox);
            let Some((sandbox, at)) = sandbox.zip(clocks.when(*source, &event.stamp).unix_us) else { continue };
            if ended.get(&sandbox).is_none_or(|(first, _)| at < *first) {
                ended.insert(sandbox, (at, told::cites(&event.evidence)));
            }
        }
        Sandboxes(ended)
    }
}

/// How it is known that a pod's cgroup was killed as a whole.
#[derive(Debug)]
pub(super) struct TornDown<'a> {
    /// End of the sandbox's scope, Unix microseconds.
    pub(super) sandbox_at: i64,
    /// Where that stands.
    pub(super) sandbox_lines: &'a [Cite],
}

/// The container of an end went down with its pod's cgroup. An end with another code than SIGKILL's came before that.
pub(super) fn of_end<'a>(node: &'a Node<'_>, end: &End) -> Option<TornDown<'a>> {
    let killed = end.code.is_none() && end.signal.is_none() || end.ended_by() == Some(9);
    let at = end.at().filter(|_| killed)?;
    let sandbox = node.containers.find(node.containers.get(end.container).about.sandbox_id.as_deref()?)?;
    let (sandbox_at, sandbox_lines) = node.sandboxes.0.get(&sandbox)?;
    let from = end.started.unwrap_or(i64::MIN).max(at.saturating_sub(STOP_WINDOW_US));
    let actions = || node.actions.between(end.container, from, last_moment(at));
    let removed = actions().any(|action| action.kind == Kind::Deleted);
    let together = (sandbox_at - at).abs() <= TOGETHER_US;
    (together && removed && !actions().any(ends_a_process))
        .then_some(TornDown { sandbox_at: *sandbox_at, sandbox_lines })
}

/// The last moment that a time may stand for: one of whole seconds was cut.
fn last_moment(at: i64) -> i64 {
    if at % SECOND_US == 0 { at + SECOND_US - 1 } else { at }
}

fn ends_a_process(action: &Action) -> bool {
    matches!(action.kind, Kind::Stop { .. } | Kind::Kill { .. } | Kind::Signal(_) | Kind::Stopped | Kind::OomSeen)
}
