//! `--details`: the kernel's report of one event in full, every field in words.

use super::page::{Line, Page, Paint};
use super::table::{self, Column};
use super::units::bytes;
use crate::language::Language;
use crate::report::{Dump, Field, FieldGroup, Incident, Trigger};
use crate::say;
use std::io;

/// Where sections and their rows start.
const INDENT: usize = 3;
const ROWS: usize = 5;
/// Frames of the call trace that are shown.
const MAX_FRAMES: usize = 24;
/// Rows of candidates without `-v`: those below weigh too little to matter.
const MAX_SCORES: usize = 20;

type Row = Vec<(Paint, String)>;

/// Writes what the incident's dump holds; nothing where it has none.
pub(super) fn write(page: &mut Page, incident: &Incident) -> io::Result<()> {
    let Some(dump) = &incident.dump else { return Ok(()) };
    let language = page.style.language;
    page.blank()?;
    let title = Line::new().plain(" ".repeat(INDENT)).add(Paint::Bold, say!(language, "dump-label-title"));
    page.line(title)?;
    if let Some(trigger) = &incident.trigger {
        request(page, dump, trigger)?;
    }
    trace(page, dump)?;
    zones(page, dump)?;
    free_blocks(page, dump)?;
    hugepages(page, dump)?;
    fields(page, &say!(language, "dump-label-counters"), &dump.counters)?;
    groups(page, &say!(language, "dump-label-counters-numa"), &dump.nodes)?;
    groups(page, &say!(language, "dump-label-cgroups"), &dump.cgroups)?;
    slabs(page, dump)?;
    scores(page, incident, dump)
}

fn section(page: &mut Page, title: &str) -> io::Result<()> {
    page.blank()?;
    page.line(Line::new().plain(" ".repeat(INDENT)).add(Paint::Accent, title))
}

fn row(page: &mut Page, text: &str) -> io::Result<()> {
    page.hanging(Line::new().plain(" ".repeat(ROWS)), Line::new().plain(text))
}

fn plain(text: impl Into<String>) -> (Paint, String) {
    (Paint::Plain, text.into())
}

fn dim(text: impl Into<String>) -> (Paint, String) {
    (Paint::Dim, text.into())
}

fn size(size: Option<u64>) -> (Paint, String) {
    plain(size.map(bytes).unwrap_or_default())
}

fn request(page: &mut Page, dump: &Dump, trigger: &Trigger) -> io::Result<()> {
    let language = page.style.language;
    section(page, &say!(language, "dump-label-request"))?;
    let asked = match dump.request_bytes {
        Some(size) => say!(language, "dump-label-request-size", size = bytes(size), order = trigger.order),
        None => say!(language, "dump-label-request-manual", order = trigger.order),
    };
    row(page, &asked)?;
    row(page, &say!(language, "dump-label-mask", mask = &trigger.gfp_mask))?;
    let unknown = say!(language, "dump-label-no-meaning");
    for flag in &dump.request {
        row(page, &format!("{}: {}", flag.name, flag.meaning.as_ref().unwrap_or(&unknown)))?;
    }
    for line in surroundings(dump, language) {
        row(page, &line)?;
    }
    Ok(())
}

/// Where the request came from: kernel, page size, nodes.
pub(crate) fn surroundings(dump: &Dump, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    match (&dump.kernel, &dump.taint) {
        (Some(kernel), Some(taint)) => {
            lines.push(say!(language, "dump-label-kernel-tainted", release = kernel, taint = taint));
        }
        (Some(kernel), None) => lines.push(say!(language, "dump-label-kernel-release", release = kernel)),
        _ => {}
    }
    let page = bytes(dump.page_size_bytes);
    lines.push(match dump.page_size_assumed {
        false => say!(language, "dump-label-page-size", size = page),
        true => say!(language, "dump-label-page-size-assumed", size = page),
    });
    // `(null)`: no memory policy bound the request.
    if let Some(nodes) = dump.nodemask.as_ref().filter(|mask| *mask != "(null)") {
        lines.push(say!(language, "dump-label-bound-nodes", nodes = nodes));
    }
    if let (Some(cpuset), Some(nodes)) = (&dump.cpuset, &dump.mems_allowed) {
        lines.push(say!(language, "dump-label-cpuset", cpuset = cpuset, nodes = nodes));
    }
    lines.extend(dump.workqueue.as_ref().map(|name| say!(language, "dump-label-workqueue", name = name)));
    lines
}

