//! What the kernel killed, as stories without a kernel kill ask for it: which pid, in which container, and when.

use super::by_time;
use super::cause::Beside;
use super::join::BEFORE_US;
use super::merge::{Case, victim_cgroup};
use super::userspace;
use crate::identity;
use crate::report::short_id;
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// `docker run` in a unit leaves this long after its container was killed.
const PASSED_ON_US: i64 = 12 * SECOND_US;

/// When the kernel killed which process: Unix microseconds by pid.
pub(super) struct KernelKills {
    of_pid: BTreeMap<u32, Vec<Option<i64>>>,
    /// All of their times, in order.
    times: Vec<i64>,
    /// When it killed something in which container, in order of time.
    in_containers: Vec<(i64, String)>,
    /// When it killed something, and did not tell where, in order.
    nowhere: Vec<i64>,
    /// It did so at a moment that is not told.
    nowhere_undated: bool,
}

impl KernelKills {
    pub(super) fn of(cases: &[Case]) -> KernelKills {
        let mut kills: BTreeMap<u32, Vec<Option<i64>>> = BTreeMap::new();
        for (case, kill) in cases.iter().flat_map(|c| c.oom.kills.iter().map(move |k| (c, k))) {
            kills.entry(kill.pid).or_default().push(case.when.unix_us);
        }
        let mut times: Vec<i64> = kills.values().flatten().flatten().copied().collect();
        times.sort_unstable();
        let in_container = |case: &Case| {
            let path = victim_cgroup(&case.oom).filter(|_| !case.oom.kills.is_empty())?;
            let id = identity::parse(path).containers.into_iter().find(|c| !c.monitor && !c.is_of_platform())?.id;
            Some((case.when.unix_us?, short_id(&id).to_owned()))
        };
        let mut in_containers: Vec<_> = cases.iter().filter_map(in_container).collect();
        in_containers.sort();
        let nowhere = cases.iter().filter(|case| by_time::names_no_cgroup(&case.oom)).map(|case| case.when.unix_us);
        let nowhere_undated = nowhere.clone().any(|at| at.is_none());
        let mut nowhere: Vec<i64> = nowhere.flatten().collect();
        nowhere.sort_unstable();
        KernelKills { of_pid: kills, times, in_containers, nowhere, nowhere_undated }
    }

    /// The last container in which it killed something just before the main process of a unit left.
    pub(super) fn container_before(&self, left: i64) -> Option<&str> {
        let next = self.in_containers.partition_point(|(at, _)| *at <= left.saturating_add(BEFORE_US));
        let (at, id) = self.in_containers.get(next.checked_sub(1)?)?;
        (left.saturating_sub(*at) <= PASSED_ON_US).then_some(id.as_str())
    }

    /// earlyoom may claim a kill that the kernel did at the same moment: the kernel's story has it.
    pub(super) fn did(&self, action: &userspace::Action) -> bool {
        let near = |at: &Option<i64>| at.zip(action.when.unix_us).is_none_or(|(a, b)| (a - b).abs() <= 10 * SECOND_US);
        action.pid.and_then(|pid| self.of_pid.get(&pid)).is_some_and(|times| times.iter().any(near))
    }

    /// It killed something about when a container ended: the moment of the end, and how long before it a kill may stand.
    pub(super) fn near(&self, ended: i64, before_us: i64) -> bool {
        is_near(&self.times, ended, before_us)
    }

    /// It killed something, and its report does not tell in which container or unit: what ended by SIGKILL may be that.
    pub(super) fn may_be_of(&self, ended: Option<i64>, signal: Option<i32>) -> Option<Beside> {
        let at_once = || ended.is_some_and(|ended| is_near(&self.nowhere, ended, by_time::NAMED_US));
        match signal {
            Some(9) if at_once() => Some(Beside::ThatMoment),
            Some(9) if self.nowhere_undated => Some(Beside::UnknownTime),
            _ => None,
        }
    }
}

fn is_near(times: &[i64], ended: i64, before_us: i64) -> bool {
    let first = times.partition_point(|at| *at < ended.saturating_sub(before_us));
    times.get(first).is_some_and(|at| *at <= ended.saturating_add(BEFORE_US))
}
