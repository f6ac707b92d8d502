//! Small parsers and byte helpers that all kernel lines share.

use crate::event::lossy;
use memchr::memmem;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::map;
use nom::error::{Error, ErrorKind};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

/// Result of a line parser.
pub(super) type Parsed<'a, T> = IResult<&'a [u8], T>;

/// Longest name of a task: `TASK_COMM_LEN` without its NUL.
const COMM_MAX: usize = 15;

/// Decimal digits as a number; too large ones stop at the largest value.
pub(super) fn number(digits: &[u8]) -> u64 {
    // Nineteen digits always fit.
    let (start, rest) = digits.split_at(digits.len().min(19));
    let value = |digit: &u8| u64::from(digit.wrapping_sub(b'0') & 15);
    let sum = start.iter().fold(0u64, |sum, digit| sum.wrapping_mul(10).wrapping_add(value(digit)));
    rest.iter().fold(sum, |sum, digit| sum.saturating_mul(10).saturating_add(value(digit)))
}

/// `%lu`. Written out: a task table holds a dozen numbers a line.
pub(super) fn uint(input: &[u8]) -> Parsed<'_, u64> {
    let end = input.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(input.len());
    if end == 0 {
        return Err(nom::Err::Error(Error::new(input, ErrorKind::Digit)));
    }
    let (digits, rest) = input.split_at(end);
    Ok((rest, number(digits)))
}

/// `%u` and `%d` of things that are never negative.
pub(super) fn uint32(input: &[u8]) -> Parsed<'_, u32> {
    uint(input).map(|(rest, value)| (rest, u32::try_from(value).unwrap_or(u32::MAX)))
}

/// `%ld`.
pub(super) fn int(input: &[u8]) -> Parsed<'_, i64> {
    let (minus, digits) = input.strip_prefix(b"-").map_or((false, input), |digits| (true, digits));
    let (rest, size) = uint(digits)?;
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    Ok((rest, if minus { size.saturating_neg() } else { size }))
}

/// `%d` and `%hd` of things that may be negative.
pub(super) fn int32(input: &[u8]) -> Parsed<'_, i32> {
    map(int, |value| i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })).parse(input)
}

/// `%lukB`, or `%luKB` as a few places spell it.
pub(super) fn kilobytes(input: &[u8]) -> Parsed<'_, u64> {
    terminated(uint, alt((tag(&b"kB"[..]), tag(&b"KB"[..])))).parse(input)
}

/// `0x%x`.
pub(super) fn hex(input: &[u8]) -> Parsed<'_, u64> {
    let digits = take_while1(|byte: u8| byte.is_ascii_hexdigit());
    map(preceded(tag(&b"0x"[..]), digits), |digits: &[u8]| {
        digits.iter().fold(0u64, |sum, digit| {
            let value = (*digit as char).to_digit(16).unwrap_or(0);
            sum.saturating_mul(16).saturating_add(u64::from(value))
        })
    })
    .parse(input)
}

/// Blanks, then a signed number: one column of a table.
pub(super) fn column(input: &[u8]) -> Parsed<'_, i64> {
    let start = input.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(input.len());
    int(&input[start..])
}

/// A number, then exactly `end`: the number and the rest.
pub(super) fn uint32_then<'a>(input: &'a [u8], end: &[u8]) -> Option<(u32, &'a [u8])> {
    let (rest, value) = uint32(input).ok()?;
    Some((value, rest.strip_prefix(end)?))
}

/// `%lukB` whose unit a cut may have taken.
pub(super) fn size(input: &[u8]) -> Option<(u64, &[u8])> {
    let (rest, value) = uint(input).ok()?;
    Some((value, rest.strip_prefix(b"kB").unwrap_or(rest)))
}

/// Bytes as text; invalid UTF-8 is replaced.
pub(super) fn text(bytes: &[u8]) -> String {
    lossy(bytes).into_owned()
}

/// Without blanks at both ends.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// Where `needle` stands first.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::find(haystack, needle)
}

/// Where `needle` stands last.
pub(super) fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::rfind(haystack, needle)
}

/// What stands before and after the first `needle`.
pub(super) fn split<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = find(haystack, needle)?;
    Some((&haystack[..at], &haystack[at + needle.len()..]))
}

/// What stands before and after the last `needle`.
pub(super) fn rsplit<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = rfind(haystack, needle)?;
    Some((&haystack[..at], &haystack[at + needle.len()..]))
}

/// Could this be a task's name? At most 15 bytes; a byte that a carrier has escaped (`\x0a`, `#012`) or replaced
/// (U+FFFD) counts as one.
pub(super) fn is_comm(name: &[u8]) -> bool {
    if name.len() <= COMM_MAX {
        return true;
    }
    let mut rest = name;
    for _ in 0..COMM_MAX {
        rest = match rest {
            [] => return true,
            [b'\\', b'x', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
            [b'#', b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', rest @ ..]
            | [0xef, 0xbf, 0xbd, rest @ ..]
            | [_, rest @ ..] => rest,
        };
    }
    rest.is_empty()
}

/// `123 (name)` at the start of `input`, where `end` follows the name: pid, name and what stands after `end`.
/// Names hold anything, so the **last** `end` that leaves a name of a plausible length counts.
pub(super) fn pid_name<'a>(input: &'a [u8], end: &[u8]) -> Option<(u32, &'a [u8], &'a [u8])> {
    let (rest, pid) = terminated(uint32, tag(&b" ("[..])).parse(input).ok()?;
    let (name, rest) = rsplit(rest, end)?;
    is_comm(name).then_some((pid, name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stop_at_the_largest_value() {
        assert_eq!(uint(b"12kB"), Ok((&b"kB"[..], 12)));
        assert_eq!(uint(b"99999999999999999999999"), Ok((&b""[..], u64::MAX)));
        assert_eq!(uint32(b"4294967296"), Ok((&b""[..], u32::MAX)));
        assert_eq!(int(b"-1000 x"), Ok((&b" x"[..], -1000)));
        assert_eq!(int32(b"-99999999999"), Ok((&b""[..], i32::MIN)));
        assert_eq!(hex(b"0x6200ca("), Ok((&b"("[..], 0x62_00ca)));
        assert_eq!(hex(b"0xffffffffffffffffff"), Ok((&b""[..], u64::MAX)));
        assert!(uint(b"").is_err());
        assert!(int(b"-").is_err());
    }

    #[test]
    fn names_may_be_long_only_when_escaped() {
        assert!(is_comm(b"123456789012345"));
        assert!(!is_comm(b"1234567890123456"));
        assert!(is_comm(br"a\x0ab\x0ac\x0ad\x0a"));
        assert!(is_comm("#012b\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}".as_bytes()));
        assert!(!is_comm(&[b'#'; 16]));
        assert!(!is_comm("[Di M\u{e4}r 12 21:16:48 2024] x".as_bytes()));
    }

    #[test]
    fn the_last_end_of_a_name_counts() {
        assert_eq!(
            pid_name(b"7 (a) total-vm:) total-vm:1kB", b") total-vm:"),
            Some((7, &b"a) total-vm:"[..], &b"1kB"[..]))
        );
        assert_eq!(pid_name(b"7 (a name far too long for it) x", b") x"), None);
        assert_eq!(pid_name(b"x (a) x", b") x"), None);
    }
}
