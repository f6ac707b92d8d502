//! Lines that begin with a full date: ISO syslog files, journalctl's ISO forms, CRI logs, hypervisor logs, and a time that a
//! log shipper or `docker logs -t` put before any text.

use super::bytes::{clock, digits, fraction, rfc3339, skip_blanks, skip_one_blank, tail, word};
use super::carrier::{Carrier, Follow, Line};
use super::ctime::english_month;
use super::dmesg::{self, kernel_prefix};
use super::tag::host_and_tag;
use super::{comma, syslog};
use crate::event::Wall;
use crate::record::Transport;
use crate::time::from_unix_us;

/// A line that begins with an RFC 3339 time or a relative of it.
pub(super) fn parse(b: &[u8]) -> Option<Line<'_>> {
    if let Some(line) = dmesg::iso(b, 0, None) {
        return Some(line);
    }
    let (wall, length) = rfc3339(b)?;
    let end = zone_name(b, length, &wall);
    if let Some(line) = vmware(b, end, wall) {
        return Some(line);
    }
    if b.get(end) == Some(&b'\t') {
        return opnsense(b, end + 1, wall);
    }
    if b.get(end) == Some(&b',') {
        return comma::after_time(b, end + 1, wall);
    }
    let separator = if matches!(b.get(end..end + 2), Some(b": " | b" -")) { end + 1 } else { end };
    if !matches!(b.get(separator), Some(b' ') | None) {
        return None;
    }
    let rest = skip_one_blank(b, separator);
    if let Some(line) = cri(b, rest, wall) {
        return Some(line);
    }
    if let Some(line) = fly(b, rest, wall) {
        return Some(line);
    }
    if let Some(line) = shipped_kernel(b, rest, wall) {
        return Some(line);
    }
    let digits_of_fraction = fraction(b, 20).map_or(0, |(_, _, count)| count);
    let is_syslog = digits_of_fraction <= 6 && separator == end;
    // rsyslog's templates may put a blank there; so do applications, whose words are no host and kernel.
    let of_kernel = |line: &Line<'_>| line.host.is_some() && line.transport == Transport::Kernel;
    let line = is_syslog.then(|| iso_syslog(b, rest, wall)).flatten();
    // AWS Lambda: `2026-11-23T10:27:16.424Z REPORT RequestId: fa60295b-..`
    let line = line.filter(|line| line.ident != Some("RequestId"));
    if let Some(line) = line.filter(|line| b.get(10) == Some(&b'T') || of_kernel(line)) {
        return Some(line);
    }
    let mut line = Line::new(Carrier::Timestamped, tail(b, rest));
    line.wall = Some(wall);
    Some(line)
}

/// OPNsense's page of a log, copied or exported (its `queryLog.py`): time, severity, program and text with tabs between and perhaps one
/// behind. The kernel's text has its priority before it: `2026-11-23T10:27:16-05:00, Notice, kernel, <3>pid 525 (..), ..`.
fn opnsense(b: &[u8], at: usize, wall: Wall) -> Option<Line<'_>> {
    const SEVERITIES: [&[u8]; 8] =
        [b"Emergency", b"Alert", b"Critical", b"Error", b"Warning", b"Notice", b"Informational", b"Debug"];
    let mut columns = tail(b, at).splitn(3, |c| *c == b'\t');
    let (severity, program, text) = (columns.next()?, columns.next()?, columns.next()?);
    if !SEVERITIES.contains(&severity) || program.is_empty() || program.contains(&b' ') {
        return None;
    }
    let of_kernel = program == b"kernel";
    let text = text.strip_suffix(b"\t").unwrap_or(text);
    let priority = memchr::memchr(b'>', text.get(..5).unwrap_or(text)).filter(|_| of_kernel && text.starts_with(b"<"));
    let mut line = Line::new(Carrier::Timestamped, priority.map_or(text, |close| tail(text, close + 1)));
    line.wall = Some(wall);
    line.ident = super::bytes::utf8(program);
    if of_kernel {
        line.transport = Transport::Kernel;
    }
    Some(line)
}

