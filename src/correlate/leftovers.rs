//! Facts of memory that no kernel line and no end of a container explains: a runtime saw an OOM kill in a container whose end is
//! in no log, a container could not start for its limit, somebody quotes a kernel line that is lost. Each alone is a story:
//! nothing that looks like an OOM is dropped.

use super::clock::When;
use super::ends::{speaker_name, speaker_words};
use super::node::Node;
use super::other_stories::{new_incident, second};
use super::proof::Proof;
use super::stable_id::stable_id;
use super::story::{Hints, Stories, Story};
use crate::event::{Event, Fact, RuntimeFact, Speaker, What};
use crate::language::Language;
use crate::report::{Cause, Confidence, Container, Incident, Verdict, Victim};
use crate::say;
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An incident this near tells of the same thing; a runtime may record an OOM long before the container ends.
const TOLD_US: i64 = 600 * SECOND_US;
/// Records of one thing by several speakers.
const SAME_US: i64 = 60 * SECOND_US;

/// A fact that may be left over.
struct Left<'a> {
    fact: &'a RuntimeFact,
    event: &'a Event,
    when: When,
    /// When a quoted kill was, where it is quoted with its time.
    killed_at: Option<i64>,
    container: Option<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// An OOM kill in a container.
    Seen,
    /// The memory limit was too low to start.
    Start,
    /// A kernel's kill line, quoted.
    Retold { pid: u32 },
    /// The kubelet saw the node out of memory.
    Node,
    /// systemd saw an OOM kill in a unit; the lines of its end bear no time.
    Unit,
}

/// Stories of what is left over beside those that are told.
pub(super) fn build(node: &Node<'_>, told: &[Box<Story>]) -> Stories {
    let told = Told::of(told);
    let mut stories = Stories::new();
    let mut seen: BTreeMap<Key<'_>, Vec<Option<i64>>> = BTreeMap::new();
    let steps = node.events.iter().any(|(_, event)| is_of_step(event));
    for (source, event) in &node.events {
        let Some(left) = left(node, *source, event) else { continue };
        if steps && is_of_task(&left) {
            continue;
        }
        if node.covered.at(left.when.unix_us) == Some(true) || told.tell(&left, node) {
            continue;
        }
        let times = seen.entry(left.key()).or_default();
        if times.iter().any(|at| near(*at, left.moment(), SAME_US)) {
            continue;
        }
        times.push(left.moment());
        stories.push(Box::new(story(node, &left)));
    }
    stories
}

/// The text that tells of one container that was killed for memory, without a time tells of one kill of a memory cgroup: `kubectl describe`
/// and the node's event below it. It is the container's, as far as anybody can see.
pub(super) fn adopt(node: &Node<'_>, stories: &mut [Box<Story>]) {
    let mut undated: BTreeMap<usize, Vec<Left<'_>>> = BTreeMap::new();
    for (source, event) in &node.events {
        let Some(left) = left(node, *source, event) else { continue };
        if matches!(left.kind, Kind::Retold { .. }) && left.killed_at.is_none() && left.when.unix_us.is_none() {
            undated.entry(*source).or_default().push(left);
        }
    }
    for (source, kills) in undated {
        let [kill] = kills.as_slice() else { continue };
        let Some(path) = node.sources.get(source).map(|source| source.path.as_str()) else { continue };
        let told_there = |story: &&mut Box<Story>| story.incident.evidence.iter().any(|line| line.source == path);
        let mut there: Vec<&mut Box<Story>> = stories.iter_mut().filter(told_there).collect();
        if let ([story], Cause::CgroupLimit) = (there.as_mut_slice(), retold_cause(kill.event))
            && is_flagged_only(story)
            && fits(story, kill)
        {
            take_over(node, story, kill, path);
        }
    }
}

/// A container that was killed for memory, as its runtime says and nobody else.
fn is_flagged_only(story: &Story) -> bool {
    let incident = &story.incident;
    story.oom.is_none() && incident.cause == Cause::ContainerLimit && incident.victims.is_empty()
}

/// What was killed is not larger than the container may be.
fn fits(story: &Story, kill: &Left<'_>) -> bool {
    let Kind::Retold { pid } = kill.kind else { return false };
    story.hints.limit_bytes.zip(victim(kill, pid).anon_rss_bytes).is_none_or(|(limit, anonymous)| anonymous <= limit)
}

