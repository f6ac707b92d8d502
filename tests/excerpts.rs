//! Short pieces of other people's logs, read in place where they lie beside the checkout. Each shows one thing that a runtime, a
//! kubelet or a killer does; most are too short to tell a whole story, so that what they must give is a fact or a verdict.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{corpus, scan_paths};
use oomscan::event::{Event, Fact, RuntimeFact, SourceId, What};
use oomscan::framing::Framer;
use oomscan::recognize::{Recognizer, document};
use oomscan::report::{Cause, Incident, Report, Verdict};
use oomscan::scan::Options;
use std::fs;
use std::path::Path;

/// Their years are their own: some lines print one, and contradict any other.
fn options() -> Options {
    Options { threads: 1, ..Options::default() }
}

fn report(name: &str) -> Option<Report> {
    Some(scan_paths(&[corpus("runtime-excerpts")?.join(name)], &options()))
}

/// The one incident of a file.
fn one(name: &str) -> Option<Incident> {
    let report = report(name)?;
    assert_eq!(report.incidents.len(), 1, "{name}: {:#?}", report.incidents);
    report.incidents.into_iter().next()
}

/// A file that gives no incident.
fn none(name: &str) {
    if let Some(report) = report(name) {
        assert!(report.incidents.is_empty(), "{name}: {:#?}", report.incidents);
    }
}

/// What the recognisers find in a file.
fn facts(name: &str) -> Option<Vec<RuntimeFact>> {
    let path = corpus("runtime-excerpts")?.join(name);
    let bytes = fs::read(&path).unwrap();
    let events = events(&path, &bytes);
    let runtime = |e: Event| if let Fact::Runtime(fact) = e.fact { Some(*fact) } else { None };
    Some(events.into_iter().filter_map(runtime).collect())
}

fn events(path: &Path, bytes: &[u8]) -> Vec<Event> {
    let name = path.to_str().unwrap();
    let mut found = Vec::new();
    if let Some(kind) = document::sniff(name, &bytes[..bytes.len().min(8192)]) {
        document::read(kind, name, bytes, SourceId(0), &mut found);
        let mut rest = bytes.to_vec();
        if document::keep_log_lines(kind, name, &mut rest) {
            lines(&rest, &mut found);
        }
        return found;
    }
    lines(bytes, &mut found);
    found
}

fn lines(bytes: &[u8], found: &mut Vec<Event>) {
    let (mut framer, mut recognizer, mut offset) = (Framer::new(SourceId(0)), Recognizer::default(), 0);
    for (line, number) in bytes.split(|b| *b == b'\n').zip(1..) {
        framer.push(line, number, offset, &mut |record| recognizer.push(record, found));
        offset += line.len() as u64 + 1;
    }
    framer.flush(&mut |record| recognizer.push(record, found));
    recognizer.finish(found);
}

fn has(facts: &[RuntimeFact], what: impl Fn(&RuntimeFact) -> bool) -> bool {
    facts.iter().any(what)
}

fn id_starts(fact: &RuntimeFact, start: &str) -> bool {
    fact.container.id.as_ref().is_some_and(|id| id.starts_with(start))
}

#[track_caller]
fn verdict(incident: &Incident, cause: Cause, agent: &str) {
    let verdict = if cause == Cause::Unknown { Verdict::Undetermined } else { Verdict::Memory };
    assert_eq!((incident.verdict, incident.cause, incident.agent.as_deref()), (verdict, cause, Some(agent)));
}

fn pids(incident: &Incident) -> Vec<u32> {
    incident.victims.iter().map(|v| v.pid).collect()
}

