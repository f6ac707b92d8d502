//! Sentences that every kernel kill shares: who asked, who died, why that one, what followed, what the log lacks.

use super::Story;
use super::words::{
    Subject, exit_words, held, held_by_all, list, processes, quote_line, quoted, reason, sentence, time_words,
    victim_words,
};
use crate::diagnose::badness::{self, Choice, Seen, Why};
use crate::diagnose::units::{count, size, span};
use crate::diagnose::{Context, PageSource, page_size};
use crate::event::{KernelOom, Outcome};
use crate::identity;
use crate::report::{Incident, Victim};

/// Most victims named in a sentence.
const NAMED: usize = 5;

/// Who asked for memory, and that this is no guilt.
pub(super) fn trigger(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(trigger) = &incident.trigger else { return };
    let pid = trigger.pid.map_or_else(String::new, |pid| format!(" (pid {pid})"));
    let what = match trigger.order {
        1.. => format!("{} pages in a row (order {})", 1u128 << trigger.order.min(64), trigger.order),
        _ => "one more page".to_owned(),
    };
    let purpose = context.oom.and_then(purpose).map_or_else(String::new, |p| format!(", {p}"));
    story.say(format!("{}{pid} asked for {what}{purpose}.", sentence(&quoted(&trigger.comm))));
    let same = |v: &Victim| Some(v.pid) == trigger.pid || v.comm == trigger.comm;
    if !incident.victims.is_empty() && !incident.victims.iter().any(same) {
        story.say("It is not the process that was killed: who asks last need not be who used the memory.");
    }
}

/// What the memory was for, by the functions of the call trace.
fn purpose(oom: &KernelOom) -> Option<&'static str> {
    const PURPOSES: [(&[&str], &str); 9] = [
        (&["copy_process", "alloc_thread_stack_node", "kernel_clone", "_do_fork"], "to start a process or thread"),
        (&["shmem_"], "to write to shared memory or a tmpfs file"),
        (&["hugetlb_"], "for huge pages"),
        (&["sock_", "tcp_", "__alloc_skb", "mem_cgroup_charge_skmem"], "for network buffers"),
        (&["filemap_fault", "page_cache_ra", "ondemand_readahead"], "to read a page of a file or program back in"),
        (&["do_swap_page"], "to bring a page back from swap"),
        (&["do_anonymous_page", "do_huge_pmd_anonymous_page", "alloc_anon_folio"], "for heap or stack memory"),
        (&["do_wp_page", "wp_page_copy", "do_cow_fault"], "to copy a page after a fork"),
        (&["obj_cgroup_charge", "__memcg_kmem_charge", "kmem_cache_alloc"], "for the kernel's own objects"),
    ];
    let has = |prefixes: &[&str]| oom.stack.iter().any(|frame| prefixes.iter().any(|p| frame.starts_with(p)));
    PURPOSES.iter().find(|(prefixes, _)| has(prefixes)).map(|(_, words)| *words)
}

/// The limit was lowered below what was in use (`memory.max` was written).
pub(super) fn limit_lowered(oom: &KernelOom) -> bool {
    oom.stack.iter().any(|f| f.starts_with("memory_max_write") || f.starts_with("mem_cgroup_resize_limit"))
}

/// Who died, with what.
pub(super) fn victims(incident: &Incident, total: Option<u64>, of: &str, story: &mut Story) {
    match incident.victims.as_slice() {
        [] => {}
        [one] => story.say(one_victim(one, total, of)),
        many => {
            let mut names: Vec<String> = many.iter().take(NAMED).map(victim_words).collect();
            if many.len() > NAMED {
                names.push(format!("{} more", many.len() - NAMED));
            }
            let sum =
                held_by_all(incident).map_or_else(String::new, |sum| format!(" Together they held {}.", size(sum)));
            story.say(format!("The kernel killed {}: {}.{sum}", processes(many.len()), list(&names)));
        }
    }
}

