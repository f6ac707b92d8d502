//! The answer: was it memory, what was hit, why, how often, when.

use super::group::Group;
use super::page::{Line, Page, Paint};
use super::strip;
use super::table::{self, Column};
use super::units::{Moment, span};
use super::words::{self, between};
use crate::language::Language;
use crate::render::Style;
use crate::render::facts::micros;
use crate::render::headline::{self, Tone};
use crate::report::{Incident, Report, Verdict};
use crate::say;
use std::collections::BTreeSet;
use std::io;

/// Blanks before the table.
const INDENT: usize = 2;

/// Rows of the table without `-v`.
const MAX_ROWS: usize = 20;

/// Which columns the table has.
#[derive(Clone, Copy)]
struct Layout<'a> {
    /// The node: when there are several.
    node: bool,
    /// The last time.
    last: bool,
    /// The confidence.
    sure: bool,
    /// The zone of all times, told once in the heading.
    zone: Option<&'a str>,
    language: Language,
    /// When it happened, as a line of marks.
    strip: Option<Strip>,
}

/// The line of marks of a row.
#[derive(Clone, Copy)]
struct Strip {
    cells: usize,
    /// First and last time of all rows, between which each row's marks stand.
    range_us: (i64, i64),
    graphics: bool,
}

/// Writes the sentence and the table.
pub(super) fn write(page: &mut Page, report: &Report, groups: &[Group]) -> io::Result<()> {
    sentences(page, report)?;
    if groups.is_empty() {
        return Ok(());
    }
    page.blank()?;
    table(page, groups)
}

/// Writes the sentence, and how much is hidden.
pub(super) fn sentences(page: &mut Page, report: &Report) -> io::Result<()> {
    page.hanging(Line::new(), sentence(report, page.style))?;
    let hidden = if page.style.all { 0 } else { report.summary.not_memory };
    if hidden > 0 {
        let text = say!(page.language(), "render-other-ends-hidden", n = hidden);
        page.hanging(Line::new(), Line::of(Paint::Dim, text))?;
    }
    Ok(())
}

fn sentence(report: &Report, style: &Style) -> Line {
    let language = style.language;
    let paint = |tone| match tone {
        Tone::Plain => Paint::Plain,
        Tone::Bad => Paint::Bad,
        Tone::Good => Paint::Good,
        Tone::Unsure => Paint::Unsure,
        Tone::Bold => Paint::Bold,
    };
    let others = if style.all { headline::others(report.summary.not_memory, language) } else { None };
    let pieces = headline::pieces(report, style.narrowed, language).into_iter().chain(others.map(|o| (Tone::Plain, o)));
    pieces.enumerate().fold(Line::new(), |line, (at, (tone, text))| {
        let line = if at > 0 { line.plain(between(language)) } else { line };
        line.add(paint(tone), text)
    })
}

/// What is not needed for the answer is shown where there is room for it without cutting anything: the first that fits is
/// taken, or the last.
fn layouts<'a>(style: &Style, groups: &[Group<'a>]) -> [Layout<'a>; 6] {
    let nodes: BTreeSet<_> = groups.iter().filter_map(Group::first).map(|incident| &incident.node).collect();
    let repeated = groups.iter().any(|group| group.times() > 1);
    let basic = Layout {
        node: nodes.len() > 1,
        last: false,
        sure: false,
        zone: common_zone(groups),
        language: style.language,
        strip: None,
    };
    let range_us = if repeated { range_us(groups) } else { None };
    let least = range_us.map(|range_us| Strip { cells: strip::MIN_CELLS, range_us, graphics: style.graphics });
    [
        Layout { last: repeated, sure: true, strip: least, ..basic },
        Layout { sure: true, strip: least, ..basic },
        Layout { last: repeated, sure: true, ..basic },
        Layout { last: repeated, ..basic },
        Layout { sure: true, ..basic },
        basic,
    ]
}

fn table(page: &mut Page, groups: &[Group]) -> io::Result<()> {
    let shown = if page.style.verbose { groups.len() } else { fold(groups.len(), MAX_ROWS) };
    // Looked for once: a group may have very many incidents.
    let whys: Vec<String> = groups.iter().take(shown).map(|group| common_short(group, page.language())).collect();
    let filled = |layout: Layout| {
        let numbered = groups.iter().zip(&whys).enumerate();
        let rows: Vec<_> = numbered.map(|(at, (group, why))| layout.row(at, group, why)).collect();
        (layout.columns(), rows)
    };
    let room = page.width().saturating_sub(INDENT);
    let spare = |layout: Layout| {
        let (columns, rows) = filled(layout);
        room.checked_sub(table::natural_width(&columns, &rows))
    };
    let layouts = layouts(page.style, groups);
    let [.., basic] = layouts;
    let fitting = layouts.into_iter().find_map(|layout| Some(layout.with_wider_strip(spare(layout)?)));
    let (columns, rows) = filled(fitting.unwrap_or(basic));
    table::write(page, INDENT, &columns, &rows)?;
    if shown < groups.len() {
        let rest = groups.iter().skip(shown).fold(0u64, |sum, group| sum.saturating_add(group.times()));
        let text = say!(page.language(), "render-more-groups", n = groups.len() - shown, times = rest);
        page.line(Line::new().plain("    ").add(Paint::Dim, text))?;
    }
    Ok(())
}

