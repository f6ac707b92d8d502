//! Lines that begin, decide or end an event. Each holds a needle, so they are found whether a report is open or not.

use super::clock::within;
use super::dump::{Dump, SILENCE};
use super::gate::Gate;
use super::kill::{self, Verdict};
use super::lex::text;
use super::machine::{Fragment, MAX_OPEN, Machine};
use super::tail::Pending;
use super::{memcg, meminfo, notes, summary, tasks, trigger};
use crate::event::{Event, Intention, KernelNote, Kill, KillPrefix, Outcome, Reaped, SummaryLine, Trigger};
use crate::record::Record;

/// Releases before this one let two reports print at the same time (no `oom_lock` yet).
const SERIALISED: (u64, u64) = (4, 4);

/// Seconds between SysRq f and its trigger (uptime, wall clock).
const SYSRQ: (i64, i64) = (10, 60);

impl Machine {
    /// Takes a line that stands on its own.
    pub(super) fn head(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        if gate != Gate::Program {
            let done = match line.first() {
                Some(b'o') => self.summary_or_reaper(record, gate, line, out),
                Some(b'M' | b'O' | b'K' | b'N' | b'k' | b'W' | b'-' | b'p' | b'U' | b'[' | b'<') => {
                    self.decisive(record, gate, line, out)
                }
                Some(b'T') => self.group(record, line, out),
                Some(b's' | b'S') => self.sysrq(record, line),
                _ => false,
            };
            if done || self.triggered(record, gate, line, out) || self.headless(record, gate, line) {
                return true;
            }
        }
        self.neighbour(record, gate, line, out)
    }

    /// `oom-kill:...`, `oom_reaper: ...`, `oom_kill_process: N callbacks suppressed`.
    fn summary_or_reaper(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        if let Some(found) = summary::summary(line) {
            self.settle_fragment(out);
            self.on_summary(record, gate, line, found, out);
            return true;
        }
        if let Some(found) = kill::reaped(line) {
            self.settle_fragment(out);
            self.on_reaped(record, found, out);
            return true;
        }
        if let Some((b"oom_kill_process" | b"out_of_memory", count)) = kill::suppressed(line) {
            self.suppressed = self.suppressed.saturating_add(count);
            // The notice itself is a note too.
        }
        false
    }

    /// Kill lines, intentions, panics and their kin.
    fn decisive(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        if kill::is_no_killable(line) {
            self.settle_fragment(out);
            self.on_no_killable(record, out);
            return true;
        }
        if let Some((reason, repeated)) = kill::panic(line) {
            self.settle_fragment(out);
            self.on_panic(record, reason, repeated, out);
            return true;
        }
        match kill::verdict(line) {
            Some(verdict) => self.on_verdict(record, gate, verdict, out),
            None => self.torn_kill(record, gate, line, out),
        }
    }

    fn on_verdict(&mut self, record: &Record<'_>, gate: Gate, verdict: Verdict, out: &mut Vec<Event>) -> bool {
        // A line without sizes is believed from the kernel, inside a report, and with the kernel's own words before it.
        let bare = match &verdict {
            Verdict::KilledBare(kill) => kill.prefix == KillPrefix::None,
            Verdict::Sharing(_) => true,
            _ => false,
        };
        if bare && gate != Gate::Kernel && self.open.is_empty() && self.tail.is_empty() {
            self.doubtful(record, out);
            return true;
        }
        self.settle_fragment(out);
        match verdict {
            Verdict::Killed(kill) | Verdict::KilledBare(kill) => self.on_kill(stamped(record, kill), out),
            Verdict::Sharing(kill) => {
                if let Some(kill) = self.tail.share(stamped(record, kill)) {
                    self.on_kill(kill, out);
                }
            }
            Verdict::Intended(intention) => self.on_intention(record, gate, intention, out),
            Verdict::Skipped(prefix, pid, comm) => self.on_skipped(record, prefix, pid, comm, out),
            Verdict::Spared => {}
        }
        true
    }

    /// A kill line that breaks off within the name waits for its rest.
    fn torn_kill(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        let Some(known) = kill::torn(line).filter(|_| gate == Gate::Kernel || !self.open.is_empty()) else {
            return false;
        };
        self.settle_fragment(out);
        self.fragment = Some(Fragment::new(record, line, Some(known)));
        true
    }

