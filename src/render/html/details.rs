//! The kernel's report in full: zones against their marks, free blocks, counters, whom the kernel could choose.

use super::chart;
use super::overview::shown;
use crate::language::Language;
use crate::render::text::details::{hugepage_lines, surroundings, value};
use crate::render::text::units::bytes;
use crate::report::{Dump, DumpZone, Field, FieldGroup, FreeBlocks, Incident, Score};
use crate::say;
use maud::{Markup, html};

/// Rows of scores in the page; the JSON report has more.
const MAX_SCORES: usize = 50;

/// The part of an incident's body that can be opened; nothing where the incident has no dump.
pub(super) fn write(incident: &Incident, language: Language, in_full: bool) -> Markup {
    let Some(dump) = &incident.dump else { return Markup::default() };
    if !in_full {
        return html! { p.muted { (say!(language, "dump-label-left-out")) } };
    }
    html! {
        details.dump {
            summary { (say!(language, "dump-label-title")) }
            (request(incident, dump, language))
            (zones(dump, language))
            (free_blocks(dump, language))
            (hugepages(dump, language))
            (fields(&say!(language, "dump-label-counters"), &dump.counters))
            (groups(&say!(language, "dump-label-counters-numa"), &dump.nodes))
            (groups(&say!(language, "dump-label-cgroups"), &dump.cgroups))
            (slabs(dump, language))
            (scores(incident, dump, language))
        }
    }
}

fn request(incident: &Incident, dump: &Dump, language: Language) -> Markup {
    let Some(trigger) = &incident.trigger else { return Markup::default() };
    let asked = match dump.request_bytes {
        Some(size) => say!(language, "dump-label-request-size", size = bytes(size), order = trigger.order),
        None => say!(language, "dump-label-request-manual", order = trigger.order),
    };
    let unknown = say!(language, "dump-label-no-meaning");
    html! {
        h4 { (say!(language, "dump-label-request")) }
        p { (asked) "; " (say!(language, "dump-label-mask", mask = &trigger.gfp_mask)) }
        @if !dump.request.is_empty() {
            ul { @for flag in &dump.request {
                li { code { (shown(&flag.name)) } " " span.muted { (flag.meaning.as_ref().unwrap_or(&unknown)) } }
            } }
        }
        ul { @for line in surroundings(dump, language) { li { (shown(&line)) } } }
        @if !dump.trace.is_empty() {
            h4 { (say!(language, "dump-label-trace")) }
            p { code { (shown(&dump.trace.join(" < "))) } }
        }
    }
}

fn zone_name(node: Option<u32>, zone: &str) -> String {
    shown(&node.map_or_else(|| zone.to_owned(), |node| format!("{node} {zone}")))
}

fn size_cell(size: Option<u64>) -> Markup {
    html! { td.number { (size.map(bytes).unwrap_or_default()) } }
}

fn zones(dump: &Dump, language: Language) -> Markup {
    if dump.zones.is_empty() {
        return Markup::default();
    }
    html! {
        h4 { (say!(language, "dump-label-zones")) }
        div.scroll { table {
            thead { tr {
                th scope="col" { (say!(language, "dump-label-zone")) }
                th.number scope="col" { (say!(language, "dump-label-free-memory")) }
                th { }
                th.number scope="col" { "min" } th.number scope="col" { "low" } th.number scope="col" { "high" }
                th.number scope="col" { (say!(language, "dump-label-managed")) }
                th scope="col" { (say!(language, "dump-label-meaning")) }
            } }
            tbody { @for zone in &dump.zones { (zone_row(zone, language)) } }
        } }
    }
}

/// The bar shows free memory against the marks: full at twice `high`.
fn zone_row(zone: &DumpZone, language: Language) -> Markup {
    let gave_up = zone.all_unreclaimable.unwrap_or(false).then(|| say!(language, "dump-label-unreclaimable"));
    html! {
        tr {
            th scope="row" { (zone_name(zone.node, &zone.name)) }
            (size_cell(zone.free_bytes))
            td.marks { @if let Some(bar) = chart::marks(zone) { (bar) } }
            (size_cell(zone.min_bytes)) (size_cell(zone.low_bytes)) (size_cell(zone.high_bytes)) (size_cell(zone.managed_bytes))
            td.wide { (zone.meaning.as_deref().unwrap_or_default()) @if let Some(text) = gave_up { br; (text) } }
        }
    }
}

