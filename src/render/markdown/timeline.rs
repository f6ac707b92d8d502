//! The timeline of everything: every step of the first incident of a group, one line for each that repeats it.

use super::escape::{cell, inline};
use super::{MAX_ROWS, Page};
use crate::render::facts::micros;
use crate::render::text::units::span;
use crate::report::{Incident, Report};
use std::io::{self, Write};

/// A row.
struct Row<'a> {
    /// Microseconds since 1970; what has no time comes last.
    at: Option<i64>,
    time: String,
    node: &'a str,
    actor: &'a str,
    what: String,
}

/// Writes the section.
pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Timeline\n")?;
    let rows = rows(page);
    if rows.is_empty() {
        return writeln!(out, "Nothing to tell.\n");
    }
    let with_nodes = has_several_nodes(page.report);
    let (node, rule) = if with_nodes { (" Node |", " --- |") } else { ("", "") };
    writeln!(out, "| Time{} |{node} Who | What |\n| --- |{rule} --- | --- |", page.zone_note())?;
    let shown = page.fold(rows.len(), MAX_ROWS);
    for row in rows.iter().take(shown) {
        let node = if with_nodes { format!(" {} |", cell(row.node)) } else { String::new() };
        writeln!(out, "| {} |{node} {} | {} |", row.time, inline(row.actor), row.what)?;
    }
    writeln!(out)?;
    page.more(shown, rows.len(), out)?;
    writeln!(out, "Noticed by, and when: `TODO`\n")
}

fn has_several_nodes(report: &Report) -> bool {
    let mut nodes = report.incidents.iter().map(|incident| &incident.node);
    let first = nodes.next();
    nodes.any(|node| Some(node) != first)
}

fn rows<'a>(page: &Page<'a>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for group in page.groups {
        for (nth, incident) in group.incidents.iter().enumerate() {
            if (nth == 0 || page.verbose) && !incident.timeline.is_empty() {
                rows.extend(incident.timeline.iter().map(|step| Row {
                    at: step.time.as_deref().and_then(micros),
                    time: when(page, step.time.as_deref(), step.uptime_s),
                    node: &incident.node,
                    actor: &step.actor,
                    what: inline(&step.text),
                }));
            } else {
                rows.push(repeat(page, incident, nth > 0));
            }
        }
    }
    rows.sort_by_key(|row| (row.at.is_none(), row.at));
    rows
}

fn repeat<'a>(page: &Page, incident: &'a Incident, again: bool) -> Row<'a> {
    Row {
        at: incident.time.as_deref().and_then(micros),
        time: when(page, incident.time.as_deref(), incident.uptime_s),
        node: &incident.node,
        actor: incident.agent.as_deref().unwrap_or_default(),
        what: format!("{}{}", if again { "Again: " } else { "" }, inline(&incident.summary)),
    }
}

fn when(page: &Page, time: Option<&str>, uptime_s: Option<f64>) -> String {
    match (time, uptime_s) {
        (Some(time), _) => page.time(time),
        (None, Some(seconds)) => format!("{} after boot", span(seconds)),
        (None, None) => "not known".to_owned(),
    }
}