    /// `X invoked oom-killer: ...`.
    fn triggered(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        let Some((found, comm)) = trigger::trigger(line) else { return false };
        self.settle_fragment(out);
        self.tail.close_group();
        self.drop_stale(record, out);
        let mixed = self.may_interleave(&found) && !self.open.is_empty();
        if mixed {
            self.open.iter_mut().for_each(|dump| dump.oom.possibly_mixed = true);
        } else {
            self.close_all(out);
        }
        self.make_room(out);
        let mut dump = Dump::triggered(record, gate, found, comm);
        dump.oom.possibly_mixed = mixed;
        dump.oom.suppressed = std::mem::take(&mut self.suppressed);
        dump.oom.sysrq = self.sysrq.take().is_some_and(|at| within(&at, &record.stamp, SYSRQ.0, SYSRQ.1));
        self.foreign_mem = false;
        self.foreign_at = None;
        self.open.push(dump);
        true
    }

    /// Kernels that print no names of flags are 4.5 or older; of these, 4.4 and 4.5 have the lock already.
    fn may_interleave(&self, found: &Trigger) -> bool {
        found.gfp_flags.is_empty()
            && found.gfp_mask != 0
            && self.known_release().is_none_or(|release| release < SERIALISED)
    }

    fn known_release(&self) -> Option<(u64, u64)> {
        let open = self.open.iter().rev().find_map(|dump| dump.oom.cpu.as_ref().and_then(|cpu| cpu.release.as_deref()));
        open.and_then(notes::version).or(self.release)
    }

