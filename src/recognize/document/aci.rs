//! Containers of Azure Container Instances as JSON: `az container show`, the API's container groups
//! (`Microsoft.ContainerInstance`, `ContainerPropertiesInstanceView`): the current and the previous state of each container.

use super::clock;
use super::doc::{Doc, Said};
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// The `az` tool flattens the API's `properties`.
fn view<'n, 'a>(node: &'n Node<'a>) -> Option<&'n Node<'a>> {
    node.get("instanceView").or_else(|| node.path(&["properties", "instanceView"]))
}

/// True for a container with its states.
pub(super) fn is_container(node: &Node<'_>) -> bool {
    let stated = |view: &Node<'_>| view.get("currentState").is_some() || view.get("previousState").is_some();
    node.get("name").is_some() && view(node).is_some_and(stated)
}

/// The ends of one container.
pub(super) fn container(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(view) = view(node) else { return };
    let own = node.get("properties").unwrap_or(node);
    let gb =
        own.path(&["resources", "limits", "memoryInGB"]).or_else(|| own.path(&["resources", "limits", "memoryInGb"]));
    let container = ContainerRef {
        name: node.string("name"),
        image: own.string("image"),
        limit_bytes: gb.and_then(|gb| gb.word()?.parse::<f64>().ok()).map(gigabytes).filter(|bytes| *bytes > 0),
        ..ContainerRef::default()
    };
    let restart_count = super::names::small(view.number("restartCount"));
    for state in ["previousState", "currentState"].iter().filter_map(|key| view.get(key)) {
        let ended = state.word_of("state").is_some_and(|state| state.eq_ignore_ascii_case("terminated"));
        let Some(code) = state.number("exitCode").filter(|_| ended) else { continue };
        let reason: Option<String> = state.string("detailStatus");
        let finished = clock::member(state, "finishTime");
        let exit = ContainerExit {
            exit_code: Some(code),
            oom_flag: reason.as_deref().map(super::kube_pod::is_oom),
            reason,
            started: clock::member(state, "startTime"),
            finished,
            restart_count,
            ..ContainerExit::default()
        };
        let at = state.get("exitCode").map_or(state.at, |code| code.at);
        let (container, what) = (container.clone(), What::Exited(Box::new(exit)));
        doc.say(Said { at, wall: finished, host: None, speaker: Speaker::Kubernetes, container, what });
    }
}

/// A cast saturates: absurd sizes stay harmless.
fn gigabytes(gb: f64) -> u64 {
    (gb * f64::from(1 << 30)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn both_states_of_a_container() {
        let view = r#""instanceView": {"restartCount": 2,
 "currentState": {"state": "Running", "startTime": "2026-11-23T10:27:20Z", "exitCode": null},
 "previousState": {"state": "Terminated", "exitCode": 137, "detailStatus": "OOMKilled", "finishTime": "2026-11-23T10:27:15Z"}}"#;
        for text in [
            format!(
                r#"{{"containers": [{{"name": "ledger", "image": "x", "resources": {{"limits": {{"memoryInGb": 1.5}}}}, {view}}}]}}"#
            ),
            format!(
                r#"{{"properties": {{"containers": [{{"name": "ledger", "properties": {{"image": "x", {view}}}}}]}}}}"#
            ),
        ] {
            let found = facts(&read_text("aci.json", &text).0);
            assert_eq!((found.len(), found[0].container.name.as_deref()), (1, Some("ledger")), "{text}");
            assert!(
                matches!(&found[0].what, What::Exited(exit) if exit.oom_flag == Some(true) && exit.restart_count == Some(2))
            );
        }
    }
}
