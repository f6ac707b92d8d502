//! What the kernel prints around an out-of-memory event (`mm/oom_kill.c`, `mm/memcontrol.c`, `mm/show_mem.c`,
//! Linux 2.6.32 to 7.2 and the RHEL back-ports). Every field is optional: dumps are rate-limited, cut and filtered.

use super::{Counters, Evidence, Frames, Stamp};
use crate::language::Sentence;

/// Why a kernel OOM event ended as it did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Outcome {
    /// At least one process was killed.
    Killed,
    /// `Out of memory and no killable processes...`
    NoKillable,
    /// `Kernel panic - not syncing: Out of memory...`; holds the panic's text after `not syncing: `.
    Panic(String),
    /// `OOM victim N (comm) is already exiting. Skip killing the task` and nothing more.
    AlreadyExiting,
    /// The log ends, or another report begins, before any outcome is printed.
    #[default]
    NotSeen,
}

/// One kernel OOM event with everything that was printed for it. Group kills are one event with several kills.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KernelOom {
    /// `X invoked oom-killer: ...`
    pub trigger: Option<Trigger>,
    /// The `CPU: .. PID: .. Comm: ..` (or `Pid: ..`) line.
    pub cpu: Option<CpuLine>,
    /// `Workqueue: events moom_callback` and the like.
    pub workqueue: Option<String>,
    /// Function names of the call trace, innermost first, without offsets; at most 64.
    pub stack: Frames,
    /// The old `X cpuset=Y mems_allowed=Z` line.
    pub cpuset: Option<(String, String)>,
    /// The memory-cgroup block.
    pub memcg: Option<MemcgBlock>,
    /// The `Mem-Info:` block.
    pub mem_info: Option<MemInfo>,
    /// `Unreclaimable slab info:` rows, as printed; `None` when the table was absent.
    pub slabs: Option<Vec<SlabRow>>,
    /// The task table; `None` when absent (which is not the same as no processes).
    pub tasks: Option<TaskTable>,
    /// The `oom-kill:constraint=...` line.
    pub summary: Option<SummaryLine>,
    /// Old `Kill process N (x) score S or sacrifice child` lines.
    pub intentions: Vec<Intention>,
    /// `Killed process ...` lines; each process once, in order.
    pub kills: Vec<Kill>,
    /// Cgroup of `Tasks in X are going to be killed due to memory.oom.group set`.
    pub group: Option<String>,
    /// `oom_reaper:` results.
    pub reaped: Vec<Reaped>,
    /// Victims that were `already exiting`: (pid, comm). They are no kills.
    pub skipped: Vec<(u32, String)>,
    /// How it ended.
    pub outcome: Outcome,
    /// `sysrq: Manual OOM execution` directly before.
    pub sysrq: bool,
    /// Dumps that the kernel's rate limit dropped just before this one (`oom_kill_process: N callbacks suppressed`).
    pub suppressed: u32,
    /// How many equal reports this event stands for: 1, or more for a folded storm of "no killable processes".
    pub repeats: u64,
    /// Stamp of the last of the repeats.
    pub last: Option<Stamp>,
    /// The panic that followed because init was killed, after `not syncing: `.
    pub init_panic: Option<String>,
    /// Two dumps were open at the same time (kernels before 4.4): some lines may belong to the other one.
    pub possibly_mixed: bool,
}

/// `%s invoked oom-killer: gfp_mask=..., order=%d, oom_score_adj=%hd` (`dump_header`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trigger {
    /// Name of the allocating task: not necessarily the victim.
    pub comm: String,
    /// The mask's value.
    pub gfp_mask: u64,
    /// Printed flag names, as they stand (4.6 and later); empty before.
    pub gfp_flags: Vec<String>,
    /// Allocation order; -1 for SysRq f.
    pub order: i32,
    /// `oom_score_adj` of the allocating task.
    pub oom_score_adj: Option<i32>,
    /// `oom_adj` / `oomkilladj` of old kernels.
    pub oom_adj: Option<i32>,
    /// `nodemask=` of 4.9 to 4.20, `None` when absent or `(null)`.
    pub nodemask: Option<String>,
}

