//! Which copies of kernel OOM events, in several sources, are the same event.
//!
//! A big collection holds one kill in hundreds of files, and a pid comes again in all of them. Copies that tell the same in every point that
//! the rule looks at are one class, and the classes are compared instead of the copies; where all of them bear one kind of time, only
//! those near each other.

use super::clock::{Clocks, When};
use super::merge::Copied;
use super::zone::QUARTER_US;
use crate::event::{Kill, MemcgStats, Stamp};
use crate::report::Clock;
use crate::time::SECOND_US;
use std::collections::{BTreeMap, HashMap};

/// Copies may differ by this much where one clock has whole seconds only, or is the time of receipt.
const SLACK_US: i64 = 3 * SECOND_US;
/// Copies whose pid, name and sizes (or the counters of their reports) are all the same are the same kill even if their wall clocks differ by minutes:
/// `dmesg -T` drifts from the wall clock, and journald of a starving node stamps lines when it gets to read them.
const SAME_SIZES_US: i64 = 600 * SECOND_US;
/// A copy that holds only the summary line is stamped with that line's time, a little before the kill line's.
const SUMMARY_US: u64 = 2_000_000;

/// What the rule looks at in one copy: a kill of it, or the report where nothing was killed.
#[derive(Clone, Copy)]
struct Told<'a> {
    copy: usize,
    source: usize,
    damaged: bool,
    kill: Option<&'a Kill>,
    when: When,
    /// Numbers that stand for the node's and the cgroups' counters of the report.
    report: (Option<usize>, Option<usize>),
}

/// Everything of [`Told`] that [`same`] looks at, but the source.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    kill: Option<(Option<u64>, Option<u64>, &'a str, bool)>,
    time: (Option<u128>, Option<u64>, Option<i64>, bool),
    damaged: bool,
    report: (Option<usize>, Option<usize>),
}

/// Members that tell the same.
struct Class<'a> {
    model: Told<'a>,
    /// Copies and their sources.
    members: Vec<(usize, usize)>,
    /// Up to three members of different sources: whatever source another copy has, two of them differ from it.
    heads: Vec<(usize, usize)>,
    /// All members are one event already.
    whole: bool,
}

/// Sets of copies that are one event.
struct Sets(Vec<usize>);

impl Sets {
    fn find(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Groups of indices of copies of the same event, by the smallest index.
pub(super) fn group(copies: &[Copied], clocks: &Clocks) -> BTreeMap<usize, Vec<usize>> {
    // Copies stand in different sources: with one there are none, however many events it has.
    if copies.iter().all(|c| c.source == copies[0].source) {
        return (0..copies.len()).map(|index| (index, vec![index])).collect();
    }
    let mut by_victim: BTreeMap<u32, Vec<Told<'_>>> = BTreeMap::new();
    let mut without: BTreeMap<&str, Vec<Told<'_>>> = BTreeMap::new();
    let (mut nodes, mut cgroups) = (HashMap::new(), HashMap::new());
    for (index, copy) in copies.iter().enumerate() {
        let report =
            (counters(copy).map(|own| number(&mut nodes, own)), stats(copy).map(|own| number(&mut cgroups, own)));
        let one = |kill, stamp: &Stamp| {
            let when = clocks.when(copy.source, stamp);
            Told { copy: index, source: copy.source, damaged: copy.damaged, kill, when, report }
        };
        for kill in &copy.oom.kills {
            by_victim.entry(kill.pid).or_default().push(one(Some(kill), &kill.stamp));
        }
        if copy.oom.kills.is_empty() {
            let comm = copy.oom.trigger.as_ref().map_or("", |t| t.comm.as_str());
            without.entry(comm).or_default().push(one(None, &copy.stamp));
        }
    }
    let mut sets = Sets((0..copies.len()).collect());
    by_victim.values().chain(without.values()).for_each(|told| join(told, &mut sets));
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..copies.len() {
        groups.entry(sets.find(index)).or_default().push(index);
    }
    groups
}

/// The number that stands for a value.
fn number<T: std::hash::Hash + Eq>(known: &mut HashMap<T, usize>, value: T) -> usize {
    let next = known.len();
    *known.entry(value).or_insert(next)
}

/// The node's counters of a report.
fn counters(copy: &Copied) -> Option<&[(String, u64)]> {
    copy.oom.mem_info.as_ref().map(|node| node.counters.as_slice()).filter(|counters| !counters.is_empty())
}

/// The cgroups' counters of a report.
fn stats(copy: &Copied) -> Option<&[MemcgStats]> {
    copy.oom.memcg.as_ref().map(|block| block.stats.as_slice()).filter(|stats| !stats.is_empty())
}

/// By what the times of several copies can be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// All have an uptime, which goes before every other time.
    Uptime,
    /// None has, and all have a sure wall clock.
    Wall,
    Mixed,
}

impl Scale {
    fn of(told: &[Told<'_>]) -> Scale {
        let exact = |when: &When| when.uptime_us.is_none() && when.unix_us.is_some() && when.clock == Clock::Exact;
        if told.iter().all(|one| one.when.uptime_us.is_some()) {
            Scale::Uptime
        } else if told.iter().all(|one| exact(&one.when)) {
            Scale::Wall
        } else {
            Scale::Mixed
        }
    }

    /// Where a moment lies on the scale, and how far apart the same one may lie.
    fn place(self, when: &When) -> (i64, i64) {
        match self {
            Scale::Uptime => {
                let micros = when.uptime_us.and_then(|us| i64::try_from(us).ok());
                (micros.unwrap_or(i64::MAX), i64::try_from(SUMMARY_US).unwrap_or(i64::MAX))
            }
            Scale::Wall => (when.unix_us.unwrap_or_default(), SAME_SIZES_US),
            Scale::Mixed => (0, 0),
        }
    }

    fn key<'a>(self, told: &Told<'a>) -> Key<'a> {
        let When { boot, uptime_us, unix_us, clock, .. } = told.when;
        let (unix_us, exact) = if self == Scale::Uptime { (None, false) } else { (unix_us, clock == Clock::Exact) };
        Key {
            kill: told.kill.map(|kill| (kill.total_vm_kb, kill.anon_rss_kb, kill.comm.as_str(), kill.from_summary)),
            time: (boot, uptime_us, unix_us, exact),
            damaged: told.damaged,
            report: told.report,
        }
    }
}

