//! Kubernetes events as the kubelet logs them itself: structured (`"Event occurred" object="ns/p" kind="Pod" ..
//! reason="Killing" message=".."`, 1.20 and later, V3) and glog (`Event(v1.ObjectReference{Kind:"Pod", Namespace:"ns",
//! Name:"p", UID:"..", .. FieldPath:"spec.containers{c}"}): type: 'Normal' reason: 'Killing' Stopping container c`).

use super::super::text::{after, between, duration_s, hex_id, non_empty, set_pod, set_uid};
use super::super::{Line, about};
use super::{eviction, kills, oomwatch};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};
use std::sync::Arc;

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let message = line.message();
    if message == "Event occurred" {
        let mut object = ContainerRef::default();
        if line.field("kind") == Some("Pod") {
            set_pod(&mut object, line.field("object").unwrap_or_default());
            object.name = line.field("fieldPath").and_then(container_name);
        }
        let (Some(reason), Some(text)) = (line.field("reason"), line.field("message").or(line.field("note"))) else {
            return;
        };
        facts.extend(fact(object, reason, text));
    } else if let Some(rest) = message.strip_prefix("Event(v1.ObjectReference{") {
        facts.extend(glog(rest));
    }
}

/// The glog form, after its opening brace.
fn glog(rest: &str) -> Option<RuntimeFact> {
    let (object, said) = rest.split_once("}): type: '")?;
    let part = |name: &str| between(object, &format!("{name}:\""), "\"");
    let mut container = ContainerRef::default();
    if part("Kind") == Some("Pod") {
        container.namespace = part("Namespace").and_then(non_empty);
        container.pod = part("Name").and_then(non_empty);
        set_uid(&mut container, part("UID").unwrap_or_default());
        container.name = part("FieldPath").and_then(container_name);
    }
    let (reason, text) = after(said, "reason: '")?.split_once("' ")?;
    fact(container, reason, text)
}

/// `spec.containers{app}` gives `app`.
fn container_name(path: &str) -> Option<Arc<str>> {
    between(path, "{", "}").and_then(non_empty)
}

/// What an event says.
fn fact(mut object: ContainerRef, reason: &str, text: &str) -> Option<RuntimeFact> {
    let text = text.trim();
    let named = |object: &mut ContainerRef, before: &str, end: &str| {
        let name = after(text, before).map(|rest| rest.split(end).next().unwrap_or(rest));
        object.name = object.name.take().or_else(|| name.and_then(non_empty));
    };
    let what = match reason {
        "SystemOOM" => oomwatch::system_oom(text)?,
        "Evicted" => eviction::evicted_for(after(text, "The node was low on resource: ")?),
        "EvictionThresholdMet" => pressure(after(text, "Attempting to reclaim ")?, text),
        "NodeHasInsufficientMemory" => pressure("memory", text),
        "Preempting" | "Preempted" => What::Preempted { message: text.to_owned() },
        "Killing" => {
            match after(text, "with id ") {
                // Up to 1.13: `Killing container with id docker://<id>:Need to kill Pod`.
                Some(id) => object.id = after(id, "://").and_then(hex_id),
                None => named(&mut object, "ontainer ", " failed "),
            }
            kills::restart_reason(text).unwrap_or(What::StopAsked {
                signal: None,
                grace_s: None,
                reason: Some(text.to_owned()),
            })
        }
        "Unhealthy" => {
            let (probe, output) = text.split_once(" probe failed: ")?;
            What::ProbeFailed { probe: probe.to_ascii_lowercase(), kills: false, message: non_empty(output) }
        }
        "BackOff" if text.contains("restarting failed container") => {
            let delay_s = after(text, "ack-off ").and_then(duration_s);
            What::BackOff { delay_s }
        }
        _ => return None,
    };
    Some(about(Speaker::Kubelet, object, what))
}

/// The node wants a resource back.
fn pressure(resource: &str, text: &str) -> What {
    What::Pressure { resource: resource.to_owned(), message: text.to_owned() }
}
