//! The node's memory: a global OOM, one bound to NUMA nodes, free memory of no use, SysRq f, panic.

use super::kernel::Whole;
use super::words::{Subject, holder_words, larger_holder, quote_line, quoted, sentence, top_holders, victim_words};
use super::{Story, kernel};
use crate::diagnose::fragmentation::{self, Finding};
use crate::diagnose::holders::{self as held_by};
use crate::diagnose::units::{share, size, size_of};
use crate::diagnose::{Context, advice};
use crate::event::{Constraint, KernelOom, Outcome, Zone};
use crate::identity;
use crate::language::Language;
use crate::report::{Cause, Holder, HolderKind, Incident, Memory};
use crate::say;

/// Tells a global OOM; gives the summary.
pub(super) fn tell(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let total = total(incident, context);
    let finding = context.oom.and_then(fragmentation::examine);
    figures(incident, total, story);
    watermarks(context, story);
    constraint(incident, context, story);
    story.say_all(finding.as_ref().map(|finding| finding_words(finding, story.language)));
    page_fault(context, story);
    swap(incident, story);
    story.say_all(top_holders(incident, story.language));
    kinds(incident, context, total, story);
    kernel::trigger(incident, context, story);
    story.say_all(context.oom.and_then(|oom| kernel::no_kill(oom, story.language)));
    kernel::victims(incident, total, Whole::Node, story);
    kernel::choice(incident, context, story);
    bystander(incident, total, &subject, story);
    kernel::group(incident, context, story);
    kernel::special_victims(incident, context, story);
    kernel::aftermath(incident, context, &subject, story);
    kernel::gaps(incident, context, story);
    give_advice(incident, context, &subject, finding.as_ref(), story);
    summary(incident, context, &subject, finding.as_ref())
}

fn total(incident: &Incident, context: &Context<'_>) -> Option<u64> {
    incident.memory.as_ref().and_then(|m| m.total_bytes).or(context.node_memory_bytes)
}

fn summary(incident: &Incident, context: &Context<'_>, subject: &Subject, finding: Option<&Finding>) -> String {
    let language = context.language;
    let what = match (incident.cause, finding) {
        (Cause::NumaLimit, _) => say!(language, "tell-node-numa"),
        (Cause::Fragmentation, Some(Finding::HighOrder { block_kb, .. })) => {
            say!(language, "tell-node-no-block", size = size(language, block_kb.saturating_mul(1024)))
        }
        (Cause::Fragmentation, Some(Finding::ZoneExhausted { zones, .. })) => {
            say!(language, "tell-node-zone", zones = language.list(zones))
        }
        (Cause::Fragmentation, None) => say!(language, "tell-node-unusable"),
        _ => say!(language, "tell-node-out"),
    };
    let place = subject.owned.then_some(&subject.full);
    let likely = context.notes.by_time.then_some("yes");
    let victim = incident.victims.first().map(|victim| victim_words(victim, language));
    let killed = match incident.victims.len() {
        0 => say!(language, "tell-node-killed-none"),
        1 => say!(language, "tell-node-killed-one", victim = victim, place = place, likely = likely),
        n => say!(language, "tell-node-killed-many", n = n, victim = victim, place = place, likely = likely),
    };
    let but = larger_holder(incident).map(|holder| while_words(holder, self::total(incident, context), language));
    say!(language, "tell-node-summary", what = what, killed = killed, but = but)
}

fn while_words(holder: &Holder, total: Option<u64>, language: Language) -> String {
    let size = size_of(language, holder.bytes, total);
    match holder.kind {
        HolderKind::Unaccounted => say!(language, "tell-node-unexplained", size = size),
        HolderKind::Process => say!(language, "tell-node-held", name = quoted(&holder.name), size = size),
        _ => say!(language, "tell-node-held", name = &holder.name, size = size),
    }
}

