//! Exit codes, signals and reasons: what a number means, what it may come from, what tells the causes apart, what to look
//! at next.
//!
//! A number is what some parent reported, and several layers may have changed it on the way: a program's exit status keeps
//! eight bits, a shell adds 128 to a signal, systemd has names of its own from 200 on, Windows reports 32 bits. So codes
//! are signed 64-bit here, and nothing is cut off before it was looked at.

mod causes;
mod codes;
mod parse;
mod reasons;
mod signals;
mod systemd;
mod windows;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use signals::{signal_name, signal_number};

/// What a code, signal or reason means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What was asked, as it was typed.
    pub query: String,
    /// The code as a container runtime or shell reports it: 0..=255, or a Windows status as an unsigned number.
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
    cause: &'static str,
    evidence: &'static str,
    next: &'static str,
}

impl From<&CauseRow> for PossibleCause {
    fn from(row: &CauseRow) -> Self {
        Self { cause: row.cause.to_owned(), evidence: row.evidence.to_owned(), next: row.next.to_owned() }
    }
}

/// Explains what was typed: a code (`137`, `0x89`, `-1`, `256`, `3221225477`), a signal (`SIGKILL`, `kill`, `9/KILL`), a
/// systemd status (`203/EXEC`), a Slurm pair (`0:125`), a name (`EX_USAGE`, `STATUS_NO_MEMORY`) or a reason (`OOMKilled`).
///
/// # Errors
/// A sentence for the user, when the text is none of these.
pub fn lookup(text: &str) -> Result<Explanation, String> {
    let query = text.trim();
    let mut found = match parse::read(query)? {
        parse::Query::Code(code) => explain_number(code),
        parse::Query::Signal(signal) => explain_signal(signal),
        parse::Query::Windows(code) => windows::explain(code),
        parse::Query::Systemd(code) => explain_systemd(code),
        parse::Query::Slurm { code, signal } => explain_slurm(code, signal),
        parse::Query::Reason(reason) => reasons::explain(reason),
    };
    found.query = query.to_owned();
    Ok(found)
}

/// The signal that a code of 128 and more stands for in shells, docker, containerd, CRI-O, podman and the kubelet.
/// A program may exit with such a number by itself; the number cannot tell.
pub fn signal_of(code: i64) -> Option<i32> {
    i32::try_from(code).ok().filter(|code| (129..=192).contains(code)).map(|code| code - 128)
}

/// One line about a code, for use inside a sentence: `killed by SIGKILL`, `general error`.
pub fn short_meaning(code: i64) -> String {
    match signal_of(code) {
        Some(signal) => match signal_name(signal) {
            Some(name) => format!("ended by {name}"),
            None => format!("ended by signal {signal}"),
        },
        None if (0..=255).contains(&code) => codes::row(code).meaning.to_owned(),
        None => explain_number(code).meaning,
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

fn explain_number(code: i64) -> Explanation {
    if (0..=255).contains(&code) {
        let mut found = explain_byte(code);
        if let negative @ 1..=63 = 256 - code {
            found.notes.push(passed_on_note(code, negative));
        }
        return found;
    }
    if let Some(status) = windows::as_status(code) {
        return windows::explain(status);
    }
    let mut found = explain_byte(code.rem_euclid(256));
    found.notes.splice(0..0, wrap_notes(code));
    if matches!(code, -103 | -104) {
        found.memory = MemoryLink::Often;
    }
    found
}

/// What became of a number that does not fit into the eight bits a program's exit keeps.
fn wrap_notes(code: i64) -> Vec<String> {
    let reported = code.rem_euclid(256);
    let mut notes = vec![format!(
        "Only the lowest eight bits of an exit code survive: a program that calls exit({code}) is reported as {reported}."
    )];
    if (-64..0).contains(&code) {
        let signal = i32::try_from(-code).unwrap_or_default();
        if let Some(name) = signal_name(signal) {
            notes.push(format!(
                "Python's subprocess and some other libraries return {code} for a child that was killed by {name}; \
                 a wrapper that passes it on ends with {reported}."
            ));
        }
    }
    match code {
        -103 => notes.push("YARN: the container used more virtual memory than it may.".to_owned()),
        -104 => notes.push("YARN: the container used more physical memory than it may.".to_owned()),
        257..=320 => {
            let signal = i32::try_from(code - 256).unwrap_or_default();
            if let Some(name) = signal_name(signal) {
                notes.push(format!("ksh93 and some batch systems write 256 + the signal: this would be {name}."));
            }
        }
        _ => {}
    }
    if code >= 256 && code % 256 == 0 && code <= 0xff00 {
        notes.push(format!("As a raw status of waitpid() it would be exit code {}.", code / 256));
    }
    notes
}

/// A code of 0..=255.
fn explain_byte(code: i64) -> Explanation {
    let row = codes::row(code);
    let mut found = match signal_of(code) {
        Some(signal) => signals::explain(signal, code),
        None => blank(Some(code), row.meaning),
    };
    if signal_of(code).is_none() {
        found.name = row.name.map(str::to_owned);
        found.memory = row.memory;
    }
    found.causes.extend(row.causes.iter().map(PossibleCause::from));
    found.notes.extend(row.notes.iter().map(|&note| note.to_owned()));
    if let Some(step) = systemd::step(code) {
        found.notes.push(format!("If systemd reports it ({code}/{}): {}.", step.name, step.meaning));
    }
    found
}

/// What 193..=255 may have been before the upper bits were cut off.
fn passed_on_note(code: i64, negative: i64) -> String {
    let name = i32::try_from(negative).ok().and_then(signal_name);
    match name {
        Some(name) => format!(
            "It may have been exit(-{negative}): Python's subprocess returns -{negative} for a child killed by {name}, and \
             a wrapper that passes it on ends with {code}."
        ),
        None => format!("It may have been exit(-{negative}): only eight bits survive."),
    }
}

/// A signal that was asked for by name, or by systemd's `9/KILL`.
fn explain_signal(signal: i32) -> Explanation {
    let code = i64::from(signal).saturating_add(128);
    let mut found = explain_byte(code);
    found.notes.insert(0, format!("Shells and container runtimes report it as {code} (128 + {signal})."));
    found
}

/// systemd's own form `203/EXEC`: the reporter is systemd, so its meaning comes first.
fn explain_systemd(code: i64) -> Explanation {
    match systemd::step(code) {
        Some(step) => systemd::explain(code, step),
        None => explain_number(code),
    }
}

/// Slurm's `code:signal`.
fn explain_slurm(code: i64, signal: i64) -> Explanation {
    if signal == 125 {
        let mut found = blank(None, "Slurm's mark for a step or job that ran out of memory");
        found.name = Some("OUT_OF_MEMORY".to_owned());
        found.memory = MemoryLink::Often;
        found.causes.push(PossibleCause::from(&causes::SLURM_OUT_OF_MEMORY));
        return found;
    }
    let mut found = match i32::try_from(signal) {
        Ok(number @ 1..=64) => explain_signal(number),
        _ => explain_number(code),
    };
    found.notes.insert(0, "Slurm writes exit code and signal apart, with a colon between them.".to_owned());
    found
}
