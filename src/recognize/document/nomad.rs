//! Allocations of HashiCorp Nomad: `nomad alloc status -json` (API `Allocation`, `TaskState`, `TaskEvent`; api/allocations.go and
//! api/tasks.go, 0.8 to 1.10) and the same as text (`nomad alloc status`, command/alloc_status.go).
//!
//! ```text
//! ID                  = 5b0e9a31-...            Node Name           = client-3
//! Task "web" is "running"
//! Total Restarts = 2
//! Recent Events:
//! Time                  Type        Description
//! 2026-11-23T10:26:31Z  Terminated  Exit Code: 137, Exit Message: "OOM Killed"
//! ```
//! A task is told apart by its allocation: `<allocation>.<task>` is the name of its cgroup with the exec drivers, too.

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};

/// The message of releases 1.2 and 1.3, which called every end by SIGKILL so (hashicorp/nomad#12735).
const CALLED_OOM: &str = "OOM Killed (137)";

/// One event of a task.
#[derive(Debug, Default)]
struct TaskEvent {
    at: usize,
    wall: Option<Wall>,
    kind: String,
    text: String,
    code: Option<i64>,
    signal: Option<i32>,
    message: Option<String>,
    oom: bool,
}

/// One task with its events, oldest first.
#[derive(Debug, Default)]
struct Task {
    at: usize,
    about: ContainerRef,
    host: Option<String>,
    restarts: Option<u32>,
    running: bool,
    started: Option<Wall>,
    events: Vec<TaskEvent>,
}

/// True for an allocation of the API.
pub(super) fn is_allocation(node: &Node<'_>) -> bool {
    node.get("TaskStates").is_some() && node.get("ID").is_some() && node.get("NodeID").is_some()
}

/// The tasks of one allocation.
pub(super) fn allocation(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let id: String = node.string("ID").unwrap_or_default();
    for (name, state) in node.get("TaskStates").map(Node::map).unwrap_or_default() {
        let memory = node.path(&["AllocatedResources", "Tasks", name, "Memory"]);
        let mib = |key: &str| memory.and_then(|memory| memory.number(key)).filter(|mib| *mib > 0);
        let limit = mib("MemoryMaxMB").or_else(|| mib("MemoryMB")).and_then(|mib| u64::try_from(mib).ok());
        let task = Task {
            at: state.at,
            about: ContainerRef { limit_bytes: limit.and_then(|mib| mib.checked_mul(1 << 20)), ..about(&id, name) },
            host: node.string("NodeName"),
            restarts: names::small(state.number("Restarts")),
            running: state.string::<String>("State").as_deref() == Some("running"),
            started: clock::member(state, "StartedAt"),
            events: state.get("Events").map(Node::list).unwrap_or_default().iter().map(event).collect(),
        };
        tell(doc, task);
    }
}

fn about(allocation: &str, task: &str) -> ContainerRef {
    let id = (!allocation.is_empty()).then(|| format!("{allocation}.{task}").into());
    ContainerRef { id, name: Some(task.into()), runtime: Some("nomad".into()), ..ContainerRef::default() }
}

fn event(node: &Node<'_>) -> TaskEvent {
    let detail = |key: &str| node.path(&["Details", key]).and_then(Node::word);
    let message = node.string("Message").or_else(|| detail("exit_message").map(str::to_owned));
    let terminated = node.string::<String>("Type").as_deref() == Some("Terminated");
    let signal = node.number("Signal").and_then(|signal| i32::try_from(signal).ok()).filter(|signal| *signal != 0);
    TaskEvent {
        at: node.at,
        wall: clock::member(node, "Time"),
        kind: node.string("Type").unwrap_or_default(),
        text: node.string("DisplayMessage").or_else(|| message.clone()).unwrap_or_default(),
        code: node.number("ExitCode").filter(|_| terminated),
        signal,
        oom: detail("oom_killed") == Some("true") || is_oom(message.as_deref()),
        message,
    }
}

fn is_oom(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.starts_with("OOM Killed"))
}

fn tell(doc: &mut Doc<'_, '_>, task: Task) {
    let Task { at, about, host, restarts, running, started, events } = task;
    let mut say = |at: usize, wall: Option<Wall>, what: What| {
        let (host, container) = (host.clone(), about.clone());
        doc.say(Said { at, wall, host, speaker: Speaker::Nomad, container, what });
    };
    say(
        at,
        None,
        if running { What::Running { oom_flag: None, restart_count: restarts, started } } else { What::Seen },
    );
    let mut killing = false;
    let last = events.iter().rposition(|event| event.kind == "Terminated");
    for (number, event) in events.into_iter().enumerate() {
        let TaskEvent { at, wall, kind, text, code, signal, message, oom } = event;
        match kind.as_str() {
            "Started" => {
                killing = false;
                say(at, wall, What::Started);
            }
            // What stops it: `Killing` is told before the signal, with the time that it has.
            "Killing" => {
                killing = true;
                say(at, wall, What::StopAsked { signal: None, grace_s: grace(&text), reason: Some(text) });
            }
            "Terminated" => {
                let made_up = killing && message.as_deref() == Some(CALLED_OOM);
                let exit = ContainerExit {
                    exit_code: code,
                    signal,
                    oom_flag: Some(oom && !made_up),
                    message,
                    finished: wall,
                    restart_count: restarts.filter(|_| last == Some(number)),
                    ..ContainerExit::default()
                };
                say(at, wall, What::Exited(Box::new(exit)));
            }
            "Driver Failure" | "Failed Artifact Download" | "Setup Failure" | "Failed Validation" => {
                say(at, wall, What::StartFailed { exit_code: None, message: text, memory: false });
            }
            _ => {}
        }
    }
}

