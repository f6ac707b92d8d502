//! `docker events` and `podman events`, as text and as JSON (moby `api/types/events`, libpod `events/events.go`).

use super::clock;
use super::doc::{Doc, Line, Said};
use super::names;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};
use crate::time::parse_rfc3339_prefix;

/// One event of an engine.
struct EngineEvent {
    at: usize,
    wall: Option<Wall>,
    speaker: Speaker,
    action: String,
    id: String,
    attributes: Vec<(String, String)>,
}

impl EngineEvent {
    fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }
}

/// True for a docker event as JSON: with `Actor`, or the old form of `status`, `id`, `from`, `time`.
pub(super) fn is_docker_event(node: &Node<'_>) -> bool {
    let named = node.get("Action").is_some() || node.get("status").is_some();
    named && (node.get("timeNano").is_some() || node.get("Actor").is_some() || node.get("from").is_some())
}

/// True for a podman event as JSON.
pub(super) fn is_podman_event(node: &Node<'_>) -> bool {
    let timed = node.get("Time").is_some() || node.get("time").is_some();
    timed && node.get("Status").is_some() && node.get("Type").is_some()
}

/// A docker event.
pub(super) fn docker_json(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    // The type is absent before docker 1.10, where all events were of containers or images.
    if node.word_of("Type").is_some_and(|t| t != "container") {
        return;
    }
    let actor = node.get("Actor");
    let id = actor.and_then(|a| a.string("ID")).or_else(|| node.string("id"));
    let attributes = actor.and_then(|a| a.get("Attributes")).map(|a| a.map()).unwrap_or_default();
    let attributes = attributes.iter().filter_map(|(k, v)| Some((k.to_string(), v.word()?.to_owned()))).collect();
    let action = node.get("Action").or_else(|| node.get("status"));
    let event = EngineEvent {
        at: action.map_or(node.at, |a| a.at),
        wall: clock::member(node, "timeNano").or_else(|| clock::member(node, "time")),
        speaker: Speaker::Docker,
        action: action.and_then(Node::text).unwrap_or_default().to_owned(),
        id: id.unwrap_or_default(),
        attributes,
    };
    say(doc, &event);
}

/// A podman event. An exit code of 0 is left out by podman 3 and 4.
pub(super) fn podman_json(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    if node.word_of("Type") != Some("container") {
        return;
    }
    let action = node.word_of("Status").unwrap_or_default();
    let mut attributes: Vec<(String, String)> = Vec::new();
    for (key, own) in [("name", "Name"), ("image", "Image")] {
        attributes.extend(node.string(own).map(|v| (key.to_owned(), v)));
    }
    if matches!(action, "died" | "exec_died") {
        let code = node.number("ContainerExitCode").unwrap_or(0);
        attributes.push(("exitCode".to_owned(), code.to_string()));
    }
    let labels = node.get("Attributes").map(|a| a.map()).unwrap_or_default();
    attributes.extend(labels.iter().filter_map(|(k, v)| Some((k.to_string(), v.word()?.to_owned()))));
    let wall = clock::member(node, "Time").or_else(|| clock::member(node, "timeNano"));
    let event = EngineEvent {
        at: node.get("Status").map_or(node.at, |s| s.at),
        wall: wall.or_else(|| clock::member(node, "time")),
        speaker: Speaker::Podman,
        action: action.to_owned(),
        id: node.string("ID").unwrap_or_default(),
        attributes,
    };
    say(doc, &event);
}

/// True for a line of `docker events` or `podman events`.
pub(super) fn is_text_line(line: &str) -> bool {
    const TYPES: [&str; 13] = [
        "container",
        "image",
        "volume",
        "network",
        "daemon",
        "plugin",
        "node",
        "service",
        "secret",
        "config",
        "builder",
        "pod",
        "system",
    ];
    let Some((wall, rest)) = timed(line) else { return false };
    // `dmesg --time-format=iso` of a process named `node` that needed memory.
    if line.as_bytes().get(19) == Some(&b',') || rest.contains(" invoked oom-killer: ") {
        return false;
    }
    let mut words = rest.split(' ');
    let zoned = matches!(wall, Wall::Instant { .. });
    zoned
        && match words.next() {
            Some("container") => words.next().is_some_and(is_action) && words.any(is_id),
            Some(word) if TYPES.contains(&word) => words.next().is_some_and(is_action),
            // docker 1.9 and before: `<time> <id>: (from <image>) die`.
            Some(word) => word.strip_suffix(':').is_some_and(names::is_full_id) && rest.contains("(from "),
            None => false,
        }
}

