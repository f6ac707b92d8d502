//! Text from logs as Markdown that stays text: on GitHub (GFM) and in other wikis.

use crate::render::text::escape::visible;

/// Text that stands at the start of a line: it never begins a list, heading or code block.
pub(super) fn text(raw: &str) -> String {
    first_escaped(&inline(raw))
}

/// Text within a line. What could begin or end a construct is escaped; an underscore within a word is not, because it
/// never means anything there (`oom_score_adj`).
pub(super) fn inline(raw: &str) -> String {
    let shown = visible(raw.trim());
    let mut safe = String::with_capacity(shown.len().saturating_add(16));
    let mut before = None;
    let mut rest = shown.chars().peekable();
    while let Some(c) = rest.next() {
        push(&mut safe, before, c, rest.peek().copied());
        before = Some(c);
    }
    // `http://` and `www.` become links wherever they stand.
    safe.replace("://", ":\\/\\/").replace("www.", "www\\.").replace("WWW.", "WWW\\.")
}

fn push(safe: &mut String, before: Option<char>, c: char, after: Option<char>) {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '&' => safe.push_str("&amp;"),
        '_' if is_word(before) && is_word(after) => safe.push('_'),
        '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
            safe.push('\\');
            safe.push(c);
        }
        // `@name` would call somebody, `#12` point to an issue; an empty comment between the two prevents it.
        '@' | '#' if is_word(after) && !is_word(before) => {
            safe.push(c);
            safe.push_str("<!-- -->");
        }
        c => safe.push(c),
    }
}

/// With what could begin a block escaped: `-`, `+`, `=`, `#`, `1.`, `1)`.
fn first_escaped(text: &str) -> String {
    if text.starts_with(['-', '+', '=', '#']) {
        return format!("\\{text}");
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.split_at_checked(digits) {
        Some((number, rest)) if digits > 0 && rest.starts_with(['.', ')']) => format!("{number}\\{rest}"),
        _ => text.to_owned(),
    }
}

/// A name as code in a table: there, and only there, a bar has to be escaped in code, too.
pub(super) fn cell(raw: &str) -> String {
    code(raw).replace('|', "\\|")
}

/// A name as code. Nothing is interpreted in it.
pub(super) fn code(raw: &str) -> String {
    let shown = visible(raw);
    if shown.trim().is_empty() {
        return "(no name)".to_owned();
    }
    let fence = "`".repeat(longest_run(&shown).saturating_add(1));
    let room = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{room}{shown}{room}{fence}")
}

/// Lines as a block of code, with a fence that none of them can close.
pub(super) fn block<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let lines: Vec<_> = lines.into_iter().map(visible).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// Backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (raw, expected) in [
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
            ("a|b", "a\\|b"),
            ("`x` *b* [l](u) ~s~ $m$", "\\`x\\` \\*b\\* \\[l\\](u) \\~s\\~ \\$m\\$"),
            ("oom_score_adj _x_", "oom_score_adj \\_x\\_"),
            ("&lt;", "&amp;lt;"),
            ("a\nb\u{202e}c", "a\\\\nb\\\\u{202e}c"),
            ("see https://evil.example", "see https:\\/\\/evil.example"),
            ("www.evil.example", "www\\.evil.example"),
            ("ping @root, getty@tty1", "ping @<!-- -->root, getty@tty1"),
            ("fixes #12", "fixes #<!-- -->12"),
            ("# heading", "\\# heading"),
            ("- item", "\\- item"),
            ("    code", "code"),
            ("12. item", "12\\. item"),
            ("12 MiB", "12 MiB"),
            ("", ""),
        ] {
            assert_eq!(text(raw), expected, "{raw:?}");
        }
        assert_eq!(inline("+08:00 *"), "+08:00 \\*");
    }

    #[test]
    fn code_cannot_be_closed() {
        assert_eq!(code("java"), "`java`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!((code("a|b\n"), cell("a|b")), ("`a|b\\n`".into(), "`a\\|b`".into()));
        assert_eq!(code(" "), "(no name)");
    }

    #[test]
    fn a_block_cannot_be_closed() {
        assert_eq!(block(["a", "b"]), "```text\na\nb\n```");
        assert_eq!(block(["````", "x\n```"]), "`````text\n````\nx\\n```\n`````");
    }
}
