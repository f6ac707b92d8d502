//! The codes 0..=255 and their conventions, apart from the names of signals and of systemd's steps.

use super::{CauseRow, MemoryLink, causes};

/// A code.
pub(super) struct CodeRow {
    /// The number.
    code: i64,
    /// A name that it has in headers.
    pub(super) name: Option<&'static str>,
    /// In a few words.
    pub(super) meaning: &'static str,
    /// Has it to do with memory?
    pub(super) memory: MemoryLink,
    /// Notes.
    pub(super) notes: &'static [&'static str],
    /// Possible causes, most likely first.
    pub(super) causes: &'static [CauseRow],
}

use MemoryLink::{Often, Rarely, Sometimes};

const OWN: &str = "no convention: the program's own code; see its manual";

const fn code(
    code: i64,
    meaning: &'static str,
    memory: MemoryLink,
    notes: &'static [&'static str],
    causes: &'static [CauseRow],
) -> CodeRow {
    CodeRow { code, name: None, meaning, memory, notes, causes }
}

/// A code that other things than memory use.
const fn plain(number: i64, meaning: &'static str) -> CodeRow {
    code(number, meaning, Rarely, &[], &[causes::APPLICATION])
}

/// sysexits.h; only programs that follow it mean this.
const fn sysexit(number: i64, name: &'static str, meaning: &'static str, causes: &'static [CauseRow]) -> CodeRow {
    let notes: &[&str] = &["The name is from sysexits.h; only programs that follow it mean this."];
    CodeRow { code: number, name: Some(name), meaning, memory: Rarely, notes, causes }
}

const APPLICATION: &[CauseRow] = &[causes::APPLICATION];