/// Joins those of different sources that are the same.
fn join(told: &[Told<'_>], sets: &mut Sets) {
    let scale = Scale::of(told);
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    let mut classes: Vec<Class<'_>> = Vec::new();
    for one in told {
        let at = number(&mut known, scale.key(one));
        if at == classes.len() {
            classes.push(Class { model: *one, members: Vec::new(), heads: Vec::new(), whole: false });
        }
        classes[at].add(one);
    }
    for class in &mut classes {
        class.join_members(sets);
    }
    classes.sort_by_key(|class| scale.place(&class.model.when).0);
    for (at, one) in classes.iter().enumerate() {
        let (here, reach) = scale.place(&one.model.when);
        let near = |other: &&Class<'_>| scale.place(&other.model.when).0.saturating_sub(here) <= reach;
        for other in classes[at + 1..].iter().take_while(near).filter(|other| same(&one.model, &other.model)) {
            one.join_with(other, sets);
        }
    }
}

impl Class<'_> {
    fn add(&mut self, one: &Told<'_>) {
        let member = (one.copy, one.source);
        if self.heads.len() < 3 && self.heads.iter().all(|(_, source)| *source != one.source) {
            self.heads.push(member);
        }
        self.members.push(member);
    }

    /// Each member is the same as those of all other sources.
    fn join_members(&mut self, sets: &mut Sets) {
        if self.heads.len() > 1 && same(&self.model, &self.model) {
            self.whole = true;
            self.members.iter().for_each(|(copy, _)| sets.union(self.members[0].0, *copy));
        }
    }

    /// Each member is the same as those of the other class that stand in other sources.
    fn join_with(&self, other: &Class<'_>, sets: &mut Sets) {
        for (from, to) in [(self, other), (other, self)] {
            let members = if from.whole { &from.heads } else { &from.members };
            for (copy, source) in members {
                let others = to.heads.iter().filter(|(_, theirs)| theirs != source);
                others.for_each(|(theirs, _)| sets.union(*copy, *theirs));
            }
        }
    }
}

/// How far apart the clocks of two copies may be.
#[derive(Clone, Copy)]
struct Slack {
    wall_us: i64,
    uptime_us: u64,
}

/// Do two copies of different sources tell of the same event?
fn same(a: &Told<'_>, b: &Told<'_>) -> bool {
    // `/var/log/messages` may lack the kill line and its sizes, which is of a higher level than the rest of the report.
    let both = |x: Option<usize>, y: Option<usize>| x.is_some() && x == y;
    let same_report = both(a.report.0, b.report.0) || both(a.report.1, b.report.1);
    let Some((kill_a, kill_b)) = a.kill.zip(b.kill) else {
        let slack = Slack { wall_us: if same_report { SAME_SIZES_US } else { SLACK_US }, uptime_us: 1000 };
        return same_moment(&a.when, &b.when, slack) == Some(true);
    };
    let agree = |x: Option<u64>, y: Option<u64>| x.is_none() || y.is_none() || x == y;
    let sizes = agree(kill_a.total_vm_kb, kill_b.total_vm_kb) && agree(kill_a.anon_rss_kb, kill_b.anon_rss_kb);
    let told = kill_a.total_vm_kb.is_some()
        && kill_b.total_vm_kb.is_some()
        && kill_a.anon_rss_kb.or(kill_b.anon_rss_kb).is_some();
    // One stands in a damaged source, where a name may be wrong that the sizes show to be the same.
    let misread = a.damaged != b.damaged && told;
    if !sizes || !(same_name(&kill_a.comm, &kill_b.comm) || misread) {
        return false;
    }
    let sized = kill_a.anon_rss_kb.is_some_and(|kb| kb > 0) && kill_b.anon_rss_kb.is_some_and(|kb| kb > 0);
    let whole = sized || same_report;
    let slack = Slack {
        wall_us: if whole { SAME_SIZES_US } else { SLACK_US },
        uptime_us: if kill_a.from_summary || kill_b.from_summary { SUMMARY_US } else { 1000 },
    };
    same_moment(&a.when, &b.when, slack).unwrap_or(whole)
}

