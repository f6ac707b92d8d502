//! Who held the memory: processes by name, containers of a pod, slab caches, shared memory, huge pages, the kernel.
//!
//! Processes are summed by resident size, in which a page that several processes share counts once for each of them; so
//! the sum may exceed the total and `share` may exceed 1. Shared memory is listed on its own besides: it outlives the
//! processes that map it.

use super::picture::{self, Stats};
use super::units::{kb, pages, share};
use super::{classify, units};
use crate::event::{KernelOom, Kill, MemcgBlock, MemcgStats, SlabRow, TaskRow, TaskTable};
use crate::identity;
use crate::language::Language;
use crate::report::{Holder, HolderKind, Memory};
use crate::say;

/// The most process names listed.
const MAX_NAMES: usize = 15;
/// The most containers listed.
const MAX_CONTAINERS: usize = 20;
/// The most slab caches listed by name.
const MAX_CACHES: usize = 5;
/// What is smaller than this part of the total is not listed, unless it is a process name.
const MIN_SHARE: f64 = 0.01;

/// Lists the holders, largest first. `memory` is the picture of the same event. Processes and containers have names of
/// their own; what the other kinds are is told in `language`.
pub(crate) fn holders(oom: &KernelOom, memory: Option<&Memory>, language: Language) -> Vec<Holder> {
    let page_kb = picture::page_size(oom).kb;
    let total = memory.and_then(|m| used_or_total(oom, m));
    let mut list = processes(oom, page_kb);
    // A cut report may tell of small parts alone: the largest of what is left would pass for the largest of all.
    let is_whole = |memory: &&Memory| memory.total_bytes.is_some() || memory.anon_bytes.is_some();
    if let Some(memory) = memory.filter(is_whole) {
        let mut others: Vec<Holder> = shared(memory, language).into_iter().collect();
        others.extend(slab(oom, memory, total, language));
        others.extend(hugepages(oom, memory, language));
        others.extend(kernel(oom, memory, total, language));
        others.extend(unaccounted(memory, total, language));
        // Without a table nobody knows how much each process held: what is less than all of them is not the largest of all.
        let processes = if oom.tasks.is_some() { 0 } else { private(memory) };
        list.extend(others.into_iter().filter(|other| other.bytes >= processes));
    }
    list.extend(containers(oom.memcg.as_ref()));
    list.retain(|h| h.bytes > 0 && (is_workload(h) || is_large(h.bytes, total)));
    for holder in &mut list {
        holder.share = total.and_then(|total| share(holder.bytes, total));
    }
    // The name breaks ties, so that the same log gives the same list.
    list.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| (a.kind, &a.name).cmp(&(b.kind, &b.name))));
    list
}

/// What processes hold for themselves. The node's counter of anonymous memory holds shared memory, too.
fn private(memory: &Memory) -> u64 {
    memory.anon_bytes.unwrap_or(0).saturating_sub(memory.shmem_bytes.unwrap_or(0))
}

/// Shares refer to the node's memory or to the cgroup's limit (its usage where it has no limit).
fn used_or_total(oom: &KernelOom, memory: &Memory) -> Option<u64> {
    let usage = || oom.memcg.as_ref().and_then(|b| b.memory.as_ref()).and_then(|c| kb(c.usage_kb));
    memory.total_bytes.or_else(|| classify::is_memcg(oom).then(usage).flatten())
}

fn is_workload(holder: &Holder) -> bool {
    matches!(holder.kind, HolderKind::Process | HolderKind::Container)
}

fn is_large(bytes: u64, total: Option<u64>) -> bool {
    total.and_then(|total| share(bytes, total)).is_none_or(|share| share >= MIN_SHARE)
}

fn holder(name: impl Into<String>, kind: HolderKind, bytes: u64, count: Option<u64>) -> Holder {
    Holder { name: name.into(), kind, bytes, share: None, count }
}

