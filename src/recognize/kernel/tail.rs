//! Events that are over but for what may follow them: further members of a group kill, the reaper's result, and
//! repetitions of the same report.

use super::clock::within;
use crate::event::{Event, Evidence, Fact, KernelOom, Kill, Outcome, Reaped, Stamp};
use crate::record::Record;
use std::collections::VecDeque;

/// Events that are kept waiting at most.
const MAX_WAITING: usize = 128;

/// The most kill lines that the event lists among its evidence; each kill keeps its own.
const MAX_KILL_EVIDENCE: usize = 12;

/// The most processes of one group kill.
const MAX_KILLS: usize = 65_536;

/// The last so many kills of an event are searched for a repetition.
const SEARCHED: usize = 256;

/// Seconds within which the reaper's line joins (uptime, wall clock).
const REAPER: (i64, i64) = (60, 60);

/// Seconds within which the next member of a group is killed.
const GROUP: (i64, i64) = (10, 60);

/// An event that waits.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) oom: KernelOom,
    evidence: Vec<Evidence>,
    /// Stamp of the first line.
    stamp: Stamp,
    /// Stamp of the last line.
    last: Stamp,
    /// Kill lines with the same prefix still join.
    group_open: bool,
    /// Kills before the group line.
    before_group: usize,
    kill_lines: usize,
}

impl Pending {
    pub(super) fn new(oom: KernelOom, evidence: Vec<Evidence>, stamp: Stamp, last: Stamp) -> Self {
        Pending { oom, evidence, stamp, last, group_open: false, before_group: 0, kill_lines: 0 }
    }

    /// An event of which nothing but one line is known.
    pub(super) fn bare(stamp: Stamp, outcome: Outcome) -> Self {
        let oom = KernelOom { outcome, repeats: 1, ..KernelOom::default() };
        Pending::new(oom, Vec::new(), stamp, stamp)
    }

    /// Adds the line that ended the event without a kill.
    pub(super) fn ended(&mut self, record: &Record<'_>) {
        self.last = record.stamp;
        self.evidence.push(record.evidence());
    }

    /// Adds a place that proves the event.
    pub(super) fn prove(&mut self, evidence: Evidence) {
        self.evidence.push(evidence);
    }

    /// Adds a victim, or a repetition of one: a group kill prints its first victim twice.
    pub(super) fn kill(&mut self, mut kill: Kill) {
        self.last = kill.stamp;
        // The line was cut before the name, which the summary has told.
        if let Some(summary) = self.oom.summary.as_ref().filter(|s| kill.comm.is_empty() && s.pid == Some(kill.pid)) {
            kill.comm = summary.task.clone().unwrap_or_default();
        }
        if let Some(path) = &kill.limit_of {
            let block = self.oom.memcg.get_or_insert_default();
            block.limit_path.get_or_insert_with(|| path.clone());
            block.task_path.get_or_insert_with(|| path.clone());
        }
        let evidence = kill.evidence.clone();
        let at = self.position(kill.pid, &kill.comm);
        let room = self.oom.kills.len() < MAX_KILLS;
        match at.and_then(|at| self.oom.kills.get_mut(at)) {
            Some(known) if known.from_summary => *known = kill,
            Some(known) => {
                known.printed = known.printed.saturating_add(kill.printed);
                return;
            }
            None if room => self.oom.kills.push(kill),
            None => {}
        }
        self.oom.outcome = Outcome::Killed;
        if self.kill_lines < MAX_KILL_EVIDENCE
            && let Some(evidence) = evidence
        {
            self.kill_lines += 1;
            self.evidence.push(evidence);
        }
    }

    /// Where a process stands among the kills. Of a very long list only both ends are searched: repetitions are of
    /// the first victim or of a recent one.
    fn position(&self, pid: u32, comm: &str) -> Option<usize> {
        let kills = &self.oom.kills;
        let recent = kills.len().saturating_sub(SEARCHED);
        let mut places = (0..recent.min(16)).chain(recent..kills.len());
        places.find(|at| kills[*at].pid == pid && kills[*at].comm == comm)
    }

    /// The victim as the summary names it. The kill line may still come.
    pub(super) fn kill_from_summary(&mut self, stamp: Stamp, evidence: Evidence) {
        let Some(summary) = &self.oom.summary else { return };
        let Some(pid) = summary.pid else { return };
        let kill = Kill {
            stamp,
            evidence: Some(evidence),
            pid,
            comm: summary.task.clone().unwrap_or_default(),
            uid: summary.uid,
            from_summary: true,
            ..Kill::default()
        };
        self.oom.kills.push(kill);
        self.oom.outcome = Outcome::Killed;
    }

