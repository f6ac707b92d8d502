//! When a node started whose kernel log shows nothing but its uptime (`dmesg` as it is, a serial console), measured by the ends of the containers
//! and services in which it killed something: `dmesg > dmesg.txt` beside `docker events`, `docker inspect` or `/var/log/daemon.log`.

use super::clock::Clocks;
use super::ids::killed_ids;
use super::merge::victim_cgroup;
use super::nodes::NodeEvents;
use super::told::{self, Said};
use crate::event::{Event, Fact, SourceFacts, What};
use crate::identity;
use crate::report::short_id;
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};

/// The runtime sees a kill and the end that follows from it within this time; more would take the next life's end for it.
const AFTER_US: i64 = 4 * SECOND_US;
/// Kill lines alone (a quiet serial console) name no container: so many of them, and half of all, must fit ends by SIGKILL of whatever container.
const NAMELESS_MIN: usize = 3;
/// The newest kills, and ends of one container or service, that are compared each with each.
const NEWEST_MAX: usize = 512;
/// Stands for their containers.
const NAMELESS: &str = "";

/// Kills of one source and boot: the uptime, and the short ids of the containers, or the service.
type Kills = Vec<(u64, Vec<String>)>;
/// Boots by source and epoch.
type Boots = BTreeMap<(usize, u32), Kills>;

/// Teaches the clocks when the boots began that no record of the node dates.
pub(super) fn learn(node: &NodeEvents, sources: &[SourceFacts], clocks: &mut Clocks) {
    let Some(boots) = undated(&node.events, clocks) else { return };
    let wanted: BTreeSet<&str> = boots.values().flatten().flat_map(|(_, ids)| ids).map(String::as_str).collect();
    let mut ends: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for said in told::all(node, sources) {
        if wanted.contains(NAMELESS) && is_kill(&said) {
            ends.entry(NAMELESS).or_default().extend(ended(&said, clocks));
        }
        let id = said.told.container.id.as_deref().map(short_id).and_then(|id| wanted.get(id));
        if let Some((id, at)) = id.and_then(|id| Some((*id, ended(&said, clocks)?))) {
            ends.entry(id).or_default().push(at);
        }
    }
    for (unit, at) in node.events.iter().filter_map(|(source, event)| unit_ended(*source, event, clocks)) {
        let own = wanted.get(unit).into_iter().chain(wanted.get(NAMELESS));
        own.for_each(|id| ends.entry(id).or_default().push(at));
    }
    let found: Vec<_> = boots.iter().filter_map(|(boot, kills)| Some((*boot, start(kills, &ends)?))).collect();
    for ((source, epoch), start) in found {
        clocks.teach(source, epoch, &[(0, start)]);
    }
}

/// The kills in containers, where no kernel OOM of the node has a time.
fn undated(events: &[(usize, Event)], clocks: &Clocks) -> Option<Boots> {
    let mut boots = Boots::new();
    for (source, event) in events {
        let Fact::KernelOom(oom) = &event.fact else { continue };
        let stamp = oom.kills.first().map_or(event.stamp, |kill| kill.stamp);
        if clocks.when(*source, &stamp).unix_us.is_some() || clocks.when(*source, &event.stamp).unix_us.is_some() {
            return None;
        }
        let mut ids: Vec<String> = killed_ids(event).iter().map(|id| short_id(id).to_owned()).collect();
        if ids.is_empty() {
            let unit = victim_cgroup(oom).and_then(|path| identity::parse(path).unit);
            ids.push(unit.unwrap_or_else(|| NAMELESS.to_owned()));
        }
        if let Some(uptime) = stamp.uptime_us {
            boots.entry((*source, event.stamp.epoch)).or_default().push((uptime, ids));
        }
    }
    (!boots.is_empty()).then_some(boots)
}

/// A service whose process the kernel killed, or whose main process SIGKILL ended.
fn unit_ended<'e>(source: usize, event: &'e Event, clocks: &Clocks) -> Option<(&'e str, i64)> {
    let Fact::Runtime(fact) = &event.fact else { return None };
    let killed = match &fact.what {
        What::UnitExited(exit) => exit.code == "killed" && exit.status == Some(9),
        What::UnitOom => true,
        _ => false,
    };
    let unit = fact.unit.as_deref().filter(|_| killed && fact.container.id.is_none())?;
    Some((unit, clocks.when(source, &event.stamp).unix_us?))
}

/// The runtime tells of an OOM, or of an end by SIGKILL.
fn is_kill(said: &Said<'_>) -> bool {
    match said.told.what {
        What::Exited(exit) => exit.exit_code == Some(137) || exit.signal == Some(9),
        What::OomSeen => true,
        _ => false,
    }
}

