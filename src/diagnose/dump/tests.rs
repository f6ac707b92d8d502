//! Made-up events, in full.

use super::*;
use crate::event::{Buddy, BuddyBlock, Counter, MemcgBlock, MemcgStats, NodeLine, SummaryLine, Trigger, Zone};

fn zone(name: &str, free: u64, reserve: i64) -> Zone {
    let values = [("free", free), ("min", 100), ("low", 125), ("high", 150), ("managed", 9_000), ("bounce", 0)];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Zone { node: Some(0), name: name.into(), values, lowmem_reserve: vec![0, reserve], ..Zone::default() }
}

fn node_event() -> KernelOom {
    let block = |(at, count): (usize, u64)| BuddyBlock { count, size_kb: 4 << at, types: "UM".into() };
    let blocks = [7, 0, 1].into_iter().enumerate().map(block).collect();
    let info = MemInfo {
        counters: vec![("active_anon".into(), 10), ("shmem".into(), 0), ("novel_counter".into(), 2)],
        nodes: vec![NodeLine { node: 0, values: vec![("pages_scanned".into(), 9)], ..NodeLine::default() }],
        zones: vec![zone("DMA", 110, 400), zone("DMA32", 90, 0), zone("Normal", 800, 0)],
        buddy: vec![Buddy { node: Some(0), zone: "Normal".into(), blocks, total_kb: 44 }],
        ram_pages: Some(5_000),
        reserved_pages: Some(1_000),
        swap_total_kb: Some(0),
        ..MemInfo::default()
    };
    let row = |pid, rss, adj| TaskRow { pid, tgid: pid, rss, oom_score_adj: Some(adj), ..TaskRow::default() };
    let table = TaskTable { rows: vec![row(1, 100, 0), row(2, 50, 900), row(3, 400, -1000)], ..TaskTable::default() };
    KernelOom {
        trigger: Some(Trigger { comm: "a".into(), gfp_mask: 0xcc0, order: 1, ..Trigger::default() }),
        mem_info: Some(info),
        tasks: Some(table),
        summary: Some(SummaryLine { global: true, nodemask: Some("(null)".into()), ..SummaryLine::default() }),
        ..KernelOom::default()
    }
}

#[test]
fn zones_are_seen_from_the_request() {
    let dump = dump(&node_event(), Language::English);
    let said: Vec<&str> = dump.zones.iter().filter_map(|zone| zone.meaning.as_deref()).collect();
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(dump.zones[0].reserve_bytes, Some(400 * 4096));
    assert!(dump.zones.iter().all(|zone| zone.fields.is_empty()), "marks have their own fields, zeros are left out");
}

#[test]
fn blocks_of_the_order_that_was_asked_for() {
    let dump = dump(&node_event(), Language::English);
    assert_eq!(dump.request_bytes, Some(8192));
    let list = &dump.free_blocks[0];
    let blocks: Vec<_> = list.blocks.iter().map(|block| (block.order, block.size_bytes, block.count)).collect();
    assert_eq!(blocks, [(0, 4096, 7), (1, 8192, 0), (2, 16384, 1)]);
    assert_eq!(list.meaning.as_deref(), Some("has a block of order 1 (8.0 KiB) or larger"));
}

#[test]
fn counters_are_bytes_and_unknown_ones_stay() {
    let dump = dump(&node_event(), Language::English);
    let named: Vec<_> = dump.counters.iter().map(|field| (field.name.as_str(), field.bytes)).collect();
    let expected =
        [("active_anon", 40_960), ("novel_counter", 8_192), ("ram", 5_000 * 4096), ("reserved", 1_000 * 4096)];
    assert_eq!(named, expected.map(|(name, bytes)| (name, Some(bytes))));
    assert_eq!(dump.counters[1].meaning, None);
    assert_eq!((dump.nodes[0].fields[0].bytes, dump.nodes[0].fields[0].count), (None, Some(9)));
}

/// 4,000 usable pages: 1000 thousandths. The largest process is exempt.
#[test]
fn scores_rank_as_the_kernel_does() {
    let dump = dump(&node_event(), Language::English);
    let scores: Vec<_> = dump.scores.iter().map(|score| (score.pid, score.points)).collect();
    assert_eq!(scores, [(2, Some(912)), (1, Some(25)), (3, None)]);
}

#[test]
fn a_cgroup_has_its_statistics() {
    let values = [("anon", 4096u64), ("pgfault", 12), ("file", 0)];
    let values = values.into_iter().collect();
    let counter = Counter { usage_kb: 64, limit_kb: Some(64), failcnt: 1 };
    let stats = vec![MemcgStats { path: "/a".into(), values }];
    let block = MemcgBlock { memory: Some(counter), stats, ..MemcgBlock::default() };
    let dump = dump(&KernelOom { memcg: Some(block), ..KernelOom::default() }, Language::Chinese);
    let fields: Vec<_> = dump.cgroups[0].fields.iter().map(|f| (f.name.as_str(), f.bytes, f.count)).collect();
    assert_eq!(fields, [("anon", Some(4096), None), ("pgfault", None, Some(12))]);
    assert_eq!(dump.cgroups[0].fields[0].meaning.as_deref(), Some("匿名内存（堆、栈）"));
}

#[test]
fn hostile_numbers_and_empty_events() {
    assert_eq!(dump(&KernelOom::default(), Language::English).request_bytes, None);
    let mut event = node_event();
    let info = event.mem_info.get_or_insert_default();
    info.counters.push(("free".into(), u64::MAX));
    info.zones.push(Zone { values: vec![("free".into(), u64::MAX), ("min".into(), u64::MAX)], ..Zone::default() });
    if let Some(trigger) = &mut event.trigger {
        trigger.order = i32::MAX;
    }
    let dump = dump(&event, Language::English);
    assert_eq!(dump.request_bytes, None);
    assert!(dump.counters.iter().all(|field| field.name != "free"), "no machine has that much");
}
