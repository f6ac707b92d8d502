//! `crictl inspect`, `inspectp`, `ps -o json`, `pods -o json` (CRI `runtime/v1` messages printed by cri-tools), and the OCI
//! runtime spec and state that runc and crun keep (`config.json`, `runc state`).

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use super::path::path_container;
use super::size;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};

/// True for `crictl inspect` and `inspectp`.
pub(super) fn is_inspect(node: &Node<'_>) -> bool {
    node.path(&["status", "id"]).is_some() && node.path(&["status", "metadata"]).is_some()
}

/// True for an entry of `crictl ps` or `crictl pods`.
pub(super) fn is_list_entry(node: &Node<'_>) -> bool {
    node.get("id").is_some() && node.get("metadata").is_some() && node.word_of("state").is_some_and(is_state)
}

fn is_state(state: &str) -> bool {
    state.starts_with("CONTAINER_") || state.starts_with("SANDBOX_")
}

/// One inspected container or sandbox.
pub(super) fn inspect(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(status) = node.get("status") else { return };
    let info = node.get("info");
    let state = status.word_of("state").unwrap_or_default();
    let mut container = reference(status, state.starts_with("SANDBOX_"));
    if let Some(info) = info {
        add_info(&mut container, info);
    }
    let limit = status.path(&["resources", "linux", "memoryLimitInBytes"]).and_then(Node::int);
    container.limit_bytes = size::limit_number(limit).or(container.limit_bytes);
    let (at, wall, what) = fact(status, state);
    doc.say(Said { at, wall, host: None, speaker: Speaker::Crictl, container, what });
}

/// What both lists and inspect say of a container's identity.
fn reference(status: &Node<'_>, sandbox: bool) -> ContainerRef {
    let image = ["userSpecifiedImage", "image"].iter().find_map(|key| status.path(&["image", key])?.text());
    let mut container = ContainerRef {
        id: status.word_of("id").and_then(names::id_text),
        image: image.map(Into::into),
        sandbox_id: status.string("podSandboxId"),
        sandbox,
        ..ContainerRef::default()
    };
    names::from_label_map(&mut container, status.get("annotations"));
    names::from_label_map(&mut container, status.get("labels"));
    let metadata = status.get("metadata");
    let own = |key: &str| metadata.and_then(|m| m.string(key));
    if sandbox {
        container.pod = own("name").or(container.pod);
        container.namespace = own("namespace").or(container.namespace);
        container.pod_uid = own("uid").or(container.pod_uid);
        container.sandbox_id.clone_from(&container.id);
    } else {
        container.name = own("name").or(container.name);
        container.attempt = names::small(metadata.and_then(|m| m.number("attempt"))).or(container.attempt);
    }
    container
}

/// `info`: what the runtime prints in verbose mode (containerd and CRI-O have the same keys).
fn add_info(container: &mut ContainerRef, info: &Node<'_>) {
    container.pid = names::pid(info.number("pid"));
    container.sandbox_id = info.string("sandboxID").or(container.sandbox_id.take());
    let systemd = info.path(&["runtimeOptions", "systemd_cgroup"]).and_then(Node::boolean) != Some(false);
    if let Some(linux) = info.path(&["runtimeSpec", "linux"]) {
        add_spec(container, linux, systemd);
    }
    let limit = info.path(&["config", "linux", "resources", "memory_limit_in_bytes"]).and_then(Node::int);
    container.limit_bytes = container.limit_bytes.or(size::limit_number(limit));
    let containerd = info.word_of("runtimeType").is_some_and(|t| t.starts_with("io.containerd."));
    container.runtime = container.runtime.take().or(containerd.then(|| "containerd".into()));
}

/// `linux` of an OCI spec: cgroup and limit.
fn add_spec(container: &mut ContainerRef, linux: &Node<'_>, systemd: bool) {
    container.cgroup = linux.word_of("cgroupsPath").and_then(|path| names::cgroups_path(path, systemd)).map(Into::into);
    container.runtime = container.cgroup.as_deref().and_then(names::runtime_of_cgroup).or(container.runtime.take());
    container.limit_bytes = size::limit_number(linux.path(&["resources", "memory", "limit"]).and_then(Node::int));
}

