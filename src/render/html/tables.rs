//! Workloads, nodes, sources and problems.

use super::Page;
use super::overview::{short_time, shown};
use crate::language::Language;
use crate::render::facts::micros;
use crate::render::text::units::{bytes, full_time, span};
use crate::render::text::words;
use crate::report::{Node, Severity, Source, Workload};
use crate::say;
use maud::{Markup, html};

/// Rows of a table; reports of whole fleets have more than a page can show.
const MAX_ROWS: usize = 5000;

fn left_out(all: usize, language: Language) -> Markup {
    html! { @if all > MAX_ROWS { p.muted { (say!(language, "render-page-left-out", n = all - MAX_ROWS)) } } }
}

/// What restarted, how often, after how long.
pub(super) fn workloads(page: &Page) -> Markup {
    let (workloads, l) = (&page.report.workloads, page.language);
    if workloads.is_empty() {
        return Markup::default();
    }
    html! {
        section id="workloads" aria-labelledby="workloads-title" {
            h2 id="workloads-title" { (say!(l, "render-page-workloads")) }
            div.scroll {
                table.sortable.searchable {
                    thead { tr {
                        th scope="col" { (say!(l, "render-title-what")) } th scope="col" { (say!(l, "render-title-node")) }
                        th.number scope="col" { (say!(l, "render-title-by-memory")) } th.number scope="col" { (say!(l, "render-title-otherwise")) }
                        th.number scope="col" { (say!(l, "render-title-lives")) } th.number scope="col" { (say!(l, "render-title-every")) }
                        th scope="col" { (say!(l, "render-title-last")) } th scope="col" { (say!(l, "render-title-in-words")) }
                    } }
                    tbody { @for workload in workloads.iter().take(MAX_ROWS) { (workload_row(workload, l)) } }
                }
            }
            (left_out(workloads.len(), l))
        }
    }
}

fn workload_row(workload: &Workload, l: Language) -> Markup {
    let namespace = workload.namespace.as_ref().map(|n| format!("{n}/")).unwrap_or_default();
    let seconds = |value: Option<f64>| {
        html! { td.number data-v=(value.unwrap_or(-1.0)) { (value.map(|s| span(s, l)).unwrap_or_default()) } }
    };
    let last = workload.last.as_deref();
    html! {
        tr {
            th scope="row" { (shown(&format!("{namespace}{}", workload.name))) }
            td { (shown(&workload.node)) }
            td.number data-v=(workload.memory_restarts) { (workload.memory_restarts) }
            td.number data-v=(workload.other_restarts) { (workload.other_restarts) }
            (seconds(workload.median_lifetime_s))
            (seconds(workload.median_interval_s))
            td data-v=(last.and_then(micros).unwrap_or(0)) { (last.map(short_time).unwrap_or_default()) }
            td.wide { (shown(&workload.summary)) }
        }
    }
}

/// Nodes, and what their kernel logs cover.
pub(super) fn nodes(page: &Page) -> Markup {
    let (nodes, l) = (&page.report.nodes, page.language);
    html! {
        section id="nodes" aria-labelledby="nodes-title" {
            h2 id="nodes-title" { (say!(l, "render-page-nodes")) }
            @if nodes.is_empty() { p.muted { (say!(l, "render-page-no-nodes")) } } @else {
                p.muted { (say!(l, "render-page-coverage")) }
                div.scroll {
                    table {
                        thead { tr {
                            th scope="col" { (say!(l, "render-title-node")) } th.number scope="col" { (say!(l, "render-title-memory")) } th.number scope="col" { (say!(l, "render-title-swap")) }
                            th scope="col" { (say!(l, "render-title-kernel")) } th scope="col" { (say!(l, "render-title-log-from")) }
                            th scope="col" { (say!(l, "render-title-log-to")) } th scope="col" { (say!(l, "render-title-holes")) }
                        } }
                        tbody { @for node in nodes.iter().take(MAX_ROWS) { (node_rows(node, l)) } }
                    }
                }
                (left_out(nodes.len(), l))
            }
        }
    }
}

