//! The error log of Apache httpd. Its date is that of `dmesg -T`, and its lines are no kernel's.

use super::bytes::tail;
use super::carrier::{Carrier, Line};
use super::ctime;
use crate::event::Wall;

/// Bytes of the widest bracket: a localised date with a fraction.
const BRACKET_MAX: usize = 64;

/// `[Mon Nov 23 10:27:16.101010 2026] [core:notice] [pid 900] T` (`ErrorLogFormat`'s default in httpd 2.4: `server/log.c`), before 2.4
/// without fraction and module: `[Mon Nov 23 10:27:16 2026] [notice] T`.
pub(super) fn parse(b: &[u8]) -> Option<Line<'_>> {
    let close = memchr::memchr(b']', b.get(..BRACKET_MAX.min(b.len()))?)?;
    let rest = tail(b, close + 1).strip_prefix(b" [")?;
    let head = rest.get(..memchr::memchr(b']', rest.get(..BRACKET_MAX.min(rest.len()))?)?)?;
    if !is_level(head.rsplit(|c| *c == b':').next()?) {
        return None;
    }
    let mut line = Line::new(Carrier::Timestamped, tail(b, close + 2));
    line.wall = date(b.get(1..close)?)?;
    Some(line)
}

/// As [`ctime::bracket`]: `None` for what is no date.
fn date(inner: &[u8]) -> Option<Option<Wall>> {
    let Some(dot) = memchr::memchr(b'.', inner) else { return ctime::bracket(inner) };
    let (whole, fraction) = inner.split_at_checked(dot)?;
    let year = fraction.get(fraction.len().checked_sub(5)?..)?;
    let micros = std::str::from_utf8(fraction.get(1..7)?).ok()?.parse().ok()?;
    let wall = ctime::bracket(&[whole, year].concat())?;
    Some(wall.map(|wall| match wall {
        Wall::Civil { year, month, day, second, offset_s, .. } => {
            Wall::Civil { year, month, day, second, micros, offset_s }
        }
        instant => instant,
    }))
}

fn is_level(word: &[u8]) -> bool {
    let trace = || word.strip_prefix(b"trace").is_some_and(|n| matches!(n, [b'1'..=b'8']));
    matches!(word, b"emerg" | b"alert" | b"crit" | b"error" | b"warn" | b"notice" | b"info" | b"debug") || trace()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Transport;

    #[test]
    fn both_forms() {
        for (text, micros, message) in [
            (
                "[Mon Nov 23 10:27:16.101010 2026] [core:notice] [pid 900:tid 1] AH00052: child pid 1290 exit signal Killed (9)",
                101_010,
                "[core:notice] [pid 900:tid 1] AH00052: child pid 1290 exit signal Killed (9)",
            ),
            (
                "[Mon Nov 23 10:27:16 2026] [notice] child pid 1290 exit signal Killed (9)",
                0,
                "[notice] child pid 1290 exit signal Killed (9)",
            ),
        ] {
            let line = parse(text.as_bytes()).unwrap();
            assert_eq!(line.message, message.as_bytes());
            assert_ne!(line.transport, Transport::Kernel);
            let wall = Wall::Civil { year: Some(2026), month: 11, day: 23, second: 37_636, micros, offset_s: None };
            assert_eq!(line.wall, Some(wall));
        }
    }

    #[test]
    fn what_is_not_its_line() {
        for text in [
            "[Mon Nov 23 10:27:16 2026] Out of memory: Killed process 12 (a)",
            "[Mon Nov 23 10:27:16 2026] [drm] initialized",
            "[Mon Nov 23 10:27:16 2026] [T1234] x",
            "[    1.234567] [notice] x",
            "[a.b] [notice] x",
            "[.] [notice]",
            "[",
            "",
        ] {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
    }
}
