//! Syslog files and `journalctl -o short`: RFC 3164 lines and what programs make of them.
//!
//! rsyslog's `RSYSLOG_TraditionalFileFormat`, syslog-ng, busybox syslogd, OpenWrt's logread, and `journalctl -o short` and
//! `short-precise` print one shape: `Nov 23 09:31:00 host tag: text`, in local time without year. Which of them wrote a line cannot
//! be told from the line.

use super::bytes::{clock, columns, digits, fraction, half_of_day, skip_blanks, skip_one_blank, tail, utf8, word};
use super::carrier::{Carrier, Follow, Line};
use super::ctime::{english_month, month};
use super::dmesg::kernel_prefix;
use super::escape::decode_octal;
use super::tag::{Tagged, host_and_tag};
use crate::event::Wall;
use crate::record::Transport;
use std::borrow::Cow;

/// A date at the start of a line.
struct Date {
    wall: Wall,
    precise: bool,
    /// A colon closes the time: devices and scripts that print so put no host behind it.
    closed: bool,
    end: usize,
}

/// `Nov 23 09:31:00 host tag: text` at `at`.
pub(super) fn parse(b: &[u8], at: usize) -> Option<Line<'_>> {
    dated(b, at).map(|(line, _)| line)
}

/// The same for a whole physical line, with the length of its head.
pub(super) fn whole(b: &[u8]) -> Option<Line<'_>> {
    let (mut line, tagged) = dated(b, 0)?;
    // The blank behind the tag's colon ends every search, so that no byte of the text was looked at.
    let closed = tagged.ident.is_some() && b.get(..tagged.text).is_some_and(|head| head.ends_with(b": "));
    if closed && line.ident == tagged.ident {
        line.head = tagged.text;
    }
    Some(line)
}

fn dated(b: &[u8], at: usize) -> Option<(Line<'_>, Tagged<'_>)> {
    let date = date(b, at).or_else(|| weekday_date(b, at)).or_else(|| localised_date(b, at))?;
    let carrier = if date.precise { Carrier::JournalShort } else { Carrier::Syslog };
    let tagged = match host_and_tag(b, date.end) {
        tagged if date.closed && tagged.host.is_some() && tagged.pid.is_none() && tagged.ident != Some("kernel") => {
            Tagged { text: date.end, ..Tagged::default() }
        }
        tagged => tagged,
    };
    Some((finish(b, carrier, date.wall, tagged), tagged))
}

/// `Nov 23 09:31:00 `, `Nov  3 09:31:00.000005 `, `Nov 23 2026 09:31:00 `, `Nov 23 09:31:00 2026 `.
fn date(b: &[u8], at: usize) -> Option<Date> {
    let month = english_month(b.get(at..at + 3)?)?;
    day_and_time(b, at + 3, month)
}

/// `Sun Nov 23 09:31:00 2026 kern.warn kernel: ` of OpenWrt's logread.
fn weekday_date(b: &[u8], at: usize) -> Option<Date> {
    const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    let known = DAYS.contains(&b.get(at..at + 3)?) && b.get(at + 3) == Some(&b' ');
    date(b, at + 4).filter(|_| known)
}

/// A month in another language, as `journalctl -o short` prints it under a user's locale: `août 12 09:00:00 host`.
fn localised_date(b: &[u8], at: usize) -> Option<Date> {
    let name = word(b, at);
    let next = at + name.len();
    // The shape is tested before the table is searched: most lines that come here are no dates.
    day_and_time(b, next, 1)?;
    day_and_time(b, next, month(utf8(name.get(..24).unwrap_or(name))?)?)
}

/// `11月 23 09:31:00 host kernel: text`: the month of `journalctl -o short` under a Chinese, Japanese or Korean locale.
pub(super) fn numbered_month(b: &[u8]) -> Option<Line<'_>> {
    let named = |end: &str| word(b, 0).ends_with(end.as_bytes());
    (named("月") || named("월")).then(|| whole(b)).flatten()
}

/// `1255:M 23 Nov 2026 09:31:00.069 # text` of Redis and its kin (`serverLogRaw`; before 3.0 `[1255] 23 Nov ..`): pid, role, time. Up to 3.2
/// without the year.
pub(super) fn redis(b: &[u8]) -> Option<Line<'_>> {
    let (pid, colon) = digits(b, 0)?;
    let roled = matches!(b.get(colon + 1), Some(b'M' | b'S' | b'C' | b'X')) && b.get(colon + 2) == Some(&b' ');
    let (day, month_at) = digits(b, colon + 3).filter(|_| b.get(colon) == Some(&b':') && roled)?;
    let month = english_month(b.get(month_at + 1..month_at + 4)?)?;
    let year = year_at(b, month_at + 4);
    let clock_at = month_at + 5 + if year.is_some() { 5 } else { 0 };
    let second = clock(b, clock_at)?;
    let (micros, end, _) = fraction(b, clock_at + 9).filter(|_| b.get(clock_at + 8) == Some(&b'.'))?;
    let level = matches!(b.get(end..end + 3), Some([b' ', b'.' | b'-' | b'*' | b'#', b' ']));
    let day = u8::try_from(day).ok().filter(|day| level && (1..=31).contains(day))?;
    let mut line = Line::new(Carrier::Timestamped, tail(b, end + 3));
    line.wall = Some(Wall::Civil { year, month, day, second, micros, offset_s: None });
    line.pid = u32::try_from(pid).ok();
    Some(line)
}

