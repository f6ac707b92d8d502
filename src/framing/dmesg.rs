//! What `dmesg`, the kernel's console, `/proc/kmsg` and pstore print: a bracket with a time, perhaps a caller, then the text.
//!
//! Sources: `print_record` in util-linux 2.23 to 2.41 `sys-utils/dmesg.c`; `print_prefix` in `kernel/printk/printk.c`, Linux
//! 2.6.32 to 7.2 (`[%5lu.%06lu]`, with `CONFIG_PRINTK_CALLER` then `[%6s]` of `T<pid>` or `C<cpu>`); vendor kernels.

use super::bytes::{columns, digits, fraction, rfc3339, skip_blanks, skip_one_blank, tail, utf8, word};
use super::carrier::{Carrier, Follow, Line};
use super::ctime;
use crate::event::Wall;
use crate::record::Transport;

/// The widest bracket that is looked at: a localised date with a delta.
const BRACKET_MAX: usize = 80;

/// A time bracket.
#[derive(Debug, Default)]
struct Bracket {
    carrier: Option<Carrier>,
    wall: Option<Wall>,
    uptime_us: Option<u64>,
    /// Whether the kernel's own width was printed: six digits after the point.
    exact: bool,
    /// Where the `]` ends.
    end: usize,
}

/// A line that begins with `[` at `at` (0, or after `<6>` or `kern  :info  : `).
pub(super) fn parse(b: &[u8], at: usize, level: Option<u8>, transport: Transport) -> Option<Line<'_>> {
    let bracket = bracket(b, at)?;
    let text = after_bracket(b, bracket.end)?;
    let carrier = bracket.carrier.unwrap_or(Carrier::Dmesg);
    let transport = if bracket.exact { transport } else { Transport::Unknown };
    let journal = if carrier == Carrier::Dmesg && at == 0 { journal_monotonic(b, text, &bracket) } else { None };
    if journal.is_some() {
        return journal;
    }
    let mut line = Line::new(carrier, tail(b, text));
    line.wall = bracket.wall;
    line.uptime_us = bracket.uptime_us;
    line.level = level;
    line.transport = transport;
    line.follow = Follow::Blanks(columns(b.get(..text)?));
    if transport == Transport::Kernel {
        split_writer(&mut line);
    }
    Some(line)
}

/// `kernel: [ 1260.571854] T`: a syslog line that lost its date and host.
pub(super) fn tagged(b: &[u8]) -> Option<Line<'_>> {
    let stamp = b.strip_prefix(b"kernel: ").filter(|rest| rest.first() == Some(&b'['))?;
    parse(stamp, 0, None, Transport::Kernel).filter(|line| line.transport == Transport::Kernel)
}

/// Reads the bracket at `at`.
fn bracket(b: &[u8], at: usize) -> Option<Bracket> {
    if b.get(at) != Some(&b'[') {
        return None;
    }
    let start = skip_blanks(b, at + 1);
    match b.get(start)? {
        b'0'..=b'9' => uptime_bracket(b, start).or_else(|| date_bracket(b, at + 1)),
        b'+' | b'-' => delta_bracket(b, start + 1),
        b'<' => {
            let inner = delta_bracket_end(b, start)?;
            Some(Bracket { carrier: Some(Carrier::DmesgDelta), exact: true, end: inner, ..Bracket::default() })
        }
        _ => date_bracket(b, at + 1),
    }
}

/// `1260.571854]`, `1260.571854 <    0.000004>]` (`-d`), and journalctl's short-delta: `1260.571854 <    0.000092 >]`,
/// `0.000000                ]`.
fn uptime_bracket(b: &[u8], start: usize) -> Option<Bracket> {
    let (seconds, dot) = digits(b, start)?;
    if b.get(dot) != Some(&b'.') || dot - start > 10 {
        return None;
    }
    let (micros, after, count) = fraction(b, dot + 1)?;
    if count > 9 {
        return None;
    }
    let end = match b.get(after)? {
        b']' => after + 1,
        b' ' => delta_bracket_end(b, skip_blanks(b, after))?,
        _ => return None,
    };
    let uptime_us = seconds.checked_mul(1_000_000)?.checked_add(u64::from(micros))?;
    Some(Bracket { carrier: None, wall: None, uptime_us: Some(uptime_us), exact: count == 6, end })
}

