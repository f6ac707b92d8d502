//! Start failures in the words of runc and crun, wherever they are repeated: in containerd's, dockerd's, CRI-O's and the
//! kubelet's errors, and on a terminal. When the memory limit is too small for the runtime's own init process, the kernel
//! kills `runc:[2:INIT]` and no container ever runs.

use super::text::{after, between, by_id, by_scheme, find_full_id, non_empty, set_pod, set_pod_full, set_uid};
use super::{Line, about};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "container init was OOM-killed",
    "memory limit could be too low",
    "possibly OOM-killed",
    "unable to set memory limit to",
    "memory.limit_in_bytes: device or resource busy",
    "container init caused",
    "cannot start a container that has stopped",
    "setns process for init caused",
];

/// Words that say themselves that memory was the cause: runc 1.0 and later, crun, runc before 1.0.
const MEMORY: &[&str] = &[
    "container init was OOM-killed",
    "memory limit could be too low",
    "possibly OOM-killed",
    "unable to set memory limit to",
    "memory.limit_in_bytes: device or resource busy",
];

/// Words of an init process that vanished: runc before 1.0 at a too small limit, but at other faults as well.
const VANISHED: &[&str] =
    &["container init caused", "cannot start a container that has stopped", "setns process for init caused"];

/// The most text of an error that is kept.
const MAX_MESSAGE: usize = 600;

/// Reads one line; `speaker` is who repeats it.
pub(super) fn read(line: &Line<'_>, speaker: Speaker, facts: &mut Vec<RuntimeFact>) {
    let has = |words: &[&str]| words.iter().any(|words| line.text.contains(words));
    let memory = has(MEMORY);
    if !memory && !has(VANISHED) {
        return;
    }
    let error = line.field("error").or_else(|| line.field("err")).unwrap_or(line.message());
    let message = error.chars().take(MAX_MESSAGE).collect();
    facts.push(about(speaker, container(line), What::StartFailed { exit_code: None, message, memory }));
}

