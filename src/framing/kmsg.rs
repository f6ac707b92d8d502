//! `/dev/kmsg` records and everything that begins with `<N>`.

use super::bytes::{digits, skip_one_blank, tail};
use super::carrier::{Carrier, Follow, Line};
use super::escape::decode_kmsg;
use super::{dmesg, iso, syslog, syslog5424};
use crate::record::Transport;
use std::borrow::Cow;

/// `6,988,1260571854,-;T` and `6,988,1260571854,-,caller=T27818;T`: level and facility, sequence number, microseconds since
/// boot, flags; then the text, escaped (`Documentation/ABI/testing/dev-kmsg`, Linux 3.5 and later).
pub(super) fn record(b: &[u8]) -> Option<Line<'_>> {
    let (priority, comma) = digits(b, 0).filter(|(p, _)| *p < 1024)?;
    let (sequence, second) = digits(b, comma + 1).filter(|_| b.get(comma) == Some(&b','))?;
    let (uptime_us, third) = digits(b, second + 1).filter(|_| b.get(second) == Some(&b','))?;
    if !matches!(b.get(third), Some(b',' | b';')) {
        return None;
    }
    let flags = tail(b, third);
    let semicolon = memchr::memchr(b';', flags.get(..128).unwrap_or(flags))?;
    let mut line = Line::new(Carrier::Kmsg, tail(flags, semicolon + 1));
    line.uptime_us = Some(uptime_us);
    line.level = u8::try_from(priority & 7).ok();
    line.transport = Transport::Kernel;
    line.sequence = Some(sequence);
    dmesg::split_writer(&mut line);
    if let Cow::Borrowed(text) = line.message {
        line.message = decode_kmsg(text);
    }
    Some(line)
}

/// ` KEY=value` after a `/dev/kmsg` record: a device property (`SUBSYSTEM=pci`), no text of the kernel.
pub(super) fn is_dictionary(b: &[u8]) -> bool {
    let Some(key) = b.strip_prefix(b" ") else { return false };
    let name = key.iter().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || **c == b'_').count();
    name > 0 && key.get(name) == Some(&b'=')
}

/// A line that begins with `<N>`: raw kernel lines (`<6>[ 1260.571854] T`, `<6>T`), RFC 5424, RFC 3164 with priority.
pub(super) fn priority(b: &[u8]) -> Option<Line<'_>> {
    let (priority, end) = digits(b, 1).filter(|(p, end)| *p < 1024 && *end <= 5)?;
    if b.get(end) != Some(&b'>') {
        return None;
    }
    let (at, level) = (end + 1, u8::try_from(priority & 7).ok());
    if let Some(line) = syslog5424::parse(b, at, level) {
        return Some(line);
    }
    if let Some(mut line) = dmesg::parse(b, at, level, Transport::Kernel) {
        if line.carrier == Carrier::Dmesg {
            line.carrier = Carrier::DmesgRaw;
        }
        return Some(line);
    }
    if let Some(mut line) = syslog::parse(b, at) {
        line.level = level;
        return Some(line);
    }
    // `<4>2026-11-23T09:31:00.571386+00:00 host kernel: T`: rsyslog's RSYSLOG_ForwardFormat.
    if let Some(mut line) = iso::parse(tail(b, at)).filter(|line| line.ident.is_some()) {
        line.level = level;
        return Some(line);
    }
    let text = skip_one_blank(b, at);
    let mut line = Line::new(Carrier::DmesgRaw, tail(b, text));
    line.level = level;
    line.transport = if priority < 8 { Transport::Kernel } else { Transport::Unknown };
    line.follow = Follow::Blanks(text);
    Some(line)
}
