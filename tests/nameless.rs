//! Files that name no host, given one by one, are of one node where they tell of the same kill or container.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::incidents;
use oomscan::report::{Cause, Incident};

const ID: &str = "0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b";
const OTHER_ID: &str = "7e1f9a3c5b7d2e4f60819a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f";

/// A report of Linux 6.1, each line behind this stamp.
fn kill(stamp: &str, id: &str, pid: u32) -> String {
    format!(
        "{stamp}oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset={id},mems_allowed=0,oom_memcg=/docker/{id},\
         task_memcg=/docker/{id},task=java,pid={pid},uid=0\n\
         {stamp}Memory cgroup out of memory: Killed process {pid} (java) total-vm:202556kB, anon-rss:74661kB, file-rss:136kB, \
         shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:0\n"
    )
}

fn dmesg_t(time: &str, id: &str, pid: u32) -> String {
    kill(&format!("[Mon Nov 23 {time} 2026] "), id, pid)
}

fn died(time: &str, id: &str) -> String {
    format!("2026-11-23T{time}+01:00 container die {id} (exitCode=137, image=team/shop:2.1, name=shop)\n")
}

#[track_caller]
fn one_story(all: &[Incident]) {
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].victims.len(), all[0].terminations.len()), (1, 1), "{:#?}", all[0]);
    assert_eq!(all[0].containers[0].name.as_deref(), Some("shop"));
}

#[test]
fn dmesg_and_the_events_of_the_container_that_was_killed() {
    one_story(&incidents(&[("dmesg.txt", &dmesg_t("09:57:33", ID, 4321)), ("events.txt", &died("09:57:34.9", ID))]));
    one_story(&incidents(&[("events.txt", &died("09:57:34.9", ID)), ("zz.txt", &dmesg_t("09:57:33", ID, 4321))]));
}

#[test]
fn one_buffer_saved_twice() {
    let dated = dmesg_t("09:57:33", ID, 4321);
    let bare = kill("[  812.345678] ", ID, 4321);
    let all = incidents(&[("dmesg.txt", &bare), ("dmesg-T.txt", &dated), ("again.txt", &bare)]);
    assert_eq!(all.len(), 1, "{all:#?}");
    // The same pid and sizes at another uptime are another boot's or node's.
    let later = kill("[  912.345678] ", OTHER_ID, 4321);
    assert_eq!(incidents(&[("dmesg.txt", &bare), ("other.txt", &later)]).len(), 2);
}

/// Machines that were made alike give one pid and one size to the same program on another day.
#[test]
fn machines_that_are_alike_stay_apart() {
    let line = |day: u32| {
        format!(
            "[Mon Nov {day} 09:57:33 2026] Out of memory: Killed process 4321 (java) total-vm:202556kB, anon-rss:74661kB, file-rss:136kB, \
             shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:0\n"
        )
    };
    let nodes = |a: &str, b: &str| {
        let all = incidents(&[("a.txt", a), ("b.txt", b)]);
        all.iter().map(|incident| incident.node.clone()).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(nodes(&line(16), &line(23)), 2);
    assert_eq!(nodes(&line(23), &line(23)), 1);
}

#[test]
fn what_tells_of_two_nodes_belongs_to_neither() {
    let both = died("09:57:34.9", ID) + &died("10:57:34.9", OTHER_ID);
    let given = [
        ("a.txt", dmesg_t("09:57:33", ID, 4321)),
        ("b.txt", dmesg_t("10:57:33", OTHER_ID, 4322)),
        ("events.txt", both),
    ];
    let given: Vec<(&str, &str)> = given.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let all = incidents(&given);
    let nodes: std::collections::BTreeSet<&str> = all.iter().map(|incident| incident.node.as_str()).collect();
    assert_eq!(nodes, ["a", "b", "events"].into(), "{all:#?}");
}

/// Two nodes with a name each, and one file without: the container tells whose it is.
#[test]
fn a_document_goes_with_the_node_that_killed_in_its_container() {
    let log = |host: &str, time: &str, id: &str, pid: u32| {
        kill(&format!("Nov 23 {time} {host} kernel: "), id, pid)
            + &format!("Nov 23 12:00:00 {host} kernel: eth0: link up\n")
    };
    let given = [
        ("a.log", log("node-a", "09:57:33", ID, 4321)),
        ("b.log", log("node-b", "10:57:33", OTHER_ID, 4322)),
        ("events.txt", died("09:57:34.9", ID)),
    ];
    let given: Vec<(&str, &str)> = given.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let all = incidents(&given);
    assert_eq!(all.len(), 2, "{all:#?}");
    let killed = all.iter().find(|incident| incident.node == "node-a").unwrap();
    assert_eq!((killed.cause, killed.terminations.len()), (Cause::ContainerLimit, 1), "{killed:#?}");
}

/// A central log of two hosts, most of it of the first, and the second one's `dmesg`: it is not the first one's.
#[test]
fn a_log_of_many_hosts_lends_only_its_own_name() {
    let line = |host: &str, rest: &str| format!("Nov 23 09:57:33 {host} {rest}\n");
    let mut central: String = (0..9).map(|n| line("node-a", &format!("app[7]: request {n}"))).collect();
    central += &kill("Nov 23 09:57:33 node-b kernel: [  812.345678] ", ID, 4321);
    let third = line("node-c", "app[7]: started");
    let dmesg = kill("[  812.345678] ", ID, 4321);
    let all = incidents(&[("central.log", &central), ("third.log", &third), ("dmesg.txt", &dmesg)]);
    assert!(all.iter().all(|incident| incident.node != "node-a"), "{all:#?}");
}

/// Nothing but these two was given: the kernel log is that of the node of the events.
#[test]
fn the_only_kernel_log_beside_what_names_no_host() {
    let lines = "[Mon Nov 23 09:57:33 2026] Out of memory: Kill process 24572 (java) score 812 or sacrifice child\n\
                 [Mon Nov 23 09:57:33 2026] Killed process 24572 (java) total-vm:2025563kB, anon-rss:746616kB, file-rss:136kB\n\
                 [Mon Nov 23 09:59:00 2026] eth0: link up\n";
    let all = incidents(&[("dmesg.txt", lines), ("events.txt", &died("09:57:34.9", ID))]);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].cause, all[0].terminations.len()), (Cause::NodeMemory, 1));
}

