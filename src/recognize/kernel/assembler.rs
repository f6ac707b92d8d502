//! The recogniser's face: records in, events out.

use super::gate::Gate;
use super::machine::Machine;
use super::notes;
use crate::event::{Event, Fact, KernelNote};
use crate::record::{Record, Transport};

/// Hosts whose logs may be mixed in one source. Beyond it, the host that was seen first is ended.
const MAX_HOSTS: usize = 256;

/// Assembles OOM events from the records of one source.
///
/// Lines of one report may be mixed with other text, torn apart, cut or missing. It needs every record from a line
/// with one of [`NEEDLES`](super::NEEDLES) on while [`is_open`](Assembler::is_open), and otherwise only records with
/// a needle: further ones change nothing.
///
/// Limits: a report is over after 10 s of uptime (or 2 minutes of wall clock) without a line of it, after 200 KiB of
/// other text, 8 MiB of its own, or 60,000 rows of its table; a kill line may still join it within 60 s.
#[derive(Debug, Clone, Default)]
pub struct Assembler {
    /// In the order in which they were seen first.
    machines: Vec<Machine>,
    /// The one whose record came last.
    current: usize,
}

impl Assembler {
    /// An assembler without any memory.
    pub fn new() -> Self {
        Assembler::default()
    }

    /// Feeds one record, whose message may hold line feeds; events that are complete are added to `out`.
    ///
    /// Events come out in the order in which they are complete: notes at once, OOM events when nothing can follow
    /// them any more (the reaper's line may come a minute later).
    ///
    /// True when the record is one of those that stand within an open report (frames, counters, rows) and nothing else.
    pub fn push(&mut self, record: &Record<'_>, out: &mut Vec<Event>) -> bool {
        if notes::is_boot_marker(&record.message) && Gate::of(record) != Gate::Program {
            self.finish(out);
            let fact = Fact::Kernel(KernelNote::BootMarker);
            let host = record.host.as_deref().map(Into::into);
            out.push(Event { stamp: record.stamp, host, evidence: vec![record.evidence()], fact });
            return false;
        }
        if record.transport == Transport::Unknown && notes::is_part_head(&record.message) {
            self.finish(out);
            return false;
        }
        match self.find(record.host.as_deref()) {
            Some(at) => {
                self.current = at;
                self.machines[at].push(record, out)
            }
            None => {
                self.first_record(record, out);
                false
            }
        }
    }

    /// True while a report is open, so that lines without any needle (frames, rows, zones, counters) may belong to
    /// it. False again after the kill line: what follows that (group, reaper, further kills) has needles.
    pub fn is_open(&self) -> bool {
        self.machines.iter().any(Machine::is_open)
    }

    /// End of the stream, or of a boot: everything that waits is emitted.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        for machine in &mut self.machines {
            machine.finish(out);
        }
        self.machines.clear();
        self.current = 0;
    }

    /// The machine of a host. Lines without a host's name, as continuation lines are, belong to the open report.
    fn find(&self, host: Option<&str>) -> Option<usize> {
        let current = self.machines.get(self.current);
        if current.is_some_and(|machine| machine.host.as_deref() == host || (host.is_none() && machine.is_waiting())) {
            return Some(self.current);
        }
        let named = self.machines.iter().position(|machine| machine.host.as_deref() == host);
        // A log of one machine, part of whose lines name it.
        named.or_else(|| (host.is_none() && self.machines.len() == 1).then_some(0))
    }

    /// A host is remembered from the first record that means something, so that others leave no trace.
    fn first_record(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        let mut machine = Machine::new(record.host.as_deref());
        machine.push(record, out);
        if machine.is_blank() {
            return;
        }
        if self.machines.len() >= MAX_HOSTS {
            self.machines.remove(0).finish(out);
        }
        self.current = self.machines.len();
        self.machines.push(machine);
    }
}
