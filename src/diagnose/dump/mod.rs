//! The kernel's report in full, for those who want to read all of it: every number in bytes, every name with its meaning.

mod fields;
mod flags;
mod zones;

#[cfg(test)]
mod tests;

use super::units::{kb, pages, sane};
use super::{badness, picture};
use crate::event::{Constraint, KernelOom, MemInfo, TaskRow, TaskTable};
use crate::language::Language;
use crate::report::{Dump, Explained, Field, FieldGroup, HugePages, Score, Slab};
use picture::PageSource;

/// Rows of slab caches and of scores that are kept, the largest.
const MAX_ROWS: usize = 100;

/// Everything that the event holds and the incident does not.
pub fn dump(oom: &KernelOom, language: Language) -> Dump {
    let page = picture::page_size(oom);
    let info = oom.mem_info.as_ref();
    let summary = oom.summary.as_ref();
    let trigger = oom.trigger.as_ref();
    let (cpuset, mems_allowed) = cpuset(oom);
    Dump {
        kernel: oom.cpu.as_ref().and_then(|cpu| cpu.release.clone()),
        taint: oom.cpu.as_ref().and_then(|cpu| cpu.taint.clone()).filter(|taint| taint != "Not tainted"),
        constraint: summary.map(|line| constraint(line.constraint).to_owned()),
        nodemask: summary.and_then(|line| line.nodemask.clone()).or_else(|| trigger.and_then(|t| t.nodemask.clone())),
        cpuset,
        mems_allowed,
        workqueue: oom.workqueue.clone(),
        page_size_bytes: page.kb.saturating_mul(1024),
        page_size_assumed: page.source == PageSource::Assumed,
        request_bytes: trigger.and_then(|t| request_bytes(t.order, page.kb)),
        request: trigger.map_or_else(Vec::new, |t| flags::explain(&t.gfp_flags, t.gfp_mask, language)),
        trace: oom.stack.iter().map(str::to_owned).collect(),
        zones: info.map_or_else(Vec::new, |info| zones::zones(info, trigger, page.kb, language)),
        free_blocks: info.map_or_else(Vec::new, |info| zones::free_blocks(info, trigger, language)),
        hugepages: info.map_or_else(Vec::new, hugepages),
        counters: info.map_or_else(Vec::new, |info| counters(info, page.kb, language)),
        nodes: info.map_or_else(Vec::new, |info| nodes(info, language)),
        cgroups: cgroups(oom, language),
        slabs: slabs(oom),
        scores: scores(oom, page.kb),
    }
}

fn constraint(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::None => "CONSTRAINT_NONE",
        Constraint::Memcg => "CONSTRAINT_MEMCG",
        Constraint::Cpuset => "CONSTRAINT_CPUSET",
        Constraint::MemoryPolicy => "CONSTRAINT_MEMORY_POLICY",
    }
}

/// From the summary line, or from the line of its own that kernels before 5.0 print.
fn cpuset(oom: &KernelOom) -> (Option<String>, Option<String>) {
    let line = oom.summary.as_ref();
    let own = oom.cpuset.as_ref();
    let set = line.and_then(|l| l.cpuset.clone()).or_else(|| own.map(|(set, _)| set.clone()));
    let mems = line.and_then(|l| l.mems_allowed.clone()).or_else(|| own.map(|(_, mems)| mems.clone()));
    (set, mems)
}

fn request_bytes(order: i32, page_kb: u64) -> Option<u64> {
    let order = u32::try_from(order).ok().filter(|order| *order < 32)?;
    pages(1 << order, page_kb)
}

/// A size as a field.
fn sized(name: &str, bytes: Option<u64>, language: Language) -> Option<Field> {
    let bytes = bytes.filter(|bytes| *bytes > 0)?;
    Some(Field { name: name.to_owned(), bytes: Some(bytes), count: None, meaning: fields::meaning(name, language) })
}

fn counters(info: &MemInfo, page_kb: u64, language: Language) -> Vec<Field> {
    let field = |name: &str, count: Option<u64>| sized(name, count.and_then(|count| pages(count, page_kb)), language);
    let tail = [
        ("pagecache", info.pagecache_pages),
        ("swapcache", info.swapcache_pages),
        ("ram", info.ram_pages),
        ("highmem", info.highmem_pages),
        ("reserved", info.reserved_pages),
        ("hwpoisoned", info.hwpoisoned_pages),
    ];
    let swap = [("swap_total", info.swap_total_kb), ("swap_free", info.swap_free_kb)];
    let printed = info.counters.iter().filter_map(|(name, count)| field(name, Some(*count)));
    let tail = tail.into_iter().filter_map(|(name, count)| field(name, count));
    let swap = swap.into_iter().filter_map(|(name, size)| sized(name, size.and_then(kb), language));
    printed.chain(tail).chain(swap).collect()
}

