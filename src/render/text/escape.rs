//! Text from logs, made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Shows what could move the cursor, change colours or turn the direction of writing as an escape: `\n`, `\t`, `\x1b`,
/// `\u{202e}`. A process may call itself anything, and the log holds it as it is.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len().saturating_add(16));
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if !is_unsafe(c) => shown.push(c),
            c if u32::from(c) < 0x80 => drop(write!(shown, "\\x{:02x}", u32::from(c))),
            c => drop(write!(shown, "\\u{{{:x}}}", u32::from(c))),
        }
    }
    Cow::Owned(shown)
}

/// Control characters (C0, DEL, C1), marks and overrides of direction, line separators, invisible characters that can
/// hide or forge text. The joiners U+200C and U+200D are needed by some scripts and stay.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(visible("java 中文 é \u{200d}"), Cow::Borrowed(_)));
    }

    #[test]
    fn controls_and_directions_are_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{7}"), "a\\x1b[31mb\\x07");
        assert_eq!(visible("x\u{202e}gnp.exe\u{2066}"), "x\\u{202e}gnp.exe\\u{2066}");
        assert_eq!(visible("a\nb\tc\r"), "a\\nb\\tc\\r");
        assert_eq!(visible("\u{9b}2J\u{7f}\u{feff}"), "\\u{9b}2J\\x7f\\u{feff}");
    }
}
