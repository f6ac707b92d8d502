//! RFC 5424: `<4>1 2026-11-23T09:52:34.581758+00:00 host kernel - - [sd] text`.

use super::bytes::{columns, digits, rfc3339, skip_one_blank, tail, utf8, word};
use super::carrier::{Carrier, Follow, Line};
use super::syslog::set_text;

/// The part from the version on, at `at`.
pub(super) fn parse(b: &[u8], at: usize, level: Option<u8>) -> Option<Line<'_>> {
    let version = word(b, at);
    if version.len() > 2 || !version.iter().all(u8::is_ascii_digit) || version.is_empty() {
        return None;
    }
    let mut next = at + version.len() + 1;
    let mut fields = [&b""[..]; 5];
    for field in &mut fields {
        *field = word(b, next);
        if field.is_empty() {
            return None;
        }
        next += field.len() + 1;
    }
    let [time, host, app, process, _] = fields;
    let wall = match rfc3339(time) {
        Some((wall, length)) if length == time.len() => Some(wall),
        _ if time == b"-" => None,
        _ => return None,
    };
    let end = structured_data(b, next)?;
    let text = skip_one_blank(b, end);
    let mut line = Line::new(Carrier::Syslog5424, &[]);
    line.wall = wall;
    line.level = level;
    line.host = named(host);
    line.ident = named(app);
    line.pid = digits(process, 0).filter(|(_, end)| *end == process.len()).and_then(|(pid, _)| u32::try_from(pid).ok());
    line.follow = Follow::Blanks(columns(b.get(..text).unwrap_or_default()));
    let message = tail(b, text);
    set_text(&mut line, message.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(message));
    Some(line)
}

/// A field's value: `-` is none.
fn named(field: &[u8]) -> Option<&str> {
    utf8(field).filter(|text| *text != "-")
}

/// `-`, or `[id name="value" ...]...` at `at`: where it ends. Inside quotes `\` escapes.
fn structured_data(b: &[u8], at: usize) -> Option<usize> {
    if b.get(at) == Some(&b'-') {
        return Some(at + 1);
    }
    let (mut next, mut quoted, mut open) = (at, false, false);
    loop {
        match (b.get(next), quoted, open) {
            (Some(b'\\'), true, _) => next += 1,
            (Some(b'"'), _, true) => quoted = !quoted,
            (Some(b']'), false, true) => open = false,
            (Some(b'['), _, false) => open = true,
            (Some(_), _, true) => {}
            (None, _, true) => return None,
            (_, _, false) => return (next > at).then_some(next),
        }
        next += 1;
    }
}

/// RFC 6587's octet count before a message: `123 <4>1 ...`; gives where the message begins.
pub(super) fn octet_count(b: &[u8]) -> Option<usize> {
    let (_, end) = digits(b, 0).filter(|(_, end)| *end <= 6)?;
    (b.get(end..end + 2) == Some(b" <")).then_some(end + 1)
}
