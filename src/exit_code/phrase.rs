//! Pieces of logs with a code in them, as people copy them: `exit status 137`, `Exited (137) 5 minutes ago`, `Restarting (137) 3 seconds ago`,
//! `code=killed, status=9/KILL`, `make: *** [all] Error 137`, `signal: killed`, `died with <Signals.SIGKILL: 9>`.

use super::parse::{Number, Query, number, pair};
use super::{reasons, signals};

/// Reads a piece of a log. What says most comes first: a pair, a signal's number, a code, a reason, a signal's name.
pub(super) fn read(text: &str) -> Option<Query> {
    let words: Vec<&str> = text.split(is_between).map(|word| word.trim_end_matches('.')).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words
        .iter()
        .filter(|word| word.contains('/'))
        .find_map(|word| pair(word))
        .or_else(|| slurm_pair(text))
        .or_else(|| after(&words, is_signal_word).and_then(signal))
        .or_else(|| after(&words, is_code_word).map(|code| code_or_signal(code, &words)))
        .or_else(|| words.iter().find_map(|word| reason(word)).map(Query::Reason))
        .or_else(|| words.iter().find_map(|word| signal_name(word)).map(Query::Signal))
        .or_else(|| signals::of_words(text).map(Query::Signal))
}

/// Slurm's `ExitCode 0:9`; a time of day stands behind other words.
fn slurm_pair(text: &str) -> Option<Query> {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c == '=').collect();
    words.windows(2).find_map(|two| match two {
        [before, value] if is_code_word(before.trim_end_matches(':')) && value.contains(':') => pair(value),
        _ => None,
    })
}

/// A reason, also as a field of an object: `Details.oom_killed`.
fn reason(word: &str) -> Option<&'static reasons::ReasonRow> {
    let field = word.rsplit('.').next().unwrap_or(word);
    reasons::find_in_sentence(word).or_else(|| reasons::find_in_sentence(field))
}

/// Slashes stay: `9/KILL` is one word.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ',' | ';' | ':' | '=' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"' | '\'' | '`')
}

/// The number behind the first word that announces one, with nothing but other such words and fillers between.
fn after(words: &[&str], announces: fn(&str) -> bool) -> Option<i64> {
    let begins = words.iter().enumerate().filter(|(_, word)| announces(word)).map(|(at, _)| at + 1);
    begins.filter_map(|begin| words.get(begin..)).find_map(|rest| {
        let value = rest.iter().find(|word| !announces(word) && !is_filler(word))?;
        match number(value) {
            Number::Code(code) => Some(code),
            _ => None,
        }
    })
}

fn is_signal_word(word: &str) -> bool {
    ["signal", "sig"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_code_word(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "code",
        "status",
        "exit",
        "exited",
        "restarting",
        "exitcode",
        "exit_code",
        "exit-code",
        "exitstatus",
        "exit_status",
        "error",
        "returned",
        "rc",
        "returncode",
    ];
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_filler(word: &str) -> bool {
    ["is", "was", "with", "non-zero", "the", "of", "number"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn signal(code: i64) -> Option<Query> {
    i32::try_from(code).ok().filter(|number| (1..=64).contains(number)).map(Query::Signal)
}

/// systemd's `code=killed, status=9` is a signal.
fn code_or_signal(code: i64, words: &[&str]) -> Query {
    let by_signal = words.windows(2).any(|pair| matches!(pair, ["code", "killed" | "dumped"]));
    signal(code).filter(|_| by_signal).unwrap_or(Query::Code(code))
}

/// `SIGKILL`, `Signals.SIGKILL`; not `kill`, which is a word of many sentences.
fn signal_name(word: &str) -> Option<i32> {
    let name = word.rsplit('.').next().unwrap_or(word);
    signals::signal_number(name).filter(|_| name.starts_with("SIG"))
}
