//! Times as records print them, before anything is derived.

use serde::{Deserialize, Serialize};

/// A wall-clock time as printed: either a full instant, or a civil date that lacks the year, the zone or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Wall {
    /// The record bears a full date and zone (or a Unix time).
    Instant {
        /// Microseconds since 1970-01-01 UTC.
        unix_us: i64,
        /// The printed offset from UTC in seconds, 0 for `Z` and Unix times.
        offset_s: i32,
    },
    /// A date with something missing: RFC 3164 syslog (no year, no zone), klog, `dmesg -T` (no zone).
    Civil {
        /// Year, where printed.
        year: Option<i32>,
        /// Month 1..=12.
        month: u8,
        /// Day of the month 1..=31.
        day: u8,
        /// Second of the day 0..=86_400 (a leap second is kept).
        second: u32,
        /// Microseconds within the second.
        micros: u32,
        /// Offset from UTC in seconds, where printed.
        offset_s: Option<i32>,
    },
}

/// When a record was written, in every clock that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Stamp {
    /// Wall clock.
    pub wall: Option<Wall>,
    /// The kernel's own clock: microseconds since boot.
    pub uptime_us: Option<u64>,
    /// The journal's boot id (128 bits).
    pub boot: Option<u128>,
    /// Ordinal of the boot within its source, counted from 0: raised at every boot marker and at every fall of the
    /// uptime. Two records of one source with different `epoch` are from different boots.
    pub epoch: u32,
}
