//! The codes 0..=255 and their conventions, apart from the names of signals and of systemd's steps.

use super::{CauseRow, MemoryLink, causes};
use crate::key;
use crate::language::Key;

/// A code.
pub(super) struct CodeRow {
    /// The number.
    code: i64,
    /// A name that it has in headers.
    pub(super) name: Option<&'static str>,
    /// In a few words.
    pub(super) meaning: Key,
    /// Has it to do with memory?
    pub(super) memory: MemoryLink,
    /// Notes.
    pub(super) notes: &'static [Key],
    /// Possible causes, most likely first.
    pub(super) causes: &'static [CauseRow],
}

use MemoryLink::{Often, Rarely, Sometimes};

const OWN: Key = key!("codes-own");

const fn code(
    code: i64,
    meaning: Key,
    memory: MemoryLink,
    notes: &'static [Key],
    causes: &'static [CauseRow],
) -> CodeRow {
    CodeRow { code, name: None, meaning, memory, notes, causes }
}

/// A code that other things than memory use.
const fn plain(number: i64, meaning: Key) -> CodeRow {
    code(number, meaning, Rarely, &[], &[causes::APPLICATION])
}

const SYSEXITS: &[Key] = &[key!("codes-sysexits-note")];

/// sysexits.h; only programs that follow it mean this.
const fn sysexit(number: i64, name: &'static str, meaning: Key, causes: &'static [CauseRow]) -> CodeRow {
    CodeRow { code: number, name: Some(name), meaning, memory: Rarely, notes: SYSEXITS, causes }
}

const APPLICATION: &[CauseRow] = &[causes::APPLICATION];

