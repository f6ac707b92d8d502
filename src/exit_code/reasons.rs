//! Words that platforms write instead of, or beside, a code.

use super::{CauseRow, Explanation, MemoryLink, blank, causes};
use crate::key;
use crate::language::{Key, Language};

/// A reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReasonRow {
    name: &'static str,
    code: Option<i64>,
    meaning: Key,
    memory: MemoryLink,
    causes: &'static [CauseRow],
}

use MemoryLink::{Often, Rarely, Sometimes};

const fn row(
    name: &'static str,
    code: Option<i64>,
    meaning: Key,
    memory: MemoryLink,
    causes: &'static [CauseRow],
) -> ReasonRow {
    ReasonRow { name, code, meaning, memory, causes }
}

const OOM_KILL: &[CauseRow] = &[causes::KERNEL_LIMIT, causes::CHILD_KILLED];
const KERNEL: &[CauseRow] = &[causes::KERNEL_LIMIT, causes::KERNEL_NODE];
const NEVER_STARTED: &[CauseRow] = &[causes::RUNTIME_START];
const TOO_SMALL_TO_START: &[CauseRow] = &[causes::INIT_OOM, causes::RUNTIME_START];
const UNIT_CODE: &[CauseRow] = &[causes::APPLICATION, causes::CHILD_KILLED];
const UNIT_SIGNAL: &[CauseRow] = &[causes::KILL_REQUEST, causes::KERNEL_NODE, causes::USERSPACE_KILLER];

/// Kubernetes and the runtimes below it, then systemd's results (`service_result_table`, src/core/service.c), then other
/// platforms.
const REASONS: &[ReasonRow] = &[
    row("OOMKilled", None, key!("codes-reason-oomkilled"), Often, OOM_KILL),
    row("Completed", Some(0), key!("codes-reason-completed"), Rarely, &[]),
    row("Error", None, key!("codes-reason-error"), Sometimes, &[causes::KERNEL_NODE, causes::APPLICATION]),
    row("StartError", Some(128), key!("codes-reason-starterror"), Sometimes, TOO_SMALL_TO_START),
    row("ContainerCannotRun", None, key!("codes-reason-containercannotrun"), Rarely, NEVER_STARTED),
    row("RunContainerError", None, key!("codes-reason-runcontainererror"), Sometimes, TOO_SMALL_TO_START),
    row("CreateContainerError", None, key!("codes-reason-createcontainererror"), Rarely, NEVER_STARTED),
    row("CreateContainerConfigError", None, key!("codes-reason-configerror"), Rarely, &[causes::POD_CONFIG]),
    row("ImagePullBackOff", None, key!("codes-reason-imagepull"), Rarely, &[causes::IMAGE]),
    row("ErrImagePull", None, key!("codes-reason-imagepull"), Rarely, &[causes::IMAGE]),
    row(
        "ContainerStatusUnknown",
        Some(137),
        key!("codes-reason-containerstatusunknown"),
        Sometimes,
        &[causes::INVENTED],
    ),
    row("Unknown", Some(255), key!("codes-reason-unknown"), Sometimes, &[causes::INVENTED]),
    row(
        "CrashLoopBackOff",
        None,
        key!("codes-reason-crashloopbackoff"),
        Sometimes,
        &[causes::KERNEL_LIMIT, causes::APPLICATION, causes::PROBE],
    ),
    row("BackOff", None, key!("codes-reason-backoff"), Sometimes, &[causes::KERNEL_LIMIT, causes::APPLICATION]),
    row("Unhealthy", None, key!("codes-reason-unhealthy"), Sometimes, &[causes::PROBE]),
    row("Evicted", None, key!("codes-reason-evicted"), Often, &[causes::MEMORY_EVICTION, causes::OTHER_EVICTION]),
    row("Preempting", None, key!("codes-reason-preempting"), Rarely, &[causes::PREEMPTION]),
    row("Preempted", None, key!("codes-reason-preempting"), Rarely, &[causes::PREEMPTION]),
    row("NodeShutdown", None, key!("codes-reason-nodeshutdown"), Rarely, &[causes::NODE_SHUTDOWN]),
    row("NodeLost", None, key!("codes-reason-nodelost"), Sometimes, &[causes::NODE_SILENT]),
    row("DeadlineExceeded", None, key!("codes-reason-deadlineexceeded"), Rarely, &[causes::DEADLINE]),
    row("OutOfmemory", None, key!("codes-reason-outofmemory"), Sometimes, &[causes::ADMISSION]),
    row("MemoryPressure", None, key!("codes-reason-memorypressure"), Often, &[causes::MEMORY_EVICTION]),
    row("SystemOOM", None, key!("codes-reason-systemoom"), Often, &[causes::KERNEL_NODE]),
    row("OOMKilling", None, key!("codes-reason-oomkilling"), Often, KERNEL),
    row("TaskOOM", None, key!("codes-reason-taskoom"), Often, OOM_KILL),
    row("oom-kill", None, key!("codes-reason-oom-kill"), Often, &[causes::SYSTEMD_OOM]),
    row("timeout", None, key!("codes-reason-timeout"), Sometimes, &[causes::UNIT_TIMEOUT]),
    row("exit-code", None, key!("codes-reason-exit-code"), Sometimes, UNIT_CODE),
    row("signal", None, key!("codes-reason-signal"), Sometimes, UNIT_SIGNAL),
    row("core-dump", None, key!("codes-reason-core-dump"), Sometimes, &[causes::SEGFAULT, causes::ABORT]),
    row("watchdog", None, key!("codes-reason-watchdog"), Sometimes, &[causes::WATCHDOG]),
    row("start-limit-hit", None, key!("codes-reason-start-limit-hit"), Sometimes, UNIT_CODE),
    row("resources", None, key!("codes-reason-resources"), Sometimes, &[causes::SYSTEMD_SETUP]),
    row("protocol", None, key!("codes-reason-protocol"), Rarely, &[causes::APPLICATION]),
    row("OUT_OF_MEMORY", None, key!("codes-reason-out-of-memory"), Often, &[causes::SLURM_OUT_OF_MEMORY]),
    row(
        "OutOfMemoryError",
        None,
        key!("codes-reason-outofmemoryerror"),
        Often,
        &[causes::KERNEL_LIMIT, causes::PYTHON_JVM],
    ),
    row("MemoryError", None, key!("codes-reason-memoryerror"), Often, &[causes::PYTHON_JVM]),
    row("CannotStartContainerError", None, key!("codes-reason-starterror"), Sometimes, TOO_SMALL_TO_START),
    row("REASON_CONTAINER_LIMITATION_MEMORY", None, key!("codes-reason-mesos"), Often, &[causes::KERNEL_LIMIT]),
    row("Runtime.OutOfMemory", None, key!("codes-reason-lambda"), Often, &[causes::LAMBDA_MEMORY]),
    row("R14", None, key!("codes-reason-r14"), Often, &[causes::DYNO_MEMORY]),
    row("R15", None, key!("codes-reason-r15"), Often, &[causes::DYNO_MEMORY]),
];

