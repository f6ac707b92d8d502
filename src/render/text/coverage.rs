//! What the answer rests on: what was read, which boots and times the kernel log covers.

use super::answer::fold;
use super::page::{Line, Page, Paint};
use super::units::{bytes, full_time};
use super::words::{self, between};
use crate::language::Language;
use crate::report::{Boot, Coverage, Node, Problem, Report, Severity, Source};
use crate::say;
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
    let language = page.language();
    let summary = &report.summary;
    let size = bytes(summary.bytes);
    let read = say!(language, "render-read", sources = summary.sources, size = size, nodes = summary.nodes);
    page.hanging(Line::new(), Line::new().plain(read))?;
    if page.style.verbose || report.incidents.is_empty() {
        sources(page, &report.sources)?;
    }
    let boots: Vec<(&Node, Option<&Boot>)> = report.nodes.iter().flat_map(boots_of).collect();
    if boots.is_empty() {
        let text = say!(language, "render-no-kernel-log-at-all");
        return page.hanging(Line::new(), Line::of(Paint::Unsure, text));
    }
    let shown = if page.style.verbose { boots.len() } else { fold(boots.len(), MAX_BOOTS) };
    for (node, boot) in boots.iter().take(shown) {
        boot_lines(page, node, *boot, report)?;
    }
    if shown < boots.len() {
        let text = say!(language, "render-more-boots", n = boots.len() - shown);
        page.line(Line::new().plain("  ").add(Paint::Dim, text))?;
    }
    Ok(())
}

/// What was read: path, kind, times.
fn sources(page: &mut Page, sources: &[Source]) -> io::Result<()> {
    let shown = if page.style.verbose { sources.len() } else { fold(sources.len(), MAX_SOURCES) };
    for source in sources.iter().take(shown) {
        let (kind, size) = (words::source_kind(&source.kind, page.language()), bytes(source.bytes));
        let rest = match (&source.first_time, &source.last_time) {
            (Some(first), Some(last)) => {
                let (from, to) = (full_time(first), full_time(last));
                say!(page.language(), "render-source-times", kind = kind, size = size, from = from, to = to)
            }
            _ => say!(page.language(), "render-source", kind = kind, size = size),
        };
        page.hanging(
            Line::new().plain("  "),
            Line::new().plain(&source.path).plain(between(page.language())).add(Paint::Dim, rest),
        )?;
    }
    if shown < sources.len() {
        let text = say!(page.language(), "render-more", n = sources.len() - shown);
        page.line(Line::new().plain("  ").add(Paint::Dim, text))?;
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
    let language = page.language();
    let mut start = Line::of(Paint::Bold, &node.name);
    if let Some(id) = id {
        start = start.plain(between(language)).add(Paint::Dim, say!(language, "render-boot", id = id));
    }
    let start = start.plain(say!(language, "render-colon")).plain(between(language));
    let Some(coverage) = boot.and_then(|boot| boot.kernel_log.as_ref()) else {
        let text = no_kernel_log(node, boot, language);
        return page.hanging(Line::new().plain("  "), start.add(Paint::Unsure, text));
    };
    let kills = kills_in(report, node, boot);
    let text = covered(&range(coverage, language), kills, page.style.narrowed, language);
    page.hanging(Line::new().plain("  "), start.plain(text))?;
    gaps(page, coverage)
}

fn no_kernel_log(node: &Node, boot: Option<&Boot>, language: Language) -> String {
    // Of several boots it is the last one.
    let counted = node.no_oom_kill.as_ref().filter(|_| node.boots.len() < 2);
    if let Some((from, to)) = counted.and_then(|none| none.from.as_deref().zip(none.to.as_deref())) {
        return say!(language, "render-no-kernel-log-counted", from = full_time(from), to = full_time(to));
    }
    match boot.and_then(|boot| boot.first_time.as_deref().zip(boot.last_time.as_deref())) {
        Some((from, to)) => {
            say!(language, "render-no-kernel-log-other", from = full_time(from), to = full_time(to))
        }
        None => say!(language, "render-no-kernel-log"),
    }
}

fn range(coverage: &Coverage, language: Language) -> String {
    let (from, to) = (coverage.from.as_deref().map(full_time), coverage.to.as_deref().map(full_time));
    match (from, to) {
        (Some(from), Some(to)) => say!(language, "render-from-to", from = from, to = to),
        (Some(from), None) => say!(language, "render-from", from = from),
        (None, Some(to)) => say!(language, "render-to", to = to),
        (None, None) => say!(language, "render-of-unknown-time"),
    }
}

/// "kernel log from ... to ..., 3 OOM kills in it".
fn covered(range: &str, kills: u64, narrowed: bool, language: Language) -> String {
    match (kills, narrowed) {
        (0, false) => say!(language, "render-covered-none", range = range),
        (_, false) => say!(language, "render-covered", range = range, n = kills),
        (0, true) => say!(language, "render-covered-none-matching", range = range),
        (_, true) => say!(language, "render-covered-matching", range = range, n = kills),
    }
}

fn kills_in(report: &Report, node: &Node, boot: Option<&Boot>) -> u64 {
    let boot_id = boot.and_then(|boot| boot.id.as_ref());
    report
        .incidents
        .iter()
        .filter(|incident| incident.node == node.name && incident.agent.as_deref() == Some("kernel"))
        .filter(|incident| node.boots.len() < 2 || incident.boot_id.as_ref() == boot_id)
        .fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)))
}

fn gaps(page: &mut Page, coverage: &Coverage) -> io::Result<()> {
    let shown = if page.style.verbose { coverage.gaps.len() } else { fold(coverage.gaps.len(), MAX_GAPS) };
    for gap in coverage.gaps.iter().take(shown) {
        let text = match gap.at.as_deref() {
            Some(at) => say!(page.language(), "render-gap-at", at = full_time(at), reason = &gap.reason),
            None => say!(page.language(), "render-gap", reason = &gap.reason),
        };
        page.hanging(Line::new().plain("    "), Line::of(Paint::Unsure, text))?;
    }
    if shown < coverage.gaps.len() {
        let text = say!(page.language(), "render-more-gaps", n = coverage.gaps.len() - shown);
        page.line(Line::new().plain("    ").add(Paint::Dim, text))?;
    }
    Ok(())
}

/// Writes what could not be read or understood.
pub(super) fn problems(page: &mut Page, problems: &[Problem]) -> io::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let language = page.language();
    page.line(Line::of(Paint::Bold, say!(language, "render-problems")))?;
    let shown = if page.style.verbose { problems.len() } else { fold(problems.len(), MAX_PROBLEMS) };
    for problem in problems.iter().take(shown) {
        let (paint, word) = match problem.severity {
            Severity::Error => (Paint::Bad, say!(language, "render-error")),
            Severity::Warning => (Paint::Unsure, say!(language, "render-warning")),
        };
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = problem.source.as_ref().map(|source| format!("{source}{line}: ")).unwrap_or_default();
        let label = Line::new().plain("  ").add(paint, word).pad_to(11);
        page.hanging(label, Line::new().plain(place).plain(&problem.message))?;
    }
    if shown < problems.len() {
        let text = say!(language, "render-more", n = problems.len() - shown);
        page.line(Line::new().plain("  ").add(Paint::Dim, text))?;
    }
    Ok(())
}
