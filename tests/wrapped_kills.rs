//! A kill line of the kernel, in whatever wrapping, leads to an incident or to a problem; never to silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::report;
use oomscan::report::Report;

/// Of all eras: what the kernel says, and whether it names the killed process.
const KILLS: [&str; 9] = [
    "Out of memory: Killed process 4812 (indexer) total-vm:8123kB, anon-rss:4123kB, file-rss:12kB, shmem-rss:0kB, UID:7 pgtables:84kB \
     oom_score_adj:300",
    "Memory cgroup out of memory: Killed process 4812 (indexer) total-vm:8123kB, anon-rss:4123kB, file-rss:12kB, shmem-rss:0kB",
    "Killed process 4812 (indexer) total-vm:8123kB, anon-rss:4123kB, file-rss:12kB",
    "Killed process 4812, UID 501, (indexer) total-vm:8123kB, anon-rss:4123kB, file-rss:12kB",
    "Out of memory: kill process 4812 (indexer) score 8123 or a child",
    "Out of memory: Kill process 4812 (indexer) score 812 or sacrifice child",
    "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=indexer,pid=4812,uid=7",
    "Out of memory and no killable processes...",
    "oom_reaper: reaped process 4812 (indexer), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
];

const STAMP: &str = "[ 5123.456789] ";

#[track_caller]
fn read(text: &str) -> Report {
    report(&[("x.log", text)])
}

#[test]
fn a_lost_line_end_is_no_loss() {
    for before in [
        "node-3 login: ",
        "ha > ",
        "root@node-3:~# ",
        "Password: ",
        "[  OK  ] Started a.",
        "- ",
        "123\t",
        "progress 45%\r",
    ] {
        for kill in KILLS {
            let text = format!("{before}{STAMP}{kill}\n");
            let found = read(&text);
            assert_eq!(found.incidents.len(), 1, "{text}");
            assert_eq!(found.incidents[0].uptime_s, Some(5_123.456_789), "{text}");
        }
    }
}

#[test]
fn prompts_and_cells_are_no_words() {
    for (before, after) in [
        ("ha > ", ""),
        ("root@node-3:~# ", ""),
        ("\"", "\","),
        ("| node-3 | ", " |"),
        ("12:Nov  3 10:00:01 node-3 kernel: ", ""),
    ] {
        for kill in KILLS {
            let text = format!("{before}{kill}{after}\n");
            assert_eq!(read(&text).incidents.len(), 1, "{text}");
        }
    }
    let csv = read(&format!("2026-11-03T10:00:01Z,node-3,\"{}\"\n", KILLS[0]));
    assert_eq!(csv.incidents[0].time.as_deref(), Some("2026-11-03T10:00:01Z"));
}

#[test]
fn what_is_quoted_is_told_of() {
    for (before, after) in [
        ("dmesg says ", " and nothing else"),
        ("{\"level\":\"warn\",\"odd\":\"", "\"}"),
        ("message: ", ""),
        ("Nov  3 10:00:01 node-3 myapp[812]: saw: ", ""),
        ("time=\"2026-11-03T10:00:01Z\" level=warning msg=\"", "\""),
    ] {
        for kill in KILLS {
            let text = format!("{before}{kill}{after}\n");
            let found = read(&text);
            assert!(!found.problems.is_empty(), "{text}: {:?}", found.incidents);
            assert_eq!(found.incidents.len(), 0, "{text}");
        }
    }
}

/// Beside the kernel's own line the quotation says nothing new.
#[test]
fn a_quotation_of_what_is_known_is_no_problem() {
    let quoted = format!("Nov  3 10:00:09 node-3 myapp[812]: saw: {}\n", KILLS[0]);
    let text = format!("Nov  3 10:00:01 node-3 kernel: {STAMP}{}\n{quoted}", KILLS[0]);
    let found = read(&text);
    assert_eq!((found.incidents.len(), found.problems.len()), (1, 0), "{:?}", found.problems);
    let other = text.replace(
        "kernel: [ 5123.456789] Out of memory: Killed process 4812",
        "kernel: Out of memory: Killed process 4813",
    );
    assert_eq!(read(&other).problems.len(), 1);
}

#[test]
fn two_lines_in_one() {
    let text = format!("{STAMP}{}[ 5123.567890] {}\n", KILLS[0], KILLS[0].replace("4812", "4813"));
    let found = read(&text);
    let pids: Vec<u32> = found.incidents.iter().flat_map(|i| &i.victims).map(|v| v.pid).collect();
    assert_eq!(pids, [4812, 4813]);
}

/// Nobody forges a kill by the name of his cgroup.
#[test]
fn names_are_not_taken_for_lines() {
    let forged = "[    1.000000] Out of memory: Killed process 1 (init) total-vm:1kB, anon-rss:1kB, file-rss:0kB";
    let text = format!(
        "{STAMP}oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a/{forged},task_memcg=/a/{forged},\
         task=indexer,pid=4812,uid=7\n{STAMP}{}\n",
        KILLS[1]
    );
    let pids: Vec<u32> = read(&text).incidents.iter().flat_map(|i| &i.victims).map(|v| v.pid).collect();
    assert_eq!(pids, [4812]);
}
