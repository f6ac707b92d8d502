//! The timeline of everything: every step of the first incident of a group, one line for each that repeats it.

use super::escape::{cell, inline};
use super::{MAX_ROWS, Page, head};
use crate::render::facts::micros;
use crate::render::text::answer::after_boot;
use crate::render::text::words;
use crate::report::{Incident, Report};
use crate::say;
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
    let language = page.language;
    writeln!(out, "## {}\n", say!(language, "render-pm-timeline"))?;
    let rows = rows(page);
    if rows.is_empty() {
        return writeln!(out, "{}\n", say!(language, "render-pm-no-timeline"));
    }
    let with_nodes = has_several_nodes(page.report);
    let mut titles = vec![page.zoned(say!(language, "render-title-time"))];
    titles.extend(with_nodes.then(|| say!(language, "render-title-node")));
    titles.extend([say!(language, "render-title-who"), say!(language, "render-title-step")]);
    head(&titles, &[], out)?;
    let shown = page.fold(rows.len(), MAX_ROWS);
    for row in rows.iter().take(shown) {
        let node = if with_nodes { format!(" {} |", cell(row.node)) } else { String::new() };
        writeln!(out, "| {} |{node} {} | {} |", row.time, inline(&words::agent(row.actor, language)), row.what)?;
    }
    writeln!(out)?;
    page.more(shown, rows.len(), out)?;
    writeln!(out, "{}\n", say!(language, "render-pm-noticed"))
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
        what: match again {
            true => say!(page.language, "render-pm-again", what = inline(&incident.summary)),
            false => inline(&incident.summary),
        },
    }
}

fn when(page: &Page, time: Option<&str>, uptime_s: Option<f64>) -> String {
    match (time, uptime_s) {
        (Some(time), _) => page.time(time),
        (None, None) => say!(page.language, "render-not-known"),
        (None, uptime_s) => after_boot(uptime_s, page.language),
    }
}
