//! The eviction manager (`pkg/kubelet/eviction`): memory runs low, and pods have to go, with exit 137 and no kernel kill.

use super::super::text::{after, between, set_uid, word};
use super::super::{Line, about, plain};
use super::container;
use super::kills::{pod, pods};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};

/// Reads one line. `resource` is what the manager said last that it wants back.
pub(super) fn read(line: &Line<'_>, resource: &mut Option<String>, facts: &mut Vec<RuntimeFact>) {
    if let Some((wanted, text)) = pressure(line) {
        *resource = Some(wanted.clone());
        facts.push(plain(Speaker::Kubelet, What::Pressure { resource: wanted, message: text }));
        return;
    }
    if let Some(fact) = with_message(line) {
        facts.push(fact);
        return;
    }
    for container in evicted(line) {
        let resource = resource.clone().unwrap_or_else(|| "unknown".to_owned());
        let what = What::Evicted { resource, message: line.message().to_owned() };
        facts.push(about(Speaker::Kubelet, container, what));
    }
}

/// `Eviction manager: attempting to reclaim` with `resourceName="memory"`, glog `eviction manager: attempting to reclaim
/// memory`, and `must evict pod(s) to reclaim`: (resource, text).
fn pressure(line: &Line<'_>) -> Option<(String, String)> {
    let message = line.message();
    // V2: `Recording event message for node` with `event=`, glog `Recording NodeHasInsufficientMemory event message for ..`.
    if message.starts_with("Recording ") {
        let event = "NodeHasInsufficientMemory";
        let told = line.field("event") == Some(event) || message.contains(event);
        return told.then(|| ("memory".to_owned(), "Node status is now: NodeHasInsufficientMemory".to_owned()));
    }
    let rest = after(message, "viction manager: ")?;
    let tail = after(rest, "attempting to reclaim").or_else(|| after(rest, "must evict pod(s) to reclaim"))?;
    let resource = line.field("resourceName").unwrap_or(word(tail.trim_start()));
    (!resource.is_empty())
        .then(|| (resource.to_owned(), format!("{} {resource}", message.trim_end_matches(resource).trim_end())))
}

/// A line that quotes the pod's own message: V3 `Evicting pod` with `message=`, and the status manager's
/// `Status for pod "p_ns(uid)" updated successfully: (3, {Phase:Failed .. Message:The node was low on ..  Reason:Evicted`.
fn with_message(line: &Line<'_>) -> Option<RuntimeFact> {
    let text = line.field("message").or_else(|| line.field("status")).unwrap_or(line.message());
    let told = after(text, "The node was low on resource: ")?;
    // The patch that the kubelet sends quotes the message in JSON in a quoted string.
    let told = told.split(['"', '\\']).next().unwrap_or(told);
    let told = told.split(" Reason:").next().unwrap_or(told).trim_end();
    let container = match between(line.message(), "tatus for pod \"", "\"") {
        Some(full) => pod(full),
        None => container(line),
    };
    container.pod.as_ref()?;
    Some(about(Speaker::Kubelet, container, evicted_for(told)))
}

/// The fact of a pod message, given what follows `The node was low on resource: `: `memory. Threshold quantity: 300Mi,
/// available: 297736Ki. Container nginx was using 61796Ki, request is 0, has larger consumption of memory. `
pub(super) fn evicted_for(told: &str) -> What {
    let resource = told.split(['.', ' ']).next().unwrap_or_default().to_owned();
    What::Evicted { resource, message: format!("The node was low on resource: {}", told.trim_end()) }
}

/// Pods that were evicted: `pod is evicted successfully` with `pod=`, glog `pod p_ns(uid) is evicted successfully`,
/// `pods p_ns(uid) evicted, waiting for pod to be cleaned up`, and `pod p_ns(uid) failed to evict timeout waiting to kill
/// pod` (the pod is failed all the same).
fn evicted(line: &Line<'_>) -> Vec<ContainerRef> {
    let message = line.message();
    let Some(rest) = after(message, "viction manager: pod") else { return Vec::new() };
    if rest.starts_with(" is evicted successfully") {
        let mut found = container(line);
        set_uid(&mut found, line.field("podUID").unwrap_or_default());
        return vec![found];
    }
    let ends = [" is evicted successfully", " evicted, waiting for pod", " failed to evict"];
    let Some((list, _)) = ends.iter().find_map(|end| rest.split_once(end)) else { return Vec::new() };
    pods(list.trim_start_matches('s').trim())
}
