//! The answer: was it memory, what was hit, why, how often, when.

use super::group::Group;
use super::page::{Line, Page, Paint};
use super::table::{self, Column};
use super::units::{Moment, count, span};
use super::words;
use crate::report::{Incident, Report, Verdict};
use std::io;

/// Rows of the table without `-v`.
const MAX_ROWS: usize = 20;

/// Narrowest page that has room for columns with the last time and the confidence.
const WIDE: usize = 100;

/// The same where every time bears its own zone.
const VERY_WIDE: usize = 130;

/// Columns for pages that have room.
#[derive(Clone, Copy)]
struct Wide {
    /// The last time.
    last: bool,
    /// The confidence.
    sure: bool,
}

/// Writes the sentence and the table.
pub(super) fn write(page: &mut Page, report: &Report, groups: &[Group]) -> io::Result<()> {
    page.hanging(Line::new(), sentence(report))?;
    let hidden = if page.style.all { 0 } else { report.summary.not_memory };
    if hidden > 0 {
        let text = format!("{} not memory; --all shows {}.", was(hidden), if hidden == 1 { "it" } else { "them" });
        page.hanging(Line::new(), Line::of(Paint::Dim, text))?;
    }
    if groups.is_empty() {
        return Ok(());
    }
    page.blank()?;
    table(page, report, groups)
}

fn was(hidden: u64) -> String {
    format!("{} {}", count(hidden, "other end", "other ends"), if hidden == 1 { "was" } else { "were" })
}

/// "Memory: 6 incidents, 7 processes killed, 5 containers or services ended."
fn sentence(report: &Report) -> Line {
    let memory: Vec<&Incident> = report.incidents.iter().filter(|i| i.verdict == Verdict::Memory).collect();
    let undetermined = report.summary.undetermined;
    let mut line = Line::new();
    if memory.is_empty() {
        let paint = if undetermined == 0 { Paint::Good } else { Paint::Bold };
        line = line.add(paint, "No memory incident found.");
    } else {
        let times = memory.iter().fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)));
        let killed: u64 = memory.iter().map(|incident| incident.victims.len() as u64).sum();
        let ended: u64 = memory.iter().map(|incident| incident.terminations.len() as u64).sum();
        let mut parts = vec![count(times, "incident", "incidents")];
        if killed > 0 {
            parts.push(format!("{} killed", count(killed, "process", "processes")));
        }
        if ended > 0 {
            parts.push(format!("{} ended", count(ended, "container or service", "containers or services")));
        }
        line = line.add(Paint::Bad, "Memory:").plain(format!(" {}.", parts.join(", ")));
    }
    if undetermined > 0 {
        line = line
            .plain(" ")
            .add(Paint::Unsure, "Undetermined:")
            .plain(format!(" {}.", count(undetermined, "incident", "incidents")));
    }
    line
}

fn table(page: &mut Page, report: &Report, groups: &[Group]) -> io::Result<()> {
    let shown = if page.style.verbose { groups.len() } else { fold(groups.len(), MAX_ROWS) };
    let zone = common_zone(groups);
    let zoned = |title: &str| zone.map_or_else(|| title.to_owned(), |zone| format!("{title} ({zone})"));
    let wide = page.width() >= if zone.is_some() { WIDE } else { VERY_WIDE };
    let wide = Wide { last: wide && groups.iter().any(|group| group.times() > 1), sure: page.width() >= WIDE };
    let mut columns =
        vec![Column::number("#"), Column::flexible("WHAT", 14), Column::words("WHY", 20), Column::number("TIMES")];
    if report.summary.nodes > 1 {
        columns.insert(2, Column::flexible("NODE", 6));
    }
    columns.push(Column::flexible(zoned("FIRST"), 26));
    if wide.last {
        columns.push(Column::flexible(zoned("LAST"), 26));
    }
    if wide.sure {
        columns.push(Column::fixed("SURE"));
    }
    let rows: Vec<_> = groups
        .iter()
        .take(shown)
        .enumerate()
        .map(|(at, group)| row(at, group, report.summary.nodes > 1, zone.is_some(), wide))
        .collect();
    table::write(page, 2, &columns, &rows)?;
    if shown < groups.len() {
        let rest = groups.iter().skip(shown).fold(0u64, |sum, group| sum.saturating_add(group.times()));
        let text = format!(
            "    ... and {} more of {} (-v shows them)",
            count(rest, "incident", "incidents"),
            count((groups.len() - shown) as u64, "kind", "kinds")
        );
        page.line(Line::of(Paint::Dim, text))?;
    }
    Ok(())
}

/// How many of `length` to show, when at most `most` are wanted: a fold that hides one row is not worth it.
pub(super) fn fold(length: usize, most: usize) -> usize {
    if length <= most + 1 { length } else { most }
}

fn row(at: usize, group: &Group, nodes: bool, same_zone: bool, wide: Wide) -> Vec<(Paint, String)> {
    let first = group.first();
    let paint = match first.map(|incident| incident.verdict) {
        Some(Verdict::Memory) => Paint::Bad,
        Some(Verdict::Undetermined) => Paint::Unsure,
        _ => Paint::Plain,
    };
    let (from, to) = group.span();
    let uptime = first.and_then(|incident| incident.uptime_s);
    let mut row = vec![
        (Paint::Dim, (at + 1).to_string()),
        (Paint::Bold, group.subject.clone()),
        (paint, common_short(group)),
        (Paint::Plain, group.times().to_string()),
        (Paint::Plain, from.map_or_else(|| after_boot(uptime), |time| short_time(time, same_zone))),
    ];
    if nodes {
        row.insert(2, (Paint::Plain, first.map(|incident| incident.node.clone()).unwrap_or_default()));
    }
    if wide.last {
        let last = if group.times() > 1 { to.map(|time| short_time(time, same_zone)) } else { None };
        row.push((Paint::Plain, last.unwrap_or_default()));
    }
    if wide.sure {
        row.push((Paint::Plain, first.map_or("", |incident| words::confidence(incident.confidence)).to_owned()));
    }
    row
}

/// The short cause; without the size where the limit was changed in between.
fn common_short(group: &Group) -> String {
    let mut texts = group.incidents.iter().map(|incident| words::short(incident));
    let first = texts.next().unwrap_or_default();
    if texts.all(|text| text == first) {
        return first;
    }
    match group.first() {
        Some(incident) => {
            words::short(&Incident { cause: incident.cause, agent: incident.agent.clone(), ..Incident::default() })
        }
        None => first,
    }
}

fn short_time(time: &str, same_zone: bool) -> String {
    match Moment::new(time) {
        Some(moment) if same_zone => moment.seconds(),
        Some(moment) => format!("{} {}", moment.seconds(), moment.zone_name()),
        None => time.to_owned(),
    }
}

/// Where no wall clock is known.
pub(super) fn after_boot(uptime: Option<f64>) -> String {
    uptime.map_or_else(|| "time unknown".to_owned(), |seconds| format!("{} after boot", span(seconds)))
}

/// The zone of all times in the table, when it is one.
fn common_zone<'a>(groups: &[Group<'a>]) -> Option<&'a str> {
    let mut zones = groups.iter().flat_map(|group| {
        let (first, last) = group.span();
        [first, last].into_iter().flatten().filter_map(Moment::new).map(|moment| moment.zone_name())
    });
    let first = zones.next()?;
    zones.all(|zone| zone == first).then_some(first)
}
