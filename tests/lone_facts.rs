//! One line of a runtime, a batch system or a kubelet about memory is a story even where nothing else is known; beside the kernel's
//! own lines or the container's end it is a part of that story.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{incidents, incidents_of_bundle};
use oomscan::report::{Cause, Confidence, Incident, Verdict};
use std::fs;

const ID: &str = "0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b";

#[track_caller]
fn one(files: &[(&str, &str)]) -> Incident {
    let all = incidents(files);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.into_iter().next().unwrap()
}

#[track_caller]
fn memory(incident: &Incident, cause: Cause) {
    assert_eq!((incident.verdict, incident.cause), (Verdict::Memory, cause), "{}", incident.summary);
    assert!(incident.confidence < Confidence::Strong, "{}", incident.summary);
    assert!(!incident.evidence.is_empty());
}

#[test]
fn docker_saw_an_oom_kill() {
    let events = format!(
        "2026-11-23T09:57:00.100000000Z container start {ID} (image=shop/api:1, name=api)\n\
         2026-11-23T09:57:25.800000000Z container oom {ID} (image=shop/api:1, name=api)\n"
    );
    let alone = one(&[("docker_events", &events)]);
    memory(&alone, Cause::ContainerLimit);
    assert_eq!(alone.containers[0].name.as_deref(), Some("api"));
    assert!(alone.terminations.is_empty() && alone.summary.contains("whether it lived on"), "{}", alone.summary);

    let died = events
        + &format!("2026-11-23T09:57:26.000000000Z container die {ID} (exitCode=137, image=shop/api:1, name=api)\n");
    let ended = one(&[("docker_events", &died)]);
    assert_eq!((ended.verdict, ended.terminations[0].exit_code), (Verdict::Memory, Some(137)));
}

#[test]
fn a_limit_too_low_to_start() {
    let line = "2026-11-23T09:57:25.000722463Z: OOM: the memory limit could be too low: read from the init process\n";
    let start = one(&[("crun.log", line)]);
    memory(&start, Cause::ContainerLimit);
    assert!(start.summary.contains("could not start"), "{}", start.summary);
}

#[test]
fn a_batch_step() {
    let line = "slurmstepd: error: Detected 3 oom_kill events in StepId=88121.batch. Some of the step tasks have been OOM Killed.\n";
    let step = one(&[("slurm-88121.out", line)]);
    memory(&step, Cause::CgroupLimit);
    assert_eq!(step.containers[0].name.as_deref(), Some("88121.batch"));
}

/// The kernel's kill in a step's cgroup and Slurm's record of the step are one incident.
#[test]
fn a_step_and_the_kernel() {
    let path = "/system.slice/slurmstepd.scope/job_88121/step_batch/user";
    let kernel = format!(
        "2026-11-23T10:26:31.571386+00:00 node7 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg={path},task_memcg={path}/task_0,task=python3,pid=4711,uid=1000\n\
         2026-11-23T10:26:31.571396+00:00 node7 kernel: Memory cgroup out of memory: Killed process 4711 (python3) total-vm:2440932kB, anon-rss:253952kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:508kB oom_score_adj:0\n"
    );
    let jobs = "JobID|JobName|State|ExitCode|Start|End|NodeList\n\
        88121|train|OUT_OF_MEMORY|0:125|2026-11-23T10:20:10|2026-11-23T10:26:32|node7\n\
        88121.batch|batch|OUT_OF_MEMORY|0:125|2026-11-23T10:20:10|2026-11-23T10:26:32|node7\n";
    let both = one(&[("kern.log", &kernel), ("sacct.txt", jobs)]);
    assert_eq!((both.cause, both.node.as_str()), (Cause::CgroupLimit, "node7"));
    assert_eq!((both.victims[0].container, both.containers[0].id.as_deref()), (Some(0), Some("88121.batch")));
    assert_eq!(both.terminations[0].reason.as_deref(), Some("OUT_OF_MEMORY"));
    let alone = one(&[("sacct.txt", jobs)]);
    memory(&alone, Cause::CgroupLimit);
}