fn is_id(word: &str) -> bool {
    word.len() >= 12 && word.bytes().all(|c| c.is_ascii_hexdigit())
}

fn is_action(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || matches!(c, b'_' | b'-' | b':'))
}

/// A line's time and what follows. Podman's time may be followed by a zone name (`+0200 CEST`).
fn timed(line: &str) -> Option<(Wall, &str)> {
    let (wall, end) = parse_rfc3339_prefix(line)?;
    let rest = line.get(end..)?.trim_start();
    // Go's form has a blank between date and time; only there a name follows.
    if line.as_bytes().get(10) != Some(&b' ') {
        return Some((wall, rest));
    }
    let zone = rest.split(' ').next().unwrap_or_default();
    let named =
        zone.len() >= 2 && zone.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'+' || c == b'-');
    Some((wall, if named { rest.get(zone.len()..)?.trim_start() } else { rest }))
}

/// The lines of `docker events` or `podman events`.
pub(super) fn text(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let podman = lines.iter().take(200).any(|line| is_podman_line(&line.text));
    let speaker = if podman { Speaker::Podman } else { Speaker::Docker };
    for line in &lines {
        if let Some(event) = text_event(line, speaker) {
            say(doc, &event);
        }
    }
}

/// Podman prints a blank between date and time, and says `died`.
fn is_podman_line(line: &str) -> bool {
    line.as_bytes().get(10) == Some(&b' ') || line.contains(" container died ")
}

fn text_event(line: &Line<'_>, speaker: Speaker) -> Option<EngineEvent> {
    let (wall, rest) = timed(&line.text)?;
    let (action, id, tail) = match rest.strip_prefix("container ") {
        Some(rest) => {
            let (action, rest) = rest.split_once(' ')?;
            // `exec_create: sh -c x <id> (..)`, `health_status: unhealthy <id> (..)`: the id is the last word before the brackets.
            let (head, tail) = rest.split_once(" (").unwrap_or((rest, ""));
            let (words, id) = head.rsplit_once(' ').map_or(("", head), |(words, id)| (words, id));
            (format!("{action} {words}").trim().to_owned(), id, tail)
        }
        None => {
            let (id, rest) = rest.split_once(": (from ")?;
            (rest.rsplit_once(") ")?.1.to_owned(), id, "")
        }
    };
    let attributes = attributes(tail.trim_end().strip_suffix(')').unwrap_or(tail));
    Some(EngineEvent { at: line.at, wall: Some(wall), speaker, action, id: id.to_owned(), attributes })
}

/// `k=v, k=v`: values are not escaped and may hold `, ` (labels!), so a new pair begins only where a key follows.
fn attributes(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for piece in text.split(", ") {
        match piece.split_once('=').filter(|(key, _)| is_key(key)) {
            Some((key, value)) => pairs.push((key.to_owned(), value.to_owned())),
            None => {
                if let Some((_, value)) = pairs.last_mut() {
                    value.push_str(", ");
                    value.push_str(piece);
                }
            }
        }
    }
    pairs
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b'/'))
}

fn say(doc: &mut Doc<'_, '_>, event: &EngineEvent) {
    let Some(what) = what(event) else { return };
    let mut container = ContainerRef {
        id: names::id_text(&event.id),
        image: event.attribute("image").map(Into::into),
        runtime: Some(if event.speaker == Speaker::Podman { "podman" } else { "docker" }.into()),
        ..ContainerRef::default()
    };
    names::from_engine_name(&mut container, event.attribute("name").unwrap_or_default());
    names::from_labels(&mut container, |key| event.attribute(key).map(Into::into));
    doc.say(Said { at: event.at, wall: event.wall, host: None, speaker: event.speaker, container, what });
}

