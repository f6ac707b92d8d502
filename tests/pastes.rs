//! Pastes of several outputs: what they tell of one pod is one incident, however many outputs tell of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::report::{Cause, Incident, Report, Verdict};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs;

const ROWS: &str = "NAME                    READY   STATUS             RESTARTS      AGE\n\
                    loom-7d5f8b9c7-x2k4p    0/1     CrashLoopBackOff   7 (2m ago)    21m\n\
                    loom-7d5f8b9c7-z9m1q    1/1     Running            0             21m\n";

const EVENTS: &str = "LAST SEEN   TYPE      REASON       OBJECT          MESSAGE\n\
                      3m          Warning   OOMKilling   node/weaver-3   Memory cgroup out of memory: Killed process 5821 (loomd) total-vm:911000kB, anon-rss:519000kB, file-rss:800kB, shmem-rss:0kB, UID:0 pgtables:1200kB oom_score_adj:968\n";

fn described(limit: &str) -> String {
    format!(
        "Name:             loom-7d5f8b9c7-x2k4p\n\
         Namespace:        mill\n\
         Node:             weaver-3/10.0.12.7\n\
         Labels:           app=loom\n\
         Containers:\n\
        \x20 loom:\n\
        \x20   State:          Waiting\n\
        \x20     Reason:       CrashLoopBackOff\n\
        \x20   Last State:     Terminated\n\
        \x20     Reason:       OOMKilled\n\
        \x20     Exit Code:    137\n\
        \x20     Started:      Tue, 03 Nov 2026 09:28:02 +0100\n\
        \x20     Finished:     Tue, 03 Nov 2026 09:30:11 +0100\n\
        \x20   Restart Count:  7\n\
        \x20   Limits:\n\
        \x20     memory:  {limit}\n"
    )
}

fn report(text: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paste.txt");
    fs::write(&path, text).unwrap();
    scan(&[Input::Path(path)], &Options::default())
}

fn only(text: &str) -> Incident {
    let mut found = report(text).incidents;
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn rows_a_description_and_the_nodes_event_are_one_kill() {
    let incident = only(&format!("{ROWS}{}{EVENTS}", described("512Mi")));
    assert_eq!((incident.verdict, incident.cause), (Verdict::Memory, Cause::ContainerLimit));
    assert_eq!((incident.node.as_str(), incident.victims.len(), incident.victims[0].pid), ("weaver-3", 1, 5821));
    assert_eq!(incident.victims[0].container, Some(0));
    assert_eq!(incident.containers[0].namespace.as_deref(), Some("mill"));
    let lines: Vec<_> = incident.timeline.iter().map(|step| &incident.evidence[step.evidence.unwrap()].text).collect();
    assert!(lines[0].contains("137") && lines[1].contains("OOMKilling"), "{lines:?}");
}

#[test]
fn a_kill_that_does_not_fit_the_container_stays_one_of_its_own() {
    let found = report(&format!("{ROWS}{}{EVENTS}", described("128Mi"))).incidents;
    assert_eq!(found.len(), 2, "the victim held more than the container may");
    let two = EVENTS.replace("5821", "5900").replace("LAST SEEN", "\nLAST SEEN");
    let found = report(&format!("{}{EVENTS}{two}", described("512Mi"))).incidents;
    assert!(
        found.iter().any(|incident| incident.containers.is_empty()),
        "of which kill the container died, nothing tells"
    );
}

#[test]
fn a_row_that_ended_by_its_reason_alone_is_told_with_its_description() {
    let row = "NAME                    READY   STATUS   RESTARTS   AGE\nloom-7d5f8b9c7-x2k4p    0/1     Error    0          21m\n";
    let described = described("512Mi").replace("OOMKilled", "Error");
    for text in [format!("{row}{described}"), format!("{described}\n{row}")] {
        assert_eq!(only(&text).terminations[0].exit_code, Some(137));
    }
}

#[test]
fn words_alone_are_nothing() {
    for text in [
        "Hi, my pod was OOMKilled yesterday with exit code 137 and I do not know why.\n",
        "Mein Pod wird ständig mit OOMKilled beendet (Exit Code 137), obwohl das Limit 512Mi ist.\n",
        "Mon pod redémarre sans cesse : OOMKilled, code de sortie 137. Une idée ?\n",
        "我的 Pod 一直 OOMKilled，退出码 137，怎么办？\n",
        "Под постоянно перезапускается: OOMKilled, Exit Code: 137.\n",
    ] {
        assert!(report(text).incidents.is_empty(), "{text}");
    }
}
