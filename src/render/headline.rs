//! What every format for people says first, in the same words: how many incidents by memory, and how many of what else.

use crate::language::Language;
use crate::report::{Incident, Report, Verdict};
use crate::say;

/// How a piece is to look, where a format can show that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// It was memory.
    Bad,
    /// It was not.
    Good,
    /// Nobody can tell.
    Unsure,
    /// Nothing of what was asked for.
    Bold,
}

/// A piece of the first line: a label, or what stands behind it.
pub(super) type Piece = (Tone, String);

/// There is nothing that an answer could rest on.
pub(super) fn nothing_read(report: &Report) -> bool {
    report.summary.sources == 0 && report.incidents.is_empty()
}

/// "Memory: 6 incidents, 7 processes killed, 5 containers or services ended. Undetermined: 1 incident."
pub(super) fn pieces(report: &Report, narrowed: bool, language: Language) -> Vec<Piece> {
    if nothing_read(report) {
        return vec![(Tone::Unsure, say!(language, "render-nothing-read"))];
    }
    let mut said = Vec::new();
    match found(report, language) {
        Some(found) => {
            said.extend([(Tone::Bad, say!(language, "render-memory-label")), (Tone::Plain, found)]);
        }
        None if narrowed => said.push((Tone::Bold, say!(language, "render-none-matches"))),
        None => {
            let tone = if report.summary.undetermined == 0 { Tone::Good } else { Tone::Bold };
            said.push((tone, say!(language, "render-none-found")));
        }
    }
    let undetermined = report.summary.undetermined;
    if undetermined > 0 {
        said.push((Tone::Unsure, say!(language, "render-undetermined-label")));
        said.push((Tone::Plain, say!(language, "render-found", times = undetermined)));
    }
    said
}

/// "Not memory: 2 other ends."
pub(super) fn others(count: u64, language: Language) -> Option<String> {
    (count > 0).then(|| say!(language, "render-other-ends", n = count))
}

/// What memory did: no more than that, although an end that was not memory may have victims, too.
fn found(report: &Report, language: Language) -> Option<String> {
    let memory: Vec<&Incident> = report.incidents.iter().filter(|i| i.verdict == Verdict::Memory).collect();
    if memory.is_empty() {
        return None;
    }
    let times = memory.iter().fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)));
    let killed: u64 = memory.iter().map(|incident| incident.victims.len() as u64).sum();
    let ended: u64 = memory.iter().map(|incident| incident.terminations.len() as u64).sum();
    Some(match (killed, ended) {
        (0, 0) => say!(language, "render-found", times = times),
        (_, 0) => say!(language, "render-found-killed", times = times, killed = killed),
        (0, _) => say!(language, "render-found-ended", times = times, ended = ended),
        _ => say!(language, "render-found-killed-ended", times = times, killed = killed, ended = ended),
    })
}
