//! What user-space killers did: systemd-oomd, earlyoom, nohang and the like kill before the kernel has to, and leave no
//! kernel line.

use super::clock::{Clocks, When};
use super::ends::speaker_name;
use crate::event::{ContainerRef, Event, Evidence, Fact, What};
use crate::report::Container;
use crate::time::SECOND_US;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines about one victim within this time are one action: SIGTERM first, SIGKILL when it does not go.
const SAME_US: i64 = 60 * SECOND_US;
/// So many actions back is the one looked for whose attempt failed.
const LOOK_BACK: usize = 64;
/// Copies of one line in several files differ by this much.
const COPY_US: i64 = 3 * SECOND_US;

/// One action of a user-space killer.
#[derive(Debug, Clone, Default)]
pub(super) struct Action {
    pub(super) agent: &'static str,
    pub(super) when: When,
    pub(super) pid: Option<u32>,
    pub(super) comm: Option<String>,
    pub(super) signal: Option<i32>,
    pub(super) cgroup: Option<String>,
    pub(super) uid: Option<u32>,
    pub(super) rss_bytes: Option<u64>,
    pub(super) oom_score_adj: Option<i32>,
    pub(super) reason: String,
    /// Its last attempt came to nothing, in its words.
    pub(super) failed: Option<String>,
    pub(super) unit: Option<String>,
    /// The job, dyno or container that the killer names.
    pub(super) about: Option<Container>,
    pub(super) evidence: Vec<Evidence>,
}

impl Action {
    /// Nothing tells what was killed.
    fn is_nameless(&self) -> bool {
        self.pid.is_none() && self.cgroup.is_none() && self.about.is_none() && self.unit.is_none()
    }

    /// The other tells of it with the same figures, the reason cut or not.
    fn tells_the_same(&self, other: &Action) -> bool {
        let (a, b) = (self.reason.trim_end_matches('.'), other.reason.trim_end_matches('.'));
        let has_figures = |reason: &str| reason.bytes().any(|c| c.is_ascii_digit());
        let alike = (a.starts_with(b) && has_figures(b)) || (b.starts_with(a) && has_figures(a));
        self.agent == other.agent && alike && same(self, other)
    }
}

/// Collects all actions, copies and escalations folded, in order of time.
pub(super) fn collect(events: &[(usize, Event)], clocks: &Clocks) -> Vec<Action> {
    let mut told: Vec<Action> = events.iter().filter_map(|(source, e)| one(*source, e, clocks)).collect();
    told.sort_by_key(|a| a.when.unix_us);
    let mut actions: Vec<Action> = Vec::new();
    /// Killer, pid, cgroup and name of a victim.
    type Victim<'a> = (&'a str, Option<u32>, Option<String>, Option<String>);
    let mut of_victim: BTreeMap<Victim<'_>, Vec<usize>> = BTreeMap::new();
    for action in told {
        let name = action.about.as_ref().and_then(|about| about.id.clone().or_else(|| about.name.clone()));
        if action.failed.is_some() {
            fail(&mut actions, action);
            continue;
        }
        let before = of_victim.entry((action.agent, action.pid, action.cgroup.clone(), name)).or_default();
        match before.iter().rev().find(|i| same(&actions[**i], &action)) {
            Some(first) => {
                let first = &mut actions[*first];
                first.signal = first.signal.max(action.signal);
                first.failed = None;
                first.comm = first.comm.take().or(action.comm);
                first.rss_bytes = first.rss_bytes.or(action.rss_bytes);
                if first.reason.len() < action.reason.len() && first.evidence.len() < 2 {
                    first.reason = action.reason;
                }
                first.evidence.extend(action.evidence);
                first.evidence.truncate(12);
            }
            None => {
                before.push(actions.len());
                actions.push(action);
            }
        }
    }
    fold_nameless(actions)
}

