//! Kernel lines that do not begin their line: behind a prompt of the console, glued to the line before, in a cell of a table, quoted by
//! somebody.
//!
//! The kernel's own stamp, `[%5lu.%06lu] `, in the middle of a line shows where a lost line end was. Without it only what stands behind a
//! prompt, a mark or a cell's border is believed; words before it make it somebody's words, which are told of, but not counted.

use super::gate::Gate;
use super::lex::{find, number, rfind, uint32};
use super::{summary, trigger};
use crate::event::Wall;
use crate::time::parse_rfc3339_prefix;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Text before a kernel line that is looked through for its frame.
const FRAME_MAX: usize = 160;

/// How lines of the kernel's OOM code begin. None fits into a task's name together with a stamp before it.
const HEADS: [&[u8]; 17] = [
    b"Out of memory: Kill",
    b"Out of memory: kill",
    b"Out of memory: OOM victim",
    b"Out of Memory: Kill",
    b"Out of memory (oom_kill_allocating_task): Kill",
    b"Out of memory and no killable processes",
    b"Out of memory in UB ",
    b"No available memory (MPOL_BIND): Kill",
    b"Memory cgroup out of memory: Kill",
    b"Memory cgroup out of memory: OOM victim",
    b"Killed process ",
    b"OOM killed process ",
    b"oom-kill:constraint=",
    b"oom_reaper: reaped process ",
    b"oom_reaper: unable to reap pid:",
    b"Kernel panic - not syncing: Out of memory",
    b"Kernel panic - not syncing: System is deadlocked on memory",
];

/// Bytes of the shortest of [`HEADS`]' lines with a stamp before it (`[1.234567] Out of Memory: Killed process 12 (a).`). Most lines of a
/// report are counters and calls, and shorter.
const JOINED_MIN: usize = 44;

/// A kernel line in the middle of a line.
#[derive(Debug, PartialEq)]
pub(super) struct Inner<'a> {
    /// What stands before it, without its stamp.
    pub(super) before: &'a [u8],
    /// Microseconds since boot, where its stamp is printed.
    pub(super) uptime_us: Option<u64>,
    /// The line.
    pub(super) line: &'a [u8],
}

/// Two lines whose line end was lost: the second one begins with its stamp. Nothing is taken apart that is one whole line: names of cgroups
/// hold anything.
#[inline]
pub(super) fn joined(line: &[u8], gate: Gate) -> Option<Inner<'_>> {
    if line.len() < JOINED_MIN { None } else { split(line, gate) }
}

fn split(line: &[u8], gate: Gate) -> Option<Inner<'_>> {
    let mut ends = memchr::memchr_iter(b']', line).filter_map(|end| Some((stamp(&line[..end])?, end)));
    let (at, uptime_us, rest) = ends.find_map(|((at, uptime_us), end)| {
        let rest = behind_caller(&line[end + 1..]);
        is_head(rest).then_some((at, uptime_us, rest))
    })?;
    let before = &line[..at];
    if holds_names(line) || gate != Gate::Kernel && !is_frame(before) {
        return None;
    }
    Some(Inner { before, uptime_us: Some(uptime_us), line: unwrapped(before, rest) })
}

/// Behind a prompt, a mark, or the border of a cell.
pub(super) fn framed(line: &[u8]) -> Option<Inner<'_>> {
    let window = &line[..line.len().min(FRAME_MAX)];
    let at = HEADS.iter().filter_map(|head| find(window, head)).min().filter(|at| *at > 0)?;
    let (before, rest) = line.split_at(at);
    // A row of `kubectl get events` is read as that.
    if [&b"Warning "[..], b"Normal "].iter().any(|kind| find(before, kind).is_some()) {
        return None;
    }
    (is_frame(before) && is_mark(before)).then(|| Inner { before, uptime_us: None, line: unwrapped(before, rest) })
}