fn trace(page: &mut Page, dump: &Dump) -> io::Result<()> {
    if dump.trace.is_empty() {
        return Ok(());
    }
    let language = page.style.language;
    section(page, &say!(language, "dump-label-trace"))?;
    let mut frames: Vec<String> = dump.trace.iter().take(MAX_FRAMES).cloned().collect();
    let more = dump.trace.len().saturating_sub(MAX_FRAMES);
    if more > 0 {
        frames.push(say!(language, "dump-label-more-frames", count = more));
    }
    row(page, &frames.join(" < "))
}

fn zone_name(node: Option<u32>, zone: &str) -> String {
    node.map_or_else(|| zone.to_owned(), |node| format!("{node} {zone}"))
}

fn zones(page: &mut Page, dump: &Dump) -> io::Result<()> {
    if dump.zones.is_empty() {
        return Ok(());
    }
    let language = page.style.language;
    section(page, &say!(language, "dump-label-zones"))?;
    let numbers = [say!(language, "dump-label-free-memory"), "min".into(), "low".into(), "high".into()];
    let mut columns = vec![Column::fixed(say!(language, "dump-label-zone"))];
    columns.extend(numbers.into_iter().map(Column::number));
    columns.push(Column::number(say!(language, "dump-label-managed")));
    let rows: Vec<Row> = dump
        .zones
        .iter()
        .map(|zone| {
            let sizes = [zone.free_bytes, zone.min_bytes, zone.low_bytes, zone.high_bytes, zone.managed_bytes];
            std::iter::once(plain(zone_name(zone.node, &zone.name))).chain(sizes.into_iter().map(size)).collect()
        })
        .collect();
    table::write(page, ROWS, &columns, &rows)?;
    for zone in &dump.zones {
        let name = zone_name(zone.node, &zone.name);
        let gave_up = zone.all_unreclaimable.unwrap_or(false).then(|| say!(language, "dump-label-unreclaimable"));
        for sentence in zone.meaning.iter().chain(&gave_up) {
            row(page, &format!("{name}: {sentence}"))?;
        }
    }
    Ok(())
}

fn free_blocks(page: &mut Page, dump: &Dump) -> io::Result<()> {
    let Some(longest) = dump.free_blocks.iter().max_by_key(|list| list.blocks.len()) else { return Ok(()) };
    let language = page.style.language;
    section(page, &say!(language, "dump-label-free-blocks"))?;
    let mut columns = vec![Column::fixed(say!(language, "dump-label-zone"))];
    // A column an order does not fit on a page of 80: blocks are rows, zones columns, of which there are few.
    columns.extend(dump.free_blocks.iter().map(|list| Column::number(zone_name(list.node, &list.zone))));
    let mut rows: Vec<Row> = Vec::new();
    for (at, block) in longest.blocks.iter().enumerate() {
        let of_zone = |list: &crate::report::FreeBlocks| {
            let block = list.blocks.get(at);
            block.map_or_else(String::new, |block| match block.types.as_str() {
                "" => block.count.to_string(),
                types => format!("{} ({types})", block.count),
            })
        };
        let cells = dump.free_blocks.iter().map(of_zone).map(plain);
        rows.push(std::iter::once(dim(bytes(block.size_bytes))).chain(cells).collect());
    }
    let sums = dump.free_blocks.iter().map(|list| plain(bytes(list.total_bytes)));
    rows.push(std::iter::once(dim(say!(language, "dump-label-in-all"))).chain(sums).collect());
    table::write(page, ROWS, &columns, &rows)?;
    for list in &dump.free_blocks {
        if let Some(sentence) = &list.meaning {
            row(page, &format!("{}: {sentence}", zone_name(list.node, &list.zone)))?;
        }
    }
    row(page, &say!(language, "dump-label-block-types"))
}

fn hugepages(page: &mut Page, dump: &Dump) -> io::Result<()> {
    if dump.hugepages.is_empty() {
        return Ok(());
    }
    let language = page.style.language;
    section(page, &say!(language, "dump-label-hugepages"))?;
    for pool in hugepage_lines(dump, language) {
        row(page, &pool)?;
    }
    Ok(())
}

