//! Exit codes, signals and reasons: what a number means, what it may come from, what tells the causes apart, what to look
//! at next.
//!
//! A number is what some parent reported, and several layers may have changed it on the way: a program's exit status keeps
//! eight bits, a shell adds 128 to a signal, systemd has names of its own from 200 on, Windows reports 32 bits. So codes
//! are signed 64-bit here, and nothing is cut off before it was looked at.

mod causes;
mod codes;
mod parse;
mod phrase;
mod reasons;
mod signals;
mod systemd;
mod windows;
mod yarn;

#[cfg(test)]
mod tests;

use crate::language::{Key, Language};
use crate::say;
use serde::{Deserialize, Serialize};

pub use signals::{signal_name, signal_number};

/// What a code, signal or reason means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What was asked, as it was typed.
    pub query: String,
    /// The code as a container runtime or shell reports it: 0..=255, a Windows status as an unsigned number, or YARN's own
    /// negative number.
    /// `null` for a reason that has no code.
    pub code: Option<i64>,
    /// The code in hex, for Windows.
    pub hex: Option<String>,
    /// The signal behind it.
    pub signal: Option<i32>,
    /// Its name, or that of the code: `SIGKILL`, `EX_USAGE`, `STATUS_NO_MEMORY`.
    pub name: Option<String>,
    /// In one sentence.
    pub meaning: String,
    /// Has it to do with memory?
    pub memory: MemoryLink,
    /// What happened to the number on its way, and what to beware of.
    pub notes: Vec<String>,
    /// What it may come from, most likely first.
    pub causes: Vec<PossibleCause>,
}

/// How often a code is the end of a memory story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryLink {
    /// Often.
    Often,
    /// Sometimes.
    Sometimes,
    /// Hardly ever.
    Rarely,
}

/// One thing a code may come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PossibleCause {
    /// What happened.
    pub cause: String,
    /// What in the logs tells it from the others.
    pub evidence: String,
    /// What to look at next.
    pub next: String,
}

/// A cause as it stands in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CauseRow {
    cause: Key,
    evidence: Key,
    next: Key,
}

impl Explanation {
    fn add_causes(&mut self, rows: &[CauseRow], language: Language) {
        self.causes.extend(rows.iter().map(|row| PossibleCause {
            cause: row.cause.tell(language),
            evidence: row.evidence.tell(language),
            next: row.next.tell(language),
        }));
    }
}

/// Explains what was typed: a code (`137`, `0x89`, `-1`, `256`, `3221225477`), a signal (`SIGKILL`, `kill`, `9/KILL`), a
/// systemd status (`203/EXEC`), a Slurm pair (`0:125`), a name (`EX_USAGE`, `STATUS_NO_MEMORY`), a reason (`OOMKilled`), or a
/// piece of a log with one of them in it (`exit status 137`, `signal: killed`).
///
/// # Errors
/// A sentence for the user, when the text is none of these.
pub fn lookup(text: &str, language: Language) -> Result<Explanation, String> {
    let query = text.trim();
    let mut found = match parse::read(query, language)? {
        parse::Query::Code(code) => explain_number(code, language),
        parse::Query::Signal(signal) => explain_signal(signal, language),
        parse::Query::Windows(code) => windows::explain(code, language),
        parse::Query::Systemd(code) => explain_systemd(code, language),
        parse::Query::Slurm { code, signal } => explain_slurm(code, signal, language),
        parse::Query::Reason(reason) => reasons::explain(reason, language),
    };
    found.query = query.to_owned();
    Ok(found)
}

/// The signal that a code of 128 and more stands for in shells, docker, containerd, CRI-O, podman and the kubelet.
/// A program may exit with such a number by itself; the number cannot tell.
pub fn signal_of(code: i64) -> Option<i32> {
    i32::try_from(code).ok().filter(|code| (129..=192).contains(code)).map(|code| code - 128)
}

/// A few words about a code, for a place of a sentence: `ended by SIGKILL`, `general error`.
pub fn short_meaning(code: i64, language: Language) -> String {
    match signal_of(code) {
        Some(signal) => match signal_name(signal) {
            Some(name) => say!(language, "codes-short-signal", signal = name),
            None => say!(language, "codes-short-signal-number", number = signal),
        },
        None if (0..=255).contains(&code) => codes::row(code).meaning.tell(language),
        None => explain_number(code, language).meaning,
    }
}

/// An explanation with nothing in it yet.
fn blank(code: Option<i64>, meaning: impl Into<String>) -> Explanation {
    Explanation {
        query: String::new(),
        code,
        hex: None,
        signal: None,
        name: None,
        meaning: meaning.into(),
        memory: MemoryLink::Rarely,
        notes: Vec::new(),
        causes: Vec::new(),
    }
}