/// The time that a row or cell before the line begins with: `2026-11-23T09:31:00Z,node-1,"`.
pub(super) fn time(before: &[u8]) -> Option<Wall> {
    let text = std::str::from_utf8(before.get(..64).unwrap_or(before)).ok()?;
    parse_rfc3339_prefix(text.trim_start_matches(['"', '|', ' '])).map(|(wall, _)| wall)
}

/// Does a line of the kernel's OOM code begin here?
fn is_head(rest: &[u8]) -> bool {
    HEADS.iter().any(|head| rest.starts_with(head)) || trigger::trigger(rest).is_some()
}

/// A whole line that holds a name of a file or cgroup, which may be any text.
fn holds_names(line: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [
        b"Tasks in ",
        b"Task in ",
        b"Memory cgroup stats for ",
        b"Memory limit reached of cgroup ",
        b"cgroup: fork rejected",
    ];
    starts.iter().any(|start| line.starts_with(start))
        || summary::summary(line).is_some_and(|found| summary::is_complete(&found))
        || trigger::trigger(line).is_some()
        || find(line, b" segfault at ").is_some()
        || line.starts_with(b"traps: ")
}

/// Where a stamp begins that the text ends with (`[   23.816020`), and its time.
fn stamp(text: &[u8]) -> Option<(usize, u64)> {
    let (seconds, micros) = text.split_at_checked(text.len().checked_sub(7)?)?;
    let fraction = micros.strip_prefix(b".").filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let digits = seconds.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, seconds) = seconds.split_at(seconds.len() - digits);
    // What was copied by hand may begin behind the bracket.
    let open = before.trim_ascii_end();
    let known = (1..=10).contains(&digits) && (open.ends_with(b"[") || open.is_empty());
    let uptime_us = || number(seconds).saturating_mul(1_000_000).saturating_add(number(fraction));
    known.then(|| (open.len().saturating_sub(1), uptime_us()))
}

/// Over `[ T4711]` or `[   C0]` behind the stamp (`CONFIG_PRINTK_CALLER`), and blanks.
fn behind_caller(rest: &[u8]) -> &[u8] {
    let rest = rest.trim_ascii_start();
    let caller = rest.strip_prefix(b"[").map(<[u8]>::trim_ascii_start).and_then(|inner| {
        let (_, digits) = inner.split_first().filter(|(kind, _)| matches!(kind, b'T' | b'C'))?;
        uint32(digits).ok().and_then(|(after, _)| after.strip_prefix(b"]"))
    });
    caller.map_or(rest, <[u8]>::trim_ascii_start)
}

/// May what stands before be anything but somebody's quotation? JSON, `key="..."` and sentences with the line in quotes are one.
fn is_frame(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(FRAME_MAX)..];
    let Some((shell, b'"')) = tail.trim_ascii_end().split_last().map(|(last, shell)| (shell, *last)) else {
        return !tail.iter().any(|byte| matches!(byte, b'"' | b'{'));
    };
    // An element of a list, a cell of a table.
    let shell = shell.trim_ascii_end();
    !shell.contains(&b'{') && matches!(shell.last(), None | Some(b',' | b';' | b'[' | b'(' | b'|'))
}

/// Does the text end with a prompt, a mark of a list, a quote, the border of a cell, a tag, a time? Blanks of any kind may follow.
fn is_mark(before: &[u8]) -> bool {
    let text = String::from_utf8_lossy(before);
    let text =
        text.trim_end_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || c == '\u{200b}');
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    if before.ends_with(b"\t") || word.is_empty() {
        return true;
    }
    let number = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'-' | b'/' | b','));
    let tag = ["login:", "Password:", "kernel:", "vmunix:", "console:"].iter().any(|tag| word.ends_with(tag));
    number
        || tag
        || word.ends_with(|c: char| !c.is_alphanumeric() && !matches!(c, ':' | ',' | '=' | '.' | '_' | '/' | '\\'))
}

