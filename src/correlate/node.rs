//! One node: everything that its sources say, joined.

use super::actions::Actions;
use super::boot_start;
use super::clock::Clocks;
use super::containers::Containers;
use super::coverage::{self, Covered};
use super::ends::{self, End};
use super::faults;
use super::kernel_counter::{self, KernelCounter};
use super::kernel_kills::KernelKills;
use super::kernel_stories::{self, Used};
use super::nodes::NodeEvents;
use super::parents::{self, Parents};
use super::run_by::RunBy;
use super::story::Stories;
use super::told::{self, Subjects};
use super::torn_down::Sandboxes;
use super::units::{self, UnitEnd};
use super::zone;
use super::{apps, counted, leftovers, merge, other_stories, pressure};
use crate::event::{Event, Fact, KernelNote, SourceFacts, What};
use crate::language::Language;
use crate::report;
use crate::time::Zone;
use std::collections::BTreeMap;

/// A node in the making.
pub(super) struct Node<'a> {
    pub(super) name: String,
    pub(super) sources: &'a [SourceFacts],
    /// The events that stories are still made of.
    pub(super) events: Vec<(usize, Event)>,
    pub(super) clocks: Clocks,
    pub(super) containers: Containers,
    pub(super) actions: Actions,
    pub(super) ends: Vec<End>,
    pub(super) units: Vec<UnitEnd>,
    pub(super) run_by: RunBy,
    pub(super) sandboxes: Sandboxes,
    /// Containers that a document shows running.
    pub(super) running: BTreeMap<usize, Running>,
    /// Faults that the kernel logged, by time: indices of `events`.
    pub(super) faults: Vec<(i64, usize)>,
    /// Signs that the node was short of memory, likewise.
    pub(super) pressure: Vec<(i64, usize)>,
    /// What programs said of running out of memory, likewise.
    pub(super) words: Vec<(i64, usize)>,
    /// What parents said of killed children.
    pub(super) parents: Parents,
    pub(super) covered: Covered,
    pub(super) memory_bytes: Option<u64>,
    pub(super) language: Language,
}

impl Node<'_> {
    /// Something was said of this container later than a moment, and it had not ended by then.
    pub(super) fn seen_after(&self, container: usize, at: Option<i64>) -> bool {
        let Some(at) = at else { return false };
        let later_end = self.ends_of(container).any(|(_, end)| end.at().is_some_and(|t| t > at));
        later_end || self.running.get(&container).is_some_and(|running| running.outlived(at))
    }

    /// Learns when the kernel killed something in a container, before it is asked what was outlived.
    pub(super) fn learn_kill(&mut self, container: usize, at: i64) {
        if let Some(running) = self.running.get_mut(&container) {
            running.killed(at);
        }
    }

    /// The ends of one container with their indices: all ends are in order of the container.
    pub(super) fn ends_of(&self, container: usize) -> impl Iterator<Item = (usize, &End)> {
        let from = self.ends.partition_point(|end| end.container < container);
        self.ends.iter().enumerate().skip(from).take_while(move |(_, end)| end.container == container)
    }
}

/// What documents that show a container running tell of kills before them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Running {
    /// It ran at this moment, Unix microseconds. A document that bears no time may be of any time: `crictl ps -o json`
    /// shows a container as `CONTAINER_RUNNING` that the kernel killed minutes after the list was made.
    at: Option<i64>,
    /// The flag of docker 24 and later that a process of the running container was OOM-killed: in this life, which
    /// began then.
    flagged: Option<i64>,
    /// The first kill of that life. Any of its kills may have set the flag, so only the first is known to be outlived.
    first_kill: Option<i64>,
}

impl Running {
    /// Did the container run after a kill at this moment?
    fn outlived(&self, kill: i64) -> bool {
        let flag_is_of_it = || self.first_kill.is_none_or(|first| kill <= first);
        self.at.is_some_and(|t| t > kill) || self.flagged.is_some_and(|started| started <= kill) && flag_is_of_it()
    }