fn one_victim(victim: &Victim, total: Option<u64>, of: &str) -> String {
    let name = format!("{} (pid {})", quoted(&victim.comm), victim.pid);
    let Some(bytes) = held(victim) else {
        return format!("The kernel killed {name}.");
    };
    let share = super::words::of_total(bytes, total, of);
    let part = |part: Option<u64>, what: &str| {
        part.filter(|b| *b > 0 && *b >= bytes / 100).map(|b| format!("{} {what}", size(b)))
    };
    let parts: Vec<String> = [
        part(victim.anon_rss_bytes, "anonymous"),
        part(victim.file_rss_bytes, "of files"),
        part(victim.shmem_rss_bytes, "shared"),
        part(victim.swap_bytes, "in swap"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let parts = if parts.len() > 1 { format!(" ({})", list(&parts)) } else { String::new() };
    format!("The kernel killed {name}, which held {}{parts}{share}.", size(bytes))
}

/// Why this one was chosen.
pub(super) fn choice(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(choice) = context.oom.and_then(badness::explain) else { return };
    if incident.victims.is_empty() {
        return;
    }
    let victim = quoted(&choice.victim.comm);
    match &choice.why {
        Why::Allocating => {
            story.say("The kernel is set to kill whoever asks (vm.oom_kill_allocating_task), whatever it holds.");
        }
        Why::ChildOf(comm, pid) => story.say(format!(
            "The kernel had chosen {} (pid {pid}) and killed its child {victim} in its place.",
            quoted(comm)
        )),
        Why::OnlyOne => story.say(format!("{victim} was the only process there that the kernel may kill.")),
        Why::Largest => {
            story.say(format!("{victim} had the highest score of all processes that the kernel may kill: it was the largest."));
        }
        Why::Adjustment(bigger) => story.say(adjusted(&choice.victim, bigger, in_pod(incident))),
        Why::Unexplained(top) => story.say(format!(
            "By the sizes in the kernel's table {} would have been chosen; the table does not explain the choice of {victim}.",
            seen_words(top)
        )),
    }
    exempt(&choice, story);
}

fn in_pod(incident: &Incident) -> bool {
    let known = incident.containers.iter().any(|c| c.pod.is_some() || c.pod_uid.is_some());
    let mut paths = incident.victims.iter().filter_map(|v| v.cgroup.as_deref());
    known || paths.any(|p| identity::parse(p).pod_uid.is_some())
}

fn adjusted(victim: &Seen, bigger: &Seen, in_pod: bool) -> String {
    format!(
        "{} was chosen for its oom_score_adj of {}{}, not for its size: {} with oom_score_adj {} was larger.",
        quoted(&victim.comm),
        victim.adj,
        adj_meaning(victim.adj).filter(|_| in_pod).map_or_else(String::new, |m| format!(" ({m})")),
        seen_words(bigger),
        bigger.adj
    )
}

/// Kubernetes sets the value by QoS class; any program may change its own, so it is a hint only.
fn adj_meaning(adj: i32) -> Option<&'static str> {
    match adj {
        1000 => Some("what Kubernetes gives to BestEffort pods"),
        2..=999 => Some("in the range that Kubernetes gives to Burstable pods"),
        _ => None,
    }
}

fn seen_words(seen: &Seen) -> String {
    format!("{} (pid {}, {})", quoted(&seen.comm), seen.pid, size(seen.bytes))
}

fn exempt(choice: &Choice, story: &mut Story) {
    if choice.exempt.is_empty() {
        return;
    }
    let names: Vec<String> = choice.exempt.iter().map(seen_words).collect();
    let (be, its) = if names.len() == 1 { ("is", "is") } else { ("are", "are") };
    story.say(format!(
        "{} {be} larger but {its} never chosen, because oom_score_adj is -1000 there.",
        sentence(&list(&names))
    ));
}

/// The whole cgroup died.
pub(super) fn group(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let named = context.oom.and_then(|o| o.group.as_deref());
    if named.is_none() && !context.notes.group_kill {
        return;
    }
    let path = named.map_or_else(String::new, |path| format!(" of {}", quoted(path)));
    let first = incident.victims.first().map_or_else(String::new, |v| format!(" {} was chosen,", quoted(&v.comm)));
    story.say(format!(
        "memory.oom.group is set, so the kernel kills all processes{path} at once:{first} the others died with it."
    ));
}

/// What the end of the container or service looked like.
pub(super) fn aftermath(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let notes = &context.notes;
    main_process(incident, context, subject, story);
    if let Some(termination) = incident.terminations.first() {
        if let Some(exit) = exit_words(termination) {
            let reason = reason(termination).map_or_else(String::new, |r| format!(", reason {}", quoted(r)));
            story.say(format!("{} ended with {exit}{reason}.", sentence(&subject.short)));
        }
        if let Some(time) = &termination.restarted {
            story.say(format!("It was started again at {}.", time_words(time)));
        }
    }
    if notes.oom_flag_contradiction {
        story.say(flag_words(incident));
    }
    if notes.previous_kills > 0 {
        let times = count(u64::from(notes.previous_kills), "earlier kill", "earlier kills");
        story.say(format!("These logs show {times} of the same kind for it."));
    }
    if let Some(seconds) = notes.lifetime_s {
        story.say(format!("It had run for {}.", span(seconds)));
    }
}

fn main_process(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    let main = incident.victims.iter().any(|v| v.main == Some(true));
    let child = !incident.victims.is_empty() && incident.victims.iter().all(|v| v.main == Some(false));
    if context.notes.survived == Some(true) {
        story.say(format!("{} itself went on running after the kill.", sentence(&subject.short)));
    } else if main {
        story.say(format!("That was the main process of {0}, so {0} ended with it.", subject.short));
    } else if child {
        story.say(format!("The killed process was not the main process of {}.", subject.short));
    }
    // Only where the main process is known not to be a victim is the code its own.
    if let Some(code) = context.notes.later_exit_code.filter(|_| child && context.notes.survived != Some(true)) {
        let meaning = exit_code_words(code);
        story.say(format!("Its main process ended afterwards, with exit code {code}{meaning}."));
    }
}

fn exit_code_words(code: i64) -> String {
    match code {
        137 => " (what a shell passes on when its child got SIGKILL)".to_owned(),
        247 => " (what Python passes on when its child got SIGKILL)".to_owned(),
        _ => String::new(),
    }
}

fn flag_words(incident: &Incident) -> &'static str {
    if incident.victims.is_empty() {
        return "The runtime's OOM flag is set, though the kernel log shows no such kill for this end: the flag stays set after any earlier kill in the same container.";
    }
    "The runtime did not report it as an OOM kill; the kernel's own record is the better proof."
}

