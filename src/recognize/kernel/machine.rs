//! The kernel log of one host: which reports are open, which events wait, and which line goes where.

use super::dump::Dump;
use super::gate::Gate;
use super::kill::{self, Verdict};
use super::lex::{find, is_comm, text};
use super::tail::Tail;
use super::{cpu, glue, notes, summary, trigger};
use crate::event::{Event, Evidence, Fact, KernelNote, Kill, Outcome, Stamp};
use crate::record::{Record, unquoted};
use crate::sentence;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Reports that may be open at once; the kernel lets two print at the same time up to 4.0, one CPU each.
pub(super) const MAX_OPEN: usize = 4;

/// Records after which a torn line is given up.
const FRAGMENT_PATIENCE: u8 = 16;

/// The longest torn line.
const FRAGMENT_MAX: usize = 16 << 10;

/// The most lines that are reported as not understood.
const MAX_UNRECOGNISED: usize = 256;

/// The most lines that are reported as perhaps the kernel's: any program may kill another one.
const MAX_DOUBTFUL: u8 = 8;

/// The most bytes kept of such a line.
const UNRECOGNISED_MAX: usize = 1024;

/// The beginning of a line that was torn apart: in the middle of a name by the name's own line feed, or of a summary
/// by another CPU's output.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    bytes: Vec<u8>,
    stamp: Stamp,
    evidence: Evidence,
    /// What a torn kill line has told so far; `None` for a summary, whose beginning is in the report already.
    pub(super) kill: Option<Kill>,
    left: u8,
}

impl Fragment {
    pub(super) fn new(record: &Record<'_>, line: &[u8], kill: Option<Kill>) -> Self {
        Fragment {
            bytes: line.to_vec(),
            stamp: record.stamp,
            evidence: record.evidence(),
            kill,
            left: FRAGMENT_PATIENCE,
        }
    }
}

/// State of one host's kernel log.
#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    /// Its name, where the carrier tells.
    pub(super) host: Option<String>,
    pub(super) open: Vec<Dump>,
    pub(super) tail: Tail,
    pub(super) fragment: Option<Fragment>,
    /// Reports dropped by the rate limit since the last trigger.
    pub(super) suppressed: u32,
    /// When SysRq f was pressed.
    pub(super) sysrq: Option<Stamp>,
    /// The next memory report belongs to a failed allocation or to SysRq m.
    pub(super) foreign_mem: bool,
    /// When such a report began.
    pub(super) foreign_at: Option<Stamp>,
    /// Leading numbers of the kernel's release.
    pub(super) release: Option<(u64, u64)>,
    /// The first row of a table without a header.
    pub(super) stray: Option<(Stamp, Evidence, String)>,
    /// Something was told of this boot.
    pub(super) told: bool,
    /// A kill was seen in this boot, so a reaper's line without one is a stray.
    pub(super) killed: bool,
    /// A panic was seen in this boot, so `---[ end Kernel panic` only repeats it.
    pub(super) panicked: bool,
    /// `Huh VM_FAULT_OOM` was reported since the last event; storms print it thousands of times.
    pub(super) leaked: bool,
    unrecognised: HashSet<u64>,
    doubtful: u8,
    /// Uptime and text of the last line that mattered.
    last: (u64, Vec<u8>),
}

impl Machine {
    pub(super) fn new(host: Option<&str>) -> Self {
        Machine { host: host.map(str::to_owned), ..Machine::default() }
    }

    /// Forgets the last boot.
    pub(super) fn reboot(&mut self, release: Option<(u64, u64)>) {
        let host = self.host.take();
        let (unrecognised, doubtful) = (std::mem::take(&mut self.unrecognised), self.doubtful);
        *self = Machine { host, release, unrecognised, doubtful, ..Machine::default() };
    }

    /// Lines without a needle may still matter.
    pub(super) fn is_open(&self) -> bool {
        self.fragment.is_some() || self.open.iter().any(|dump| dump.listening)
    }

    /// A report waits for its kill line, though it takes no other lines any more.
    pub(super) fn is_waiting(&self) -> bool {
        self.is_open() || !self.open.is_empty()
    }

    /// Nothing is remembered.
    pub(super) fn is_blank(&self) -> bool {
        let quiet = self.open.is_empty() && self.tail.is_empty() && self.fragment.is_none();
        let marked = self.killed
            || self.panicked
            || self.leaked
            || self.foreign_mem
            || self.foreign_at.is_some()
            || self.release.is_some()
            || self.stray.is_some()
            || self.told;
        quiet
            && !marked
            && self.suppressed == 0
            && self.sysrq.is_none()
            && self.unrecognised.is_empty()
            && self.doubtful == 0
    }

