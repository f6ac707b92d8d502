//! `docker inspect`, `podman inspect`, `nerdctl inspect`, and the files that dockerd keeps of a container:
//! `config.v2.json`, `hostconfig.json` (moby `container.State`, libpod `define.InspectContainerData`).

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use super::path::path_container;
use super::size;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};

/// True for an inspected container.
pub(super) fn is_inspect(node: &Node<'_>) -> bool {
    let state = node.get("State");
    let named = node.get("Id").is_some() || node.get("ID").is_some();
    // A piece of it.
    let flagged = state.is_some_and(|s| s.get("OOMKilled").is_some());
    (named || flagged) && state.is_some_and(|s| s.get("Running").is_some() || s.get("ExitCode").is_some())
}

/// True for a container's state alone, as `docker inspect -f '{{json .State}}'` prints it.
pub(super) fn is_state(node: &Node<'_>) -> bool {
    ["OOMKilled", "ExitCode", "Running"].iter().all(|key| node.get(key).is_some())
}

/// A state alone: whose it is, only the path may tell.
pub(super) fn state(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let speaker = speaker(node, node);
    let runtime = if speaker == Speaker::Podman { "podman" } else { "docker" };
    let mut container = path_container(doc.path).unwrap_or_default();
    container.runtime = Some(runtime.into());
    container.pid = names::pid(node.number("Pid"));
    container.cgroup = node.string("CgroupPath");
    let (at, wall, what) = fact(node, node);
    unnamed(&mut container, wall, &what);
    doc.say(Said { at, wall, host: None, speaker, container, what });
}

/// True for `hostconfig.json`.
pub(super) fn is_host_config(node: &Node<'_>) -> bool {
    node.get("Memory").is_some() && node.get("RestartPolicy").is_some() && node.get("LogConfig").is_some()
}

/// `hostconfig.json`: the limit; the container's id stands in the path only.
pub(super) fn host_config(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(mut container) = path_container(doc.path) else { return };
    container.limit_bytes = size::limit_number(node.number("Memory"));
    let at = node.get("Memory").map_or(node.at, |memory| memory.at);
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::Docker, container, what: What::Seen });
}

/// One inspected container.
pub(super) fn inspect(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(state) = node.get("State") else { return };
    let speaker = speaker(node, state);
    let mut container = container(node, state, speaker);
    let (at, wall, what) = fact(node, state);
    unnamed(&mut container, wall, &what);
    if let Some(finished) = earlier_end(state, &what) {
        let exit = ContainerExit { finished: Some(finished), ..ContainerExit::default() };
        let at = state.get("FinishedAt").map_or(at, |f| f.at);
        let what = What::Exited(Box::new(exit));
        doc.say(Said { at, wall: Some(finished), host: None, speaker, container: container.clone(), what });
    }
    doc.say(Said { at, wall, host: None, speaker, container, what });
}

/// What names nobody is told by when it ended.
fn unnamed(container: &mut ContainerRef, wall: Option<Wall>, what: &What) {
    let nobody = container.id.is_none() && container.name.is_none() && container.pod.is_none();
    if nobody && matches!(what, What::Exited(_)) {
        container.id = wall.map(ContainerRef::unnamed);
    }
}

/// Podman's form has fields that docker's has not.
fn speaker(node: &Node<'_>, state: &Node<'_>) -> Speaker {
    let podman =
        node.get("OCIRuntime").is_some() || node.get("ConmonPidFile").is_some() || state.get("OciVersion").is_some();
    if podman { Speaker::Podman } else { Speaker::Docker }
}

fn container(node: &Node<'_>, state: &Node<'_>, speaker: Speaker) -> ContainerRef {
    let id = node.word_of("Id").or_else(|| node.word_of("ID"));
    let mut container = ContainerRef {
        id: id.and_then(names::id_text),
        image: node.path(&["Config", "Image"]).or_else(|| node.get("ImageName")).and_then(|n| n.text()).map(Into::into),
        runtime: Some(if speaker == Speaker::Podman { "podman" } else { "docker" }.into()),
        pid: names::pid(state.number("Pid")),
        limit_bytes: size::limit_number(node.path(&["HostConfig", "Memory"]).and_then(Node::int)),
        sandbox: node.get("IsInfra").and_then(Node::boolean) == Some(true),
        ..ContainerRef::default()
    };
    names::from_engine_name(&mut container, node.word_of("Name").unwrap_or_default());
    names::from_label_map(&mut container, node.path(&["Config", "Labels"]));
    container.cgroup = state.string("CgroupPath").or_else(|| cgroup(node, container.id.as_deref()?).map(Into::into));
    container
}

/// The cgroup below a configured `CgroupParent`: a slice for the systemd driver, a path for cgroupfs
/// (moby `daemon/oci_linux.go`). Nothing without a parent: the driver is not told.
fn cgroup(node: &Node<'_>, id: &str) -> Option<String> {
    let parent = node.path(&["HostConfig", "CgroupParent"])?.text()?;
    if !names::is_full_id(id) {
        return None;
    }
    if parent.ends_with(".slice") {
        return Some(format!("{}/docker-{id}.scope", names::slice_path(parent)));
    }
    Some(format!("/{}/{id}", parent.trim_matches('/')))
}

