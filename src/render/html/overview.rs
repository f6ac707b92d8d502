//! The answer: what was hit, why, how often, when.

use super::Page;
use super::incident::{anchor, verdict_class};
use crate::language::Language;
use crate::render::facts::micros;
use crate::render::headline::{self, Tone};
use crate::render::text::answer::after_boot;
use crate::render::text::escape::visible;
use crate::render::text::group::Group;
use crate::render::text::units::{Moment, bytes};
use crate::render::text::words::{self, between};
use crate::say;
use maud::{Markup, html};

/// A text with nothing in it that could turn the direction of writing or hide.
pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// A time, or that there is none.
pub(super) fn time(text: Option<&str>, uptime_s: Option<f64>, language: Language) -> Markup {
    html! {
        @match (text, uptime_s) {
            (Some(text), _) => time datetime=(shown(text)) { (short_time(text)) },
            (None, None) => span.muted { (say!(language, "render-time-not-known")) },
            (None, uptime_s) => span title=(say!(language, "render-page-no-wall-clock")) { (after_boot(uptime_s, language)) },
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
            h2 id="answer-title" { (say!(page.language, "render-was-it-memory")) }
            p.answer { (sentence(page)) }
            p.muted { (read(page)) }
            @if !page.groups.is_empty() { (table(page)) }
        }
    }
}

fn sentence(page: &Page) -> Markup {
    let l = page.language;
    let class = |tone| match tone {
        Tone::Bad => "memory",
        Tone::Unsure => "unknown",
        Tone::Good | Tone::Bold | Tone::Plain => "",
    };
    html! {
        @for (at, (tone, text)) in headline::pieces(page.report, page.narrowed, l).into_iter().enumerate() {
            @if at > 0 { (between(l)) }
            @if tone == Tone::Plain { (text) } @else { strong class=(class(tone)) { (text) } }
        }
        @if let Some(others) = headline::others(page.report.summary.not_memory, l) { (between(l)) (others) }
    }
}

fn read(page: &Page) -> String {
    let summary = &page.report.summary;
    let (size, sources, nodes) = (bytes(summary.bytes), summary.sources, summary.nodes);
    say!(page.language, "render-page-read", size = size, sources = sources, nodes = nodes)
}

fn table(page: &Page) -> Markup {
    let (nodes, l) = (page.report.nodes.len() > 1, page.language);
    html! {
        div.scroll {
            table.sortable {
                caption.hidden { (say!(l, "render-page-what-and-why")) }
                thead { tr {
                    th scope="col" { (say!(l, "render-title-what")) }
                    @if nodes { th scope="col" { (say!(l, "render-title-node")) } }
                    th scope="col" { (say!(l, "render-title-why")) }
                    th.number scope="col" { (say!(l, "render-title-times")) }
                    th scope="col" { (say!(l, "render-title-first")) }
                    th scope="col" { (say!(l, "render-title-last")) }
                    th scope="col" { (say!(l, "render-title-sure")) }
                } }
                tbody { @for group in page.groups { (row(group, nodes, l)) } }
            }
        }
    }
}

fn row(group: &Group, nodes: bool, l: Language) -> Markup {
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
            td { (shown(&words::short(first, l))) }
            td.number data-v=(group.times()) { (group.times()) }
            td data-v=(order(from)) { (time(from, first.uptime_s, l)) }
            td data-v=(order(to)) { @if group.times() > 1 { (time(to, last.uptime_s, l)) } }
            td data-v=(first.confidence as u8) { (words::confidence(first.confidence, l)) }
        }
    }
}
