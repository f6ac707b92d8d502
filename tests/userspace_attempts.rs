//! User-space killers whose signal came to nothing, and one that is known only to have been at work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::report::{Cause, Confidence, Report, Verdict};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs;

fn report(lines: &[&str]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages");
    fs::write(&path, lines.iter().map(|line| format!("Sep 03 {line}\n")).collect::<String>()).unwrap();
    scan(&[Input::Path(path)], &Options { year: Some(2026), ..Options::default() })
}

const SENT: &str = "09:14:02 mill earlyoom[611]: sending SIGTERM to process 7305 uid 1000 \"renderd\": oom_score 1090, VmRSS 9120 MiB, cmdline \"renderd -j8\"";

#[test]
fn a_process_that_did_not_exit_was_not_killed() {
    let stayed = [
        "09:14:12 mill earlyoom[611]: process 7305 did not exit",
        "09:14:12 mill earlyoom[611]: kill failed: Timer expired",
    ];
    let refused = ["09:14:02 mill earlyoom[611]: kill failed: Operation not permitted"];
    for failure in [&stayed[..], &refused[..]] {
        let lines: Vec<&str> = [SENT].iter().chain(failure).copied().collect();
        let report = report(&lines);
        assert_eq!(report.incidents.len(), 1);
        let incident = &report.incidents[0];
        assert_eq!((incident.verdict, incident.cause), (Verdict::Memory, Cause::UserspaceKiller));
        assert!(incident.victims.is_empty(), "{incident:#?}");
        assert!(incident.summary.contains("tried to kill 'renderd'"), "{}", incident.summary);
        assert_eq!(report.summary.victims, 0);
    }
}

#[test]
fn a_second_attempt_may_succeed() {
    let again = SENT.replace("09:14:02", "09:14:13").replace("SIGTERM", "SIGKILL");
    let report = report(&[
        SENT,
        "09:14:12 mill earlyoom[611]: process 7305 did not exit",
        "09:14:12 mill earlyoom[611]: kill failed: Timer expired",
        &again,
        "09:14:14 mill earlyoom[611]: process 7305 exited after 0.900 seconds",
    ]);
    assert_eq!((report.incidents.len(), report.summary.victims), (1, 1));
    assert_eq!(report.incidents[0].victims[0].pid, 7305);
}

#[test]
fn debug_lines_of_oomd_tell_that_it_was_at_work() {
    let end = "22:40:07 mill systemd[1]: loom.service: Main process exited, code=killed, status=9/KILL";
    let attempt = "22:40:07 mill systemd-oomd[433]: oomd attempting to kill 8123 with KILL";
    let found = report(&[attempt, end, "22:40:07 mill systemd[1]: loom.service: Failed with result 'signal'."]);
    assert_eq!(found.incidents.len(), 1);
    let incident = &found.incidents[0];
    assert_eq!((incident.cause, incident.confidence), (Cause::UserspaceKiller, Confidence::Probable));
    assert!(incident.summary.contains("most likely by systemd-oomd"), "{}", incident.summary);
    // Alone they are no incident, and long before an end they say nothing of it.
    assert!(report(&[attempt]).incidents.is_empty());
    let before = attempt.replace("22:40:07", "22:39:40");
    assert_eq!(report(&[&before, end]).incidents[0].verdict, Verdict::Undetermined);
}
