//! A memory cgroup reached its limit: container, pod, something above, service, or any other cgroup.

use super::words::{Subject, holder_words, larger_holder, list, quoted, sentence, short_id, top_holders};
use super::{Story, kernel};
use crate::diagnose::advice;
use crate::diagnose::picture::{self, Stats};
use crate::diagnose::units::{count, share, size, size_of};
use crate::diagnose::{Context, fill};
use crate::event::{KernelOom, MemcgBlock, Outcome};
use crate::identity;
use crate::report::{Cause, HolderKind, Incident, Limit, Scope};

/// Tells a cgroup OOM; gives the summary.
pub(super) fn tell(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let level = Level::of(incident, limit_bytes(incident, context));
    let lowered = context.oom.is_some_and(kernel::limit_lowered);
    limit_facts(incident, context, &level, story);
    if lowered {
        story.say("The limit was being lowered at that moment, below what was in use: the call trace shows a write to the limit.");
    }
    level_facts(incident, context, &subject, story);
    kernel::trigger(incident, context, story);
    if let Some(reason) = context.oom.and_then(kernel::no_kill) {
        story.say(reason);
    }
    kernel::victims(incident, limit_bytes(incident, context), "the limit", story);
    kernel::choice(incident, context, story);
    kernel::group(incident, context, story);
    over_limit(incident, story);
    let use_of_it = Use::of(incident, context);
    composition(incident, context, story);
    use_of_it.explain(incident, story);
    swap_facts(context, story);
    kernel::special_victims(incident, story);
    if use_of_it == Use::Tmpfs {
        kernel::reaped_shmem(context, story);
        if context.notes.previous_kills > 0 {
            story.say("It had been killed for this before. This suggests that the files survive each restart.");
        }
    }
    kernel::aftermath(incident, context, &subject, story);
    kernel::gaps(incident, context, story);
    runtime_only(incident, context, story);
    give_advice(incident, context, &subject, &use_of_it, lowered, story);
    summary(incident, context, &subject, &level)
}

/// Whose limit it was, in words.
struct Level {
    /// Starts a sentence about its figures: `The container's memory cgroup`, `Cgroup '/x'`.
    owner: String,
    /// `it reached its own memory limit of 64.0 MiB`.
    reached: String,
}

impl Level {
    fn of(incident: &Incident, bytes: Option<u64>) -> Level {
        let path = incident.limit.as_ref().and_then(|l| l.cgroup.as_deref()).map(quoted);
        let scope = incident.limit.as_ref().map_or(Scope::Other, |l| l.scope);
        let of = bytes.map_or_else(String::new, |b| format!(" of {}", size(b)));
        let level = |owner: &str, reached: &str| Level { owner: owner.to_owned(), reached: format!("{reached}{of}") };
        match (incident.cause, scope, path) {
            (Cause::ContainerLimit, ..) => level("The container's memory cgroup", "it reached its own memory limit"),
            (Cause::ServiceLimit, ..) => level("The service's memory cgroup", "it reached its own memory limit"),
            (Cause::PodLimit, ..) => level("The pod's memory cgroup", "its pod reached its memory limit"),
            (_, Scope::Kubepods, _) => {
                level("All pods together", "all pods together reached the limit set for them (node allocatable)")
            }
            (_, Scope::Qos, _) => level("All pods of its QoS class", "the pods of its QoS class reached their limit"),
            (Cause::AncestorLimit, _, Some(path)) => level(
                &format!("The cgroup above it, {path},"),
                &format!("the cgroup above it, {path}, reached its limit"),
            ),
            (_, _, Some(path)) => level(&format!("Cgroup {path}"), &format!("cgroup {path} reached its memory limit")),
            (_, _, None) => level("Its cgroup", "its cgroup reached its memory limit"),
        }
    }
}

