//! A report that was cut in parts is one case: its head ends without an outcome, and its tail begins without a trigger.
//! The parts of a pstore dump are cut so (each is as large as the firmware allows, and the newest comes first), and so are
//! the files of a ring buffer that was saved twice.

use super::merge::{self, Case};
use crate::event::Outcome;

/// From the trigger to the kill, microseconds. The kernel prints both under one lock; a slow console takes its time.
const APART_US: u64 = 5_000_000;

/// How many cases away, in order of time, the rest of a head is looked for in other files.
const NEIGHBOURS: usize = 16;

/// Joins heads with the tails that follow them, or with the whole report in another file. The cases stand in order of time.
pub(super) fn join(cases: Vec<Case>) -> Vec<Case> {
    over_files(by_uptime(cases))
}

fn by_uptime(cases: Vec<Case>) -> Vec<Case> {
    let mut joined: Vec<Case> = Vec::with_capacity(cases.len());
    for mut case in cases {
        while let Some(head) = joined.pop_if(|head| is_head_of(head, &case)) {
            put_before(head, &mut case);
        }
        joined.push(case);
    }
    joined
}

fn put_before(head: Case, case: &mut Case) {
    merge::complete(&mut case.oom, &head.oom);
    case.evidence.extend(head.evidence);
    if case.oom.kills.is_empty() {
        case.when = head.when;
    } else if case.oom.kills.iter().all(|kill| kill.from_summary) && !head.oom.kills.is_empty() {
        case.oom.kills.clone_from(&head.oom.kills);
        (case.kills, case.when) = (head.kills, head.when);
    }
}

/// A syslog file was rotated in the middle of a report, and its lines bear no uptime (rsyslog 8.2504 and later): its last
/// lines are a head, which the journal or the next file completes. Their clocks are the writers', so order says nothing.
///
/// Debian's `/var/log/messages` has no lines of level err: before Linux 5.0 those that name the victim, so that each report there is a
/// head of one that stands whole in `kern.log`. Its uptime tells so; its wall clock may be a second late, as its order is then.
fn over_files(cases: Vec<Case>) -> Vec<Case> {
    let mut cases: Vec<Option<Case>> = cases.into_iter().map(Some).collect();
    for at in 0..cases.len() {
        let Some(head) = cases[at].take_if(|case| is_cut(case)) else { continue };
        let around = at.saturating_sub(NEIGHBOURS)..cases.len().min(at + NEIGHBOURS + 1);
        let rest = around.filter_map(|n| Some((apart(&head, cases[n].as_ref()?)?, n))).min();
        match rest.and_then(|(_, n)| cases[n].as_mut()) {
            Some(case) => put_before(head, case),
            None => cases[at] = Some(head),
        }
    }
    cases.into_iter().flatten().collect()
}

/// Microseconds between the clocks of a head and of what may be its rest, or the whole of it, in another source.
fn apart(head: &Case, case: &Case) -> Option<u64> {
    if let (Some(first), Some(last)) = (head.when.uptime_us, case.when.uptime_us) {
        return is_head_of(head, case).then(|| last.abs_diff(first));
    }
    let whole = || same_trigger(head, case) && head.oom.cpu.is_some() && case.oom.cpu.is_some();
    let told_elsewhere = case.evidence.iter().all(|own| head.evidence.iter().all(|other| own.source != other.source));
    let fits = (case.oom.trigger.is_none() || whole()) && told_elsewhere && same_boot(head, case);
    let apart = head.when.unix_us?.abs_diff(case.when.unix_us?);
    (fits && same_limit(head, case) && apart <= APART_US).then_some(apart)
}

fn is_cut(case: &Case) -> bool {
    case.oom.trigger.is_some() && case.oom.kills.is_empty() && case.oom.outcome == Outcome::NotSeen
}

fn same_boot(a: &Case, b: &Case) -> bool {
    a.when.boot.zip(b.when.boot).is_none_or(|(a, b)| a == b)
}

fn is_head_of(head: &Case, tail: &Case) -> bool {
    let cut = head.oom.kills.is_empty() && head.oom.outcome == Outcome::NotSeen || is_told_of(head, tail);
    let rest = tail.oom.trigger.is_none() || same_trigger(head, tail);
    let near = match (head.when.uptime_us, tail.when.uptime_us) {
        (Some(first), Some(last)) => last.checked_sub(first).is_some_and(|apart| apart <= APART_US),
        _ => false,
    };
    cut && rest && near && same_boot(head, tail) && same_limit(head, tail)
}