/// Processes by name. The assembler's sums cover every printed row; without them the kept rows must do, and without a
/// table (rate limit, `vm.oom_dump_tasks=0`) the kill lines.
fn processes(oom: &KernelOom, page_kb: u64) -> Vec<Holder> {
    let Some(table) = &oom.tasks else { return killed(&oom.kills) };
    let mut sums: Vec<(String, u64, u64)> =
        table.by_name.iter().map(|n| (n.comm.clone(), n.rss_pages, n.count)).collect();
    if sums.is_empty() {
        sums = by_name(&table.rows);
    }
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sums.truncate(MAX_NAMES);
    let to_holder = |(name, rss, count)| Some(holder(name, HolderKind::Process, pages(rss, page_kb)?, Some(count)));
    let mut list: Vec<Holder> = sums.into_iter().filter_map(to_holder).collect();
    // A search for some word (`grep oom`) leaves few rows: where not even the victim's is there, its kill line has to do.
    if lacks_victim(oom, table) {
        let named = |of: &Holder| list.iter().any(|row| row.name == of.name);
        let others: Vec<Holder> = killed(&oom.kills).into_iter().filter(|of| !named(of)).collect();
        list.extend(others);
    }
    list
}

/// Every row is kept, and none of them is the victim's.
fn lacks_victim(oom: &KernelOom, table: &TaskTable) -> bool {
    let whole = !table.rows.is_empty() && table.rows.len() as u64 >= table.count;
    let listed = |kill: &Kill| table.rows.iter().any(|row| row.tgid == kill.pid || row.pid == kill.pid);
    whole && !oom.kills.iter().any(listed)
}

fn by_name(rows: &[TaskRow]) -> Vec<(String, u64, u64)> {
    let mut sums = std::collections::BTreeMap::<&str, (u64, u64)>::new();
    for row in rows {
        let sum = sums.entry(&row.comm).or_default();
        *sum = (sum.0.saturating_add(row.rss), sum.1.saturating_add(1));
    }
    sums.into_iter().map(|(name, (rss, count))| (name.to_owned(), rss, count)).collect()
}

fn killed(kills: &[Kill]) -> Vec<Holder> {
    let mut sums = std::collections::BTreeMap::<&str, (u64, u64)>::new();
    for kill in kills {
        let sizes = [kill.anon_rss_kb, kill.file_rss_kb, kill.shmem_rss_kb, kill.rss_kb];
        let sum = sums.entry(&kill.comm).or_default();
        *sum = (sizes.into_iter().flatten().fold(sum.0, u64::saturating_add), sum.1.saturating_add(1));
    }
    let to_holder = |(name, (size, count))| Some(holder(name, HolderKind::Process, kb(size)?, Some(count)));
    let mut list: Vec<Holder> = sums.into_iter().filter_map(to_holder).collect();
    list.sort_by_key(|h| std::cmp::Reverse(h.bytes));
    list.truncate(MAX_NAMES);
    list
}

fn shared(memory: &Memory, language: Language) -> Option<Holder> {
    Some(holder(say!(language, "tell-holder-name-shmem"), HolderKind::Shmem, memory.shmem_bytes?, None))
}

/// Slab: the largest caches by name where the kernel printed its table, and what is left of the whole.
fn slab(oom: &KernelOom, memory: &Memory, total: Option<u64>, language: Language) -> Vec<Holder> {
    let whole = match (memory.slab_reclaimable_bytes, memory.slab_unreclaimable_bytes) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    };
    // A cgroup of 5.3 to 5.18 may print `slab` alone.
    let whole = whole.or_else(|| oom.memcg.as_ref().and_then(|b| Stats::new(b).slab()));
    let caches = largest_caches(oom);
    let named: u64 = caches.iter().map(|(_, bytes)| bytes).fold(0, |sum, bytes| sum.saturating_add(*bytes));
    let alone = caches.is_empty();
    let rest = whole.map(|whole| whole.saturating_sub(named)).filter(|bytes| is_large(*bytes, total));
    let rest = rest.map(|bytes| match alone {
        true => (say!(language, "tell-holder-name-slab"), bytes),
        false => (say!(language, "tell-holder-name-other-slab"), bytes),
    });
    let caches = caches.into_iter().filter(|(_, bytes)| is_large(*bytes, total));
    let caches = caches.map(|(name, bytes)| (say!(language, "tell-holder-name-cache", name = name), bytes));
    caches.chain(rest).map(|(name, bytes)| holder(name, HolderKind::Slab, bytes, None)).collect()
}

