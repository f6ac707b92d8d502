//! containerd 1.2 to 2.3: `internal/cri` (earlier `pkg/cri`, `cri/server`) events and requests, and the shim manager.
//!
//! Events are printed with `%+v`: gogo text up to 1.6 (`&TaskExit{ContainerID:..,Pid:1,ExitStatus:137,..}`), protobuf
//! text from 1.7 on (`container_id:".." pid:1 exit_status:137`). Protobuf text leaves out zero values, so a missing
//! `exit_status` is 0 and a missing `pid` is none, and it separates by one *or two* blanks, at random for each binary.

use super::text::{after, between, by_id, has, non_empty, number, pid, set_uid, signal, split_at_mark};
use super::{Line, about, clock};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, Wall, What};
use std::sync::Arc;

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "exit event ",
    "TaskExit",
    "TaskOOM",
    "returns sandbox id",
    "returns container id",
    "StartContainer for ",
    "StopContainer for ",
    "Stop container ",
    "Kill container ",
    "RemoveContainer for ",
    "shim disconnected",
    "shim reaped",
    "Forcibly stopping container ",
    "is in backoff, enqueue event",
    "Failed to handle event ",
    "Failed to handle backOff event ",
    "SandboxExit event ",
];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let message = line.message();
    // Every event of an exit or an OOM has one of these words.
    let event = has(message, "xit") || has(message, "OOM") || has(message, "event ");
    let event = event.then(|| exit_event(line).or_else(|| oom_event(line)).or_else(|| sandbox_exit(message))).flatten();
    let fact = event
        .or_else(|| sandbox(message))
        .or_else(|| created(message))
        .or_else(|| request(message))
        .or_else(|| shim(line));
    facts.extend(fact);
}

/// The runtime that a containerd namespace belongs to: dockerd keeps its containers in `moby`.
fn runtime_of(line: &Line<'_>) -> Option<&'static str> {
    match line.field("namespace").or_else(|| line.field("ns")) {
        Some("moby") => Some("docker"),
        Some(_) => Some("containerd"),
        None => None,
    }
}

/// The exit event in any sentence that prints one: at its arrival, from the back-off queue, with an error.
///
/// `received exit event container_id:"2b.." id:"2b.." pid:4712 exit_status:137 exited_at:{seconds:1795429545 nanos:7}`
fn exit_event(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    let queued = || has(message, "enqueue event ") || message.starts_with("Failed to handle ");
    let told = if let Some(body) = after(message, "&TaskExit{") {
        gogo_exit(body)?
    } else if has(message, "exit event ") || has(message, "TaskExit") {
        proto_exit(message)?
    } else if has(message, "exited_at:{") && queued() {
        // Protobuf text does not name its type: only an exit has this field.
        proto_exit(message)?
    } else {
        return None;
    };
    let mut container = by_id(told.container, runtime_of(line).or(Some("containerd")));
    container.sandbox = has(message, "sandbox exit event") || has(message, "podsandbox handler");
    let exec = told.id.is_some_and(|id| id != told.container);
    container.pid = if exec { None } else { told.pid };
    let exit =
        ContainerExit { exit_code: Some(told.status), pid: told.pid, finished: told.at, exec, ..Default::default() };
    Some(about(Speaker::Containerd, container, What::Exited(exit.into())))
}

/// 2.x: `SandboxExit event sandbox_id:"<sid>" exit_status:137 exited_at:{seconds:.. nanos:..}`.
fn sandbox_exit(message: &str) -> Option<RuntimeFact> {
    let body = message.strip_prefix("SandboxExit event ")?;
    let id = between(body, "sandbox_id:\"", "\"")?;
    let mut container = by_id(id, Some("containerd"));
    container.sandbox = true;
    container.sandbox_id.clone_from(&container.id);
    let at = after(body, "exited_at:{").map(|at| at.split('}').next().unwrap_or(at));
    let exit = ContainerExit {
        exit_code: Some(after(body, " exit_status:").map_or(Some(0), number)?),
        finished: at.and_then(proto_time),
        ..Default::default()
    };
    Some(about(Speaker::Containerd, container, What::Exited(exit.into())))
}

/// The fields of a TaskExit event.
struct TaskExit<'a> {
    container: &'a str,
    id: Option<&'a str>,
    pid: Option<u32>,
    status: i64,
    at: Option<Wall>,
}

