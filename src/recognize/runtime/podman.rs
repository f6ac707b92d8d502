//! podman 3 to 5: its journal events (text and `PODMAN_*` fields) and its own SIGKILLs.

use super::text::{after, by_id, non_empty, signal, word};
use super::{Line, about, clock};
use super::{docker_events, podman_events};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};
use crate::record::Record;

/// See [`super::NEEDLES`]. `container start <id>` and the like: the blank and the brackets are all that is fixed.
pub(super) const NEEDLES: &[&str] = &[
    " container create ",
    " container start ",
    " container die ",
    " container died ",
    " container oom ",
    " container exec_died ",
    " container stop ",
    " container kill ",
    " container remove ",
    " container health_status",
    "resorting to SIGKILL",
];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let fact = by_fields(line.record)
        .or_else(|| podman_events::parse_line(line.text).map(|(_, fact)| fact))
        .or_else(|| event_in_log(line))
        .or_else(|| forced(line.message()));
    facts.extend(line.record.field("PODMAN_EVENT").and_then(|status| by_command(line.record, &status, fact.as_ref())));
    facts.extend(fact);
}

/// An event's line between others, with no carrier but its own time, which was taken for the carrier's: it is read from the
/// line as it stands. docker's time holds no blank, podman's does.
fn event_in_log(line: &Line<'_>) -> Option<RuntimeFact> {
    if line.record.ident.is_some() || !line.text.starts_with("container ") {
        return None;
    }
    let raw = String::from_utf8_lossy(&line.record.raw);
    docker_events::parse_line(&raw).or_else(|| podman_events::parse_line(&raw)).map(|(_, fact)| fact)
}

/// The process that wrote a container's end is the command that ended it: `podman stop -t 3 web` writes `died` itself, and
/// on some versions no `stop` event (seen with podman 4.3).
fn by_command(record: &Record<'_>, status: &str, fact: Option<&RuntimeFact>) -> Option<RuntimeFact> {
    let command = record.field("_CMDLINE").filter(|_| matches!(status, "died" | "cleanup"))?;
    let mut words = command.split_whitespace();
    let program = words.next().filter(|p| *p == "podman" || p.ends_with("/podman"));
    let what = match (program, words.next()) {
        (Some(_), Some("stop")) => What::Stopped,
        (Some(_), Some("kill")) => What::StopAsked { signal: None, grace_s: None, reason: Some("podman kill".into()) },
        _ => return None,
    };
    Some(about(Speaker::Podman, fact?.container.clone(), what))
}

/// A journal entry's fields: the only place of the exit code, and free of what names and labels may hold.
fn by_fields(record: &Record<'_>) -> Option<RuntimeFact> {
    let status = record.field("PODMAN_EVENT")?;
    if record.field("PODMAN_TYPE").is_some_and(|kind| kind != "container") {
        return None;
    }
    let at = record.field("PODMAN_TIME").and_then(|time| clock::wall(&time)).or(record.stamp.wall);
    let code = record.field("PODMAN_EXIT_CODE").and_then(|code| code.trim().parse().ok());
    let labels = record.field("PODMAN_LABELS").and_then(|labels| serde_json::from_str(&labels).ok());
    let container = ContainerRef {
        unit: labels.as_ref().and_then(podman_events::unit_of),
        name: record.field("PODMAN_NAME").and_then(|name| non_empty(&name)),
        image: record.field("PODMAN_IMAGE").and_then(|image| non_empty(&image)),
        ..by_id(&record.field("PODMAN_ID")?, Some("podman"))
    };
    if status == "health_status" {
        let unhealthy = record.field("PODMAN_HEALTH_STATUS").is_some_and(|health| health == "unhealthy");
        let what = What::ProbeFailed { probe: "health".into(), kills: false, message: None };
        return unhealthy.then(|| about(Speaker::Podman, container, what));
    }
    let mut what = podman_events::what(&status, code, at?)?;
    if let What::Exited(exit) = &mut what {
        exit.oom_flag = record.field("PODMAN_OOM_KILLED").map(|flag| flag == "true");
    }
    Some(about(Speaker::Podman, container, what))
}

/// `StopSignal SIGTERM failed to stop container web in 10 seconds, resorting to SIGKILL`: the container is told by name
/// or id.
fn forced(message: &str) -> Option<RuntimeFact> {
    let rest = message.contains("resorting to SIGKILL").then(|| after(message, "failed to stop container "))??;
    let sent = message.strip_prefix("StopSignal ").map(word).and_then(signal);
    if sent == Some(9) {
        return None;
    }
    let container = by_id(word(rest), Some("podman"));
    Some(about(Speaker::Podman, container, What::KillSent { after_timeout: true }))
}