/// The same of a task of Nomad, whose status shows the allocation's first digits.
#[test]
fn a_task_and_the_kernel() {
    let path = "/nomad.slice/share.slice/5b0e9a31-77d4-1c2f-9a0e-3d5f6b7c8d9e.web.scope";
    let kernel = format!(
        "2026-11-23T10:26:31.571386+00:00 client-3 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg={path},task_memcg={path},task=java,pid=4711,uid=1000\n\
         2026-11-23T10:26:31.571396+00:00 client-3 kernel: Memory cgroup out of memory: Killed process 4711 (java) total-vm:2440932kB, anon-rss:253952kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:508kB oom_score_adj:0\n"
    );
    let status = "ID                  = 5b0e9a31\nEval ID             = 1a2b3c4d\nNode Name           = client-3\n\n\
        Task \"web\" is \"running\"\nTask Events:\nTotal Restarts = 1\n\nRecent Events:\nTime                  Type        Description\n\
        2026-11-23T10:26:49Z  Started     Task started by client\n\
        2026-11-23T10:26:31Z  Terminated  Exit Code: 137, Exit Message: \"OOM Killed\"\n\
        2026-11-23T10:20:00Z  Started     Task started by client\n";
    let both = one(&[("kern.log", &kernel), ("alloc.txt", status)]);
    assert_eq!((both.cause, both.containers[0].name.as_deref()), (Cause::ContainerLimit, Some("web")));
    assert_eq!((both.terminations[0].exit_code, both.terminations[0].restarted.is_some()), (Some(137), true));
    let alone = one(&[("alloc.txt", status)]);
    assert_eq!((alone.verdict, alone.terminations[0].exit_code), (Verdict::Memory, Some(137)));
}

/// A unit that runs `podman run` or a shell passes on the code of what was killed: that is no error of the program's own.
#[test]
fn a_code_that_a_unit_passes_on() {
    let log = "Nov 23 10:26:31 node-9 systemd[1]: cart.service: Main process exited, code=exited, status=137/n/a\n\
        Nov 23 10:26:31 node-9 systemd[1]: cart.service: Failed with result 'exit-code'.\n";
    let alone = one(&[("syslog", log)]);
    assert_eq!((alone.verdict, alone.cause), (Verdict::Undetermined, Cause::Unknown), "{}", alone.summary);
    let stopping = format!("Nov 23 10:26:21 node-9 systemd[1]: Stopping cart.service - Cart...\n{log}");
    assert_eq!(one(&[("syslog", &stopping)]).verdict, Verdict::NotMemory);
}

/// What the kubelet quotes of a kill is told as a kill, although nobody knows of which limit.
#[test]
fn a_kill_that_the_kubelet_quotes() {
    let line = r#"{"ts":1795429592328.0,"caller":"oom/oom_watcher_linux.go:79","msg":"Got sys oom event","v":1,"event":{"Pid":4711,"ProcessName":"java","TimeOfDeath":"2026-11-23T10:26:31.5Z","ContainerName":"/","VictimContainerName":"/","Constraint":"CONSTRAINT_NONE"}}"#;
    let quoted = one(&[("kubelet.log", &format!("{line}\n"))]);
    assert!(quoted.summary.contains("was killed by the kernel's OOM killer"), "{}", quoted.summary);
}

#[test]
fn events_of_a_node() {
    let head = "Events:\n  Type     Reason     Age   From             Message\n  ----     ------     ----  ----             -------\n";
    let old = format!(
        "{head}  Warning  SystemOOM  17m   kubelet, node-7  System OOM encountered\n  Warning  SystemOOM  9m    kubelet, node-7  System OOM encountered\n"
    );
    memory(&one(&[("events.txt", &old)]), Cause::NodeMemory);

    let quoted = format!(
        "{head}  Warning  OOMKilling  2m  kernel-monitor, node-4  Memory cgroup out of memory: Killed process 30911 (order-api) total-vm:69608kB, anon-rss:55604kB, file-rss:4144kB, shmem-rss:0kB, UID:1000 pgtables:188kB oom_score_adj:880\n"
    );
    let retold = one(&[("events.txt", &quoted)]);
    memory(&retold, Cause::CgroupLimit);
    assert_eq!((retold.victims[0].pid, retold.victims[0].comm.as_str()), (30_911, "order-api"));

    // The kernel's own lines tell more, and once is enough.
    let kernel = fs::read_to_string("tests/fixtures/golden/22-carrier-syslog.log").unwrap();
    let both = one(&[("events.txt", &quoted), ("kern.log", &kernel)]);
    assert_eq!((both.cause, both.confidence), (Cause::ContainerLimit, Confidence::Proven));
}