/// `<    0.000004>]`, `<    0.000092 >]`, `<    0.000092*>]` or `]` at `at`: where it ends.
fn delta_bracket_end(b: &[u8], at: usize) -> Option<usize> {
    if b.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    if b.get(at) != Some(&b'<') {
        return None;
    }
    let minus = skip_blanks(b, at + 1);
    let (_, dot) = digits(b, if b.get(minus) == Some(&b'-') { minus + 1 } else { minus })?;
    let (_, after, _) = fraction(b, dot.checked_add(1).filter(|_| b.get(dot) == Some(&b'.'))?)?;
    let close = if matches!(b.get(after), Some(b' ' | b'*')) { after + 1 } else { after };
    (b.get(close) == Some(&b'>') && b.get(close + 1) == Some(&b']')).then_some(close + 2)
}

/// `+0.000004]` of `dmesg -e`.
fn delta_bracket(b: &[u8], at: usize) -> Option<Bracket> {
    let (_, dot) = digits(b, at)?;
    let (_, after, count) = fraction(b, dot.checked_add(1).filter(|_| b.get(dot) == Some(&b'.'))?)?;
    (b.get(after) == Some(&b']')).then(|| Bracket {
        carrier: Some(Carrier::DmesgDelta),
        exact: count == 6,
        end: after + 1,
        ..Bracket::default()
    })
}

/// A date in the bracket: `Mon Nov 23 09:50:18 2026`, with a delta after it (`-dT`), or `Nov23 09:50`.
fn date_bracket(b: &[u8], start: usize) -> Option<Bracket> {
    let window = tail(b, start);
    let window = window.get(..BRACKET_MAX).unwrap_or(window);
    let close = memchr::memchr(b']', window)?;
    let inner = window.get(..close)?;
    let end = start + close + 1;
    let date = match memchr::memchr(b'<', inner) {
        Some(delta) if delta_bracket_end(b, start + delta) == Some(end) => inner.get(..delta.checked_sub(1)?)?,
        _ => inner,
    };
    if let Some(wall) = ctime::bracket(date) {
        return Some(Bracket { carrier: Some(Carrier::DmesgCtime), wall, uptime_us: None, exact: true, end });
    }
    let wall = ctime::minute_bracket(inner)?;
    Some(Bracket { carrier: Some(Carrier::DmesgDelta), wall: Some(wall), uptime_us: None, exact: true, end })
}

/// Where the text begins after the bracket's `]`: over the caller, a vendor's additions, and one blank.
fn after_bracket(b: &[u8], end: usize) -> Option<usize> {
    match b.get(end) {
        None => Some(end),
        Some(b' ') => Some(caller_or_vendor(b, end + 1)),
        Some(b'[') => caller(b, end).map(|at| skip_one_blank(b, at)),
        Some(b'@') => vendor_at(b, end),
        Some(b'(') => vendor_process(b, end),
        _ => None,
    }
}

/// Over a caller or a vendor's process at `at`, if one stands there.
fn caller_or_vendor(b: &[u8], at: usize) -> usize {
    match b.get(at) {
        Some(b' ') => vendor_task(b, at + 1).unwrap_or(at),
        Some(b'[') => caller(b, at).map_or_else(|| vendor_task(b, at).unwrap_or(at), |end| skip_one_blank(b, end)),
        Some(b'(') => vendor_process(b, at).unwrap_or(at),
        Some(b'c') => vendor_cpu(b, at).unwrap_or(at),
        _ => at,
    }
}

/// `[    T1]`, `[T27818]`, `[    C0]` at `at`: glued to the time by the kernel, after a blank in dmesg since util-linux 2.40.
fn caller(b: &[u8], at: usize) -> Option<usize> {
    let letter = skip_blanks(b, at + 1);
    if !matches!(b.get(letter)?, b'T' | b'C') {
        return None;
    }
    let (_, end) = digits(b, letter + 1)?;
    let end = skip_blanks(b, end);
    (b.get(end) == Some(&b']')).then_some(end + 1)
}

/// `[  123.456789]@0 T` of some ARM vendors' kernels: the CPU.
fn vendor_at(b: &[u8], at: usize) -> Option<usize> {
    let (_, end) = digits(b, at + 1)?;
    (b.get(end) == Some(&b' ')).then_some(end + 1)
}