/// The largest caches of the kernel's table of unreclaimable slab: name and bytes.
pub(crate) fn largest_caches(oom: &KernelOom) -> Vec<(&str, u64)> {
    let mut rows: Vec<&SlabRow> = oom.slabs.iter().flatten().collect();
    rows.sort_by(|a, b| b.total_kb.cmp(&a.total_kb).then_with(|| a.name.cmp(&b.name)));
    let caches = rows.into_iter().filter_map(|row| Some((row.name.as_str(), kb(row.total_kb)?)));
    caches.filter(|(_, bytes)| *bytes >= 1 << 20).take(MAX_CACHES).collect()
}

fn hugepages(oom: &KernelOom, memory: &Memory, language: Language) -> Vec<Holder> {
    let Some(info) = oom.mem_info.as_ref().filter(|_| !classify::is_memcg(oom)) else {
        let charged = |bytes| holder(say!(language, "tell-holder-name-huge"), HolderKind::Hugepages, bytes, None);
        return memory.hugepages_bytes.map(charged).into_iter().collect();
    };
    let mut sizes = std::collections::BTreeMap::<u64, u64>::new();
    for pool in &info.hugepages {
        let total = sizes.entry(pool.size_kb).or_default();
        *total = total.saturating_add(pool.total);
    }
    let to_holder = |(size_kb, total): (u64, u64)| {
        let name = say!(language, "tell-holder-name-huge-of", size = units::size(language, kb(size_kb)?));
        Some(holder(name, HolderKind::Hugepages, size_kb.checked_mul(total).and_then(kb)?, Some(total)))
    };
    sizes.into_iter().filter_map(to_holder).collect()
}

/// Kernel memory beside slab: stacks, page tables, and for a cgroup its sockets and per-cpu data. Names are told only of what is
/// large enough to be listed: a log holds many reports.
fn kernel(oom: &KernelOom, memory: &Memory, total: Option<u64>, language: Language) -> Vec<Holder> {
    let mut list = Vec::new();
    let mut add = |name: &dyn Fn() -> String, bytes: Option<u64>| {
        let large = bytes.filter(|bytes| *bytes > 0 && is_large(*bytes, total));
        list.extend(large.map(|bytes| holder(name(), HolderKind::Kernel, bytes, None)));
    };
    add(&|| say!(language, "tell-holder-name-pagetables"), memory.pagetables_bytes);
    match oom.memcg.as_ref().filter(|_| classify::is_memcg(oom)) {
        Some(block) => {
            let stats = Stats::new(block);
            add(&|| say!(language, "tell-holder-name-stacks"), stats.get(&["kernel_stack"]));
            add(&|| say!(language, "tell-holder-name-sockets"), stats.sock());
            add(&|| say!(language, "tell-holder-name-percpu"), stats.percpu());
            add(&|| say!(language, "tell-holder-name-vmalloc"), stats.get(&["vmalloc"]));
            add(&|| say!(language, "tell-holder-name-kmem"), kmem_only(block, &stats));
        }
        None => {
            add(&|| say!(language, "tell-holder-name-stacks"), memory.kernel_bytes);
            add(&|| say!(language, "tell-holder-name-balloon"), oom.mem_info.as_ref().and_then(picture::balloon));
        }
    }
    list
}

/// v1 counts the kernel's memory without telling its parts.
fn kmem_only(block: &MemcgBlock, stats: &Stats<'_>) -> Option<u64> {
    let told = stats.slab().is_some() || stats.get(&["kernel"]).is_some();
    block.kmem.as_ref().filter(|_| !told).and_then(|c| kb(c.usage_kb))
}

fn unaccounted(memory: &Memory, total: Option<u64>, language: Language) -> Option<Holder> {
    let bytes = memory.unaccounted_bytes?;
    // Counters are read one after the other while the machine runs: a few percent never add up.
    let large = share(bytes, total?)? >= 0.05;
    let name = || say!(language, "tell-holder-name-unaccounted");
    large.then(|| holder(name(), HolderKind::Unaccounted, bytes, None))
}

/// Containers of a pod: the one-line era (3.9 to 5.2) prints every child cgroup.
fn containers(block: Option<&MemcgBlock>) -> Vec<Holder> {
    let Some(block) = block.filter(|b| b.stats.len() > 1) else { return Vec::new() };
    let mut list: Vec<Holder> = block.stats.iter().filter_map(container).collect();
    list.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    list.truncate(MAX_CONTAINERS);
    list
}

