//! A memory cgroup reached its limit: container, pod, something above, service, or any other cgroup.

use super::kernel::Whole;
use super::words::{
    Subject, container_name, first_exit, holder_words, larger_holder, quote_line, quoted, sentence, top_holders,
};
use super::{Story, kernel};
use crate::diagnose::advice;
use crate::diagnose::picture::{self, Stats};
use crate::diagnose::units::{share, size, size_of};
use crate::diagnose::{Context, fill};
use crate::event::{MemcgBlock, Outcome};
use crate::identity;
use crate::language::Language;
use crate::report::{Cause, HolderKind, Incident, Limit, Scope};
use crate::say;

/// Tells a cgroup OOM; gives the summary.
pub(super) fn tell(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let level = Level::of(incident);
    let lowered = context.oom.is_some_and(kernel::limit_lowered);
    limit_facts(incident, context, &level, story);
    if lowered {
        story.say(say!(story.language, "tell-limit-lowered"));
    }
    level_facts(incident, context, &subject, story);
    kernel::trigger(incident, context, story);
    story.say_all(context.oom.and_then(|oom| kernel::no_kill(oom, story.language)));
    kernel::victims(incident, limit_bytes(incident, context), Whole::Limit, story);
    kernel::choice(incident, context, story);
    kernel::group(incident, context, story);
    over_limit(incident, story);
    let use_of_it = Use::of(incident, context);
    composition(incident, context, story);
    use_of_it.explain(incident, story);
    swap_facts(context, story);
    kernel::special_victims(incident, context, story);
    if use_of_it == Use::Tmpfs {
        kernel::reaped_shmem(context, story);
        if context.notes.previous_kills > 0 {
            story.say(say!(story.language, "tell-tmpfs-again"));
        }
    }
    kernel::aftermath(incident, context, &subject, story);
    kernel::gaps(incident, context, story);
    runtime_only(incident, context, story);
    give_advice(incident, context, &subject, &use_of_it, lowered, story);
    summary(incident, context, &subject, &level)
}

/// Whose limit it was.
enum Level {
    Container,
    Service,
    Pod,
    EcsTask,
    AllPods,
    QosClass,
    Above(String),
    Cgroup(String),
    Unknown,
}

impl Level {
    fn of(incident: &Incident) -> Level {
        let path = incident.limit.as_ref().and_then(|l| l.cgroup.as_deref()).map(quoted);
        let scope = incident.limit.as_ref().map_or(Scope::Other, |l| l.scope);
        match (incident.cause, scope, path) {
            (Cause::ContainerLimit, ..) => Level::Container,
            (Cause::ServiceLimit, ..) => Level::Service,
            (Cause::PodLimit, ..) if is_ecs_task(incident) => Level::EcsTask,
            (Cause::PodLimit, ..) => Level::Pod,
            (_, Scope::Kubepods, _) => Level::AllPods,
            (_, Scope::Qos, _) => Level::QosClass,
            (Cause::AncestorLimit, _, Some(path)) => Level::Above(path),
            (_, _, Some(path)) => Level::Cgroup(path),
            (_, _, None) => Level::Unknown,
        }
    }

    /// Starts a sentence about its figures: `The container's memory cgroup`, `Cgroup '/x'`.
    fn owner(&self, language: Language) -> String {
        match self {
            Level::Container => say!(language, "tell-owner-container"),
            Level::Service => say!(language, "tell-owner-service"),
            Level::Pod => say!(language, "tell-owner-pod"),
            Level::EcsTask => say!(language, "tell-owner-ecs-task"),
            Level::AllPods => say!(language, "tell-owner-kubepods"),
            Level::QosClass => say!(language, "tell-owner-qos"),
            Level::Above(path) => say!(language, "tell-owner-above", path = path),
            Level::Cgroup(path) => say!(language, "tell-owner-cgroup", path = path),
            Level::Unknown => say!(language, "tell-owner-unknown"),
        }
    }

