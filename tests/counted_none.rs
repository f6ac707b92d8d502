//! The kernel's counter of kills in a bundle without a kernel log: 0 rules out that the kernel killed anything since the boot.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::report::{Report, Verdict};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs;
use std::path::Path;

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A service killed by SIGKILL at 14:00:09 on a node that was booted at 06:00:00; collected at 18:30:00.
fn bundle(oom_kill: u64, booted: i64) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("bundle");
    put(&root, "proc/vmstat", &format!("nr_free_pages 71234\npgpgin 5\noom_kill {oom_kill}\nnuma_hit 9\n"));
    put(&root, "proc/stat", &format!("cpu  1 2 3 4\nbtime {booted}\nprocesses 5\n"));
    put(&root, "sos_commands/date/date_--utc", "Wed Sep  9 18:30:00 UTC 2026\n");
    let log = "2026-09-09T06:00:40.000000+00:00 quay systemd[1]: Started ferry.service - Ferry.\n\
               2026-09-09T14:00:09.100000+00:00 quay systemd[1]: ferry.service: Main process exited, code=killed, status=9/KILL\n\
               2026-09-09T14:00:09.110000+00:00 quay systemd[1]: ferry.service: Failed with result 'signal'.\n";
    put(&root, "var/log/daemon.log", log);
    scan(&[Input::Path(root)], &Options::default())
}

const SIX: i64 = 1_788_933_600;

#[test]
fn a_counter_of_zero_rules_the_kernel_out() {
    let report = bundle(0, SIX);
    let incident = &report.incidents[0];
    assert_eq!(incident.verdict, Verdict::Undetermined);
    assert!(incident.summary.contains("the kernel counted no OOM kill"), "{}", incident.summary);
    assert!(incident.confidence_reasons.iter().any(|r| r.contains("oom_kill 0")), "{:?}", incident.confidence_reasons);
    assert!(!incident.explanation.iter().any(|text| text.contains("log covers")), "{:?}", incident.explanation);
    let none = report.nodes[0].no_oom_kill.as_ref().unwrap();
    assert_eq!(none.from.as_deref(), Some("2026-09-09T06:00:00Z"));
}

#[test]
fn a_kill_or_a_later_boot_leaves_it_open() {
    for report in [bundle(2, SIX), bundle(0, SIX + 9 * 3600)] {
        let incident = &report.incidents[0];
        assert!(!incident.summary.contains("counted no"), "{}", incident.summary);
    }
    assert!(bundle(2, SIX).nodes[0].no_oom_kill.is_none());
}
