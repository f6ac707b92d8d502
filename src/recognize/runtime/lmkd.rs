//! Android's two killers of one name. lmkd (`system/memory/lmkd/lmkd.cpp`) runs in user space; logcat shows its lines. Up to
//! 4.11 a driver in the kernel did the same (`drivers/staging/android/lowmemorykiller.c`); its lines stand in the kernel's log.

use super::text::{after, between, number, pid, signed, size_bytes};
use super::{Line, plain};
use crate::event::{RuntimeFact, Speaker, UserspaceKill, What};
use crate::record::Transport;

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[", oom_score_adj ", "), adj ", "Killing '"];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    if let Some(kill) = daemon(line.text) {
        facts.push(plain(Speaker::Lmkd, What::UserspaceKill(Box::new(kill))));
    } else if let Some(kill) = driver(line.text) {
        let in_kernel = line.record.transport != Transport::Program;
        let speaker = if in_kernel { Speaker::LowMemoryKiller } else { Speaker::Lmkd };
        facts.push(plain(speaker, What::UserspaceKill(Box::new(kill))));
    }
}

/// `lowmemorykiller: Kill 'org.app' (4392), uid 10077, oom_score_adj 0 to free 84776kB rss, 0kB swap; reason: low watermark is
/// breached`, newer `lmkd: Reclaim 'x' (1), uid 2, oom_score_adj 905, state 19 to free ..`; the oldest have neither uid nor
/// reason.
fn daemon(text: &str) -> Option<UserspaceKill> {
    let (head, tail) = text.split_once("' (")?;
    let name = after(head, "Kill '").or_else(|| after(head, "Reclaim '"))?;
    let adj = after(tail, "oom_score_adj ").and_then(signed)?;
    let freed = after(tail, " to free ")?;
    Some(UserspaceKill {
        pid: pid(tail),
        comm: Some(name.to_owned()),
        signal: Some(9),
        cgroup: None,
        uid: after(tail, "uid ").and_then(number),
        rss_bytes: size_bytes(freed),
        oom_score_adj: Some(adj),
        reason: after(tail, "reason: ").unwrap_or_default().trim_end().to_owned(),
    })
}

/// The driver's line since 3.10: `Killing '%s' (%d), adj %hd,` with further lines in the same record: `to free %ldkB on behalf of
/// '%s' (%d) because`, `cache %ldkB is below limit %ldkB for oom_score_adj %hd`. lmkd of Android 5 to 8 says the same with `, uid %d`
/// before `, adj`. The driver before 3.10: `send sigkill to %d (%s), adj %hd, size %d`: the size is in pages, and the
/// value on the scale of `oom_adj` at first.
fn driver(text: &str) -> Option<UserspaceKill> {
    let (name, tail) = match text.strip_prefix("Killing '") {
        // The lines that follow may be joined to this one, and name another process: these words are longer than a name can be.
        Some(rest) => {
            let own = rest.find("kB on behalf of '").and_then(|end| rest.get(..end)).unwrap_or(rest);
            let at = own.rfind("' (")?;
            (own.get(..at)?, rest.get(at + 3..)?)
        }
        None => {
            let rest = text.strip_prefix("send sigkill to ")?;
            let at = rest.rfind("), adj ")?;
            (rest.get(..at)?.split_once(" (")?.1, rest)
        }
    };
    let adj = after(tail, ", adj ").and_then(signed)?;
    let because = after(tail, "because").map(str::trim_start);
    let reason = because.and_then(|text| Some(text.get(..text.find("for oom_")?)?.trim_end()));
    Some(UserspaceKill {
        pid: pid(tail),
        comm: Some(name.to_owned()),
        signal: Some(9),
        cgroup: None,
        uid: between(tail, ", uid ", ", adj ").and_then(number),
        rss_bytes: after(tail, "to free ").and_then(size_bytes),
        oom_score_adj: Some(adj).filter(|_| text.starts_with('K')),
        reason: reason.unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{one, silent};
    use super::*;

    fn kill(ident: Option<&str>, text: &str) -> (Speaker, UserspaceKill) {
        let fact = one(ident, text);
        let What::UserspaceKill(kill) = fact.what else { panic!("{text}") };
        (fact.speaker, *kill)
    }

    #[test]
    fn with_and_without_a_reason() {
        let (speaker, kill_) = kill(
            None,
            "I lowmemorykiller: Kill 'org.app' (4392), uid 10077, oom_score_adj 0 to free 84776kB rss, 0kB swap; reason: low watermark is breached",
        );
        let UserspaceKill { pid, comm, uid, rss_bytes, oom_score_adj, reason, .. } = kill_;
        assert_eq!(speaker, Speaker::Lmkd);
        assert_eq!((pid, comm.as_deref(), uid, oom_score_adj), (Some(4392), Some("org.app"), Some(10077), Some(0)));
        assert_eq!((rss_bytes, reason.as_str()), (Some(84_776 << 10), "low watermark is breached"));
        let (_, kill_) = kill(Some("lmkd"), "Reclaim 'x' (5), uid 7, oom_score_adj 905, state 19 to free 10kB rss");
        assert_eq!((kill_.pid, kill_.oom_score_adj), (Some(5), Some(905)));
        silent(None, "lowmemorykiller: Kill 'x");
        silent(None, "the oom_score_adj 5 to free");
    }

    #[test]
    fn the_driver_in_the_kernel() {
        let (speaker, found) = kill(
            Some("kernel"),
            "lowmemorykiller: Killing 'com.x (y)' (812), adj 906,\n   to free 34560kB on behalf of 'kswapd0' (77) because\n   cache 31000kB is below limit 32384kB for oom_score_adj 906\n   Free memory is 1228kB above reserved",
        );
        assert_eq!(speaker, Speaker::LowMemoryKiller);
        assert_eq!((found.pid, found.comm.as_deref(), found.oom_score_adj), (Some(812), Some("com.x (y)"), Some(906)));
        assert_eq!(found.rss_bytes, Some(34_560 << 10));
        assert_eq!(found.reason, "cache 31000kB is below limit 32384kB");
        let (_, found) = kill(Some("kernel"), "lowmemorykiller: Killing 'x' (812), adj 1000,");
        assert_eq!((found.pid, found.reason.as_str(), found.rss_bytes), (Some(812), "", None));
        let (_, found) = kill(Some("kernel"), "lowmemorykiller: send sigkill to 812 (a (b), adj 12, size 3400");
        assert_eq!((found.pid, found.comm.as_deref(), found.oom_score_adj), (Some(812), Some("a (b"), None));
        silent(Some("kernel"), "lowmemorykiller: select 812 (x), adj 12, size 3400, to kill");
    }

    #[test]
    fn lmkd_of_android_5_to_8() {
        let text = "Killing 'com.x' (812), uid 10077, adj 906\n   to free 900kB because cache 800kB is below limit 1000kB for oom_adj 906";
        let (speaker, found) = kill(Some("lowmemorykiller"), text);
        assert_eq!((speaker, found.uid, found.rss_bytes), (Speaker::Lmkd, Some(10077), Some(900 << 10)));
        assert_eq!(found.reason, "cache 800kB is below limit 1000kB");
    }
}
