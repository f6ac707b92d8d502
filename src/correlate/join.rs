//! Joins kernel kills with the ends of containers and units: by container id, then by pid, then by unit, each within
//! the time that fits. An end belongs to one kill at most.

use super::actions::{Actions, Kind};
use super::by_time::ByTime;
use super::containers::Containers;
use super::ends::End;
use super::merge::{Case, victim_cgroup};
use super::run_by::RunBy;
use super::units::UnitEnd;
use crate::event::KillPrefix;
use crate::identity::{self, Identity, PathContainer};
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// An exit may be stamped before the kill line: the signal is sent first, and clocks differ a little.
pub(super) const BEFORE_US: i64 = 5 * SECOND_US;
/// The container's own main process was killed: its exit may be told minutes later on a starving node.
pub(super) const MAIN_US: i64 = 900 * SECOND_US;
/// SIGKILL exit after the kill of another process of the container.
const KILLED_US: i64 = 30 * SECOND_US;
/// The same during a node OOM, when the runtime itself hardly runs.
const STARVING_US: i64 = 300 * SECOND_US;
/// Any other exit after the kill of a child: the entry process noticed and left.
const FOLLOWED_US: i64 = 12 * SECOND_US;
/// `OOMPolicy=stop`: the rest of the unit is stopped within `TimeoutStopSec`.
const UNIT_US: i64 = 95 * SECOND_US;

/// Who owned a case's victims.
#[derive(Debug, Clone, Default)]
pub(super) struct Owner {
    /// What the victim's cgroup path tells.
    pub(super) identity: Identity,
    /// The container's index, where runtime records know it.
    pub(super) container: Option<usize>,
    /// The unit whose end follows from the kill: the victim's own, or the one that runs its container.
    pub(super) unit: Option<String>,
    /// The container was told by pid only, not by the cgroup.
    pub(super) by_pid: bool,
    /// The container or the unit was told by the time of its end only.
    pub(super) by_time: Option<ByTime>,
}

/// A joined end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joined {
    /// Index of the end.
    pub(super) end: usize,
    /// The main process was among the victims.
    pub(super) main: Option<bool>,
}

/// Finds the owner of a case.
pub(super) fn owner(case: &Case, containers: &Containers) -> Owner {
    let mut owner = container_or_path(case, containers);
    let own_unit = owner.container.is_none() && owner.identity.containers.iter().all(PathContainer::is_of_platform);
    let told = owner.container.and_then(|c| containers.get(c).about.unit.as_deref().map(str::to_owned));
    owner.unit = match own_unit {
        true => owner.identity.unit.clone(),
        false => told.or_else(|| owner.identity.runner.clone()),
    };
    owner
}

fn container_or_path(case: &Case, containers: &Containers) -> Owner {
    let identity = victim_cgroup(&case.oom).or(case.oom.group.as_deref()).map(identity::parse).unwrap_or_default();
    let id = identity.containers.iter().find(|c| !c.monitor).map(|c| c.id.clone());
    if let Some(id) = id {
        return Owner { container: containers.find(&id), identity, ..Owner::default() };
    }
    if let Some(container) = victim_cgroup(&case.oom).and_then(|path| containers.by_leaf(path)) {
        return Owner { container: Some(container), identity, ..Owner::default() };
    }
    let known = identity.unit.is_some() || identity.pod_uid.is_some() || identity.other.is_some();
    let by_pid = if known { None } else { case.oom.kills.iter().find_map(|k| containers.by_pid(k.pid)) };
    Owner { identity, by_pid: by_pid.is_some(), container: by_pid, ..Owner::default() }
}

/// For every case the ends it led to.
pub(super) fn containers(
    cases: &[Case],
    owners: &[Owner],
    ends: &[End],
    all: &Containers,
    actions: &Actions,
) -> Vec<Vec<Joined>> {
    let mut joined: Vec<Vec<Joined>> = vec![Vec::new(); cases.len()];
    let mut of_container: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, owner) in owners.iter().enumerate() {
        if let Some(container) = owner.container {
            of_container.entry(container).or_default().push(n);
        }
    }
    for (index, end) in ends.iter().enumerate() {
        let mut best: Option<(Rank, usize, Option<bool>)> = None;
        let own = of_container.get(&end.container).map_or(&[][..], Vec::as_slice);
        for &n in own {
            // Without times the first kill has the first end.
            if own.len() > 1 && killed_at(&cases[n]).is_none() && !joined[n].is_empty() {
                continue;
            }
            let Some((rank, main)) = fits(&cases[n], &owners[n], end, all, actions) else { continue };
            if best.as_ref().is_none_or(|(r, ..)| rank > *r) {
                best = Some((rank, n, main));
            }
        }
        if let Some((_, n, main)) = best {
            joined[n].push(Joined { end: index, main });
        }
    }
    joined
}

/// Larger is better: the main process killed; then the last kill before the end.
type Rank = (bool, i64);

