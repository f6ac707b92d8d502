//! What the answer rests on: what was read, which boots and times the kernel log covers.

use super::answer::fold;
use super::page::{Line, Page, Paint};
use super::units::{bytes, count, full_time};
use crate::report::{Boot, Coverage, Node, Problem, Report, Severity, Source};
use std::io;

/// Nodes and boots shown without `-v`.
const MAX_BOOTS: usize = 12;
/// Problems shown without `-v`.
const MAX_PROBLEMS: usize = 10;
/// Sources shown without `-v`.
const MAX_SOURCES: usize = 8;
/// Holes of one boot shown without `-v`.
const MAX_GAPS: usize = 3;

/// Writes what was read and what the kernel log covers.
pub(super) fn write(page: &mut Page, report: &Report) -> io::Result<()> {
    let read = format!(
        "Read {} ({}) of {}.",
        count(report.summary.sources, "source", "sources"),
        bytes(report.summary.bytes),
        count(report.summary.nodes, "node", "nodes")
    );
    page.hanging(Line::new(), Line::new().plain(read))?;
    if page.style.verbose || report.incidents.is_empty() {
        sources(page, &report.sources)?;
    }
    let boots: Vec<(&Node, Option<&Boot>)> = report.nodes.iter().flat_map(boots_of).collect();
    if boots.is_empty() {
        let text = "None of it is a kernel log: a kill by the kernel would not be seen.";
        return page.hanging(Line::new(), Line::of(Paint::Unsure, text));
    }
    let shown = if page.style.verbose { boots.len() } else { fold(boots.len(), MAX_BOOTS) };
    for (node, boot) in boots.iter().take(shown) {
        boot_lines(page, node, *boot, report)?;
    }
    if shown < boots.len() {
        page.line(Line::of(Paint::Dim, format!("  ... and {} more boots (-v shows them)", boots.len() - shown)))?;
    }
    Ok(())
}

/// What was read: path, kind, times.
fn sources(page: &mut Page, sources: &[Source]) -> io::Result<()> {
    let shown = if page.style.verbose { sources.len() } else { fold(sources.len(), MAX_SOURCES) };
    for source in sources.iter().take(shown) {
        let times = match (&source.first_time, &source.last_time) {
            (Some(first), Some(last)) => format!(", {} to {}", full_time(first), full_time(last)),
            _ => String::new(),
        };
        let rest = format!(" ({}, {}{times})", source.kind, bytes(source.bytes));
        page.hanging(Line::new().plain("  "), Line::new().plain(&source.path).add(Paint::Dim, rest))?;
    }
    if shown < sources.len() {
        let text = format!("  ... and {} more (-v shows them)", sources.len() - shown);
        page.line(Line::of(Paint::Dim, text))?;
    }
    Ok(())
}

fn boots_of(node: &Node) -> Vec<(&Node, Option<&Boot>)> {
    if node.boots.is_empty() {
        return vec![(node, None)];
    }
    node.boots.iter().map(|boot| (node, Some(boot))).collect()
}

fn boot_lines(page: &mut Page, node: &Node, boot: Option<&Boot>, report: &Report) -> io::Result<()> {
    let id = boot.and_then(|boot| boot.id.as_deref()).map(|id| id.chars().take(8).collect::<String>());
    let id = id.map(|id| format!(" (boot {id})")).unwrap_or_default();
    let start = Line::of(Paint::Bold, &node.name).add(Paint::Dim, id).plain(": ");
    let Some(coverage) = boot.and_then(|boot| boot.kernel_log.as_ref()) else {
        let seen = boot.map(seen).unwrap_or_default();
        let text = format!("no kernel log{seen}: a kill by the kernel would not be seen");
        return page.hanging(Line::new().plain("  "), start.add(Paint::Unsure, text));
    };
    let found = kills_in(report, node, boot, page.style.narrowed);
    let text = format!("kernel log {}, {found}", range(coverage));
    page.hanging(Line::new().plain("  "), start.plain(text))?;
    gaps(page, coverage)
}

fn seen(boot: &Boot) -> String {
    match (&boot.first_time, &boot.last_time) {
        (Some(first), Some(last)) => format!(" (other logs from {} to {})", full_time(first), full_time(last)),
        _ => String::new(),
    }
}

fn range(coverage: &Coverage) -> String {
    match (&coverage.from, &coverage.to) {
        (Some(from), Some(to)) => format!("from {} to {}", full_time(from), full_time(to)),
        (Some(from), None) => format!("from {}", full_time(from)),
        (None, Some(to)) => format!("to {}", full_time(to)),
        (None, None) => "of unknown time".to_owned(),
    }
}

fn kills_in(report: &Report, node: &Node, boot: Option<&Boot>, narrowed: bool) -> String {
    let boot_id = boot.and_then(|boot| boot.id.as_ref());
    let kills = report
        .incidents
        .iter()
        .filter(|incident| incident.node == node.name && incident.agent.as_deref() == Some("kernel"))
        .filter(|incident| node.boots.len() < 2 || incident.boot_id.as_ref() == boot_id)
        .fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)));
    match (kills, narrowed) {
        (0, false) => "no OOM kill in it".to_owned(),
        (_, false) => count(kills, "OOM kill in it", "OOM kills in it"),
        (0, true) => "no OOM kill in it that matches".to_owned(),
        (_, true) => count(kills, "OOM kill in it that matches", "OOM kills in it that match"),
    }
}

fn gaps(page: &mut Page, coverage: &Coverage) -> io::Result<()> {
    let shown = if page.style.verbose { coverage.gaps.len() } else { fold(coverage.gaps.len(), MAX_GAPS) };
    for gap in coverage.gaps.iter().take(shown) {
        let at = gap.at.as_deref().map(|at| format!(" at {}", full_time(at))).unwrap_or_default();
        let text = format!("lines are missing{at}: {}", gap.reason);
        page.hanging(Line::new().plain("    "), Line::of(Paint::Unsure, text))?;
    }
    if shown < coverage.gaps.len() {
        page.line(Line::of(Paint::Dim, format!("    ... and {} more holes", coverage.gaps.len() - shown)))?;
    }
    Ok(())
}

/// Writes what could not be read or understood.
pub(super) fn problems(page: &mut Page, problems: &[Problem]) -> io::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(Line::of(Paint::Bold, "Problems"))?;
    let shown = if page.style.verbose { problems.len() } else { fold(problems.len(), MAX_PROBLEMS) };
    for problem in problems.iter().take(shown) {
        let (paint, word) = match problem.severity {
            Severity::Error => (Paint::Bad, "error"),
            Severity::Warning => (Paint::Unsure, "warning"),
        };
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = problem.source.as_ref().map(|source| format!("{source}{line}: ")).unwrap_or_default();
        let label = Line::new().plain("  ").add(paint, word).pad_to(11);
        page.hanging(label, Line::new().plain(place).plain(&problem.message))?;
    }
    if shown < problems.len() {
        let text = format!("  ... and {} more (-v shows them)", problems.len() - shown);
        page.line(Line::of(Paint::Dim, text))?;
    }
    Ok(())
}