    /// `it reached its own memory limit of 64.0 MiB`.
    fn reached(&self, bytes: Option<u64>, language: Language) -> String {
        let limit = bytes.map(|b| size(language, b));
        match self {
            Level::Container | Level::Service => say!(language, "tell-reached-own", limit = limit),
            Level::Pod => say!(language, "tell-reached-pod", limit = limit),
            Level::EcsTask => say!(language, "tell-reached-ecs-task", limit = limit),
            Level::AllPods => say!(language, "tell-reached-kubepods", limit = limit),
            Level::QosClass => say!(language, "tell-reached-qos", limit = limit),
            Level::Above(path) => say!(language, "tell-reached-above", path = path, limit = limit),
            Level::Cgroup(path) => say!(language, "tell-reached-cgroup", path = path, limit = limit),
            Level::Unknown => say!(language, "tell-reached-unknown", limit = limit),
        }
    }
}

/// The limit is that of a task of AWS ECS.
fn is_ecs_task(incident: &Incident) -> bool {
    let path = incident.limit.as_ref().and_then(|limit| limit.cgroup.as_deref());
    path.is_some_and(|path| identity::parse(path).ecs_task.is_some())
}

fn summary(incident: &Incident, context: &Context<'_>, subject: &Subject, level: &Level) -> String {
    let language = context.language;
    let reached = level.reached(limit_bytes(incident, context), language);
    let who = sentence(&subject.full);
    if let Some(oom) = context.oom.filter(|o| o.kills.is_empty()) {
        let repeats = Some(incident.count).filter(|count| *count > 1);
        // A report that was cut does not say that nobody was killed.
        if oom.outcome != Outcome::NotSeen {
            return say!(language, "tell-cgroup-no-kill", who = who, reached = reached, repeats = repeats);
        }
        return match super::kernel::chosen(oom, language).filter(|_| repeats.is_none()) {
            Some(victim) => say!(language, "tell-cgroup-chosen", who = who, reached = reached, victim = victim),
            None => say!(language, "tell-cgroup-cut", who = who, reached = reached, repeats = repeats),
        };
    }
    if context.oom.is_none() && incident.victims.is_empty() {
        return told_by_runtime(incident, context, subject, &reached);
    }
    let owned = subject.owned;
    let main = incident.victims.iter().any(|v| v.main == Some(true));
    match incident.victims.as_slice() {
        [first, ..] if context.notes.survived == Some(true) => {
            let name = quoted(&first.comm);
            let who = &subject.full;
            say!(language, "tell-cgroup-survived", name = name, pid = first.pid, who = who, reached = reached)
        }
        [one] if owned && !main => {
            say!(language, "tell-cgroup-one", who = who, name = quoted(&one.comm), reached = reached)
        }
        many @ [_, _, ..] if owned && !main => {
            say!(language, "tell-cgroup-many", who = who, n = many.len(), reached = reached)
        }
        _ => say!(language, "tell-cgroup-killed", who = who, reached = reached),
    }
}

fn told_by_runtime(incident: &Incident, context: &Context<'_>, subject: &Subject, reached: &str) -> String {
    let (language, who) = (context.language, sentence(&subject.full));
    if let Some(end) = incident.terminations.first() {
        // The flag means any process of it.
        let itself = end.signal == Some(9) || end.exit_code.is_none();
        return match first_exit(incident, language).filter(|_| !itself) {
            Some(exit) => say!(language, "tell-cgroup-something-and-ended", who = who, exit = exit),
            None => {
                let times = Some(incident.count).filter(|count| *count > 1);
                say!(language, "tell-cgroup-by-runtime", who = who, reached = reached, times = times)
            }
        };
    }
    if let Some(count) = context.notes.counted_kills {
        let cgroup = incident.limit.as_ref().and_then(|limit| limit.cgroup.as_ref()).filter(|_| !subject.owned);
        let who = cgroup.map_or(who, |path| say!(language, "tell-owner-cgroup", path = path));
        return say!(language, "tell-cgroup-counted", who = who, count = count);
    }
    match context.notes.start_error {
        Some(_) if subject.owned => say!(language, "tell-cgroup-no-start", who = who),
        Some(_) => say!(language, "tell-cgroup-some-no-start"),
        None if subject.owned => say!(language, "tell-cgroup-something-killed", who = who),
        None => say!(language, "tell-cgroup-somewhere-killed"),
    }
}

