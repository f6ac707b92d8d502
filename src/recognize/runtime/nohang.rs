//! nohang 0.1 to 0.2: blocks of several lines, each its own journal entry, or all in one. The victim is named some lines
//! before the signal, and by nobody in the line of the signal.

use super::text::{after, number, pid, signed, word};
use super::{Line, event, event_with, plain, stamp};
use crate::event::{Event, Evidence, Speaker, UserspaceKill, What};
use std::sync::Arc;

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "to the victim",
    "t respond on corrective action",
    "; response time: ",
    ", badness: ",
    ", oom_score_adj:",
    ", EUID: ",
    "Vm, MiB:",
    "cgroup_v2: /",
    "soft_threshold_m",
    "hard_threshold_m",
    "hard corrective action will be applied",
];

/// What the lines of the block said so far.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pid: Option<u32>,
    comm: Option<String>,
    uid: Option<u32>,
    rss_bytes: Option<u64>,
    oom_score_adj: Option<i32>,
    cgroup: Option<String>,
    reason: Option<String>,
    /// Who got the last signal.
    signalled: Option<u32>,
    evidence: Vec<Evidence>,
}

impl State {
    /// Reads one record, line by line.
    pub(super) fn read(&mut self, line: &Line<'_>, out: &mut Vec<Event>) {
        for text in line.text.lines() {
            self.line(text.trim(), line, out);
        }
    }

    /// The next lines matter even without a needle.
    pub(super) fn awaits_more(&self) -> bool {
        self.pid.is_some() || self.reason.is_some()
    }

    fn line(&mut self, text: &str, line: &Line<'_>, out: &mut Vec<Event>) {
        // 2019: `Send SIGTERM to the victim; total response time: 13246 ms`
        let sent = text.strip_prefix("Sending ").and_then(|rest| rest.strip_suffix(" to the victim"));
        let sent = sent.or_else(|| text.strip_prefix("Send ")?.split_once(" to the victim;").map(|(name, _)| name));
        if let Some(name) = sent {
            if let Some(signal) = super::text::signal(name) {
                self.kill(signal, line, out);
            }
        } else if did_nothing(text) {
            if let Some(pid) = self.signalled {
                let what = What::UserspaceKillFailed { pid: Some(pid), message: text.to_owned() };
                out.push(event(line.record, stamp(line.record, None), plain(Speaker::Nohang, what)));
            }
        } else if text.contains("_threshold_m") && text.contains("] <= ") {
            // `MemAvailable [35 MiB, 4.9 %] <= soft_threshold_min_mem [36 MiB, 5.0 %]`; swap comes after it.
            if !text.starts_with("Swap") || self.reason.is_none() {
                self.reason = Some(text.to_owned());
            }
        } else if text.contains("hard corrective action will be applied") {
            self.reason = Some(text.to_owned());
        } else if let Some(rest) = text.strip_prefix("PID: ") {
            self.victim(rest.trim_start(), line);
        } else if text.starts_with("badness: ") {
            let adj = after(text, "oom_score_adj:").and_then(|adj| signed(adj.trim_start()));
            self.oom_score_adj = adj.or(self.oom_score_adj);
        } else if let Some(sizes) = text.strip_prefix("Vm, MiB:") {
            let rss = after(sizes, "RSS: ").and_then(number::<u64>);
            self.rss_bytes = rss.and_then(|rss| rss.checked_mul(1 << 20));
        } else if let Some(size) = text.strip_prefix("Victim VmRSS: ") {
            self.rss_bytes = super::text::size_bytes(size);
        } else if let Some(path) = text.strip_prefix("cgroup_v2: ") {
            self.cgroup = Some(path.to_owned()).filter(|path| path.starts_with('/'));
        }
    }

    /// `515, name: backup-agent, badness: 1168` in the table's summary, `515, name: backup-agent, state: S (sleeping),
    /// EUID: 0, SID: ..` in the victim's own block.
    fn victim(&mut self, rest: &str, line: &Line<'_>) {
        let name = after(rest, ", name: ").or_else(|| after(rest, ", Name: "));
        let (Some(found), Some(name)) = (pid(rest), name) else { return };
        let end = name.rfind(", badness: ").or_else(|| name.find(", state: ")).unwrap_or(name.len());
        if self.pid != Some(found) {
            let reason = self.reason.take();
            let signalled = self.signalled;
            *self = State { pid: Some(found), reason, signalled, ..Default::default() };
        }
        self.comm = name.get(..end).map(str::to_owned);
        self.uid = after(rest, "EUID: ").and_then(|uid| number(word(uid))).or(self.uid);
        if self.evidence.len() < 4 {
            self.evidence.push(line.record.evidence());
        }
    }

