//! OOM kills that the kernel counted in a cgroup (`oom_kill` of `memory.events` or `memory.oom_control`) and of which no log tells:
//! the collected files have no kernel log, or one that does not reach back. When they were is not known, whose limit ran out only
//! where the cgroup counts that, too.

use super::clock::When;
use super::ends::{speaker_name, speaker_words};
use super::node::Node;
use super::other_stories::new_incident;
use super::proof::Proof;
use super::stable_id::stable_id;
use super::story::{Hints, Stories, Story};
use crate::event::{CgroupCounters, Event, Evidence, Fact, KernelOom, RuntimeFact, What};
use crate::identity::{self, Identity, PathScope};
use crate::report::{Cause, Confidence, Container, Limit, Verdict};
use crate::say;
use std::collections::BTreeMap;

/// The most cgroups that are told of: the counters of a busy node's cgroups are as many as its containers.
const TOLD_MAX: usize = 1000;

/// What the files of one cgroup say, the largest values of all snapshots.
#[derive(Default)]
struct Counted<'a> {
    kills: u64,
    /// How often its own limit, or that of one below it, was reached with nothing left to reclaim; only version 2 counts it.
    oom: Option<u64>,
    limit_bytes: Option<u64>,
    proof: Option<(&'a Event, &'a RuntimeFact)>,
}

/// Whether an event is of use here.
pub(super) fn is_counter(what: &What) -> bool {
    let What::CgroupCounters(counters) = what else { return false };
    counters.oom_kill.is_some_and(|kills| kills > 0) || counters.limit_bytes.is_some()
}

/// A story for each cgroup of whose kills no other story tells.
pub(super) fn build(node: &Node<'_>, told: &[Box<Story>]) -> Stories {
    let counted = collect(node);
    let kernel_told = told.iter().any(|story| story.oom.is_some());
    let alone = counted.iter().filter(|(path, found)| {
        let named = !kernel_told || is_real(node, path, found);
        found.kills > 0 && named && !has_counted_below(&counted, path) && !is_told(told, path)
    });
    alone.take(TOLD_MAX).filter_map(|(path, found)| story(node, path, found)).map(Box::new).collect()
}

fn collect<'a>(node: &'a Node<'_>) -> BTreeMap<&'a str, Counted<'a>> {
    let mut all: BTreeMap<&str, Counted<'_>> = BTreeMap::new();
    for (_, event) in &node.events {
        let Fact::Runtime(fact) = &event.fact else { continue };
        let What::CgroupCounters(counters) = &fact.what else { continue };
        let CgroupCounters { cgroup, oom, oom_kill, limit_bytes, .. } = counters.as_ref();
        let found = all.entry(cgroup).or_default();
        found.limit_bytes = found.limit_bytes.or(*limit_bytes);
        let kills = oom_kill.unwrap_or(0);
        if kills > found.kills {
            *found = Counted { kills, oom: *oom, proof: Some((event, fact)), limit_bytes: found.limit_bytes };
        }
    }
    all
}

/// Collectors copy the counters into folders of their own names (`cgroup/web-limit-after/memory.events`): which of the kernel's kills
/// those are cannot be seen.
fn is_real(node: &Node<'_>, path: &str, found: &Counted<'_>) -> bool {
    const MOUNT: &str = "sys/fs/cgroup/";
    let from_mount = |piece: &Evidence| {
        let source = usize::try_from(piece.source.0).ok().and_then(|index| node.sources.get(index));
        source.is_some_and(|source| source.path.contains(MOUNT)) || piece.text.contains(MOUNT)
    };
    let mounted = found.proof.is_some_and(|(event, _)| event.evidence.iter().any(from_mount));
    mounted || !matches!(identity::scope(path), PathScope::Other | PathScope::Root)
}

/// Version 2 counts the kills of the cgroups below as well: the deepest one tells most.
fn has_counted_below(all: &BTreeMap<&str, Counted<'_>>, path: &str) -> bool {
    let from = format!("{}/", path.trim_end_matches('/'));
    let below = all.range(from.as_str()..).take_while(|(other, _)| other.starts_with(&from));
    below.into_iter().any(|(other, found)| found.kills > 0 && *other != path)
}