const ROWS: &[CodeRow] = &[
    code(0, key!("codes-0"), Rarely, &[key!("codes-0-note"), key!("codes-0-note-2")], &[causes::CHILD_KILLED]),
    code(1, key!("codes-1"), Sometimes, &[], &[causes::APPLICATION, causes::PYTHON_JVM, causes::CHILD_KILLED]),
    code(2, key!("codes-2"), Sometimes, &[key!("codes-2-note")], &[causes::APPLICATION, causes::GO_RUNTIME]),
    code(3, key!("codes-3"), Sometimes, &[], &[causes::JVM_EXIT, causes::APPLICATION]),
    plain(4, key!("codes-4")),
    code(5, key!("codes-5"), Sometimes, &[], &[causes::APPLICATION, causes::NODE_FATAL]),
    plain(6, key!("codes-6")),
    plain(7, key!("codes-7")),
    code(9, key!("codes-9"), Sometimes, &[key!("codes-9-note")], &[causes::APPLICATION, causes::WRAPPER_KILLED]),
    code(11, key!("codes-11"), Rarely, &[], &[causes::APPLICATION, causes::SEGFAULT]),
    code(12, key!("codes-12"), Sometimes, &[], &[causes::APPLICATION, causes::ENOMEM]),
    plain(13, key!("codes-13")),
    plain(22, key!("codes-22")),
    plain(28, key!("codes-28")),
    sysexit(64, "EX_USAGE", key!("codes-64"), APPLICATION),
    sysexit(65, "EX_DATAERR", key!("codes-65"), APPLICATION),
    sysexit(66, "EX_NOINPUT", key!("codes-66"), APPLICATION),
    sysexit(67, "EX_NOUSER", key!("codes-67"), APPLICATION),
    sysexit(68, "EX_NOHOST", key!("codes-68"), APPLICATION),
    sysexit(69, "EX_UNAVAILABLE", key!("codes-69"), APPLICATION),
    sysexit(70, "EX_SOFTWARE", key!("codes-70"), APPLICATION),
    CodeRow {
        code: 71,
        name: Some("EX_OSERR"),
        meaning: key!("codes-71"),
        memory: Sometimes,
        notes: SYSEXITS,
        causes: &[causes::OS_ERROR],
    },
    sysexit(72, "EX_OSFILE", key!("codes-72"), APPLICATION),
    sysexit(73, "EX_CANTCREAT", key!("codes-73"), APPLICATION),
    sysexit(74, "EX_IOERR", key!("codes-74"), APPLICATION),
    sysexit(75, "EX_TEMPFAIL", key!("codes-75"), APPLICATION),
    sysexit(76, "EX_PROTOCOL", key!("codes-76"), APPLICATION),
    sysexit(77, "EX_NOPERM", key!("codes-77"), APPLICATION),
    sysexit(78, "EX_CONFIG", key!("codes-78"), APPLICATION),
    code(101, key!("codes-101"), Rarely, &[], &[causes::RUST_PANIC]),
    plain(123, key!("codes-123")),
    code(124, key!("codes-124"), Rarely, &[], &[causes::TIMEOUT_TOOL]),
    code(125, key!("codes-125"), Rarely, &[key!("codes-125-note")], &[causes::DAEMON_FAILED]),
    code(126, key!("codes-126"), Rarely, &[], &[causes::NOT_EXECUTABLE]),
    code(127, key!("codes-127"), Sometimes, &[], &[causes::NOT_FOUND, causes::ELASTICSEARCH]),
    code(128, key!("codes-128"), Sometimes, &[key!("codes-128-note")], &[causes::RUNTIME_START, causes::INIT_OOM]),
    code(129, OWN, Rarely, &[key!("codes-129-note")], APPLICATION),
    code(130, OWN, Rarely, &[], &[causes::INTERRUPT]),
    code(131, OWN, Rarely, &[key!("codes-131-note")], &[causes::ORDERLY_STOP]),
    code(132, OWN, Rarely, &[], &[causes::ILLEGAL]),
    code(133, OWN, Sometimes, &[], &[causes::HEAP_ABORT, causes::SEGFAULT]),
    code(134, OWN, Sometimes, &[], &[causes::HEAP_ABORT, causes::ABORT]),
    code(135, OWN, Sometimes, &[], &[causes::BUS_ERROR, causes::CUT_FILE]),
    code(136, OWN, Rarely, &[], &[causes::DIVISION]),
    code(
        137,
        OWN,
        Often,
        &[key!("codes-137-note")],
        &[
            causes::KERNEL_LIMIT,
            causes::KERNEL_NODE,
            causes::STOP_TIMEOUT,
            causes::GROUP_KILL,
            causes::KILL_REQUEST,
            causes::PROBE,
            causes::USERSPACE_KILLER,
            causes::EVICTION,
            causes::PASSED_ON,
            causes::INVENTED,
            causes::KERNEL_NUMA,
        ],
    ),
    code(138, OWN, Rarely, &[key!("codes-138-note")], APPLICATION),
    code(139, OWN, Sometimes, &[], &[causes::SEGFAULT, causes::UNCHECKED_MALLOC]),
    code(140, OWN, Rarely, &[key!("codes-140-note")], APPLICATION),
    code(141, OWN, Rarely, &[key!("codes-141-note")], APPLICATION),
    code(
        143,
        OWN,
        Sometimes,
        &[key!("codes-143-note")],
        &[causes::ORDERLY_STOP, causes::SOFT_KILLER, causes::OOM_POLICY, causes::PROBE, causes::YARN_KILL],
    ),
    code(152, OWN, Rarely, &[key!("codes-152-note")], APPLICATION),
    code(159, OWN, Rarely, &[], &[causes::SECCOMP]),
    code(241, key!("codes-241"), Rarely, &[], &[causes::ORDERLY_STOP, causes::SOFT_KILLER]),
    code(245, key!("codes-245"), Rarely, &[], &[causes::SEGFAULT]),
    code(247, key!("codes-247"), Often, &[], &[causes::WRAPPER_KILLED, causes::STOP_TIMEOUT, causes::KILL_REQUEST]),
    code(250, key!("codes-250"), Sometimes, &[], &[causes::HEAP_ABORT, causes::ABORT]),
    plain(254, key!("codes-254")),
    code(
        255,
        key!("codes-255"),
        Sometimes,
        &[],
        &[causes::EXIT_MINUS_ONE, causes::RUNTIME_UNKNOWN, causes::WRAPPER_KILLED, causes::PHP_LIMIT],
    ),
];

/// Codes without a row of their own.
static OTHER: CodeRow = CodeRow { code: -1, name: None, meaning: OWN, memory: Rarely, notes: &[], causes: APPLICATION };

/// The row of a code; any code has one.
pub(super) fn row(code: i64) -> &'static CodeRow {
    ROWS.iter().find(|row| row.code == code).unwrap_or(&OTHER)
}

/// The code of a name from sysexits.h: `EX_USAGE`.
pub(super) fn find(name: &str) -> Option<i64> {
    ROWS.iter().find(|row| row.name.is_some_and(|known| known.eq_ignore_ascii_case(name))).map(|row| row.code)
}