/// Carriers write control bytes of a name in different ways: two names are the same when they agree up to the first
/// byte that some carrier would escape.
fn same_name(a: &str, b: &str) -> bool {
    let plain = |s: &str| s.chars().take_while(|c| c.is_ascii_graphic() && *c != '\\' && *c != '#').collect::<String>();
    a == b || a.is_empty() || b.is_empty() || {
        let (x, y) = (plain(a), plain(b));
        x.starts_with(&y) || y.starts_with(&x)
    }
}

/// Are two moments of different sources the same one? `None` when they share no clock.
fn same_moment(when_a: &When, when_b: &When, slack: Slack) -> Option<bool> {
    if when_a.boot.zip(when_b.boot).is_some_and(|(x, y)| x != y) {
        return Some(false);
    }
    if let (Some(x), Some(y)) = (when_a.uptime_us, when_b.uptime_us) {
        // A console or `-o short-monotonic` may round; two boots could share an uptime, but not with the same sizes.
        return Some(x.abs_diff(y) <= slack.uptime_us);
    }
    let apart = when_a.unix_us?.checked_sub(when_b.unix_us?)?;
    let quarters = (apart + QUARTER_US / 2).div_euclid(QUARTER_US) * QUARTER_US;
    let exact = when_a.clock == crate::report::Clock::Exact && when_b.clock == crate::report::Clock::Exact;
    let near = if exact {
        apart.abs() <= slack.wall_us
    } else {
        (apart - quarters).abs() <= slack.wall_us.min(QUARTER_US / 2) && apart.abs() <= 14 * 4 * QUARTER_US
    };
    Some(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each compared with each.
    fn plainly(told: &[Told<'_>]) -> Vec<usize> {
        let mut sets = Sets((0..told.len()).collect());
        for (at, a) in told.iter().enumerate() {
            for b in &told[at + 1..] {
                if a.source != b.source && same(a, b) {
                    sets.union(a.copy, b.copy);
                }
            }
        }
        (0..told.len()).map(|copy| sets.find(copy)).collect()
    }

    fn by_classes(told: &[Told<'_>]) -> Vec<usize> {
        let mut sets = Sets((0..told.len()).collect());
        join(told, &mut sets);
        (0..told.len()).map(|copy| sets.find(copy)).collect()
    }

    type Drawn =
        ((usize, bool), (u8, Option<u64>, Option<u64>, bool), (Option<u64>, Option<i64>, u8, Option<u128>), u8);

    /// Few values of each kind, so that many agree; `shape` makes all of them bear one kind of time, or any.
    fn told(drawn: &[Drawn], shape: u8) -> Vec<(Kill, Told<'static>)> {
        let names = ["node", "node\\x0a", "", "java"];
        let clocks = [Clock::Exact, Clock::Inferred, Clock::Unknown];
        let made = drawn.iter().enumerate().map(|(copy, ((source, damaged), kill, time, report))| {
            let (name, vm, rss, from_summary) = *kill;
            let (uptime, unix, clock, boot) = *time;
            let when = When {
                uptime_us: match shape {
                    0 => uptime.or(Some(7)),
                    1 => None,
                    _ => uptime,
                },
                unix_us: if shape == 1 { unix.or(Some(5)) } else { unix },
                clock: if shape == 1 { Clock::Exact } else { clocks[usize::from(clock) % 3] },
                boot,
                ..When::default()
            };
            let comm = names[usize::from(name) % 4].to_owned();
            let kill = Kill { comm, total_vm_kb: vm, anon_rss_kb: rss, from_summary, ..Kill::default() };
            let report = (Some(usize::from(*report)).filter(|n| *n < 2), None);
            let told = Told { copy, source: *source, damaged: *damaged, kill: None, when, report };
            (kill, told)
        });
        made.collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn classes_join_what_pairs_would(
            drawn in prop::collection::vec(
                (
                    (0usize..5, any::<bool>()),
                    (0u8..4, prop::option::of(0u64..2), prop::option::of(0u64..2), any::<bool>()),
                    (
                        prop::option::of(prop::sample::select(vec![0u64, 900, 1_500_000, 3_000_000, 9_000_000])),
                        prop::option::of(prop::sample::select(vec![0i64, 2_000_000, 400_000_000, 902_000_000, 5_000_000_000])),
                        0u8..3,
                        prop::option::of(0u128..2),
                    ),
                    0u8..3,
                ),
                1..24,
            ),
            shape in 0u8..4,
            killed in any::<bool>(),
        ) {
            let made = told(&drawn, shape);
            let all: Vec<Told<'_>> =
                made.iter().map(|(kill, told)| Told { kill: killed.then_some(kill), ..*told }).collect();
            prop_assert_eq!(by_classes(&all), plainly(&all));
        }
    }
}
