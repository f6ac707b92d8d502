//! One report while its lines come in.

use super::clock::{Gap, gap, within};
use super::cpu::{self, Frame};
use super::gate::Gate;
use super::lex::text;
use super::memcg::{self, CounterName, Limit};
use super::tail::Pending;
use super::tasks::{self, Builder};
use super::{meminfo, slab, trigger};
use crate::event::{
    Constraint, Evidence, Frames, KernelOom, Kill, KillPrefix, MemcgBlock, Outcome, Stamp, SummaryLine, Trigger, lossy,
};
use crate::record::Record;

/// The most function names kept of a call trace.
const MAX_FRAMES: usize = 64;

/// The most intentions kept.
const MAX_INTENTIONS: usize = 16;

/// A report larger than this takes no more lines: 60,000 processes are about 6 MB.
const MAX_BYTES: usize = 8 << 20;

/// A table longer than this takes no more rows.
const MAX_TABLE: u64 = 60_000;

/// So much other text without a line of the report between, and the report is over.
const MAX_FOREIGN: usize = 200 << 10;

/// Seconds without a line after which a report is over, by uptime and by wall clock.
pub(super) const SILENCE: (i64, i64) = (10, 120);

/// Seconds within which a kill line still belongs to a report that is over otherwise.
const LATE_KILL: (i64, i64) = (60, 120);

/// Which part of a report is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Head,
    Memcg,
    Stats,
    Mem,
    Slab,
    Tasks,
}

/// A report from its trigger (or its first line that is left) up to its kill line.
#[derive(Debug, Clone)]
pub(super) struct Dump {
    pub(super) oom: KernelOom,
    pub(super) evidence: Vec<Evidence>,
    /// Stamp of the first line.
    pub(super) stamp: Stamp,
    /// Stamp of the last line that belongs to it.
    pub(super) last: Stamp,
    /// Stamp and place of the summary.
    pub(super) summary_at: Option<(Stamp, Evidence)>,
    /// Still taking lines that no needle marks.
    pub(super) listening: bool,
    /// A second memory report that follows belongs to a failed allocation, not to this event.
    pub(super) refuse_mem: bool,
    opener: Gate,
    /// Raw name of the trigger's task.
    comm: Vec<u8>,
    section: Section,
    /// Frames marked `?`. Where the whole trace is of that kind, as in RHEL 6, they are all there is.
    guesses: Frames,
    table: Option<Builder>,
    bytes: usize,
    foreign: usize,
    /// Opened by a memory report alone, which other things print too: it is only a fragment unless an OOM line follows.
    tentative: bool,
    /// The first line of a tentative one.
    first: Option<(Evidence, String)>,
}

impl Dump {
    /// A report that begins with some other line than its trigger.
    pub(super) fn headless(record: &Record<'_>, opener: Gate) -> Self {
        Dump {
            oom: KernelOom { repeats: 1, ..KernelOom::default() },
            evidence: Vec::new(),
            stamp: record.stamp,
            last: record.stamp,
            summary_at: None,
            listening: true,
            refuse_mem: false,
            opener,
            comm: Vec::new(),
            section: Section::Head,
            guesses: Frames::default(),
            table: None,
            bytes: 0,
            foreign: 0,
            tentative: false,
            first: None,
        }
    }

    /// A report that begins with its trigger.
    pub(super) fn triggered(record: &Record<'_>, opener: Gate, trigger: Trigger, comm: &[u8]) -> Self {
        let mut dump = Dump::headless(record, opener);
        dump.oom.trigger = Some(trigger);
        dump.comm = comm.to_vec();
        dump.evidence.push(record.evidence());
        dump
    }

    /// A report that begins with `Mem-Info:`, or within its memory report or table.
    pub(super) fn tentative(record: &Record<'_>, opener: Gate, line: &[u8]) -> Self {
        let first = Some((record.evidence(), text(line)));
        Dump { tentative: true, first, ..Dump::headless(record, opener) }
    }

    /// The lines of the memory report follow, without their heading.
    pub(super) fn begin_mem(&mut self) {
        self.mem_info();
    }

    /// What a report is that nothing shows to be one of an OOM: its first line.
    pub(super) fn fragment(&mut self) -> Option<(Evidence, String)> {
        self.first.take().filter(|_| self.tentative)
    }

    /// May this record hold a line of the report?
    pub(super) fn admits(&self, gate: Gate) -> bool {
        self.listening && gate.joins(self.opener)
    }

