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

/// A report of the node, its rows wider than a mail.
const REPORT: &str = "\
[ 7411.118210] weaver invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
[ 7411.118214] CPU: 1 PID: 812 Comm: weaver Not tainted 6.1.0-18-amd64 #1  Debian 6.1.76-1
[ 7411.118301] Mem-Info:
[ 7411.118306] Node 0 DMA32 free:13004kB min:12608kB low:15008kB high:17408kB active_anon:1712648kB inactive_anon:0kB active_file:0kB present:2129216kB managed:2073132kB mlocked:0kB
[ 7411.118309] Node 0 DMA32: 651*4kB (UM) 54*8kB (UME) 118*16kB (UME) 66*32kB (UME) 25*64kB (UME) 12*128kB (UE) 8*256kB (UE) = 13004kB
[ 7411.118320] 532304 pages RAM
[ 7411.118321] 14021 pages reserved
[ 7411.118330] Tasks state (memory values in pages):
[ 7411.118331] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[ 7411.118334] [    812]  1000   812   521011   411811  3486016        0             0 weaver
[ 7411.118336] [    977]     0   977    26101      811    86016        0         -1000 sshd
[ 7411.118340] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/mill.slice,task=weaver,pid=812,uid=1000
[ 7411.118350] Out of memory: Killed process 812 (weaver) total-vm:2084044kB, anon-rss:1646000kB, file-rss:1244kB, shmem-rss:0kB, UID:1000 pgtables:3404kB oom_score_adj:0
";

/// Lines no longer than `width`, broken where a blank is.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while rest.len() > width {
            let Some(cut) = rest[..=width].rfind(' ').filter(|cut| !rest[..*cut].trim().is_empty()) else { break };
            out += rest[..cut].trim_end();
            out.push('\n');
            rest = rest[cut..].trim_start();
        }
        out += rest;
        out.push('\n');
    }
    out
}

fn quoted_printable(text: &str) -> String {
    let mut out = "From: a@example.org\nContent-Transfer-Encoding: quoted-printable\n\n".to_owned();
    for line in text.replace('=', "=3D").lines() {
        let mut rest = line;
        while rest.len() > 75 {
            // A code is not broken.
            let cut = (70..=75).find(|cut| rest[*cut..].starts_with('=')).unwrap_or(75);
            out = out + &rest[..cut] + "=\n";
            rest = &rest[cut..];
        }
        out = out + rest + "\n";
    }
    out
}

fn quoted(mark: &str, text: &str) -> String {
    text.lines().map(|line| format!("{mark}{line}\n")).collect()
}

fn without_stamps(text: &str) -> String {
    text.lines().map(|line| line.split_once("] ").unwrap().1.to_owned() + "\n").collect()
}

/// What the report of a paste tells, but for times and places.
fn told(text: &str) -> String {
    let incident = only(text);
    let victim = &incident.victims[0];
    assert!(report(text).problems.is_empty(), "{text}");
    format!(
        "{:?} {} {:?} {:?} {:?} {:?} {:?}",
        incident.cause,
        victim.pid,
        victim.comm,
        victim.anon_rss_bytes,
        incident.holders,
        incident.memory,
        incident.trigger
    )
}

#[test]
fn mails_tell_what_the_log_told() {
    for text in [REPORT.to_owned(), without_stamps(REPORT)] {
        let whole = told(&text);
        assert!(whole.contains("weaver") && whole.contains("sshd"), "{whole}");
        for mailed in [
            wrapped(&text, 72),
            quoted("> ", &text),
            quoted("&gt; ", &text),
            wrapped(&quoted("> ", &text), 76),
            quoted(">> ", &wrapped(&text, 70)),
            quoted_printable(&text),
            quoted_printable(&quoted("> ", &wrapped(&text, 72))),
        ] {
            assert_eq!(told(&mailed), whole, "{mailed}");
        }
    }
}