/// `ContainerID:<id>,ID:<id>,Pid:3900,ExitStatus:137,ExitedAt:2026-11-23 11:17:46.4 +0000 UTC,}`
fn gogo_exit(body: &str) -> Option<TaskExit<'_>> {
    let container = between(body, "ContainerID:", ",")?;
    let rest = after(body, "ContainerID:")?;
    Some(TaskExit {
        container,
        id: between(rest, ",ID:", ",").filter(|id| !id.is_empty()),
        pid: after(rest, ",Pid:").and_then(pid),
        status: after(rest, ",ExitStatus:").and_then(number)?,
        at: after(rest, ",ExitedAt:").and_then(clock::wall),
    })
}

/// `container_id:"<id>"  id:"<id>"  pid:4712  exit_status:137  exited_at:{seconds:1795429545  nanos:118204000}`
fn proto_exit(text: &str) -> Option<TaskExit<'_>> {
    let container = between(text, "container_id:\"", "\"")?;
    let rest = after(text, "container_id:\"")?;
    let at = after(rest, "exited_at:{").map(|at| at.split('}').next().unwrap_or(at));
    let scalar = split_at_mark(rest, "exited_at:{").map_or(rest, |(scalar, _)| scalar);
    Some(TaskExit {
        container,
        id: between(scalar, " id:\"", "\"").filter(|id| !id.is_empty()),
        pid: after(scalar, " pid:").and_then(pid),
        // Left out when 0.
        status: after(scalar, " exit_status:").map_or(Some(0), number)?,
        at: at.and_then(proto_time),
    })
}

/// `seconds:1795429545  nanos:118204000`, a Timestamp's fields; nanos are left out when 0.
fn proto_time(at: &str) -> Option<Wall> {
    let nanos = after(at, "nanos:").and_then(number).unwrap_or(0);
    clock::unix(after(at, "seconds:").and_then(number)?, nanos)
}

/// `TaskOOM event container_id:"<id>"` or `TaskOOM event &TaskOOM{ContainerID:<id>,..}`; also in back-off sentences, where
/// protobuf text has the id alone: `Failed to handle backOff event container_id:"<id>" for <id>`.
fn oom_event(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    let queued = || {
        after(message, "backOff event ")
            .or_else(|| after(message, "enqueue event "))
            .or_else(|| after(message, "Failed to handle event "))
            .filter(|body| body.starts_with("container_id:\"") && !body.contains(" id:\""))
    };
    let body = after(message, "TaskOOM").or_else(queued)?;
    let id = between(body, "{ContainerID:", ",").or_else(|| between(body, "container_id:\"", "\""))?;
    let container = by_id(id, runtime_of(line).or(Some("containerd")));
    Some(about(Speaker::Containerd, container, What::OomSeen))
}

/// `RunPodSandbox for &PodSandboxMetadata{Name:p,Uid:u,Namespace:ns,Attempt:0,} returns sandbox id "<sid>"`; from 2.3 on
/// `RunPodSandbox for name:"p"  uid:"u"  namespace:"ns" returns sandbox id "<sid>"`.
fn sandbox(message: &str) -> Option<RuntimeFact> {
    let (request, id) = split_at_mark(message, " returns sandbox id \"")?;
    let id = id.split('"').next()?;
    let mut container = by_id(id, Some("containerd"));
    container.sandbox_id = container.id.clone();
    describe_sandbox(&mut container, request);
    Some(about(Speaker::Containerd, container, What::Started))
}

/// The pod of a sandbox that could not be made: `RunPodSandbox for &PodSandboxMetadata{..} failed, error`.
pub(super) fn failed_sandbox(message: &str) -> Option<ContainerRef> {
    let request = message.strip_prefix("RunPodSandbox for ")?.split_once(" failed, error")?.0;
    let mut container = ContainerRef { runtime: Some("containerd".into()), ..Default::default() };
    describe_sandbox(&mut container, request);
    Some(container)
}

/// Takes over a sandbox's metadata.
fn describe_sandbox(container: &mut ContainerRef, request: &str) {
    container.sandbox = true;
    container.pod = member(request, "Name", "name");
    container.namespace = member(request, "Namespace", "namespace");
    container.attempt = attempt(request);
    if let Some(uid) = member(request, "Uid", "uid") {
        set_uid(container, &uid);
    }
}