    /// Takes a line of the body; false when it is none of this report, or when its place is taken already.
    pub(super) fn body(&mut self, record: &Record<'_>, line: &[u8]) -> bool {
        if !self.attach(record, line) {
            return false;
        }
        self.last = record.stamp;
        self.foreign = 0;
        self.bytes = self.bytes.saturating_add(line.len());
        let rows = self.table.as_ref().map_or(0, Builder::count);
        if self.bytes > MAX_BYTES || rows > MAX_TABLE {
            self.listening = false;
        }
        true
    }

    /// Counts text between the lines of the report.
    pub(super) fn foreign(&mut self, bytes: usize) {
        self.foreign = self.foreign.saturating_add(bytes);
        if self.foreign > MAX_FOREIGN {
            self.listening = false;
        }
    }

    /// Stops listening after a silence; true when the machine was restarted since.
    pub(super) fn is_over(&mut self, now: &Stamp) -> bool {
        if self.listening && !within(&self.last, now, SILENCE.0, SILENCE.1) {
            self.listening = false;
        }
        !self.listening && (self.tentative || gap(&self.last, now) == Gap::OtherBoot)
    }

    fn attach(&mut self, record: &Record<'_>, line: &[u8]) -> bool {
        let line = line.trim_ascii_start();
        let Some(first) = line.first() else { return false };
        let done = match (self.section, first) {
            (_, b'[') => self.bracket(line),
            (Section::Stats, b'a'..=b'z') => self.stat(record, line),
            (_, b'm' | b'k' | b's') => self.counter(record, line),
            (Section::Head, b'C' | b'P') => self.cpu(line),
            (_, b'T' | b'M' | b'U') => self.named(record, line),
            _ => false,
        };
        done || self.by_section(line)
    }

    /// Lines that only their place in the report tells from other text.
    fn by_section(&mut self, line: &[u8]) -> bool {
        match self.section {
            Section::Head => self.head(line),
            Section::Memcg => self.torn_limit(line),
            Section::Mem => self.oom.mem_info.as_mut().is_some_and(|info| meminfo::add(info, line)),
            Section::Slab => self.slab(line),
            Section::Stats | Section::Tasks => false,
        }
    }

    /// Lines between the trigger and the first block.
    fn head(&mut self, line: &[u8]) -> bool {
        if self.oom.trigger.is_some() && meminfo::opens(line) {
            return self.mem_info();
        }
        if self.oom.cpuset.is_none()
            && !self.comm.is_empty()
            && let Some(found) = trigger::cpuset(line, &self.comm)
        {
            self.oom.cpuset = Some(found);
            return true;
        }
        if let Some(queue) = line.strip_prefix(b"Workqueue: ") {
            self.oom.workqueue = Some(text(queue.trim_ascii_end()));
            return true;
        }
        match cpu::frame(line) {
            Frame::Function(name) => keep_frame(&mut self.oom.stack, name),
            Frame::Guess(name) => {
                if self.oom.stack.is_empty() {
                    keep_frame(&mut self.guesses, name);
                }
            }
            Frame::None => return cpu::is_trace_noise(line),
        }
        true
    }

    fn cpu(&mut self, line: &[u8]) -> bool {
        if self.oom.cpu.is_some() {
            return false;
        }
        let Some((found, comm)) = cpu::cpu_line(line) else { return false };
        // With two reports open, the line goes to the one whose trigger bears the same name.
        if self.oom.trigger.is_some() && self.oom.possibly_mixed && comm != self.comm {
            return false;
        }
        self.oom.cpu = Some(found);
        true
    }

    /// Lines with a fixed beginning.
    fn named(&mut self, record: &Record<'_>, line: &[u8]) -> bool {
        if let Some(found) = memcg::limit(line) {
            return self.limit(record, &found);
        }
        if let Some((path, values)) = memcg::stats_head(line) {
            memcg::open_stats(self.oom.memcg.get_or_insert_default(), path, values);
            self.section = Section::Stats;
            self.tentative = false;
            return true;
        }
        if line.starts_with(b"Mem-Info:") || line.starts_with(b"Mem-info:") {
            return self.mem_info();
        }
        if line.starts_with(b"Unreclaimable slab info:") && self.oom.slabs.is_none() && self.section == Section::Mem {
            self.oom.slabs = Some(Vec::new());
            self.section = Section::Slab;
            return true;
        }
        line.starts_with(b"Tasks state (memory values in pages):") || line.starts_with(b"Memory cgroup min protection ")
    }

    fn mem_info(&mut self) -> bool {
        if self.refuse_mem || self.oom.mem_info.is_some() || self.table.is_some() {
            return false;
        }
        self.oom.mem_info = Some(Default::default());
        self.section = Section::Mem;
        true
    }

