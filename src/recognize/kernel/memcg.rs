//! The memory-cgroup block (`mem_cgroup_print_oom_info`, later `_context` and `_meminfo`, in `mm/memcontrol.c`).
//!
//! ```text
//! Task in %s killed as a result of limit of %s                       up to 4.20, RHEL 6 to 8.1
//! Memory limit reached of cgroup %s                                  4.4 to 4.20, without a victim
//! memory: usage %llukB, limit %llukB, failcnt %llu                   all; also memory+swap:, kmem:, swap:
//! Memory cgroup stats for %s: cache:%luKB rss:%luKB ...              3.9 to 5.2, one line a cgroup
//! Memory cgroup stats for %s:                                        5.3 and later; then `key value` lines, bytes
//! ```

use super::lex::{Parsed, kilobytes, number, rsplit, split, text, trim, uint};
use crate::event::{Counter, MemcgBlock, MemcgStats};
use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::space0;
use nom::sequence::preceded;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Limits from here on mean that there is none: 2^52 kB. The kernel prints 9007199254740988 (4 KiB pages),
/// ...928 (64 KiB pages) or ...991 (up to 3.18).
const UNLIMITED_KB: u64 = 1 << 52;

/// The most cgroups kept of the one-line era, which prints a whole subtree.
const MAX_STATS: usize = 512;

/// The most keys kept of one cgroup.
const MAX_KEYS: usize = 256;

/// Which counter a line gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CounterName {
    Memory,
    MemSwap,
    Kmem,
    Swap,
}

/// `memory: usage %llukB, limit %llukB, failcnt %llu` and its three sisters.
pub(super) fn counter(line: &[u8]) -> Option<(CounterName, Counter)> {
    let (name, rest) = match line.first()? {
        b'm' => match line.strip_prefix(b"memory: ") {
            Some(rest) => (CounterName::Memory, rest),
            None => (CounterName::MemSwap, line.strip_prefix(b"memory+swap: ")?),
        },
        b'k' => (CounterName::Kmem, line.strip_prefix(b"kmem: ")?),
        b's' => (CounterName::Swap, line.strip_prefix(b"swap: ")?),
        _ => return None,
    };
    let (_, (usage_kb, limit, failcnt)) = values(rest).ok()?;
    Some((name, Counter { usage_kb, limit_kb: (limit < UNLIMITED_KB).then_some(limit), failcnt }))
}

fn values(input: &[u8]) -> Parsed<'_, (u64, u64, u64)> {
    let usage = preceded(tag(&b"usage "[..]), kilobytes);
    let limit = preceded(tag(&b", limit "[..]), kilobytes);
    let failcnt = preceded(tag(&b", failcnt "[..]), uint);
    (usage, limit, failcnt).parse(input)
}

