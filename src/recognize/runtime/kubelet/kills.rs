//! Who asked for the end: grace periods, probes, deletions, preemption, node shutdown; and back-offs after it.

use super::super::text::{
    after, between, by_id, by_scheme, duration_s, non_empty, number, set_pod, set_pod_full, word,
};
use super::super::{Line, about, plain};
use super::{container, container_id};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let fact = killing(line)
        .or_else(|| must_restart(line))
        .or_else(|| probe(line))
        .or_else(|| shutdown(line))
        .or_else(|| preempted(line))
        .or_else(|| back_off(line));
    match fact {
        Some(fact) => facts.push(fact),
        None => deleted(line, facts),
    }
}

/// `Killing container with a grace period [override]` with fields (1.20 and later), and glog's
/// `Killing container "containerd://<id>" with a 30 second grace period`,
/// `Killing container {"containerd" "<id>"}, but using a 0 second grace period override`.
fn killing(line: &Line<'_>) -> Option<RuntimeFact> {
    if let Some(rest) = line.message().strip_prefix("Killing unwanted container") {
        return unwanted(line, rest);
    }
    let rest = line.message().strip_prefix("Killing container ")?;
    let (container, grace_s) = if rest.starts_with("with a grace period") {
        (container(line), line.field("gracePeriod").and_then(number::<u32>))
    } else {
        let (subject, tail) = rest.split_once(['}', ',']).or_else(|| rest.split_once(" with "))?;
        let subject = subject.split_once(" with ").map_or(subject, |(subject, _)| subject);
        let grace = rest.split(' ').zip(rest.split(' ').skip(1)).find(|(_, unit)| *unit == "second");
        let grace = grace.and_then(|(count, _)| count.parse::<u32>().ok()).or_else(|| number(tail));
        (glog_container(subject)?, grace)
    };
    let what = What::StopAsked { signal: None, grace_s: grace_s.map(f64::from), reason: None };
    Some(about(Speaker::Kubelet, container, what))
}

/// A container that the pod's spec does not want (any more): `Killing unwanted container for pod` with fields, glog `Killing
/// unwanted container {app 0}(id={"docker" "<id>"}) for pod "web-1_prod(<uid>)"`.
fn unwanted(line: &Line<'_>, rest: &str) -> Option<RuntimeFact> {
    let mut found = container(line);
    if let Some(subject) = between(rest, "(id={", "})") {
        found = glog_container(subject)?;
        set_pod_full(&mut found, between(rest, "for pod \"", "\"").unwrap_or_default());
    }
    found.id.as_ref()?;
    let reason = Some("the pod's spec does not want it any more".to_owned());
    Some(about(Speaker::Kubelet, found, What::StopAsked { signal: None, grace_s: None, reason }))
}

/// `"containerd://<id>"`, or Go's struct form `{"containerd" "<id>"`; up to 1.5 the id and the pod's name in one pair of
/// quotes.
fn glog_container(subject: &str) -> Option<ContainerRef> {
    let mut parts = subject.split('"').filter(|part| part.len() > 1 && !part.contains('('));
    let first = parts.next()?;
    let container = match parts.next() {
        Some(id) => by_id(id, Some(first)),
        None => by_scheme(word(first).trim_matches(|c: char| !c.is_ascii_alphanumeric())),
    };
    container.id.is_some().then_some(container)
}

/// `Message for Container of pod` with `containerMessage="Container x failed liveness probe, will be restarted"`; glog:
/// `Container "x" ({"containerd" "<id>"}) of pod p_ns(uid): Container x failed liveness probe, will be restarted`.
fn must_restart(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    if message == "Message for Container of pod" {
        let mut container = container(line);
        if let Some(id) = line.field("containerStatusID").map(container_id) {
            container.id = id.id;
            container.runtime = id.runtime;
        }
        return Some(about(Speaker::Kubelet, container, restart_reason(line.field("containerMessage")?)?));
    }
    let rest = message.strip_prefix("Container \"")?;
    let (name, rest) = rest.split_once('"')?;
    let what = restart_reason(after(rest, "): ")?)?;
    let mut container = between(rest, "({", "})").and_then(glog_container).unwrap_or_default();
    container.name = non_empty(name);
    set_pod_full(&mut container, after(rest, " of pod ")?);
    Some(about(Speaker::Kubelet, container, what))
}

/// Why the kubelet will restart a container, in its words.
pub(super) fn restart_reason(message: &str) -> Option<What> {
    let text = message.strip_suffix(", will be restarted")?;
    let Some((_, probe)) = text.rsplit_once(" failed ").filter(|(_, probe)| probe.ends_with(" probe")) else {
        return Some(What::StopAsked { signal: None, grace_s: None, reason: Some(message.to_owned()) });
    };
    let probe = probe.trim_end_matches(" probe").to_owned();
    Some(What::ProbeFailed { probe, kills: true, message: Some(message.to_owned()) })
}