/// `(2)[1234:proc]T` of MediaTek's kernels: CPU, pid, name.
fn vendor_process(b: &[u8], at: usize) -> Option<usize> {
    let (_, close) = digits(b, at + 1)?;
    if b.get(close..close + 2) != Some(b")[") {
        return None;
    }
    let (_, colon) = digits(b, close + 2)?;
    let name = b.get(colon + 1..).filter(|_| b.get(colon) == Some(&b':'))?;
    let length = memchr::memchr(b']', name.get(..32).unwrap_or(name))?;
    Some(colon + 1 + length + 1)
}

/// ` [3:  Binder:9343_3:22875] T` of Samsung's kernels: CPU, name padded to 15 columns, pid.
fn vendor_task(b: &[u8], at: usize) -> Option<usize> {
    let (_, colon) = digits(b, at + 1).filter(|_| b.get(at) == Some(&b'['))?;
    let inside = b.get(colon + 1..).filter(|_| b.get(colon) == Some(&b':'))?;
    let close = memchr::memchr(b']', inside.get(..40).unwrap_or(inside))?;
    let (name, pid) = inside.get(..close)?.split_at_checked(15)?;
    let pid = pid.strip_prefix(b":")?.trim_ascii_start();
    let numbered = !pid.is_empty() && pid.iter().all(u8::is_ascii_digit);
    (numbered && !name.trim_ascii_start().is_empty()).then(|| skip_one_blank(b, colon + 1 + close + 1))
}

/// `c0   1234 T`: CPU and pid.
fn vendor_cpu(b: &[u8], at: usize) -> Option<usize> {
    let (_, end) = digits(b, at + 1)?;
    let pid = skip_blanks(b, end);
    let (_, after) = digits(b, pid).filter(|_| pid > end)?;
    (b.get(after) == Some(&b' ')).then_some(after + 1)
}

/// The strict kernel prefix `[ 1260.571854] ` inside another carrier (syslog's `kernel:`, a log shipper, a hypervisor):
/// uptime and where the text begins. Exactly six digits after the point, as every kernel prints.
pub(super) fn kernel_prefix(b: &[u8], at: usize) -> Option<(u64, usize)> {
    if b.get(at) != Some(&b'[') {
        return None;
    }
    let bracket = uptime_bracket(b, skip_blanks(b, at + 1)).filter(|bracket| bracket.exact)?;
    Some((bracket.uptime_us?, after_bracket(b, bracket.end)?))
}

/// `journalctl -o short-monotonic` and `short-delta`: `[ 1268.106005] node-1 kernel: T`, `[    1.5] kernel: T` with
/// `--no-hostname` (Ubuntu's /var/log/dmesg), `[   18.9] node-1 systemd[1]: T`.
///
/// It looks like dmesg with a text of a kernel driver (`usb 1-1: new device`). So it is taken only where the second word is
/// `kernel:`, or a name with a pid in brackets and a colon, and the first word is no subsystem (which ends with a colon).
fn journal_monotonic<'a>(b: &'a [u8], at: usize, bracket: &Bracket) -> Option<Line<'a>> {
    let first = word(b, at);
    if first == b"kernel:" {
        return Some(monotonic_line(b, at + first.len(), None, "kernel", None, bracket));
    }
    if first.is_empty() || first.last() == Some(&b':') {
        return None;
    }
    let second_at = at + first.len() + 1;
    let second = word(b, second_at);
    let host = utf8(first)?;
    if second == b"kernel:" {
        return Some(monotonic_line(b, second_at + second.len(), Some(host), "kernel", None, bracket));
    }
    let (ident, pid) = name_and_pid(second)?;
    Some(monotonic_line(b, second_at + second.len(), Some(host), ident, Some(pid), bracket))
}

/// `name[123]:` as name and pid.
fn name_and_pid(tag: &[u8]) -> Option<(&str, u32)> {
    let inner = tag.strip_suffix(b"]:")?;
    let open = memchr::memrchr(b'[', inner)?;
    let (pid, end) = digits(inner, open + 1)?;
    let name = inner.get(..open).filter(|name| end == inner.len() && !name.is_empty())?;
    Some((utf8(name)?, u32::try_from(pid).ok()?))
}

/// The line of a short-monotonic journal: the text begins one blank after `at`.
fn monotonic_line<'a>(
    b: &'a [u8],
    at: usize,
    host: Option<&'a str>,
    ident: &'a str,
    pid: Option<u32>,
    bracket: &Bracket,
) -> Line<'a> {
    let text = skip_one_blank(b, at);
    let mut line = Line::new(Carrier::JournalShort, tail(b, text));
    line.uptime_us = bracket.uptime_us;
    line.host = host;
    line.ident = Some(ident);
    line.pid = pid;
    line.transport = if ident == "kernel" { Transport::Kernel } else { Transport::Program };
    line.follow = Follow::Blanks(columns(b.get(..text).unwrap_or_default()));
    line
}

