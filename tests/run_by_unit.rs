//! Containers that a systemd unit runs: the kernel's kill, the runtime's event and the unit's end are one incident.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::report::{Cause, Report, Verdict};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs;

const ID: &str = "9c3e5a7b1d2f40618a9bacbdcedfe0f1021324354657687980a1b2c3d4e5f607";

fn line(clock: &str, who: &str, text: &str) -> String {
    format!("Oct 14 05:{clock} depot {who}: {text}\n")
}

fn podman(clock: &str, event: &str, unit: &str) -> String {
    let text = format!(
        "2026-10-14 05:{clock}.702113904 +0000 UTC m=+0.083 container {event} {ID} (image=quay.io/acme/indexer:9, name=indexer, PODMAN_SYSTEMD_UNIT={unit}, io.buildah.version=1.37)"
    );
    line(clock, "podman[8814]", &text)
}

fn kill(clock: &str, cgroup: &str, limit: &str) -> String {
    let oom = format!(
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg={limit},task_memcg={cgroup},task=indexd,pid=7301,uid=0"
    );
    let killed = "Memory cgroup out of memory: Killed process 7301 (indexd) total-vm:911000kB, anon-rss:519000kB, file-rss:800kB, shmem-rss:0kB, UID:0 pgtables:1200kB oom_score_adj:0";
    line(clock, "kernel", &oom) + &line(clock, "kernel", killed)
}

fn unit_end(clock: &str, manager: &str, unit: &str, result: &str, status: &str) -> String {
    line(clock, manager, &format!("{unit}: Main process exited, code=exited, status={status}"))
        + &line(clock, manager, &format!("{unit}: Failed with result '{result}'."))
}

fn report(texts: &[&str]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.log");
    fs::write(&path, texts.concat()).unwrap();
    scan(&[Input::Path(path)], &Options { year: Some(2026), ..Options::default() })
}

/// One incident of memory that names container and unit, with both ends.
fn check(report: &Report, unit: &str) {
    assert_eq!(report.incidents.len(), 1, "{:#?}", report.incidents);
    let incident = &report.incidents[0];
    assert_eq!(incident.verdict, Verdict::Memory);
    let container = &incident.containers[0];
    assert_eq!((container.id.as_deref(), container.unit.as_deref()), (Some(ID), Some(unit)));
    assert!(incident.terminations.iter().any(|end| end.unit.as_deref() == Some(unit)));
    assert!(incident.explanation.iter().any(|text| text.contains(unit)), "{:?}", incident.explanation);
}

#[test]
fn quadlet_in_its_own_unit() {
    for (manager, above) in
        [("systemd[1]", "/system.slice"), ("systemd[1601]", "/user.slice/user-1001.slice/user@1001.service/app.slice")]
    {
        let unit = format!("{above}/indexer.service");
        let cgroup = format!("{unit}/libpod-payload-{ID}");
        let end = unit_end("30:08", manager, "indexer.service", "oom-kill", "137/n/a");
        let seen = line("30:08", manager, "indexer.service: A process of this unit has been killed by the OOM killer.");
        let died = podman("30:08", "died", "indexer.service");
        for (limit, cause) in [(&cgroup, Cause::ContainerLimit), (&unit, Cause::AncestorLimit)] {
            let kill = kill("30:07", &cgroup, limit);
            let whole = report(&[&podman("01:00", "start", "indexer.service"), &kill, &seen, &died, &end]);
            check(&whole, "indexer.service");
            assert_eq!(whole.incidents[0].containers[0].name.as_deref(), Some("indexer"));
            assert_eq!(whole.incidents[0].cause, cause);
            // The cgroup alone names the unit.
            check(&report(&[&kill, &seen, &end]), "indexer.service");
        }
        // Without the kernel's log the unit tells what the container does not.
        let blind = report(&[&died, &seen, &end]);
        check(&blind, "indexer.service");
        assert_eq!(blind.incidents[0].terminations[0].exit_code, Some(137));
    }
}

#[test]
fn a_generated_unit_beside_the_scope_of_its_container() {
    let cgroup = format!("/machine.slice/libpod-{ID}.scope");
    let unit = "container-indexer.service";
    let end = unit_end("30:09", "systemd[1]", unit, "exit-code", "137/n/a");
    check(&report(&[&kill("30:07", &cgroup, &cgroup), &podman("30:08", "died", unit), &end]), unit);
    // Killed when the node ran out.
    let global = kill("30:07", &cgroup, &cgroup)
        .replace("CONSTRAINT_MEMCG", "CONSTRAINT_NONE")
        .replace(&format!("oom_memcg={cgroup}"), "global_oom")
        .replace("Memory cgroup out", "Out");
    check(&report(&[&global, &podman("30:08", "died", unit), &end]), unit);
}

#[test]
fn an_error_of_the_program_is_one_end_too() {
    let end = unit_end("40:00", "systemd[1]", "indexer.service", "exit-code", "1/FAILURE");
    let report = report(&[&podman("40:00", "died", "indexer.service"), &end]);
    assert_eq!(report.incidents.len(), 1);
    let incident = &report.incidents[0];
    assert_ne!(incident.verdict, Verdict::Memory);
    assert_eq!(incident.containers[0].name.as_deref(), Some("indexer"));
    assert_eq!(incident.terminations[0].exit_code, Some(1));
}

#[test]
fn whose_137_a_unit_passed_on_is_said_with_the_container_that_was_killed_then() {
    let cgroup = format!("/system.slice/docker-{ID}.scope");
    let end = unit_end("30:08", "systemd[1]", "depot-index.service", "exit-code", "137/n/a");
    let report = report(&[&kill("30:07", &cgroup, &cgroup), &end]);
    let of_unit = report.incidents.iter().find(|i| i.verdict == Verdict::Undetermined).unwrap();
    assert!(of_unit.confidence_reasons.iter().any(|reason| reason.contains(&ID[..12])));
    assert!(!of_unit.summary.contains("shows no OOM kill"), "{}", of_unit.summary);
}
