//! Tasks of AWS ECS as JSON: `aws ecs describe-tasks`, and EventBridge's `ECS Task State Change`, whose `detail` is the same
//! object: the agent's copy of docker's flag and code for each container (ECS API `Task`, `Container`). A task of 32 hex digits
//! names the cgroup; `runtimeId` is docker's id, or `<task>-<number>` on Fargate.

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// The agent's word for docker's `OOMKilled`.
const OUT_OF_MEMORY: &str = "OutOfMemoryError:";

/// True for a task with its containers, also for what the agent submits of one (`SubmitTaskStateChange` in CloudTrail), and for a piece
/// of either that lacks the task's name.
pub(super) fn is_task(node: &Node<'_>) -> bool {
    let named = node.get("taskArn").is_some() || node.get("task").is_some();
    let own = |container: &Node<'_>| container.get("containerArn").is_some() || container.get("runtimeId").is_some();
    let containers = node.get("containers").map(Node::list).unwrap_or_default();
    named && node.get("containers").is_some() && node.get("metadata").is_none() || containers.iter().any(own)
}

/// True for one of a task's containers alone.
pub(super) fn is_container(node: &Node<'_>) -> bool {
    let status = node.get("lastStatus").is_some();
    let ended = node.get("exitCode").is_some() || node.get("reason").is_some();
    let named = node.get("name").is_some() && node.get("containers").is_none();
    node.get("containerArn").is_some() && (status || node.get("exitCode").is_some()) || named && status && ended
}

/// A container without its task.
pub(super) fn lone_container(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    one(doc, &Node::null(node.at), node);
}

/// The hard limit of a container, in MiB.
fn limit(container: &Node<'_>) -> Option<u64> {
    let mib = u64::try_from(container.number("memory")?).ok()?;
    mib.checked_mul(1 << 20).filter(|bytes| *bytes > 0)
}

/// Why the task was stopped, where somebody asked for it: `stopCode` of the API.
fn asked(task: &Node<'_>) -> Option<String> {
    let code: String = task.string("stopCode")?;
    let asked = matches!(
        code.as_str(),
        "UserInitiated" | "ServiceSchedulerInitiated" | "SpotInterruption" | "TerminationNotice"
    );
    asked.then(|| task.string("stoppedReason").unwrap_or(code))
}

/// The containers of one task.
pub(super) fn task(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    for own in node.get("containers").map(Node::list).unwrap_or_default() {
        one(doc, node, own);
    }
}

/// One of them.
fn one(doc: &mut Doc<'_, '_>, node: &Node<'_>, own: &Node<'_>) {
    let stopped = clock::member(node, "executionStoppedAt").or_else(|| clock::member(node, "stoppedAt"));
    let started = clock::member(node, "startedAt");
    let on_fargate = node.word_of("launchType") == Some("FARGATE");
    let container = ContainerRef {
        id: own.word_of("runtimeId").and_then(names::id_text),
        name: own.string("name").or_else(|| own.string("containerName")),
        image: own.string("image"),
        runtime: Some(if on_fargate { "ecs" } else { "docker" }.into()),
        limit_bytes: limit(own),
        ..ContainerRef::default()
    };
    if let Some(reason) = asked(node) {
        let at = node.get("stoppedReason").map_or(node.at, |reason| reason.at);
        let wall = clock::member(node, "stoppingAt").or(stopped);
        let what = What::StopAsked { signal: Some(15), grace_s: None, reason: Some(reason) };
        doc.say(Said { at, wall, host: None, speaker: Speaker::Ecs, container: container.clone(), what });
    }
    let reason: Option<String> = own.string("reason").or_else(|| node.string("stoppedReason"));
    let code = own.number("exitCode");
    let oom = reason.as_deref().is_some_and(|reason| reason.starts_with(OUT_OF_MEMORY));
    if code.is_none() && !oom {
        return doc.say(Said {
            at: own.at,
            wall: None,
            host: None,
            speaker: Speaker::Ecs,
            container,
            what: What::Seen,
        });
    }
    let exit = ContainerExit {
        exit_code: code,
        oom_flag: Some(oom),
        message: reason,
        started,
        finished: stopped,
        ..ContainerExit::default()
    };
    let at = own.get("exitCode").map_or(own.at, |code| code.at);
    let what = What::Exited(Box::new(exit));
    doc.say(Said { at, wall: stopped, host: None, speaker: Speaker::Ecs, container, what });
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

    #[test]
    fn what_the_agent_submits_and_pieces() {
        let oom = "\"reason\": \"OutOfMemoryError: Container killed due to memory usage\"";
        let submitted = format!(
            "{{\n \"task\": \"arn:aws:ecs:x:1:task/c/0123456789abcdef0123456789abcdef\",\n \"status\": \"STOPPED\",\n \"containers\": [{{\"containerName\": \"ledger\", \"runtimeId\": \"fae4ee67ee1c\", {oom}}}],\n \"executionStoppedAt\": \"2026-11-23T10:27:15Z\"\n}}"
        );
        let piece = format!(
            "      ],\n      \"containers\": [\n {{\n \"containerArn\": \"a\",\n \"name\": \"ledger\",\n \"exitCode\": 137,\n {oom}\n"
        );
        for text in [submitted, piece] {
            let found = facts(&read_text("task.txt", &text).0);
            assert_eq!((found.len(), found[0].container.name.as_deref()), (1, Some("ledger")), "{text}");
            assert!(matches!(&found[0].what, What::Exited(exit) if exit.oom_flag == Some(true)), "{text}");
        }
    }

    #[test]
    fn an_event_of_a_task_on_fargate() {
        let text = r#"{"version": "0", "id": "9bcd", "detail-type": "ECS Task State Change", "source": "aws.ecs", "time": "2026-11-23T10:27:16Z",
 "detail": {"taskArn": "arn:aws:ecs:us-east-1:1:task/c/0123456789abcdef0123456789abcdef", "launchType": "FARGATE", "lastStatus": "STOPPED", "memory": "1024",
  "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited", "executionStoppedAt": "2026-11-23T10:27:14.87Z", "startedAt": "2026-11-23T10:00:00Z",
  "containers": [{"name": "web", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage", "runtimeId": "0123456789abcdef0123456789abcdef-1935264711", "memory": "1024"}]}}"#;
        let found = facts(&read_text("event", text).0);
        assert_eq!(found.len(), 1);
        let container = &found[0].container;
        assert_eq!(container.id.as_deref(), Some("0123456789abcdef0123456789abcdef-1935264711"));
        assert_eq!((container.runtime.as_deref(), container.limit_bytes), (Some("ecs"), Some(1 << 30)));
        assert!(matches!(&found[0].what, What::Exited(exit) if exit.oom_flag == Some(true)));
    }

    #[test]
    fn a_task_that_was_asked_to_stop() {
        let text = r#"{"tasks": [{"taskArn": "x/0123456789abcdef0123456789abcdef", "stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)", "stoppingAt": "2026-11-23T10:26:44Z", "stoppedAt": "2026-11-23T10:27:15Z",
 "containers": [{"name": "web", "exitCode": 137, "runtimeId": "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99"}]}]}"#;
        let found = facts(&read_text("task", text).0);
        assert!(
            matches!(&found[0].what, What::StopAsked { reason: Some(reason), .. } if reason.starts_with("Scaling"))
        );
        assert!(matches!(&found[1].what, What::Exited(exit) if exit.oom_flag == Some(false)));
    }
}