/// Programs may write to the kernel's ring buffer, and systemd does before journald runs: `systemd[1]: ...`. Such a text
/// is split into identifier, pid and message, so that it reads as it does in the journal. Only systemd's own names are
/// taken: the kernel itself prints `java[123]: segfault at ...` in the same shape.
pub(super) fn split_writer(line: &mut Line<'_>) {
    let std::borrow::Cow::Borrowed(text) = line.message else { return };
    if !text.starts_with(b"systemd") {
        return;
    }
    let tag = word(text, 0);
    let Some((ident, pid)) = name_and_pid(tag) else { return };
    let message = tail(text, skip_one_blank(text, tag.len()));
    if message.starts_with(b"segfault at ") || message.starts_with(b"bad frame in ") {
        return;
    }
    line.ident = Some(ident);
    line.pid = Some(pid);
    line.transport = Transport::Program;
    line.message = std::borrow::Cow::Borrowed(message);
}

/// `kern  :info  : [ 1260.571854] T` (`dmesg -x`), the same with other times, and without time (`-xt`).
pub(super) fn decoded(b: &[u8]) -> Option<Line<'_>> {
    let colon = memchr::memchr(b':', b.get(..10).unwrap_or(b))?;
    if !is_facility(b.get(..colon)?.trim_ascii_end()) {
        return None;
    }
    let level_end = colon + 1 + memchr::memchr(b':', b.get(colon + 1..).map(|t| t.get(..10).unwrap_or(t))?)?;
    let level = level(b.get(colon + 1..level_end)?.trim_ascii_end())?;
    let at = level_end + 2;
    if b.get(level_end + 1) != Some(&b' ') {
        return None;
    }
    if let Some(line) = parse(b, at, Some(level), Transport::Kernel).or_else(|| iso(b, at, Some(level))) {
        return Some(line);
    }
    let mut line = Line::new(Carrier::DmesgDecoded, tail(b, at));
    line.level = Some(level);
    line.transport = Transport::Kernel;
    line.follow = Follow::Blanks(at);
    Some(line)
}

/// `2026-11-23T09:50:18,571854+00:00 T` at `at`: `dmesg --time-format=iso`. The comma is what tells it from every other
/// time with a text after it.
pub(super) fn iso(b: &[u8], at: usize, level: Option<u8>) -> Option<Line<'_>> {
    if b.get(at + 19) != Some(&b',') || b.get(at + 10) != Some(&b'T') {
        return None;
    }
    let (wall, length) = rfc3339(tail(b, at))?;
    let end = at + length;
    if !matches!(wall, Wall::Instant { .. }) || !matches!(b.get(end), Some(b' ') | None) {
        return None;
    }
    let text = caller_or_vendor(b, skip_one_blank(b, end));
    let mut line = Line::new(Carrier::DmesgIso, tail(b, text));
    line.wall = Some(wall);
    line.level = level;
    line.transport = Transport::Kernel;
    line.follow = Follow::Blanks(columns(b.get(..text)?));
    split_writer(&mut line);
    Some(line)
}

/// Whether a word is a syslog facility as dmesg, busybox and Talos print it.
pub(super) fn is_facility(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 13] = [
        b"kern",
        b"user",
        b"mail",
        b"daemon",
        b"auth",
        b"syslog",
        b"lpr",
        b"news",
        b"uucp",
        b"cron",
        b"authpriv",
        b"ftp",
        b"security",
    ];
    NAMES.contains(&name)
        || name.starts_with(b"local") && name.len() == 6
        || name.starts_with(b"res") && name.len() == 4
}

/// A severity by its name (dmesg, busybox syslogd, Talos).
pub(super) fn level(name: &[u8]) -> Option<u8> {
    let number = match name {
        b"emerg" | b"panic" => 0,
        b"alert" => 1,
        b"crit" => 2,
        b"err" | b"error" => 3,
        b"warn" | b"warning" => 4,
        b"notice" => 5,
        b"info" => 6,
        b"debug" => 7,
        _ => return None,
    };
    Some(number)
}
