//! A kernel's report that names no cgroup (a node OOM before Linux 5.0, a kill line alone) and what ended by SIGKILL at that moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{incidents, incidents_of_bundle};
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

/// Raw dmesg: the kill may be the container's, and nothing tells.
#[test]
fn a_kill_of_unknown_time() {
    let dmesg = "[6912837.482134] Killed process 24572 (java) total-vm:2025563kB, anon-rss:746616kB, file-rss:136kB\n";
    let all = incidents_of_bundle(&[("dmesg", dmesg), ("docker_events", &died("34.1", ID, "shop"))]);
    let ended = all.iter().find(|story| story.victims.is_empty()).unwrap();
    assert_eq!((all.len(), ended.verdict), (2, Verdict::Undetermined));
    assert!(ended.confidence_reasons.join(" ").contains("seconds since boot"), "{:?}", ended.confidence_reasons);
    assert!(!ended.confidence_reasons.join(" ").contains("does not cover"), "{:?}", ended.confidence_reasons);
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

/// `dmesg` beside `kubectl describe pod`, which tells no id of a container that is gone and names the node.
fn described(finished: &str, limit: &str) -> String {
    format!(
        "Name:             api-6d4b7c9f8b-x2x7z\nNamespace:        prod\nNode:             node-7/10.0.0.7\nContainers:\n  api:\n    \
         Container ID:   containerd://{OTHER_ID}\n    Image:          team/api:2.1\n    State:          Running\n      \
         Started:      Mon, 23 Nov 2026 09:57:40 +0000\n    Last State:     Terminated\n      Reason:       OOMKilled\n      \
         Exit Code:    137\n      Finished:     Mon, 23 Nov 2026 {finished} +0000\n    Restart Count:  1\n    Limits:\n      \
         memory:  {limit}\n"
    )
}

fn dmesg_of_a_pod() -> String {
    let path = format!("/kubepods/burstable/pod3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10/{ID}");
    format!(
        "[Mon Nov 23 09:57:33 2026] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=969\n\
         [Mon Nov 23 09:57:33 2026] memory: usage 524288kB, limit 524288kB, failcnt 312\n\
         [Mon Nov 23 09:57:33 2026] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset={ID},mems_allowed=0,\
         oom_memcg={path},task_memcg={path},task=java,pid=24572,uid=0\n\
         [Mon Nov 23 09:57:33 2026] Memory cgroup out of memory: Killed process 24572 (java) total-vm:2025563kB, \
         anon-rss:518160kB, file-rss:13684kB, shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:969\n"
    )
}

#[test]
fn a_described_pod_is_the_one_that_dmesg_tells_of() {
    let dmesg = dmesg_of_a_pod();
    let all = incidents(&[("dmesg-T.txt", &dmesg), ("describe.txt", &described("09:57:34", "512Mi"))]);
    assert_eq!(all.len(), 1, "{all:#?}");
    let story = &all[0];
    assert_eq!((story.cause, story.confidence), (Cause::ContainerLimit, Confidence::Probable));
    assert_eq!((story.node.as_str(), story.terminations[0].exit_code), ("node-7", Some(137)));
    let container = &story.containers[0];
    assert_eq!((container.id.as_deref(), container.name.as_deref()), (Some(ID), Some("api")));
    assert_eq!(container.pod.as_deref(), Some("api-6d4b7c9f8b-x2x7z"));
    // The node's own zone, where dmesg names none.
    let far = incidents(&[
        ("dmesg-T.txt", &dmesg.replace("09:57:33", "17:57:33")),
        ("describe.txt", &described("09:57:34", "512Mi")),
    ]);
    assert_eq!((far.len(), far[0].time.as_deref()), (1, Some("2026-11-23T17:57:33+08:00")), "{far:#?}");
    // Another limit, or another time: it is another container.
    for other in [described("09:57:34", "256Mi"), described("09:41:07", "512Mi")] {
        assert_eq!(incidents(&[("dmesg-T.txt", &dmesg), ("describe.txt", &other)]).len(), 2);
    }
}