fn take_over(node: &Node<'_>, story: &mut Story, kill: &Left<'_>, path: &str) {
    let Kind::Retold { pid } = kill.kind else { return };
    let incident = &mut story.incident;
    incident.victims.push(Victim { container: Some(0), ..victim(kill, pid) });
    incident.confidence_reasons.push(say!(node.language, "join-sure-only-kill-of-text"));
    let mut proof = Proof::new(node.sources, node.language);
    let text = say!(node.language, "join-step-quoted-kernel", pid = pid);
    proof.step(&kill.when, speaker_name(kill.fact.speaker), "kill", text, &kill.event.evidence);
    let (steps, lines) = proof.finish(&kill.when);
    let before = incident.evidence.len();
    incident.evidence.extend(lines.into_iter().filter(|line| line.source == path));
    let moved = |step: crate::report::TimelineEntry| crate::report::TimelineEntry {
        evidence: step.evidence.map(|index| index + before),
        ..step
    };
    incident.timeline.extend(steps.into_iter().map(moved));
}

/// Slurm's `Detected 1 oom_kill event in StepId=440575.0`.
fn is_of_step(event: &Event) -> bool {
    matches!(&event.fact, Fact::Runtime(fact) if fact.speaker == Speaker::Slurm && matches!(fact.what, What::OomSeen))
}

/// srun's `tasks 1-3: Out Of Memory` tells of the step again, without its name.
fn is_of_task(left: &Left<'_>) -> bool {
    left.fact.speaker == Speaker::Slurm && matches!(left.fact.what, What::Exited(_))
}

/// Records of one thing have the same key.
type Key<'a> = (Kind, Option<usize>, Option<&'a str>);

impl<'a> Left<'a> {
    fn key(&self) -> Key<'a> {
        let (container, name) = match self.kind {
            Kind::Node => (None, None),
            Kind::Retold { .. } => (None, Some(comm(self.fact))),
            // Of a container that is known, a cut line may lack the name.
            Kind::Seen | Kind::Start if self.container.is_some() => (self.container, None),
            Kind::Seen | Kind::Start => (None, self.fact.container.name.as_deref()),
            Kind::Unit => (None, self.fact.unit.as_deref()),
        };
        (self.kind, container, name)
    }

    /// Records of one thing bear about the same time. But a restarted kubelet tells of old kills again, and its events of them
    /// are counted and come late: the pid and the name say which kill is meant, unless both records say when it was.
    fn moment(&self) -> Option<i64> {
        if matches!(self.kind, Kind::Retold { .. }) { self.killed_at } else { self.when.unix_us }
    }
}

/// Two moments are near, or one of them is not known.
fn near(a: Option<i64>, b: Option<i64>, within_us: i64) -> bool {
    a.zip(b).is_none_or(|(x, y)| x.abs_diff(y) <= within_us.unsigned_abs())
}

/// The stories that are told already, in order of time.
struct Told<'a> {
    dated: Vec<(i64, &'a Story)>,
    undated: Vec<&'a Story>,
    /// Who was killed.
    killed: BTreeSet<u32>,
}