fn fact(status: &Node<'_>, state: &str) -> (usize, Option<Wall>, What) {
    let place = |key: &str| status.get(key).map(|n| n.at);
    let started = clock::member(status, "startedAt");
    let annotation = status.path(&["annotations", "io.kubernetes.container.restartCount"]);
    let restart_count = names::small(annotation.and_then(Node::int));
    match state {
        "CONTAINER_RUNNING" => {
            let at = place("state").unwrap_or(status.at);
            (at, started, What::Running { oom_flag: None, restart_count, started })
        }
        "CONTAINER_EXITED" => {
            let finished = clock::member(status, "finishedAt");
            let reason = status.string("reason");
            let exit = ContainerExit {
                exit_code: status.number("exitCode"),
                oom_flag: reason.as_deref().map(|r| r == "OOMKilled"),
                message: status.string("message"),
                reason,
                started,
                finished,
                restart_count,
                ..ContainerExit::default()
            };
            (place("exitCode").or(place("state")).unwrap_or(status.at), finished, What::Exited(Box::new(exit)))
        }
        _ => (place("id").unwrap_or(status.at), None, What::Seen),
    }
}

/// An entry of `crictl ps -o json` or `crictl pods -o json`. A list knows no exit codes.
pub(super) fn list_entry(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let state = node.word_of("state").unwrap_or_default();
    let container = reference(node, state.starts_with("SANDBOX_"));
    let running = What::Running { oom_flag: None, restart_count: container.attempt, started: None };
    let what = if state == "CONTAINER_RUNNING" { running } else { What::Seen };
    let at = node.get("id").map_or(node.at, |n| n.at);
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::Crictl, container, what });
}

/// True for an OCI runtime spec (`config.json` of a bundle).
pub(super) fn is_spec(node: &Node<'_>) -> bool {
    node.get("ociVersion").is_some() && node.path(&["linux", "cgroupsPath"]).is_some()
}

/// An OCI runtime spec; the container's id stands in the path or the cgroup.
pub(super) fn spec(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let mut container = path_container(doc.path).unwrap_or_default();
    let Some(linux) = node.get("linux") else { return };
    add_spec(&mut container, linux, true);
    names::from_label_map(&mut container, node.get("annotations"));
    let leaf = container.cgroup.as_deref().and_then(super::path::full_id_in);
    container.id = container.id.take().or(leaf.map(Into::into));
    if container.id.is_none() {
        return;
    }
    let at = linux.get("cgroupsPath").map_or(node.at, |n| n.at);
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::Runc, container, what: What::Seen });
}

/// The cgroup, limit and annotations of an OCI spec that is part of another document.
pub(super) fn add_container_spec(container: &mut ContainerRef, spec: &Node<'_>) {
    names::from_label_map(container, spec.get("annotations"));
    if let Some(linux) = spec.get("linux") {
        add_spec(container, linux, true);
    }
}

/// True for `runc state`, `crun state` and entries of their `list -f json`.
pub(super) fn is_state_entry(node: &Node<'_>) -> bool {
    node.get("id").is_some() && node.get("bundle").is_some() && node.get("status").is_some()
}

