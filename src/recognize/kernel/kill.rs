//! Lines that say what became of a process (`oom_kill_process`, `__oom_kill_process`, `oom_kill_task`,
//! `oom_reap_task` in `mm/oom_kill.c`, 2.6.19 to 7.2 and RHEL 6 to 10).
//!
//! ```text
//! [%s: ]Killed process %d[, UID %d,] (%s)[, UID %d,] total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB[, shmem-rss:%lukB]
//!                                                       [, UID:%u][ pgtables:%lukB oom_score_adj:%hd]
//! Killed process %d (%s) vsz:%lukB, anon-rss:%lukB, file-rss:%lukB       2.6.33 to 2.6.35
//! [Out of memory in UB %s: ]OOM killed process %d (%s) [score %d ]vm:%lukB, rss:%lukB, swap:%lukB     OpenVZ, 2.6.18 and 2.6.32
//! pid %d (%s)[, jid %d], uid %d, was killed: out of swap space          FreeBSD (`killproc` in `sys/kern/kern_sig.c`)
//! [UVM: ]pid %d (%s), uid %d killed: out of swap                        NetBSD and OpenBSD (`uvm_fault`)
//! [%s: ]Kill process %d (%s) score %d or sacrifice child       an intention, up to 5.0
//! Kill process %d (%s) sharing same memory                      one more victim, 2.6.36 to 4.0
//! %s: OOM victim %d (%s) is already exiting. Skip killing the task
//! ```

use super::lex::{Parsed, find, int, is_comm, pid_name, rsplit, size, split, text, trim, uint32, uint32_then};
use crate::event::{Intention, Kill, KillPrefix, Reaped};
use nom::Parser;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, terminated};

/// What stands before the verb, and the text from the verb on.
pub(super) fn prefix(line: &[u8]) -> (KillPrefix, &[u8]) {
    const PREFIXES: [(&[u8], KillPrefix); 6] = [
        (b"Memory cgroup out of memory: ", KillPrefix::Memcg),
        (b"Out of memory: ", KillPrefix::Global),
        (b"Out of Memory: ", KillPrefix::Global),
        (b"Out of memory (oom_kill_allocating_task): ", KillPrefix::AllocatingTask),
        (b"No available memory (MPOL_BIND): ", KillPrefix::NumaPolicy),
        (b"No available memory in cpuset: ", KillPrefix::NumaPolicy),
    ];
    let known = PREFIXES.iter().find_map(|(start, kind)| line.strip_prefix(*start).map(|rest| (*kind, rest)));
    known.unwrap_or((KillPrefix::None, line))
}

/// What a line about a process says.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// `Killed process ...` with sizes.
    Killed(Kill),
    /// `Killed process %d (%s)` without sizes (2.6.32 and before): where no prefix is, too common a phrase outside a dump.
    KilledBare(Kill),
    /// `Kill process %d (%s) sharing same memory`.
    Sharing(Kill),
    /// `Kill process %d (%s) score ...`.
    Intended(Intention),
    /// `OOM victim %d (%s) is already exiting. Skip killing the task`.
    Skipped(KillPrefix, u32, String),
    /// RHEL 6 with a special sysctl: `Would have killed process %d (%s). But continuing instead.`: nothing happened.
    Spared,
}

/// Reads any line about a process.
pub(super) fn verdict(line: &[u8]) -> Option<Verdict> {
    let (kind, rest) = prefix(line);
    match rest.first()? {
        b'K' if rest.starts_with(b"Killed process ") => killed(kind, &rest[b"Killed process ".len()..]),
        b'K' | b'k' => intended(kind, rest),
        b'p' | b'U' | b'[' | b'<' => bsd(line).map(Verdict::Killed),
        b'O' if rest.starts_with(b"OOM killed process ") || rest.starts_with(b"Out of memory in UB ") => {
            beancounter(kind, rest).map(Verdict::Killed)
        }
        b'O' => {
            let (pid, name, end) =
                pid_name(rest.strip_prefix(b"OOM victim ")?, b") is already exiting. Skip killing the task")?;
            trim(end).is_empty().then(|| Verdict::Skipped(kind, pid, text(name)))
        }
        b'W' if rest.starts_with(b"Would have killed process ") => Some(Verdict::Spared),
        _ => None,
    }
}

