//! How far two records are apart, as far as their own stamps tell. Nothing is derived here: no years, no zones.

use crate::event::{Stamp, Wall};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Days before each month of a year without a leap day.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Lines of one dump may be stamped a little out of order by several CPUs.
const BACKWARDS: i64 = -5 * SECOND;

/// The distance from one record to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// The stamps cannot be compared.
    Unknown,
    /// The machine was restarted in between.
    OtherBoot,
    /// Microseconds of uptime.
    Uptime(i64),
    /// Microseconds of wall clock: coarse, and stepped now and then.
    Wall(i64),
}

/// The distance from `from` to `to`.
pub(super) fn gap(from: &Stamp, to: &Stamp) -> Gap {
    if let (Some(one), Some(other)) = (from.boot, to.boot)
        && one != other
    {
        return Gap::OtherBoot;
    }
    let uptime = from.uptime_us.zip(to.uptime_us).map(|(from, to)| signed(to).saturating_sub(signed(from)));
    match uptime {
        Some(gap) if gap < BACKWARDS => Gap::OtherBoot,
        // Where several hosts share a file, every change of host looks like a reboot; close uptimes say that it was none.
        Some(gap) if from.epoch != to.epoch && gap > 10 * SECOND => Gap::OtherBoot,
        Some(gap) => Gap::Uptime(gap),
        None if from.epoch != to.epoch => Gap::OtherBoot,
        None => wall(from.wall, to.wall).map_or(Gap::Unknown, Gap::Wall),
    }
}

/// Not another boot, and no further apart than this; unknown distances are near.
pub(super) fn within(from: &Stamp, to: &Stamp, uptime_s: i64, wall_s: i64) -> bool {
    match gap(from, to) {
        Gap::Unknown => true,
        Gap::OtherBoot => false,
        Gap::Uptime(gap) => gap <= uptime_s.saturating_mul(SECOND),
        Gap::Wall(gap) => gap <= wall_s.saturating_mul(SECOND),
    }
}

fn signed(uptime: u64) -> i64 {
    i64::try_from(uptime).unwrap_or(i64::MAX)
}

fn wall(from: Option<Wall>, to: Option<Wall>) -> Option<i64> {
    match (from?, to?) {
        (Wall::Instant { unix_us: from, .. }, Wall::Instant { unix_us: to, .. }) => Some(to.saturating_sub(from)),
        (from @ Wall::Civil { .. }, to @ Wall::Civil { .. }) => {
            let gap = of_year(from)?.checked_sub(of_year(to)?)?.checked_neg()?;
            // 31 December to 1 January, in carriers that print no year.
            let year = 365 * 86_400 * SECOND;
            Some(if gap < -year / 2 { gap + year } else { gap })
        }
        _ => None,
    }
}

/// Microseconds since the start of a year without a leap day (29 February counts as 1 March).
fn of_year(wall: Wall) -> Option<i64> {
    let Wall::Civil { month, day, second, micros, .. } = wall else { return None };
    let before = DAYS_BEFORE.get(usize::from(month).checked_sub(1)?)?;
    let days = before + i64::from(day);
    Some((days * 86_400 + i64::from(second)) * SECOND + i64::from(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(uptime_us: u64, epoch: u32) -> Stamp {
        Stamp { uptime_us: Some(uptime_us), epoch, ..Stamp::default() }
    }

    fn civil(month: u8, day: u8, second: u32) -> Stamp {
        let wall = Wall::Civil { year: None, month, day, second, micros: 0, offset_s: None };
        Stamp { wall: Some(wall), ..Stamp::default() }
    }

    #[test]
    fn uptimes() {
        assert_eq!(gap(&up(10, 0), &up(30, 0)), Gap::Uptime(20));
        assert_eq!(gap(&up(30, 0), &up(10, 0)), Gap::Uptime(-20));
        assert_eq!(gap(&up(900_000_000, 0), &up(1_000_000, 0)), Gap::OtherBoot);
        assert_eq!(gap(&up(900, 0), &up(1_000, 1)), Gap::Uptime(100));
        assert_eq!(gap(&up(900, 0), &up(900_000_000, 1)), Gap::OtherBoot);
        assert!(!within(&up(0, 0), &up(10_000_001, 0), 10, 120));
        assert!(within(&up(0, 0), &up(10_000_000, 0), 10, 120));
    }

    #[test]
    fn civil_times() {
        assert_eq!(gap(&civil(2, 28, 86_399), &civil(3, 1, 1)), Gap::Wall(2_000_000));
        assert_eq!(gap(&civil(12, 31, 86_399), &civil(1, 1, 1)), Gap::Wall(2_000_000));
        assert_eq!(gap(&civil(0, 1, 0), &civil(1, 1, 1)), Gap::Unknown);
        assert!(!within(&civil(5, 1, 0), &civil(5, 1, 300), 10, 120));
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(gap(&Stamp::default(), &up(1, 0)), Gap::Unknown);
        assert_eq!(gap(&Stamp::default(), &Stamp { epoch: 1, ..Stamp::default() }), Gap::OtherBoot);
        assert_eq!(gap(&Stamp { boot: Some(1), ..up(1, 0) }, &Stamp { boot: Some(2), ..up(2, 0) }), Gap::OtherBoot);
    }
}
