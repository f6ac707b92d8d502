//! `kubectl describe pod` and `describe node`: indented text, several objects one after the other, also only a part of it
//! as people paste it (kubectl `pkg/describe`, 1.8 and later).

use super::clock;
use super::command;
use super::doc::{Doc, Line, Said};
use super::dump;
use super::kube_event::{self, KubeEvent};
use super::kube_node::boot_id;
use super::kube_pod::{is_invented, is_oom, pod_what, waiting_what};
use super::names;
use super::size;
use crate::event::{ContainerExit, ContainerRef, NodeFact, Speaker, What};
use crate::sentence;

/// `State:` or `Last State:` with the lines below it.
#[derive(Default, Clone)]
struct StateText {
    /// `Terminated`, `Running`, `Waiting`.
    state: String,
    at: usize,
    reason: Option<String>,
    message: Option<String>,
    exit_code: Option<i64>,
    exit_at: Option<usize>,
    signal: Option<i32>,
    started: Option<String>,
    finished: Option<String>,
}

/// One container's section.
#[derive(Default)]
struct Section {
    reference: ContainerRef,
    at: usize,
    restarts: Option<u32>,
    current: Option<StateText>,
    last: Option<StateText>,
    /// The state that lines of reason and times belong to.
    in_last: bool,
    /// `Limits:` is being read.
    limits: bool,
}

/// One described object.
#[derive(Default)]
struct Object {
    at: usize,
    /// `Name:` was read.
    named: bool,
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    host: Option<String>,
    reason: Option<(usize, String)>,
    message: Option<String>,
    deleted: Option<usize>,
    node: NodeFact,
    is_node: bool,
    part: Part,
    section: Option<Section>,
    /// A word that stands alone on a line: the name of the container whose state follows, in a paste that lost its indentation.
    word: Option<String>,
    /// The states stand at the left.
    flat: bool,
}

/// The top-level part that a line stands in.
#[derive(Default, PartialEq, Clone, Copy)]
enum Part {
    #[default]
    Head,
    Annotations,
    Containers,
    Capacity,
    SystemInfo,
    Events,
    Other,
}

/// Reads all described objects.
pub(super) fn read(doc: &mut Doc<'_, '_>) {
    let mut object = Object::default();
    if let Some(about) = command::described(doc.path) {
        (object.name, object.namespace) = (about.pod, about.namespace);
    }
    for line in doc.lines() {
        let named = line.text.starts_with("Name:") && object.named;
        let described = command::described(&line.text);
        if named || described.is_some() {
            finish(doc, std::mem::take(&mut object));
        }
        if let Some(about) = described {
            (object.name, object.namespace) = (about.pod, about.namespace);
            continue;
        }
        read_line(doc, &mut object, &line);
    }
    finish(doc, object);
}

fn read_line(doc: &mut Doc<'_, '_>, object: &mut Object, line: &Line<'_>) {
    let text = line.text.trim_end();
    let indent = text.len() - text.trim_start_matches(' ').len();
    if text.trim().is_empty() {
        return;
    }
    if indent == 0 && !text.starts_with('\t') {
        return head(doc, object, line, text);
    }
    let text = text.trim();
    match object.part {
        Part::Annotations => annotation(object, text),
        Part::Capacity if indent == 2 => capacity(object, text),
        Part::SystemInfo => system_info(object, text),
        Part::Events => event_row(doc, object, line, text),
        // A pasted piece may begin in the middle of a container.
        Part::Containers | Part::Head => container_line(doc, object, line, indent, text),
        Part::Other | Part::Capacity => {}
    }
}

/// Keys of a container's states, and what stands below them. The pod has some of them, too.
const OF_STATE: [&str; 13] = [
    "State",
    "Last State",
    "Last Termination State",
    "Exit Code",
    "Signal",
    "Started",
    "Finished",
    "Ready",
    "Restart Count",
    "Reason",
    "Message",
    "Limits",
    "Requests",
];