/// The text after `Killed process `.
fn killed(prefix: KillPrefix, rest: &[u8]) -> Option<Verdict> {
    let (rest, (pid, early_uid)) = pid_and_uid(rest).ok()?;
    let rest = rest.strip_prefix(b" (")?;
    let mut kill = Kill { prefix, pid, uid: early_uid, printed: 1, ..Kill::default() };
    // No line with sizes ends like that, whatever the name holds.
    if let Some(name) = bare(rest) {
        kill.comm = text(name);
        return Some(Verdict::KilledBare(kill));
    }
    // Names hold anything, `) total-vm:` too; the true end is the last one.
    let sized = rsplit(rest, b") total-vm:").or_else(|| rsplit(rest, b") vsz:"));
    let late = rsplit(rest, b"), UID ");
    let late_is_last = late.is_some_and(|(name, _)| sized.is_none_or(|(other, _)| name.len() > other.len()));
    let (name, sizes) = match (sized, late) {
        (_, Some((name, tail))) if late_is_last => {
            let (uid, tail) = uint32_then(tail, b", total-vm:")?;
            kill.uid = Some(uid);
            (name, tail)
        }
        (Some((name, tail)), _) => (name, tail),
        _ => return None,
    };
    if !is_comm(name) || sizes.contains(&b'\n') {
        return None;
    }
    kill.comm = text(name);
    sizes_of(sizes, &mut kill)?;
    Some(Verdict::Killed(kill))
}

/// OpenVZ (`ub_oom_kill_process` and `oom_kill_process` of its `mm/oom_kill.c`). A user beancounter is a container; in the container's
/// own log nothing stands before `OOM killed`.
fn beancounter(prefix: KillPrefix, line: &[u8]) -> Option<Kill> {
    let (limit_of, rest) = match line.strip_prefix(b"Out of memory in UB ") {
        Some(rest) => split(rest, b": ").map(|(id, rest)| (Some(id), rest))?,
        None => (None, line),
    };
    let known = limit_of.is_none_or(|id| (1..=40).contains(&id.len()) && !id.contains(&b' '));
    let rest = rest.strip_prefix(b"OOM killed process ").filter(|_| known)?;
    let (rest, pid) = uint32(rest).ok()?;
    let (name, sizes) = rsplit(rest.strip_prefix(b" (")?, b") ")?;
    let (_, sizes) = rsplit(sizes, b"vm:").filter(|(before, _)| before.is_empty() || before.starts_with(b"score "))?;
    let (total, rest) = size(sizes)?;
    let (rest, rss) = delimited(tag(&b", rss:"[..]), int, opt(tag(&b"kB"[..]))).parse(rest).ok()?;
    let swap: Parsed<'_, i64> = preceded(tag(&b", swap:"[..]), int).parse(rest);
    is_comm(name).then(|| Kill {
        prefix: if limit_of.is_some() { KillPrefix::Memcg } else { prefix },
        pid,
        comm: text(name),
        limit_of: limit_of.map(|id| format!("UB {}", text(id))),
        total_vm_kb: Some(total),
        rss_kb: u64::try_from(rss).ok(),
        swap_kb: swap.ok().and_then(|(_, swap)| u64::try_from(swap).ok()),
        printed: 1,
        ..Kill::default()
    })
}

/// The longest name of a process of FreeBSD (`MAXCOMLEN`); NetBSD's and OpenBSD's are shorter.
const BSD_COMM_MAX: usize = 19;

/// A kill of the BSDs: `out of swap space` (FreeBSD up to 12), `failed to reclaim memory`, `a thread waited too long to allocate a
/// page` (13 and later). `was killed: ` has other reasons, too, that are not memory.
fn bsd(line: &[u8]) -> Option<Kill> {
    let line = unlevelled(trim(line));
    // `[518400] `, the uptime, with `kern.msgbuf_show_timestamp`.
    let line = match line.strip_prefix(b"[").map(uint32) {
        Some(Ok((rest, _))) => rest.strip_prefix(b"] ")?,
        _ => line,
    };
    let endings: [&[u8]; 5] = [
        b", was killed: out of swap space",
        b", was killed: failed to reclaim memory",
        b", was killed: a thread waited too long to allocate a page",
        b" killed: out of swap space",
        b" killed: out of swap",
    ];
    let rest = endings.iter().find_map(|ending| line.strip_suffix(*ending))?;
    let rest = rest.strip_prefix(b"UVM: ").unwrap_or(rest).strip_prefix(b"pid ")?;
    let (rest, pid) = uint32(rest).ok()?;
    // NetBSD: `pid 812.1`, the thread.
    let (_, rest) = split(rest, b" (").filter(|(thread, _)| thread.is_empty() || thread.starts_with(b"."))?;
    let (rest, owner) = rsplit(rest, b", uid ")
        .map(|(rest, uid)| (rest, uint32(uid).ok().map(|(_, uid)| uid)))
        .or_else(|| rsplit(rest, b", jid ").map(|(rest, _)| (rest, None)))?;
    let (name, jail) = rsplit(rest, b")")?;
    let known = name.len() <= BSD_COMM_MAX && (jail.is_empty() || jail.starts_with(b", jid "));
    known.then(|| Kill { prefix: KillPrefix::Bsd, pid, comm: text(name), uid: owner, printed: 1, ..Kill::default() })
}