/// Seconds of `Sent interrupt. Waiting 5s before force killing`.
fn grace(text: &str) -> Option<f64> {
    let (span, _) = text.split_once("Waiting ")?.1.split_once(" before force killing")?;
    span.strip_suffix('s')?.parse().ok()
}

/// Does the text of an allocation's status begin here?
pub(super) fn is_status<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let (mut evaluation, mut task, mut events) = (false, false, false);
    for line in lines {
        evaluation |= line.starts_with("Eval ID ");
        task |= task_heading(line).is_some();
        events |= is_events_heading(line);
    }
    events || evaluation && task
}

/// The rows of events, which tell of an end as a line of a log would.
pub(super) fn event_lines(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if std::str::from_utf8(line).is_ok_and(|line| row(line).is_some()) {
            found.push(at..at + line.len());
        }
        at += line.len();
    }
    found
}

fn is_events_heading(line: &str) -> bool {
    line.split_whitespace().eq(["Time", "Type", "Description"])
}

/// The name in `Task "web" is "running"`, `Task "proxy" (prestart sidecar) is "dead"`, and whether it runs.
fn task_heading(line: &str) -> Option<(&str, bool)> {
    let (name, rest) = line.strip_prefix("Task \"")?.split_once('"')?;
    let state = rest.rsplit_once(" is \"")?.1.trim_end().strip_suffix('"')?;
    Some((name, state == "running"))
}

/// Time, type and description of an event: columns with two blanks between.
fn row(line: &str) -> Option<(Wall, &str, &str)> {
    let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    let wall = clock::instant(cells.next()?).or_else(|| american(line))?;
    let kind = cells.next().filter(|kind| kind.len() < 40)?;
    let at = line.find(kind)? + kind.len();
    Some((wall, kind, line.get(at..)?.trim()))
}

/// `01/16/17 10:33:54 UTC` (before 0.9).
fn american(line: &str) -> Option<Wall> {
    let mut words = line.split_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next()?);
    let parts: Vec<&str> = date.split('/').collect();
    let [month, day, year] = parts[..] else { return None };
    let offset = if zone == "UTC" { "Z" } else { return None };
    clock::instant(&format!("20{year}-{month}-{day}T{time}{offset}"))
}

/// `nomad alloc status`: one allocation or several, each with its tasks; a pasted piece may hold the events alone.
pub(super) fn status(doc: &mut Doc<'_, '_>) {
    let (mut allocation, mut host) = (String::new(), None);
    let mut task: Option<Task> = None;
    let mut in_events = false;
    for line in doc.lines() {
        let text = line.text.as_ref();
        if let Some((key, value)) = text.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            match (key, &mut task) {
                ("ID", _) => {
                    finish(doc, task.take());
                    (allocation, host) = (value.to_owned(), None);
                }
                ("Node Name", _) => host = Some(value.to_owned()).filter(|name| !name.is_empty()),
                ("Total Restarts", Some(task)) => task.restarts = value.parse().ok(),
                ("Started At", Some(task)) => task.started = clock::instant(value),
                _ => {}
            }
        }
        if let Some((name, running)) = task_heading(text) {
            finish(doc, task.take());
            let about = about(&allocation, name);
            task = Some(Task { at: line.at, about, host: host.clone(), running, ..Task::default() });
        } else if is_events_heading(text) {
            in_events = true;
        } else if let Some((wall, kind, said)) = row(text).filter(|_| in_events) {
            let task = task.get_or_insert_with(|| Task { at: line.at, ..Task::default() });
            task.events.push(described(line.at, wall, kind, said));
        } else if text.trim().is_empty() {
            in_events = false;
        }
    }
    finish(doc, task);
}

/// Events are printed with the newest first.
fn finish(doc: &mut Doc<'_, '_>, task: Option<Task>) {
    let Some(mut task) = task else { return };
    task.events.reverse();
    tell(doc, task);
}