fn limit_bytes(incident: &Incident, context: &Context<'_>) -> Option<u64> {
    let own = matches!(incident.cause, Cause::ContainerLimit);
    let limit = incident.limit.as_ref().and_then(|l| l.limit_bytes);
    limit.or(context.container_limit_bytes.filter(|_| own))
}

fn limit_facts(incident: &Incident, context: &Context<'_>, level: &Level, story: &mut Story) {
    let Some(limit) = &incident.limit else { return };
    let language = story.language;
    let owner = || level.owner(language);
    story.say(match (limit.usage_bytes, limit.limit_bytes) {
        (Some(usage), Some(bytes)) => {
            let (usage, limit) = (size(language, usage), size(language, bytes));
            say!(language, "tell-limit-used", owner = owner(), usage = usage, limit = limit)
        }
        (None, Some(bytes)) => say!(language, "tell-limit-known", owner = owner(), limit = size(language, bytes)),
        (Some(usage), None) => say!(language, "tell-limit-unset", owner = owner(), usage = size(language, usage)),
        (None, None) => match context.container_limit_bytes {
            Some(bytes) => say!(language, "tell-limit-configured", limit = size(language, bytes)),
            None => say!(language, "tell-limit-not-shown"),
        },
    });
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
    let language = story.language;
    let limit = |c| picture::counter(c).1.map(|bytes| size(language, bytes));
    if let Some(both) = block.memsw.as_ref().filter(|c| full(c)) {
        story.say(say!(language, "tell-limit-memsw", limit = limit(both)));
    } else if let Some(kmem) = block.kmem.as_ref().filter(|c| full(c)) {
        story.say(say!(language, "tell-limit-kmem", limit = limit(kmem)));
    }
}

/// `failcnt` counts since the cgroup was made: many failures are a long time at the limit.
fn failures(limit: &Limit, story: &mut Story) {
    match limit.failcnt {
        Some(n @ 10_000..) => story.say(say!(story.language, "tell-failcnt-many", n = n.to_string())),
        Some(n @ 1..) => story.say(say!(story.language, "tell-failcnt", n = n)),
        _ => {}
    }
}

/// What the level of the limit means.
fn level_facts(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let limit = incident.limit.as_ref();
    match incident.cause {
        Cause::PodLimit => pod_facts(incident, context, story),
        Cause::AncestorLimit => {
            story.say(say!(story.language, "tell-limit-shared", who = &subject.short));
        }
        Cause::ContainerLimit => {
            let configured = context.container_limit_bytes.zip(limit.and_then(|l| l.limit_bytes));
            if let Some((configured, hit)) = configured.filter(|(c, hit)| c / 4096 != hit / 4096) {
                let (configured, hit) = (size(story.language, configured), size(story.language, hit));
                story.say(say!(story.language, "tell-limit-changed", configured = configured, hit = hit));
            }
        }
        Cause::CgroupLimit if limit.and_then(|l| l.cgroup.as_ref()).is_none() => {
            // systemd and Slurm count what the kernel killed in a cgroup (`oom_kill` of `memory.events`), for whatever shortage.
            let told_by_kernel = context.oom.is_some() || !incident.victims.is_empty();
            story.say(match told_by_kernel {
                true => say!(story.language, "tell-limit-whose-unknown"),
                false => say!(story.language, "tell-limit-or-node-unknown"),
            });
        }
        _ => {}
    }
    if let Some(qos) = qos(incident) {
        story.say(say!(story.language, "tell-qos", qos = qos));
    }
}