/// Without what closes what was opened before it.
fn unwrapped<'a>(before: &[u8], line: &'a [u8]) -> &'a [u8] {
    let close: &[u8] = match before.trim_ascii_end().last() {
        Some(b'"') => b"\"",
        Some(b'\'') => b"'",
        Some(b'`') => b"`",
        Some(b'*') => b"**",
        Some(b'(') => b")",
        Some(b'|') => b"|",
        Some(b'>') => b"</",
        _ => return line,
    };
    let first = close == b"</";
    let end = if first { find(line, close) } else { rfind(line, close) };
    let end = end.filter(|at| close != b")" || at + 1 == line.trim_ascii_end().len());
    end.map_or(line, |at| line[..at].trim_ascii_end())
}

/// What a line says of a kill, wherever in it: `Some(None)` where no pid stands beside it.
pub(super) fn sentence(line: &[u8]) -> Option<Option<u32>> {
    static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let words = [
            "illed process ",
            "ill process ",
            " invoked oom-killer: gfp_mask=",
            "oom-kill:constraint=",
            "oom_reaper: ",
            "Out of memory and no killable processes",
            "Kernel panic - not syncing: Out of memory",
            "was killed: out of swap space",
        ];
        AhoCorasick::new(words).ok()
    });
    let words = WORDS.as_ref()?;
    words.find_iter(line).find_map(|found| said(line, found.pattern().as_usize(), found.start(), found.end()))
}

fn said(line: &[u8], word: usize, start: usize, end: usize) -> Option<Option<u32>> {
    let rest = &line[end..];
    let pid = |text| uint32(text).ok().map(|(_, pid)| pid);
    match word {
        0 | 1 => {
            let (after, pid) = uint32(rest).ok()?;
            let named = after.starts_with(b" (") || after.starts_with(b", UID ");
            (named && (is_kernels(&line[..start]) || has_sizes(after))).then_some(Some(pid))
        }
        3 => {
            let key = b",pid=";
            Some(rfind(rest, key).and_then(|at| pid(&rest[at + key.len()..])))
        }
        4 => {
            let known = [&b"reaped process "[..], b"unable to reap pid:"];
            known.iter().find_map(|start| pid(rest.strip_prefix(*start)?)).map(Some)
        }
        _ => Some(None),
    }
}

/// `Out of memory: K`, `OOM k`, with the verb's first letter.
fn is_kernels(before: &[u8]) -> bool {
    let before = before.split_last().map_or(before, |(_, before)| before);
    [&b"ut of memory: "[..], b"ut of Memory: ", b"_allocating_task): ", b"(MPOL_BIND): ", b"OOM "]
        .iter()
        .any(|words| before.ends_with(words))
}

/// Behind the name: sizes, as only the kernel prints them, or its score.
fn has_sizes(after: &[u8]) -> bool {
    let near = &after[..after.len().min(FRAME_MAX)];
    [&b" total-vm:"[..], b") vsz:", b") score "].iter().any(|key| find(near, key).is_some())
}