    fn limit(&mut self, record: &Record<'_>, found: &Limit<'_>) -> bool {
        let block = self.oom.memcg.get_or_insert_default();
        match *found {
            Limit::Both(task, of) if block.limit_path.is_none() => {
                block.task_path = Some(text(task));
                block.limit_path = Some(text(of));
            }
            Limit::Task(task) if block.task_path.is_none() => block.task_path = Some(text(task)),
            Limit::Of(of) if block.limit_path.is_none() => {
                block.limit_path = (!of.is_empty()).then(|| text(of));
            }
            Limit::Reached(path) if block.limit_path.is_none() => block.limit_path = Some(text(path)),
            _ => return false,
        }
        self.section = Section::Memcg;
        self.tentative = false;
        self.evidence.push(record.evidence());
        true
    }

    /// The rest of a torn `Task in %s killed as a result of limit of %s`.
    fn torn_limit(&mut self, line: &[u8]) -> bool {
        let Some(block) = self.oom.memcg.as_mut() else { return false };
        if block.limit_path.is_some() || block.task_path.is_none() || block.memory.is_some() {
            return false;
        }
        let path = match memcg::limit(line) {
            Some(Limit::Of(path)) => path,
            _ if line.starts_with(b"/") => line.trim_ascii(),
            _ => return false,
        };
        if !path.is_empty() {
            block.limit_path = Some(text(path));
        }
        true
    }

    fn counter(&mut self, record: &Record<'_>, line: &[u8]) -> bool {
        let Some((name, value)) = memcg::counter(line) else { return false };
        let block: &mut MemcgBlock = self.oom.memcg.get_or_insert_default();
        let slot = match name {
            CounterName::Memory => &mut block.memory,
            CounterName::MemSwap => &mut block.memsw,
            CounterName::Kmem => &mut block.kmem,
            CounterName::Swap => &mut block.swap,
        };
        if slot.is_some() {
            return false;
        }
        *slot = Some(value);
        if name == CounterName::Memory {
            self.evidence.push(record.evidence());
        }
        self.section = Section::Memcg;
        self.tentative = false;
        true
    }

    fn stat(&mut self, record: &Record<'_>, line: &[u8]) -> bool {
        if let Some(stats) = self.oom.memcg.as_mut().and_then(|block| block.stats.last_mut()) {
            if let Some((key, value)) = memcg::stat(line) {
                memcg::add(stats, key, value);
                return true;
            }
            if memcg::add_tokens(line, stats) {
                return true;
            }
        }
        self.counter(record, line)
    }

    fn slab(&mut self, line: &[u8]) -> bool {
        if slab::is_head(line) {
            return true;
        }
        let Some(row) = slab::row(line) else { return false };
        if let Some(rows) = self.oom.slabs.as_mut().filter(|rows| rows.len() < slab::MAX_ROWS) {
            rows.push(row);
        }
        true
    }

    /// `[` opens the header and the rows of the task table, and the frames of old call traces.
    fn bracket(&mut self, line: &[u8]) -> bool {
        if let Some(table) = self.table.as_mut() {
            return table.add(line);
        }
        if let Some(columns) = tasks::header(line) {
            self.table = Some(Builder::new(columns));
            self.section = Section::Tasks;
            self.tentative = false;
            return true;
        }
        if self.section == Section::Head && !matches!(cpu::frame(line), Frame::None) {
            return self.head(line);
        }
        // A row whose header was lost.
        let Some(mut table) = tasks::guess(line).map(Builder::new) else { return false };
        let added = table.add(line);
        if added {
            self.table = Some(table);
            self.section = Section::Tasks;
        }
        added
    }

    /// Is this a report of a cgroup's limit or of the whole node, as far as its own lines say?
    fn is_memcg(&self) -> Option<bool> {
        if let Some(summary) = &self.oom.summary {
            return Some(summary.constraint == Constraint::Memcg);
        }
        if let Some(intention) = self.oom.intentions.first() {
            return Some(intention.prefix == KillPrefix::Memcg);
        }
        if self.oom.memcg.as_ref().is_some_and(|block| block.memory.is_some() || block.limit_path.is_some()) {
            return Some(true);
        }
        self.oom.mem_info.as_ref().map(|_| false)
    }

    /// The same, judged by the call trace where no block has come yet.
    pub(super) fn seems_memcg(&self) -> Option<bool> {
        let called = |start: &str| self.oom.stack.iter().chain(self.guesses.iter()).any(|name| name.starts_with(start));
        self.is_memcg()
            .or_else(|| called("mem_cgroup_o").then_some(true))
            .or_else(|| called("__alloc_pages").then_some(false))
    }