/// First and last time of all groups, when there are two.
fn range_us(groups: &[Group]) -> Option<(i64, i64)> {
    let times = || groups.iter().flat_map(|group| &group.incidents).filter_map(|incident| instant(incident));
    let (first, last) = (times().min()?, times().max()?);
    (first < last).then_some((first, last))
}

fn instant(incident: &Incident) -> Option<i64> {
    incident.time.as_deref().and_then(micros)
}

/// How many of `length` to show, when at most `most` are wanted: a fold that hides one row is not worth it.
pub(super) fn fold(length: usize, most: usize) -> usize {
    if length <= most + 1 { length } else { most }
}

impl Layout<'_> {
    /// With room to spare, marks stand less close together.
    fn with_wider_strip(self, spare: usize) -> Self {
        let wider = |strip: Strip| Strip { cells: strip.cells.saturating_add(spare).min(strip::MAX_CELLS), ..strip };
        Self { strip: self.strip.map(wider), ..self }
    }

    fn columns(&self) -> Vec<Column> {
        let language = self.language;
        let zoned = |title: String| match self.zone {
            Some(zone) => say!(language, "render-in-zone", title = title, zone = zone),
            None => title,
        };
        let mut columns = vec![Column::number("#"), Column::flexible(say!(language, "render-column-what"), 14)];
        if self.node {
            columns.push(Column::flexible(say!(language, "render-column-node"), 6));
        }
        columns.extend([
            Column::words(say!(language, "render-column-why"), 24),
            Column::number(say!(language, "render-column-times")),
            Column::flexible(zoned(say!(language, "render-column-first")), 26),
        ]);
        if self.last {
            columns.push(Column::flexible(zoned(say!(language, "render-column-last")), 26));
        }
        if let Some(Strip { range_us: (first, last), .. }) = self.strip {
            // Without the last times, the heading tells how long the strip is.
            let seconds = last.saturating_sub(first) as f64 / 1e6;
            columns.push(Column::fixed(match self.last {
                true => say!(language, "render-column-strip"),
                false => say!(language, "render-column-strip-over", span = span(seconds, language)),
            }));
        }
        if self.sure {
            columns.push(Column::fixed(say!(language, "render-column-sure")));
        }
        columns
    }

    fn row(&self, at: usize, group: &Group, why: &str) -> Vec<(Paint, String)> {
        let Some(first) = group.first() else { return Vec::new() };
        let mut row = vec![(Paint::Dim, (at + 1).to_string()), (Paint::Bold, group.subject_with_process())];
        if self.node {
            row.push((Paint::Plain, first.node.clone()));
        }
        let (from, to) = group.span();
        let from = from.map_or_else(|| after_boot(first.uptime_s, self.language), |time| self.time(time));
        row.extend([
            (paint(first.verdict), why.to_owned()),
            (Paint::Plain, group.times().to_string()),
            (Paint::Plain, from),
        ]);
        if self.last {
            let last = to.filter(|_| group.times() > 1).map(|time| self.time(time));
            row.push((Paint::Plain, last.unwrap_or_default()));
        }
        if let Some(Strip { cells, range_us, graphics }) = self.strip {
            let times: Vec<_> =
                group.incidents.iter().filter_map(|one| Some((instant(one)?, one.count.max(1)))).collect();
            // An empty strip would say that nothing happened.
            let strip = if times.is_empty() { String::new() } else { strip::strip(&times, range_us, cells, graphics) };
            row.push((paint(first.verdict), strip));
        }
        if self.sure {
            row.push((Paint::Plain, words::confidence(first.confidence, self.language)));
        }
        row
    }

    fn time(&self, time: &str) -> String {
        match Moment::new(time) {
            Some(moment) if self.zone.is_some() => moment.seconds(),
            Some(moment) => format!("{} {}", moment.seconds(), moment.zone_name()),
            None => time.to_owned(),
        }
    }
}

/// Colour of a verdict in a table.
pub(super) fn paint(verdict: Verdict) -> Paint {
    match verdict {
        Verdict::Memory => Paint::Bad,
        Verdict::Undetermined => Paint::Unsure,
        Verdict::NotMemory => Paint::Plain,
    }
}

/// The short cause; without the size where the limit was changed in between.
fn common_short(group: &Group, language: Language) -> String {
    let mut texts = group.incidents.iter().map(|incident| words::short(incident, language));
    let first = texts.next().unwrap_or_default();
    if texts.all(|text| text == first) {
        return first;
    }
    match group.first() {
        Some(incident) => {
            let alone = Incident { cause: incident.cause, agent: incident.agent.clone(), ..Incident::default() };
            words::short(&alone, language)
        }
        None => first,
    }
}

/// Where no wall clock is known.
pub(in crate::render) fn after_boot(uptime: Option<f64>, language: Language) -> String {
    match uptime {
        Some(seconds) => say!(language, "render-after-boot", span = span(seconds, language)),
        None => say!(language, "render-time-unknown"),
    }
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
