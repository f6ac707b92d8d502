//! Memory without a kernel kill: user-space killers, evictions by the kubelet, applications that gave up by themselves.

use super::words::{Subject, exit_words, quote_line, quoted, sentence, victim_words};
use super::{Story, kernel};
use crate::diagnose::units::size;
use crate::diagnose::{Context, advice};
use crate::report::Incident;

/// systemd-oomd, earlyoom, nohang, lmkd, YARN, Slurm ...
pub(super) fn killer(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let agent = incident.agent.as_deref().unwrap_or("an OOM killer in user space");
    let target = incident.victims.first().map(victim_words);
    match &target {
        Some(target) => story.say(format!("It was {agent} that killed {target}.")),
        None => story.say(format!("It was {agent} that killed {}.", subject.full)),
    }
    reason(context, story);
    story.say("The kernel writes no line for such a kill, and the runtime sets no OOM flag for it.");
    kernel::aftermath(incident, context, &subject, story);
    if incident.terminations.iter().any(|t| t.signal == Some(15) || t.exit_code == Some(143)) {
        story.say("It was sent SIGTERM, so the end looks like an ordinary stop.");
    }
    killer_advice(agent, story);
    if let Some((action, why)) = incident.victims.first().and_then(|v| advice::for_program(&v.comm)) {
        story.advise(action, why);
    }
    let who = if subject.owned { subject.full } else { target.unwrap_or(subject.full) };
    format!("{} was killed by {agent} because memory was short.", sentence(&who))
}

fn reason(context: &Context<'_>, story: &mut Story) {
    if let Some(words) = &context.notes.userspace_reason {
        story.say(format!("Its reason: {}.", quote_line(words)));
    }
}

fn killer_advice(agent: &str, story: &mut Story) {
    match agent {
        "systemd-oomd" => story.advise(
            "Check ManagedOOMMemoryPressure=, ManagedOOMSwap= and the limits in oomd.conf; oomctl shows what is watched.",
            "systemd-oomd acts on pressure or swap use, before memory is used up.",
        ),
        "earlyoom" => story.advise(
            "Check earlyoom's thresholds (-m, -s) and its --prefer and --avoid lists.",
            "earlyoom acts on thresholds and chooses by its own lists.",
        ),
        "nohang" => story.advise(
            "Check the thresholds and the badness rules in nohang's configuration.",
            "nohang acts on thresholds and chooses by its own rules.",
        ),
        "yarn" | "YARN" => story.advise(
            "Compare the container's memory setting with its real use (memory overhead, off-heap memory), and check whether virtual memory checks are on.",
            "YARN polls and kills by itself; a limit on virtual memory is no shortage of memory.",
        ),
        "slurm" | "Slurm" | "slurmstepd" => story.advise(
            "Ask for more memory for the job (--mem), or find out why it uses more than it asked for.",
            "Slurm ends jobs that pass what they asked for.",
        ),
        _ => story.advise(
            format!("Check the thresholds of {agent} and how it chooses."),
            "It acted by its own rules, not by the kernel's.",
        ),
    }
    story.advise(
        "Find out what used the memory at that time.",
        "The one that was chosen need not be the one that filled it.",
    );
}

/// The kubelet evicted the pod.
pub(super) fn eviction(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let pod = incident.containers.iter().find_map(|c| {
        let pod = c.pod.as_ref()?;
        Some(c.namespace.as_ref().map_or_else(|| pod.clone(), |ns| format!("{ns}/{pod}")))
    });
    let who = pod.map_or_else(|| subject.full.clone(), |p| format!("pod {}", quoted(&p)));
    story.say("The kubelet ends pods before the kernel has to, when the node's free memory falls below its threshold.");
    if let Some(words) = &context.notes.userspace_reason {
        story.say(format!("Its message: {}.", quote_line(words)));
    }
    if let Some(total) = context.node_memory_bytes {
        story.say(format!("The node has {} of memory.", size(total)));
    }
    kernel::aftermath(incident, context, &subject, story);
    if incident.terminations.iter().any(|t| t.exit_code == Some(137)) {
        story.say("Exit code 137 comes from the kubelet's SIGKILL here, not from the kernel's OOM killer.");
    }
    story.advise(
        "Set the pod's memory request near to what it uses.",
        "Pods that use more than they request are evicted first.",
    );
    story.advise(
        "Look at what filled the node at that time, and at the eviction thresholds (--eviction-hard memory.available).",
        "The evicted pod need not be the one that filled the node.",
    );
    format!("{} was evicted by the kubelet because the node was low on memory.", sentence(&who))
}

/// The application said so itself.
pub(super) fn application(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let exit = incident.terminations.first().and_then(exit_words);
    if let Some(words) = &context.notes.app_message {
        story.say(format!("The application wrote: {}.", quote_line(words)));
    }
    story.say("It ran out of memory inside its own limit (heap, arena, address space) and ended by itself; the kernel killed nothing.");
    kernel::aftermath(incident, context, &subject, story);
    let hint = context.notes.app_message.as_deref().and_then(heap_program).and_then(advice::for_program);
    match hint {
        Some((action, reason)) => story.advise(action, reason),
        None => story.advise(
            "Raise the application's own memory setting, or find what grows with a heap dump.",
            "A higher limit of the container alone does not help: the application stopped below it.",
        ),
    }
    if let Some(limit) = context.container_limit_bytes {
        story.advise(
            format!("Keep the application's setting below the container's limit of {}.", size(limit)),
            "Above it the kernel kills instead, without a message.",
        );
    }
    let exit = exit.map_or_else(String::new, |e| format!(" with {e}"));
    format!(
        "{} ran out of its own memory and ended by itself{exit}; the kernel did not kill it.",
        sentence(&subject.full)
    )
}

/// Which runtime words like these come from.
fn heap_program(message: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 7] = [
        ("java.lang.OutOfMemoryError", "java"),
        ("JavaScript heap", "node"),
        ("MemoryError", "python3"),
        ("Allowed memory size", "php"),
        ("OutOfMemoryException", "dotnet"),
        ("NoMemoryError", "ruby"),
        ("OOM command not allowed", "redis-server"),
    ];
    WORDS.iter().find(|(word, _)| message.contains(word)).map(|(_, program)| *program)
}