    /// Could a line with this prefix speak of this report?
    pub(super) fn suits(&self, prefix: KillPrefix) -> bool {
        match (prefix, self.is_memcg()) {
            (KillPrefix::None, _) | (_, None) => true,
            (prefix, Some(memcg)) => (prefix == KillPrefix::Memcg) == memcg,
        }
    }

    /// Does the table name this process?
    pub(super) fn lists(&self, pid: u32) -> bool {
        self.table.as_ref().is_some_and(|table| table.contains(pid))
    }

    /// How well a kill line fits: 0 is not at all. The kernel prints nothing else of its own between a summary and
    /// its kill line, but the pid may differ there (`find_lock_task_mm` takes another thread when the leader has gone).
    pub(super) fn claim(&self, kill: &Kill, now: &Stamp) -> u8 {
        let limit = if self.listening { SILENCE } else { LATE_KILL };
        if !within(&self.last, now, limit.0, limit.1) || !self.suits(kill.prefix) {
            return 0;
        }
        if let Some(summary) = &self.oom.summary {
            return self.claim_by_summary(summary, kill, now);
        }
        if !self.oom.intentions.is_empty() {
            let same_pid = self.oom.intentions.iter().any(|intention| intention.pid == kill.pid);
            let same_name = self.oom.intentions.iter().any(|intention| intention.comm == kill.comm);
            return 6 + u8::from(same_name) + 2 * u8::from(same_pid);
        }
        match (self.lists(kill.pid), self.listening) {
            (true, _) => 5,
            (false, listening) => 2 * u8::from(listening),
        }
    }

    fn claim_by_summary(&self, summary: &SummaryLine, kill: &Kill, now: &Stamp) -> u8 {
        match summary.pid {
            None => 4,
            Some(pid) if pid == kill.pid => 9,
            Some(_) => {
                let at = self.summary_at.as_ref().map_or(&self.last, |(stamp, _)| stamp);
                let same_name = summary.task.as_deref() == Some(kill.comm.as_str());
                let near = match gap(at, now) {
                    Gap::Unknown => true,
                    Gap::OtherBoot => false,
                    Gap::Uptime(gap) => gap <= if same_name { 2_000_000 } else { 100_000 },
                    Gap::Wall(gap) => gap <= if same_name { 2_000_000 } else { 0 },
                };
                let same_uid = summary.uid.zip(kill.uid).is_none_or(|(one, other)| one == other);
                3 * u8::from(near && same_uid)
            }
        }
    }

    /// Keeps an intention.
    pub(super) fn intend(&mut self, record: &Record<'_>, intention: crate::event::Intention) {
        self.tentative = false;
        self.last = record.stamp;
        if self.oom.intentions.len() < MAX_INTENTIONS {
            self.oom.intentions.push(intention);
            self.evidence.push(record.evidence());
        }
    }

    /// Sets or completes the summary. A whole one ends the part of a report that has no needles.
    pub(super) fn summarise(&mut self, stamp: Stamp, evidence: Evidence, summary: SummaryLine) {
        self.listening = self.listening && !super::summary::is_complete(&summary);
        self.oom.summary = Some(summary);
        self.last = stamp;
        self.tentative = false;
        if self.summary_at.is_none() {
            self.evidence.push(evidence.clone());
            self.summary_at = Some((stamp, evidence));
        }
    }

    /// No victim was chosen, and the report is not long over.
    pub(super) fn is_undecided(&self, now: &Stamp) -> bool {
        self.oom.summary.is_none() && within(&self.last, now, LATE_KILL.0, LATE_KILL.1)
    }

    /// A summary of which the end is missing.
    pub(super) fn has_cut_summary(&self) -> bool {
        self.oom.summary.as_ref().is_some_and(|known| !super::summary::is_complete(known))
    }

    /// Ends the report. A summary proves a kill even when the kill line itself is missing.
    pub(super) fn close(mut self, outcome: Outcome) -> Option<Pending> {
        if self.tentative && outcome == Outcome::NotSeen {
            return None;
        }
        if self.oom.stack.is_empty() {
            self.oom.stack = self.guesses;
        }
        self.oom.tasks = self.table.take().map(Builder::finish);
        self.oom.outcome = outcome;
        let mut pending = Pending::new(self.oom, self.evidence, self.stamp, self.last);
        if pending.oom.outcome == Outcome::NotSeen
            && let Some((stamp, evidence)) = self.summary_at
        {
            pending.kill_from_summary(stamp, evidence);
        }
        Some(pending)
    }
}

fn keep_frame(stack: &mut Frames, name: &[u8]) {
    if stack.len() < MAX_FRAMES {
        stack.push(&lossy(name));
    }
}