/// Day, time, and a year on either side of the time.
fn day_and_time(b: &[u8], at: usize, month: u8) -> Option<Date> {
    let day_at = skip_blanks(b, at);
    let (day, mut next) = digits(b, day_at).filter(|(day, end)| (1..=31).contains(day) && *end - day_at <= 2)?;
    let mut year = year_at(b, next);
    if year.is_some() {
        next += 5;
    }
    let second = clock(b, next + 1).filter(|_| b.get(next) == Some(&b' ') && day_at > at)?;
    let mut end = next + 9;
    let mut micros = None;
    if b.get(end) == Some(&b'.') {
        let (value, after, _) = fraction(b, end + 1)?;
        (micros, end) = (Some(value), after);
    }
    let (second, mut end) = half_of_day(b, end, second).unwrap_or((second, end));
    if let Some(after) = year_at(b, end).filter(|_| year.is_none()) {
        (year, end) = (Some(after), end + 5);
    }
    let closed = b.get(end) == Some(&b':');
    if closed {
        end += 1;
    }
    if !matches!(b.get(end), Some(b' ') | None) {
        return None;
    }
    let day = u8::try_from(day).ok()?;
    let wall = Wall::Civil { year, month, day, second, micros: micros.unwrap_or(0), offset_s: None };
    Some(Date { wall, precise: micros.is_some(), closed, end: skip_one_blank(b, end) })
}

/// ` 2026` at `at`, followed by a blank or the line's end.
fn year_at(b: &[u8], at: usize) -> Option<i32> {
    let (year, end) = digits(b, at + 1).filter(|(year, _)| (1970..=2200).contains(year))?;
    (b.get(at) == Some(&b' ') && end == at + 5 && matches!(b.get(end), Some(b' ') | None))
        .then(|| i32::try_from(year).ok())?
}

/// Makes the line out of a time and a tag: peels the kernel's own prefix, unwraps repetition, decodes rsyslog's escapes.
pub(super) fn finish<'a>(b: &'a [u8], carrier: Carrier, wall: Wall, tagged: Tagged<'a>) -> Line<'a> {
    let mut line = Line::new(carrier, &[]);
    line.wall = Some(wall);
    line.host = tagged.host;
    line.ident = tagged.ident;
    line.pid = tagged.pid;
    line.level = tagged.level;
    line.follow = Follow::Blanks(columns(b.get(..tagged.text).unwrap_or_default()));
    set_text(&mut line, unwrap_repeated(tail(b, tagged.text)));
    line
}

/// What the text of a syslog line says.
pub(super) struct Text<'a> {
    pub(super) transport: Transport,
    pub(super) uptime_us: Option<u64>,
    pub(super) message: Cow<'a, [u8]>,
}

/// Reads the text of a line that a program called `ident` wrote: transport, uptime, escapes.
pub(super) fn read_text<'a>(ident: Option<&str>, text: &'a [u8]) -> Text<'a> {
    let mut transport = match ident {
        Some("kernel") => Transport::Kernel,
        Some(_) => Transport::Program,
        None => Transport::Unknown,
    };
    let mut message = text;
    let mut uptime_us = None;
    if transport != Transport::Program {
        // Some templates put one more blank before the text, or a colon (`kernel: : [`).
        let colon = text.starts_with(b": [") || text.starts_with(b" : [");
        if let Some((uptime, at)) = kernel_prefix(text, skip_blanks(text, if colon { 2 } else { 0 })) {
            uptime_us = Some(uptime);
            transport = Transport::Kernel;
            message = tail(text, at);
        }
    }
    Text { transport, uptime_us, message: decode_octal(message) }
}

/// Sets the message of a syslog line from its text.
pub(super) fn set_text<'a>(line: &mut Line<'a>, text: &'a [u8]) {
    let text = read_text(line.ident, text);
    (line.transport, line.message) = (text.transport, text.message);
    line.uptime_us = text.uptime_us.or(line.uptime_us);
    if line.transport == Transport::Kernel && matches!(line.message, Cow::Borrowed(_)) {
        super::dmesg::split_writer(line);
    }
}

/// `message repeated 3 times: [ T]` of rsyslog's `$RepeatedMsgReduction`: the text in the brackets. It is cut at 800 bytes,
/// so the closing bracket may be missing.
pub(super) fn unwrap_repeated(text: &[u8]) -> &[u8] {
    let inner = text.strip_prefix(b"message repeated ").and_then(|rest| {
        let (_, end) = digits(rest, 0)?;
        tail(rest, end).strip_prefix(b" times: [")
    });
    match inner {
        Some(inner) => inner.strip_suffix(b"]").unwrap_or(inner).strip_prefix(b" ").unwrap_or_default(),
        None => text,
    }
}
