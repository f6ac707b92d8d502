//! What made it worse, as far as the report's numbers tell. Sentences are Markdown.

use super::escape::code;
use super::{MAX_CAUSES, Page};
use crate::language::Language;
use crate::render::facts::share;
use crate::render::text::group::Group;
use crate::render::text::units::{bytes, percent};
use crate::report::{Cause, Holder, HolderKind, Incident, Verdict};
use crate::say;

/// A share of the memory that is worth telling.
const MUCH: f64 = 0.2;

/// The factors, each once.
pub(super) fn of(page: &Page) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let shown = page.fold(page.groups.len(), MAX_CAUSES);
    for group in page.groups.iter().take(shown) {
        let Some(first) = group.first().filter(|first| first.verdict == Verdict::Memory) else { continue };
        let language = page.language;
        let found = bystander(first, language).into_iter().chain(preferred(first, language));
        let found = found.chain(memory(first, language)).chain(limit(first, language));
        for factor in found.chain(history(group, language)) {
            if !told.contains(&factor) {
                told.push(factor);
            }
        }
    }
    told
}

/// Another one held the memory.
fn bystander(incident: &Incident, language: Language) -> Option<String> {
    let largest = largest_holder(incident)?;
    let victim = incident.victims.first()?;
    let own = incident.containers.iter().any(|c| c.name.as_deref() == Some(&largest.name));
    if own || incident.victims.iter().any(|victim| victim.comm == largest.name) {
        return None;
    }
    let (name, size) = (code(&largest.name), bytes(largest.bytes));
    let victim = code(&victim.comm);
    Some(match largest.share.map(percent) {
        Some(part) => {
            say!(language, "render-pm-bystander-share", name = name, size = size, percent = part, victim = victim)
        }
        None => say!(language, "render-pm-bystander", name = name, size = size, victim = victim),
    })
}

fn largest_holder(incident: &Incident) -> Option<&Holder> {
    incident.holders.iter().max_by_key(|holder| holder.bytes).filter(|holder| {
        matches!(holder.kind, HolderKind::Process | HolderKind::Container) && holder.share.is_none_or(|s| s >= MUCH)
    })
}

/// The kernel was told to take it first.
fn preferred(incident: &Incident, language: Language) -> Option<String> {
    let victim = incident.victims.iter().find(|victim| victim.oom_score_adj.is_some_and(|adj| adj >= 300))?;
    let adj = victim.oom_score_adj?;
    Some(say!(language, "render-pm-preferred", name = code(&victim.comm), adj = adj.to_string()))
}

fn memory(incident: &Incident, language: Language) -> Vec<String> {
    let Some(memory) = &incident.memory else { return Vec::new() };
    let mut told = Vec::new();
    if incident.limit.is_none() && memory.swap_total_bytes == Some(0) {
        told.push(say!(language, "render-pm-no-swap"));
    }
    let much = |size: Option<u64>| {
        let part = share(size?, memory.total_bytes?)?;
        (part >= MUCH).then(|| (bytes(size.unwrap_or(0)), percent(part)))
    };
    told.extend(
        much(memory.shmem_bytes)
            .map(|(size, part)| say!(language, "render-pm-much-shmem", size = size, percent = part)),
    );
    told.extend(
        much(memory.slab_unreclaimable_bytes)
            .map(|(size, part)| say!(language, "render-pm-much-slab", size = size, percent = part)),
    );
    told.extend(
        much(memory.hugepages_bytes)
            .map(|(size, part)| say!(language, "render-pm-much-huge", size = size, percent = part)),
    );
    told.extend(
        much(memory.unaccounted_bytes)
            .map(|(size, part)| say!(language, "render-pm-much-rest", size = size, percent = part)),
    );
    told
}

fn limit(incident: &Incident, language: Language) -> Option<String> {
    let failures = incident.limit.as_ref()?.failcnt.filter(|&n| n >= 100)?;
    Some(say!(language, "render-pm-limit-met", n = failures))
}

fn history(group: &Group, language: Language) -> Vec<String> {
    let mut told = Vec::new();
    let name = code(&group.subject);
    let restarted = group.incidents.iter().flat_map(|i| &i.terminations).filter(|end| end.restarted.is_some()).count();
    if group.times() > 2 && restarted > 1 {
        told.push(say!(language, "render-pm-restarted", name = &name, n = restarted));
    }
    let pattern = group.workload.and_then(|workload| workload.pattern.as_deref());
    told.extend(match pattern {
        Some("startup") => Some(say!(language, "render-pm-startup", name = &name)),
        Some("growth") => Some(say!(language, "render-pm-growth", name = &name)),
        Some("burst") => Some(say!(language, "render-pm-burst", name = &name)),
        _ => None,
    });
    if group.first().is_some_and(|first| first.cause == Cause::AncestorLimit || first.cause == Cause::PodLimit) {
        told.push(say!(language, "render-pm-shared-limit", name = name));
    }
    told
}