/// `CreateContainer within sandbox "<sid>" for &ContainerMetadata{Name:app,Attempt:1,} returns container id "<cid>"`.
fn created(message: &str) -> Option<RuntimeFact> {
    let (request, id) = split_at_mark(message, " returns container id \"")?;
    let mut container = by_id(id.split('"').next()?, Some("containerd"));
    container.sandbox_id = between(request, "within sandbox \"", "\"").and_then(non_empty);
    let metadata = after(request, " for ")?;
    container.name = member(metadata, "Name", "name");
    container.attempt = attempt(metadata);
    Some(about(Speaker::Containerd, container, What::Seen))
}

/// A member of CRI metadata, gogo (`Name:x,`) or protobuf text (`name:"x"`).
fn member(text: &str, gogo: &str, proto: &str) -> Option<Arc<str>> {
    let bytes = text.as_bytes();
    let named = |before: u8| {
        let own =
            |at: &usize| bytes.get(at.wrapping_sub(1)) == Some(&before) && bytes.get(at + gogo.len()) == Some(&b':');
        let at = memchr::memmem::find_iter(bytes, gogo).find(own)?;
        text.get(at + gogo.len() + 1..)?.split_once(',').map(|(value, _)| value)
    };
    // The brace opens the metadata: what stands behind it comes first.
    let gogo = named(b'{').or_else(|| named(b','));
    let proto = || {
        between(text, &format!(" {proto}:\""), "\"")
            .or_else(|| text.strip_prefix(proto)?.strip_prefix(":\"")?.split('"').next())
    };
    gogo.or_else(proto).and_then(non_empty)
}

/// The attempt of CRI metadata; left out when 0 in protobuf text.
fn attempt(text: &str) -> Option<u32> {
    after(text, "Attempt:").or_else(|| after(text, "attempt:")).map_or(Some(0), number)
}

/// What the kubelet asked for, and what containerd did about it.
fn request(message: &str) -> Option<RuntimeFact> {
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('"')?.split_once('"'));
    let fact = |id: &str, what| Some(about(Speaker::Containerd, by_id(id, Some("containerd")), what));
    if let Some((id, rest)) = quoted("StartContainer for ") {
        return if rest.starts_with(" returns successfully") { fact(id, What::Started) } else { None };
    }
    if let Some((id, rest)) = quoted("StopContainer for ") {
        let grace_s = after(rest, "with timeout ").and_then(number::<u32>).map(f64::from)?;
        return fact(id, What::StopAsked { signal: None, grace_s: Some(grace_s), reason: None });
    }
    if let Some((id, rest)) = quoted("Stop container ") {
        // `... with signal terminated timed out` (debug level) precedes the kill, which has its own line.
        let name = after(rest, "with signal ").filter(|name| !name.ends_with("timed out"))?;
        return fact(id, What::StopAsked { signal: signal(name.trim()), grace_s: None, reason: None });
    }
    if let Some((id, _)) = quoted("Kill container ") {
        return fact(id, What::KillSent { after_timeout: true });
    }
    if let Some((id, rest)) = quoted("RemoveContainer for ") {
        return if rest.starts_with(" returns successfully") { fact(id, What::Removed) } else { None };
    }
    // `Forcibly stopping sandbox` is said at the removal of sandboxes that ended long before, and tells nothing.
    let (id, _) = quoted("Forcibly stopping container ")?;
    let reason = Some("removed while it ran".to_owned());
    fact(id, What::StopAsked { signal: None, grace_s: None, reason })
}

