//! Lists of containers: `docker ps`, `podman ps`, `docker compose ps`, `nerdctl ps`, `docker service ps`, `crictl ps`,
//! `crictl pods`, `ctr containers ls`, `ctr tasks ls`, as tables and as JSON.

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use super::table::{Row, Table};
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// Which list a heading belongs to.
#[derive(Clone, Copy, PartialEq)]
enum List {
    Engine,
    Compose,
    /// `docker-compose ps` of version 1: `Exit 137`.
    ComposeV1,
    Service,
    CriContainers,
    CriPods,
    CtrContainers,
    CtrTasks,
}

fn list_of(table: &Table) -> Option<List> {
    let has = |names: &[&str]| table.has(names);
    Some(match () {
        () if has(&["DESIRED STATE", "CURRENT STATE"]) => List::Service,
        () if has(&["CONTAINER", "STATE", "POD ID"]) => List::CriContainers,
        () if has(&["POD ID", "STATE", "NAME"]) => List::CriPods,
        () if has(&["TASK", "PID", "STATUS"]) => List::CtrTasks,
        () if has(&["CONTAINER", "IMAGE", "RUNTIME"]) => List::CtrContainers,
        () if has(&["CONTAINER ID"]) && (has(&["STATUS"]) || has(&["NAMES"])) => List::Engine,
        () if table.is_titled(&["Name", "Command", "State"]) => List::ComposeV1,
        () if has(&["NAME", "SERVICE", "STATUS"]) || has(&["NAME", "COMMAND", "STATUS"]) => List::Compose,
        () => return None,
    })
}

/// True for the heading of such a list.
pub(super) fn is_heading(line: &str) -> bool {
    Table::new(line).is_some_and(|table| list_of(&table).is_some())
}

/// All lists of a document: a heading may come again.
pub(super) fn tables(doc: &mut Doc<'_, '_>) {
    let podman = doc.path.to_ascii_lowercase().contains("podman");
    let speaker = if podman { Speaker::Podman } else { Speaker::Docker };
    let mut current: Option<(Table, List)> = None;
    for line in doc.lines() {
        if let Some((table, list)) = Table::new(&line.text).and_then(|t| list_of(&t).map(|l| (t, l))) {
            current = Some((table, list));
            continue;
        }
        let Some((table, list)) = &current else { continue };
        let Some(row) = table.row(&line) else { continue };
        row_fact(doc, *list, speaker, &row);
    }
}

fn row_fact(doc: &mut Doc<'_, '_>, list: List, engine: Speaker, row: &Row<'_>) {
    let mut host = None;
    let (speaker, container, what) = match list {
        List::Engine | List::Compose => {
            let container = engine_container(
                engine,
                row.get("CONTAINER ID"),
                row.get("NAMES").or(row.get("NAME")),
                row.get("IMAGE"),
            );
            (engine, container, status(row.get("STATUS").unwrap_or_default()))
        }
        List::ComposeV1 => {
            let container = engine_container(engine, None, row.get("Name"), None);
            (engine, container, status_v1(row.get("State").unwrap_or_default()))
        }
        List::Service => {
            host = row.string("NODE");
            let container = service_container(row);
            if let Some(what) = unhealthy(row.get("ERROR")) {
                let container = container.clone();
                doc.say(Said { at: row.at, wall: None, host: host.clone(), speaker: Speaker::Docker, container, what });
            }
            (Speaker::Docker, container, service_status(row))
        }
        List::CriContainers => (Speaker::Crictl, cri_container(row), cri_status(row)),
        List::CriPods => (Speaker::Crictl, cri_pod(row), What::Seen),
        List::CtrContainers | List::CtrTasks => {
            let id = row.get("CONTAINER").or(row.get("TASK"));
            let container = ContainerRef {
                id: id.and_then(names::id_text),
                image: row.string("IMAGE"),
                pid: names::pid(row.get("PID").and_then(|p| p.parse().ok())),
                runtime: Some("containerd".into()),
                ..ContainerRef::default()
            };
            (Speaker::Containerd, container, ctr_status(row))
        }
    };
    if container.id.is_some() || container.name.is_some() || container.pod.is_some() {
        doc.say(Said { at: row.at, wall: None, host, speaker, container, what });
    }
}