/// `CPU: %d PID: %d Comm: ...` (`dump_stack_print_info`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CpuLine {
    /// Process that ran (thread id).
    pub pid: u32,
    /// User id (6.11 and later).
    pub uid: Option<u32>,
    /// Its name.
    pub comm: String,
    /// Kernel release.
    pub release: Option<String>,
    /// `Not tainted` or the taint letters.
    pub taint: Option<String>,
}

/// A `memory: usage %llukB, limit %llukB, failcnt %llu` counter; limits at or above 2^52 kB are `None` (unlimited).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counter {
    /// Usage in kB.
    pub usage_kb: u64,
    /// Limit in kB; `None` when unlimited.
    pub limit_kb: Option<u64>,
    /// Failed charges since the cgroup was made.
    pub failcnt: u64,
}

/// The memory-cgroup block (`mem_cgroup_print_oom_context`, `mem_cgroup_print_oom_meminfo`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemcgBlock {
    /// Cgroup of the victim candidate, from `Task in A killed as a result of limit of B` (up to 4.20).
    pub task_path: Option<String>,
    /// Cgroup whose limit was hit, from the same line.
    pub limit_path: Option<String>,
    /// `memory:` line.
    pub memory: Option<Counter>,
    /// `memory+swap:` line.
    pub memsw: Option<Counter>,
    /// `kmem:` line.
    pub kmem: Option<Counter>,
    /// `swap:` line (cgroup v2).
    pub swap: Option<Counter>,
    /// `Memory cgroup stats for`: one entry, or one a child cgroup in the one-line era (3.9 to 5.2).
    pub stats: Vec<MemcgStats>,
}

/// One cgroup's counters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MemcgStats {
    /// The cgroup's path.
    pub path: String,
    /// Key and value in the order printed; sizes in **bytes** (the one-line era's `KB` are converted), events as counts.
    pub values: Counters,
}

impl MemcgStats {
    /// The value of one key.
    pub fn get(&self, key: &str) -> Option<u64> {
        self.values.get(key)
    }
}

/// The `Mem-Info:` block (`show_mem` / `show_free_areas`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemInfo {
    /// Global counters in **pages**, by their printed key (`active_anon`, `free`, `slab_unreclaimable` ...).
    pub counters: Vec<(String, u64)>,
    /// Lines of nodes (4.8 and later), values in kB.
    pub nodes: Vec<NodeLine>,
    /// Zone lines, values in kB.
    pub zones: Vec<Zone>,
    /// Buddy lists.
    pub buddy: Vec<Buddy>,
    /// Huge page pools.
    pub hugepages: Vec<HugePool>,
    /// `total pagecache pages`.
    pub pagecache_pages: Option<u64>,
    /// `pages in swap cache`.
    pub swapcache_pages: Option<u64>,
    /// `Free swap`, kB (old kernels could print negative numbers: kept as 0).
    pub swap_free_kb: Option<u64>,
    /// `Total swap`, kB.
    pub swap_total_kb: Option<u64>,
    /// `pages RAM`.
    pub ram_pages: Option<u64>,
    /// `pages HighMem` or `pages HighMem/MovableOnly`.
    pub highmem_pages: Option<u64>,
    /// `pages reserved`.
    pub reserved_pages: Option<u64>,
    /// `pages hwpoisoned`.
    pub hwpoisoned_pages: Option<u64>,
}

impl MemInfo {
    /// A global counter in pages.
    pub fn counter(&self, key: &str) -> Option<u64> {
        self.counters.iter().find(|(k, _)| k == key).map(|(_, v)| *v)
    }

