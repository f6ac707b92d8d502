//! What was done to containers: stops, signals, probes, deletions, evictions. These are the decoys of an OOM: each of
//! them ends a container with 137 or 143 without any memory shortage.

use super::clock::Clocks;
use super::containers::Containers;
use super::ends::speaker_name;
use crate::event::{ContainerRef, Event, Evidence, Fact, RuntimeFact, Speaker, What};
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// One thing done to a container.
#[derive(Debug, Clone)]
pub(super) struct Action {
    /// When, Unix microseconds.
    pub(super) at: Option<i64>,
    /// By whom.
    pub(super) by: &'static str,
    /// What.
    pub(super) kind: Kind,
    /// Where it stands.
    pub(super) evidence: Vec<Evidence>,
}

/// Kinds of actions.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A graceful stop was asked for.
    Stop { signal: Option<i32>, grace_s: Option<f64>, reason: Option<String> },
    /// The speaker sent SIGKILL.
    Kill { after_timeout: bool },
    /// A signal was sent on request.
    Signal(i32),
    /// A stop command completed.
    Stopped,
    /// A liveness or startup probe failed; `kills` when the container is restarted for it.
    Probe { kills: bool, message: Option<String> },
    /// The pod was deleted.
    Deleted,
    /// The pod was evicted.
    Evicted { resource: String, message: String },
    /// Preempted, or ended with the node.
    Preempted { message: String },
    /// The runtime saw an OOM in the container's cgroup.
    OomSeen,
    /// It could not be started.
    StartFailed { memory: bool, message: String },
    /// The application said that it ran out of memory.
    AppOom { program: String, message: String, fatal: bool },
    /// A parent said that a child was killed by signal 9.
    ChildKilled { program: String, pid: Option<u32> },
}

/// All actions of a node, by container; those on no container in particular are kept apart.
#[derive(Debug, Default)]
pub(super) struct Actions {
    by_container: BTreeMap<usize, Vec<Action>>,
    /// Times at which a runtime daemon itself was stopped.
    pub(super) daemon_stops: Vec<(i64, String)>,
}

impl Actions {
    /// Collects them.
    pub(super) fn collect(events: &[(usize, Event)], containers: &Containers, clocks: &Clocks) -> Actions {
        let mut all = Actions::default();
        for (source, event) in events {
            let Fact::Runtime(fact) = &event.fact else { continue };
            let at = clocks.when(*source, &event.stamp).unix_us;
            if let (What::DaemonStop { daemon }, Some(at)) = (&fact.what, at) {
                all.daemon_stops.push((at, daemon.clone()));
            }
            let Some(kind) = kind(fact) else { continue };
            let action = Action { at, by: speaker_name(fact.speaker), kind, evidence: event.evidence.clone() };
            for container in targets(fact, containers) {
                all.by_container.entry(container).or_default().push(action.clone());
            }
        }
        for list in all.by_container.values_mut() {
            list.sort_by_key(|a| a.at);
        }
        all
    }

    /// Those on one container, in order of time; undated ones first.
    pub(super) fn of(&self, container: usize) -> &[Action] {
        self.by_container.get(&container).map_or(&[], Vec::as_slice)
    }

    /// Those on one container from `from` to `to`.
    pub(super) fn between(&self, container: usize, from: i64, to: i64) -> impl Iterator<Item = &Action> {
        self.of(container).iter().filter(move |a| a.at.is_some_and(|at| (from..=to).contains(&at)))
    }

    /// Somebody (not the kernel) made this container end at `at`: a stop, a kill or a signal shortly before. podman records a stop
    /// only when it is done.
    pub(super) fn ended_by_request(&self, container: usize, from: i64, at: i64) -> Option<&Action> {
        let done = self.between(container, at - STOPPED_US, at + STOPPED_US).find(|a| a.kind == Kind::Stopped);
        if done.is_some() {
            return done;
        }
        let from = from.max(at - STOP_WINDOW_US);
        let mut fits = self.between(container, from, at + SECOND_US / 2);
        fits.find(|a| {
            matches!(
                a.kind,
                Kind::Stop { .. }
                    | Kind::Kill { .. }
                    | Kind::Signal(_)
                    | Kind::Deleted
                    | Kind::Probe { kills: true, .. }
            )
        })
    }
}

/// A stop command's own record stands this near to the end that it caused.
pub(super) const STOPPED_US: i64 = 15 * SECOND_US;

/// A stop may precede the exit by the grace period: Kubernetes pods rarely have more than two minutes.
pub(super) const STOP_WINDOW_US: i64 = 130 * SECOND_US;

fn kind(fact: &RuntimeFact) -> Option<Kind> {
    Some(match &fact.what {
        What::StopAsked { signal, grace_s, reason } => {
            Kind::Stop { signal: *signal, grace_s: *grace_s, reason: reason.clone() }
        }
        What::KillSent { after_timeout } => Kind::Kill { after_timeout: *after_timeout },
        What::SignalSent { signal } => Kind::Signal(*signal),
        What::Stopped => Kind::Stopped,
        What::ProbeFailed { probe, kills, message } if probe != "readiness" => {
            Kind::Probe { kills: *kills, message: message.clone() }
        }
        What::PodDeleted => Kind::Deleted,
        What::Evicted { resource, message } => Kind::Evicted { resource: resource.clone(), message: message.clone() },
        What::Preempted { message } => Kind::Preempted { message: message.clone() },
        What::OomSeen => Kind::OomSeen,
        What::UnitOom if fact.container.id.is_some() => Kind::OomSeen,
        What::StartFailed { memory, message, .. } => Kind::StartFailed { memory: *memory, message: message.clone() },
        What::AppOutOfMemory { program, message, fatal } => {
            Kind::AppOom { program: program.clone(), message: message.clone(), fatal: *fatal }
        }
        What::ChildKilled { program, pid, signal: 9 } => Kind::ChildKilled { program: program.clone(), pid: *pid },
        _ => return None,
    })
}

/// Which containers an action is on: one by id or by its name in a pod, or all of a pod.
fn targets(fact: &RuntimeFact, containers: &Containers) -> Vec<usize> {
    let about: &ContainerRef = &fact.container;
    if about.id.is_some() {
        return containers.of(about).into_iter().collect();
    }
    if about.name.is_some() {
        let named = containers.named_in_pod(about);
        return if named.is_empty() { containers.of(about).into_iter().collect() } else { named };
    }
    if fact.speaker == Speaker::Application { Vec::new() } else { containers.of_pod(about) }
}