/// Whether any story tells of a kill in this cgroup.
fn is_told(told: &[Box<Story>], path: &str) -> bool {
    let identity = identity::parse(path);
    told.iter().any(|story| tells(story, path, &identity))
}

/// A story of a kill in this cgroup or below it, or of one whose cgroup is not known.
fn tells(story: &Story, path: &str, identity: &Identity) -> bool {
    let incident = &story.incident;
    if story.oom.is_none() && incident.verdict != Verdict::Memory {
        return false;
    }
    let paths = story.oom.as_deref().map(paths_of).unwrap_or_default();
    let of_victims = incident.victims.iter().filter_map(|victim| victim.cgroup.as_deref());
    let mut known = of_victims.chain(paths).peekable();
    let id = identity.containers.first().map(|container| &container.id);
    let same_container = id.is_some() && incident.containers.iter().any(|container| container.id.as_ref() == id);
    let pod = identity.pod_uid.as_ref();
    let same_pod = pod.is_some() && incident.containers.iter().any(|container| container.pod_uid.as_ref() == pod);
    let nowhere = story.oom.is_some() && known.peek().is_none();
    nowhere || same_container || same_pod || known.any(|other| lies_in(other, path))
}

/// Every cgroup that a kernel event names.
fn paths_of(oom: &KernelOom) -> Vec<&str> {
    let summary = oom.summary.iter().flat_map(|line| [line.task_memcg.as_deref(), line.oom_memcg.as_deref()]);
    let block = oom.memcg.iter().flat_map(|block| [block.task_path.as_deref(), block.limit_path.as_deref()]);
    summary.chain(block).chain([oom.group.as_deref()]).flatten().collect()
}

/// A path seen from within a container has less before it: what ends the other's is the same cgroup.
fn lies_in(path: &str, cgroup: &str) -> bool {
    let ends = |path: &str| path.ends_with(cgroup) || cgroup.ends_with(path) && path.len() > 1;
    ends(path) || path.match_indices('/').any(|(at, _)| at > 0 && path.get(..at).is_some_and(ends))
}

fn story(node: &Node<'_>, path: &str, found: &Counted<'_>) -> Option<Story> {
    let (event, fact) = found.proof?;
    let language = node.language;
    let when = When::default();
    let mut incident = new_incident(node, &when);
    incident.verdict = Verdict::Memory;
    incident.agent = Some("kernel".to_owned());
    incident.confidence = Confidence::Probable;
    // Whose limit ran out is told by the kind of the cgroup, where it counts that one did.
    incident.cause = if found.oom == Some(0) { Cause::Unknown } else { Cause::CgroupLimit };
    incident.confidence_reasons.push(say!(
        language,
        "join-sure-only-speaker",
        speaker = speaker_words(language, fact.speaker)
    ));
    incident.limit =
        Some(Box::new(Limit { cgroup: Some(path.to_owned()), limit_bytes: found.limit_bytes, ..Limit::default() }));
    incident.containers.extend(owner(node, path, fact));
    incident.id = stable_id(&[&node.name, "counted", path]);
    let mut proof = Proof::new(node.sources, language);
    let text = say!(language, "join-step-oom-counted", count = found.kills, cgroup = path);
    proof.step(&when, speaker_name(fact.speaker), "oom_seen", text, &event.evidence);
    (incident.timeline, incident.evidence) = proof.finish(&when);
    let hints = Hints {
        counted_kills: Some(found.kills),
        node_memory_bytes: node.memory_bytes,
        limit_bytes: found.limit_bytes,
        ..Hints::default()
    };
    Some(Story { incident, hints, ..Story::default() })
}

fn owner(node: &Node<'_>, path: &str, fact: &RuntimeFact) -> Option<Container> {
    let identity = identity::parse(path);
    let shown = node.containers.for_report(&identity);
    let known = node.containers.of(&fact.container).map(|index| node.containers.show(index));
    let unit =
        || Some(Container { unit: Some(identity.unit.clone()?), name: identity.other.clone(), ..Container::default() });
    shown.or(known).or_else(unit)
}
