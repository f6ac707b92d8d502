//! Why a container or unit ended when no kernel kill explains it.

use super::actions::{Action, Actions, Kind, STOP_WINDOW_US, STOPPED_US};
use super::ends::End;
use super::units::UnitEnd;
use crate::event::Speaker;
use crate::language::Sentence;
use crate::report::{Cause, Confidence, Verdict};
use crate::sentence;
use crate::time::SECOND_US;

/// A verdict with what it rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct Why {
    pub(super) verdict: Verdict,
    pub(super) cause: Cause,
    pub(super) agent: Option<String>,
    pub(super) confidence: Confidence,
    pub(super) reasons: Vec<Sentence>,
    /// Actions that prove it.
    pub(super) actions: Vec<Action>,
    /// Grace period, where told.
    pub(super) grace_s: Option<f64>,
    /// Probe's, eviction's or application's own words.
    pub(super) words: Option<String>,
}

impl Why {
    fn new(cause: Cause, agent: &str, confidence: Confidence) -> Why {
        let verdict = match cause {
            Cause::Eviction
            | Cause::ApplicationHeap
            | Cause::UserspaceKiller
            | Cause::ContainerLimit
            | Cause::CgroupLimit => Verdict::Memory,
            Cause::Unknown => Verdict::Undetermined,
            _ => Verdict::NotMemory,
        };
        let agent = (!agent.is_empty()).then(|| agent.to_owned());
        Why { verdict, cause, agent, confidence, ..Why::default() }
    }

    fn because(mut self, reason: Sentence) -> Why {
        self.reasons.push(reason);
        self
    }

    fn shown_by(mut self, action: &Action) -> Why {
        self.actions.push(action.clone());
        self
    }
}

/// How far before an exit an application's own out-of-memory message may stand.
const APP_WINDOW_US: i64 = 120 * SECOND_US;

/// The runtime sees an OOM kill at most this long before the end that follows from it; after a longer time the container lived on.
const SEEN_US: i64 = 10 * SECOND_US;

/// What a JVM with `ExitOnOutOfMemoryError` leaves with.
const JVM_OUT_OF_MEMORY: i64 = 3;

/// Why a container ended. `covered`: the kernel log covers that time (and holds no kill for it).
pub(super) fn of_container(end: &End, actions: &Actions, covered: Option<bool>) -> Why {
    let near = Near::of(end, actions);
    if end.invented {
        let mut why = Why::new(Cause::Invented, "kubelet", Confidence::Strong);
        // A table shows no code at all; a lost container may have been killed for anything.
        if end.code.is_none() && covered != Some(true) {
            (why.verdict, why.confidence) = (Verdict::Undetermined, Confidence::Weak);
            return why.because(sentence!("join-because-status-unknown"));
        }
        return why.because(sentence!("join-because-invented"));
    }
    if out_of_memory_step(end) {
        let confidence = if covered == Some(true) { Confidence::Weak } else { Confidence::Probable };
        return Why::new(Cause::CgroupLimit, "kernel", confidence)
            .because(sentence!("join-because-slurm-out-of-memory"));
    }
    if let Some(why) = near.eviction() {
        return why;
    }
    if let Some(why) = near.application(end) {
        return why;
    }
    if end.ended_by() == Some(9) {
        return killed(end, &near, actions, covered);
    }
    if let Some(stop) = near.stop.or(near.signal_other) {
        return asked_to_stop(end, stop);
    }
    if let Some(start) =
        near.start_failed.filter(|_| end.code.is_some_and(|c| (125..=128).contains(&c)) || end.started.is_none())
    {
        let Kind::StartFailed { memory, message } = &start.kind else { return Why::default() };
        let mut why = if *memory {
            Why::new(Cause::ContainerLimit, "kernel", Confidence::Probable)
                .because(sentence!("join-because-limit-too-low-to-start"))
        } else {
            Why::new(Cause::StartFailure, "runtime", Confidence::Strong)
                .because(sentence!("join-because-could-not-start"))
        };
        why.words = Some(message.clone());
        return why.shown_by(start);
    }
    // A row of `kubectl get pods` has a reason and no code; and whose code is 0 may not have noticed.
    if matches!(end.code, None | Some(0)) && near.says_oom(end) && covered != Some(true) {
        return seen_by_runtime(end, &near);
    }
    let why = by_code(end.code, end.ended_by());
    if why.cause == Cause::ApplicationError { error(end, &near, covered, why) } else { why }
}

