//! Kill lines without a report: the kernel prints at most 10 reports in 5 seconds, but every kill. In a storm the bare
//! lines belong to the cgroup of the reports around them when nothing else fits.

use super::merge::{Case, cgroup, victim_cgroup};
use crate::event::{Constraint, KernelOom, KillPrefix, SummaryLine};
use crate::time::SECOND_US;
use std::collections::BTreeSet;

/// Reports this near to a bare kill line are its neighbours: the rate limit's window, and as much again.
const NEAR_US: i64 = 10 * SECOND_US;

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
        bare.into_iter().filter_map(|i| Some((i, neighbours(&cases[i], &told)?))).collect();
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
    nothing && !oom.kills.is_empty() && is_of_memcg(oom)
}

fn is_of_memcg(oom: &KernelOom) -> bool {
    oom.prefixes().any(|prefix| prefix == KillPrefix::Memcg)
}

/// The name of a victim without the number that a pool gives its workers: `ForkPoolWorker-7`, `celery-w3`. Workers of one name in two services
/// have reports that disagree, or none.
fn family(comm: &str) -> &str {
    let stem = comm.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.is_empty() { comm } else { stem }
}

/// By which clock two cases are compared: by uptime where both have one, else by the time of day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Uptime { boot: Option<u128> },
    Time { of_uptime_too: bool },
}

/// The cgroups that reports tell, by the names (see [`family`]) of those that were killed for their limits and by each of the reports' clocks. A
/// log of weeks holds thousands of one name, of which a few are near; a log that was put together from copies of one holds
/// each at the same moment, and those are one here.
#[derive(Default)]
struct Told<'c>(BTreeSet<(&'c str, By, i64, &'c str, Option<&'c str>)>);

impl<'c> Told<'c> {
    fn of(cases: &'c [Case]) -> Self {
        let mut told = Told::default();
        for case in cases {
            let Some(limit) = cgroup(&case.oom) else { continue };
            for kill in case.oom.kills.iter().filter(|_| is_of_memcg(&case.oom)) {
                for (by, at) in clocks(case) {
                    told.0.insert((family(&kill.comm), by, at, limit, victim_cgroup(&case.oom)));
                }
            }
        }
        told
    }

    /// Limit and victim's cgroup of those near to a case.
    fn near(&self, comm: &'c str, case: &Case) -> impl Iterator<Item = (&'c str, Option<&'c str>)> {
        let has_uptime = case.when.uptime_us.is_some();
        let comparable = clocks(case).flat_map(move |(by, at)| match by {
            By::Uptime { .. } => [Some((by, at)), None],
            By::Time { .. } => [false, true]
                .map(|of_uptime_too| (!(has_uptime && of_uptime_too)).then_some((By::Time { of_uptime_too }, at))),
        });
        comparable.flatten().flat_map(move |(by, at)| {
            let (first, after) = (at.saturating_sub(NEAR_US), at.saturating_add(NEAR_US + 1));
            let near = self.0.range((comm, by, first, "", None)..(comm, by, after, "", None));
            near.map(|(.., limit, victim)| (*limit, *victim))
        })
    }
}

/// The times of a case by each clock that it has.
fn clocks(case: &Case) -> impl Iterator<Item = (By, i64)> {
    let when = &case.when;
    let uptime = when.uptime_us.map(|at| (By::Uptime { boot: when.boot }, i64::try_from(at).unwrap_or(i64::MAX)));
    let time = when.unix_us.map(|at| (By::Time { of_uptime_too: uptime.is_some() }, at));
    uptime.into_iter().chain(time)
}

fn neighbours<'c>(case: &'c Case, told: &Told<'c>) -> Option<Borrowed> {
    let mut places = told.near(family(&case.oom.kills.first()?.comm), case);
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

#[cfg(test)]
mod tests {
    use super::super::clock::When;
    use super::*;
    use crate::event::{Intention, Kill};

