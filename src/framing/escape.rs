//! Escapes that carriers put over control bytes, and terminal colours.

use memchr::{memchr, memmem};
use std::borrow::Cow;

/// Decodes `#NNN` (three octal digits) of rsyslog (`$EscapeControlCharactersOnReceive`, on by default in 5.x to 8.x).
///
/// rsyslog does not escape `#` itself, so a literal `#011` cannot be told from a tab; control bytes are far more frequent
/// in kernel lines (`#012` joins the lines of a record where rsyslog reads the journal). Only 0 to 037 octal are decoded:
/// `#177-Ubuntu SMP` is a build number and no DEL byte. Bytes above 127 (`$Escape8BitCharactersOnReceive`) are decoded
/// only as whole UTF-8 sequences (`#303#266`).
pub(super) fn decode_octal(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr(b'#', text) else { return Cow::Borrowed(text) };
    let mut out: Vec<u8> = Vec::new();
    let (mut copied, mut at) = (0, first);
    while let Some(c) = text.get(at) {
        match octal_at(text, at) {
            Some((bytes, len)) if *c == b'#' => {
                out.extend_from_slice(text.get(copied..at).unwrap_or_default());
                out.extend_from_slice(&bytes[..len]);
                at += len * 4;
                copied = at;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// A decodable `#NNN` at `at`: the bytes and how many there are.
fn octal_at(text: &[u8], at: usize) -> Option<([u8; 4], usize)> {
    let first = octal(text, at)?;
    let mut bytes = [first, 0, 0, 0];
    let len = match first {
        0..=0o37 => return Some((bytes, 1)),
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    for (i, byte) in bytes.iter_mut().enumerate().take(len).skip(1) {
        *byte = octal(text, at + i * 4)?;
    }
    std::str::from_utf8(bytes.get(..len)?).ok()?;
    Some((bytes, len))
}

/// `#NNN` at `at` as a byte.
fn octal(text: &[u8], at: usize) -> Option<u8> {
    let [b'#', digits @ ..] = text.get(at..at + 4)? else { return None };
    let value = digits.iter().try_fold(0u32, |n, c| matches!(c, b'0'..=b'7').then(|| n * 8 + u32::from(c - b'0')))?;
    u8::try_from(value).ok()
}

/// Decodes `\xNN` of `/dev/kmsg` records (`append_char`/`msg_add_ext_text` in `kernel/printk/printk.c`): bytes below 0x20,
/// from 0x7f on, and the backslash itself.
pub(super) fn decode_kmsg(text: &[u8]) -> Cow<'_, [u8]> {
    if memmem::find(text, b"\\x").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        match hex_at(text, at) {
            Some(byte) => {
                out.push(byte);
                at += 4;
            }
            None => {
                out.push(c);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// `\xNN` at `at` as a byte.
fn hex_at(text: &[u8], at: usize) -> Option<u8> {
    let [b'\\', b'x', high, low] = text.get(at..at + 4)? else { return None };
    let digit = |c: &u8| char::from(*c).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Removes terminal sequences `ESC [ ... m` (colours, `dmesg --color`, journalctl) and `ESC [ ... K` (docker compose) into
/// `out`. False when there is none, and `out` is then untouched.
pub(super) fn strip_colours(text: &[u8], out: &mut Vec<u8>) -> bool {
    let Some(first) = memchr(0x1B, text) else { return false };
    let (mut copied, mut at) = (0, first);
    out.clear();
    while let Some(offset) = memchr(0x1B, text.get(at..).unwrap_or_default()) {
        at += offset;
        match colour_len(text, at) {
            Some(len) => {
                out.extend_from_slice(text.get(copied..at).unwrap_or_default());
                at += len;
                copied = at;
            }
            None => at += 1,
        }
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    copied > 0
}

/// Length of the sequence at `at`.
fn colour_len(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at + 1) != Some(&b'[') {
        return None;
    }
    let body = text.get(at + 2..)?;
    let end = body.iter().take(32).position(|c| !matches!(c, b'0'..=b'9' | b';'))?;
    matches!(body.get(end), Some(b'm' | b'K')).then_some(end + 3)
}

/// Writes the text with plain blanks for the no-break ones that wikis and chats make of them; false where hardly any blank of it is such a one: a
/// name may hold some.
pub(super) fn plain_blanks(text: &[u8], plain: &mut Vec<u8>) -> bool {
    const NO_BREAK: &[u8] = "\u{a0}".as_bytes();
    if memchr(NO_BREAK[0], text).is_none() {
        return false;
    }
    let count = memmem::find_iter(text, NO_BREAK).count();
    if count < 3 || count < memchr::memchr_iter(b' ', text).count() {
        return false;
    }
    plain.clear();
    let mut from = 0;
    for at in memmem::find_iter(text, NO_BREAK) {
        plain.extend_from_slice(text.get(from..at).unwrap_or_default());
        plain.push(b' ');
        from = at + NO_BREAK.len();
    }
    plain.extend_from_slice(text.get(from..).unwrap_or_default());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_escapes_of_control_bytes_only() {
        assert_eq!(&*decode_octal(b"a#012b#011c"), b"a\nb\tc");
        assert_eq!(
            &*decode_octal(b"Not tainted #177-Ubuntu SMP #1 #112-U #200-Ubuntu"),
            b"Not tainted #177-Ubuntu SMP #1 #112-U #200-Ubuntu"
        );
        assert_eq!(&*decode_octal(b"w#303#266rker"), "wörker".as_bytes());
        assert_eq!(&*decode_octal(b"#303x#30"), b"#303x#30");
        assert_eq!(&*decode_octal(b"tail#"), b"tail#");
        assert!(matches!(decode_octal(b"#178 plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn kmsg_escapes() {
        assert_eq!(&*decode_kmsg(br"anon 66920448\x0afile 0"), b"anon 66920448\nfile 0");
        assert_eq!(&*decode_kmsg(br"w\xc3\xb6rker \x5cx41"), "wörker \\x41".as_bytes());
        assert_eq!(&*decode_kmsg(br"cut \x4"), br"cut \x4");
    }

    #[test]
    fn colours() {
        let mut out = vec![1];
        assert!(strip_colours(b"\x1b[32m[   67.965105] \x1b[0m\x1b[33mT: \x1b[0mx", &mut out));
        assert_eq!(out, b"[   67.965105] T: x");
        assert!(!strip_colours(b"no \x1b]0;title", &mut out));
        assert!(!strip_colours(b"plain", &mut out));
    }

    #[test]
    fn no_break_blanks_of_a_whole_line() {
        let mut plain = Vec::new();
        assert!(plain_blanks("[\u{a0}\u{a0}12.5]\u{a0}a\u{a0}b c".as_bytes(), &mut plain));
        assert_eq!(plain, b"[  12.5] a b c");
        for text in ["a b c", "a\u{a0}b", "Killed process 7 (a\u{a0}b\u{a0}c\u{a0}d) total-vm:1kB, anon-rss:1kB"] {
            assert!(!plain_blanks(text.as_bytes(), &mut plain), "{text}");
        }
    }
}