/// In a paste that lost its indentation, the states and the name of a container stand at the left.
fn flat(doc: &mut Doc<'_, '_>, object: &mut Object, line: &Line<'_>, text: &str) -> bool {
    let Some((key, value)) = pair(text) else {
        let word = text.trim();
        object.word = names::is_label(word).then(|| word.to_owned());
        return object.word.is_some();
    };
    if matches!(key, "State" | "Last State" | "Last Termination State") && value.is_some() {
        object.flat = true;
        object.part = Part::Containers;
    } else if object.part == Part::Containers && value.is_none() && object.section.is_none() && names::is_label(key) {
        start_section(doc, object, line, key);
        return true;
    } else if !(object.flat && OF_STATE.contains(&key)) {
        object.flat = false;
        return false;
    }
    container_line(doc, object, line, 0, text);
    true
}

/// Parts and keys that a node's description has and a pod's has not (`describeNode` in kubectl's `pkg/describe`).
const NODE_KEYS: [&str; 12] = [
    "Capacity",
    "System Info",
    "Allocatable",
    "Unschedulable",
    "Roles",
    "Taints",
    "Lease",
    "Addresses",
    "PodCIDR",
    "ProviderID",
    "Non-terminated Pods",
    "Allocated resources",
];

/// A line at the left: `Key:   value`, or the head of a part.
fn head(doc: &mut Doc<'_, '_>, object: &mut Object, line: &Line<'_>, text: &str) {
    if flat(doc, object, line, text) {
        return;
    }
    object.word = None;
    let Some((key, value)) = pair(text) else { return };
    end_section(doc, object);
    object.part = match key {
        "Containers" | "Init Containers" | "Ephemeral Containers" => Part::Containers,
        "Annotations" => Part::Annotations,
        "Capacity" => Part::Capacity,
        "System Info" => Part::SystemInfo,
        "Events" => Part::Events,
        _ => Part::Other,
    };
    let owned = value.filter(|v| *v != "<none>").map(str::to_owned);
    match key {
        "Name" => (object.named, object.name, object.at) = (true, owned, line.at),
        "Namespace" => object.namespace = owned,
        "Node" => {
            object.host =
                value.and_then(|v| v.split('/').next()).filter(|h| !h.is_empty() && *h != "<none>").map(str::to_owned)
        }
        "Reason" => object.reason = owned.map(|reason| (line.at, reason)),
        "Message" => object.message = owned,
        "Status" if value.is_some_and(|v| v.starts_with("Terminating")) => object.deleted = Some(line.at),
        "Annotations" => annotation(object, value.unwrap_or_default()),
        key if NODE_KEYS.contains(&key) => object.is_node = true,
        _ => {}
    }
}

/// `Key:   value` or `Key:`.
fn pair(text: &str) -> Option<(&str, Option<&str>)> {
    let (key, value) = text.split_once(':')?;
    let value = value.trim();
    Some((key.trim(), (!value.is_empty()).then_some(value)))
}

/// `kubernetes.io/config.hash: <32 hex>`: the uid that a static pod has in cgroups.
fn annotation(object: &mut Object, text: &str) {
    if let Some((key @ ("kubernetes.io/config.hash" | "kubernetes.io/config.mirror"), Some(value))) = pair(text) {
        let known = key.ends_with("mirror") && object.uid.is_some();
        if names::is_uid(value) && !known {
            object.uid = Some(value.to_owned());
        }
    }
}

fn capacity(object: &mut Object, text: &str) {
    if let Some(("memory", Some(value))) = pair(text) {
        object.node.memory_bytes = size::quantity(value);
    }
}

fn system_info(object: &mut Object, text: &str) {
    match pair(text) {
        Some(("Boot ID", Some(value))) => object.node.boot = boot_id(value),
        Some(("Kernel Version", Some(value))) => object.node.kernel = Some(value.to_owned()),
        _ => {}
    }
}