    /// True when the record is one line within an open report.
    pub(super) fn push(&mut self, record: &Record<'_>, out: &mut Vec<Event>) -> bool {
        let gate = Gate::of(record);
        if self.is_repetition(record) {
            return false;
        }
        if !self.open.is_empty() {
            self.expire(record, out);
        }
        let message = record.message.as_ref();
        if memchr::memchr(b'\n', message).is_none() {
            return self.line(record, gate, message, out);
        }
        let message = message.trim_ascii_end();
        if gate == Gate::Program || !self.named_with_line_feed(record, gate, message, out) {
            for line in message.split(|byte| *byte == b'\n') {
                self.line(record, gate, line, out);
            }
        }
        false
    }

    /// Some syslog set-ups write every kernel line twice. The kernel itself prints no line twice in one microsecond.
    /// Only lines of a report or with a needle are remembered, so that others change nothing.
    fn is_repetition(&mut self, record: &Record<'_>) -> bool {
        let Some(uptime) = record.stamp.uptime_us else { return false };
        let found = self.last.0 == uptime && self.last.1 == record.message.as_ref();
        if !found && (self.is_open() || glue::looks_like_oom(&record.message, Gate::Kernel)) {
            self.last.0 = uptime;
            self.last.1.clear();
            self.last.1.extend_from_slice(&record.message);
        }
        found
    }

