use super::*;
use crate::event::{Buddy, BuddyBlock, Constraint, HugePool, Kill, NodeLine, SummaryLine, TaskRow, TaskTable, Zone};

fn stats(path: &str, values: &[(&str, u64)]) -> MemcgStats {
    MemcgStats { path: path.into(), values: values.iter().copied().collect() }
}

fn memcg(block: MemcgBlock) -> KernelOom {
    let summary = SummaryLine { constraint: Constraint::Memcg, ..SummaryLine::default() };
    KernelOom { memcg: Some(block), summary: Some(summary), ..KernelOom::default() }
}

fn full(usage_kb: u64) -> Option<Counter> {
    Some(Counter { usage_kb, limit_kb: Some(usage_kb), failcnt: 3 })
}

#[test]
fn page_size_comes_from_the_buddy_list_first() {
    let blocks = vec![BuddyBlock { count: 1, size_kb: 64, types: String::new() }];
    let buddy = vec![Buddy { blocks, zone: "Normal".into(), ..Buddy::default() }];
    let oom = KernelOom { mem_info: Some(MemInfo { buddy, ..MemInfo::default() }), ..KernelOom::default() };
    assert_eq!(page_size(&oom), PageSize { kb: 64, source: PageSource::Buddy });
}

fn victim_with(total_vm_kb: u64, total_vm: u64) -> KernelOom {
    let row = TaskRow { pid: 9, tgid: 9, total_vm, ..TaskRow::default() };
    let kill = Kill { pid: 9, total_vm_kb: Some(total_vm_kb), ..Kill::default() };
    let tasks = Some(TaskTable { rows: vec![row], count: 1, ..TaskTable::default() });
    KernelOom { kills: vec![kill], tasks, ..KernelOom::default() }
}

#[test]
fn page_size_from_the_virtual_size() {
    assert_eq!(page_size(&victim_with(66_232, 16_558)), PageSize { kb: 4, source: PageSource::Ratio });
    assert_eq!(page_size(&victim_with(1_059_712, 16_558)), PageSize { kb: 64, source: PageSource::Ratio });
    // Not a whole multiple, no power of two, nothing at all.
    assert_eq!(page_size(&victim_with(66_233, 16_558)).source, PageSource::Assumed);
    assert_eq!(page_size(&victim_with(49_674, 16_558)).source, PageSource::Assumed);
    assert_eq!(page_size(&victim_with(66_232, 0)).source, PageSource::Assumed);
}

#[test]
fn page_size_from_huge_pages_or_assumed() {
    let hugepages = vec![HugePool { size_kb: 524_288, ..HugePool::default() }];
    let oom = KernelOom { mem_info: Some(MemInfo { hugepages, ..MemInfo::default() }), ..KernelOom::default() };
    assert_eq!(page_size(&oom), PageSize { kb: 64, source: PageSource::Hugepages });
    assert_eq!(page_size(&KernelOom::default()), PageSize { kb: 4, source: PageSource::Assumed });
}

#[test]
fn a_v2_cgroup() {
    // The numbers of a recorded report of Linux 6.1.
    let values = [("anon", 66_916_352), ("file", 0), ("kernel", 192_512), ("sock", 0), ("shmem", 0)];
    let swap = Some(Counter { usage_kb: 0, limit_kb: Some(0), failcnt: 0 });
    let block = MemcgBlock { memory: full(65_536), swap, stats: vec![stats("/x", &values)], ..MemcgBlock::default() };
    let memory = memory(&memcg(block)).unwrap();
    assert_eq!(memory.total_bytes, Some(64 << 20));
    assert_eq!(memory.free_bytes, Some(0));
    assert_eq!(memory.anon_bytes, Some(66_916_352));
    assert_eq!(memory.kernel_bytes, Some(192_512));
    assert_eq!(memory.swap_total_bytes, Some(0));
    assert_eq!(memory.unaccounted_bytes, Some((64 << 20) - 66_916_352 - 192_512));
}

#[test]
fn v1_totals_are_preferred_over_the_parents_own() {
    let values = [("cache", 0), ("rss", 0), ("total_cache", 4096), ("total_rss", 8192), ("total_shmem", 1024)];
    let block = MemcgBlock { memory: full(100), stats: vec![stats("/pod", &values)], ..MemcgBlock::default() };
    let memory = memory(&memcg(block)).unwrap();
    assert_eq!((memory.anon_bytes, memory.file_bytes, memory.shmem_bytes), (Some(8192), Some(4096), Some(1024)));
    assert_eq!(memory.unaccounted_bytes, None, "the kernel's part is not told");
}

#[test]
fn children_of_the_one_line_era_are_summed() {
    let parent = stats("/pod", &[("cache", 0), ("rss", 0)]);
    let one = stats("/pod/a", &[("cache", 10), ("rss", 1000)]);
    let two = stats("/pod/b", &[("cache", 20), ("rss", 2000)]);
    let block = MemcgBlock { stats: vec![parent, one, two], ..MemcgBlock::default() };
    let memory = memory(&memcg(block)).unwrap();
    assert_eq!((memory.anon_bytes, memory.file_bytes), (Some(3000), Some(30)));
}