/// A full date in brackets before any text: `[2026-11-23T10:27:16.311] error: ..` (Slurm's daemons), `[2026-11-23 10:27:16
/// +0000] [1] [ERROR] ..` (gunicorn).
pub(super) fn bracketed(b: &[u8]) -> Option<Line<'_>> {
    let (wall, length) =
        rfc3339(b.get(1..)?).or_else(|| php_time(b.get(1..)?)).or_else(|| airflow_time(b.get(1..)?))?;
    let end = 1 + length;
    let text = match b.get(end)? {
        b']' => skip_one_blank(b, end + 1),
        // Celery's formatter: `[2026-11-23 10:27:16,311: ERROR/MainProcess] ..`
        b':' if b.get(end + 1) == Some(&b' ') => {
            end + 1 + 1 + memchr::memchr(b']', b.get(end..end + 80).unwrap_or(tail(b, end)))?
        }
        _ => return None,
    };
    let mut line = Line::new(Carrier::Timestamped, tail(b, text));
    line.wall = Some(wall);
    Some(line)
}

/// `23-Nov-2026 10:27:16`, of PHP's error log and php-fpm, which may have a fraction (`log_limit`'s `.311`) and a zone's name behind it.
fn php_time(b: &[u8]) -> Option<(Wall, usize)> {
    let (day, after) = digits(b, 0).filter(|(day, end)| *end == 2 && (1..=31).contains(day))?;
    let month = english_month(b.get(after + 1..after + 4)?)?;
    let (year, end) = digits(b, after + 5).filter(|(year, end)| *end == after + 9 && (1970..=2200).contains(year))?;
    if [b.get(after), b.get(after + 4)] != [Some(&b'-'); 2] || b.get(end) != Some(&b' ') {
        return None;
    }
    let second = clock(b, end + 1)?;
    let mut next = end + 9;
    let mut micros = 0;
    if b.get(next) == Some(&b'.') {
        let (value, after, _) = fraction(b, next + 1)?;
        (micros, next) = (value, after);
    }
    let zone = tail(b, next).strip_prefix(b" ").map(|rest| rest.iter().take_while(|c| **c != b']').count());
    let name = zone.and_then(|length| b.get(next + 1..next + 1 + length));
    let offset_s = name.filter(|name| *name == b"UTC").map(|_| 0);
    next += zone.map_or(0, |length| length + 1);
    let wall =
        Wall::Civil { year: i32::try_from(year).ok(), month, day: u8::try_from(day).ok()?, second, micros, offset_s };
    Some((wall, next))
}

/// `2026-11-23, 10:27:16 UTC`, of Airflow's task logs.
fn airflow_time(b: &[u8]) -> Option<(Wall, usize)> {
    if b.get(10..12) != Some(b", ") {
        return None;
    }
    let mut plain = Vec::with_capacity(24);
    plain.extend_from_slice(b.get(..10)?);
    plain.extend_from_slice(b.get(11..27.min(b.len()))?);
    let (wall, length) = rfc3339(&plain)?;
    Some((wall, length + 1))
}

/// Fly.io's `fly logs`: `2026-11-23T10:27:16Z app[2865134a394268] cdg [info] text`. What the machine's kernel writes is among it, with its own
/// stamp: `[info][  258.930660] Out of memory: ..`.
fn fly(b: &[u8], at: usize, wall: Wall) -> Option<Line<'_>> {
    let name = word(b, at);
    let open = memchr::memchr(b'[', name)?;
    let machine = name.get(open + 1..)?.strip_suffix(b"]").filter(|id| id.len() == 14)?;
    let region_at = at + name.len() + 1;
    let region = word(b, region_at);
    let level_at = region_at + region.len() + 1;
    let hex = machine.iter().all(u8::is_ascii_hexdigit);
    if !hex || region.len() != 3 || b.get(level_at) != Some(&b'[') {
        return None;
    }
    let close = level_at + memchr::memchr(b']', b.get(level_at..level_at + 12)?)?;
    let text = skip_one_blank(b, close + 1);
    let mut line = Line::new(Carrier::Timestamped, tail(b, text));
    line.wall = Some(wall);
    line.host = super::bytes::utf8(machine);
    if let Some((uptime, after)) = kernel_prefix(b, text) {
        line.uptime_us = Some(uptime);
        line.transport = Transport::Kernel;
        line.message = std::borrow::Cow::Borrowed(tail(b, after));
    }
    Some(line)
}

