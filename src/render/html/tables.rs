//! Workloads, nodes, sources and problems.

use super::Page;
use super::overview::{short_time, shown};
use crate::render::facts::micros;
use crate::render::text::units::{bytes, full_time, span};
use crate::report::{Node, Severity, Source, Workload};
use maud::{Markup, html};

/// Rows of a table; reports of whole fleets have more than a page can show.
const MAX_ROWS: usize = 5000;

fn left_out(all: usize) -> Markup {
    html! { @if all > MAX_ROWS { p.muted { "... and " (all - MAX_ROWS) " more, in the JSON report." } } }
}

/// What restarted, how often, after how long.
pub(super) fn workloads(page: &Page) -> Markup {
    let workloads = &page.report.workloads;
    if workloads.is_empty() {
        return Markup::default();
    }
    html! {
        section id="workloads" aria-labelledby="workloads-title" {
            h2 id="workloads-title" { "Workloads" }
            div.scroll {
                table.sortable.searchable {
                    thead { tr {
                        th scope="col" { "What" } th scope="col" { "Node" }
                        th.number scope="col" { "By memory" } th.number scope="col" { "Otherwise" }
                        th.number scope="col" { "Lives for" } th.number scope="col" { "Ends every" }
                        th scope="col" { "Last" } th scope="col" { "In words" }
                    } }
                    tbody { @for workload in workloads.iter().take(MAX_ROWS) { (workload_row(workload)) } }
                }
            }
            (left_out(workloads.len()))
        }
    }
}

fn workload_row(workload: &Workload) -> Markup {
    let namespace = workload.namespace.as_ref().map(|n| format!("{n}/")).unwrap_or_default();
    let seconds = |value: Option<f64>| {
        html! { td.number data-v=(value.unwrap_or(-1.0)) { (value.map(span).unwrap_or_default()) } }
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
    let nodes = &page.report.nodes;
    html! {
        section id="nodes" aria-labelledby="nodes-title" {
            h2 id="nodes-title" { "Nodes" }
            @if nodes.is_empty() { p.muted { "None is known." } } @else {
                p.muted { "That the kernel killed nothing can only be said for the time that its log covers." }
                div.scroll {
                    table {
                        thead { tr {
                            th scope="col" { "Node" } th.number scope="col" { "Memory" } th.number scope="col" { "Swap" }
                            th scope="col" { "Kernel" } th scope="col" { "Kernel log from" } th scope="col" { "to" } th scope="col" { "Holes" }
                        } }
                        tbody { @for node in nodes.iter().take(MAX_ROWS) { (node_rows(node)) } }
                    }
                }
                (left_out(nodes.len()))
            }
        }
    }
}

fn node_rows(node: &Node) -> Markup {
    let size = |value: Option<u64>| value.map(bytes).unwrap_or_default();
    html! {
        @for (at, boot) in node.boots.iter().enumerate() {
            tr {
                th scope="row" { @if at == 0 { (shown(&node.name)) } @else { span.muted { "later boot" } } }
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
                            @if log.gaps.len() > 20 { div.muted { "... and " (log.gaps.len() - 20) " more" } }
                        }
                    },
                    None => td.muted colspan="3" { "none was read" },
                }
            }
        }
        @if node.boots.is_empty() {
            tr {
                th scope="row" { (shown(&node.name)) }
                td.number { (size(node.memory_total_bytes)) }
                td.number { (size(node.swap_total_bytes)) }
                td {}
                td.muted colspan="3" { "none was read" }
            }
        }
    }
}

/// What was read, and what went wrong with it.
pub(super) fn sources(page: &Page) -> Markup {
    let (sources, problems) = (&page.report.sources, &page.report.problems);
    html! {
        section id="sources" aria-labelledby="sources-title" {
            h2 id="sources-title" { "Sources" }
            @if !problems.is_empty() {
                h3 { "Problems" }
                ul.problems {
                    @for problem in problems.iter().take(MAX_ROWS) {
                        li {
                            b class=(if problem.severity == Severity::Error { "memory" } else { "unknown" }) {
                                (if problem.severity == Severity::Error { "error" } else { "warning" })
                            }
                            " "
                            @if let Some(source) = &problem.source {
                                code { (shown(source)) @if let Some(line) = problem.line { ":" (line) } } " "
                            }
                            (shown(&problem.message))
                        }
                    }
                }
                (left_out(problems.len()))
            }
            @if sources.is_empty() { p.muted { "Nothing was read." } } @else {
                details {
                    summary { (sources.len()) " read" }
                    div.scroll {
                        table.sortable.searchable {
                            thead { tr {
                                th scope="col" { "Path" } th scope="col" { "Kind" } th.number scope="col" { "Size" }
                                th.number scope="col" { "Records" } th scope="col" { "From" } th scope="col" { "To" }
                            } }
                            tbody { @for source in sources.iter().take(MAX_ROWS) { (source_row(source)) } }
                        }
                    }
                    (left_out(sources.len()))
                }
            }
        }
    }
}

fn source_row(source: &Source) -> Markup {
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
            td { (shown(&source.kind)) }
            td.number data-v=(source.bytes) { (bytes(source.bytes)) }
            td.number data-v=(source.records) { (source.records) }
            (time(&source.first_time)) (time(&source.last_time))
        }
    }
}