fn figures(incident: &Incident, total: Option<u64>, story: &mut Story) {
    let Some(memory) = &incident.memory else { return };
    if let Some((total, free)) = total.zip(memory.free_bytes) {
        let (free, total) = (size_of(story.language, free, Some(total)), size(story.language, total));
        story.say(say!(story.language, "tell-node-free", total = total, free = free));
    }
    let shmem = memory.shmem_bytes.unwrap_or(0);
    let slab = sum(memory.slab_reclaimable_bytes, memory.slab_unreclaimable_bytes);
    let language = story.language;
    let part = |bytes: Option<u64>| {
        let bytes = bytes.filter(|b| total.and_then(|t| share(*b, t)).is_none_or(|s| s >= 0.005))?;
        Some(size_of(language, bytes, total))
    };
    let anon = memory.anon_bytes.map(|a| a.saturating_sub(shmem));
    // Counters never add up to the last percent.
    let unexplained = memory.unaccounted_bytes.zip(total).and_then(|(b, t)| share(b, t)).is_some_and(|s| s >= 0.05);
    let parts: Vec<String> = [
        part(anon).map(|size| say!(language, "tell-part-anon", size = size)),
        part(memory.shmem_bytes).map(|size| say!(language, "tell-part-shmem", size = size)),
        part(memory.file_bytes).map(|size| say!(language, "tell-part-cache", size = size)),
        part(slab).map(|size| say!(language, "tell-part-slab", size = size)),
        part(memory.pagetables_bytes).map(|size| say!(language, "tell-part-pagetables", size = size)),
        part(memory.kernel_bytes).map(|size| say!(language, "tell-part-stacks", size = size)),
        part(memory.hugepages_bytes).map(|size| say!(language, "tell-part-huge", size = size)),
        part(memory.unaccounted_bytes.filter(|_| unexplained))
            .map(|size| say!(language, "tell-part-unaccounted", size = size)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        story.say(say!(language, "tell-in-use", parts = language.list(&parts)));
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    }
}

/// Zones against their last reserve.
fn watermarks(context: &Context<'_>, story: &mut Story) {
    let Some(info) = context.oom.and_then(|o| o.mem_info.as_ref()) else { return };
    let zones: Vec<&Zone> = info.zones.iter().filter(|z| z.get("managed").unwrap_or(1) > 0).collect();
    let marks = |z: &Zone| Some((z.get("free")?, z.get("min").filter(|m| *m > 0)?));
    // The zone that decides is the largest one: its mark is the highest.
    let Some(zone) = zones.iter().max_by_key(|z| marks(z).map_or(0, |(_, min)| min)) else { return };
    let Some((free, min)) = marks(zone) else { return };
    let twins = zones.iter().filter(|z| z.name == zone.name).count() > 1;
    let node = zone.node.filter(|_| twins);
    let language = story.language;
    let words = |kb: u64| size(language, kb.saturating_mul(1024));
    let (free_words, min_words) = (words(free), words(min));
    let name = &zone.name;
    let above = || zones.iter().filter_map(|z| marks(z)).all(|(free, min)| free > min);
    if free <= min && free_words != min_words {
        story.say(say!(language, "tell-zone-below", zone = name, node = node, free = free_words, min = min_words));
    } else if free <= min.saturating_add(min / 4) {
        story.say(say!(language, "tell-zone-low", zone = name, node = node, free = free_words, min = min_words));
    } else if above() && !context.oom.is_some_and(is_bound) {
        story.say(say!(language, "tell-zone-above", zone = name, node = node, free = free_words, min = min_words));
    }
    if let Some(cma) = zone.get("free_cma").filter(|cma| *cma >= free / 2 && *cma > 0) {
        story.say(say!(language, "tell-zone-cma", zone = name, size = words(cma)));
    }
    let hopeless = info.nodes.iter().any(|n| n.all_unreclaimable == Some(true))
        || info.zones.iter().any(|z| z.all_unreclaimable == Some(true));
    if hopeless {
        story.say(say!(language, "tell-unreclaimable"));
    }
}

fn is_bound(oom: &KernelOom) -> bool {
    oom.trigger.as_ref().is_some_and(|t| t.order > 0)
}

/// Cpuset or memory policy.
fn constraint(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    if incident.cause != Cause::NumaLimit {
        return;
    }
    let summary = context.oom.and_then(|o| o.summary.as_ref());
    let allowed = summary.and_then(|s| s.nodemask.as_deref().or(s.mems_allowed.as_deref()));
    let by = match summary.map(|s| s.constraint) {
        Some(Constraint::Cpuset) => "cpuset",
        Some(Constraint::MemoryPolicy) => "policy",
        _ => "either",
    };
    let cpuset = summary.and_then(|s| s.cpuset.as_deref()).map(quoted);
    story.say(say!(story.language, "tell-bound", nodes = allowed, by = by, cpuset = cpuset));
    if let Some(free) = free_elsewhere(context) {
        story.say(say!(story.language, "tell-free-elsewhere", size = size(story.language, free)));
    }
}

/// Free memory outside of the zones that the dump lists (it lists the allowed nodes only).
fn free_elsewhere(context: &Context<'_>) -> Option<u64> {
    let oom = context.oom?;
    let info = oom.mem_info.as_ref()?;
    let listed = info.zones.iter().filter_map(|z| z.get("free")).fold(0, u64::saturating_add);
    let page_kb = crate::diagnose::page_size(oom).kb;
    let rest = info.counter("free")?.checked_mul(page_kb)?.checked_sub(listed)?;
    (rest >= 16 * 1024).then(|| rest.saturating_mul(1024))
}

/// `pagefault_out_of_memory`: a fault failed for memory somewhere, and only afterwards the OOM killer is called, without
/// knowing what was asked for (up to 5.15).
fn page_fault(context: &Context<'_>, story: &mut Story) {
    let Some(oom) = context.oom else { return };
    let blind = oom.trigger.as_ref().is_some_and(|t| t.gfp_mask == 0 && t.order == 0);
    if blind || oom.stack.iter().any(|f| f == "pagefault_out_of_memory") {
        story.say(say!(story.language, "tell-page-fault"));
    }
}

fn finding_words(finding: &Finding, language: Language) -> String {
    let bytes = |kb: &u64| size(language, kb.saturating_mul(1024));
    match finding {
        Finding::HighOrder { order, block_kb, free_kb, largest_kb, .. } => say!(
            language,
            "tell-fragmented",
            block = bytes(block_kb),
            order = *order,
            free = bytes(free_kb),
            largest = bytes(largest_kb),
        ),
        Finding::ZoneExhausted { zones, free_kb, min_kb, other_free_kb } => say!(
            language,
            "tell-zone-exhausted",
            zones = language.list(zones),
            free = bytes(free_kb),
            min = bytes(min_kb),
            elsewhere = bytes(other_free_kb),
        ),
    }
}

fn swap(incident: &Incident, story: &mut Story) {
    let Some(memory) = &incident.memory else { return };
    let language = story.language;
    match (memory.swap_total_bytes, memory.swap_free_bytes) {
        (Some(0), _) => story.say(say!(language, "tell-node-no-swap")),
        (Some(total), Some(free)) if free <= total / 50 => {
            story.say(say!(language, "tell-node-swap-full", total = size(language, total)));
        }
        (Some(total), Some(free)) => {
            let (free, total) = (size(language, free), size(language, total));
            story.say(say!(language, "tell-node-swap-left", free = free, total = total));
        }
        _ => {}
    }
}

/// Large parts that are no process's.
fn kinds(incident: &Incident, context: &Context<'_>, total: Option<u64>, story: &mut Story) {
    let Some((memory, total)) = incident.memory.as_ref().zip(total) else { return };
    let part = |bytes: Option<u64>| bytes.and_then(|b| share(b, total)).unwrap_or(0.0);
    if part(memory.shmem_bytes) >= 0.2 {
        story.say(say!(story.language, "tell-node-shmem"));
        kernel::reaped_shmem(context, story);
    }
    if part(memory.hugepages_bytes) >= 0.1 {
        huge_words(context, memory, total, story);
    }
    if context.oom.is_some_and(|o| o.slabs.as_ref().is_some_and(|s| !s.is_empty())) {
        slab_table(context, story);
    } else if part(memory.slab_unreclaimable_bytes) >= 0.25 {
        story.say(say!(story.language, "tell-node-slab"));
    }
    if part(memory.unaccounted_bytes) >= 0.15 {
        story.say(say!(story.language, "tell-node-unaccounted"));
    }
    if part(memory.pagetables_bytes) >= 0.1 {
        story.say(say!(story.language, "tell-node-pagetables"));
    }
    if part(memory.file_bytes) >= 0.25 {
        story.say(say!(story.language, "tell-node-cache"));
    }
}

fn huge_words(context: &Context<'_>, memory: &Memory, total: u64, story: &mut Story) {
    let Some(bytes) = memory.hugepages_bytes else { return };
    let pools = context.oom.and_then(|o| o.mem_info.as_ref()).map(|i| i.hugepages.as_slice()).unwrap_or_default();
    let free = pools.iter().map(|p| p.free.saturating_mul(p.size_kb)).fold(0, u64::saturating_add).saturating_mul(1024);
    let unused = match free {
        0 => None,
        free if free >= bytes => Some("all".to_owned()),
        free => Some(size(story.language, free)),
    };
    let size = size_of(story.language, bytes, Some(total));
    story.say(say!(story.language, "tell-node-huge", size = size, unused = unused));
}

/// The kernel prints this table only when unreclaimable slab exceeds all other reclaimable memory (4.15 and later).
fn slab_table(context: &Context<'_>, story: &mut Story) {
    let language = story.language;
    let largest = context.oom.map(held_by::largest_caches).unwrap_or_default();
    let words = |(name, bytes): &(&str, u64)| {
        say!(language, "tell-slab-cache", name = quoted(name), size = size(language, *bytes))
    };
    let caches: Vec<String> = largest.iter().take(3).map(words).collect();
    let caches = (!caches.is_empty()).then(|| language.list(&caches));
    story.say(say!(language, "tell-slab-table", caches = caches));
}

fn bystander(incident: &Incident, total: Option<u64>, subject: &Subject, story: &mut Story) {
    let Some(other) = larger_holder(incident) else { return };
    let language = story.language;
    let holder = holder_words(other, total, language);
    story.say(match other.kind {
        HolderKind::Process | HolderKind::Container => {
            let who = subject.owned.then(|| sentence(&subject.short));
            say!(language, "tell-not-the-filler", who = who, holder = holder)
        }
        // The victim may well have written the files: the report does not tell whose they are.
        HolderKind::Shmem => say!(language, "tell-files-in-memory", holder = holder),
        _ => say!(language, "tell-no-process", holder = holder),
    });
}

fn give_advice(
    incident: &Incident,
    context: &Context<'_>,
    subject: &Subject,
    finding: Option<&Finding>,
    story: &mut Story,
) {
    let language = story.language;
    match (incident.cause, finding) {
        (Cause::NumaLimit, _) => story.advise(say!(language, "tell-do-numa"), say!(language, "tell-why-numa")),
        (Cause::Fragmentation, Some(Finding::ZoneExhausted { zones, .. })) => {
            story.advise(say!(language, "tell-do-driver", zones = zones.join("/")), say!(language, "tell-why-driver"))
        }
        (Cause::Fragmentation, _) => fragmentation_advice(story),
        _ => {}
    }
    holder_advice(incident, subject, story);
    if incident.cause == Cause::NodeMemory {
        node_advice(incident, subject, story);
    }
    if incident.memory.is_none() && context.oom.is_some_and(|oom| !kernel::is_bsd(oom)) {
        story.advise(say!(language, "tell-do-full-report"), say!(language, "tell-why-full-report"));
    }
}

fn fragmentation_advice(story: &mut Story) {
    let language = story.language;
    story.advise(say!(language, "tell-do-reserve"), say!(language, "tell-why-reserve"));
    story.advise(say!(language, "tell-do-large-blocks"), say!(language, "tell-why-large-blocks"));
}

/// What to look at, by the largest holder.
fn holder_advice(incident: &Incident, subject: &Subject, story: &mut Story) {
    let other = larger_holder(incident);
    let Some(holder) = other.or(incident.holders.first()) else { return };
    let total = incident.memory.as_ref().and_then(|m| m.total_bytes);
    let much = size_of(story.language, holder.bytes, total);
    let (action, reason) = holder_words_of_advice(holder, much, story.language);
    story.advise(action, reason);
    if holder.kind == HolderKind::Process {
        story.advise_all(advice::for_program(story.language, &holder.name));
    }
    let has_owner = subject.container.is_some();
    let of_another = matches!(holder.kind, HolderKind::Process | HolderKind::Container | HolderKind::Hugepages);
    if other.is_some() && has_owner && of_another {
        story.advise(
            say!(story.language, "tell-do-not-raise", who = &subject.short),
            say!(story.language, "tell-why-not-raise-node"),
        );
    }
}

/// What to do about a holder, and why.
fn holder_words_of_advice(holder: &Holder, much: String, language: Language) -> (String, String) {
    match holder.kind {
        HolderKind::Process => (
            say!(language, "tell-do-look-first", name = quoted(&holder.name)),
            say!(language, "tell-why-look-process", size = much),
        ),
        HolderKind::Container => (
            say!(language, "tell-do-look-container-first", name = quoted(&holder.name)),
            say!(language, "tell-why-look-container", size = much),
        ),
        HolderKind::Shmem => (say!(language, "tell-do-files"), say!(language, "tell-why-files", size = much)),
        HolderKind::Hugepages => (say!(language, "tell-do-huge"), say!(language, "tell-why-huge", size = much)),
        HolderKind::Slab => (say!(language, "tell-do-slab"), say!(language, "tell-why-slab", size = much)),
        HolderKind::Kernel => {
            (say!(language, "tell-do-kernel"), say!(language, "tell-why-kernel", size = much, name = &holder.name))
        }
        HolderKind::Unaccounted => {
            (say!(language, "tell-do-unaccounted"), say!(language, "tell-why-unaccounted", size = much))
        }
    }
}

fn node_advice(incident: &Incident, subject: &Subject, story: &mut Story) {
    let language = story.language;
    let pod = subject
        .container
        .and_then(|i| incident.containers.get(i))
        .is_some_and(|c| c.pod.is_some() || c.pod_uid.is_some());
    if pod {
        story.advise(say!(language, "tell-do-requests"), say!(language, "tell-why-requests"));
    } else {
        // With a bystander killed, it is another one that needs the limit.
        let of_user = incident.victims.iter().filter_map(|v| v.cgroup.as_deref()).any(identity::is_of_user);
        let unit = subject.lasting_unit().filter(|_| larger_holder(incident).is_none() && !of_user);
        story.advise(say!(language, "tell-do-own-limits", unit = unit), say!(language, "tell-why-own-limits"));
    }
}

/// SysRq f.
pub(super) fn manual(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let total = total(incident, context);
    story.say(say!(story.language, "tell-manual"));
    if let Some((total_bytes, free_bytes)) = total.zip(incident.memory.as_ref().and_then(|m| m.free_bytes)) {
        let free = size_of(story.language, free_bytes, Some(total_bytes));
        let total = size(story.language, total_bytes);
        story.say(say!(story.language, "tell-manual-free", free = free, total = total));
        if share(free_bytes, total_bytes).is_some_and(|s| s >= 0.1) {
            story.say(say!(story.language, "tell-manual-not-short"));
        }
    }
    kernel::victims(incident, total, Whole::Node, story);
    kernel::choice(incident, context, story);
    kernel::group(incident, context, story);
    kernel::special_victims(incident, context, story);
    kernel::aftermath(incident, context, &subject, story);
    kernel::gaps(incident, context, story);
    let language = story.language;
    story.advise(say!(language, "tell-do-manual"), say!(language, "tell-why-manual"));
    let place = subject.owned.then_some(&subject.full);
    match incident.victims.first() {
        Some(victim) => say!(language, "tell-manual-killed", victim = victim_words(victim, language), place = place),
        None => say!(language, "tell-manual-no-kill"),
    }
}

/// panic_on_oom, or nothing left to kill.
pub(super) fn panic(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let total = total(incident, context);
    let text = context.oom.and_then(|o| match &o.outcome {
        Outcome::Panic(text) => Some(text.as_str()),
        _ => None,
    });
    figures(incident, total, story);
    swap(incident, story);
    story.say_all(top_holders(incident, story.language));
    kinds(incident, context, total, story);
    kernel::trigger(incident, context, story);
    kernel::victims(incident, total, Whole::Node, story);
    let set = text.is_some_and(|t| t.contains("panic_on_oom"));
    let language = story.language;
    story.say(match text {
        Some(text) => say!(language, "tell-panic-said", text = quote_line(text)),
        None => say!(language, "tell-panic-no-killable"),
    });
    if set {
        story.say(say!(language, "tell-panic-set"));
        story.advise(say!(language, "tell-do-panic-set"), say!(language, "tell-why-panic-set"));
    } else {
        story.say(say!(language, "tell-panic-nothing-left"));
        story.advise(say!(language, "tell-do-panic-nothing-left"), say!(language, "tell-why-panic-nothing-left"));
    }
    holder_advice(incident, &Subject::of(incident, language), story);
    kernel::gaps(incident, context, story);
    if set { say!(language, "tell-panicked-set") } else { say!(language, "tell-panicked") }
}