fn explain_number(code: i64, language: Language) -> Explanation {
    if (0..=255).contains(&code) {
        return explain_reported(code, language);
    }
    if let Some(status) = windows::as_status(code) {
        return windows::explain(status, language);
    }
    if let Some(row) = yarn::find_code(code) {
        return yarn::explain(row, language);
    }
    let mut found = explain_byte(code.rem_euclid(256), language);
    found.notes.splice(0..0, wrap_notes(code, language));
    found
}

/// A code as somebody reports it: its eight bits may have been something else before.
fn explain_reported(code: i64, language: Language) -> Explanation {
    let mut found = explain_byte(code, language);
    let own_name = i32::try_from(code).ok().and_then(signal_name);
    match (code, own_name) {
        // 1 is the general error far more often than anybody's signal.
        (2..=31, Some(name)) => {
            found.notes.push(say!(language, "codes-as-signal", number = code, signal = name));
        }
        (193..=255, _) => found.notes.push(passed_on_note(code, language)),
        _ => {}
    }
    found
}

/// What became of a number that does not fit into the eight bits a program's exit keeps. Numbers go in as text: some have
/// 64 bits.
fn wrap_notes(code: i64, language: Language) -> Vec<String> {
    let reported = code.rem_euclid(256);
    let mut notes = vec![say!(language, "codes-wrap", code = code.to_string(), reported = reported)];
    let signal_at = |number: Option<i64>| number.and_then(|n| i32::try_from(n).ok()).and_then(signal_name);
    if let Some(name) = signal_at(code.checked_neg()) {
        notes.push(say!(language, "codes-wrap-python", code = code, signal = name, reported = reported));
    }
    if let Some(name) = signal_at(code.checked_sub(256)) {
        notes.push(say!(language, "codes-wrap-ksh", signal = name));
    }
    if code == windows::COMMITMENT_LIMIT {
        notes.push(say!(language, "codes-windows-1455"));
    }
    if code >= 256 && code % 256 == 0 && code <= 0xff00 {
        notes.push(say!(language, "codes-wrap-raw", code = code / 256));
    }
    notes
}

/// A code of 0..=255.
fn explain_byte(code: i64, language: Language) -> Explanation {
    let row = codes::row(code);
    let mut found = match signal_of(code) {
        Some(signal) => signals::explain(signal, code, language),
        None => blank(Some(code), row.meaning.tell(language)),
    };
    if signal_of(code).is_none() {
        found.name = row.name.map(str::to_owned);
        found.memory = row.memory;
    }
    found.add_causes(row.causes, language);
    found.notes.extend(row.notes.iter().map(|note| note.tell(language)));
    if let Some(step) = systemd::step(code) {
        let meaning = step.meaning.tell(language);
        found.notes.push(say!(language, "codes-systemd-step", code = code, step = step.name, meaning = meaning));
    }
    found
}

/// What 193..=255 may have been before the upper bits were cut off.
fn passed_on_note(code: i64, language: Language) -> String {
    let number = 256 - code;
    match i32::try_from(number).ok().and_then(signal_name) {
        Some(name) => say!(language, "codes-passed-on", number = number, signal = name, code = code),
        None => say!(language, "codes-eight-bits", number = number),
    }
}

/// A signal that was asked for by name, or by systemd's `9/KILL`.
fn explain_signal(signal: i32, language: Language) -> Explanation {
    let code = i64::from(signal).saturating_add(128);
    let mut found = explain_byte(code, language);
    found.notes.insert(0, say!(language, "codes-signal-reported", code = code, number = signal));
    found
}

/// systemd's own form `203/EXEC`: the reporter is systemd, so its meaning comes first.
fn explain_systemd(code: i64, language: Language) -> Explanation {
    match systemd::step(code) {
        Some(step) => systemd::explain(code, step, language),
        None => explain_number(code, language),
    }
}

/// Slurm's `code:signal`.
fn explain_slurm(code: i64, signal: i64, language: Language) -> Explanation {
    if signal == 125 {
        let mut found = blank(None, say!(language, "codes-slurm-mark"));
        found.name = Some("OUT_OF_MEMORY".to_owned());
        found.memory = MemoryLink::Often;
        found.add_causes(&[causes::SLURM_OUT_OF_MEMORY], language);
        return found;
    }
    let mut found = match i32::try_from(signal) {
        Ok(number @ 1..=64) => explain_signal(number, language),
        _ => explain_number(code, language),
    };
    found.notes.insert(0, say!(language, "codes-slurm-form"));
    found
}
