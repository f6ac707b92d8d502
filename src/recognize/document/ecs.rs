//! Tasks of AWS ECS as JSON: `aws ecs describe-tasks`, the agent's copy of docker's flag and code for each container
//! (ECS API `Task`, `Container`). A task of 32 hex digits names the cgroup; `runtimeId` is docker's id.

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// The agent's word for docker's `OOMKilled`.
const OUT_OF_MEMORY: &str = "OutOfMemoryError:";

/// True for a task with its containers.
pub(super) fn is_task(node: &Node<'_>) -> bool {
    node.get("taskArn").is_some() && node.get("containers").is_some()
}

/// The containers of one task.
pub(super) fn task(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let stopped = clock::member(node, "executionStoppedAt").or_else(|| clock::member(node, "stoppedAt"));
    let started = clock::member(node, "startedAt");
    for own in node.get("containers").map(Node::list).unwrap_or_default() {
        let container = ContainerRef {
            id: own.word_of("runtimeId").and_then(names::id_text),
            name: own.string("name"),
            image: own.string("image"),
            runtime: Some("docker".into()),
            ..ContainerRef::default()
        };
        let reason: Option<String> = own.string("reason");
        let Some(code) = own.number("exitCode") else {
            doc.say(Said { at: own.at, wall: None, host: None, speaker: Speaker::Ecs, container, what: What::Seen });
            continue;
        };
        let exit = ContainerExit {
            exit_code: Some(code),
            oom_flag: Some(reason.as_deref().is_some_and(|reason| reason.starts_with(OUT_OF_MEMORY))),
            message: reason,
            started,
            finished: stopped,
            ..ContainerExit::default()
        };
        let at = own.get("exitCode").map_or(own.at, |code| code.at);
        let what = What::Exited(Box::new(exit));
        doc.say(Said { at, wall: stopped, host: None, speaker: Speaker::Ecs, container, what });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn a_described_task() {
        let id = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
        let text = format!(
            r#"{{"tasks": [{{"taskArn": "arn:aws:ecs:us-east-1:1:task/c/0123456789abcdef0123456789abcdef", "stoppedAt": "2026-11-23T10:27:15.1+00:00", "stoppedReason": "Essential container in task exited",
  "containers": [{{"name": "web", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage", "runtimeId": "{id}"}}, {{"name": "side", "lastStatus": "RUNNING"}}]}}]}}"#
        );
        let (events, problems) = read_text("task", &text);
        assert!(problems.is_empty(), "{problems:?}");
        let found = facts(&events);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].container.id.as_deref(), found[0].container.name.as_deref()), (Some(id), Some("web")));
        match &found[0].what {
            What::Exited(exit) => {
                assert_eq!((exit.exit_code, exit.oom_flag, exit.finished.is_some()), (Some(137), Some(true), true));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(found[1].what, What::Seen);
    }
}
