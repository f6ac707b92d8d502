//! What was done to containers: stops, signals, probes, deletions, evictions. These are the decoys of an OOM: each of
//! them ends a container with 137 or 143 without any memory shortage.

use super::clock::Clocks;
use super::containers::Containers;
use super::ends::speaker_name;
use super::told::{Cite, Said, Subjects};
use crate::event::{ContainerRef, Speaker, Told, What};
use crate::time::SECOND_US;
use std::collections::HashMap;

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
    pub(super) evidence: Vec<Cite>,
}

/// Whom an action is on, as far as its record tells.
#[derive(Debug, PartialEq, Eq, Hash)]
enum About<'a> {
    /// One of the containers that a source's packed facts are about.
    Subject((usize, usize)),
    /// As it is called, and whether by an application.
    Ref(&'a ContainerRef, bool),
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

/// All actions of a node. Each is kept once for those that it is on: the kubelet speaks of "container `app` of pod X", and a pod that
/// restarts for weeks has had thousands of them.
#[derive(Debug, Default)]
pub(super) struct Actions {
    /// Actions on the same containers, in order of time, undated ones first; each with its place among all.
    groups: Vec<Vec<(usize, Action)>>,
    /// The groups of a container.
    of_container: HashMap<usize, Vec<usize>>,
    /// Times at which a runtime daemon itself was stopped.
    pub(super) daemon_stops: Vec<(i64, String)>,
}

impl Actions {
    /// Collects them.
    pub(super) fn collect<'a>(
        said: impl Iterator<Item = Said<'a>>,
        subjects: &Subjects,
        containers: &Containers,
        clocks: &Clocks,
    ) -> Actions {
        let mut all = Actions::default();
        let mut group_of: HashMap<About<'_>, Option<usize>> = HashMap::new();
        for (place, said) in said.enumerate() {
            if let What::DaemonStop { daemon } = said.told.what {
                let at = clocks.when(said.source, &said.stamp).unix_us;
                all.daemon_stops.extend(at.map(|at| (at, daemon.clone())));
            }
            let Some(kind) = kind(&said.told) else { continue };
            let at = clocks.when(said.source, &said.stamp).unix_us;
            let about = match said.subject() {
                Some(subject) => About::Subject(subject),
                None => About::Ref(said.told.container, said.told.speaker == Speaker::Application),
            };
            let group = group_of.entry(about).or_insert_with(|| all.group(&targets(&said, subjects, containers)));
            let action = Action { at, by: speaker_name(said.told.speaker), kind, evidence: said.cites() };
            if let Some(group) = group {
                all.groups[*group].push((place, action));
            }
        }
        for group in &mut all.groups {
            group.sort_by_key(|(_, a)| a.at);
        }
        all
    }

    /// A new group of actions on these containers.
    fn group(&mut self, containers: &[usize]) -> Option<usize> {
        for container in containers {
            self.of_container.entry(*container).or_default().push(self.groups.len());
        }
        (!containers.is_empty()).then(|| {
            self.groups.push(Vec::new());
            self.groups.len() - 1
        })
    }

    /// Those on one container that are undated, then those from `from` to `to` in order of time.
    pub(super) fn near(&self, container: usize, from: i64, to: i64) -> Vec<&Action> {
        let groups = self.of_container.get(&container).into_iter().flatten().map(|group| &self.groups[*group]);
        let mut found: Vec<&(usize, Action)> = Vec::new();
        for group in groups {
            let undated = group.partition_point(|(_, a)| a.at.is_none());
            let start = group.partition_point(|(_, a)| a.at < Some(from));
            let end = group.partition_point(|(_, a)| a.at <= Some(to));
            found.extend(&group[..undated]);
            found.extend(group.get(start.max(undated)..end).into_iter().flatten());
        }
        found.sort_by_key(|(place, a)| (a.at, *place));
        found.into_iter().map(|(_, action)| action).collect()
    }

    /// Those on one container from `from` to `to`.
    pub(super) fn between(&self, container: usize, from: i64, to: i64) -> impl Iterator<Item = &Action> {
        self.near(container, from, to).into_iter().filter(|a| a.at.is_some())
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

/// Signals that end nothing: SIGCHLD, SIGCONT, SIGURG. An attached `docker run` passes on what it receives itself, and a program in
/// Go receives SIGURG all the time (its scheduler's own, since Go 1.14; docker 19.03.9 to 20.10.7 passed it on): `docker events` has
/// `container kill ... (signal=23)` for containers that nobody touched.
const HARMLESS: [i32; 3] = [17, 18, 23];

fn kind(fact: &Told<'_>) -> Option<Kind> {
    Some(match fact.what {
        What::StopAsked { signal, grace_s, reason } => {
            Kind::Stop { signal: *signal, grace_s: *grace_s, reason: reason.clone() }
        }
        What::KillSent { after_timeout } => Kind::Kill { after_timeout: *after_timeout },
        What::SignalSent { signal } if !HARMLESS.contains(signal) => Kind::Signal(*signal),
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
        What::ChildKilled { program, pid, signal: 9, .. } => Kind::ChildKilled { program: program.clone(), pid: *pid },
        _ => return None,
    })
}

/// Which containers an action is on: one by id or by its name in a pod, or all of a pod.
fn targets(said: &Said<'_>, subjects: &Subjects, containers: &Containers) -> Vec<usize> {
    let about = said.told.container;
    if about.id.is_some() {
        return subjects.container(said, containers).into_iter().collect();
    }
    if about.name.is_some() {
        let named = containers.named_in_pod(about);
        return if named.is_empty() { containers.of(about).into_iter().collect() } else { named };
    }
    if said.told.speaker == Speaker::Application { Vec::new() } else { containers.of_pod(about) }
}

#[cfg(test)]
mod tests {
    use super::super::{nodes::NodeEvents, told};
    use super::*;
    use crate::event::{Event, Fact, RuntimeFact, Stamp};

    fn event(container: ContainerRef, what: What) -> (usize, Event) {
        let fact = RuntimeFact { speaker: Speaker::Kubelet, container: container.into(), unit: None, what };
        let fact = Fact::Runtime(Box::new(fact));
        (0, Event { stamp: Stamp::default(), host: None, evidence: Vec::new(), fact })
    }

    /// A pod that failed its probe for weeks has had thousands of containers: the kubelet names them by the pod and `app` alone.
    #[test]
    fn an_action_on_all_containers_of_a_name_is_kept_once() {
        let app = |id: Option<String>| ContainerRef {
            id: id.map(Into::into),
            name: Some("app".into()),
            pod: Some("web-0".into()),
            ..ContainerRef::default()
        };
        let probe = || What::ProbeFailed { probe: "liveness".to_owned(), kills: true, message: None };
        let mut events: Vec<_> = (0..200).map(|n| event(app(Some(format!("{n:064x}"))), What::Started)).collect();
        events.extend((0..100).map(|_| event(app(None), probe())));
        events.push(event(app(Some(format!("{:064x}", 7))), What::Stopped));
        let order = (0..events.len() as u32).collect();
        let node = NodeEvents { events, order, ..NodeEvents::default() };
        let said = || told::all(&node, &[]);
        let containers = Containers::learn(said().map(|said| said.told.container));
        let clocks = Clocks::learn(&[], &[], &node.events, None);
        let actions = Actions::collect(said(), &Subjects::default(), &containers, &clocks);
        assert_eq!(actions.groups.iter().map(Vec::len).sum::<usize>(), 101);
        let of = |n: u32| actions.near(containers.find(&format!("{n:064x}")).unwrap(), 0, 1).len();
        assert_eq!((of(0), of(7), of(199)), (100, 101, 100));
    }
}
