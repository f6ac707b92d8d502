//! Nodes of the Kubernetes API (`core/v1` Node).

use super::clock;
use super::doc::{Doc, Said};
use super::node::Node;
use super::size;
use crate::event::{ContainerRef, NodeFact, Speaker, What};

/// True for a node, even without `kind`.
pub(super) fn is_node(node: &Node<'_>) -> bool {
    node.path(&["status", "nodeInfo"]).is_some() && node.path(&["metadata", "name"]).is_some()
}

/// One node: memory, kernel, boot, and memory pressure.
pub(super) fn object(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let name = node.path(&["metadata", "name"]).and_then(Node::text).map(str::to_owned);
    let info = node.path(&["status", "nodeInfo"]);
    let of_info = |key: &str| info.and_then(|i| i.string(key));
    let memory = node.path(&["status", "capacity", "memory"]);
    let fact = NodeFact {
        hostname: node
            .path(&["metadata", "labels", "kubernetes.io/hostname"])
            .and_then(Node::text)
            .map(str::to_owned)
            .or(name.clone()),
        kernel: of_info("kernelVersion"),
        boot: of_info("bootID").as_deref().and_then(boot_id),
        memory_bytes: memory.and_then(|m| size::quantity(m.word()?)),
        ..NodeFact::default()
    };
    let at = memory.or(info).map_or(node.at, |n| n.at);
    doc.node(at, name.clone(), fact);
    for condition in node.path(&["status", "conditions"]).map(Node::list).unwrap_or_default() {
        let text = |key: &str| condition.string(key).unwrap_or_default();
        // YAML reads the quoted "True" as text, JSON as well.
        if text("type") == "MemoryPressure" && text("status") == "True" {
            let what = What::Pressure { resource: "memory".to_owned(), message: text("message") };
            let wall = clock::member(condition, "lastTransitionTime");
            let container = ContainerRef::default();
            doc.say(Said { at: condition.at, wall, host: name.clone(), speaker: Speaker::Kubernetes, container, what });
        }
    }
}

/// A boot id with or without dashes as a number.
pub(super) fn boot_id(text: &str) -> Option<u128> {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    (hex.len() == 32).then(|| u128::from_str_radix(&hex, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Fact;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn a_node_under_pressure() {
        let text = r#"{"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node-a", "labels": {"kubernetes.io/hostname": "node-a.local"}},
 "status": {"capacity": {"cpu": "1", "memory": "1675004Ki"}, "nodeInfo": {"bootID": "53c5715b-2453-4cc3-ae22-367052ecef66", "kernelVersion": "6.1.0-50"},
 "conditions": [{"type": "MemoryPressure", "status": "True", "message": "kubelet has insufficient memory available", "lastTransitionTime": "2026-11-23T11:39:41Z"}, {"type": "DiskPressure", "status": "False"}]}}"#;
        let (events, problems) = read_text("nodes.json", text);
        assert!(problems.is_empty());
        let Fact::Node(node) = &events[0].fact else { panic!("{:?}", events[0].fact) };
        assert_eq!((node.memory_bytes, node.hostname.as_deref()), (Some(1_715_204_096), Some("node-a.local")));
        assert_eq!(node.boot, Some(0x53c5_715b_2453_4cc3_ae22_3670_52ec_ef66));
        assert_eq!((events[0].host.as_deref(), events[0].evidence[0].line), (Some("node-a"), Some(2)));
        assert!(matches!(&facts(&events)[0].what, What::Pressure { resource, .. } if resource == "memory"));
        assert_eq!(events.len(), 2);
        assert_eq!((boot_id("x"), boot_id("")), (None, None));
    }
}