fn summary(incident: &Incident, context: &Context<'_>, subject: &Subject, level: &Level) -> String {
    let reached = &level.reached;
    let name = sentence(&subject.full);
    if context.oom.is_some_and(|o| o.kills.is_empty()) {
        let storm = if incident.count > 1 { format!(" ({} reports)", incident.count) } else { String::new() };
        // A report that was cut does not say that nobody was killed.
        let killed = if context.oom.is_some_and(|o| o.outcome == Outcome::NotSeen) {
            "the logs do not show whom the kernel killed"
        } else {
            "the kernel killed nothing"
        };
        return format!("{name}: {reached}, and {killed}{storm}.");
    }
    if context.oom.is_none() && incident.victims.is_empty() && incident.terminations.is_empty() {
        return match context.notes.start_error {
            Some(_) if subject.owned => {
                format!("{name} could not start: its memory limit is too low, as its runtime says.")
            }
            Some(_) => "A container could not start: its memory limit is too low, as its runtime says.".to_owned(),
            None => format!(
                "{name}: the kernel killed something in it for memory, as its runtime says; what, and whether it lived on, is not in these logs."
            ),
        };
    }
    if context.oom.is_none() && incident.victims.is_empty() {
        return format!("{name} was killed for memory, as its runtime says; most likely {reached}.");
    }
    let owned = subject.owned;
    let main = incident.victims.iter().any(|v| v.main == Some(true));
    match incident.victims.as_slice() {
        [first, ..] if context.notes.survived == Some(true) => format!(
            "The kernel killed {} (pid {}) in {}, because {reached}. The rest of it went on running.",
            quoted(&first.comm),
            first.pid,
            subject.full
        ),
        [one] if owned && !main => {
            format!("{name}: the kernel killed its process {}, because {reached}.", quoted(&one.comm))
        }
        [_, _, ..] if owned && !main => {
            format!("{name}: the kernel killed {} of its processes, because {reached}.", incident.victims.len())
        }
        _ => format!("{name} was killed by the kernel's OOM killer, because {reached}."),
    }
}

fn limit_bytes(incident: &Incident, context: &Context<'_>) -> Option<u64> {
    let own = matches!(incident.cause, Cause::ContainerLimit);
    let limit = incident.limit.as_ref().and_then(|l| l.limit_bytes);
    limit.or(context.container_limit_bytes.filter(|_| own))
}

fn limit_facts(incident: &Incident, context: &Context<'_>, level: &Level, story: &mut Story) {
    let Some(limit) = &incident.limit else { return };
    match (limit.usage_bytes, limit.limit_bytes) {
        (Some(usage), Some(bytes)) => {
            story.say(format!("{} used {} of its limit of {}.", level.owner, size(usage), size(bytes)));
        }
        (None, Some(bytes)) => story.say(format!("{} has a limit of {}.", level.owner, size(bytes))),
        (Some(usage), None) => {
            story.say(format!("{} used {}; a limit of memory alone is not set.", level.owner, size(usage)))
        }
        (None, None) => match context.container_limit_bytes {
            Some(bytes) => story.say(format!(
                "The kernel's report does not show the figures of the limit; {} are configured.",
                size(bytes)
            )),
            None => story.say("The kernel's report does not show the figures of the limit."),
        },
    }
    if let Some(block) = context.oom.and_then(fill::block) {
        other_counter(block, limit, story);
    }
    failures(limit, story);
}

/// cgroup v1 has further limits: memory and swap together, and kernel memory.
fn other_counter(block: &MemcgBlock, limit: &Limit, story: &mut Story) {
    let full = |c: &crate::event::Counter| c.limit_kb.is_some_and(|limit| c.usage_kb.saturating_add(1024) >= limit);
    if block.memory.as_ref().is_some_and(full) || limit.usage_bytes.is_none() {
        return;
    }
    if let Some(both) = block.memsw.as_ref().filter(|c| full(c)) {
        let words = picture::counter(both).1.map_or_else(String::new, |b| format!(" of {}", size(b)));
        story.say(format!(
            "It was the limit of memory and swap together{words} that was full, not that of memory alone."
        ));
    } else if let Some(kmem) = block.kmem.as_ref().filter(|c| full(c)) {
        let words = picture::counter(kmem).1.map_or_else(String::new, |b| format!(" of {}", size(b)));
        story.say(format!("It was the limit of kernel memory (kmem){words} that was full, not that of memory."));
    }
}

