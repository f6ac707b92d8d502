//! `systemctl show`, `systemctl status`, `systemctl list-units --failed` (systemd v219 and later).

use super::clock;
use super::doc::{Doc, Line, Said};
use super::engine_events::signal_number;
use super::names;
use super::size;
use crate::event::{ContainerRef, Speaker, Stamp, UnitExit, UnitState, What};

/// Properties of one unit, as they are collected.
#[derive(Default)]
struct Properties {
    at: usize,
    unit: Option<String>,
    seen: usize,
    result: Option<String>,
    /// `ExecMainCode`: `CLD_EXITED` 1, `CLD_KILLED` 2, `CLD_DUMPED` 3.
    code: Option<u32>,
    status: Option<i64>,
    main_pid: Option<u32>,
    exec_pid: Option<u32>,
    restarts: Option<u32>,
    memory_max: Option<u64>,
    memory_peak: Option<u64>,
    exit_time: Option<crate::event::Wall>,
    exit_uptime_us: Option<u64>,
}

/// `systemctl show`: `Key=value` lines, units apart by an empty line.
pub(super) fn show(doc: &mut Doc<'_, '_>) {
    let mut unit = Properties::default();
    for line in doc.lines() {
        if line.text.trim().is_empty() {
            finish(doc, std::mem::take(&mut unit));
        } else if let Some((key, value)) = line.text.split_once('=') {
            property(&mut unit, line.at, key, value.trim());
        }
    }
    finish(doc, unit);
}

fn property(unit: &mut Properties, at: usize, key: &str, value: &str) {
    unit.seen += 1;
    match key {
        "Id" => unit.unit = Some(value.to_owned()),
        "Result" => (unit.result, unit.at) = (Some(value.to_owned()).filter(|v| !v.is_empty()), at),
        "ExecMainCode" => unit.code = value.parse().ok(),
        "ExecMainStatus" => unit.status = value.parse().ok(),
        "MainPID" => unit.main_pid = names::pid(value.parse().ok()),
        "ExecMainPID" => unit.exec_pid = names::pid(value.parse().ok()),
        "NRestarts" => unit.restarts = value.parse().ok(),
        "MemoryMax" => unit.memory_max = size::limit(value),
        // cgroup v1 (systemd up to v255): MemoryMax is infinity, the limit stands here.
        "MemoryLimit" => unit.memory_max = unit.memory_max.or(size::limit(value)),
        "MemoryPeak" => unit.memory_peak = size::limit(value),
        "ExecMainExitTimestamp" => unit.exit_time = clock::systemd(value),
        "ExecMainExitTimestampMonotonic" => unit.exit_uptime_us = value.parse().ok().filter(|us| *us > 0),
        _ => {}
    }
}

fn finish(doc: &mut Doc<'_, '_>, unit: Properties) {
    let (Some(name), true) = (&unit.unit, unit.seen > 1) else { return };
    let what = What::UnitState(Box::new(UnitState {
        result: unit.result,
        exit: unit.code.and_then(|code| unit_exit(code, unit.status)),
        // After the end MainPID is 0; the pid of the last main process is the key that a kill line has.
        pid: unit.main_pid.or(unit.exec_pid),
        restarts: unit.restarts,
        memory_max_bytes: unit.memory_max,
        memory_peak_bytes: unit.memory_peak,
    }));
    let stamp = Stamp { wall: unit.exit_time, uptime_us: unit.exit_uptime_us, ..Stamp::default() };
    doc.say_unit(unit.at, stamp, name, what);
}

fn unit_exit(code: u32, status: Option<i64>) -> Option<UnitExit> {
    let code = match code {
        1 => "exited",
        2 => "killed",
        3 => "dumped",
        _ => return None,
    };
    let name = status.filter(|_| code != "exited").and_then(signal_name).map(str::to_owned);
    Some(UnitExit { code: code.to_owned(), status, name })
}

fn signal_name(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        15 => "TERM",
        _ => return None,
    })
}

/// True for the first line of a unit in `systemctl status`: `● web.service - Web` (`×`, `○`, `↻`, `*` for others).
pub(super) fn is_status_head(line: &str) -> bool {
    status_head(line).is_some()
}

fn status_head(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['●', '×', '○', '↻', '*'])?.strip_prefix(' ')?;
    let name = rest.split(" - ").next()?.trim();
    let unit = !name.contains(' ') && is_unit(name);
    unit.then_some(name)
}

fn is_unit(name: &str) -> bool {
    const KINDS: [&str; 8] = [".service", ".scope", ".slice", ".mount", ".socket", ".timer", ".target", ".device"];
    KINDS.iter().any(|kind| name.ends_with(kind) && name.len() > kind.len())
}

/// State of one unit while `systemctl status` is read.
#[derive(Default)]
struct Status {
    at: usize,
    unit: String,
    active: Option<String>,
    wall: Option<crate::event::Wall>,
    result: Option<String>,
    exit: Option<UnitExit>,
    pid: Option<u32>,
    max: Option<u64>,
    peak: Option<u64>,
}

