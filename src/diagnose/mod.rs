//! From a kernel OOM event and a joined incident to cause, memory picture, holders, explanation and advice.
//!
//! Three steps, each usable alone: [`classify`] says what kind of shortage a kernel event was, [`fill`] puts the event's
//! numbers into an incident, [`tell`] writes the words of any incident, memory or not. Facts come first and are taken
//! from the evidence; what is only likely is marked as such (`This suggests ...`).

mod advice;
mod badness;
mod classify;
mod dump;
mod fill;
mod fragmentation;
mod holders;
mod picture;
mod tell;
mod units;

pub use classify::{classify, classify_counted, limit_scope};
pub use dump::dump;
pub use fill::fill;
pub use fragmentation::is_undecided;
pub use picture::{PageSize, PageSource, page_size};
pub use tell::{larger_holder, tell};

use crate::event::KernelOom;
use crate::language::Language;

/// Facts of the node and of the joins that the words may use.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    /// The kernel's event, where the incident has one.
    pub oom: Option<&'a KernelOom>,
    /// Memory of the node in bytes.
    pub node_memory_bytes: Option<u64>,
    /// The container's configured limit in bytes, from a document.
    pub container_limit_bytes: Option<u64>,
    /// What the joins found.
    pub notes: Notes,
    /// Language of the words.
    pub language: Language,
}

/// What the joins found. Everything is optional: an empty value means that nothing is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notes {
    /// Who asked for the stop or sent the signal: `docker stop`, `kubelet`, `systemctl kill` ...
    pub stop_asked_by: Option<String>,
    /// Why, in the asker's words: `Need to kill Pod` ...
    pub stop_reason: Option<String>,
    /// Grace period of that stop in seconds.
    pub grace_s: Option<f64>,
    /// The pod's cgroup was killed as a whole when the pod was removed.
    pub torn_down: bool,
    /// The probe's message, or `liveness` / `startup`.
    pub probe_message: Option<String>,
    /// The runtime's OOM flag says the opposite of the kernel log.
    pub oom_flag_contradiction: bool,
    /// Whether the kernel log covers the time of the incident.
    pub kernel_log_covers: Option<bool>,
    /// It is not the kernel's log that covers it, but its counter of kills, which is 0.
    pub counter_covers: bool,
    /// The victim's container or unit was told by the time of its end only.
    pub by_time: bool,
    /// Why a user-space killer or the kubelet acted, in its words.
    pub userspace_reason: Option<String>,
    /// A user-space killer's attempt came to nothing, in its words.
    pub kill_failed: Option<String>,
    /// A parent alone tells that signal 9 killed a child of it, perhaps with the child's pid.
    pub child: Option<Option<u32>>,
    /// What the parent calls that child.
    pub child_name: Option<String>,
    /// What the application itself said.
    pub app_message: Option<String>,
    /// Error of a failed start.
    pub start_error: Option<String>,
    /// Another event of the kernel log that explains the end: a segfault line ...
    pub kernel_note: Option<String>,
    /// Kernel release.
    pub kernel_release: Option<String>,
    /// The container or service went on running after the kill.
    pub survived: Option<bool>,
    /// The whole cgroup was killed at once.
    pub group_kill: bool,
    /// Exit code with which it ended later, by itself.
    pub later_exit_code: Option<i64>,
    /// Earlier kills of the same cgroup or service in this report.
    pub previous_kills: u32,
    /// The kernel's counter of the cgroup alone tells of it: so many kills.
    pub counted_kills: Option<u64>,
    /// Seconds from its start to its end.
    pub lifetime_s: Option<f64>,
    /// Highest memory use seen of it, bytes (`memory.peak`, systemd's `memory peak`).
    pub peak_bytes: Option<u64>,
}
