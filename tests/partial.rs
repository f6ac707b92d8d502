//! `--partial`: Ctrl-C gives a report about what was read until then.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const KILL: &str = "2026-11-23T10:00:00.000000+00:00 node-1 kernel: [  100.000020] Out of memory: Killed process 77 (java) \
     total-vm:400000kB, anon-rss:300000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:700kB oom_score_adj:0\n";

/// Runs on a pipe that does not end, interrupts it, and then lets the pipe end.
fn interrupted(args: &[&str]) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oomscan"))
        .args(args)
        .args(["--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(KILL.as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(500));
    let pid = child.id();
    assert!(Command::new("sh").args(["-c", &format!("kill -INT {pid}")]).status().unwrap().success());
    thread::sleep(Duration::from_millis(300));
    // A read that waits goes on when something comes; without --partial nobody reads any more.
    let _ = input.write_all(b"more\n");
    drop(input);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_was_found_so_far() {
    let (code, text) = interrupted(&["--partial"]);
    assert_eq!(code, Some(130));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["summary"]["memory"], 1, "{text}");
    assert!(report["problems"][0]["message"].as_str().unwrap().contains("Ctrl-C"), "{text}");
}

/// What runs behind `&` of a script ignores SIGINT, and so do its children: there is nothing to be seen then.
fn ignores_interrupts() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 0b10 != 0))
}

#[test]
fn otherwise_nothing() {
    if ignores_interrupts() {
        eprintln!("left out: SIGINT is ignored here");
        return;
    }
    assert_eq!(interrupted(&[]), (None, String::new()));
}