fn engine_container(speaker: Speaker, id: Option<&str>, name: Option<&str>, image: Option<&str>) -> ContainerRef {
    let mut container = ContainerRef {
        id: id.and_then(names::id_text),
        image: image.map(Into::into),
        runtime: Some(if speaker == Speaker::Podman { "podman" } else { "docker" }.into()),
        ..ContainerRef::default()
    };
    names::from_engine_name(&mut container, name.unwrap_or_default());
    container
}

/// `Exited (137) 5 minutes ago`, `Restarting (137) 3 seconds ago`, `Up 4 minutes (unhealthy)`, `Created`
/// (docker `container.State.String`). The age is rounded and gives no time.
fn status(text: &str) -> What {
    let code = || text.split_once('(')?.1.split_once(')')?.0.parse().ok();
    let state = text.split([' ', '(']).next().unwrap_or_default().to_ascii_lowercase();
    match state.as_str() {
        "exited" | "restarting" => {
            What::Exited(Box::new(ContainerExit { exit_code: code(), ..ContainerExit::default() }))
        }
        "up" | "running" => What::Running { oom_flag: None, restart_count: None, started: None },
        _ => What::Seen,
    }
}

/// `Exit 137`, `Up`, `Up (healthy)`, `Restarting` (compose 1.x `container.human_readable_state`).
fn status_v1(text: &str) -> What {
    match text.strip_prefix("Exit ").map(str::trim) {
        Some(code) => {
            What::Exited(Box::new(ContainerExit { exit_code: code.parse().ok(), ..ContainerExit::default() }))
        }
        None => status(text),
    }
}

/// `docker service ps`: a task's name is `<service>.<slot>`, its container `<service>.<slot>.<task id>`.
fn service_container(row: &Row<'_>) -> ContainerRef {
    let name = row.get("NAME").map(|n| n.trim_start_matches(['\\', '_', ' ']).into());
    ContainerRef { name, image: row.string("IMAGE"), runtime: Some("docker".into()), ..ContainerRef::default() }
}

/// swarmkit's executor (`daemon/cluster/executor/container` `ErrContainerUnhealthy`) shuts a task down whose health check fails.
pub(super) fn unhealthy(error: Option<&str>) -> Option<What> {
    let message = error.filter(|error| error.contains("unhealthy container"))?.to_owned();
    Some(What::ProbeFailed { probe: "health".to_owned(), kills: true, message: Some(message) })
}

/// `"task: non-zero exit (137)"`, `"task: non-zero exit (137): dockerexec: unhealthy container"`.
fn service_status(row: &Row<'_>) -> What {
    let error = row.get("ERROR").map(|e| e.trim_matches('"').to_owned());
    let code = error.as_deref().and_then(|e| e.split_once("non-zero exit (")?.1.split_once(')')?.0.parse().ok());
    match (code, row.get("CURRENT STATE").unwrap_or_default().split(' ').next()) {
        (Some(code), _) => {
            What::Exited(Box::new(ContainerExit { exit_code: Some(code), message: error, ..ContainerExit::default() }))
        }
        (None, Some("Running")) => What::Running { oom_flag: None, restart_count: None, started: None },
        _ => What::Seen,
    }
}

fn cri_container(row: &Row<'_>) -> ContainerRef {
    ContainerRef {
        id: row.get("CONTAINER").and_then(names::id_text),
        name: row.string("NAME"),
        image: row.string("IMAGE"),
        pod: row.string("POD"),
        namespace: row.string("NAMESPACE"),
        sandbox_id: row.get("POD ID").and_then(names::id_text),
        attempt: row.get("ATTEMPT").and_then(|a| a.parse().ok()),
        ..ContainerRef::default()
    }
}

fn cri_status(row: &Row<'_>) -> What {
    match row.get("STATE") {
        Some("Running") => What::Running { oom_flag: None, restart_count: None, started: None },
        _ => What::Seen,
    }
}

fn cri_pod(row: &Row<'_>) -> ContainerRef {
    let id = row.get("POD ID").and_then(names::id_text);
    let (pod, namespace) = (row.string("NAME"), row.string("NAMESPACE"));
    ContainerRef { sandbox_id: id.clone(), id, pod, namespace, sandbox: true, ..ContainerRef::default() }
}

