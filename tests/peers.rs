//! What other programs test themselves with, read in place where it lies beside the checkout: every event that those files are
//! known to hold is found, and nothing is found in those that hold none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{corpus, options, scan_paths};
use oomscan::report::{Cause, Incident, Report, Verdict};
use std::path::{Path, PathBuf};

/// Known events: the victim's pid and the cause, in the order of the report.
type Events = &'static [(u32, Cause)];

/// Files with kernel events.
const HOLD: &[(&str, Events)] = &[
    ("oomanalyser/example_archlinux_6_1_1.txt", &[(473_206, Cause::NodeMemory)]),
    ("oomanalyser/example_proxmox_cgroup_oom.txt", &[(3_902_942, Cause::AncestorLimit)]),
    ("hotsos/kernlog_calltrace_oom_killer/var/log/kern.log", &[(955, Cause::ManualOom)]),
    ("cadvisor/stream-block-1.txt", &[(13_536, Cause::CgroupLimit)]),
    ("cadvisor/stream-block-2.txt", &[(1532, Cause::NodeMemory)]),
    ("cadvisor/stream-block-3.txt", &[(1381, Cause::ContainerLimit)]),
    ("cadvisor/stream-block-4.txt", &[(1667, Cause::ContainerLimit)]),
    ("node-problem-detector/oom_kill", &[(1012, Cause::CgroupLimit)]),
    ("sapcc-oomkill-exporter/kmsg.txt", &[(3_401_999, Cause::ContainerLimit), (255_629, Cause::PodLimit)]),
    ("lukeshirnia-out-of-memory/messages.1", &[(3_117_813, Cause::NodeMemory)]),
    ("fluent-plugin-oomkiller/message2", &[(13_550, Cause::NodeMemory)]),
    (
        "own-6.18/memcgv1-6-events.dmesg",
        &[
            (20_428, Cause::ContainerLimit),
            (20_450, Cause::ContainerLimit),
            (20_453, Cause::ContainerLimit),
            (20_511, Cause::ContainerLimit),
            (20_518, Cause::CgroupLimit),
            (20_527, Cause::CgroupLimit),
        ],
    ),
];

/// Files and folders without any memory event.
const NONE: &[&str] = &[
    "oomanalyser/unit-cases.jsonl",
    "hotsos/sos-kubernetes",
    "hotsos/kernlog_calltrace_oom_killer/expected.txt",
    "cadvisor/stream-expected.json",
    "node-problem-detector/kernel-monitor.json",
    "sapcc-oomkill-exporter/expected.json",
    "fluent-plugin-oomkiller/message1",
    "fluent-plugin-oomkiller/message3",
    "abrt",
    "lnav",
    "insights-core/vmcore-dmesg_vmcore_dmesg_crash.txt",
    "insights-core/vmcore-dmesg_vmcore_dmesg_txt.txt",
    "own-6.18/truth.tsv",
    "INDEX.md",
];

fn pids(report: &Report) -> Vec<(u32, Cause)> {
    report.incidents.iter().flat_map(|i| i.victims.iter().map(|v| (v.pid, i.cause))).collect()
}

fn told(report: &Report) -> Vec<String> {
    report.incidents.iter().map(|i| i.summary.clone()).collect()
}

#[test]
fn every_known_event_is_found_once() {
    let Some(peers) = corpus("peers") else { return };
    for (path, events) in HOLD {
        let report = scan_paths(&[peers.join(path)], &options());
        assert_eq!(pids(&report), *events, "{path}: {:#?}", told(&report));
        assert_eq!(report.incidents.len(), events.len(), "{path}: {:#?}", told(&report));
        assert!(report.incidents.iter().all(|i| i.agent.as_deref() == Some("kernel")), "{path}");
        assert!(report.problems.is_empty(), "{path}: {:?}", report.problems);
    }
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let Some(peers) = corpus("peers") else { return };
    for path in NONE {
        let report = scan_paths(&[peers.join(path)], &options());
        let strange: Vec<&Incident> = report.incidents.iter().filter(|i| i.verdict != Verdict::NotMemory).collect();
        assert!(strange.is_empty(), "{path}: {:#?}", told(&report));
        assert_eq!(report.summary.kernel_ooms, 0, "{path}");
    }
}