fn nodes(info: &MemInfo, language: Language) -> Vec<FieldGroup> {
    let of_node = |line: &crate::event::NodeLine| {
        let field = |(name, value): &(String, u64)| match name.as_str() {
            // Pages that reclaim looked at: an event, not a size.
            "pages_scanned" => counted(name, *value, language),
            _ => sized(name, kb(*value), language),
        };
        FieldGroup { name: format!("Node {}", line.node), fields: line.values.iter().filter_map(field).collect() }
    };
    info.nodes.iter().map(of_node).filter(|group| !group.fields.is_empty()).collect()
}

fn counted(name: &str, count: u64, language: Language) -> Option<Field> {
    let meaning = fields::meaning(name, language);
    (count > 0).then(|| Field { name: name.to_owned(), bytes: None, count: Some(count), meaning })
}

fn cgroups(oom: &KernelOom, language: Language) -> Vec<FieldGroup> {
    let stats = oom.memcg.iter().flat_map(|block| &block.stats);
    let field = |(name, value): (&str, u64)| {
        if fields::is_event(name) {
            return counted(name, value, language);
        }
        sized(name, sane(value), language)
    };
    stats
        .map(|stats| FieldGroup { name: stats.path.clone(), fields: stats.values.iter().filter_map(field).collect() })
        .filter(|group| !group.fields.is_empty())
        .collect()
}

fn hugepages(info: &MemInfo) -> Vec<HugePages> {
    let pool = |pool: &crate::event::HugePool| {
        Some(HugePages {
            node: pool.node,
            size_bytes: kb(pool.size_kb)?,
            total: pool.total,
            free: pool.free,
            surplus: pool.surplus,
        })
    };
    info.hugepages.iter().filter(|p| p.total > 0).filter_map(pool).collect()
}

fn slabs(oom: &KernelOom) -> Vec<Slab> {
    let row = |row: &crate::event::SlabRow| {
        Some(Slab { name: row.name.clone(), used_bytes: kb(row.used_kb)?, total_bytes: kb(row.total_kb)? })
    };
    let mut slabs: Vec<Slab> = oom.slabs.iter().flatten().filter_map(row).collect();
    slabs.sort_by(|a, b| b.total_bytes.cmp(&a.total_bytes).then_with(|| a.name.cmp(&b.name)));
    slabs.truncate(MAX_ROWS);
    slabs
}

fn scores(oom: &KernelOom, page_kb: u64) -> Vec<Score> {
    let Some(table) = &oom.tasks else { return Vec::new() };
    let total = badness::total_pages(oom, page_kb).filter(|total| *total > 0);
    let mut scores: Vec<Score> = table.rows.iter().filter_map(|row| score(row, table, total, page_kb)).collect();
    scores.sort_by(|a, b| {
        let order = |s: &Score| (s.points, s.size_bytes);
        order(b).cmp(&order(a)).then(a.pid.cmp(&b.pid))
    });
    scores.truncate(MAX_ROWS);
    scores
}

/// Kernels before 2.6.36 weighed otherwise: they print no `oom_score_adj`, and there is no score for them.
fn score(row: &TaskRow, table: &TaskTable, total_pages: Option<u64>, page_kb: u64) -> Option<Score> {
    let adj = row.oom_score_adj?;
    let weighed = badness::points(row, total_pages.unwrap_or(0), table.pgtables_in_bytes, page_kb);
    let size = badness::points(row, 0, table.pgtables_in_bytes, page_kb);
    let size = u64::try_from(size).ok().and_then(|count| pages(count, page_kb))?;
    let thousandths = |total: u64| i64::try_from(weighed.saturating_mul(1000) / i128::from(total)).ok();
    let points = total_pages.and_then(thousandths).filter(|_| adj > -1000);
    Some(Score { pid: row.tgid, comm: row.comm.clone(), size_bytes: size, oom_score_adj: adj, points })
}

/// A name with its meaning.
fn explained(name: impl Into<String>, meaning: Option<String>) -> Explained {
    Explained { name: name.into(), meaning }
}
