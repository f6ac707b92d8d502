//! The kernel's report of one OOM event in full, each field with its meaning. Made on request only (`--details`, HTML):
//! it is several times the size of the incident that rests on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the kernel printed about one OOM event, beside what the incident itself holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Dump {
    /// Kernel release on the line of the CPU.
    pub kernel: Option<String>,
    /// Taint flags, as printed; `None` for a kernel that is not tainted.
    pub taint: Option<String>,
    /// `CONSTRAINT_NONE`, `CONSTRAINT_MEMCG` ...
    pub constraint: Option<String>,
    /// Nodes that the request was bound to, as printed.
    pub nodemask: Option<String>,
    /// Cpuset of the task that asked.
    pub cpuset: Option<String>,
    /// Memory nodes that its cpuset allows.
    pub mems_allowed: Option<String>,
    /// Work queue that the kernel thread worked for (SysRq).
    pub workqueue: Option<String>,
    /// Size of a page in bytes.
    pub page_size_bytes: u64,
    /// The dump does not show the page size: the usual one was taken.
    pub page_size_assumed: bool,
    /// Bytes of the request: a page times two to the power of its order. `None` without a trigger line, and for order -1.
    pub request_bytes: Option<u64>,
    /// The request's flags, and what each allows.
    pub request: Vec<Explained>,
    /// Functions of the call trace, innermost first.
    pub trace: Vec<String>,
    /// Zones of the node's memory.
    pub zones: Vec<DumpZone>,
    /// Free blocks by their size.
    pub free_blocks: Vec<FreeBlocks>,
    /// Pools of huge pages.
    pub hugepages: Vec<HugePages>,
    /// The node's counters.
    pub counters: Vec<Field>,
    /// Counters of single memory nodes (NUMA).
    pub nodes: Vec<FieldGroup>,
    /// Statistics of memory cgroups.
    pub cgroups: Vec<FieldGroup>,
    /// Slab caches, largest first.
    pub slabs: Vec<Slab>,
    /// The kernel's sum again, highest first: whom it could choose.
    pub scores: Vec<Score>,
}

/// A name that the kernel printed, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Explained {
    /// As printed.
    pub name: String,
    /// In words; `None` for a name that is not known.
    pub meaning: Option<String>,
}

/// A value with its meaning. Either `bytes` or `count` is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Field {
    /// As printed.
    pub name: String,
    /// A size.
    pub bytes: Option<u64>,
    /// A number of events.
    pub count: Option<u64>,
    /// In words; `None` for a name that is not known.
    pub meaning: Option<String>,
}

/// Values that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FieldGroup {
    /// Of which node or cgroup.
    pub name: String,
    /// The values that are not 0, in the order printed.
    pub fields: Vec<Field>,
}

/// A zone with its marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct DumpZone {
    /// Memory node.
    pub node: Option<u32>,
    /// `DMA`, `DMA32`, `Normal` ...
    pub name: String,
    /// Free memory.
    pub free_bytes: Option<u64>,
    /// Mark below which only emergencies are served.
    pub min_bytes: Option<u64>,
    /// Mark at which reclaim begins.
    pub low_bytes: Option<u64>,
    /// Mark at which reclaim ends.
    pub high_bytes: Option<u64>,
    /// Memory that the allocator has in this zone.
    pub managed_bytes: Option<u64>,
    /// Kept back from requests that could also be served elsewhere (`lowmem_reserve`), for this request.
    pub reserve_bytes: Option<u64>,
    /// May the request take pages from this zone?
    pub usable: Option<bool>,
    /// The kernel had given up reclaiming here.
    pub all_unreclaimable: Option<bool>,
    /// What the marks say, in a sentence.
    pub meaning: Option<String>,
    /// Its other values that are not 0.
    pub fields: Vec<Field>,
}

/// Free blocks of one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FreeBlocks {
    /// Memory node.
    pub node: Option<u32>,
    /// Zone.
    pub zone: String,
    /// All of them.
    pub total_bytes: u64,
    /// By order.
    pub blocks: Vec<FreeBlock>,
    /// What it means for the request, in a sentence.
    pub meaning: Option<String>,
}

/// Free blocks of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FreeBlock {
    /// Power of two of its pages.
    pub order: u32,
    /// Size of one.
    pub size_bytes: u64,
    /// How many are free.
    pub count: u64,
    /// Migrate types with such blocks: U unmovable, M movable, E reclaimable, H high-order reserve, C CMA, I isolated.
    pub types: String,
}

/// A pool of huge pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct HugePages {
    /// Memory node.
    pub node: u32,
    /// Size of one page.
    pub size_bytes: u64,
    /// Pages in the pool: taken from all other uses whether they are used or not.
    pub total: u64,
    /// Pages that nobody uses.
    pub free: u64,
    /// Pages beyond the configured pool.
    pub surplus: u64,
}

/// A slab cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Slab {
    /// Its name.
    pub name: String,
    /// Used by objects.
    pub used_bytes: u64,
    /// Held.
    pub total_bytes: u64,
}

/// A process as the kernel weighs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Score {
    /// Process.
    pub pid: u32,
    /// Its name.
    pub comm: String,
    /// Resident, swapped and page-table memory.
    pub size_bytes: u64,
    /// Its adjustment.
    pub oom_score_adj: i32,
    /// Size and adjustment in thousandths of the memory in question, as `/proc/PID/oom_score` counts. `None` when it is exempt
    /// (-1000), or when that memory is not known.
    pub points: Option<i64>,
}
