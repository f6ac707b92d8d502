//! Pods of the Kubernetes API (`core/v1` Pod: JSON or YAML): identity, limits, and how their containers ended.

use super::clock;
use super::doc::{Doc, Said};
use super::engine_inspect::says_memory;
use super::kube_event::resource;
use super::names;
use super::node::Node;
use super::size;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};

/// The lists of containers in a spec, with the lists of their states.
const LISTS: [(&str, &str); 3] = [
    ("containers", "containerStatuses"),
    ("initContainers", "initContainerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
];

/// True for a pod, even without `kind` (items of a kubelet's list, of old support bundles) or without its specification (people leave out
/// what is long).
pub(super) fn is_pod(node: &Node<'_>) -> bool {
    let specified = node.path(&["spec", "containers"]).is_some()
        && (node.get("status").is_some() || node.path(&["metadata", "uid"]).is_some());
    node.path(&["metadata", "name"]).is_some() && (specified || node.path(&["status", "containerStatuses"]).is_some())
}

/// A pod's own facts while it is read.
struct Pod {
    reference: ContainerRef,
    host: Option<String>,
}

/// One pod.
pub(super) fn object(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(metadata) = node.get("metadata") else { return };
    let annotation = |key: &str| metadata.get("annotations").and_then(|a| a.word_of(key));
    // Cgroups of a static pod bear the hash of its manifest; the API shows the uid of the mirror pod.
    let hash = ["kubernetes.io/config.hash", "kubernetes.io/config.mirror"]
        .iter()
        .find_map(|key| annotation(key).filter(|hash| names::is_uid(hash)));
    let uid = metadata.word_of("uid");
    let reference = ContainerRef {
        pod: metadata.string("name"),
        namespace: metadata.string("namespace"),
        pod_uid: hash.or(uid).map(Into::into),
        ..ContainerRef::default()
    };
    let host = node.path(&["spec", "nodeName"]).and_then(Node::text).map(str::to_owned);
    let pod = Pod { reference, host };
    let mut told = false;
    for (specs, statuses) in LISTS {
        let specs = node.path(&["spec", specs]).map(Node::list).unwrap_or_default();
        for status in node.path(&["status", statuses]).map(Node::list).unwrap_or_default() {
            let name = status.word_of("name");
            let spec = specs.iter().find(|spec| spec.word_of("name") == name);
            container(doc, &pod, spec, status);
            told = true;
        }
    }
    if !told {
        without_states(doc, &pod, node);
    }
    if hash.is_some() && uid.is_some() && hash != uid {
        let mirror = ContainerRef { pod_uid: uid.map(Into::into), ..pod.reference.clone() };
        let at = metadata.get("uid").map_or(node.at, |u| u.at);
        say(doc, &pod, at, None, mirror, What::Seen);
    }
    pod_state(doc, &pod, node);
}

fn say(doc: &mut Doc<'_, '_>, pod: &Pod, at: usize, wall: Option<Wall>, container: ContainerRef, what: What) {
    doc.say(Said { at, wall, host: pod.host.clone(), speaker: Speaker::Kubernetes, container, what });
}

/// An evicted pod has no container states any more: only the names and limits are left.
fn without_states(doc: &mut Doc<'_, '_>, pod: &Pod, node: &Node<'_>) {
    for spec in node.path(&["spec", "containers"]).map(Node::list).unwrap_or_default() {
        let container = with_spec(pod, Some(spec), spec);
        say(doc, pod, spec.get("name").map_or(spec.at, |n| n.at), None, container, What::Seen);
    }
}

/// The container's reference from its spec and state.
fn with_spec(pod: &Pod, spec: Option<&Node<'_>>, status: &Node<'_>) -> ContainerRef {
    let limit = spec.and_then(|s| s.path(&["resources", "limits", "memory"]));
    // In-place resize (1.27 and later): the limit that is in force stands in the state.
    let resized = status.path(&["resources", "limits", "memory"]);
    ContainerRef {
        name: status.string("name"),
        image: spec.and_then(|s| s.string("image")).or_else(|| status.string("image")),
        limit_bytes: resized.or(limit).and_then(|q| size::quantity(q.word()?)).filter(|bytes| *bytes > 0),
        ..pod.reference.clone()
    }
}

/// One container's current and last state.
fn container(doc: &mut Doc<'_, '_>, pod: &Pod, spec: Option<&Node<'_>>, status: &Node<'_>) {
    let restarts = names::small(status.number("restartCount"));
    let mut current = with_spec(pod, spec, status);
    let identify = |container: &mut ContainerRef, id: Option<&str>| {
        if let Some(id) = id {
            names::from_scheme(container, id);
        }
    };
    identify(&mut current, status.word_of("containerID"));
    if let Some(dead) = status.path(&["lastState", "terminated"]) {
        let mut last = with_spec(pod, spec, status);
        identify(&mut last, dead.word_of("containerID"));
        // In a back-off the current container is the dead one; otherwise the dead one is the attempt before.
        let same = last.id.is_some() && last.id == current.id;
        last.attempt = restarts.and_then(|n| if same { Some(n) } else { n.checked_sub(1) });
        let (at, exit) = terminated(dead, restarts);
        say(doc, pod, at, exit.finished, last, What::Exited(Box::new(exit)));
    }
    current.attempt = restarts.filter(|_| current.id.is_some());
    let (at, wall, what) = current_state(status, restarts);
    say(doc, pod, at, wall, current, what);
}

fn current_state(status: &Node<'_>, restart_count: Option<u32>) -> (usize, Option<Wall>, What) {
    let state = status.get("state");
    let part = |key: &str| state.and_then(|s| s.get(key));
    if let Some(dead) = part("terminated") {
        let (at, exit) = terminated(dead, restart_count);
        return (at, exit.finished, What::Exited(Box::new(exit)));
    }
    if let Some(running) = part("running") {
        let started = clock::member(running, "startedAt");
        return (running.at, started, What::Running { oom_flag: None, restart_count, started });
    }
    let at = status.get("containerID").or_else(|| status.get("name")).map_or(status.at, |n| n.at);
    match part("waiting") {
        Some(waiting) => (waiting.get("reason").map_or(at, |r| r.at), None, waiting_state(waiting)),
        None => (at, None, What::Seen),
    }
}

/// `waiting{reason, message}`.
fn waiting_state(waiting: &Node<'_>) -> What {
    let message = waiting.string("message").unwrap_or_default();
    waiting_what(waiting.word_of("reason").unwrap_or_default(), message)
}

/// What a waiting reason means.
pub(super) fn waiting_what(reason: &str, message: String) -> What {
    match reason {
        "CrashLoopBackOff" => What::BackOff { delay_s: back_off_delay(&message) },
        "RunContainerError" | "CreateContainerError" | "StartError" | "ContainerCannotRun" => {
            let memory = says_memory(&message);
            What::StartFailed { exit_code: None, message, memory }
        }
        _ => What::Seen,
    }
}

/// `back-off 2m40s restarting failed container=..` in seconds.
fn back_off_delay(message: &str) -> Option<f64> {
    let text = message.split_once("ack-off ")?.1.split(' ').next()?;
    let (mut seconds, mut number) = (0.0, String::new());
    for c in text.chars() {
        match c {
            '0'..='9' | '.' => number.push(c),
            unit => {
                let factor = match unit {
                    'h' => 3600.0,
                    'm' => 60.0,
                    's' => 1.0,
                    _ => return None,
                };
                seconds += number.parse::<f64>().ok()? * factor;
                number.clear();
            }
        }
    }
    (number.is_empty() && seconds > 0.0).then_some(seconds)
}

/// A container's status without its pod: an element of `containerStatuses`.
pub(super) fn is_status(node: &Node<'_>) -> bool {
    let states = [node.get("lastState"), node.get("state")];
    let told = |state: &Node<'_>| ["terminated", "running", "waiting"].iter().any(|key| state.get(key).is_some());
    states.into_iter().flatten().any(told)
}

/// Such a status. Where it does not say whose it is, the end that it tells of stands for the container.
pub(super) fn lone_status(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let dead = ["lastState", "state"].iter().find_map(|key| node.path(&[key, "terminated"]));
    let named = node.get("name").is_some() || node.get("containerID").is_some();
    let nobody = dead.filter(|_| !named).filter(|dead| dead.get("containerID").is_none());
    let id = nobody.and_then(|dead| clock::member(dead, "finishedAt")).map(ContainerRef::unnamed);
    let pod = Pod { reference: ContainerRef { id, ..ContainerRef::default() }, host: None };
    container(doc, &pod, None, node);
}

/// `terminated{..}` with the place of its code.
pub(super) fn terminated(dead: &Node<'_>, restart_count: Option<u32>) -> (usize, ContainerExit) {
    let (started, finished) = (clock::member(dead, "startedAt"), clock::member(dead, "finishedAt"));
    let reason = dead.string("reason");
    // The API prints null times too: where there are none, the text is an excerpt.
    let dated = dead.get("startedAt").or_else(|| dead.get("finishedAt")).is_some();
    let exit = ContainerExit {
        exit_code: dead.number("exitCode"),
        signal: dead.number("signal").and_then(|s| i32::try_from(s).ok()).filter(|s| *s != 0),
        message: dead.string("message"),
        invented: is_invented(reason.as_deref(), dated, started.or(finished)),
        oom_flag: reason.as_deref().map(is_oom),
        reason,
        started,
        finished,
        restart_count,
        ..ContainerExit::default()
    };
    (dead.get("exitCode").or_else(|| dead.get("reason")).map_or(dead.at, |n| n.at), exit)
}

/// The reason of an OOM kill: `OOM Killed` before Kubernetes 1.1.
pub(super) fn is_oom(reason: &str) -> bool {
    matches!(reason, "OOMKilled" | "OOM Killed")
}

/// The kubelet makes up 137 with null times for containers that it has lost. `dated`: times are printed, if null ones.
pub(super) fn is_invented(reason: Option<&str>, dated: bool, any: Option<Wall>) -> bool {
    reason == Some("ContainerStatusUnknown") || (dated && any.is_none())
}

/// What the pod itself went through: eviction, preemption, node shutdown, deletion.
fn pod_state(doc: &mut Doc<'_, '_>, pod: &Pod, node: &Node<'_>) {
    let Some(status) = node.get("status") else { return };
    let target = disruption(status);
    let wall = target.and_then(|c| clock::member(c, "lastTransitionTime"));
    let message = status.string("message").unwrap_or_default();
    let what = pod_what(status.word_of("reason").unwrap_or_default(), message).or_else(|| disruption_what(target?));
    if let Some(what) = what {
        let at = status.get("reason").map(|r| r.at).or(target.map(|t| t.at)).unwrap_or(status.at);
        say(doc, pod, at, wall, pod.reference.clone(), what);
    }
    if let Some(deletion) = node.path(&["metadata", "deletionTimestamp"]) {
        // The time stands for when the object may vanish: the request came the grace period before it.
        let grace = node.path(&["metadata", "deletionGracePeriodSeconds"]).and_then(Node::int).unwrap_or(0);
        let wall = clock::of_node(deletion).map(|wall| clock::earlier(wall, grace));
        say(doc, pod, deletion.at, wall, pod.reference.clone(), What::PodDeleted);
    }
}

/// What `status.reason` of a pod means, where it is an end from outside.
pub(super) fn pod_what(reason: &str, message: String) -> Option<What> {
    Some(match reason {
        "Evicted" => What::Evicted { resource: resource(&message), message },
        "Terminated" | "Shutdown" | "NodeShutdown" | "Preempting" | "Preempted" => What::Preempted { message },
        "DeadlineExceeded" => What::StopAsked {
            signal: None,
            grace_s: None,
            reason: Some(format!("{reason}: {message}").trim().to_owned()),
        },
        _ => return None,
    })
}

/// The condition `DisruptionTarget` (1.25 and later).
fn disruption<'n, 'a>(status: &'n Node<'a>) -> Option<&'n Node<'a>> {
    let is_target =
        |c: &&Node<'a>| c.word_of("type") == Some("DisruptionTarget") && c.word_of("status") != Some("False");
    status.get("conditions")?.list().iter().find(is_target)
}

fn disruption_what(condition: &Node<'_>) -> Option<What> {
    let message = condition.string("message").unwrap_or_default();
    match condition.word_of("reason") {
        Some("PreemptionByScheduler" | "PreemptionByKubeScheduler") => Some(What::Preempted { message }),
        Some("EvictionByEvictionAPI" | "DeletionByTaintManager" | "DeletionByPodGC") => Some(What::PodDeleted),
        _ => None,
    }
}

#[cfg(test)]
#[path = "kube_pod_tests.rs"]
mod tests;