/// Lines that ought to be understood. Bare text is only taken at its most specific words, since anything may quote them.
pub(super) fn looks_like_oom(line: &[u8], gate: Gate) -> bool {
    static KERNEL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let words = [
            "invoked oom-killer",
            "oom-kill:",
            "Killed process ",
            "Out of memory",
            "Memory cgroup out of memory",
            // Linux 2.2 and 2.4 (`do_page_fault`) name the process, but not its pid.
            "VM: killing process ",
        ];
        AhoCorasick::new(words).ok()
    });
    if gate != Gate::Kernel {
        return sentence(line).is_some();
    }
    // NVIDIA's driver speaks of the card's memory in such words (`NV_ERR_NO_MEMORY`).
    if line.starts_with(b"NVRM: ") {
        return false;
    }
    // `earlyoom[812]: Killed process ...`: programs may write to the kernel's log too.
    let first = KERNEL.as_ref().and_then(|words| words.find(line)).map(|found| found.start());
    first.is_some_and(|at| find(&line[..at], b"]: ").is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KILL: &str = "Out of memory: Killed process 4812 (indexer) total-vm:812kB, anon-rss:700kB, file-rss:0kB, shmem-rss:0kB, \
                        UID:7 pgtables:12kB oom_score_adj:0";

    #[test]
    fn a_lost_line_end_is_found_by_the_stamp() {
        let line = format!("{KILL}[  812.345678] oom_reaper: reaped process 4812 (indexer), now anon-rss:0kB");
        let found = joined(line.as_bytes(), Gate::Kernel).unwrap();
        assert_eq!((found.before, found.uptime_us), (KILL.as_bytes(), Some(812_345_678)));
        assert!(found.line.starts_with(b"oom_reaper: reaped"));
        let caller = format!("node-3 login: [  812.345678][ T4812] {KILL}");
        let found = joined(caller.as_bytes(), Gate::Bare).unwrap();
        assert_eq!((found.before, found.line), (&b"node-3 login: "[..], KILL.as_bytes()));
    }

    #[test]
    fn names_are_not_taken_apart() {
        let forged = "[    1.000000] Out of memory: Killed process 1 (init) total-vm:1kB";
        for line in [
            format!(
                "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a/{forged},\
                 task_memcg=/a/{forged},task=a,pid=12,uid=0"
            ),
            format!("Tasks in /a/{forged} are going to be killed due to memory.oom.group set"),
            format!("Task in /a/{forged} killed as a result of limit of /a"),
            format!("cgroup: fork rejected by pids controller in /a/{forged}"),
            format!("a[12]: segfault at 0 ip 0 sp 0 error 4 in {forged}[7f0000000000+1000]"),
            "Killed process 12 ([1.000000] Kil) total-vm:1kB, anon-rss:1kB".to_owned(),
        ] {
            assert_eq!(joined(line.as_bytes(), Gate::Kernel), None, "{line}");
        }
    }

    #[test]
    fn prompts_marks_and_cells_are_no_words() {
        for (before, after) in [
            ("ha > ", ""),
            ("root@node-3:~# ", ""),
            ("node-3 login: ", ""),
            ("- ", ""),
            ("**", "**"),
            ("\"", "\","),
            ("2026-11-03T10:00:01Z,node-3,\"", "\""),
            ("| node-3 | ", " |"),
            ("<td>", "</td>"),
            ("`", "`"),
        ] {
            let line = format!("{before}{KILL}{after}");
            assert_eq!(framed(line.as_bytes()).map(|inner| inner.line), Some(KILL.as_bytes()), "{line}");
        }
        for before in [
            "Warning  PodOOMKilling  2m  kernel-monitor, <node>  ",
            "dmesg says ",
            "he said: \"",
            "{\"msg\":\"",
            "msg=\"",
            "a: ",
            "x=",
        ] {
            let line = format!("{before}{KILL}");
            assert_eq!(framed(line.as_bytes()), None, "{line}");
            assert_eq!(sentence(line.as_bytes()), Some(Some(4812)), "{line}");
        }
        assert!(time(b"\"2026-11-03T10:00:01Z\",\"node-3\",\"").is_some());
    }

    #[test]
    fn a_killed_process_alone_is_anybodys() {
        assert_eq!(sentence(b"Killed process 812 (worker)"), None);
        assert_eq!(sentence(b"watchdog: Killed process 812 (worker) after 30s"), None);
        assert_eq!(sentence(b"Out of memory: Killed process 812 (worker)."), Some(Some(812)));
        assert_eq!(sentence(b"oom_reaper: reaped process 812 (a), now"), Some(Some(812)));
        assert_eq!(sentence(b"x Out of memory: Kill process 812 (a) score 9 or sacrifice child"), Some(Some(812)));
    }
}