/// `tail -n +1` of a container's cgroup files, and of those of the pod around it, which counts the same kills.
fn cgroup_files(oom: u32) -> String {
    let pod = "/sys/fs/cgroup/kubepods.slice/kubepods-pod3f1d6c0e_6a51_4a5e_9d0e_6a7f4c1b2a10.slice";
    let files = [
        ("", "memory.events", format!("low 0\nhigh 0\nmax 90\noom {oom}\noom_kill 2\n")),
        ("/cri-containerd-ID.scope", "memory.events", format!("low 0\nhigh 0\nmax 90\noom {oom}\noom_kill 2\n")),
        ("/cri-containerd-ID.scope", "memory.max", "67108864\n".to_owned()),
    ];
    files.map(|(folder, name, text)| format!("==> {pod}{}/{name} <==\n{text}\n", folder.replace("ID", ID))).concat()
}

#[test]
fn the_kernels_counter_alone() {
    let counted = one(&[("cgroups.txt", &cgroup_files(2))]);
    memory(&counted, Cause::ContainerLimit);
    assert_eq!(counted.containers[0].id.as_deref(), Some(ID));
    assert_eq!(counted.limit.as_ref().and_then(|limit| limit.limit_bytes), Some(67_108_864));
    assert!(counted.summary.contains("counted 2 OOM kills"), "{}", counted.summary);
    assert_eq!(counted.evidence[0].line, Some(13));
    // Killed, but not for its own limit.
    memory(&one(&[("cgroups.txt", &cgroup_files(0))]), Cause::Unknown);
}

#[test]
fn the_kernels_counter_beside_its_report() {
    let report = format!(
        "[  100.000001] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,\
         oom_memcg=/kubepods.slice/kubepods-pod3f1d6c0e_6a51_4a5e_9d0e_6a7f4c1b2a10.slice/cri-containerd-{ID}.scope,\
         task_memcg=/kubepods.slice/kubepods-pod3f1d6c0e_6a51_4a5e_9d0e_6a7f4c1b2a10.slice/cri-containerd-{ID}.scope,task=api,pid=7,uid=0\n\
         [  100.000002] Memory cgroup out of memory: Killed process 7 (api) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n"
    );
    let all = format!("$ dmesg\n{report}$ tail -n +1 memory.*\n{}", cgroup_files(2));
    let told = one(&[("all.txt", &all)]);
    assert_eq!((told.victims[0].pid, told.cause), (7, Cause::ContainerLimit), "{}", told.summary);
    // Copied into a folder of the collector's own name: it may well be the same kill.
    let copied = "==> cgroup/web-limit-after/memory.events <==\nlow 0\nhigh 0\nmax 90\noom 1\noom_kill 1\n";
    let beside = one(&[("all.txt", &format!("$ dmesg\n{report}$ tail -n +1 memory.*\n{copied}"))]);
    assert_eq!(beside.victims[0].pid, 7);
    assert!(one(&[("all.txt", copied)]).summary.starts_with("Cgroup /web-limit-after: the kernel counted 1 OOM kill"));
}

#[test]
fn a_log_below_a_pasted_description() {
    let pasted = "    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n\n\
                  [  100.000002] Memory cgroup out of memory: Killed process 7 (api) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n";
    let told = one(&[("paste.txt", pasted)]);
    assert_eq!(told.victims.iter().map(|victim| victim.pid).collect::<Vec<_>>(), [7], "{}", told.summary);
}

/// A container that nobody is known to have killed, ended at 10:00:00, and what else its kubelet said.
fn killed_beside(line: &str) -> Incident {
    let klog = |time: &str, text: &str| format!("Nov 23 {time} n1 kubelet[900]: I1123 {time}.000000     900 {text}\n");
    let finished = format!(
        "generic.go:334] \"Generic (PLEG): container finished\" podID=\"7e2f4a6c-0001-4000-8000-1234567890ab\" containerID=\"{ID}\" exitCode=137"
    );
    one(&[("kubelet.log", &(line.to_owned() + &klog("10:00:00", &finished)))])
}