/// The container, from what the repeating program says beside the error.
fn container(line: &Line<'_>) -> ContainerRef {
    let message = line.message();
    // kubelet: `failed to "StartContainer" for "app" with RunContainerError: "..."` pod="ns/p" podUID=".."
    let text = line.field("err").unwrap_or(message);
    let mut container = ContainerRef::default();
    if let Some(name) = between(text, "failed to \"StartContainer\" for \"", "\"") {
        container.name = non_empty(name);
        set_pod(&mut container, line.field("pod").unwrap_or_default());
        set_uid(&mut container, line.field("podUID").unwrap_or_default());
        if let Some(full) = between(message, "(\"", "\"), skipping") {
            set_pod_full(&mut container, full);
        }
        return container;
    }
    // kubelet: `failed to "CreatePodSandbox" for "web-1_prod(<uid>)" with CreatePodSandboxError: "..."`
    if let Some(full) = between(text, "failed to \"CreatePodSandbox\" for \"", "\"") {
        set_pod_full(&mut container, full);
        container.sandbox = true;
        return container;
    }
    // containerd: `RunPodSandbox for &PodSandboxMetadata{Name:p,..} failed, error`
    if let Some(failed) = super::containerd::failed_sandbox(message) {
        return failed;
    }
    // kubelet: `StartContainer from runtime service failed` with `containerID`
    if let Some(id) = line.field("containerID") {
        return by_scheme(id);
    }
    // dockerd: `Handler for POST /v1.41/containers/<id or name>/start returned error: ...`
    if let Some(id) = between(message, "/containers/", "/start") {
        return by_id(id, Some("docker"));
    }
    // containerd: `StartContainer for "<id>" failed`, with the error as a field
    let quoted = after(message, "StartContainer for \"").and_then(|rest| rest.split('"').next());
    match quoted {
        Some(id) => by_id(id, Some("containerd")),
        None => ContainerRef { id: find_full_id(message), ..Default::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{one, silent};
    use super::*;

    const CID: &str = "6b8448ab173d881a87a0c09515c5b8e207e50586d3d6fd9b45a5d3927949f1b7";

    fn memory(fact: &RuntimeFact) -> bool {
        match fact.what {
            What::StartFailed { memory, .. } => memory,
            _ => panic!("{fact:?}"),
        }
    }

    #[test]
    fn in_every_mouth() {
        let text = format!(
            "time=\"2026-11-23T10:00:00Z\" level=error msg=\"StartContainer for \\\"{CID}\\\" failed\" error=\"failed to create containerd task: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown\""
        );
        let fact = one(Some("containerd"), &text);
        assert!(memory(&fact));
        assert_eq!((fact.speaker, fact.container.id.as_deref()), (Speaker::Containerd, Some(CID)));

        let text = format!(
            "time=\"2026-11-23T10:00:00Z\" level=error msg=\"Handler for POST /v1.41/containers/{CID}/start returned error: OCI runtime create failed: container_linux.go:380: starting container process caused: container init was OOM-killed (memory limit too low?): unknown\""
        );
        assert_eq!(one(Some("dockerd"), &text).container.id.as_deref(), Some(CID));

        let text = "E1123 11:00:00.000000     505 pod_workers.go:1300] \"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"app\\\" with RunContainerError: \\\"container init was OOM-killed (memory limit too low?)\\\"\" pod=\"prod/web-1\" podUID=\"c84e0e0d-2970-4e09-8b72-b9b968faa1b0\"";
        let fact = one(Some("kubelet"), text);
        assert_eq!((fact.container.name.as_deref(), fact.container.pod.as_deref()), (Some("app"), Some("web-1")));
        assert!(fact.container.pod_uid.is_some());

        let fact =
            one(None, "2026-11-23T10:00:00.5Z: OOM: the memory limit could be too low: read from the init process");
        assert!(memory(&fact) && fact.speaker == Speaker::Runc);
    }

    #[test]
    fn sandboxes_and_ids_beside_the_error() {
        let uid = "c84e0e0d-2970-4e09-8b72-b9b968faa1b0";
        let killed = "runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown";
        let text = format!(
            "time=\"2026-11-23T10:00:00Z\" level=error msg=\"RunPodSandbox for &PodSandboxMetadata{{Name:web-1,Uid:{uid},Namespace:prod,Attempt:2,}} failed, error\" error=\"{killed}\""
        );
        let fact = one(Some("containerd"), &text);
        let pod = |fact: &RuntimeFact| {
            let c = &fact.container;
            (c.pod.clone(), c.namespace.clone(), c.pod_uid.clone(), c.sandbox)
        };
        let wanted = (Some("web-1".into()), Some("prod".into()), Some(uid.into()), true);
        assert_eq!(pod(&fact), wanted);
        let text = format!(
            "E1123 11:00:00.000000     505 pod_workers.go:1300] \"Error syncing pod, skipping\" err=\"failed to \\\"CreatePodSandbox\\\" for \\\"web-1_prod({uid})\\\" with CreatePodSandboxError: \\\"{killed}\\\"\" pod=\"prod/web-1\" podUID={uid}"
        );
        assert_eq!(pod(&one(Some("kubelet"), &text)), wanted);
        let text = format!(
            "E1123 11:00:00.000000     505 remote_runtime.go:453] \"StartContainer from runtime service failed\" err=\"{killed}\" containerID=\"{CID}\""
        );
        let fact = one(None, &text);
        assert_eq!((fact.container.id.as_deref(), fact.speaker), (Some(CID), Speaker::Kubelet));
    }

    #[test]
    fn old_words_do_not_prove_memory() {
        let fact = one(
            Some("dockerd"),
            "time=\"x\" level=error msg=\"oci runtime error: process_linux.go:359: container init caused \\\"read init-p: connection reset by peer\\\"\"",
        );
        assert!(!memory(&fact));
        silent(Some("kernel"), "container init was OOM-killed");
    }
}
