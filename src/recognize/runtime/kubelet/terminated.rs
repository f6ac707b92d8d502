//! Ended containers in the pod statuses that the kubelet logs (V3 and higher, and errors): the exit code, the reason and
//! the runtime's own times. The same end is told many times; id and time are the same each time.
//!
//! Two forms: the patch that it sends to the API server, JSON in a Go-quoted string, and Go's `%+v` of the status,
//! `&ContainerStateTerminated{ExitCode:137,Signal:0,Reason:Error,Message:,StartedAt:..,FinishedAt:..,ContainerID:..,}`.

use super::super::text::{after, between, by_scheme, non_empty, number, set_uid, signed};
use super::super::{Line, about, clock, envelope};
use super::container;
use super::kills::pod;
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, What};
use serde_json::Value;

/// The most ends taken from one line.
const MAX_ENDS: usize = 64;

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let message = line.message();
    if message.starts_with("Patch status for pod") {
        let mut owner = match between(message, "for pod \"", "\"") {
            Some(full) => pod(full),
            None => container(line),
        };
        set_uid(&mut owner, line.field("podUID").unwrap_or_default());
        let quoted = after(message, " with ").and_then(envelope::quoted).map(|(patch, _)| patch);
        let patch = quoted.as_deref().or_else(|| line.field("patch")).unwrap_or_default();
        if let Ok(patch) = serde_json::from_str(patch) {
            from_patch(&patch, &owner, facts);
        }
        return;
    }
    for told in message.split("ContainerStateTerminated{").skip(1).take(MAX_ENDS) {
        facts.extend(from_go(told));
    }
}

/// `status.*ContainerStatuses[].{state,lastState}.terminated` of a patch.
fn from_patch(patch: &Value, owner: &ContainerRef, facts: &mut Vec<RuntimeFact>) {
    let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
    let statuses = lists.iter().filter_map(|list| patch.get("status")?.get(list)?.as_array()).flatten().take(MAX_ENDS);
    for status in statuses {
        for state in ["lastState", "state"] {
            let Some(ended) = status.get(state).and_then(|state| state.get("terminated")) else { continue };
            facts.extend(from_json(status, ended, owner));
        }
    }
}

/// One `terminated` object.
fn from_json(status: &Value, ended: &Value, owner: &ContainerRef) -> Option<RuntimeFact> {
    let text = |key: &str| ended.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    let signal = ended.get("signal").and_then(|signal| signal.as_i64());
    let mut exit = exit(ended.get("exitCode")?.as_i64()?, text("reason"), text("startedAt"), text("finishedAt"));
    exit.signal = signal.and_then(|signal| i32::try_from(signal).ok()).filter(|signal| *signal != 0);
    exit.message = non_empty(text("message"));
    let restarts = status.get("restartCount").and_then(|count| count.as_u64());
    exit.restart_count = restarts.and_then(|count| u32::try_from(count).ok());
    let container = ContainerRef {
        name: status.get("name").and_then(|name| name.as_str()).and_then(non_empty),
        image: status.get("image").and_then(|image| image.as_str()).and_then(non_empty),
        pod: owner.pod.clone(),
        namespace: owner.namespace.clone(),
        pod_uid: owner.pod_uid.clone(),
        ..by_scheme(text("containerID"))
    };
    Some(about(Speaker::Kubelet, container, What::Exited(exit.into())))
}

/// The Go form, after its opening brace. The message may hold anything, so what stands after it is read from its end.
fn from_go(told: &str) -> Option<RuntimeFact> {
    let told = told.split_once(",}").map_or(told, |(told, _)| told);
    let code = told.strip_prefix("ExitCode:").and_then(signed)?;
    let (head, id) = told.rsplit_once(",ContainerID:")?;
    let (head, finished) = head.rsplit_once(",FinishedAt:")?;
    let (head, started) = head.rsplit_once(",StartedAt:")?;
    let reason = between(head, ",Reason:", ",Message:")?;
    let mut exit = exit(code, reason, started, finished);
    exit.signal = after(head, ",Signal:").and_then(number).filter(|signal| *signal != 0);
    exit.message = after(head, ",Message:").and_then(non_empty);
    let container = by_scheme(id);
    container.id.as_ref()?;
    Some(about(Speaker::Kubelet, container, What::Exited(exit.into())))
}

/// An end. `ContainerStatusUnknown` and null times mean that the kubelet made it up.
fn exit(code: i64, reason: &str, started: &str, finished: &str) -> ContainerExit {
    let finished = clock::wall(finished);
    ContainerExit {
        exit_code: Some(code),
        reason: non_empty(reason),
        oom_flag: Some(reason == "OOMKilled"),
        started: clock::wall(started),
        invented: finished.is_none(),
        finished,
        ..Default::default()
    }
}