#[test]
fn a_kill_by_nobody_known_on_a_node_that_was_short_of_memory() {
    let pressure = |time: &str| {
        format!(
            "Nov 23 {time} n1 kubelet[900]: I1123 {time}.000000     900 eviction_manager.go:349] \"Eviction manager: must evict pod(s) to reclaim\" resourceName=\"memory\"\n"
        )
    };
    let near = killed_beside(&pressure("09:58:00"));
    assert_eq!((near.verdict, near.confidence), (Verdict::Undetermined, Confidence::Possible));
    assert!(near.confidence_reasons.iter().any(|why| why.contains("short")), "{:?}", near.confidence_reasons);
    let step = near.timeline.iter().find(|step| step.kind == "pressure").unwrap();
    assert_eq!((&*step.actor, step.time.as_deref()), ("kubelet", Some("2026-11-23T09:58:00Z")));
    assert!(near.evidence.iter().any(|piece| piece.line == Some(1)));

    let hours_before = killed_beside(&pressure("07:10:00"));
    assert_eq!((hours_before.verdict, hours_before.confidence), (Verdict::Undetermined, Confidence::Weak));
    assert!(hours_before.timeline.iter().all(|step| step.kind != "pressure"));
}

#[test]
fn a_service_killed_by_nobody_known_while_memory_was_low() {
    let unit = "Nov 23 10:00:00 n1 systemd[1]: web.service: Main process exited, code=killed, status=9/KILL\n\
                Nov 23 10:00:00 n1 systemd[1]: web.service: Failed with result 'signal'.\n";
    let early = "Nov 23 09:59:50 n1 earlyoom[500]: low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%\n";
    let near = one(&[("syslog", &(early.to_owned() + unit))]);
    assert_eq!((near.verdict, near.confidence), (Verdict::Undetermined, Confidence::Possible), "{near:#?}");
    assert!(near.timeline.iter().any(|step| step.kind == "pressure" && step.actor == "earlyoom"));
    assert_eq!(one(&[("syslog", unit)]).confidence, Confidence::Weak);
}

/// dockerd on a slow node: the task has gone 3.6 s before the event with the code. It is one end, told twice.
#[test]
fn an_end_told_late_is_one_end() {
    let events = format!(
        "2026-11-28T16:28:30.759611385Z container start {ID} (image=shop/api:1, name=api)\n\
         2026-11-28T16:28:33.637852360Z container oom {ID} (image=shop/api:1, name=api)\n\
         2026-11-28T16:28:37.597090533Z container die {ID} (execDuration=4, exitCode=137, image=shop/api:1, name=api)\n\
         2026-11-28T16:28:46.872202651Z container start {ID} (image=shop/api:1, name=api)\n"
    );
    let dockerd = format!(
        "Nov 28 16:28:33 app01 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset={ID},mems_allowed=0,\
         oom_memcg=/docker/{ID},task_memcg=/docker/{ID},task=api,pid=3157,uid=0\n\
         Nov 28 16:28:33 app01 kernel: Memory cgroup out of memory: Killed process 3157 (api) total-vm:100532kB, \
         anon-rss:97792kB, file-rss:840kB, shmem-rss:0kB, UID:0 pgtables:228kB oom_score_adj:0\n\
         Nov 28 16:28:33 app01 dockerd[415]: time=\"2026-11-28T16:28:33.985069862Z\" level=info msg=\"ignoring event\" \
         container={ID} module=libcontainerd namespace=moby topic=/tasks/delete type=\"*events.TaskDelete\"\n\
         Nov 28 16:28:34 app01 containerd[406]: time=\"2026-11-28T16:28:34.066246132Z\" level=info \
         msg=\"shim disconnected\" id={ID} namespace=moby\n"
    );
    let told = one(&[("docker_events", &events), ("syslog", &dockerd)]);
    assert_eq!(told.terminations.len(), 1, "{:#?}", told.terminations);
    assert_eq!(told.terminations[0].exit_code, Some(137));
}

