//! Text as it stood before somebody pasted it: quoted with `> ` (mail, Markdown), indented as a whole (Markdown, YAML), with colours
//! of a terminal (ECMA-48 SGR), with no-break blanks (wikis, chats). Lines stay lines, so that places can be told.

use std::borrow::Cow;

/// The longest text that is looked at: nobody pastes more.
const MAX_BYTES: usize = 4 << 20;

/// The text without what the pasting put around it; `None` where there is nothing to take away.
pub(super) fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let clean = unboxed(uncoloured(bytes));
    let lines: Vec<&[u8]> = clean.split(|c| *c == b'\n').collect();
    let quotes = depth(&lines, quoted);
    let lines: Vec<&[u8]> = lines.iter().map(|line| strip(line, quotes, quoted)).collect();
    let blanks = depth(&lines, blank);
    if quotes == 0 && blanks == 0 {
        return match clean {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(clean),
        };
    }
    Some(lines.iter().map(|line| strip(line, blanks, blank)).collect::<Vec<_>>().join(&b'\n'))
}

/// A line without one mark at its beginning.
type Mark = fn(&[u8]) -> Option<&[u8]>;

/// `> text`, `>`, `&gt; text`.
fn quoted(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b">").or_else(|| line.strip_prefix(b"&gt;"))?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

fn blank(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b" ")
}

/// How many marks all lines with a text have.
fn depth(lines: &[&[u8]], mark: Mark) -> usize {
    let marks = |line: &&[u8]| std::iter::successors(mark(line), |rest| mark(rest)).count();
    let with_text = lines.iter().filter(|line| !line.trim_ascii().is_empty());
    with_text.map(marks).min().unwrap_or(0)
}

/// The line without its first `count` marks.
fn strip(line: &[u8], count: usize, mark: Mark) -> &[u8] {
    (0..count).try_fold(line, |rest, _| mark(rest)).unwrap_or_default()
}

/// Rows of a box that a terminal's program draws (`│ ledger-0  0/1  OOMKilled │`, k9s) without its sides; its upper and lower edge are
/// left blank. Only where most lines are such.
fn unboxed(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    const SIDE: &[u8] = "│".as_bytes();
    if memchr::memmem::find(&bytes, SIDE).is_none() {
        return bytes;
    }
    let edge = |line: &[u8]| ["┌", "└", "╭", "╰"].iter().any(|corner| line.starts_with(corner.as_bytes()));
    let inner = |line: &[u8]| {
        let line = line.trim_ascii();
        line.strip_prefix(SIDE)?.strip_suffix(SIDE).map(<[u8]>::to_vec)
    };
    let lines: Vec<&[u8]> = bytes.split(|c| *c == b'\n').collect();
    let rows = lines.iter().filter(|line| inner(line).is_some()).count();
    let texts = lines.iter().filter(|line| !line.trim_ascii().is_empty() && !edge(line.trim_ascii())).count();
    if rows * 2 < texts {
        return bytes;
    }
    let plain = |line: &&[u8]| match inner(line) {
        Some(row) => row,
        None if edge(line.trim_ascii()) => Vec::new(),
        None => line.to_vec(),
    };
    Cow::Owned(lines.iter().map(plain).collect::<Vec<_>>().join(&b'\n'))
}

/// Without colours, and with plain blanks.
fn uncoloured(bytes: &[u8]) -> Cow<'_, [u8]> {
    const NO_BREAK: &[u8] = "\u{a0}".as_bytes();
    if memchr::memchr2(0x1b, NO_BREAK[0], bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(NO_BREAK) {
            plain.push(b' ');
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"\x1b[") {
            let parameters = after.iter().take_while(|c| matches!(c, b'0'..=b'?')).count();
            rest = after.get(parameters + 1..).unwrap_or_default();
        } else {
            plain.push(*first);
            rest = &rest[1..];
        }
    }
    if plain == bytes { Cow::Borrowed(bytes) } else { Cow::Owned(plain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_around_is_taken_away() {
        for (pasted, text) in [
            ("> a:\n>   b\n>\n> c\n", "a:\n  b\n\nc\n"),
            (">> a\n>> b", "a\nb"),
            ("&gt; a\n&gt; b", "a\nb"),
            ("    a:\n      b\n\n    c", "a:\n  b\n\nc"),
            ("  > a\n  > b", "> a\n> b"),
            ("┌─ Pods ─┐\n│ a   b │\n│   c   │\n└───────┘", "\na   b \n  c   \n"),
            ("\u{1b}[1;31mError\u{1b}[0m\u{a0}x", "Error x"),
        ] {
            assert_eq!(plain(pasted.as_bytes()).as_deref(), Some(text.as_bytes()), "{pasted}");
        }
        for text in ["", "a\n  b", "> a\nb", "é ü\n", "\n\n"] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn any_cut_is_harmless() {
        let text = "> \u{1b}[1;31mé\u{a0}\n>   x\u{1b}[";
        for end in 0..text.len() {
            let _ = plain(&text.as_bytes()[..end]);
        }
    }
}
