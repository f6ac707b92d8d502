//! `ctr events`, one line a time: `<Go time> <namespace> <topic> <JSON of the event>` (containerd 1.4 to 2.x). The JSON is
//! `encoding/json` of the event, so zero fields are left out: no `exit_status` means 0.

use super::text::by_id;
use super::{about, clock};
use crate::event::{ContainerExit, RuntimeFact, Speaker, Wall, What};

/// Reads one line; `None` when it is no event of a task.
pub fn parse_line(line: &str) -> Option<(Wall, RuntimeFact)> {
    let at = clock::wall(line)?;
    let (head, body) = line.split_once(" /tasks/")?;
    let namespace = head.rsplit(' ').next()?;
    let (topic, json) = body.split_once(' ')?;
    let value: serde_json::Value = serde_json::from_str(json.trim()).ok()?;
    let id = value.get("container_id").and_then(|id| id.as_str())?;
    let pid =
        value.get("pid").and_then(|pid| pid.as_u64()).and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid != 0);
    let exec = value.get("id").and_then(|own| own.as_str()).is_some_and(|own| own != id);
    let mut container = by_id(id, Some(if namespace == "moby" { "docker" } else { "containerd" }));
    container.pid = pid.filter(|_| !exec);
    let what = match topic {
        "start" => What::Started,
        "oom" => What::OomSeen,
        "exit" => What::Exited(Box::new(ContainerExit {
            exit_code: Some(value.get("exit_status").and_then(|code| code.as_i64()).unwrap_or(0)),
            pid,
            finished: value.get("exited_at").and_then(exited_at).or(Some(at)),
            exec,
            ..Default::default()
        })),
        _ => return None,
    };
    Some((at, about(Speaker::Containerd, container, what)))
}

/// RFC 3339 text (gogo), or `{"seconds":..,"nanos":..}` (protobuf, 1.7 and later).
fn exited_at(value: &serde_json::Value) -> Option<Wall> {
    if let Some(text) = value.as_str() {
        return clock::wall(text);
    }
    let nanos = value.get("nanos").and_then(|n| n.as_i64()).unwrap_or(0);
    clock::unix(value.get("seconds")?.as_i64()?, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits_and_ooms() {
        let (_, fact) =
            parse_line("2026-11-23 11:03:21.436423528 +0000 UTC default /tasks/oom {\"container_id\":\"gateway-ctr\"}")
                .unwrap();
        assert_eq!((fact.what, fact.container.name.as_deref()), (What::OomSeen, Some("gateway-ctr")));
        let line = "2026-11-23 11:03:22.5 +0000 UTC moby /tasks/exit {\"container_id\":\"b278ae9623a0\",\"id\":\"b278ae9623a0\",\"pid\":1197,\"exit_status\":137,\"exited_at\":{\"seconds\":1795431802}}";
        let (_, fact) = parse_line(line).unwrap();
        let What::Exited(exit) = fact.what else { panic!() };
        assert_eq!((exit.exit_code, exit.pid, exit.exec), (Some(137), Some(1197), false));
        assert_eq!(fact.container.runtime.as_deref(), Some("docker"));
        let line = "2026-11-23 11:03:22.5 +0000 UTC k8s.io /tasks/exit {\"container_id\":\"b278ae9623a0\",\"id\":\"probe\",\"pid\":7}";
        let (_, fact) = parse_line(line).unwrap();
        assert!(matches!(fact.what, What::Exited(exit) if exit.exec && exit.exit_code == Some(0)));
        assert_eq!(parse_line("2026-11-23 11:03:22.5 +0000 UTC k8s.io /tasks/exit {cut"), None);
        assert_eq!(parse_line("2026-11-23 11:03:22.5 +0000 UTC default /containers/create {\"id\":\"x\"}"), None);
    }
}
