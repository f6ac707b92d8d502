//! `ctr events`, `ctr containers info` (containerd `api/events`, printed as `<Go time> <namespace> <topic> <JSON>`).

use super::clock;
use super::cri;
use super::doc::{Doc, Said};
use super::json;
use super::names;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};
use crate::time::parse_rfc3339_prefix;

/// True for a line of `ctr events`.
pub(super) fn is_event_line(line: &str) -> bool {
    split(line).is_some()
}

/// (time, topic, offset of the JSON in the line)
fn split(line: &str) -> Option<(Wall, &str, usize)> {
    let (wall, end) = parse_rfc3339_prefix(line)?;
    let brace = line.find(" {")?;
    let words: Vec<&str> = line.get(end..brace)?.split_whitespace().collect();
    let topic = match words[..] {
        // The name of the zone stands behind its offset.
        [_, topic] | [_, _, topic] => topic,
        _ => return None,
    };
    const TOPICS: [&str; 8] =
        ["/tasks/", "/containers/", "/images/", "/snapshot/", "/namespaces/", "/content/", "/sandboxes/", "/leases/"];
    TOPICS.iter().any(|known| topic.starts_with(known)).then_some((wall, topic, brace + 1))
}

/// The lines of `ctr events`.
pub(super) fn events(doc: &mut Doc<'_, '_>) {
    for line in doc.lines() {
        let Some((wall, topic, brace)) = split(&line.text) else { continue };
        let parsed = json::parse(line.text.as_bytes(), brace);
        if let Some(why) = parsed.problem {
            doc.problem(line.at, why);
        }
        event(doc, line.at, wall, topic, &parsed.node);
    }
}

fn event(doc: &mut Doc<'_, '_>, at: usize, wall: Wall, topic: &str, data: &Node<'_>) {
    let id = data.word_of("container_id").or_else(|| data.word_of("id")).or_else(|| data.word_of("ID"));
    let mut container = ContainerRef {
        id: id.and_then(names::id_text),
        image: data.string("image"),
        runtime: Some("containerd".into()),
        pid: names::pid(data.number("pid")),
        ..ContainerRef::default()
    };
    if container.id.is_none() {
        return;
    }
    names::from_label_map(&mut container, data.get("labels"));
    let what = match topic {
        "/containers/create" | "/containers/update" | "/tasks/create" => What::Seen,
        "/containers/delete" => What::Removed,
        "/tasks/start" => What::Started,
        "/tasks/oom" => What::OomSeen,
        "/tasks/exit" => What::Exited(Box::new(exit(data))),
        // `/tasks/delete` repeats the exit.
        _ => return,
    };
    // An exec's pid is not the container's.
    if matches!(&what, What::Exited(exit) if exit.exec) {
        container.pid = None;
    }
    doc.say(Said { at, wall: Some(wall), host: None, speaker: Speaker::Containerd, container, what });
}

/// An exit: a status of 0 and a pid of 0 are left out by the protobuf encoder.
fn exit(data: &Node<'_>) -> ContainerExit {
    ContainerExit {
        exit_code: data.number("exit_status").or(Some(0)),
        pid: names::pid(data.number("pid")),
        finished: clock::member(data, "exited_at"),
        exec: data.word_of("id").is_some_and(|id| Some(id) != data.word_of("container_id")),
        ..ContainerExit::default()
    }
}

/// True for `ctr containers info`.
pub(super) fn is_info(node: &Node<'_>) -> bool {
    node.get("ID").is_some() && node.path(&["Runtime", "Name"]).is_some()
}

/// `ctr containers info`: labels, image and the spec.
pub(super) fn info(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let mut container = ContainerRef {
        id: node.word_of("ID").and_then(names::id_text),
        image: node.string("Image"),
        sandbox_id: node.string("SandboxID"),
        ..ContainerRef::default()
    };
    if let Some(spec) = node.get("Spec") {
        cri::add_container_spec(&mut container, spec);
    }
    names::from_label_map(&mut container, node.get("Labels"));
    container.runtime = Some("containerd".into());
    let at = node.get("ID").map_or(node.at, |n| n.at);
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::Containerd, container, what: What::Seen });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn events_of_a_container_that_was_killed() {
        let text = "2026-11-23 10:25:25.460561665 +0000 UTC default /containers/create {\"id\":\"gateway-ctr\",\"image\":\"i\",\"labels\":{\"io.kubernetes.pod.name\":\"web-0\"}}\n\
             2026-11-23 10:25:28.068015292 +0000 UTC default /tasks/start {\"container_id\":\"gateway-ctr\",\"pid\":2454}\n\
             2026-11-23 10:25:31.026143743 +0000 UTC default /tasks/oom {\"container_id\":\"gateway-ctr\"}\n\
             2026-11-23 10:25:31.132526522 +0000 UTC default /tasks/exit {\"container_id\":\"gateway-ctr\",\"id\":\"gateway-ctr\",\"pid\":2454,\"exit_status\":137,\"exited_at\":\"2026-11-23T10:25:31.116509651Z\"}\n\
             2026-11-23 10:25:31.6 +0000 UTC default /tasks/delete {\"container_id\":\"gateway-ctr\",\"pid\":2454,\"exit_status\":137}\n\
             2026-11-23 10:25:32 +0000 UTC default /tasks/exit {\"container_id\":\"b\",\"id\":\"exec-1\",\"pid\":9,\"exited_at\":{\"seconds\":1795431801,\"nanos\":906491507}}\n\
             2026-11-23 10:25:33 +0000 UTC default /tasks/exit {\"container_id\":\"b\",\"id\":\"b\",\"pid\":9,\"exit_stat";
        let (events, problems) = read_text("ctr-events.txt", text);
        let all = facts(&events);
        assert_eq!((all.len(), problems.len()), (6, 1));
        assert_eq!((&all[1].what, all[1].container.pid), (&What::Started, Some(2454)));
        assert_eq!(all[2].what, What::OomSeen);
        let What::Exited(exit) = &all[3].what else { panic!() };
        assert_eq!((exit.exit_code, exit.pid, exit.exec), (Some(137), Some(2454), false));
        assert!(exit.finished.is_some());
        let What::Exited(exec) = &all[4].what else { panic!() };
        assert_eq!((exec.exit_code, exec.exec), (Some(0), true));
        assert_eq!(exec.finished, Some(Wall::Instant { unix_us: 1_795_431_801_906_491, offset_s: 0 }));
    }

    #[test]
    fn container_info() {
        let text = r#"{"ID": "abc", "Labels": {"io.cri-containerd.kind": "sandbox", "io.kubernetes.pod.name": "web-0"}, "Image": "pause", "Runtime": {"Name": "io.containerd.runc.v2"}, "Spec": {"ociVersion": "1", "linux": {"cgroupsPath": "/default/abc", "resources": {"memory": {"limit": 5}}}}}"#;
        let (events, _) = read_text("info.json", text);
        let container = &facts(&events)[0].container;
        assert!(container.sandbox);
        assert_eq!((container.cgroup.as_deref(), container.limit_bytes), (Some("/default/abc"), Some(5)));
    }
}