/// `systemctl status`, also of many units (`--all`). The log lines at its end are not read here.
pub(super) fn status(doc: &mut Doc<'_, '_>) {
    let mut current: Option<Status> = None;
    for line in doc.lines() {
        if let Some(unit) = status_head(&line.text) {
            finish_status(doc, current.take());
            current = Some(Status { at: line.at, unit: unit.to_owned(), ..Status::default() });
        } else if let Some(status) = &mut current {
            if let Some(id) = payload(&line.text) {
                say_container(doc, line.at, id, &status.unit);
            }
            status_line(status, &line);
        }
    }
    finish_status(doc, current);
}

/// A container in the tree of a unit's cgroup: podman's `--cgroups=split` puts `├─libpod-payload-<id>` into it.
fn payload(line: &str) -> Option<&str> {
    let (_, name) = line.split_once("─libpod-payload-")?;
    Some(name.trim_end()).filter(|id| names::is_full_id(id))
}

fn say_container(doc: &mut Doc<'_, '_>, at: usize, id: &str, unit: &str) {
    let container = ContainerRef {
        id: names::id_text(id),
        unit: Some(unit.into()),
        runtime: Some("podman".into()),
        ..ContainerRef::default()
    };
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::Podman, container, what: What::Seen });
}

fn status_line(status: &mut Status, line: &Line<'_>) {
    let Some((key, value)) = line.text.trim().split_once(": ") else { return };
    match key {
        "Active" => {
            status.at = line.at;
            status.active = value.split([' ', '(']).next().map(str::to_owned);
            status.result =
                value.split_once("(Result: ").and_then(|(_, r)| r.split_once(')')).map(|(r, _)| r.to_owned());
            let since = value.split_once(" since ").map(|(_, rest)| rest.split(';').next().unwrap_or(rest));
            status.wall = since.and_then(clock::systemd);
        }
        "Main PID" => {
            let digits = value.split(' ').next().unwrap_or_default();
            status.pid = names::pid(digits.parse().ok());
            status.exit = value.split_once("(code=").and_then(|(_, rest)| exit_text(rest)).or(status.exit.take());
        }
        "Process" if status.exit.is_none() => {
            status.exit = value.rsplit_once("(code=").and_then(|(_, rest)| exit_text(rest));
        }
        "Memory" => {
            let of = |name: &str| {
                value.split_once(name).and_then(|(_, rest)| size::human(rest.split([' ', ')', ',']).next()?))
            };
            (status.max, status.peak) = (of("max: ").or(of("limit: ")), of("peak: "));
        }
        // v255 and later, where the cgroup is gone.
        "Mem peak" => status.peak = size::human(value.trim()),
        _ => {}
    }
}

/// `killed, signal=TERM)`, `exited, status=1/FAILURE)`.
fn exit_text(text: &str) -> Option<UnitExit> {
    let (code, rest) = text.split_once(", ")?;
    let (key, value) = rest.split(')').next()?.split_once('=')?;
    let (status, name) = match key {
        "signal" => (signal_number(value).map(i64::from), Some(value.to_owned())),
        _ => {
            let (number, name) = value.split_once('/').unwrap_or((value, ""));
            (number.parse().ok(), Some(name.to_owned()).filter(|n| !n.is_empty()))
        }
    };
    Some(UnitExit { code: code.to_owned(), status, name })
}

fn finish_status(doc: &mut Doc<'_, '_>, status: Option<Status>) {
    let Some(status) = status else { return };
    let Some(active) = status.active else { return };
    // `Result:` is printed for failures only.
    let result = status.result.or_else(|| (active == "failed").then_some(active));
    let what = What::UnitState(Box::new(UnitState {
        result,
        exit: status.exit,
        pid: status.pid,
        restarts: None,
        memory_max_bytes: status.max,
        memory_peak_bytes: status.peak,
    }));
    doc.say_unit(status.at, Stamp { wall: status.wall, ..Stamp::default() }, &status.unit, what);
}

/// True for the heading of `systemctl list-units`.
pub(super) fn is_units_heading(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.starts_with(&["UNIT", "LOAD", "ACTIVE", "SUB"])
}

