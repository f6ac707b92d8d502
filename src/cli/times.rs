//! Times and zones of the command line.

use crate::event::Wall;
use crate::language::Sentence;
use crate::sentence;
use crate::time::Zone;
use crate::time::{SECOND_US, parse_rfc3339, resolve};
use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone};

/// Seconds in a day.
const DAY_S: i64 = 86_400;

/// Reads `UTC`, `+08:00`, `-0330`, `Asia/Shanghai`, `local`. `local` is found by `find_local`.
pub(super) fn zone(text: &str, find_local: impl Fn() -> Option<Zone>) -> Result<Zone, Sentence> {
    let text = text.trim();
    let shown = || text.escape_debug().to_string();
    match text {
        "local" => return find_local().ok_or_else(|| sentence!("cli-no-local-zone")),
        "Z" | "z" => return Ok(Zone::Fixed(0)),
        _ if text.eq_ignore_ascii_case("utc") => return Ok(Zone::Fixed(0)),
        _ => {}
    }
    if text.starts_with(['+', '-', '\u{2212}']) {
        return offset(text).map(Zone::Fixed).ok_or_else(|| sentence!("cli-no-offset", text = shown()));
    }
    named(text).map(Zone::Named).ok_or_else(|| sentence!("cli-no-zone", text = shown()))
}

/// An IANA name, whatever its case.
fn named(text: &str) -> Option<chrono_tz::Tz> {
    text.parse()
        .ok()
        .or_else(|| chrono_tz::TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(text)))
}

/// `+08:00`, `+0800`, `+08`, `+8` in seconds east of UTC.
fn offset(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2).unwrap_or((digits, "")),
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i32>().ok()).flatten();
    let minutes = if minutes.is_empty() && !digits.contains(':') { 0 } else { number(minutes)? };
    let seconds = number(hours).filter(|h| *h <= 14)? * 3600 + Some(minutes).filter(|m| *m < 60)? * 60;
    Some(if negative { -seconds } else { seconds })
}

/// The zone of this machine: `TZ`, or what `/etc/localtime` points to.
pub(super) fn local_zone() -> Option<Zone> {
    if let Ok(text) = std::env::var("TZ") {
        return named(text.trim_start_matches(':')).map(Zone::Named);
    }
    let target = std::fs::read_link("/etc/localtime").ok()?;
    let target = target.to_str()?;
    let (_, name) = target.split_once("zoneinfo/")?;
    named(name).map(Zone::Named)
}

/// Reads a time: RFC 3339; a date with or without a clock in `zone`; a span before `now_us` (`2h`, `3d ago`, `1h30m`);
/// `now`, `today`, `yesterday`. A date without a clock is its midnight. Microseconds since 1970.
pub(super) fn instant(text: &str, now_us: i64, zone: Zone) -> Result<i64, Sentence> {
    let text = text.trim();
    special(text, now_us, zone)
        .or_else(|| civil(text, zone))
        .or_else(|| span(text.strip_suffix("ago").unwrap_or(text).trim_end()).and_then(|us| now_us.checked_sub(us)))
        .ok_or_else(|| sentence!("cli-no-time", text = text.escape_debug().to_string()))
}

fn special(text: &str, now_us: i64, zone: Zone) -> Option<i64> {
    let days_ago = match text {
        "now" => return Some(now_us),
        "today" => 0,
        "yesterday" => 1,
        _ => return None,
    };
    let local = DateTime::from_timestamp_micros(now_us)?.naive_utc();
    let local = local.checked_add_signed(chrono::TimeDelta::seconds(offset_at(zone, local).into()))?;
    let midnight = local.date().checked_sub_days(chrono::Days::new(days_ago))?.and_hms_opt(0, 0, 0)?;
    to_utc(midnight, zone)
}

/// Dates, with or without a clock and a zone.
fn civil(text: &str, zone: Zone) -> Option<i64> {
    let completed = match text.len() {
        10 => format!("{text}T00:00:00"),
        16 => format!("{text}:00"),
        _ => text.to_owned(),
    };
    let wall = parse_rfc3339(&completed)?;
    if let Wall::Instant { .. } = wall {
        return resolve(&wall, None, None);
    }
    // Without a zone: the micros as if in UTC, then shifted.
    let as_utc = resolve(&wall, None, Some(0))?;
    to_utc(DateTime::from_timestamp_micros(as_utc)?.naive_utc(), zone)
}

