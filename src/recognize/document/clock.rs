//! Times in the forms that documents print them.

use super::node::Node;
use crate::event::Wall;
use crate::time::{SECOND_US, civil_to_unix_us, from_unix_us, month_number, parse_rfc3339};

/// RFC 3339 and Go's form. A null time (`0001-01-01T00:00:00Z`, Go's zero; `1970-01-01T00:00:00Z`, the Unix zero that
/// old dockershim wrote) is none.
pub(super) fn instant(text: &str) -> Option<Wall> {
    real(parse_rfc3339(text)?)
}

/// A time that is no null time.
fn real(wall: Wall) -> Option<Wall> {
    match wall {
        Wall::Instant { unix_us, .. } => (unix_us > 86_400 * SECOND_US).then_some(wall),
        Wall::Civil { year: Some(year), .. } => (year > 1970).then_some(wall),
        Wall::Civil { .. } => Some(wall),
    }
}

/// A time value: text, a Unix time in seconds to nanoseconds (podman, CRI), or `{"seconds": .., "nanos": ..}`
/// (containerd 1.7 and later).
pub(super) fn of_node(node: &Node<'_>) -> Option<Wall> {
    if let Some(seconds) = node.number("seconds") {
        let nanos = node.number("nanos").unwrap_or(0);
        return real(from_unix_us(seconds.checked_mul(SECOND_US)?.checked_add(nanos / 1000)?));
    }
    match node.int() {
        Some(number) => unix(number),
        None => instant(node.text()?),
    }
}

/// A member's time.
pub(super) fn member(node: &Node<'_>, key: &str) -> Option<Wall> {
    of_node(node.get(key)?)
}

/// A Unix time; its unit is told by its size (seconds up to the year 5138, then milli-, micro-, nanoseconds).
pub(super) fn unix(number: i64) -> Option<Wall> {
    let us = match number {
        i64::MIN..0 => return None,
        0..100_000_000_000 => number.checked_mul(SECOND_US)?,
        100_000_000_000..100_000_000_000_000 => number.checked_mul(1000)?,
        100_000_000_000_000..100_000_000_000_000_000 => number,
        _ => number / 1000,
    };
    real(from_unix_us(us))
}

/// `Mon, 19 May 2025 10:14:23 +0000` (RFC 1123 with a numeric zone: kubectl describe, zone of the client).
pub(super) fn rfc1123(text: &str) -> Option<Wall> {
    let (_, rest) = text.trim().split_once(", ")?;
    let mut words = rest.split_whitespace();
    let day = words.next()?.parse().ok()?;
    let month = month_number(words.next()?)?;
    let year = words.next()?.parse().ok()?;
    let second = clock(words.next()?)?;
    real(civil(year, month, day, second, words.next())?)
}

/// `Mon 2026-11-23 10:26:09 UTC` (`format_timestamp` of systemd; the zone is a name, or `+0530`-like), weekday optional,
/// fraction of a second possible.
pub(super) fn systemd(text: &str) -> Option<Wall> {
    let text = text.trim();
    let text = match text.split_once(' ') {
        Some((weekday, rest)) if weekday.len() == 3 && weekday.bytes().all(|c| c.is_ascii_alphabetic()) => rest.trim(),
        _ => text,
    };
    instant(text)
}

/// The output of `date`: `Mon Nov 23 18:55:25 CST 2026`, `Mon Nov 23 06:55:25 PM CST 2026`,
/// `Mon 23 Nov 2026 06:55:25 PM CST`. Zone names other than UTC and GMT stay unknown: `CST` is three zones.
pub(super) fn date_output(text: &str) -> Option<Wall> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let clock_at = words.iter().position(|w| clock(w).is_some())?;
    let month_at = words.iter().take(clock_at).position(|w| w.len() >= 3 && month_number(w).is_some())?;
    let year = words.iter().find_map(|w| w.parse::<i32>().ok().filter(|y| (1971..=9999).contains(y)))?;
    let day_of = |w: &&str| w.parse::<u8>().ok().filter(|d| (1..=31).contains(d));
    let day =
        words.get(month_at + 1).and_then(day_of).or_else(|| words.get(month_at.checked_sub(1)?).and_then(day_of))?;
    let mut second = clock(words[clock_at])?;
    match words.get(clock_at + 1).map(|w| w.to_ascii_uppercase()).as_deref() {
        Some("PM") if second < 43_200 => second += 43_200,
        Some("AM") if second >= 43_200 => second -= 43_200,
        _ => {}
    }
    let zone =
        words[clock_at + 1..].iter().find(|w| !matches!(**w, "AM" | "PM" | "am" | "pm") && w.parse::<u32>().is_err());
    civil(year, month_number(words[month_at])?, day, second, zone.copied())
}

