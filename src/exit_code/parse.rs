//! What a person types or copies from a log: a number, a name, or a pair.

use super::{codes, phrase, reasons, signals, systemd, windows, yarn};
use crate::language::Language;
use crate::say;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Query {
    /// A code, of any size.
    Code(i64),
    /// A signal.
    Signal(i32),
    /// A Windows status.
    Windows(u32),
    /// A code in systemd's form.
    Systemd(i64),
    /// Slurm's pair.
    Slurm {
        /// Exit code.
        code: i64,
        /// Signal, or 125.
        signal: i64,
    },
    /// A reason, by its place in the table.
    Reason(&'static reasons::ReasonRow),
}

/// Longest text that is looked at: a line of a log with a code in it is not longer.
const MAX_LENGTH: usize = 400;

/// Characters of it that a message repeats.
const MAX_SHOWN: usize = 80;

/// Reads the text.
pub(super) fn read(text: &str, language: Language) -> Result<Query, String> {
    if text.is_empty() {
        return Err(say!(language, "codes-none-given"));
    }
    if text.len() > MAX_LENGTH {
        return Err(say!(language, "codes-too-long"));
    }
    // `status=137/n/a`, `exit_code=137` as copied from a log. Several words are a piece of a log, or a name.
    let one_word = !text.contains(char::is_whitespace);
    let value = text.rsplit_once('=').filter(|_| one_word).map_or(text, |(_, value)| value);
    match number(value) {
        Number::Code(code) => return Ok(Query::Code(code)),
        Number::TooLarge => return Err(say!(language, "codes-too-large", text = value)),
        Number::None => {}
    }
    word(value).or_else(|| phrase::read(text)).or_else(|| bare(value).filter(|_| one_word)).ok_or_else(|| {
        let shown: String = text.chars().take(MAX_SHOWN).collect();
        say!(language, "codes-not-known", text = shown.escape_debug().to_string())
    })
}

/// A code with what stands around it in a list or sentence: `137,`, `(137)`, `Failed(137)`; hex digits as Windows' event log
/// prints an exception's code: `c0000005`.
fn bare(text: &str) -> Option<Query> {
    if text.len() == 8 && text.starts_with(['c', 'C']) && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return u32::from_str_radix(text, 16).ok().map(Query::Windows);
    }
    let inside = text.rsplit_once('(').map_or(text, |(_, inside)| inside);
    match number(inside.trim_matches(|c: char| ".,;()[]\"'`".contains(c))) {
        Number::Code(code) => Some(Query::Code(code)),
        _ => None,
    }
}

/// What a text says as a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// It is one.
    Code(i64),
    /// It is one of more than 64 bits.
    TooLarge,
    /// It is none.
    None,
}

/// A decimal or hex number of at most 64 bits. Numbers above the signed range are taken as the bits of a signed one:
/// `18446744072635809797` is a sign-extended `0xC0000005`.
pub(super) fn number(text: &str) -> Number {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = hex.map_or((digits, 10), |rest| (rest, 16));
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Number::None;
    }
    let value = i128::from_str_radix(digits, radix).ok().map(|value| if negative { -value } else { value });
    let code = value.and_then(|v| i64::try_from(v).or_else(|_| u64::try_from(v).map(u64::cast_signed)).ok());
    code.map_or(Number::TooLarge, Number::Code)
}

/// A pair or a name.
fn word(text: &str) -> Option<Query> {
    pair(text).or_else(|| name(text))
}

/// `9/KILL`, `203/EXEC`, `137/n/a` (systemd), `0:9` (Slurm).
pub(super) fn pair(text: &str) -> Option<Query> {
    if let Some((code, signal)) = text.split_once(':') {
        return Some(Query::Slurm { code: code.parse().ok()?, signal: signal.parse().ok()? });
    }
    let (number, name) = text.split_once('/')?;
    let number: i64 = number.parse().ok()?;
    match signals::signal_number(name) {
        Some(signal) if i64::from(signal) == number => Some(Query::Signal(signal)),
        _ if systemd::step(number).is_some_and(|step| step.name.eq_ignore_ascii_case(name)) => {
            Some(Query::Systemd(number))
        }
        _ if name.eq_ignore_ascii_case("n/a") => Some(Query::Code(number)),
        // `1/FAILURE`, `2/INVALIDARGUMENT`: systemd's names for common codes; the number says it all.
        _ if !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') => Some(Query::Code(number)),
        _ => None,
    }
}

/// A name of a signal, a reason, a code.
fn name(text: &str) -> Option<Query> {
    signals::signal_number(text)
        .map(Query::Signal)
        .or_else(|| reasons::find(text).map(Query::Reason))
        .or_else(|| codes::find(text).map(Query::Code))
        .or_else(|| windows::find(text).map(Query::Windows))
        .or_else(|| systemd::find(text).map(Query::Systemd))
        .or_else(|| yarn::find(text).map(Query::Code))
}
