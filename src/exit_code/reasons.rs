//! Words that platforms write instead of, or beside, a code.

use super::{CauseRow, Explanation, MemoryLink, PossibleCause, blank, causes};

/// A reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReasonRow {
    name: &'static str,
    code: Option<i64>,
    meaning: &'static str,
    memory: MemoryLink,
    causes: &'static [CauseRow],
}

use MemoryLink::{Often, Rarely, Sometimes};

const fn row(
    name: &'static str,
    code: Option<i64>,
    meaning: &'static str,
    memory: MemoryLink,
    causes: &'static [CauseRow],
) -> ReasonRow {
    ReasonRow { name, code, meaning, memory, causes }
}

const REASONS: &[ReasonRow] = &[
    row(
        "OOMKilled",
        None,
        "the runtime saw an OOM kill in the container's cgroup; not proof that it ended the container",
        Often,
        &[causes::KERNEL_LIMIT, causes::CHILD_KILLED],
    ),
    row("Completed", Some(0), "the main process ended with 0; a Deployment starts it again all the same", Rarely, &[]),
    row(
        "Error",
        None,
        "the main process ended with another code than 0; the code tells more, and on cgroup v1 a node OOM looks like this",
        Sometimes,
        &[causes::KERNEL_NODE, causes::APPLICATION],
    ),
    row(
        "StartError",
        Some(128),
        "the container could not be started",
        Sometimes,
        &[causes::INIT_OOM, causes::RUNTIME_START],
    ),
    row(
        "ContainerCannotRun",
        None,
        "the container could not be run: 126, 127 or 128",
        Rarely,
        &[causes::RUNTIME_START],
    ),
    row(
        "RunContainerError",
        None,
        "the runtime failed to run the container",
        Sometimes,
        &[causes::INIT_OOM, causes::RUNTIME_START],
    ),
    row("CreateContainerError", None, "the runtime failed to make the container", Rarely, &[causes::RUNTIME_START]),
    row(
        "ContainerStatusUnknown",
        Some(137),
        "the kubelet lost the container and made the code up",
        Sometimes,
        &[causes::INVENTED],
    ),
    row("Unknown", Some(255), "the runtime lost the container and made the code up", Sometimes, &[causes::INVENTED]),
    row(
        "CrashLoopBackOff",
        None,
        "the container ended again and again; the kubelet waits longer before each new start",
        Sometimes,
        &[causes::KERNEL_LIMIT, causes::APPLICATION],
    ),
    row("Evicted", None, "the kubelet put the whole pod off the node to save a resource", Often, &[causes::EVICTION]),
    row("SystemOOM", None, "the kubelet saw a kernel OOM kill on the node", Often, &[causes::KERNEL_NODE]),
    row("oom-kill", None, "systemd saw an OOM kill of any process of the unit", Often, &[causes::SYSTEMD_OOM]),
    row("OUT_OF_MEMORY", None, "Slurm saw an OOM kill in the step or job", Often, &[causes::SLURM_OUT_OF_MEMORY]),
];

/// Finds a reason, whatever its case.
pub(super) fn find(text: &str) -> Option<&'static ReasonRow> {
    REASONS.iter().find(|row| row.name.eq_ignore_ascii_case(text))
}

/// The explanation.
pub(super) fn explain(row: &'static ReasonRow) -> Explanation {
    let mut found = blank(row.code, row.meaning);
    found.name = Some(row.name.to_owned());
    found.memory = row.memory;
    found.causes.extend(row.causes.iter().map(PossibleCause::from));
    if row.name == "OOMKilled" {
        found.notes.push(
            "Code and reason are independent: OOMKilled with 0, 1 or 143 means that a child or an earlier process was killed."
                .to_owned(),
        );
    }
    found
}
