//! What may be said, and how surely, where a source is missing. Each of these was said wrongly once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::incidents_of_bundle as incidents;
use oomscan::report::{Cause, Confidence, Incident, Verdict};
use std::fs;

const ID: &str = "0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b";

#[track_caller]
fn one(files: &[(&str, &str)]) -> Incident {
    let all = incidents(files);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.into_iter().next().unwrap()
}

fn inspect(code: i64, reason: &str, finished: &str) -> String {
    format!(
        "{{\"status\":{{\"id\":\"{ID}\",\"metadata\":{{\"attempt\":0,\"name\":\"report\"}},\"state\":\"CONTAINER_EXITED\",\
         \"createdAt\":\"2026-11-23T11:06:57.3Z\",\"startedAt\":\"2026-11-23T11:06:59.2Z\",\"finishedAt\":\"{finished}\",\
         \"exitCode\":{code},\"reason\":\"{reason}\",\"message\":\"\",\
         \"labels\":{{\"io.kubernetes.container.name\":\"report\",\"io.kubernetes.pod.name\":\"report-0\",\"io.kubernetes.pod.namespace\":\"prod\"}}}},\
         \"info\":{{}}}}\n"
    )
}

/// Pid 1 notices that its worker is gone and leaves with 1: nothing but the kernel log or a flag tells.
#[test]
fn an_error_code_without_a_kernel_log_may_be_memory() {
    let plain = one(&[("inspect.json", &inspect(1, "Error", "2026-11-23T11:07:02.031Z"))]);
    assert_eq!((plain.verdict, plain.cause), (Verdict::Undetermined, Cause::Unknown), "{}", plain.summary);
    let flagged = one(&[("inspect.json", &inspect(1, "OOMKilled", "2026-11-23T11:07:02.031Z"))]);
    assert_eq!((flagged.verdict, flagged.confidence), (Verdict::Memory, Confidence::Possible), "{}", flagged.summary);
}

#[test]
fn docker_says_when_it_saw_no_oom_kill() {
    let events = |extra: &str| {
        format!(
            "2026-11-23T10:20:17.856180953Z container start {ID} (image=rec/app:1, name=gateway)\n{extra}\
             2026-11-23T10:20:21.975456008Z container die {ID} (exitCode=1, image=rec/app:1, name=gateway)\n"
        )
    };
    let plain = one(&[("docker_events", &events(""))]);
    let told = (plain.verdict, plain.cause, plain.confidence);
    assert_eq!(told, (Verdict::NotMemory, Cause::ApplicationError, Confidence::Possible));
    let oom = format!("2026-11-23T10:20:20.970511798Z container oom {ID} (image=rec/app:1, name=gateway)\n");
    let seen = one(&[("docker_events", &events(&oom))]);
    assert_eq!((seen.verdict, seen.confidence), (Verdict::Memory, Confidence::Probable), "{}", seen.summary);
}

/// A TaskOOM long before the end is a kill that the container outlived.
#[test]
fn an_old_oom_event_proves_little() {
    let containerd = format!(
        "time=\"2026-11-23T11:07:01.792924405Z\" level=info msg=\"TaskOOM event &TaskOOM{{ContainerID:{ID},XXX_unrecognized:[],}}\"\n"
    );
    let soon = one(&[
        ("containerd.log", &containerd),
        ("inspect.json", &inspect(137, "OOMKilled", "2026-11-23T11:07:02.031Z")),
    ]);
    assert_eq!((soon.verdict, soon.confidence), (Verdict::Memory, Confidence::Probable), "{}", soon.summary);
    let late = one(&[
        ("containerd.log", &containerd),
        ("inspect.json", &inspect(137, "OOMKilled", "2026-11-23T11:07:22.031Z")),
    ]);
    assert!(late.confidence <= Confidence::Possible, "{}", late.summary);
}

/// The kubelet cleans up after a container that has ended already.
#[test]
fn a_stop_after_the_end_did_not_cause_it() {
    let kubelet = format!(
        "Nov 23 11:07:04 worker-21 kubelet[5692]: I1123 11:07:04.003456    5692 kuberuntime_container.go:636] Killing container \"containerd://{ID}\" with a 2 second grace period\n"
    );
    let after =
        one(&[("kubelet.log", &kubelet), ("inspect.json", &inspect(1, "OOMKilled", "2026-11-23T11:07:02.031Z"))]);
    assert_eq!(after.verdict, Verdict::Memory, "{}", after.summary);
}

