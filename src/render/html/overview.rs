//! The answer: what was hit, why, how often, when.

use super::Page;
use super::incident::{anchor, verdict_class};
use crate::render::facts::micros;
use crate::render::text::escape::visible;
use crate::render::text::group::Group;
use crate::render::text::units::{Moment, bytes, count, span};
use crate::render::text::words;
use crate::report::Verdict;
use maud::{Markup, html};

/// A text with nothing in it that could turn the direction of writing or hide.
pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// A time, or that there is none.
pub(super) fn time(text: Option<&str>, uptime_s: Option<f64>) -> Markup {
    html! {
        @match (text, uptime_s) {
            (Some(text), _) => time datetime=(shown(text)) { (short_time(text)) },
            (None, Some(seconds)) => span title="No wall clock is known" { (span(seconds)) " after boot" },
            (None, None) => span.muted { "time not known" },
        }
    }
}

/// `2026-11-23 09:26:40 +08:00`.
pub(super) fn short_time(text: &str) -> String {
    Moment::new(text).map_or_else(|| shown(text), |moment| format!("{} {}", moment.seconds(), moment.zone_name()))
}

/// Writes the section.
pub(super) fn write(page: &Page) -> Markup {
    html! {
        section id="answer" aria-labelledby="answer-title" {
            h2 id="answer-title" { "Was it memory?" }
            p.answer { (sentence(page)) }
            p.muted { (read(page)) }
            @if !page.groups.is_empty() { (table(page)) }
        }
    }
}

fn sentence(page: &Page) -> Markup {
    let summary = &page.report.summary;
    let memory = page.report.incidents.iter().filter(|incident| incident.verdict == Verdict::Memory);
    let times = memory.fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)));
    html! {
        @if summary.sources == 0 && page.report.incidents.is_empty() {
            strong.unknown { "Nothing was read, so there is no answer." }
        } @else if times == 0 {
            strong { "No memory incident found." }
        } @else {
            strong.memory { "Yes: " (count(times, "incident", "incidents")) " by memory." }
            " " (count(summary.victims, "process", "processes")) " killed, "
            (count(summary.terminations, "container or service", "containers or services")) " ended."
        }
        @if summary.undetermined > 0 {
            " " strong.unknown { (count(summary.undetermined, "end", "ends")) } " for which these logs name no cause."
        }
        @if summary.not_memory > 0 {
            " " (count(summary.not_memory, "end", "ends")) " for another reason."
        }
    }
}

fn read(page: &Page) -> String {
    let summary = &page.report.summary;
    format!(
        "{} of {} read, {}.",
        bytes(summary.bytes),
        count(summary.sources, "source", "sources"),
        count(summary.nodes, "node", "nodes")
    )
}

fn table(page: &Page) -> Markup {
    let nodes = page.report.nodes.len() > 1;
    html! {
        div.scroll {
            table.sortable {
                caption.hidden { "What was hit, and why" }
                thead { tr {
                    th scope="col" { "What" }
                    @if nodes { th scope="col" { "Node" } }
                    th scope="col" { "Why" }
                    th.number scope="col" { "Times" }
                    th scope="col" { "First" }
                    th scope="col" { "Last" }
                    th scope="col" { "Sure" }
                } }
                tbody { @for group in page.groups { (row(group, nodes)) } }
            }
        }
    }
}

fn row(group: &Group, nodes: bool) -> Markup {
    let Some(first) = group.first() else { return Markup::default() };
    let (from, to) = group.span();
    let last = group.incidents.last().copied().unwrap_or(first);
    let order = |time: Option<&str>| time.and_then(micros).unwrap_or(0);
    html! {
        tr {
            th scope="row" {
                span class={ "dot " (verdict_class(first.verdict)) } {}
                a href={ "#" (anchor(first)) } { (shown(&group.subject_with_process())) }
            }
            @if nodes { td { (shown(&first.node)) } }
            td { (shown(&words::short(first))) }
            td.number data-v=(group.times()) { (group.times()) }
            td data-v=(order(from)) { (time(from, first.uptime_s)) }
            td data-v=(order(to)) { @if group.times() > 1 { (time(to, last.uptime_s)) } }
            td data-v=(first.confidence as u8) { (words::confidence(first.confidence)) }
        }
    }
}
