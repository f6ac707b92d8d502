//! Files that name no host, given one by one: `dmesg -T > dmesg.txt` beside `docker events > events.txt`, or the same buffer saved twice. Each
//! would be a node of its own, and what it tells would be told again. What is known of one node alone joins them: a kill, or the container
//! in which the kernel killed something.

use super::nodes::{killed_ids, told_id};
use crate::event::{Event, Fact, Kill, SourceFacts};
use crate::report::short_id;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Copies of one kill bear uptimes that differ by less than this, where both have one.
const SAME_UPTIME_US: u64 = 1_000_000;

/// A node in the making: the name that its files have, and whether it is a host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) by_host: bool,
}

/// Pid, virtual size, anonymous memory and name of a victim.
type Victim<'a> = (u32, u64, u64, &'a str);

/// What kernel logs tell of kills, by the node whose log it is.
#[derive(Default)]
struct Killed<'a> {
    /// By the container's short id.
    in_container: BTreeMap<String, BTreeSet<Named<'a>>>,
    victims: BTreeMap<Victim<'a>, Vec<(Named<'a>, Option<u64>)>>,
}

fn victim(kill: &Kill) -> Option<Victim<'_>> {
    Some((kill.pid, kill.total_vm_kb?, kill.anon_rss_kb?, &kill.comm))
}

impl<'a> Killed<'a> {
    fn of(sources: &'a [SourceFacts], nodes: &[Named<'a>]) -> Killed<'a> {
        let mut all = Killed::default();
        for (source, node) in sources.iter().zip(nodes) {
            source.events.iter().for_each(|event| all.add(event, *node));
        }
        all
    }

    fn add(&mut self, event: &'a Event, node: Named<'a>) {
        let Fact::KernelOom(oom) = &event.fact else { return };
        for id in killed_ids(event) {
            self.in_container.entry(short_id(&id).to_owned()).or_default().insert(node);
        }
        for kill in &oom.kills {
            if let Some(victim) = victim(kill) {
                let told = self.victims.entry(victim).or_default();
                let one = (node, kill.stamp.uptime_us);
                if !told.contains(&one) {
                    told.push(one);
                }
            }
        }
    }

    /// Which nodes' logs tell of the same kill or container.
    fn links(&self) -> BTreeMap<Named<'a>, BTreeSet<Named<'a>>> {
        let mut links: BTreeMap<Named<'a>, BTreeSet<Named<'a>>> = BTreeMap::new();
        let mut link = |a: Named<'a>, b: Named<'a>| {
            if a != b && !(a.by_host && b.by_host) {
                links.entry(a).or_default().insert(b);
                links.entry(b).or_default().insert(a);
            }
        };
        for nodes in self.in_container.values() {
            nodes.iter().for_each(|a| nodes.iter().for_each(|b| link(*a, *b)));
        }
        for told in self.victims.values() {
            for (index, (a, at)) in told.iter().enumerate() {
                let same = |other: &Option<u64>| at.zip(*other).is_none_or(|(x, y)| x.abs_diff(y) <= SAME_UPTIME_US);
                told[index..].iter().filter(|(_, other)| same(other)).for_each(|(b, _)| link(*a, *b));
            }
        }
        links
    }
}

/// The nodes that files without a host belong to, by the name that they have so far.
pub(super) fn join(sources: &[SourceFacts], nodes: &[Named<'_>]) -> BTreeMap<String, String> {
    if nodes.iter().all(|node| node.by_host) {
        return BTreeMap::new();
    }
    let killed = Killed::of(sources, nodes);
    let mut joined = of_kernel_logs(&killed.links());
    let is_kernel = |source: &SourceFacts| source.epochs.iter().any(|epoch| epoch.kernel.is_some());
    let kernels: BTreeSet<&str> =
        sources.iter().zip(nodes).filter(|(s, _)| is_kernel(s)).map(|(_, n)| n.name).collect();
    let is_joined = |node: &Named<'_>| joined.contains_key(node.name);
    let documents = || sources.iter().zip(nodes).filter(|(_, n)| !n.by_host && !kernels.contains(n.name));
    let mut of_documents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (source, node) in documents().filter(|(_, node)| !is_joined(node)) {
        let named = |node: &Named<'_>| joined.get(node.name).cloned().unwrap_or_else(|| node.name.to_owned());
        let tellers = told_ids(source).filter_map(|id| killed.in_container.get(short_id(id))).flatten().map(named);
        of_documents.entry(node.name.to_owned()).or_default().extend(tellers);
    }
    if let Some(kernel) = only_kernel_log(sources, nodes, &joined, &kernels) {
        of_documents.values_mut().for_each(|tellers| _ = tellers.insert(kernel.clone()));
    }
    let only = of_documents.into_iter().filter(|(_, tellers)| tellers.len() == 1);
    joined.extend(only.filter_map(|(name, tellers)| Some((name, tellers.into_iter().next()?))));
    joined
}

/// Logs without a host that are linked, over others or not, are one node: that of the only host among them.
fn of_kernel_logs(links: &BTreeMap<Named<'_>, BTreeSet<Named<'_>>>) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::new();
    for start in links.keys().filter(|node| !node.by_host) {
        let mut reached = BTreeSet::from([*start]);
        let mut ahead = VecDeque::from([*start]);
        while let Some(node) = ahead.pop_front() {
            let next: Vec<_> = links.get(&node).into_iter().flatten().filter(|n| !reached.contains(*n)).collect();
            ahead.extend(next.iter().copied().filter(|n| !n.by_host));
            reached.extend(next);
        }
        let mut hosts = reached.iter().filter(|node| node.by_host);
        let target = match (hosts.next(), hosts.next()) {
            (None, _) => reached.first(),
            (only, None) => only,
            _ => None,
        };
        joined.extend(target.map(|target| (start.name.to_owned(), target.name.to_owned())));
    }
    joined
}

fn told_ids(source: &SourceFacts) -> impl Iterator<Item = &str> {
    source
        .events
        .iter()
        .filter_map(told_id)
        .chain(source.lives.subjects().filter_map(|container| container.id.as_deref()))
}

/// The node of the only kernel log, where nothing given names a host and each file was given by itself.
fn only_kernel_log(
    sources: &[SourceFacts],
    nodes: &[Named<'_>],
    joined: &BTreeMap<String, String>,
    kernels: &BTreeSet<&str>,
) -> Option<String> {
    if sources.iter().any(|source| source.bundled) || nodes.iter().any(|node| node.by_host) {
        return None;
    }
    let names: BTreeSet<&str> = kernels.iter().map(|name| joined.get(*name).map_or(*name, String::as_str)).collect();
    names.first().filter(|_| names.len() == 1).map(|name| (*name).to_owned())
}