/// `Exit Code: 137, Signal: 9, Exit Message: "OOM Killed"`, each part of it optional.
fn described(at: usize, wall: Wall, kind: &str, text: &str) -> TaskEvent {
    let after = |key: &str| text.split_once(key).map(|(_, rest)| rest);
    let number = |key: &str| after(key)?.split(',').next()?.trim().parse::<i64>().ok();
    let message = after("Exit Message: \"").map(|rest| rest.trim_end().trim_end_matches('"').to_owned());
    TaskEvent {
        at,
        wall: Some(wall),
        kind: kind.to_owned(),
        code: number("Exit Code: "),
        signal: number("Signal: ").and_then(|signal| i32::try_from(signal).ok()).filter(|signal| *signal != 0),
        oom: is_oom(message.as_deref()),
        text: text.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RuntimeFact;
    use crate::recognize::document::tests::{facts, read_text};

    const ALLOCATION: &str = "5b0e9a31-77d4-1c2f-9a0e-3d5f6b7c8d9e";

    fn exits(found: &[RuntimeFact]) -> Vec<&ContainerExit> {
        found
            .iter()
            .filter_map(|fact| if let What::Exited(exit) = &fact.what { Some(exit.as_ref()) } else { None })
            .collect()
    }

    #[test]
    fn an_allocation_as_json() {
        let text = format!(
            r#"{{"ID": "{ALLOCATION}", "Namespace": "default", "EvalID": "x", "Name": "shop.web[0]", "NodeID": "y", "NodeName": "client-3", "JobID": "shop",
 "AllocatedResources": {{"Tasks": {{"web": {{"Memory": {{"MemoryMB": 256, "MemoryMaxMB": 512}}}}}}}},
 "TaskStates": {{"web": {{"State": "running", "Failed": false, "Restarts": 1, "StartedAt": "2026-11-23T10:26:49Z", "Events": [
  {{"Type": "Started", "Time": 1795429500123456789, "DisplayMessage": "Task started by client"}},
  {{"Type": "Terminated", "Time": 1795429591123456789, "ExitCode": 137, "Signal": 0, "Message": "OOM Killed", "DisplayMessage": "Exit Code: 137, Exit Message: \"OOM Killed\"", "Details": {{"oom_killed": "true", "exit_code": "137"}}}},
  {{"Type": "Restarting", "Time": 1795429591200000000, "DisplayMessage": "Task restarting in 17s"}}]}}}}}}"#
        );
        let (events, problems) = read_text("alloc", &text);
        assert!(problems.is_empty(), "{problems:?}");
        let found = facts(&events);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].container.id.as_deref(), Some(format!("{ALLOCATION}.web").as_str()));
        assert_eq!(found[0].container.limit_bytes, Some(512 << 20));
        assert!(matches!(found[0].what, What::Running { restart_count: Some(1), .. }));
        let exit = exits(&found)[0];
        assert_eq!(
            (exit.exit_code, exit.signal, exit.oom_flag, exit.restart_count),
            (Some(137), None, Some(true), Some(1))
        );
        assert_eq!(events[2].host.as_deref(), Some("client-3"));
    }

    /// The status of an allocation with two tasks, one of which was asked to stop.
    #[test]
    fn an_allocation_as_text() {
        let text = format!(
            "ID                  = {ALLOCATION}\nEval ID             = 1a2b3c4d\nName                = shop.web[0]\nNode Name           = client-3\n\n\
Task \"proxy\" (prestart sidecar) is \"dead\"\nTask Events:\nStarted At     = 2026-11-23T10:20:00Z\nFinished At    = 2026-11-23T10:30:06Z\nTotal Restarts = 0\nLast Restart   = N/A\n\nRecent Events:\n\
Time                  Type        Description\n2026-11-23T10:30:06Z  Killed      Task successfully killed\n2026-11-23T10:30:06Z  Terminated  Exit Code: 137, Exit Message: \"OOM Killed (137)\"\n2026-11-23T10:30:01Z  Killing     Sent interrupt. Waiting 5s before force killing\n\n\
Task \"web\" is \"running\"\nTask Events:\nTotal Restarts = 2\n\nRecent Events:\n\
Time                  Type        Description\n2026-11-23T10:26:31Z  Restarting  Task restarting in 17s\n2026-11-23T10:26:31Z  Terminated  Exit Code: 137, Exit Message: \"OOM Killed\"\n2026-11-23T10:25:00Z  Started     Task started by client\n"
        );
        let (events, _) = read_text("status.txt", &text);
        let found = facts(&events);
        let exits = exits(&found);
        assert_eq!(exits.iter().map(|exit| exit.oom_flag).collect::<Vec<_>>(), [Some(false), Some(true)]);
        assert!(found.iter().any(|fact| matches!(fact.what, What::StopAsked { grace_s: Some(5.0), .. })));
        assert_eq!(exits[1].restart_count, Some(2));
        assert!(found.iter().all(|fact| fact.container.id.as_deref().is_some_and(|id| id.starts_with(ALLOCATION))));
        let mut bytes = text.into_bytes();
        assert!(super::super::keep_log_lines(super::super::Kind::NomadStatus, "status.txt", &mut bytes));
        assert!(memchr::memmem::find(&bytes, b"Exit Code").is_none(), "rows are not read again as lines of a log");
        assert!(row("01/16/17 10:33:54 UTC  Terminated  Exit Code: 137").is_some());
    }
}