fn node_rows(node: &Node, l: Language) -> Markup {
    let size = |value: Option<u64>| value.map(bytes).unwrap_or_default();
    html! {
        @for (at, boot) in node.boots.iter().enumerate() {
            tr {
                th scope="row" { @if at == 0 { (shown(&node.name)) } @else { span.muted { (say!(l, "render-page-later-boot")) } } }
                td.number { @if at == 0 { (size(node.memory_total_bytes)) } }
                td.number { @if at == 0 { (size(node.swap_total_bytes)) } }
                td { (boot.kernel.as_deref().map(shown).unwrap_or_default()) }
                @match &boot.kernel_log {
                    Some(log) => {
                        td { (log.from.as_deref().map(short_time).unwrap_or_default()) }
                        td { (log.to.as_deref().map(short_time).unwrap_or_default()) }
                        td.wide {
                            @for gap in log.gaps.iter().take(20) {
                                div { (gap.at.as_deref().map(full_time).map(|at| shown(&at)).unwrap_or_default()) " " (shown(&gap.reason)) }
                            }
                            @if log.gaps.len() > 20 { div.muted { (say!(l, "render-and-more", n = log.gaps.len() - 20)) } }
                        }
                    },
                    None => td.muted colspan="3" { (say!(l, "render-page-none-read")) },
                }
            }
        }
        @if node.boots.is_empty() {
            tr {
                th scope="row" { (shown(&node.name)) }
                td.number { (size(node.memory_total_bytes)) }
                td.number { (size(node.swap_total_bytes)) }
                td {}
                td.muted colspan="3" { (say!(l, "render-page-none-read")) }
            }
        }
    }
}

/// What was read, and what went wrong with it.
pub(super) fn sources(page: &Page) -> Markup {
    let (sources, problems, l) = (&page.report.sources, &page.report.problems, page.language);
    html! {
        section id="sources" aria-labelledby="sources-title" {
            h2 id="sources-title" { (say!(l, "render-page-sources")) }
            @if !problems.is_empty() {
                h3 { (say!(l, "render-problems")) }
                ul.problems {
                    @for problem in problems.iter().take(MAX_ROWS) {
                        li {
                            b class=(if problem.severity == Severity::Error { "memory" } else { "unknown" }) {
                                @match problem.severity {
                                    Severity::Error => (say!(l, "render-error")),
                                    Severity::Warning => (say!(l, "render-warning")),
                                }
                            }
                            " "
                            @if let Some(source) = &problem.source {
                                code { (shown(source)) @if let Some(line) = problem.line { ":" (line) } } " "
                            }
                            (shown(&problem.message))
                        }
                    }
                }
                (left_out(problems.len(), l))
            }
            @if sources.is_empty() { p.muted { (say!(l, "render-page-nothing-read")) } } @else {
                details {
                    summary { (say!(l, "render-page-sources-read", n = sources.len())) }
                    div.scroll {
                        table.sortable.searchable {
                            thead { tr {
                                th scope="col" { (say!(l, "render-title-path")) } th scope="col" { (say!(l, "render-title-kind")) } th.number scope="col" { (say!(l, "render-title-size")) }
                                th.number scope="col" { (say!(l, "render-title-records")) } th scope="col" { (say!(l, "render-title-from")) } th scope="col" { (say!(l, "render-title-to")) }
                            } }
                            tbody { @for source in sources.iter().take(MAX_ROWS) { (source_row(source, l)) } }
                        }
                    }
                    (left_out(sources.len(), l))
                }
            }
        }
    }
}

fn source_row(source: &Source, l: Language) -> Markup {
    let time = |value: &Option<String>| {
        let order = value.as_deref().and_then(micros).unwrap_or(0);
        html! { td data-v=(order) { (value.as_deref().map(short_time).unwrap_or_default()) } }
    };
    html! {
        tr {
            th.path scope="row" {
                (shown(&source.path))
                @for problem in source.problems.iter().take(5) { div.muted { (shown(problem)) } }
            }
            td { (shown(&words::source_kind(&source.kind, l))) }
            td.number data-v=(source.bytes) { (bytes(source.bytes)) }
            td.number data-v=(source.records) { (source.records) }
            (time(&source.first_time)) (time(&source.last_time))
        }
    }
}
