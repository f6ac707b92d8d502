//! systemd-oomd v247 to v258 (`src/oom/oomd-manager.c`, `oomd-util.c`). Its kills leave nothing in the kernel's log.
//!
//! Candidates are printed before the kill, one line each for path and usage, so the usage of the killed cgroup is found by
//! remembering them. v247 printed only that a threshold was passed: a failure in the next line takes the kill back.

use super::text::{after, number, size_bytes};
use super::{Line, about, event, event_with, stamp};
use crate::event::{ContainerRef, Event, Evidence, RuntimeFact, Speaker, UserspaceKill, What};

/// See [`super::NEEDLES`]. The candidates' paths begin with the top-level slices, which makes them rare enough.
pub(super) const NEEDLES: &[&str] = &[
    " due to memory pressure for ",
    " due to memory used (",
    " due to swap used (",
    "Memory pressure for ",
    "is more than",
    "Failed to kill any cgroup",
    "oomd attempting to kill ",
    "oomd dry-run",
    "top candidates were:",
    "Path: /system.slice",
    "Path: /user.slice",
    "Path: /machine.slice",
    "Path: /kubepods",
    "Current Memory Usage: ",
];

/// `oomd attempting to kill 113 with KILL`, at debug level for each process (`log_kill`, v248 on): it is not told of which cgroup.
const ATTEMPT: &str = "oomd attempting to kill ";

/// The most candidates remembered (it prints at most ten).
const MAX_CANDIDATES: usize = 32;

/// Candidates of the list that is being printed, and a v247 kill that waits for its next line.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Candidates are being listed.
    listing: bool,
    candidates: Vec<(String, Option<u64>, Evidence)>,
    pending: Option<Event>,
}

impl State {
    /// Reads one line.
    pub(super) fn read(&mut self, line: &Line<'_>, out: &mut Vec<Event>) {
        let text = line.text.trim();
        if text.contains("Failed to kill any cgroup") {
            self.pending = None;
            return push(line, warning(text), out);
        }
        if let Some(pending) = self.pending.take() {
            out.push(pending);
        }
        if text.contains("top candidates were:") {
            self.candidates.clear();
            self.listing = true;
        } else if let Some(path) = text.strip_prefix("Path: /") {
            if self.candidates.len() < MAX_CANDIDATES {
                self.candidates.push((format!("/{path}"), None, line.record.evidence()));
            }
        } else if let Some(usage) = text.strip_prefix("Current Memory Usage: ") {
            if let Some(candidate) = self.candidates.last_mut() {
                candidate.1 = size_bytes(usage);
            }
        } else if let Some((cgroup, reason)) = killed(text) {
            self.kill(line, cgroup, reason, out);
        } else if let Some(cgroup) = passed_v247(text) {
            let fact = kill_fact(cgroup, text, None);
            self.pending = Some(event(line.record, stamp(line.record, None), fact));
        } else if is_warning(text) {
            push(line, warning(text), out);
        }
    }

    /// The next lines matter even without a needle.
    pub(super) fn awaits_more(&self) -> bool {
        self.listing || self.pending.is_some()
    }

    /// Gives out a kill that waited in vain.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        out.extend(self.pending.take());
    }

    /// A kill, with what its candidate line said.
    fn kill(&mut self, line: &Line<'_>, cgroup: &str, reason: &str, out: &mut Vec<Event>) {
        self.listing = false;
        let found = self.candidates.drain(..).find(|(path, ..)| path == cgroup);
        let (rss, earlier) = found.map_or((None, Vec::new()), |(_, rss, evidence)| (rss, vec![evidence]));
        let fact = kill_fact(cgroup, reason, rss);
        out.push(event_with(line.record, stamp(line.record, None), fact, earlier));
    }
}

/// Puts out a fact of this line.
fn push(line: &Line<'_>, what: What, out: &mut Vec<Event>) {
    let fact = about(Speaker::SystemdOomd, ContainerRef::default(), what);
    out.push(event(line.record, stamp(line.record, None), fact));
}

/// A memory figure without a kill.
fn warning(text: &str) -> What {
    What::UserspaceWarning { text: text.to_owned() }
}

/// `Killed <cgroup> due to <reason>` (v248 on) and `Marked <cgroup> for killing due to <reason>` (2026). The path is cut
/// at the last ` due to `, since it may hold blanks.
fn killed(text: &str) -> Option<(&str, &str)> {
    let (head, reason) = ["memory pressure for /", "memory used (", "swap used ("].iter().find_map(|start| {
        let at = text.find(&format!(" due to {start}"))?;
        Some((text.get(..at)?, text.get(at + " due to ".len()..)?))
    })?;
    let cgroup = match head.strip_prefix("Marked ") {
        Some(rest) => rest.strip_suffix(" for killing")?,
        None => head.strip_prefix("Killed ")?,
    };
    cgroup.starts_with('/').then_some((cgroup, reason))
}