/// Spark's driver tells one kill by YARN twice, first without saying of what: `WARN YarnAllocator: Container killed by YARN for
/// exceeding memory limits. 5.6 GB of ..`, `ERROR YarnClusterScheduler: Lost executor 7 on ..: Container killed by YARN ..`.
fn fold_nameless(actions: Vec<Action>) -> Vec<Action> {
    let (nameless, mut named): (Vec<_>, Vec<_>) = actions.into_iter().partition(Action::is_nameless);
    let mut taken = vec![false; named.len()];
    let mut alone = Vec::new();
    for action in nameless {
        let from = named.partition_point(|other| other.when.unix_us < action.when.unix_us.map(|at| at - COPY_US));
        let near = named.iter().enumerate().skip(from).take(LOOK_BACK);
        let twin = near.filter(|(index, other)| !taken[*index] && action.tells_the_same(other)).map(|(i, _)| i).next();
        match twin {
            Some(index) => {
                taken[index] = true;
                named[index].evidence.extend(action.evidence);
            }
            None => alone.push(action),
        }
    }
    named.extend(alone);
    named.sort_by_key(|action| action.when.unix_us);
    named
}

/// The last attempt at this victim came to nothing.
fn fail(actions: &mut [Action], failed: Action) {
    let own = |action: &&mut Action| {
        action.agent == failed.agent && action.pid == failed.pid && action.pid.is_some() && same(action, &failed)
    };
    // As far back as attempts at one victim are told together.
    if let Some(action) = actions.iter_mut().rev().take(LOOK_BACK).find(own) {
        action.failed = failed.failed;
        action.evidence.extend(failed.evidence);
        action.evidence.truncate(12);
    }
}

/// Two lines about the same victim are one action.
fn same(a: &Action, b: &Action) -> bool {
    let apart = match (a.when.unix_us, b.when.unix_us) {
        (Some(x), Some(y)) => (x - y).abs(),
        _ => 0,
    };
    apart <= if a.pid.is_some() { SAME_US } else { COPY_US }
}

/// What a platform calls that which it killed something in.
fn named(about: &ContainerRef) -> Option<Container> {
    let own = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
    (about.name.is_some() || about.id.is_some()).then(|| Container {
        id: own(&about.id),
        name: own(&about.name),
        runtime: own(&about.runtime),
        ..Container::default()
    })
}

fn one(source: usize, event: &Event, clocks: &Clocks) -> Option<Action> {
    let Fact::Runtime(fact) = &event.fact else { return None };
    if let What::UserspaceKillFailed { pid, message } = &fact.what {
        return Some(Action {
            agent: speaker_name(fact.speaker),
            when: clocks.when(source, &event.stamp),
            pid: *pid,
            failed: Some(message.clone()),
            evidence: event.evidence.clone(),
            ..Action::default()
        });
    }
    let What::UserspaceKill(kill) = &fact.what else { return None };
    Some(Action {
        agent: speaker_name(fact.speaker),
        when: clocks.when(source, &event.stamp),
        pid: kill.pid,
        comm: kill.comm.clone(),
        signal: kill.signal,
        cgroup: kill.cgroup.clone(),
        uid: kill.uid,
        rss_bytes: kill.rss_bytes,
        oom_score_adj: kill.oom_score_adj,
        reason: kill.reason.clone(),
        failed: None,
        unit: fact.unit.as_deref().map(str::to_owned),
        about: named(&fact.container),
        evidence: event.evidence.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yarn(executor: Option<&str>, second: i64, reason: &str) -> Action {
        let about = executor.map(|name| Container { name: Some(name.to_owned()), ..Container::default() });
        let when = When { unix_us: Some(second * SECOND_US), ..When::default() };
        Action { agent: "yarn", when, about, reason: reason.to_owned(), ..Action::default() }
    }

    #[test]
    fn a_kill_told_without_a_name_and_with_one_is_one() {
        const FIGURES: &str = "5.6 GB of 5.5 GB physical memory used.";
        let twice =
            || vec![yarn(None, 9, &format!("{FIGURES} Consider boosting")), yarn(Some("executor 7"), 9, FIGURES)];
        let count = |actions: Vec<Action>| fold_nameless(actions).len();
        assert_eq!(count(twice()), 1);
        assert_eq!(count([twice(), twice()].concat()), 2);
        // Other figures, another time, or two that nobody names.
        assert_eq!(count(vec![yarn(None, 9, "5.7 GB of 5.5 GB"), yarn(Some("executor 7"), 9, FIGURES)]), 2);
        assert_eq!(count(vec![yarn(None, 30, FIGURES), yarn(Some("executor 7"), 9, FIGURES)]), 2);
        assert_eq!(count(vec![yarn(None, 9, FIGURES), yarn(None, 9, FIGURES)]), 2);
    }
}
