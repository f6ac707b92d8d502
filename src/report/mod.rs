//! The result model: what `--format json` prints and what every other format is a view of.
//! The contract: fields may be added, none renamed, dropped or changed in meaning. `schema/` holds its JSON Schema.

mod agent;
mod container;
mod dump;
pub mod filter;
pub mod fleet;
mod node;
pub mod redact;
mod schema;
mod summary;

pub use agent::is_platform;
pub use container::{Container, Termination, short_id};
pub use dump::{Dump, DumpZone, Explained, Field, FieldGroup, FreeBlock, FreeBlocks, HugePages, Score, Slab};
pub use node::{Boot, Coverage, Gap, Node, NoneCounted};
pub use schema::json_schema;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Name and version of the report's schema.
pub const SCHEMA: &str = "oomscan.report/1";

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Report {
    /// Always `oomscan.report/1`.
    pub schema: String,
    /// Version of the program that made it.
    pub oomscan: String,
    /// Counts.
    pub summary: Summary,
    /// One per node.
    pub nodes: Vec<Node>,
    /// The stories, in time order.
    pub incidents: Vec<Incident>,
    /// The same, by what restarted.
    pub workloads: Vec<Workload>,
    /// What was read.
    pub sources: Vec<Source>,
    /// What could not be read or understood.
    pub problems: Vec<Problem>,
}

/// Counts over the whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Summary {
    /// All incidents.
    pub incidents: u64,
    /// Those with verdict `memory`.
    pub memory: u64,
    /// Those with verdict `not_memory`.
    pub not_memory: u64,
    /// Those with verdict `undetermined`.
    pub undetermined: u64,
    /// Incidents whose agent is the kernel.
    pub kernel_ooms: u64,
    /// Victims over all incidents.
    pub victims: u64,
    /// Terminations over all incidents.
    pub terminations: u64,
    /// Nodes.
    pub nodes: u64,
    /// Sources read.
    pub sources: u64,
    /// Bytes read, uncompressed.
    pub bytes: u64,
}

/// Was it memory?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Memory was the cause.
    Memory,
    /// Something else was.
    NotMemory,
    /// These logs cannot tell.
    #[default]
    Undetermined,
}

/// The cause of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The container's own memory cgroup hit its limit.
    ContainerLimit,
    /// The pod's cgroup hit its limit.
    PodLimit,
    /// A cgroup above the pod or container did.
    AncestorLimit,
    /// A systemd service's own limit.
    ServiceLimit,
    /// Any other cgroup's limit.
    CgroupLimit,
    /// The node ran out.
    NodeMemory,
    /// Constrained by cpuset or memory policy.
    NumaLimit,
    /// A high-order request failed while memory was free, or one zone was exhausted.
    Fragmentation,
    /// systemd-oomd, earlyoom, nohang ... acted.
    UserspaceKiller,
    /// The kubelet evicted for memory.
    Eviction,
    /// The application gave up by itself.
    ApplicationHeap,
    /// SysRq f.
    ManualOom,
    /// panic_on_oom or no killable process: the node went down.
    OomPanic,
    /// Asked to stop, did not, was killed.
    StopTimeout,
    /// Asked to stop and did.
    Stopped,
    /// Somebody sent SIGKILL.
    KilledOnRequest,
    /// Liveness or startup probe.
    ProbeFailure,
    /// A crash: SIGSEGV, SIGABRT ...
    Crash,
    /// It could not start.
    StartFailure,
    /// Any other non-zero exit.
    ApplicationError,
    /// Ended with the node or the runtime.
    Reboot,
    /// The platform made the code up.
    Invented,
    /// Killed, and nothing in these logs says by whom.
    #[default]
    Unknown,
}

/// How sure (container-log confidence levels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Contradicted or a bare flag.
    #[default]
    Weak,
    /// Only a flag, or no sender known and the kernel log does not cover it.
    Possible,
    /// Joined by a weaker key, or by the runtime's evidence alone.
    Probable,
    /// Joined by id; the init process itself was not proven to be the victim.
    Strong,
    /// Kernel kill and exit joined, init process among the victims, no other sender.
    Proven,
}

/// How the incident's time was got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The record bears a full date and zone.
    Exact,
    /// Year, zone or boot offset was derived.
    Inferred,
    /// No wall clock can be derived.
    #[default]
    Unknown,
}

