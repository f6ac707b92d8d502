//! Tasks of Docker Swarm as JSON: `docker inspect <task>`, the API's `/tasks` (moby `api/types/swarm` `Task`): the state that the
//! agent reported, with its error and the container's code.

use super::clock;
use super::container_list::unhealthy;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// The status of a task, or a task.
fn status<'n, 'a>(node: &'n Node<'a>) -> &'n Node<'a> {
    node.get("Status").unwrap_or(node)
}

/// True for a task that has run, also for its status alone.
pub(super) fn is_task(node: &Node<'_>) -> bool {
    let status = status(node);
    status.get("ContainerStatus").is_some() && status.get("State").is_some()
}

/// One task.
pub(super) fn task(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let status = status(node);
    let Some(own) = status.get("ContainerStatus") else { return };
    let mut container = ContainerRef {
        id: own.word_of("ContainerID").and_then(names::id_text),
        image: node.path(&["Spec", "ContainerSpec", "Image"]).and_then(Node::text).map(Into::into),
        runtime: Some("docker".into()),
        limit_bytes: node
            .path(&["Spec", "Resources", "Limits", "MemoryBytes"])
            .and_then(Node::int)
            .and_then(|bytes| u64::try_from(bytes).ok())
            .filter(|bytes| *bytes > 0),
        ..ContainerRef::default()
    };
    let wall = clock::member(status, "Timestamp");
    let state = status.word_of("State").unwrap_or_default();
    let ended = matches!(state, "failed" | "complete" | "shutdown" | "rejected" | "orphaned");
    let (at, what) = match own.number("ExitCode") {
        Some(code) if ended => {
            let exit = ContainerExit {
                exit_code: Some(code),
                message: status.string("Err"),
                finished: wall,
                ..ContainerExit::default()
            };
            (own.get("ExitCode").map_or(own.at, |code| code.at), What::Exited(Box::new(exit)))
        }
        _ => (own.at, What::Seen),
    };
    if container.id.is_none() {
        container.id = wall.map(ContainerRef::unnamed);
    }
    if let Some(what) = unhealthy(status.word_of("Err")) {
        let (at, container) = (status.get("Err").map_or(at, |error| error.at), container.clone());
        doc.say(Said { at, wall, host: None, speaker: Speaker::Docker, container, what });
    }
    doc.say(Said { at, wall, host: None, speaker: Speaker::Docker, container, what });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    const ID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";

    fn status(state: &str, code: i64) -> String {
        format!(
            "\"Status\": {{\n \"Timestamp\": \"2026-11-23T10:27:15.1Z\",\n \"State\": \"{state}\",\n \"Err\": \"task: non-zero exit ({code})\",\n \"ContainerStatus\": {{\"ContainerID\": \"{ID}\", \"PID\": 0, \"ExitCode\": {code}}}\n}}"
        )
    }

    #[test]
    fn a_task_whole_and_in_pieces() {
        let spec = "\"Spec\": {\"ContainerSpec\": {\"Image\": \"shop/ledger:2\"}, \"Resources\": {\"Limits\": {\"MemoryBytes\": 67108864}}}";
        for text in [
            format!("[{{\"ID\": \"x1\", {spec}, {}}}]", status("failed", 137)),
            format!("        {},\n", status("failed", 137)),
        ] {
            let found = facts(&read_text("task.txt", &text).0);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].container.id.as_deref(), Some(ID));
            assert_eq!(found[0].container.limit_bytes.is_some(), text.contains("MemoryBytes"));
            assert!(
                matches!(&found[0].what, What::Exited(exit) if exit.exit_code == Some(137) && exit.finished.is_some())
            );
        }
    }
}
