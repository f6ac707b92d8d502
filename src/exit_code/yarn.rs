//! What YARN writes as the exit status of a container that it ended itself: negative numbers that no program returned.
//! Source: `ContainerExitStatus.java` of Hadoop's yarn-api.

use super::{CauseRow, Explanation, MemoryLink, blank, causes};
use crate::language::{Key, Language};
use crate::{key, say};

/// A status.
pub(super) struct YarnRow {
    code: i64,
    name: &'static str,
    meaning: Key,
    memory: MemoryLink,
    causes: &'static [CauseRow],
}

use MemoryLink::{Often, Rarely};

const fn row(code: i64, name: &'static str, meaning: Key, memory: MemoryLink, causes: &'static [CauseRow]) -> YarnRow {
    YarnRow { code, name, meaning, memory, causes }
}

const MEMORY: &[CauseRow] = &[causes::YARN_KILL];
const DECIDED: &[CauseRow] = &[causes::YARN_DECISION];

const STATUSES: &[YarnRow] = &[
    row(-100, "ABORTED", key!("codes-yarn-aborted"), Rarely, DECIDED),
    row(-101, "DISKS_FAILED", key!("codes-yarn-disks-failed"), Rarely, DECIDED),
    row(-102, "PREEMPTED", key!("codes-yarn-preempted"), Rarely, DECIDED),
    row(-103, "KILLED_EXCEEDED_VMEM", key!("codes-yarn-vmem"), Often, MEMORY),
    row(-104, "KILLED_EXCEEDED_PMEM", key!("codes-yarn-pmem"), Often, MEMORY),
    row(-105, "KILLED_BY_APPMASTER", key!("codes-yarn-appmaster"), Rarely, DECIDED),
    row(-106, "KILLED_BY_RESOURCEMANAGER", key!("codes-yarn-resourcemanager"), Rarely, DECIDED),
    row(-107, "KILLED_AFTER_APP_COMPLETION", key!("codes-yarn-completion"), Rarely, DECIDED),
    row(-108, "KILLED_BY_CONTAINER_SCHEDULER", key!("codes-yarn-scheduler"), Rarely, DECIDED),
    row(-109, "KILLED_FOR_EXCESS_LOGS", key!("codes-yarn-logs"), Rarely, DECIDED),
    row(-1000, "INVALID", key!("codes-yarn-invalid"), Rarely, DECIDED),
];

/// The row of a number.
pub(super) fn find_code(code: i64) -> Option<&'static YarnRow> {
    STATUSES.iter().find(|row| row.code == code)
}

/// The number of a name: `KILLED_EXCEEDED_PMEM`.
pub(super) fn find(name: &str) -> Option<i64> {
    STATUSES.iter().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| row.code)
}

/// The explanation.
pub(super) fn explain(row: &YarnRow, language: Language) -> Explanation {
    let mut found = blank(Some(row.code), row.meaning.tell(language));
    found.name = Some(row.name.to_owned());
    found.memory = row.memory;
    let reported = row.code.rem_euclid(256);
    found.notes.push(say!(language, "codes-yarn-own", code = row.code, reported = reported));
    found.add_causes(row.causes, language);
    found
}
