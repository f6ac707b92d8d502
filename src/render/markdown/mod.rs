//! `markdown`: a postmortem to be completed by people. What the logs tell is filled in: summary, impact, timeline, causes
//! with their proof, contributing factors, what is not known. Owners and dates of the actions are left blank.
//!
//! Equal incidents are told once, as in the text report; `-v` tells all of them. Nothing that a log says can be more than
//! text: see [`escape`].

mod cause;
mod escape;
mod factors;
mod impact;
mod timeline;
mod unknown;

#[cfg(test)]
mod tests;

use super::headline;
use super::text::group::{self, Group};
use super::text::units::Moment;
use super::text::words;
use super::{Format, Style};
use crate::language::Language;
use crate::report::{Incident, Report, Verdict};
use crate::say;
use escape::{cell, inline, text};
use std::io::{self, Write};

/// The format.
pub(super) struct Markdown;

/// Groups told in full without `-v`; the table has more.
const MAX_CAUSES: usize = 20;

/// Rows of a table without `-v`.
const MAX_ROWS: usize = 60;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn write(&self, report: &Report, options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let language = options.language;
        let groups = group::groups(report, options.all, language);
        let page = Page {
            report,
            groups: &groups,
            zone: common_zone(report),
            verbose: options.verbose,
            narrowed: options.narrowed,
            language,
        };
        page.heading(out)?;
        page.summary(out)?;
        impact::write(&page, out)?;
        timeline::write(&page, out)?;
        cause::write(&page, out)?;
        let none = say!(language, "render-pm-no-factors");
        list(&say!(language, "render-pm-factors"), &none, &factors::of(&page), out)?;
        list(&say!(language, "render-pm-unknown"), "", &unknown::of(&page), out)?;
        page.actions(out)?;
        page.sources(out)
    }
}

/// What all sections need.
struct Page<'a> {
    report: &'a Report,
    groups: &'a [Group<'a>],
    /// The zone of all times, told once.
    zone: Option<&'a str>,
    verbose: bool,
    /// The report holds only what was asked for.
    narrowed: bool,
    language: Language,
}

