//! A story: an incident with everything that the words about it will need.

use super::actions::{Action, Kind};
use super::clock::{Clocks, When};
use super::proof::Proof;
use crate::event::KernelOom;
use crate::report::Incident;

/// One incident, joined but not yet explained.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// Node, time, containers, terminations, timeline, evidence; verdict and cause where no kernel event decides.
    pub incident: Incident,
    /// The kernel event behind it.
    pub oom: Option<KernelOom>,
    /// For each victim of the kernel event: where it belongs and when it was killed.
    pub victims: Vec<VictimJoin>,
    /// What the joins found out beside.
    pub hints: Hints,
    /// The victim's cgroup is a container that only runtime records know (its path holds no id).
    pub own_container: bool,
}

/// Where a victim belongs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VictimJoin {
    /// Its pid.
    pub pid: u32,
    /// Index into the incident's containers.
    pub container: Option<usize>,
    /// It was the container's or service's main process.
    pub main: Option<bool>,
    /// When, in report form.
    pub time: Option<String>,
    /// Seconds since boot.
    pub uptime_s: Option<f64>,
}

/// Joined facts that the explanation uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hints {
    /// Who asked for a stop.
    pub stop_by: Option<String>,
    /// Grace period in seconds.
    pub grace_s: Option<f64>,
    /// A probe's, killer's, eviction's or application's own words.
    pub words: Option<String>,
    /// The runtime's OOM flag says otherwise than the kernel.
    pub flag_contradicts: bool,
    /// The kernel log covers the moment.
    pub covered: Option<bool>,
    /// A process in the container was killed, and the container lived on.
    pub survived: Option<bool>,
    /// Kills of the same cgroup or service before this one, in the same report.
    pub previous_kills: u32,
    /// Configured memory limit of the container, bytes.
    pub limit_bytes: Option<u64>,
    /// Memory peak of the unit, bytes.
    pub peak_bytes: Option<u64>,
    /// Kernel release.
    pub kernel: Option<String>,
    /// Memory of the node, bytes.
    pub node_memory_bytes: Option<u64>,
}

/// Adds what was done to a container to the timeline.
pub(super) fn tell_action(proof: &mut Proof<'_>, clocks: &Clocks, action: &Action) {
    let (kind, text) = match &action.kind {
        Kind::Stop { signal, grace_s, reason } => {
            let signal = signal.and_then(crate::exit_code::signal_name).map_or(String::new(), |s| format!(" with {s}"));
            let grace = grace_s.map_or(String::new(), |g| format!(", {g} s to go"));
            let reason = reason.as_ref().map_or(String::new(), |r| format!(": {r}"));
            ("stop", format!("asked it to stop{signal}{grace}{reason}"))
        }
        Kind::Kill { after_timeout: true } => ("kill", "sent SIGKILL because the time to stop had run out".to_owned()),
        Kind::Kill { after_timeout: false } => ("kill", "sent SIGKILL".to_owned()),
        Kind::Signal(n) => ("signal", format!("sent signal {n} on request")),
        Kind::Stopped => ("stop", "the stop command was done".to_owned()),
        Kind::Probe { message, .. } => {
            ("probe", format!("a probe failed{}", message.as_ref().map_or(String::new(), |m| format!(": {m}"))))
        }
        Kind::Deleted => ("delete", "the pod was deleted".to_owned()),
        Kind::Evicted { message, .. } => ("eviction", format!("evicted the pod: {message}")),
        Kind::Preempted { message } => ("preemption", message.clone()),
        Kind::OomSeen => ("oom_seen", "saw an OOM kill in the container".to_owned()),
        Kind::StartFailed { message, .. } => ("start_failed", message.clone()),
        Kind::AppOom { message, .. } => ("application", message.clone()),
        Kind::ChildKilled { program, pid } => (
            "child_killed",
            format!("{program} saw its child{} die of SIGKILL", pid.map_or(String::new(), |p| format!(" {p}"))),
        ),
    };
    proof.step_at(clocks, action.at, action.by, kind, text, &action.evidence);
}

/// Sets the times of an incident.
pub(super) fn set_time(incident: &mut Incident, when: &When) {
    incident.time = when.time();
    incident.uptime_s = when.uptime_s();
    incident.clock = when.clock;
    incident.boot_id = when.boot.map(|b| format!("{b:032x}"));
}
