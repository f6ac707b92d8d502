//! One clock for one node: what is missing in a stamp (zone, wall time) is derived from records that show both, and
//! marked as derived.

use crate::event::{Epoch, Event, Fact, SourceFacts, Stamp, Wall};
use crate::report::Clock;
use crate::time::{SECOND_US, Zone, resolve};
use std::collections::BTreeMap;

/// When something happened, in every clock that could be read or derived.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct When {
    /// Microseconds since 1970, UTC.
    pub(super) unix_us: Option<i64>,
    /// Offset in which it is shown, seconds.
    pub(super) offset_s: i32,
    /// How sure the wall time is.
    pub(super) clock: Clock,
    /// Microseconds since boot.
    pub(super) uptime_us: Option<u64>,
    /// The journal's boot id.
    pub(super) boot: Option<u128>,
}

impl When {
    /// Time in report form.
    pub(super) fn time(&self) -> Option<String> {
        crate::time::rfc3339(self.unix_us?, self.offset_s)
    }

    /// Uptime in report form.
    pub(super) fn uptime_s(&self) -> Option<f64> {
        self.uptime_us.map(|u| u as f64 / 1e6)
    }
}

/// The node's clocks.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    zone: Option<Zone>,
    zone_told: bool,
    /// Wall minus uptime in microseconds by (source index, epoch), at each uptime where a record showed both: a clock that
    /// is set while the node runs moves it.
    boots: BTreeMap<(usize, u32), Starts>,
    /// The same by journal boot id.
    by_id: BTreeMap<u128, Starts>,
    /// Boot id by (source index, epoch).
    ids: BTreeMap<(usize, u32), u128>,
    /// The only boot there is, when all sources agree (within [`SAME_BOOT_US`]).
    only: Option<i64>,
}

/// Boot times (Unix microseconds) by the uptime (microseconds) at which they were read.
type Starts = Vec<(u64, i64)>;

/// The boot time read nearest to an uptime; the middle one where no uptime is given.
fn nearest(starts: &Starts, uptime_us: Option<u64>) -> Option<i64> {
    match uptime_us {
        Some(at) => starts.iter().min_by_key(|(up, _)| up.abs_diff(at)).map(|(_, start)| *start),
        None => {
            let mut sorted: Vec<i64> = starts.iter().map(|(_, start)| *start).collect();
            sorted.sort_unstable();
            sorted.get(sorted.len() / 2).copied()
        }
    }
}

/// Two estimates of the boot time that differ by less are the same boot.
const SAME_BOOT_US: i64 = 20 * SECOND_US;

impl Clocks {
    /// Learns the boot times from everything that one node's sources say. `zone`: that of stamps which name none, where it is known.
    pub(super) fn learn(
        sources: &[SourceFacts],
        used: &[usize],
        events: &[(usize, Event)],
        zone: Option<Zone>,
    ) -> Clocks {
        let mut clocks = Clocks { zone, zone_told: zone.is_some(), ..Clocks::default() };
        for &index in used {
            for epoch in &sources[index].epochs {
                clocks.learn_epoch(index, epoch);
            }
        }
        for (_, event) in events {
            let Fact::Node(n) = &event.fact else { continue };
            if let (Some(id), Some(at)) = (n.boot, n.boot_time_us) {
                let known = clocks.by_id.entry(id).or_default();
                if known.is_empty() {
                    known.push((0, at));
                }
            }
        }
        clocks.only = clocks.only_boot(events);
        clocks
    }

    fn learn_epoch(&mut self, index: usize, epoch: &Epoch) {
        let key = (index, epoch.epoch);
        if let Some(id) = epoch.boot {
            self.ids.insert(key, id);
        }
        let start = |(wall, up): &(Wall, u64)| Some((*up, self.unix(wall)?.0 - i64::try_from(*up).ok()?));
        let starts: Starts = epoch.pairs.iter().filter_map(start).collect();
        if let Some(id) = epoch.boot {
            self.by_id.entry(id).or_default().extend(&starts);
        }
        self.boots.entry(key).or_default().extend(starts);
    }