#[test]
fn kernel_lines_beside_runtimes() {
    let Some(lost) = one("containerd-taskoom-lost-kernel-side.log") else { return };
    verdict(&lost, Cause::PodLimit, "kernel");
    assert_eq!(pids(&lost), [38_287]);
    assert!(lost.containers[0].id.as_ref().unwrap().starts_with("98bac6c4"));
    assert!(lost.containers[0].pod_uid.as_ref().unwrap().starts_with("17efb6ec-"));

    let child = one("docker-child-oom-then-oomkilled-true.log").unwrap();
    assert_eq!((child.verdict, pids(&child)), (Verdict::Memory, vec![19_417]));

    let global = one("docker-global-oom-systemd-scope.log").unwrap();
    verdict(&global, Cause::NodeMemory, "kernel");
    assert_eq!(pids(&global), [7134]);
    assert!(global.containers[0].id.as_ref().unwrap().starts_with("00748bf4"), "the cpuset is no container");
    assert_eq!(global.containers[0].runtime.as_deref(), Some("docker"));

    let init = one("docker-v1-cgroupfs-runc-init.log").unwrap();
    verdict(&init, Cause::ContainerLimit, "kernel");
    assert!(init.containers[0].id.as_ref().unwrap().starts_with("0abce43b"));

    let race = one("earlyoom-kernel-race.log").unwrap();
    verdict(&race, Cause::NodeMemory, "kernel");
    assert_eq!(pids(&race), [27_541], "the kernel did the kill, not earlyoom");
}

#[test]
fn user_space_killers() {
    for (name, pid) in [
        ("earlyoom-13-sigterm-escalate.log", 12_006),
        ("earlyoom-16-sigterm.log", 29_410),
        ("earlyoom-old-formats.log", 5874),
    ] {
        let Some(incident) = one(name) else { return };
        verdict(&incident, Cause::UserspaceKiller, "earlyoom");
        assert_eq!(pids(&incident), [pid], "{name}");
    }
    let marked = one("systemd-oomd-marked-2026.log").unwrap();
    verdict(&marked, Cause::UserspaceKiller, "systemd-oomd");
    assert_eq!(marked.containers[0].unit.as_deref(), Some("systemd-journald.service"));
    let pressure = one("systemd-oomd-pressure-kill-v249.log").unwrap();
    verdict(&pressure, Cause::UserspaceKiller, "systemd-oomd");
    assert_eq!(pressure.terminations[0].exit_code, Some(137));
    let yarn = one("spark-yarn-memory.log").unwrap();
    verdict(&yarn, Cause::UserspaceKiller, "yarn");
    assert!(yarn.victims.is_empty(), "no kernel kill at all");
}

#[test]
fn normal_ends_and_names_tell_no_story() {
    for name in [
        "containerd-createcontainer-gogo.log",
        "containerd-dead-shim-console.log",
        "containerd-moby-shim-died.log",
        "crio-conmon-scope.log",
        "crio-created-container.log",
        "k8s-containerd17-exit0-proto-omits-status.log",
        "k8s-pod-delete-stopcontainer-exit0.log",
        "kubelet-eviction-old-glog.log",
        "kubelet-pleg-glog-2019.log",
        "podman-inspect-state-cgrouppath.json.txt",
    ] {
        none(name);
    }
}

#[test]
fn containers_and_their_names() {
    let Some(gogo) = facts("containerd-createcontainer-gogo.log") else { return };
    let named = |f: &RuntimeFact| {
        let c = &f.container;
        id_starts(f, "557e3eb3")
            && c.name.as_deref() == Some("alpine")
            && c.attempt == Some(5)
            && c.sandbox_id.is_some()
    };
    assert!(has(&gogo, named));
    let shim = facts("containerd-dead-shim-console.log").unwrap();
    assert!(has(&shim, |f| id_starts(f, "753143c3") && f.what == What::ShimGone));
    let moby = facts("containerd-moby-shim-died.log").unwrap();
    assert!(has(&moby, |f| id_starts(f, "6ce9d405") && f.container.runtime.as_deref() == Some("docker")));
    let crio = facts("crio-created-container.log").unwrap();
    assert!(has(&crio, |f| id_starts(f, "02147637") && f.container.namespace.as_deref() == Some("network")));
    let scope = facts("crio-conmon-scope.log").unwrap();
    assert!(has(&scope, |f| id_starts(f, "0644511b") && f.what == What::Started));
    let pleg = facts("kubelet-pleg-glog-2019.log").unwrap();
    assert!(has(&pleg, |f| f.container.namespace.as_deref() == Some("basic") && matches!(f.what, What::Exited(_))));
    let labels = facts("docker-events-oom-k8s-labels.txt").unwrap();
    let named = |f: &RuntimeFact| f.container.name.as_deref() == Some("notebook") && f.container.pod_uid.is_some();
    assert!(has(&labels, |f| named(f) && f.what == What::OomSeen));
    let events = facts("docker-events-oom-die.jsonl").unwrap();
    assert!(has(&events, |f| id_starts(f, "36eb96d6") && f.what == What::OomSeen));
}