const KERNEL: &str = "\
Nov 23 11:02:16 node-c6 kernel: [  187.814960] order-worker-w0 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
Nov 23 11:02:16 node-c6 kernel: [  187.833950] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=container,mems_allowed=0,oom_memcg=/machine.slice/libpod-ID.scope,task_memcg=/machine.slice/libpod-ID.scope/container,task=order-worker-w0,pid=831,uid=0
Nov 23 11:02:16 node-c6 kernel: [  187.834950] Memory cgroup out of memory: Killed process 831 (order-worker-w0) total-vm:36020kB, anon-rss:32768kB, file-rss:476kB, shmem-rss:0kB, UID:0 pgtables:104kB oom_score_adj:0
Nov 23 11:03:30 node-c6 kernel: [  261.000000] podman0: port 1(veth0) entered disabled state
";

fn podman(stop: &str) -> String {
    format!(
        "2026-11-23 11:02:15.436509009 +0000 UTC container start {ID} (image=localhost/rec/app:1, name=order-worker-p)\n{stop}\
         2026-11-23 11:02:21.636861903 +0000 UTC container died {ID} (image=localhost/rec/app:1, name=order-worker-p)\n"
    )
}

/// podman records a stop when it is done; an OOM kill of a worker some seconds before did not end the container.
#[test]
fn a_stop_is_not_the_work_of_an_earlier_kill() {
    let kernel = KERNEL.replace("ID", ID);
    let stop = format!(
        "2026-11-23 11:02:21.573490125 +0000 UTC container stop {ID} (image=localhost/rec/app:1, name=order-worker-p)\n"
    );
    let all = incidents(&[("kern.log", &kernel), ("podman_events.txt", &podman(&stop))]);
    let kill = all.iter().find(|i| !i.victims.is_empty()).unwrap();
    assert!(kill.terminations.is_empty(), "{}", kill.summary);
}

/// A restarted kubelet reads /dev/kmsg from its beginning and tells of old kills again.
#[test]
fn a_kill_that_is_told_again_is_one_kill() {
    let kubelet = "\
Nov 23 11:00:07 worker-21 kubelet[416]: I1123 11:00:07.257322     416 oom_watcher_linux.go:76] Got sys oom event: &{682 payments-api 2026-11-23 11:00:06.295447038 +0000 UTC m=+41.982978485 / / }
Nov 23 11:06:13 worker-21 kubelet[5692]: I1123 11:06:13.400000    5692 oom_watcher_linux.go:76] Got sys oom event: &{682 payments-api 2026-11-23 11:00:06.293625799 +0000 UTC m=-353.270766055 / / }
Nov 23 11:20:13 worker-21 kubelet[5692]: I1123 11:20:13.400000    5692 oom_watcher_linux.go:76] Got sys oom event: &{682 payments-api 2026-11-23 11:20:12.293625799 +0000 UTC m=+840.270766055 / / }
";
    assert_eq!(incidents(&[("kubelet.log", kubelet)]).len(), 2, "the pid was used again in the third line");
}

/// The kernel's own line about the fault stands beside the exit code.
#[test]
fn a_logged_fault_is_evidence_of_a_crash() {
    let kernel = "Nov 23 11:07:01 worker-21 kernel: [  487.883677] report[6453]: segfault at 0 ip 000055d0c3a2b1a9 sp 00007ffd8f3b5c40 error 6 in app[55d0c3a2a000+2000] likely on CPU 0 (core 0, socket 0)\n";
    let crash = one(&[("kern.log", kernel), ("inspect.json", &inspect(139, "Error", "2026-11-23T11:07:02.031Z"))]);
    assert_eq!(crash.cause, Cause::Crash);
    assert!(
        crash.timeline.iter().any(|t| t.kind == "fault") && crash.evidence.iter().any(|e| e.text.contains("segfault"))
    );
    let other = one(&[
        ("kern.log", &kernel.replace("report[", "another[")),
        ("inspect.json", &inspect(139, "Error", "2026-11-23T11:07:02.031Z")),
    ]);
    assert!(other.timeline.iter().all(|t| t.kind != "fault"), "another container's crash");
}

/// The kernel's lines and docker's events of a container whose only process was killed three times; the node went down before the
/// third end was written.
fn three_kills(outlived: bool) -> Vec<Incident> {
    let (mut kernel, mut events) = (String::new(), String::new());
    for (n, minute) in ["02", "12", "22"].iter().enumerate() {
        let pid = 831 + 100 * n;
        kernel += &format!(
            "Nov 23 11:{minute}:16 node-c6 kernel: [ {}87.833950] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/docker-{ID}.scope,task=java,pid={pid},uid=0\n\
             Nov 23 11:{minute}:16 node-c6 kernel: [ {}87.834950] Out of memory: Killed process {pid} (java) total-vm:36020kB, anon-rss:32768kB, file-rss:476kB, shmem-rss:0kB, UID:0 pgtables:104kB oom_score_adj:0\n",
            1 + 6 * n,
            1 + 6 * n
        );
        events += &format!("2026-11-23T11:{minute}:01.856180953Z container start {ID} (image=rec/app:1, name=canal)\n");
        if n < 2 && !(outlived && n == 1) {
            events += &format!(
                "2026-11-23T11:{minute}:17.9Z container die {ID} (exitCode=137, image=rec/app:1, name=canal)\n"
            );
        }
    }
    incidents(&[("kern.log", &kernel), ("docker_events", &events)])
}