/// `26/11/23 10:27:16 ERROR YarnClusterScheduler: ..`: log4j as Spark and Hadoop set it up.
fn log4j(b: &[u8]) -> Option<Line<'_>> {
    let mut date = *b"2000-00-00 00:00:00";
    date[2..].copy_from_slice(b.get(..17)?);
    if (b[2], b[5], b[8]) != (b'/', b'/', b' ') || !is_level(word(b, 18)) {
        return None;
    }
    (date[4], date[7]) = (b'-', b'-');
    let (wall, _) = rfc3339(&date)?;
    let mut line = Line::new(Carrier::Timestamped, tail(b, 18));
    line.wall = Some(wall);
    Some(line)
}

/// `2026/11/23 10:27:16 [alert] ..`: nginx's error log, Go's `log` package.
pub(super) fn slashed(b: &[u8]) -> Option<Line<'_>> {
    if b.get(2) == Some(&b'/') {
        return log4j(b);
    }
    if b.get(4) != Some(&b'/') || b.get(7) != Some(&b'/') || b.get(10) != Some(&b' ') {
        return None;
    }
    // The fraction of Go's `Lmicroseconds` stays short.
    let mut date = [0u8; 26];
    let length = b.len().min(date.len());
    date[..length].copy_from_slice(b.get(..length)?);
    (date[4], date[7]) = (b'-', b'-');
    let (wall, length) = rfc3339(&date)?;
    if b.get(length) != Some(&b' ') {
        return None;
    }
    let mut line = Line::new(Carrier::Timestamped, tail(b, length + 1));
    line.wall = Some(wall);
    Some(line)
}

/// Over a zone's name after a time (` CST` of `2026-11-23 10:50:58.92 +0800 CST`, Go's default form) and the monotonic
/// part ` m=+0.12`. Only after a numeric zone set off by a blank, which no log line has otherwise.
fn zone_name(b: &[u8], end: usize, wall: &Wall) -> usize {
    let numeric = matches!(wall, Wall::Instant { .. }) && b.get(end.wrapping_sub(6)) == Some(&b' ');
    if !numeric {
        return end;
    }
    let name = word(b, end + 1);
    let is_zone = (3..=5).contains(&name.len())
        && !is_level(name)
        && name.iter().all(|c| c.is_ascii_uppercase() || matches!(c, b'+' | b'-' | b'0'..=b'9'));
    let end = if is_zone { end + 1 + name.len() } else { end };
    let monotonic = word(b, end + 1);
    if monotonic.starts_with(b"m=") { end + 1 + monotonic.len() } else { end }
}

/// `2026-11-23T09:52:34.581758+00:00 host kernel: T`: rsyslog's `RSYSLOG_FileFormat`, journalctl's `short-iso` and
/// `short-iso-precise`, syslog-ng. Told from a container's log line with a time before it by the tag: a container's line says
/// `ERROR:` where a syslog line has a program's name; and by the fraction, which has nine digits in container logs.
fn iso_syslog(b: &[u8], at: usize, wall: Wall) -> Option<Line<'_>> {
    let tagged = host_and_tag(b, at);
    let ident = tagged.ident?;
    let plausible = tagged.host.is_some_and(|host| is_host(host) && !is_level(ident.as_bytes()))
        || tagged.host.is_none() && (ident == "kernel" || tagged.pid.is_some());
    if !plausible {
        return None;
    }
    // `short-iso` prints whole seconds; rsyslog always prints six digits.
    let carrier = if b.get(19) == Some(&b'.') { Carrier::SyslogIso } else { Carrier::JournalShort };
    Some(syslog::finish(b, carrier, wall, tagged))
}

