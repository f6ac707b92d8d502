//! `docker events`, one line a time: text (`<time> container <action> <id> (<attributes>)`), and JSON of the API, from
//! Docker 1.9 (only `status`, `id`, `from`) to 29. Attributes are all the labels, then `image`, `name` and the action's
//! own (`exitCode`, `signal`, `execID`, `execDuration`); the text form sorts them by key.

use super::text::{by_id, non_empty, number, set_dockershim_name, set_uid, signal};
use super::{about, clock};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, Wall, What};
use std::borrow::Cow;

/// Reads one line; `None` when it is no event of a container, or one that tells nothing here (`attach`, `exec_start` ...).
pub fn parse_line(line: &str) -> Option<(Wall, RuntimeFact)> {
    let line = line.trim();
    if line.starts_with('{') { json(line) } else { text(line) }
}

/// The attributes of an event, however they were written.
type Attributes<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The text form.
fn text(line: &str) -> Option<(Wall, RuntimeFact)> {
    let (time, rest) = line.split_once(" container ")?;
    let at = clock::wall(time).filter(|_| !time.contains(' '))?;
    // The action may hold a colon and blanks (`health_status: unhealthy`), the id comes before the first ` (`.
    let (head, list) = rest.split_once(" (").unwrap_or((rest, ")"));
    let (action, id) = head.rsplit_once(' ')?;
    let fact = fact(action, id, &attributes(list.strip_suffix(')').unwrap_or(list)), at)?;
    Some((at, fact))
}

/// `key=value, key=value`. A value may hold `, ` itself (labels with JSON in them): a piece without a key belongs to the
/// value before it, and is of no use here.
fn attributes(list: &str) -> Attributes<'_> {
    let key_ok =
        |key: &str| !key.is_empty() && key.bytes().all(|c| c.is_ascii_graphic() && !matches!(c, b'"' | b'{' | b'['));
    list.split(", ")
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| key_ok(key))
        .map(|(key, value)| (Cow::Borrowed(key), Cow::Borrowed(value)))
        .collect()
}

/// The JSON form.
fn json(line: &str) -> Option<(Wall, RuntimeFact)> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let field = |key: &str| value.get(key).and_then(|v| v.as_str());
    if field("Type").is_some_and(|kind| kind != "container") {
        return None;
    }
    let at = match value.get("timeNano").and_then(|v| v.as_i64()) {
        Some(nanos) => clock::unix(nanos / 1_000_000_000, nanos % 1_000_000_000)?,
        None => clock::unix(value.get("time").and_then(|v| v.as_i64())?, 0)?,
    };
    let actor = value.get("Actor");
    let id = actor.and_then(|actor| actor.get("ID")).and_then(|id| id.as_str()).or_else(|| field("id"))?;
    let map = actor.and_then(|actor| actor.get("Attributes")).and_then(|map| map.as_object());
    let mut list: Attributes<'_> = map
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((Cow::Borrowed(key.as_str()), Cow::Borrowed(value.as_str()?))))
        .collect();
    if let Some(image) = field("from").filter(|_| !list.iter().any(|(key, _)| key == "image")) {
        list.push((Cow::Borrowed("image"), Cow::Borrowed(image)));
    }
    let fact = fact(field("Action").or_else(|| field("status"))?, id, &list, at)?;
    Some((at, fact))
}

/// What an action says of a container.
fn fact(action: &str, id: &str, attributes: &Attributes<'_>, at: Wall) -> Option<RuntimeFact> {
    let get = |key: &str| attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_ref());
    let container = container(id, &get)?;
    let ended = |exec| {
        What::Exited(Box::new(ContainerExit {
            exit_code: get("exitCode").and_then(|code| code.parse().ok()),
            lifetime_s: get("execDuration").and_then(|s| s.parse().ok()).filter(|s: &f64| s.is_finite()),
            finished: Some(at),
            exec,
            ..Default::default()
        }))
    };
    let what = match action {
        "create" => What::Seen,
        "start" => What::Started,
        "die" => ended(false),
        "exec_die" => ended(true),
        "oom" => What::OomSeen,
        "kill" => What::SignalSent { signal: get("signal").and_then(signal)? },
        "stop" => What::Stopped,
        "destroy" => What::Removed,
        "health_status: unhealthy" => What::ProbeFailed { probe: "health".into(), kills: false, message: None },
        _ => return None,
    };
    Some(about(Speaker::Docker, container, what))
}

