//! What a walk saw, whether it was visited or not.

use crate::language::Sentence;

/// A file with more boots than this is not real; further ones are not counted.
const BOOTS_MAX: usize = 4096;

/// A point in time in all clocks of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970-01-01 UTC.
    pub realtime_us: i64,
    /// Microseconds since boot.
    pub monotonic_us: u64,
    /// Boot id.
    pub boot: u128,
}

/// From when to when the file holds kernel messages of one boot. What the kernel said outside is not in this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KernelSpan {
    /// Boot id.
    pub boot: u128,
    /// Smallest wall-clock time, microseconds since 1970-01-01 UTC.
    pub first_realtime_us: i64,
    /// Largest wall-clock time.
    pub last_realtime_us: i64,
    /// Smallest uptime in microseconds.
    pub first_monotonic_us: u64,
    /// Largest uptime.
    pub last_monotonic_us: u64,
    /// How many entries.
    pub entries: u64,
}

/// What a walk saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Entries found.
    pub entries: u64,
    /// Of those, how many were built and visited.
    pub visited: u64,
    /// First entry in the order of the file.
    pub first: Option<Moment>,
    /// Last entry in the order of the file.
    pub last: Option<Moment>,
    /// Coverage of `_TRANSPORT=kernel`, one for each boot, in the order of the file.
    pub kernel: Vec<KernelSpan>,
    /// Machine id from the header, 0 where it has none.
    pub machine: u128,
    /// The file was open for writing when it was copied, or its writer died. Nothing is wrong with that.
    pub online: bool,
    /// What was damaged, in plain sentences; a handful at most.
    pub warnings: Vec<Sentence>,
}

impl Stats {
    /// Counts an entry. Returns false where its boot is one too many.
    pub(super) fn note(&mut self, moment: Moment, kernel: bool) -> bool {
        self.entries = self.entries.saturating_add(1);
        self.first.get_or_insert(moment);
        self.last = Some(moment);
        !kernel || self.note_kernel(moment)
    }

    fn note_kernel(&mut self, moment: Moment) -> bool {
        // Nearly always the last one.
        if let Some(span) = self.kernel.iter_mut().rev().find(|span| span.boot == moment.boot) {
            span.widen(moment);
            return true;
        }
        if self.kernel.len() >= BOOTS_MAX {
            return false;
        }
        self.kernel.push(KernelSpan {
            boot: moment.boot,
            first_realtime_us: moment.realtime_us,
            last_realtime_us: moment.realtime_us,
            first_monotonic_us: moment.monotonic_us,
            last_monotonic_us: moment.monotonic_us,
            entries: 1,
        });
        true
    }
}

impl KernelSpan {
    /// Smallest and largest, not first and last: files written by systemd-journal-remote hold entries as they came in.
    fn widen(&mut self, moment: Moment) {
        self.first_realtime_us = self.first_realtime_us.min(moment.realtime_us);
        self.last_realtime_us = self.last_realtime_us.max(moment.realtime_us);
        self.first_monotonic_us = self.first_monotonic_us.min(moment.monotonic_us);
        self.last_monotonic_us = self.last_monotonic_us.max(moment.monotonic_us);
        self.entries = self.entries.saturating_add(1);
    }
}