#[test]
fn exits_stops_and_kills() {
    let Some(gogo) = facts("containerd-12-gogo-taskexit-255.log") else { return };
    let exit = |f: &RuntimeFact, code: i64| matches!(&f.what, What::Exited(e) if e.exit_code == Some(code));
    assert!(has(&gogo, |f| id_starts(f, "5e1cdf13") && exit(f, 255) && f.container.pid == Some(21_976)));
    let zero = facts("k8s-containerd17-exit0-proto-omits-status.log").unwrap();
    assert!(has(&zero, |f| id_starts(f, "f5126739") && exit(f, 0) && f.container.pid == Some(219_567)));
    let old = facts("dockerd-18-stop-timeout.log").unwrap();
    assert!(has(&old, |f| id_starts(f, "35deaedb") && f.what == What::KillSent { after_timeout: true }));
    let new = facts("dockerd-29-kill-timeout.log").unwrap();
    assert!(has(&new, |f| id_starts(f, "e3fe7db2") && matches!(f.what, What::KillSent { .. })));
    let delete = facts("k8s-pod-delete-stopcontainer-exit0.log").unwrap();
    let stop = |f: &RuntimeFact| matches!(f.what, What::StopAsked { grace_s: Some(30.0), .. });
    assert!(has(&delete, |f| id_starts(f, "c65a36d4") && stop(f)));
    assert!(has(&delete, |f| id_starts(f, "c65a36d4") && exit(f, 0)));
    let nomad = facts("nomad-spurious-oom-137.txt").unwrap();
    assert!(has(&nomad, |f| exit(f, 137)));
    let init = facts("k8s-oomkilled-exit0-initcontainer.kubectl.txt").unwrap();
    assert!(has(&init, |f| exit(f, 0) && matches!(&f.what, What::Exited(e) if e.oom_flag == Some(true))));
    for name in ["crun-error-oom.log", "runc-ecs-init-oom.txt"] {
        let start = facts(name).unwrap();
        assert!(has(&start, |f| matches!(f.what, What::StartFailed { memory: true, .. })), "{name}");
    }
    let slurm = facts("slurm-oom-old-and-new.log").unwrap();
    assert_eq!(slurm.iter().filter(|f| f.what == What::OomSeen).count(), 4);
    let retold = facts("npd-custom-podoomkilling.kubectl.txt").unwrap();
    assert!(has(&retold, |f| matches!(f.what, What::KernelKillRetold { pid: 25_169, .. })));
    let system = facts("k8s-systemoom-events-old.kubectl.txt").unwrap();
    assert_eq!(system.iter().filter(|f| matches!(f.what, What::Pressure { .. })).count(), 2);
}

#[test]
fn a_group_kill_is_one_event() {
    let Some(report) = report("k8s-containerd17-memcg-oomgroup-kubepods.log") else { return };
    let kernel: Vec<&Incident> = report.incidents.iter().filter(|i| !i.victims.is_empty()).collect();
    assert_eq!(kernel.len(), 1);
    verdict(kernel[0], Cause::AncestorLimit, "kernel");
    assert_eq!(pids(kernel[0]), [7788, 7620, 7656, 7657, 7712], "each once");
    assert!(kernel[0].containers[0].id.as_ref().unwrap().starts_with("9192cb33"));
    assert_eq!(kernel[0].terminations[0].exit_code, Some(137));
    let main: Vec<u32> = kernel[0].victims.iter().filter(|v| v.main == Some(true)).map(|v| v.pid).collect();
    assert_eq!(main, [7620], "the first victim was a shell beside the container's own process");
}

#[test]
fn a_pod_limit_long_before_the_exit() {
    let Some(report) = report("k8s-memcg-podslice-2023.log") else { return };
    let first = &report.incidents[0];
    verdict(first, Cause::PodLimit, "kernel");
    assert_eq!(pids(first), [183_960]);
    assert_eq!(first.limit.as_ref().unwrap().limit_bytes, Some(102_400 << 10));
    let cut = report.incidents.iter().skip(1).all(|i| i.victims.is_empty());
    assert!(cut, "of the second report only the first line is there");
}

