//! The time zone of a node's stamps that name none: as the caller or the node's own files tell it, or measured by what is told once with
//! a zone and once without.

use super::by_time::names_no_cgroup;
use super::ids::killed_ids;
use super::nodes::NodeEvents;
use super::told::{self, Said};
use crate::event::{Event, Fact, KernelOom, SourceFacts, Wall, What};
use crate::report::short_id;
use crate::time::{SECOND_US, Zone, resolve};
use std::collections::{BTreeMap, BTreeSet};

/// A quarter of an hour: the step of time zones.
pub(super) const QUARTER_US: i64 = 900 * SECOND_US;
/// The end of a container may be stamped this long after the kill in it, and this long before.
const AFTER_US: i64 = 30 * SECOND_US;
const BEFORE_US: i64 = 5 * SECOND_US;
/// Where nothing but the time joins them.
const AT_ONCE_US: i64 = 5 * SECOND_US;

/// The zone, where anything tells it.
pub(super) fn find(node: &NodeEvents, sources: &[SourceFacts], told: Option<Zone>) -> Option<Zone> {
    told.or_else(|| of_node(&node.events))
        .or_else(|| of_kills(&node.events))
        .or_else(|| of_containers(node, sources))
        .or_else(|| shown(sources, &node.sources))
}

fn of_node(events: &[(usize, Event)]) -> Option<Zone> {
    let facts = || {
        events.iter().filter_map(|(_, e)| match &e.fact {
            Fact::Node(n) => Some(n),
            _ => None,
        })
    };
    let named = facts().find_map(|n| n.zone.as_deref().and_then(Zone::parse));
    named.or_else(|| facts().find_map(|n| n.utc_offset_s.map(Zone::Fixed)))
}

/// The zone of civil stamps, measured: the same kill, told by its pid and sizes, stands in one source with a zone and in
/// another without. The commonest difference in whole quarter hours wins.
fn of_kills(events: &[(usize, Event)]) -> Option<Zone> {
    let mut exact: BTreeMap<(u32, u64, u64), i64> = BTreeMap::new();
    let mut civil: Vec<((u32, u64, u64), i64)> = Vec::new();
    for kill in events.iter().filter_map(|(_, e)| oom(e)).flat_map(|o| &o.kills) {
        let (Some(vm), Some(anon)) = (kill.total_vm_kb, kill.anon_rss_kb) else { continue };
        match kill.stamp.wall {
            Some(Wall::Instant { unix_us, .. }) => {
                exact.insert((kill.pid, vm, anon), unix_us);
            }
            Some(wall @ Wall::Civil { year, .. }) => {
                civil.extend(resolve(&wall, year, Some(0)).map(|at| ((kill.pid, vm, anon), at)));
            }
            None => {}
        }
    }
    let retold = retold(events);
    let mut votes: BTreeMap<i64, usize> = BTreeMap::new();
    for (key, at) in civil {
        if let Some(real) = exact.get(&key).or_else(|| retold.get(&key.0)) {
            let quarters = (at - real + 450 * SECOND_US).div_euclid(900 * SECOND_US);
            // A kill that is told late is no zone: what an event gives is when the kubelet spoke of it.
            if is_zone(quarters) {
                *votes.entry(quarters).or_default() += 1;
            }
        }
    }
    let (quarters, _) = votes.into_iter().max_by_key(|(q, n)| (*n, -q.abs()))?;
    fixed(quarters)
}

fn fixed(quarters: i64) -> Option<Zone> {
    i32::try_from(quarters * 900).ok().filter(|s| s.abs() <= 14 * 3600).map(Zone::Fixed)
}

/// Kills by their stamps without a zone, taken for UTC.
#[derive(Default)]
struct Kills {
    /// By the container's id.
    of_container: BTreeMap<String, BTreeSet<i64>>,
    /// Of no known place.
    nowhere: BTreeSet<i64>,
}

impl Kills {
    fn of(events: &[(usize, Event)]) -> Kills {
        let mut all = Kills::default();
        for (_, event) in events {
            let Some(oom) = oom(event) else { continue };
            let ids = killed_ids(event);
            let mut times: Vec<i64> = oom.kills.iter().filter_map(|kill| civil(kill.stamp.wall)).collect();
            if times.is_empty() {
                // The lines that name the victim are missing, as in Debian's `/var/log/messages`.
                times.extend(civil(event.stamp.wall));
            }
            for at in times {
                for id in &ids {
                    all.of_container.entry(short_id(id).to_owned()).or_default().insert(at);
                }
                if ids.is_empty() && names_no_cgroup(oom) {
                    all.nowhere.insert(at);
                }
            }
        }
        all
    }
}

fn civil(wall: Option<Wall>) -> Option<i64> {
    match wall {
        Some(wall @ Wall::Civil { year, offset_s: None, .. }) => resolve(&wall, year, Some(0)),
        _ => None,
    }
}

