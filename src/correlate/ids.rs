//! The ids of containers that events tell of.

use crate::event::{Event, Fact};
use crate::identity;

/// The containers in whose cgroups an event's processes were killed.
pub(super) fn killed_ids(event: &Event) -> Vec<String> {
    let Fact::KernelOom(oom) = &event.fact else { return Vec::new() };
    let path = oom.summary.as_ref().and_then(|s| s.task_memcg.as_deref());
    let path = path.or_else(|| oom.memcg.as_ref().and_then(|m| m.task_path.as_deref()));
    let found = path.map(identity::parse).unwrap_or_default();
    let with_id = found.containers.into_iter().filter(|c| !c.monitor && c.own_id().is_some());
    with_id.map(|c| c.id).collect()
}

/// The container that a runtime's fact is about.
pub(super) fn told_id(event: &Event) -> Option<&str> {
    match &event.fact {
        Fact::Runtime(fact) => fact.container.id.as_deref(),
        _ => None,
    }
}