    /// The signal goes out: the block is complete.
    fn kill(&mut self, signal: i32, line: &Line<'_>, out: &mut Vec<Event>) {
        let told = std::mem::take(self);
        self.signalled = told.pid;
        let own = line.record.evidence();
        let unit = told.cgroup.as_deref().and_then(unit_of);
        let what = What::UserspaceKill(Box::new(UserspaceKill {
            pid: told.pid,
            comm: told.comm,
            signal: Some(signal),
            cgroup: told.cgroup,
            uid: told.uid,
            rss_bytes: told.rss_bytes,
            oom_score_adj: told.oom_score_adj,
            reason: told.reason.unwrap_or_else(|| "memory below nohang's threshold".to_owned()),
        }));
        let mut fact = plain(Speaker::Nohang, what);
        fact.unit = unit;
        let earlier: Vec<Evidence> = told.evidence.into_iter().filter(|evidence| *evidence != own).collect();
        let stamp = stamp(line.record, None);
        out.push(if earlier.is_empty() {
            event(line.record, stamp, fact)
        } else {
            event_with(line.record, stamp, fact, earlier)
        });
    }
}

/// The signal came to nothing (`implement_corrective_action`): the victim lived on, was gone before, or may not be signalled.
fn did_nothing(text: &str) -> bool {
    const STARTS: [&str; 3] = [
        "The victim doesn't respond on corrective action",
        "no such process; response time:",
        "permission error; response time:",
    ];
    STARTS.iter().any(|start| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)))
}

/// The deepest unit in a path.
fn unit_of(cgroup: &str) -> Option<Arc<str>> {
    cgroup.rsplit('/').find(|part| part.ends_with(".service") || part.ends_with(".scope")).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{events, facts, facts_of, silent};
    use super::*;

    const BLOCK: [&str; 12] = [
        "Memory status that requires corrective actions:",
        "  MemAvailable [35 MiB, 4.9 %] <= soft_threshold_min_mem [36 MiB, 5.0 %]",
        "  SwapFree [0 MiB, 0.0 %] <= soft_threshold_min_swap [0 MiB, - %]",
        "TOP printed in 16ms; process with highest badness:",
        "  PID: 515, name: backup-agent, badness: 1168",
        "Victim status (found in 10ms):",
        "  PID:       515, name: backup-agent, state: S (sleeping), EUID: 33, SID: 515 (backup-agent), lifetime: 16.2s",
        "  badness:   1168, oom_score:  1170, oom_score_adj:  -5",
        "  Vm, MiB:   Size: 541, RSS: 540 (Anon: 539, File: 1, Shmem: 0), Swap: 0",
        "  cgroup_v2: /system.slice/backup-agent.service",
        "Implementing a corrective action:",
        "  Sending SIGTERM to the victim",
    ];

    fn check(said: Vec<Event>, evidence: usize) {
        assert_eq!(said.len(), 1, "{said:#?}");
        assert_eq!(said[0].evidence.len(), evidence);
        let fact = facts_of(said).remove(0);
        assert_eq!(fact.unit.as_deref(), Some("backup-agent.service"));
        let What::UserspaceKill(kill) = fact.what else { panic!() };
        let UserspaceKill { pid, comm, signal, uid, rss_bytes, oom_score_adj, reason, .. } = *kill;
        assert_eq!((pid, comm.as_deref(), signal, uid), (Some(515), Some("backup-agent"), Some(15), Some(33)));
        assert_eq!((rss_bytes, oom_score_adj), (Some(540 << 20), Some(-5)));
        assert!(reason.starts_with("MemAvailable [35 MiB"), "{reason}");
    }

    #[test]
    fn a_line_an_entry_and_all_in_one() {
        check(events(Some("nohang"), &BLOCK), 3);
        check(events(None, &BLOCK), 3);
        check(events(Some("nohang-desktop"), &[&BLOCK.join("\n")]), 1);
    }

    #[test]
    fn the_wording_of_2019() {
        let lines = [
            "Victim VmRSS: 2048 KiB",
            "Implement a corrective action:",
            "  Send SIGTERM to the victim; total response time: 46 ms",
        ];
        let fact = facts_of(events(Some("nohang"), &lines)).remove(0);
        let What::UserspaceKill(kill) = fact.what else { panic!() };
        assert_eq!((kill.signal, kill.rss_bytes), (Some(15), Some(2 << 20)));
    }

    #[test]
    fn statistics_are_no_kills() {
        silent(Some("nohang"), "  [ OK ] Sending SIGTERM to backup-agent: 1");
        silent(Some("nohang"), "The victim became a zombie in 0.185s");
        assert_eq!(facts(Some("nohang"), "  Sending SIGKILL to the victim").len(), 1, "its block was cut off");
    }
}