#[test]
fn an_eviction_is_no_kill() {
    let Some(evicted) = one("k8s-eviction-memory-137-decoy.kubectl.txt") else { return };
    verdict(&evicted, Cause::Eviction, "kubelet");
    assert!(evicted.victims.is_empty());
    let folder = corpus("runtime-excerpts").unwrap();
    let both =
        ["k8s-eviction-memory-137-decoy.kubectl.txt", "k8s-eviction-memory-137-decoy.log"].map(|f| folder.join(f));
    let report = scan_paths(&both, &options());
    let told: Vec<_> = report.incidents.iter().map(|i| (i.cause, &i.summary)).collect();
    assert!(report.incidents.iter().all(|i| i.verdict != Verdict::NotMemory), "{told:#?}");
    assert_eq!(report.incidents.iter().filter(|i| i.cause == Cause::Eviction).count(), 1, "{told:#?}");
}

#[test]
fn a_probe_is_no_memory() {
    let Some(folder) = corpus("runtime-excerpts") else { return };
    let both = ["k8s-liveness-137-decoy.kubectl.txt", "k8s-liveness-137-decoy.log"].map(|f| folder.join(f));
    let report = scan_paths(&both, &options());
    assert!(report.incidents.iter().all(|i| i.verdict != Verdict::Memory), "{:#?}", report.incidents);
    let facts = facts("k8s-liveness-137-decoy.log").unwrap();
    assert!(has(&facts, |f| matches!(&f.what, What::ProbeFailed { kills: true, .. })));
}

/// Whatever else is missing: somebody says that memory ran out.
#[test]
fn one_line_is_a_story() {
    let Some(seen) = one("docker-events-oom-die.jsonl") else { return };
    verdict(&seen, Cause::ContainerLimit, "kernel");
    assert!(seen.containers[0].id.as_ref().unwrap().starts_with("36eb96d6"));
    let labels = one("docker-events-oom-k8s-labels.txt").unwrap();
    verdict(&labels, Cause::ContainerLimit, "kernel");
    assert_eq!(labels.containers[0].name.as_deref(), Some("notebook"));
    for name in ["crun-error-oom.log", "runc-ecs-init-oom.txt"] {
        verdict(&one(name).unwrap(), Cause::ContainerLimit, "kernel");
    }
    let slurm = report("slurm-oom-old-and-new.log").unwrap();
    assert_eq!(slurm.incidents.len(), 4);
    slurm.incidents.iter().for_each(|i| verdict(i, Cause::CgroupLimit, "kernel"));
    let retold = one("npd-custom-podoomkilling.kubectl.txt").unwrap();
    verdict(&retold, Cause::CgroupLimit, "kernel");
    assert_eq!(pids(&retold), [25_169]);
    verdict(&one("k8s-systemoom-events-old.kubectl.txt").unwrap(), Cause::NodeMemory, "kernel");
}

/// A false flag, or none at all: never taken for a proof.
#[test]
fn weak_evidence_is_never_a_proof() {
    for name in [
        "containerd-12-gogo-taskexit-255.log",
        "docker-inspect-137-oomkilled-false.txt",
        "k8s-systemoom-137-error.json.txt",
        "nomad-spurious-oom-137.txt",
        "k8s-oomkilled-exit0-initcontainer.kubectl.txt",
        "k8s-memcg-podslice-2023.kubectl.txt",
        "k8s-containerd17-memcg-oomgroup-kubepods.kubectl.txt",
        "k8s-liveness-137-decoy.kubectl.txt",
        "dockerd-18-stop-timeout.log",
        "dockerd-29-kill-timeout.log",
    ] {
        let Some(report) = report(name) else { return };
        for incident in &report.incidents {
            let sure =
                incident.verdict == Verdict::Memory && incident.confidence >= oomscan::report::Confidence::Strong;
            assert!(!sure, "{name}: {}", incident.summary);
        }
    }
}

/// Every file is named in a test here.
#[test]
fn no_file_is_forgotten() {
    let Some(folder) = corpus("runtime-excerpts") else { return };
    let own = include_str!("excerpts.rs");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "INDEX.md" || own.contains(&format!("\"{name}\"")), "{name} has no test");
    }
}
