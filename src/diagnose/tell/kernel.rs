//! Sentences that every kernel kill shares: who asked, who died, why that one, what followed, what the log lacks.

use super::Story;
use super::run_by;
use super::words::{
    Subject, exit_words, held, held_by_all, quote_line, quoted, reason, sentence, time_words, victim_words,
};
use crate::diagnose::badness::{self, Choice, Seen, Why};
use crate::diagnose::units::{percent, size, span};
use crate::diagnose::{Context, PageSource, page_size};
use crate::event::{KernelOom, KillPrefix, Outcome};
use crate::identity;
use crate::language::Language;
use crate::report::{Incident, Victim};
use crate::say;

/// Most victims named in a sentence.
const NAMED: usize = 5;

/// Functions by their beginnings, and what they want memory for.
const PURPOSES: [(&[&str], &str); 9] = [
    (&["copy_process", "alloc_thread_stack_node", "kernel_clone", "_do_fork"], "process"),
    (&["shmem_"], "shmem"),
    (&["hugetlb_"], "huge"),
    (&["sock_", "tcp_", "__alloc_skb", "mem_cgroup_charge_skmem"], "network"),
    (&["filemap_fault", "page_cache_ra", "ondemand_readahead"], "file"),
    (&["do_swap_page"], "swap"),
    (&["do_anonymous_page", "do_huge_pmd_anonymous_page", "alloc_anon_folio"], "anon"),
    (&["do_wp_page", "wp_page_copy", "do_cow_fault"], "copy"),
    (&["obj_cgroup_charge", "__memcg_kmem_charge", "kmem_cache_alloc"], "kernel"),
];

/// Who asked for memory, and that this is no guilt.
pub(super) fn trigger(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(trigger) = &incident.trigger else { return };
    let pages = (trigger.order > 0).then(|| (1u128 << trigger.order.min(64)).to_string());
    story.say(say!(
        story.language,
        "tell-trigger",
        who = quoted(&trigger.comm),
        pid = trigger.pid,
        pages = pages,
        order = trigger.order,
        purpose = context.oom.and_then(purpose),
    ));
    let same = |v: &Victim| Some(v.pid) == trigger.pid || v.comm == trigger.comm;
    if !incident.victims.is_empty() && !incident.victims.iter().any(same) {
        story.say(say!(story.language, "tell-trigger-not-victim"));
    }
}

/// What the memory was for, by the functions of the call trace: a variant of `tell-trigger`.
fn purpose(oom: &KernelOom) -> Option<&'static str> {
    let frames: Vec<&str> = oom.stack.iter().collect();
    let has = |prefixes: &[&str]| frames.iter().any(|frame| prefixes.iter().any(|p| frame.starts_with(p)));
    PURPOSES.iter().find(|(prefixes, _)| has(prefixes)).map(|(_, purpose)| *purpose)
}

/// The limit was lowered below what was in use (`memory.max` was written).
pub(super) fn limit_lowered(oom: &KernelOom) -> bool {
    oom.stack.iter().any(|f| f.starts_with("memory_max_write") || f.starts_with("mem_cgroup_resize_limit"))
}

/// Of which whole a victim's part is told: a variant of `tell-victim`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whole {
    Node,
    Limit,
}

/// Who died, with what.
pub(super) fn victims(incident: &Incident, total: Option<u64>, whole: Whole, story: &mut Story) {
    match incident.victims.as_slice() {
        [] => {}
        [one] => story.say(one_victim(one, total, whole, story.language)),
        many => {
            let mut names: Vec<String> = many.iter().take(NAMED).map(|v| victim_words(v, story.language)).collect();
            if many.len() > NAMED {
                names.push(say!(story.language, "tell-and-more", n = many.len() - NAMED));
            }
            let sum = held_by_all(incident).map(|sum| size(story.language, sum));
            let names = story.language.list(&names);
            story.say(say!(story.language, "tell-victims", n = many.len(), names = names, sum = sum));
        }
    }
}

