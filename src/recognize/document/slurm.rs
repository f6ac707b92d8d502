//! Jobs and steps of Slurm: `sacct` as a table, with `-p`/`-P`, and with `--json`; `scontrol show job` (also `--json`).
//!
//! ```text
//! JobID           JobName  ...      State ExitCode        JobID|JobName|State|ExitCode|
//! ------------ ---------- ... ---------- --------         410022.batch|batch|OUT_OF_MEMORY|0:125|
//! 410022.batch      batch ... OUT_OF_ME+    0:125         JobId=410022 JobName=train JobState=OUT_OF_MEMORY ...
//! ```
//! Forms: src/sacct/print.c, src/api/job_info.c (`slurm_sprint_job_info`), data_parser v0.0.38 to v0.0.43. `ExitCode` is
//! `<code>:<signal>`; the signal 125 of an OUT_OF_MEMORY is no signal, but Slurm's mark for it (`SIG_OOM`). Times are local.

use super::clock;
use super::doc::{Doc, Line, Said};
use super::node::Node;
use super::size;
use crate::event::{ContainerExit, ContainerRef, Speaker, Wall, What};

/// Slurm's state for what the kernel killed for memory.
const OUT_OF_MEMORY: &str = "OUT_OF_MEMORY";

/// Its mark in place of a signal.
const SIG_OOM: i64 = 125;

/// A job, or a step of one.
#[derive(Debug, Default)]
struct Job {
    at: usize,
    id: String,
    state: String,
    /// Code and signal.
    exit: Option<(i64, i64)>,
    started: Option<Wall>,
    finished: Option<Wall>,
    nodes: Option<String>,
    limit_bytes: Option<u64>,
    reason: Option<String>,
    restarts: Option<u32>,
}

/// Tells of ends. Where steps tell why, the job's own row only repeats it.
fn tell_all(doc: &mut Doc<'_, '_>, jobs: &[Job]) {
    for job in jobs {
        let step_of = |step: &Job| step.id.strip_prefix(&job.id).is_some_and(|rest| rest.starts_with('.'));
        let repeats = jobs.iter().any(|step| step_of(step) && step.state == job.state);
        if !repeats {
            tell(doc, job);
        }
    }
}

fn tell(doc: &mut Doc<'_, '_>, job: &Job) {
    let state = job.state.split_whitespace().next().unwrap_or_default();
    let ended = match state {
        OUT_OF_MEMORY | "FAILED" | "NODE_FAIL" | "BOOT_FAIL" => true,
        "CANCELLED" | "TIMEOUT" | "PREEMPTED" | "DEADLINE" => {
            let reason = Some(job.state.clone());
            say(doc, job, What::StopAsked { signal: Some(15), grace_s: None, reason });
            true
        }
        _ => false,
    };
    if !ended {
        return say(doc, job, What::Seen);
    }
    let out_of_memory = state == OUT_OF_MEMORY;
    let (code, signal) = job.exit.unwrap_or_default();
    let told = job.exit.is_some() && !(code == 0 && (signal == SIG_OOM || signal == 0 && out_of_memory));
    let signal = i32::try_from(signal).ok().filter(|signal| (1..=64).contains(signal));
    let exit = ContainerExit {
        exit_code: Some(code).filter(|code| told && (signal.is_none() || *code != 0)),
        signal,
        oom_flag: Some(out_of_memory),
        reason: Some(job.state.clone()),
        message: job.reason.clone(),
        started: job.started,
        finished: job.finished,
        restart_count: job.restarts,
        ..ContainerExit::default()
    };
    say(doc, job, What::Exited(Box::new(exit)));
}

fn say(doc: &mut Doc<'_, '_>, job: &Job, what: What) {
    let container = ContainerRef {
        id: Some(job.id.as_str().into()),
        runtime: Some("slurm".into()),
        limit_bytes: job.limit_bytes,
        ..ContainerRef::default()
    };
    // A list of nodes, or `n[1-4]`, is no host.
    let host = job.nodes.clone().filter(|nodes| super::path::is_host(nodes));
    doc.say(Said { at: job.at, wall: job.finished, host, speaker: Speaker::Slurm, container, what });
}

