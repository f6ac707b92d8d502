//! What systemd's own codes mean: the step that failed before the program was started.
//! Source: `exit_status_mappings`, src/shared/exit-status.c; they hold only when systemd is the reporter.

use super::{Explanation, MemoryLink, blank, causes};
use crate::language::{Key, Language};
use crate::{key, say};

/// A step of the set-up.
pub(super) struct Step {
    /// As systemd prints it after the slash.
    pub(super) name: &'static str,
    /// What could not be done.
    pub(super) meaning: Key,
}

const fn step_row(name: &'static str, meaning: Key) -> Step {
    Step { name, meaning }
}

/// Codes 200..=245, in order. 223 and 234 are not in use.
const STEPS: [Option<Step>; 46] = [
    Some(step_row("CHDIR", key!("codes-step-chdir"))),
    Some(step_row("NICE", key!("codes-step-nice"))),
    Some(step_row("FDS", key!("codes-step-fds"))),
    Some(step_row("EXEC", key!("codes-step-exec"))),
    Some(step_row("MEMORY", key!("codes-step-memory"))),
    Some(step_row("LIMITS", key!("codes-step-limits"))),
    Some(step_row("OOM_ADJUST", key!("codes-step-oom-adjust"))),
    Some(step_row("SIGNAL_MASK", key!("codes-step-signal-mask"))),
    Some(step_row("STDIN", key!("codes-step-stdin"))),
    Some(step_row("STDOUT", key!("codes-step-stdout"))),
    Some(step_row("CHROOT", key!("codes-step-chroot"))),
    Some(step_row("IOPRIO", key!("codes-step-ioprio"))),
    Some(step_row("TIMERSLACK", key!("codes-step-timerslack"))),
    Some(step_row("SECUREBITS", key!("codes-step-securebits"))),
    Some(step_row("SETSCHEDULER", key!("codes-step-setscheduler"))),
    Some(step_row("CPUAFFINITY", key!("codes-step-cpuaffinity"))),
    Some(step_row("GROUP", key!("codes-step-group"))),
    Some(step_row("USER", key!("codes-step-user"))),
    Some(step_row("CAPABILITIES", key!("codes-step-capabilities"))),
    Some(step_row("CGROUP", key!("codes-step-cgroup"))),
    Some(step_row("SETSID", key!("codes-step-setsid"))),
    Some(step_row("CONFIRM", key!("codes-step-confirm"))),
    Some(step_row("STDERR", key!("codes-step-stderr"))),
    None,
    Some(step_row("PAM", key!("codes-step-pam"))),
    Some(step_row("NETWORK", key!("codes-step-network"))),
    Some(step_row("NAMESPACE", key!("codes-step-namespace"))),
    Some(step_row("NO_NEW_PRIVILEGES", key!("codes-step-no-new-privileges"))),
    Some(step_row("SECCOMP", key!("codes-step-seccomp"))),
    Some(step_row("SELINUX_CONTEXT", key!("codes-step-selinux-context"))),
    Some(step_row("PERSONALITY", key!("codes-step-personality"))),
    Some(step_row("APPARMOR", key!("codes-step-apparmor"))),
    Some(step_row("ADDRESS_FAMILIES", key!("codes-step-address-families"))),
    Some(step_row("RUNTIME_DIRECTORY", key!("codes-step-runtime-directory"))),
    None,
    Some(step_row("CHOWN", key!("codes-step-chown"))),
    Some(step_row("SMACK_PROCESS_LABEL", key!("codes-step-smack-process-label"))),
    Some(step_row("KEYRING", key!("codes-step-keyring"))),
    Some(step_row("STATE_DIRECTORY", key!("codes-step-state-directory"))),
    Some(step_row("CACHE_DIRECTORY", key!("codes-step-cache-directory"))),
    Some(step_row("LOGS_DIRECTORY", key!("codes-step-logs-directory"))),
    Some(step_row("CONFIGURATION_DIRECTORY", key!("codes-step-configuration-directory"))),
    Some(step_row("NUMA_POLICY", key!("codes-step-numa-policy"))),
    Some(step_row("CREDENTIALS", key!("codes-step-credentials"))),
    Some(step_row("BPF", key!("codes-step-bpf"))),
    Some(step_row("KSM", key!("codes-step-ksm"))),
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
pub(super) fn explain(code: i64, step: &'static Step, language: Language) -> Explanation {
    let meaning = say!(language, "codes-systemd-failed", meaning = step.meaning.tell(language));
    let mut found = blank(Some(code), meaning);
    found.name = Some(format!("EXIT_{}", step.name));
    if step.name == "MEMORY" {
        found.memory = MemoryLink::Sometimes;
    }
    found.notes.push(say!(language, "codes-never-ran"));
    found.add_causes(
        match step.name {
            "EXEC" => &[causes::NOT_FOUND, causes::NOT_EXECUTABLE],
            _ => &[causes::SYSTEMD_SETUP],
        },
        language,
    );
    found
}
