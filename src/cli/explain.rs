//! The command `explain`.

use crate::exit_code::{Explanation, MemoryLink, PossibleCause};
use crate::language::Language;
use crate::render::text::page::{Line, Page, Paint};
use crate::render::{self, Style};
use crate::report::{Report, Termination};
use crate::say;
use serde::Serialize;
use std::io::{self, Write};

/// Writes the explanation for people.
pub(super) fn write_text(found: &Explanation, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let language = style.language;
    let mut page = Page::new(out, style);
    page.hanging(Line::new(), heading(found, language))?;
    page.hanging(Line::new(), memory(found.memory, language))?;
    if !found.notes.is_empty() {
        page.blank()?;
    }
    for note in &found.notes {
        page.hanging(Line::new().plain("  - "), Line::new().plain(note))?;
    }
    let causes = match found.causes.len() {
        0 => return Ok(()),
        1 => say!(language, "codes-explain-one"),
        _ => say!(language, "codes-explain-several"),
    };
    page.blank()?;
    page.line(Line::of(Paint::Bold, causes))?;
    let labels = [say!(language, "codes-explain-seen"), say!(language, "codes-explain-look")];
    for (at, cause) in found.causes.iter().enumerate() {
        write_cause(&mut page, at + 1, cause, &labels)?;
    }
    Ok(())
}

/// "137, SIGKILL: it was killed outright."
fn heading(found: &Explanation, language: Language) -> Line {
    let title = title(found);
    let text = say!(language, "codes-explain-heading", title = &title, meaning = &found.meaning);
    match text.strip_prefix(&title) {
        Some(rest) => Line::of(Paint::Bold, &title).plain(rest),
        None => Line::of(Paint::Bold, text),
    }
}

/// "137, SIGKILL".
fn title(found: &Explanation) -> String {
    let code = found.hex.clone().or_else(|| found.code.map(|code| code.to_string()));
    let parts: Vec<String> = [code, found.name.clone()].into_iter().flatten().collect();
    if parts.is_empty() { found.query.clone() } else { parts.join(", ") }
}

fn memory(link: MemoryLink, language: Language) -> Line {
    match link {
        MemoryLink::Often => Line::of(Paint::Bad, say!(language, "codes-explain-often")),
        MemoryLink::Sometimes => Line::of(Paint::Unsure, say!(language, "codes-explain-sometimes")),
        MemoryLink::Rarely => Line::of(Paint::Dim, say!(language, "codes-explain-rarely")),
    }
}

fn write_cause(page: &mut Page, number: usize, cause: &PossibleCause, labels: &[String; 2]) -> io::Result<()> {
    page.hanging(Line::new().plain(format!("{number:>3}. ")), Line::new().plain(&cause.cause))?;
    for (label, text) in labels.iter().zip([&cause.evidence, &cause.next]) {
        let label = Line::new().plain("     ").add(Paint::Accent, label).plain("  ");
        page.hanging(label, Line::of(Paint::Dim, text))?;
    }
    Ok(())
}

/// Other names that are shown.
const MAX_OTHERS: usize = 12;

/// Writes what the logs say of the one that was asked about; `others`: whom they tell of at all.
pub(super) fn write_story(
    found: &Explanation,
    subject: &str,
    report: &Report,
    others: &[String],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(out, style);
    page.blank()?;
    let heading = match report.incidents.len() {
        0 => say!(style.language, "codes-explain-nothing", subject = subject),
        _ => say!(style.language, "codes-explain-story", subject = subject),
    };
    page.hanging(Line::new(), Line::of(Paint::Bold, heading))?;
    if let Some(hint) = hint(found, report, others, style.language) {
        page.hanging(Line::new(), Line::new().plain(hint))?;
    }
    page.blank()?;
    render::by_name("text").map_or(Ok(()), |format| format.write(report, style, out))
}

/// What a person may have overlooked: another name, or an end with another code than the one that was asked about.
fn hint(found: &Explanation, report: &Report, others: &[String], language: Language) -> Option<String> {
    if report.incidents.is_empty() {
        let shown = others.get(..MAX_OTHERS).unwrap_or(others);
        let names = language.list(shown);
        return match others.len() - shown.len() {
            _ if shown.is_empty() => None,
            0 => Some(say!(language, "codes-explain-others", names = names)),
            more => Some(say!(language, "codes-explain-others-and-more", names = names, count = more)),
        };
    }
    let code = found.code?;
    let has_it =
        |end: &Termination| end.exit_code == Some(code) || (found.signal.is_some() && end.signal == found.signal);
    let mut ends = report.incidents.iter().flat_map(|incident| &incident.terminations).peekable();
    (ends.peek().is_some() && !ends.any(has_it))
        .then(|| say!(language, "codes-explain-other-code", code = code.to_string()))
}

/// An explanation with the report about one container, pod or unit.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
}

/// Writes the explanation for programs: one JSON object; with a report it has one more key, `report`.
pub(super) fn write_json(found: &Explanation, report: Option<&Report>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Told { explanation: found, report })?;
    out.write_all(b"\n")
}