fn container(stats: &MemcgStats) -> Option<Holder> {
    let one = Stats::new_slice(std::slice::from_ref(stats));
    let bytes = one.anon()?.saturating_add(one.file().unwrap_or(0));
    let id = identity::parse(&stats.path).containers.into_iter().next()?.id;
    Some(holder(id, HolderKind::Container, bytes, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Constraint, Counter, HugePool, MemInfo, NameSum, SummaryLine, TaskTable};

    fn table(names: &[(&str, u64, u64)]) -> TaskTable {
        let by_name = names
            .iter()
            .map(|(comm, count, rss)| NameSum { comm: (*comm).into(), count: *count, rss_pages: *rss, swap_pages: 0 })
            .collect();
        TaskTable { by_name, ..TaskTable::default() }
    }

    fn node(total_pages: u64, counters: &[(&str, u64)]) -> KernelOom {
        let counters = counters.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect();
        let info = MemInfo { counters, ram_pages: Some(total_pages), ..MemInfo::default() };
        KernelOom { mem_info: Some(info), ..KernelOom::default() }
    }

    fn list(oom: &KernelOom) -> Vec<Holder> {
        holders(oom, picture::memory(oom).as_ref(), Language::English)
    }

    fn find<'a>(list: &'a [Holder], name: &str) -> &'a Holder {
        list.iter().find(|h| h.name == name).unwrap_or_else(|| panic!("{name} is missing in {list:?}"))
    }

    #[test]
    fn without_a_table_small_parts_are_not_the_largest() {
        let mut oom = node(100_000, &[("active_anon", 80_000), ("slab_unreclaimable", 6_000), ("pagetables", 2_000)]);
        assert_eq!(list(&oom), []);
        oom.tasks = Some(table(&[("java", 1, 500)]));
        assert_eq!(list(&oom)[0].kind, HolderKind::Slab);
        let slab = node(100_000, &[("active_anon", 8_000), ("slab_unreclaimable", 60_000)]);
        assert_eq!(list(&slab)[0].kind, HolderKind::Slab);
    }

    #[test]
    fn processes_are_grouped_and_sorted() {
        let mut oom = node(100_000, &[]);
        oom.tasks = Some(table(&[("bash", 3, 500), ("java", 2, 60_000)]));
        let list = list(&oom);
        assert_eq!(list[0].name, "java");
        assert_eq!((list[0].bytes, list[0].count), (60_000 * 4096, Some(2)));
        assert_eq!(list[0].share, Some(0.6));
        assert_eq!(list[1].name, "bash");
    }

    #[test]
    fn rows_do_where_sums_are_missing() {
        let row = |comm: &str, rss| TaskRow { comm: comm.into(), rss, ..TaskRow::default() };
        let rows = vec![row("a", 5), row("b", 7), row("a", 6)];
        let oom = KernelOom { tasks: Some(TaskTable { rows, ..TaskTable::default() }), ..KernelOom::default() };
        let list = list(&oom);
        assert_eq!((list[0].name.as_str(), list[0].bytes, list[0].count), ("a", 11 * 4096, Some(2)));
        assert_eq!(list[0].share, None);
    }

    #[test]
    fn kill_lines_do_where_the_table_is_missing() {
        let kill = |comm: &str, anon| Kill { comm: comm.into(), anon_rss_kb: Some(anon), ..Kill::default() };
        let oom = KernelOom { kills: vec![kill("w", 4), kill("java", 9), kill("w", 4)], ..KernelOom::default() };
        let list = list(&oom);
        assert_eq!((list[0].name.as_str(), list[0].bytes), ("java", 9 * 1024));
        assert_eq!((list[1].name.as_str(), list[1].bytes, list[1].count), ("w", 8 * 1024, Some(2)));
    }

    #[test]
    fn a_filtered_table_leaves_the_victim_to_its_kill_line() {
        let row = TaskRow { pid: 5, tgid: 5, comm: "agent".into(), rss: 1, ..TaskRow::default() };
        let table = TaskTable { rows: vec![row], count: 1, ..TaskTable::default() };
        let kill = Kill { pid: 7, comm: "java".into(), anon_rss_kb: Some(9), ..Kill::default() };
        let mut oom = KernelOom { tasks: Some(table), kills: vec![kill], ..KernelOom::default() };
        let names = |oom: &KernelOom| list(oom).into_iter().map(|h| h.name).collect::<Vec<_>>();
        assert_eq!(names(&oom), ["java", "agent"]);
        oom.kills[0].pid = 5;
        assert_eq!(names(&oom), ["agent"]);
    }

    #[test]
    fn slab_caches_are_part_of_the_slab() {
        let mut oom = node(1_000_000, &[("slab_reclaimable", 1000), ("slab_unreclaimable", 500_000)]);
        let row = |name: &str, total_kb| SlabRow { name: name.into(), used_kb: total_kb, total_kb };
        oom.slabs = Some(vec![row("tiny", 3), row("kmalloc-2048", 1_200_000), row("dentry", 500_000)]);
        let list = list(&oom);
        assert_eq!(find(&list, "slab cache kmalloc-2048").bytes, 1_200_000 * 1024);
        assert_eq!(find(&list, "slab cache dentry").bytes, 500_000 * 1024);
        assert_eq!(find(&list, "other kernel slab").bytes, (501_000 * 4 - 1_700_000) * 1024);
        assert!(!list.iter().any(|h| h.name == "slab cache tiny"));
    }

    #[test]
    fn huge_pages_of_all_nodes_and_shared_memory() {
        let mut oom = node(163_704, &[("shmem", 88_407)]);
        let pool = |node, total| HugePool { node, total, free: total, surplus: 0, size_kb: 2048 };
        if let Some(info) = &mut oom.mem_info {
            info.hugepages = vec![pool(0, 63), pool(1, 86)];
        }
        let list = list(&oom);
        let huge = find(&list, "huge pages of 2.0 MiB");
        assert_eq!((huge.bytes, huge.count), (149 * 2048 * 1024, Some(149)));
        assert_eq!(find(&list, "shared memory and tmpfs").bytes, 88_407 * 4096);
    }

    #[test]
    fn unexplained_memory_is_listed_when_it_is_much() {
        let counters = [("free", 10_000), ("active_anon", 20_000), ("active_file", 0), ("slab_unreclaimable", 0)];
        let oom = node(100_000, &counters);
        assert_eq!(find(&list(&oom), "not explained by any counter").bytes, 70_000 * 4096);
        let chinese = holders(&oom, picture::memory(&oom).as_ref(), Language::Chinese);
        assert_eq!(find(&chinese, "任何计数器都无法解释的内存").bytes, 70_000 * 4096);
        let few = [("free", 10_000), ("active_anon", 88_000), ("active_file", 0), ("slab_unreclaimable", 0)];
        assert!(!list(&node(100_000, &few)).iter().any(|h| h.kind == HolderKind::Unaccounted));
    }

    #[test]
    fn sockets_of_a_cgroup() {
        let values = [("anon", 1 << 20), ("sock", 50 << 20), ("percpu", 4096)].into_iter().collect();
        let stats = vec![MemcgStats { path: "/x".into(), values }];
        let memory = Some(Counter { usage_kb: 65_536, limit_kb: Some(65_536), failcnt: 0 });
        let summary = SummaryLine { constraint: Constraint::Memcg, ..SummaryLine::default() };
        let block = MemcgBlock { memory, stats, ..MemcgBlock::default() };
        let oom = KernelOom { memcg: Some(block), summary: Some(summary), ..KernelOom::default() };
        let list = list(&oom);
        assert_eq!(find(&list, "socket buffers").bytes, 50 << 20);
        assert!(!list.iter().any(|h| h.name == "per-cpu data"), "under one percent");
    }

    #[test]
    fn hostile_sizes_are_dropped() {
        let mut oom = node(100_000, &[("shmem", u64::MAX)]);
        oom.tasks = Some(table(&[("java", 2, u64::MAX)]));
        oom.slabs = Some(vec![SlabRow { name: "x".into(), used_kb: u64::MAX, total_kb: u64::MAX }]);
        assert_eq!(list(&oom), []);
    }
}
