//! Signals of Linux, as numbered on x86, ARM, RISC-V, POWER and s390 (`man 7 signal`). MIPS, SPARC, Alpha and PA-RISC
//! number some of them otherwise.

use super::{Explanation, MemoryLink, blank};

/// A signal.
struct SignalRow {
    name: &'static str,
    /// What its death means.
    meaning: &'static str,
    memory: MemoryLink,
}

const fn row(name: &'static str, meaning: &'static str, memory: MemoryLink) -> SignalRow {
    SignalRow { name, meaning, memory }
}

use MemoryLink::{Often, Rarely, Sometimes};

/// Signals 1..=31, in order.
const CLASSIC: [SignalRow; 31] = [
    row("SIGHUP", "its terminal or session went away, or it was told to hang up", Rarely),
    row("SIGINT", "it was interrupted: Ctrl-C, or a stop with SIGINT as the stop signal", Rarely),
    row("SIGQUIT", "it was asked to quit, with a dump: Ctrl-\\, or a stop with SIGQUIT as the stop signal", Rarely),
    row("SIGILL", "the processor met an instruction it does not know", Rarely),
    row("SIGTRAP", "it ran into a trap; newer V8 builds (Node.js, Chromium) end so when their heap is full", Sometimes),
    row("SIGABRT", "it gave up by itself: abort(), a failed assertion, a damaged or full heap", Sometimes),
    row("SIGBUS", "it touched memory that nothing backs: a cut file, a full /dev/shm, no huge page left", Sometimes),
    row("SIGFPE", "it divided an integer by zero", Rarely),
    row("SIGKILL", "it was killed outright: by the kernel for memory, or by anybody with the right to", Often),
    row("SIGUSR1", "it got SIGUSR1 and had no handler for it", Rarely),
    row("SIGSEGV", "it touched memory that is not its own: a bad pointer, or a stack overflow", Sometimes),
    row("SIGUSR2", "it got SIGUSR2 and had no handler for it", Rarely),
    row("SIGPIPE", "it wrote to a pipe or socket that nobody reads any more", Rarely),
    row("SIGALRM", "its own alarm timer went off", Rarely),
    row("SIGTERM", "it was asked to end, and did", Sometimes),
    row("SIGSTKFLT", "a signal that Linux never sends by itself", Rarely),
    row("SIGCHLD", "a child ended; ignored unless somebody made it deadly", Rarely),
    row("SIGCONT", "it was told to go on; not deadly by itself", Rarely),
    row("SIGSTOP", "it was halted; not deadly by itself", Rarely),
    row("SIGTSTP", "it was halted from its terminal; not deadly by itself", Rarely),
    row("SIGTTIN", "it read from a terminal in the background; not deadly by itself", Rarely),
    row("SIGTTOU", "it wrote to a terminal in the background; not deadly by itself", Rarely),
    row("SIGURG", "urgent data came on a socket; ignored by default", Rarely),
    row("SIGXCPU", "it used up its processor time (RLIMIT_CPU)", Rarely),
    row("SIGXFSZ", "it wrote a file larger than it may (RLIMIT_FSIZE)", Rarely),
    row("SIGVTALRM", "a timer of its own processor time went off", Rarely),
    row("SIGPROF", "a profiling timer went off and nothing handled it", Rarely),
    row("SIGWINCH", "its terminal changed size; ignored by default", Rarely),
    row("SIGIO", "input or output became possible and nothing handled the signal", Rarely),
    row("SIGPWR", "the power is failing; container hosts also use it to stop a whole system container", Rarely),
    row("SIGSYS", "a seccomp filter ended it for a system call it may not make", Rarely),
];