/// A line a pool.
pub(crate) fn hugepage_lines(dump: &Dump, language: Language) -> Vec<String> {
    let line = |pool: &crate::report::HugePages| {
        say!(
            language,
            "dump-label-hugepages-pool",
            node = pool.node,
            total = pool.total,
            size = bytes(pool.size_bytes),
            free = pool.free,
            surplus = pool.surplus,
            sum = bytes(pool.total.saturating_mul(pool.size_bytes)),
        )
    };
    dump.hugepages.iter().map(line).collect()
}

fn fields(page: &mut Page, title: &str, fields: &[Field]) -> io::Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    section(page, title)?;
    field_table(page, fields)
}

fn field_table(page: &mut Page, fields: &[Field]) -> io::Result<()> {
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let values: Vec<String> = fields.iter().map(value).collect();
    let names_to = names.iter().map(|name| super::width::width(name)).max().unwrap_or(0).min(32);
    let values_to = values.iter().map(|text| super::width::width(text)).max().unwrap_or(0);
    for ((name, value), field) in names.iter().zip(&values).zip(fields) {
        let start = Line::new().plain(" ".repeat(ROWS)).plain(*name).pad_to(ROWS + names_to + 2);
        let blanks = values_to.saturating_sub(super::width::width(value));
        let start = start.plain(" ".repeat(blanks)).plain(value).plain("  ");
        page.hanging(start, Line::of(Paint::Dim, field.meaning.as_deref().unwrap_or_default()))?;
    }
    Ok(())
}

/// A size or a number of events.
pub(crate) fn value(field: &Field) -> String {
    match (field.bytes, field.count) {
        (Some(size), _) => bytes(size),
        (None, Some(count)) => count.to_string(),
        (None, None) => String::new(),
    }
}

fn groups(page: &mut Page, title: &str, groups: &[FieldGroup]) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    section(page, title)?;
    for group in groups {
        row(page, &group.name)?;
        field_table(page, &group.fields)?;
    }
    Ok(())
}

fn slabs(page: &mut Page, dump: &Dump) -> io::Result<()> {
    if dump.slabs.is_empty() {
        return Ok(());
    }
    let language = page.style.language;
    section(page, &say!(language, "dump-label-slabs"))?;
    let columns = [
        Column::flexible(say!(language, "dump-label-cache"), 20),
        Column::number(say!(language, "dump-label-used")),
        Column::number(say!(language, "dump-label-held")),
    ];
    let row = |slab: &crate::report::Slab| {
        vec![plain(&slab.name), plain(bytes(slab.used_bytes)), plain(bytes(slab.total_bytes))]
    };
    let rows: Vec<Row> = dump.slabs.iter().map(row).collect();
    table::write(page, ROWS, &columns, &rows)
}

fn scores(page: &mut Page, incident: &Incident, dump: &Dump) -> io::Result<()> {
    if dump.scores.is_empty() {
        return Ok(());
    }
    let language = page.style.language;
    section(page, &say!(language, "dump-label-scores"))?;
    let columns = [
        Column::flexible(say!(language, "dump-label-process"), 15),
        Column::number(say!(language, "dump-label-pid")),
        Column::number(say!(language, "dump-label-size")),
        Column::number("oom_score_adj"),
        Column::number(say!(language, "dump-label-points")),
        Column::fixed(""),
    ];
    let shown = if page.style.verbose { dump.scores.len() } else { MAX_SCORES.min(dump.scores.len()) };
    let row = |score: &crate::report::Score| {
        let killed = incident.victims.iter().any(|victim| victim.pid == score.pid);
        let killed = if killed { say!(language, "dump-label-killed") } else { String::new() };
        let points = match score.points {
            Some(points) => points.to_string(),
            None if score.oom_score_adj == -1000 => say!(language, "dump-label-scores-none"),
            None => String::new(),
        };
        let cells = [score.pid.to_string(), bytes(score.size_bytes), score.oom_score_adj.to_string(), points];
        let first = std::iter::once(plain(&score.comm));
        first.chain(cells.into_iter().map(plain)).chain([(Paint::Bad, killed)]).collect()
    };
    let rows: Vec<Row> = dump.scores.iter().take(shown).map(row).collect();
    table::write(page, ROWS, &columns, &rows)
}
