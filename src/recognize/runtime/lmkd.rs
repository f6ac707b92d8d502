//! Android's lmkd (`system/memory/lmkd/lmkd.cpp`), as logcat shows it. The old in-kernel driver of the same name is read
//! with the kernel's lines.

use super::text::{after, number, pid, signed, size_bytes};
use super::{Line, plain};
use crate::event::{RuntimeFact, Speaker, UserspaceKill, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[", oom_score_adj "];

/// Reads one line: `lowmemorykiller: Kill 'org.app' (4392), uid 10077, oom_score_adj 0 to free 84776kB rss, 0kB swap;
/// reason: low watermark is breached`, newer `lmkd: Reclaim 'x' (1), uid 2, oom_score_adj 905, state 19 to free ..`; the
/// oldest have neither uid nor reason.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let Some(what) = parse(line.text) else { return };
    facts.push(plain(Speaker::Lmkd, what));
}

fn parse(text: &str) -> Option<What> {
    let (head, tail) = text.split_once("' (")?;
    let name = after(head, "Kill '").or_else(|| after(head, "Reclaim '"))?;
    let adj = after(tail, "oom_score_adj ").and_then(signed)?;
    let freed = after(tail, " to free ")?;
    Some(What::UserspaceKill(Box::new(UserspaceKill {
        pid: pid(tail),
        comm: Some(name.to_owned()),
        signal: Some(9),
        cgroup: None,
        uid: after(tail, "uid ").and_then(number),
        rss_bytes: size_bytes(freed),
        oom_score_adj: Some(adj),
        reason: after(tail, "reason: ").unwrap_or("low memory").trim_end().to_owned(),
    })))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{one, silent};
    use super::*;

    #[test]
    fn with_and_without_a_reason() {
        let fact = one(
            None,
            "I lowmemorykiller: Kill 'org.app' (4392), uid 10077, oom_score_adj 0 to free 84776kB rss, 0kB swap; reason: low watermark is breached",
        );
        let What::UserspaceKill(kill) = fact.what else { panic!() };
        let UserspaceKill { pid, comm, uid, rss_bytes, oom_score_adj, reason, .. } = *kill;
        assert_eq!((pid, comm.as_deref(), uid, oom_score_adj), (Some(4392), Some("org.app"), Some(10077), Some(0)));
        assert_eq!((rss_bytes, reason.as_str()), (Some(84_776 << 10), "low watermark is breached"));
        let fact = one(Some("lmkd"), "Reclaim 'x' (5), uid 7, oom_score_adj 905, state 19 to free 10kB rss");
        let What::UserspaceKill(kill) = fact.what else { panic!() };
        assert_eq!((kill.pid, kill.oom_score_adj), (Some(5), Some(905)));
        silent(None, "lowmemorykiller: Kill 'x");
        silent(None, "the oom_score_adj 5 to free");
    }
}
