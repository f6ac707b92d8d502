//! Many nodes at a glance: nodes, workloads, causes and limits, each as a table.

use super::answer::fold;
use super::page::{Line, Page, Paint};
use super::table::{self, Column};
use super::units::{Moment, bytes};
use super::words::{self, between};
use crate::language::Language;
use crate::render::{Style, headline};
use crate::report::fleet::{Fleet, FleetCause, FleetLimit, FleetNode, FleetWorkload};
use crate::report::{Cause, Incident, Verdict};
use crate::say;
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
    page.hanging(Line::new(), sentence(fleet, style.language))?;
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
        let text = say!(style.language, "render-fleet-problems", n = fleet.problems);
        page.hanging(Line::new(), Line::of(Paint::Unsure, text))?;
    }
    Ok(())
}

fn sentence(fleet: &Fleet, language: Language) -> Line {
    let summary = &fleet.summary;
    if summary.sources == 0 && summary.incidents == 0 {
        return Line::of(Paint::Unsure, say!(language, "render-nothing-read"));
    }
    let memory = fleet.nodes.iter().fold(0u64, |sum, node| sum.saturating_add(node.memory));
    let line = if memory == 0 {
        Line::of(Paint::Good, say!(language, "render-fleet-none", nodes = summary.nodes))
    } else {
        let hit = fleet.nodes.iter().filter(|node| node.memory > 0).count();
        let found = say!(language, "render-fleet-found", times = memory, hit = hit, nodes = summary.nodes);
        Line::of(Paint::Bad, say!(language, "render-memory-label")).plain(between(language)).plain(found)
    };
    let line = match summary.undetermined {
        0 => line,
        some => line
            .plain(between(language))
            .add(Paint::Unsure, say!(language, "render-undetermined-label"))
            .plain(between(language))
            .plain(say!(language, "render-found", times = some)),
    };
    let line = match headline::others(summary.not_memory, language) {
        None => line,
        Some(others) => line.plain(between(language)).plain(others),
    };
    match (&fleet.first, &fleet.last) {
        (Some(first), Some(last)) => {
            let range = say!(language, "render-fleet-range", from = time(first), to = time(last));
            line.plain(between(language)).add(Paint::Dim, range)
        }
        _ => line,
    }
}

fn nodes(page: &mut Page, fleet: &Fleet, times: Times<'_>) -> io::Result<()> {
    let language = page.language();
    let all = page.style.verbose || page.style.all;
    let shown: Vec<&FleetNode> =
        fleet.nodes.iter().filter(|node| all || node.memory > 0 || node.undetermined > 0).collect();
    let quiet = fleet.nodes.len() - shown.len();
    if shown.is_empty() {
        return Ok(());
    }
    let files = shown.iter().any(|node| node.report.is_some());
    let [first, last] = times.columns(language);
    let mut columns = vec![
        Column::flexible(say!(language, "render-column-node"), 12),
        Column::number(say!(language, "render-column-memory")),
        Column::number(say!(language, "render-column-unknown")),
        Column::number(say!(language, "render-column-other")),
        Column::number(say!(language, "render-column-killed")),
        Column::words(say!(language, "render-column-mostly"), 14),
        first,
        last,
    ];
    if files {
        columns.push(Column::flexible(say!(language, "render-column-report"), 12));
    }
    let row = |node: &&FleetNode| {
        let mut row: Row = vec![
            (Paint::Bold, node.name.clone()),
            (if node.memory > 0 { Paint::Bad } else { Paint::Plain }, node.memory.to_string()),
            (if node.undetermined > 0 { Paint::Unsure } else { Paint::Plain }, node.undetermined.to_string()),
            (Paint::Plain, node.not_memory.to_string()),
            (Paint::Plain, node.victims.to_string()),
            (Paint::Plain, node.main_cause.map(|main| cause(main, language)).unwrap_or_default()),
            times.cell(node.first.as_deref()),
            times.cell(node.last.as_deref()),
        ];
        if files {
            row.push((Paint::Dim, node.report.clone().unwrap_or_default()));
        }
        row
    };
    let rows: Vec<Row> = shown.iter().map(row).collect();
    table(page, &say!(language, "render-fleet-nodes"), &columns, &rows, MAX_ROWS)?;
    if quiet > 0 {
        let text = say!(language, "render-fleet-quiet-nodes", n = quiet);
        page.line(Line::new().plain("  ").add(Paint::Dim, text))?;
    }
    Ok(())
}

