//! `podman events`, one line a time: the text form (also the message of podman's journal entries, and of `podman events`
//! saved to a file) and the JSON form (`--format json`, and the file driver's log). Format: podman 3 to 5,
//! `libpod/events/events.go`.

use super::text::{by_id, non_empty};
use super::{about, clock};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, Wall, What};
use std::sync::Arc;

/// Reads one line; `None` when it is no event of a container, or one that tells nothing here (`init`, `cleanup` ...).
pub fn parse_line(line: &str) -> Option<(Wall, RuntimeFact)> {
    let line = line.trim();
    if line.starts_with('{') { json(line) } else { text(line) }
}

/// `2026-11-23 11:02:06.39475293 +0000 UTC m=+0.99 container died <id> (image=localhost/app:1, name=web)`.
fn text(line: &str) -> Option<(Wall, RuntimeFact)> {
    let at = clock::wall(line)?;
    let (head, rest) = line.split_once(" container ")?;
    // The time is Go's default form: date, time, offset, zone, perhaps the monotonic reading; nothing else.
    if head.split(' ').count() > 5 {
        return None;
    }
    let (status, rest) = rest.split_once(' ')?;
    let (id, attributes) = rest.split_once(" (").unwrap_or((rest, ""));
    let mut container = by_id(id.trim(), Some("podman"));
    container.id.as_ref()?;
    container.image = attribute(attributes, "image");
    container.name = attribute(attributes, "name");
    container.unit = attribute(attributes, UNIT_LABEL).filter(|unit| is_unit(unit));
    let what = match status {
        "health_status" if attribute(attributes, "health_status").as_deref() == Some("unhealthy") => {
            What::ProbeFailed { probe: "health".into(), kills: false, message: None }
        }
        _ => what(status, None, at)?,
    };
    Some((at, about(Speaker::Podman, container, what)))
}

/// The label with the unit that started the container: `podman run`, `podman create` and `podman play kube` take it from their
/// environment, where Quadlet and `podman generate systemd` set it (libpod `define.EnvVariable`, podman 2 to 5).
pub(super) const UNIT_LABEL: &str = "PODMAN_SYSTEMD_UNIT";

/// A label may hold any text.
pub(super) fn is_unit(text: &str) -> bool {
    text.len() <= 255 && text.ends_with(".service") && !text.contains(|c: char| c.is_whitespace() || c == '/')
}

/// An attribute of the bracketed list. Image and name come first, before labels, so the first match is the own one.
fn attribute(list: &str, key: &str) -> Option<Arc<str>> {
    list.trim_end_matches(')')
        .split(", ")
        .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
        .and_then(non_empty)
}

/// `{"ContainerExitCode":137,"ID":"..","Image":"..","Name":"..","Status":"died","timeNano":1795431726394752930,"Type":"container"}`;
/// the file driver writes `Time` as RFC 3339.
fn json(line: &str) -> Option<(Wall, RuntimeFact)> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let field = |key: &str| value.get(key).and_then(|v| v.as_str());
    if field("Type") != Some("container") {
        return None;
    }
    let nanos = value.get("timeNano").and_then(|v| v.as_i64());
    let at = match nanos {
        Some(nanos) => clock::unix(nanos / 1_000_000_000, nanos % 1_000_000_000)?,
        None => clock::wall(field("Time").or_else(|| field("time"))?)?,
    };
    let container = ContainerRef {
        image: field("Image").and_then(non_empty),
        name: field("Name").and_then(non_empty),
        unit: value.get("Attributes").and_then(unit_of),
        ..by_id(field("ID")?, Some("podman"))
    };
    let code = value.get("ContainerExitCode").and_then(|v| v.as_i64());
    let what = what(field("Status")?, code, at)?;
    Some((at, about(Speaker::Podman, container, what)))
}

/// The unit among labels in JSON: the journal's field `PODMAN_LABELS`, an event's `Attributes`.
pub(super) fn unit_of(labels: &serde_json::Value) -> Option<Arc<str>> {
    labels.get(UNIT_LABEL)?.as_str().filter(|unit| is_unit(unit)).map(Into::into)
}

/// What an event's name says.
pub(super) fn what(status: &str, exit_code: Option<i64>, at: Wall) -> Option<What> {
    let ended =
        |exec| What::Exited(Box::new(ContainerExit { exit_code, finished: Some(at), exec, ..Default::default() }));
    Some(match status {
        "create" => What::Seen,
        "start" => What::Started,
        // podman 5 names it `died`, the Docker-compatible API `die`.
        "died" | "die" => ended(false),
        "exec_died" => ended(true),
        "stop" => What::Stopped,
        "remove" => What::Removed,
        // The event does not tell which signal (`podman kill` sends SIGKILL unless told otherwise).
        "kill" => What::StopAsked { signal: None, grace_s: None, reason: Some("podman kill".to_owned()) },
        "oom" => What::OomSeen,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "483b9c4976d46256b0ca273aa94a8ce01f8426e6f864473e76a0c04e36895610";

    #[test]
    fn text_and_json_agree() {
        let text = format!(
            "2026-11-23 11:02:06.39475293 +0000 UTC m=+0.994623116 container died {ID} (image=localhost/rec/app:1, name=payments-api-p)"
        );
        let json = format!(
            "{{\"ContainerExitCode\":137,\"ID\":\"{ID}\",\"Image\":\"localhost/rec/app:1\",\"Name\":\"payments-api-p\",\"Status\":\"died\",\"time\":1795431726,\"timeNano\":1795431726394752930,\"Type\":\"container\",\"Attributes\":null}}"
        );
        let (at_text, from_text) = parse_line(&text).unwrap();
        let (at_json, from_json) = parse_line(&json).unwrap();
        assert_eq!((at_text, &from_text.container), (at_json, &from_json.container));
        assert_eq!(from_text.container.name.as_deref(), Some("payments-api-p"));
        assert!(matches!(from_json.what, What::Exited(exit) if exit.exit_code == Some(137)));
        assert!(matches!(from_text.what, What::Exited(exit) if exit.exit_code.is_none() && exit.finished.is_some()));
    }

    #[test]
    fn health_is_told_when_it_is_bad() {
        let text = |health: &str| {
            format!(
                "2026-11-23 11:02:06.39 +0000 UTC m=+0.9 container health_status {ID} (image=x, name=web, health_status={health}, io.x=y)"
            )
        };
        assert!(matches!(parse_line(&text("unhealthy")).unwrap().1.what, What::ProbeFailed { .. }));
        assert_eq!(parse_line(&text("healthy")), None);
    }

    #[test]
    fn others_are_not_events_of_containers() {
        for line in [
            "",
            "{",
            "2026-11-23 11:01:50.39 +0000 UTC m=+2.02 system refresh",
            "2026-11-23 11:01:50.39 +0000 UTC image pull e50a7b88e50c localhost/rec/app:1",
            "2026-11-23 11:01:50.39 INFO our own words about a container died today (yes)",
            "2026-11-23 11:01:50.39 +0000 UTC container died today",
        ] {
            assert_eq!(parse_line(line), None, "{line}");
        }
    }
}