/// `shim disconnected` is said at every end up to 1.7; it is suspicious only when it comes before the exit event.
/// `shim reaped` is its form in docker 18.06 to 19.03. The line after it repeats the id and adds the namespace. Containers that `ctr
/// run` made have a plain name for an id (`id=gateway-ctr`).
fn shim(line: &Line<'_>) -> Option<RuntimeFact> {
    let what = match line.message() {
        "shim disconnected" | "shim reaped" => What::ShimGone,
        "cleaning up after shim disconnected" => What::Seen,
        _ => return None,
    };
    let mut container = by_id(line.field("id")?, runtime_of(line));
    container.id = container.id.or_else(|| container.name.clone());
    Some(about(Speaker::Containerd, container, what))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{exit, facts, one, silent};
    use super::*;

    const CID: &str = "4cf224d7dbcbcd8eb3284ed5388ebe6bed07a36248300ae98ec6ade00116367d";
    const SID: &str = "b53c88db46632753d00975b70e2d38b18bebe9d6fb7269f46a39f133262faf95";
    const WHO: Option<&str> = Some("containerd");

    fn logrus(message: &str) -> String {
        let quoted = serde_json::to_string(message).unwrap();
        format!("time=\"2026-11-23T10:27:16.311141288Z\" level=info msg={quoted}")
    }

    #[test]
    fn protobuf_exit_with_one_or_two_blanks() {
        for gap in [" ", "  "] {
            let text = format!(
                "received exit event container_id:\"{CID}\"{gap}id:\"{CID}\"{gap}pid:4712{gap}exit_status:137{gap}exited_at:{{seconds:1795429545{gap}nanos:118204000}}"
            );
            for who in [WHO, None, Some("k3s"), Some("dockerd")] {
                let fact = one(who, &logrus(&text));
                let told = exit(&fact);
                assert_eq!((told.exit_code, told.pid, told.exec), (Some(137), Some(4712), false));
                assert_eq!(told.finished, Some(Wall::Instant { unix_us: 1_795_429_545_118_204, offset_s: 0 }));
                assert_eq!(fact.container.id.as_deref(), Some(CID));
                assert_eq!(fact.container.pid, Some(4712));
            }
        }
    }

    #[test]
    fn protobuf_leaves_zeros_out() {
        let text = format!(
            "received container exit event container_id:\"{CID}\" id:\"{CID}\" exited_at:{{seconds:1795429551}}"
        );
        let fact = one(WHO, &logrus(&text));
        assert_eq!((exit(&fact).exit_code, exit(&fact).pid), (Some(0), None));
        let text = format!("TaskExit event in podsandbox handler container_id:\"{SID}\" id:\"{SID}\" pid:5");
        assert!(one(WHO, &logrus(&text)).container.sandbox);
    }

    #[test]
    fn an_exec_exit_is_no_container_exit() {
        let text =
            format!("received exit event container_id:\"{CID}\" id:\"5ae0c1f2b3d4e5f6\" pid:4811 exit_status:137");
        let fact = one(WHO, &logrus(&text));
        assert!(exit(&fact).exec);
        assert_eq!((fact.container.pid, exit(&fact).pid), (None, Some(4811)));
    }

    #[test]
    fn gogo_exit_in_a_back_off_sentence() {
        let text = format!(
            "Failed to handle backOff event &TaskExit{{ContainerID:{CID},ID:{CID},Pid:3900,ExitStatus:137,ExitedAt:2026-11-23 11:17:46.496296709 +0000 UTC,XXX_unrecognized:[],}} for {CID}"
        );
        let fact = one(WHO, &logrus(&text));
        assert_eq!((exit(&fact).exit_code, exit(&fact).pid), (Some(137), Some(3900)));
        assert_eq!(exit(&fact).finished, Some(Wall::Instant { unix_us: 1_795_432_666_496_296, offset_s: 0 }));
    }

    #[test]
    fn task_oom_in_both_texts() {
        let gogo = format!("TaskOOM event &TaskOOM{{ContainerID:{CID},XXX_unrecognized:[],}}");
        let proto = format!("TaskOOM event container_id:\"{CID}\"");
        for text in [gogo, proto] {
            let fact = one(WHO, &logrus(&text));
            assert_eq!((fact.what, fact.container.id.as_deref()), (What::OomSeen, Some(CID)));
        }
    }

    #[test]
    fn protobuf_events_of_the_back_off_queue_name_no_type() {
        let exit_text = format!(
            "container_id:\"{CID}\"  id:\"{CID}\"  pid:4712  exit_status:137  exited_at:{{seconds:1795429545  nanos:118204000}}"
        );
        let oom = format!("container_id:\"{CID}\"");
        for around in [
            |body: &str| format!("Events for \"{CID}\" is in backoff, enqueue event {body}"),
            |body: &str| format!("Failed to handle event {body} for {CID}"),
            |body: &str| format!("Failed to handle backOff event {body} for {CID}"),
        ] {
            let fact = one(WHO, &logrus(&around(&exit_text)));
            assert_eq!((exit(&fact).exit_code, exit(&fact).pid), (Some(137), Some(4712)));
            assert!(exit(&fact).finished.is_some() && !exit(&fact).exec);
            let fact = one(WHO, &logrus(&around(&oom)));
            assert_eq!((fact.what, fact.container.id.as_deref()), (What::OomSeen, Some(CID)));
        }
        silent(WHO, &logrus("Failed to handle event image_name:\"x\" for x"));
        let text = format!("SandboxExit event sandbox_id:\"{SID}\"  exit_status:137  exited_at:{{seconds:1795429545}}");
        let fact = one(WHO, &logrus(&text));
        assert_eq!((exit(&fact).exit_code, fact.container.sandbox), (Some(137), true));
    }

    #[test]
    fn sandbox_and_container_metadata_in_both_texts() {
        let gogo = format!(
            "RunPodSandbox for &PodSandboxMetadata{{Name:web-tt5rz,Uid:c84e0e0d-2970-4e09-8b72-b9b968faa1b0,Namespace:batch,Attempt:2,}} returns sandbox id \"{SID}\""
        );
        let proto = format!(
            "RunPodSandbox for name:\"web-tt5rz\"  uid:\"c84e0e0d-2970-4e09-8b72-b9b968faa1b0\"  namespace:\"batch\"  attempt:2 returns sandbox id \"{SID}\""
        );
        for text in [gogo, proto] {
            let c = one(WHO, &logrus(&text)).container;
            assert_eq!(
                (c.pod.as_deref(), c.namespace.as_deref(), c.attempt),
                (Some("web-tt5rz"), Some("batch"), Some(2))
            );
            assert_eq!(c.pod_uid.as_deref(), Some("c84e0e0d-2970-4e09-8b72-b9b968faa1b0"));
            assert_eq!((c.id.as_deref(), c.sandbox_id.as_deref(), c.sandbox), (Some(SID), Some(SID), true));
        }
        let gogo = format!(
            "CreateContainer within sandbox \"{SID}\" for &ContainerMetadata{{Name:app,Attempt:0,}} returns container id \"{CID}\""
        );
        let proto = format!("CreateContainer within sandbox \"{SID}\" for name:\"app\" returns container id \"{CID}\"");
        for text in [gogo, proto] {
            let c = one(WHO, &logrus(&text)).container;
            assert_eq!((c.name.as_deref(), c.attempt, c.sandbox_id.as_deref()), (Some("app"), Some(0), Some(SID)));
            assert_eq!((c.id.as_deref(), c.sandbox), (Some(CID), false));
        }
    }

    #[test]
    fn the_stop_chain() {
        let said: Vec<What> = [
            "StopContainer for \"{}\" with timeout 1 (s)",
            "Stop container \"{}\" with signal terminated",
            "Kill container \"{}\"",
            "StopContainer for \"{}\" returns successfully",
        ]
        .iter()
        .flat_map(|text| facts(WHO, &logrus(&text.replace("{}", CID))))
        .map(|fact| fact.what)
        .collect();
        assert_eq!(
            said,
            [
                What::StopAsked { signal: None, grace_s: Some(1.0), reason: None },
                What::StopAsked { signal: Some(15), grace_s: None, reason: None },
                What::KillSent { after_timeout: true },
            ]
        );
    }

    #[test]
    fn shims_tell_their_namespace() {
        let text = format!(
            "time=\"2026-11-23T10:06:07.1Z\" level=warning msg=\"cleaning up after shim disconnected\" id={CID} namespace=moby"
        );
        let fact = one(WHO, &text);
        assert_eq!((fact.container.runtime.as_deref(), fact.what), (Some("docker"), What::Seen));
        let fact = one(
            WHO,
            "time=\"2026-11-23T10:25:31Z\" level=info msg=\"shim disconnected\" id=gateway-ctr namespace=default",
        );
        assert_eq!(
            (fact.container.name.as_deref(), fact.container.id.as_deref()),
            (Some("gateway-ctr"), Some("gateway-ctr"))
        );
        silent(WHO, &logrus("cleaning up dead shim"));
    }

    #[test]
    fn hostile_and_cut_lines() {
        for text in [
            "TaskExit event &TaskExit{ContainerID:",
            "TaskExit event &TaskExit{ContainerID:aa,ID:aa,Pid:99999999999,ExitStatus:",
            "TaskExit event container_id:\"",
            "TaskOOM event",
            "Kill container \"",
            "StopContainer for \"x\" with timeout x",
        ] {
            silent(WHO, &logrus(text));
        }
    }
}