/// `systemctl list-units`: the failed ones. Why they failed is not told.
pub(super) fn list_units(doc: &mut Doc<'_, '_>) {
    for line in doc.lines() {
        let text = line.text.trim_start_matches(['●', '×', '*', ' ']);
        let mut words = text.split_whitespace();
        let (Some(unit), Some(_), Some("failed")) = (words.next(), words.next(), words.next()) else { continue };
        if is_unit(unit) {
            let what = What::UnitState(Box::new(UnitState {
                result: Some("failed".to_owned()),
                exit: None,
                pid: None,
                restarts: None,
                memory_max_bytes: None,
                memory_peak_bytes: None,
            }));
            doc.say_unit(line.at, Stamp::default(), unit, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn show_of_a_unit_that_was_stopped_after_a_kill() {
        let text = "Type=simple\nMainPID=0\nResult=oom-kill\nNRestarts=2\nExecMainExitTimestamp=Mon 2026-11-23 10:26:10 UTC\nExecMainExitTimestampMonotonic=141908529\nExecMainPID=431\nExecMainCode=2\nExecMainStatus=15\nMemoryPeak=[not set]\nMemoryMax=67108864\nMemoryLimit=infinity\nId=ledger-stop.service\n\nId=x.service\nResult=success\nExecMainCode=0\nMemoryPeak=1000\n\n";
        let (events, _) = read_text("units/ledger.show", text);
        let all = facts(&events);
        assert_eq!((all.len(), all[0].unit.as_deref()), (2, Some("ledger-stop.service")));
        let exit = UnitExit { code: "killed".to_owned(), status: Some(15), name: Some("TERM".to_owned()) };
        let expected = What::UnitState(Box::new(UnitState {
            result: Some("oom-kill".to_owned()),
            exit: Some(exit),
            pid: Some(431),
            restarts: Some(2),
            memory_max_bytes: Some(67_108_864),
            memory_peak_bytes: None,
        }));
        assert_eq!(all[0].what, expected);
        assert_eq!((events[0].stamp.uptime_us, events[0].evidence[0].line), (Some(141_908_529), Some(3)));
        assert_eq!(events[0].stamp.wall, clock::instant("2026-11-23T10:26:10Z"));
        let What::UnitState(state) = &all[1].what else { panic!() };
        assert_eq!((&state.exit, state.memory_peak_bytes), (&None, Some(1000)));
    }

    #[test]
    fn the_container_that_a_unit_runs_lies_in_its_cgroup() {
        let id = "8f0e1d2c3b4a59687766554433221100ffeeddccbbaa99887766554433221100";
        let text = format!(
            "● relay.service - Relay\n     Loaded: loaded (/etc/containers/systemd/relay.container; generated)\n     Active: active (running) since Mon 2026-11-23 10:26:10 UTC; 8s ago\n   Main PID: 77 (conmon)\n     CGroup: /system.slice/relay.service\n             ├─libpod-payload-{id}\n             │ └─79 relayd\n             └─runtime\n               └─77 /usr/bin/conmon --api-version 1 -c {id}\n"
        );
        let (events, _) = read_text("relay.status", &text);
        let told = facts(&events);
        let container = &told.iter().find(|fact| fact.what == What::Seen).unwrap().container;
        assert_eq!((container.id.as_deref(), container.unit.as_deref()), (Some(id), Some("relay.service")));
    }

    #[test]
    fn status_of_units() {
        let text = "× ledger-stop.service - ledger-stop\n     Loaded: loaded (/run/systemd/system/ledger-stop.service; static)\n     Active: failed (Result: oom-kill) since Mon 2026-11-23 10:26:10 UTC; 8s ago\n    Process: 431 ExecStart=/opt/hog -k (x) (code=killed, signal=TERM)\n   Main PID: 431 (code=killed, signal=TERM)\n        CPU: 250ms\n\nNov 23 10:26:10 db-02 systemd[1]: ledger-stop.service: Failed with result 'oom-kill'.\n● web.service - Web\n   Active: active (running) since Mon 2026-11-23 10:26:10 UTC; 8s ago\n Main PID: 77 (web)\n   Memory: 1.0G (max: 2.0G available: 1.0G peak: 1.5G)\n";
        let (events, _) = read_text("ledger.status", text);
        let all = facts(&events);
        assert_eq!(all.len(), 2);
        let What::UnitState(state) = &all[0].what else { panic!() };
        let status = state.exit.as_ref().and_then(|exit| exit.status);
        assert_eq!((state.pid, state.result.as_deref(), status), (Some(431), Some("oom-kill"), Some(15)));
        assert_eq!(events[0].evidence[0].line, Some(3));
        let What::UnitState(state) = &all[1].what else { panic!() };
        let sizes = (state.memory_max_bytes, state.memory_peak_bytes);
        assert_eq!((&state.result, sizes), (&None, (Some(2_147_483_648), Some(1_610_612_736))));
    }

    #[test]
    fn failed_units_and_exit_texts() {
        let text = "  UNIT                      LOAD   ACTIVE SUB    DESCRIPTION\n● backup-agent.service      loaded failed failed backup-agent\n  web.service loaded active running Web\n\nLOAD   = Reflects whether the unit definition was properly loaded.\n1 loaded units listed.\n";
        let (events, _) = read_text("systemctl_list-units_--failed", text);
        assert_eq!((events.len(), facts(&events)[0].unit.as_deref()), (1, Some("backup-agent.service")));
        let exit = exit_text("exited, status=137)").unwrap();
        assert_eq!((exit.status, exit.name), (Some(137), None));
        assert_eq!(exit_text("exited, status=1/FAILURE)").unwrap().name.as_deref(), Some("FAILURE"));
        assert_eq!((exit_text(""), exit_text("killed)")), (None, None));
    }
}