/// Slurm's state for a step whose cgroup counted an OOM kill; it gives no code then.
pub(super) fn out_of_memory_step(end: &End) -> bool {
    end.code.is_none() && end.reason.as_deref() == Some("OUT_OF_MEMORY")
}

/// A program that ends with an error code may have noticed that the kernel killed one of its processes: only where the
/// kernel log covers that time is it known that it did not.
fn error(end: &End, near: &Near<'_>, covered: Option<bool>, mut why: Why) -> Why {
    if end.code == Some(JVM_OUT_OF_MEMORY) {
        why.confidence = Confidence::Possible;
        why = why.because(sentence!("join-because-jvm-leaves-with-3"));
    }
    if covered == Some(true) {
        return why;
    }
    if near.says_oom(end) {
        return seen_by_runtime(end, near);
    }
    let told = |speaker| end.speakers.contains(&speaker);
    // Docker's flag and its `oom` event are there whenever a process of the container was killed; those of the others may be lost.
    if told(Speaker::Docker) {
        why.confidence = Confidence::Possible;
        return why.because(sentence!("join-because-error-not-covered"));
    }
    Why::new(Cause::Unknown, "", Confidence::Weak)
        .because(sentence!("join-because-error-code"))
        .because(sentence!("join-because-child-may-be-killed"))
}

/// SIGKILL was sent to a container whose end left no code. Where the kernel log does not cover that time, the kernel may have been
/// first: runtimes send signals to what has ended already.
pub(super) fn kill_without_code(why: Why, covered: Option<bool>) -> Why {
    if covered == Some(true) || why.verdict != Verdict::NotMemory {
        return why;
    }
    let actions = why.actions;
    let unknown = Why::new(Cause::Unknown, "", Confidence::Weak).because(sentence!("join-because-kill-without-code"));
    Why { actions, grace_s: why.grace_s, words: why.words, ..unknown }
}

/// A runtime recorded that it sent SIGKILL to this container at its end.
pub(super) fn sigkill_recorded(end: &End, actions: &Actions) -> bool {
    let near = Near::of(end, actions);
    end.at().is_some() && (near.kill.is_some() || near.kill_signal.is_some())
}

/// What happened to the container near its end.
struct Near<'a> {
    stop: Option<&'a Action>,
    kill: Option<&'a Action>,
    kill_signal: Option<&'a Action>,
    signal_other: Option<&'a Action>,
    probe: Option<&'a Action>,
    deleted: Option<&'a Action>,
    evicted: Option<&'a Action>,
    preempted: Option<&'a Action>,
    app: Option<&'a Action>,
    start_failed: Option<&'a Action>,
    stopped: Option<&'a Action>,
    oom_seen: Option<&'a Action>,
    child_killed: Option<&'a Action>,
    at: i64,
}

