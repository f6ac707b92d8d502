//! Facts of memory that no kernel line and no end of a container explains: a runtime saw an OOM kill in a container whose end is
//! in no log, a container could not start for its limit, somebody quotes a kernel line that is lost. Each alone is a story:
//! nothing that looks like an OOM is dropped.

use super::clock::When;
use super::ends::speaker_name;
use super::node::Node;
use super::other_stories::{new_incident, second};
use super::proof::Proof;
use super::stable_id::stable_id;
use super::story::{Hints, Story};
use crate::event::{ContainerRef, Event, Fact, RuntimeFact, Speaker, What};
use crate::report::{Cause, Confidence, Container, Incident, Verdict, Victim};
use crate::time::SECOND_US;

/// An incident this near tells of the same thing; a runtime may record an OOM long before the container ends.
const TOLD_US: i64 = 600 * SECOND_US;
/// Records of one thing by several speakers.
const SAME_US: i64 = 60 * SECOND_US;

/// A fact that may be left over.
struct Left<'a> {
    fact: &'a RuntimeFact,
    event: &'a Event,
    when: When,
    container: Option<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An OOM kill in a container.
    Seen,
    /// The memory limit was too low to start.
    Start,
    /// A kernel's kill line, quoted.
    Retold { pid: u32 },
    /// The kubelet saw the node out of memory.
    Node,
}

/// Stories of what is left over beside those that are told.
pub(super) fn build(node: &Node<'_>, told: &[Story]) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let mut seen: Vec<Left<'_>> = Vec::new();
    for (source, event) in &node.events {
        let Some(left) = left(node, *source, event) else { continue };
        let known = told.iter().any(|s| tells(s, &left, node)) || node.covered.at(left.when.unix_us) == Some(true);
        if known || seen.iter().any(|s| same(s, &left)) {
            continue;
        }
        stories.push(story(node, &left));
        seen.push(left);
    }
    stories
}

fn left<'a>(node: &Node<'_>, source: usize, event: &'a Event) -> Option<Left<'a>> {
    let Fact::Runtime(fact) = &event.fact else { return None };
    let kind = match &fact.what {
        What::OomSeen => Kind::Seen,
        What::UnitOom if fact.container.id.is_some() => Kind::Seen,
        What::Exited(exit) if exit.oom_flag == Some(true) && is_nameless(node, fact) => Kind::Seen,
        What::StartFailed { memory: true, .. } => Kind::Start,
        What::KernelKillRetold { pid, .. } => Kind::Retold { pid: *pid },
        What::Pressure { message, .. } if message.starts_with("System OOM encountered") => Kind::Node,
        _ => return None,
    };
    let container = node.containers.of(&fact.container);
    Some(Left { fact, event, when: node.clocks.when(source, &event.stamp), container, kind })
}

/// An end of something that has no id: a task of a platform, a container's state alone, a pasted piece of `kubectl
/// describe`. Such ends are joined to nothing, but their flag counts. Rows of kubectl's tables name pods, and repeat what
/// objects say better.
fn is_nameless(node: &Node<'_>, fact: &RuntimeFact) -> bool {
    let about = &fact.container;
    about.id.is_none() && about.pod.is_none() && !about.sandbox && node.containers.of(about).is_none()
}

/// The story tells of the same thing already. That of a kernel event gets its verdict and its victims later.
fn tells(story: &Story, left: &Left<'_>, node: &Node<'_>) -> bool {
    let Story { incident, oom, .. } = story;
    let at = incident.time.as_deref().and_then(crate::time::parse_rfc3339);
    let at = at.and_then(|wall| crate::time::resolve(&wall, None, Some(0)));
    let near = at.zip(left.when.unix_us).is_none_or(|(a, b)| (a - b).abs() <= TOLD_US);
    let memory = incident.verdict == Verdict::Memory || oom.is_some();
    let killed = |pid: u32| oom.as_ref().is_some_and(|o| o.kills.iter().any(|k| k.pid == pid));
    match left.kind {
        Kind::Retold { pid } => killed(pid) || incident.victims.iter().any(|v| v.pid == pid),
        Kind::Node => memory && near,
        Kind::Seen | Kind::Start => near && (shares(incident, left, node) || (memory && left.container.is_none())),
    }
}

fn shares(incident: &Incident, left: &Left<'_>, node: &Node<'_>) -> bool {
    let about = left.container.map_or(&left.fact.container, |c| &node.containers.get(c).about);
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    incident.containers.iter().any(|c| {
        same(&c.id, &about.id)
            || same(&c.pod_uid, &about.pod_uid)
            || (same(&c.pod, &about.pod) && c.namespace == about.namespace)
            || (c.id.is_none() && same(&c.name, &about.name))
    })
}

