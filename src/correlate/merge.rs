//! One kernel OOM event found in several files, carriers or rotations is one case with all its evidence.

use super::clock::{Clocks, When};
use super::nodes::NodeEvents;
use crate::event::{
    Event, Evidence, Fact, KernelOom, Kill, MemInfo, MemcgBlock, Outcome, SourceFacts, SourceId, Stamp, Wall, What,
};
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// A kernel OOM event of one node, merged from every source that shows it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// The richest of all copies, field by field.
    pub(super) oom: Box<KernelOom>,
    /// When (of the first kill, or of the report where nothing was killed).
    pub(super) when: When,
    /// When each kill was printed, in the order of `oom.kills`.
    pub(super) kills: Vec<When>,
    /// All places, best first.
    pub(super) evidence: Vec<Evidence>,
    /// When the last of its repeats was printed, for a storm.
    pub(super) last: Option<When>,
    /// Its cgroup is not told by its own lines but by the reports around it.
    pub(super) borrowed: bool,
    /// It stands in damaged sources alone.
    pub(super) damaged: bool,
}

/// One copy of an event.
pub(super) struct Copied {
    pub(super) source: usize,
    /// The source does not fit its checksum.
    pub(super) damaged: bool,
    pub(super) stamp: Stamp,
    pub(super) oom: Box<KernelOom>,
    pub(super) evidence: Vec<Evidence>,
}

/// Takes the kernel OOM events out of a node's events and merges the copies of each.
pub(super) fn merge(node: &mut NodeEvents, sources: &[SourceFacts], clocks: &mut Clocks) -> Vec<Case> {
    let mut others = node.events.iter().map(|(_, e)| !matches!(e.fact, Fact::KernelOom(_)));
    node.order.retain(|_| others.next().unwrap_or(true));
    let copies: Vec<Copied> = node
        .events
        .extract_if(.., |(_, e)| matches!(e.fact, Fact::KernelOom(_)))
        .filter_map(|(source, e)| match e.fact {
            Fact::KernelOom(oom) => {
                let damaged = sources.get(source).is_some_and(|source| source.damaged);
                Some(Copied { source, damaged, stamp: e.stamp, oom, evidence: e.evidence })
            }
            _ => None,
        })
        .collect();
    let groups = super::copies::group(&copies, clocks);
    teach(&copies, &groups, clocks);
    let mut copies: Vec<Option<Copied>> = copies.into_iter().map(Some).collect();
    let mut members = |group: Vec<usize>| group.into_iter().filter_map(|i| copies[i].take()).collect::<Vec<Copied>>();
    let mut cases: Vec<Case> = groups.into_values().filter_map(|g| fold(members(g), clocks)).collect();
    cases.sort_by_key(order);
    let mut cases = super::storms::fold(super::halves::join(cases));
    let retold = retold(&node.events);
    cases.iter_mut().for_each(|c| take_retold_time(c, &retold));
    for index in super::bare_kills::borrow_cgroups(&mut cases) {
        cases[index].borrowed = true;
    }
    cases
}

/// A kernel line without an uptime bears the second in which journald read it: on a starving node, much later than the
/// kill. The kubelet, which reads the kernel's buffer itself, tells the kernel's own time.
const RECEIPT_LAG_US: i64 = 180 * SECOND_US;

/// Kernel kills retold with a full time, by pid and name.
fn retold(events: &[(usize, Event)]) -> BTreeMap<(u32, String), i64> {
    let mut all = BTreeMap::new();
    for (_, event) in events {
        let Fact::Runtime(fact) = &event.fact else { continue };
        if let What::KernelKillRetold { pid, comm, at: Some(Wall::Instant { unix_us, .. }) } = &fact.what {
            // The API's event of the same kill bears the time at which the kubelet got to write it: the earliest is nearest.
            let first = all.entry((*pid, comm.clone())).or_insert(*unix_us);
            *first = (*first).min(*unix_us);
        }
    }
    all
}

