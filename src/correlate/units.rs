//! The ends of systemd units: a unit's result, its main process's exit, "killed by the OOM killer" and the restart are
//! separate journal lines of the same end, and stand in several files.

use super::clock::Clocks;
use crate::event::{Event, Evidence, Fact, KernelNote, Stamp, UnitExit, What};
use crate::report;
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// Lines of one end follow each other within this time (`OOMPolicy=stop` waits for the siblings).
const SAME_END_US: i64 = 12 * SECOND_US;

/// One end of one unit.
#[derive(Debug, Clone, Default)]
pub(super) struct UnitEnd {
    /// Unit name.
    pub(super) unit: String,
    /// First line of it, Unix microseconds.
    pub(super) at: i64,
    /// Last line of it.
    pub(super) until: i64,
    /// Main process's exit.
    pub(super) exit: Option<UnitExit>,
    /// `Failed with result`.
    pub(super) result: Option<String>,
    /// systemd saw an OOM kill in it.
    pub(super) oom: bool,
    /// systemd-oomd killed in it.
    pub(super) oomd: bool,
    /// A stop was asked for before.
    pub(super) stop_asked: bool,
    /// The stop timed out.
    pub(super) stop_timeout: bool,
    /// SIGKILL by a client (`systemctl kill`).
    pub(super) client_kill: bool,
    /// systemd itself sent SIGKILL (after a stop, or to the rest of the unit).
    pub(super) manager_kill: bool,
    /// The watchdog fired.
    pub(super) watchdog: bool,
    /// Restart counter.
    pub(super) restarts: Option<u32>,
    /// When the next start was scheduled.
    pub(super) restarted: Option<i64>,
    /// Memory peak.
    pub(super) peak_bytes: Option<u64>,
    /// Where.
    pub(super) evidence: Vec<Evidence>,
}

impl UnitEnd {
    /// Exit code, as a shell would show it: 128 + signal for a killed process.
    pub(super) fn exit_code(&self) -> Option<i64> {
        let exit = self.exit.as_ref()?;
        let status = exit.status?;
        Some(if exit.code == "exited" { status } else { 128 + status })
    }

    /// Signal that ended the main process.
    pub(super) fn signal(&self) -> Option<i32> {
        let exit = self.exit.as_ref().filter(|e| e.code != "exited")?;
        i32::try_from(exit.status?).ok()
    }

    /// The main process left with the code of something that it had started and that was killed: a container, a child.
    pub(super) fn passed_on(&self) -> bool {
        self.exit.as_ref().is_some_and(|exit| exit.code == "exited" && exit.status == Some(137))
    }

    /// It ended otherwise than it should.
    pub(super) fn abnormal(&self) -> bool {
        let clean_exit = self.exit.as_ref().is_none_or(|e| e.code == "exited" && e.status == Some(0));
        let clean_result = self.result.as_deref().is_none_or(|r| r == "success");
        let stopped = self.stop_asked && self.signal() == Some(15);
        !(clean_result && (clean_exit || stopped))
    }

    /// systemd saw an OOM kill in it, by its own line or by the result.
    pub(super) fn saw_oom(&self) -> bool {
        self.oom || self.result.as_deref() == Some("oom-kill")
    }

    /// For the report.
    pub(super) fn show(&self, clocks: &Clocks) -> report::Termination {
        report::Termination {
            unit: Some(self.unit.clone()),
            exit_code: self.exit_code(),
            signal: self.signal(),
            signal_name: self.signal().and_then(crate::exit_code::signal_name).map(str::to_owned),
            oom_flag: self.saw_oom().then_some(true),
            reason: self.result.clone(),
            finished: clocks.show(self.at),
            restarted: self.restarted.and_then(|t| clocks.show(t)),
            restart_count: self.restarts,
            sources: vec!["systemd".to_owned()],
            ..report::Termination::default()
        }
    }
}