/// A row of the events at the end: `  Warning  BackOff  36s (x5 over 2m)  kubelet  Back-off restarting ...`. Ages give no time.
fn event_row(doc: &mut Doc<'_, '_>, object: &Object, line: &Line<'_>, text: &str) {
    let cells: Vec<&str> = text.splitn(5, "  ").collect();
    let cells: Vec<&str> = if cells.len() < 5 { Vec::new() } else { columns(text) };
    let [_, reason, _, from, message] = cells[..] else { return };
    // `kubelet, node-a` before 1.20.
    let (component, host) = from.split_once(", ").map_or((from, None), |(c, h)| (c, Some(h.to_owned())));
    let mut event = KubeEvent {
        at: line.at,
        host: host.or_else(|| object.host.clone()),
        reason: reason.to_owned(),
        message: message.to_owned(),
        component: Some(component.to_owned()),
        ..KubeEvent::default()
    };
    // Such events are of a node, also in a piece that shows nothing else of it.
    let of_node = matches!(reason, "SystemOOM" | "OOMKilling" | "EvictionThresholdMet") && object.namespace.is_none();
    if object.is_node || of_node {
        event.host = object.name.clone().or(event.host);
    } else {
        event.container = pod(object);
    }
    kube_event::say(doc, event);
}

/// The first four columns and the rest, columns being apart by two blanks or more.
fn columns(text: &str) -> Vec<&str> {
    let mut cells = Vec::with_capacity(5);
    let mut rest = text;
    while cells.len() < 4 {
        let Some((cell, after)) = rest.split_once("  ") else { break };
        cells.push(cell.trim());
        rest = after.trim_start();
    }
    cells.push(rest.trim());
    cells
}

/// The reference of the described pod.
fn pod(object: &Object) -> ContainerRef {
    ContainerRef {
        pod: object.name.as_deref().map(Into::into),
        namespace: object.namespace.as_deref().map(Into::into),
        pod_uid: object.uid.as_deref().map(Into::into),
        ..ContainerRef::default()
    }
}

/// A line within `Containers:`.
fn container_line(doc: &mut Doc<'_, '_>, object: &mut Object, line: &Line<'_>, indent: usize, text: &str) {
    let Some((key, value)) = pair(text) else { return };
    if indent == 2 && value.is_none() && object.part == Part::Containers && !object.flat {
        return start_section(doc, object, line, key);
    }
    let name = object.word.take().filter(|_| object.section.is_none());
    let section = object.section.get_or_insert_with(|| Section::new(name.as_deref(), line.at));
    section_line(section, line.at, key, value);
}

impl Section {
    fn new(name: Option<&str>, at: usize) -> Section {
        let reference = ContainerRef { name: name.map(Into::into), ..ContainerRef::default() };
        Section { reference, at, ..Section::default() }
    }
}

fn start_section(doc: &mut Doc<'_, '_>, object: &mut Object, line: &Line<'_>, name: &str) {
    end_section(doc, object);
    object.section = Some(Section::new(Some(name), line.at));
}

fn section_line(section: &mut Section, at: usize, key: &str, value: Option<&str>) {
    let text = value.unwrap_or_default();
    match key {
        "Container ID" => names::from_scheme(&mut section.reference, text),
        "Image" => section.reference.image = value.map(Into::into),
        "Restart Count" => section.restarts = text.parse().ok(),
        "Limits" => section.limits = true,
        "Requests" | "Environment" | "Mounts" | "Liveness" | "Readiness" => section.limits = false,
        "memory" if section.limits => section.reference.limit_bytes = size::quantity(text).filter(|b| *b > 0),
        "State" | "Last State" | "Last Termination State" => {
            section.in_last = key != "State";
            let state = Some(StateText { state: text.to_owned(), at, ..StateText::default() });
            if section.in_last { section.last = state } else { section.current = state }
        }
        _ => {
            let state = if section.in_last { section.last.as_mut() } else { section.current.as_mut() };
            if let Some(state) = state {
                state_line(state, at, key, text);
            }
        }
    }
}

fn state_line(state: &mut StateText, at: usize, key: &str, text: &str) {
    let owned = || Some(text.to_owned());
    match key {
        "Reason" => state.reason = owned(),
        "Message" => state.message = owned(),
        // People and tools write what it means behind it: `137 (SIGKILL)`.
        "Exit Code" => {
            let code = text.split(' ').next().and_then(|code| code.parse().ok());
            (state.exit_code, state.exit_at) = (code, Some(at));
        }
        "Signal" => state.signal = text.parse().ok(),
        "Started" => state.started = owned(),
        "Finished" => state.finished = owned(),
        _ => {}
    }
}

