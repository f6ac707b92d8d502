//! Lines that programs write by themselves: klog, logrus and its relatives. The whole line stays the message (their
//! recognisers read the rest of it); only the time is taken.

use super::bytes::{clock, digits, fraction, rfc3339, skip_blanks, tail, utf8, word};
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

/// Android's logcat (`-v threadtime`, the default): `11-23 10:22:41.123   540   540 I lowmemorykiller: text` (month and day, time,
/// pid, thread, severity, tag).
pub(super) fn logcat(b: &[u8]) -> Option<Line<'_>> {
    let (month, end) = digits(b, 0).filter(|(month, end)| *end == 2 && (1..=12).contains(month))?;
    let (day, space) = digits(b, 3).filter(|(day, end)| *end == 5 && (1..=31).contains(day))?;
    if b.get(end) != Some(&b'-') || b.get(space) != Some(&b' ') || b.get(14) != Some(&b'.') {
        return None;
    }
    let second = clock(b, 6)?;
    let (micros, after, _) = fraction(b, 15)?;
    let (pid, thread) = digits(b, skip_blanks(b, after))?;
    let (_, level_at) = digits(b, skip_blanks(b, thread))?;
    let level = match word(b, level_at + 1) {
        b"V" | b"D" => 7,
        b"I" => 6,
        b"W" => 4,
        b"E" => 3,
        b"F" => 2,
        _ => return None,
    };
    let rest = tail(b, level_at + 3);
    let colon = memchr::memmem::find(rest.get(..80).unwrap_or(rest), b": ")?;
    let mut line = Line::new(Carrier::Logcat, tail(rest, colon + 2));
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    line.wall = Some(Wall::Civil { year: None, month, day, second, micros, offset_s: None });
    line.level = Some(level);
    line.ident = rest.get(..colon).and_then(utf8).map(str::trim);
    line.pid = u32::try_from(pid).ok();
    line.transport = Transport::Program;
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
