//! Memory without a kernel kill: user-space killers, evictions by the kubelet, applications that gave up by themselves.

use super::words::{Subject, first_exit, pod_name, quote_line, quoted, sentence, victim_words};
use super::{Story, kernel};
use crate::diagnose::units::size;
use crate::diagnose::{Context, advice};
use crate::report::{self, Confidence, Incident};
use crate::say;

/// systemd-oomd, earlyoom, nohang, lmkd, YARN, Slurm ...
pub(super) fn killer(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    let agent = incident.agent.clone().unwrap_or_else(|| say!(language, "tell-some-killer"));
    if let Some(words) = &context.notes.kill_failed {
        return attempt(incident, context, (&agent, words), &subject, story);
    }
    if report::is_platform(&agent) {
        return platform(incident, &agent, context, story);
    }
    let target = incident.victims.first().map(|victim| victim_words(victim, language));
    let killed = target.as_ref().unwrap_or(&subject.full);
    // Nobody names the killer: that it was at work at that moment is all that is known.
    let likely = incident.confidence <= Confidence::Probable && context.notes.userspace_reason.is_none();
    if !likely {
        story.say(say!(language, "tell-killer", agent = &agent, who = killed));
    }
    if let Some(words) = &context.notes.userspace_reason {
        story.say(say!(language, "tell-killer-reason", text = quote_line(words)));
    }
    story.say(match agent.as_str() {
        "lowmemorykiller" => say!(language, "tell-killer-driver"),
        _ => say!(language, "tell-killer-silent"),
    });
    kernel::aftermath(incident, context, &subject, story);
    if incident.terminations.iter().any(|t| t.signal == Some(15) || t.exit_code == Some(143)) {
        story.say(say!(language, "tell-killer-sigterm"));
    }
    killer_advice(&agent, story);
    story.advise_all(incident.victims.first().and_then(|v| advice::for_program(language, &v.comm)));
    let who = if subject.owned { subject.full } else { target.unwrap_or(subject.full) };
    match likely {
        true => say!(language, "tell-killer-likely-summary", who = sentence(&who), agent = &agent),
        false => say!(language, "tell-killer-summary", who = sentence(&who), agent = &agent),
    }
}

/// The killer's signal came to nothing.
fn attempt(
    incident: &Incident,
    context: &Context<'_>,
    (agent, words): (&str, &str),
    subject: &Subject,
    story: &mut Story,
) -> String {
    let language = story.language;
    story.say(say!(language, "tell-killer-failed", agent = agent, text = quote_line(words)));
    if let Some(words) = &context.notes.userspace_reason {
        story.say(say!(language, "tell-killer-reason", text = quote_line(words)));
    }
    let name = incident.program.as_deref().filter(|_| subject.owned).map(quoted);
    story.say_all(name.map(|name| say!(language, "tell-killer-meant", agent = agent, name = name)));
    story.advise(say!(language, "tell-do-did-not-exit"), say!(language, "tell-why-did-not-exit"));
    story.advise(say!(language, "tell-do-who-used"), say!(language, "tell-why-who-used"));
    say!(language, "tell-killer-failed-summary", agent = agent, who = &subject.full)
}