impl<'a> Near<'a> {
    fn of(end: &End, actions: &'a Actions) -> Near<'a> {
        let dated = end.at();
        let at = dated.unwrap_or(i64::MAX / 2);
        let from = end.started.unwrap_or(i64::MIN).max(at.saturating_sub(STOP_WINDOW_US));
        let reach = dated.map_or(i64::MAX, |_| 3 * STOP_WINDOW_US);
        let all = actions.near(end.container, at.saturating_sub(reach), at.saturating_add(reach));
        let until = at.saturating_add(end.stamp_lag_us());
        let close = |a: &Action| dated.is_none() || a.at.is_none_or(|t| t >= from && t <= until);
        let find = |test: &dyn Fn(&Kind) -> bool| all.iter().copied().find(|a| close(a) && test(&a.kind));
        let wide = |test: &dyn Fn(&Kind) -> bool| all.iter().copied().find(|a| test(&a.kind));
        let app = |a: &Action| {
            a.at.is_none_or(|t| t <= at.saturating_add(5 * SECOND_US) && t >= at.saturating_sub(APP_WINDOW_US))
        };
        Near {
            stop: find(&|k| matches!(k, Kind::Stop { .. })),
            kill: find(&|k| matches!(k, Kind::Kill { .. })),
            kill_signal: find(&|k| matches!(k, Kind::Signal(9))),
            signal_other: find(&|k| matches!(k, Kind::Signal(s) if *s != 9 && *s != 0)),
            probe: find(&|k| {
                matches!(k, Kind::Probe { kills: true, .. })
                    || matches!(k, Kind::Stop { reason: Some(r), .. } if r.contains("probe"))
            }),
            // A pod's object tells that it was deleted, not when: earlier ends of its containers have nothing to do with it.
            deleted: find(&|k| matches!(k, Kind::Deleted)).filter(|a| dated.is_none() || a.at.is_some()),
            evicted: wide(&|k| matches!(k, Kind::Evicted { .. })),
            preempted: wide(&|k| matches!(k, Kind::Preempted { .. })),
            app: all.iter().copied().rfind(|a| app(a) && matches!(a.kind, Kind::AppOom { .. })),
            start_failed: find(&|k| matches!(k, Kind::StartFailed { .. })),
            stopped: all
                .iter()
                .copied()
                .filter(|a| dated.is_some() && a.at.is_some_and(|t| (t - at).abs() <= STOPPED_US))
                .find(|a| a.kind == Kind::Stopped),
            oom_seen: find(&|k| matches!(k, Kind::OomSeen)),
            child_killed: find(&|k| matches!(k, Kind::ChildKilled { .. })),
            at,
        }
    }

    /// The runtime's flag or event says that a process of the container was killed for memory, or its parent says so.
    fn says_oom(&self, end: &End) -> bool {
        self.is_flagged(end) || self.child_killed.is_some()
    }

    fn is_flagged(&self, end: &End) -> bool {
        let flagged = end.oom_flag == Some(true) || end.reason.as_deref() == Some("OOMKilled");
        flagged || end.unit_oom || self.oom_seen.is_some()
    }

    /// The runtime saw an OOM kill so shortly before the end that this follows from it.
    fn oom_seen_just_before(&self) -> Option<&'a Action> {
        self.oom_seen.filter(|a| a.at.is_some_and(|t| (self.at - SEEN_US..=self.at + SEEN_US).contains(&t)))
    }

    fn eviction(&self) -> Option<Why> {
        let action = self.evicted?;
        let Kind::Evicted { resource, message } = &action.kind else { return None };
        let mut why = if resource == "memory" {
            Why::new(Cause::Eviction, "kubelet", Confidence::Proven)
                .because(sentence!("join-because-evicted-for-memory"))
        } else if resource == "unknown" {
            Why::new(Cause::Unknown, "kubelet", Confidence::Weak).because(sentence!("join-because-evicted-for-unknown"))
        } else {
            Why::new(Cause::Stopped, "kubelet", Confidence::Proven)
                .because(sentence!("join-because-evicted-for-other", resource = resource))
        };
        why.words = Some(message.clone());
        Some(why.shown_by(action))
    }

    fn application(&self, end: &End) -> Option<Why> {
        let action = self.app?;
        let Kind::AppOom { program, message, fatal } = &action.kind else { return None };
        let ended_badly = end.code.is_some_and(|c| c != 0) && end.ended_by() != Some(9) && self.stop.is_none();
        if !ended_badly {
            return None;
        }
        Some(of_words(program, message, *fatal).shown_by(action))
    }
}

/// The program said that it ran out of memory, and ended.
pub(super) fn of_words(program: &str, message: &str, fatal: bool) -> Why {
    let confidence = if fatal { Confidence::Strong } else { Confidence::Probable };
    let mut why = Why::new(Cause::ApplicationHeap, "application", confidence)
        .because(sentence!("join-because-program-out-of-memory", program = program));
    why.words = Some(message.to_owned());
    why
}

/// The unit's main process ended by an error of its own, or aborted itself; nobody killed or stopped it.
pub(super) fn ended_by_itself(end: &UnitEnd) -> bool {
    let left = end.exit.as_ref().is_some_and(|exit| match exit.code.as_str() {
        "exited" => exit.status.is_some_and(|status| !matches!(status, 0 | 137 | 143)),
        _ => matches!(exit.status, Some(4..=6)),
    });
    left && !(end.stop_asked || end.client_kill || end.manager_kill || end.oom || end.oomd)
}