    /// The boot time that every estimate agrees on; a node's own `btime` counts where no log shows both clocks.
    fn only_boot(&self, events: &[(usize, Event)]) -> Option<i64> {
        let measured = || self.boots.values().chain(self.by_id.values()).flatten().map(|(_, start)| *start);
        let first = match measured().min() {
            Some(first) => first,
            None => {
                return events.iter().find_map(|(_, e)| match &e.fact {
                    Fact::Node(n) => n.boot_time_us,
                    _ => None,
                });
            }
        };
        measured().all(|b| b - first < SAME_BOOT_US).then_some(first)
    }

    /// Unix time of a wall time, with how sure and the offset to show it in.
    fn unix(&self, wall: &Wall) -> Option<(i64, i32, Clock)> {
        match *wall {
            Wall::Instant { unix_us, offset_s } => {
                let shown = if offset_s == 0 { self.shown_offset(unix_us) } else { offset_s };
                Some((unix_us, shown, Clock::Exact))
            }
            Wall::Civil { year, month, day, second, offset_s, .. } => {
                let zone = self.zone.unwrap_or(Zone::Fixed(0));
                let offset = offset_s.or_else(|| zone.offset_of_civil(year?, month, day, second))?;
                Some((resolve(wall, year, Some(offset))?, offset, Clock::Inferred))
            }
        }
    }

    fn shown_offset(&self, unix_us: i64) -> i32 {
        if self.zone_told { self.zone.map_or(0, |z| z.offset_at(unix_us)) } else { 0 }
    }

    /// Every clock of a stamp of one source.
    pub(super) fn when(&self, source: usize, stamp: &Stamp) -> When {
        let boot = stamp.boot.or_else(|| self.ids.get(&(source, stamp.epoch)).copied());
        let mut when = When { uptime_us: stamp.uptime_us, boot, ..When::default() };
        let read = stamp.wall.as_ref().and_then(|w| self.unix(w));
        let derived = || {
            let start = self.boot_time(source, stamp.epoch, boot, stamp.uptime_us)?;
            let unix = start.checked_add(i64::try_from(stamp.uptime_us?).ok()?)?;
            Some((unix, self.shown_offset(unix), Clock::Inferred))
        };
        if let Some((unix, offset, clock)) = read.or_else(derived) {
            (when.unix_us, when.offset_s, when.clock) = (Some(unix), offset, clock);
        }
        when
    }

    /// Unix time of a bare wall time (a field inside a document or message).
    pub(super) fn wall(&self, wall: &Wall) -> Option<i64> {
        self.unix(wall).map(|(unix, ..)| unix)
    }

    /// A time in report form.
    pub(super) fn show(&self, unix_us: i64) -> Option<String> {
        crate::time::rfc3339(unix_us, self.shown_offset(unix_us))
    }

    /// The offset from UTC in which a moment is shown.
    pub(super) fn offset(&self, unix_us: i64) -> i32 {
        self.shown_offset(unix_us)
    }

    /// Boot time of one boot of one source, Unix microseconds.
    pub(super) fn start(&self, source: usize, epoch: u32, boot: Option<u128>) -> Option<i64> {
        self.boot_time(source, epoch, boot, None)
    }

    fn boot_time(&self, source: usize, epoch: u32, boot: Option<u128>, uptime_us: Option<u64>) -> Option<i64> {
        let own = self.boots.get(&(source, epoch)).and_then(|starts| nearest(starts, uptime_us));
        let by_id = || boot.and_then(|b| self.by_id.get(&b)).and_then(|starts| nearest(starts, uptime_us));
        own.or_else(by_id).or(self.only)
    }

    /// Tells the clocks of a boot that a source shows only by its uptime, learnt from an event that another source dates.
    /// Returns without effect where the source's own records showed both clocks.
    pub(super) fn teach(&mut self, source: usize, epoch: u32, taught: &[(u64, i64)]) {
        let known = self.boots.entry((source, epoch)).or_default();
        if known.is_empty() {
            known.extend_from_slice(taught);
        }
    }
}