    /// Page size in kB, from the first block of any buddy list: the dump's only statement of it.
    pub fn page_kb(&self) -> Option<u64> {
        self.buddy.iter().find_map(|b| b.blocks.first()).map(|b| b.size_kb)
    }
}

/// `Node 0 active_anon:...kB ...` (4.8 and later).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeLine {
    /// Node number.
    pub node: u32,
    /// Key and kB (`pages_scanned` is a plain count).
    pub values: Vec<(String, u64)>,
    /// `all_unreclaimable? yes`.
    pub all_unreclaimable: Option<bool>,
}

/// `Node 0 DMA32 free:...kB min:...kB ...`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zone {
    /// Node number; `None` on kernels without NUMA.
    pub node: Option<u32>,
    /// `DMA`, `DMA32`, `Normal`, `HighMem`, `Movable`, `Device`.
    pub name: String,
    /// Key and kB.
    pub values: Vec<(String, u64)>,
    /// `all_unreclaimable? yes` (up to 4.7 it stands on the zone line).
    pub all_unreclaimable: Option<bool>,
    /// The `lowmem_reserve[]:` line after it, in pages.
    pub lowmem_reserve: Vec<i64>,
}

impl Zone {
    /// A value in kB.
    pub fn get(&self, key: &str) -> Option<u64> {
        self.values.iter().find(|(k, _)| k == key).map(|(_, v)| *v)
    }
}

/// `Node 0 DMA: 0*4kB 1*8kB (U) ... = 15872kB`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Buddy {
    /// Node number; `None` on kernels without NUMA.
    pub node: Option<u32>,
    /// Zone name.
    pub zone: String,
    /// One entry an order.
    pub blocks: Vec<BuddyBlock>,
    /// The sum at the end, kB.
    pub total_kb: u64,
}

/// `3*64kB (ME)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuddyBlock {
    /// Free blocks.
    pub count: u64,
    /// Size of a block, kB.
    pub size_kb: u64,
    /// Migrate types that have such blocks (`U`, `M`, `E`, `H`, `C`, `I`); empty on old kernels and where count is 0.
    pub types: String,
}

/// `Node 0 hugepages_total=8 hugepages_free=8 hugepages_surp=0 hugepages_size=2048kB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HugePool {
    /// Node number.
    pub node: u32,
    /// Pages in the pool.
    pub total: u64,
    /// Free ones.
    pub free: u64,
    /// Surplus ones.
    pub surplus: u64,
    /// Size of one page, kB.
    pub size_kb: u64,
}

/// A row of `Unreclaimable slab info:`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlabRow {
    /// Cache name.
    pub name: String,
    /// Used, kB.
    pub used_kb: u64,
    /// Total, kB.
    pub total_kb: u64,
}

/// The task table (`dump_tasks`), any of its eight headers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskTable {
    /// Rows as printed, in task-list order; at most [`TaskTable::MAX_ROWS`], the largest by rss + swap are kept.
    pub rows: Vec<TaskRow>,
    /// Rows that were printed, kept or not.
    pub count: u64,
    /// Sum of `rss` over all rows, pages (an upper bound: shared pages count once a process).
    pub rss_pages: u64,
    /// Sum of `rss_anon` over all rows, pages (6.9 and later).
    pub anon_pages: Option<u64>,
    /// Sums by process name over all rows, largest rss first; at most 64 names.
    pub by_name: Vec<NameSum>,
    /// The table's unit for page tables was bytes (4.15 and later) rather than pages.
    pub pgtables_in_bytes: bool,
    /// The header was seen; without it the columns were told by their number.
    pub header_seen: bool,
}

impl TaskTable {
    /// The most rows kept.
    pub const MAX_ROWS: usize = 100;
}

/// Sum over the processes of one name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameSum {
    /// The name (15 bytes at most).
    pub comm: String,
    /// How many processes.
    pub count: u64,
    /// Sum of rss, pages.
    pub rss_pages: u64,
    /// Sum of swap entries, pages.
    pub swap_pages: u64,
}