impl Page<'_> {
    /// How many of `length` rows are shown.
    fn fold(&self, length: usize, most: usize) -> usize {
        if self.verbose || length <= most.saturating_add(1) { length } else { most }
    }

    /// A time in a table.
    fn time(&self, time: &str) -> String {
        match Moment::new(time) {
            Some(moment) if self.zone.is_some() => moment.seconds(),
            Some(moment) => format!("{} {}", moment.seconds(), moment.zone_name()),
            None => inline(time),
        }
    }

    /// A heading of a column of times, with the zone where they have one.
    fn zoned(&self, title: String) -> String {
        match self.zone {
            Some(zone) => say!(self.language, "render-in-zone", title = title, zone = inline(zone)),
            None => title,
        }
    }

    fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        let language = self.language;
        let what = |group: &Group| group.first().map(|first| words::headline(first, language)).unwrap_or_default();
        let title = match self.groups.split_first() {
            Some((first, rest)) => {
                let (subject, what) = (inline(&first.subject), inline(&what(first)));
                match rest.len() {
                    0 => say!(language, "render-pm-title", subject = subject, what = what),
                    n => say!(language, "render-pm-title-more", subject = subject, what = what, n = n),
                }
            }
            None => say!(language, "render-pm-title-none"),
        };
        writeln!(out, "# {title}\n")?;
        let (sources, version) = (self.report.summary.sources, inline(&self.report.oomscan));
        writeln!(out, "{}\n", say!(language, "render-pm-draft", sources = sources, version = version))
    }

    fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let language = self.language;
        writeln!(out, "## {}\n", say!(language, "render-pm-summary"))?;
        writeln!(out, "{}\n", self.sentence())?;
        if let Some(first) = self.groups.first().and_then(Group::first).filter(|first| !first.summary.is_empty()) {
            writeln!(out, "{}\n", text(&first.summary))?;
        }
        if self.groups.is_empty() {
            return Ok(());
        }
        let titles = [
            "#".to_owned(),
            say!(language, "render-title-what"),
            say!(language, "render-title-why"),
            say!(language, "render-title-node"),
            say!(language, "render-title-times"),
            self.zoned(say!(language, "render-title-first")),
            self.zoned(say!(language, "render-title-last")),
            say!(language, "render-was-it-memory"),
        ];
        head(&titles, &[0, 4], out)?;
        let shown = self.fold(self.groups.len(), MAX_ROWS);
        for (at, group) in self.groups.iter().take(shown).enumerate() {
            let Some(first) = group.first() else { continue };
            let (from, to) = group.span();
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                at.saturating_add(1),
                cell(&group.subject_with_process()),
                inline(&words::short(first, language)),
                cell(&first.node),
                group.times(),
                from.map(|time| self.time(time)).unwrap_or_else(|| say!(language, "render-not-known")),
                to.filter(|_| group.times() > 1).map(|time| self.time(time)).unwrap_or_default(),
                verdict_and_confidence(first, language),
            )?;
        }
        writeln!(out)?;
        self.more(shown, self.groups.len(), out)
    }

    fn sentence(&self) -> String {
        let others = headline::others(self.report.summary.not_memory, self.language);
        let pieces = headline::pieces(self.report, self.narrowed, self.language);
        self.language.paragraph(&pieces.into_iter().map(|(_, text)| text).chain(others).collect::<Vec<_>>())
    }

    fn more(&self, shown: usize, all: usize, out: &mut dyn Write) -> io::Result<()> {
        match all.checked_sub(shown).filter(|&left| left > 0) {
            Some(left) => writeln!(out, "{}\n", say!(self.language, "render-pm-more", n = left)),
            None => Ok(()),
        }
    }

    fn actions(&self, out: &mut dyn Write) -> io::Result<()> {
        let language = self.language;
        writeln!(out, "## {}\n", say!(language, "render-pm-actions"))?;
        let titles = [
            say!(language, "render-title-action"),
            say!(language, "render-title-why"),
            say!(language, "render-title-owner"),
            say!(language, "render-title-due"),
            say!(language, "render-title-done"),
        ];
        head(&titles, &[], out)?;
        let mut told = Vec::new();
        let shown = self.fold(self.groups.len(), MAX_CAUSES);
        for advice in self.groups.iter().take(shown).filter_map(Group::first).flat_map(|first| &first.advice) {
            // One step for several reasons is one step.
            if !told.contains(&advice.action.as_str()) {
                told.push(advice.action.as_str());
                writeln!(out, "| {} | {} | | | |", inline(&advice.action), inline(&advice.reason))?;
            }
        }
        writeln!(out, "| `TODO` | | | | |\n")
    }

    fn sources(&self, out: &mut dyn Write) -> io::Result<()> {
        let language = self.language;
        let sources = &self.report.sources;
        writeln!(out, "## {}\n", say!(language, "render-pm-sources"))?;
        if sources.is_empty() {
            return writeln!(out, "{}", say!(language, "render-pm-nothing-read"));
        }
        let titles = [
            say!(language, "render-title-source"),
            say!(language, "render-title-kind"),
            self.zoned(say!(language, "render-title-from")),
            self.zoned(say!(language, "render-title-to")),
        ];
        head(&titles, &[], out)?;
        let shown = self.fold(sources.len(), MAX_ROWS);
        let time = |time: &Option<String>| time.as_deref().map(|time| self.time(time)).unwrap_or_default();
        for source in sources.iter().take(shown) {
            let (from, to) = (time(&source.first_time), time(&source.last_time));
            writeln!(
                out,
                "| {} | {} | {from} | {to} |",
                cell(&source.path),
                inline(&words::source_kind(&source.kind, language))
            )?;
        }
        writeln!(out)?;
        self.more(shown, sources.len(), out)
    }
}

/// The head of a table; the columns of numbers stand to the right.
fn head(titles: &[String], numbers: &[usize], out: &mut dyn Write) -> io::Result<()> {
    let rule = |at: usize| if numbers.contains(&at) { "---:" } else { "---" };
    let rules: Vec<&str> = (0..titles.len()).map(rule).collect();
    writeln!(out, "| {} |\n| {} |", titles.join(" | "), rules.join(" | "))
}

/// A section that is a list.
fn list(title: &str, nothing: &str, items: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {title}\n")?;
    if items.is_empty() {
        return writeln!(out, "{nothing}\n");
    }
    for item in items {
        writeln!(out, "- {item}")?;
    }
    writeln!(out)
}

/// Was it memory, and how sure is that: "yes, proven".
fn verdict_and_confidence(incident: &Incident, language: Language) -> String {
    let sure = words::confidence(incident.confidence, language);
    match incident.verdict {
        Verdict::Memory => say!(language, "render-yes", sure = sure),
        Verdict::NotMemory => say!(language, "render-no", sure = sure),
        Verdict::Undetermined => say!(language, "render-not-known-sure", sure = sure),
    }
}

/// The zone of all times, when it is one.
fn common_zone(report: &Report) -> Option<&str> {
    let incidents = report.incidents.iter().flat_map(|incident| {
        let steps = incident.timeline.iter().filter_map(|step| step.time.as_deref());
        incident.time.as_deref().into_iter().chain(steps)
    });
    let sources = report.sources.iter().flat_map(|s| [s.first_time.as_deref(), s.last_time.as_deref()]).flatten();
    let mut zones = incidents.chain(sources).filter_map(Moment::new).map(|moment| moment.zone_name());
    let first = zones.next()?;
    zones.all(|zone| zone == first).then_some(first)
}