fn what(event: &EngineEvent) -> Option<What> {
    let action = event.action.split([':', ' ']).next().unwrap_or_default();
    let exit = |exec: bool| {
        What::Exited(Box::new(ContainerExit {
            exit_code: event
                .attribute("exitCode")
                .or(event.attribute("containerExitCode"))
                .and_then(|c| c.parse().ok()),
            lifetime_s: event.attribute("execDuration").and_then(|d| d.parse().ok()),
            exec,
            ..ContainerExit::default()
        }))
    };
    Some(match action {
        "create" | "rename" | "update" => What::Seen,
        "start" => What::Started,
        "oom" => What::OomSeen,
        "die" | "died" => exit(false),
        "exec_die" | "exec_died" => exit(true),
        "kill" => match event.attribute("signal").and_then(signal_number) {
            Some(signal) => What::SignalSent { signal },
            // Podman does not tell the signal.
            None => What::StopAsked { signal: None, grace_s: None, reason: Some("kill command".to_owned()) },
        },
        "stop" => What::Stopped,
        "destroy" | "remove" => What::Removed,
        "health_status" if event.action.contains("unhealthy") => {
            What::ProbeFailed { probe: "health check".to_owned(), kills: false, message: None }
        }
        _ => return None,
    })
}

/// `9`, `SIGKILL`, `KILL`.
pub(super) fn signal_number(text: &str) -> Option<i32> {
    const NAMES: [(&str, i32); 12] = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("ILL", 4),
        ("ABRT", 6),
        ("BUS", 7),
        ("FPE", 8),
        ("KILL", 9),
        ("USR1", 10),
        ("SEGV", 11),
        ("PIPE", 13),
        ("TERM", 15),
    ];
    let name = text.strip_prefix("SIG").unwrap_or(text);
    text.parse().ok().or_else(|| NAMES.iter().find(|(n, _)| *n == name).map(|(_, number)| *number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    const ID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";

    #[test]
    fn docker_text_of_a_stop_that_timed_out() {
        let text = format!(
            "2026-11-23T18:54:27.532548887+08:00 container start {ID} (image=rec/app:1, name=canal-server)\n\
             2026-11-23T18:54:46.607648201+08:00 container kill {ID} (image=rec/app:1, name=canal-server, signal=15)\n\
             2026-11-23T18:54:48.885457285+08:00 container kill {ID} (image=rec/app:1, name=canal-server, signal=9)\n\
             2026-11-23T18:54:49.564296601+08:00 container die {ID} (execDuration=22, exitCode=137, image=rec/app:1, name=canal-server)\n\
             2026-11-23T18:54:50.307822326+08:00 network disconnect 8f5b (container={ID}, name=bridge, type=bridge)\n\
             2026-11-23T18:54:50.870588824+08:00 container stop {ID} (image=rec/app:1, name=canal-server)\n"
        );
        let (events, _) = read_text("docker_events", &text);
        let whats: Vec<What> = facts(&events).into_iter().map(|f| f.what).collect();
        assert_eq!(whats.len(), 5);
        assert_eq!(whats[1..3], [What::SignalSent { signal: 15 }, What::SignalSent { signal: 9 }]);
        assert!(matches!(&whats[3], What::Exited(e) if e.exit_code == Some(137) && e.lifetime_s == Some(22.0)));
        assert_eq!(whats[4], What::Stopped);
        assert_eq!(facts(&events)[3].container.name.as_deref(), Some("canal-server"));
        assert_eq!(events[3].evidence[0].line, Some(4));
        assert!(matches!(events[0].stamp.wall, Some(Wall::Instant { offset_s: 28_800, .. })));
    }

    #[test]
    fn hostile_labels_do_not_hide_the_code() {
        let text = format!(
            "2026-11-23T10:00:00.5Z container die {ID} (note=a (b), c, exitCode=137, image=i, io.kubernetes.pod.name=web-0, name=k8s_app_web-0_prod_bebf118b7d46c7338314262eb83434eb_2)\n"
        );
        let (events, _) = read_text("events.txt", &text);
        let fact = &facts(&events)[0];
        assert!(matches!(&fact.what, What::Exited(e) if e.exit_code == Some(137)));
        assert_eq!((fact.container.pod.as_deref(), fact.container.attempt), (Some("web-0"), Some(2)));
    }

    #[test]
    fn docker_json_new_and_old() {
        let text = format!(
            "{{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{{\"ID\":\"x\"}},\"timeNano\":1795431058200791961}}\n\
             {{\"status\":\"oom\",\"id\":\"{ID}\",\"from\":\"rec/app:1\",\"Type\":\"container\",\"Action\":\"oom\",\"Actor\":{{\"ID\":\"{ID}\",\"Attributes\":{{\"image\":\"rec/app:1\",\"name\":\"web\"}}}},\"time\":1795431056,\"timeNano\":1795431056588489606}}\n\
             {{\"status\":\"die\",\"id\":\"{ID}\",\"from\":\"x\",\"time\":1449497871,\"timeNano\":1449497871593721048}}\n"
        );
        let (events, problems) = read_text("events.json", &text);
        assert!(problems.is_empty());
        assert_eq!((events.len(), &facts(&events)[0].what), (2, &What::OomSeen));
        assert!(matches!(&facts(&events)[1].what, What::Exited(e) if e.exit_code.is_none()));
        assert_eq!(events[0].evidence[0].line, Some(2));
        assert_eq!(events[0].stamp.wall, Some(Wall::Instant { unix_us: 1_795_431_056_588_489, offset_s: 0 }));
    }

    #[test]
    fn podman_text_and_json() {
        let text = format!(
            "2026-11-23 10:23:15.193879027 +0000 UTC image pull  localhost/rec/app:1\n\
             2026-11-23 12:23:24.626718165 +0200 CEST container died {ID} (image=localhost/rec/app:1, name=web)\n\
             2026-11-23 12:23:25 +0200 CEST container kill {ID} (image=localhost/rec/app:1, name=web)\n"
        );
        let (events, _) = read_text("events.txt", &text);
        assert_eq!((events.len(), facts(&events)[0].speaker), (2, Speaker::Podman));
        assert!(matches!(&facts(&events)[1].what, What::StopAsked { signal: None, .. }));
        let json = format!(
            "{{\"ContainerExitCode\":137,\"ID\":\"{ID}\",\"Image\":\"i\",\"Name\":\"web\",\"Status\":\"died\",\"Time\":\"2026-11-23T10:23:24.626718165Z\",\"Type\":\"container\",\"Attributes\":null}}\n\
             {{\"ID\":\"{ID}\",\"Name\":\"web\",\"Status\":\"died\",\"Time\":\"2026-11-23T10:24:24Z\",\"Type\":\"container\"}}\n"
        );
        let (events, _) = read_text("events.json", &json);
        let codes: Vec<_> = facts(&events)
            .iter()
            .map(|f| match &f.what {
                What::Exited(e) => e.exit_code,
                _ => None,
            })
            .collect();
        assert_eq!(codes, [Some(137), Some(0)]);
    }

    #[test]
    fn the_oldest_text_form_and_health() {
        let text = format!(
            "2015-12-07T14:17:51.593721048Z {ID}: (from rec/app:1) die\n2026-11-23T10:00:00Z container health_status: unhealthy {ID} (image=i, name=web)\n"
        );
        let (events, _) = read_text("events.txt", &text);
        assert!(matches!(facts(&events)[0].what, What::Exited(_)));
        assert!(matches!(facts(&events)[1].what, What::ProbeFailed { kills: false, .. }));
        assert_eq!(facts(&events)[1].container.id.as_deref(), Some(ID));
        assert!(!is_text_line("2026-11-23T10:00:00Z ERROR container failed"));
        assert!(!is_text_line("2026-11-23 10:25:28.056 [main] INFO  gateway"));
        assert_eq!((signal_number("SIGTERM"), signal_number("9"), signal_number("x")), (Some(15), Some(9), None));
    }

    #[test]
    fn events_before_docker_1_10() {
        let id = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
        let text = format!(
            "{{\"status\":\"oom\",\"id\":\"{id}\",\"from\":\"app:1\",\"time\":1795429635}}\n{{\"status\":\"die\",\"id\":\"{id}\",\"from\":\"app:1\",\"time\":1795429635}}\n"
        );
        let found = facts(&read_text("events", &text).0);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].what, What::OomSeen);
        assert_eq!(found[1].container.id.as_deref(), Some(id));
    }
}
