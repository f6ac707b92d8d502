//! How wide text is on a terminal, and how to make it fit. All functions take text that was made visible before.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands for text that was left out.
const ELLIPSIS: &str = "...";

/// Columns that the text takes: CJK characters two, combining ones none.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The longest start that takes at most `columns`.
pub(crate) fn head(text: &str, columns: usize) -> &str {
    let mut used = 0usize;
    for (at, c) in text.char_indices() {
        used = used.saturating_add(c.width().unwrap_or(0));
        if used > columns {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

/// The longest end that takes at most `columns`.
fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0usize;
    for (at, c) in text.char_indices().rev() {
        used = used.saturating_add(c.width().unwrap_or(0));
        if used > columns {
            return text.get(at + c.len_utf8()..).unwrap_or(text);
        }
    }
    text
}

/// Cuts the middle out of text that is too wide: of paths and names the end tells most, the start next.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(ELLIPSIS.len()) else { return head(text, columns).to_owned() };
    let start = head(text, room / 3);
    let end = tail(text, room.saturating_sub(width(start)));
    format!("{start}{ELLIPSIS}{end}")
}

/// Cuts the end off text that is too wide.
pub(crate) fn fit_start(text: &str, columns: usize) -> String {
    match columns.checked_sub(ELLIPSIS.len()) {
        _ if width(text) <= columns => text.to_owned(),
        Some(room) => format!("{}{ELLIPSIS}", head(text, room)),
        None => head(text, columns).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!((width("abc"), width("日本"), width("e\u{301}")), (3, 4, 1));
        assert_eq!(head("日本語", 5), "日本");
        assert_eq!(tail("日本語", 5), "本語");
    }

    #[test]
    fn the_middle_is_cut_out() {
        assert_eq!(fit("/kubepods.slice/x", 40), "/kubepods.slice/x");
        assert_eq!(fit("/kubepods.slice/kubepods-burstable.slice/crio-77.scope", 24), "/kubepo.../crio-77.scope");
        assert_eq!((fit_start("killed by unknown", 12), fit_start("ab", 1)), ("killed by...".into(), "a".into()));
        for columns in 0..30 {
            assert!(width(&fit("/système/日本語日本語日本語日本語/é", columns)) <= columns, "{columns}");
        }
    }
}