fn one_victim(victim: &Victim, total: Option<u64>, whole: Whole, language: Language) -> String {
    let name = quoted(&victim.comm);
    let Some(bytes) = held(victim) else {
        return say!(language, "tell-victim-unsized", name = name, pid = victim.pid);
    };
    let share = total.and_then(|total| match percent(language, bytes, total)? {
        // Pages of files and shared memory may be charged elsewhere, so a process may hold more than its cgroup's use.
        _ if bytes > total => Some("over".to_owned()),
        percent => Some(percent),
    });
    say!(
        language,
        "tell-victim",
        name = name,
        pid = victim.pid,
        held = size(language, bytes),
        parts = victim_parts(victim, bytes, language),
        share = share,
        whole = match whole {
            Whole::Node => "node",
            Whole::Limit => "limit",
        },
        total = total.map(|total| size(language, total)),
    )
}

fn victim_parts(victim: &Victim, all: u64, language: Language) -> Option<String> {
    let part = |part: Option<u64>| part.filter(|b| *b > 0 && *b >= all / 100).map(|b| size(language, b));
    let parts: Vec<String> = [
        part(victim.anon_rss_bytes).map(|size| say!(language, "tell-held-anon", size = size)),
        part(victim.file_rss_bytes).map(|size| say!(language, "tell-held-file", size = size)),
        part(victim.shmem_rss_bytes).map(|size| say!(language, "tell-held-shmem", size = size)),
        part(victim.swap_bytes).map(|size| say!(language, "tell-held-swap", size = size)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (parts.len() > 1).then(|| language.list(&parts))
}

/// Why this one was chosen.
pub(super) fn choice(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(choice) = context.oom.and_then(badness::explain) else { return };
    if incident.victims.is_empty() {
        return;
    }
    let language = story.language;
    let victim = quoted(&choice.victim.comm);
    story.say(match &choice.why {
        Why::Allocating => say!(language, "tell-choice-allocating"),
        Why::ChildOf(comm, pid) => {
            say!(language, "tell-choice-child", chosen = quoted(comm), pid = *pid, victim = victim)
        }
        Why::OnlyOne => say!(language, "tell-choice-only", victim = victim),
        Why::AmongLargest => say!(language, "tell-choice-among-largest", victim = victim),
        Why::Largest => say!(language, "tell-choice-largest", victim = victim),
        Why::Adjustment(bigger) => adjusted(&choice.victim, bigger, in_pod(incident), language),
        Why::Unexplained(top) => {
            say!(language, "tell-choice-unexplained", other = seen_words(top, language), victim = victim)
        }
    });
    exempt(&choice, story);
}

fn in_pod(incident: &Incident) -> bool {
    let known = incident.containers.iter().any(|c| c.pod.is_some() || c.pod_uid.is_some());
    let mut paths = incident.victims.iter().filter_map(|v| v.cgroup.as_deref());
    known || paths.any(|p| identity::parse(p).pod_uid.is_some())
}

fn adjusted(victim: &Seen, bigger: &Seen, in_pod: bool, language: Language) -> String {
    say!(
        language,
        "tell-choice-adjusted",
        victim = quoted(&victim.comm),
        adj = victim.adj,
        qos = qos_of(victim.adj).filter(|_| in_pod),
        other = seen_words(bigger, language),
        other_adj = bigger.adj,
    )
}

/// Kubernetes sets the value by QoS class; any program may change its own, so it is a hint only.
fn qos_of(adj: i32) -> Option<&'static str> {
    match adj {
        1000 => Some("besteffort"),
        2..=999 => Some("burstable"),
        _ => None,
    }
}

fn seen_words(seen: &Seen, language: Language) -> String {
    let size = size(language, seen.bytes);
    say!(language, "tell-process-sized", name = quoted(&seen.comm), pid = seen.pid, size = size)
}

fn exempt(choice: &Choice, story: &mut Story) {
    if choice.exempt.is_empty() {
        return;
    }
    let names: Vec<String> = choice.exempt.iter().map(|seen| seen_words(seen, story.language)).collect();
    let list = sentence(&story.language.list(&names));
    story.say(say!(story.language, "tell-choice-exempt", names = list, n = names.len()));
}

/// The whole cgroup died.
pub(super) fn group(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let named = context.oom.and_then(|o| o.group.as_deref());
    if named.is_none() && !context.notes.group_kill {
        return;
    }
    let first = incident.victims.first().map(|v| quoted(&v.comm));
    story.say(say!(story.language, "tell-group", path = named.map(quoted), first = first));
}

/// What the end of the container or service looked like.
pub(super) fn aftermath(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let notes = &context.notes;
    main_process(incident, context, subject, story);
    // What only the unit that runs the container tells of its end is told with the unit.
    let own = incident.terminations.first().filter(|end| !run_by::is_of_runner(incident, end));
    if let Some(termination) = own {
        if let Some(exit) = exit_words(termination, story.language) {
            let (who, reason) = (sentence(&subject.short), reason(termination).map(quoted));
            story.say(say!(story.language, "tell-ended", who = who, exit = exit, reason = reason));
        }
        if let Some(time) = &termination.restarted {
            story.say(say!(story.language, "tell-restarted-at", time = time_words(time)));
        }
    }
    if notes.oom_flag_contradiction {
        story.say(flag_words(incident, story.language));
    }
    if notes.previous_kills > 0 {
        story.say(say!(story.language, "tell-previous-kills", n = notes.previous_kills));
    }
    if let Some(seconds) = notes.lifetime_s {
        story.say(say!(story.language, "tell-had-run", span = span(story.language, seconds)));
    }
}

fn main_process(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let main = incident.victims.iter().any(|v| v.main == Some(true));
    let child = !incident.victims.is_empty() && incident.victims.iter().all(|v| v.main == Some(false));
    if context.notes.survived == Some(true) {
        story.say(say!(story.language, "tell-survived", who = sentence(&subject.short)));
    } else if main {
        story.say(say!(story.language, "tell-main-process", who = &subject.short));
    } else if child {
        story.say(say!(story.language, "tell-no-main-process", who = &subject.short));
    }
    // Only where the main process is known not to be a victim is the code its own.
    if let Some(code) = context.notes.later_exit_code.filter(|_| child && context.notes.survived != Some(true)) {
        story.say(say!(story.language, "tell-later-exit", code = code));
    }
}

fn flag_words(incident: &Incident, language: Language) -> String {
    if incident.victims.is_empty() {
        return say!(language, "tell-flag-without-kill");
    }
    say!(language, "tell-kill-without-flag")
}

/// Runtimes and agents whose own death has consequences of its own.
pub(super) fn special_victims(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    init_killed(context, story);
    let limited = incident.limit.is_some();
    let told = incident.victims.iter().filter_map(|victim| special(&victim.comm, limited, story.language));
    story.say_all(told.collect::<Vec<_>>());
}

fn special(comm: &str, limited: bool, language: Language) -> Option<String> {
    let name = quoted(comm);
    Some(match comm {
        _ if comm.starts_with("containerd-shim") => say!(language, "tell-special-shim", name = name),
        _ if comm.starts_with("conmon") => say!(language, "tell-special-conmon", name = name),
        "dockerd" | "containerd" | "crio" | "k3s-server" => say!(language, "tell-special-runtime", name = name),
        "kubelet" => say!(language, "tell-special-kubelet", name = name),
        _ if comm.starts_with("runc:[") && limited => say!(language, "tell-special-starting-limited", name = name),
        _ if comm.starts_with("runc:[") => say!(language, "tell-special-starting", name = name),
        "pause" => say!(language, "tell-special-pause", name = name),
        "systemd-journal" | "rsyslogd" => say!(language, "tell-special-logger", name = name),
        _ if comm.starts_with("qemu-") => say!(language, "tell-special-qemu", name = name),
        _ => return None,
    })
}

/// What the dump lacks, and what was assumed.
pub(super) fn gaps(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(oom) = context.oom else { return };
    let language = story.language;
    if is_bsd(oom) {
        story.say(say!(language, "tell-bsd-line"));
        return;
    }
    if oom.trigger.is_none() && oom.tasks.is_none() && oom.summary.is_none() && !oom.kills.is_empty() {
        story.say(say!(language, "tell-only-kill-line"));
    } else if oom.tasks.is_none() && !oom.kills.is_empty() {
        story.say(say!(language, "tell-no-table"));
    }
    if oom.suppressed > 0 {
        story.say(say!(language, "tell-suppressed", n = oom.suppressed));
    }
    if oom.kills.iter().any(|k| k.from_summary) {
        story.say(say!(language, "tell-from-summary-line"));
    }
    if oom.possibly_mixed {
        story.say(say!(language, "tell-mixed"));
    }
    let x86 = context.notes.kernel_release.as_deref().is_some_and(|r| r.contains("x86_64") || r.contains("amd64"));
    if !x86 && page_size(oom).source == PageSource::Assumed && !incident.processes.is_empty() {
        story.say(say!(language, "tell-page-size-assumed"));
    }
    let stuck = oom.reaped.iter().filter(|r| !r.done);
    story.say_all(stuck.map(|r| say!(language, "tell-unreaped", name = quoted(&r.comm), pid = r.pid)));
}

/// Kernels of the BSDs print one line for a kill and nothing else.
pub(super) fn is_bsd(oom: &KernelOom) -> bool {
    oom.kills.first().is_some_and(|kill| kill.prefix == KillPrefix::Bsd)
}

/// Init was among the killed, and the kernel cannot live without it.
fn init_killed(context: &Context<'_>, story: &mut Story) {
    if let Some(reason) = context.oom.and_then(|oom| oom.init_panic.as_ref()) {
        story.say(say!(story.language, "tell-init-panic", text = quote_line(reason)));
    }
}

/// Shared memory that outlived its process.
pub(super) fn reaped_shmem(context: &Context<'_>, story: &mut Story) {
    let Some(oom) = context.oom else { return };
    let left = oom.reaped.iter().filter_map(|r| r.shmem_rss_kb).filter(|kb| *kb >= 1024).max();
    if let Some(kb) = left {
        story.say(say!(story.language, "tell-shmem-left", size = size(story.language, kb.saturating_mul(1024))));
    }
}

/// An event without a kill: why.
pub(super) fn no_kill(oom: &KernelOom, language: Language) -> Option<String> {
    if !oom.kills.is_empty() {
        return None;
    }
    Some(match &oom.outcome {
        Outcome::NoKillable => no_killable(oom, language),
        Outcome::Panic(text) => say!(language, "tell-gave-up", text = quote_line(text)),
        Outcome::AlreadyExiting => {
            let process = |(pid, comm): &(u32, String)| {
                say!(language, "tell-process-sized", name = quoted(comm), pid = *pid, size = None::<&str>)
            };
            let names: Vec<String> = oom.skipped.iter().map(process).collect();
            say!(language, "tell-already-exiting", who = (!names.is_empty()).then(|| language.list(&names)))
        }
        Outcome::Killed | Outcome::NotSeen => match chosen(oom, language) {
            Some(who) => say!(language, "tell-log-ends-chosen", who = who),
            None => say!(language, "tell-log-ends"),
        },
    })
}

/// Whom the kernel chose (`Kill process 7 (a) score 9 or sacrifice child`, up to 5.0). It may have killed a child instead, so that is no
/// victim yet.
pub(super) fn chosen(oom: &KernelOom, language: Language) -> Option<String> {
    let intention = oom.intentions.last().filter(|_| oom.kills.is_empty())?;
    let name = quoted(&intention.comm);
    Some(say!(language, "tell-process-sized", name = name, pid = intention.pid, size = None::<&str>))
}

fn no_killable(oom: &KernelOom, language: Language) -> String {
    let exempt =
        oom.tasks.as_ref().is_some_and(|t| !t.rows.is_empty() && t.rows.iter().all(|r| r.oom_score_adj == Some(-1000)));
    let repeats = Some(oom.repeats).filter(|repeats| *repeats > 1);
    say!(language, "tell-no-killable", exempt = exempt, repeats = repeats)
}