fn pod_facts(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    if is_ecs_task(incident) {
        story.say(say!(story.language, "tell-ecs-task-limit"));
        return;
    }
    let limit = incident.limit.as_ref().and_then(|l| l.limit_bytes);
    let equal = context.container_limit_bytes.zip(limit).is_some_and(|(a, b)| a / 4096 == b / 4096);
    let children = context.oom.and_then(fill::block).map_or(0, containers_below);
    story.say(if equal {
        say!(story.language, "tell-pod-limit-equal")
    } else if children > 1 {
        say!(story.language, "tell-pod-limit-of-many", n = children)
    } else {
        say!(story.language, "tell-pod-limit")
    });
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
        let parts = [v.anon_rss_bytes, v.file_rss_bytes, v.shmem_rss_bytes, v.rss_bytes];
        parts.into_iter().flatten().fold(0, u64::saturating_add)
    };
    if let Some(victim) = incident.victims.iter().find(|v| resident(v) > limit.saturating_add(limit / 50)) {
        let resident = size(story.language, resident(victim));
        story.say(say!(story.language, "tell-over-limit", name = quoted(&victim.comm), size = resident));
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
            Use::Tmpfs => story.say(say!(story.language, "tell-use-tmpfs")),
            Use::Kernel => story.say(say!(story.language, "tell-use-kernel")),
            Use::Cache => story.say(say!(story.language, "tell-use-cache")),
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
        let largest = size(story.language, largest);
        story.say(say!(story.language, "tell-use-crowd", n = number, size = largest));
    }
}

