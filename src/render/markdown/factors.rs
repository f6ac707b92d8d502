//! What made it worse, as far as the report's numbers tell. Sentences are Markdown.

use super::escape::code;
use super::{MAX_CAUSES, Page};
use crate::render::facts::share;
use crate::render::text::group::Group;
use crate::render::text::units::{bytes, count, percent};
use crate::report::{Cause, Holder, HolderKind, Incident, Memory, Verdict};

/// A share of the memory that is worth telling.
const MUCH: f64 = 0.2;

/// The factors, each once.
pub(super) fn of(page: &Page) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let shown = page.fold(page.groups.len(), MAX_CAUSES);
    for group in page.groups.iter().take(shown) {
        let Some(first) = group.first().filter(|first| first.verdict == Verdict::Memory) else { continue };
        let found = bystander(first).into_iter().chain(preferred(first)).chain(memory(first)).chain(limit(first));
        for factor in found.chain(history(group)) {
            if !told.contains(&factor) {
                told.push(factor);
            }
        }
    }
    told
}

/// Another one held the memory.
fn bystander(incident: &Incident) -> Option<String> {
    let largest = largest_holder(incident)?;
    let victim = incident.victims.first()?;
    let own = incident.containers.iter().any(|c| c.name.as_deref() == Some(&largest.name));
    if own || incident.victims.iter().any(|victim| victim.comm == largest.name) {
        return None;
    }
    let part = largest.share.map(|share| format!(" ({})", percent(share))).unwrap_or_default();
    let held = format!("{} held {}{part}", code(&largest.name), bytes(largest.bytes));
    Some(format!("{held}, but {} was killed.", code(&victim.comm)))
}

fn largest_holder(incident: &Incident) -> Option<&Holder> {
    incident.holders.iter().max_by_key(|holder| holder.bytes).filter(|holder| {
        matches!(holder.kind, HolderKind::Process | HolderKind::Container) && holder.share.is_none_or(|s| s >= MUCH)
    })
}

/// The kernel was told to take it first.
fn preferred(incident: &Incident) -> Option<String> {
    let victim = incident.victims.iter().find(|victim| victim.oom_score_adj.is_some_and(|adj| adj >= 300))?;
    let adj = victim.oom_score_adj?;
    Some(format!("{} has an `oom_score_adj` of {adj}, which makes the kernel choose it early.", code(&victim.comm)))
}

fn memory(incident: &Incident) -> Vec<String> {
    let Some(memory) = &incident.memory else { return Vec::new() };
    let mut told = Vec::new();
    if incident.limit.is_none() && memory.swap_total_bytes == Some(0) {
        told.push("The node has no swap, so idle memory could not be moved out.".to_owned());
    }
    told.extend(large(memory).into_iter().filter_map(|(size, what)| {
        let part = share(size?, memory.total_bytes?)?;
        (part >= MUCH).then(|| format!("{} ({}) {what}", bytes(size.unwrap_or(0)), percent(part)))
    }));
    told
}

fn large(memory: &Memory) -> [(Option<u64>, &'static str); 4] {
    [
        (memory.shmem_bytes, "were shared memory or files in a tmpfs: these stay when a process is killed."),
        (memory.slab_unreclaimable_bytes, "were kernel slab that cannot be reclaimed: no process holds it."),
        (memory.hugepages_bytes, "were set aside for huge pages, used or not."),
        (memory.unaccounted_bytes, "are in no counter of the kernel: a driver, a hypervisor's balloon or the like."),
    ]
}

fn limit(incident: &Incident) -> Option<String> {
    let failures = incident.limit.as_ref()?.failcnt.filter(|&n| n >= 100)?;
    Some(format!("The limit had been met {} before the kill.", count(failures, "time", "times")))
}

fn history(group: &Group) -> Vec<String> {
    let mut told = Vec::new();
    let name = code(&group.subject);
    let restarted = group.incidents.iter().flat_map(|i| &i.terminations).filter(|end| end.restarted.is_some()).count();
    if group.times() > 2 && restarted > 1 {
        told.push(format!("{name} was started again {restarted} times with the cause still there."));
    }
    let pattern = group.workload.and_then(|workload| workload.pattern.as_deref());
    let meaning = match pattern {
        Some("startup") => "died soon after each start: the limit is below what it needs to start.",
        Some("growth") => "ran long each time and came back to the limit: a leak, or load that grows.",
        Some("burst") => "was hit several times within a short while.",
        _ => "",
    };
    if !meaning.is_empty() {
        told.push(format!("{name} {meaning}"));
    }
    if group.first().is_some_and(|first| first.cause == Cause::AncestorLimit || first.cause == Cause::PodLimit) {
        told.push(format!("{name} shares the limit that was met with others: what they use counts, too."));
    }
    told
}
