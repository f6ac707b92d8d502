//! A report that was cut in parts is one case: its head ends without an outcome, and its tail begins without a trigger.
//! The parts of a pstore dump are cut so (each is as large as the firmware allows, and the newest comes first), and so are
//! the files of a ring buffer that was saved twice.

use super::merge::{self, Case};
use crate::event::Outcome;

/// From the trigger to the kill, microseconds. The kernel prints both under one lock; a slow console takes its time.
const APART_US: u64 = 5_000_000;

/// Joins heads with the tails that follow them. The cases stand in order of time.
pub(super) fn join(cases: Vec<Case>) -> Vec<Case> {
    let mut joined: Vec<Case> = Vec::with_capacity(cases.len());
    for mut case in cases {
        while let Some(head) = joined.pop_if(|head| is_head_of(head, &case)) {
            merge::complete(&mut case.oom, &head.oom);
            case.evidence.extend(head.evidence);
            if case.oom.kills.is_empty() {
                case.when = head.when;
            }
        }
        joined.push(case);
    }
    joined
}

fn is_head_of(head: &Case, tail: &Case) -> bool {
    let cut = head.oom.kills.is_empty() && head.oom.outcome == Outcome::NotSeen;
    let rest = tail.oom.trigger.is_none() || same_trigger(head, tail);
    let near = match (head.when.uptime_us, tail.when.uptime_us) {
        (Some(first), Some(last)) => last.checked_sub(first).is_some_and(|apart| apart <= APART_US),
        _ => false,
    };
    let boot = head.when.boot.zip(tail.when.boot).is_none_or(|(a, b)| a == b);
    cut && rest && near && boot && same_limit(head, tail)
}

/// The head stands alone in a rotated file, while another file holds the whole report.
fn same_trigger(head: &Case, tail: &Case) -> bool {
    let same_pid = head.oom.cpu.as_ref().zip(tail.oom.cpu.as_ref()).is_none_or(|(a, b)| a.pid == b.pid);
    head.oom.trigger == tail.oom.trigger && same_pid
}

/// Nothing shows that the halves tell of different limits.
fn same_limit(head: &Case, tail: &Case) -> bool {
    match (merge::cgroup(&head.oom), merge::cgroup(&tail.oom)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::When;
    use super::*;
    use crate::event::{KernelOom, Kill, SummaryLine, Trigger};

    fn case(uptime_us: u64, oom: KernelOom) -> Case {
        let when = When { uptime_us: Some(uptime_us), ..When::default() };
        Case { kills: vec![when; oom.kills.len()], oom, when, evidence: Vec::new(), last: None, borrowed: false }
    }

    fn head(uptime_us: u64) -> Case {
        let trigger = Trigger { comm: "java".to_owned(), ..Trigger::default() };
        case(uptime_us, KernelOom { trigger: Some(trigger), ..KernelOom::default() })
    }

    fn tail(uptime_us: u64, cgroup: &str) -> Case {
        let summary = SummaryLine { oom_memcg: Some(cgroup.to_owned()), ..SummaryLine::default() };
        let kill = Kill { pid: 41, ..Kill::default() };
        case(
            uptime_us,
            KernelOom { summary: Some(summary), kills: vec![kill], outcome: Outcome::Killed, ..KernelOom::default() },
        )
    }

    #[test]
    fn a_head_joins_the_tail_that_follows() {
        let joined = join(vec![head(1_000_000), tail(1_000_300, "/a")]);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].oom.trigger.as_ref().unwrap().comm, "java");
        assert_eq!((joined[0].oom.kills[0].pid, joined[0].when.uptime_us), (41, Some(1_000_300)));
    }

    #[test]
    fn three_parts_are_one_report() {
        let middle = case(1_000_100, KernelOom::default());
        let joined = join(vec![head(1_000_000), middle, tail(1_000_300, "/a")]);
        assert_eq!(joined.len(), 1);
        assert!(joined[0].oom.trigger.is_some() && joined[0].oom.kills.len() == 1);
        let cut = join(vec![head(1_000_000), case(1_000_100, KernelOom::default())]);
        assert_eq!((cut.len(), cut[0].when.uptime_us), (1, Some(1_000_000)));
    }

    #[test]
    fn nothing_else_is_joined() {
        assert_eq!(join(vec![head(1_000_000), tail(9_000_000, "/a")]).len(), 2, "too late");
        assert_eq!(join(vec![tail(1_000_000, "/a"), head(1_000_300)]).len(), 2, "the wrong order");
        let whole = KernelOom { trigger: Some(Trigger::default()), ..tail(1_000_300, "/a").oom };
        assert_eq!(join(vec![head(1_000_000), case(1_000_300, whole)]).len(), 2, "a report of its own");
        let none = KernelOom { outcome: Outcome::NoKillable, ..head(1).oom };
        assert_eq!(join(vec![case(1_000_000, none), tail(1_000_300, "/a")]).len(), 2, "it had an outcome");
        assert_eq!(join(vec![tail(1_000_000, "/a"), tail(1_000_300, "/a")]).len(), 2, "two kills");
    }
}
