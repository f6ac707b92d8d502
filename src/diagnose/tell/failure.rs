//! The program's own faults, failed starts, and ends that nothing explains.

use super::Story;
use super::not_memory::common;
use super::words::{Subject, exit_words, quote_line, sentence};
use crate::diagnose::Context;
use crate::exit_code;
use crate::report::{Incident, Termination};

fn signal(termination: Option<&Termination>) -> Option<i32> {
    termination.and_then(|t| t.signal.or_else(|| t.exit_code.and_then(exit_code::signal_of)))
}

fn with_exit(incident: &Incident) -> String {
    incident.terminations.first().and_then(exit_words).map_or_else(String::new, |e| format!(" with {e}"))
}

/// SIGSEGV, SIGABRT ...
pub(super) fn crash(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let signal = signal(incident.terminations.first());
    let (what, hint) = crash_words(signal);
    story.say(format!("{what}."));
    common(incident, context, &subject, story);
    story.say(hint);
    story.advise(
        "Look at its last log lines and at a core dump (coredumpctl, or the platform's crash store).",
        "The signal comes from the program itself, not from a memory limit.",
    );
    format!("{} crashed{}; memory was not the recorded cause.", sentence(&subject.full), with_exit(incident))
}

fn crash_words(signal: Option<i32>) -> (&'static str, &'static str) {
    match signal {
        Some(11) => (
            "Signal 11 (SIGSEGV) means that it touched memory that is not its own",
            "A failed allocation that nobody checked can end like this, too.",
        ),
        Some(6) => (
            "Signal 6 (SIGABRT) means that it gave up by itself: a failed assertion, or a library's abort()",
            "Some runtimes abort when their own heap is full (Node.js, C++ bad_alloc): look for such words in its log.",
        ),
        Some(7) => (
            "Signal 7 (SIGBUS) means that a page behind a mapping could not be had",
            "A full tmpfs, /dev/shm or huge page limit ends like this, too: check their sizes.",
        ),
        Some(4) => (
            "Signal 4 (SIGILL) means an instruction that this CPU does not know",
            "Check whether the image fits the CPU.",
        ),
        Some(8) => (
            "Signal 8 (SIGFPE) means an arithmetic fault such as a division by zero",
            "It has nothing to do with memory size.",
        ),
        Some(5) => (
            "Signal 5 (SIGTRAP) means that it stopped itself",
            "Newer V8 and Chromium builds end like this when their own heap is full: look for such words in its log.",
        ),
        Some(31) => ("Signal 31 (SIGSYS) means a system call that seccomp forbids", "Check the seccomp profile."),
        _ => ("It ended by a signal that a program's own fault raises", "Its own log tells more."),
    }
}

/// It never ran.
pub(super) fn start_failure(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let error = context.notes.start_error.as_ref().or(context.notes.app_message.as_ref());
    if let Some(error) = error {
        story.say(format!("The error: {}.", quote_line(error)));
    }
    let code = incident.terminations.first().and_then(|t| t.exit_code);
    if let Some(words) = code.and_then(start_words) {
        story.say(words);
    }
    common(incident, context, &subject, story);
    story.advise(
        "Check command, entrypoint, image architecture, mounts and permissions.",
        "The program did not get to run, so its memory cannot be the reason.",
    );
    let exit = incident.terminations.first().and_then(exit_words).map_or_else(String::new, |e| format!(" ({e})"));
    format!("{} could not be started{exit}; memory was not the recorded cause.", sentence(&subject.full))
}

fn start_words(code: i64) -> Option<&'static str> {
    Some(match code {
        125 => "Code 125 means that the runtime's own command failed.",
        126 => "Code 126 means that the command was found but could not be run (permission, wrong architecture).",
        127 => "Code 127 means that the command was not found.",
        128 => {
            "Code 128 means that the runtime could not start the container. A limit too small to start in ends with this code, too."
        }
        200..=245 => "Codes 200 to 245 are systemd's: it could not set the process up.",
        _ => return None,
    })
}