/// The container with everything that its labels tell (dockershim and cri-dockerd label with the pod).
fn container<'a>(id: &str, get: &dyn Fn(&str) -> Option<&'a str>) -> Option<ContainerRef> {
    let mut container = by_id(id, Some("docker"));
    container.id.as_ref()?;
    container.image = get("image").and_then(non_empty);
    set_dockershim_name(&mut container, get("name").unwrap_or_default());
    if let Some(pod) = get("io.kubernetes.pod.name") {
        container.pod = non_empty(pod);
        container.namespace = get("io.kubernetes.pod.namespace").and_then(non_empty);
        container.sandbox_id = get("io.kubernetes.sandbox.id").and_then(non_empty);
        container.sandbox |= get("io.kubernetes.docker.type") == Some("podsandbox");
        let own = get("io.kubernetes.container.name").filter(|own| *own != "POD");
        container.name = own.and_then(non_empty);
        set_uid(&mut container, get("io.kubernetes.pod.uid").unwrap_or_default());
        container.attempt = get("annotation.io.kubernetes.container.restartCount").and_then(number);
    }
    Some(container)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "b278ae9623a0de42c2c53029f6230e56c487c5eadde7dc2fce686f29b1107609";

    fn parse(line: &str) -> RuntimeFact {
        parse_line(line).unwrap_or_else(|| panic!("{line}")).1
    }

    #[test]
    fn text_and_json_agree() {
        let text = format!(
            "2026-11-23T10:06:07.390247318Z container die {ID} (execDuration=3, exitCode=137, image=rec/app:1, name=payments-api)"
        );
        let json = format!(
            "{{\"status\":\"die\",\"id\":\"{ID}\",\"from\":\"rec/app:1\",\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{{\"ID\":\"{ID}\",\"Attributes\":{{\"execDuration\":\"3\",\"exitCode\":\"137\",\"image\":\"rec/app:1\",\"name\":\"payments-api\"}}}},\"scope\":\"local\",\"time\":1795428367,\"timeNano\":1795428367390247318}}"
        );
        assert_eq!(parse_line(&text), parse_line(&json));
        let fact = parse(&text);
        let What::Exited(exit) = &fact.what else { panic!("{fact:?}") };
        assert_eq!((exit.exit_code, exit.lifetime_s), (Some(137), Some(3.0)));
        assert_eq!(
            (fact.container.name.as_deref(), fact.container.image.as_deref()),
            (Some("payments-api"), Some("rec/app:1"))
        );
    }

    #[test]
    fn actions() {
        let line = |rest: &str| format!("2026-11-23T10:06:07Z container {rest}");
        assert_eq!(
            parse(&line(&format!("kill {ID} (image=a, name=b, signal=9)"))).what,
            What::SignalSent { signal: 9 }
        );
        assert_eq!(parse(&line(&format!("oom {ID} (image=a, name=b)"))).what, What::OomSeen);
        assert!(matches!(
            parse(&line(&format!("health_status: unhealthy {ID} (image=a)"))).what,
            What::ProbeFailed { .. }
        ));
        assert_eq!(parse_line(&line(&format!("exec_start: sh -c x {ID} (image=a)"))), None);
        assert_eq!(parse_line(&line("die not-an-id (exitCode=1)")), None);
        assert_eq!(parse_line(&format!("2026-11-23T10:06:07Z network connect {ID} (name=b)")), None);
        assert_eq!(parse_line(&format!("2026-11-23T10:06:07Z container kill {ID} (signal=bogus)")), None);
    }

    #[test]
    fn labels_of_dockershim_with_commas_inside() {
        let fact = parse(&format!(
            "2026-11-23T18:00:00.5-05:00 container oom {ID} (annotation.io.kubernetes.container.ports=[{{\"name\":\"p\", \"x\":1}}], annotation.io.kubernetes.container.restartCount=2, image=sha256:ab, io.kubernetes.container.name=worker, io.kubernetes.docker.type=container, io.kubernetes.pod.name=batch-1, io.kubernetes.pod.namespace=jobs, io.kubernetes.pod.uid=63232b27-7cdc-441e-9295-9913e8daeb2b, name=k8s_worker_batch-1_jobs_63232b27-7cdc-441e-9295-9913e8daeb2b_2)"
        ));
        let c = fact.container;
        assert_eq!(
            (c.name.as_deref(), c.pod.as_deref(), c.namespace.as_deref()),
            (Some("worker"), Some("batch-1"), Some("jobs"))
        );
        assert_eq!(
            (c.attempt, c.pod_uid.as_deref(), c.sandbox),
            (Some(2), Some("63232b27-7cdc-441e-9295-9913e8daeb2b"), false)
        );
    }

    #[test]
    fn docker_1_9_json() {
        let fact = parse(&format!(
            "{{\"status\":\"oom\",\"id\":\"{ID}\",\"from\":\"0e5d9e17ab2c\",\"time\":1795428366,\"timeNano\":1795428366636964640}}"
        ));
        assert_eq!((fact.what, fact.container.image.as_deref()), (What::OomSeen, Some("0e5d9e17ab2c")));
    }
}