fn fits(case: &Case, owner: &Owner, end: &End, all: &Containers, actions: &Actions) -> Option<(Rank, Option<bool>)> {
    if owner.container != Some(end.container) {
        return None;
    }
    let main = main_killed(case, end, all);
    let (Some(killed), Some(ended)) = (killed_at(case), end.at()) else {
        let killed = || end.ended_by() == Some(9) || is_flagged(end) || saw_oom(end, actions);
        let asked = || end.at().is_some_and(|t| actions.ended_by_request(end.container, t - MAIN_US, t).is_some());
        let sure = main == Some(true) || (main.is_none() && killed() && !asked());
        return sure.then_some(((main == Some(true), 0), main));
    };
    let after = ended - killed;
    if after < -BEFORE_US || end.started.is_some_and(|s| s > killed + BEFORE_US) {
        return None;
    }
    let limit = if main == Some(true) { MAIN_US } else { child_window(case, end, main) };
    if after > limit {
        return None;
    }
    let asked = main != Some(true) && actions.ended_by_request(end.container, killed, ended).is_some();
    (!asked).then_some(((main == Some(true), killed), main))
}

/// When the last of its kills was.
fn killed_at(case: &Case) -> Option<i64> {
    case.kills.iter().filter_map(|when| when.unix_us).max().or(case.when.unix_us)
}

/// The runtime told of an OOM just before it.
fn saw_oom(end: &End, actions: &Actions) -> bool {
    let Some(at) = end.at() else { return false };
    actions.between(end.container, at - FOLLOWED_US, at + BEFORE_US).any(|action| action.kind == Kind::OomSeen)
}

/// The runtime saw an OOM in it.
fn is_flagged(end: &End) -> bool {
    end.oom_flag == Some(true) || end.reason.as_deref() == Some("OOMKilled")
}

/// How long after the kill of another process the container may end because of it. Where the main process is known to have lived,
/// a later SIGKILL came from somebody else.
fn child_window(case: &Case, end: &End, main: Option<bool>) -> i64 {
    let lived = main == Some(false) || (main.is_none() && others_lived(case));
    let global = case.oom.prefixes().any(|prefix| matches!(prefix, KillPrefix::Global | KillPrefix::AllocatingTask));
    let flagged = is_flagged(end);
    match end.ended_by() {
        Some(9) | None if global => STARVING_US,
        _ if lived => FOLLOWED_US,
        Some(9) => KILLED_US,
        _ if flagged && end.code != Some(0) => KILLED_US,
        _ => FOLLOWED_US,
    }
}

/// Was the container's own main process among the victims? `None` where its pid is not known.
fn main_killed(case: &Case, end: &End, all: &Containers) -> Option<bool> {
    let victim = |pid: u32| case.oom.kills.iter().any(|k| k.pid == pid);
    if let Some(pid) = end.pid {
        return Some(victim(pid));
    }
    let known = &all.get(end.container).pids;
    if known.iter().any(|p| victim(*p)) || killed_all(case) {
        return Some(true);
    }
    (known.len() == 1 && end.restart_count.unwrap_or(0) == 0 && end.restarted.is_none()).then_some(false)
}

/// The kernel's own report shows that nothing but the victims (and the pod's pause process) ran in the cgroup that ran out,
/// or it killed the whole cgroup.
fn killed_all(case: &Case) -> bool {
    let own_limit = case.oom.summary.as_ref().is_some_and(|s| s.oom_memcg.is_some());
    let Some(tasks) = case.oom.tasks.as_ref().filter(|t| own_limit && t.header_seen && t.count == t.rows.len() as u64)
    else {
        return false;
    };
    let killed = |tgid: u32| case.oom.kills.iter().any(|k| k.pid == tgid);
    !tasks.rows.is_empty() && tasks.rows.iter().all(|r| r.comm == "pause" || killed(r.tgid))
}

/// The kernel's own report lists another process of the same cgroup that it did not kill: which of them was the main
/// process is not told.
pub(super) fn others_lived(case: &Case) -> bool {
    let own_limit = case.oom.summary.as_ref().is_some_and(|s| s.oom_memcg.is_some());
    let rows = case.oom.tasks.iter().filter(|_| own_limit).flat_map(|t| &t.rows);
    rows.filter(|r| r.comm != "pause").any(|r| !case.oom.kills.iter().any(|k| k.pid == r.tgid))
}

/// For every case the unit ends it led to. The last kill before an end gets it.
pub(super) fn units(cases: &[Case], owners: &[Owner], ends: &[UnitEnd], run_by: &RunBy) -> Vec<Vec<usize>> {
    let mut joined: Vec<Vec<usize>> = vec![Vec::new(); cases.len()];
    let mut of_unit: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, owner) in owners.iter().enumerate() {
        if let Some(unit) = owner.unit.as_deref() {
            of_unit.entry(unit).or_default().push(n);
        }
    }
    // The end of a container's unit goes where the container's end goes.
    for (index, end) in ends.iter().enumerate().filter(|(index, _)| run_by.end_of(*index).is_none()) {
        let fits = |n: &usize| {
            cases[*n].when.unix_us.is_some_and(|killed| {
                let killed_one = end.signal() == Some(9) || end.exit_code() == Some(137);
                let says_so = killed_one || end.saw_oom();
                let window = if says_so { UNIT_US } else { FOLLOWED_US };
                (-BEFORE_US..=window).contains(&(end.until.min(end.at + window) - killed))
                    && end.at - killed >= -BEFORE_US
            })
        };
        let own = of_unit.get(end.unit.as_str()).into_iter().flatten().copied();
        let last = own.filter(fits).max_by_key(|n| cases[*n].when.unix_us);
        if let Some(n) = last {
            joined[n].push(index);
        }
    }
    joined
}