/// A platform's own limit, which it watches itself.
fn platform(incident: &Incident, agent: &str, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    if let Some(words) = &context.notes.userspace_reason {
        story.say(say!(language, "tell-killer-reason", text = quote_line(words)));
    }
    kernel::aftermath(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-platform"), say!(language, "tell-why-platform"));
    let who = if subject.owned { subject.full } else { say!(language, "tell-instance") };
    say!(language, "tell-platform-summary", who = sentence(&who), agent = agent)
}

fn killer_advice(agent: &str, story: &mut Story) {
    let language = story.language;
    let (action, reason) = match agent {
        "systemd-oomd" => (say!(language, "tell-do-oomd"), say!(language, "tell-why-oomd")),
        "earlyoom" => (say!(language, "tell-do-earlyoom"), say!(language, "tell-why-earlyoom")),
        "nohang" => (say!(language, "tell-do-nohang"), say!(language, "tell-why-nohang")),
        "yarn" | "YARN" => (say!(language, "tell-do-yarn"), say!(language, "tell-why-yarn")),
        "slurm" | "Slurm" | "slurmstepd" => (say!(language, "tell-do-slurm"), say!(language, "tell-why-slurm")),
        _ => (say!(language, "tell-do-other-killer", agent = agent), say!(language, "tell-why-other-killer")),
    };
    story.advise(action, reason);
    story.advise(say!(language, "tell-do-who-used"), say!(language, "tell-why-who-used"));
}

/// The kubelet evicted the pod.
pub(super) fn eviction(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    let pod = incident.containers.iter().find_map(pod_name);
    let who = pod.map_or_else(|| subject.full.clone(), |pod| say!(language, "tell-pod", pod = pod));
    story.say(say!(language, "tell-eviction"));
    if let Some(words) = &context.notes.userspace_reason {
        story.say(say!(language, "tell-eviction-message", text = quote_line(words)));
    }
    if let Some(total) = context.node_memory_bytes {
        story.say(say!(language, "tell-node-has", size = size(language, total)));
    }
    kernel::aftermath(incident, context, &subject, story);
    if incident.terminations.iter().any(|t| t.exit_code == Some(137)) {
        story.say(say!(language, "tell-eviction-137"));
    }
    story.advise(say!(language, "tell-do-request"), say!(language, "tell-why-request"));
    story.advise(say!(language, "tell-do-thresholds"), say!(language, "tell-why-thresholds"));
    say!(language, "tell-evicted", who = sentence(&who))
}

/// The application said so itself.
pub(super) fn application(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    if let Some(words) = &context.notes.app_message {
        story.say(say!(language, "tell-app-wrote", text = quote_line(words)));
    }
    let refused = context.notes.app_message.as_deref().is_some_and(is_refused);
    story.say(if refused { say!(language, "tell-app-refused") } else { say!(language, "tell-app-own-limit") });
    kernel::aftermath(incident, context, &subject, story);
    let program = context.notes.app_message.as_deref().and_then(heap_program);
    match program.and_then(|program| advice::for_program(language, program)) {
        Some(advice) => story.add(advice),
        None => story.advise(say!(language, "tell-do-app-setting"), say!(language, "tell-why-app-setting")),
    }
    if let Some(limit) = context.container_limit_bytes {
        story.advise(
            say!(language, "tell-do-app-below", limit = size(language, limit)),
            say!(language, "tell-why-app-below"),
        );
    }
    if incident.program.is_some() {
        return say!(language, "tell-app-by-its-words", who = sentence(&subject.full), times = incident.count);
    }
    say!(language, "tell-app-ended", who = sentence(&subject.full), exit = first_exit(incident, language))
}

/// The system gave no more memory, or not in this address space: the program did not reach a heap size of its own.
fn is_refused(message: &str) -> bool {
    const WORDS: [&str; 16] = [
        "ERROR:  out of memory",
        "ERROR: out of memory",
        "memory (os error 12)",
        "] out of memory.",
        "Out Of Memory allocating ",
        "Out of memory (Needed ",
        "NoMemoryError",
        "insufficient memory for the Java Runtime",
        "os::commit_memory(",
        "annot allocate ",
        "annot reallocate ",
        "runtime: out of memory",
        "cannot map pages",
        "memory allocation of ",
        "std::bad_alloc",
        "Unable to allocate ",
    ];
    // Python's own class stands alone; Java's `OutOfMemoryError` ends like it.
    message.starts_with("MemoryError") || WORDS.iter().any(|word| message.contains(word))
}

/// Which runtime words like these come from.
fn heap_program(message: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 10] = [
        ("java.lang.OutOfMemoryError", "java"),
        ("JavaScript heap", "node"),
        ("MemoryError", "python3"),
        ("Allowed memory size", "php"),
        ("insufficient memory for the Java Runtime", "java"),
        ("os::commit_memory(", "java"),
        ("Resource exhaustion event: the JVM", "java"),
        ("OutOfMemoryException", "dotnet"),
        ("NoMemoryError", "ruby"),
        ("OOM command not allowed", "redis-server"),
    ];
    WORDS.iter().find(|(word, _)| message.contains(word)).map(|(_, program)| *program)
}
