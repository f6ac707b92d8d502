//! A story: an incident with everything that the words about it will need.

use super::actions::{Action, Kind};
use super::clock::{Clocks, When};
use super::proof::Proof;
use crate::event::KernelOom;
use crate::language::Language;
use crate::report::Incident;
use crate::say;

/// One incident, joined but not yet explained.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// Node, time, containers, terminations, timeline, evidence; verdict and cause where no kernel event decides.
    pub incident: Incident,
    /// The kernel event behind it.
    pub oom: Option<Box<KernelOom>>,
    /// For each victim of the kernel event: where it belongs and when it was killed.
    pub victims: Vec<VictimJoin>,
    /// What the joins found out beside.
    pub hints: Hints,
    /// The victim's cgroup is a container that only runtime records know (its path holds no id).
    pub own_container: bool,
}

/// Many stories, each in a place of its own: a list of them would be moved when it grows, and each is given back as soon as it is told.
#[allow(clippy::vec_box)]
pub type Stories = Vec<Box<Story>>;

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
    /// A user-space killer's attempt came to nothing, in its words.
    pub kill_failed: Option<String>,
    /// The runtime's OOM flag says otherwise than the kernel.
    pub flag_contradicts: bool,
    /// The kernel log covers the moment.
    pub covered: Option<bool>,
    /// It is not the kernel's log that covers it, but its counter of kills, which is 0.
    pub counter_covers: bool,
    /// What ended was told by its time only.
    pub by_time: bool,
    /// A process in the container was killed, and the container lived on.
    pub survived: Option<bool>,
    /// The pod's cgroup was killed as a whole when the pod was removed.
    pub torn_down: bool,
    /// Kills of the same cgroup or service before this one, in the same report.
    pub previous_kills: u32,
    /// The kernel's counter of the cgroup alone tells of it: so many kills.
    pub counted_kills: Option<u64>,
    /// A parent alone tells that signal 9 killed a child of it, perhaps with the child's pid.
    pub child: Option<Option<u32>>,
    /// What the parent calls that child.
    pub child_name: Option<String>,
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
    let language = proof.language;
    let (kind, text) = match &action.kind {
        Kind::Stop { signal, grace_s, reason } => ("stop", asked(language, *signal, *grace_s, reason.as_deref())),
        Kind::Kill { after_timeout: true } => ("kill", say!(language, "join-step-sigkill-after-timeout")),
        Kind::Kill { after_timeout: false } => ("kill", say!(language, "join-step-sigkill")),
        Kind::Signal(n) => ("signal", say!(language, "join-step-signal", signal = *n)),
        Kind::Stopped => ("stop", say!(language, "join-step-stop-done")),
        Kind::Probe { message: None, .. } => ("probe", say!(language, "join-step-probe-failed")),
        Kind::Probe { message: Some(message), .. } => {
            ("probe", say!(language, "join-step-probe-failed-saying", message = message))
        }
        Kind::Deleted => ("delete", say!(language, "join-step-pod-deleted")),
        Kind::Evicted { message, .. } => ("eviction", say!(language, "join-step-evicted-saying", message = message)),
        Kind::Preempted { message } => ("preemption", message.clone()),
        Kind::OomSeen => ("oom_seen", say!(language, "join-step-oom-seen")),
        Kind::StartFailed { message, .. } => ("start_failed", message.clone()),
        Kind::AppOom { message, .. } => ("application", message.clone()),
        Kind::ChildKilled { program, pid: None } => {
            ("child_killed", say!(language, "join-step-child-killed", program = program))
        }
        Kind::ChildKilled { program, pid: Some(pid) } => {
            ("child_killed", say!(language, "join-step-child-killed-with-pid", program = program, pid = *pid))
        }
    };
    let lines = proof.lines(&action.evidence);
    proof.step_at(clocks, action.at, action.by, kind, text, &lines);
}

fn asked(language: Language, signal: Option<i32>, grace_s: Option<f64>, reason: Option<&str>) -> String {
    let signal = signal.and_then(crate::exit_code::signal_name);
    let told = match (signal, grace_s, reason) {
        (None, None, None) => "nothing",
        (Some(_), None, None) => "signal",
        (None, Some(_), None) => "grace",
        (None, None, Some(_)) => "reason",
        (Some(_), Some(_), None) => "signal-grace",
        (Some(_), None, Some(_)) => "signal-reason",
        (None, Some(_), Some(_)) => "grace-reason",
        (Some(_), Some(_), Some(_)) => "all",
    };
    let grace = grace_s.map_or_else(String::new, |seconds| seconds.to_string());
    let (signal, reason) = (signal.unwrap_or_default(), reason.unwrap_or_default());
    say!(language, "join-step-asked-to-stop", told = told, signal = signal, grace = grace, reason = reason)
}

/// Sets the times of an incident.
pub(super) fn set_time(incident: &mut Incident, when: &When) {
    incident.time = when.time();
    incident.uptime_s = when.uptime_s();
    incident.clock = when.clock;
    incident.boot_id = when.boot.map(|b| format!("{b:032x}"));
}
