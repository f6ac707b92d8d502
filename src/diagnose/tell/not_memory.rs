//! Ends that were asked for or made up: stop, stop time-out, SIGKILL on request, probe, reboot, invented records.

use super::words::{Subject, exit_words, quote_line, sentence};
use super::{Story, kernel};
use crate::diagnose::Context;
use crate::diagnose::units::span;
use crate::report::Incident;

/// What these stories have in common: exit, and what the kernel log says about it.
pub(super) fn common(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) {
    kernel::aftermath(incident, context, subject, story);
    match context.notes.kernel_log_covers {
        Some(true) => story.say("The kernel log covers that time and shows no OOM kill for it."),
        Some(false) => story.say("The kernel log in these files does not cover that time."),
        None => {}
    }
    if let Some(note) = &context.notes.kernel_note {
        story.say(format!("The kernel log says: {}.", quote_line(note)));
    }
}

fn by(context: &Context<'_>, incident: &Incident) -> String {
    let asked = context.notes.stop_asked_by.as_deref();
    let agent = incident.agent.as_deref().filter(|a| !matches!(*a, "operator" | "application"));
    asked.or(agent).map_or_else(String::new, |who| format!(" by {who}"))
}

fn reason(context: &Context<'_>, story: &mut Story) {
    if let Some(reason) = &context.notes.stop_reason {
        story.say(format!("The reason given: {}.", quote_line(reason)));
    }
}

/// SIGTERM, the grace period, SIGKILL.
pub(super) fn stop_timeout(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let grace = context.notes.grace_s.map_or_else(String::new, |s| format!(" within {}", span(s)));
    story.say(format!(
        "It was asked to stop{}, did not end{grace}, and was then killed with SIGKILL.",
        by(context, incident)
    ));
    reason(context, story);
    common(incident, context, &subject, story);
    story.advise(
        "Let the main process handle SIGTERM: use exec in the entrypoint script or an init such as tini (docker run --init).",
        "A shell as main process does not pass the signal on.",
    );
    let longer = context.notes.grace_s.map_or_else(String::new, |s| format!(" (it was {})", span(s)));
    story.advise(
        format!("If it needs longer to end, raise the grace period{longer}: terminationGracePeriodSeconds, docker stop -t, TimeoutStopSec=."),
        "Killed in the middle of its work it may lose data.",
    );
    format!(
        "{} was asked to stop{}, did not end{grace} and was killed; memory was not the cause.",
        sentence(&subject.full),
        by(context, incident)
    )
}

/// It stopped as asked.
pub(super) fn stopped(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let exit = incident.terminations.first().and_then(exit_words).map_or_else(String::new, |e| format!(" with {e}"));
    let clean = incident.terminations.first().and_then(|t| t.exit_code) == Some(0);
    let asked = context.notes.stop_asked_by.is_some() || !clean;
    reason(context, story);
    if let Some(words) = &context.notes.userspace_reason {
        story.say(format!("The message: {}.", quote_line(words)));
    }
    common(incident, context, &subject, story);
    if asked && context.notes.stop_asked_by.is_none() {
        story.advise(
            "If nobody meant to stop it, look for who sent the signal: deployments, scaling, cron, systemctl, a shell.",
            "The logs show the stop but not who asked for it.",
        );
    }
    if asked {
        format!(
            "{} was asked to stop{} and stopped{exit}; memory was not the cause.",
            sentence(&subject.full),
            by(context, incident)
        )
    } else {
        format!("{} ended by itself{exit}; memory was not the cause.", sentence(&subject.full))
    }
}

/// SIGKILL on request.
pub(super) fn killed_on_request(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    match &context.notes.stop_asked_by {
        Some(who) => story.say(format!("A request to kill it with SIGKILL is recorded; it came through {who}.")),
        None => story.say("A request to kill it with SIGKILL is recorded."),
    }
    story.say("Exit code 137 only says SIGKILL; here the sender is known.");
    reason(context, story);
    common(incident, context, &subject, story);
    story.advise(
        "Find out who or what asked for the kill (docker events, audit log, deployment tool).",
        "The record shows the request, not always the person.",
    );
    format!("{} was killed on request{}; memory was not the cause.", sentence(&subject.full), by(context, incident))
}

/// Liveness or startup probe, or systemd's watchdog.
pub(super) fn probe_failure(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let watchdog = incident.agent.as_deref() == Some("systemd");
    if watchdog {
        story.say("systemd's watchdog heard nothing from it in time and ended it.");
    } else {
        story.say("The kubelet restarted the container because its probe failed.");
    }
    if let Some(words) = &context.notes.probe_message {
        story.say(format!("The probe said: {}.", quote_line(words)));
    }
    common(incident, context, &subject, story);
    story.say(
        "A process that waits for memory or is throttled answers late, so this does not rule out pressure on the node.",
    );
    story.advise(
        "Check why it did not answer (CPU throttling, long pauses, a dependency) and whether the probe's timeout is too short.",
        "The process was killed for being silent, not for its memory.",
    );
    let what = if watchdog { "its watchdog was not fed" } else { "its probe failed" };
    format!("{} was restarted because {what}; memory was not the recorded cause.", sentence(&subject.full))
}

/// Node or runtime went down.
pub(super) fn reboot(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    story.say("It ended together with the node or with the container runtime.");
    reason(context, story);
    common(incident, context, &subject, story);
    story.advise(
        "Look at why the node or the runtime was stopped or restarted at that time.",
        "The workload itself did nothing wrong.",
    );
    format!(
        "{} ended because the node or the container runtime was stopped; memory was not the cause.",
        sentence(&subject.full)
    )
}

/// The platform made the exit code up.
pub(super) fn invented(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    story.say("The platform had lost sight of the container and made the exit record up; its code says nothing about how it ended.");
    common(incident, context, &subject, story);
    story.advise(
        "Look at the kubelet, the container runtime and the shim around that time.",
        "One of them was restarted or died, and with it the true exit status was lost.",
    );
    format!("The end of {} was made up by the platform, which had lost it; the true exit is not known.", subject.full)
}