/// When a container ended that may have been killed, or its runtime saw the OOM.
fn ended(said: &Said<'_>, clocks: &Clocks) -> Option<i64> {
    let finished = match said.told.what {
        What::Exited(exit) if exit.exit_code != Some(0) => exit.finished.or(said.told.end.finished),
        What::OomSeen => None,
        _ => return None,
    };
    match finished {
        Some(wall) => clocks.wall(&wall),
        None => clocks.when(said.source, &said.stamp).unix_us,
    }
}

/// The moment from which the most kills lie just before an end of their own: a service whose hundred workers were killed ends once. Two such
/// moments tell nothing.
fn start(kills: &Kills, ends: &BTreeMap<&str, Vec<i64>>) -> Option<i64> {
    let mut starts: Vec<(i64, usize, &i64)> = Vec::new();
    for (index, (uptime, ids)) in kills.iter().enumerate().rev().take(NEWEST_MAX) {
        let uptime = i64::try_from(*uptime).ok()?;
        let own = ids.iter().filter_map(|id| ends.get(id.as_str())).flat_map(|own| own.iter().rev().take(NEWEST_MAX));
        starts.extend(own.map(|end| (end.saturating_sub(uptime), index, end)));
    }
    starts.sort_unstable();
    let counted = votes(&starts);
    let named = kills.iter().any(|(_, ids)| ids.iter().any(|id| id != NAMELESS));
    let enough = |most: &&usize| named || **most >= NAMELESS_MIN && **most * 2 >= kills.len();
    let most = counted.iter().max().filter(enough)?;
    let mut best = counted.iter().zip(&starts).filter(|(count, _)| *count == most).map(|(_, (at, ..))| *at);
    let first = best.next()?;
    best.all(|at| at.saturating_sub(first) <= AFTER_US).then_some(first)
}

/// For each start how many kills have an end of their own, if it and those that follow it closely are one start.
fn votes(starts: &[(i64, usize, &i64)]) -> Vec<usize> {
    let (mut kills, mut ends): (BTreeMap<usize, usize>, BTreeMap<i64, usize>) = Default::default();
    let mut next = 0;
    let mut counted = Vec::with_capacity(starts.len());
    for (at, kill, end) in starts {
        while let Some((_, kill, end)) = starts.get(next).filter(|(other, ..)| other.saturating_sub(*at) <= AFTER_US) {
            *kills.entry(*kill).or_default() += 1;
            *ends.entry(**end).or_default() += 1;
            next += 1;
        }
        counted.push(kills.len().min(ends.len()));
        leave(&mut kills, kill);
        leave(&mut ends, end);
    }
    counted
}

fn leave<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_of(kills: &[(u64, &str)], ends: &[(&'static str, i64)]) -> Option<i64> {
        let kills = kills.iter().map(|(second, id)| (second * 1_000_000, vec![(*id).to_owned()])).collect();
        let mut by_id: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for (id, tenths) in ends {
            by_id.entry(id).or_default().push(tenths * 100_000);
        }
        start(&kills, &by_id).map(|start| start / 100_000)
    }

    #[test]
    fn one_kill_and_one_end() {
        assert_eq!(start_of(&[(100, "a")], &[("a", 51_005)]), Some(50_005));
        assert_eq!(start_of(&[(100, "a")], &[("b", 51_005)]), None);
        assert_eq!(start_of(&[(100, "a")], &[("a", 51_005), ("a", 51_305)]), None, "two ends, far apart");
        assert_eq!(start_of(&[(100, "a")], &[("a", 51_005), ("a", 51_015)]), Some(50_005), "two records of one end");
    }

    #[test]
    fn kill_lines_alone_need_more_than_one() {
        let kills: Vec<(u64, &str)> = [100, 117, 161, 230].map(|second| (second, NAMELESS)).to_vec();
        let ends = [51_005, 51_178, 51_607].map(|tenths| (NAMELESS, tenths));
        assert_eq!(start_of(&kills, &ends), Some(49_997));
        assert_eq!(start_of(&kills[..2], &ends[..2]), None);
        assert_eq!(start_of(&kills, &ends[..2]), None);
    }

    /// A container that restarts every ten seconds: one life too early or too late fits all kills but one.
    #[test]
    fn a_loop_fits_once() {
        let kills = [(100, "a"), (110, "a"), (120, "a"), (131, "a")];
        let ends = [("a", 51_005), ("a", 51_108), ("a", 51_204), ("a", 51_315)];
        assert_eq!(start_of(&kills, &ends), Some(50_004));
        assert_eq!(start_of(&kills[..2], &ends), None, "of four lives two are in the log");
    }
}
