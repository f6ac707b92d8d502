//! Counters by the names that the kernel prints, and names of functions: lists that a log holds one of for each report,
//! kept small.

use super::lossy;

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

/// Bytes of the longest key.
const LONGEST: usize = 29;

/// For each length how many keys are shorter: where those of that length begin.
const SHORTER: [u8; LONGEST + 2] = shorter();

const fn shorter() -> [u8; LONGEST + 2] {
    let mut counts = [0; LONGEST + 2];
    let mut length = 0;
    while length < counts.len() {
        let mut key = 0;
        while key < KEYS.len() && KEYS[key].len() < length {
            key += 1;
        }
        counts[length] = key as u8;
        length += 1;
    }
    counts
}

/// Place of a name among [`KEYS`]: few of them have the same length.
fn known(name: &[u8]) -> Option<u8> {
    let (first, last) = (*SHORTER.get(name.len())?, *SHORTER.get(name.len() + 1)?);
    let same = &KEYS[usize::from(first)..usize::from(last)];
    let at = same.binary_search_by(|key| key.as_bytes().cmp(name)).ok()?;
    Some(first + u8::try_from(at).ok()?)
}

/// Before the name of a sum over a cgroup and those below it.
const TOTAL: &[u8] = b"total_";

/// Names and numbers in the order printed. A known name takes one byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Counters {
    names: Vec<u8>,
    numbers: Vec<u64>,
    /// The names that are not known, in order.
    others: Vec<Box<str>>,
    /// Some name is one of a sum.
    totals: bool,
}

impl Counters {
    /// None yet, with room for some.
    pub fn with_capacity(count: usize) -> Self {
        Counters { names: Vec::with_capacity(count), numbers: Vec::with_capacity(count), ..Counters::default() }
    }

    /// Adds one.
    pub fn push(&mut self, name: &[u8], number: u64) {
        let known = known(name).unwrap_or(OTHER);
        self.names.push(known);
        if known == OTHER {
            self.others.push(lossy(name).into());
        }
        self.numbers.push(number);
        self.totals |= name.starts_with(TOTAL);
    }

    /// The number of a name.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.find(name.as_bytes())
    }

    /// The number of a name with `total_` before it: the sum over a cgroup and those below it.
    pub fn total(&self, name: &str) -> Option<u64> {
        // Dozens are asked for in each report, and most kernels print none.
        self.totals.then(|| self.find(&[TOTAL, name.as_bytes()].concat())).flatten()
    }

    fn find(&self, name: &[u8]) -> Option<u64> {
        let at = match known(name) {
            Some(known) => self.names.iter().position(|name| *name == known)?,
            None => {
                let other = self.others.iter().position(|other| other.as_bytes() == name)?;
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
        assert!(KEYS.is_sorted_by(|a, b| (a.len(), a) < (b.len(), b)));
        assert!(KEYS.len() < usize::from(OTHER));
        assert_eq!(KEYS.last().map(|key| key.len()), Some(LONGEST));
        assert!(KEYS.iter().enumerate().all(|(at, key)| known(key.as_bytes()).map(usize::from) == Some(at)));
        assert_eq!([known(b""), known(b"rs"), known(&[b'a'; LONGEST]), known(&[b'a'; LONGEST + 1])], [None; 4]);
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