/// The same happened to the same container before: that the third kill ended it, too, is likely, and said to be inferred.
#[test]
fn a_kill_that_always_ended_the_container_did_so_again() {
    let all = three_kills(false);
    let last = all.last().unwrap();
    assert_eq!(last.victims[0].pid, 1031, "{}", last.summary);
    let end = &last.terminations[0];
    assert!(end.exit_code == Some(137) && end.exit_code_inferred && end.finished.is_none(), "{end:?}");
    assert_eq!(last.confidence, Confidence::Probable);
    let once = three_kills(true);
    assert!(once.last().unwrap().terminations.is_empty(), "one life is no habit: {}", once.last().unwrap().summary);
}

/// What systemd, containerd and the kubelet of 1.21 log when a static pod's manifest is taken away. `stop` is the time of containerd's stop.
fn removed_pod(stop: &str, sandbox_end: &str) -> Vec<Incident> {
    let sandbox = ID.replace("0d4b", "77aa");
    let uid = "5b1d0c3e7f9a4e2d8c6b0a1f3e5d7c9b";
    let pod = format!("ledger-0-worker-9_prod({uid})");
    let journal = format!(
        "2026-11-23T10:59:01.000000+0000 worker-9 kernel: Linux version 6.1.0-50-cloud-amd64 (debian-kernel@lists.debian.org)\n\
         2026-11-23T11:02:20.647316+0000 worker-9 containerd[328]: time=\"2026-11-23T11:02:20.647316508Z\" level=info msg=\"RunPodSandbox for &PodSandboxMetadata{{Name:ledger-0-worker-9,Uid:{uid},Namespace:prod,Attempt:0,}} returns sandbox id \\\"{sandbox}\\\"\"\n\
         2026-11-23T11:02:20.805737+0000 worker-9 containerd[328]: time=\"2026-11-23T11:02:20.805737139Z\" level=info msg=\"CreateContainer within sandbox \\\"{sandbox}\\\" for &ContainerMetadata{{Name:ledger,Attempt:0,}} returns container id \\\"{ID}\\\"\"\n\
         2026-11-23T11:02:21.406997+0000 worker-9 containerd[328]: time=\"2026-11-23T11:02:21.406997588Z\" level=info msg=\"StartContainer for \\\"{ID}\\\" returns successfully\"\n\
         2026-11-23T11:02:32.209637+0000 worker-9 kubelet[416]: I1123 11:02:32.209637     416 kubelet.go:1898] SyncLoop (REMOVE, \"file\"): \"{pod}\"\n\
         2026-11-23T11:02:32.865593+0000 worker-9 systemd[1]: cri-containerd-{ID}.scope: Deactivated successfully.\n\
         2026-11-23T11:02:{sandbox_end}+0000 worker-9 systemd[1]: cri-containerd-{sandbox}.scope: Deactivated successfully.\n\
         2026-11-23T11:02:{stop}+0000 worker-9 containerd[328]: time=\"2026-11-23T11:02:{stop}742Z\" level=info msg=\"StopContainer for \\\"{ID}\\\" with timeout 3 (s)\"\n\
         2026-11-23T11:05:01.000000+0000 worker-9 kernel: usb 1-1: new high-speed USB device number 2 using xhci_hcd\n"
    );
    let mut lines: Vec<&str> = journal.lines().collect();
    lines.sort_unstable();
    incidents(&[("journal.log", &(lines.join("\n") + "\n"))])
}

/// The kubelet kills what is left in the cgroup of a pod that is gone, and nobody logs that signal or the code.
#[test]
fn a_pod_that_goes_with_its_sandbox_before_any_stop_was_killed() {
    let all = removed_pod("33.489553", "32.854571");
    let [one] = all.as_slice() else { panic!("{all:#?}") };
    assert_eq!(
        (one.verdict, one.cause, one.confidence),
        (Verdict::NotMemory, Cause::StopTimeout, Confidence::Probable)
    );
    let end = &one.terminations[0];
    assert_eq!((end.exit_code, end.exit_code_inferred, end.signal), (Some(137), true, Some(9)));
    assert!(!one.summary.contains("asked to stop"), "{}", one.summary);
    // It was asked to stop first, or its sandbox outlived it: it may have ended by itself, with any code.
    assert_eq!(removed_pod("32.489553", "32.854571"), []);
    assert_eq!(removed_pod("33.489553", "34.854571"), []);
}

