//! Many nodes at a glance: nodes, workloads, causes and limits, each as a table.

use super::answer::fold;
use super::page::{Line, Page, Paint};
use super::table::{self, Column};
use super::units::{Moment, bytes, count};
use super::words;
use crate::render::Style;
use crate::report::fleet::{Fleet, FleetCause, FleetLimit, FleetNode, FleetWorkload};
use crate::report::{Cause, Incident, Verdict};
use crate::time::{parse_rfc3339, resolve, rfc3339};
use std::io::{self, Write};

/// Rows of each table without `-v`.
const MAX_ROWS: usize = 20;
/// Rows of the tables that only complete the picture, without `-v`.
const MAX_MORE: usize = 10;
/// Blanks before the tables.
const INDENT: usize = 2;

/// A row of a table.
type Row = Vec<(Paint, String)>;

/// Writes the view.
pub(crate) fn write(fleet: &Fleet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style);
    page.hanging(Line::new(), sentence(fleet))?;
    if style.quiet {
        return Ok(());
    }
    let times = Times::of(fleet);
    nodes(&mut page, fleet, times)?;
    workloads(&mut page, &fleet.workloads, times)?;
    causes(&mut page, &fleet.causes, times)?;
    limits(&mut page, &fleet.limits)?;
    if fleet.problems > 0 {
        page.blank()?;
        let text = format!("{} with reading.", count(fleet.problems, "problem", "problems"));
        page.hanging(Line::new(), Line::of(Paint::Unsure, text))?;
    }
    Ok(())
}

fn sentence(fleet: &Fleet) -> Line {
    let summary = &fleet.summary;
    if summary.sources == 0 && summary.incidents == 0 {
        return Line::of(Paint::Unsure, "Nothing was read, so there is no answer.");
    }
    let memory = fleet.nodes.iter().fold(0u64, |sum, node| sum.saturating_add(node.memory));
    let line = if memory == 0 {
        Line::of(Paint::Good, format!("No memory incident found on {}.", count(summary.nodes, "node", "nodes")))
    } else {
        let hit = fleet.nodes.iter().filter(|node| node.memory > 0).count();
        let on = format!("on {hit} of {}", count(summary.nodes, "node", "nodes"));
        Line::of(Paint::Bad, "Memory:").plain(format!(" {} {on}.", count(memory, "incident", "incidents")))
    };
    let line = match summary.undetermined {
        0 => line,
        some => line.add(Paint::Unsure, " Undetermined:").plain(format!(" {}.", count(some, "incident", "incidents"))),
    };
    let line = match summary.not_memory {
        0 => line,
        some => line.plain(format!(" Not memory: {}.", count(some, "other end", "other ends"))),
    };
    match (&fleet.first, &fleet.last) {
        (Some(first), Some(last)) => line.add(Paint::Dim, format!(" {} to {}.", time(first), time(last))),
        _ => line,
    }
}

fn nodes(page: &mut Page, fleet: &Fleet, times: Times<'_>) -> io::Result<()> {
    let all = page.style.verbose || page.style.all;
    let shown: Vec<&FleetNode> =
        fleet.nodes.iter().filter(|node| all || node.memory > 0 || node.undetermined > 0).collect();
    let quiet = fleet.nodes.len() - shown.len();
    if shown.is_empty() {
        return Ok(());
    }
    let files = shown.iter().any(|node| node.report.is_some());
    let [first, last] = times.columns();
    let mut columns = vec![
        Column::flexible("NODE", 12),
        Column::number("MEMORY"),
        Column::number("UNKNOWN"),
        Column::number("OTHER"),
        Column::number("KILLED"),
        Column::words("MOSTLY", 14),
        first,
        last,
    ];
    if files {
        columns.push(Column::flexible("REPORT", 12));
    }
    let row = |node: &&FleetNode| {
        let mut row: Row = vec![
            (Paint::Bold, node.name.clone()),
            (if node.memory > 0 { Paint::Bad } else { Paint::Plain }, node.memory.to_string()),
            (if node.undetermined > 0 { Paint::Unsure } else { Paint::Plain }, node.undetermined.to_string()),
            (Paint::Plain, node.not_memory.to_string()),
            (Paint::Plain, node.victims.to_string()),
            (Paint::Plain, node.main_cause.map(cause).unwrap_or_default()),
            times.cell(node.first.as_deref()),
            times.cell(node.last.as_deref()),
        ];
        if files {
            row.push((Paint::Dim, node.report.clone().unwrap_or_default()));
        }
        row
    };
    let rows: Vec<Row> = shown.iter().map(row).collect();
    table(page, "Nodes by memory incidents", &columns, &rows, MAX_ROWS)?;
    if quiet > 0 {
        let nodes = if quiet == 1 { "node" } else { "nodes" };
        let text = format!("  {quiet} more {nodes} without a memory incident (--all shows them)");
        page.line(Line::of(Paint::Dim, text))?;
    }
    Ok(())
}