/// Two records of one thing.
fn same(a: &Left<'_>, b: &Left<'_>) -> bool {
    let near = a.when.unix_us.zip(b.when.unix_us).is_none_or(|(x, y)| (x - y).abs() <= SAME_US);
    let about = |l: &Left<'_>| (l.container, l.fact.container.name.clone());
    a.kind == b.kind && near && (a.kind == Kind::Node || about(a) == about(b))
}

fn story(node: &Node<'_>, left: &Left<'_>) -> Story {
    let mut incident = new_incident(node, &left.when);
    let speaker = speaker_name(left.fact.speaker);
    incident.verdict = Verdict::Memory;
    incident.agent = Some("kernel".to_owned());
    // A flag alone may be a platform's guess (Nomad 1.2 set it at every 137).
    let flag_alone = matches!(left.fact.what, What::Exited(_));
    incident.confidence = if flag_alone { Confidence::Possible } else { Confidence::Probable };
    let mut hints = Hints {
        covered: node.covered.at(left.when.unix_us),
        node_memory_bytes: node.memory_bytes,
        limit_bytes: left.container.and_then(|c| node.containers.get(c).about.limit_bytes),
        ..Hints::default()
    };
    let (kind, text, reason) = match left.kind {
        Kind::Seen => {
            incident.cause = seen_cause(left.fact);
            (
                "oom_seen",
                "saw an OOM kill in it".to_owned(),
                format!("Only {speaker} tells of it; the kernel's own lines are not in these logs."),
            )
        }
        Kind::Start => {
            incident.cause = Cause::ContainerLimit;
            let message = match &left.fact.what {
                What::StartFailed { message, .. } => message.clone(),
                _ => String::new(),
            };
            hints.words = Some(message.clone());
            (
                "start_failed",
                message,
                "The runtime says that the memory limit was too low to start the container.".to_owned(),
            )
        }
        Kind::Retold { pid } => {
            incident.cause = retold_cause(left.event);
            incident.victims.push(victim(left, pid));
            (
                "kill",
                format!("quoted the kernel: it killed process {pid}"),
                format!("{speaker} quotes the kernel's line; the kernel log itself is not in these files."),
            )
        }
        Kind::Node => {
            incident.cause = Cause::NodeMemory;
            (
                "oom_seen",
                "saw the node out of memory".to_owned(),
                "The kubelet counted a kernel OOM kill on the node; the kernel's own lines are not in these logs."
                    .to_owned(),
            )
        }
    };
    incident.confidence_reasons.push(reason);
    incident.containers.extend(shown(node, left));
    let name = incident.containers.first().and_then(|c| c.id.clone().or_else(|| c.name.clone())).unwrap_or_default();
    let pid = incident.victims.first().map_or_else(String::new, |v| v.pid.to_string());
    incident.id = stable_id(&[&node.name, kind, &second(&left.when), &name, &pid]);
    let mut proof = Proof::new(node.sources);
    proof.step(&left.when, speaker, kind, text, &left.event.evidence);
    (incident.timeline, incident.evidence) = proof.finish(&left.when);
    Story { incident, hints, ..Story::default() }
}

/// A batch system's step is no container.
fn seen_cause(fact: &RuntimeFact) -> Cause {
    if fact.speaker == Speaker::Slurm { Cause::CgroupLimit } else { Cause::ContainerLimit }
}

/// The quoted line tells whose memory ran out, where all of it is quoted.
fn retold_cause(event: &Event) -> Cause {
    let quoted = |words: &str| event.evidence.iter().any(|e| e.text.contains(words));
    if quoted("emory cgroup out of memory") {
        Cause::CgroupLimit
    } else if quoted("Out of memory: Kill") {
        Cause::NodeMemory
    } else {
        Cause::Unknown
    }
}

fn victim(left: &Left<'_>, pid: u32) -> Victim {
    let comm = match &left.fact.what {
        What::KernelKillRetold { comm, .. } => comm.clone(),
        _ => String::new(),
    };
    Victim { pid, comm, time: left.when.time(), uptime_s: left.when.uptime_s(), ..Victim::default() }
}

fn shown(node: &Node<'_>, left: &Left<'_>) -> Option<Container> {
    if let Some(index) = left.container {
        return Some(node.containers.show(index));
    }
    let ContainerRef { name, pod, namespace, pod_uid, runtime, .. } = left.fact.container.clone();
    (name.is_some() || pod.is_some() || pod_uid.is_some()).then(|| Container {
        name,
        pod,
        namespace,
        pod_uid,
        runtime,
        ..Container::default()
    })
}
