//! Clocks: civil dates and instants, how they are printed and read. Nothing is guessed here: what a text does not say
//! stays unsaid ([`Wall::Civil`] without year or zone).

mod years;
mod zone;

pub use years::assign_years;
pub use zone::Zone;

use crate::event::Wall;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;

/// Microseconds since 1970-01-01 of a civil date and time taken as UTC; `None` when there is no such day.
pub fn civil_to_unix_us(year: i32, month: u8, day: u8, second_of_day: u32, micros: u32) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day))?;
    let days = date.signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?).num_days();
    days.checked_mul(86_400)?
        .checked_add(i64::from(second_of_day))?
        .checked_mul(SECOND_US)?
        .checked_add(i64::from(micros))
}

/// The instant of a wall time, where year and zone are known or given: `year` and `offset_s` fill what is missing.
/// `None` when something is missing still, or the date does not exist.
pub fn resolve(wall: &Wall, year: Option<i32>, offset_s: Option<i32>) -> Option<i64> {
    match *wall {
        Wall::Instant { unix_us, .. } => Some(unix_us),
        Wall::Civil { year: own_year, month, day, second, micros, offset_s: own_offset } => {
            let utc = civil_to_unix_us(own_year.or(year)?, month, day, second, micros)?;
            utc.checked_sub(i64::from(own_offset.or(offset_s)?) * SECOND_US)
        }
    }
}

/// An instant as RFC 3339 with offset, with microseconds when there are any: `2026-11-23T09:26:40.000005+08:00`.
/// An offset of 0 is printed as `Z`. `None` outside the years 1 to 9999.
pub fn rfc3339(unix_us: i64, offset_s: i32) -> Option<String> {
    let (year, month, day, second) = civil(unix_us, offset_s)?;
    let year = u64::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
    // A report holds several times for each incident: they are written digit by digit, not by a pattern.
    let mut text = String::with_capacity("2026-11-23T09:26:40.000005+08:00".len());
    push_digits(&mut text, year, 4);
    for (before, value) in [('-', u32::from(month)), ('-', u32::from(day))] {
        text.push(before);
        push_digits(&mut text, value.into(), 2);
    }
    for (before, value) in [('T', second / 3600), (':', second / 60 % 60), (':', second % 60)] {
        text.push(before);
        push_digits(&mut text, value.into(), 2);
    }
    let micros = unix_us.rem_euclid(SECOND_US).unsigned_abs();
    if micros != 0 {
        text.push('.');
        push_digits(&mut text, micros, 6);
    }
    push_zone(&mut text, offset_s);
    Some(text)
}

/// A number with leading zeros.
fn push_digits(text: &mut String, value: u64, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10u64.pow(place) % 10;
        text.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
    }
}

/// `Z`, or `+08:00` rounded to whole minutes.
fn push_zone(text: &mut String, offset_s: i32) {
    if offset_s == 0 {
        text.push('Z');
        return;
    }
    text.push(if offset_s < 0 { '-' } else { '+' });
    let minutes = u64::from((offset_s.unsigned_abs() + 30) / 60);
    push_digits(text, minutes / 60, 2);
    text.push(':');
    push_digits(text, minutes % 60, 2);
}

/// A wall time for a Unix time in microseconds, UTC.
pub fn from_unix_us(unix_us: i64) -> Wall {
    Wall::Instant { unix_us, offset_s: 0 }
}

/// Reads RFC 3339 and its relatives: `T` or a blank between date and time, `.` or `,` before any number of fraction
/// digits, zone `Z`, `+08:00`, `+0800`, `+08`, ` +0800 CST` (Go's default form, also with ` m=+0.12` after it), or none (then
/// [`Wall::Civil`]). `None` for anything else.
pub fn parse_rfc3339(text: &str) -> Option<Wall> {
    let (wall, _) = parse_rfc3339_prefix(text.trim())?;
    Some(wall)
}

/// As [`parse_rfc3339`], on the start of a longer text; also gives how many bytes were read.
pub fn parse_rfc3339_prefix(text: &str) -> Option<(Wall, usize)> {
    let b = text.as_bytes();
    let year: i32 = digits(b, 0, 4)?.try_into().ok()?;
    let month = digits(b, 5, 2)?;
    let day = digits(b, 8, 2)?;
    let separators =
        b.get(4) == Some(&b'-') && b.get(7) == Some(&b'-') && matches!(b.get(10), Some(b'T' | b't' | b' '));
    let (hour, minute, second) = (digits(b, 11, 2)?, digits(b, 14, 2)?, digits(b, 17, 2)?);
    let valid = b.get(13) == Some(&b':') && b.get(16) == Some(&b':') && hour < 24 && minute < 60 && second <= 60;
    if !separators || !valid {
        return None;
    }
    let (micros, mut at) = fraction(b, 19);
    let offset = read_zone(b, at);
    if let Some((_, end)) = offset {
        at = end;
    }
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    let second = hour * 3600 + minute * 60 + second;
    let unix = civil_to_unix_us(year, month, day, second, micros)?;
    let wall = match offset {
        Some((offset_s, _)) => Wall::Instant { unix_us: unix.checked_sub(i64::from(offset_s) * SECOND_US)?, offset_s },
        None => Wall::Civil { year: Some(year), month, day, second, micros, offset_s: None },
    };
    Some((wall, at))
}

