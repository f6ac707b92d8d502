//! CRI-O 1.14 to 1.33 (`server/container_*.go`, `internal/oci`). CRI-O says nothing at an OOM kill; its lines give names,
//! pids, requests, and its own SIGKILLs.

use super::text::{after, between, by_id, duration_s, hex_id, non_empty, word};
use super::{Line, about};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "Created container",
    "Started container",
    "an pod sandbox ",
    "topping container",
    "topped container ",
    "Removed container ",
    "stop signal",
    "Stop container ",
    "container status from exit file",
    "container exit file for",
];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let message = line.message();
    let fact = started_with_pid(line)
        .or_else(|| named(message))
        .or_else(|| forced(message))
        .or_else(|| stopping(message))
        .or_else(|| lost(message));
    facts.extend(fact);
}

/// A reference by id.
fn container(id: &str) -> Option<ContainerRef> {
    hex_id(id).map(|id| by_id(&id, Some("cri-o")))
}

/// Takes over `namespace/pod/container`; the container `POD` is the sandbox.
fn describe(container: &mut ContainerRef, description: &str) {
    let mut parts = description.trim().splitn(3, '/');
    let (Some(namespace), Some(pod), Some(name)) = (parts.next(), parts.next(), parts.next()) else { return };
    container.namespace = non_empty(namespace);
    container.pod = non_empty(pod);
    if name == "POD" {
        container.sandbox = true;
        container.sandbox_id.clone_from(&container.id);
    } else {
        container.name = non_empty(word(name));
    }
}

/// `Started container` PID=1234 containerID=<id> description=ns/pod/c sandboxID=<sid> (1.22 and later).
fn started_with_pid(line: &Line<'_>) -> Option<RuntimeFact> {
    if line.message() != "Started container" {
        return None;
    }
    let mut container = container(line.field("containerID")?)?;
    container.pid = line.field("PID").and_then(super::text::pid);
    container.sandbox_id = line.field("sandboxID").and_then(hex_id);
    describe(&mut container, line.field("description").unwrap_or_default());
    Some(about(Speaker::Crio, container, What::Started))
}

/// `<verb> container <id>: ns/pod/container`, `Ran pod sandbox <id> with infra container: ns/pod/POD`; 1.14 wrote
/// `Created container: <id>`.
fn named(message: &str) -> Option<RuntimeFact> {
    const VERBS: [(&str, What); 5] = [
        ("created container", What::Seen),
        ("started container", What::Started),
        ("stopped container", What::Stopped),
        ("removed container", What::Removed),
        ("ran pod sandbox", What::Started),
    ];
    let lower = message.get(..24)?.to_ascii_lowercase();
    let (verb, what) = VERBS.into_iter().find(|(verb, _)| lower.starts_with(verb))?;
    let rest = message.get(verb.len()..)?.trim_start_matches([':', ' ']);
    let mut container = container(rest)?;
    describe(&mut container, after(rest, ": ").unwrap_or_default());
    if verb == "ran pod sandbox" {
        container.sandbox = true;
        container.sandbox_id.clone_from(&container.id);
    }
    Some(about(Speaker::Crio, container, what))
}

/// `Stopping container: <id> (timeout: 30s)`.
fn stopping(message: &str) -> Option<RuntimeFact> {
    let rest = message.strip_prefix("Stopping container")?.trim_start_matches([':', ' ']);
    let grace_s = between(rest, "(timeout: ", ")").and_then(duration_s);
    Some(about(Speaker::Crio, container(rest)?, What::StopAsked { signal: None, grace_s, reason: None }))
}

/// The stop timed out and CRI-O kills: `Stopping container <id> with stop signal(SIGTERM) timed out. Killing...`,
/// `Stopping container <id> with stop signal timed out: ...` (1.20 to 1.23), `Stop container "<id>" timed out: ...`.
fn forced(message: &str) -> Option<RuntimeFact> {
    let rest = message.strip_prefix("Stopping container ").or_else(|| message.strip_prefix("Stop container "))?;
    if !rest.contains("timed out") {
        return None;
    }
    let container = container(rest.trim_start_matches('"'))?;
    Some(about(Speaker::Crio, container, What::KillSent { after_timeout: true }))
}

/// conmon left no exit file, so that CRI-O will make up the code 255.
fn lost(message: &str) -> Option<RuntimeFact> {
    let rest = after(message, "container status from exit file for ")
        .or_else(|| after(message, "find container exit file for "))?;
    Some(about(Speaker::Crio, container(rest)?, What::ShimGone))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{one, silent};
    use super::*;

    const CID: &str = "483b9c4976d46256b0ca273aa94a8ce01f8426e6f864473e76a0c04e36895610";
    const WHO: Option<&str> = Some("crio");

    fn line(message: &str) -> String {
        let message = message.replace("{}", CID);
        format!(
            "time=\"2026-11-23 10:05:14.5+08:00\" level=info msg=\"{message}\" id=81a2 name=/runtime.v1.RuntimeService/X"
        )
    }

    #[test]
    fn names_and_pids() {
        let fact = one(WHO, &line("Created container {}: edge/router-9abcd/proxy"));
        assert_eq!(fact.what, What::Seen);
        assert_eq!(
            (fact.container.namespace.as_deref(), fact.container.pod.as_deref(), fact.container.name.as_deref()),
            (Some("edge"), Some("router-9abcd"), Some("proxy"))
        );
        let fact = one(
            None,
            &format!(
                "level=info msg=\"Started container\" PID=4711 containerID={CID} description=ns/p/c sandboxID={CID}"
            ),
        );
        assert_eq!(
            (fact.container.pid, fact.container.name.as_deref(), fact.what),
            (Some(4711), Some("c"), What::Started)
        );
        let fact = one(WHO, &line("Ran pod sandbox {} with infra container: ns/p/POD"));
        assert!(fact.container.sandbox && fact.container.name.is_none());
        assert_eq!(one(WHO, &line("Removed container {}: ns/p/c")).what, What::Removed);
    }

    #[test]
    fn stops_and_kills() {
        let fact = one(WHO, &line("Stopping container: {} (timeout: 30s)"));
        assert_eq!(fact.what, What::StopAsked { signal: None, grace_s: Some(30.0), reason: None });
        for text in [
            "Stopping container {} with stop signal(SIGTERM) timed out. Killing...",
            "Stopping container {} with stop signal timed out: context deadline exceeded",
            "Stop container \\\"{}\\\" timed out: x",
        ] {
            assert_eq!(one(WHO, &line(text)).what, What::KillSent { after_timeout: true }, "{text}");
        }
        assert_eq!(
            one(WHO, &line("Failed to update container status from exit file for {}: timed out")).what,
            What::ShimGone
        );
    }

    #[test]
    fn other_lines_say_nothing() {
        silent(WHO, &line("Stopping container: zzz"));
        silent(WHO, &line("Created container"));
        silent(WHO, &line("Stopped pod sandbox: {}"));
    }
}