    /// Learns of a kill in the container.
    fn killed(&mut self, at: i64) {
        if self.flagged.is_some_and(|started| started <= at) {
            self.first_kill = Some(self.first_kill.map_or(at, |first| first.min(at)));
        }
    }
}

/// The containers that a document shows running.
fn running(events: &[(usize, Event)], containers: &Containers, clocks: &Clocks) -> BTreeMap<usize, Running> {
    let mut all: BTreeMap<usize, Running> = BTreeMap::new();
    for (source, event) in events {
        let Fact::Runtime(fact) = &event.fact else { continue };
        let What::Running { oom_flag, started, .. } = &fact.what else { continue };
        let Some(container) = containers.of(&fact.container) else { continue };
        let one = all.entry(container).or_default();
        one.at = one.at.max(clocks.when(*source, &event.stamp).unix_us);
        if *oom_flag == Some(true) {
            one.flagged = one.flagged.max(started.as_ref().and_then(|wall| clocks.wall(wall)));
        }
    }
    all
}

/// Is an event looked at again once the containers, their actions and the ends are known? All others are dropped: a busy
/// node's log holds a dozen for every life of a container.
fn is_told_later(event: &Event) -> bool {
    if pressure::is_sign(event) {
        return true;
    }
    let fact = match &event.fact {
        Fact::Runtime(fact) => fact,
        other => return matches!(other, Fact::Kernel(KernelNote::Segfault { .. })),
    };
    if let What::Exited(exit) = &fact.what {
        return exit.oom_flag == Some(true) && fact.container.id.is_none();
    }
    matches!(
        fact.what,
        What::UserspaceKill(_)
            | What::UserspaceKillFailed { .. }
            | What::Evicted { .. }
            | What::OomSeen
            | What::UnitOom
            | What::StartFailed { .. }
            | What::KernelKillRetold { .. }
            | What::Pressure { .. }
            | What::AppOutOfMemory { .. }
            | What::ChildKilled { .. }
    ) || matches!(&fact.what, What::UnitResult { result } if result == "oom-kill")
        || counted::is_counter(&fact.what)
}

/// First and last time of one source, in report form.
#[derive(Debug, Clone, Default)]
pub struct SourceSpan {
    /// Index of the source.
    pub source: usize,
    /// Its node.
    pub node: String,
    /// First time in it.
    pub first: Option<String>,
    /// Last time in it.
    pub last: Option<String>,
}

/// What the joining of one node gives.
pub(super) struct Built {
    pub(super) node: report::Node,
    pub(super) stories: Stories,
    pub(super) spans: Vec<SourceSpan>,
    pub(super) problem: Option<report::Problem>,
}

