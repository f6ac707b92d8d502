//! Kubernetes events: reason and message to a fact, wherever they are printed (JSON, YAML, tables, describe).
//! Texts are the kubelet's (`pkg/kubelet/events`, `kuberuntime`, `eviction`, `prober`, `oom`), 1.8 and later.

use super::clock;
use super::doc::{Doc, Said};
use super::engine_inspect::says_memory;
use super::names;
use super::node::Node;
use crate::event::{ContainerRef, Speaker, Wall, What};
use std::sync::Arc;

/// One event, whatever form it was printed in.
#[derive(Debug, Clone, Default)]
pub(super) struct KubeEvent {
    /// Offset of its place.
    pub at: usize,
    /// Last time.
    pub wall: Option<Wall>,
    /// First time, where told apart.
    pub first: Option<Wall>,
    /// Node of the reporter, or the node that it is about.
    pub host: Option<String>,
    /// `Killing`, `BackOff`, ...
    pub reason: String,
    /// Text.
    pub message: String,
    /// `source.component`: `kubelet`, `kernel-monitor`.
    pub component: Option<String>,
    /// The pod (and container) that it is about, as far as it is about one.
    pub container: ContainerRef,
}

/// True for an event object of either API (`v1`, `events.k8s.io/v1`).
pub(super) fn is_event(node: &Node<'_>) -> bool {
    (node.get("involvedObject").is_some() || node.get("regarding").is_some()) && node.get("reason").is_some()
}

/// One event object.
pub(super) fn object(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let text = |keys: &[&str]| keys.iter().find_map(|key| node.string(key));
    let time = |keys: &[&str]| keys.iter().find_map(|key| clock::member(node, key));
    let series = node.get("series").and_then(|s| clock::member(s, "lastObservedTime"));
    let source = node.get("source").or_else(|| node.get("deprecatedSource"));
    let from = |key: &str| source.and_then(|s| s.string(key));
    let about = node.get("involvedObject").or_else(|| node.get("regarding"));
    let mut event = KubeEvent {
        at: node.get("message").or_else(|| node.get("note")).map_or(node.at, |m| m.at),
        wall: series.or_else(|| time(&["lastTimestamp", "deprecatedLastTimestamp", "eventTime", "firstTimestamp"])),
        first: time(&["firstTimestamp", "deprecatedFirstTimestamp", "eventTime"]),
        host: from("host"),
        reason: text(&["reason"]).unwrap_or_default(),
        message: text(&["message", "note"]).unwrap_or_default(),
        component: from("component").or_else(|| text(&["reportingComponent", "reportingController"])),
        container: ContainerRef::default(),
    };
    if event.wall.is_none() {
        event.wall = node.get("metadata").and_then(|m| clock::member(m, "creationTimestamp"));
    }
    if let Some(about) = about {
        set_object(&mut event, about);
    }
    say(doc, event);
}

fn set_object(event: &mut KubeEvent, about: &Node<'_>) {
    match about.word_of("kind") {
        Some("Pod") => {
            event.container.pod = about.string("name");
            event.container.namespace = about.string("namespace");
            event.container.pod_uid = about.string("uid");
            event.container.name = about.word_of("fieldPath").and_then(field_path);
        }
        Some("Node") => event.host = about.string("name").or(event.host.take()),
        // Controllers speak of the pods that they delete.
        _ => event.container.namespace = about.string("namespace"),
    }
}

/// `spec.containers{web}`, `spec.initContainers{x}` (also as SUBOBJECT of wide tables).
pub(super) fn field_path(text: &str) -> Option<Arc<str>> {
    let name = text.split_once('{')?.1.strip_suffix('}')?;
    (!name.is_empty()).then(|| name.into())
}

/// `kind/name` of a table's OBJECT column; the namespace is another column.
pub(super) fn table_object(event: &mut KubeEvent, object: &str, namespace: Option<&str>) {
    let (kind, name) = object.split_once('/').unwrap_or(("", object));
    event.container.namespace = namespace.map(Into::into);
    match kind.to_ascii_lowercase().as_str() {
        "pod" | "pods" | "po" => event.container.pod = Some(name.into()),
        "node" | "nodes" | "no" => {
            event.host = Some(name.to_owned());
            event.container.namespace = None;
        }
        _ => {}
    }
}

/// Adds the fact of an event, if it is one that matters.
pub(super) fn say(doc: &mut Doc<'_, '_>, mut event: KubeEvent) {
    let Some(what) = what(&mut event) else { return };
    let monitor = event.component.as_deref().is_some_and(|c| c.contains("kernel-monitor"));
    let speaker = if monitor { Speaker::NodeProblemDetector } else { Speaker::Kubernetes };
    // A kill that is retold says nothing of the pod's other containers; its own time is kept in `at`.
    doc.say(Said { at: event.at, wall: event.wall, host: event.host, speaker, container: event.container, what });
}