impl<'a> Told<'a> {
    fn of(stories: &'a [Box<Story>]) -> Told<'a> {
        let mut told = Told { dated: Vec::new(), undated: Vec::new(), killed: BTreeSet::new() };
        for story in stories {
            let story: &Story = story;
            let Story { incident, oom, .. } = story;
            let at = incident.time.as_deref().and_then(crate::time::parse_rfc3339);
            match at.and_then(|wall| crate::time::resolve(&wall, None, Some(0))) {
                Some(at) => told.dated.push((at, story)),
                None => told.undated.push(story),
            }
            told.killed.extend(incident.victims.iter().map(|v| v.pid));
            told.killed.extend(oom.iter().flat_map(|o| &o.kills).map(|k| k.pid));
        }
        told.dated.sort_by_key(|(at, _)| *at);
        told
    }

    /// One of the stories tells of the same thing already. That of a kernel event gets its verdict and its victims later.
    fn tell(&self, left: &Left<'_>, node: &Node<'_>) -> bool {
        if let Kind::Retold { pid } = left.kind {
            return self.killed.contains(&pid);
        }
        let from =
            left.when.unix_us.map_or(0, |at| self.dated.partition_point(|(t, _)| *t < at.saturating_sub(TOLD_US)));
        let dated = self.dated.iter().skip(from).take_while(|(at, _)| near(Some(*at), left.when.unix_us, TOLD_US));
        self.undated.iter().copied().chain(dated.map(|(_, story)| *story)).any(|story| tells(story, left, node))
    }
}

fn left<'a>(node: &Node<'_>, source: usize, event: &'a Event) -> Option<Left<'a>> {
    let Fact::Runtime(fact) = &event.fact else { return None };
    let kind = match &fact.what {
        What::OomSeen => Kind::Seen,
        What::UnitOom if fact.container.id.is_some() => Kind::Seen,
        What::UnitOom if is_undated(node, source, event) => Kind::Unit,
        What::UnitResult { result } if result == "oom-kill" && is_undated(node, source, event) => Kind::Unit,
        What::Exited(exit) if exit.oom_flag == Some(true) && is_nameless(node, fact) => Kind::Seen,
        What::StartFailed { memory: true, .. } => Kind::Start,
        What::KernelKillRetold { pid, .. } => Kind::Retold { pid: *pid },
        What::Pressure { message, .. } if message.starts_with("System OOM encountered") => Kind::Node,
        _ => return None,
    };
    let container = node.containers.of(&fact.container);
    let killed_at = match &fact.what {
        What::KernelKillRetold { at: Some(at), .. } => node.clocks.wall(at),
        _ => None,
    };
    Some(Left { fact, event, when: node.clocks.when(source, &event.stamp), killed_at, container, kind })
}

/// Ends of units are put together from lines that bear times.
fn is_undated(node: &Node<'_>, source: usize, event: &Event) -> bool {
    node.clocks.when(source, &event.stamp).unix_us.is_none()
}

/// An end of something that has no id: a task of a platform, a container's state alone, a pasted piece of `kubectl
/// describe`. Such ends are joined to nothing, but their flag counts. Rows of kubectl's tables name pods, and repeat what
/// objects say better.
fn is_nameless(node: &Node<'_>, fact: &RuntimeFact) -> bool {
    let about = &fact.container;
    about.id.is_none() && about.pod.is_none() && !about.sandbox && node.containers.of(about).is_none()
}

/// A story of about that time tells of the same thing.
fn tells(story: &Story, left: &Left<'_>, node: &Node<'_>) -> bool {
    let memory = story.incident.verdict == Verdict::Memory || story.oom.is_some();
    match left.kind {
        Kind::Retold { .. } => false,
        Kind::Node => memory,
        Kind::Unit => memory && has_unit(&story.incident, left.fact.unit.as_deref()),
        Kind::Seen | Kind::Start => shares(&story.incident, left, node) || (memory && left.container.is_none()),
    }
}

fn has_unit(incident: &Incident, unit: Option<&str>) -> bool {
    let named = incident.containers.iter().map(|c| &c.unit).chain(incident.terminations.iter().map(|t| &t.unit));
    named.into_iter().any(|own| own.is_some() && own.as_deref() == unit)
}

fn shares(incident: &Incident, left: &Left<'_>, node: &Node<'_>) -> bool {
    let about = left.container.map_or(&*left.fact.container, |c| &node.containers.get(c).about);
    let same = |a: &Option<String>, b: &Option<Arc<str>>| a.is_some() && a.as_deref() == b.as_deref();
    incident.containers.iter().any(|c| {
        same(&c.id, &about.id)
            || same(&c.pod_uid, &about.pod_uid)
            || (same(&c.pod, &about.pod) && c.namespace.as_deref() == about.namespace.as_deref())
            || (c.id.is_none() && same(&c.name, &about.name))
    })
}

fn story(node: &Node<'_>, left: &Left<'_>) -> Story {
    let mut incident = new_incident(node, &left.when);
    let language = node.language;
    let speaker = speaker_name(left.fact.speaker);
    let words = speaker_words(language, left.fact.speaker);
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
                say!(language, "join-step-oom-seen-in-it"),
                say!(language, "join-sure-only-speaker", speaker = words),
            )
        }
        Kind::Start => {
            incident.cause = Cause::ContainerLimit;
            let message = match &left.fact.what {
                What::StartFailed { message, .. } => message.clone(),
                _ => String::new(),
            };
            hints.words = Some(message.clone());
            ("start_failed", message, say!(language, "join-because-limit-too-low-to-start"))
        }
        Kind::Retold { pid } => {
            incident.cause = retold_cause(left.event);
            incident.victims.push(victim(left, pid));
            retold(left, pid, &words, language)
        }
        Kind::Unit => {
            incident.cause = Cause::CgroupLimit;
            ("oom_seen", say!(language, "join-step-oom-seen-in-it"), say!(language, "join-because-unit-oom"))
        }
        Kind::Node => {
            incident.cause = Cause::NodeMemory;
            ("oom_seen", say!(language, "join-step-node-oom-seen"), say!(language, "join-sure-kubelet-counted"))
        }
    };
    incident.confidence_reasons.push(reason);
    if stands_in_damaged(node, left) {
        incident.confidence_reasons.push(say!(language, "join-sure-damaged"));
        incident.confidence = incident.confidence.min(Confidence::Probable);
    }
    incident.containers.extend(shown(node, left));
    let name = incident
        .containers
        .first()
        .and_then(|c| c.id.clone().or_else(|| c.name.clone()).or_else(|| c.unit.clone()))
        .unwrap_or_default();
    let pid = incident.victims.first().map_or_else(String::new, |v| v.pid.to_string());
    incident.id = stable_id(&[&node.name, kind, &second(&left.when), &name, &pid]);
    let mut proof = Proof::new(node.sources, language);
    proof.step(&left.when, speaker, kind, text, &left.event.evidence);
    (incident.timeline, incident.evidence) = proof.finish(&left.when);
    Story { incident, hints, ..Story::default() }
}

