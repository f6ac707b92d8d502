//! What a person types or copies from a log: a number, a name, or a pair.

use super::{codes, reasons, signals, systemd, windows};

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

/// Longest text that is looked at; the longest name is far shorter.
const MAX_LENGTH: usize = 64;

/// Reads the text.
pub(super) fn read(text: &str) -> Result<Query, String> {
    if text.is_empty() {
        return Err("no code given: try 137, SIGKILL, 203/EXEC or OOMKilled".to_owned());
    }
    if text.len() > MAX_LENGTH {
        return Err("that is too long for an exit code, a signal or a reason".to_owned());
    }
    // `status=137/n/a`, `exit_code=137`, `exitCode:137` as copied from a log.
    let text = text.rsplit_once('=').map_or(text, |(_, value)| value);
    if let Some(code) = number(text)? {
        return Ok(Query::Code(code));
    }
    pair(text).or_else(|| name(text)).ok_or_else(|| {
        format!(
            "`{}` is no exit code, signal or reason that is known: try 137, SIGKILL, 203/EXEC or OOMKilled",
            text.escape_debug()
        )
    })
}

/// A decimal or hex number of at most 64 bits. Numbers above the signed range are taken as the bits of a signed one:
/// `18446744072635809797` is a sign-extended `0xC0000005`.
fn number(text: &str) -> Result<Option<i64>, String> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = hex.map_or((digits, 10), |rest| (rest, 16));
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Ok(None);
    }
    let too_large = || format!("{text} is too large: exit codes have at most 64 bits");
    let value = i128::from_str_radix(digits, radix).map_err(|_| too_large())?;
    let value = if negative { -value } else { value };
    i64::try_from(value).or_else(|_| u64::try_from(value).map(u64::cast_signed)).map(Some).map_err(|_| too_large())
}

/// `9/KILL`, `203/EXEC`, `137/n/a` (systemd), `0:9` (Slurm).
fn pair(text: &str) -> Option<Query> {
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
}