fn free_blocks(dump: &Dump, language: Language) -> Markup {
    let Some(longest) = dump.free_blocks.iter().max_by_key(|list| list.blocks.len()) else { return Markup::default() };
    let cell = |list: &FreeBlocks, at: usize| {
        let block = list.blocks.get(at);
        html! { td.number { @if let Some(block) = block {
            (block.count) @if !block.types.is_empty() { " " span.muted { (shown(&block.types)) } }
        } } }
    };
    html! {
        h4 { (say!(language, "dump-label-free-blocks")) }
        div.scroll { table {
            thead { tr {
                th scope="col" { (say!(language, "dump-label-zone")) }
                @for block in &longest.blocks { th.number scope="col" { (bytes(block.size_bytes)) } }
                th.number scope="col" { (say!(language, "dump-label-in-all")) }
                th scope="col" { (say!(language, "dump-label-meaning")) }
            } }
            tbody { @for list in &dump.free_blocks {
                tr {
                    th scope="row" { (zone_name(list.node, &list.zone)) }
                    @for at in 0..longest.blocks.len() { (cell(list, at)) }
                    (size_cell(Some(list.total_bytes)))
                    td.wide { (list.meaning.as_deref().unwrap_or_default()) }
                }
            } }
        } }
        p.muted { (say!(language, "dump-label-block-types")) }
    }
}

fn hugepages(dump: &Dump, language: Language) -> Markup {
    if dump.hugepages.is_empty() {
        return Markup::default();
    }
    html! {
        h4 { (say!(language, "dump-label-hugepages")) }
        ul { @for line in hugepage_lines(dump, language) { li { (line) } } }
    }
}

fn field_table(fields: &[Field]) -> Markup {
    html! {
        div.scroll { table.narrow { tbody { @for field in fields {
            tr {
                th scope="row" { code { (shown(&field.name)) } }
                td.number { (value(field)) }
                td.wide.muted { (field.meaning.as_deref().unwrap_or_default()) }
            }
        } } } }
    }
}

fn fields(title: &str, fields: &[Field]) -> Markup {
    if fields.is_empty() {
        return Markup::default();
    }
    html! { h4 { (title) } (field_table(fields)) }
}

fn groups(title: &str, groups: &[FieldGroup]) -> Markup {
    if groups.is_empty() {
        return Markup::default();
    }
    html! {
        h4 { (title) }
        @for group in groups { p { code { (shown(&group.name)) } } (field_table(&group.fields)) }
    }
}

fn slabs(dump: &Dump, language: Language) -> Markup {
    if dump.slabs.is_empty() {
        return Markup::default();
    }
    html! {
        h4 { (say!(language, "dump-label-slabs")) }
        div.scroll { table.narrow {
            thead { tr {
                th scope="col" { (say!(language, "dump-label-cache")) }
                th.number scope="col" { (say!(language, "dump-label-used")) }
                th.number scope="col" { (say!(language, "dump-label-held")) }
            } }
            tbody { @for slab in &dump.slabs {
                tr { th scope="row" { (shown(&slab.name)) } (size_cell(Some(slab.used_bytes))) (size_cell(Some(slab.total_bytes))) }
            } }
        } }
    }
}

fn scores(incident: &Incident, dump: &Dump, language: Language) -> Markup {
    if dump.scores.is_empty() {
        return Markup::default();
    }
    html! {
        h4 { (say!(language, "dump-label-scores")) }
        div.scroll { table.narrow {
            thead { tr {
                th scope="col" { (say!(language, "dump-label-process")) }
                th.number scope="col" { (say!(language, "dump-label-pid")) }
                th.number scope="col" { (say!(language, "dump-label-size")) }
                th.number scope="col" { "oom_score_adj" }
                th.number scope="col" { (say!(language, "dump-label-points")) }
            } }
            tbody { @for score in dump.scores.iter().take(MAX_SCORES) { (score_row(incident, score, language)) } }
        } }
    }
}

fn score_row(incident: &Incident, score: &Score, language: Language) -> Markup {
    let killed = incident.victims.iter().any(|victim| victim.pid == score.pid);
    html! {
        tr class=[killed.then_some("kill")] {
            th scope="row" { (shown(&score.comm)) @if killed { " " span.muted { (say!(language, "dump-label-killed")) } } }
            td.number { (score.pid) }
            (size_cell(Some(score.size_bytes)))
            td.number { (score.oom_score_adj) }
            td.number {
                @match score.points {
                    Some(points) => { (points) },
                    None => { @if score.oom_score_adj == -1000 { span.muted { (say!(language, "dump-label-scores-none")) } } },
                }
            }
        }
    }
}