fn what(event: &mut KubeEvent) -> Option<What> {
    let message = event.message.trim().to_owned();
    Some(match event.reason.as_str() {
        "Killing" => killing(event, &message),
        "Unhealthy" | "ProbeWarning" => probe_failed(&message)?,
        // Karpenter drains a node.
        "Evicted" if message == "Evicted pod" => What::PodDeleted,
        "Evicted" => What::Evicted { resource: resource(&message), message },
        "EvictionThresholdMet" => What::Pressure { resource: resource(&message), message },
        "NodeHasInsufficientMemory" => What::Pressure { resource: "memory".to_owned(), message },
        "Preempting" | "Preempted" | "NodeShutdown" | "Shutdown" | "Terminated" => What::Preempted { message },
        "BackOff" => back_off(event, &message)?,
        "FailedPreStopHook" | "ExceededGracePeriod" => {
            let reason = Some(format!("{}: {message}", event.reason));
            What::StopAsked { signal: None, grace_s: None, reason }
        }
        "TaintManagerEviction" if message.starts_with("Marking for deletion") => What::PodDeleted,
        "SuccessfulDelete" => {
            event.container.pod = Some(message.strip_prefix("Deleted pod: ")?.trim().into());
            What::PodDeleted
        }
        "Started" => {
            let name = message.strip_prefix("Started container ").map(str::trim).filter(|n| !n.is_empty());
            if event.container.name.is_none() {
                event.container.name = name.map(Into::into);
            }
            event.container.pod.as_ref()?;
            What::Started
        }
        "Failed" | "FailedCreatePodSandBox" => start_failed(event, &message)?,
        reason if reason == "SystemOOM" || reason.contains("OOM") => memory_kill(event, &message),
        _ => return None,
    })
}

/// `Stopping container web`; `Container web failed liveness probe, will be restarted`;
/// `Container web definition changed, will be restarted`; before 1.14 `Killing container with id docker://<id>:<reason>`.
fn killing(event: &mut KubeEvent, message: &str) -> What {
    let mut reason = message;
    if let Some(rest) = message.strip_prefix("Killing container with id ") {
        let (scheme, after) = rest.split_once("://").unwrap_or(("", rest));
        let (id, why) = after.split_once(':').unwrap_or((after, ""));
        names::from_scheme(&mut event.container, &format!("{scheme}://{id}"));
        reason = if why.is_empty() { message } else { why.trim() };
    }
    let words: Vec<&str> = message.split_whitespace().collect();
    let named = match words[..] {
        ["Stopping", "container", name] | ["Container", name, "failed" | "definition", ..] => Some(name),
        _ => None,
    };
    if event.container.name.is_none() {
        event.container.name = named.map(Into::into);
    }
    for probe in ["liveness", "startup"] {
        if reason.contains(&format!("failed {probe} probe")) {
            return What::ProbeFailed { probe: probe.to_owned(), kills: true, message: Some(message.to_owned()) };
        }
    }
    // `Container web failed container liveness probe...` does not exist, but 1.13 wrote it without a name.
    if reason.contains("is unhealthy, it will be killed and re-created") {
        return What::ProbeFailed { probe: "liveness".to_owned(), kills: true, message: Some(message.to_owned()) };
    }
    What::StopAsked { signal: None, grace_s: None, reason: Some(reason.to_owned()) }
}

/// `Liveness probe failed: ...`, `Readiness probe errored: ...`.
fn probe_failed(message: &str) -> Option<What> {
    let (probe, rest) = message.split_once(" probe ")?;
    let failed = rest.starts_with("failed") || rest.starts_with("errored") || rest.starts_with("warning");
    let probe = probe.to_ascii_lowercase();
    let known = matches!(probe.as_str(), "liveness" | "readiness" | "startup");
    (failed && known).then(|| What::ProbeFailed { probe, kills: false, message: Some(message.to_owned()) })
}