/// Real-time signals 34..=64, as the C library counts them; 32 and 33 are its own.
const REAL_TIME: [&str; 31] = [
    "SIGRTMIN",
    "SIGRTMIN+1",
    "SIGRTMIN+2",
    "SIGRTMIN+3",
    "SIGRTMIN+4",
    "SIGRTMIN+5",
    "SIGRTMIN+6",
    "SIGRTMIN+7",
    "SIGRTMIN+8",
    "SIGRTMIN+9",
    "SIGRTMIN+10",
    "SIGRTMIN+11",
    "SIGRTMIN+12",
    "SIGRTMIN+13",
    "SIGRTMIN+14",
    "SIGRTMIN+15",
    "SIGRTMAX-14",
    "SIGRTMAX-13",
    "SIGRTMAX-12",
    "SIGRTMAX-11",
    "SIGRTMAX-10",
    "SIGRTMAX-9",
    "SIGRTMAX-8",
    "SIGRTMAX-7",
    "SIGRTMAX-6",
    "SIGRTMAX-5",
    "SIGRTMAX-4",
    "SIGRTMAX-3",
    "SIGRTMAX-2",
    "SIGRTMAX-1",
    "SIGRTMAX",
];

/// First of them.
const RTMIN: i32 = 34;
/// Last of them, and the highest signal.
const RTMAX: i32 = 64;

fn classic(signal: i32) -> Option<&'static SignalRow> {
    usize::try_from(signal).ok().and_then(|n| n.checked_sub(1)).and_then(|at| CLASSIC.get(at))
}

/// `SIGKILL` for 9; `None` outside 1..=64 and for 32 and 33, which the C library keeps to itself.
pub fn signal_name(signal: i32) -> Option<&'static str> {
    if let Some(row) = classic(signal) {
        return Some(row.name);
    }
    let at = usize::try_from(signal.checked_sub(RTMIN)?).ok()?;
    REAL_TIME.get(at).copied()
}

/// 9 for `SIGKILL`, `kill`, `Kill`; 37 for `SIGRTMIN+3`. `None` for what is no signal.
pub fn signal_number(name: &str) -> Option<i32> {
    let upper = name.to_ascii_uppercase();
    let plain = upper.strip_prefix("SIG").unwrap_or(&upper);
    let number = match plain {
        "POLL" => 29,
        "IOT" => 6,
        "CLD" => 17,
        "UNUSED" => 31,
        _ => 0,
    };
    if number != 0 {
        return Some(number);
    }
    if let Some(at) = CLASSIC.iter().position(|row| row.name.strip_prefix("SIG") == Some(plain)) {
        return i32::try_from(at).ok().map(|at| at + 1);
    }
    real_time(plain)
}

fn real_time(plain: &str) -> Option<i32> {
    let number = match (plain.strip_prefix("RTMIN"), plain.strip_prefix("RTMAX")) {
        (Some(""), _) => RTMIN,
        (_, Some("")) => RTMAX,
        (Some(more), _) => RTMIN.checked_add(more.strip_prefix('+')?.parse::<u8>().ok()?.into())?,
        (_, Some(less)) => RTMAX.checked_sub(less.strip_prefix('-')?.parse::<u8>().ok()?.into())?,
        _ => return None,
    };
    (RTMIN..=RTMAX).contains(&number).then_some(number)
}

/// The frame of an explanation for 128 + a signal.
pub(super) fn explain(signal: i32, code: i64) -> Explanation {
    let (meaning, memory) = match classic(signal) {
        Some(row) => (row.meaning.to_owned(), row.memory),
        None => match signal_name(signal) {
            Some(name) => {
                (format!("ended by the real-time signal {name} ({signal}); only its program knows why"), Rarely)
            }
            None => (format!("signal {signal}, which the C library keeps for its threads"), Rarely),
        },
    };
    let mut found = blank(Some(code), meaning);
    found.signal = Some(signal);
    found.name = signal_name(signal).map(str::to_owned);
    found.memory = memory;
    found.notes.push(format!(
        "A program, or a script whose child died, can also exit with {code} by itself; systemd tells the two apart \
         (code=killed or code=exited)."
    ));
    found
}
