//! What parents on the host say of children that the kernel killed: it names the kill's service or program where neither a cgroup nor the
//! service manager does.
//!
//! ```text
//! kernel: Killed process 1834 (mysqld) total-vm:1523456kB, anon-rss:512340kB, file-rss:0kB
//! init: mysql main process (1834) killed by KILL signal                                         Upstart
//! postgres[900]: LOG:  server process (PID 1834) was terminated by signal 9: Killed
//! ```

use super::clock::Clocks;
use super::merge::Case;
use super::node::Node;
use super::proof::Proof;
use crate::event::{Event, Fact, RuntimeFact, What};
use crate::report::{Container, Incident};
use crate::say;
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// A parent tells of it this soon: it waits for the child, but its log may be written in bunches.
const AFTER_US: i64 = 10 * SECOND_US;
/// Its stamp may be cut to the second, the kernel's is not.
const BEFORE_US: i64 = SECOND_US;
/// The service manager, whose children are the main processes of services.
const MANAGER: &str = "upstart";

/// The dated lines of parents outside of containers, by the child's pid: when, and which event.
pub(super) type Parents = BTreeMap<u32, Vec<(i64, usize)>>;

/// Collects them.
pub(super) fn index(events: &[(usize, Event)], clocks: &Clocks) -> Parents {
    let mut parents = Parents::new();
    for (index, (source, event)) in events.iter().enumerate() {
        let Some((_, _, pid)) = child_of(event) else { continue };
        if let Some(at) = clocks.when(*source, &event.stamp).unix_us {
            parents.entry(pid).or_default().push((at, index));
        }
    }
    parents
}

/// The fact, the parent's name and the child's host pid.
fn child_of(event: &Event) -> Option<(&RuntimeFact, &str, u32)> {
    let Fact::Runtime(fact) = &event.fact else { return None };
    let What::ChildKilled { program, pid: Some(pid), signal: 9, .. } = &fact.what else { return None };
    // A container's processes have pids of their own.
    let on_the_host = fact.container.id.is_none() && fact.container.name.is_none();
    on_the_host.then_some((fact, program, *pid))
}

/// Shows what the parents of a kill's victims said of it. A service that is named so is the incident's own, where no other is.
pub(super) fn tell(incident: &mut Incident, proof: &mut Proof<'_>, node: &Node<'_>, case: &Case) {
    for (kill, when) in case.oom.kills.iter().zip(&case.kills) {
        let Some(at) = when.unix_us else { continue };
        let near = |t: i64| (-BEFORE_US..=AFTER_US).contains(&t.saturating_sub(at));
        for (_, index) in node.parents.get(&kill.pid).into_iter().flatten().filter(|(t, _)| near(*t)) {
            let Some((source, event)) = node.events.get(*index) else { continue };
            let Some((fact, program, pid)) = child_of(event) else { continue };
            let text = say!(node.language, "join-step-child-killed-with-pid", program = program, pid = pid);
            let when = node.clocks.when(*source, &event.stamp);
            proof.step(&when, "application", "application", text, &event.evidence);
            if program == MANAGER && incident.containers.is_empty() {
                incident.containers.extend(service_of(fact));
            }
        }
    }
}

/// The service that the manager calls its child.
fn service_of(fact: &RuntimeFact) -> Option<Container> {
    let What::ChildKilled { child, .. } = &fact.what else { return None };
    child.clone().map(|job| Container { unit: Some(job), ..Container::default() })
}
