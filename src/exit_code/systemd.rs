//! What systemd's own codes mean: the step that failed before the program was started.
//! Source: `exit_status_mappings`, src/shared/exit-status.c; they hold only when systemd is the reporter.

use super::{Explanation, MemoryLink, PossibleCause, blank, causes};

/// A step of the set-up.
pub(super) struct Step {
    /// As systemd prints it after the slash.
    pub(super) name: &'static str,
    /// What could not be done.
    pub(super) meaning: &'static str,
}

const fn step_row(name: &'static str, meaning: &'static str) -> Step {
    Step { name, meaning }
}

/// Codes 200..=245, in order. 223 and 234 are not in use.
const STEPS: [Option<Step>; 46] = [
    Some(step_row("CHDIR", "the working directory could not be entered")),
    Some(step_row("NICE", "the nice level could not be set")),
    Some(step_row("FDS", "file descriptors could not be passed or closed")),
    Some(step_row("EXEC", "the program could not be executed: missing, not executable, or wrong format")),
    Some(step_row("MEMORY", "memory could not be allocated while the service was set up")),
    Some(step_row("LIMITS", "a resource limit could not be set")),
    Some(step_row("OOM_ADJUST", "oom_score_adj could not be set")),
    Some(step_row("SIGNAL_MASK", "the signal mask could not be set")),
    Some(step_row("STDIN", "standard input could not be opened")),
    Some(step_row("STDOUT", "standard output could not be opened")),
    Some(step_row("CHROOT", "the root directory could not be changed")),
    Some(step_row("IOPRIO", "the I/O priority could not be set")),
    Some(step_row("TIMERSLACK", "the timer slack could not be set")),
    Some(step_row("SECUREBITS", "the secure bits could not be set")),
    Some(step_row("SETSCHEDULER", "the scheduling policy could not be set")),
    Some(step_row("CPUAFFINITY", "the processor affinity could not be set")),
    Some(step_row("GROUP", "the group could not be found or changed")),
    Some(step_row("USER", "the user could not be found or changed")),
    Some(step_row("CAPABILITIES", "capabilities could not be dropped")),
    Some(step_row("CGROUP", "the control group could not be set up")),
    Some(step_row("SETSID", "a new session could not be made")),
    Some(step_row("CONFIRM", "the start was not confirmed")),
    Some(step_row("STDERR", "standard error could not be opened")),
    None,
    Some(step_row("PAM", "the PAM session could not be set up")),
    Some(step_row("NETWORK", "the network namespace could not be set up")),
    Some(step_row(
        "NAMESPACE",
        "the file system namespace could not be set up: often a missing path in a sandboxing option",
    )),
    Some(step_row("NO_NEW_PRIVILEGES", "new privileges could not be forbidden")),
    Some(step_row("SECCOMP", "the system call filter could not be set")),
    Some(step_row("SELINUX_CONTEXT", "the SELinux context could not be set")),
    Some(step_row("PERSONALITY", "the execution domain could not be set")),
    Some(step_row("APPARMOR", "the AppArmor profile could not be set")),
    Some(step_row("ADDRESS_FAMILIES", "address families could not be restricted")),
    Some(step_row("RUNTIME_DIRECTORY", "the runtime directory could not be made")),
    None,
    Some(step_row("CHOWN", "an owner could not be changed")),
    Some(step_row("SMACK_PROCESS_LABEL", "the SMACK label could not be set")),
    Some(step_row("KEYRING", "the kernel keyring could not be set up")),
    Some(step_row("STATE_DIRECTORY", "the state directory could not be made")),
    Some(step_row("CACHE_DIRECTORY", "the cache directory could not be made")),
    Some(step_row("LOGS_DIRECTORY", "the log directory could not be made")),
    Some(step_row("CONFIGURATION_DIRECTORY", "the configuration directory could not be made")),
    Some(step_row("NUMA_POLICY", "the NUMA policy could not be set")),
    Some(step_row("CREDENTIALS", "the credentials could not be set up")),
    Some(step_row("BPF", "a BPF program could not be attached")),
    Some(step_row("KSM", "page merging could not be set")),
];

/// First code of the table.
const FIRST: i64 = 200;

/// The step of a code.
pub(super) fn step(code: i64) -> Option<&'static Step> {
    let at = usize::try_from(code.checked_sub(FIRST)?).ok()?;
    STEPS.get(at)?.as_ref()
}

/// The code of a name: `EXEC`, `EXIT_EXEC`.
pub(super) fn find(name: &str) -> Option<i64> {
    let upper = name.to_ascii_uppercase();
    let plain = upper.strip_prefix("EXIT_").unwrap_or(&upper);
    let at = STEPS.iter().position(|step| step.as_ref().is_some_and(|step| step.name == plain))?;
    i64::try_from(at).ok().map(|at| at + FIRST)
}

/// The explanation when systemd is known to be the reporter.
pub(super) fn explain(code: i64, step: &'static Step) -> Explanation {
    let mut found = blank(Some(code), format!("systemd could not start the service: {}", step.meaning));
    found.name = Some(format!("EXIT_{}", step.name));
    if step.name == "MEMORY" {
        found.memory = MemoryLink::Sometimes;
    }
    found.notes.push("The program itself never ran.".to_owned());
    let rows = match step.name {
        "EXEC" => &[causes::NOT_FOUND, causes::NOT_EXECUTABLE][..],
        _ => &[causes::SYSTEMD_SETUP][..],
    };
    found.causes.extend(rows.iter().map(PossibleCause::from));
    found
}