    fn holds(&self, pid: u32, comm: &str) -> bool {
        self.position(pid, comm).is_some()
    }

    /// The cgroup whose limit was hit.
    fn limit_path(&self) -> Option<&str> {
        let block = self.oom.memcg.as_ref();
        let of_summary = self.oom.summary.as_ref().and_then(|summary| summary.oom_memcg.as_deref());
        let of_block = || block.and_then(|block| block.limit_path.as_deref());
        let of_stats = || block.and_then(|block| block.stats.first()).map(|stats| stats.path.as_str());
        of_summary.or_else(of_block).or_else(of_stats)
    }

    /// Nothing but the closing line of a report that was itself left out.
    fn is_bare(&self) -> bool {
        self.oom.trigger.is_none()
            && self.oom.memcg.is_none()
            && self.oom.mem_info.is_none()
            && self.oom.tasks.is_none()
    }

    fn into_event(self, host: Option<&str>) -> Event {
        let stamp = self.oom.kills.first().map_or(self.stamp, |kill| kill.stamp);
        let fact = Fact::KernelOom(Box::new(self.oom));
        Event { stamp, host: host.map(Into::into), evidence: self.evidence, fact }
    }
}

/// The waiting events of one machine, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail {
    waiting: VecDeque<Pending>,
}

impl Tail {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Adds an event that is over; true when it was folded into an equal one.
    pub(super) fn push(&mut self, pending: Pending, host: Option<&str>, out: &mut Vec<Event>) -> bool {
        let Some(pending) = self.fold(pending) else { return true };
        let now = pending.last;
        self.waiting.push_back(pending);
        while let Some(first) = self.waiting.front() {
            let old = self.waiting.len() > 1 && !within(&first.last, &now, REAPER.0, REAPER.1);
            if !old && self.waiting.len() <= MAX_WAITING {
                break;
            }
            self.emit_first(host, out);
        }
        false
    }

    fn emit_first(&mut self, host: Option<&str>, out: &mut Vec<Event>) {
        if let Some(first) = self.waiting.pop_front() {
            out.push(first.into_event(host));
        }
    }

    /// Emits all.
    pub(super) fn flush(&mut self, host: Option<&str>, out: &mut Vec<Event>) {
        while !self.waiting.is_empty() {
            self.emit_first(host, out);
        }
    }

    /// A process that cannot be killed at its limit lets the kernel print the whole report hundreds of times a second
    /// (seen: 57 MB in eight minutes). Reports of one cgroup in one boot become one event; only the first is kept.
    fn fold(&mut self, pending: Pending) -> Option<Pending> {
        if pending.oom.outcome != Outcome::NoKillable {
            return Some(pending);
        }
        let (path, bare, epoch) = (pending.limit_path(), pending.is_bare(), pending.last.epoch);
        let mut same = self.waiting.iter_mut().rev().take_while(|known| known.oom.outcome == Outcome::NoKillable);
        let known = same.find(|known| known.last.epoch == epoch && (bare || known.limit_path() == path));
        let Some(known) = known else { return Some(pending) };
        known.oom.repeats = known.oom.repeats.saturating_add(1);
        known.oom.last = Some(pending.last);
        known.oom.suppressed = known.oom.suppressed.saturating_add(pending.oom.suppressed);
        known.last = pending.last;
        None
    }

    /// A new report begins: kills that follow are its own.
    pub(super) fn close_group(&mut self) {
        if let Some(last) = self.waiting.back_mut() {
            last.group_open = false;
        }
    }

    /// Gives a kill line to an event whose summary has told of it already. Gives it back when there is none.
    pub(super) fn confirm(&mut self, kill: Kill) -> Option<Kill> {
        let told = |known: &Kill| known.from_summary && known.pid == kill.pid && known.comm == kill.comm;
        let mut events = self.waiting.iter_mut().rev();
        let event = events
            .find(|event| event.oom.kills.iter().any(told) && within(&event.last, &kill.stamp, REAPER.0, REAPER.1));
        match event {
            Some(event) => {
                event.kill(kill);
                None
            }
            None => Some(kill),
        }
    }

    /// Gives a kill line to the event it continues: an open group, or the same process printed again. Gives it back
    /// when it is an event of its own.
    pub(super) fn kill(&mut self, kill: Kill) -> Option<Kill> {
        let in_group = self.waiting.back_mut().filter(|last| {
            let same = last.oom.kills.first().is_none_or(|first| first.from_summary || first.prefix == kill.prefix);
            last.group_open && same && within(&last.last, &kill.stamp, GROUP.0, GROUP.1)
        });
        if let Some(group) = in_group {
            group.kill(kill);
            return None;
        }
        let mut events = self.waiting.iter_mut().rev();
        let same = events
            .find(|known| known.holds(kill.pid, &kill.comm) && within(&known.last, &kill.stamp, REAPER.0, REAPER.1));
        match same {
            Some(known) => {
                known.kill(kill);
                None
            }
            None => Some(kill),
        }
    }