/// What the state says, with its place and time.
fn fact(node: &Node<'_>, state: &Node<'_>) -> (usize, Option<Wall>, What) {
    let flag = |key: &str| state.get(key).and_then(Node::boolean);
    let place = |key: &str| state.get(key).map(|n| n.at);
    let started = clock::member(state, "StartedAt");
    let finished = clock::member(state, "FinishedAt");
    let oom_flag = flag("OOMKilled");
    let restart_count = names::small(node.number("RestartCount"));
    let error: Option<String> = state.string("Error");
    // While docker waits before the next start, Running is true as well as Restarting, and the state is that of the end.
    if flag("Running") == Some(true) && flag("Restarting") != Some(true) {
        let at = place("OOMKilled").filter(|_| oom_flag == Some(true)).or(place("Running")).unwrap_or(state.at);
        return (at, started, What::Running { oom_flag, restart_count, started });
    }
    let exit_code = state.number("ExitCode");
    let at = place("ExitCode").unwrap_or(state.at);
    match error {
        Some(message) if started.is_none() => {
            let memory = says_memory(&message);
            (at, finished, What::StartFailed { exit_code, message, memory })
        }
        // Made and never started; a piece may lack the times.
        _ if started.is_none() && finished.is_none() && oom_flag != Some(true) && exit_code.unwrap_or(0) == 0 => {
            (node.at, None, What::Seen)
        }
        message => {
            let exit = ContainerExit {
                exit_code,
                message,
                oom_flag,
                started,
                finished,
                restart_count,
                manually_stopped: node.get("HasBeenManuallyStopped").and_then(Node::boolean),
                ..ContainerExit::default()
            };
            (at, finished, What::Exited(Box::new(exit)))
        }
    }
}

/// A running container's `FinishedAt` is the end of its previous run; that run's code is gone.
fn earlier_end(state: &Node<'_>, what: &What) -> Option<Wall> {
    matches!(what, What::Running { .. }).then(|| clock::member(state, "FinishedAt"))?
}

/// True when a start error itself blames the memory limit (runc 1.0 and later, crun).
pub(super) fn says_memory(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "memory limit too low",
        "memory limit could be too low",
        "was oom-killed",
        "possibly oom-killed",
        "unable to set memory limit",
    ]
    .iter()
    .any(|text| message.contains(text))
}

#[cfg(test)]
mod tests {
    use crate::event::{ContainerExit, Event, SourceId, Speaker, What};
    use crate::recognize::document::tests::{facts, read_text};

    const ID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";

