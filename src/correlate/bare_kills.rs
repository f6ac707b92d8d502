//! Kill lines without a report: the kernel prints at most 10 reports in 5 seconds, but every kill. In a storm the bare
//! lines belong to the cgroup of the reports around them when nothing else fits.

use super::merge::{Case, cgroup, victim_cgroup};
use crate::event::{Constraint, KillPrefix, SummaryLine};
use crate::time::SECOND_US;
use std::collections::BTreeSet;

/// Reports this near to a bare kill line are its neighbours: the rate limit's window, and as much again.
const NEAR_US: u64 = 10 * SECOND_US as u64;

/// What is borrowed from the neighbours.
struct Borrowed {
    limit: String,
    victim: Option<String>,
}

/// Gives bare kills of a cgroup the cgroup of the reports around them, where all reports of that name agree on one.
/// The indices of the cases that borrowed.
pub(super) fn borrow_cgroups(cases: &mut [Case]) -> Vec<usize> {
    let bare: Vec<usize> = (0..cases.len()).filter(|i| is_bare(&cases[*i])).collect();
    let told = if bare.is_empty() { Told::default() } else { Told::of(cases) };
    let found: Vec<(usize, Borrowed)> =
        bare.into_iter().filter_map(|i| Some((i, neighbours(&cases[i], cases, &told)?))).collect();
    let indices = found.iter().map(|(i, _)| *i).collect();
    for (index, borrowed) in found {
        cases[index].oom.summary = Some(SummaryLine {
            constraint: Constraint::Memcg,
            oom_memcg: Some(borrowed.limit),
            task_memcg: borrowed.victim,
            ..SummaryLine::default()
        });
    }
    indices
}

fn is_bare(case: &Case) -> bool {
    let oom = &case.oom;
    let nothing = oom.trigger.is_none() && oom.summary.is_none() && oom.memcg.is_none() && oom.group.is_none();
    nothing && oom.kills.first().is_some_and(|k| k.prefix == KillPrefix::Memcg)
}

/// The cases that tell a cgroup, by the names of those that were killed for its limit and by each of their clocks: a log of
/// weeks holds thousands of one name, of which a few are near.
#[derive(Default)]
struct Told<'c> {
    by_uptime: BTreeSet<(&'c str, Option<u128>, u64, usize)>,
    by_time: BTreeSet<(&'c str, i64, usize)>,
}

impl<'c> Told<'c> {
    fn of(cases: &'c [Case]) -> Self {
        let mut told = Told::default();
        for (index, case) in cases.iter().enumerate().filter(|(_, c)| cgroup(&c.oom).is_some()) {
            for kill in case.oom.kills.iter().filter(|k| k.prefix == KillPrefix::Memcg) {
                if let Some(uptime) = case.when.uptime_us {
                    told.by_uptime.insert((&kill.comm, case.when.boot, uptime, index));
                }
                if let Some(time) = case.when.unix_us {
                    told.by_time.insert((&kill.comm, time, index));
                }
            }
        }
        told
    }

    /// Those that may be near, by either clock. One that both clocks tell of comes twice.
    fn near(&self, comm: &'c str, case: &Case) -> impl Iterator<Item = usize> {
        let (boot, time) = (case.when.boot, case.when.unix_us);
        let by_uptime = case.when.uptime_us.into_iter().flat_map(move |at| {
            let (first, last) = (at.saturating_sub(NEAR_US), at.saturating_add(NEAR_US));
            self.by_uptime.range((comm, boot, first, 0)..=(comm, boot, last, usize::MAX)).map(|(.., index)| *index)
        });
        let by_time = time.into_iter().flat_map(move |at| {
            let (first, last) = (at.saturating_sub_unsigned(NEAR_US), at.saturating_add_unsigned(NEAR_US));
            self.by_time.range((comm, first, 0)..=(comm, last, usize::MAX)).map(|(.., index)| *index)
        });
        by_uptime.chain(by_time)
    }
}

fn neighbours<'c>(case: &'c Case, cases: &'c [Case], told: &Told<'c>) -> Option<Borrowed> {
    let comm = &case.oom.kills.first()?.comm;
    let near = told.near(comm, case).map(|i| &cases[i]).filter(|c| apart(c, case).is_some_and(|d| d <= NEAR_US));
    let mut places = near.filter_map(|c| Some((cgroup(&c.oom)?, victim_cgroup(&c.oom))));
    let (limit, victim) = places.next()?;
    let mut victim = victim.map(str::to_owned);
    for (other, other_victim) in places {
        if other != limit {
            return None;
        }
        if other_victim != victim.as_deref() {
            victim = None;
        }
    }
    Some(Borrowed { limit: limit.to_owned(), victim })
}

fn apart(a: &Case, b: &Case) -> Option<u64> {
    if let (Some(x), Some(y)) = (a.when.uptime_us, b.when.uptime_us) {
        return (a.when.boot == b.when.boot).then(|| x.abs_diff(y));
    }
    Some(a.when.unix_us?.abs_diff(b.when.unix_us?))
}