/// `failcnt` counts since the cgroup was made: many failures are a long time at the limit.
fn failures(limit: &Limit, story: &mut Story) {
    match limit.failcnt {
        Some(n @ 10_000..) => story.say(format!(
            "Requests had met the limit {n} times since the cgroup was made (failcnt). This suggests that it had been at its limit for long, not for one moment."
        )),
        Some(n @ 1..) => {
            let times = count(n, "time", "times");
            story.say(format!("Requests had met the limit {times} since the cgroup was made (failcnt)."));
        }
        _ => {}
    }
}

/// What the level of the limit means.
fn level_facts(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let limit = incident.limit.as_ref();
    match incident.cause {
        Cause::PodLimit => pod_facts(incident, context, story),
        Cause::AncestorLimit => {
            story.say(format!(
                "So {} need not have done anything wrong: the limit is shared with everything else below that cgroup.",
                subject.short
            ));
        }
        Cause::ContainerLimit => {
            let configured = context.container_limit_bytes.zip(limit.and_then(|l| l.limit_bytes));
            if let Some((configured, hit)) = configured.filter(|(c, hit)| c / 4096 != hit / 4096) {
                story.say(format!(
                    "The configured limit is {}, the limit that was hit {}: it was changed in between.",
                    size(configured),
                    size(hit)
                ));
            }
        }
        Cause::CgroupLimit if limit.and_then(|l| l.cgroup.as_ref()).is_none() => {
            story.say("The log does not show which cgroup's limit it was; it was not the node's memory.");
        }
        _ => {}
    }
    if let Some(qos) = qos(incident) {
        story.say(format!("The pod's QoS class is {qos}, by its cgroup path."));
    }
}

fn pod_facts(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let limit = incident.limit.as_ref().and_then(|l| l.limit_bytes);
    let equal = context.container_limit_bytes.zip(limit).is_some_and(|(a, b)| a / 4096 == b / 4096);
    let children = context.oom.and_then(fill::block).map_or(0, containers_below);
    if equal {
        story.say("The container's limit is the same as the pod's. In a pod of one container this is usual: the pod's is hit first, because the pause process counts too. Read it as the container's limit.");
    } else if children > 1 {
        story.say(format!(
            "{children} containers share the pod's limit; the one that was killed need not be the one that used most."
        ));
    } else {
        story.say("In a pod of one container both limits are the same and the pod's is hit first. With several containers, look at all of them.");
    }
}

fn containers_below(block: &MemcgBlock) -> usize {
    let mut ids: Vec<String> = block
        .stats
        .iter()
        .filter_map(|s| identity::parse(&s.path).containers.into_iter().next())
        .map(|c| c.id)
        .collect();
    ids.sort();
    ids.dedup();
    ids.len()
}

fn qos(incident: &Incident) -> Option<&'static str> {
    let known = incident.containers.iter().find_map(|c| c.qos.as_deref());
    let victims = incident.victims.iter().filter_map(|v| v.cgroup.as_deref());
    let paths = victims.chain(incident.limit.iter().filter_map(|l| l.cgroup.as_deref()));
    let from_path = || paths.map(identity::parse).find_map(|i| i.qos);
    match known.or_else(from_path)? {
        "guaranteed" => Some("Guaranteed"),
        "burstable" => Some("Burstable"),
        "besteffort" => Some("BestEffort"),
        _ => None,
    }
}

/// Resident size counts pages that other cgroups pay for.
fn over_limit(incident: &Incident, story: &mut Story) {
    let Some(limit) = incident.limit.as_ref().and_then(|l| l.limit_bytes) else { return };
    let resident = |v: &crate::report::Victim| {
        let parts = [v.anon_rss_bytes, v.file_rss_bytes, v.shmem_rss_bytes];
        parts.into_iter().flatten().fold(0, u64::saturating_add)
    };
    if let Some(victim) = incident.victims.iter().find(|v| resident(v) > limit.saturating_add(limit / 50)) {
        story.say(format!(
            "{} had {} resident, more than the limit: a part of it is shared with or charged to another cgroup.",
            quoted(&victim.comm),
            size(resident(victim))
        ));
    }
}

