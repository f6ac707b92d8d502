//! Signals of Linux, as numbered on x86, ARM, RISC-V, POWER and s390 (`man 7 signal`). MIPS, SPARC, Alpha and PA-RISC
//! number some of them otherwise.

use super::{Explanation, MemoryLink, blank};
use crate::language::{Key, Language};
use crate::{key, say};

/// A signal.
struct SignalRow {
    name: &'static str,
    /// What its death means.
    meaning: Key,
    memory: MemoryLink,
}

const fn row(name: &'static str, meaning: Key, memory: MemoryLink) -> SignalRow {
    SignalRow { name, meaning, memory }
}

use MemoryLink::{Often, Rarely, Sometimes};

/// Signals 1..=31, in order.
const CLASSIC: [SignalRow; 31] = [
    row("SIGHUP", key!("codes-sighup"), Rarely),
    row("SIGINT", key!("codes-sigint"), Rarely),
    row("SIGQUIT", key!("codes-sigquit"), Rarely),
    row("SIGILL", key!("codes-sigill"), Rarely),
    row("SIGTRAP", key!("codes-sigtrap"), Sometimes),
    row("SIGABRT", key!("codes-sigabrt"), Sometimes),
    row("SIGBUS", key!("codes-sigbus"), Sometimes),
    row("SIGFPE", key!("codes-sigfpe"), Rarely),
    row("SIGKILL", key!("codes-sigkill"), Often),
    row("SIGUSR1", key!("codes-sigusr1"), Rarely),
    row("SIGSEGV", key!("codes-sigsegv"), Sometimes),
    row("SIGUSR2", key!("codes-sigusr2"), Rarely),
    row("SIGPIPE", key!("codes-sigpipe"), Rarely),
    row("SIGALRM", key!("codes-sigalrm"), Rarely),
    row("SIGTERM", key!("codes-sigterm"), Sometimes),
    row("SIGSTKFLT", key!("codes-sigstkflt"), Rarely),
    row("SIGCHLD", key!("codes-sigchld"), Rarely),
    row("SIGCONT", key!("codes-sigcont"), Rarely),
    row("SIGSTOP", key!("codes-sigstop"), Rarely),
    row("SIGTSTP", key!("codes-sigtstp"), Rarely),
    row("SIGTTIN", key!("codes-sigttin"), Rarely),
    row("SIGTTOU", key!("codes-sigttou"), Rarely),
    row("SIGURG", key!("codes-sigurg"), Rarely),
    row("SIGXCPU", key!("codes-sigxcpu"), Rarely),
    row("SIGXFSZ", key!("codes-sigxfsz"), Rarely),
    row("SIGVTALRM", key!("codes-sigvtalrm"), Rarely),
    row("SIGPROF", key!("codes-sigprof"), Rarely),
    row("SIGWINCH", key!("codes-sigwinch"), Rarely),
    row("SIGIO", key!("codes-sigio"), Rarely),
    row("SIGPWR", key!("codes-sigpwr"), Rarely),
    row("SIGSYS", key!("codes-sigsys"), Rarely),
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

/// What the C library calls them (`strsignal`), as shells and programs print it. The first that a text has counts.
const WORDS: [(&str, i32); 16] = [
    ("segmentation fault", 11),
    ("bus error", 7),
    ("illegal instruction", 4),
    ("trace/breakpoint trap", 5),
    ("floating point exception", 8),
    ("bad system call", 31),
    ("broken pipe", 13),
    ("alarm clock", 14),
    ("user defined signal 1", 10),
    ("user defined signal 2", 12),
    ("killed", 9),
    ("terminated", 15),
    ("aborted", 6),
    ("hangup", 1),
    ("interrupt", 2),
    ("quit", 3),
];

/// The signal that the C library's words in a text stand for: `Killed`, `Segmentation fault (core dumped)`.
pub(super) fn of_words(text: &str) -> Option<i32> {
    let text = text.to_ascii_lowercase();
    let whole = |at: usize, words: &str| {
        let touches = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let (before, after) = (text.get(..at), text.get(at + words.len()..));
        !touches(before.and_then(|t| t.chars().next_back())) && !touches(after.and_then(|t| t.chars().next()))
    };
    WORDS.iter().find(|(words, _)| text.match_indices(words).any(|(at, _)| whole(at, words))).map(|(_, n)| *n)
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
pub(super) fn explain(signal: i32, code: i64, language: Language) -> Explanation {
    let (meaning, memory) = match (classic(signal), signal_name(signal)) {
        (Some(row), _) => (row.meaning.tell(language), row.memory),
        (None, Some(name)) => (say!(language, "codes-real-time", signal = name, number = signal), Rarely),
        (None, None) => (say!(language, "codes-libc-signal", number = signal), Rarely),
    };
    let mut found = blank(Some(code), meaning);
    found.signal = Some(signal);
    found.name = signal_name(signal).map(str::to_owned);
    found.memory = memory;
    found.notes.push(say!(language, "codes-by-itself", code = code));
    found
}
