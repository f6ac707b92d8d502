//! "Out of memory and no killable processes" again and again in one cgroup is one story with a count. A container whose
//! processes all have an oom_score_adj of -1000 was seen to cause thousands of reports in minutes; rate limits and cuts
//! leave many of them in pieces, and every file of a bundle holds other pieces.

use super::clock::When;
use super::merge::{Case, cgroup};
use crate::event::Outcome;
use crate::time::SECOND_US;

/// A piece this near to a storm belongs to it.
const NEAR_US: i64 = 60 * SECOND_US;
/// Storms that are kept open at a time.
const OPEN_MAX: usize = 32;

/// Folds the pieces of storms. The cases stand in order of time.
pub(super) fn fold(cases: Vec<Case>) -> Vec<Case> {
    let mut kept: Vec<Case> = Vec::new();
    for case in cases {
        let piece = case.oom.kills.is_empty() && matches!(case.oom.outcome, Outcome::NoKillable | Outcome::NotSeen);
        let storm = if piece { kept.iter_mut().rev().take(OPEN_MAX).find(|k| is_storm_of(k, &case)) } else { None };
        match storm {
            Some(storm) => add(storm, &case),
            None => kept.push(case),
        }
    }
    kept
}

fn is_storm_of(storm: &Case, piece: &Case) -> bool {
    let storming = storm.oom.outcome == Outcome::NoKillable && storm.oom.kills.is_empty();
    storming && same_place(storm, piece) && same_boot(storm, piece) && near(storm, piece)
}

/// The same cgroup, or a piece that does not tell its own; and nothing of it says that the node was out of memory.
fn same_place(storm: &Case, piece: &Case) -> bool {
    let global = piece.oom.mem_info.is_some() || piece.oom.summary.as_ref().is_some_and(|s| s.global);
    match (cgroup(&storm.oom), cgroup(&piece.oom)) {
        (Some(a), Some(b)) => a == b,
        (Some(_), None) => !global,
        _ => false,
    }
}

fn same_boot(a: &Case, b: &Case) -> bool {
    a.when.boot.zip(b.when.boot).is_none_or(|(x, y)| x == y)
}

/// Within the storm's span or shortly after it, on whichever clock both show.
fn near(storm: &Case, piece: &Case) -> bool {
    let end = storm.last.unwrap_or(storm.when);
    let after = |from: Option<i64>, to: Option<i64>, at: Option<i64>| {
        let (from, at) = (from?, at?);
        Some(at >= from - NEAR_US && at <= to.unwrap_or(from).max(from) + NEAR_US)
    };
    let up = |w: &When| w.uptime_us.and_then(|u| i64::try_from(u).ok());
    let by_uptime = after(up(&storm.when), up(&end), up(&piece.when));
    by_uptime.or_else(|| after(storm.when.unix_us, end.unix_us, piece.when.unix_us)).unwrap_or(false)
}

fn add(storm: &mut Case, piece: &Case) {
    let end = storm.last.unwrap_or(storm.when);
    // A piece within the span is another file's copy of what was counted already.
    let counted = end.uptime_us.zip(piece.when.uptime_us).is_some_and(|(end, at)| at <= end);
    let count = piece.oom.repeats.max(1);
    storm.oom.repeats = if counted { storm.oom.repeats.max(count) } else { storm.oom.repeats.saturating_add(count) };
    let last = piece.last.unwrap_or(piece.when);
    if last.uptime_us > end.uptime_us {
        storm.last = Some(last);
    }
}