fn take_retold_time(case: &mut Case, retold: &BTreeMap<(u32, String), i64>) {
    for (kill, when) in case.oom.kills.iter().zip(&mut case.kills) {
        let Some(at) = when.unix_us.filter(|t| when.uptime_us.is_none() && t % SECOND_US == 0) else { continue };
        let told = retold.get(&(kill.pid, kill.comm.clone())).filter(|t| (0..RECEIPT_LAG_US).contains(&(at - **t)));
        if let Some(told) = told {
            (when.unix_us, when.clock) = (Some(*told), crate::report::Clock::Inferred);
        }
    }
    if let Some(first) = case.kills.first() {
        case.when = *first;
    }
}

/// Sort key: time, else uptime, then the place, then the victim.
type Order = (Option<u128>, i64, u64, Option<(SourceId, u64)>, u32);

fn order(case: &Case) -> Order {
    let pid = case.oom.kills.first().map_or(0, |k| k.pid);
    let place = case.evidence.iter().map(|e| (e.source, e.offset)).min();
    let undated = case.when.unix_us.is_none().then_some(case.when.boot.unwrap_or(u128::MAX));
    (undated, case.when.unix_us.unwrap_or(i64::MAX), case.when.uptime_us.unwrap_or(u64::MAX), place, pid)
}

/// A source that shows a boot only by its uptime learns the boot's time from its copies that are dated elsewhere.
fn teach(copies: &[Copied], groups: &BTreeMap<usize, Vec<usize>>, clocks: &mut Clocks) {
    let mut taught: BTreeMap<(usize, u32), Vec<(u64, i64)>> = BTreeMap::new();
    for members in groups.values().filter(|m| m.len() > 1) {
        let whens: Vec<When> =
            members.iter().map(|&i| clocks.when(copies[i].source, &first_stamp(&copies[i]))).collect();
        let both = |w: &When| Some((w.uptime_us?, w.unix_us? - i64::try_from(w.uptime_us?).ok()?));
        let apart = || {
            let up = whens.iter().find_map(|w| w.uptime_us)?;
            Some((up, whens.iter().find_map(|w| w.unix_us)? - i64::try_from(up).ok()?))
        };
        let Some(start) = whens.iter().find_map(both).or_else(apart) else { continue };
        for &i in members {
            taught.entry((copies[i].source, copies[i].stamp.epoch)).or_default().push(start);
        }
    }
    for ((source, epoch), starts) in taught {
        clocks.teach(source, epoch, &starts);
    }
}

fn first_stamp(copy: &Copied) -> Stamp {
    copy.oom.kills.first().map_or(copy.stamp, |k| k.stamp)
}

/// How much a copy tells: the richest is the base of the merged case.
fn richness(oom: &KernelOom) -> usize {
    let parts = [
        oom.trigger.is_some(),
        oom.summary.is_some(),
        oom.memcg.is_some(),
        oom.mem_info.is_some(),
        oom.tasks.is_some(),
        oom.cpu.is_some(),
        oom.group.is_some(),
    ];
    let rows = oom.tasks.as_ref().map_or(0, |t| usize::try_from(t.count).unwrap_or(usize::MAX).min(10_000));
    let exact = oom.kills.iter().filter(|k| k.stamp.uptime_us.is_some()).count();
    parts.iter().filter(|p| **p).count() * 100_000 + rows + oom.kills.len() * 1000 + exact
}

/// Folds the copies of one event. The richest is the base: it is moved, not copied, since a dump may be large.
fn fold(mut copies: Vec<Copied>, clocks: &Clocks) -> Option<Case> {
    // What a sound source says of a name or number goes before what a damaged one says.
    copies.sort_by_key(|c| (c.damaged, std::cmp::Reverse(richness(&c.oom)), c.source));
    let damaged = copies.first().is_some_and(|c| c.damaged);
    let own: Vec<When> = copies.iter().map(|c| clocks.when(c.source, &c.stamp)).collect();
    let evidence = evidence(&copies);
    let mut rest = copies.into_iter();
    let base = rest.next()?;
    let mut oom = base.oom;
    let mut stamps: Vec<Vec<When>> = oom.kills.iter().map(|k| vec![clocks.when(base.source, &k.stamp)]).collect();
    for copy in rest {
        fill(&mut oom.init_panic, &copy.oom.init_panic);
        complete(&mut oom, &copy.oom);
        for kill in copy.oom.kills {
            let when = clocks.when(copy.source, &kill.stamp);
            match oom.kills.iter().position(|k| k.pid == kill.pid) {
                Some(at) => {
                    complete_kill(&mut oom.kills[at], &kill);
                    stamps[at].push(when);
                }
                None => {
                    oom.kills.push(kill);
                    stamps.push(vec![when]);
                }
            }
        }
    }
    let kills: Vec<When> = stamps.iter().map(|s| best(s)).collect();
    let when = kills.first().copied().unwrap_or_else(|| best(&own));
    let last = oom.last.map(|stamp| clocks.when(base.source, &stamp));
    Some(Case { when, kills, evidence, last, borrowed: false, damaged, oom })
}

