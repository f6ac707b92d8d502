//! Counters by the names that the kernel prints, and names of functions: lists that a log holds one of for each report,
//! kept small.

use super::lossy;
use std::cmp::Ordering;

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

/// Stands for a name that is not among [`KEYS`].
const OTHER: u8 = u8::MAX;

/// Orders by length, then by bytes: comparing lengths costs nothing, and few keys have the same.
fn by_length(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Names and numbers in the order printed. A known name takes one byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    names: Vec<u8>,
    numbers: Vec<u64>,
    /// The names that are not known, in order.
    others: Vec<Box<str>>,
}

impl Counters {
    /// None yet, with room for some.
    pub fn with_capacity(count: usize) -> Self {
        Counters { names: Vec::with_capacity(count), numbers: Vec::with_capacity(count), others: Vec::new() }
    }

    /// Adds one.
    pub fn push(&mut self, name: &[u8], number: u64) {
        let known = KEYS.binary_search_by(|known| by_length(known.as_bytes(), name)).ok();
        self.names.push(known.and_then(|at| u8::try_from(at).ok()).unwrap_or(OTHER));
        if self.names.last() == Some(&OTHER) {
            self.others.push(lossy(name).into());
        }
        self.numbers.push(number);
    }

    /// The number of a name.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.find("", name)
    }

    /// The number of a name with `total_` before it: the sum over a cgroup and those below it.
    pub fn total(&self, name: &str) -> Option<u64> {
        self.find("total_", name)
    }

    /// The number of a name in two parts. Dozens are asked for in each report, so those that are known are found by their
    /// place in [`KEYS`].
    fn find(&self, start: &str, end: &str) -> Option<u64> {
        let (start, end) = (start.as_bytes(), end.as_bytes());
        let length = start.len() + end.len();
        let order = |known: &&str| {
            let (first, second) = known.as_bytes().split_at(start.len().min(known.len()));
            known.len().cmp(&length).then_with(|| first.cmp(start)).then_with(|| second.cmp(end))
        };
        let at = match KEYS.binary_search_by(order) {
            Ok(known) => self.names.iter().position(|name| usize::from(*name) == known)?,
            Err(_) => {
                let other = self.others.iter().position(|name| name.as_bytes().strip_prefix(start) == Some(end))?;
                self.names.iter().enumerate().filter(|(_, name)| **name == OTHER).nth(other)?.0
            }
        };
        self.numbers.get(at).copied()
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let mut others = self.others.iter();
        self.names.iter().zip(&self.numbers).map(move |(name, number)| {
            let name = match KEYS.get(usize::from(*name)) {
                Some(known) => known,
                None => others.next().map_or("", |name| name),
            };
            (name, *number)
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Gives back the room that is not used.
    pub fn shrink_to_fit(&mut self) {
        self.names.shrink_to_fit();
        self.numbers.shrink_to_fit();
    }
}

impl<S: AsRef<[u8]>> FromIterator<(S, u64)> for Counters {
    fn from_iter<I: IntoIterator<Item = (S, u64)>>(items: I) -> Self {
        let mut all = Counters::default();
        items.into_iter().for_each(|(name, number)| all.push(name.as_ref(), number));
        all
    }
}

/// Function names of a call trace, innermost first. They hold no blanks, so that one text holds them all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frames {
    text: String,
    count: usize,
}

impl Frames {
    /// Adds a caller.
    pub fn push(&mut self, name: &str) {
        self.text.extend((self.count > 0).then_some('\n'));
        self.text.push_str(name);
        self.count += 1;
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n').take(self.count)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Gives back the room that is not used.
    pub fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
    }
}

impl<S: AsRef<str>> FromIterator<S> for Frames {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut all = Frames::default();
        names.into_iter().for_each(|name| all.push(name.as_ref()));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_other_names() {
        assert!(KEYS.is_sorted_by(|a, b| by_length(a.as_bytes(), b.as_bytes()).is_lt()));
        assert!(KEYS.len() < usize::from(OTHER));
        let pairs = [("novel_key", 1), ("total_rss", 2), ("", 3), ("rss", 4), ("novel_key", 5)];
        let all: Counters = pairs.into_iter().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), pairs);
        assert_eq!((all.len(), all.others.len()), (5, 3));
        assert_eq!(
            ["novel_key", "rss", "", "cache", "key"].map(|name| all.get(name)),
            [Some(1), Some(4), Some(3), None, None]
        );
        assert_eq!(["rss", "cache", "_key", ""].map(|name| all.total(name)), [Some(2), None, None, None]);
    }

    #[test]
    fn frames() {
        let names = ["dump_stack", "", "do_fault.isra.0"];
        let all: Frames = names.into_iter().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), names);
        assert_eq!(Frames::default().iter().count(), 0);
    }
}