/// `Probe failed` with fields; glog `Liveness probe for "pod_ns(uid):container" failed (failure): output`. A single
/// failure kills nothing.
fn probe(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    if message == "Probe failed" || message == "Probe errored" {
        let output = line.field("output").or_else(|| line.field("err")).and_then(non_empty);
        let probe = line.field("probeType")?.to_ascii_lowercase();
        let what = What::ProbeFailed { probe, kills: false, message: output };
        return Some(about(Speaker::Kubelet, container(line), what));
    }
    let (probe, rest) = message.split_once(" probe for \"").filter(|(probe, _)| !probe.contains(' '))?;
    let (subject, tail) = rest.split_once('"')?;
    let output = tail.strip_prefix(" failed (")?.split_once("): ").and_then(|(_, output)| non_empty(output));
    let mut container = ContainerRef::default();
    set_pod_full(&mut container, subject);
    container.name = subject.rsplit_once("):").and_then(|(_, name)| non_empty(name));
    let what = What::ProbeFailed { probe: probe.to_ascii_lowercase(), kills: false, message: output };
    Some(about(Speaker::Kubelet, container, what))
}

/// `SyncLoop DELETE` with `pods=["ns/p"]`, glog `SyncLoop (DELETE, "api"): "p_ns(uid), q_ns(uid)"`. A forced deletion is
/// only seen as `REMOVE`.
fn deleted(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let message = line.message();
    let list = match message {
        "SyncLoop DELETE" | "SyncLoop REMOVE" => line.field("pods").unwrap_or_default(),
        _ if message.starts_with("SyncLoop (DELETE") || message.starts_with("SyncLoop (REMOVE") => {
            after(message, "): ").unwrap_or_default()
        }
        _ => return,
    };
    facts.extend(pods(list).into_iter().map(|pod| about(Speaker::Kubelet, pod, What::PodDeleted)));
}

/// The pods of a list in any of its forms: `["ns/p" "ns/q"]`, `[ns/p ns/q]`, `"p_ns(uid), q_ns(uid)"`, or JSON objects.
pub(super) fn pods(list: &str) -> Vec<ContainerRef> {
    if let Ok(serde_json::Value::Array(objects)) = serde_json::from_str::<serde_json::Value>(list) {
        let named = objects.iter().map(|object| object.as_str().map_or_else(|| object.to_string(), str::to_owned));
        return named.map(|text| pod(&text)).filter(|pod| pod.pod.is_some()).collect();
    }
    let pieces = list.split(|c: char| c.is_whitespace() || matches!(c, '"' | '[' | ']' | ','));
    pieces.filter(|piece| !piece.is_empty()).map(pod).filter(|pod| pod.pod.is_some()).take(1000).collect()
}

/// A pod by any of its names.
pub(super) fn pod(text: &str) -> ContainerRef {
    let mut container = ContainerRef::default();
    set_pod(&mut container, text);
    container
}

/// Node shutdown (graceful node shutdown, 1.21 and later).
fn shutdown(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    if message.starts_with("Shutdown manager killing pod") {
        let message = "Node shutdown: the kubelet ended the pod".to_owned();
        return Some(about(Speaker::Kubelet, container(line), What::Preempted { message }));
    }
    let begins = message.starts_with("Shutdown manager detected new shutdown event");
    let begins = begins && line.field("event") != Some("cancel");
    begins.then(|| plain(Speaker::Kubelet, What::DaemonStop { daemon: "node".to_owned() }))
}

/// Preemption by a critical pod: `Pod evicted successfully` (`pkg/kubelet/preemption`) with `pod=`.
fn preempted(line: &Line<'_>) -> Option<RuntimeFact> {
    let told = line.message();
    // glog: `preemption: pod web-1_prod(<uid>) evicted successfully`.
    let glog = told.strip_prefix("preemption: pod ").and_then(|rest| rest.strip_suffix(" evicted successfully"));
    let evicted = match glog {
        Some(full) => pod(full),
        None if matches!(told, "Pod evicted successfully" | "preemption: pod evicted successfully") => container(line),
        None => return None,
    };
    let message = "Preempted in order to admit critical pod".to_owned();
    Some(about(Speaker::Kubelet, evicted, What::Preempted { message }))
}

/// `back-off 1m20s restarting failed container=app pod=web-1_prod(uid)`, in its own line or quoted in an error.
fn back_off(line: &Line<'_>) -> Option<RuntimeFact> {
    let (before, rest) = line.text.split_once(" restarting failed container=")?;
    let (head, delay) = before.rsplit_once(' ')?;
    let head = head.rsplit([' ', '"', '\\']).next().unwrap_or(head);
    let delay_s = duration_s(delay).filter(|_| head.eq_ignore_ascii_case("back-off"))?;
    let mut container = ContainerRef { name: non_empty(word(rest)), ..Default::default() };
    set_pod_full(&mut container, after(rest, " pod=").map(word).unwrap_or_default());
    Some(about(Speaker::Kubelet, container, What::BackOff { delay_s: Some(delay_s) }))
}