/// Collects all ends of a node's units, in order of time.
pub(super) fn collect(events: &[(usize, Event)], clocks: &Clocks) -> Vec<UnitEnd> {
    let mut by_unit: BTreeMap<&str, Vec<(i64, &What, &Event)>> = BTreeMap::new();
    for (source, event) in events {
        let Fact::Runtime(fact) = &event.fact else { continue };
        let (Some(unit), Some(at)) = (fact.unit.as_deref(), clocks.when(*source, &event.stamp).unix_us) else {
            continue;
        };
        if fact.container.id.is_none() && about_an_end(&fact.what) {
            by_unit.entry(unit).or_default().push((at, &fact.what, event));
        }
    }
    let boots = boots(events, clocks);
    let mut ends: Vec<UnitEnd> = Vec::new();
    for (unit, mut lines) in by_unit {
        lines.sort_by_key(|(at, ..)| *at);
        // A document's times are whole seconds: the journal's lines say when, and the document what they leave out.
        let (states, said): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(_, what, _)| is_failed(what));
        let mut own = fold(unit, &said, &boots);
        states.iter().for_each(|state| complete(&mut own, unit, state));
        ends.extend(own);
    }
    ends.sort_by(|a, b| (a.at, &a.unit).cmp(&(b.at, &b.unit)));
    ends
}

fn about_an_end(what: &What) -> bool {
    matches!(
        what,
        What::UnitStopping
            | What::UnitStarted
            | What::UnitExited(_)
            | What::UnitOom
            | What::UnitOomdKilled { .. }
            | What::UnitResult { .. }
            | What::UnitRestart { .. }
            | What::UnitConsumed { .. }
            | What::UnitSignal { .. }
            | What::UnitStopTimeout
            | What::UnitWatchdog
    ) || is_failed(what)
}

/// `systemctl status` or `show` of a unit that failed and was not started again.
fn is_failed(what: &What) -> bool {
    matches!(what, What::UnitState(state) if state.result.as_deref().is_some_and(|result| result != "success"))
}

/// When the kernel started, in order.
fn boots(events: &[(usize, Event)], clocks: &Clocks) -> Vec<i64> {
    let is_boot = |event: &Event| matches!(event.fact, Fact::Kernel(KernelNote::Boot { .. }));
    let booted = events.iter().filter(|(_, event)| is_boot(event));
    let mut boots: Vec<i64> = booted.filter_map(|(source, event)| clocks.when(*source, &event.stamp).unix_us).collect();
    boots.sort_unstable();
    boots
}

/// The node was started between two lines: what starts then is no restart of a unit.
fn is_other_boot(before: (i64, &Stamp), now: (i64, &Stamp), boots: &[i64]) -> bool {
    let ids = before.1.boot.zip(now.1.boot);
    ids.map_or_else(
        || boots.partition_point(|at| *at <= before.0) < boots.partition_point(|at| *at <= now.0),
        |(a, b)| a != b,
    )
}

fn fold(unit: &str, lines: &[(i64, &What, &Event)], boots: &[i64]) -> Vec<UnitEnd> {
    let mut ends: Vec<UnitEnd> = Vec::new();
    let mut stop_asked: Option<i64> = None;
    let mut last: Option<&Stamp> = None;
    for (at, what, event) in lines {
        match what {
            What::UnitStopping => stop_asked = Some(*at),
            What::UnitStarted => {
                stop_asked = None;
                let again = |end: &&mut UnitEnd| {
                    let up = last.is_none_or(|stamp| !is_other_boot((end.until, stamp), (*at, &event.stamp), boots));
                    end.restarted.is_none() && up
                };
                if let Some(end) = ends.last_mut().filter(again) {
                    end.restarted = Some(*at);
                }
            }
            _ => {
                if opens_new(&ends, *at, what) {
                    ends.push(UnitEnd { unit: unit.to_owned(), at: *at, until: *at, ..UnitEnd::default() });
                }
                if let Some(end) = ends.last_mut() {
                    end.stop_asked |= stop_asked.is_some_and(|s| *at - s <= super::actions::STOP_WINDOW_US);
                    note(end, *at, what);
                    end.until = *at;
                    last = Some(&event.stamp);
                    let text = event.evidence.first().map_or("", |f| &*f.text);
                    let known = end.evidence.iter().any(|e| *e.text == *text);
                    if !known && end.evidence.len() < 12 {
                        end.evidence.extend(event.evidence.iter().cloned());
                    }
                }
            }
        }
    }
    ends.retain(|e| e.exit.is_some() || e.result.is_some() || e.oom || e.oomd);
    ends
}