/// `/var/log/messages` takes no errors on many systems: the report is there, its kill line is not, and a starving node stamps the
/// lines late. `dmesg -T` of the same node has no uptime. That they are one event only the counters of the report tell.
#[test]
fn a_copy_without_the_kill_line_is_the_same_kill() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/canal-node/var/log/kern.log");
    let kernel = fs::read_to_string(path).unwrap();
    let lines = || kernel.lines().filter_map(|line| line.split_once(" kernel: ["));
    let dmesg: String = lines()
        .filter_map(|(stamp, rest)| Some((&stamp[7..15], rest.split_once("] ")?.1)))
        .map(|(time, text)| format!("[Mon Nov 23 {time} 2026] {text}\n"))
        .collect();
    let late = |stamp: &str| {
        let seconds: u32 = stamp[13..15].parse().unwrap();
        // Not over the minute: those lines stay as they are.
        format!("{}{:02}{}", &stamp[..13], if seconds < 55 { seconds + 4 } else { seconds }, &stamp[15..])
    };
    let messages: String = lines()
        .filter(|(_, rest)| !rest.contains("Killed process"))
        .map(|(stamp, rest)| format!("{} kernel: [{rest}\n", late(stamp)))
        .collect();
    let alone = incidents(&[("dmesg_-T", &dmesg)]);
    let both = incidents(&[("dmesg_-T", &dmesg), ("messages", &messages)]);
    let victims = |all: &[Incident]| all.iter().flat_map(|i| &i.victims).map(|v| v.pid).collect::<Vec<_>>();
    assert_eq!(victims(&alone).len(), 6);
    assert_eq!(victims(&both), victims(&alone));
}

/// A line that somebody quotes in a sentence bears neither time nor sizes.
#[test]
fn a_kill_line_by_itself_is_possible_at_most() {
    let told = one(&[("note.txt", "The box died with\nOut of memory: Killed process 5017 (ledger)\nand so on\n")]);
    assert_eq!((told.victims[0].pid, told.confidence), (5017, Confidence::Possible), "{:?}", told.confidence_reasons);
    let line = "Out of memory: Killed process 5017 (ledger) total-vm:51380kB, anon-rss:49212kB, file-rss:0kB\n";
    assert_eq!(one(&[("dmesg.txt", line)]).confidence, Confidence::Proven);
}

/// Two units failed in the second of the only kernel line that was collected: that line does not cover their time, and which of them it
/// is of is not told.
#[test]
fn one_line_of_the_kernel_covers_nothing() {
    let kill = "2026-11-23T10:22:41+00:00 mail-3 kernel: Out of memory: Killed process 81 (relay) total-vm:51380kB, anon-rss:49212kB, file-rss:0kB\n";
    let failed = |unit: &str| {
        format!(
            "2026-11-23T10:22:41+00:00 mail-3 systemd[1]: {unit}: Main process exited, code=killed, status=9/KILL\n\
             2026-11-23T10:22:41+00:00 mail-3 systemd[1]: {unit}: Failed with result 'signal'.\n"
        )
    };
    let all = incidents(&[("log.txt", &(kill.to_owned() + &failed("ledger.service") + &failed("stock.service")))]);
    assert_eq!(all.len(), 3, "{all:#?}");
    for unit in all.iter().filter(|i| i.victims.is_empty()) {
        assert_eq!(unit.verdict, Verdict::Undetermined, "{}", unit.summary);
        assert!(
            !unit.explanation.iter().any(|said| said.contains("covers that time and shows")),
            "{:?}",
            unit.explanation
        );
    }
}

/// A parent that saw a child die of signal 9 is no flag of the runtime.
#[test]
fn what_a_parent_saw_is_no_flag() {
    let kernel = "2026-11-23T09:00:00.000000+00:00 node-7 kernel: [  100.000000] eth0: link up\n\
                  2026-11-23T11:00:00.000000+00:00 node-7 kernel: [ 7300.000000] eth0: link down\n";
    let log = "2026-11-23T09:57:30.100000000Z [2026-11-23 09:57:30 +0000] [1] [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?\n";
    let events = format!(
        "2026-11-23T09:50:00.000000000Z container start {ID} (image=shop/api:1, name=api)\n\
         2026-11-23T09:57:31.000000000Z container die {ID} (exitCode=137, image=shop/api:1, name=api)\n"
    );
    let all = incidents(&[("kern.log", kernel), ("docker/logs-api.txt", log), ("docker/events.txt", &events)]);
    let end = all.iter().find(|story| !story.terminations.is_empty()).unwrap();
    let reasons = end.confidence_reasons.join(" ");
    assert_eq!(end.verdict, Verdict::Undetermined);
    assert!(reasons.contains("shows no OOM kill") && !reasons.contains("flag"), "{reasons}");
}