fn ctr_status(row: &Row<'_>) -> What {
    match row.get("STATUS") {
        Some("RUNNING") => What::Running { oom_flag: None, restart_count: None, started: None },
        _ => What::Seen,
    }
}

/// True for an entry of `docker ps --format json` (one object a line) or `podman ps --format json`.
pub(super) fn is_entry(node: &Node<'_>) -> bool {
    node.get("Names").is_some() && (node.get("Status").is_some() || node.get("State").is_some())
}

/// An entry of `docker ps` or `podman ps` as JSON. Podman's has the code and Unix times beside the text.
pub(super) fn entry(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let podman = node.get("ExitedAt").is_some() || node.get("Exited").is_some();
    let speaker = if podman { Speaker::Podman } else { Speaker::Docker };
    let id = node.word_of("ID").or_else(|| node.word_of("Id"));
    let name = node.word_of("Names").or_else(|| node.get("Names")?.list().first()?.text());
    let mut container = engine_container(speaker, id, name, node.word_of("Image"));
    names::from_label_map(&mut container, node.get("Labels"));
    container.pid = names::pid(node.number("Pid"));
    container.sandbox |= node.get("IsInfra").and_then(Node::boolean) == Some(true);
    let mut what = status(node.word_of("Status").or_else(|| node.word_of("State")).unwrap_or_default());
    let mut wall = None;
    if let (What::Exited(exit), true) = (&mut what, podman) {
        exit.exit_code = node.number("ExitCode").or(exit.exit_code);
        exit.started = clock::member(node, "StartedAt");
        exit.finished = clock::member(node, "ExitedAt");
        wall = exit.finished;
    }
    let place = |key: &str| node.get(key).map(|n| n.at);
    let at = place("ExitCode").filter(|_| podman).or(place("Status")).or(place("State")).unwrap_or(node.at);
    doc.say(Said { at, wall, host: None, speaker, container, what });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RuntimeFact;
    use crate::recognize::document::tests::{facts, read_text};

    fn code(fact: &RuntimeFact) -> Option<i64> {
        match &fact.what {
            What::Exited(exit) => exit.exit_code,
            _ => None,
        }
    }

    #[test]
    fn docker_ps() {
        let text = "CONTAINER ID   IMAGE       COMMAND                  CREATED         STATUS                       PORTS     NAMES\n\
                    a9b9ec89274d   rec/app:1   \"/bin/hog -n 'wörker…\"   5 minutes ago   Exited (137) 5 minutes ago             payments-api-odd\n\
                    72b783bdfff9   rec/app:1   \"/bin/hog -n cache-n…\"   5 minutes ago   Up 5 minutes (unhealthy)               cache-node\n\
                    4fcf572fb6c6   rec/app:1   \"/bin/hog -n payment…\"   9 minutes ago   Restarting (1) 3 seconds ago           payments-api\n\
                    5fcf572fb6c6   rec/app:1   \"/bin/x\"                 9 minutes ago   Created                                created\n";
        let (events, _) = read_text("docker_ps_-a", text);
        let all = facts(&events);
        assert_eq!(all.len(), 4);
        assert_eq!((code(&all[0]), code(&all[2])), (Some(137), Some(1)));
        assert_eq!(all[0].container.name.as_deref(), Some("payments-api-odd"));
        assert!(matches!(all[1].what, What::Running { .. }));
        assert_eq!(all[3].what, What::Seen);
        assert_eq!(events[1].evidence[0].line, Some(3));
    }

    #[test]
    fn entries_as_json() {
        let text = "{\"Command\":\"\\\"/bin/hog\\\"\",\"ID\":\"fae4ee67ee1c\",\"Image\":\"rec/app:1\",\"Labels\":\"\",\"Names\":\"canal-server\",\"State\":\"exited\",\"Status\":\"Exited (137) 48 seconds ago\"}\n\
                    [{\"Exited\": true, \"ExitedAt\": 1795429401, \"ExitCode\": 137, \"Id\": \"475b\", \"Image\": \"i\", \"IsInfra\": false, \"Names\": [\"web\"], \"Pid\": 0, \"StartedAt\": 1795429397, \"State\": \"exited\", \"Status\": \"Exited (137) 4 minutes ago\"}]";
        let (events, problems) = read_text("ps.json", text);
        assert!(problems.is_empty());
        let all = facts(&events);
        assert_eq!((code(&all[0]), code(&all[1])), (Some(137), Some(137)));
        assert_eq!((all[0].speaker, all[1].speaker), (Speaker::Docker, Speaker::Podman));
        assert_eq!(all[1].container.name.as_deref(), Some("web"));
        assert!(events[0].stamp.wall.is_none() && events[1].stamp.wall.is_some());
    }

    #[test]
    fn crictl_and_ctr() {
        let text = "CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD\n\
                    2297647511 71a\n\
                    229764751171a       af85d50a838a0       2 minutes ago       Exited              gateway             1                   e7c57d7dc51a0       gateway-edge-0\n\
                    POD ID              CREATED             STATE               NAME                NAMESPACE           ATTEMPT             RUNTIME\n\
                    e7c57d7dc51a0       2 minutes ago       Ready               gateway-edge-0      prod                0                   (default)\n\
                    TASK    PID    STATUS    \n\
                    abc     77     RUNNING\n";
        let (events, _) = read_text("crictl_ps_-a", text);
        let all = facts(&events);
        let gateway = all.iter().find(|f| f.container.name.as_deref() == Some("gateway")).unwrap();
        assert_eq!((gateway.container.attempt, gateway.container.pod.as_deref()), (Some(1), Some("gateway-edge-0")));
        assert_eq!(gateway.container.sandbox_id.as_deref(), Some("e7c57d7dc51a0"));
        let sandbox = all.iter().find(|f| f.container.sandbox).unwrap();
        assert_eq!(sandbox.container.namespace.as_deref(), Some("prod"));
        assert_eq!(all.last().unwrap().container.pid, Some(77));
    }

    #[test]
    fn compose_of_version_1() {
        let text = "      Name                     Command                State     Ports \n\
                    ---------------------------------------------------------------------\n\
                    shop_ledger_1    python run.py                    Exit 137            \n\
                    shop_db_1        docker-entrypoint.sh postgres    Up          5432/tcp\n";
        let all = facts(&read_text("ps.txt", text).0);
        assert_eq!((all.len(), code(&all[0]), all[0].container.name.as_deref()), (2, Some(137), Some("shop_ledger_1")));
        assert!(matches!(all[1].what, What::Running { .. }));
    }

    #[test]
    fn a_task_whose_health_check_failed() {
        let text = "ID      NAME        IMAGE   NODE    DESIRED STATE   CURRENT STATE        ERROR                                                           PORTS\n\
                    ab12    ledger.1    app:1   n1      Shutdown        Failed 4 hours ago   \"task: non-zero exit (137): dockerexec: unhealthy container\"   \n";
        let all = facts(&read_text("service.txt", text).0);
        assert!(matches!(&all[0].what, What::ProbeFailed { kills: true, .. }));
        assert_eq!(code(&all[1]), Some(137));
    }

    #[test]
    fn swarm_and_compose() {
        let text = "ID             NAME          IMAGE     NODE      DESIRED STATE   CURRENT STATE            ERROR                         PORTS\n\
                    abc            web.1         app:1     node-a    Running         Running 3 minutes ago                                  \n\
                    def             \\_ web.1     app:1     node-b    Shutdown        Failed 4 minutes ago     \"task: non-zero exit (137)\"   \n\
                    NAME      IMAGE     COMMAND   SERVICE   CREATED   STATUS                      PORTS\n\
                    p-db-1    db        \"run\"     db        1h ago    Exited (137) 1 minute ago   \n";
        let (events, _) = read_text("service.txt", text);
        let all = facts(&events);
        assert_eq!((code(&all[1]), code(&all[2])), (Some(137), Some(137)));
        assert_eq!((all[1].container.name.as_deref(), events[1].host.as_deref()), (Some("web.1"), Some("node-b")));
        assert_eq!(all[2].container.name.as_deref(), Some("p-db-1"));
    }
}
