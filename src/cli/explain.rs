//! The command `explain`.

use crate::exit_code::{Explanation, MemoryLink, PossibleCause};
use crate::render::text::page::{Line, Page, Paint};
use crate::render::{self, Style};
use crate::report::Report;
use serde::Serialize;
use std::io::{self, Write};

/// Writes the explanation for people.
pub(super) fn write_text(found: &Explanation, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style);
    let heading = Line::of(Paint::Bold, title(found)).plain(": ").plain(&found.meaning).plain(".");
    page.hanging(Line::new(), heading)?;
    page.hanging(Line::new(), memory(found.memory))?;
    if !found.notes.is_empty() {
        page.blank()?;
    }
    for note in &found.notes {
        page.hanging(Line::new().plain("  - "), Line::new().plain(note))?;
    }
    if found.causes.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(Line::of(
        Paint::Bold,
        if found.causes.len() == 1 { "What it may be" } else { "What it may be, likely ones first" },
    ))?;
    for (at, cause) in found.causes.iter().enumerate() {
        write_cause(&mut page, at + 1, cause)?;
    }
    Ok(())
}

/// "137, SIGKILL".
fn title(found: &Explanation) -> String {
    let code = found.hex.clone().or_else(|| found.code.map(|code| code.to_string()));
    let parts: Vec<String> = [code, found.name.clone()].into_iter().flatten().collect();
    if parts.is_empty() { found.query.clone() } else { parts.join(", ") }
}

fn memory(link: MemoryLink) -> Line {
    match link {
        MemoryLink::Often => Line::of(Paint::Bad, "Often a matter of memory."),
        MemoryLink::Sometimes => Line::of(Paint::Unsure, "Sometimes a matter of memory."),
        MemoryLink::Rarely => Line::of(Paint::Dim, "Hardly ever a matter of memory."),
    }
}

fn write_cause(page: &mut Page, number: usize, cause: &PossibleCause) -> io::Result<()> {
    page.hanging(Line::new().plain(format!("{number:>3}. ")), Line::new().plain(&cause.cause))?;
    for (label, text) in [("seen by", &cause.evidence), ("look at", &cause.next)] {
        let label = Line::new().plain("     ").add(Paint::Accent, label).plain("  ");
        page.hanging(label, Line::of(Paint::Dim, text))?;
    }
    Ok(())
}

/// Writes what the logs say of the one that was asked about.
pub(super) fn write_story(subject: &str, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style);
    page.blank()?;
    let heading = match report.incidents.len() {
        0 => format!("These logs tell of no abnormal end of {subject}"),
        _ => format!("What these logs tell of {subject}"),
    };
    page.hanging(Line::new(), Line::of(Paint::Bold, heading))?;
    page.blank()?;
    render::by_name("text").map_or(Ok(()), |format| format.write(report, style, out))
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