    fn inspect(state: &str) -> String {
        format!(
            r#"[{{"Id": "{ID}",
 "Path": "/bin/app",
 "State": {{{state}}},
 "Name": "/canal-server", "RestartCount": 3,
 "HostConfig": {{"Memory": 67108864, "CgroupParent": "app-web.slice"}},
 "Config": {{"Image": "rec/app:1", "Labels": {{"a": "b"}}}}}}]"#
        )
    }

    fn exit(event: &Event) -> ContainerExit {
        match &facts(std::slice::from_ref(event))[0].what {
            What::Exited(exit) => (**exit).clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_ended_container() {
        let text = inspect(
            "\"Status\": \"exited\", \"Running\": false, \"OOMKilled\": false, \"Pid\": 0,\n \"ExitCode\": 137, \"Error\": \"\", \"StartedAt\": \"2026-11-23T10:54:27.459634285Z\", \"FinishedAt\": \"2026-11-23T10:54:49.026853389Z\"",
        );
        let (events, problems) = read_text("docker_inspect_x.json", &text);
        assert!(problems.is_empty());
        assert_eq!(events.len(), 1);
        let fact = &facts(&events)[0];
        assert_eq!(fact.speaker, Speaker::Docker);
        assert_eq!(fact.container.id.as_deref(), Some(ID));
        assert_eq!(fact.container.name.as_deref(), Some("canal-server"));
        assert_eq!((fact.container.limit_bytes, fact.container.pid), (Some(67_108_864), None));
        assert_eq!(fact.container.cgroup, Some(format!("/app.slice/app-web.slice/docker-{ID}.scope").into()));
        let exit = exit(&events[0]);
        assert_eq!((exit.exit_code, exit.oom_flag, exit.restart_count), (Some(137), Some(false), Some(3)));
        assert_eq!(events[0].stamp.wall, exit.finished);
        let evidence = &events[0].evidence[0];
        assert_eq!((evidence.source, evidence.line), (SourceId(7), Some(4)));
        assert!(evidence.text.contains("\"ExitCode\": 137"));
        assert_eq!(usize::try_from(evidence.offset).unwrap(), text.find("\n \"ExitCode").unwrap() + 1);
    }

    #[test]
    fn a_running_container_with_an_earlier_end() {
        let text = inspect(
            r#""Status": "running", "Running": true, "Restarting": false, "OOMKilled": true, "Pid": 4242, "ExitCode": 0, "StartedAt": "2026-11-23T10:54:27Z", "FinishedAt": "2026-11-23T10:54:22Z""#,
        );
        let (events, _) = read_text("inspect.json", &text);
        assert_eq!(events.len(), 2);
        assert_eq!((exit(&events[0]).exit_code, exit(&events[0]).finished.is_some()), (None, true));
        let running = &facts(&events)[1];
        assert!(matches!(running.what, What::Running { oom_flag: Some(true), restart_count: Some(3), .. }));
        assert_eq!(running.container.pid, Some(4242));
    }

    #[test]
    fn a_container_that_waits_for_its_restart_has_ended() {
        let text = inspect(
            r#""Status": "restarting", "Running": true, "Restarting": true, "OOMKilled": true, "Pid": 0, "ExitCode": 137, "StartedAt": "2026-11-23T10:54:27Z", "FinishedAt": "2026-11-23T10:54:49Z""#,
        );
        let (events, _) = read_text("inspect.json", &text);
        assert_eq!((events.len(), exit(&events[0]).exit_code, exit(&events[0]).oom_flag), (1, Some(137), Some(true)));
    }

    #[test]
    fn never_started() {
        let null = r#""StartedAt": "0001-01-01T00:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z""#;
        let (events, _) =
            read_text("inspect.json", &inspect(&format!(r#""Running": false, "ExitCode": 0, "Error": "", {null}"#)));
        assert_eq!(facts(&events)[0].what, What::Seen);
        let error = "OCI runtime create failed: container init was OOM-killed (memory limit too low?)";
        let (events, _) = read_text(
            "inspect.json",
            &inspect(&format!(r#""Running": false, "ExitCode": 128, "Error": "{error}", {null}"#)),
        );
        let expected = What::StartFailed { exit_code: Some(128), message: error.to_owned(), memory: true };
        assert_eq!(facts(&events)[0].what, expected);
    }

    #[test]
    fn the_part_before_a_cut_is_used() {
        let text =
            inspect(r#""Running": false, "OOMKilled": true, "ExitCode": 137, "StartedAt": "2026-11-23T10:54:27Z""#);
        let cut = &text[..text.find("StartedAt").unwrap()];
        let (events, problems) = read_text("inspect.json", cut);
        assert_eq!(problems.len(), 1);
        assert_eq!(facts(&events)[0].container.id.as_deref(), Some(ID));
    }

    #[test]
    fn podman_and_the_files_of_dockerd() {
        let text = format!(
            r#"[{{"Id": "{ID}", "State": {{"OciVersion": "1.0.2-dev", "Running": false, "OOMKilled": true, "ExitCode": 137, "StartedAt": "2026-11-23T10:54:27Z", "FinishedAt": "2026-11-23T10:54:49Z", "CgroupPath": "/machine.slice/libpod-{ID}.scope"}}, "ImageName": "localhost/app", "Name": "web", "IsInfra": false}}]"#
        );
        let (events, _) = read_text("inspect.json", &text);
        let fact = &facts(&events)[0];
        assert_eq!((fact.speaker, fact.container.image.as_deref()), (Speaker::Podman, Some("localhost/app")));
        assert_eq!(fact.container.cgroup, Some(format!("/machine.slice/libpod-{ID}.scope").into()));

        let config = format!(
            r#"{{"StreamConfig":{{}},"State":{{"Running":false,"OOMKilled":false,"Pid":0,"ExitCode":137,"StartedAt":"2026-11-23T10:54:27Z","FinishedAt":"2026-11-23T10:54:49Z","Health":null}},"ID":"{ID}","Name":"/k8s_app_web-0_prod_bebf118b7d46c7338314262eb83434eb_2","HasBeenManuallyStopped":true}}"#
        );
        let (events, _) = read_text(&format!("var/lib/docker/containers/{ID}/config.v2.json"), &config);
        assert_eq!(exit(&events[0]).manually_stopped, Some(true));
        assert_eq!(facts(&events)[0].container.pod.as_deref(), Some("web-0"));

        let host = r#"{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"json-file"},"RestartPolicy":{"Name":"always"},"Memory":134217728}"#;
        let (events, _) = read_text(&format!("containers/{ID}/hostconfig.json"), host);
        assert_eq!(facts(&events)[0].container.id.as_deref(), Some(ID));
        assert_eq!(facts(&events)[0].container.limit_bytes, Some(134_217_728));
    }

    #[test]
    fn a_state_alone() {
        let text = r#"{"Status":"exited","Running":false,"Paused":false,"Restarting":false,"OOMKilled":true,"Dead":false,"Pid":0,"ExitCode":137,"Error":"","StartedAt":"2026-11-23T10:20:00.1Z","FinishedAt":"2026-11-23T10:27:15.07Z"}"#;
        let found = facts(&read_text("state.txt", text).0);
        assert_eq!(found.len(), 1);
        match &found[0].what {
            What::Exited(exit) => assert_eq!((exit.exit_code, exit.oom_flag), (Some(137), Some(true))),
            other => panic!("{other:?}"),
        }
    }
}