/// The same, by the end of the container in which something was killed: a kernel log of the node's zone, and what docker or the API
/// server tell in UTC. Each kill has a vote, and a tie tells nothing. Where no end bears the container's id, or the kernel named no cgroup,
/// one kill and one end by SIGKILL at the same minute and second must do.
fn of_containers(node: &NodeEvents, sources: &[SourceFacts]) -> Option<Zone> {
    let kills = Kills::of(&node.events);
    if kills.of_container.is_empty() && kills.nowhere.is_empty() {
        return None;
    }
    let mut votes: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    let mut killed: BTreeSet<i64> = BTreeSet::new();
    let mut unlisted: BTreeSet<&str> = kills.of_container.keys().map(String::as_str).collect();
    for said in told::all(node, sources) {
        let Some(ended) = ended(&said) else { continue };
        killed.extend(by_sigkill(&said).then_some(ended));
        let id = said.told.container.id.as_deref().map(short_id).unwrap_or_default();
        unlisted.remove(id);
        for at in kills.of_container.get(id).into_iter().flatten() {
            if let Some(quarters) = quarters(*at, ended, BEFORE_US, AFTER_US) {
                votes.entry(quarters).or_default().insert(*at);
            }
        }
    }
    let most = votes.values().map(BTreeSet::len).max();
    let mut best = votes.iter().filter(|(_, kills)| Some(kills.len()) == most);
    match (best.next(), best.next()) {
        (Some((quarters, _)), None) => fixed(*quarters),
        (None, _) => {
            let others = unlisted.iter().filter_map(|id| kills.of_container.get(*id)).flatten();
            let kill = only(&kills.nowhere.iter().chain(others).copied().collect())?;
            fixed(quarters(kill, only(&killed)?, SECOND_US, AT_ONCE_US)?)
        }
        _ => None,
    }
}

fn only(all: &BTreeSet<i64>) -> Option<i64> {
    // Records of one end differ by their precision.
    let first = *all.first()?;
    all.last().is_some_and(|last| last - first <= 3 * SECOND_US).then_some(first)
}

/// So many quarters of an hour is a stamp without a zone ahead of UTC, if it was of a kill just before this end.
fn quarters(kill: i64, ended: i64, before_us: i64, after_us: i64) -> Option<i64> {
    let quarters = (kill - ended + QUARTER_US / 2).div_euclid(QUARTER_US);
    let after = ended + quarters * QUARTER_US - kill;
    (is_zone(quarters) && (-before_us..=after_us).contains(&after)).then_some(quarters)
}

/// When a container ended, or its runtime saw the OOM, in a time that has a zone.
fn ended(said: &Said<'_>) -> Option<i64> {
    let finished = match said.told.what {
        What::Exited(exit) => exit.finished.or(said.told.end.finished),
        What::OomSeen => None,
        _ => return None,
    };
    match finished.or(said.stamp.wall)? {
        Wall::Instant { unix_us, .. } => Some(unix_us),
        Wall::Civil { .. } => None,
    }
}

fn by_sigkill(said: &Said<'_>) -> bool {
    matches!(said.told.what, What::Exited(exit) if exit.exit_code == Some(137) || exit.signal == Some(9))
}

/// Does any zone lie so many quarters of an hour from UTC? Whole hours, and the few others that are in use.
fn is_zone(quarters: i64) -> bool {
    const OTHERS: [i64; 13] = [-38, -14, -10, 14, 18, 22, 23, 26, 35, 38, 42, 51, 55];
    quarters % 4 == 0 || OTHERS.contains(&quarters)
}

/// Kernel kills retold with a full time (kubelet, node-problem-detector), by pid.
fn retold(events: &[(usize, Event)]) -> BTreeMap<u32, i64> {
    let one = |event: &Event| match &event.fact {
        Fact::Runtime(fact) => match fact.what {
            What::KernelKillRetold { pid, at: Some(Wall::Instant { unix_us, .. }), .. } => Some((pid, unix_us)),
            _ => None,
        },
        _ => None,
    };
    events.iter().filter_map(|(_, e)| one(e)).collect()
}

/// The offset that the node's records show most often.
fn shown(sources: &[SourceFacts], used: &[usize]) -> Option<Zone> {
    let mut votes: BTreeMap<i32, u64> = BTreeMap::new();
    for (offset, count) in used.iter().flat_map(|index| &sources[*index].offsets) {
        *votes.entry(*offset).or_default() += count;
    }
    votes.into_iter().max_by_key(|(offset, count)| (*count, -offset.abs())).map(|(offset, _)| Zone::Fixed(offset))
}

fn oom(event: &Event) -> Option<&KernelOom> {
    match &event.fact {
        Fact::KernelOom(oom) => Some(oom),
        _ => None,
    }
}