    /// End of the log, or of the boot.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        self.settle_fragment(out);
        self.close_all(out);
        self.tail.flush(self.host.as_deref(), out);
        if let Some((stamp, evidence, text)) = self.stray.take().filter(|_| !self.told) {
            self.told_fragment(stamp, evidence, text, out);
        }
    }

    fn told_fragment(&mut self, stamp: Stamp, evidence: Evidence, text: String, out: &mut Vec<Event>) {
        self.told = true;
        let host = self.host.as_deref().map(Into::into);
        out.push(Event { stamp, host, evidence: vec![evidence], fact: Fact::Fragment(text) });
    }

    /// One physical line of a record. True when it stands within an open report, and nothing else does.
    fn line(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let joined = |line| glue::joined(line, gate).filter(|_| gate != Gate::Program);
        let Some(mut inner) = joined(line) else { return self.one_line(record, gate, line, out) };
        let mut part = record.clone();
        self.one_line(&part, gate, inner.before, out);
        if !inner.before.is_empty() {
            part.stamp.uptime_us = inner.uptime_us;
        }
        part.stamp.uptime_us = part.stamp.uptime_us.or(inner.uptime_us);
        while let Some(next) = joined(inner.line) {
            self.one_line(&part, gate, next.before, out);
            part.stamp.uptime_us = next.uptime_us;
            inner = next;
        }
        self.one_line(&part, gate, inner.line, out);
        false
    }

    /// A line of the kernel, or of anybody.
    fn one_line(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        let mut line = line;
        if gate == Gate::Bare && matches!(line.first(), Some(b'>' | b'&')) {
            line = self.unquoted(line);
        }
        while let Some((count, rest)) = notes::dropped(line).filter(|_| gate != Gate::Program) {
            let what = sentence!("join-gap-notice", notice = text(&line[..line.len().min(64)]));
            self.note(record, KernelNote::Lost { count: Some(count), what }, out);
            line = rest;
        }
        if line.is_empty() {
            return false;
        }
        if gate != Gate::Program {
            if self.fragment.is_some() && self.join_fragment(line, out) {
                return false;
            }
            if self.body(record, gate, line) {
                return true;
            }
        }
        let line = line.trim_ascii_start();
        if !self.head(record, gate, line, out) && !self.suspicious(record, gate, line, out) {
            for dump in self.open.iter_mut().filter(|dump| dump.listening) {
                dump.foreign(line.len());
            }
        }
        false
    }

    /// The kernel's words in a mail or a thread, without their stamps. Of a panic people tell in such words, too: alone it stays a quotation.
    fn unquoted<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let plain = unquoted(line);
        if self.is_told_panic(line, plain) { line } else { plain }
    }

    fn is_told_panic(&self, line: &[u8], inner: &[u8]) -> bool {
        let is_quoted = matches!(line.first(), Some(b'>' | b'&'));
        is_quoted && inner.starts_with(b"Kernel panic") && self.open.is_empty()
    }

    /// A line that ought to be understood: it may stand behind a prompt, or be somebody's words, or nobody knows its form.
    fn suspicious(&mut self, record: &Record<'_>, gate: Gate, line: &[u8], out: &mut Vec<Event>) -> bool {
        if gate == Gate::Program || !glue::looks_like_oom(line, gate) {
            return self.quoted(record, line, out);
        }
        let framed = glue::framed(line).filter(|inner| !self.is_told_panic(line, inner.line));
        let read = framed.is_some_and(|inner| {
            let mut part = record.clone();
            part.stamp.wall = part.stamp.wall.or_else(|| glue::time(inner.before));
            self.head(&part, gate, inner.line, out)
        });
        match gate {
            _ if read => {}
            Gate::Kernel => self.unrecognised(record, line, out),
            _ => _ = self.quoted(record, line, out),
        }
        true
    }

    /// Somebody's line that holds a kill line of the kernel. It opens no report, but where nothing else tells of that kill, it is shown.
    fn quoted(&mut self, record: &Record<'_>, line: &[u8], out: &mut Vec<Event>) -> bool {
        let Some(pid) = glue::sentence(line) else { return false };
        if self.is_new(line) {
            let text = text(&line[..line.len().min(UNRECOGNISED_MAX)]);
            out.push(self.event(record, Fact::Quoted { pid, text }));
        }
        false
    }

    /// Offers a line to the open reports: the youngest first, since it is the one being printed.
    fn body(&mut self, record: &Record<'_>, gate: Gate, line: &[u8]) -> bool {
        if self.open.len() > 1 {
            return self.body_of_several(record, gate, line);
        }
        self.open.first_mut().is_some_and(|dump| dump.admits(gate) && dump.body(record, line))
    }

    /// Two reports are printed at once. Blocks go to the one whose call trace asks for such a block, else the one that
    /// took the last line is tried first.
    fn body_of_several(&mut self, record: &Record<'_>, gate: Gate, line: &[u8]) -> bool {
        let takes = |dump: &mut Dump| dump.admits(gate) && dump.body(record, line);
        let fitting = block_kind(line.trim_ascii_start()).and_then(|memcg| {
            let mut by_hint = [Some(memcg), None].into_iter();
            by_hint.find_map(|hint| self.open.iter_mut().rposition(|dump| dump.seems_memcg() == hint && takes(dump)))
        });
        let Some(at) = fitting.or_else(|| self.open.iter_mut().rposition(takes)) else { return false };
        self.touch(at);
        true
    }

    /// Two reports are printed at once: the one that took the last line is tried first for the next.
    fn touch(&mut self, at: usize) {
        let last = self.open.len() - 1;
        if at != last {
            self.open[at..].rotate_left(1);
        }
    }

    /// Ends reports that fell silent or whose machine was restarted.
    fn expire(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        if !self.open.iter().any(|dump| dump.listening) {
            return;
        }
        let mut at = 0;
        while at < self.open.len() {
            if self.open[at].listening && self.open[at].is_over(&record.stamp) {
                let dump = self.open.remove(at);
                self.close(dump, Outcome::NotSeen, out);
            } else {
                at += 1;
            }
        }
    }

    pub(super) fn close(&mut self, mut dump: Dump, outcome: Outcome, out: &mut Vec<Event>) {
        if let Some((evidence, text)) = dump.fragment().filter(|_| outcome == Outcome::NotSeen) {
            self.told_fragment(dump.stamp, evidence, text, out);
        }
        if let Some(pending) = dump.close(outcome) {
            self.wait(pending, out);
        }
    }

    /// Lets an event wait for what may follow it.
    pub(super) fn wait(&mut self, pending: super::tail::Pending, out: &mut Vec<Event>) {
        self.told = true;
        self.killed |= !pending.oom.kills.is_empty();
        let release = pending.oom.cpu.as_ref().and_then(|cpu| cpu.release.as_deref());
        self.release = release.and_then(notes::version).or(self.release);
        let folded = self.tail.push(pending, self.host.as_deref(), out);
        self.leaked &= folded;
    }

    pub(super) fn close_all(&mut self, out: &mut Vec<Event>) {
        for dump in std::mem::take(&mut self.open) {
            self.close(dump, Outcome::NotSeen, out);
        }
    }

    /// A record whose only line feeds are within a task's name. Anything longer than a name is several lines.
    fn named_with_line_feed(&mut self, record: &Record<'_>, gate: Gate, message: &[u8], out: &mut Vec<Event>) -> bool {
        let feeds = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let all = message.iter().filter(|byte| **byte == b'\n').count();
        let named = if let Some((found, _)) = trigger::trigger(message) {
            feeds(&found.comm)
        } else if let Some(found) = summary::summary(message).filter(summary::is_complete) {
            found.task.as_deref().map_or(0, feeds)
        } else {
            match kill::verdict(message) {
                Some(Verdict::Killed(kill)) => feeds(&kill.comm),
                Some(Verdict::Intended(intention)) => feeds(&intention.comm),
                _ => 0,
            }
        };
        if named == all {
            return self.head(record, gate, message, out);
        }
        // A row of the table, or the line of the CPU.
        let row =
            message.starts_with(b"[") || cpu::cpu_line(message).is_some_and(|(_, comm)| feeds(&text(comm)) == all);
        row && self.body(record, gate, message)
    }

    /// Tries to complete a torn line; true when the line was its rest.
    fn join_fragment(&mut self, line: &[u8], out: &mut Vec<Event>) -> bool {
        let Some(mut torn) = self.fragment.take() else { return false };
        let piece = torn.kill.is_none() && summary::is_piece(line);
        let ending: &[u8] = if torn.kill.is_none() { b",pid=" } else { b"total-vm:" };
        if piece {
            torn.bytes.extend_from_slice(line);
            if self.complete(&torn, true, out) {
                return true;
            }
        } else if find(line, ending).is_some() {
            // A carrier may have indented the rest of the name.
            for rest in [line, line.trim_ascii_start()] {
                let before = torn.bytes.len();
                torn.bytes.push(b'\n');
                torn.bytes.extend_from_slice(rest);
                if self.complete(&torn, false, out) {
                    return true;
                }
                torn.bytes.truncate(before);
            }
        } else if is_comm(line) {
            torn.bytes.push(b'\n');
            torn.bytes.extend_from_slice(line);
        }
        torn.left = torn.left.saturating_sub(1);
        let over = torn.left == 0 || torn.bytes.len() > FRAGMENT_MAX;
        self.fragment = Some(torn);
        if over {
            self.settle_fragment(out);
        }
        piece
    }

    /// Is the joined line whole now? Then it takes effect; a summary may also grow by one piece.
    fn complete(&mut self, torn: &Fragment, piece: bool, out: &mut Vec<Event>) -> bool {
        if torn.kill.is_some() {
            let Some(Verdict::Killed(mut kill)) = kill::verdict(&torn.bytes) else { return false };
            kill.stamp = torn.stamp;
            kill.evidence = Some(torn.evidence.clone());
            self.on_kill(kill, out);
            return true;
        }
        let Some(found) = summary::summary(&torn.bytes) else { return false };
        let whole = summary::is_complete(&found);
        if (whole || piece)
            && let Some(dump) = self.open.iter_mut().rev().find(|dump| dump.has_cut_summary())
        {
            dump.summarise(torn.stamp, torn.evidence.clone(), found);
        }
        whole
    }

    /// Gives up waiting for the rest of a torn line: a kill line counts as far as it goes.
    pub(super) fn settle_fragment(&mut self, out: &mut Vec<Event>) {
        let Some(torn) = self.fragment.take() else { return };
        match torn.kill {
            Some(mut kill) => {
                kill.stamp = torn.stamp;
                kill.evidence = Some(torn.evidence);
                self.on_kill(kill, out);
            }
            None => {
                if let Some(dump) = self.open.iter_mut().rev().find(|dump| dump.has_cut_summary()) {
                    dump.listening = false;
                }
            }
        }
    }

    /// Emits a note.
    pub(super) fn note(&mut self, record: &Record<'_>, note: KernelNote, out: &mut Vec<Event>) {
        self.told |= !matches!(note, KernelNote::Boot { .. } | KernelNote::Lost { .. });
        out.push(self.event(record, Fact::Kernel(note)));
    }

    fn event(&self, record: &Record<'_>, fact: Fact) -> Event {
        Event {
            stamp: record.stamp,
            host: self.host.as_deref().map(Into::into),
            evidence: vec![record.evidence()],
            fact,
        }
    }

    /// A kill line in words that are not the kernel's alone, in a log that does not say whose words they are: no kill is
    /// taken from it, but it is shown.
    pub(super) fn doubtful(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        if self.doubtful < MAX_DOUBTFUL {
            self.doubtful += 1;
            out.push(
                self.event(record, Fact::Doubtful(text(&record.message[..record.message.len().min(UNRECOGNISED_MAX)]))),
            );
        }
    }

    /// A line that looks like one about an OOM, but that no grammar knows: shown once rather than dropped.
    pub(super) fn unrecognised(&mut self, record: &Record<'_>, line: &[u8], out: &mut Vec<Event>) {
        if self.is_new(line) {
            let line = &line[..line.len().min(UNRECOGNISED_MAX)];
            out.push(self.event(record, Fact::Unrecognised(text(line))));
        }
    }

    /// Was no such line shown before?
    fn is_new(&mut self, line: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        line[..line.len().min(UNRECOGNISED_MAX)].hash(&mut hasher);
        self.unrecognised.len() < MAX_UNRECOGNISED && self.unrecognised.insert(hasher.finish())
    }
}

/// Does a line open the block of a cgroup's limit, or of the node's memory?
fn block_kind(line: &[u8]) -> Option<bool> {
    let memcg: [&[u8]; 3] = [b"Task in /", b"memory: usage ", b"Memory cgroup stats for "];
    if memcg.iter().any(|start| line.starts_with(start)) {
        return Some(true);
    }
    line.starts_with(b"Mem-Info:").then_some(false)
}
