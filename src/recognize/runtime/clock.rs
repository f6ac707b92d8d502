//! Times that stand inside messages: RFC 3339, Go's default form, klog headers, Unix times. Records have their own time
//! already; these are the times that a speaker tells of something else (an exit, a retold kill), or that bare files bear.

use crate::event::Wall;

/// Microseconds since 1970 of a civil date taken as UTC (Howard Hinnant's `days_from_civil`); `None` for no such day.
fn civil_us(year: i64, month: i64, day: i64, second: i64, micros: i64) -> Option<i64> {
    const LENGTHS: [i64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = *LENGTHS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let length = if month == 2 && !leap { 28 } else { length };
    if !(1..=length).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    days.checked_mul(86_400)?.checked_add(second)?.checked_mul(1_000_000)?.checked_add(micros)
}

/// A number of exactly `len` digits at `at`.
fn digits(b: &[u8], at: usize, len: usize) -> Option<i64> {
    let run = b.get(at..at.checked_add(len)?)?;
    run.iter().try_fold(0i64, |n, c| c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0')))
}

/// `hh:mm:ss` at `at` as seconds of the day, then a fraction in microseconds, then where it ends.
fn time_of_day(b: &[u8], at: usize) -> Option<(i64, i64, usize)> {
    let (h, m, s) = (digits(b, at, 2)?, digits(b, at + 3, 2)?, digits(b, at + 6, 2)?);
    if b.get(at + 2) != Some(&b':') || b.get(at + 5) != Some(&b':') || h > 23 || m > 59 || s > 60 {
        return None;
    }
    let (mut micros, mut scale, mut end) = (0, 100_000, at + 8);
    if matches!(b.get(end), Some(b'.' | b',')) {
        end += 1;
        while let Some(c) = b.get(end).filter(|c| c.is_ascii_digit()) {
            micros += i64::from(c - b'0') * scale;
            scale /= 10;
            end += 1;
        }
    }
    Some((h * 3600 + m * 60 + s, micros, end))
}

/// A zone at `at`: seconds east of UTC. One blank may precede it.
fn zone(b: &[u8], at: usize) -> Option<i32> {
    let at = if b.get(at) == Some(&b' ') { at + 1 } else { at };
    match b.get(at)? {
        b'Z' | b'z' => Some(0),
        b'U' if b.get(at..at + 3) == Some(b"UTC") => Some(0),
        sign @ (b'+' | b'-') => {
            let minutes_at = if b.get(at + 3) == Some(&b':') { at + 4 } else { at + 3 };
            let seconds = digits(b, at + 1, 2)? * 3600 + digits(b, minutes_at, 2).unwrap_or(0) * 60;
            let seconds = i32::try_from(seconds).ok().filter(|s| *s < 86_400)?;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// The time that the text begins with: `2026-11-23T10:05:31.755852373Z`, `2026-11-23 11:00:59.87 +0000 UTC m=+95.5`,
/// `2026-11-23 10:05:14.5+08:00` (CRI-O). Without a zone it is a civil time. Year 1 (Go's zero time) is no time.
pub(super) fn wall(text: &str) -> Option<Wall> {
    let b = text.as_bytes();
    let (year, month, day) = (digits(b, 0, 4)?, digits(b, 5, 2)?, digits(b, 8, 2)?);
    if b.get(4) != Some(&b'-')
        || b.get(7) != Some(&b'-')
        || !matches!(b.get(10), Some(b'T' | b't' | b' '))
        || year < 1970
    {
        return None;
    }
    let (second, micros, end) = time_of_day(b, 11)?;
    let unix = civil_us(year, month, day, second, micros)?;
    Some(match zone(b, end) {
        Some(offset_s) => Wall::Instant { unix_us: unix.checked_sub(i64::from(offset_s) * 1_000_000)?, offset_s },
        None => Wall::Civil {
            year: i32::try_from(year).ok(),
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
            second: u32::try_from(second).ok()?,
            micros: u32::try_from(micros).ok()?,
            offset_s: None,
        },
    })
}

/// klog's `mmdd hh:mm:ss.uuuuuu`: no year, no zone.
pub(super) fn klog(text: &str) -> Option<Wall> {
    let b = text.as_bytes();
    let (month, day) = (digits(b, 0, 2)?, digits(b, 2, 2)?);
    let (second, micros, _) = time_of_day(b, 5)?;
    // 2024 is a leap year: the 29th of February may be one.
    civil_us(2024, month, day, 0, 0)?;
    Some(Wall::Civil {
        year: None,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
        second: u32::try_from(second).ok()?,
        micros: u32::try_from(micros).ok()?,
        offset_s: None,
    })
}

/// A Unix time of seconds and nanoseconds; 0 and before are no times.
pub(super) fn unix(seconds: i64, nanos: i64) -> Option<Wall> {
    let unix_us = seconds.checked_mul(1_000_000)?.checked_add(nanos / 1000)?;
    (seconds > 0).then_some(Wall::Instant { unix_us, offset_s: 0 })
}

/// Where a date (`2026-11-23 11:00`) begins last in the text: for lines where a hostile name stands before the time.
pub(super) fn last_date(text: &str) -> Option<usize> {
    let b = text.as_bytes();
    (0..b.len()).rev().find(|at| {
        text.is_char_boundary(*at)
            && digits(b, *at, 4).is_some()
            && b.get(at + 4) == Some(&b'-')
            && digits(b, at + 5, 2).is_some()
            && b.get(at + 7) == Some(&b'-')
            && digits(b, at + 8, 2).is_some()
            && time_of_day(b, at + 11).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_as_the_same_instant() {
        for text in [
            "2026-11-23T09:24:50.123456Z",
            "2026-11-23T17:24:50.123456789+08:00",
            "2026-11-23 17:24:50.123456789 +0800 CST m=+0.12",
            "2026-11-23 09:24:50.123456 +0000 UTC",
            "2026-11-23 09:24:50.123456+00:00",
        ] {
            let Some(Wall::Instant { unix_us, .. }) = wall(text) else { panic!("{text}") };
            assert_eq!(unix_us, 1_795_425_890_123_456, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in
            ["", "0001-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23", "é26-11-23T"]
        {
            assert_eq!(wall(text), None, "{text}");
        }
        assert_eq!(klog("1345 10:00:00.000000"), None);
        assert_eq!(unix(i64::MAX, 0), None);
    }

    #[test]
    fn klog_has_no_year() {
        assert!(matches!(
            klog("1123 12:36:29.056834"),
            Some(Wall::Civil { year: None, month: 11, day: 23, second: 45_389, micros: 56_834, offset_s: None })
        ));
    }

    #[test]
    fn the_last_date_wins() {
        let text = "é 2026-01-01 00:00:00 x 2026-11-23 11:00:59.87 +0000 UTC / / }";
        assert_eq!(last_date(text).map(|at| &text[at..at + 10]), Some("2026-11-23"));
        assert_eq!(last_date("no date"), None);
    }
}