    fn case(when: When, cgroup: Option<&str>) -> Case {
        let kill = Kill { pid: 7, comm: "worker".into(), prefix: KillPrefix::Memcg, ..Kill::default() };
        let summary = cgroup.map(|path| SummaryLine {
            constraint: Constraint::Memcg,
            oom_memcg: Some(path.into()),
            task_memcg: Some(path.into()),
            ..SummaryLine::default()
        });
        Case {
            oom: KernelOom { kills: vec![kill], summary, ..KernelOom::default() }.into(),
            when,
            kills: vec![when],
            evidence: Vec::new(),
            last: None,
            borrowed: false,
            damaged: false,
        }
    }

    fn up(boot: u128, second: u64) -> When {
        When { boot: Some(boot), uptime_us: Some(second * SECOND_US as u64), ..When::default() }
    }

    fn day(second: i64) -> When {
        When { unix_us: Some(second * SECOND_US), ..When::default() }
    }

    /// The cgroup that the first, a kill line alone, has in the end.
    fn borrowed(bare: When, reports: &[(When, &str)]) -> Option<String> {
        let mut cases = vec![case(bare, None)];
        cases.extend(reports.iter().map(|(when, path)| case(*when, Some(path))));
        let found = borrow_cgroups(&mut cases);
        let limit = cgroup(&cases[0].oom).map(str::to_owned);
        assert_eq!(found, limit.iter().map(|_| 0).collect::<Vec<_>>());
        limit
    }

    #[test]
    fn reports_that_are_near_and_agree_lend_their_cgroup() {
        let lent =
            borrowed(up(1, 105), &[(up(1, 100), "/a"), (up(1, 115), "/a"), (up(1, 116), "/b"), (up(2, 105), "/b")]);
        assert_eq!(lent.as_deref(), Some("/a"));
        assert_eq!(borrowed(up(1, 105), &[(up(1, 100), "/a"), (up(1, 109), "/b")]), None);
        assert_eq!(borrowed(up(1, 105), &[(up(1, 94), "/a")]), None);
    }

    /// Of a pool of nine, whose reports the kernel left out after ten, only some numbers have one.
    #[test]
    fn workers_of_a_pool_are_one_family() {
        assert_eq!(
            ["celery-w3", "ForkPoolWorker-12", "7zip", "42"].map(family),
            ["celery-w", "ForkPoolWorker-", "7zip", "42"]
        );
        let of = |comm: &str, path| {
            let mut case = case(up(1, 105), path);
            case.oom.kills[0].comm = comm.into();
            case
        };
        let mut cases = vec![of("celery-w3", None), of("celery-w7", Some("/a")), of("redis", Some("/b"))];
        assert_eq!(borrow_cgroups(&mut cases), [0]);
        assert_eq!(cgroup(&cases[0].oom), Some("/a"));
    }

    /// Before Linux 5.0: `Memory cgroup out of memory: Kill process 7 (worker) score 91 or sacrifice child`, `Killed process 7 (worker) ..`.
    #[test]
    fn the_chosen_line_of_old_kernels_tells_that_it_was_a_cgroup() {
        let old = |path, prefix| {
            let mut case = case(up(1, 105), path);
            case.oom.kills[0].prefix = KillPrefix::None;
            case.oom.intentions.push(Intention { pid: 7, comm: "worker".into(), score: Some(91), prefix });
            case
        };
        let mut cases = vec![old(None, KillPrefix::Memcg), old(Some("/a"), KillPrefix::Memcg)];
        assert_eq!(borrow_cgroups(&mut cases), [0]);
        let mut node = vec![old(None, KillPrefix::Global), old(Some("/a"), KillPrefix::Memcg)];
        assert!(borrow_cgroups(&mut node).is_empty());
    }

    #[test]
    fn two_uptimes_are_compared_before_times_of_day() {
        let both = |boot, second| When { unix_us: Some(500 * SECOND_US), ..up(boot, second) };
        assert_eq!(borrowed(both(1, 105), &[(both(1, 300), "/a")]), None);
        assert_eq!(borrowed(both(1, 105), &[(day(509), "/a")]).as_deref(), Some("/a"));
        assert_eq!(borrowed(day(491), &[(both(1, 300), "/a"), (day(502), "/b")]).as_deref(), Some("/a"));
    }
}