/// `dmesg` as it is has no clock but the uptime: the ends of the containers tell when the node started.
#[test]
fn the_ends_of_containers_date_a_log_that_has_only_the_uptime() {
    let kernel =
        kill("[  812.345678] ", ID, 4321) + &kill("[  822.545678] ", ID, 4402) + &kill("[  832.845678] ", ID, 4499);
    let ends = died("09:57:34.9", ID) + &died("09:57:44.2", ID) + &died("09:57:55.0", ID);
    let all = incidents(&[("dmesg.txt", &kernel), ("events.txt", &ends)]);
    assert_eq!(all.len(), 3, "{all:#?}");
    for (incident, time) in all.iter().zip(["08:57:34", "08:57:44", "08:57:54"]) {
        assert_eq!((incident.victims.len(), incident.terminations.len()), (1, 1), "{incident:#?}");
        assert!(incident.time.as_deref().unwrap().contains(time), "{:?}", incident.time);
        assert_eq!(incident.clock, oomscan::report::Clock::Inferred);
    }
}

/// `dmesg -t` has no time at all: of a container's kills and ends in the same number each has its own.
#[test]
fn kills_without_any_time_have_an_end_each() {
    let kernel = kill("", ID, 4321) + &kill("", ID, 4402);
    let ends = died("09:57:34.9", ID) + &died("09:57:44.2", ID);
    let all = incidents(&[("dmesg.txt", &kernel), ("events.txt", &ends)]);
    assert_eq!(all.len(), 2, "{all:#?}");
    assert!(all.iter().all(|incident| incident.terminations.len() == 1), "{all:#?}");
    // One that was asked for is not the kernel's.
    let killed =
        format!("2026-11-23T09:57:44.1+01:00 container kill {ID} (image=team/shop:2.1, name=shop, signal=9)\n");
    let asked = killed + &died("09:57:44.2", ID);
    let all = incidents(&[("dmesg.txt", &kill("", ID, 4321)), ("events.txt", &asked)]);
    let kernel = all.iter().find(|incident| incident.cause == Cause::ContainerLimit).unwrap();
    assert!(kernel.terminations.is_empty(), "{all:#?}");
}

/// A serial console at its quiet level: the kill lines alone, and events that are told in the same rhythm.
#[test]
fn kill_lines_alone_and_ends_in_the_same_rhythm() {
    let line = |at: &str, pid: u32, comm: &str| {
        format!(
            "[  {at}] Killed process {pid} ({comm}) total-vm:202556kB, anon-rss:74661kB, file-rss:136kB, shmem-rss:0kB\n"
        )
    };
    let kills = [
        ("812.345678", 4321, "shop"),
        ("829.100000", 4402, "shop"),
        ("871.900000", 4499, "shop"),
        ("901.300000", 4600, "rsync"),
    ];
    let kernel: String = kills.iter().map(|(at, pid, comm)| line(at, *pid, comm)).collect();
    let ends = died("09:57:34.9", ID) + &died("09:57:51.2", ID) + &died("09:58:34.1", ID);
    let all = incidents(&[("console.log", &kernel), ("events.txt", &ends)]);
    assert_eq!(all.len(), 4, "{all:#?}");
    assert_eq!(all.iter().filter(|incident| incident.terminations.len() == 1).count(), 3, "{all:#?}");
}

/// `dmesg` beside a syslog without the kernel's lines: the services' ends tell the time.
#[test]
fn the_end_of_a_service_dates_the_kill_in_it() {
    let stamp = "[  812.345678] ";
    let kernel = format!(
        "{stamp}oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/shop.service,\
         task_memcg=/system.slice/shop.service,task=java,pid=4321,uid=0\n\
         {stamp}Memory cgroup out of memory: Killed process 4321 (java) total-vm:202556kB, anon-rss:74661kB, file-rss:136kB, \
         shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:0\n"
    );
    let daemon = "2026-11-23T09:57:33.1+00:00 n1 systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL\n\
                  2026-11-23T09:57:33.2+00:00 n1 systemd[1]: shop.service: Failed with result 'signal'.\n";
    let all = incidents(&[("dmesg.txt", &kernel), ("daemon.log", daemon)]);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].cause, all[0].terminations.len()), (Cause::ServiceLimit, 1), "{all:#?}");
    assert!(all[0].time.as_deref().unwrap().starts_with("2026-11-23T09:57:33"), "{:?}", all[0].time);
}