/// SIGKILL (137) with no kernel kill.
fn killed(end: &End, near: &Near<'_>, actions: &Actions, covered: Option<bool>) -> Why {
    if let Some(probe) = near.probe {
        let mut why = Why::new(Cause::ProbeFailure, "kubelet", Confidence::Strong)
            .because(sentence!("join-because-probe-failed"));
        if let Kind::Probe { message, .. } = &probe.kind {
            why.words.clone_from(message);
        }
        return why.shown_by(probe);
    }
    let stop = near.stop.or(near.signal_other);
    let forced = near.kill.filter(|k| matches!(k.kind, Kind::Kill { after_timeout: true }));
    if let Some(stopped) = near.stopped.filter(|_| stop.is_none() && near.kill_signal.is_none()) {
        return Why::new(Cause::StopTimeout, "operator", Confidence::Strong)
            .because(sentence!("join-because-stop-command", by = stopped.by))
            .shown_by(stopped);
    }
    if let Some(request) = stop.filter(|s| asks_for_kill(s)) {
        return Why::new(Cause::KilledOnRequest, "operator", Confidence::Strong)
            .because(sentence!("join-because-kill-requested", by = request.by))
            .shown_by(request);
    }
    if let Some(why) = stop_timeout(stop, forced, near) {
        return why;
    }
    if let Some(signal) = near.kill_signal.or(near.kill) {
        return Why::new(Cause::KilledOnRequest, "operator", Confidence::Strong)
            .because(sentence!("join-because-kill-requested", by = signal.by))
            .shown_by(signal);
    }
    if let Some(action) = near.preempted {
        return Why::new(Cause::Reboot, "kubelet", Confidence::Probable)
            .because(sentence!("join-because-node-shutdown-or-critical-pod"))
            .shown_by(action);
    }
    let says_oom = near.says_oom(end) && covered != Some(true);
    if let Some(deleted) = near.deleted {
        let why = if says_oom {
            Why::new(Cause::Unknown, "", Confidence::Weak).because(sentence!("join-because-flag-or-deletion"))
        } else {
            Why::new(Cause::StopTimeout, "kubelet", Confidence::Probable)
        };
        return why.because(sentence!("join-because-pod-deleted")).shown_by(deleted);
    }
    if end.manually_stopped {
        // `docker stop` and `docker kill` leave the same mark.
        return Why::new(Cause::KilledOnRequest, "operator", Confidence::Possible)
            .because(sentence!("join-because-stopped-by-hand"));
    }
    if says_oom {
        return seen_by_runtime(end, near);
    }
    if end.dead_shim {
        return Why::new(Cause::Invented, "runtime", Confidence::Probable)
            .because(sentence!("join-because-shim-vanished"));
    }
    if actions.daemon_stops.iter().any(|(t, _)| (near.at - t).abs() <= 30 * SECOND_US) {
        return Why::new(Cause::Reboot, "runtime", Confidence::Probable)
            .because(sentence!("join-because-runtime-stopping"));
    }
    flagged_or_unknown(end, near, covered)
}

/// podman's `kill` event names no signal; that the container ended by SIGKILL tells which it was.
fn asks_for_kill(action: &Action) -> bool {
    matches!(&action.kind, Kind::Stop { signal: None, reason: Some(reason), .. } if matches!(reason.as_str(), "podman kill" | "kill command"))
}

fn stop_timeout(stop: Option<&Action>, forced: Option<&Action>, near: &Near<'_>) -> Option<Why> {
    let hard = forced.or(near.kill_signal).or(near.kill);
    let grace = stop.and_then(|s| match &s.kind {
        Kind::Stop { grace_s, .. } => *grace_s,
        _ => None,
    });
    let waited = stop.and_then(|s| s.at).map(|t| (near.at - t) as f64 / 1e6);
    let timed_out = match (stop, hard) {
        (Some(_), Some(_)) => true,
        (None, Some(_)) => forced.is_some(),
        (Some(_), None) => waited.is_none_or(|w| w + 1.0 >= grace.unwrap_or(1.0)),
        (None, None) => false,
    };
    if !timed_out {
        return None;
    }
    let by = stop.or(hard).map_or("runtime", |a| a.by);
    let agent = if matches!(by, "kubelet" | "kubernetes") { "kubelet" } else { "runtime" };
    // These two do what the kubelet tells them: a probe or an eviction may be behind it.
    let on_behalf = matches!(by, "containerd" | "cri-o");
    let proven = hard.is_some() && !on_behalf;
    let confidence = if proven { Confidence::Proven } else { Confidence::Strong };
    let mut why =
        Why::new(Cause::StopTimeout, agent, confidence).because(sentence!("join-because-asked-and-timed-out", by = by));
    if on_behalf {
        why = why.because(sentence!("join-because-asker-not-told", by = by));
    }
    why.grace_s = grace.or(waited.filter(|w| *w > 0.5).map(f64::round));
    for action in stop.into_iter().chain(hard) {
        why = why.shown_by(action);
    }
    Some(why)
}