#[test]
fn shared_memory_of_kernels_that_do_not_print_it() {
    let old =
        |anon_lru: u64| stats("/x", &[("cache", 0), ("rss", 1 << 20), ("inactive_anon", anon_lru), ("active_anon", 0)]);
    let shmem = |anon_lru| {
        let block = MemcgBlock { stats: vec![old(anon_lru)], ..MemcgBlock::default() };
        memory(&memcg(block)).unwrap().shmem_bytes
    };
    assert_eq!(shmem(9 << 20), Some(8 << 20));
    assert_eq!(shmem((1 << 20) + 4096), None, "a few pages are noise");
}

#[test]
fn v1_swap_is_the_difference() {
    let memsw = Some(Counter { usage_kb: 150, limit_kb: Some(200), failcnt: 0 });
    let block = MemcgBlock { memory: full(100), memsw, ..MemcgBlock::default() };
    assert_eq!(swap(&block), (Some(50 * 1024), Some(100 * 1024)));
    let memory = memory(&memcg(block)).unwrap();
    assert_eq!((memory.swap_total_bytes, memory.swap_free_bytes), (Some(100 * 1024), Some(50 * 1024)));
}

#[test]
fn the_node() {
    // A recorded report of Linux 6.1 (canal story), 4 KiB pages.
    let counters = [
        ("active_anon", 63),
        ("inactive_anon", 162_419),
        ("isolated_anon", 0),
        ("active_file", 1),
        ("inactive_file", 9),
        ("isolated_file", 2),
        ("unevictable", 256),
        ("slab_reclaimable", 3253),
        ("slab_unreclaimable", 3364),
        ("shmem", 99),
        ("pagetables", 786),
        ("free", 9540),
        ("free_pcp", 30),
    ];
    let line = NodeLine { node: 0, values: vec![("kernel_stack".into(), 2000)], all_unreclaimable: None };
    let info = MemInfo {
        counters: counters.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect(),
        nodes: vec![line],
        hugepages: vec![HugePool { node: 0, total: 2, free: 2, surplus: 0, size_kb: 2048 }],
        swap_free_kb: Some(0),
        swap_total_kb: Some(0),
        ram_pages: Some(196_472),
        reserved_pages: Some(11_833),
        ..MemInfo::default()
    };
    let memory = memory(&KernelOom { mem_info: Some(info), ..KernelOom::default() }).unwrap();
    assert_eq!(memory.total_bytes, Some(184_639 * 4096));
    assert_eq!(memory.free_bytes, Some(9540 * 4096));
    assert_eq!(memory.anon_bytes, Some(162_482 * 4096));
    assert_eq!(memory.kernel_bytes, Some(2000 * 1024));
    assert_eq!(memory.hugepages_bytes, Some(4 << 20));
    let told = (9540 + 162_482 + 12 + 256 + 3253 + 3364 + 786 + 30) * 4096 + 2000 * 1024 + (4 << 20);
    assert_eq!(memory.unaccounted_bytes, Some(184_639 * 4096 - told));
}

#[test]
fn a_filtered_dump_leaves_nothing_unexplained() {
    let counters = vec![("free".into(), 10), ("active_anon".into(), 20), ("active_file".into(), 1)];
    let mut info = MemInfo { counters, ram_pages: Some(1000), ..MemInfo::default() };
    let unexplained = |info: &MemInfo| {
        let oom = KernelOom { mem_info: Some(info.clone()), ..KernelOom::default() };
        memory(&oom).unwrap().unaccounted_bytes
    };
    assert_eq!(unexplained(&info), None);
    info.counters.push(("slab_unreclaimable".into(), 69));
    assert_eq!(unexplained(&info), Some(900 * 4096));
}

#[test]
fn kernel_stacks_of_old_kernels_stand_on_the_zone_lines() {
    let zone = |kb| Zone { values: vec![("kernel_stack".into(), kb)], ..Zone::default() };
    let info = MemInfo { zones: vec![zone(100), zone(24)], ..MemInfo::default() };
    assert_eq!(per_node_kb(&info, "kernel_stack"), Some(124));
}

#[test]
fn absurd_numbers_are_left_out() {
    let counters = vec![("free".into(), u64::MAX), ("active_anon".into(), u64::MAX)];
    let info = MemInfo { counters, ram_pages: Some(u64::MAX), swap_total_kb: Some(u64::MAX), ..MemInfo::default() };
    assert_eq!(memory(&KernelOom { mem_info: Some(info), ..KernelOom::default() }), None);
    let block = MemcgBlock { stats: vec![stats("/x", &[("anon", u64::MAX)])], ..MemcgBlock::default() };
    assert_eq!(memory(&memcg(block)), None);
}

#[test]
fn nothing_printed_is_no_picture() {
    assert_eq!(memory(&KernelOom::default()), None);
    assert_eq!(memory(&memcg(MemcgBlock::default())), None);
}