/// What the memory was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Anonymous,
    Tmpfs,
    Kernel,
    Cache,
    Unknown,
}

impl Use {
    fn of(incident: &Incident, context: &Context<'_>) -> Use {
        let Some(memory) = &incident.memory else { return Use::Unknown };
        let usage = incident.limit.as_ref().and_then(|l| l.usage_bytes.or(l.limit_bytes)).or(memory.total_bytes);
        let part = |bytes: Option<u64>| bytes.zip(usage).and_then(|(b, u)| share(b, u)).unwrap_or(0.0);
        let shmem = memory.shmem_bytes.unwrap_or(0);
        let cache = memory.file_bytes.map(|f| f.saturating_sub(shmem));
        let sock = context.oom.and_then(fill::block).and_then(|b| Stats::new(b).sock()).unwrap_or(0);
        let kernel = memory.kernel_bytes.map(|k| k.saturating_add(sock));
        // Shared memory cannot be dropped and outlives its writer, so it is named before anything of equal size.
        if part(memory.shmem_bytes) >= 0.3 {
            Use::Tmpfs
        } else if part(kernel) >= 0.4 {
            Use::Kernel
        } else if part(memory.anon_bytes) >= 0.5 {
            Use::Anonymous
        } else if part(cache) >= 0.4 {
            Use::Cache
        } else {
            Use::Unknown
        }
    }

    fn explain(self, incident: &Incident, story: &mut Story) {
        match self {
            Use::Tmpfs => story.say("Shared memory and tmpfs files (emptyDir with medium Memory, /dev/shm) count for the limit and stay when a process is killed. This suggests that files in memory, not the process's heap, filled the limit."),
            Use::Kernel => story.say("A large part is memory that the kernel holds for the cgroup (sockets, file names, page tables, stacks). This suggests many open connections, files or threads rather than a large heap."),
            Use::Cache => story.say("A large part is page cache, which the kernel can usually drop. This suggests data that could not be written back in time, or locked files."),
            Use::Anonymous => crowd_words(incident, story),
            Use::Unknown => {}
        }
    }
}

/// Many small processes rather than a large one: how many, and the largest of them.
fn crowd(incident: &Incident) -> Option<(u64, u64)> {
    let total = incident.memory.as_ref()?.total_bytes?;
    let sizes = || incident.processes.iter().filter_map(|p| p.rss_bytes);
    let (largest, sum) = (sizes().max()?, sizes().fold(0, u64::saturating_add));
    let crowded = incident.processes_total >= 8 && largest < total / 5 && sum > total / 2;
    crowded.then_some((incident.processes_total, largest))
}

fn crowd_words(incident: &Incident, story: &mut Story) {
    if let Some((number, largest)) = crowd(incident) {
        story.say(format!(
            "{number} processes shared the memory, the largest of them with only {}. This suggests too many processes rather than one that is too large.",
            size(largest)
        ));
    }
}

