//! Boots within one source: which records belong to one boot of the machine.

use super::lateness::Lateness;
use crate::event::{Stamp, Wall};
use crate::record::{Record, Transport};

/// How far the uptime may fall without a reboot: printk from several CPUs may be out of order by this much.
const TOLERANCE_US: u64 = 5_000_000;
/// The most boots with an id that are told apart; a journal that keeps more is not known.
const BOOTS_MAX: usize = 4096;

/// The most hosts that are told apart in a log that gathers many.
const HOSTS_MAX: usize = 256;

/// Counts boots while records go by, and stamps them.
///
/// A new boot begins at a boot marker of journalctl, at a boot id that was not there before, at the kernel's first line
/// (`Linux version `), and where the uptime of kernel records falls by more than five seconds below the highest of this boot.
/// Where a wall time fell by as much as the uptime did, it is the same boot read again (rotated files joined in the wrong
/// order), not a new one.
///
/// In the log of a log host the lines of many machines alternate: each host name has its own boot. A name that appears for the
/// first time goes on in the boot that was last, until its uptime shows otherwise: machines change their name while
/// they boot (`localhost`).
#[derive(Debug, Clone, Default)]
pub struct Boots {
    last_epoch: u32,
    known: Vec<(u128, u32)>,
    /// The boot of the records that go by now, and the host it is on.
    boot: Boot,
    host: String,
    /// The boots of the other hosts.
    parked: Vec<(String, Boot)>,
}

/// What is known of one boot.
#[derive(Debug, Default, Clone, Copy)]
struct Boot {
    epoch: u32,
    /// Boot id, from a marker or a record.
    id: Option<u128>,
    any_record: bool,
    kernel_record: bool,
    highest_us: Option<u64>,
    highest_wall: Option<Wall>,
    lateness: Lateness,
}

impl Boots {
    /// Notes a boot marker (`-- Boot <id> --`, `-- Reboot --`): what follows is another boot, or the first one.
    pub fn marker(&mut self, id: Option<u128>) {
        self.parked.clear();
        match id {
            Some(id) => self.enter(id),
            None if self.boot.any_record => self.raise(None),
            None => {}
        }
    }

    /// Forgets the highest uptime: what follows may be older parts of the same boot (pstore's parts stand in reverse order).
    pub fn forget_uptime(&mut self) {
        self.boot.highest_us = None;
    }

    /// Goes over to the boot of a host.
    fn switch_host(&mut self, host: &str) {
        let before = std::mem::replace(&mut self.host, host.to_owned());
        match self.parked.iter().position(|(name, _)| name == host) {
            Some(at) => {
                let (_, boot) = self.parked.swap_remove(at);
                self.parked.push((before, std::mem::replace(&mut self.boot, boot)));
            }
            None if before.is_empty() || self.parked.len() >= HOSTS_MAX => {}
            None => self.parked.push((before, self.boot)),
        }
    }