/// `runc state`: id and pid.
pub(super) fn state_entry(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let id = node.word_of("id").and_then(names::id_text);
    let container = ContainerRef { id, pid: names::pid(node.number("pid")), ..ContainerRef::default() };
    let at = node.get("id").map_or(node.at, |n| n.at);
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::Runc, container, what: What::Seen });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    const ID: &str = "ecfaa04e209c5bd414adb7196f1a3c841bdc5b0d5ff3fb18b1e2eb5a1cd34c7e";

    #[test]
    fn an_exited_container() {
        let text = format!(
            r#"{{
  "status": {{
    "id": "{ID}",
    "metadata": {{"name": "web", "attempt": 2}},
    "state": "CONTAINER_EXITED",
    "startedAt": "1795433822461972513",
    "finishedAt": "1795433870290505067",
    "exitCode": 137,
    "image": {{"image": "docker.io/shop/app:2.3.1", "userSpecifiedImage": ""}},
    "reason": "OOMKilled", "message": "",
    "labels": {{"io.kubernetes.pod.name": "web-0", "io.kubernetes.pod.namespace": "batch", "io.kubernetes.pod.uid": "c84e0e0d-2970-4e09-8b72-b9b968faa1b0"}},
    "annotations": {{"io.kubernetes.container.restartCount": "2"}},
    "resources": {{"linux": {{"memoryLimitInBytes": "67108864"}}}}
  }},
  "info": {{"sandboxID": "627389d1", "pid": 0, "runtimeType": "io.containerd.runc.v2", "runtimeOptions": {{"systemd_cgroup": true}},
    "runtimeSpec": {{"linux": {{"cgroupsPath": "kubepods-podx.slice:cri-containerd:{ID}", "resources": {{"memory": {{"limit": 1}}}}}}}}}}
}}"#
        );
        let (events, problems) = read_text("inspect/web.json", &text);
        assert!(problems.is_empty());
        let fact = &facts(&events)[0];
        assert_eq!(fact.speaker, Speaker::Crictl);
        let container = &fact.container;
        assert_eq!((container.name.as_deref(), container.pod.as_deref()), (Some("web"), Some("web-0")));
        assert_eq!((container.attempt, container.pid, container.limit_bytes), (Some(2), None, Some(67_108_864)));
        assert_eq!(container.sandbox_id.as_deref(), Some("627389d1"));
        assert_eq!(container.runtime.as_deref(), Some("containerd"));
        assert_eq!(
            container.cgroup,
            Some(format!("/kubepods.slice/kubepods-podx.slice/cri-containerd-{ID}.scope").into())
        );
        let What::Exited(exit) = &fact.what else { panic!("{:?}", fact.what) };
        assert_eq!((exit.exit_code, exit.oom_flag, exit.restart_count), (Some(137), Some(true), Some(2)));
        assert_eq!(events[0].stamp.wall, Some(Wall::Instant { unix_us: 1_795_433_870_290_505, offset_s: 0 }));
        assert_eq!(events[0].evidence[0].line, Some(8));
    }

    #[test]
    fn sandboxes_and_lists() {
        let text = format!(
            r#"{{"containers": [{{"id": "{ID}", "podSandboxId": "627389d1", "metadata": {{"name": "web", "attempt": 1}}, "state": "CONTAINER_RUNNING", "labels": {{"io.kubernetes.pod.name": "web-0"}}}}]}}
{{"items": [{{"id": "627389d1", "metadata": {{"name": "web-0", "uid": "u", "namespace": "batch", "attempt": 0}}, "state": "SANDBOX_READY"}}]}}
{{"status": {{"id": "627389d1", "metadata": {{"name": "web-0", "uid": "u", "namespace": "batch"}}, "state": "SANDBOX_NOTREADY"}}, "info": {{"pid": 1337}}}}"#
        );
        let (events, problems) = read_text("crictl.json", &text);
        assert!(problems.is_empty());
        let all = facts(&events);
        assert_eq!(all.len(), 3);
        assert!(matches!(all[0].what, What::Running { restart_count: Some(1), .. }));
        assert_eq!(all[0].container.sandbox_id.as_deref(), Some("627389d1"));
        assert!(all[1].container.sandbox && all[2].container.sandbox);
        assert_eq!((all[2].container.pid, all[2].container.pod.as_deref()), (Some(1337), Some("web-0")));
    }

    #[test]
    fn spec_and_state_of_a_bundle() {
        let spec = format!(
            r#"{{"ociVersion": "1.0.2", "annotations": {{"io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.container-name": "web", "io.kubernetes.cri.sandbox-id": "627389d1"}}, "linux": {{"cgroupsPath": "/kubepods/burstable/podx/{ID}", "resources": {{"memory": {{"limit": 268435456}}}}}}}}"#
        );
        let (events, _) = read_text("run/config.json", &spec);
        let container = &facts(&events)[0].container;
        assert_eq!((container.id.as_deref(), container.limit_bytes), (Some(ID), Some(268_435_456)));
        assert_eq!((container.name.as_deref(), container.sandbox), (Some("web"), false));
        let state =
            format!(r#"{{"ociVersion": "1.0.2", "id": "{ID}", "pid": 1337, "status": "running", "bundle": "/run/x"}}"#);
        let (events, _) = read_text("state.json", &state);
        assert_eq!(facts(&events)[0].container.pid, Some(1337));
    }
}