#[cfg(test)]
mod tests {
    use super::super::Speakers;
    use super::super::testing::{exit, facts_of, one, record, silent};
    use super::*;

    const ID: &str = "66ee7349bf40f7a5a645f924f58f866c45c461a25ab071ebc9f6c10ae5f3c1a5";

    #[test]
    fn fields_tell_the_code() {
        let text = format!(
            "2026-11-23 11:02:55.496264098 +0000 UTC m=+4.76 container died {ID} (image=localhost/rec/app:1, name=billing-ps)"
        );
        let mut entry = record(Some("podman"), &text);
        for (key, value) in [
            ("PODMAN_EVENT", "died"),
            ("PODMAN_TYPE", "container"),
            ("PODMAN_ID", ID),
            ("PODMAN_NAME", "billing-ps"),
            ("PODMAN_IMAGE", "localhost/rec/app:1"),
            ("PODMAN_TIME", "2026-11-23T11:02:55.496264098Z"),
            ("PODMAN_EXIT_CODE", "137"),
        ] {
            entry.fields.push((key.into(), value.as_bytes().into()));
        }
        let mut out = Vec::new();
        Speakers::default().push(&entry, &mut out);
        let facts = facts_of(out);
        assert_eq!(facts.len(), 1);
        assert_eq!(exit(&facts[0]).exit_code, Some(137));
        assert!(exit(&facts[0]).finished.is_some());
        assert_eq!(facts[0].container.name.as_deref(), Some("billing-ps"));
    }

    #[test]
    fn text_alone_has_no_code() {
        let text = format!(
            "2026-11-23 11:02:55.49 +0000 UTC m=+4.76 container died {ID} (image=localhost/rec/app:1, name=billing-ps)"
        );
        for who in [Some("podman"), None] {
            assert_eq!(exit(&one(who, &text)).exit_code, None);
        }
        silent(Some("podman"), &text.replace("died", "cleanup"));
    }

    #[test]
    fn events_between_other_lines() {
        for (text, code) in [
            (format!("2026-11-23 11:02:55.49 +0200 CEST m=+4.76 container died {ID} (image=x, name=billing)"), None),
            (
                format!("2026-11-23T11:02:55.49+02:00 container die {ID} (exitCode=137, image=x, name=billing)"),
                Some(137),
            ),
        ] {
            let at = text.find("container").unwrap();
            let mut entry = record(None, &text);
            entry.message = text.as_bytes()[at..].into();
            let mut out = Vec::new();
            Speakers::default().push(&entry, &mut out);
            let facts = facts_of(out);
            assert_eq!(facts.len(), 1, "{text}");
            assert_eq!((exit(&facts[0]).exit_code, facts[0].container.name.as_deref()), (code, Some("billing")));
            assert!(exit(&facts[0]).finished.is_some());
        }
    }

    #[test]
    fn its_own_sigkill() {
        let fact = one(
            None,
            "time=\"2026-11-23T11:02:54Z\" level=warning msg=\"StopSignal SIGTERM failed to stop container billing-ps in 3 seconds, resorting to SIGKILL\"",
        );
        assert_eq!(
            (fact.what, fact.container.name.as_deref()),
            (What::KillSent { after_timeout: true }, Some("billing-ps"))
        );
    }

    #[test]
    fn the_command_that_wrote_the_end_made_it() {
        let text =
            format!("2026-11-23 11:02:55.496264098 +0000 UTC m=+4.76 container died {ID} (image=x, name=billing-ps)");
        let mut entry = record(Some("podman"), &text);
        for (key, value) in [
            ("PODMAN_EVENT", "died"),
            ("PODMAN_TYPE", "container"),
            ("PODMAN_ID", ID),
            ("PODMAN_EXIT_CODE", "137"),
            ("_CMDLINE", "podman stop -t 3 billing-ps"),
        ] {
            entry.fields.push((key.into(), value.as_bytes().into()));
        }
        let mut events = Vec::new();
        Speakers::default().push(&entry, &mut events);
        let facts = facts_of(events);
        assert!(facts.iter().any(|f| f.what == What::Stopped && f.container.id.as_deref() == Some(ID)), "{facts:?}");
    }
}