/// One story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Incident {
    /// Stable hash: equal in every run over overlapping logs.
    pub id: String,
    /// Node's name.
    pub node: String,
    /// Boot.
    pub boot_id: Option<String>,
    /// When: of the kill, or of the exit where there is no kill.
    pub time: Option<String>,
    /// Seconds since boot.
    pub uptime_s: Option<f64>,
    /// How sure the time is.
    pub clock: Clock,
    /// Was it memory?
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// Who killed or ended it.
    pub agent: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// What the confidence rests on, and what is missing.
    pub confidence_reasons: Vec<String>,
    /// One sentence.
    pub summary: String,
    /// The reasoning, a sentence each.
    pub explanation: Vec<String>,
    /// What to do next.
    pub advice: Vec<Advice>,
    /// The task whose allocation started it.
    pub trigger: Option<Box<Trigger>>,
    /// The memory cgroup that ran out.
    pub limit: Option<Box<Limit>>,
    /// Killed processes, each once.
    pub victims: Vec<Victim>,
    /// Containers involved.
    pub containers: Vec<Container>,
    /// Ends of containers and units that it led to.
    pub terminations: Vec<Termination>,
    /// The memory picture: of the cgroup for a cgroup OOM, of the node for a node OOM.
    pub memory: Option<Box<Memory>>,
    /// The task table, largest first (at most 100; see `processes_total`).
    pub processes: Vec<Process>,
    /// Rows that the kernel printed.
    pub processes_total: u64,
    /// Who held the memory.
    pub holders: Vec<Holder>,
    /// What happened, in order.
    pub timeline: Vec<TimelineEntry>,
    /// Proof.
    pub evidence: Vec<Evidence>,
    /// The program whose words alone tell of it: it ran out of memory, or lost a child to signal 9. Or the one that a user-space killer
    /// failed to kill, or the platform that ended an instance without a name (`aws-lambda`).
    pub program: Option<String>,
    /// Equal reports that this incident stands for; 1 unless a storm was folded.
    pub count: u64,
    /// The kernel's report in full, with the meaning of each field: of a kernel OOM, where `--details` asked for it.
    pub dump: Option<Box<Dump>>,
}

/// What to do or look at next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Advice {
    /// The step.
    pub action: String,
    /// Why.
    pub reason: String,
}

/// The allocating task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Trigger {
    /// Its pid, from the CPU line.
    pub pid: Option<u32>,
    /// Its name.
    pub comm: String,
    /// Mask as hex text (`0xcc0`).
    pub gfp_mask: String,
    /// Flag names.
    pub gfp_flags: Vec<String>,
    /// Allocation order; -1 for SysRq f.
    pub order: i32,
    /// Its oom_score_adj.
    pub oom_score_adj: Option<i32>,
}

/// What kind of cgroup a limit belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A container.
    Container,
    /// A pod.
    Pod,
    /// A QoS class of Kubernetes.
    Qos,
    /// All pods: node allocatable.
    Kubepods,
    /// A systemd service.
    Service,
    /// A slice.
    Slice,
    /// Anything else.
    #[default]
    Other,
}

/// The memory cgroup that ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Limit {
    /// Its path.
    pub cgroup: Option<String>,
    /// Its kind.
    pub scope: Scope,
    /// Limit in bytes.
    pub limit_bytes: Option<u64>,
    /// Usage in bytes.
    pub usage_bytes: Option<u64>,
    /// Failed charges.
    pub failcnt: Option<u64>,
    /// Swap limit (v2) or memory+swap limit (v1) in bytes.
    pub swap_limit_bytes: Option<u64>,
    /// Swap usage (v2) or memory+swap usage (v1) in bytes.
    pub swap_usage_bytes: Option<u64>,
}

/// A killed process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Victim {
    /// Host pid.
    pub pid: u32,
    /// Name, at most 15 bytes.
    pub comm: String,
    /// User id.
    pub uid: Option<u32>,
    /// Cgroup.
    pub cgroup: Option<String>,
    /// Virtual size.
    pub total_vm_bytes: Option<u64>,
    /// Resident anonymous memory.
    pub anon_rss_bytes: Option<u64>,
    /// Resident file pages.
    pub file_rss_bytes: Option<u64>,
    /// Resident shared memory.
    pub shmem_rss_bytes: Option<u64>,
    /// All resident memory, where the kernel does not tell its parts (OpenVZ): for the sentences alone, no part of the contract.
    #[serde(skip)]
    pub rss_bytes: Option<u64>,
    /// Page tables.
    pub pgtables_bytes: Option<u64>,
    /// Swapped out.
    pub swap_bytes: Option<u64>,
    /// Adjustment.
    pub oom_score_adj: Option<i32>,
    /// Is it the container's or service's main process?
    pub main: Option<bool>,
    /// Index into `containers`.
    pub container: Option<usize>,
    /// When.
    pub time: Option<String>,
    /// Seconds since boot.
    pub uptime_s: Option<f64>,
}