/// Its lines stand in files that do not fit their checksum: names and numbers in them may be wrong.
fn stands_in_damaged(node: &Node<'_>, left: &Left<'_>) -> bool {
    let damaged = |index: u32| node.sources.get(index as usize).is_some_and(|source| source.damaged);
    let lines = &left.event.evidence;
    !lines.is_empty() && lines.iter().all(|line| damaged(line.source.0))
}

/// Step and reason of a kill that somebody retells.
fn retold(left: &Left<'_>, pid: u32, words: &str, language: Language) -> (&'static str, String, String) {
    if left.fact.speaker == Speaker::Tracer {
        return ("kill", say!(language, "join-step-traced-kill", pid = pid), say!(language, "join-sure-traced"));
    }
    let sure = say!(language, "join-sure-quoted-kernel", speaker = words);
    ("kill", say!(language, "join-step-quoted-kernel", pid = pid), sure)
}

/// A batch system's step is no container, nor is a machine of Fly.
fn seen_cause(fact: &RuntimeFact) -> Cause {
    match fact.speaker {
        Speaker::Slurm | Speaker::HtCondor => Cause::CgroupLimit,
        // The app has the virtual machine for itself.
        Speaker::Fly => Cause::NodeMemory,
        _ => Cause::ContainerLimit,
    }
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

fn comm(fact: &RuntimeFact) -> &str {
    match &fact.what {
        What::KernelKillRetold { comm, .. } => comm,
        _ => "",
    }
}

fn victim(left: &Left<'_>, pid: u32) -> Victim {
    let comm = comm(left.fact).to_owned();
    let line =
        left.event.evidence.iter().find_map(|line| Some(line.text.split_once(&format!("Killed process {pid} "))?.1));
    // The kernel's words after the name, as far as they are quoted: `total-vm:753508kB, anon-rss:58776kB, .. UID:0 pgtables:288kB`.
    let number =
        |name: &str| line?.split_once(name)?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok();
    let bytes = |name: &str| number(name)?.checked_mul(1024);
    Victim {
        pid,
        comm,
        uid: number("UID:").and_then(|uid| u32::try_from(uid).ok()),
        total_vm_bytes: bytes("total-vm:"),
        anon_rss_bytes: bytes("anon-rss:"),
        file_rss_bytes: bytes("file-rss:"),
        shmem_rss_bytes: bytes("shmem-rss:"),
        pgtables_bytes: bytes("pgtables:"),
        time: left.when.time(),
        uptime_s: left.when.uptime_s(),
        ..Victim::default()
    }
}

fn shown(node: &Node<'_>, left: &Left<'_>) -> Option<Container> {
    if let Some(index) = left.container {
        return Some(node.containers.show(index));
    }
    let about = &left.fact.container;
    let own = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
    if left.kind == Kind::Unit {
        return Some(Container { unit: own(&left.fact.unit), ..Container::default() });
    }
    (about.name.is_some() || about.pod.is_some() || about.pod_uid.is_some()).then(|| Container {
        name: own(&about.name),
        pod: own(&about.pod),
        namespace: own(&about.namespace),
        pod_uid: own(&about.pod_uid),
        runtime: own(&about.runtime),
        ..Container::default()
    })
}