/// An emulated node: docker noted the end 3.2 s before it told of it, and of the start 0.2 s before.
#[test]
fn an_end_noted_early_and_told_late_is_one_end() {
    let inspect = format!(
        r#"[{{"Id": "{ID}", "State": {{"Status": "exited", "Running": false, "Paused": false, "Restarting": false, "OOMKilled": false, "Dead": false, "Pid": 0, "ExitCode": 134, "Error": "", "StartedAt": "2026-11-29T12:39:06.578584089Z", "FinishedAt": "2026-11-29T12:39:07.249727088Z"}}, "Image": "sha256:00", "Name": "/thumbs", "RestartCount": 0, "HostConfig": {{"Memory": 0}}, "Config": {{"Image": "shop/thumbs:4"}}}}]"#
    );
    let told = |second: &str| {
        format!(
            "2026-11-29T12:39:06.753763450Z container start {ID} (image=shop/thumbs:4, name=thumbs)\n\
             2026-11-29T12:39:{second}.454648692Z container die {ID} (exitCode=134, image=shop/thumbs:4, name=thumbs)\n"
        )
    };
    let all = incidents_of_bundle(&[("inspect.json", &inspect), ("docker_events", &told("10"))]);
    assert_eq!((all.len(), all[0].terminations.len()), (1, 1), "{all:#?}");
    // It started again in between: two ends.
    let again = told("10")
        + &format!("2026-11-29T12:39:11.100000000Z container start {ID} (image=shop/thumbs:4, name=thumbs)\n")
        + &format!(
            "2026-11-29T12:39:14.454648692Z container die {ID} (exitCode=134, image=shop/thumbs:4, name=thumbs)\n"
        );
    assert_eq!(incidents_of_bundle(&[("docker_events", &again)]).len(), 2);
}

/// A container that leaves at once on a busy node: `StartedAt` is after `FinishedAt`, and the events follow seconds later.
#[test]
fn an_end_that_docker_noted_before_its_start() {
    let inspect = format!(
        r#"[{{"Id": "{ID}", "State": {{"Status": "exited", "Running": false, "Paused": false, "Restarting": false, "OOMKilled": false, "Dead": false, "Pid": 0, "ExitCode": 3, "Error": "", "StartedAt": "2026-11-23T09:57:33.176671Z", "FinishedAt": "2026-11-23T09:57:33.153493Z"}}, "Image": "sha256:00", "Name": "/stock", "RestartCount": 0, "HostConfig": {{"Memory": 0}}, "Config": {{"Image": "shop/stock:4"}}}}]"#
    );
    let events = format!(
        "2026-11-23T09:57:33.237125000Z container start {ID} (image=shop/stock:4, name=stock)\n\
         2026-11-23T09:57:40.868559000Z container die {ID} (exitCode=3, image=shop/stock:4, name=stock)\n"
    );
    let all = incidents_of_bundle(&[("inspect.json", &inspect), ("docker_events", &events)]);
    assert_eq!(all.len(), 1, "{all:#?}");
    let end = &all[0];
    assert_eq!((end.terminations.len(), end.terminations[0].restarted.as_deref()), (1, None));
    assert_eq!(end.cause, Cause::ApplicationError);
}

/// What a tool wrote before the line of several containers names whose words they are.
#[test]
fn words_behind_the_name_of_their_container() {
    let said = "java.lang.OutOfMemoryError: Java heap space";
    for (prefix, pod, name) in [
        ("[pod/ledger-58b7d9c6f-tt5rz/api] ", Some("ledger-58b7d9c6f-tt5rz"), "api"),
        ("ledger-58b7d9c6f-tt5rz api ", Some("ledger-58b7d9c6f-tt5rz"), "api"),
        ("shop/ledger-58b7d9c6f-tt5rz[api]: ", Some("ledger-58b7d9c6f-tt5rz"), "api"),
        ("ledger-1  | ", None, "ledger-1"),
    ] {
        let words = one(&[("all.log", &format!("{prefix}{said}\n"))]);
        memory(&words, Cause::ApplicationHeap);
        let owner = &words.containers[0];
        assert_eq!((owner.pod.as_deref(), owner.name.as_deref()), (pod, Some(name)), "{prefix}");
    }
}

/// Compose leaves the project out: the words and the end are of one container.
#[test]
fn a_service_of_compose_and_its_container() {
    let events = format!(
        "2026-11-23T09:57:26.000000000Z container die {ID} (exitCode=134, image=shop/api:1, name=shop-ledger-1)\n"
    );
    let log = "ledger-1  | 2026-11-23T09:57:25.800000000Z FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n";
    let found = incidents_of_bundle(&[("docker_events", &events), ("compose.log", log)]);
    assert_eq!((found.len(), found[0].cause), (1, Cause::ApplicationHeap), "{found:#?}");
    assert_eq!(found[0].containers[0].name.as_deref(), Some("shop-ledger-1"));
}