/// Whether a word is a severity as applications print it before or after a time.
fn is_level(word: &[u8]) -> bool {
    const LEVELS: [&[u8]; 14] = [
        b"ERROR",
        b"ERR",
        b"WARN",
        b"WARNING",
        b"INFO",
        b"DEBUG",
        b"TRACE",
        b"FATAL",
        b"CRITICAL",
        b"NOTICE",
        b"SEVERE",
        b"PANIC",
        b"LOG",
        b"HINT",
    ];
    LEVELS.contains(&word)
}

/// Whether a word may be a host name or address.
fn is_host(word: &str) -> bool {
    word.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_' | b':' | b'%') || !c.is_ascii())
}

/// `stdout F text` at `at`: the CRI's log format (`<time> <stream> <tags> <log>`, tag `P` for a part of a line, `F` for the
/// last or only one), also written by conmon (k8s-file).
fn cri(b: &[u8], at: usize, wall: Wall) -> Option<Line<'_>> {
    let stream = match word(b, at) {
        b"stdout" => 0,
        b"stderr" => 1,
        _ => return None,
    };
    let tags_at = at + 7;
    let tags = word(b, tags_at);
    let partial = match tags.split(|c| *c == b':').next() {
        Some(b"F") => false,
        Some(b"P") => true,
        _ => return None,
    };
    let mut line = container(Carrier::Cri, tail(b, skip_one_blank(b, tags_at + tags.len())));
    line.wall = Some(wall);
    line.stream = stream;
    line.follow = if partial { Follow::Part(stream) } else { Follow::None };
    Some(line)
}

/// A container's line: a program's output, but for a kernel line with its time (a container that runs `dmesg -w`), which is
/// peeled without being believed to be the kernel's own.
pub(super) fn container(carrier: Carrier, text: &[u8]) -> Line<'_> {
    let mut line = Line::new(carrier, text);
    line.transport = Transport::Program;
    let at = if text.first() == Some(&b'<') { digits(text, 1).map_or(0, |(_, end)| end + 1) } else { 0 };
    if let Some((uptime_us, start)) = kernel_prefix(text, at) {
        line.uptime_us = Some(uptime_us);
        line.transport = Transport::Unknown;
        line.message = std::borrow::Cow::Borrowed(tail(text, start));
    }
    line
}

/// `<6>[39291577.009360] T` or `[ 1260.571854] T` after a time of someone else's: the kernel's text.
///
/// A collector may name the source between the two: the set of labels of `logcli` (`{host="a", job="kernel"} `), the stream of
/// `aws logs tail`.
fn shipped_kernel(b: &[u8], at: usize, wall: Wall) -> Option<Line<'_>> {
    let mut line = kernel_at(b, at, Carrier::Timestamped).or_else(|| {
        let end = labels_end(b, at).unwrap_or_else(|| at + word(b, at).len());
        kernel_at(b, end + 1, Carrier::Timestamped).filter(|_| end > at && b.get(end) == Some(&b' '))
    })?;
    line.wall = Some(wall);
    Some(line)
}

/// Where a set of labels ends: `{host="a", job="kernel"}`.
fn labels_end(b: &[u8], at: usize) -> Option<usize> {
    const MAX: usize = 1024;
    let rest = tail(b, at).strip_prefix(b"{")?;
    let close = memchr::memmem::find(rest.get(..MAX).unwrap_or(rest), b"\"} ")?;
    Some(at + 1 + close + 2)
}

/// A kernel line with its time at `at`, inside a wrapper.
pub(super) fn kernel_at(b: &[u8], at: usize, carrier: Carrier) -> Option<Line<'_>> {
    let (level, bracket) = match b.get(at)? {
        b'<' => {
            let (priority, end) = digits(b, at + 1).filter(|(p, _)| *p < 1024)?;
            (u8::try_from(priority & 7).ok(), end + 1)
        }
        _ => (None, skip_blanks(b, at)),
    };
    let (uptime_us, text) = kernel_prefix(b, bracket)?;
    let mut line = Line::new(carrier, tail(b, text));
    line.uptime_us = Some(uptime_us);
    line.level = level;
    line.transport = Transport::Kernel;
    dmesg::split_writer(&mut line);
    Some(line)
}