/// A decimal number of exactly `len` digits at `at`.
fn digits(b: &[u8], at: usize, len: usize) -> Option<u32> {
    b.get(at..at + len)?.iter().try_fold(0u32, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
}

/// `.123456789` at `at`, as microseconds, with where it ends.
fn fraction(b: &[u8], at: usize) -> (u32, usize) {
    if !matches!(b.get(at), Some(b'.' | b',')) || !b.get(at + 1).is_some_and(u8::is_ascii_digit) {
        return (0, at);
    }
    let (mut micros, mut scale, mut end) = (0u32, 100_000u32, at + 1);
    while let Some(c) = b.get(end).filter(|c| c.is_ascii_digit()) {
        micros += u32::from(c - b'0') * scale;
        scale /= 10;
        end += 1;
    }
    (micros, end)
}

/// A zone at `at`: seconds east of UTC, with where it ends. A blank may precede a numeric zone or `UTC`/`Z`.
fn read_zone(b: &[u8], at: usize) -> Option<(i32, usize)> {
    let start = if b.get(at) == Some(&b' ') { at + 1 } else { at };
    match b.get(start)? {
        b'Z' | b'z' if start == at => Some((0, start + 1)),
        b'U' if b.get(start..start + 3) == Some(b"UTC") => Some((0, start + 3)),
        sign @ (b'+' | b'-') => {
            let hours = digits(b, start + 1, 2)?;
            let (minutes, end) = match b.get(start + 3) {
                Some(b':') => (digits(b, start + 4, 2)?, start + 6),
                Some(c) if c.is_ascii_digit() => (digits(b, start + 3, 2)?, start + 5),
                _ => (0, start + 3),
            };
            let seconds = i32::try_from(hours * 3600 + minutes * 60).ok().filter(|s| *s < 86_400)?;
            Some((if *sign == b'-' { -seconds } else { seconds }, end))
        }
        _ => None,
    }
}

/// Month number of an English short or long name (`Nov`, `November`).
pub fn month_number(name: &str) -> Option<u8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let short = name.get(..3)?.to_ascii_lowercase();
    NAMES.iter().position(|n| *n == short).and_then(|i| u8::try_from(i + 1).ok())
}

/// Civil parts of an instant at an offset: (year, month, day, second of the day).
pub fn civil(unix_us: i64, offset_s: i32) -> Option<(i32, u8, u8, u32)> {
    let local = DateTime::from_timestamp_micros(unix_us)?.with_timezone(&FixedOffset::east_opt(offset_s)?);
    let second = local.hour() * 3600 + local.minute() * 60 + local.second();
    Some((local.year(), u8::try_from(local.month()).ok()?, u8::try_from(local.day()).ok()?, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> (i64, i32) {
        match parse_rfc3339(text) {
            Some(Wall::Instant { unix_us, offset_s }) => (unix_us, offset_s),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn reads_every_relative_of_rfc3339() {
        let at = 1_795_425_890_123_456;
        for text in [
            "2026-11-23T09:24:50.123456Z",
            "2026-11-23T17:24:50.123456789+08:00",
            "2026-11-23 17:24:50.123456789 +0800 CST m=+0.12",
            "2026-11-23 09:24:50.123456 +0000 UTC",
            "2026-11-23T09:24:50,123456+00:00",
        ] {
            assert_eq!(instant(text).0, at, "{text}");
        }
    }

    #[test]
    fn a_missing_zone_stays_missing() {
        let wall = parse_rfc3339("2026-11-23 09:24:50");
        assert!(matches!(wall, Some(Wall::Civil { year: Some(2026), offset_s: None, .. })));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-23",
            "2026-11-23T25:00:00Z",
            "x026-11-23T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn prints_what_it_read() {
        assert_eq!(rfc3339(1_795_425_890_000_000, 28_800).as_deref(), Some("2026-11-23T17:24:50+08:00"));
        assert_eq!(rfc3339(1_795_425_890_000_005, 0).as_deref(), Some("2026-11-23T09:24:50.000005Z"));
        assert_eq!(rfc3339(i64::MAX, 0), None);
    }
}
