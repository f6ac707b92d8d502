//! `dmesg -J` (util-linux 2.38 and later): one object a record over several lines.
//!
//! ```text
//!       },{
//!          "pri": 6,
//!          "time":    67.949464,
//!          "msg": "anon 66920448\nfile 0"
//! ```
//! It is read line by line and not as JSON: bytes that are no UTF-8 stand raw in it, a time other than the default is no JSON
//! value at all (`"time": [Mon Nov 23 ...]`), and a log is often cut.

use super::bytes::{digits, fraction, rfc3339, tail};
use super::carrier::{Carrier, Line};
use super::dmesg;
use crate::event::Wall;
use crate::record::Transport;

/// The longest text that is kept.
const TEXT_MAX: usize = 64 * 1024;

/// A record that is being read.
#[derive(Debug, Clone, Default)]
pub(super) struct DmesgJson {
    level: Option<u8>,
    uptime_us: Option<u64>,
    wall: Option<Wall>,
    message: Vec<u8>,
    seen: bool,
}

impl DmesgJson {
    /// Offers a line (blanks trimmed); false when it is no field of such a record.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        let Some((key, value)) = key_value(line) else { return false };
        match key {
            b"pri" => self.level = priority(value),
            b"time" => self.time(value),
            b"msg" => self.message = unescape(value.strip_prefix(b"\"").unwrap_or(value)),
            b"fac" | b"caller" => {}
            _ => return false,
        }
        self.seen = true;
        true
    }

    /// Whether any field was read.
    pub(super) fn has_fields(&self) -> bool {
        self.seen
    }

    /// The record.
    pub(super) fn line(&self) -> Line<'_> {
        let mut line = Line::new(Carrier::DmesgJson, &self.message);
        line.level = self.level;
        line.uptime_us = self.uptime_us;
        line.wall = self.wall;
        line.transport = Transport::Kernel;
        dmesg::split_writer(&mut line);
        line
    }

    /// `67.949464`, `[Mon Nov 23 09:59:15 2026] `, `2026-11-23T09:59:15,965105+00:00 `.
    fn time(&mut self, value: &[u8]) {
        let value = value.trim_ascii();
        if value.first() == Some(&b'[') {
            let line = dmesg::parse(value, 0, None, Transport::Kernel);
            (self.wall, self.uptime_us) = line.map_or((None, None), |line| (line.wall, line.uptime_us));
        } else if let Some((wall, _)) = rfc3339(value) {
            self.wall = Some(wall);
        } else {
            self.uptime_us = seconds(value);
        }
    }
}

/// Whether a line (blanks trimmed) is a field of such a record, or the head of the document.
pub(super) fn begins(line: &[u8]) -> bool {
    key_value(line).is_some_and(|(key, _)| matches!(key, b"pri" | b"fac" | b"time" | b"msg"))
}

/// `"key": value,` as key and value.
fn key_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.strip_prefix(b"\"")?;
    let close = memchr::memchr(b'"', rest.get(..16).unwrap_or(rest))?;
    let value = tail(rest, close + 1).strip_prefix(b":")?.trim_ascii();
    Some((rest.get(..close)?, value.strip_suffix(b",").unwrap_or(value)))
}

/// `67.949464` as microseconds. A tool that read the document and wrote it again leaves out zeros at the end (`1689.64258`, `42`).
fn seconds(value: &[u8]) -> Option<u64> {
    let (whole, at) = digits(value, 0)?;
    let (micros, end) = match value.get(at) {
        Some(b'.') => fraction(value, at + 1).map(|(micros, end, _)| (micros, end))?,
        _ => (0, at),
    };
    let whole = whole.checked_mul(1_000_000).filter(|_| end == value.len())?;
    whole.checked_add(u64::from(micros))
}

/// `6`, `30`, or `"info"` with `-x`.
fn priority(value: &[u8]) -> Option<u8> {
    if let Some(name) = value.strip_prefix(b"\"") {
        return dmesg::level(name.strip_suffix(b"\"")?);
    }
    digits(value, 0).and_then(|(priority, _)| u8::try_from(priority & 7).ok())
}

/// The text of a JSON string after its opening quote, up to the closing one. Bytes that are no UTF-8 stay as they are.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = text.get(at).filter(|_| out.len() < TEXT_MAX) {
        match c {
            b'"' => break,
            b'\\' => at += escape(tail(text, at + 1), &mut out),
            _ => out.push(c),
        }
        at += 1;
    }
    out
}

/// Writes what stands after a backslash; gives how many bytes it took.
fn escape(text: &[u8], out: &mut Vec<u8>) -> usize {
    let plain = match text.first() {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'u') => return unicode(tail(text, 1), out),
        Some(c) => *c,
        None => return 0,
    };
    out.push(plain);
    1
}

/// Writes `XXXX` of `\uXXXX` (with the second half of a pair after it); gives how many bytes it took, the `u` included.
fn unicode(text: &[u8], out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| super::bytes::hex(text.get(at..at + 4)?).and_then(|n| u32::try_from(n).ok());
    let Some(first) = unit(0) else { return 1 };
    let (code, taken) = match (first, unit(6)) {
        (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) if text.get(4..6) == Some(b"\\u") => {
            (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 11)
        }
        _ => (first, 5),
    };
    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(unescape(br#"a\nb\u001b\"\\x\ud83d\ude00" tail"#), "a\nb\u{1b}\"\\x😀".as_bytes());
        assert_eq!(unescape(b"raw \xff cut\\"), b"raw \xff cut");
        assert_eq!(unescape(br"\ud83dx\u12"), "\u{fffd}x12".as_bytes());
    }

    #[test]
    fn fields() {
        let mut record = DmesgJson::default();
        for line in [&br#""pri": 30,"#[..], br#""time":    67.949464,"#, br#""caller": "T1","#, br#""msg": "x y""#] {
            assert!(record.take(line));
        }
        let line = record.line();
        assert_eq!((line.level, line.uptime_us, &*line.message), (Some(6), Some(67_949_464), &b"x y"[..]));
        assert!(!record.take(br#""State": {"#));
    }

    #[test]
    fn uptimes_written_anew() {
        assert_eq!(seconds(b"1689.64258"), Some(1_689_642_580));
        assert_eq!(seconds(b"42"), Some(42_000_000));
        assert_eq!(seconds(b"0.000004"), Some(4));
        assert_eq!(seconds(b"1.12345678"), Some(1_123_456));
        for wrong in [&b""[..], b"-1", b"1.2.3", b"1e3", b"99999999999999999999", b"18446744073709551615.1"] {
            assert_eq!(seconds(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }

    #[test]
    fn other_times() {
        let mut record = DmesgJson::default();
        record.take(br#""time": [Mon Nov 23 09:59:15 2026] ,"#);
        assert!(matches!(record.wall, Some(Wall::Civil { year: Some(2026), second: 35_955, .. })));
        record.take(br#""time": 2026-11-23T09:59:15,965105+00:00 ,"#);
        assert!(matches!(record.wall, Some(Wall::Instant { unix_us: 1_795_427_955_965_105, .. })));
    }
}
