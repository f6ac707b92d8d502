//! A kernel's report that names no cgroup (a node OOM before Linux 5.0, a kill line alone) and what ended by SIGKILL at that moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::incidents;
use oomscan::report::{Cause, Confidence, Incident, Verdict};

const ID: &str = "0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b";
const OTHER_ID: &str = "7e1f9a3c5b7d2e4f60819a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f";

fn kills(kills: &[(&str, u32, &str)]) -> String {
    let kill = |(time, pid, comm): &(&str, u32, &str)| {
        format!(
            "2026-11-23T09:57:{time}Z node-7 kernel: Out of memory: Kill process {pid} ({comm}) score 812 or sacrifice child\n\
             2026-11-23T09:57:{time}Z node-7 kernel: Killed process {pid} ({comm}) total-vm:2025563kB, anon-rss:746616kB, file-rss:136kB, shmem-rss:0kB\n"
        )
    };
    let after = "2026-11-23T09:59:00.000000Z node-7 kernel: eth0: link up\n";
    kills.iter().map(kill).chain([after.to_owned()]).collect()
}

fn unit(time: &str, unit: &str) -> String {
    format!(
        "2026-11-23T09:57:{time}Z node-7 systemd[1]: {unit}: Main process exited, code=killed, status=9/KILL\n\
         2026-11-23T09:57:{time}Z node-7 systemd[1]: {unit}: Failed with result 'signal'.\n"
    )
}

fn died(time: &str, id: &str, name: &str) -> String {
    format!("2026-11-23T09:57:{time}Z container die {id} (exitCode=137, image=team/{name}:2.1, name={name})\n")
}

fn read(kernel: &str, systemd: &str, docker: &str) -> Vec<Incident> {
    let all = [("messages", format!("{kernel}{systemd}")), ("docker_events", docker.to_owned())];
    let given: Vec<(&str, &str)> =
        all.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (*name, text.as_str())).collect();
    incidents(&given)
}

#[track_caller]
fn one_story(all: &[Incident], confidence: Confidence) {
    assert_eq!(all.len(), 1, "{all:#?}");
    let story = &all[0];
    assert_eq!((story.verdict, story.cause), (Verdict::Memory, Cause::NodeMemory), "{}", story.summary);
    assert_eq!((story.victims.len(), story.terminations.len()), (1, 1), "{story:#?}");
    assert_eq!(story.confidence, confidence, "{:?}", story.confidence_reasons);
}

#[test]
fn a_service_of_the_victims_name() {
    let all = read(&kills(&[("33.1", 24572, "mongod")]), &unit("34.0", "mongod.service"), "");
    one_story(&all, Confidence::Probable);
    assert_eq!(all[0].terminations[0].unit.as_deref(), Some("mongod.service"));
    assert!(all[0].confidence_reasons.iter().any(|reason| reason.contains("by its name and the time")));
}

#[test]
fn the_only_container_of_that_moment() {
    let all = read(&kills(&[("33.1", 24572, "java")]), "", &died("34.9", ID, "canal-server"));
    one_story(&all, Confidence::Possible);
    assert_eq!(all[0].containers[0].name.as_deref(), Some("canal-server"));
    assert!(all[0].confidence_reasons.iter().any(|reason| reason.contains("by the time alone")));
}

#[test]
fn each_kill_goes_to_the_end_of_its_name() {
    let kernel = kills(&[("33.1", 812, "redis-server"), ("33.4", 24572, "postgres")]);
    let all = read(&kernel, &unit("33.9", "postgresql.service"), &died("34.1", ID, "redis"));
    assert_eq!(all.len(), 2, "{all:#?}");
    let of = |comm: &str| all.iter().find(|story| story.victims[0].comm == comm).unwrap();
    assert_eq!(of("redis-server").containers[0].name.as_deref(), Some("redis"));
    assert_eq!(of("postgres").terminations[0].unit.as_deref(), Some("postgresql.service"));
}

/// Of two services only one saw an OOM kill.
#[test]
fn the_one_in_which_an_oom_kill_was_seen() {
    let seen = "2026-11-23T09:57:33.6Z node-7 systemd[1]: php8.1-fpm.service: A process of this unit has been killed by the OOM killer.\n";
    let systemd = unit("33.2", "batch.service") + seen + &unit("33.8", "php8.1-fpm.service");
    let all = read(&kills(&[("33.1", 812, "php-fpm")]), &systemd, "");
    assert_eq!(all.len(), 2, "{all:#?}");
    one_story(&all[..1], Confidence::Probable);
    assert_eq!(all[0].terminations[0].unit.as_deref(), Some("php8.1-fpm.service"));
}

/// Two containers of other names ended: which of them the victim lived in cannot be told, and neither is said to be beside the kill.
#[test]
fn two_that_may_be_it_stay_apart() {
    let docker = died("34.1", ID, "shop") + &died("34.6", OTHER_ID, "mail");
    let all = read(&kills(&[("33.1", 24572, "java")]), "", &docker);
    assert_eq!(all.len(), 3, "{all:#?}");
    for story in all.iter().filter(|story| story.victims.is_empty()) {
        assert_eq!((story.verdict, story.cause), (Verdict::Undetermined, Cause::Unknown), "{}", story.summary);
        let reasons = story.confidence_reasons.join(" ");
        assert!(reasons.contains("may have been this one") && !reasons.contains("shows no OOM kill"), "{reasons}");
        assert!(!story.summary.contains("shows no OOM kill"), "{}", story.summary);
    }
}

#[test]
fn a_recorded_sender_or_another_time_is_not_joined() {
    let stopped = "2026-11-23T09:57:24.000000Z node-7 dockerd[900]: time=\"2026-11-23T09:57:34.0Z\" level=info \
                   msg=\"Container 0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b failed to exit within 10 seconds of signal 15 - using the force\"\n";
    let kernel = kills(&[("33.1", 24572, "java")]);
    let forced = read(&kernel, stopped, &died("34.1", ID, "shop"));
    let late = read(&kernel, "", &died("55.0", ID, "shop"));
    // An attached `docker run` passed on a signal that ends nothing.
    let urgent = "2026-11-23T09:57:30.0Z container kill IDENT (image=team/shop:2.1, name=shop, signal=23)\n"
        .replace("IDENT", ID);
    let left = died("34.1", ID, "shop").replace("exitCode=137", "exitCode=3");
    let alone = read("", "", &(urgent + &left));
    assert_eq!(alone.iter().map(|story| story.cause).collect::<Vec<_>>(), [Cause::ApplicationError], "{alone:#?}");
    for all in [forced, late] {
        let kernels = all.iter().find(|story| !story.victims.is_empty()).unwrap();
        assert!(kernels.terminations.is_empty() && kernels.confidence == Confidence::Proven, "{kernels:#?}");
    }
}

/// A report with a cgroup says where the victim lived: other ends of that moment are not its.
#[test]
fn a_report_that_names_the_cgroup() {
    let kernel = kills(&[("33.1", 24572, "java")]).replace(
        "2026-11-23T09:57:33.1Z node-7 kernel: Out of memory: Kill process 24572 (java) score 812 or sacrifice child\n",
        "2026-11-23T09:57:33.1Z node-7 kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/batch.service,task=java,pid=24572,uid=0\n",
    );
    let all = read(&kernel, "", &died("34.1", ID, "shop"));
    assert_eq!(all.len(), 2, "{all:#?}");
}
