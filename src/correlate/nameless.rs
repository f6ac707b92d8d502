//! Files that name no host, given one by one: `dmesg -T > dmesg.txt` beside `docker events > events.txt`, or the same buffer saved twice. Each
//! would be a node of its own, and what it tells would be told again. What is known of one node alone joins them: a kill, or the container
//! in which the kernel killed something.

use super::ids::{killed_ids, told_id};
use crate::event::{Event, Fact, Kill, SourceFacts, Stamp, Wall};
use crate::report::short_id;
use crate::time::{SECOND_US, resolve};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Copies of one kill bear uptimes that differ by no more than this, where both have one.
const SAME_UPTIME_US: i64 = SECOND_US;
/// The same for wall clocks, of which `dmesg -T` shows one that drifts.
const SAME_WALL_US: i64 = 120 * SECOND_US;

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
    victims: BTreeMap<Victim<'a>, BTreeSet<(Scale, i64, Named<'a>)>>,
}

/// The clock by which copies of a kill are compared: the uptime, a wall clock with its zone, one without. Machines that were made alike give
/// the same pid and sizes to different kills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scale {
    Uptime,
    Zoned,
    Local,
    None,
}

fn moment(stamp: &Stamp) -> (Scale, i64) {
    if let Some(at) = stamp.uptime_us.and_then(|at| i64::try_from(at).ok()) {
        return (Scale::Uptime, at);
    }
    match stamp.wall {
        Some(Wall::Instant { unix_us, .. }) => (Scale::Zoned, unix_us),
        Some(wall @ Wall::Civil { year, .. }) => {
            resolve(&wall, year, Some(0)).map_or((Scale::None, 0), |at| (Scale::Local, at))
        }
        None => (Scale::None, 0),
    }
}

fn victim(kill: &Kill) -> Option<Victim<'_>> {
    Some((kill.pid, kill.total_vm_kb?, kill.anon_rss_kb?, &kill.comm))
}

impl<'a> Killed<'a> {
    fn of(sources: &'a [SourceFacts], nodes: &[Named<'a>], is_of: &dyn Fn(&Event, &str) -> bool) -> Killed<'a> {
        let mut all = Killed::default();
        for (source, node) in sources.iter().zip(nodes) {
            source.events.iter().filter(|event| is_of(event, node.name)).for_each(|event| all.add(event, *node));
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
                let (scale, at) = moment(&kill.stamp);
                self.victims.entry(victim).or_default().insert((scale, at, node));
            }
        }
    }

    /// Which nodes' logs tell of the same kill or container.
    fn links(&self) -> Links<'a> {
        let mut links = Links::default();
        self.in_container.values().for_each(|nodes| links.join(&nodes.iter().copied().collect::<Vec<_>>()));
        for told in self.victims.values() {
            let told: Vec<_> = told.iter().copied().collect();
            let near = |scale: Scale| if scale == Scale::Uptime { SAME_UPTIME_US } else { SAME_WALL_US };
            let same = |a: &(Scale, i64, _), b: &(Scale, i64, _)| a.0 == b.0 && b.1.saturating_sub(a.1) <= near(a.0);
            let moments: Vec<&[_]> = told.chunk_by(same).collect();
            let nodes = |moment: &[(Scale, i64, Named<'a>)]| moment.iter().map(|(.., node)| *node).collect::<Vec<_>>();
            // Different clocks cannot be compared: one moment by each of them is one kill, more are different ones.
            match moments.windows(2).all(|pair| pair[0][0].0 != pair[1][0].0) {
                true => links.join(&nodes(&told)),
                false => moments.iter().for_each(|moment| links.join(&nodes(moment))),
            }
        }
        links
    }
}

/// Nodes that are one, by a node without a host among them; two hosts are never linked directly.
#[derive(Default)]
struct Links<'a>(BTreeMap<Named<'a>, BTreeSet<Named<'a>>>);

impl<'a> Links<'a> {
    /// All of these are one node. One of them stands for all: thousands of files may hold one kill.
    fn join(&mut self, nodes: &[Named<'a>]) {
        let Some(hub) = nodes.iter().find(|node| !node.by_host) else { return };
        for node in nodes.iter().filter(|node| *node != hub) {
            self.0.entry(*hub).or_default().insert(*node);
            self.0.entry(*node).or_default().insert(*hub);
        }
    }

    /// The nodes without a host that are linked over such nodes, with the hosts at the edge.
    fn component(&self, start: Named<'a>) -> BTreeSet<Named<'a>> {
        let mut reached = BTreeSet::from([start]);
        let mut ahead = VecDeque::from([start]);
        while let Some(node) = ahead.pop_front() {
            for next in self.0.get(&node).into_iter().flatten() {
                if reached.insert(*next) && !next.by_host {
                    ahead.push_back(*next);
                }
            }
        }
        reached
    }
}

/// The nodes that files without a host belong to, by the name that they have so far. `is_of`: is an event of the node of its source? A
/// log of many hosts has the name of one of them.
pub(super) fn join(
    sources: &[SourceFacts],
    nodes: &[Named<'_>],
    is_of: &dyn Fn(&Event, &str) -> bool,
) -> BTreeMap<String, String> {
    if nodes.iter().all(|node| node.by_host) {
        return BTreeMap::new();
    }
    let killed = Killed::of(sources, nodes, is_of);
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
fn of_kernel_logs(links: &Links<'_>) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for start in links.0.keys().filter(|node| !node.by_host) {
        if seen.contains(start) {
            continue;
        }
        let component = links.component(*start);
        let mut hosts = component.iter().filter(|node| node.by_host);
        let target = match (hosts.next(), hosts.next()) {
            (None, _) => component.first(),
            (only, None) => only,
            _ => None,
        };
        let nameless = || component.iter().filter(|node| !node.by_host);
        seen.extend(nameless().copied());
        if let Some(target) = target {
            joined.extend(nameless().map(|node| (node.name.to_owned(), target.name.to_owned())));
        }
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