    /// Ends reports that take no more lines: a new one begins.
    fn drop_stale(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        let (stale, open): (Vec<Dump>, Vec<Dump>) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|dump| !dump.listening || !within(&dump.last, &record.stamp, 10, 120));
        self.open = open;
        for dump in stale {
            self.close(dump, Outcome::NotSeen, out);
        }
    }

    fn make_room(&mut self, out: &mut Vec<Event>) {
        while self.open.len() >= MAX_OPEN {
            let oldest = self.open.remove(0);
            self.close(oldest, Outcome::NotSeen, out);
        }
    }

    /// A report whose trigger is lost begins with one of its blocks.
    fn headless(&mut self, record: &Record<'_>, gate: Gate, line: &[u8]) -> bool {
        if self.open.iter().any(|dump| dump.listening) {
            return false;
        }
        let mem_info = line.starts_with(b"Mem-Info:");
        if mem_info && std::mem::take(&mut self.foreign_mem) {
            self.foreign_at = Some(record.stamp);
            return true;
        }
        let block = match line.first() {
            Some(b'm') => line.starts_with(b"memory: usage ") && memcg::counter(line).is_some(),
            Some(b'M' | b'T') => memcg::stats_head(line).is_some() || is_limit(line),
            Some(b'[') => tasks::header(line).is_some(),
            _ => false,
        };
        let piece = !block && !mem_info && self.is_piece(record, line);
        if piece && std::mem::take(&mut self.foreign_mem) {
            // The heading of a failed allocation's report is lost.
            self.foreign_at = Some(record.stamp);
            return true;
        }
        if !block && !mem_info && !piece {
            self.stray_row(record, line);
            return false;
        }
        let mut dump = if block { Dump::headless(record, gate) } else { Dump::tentative(record, gate, line) };
        if piece {
            dump.begin_mem();
        }
        if !dump.body(record, line) {
            return false;
        }
        if dump.evidence.is_empty() && block {
            dump.evidence.push(record.evidence());
        }
        self.open.push(dump);
        true
    }

    /// A line of a memory report without its heading.
    fn is_piece(&self, record: &Record<'_>, line: &[u8]) -> bool {
        let foreign = || self.foreign_at.is_some_and(|at| within(&at, &record.stamp, SILENCE.0, SILENCE.1));
        meminfo::is_piece(line) && !foreign()
    }

    /// A row of a table whose header and whose report are lost. Such a line has no needle, so it is told of only where nothing
    /// else of the boot is.
    fn stray_row(&mut self, record: &Record<'_>, line: &[u8]) {
        if self.stray.is_none() && !self.told && tasks::is_row(line) {
            self.stray = Some((record.stamp, record.evidence(), text(line)));
        }
    }

    fn on_summary(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], found: SummaryLine, out: &mut Vec<Event>) {
        self.tail.close_group();
        let whole = summary::is_complete(&found);
        let fits = |dump: &Dump| dump.oom.summary.is_none() && within(&dump.last, &record.stamp, 60, 120);
        match self.open.iter().rposition(fits) {
            Some(at) => self.open[at].summarise(record.stamp, record.evidence(), found),
            None => {
                self.close_all(out);
                let mut dump = Dump::headless(record, gate);
                dump.summarise(record.stamp, record.evidence(), found);
                self.open.push(dump);
            }
        }
        if !whole {
            self.fragment = Some(Fragment::new(record, line, None));
        }
    }

    fn on_intention(&mut self, record: &Record<'_>, gate: Gate, intention: Intention, out: &mut Vec<Event>) {
        self.tail.close_group();
        let stamp = &record.stamp;
        let fits = |dump: &Dump| dump.suits(intention.prefix) && within(&dump.last, stamp, 10, 120);
        let named = self.open.iter().rposition(|dump| fits(dump) && dump.lists(intention.pid));
        match named.or_else(|| self.open.iter().rposition(fits)) {
            Some(at) => self.open[at].intend(record, intention),
            None => {
                self.make_room(out);
                let mut dump = Dump::headless(record, gate);
                dump.listening = false;
                dump.intend(record, intention);
                self.open.push(dump);
            }
        }
    }

    /// A process was killed: the outcome of an open report, a further member of a group, or an event of its own,
    /// since reports are rate-limited and kill lines are not.
    pub(super) fn on_kill(&mut self, kill: Kill, out: &mut Vec<Event>) {
        let Some(kill) = self.tail.confirm(kill) else { return };
        let claims = self.open.iter().enumerate().map(|(at, dump)| (dump.claim(&kill, &kill.stamp), at));
        let best = claims.max().filter(|(claim, _)| *claim > 0);
        if let Some((_, at)) = best {
            let dump = self.open.remove(at);
            // Outcome::Killed keeps a summary from adding its own view of the victim.
            if let Some(mut pending) = dump.close(Outcome::Killed) {
                pending.kill(kill);
                self.wait(pending, out);
            }
            return;
        }
        // One report prints at a time: a kill that is not its outcome shows that it is over.
        self.close_serialised(out);
        if let Some(kill) = self.tail.kill(kill) {
            let mut pending = Pending::bare(kill.stamp, Outcome::Killed);
            pending.kill(kill);
            self.wait(pending, out);
        }
    }

    fn close_serialised(&mut self, out: &mut Vec<Event>) {
        if self.open.iter().all(|dump| !dump.oom.possibly_mixed) {
            self.close_all(out);
        }
    }

    fn on_skipped(&mut self, record: &Record<'_>, prefix: KillPrefix, pid: u32, comm: String, out: &mut Vec<Event>) {
        let fits = |dump: &Dump| dump.suits(prefix) && within(&dump.last, &record.stamp, 60, 120);
        let of = self.open.iter().rposition(fits);
        if of.is_none() && self.tail.skip(pid, &comm, &record.stamp) {
            return;
        }
        let pending = match of {
            Some(at) => self.open.remove(at).close(Outcome::AlreadyExiting),
            None => Some(Pending::bare(record.stamp, Outcome::AlreadyExiting)),
        };
        if let Some(mut pending) = pending {
            pending.oom.skipped.push((pid, comm));
            pending.prove(record.evidence());
            self.wait(pending, out);
        }
    }

    fn on_no_killable(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        let pending = match self.open.pop() {
            Some(dump) if dump.is_undecided(&record.stamp) => dump.close(Outcome::NoKillable),
            Some(dump) => {
                self.close(dump, Outcome::NotSeen, out);
                Some(Pending::bare(record.stamp, Outcome::NoKillable))
            }
            None => Some(Pending::bare(record.stamp, Outcome::NoKillable)),
        };
        if let Some(mut pending) = pending {
            pending.ended(record);
            self.wait(pending, out);
        }
    }

    fn on_panic(&mut self, record: &Record<'_>, reason: &[u8], repeated: bool, out: &mut Vec<Event>) {
        if std::mem::replace(&mut self.panicked, true) && repeated {
            return;
        }
        let reason_text = text(reason);
        if reason.starts_with(b"Attempted to kill init!") {
            self.tail.init_panic(&reason_text, &record.stamp, &record.evidence());
        }
        if !kill::is_oom_panic(reason) {
            self.note(record, KernelNote::Panic { reason: reason_text }, out);
            return;
        }
        let undecided = self.open.pop_if(|dump| dump.is_undecided(&record.stamp));
        self.close_all(out);
        let pending = match undecided {
            Some(dump) => dump.close(Outcome::Panic(reason_text)),
            None if self.tail.panic(&reason_text, &record.stamp, &record.evidence()) => return,
            None => Some(Pending::bare(record.stamp, Outcome::Panic(reason_text))),
        };
        if let Some(mut pending) = pending {
            pending.ended(record);
            self.wait(pending, out);
        }
    }

    /// `Tasks in X are going to be killed due to memory.oom.group set`.
    fn group(&mut self, record: &Record<'_>, line: &[u8], out: &mut Vec<Event>) -> bool {
        let Some(path) = kill::group(line) else { return false };
        self.settle_fragment(out);
        // The line follows the first victim's: an open report has lost its kill line.
        self.close_all(out);
        self.tail.group(&text(path), record.stamp, record.evidence(), self.host.as_deref(), out);
        true
    }

    fn on_reaped(&mut self, record: &Record<'_>, reaped: Reaped, out: &mut Vec<Event>) {
        let awaited =
            |dump: &&mut Dump| dump.oom.summary.as_ref().is_some_and(|summary| summary.pid == Some(reaped.pid));
        if let Some(dump) = self.open.iter_mut().find(awaited) {
            if dump.oom.reaped.is_empty() {
                dump.oom.reaped.push(reaped);
            }
            return;
        }
        let Some(reaped) = self.tail.reap(reaped, &record.stamp) else { return };
        if self.killed {
            return;
        }
        // The log begins between the kill and the reaper's line, which proves the kill.
        let kill = Kill {
            stamp: record.stamp,
            evidence: Some(record.evidence()),
            pid: reaped.pid,
            comm: reaped.comm.clone(),
            from_summary: true,
            ..Kill::default()
        };
        let mut pending = Pending::bare(record.stamp, Outcome::Killed);
        pending.kill(kill);
        pending.oom.reaped.push(reaped);
        self.wait(pending, out);
    }

    fn sysrq(&mut self, record: &Record<'_>, line: &[u8]) -> bool {
        if notes::is_manual_oom(line) {
            self.sysrq = Some(record.stamp);
            return true;
        }
        if notes::is_show_memory(line) {
            self.expect_foreign_mem();
            return true;
        }
        false
    }

    /// A memory report follows that belongs to no OOM.
    fn expect_foreign_mem(&mut self) {
        self.foreign_mem = true;
        self.open.iter_mut().for_each(|dump| dump.refuse_mem = true);
    }

    /// Lines that matter beside an OOM.
    fn neighbour(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        if gate != Gate::Program && notes::is_vmalloc_failure(line) {
            self.expect_foreign_mem();
            return true;
        }
        let Some(note) = notes::note(line, gate) else { return false };
        self.on_note(record, note, out);
        true
    }

    fn on_note(&mut self, record: &Record<'_>, note: KernelNote, out: &mut Vec<Event>) {
        match &note {
            KernelNote::Boot { release } => {
                self.finish(out);
                self.reboot(notes::version(release));
            }
            KernelNote::AllocationFailure { .. } | KernelNote::AllocationStall { .. } => self.expect_foreign_mem(),
            KernelNote::FaultLeaked if std::mem::replace(&mut self.leaked, true) => return,
            _ => {}
        }
        self.note(record, note, out);
    }
}

fn stamped(record: &Record<'_>, mut kill: Kill) -> Kill {
    kill.stamp = record.stamp;
    kill.evidence = Some(record.evidence());
    kill
}

/// The line that names both cgroups, whole: a torn one has no needle.
fn is_limit(line: &[u8]) -> bool {
    matches!(memcg::limit(line), Some(memcg::Limit::Both(..) | memcg::Limit::Reached(_)))
}
