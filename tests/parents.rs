//! What a parent on the host says of its child goes with the kernel's kill of that pid.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::incidents;
use oomscan::report::{Cause, Incident, Verdict};

/// Kernel 3.13 of Ubuntu 14.04, all lines in one second, as they are pasted: of such a kernel log no time is covered.
const KILL: &str = "\
Mar  3 04:12:09 web2 kernel: [812345.123456] mysqld invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0
Mar  3 04:12:09 web2 kernel: [812345.123999] Out of memory: Kill process 1834 (mysqld) score 512 or sacrifice child
Mar  3 04:12:09 web2 kernel: [812345.124010] Killed process 1834 (mysqld) total-vm:1523456kB, anon-rss:512340kB, file-rss:0kB
";

fn with(line: &str) -> Vec<Incident> {
    incidents(&[("kern.log", &format!("{KILL}{line}\n"))])
}

#[test]
fn upstart_names_the_service() {
    for line in [
        "Mar  3 04:12:09 web2 kernel: [812345.224010] init: mysql main process (1834) killed by KILL signal",
        "Mar  3 04:12:09 web2 init: mysql main process (1834) killed by KILL signal",
    ] {
        let all = with(line);
        assert_eq!(all.len(), 1, "{all:#?}");
        let incident = &all[0];
        assert_eq!((incident.verdict, incident.cause), (Verdict::Memory, Cause::NodeMemory));
        assert_eq!(incident.containers[0].unit.as_deref(), Some("mysql"));
        assert!(incident.evidence.iter().any(|piece| piece.text.contains("KILL signal")), "{incident:#?}");
        // It is no unit of systemd.
        assert!(!incident.advice.iter().any(|advice| advice.action.contains("systemctl")), "{:?}", incident.advice);
    }
}

#[test]
fn a_server_whose_process_was_killed() {
    let all = with("Mar  3 04:12:10 web2 mysqld_master[900]: worker process 1834 exited on signal 9");
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(all[0].timeline.iter().any(|step| step.text.contains("saw its child 1834 die")), "{:#?}", all[0].timeline);
    assert!(all[0].containers.is_empty());
}

#[test]
fn another_pid_or_another_time_is_not_shown_as_its_child() {
    for line in [
        "Mar  3 04:12:10 web2 nginx[900]: worker process 1835 exited on signal 9",
        "Mar  3 04:13:10 web2 nginx[900]: worker process 1834 exited on signal 9",
    ] {
        let kernel = with(line).into_iter().find(|incident| incident.cause == Cause::NodeMemory).unwrap();
        assert!(!kernel.evidence.iter().any(|piece| piece.text.contains("worker process")), "{kernel:#?}");
    }
}