/// vmware.log: `2023-12-04T10:49:30.127Z In(05) vcpu-5 - Guest: <6>[39291577.009360] T`, older
/// `2019-01-01T00:00:00.000Z| vcpu-0| I125: Guest: T`.
fn vmware(b: &[u8], end: usize, wall: Wall) -> Option<Line<'_>> {
    let rest = tail(b, end);
    let head = rest.get(..64).unwrap_or(rest);
    if !(head.starts_with(b" ") || head.starts_with(b"|")) {
        return None;
    }
    let guest = memchr::memmem::find(head, b"Guest: ")
        .filter(|at| memchr::memmem::find(head, b"vcpu-").is_some_and(|v| v < *at))?;
    let at = end + guest + 7;
    let mut line = kernel_at(b, at, Carrier::Vmware).unwrap_or_else(|| Line::new(Carrier::Vmware, tail(b, at)));
    line.wall = Some(wall);
    Some(line)
}

/// `journalctl -o short-unix`: `1795427906.084372 worker-17 kernel: T`.
pub(super) fn unix_seconds(b: &[u8]) -> Option<Line<'_>> {
    let (seconds, dot) = digits(b, 0).filter(|(_, end)| (9..=11).contains(end))?;
    let (micros, end, count) = fraction(b, dot + 1).filter(|_| b.get(dot) == Some(&b'.'))?;
    if count != 6 || b.get(end) != Some(&b' ') {
        return None;
    }
    let tagged = host_and_tag(b, end + 1);
    tagged.ident?;
    let unix_us = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(micros))?;
    Some(syslog::finish(b, Carrier::JournalShort, from_unix_us(unix_us), tagged))
}

/// `journalctl -o short-full` and `with-unit`: `Mon 2026-11-23 09:58:26 UTC worker-17 kernel: T` (weekday in the user's
/// language). A zone that is printed by name other than UTC tells no offset: `CST` is three zones.
pub(super) fn short_full(b: &[u8]) -> Option<Line<'_>> {
    let (wall, end) = full_time(b)?;
    if b.get(end..end + 4) == Some(b" [s=") {
        return None;
    }
    let tagged = host_and_tag(b, skip_one_blank(b, end));
    tagged.ident?;
    Some(syslog::finish(b, Carrier::JournalShort, wall, tagged))
}

/// `Mon 2026-11-23 09:58:26[.084372] UTC` at the start of a line, with where it ends (`format_timestamp` in systemd's
/// `src/basic/time-util.c`).
pub(super) fn full_time(b: &[u8]) -> Option<(Wall, usize)> {
    let day = word(b, 0);
    if day.len() > 16 || day.len() < 2 {
        return None;
    }
    let at = day.len() + 1;
    let (wall, length) = rfc3339(tail(b, at))?;
    let mut end = at + length;
    if matches!(wall, Wall::Civil { .. }) {
        let zone = word(b, end + 1);
        let named = b.get(end) == Some(&b' ')
            && (2..=6).contains(&zone.len())
            && zone.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, b'+' | b'-'));
        if !named {
            return None;
        }
        end += 1 + zone.len();
    }
    Some((wall, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_opnsense() {
        let kernel = b"2026-03-18T00:17:31-05:00\tNotice\tkernel\t<3>pid 5254 (x), jid 0, uid 0, was killed: y\t";
        let line = parse(kernel).unwrap();
        assert_eq!(line.transport, Transport::Kernel);
        assert_eq!(&*line.message, b"pid 5254 (x), jid 0, uid 0, was killed: y");
        let other = parse(b"2026-03-18T00:17:31-05:00\tError\tdhcpd\tno <3> lease").unwrap();
        assert_eq!((other.ident, &*other.message), (Some("dhcpd"), &b"no <3> lease"[..]));
        assert!(parse(b"2026-03-18T00:17:31-05:00\tvalue\tkernel\ttext").is_none());
    }
}