/// Pieces of the line that names the cgroups. It is printed in several steps, which a busy machine may tear apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Limit<'a> {
    /// `Task in %s killed as a result of limit of %s`
    Both(&'a [u8], &'a [u8]),
    /// `Task in %s`
    Task(&'a [u8]),
    /// ` killed as a result of limit of %s`; the path may be missing.
    Of(&'a [u8]),
    /// `Memory limit reached of cgroup %s`
    Reached(&'a [u8]),
}

const LIMIT_OF: &[u8] = b"killed as a result of limit of ";

/// The line that names the cgroups, whole or torn.
pub(super) fn limit(line: &[u8]) -> Option<Limit<'_>> {
    if let Some(path) = line.strip_prefix(b"Memory limit reached of cgroup ") {
        return Some(Limit::Reached(trim(path)));
    }
    if let Some(path) = line.strip_prefix(LIMIT_OF.trim_ascii_end()) {
        return Some(Limit::Of(trim(path)));
    }
    let rest = line.strip_prefix(b"Task in ")?;
    if !rest.starts_with(b"/") {
        return None;
    }
    Some(match rsplit(rest, LIMIT_OF) {
        Some((task, of)) => Limit::Both(trim(task), trim(of)),
        None => Limit::Task(trim(rest).strip_suffix(LIMIT_OF.trim_ascii()).map_or(trim(rest), trim)),
    })
}

/// The head of a stats block: its path and, in the one-line era, the text of its values.
pub(super) fn stats_head(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.strip_prefix(b"Memory cgroup stats for ")?;
    match split(rest, b": cache:") {
        Some((path, _)) => Some((path, &rest[path.len() + 1..])),
        None => Some((trim(rest).strip_suffix(b":")?, b"")),
    }
}

/// One `key value` line of the later eras; the value is in bytes, or a count for events.
pub(super) fn stat(line: &[u8]) -> Option<(&[u8], u64)> {
    let line = trim(line);
    let end = line.iter().position(|byte| !is_key(*byte))?;
    let digits = line[end..].strip_prefix(b" ")?;
    let whole = end > 0 && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    whole.then(|| (&line[..end], number(digits)))
}

/// ` key:%luKB` of the one-line era, turned into bytes: the rest, the key and the value.
fn token(input: &[u8]) -> Option<(&[u8], &[u8], u64)> {
    let (input, _) = space0::<_, nom::error::Error<&[u8]>>(input).ok()?;
    let end = input.iter().position(|byte| !is_key(*byte))?;
    let (rest, value) = kilobytes(input[end..].strip_prefix(b":")?).ok()?;
    (end > 0).then(|| (rest, &input[..end], value.saturating_mul(1024)))
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

/// Adds the values of the one-line era to a block; false when the text holds none.
pub(super) fn add_tokens(mut input: &[u8], stats: &mut MemcgStats) -> bool {
    let before = stats.values.len();
    while let Some((rest, key, value)) = token(input) {
        add(stats, key, value);
        input = rest;
    }
    stats.values.len() > before
}

/// Adds one value.
pub(super) fn add(stats: &mut MemcgStats, key: &[u8], value: u64) {
    if stats.values.len() < MAX_KEYS {
        stats.values.push((name(key), value));
    }
}

/// The keys of `memory_stat_format` and `memcg1_stat_format` (mm/memcontrol*.c, 3.9 to 7.2), the shorter first: a log holds dozens of
/// them for each report, and so none of them is copied.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "rss", "anon", "file", "slab", "sock", "swap", "cache", "dirty", "shmem", "zswap", "kernel", "percpu",
    "pgpgin", "pgscan", "pswpin", "zswpin", "zswpwb", "hugetlb", "pgfault", "pgpgout", "pgsteal", "pswpout",
    "vmalloc", "zswpout", "anon_thp", "file_thp", "pgrefill", "rss_huge", "zswapped", "shmem_thp", "total_rss",
    "writeback", "file_dirty", "pagetables", "pgactivate", "pglazyfree", "pgmajfault", "swapcached",
    "swpin_zero", "thp_swpout", "total_swap", "active_anon", "active_file", "file_mapped", "mapped_file",
    "pglazyfreed", "swpout_zero", "total_cache", "total_dirty", "total_shmem", "unevictable", "kernel_stack",
    "pgdeactivate", "total_pgpgin", "zswap_incomp", "inactive_anon", "inactive_file", "pgscan_direct",
    "pgscan_kswapd", "total_pgfault", "total_pgpgout", "file_writeback", "pgsteal_direct", "pgsteal_kswapd",
    "sec_pagetables", "total_rss_huge", "pgdemote_direct", "pgdemote_kswapd", "thp_fault_alloc",
    "total_writeback", "numa_hint_faults", "numa_pte_updates", "pgscan_proactive", "slab_reclaimable",
    "total_pgmajfault", "total_swapcached", "numa_task_swapped", "pgpromote_success", "pgscan_khugepaged",
    "pgsteal_proactive", "total_active_anon", "total_active_file", "total_mapped_file", "total_unevictable",
    "numa_task_migrated", "pgdemote_proactive", "pgsteal_khugepaged", "slab_unreclaimable",
    "thp_collapse_alloc", "workingset_refault", "workingset_restore", "numa_pages_migrated",
    "pgdemote_khugepaged", "thp_swpout_fallback", "total_inactive_anon", "total_inactive_file",
    "workingset_activate", "workingset_nodereclaim", "workingset_refault_anon", "workingset_refault_file",
    "workingset_restore_anon", "workingset_restore_file", "hierarchical_memsw_limit",
    "workingset_activate_anon", "workingset_activate_file", "hierarchical_memory_limit",
    "total_workingset_refault_anon", "total_workingset_refault_file",
];

/// Orders by length, then by bytes: comparing lengths costs nothing, and few keys have the same.
fn by_length(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn name(key: &[u8]) -> Cow<'static, str> {
    match KEYS.binary_search_by(|known| by_length(known.as_bytes(), key)) {
        Ok(at) => Cow::Borrowed(KEYS[at]),
        Err(_) => Cow::Owned(text(key)),
    }
}

/// Opens a stats block. Beyond the cap the last one is no longer kept.
pub(super) fn open_stats(block: &mut MemcgBlock, path: &[u8], values: &[u8]) {
    if block.stats.len() >= MAX_STATS {
        return;
    }
    let mut stats = MemcgStats { path: text(path), values: Vec::with_capacity(48) };
    add_tokens(values, &mut stats);
    block.stats.push(stats);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_and_others_are_kept() {
        assert!(KEYS.is_sorted_by(|a, b| by_length(a.as_bytes(), b.as_bytes()).is_lt()));
        assert!(matches!(name(b"total_rss"), Cow::Borrowed("total_rss")));
        assert!(matches!(name(b"novel_key"), Cow::Owned(own) if own == "novel_key"));
    }

    #[test]
    fn counters() {
        let (name, memory) = counter(b"memory: usage 48828kB, limit 48828kB, failcnt 1187").expect("a counter");
        assert_eq!(name, CounterName::Memory);
        assert_eq!(memory, Counter { usage_kb: 48828, limit_kb: Some(48828), failcnt: 1187 });
        for unlimited in ["9007199254740988", "9007199254740991", "9007199254740928"] {
            let line = format!("memory+swap: usage 1kB, limit {unlimited}kB, failcnt 0");
            let (name, swap) = counter(line.as_bytes()).expect("a counter");
            assert_eq!((name, swap.limit_kb), (CounterName::MemSwap, None));
        }
        let (name, swap) = counter(b"swap: usage 0kB, limit 0kB, failcnt 0").expect("a counter");
        assert_eq!((name, swap.limit_kb), (CounterName::Swap, Some(0)));
        assert_eq!(counter(b"kmem: usage 292kB, limit").map(|(_, value)| value), None);
        assert_eq!(counter(b"memory: 12% used"), None);
    }

    #[test]
    fn limits() {
        assert_eq!(
            limit(b"Task in /kubepods/pod1/c killed as a result of limit of /kubepods/pod1"),
            Some(Limit::Both(b"/kubepods/pod1/c", b"/kubepods/pod1"))
        );
        assert_eq!(
            limit(b"Task in /a killed as a result of limit of x, y killed as a result of limit of /a b"),
            Some(Limit::Both(b"/a killed as a result of limit of x, y", b"/a b"))
        );
        assert_eq!(limit(b"Task in /a/b"), Some(Limit::Task(b"/a/b")));
        assert_eq!(limit(b"killed as a result of limit of "), Some(Limit::Of(b"")));
        assert_eq!(limit(b"killed as a result of limit of /a"), Some(Limit::Of(b"/a")));
        assert_eq!(limit(b"Memory limit reached of cgroup /a"), Some(Limit::Reached(b"/a")));
        assert_eq!(limit(b"Task in the queue"), None);
    }

    #[test]
    fn one_line_stats_are_turned_into_bytes() {
        let line = b"Memory cgroup stats for /a: b/c: cache:4KB rss:1024KB rss_huge:0KB swap:0KB";
        let (path, values) = stats_head(line).expect("a head");
        assert_eq!(path, b"/a: b/c");
        let mut block = MemcgBlock::default();
        open_stats(&mut block, path, values);
        assert_eq!(block.stats[0].get("cache"), Some(4096));
        assert_eq!(block.stats[0].get("rss"), Some(1 << 20));
        assert_eq!(block.stats[0].values.len(), 4);
    }

    #[test]
    fn stat_lines() {
        assert_eq!(stats_head(b"Memory cgroup stats for /x y:"), Some((&b"/x y"[..], &b""[..])));
        assert_eq!(stat(b"anon 66736128"), Some((&b"anon"[..], 66_736_128)));
        assert_eq!(stat(b"   file_thp 0"), Some((&b"file_thp"[..], 0)));
        assert_eq!(stat(b"anon 66736128kB"), None);
        assert_eq!(stat(b"anon"), None);
        assert_eq!(stat(b"some words 12"), None);
    }
}