/// Adds what a document tells of a unit's last end.
fn complete(ends: &mut Vec<UnitEnd>, unit: &str, (at, what, event): &(i64, &What, &Event)) {
    let near =
        |end: &&mut UnitEnd| (end.at.saturating_sub(SAME_END_US)..=end.until.saturating_add(SAME_END_US)).contains(at);
    if let Some(end) = ends.iter_mut().rev().find(near) {
        note(end, *at, what);
        if end.evidence.len() < 12 {
            end.evidence.extend(event.evidence.iter().cloned());
        }
        return;
    }
    let mut end = UnitEnd { unit: unit.to_owned(), at: *at, until: *at, ..UnitEnd::default() };
    note(&mut end, *at, what);
    end.evidence.extend(event.evidence.iter().cloned());
    if end.exit.is_some() || end.result.is_some() {
        ends.push(end);
    }
}

/// A line belongs to the last end when it follows within [`SAME_END_US`] and does not contradict it.
fn opens_new(ends: &[UnitEnd], at: i64, what: &What) -> bool {
    let Some(last) = ends.last() else { return true };
    if at - last.until > SAME_END_US {
        return true;
    }
    match what {
        // A second exit within the window is a copy of the line in another file, or the next life of a fast restart loop.
        What::UnitExited(exit) => {
            last.exit.as_ref().is_some_and(|e| e != exit || at - last.at > 3 * SECOND_US) && last.result.is_some()
        }
        What::UnitOom => last.restarted.is_some() && last.result.is_some() && at - last.until > SECOND_US,
        _ => false,
    }
}

fn note(end: &mut UnitEnd, at: i64, what: &What) {
    match what {
        What::UnitExited(exit) => end.exit = end.exit.take().or_else(|| Some(exit.clone())),
        What::UnitResult { result } => end.result = Some(result.clone()),
        What::UnitOom => end.oom = true,
        What::UnitOomdKilled { .. } => end.oomd = true,
        What::UnitRestart { counter } => {
            end.restarts = end.restarts.max(*counter);
            end.restarted = end.restarted.or(Some(at));
        }
        What::UnitConsumed { memory_peak_bytes, .. } => end.peak_bytes = end.peak_bytes.or(*memory_peak_bytes),
        What::UnitSignal { signal: 9, client: true, .. } => end.client_kill = true,
        What::UnitSignal { signal: 9, client: false, .. } => end.manager_kill = true,
        What::UnitStopTimeout => end.stop_timeout = true,
        What::UnitWatchdog => end.watchdog = true,
        What::UnitState(state) => {
            end.exit = end.exit.take().or_else(|| state.exit.clone());
            // `failed` without `Result:` says no more than the exit.
            let result = state.result.clone().filter(|result| result != "failed");
            end.result = end.result.take().or(result);
            end.restarts = end.restarts.max(state.restarts.filter(|restarts| *restarts > 0));
            end.peak_bytes = end.peak_bytes.or(state.memory_peak_bytes);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_after_a_boot_is_no_restart() {
        let at = |boot| Stamp { boot, ..Stamp::default() };
        let (old, new) = (at(Some(1)), at(Some(2)));
        assert!(is_other_boot((10, &old), (90, &new), &[]));
        assert!(!is_other_boot((10, &old), (90, &old), &[50]));
        let unknown = at(None);
        assert!(is_other_boot((10, &unknown), (90, &unknown), &[50]));
        assert!(!is_other_boot((10, &unknown), (90, &unknown), &[5, 95]));
    }
}