/// One of both is the victim's kill line; the other only names the victim, by the summary before that line or by the reaper's
/// line after it.
fn is_told_of(head: &Case, tail: &Case) -> bool {
    let ([one, ..], [other, ..]) = (head.oom.kills.as_slice(), tail.oom.kills.as_slice()) else { return false };
    let same = (one.pid, &one.comm) == (other.pid, &other.comm);
    one.from_summary != other.from_summary && same && tail.oom.summary.is_none()
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
    use crate::event::{CpuLine, Evidence, KernelOom, Kill, SourceId, SummaryLine, Trigger};

    fn case(uptime_us: u64, oom: KernelOom) -> Case {
        let when = When { uptime_us: Some(uptime_us), ..When::default() };
        Case {
            kills: vec![when; oom.kills.len()],
            oom: oom.into(),
            when,
            evidence: Vec::new(),
            last: None,
            borrowed: false,
            damaged: false,
        }
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
    fn a_summary_and_its_kill_line_are_one_kill() {
        let kill = |pid, from_summary| Kill { pid, comm: "java".to_owned(), from_summary, ..Kill::default() };
        let told = |pid| {
            let mut head = tail(1_000_000, "/a");
            head.oom.kills = vec![kill(pid, true)];
            head
        };
        let line = || {
            let killed = KernelOom { kills: vec![kill(41, false)], outcome: Outcome::Killed, ..KernelOom::default() };
            case(1_000_013, killed)
        };
        let joined = join(vec![told(41), line()]);
        assert_eq!((joined.len(), joined[0].oom.kills.len(), joined[0].oom.kills[0].from_summary), (1, 1, false));
        assert_eq!(merge::cgroup(&joined[0].oom), Some("/a"));
        assert_eq!(join(vec![told(42), line()]).len(), 2, "another process");
        let reaper = |pid| {
            let killed = KernelOom { kills: vec![kill(pid, true)], outcome: Outcome::Killed, ..KernelOom::default() };
            case(1_000_900, killed)
        };
        let joined = join(vec![line(), reaper(41)]);
        assert_eq!((joined.len(), joined[0].oom.kills[0].from_summary, joined[0].kills.len()), (1, false, 1));
        assert_eq!(joined[0].when.uptime_us, Some(1_000_013), "the time of the kill");
        assert_eq!(join(vec![line(), reaper(42)]).len(), 2);
        assert_eq!(join(vec![line(), line()]).len(), 2, "two kill lines are two kills");
    }

    #[test]
    fn nothing_else_is_joined() {
        assert_eq!(join(vec![head(1_000_000), tail(9_000_000, "/a")]).len(), 2, "too late");
        assert_eq!(join(vec![tail(1_000_000, "/a"), head(1_000_300)]).len(), 2, "the wrong order");
        let whole = KernelOom { trigger: Some(Trigger::default()), ..*tail(1_000_300, "/a").oom };
        assert_eq!(join(vec![head(1_000_000), case(1_000_300, whole)]).len(), 2, "a report of its own");
        let none = KernelOom { outcome: Outcome::NoKillable, ..*head(1).oom };
        assert_eq!(join(vec![case(1_000_000, none), tail(1_000_300, "/a")]).len(), 2, "it had an outcome");
        assert_eq!(join(vec![tail(1_000_000, "/a"), tail(1_000_300, "/a")]).len(), 2, "two kills");
    }

    /// A case of one source, dated by the wall clock in seconds.
    fn dated(mut case: Case, source: u32, unix_s: i64) -> Case {
        case.when = When { unix_us: Some(unix_s * 1_000_000), ..When::default() };
        case.evidence = vec![Evidence::new(SourceId(source), Some(1), 0, b"")];
        case.oom.cpu = case.oom.trigger.is_some().then(|| CpuLine { pid: 40, ..CpuLine::default() });
        case
    }

    fn whole(cgroup: &str) -> Case {
        let mut case = tail(1, cgroup);
        case.oom.trigger = head(1).oom.trigger;
        case
    }

    /// kern.log.2.gz ends with `java invoked oom-killer`; the journal has the whole report, stamped a second earlier or later.
    #[test]
    fn a_rotation_in_the_middle_of_a_report_without_uptimes() {
        for apart in [-1, 0, 1] {
            let journal = dated(whole("/a"), 1, 100 + apart);
            let rotated = dated(head(1), 2, 100);
            let mut cases = vec![journal, rotated];
            cases.sort_by_key(|case| case.when.unix_us);
            let joined = join(cases);
            assert_eq!((joined.len(), joined[0].evidence.len(), joined[0].oom.kills.len()), (1, 2, 1), "{apart}");
        }
        let halves = join(vec![dated(head(1), 2, 100), dated(tail(1, "/a"), 3, 100)]);
        assert_eq!((halves.len(), halves[0].oom.trigger.is_some()), (1, true));
    }

    /// The same kernel line has 07:43:58 in `/var/log/messages` and 07:43:57.845 in the journal: the head comes last.
    #[test]
    fn a_head_that_a_later_wall_clock_puts_behind_the_whole() {
        let at = |mut case: Case, uptime_us: u64, unix_us: i64| {
            case.when.uptime_us = Some(uptime_us);
            case.when.unix_us = Some(unix_us);
            case
        };
        let kern = at(dated(whole("/a"), 1, 0), 540_845_855, 57_845_855);
        let messages = at(dated(head(1), 2, 0), 540_834_488, 58_000_000);
        let joined = join(vec![kern, messages]);
        assert_eq!((joined.len(), joined[0].evidence.len(), joined[0].oom.kills.len()), (1, 2, 1));
        assert_eq!(joined[0].when.uptime_us, Some(540_845_855));
    }

    #[test]
    fn a_report_without_an_outcome_stays_beside_the_next_one() {
        let same_file = join(vec![dated(head(1), 1, 100), dated(whole("/a"), 1, 101)]);
        assert_eq!(same_file.len(), 2, "the file holds both");
        let late = join(vec![dated(head(1), 2, 100), dated(whole("/a"), 1, 106)]);
        assert_eq!(late.len(), 2, "too late");
        let mut other = dated(whole("/a"), 1, 100);
        other.oom.cpu = Some(CpuLine { pid: 41, ..CpuLine::default() });
        assert_eq!(join(vec![dated(head(1), 2, 100), other]).len(), 2, "asked for by another process");
    }
}
