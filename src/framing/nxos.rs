//! Cisco's NX-OS: its syslog passes kernel lines on in a message of its own.
//!
//! `2026 Nov 23 09:31:00 leaf-2 %$ VDC-1 %$ Nov 23 09:30:59 %KERN-3-SYSTEM_MSG: [48136.669604] T - kernel`. The mark of the
//! virtual device and the second date may be missing.

use super::bytes::{clock, digits, skip_blanks, tail, utf8, word};
use super::carrier::{Carrier, Line};
use super::ctime::english_month;
use super::dmesg::kernel_prefix;
use crate::event::Wall;
use crate::record::Transport;

/// The mark of the message stands within this many bytes.
const WINDOW: usize = 160;

/// Reads a line of the kernel.
pub(super) fn parse(b: &[u8]) -> Option<Line<'_>> {
    let (year, end) = digits(b, 0).filter(|(year, end)| *end == 4 && (1970..=2200).contains(year))?;
    let month = english_month(b.get(end + 1..end + 4)?)?;
    let (day, time_at) = digits(b, skip_blanks(b, end + 4)).filter(|(day, _)| (1..=31).contains(day))?;
    let second = clock(b, time_at + 1)?;
    let host = word(b, skip_blanks(b, time_at + 9));
    let head = b.get(..WINDOW).unwrap_or(b);
    let mark = memchr::memmem::find(head, b"%KERN-")?;
    let (level, level_end) = digits(b, mark + 6)?;
    let text_at = level_end + b"-SYSTEM_MSG: ".len();
    let known = b.get(level_end..text_at) == Some(&b"-SYSTEM_MSG: "[..]);
    let (uptime_us, at) = kernel_prefix(b, skip_blanks(b, text_at)).filter(|_| known)?;
    let text = tail(b, at).trim_ascii_end();
    let text = text.strip_suffix(b"- kernel").unwrap_or(text).trim_ascii_end();
    let mut line = Line::new(Carrier::Syslog, text);
    let (year, day) = (Some(i32::try_from(year).ok()?), u8::try_from(day).ok()?);
    line.wall = Some(Wall::Civil { year, month, day, second, micros: 0, offset_s: None });
    line.host = utf8(host).filter(|host| !host.starts_with('%') && !host.is_empty());
    line.uptime_us = Some(uptime_us);
    line.level = u8::try_from(level).ok();
    line.transport = Transport::Kernel;
    line.ident = Some("kernel");
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_a_virtual_device() {
        for (head, host) in [
            ("2026 Nov 23 09:31:00 leaf-2 %$ VDC-1 %$ Nov 23 09:30:59 ", Some("leaf-2")),
            ("2026 Nov 23 09:31:00 n9k Nov 23 09:30:59 ", Some("n9k")),
            ("2026 Nov  3 09:31:00  %$ VDC-1 %$ ", None),
        ] {
            let text = format!("{head}%KERN-1-SYSTEM_MSG: [  616.861435] Out of memory: Kill process 7 (a) - kernel");
            let line = parse(text.as_bytes()).expect("a line of the kernel");
            assert_eq!((line.host, line.uptime_us, line.level), (host, Some(616_861_435), Some(1)), "{text}");
            assert_eq!(&*line.message, b"Out of memory: Kill process 7 (a)");
            assert_eq!(line.transport, Transport::Kernel);
        }
        let other = b"2026 Nov 23 09:31:00 n9k %USER-2-SYSTEM_MSG: [  616.861435] x - aclmgr";
        assert!(parse(other).is_none());
    }
}
