//! Kernel lines that a line feed in a process's name broke in two.
//!
//! The kernel prints a name as it is. Where a carrier repeats its prefix on the second part (`/proc/kmsg`, the console) or
//! indents it (dmesg, journalctl), nothing special is needed. Where it does neither (`dmesg -t`, `journalctl -o cat`, text that
//! was pasted), the second part is a bare line: `b) total-vm:...`. It is joined only if the first part is a kernel line that stops
//! within a name and the second part goes on as that line must; so no other bare line (`login: `) can get into a record.

use memchr::memmem;

/// The longest name of a task (`TASK_COMM_LEN` without its zero byte).
const COMM_MAX: usize = 15;

/// Whether a bare line `next` completes the kernel line `so_far` (which may hold line feeds already). `prefixed` tells that
/// the first part had a carrier.
pub(super) fn completes(so_far: &[u8], next: &[u8], prefixed: bool) -> bool {
    if next.is_empty() {
        return false;
    }
    in_summary(so_far, next)
        || in_kill_line(so_far, next)
        || in_cpu_line(so_far, next)
        || prefixed && in_trigger(so_far, next)
}

/// Whether a bare line could be the second part of a broken line: the cheap question before [`completes`].
pub(super) fn may_complete(next: &[u8]) -> bool {
    let head = next.get(..COMM_MAX + 24).unwrap_or(next);
    next.len() <= COMM_MAX
        || memchr::memchr2(b',', b')', head.get(..COMM_MAX + 1).unwrap_or(head)).is_some()
        || memmem::find(head, b" invoked oom").is_some()
        || memmem::find(head, b"ainted").is_some()
        || memmem::find(head, b" Kdump: ").is_some()
}

/// Whether a marker stands in the first bytes of the next part, behind no more than the rest of a name.
fn soon(next: &[u8], marker: &[u8]) -> bool {
    memmem::find(next, marker).is_some_and(|at| at <= COMM_MAX)
}

/// `oom-kill:constraint=...,task=a` then `b, c,pid=1,uid=0`.
fn in_summary(so_far: &[u8], next: &[u8]) -> bool {
    let Some(summary) = memmem::rfind(so_far, b"oom-kill:constraint=") else { return false };
    let text = so_far.get(summary..).unwrap_or_default();
    let Some(task) = memmem::rfind(text, b",task=") else { return false };
    let name = text.get(task..).unwrap_or_default();
    memmem::find(name, b",pid=").is_none() && (soon(next, b",pid=") || next.len() <= COMM_MAX)
}

/// `Killed process 1 (a` then `b) total-vm:...`; likewise `Kill process 1 (a`, `oom_reaper: reaped process 1 (a`.
fn in_kill_line(so_far: &[u8], next: &[u8]) -> bool {
    let starts = [&b"ill process "[..], b"illed process ", b"reaped process "];
    let Some(start) = starts.iter().filter_map(|word| memmem::rfind(so_far, word)).max() else { return false };
    let text = so_far.get(start..).unwrap_or_default();
    let ends = [&b") total-vm:"[..], b") vsz:", b") score ", b"), now anon-rss:", b") sharing same memory"];
    let finished = ends.iter().any(|end| memmem::find(text, end).is_some());
    let opened = memmem::find(text, b" (").is_some();
    // Without a closing bracket the name goes on for certain; with one, only a known ending proves it.
    let goes_on = opened && !text.contains(&b')') && next.len() <= COMM_MAX;
    opened && !finished && (goes_on || ends.iter().any(|end| soon(next, end)))
}

/// `[ 1260.571854] a` then `b invoked oom-killer: ...`. Not among bare lines: there a short line (` </TASK>`, `Call Trace:`) before
/// a trigger is far more likely than such a name.
fn in_trigger(so_far: &[u8], next: &[u8]) -> bool {
    let name = so_far.len() < COMM_MAX && !matches!(so_far, [b' ' | b'\t', ..] | [.., b':' | b'>']);
    name && memmem::find(next, b" invoked oom-killer").is_some_and(|at| at + so_far.len() < COMM_MAX)
}

/// `CPU: 0 PID: 1 Comm: a` then `b Not tainted ...`.
fn in_cpu_line(so_far: &[u8], next: &[u8]) -> bool {
    let unfinished = memmem::find(so_far, b" Comm: ")
        .is_some_and(|at| memmem::find(so_far.get(at..).unwrap_or_default(), b"ainted").is_none());
    unfinished && (soon(next, b" Not tainted ") || soon(next, b" Tainted: ") || soon(next, b" Kdump: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_line_feeds() {
        let summary = b"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task_memcg=/a,task=a";
        assert!(completes(summary, b"b, c,pid=12,uid=0", true));
        assert!(completes(summary, b"b", true));
        assert!(completes(b"Memory cgroup out of memory: Killed process 1 (a", b"b) total-vm:1kB, anon-rss:0kB", true));
        assert!(completes(b"Killed process 1 (a)", b"b) total-vm:1kB", true));
        assert!(completes(b"a", b"b invoked oom-killer: gfp_mask=0xcc0", true));
        assert!(completes(b"oom_reaper: reaped process 7 (a", b"b), now anon-rss:0kB", true));
        assert!(completes(b"CPU: 0 PID: 1 Comm: a", b"b Not tainted 6.1.0 #1", true));
    }

    #[test]
    fn finished_lines_take_nothing() {
        let summary = b"oom-kill:constraint=CONSTRAINT_MEMCG,task=a,pid=1,uid=0";
        for next in [&b"login: "[..], b"b", b"b, c,pid=12,uid=0", b""] {
            assert!(!completes(summary, next, true));
            assert!(!completes(b"Killed process 1 (a) total-vm:1kB, anon-rss:0kB", next, true));
            assert!(!completes(b"usb 1-1: new device found", next, true));
        }
        assert!(!completes(b"Killed process 1 (a", b"node-a3 login: root on ttyS0", true));
        assert!(!completes(b"Mem-Info:", b"java invoked oom-killer: gfp_mask", true));
        assert!(!completes(b"a", b"b invoked oom-killer: gfp_mask=0xcc0", false));
        assert!(!completes(b"Killed process 1012 (heapster)", b"login: ", true));
    }

    #[test]
    fn the_cheap_question_misses_nothing() {
        let rests = [
            "b, c,pid=12,uid=0",
            "b",
            "b) total-vm:1kB",
            "b invoked oom-killer: x",
            "b), now anon-rss:0kB",
            "b Not tainted 6",
            "bbbbbbbbbbbbb Kdump: loaded",
        ];
        for rest in rests {
            assert!(may_complete(rest.as_bytes()), "{rest}");
        }
        assert!(!may_complete(b"an ordinary bare line of some length"));
    }
}
