//! Ends that were asked for or made up: stop, stop time-out, SIGKILL on request, probe, reboot, invented records.

use super::words::{Subject, first_exit, pod_name, quote_line, sentence};
use super::{Story, kernel};
use crate::diagnose::Context;
use crate::diagnose::units::span;
use crate::report::Incident;
use crate::say;

/// What these stories have in common: exit, and what the kernel log says about it.
pub(super) fn common(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    kernel::aftermath(incident, context, subject, story);
    let language = story.language;
    match context.notes.kernel_log_covers {
        Some(true) if context.notes.counter_covers => story.say(say!(language, "tell-counter-shows-none")),
        Some(true) => story.say(say!(language, "tell-log-shows-none")),
        Some(false) => story.say(say!(language, "tell-log-not-covering")),
        None => {}
    }
    if let Some(note) = &context.notes.kernel_note {
        story.say(say!(language, "tell-kernel-says", text = quote_line(note)));
    }
}

/// Who asked for the end.
fn by<'a>(context: &'a Context<'_>, incident: &'a Incident) -> Option<&'a str> {
    let agent = incident.agent.as_deref().filter(|a| !matches!(*a, "operator" | "application"));
    context.notes.stop_asked_by.as_deref().or(agent)
}

fn reason(context: &Context<'_>, story: &mut Story) {
    if let Some(reason) = &context.notes.stop_reason {
        story.say(say!(story.language, "tell-reason-given", text = quote_line(reason)));
    }
}

/// SIGTERM, the grace period, SIGKILL; or a pod that was removed and killed at once.
pub(super) fn stop_timeout(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    if context.notes.torn_down {
        story.say(say!(language, "tell-torn-down"));
        common(incident, context, &subject, story);
        return say!(language, "tell-torn-down-summary", who = sentence(&subject.full));
    }
    let grace = context.notes.grace_s.map(|seconds| span(language, seconds));
    let by = by(context, incident);
    story.say(say!(language, "tell-stop-timeout", by = by, grace = grace.as_deref()));
    reason(context, story);
    common(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-sigterm"), say!(language, "tell-why-sigterm"));
    story.advise(say!(language, "tell-do-grace", grace = grace.as_deref()), say!(language, "tell-why-grace"));
    say!(language, "tell-stop-timeout-summary", who = sentence(&subject.full), by = by, grace = grace)
}

/// It stopped as asked.
pub(super) fn stopped(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    if let Some(words) = context.notes.userspace_reason.as_ref().filter(|_| incident.terminations.is_empty()) {
        return evicted(incident, &subject, words, story);
    }
    let exit = first_exit(incident, language);
    let clean = incident.terminations.first().and_then(|t| t.exit_code) == Some(0);
    let asked = context.notes.stop_asked_by.is_some() || !clean;
    reason(context, story);
    if let Some(words) = &context.notes.userspace_reason {
        story.say(say!(language, "tell-message", text = quote_line(words)));
    }
    common(incident, context, &subject, story);
    if asked && context.notes.stop_asked_by.is_none() {
        story.advise(say!(language, "tell-do-who-stopped"), say!(language, "tell-why-who-stopped"));
    }
    let who = sentence(&subject.full);
    if asked {
        say!(language, "tell-stopped", who = who, by = by(context, incident), exit = exit)
    } else {
        say!(language, "tell-ended-itself", who = who, exit = exit)
    }
}

/// An eviction for another resource than memory, of a pod whose containers' ends are not told.
fn evicted(incident: &Incident, subject: &Subject, words: &str, story: &mut Story) -> String {
    let language = story.language;
    let pod = incident.containers.iter().find_map(pod_name);
    let who = pod.map_or_else(|| subject.full.clone(), |pod| say!(language, "tell-pod", pod = pod));
    story.say(say!(language, "tell-eviction-message", text = quote_line(words)));
    say!(language, "tell-evicted-otherwise", who = sentence(&who))
}

/// SIGKILL on request.
pub(super) fn killed_on_request(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    story.say(say!(language, "tell-request-recorded", by = context.notes.stop_asked_by.as_deref()));
    story.say(say!(language, "tell-sender-known"));
    reason(context, story);
    common(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-who-killed"), say!(language, "tell-why-who-killed"));
    say!(language, "tell-killed-on-request", who = sentence(&subject.full), by = by(context, incident))
}

/// Liveness or startup probe, or systemd's watchdog.
pub(super) fn probe_failure(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let watchdog = incident.agent.as_deref() == Some("systemd");
    let language = story.language;
    story.say(if watchdog { say!(language, "tell-watchdog") } else { say!(language, "tell-probe") });
    if let Some(words) = &context.notes.probe_message {
        story.say(say!(language, "tell-probe-said", text = quote_line(words)));
    }
    common(incident, context, &subject, story);
    story.say(say!(language, "tell-probe-pressure"));
    story.advise(say!(language, "tell-do-probe"), say!(language, "tell-why-probe"));
    let who = sentence(&subject.full);
    if watchdog {
        say!(language, "tell-watchdog-summary", who = who)
    } else {
        say!(language, "tell-probe-summary", who = who)
    }
}

/// Node or runtime went down.
pub(super) fn reboot(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    story.say(say!(language, "tell-went-down"));
    reason(context, story);
    common(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-went-down"), say!(language, "tell-why-went-down"));
    say!(language, "tell-went-down-summary", who = sentence(&subject.full))
}

/// The platform made the exit code up.
pub(super) fn invented(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident, story.language);
    let language = story.language;
    let coded = incident.terminations.iter().any(|end| end.exit_code.is_some());
    story.say(if coded { say!(language, "tell-invented") } else { say!(language, "tell-status-unknown") });
    common(incident, context, &subject, story);
    story.advise(say!(language, "tell-do-invented"), say!(language, "tell-why-invented"));
    if !coded {
        return say!(language, "tell-status-unknown-summary", who = sentence(&subject.full));
    }
    say!(language, "tell-invented-summary", who = &subject.full)
}