/// All at once: the parts of one stream are two events, and no file takes anything from another.
#[test]
fn all_files_in_one_call_give_the_same_events() {
    let Some(peers) = corpus("peers") else { return };
    let paths: Vec<PathBuf> = HOLD.iter().map(|(p, _)| peers.join(p)).collect();
    let mut found = pids(&scan_paths(&paths, &options()));
    let mut expected: Vec<(u32, Cause)> = HOLD.iter().flat_map(|(_, events)| events.iter().copied()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn triggers_limits_and_owners_are_right() {
    let Some(peers) = corpus("peers") else { return };
    let own = scan_paths(&[peers.join("own-6.18/memcgv1-6-events.dmesg")], &options());
    let truth = std::fs::read_to_string(peers.join("own-6.18/truth.tsv")).unwrap();
    for (incident, line) in own.incidents.iter().zip(truth.lines().skip(1)) {
        let field: Vec<&str> = line.split('\t').collect();
        assert_eq!(incident.victims[0].pid.to_string(), field[1]);
        assert_eq!(incident.victims[0].comm, field[2]);
        assert_eq!(incident.trigger.as_ref().unwrap().comm, field[3]);
        let limit = incident.limit.as_ref().unwrap();
        assert!(limit.cgroup.as_ref().unwrap().ends_with(field[4].trim_start_matches("...")), "{line}");
        assert_eq!((limit.limit_bytes.unwrap() >> 10).to_string(), field[6]);
    }
    let kmsg = scan_paths(&[peers.join("sapcc-oomkill-exporter/kmsg.txt")], &options());
    let expected: serde_json::Value = read_json(&peers.join("sapcc-oomkill-exporter/expected.json"));
    for (incident, expected) in kmsg.incidents.iter().zip(expected.as_array().unwrap()) {
        let uid = expected["pod_uid"].as_str().unwrap().replace('_', "-");
        assert_eq!(incident.containers[0].pod_uid.as_deref(), Some(uid.as_str()));
        assert_eq!(incident.containers[0].id.as_deref(), expected["container_id"].as_str());
    }
    let streams = read_json(&peers.join("cadvisor/stream-expected.json"));
    for stream in streams.as_array().unwrap() {
        let input = stream["input"].as_array().cloned().unwrap_or_else(|| vec![stream["input"].clone()]);
        let paths: Vec<PathBuf> = input.iter().map(|p| peers.join("cadvisor").join(p.as_str().unwrap())).collect();
        let report = scan_paths(&paths, &options());
        let events = stream["events"].as_array().unwrap();
        assert_eq!(report.incidents.len(), events.len());
        for (incident, event) in report.incidents.iter().zip(events) {
            assert_eq!(Some(incident.victims[0].comm.as_str()), event["process"].as_str());
            let limit = incident.limit.as_ref().and_then(|l| l.cgroup.as_deref());
            assert_eq!(limit.unwrap_or("/"), event["limit_memcg"].as_str().unwrap());
            assert_eq!(incident.victims[0].cgroup.as_deref().unwrap_or("/"), event["task_memcg"].as_str().unwrap());
        }
    }
}

fn read_json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What is known of these in a weaker way: lines of kernels' logs that somebody wrote down one by one, a flag of the API, an
/// exit code in a table.
#[test]
fn weaker_evidence_is_told_as_such() {
    let Some(peers) = corpus("peers") else { return };
    let single = scan_paths(&[peers.join("gpud/dmesg.decode.iso.log")], &options());
    let victims: std::collections::BTreeSet<u32> = pids(&single).into_iter().map(|(pid, _)| pid).collect();
    assert_eq!(victims, [123, 345_646, 863_987].into());
    assert_eq!(single.problems.len(), 1, "the constraint that no kernel prints: {:?}", single.problems);
    let constants = scan_paths(&[peers.join("cadvisor/consts.txt")], &options());
    let victims: Vec<u32> = pids(&constants).into_iter().map(|(pid, _)| pid).collect();
    assert_eq!(victims, [19_667, 966]);
    let pod = scan_paths(&[peers.join("troubleshoot/message-oomkill-pod.json")], &options());
    assert_eq!((pod.incidents.len(), pod.incidents[0].verdict), (1, Verdict::Memory));
    assert_eq!(pod.incidents[0].terminations[0].exit_code, Some(137));
    assert_eq!(pod.incidents[0].terminations[0].oom_flag, Some(true));
    let table = scan_paths(&[peers.join("insights-core/docker_ps_-a_--no-trunc.txt")], &options());
    assert_eq!((table.incidents.len(), table.incidents[0].verdict), (1, Verdict::Undetermined));
    assert_eq!(table.incidents[0].containers[0].id.as_ref().map(String::len), Some(64));
}
