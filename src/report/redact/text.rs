//! Sentences of the program and raw lines of logs.

use super::known;
use super::names::{Kind, Names, Span};
use super::path;
use crate::language::Language;
use crate::say;
use std::net::IpAddr;

/// Longest name in quotes that is looked for.
const MAX_QUOTED: usize = 200;

/// A full-width sign of a Chinese sentence.
fn is_full_width_sign(c: char) -> bool {
    matches!(c, '，' | '。' | '；' | '：' | '（' | '）' | '、' | '！' | '？' | '“' | '”')
}

/// What separates the words in which an address, id or path is looked for.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_full_width_sign(c)
        || matches!(c, '\'' | '"' | '`' | '(' | ')' | '{' | '}' | '<' | '>' | ',' | ';' | '=' | '|' | '&' | '\\')
}

/// A sentence of the program: its own words stay; names, addresses, ids and paths in it are replaced, and so is what it
/// quotes from a log between double quotes.
pub(super) fn sentence(names: &mut Names, text: &str) -> String {
    for quoted in quoted(text) {
        collect_quoted(names, quoted);
    }
    let (Some(first), Some(last)) = (text.find('"'), text.rfind('"')) else { return replaced(names, text) };
    let (before, after) = (text.get(..first).unwrap_or_default(), text.get(last..).unwrap_or_default());
    match text.get(first..last).filter(|quoted| !quoted.is_empty()) {
        Some(quoted) => format!("{}{}{}", replaced(names, before), scrub(names, quoted), replaced(names, after)),
        None => replaced(names, text),
    }
}

/// A message about a source, which may quote a line: what that said is a raw line's.
pub(super) fn message(names: &mut Names, text: &str) -> String {
    const PLACE: &str = "\u{1}";
    for language in Language::ALL {
        for own in [
            say!(language, "join-unknown-line", text = PLACE),
            say!(language, "join-doubtful-line", text = PLACE),
            say!(language, "join-fragment", text = PLACE),
        ] {
            let line = own.split_once(PLACE).and_then(|(before, after)| {
                let line = text.strip_prefix(before)?.strip_suffix(after)?;
                Some(format!("{before}{}{after}", scrub(names, line)))
            });
            if let Some(line) = line {
                return line;
            }
        }
    }
    sentence(names, text)
}

/// Names in single quotes; an apostrophe (`the node's`) is none.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('\'')).map(|at| at + from) {
        from = open + 1;
        let opens = text.get(..open).and_then(|before| before.chars().next_back());
        let opens = opens.is_none_or(|c| matches!(c, ' ' | '(' | ':') || is_full_width_sign(c));
        let rest = text.get(open + 1..).unwrap_or_default();
        let close = rest.find('\'').filter(|&close| opens && close > 0 && close <= MAX_QUOTED);
        let Some(name) = close.and_then(|close| rest.get(..close)) else { continue };
        let after = rest.get(name.len() + 1..).unwrap_or_default();
        let ends = |c: char| matches!(c, ' ' | '.' | ',' | ';' | ':' | ')' | '!' | '?') || is_full_width_sign(c);
        if after.is_empty() || after.starts_with(ends) {
            found.push(name);
            from = open + 1 + name.len() + 1;
        }
    }
    found
}

/// A name that no field of the report has: of a process that the kernel only mentioned, or of a path.
fn collect_quoted(names: &mut Names, quoted: &str) {
    if names.knows(quoted)
        || known::is_program(quoted)
        || known::is_known_reason(quoted)
        || known::is_unit(quoted)
        || known::is_path_part(quoted)
    {
        return;
    }
    if known::UNIT_ENDS.contains(&known::end(quoted)) && !quoted.contains('/') {
        let _ = path::unit(names, quoted);
        return;
    }
    if !quoted.contains('/') {
        let _ = names.replace(Kind::Name, quoted);
        return;
    }
    for part in quoted.split('/').filter(|part| !part.is_empty() && !known::is_path_part(part)) {
        if !names.knows(part) && !known::is_program(part) && !known::is_unit(part) && !known::is_namespace(part) {
            let _ = names.replace(Kind::Name, part);
        }
    }
}

/// What is found in a text.
enum Found {
    Kept(String),
    Replaced(String),
}

