//! `text`: for people. First the answer, then the details, then what the answer rests on, then what went wrong.
//!
//! Repeats of the same thing are one group, shown once with how often it happened; long lists are folded with a count.
//! `-v` unfolds everything.

pub(super) mod answer;
mod bar;
mod breaks;
mod brief;
mod coverage;
pub(crate) mod details;
pub(crate) mod escape;
pub(crate) mod fleet;
pub(super) mod group;
mod incident;
pub(crate) mod page;
mod strip;
mod table;
pub(super) mod timeline;
pub(crate) mod units;
pub(crate) mod width;
pub(super) mod words;

#[cfg(test)]
mod tests;

use super::{Format, Style, headline};
use crate::report::{Report, Verdict};
use crate::say;
use page::{Line, Page, Paint};
use std::io::{self, Write};

/// The format.
pub(super) struct Text;

/// Groups shown in detail without `-v`; the table has the others.
const MAX_DETAILS: usize = 10;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn write(&self, report: &Report, options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(out, options);
        let groups = group::groups(report, options.all, options.language);
        if options.brief {
            answer::sentences(&mut page, report)?;
            return brief::write(&mut page, report);
        }
        answer::write(&mut page, report, &groups)?;
        if options.quiet {
            return Ok(());
        }
        let shown = if options.verbose { groups.len() } else { answer::fold(groups.len(), MAX_DETAILS) };
        for (at, group) in groups.iter().take(shown).enumerate() {
            incident::write(&mut page, at + 1, group)?;
        }
        if shown < groups.len() {
            page.blank()?;
            let text = say!(options.language, "render-details-left-out", n = groups.len() - shown);
            page.line(Line::of(Paint::Dim, text))?;
        }
        if needs_coverage(report, options) {
            page.blank()?;
            coverage::write(&mut page, report)?;
        }
        coverage::problems(&mut page, &report.problems)
    }
}

/// Writes the only incident of a report, under a number; with `quiet` in one line.
pub(super) fn write_news(report: &Report, number: usize, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style);
    for group in group::groups(report, true, style.language) {
        match group.first().filter(|_| style.quiet) {
            Some(incident) => {
                let time = incident.time.as_deref();
                let time = time.map_or_else(|| answer::after_boot(incident.uptime_s, style.language), units::full_time);
                let verdict = words::verdict(incident.verdict, style.language);
                let parts = [&time, &incident.node, &verdict, &incident.summary];
                page.line(Line::new().plain(parts.map(String::as_str).join("  ")))?;
            }
            None => incident::write(&mut page, number, &group)?,
        }
    }
    Ok(())
}

/// What the kernel log covers matters when no memory incident was found, or one could not be told.
fn needs_coverage(report: &Report, options: &Style) -> bool {
    if headline::nothing_read(report) {
        return false;
    }
    options.verbose
        || report.incidents.iter().all(|incident| incident.verdict != Verdict::Memory)
        || report.incidents.iter().any(|incident| incident.verdict == Verdict::Undetermined)
}
