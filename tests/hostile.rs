//! Reports of every era in every carrier, damaged in the ways that logs are: cut, interleaved with another report, with other text
//! between, with names that look like kernel text, over New Year and February 29, and with the carrier changing half-way. Whatever
//! is lost, nobody is named a victim who is not one, and no kill is counted twice.
//!
//! A sample of all combinations by default; all with `OOMSCAN_ALL=1`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "matrix/carriers.rs"]
mod carriers;
#[path = "matrix/eras.rs"]
#[allow(dead_code, reason = "the matrix compares all facts")]
mod eras;
#[path = "matrix/texts.rs"]
mod texts;

use eras::{Era, Record, eras};
use oomscan::report::Report;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs;
use std::path::Path;

type Write = fn(&[Record]) -> Vec<u8>;

/// One probe in so many is run.
fn is_run(number: usize, one_in: usize) -> bool {
    std::env::var_os("OOMSCAN_ALL").is_some() || number.is_multiple_of(one_in)
}

fn report(folder: &Path, bytes: &[u8], year: i32) -> Report {
    let path = folder.join("log");
    fs::write(&path, bytes).unwrap();
    scan(&[Input::Path(path)], &Options { year: Some(year), threads: 1, ..Options::default() })
}

/// Pids and names of all victims, sorted.
fn victims(report: &Report) -> Vec<(u32, String)> {
    let victims = report.incidents.iter().flat_map(|incident| &incident.victims);
    let mut all: Vec<_> = victims.map(|victim| (victim.pid, victim.comm.clone())).collect();
    all.sort();
    all
}

fn is_kill(record: &Record) -> bool {
    record.text.contains("Killed process ")
}

/// Lines that name the victim.
fn names_victim(record: &Record) -> bool {
    is_kill(record) || ["oom-kill:", "Kill process ", "kill process "].iter().any(|words| record.text.contains(words))
}

/// A kill line without sizes is all there is, and nothing but its words could show that it is the kernel's: it is shown as a
/// problem.
fn is_doubtful(report: &Report, piece: &[Record]) -> bool {
    let [lone] = piece else { return false };
    let short = lone.text.starts_with("Killed process ") && lone.text.ends_with(')');
    short && report.problems.len() == 1 && report.problems[0].message.ends_with(&lone.text)
}