    /// A stamp that tells the current boot and no time.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp { boot: self.boot.id, epoch: self.boot.epoch, ..Stamp::default() }
    }

    /// Stamps a record with its boot's number, and with the boot's id where a marker told it.
    pub fn note(&mut self, record: &mut Record<'_>) {
        if record.host.as_ref().is_some_and(|host| **host != self.host) {
            let host = record.host.as_deref().unwrap_or_default();
            self.switch_host(host);
        }
        let kernel = record.transport == Transport::Kernel;
        match record.stamp.boot {
            Some(id) => self.enter(id),
            None if kernel => self.kernel_record(record),
            None => {}
        }
        self.boot.any_record = true;
        self.boot.kernel_record |= kernel;
        record.stamp.boot = record.stamp.boot.or(self.boot.id);
        record.stamp.epoch = self.boot.epoch;
        self.set_back(record);
        if let Some(uptime) = record.stamp.uptime_us.filter(|_| kernel) {
            self.remember(uptime, record.stamp.wall.as_ref());
        }
    }

    /// The wall clock of what the kernel wrote is set back from its receipt by journald.
    fn set_back(&mut self, record: &mut Record<'_>) {
        let Some((kernel, received)) = record.stamp.uptime_us.zip(record.received_us) else { return };
        let late = self.boot.lateness.of(kernel, received);
        if let Some(Wall::Instant { unix_us, .. }) = &mut record.stamp.wall {
            *unix_us = unix_us.saturating_sub(late);
        }
    }

    /// A kernel record without a boot id of its own.
    fn kernel_record(&mut self, record: &Record<'_>) {
        let first_line = record.message.starts_with(b"Linux version ");
        let fell = record.stamp.uptime_us.is_some_and(|uptime| self.fell(uptime, record.stamp.wall.as_ref()));
        if fell || first_line && self.boot.kernel_record && !self.again(record) {
            self.raise(None);
        }
    }

    /// Whether this is an older part of the same boot read again, by its wall time.
    fn again(&self, record: &Record<'_>) -> bool {
        record.stamp.uptime_us.is_some_and(|uptime| {
            self.boot.highest_us.is_some_and(|highest| uptime.saturating_add(TOLERANCE_US) < highest)
                && !self.fell(uptime, record.stamp.wall.as_ref())
        })
    }

    /// Whether this uptime shows a reboot.
    fn fell(&self, uptime_us: u64, wall: Option<&Wall>) -> bool {
        let Some(highest) = self.boot.highest_us.filter(|highest| uptime_us.saturating_add(TOLERANCE_US) < *highest)
        else {
            return false;
        };
        let fall = i64::try_from((highest - uptime_us) / 1_000_000).unwrap_or(i64::MAX);
        match (wall.and_then(seconds), self.boot.highest_wall.as_ref().and_then(seconds)) {
            (Some((now, year)), Some((then, then_year))) if year == then_year => {
                let back = then.saturating_sub(now);
                // Read again: the wall went back as far as the uptime, give or take half of it.
                !(back > fall / 2 && back < fall.saturating_add(fall / 2))
            }
            _ => true,
        }
    }

    /// Remembers the highest uptime of this boot.
    fn remember(&mut self, uptime_us: u64, wall: Option<&Wall>) {
        if self.boot.highest_us.is_none_or(|highest| uptime_us >= highest) {
            self.boot.highest_us = Some(uptime_us);
            self.boot.highest_wall = wall.copied();
        }
    }

    /// Enters the boot with this id: a known one, or a new one.
    fn enter(&mut self, id: u128) {
        if self.boot.id == Some(id) {
            return;
        }
        if let Some((_, epoch)) = self.known.iter().find(|(known, _)| *known == id) {
            self.boot = Boot { epoch: *epoch, id: Some(id), ..Boot::default() };
            return;
        }
        if self.boot.id.is_none() && !self.boot.any_record {
            self.boot.id = Some(id);
        } else {
            self.raise(Some(id));
        }
        if self.known.len() < BOOTS_MAX {
            self.known.push((id, self.boot.epoch));
        }
    }

    /// Begins a new boot.
    fn raise(&mut self, id: Option<u128>) {
        self.last_epoch = self.last_epoch.saturating_add(1);
        self.boot = Boot { epoch: self.last_epoch, id, ..Boot::default() };
    }
}

