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

use super::text::group::{self, Group};
use super::text::units::{Moment, count};
use super::text::words;
use super::{Format, Style};
use crate::report::{Report, Verdict};
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
        let groups = group::groups(report, options.all);
        let page = Page { report, groups: &groups, zone: common_zone(report), verbose: options.verbose };
        page.heading(out)?;
        page.summary(out)?;
        impact::write(&page, out)?;
        timeline::write(&page, out)?;
        cause::write(&page, out)?;
        list("Contributing factors", "None that these logs show.", &factors::of(&page), out)?;
        list("What is not known", "", &unknown::of(&page), out)?;
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

    fn zone_note(&self) -> String {
        self.zone.map(|zone| format!(" ({})", inline(zone))).unwrap_or_default()
    }

    fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        let title = match self.groups.split_first() {
            Some((first, rest)) => {
                let what = first.first().map(words::headline).unwrap_or_default();
                let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
                format!("{}: {}{more}", inline(&first.subject), inline(&what))
            }
            None => "no memory incident found".to_owned(),
        };
        writeln!(out, "# Postmortem: {title}\n")?;
        let read = count(self.report.summary.sources, "source", "sources");
        writeln!(
            out,
            "Draft from {read} of logs, by oomscan {}. Complete what is marked with `TODO`.\n",
            inline(&self.report.oomscan)
        )
    }

    fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "## Summary\n")?;
        writeln!(out, "{}\n", self.sentence())?;
        if let Some(first) = self.groups.first().and_then(Group::first).filter(|first| !first.summary.is_empty()) {
            writeln!(out, "{}\n", text(&first.summary))?;
        }
        if self.groups.is_empty() {
            return Ok(());
        }
        let zone = self.zone_note();
        writeln!(out, "| # | What | Why | Node | Times | First{zone} | Last{zone} | Was it memory? |")?;
        writeln!(out, "| ---: | --- | --- | --- | ---: | --- | --- | --- |")?;
        let shown = self.fold(self.groups.len(), MAX_ROWS);
        for (at, group) in self.groups.iter().take(shown).enumerate() {
            let Some(first) = group.first() else { continue };
            let (from, to) = group.span();
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {}, {} |",
                at.saturating_add(1),
                cell(&group.subject_with_process()),
                inline(&words::short(first)),
                cell(&first.node),
                group.times(),
                from.map(|time| self.time(time)).unwrap_or_else(|| "not known".to_owned()),
                to.filter(|_| group.times() > 1).map(|time| self.time(time)).unwrap_or_default(),
                verdict(first.verdict),
                words::confidence(first.confidence),
            )?;
        }
        writeln!(out)?;
        self.more(shown, self.groups.len(), out)
    }

    /// "Memory: 6 incidents, 6 processes killed."
    fn sentence(&self) -> String {
        let summary = &self.report.summary;
        let memory = self.report.incidents.iter().filter(|incident| incident.verdict == Verdict::Memory);
        let times = memory.fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)));
        let mut said = match times {
            0 => "No memory incident was found in these logs.".to_owned(),
            _ => format!(
                "{} because of memory: {} killed.",
                count(times, "incident", "incidents"),
                count(summary.victims, "process", "processes")
            ),
        };
        if summary.undetermined > 0 {
            said.push_str(&format!(
                " {} for which the logs name no cause.",
                count(summary.undetermined, "end", "ends")
            ));
        }
        if summary.not_memory > 0 {
            said.push_str(&format!(" {} for another reason.", count(summary.not_memory, "end", "ends")));
        }
        said
    }

    fn more(&self, shown: usize, all: usize, out: &mut dyn Write) -> io::Result<()> {
        match all.checked_sub(shown).filter(|&left| left > 0) {
            Some(left) => writeln!(out, "_... and {left} more; `--verbose` shows them._\n"),
            None => Ok(()),
        }
    }

    fn actions(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "## Actions\n")?;
        writeln!(out, "| Action | Why | Owner | Due | Done |\n| --- | --- | --- | --- | --- |")?;
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
        let sources = &self.report.sources;
        if sources.is_empty() {
            return writeln!(out, "## Sources\n\nNothing was read.");
        }
        let zone = self.zone_note();
        writeln!(out, "## Sources\n\n| Source | Kind | From{zone} | To{zone} |\n| --- | --- | --- | --- |")?;
        let shown = self.fold(sources.len(), MAX_ROWS);
        let time = |time: &Option<String>| time.as_deref().map(|time| self.time(time)).unwrap_or_default();
        for source in sources.iter().take(shown) {
            let (from, to) = (time(&source.first_time), time(&source.last_time));
            writeln!(out, "| {} | {} | {from} | {to} |", cell(&source.path), inline(&source.kind))?;
        }
        writeln!(out)?;
        self.more(shown, sources.len(), out)
    }
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

/// The verdict in small letters.
fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Memory => "yes",
        Verdict::NotMemory => "no",
        Verdict::Undetermined => "not known",
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
