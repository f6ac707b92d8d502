//! The program's own faults, failed starts, and ends that nothing explains.

use super::Story;
use super::kernel::Whole;
use super::not_memory::common;
use super::words::{Subject, first_exit, quote_line, quoted, sentence};
use crate::diagnose::{Context, advice};
use crate::exit_code;
use crate::language::Language;
use crate::report::{Incident, Termination, Verdict};
use crate::say;

fn signal(termination: Option<&Termination>) -> Option<i32> {
    termination.and_then(|t| t.signal.or_else(|| t.exit_code.and_then(exit_code::signal_of)))
}

/// SIGSEGV, SIGABRT ...
pub(super) fn crash(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    let (what, hint) = crash_words(signal(incident.terminations.first()), language);
    story.say(what);
    common(incident, context, &subject, story);
    story.say(hint);
    story.advise(say!(language, "tell-do-crash"), say!(language, "tell-why-crash"));
    say!(language, "tell-crashed", who = sentence(&subject.full), exit = first_exit(incident, language))
}

fn crash_words(signal: Option<i32>, language: Language) -> (String, String) {
    match signal {
        Some(11) => (say!(language, "tell-crash-segv"), say!(language, "tell-crash-segv-hint")),
        Some(6) => (say!(language, "tell-crash-abrt"), say!(language, "tell-crash-abrt-hint")),
        Some(7) => (say!(language, "tell-crash-bus"), say!(language, "tell-crash-bus-hint")),
        Some(4) => (say!(language, "tell-crash-ill"), say!(language, "tell-crash-ill-hint")),
        Some(8) => (say!(language, "tell-crash-fpe"), say!(language, "tell-crash-fpe-hint")),
        Some(5) => (say!(language, "tell-crash-trap"), say!(language, "tell-crash-trap-hint")),
        Some(31) => (say!(language, "tell-crash-sys"), say!(language, "tell-crash-sys-hint")),
        _ => (say!(language, "tell-crash-other"), say!(language, "tell-crash-other-hint")),
    }
}

/// It never ran.
pub(super) fn start_failure(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    let error = context.notes.start_error.as_ref().or(context.notes.app_message.as_ref());
    if let Some(error) = error {
        story.say(say!(language, "tell-error", text = quote_line(error)));
    }
    let code = incident.terminations.first().and_then(|t| t.exit_code);
    story.say_all(code.and_then(|code| start_words(code, language)));
    common(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-start"), say!(language, "tell-why-start"));
    say!(language, "tell-not-started", who = sentence(&subject.full), exit = first_exit(incident, language))
}

fn start_words(code: i64, language: Language) -> Option<String> {
    Some(match code {
        125 => say!(language, "tell-start-125"),
        126 => say!(language, "tell-start-126"),
        127 => say!(language, "tell-start-127"),
        128 => say!(language, "tell-start-128"),
        200..=245 => say!(language, "tell-start-systemd"),
        _ => return None,
    })
}

/// Any other exit code.
pub(super) fn application_error(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let code = incident.terminations.first().and_then(|t| t.exit_code);
    let language = story.language;
    story.say(say!(language, "tell-own-error"));
    story.say_all(code.map(|code| code_words(code, language)));
    if let Some(words) = &context.notes.app_message {
        story.say(say!(language, "tell-it-wrote", text = quote_line(words)));
    }
    common(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-last-lines"), say!(language, "tell-why-last-lines"));
    say!(language, "tell-own-error-summary", who = sentence(&subject.full), exit = first_exit(incident, language))
}

fn code_words(code: i64, language: Language) -> String {
    match code {
        101 => say!(language, "tell-code-101"),
        137 => say!(language, "tell-code-137"),
        247 => say!(language, "tell-code-247"),
        255 => say!(language, "tell-code-255"),
        _ => say!(language, "tell-code-meaning", code = code, meaning = exit_code::short_meaning(code, language)),
    }
}

/// Killed, and nobody knows by whom.
pub(super) fn unknown(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    // A kill that somebody quotes from the kernel's log is known as well as a bare line of it.
    let quoted = incident.verdict == Verdict::Memory && !incident.victims.is_empty();
    if context.oom.is_some() || quoted {
        return bare_kill(incident, context, &subject, story);
    }
    if let Some(pid) = context.notes.child {
        return child(incident, pid, context, &subject, story);
    }
    common(incident, context, &subject, story);
    if incident.agent.as_deref() == Some("kubelet") {
        story.advise(say!(language, "tell-do-eviction-events"), say!(language, "tell-why-eviction-events"));
        return say!(language, "tell-evicted-unknown", who = sentence(&subject.full));
    }
    let killed = signal(incident.terminations.first()) == Some(9);
    if killed {
        story.say(say!(language, "tell-sigkill-senders"));
    }
    unknown_advice(context, killed, story);
    let covered = covered(context);
    let who = sentence(&subject.full);
    if killed {
        say!(language, "tell-unknown-killed", who = who, covered = covered)
    } else {
        say!(language, "tell-unknown-ended", who = who, exit = first_exit(incident, language), covered = covered)
    }
}

/// How far the kernel's log helps.
fn covered(context: &Context<'_>) -> String {
    let language = context.language;
    match context.notes.kernel_log_covers {
        Some(true) if context.notes.counter_covers => say!(language, "tell-counter-covers"),
        Some(true) => say!(language, "tell-covered"),
        Some(false) => say!(language, "tell-not-covered"),
        None => say!(language, "tell-coverage-unknown"),
    }
}

/// A parent saw a child die of SIGKILL, and lived on.
fn child(incident: &Incident, pid: Option<u32>, context: &Context<'_>, subject: &Subject, story: &mut Story) -> String {
    let language = story.language;
    // What Lambda tells of is the function's own runtime, and Compose of the container as a whole.
    if !matches!(incident.program.as_deref(), Some("aws-lambda" | "docker compose")) {
        story.say(say!(language, "tell-child-parent-lived"));
    }
    story.say(say!(language, "tell-child-senders"));
    unknown_advice(context, true, story);
    let program = incident.program.as_deref().unwrap_or_default();
    story.advise_all(advice::for_program(language, context.notes.child_name.as_deref().unwrap_or(program)));
    let (who, times) = (&subject.full, incident.count);
    let name = context.notes.child_name.as_deref().map(quoted);
    say!(language, "tell-child-killed", name = name, who = who, pid = pid, times = times, covered = covered(context))
}

fn unknown_advice(context: &Context<'_>, killed: bool, story: &mut Story) {
    let language = story.language;
    if context.notes.kernel_log_covers != Some(true) {
        story.advise(say!(language, "tell-do-kernel-log-first"), say!(language, "tell-why-kernel-log-first"));
    }
    if killed {
        story.advise(say!(language, "tell-do-runtime-log"), say!(language, "tell-why-runtime-log"));
    }
}

/// A kill line of an old kernel with nothing around it.
fn bare_kill(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) -> String {
    let language = story.language;
    super::kernel::victims(incident, context.node_memory_bytes, Whole::Node, story);
    let unseen = incident.victims.is_empty();
    story.say(if unseen { say!(language, "tell-bare-unseen") } else { say!(language, "tell-bare-seen") });
    super::kernel::special_victims(incident, context, story);
    super::kernel::aftermath(incident, context, subject, story);
    super::kernel::gaps(incident, context, story);
    story.advise(say!(language, "tell-do-lines-before"), say!(language, "tell-why-lines-before"));
    if unseen {
        return say!(language, "tell-bare-unseen-summary");
    }
    say!(language, "tell-bare-summary", who = sentence(&subject.full))
}
