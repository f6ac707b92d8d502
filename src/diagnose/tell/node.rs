//! The node's memory: a global OOM, one bound to NUMA nodes, free memory of no use, SysRq f, panic.

use super::words::{
    Subject, holder_words, larger_holder, list, quote_line, quoted, sentence, top_holders, victim_words,
};
use super::{Story, kernel};
use crate::diagnose::fragmentation::{self, Finding};
use crate::diagnose::holders::{self as held_by};
use crate::diagnose::units::{percent, share, size, size_of};
use crate::diagnose::{Context, advice};
use crate::event::{Constraint, KernelOom, Outcome, Zone};
use crate::report::{Cause, Holder, HolderKind, Incident, Memory};

/// Tells a global OOM; gives the summary.
pub(super) fn tell(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let total = total(incident, context);
    let finding = context.oom.and_then(fragmentation::examine);
    figures(incident, total, story);
    watermarks(context, story);
    constraint(incident, context, story);
    story.say_all(finding.as_ref().map(finding_words));
    page_fault(context, story);
    swap(incident, story);
    story.say_all(top_holders(incident));
    kinds(incident, context, total, story);
    kernel::trigger(incident, context, story);
    if let Some(reason) = context.oom.and_then(kernel::no_kill) {
        story.say(reason);
    }
    kernel::victims(incident, total, "the node's memory", story);
    kernel::choice(incident, context, story);
    bystander(incident, total, &subject, story);
    kernel::group(incident, context, story);
    kernel::special_victims(incident, story);
    kernel::aftermath(incident, context, &subject, story);
    kernel::gaps(incident, context, story);
    give_advice(incident, context, &subject, finding.as_ref(), story);
    summary(incident, total, &subject, finding.as_ref())
}

fn total(incident: &Incident, context: &Context<'_>) -> Option<u64> {
    incident.memory.as_ref().and_then(|m| m.total_bytes).or(context.node_memory_bytes)
}

fn summary(incident: &Incident, total: Option<u64>, subject: &Subject, finding: Option<&Finding>) -> String {
    let what = match (incident.cause, finding) {
        (Cause::NumaLimit, _) => "The memory nodes that the request was bound to ran out".to_owned(),
        (Cause::Fragmentation, Some(Finding::HighOrder { block_kb, .. })) => {
            format!("The kernel found no free block of {} though memory was free", size(block_kb.saturating_mul(1024)))
        }
        (Cause::Fragmentation, Some(Finding::ZoneExhausted { zones, .. })) => {
            format!("Memory zone {} ran out though other memory was free", zones.join(" and "))
        }
        (Cause::Fragmentation, None) => "The kernel could not use the memory that was free".to_owned(),
        _ => "The node ran out of memory".to_owned(),
    };
    let killed = match incident.victims.as_slice() {
        [] => "the log shows no kill".to_owned(),
        [one] => format!("the kernel killed {}{}", victim_words(one), owner(subject)),
        many => {
            format!("the kernel killed {} processes, first {}{}", many.len(), victim_words(&many[0]), owner(subject))
        }
    };
    let but = larger_holder(incident).map_or_else(String::new, |h| format!(", while {}", while_words(h, total)));
    format!("{what}: {killed}{but}.")
}

fn while_words(holder: &Holder, total: Option<u64>) -> String {
    match holder.kind {
        HolderKind::Unaccounted => format!("no counter explains {}", size_of(holder.bytes, total)),
        HolderKind::Process => format!("{} held {}", quoted(&holder.name), size_of(holder.bytes, total)),
        _ => format!("{} held {}", holder.name, size_of(holder.bytes, total)),
    }
}

fn owner(subject: &Subject) -> String {
    if subject.owned { format!(" in {}", subject.full) } else { String::new() }
}