/// The best of several readings of one moment: the surest wall clock, any uptime, any boot id.
fn best(whens: &[When]) -> When {
    let rank = |w: &When| match w.clock {
        crate::report::Clock::Exact => 0,
        crate::report::Clock::Inferred => 1,
        crate::report::Clock::Unknown => 2,
    };
    // A time with a fraction is the event's own; whole seconds are a syslog's or dmesg -T's.
    let whole = |w: &When| w.unix_us.is_some_and(|u| u % SECOND_US == 0);
    let mut sorted: Vec<&When> = whens.iter().collect();
    sorted.sort_by_key(|w| (rank(w), whole(w), w.unix_us));
    let mut when = sorted.first().map_or_else(When::default, |w| **w);
    when.uptime_us = when.uptime_us.or_else(|| whens.iter().find_map(|w| w.uptime_us));
    when.boot = when.boot.or_else(|| whens.iter().find_map(|w| w.boot));
    when
}

fn fill<T: Clone>(own: &mut Option<T>, other: &Option<T>) {
    if own.is_none() {
        own.clone_from(other);
    }
}

/// A report may be cut in the middle of its cgroup block.
fn complete_memcg(own: &mut Option<MemcgBlock>, other: &Option<MemcgBlock>) {
    fill(own, other);
    let (Some(own), Some(other)) = (own, other) else { return };
    fill(&mut own.task_path, &other.task_path);
    fill(&mut own.limit_path, &other.limit_path);
    fill(&mut own.memory, &other.memory);
    fill(&mut own.memsw, &other.memsw);
    fill(&mut own.kmem, &other.kmem);
    fill(&mut own.swap, &other.swap);
    add(&mut own.stats, &other.stats, |a, b| a.path == b.path);
}

/// ... or of the node's memory.
fn complete_mem_info(own: &mut Option<MemInfo>, other: &Option<MemInfo>) {
    fill(own, other);
    let (Some(own), Some(other)) = (own, other) else { return };
    add(&mut own.counters, &other.counters, |a, b| a.0 == b.0);
    add(&mut own.nodes, &other.nodes, |a, b| a.node == b.node);
    add(&mut own.zones, &other.zones, |a, b| a.node == b.node && a.name == b.name);
    add(&mut own.buddy, &other.buddy, |a, b| a.node == b.node && a.zone == b.zone);
    add(&mut own.hugepages, &other.hugepages, |a, b| a.node == b.node && a.size_kb == b.size_kb);
    fill(&mut own.pagecache_pages, &other.pagecache_pages);
    fill(&mut own.swapcache_pages, &other.swapcache_pages);
    fill(&mut own.swap_free_kb, &other.swap_free_kb);
    fill(&mut own.swap_total_kb, &other.swap_total_kb);
    fill(&mut own.ram_pages, &other.ram_pages);
    fill(&mut own.highmem_pages, &other.highmem_pages);
    fill(&mut own.reserved_pages, &other.reserved_pages);
    fill(&mut own.hwpoisoned_pages, &other.hwpoisoned_pages);
}

/// Puts what is missing before what is there: the head of a report precedes its rest.
fn add<T: Clone>(own: &mut Vec<T>, other: &[T], same: impl Fn(&T, &T) -> bool) {
    let missing: Vec<T> = other.iter().filter(|one| !own.iter().any(|known| same(one, known))).cloned().collect();
    own.splice(0..0, missing);
}