/// The text cut into what stays and what was replaced: names, addresses, ids and paths. A path is replaced as a whole,
/// part by part; a name with blanks in it that only begins or ends in one goes first.
fn found(names: &mut Names, text: &str) -> Vec<Found> {
    let mut spans = names.find(text);
    for (start, end) in words(text) {
        let word = text.get(start..end).unwrap_or_default();
        let crosses = |span: &Span| (span.start < start && span.end > start) || (span.start < end && span.end > end);
        let whole = |span: &Span| span.start <= start && span.end >= end;
        if spans.iter().any(|span| crosses(span) || whole(span)) {
            continue;
        }
        if let Some(instead) = pattern(names, word) {
            spans.retain(|span| span.end <= start || span.start >= end);
            spans.push(Span { start, end, instead });
        }
    }
    spans.sort_by_key(|span| span.start);
    let mut all = Vec::new();
    let mut from = 0;
    for span in spans {
        all.push(Found::Kept(text.get(from..span.start).unwrap_or_default().to_owned()));
        all.push(Found::Replaced(span.instead));
        from = span.end;
    }
    all.push(Found::Kept(text.get(from..).unwrap_or_default().to_owned()));
    all
}

/// Where words stand, without the signs around them.
fn words(text: &str) -> Vec<(usize, usize)> {
    let signs = |c: char| matches!(c, '.' | ':' | '[' | ']' | '!' | '?');
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive(is_separator) {
        let word = part.trim_end_matches(is_separator);
        let core = word.trim_start_matches(signs);
        let start = at + (word.len() - core.len());
        let core = core.trim_end_matches(signs);
        if !core.is_empty() {
            found.push((start, start + core.len()));
        }
        at += part.len();
    }
    found
}

fn pattern(names: &mut Names, word: &str) -> Option<String> {
    if is_address(word) {
        return Some(names.replace(Kind::Address, word));
    }
    if is_id(word) {
        return Some(names.replace(Kind::Id, word));
    }
    // A path has a folder at least; `and/or` begins with none.
    let is_path = word.starts_with('/') && word.trim_start_matches('/').contains('/');
    is_path.then(|| path::path(names, word))
}

/// IP address with or without port and mask, URL, mail address or `user@host`.
fn is_address(word: &str) -> bool {
    let host = word.rsplit_once('/').filter(|(_, mask)| mask.parse::<u8>().is_ok()).map_or(word, |(host, _)| host);
    let with_port = || host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let ip =
        |text: &str| text.trim_matches(['[', ']']).split('%').next().is_some_and(|text| text.parse::<IpAddr>().is_ok());
    let url = word.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    let at = word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    url || at || ip(host) || with_port().is_some_and(|(host, _)| ip(host))
}

/// 12 hex digits or more, with a letter and a digit, or a UUID.
fn is_id(word: &str) -> bool {
    let hex = || word.bytes().filter(u8::is_ascii_hexdigit);
    let only_hex = word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-' || b == b'_');
    let mixed = || hex().any(|b| b.is_ascii_digit()) && hex().any(|b| b.is_ascii_alphabetic());
    only_hex && hex().count() >= 12 && mixed()
}

/// Names, addresses, ids and paths replaced; the rest as it is.
fn replaced(names: &mut Names, text: &str) -> String {
    found(names, text)
        .into_iter()
        .map(|piece| match piece {
            Found::Kept(text) | Found::Replaced(text) => text,
        })
        .collect()
}

/// A raw line: only numbers, signs and the words of kernel and runtime messages are left of it; whatever else stands there
/// becomes a pseudonym, where it is known as a name, or `…`.
pub(super) fn scrub(names: &mut Names, line: &str) -> String {
    let mut left = String::new();
    for piece in found(names, line) {
        match piece {
            Found::Replaced(pseudonym) => left.push_str(&pseudonym),
            Found::Kept(raw) => keep_known(&raw, &mut left),
        }
    }
    left
}

fn keep_known(raw: &str, left: &mut String) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || !c.is_ascii();
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        if !is_word(first) {
            left.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        // `systemd-journal` is the name of one program.
        let long = rest.split(|c| !is_word(c) && c != '-').next().unwrap_or_default();
        let short = rest.split(|c| !is_word(c)).next().unwrap_or_default();
        let word = if known::is_program(long) { long } else { short };
        if word == long && known::is_program(long)
            || known::is_word(word)
            || is_number(word)
            || word.bytes().all(|b| b == b'_')
        {
            left.push_str(word);
        } else if !left.ends_with('…') {
            left.push('…');
        }
        rest = rest.get(word.len().max(1)..).unwrap_or_default();
    }
}

/// `512`, `65536kB`, `0xcc0`, `23T18`, `08Z`: at most 12 digits, and units.
fn is_number(word: &str) -> bool {
    if let Some(hex) = word.strip_prefix("0x") {
        return hex.len() <= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let unit = word.get(digits..).unwrap_or_default();
    let time = unit.strip_prefix('T').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    let units = [
        "", "B", "kB", "KB", "MB", "GB", "KiB", "MiB", "GiB", "Ki", "Mi", "Gi", "K", "M", "G", "s", "ms", "us", "ns",
        "m", "h", "Z",
    ];
    (1..=12).contains(&digits) && (units.contains(&unit) || time)
}
