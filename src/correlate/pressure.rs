//! Signs that a node was short of memory: what the kernel, the kubelet and user-space killers say before, or without, any kill. They
//! prove nothing of one container, but where no log covers its end they make an OOM kill possible.

use super::clock::{Clocks, When};
use super::ends::speaker_name;
use super::node::Node;
use super::proof::Proof;
use crate::event::{Event, Evidence, Fact, KernelNote, Speaker, What};
use crate::language::Language;
use crate::report::{Cause, Confidence, Incident, Verdict};
use crate::say;
use crate::time::SECOND_US;

/// A sign stands at most this long before the end that it bears on.
const BEFORE_US: i64 = 600 * SECOND_US;
/// Or this long after it: a starving node tells late.
const AFTER_US: i64 = 60 * SECOND_US;
/// systemd-oomd's attempt at a process this near its end is what ended it.
const AT_WORK_US: i64 = 3 * SECOND_US;
/// The most signs that are shown, the nearest first.
const SHOWN_MAX: usize = 3;
/// Failures above this order are for want of memory in one piece (`PAGE_ALLOC_COSTLY_ORDER`).
const COSTLY_ORDER: i32 = 3;

/// One sign.
struct Sign<'a> {
    when: When,
    actor: &'static str,
    text: String,
    evidence: &'a [Evidence],
}

/// Whether an event is a sign of a shortage of the whole node.
pub(super) fn is_sign(event: &Event) -> bool {
    match &event.fact {
        Fact::Kernel(KernelNote::AllocationFailure { order, .. }) => *order <= COSTLY_ORDER,
        Fact::Kernel(note) => {
            matches!(note, KernelNote::AllocationStall { .. } | KernelNote::SlabFailure | KernelNote::HungTask { .. })
        }
        Fact::Runtime(fact) => match &fact.what {
            What::Pressure { resource, .. } | What::Evicted { resource, .. } => resource == "memory",
            What::UserspaceWarning { .. } => {
                matches!(fact.speaker, Speaker::Earlyoom | Speaker::Nohang | Speaker::Oomd | Speaker::SystemdOomd)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The dated signs among a node's events, by time: when, and which event.
pub(super) fn index(events: &[(usize, Event)], clocks: &Clocks) -> Vec<(i64, usize)> {
    let signs = events.iter().enumerate().filter(|(_, (_, event))| is_sign(event));
    let mut dated: Vec<(i64, usize)> = signs
        .filter_map(|(index, (source, event))| Some((clocks.when(*source, &event.stamp).unix_us?, index)))
        .collect();
    dated.sort_unstable();
    dated
}

/// Tells the signs near the end of what was killed by nobody known. The verdict stays undetermined.
pub(super) fn tell(node: &Node<'_>, at: Option<i64>, incident: &mut Incident, proof: &mut Proof<'_>) {
    if incident.verdict != Verdict::Undetermined || incident.cause != Cause::Unknown {
        return;
    }
    let signs = near(node, at);
    for sign in &signs {
        proof.step(&sign.when, sign.actor, "pressure", sign.text.clone(), sign.evidence);
    }
    if !signs.is_empty() {
        incident.confidence = incident.confidence.max(Confidence::Possible);
        incident.confidence_reasons.push(say!(node.language, "join-sure-pressure-near"));
    }
}

/// systemd-oomd was killing at that moment, by its debug lines: they name processes by their pids alone.
pub(super) fn killer_at_work(node: &Node<'_>, at: Option<i64>, incident: &mut Incident, proof: &mut Proof<'_>) {
    let Some(at) = at.filter(|_| incident.verdict == Verdict::Undetermined && incident.cause == Cause::Unknown) else {
        return;
    };
    let from = node.pressure.partition_point(|(t, _)| *t < at.saturating_sub(AT_WORK_US));
    let until = node.pressure.partition_point(|(t, _)| *t <= at.saturating_add(AT_WORK_US));
    let near = node.pressure.get(from..until).unwrap_or_default().iter().copied();
    let attempts = near.filter(|(_, index)| node.events.get(*index).is_some_and(|(_, event)| is_attempt(event)));
    let mut attempts: Vec<(i64, usize)> = attempts.collect();
    attempts.sort_by_key(|(t, index)| (t.abs_diff(at), *index));
    attempts.truncate(SHOWN_MAX);
    if attempts.is_empty() {
        return;
    }
    for sign in attempts.into_iter().filter_map(|(_, index)| sign(node, index)) {
        proof.step(&sign.when, sign.actor, "kill", sign.text, sign.evidence);
    }
    incident.verdict = Verdict::Memory;
    incident.cause = Cause::UserspaceKiller;
    incident.agent = Some(speaker_name(Speaker::SystemdOomd).to_owned());
    incident.confidence = Confidence::Probable;
    incident.confidence_reasons = vec![say!(node.language, "join-sure-oomd-at-work")];
}

/// `oomd attempting to kill 113 with KILL` (`log_kill`, systemd v248 on).
fn is_attempt(event: &Event) -> bool {
    let Fact::Runtime(fact) = &event.fact else { return false };
    let What::UserspaceWarning { text } = &fact.what else { return false };
    fact.speaker == Speaker::SystemdOomd && text.starts_with("oomd attempting to kill ")
}

/// The signs nearest to a moment, in order of time.
fn near<'a>(node: &'a Node<'_>, at: Option<i64>) -> Vec<Sign<'a>> {
    let Some(at) = at else { return Vec::new() };
    let from = node.pressure.partition_point(|(t, _)| *t < at.saturating_sub(BEFORE_US));
    let until = node.pressure.partition_point(|(t, _)| *t <= at.saturating_add(AFTER_US));
    let mut found: Vec<(i64, usize)> = node.pressure.get(from..until).unwrap_or_default().to_vec();
    found.sort_by_key(|(t, index)| (t.abs_diff(at), *index));
    found.truncate(SHOWN_MAX);
    found.sort_unstable();
    found.into_iter().filter_map(|(_, index)| sign(node, index)).collect()
}

fn sign<'a>(node: &'a Node<'_>, index: usize) -> Option<Sign<'a>> {
    let (source, event) = node.events.get(index)?;
    let (actor, text) = words(event, node.language)?;
    Some(Sign { when: node.clocks.when(*source, &event.stamp), actor, text, evidence: &event.evidence })
}

fn words(event: &Event, language: Language) -> Option<(&'static str, String)> {
    Some(match &event.fact {
        Fact::Kernel(note) => (
            "kernel",
            match note {
                KernelNote::AllocationFailure { comm, .. } | KernelNote::AllocationStall { comm } => {
                    say!(language, "join-step-pressure-allocation", comm = comm)
                }
                KernelNote::HungTask { comm, pid } => {
                    say!(language, "join-step-pressure-hung", comm = comm, pid = *pid)
                }
                KernelNote::SlabFailure => say!(language, "join-step-pressure-slab"),
                _ => return None,
            },
        ),
        Fact::Runtime(fact) => match &fact.what {
            What::Pressure { message, .. } | What::UserspaceWarning { text: message } => {
                (speaker_name(fact.speaker), say!(language, "join-step-pressure-told", message = message))
            }
            What::Evicted { .. } => (speaker_name(fact.speaker), say!(language, "join-step-evicted-for-memory")),
            _ => return None,
        },
        _ => return None,
    })
}