/// The instant of a local time. Of two (the clock was set back) the earlier one; in a gap (set forward), as if the old
/// offset still held.
fn to_utc(local: NaiveDateTime, zone: Zone) -> Option<i64> {
    let seconds = match zone {
        Zone::Fixed(seconds) => seconds,
        Zone::Named(tz) => match tz.offset_from_local_datetime(&local) {
            MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset.fix().local_minus_utc(),
            MappedLocalTime::None => offset_at(zone, local.checked_sub_signed(chrono::TimeDelta::seconds(DAY_S))?),
        },
    };
    local.and_utc().timestamp_micros().checked_sub(i64::from(seconds).checked_mul(SECOND_US)?)
}

/// Seconds east of UTC at an instant.
fn offset_at(zone: Zone, utc: NaiveDateTime) -> i32 {
    match zone {
        Zone::Fixed(seconds) => seconds,
        Zone::Named(tz) => tz.offset_from_utc_datetime(&utc).fix().local_minus_utc(),
    }
}

/// `90s`, `2h`, `1h30m`, `3 days` in microseconds.
fn span(text: &str) -> Option<i64> {
    let mut rest = text.trim_start();
    let mut total = 0i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let tail = tail.trim_start();
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let seconds = number.parse::<i64>().ok()?.checked_mul(unit_seconds(unit)?)?;
        total = total.checked_add(seconds.checked_mul(SECOND_US)?)?;
        rest = tail.trim_start();
    }
    Some(total)
}

fn unit_seconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => DAY_S,
        "w" | "week" | "weeks" => 7 * DAY_S,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T09:24:50Z.
    const NOW: i64 = 1_795_425_890_000_000;
    const UTC: Zone = Zone::Fixed(0);
    const SHANGHAI: Zone = Zone::Named(chrono_tz::Asia::Shanghai);
    const BERLIN: Zone = Zone::Named(chrono_tz::Europe::Berlin);

    fn at(text: &str, zone: Zone) -> Option<String> {
        crate::time::rfc3339(instant(text, NOW, zone).ok()?, 0)
    }

    #[test]
    fn dates_and_times() {
        for (text, zone, expected) in [
            ("2026-11-23T10:00:00+08:00", UTC, "2026-11-23T02:00:00Z"),
            ("2026-11-23T10:00:00Z", SHANGHAI, "2026-11-23T10:00:00Z"),
            ("2026-11-23", UTC, "2026-11-23T00:00:00Z"),
            ("2026-11-23", SHANGHAI, "2026-11-22T16:00:00Z"),
            ("2026-11-23 10:00", SHANGHAI, "2026-11-23T02:00:00Z"),
            ("2026-11-23T10:00:30.5", Zone::Fixed(-5400), "2026-11-23T11:30:30.500000Z"),
            ("2026-07-01 12:00", BERLIN, "2026-07-01T10:00:00Z"),
            // The hour that was there twice, and the one that was not.
            ("2026-10-25 02:30", BERLIN, "2026-10-25T00:30:00Z"),
            ("2026-03-29 02:30", BERLIN, "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(at(text, zone).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn spans_before_now() {
        for (text, expected) in [
            ("now", "2026-11-23T09:24:50Z"),
            ("50s", "2026-11-23T09:24:00Z"),
            ("2h", "2026-11-23T07:24:50Z"),
            ("3d ago", "2026-11-20T09:24:50Z"),
            ("3 days ago", "2026-11-20T09:24:50Z"),
            ("1h24m50s", "2026-11-23T08:00:00Z"),
            ("1w", "2026-11-16T09:24:50Z"),
            ("today", "2026-11-23T00:00:00Z"),
            ("yesterday", "2026-11-22T00:00:00Z"),
        ] {
            assert_eq!(at(text, UTC).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(at("today", SHANGHAI).as_deref(), Some("2026-11-22T16:00:00Z"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "ago",
            "h",
            "2",
            "2x",
            "-2h",
            "tomorrow",
            "2026-13-01",
            "2026-11-23 25:00",
            "é",
            "99999999999999d",
            "2h é",
        ] {
            assert!(instant(text, NOW, UTC).is_err(), "{text}");
        }
    }

    #[test]
    fn zones() {
        let read = |text: &str| zone(text, || None);
        for (text, seconds) in [
            ("+08:00", 28_800),
            ("+0800", 28_800),
            ("+08", 28_800),
            ("+8", 28_800),
            ("-03:30", -12_600),
            ("UTC", 0),
            ("z", 0),
            ("+8:00", 28_800),
        ] {
            assert_eq!(read(text), Ok(Zone::Fixed(seconds)), "{text}");
        }
        assert_eq!(read("Asia/Shanghai"), Ok(SHANGHAI));
        assert_eq!(read("europe/berlin"), Ok(BERLIN));
        assert_eq!(zone("local", || Some(BERLIN)), Ok(BERLIN));
        for text in ["", "local", "+", "+25:00", "+08:60", "+é", "+08:", "Mars/Base", "+123456"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
