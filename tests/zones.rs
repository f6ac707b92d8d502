//! A kernel log whose stamps bear no zone, beside what tells the ends of containers in UTC.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::incidents;
use oomscan::report::{Confidence, Incident};

const ID: &str = "0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b";

/// The kernel's lines of kills at these times of the node's own zone.
fn kernel(times: &[&str], cgroup: bool) -> String {
    let mut text = String::new();
    for (pid, time) in (4100..).zip(times) {
        let summary = format!(
            "Nov 23 {time} node-7 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset={ID},mems_allowed=0,\
             oom_memcg=/docker/{ID},task_memcg=/docker/{ID},task=java,pid={pid},uid=0\n"
        );
        let kind = if cgroup { "Memory cgroup out of memory" } else { "Out of memory" };
        text += if cgroup { &summary } else { "" };
        text += &format!(
            "Nov 23 {time} node-7 kernel: {kind}: Killed process {pid} (java) total-vm:2025563kB, anon-rss:74661kB, \
             file-rss:136kB, shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:0\n"
        );
    }
    text + "Nov 23 23:50:00 node-7 kernel: eth0: link up\n"
}

fn died(time: &str) -> String {
    format!("2026-11-23T{time}Z container die {ID} (exitCode=137, image=team/shop:2.1, name=shop)\n")
}

fn read(kernel: &str, docker: &str) -> Vec<Incident> {
    incidents(&[("messages", kernel), ("docker_events", docker)])
}

#[track_caller]
fn one_in(zone: &str, all: &[Incident], confidence: Confidence) {
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].victims.len(), all[0].terminations.len()), (1, 1), "{:#?}", all[0]);
    assert!(all[0].time.as_deref().unwrap().ends_with(zone), "{:?}", all[0].time);
    assert_eq!(all[0].confidence, confidence, "{:?}", all[0].confidence_reasons);
}

#[test]
fn the_end_of_the_same_container_tells_the_zone() {
    one_in("+08:00", &read(&kernel(&["18:12:33"], true), &died("10:12:34.9")), Confidence::Strong);
    one_in("-03:30", &read(&kernel(&["06:42:33"], true), &died("10:12:34.9")), Confidence::Strong);
    one_in("Z", &read(&kernel(&["10:12:33"], true), &died("10:12:34.9")), Confidence::Strong);
}

/// `/var/log/messages` of Ubuntu 18.04 (Linux 4.15) has no line of level err: none names the victim.
#[test]
fn a_report_without_its_kill_lines_has_a_vote() {
    let time = "Nov 23 18:12:33 node-7 kernel:";
    let report = format!(
        "{time} java invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null), order=0, oom_score_adj=0\n\
         {time} java cpuset={ID} mems_allowed=0\n\
         {time} Task in /docker/{ID} killed as a result of limit of /docker/{ID}\n\
         {time} memory: usage 98304kB, limit 98304kB, failcnt 8\n\
         Nov 23 23:50:00 node-7 kernel: eth0: link up\n"
    );
    let all = read(&report, &died("10:12:34.9"));
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].victims.len(), all[0].terminations.len()), (0, 1), "{:#?}", all[0]);
    assert!(all[0].time.as_deref().unwrap().ends_with("+08:00"), "{:?}", all[0].time);
}

#[test]
fn more_kills_of_a_container_agree_on_it() {
    let kills = kernel(&["18:12:33", "19:12:40", "19:50:10"], true);
    let all = read(&kills, &(died("10:12:34.9") + &died("11:12:41.2") + &died("11:50:12.0")));
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(all.iter().all(|story| story.terminations.len() == 1), "{all:#?}");
}

/// One end, and kills at whole hours before it: which of them it is of cannot be told.
#[test]
fn a_tie_tells_nothing() {
    let all = read(&kernel(&["18:00:00", "19:00:00"], true), &died("11:00:01.0"));
    assert!(all.iter().all(|story| story.victims.is_empty() || story.terminations.is_empty()), "{all:#?}");
}

/// Minutes and seconds do not fit, or it would be a zone that nobody has.
#[test]
fn what_is_no_zone() {
    for (kill, end) in [("18:12:33", "10:14:10.0"), ("18:12:33", "10:27:35.0")] {
        let all = read(&kernel(&[kill], true), &died(end));
        assert_eq!(all.len(), 2, "{all:#?}");
        assert!(all.iter().all(|story| story.victims.is_empty() || story.terminations.is_empty()), "{all:#?}");
    }
}

/// No cgroup: the only kill and the only end by SIGKILL.
#[test]
fn one_kill_and_one_end() {
    one_in("+08:00", &read(&kernel(&["18:12:33"], false), &died("10:12:34.9")), Confidence::Possible);
    let two = read(
        &kernel(&["18:12:33"], false),
        &(died("10:12:34.9") + &died("12:12:34.9").replace(ID, &ID.replace('0', "1"))),
    );
    assert_eq!(two.len(), 3, "{two:#?}");
}
