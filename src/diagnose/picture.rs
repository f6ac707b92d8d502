//! The memory picture: page size, and what the memory of the cgroup or of the node was used for.
//!
//! Two fields overlap in the kernel's own counting and so in the picture. Node: `anon_bytes` is the anonymous LRU, which
//! holds shared memory and tmpfs pages too. Cgroup: `file_bytes` is `file` (v2) or `cache` (v1), which holds them as
//! well. `shmem_bytes` is that part.

use super::classify;
use super::units::{kb, pages, sane};
use crate::event::{Counter, KernelOom, MemInfo, MemcgBlock, MemcgStats};
use crate::report::Memory;

/// Where the page size is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSource {
    /// First block of a buddy list: the dump's own statement.
    Buddy,
    /// `total-vm` of the kill line against the same process in the table.
    Ratio,
    /// Size of a default huge page (512 MiB is only found with 64 KiB pages).
    Hugepages,
    /// Nothing tells: the usual 4 KiB.
    Assumed,
}

/// The page size behind an event's page counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize {
    /// Size of a page, kB.
    pub kb: u64,
    /// How it is known.
    pub source: PageSource,
}

/// Page size of the machine that printed the event.
pub fn page_size(oom: &KernelOom) -> PageSize {
    let found = |source| move |kb| PageSize { kb, source };
    let buddy = oom.mem_info.as_ref().and_then(MemInfo::page_kb).filter(|kb| is_page(*kb));
    buddy
        .map(found(PageSource::Buddy))
        .or_else(|| ratio(oom).map(found(PageSource::Ratio)))
        .or_else(|| huge_hint(oom).map(found(PageSource::Hugepages)))
        .unwrap_or(PageSize { kb: 4, source: PageSource::Assumed })
}

fn is_page(kb: u64) -> bool {
    kb.is_power_of_two() && (4..=256).contains(&kb)
}

/// The virtual size does not change between table and kill line, so the quotient is exact.
fn ratio(oom: &KernelOom) -> Option<u64> {
    let table = oom.tasks.as_ref()?;
    oom.kills.iter().find_map(|kill| {
        let row = table.rows.iter().find(|r| r.tgid == kill.pid || r.pid == kill.pid)?;
        let kb = kill.total_vm_kb?.checked_div(row.total_vm)?;
        (is_page(kb) && kill.total_vm_kb == kb.checked_mul(row.total_vm)).then_some(kb)
    })
}

fn huge_hint(oom: &KernelOom) -> Option<u64> {
    let pools = &oom.mem_info.as_ref()?.hugepages;
    // x86, arm64 with 4 KiB: 2048kB and 1048576kB; arm64 with 64 KiB: 524288kB; with 16 KiB: 32768kB.
    pools.iter().find_map(|p| match p.size_kb {
        524_288 => Some(64),
        32_768 => Some(16),
        2_048 => Some(4),
        _ => None,
    })
}

/// The picture that fits the event: of the cgroup for a cgroup OOM, else of the node; `None` when nothing was printed.
pub(crate) fn memory(oom: &KernelOom) -> Option<Memory> {
    if classify::is_memcg(oom) {
        return oom.memcg.as_ref().and_then(cgroup);
    }
    oom.mem_info.as_ref().and_then(|info| node(info, page_size(oom).kb))
}

/// One value over the stats of a cgroup and its children.
pub(crate) struct Stats<'a>(&'a [MemcgStats]);

impl<'a> Stats<'a> {
    pub(crate) fn new(block: &'a MemcgBlock) -> Self {
        Stats(&block.stats)
    }

    pub(crate) fn new_slice(stats: &'a [MemcgStats]) -> Self {
        Stats(stats)
    }

    /// The first of the keys that is there. Several entries are the one-line era (3.9 to 5.2): each holds its own cgroup
    /// only, so they are summed. Later kernels print one entry, in v1 form with `total_` sums over the subtree.
    pub(crate) fn get(&self, keys: &[&str]) -> Option<u64> {
        keys.iter().find_map(|key| self.sum(key))
    }

    fn sum(&self, key: &str) -> Option<u64> {
        let mut values = self.0.iter().filter_map(|s| s.values.total(key).or_else(|| s.get(key))).peekable();
        values.peek()?;
        sane(values.fold(0, u64::saturating_add))
    }

    pub(crate) fn anon(&self) -> Option<u64> {
        self.get(&["anon", "rss"])
    }

    pub(crate) fn file(&self) -> Option<u64> {
        self.get(&["file", "cache"])
    }

