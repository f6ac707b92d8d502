//! Which reader an object of a JSON or YAML document belongs to. Told by its shape, so that mixed lists, concatenated
//! documents and lists without kinds all work.

use super::doc::{Doc, Said};
use super::node::Node;
use super::{
    aci, alert, container_list, containerd, cri, ecs, engine_events, engine_inspect, json, kube_event, kube_node,
    kube_pod, names, nomad, slurm, swarm, yaml,
};
use crate::event::{ContainerRef, Speaker, What};

/// Lists within lists that are followed: an array of `List`s.
const MAX_LISTS: usize = 4;

/// All JSON values of a document: one, several one after the other (`docker events`, `kubectl cluster-info dump`), with
/// any text between them (the dump's logs). Gives their places.
pub(super) fn read_json(doc: &mut Doc<'_, '_>) -> Vec<std::ops::Range<usize>> {
    let bytes = doc.bytes;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_value(bytes, at) {
        let parsed = json::parse(bytes, start);
        if let Some(why) = parsed.problem {
            doc.problem(parsed.end.min(bytes.len().saturating_sub(1)), why);
        }
        dispatch(doc, &parsed.node, None, 0);
        at = parsed.end.max(start + 1);
        found.push(start..at);
    }
    found
}

/// The places of all JSON values of a document.
pub(super) fn values(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_value(bytes, at) {
        at = json::parse(bytes, start).end.max(start + 1);
        found.push(start..at);
    }
    found
}

/// The next `{` or `[` that begins a line or directly follows the last value.
fn next_value(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        let blanks = rest.iter().take_while(|c| c.is_ascii_whitespace()).count();
        let c = *rest.get(blanks)?;
        // `[INFO] ...` in the logs of a dump is no array.
        let next = rest.get(blanks + 1).copied().unwrap_or_default();
        if c == b'{' || (c == b'[' && matches!(next, b'{' | b'[' | b'\n' | b'\r' | b' ' | b']')) {
            return Some(at + blanks);
        }
        at += blanks + memchr::memchr(b'\n', &rest[blanks..])? + 1;
    }
}

/// All documents of a YAML stream.
pub(super) fn read_yaml(doc: &mut Doc<'_, '_>) {
    let (documents, problem) = yaml::parse(doc.bytes);
    for node in &documents {
        dispatch(doc, node, None, 0);
    }
    if let Some((at, why)) = problem {
        doc.problem(at, why);
    }
}

fn dispatch(doc: &mut Doc<'_, '_>, node: &Node<'_>, kind: Option<&str>, depth: usize) {
    if depth > MAX_LISTS {
        return;
    }
    for element in node.list() {
        dispatch(doc, element, kind, depth + 1);
    }
    if node.map().is_empty() {
        return;
    }
    let own = node.get("kind").and_then(Node::text);
    let list = own.and_then(|k| k.strip_suffix("List")).filter(|k| !k.is_empty());
    for key in ["items", "containers", "Items", "tasks", "jobs", "alerts"] {
        for element in node.get(key).map(Node::list).unwrap_or_default() {
            dispatch(doc, element, list, depth + 1);
        }
    }
    // An event of EventBridge: `{"detail-type": "ECS Task State Change", "detail": {..}}`; of a watch (`kubectl get --watch
    // --output-watch-events`): `{"type": "MODIFIED", "object": {..}}`; of programs that forward events: `{"verb": "ADDED", "event": {..}}`.
    for wrapped in ["detail", "object", "event", "properties"].iter().filter_map(|key| node.get(key)) {
        dispatch(doc, wrapped, None, depth + 1);
    }
    one(doc, node, own.or(kind));
}

fn one(doc: &mut Doc<'_, '_>, node: &Node<'_>, kind: Option<&str>) {
    match kind {
        Some("Pod") if kube_pod::is_pod(node) => kube_pod::object(doc, node),
        Some("Event") if kube_event::is_event(node) => kube_event::object(doc, node),
        Some("Node") if kube_node::is_node(node) => kube_node::object(doc, node),
        Some(_) => {}
        None => {
            known(doc, node);
        }
    }
}