/// A row of the task table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskRow {
    /// First column: a thread id when the leader has exited.
    pub pid: u32,
    /// User id.
    pub uid: u32,
    /// Thread group id: the process.
    pub tgid: u32,
    /// Virtual size, pages.
    pub total_vm: u64,
    /// Resident pages.
    pub rss: u64,
    /// Resident anonymous pages (6.9 and later).
    pub rss_anon: Option<u64>,
    /// Resident file pages (6.9 and later).
    pub rss_file: Option<u64>,
    /// Resident shared-memory pages (6.9 and later).
    pub rss_shmem: Option<u64>,
    /// Page tables: bytes or pages, see [`TaskTable::pgtables_in_bytes`]; levels summed in the 4.0 to 4.14 eras.
    pub pgtables: Option<u64>,
    /// Swapped-out pages.
    pub swapents: Option<u64>,
    /// `oom_score_adj`.
    pub oom_score_adj: Option<i32>,
    /// `oom_adj` of the oldest tables.
    pub oom_adj: Option<i32>,
    /// Name, as printed.
    pub comm: String,
}

/// `CONSTRAINT_*` of the summary line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Constraint {
    /// `CONSTRAINT_NONE`
    #[default]
    None,
    /// `CONSTRAINT_CPUSET`
    Cpuset,
    /// `CONSTRAINT_MEMORY_POLICY`
    MemoryPolicy,
    /// `CONSTRAINT_MEMCG`
    Memcg,
}

/// `oom-kill:constraint=...` (`dump_oom_summary` / `dump_oom_victim`, 5.0 and later).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SummaryLine {
    /// The constraint.
    pub constraint: Constraint,
    /// `nodemask=`; `None` for `(null)`.
    pub nodemask: Option<String>,
    /// Leaf name of the allocating task's cpuset.
    pub cpuset: Option<String>,
    /// `mems_allowed=`.
    pub mems_allowed: Option<String>,
    /// Whose limit; `None` with `global_oom` or when cut.
    pub oom_memcg: Option<String>,
    /// `global_oom` was printed.
    pub global: bool,
    /// Where the victim lives.
    pub task_memcg: Option<String>,
    /// Victim's name.
    pub task: Option<String>,
    /// Victim's pid.
    pub pid: Option<u32>,
    /// Victim's user id.
    pub uid: Option<u32>,
}

/// `Kill process N (x) score S or sacrifice child` (up to 5.0): an intention, not a kill.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intention {
    /// The chosen process.
    pub pid: u32,
    /// Its name.
    pub comm: String,
    /// Its score, per mille of the memory plus the adjustment (or points in 2.6.2x).
    pub score: Option<i64>,
    /// The text before `: Kill process`.
    pub prefix: KillPrefix,
}

impl KernelOom {
    /// What stands before its kill lines, and before the lines that name the chosen process: before Linux 5.0 and in RHEL 7 these alone have it
    /// (`Memory cgroup out of memory: Kill process 7 (a) score 91 or sacrifice child`, `Killed process 7 (a) ..`).
    pub fn prefixes(&self) -> impl Iterator<Item = KillPrefix> + '_ {
        self.kills.iter().map(|kill| kill.prefix).chain(self.intentions.iter().map(|chosen| chosen.prefix))
    }
}

/// What stands before `Killed process`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum KillPrefix {
    /// Nothing: 2.6.36 to 5.0 and RHEL 7.
    #[default]
    None,
    /// `Out of memory`
    Global,
    /// `Memory cgroup out of memory`
    Memcg,
    /// `Out of memory (oom_kill_allocating_task)`
    AllocatingTask,
    /// `No available memory (MPOL_BIND)` or `No available memory in cpuset`
    NumaPolicy,
    /// No Linux: a kernel of the BSDs, which prints one line and no report.
    Bsd,
}