/// Every restart count beside which a pod is shown as killed is a kill of its own, however often it is shown.
#[test]
fn a_watched_pod_counts_its_kills() {
    let table = "NAME                     READY   STATUS             RESTARTS      AGE\n\
                 ledger-58b7d9c6f-tt5rz   1/1     Running            0             5s\n\
                 ledger-58b7d9c6f-tt5rz   0/1     OOMKilled          0             14s\n\
                 ledger-58b7d9c6f-tt5rz   1/1     Running            1 (2s ago)    16s\n\
                 ledger-58b7d9c6f-tt5rz   0/1     OOMKilled          1 (11s ago)   25s\n\
                 ledger-58b7d9c6f-tt5rz   0/1     CrashLoopBackOff   1 (13s ago)   38s\n\
                 ledger-58b7d9c6f-tt5rz   0/1     OOMKilled          2 (24s ago)   49s\n\
                 ledger-58b7d9c6f-tt5rz   0/1     OOMKilled          2 (25s ago)   50s\n";
    let watched = one(&[("watch.txt", table)]);
    memory(&watched, Cause::ContainerLimit);
    assert_eq!(watched.count, 3);
    assert!(watched.summary.contains("(3 times)"), "{}", watched.summary);
}

/// Why it ended is not shown; that it ends again and again is.
#[test]
fn a_pod_that_crashes_again_and_again() {
    let row = "NAME                     READY   STATUS             RESTARTS      AGE\n\
               ledger-58b7d9c6f-tt5rz   0/1     CrashLoopBackOff   7 (9s ago)    21m\n";
    let looping = one(&[("pods.txt", row)]);
    assert_eq!((looping.verdict, looping.terminations[0].restart_count), (Verdict::Undetermined, Some(7)));
    let killed = "ledger-58b7d9c6f-tt5rz   0/1     OOMKilled          8 (2s ago)    22m\n";
    let both = one(&[("pods.txt", &format!("{row}{killed}"))]);
    memory(&both, Cause::ContainerLimit);
    assert_eq!((both.count, both.terminations[0].reason.as_deref()), (1, Some("OOMKilled")));
}

#[test]
fn a_dyno_is_no_container() {
    let log = "2026-11-03T10:00:21.123456+00:00 heroku[web.1]: Error R15 (Memory quota vastly exceeded)\n";
    let killed = incidents(&[("heroku.log", log)]);
    assert!(killed[0].summary.starts_with("Dyno 'web.1'"), "{}", killed[0].summary);
}

#[test]
fn mongod_in_json() {
    let log = "{\"t\":{\"$date\":\"2026-11-03T10:00:01.123+00:00\"},\"s\":\"F\",  \"c\":\"CONTROL\",  \"id\":6384300, \"ctx\":\"conn8\",\
               \"msg\":\"Writing fatal message\",\"attr\":{\"message\":\"terminate() called. An exception is active; attempting to gather \
               more information\\nstd::exception::what(): std::bad_alloc\\n\"}}\n";
    let words = one(&[("mongod.log", log)]);
    memory(&words, Cause::ApplicationHeap);
    assert_eq!(words.program.as_deref(), Some("mongodb"));
}

/// What starts with the node is not started again.
#[test]
fn a_start_after_a_boot_is_no_restart() {
    let end = "Nov 23 09:57:25 node-3 systemd[1]: ledger.service: Main process exited, code=killed, status=9/KILL\n\
               Nov 23 09:57:25 node-3 systemd[1]: ledger.service: Failed with result 'oom-kill'.\n";
    let boot = "Nov 23 10:12:00 node-3 kernel: [    0.000000] Linux version 6.8.0-45-generic (a@b) #45 SMP\n";
    let start = "Nov 23 10:12:09 node-3 systemd[1]: Started ledger.service - The ledger.\n";
    let restarted = |parts: &[&str]| {
        let found = incidents(&[("syslog", &parts.concat())]);
        found.iter().flat_map(|i| &i.terminations).any(|end| end.restarted.is_some())
    };
    assert!(restarted(&[end, start]));
    assert!(!restarted(&[end, boot, start]));
}