fn end_section(doc: &mut Doc<'_, '_>, object: &mut Object) {
    let Some(section) = object.section.take() else { return };
    let ContainerRef { pod, namespace, pod_uid, .. } = pod(object);
    let mut reference = ContainerRef { pod, namespace, pod_uid, ..section.reference };
    if reference.id.is_none() && reference.name.is_none() && reference.pod.is_none() {
        let states = [&section.last, &section.current];
        let ended = states.into_iter().flatten().find_map(|state| state.finished.as_deref().and_then(clock::rfc1123));
        if ended.is_none() && dump::is_fenced(doc.path) {
            // A page about such states shows one without names and times.
            return doc.problem(section.at, sentence!("join-document-state-of-nobody"));
        }
        reference.id = ended.map(ContainerRef::unnamed);
    }
    let waiting = section.current.as_ref().is_some_and(|s| s.state == "Waiting");
    if let Some(last) = section.last.filter(|s| s.state == "Terminated") {
        // The id belongs to the current container, which is the dead one only while it waits for its restart.
        let id = reference.id.clone().filter(|_| waiting || reference.is_unnamed());
        let again = waiting && id.is_some();
        let attempt = section.restarts.and_then(|n| if again { Some(n) } else { n.checked_sub(1) });
        let dead = ContainerRef { id, attempt, ..reference.clone() };
        say_state(doc, object, last, dead, section.restarts);
    }
    let current = ContainerRef { attempt: section.restarts.filter(|_| reference.id.is_some()), ..reference };
    match section.current {
        Some(state) => say_state(doc, object, state, current, section.restarts),
        None if current.id.is_some() || current.name.is_some() && current.pod.is_some() => {
            say(doc, object, section.at, None, current, What::Seen);
        }
        None => {}
    }
}

fn say_state(
    doc: &mut Doc<'_, '_>,
    object: &Object,
    state: StateText,
    container: ContainerRef,
    restart_count: Option<u32>,
) {
    let started = state.started.as_deref().and_then(clock::rfc1123);
    match state.state.as_str() {
        "Terminated" => {
            let finished = state.finished.as_deref().and_then(clock::rfc1123);
            // A cut text without times is not the platform's invention: the null times must have been printed.
            // People and pages write other words in their place.
            let null = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains("Jan 0001"));
            let printed = null(&state.started) || null(&state.finished);
            let reason = state.reason;
            let exit = ContainerExit {
                exit_code: state.exit_code,
                signal: state.signal.filter(|s| *s != 0),
                message: state.message,
                oom_flag: reason.as_deref().map(is_oom),
                invented: is_invented(reason.as_deref(), printed, started.or(finished)),
                reason,
                started,
                finished,
                restart_count,
                ..ContainerExit::default()
            };
            say(doc, object, state.exit_at.unwrap_or(state.at), finished, container, What::Exited(Box::new(exit)));
        }
        "Running" => {
            let what = What::Running { oom_flag: None, restart_count, started };
            say(doc, object, state.at, started, container, what);
        }
        _ => {
            let what = waiting_what(&state.reason.unwrap_or_default(), state.message.unwrap_or_default());
            say(doc, object, state.at, None, container, what);
        }
    }
}

fn say(
    doc: &mut Doc<'_, '_>,
    object: &Object,
    at: usize,
    wall: Option<crate::event::Wall>,
    container: ContainerRef,
    what: What,
) {
    doc.say(Said { at, wall, host: object.host.clone(), speaker: Speaker::Kubernetes, container, what });
}

fn finish(doc: &mut Doc<'_, '_>, mut object: Object) {
    end_section(doc, &mut object);
    if object.is_node {
        let fact = NodeFact { hostname: object.name.clone(), ..object.node };
        if fact.memory_bytes.is_some() || fact.boot.is_some() {
            doc.node(object.at, object.name.clone(), fact);
        }
        return;
    }
    let reference = pod(&object);
    if let Some((at, reason)) = object.reason.take() {
        let message = object.message.take().unwrap_or_default();
        if let Some(what) = pod_what(&reason, message) {
            say(doc, &object, at, None, reference.clone(), what);
        }
    }
    if let Some(at) = object.deleted {
        say(doc, &object, at, None, reference, What::PodDeleted);
    }
}

#[cfg(test)]
#[path = "kube_describe_tests.rs"]
mod tests;