/// Runs `probe` for every era in every carrier and gathers what it complains of.
fn each(one_in: usize, mut probe: impl FnMut(&Era, &str, Write, usize) -> Vec<String>) {
    let mut failures = Vec::new();
    let mut number = 0;
    for era in eras() {
        for (carrier, write) in carriers::all() {
            number += 1;
            if is_run(number, one_in) {
                let found = probe(&era, carrier, write, number);
                failures.extend(found.into_iter().map(|what| format!("{} in {carrier}: {what}", era.name)));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn cut_after_and_before_each_of_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    each(53, |era, _, write, number| {
        let victim = (era.truth.pid, era.truth.comm.to_owned());
        let mut failures = Vec::new();
        for at in (0..era.records.len()).filter(|at| is_run(at + number, 7)) {
            for piece in [&era.records[..at], &era.records[at..]] {
                if piece.is_empty() {
                    continue;
                }
                let report = report(folder.path(), &write(piece), 2026);
                let (found, wanted) = (victims(&report), vec![victim.clone()]);
                let fits = if piece.iter().any(is_kill) {
                    found == wanted || found.is_empty() && is_doubtful(&report, piece)
                } else {
                    // A summary without its kill line is proof, too; older kernels print none.
                    found.is_empty() || found == wanted
                };
                if !fits {
                    failures.push(format!("cut at {at}, {} lines: {found:?}", piece.len()));
                }
            }
        }
        failures
    });
}

/// The same report of another process.
fn twin(records: &[Record], pid: u32) -> Vec<Record> {
    let other = |record: &Record| {
        let text =
            if names_victim(record) { record.text.replace(&pid.to_string(), "7654321") } else { record.text.clone() };
        Record { uptime_us: record.uptime_us + 5, text, ..record.clone() }
    };
    records.iter().map(other).collect()
}

#[test]
fn two_reports_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    each(11, |era, carrier, write, _| {
        // Its two parts stand in the reverse order: a report ends where the other's half begins.
        if carrier == "pstore" {
            return Vec::new();
        }
        let twin = twin(&era.records, era.truth.pid);
        let mixed: Vec<Record> =
            era.records.iter().zip(&twin).flat_map(|(one, other)| [one.clone(), other.clone()]).collect();
        let found: Vec<u32> = victims(&report(folder.path(), &write(&mixed), 2026)).into_iter().map(|v| v.0).collect();
        if found == [era.truth.pid, 7_654_321] { Vec::new() } else { vec![format!("{found:?}")] }
    });
}

#[test]
fn other_text_between_all_lines() {
    const FOREIGN: [&str; 5] = [
        "docker0: port 1(veth1a2b3c4) entered disabled state",
        "audit: type=1400 audit(1795432356.863:42): apparmor=\"DENIED\" operation=\"open\" comm=\"java\"",
        "nfs: server filer not responding, still trying",
        "[drm] GPU HANG: ecode 9:1:85dffffb, in Xorg [1811]",
        "systemd-journald[312]: Under memory pressure, flushing caches.",
    ];
    let folder = tempfile::tempdir().unwrap();
    each(11, |era, _, write, _| {
        let foreign = |(at, record): (usize, &Record)| {
            let text = FOREIGN[at % FOREIGN.len()].to_owned();
            [record.clone(), Record { uptime_us: record.uptime_us + 3, level: 6, text }]
        };
        let mixed: Vec<Record> = era.records.iter().enumerate().flat_map(foreign).collect();
        let found = report(folder.path(), &write(&mixed), 2026);
        let causes: Vec<_> = found.incidents.iter().map(|incident| incident.cause).collect();
        let fits = causes == [era.truth.cause] && victims(&found) == [(era.truth.pid, era.truth.comm.to_owned())];
        if fits { Vec::new() } else { vec![format!("{causes:?} {:?}", victims(&found))] }
    });
}

/// The report with another name for its victim, wherever the kernel prints it.
fn renamed(era: &Era, name: &str) -> Vec<Record> {
    let old = era.truth.comm;
    let rename = |record: &Record| {
        let row = record.text.starts_with('[') && record.text.ends_with(&format!(" {old}"));
        let text = if row {
            format!("{}{name}", record.text.strip_suffix(old).unwrap())
        } else if record.text.starts_with(&format!("{old} invoked oom-killer")) {
            record.text.replacen(old, name, 1)
        } else {
            record
                .text
                .replace(&format!("({old})"), &format!("({name})"))
                .replace(&format!(",task={old},pid="), &format!(",task={name},pid="))
        };
        Record { text, ..record.clone() }
    };
    era.records.iter().map(rename).collect()
}

#[test]
fn names_that_look_like_something_else() {
    const NAMES: [&str; 16] = [
        "</script>",
        "Killed process",
        "oom-kill:constr",
        "x) total-vm:1kB",
        "a, pid=1, uid=0",
        "x,task=y,pid=1",
        "[    1.234567] ",
        "<3>[ 1.2] x",
        "kernel: x",
        "Out of memory: ",
        "invoked oom-kil",
        "{\"log\":\"x\"}",
        "=cmd|' /C x'!A1",
        "   ",
        "((sd-pam))",
        "äöü漢字é",
    ];
    let folder = tempfile::tempdir().unwrap();
    each(17, |era, _, write, number| {
        let mut failures = Vec::new();
        for (_, name) in NAMES.iter().enumerate().filter(|(at, _)| is_run(at + number, 4)) {
            let found = victims(&report(folder.path(), &write(&renamed(era, name)), 2026));
            if found.len() != 1 || found[0].0 != era.truth.pid {
                failures.push(format!("{name:?}: {found:?}"));
            }
        }
        failures
    });
}

#[test]
fn controls_in_names() {
    let folder = tempfile::tempdir().unwrap();
    each(19, |era, _, write, _| {
        let mut failures = Vec::new();
        for name in ["\u{1b}[31mred", "\u{202e}evil", "tab\there", "bell\u{7}", "\\x0aOut of mem", "#012Killed"] {
            let found = victims(&report(folder.path(), &write(&renamed(era, name)), 2026));
            if found.len() != 1 || found[0].0 != era.truth.pid {
                failures.push(format!("{name:?}: {found:?}"));
            }
        }
        failures
    });
}

#[test]
fn over_new_year_and_on_february_29() {
    let folder = tempfile::tempdir().unwrap();
    // Seconds from the boot at 2026-11-23T09:29:18Z to half a second before 2027, and to 2028-02-29T12:00:00Z.
    for (uptime_us, year, times) in [
        (3_335_441_500_000u64, 2027, ["2026-12-31T23:59:59", "2027-01-01T00:00:00"]),
        (40_012_242_000_000u64, 2028, ["2028-02-29T12:00:00", "2028-02-29T12:00:01"]),
    ] {
        each(7, |era, _, write, _| {
            let count = era.records.len() as u64;
            let step = 1_000_000 / count;
            let moved = |(at, record): (u64, &Record)| Record { uptime_us: uptime_us + at * step, ..record.clone() };
            let records: Vec<Record> = (0..).zip(&era.records).map(moved).collect();
            let found = report(folder.path(), &write(&records), year);
            let told: Vec<Option<&str>> = found.incidents.iter().map(|incident| incident.time.as_deref()).collect();
            // Some carriers print no wall clock, some only the minute, and some another zone's.
            let day = |time: &str| times.iter().any(|wanted| time.get(..10) == wanted.get(..10));
            let fits = victims(&found).len() == 1 && told.iter().flatten().all(|time| day(time));
            if fits { Vec::new() } else { vec![format!("{told:?} {:?}", victims(&found))] }
        });
    }
}

#[test]
fn another_carrier_from_the_middle_on() {
    let folder = tempfile::tempdir().unwrap();
    let all = carriers::all();
    each(17, |era, carrier, write, number| {
        let (other, second) = all[(number * 31) % all.len()];
        // Its parts stand in the reverse order, and `dmesg -J` is one object.
        if [carrier, other].iter().any(|name| ["pstore", "dmesg -J"].contains(name)) {
            return Vec::new();
        }
        let (head, tail) = era.records.split_at(era.records.len() / 2);
        let found = victims(&report(folder.path(), &[write(head), second(tail)].concat(), 2026));
        let fits = found == [(era.truth.pid, era.truth.comm.to_owned())];
        if fits { Vec::new() } else { vec![format!("then {other}: {found:?}")] }
    });
}