/// Takes over what the other copy, or the other half, tells and this one does not.
pub(super) fn complete(own: &mut KernelOom, other: &KernelOom) {
    fill(&mut own.trigger, &other.trigger);
    fill(&mut own.cpu, &other.cpu);
    fill(&mut own.workqueue, &other.workqueue);
    fill(&mut own.cpuset, &other.cpuset);
    complete_memcg(&mut own.memcg, &other.memcg);
    complete_mem_info(&mut own.mem_info, &other.mem_info);
    fill(&mut own.slabs, &other.slabs);
    fill(&mut own.tasks, &other.tasks);
    fill(&mut own.summary, &other.summary);
    fill(&mut own.group, &other.group);
    if own.stack.is_empty() {
        own.stack.clone_from(&other.stack);
    }
    if own.intentions.is_empty() {
        own.intentions.clone_from(&other.intentions);
    }
    for reaped in &other.reaped {
        if !own.reaped.iter().any(|r| r.pid == reaped.pid) {
            own.reaped.push(reaped.clone());
        }
    }
    if own.outcome == Outcome::NotSeen {
        own.outcome = other.outcome.clone();
    }
    own.sysrq |= other.sysrq;
    own.suppressed = own.suppressed.max(other.suppressed);
    own.repeats = own.repeats.max(other.repeats);
    own.possibly_mixed &= other.possibly_mixed;
}

fn complete_kill(own: &mut Kill, other: &Kill) {
    fill(&mut own.uid, &other.uid);
    fill(&mut own.total_vm_kb, &other.total_vm_kb);
    fill(&mut own.anon_rss_kb, &other.anon_rss_kb);
    fill(&mut own.file_rss_kb, &other.file_rss_kb);
    fill(&mut own.rss_kb, &other.rss_kb);
    fill(&mut own.swap_kb, &other.swap_kb);
    fill(&mut own.shmem_rss_kb, &other.shmem_rss_kb);
    fill(&mut own.pgtables_kb, &other.pgtables_kb);
    fill(&mut own.oom_score_adj, &other.oom_score_adj);
    own.from_summary &= other.from_summary;
}

/// The most places kept for one case: an event stands in up to a dozen files of a bundle, with a few lines in each.
const EVIDENCE_MAX: usize = 64;

/// All lines of the richest copy, then the kill line of every other one, then their other lines as far as there is room: no
/// copy is left out because another one has many lines.
fn evidence(copies: &[Copied]) -> Vec<Evidence> {
    let best = |copy: &Copied| copy.oom.kills.iter().find_map(|k| k.evidence.clone());
    let own = copies.first().into_iter().flat_map(|c| c.evidence.clone());
    let others = copies.iter().skip(1);
    let first = others.clone().filter_map(|c| best(c).or_else(|| c.evidence.first().cloned()));
    let rest = others.flat_map(|c| c.evidence.clone());
    let mut all: Vec<Evidence> = Vec::new();
    for piece in own.chain(first).chain(rest) {
        if all.len() < EVIDENCE_MAX && !all.iter().any(|e| e.source == piece.source && e.offset == piece.offset) {
            all.push(piece);
        }
    }
    all
}

/// The cgroup whose limit was hit, where any line tells.
pub(super) fn cgroup(oom: &KernelOom) -> Option<&str> {
    let summary = oom.summary.as_ref().and_then(|s| s.oom_memcg.as_deref());
    let block = || {
        oom.memcg.as_ref().and_then(|m| m.limit_path.as_deref().or_else(|| m.stats.first().map(|s| s.path.as_str())))
    };
    summary.or_else(block)
}

/// The cgroup in which the victim lived, where any line tells.
pub(super) fn victim_cgroup(oom: &KernelOom) -> Option<&str> {
    let summary = oom.summary.as_ref().and_then(|s| s.task_memcg.as_deref());
    summary.or_else(|| oom.memcg.as_ref().and_then(|m| m.task_path.as_deref()))
}