/// What else people and logs call them: docker's and Nomad's flags, the kernel's and Nomad's words.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("oom", "OOMKilled"),
    ("oom killed", "OOMKilled"),
    ("oom-killed", "OOMKilled"),
    ("oom_killed", "OOMKilled"),
    ("oom kill", "OOMKilled"),
    ("oom_kill", "OOMKilled"),
];

/// Finds a reason, whatever its case.
pub(super) fn find(text: &str) -> Option<&'static ReasonRow> {
    let other = OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    let name = other.map_or(text, |(_, name)| name);
    REASONS.iter().find(|row| row.name.eq_ignore_ascii_case(name))
}

/// Finds a reason that no other word of a sentence is mistaken for: `OOMKilled`, but not `Error`.
pub(super) fn find_in_sentence(word: &str) -> Option<&'static ReasonRow> {
    let marked = |name: &str| {
        name.contains(['-', '_']) || name.bytes().filter(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count() > 1
    };
    find(word).filter(|row| marked(row.name))
}

/// All names.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    REASONS.iter().map(|row| row.name)
}

/// The explanation.
pub(super) fn explain(row: &'static ReasonRow, language: Language) -> Explanation {
    let mut found = blank(row.code, row.meaning.tell(language));
    found.name = Some(row.name.to_owned());
    found.memory = row.memory;
    found.add_causes(row.causes, language);
    if row.name == "OOMKilled" {
        found.notes.push(key!("codes-reason-oomkilled-note").tell(language));
    }
    found
}