fn composition(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(memory) = &incident.memory else { return };
    let total = incident.limit.as_ref().and_then(|l| l.usage_bytes).or(memory.total_bytes);
    let shmem = memory.shmem_bytes.filter(|b| *b > 0);
    let cache = memory.file_bytes.map(|f| f.saturating_sub(shmem.unwrap_or(0)));
    let sock = context.oom.and_then(fill::block).and_then(|b| Stats::new(b).sock());
    let language = story.language;
    let part = |bytes: Option<u64>| {
        let bytes = bytes?;
        let much = total.and_then(|t| share(bytes, t)).is_none_or(|s| s >= 0.01);
        much.then(|| size_of(language, bytes, total))
    };
    let unexplained = memory.unaccounted_bytes.filter(|b| total.and_then(|t| share(*b, t)).is_some_and(|s| s >= 0.1));
    let parts: Vec<String> = [
        part(memory.anon_bytes).map(|size| say!(language, "tell-part-anon", size = size)),
        part(shmem).map(|size| say!(language, "tell-part-shmem", size = size)),
        part(cache).map(|size| say!(language, "tell-part-cache", size = size)),
        part(memory.kernel_bytes).map(|size| say!(language, "tell-part-kernel", size = size)),
        part(sock).map(|size| say!(language, "tell-part-sockets", size = size)),
        part(unexplained).map(|size| say!(language, "tell-part-unaccounted", size = size)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        story.say(say!(language, "tell-in-use", parts = language.list(&parts)));
    }
    if let Some(other) =
        larger_holder(incident).filter(|h| matches!(h.kind, HolderKind::Process | HolderKind::Container))
    {
        let holder = holder_words(other, total, language);
        story.say(say!(language, "tell-victim-not-largest", holder = holder));
    } else if incident.processes.len() > 1 {
        story.say_all(top_holders(incident, language));
    }
}

fn swap_facts(context: &Context<'_>, story: &mut Story) {
    let Some(block) = context.oom.and_then(fill::block) else { return };
    let language = story.language;
    match picture::swap(block) {
        (_, Some(0)) => story.say(say!(language, "tell-swap-none")),
        (Some(used), Some(limit)) if used.saturating_add(1 << 20) >= limit => {
            story.say(say!(language, "tell-swap-full", limit = size(language, limit)));
        }
        (Some(used), Some(limit)) => {
            let (used, limit) = (size(language, used), size(language, limit));
            story.say(say!(language, "tell-swap-used-of", used = used, limit = limit));
        }
        (Some(used), None) if used > 0 => {
            story.say(say!(language, "tell-swap-used", used = size(language, used)));
        }
        _ => {}
    }
}

/// Only the runtime or systemd told of it.
fn runtime_only(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    if context.oom.is_some() {
        return;
    }
    let language = story.language;
    match context.notes.counted_kills {
        Some(_) => story.say(say!(language, "tell-counter-only")),
        None => story.say(say!(language, "tell-runtime-only")),
    }
    match context.notes.kernel_log_covers {
        Some(false) => story.say(say!(language, "tell-log-not-covering")),
        Some(true) if context.notes.counter_covers => story.say(say!(language, "tell-counter-shows-none")),
        Some(true) => story.say(say!(language, "tell-log-without-kill")),
        None => {}
    }
    if let Some(bytes) = context.container_limit_bytes.filter(|_| incident.limit.is_none()) {
        story.say(say!(language, "tell-limit-of-config", limit = size(language, bytes)));
    }
    if let Some(peak) = context.notes.peak_bytes {
        story.say(say!(language, "tell-peak", peak = size(language, peak)));
    }
    if let Some(error) = &context.notes.start_error {
        story.say(say!(language, "tell-runtime-said", text = quote_line(error)));
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
    let language = story.language;
    if lowered {
        story.advise(say!(language, "tell-do-lowered"), say!(language, "tell-why-lowered"));
        return;
    }
    if context.oom.is_some_and(|o| o.kills.is_empty() && o.outcome == Outcome::NoKillable) {
        story.advise(say!(language, "tell-do-killable"), say!(language, "tell-why-killable"));
    }
    bystander_advice(incident, story);
    match use_of_it {
        Use::Tmpfs => story.advise(say!(language, "tell-do-tmpfs"), say!(language, "tell-why-tmpfs")),
        Use::Kernel => story.advise(say!(language, "tell-do-connections"), say!(language, "tell-why-connections")),
        Use::Cache => story.advise(say!(language, "tell-do-cache"), say!(language, "tell-why-cache")),
        Use::Anonymous | Use::Unknown => {}
    }
    match incident.cause {
        Cause::AncestorLimit | Cause::CgroupLimit => above_advice(incident, subject, story),
        _ => raise_advice(incident, context, subject, story),
    }
    if crowd(incident).is_some() {
        story.advise(say!(language, "tell-do-fewer-workers"), say!(language, "tell-why-fewer-workers"));
    } else if matches!(use_of_it, Use::Anonymous | Use::Unknown) {
        program_advice(incident, context, story);
    }
    // Where it is in the input and shows no kill, more of it shows none either.
    if context.oom.is_none() && context.notes.kernel_log_covers != Some(true) {
        story.advise(say!(language, "tell-do-kernel-log"), say!(language, "tell-why-kernel-log"));
    }
}

fn bystander_advice(incident: &Incident, story: &mut Story) {
    let Some(other) = larger_holder(incident) else { return };
    let language = story.language;
    let action = match other.kind {
        HolderKind::Process => say!(language, "tell-do-look-first", name = quoted(&other.name)),
        HolderKind::Container if other.name.len() == 64 => {
            say!(language, "tell-do-look-container-first", name = container_name(other))
        }
        HolderKind::Container => say!(language, "tell-do-look-first", name = quoted(&other.name)),
        _ => return,
    };
    story.advise(action, say!(language, "tell-why-bystander", size = size(language, other.bytes)));
}

fn above_advice(incident: &Incident, subject: &Subject, story: &mut Story) {
    let language = story.language;
    let limit = incident.limit.as_ref();
    if limit.is_some_and(|l| matches!(l.scope, Scope::Kubepods | Scope::Qos)) {
        story.advise(say!(language, "tell-do-all-pods"), say!(language, "tell-why-all-pods"));
        story.advise(say!(language, "tell-do-not-raise", who = &subject.short), say!(language, "tell-why-not-raise"));
        return;
    }
    if let Some(job) = slurm_job(incident) {
        story.advise(say!(language, "tell-do-slurm-limit", job = job), say!(language, "tell-why-slurm-limit"));
        return;
    }
    let Some(path) = limit.and_then(|l| l.cgroup.as_deref()) else {
        story.advise(say!(language, "tell-do-fuller-log"), say!(language, "tell-why-fuller-log"));
        return;
    };
    let action = match identity::own_unit(path) {
        Some(unit) if identity::is_of_user(path) => {
            say!(language, "tell-do-limit-above-user", path = quoted(path), unit = quoted(unit))
        }
        unit => say!(language, "tell-do-limit-above", path = quoted(path), unit = unit.map(quoted)),
    };
    story.advise(action, say!(language, "tell-why-limit-above"));
}

/// The number of a Slurm job.
fn slurm_job(incident: &Incident) -> Option<&str> {
    let step = incident.containers.iter().find(|c| c.runtime.as_deref() == Some("slurm"))?;
    let id = step.id.as_deref()?;
    Some(id.split_once('.').map_or(id, |(job, _)| job))
}

/// A unit's name as a shell takes it: `\x2d` would lose its backslash.
fn shell_word(unit: &str) -> String {
    if unit.contains('\\') { quoted(unit) } else { unit.to_owned() }
}

fn raise_advice(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let limit = limit_bytes(incident, context);
    let usage = incident.limit.as_ref().and_then(|l| l.usage_bytes);
    let highest = usage.into_iter().chain(context.notes.peak_bytes).max();
    let language = story.language;
    let Some((raised, seen)) = advice::better_limit(limit, highest) else {
        story.advise(say!(language, "tell-do-set-limit", who = &subject.short), say!(language, "tell-why-set-limit"));
        return;
    };
    let mib = advice::mebibytes(raised);
    let path = incident.limit.as_ref().and_then(|limit| limit.cgroup.as_deref());
    let action = match (subject.lasting_unit(), incident.cause) {
        (Some(unit), _) if path.is_some_and(identity::is_of_user) => {
            say!(language, "tell-do-raise-user-unit", unit = shell_word(unit), mib = mib)
        }
        (Some(unit), _) => say!(language, "tell-do-raise-unit", unit = shell_word(unit), mib = mib),
        (None, Cause::PodLimit) if is_ecs_task(incident) => say!(language, "tell-do-raise-ecs-task", mib = mib),
        (None, Cause::PodLimit) => say!(language, "tell-do-raise-pod", mib = mib),
        (None, _) => say!(language, "tell-do-raise", who = &subject.short, mib = mib),
    };
    let (raised, seen) = (size(language, raised), size(language, seen));
    story.advise(action, say!(language, "tell-why-raise", raised = raised, seen = seen));
}

fn program_advice(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let largest = incident.holders.iter().find(|h| h.kind == HolderKind::Process);
    let victim = incident.victims.first().map(|v| v.comm.as_str());
    let Some(name) = largest.map(|h| h.name.as_str()).or(victim) else { return };
    if let Some(advice) = advice::for_program(story.language, name) {
        story.add(advice);
        return;
    }
    let kills = Some(context.notes.previous_kills).filter(|n| *n > 0).map(|n| u64::from(n) + 1);
    story.advise(
        say!(story.language, "tell-do-watch", name = quoted(name)),
        say!(story.language, "tell-why-watch", kills = kills),
    );
}