/// FreeBSD's syslogd passes the level on: `kernel - - - <3>pid 812 (x), ...`.
fn unlevelled(line: &[u8]) -> &[u8] {
    let level = line.strip_prefix(b"<").and_then(|rest| uint32(rest).ok());
    level.and_then(|(rest, _)| rest.strip_prefix(b">")).unwrap_or(line)
}

/// `%d` or, in RHEL 6, `%d, UID %d,`.
fn pid_and_uid(input: &[u8]) -> Parsed<'_, (u32, Option<u32>)> {
    (uint32, opt(delimited(tag(&b", UID "[..]), uint32, tag(&b","[..])))).parse(input)
}

/// The name in `name)` or `name).` and nothing more, or a line that was cut within ` total-vm:`.
fn bare(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.trim_ascii_end();
    let name = rest.strip_suffix(b").").or_else(|| rest.strip_suffix(b")")).or_else(|| cut(rest))?;
    (is_comm(name) && !name.contains(&b'\n')).then_some(name)
}

/// `name) tot`, `name) total-vm:`.
fn cut(rest: &[u8]) -> Option<&[u8]> {
    const NEXT: &[u8] = b" total-vm:";
    let (name, after) = rsplit(rest, b")")?;
    (after.len() > 1 && NEXT.starts_with(after)).then_some(name)
}

/// `%lukB, anon-rss:%lukB, ...` after `total-vm:`. Unknown keys are stepped over; a cut line keeps what was read.
fn sizes_of(input: &[u8], kill: &mut Kill) -> Option<()> {
    let (total, mut rest) = size(input)?;
    kill.total_vm_kb = Some(total);
    while let Ok((next, (key, value))) = pair(rest) {
        let slot = match key {
            b"anon-rss" => &mut kill.anon_rss_kb,
            b"file-rss" => &mut kill.file_rss_kb,
            b"shmem-rss" => &mut kill.shmem_rss_kb,
            b"pgtables" => &mut kill.pgtables_kb,
            b"UID" => {
                kill.uid = u32::try_from(value).ok();
                rest = next;
                continue;
            }
            b"oom_score_adj" => {
                kill.oom_score_adj = i32::try_from(value).ok();
                rest = next;
                continue;
            }
            _ => {
                rest = next;
                continue;
            }
        };
        *slot = u64::try_from(value).ok();
        rest = next;
    }
    Some(())
}

/// `, key:%lukB` or ` key:%d`.
fn pair(input: &[u8]) -> Parsed<'_, (&[u8], i64)> {
    let separator = take_while1(|byte: u8| matches!(byte, b',' | b' '));
    let key = take_while1(|byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    preceded(separator, (terminated(key, tag(&b":"[..])), terminated(int, opt(tag(&b"kB"[..]))))).parse(input)
}

/// `Kill process %d (%s) ...` / `kill process %d (%s) ...`.
fn intended(prefix: KillPrefix, rest: &[u8]) -> Option<Verdict> {
    let rest = rest.strip_prefix(b"Kill process ").or_else(|| rest.strip_prefix(b"kill process "))?;
    if let Some((pid, name, tail)) = pid_name(rest, b") sharing same memory") {
        let kill = Kill { prefix, pid, comm: text(name), printed: 1, ..Kill::default() };
        return trim(tail).is_empty().then_some(Verdict::Sharing(kill));
    }
    let (pid, name, tail) = pid_name(rest, b") score ")?;
    let (tail, score) = int(tail).ok()?;
    let endings: [&[u8]; 3] = [b" or sacrifice child", b" or a child", b" and children"];
    let whole = tail.is_empty() || endings.iter().any(|ending| tail.starts_with(ending));
    whole.then(|| Verdict::Intended(Intention { pid, comm: text(name), score: Some(score), prefix }))
}