/// A memory picture, bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Memory {
    /// Total: of the node, or the cgroup's limit.
    pub total_bytes: Option<u64>,
    /// Free.
    pub free_bytes: Option<u64>,
    /// Anonymous.
    pub anon_bytes: Option<u64>,
    /// Page cache.
    pub file_bytes: Option<u64>,
    /// Shared memory and tmpfs.
    pub shmem_bytes: Option<u64>,
    /// Reclaimable slab.
    pub slab_reclaimable_bytes: Option<u64>,
    /// Unreclaimable slab.
    pub slab_unreclaimable_bytes: Option<u64>,
    /// All kernel memory, or kernel stacks where only they are told.
    pub kernel_bytes: Option<u64>,
    /// Page tables.
    pub pagetables_bytes: Option<u64>,
    /// Huge page pools.
    pub hugepages_bytes: Option<u64>,
    /// Swap.
    pub swap_total_bytes: Option<u64>,
    /// Free swap.
    pub swap_free_bytes: Option<u64>,
    /// What no counter explains.
    pub unaccounted_bytes: Option<u64>,
}

/// A row of the task table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Process {
    /// Pid.
    pub pid: u32,
    /// Name.
    pub comm: String,
    /// User id.
    pub uid: Option<u32>,
    /// Resident.
    pub rss_bytes: Option<u64>,
    /// Resident anonymous.
    pub anon_rss_bytes: Option<u64>,
    /// Swapped out.
    pub swap_bytes: Option<u64>,
    /// Page tables.
    pub pgtables_bytes: Option<u64>,
    /// Adjustment.
    pub oom_score_adj: Option<i32>,
    /// Index into `containers`.
    pub container: Option<usize>,
}

/// What kind of holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    /// Processes of one name.
    Process,
    /// A container.
    Container,
    /// Kernel slab caches.
    Slab,
    /// Shared memory and tmpfs.
    Shmem,
    /// Huge page pools.
    Hugepages,
    /// Other kernel memory.
    Kernel,
    /// What no counter explains.
    Unaccounted,
}

/// Who held the memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Holder {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: HolderKind,
    /// Bytes.
    pub bytes: u64,
    /// Share of the total, 0..=1 (more for sums of shared memory).
    pub share: Option<f64>,
    /// How many processes or objects.
    pub count: Option<u64>,
}

/// A step of the story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct TimelineEntry {
    /// When.
    pub time: Option<String>,
    /// Seconds since boot.
    pub uptime_s: Option<f64>,
    /// Seconds from the incident's time.
    pub offset_s: Option<f64>,
    /// Who did or said it.
    pub actor: Cow<'static, str>,
    /// Kind of step: `trigger`, `kill`, `exit`, `stop`, `restart` ...
    pub kind: Cow<'static, str>,
    /// In words.
    pub text: String,
    /// Index into `evidence`.
    pub evidence: Option<usize>,
}

/// A proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Evidence {
    /// Path of the source (`archive!member`).
    pub source: String,
    /// Line, from 1; null in binary sources.
    pub line: Option<u64>,
    /// Bytes into the uncompressed source.
    pub offset: u64,
    /// The raw line, at most 1 KiB.
    pub text: String,
    /// The lines around it, where `--details` asked for them and they could be read again.
    #[serde(default)]
    pub context: Option<Box<Surroundings>>,
}

/// The lines around a line of proof as they stand in the source, each at most 1 KiB; of a journal its neighbouring entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Surroundings {
    /// Up to two lines before it.
    pub before: Vec<String>,
    /// Up to two lines after it.
    pub after: Vec<String>,
}

/// What restarted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Workload {
    /// Name.
    pub name: String,
    /// `pod_container`, `container`, `service`.
    pub kind: String,
    /// Node.
    pub node: String,
    /// Namespace.
    pub namespace: Option<String>,
    /// Ids of its incidents.
    pub incidents: Vec<String>,
    /// Restarts by memory.
    pub memory_restarts: u64,
    /// Other restarts.
    pub other_restarts: u64,
    /// First.
    pub first: Option<String>,
    /// Last.
    pub last: Option<String>,
    /// Median time between them, seconds.
    pub median_interval_s: Option<f64>,
    /// Median lifetime, seconds.
    pub median_lifetime_s: Option<f64>,
    /// `startup`, `growth`, `bystander`, `burst`, `single`, `crash_loop`.
    pub pattern: Option<String>,
    /// One sentence.
    pub summary: String,
}

/// A source that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Source {
    /// Path; an archive member is `archive!member`.
    pub path: String,
    /// What it turned out to be: `syslog`, `dmesg`, `journal`, `document` ...
    pub kind: String,
    /// Node.
    pub node: Option<String>,
    /// Bytes, uncompressed.
    pub bytes: u64,
    /// Records that were looked at.
    pub records: u64,
    /// First time in it.
    pub first_time: Option<String>,
    /// Last time in it.
    pub last_time: Option<String>,
    /// Problems with it.
    pub problems: Vec<String>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something could not be read.
    Error,
    /// Something could not be understood, or is missing.
    Warning,
}

/// What could not be read or understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// Where: path of the source.
    pub source: Option<String>,
    /// Line, from 1.
    pub line: Option<u64>,
    /// What.
    pub message: String,
}