/// Any other exit code.
pub(super) fn application_error(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let code = incident.terminations.first().and_then(|t| t.exit_code);
    story.say("The program ended by itself with an error.");
    match code.map(|code| (code, code_words(code))) {
        Some((_, Some(words))) => story.say(words),
        Some((code, None)) => {
            story.say(format!("Exit code {code} stands for: {}.", exit_code::short_meaning(code, context.language)))
        }
        None => {}
    }
    if let Some(words) = &context.notes.app_message {
        story.say(format!("It wrote: {}.", quote_line(words)));
    }
    common(incident, context, &subject, story);
    story.advise(
        "Look at its last log lines.",
        "The exit code is the program's own; nothing in these logs points to memory.",
    );
    format!("{} ended by itself{}; nothing points to memory.", sentence(&subject.full), with_exit(incident))
}

fn code_words(code: i64) -> Option<&'static str> {
    Some(match code {
        101 => "Code 101 is a panic of a Rust program.",
        137 => {
            "Here 137 is a code that the program returned itself, not a signal; a shell returns it when its child got SIGKILL."
        }
        247 => "Code 247 is what Python passes on for a child that got SIGKILL: look for a killed child.",
        255 => "Code 255 is exit(-1), or a code that the runtime does not know.",
        _ => return None,
    })
}

/// Killed, and nobody knows by whom.
pub(super) fn unknown(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    let subject = Subject::of(incident);
    let notes = &context.notes;
    if context.oom.is_some() {
        return bare_kill(incident, context, &subject, story);
    }
    common(incident, context, &subject, story);
    if incident.agent.as_deref() == Some("kubelet") {
        story.advise(
            "Look at the pod's events and at the kubelet's log before the eviction (kubectl describe pod, journalctl -u kubelet).",
            "They name the resource that ran short: memory, disk space or process ids.",
        );
        return format!(
            "{} was evicted by the kubelet; these logs do not say whether memory was the reason.",
            sentence(&subject.full)
        );
    }
    let killed = signal(incident.terminations.first()) == Some(9);
    if killed {
        story.say("SIGKILL has many senders: the kernel's OOM killer, a runtime, the kubelet, a person. No record of one was found.");
    }
    unknown_advice(context, killed, story);
    let covered = match notes.kernel_log_covers {
        Some(true) => "the kernel log covers that time and shows no OOM kill",
        Some(false) => "the kernel log does not cover that time, so memory cannot be ruled out",
        None => "these logs cannot tell whether it was memory",
    };
    if killed {
        format!("{} was killed with SIGKILL, and no log says by whom; {covered}.", sentence(&subject.full))
    } else {
        format!("{} ended{}, and no log says why; {covered}.", sentence(&subject.full), with_exit(incident))
    }
}

fn unknown_advice(context: &Context<'_>, killed: bool, story: &mut Story) {
    if context.notes.kernel_log_covers != Some(true) {
        story.advise(
            "Collect the kernel log of that time (journalctl -k -b -1, /var/log/kern.log, dmesg -T).",
            "Only it can prove or rule out an OOM kill.",
        );
    }
    if killed {
        story.advise(
            "Collect the runtime's and the kubelet's log of that time (journalctl -u containerd -u docker -u kubelet).",
            "They record stops, probes and kills that they send.",
        );
    }
}

/// A kill line of an old kernel with nothing around it.
fn bare_kill(incident: &Incident, context: &Context<'_>, subject: &Subject, story: &mut Story) -> String {
    super::kernel::victims(incident, context.node_memory_bytes, "the node's memory", story);
    let unseen = incident.victims.is_empty();
    if unseen {
        story.say("The kernel called its OOM killer, but the rest of its report is missing: neither the victim nor the limit is known.");
    } else {
        story.say("The kernel's OOM killer did it, but the line does not say whether a cgroup's limit or the node's memory ran out.");
    }
    super::kernel::special_victims(incident, story);
    super::kernel::aftermath(incident, context, subject, story);
    super::kernel::gaps(incident, context, story);
    story.advise(
        "Look for the lines before it (invoked oom-killer, Memory cgroup, Mem-Info) in an older or fuller log.",
        "They tell which limit was hit and who held the memory.",
    );
    if unseen {
        return "The kernel ran out of memory somewhere and called its OOM killer; these logs do not show where, and whom it killed."
            .to_owned();
    }
    format!(
        "{} was killed by the kernel's OOM killer; which limit was hit is not in these logs.",
        sentence(&subject.full)
    )
}