/// Which resource a text is about.
pub(super) fn resource(message: &str) -> String {
    let named = message
        .split_once("low on resource: ")
        .or_else(|| message.split_once("Attempting to reclaim "))
        .map(|(_, rest)| rest.split(['.', ' ', ',']).next().unwrap_or_default().trim_matches(['[', ']', '.']));
    let text = message.to_ascii_lowercase();
    match named {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ if text.contains("memory") => "memory".to_owned(),
        _ if text.contains("ephemeral") || text.contains("disk") || text.contains("storage") => {
            "ephemeral-storage".to_owned()
        }
        _ if text.contains("emptydir volume") => "emptyDir volume".to_owned(),
        _ if text.contains("pid") => "pids".to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// `Back-off restarting failed container [web in pod web-0_prod(<uid>)]`; `Back-off pulling image` is another matter.
fn back_off(event: &mut KubeEvent, message: &str) -> Option<What> {
    let rest = message
        .strip_prefix("Back-off restarting failed container")
        .or_else(|| message.strip_prefix("Back-off restarting the failed container"))?;
    let named = rest.trim().split_once(" in pod ").map(|(name, _)| name.trim().trim_start_matches("container="));
    if event.container.name.is_none() {
        event.container.name = named.filter(|n| !n.is_empty()).map(Into::into);
    }
    Some(What::BackOff { delay_s: None })
}

/// `Error: failed to start container "web": Error response from daemon: ...`, `Error: failed to create containerd task: ...`.
fn start_failed(event: &mut KubeEvent, message: &str) -> Option<What> {
    let text = message.to_ascii_lowercase();
    let start = ["start container", "create container", "containerd task", "shim task", "oci runtime", "sandbox"];
    if !start.iter().any(|part| text.contains(part)) {
        return None;
    }
    if event.container.name.is_none() {
        let named = message.split_once("container \"").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| name);
        event.container.name = named.map(Into::into);
    }
    Some(What::StartFailed { exit_code: None, message: message.to_owned(), memory: says_memory(message) })
}

/// A kernel kill as told by the kubelet (`SystemOOM`) or node-problem-detector (`OOMKilling`). Without a pid only the
/// shortage is told (kubelet up to 1.14).
fn memory_kill(event: &mut KubeEvent, message: &str) -> What {
    match retold_kill(message) {
        Some((pid, comm)) => {
            event.container.name = None;
            What::KernelKillRetold { pid, comm, at: event.first.or(event.wall) }
        }
        None => What::Pressure { resource: "memory".to_owned(), message: message.to_owned() },
    }
}

/// (pid, comm) of `System OOM encountered, victim process: <comm>, pid: <pid>`, of a fork's
/// `System OOM encountered:  process pid N, process name: X`, or of a kernel line: `Killed process 7788 (bash) total-vm:...`,
/// `Kill process 25169 (hyperkube) score 2109 or sacrifice child`, `Killed process 5, UID 0, (x) total-vm`.
pub(super) fn retold_kill(message: &str) -> Option<(u32, String)> {
    if let Some((_, rest)) = message.split_once("victim process: ") {
        let (comm, pid) = rest.rsplit_once(", pid: ")?;
        return Some((leading_number(pid)?, comm.to_owned()));
    }
    if let Some((_, rest)) = message.split_once("process pid ") {
        let comm = rest.split_once("process name: ").map(|(_, name)| name.trim()).unwrap_or_default();
        return Some((leading_number(rest)?, comm.to_owned()));
    }
    let (_, rest) = message.split_once("Killed process ").or_else(|| message.split_once("Kill process "))?;
    let pid = leading_number(rest)?;
    let end = [") total-vm", ") vsz", ") score"].iter().find_map(|end| rest.rfind(end)).or_else(|| rest.rfind(')'))?;
    let comm = rest.get(rest.find('(')? + 1..end)?;
    Some((pid, comm.to_owned()))
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    fn event(kind: &str, reason: &str, message: &str) -> String {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Event", "count": 2, "eventTime": null, "firstTimestamp": "2026-11-23T11:36:51Z",
 "involvedObject": {{"kind": "{kind}", "name": "web-0", "namespace": "prod", "uid": "3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10", "fieldPath": "spec.containers{{web}}"}},
 "lastTimestamp": "2026-11-23T11:37:32Z",
 "message": "{message}", "reason": "{reason}", "source": {{"component": "kubelet", "host": "node-a"}}, "type": "Warning"}}"#
        )
    }

    fn pod(reason: &str, message: &str) -> Option<What> {
        let (events, problems) = read_text("events.json", &event("Pod", reason, message));
        assert!(problems.is_empty());
        facts(&events).first().map(|fact| fact.what.clone())
    }

    #[test]
    fn who_and_when() {
        let (events, _) = read_text("events.json", &event("Pod", "Killing", "Stopping container web"));
        let fact = &facts(&events)[0];
        assert_eq!((fact.speaker, events[0].host.as_deref()), (Speaker::Kubernetes, Some("node-a")));
        assert_eq!((fact.container.name.as_deref(), fact.container.pod.as_deref()), (Some("web"), Some("web-0")));
        assert_eq!(events[0].stamp.wall, clock::instant("2026-11-23T11:37:32Z"));
        assert_eq!(events[0].evidence[0].line, Some(4));
        let reason = Some("Stopping container web".to_owned());
        assert_eq!(fact.what, What::StopAsked { signal: None, grace_s: None, reason });
    }

    #[test]
    fn killings_with_other_causes_than_memory() {
        let probe = pod("Killing", "Container web failed liveness probe, will be restarted").unwrap();
        assert!(matches!(probe, What::ProbeFailed { kills: true, ref probe, .. } if probe == "liveness"));
        let changed = pod("Killing", "Container web definition changed, will be restarted").unwrap();
        assert!(matches!(changed, What::StopAsked { .. }));
        let unhealthy = pod("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503").unwrap();
        assert!(matches!(unhealthy, What::ProbeFailed { kills: false, ref probe, .. } if probe == "readiness"));
        let hook = pod("FailedPreStopHook", "Exec lifecycle hook failed").unwrap();
        assert!(matches!(hook, What::StopAsked { reason: Some(ref r), .. } if r.starts_with("FailedPreStopHook")));
        assert!(matches!(pod("Preempting", "Preempted in order to admit critical pod"), Some(What::Preempted { .. })));
        assert_eq!(pod("SuccessfulDelete", "Deleted pod: web-1"), Some(What::PodDeleted));
        let old = "Killing container with id docker://abc:Need to kill Pod";
        let (events, _) = read_text("events.json", &event("Pod", "Killing", old));
        assert_eq!(facts(&events)[0].container.id.as_deref(), Some("abc"));
    }

    #[test]
    fn memory() {
        let message =
            "The node was low on resource: memory. Container web was using 61796Ki, which exceeds its request of 0. ";
        let evicted = What::Evicted { resource: "memory".to_owned(), message: message.trim().to_owned() };
        assert_eq!(pod("Evicted", message), Some(evicted));
        assert!(
            matches!(pod("EvictionThresholdMet", "Attempting to reclaim memory"), Some(What::Pressure { resource, .. }) if resource == "memory")
        );
        let oom = "(combined from similar events): System OOM encountered, victim process: a, pid: 5, b, pid: 722";
        let (events, _) = read_text("events.json", &event("Node", "SystemOOM", oom));
        let at = clock::instant("2026-11-23T11:36:51Z");
        assert_eq!(facts(&events)[0].what, What::KernelKillRetold { pid: 722, comm: "a, pid: 5, b".to_owned(), at });
        assert_eq!(events[0].host.as_deref(), Some("web-0"), "the node that it is about");
        assert_eq!(*facts(&events)[0].container, ContainerRef::default());
        assert_eq!(pod("Evicted", "Evicted pod"), Some(What::PodDeleted));
        assert!(matches!(pod("SystemOOM", "System OOM encountered"), Some(What::Pressure { .. })));
        assert_eq!(
            pod("BackOff", "Back-off restarting failed container web in pod web-0_prod(u)"),
            Some(What::BackOff { delay_s: None })
        );
        assert_eq!(pod("BackOff", "Back-off pulling image \\\"x\\\""), None);
        let start = "Error: failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too low?)";
        assert!(matches!(pod("Failed", start), Some(What::StartFailed { memory: true, .. })));
        assert_eq!(pod("Failed", "Error: ErrImagePull"), None);
        assert_eq!(pod("Pulled", "Container image present"), None);
    }

    #[test]
    fn kernel_lines_in_messages() {
        for (text, pid, comm) in [
            (
                "Memory cgroup out of memory: Killed process 7788 (a (b) c) total-vm:7169492kB, anon-rss:1kB",
                7788,
                "a (b) c",
            ),
            (
                "Memory cgroup out of memory: Kill process 25169 (hyperkube) score 2109 or sacrifice child",
                25_169,
                "hyperkube",
            ),
            ("Killed process 12, UID 0, (java) total-vm:1kB", 12, "java"),
            ("System OOM encountered:  process pid 77, process name: runc:[2:INIT]", 77, "runc:[2:INIT]"),
        ] {
            assert_eq!(retold_kill(text), Some((pid, comm.to_owned())), "{text}");
        }
        for text in [
            "",
            "Killed process",
            "Killed process x (y)",
            "victim process: x",
            "Killed process 5 )(",
            "process pid 99999999999",
        ] {
            assert_eq!(retold_kill(text), None, "{text}");
        }
    }

    #[test]
    fn the_newer_api() {
        let text = r#"{"apiVersion": "events.k8s.io/v1", "kind": "Event", "eventTime": "2026-11-23T11:37:32.123456Z", "note": "System OOM encountered, victim process: java, pid: 9", "reason": "SystemOOM", "regarding": {"kind": "Node", "name": "node-b"}, "reportingController": "kubelet", "series": {"count": 3, "lastObservedTime": "2026-11-23T11:40:00.5Z"}}"#;
        let (events, _) = read_text("events.json", text);
        assert_eq!(events[0].stamp.wall, clock::instant("2026-11-23T11:40:00.5Z"));
        assert_eq!(events[0].host.as_deref(), Some("node-b"));
        let at = clock::instant("2026-11-23T11:37:32.123456Z");
        assert!(matches!(&facts(&events)[0].what, What::KernelKillRetold { at: found, .. } if *found == at));
    }
}