fn flagged_or_unknown(end: &End, near: &Near<'_>, covered: Option<bool>) -> Why {
    // What a parent saw of its child says nothing of a flag.
    let unseen = covered == Some(true) && !near.is_flagged(end);
    if unseen || !near.says_oom(end) {
        let why =
            Why::new(Cause::Unknown, "", Confidence::Weak).because(sentence!("join-because-sigkill-by-nobody-known"));
        return match covered {
            Some(true) => why.because(sentence!("join-because-covered-no-kill")),
            _ => why.because(sentence!("join-because-not-covered-cannot-rule-out")),
        };
    }
    if covered == Some(true) {
        return Why::new(Cause::Unknown, "", Confidence::Weak).because(sentence!("join-because-flag-contradicted"));
    }
    seen_by_runtime(end, near)
}

/// Only the runtime tells of the OOM kill. Its flag is never taken back: an older kill that the container outlived sets it too.
fn seen_by_runtime(end: &End, near: &Near<'_>) -> Why {
    let just_before = near.oom_seen_just_before();
    let confidence = if just_before.is_some() || end.unit_oom { Confidence::Probable } else { Confidence::Possible };
    let mut why =
        Why::new(Cause::ContainerLimit, "kernel", confidence).because(sentence!("join-because-oom-seen-not-covered"));
    if end.unit_oom {
        // The limit may be the unit's.
        why.cause = Cause::CgroupLimit;
        why = why.because(sentence!("join-because-unit-oom"));
    }
    match just_before.or(near.oom_seen).or(near.child_killed) {
        Some(seen) => why.shown_by(seen),
        None => why,
    }
}

fn asked_to_stop(end: &End, stop: &Action) -> Why {
    let agent = match stop.by {
        "kubelet" | "kubernetes" => "kubelet",
        _ => "operator",
    };
    let probe = matches!(&stop.kind, Kind::Stop { reason: Some(r), .. } if r.contains("probe"));
    let cause = if probe { Cause::ProbeFailure } else { Cause::Stopped };
    let mut why = Why::new(cause, agent, Confidence::Strong)
        .because(sentence!("join-because-asked-to-stop", by = stop.by))
        .shown_by(stop);
    if end.code.is_some_and(|c| !matches!(c, 0 | 143 | 130)) {
        why = why.because(sentence!("join-because-other-code-than-clean-stop"));
    }
    why
}

/// By the exit code alone.
fn by_code(code: Option<i64>, signal: Option<i32>) -> Why {
    match (code, signal) {
        (_, Some(4..=8 | 11 | 31)) => {
            Why::new(Cause::Crash, "application", Confidence::Strong).because(sentence!("join-because-fault-signal"))
        }
        (_, Some(15)) => Why::new(Cause::Stopped, "operator", Confidence::Probable)
            .because(sentence!("join-because-sigterm-by-nobody-known")),
        (_, Some(1..=3)) => {
            Why::new(Cause::Stopped, "operator", Confidence::Probable).because(sentence!("join-because-stop-signal"))
        }
        (Some(125..=128), _) => Why::new(Cause::StartFailure, "runtime", Confidence::Strong)
            .because(sentence!("join-because-code-of-failed-start")),
        (Some(0), _) => {
            Why::new(Cause::Stopped, "application", Confidence::Strong).because(sentence!("join-because-code-0"))
        }
        (Some(_), _) => Why::new(Cause::ApplicationError, "application", Confidence::Probable)
            .because(sentence!("join-because-error-code")),
        (None, _) => Why::new(Cause::Unknown, "", Confidence::Weak).because(sentence!("join-because-no-code")),
    }
}

/// What the kernel's log would prove, its counter of kills does, in other words.
pub(super) fn by_counter(mut why: Why) -> Why {
    for reason in &mut why.reasons {
        if *reason == sentence!("join-because-covered-no-kill")
            || *reason == sentence!("join-because-covered-no-kill-in-unit")
        {
            *reason = sentence!("join-because-counter-none");
        } else if *reason == sentence!("join-because-flag-contradicted") {
            *reason = sentence!("join-because-flag-contradicted-by-counter");
        }
    }
    why
}