const ROWS: &[CodeRow] = &[
    code(
        0,
        "success",
        Rarely,
        &[
            "With reason OOMKilled: a child was killed for memory at some time, and the main process still ended well.",
            "Perl's exit($? >> 8) and Node's process.exit(null) turn a killed child into 0.",
        ],
        &[causes::CHILD_KILLED],
    ),
    code(1, "general error", Sometimes, &[], &[causes::APPLICATION, causes::PYTHON_JVM, causes::CHILD_KILLED]),
    code(
        2,
        "wrong usage (shells and many tools), or a Go panic",
        Sometimes,
        &["`make` also ends with 2 when a command under it was killed; it prints the real code as `Error 137`."],
        &[causes::APPLICATION, causes::GO_RUNTIME],
    ),
    code(
        3,
        "JVM out of memory with ExitOnOutOfMemoryError; LSB: not implemented",
        Sometimes,
        &[],
        &[causes::JVM_EXIT, causes::APPLICATION],
    ),
    plain(4, "no permission (LSB), network failure (wget)"),
    code(
        5,
        "not installed (LSB), or a fatal V8 error (Node.js)",
        Sometimes,
        &[],
        &[causes::APPLICATION, causes::NODE_FATAL],
    ),
    plain(6, "not configured (LSB), or an internal error of Node.js"),
    plain(7, "not running (LSB), or an internal error of Node.js"),
    code(
        9,
        "wrong argument (Node.js), or a killed child passed on by a wrapper",
        Sometimes,
        &["Perl's exit($?) turns a child killed by SIGKILL into 9. As a raw status of waitpid() it is SIGKILL, too."],
        &[causes::APPLICATION, causes::WRAPPER_KILLED],
    ),
    code(
        11,
        "the program's own code; as a raw status of waitpid() it is SIGSEGV",
        Rarely,
        &[],
        &[causes::APPLICATION, causes::SEGFAULT],
    ),
    code(12, "the program's own code; ENOMEM (12) passed on", Sometimes, &[], &[causes::APPLICATION, causes::ENOMEM]),
    plain(13, "Node.js: a top-level await that never ended; otherwise the program's own code"),
    plain(22, "the program's own code; EINVAL (22) passed on"),
    plain(28, "curl: time-out; ENOSPC (28, no space left) passed on"),
    sysexit(64, "EX_USAGE", "the command was used wrongly", APPLICATION),
    sysexit(65, "EX_DATAERR", "the input data was wrong", APPLICATION),
    sysexit(66, "EX_NOINPUT", "an input could not be opened", APPLICATION),
    sysexit(67, "EX_NOUSER", "the user does not exist", APPLICATION),
    sysexit(68, "EX_NOHOST", "the host is unknown", APPLICATION),
    sysexit(69, "EX_UNAVAILABLE", "a service is not available", APPLICATION),
    sysexit(70, "EX_SOFTWARE", "an internal error", APPLICATION),
    CodeRow {
        code: 71,
        name: Some("EX_OSERR"),
        meaning: "the system refused something, for instance a fork",
        memory: Sometimes,
        notes: &["The name is from sysexits.h; only programs that follow it mean this."],
        causes: &[causes::OS_ERROR],
    },
    sysexit(72, "EX_OSFILE", "a system file is missing", APPLICATION),
    sysexit(73, "EX_CANTCREAT", "an output could not be made", APPLICATION),
    sysexit(74, "EX_IOERR", "reading or writing failed", APPLICATION),
    sysexit(75, "EX_TEMPFAIL", "a passing failure: try again", APPLICATION),
    sysexit(76, "EX_PROTOCOL", "the other side broke the protocol", APPLICATION),
    sysexit(77, "EX_NOPERM", "no permission", APPLICATION),
    sysexit(78, "EX_CONFIG", "the configuration is wrong (Elasticsearch: a bootstrap check failed)", APPLICATION),
    code(101, "a Rust program panicked", Rarely, &[], &[causes::RUST_PANIC]),
    plain(123, "xargs: at least one command failed; otherwise the program's own code"),
    code(
        124,
        "the time given to `timeout` was over; xargs: a command ended with 255",
        Rarely,
        &[],
        &[causes::TIMEOUT_TOOL],
    ),
    code(
        125,
        "the tool that should run the command failed itself: docker run, podman run, timeout, env",
        Rarely,
        &["xargs: a command was killed by a signal. Slurm writes out of memory as 0:125."],
        &[causes::DAEMON_FAILED],
    ),
    code(126, "the command cannot be executed", Rarely, &[], &[causes::NOT_EXECUTABLE]),
    code(127, "the command was not found", Sometimes, &[], &[causes::NOT_FOUND, causes::ELASTICSEARCH]),
    code(
        128,
        "the container could not be started (StartError), or exit was called with a wrong value",
        Sometimes,
        &["128 is no signal. git uses it for any fatal error."],
        &[causes::RUNTIME_START, causes::INIT_OOM],
    ),
    code(129, OWN, Rarely, &["git also ends with 129 when it is used wrongly."], APPLICATION),
    code(130, OWN, Rarely, &[], &[causes::INTERRUPT]),
    code(131, OWN, Rarely, &[], &[causes::ORDERLY_STOP]),
    code(132, OWN, Rarely, &[], &[causes::ILLEGAL]),
    code(133, OWN, Sometimes, &[], &[causes::HEAP_ABORT, causes::SEGFAULT]),
    code(134, OWN, Sometimes, &[], &[causes::HEAP_ABORT, causes::ABORT]),
    code(135, OWN, Sometimes, &[], &[causes::BUS_ERROR, causes::CUT_FILE]),
    code(136, OWN, Rarely, &[], &[causes::DIVISION]),
    code(
        137,
        OWN,
        Often,
        &["137 alone does not prove an OOM kill. The kernel's kill line does, and its absence counts only where the \
           kernel log covers that time."],
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
    code(138, OWN, Rarely, &["On MIPS this is SIGBUS."], APPLICATION),
    code(139, OWN, Sometimes, &[], &[causes::SEGFAULT, causes::UNCHECKED_MALLOC]),
    code(140, OWN, Rarely, &["Grid Engine sends SIGUSR2 as a warning before a time or memory limit."], APPLICATION),
    code(141, OWN, Rarely, &["Mostly harmless: `| head` ends its writer so."], APPLICATION),
    code(
        143,
        OWN,
        Sometimes,
        &["With reason OOMKilled: a child was killed for memory earlier; this end is another story."],
        &[causes::ORDERLY_STOP, causes::SOFT_KILLER, causes::OOM_POLICY, causes::PROBE, causes::YARN_KILL],
    ),
    code(152, OWN, Rarely, &["Batch systems use it for the run time limit."], APPLICATION),
    code(159, OWN, Rarely, &[], &[causes::SECCOMP]),
    code(
        241,
        "a wrapper passed on that its child was ended by SIGTERM",
        Rarely,
        &[],
        &[causes::ORDERLY_STOP, causes::SOFT_KILLER],
    ),
    code(245, "a wrapper passed on that its child crashed (SIGSEGV)", Rarely, &[], &[causes::SEGFAULT]),
    code(
        247,
        "a wrapper passed on that its child was killed by SIGKILL",
        Often,
        &[],
        &[causes::WRAPPER_KILLED, causes::STOP_TIMEOUT, causes::KILL_REQUEST],
    ),
    code(
        250,
        "a wrapper passed on that its child aborted (SIGABRT)",
        Sometimes,
        &[],
        &[causes::HEAP_ABORT, causes::ABORT],
    ),
    plain(254, "the program's own code; npm: a file is missing"),
    code(
        255,
        "exit(-1), a code out of range, or the runtime does not know the code",
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