fn workloads(page: &mut Page, workloads: &[FleetWorkload], times: Times<'_>) -> io::Result<()> {
    let all = page.style.verbose || page.style.all;
    let [first, last] = times.columns();
    let columns = [
        Column::flexible("WORKLOAD", 16),
        Column::number("MEMORY"),
        Column::number("OTHER"),
        Column::number("NODES"),
        first,
        last,
    ];
    let row = |w: &FleetWorkload| {
        let namespace = w.namespace.as_ref().map(|n| format!("{n}/")).unwrap_or_default();
        vec![
            (Paint::Bold, format!("{namespace}{}", w.name)),
            (if w.memory_restarts > 0 { Paint::Bad } else { Paint::Plain }, w.memory_restarts.to_string()),
            (Paint::Plain, w.other_restarts.to_string()),
            (Paint::Plain, w.nodes.len().to_string()),
            times.cell(w.first.as_deref()),
            times.cell(w.last.as_deref()),
        ]
    };
    let rows: Vec<Row> = workloads.iter().filter(|w| all || w.memory_restarts > 0).map(row).collect();
    table(page, "Workloads by restarts over all nodes", &columns, &rows, MAX_ROWS)
}

fn causes(page: &mut Page, causes: &[FleetCause], times: Times<'_>) -> io::Result<()> {
    let [first, last] = times.columns();
    let columns = [Column::words("CAUSE", 20), Column::number("TIMES"), Column::number("NODES"), first, last];
    let row = |c: &FleetCause| {
        let paint = match c.verdict {
            Verdict::Memory => Paint::Bad,
            Verdict::Undetermined => Paint::Unsure,
            Verdict::NotMemory => Paint::Plain,
        };
        vec![
            (paint, cause(c.cause)),
            (Paint::Plain, c.incidents.to_string()),
            (Paint::Plain, c.nodes.to_string()),
            times.cell(c.first.as_deref()),
            times.cell(c.last.as_deref()),
        ]
    };
    let rows: Vec<Row> = causes.iter().map(row).collect();
    table(page, "Causes", &columns, &rows, MAX_ROWS)
}

fn limits(page: &mut Page, limits: &[FleetLimit]) -> io::Result<()> {
    let columns = [
        Column::flexible("LIMIT OF", 16),
        Column::fixed("KIND"),
        Column::number("SIZE"),
        Column::number("TIMES"),
        Column::number("NODES"),
    ];
    let row = |l: &FleetLimit| {
        vec![
            (Paint::Bold, l.owner.clone()),
            (Paint::Plain, words::scope(l.scope).to_owned()),
            (Paint::Plain, l.limit_bytes.map(bytes).unwrap_or_else(|| "unknown".to_owned())),
            (Paint::Bad, l.times.to_string()),
            (Paint::Plain, l.nodes.to_string()),
        ]
    };
    let rows: Vec<Row> = limits.iter().map(row).collect();
    table(page, "Limits that were hit most", &columns, &rows, MAX_MORE)
}

fn table(page: &mut Page, title: &str, columns: &[Column], rows: &[Row], most: usize) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(Line::of(Paint::Bold, title))?;
    let shown = if page.style.verbose { rows.len() } else { fold(rows.len(), most) };
    table::write(page, INDENT, columns, rows.get(..shown).unwrap_or(rows))?;
    if shown < rows.len() {
        page.line(Line::of(Paint::Dim, format!("  ... and {} more (-v shows them)", rows.len() - shown)))?;
    }
    Ok(())
}

/// The cause alone, without the size of a limit.
fn cause(cause: Cause) -> String {
    words::short(&Incident { cause, ..Incident::default() })
}

fn time(text: &str) -> String {
    Moment::new(text).map_or_else(|| text.to_owned(), |moment| format!("{} {}", moment.seconds(), moment.zone_name()))
}

/// How times stand in the tables: in the zone that all of them have, or else in UTC, so that they can be compared.
#[derive(Clone, Copy)]
struct Times<'a>(Option<&'a str>);

impl<'a> Times<'a> {
    fn of(fleet: &'a Fleet) -> Times<'a> {
        let nodes = fleet.nodes.iter().flat_map(|node| [&node.first, &node.last]);
        let mut zones = nodes.filter_map(|time| Moment::new(time.as_deref()?)).map(|moment| moment.zone_name());
        Times(zones.next().filter(|first| zones.all(|zone| zone == *first)))
    }

    fn columns(self) -> [Column; 2] {
        let zone = self.0.unwrap_or("UTC");
        [Column::flexible(format!("FIRST ({zone})"), 14), Column::flexible(format!("LAST ({zone})"), 14)]
    }

    /// `11-23 09:26:40`: tables over many nodes have no room for the year.
    fn cell(self, text: Option<&str>) -> (Paint, String) {
        let Some(text) = text else { return (Paint::Plain, String::new()) };
        let as_is = || Some(text.to_owned());
        let shown = if self.0.is_some() { as_is() } else { in_utc(text).or_else(as_is) };
        let short = |moment: Moment<'_>| Some(format!("{} {}", moment.date.get(5..)?, moment.clock));
        let short = shown.as_deref().and_then(Moment::new).and_then(short);
        (Paint::Plain, short.unwrap_or_else(|| text.to_owned()))
    }
}

fn in_utc(text: &str) -> Option<String> {
    let wall = parse_rfc3339(text)?;
    rfc3339(resolve(&wall, None, Some(0))?, 0)
}