/// Runtimes and agents whose own death has consequences of its own.
pub(super) fn special_victims(incident: &Incident, story: &mut Story) {
    for victim in &incident.victims {
        let Some(words) = special(&victim.comm, incident.limit.is_some()) else { continue };
        story.say(format!("{} {words}", quoted(&victim.comm)));
    }
}

fn special(comm: &str, limited: bool) -> Option<&'static str> {
    Some(match comm {
        _ if comm.starts_with("containerd-shim") => {
            "watches over containers: without it the runtime reports them as dead, with a made-up exit code of 137 or 255."
        }
        _ if comm.starts_with("conmon") => {
            "watches over a container: without it the exit code of the container is lost."
        }
        "dockerd" | "containerd" | "crio" | "k3s-server" => {
            "is the container runtime itself: expect all its containers to look dead or unknown for a while."
        }
        "kubelet" => "is the node's agent: expect the node to become NotReady and its pods to look unknown.",
        _ if comm.starts_with("runc:[") && limited => {
            "is a container that was just being started: the limit was too small even for that."
        }
        _ if comm.starts_with("runc:[") => "is a container that was just being started.",
        "pause" => "is the pause process of a pod: with it the whole pod is restarted.",
        "systemd-journal" | "rsyslogd" => "writes the logs: expect missing lines around this time.",
        _ if comm.starts_with("qemu-") => "is a virtual machine: its guest sees a power loss and logs nothing.",
        _ => return None,
    })
}

