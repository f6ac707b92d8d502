//! The pod life-cycle event generator: what the kubelet noticed of its containers, up to some seconds after the fact.
//! It knows sandboxes by the same events as containers, so an id here may be a sandbox's.

use super::super::text::{after, between, by_id, hex_id, set_pod, set_pod_full, set_uid};
use super::super::{Line, about};
use super::container;
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, What};

/// Messages that say nothing else.
pub(super) fn is_all(message: &str) -> bool {
    matches!(message, "SyncLoop (PLEG): event for pod" | "Generic (PLEG): container finished")
}

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let fact = event(line).or_else(|| finished(line)).or_else(|| relist(line));
    facts.extend(fact);
}

/// `SyncLoop (PLEG)`, in all its forms:
/// * up to 1.19: `"pod_ns(uid)", event: &pleg.PodLifecycleEvent{ID:"uid", Type:"ContainerDied", Data:"<id>"}`
/// * to about 1.25: `event for pod` with `event=&{ID:uid Type:ContainerDied Data:<id>}`
/// * later: `event={"ID":"uid","Type":"ContainerDied","Data":"<id>"}`
fn event(line: &Line<'_>) -> Option<RuntimeFact> {
    let rest = line.message().strip_prefix("SyncLoop (PLEG): ")?;
    let mut container = ContainerRef::default();
    let event = match line.field("event") {
        Some(event) => {
            set_pod(&mut container, line.field("pod").unwrap_or_default());
            event
        }
        None => {
            let (pod, event) = rest.split_once(", event: ")?;
            set_pod_full(&mut container, pod.trim_matches('"'));
            event
        }
    };
    let data = member(event, "Data").and_then(hex_id)?;
    let what = match member(event, "Type")? {
        "ContainerStarted" => What::Started,
        "ContainerDied" => What::Exited(Box::default()),
        "ContainerRemoved" => What::Removed,
        _ => return None,
    };
    container.id = Some(data);
    set_uid(&mut container, member(event, "ID").unwrap_or_default());
    Some(about(Speaker::Kubelet, container, what))
}

/// What stands before the name of a member: the first of these is the surest.
const BEFORE: &[u8] = b"{, \"";

/// A member of an event: `Type:"x"`, `Type:x`, `"Type":"x"`.
fn member<'a>(event: &'a str, name: &str) -> Option<&'a str> {
    let before = |at: &usize| BEFORE.iter().position(|c| event.as_bytes().get(at.wrapping_sub(1)) == Some(c));
    let rest = |at: usize| event.get(at + name.len()..);
    let places = memchr::memmem::find_iter(event.as_bytes(), name);
    let (_, at) = places.filter_map(|at| Some((before(&at)?, at))).min()?;
    let rest = rest(at)?;
    let value = rest.trim_start_matches(['"', ':', ' ']);
    value.split(['"', ' ', ',', '}']).next().filter(|value| !value.is_empty())
}

/// `Generic (PLEG): container finished` (1.23 and later, V2): the kubelet's line that has the exit code.
fn finished(line: &Line<'_>) -> Option<RuntimeFact> {
    if line.message() != "Generic (PLEG): container finished" {
        return None;
    }
    let exit =
        ContainerExit { exit_code: line.field("exitCode").and_then(|code| code.parse().ok()), ..Default::default() };
    let container = container(line);
    container.id.as_ref()?;
    Some(about(Speaker::Kubelet, container, What::Exited(exit.into())))
}

/// V4: `GenericPLEG` with `podUID`, `containerID`, `oldState`, `newState`; glog `GenericPLEG: <uid>/<id>: running -> exited`.
fn relist(line: &Line<'_>) -> Option<RuntimeFact> {
    let rest = line.message().strip_prefix("GenericPLEG")?;
    if rest.is_empty() {
        let what = turned(line.field("oldState")?, line.field("newState")?)?;
        let container = container(line);
        container.id.as_ref()?;
        return Some(about(Speaker::Kubelet, container, what));
    }
    let (uid, rest) = rest.strip_prefix(": ")?.split_once('/')?;
    let what = turned(between(rest, ": ", " -> ")?, after(rest, " -> ")?)?;
    let mut container = by_id(&hex_id(rest)?, None);
    set_uid(&mut container, uid);
    Some(about(Speaker::Kubelet, container, what))
}

/// What a change of state means.
fn turned(old: &str, new: &str) -> Option<What> {
    match (old, new) {
        ("running" | "unknown", "exited") => Some(What::Exited(Box::default())),
        ("non-existent" | "unknown", "running") => Some(What::Started),
        _ => None,
    }
}