    /// Shared memory and tmpfs. 3.9 to 4.14 print no such key; there it is what the anonymous LRU holds beyond `rss`.
    pub(crate) fn shmem(&self) -> Option<u64> {
        self.get(&["shmem"]).or_else(|| {
            let lru = self.get(&["active_anon"])?.checked_add(self.get(&["inactive_anon"])?)?;
            let rss = self.get(&["rss"])?;
            Some(lru.saturating_sub(rss)).filter(|bytes| *bytes >= 1 << 20)
        })
    }

    pub(crate) fn slab(&self) -> Option<u64> {
        let parts = (self.get(&["slab_reclaimable"]), self.get(&["slab_unreclaimable"]));
        self.get(&["slab"]).or(match parts {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
        })
    }

    pub(crate) fn sock(&self) -> Option<u64> {
        self.get(&["sock"])
    }

    pub(crate) fn percpu(&self) -> Option<u64> {
        self.get(&["percpu"])
    }
}

/// Usage and limit of a counter in bytes.
pub(crate) fn counter(c: &Counter) -> (Option<u64>, Option<u64>) {
    (kb(c.usage_kb), c.limit_kb.and_then(kb))
}

fn cgroup(block: &MemcgBlock) -> Option<Memory> {
    let stats = Stats::new(block);
    let (usage, limit) = block.memory.as_ref().map_or((None, None), counter);
    let (swap_used, swap_total) = swap(block);
    let kernel = kernel(block, &stats);
    let memory = Memory {
        total_bytes: limit,
        free_bytes: limit.zip(usage).map(|(limit, usage)| limit.saturating_sub(usage)),
        anon_bytes: stats.anon(),
        file_bytes: stats.file(),
        shmem_bytes: stats.shmem(),
        slab_reclaimable_bytes: stats.get(&["slab_reclaimable"]),
        slab_unreclaimable_bytes: stats.get(&["slab_unreclaimable"]),
        kernel_bytes: kernel,
        pagetables_bytes: stats.get(&["pagetables"]),
        hugepages_bytes: stats.get(&["hugetlb"]),
        swap_total_bytes: swap_total,
        swap_free_bytes: swap_total.zip(swap_used).map(|(total, used)| total.saturating_sub(used)),
        unaccounted_bytes: unaccounted_cgroup(block, kernel, &stats),
    };
    (memory != Memory::default()).then_some(memory)
}

/// Swap in use and its limit: v2 prints a counter of its own, v1 one for memory and swap together.
pub(crate) fn swap(block: &MemcgBlock) -> (Option<u64>, Option<u64>) {
    if let Some(swap) = &block.swap {
        return counter(swap);
    }
    let (Some(memsw), Some(memory)) = (&block.memsw, &block.memory) else { return (None, None) };
    let used = memsw.usage_kb.saturating_sub(memory.usage_kb);
    let limit = memsw.limit_kb.zip(memory.limit_kb).map(|(both, memory)| both.saturating_sub(memory));
    (kb(used), limit.and_then(kb))
}

/// All kernel memory charged to the cgroup: `kernel` (5.18 and later), the v1 `kmem:` counter, or the sum of the parts.
fn kernel(block: &MemcgBlock, stats: &Stats<'_>) -> Option<u64> {
    let kmem = block.kmem.as_ref().and_then(|c| kb(c.usage_kb));
    stats.get(&["kernel"]).or(kmem).or_else(|| {
        let parts = [stats.get(&["kernel_stack"]), stats.get(&["pagetables"]), stats.percpu(), stats.slab()];
        let told: Vec<u64> = parts.into_iter().flatten().collect();
        (!told.is_empty()).then(|| told.into_iter().fold(0, u64::saturating_add))
    })
}

fn unaccounted_cgroup(block: &MemcgBlock, kernel: Option<u64>, stats: &Stats<'_>) -> Option<u64> {
    // Without the kernel's whole part (5.3 to 6.4 cut the record at 1 KiB) the rest of it would be called unexplained.
    let whole = stats.get(&["kernel"]).is_some() || block.kmem.is_some() || stats.slab().is_some();
    let usage = block.memory.as_ref().filter(|_| whole).map(|c| counter(c).0)?;
    let told = stats.anon()?.saturating_add(stats.file()?).saturating_add(kernel?);
    let other = stats.sock().unwrap_or(0).saturating_add(stats.get(&["hugetlb"]).unwrap_or(0));
    Some(usage?.saturating_sub(told.saturating_add(other)))
}