/// What the dump lacks, and what was assumed.
pub(super) fn gaps(incident: &Incident, context: &Context<'_>, story: &mut Story) {
    let Some(oom) = context.oom else { return };
    if oom.trigger.is_none() && oom.tasks.is_none() && oom.summary.is_none() && !oom.kills.is_empty() {
        story.say(
            "Only the kill line is left of the kernel's report: no process table and no memory figures are known.",
        );
    } else if oom.tasks.is_none() && !oom.kills.is_empty() {
        story.say("The report holds no process table, so who else held memory is not known.");
    }
    if oom.suppressed > 0 {
        let dumps = count(u64::from(oom.suppressed), "report", "reports");
        story.say(format!("The kernel left out {dumps} just before this one (rate limit: 10 reports in 5 seconds)."));
    }
    if oom.kills.iter().any(|k| k.from_summary) {
        story.say("The kill line itself is missing; the summary line before it names the victim.");
    }
    if oom.possibly_mixed {
        story.say(
            "Two reports were printed at the same time on this old kernel: some figures may belong to the other one.",
        );
    }
    let x86 = context.notes.kernel_release.as_deref().is_some_and(|r| r.contains("x86_64") || r.contains("amd64"));
    if !x86 && page_size(oom).source == PageSource::Assumed && !incident.processes.is_empty() {
        story.say("The report does not tell the page size: process sizes assume 4 KiB pages.");
    }
    unreaped(oom, story);
}

fn unreaped(oom: &KernelOom, story: &mut Story) {
    for reaped in oom.reaped.iter().filter(|r| !r.done) {
        story.say(format!(
            "The kernel could not take back the memory of {} (pid {}): it was stuck, often in a disk or network file system.",
            quoted(&reaped.comm),
            reaped.pid
        ));
    }
}

/// Shared memory that outlived its process.
pub(super) fn reaped_shmem(context: &Context<'_>, story: &mut Story) {
    let Some(oom) = context.oom else { return };
    let left = oom.reaped.iter().filter_map(|r| r.shmem_rss_kb).filter(|kb| *kb >= 1024).max();
    if let Some(kb) = left {
        let left = size(kb.saturating_mul(1024));
        story.say(format!("After the kill the victim's {left} of shared memory were still there."));
    }
}

/// An event without a kill: why.
pub(super) fn no_kill(oom: &KernelOom) -> Option<String> {
    if !oom.kills.is_empty() {
        return None;
    }
    Some(match &oom.outcome {
        Outcome::NoKillable => no_killable(oom),
        Outcome::Panic(text) => format!("The kernel gave up: {}.", quote_line(text)),
        Outcome::AlreadyExiting => {
            let names: Vec<String> =
                oom.skipped.iter().map(|(pid, comm)| format!("{} (pid {pid})", quoted(comm))).collect();
            let who = if names.is_empty() { "A process there".to_owned() } else { list(&names) };
            format!("{who} was already ending, so the kernel waited for it and killed nothing.")
        }
        Outcome::Killed | Outcome::NotSeen => "The log ends before it shows who was killed, if anybody was.".to_owned(),
    })
}

fn no_killable(oom: &KernelOom) -> String {
    let exempt =
        oom.tasks.as_ref().is_some_and(|t| !t.rows.is_empty() && t.rows.iter().all(|r| r.oom_score_adj == Some(-1000)));
    let why = if exempt { ": all of them have oom_score_adj -1000" } else { "" };
    let storm = if oom.repeats > 1 { format!(" This was reported {} times.", oom.repeats) } else { String::new() };
    format!("The kernel found no process that it may kill{why}.{storm}")
}