fn workloads(page: &mut Page, workloads: &[FleetWorkload], times: Times<'_>) -> io::Result<()> {
    let language = page.language();
    let all = page.style.verbose || page.style.all;
    let [first, last] = times.columns(language);
    let columns = [
        Column::flexible(say!(language, "render-column-workload"), 16),
        Column::number(say!(language, "render-column-memory")),
        Column::number(say!(language, "render-column-other")),
        Column::number(say!(language, "render-column-nodes")),
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
    table(page, &say!(language, "render-fleet-workloads"), &columns, &rows, MAX_ROWS)
}

fn causes(page: &mut Page, causes: &[FleetCause], times: Times<'_>) -> io::Result<()> {
    let language = page.language();
    let [first, last] = times.columns(language);
    let columns = [
        Column::words(say!(language, "render-column-cause"), 20),
        Column::number(say!(language, "render-column-times")),
        Column::number(say!(language, "render-column-nodes")),
        first,
        last,
    ];
    let row = |c: &FleetCause| {
        let paint = match c.verdict {
            Verdict::Memory => Paint::Bad,
            Verdict::Undetermined => Paint::Unsure,
            Verdict::NotMemory => Paint::Plain,
        };
        vec![
            (paint, cause(c.cause, language)),
            (Paint::Plain, c.incidents.to_string()),
            (Paint::Plain, c.nodes.to_string()),
            times.cell(c.first.as_deref()),
            times.cell(c.last.as_deref()),
        ]
    };
    let rows: Vec<Row> = causes.iter().map(row).collect();
    table(page, &say!(language, "render-fleet-causes"), &columns, &rows, MAX_ROWS)
}

fn limits(page: &mut Page, limits: &[FleetLimit]) -> io::Result<()> {
    let language = page.language();
    let columns = [
        Column::flexible(say!(language, "render-column-limit-of"), 16),
        Column::fixed(say!(language, "render-column-kind")),
        Column::number(say!(language, "render-column-size")),
        Column::number(say!(language, "render-column-times")),
        Column::number(say!(language, "render-column-nodes")),
    ];
    let row = |l: &FleetLimit| {
        vec![
            (Paint::Bold, l.owner.clone()),
            (Paint::Plain, words::scope(l.scope, language)),
            (Paint::Plain, l.limit_bytes.map_or_else(|| say!(language, "render-unknown"), bytes)),
            (Paint::Bad, l.times.to_string()),
            (Paint::Plain, l.nodes.to_string()),
        ]
    };
    let rows: Vec<Row> = limits.iter().map(row).collect();
    table(page, &say!(language, "render-fleet-limits"), &columns, &rows, MAX_MORE)
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
        let text = say!(page.language(), "render-more", n = rows.len() - shown);
        page.line(Line::new().plain("  ").add(Paint::Dim, text))?;
    }
    Ok(())
}

/// The cause alone, without the size of a limit.
fn cause(cause: Cause, language: Language) -> String {
    words::short(&Incident { cause, ..Incident::default() }, language)
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

    fn columns(self, language: Language) -> [Column; 2] {
        let zone = self.0.unwrap_or("UTC");
        let column = |title| Column::flexible(say!(language, "render-in-zone", title = title, zone = zone), 14);
        [column(say!(language, "render-column-first")), column(say!(language, "render-column-last"))]
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