/// Sum of one key over the node lines, or over the zone lines of older kernels; kB.
pub(crate) fn per_node_kb(info: &MemInfo, key: &str) -> Option<u64> {
    let find = |values: &[(String, u64)]| values.iter().find(|(k, _)| k == key).map(|(_, v)| *v);
    let nodes: Vec<u64> = info.nodes.iter().filter_map(|n| find(&n.values)).collect();
    let zones: Vec<u64> = info.zones.iter().filter_map(|z| find(&z.values)).collect();
    let told = if nodes.is_empty() { zones } else { nodes };
    (!told.is_empty()).then(|| told.into_iter().fold(0, u64::saturating_add))
}

/// Huge page pools, kB: reserved whether used or not, outside of every other counter.
pub(crate) fn hugepages_kb(info: &MemInfo) -> Option<u64> {
    let pool = |p: &crate::event::HugePool| p.total.saturating_mul(p.size_kb);
    (!info.hugepages.is_empty()).then(|| info.hugepages.iter().map(pool).fold(0, u64::saturating_add))
}

/// Sum of global counters (pages) in bytes; `None` when none of them was printed.
fn counters(info: &MemInfo, page_kb: u64, keys: &[&str]) -> Option<u64> {
    let told: Vec<u64> = keys.iter().filter_map(|k| info.counter(k)).collect();
    (!told.is_empty()).then(|| told.into_iter().fold(0, u64::saturating_add)).and_then(|sum| pages(sum, page_kb))
}

const ANON: [&str; 3] = ["active_anon", "inactive_anon", "isolated_anon"];
const FILE: [&str; 3] = ["active_file", "inactive_file", "isolated_file"];

fn node(info: &MemInfo, page_kb: u64) -> Option<Memory> {
    let usable = info.ram_pages.map(|ram| ram.saturating_sub(info.reserved_pages.unwrap_or(0)));
    let mut memory = Memory {
        total_bytes: usable.and_then(|p| pages(p, page_kb)),
        free_bytes: counters(info, page_kb, &["free"]).or_else(|| per_node_kb(info, "free").and_then(kb)),
        // RHEL 5 counts mapped pages by kind instead.
        anon_bytes: counters(info, page_kb, &ANON).or_else(|| counters(info, page_kb, &["mapped-anon"])),
        file_bytes: counters(info, page_kb, &FILE),
        shmem_bytes: counters(info, page_kb, &["shmem"]),
        slab_reclaimable_bytes: counters(info, page_kb, &["slab_reclaimable"]),
        slab_unreclaimable_bytes: counters(info, page_kb, &["slab_unreclaimable"]),
        kernel_bytes: per_node_kb(info, "kernel_stack").and_then(kb),
        pagetables_bytes: counters(info, page_kb, &["pagetables"]),
        hugepages_bytes: hugepages_kb(info).and_then(kb),
        swap_total_bytes: info.swap_total_kb.and_then(kb),
        swap_free_bytes: info.swap_free_kb.and_then(kb),
        unaccounted_bytes: None,
    };
    memory.unaccounted_bytes = unaccounted_node(info, &memory, page_kb);
    (memory != Memory::default()).then_some(memory)
}

fn unaccounted_node(info: &MemInfo, memory: &Memory, page_kb: u64) -> Option<u64> {
    let rest = ["unevictable", "free_pcp", "sec_pagetables", "kernel_misc_reclaimable", "bounce"];
    // In a filtered or cut dump whole lines are missing: what stood there must not be called unexplained.
    let parts = [
        Some(memory.free_bytes?),
        Some(memory.anon_bytes?),
        Some(memory.file_bytes?),
        memory.slab_reclaimable_bytes,
        Some(memory.slab_unreclaimable_bytes?),
        memory.kernel_bytes,
        memory.pagetables_bytes,
        memory.hugepages_bytes,
        counters(info, page_kb, &rest),
        balloon(info),
    ];
    let told = parts.into_iter().flatten().fold(0, u64::saturating_add);
    Some(memory.total_bytes?.saturating_sub(told))
}

/// Memory of the node that may not be reclaimed and that stands in no other counter: locked by programs, or files of a ramfs, bytes.
pub(crate) fn unevictable(oom: &KernelOom) -> Option<u64> {
    let info = oom.mem_info.as_ref().filter(|_| !classify::is_memcg(oom))?;
    counters(info, page_size(oom).kb, &["unevictable"])
}

/// Memory that the hypervisor has taken back (`Balloon:` on the node lines, 6.18 and later), bytes.
pub(crate) fn balloon(info: &MemInfo) -> Option<u64> {
    per_node_kb(info, "Balloon").and_then(kb)
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