/// `Killed process ...` (`__oom_kill_process`): a fact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kill {
    /// When this line was printed.
    pub stamp: Stamp,
    /// Where it stands.
    pub evidence: Option<Evidence>,
    /// What stands before it.
    pub prefix: KillPrefix,
    /// The process.
    pub pid: u32,
    /// Its name, control bytes as the carrier left them, invalid UTF-8 replaced.
    pub comm: String,
    /// User id.
    pub uid: Option<u32>,
    /// `total-vm`, kB.
    pub total_vm_kb: Option<u64>,
    /// `anon-rss`, kB.
    pub anon_rss_kb: Option<u64>,
    /// `file-rss`, kB.
    pub file_rss_kb: Option<u64>,
    /// `shmem-rss`, kB (4.5 and later).
    pub shmem_rss_kb: Option<u64>,
    /// `rss` of OpenVZ's line, kB: all that was resident, of whatever kind.
    pub rss_kb: Option<u64>,
    /// `swap` of OpenVZ's line, kB.
    pub swap_kb: Option<u64>,
    /// The container whose limit was hit, where the kill line names it: `UB 101` of OpenVZ.
    pub limit_of: Option<String>,
    /// `pgtables`, kB (5.4 and later).
    pub pgtables_kb: Option<u64>,
    /// `oom_score_adj` (5.4 and later).
    pub oom_score_adj: Option<i32>,
    /// How many times the line was printed for this process (a group kill prints the first victim twice).
    pub printed: u32,
    /// Only the `oom-kill:` line proves it: the kill line itself is missing.
    pub from_summary: bool,
}

/// `oom_reaper: reaped process ...` or `unable to reap pid:...`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reaped {
    /// The process.
    pub pid: u32,
    /// Its name.
    pub comm: String,
    /// False for `unable to reap`.
    pub done: bool,
    /// Left over, kB.
    pub anon_rss_kb: Option<u64>,
    /// Left over, kB.
    pub file_rss_kb: Option<u64>,
    /// Left over, kB: shared memory is not freed by a kill.
    pub shmem_rss_kb: Option<u64>,
}

/// Kernel lines that matter beside OOM events (kernel-log neighbours).
#[derive(Debug, Clone, PartialEq)]
pub enum KernelNote {
    /// `Linux version 6.1.0-50-cloud-amd64 ...`: a new boot.
    Boot {
        /// The release.
        release: String,
    },
    /// `-- Boot <id> --` or `-- Reboot --` of journalctl.
    BootMarker,
    /// `page allocation failure`: an allocation failed; no OOM kill.
    AllocationFailure {
        /// Who asked.
        comm: String,
        /// Order.
        order: i32,
    },
    /// `page allocation stalls for` / `page allocation stall for`.
    AllocationStall {
        /// Who asked.
        comm: String,
    },
    /// `SLUB: Unable to allocate memory on ...`.
    SlabFailure,
    /// `INFO: task x:1 blocked for more than 120 seconds.`
    HungTask {
        /// Who.
        comm: String,
        /// Process.
        pid: u32,
    },
    /// `watchdog: BUG: soft lockup` and RCU stalls.
    Lockup,
    /// `cgroup: fork rejected by pids controller in X`: a limit of processes, not of memory.
    PidsLimit {
        /// The cgroup.
        cgroup: String,
    },
    /// `Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF`.
    FaultLeaked,
    /// Lines were lost: rate limits, console overruns, journald, sequence gaps.
    Lost {
        /// How many, where told.
        count: Option<u64>,
        /// The notice.
        what: Sentence,
    },
    /// `x[123]: segfault at ...`, `traps: x[123] general protection ...`: a crash that the kernel logged.
    Segfault {
        /// Who.
        comm: String,
        /// Process.
        pid: u32,
    },
    /// `Kernel panic - not syncing: ...` that is no OOM panic.
    Panic {
        /// The reason.
        reason: String,
    },
    /// `reboot: Restarting system` / `reboot: Power down`.
    Shutdown,
}