/// Reads an object whose kind only its shape tells. False where it is none.
pub(super) fn known(doc: &mut Doc<'_, '_>, node: &Node<'_>) -> bool {
    match () {
        () if kube_pod::is_pod(node) => kube_pod::object(doc, node),
        () if kube_event::is_event(node) => kube_event::object(doc, node),
        () if kube_node::is_node(node) => kube_node::object(doc, node),
        () if cri::is_inspect(node) => cri::inspect(doc, node),
        () if cri::is_list_entry(node) => cri::list_entry(doc, node),
        () if engine_inspect::is_inspect(node) => engine_inspect::inspect(doc, node),
        () if engine_inspect::is_state(node) => engine_inspect::state(doc, node),
        () if ecs::is_task(node) => ecs::task(doc, node),
        () if ecs::is_container(node) => ecs::lone_container(doc, node),
        () if aci::is_container(node) => aci::container(doc, node),
        () if alert::is_alert(node) => alert::alert(doc, node),
        () if nomad::is_allocation(node) => nomad::allocation(doc, node),
        () if slurm::is_job(node) => slurm::job(doc, node),
        () if engine_events::is_docker_event(node) => engine_events::docker_json(doc, node),
        () if engine_events::is_podman_event(node) => engine_events::podman_json(doc, node),
        () if container_list::is_entry(node) => container_list::entry(doc, node),
        () if containerd::is_info(node) => containerd::info(doc, node),
        () if cri::is_spec(node) => cri::spec(doc, node),
        () if cri::is_state_entry(node) => cri::state_entry(doc, node),
        () if engine_inspect::is_host_config(node) => engine_inspect::host_config(doc, node),
        () if is_runc_oom(node) => runc_oom(doc, node),
        () if kube_pod::is_status(node) => kube_pod::lone_status(doc, node),
        () if swarm::is_task(node) => swarm::task(doc, node),
        () => return false,
    }
    true
}

/// `runc events`: `{"type":"oom","id":"<id>"}`.
fn is_runc_oom(node: &Node<'_>) -> bool {
    node.word_of("type") == Some("oom") && node.get("id").is_some()
}

fn runc_oom(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let id = node.word_of("id").and_then(names::id_text);
    let container = ContainerRef { id, ..ContainerRef::default() };
    doc.say(Said { at: node.at, wall: None, host: None, speaker: Speaker::Runc, container, what: What::OomSeen });
}

#[cfg(test)]
mod tests {
    use crate::recognize::document::tests::{facts, read_text};

    const EVENT: &str = r#"{"kind": "Event", "apiVersion": "v1", "involvedObject": {"kind": "Pod", "name": "web-0"}, "reason": "Killing", "message": "Stopping container web"}"#;

    #[test]
    fn a_dump_of_values_and_logs() {
        let text = format!(
            "{{\"kind\": \"EventList\", \"items\": [\n{0}\n]}}\n==== START logs for container web of pod prod/web-0 ====\n[INFO] {{ not json\n{{\"log\": 1}}\n==== END logs for container web of pod prod/web-0 ====\n{0}\n",
            EVENT
        );
        let (events, problems) = read_text("dump.json", &text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(facts(&events).len(), 2);
        assert_eq!((events[0].evidence[0].line, events[1].evidence[0].line), (Some(2), Some(8)));
    }

    #[test]
    fn items_take_the_kind_of_their_list() {
        let bare = EVENT.replace("\"kind\": \"Event\", ", "");
        for text in
            [format!("{{\"kind\": \"EventList\", \"items\": [{bare}]}}"), format!("[{bare}]"), format!("[[{bare}]]")]
        {
            assert_eq!(read_text("events.json", &text).0.len(), 1, "{text}");
        }
        let deep = format!("{}{bare}{}", "[".repeat(20), "]".repeat(20));
        assert_eq!(read_text("events.json", &deep).0.len(), 0);
    }

    #[test]
    fn damage_in_the_middle_costs_only_its_object() {
        let text = format!("{EVENT}\n{{\"kind\": \"Event\", \"reason\" oops\n{EVENT}\n{{\"kind\": \"Ev");
        let (events, problems) = read_text("events.json", &text);
        assert_eq!(events.len(), 2);
        assert_eq!(problems.iter().map(|p| p.0).collect::<Vec<_>>(), [Some(2), Some(4)]);
    }

    #[test]
    fn runc_events() {
        assert_eq!(read_text("events", "{\"type\":\"oom\",\"id\":\"abc\"}\n").0.len(), 1);
        let stats = "{\"type\":\"oom\",\"id\":\"abc\"}\n{\"type\":\"stats\",\"id\":\"abc\"}\n";
        assert_eq!(read_text("events", stats).0.len(), 1);
    }
}
