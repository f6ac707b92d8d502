//! Readers of small pieces of a line: numbers, clock times, blanks. All of them take a position and give where they ended,
//! and none of them can fail on hostile input other than by `None`.

use crate::event::Wall;
use crate::time::parse_rfc3339_prefix;

/// A run of decimal digits at `at`: its value (saturating) and where it ends.
pub(super) fn digits(b: &[u8], at: usize) -> Option<(u64, usize)> {
    let rest = tail(b, at);
    let (mut n, mut count) = (0u64, 0);
    while let Some(digit) = digit(rest, count) {
        // Nineteen digits always fit.
        n = if count < 19 { n * 10 + u64::from(digit) } else { n.saturating_mul(10).saturating_add(u64::from(digit)) };
        count += 1;
    }
    (count > 0).then_some((n, at + count))
}

fn digit(b: &[u8], at: usize) -> Option<u32> {
    b.get(at).map(|c| c.wrapping_sub(b'0')).filter(|digit| *digit < 10).map(u32::from)
}

/// Digits of a fraction of a second at `at` (after the point): microseconds, where they end, and how many there were.
pub(super) fn fraction(b: &[u8], at: usize) -> Option<(u32, usize, usize)> {
    let rest = tail(b, at);
    let (mut micros, mut count) = (0, 0);
    while let Some(digit) = digit(rest, count) {
        if count < 6 {
            micros = micros * 10 + digit;
        }
        count += 1;
    }
    let micros = (count..6).fold(micros, |n, _| n * 10);
    (count > 0).then_some((micros, at + count, count))
}

/// Exactly two digits at `at`.
fn two(b: &[u8], at: usize) -> Option<u32> {
    let (tens, units) = (*b.get(at)?, *b.get(at + 1)?);
    (tens.is_ascii_digit() && units.is_ascii_digit()).then(|| u32::from(tens - b'0') * 10 + u32::from(units - b'0'))
}

/// `HH:MM:SS` at `at` as second of the day; it takes eight bytes.
pub(super) fn clock(b: &[u8], at: usize) -> Option<u32> {
    let minutes = clock_minutes(b, at)?;
    let second = two(b, at + 6)?;
    (b.get(at + 5) == Some(&b':') && second <= 60).then_some(minutes * 60 + second)
}

/// `HH:MM` at `at` as minute of the day; it takes five bytes.
pub(super) fn clock_minutes(b: &[u8], at: usize) -> Option<u32> {
    let (hour, minute) = (two(b, at)?, two(b, at + 3)?);
    (b.get(at + 2) == Some(&b':') && hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// ` AM` or ` PM` at `at` after a clock of twelve hours, which the log views of hosting platforms print (`Nov 19 08:14:02 PM` of
/// Render): the second of the day that it makes of `second`, and where it ends.
pub(super) fn half_of_day(b: &[u8], at: usize, second: u32) -> Option<(u32, usize)> {
    const HOUR: u32 = 3600;
    let afternoon = match b.get(at..at + 3)? {
        b" AM" => 0,
        b" PM" => 12 * HOUR,
        _ => return None,
    };
    let fits = (HOUR..13 * HOUR).contains(&second) && matches!(b.get(at + 3), Some(b' ') | None);
    fits.then_some((second % (12 * HOUR) + afternoon, at + 3))
}

/// Where the blanks (spaces only) at `at` end.
pub(super) fn skip_blanks(b: &[u8], at: usize) -> usize {
    at + tail(b, at).iter().take_while(|c| **c == b' ').count()
}

/// `at`, or one further when there is a space.
pub(super) fn skip_one_blank(b: &[u8], at: usize) -> usize {
    if b.get(at) == Some(&b' ') { at + 1 } else { at }
}

/// Everything from `at`.
pub(super) fn tail(b: &[u8], at: usize) -> &[u8] {
    b.get(at..).unwrap_or_default()
}

/// The word at `at`: up to the next space or the end.
pub(super) fn word(b: &[u8], at: usize) -> &[u8] {
    let rest = tail(b, at);
    memchr::memchr(b' ', rest).and_then(|end| rest.get(..end)).unwrap_or(rest)
}

/// Bytes as text, where they are.
pub(super) fn utf8(b: &[u8]) -> Option<&str> {
    std::str::from_utf8(b).ok()
}

/// An RFC 3339 time (or one of its relatives) at the start of `b`, with its length.
pub(super) fn rfc3339(b: &[u8]) -> Option<(Wall, usize)> {
    if b.get(4) != Some(&b'-') || b.get(7) != Some(&b'-') || b.get(13) != Some(&b':') {
        return None;
    }
    let head = b.get(..64).unwrap_or(b);
    let ascii = head.iter().position(|c| !c.is_ascii()).unwrap_or(head.len());
    parse_rfc3339_prefix(utf8(head.get(..ascii)?)?)
}

/// 32 hexadecimal digits (dashes allowed) as a 128-bit id: `_BOOT_ID`, `-- Boot <id> --`.
pub(super) fn id128(b: &[u8]) -> Option<u128> {
    let mut id = 0u128;
    let mut count = 0;
    for c in b.iter().filter(|c| **c != b'-') {
        id = (id << 4) | u128::from(char::from(*c).to_digit(16)?);
        count += 1;
        if count > 32 {
            return None;
        }
    }
    (count == 32).then_some(id)
}

/// Hexadecimal digits as a number, where they fit.
pub(super) fn hex(b: &[u8]) -> Option<u64> {
    u64::from_str_radix(utf8(b)?, 16).ok()
}

/// Width of a prefix in columns: characters, not bytes (host names and localised dates may be UTF-8).
pub(super) fn columns(prefix: &[u8]) -> usize {
    prefix.iter().filter(|c| **c & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_clocks() {
        assert_eq!(digits(b"x123,", 1), Some((123, 4)));
        assert_eq!(digits(b"99999999999999999999999", 0).map(|d| d.0), Some(u64::MAX));
        assert_eq!(digits(b"x", 5), None);
        assert_eq!(clock(b"09:31:00", 0), Some(34_260));
        assert_eq!(clock(b"24:00:00", 0), None);
        assert_eq!(clock(b"09:31", 0), None);
        assert_eq!(fraction(b"571854]", 0), Some((571_854, 6, 6)));
        assert_eq!(fraction(b"1234567890", 0), Some((123_456, 10, 10)));
    }

    #[test]
    fn an_id_has_32_digits() {
        assert_eq!(id128(b"00000000000000000000000000000010"), Some(16));
        assert_eq!(id128(b"00000000-0000-0000-0000-000000000010"), Some(16));
        assert_eq!(id128(b"0000000000000000000000000000010"), None);
        assert_eq!(id128(b"000000000000000000000000000000100"), None);
        assert_eq!(id128(b"0000000000000000000000000000001g"), None);
    }

    #[test]
    fn a_time_before_foreign_letters() {
        let (_, len) = rfc3339("2026-11-23T10:25:47Zé".as_bytes()).unwrap();
        assert_eq!(len, 20);
    }
}
