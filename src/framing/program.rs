//! Lines that programs write by themselves: klog, logrus and its relatives. The whole line stays the message (their
//! recognisers read the rest of it); only the time is taken.

use super::bytes::{clock, digits, fraction, rfc3339, tail};
use super::carrier::{Carrier, Follow, Line};
use crate::event::Wall;
use crate::record::Transport;

/// klog: `I1123 12:35:46.013893     534 flags.go:59] text` (`Lmmdd hh:mm:ss.uuuuuu threadid file:line]`; local time of the process, no
/// year, no zone).
pub(super) fn klog(b: &[u8]) -> Option<Line<'_>> {
    if !matches!(b.first()?, b'I' | b'W' | b'E' | b'F') {
        return None;
    }
    let (date, end) = digits(b, 1).filter(|(_, end)| *end == 5)?;
    let second = clock(b, 6).filter(|_| b.get(end) == Some(&b' ') && b.get(14) == Some(&b'.'))?;
    let (micros, after, count) = fraction(b, 15)?;
    let head = tail(b, after);
    memchr::memchr(b']', head.get(..160).unwrap_or(head)).filter(|_| count == 6)?;
    let (month, day) = (u8::try_from(date / 100).ok()?, u8::try_from(date % 100).ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut line = Line::new(Carrier::Klog, b);
    line.wall = Some(Wall::Civil { year: None, month, day, second, micros, offset_s: None });
    line.level = match b.first()? {
        b'F' => Some(2),
        b'E' => Some(3),
        b'W' => Some(4),
        _ => Some(6),
    };
    line.transport = Transport::Program;
    line.follow = Follow::Tab;
    Some(line)
}

/// logfmt at the start of a line: `time="2026-11-23T09:24:50.123456789Z" level=info msg=...` (logrus' text formatter), `time=...`
/// (Go's slog), `ts=...` (go-kit), and logrus' terminal form `INFO[2026-11-23T09:24:50.1Z] text`.
pub(super) fn logfmt(b: &[u8]) -> Option<Line<'_>> {
    let value = [&b"time="[..], b"ts=", b"t="].iter().find_map(|key| b.strip_prefix(*key));
    let time = match value {
        Some(value) => value.strip_prefix(b"\"").unwrap_or(value),
        None => terminal_form(b)?,
    };
    let wall = rfc3339(time).map(|(wall, _)| wall);
    if wall.is_none() && value.is_some() {
        return None;
    }
    let mut line = Line::new(Carrier::Logfmt, b);
    line.wall = wall;
    line.transport = Transport::Program;
    Some(line)
}

/// `INFO[...] `: what stands in the bracket, a time or seconds since the start.
fn terminal_form(b: &[u8]) -> Option<&[u8]> {
    let level = b.get(..5)?.strip_suffix(b"[")?;
    if ![&b"INFO"[..], b"WARN", b"ERRO", b"DEBU", b"FATA", b"PANI", b"TRAC"].contains(&level) {
        return None;
    }
    let inner = tail(b, 5);
    let close = memchr::memchr(b']', inner.get(..48).unwrap_or(inner))?;
    inner.get(..close).filter(|inner| inner.first().is_some_and(u8::is_ascii_digit))
}