    /// `Kill process N (x) sharing same memory`: one more victim of the event just printed.
    pub(super) fn share(&mut self, kill: Kill) -> Option<Kill> {
        match self.waiting.back_mut() {
            Some(last) if !last.oom.kills.is_empty() && within(&last.last, &kill.stamp, GROUP.0, GROUP.1) => {
                last.kill(kill);
                None
            }
            _ => Some(kill),
        }
    }

    /// The group line. It follows the first victim's line, so a kill that an older group has taken since may be the
    /// first victim of this one.
    pub(super) fn group(
        &mut self,
        path: &str,
        stamp: Stamp,
        evidence: Evidence,
        host: Option<&str>,
        out: &mut Vec<Event>,
    ) {
        let near = self.waiting.back_mut().filter(|last| within(&last.last, &stamp, GROUP.0, GROUP.1));
        let mut fresh = match near {
            Some(last) if last.oom.group.is_none() && last.oom.outcome != Outcome::NoKillable => {
                last.start_group(path, stamp, evidence);
                return;
            }
            Some(last) if last.group_open && last.oom.kills.len() > last.before_group.max(1) => {
                last.group_open = false;
                let mut fresh = Pending::bare(stamp, Outcome::NotSeen);
                if let Some(kill) = last.oom.kills.pop() {
                    last.evidence.retain(|known| Some(known) != kill.evidence.as_ref());
                    fresh.stamp = kill.stamp;
                    fresh.kill(kill);
                }
                fresh
            }
            _ => Pending::bare(stamp, Outcome::NotSeen),
        };
        fresh.start_group(path, stamp, evidence);
        self.push(fresh, host, out);
    }

    /// `OOM victim N (x) is already exiting`: joins the group that is being killed.
    pub(super) fn skip(&mut self, pid: u32, comm: &str, stamp: &Stamp) -> bool {
        let group = self.waiting.back_mut().filter(|last| {
            let known = last.group_open || last.holds(pid, comm);
            known && within(&last.last, stamp, GROUP.0, GROUP.1)
        });
        let Some(group) = group else { return false };
        group.last = *stamp;
        if group.oom.skipped.len() < MAX_KILLS {
            group.oom.skipped.push((pid, comm.to_owned()));
        }
        true
    }

    /// The reaper's line joins the kill of the same process.
    pub(super) fn reap(&mut self, reaped: Reaped, stamp: &Stamp) -> Option<Reaped> {
        let mut events = self.waiting.iter_mut().rev();
        let of = events
            .find(|known| known.holds(reaped.pid, &reaped.comm) && within(&known.last, stamp, REAPER.0, REAPER.1));
        match of {
            Some(known) => {
                if known.oom.reaped.len() < MAX_KILLS {
                    known.oom.reaped.push(reaped);
                }
                None
            }
            None => Some(reaped),
        }
    }

    /// A panic that follows `no killable processes` of the node is its outcome.
    pub(super) fn panic(&mut self, reason: &str, stamp: &Stamp, evidence: &Evidence) -> bool {
        let before = self
            .waiting
            .back_mut()
            .filter(|last| last.oom.outcome == Outcome::NoKillable && within(&last.last, stamp, GROUP.0, GROUP.1));
        let Some(before) = before else { return false };
        before.oom.outcome = Outcome::Panic(reason.to_owned());
        before.last = *stamp;
        before.evidence.push(evidence.clone());
        true
    }
}

impl Tail {
    /// The kernel panics because init ended: the event that killed it tells of that.
    pub(super) fn init_panic(&mut self, reason: &str, stamp: &Stamp, evidence: &Evidence) {
        let of_init = |known: &&mut Pending| {
            known.oom.kills.iter().any(|kill| kill.pid == 1) && within(&known.last, stamp, REAPER.0, REAPER.1)
        };
        if let Some(known) = self.waiting.iter_mut().rev().find(of_init) {
            known.oom.init_panic = Some(reason.to_owned());
            known.evidence.push(evidence.clone());
        }
    }
}

impl Pending {
    fn start_group(&mut self, path: &str, stamp: Stamp, evidence: Evidence) {
        self.oom.group = Some(path.to_owned());
        self.group_open = true;
        self.before_group = self.oom.kills.len();
        self.last = stamp;
        self.evidence.push(evidence);
    }
}
