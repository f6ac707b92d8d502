//! Time zones: fixed offsets and zones of the IANA database.

use chrono::{LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone};

/// A node's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// A zone of the IANA database, with its summer times.
    Named(chrono_tz::Tz),
}

impl Zone {
    /// Reads `UTC`, `Z`, `+08:00`, `-0530` or an IANA name such as `Asia/Shanghai`.
    pub fn parse(text: &str) -> Option<Zone> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
            return Some(Zone::Fixed(0));
        }
        if text.starts_with(['+', '-']) {
            return super::read_zone(text.as_bytes(), 0)
                .filter(|(_, end)| *end == text.len())
                .map(|(s, _)| Zone::Fixed(s));
        }
        text.parse().ok().map(Zone::Named)
    }

    /// Offset from UTC, in seconds, of a local civil time. In the hour that a change to winter time repeats, the first
    /// of both is taken; in the hour that a change to summer time skips, the offset before it.
    pub fn offset_of_civil(&self, year: i32, month: u8, day: u8, second: u32) -> Option<i32> {
        let Zone::Named(zone) = self else { return self.fixed() };
        let date = NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day))?;
        let time = date.and_hms_opt((second / 3600).min(23), second / 60 % 60, second % 60)?;
        Some(named_offset(*zone, time))
    }

    /// Offset from UTC, in seconds, at an instant.
    pub fn offset_at(&self, unix_us: i64) -> i32 {
        match self {
            Zone::Fixed(s) => *s,
            Zone::Named(zone) => chrono::DateTime::from_timestamp_micros(unix_us)
                .map_or(0, |t| zone.offset_from_utc_datetime(&t.naive_utc()).fix().local_minus_utc()),
        }
    }

    fn fixed(&self) -> Option<i32> {
        match self {
            Zone::Fixed(s) => Some(*s),
            Zone::Named(_) => None,
        }
    }
}

fn named_offset(zone: chrono_tz::Tz, local: NaiveDateTime) -> i32 {
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(o) | LocalResult::Ambiguous(o, _) => o.fix().local_minus_utc(),
        LocalResult::None => zone.offset_from_utc_datetime(&local).fix().local_minus_utc(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_zones() {
        assert_eq!(Zone::parse("UTC"), Some(Zone::Fixed(0)));
        assert_eq!(Zone::parse("+08:00"), Some(Zone::Fixed(28_800)));
        assert_eq!(Zone::parse("-0530"), Some(Zone::Fixed(-19_800)));
        assert_eq!(Zone::parse("Nowhere/Land"), None);
        assert_eq!(Zone::parse("+8x"), None);
    }

    #[test]
    fn summer_time_is_known() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(berlin.offset_of_civil(2026, 1, 15, 0), Some(3600));
        assert_eq!(berlin.offset_of_civil(2026, 7, 15, 0), Some(7200));
        assert_eq!(berlin.offset_at(1_768_435_200_000_000), 3600);
    }
}
