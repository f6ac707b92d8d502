//! Nodes, their boots, and what the kernel log covers of each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node: a host, or the bundle where the logs name none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Node {
    /// Host name, or the bundle's name.
    pub name: String,
    /// Its boots, in time order.
    pub boots: Vec<Boot>,
    /// Memory of the node in bytes.
    pub memory_total_bytes: Option<u64>,
    /// Swap of the node in bytes.
    pub swap_total_bytes: Option<u64>,
    /// Page size in bytes.
    pub page_size_bytes: Option<u64>,
    /// Processes that the kernel killed for lack of memory since it was booted, by its own counter (`oom_kill` of
    /// `/proc/vmstat`), when the files were collected.
    #[serde(default)]
    pub oom_kills: Option<u64>,
    /// Where that counter is 0 and the files tell when the node was booted and when they were collected: so long the kernel killed
    /// nothing for memory.
    #[serde(default)]
    pub no_oom_kill: Option<NoneCounted>,
}

/// A span of time in which the kernel's counter shows that it killed nothing for memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct NoneCounted {
    /// The boot.
    pub from: Option<String>,
    /// Shortly before the files were collected.
    pub to: Option<String>,
}

/// One boot of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Boot {
    /// The journal's boot id, or a stable id derived from the boot's time.
    pub id: Option<String>,
    /// Kernel release.
    pub kernel: Option<String>,
    /// First time seen in any source.
    pub first_time: Option<String>,
    /// Last time seen in any source.
    pub last_time: Option<String>,
    /// What the kernel log covers of it.
    pub kernel_log: Option<Coverage>,
}

/// Coverage of the kernel log: what a verdict "no kernel kill" rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Coverage {
    /// First kernel record.
    pub from: Option<String>,
    /// Last kernel record.
    pub to: Option<String>,
    /// Known holes.
    pub gaps: Vec<Gap>,
}

/// A hole in the kernel log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Gap {
    /// When, where known.
    pub at: Option<String>,
    /// Why lines are missing.
    pub reason: String,
}