/// `10:14:23`, also with a fraction behind, as second of the day.
pub(super) fn clock(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
    let second = parts.next()?.split('.').next()?.parse::<u32>().ok()?;
    let valid = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
    valid.then_some(hour * 3600 + minute * 60 + second)
}

/// `+0800`, `+08:00`, `+08`, `Z`, `UTC`, `GMT` in seconds.
pub(super) fn offset(zone: &str) -> Option<i32> {
    if matches!(zone, "UTC" | "GMT" | "Z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().skip(1).filter(|c| *c != ':').collect();
    let number: i32 = digits.parse().ok()?;
    let seconds = match digits.len() {
        2 => number * 3600,
        4 => (number / 100) * 3600 + (number % 100) * 60,
        _ => return None,
    };
    (seconds < 86_400).then_some(sign * seconds)
}

/// A date and time, an instant when the zone is understood.
fn civil(year: i32, month: u8, day: u8, second: u32, zone: Option<&str>) -> Option<Wall> {
    let unix_us = civil_to_unix_us(year, month, day, second, 0)?;
    Some(match zone.and_then(offset) {
        Some(offset_s) => Wall::Instant { unix_us: unix_us.checked_sub(i64::from(offset_s) * SECOND_US)?, offset_s },
        None => Wall::Civil { year: Some(year), month, day, second, micros: 0, offset_s: None },
    })
}

/// A wall time some seconds earlier; civil times and null times are left as they are.
pub(super) fn earlier(wall: Wall, seconds: i64) -> Wall {
    match wall {
        Wall::Instant { unix_us, offset_s } => {
            Wall::Instant { unix_us: unix_us.saturating_sub(seconds.saturating_mul(SECOND_US)), offset_s }
        }
        civil => civil,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unix_us(wall: Option<Wall>) -> Option<i64> {
        match wall? {
            Wall::Instant { unix_us, .. } => Some(unix_us),
            Wall::Civil { .. } => None,
        }
    }

    #[test]
    fn every_form_gives_the_same_instant() {
        let at = Some(1_795_431_325_000_000);
        assert_eq!(unix_us(instant("2026-11-23T10:55:25Z")), at);
        assert_eq!(unix_us(rfc1123("Mon, 23 Nov 2026 18:55:25 +0800")), at);
        assert_eq!(unix_us(systemd("Mon 2026-11-23 10:55:25 UTC")), at);
        assert_eq!(unix_us(date_output("Mon Nov 23 10:55:25 UTC 2026")), at);
        assert_eq!(unix_us(date_output("Mon 23 Nov 2026 10:55:25 AM UTC")), at);
        for number in [1_795_431_325, 1_795_431_325_000, 1_795_431_325_000_000, 1_795_431_325_000_000_000] {
            assert_eq!(unix_us(unix(number)), at);
        }
    }

    #[test]
    fn an_ambiguous_zone_stays_unknown() {
        let wall = date_output("Mon Nov 23 06:55:25 PM CST 2026");
        assert!(matches!(wall, Some(Wall::Civil { second: 68_125, offset_s: None, .. })));
        assert!(matches!(systemd("Mon 2026-11-23 18:55:25 CST"), Some(Wall::Civil { offset_s: None, .. })));
    }

    #[test]
    fn null_times_are_none() {
        assert_eq!(instant("0001-01-01T00:00:00Z"), None);
        assert_eq!(instant("1970-01-01T00:00:00Z"), None);
        assert_eq!(rfc1123("Mon, 01 Jan 0001 00:00:00 +0000"), None);
        assert_eq!((unix(0), unix(-62_135_596_800)), (None, None));
        for text in ["", "<unset>", "n/a", "Mon, 32 May 2025 10:14:23 +0000", "Mon, 19 May 2025 10:14 +0000"] {
            assert_eq!((instant(text), rfc1123(text), date_output(text)), (None, None, None), "{text}");
        }
    }

    #[test]
    fn zones() {
        assert_eq!((offset("+0530"), offset("-03"), offset("+08:00")), (Some(19_800), Some(-10_800), Some(28_800)));
        assert_eq!((offset("CST"), offset("+9999"), offset("")), (None, None, None));
    }
}
