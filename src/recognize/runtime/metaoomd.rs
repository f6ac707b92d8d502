//! Meta's oomd (`src/oomd/Log.cpp`, plugins' `BaseKillPlugin`): it writes to /dev/kmsg, so its lines stand in the kernel's
//! log, but the kernel killed nothing.

use super::text::{after, number};
use super::{Line, plain};
use crate::event::{RuntimeFact, Speaker, UserspaceKill, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &["oomd kill: "];

/// Reads one line: `oomd kill: 80.0 60.1 20.2 workload.slice/x 1048576 ruleset:[r] detectorgroup:[d] killer:k v2`, older
/// `oomd kill: 80.0 60.1 20.2 system.slice/x 1048576 detector:a,b killer:k`. The cgroup's name may hold blanks, so the
/// size is taken from the right.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let Some(told) = parse(line.text) else { return };
    let dry = after(told.by, "killer:").is_some_and(|killer| killer.starts_with("(dry)"));
    let what = if dry {
        What::UserspaceWarning { text: line.text.trim().to_owned() }
    } else {
        What::UserspaceKill(Box::new(UserspaceKill {
            pid: None,
            comm: None,
            signal: Some(9),
            cgroup: Some(told.cgroup.to_owned()),
            uid: None,
            rss_bytes: Some(told.bytes),
            oom_score_adj: None,
            reason: format!("{} (pressure {})", told.by, told.pressure),
        }))
    };
    facts.push(plain(Speaker::Oomd, what));
}

/// The parts of a kill line.
struct Told<'a> {
    pressure: &'a str,
    cgroup: &'a str,
    bytes: u64,
    by: &'a str,
}

fn parse(text: &str) -> Option<Told<'_>> {
    let rest = after(text, "oomd kill: ")?.trim_end();
    // Three averages: 10, 60 and 300 seconds.
    let third = rest.match_indices(' ').nth(2)?.0;
    let pressure = rest.get(..third)?;
    if !pressure.split(' ').all(|average| average.parse::<f64>().is_ok()) {
        return None;
    }
    let rest = rest.get(third + 1..)?;
    let by_at = rest.rfind(" ruleset:").or_else(|| rest.rfind(" detector:"))?;
    let (cgroup, bytes) = rest.get(..by_at)?.rsplit_once(' ')?;
    Some(Told { pressure, cgroup, bytes: number(bytes)?, by: rest.get(by_at + 1..)? })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{one, silent};
    use super::*;

    #[test]
    fn both_eras_in_the_kernel_log() {
        for by in ["ruleset:[protect] detectorgroup:[mem] killer:kill_by_memory v2", "detector:a,b killer:kill_by_swap"]
        {
            let text = format!("oomd kill: 80.05 60.10 20.00 workload.slice/a b.service 1048576 {by}");
            for who in [Some("kernel"), None] {
                let What::UserspaceKill(kill) = one(who, &text).what else { panic!() };
                let UserspaceKill { cgroup, rss_bytes, .. } = *kill;
                assert_eq!((cgroup.as_deref(), rss_bytes), (Some("workload.slice/a b.service"), Some(1 << 20)));
            }
        }
    }

    #[test]
    fn dry_runs_kill_nothing() {
        let fact = one(Some("kernel"), "oomd kill: 1 2 3 a.slice 5 ruleset:[r] detectorgroup:[d] killer:(dry)kill v2");
        assert!(matches!(fact.what, What::UserspaceWarning { .. }));
        silent(Some("kernel"), "oomd kill: 1 2 x a.slice 5 ruleset:[r]");
        silent(Some("kernel"), "oomd kill: ");
    }
}