/// Joins one node's events to stories.
pub(super) fn build(mut events: NodeEvents, sources: &[SourceFacts], zone: Option<Zone>, language: Language) -> Built {
    let zone = zone::find(&events, sources, zone);
    let mut clocks = Clocks::learn(sources, &events.sources, &events.events, zone);
    boot_start::learn(&events, sources, &mut clocks);
    let facts = node_facts(&events);
    let counter = KernelCounter::of(&events.events);
    let releases = coverage::releases(&events);
    // Merging teaches the clocks: the copies of one event date each other.
    let cases = merge::merge(&mut events, sources, &mut clocks);
    let boots = coverage::boots(sources, &events, &clocks, &releases, language);
    let none_counted = kernel_counter::none_counted(&events.events, &cases, &clocks);
    let covered = Covered::learn(sources, &events, &clocks).with_none_counted(none_counted);
    let spans = spans(sources, &events, &clocks);
    let said = || told::all(&events, sources);
    let mut containers = Containers::learn(said().filter(|said| said.is_new()).map(|said| said.told.container));
    let exited = said().filter(|said| matches!(said.told.what, What::Exited(_)));
    containers.learn_nameless(exited.map(|said| said.told.container));
    let subjects = Subjects::find(&events, sources, &containers);
    let actions = Actions::collect(said(), &subjects, &containers, &clocks);
    let mut ends = ends::collect(&events, sources, &subjects, &containers, &clocks);
    let sandboxes = Sandboxes::collect(&events.events, &containers, &clocks);
    drop(subjects);
    let units = units::collect(&events.events, &clocks);
    let run_by = RunBy::learn(&mut ends, &units, &containers);
    let running = running(&events.events, &containers, &clocks);
    events.events.retain(|(_, event)| is_told_later(event));
    events.events.shrink_to_fit();
    let faults = faults::index(&events.events, &clocks);
    let pressure = pressure::index(&events.events, &clocks);
    let words = apps::index(&events.events, &clocks);
    let parents = parents::index(&events.events, &clocks);
    let memory_bytes = facts.memory_total_bytes;
    let mut node = Node {
        name: events.name,
        sources,
        events: events.events,
        clocks,
        containers,
        actions,
        ends,
        units,
        run_by,
        sandboxes,
        running,
        faults,
        pressure,
        words,
        parents,
        covered,
        memory_bytes,
        language,
    };
    let mut used = Used::default();
    let kernel_kills = KernelKills::of(&cases);
    let mut stories = kernel_stories::build(&mut node, cases, &mut used);
    stories.extend(other_stories::build(&node, &kernel_kills, &mut used));
    leftovers::adopt(&node, &mut stories);
    let left = leftovers::build(&node, &stories);
    stories.extend(left);
    let said = apps::build(&node, &stories);
    stories.extend(said);
    let counted = counted::build(&node, &stories);
    stories.extend(counted);
    let problem = counter.and_then(|counter| counter.compare(&stories, sources, language));
    let oom_kills = counter.map(|counter| counter.kills);
    let show = |at: i64| node.clocks.show(at);
    let no_oom_kill = none_counted.map(|(from, to)| report::NoneCounted { from: show(from), to: show(to) });
    let told = report::Node { boots, oom_kills, no_oom_kill, ..facts };
    Built { node: report::Node { name: node.name, ..told }, stories, spans, problem }
}

fn spans(sources: &[SourceFacts], events: &NodeEvents, clocks: &Clocks) -> Vec<SourceSpan> {
    let one = |index: &usize| {
        let moments =
            sources[*index].epochs.iter().filter_map(|e| e.span.as_ref()).flat_map(|(first, last)| [first, last]);
        let times: Vec<i64> = moments.filter_map(|s| clocks.when(*index, s).unix_us).collect();
        let show = |t: Option<&i64>| t.and_then(|t| clocks.show(*t));
        SourceSpan {
            source: *index,
            node: events.name.clone(),
            first: show(times.iter().min()),
            last: show(times.iter().max()),
        }
    };
    events.sources.iter().map(one).collect()
}

fn node_facts(events: &NodeEvents) -> report::Node {
    let mut node = report::Node::default();
    for (_, event) in &events.events {
        match &event.fact {
            Fact::Node(fact) => {
                node.memory_total_bytes = node.memory_total_bytes.or(fact.memory_bytes);
                node.swap_total_bytes = node.swap_total_bytes.or(fact.swap_bytes);
                node.page_size_bytes = node.page_size_bytes.or(fact.page_bytes);
            }
            Fact::KernelOom(oom) => {
                let page = oom.mem_info.as_ref().and_then(|m| m.page_kb()).map(|kb| kb.saturating_mul(1024));
                node.page_size_bytes = node.page_size_bytes.or(page);
                let ram = || oom.mem_info.as_ref()?.ram_pages?.checked_mul(page?);
                node.memory_total_bytes = node.memory_total_bytes.or_else(ram);
            }
            _ => {}
        }
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_of_a_running_container_proves_that_it_outlived_the_first_kill_of_its_life() {
        let mut running = Running { flagged: Some(100), ..Running::default() };
        [90, 120, 130].into_iter().for_each(|at| running.killed(at));
        assert_eq!([90, 120, 130].map(|kill| running.outlived(kill)), [false, true, false]);
        assert!(!Running::default().outlived(120), "a list of unknown time");
        assert!(Running { at: Some(121), ..Running::default() }.outlived(120));
    }
}