fn composition(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(memory) = &incident.memory else { return };
    let total = incident.limit.as_ref().and_then(|l| l.usage_bytes).or(memory.total_bytes);
    let shmem = memory.shmem_bytes.filter(|b| *b > 0);
    let cache = memory.file_bytes.map(|f| f.saturating_sub(shmem.unwrap_or(0)));
    let sock = context.oom.and_then(fill::block).and_then(|b| Stats::new(b).sock());
    let part = |bytes: Option<u64>, what: &str| {
        let bytes = bytes?;
        let much = total.and_then(|t| share(bytes, t)).is_none_or(|s| s >= 0.01);
        much.then(|| format!("{} {what}", size_of(bytes, total)))
    };
    let parts: Vec<String> = [
        part(memory.anon_bytes, "anonymous memory (heap, stacks)"),
        part(shmem, "shared memory and tmpfs"),
        part(cache, "page cache"),
        part(memory.kernel_bytes, "kernel memory"),
        part(sock, "socket buffers"),
        part(
            memory.unaccounted_bytes.filter(|b| total.and_then(|t| share(*b, t)).is_some_and(|s| s >= 0.1)),
            "that no counter explains",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        story.say(format!("In use were: {}.", list(&parts)));
    }
    if let Some(other) =
        larger_holder(incident).filter(|h| matches!(h.kind, HolderKind::Process | HolderKind::Container))
    {
        story.say(format!("The victim was not the largest holder there: {} was.", holder_words(other, total)));
    } else if incident.processes.len() > 1 {
        story.say_all(top_holders(incident));
    }
}

fn swap_facts(context: &Context<'_>, story: &mut Story) {
    let Some(block) = context.oom.and_then(fill::block) else { return };
    match picture::swap(block) {
        (_, Some(0)) => story.say("It may not use swap."),
        (Some(used), Some(limit)) if used.saturating_add(1 << 20) >= limit => {
            story.say(format!("Its swap of {} was full as well.", size(limit)));
        }
        (Some(used), Some(limit)) => {
            story.say(format!("It used {} of {} of swap.", size(used), size(limit)));
        }
        (Some(used), None) if used > 0 => story.say(format!("It used {} of swap.", size(used))),
        _ => {}
    }
}

/// Only the runtime or systemd told of it.
fn runtime_only(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    if context.oom.is_some() {
        return;
    }
    story.say("The runtime saw an OOM kill there; the kernel's own report is not in these logs, so which limit was hit and what held the memory is not proven.");
    match context.notes.kernel_log_covers {
        Some(false) => story.say("The kernel log in these files does not cover that time."),
        Some(true) => story.say("The kernel log covers that time but shows no such kill."),
        None => {}
    }
    if let Some(bytes) = context.container_limit_bytes.filter(|_| incident.limit.is_none()) {
        story.say(format!("The configured limit is {}.", size(bytes)));
    }
    if let Some(peak) = context.notes.peak_bytes {
        story.say(format!("The highest use that was recorded is {}.", size(peak)));
    }
    if let Some(error) = &context.notes.start_error {
        story.say(format!("The runtime said: {}.", super::words::quote_line(error)));
    }
}

fn give_advice(
    incident: &Incident,
    context: &Context<'_>,
    subject: &Subject,
    use_of_it: &Use,
    lowered: bool,
    story: &mut Story,
) {
    if lowered {
        story.advise(
            "Find out who lowered the limit (in-place resize, systemctl set-property, a deployment tool) and set it above the use.",
            "The kill came from the lower limit, not from growth.",
        );
        return;
    }
    if let Some(oom) = context.oom.filter(|o| o.kills.is_empty()) {
        no_kill_advice(oom, story);
    }
    bystander_advice(incident, story);
    match use_of_it {
        Use::Tmpfs => story.advise(
            "Look at files in memory: emptyDir volumes with medium Memory, /dev/shm, tmpfs mounts. Give them a sizeLimit or put them on disk.",
            "They filled the limit; restarting the process does not free files in a volume that survives it.",
        ),
        Use::Kernel => story.advise(
            "Count connections, open files and threads of the workload (ss -m, /proc/PID/fd, slabtop).",
            "The memory was held by the kernel for them, so a heap dump would show nothing.",
        ),
        Use::Cache => story.advise(
            "Look at what it writes or maps: large files written faster than the disk takes them, mlock, huge file mappings.",
            "Page cache filled the limit and could not be dropped in time.",
        ),
        Use::Anonymous | Use::Unknown => {}
    }
    match incident.cause {
        Cause::AncestorLimit | Cause::CgroupLimit => above_advice(incident, subject, story),
        _ => raise_advice(incident, context, subject, story),
    }
    if crowd(incident).is_some() {
        story.advise(
            "Limit the number of workers or children (TasksMax=, pids limit, the pool size of the server).",
            "Many small processes filled the limit together.",
        );
    } else if matches!(use_of_it, Use::Anonymous | Use::Unknown) {
        program_advice(incident, context, story);
    }
    if context.oom.is_none() {
        story.advise(
            "Collect the kernel log of that time too (journalctl -k, /var/log/kern.log, dmesg -T).",
            "Only it shows which process was killed and which limit was hit.",
        );
    }
}

fn no_kill_advice(oom: &KernelOom, story: &mut Story) {
    if oom.outcome == Outcome::NoKillable {
        story.advise(
            "Start the workload with an oom_score_adj above -1000 (check OOMScoreAdjust= of the unit or shell that starts it).",
            "Nothing below the limit may be killed, so the cgroup hangs at its limit.",
        );
    }
}

fn bystander_advice(incident: &Incident, story: &mut Story) {
    let Some(other) = larger_holder(incident) else { return };
    let name = match other.kind {
        HolderKind::Container if other.name.len() == 64 => format!("container {}", short_id(&other.name)),
        HolderKind::Process | HolderKind::Container => quoted(&other.name),
        _ => return,
    };
    story.advise(
        format!("Look at {name} first."),
        format!("It held {} there, much more than what was killed.", size(other.bytes)),
    );
}

fn above_advice(incident: &Incident, subject: &Subject, story: &mut Story) {
    let limit = incident.limit.as_ref();
    let path = limit.and_then(|l| l.cgroup.as_deref());
    let scope = limit.map_or(Scope::Other, |l| l.scope);
    match scope {
        Scope::Kubepods | Scope::Qos => {
            story.advise(
                "Look at the memory of all pods on this node and set requests near to what they use.",
                "The pods together filled the part of the node that is set aside for them.",
            );
            story.advise(
                format!("Do not raise the limit of {}.", subject.short),
                "It was not its own limit that was hit; a higher one would not help.",
            );
        }
        _ => {
            let Some(name) = path.map(quoted) else {
                story.advise(
                    "Look at the kernel's lines just before and after in a fuller log, and at the runtime's or systemd's lines of that second.",
                    "The kill line alone does not say whose limit it was.",
                );
                return;
            };
            let unit = path.map(identity::parse).and_then(|i| i.unit.or(i.slice));
            let show =
                unit.map_or_else(String::new, |unit| format!(" (systemctl show -p MemoryMax {})", quoted(&unit)));
            story.advise(
                format!("Find out who set a memory limit on {name}{show}, and raise it or move work out of it."),
                "That limit was full; everything below it shares it.",
            );
        }
    }
}

fn raise_advice(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let limit = limit_bytes(incident, context);
    let usage = incident.limit.as_ref().and_then(|l| l.usage_bytes);
    let highest = usage.into_iter().chain(context.notes.peak_bytes).max();
    let Some((raised, sum)) = advice::better_limit(limit, highest) else {
        story.advise(
            format!("Set the memory limit of {} by what it needs.", subject.short),
            "It was killed for memory; these logs do not show how much it may use.",
        );
        return;
    };
    let mib = advice::mebibytes(raised);
    let action = match (&subject.unit, incident.cause) {
        (Some(unit), _) => {
            format!("If its load is as it should be, raise the limit: systemctl set-property {unit} MemoryMax={mib}M")
        }
        (None, Cause::PodLimit) => {
            format!(
                "If its load is as it should be, raise the memory limits of the pod's containers to about {mib}Mi together."
            )
        }
        (None, _) => {
            format!("If its load is as it should be, raise the memory limit of {} to about {mib}Mi.", subject.short)
        }
    };
    story.advise(action, format!("{sum}. What it would really need is not known: its use was cut off at the limit."));
}

fn program_advice(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let largest = incident.holders.iter().find(|h| h.kind == HolderKind::Process);
    let victim = incident.victims.first().map(|v| v.comm.as_str());
    let Some(name) = largest.map(|h| h.name.as_str()).or(victim) else { return };
    if let Some((action, reason)) = advice::for_program(name) {
        story.advise(action, reason);
        return;
    }
    let again = match context.notes.previous_kills {
        0 => String::new(),
        n => format!(" The time between its {} kills in these logs is a first hint.", u64::from(n) + 1),
    };
    story.advise(
        format!("Watch the memory of {} over time: steady growth up to the limit is a leak, a jump at start is a limit that is too low.", quoted(name)),
        format!("One report cannot tell a leak from a limit that is too low.{again}"),
    );
}