/// When the kernel killed something of which its report does not tell where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// As this ended.
    ThatMoment,
    /// The log's times cannot be compared with others: raw `dmesg`.
    UnknownTime,
}

/// The kernel killed something, and its report does not tell where: its log does not rule a kill out.
pub(super) fn beside_a_kill(mut why: Why, when: Beside) -> Why {
    let of_coverage = [sentence!("join-because-not-covered-cannot-rule-out"), sentence!("join-because-not-covered")];
    if why.cause == Cause::Unknown {
        why.reasons.retain(|reason| !of_coverage.contains(reason));
        why.reasons.push(match when {
            Beside::ThatMoment => sentence!("join-because-beside-a-kill"),
            Beside::UnknownTime => sentence!("join-because-beside-an-undated-kill"),
        });
    }
    why
}

/// Why a container ended that a unit runs: where its own records do not tell, its unit's may.
pub(super) fn of_run_by(why: Why, unit: &UnitEnd, covered: Option<bool>) -> Why {
    if why.cause != Cause::Unknown {
        return why;
    }
    let of_unit = of_unit(unit, covered);
    let better = !matches!(of_unit.cause, Cause::Unknown | Cause::ApplicationError);
    if better { of_unit } else { why }
}

/// Why a unit ended.
pub(super) fn of_unit(end: &UnitEnd, covered: Option<bool>) -> Why {
    let exit = end.exit.as_ref();
    if end.client_kill {
        return Why::new(Cause::KilledOnRequest, "operator", Confidence::Proven)
            .because(sentence!("join-because-client-asked-for-sigkill"));
    }
    if end.oomd {
        return Why::new(Cause::UserspaceKiller, "systemd-oomd", Confidence::Proven)
            .because(sentence!("join-because-oomd-killed-unit"));
    }
    if end.stop_timeout || end.result.as_deref() == Some("timeout") {
        return Why::new(Cause::StopTimeout, "systemd", Confidence::Proven)
            .because(sentence!("join-because-stop-timed-out"));
    }
    if end.watchdog || end.result.as_deref() == Some("watchdog") {
        return Why::new(Cause::ProbeFailure, "systemd", Confidence::Proven)
            .because(sentence!("join-because-watchdog"));
    }
    if end.saw_oom() {
        let why = Why::new(
            Cause::CgroupLimit,
            "kernel",
            if covered == Some(true) { Confidence::Possible } else { Confidence::Probable },
        );
        return why.because(sentence!("join-because-unit-oom"));
    }
    match (exit.map(|e| e.code.as_str()), exit.and_then(|e| e.status)) {
        (Some("exited"), Some(200..=245)) => Why::new(Cause::StartFailure, "systemd", Confidence::Strong)
            .because(sentence!("join-because-systemd-status")),
        (Some("exited"), Some(137)) if end.manager_kill || end.stop_asked => {
            Why::new(Cause::StopTimeout, "systemd", Confidence::Probable)
                .because(sentence!("join-because-killed-while-stopping"))
        }
        // `podman run`, `docker run` and shells pass the code of what they started on: whose cgroup that was in, the unit's does
        // not tell.
        (Some("exited"), Some(137)) => {
            Why::new(Cause::Unknown, "", Confidence::Weak).because(sentence!("join-because-137-passed-on"))
        }
        (Some("exited"), status) => by_code(status, None),
        (Some(_), Some(9)) if end.manager_kill || end.stop_asked => {
            Why::new(Cause::StopTimeout, "systemd", Confidence::Probable)
                .because(sentence!("join-because-killed-while-stopping"))
        }
        (Some(_), Some(9)) => {
            let why = Why::new(Cause::Unknown, "", Confidence::Weak)
                .because(sentence!("join-because-sigkill-by-nobody-known"));
            match covered {
                Some(true) => why.because(sentence!("join-because-covered-no-kill-in-unit")),
                _ => why.because(sentence!("join-because-not-covered")),
            }
        }
        (Some(_), status) => by_code(None, status.and_then(|s| i32::try_from(s).ok())),
        (None, _) => Why::new(Cause::ApplicationError, "application", Confidence::Possible)
            .because(sentence!("join-because-unit-failed")),
    }
}