/// v247: `Memory pressure for /user.slice is greater than 60 for more than 10 seconds and there was reclaim activity`: the
/// cgroup told is the one it watches, the victim is below it.
fn passed_v247(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Memory pressure for ")?;
    let (cgroup, limit) = rest.split_once(" is greater than ")?;
    number::<u64>(limit)?;
    limit.contains(" seconds and there was reclaim activity").then_some(cgroup)
}

/// Thresholds and dry runs: `Memory pressure for /system.slice is 71.25% > 60.00% for > 2s with reclaim activity`.
fn is_warning(text: &str) -> bool {
    let pressure = text.strip_prefix("Memory pressure for ").is_some_and(|rest| rest.contains("% > "));
    let swap = after(text, "wap used (").is_some_and(|rest| rest.contains(" is more than"));
    pressure || swap || text.starts_with("oomd dry-run: ") || text.starts_with(ATTEMPT)
}

/// The kill of a cgroup. Its unit is the deepest one in the path; a cgroup below a unit may be any group inside it.
fn kill_fact(cgroup: &str, reason: &str, rss_bytes: Option<u64>) -> RuntimeFact {
    let unit = cgroup.rsplit('/').find(|part| part.ends_with(".service") || part.ends_with(".scope"));
    let what = What::UserspaceKill(Box::new(UserspaceKill {
        pid: None,
        comm: None,
        signal: Some(9),
        cgroup: Some(cgroup.to_owned()),
        uid: None,
        rss_bytes,
        oom_score_adj: None,
        reason: reason.to_owned(),
    }));
    RuntimeFact { unit: unit.map(Into::into), ..about(Speaker::SystemdOomd, ContainerRef::default(), what) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{events, facts, facts_of, silent};
    use super::*;

    const WHO: Option<&str> = Some("systemd-oomd");

    fn kill(fact: &RuntimeFact) -> (Option<&str>, Option<u64>, Option<&str>) {
        match &fact.what {
            What::UserspaceKill(kill) => (kill.cgroup.as_deref(), kill.rss_bytes, fact.unit.as_deref()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_candidate_tells_the_usage() {
        let lines = [
            "Considered 2 cgroups for killing, top candidates were:",
            "\tPath: /system.slice/other.service",
            "\t\tCurrent Memory Usage: 1G",
            "\tPath: /system.slice/cache-node.service",
            "\t\tMemory Pressure Limit: 0.00%",
            "\t\tCurrent Memory Usage: 47.4M",
            "Killed /system.slice/cache-node.service due to memory pressure for /system.slice/cache-node.service being 10.19% > 5.00% for > 2s with reclaim activity",
        ];
        let said = events(WHO, &lines);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].evidence.len(), 2);
        let fact = &facts_of(said)[0];
        assert_eq!(
            kill(fact),
            (Some("/system.slice/cache-node.service"), Some(49_702_502), Some("cache-node.service"))
        );
    }

    #[test]
    fn every_wording_of_a_kill() {
        for text in [
            "Marked /a b/x.scope for killing due to memory pressure for /a b being 71.25% > 60.00% for > 2s with reclaim activity",
            "Killed /a b/x.scope due to memory used (1) / total (2) and swap used (3) / total (4) being more than 90.00%",
            "Killed /a b/x.scope due to swap used (3) / total (4) being more than 90.00%",
        ] {
            for who in [WHO, None] {
                let said = facts(who, text);
                assert_eq!(said.len(), 1, "{text}");
                assert_eq!(kill(&said[0]), (Some("/a b/x.scope"), None, Some("x.scope")), "{text}");
            }
        }
        // On a serial console, with the program's name in the text.
        let said = facts(
            Some("kernel"),
            "systemd-oomd[659]: Marked /x/y.service for killing due to memory pressure for /x being 1% > 0% for > 2s with reclaim activity",
        );
        assert_eq!(said.len(), 1);
    }

    #[test]
    fn v247_kills_unless_it_says_that_it_could_not() {
        let passed = "Memory pressure for /user.slice is greater than 60 for more than 10 seconds and there was reclaim activity";
        let said = facts_of(events(WHO, &[passed, "x"]));
        assert_eq!(kill(&said[0]).0, Some("/user.slice"));
        let said = facts_of(events(WHO, &[passed, "Failed to kill any cgroup(s) under /user.slice based on pressure"]));
        assert!(matches!(said[..], [RuntimeFact { what: What::UserspaceWarning { .. }, .. }]), "{said:?}");
        assert_eq!(facts(WHO, passed).len(), 1, "at the end of the log");
    }

    #[test]
    fn warnings_and_noise() {
        let said = facts(WHO, "Memory pressure for /system.slice is 71.25% > 60.00% for > 2s with reclaim activity");
        assert!(matches!(said[0].what, What::UserspaceWarning { .. }));
        silent(WHO, "No swap; memory pressure usage will be degraded");
        silent(WHO, "Killed x due to memory pressure for /y");
        silent(None, "I was late due to memory pressure for / and more");
    }
}
