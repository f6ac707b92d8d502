//! Crashes that the kernel logged: its line about a fault of the container's own process tells that the signal was no one's kill.

use super::clock::{Clocks, When};
use super::ends::End;
use super::node::Node;
use crate::event::{Event, Evidence, Fact, KernelNote};
use crate::time::SECOND_US;

/// The kernel's line and the exit stand this near to each other.
const SAME_CRASH_US: i64 = 3 * SECOND_US;
/// Names of processes are cut at this many bytes.
const COMM_MAX: usize = 15;

/// A fault that the kernel logged.
pub(super) struct Fault<'a> {
    pub(super) when: When,
    pub(super) comm: &'a str,
    pub(super) pid: u32,
    pub(super) evidence: &'a [Evidence],
}

/// The fault that a container ended by: its main process's pid, or, where that is not known, a process of the container's name, at
/// the time of the end.
pub(super) fn of_end<'a>(node: &'a Node<'_>, end: &End) -> Option<Fault<'a>> {
    let at = end.at()?;
    let known = node.containers.get(end.container);
    let pids: Vec<u32> = end.pid.into_iter().chain(known.pids.iter().copied()).collect();
    let name = known.about.name.as_deref().and_then(|n| n.get(..n.len().min(COMM_MAX)));
    let own = |pid: u32, comm: &str| if pids.is_empty() { name == Some(comm) } else { pids.contains(&pid) };
    let from = node.faults.partition_point(|(t, _)| *t < at.saturating_sub(SAME_CRASH_US));
    let near = node.faults.iter().skip(from).take_while(|(t, _)| *t <= at.saturating_add(SAME_CRASH_US));
    near.filter_map(|(_, index)| node.events.get(*index)).find_map(|(source, event)| {
        let Fact::Kernel(KernelNote::Segfault { comm, pid }) = &event.fact else { return None };
        let when = node.clocks.when(*source, &event.stamp);
        own(*pid, comm).then(|| Fault { when, comm, pid: *pid, evidence: &event.evidence })
    })
}

/// The dated faults among a node's events: when, and which event.
pub(super) fn index(events: &[(usize, Event)], clocks: &Clocks) -> Vec<(i64, usize)> {
    let dated = events.iter().enumerate().filter_map(|(index, (source, event))| {
        let is_fault = matches!(event.fact, Fact::Kernel(KernelNote::Segfault { .. }));
        clocks.when(*source, &event.stamp).unix_us.filter(|_| is_fault).map(|at| (at, index))
    });
    let mut faults: Vec<(i64, usize)> = dated.collect();
    faults.sort_unstable();
    faults
}