/// A wall time in seconds on a scale of its own kind, and whether the year is in it.
fn seconds(wall: &Wall) -> Option<(i64, bool)> {
    match *wall {
        Wall::Instant { unix_us, .. } => Some((unix_us / 1_000_000, true)),
        Wall::Civil { year, .. } => {
            // 2000 is a leap year, so that Feb 29 exists.
            let us = crate::time::resolve(wall, Some(2000), Some(0))?;
            Some((us / 1_000_000, year.is_some()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(boots: &mut Boots, uptime_s: u64, unix_s: Option<i64>, message: &'static str) -> u32 {
        let wall = unix_s.map(|s| Wall::Instant { unix_us: s * 1_000_000, offset_s: 0 });
        let mut record = Record {
            stamp: Stamp { wall, uptime_us: Some(uptime_s * 1_000_000), ..Stamp::default() },
            transport: Transport::Kernel,
            message: message.as_bytes().into(),
            ..Record::default()
        };
        boots.note(&mut record);
        record.stamp.epoch
    }

    #[test]
    fn an_uptime_that_falls_is_a_reboot() {
        let mut boots = Boots::default();
        let epochs: Vec<u32> =
            [0, 100, 96, 101, 90, 91, 3].into_iter().map(|s| epoch(&mut boots, s, None, "x")).collect();
        assert_eq!(epochs, [0, 0, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn the_first_line_counts_once() {
        let mut boots = Boots::default();
        assert_eq!(epoch(&mut boots, 0, None, "Linux version 6.1"), 0);
        assert_eq!(epoch(&mut boots, 3, None, "x"), 0);
        assert_eq!(epoch(&mut boots, 0, None, "Linux version 6.1"), 1);
        assert_eq!(epoch(&mut boots, 0, None, "Command line: x"), 1);
        boots.marker(None);
        assert_eq!(epoch(&mut boots, 0, None, "Linux version 6.1"), 2);
    }

    #[test]
    fn rotated_files_in_the_wrong_order_are_one_boot() {
        let mut boots = Boots::default();
        assert_eq!(epoch(&mut boots, 9_000, Some(1_009_000), "x"), 0);
        assert_eq!(epoch(&mut boots, 1_000, Some(1_001_000), "x"), 0);
        assert_eq!(epoch(&mut boots, 10, Some(1_009_100), "x"), 1);
    }

    #[test]
    fn ids_decide_over_everything() {
        let mut boots = Boots::default();
        let mut note = |id: Option<u128>, uptime: u64| {
            let mut record = Record {
                stamp: Stamp { boot: id, uptime_us: Some(uptime), ..Stamp::default() },
                transport: Transport::Kernel,
                ..Record::default()
            };
            boots.note(&mut record);
            (record.stamp.epoch, record.stamp.boot)
        };
        assert_eq!(note(Some(7), 100_000_000), (0, Some(7)));
        assert_eq!(note(Some(7), 0), (0, Some(7)));
        assert_eq!(note(Some(8), 100_000_000), (1, Some(8)));
        assert_eq!(note(Some(7), 0), (0, Some(7)));
        assert_eq!(note(Some(9), 0), (2, Some(9)));
    }

    #[test]
    fn hosts_have_their_own_boots() {
        let mut boots = Boots::default();
        let mut note = |host: &'static str, uptime_s: u64| {
            let mut record = Record {
                stamp: Stamp { uptime_us: Some(uptime_s * 1_000_000), ..Stamp::default() },
                host: Some(host.into()),
                transport: Transport::Kernel,
                ..Record::default()
            };
            boots.note(&mut record);
            record.stamp.epoch
        };
        assert_eq!((note("localhost", 1), note("a", 3)), (0, 0));
        assert_eq!((note("a", 1000), note("b", 50), note("a", 1001), note("b", 51)), (0, 1, 0, 1));
        assert_eq!((note("b", 2), note("a", 1002), note("b", 3)), (2, 0, 2));
    }

    #[test]
    fn markers_give_their_id() {
        let mut boots = Boots::default();
        boots.marker(Some(5));
        let mut record = Record::default();
        boots.note(&mut record);
        assert_eq!((record.stamp.epoch, record.stamp.boot), (0, Some(5)));
        boots.marker(Some(6));
        boots.note(&mut Record::default());
        let mut record = Record::default();
        boots.note(&mut record);
        assert_eq!((record.stamp.epoch, record.stamp.boot), (1, Some(6)));
    }
}