/// `0:125`.
fn code_and_signal(text: &str) -> Option<(i64, i64)> {
    let (code, signal) = text.trim().split_once(':')?;
    Some((code.parse().ok()?, signal.parse().ok()?))
}

/// `2026-11-23T10:01:22`; `Unknown`, `None` and `N/A` are no times.
fn time(text: &str) -> Option<Wall> {
    clock::instant(text.trim())
}

/// `8G`, `8Gn`, `4000M`; an amount for each CPU (`2Gc`) says nothing of the whole.
fn memory(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_suffix('n').unwrap_or(text);
    (!text.ends_with('c')).then(|| size::human(text)).flatten().filter(|bytes| *bytes > 0)
}

/// The states that a narrow column cuts: `OUT_OF_ME+`.
fn whole_state(text: &str) -> String {
    const STATES: [&str; 8] =
        [OUT_OF_MEMORY, "CANCELLED", "NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "COMPLETED", "TIMEOUT", "DEADLINE"];
    match text.strip_suffix('+').filter(|start| start.len() >= 4) {
        Some(start) => STATES.iter().find(|state| state.starts_with(start)).copied().unwrap_or(text).to_owned(),
        None => text.to_owned(),
    }
}

/// `410022.exte+` of a narrow column.
fn whole_id(text: &str) -> Option<String> {
    let text = text.trim();
    let whole = match text.strip_suffix('+') {
        Some(cut) => {
            let (job, step) = cut.split_once('.')?;
            let step = ["extern", "batch", "interactive"].into_iter().find(|name| name.starts_with(step))?;
            format!("{job}.{step}")
        }
        None => text.to_owned(),
    };
    whole.starts_with(|c: char| c.is_ascii_digit()).then_some(whole)
}

/// A table's heading and where its cells are.
enum Columns {
    /// `-p`, `-P`, or another `--delimiter`.
    Separated(Vec<String>),
    /// Cells as wide as the dashes below the headings, in characters.
    Wide(Vec<(String, usize, usize)>),
}

impl Columns {
    fn new(heading: &str, below: &str) -> Option<Columns> {
        let known = |names: &[&str]| names.contains(&"State") && names.iter().any(|name| name.starts_with("JobID"));
        let names: Vec<&str> = heading.trim_end_matches('|').split('|').collect();
        if known(&names) {
            return Some(Columns::Separated(names.into_iter().map(str::to_owned).collect()));
        }
        let dashes = !below.trim().is_empty() && below.chars().all(|c| matches!(c, '-' | ' '));
        let names: Vec<&str> = heading.split_whitespace().collect();
        if !dashes || !known(&names) {
            return None;
        }
        let mut columns = Vec::new();
        let mut at = 0;
        for run in below.split(' ') {
            let end = at + run.chars().count();
            if end > at {
                columns.push((cell(heading, at, end), at, end));
            }
            at = end + 1;
        }
        Some(Columns::Wide(columns))
    }

    fn get(&self, row: &str, name: &str) -> Option<String> {
        let text = match self {
            Columns::Separated(names) => {
                let at = names.iter().position(|known| known == name)?;
                row.split('|').nth(at)?.trim().to_owned()
            }
            Columns::Wide(columns) => {
                let (_, start, end) = columns.iter().find(|(known, ..)| known == name)?;
                cell(row, *start, *end)
            }
        };
        (!text.is_empty()).then_some(text)
    }
}

fn cell(row: &str, start: usize, end: usize) -> String {
    row.chars().skip(start).take(end - start).collect::<String>().trim().to_owned()
}

/// Does a table of `sacct` or a job of `scontrol` begin in these lines?
pub(super) fn is_jobs(lines: &[&str]) -> bool {
    let table = lines.iter().zip(lines.iter().skip(1)).any(|(line, below)| Columns::new(line, below).is_some());
    let job = |line: &&str| line.starts_with("JobId=");
    table || lines.iter().any(job) && lines.iter().any(|line| line.trim_start().starts_with("JobState="))
}

/// All tables and jobs of a text.
pub(super) fn text(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let mut jobs = Vec::new();
    let mut columns = None;
    for (number, line) in lines.iter().enumerate() {
        let below = lines.get(number + 1).map(|line| line.text.as_ref()).unwrap_or_default();
        if let Some(found) = Columns::new(&line.text, below) {
            columns = Some(found);
        } else if line.text.starts_with("JobId=") {
            jobs.push(shown(&lines[number..]));
            columns = None;
        } else if let Some(columns) = &columns {
            jobs.extend(row(columns, line));
        }
    }
    tell_all(doc, &jobs);
}

fn row(columns: &Columns, line: &Line<'_>) -> Option<Job> {
    let get = |name: &str| columns.get(&line.text, name);
    let id = get("JobIDRaw").or_else(|| get("JobID")).as_deref().and_then(whole_id)?;
    Some(Job {
        at: line.at,
        id,
        state: whole_state(&get("State")?),
        exit: get("ExitCode").as_deref().and_then(code_and_signal),
        started: get("Start").as_deref().and_then(time),
        finished: get("End").as_deref().and_then(time),
        nodes: get("NodeList"),
        limit_bytes: get("ReqMem").as_deref().and_then(memory),
        reason: get("Reason").filter(|reason| reason != "None"),
        restarts: None,
    })
}

/// One job of `scontrol show job`: `Key=value` with blanks between, up to the next one.
fn shown(lines: &[Line<'_>]) -> Job {
    let own = lines.iter().enumerate().take_while(|(number, line)| {
        let next = *number > 0 && line.text.starts_with("JobId=");
        !next && !line.text.trim().is_empty()
    });
    let text = own.map(|(_, line)| line.text.trim()).collect::<Vec<_>>().join(" ");
    let get = |key: &str| {
        let value = text.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('='))?;
        (!matches!(value, "" | "(null)" | "None" | "N/A" | "Unknown")).then(|| value.to_owned())
    };
    Job {
        at: lines.first().map_or(0, |line| line.at),
        id: get("JobId").unwrap_or_default(),
        state: get("JobState").unwrap_or_default(),
        exit: get("ExitCode").as_deref().and_then(code_and_signal),
        started: get("StartTime").as_deref().and_then(time),
        finished: get("EndTime").as_deref().and_then(time),
        nodes: get("BatchHost").or_else(|| get("NodeList")),
        limit_bytes: get("MinMemoryNode").as_deref().and_then(memory),
        reason: get("Reason"),
        restarts: get("Restarts").and_then(|count| count.parse().ok()),
    }
}

/// True for a job of `sacct --json` or `scontrol show job --json`.
pub(super) fn is_job(node: &Node<'_>) -> bool {
    node.get("job_id").is_some() && (node.get("exit_code").is_some() || node.get("derived_exit_code").is_some())
}

/// One job with its steps.
pub(super) fn job(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(id) = node.get("job_id").and_then(number) else { return };
    let own = Job {
        nodes: node.string("batch_host").or_else(|| node.string("nodes")),
        reason: node.string("state_reason").or_else(|| node.path(&["state", "reason"])?.word().map(str::to_owned)),
        restarts: node.get("restart_cnt").and_then(number).and_then(|count| u32::try_from(count).ok()),
        limit_bytes: node.get("memory_per_node").and_then(number).and_then(mebibytes),
        ..of_json(node, id.to_string())
    };
    let mut jobs = vec![own];
    for step in node.get("steps").map(Node::list).unwrap_or_default() {
        if let Some(step_id) = step_id(step, id) {
            let nodes = step.path(&["nodes", "range"]).and_then(Node::text).map(str::to_owned);
            jobs.push(Job { nodes, ..of_json(step, step_id) });
        }
    }
    tell_all(doc, &jobs);
}

fn of_json(node: &Node<'_>, id: String) -> Job {
    let state = node.get("state").map(|state| state.get("current").unwrap_or(state)).or_else(|| node.get("job_state"));
    // One name, or a list of flags of which the first is the state.
    let state = state.and_then(|state| state.word().or_else(|| state.list().first()?.word()));
    let time = |new: &str, old: &str| {
        let found = node.path(&["time", new]).or_else(|| node.get(old))?;
        clock::unix(number(found)?)
    };
    Job {
        at: node.get("exit_code").map_or(node.at, |code| code.at),
        id,
        state: state.unwrap_or_default().to_owned(),
        exit: node.get("exit_code").and_then(exit),
        started: time("start", "start_time"),
        finished: time("end", "end_time"),
        ..Job::default()
    }
}

/// `{"return_code": 0, "signal": {"signal_id": 125}}` (21.08), or both as `{"set": .., "number": ..}` (23.02 and later).
fn exit(node: &Node<'_>) -> Option<(i64, i64)> {
    let code = node.get("return_code").and_then(number).unwrap_or(0);
    let signal = node.get("signal").and_then(|signal| signal.get("id").or_else(|| signal.get("signal_id")));
    Some((code, signal.and_then(number).unwrap_or(0)))
}

/// A number, or an object that says whether it is set.
fn number(node: &Node<'_>) -> Option<i64> {
    match node.get("number") {
        Some(number) if node.get("set").and_then(Node::boolean) != Some(false) => number.int(),
        Some(_) => None,
        None => node.int(),
    }
}

fn mebibytes(mib: i64) -> Option<u64> {
    u64::try_from(mib).ok()?.checked_mul(1 << 20).filter(|bytes| *bytes > 0)
}

/// `"id": "410022.batch"`, or an object with the number or name of the step.
fn step_id(step: &Node<'_>, job: i64) -> Option<String> {
    let id = step.path(&["step", "id"]).or_else(|| step.get("step_id"))?;
    if let Some(text) = id.text() {
        return Some(if text.contains('.') { text.to_owned() } else { format!("{job}.{text}") });
    }
    let own = id.get("step_id").unwrap_or(id);
    own.word().map(|step| format!("{job}.{step}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    /// Id, code, signal, flag of each end.
    type End = (String, Option<i64>, Option<i32>, Option<bool>);

    fn ends(text: &str) -> Vec<End> {
        let (events, problems) = read_text("jobs.txt", text);
        assert!(problems.is_empty(), "{problems:?}");
        let end = |fact: &crate::event::RuntimeFact| match &fact.what {
            What::Exited(exit) => Some((
                fact.container.id.as_deref().unwrap_or_default().to_owned(),
                exit.exit_code,
                exit.signal,
                exit.oom_flag,
            )),
            _ => None,
        };
        facts(&events).iter().filter_map(end).collect()
    }

    fn oom(id: &str) -> End {
        (id.to_owned(), None, None, Some(true))
    }

    #[test]
    fn a_table() {
        let text = "JobID           JobName  Partition    Account  AllocCPUS      State ExitCode \n\
------------ ---------- ---------- ---------- ---------- ---------- -------- \n\
410022         train.sh       main        lab          4 OUT_OF_ME+    0:125 \n\
410022.batch      batch                   lab          4 OUT_OF_ME+    0:125 \n\
410022.exte+     extern                   lab          4  COMPLETED      0:0 \n\
410023          prep.sh       main        lab          4     FAILED      1:0 \n\
410024          wait.sh       main        lab          4 CANCELLED+      0:0 \n";
        assert_eq!(
            ends(text),
            [
                oom("410022.batch"),
                ("410023".into(), Some(1), None, Some(false)),
                ("410024".into(), Some(0), None, Some(false))
            ]
        );
    }

    #[test]
    fn separated_by_bars() {
        let text = "JobID|JobName|State|ExitCode|Start|End|NodeList|ReqMem|MaxRSS\n\
410022|train|OUT_OF_MEMORY|0:125|2026-11-23T10:00:10|2026-11-23T10:01:22|node7|8G|\n\
410022.batch|batch|OUT_OF_MEMORY|0:125|2026-11-23T10:00:10|2026-11-23T10:01:22|node7||8388604K\n\
410022.0|python3|CANCELLED|0:9|2026-11-23T10:00:11|2026-11-23T10:01:22|node7||8388604K\n";
        assert_eq!(ends(text), [oom("410022.batch"), ("410022.0".into(), None, Some(9), Some(false))]);
        let (events, _) = read_text("sacct", text);
        assert_eq!(events[0].host.as_deref(), Some("node7"));
        assert!(events[0].stamp.wall.is_some());
    }

    #[test]
    fn a_job_shown() {
        let text = "JobId=410022 JobName=train.sh\n   UserId=ann(1001) GroupId=ann(1001) MCS_label=N/A\n   JobState=OUT_OF_MEMORY Reason=OutOfMemory Dependency=(null)\n   Requeue=1 Restarts=2 BatchFlag=1 Reboot=0 ExitCode=0:125\n   DerivedExitCode=0:0\n   StartTime=2026-11-23T10:00:10 EndTime=2026-11-23T10:01:22 Deadline=N/A\n   NodeList=node7\n   BatchHost=node7\n   MinCPUsNode=4 MinMemoryNode=8G MinTmpDiskNode=0\n\nJobId=410025 JobName=x\n   JobState=RUNNING Reason=None\n   Requeue=1 Restarts=0 ExitCode=0:0\n   NodeList=node[7-9]\n";
        assert_eq!(ends(text), [oom("410022")]);
        let (events, _) = read_text("job", text);
        let found = facts(&events);
        assert_eq!((found[0].container.limit_bytes, found.len()), (Some(8 << 30), 2));
        assert_eq!((events[0].host.as_deref(), events[1].host.as_deref()), (Some("node7"), None));
    }

    #[test]
    fn as_json() {
        let new = r#"{"meta": {"plugin": {"data_parser": "data_parser/v0.0.41"}}, "jobs": [{"job_id": 410022, "nodes": "node7",
 "exit_code": {"status": ["SIGNALED"], "return_code": {"set": true, "infinite": false, "number": 0}, "signal": {"id": {"set": true, "number": 125}}},
 "state": {"current": ["OUT_OF_MEMORY"], "reason": "OutOfMemory"}, "time": {"start": 1795428010, "end": 1795428082},
 "steps": [{"state": ["OUT_OF_MEMORY"], "step": {"id": "410022.batch", "name": "batch"}, "time": {"end": {"set": true, "number": 1795428082}},
  "exit_code": {"return_code": {"set": true, "number": 0}, "signal": {"id": {"set": true, "number": 125}}}, "nodes": {"range": "node7"}}]}]}"#;
        assert_eq!(ends(new), [oom("410022.batch")]);
        let old = r#"{"jobs": [{"account": "lab", "derived_exit_code": {"return_code": 0}, "job_id": 7, "exit_code": {"status": "SIGNALED", "return_code": 0, "signal": {"signal_id": 125}},
 "state": {"current": "OUT_OF_MEMORY"}, "steps": [{"state": "FAILED", "step": {"id": {"job_id": 7, "step_id": "0"}}, "exit_code": {"return_code": 2}}]}]}"#;
        assert_eq!(ends(old), [oom("7"), ("7.0".into(), Some(2), None, Some(false))]);
        let shown = r#"{"jobs": [{"job_id": 8, "job_state": ["OUT_OF_MEMORY"], "state_reason": "OutOfMemory", "batch_host": "node7", "end_time": {"set": true, "number": 1795428082}, "exit_code": {"return_code": {"set": true, "number": 0}}}]}"#;
        assert_eq!(ends(shown), [oom("8")]);
    }
}