/// A kill line that breaks off inside the name, because the name holds a line feed and the carrier split it there:
/// what is known of it so far.
pub(super) fn torn(line: &[u8]) -> Option<Kill> {
    let (prefix, rest) = prefix(line);
    let rest = rest.strip_prefix(b"Killed process ")?;
    let (rest, (pid, uid)) = pid_and_uid(rest).ok()?;
    let name = rest.strip_prefix(b" (")?;
    (is_comm(name) && find(name, b")").is_none()).then(|| Kill {
        prefix,
        pid,
        uid,
        comm: text(name),
        printed: 1,
        ..Kill::default()
    })
}

/// `Tasks in %s are going to be killed due to memory.oom.group set` (4.19 and later): the cgroup.
pub(super) fn group(line: &[u8]) -> Option<&[u8]> {
    let (path, tail) =
        rsplit(line.strip_prefix(b"Tasks in ")?, b" are going to be killed due to memory.oom.group set")?;
    (path.starts_with(b"/") && trim(tail).is_empty()).then_some(path)
}

/// `oom_reaper: reaped process %d (%s), now anon-rss:%lukB, file-rss:%lukB, shmem-rss:%lukB` and
/// `oom_reaper: unable to reap pid:%d (%s)` (4.6 and later).
pub(super) fn reaped(line: &[u8]) -> Option<Reaped> {
    let rest = line.strip_prefix(b"oom_reaper: ")?;
    if let Some(rest) = rest.strip_prefix(b"unable to reap pid:") {
        let (pid, name, tail) = pid_name(rest, b")")?;
        return trim(tail).is_empty().then(|| Reaped { pid, comm: text(name), done: false, ..Reaped::default() });
    }
    let (pid, name, tail) = pid_name(rest.strip_prefix(b"reaped process ")?, b"), now anon-rss:")?;
    let mut sizes = Kill::default();
    let (anon, mut tail) = size(tail)?;
    while let Ok((next, (key, value))) = pair(tail) {
        match key {
            b"file-rss" => sizes.file_rss_kb = u64::try_from(value).ok(),
            b"shmem-rss" => sizes.shmem_rss_kb = u64::try_from(value).ok(),
            _ => {}
        }
        tail = next;
    }
    Some(Reaped {
        pid,
        comm: text(name),
        done: true,
        anon_rss_kb: Some(anon),
        file_rss_kb: sizes.file_rss_kb,
        shmem_rss_kb: sizes.shmem_rss_kb,
    })
}

/// `Out of memory and no killable processes...` (a warning from 4.18 on).
pub(super) fn is_no_killable(line: &[u8]) -> bool {
    line.starts_with(b"Out of memory and no killable processes...")
}

/// A kernel panic's text, and whether the line is the repetition in `---[ end Kernel panic - not syncing: ... ]---`
/// (without `]---` up to 4.x).
pub(super) fn panic(line: &[u8]) -> Option<(&[u8], bool)> {
    const PANIC: &[u8] = b"Kernel panic - not syncing: ";
    if let Some(reason) = line.strip_prefix(PANIC) {
        return Some((trim(reason), false));
    }
    let rest = line.strip_prefix(b"---[ end ")?.strip_prefix(PANIC)?;
    Some((trim(trim(rest).strip_suffix(b"]---").unwrap_or(rest)), true))
}

/// Is this panic the outcome of an OOM? `vm.panic_on_oom`, no killable process, or the deadlock after it (4.18+).
pub(super) fn is_oom_panic(reason: &[u8]) -> bool {
    let starts: [&[u8]; 3] = [b"Out of memory", b"out of memory", b"System is deadlocked on memory"];
    starts.iter().any(|start| reason.starts_with(start))
}

/// `%s: %d callbacks suppressed` of the rate limits that matter: function and count.
pub(super) fn suppressed(line: &[u8]) -> Option<(&[u8], u32)> {
    let (function, rest) = super::lex::split(line, b": ")?;
    let (count, rest) = uint32_then(rest, b" callbacks suppressed")?;
    let word = function.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    (word && trim(rest).is_empty()).then_some((function, count))
}

#[cfg(test)]
#[path = "kill_tests.rs"]
mod tests;
