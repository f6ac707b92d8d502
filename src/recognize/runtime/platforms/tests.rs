use super::super::testing::{exit, one, silent};
use crate::event::{RuntimeFact, Speaker, What};

fn reason(fact: &RuntimeFact) -> &str {
    match &fact.what {
        What::UserspaceKill(kill) => &kill.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn slurm() {
    for (text, step) in [
        (
            "slurmstepd: error: Detected 1 oom-kill event(s) in step 410022.0 cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.",
            "410022.0",
        ),
        ("slurmstepd: error: Detected 2 oom-kill event(s) in step 410023.batch cgroup.", "410023.batch"),
        (
            "slurmstepd: error: Detected 1 oom_kill event in StepId=77001.0. Some of the step tasks have been OOM Killed.",
            "77001.0",
        ),
    ] {
        for who in [None, Some("slurmstepd")] {
            let fact = one(who, text);
            assert_eq!((fact.speaker, &fact.what), (Speaker::Slurm, &What::OomSeen));
            assert_eq!(fact.container.id.as_deref(), Some(step));
        }
    }
    let fact = one(None, "srun: error: node12: tasks 2-5: Out Of Memory");
    assert_eq!((exit(&fact).oom_flag, fact.container.name.as_deref()), (Some(true), Some("tasks 2-5")));
    let fact = one(None, "slurmd: error: Job 123 exceeded memory limit (2097152 > 1048576), being killed");
    assert!(reason(&fact).contains("2097152 > 1048576"));
}

#[test]
fn a_step_of_a_pipeline_over_its_limit() {
    let fact = one(None, "Container 'docker' exceeded memory limit.");
    assert_eq!((fact.speaker, fact.container.name.as_deref()), (Speaker::Bitbucket, Some("docker")));
    assert!(matches!(fact.what, What::UserspaceKill(_)));
}

#[test]
fn yarn_and_spark() {
    let fact = one(
        None,
        "WARN ContainersMonitorImpl: Container [pid=44545,containerID=container_1511_01_000003] is running beyond physical memory limits. Current usage: 1.0 GB of 1 GB physical memory used; 19.8 GB of 2.1 GB virtual memory used. Killing container.",
    );
    assert!(matches!(fact.what, What::UserspaceKill(kill) if kill.pid == Some(44545)));
    assert_eq!(fact.container.id.as_deref(), Some("container_1511_01_000003"));
    let fact = one(
        None,
        "Container [pid=1,containerID=container_e2] is running 1723304448B beyond the 'VIRTUAL' memory limit. Current usage: x",
    );
    assert!(reason(&fact).contains("VIRTUAL"));
    let fact = one(
        None,
        "26/11/23 10:00:00 ERROR YarnClusterScheduler: Lost executor 4 on host: Container killed by YARN for exceeding memory limits. 6.1 GB of 4.0 GB virtual memory used.",
    );
    assert!(reason(&fact).contains("virtual"));
    let fact = one(
        None,
        "ERROR TaskSchedulerImpl: The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).",
    );
    assert_eq!(exit(&fact).exit_code, Some(137));
    let fact = one(None, "Exit code for container_1511_01_000003: Container killed on request. Exit code is 143");
    assert_eq!((exit(&fact).exit_code, fact.container.id.as_deref()), (Some(143), Some("container_1511_01_000003")));
}

#[test]
fn nomad_ecs_and_others() {
    let fact = one(None, "2026-11-23T15:00:00Z  Terminated  Exit Code: 137, Exit Message: \"OOM Killed (137)\"");
    assert_eq!((exit(&fact).exit_code, exit(&fact).oom_flag), (Some(137), Some(true)));
    let fact = one(
        None,
        "[ERROR] client.driver_mgr.docker: OOM Killed: container_id=b278ae9623a0de42c2c53029f6230e56c487c5eadde7dc2fce686f29b1107609",
    );
    assert_eq!((fact.speaker, fact.container.id.is_some()), (Speaker::Nomad, true));
    let fact = one(
        None,
        "level=info msg=\"Sending container change\" reason=\"OutOfMemoryError: Container killed due to memory usage\"",
    );
    assert_eq!((fact.speaker, fact.what), (Speaker::Ecs, What::OomSeen));
    let fact = one(None, "2021-01-01T00:00:00 [APP/PROC/WEB/0] OUT Exited with status 137 (out of memory)");
    assert_eq!((exit(&fact).exit_code, exit(&fact).oom_flag), (Some(137), Some(true)));
    let fact = one(None, "Memory limit of 512 MiB exceeded with 530 MiB used. Consider increasing the memory limit");
    assert!(reason(&fact).starts_with("Memory limit of 512"));
    let fact = one(None, "Memory limit exceeded: Requested: 64MB Maximum Used: 65MB");
    assert_eq!(reason(&fact), "memory limit exceeded: requested 64MB, used 65MB");
}

#[test]
fn heroku() {
    let fact = one(None, "2021-01-01T00:00:00 heroku[web.1]: Error R14 (Memory quota exceeded)");
    assert_eq!(
        (fact.what, fact.container.name.as_deref()),
        (What::UserspaceWarning { text: "Error R14 (Memory quota exceeded)".into() }, Some("web.1"))
    );
    let fact = one(None, "2021-01-01T00:00:00 heroku[web.2]: Error R15 (Memory quota vastly exceeded)");
    assert_eq!(
        (reason(&fact), fact.container.name.as_deref()),
        ("Error R15 (Memory quota vastly exceeded)", Some("web.2"))
    );
    assert_eq!(exit(&one(None, "heroku[web.1]: Process exited with status 137")).exit_code, Some(137));
    silent(None, "Process exited with status 137");
}

#[test]
fn pbs_and_torque() {
    for (line, why) in [
        ("=>> PBS: job killed: mem 8391040kb exceeded limit 8388608kb", "mem 8391040kb exceeded limit 8388608kb"),
        (
            "m@till-4:~$ =>> PBS: job killed: vmem job total 9 kb exceeded limit 8 kb",
            "vmem job total 9 kb exceeded limit 8 kb",
        ),
    ] {
        let fact = one(None, line);
        assert_eq!((fact.speaker, reason(&fact)), (Speaker::Pbs, why));
    }
    silent(None, "=>> PBS: job killed: walltime 79 exceeded limit 60");
    silent(None, "=>> PBS: job killed: ncpus 58.88 exceeded limit 16 (sum)");
}

#[test]
fn lsf_and_cloud_foundrys_events() {
    let fact = one(None, "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.");
    assert_eq!((fact.speaker, reason(&fact)), (Speaker::Lsf, "job killed after reaching LSF memory usage limit"));
    let fact =
        one(None, "{\"index\":0,\"exit_status\":255,\"exit_description\":\"out of memory\",\"reason\":\"CRASHED\"}");
    assert_eq!((exit(&fact).exit_code, exit(&fact).oom_flag), (Some(255), Some(true)));
    silent(None, "TERM_THREADLIMIT: job killed after reaching LSF thread limit.");
}

#[test]
fn nomads_agent_quotes_its_task_events() {
    let text = "client.alloc_runner.task_runner: Task event: alloc_id=0a1b2c3d-1111-2222-3333-444455556666 task=web type=Terminated msg=\"Exit Code: 137, Exit Message: \\\"OOM Killed\\\"\" failed=false";
    let fact = one(None, text);
    assert_eq!((exit(&fact).exit_code, exit(&fact).oom_flag), (Some(137), Some(true)));
    assert_eq!((fact.container.name.as_deref(), exit(&fact).message.as_deref()), (Some("web"), Some("OOM Killed")));
    assert_eq!(fact.container.id.as_deref(), Some("0a1b2c3d-1111-2222-3333-444455556666.web"));
}

#[test]
fn talos_writes_to_the_kernel_log() {
    let text = "user: warning: [2026-11-23T10:00:00.9Z]: [talos] Sending SIGKILL to cgroup {\"component\": \"c\", \"cgroup\": \"/sys/fs/cgroup/kubepods/burstable/pod1\"}";
    assert!(
        matches!(one(Some("kernel"), text).what, What::UserspaceKill(kill) if kill.cgroup.as_deref() == Some("/kubepods/burstable/pod1"))
    );
}

#[test]
fn ordinary_words_say_nothing() {
    for text in [
        "Detected 3 changes in step 4",
        "task 4: Out Of Memory Lane",
        "Container [pid=x",
        "Exit Code: x, Exit Message: \"y\"",
        "job exceeded memory limit (soft)",
        "Memory limit of the night exceeded with joy",
        "exited with exit code 3",
        "Exited with status 137",
    ] {
        silent(None, text);
    }
}

#[test]
fn the_ecs_agent_names_the_container_and_a_page_does_not_count() {
    let id = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
    let line = format!("DockerGoClient: process within container {id} (name: \"ecs-mill-7-grind\") died due to OOM");
    let fact = one(None, &line);
    assert_eq!((fact.container.id.as_deref(), fact.container.name.as_deref()), (Some(id), Some("ecs-mill-7-grind")));
    silent(None, "- `OutOfMemoryError: Container killed due to memory usage`");
    silent(None, "8. **OutOfMemoryError: Container killed due to memory usage**");
}

#[test]
fn a_function_that_went_over_its_limit() {
    let said = "Error: memory limit exceeded. Function invocation was interrupted.";
    let fact = one(None, &format!("E      grind     k2x7  {said}"));
    assert_eq!((fact.speaker, reason(&fact)), (Speaker::GoogleCloud, said));
    silent(None, &format!("    # Because {said}"));
    silent(None, &format!("look for `{said}`"));
}
