//! The names of counters (`show_free_areas` in mm/show_mem.c, `memory_stat_format` and `memcg1_stat_format` in mm/memcontrol*.c,
//! Linux 2.6.32 to 7.2) and what they count.

use crate::language::Language;
use crate::say;

/// Is the value of this key in a cgroup's statistics a number of events? All others are sizes.
pub(super) fn is_event(name: &str) -> bool {
    const BEGINNINGS: &[&str] = &["pg", "workingset_", "thp_", "zswp", "swpin_", "swpout_", "pswp", "numa_"];
    let name = own(name);
    BEGINNINGS.iter().any(|start| name.starts_with(start))
}

/// v1 prints each key a second time, as the sum over the cgroup and those below.
fn own(name: &str) -> &str {
    name.strip_prefix("total_").unwrap_or(name)
}

/// What a counter counts.
pub(super) fn meaning(name: &str, language: Language) -> Option<String> {
    if let Some(single) = name.strip_prefix("total_") {
        let single = known(single, language)?;
        return Some(say!(language, "dump-field-whole-subtree", meaning = single));
    }
    known(name, language)
}

fn known(name: &str, language: Language) -> Option<String> {
    Some(match name {
        "active_anon" => say!(language, "dump-field-anon-active"),
        "inactive_anon" => say!(language, "dump-field-anon-inactive"),
        "isolated_anon" | "isolated(anon)" => say!(language, "dump-field-anon-isolated"),
        "active_file" => say!(language, "dump-field-file-active"),
        "inactive_file" => say!(language, "dump-field-file-inactive"),
        "isolated_file" | "isolated(file)" => say!(language, "dump-field-file-isolated"),
        "unevictable" => say!(language, "dump-field-unevictable"),
        "mlocked" => say!(language, "dump-field-mlocked"),
        "dirty" | "file_dirty" => say!(language, "dump-field-dirty"),
        "writeback" | "file_writeback" => say!(language, "dump-field-writeback"),
        "writeback_tmp" => say!(language, "dump-field-writeback-tmp"),
        "writepending" => say!(language, "dump-field-writepending"),
        "unstable" => say!(language, "dump-field-unstable"),
        "slab_reclaimable" => say!(language, "dump-field-slab-reclaimable"),
        "slab_unreclaimable" => say!(language, "dump-field-slab-unreclaimable"),
        "slab" => say!(language, "dump-field-slab"),
        "mapped" | "file_mapped" | "mapped_file" => say!(language, "dump-field-mapped"),
        "shmem" => say!(language, "dump-field-shmem"),
        "shmem_thp" => say!(language, "dump-field-shmem-thp"),
        "shmem_pmdmapped" => say!(language, "dump-field-shmem-pmd"),
        "anon_thp" | "rss_huge" => say!(language, "dump-field-anon-thp"),
        "file_thp" => say!(language, "dump-field-file-thp"),
        "pagetables" => say!(language, "dump-field-pagetables"),
        "sec_pagetables" => say!(language, "dump-field-sec-pagetables"),
        "bounce" => say!(language, "dump-field-bounce"),
        "kernel_misc_reclaimable" => say!(language, "dump-field-kernel-misc"),
        "free" => say!(language, "dump-field-free"),
        "free_pcp" => say!(language, "dump-field-free-pcp"),
        "local_pcp" => say!(language, "dump-field-local-pcp"),
        "free_cma" => say!(language, "dump-field-free-cma"),
        "free_highatomic" => say!(language, "dump-field-free-highatomic"),
        "reserved_highatomic" => say!(language, "dump-field-reserved-highatomic"),
        "boost" => say!(language, "dump-field-boost"),
        "present" => say!(language, "dump-field-present"),
        "kernel_stack" => say!(language, "dump-field-kernel-stack"),
        "shadow_call_stack" => say!(language, "dump-field-shadow-call-stack"),
        "zspages" => say!(language, "dump-field-zspages"),
        "Balloon" => say!(language, "dump-field-balloon"),
        "gpu_active" => say!(language, "dump-field-gpu-active"),
        "gpu_reclaim" => say!(language, "dump-field-gpu-reclaim"),
        "pages_scanned" => say!(language, "dump-field-pages-scanned"),
        "pagecache" => say!(language, "dump-field-pagecache"),
        "swapcache" | "swapcached" => say!(language, "dump-field-swapcache"),
        "ram" => say!(language, "dump-field-ram"),
        "highmem" => say!(language, "dump-field-highmem"),
        "reserved" => say!(language, "dump-field-reserved"),
        "hwpoisoned" => say!(language, "dump-field-hwpoisoned"),
        "swap_total" => say!(language, "dump-field-swap-total"),
        "swap_free" => say!(language, "dump-field-swap-free"),
        "anon" | "rss" => say!(language, "dump-field-anon"),
        "file" | "cache" => say!(language, "dump-field-file"),
        "kernel" => say!(language, "dump-field-kernel"),
        "percpu" => say!(language, "dump-field-percpu"),
        "sock" => say!(language, "dump-field-sock"),
        "vmalloc" => say!(language, "dump-field-vmalloc"),
        "zswap" => say!(language, "dump-field-zswap"),
        "zswapped" => say!(language, "dump-field-zswapped"),
        "hugetlb" => say!(language, "dump-field-hugetlb"),
        "swap" => say!(language, "dump-field-swap"),
        "hierarchical_memory_limit" => say!(language, "dump-field-limit-memory"),
        "hierarchical_memsw_limit" => say!(language, "dump-field-limit-memsw"),
        "workingset_refault" | "workingset_refault_anon" | "workingset_refault_file" => {
            say!(language, "dump-field-refault")
        }
        "workingset_activate" | "workingset_activate_anon" | "workingset_activate_file" | "pgactivate" => {
            say!(language, "dump-field-activate")
        }
        "workingset_restore" | "workingset_restore_anon" | "workingset_restore_file" => {
            say!(language, "dump-field-restore")
        }
        "workingset_nodereclaim" => say!(language, "dump-field-nodereclaim"),
        "pgfault" => say!(language, "dump-field-pgfault"),
        "pgmajfault" => say!(language, "dump-field-pgmajfault"),
        "pgpgin" => say!(language, "dump-field-pgin"),
        "pgpgout" => say!(language, "dump-field-pgout"),
        "pgrefill" => say!(language, "dump-field-pgrefill"),
        "pgscan" | "pgscan_kswapd" | "pgscan_direct" | "pgscan_khugepaged" | "pgscan_proactive" => {
            say!(language, "dump-field-pgscan")
        }
        "pgsteal" | "pgsteal_kswapd" | "pgsteal_direct" | "pgsteal_khugepaged" | "pgsteal_proactive" => {
            say!(language, "dump-field-pgsteal")
        }
        "pgdeactivate" => say!(language, "dump-field-pgdeactivate"),
        "pglazyfree" | "pglazyfreed" => say!(language, "dump-field-lazyfree"),
        "thp_fault_alloc" | "thp_collapse_alloc" | "thp_swpout" | "thp_swpout_fallback" => {
            say!(language, "dump-field-thp-events")
        }
        "pswpin" | "pswpout" | "zswpin" | "zswpout" | "zswpwb" | "swpin_zero" | "swpout_zero" => {
            say!(language, "dump-field-swap-io")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_and_sizes() {
        for event in ["pgfault", "total_pgpgin", "workingset_refault_anon", "thp_fault_alloc", "zswpout", "pswpin"] {
            assert!(is_event(event), "{event}");
        }
        for size in ["anon", "total_rss", "zswap", "zswapped", "pagetables", "swap", "hierarchical_memory_limit"] {
            assert!(!is_event(size), "{size}");
        }
    }

    #[test]
    fn sums_over_the_subtree_say_so() {
        let own = meaning("rss", Language::English).unwrap();
        let total = meaning("total_rss", Language::English).unwrap();
        assert!(total.starts_with(&own) && total.len() > own.len(), "{total}");
        assert_eq!(meaning("total_unheard_of", Language::English), None);
    }
}