fn figures(incident: &Incident, total: Option<u64>, story: &mut Story) {
    let Some(memory) = &incident.memory else { return };
    if let Some((total, free)) = total.zip(memory.free_bytes) {
        story.say(format!("Of {} of usable memory {} were free.", size(total), size_of(free, Some(total))));
    }
    let shmem = memory.shmem_bytes.unwrap_or(0);
    let slab = sum(memory.slab_reclaimable_bytes, memory.slab_unreclaimable_bytes);
    let part = |bytes: Option<u64>, what: &str| {
        let bytes = bytes.filter(|b| total.and_then(|t| share(*b, t)).is_none_or(|s| s >= 0.005))?;
        Some(format!("{} {what}", size_of(bytes, total)))
    };
    let anon = memory.anon_bytes.map(|a| a.saturating_sub(shmem));
    // Counters never add up to the last percent.
    let unexplained = memory.unaccounted_bytes.zip(total).and_then(|(b, t)| share(b, t)).is_some_and(|s| s >= 0.05);
    let parts: Vec<String> = [
        part(anon, "anonymous memory (heap, stacks)"),
        part(memory.shmem_bytes, "shared memory and tmpfs"),
        part(memory.file_bytes, "page cache"),
        part(slab, "kernel slab"),
        part(memory.pagetables_bytes, "page tables"),
        part(memory.kernel_bytes, "kernel stacks"),
        part(memory.hugepages_bytes, "huge page pools"),
        part(memory.unaccounted_bytes.filter(|_| unexplained), "that no counter explains"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        story.say(format!("In use were: {}.", list(&parts)));
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
    let node = zone.node.filter(|_| twins).map_or_else(String::new, |n| format!(" of node {n}"));
    let (free_words, min_words) = (size(free.saturating_mul(1024)), size(min.saturating_mul(1024)));
    let zone_words = format!("{}{node}", zone.name);
    if free <= min && free_words != min_words {
        story.say(format!(
            "Zone {zone_words} was down to {free_words} free, below the {min_words} that the kernel keeps for emergencies."
        ));
    } else if free <= min.saturating_add(min / 4) {
        story.say(format!(
            "Zone {zone_words} was down to {free_words} free; the kernel keeps {min_words} for emergencies."
        ));
    } else if zones.iter().filter_map(|z| marks(z)).all(|(free, min)| free > min) && !context.oom.is_some_and(is_bound)
    {
        story.say(format!(
            "Free memory was still above the kernel's reserve (zone {zone_words}: {free_words} free, reserve {min_words})."
        ));
    }
    let hopeless = info.nodes.iter().any(|n| n.all_unreclaimable == Some(true))
        || info.zones.iter().any(|z| z.all_unreclaimable == Some(true));
    if hopeless {
        story.say("The kernel had given up reclaiming memory (all_unreclaimable).");
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
    let where_to = allowed.map_or_else(String::new, |nodes| format!(" (nodes {nodes})"));
    let by = match summary.map(|s| s.constraint) {
        Some(Constraint::Cpuset) => {
            let name =
                summary.and_then(|s| s.cpuset.as_deref()).map_or_else(String::new, |c| format!(" {}", quoted(c)));
            format!("cpuset{name}")
        }
        Some(Constraint::MemoryPolicy) => "a memory policy (numactl, mbind)".to_owned(),
        _ => "a cpuset or memory policy".to_owned(),
    };
    story.say(format!(
        "The request was bound to some memory nodes{where_to} by {by}: only these had to run out, not the whole node."
    ));
    if let Some(free) = free_elsewhere(context) {
        story.say(format!("{} were free on other memory nodes.", size(free)));
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
        story.say("A page fault had failed for memory before, and the kernel no longer knew what was asked for (gfp_mask 0x0). The node's own memory need not have been short: a cgroup at its limit can end like this, too.");
    }
}

fn finding_words(finding: &Finding) -> String {
    let bytes = |kb: &u64| size(kb.saturating_mul(1024));
    match finding {
        Finding::HighOrder { order, block_kb, free_kb, largest_kb, .. } => format!(
            "The request needed {} in one piece (order {order}). {} were free in zones above their reserve, but the largest usable block there was {}: memory was fragmented.",
            bytes(block_kb),
            bytes(free_kb),
            bytes(largest_kb)
        ),
        Finding::ZoneExhausted { zones, free_kb, min_kb, other_free_kb } => format!(
            "The request may only take memory from {}, where {} were free (reserve {}); {} were free elsewhere, out of its reach.",
            zones.join(" and "),
            bytes(free_kb),
            bytes(min_kb),
            bytes(other_free_kb)
        ),
    }
}

fn swap(incident: &Incident, story: &mut Story) {
    let Some(memory) = &incident.memory else { return };
    match (memory.swap_total_bytes, memory.swap_free_bytes) {
        (Some(0), _) => story.say("The node has no swap."),
        (Some(total), Some(free)) if free <= total / 50 => story.say(format!("Swap ({}) was used up.", size(total))),
        (Some(total), Some(free)) => {
            story.say(format!(
                "{} of {} of swap were still free; it cannot take locked or kernel memory.",
                size(free),
                size(total)
            ));
        }
        _ => {}
    }
}

/// Large parts that are no process's.
fn kinds(incident: &Incident, context: &Context<'_>, total: Option<u64>, story: &mut Story) {
    let Some((memory, total)) = incident.memory.as_ref().zip(total) else { return };
    let part = |bytes: Option<u64>| bytes.and_then(|b| share(b, total)).unwrap_or(0.0);
    if part(memory.shmem_bytes) >= 0.2 {
        story.say("Shared memory and tmpfs files stay when a process is killed; only deleting the files or segments frees them.");
        kernel::reaped_shmem(context, story);
    }
    if part(memory.hugepages_bytes) >= 0.1 {
        huge_words(context, memory, total, story);
    }
    if context.oom.is_some_and(|o| o.slabs.as_ref().is_some_and(|s| !s.is_empty())) {
        slab_table(context, story);
    } else if part(memory.slab_unreclaimable_bytes) >= 0.25 {
        story.say("Kernel slab that cannot be reclaimed is unusually large. This suggests a leak in the kernel or a driver, or very many open objects.");
    }
    if part(memory.unaccounted_bytes) >= 0.15 {
        story.say("A large part is in no counter. This suggests a driver, a GPU, ZFS, or memory that the hypervisor took back (balloon).");
    }
    if part(memory.pagetables_bytes) >= 0.1 {
        story.say("Page tables are unusually large. This suggests many processes that map the same large shared memory without huge pages.");
    }
    if part(memory.file_bytes) >= 0.25 {
        story.say("Much page cache was left. This suggests that it was locked, dirty or in constant use, so that the kernel could not drop it.");
    }
}

fn huge_words(context: &Context<'_>, memory: &Memory, total: u64, story: &mut Story) {
    let Some(bytes) = memory.hugepages_bytes else { return };
    let pools = context.oom.and_then(|o| o.mem_info.as_ref()).map(|i| i.hugepages.as_slice()).unwrap_or_default();
    let free = pools.iter().map(|p| p.free.saturating_mul(p.size_kb)).fold(0, u64::saturating_add).saturating_mul(1024);
    let unused = match free {
        0 => String::new(),
        free if free >= bytes => ", all of it unused".to_owned(),
        free => format!(", {} of it unused", size(free)),
    };
    story.say(format!("{} is set aside for huge pages{unused}: nothing else can use it.", size_of(bytes, Some(total))));
}

/// The kernel prints this table only when unreclaimable slab exceeds all other reclaimable memory (4.15 and later).
fn slab_table(context: &Context<'_>, story: &mut Story) {
    let caches: Vec<String> = context
        .oom
        .map(held_by::largest_caches)
        .unwrap_or_default()
        .iter()
        .take(3)
        .map(|c| format!("{} ({})", quoted(c.name.trim_start_matches("slab cache ")), size(c.bytes)))
        .collect();
    let names = if caches.is_empty() { String::new() } else { format!(": largest {}", list(&caches)) };
    story.say(format!(
        "The kernel printed its slab table, which it does only when slab outweighs all process memory and cache{names}. This suggests a leak in the kernel or a driver."
    ));
}

fn bystander(incident: &Incident, total: Option<u64>, subject: &Subject, story: &mut Story) {
    let Some(other) = larger_holder(incident) else { return };
    let words = holder_words(other, total);
    match other.kind {
        HolderKind::Process | HolderKind::Container => {
            let who = if subject.owned { sentence(&subject.short) } else { "The victim".to_owned() };
            story.say(format!("{who} was not what filled the node: the largest holder was {words}."));
        }
        // The victim may well have written the files: the report does not tell whose they are.
        HolderKind::Shmem => {
            story.say(format!("The largest holder was no process: {words}. Whose files they are is not shown."));
        }
        _ => story.say(format!("The largest holder was no process: {words}.")),
    }
}

fn give_advice(
    incident: &Incident,
    context: &Context<'_>,
    subject: &Subject,
    finding: Option<&Finding>,
    story: &mut Story,
) {
    match (incident.cause, finding) {
        (Cause::NumaLimit, _) => {
            story.advise(
                "Widen cpuset.mems or the memory policy of the workload, or give its memory nodes less to do.",
                "It may use some memory nodes only, and these were full.",
            );
        }
        (Cause::Fragmentation, Some(Finding::ZoneExhausted { zones, .. })) => {
            story.advise(
                format!("Find out which driver asks for memory of zone {} (see who asked) and update it or reduce its buffers.", zones.join("/")),
                "More memory in other zones does not help such requests.",
            );
        }
        (Cause::Fragmentation, _) => fragmentation_advice(story),
        _ => {}
    }
    holder_advice(incident, subject, story);
    if incident.cause == Cause::NodeMemory {
        node_advice(incident, subject, story);
    }
    if incident.memory.is_none() && context.oom.is_some() {
        story.advise(
            "Look for the full kernel report of that time (journalctl -k, /var/log/kern.log).",
            "What is left here does not show who held the memory.",
        );
    }
}

fn fragmentation_advice(story: &mut Story) {
    story.advise(
        "Raise vm.min_free_kbytes (for example to 1% of memory) and look at vm.compaction_proactiveness.",
        "A larger reserve and earlier compaction keep larger blocks free.",
    );
    story.advise(
        "Find out who asks for large blocks (see who asked): jumbo frames, a driver, many small cgroups.",
        "Requests of single pages do not fail for fragmentation.",
    );
}

/// What to look at, by the largest holder.
fn holder_advice(incident: &Incident, subject: &Subject, story: &mut Story) {
    let other = larger_holder(incident);
    let Some(holder) = other.or(incident.holders.first()) else { return };
    let total = incident.memory.as_ref().and_then(|m| m.total_bytes);
    let much = total
        .and_then(|t| percent(holder.bytes, t))
        .map_or_else(|| size(holder.bytes), |p| format!("{} ({p})", size(holder.bytes)));
    match holder.kind {
        HolderKind::Process => {
            story.advise(format!("Look at {} first.", quoted(&holder.name)), format!("It held {much} of the node's memory."));
            if let Some((action, reason)) = advice::for_program(&holder.name) {
                story.advise(action, reason);
            }
        }
        HolderKind::Container => story.advise(format!("Look at container {} first.", quoted(&holder.name)), format!("It held {much}.")),
        HolderKind::Shmem => story.advise(
            "Find the files in memory: df -h -t tmpfs, ipcs -m, du on emptyDir volumes with medium Memory; delete them or give them a size limit.",
            format!("They held {much}; no kill can free them."),
        ),
        HolderKind::Hugepages => story.advise(
            "Check vm.nr_hugepages (and hugepages= on the kernel's command line) against what really uses huge pages.",
            format!("The pools hold {much} back from everything else."),
        ),
        HolderKind::Slab => story.advise(
            "Watch slabtop over time, update the kernel, and look at the cache that grows.",
            format!("The kernel's own objects held {much}; killing processes does not free them."),
        ),
        HolderKind::Kernel => story.advise(
            "Count processes, threads and mappings (page tables), or sockets.",
            format!("The kernel held {much} for them ({}).", holder.name),
        ),
        HolderKind::Unaccounted => story.advise(
            "Look at drivers, GPUs, ZFS ARC and the hypervisor's balloon.",
            format!("{much} are in no counter of the kernel."),
        ),
    }
    let has_owner = subject.container.is_some();
    let of_another = matches!(holder.kind, HolderKind::Process | HolderKind::Container | HolderKind::Hugepages);
    if other.is_some() && has_owner && of_another {
        story.advise(
            format!("Do not raise the limit of {}.", subject.short),
            "It did not hit a limit of its own: it was killed because the node was full.",
        );
    }
}

fn node_advice(incident: &Incident, subject: &Subject, story: &mut Story) {
    let pod = subject
        .container
        .and_then(|i| incident.containers.get(i))
        .is_some_and(|c| c.pod.is_some() || c.pod_uid.is_some());
    if pod {
        story.advise(
            "Set memory requests near to what the pods use, and check the kubelet's eviction thresholds and system-reserved.",
            "A node that fills up should evict before the kernel kills; requests decide who is killed last.",
        );
    } else {
        // With a bystander killed, it is another one that needs the limit.
        let unit = subject.unit.as_deref().filter(|_| larger_holder(incident).is_none());
        let example =
            unit.map_or_else(String::new, |u| format!(" (for example systemctl set-property {u} MemoryMax=)"));
        story.advise(
            format!("Give the large users a memory limit of their own{example}, or give the node more memory."),
            "Then the one that grows is killed, not another.",
        );
    }
}

/// SysRq f.
pub(super) fn manual(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let total = total(incident, context);
    story.say("The kernel was told to run its OOM killer by hand (SysRq f, or 'f' written to /proc/sysrq-trigger).");
    if let Some((total, free)) = total.zip(incident.memory.as_ref().and_then(|m| m.free_bytes)) {
        story.say(format!("At that moment {} of {} were free.", size_of(free, Some(total)), size(total)));
        if share(free, total).is_some_and(|s| s >= 0.1) {
            story.say("This suggests that memory was not short.");
        }
    }
    kernel::victims(incident, total, "the node's memory", story);
    kernel::choice(incident, context, story);
    kernel::group(incident, context, story);
    kernel::special_victims(incident, story);
    kernel::aftermath(incident, context, &subject, story);
    kernel::gaps(incident, context, story);
    story.advise(
        "Find out who did it: shell history, audit log, console, a monitoring agent, or earlyoom (newer versions do it on low memory).",
        "The kernel does not record who asked.",
    );
    match incident.victims.first() {
        Some(victim) => format!(
            "Somebody ran the kernel's OOM killer by hand (SysRq f): it killed {}{}.",
            victim_words(victim),
            owner(&subject)
        ),
        None => "Somebody ran the kernel's OOM killer by hand (SysRq f); the log shows no kill.".to_owned(),
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
    story.say_all(top_holders(incident));
    kinds(incident, context, total, story);
    kernel::trigger(incident, context, story);
    kernel::victims(incident, total, "the node's memory", story);
    let set = text.is_some_and(|t| t.contains("panic_on_oom"));
    match text {
        Some(text) => story.say(format!("The kernel stopped with a panic: {}.", quote_line(text))),
        None => story.say("The kernel found no process that it may kill; it panics then, and the node goes down."),
    }
    if set {
        story.say("vm.panic_on_oom is set: the kernel does not kill a process but stops the node, and everything on it ends at once.");
        story.advise(
            "Set vm.panic_on_oom to 0 unless a restart of the whole node is wanted.",
            "With it, one program out of memory takes down everything on the node.",
        );
    } else {
        story.say("Nothing that may be killed was left. This suggests that the kernel itself held the memory, or that all that is left has oom_score_adj -1000.");
        story.advise(
            "Check which services set OOMScoreAdjust=-1000, and who held the memory.",
            "The kernel needs somebody to kill; without one it stops the node.",
        );
    }
    holder_advice(incident, &Subject::of(incident), story);
    kernel::gaps(incident, context, story);
    let why = if set { "vm.panic_on_oom is set" } else { "the kernel found nothing that it may kill" };
    format!("The node ran out of memory and went down with a kernel panic: {why}.")
}
