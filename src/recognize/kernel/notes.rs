//! Kernel lines that are no OOM event but matter beside one (each with the function that prints it).

use super::gate::Gate;
use super::kill;
use super::lex::{Parsed, find, int32, is_comm, number, rsplit, split, text, uint, uint32};
use crate::event::KernelNote;
use crate::sentence;
use memchr::memmem::Finder;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::sequence::{delimited, terminated};
use std::sync::LazyLock;

/// Longest text kept of a notice.
const TEXT_MAX: usize = 256;

/// Reads a line that no OOM grammar knows.
pub(super) fn note(line: &[u8], gate: Gate) -> Option<KernelNote> {
    if let Some(found) = loss(line, gate) {
        return Some(found);
    }
    if gate == Gate::Program {
        return None;
    }
    match line.first()? {
        b'L' => boot(line),
        b'H' if line.starts_with(b"Huh VM_FAULT_OOM leaked out to the #PF handler") => Some(KernelNote::FaultLeaked),
        b'r' => is_shutdown(line).then_some(KernelNote::Shutdown),
        b'c' => pids_limit(line),
        b'S' if is_slab_failure(line) => Some(KernelNote::SlabFailure),
        b'I' if line.starts_with(b"INFO: task ") => hung_task(line),
        _ => None,
    }
    .or_else(|| anywhere(line))
}

/// `Linux version %s (...) ... #...` (`linux_banner`): release.
fn boot(line: &[u8]) -> Option<KernelNote> {
    let rest = line.strip_prefix(b"Linux version ")?;
    let release = rest.split(|byte| *byte == b' ').next()?;
    release.first()?.is_ascii_digit().then(|| KernelNote::Boot { release: text(release) })
}

/// `-- Boot 2222... --` and `-- Reboot --`, journalctl's own lines.
pub(super) fn is_boot_marker(line: &[u8]) -> bool {
    line.starts_with(b"-- Boot ") || line.starts_with(b"-- Reboot --")
}

/// `Panic#1 Part2` (`pstore_dump` in `fs/pstore/platform.c`) and `====1763890000.123456-C` (`ramoops_write_kmsg_hdr` in
/// `fs/pstore/ram.c`): the head of another part of a saved kernel log. The newest part stands first, so that an open report ends here.
pub(in crate::recognize) fn is_part_head(line: &[u8]) -> bool {
    if line.starts_with(b"====") {
        return line.ends_with(b"-C") || line.ends_with(b"-D");
    }
    let word = line.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let Some(rest) = line.get(word..).filter(|_| word > 0).and_then(|rest| rest.strip_prefix(b"#")) else {
        return false;
    };
    let count = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let part = rest.get(count..).filter(|_| count > 0).and_then(|rest| rest.strip_prefix(b" Part"));
    part.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

/// `%s: vmalloc: allocation failure: %lu bytes, mode:...` (up to 5.10), `%s: vmalloc error: size %lu, ..., mode:...` (5.14 and later):
/// `warn_alloc` prints the node's memory after it.
pub(super) fn is_vmalloc_failure(line: &[u8]) -> bool {
    let words: [&[u8]; 2] = [b": vmalloc: allocation failure", b": vmalloc error: size "];
    words.iter().any(|word| find(line, word).is_some())
}

/// `reboot: Restarting system`, `reboot: Power down`, `reboot: System halted` (`kernel/reboot.c`).
fn is_shutdown(line: &[u8]) -> bool {
    let words: [&[u8]; 4] = [b"Restarting system", b"Power down", b"System halted", b"machine restart"];
    line.strip_prefix(b"reboot: ").is_some_and(|rest| words.iter().any(|word| rest.starts_with(word)))
}

/// `cgroup: fork rejected by pids controller in %s` (`pids_can_fork`, once a cgroup).
fn pids_limit(line: &[u8]) -> Option<KernelNote> {
    let path = line.strip_prefix(b"cgroup: fork rejected by pids controller in ")?;
    Some(KernelNote::PidsLimit { cgroup: text(path) })
}

/// `SLUB: Unable to allocate memory on ...`, `SLAB: ...` (`slab_out_of_memory`).
fn is_slab_failure(line: &[u8]) -> bool {
    (line.starts_with(b"SLUB: ") || line.starts_with(b"SLAB: "))
        && find(line, b"Unable to allocate memory on").is_some()
}

/// `INFO: task %s:%d blocked for more than %ld seconds.`, in 7.x also `blocked in I/O wait for more than`
/// (`check_hung_task`). The name may hold blanks and colons.
fn hung_task(line: &[u8]) -> Option<KernelNote> {
    let rest = line.strip_prefix(b"INFO: task ")?;
    let (task, _) = rsplit(rest, b" blocked ")?;
    let (comm, pid) = rsplit(task, b":")?;
    let (tail, pid) = uint32(pid).ok()?;
    (tail.is_empty() && is_comm(comm)).then(|| KernelNote::HungTask { comm: text(comm), pid })
}

/// Literals of lines that begin with a task's name or a driver's prefix.
struct Anywhere {
    failure: Finder<'static>,
    stall: Finder<'static>,
    lockup: Finder<'static>,
    rcu: Finder<'static>,
    segfault: Finder<'static>,
    trap: Finder<'static>,
}

static ANYWHERE: LazyLock<Anywhere> = LazyLock::new(|| Anywhere {
    failure: Finder::new(b": page allocation failure"),
    stall: Finder::new(b": page allocation stall"),
    lockup: Finder::new(b"soft lockup - CPU#"),
    rcu: Finder::new(b"detected stall"),
    segfault: Finder::new(b"]: segfault at "),
    trap: Finder::new(b"] "),
});

/// The literal of every such line stands within this many bytes.
const WINDOW: usize = 160;

fn anywhere(line: &[u8]) -> Option<KernelNote> {
    let head = &line[..line.len().min(WINDOW)];
    let all = &*ANYWHERE;
    if let Some(at) = all.failure.find(head) {
        return allocation_failure(&line[..at], &line[at + all.failure.needle().len()..]);
    }
    if let Some(at) = all.stall.find(head) {
        return is_comm(&line[..at]).then(|| KernelNote::AllocationStall { comm: text(&line[..at]) });
    }
    if all.lockup.find(head).is_some() || (all.rcu.find(head).is_some() && is_rcu_stall(head)) {
        return Some(KernelNote::Lockup);
    }
    if let Some(at) = all.segfault.find(head) {
        return crash(&line[..=at]);
    }
    let rest = head.strip_prefix(b"traps: ")?;
    all.trap.find(rest).and_then(|at| crash(&rest[..=at]))
}

/// `%s: page allocation failure: order:%u, mode:...`; 2.6.32 has a dot: `failure. order:%d, mode:0x%x` (`warn_alloc`).
fn allocation_failure(comm: &[u8], tail: &[u8]) -> Option<KernelNote> {
    let tail = tail.strip_prefix(b": order:").or_else(|| tail.strip_prefix(b". order:"))?;
    let (_, order) = int32(tail).ok()?;
    is_comm(comm).then(|| KernelNote::AllocationFailure { comm: text(comm), order })
}

/// `rcu: INFO: rcu_sched self-detected stall on CPU`, `INFO: rcu_sched detected stalls on CPUs/tasks:`.
fn is_rcu_stall(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"rcu: ").unwrap_or(head);
    head.strip_prefix(b"INFO: ").is_some_and(|rest| rest.starts_with(b"rcu"))
}

/// `%s[%d]` at the end of `task`: `x[123]: segfault at ...`, `traps: x[123] general protection ...`
/// (`show_signal_msg`, `do_general_protection`).
fn crash(task: &[u8]) -> Option<KernelNote> {
    let (comm, pid) = rsplit(task.strip_suffix(b"]")?, b"[")?;
    let digits = !pid.is_empty() && pid.iter().all(u8::is_ascii_digit);
    (digits && is_comm(comm))
        .then(|| KernelNote::Segfault { comm: text(comm), pid: u32::try_from(number(pid)).unwrap_or(u32::MAX) })
}

/// Notices of lines that are not there. The kernel's own: rate limits and console overruns. Of journald and rsyslog:
/// their own losses, which they report as programs.
fn loss(line: &[u8], gate: Gate) -> Option<KernelNote> {
    let count = match gate {
        Gate::Program => program_loss(line)?,
        _ => kernel_loss(line).or_else(|| program_loss(line))?,
    };
    let what = sentence!("join-gap-notice", notice = text(&line[..line.len().min(TEXT_MAX)]));
    Some(KernelNote::Lost { count: Some(count), what })
}

/// `oom_kill_process: %d callbacks suppressed` (only of functions that print about memory), `printk: %d messages
/// suppressed.` (2.6.x).
fn kernel_loss(line: &[u8]) -> Option<u64> {
    if let Some((function, count)) = kill::suppressed(line) {
        let matters: [&[u8]; 6] = [
            b"oom_kill_process",
            b"dump_header",
            b"out_of_memory",
            b"pagefault_out_of_memory",
            b"warn_alloc",
            b"printk",
        ];
        return matters.contains(&function).then_some(u64::from(count));
    }
    let rest = line.strip_prefix(b"printk: ")?;
    let (rest, count) = uint(rest).ok()?;
    rest.starts_with(b" messages suppressed").then_some(count)
}

/// `Missed %lu kernel messages` (journald), `imjournal: %d messages lost due to rate-limiting` (rsyslog).
fn program_loss(line: &[u8]) -> Option<u64> {
    if let Some(rest) = line.strip_prefix(b"Missed ") {
        let (rest, count) = uint(rest).ok()?;
        return rest.starts_with(b" kernel messages").then_some(count);
    }
    if !line.starts_with(b"im") {
        return None;
    }
    let (before, _) = split(line, b" messages lost due to rate-limiting")
        .or_else(|| split(line, b" messages due to rate-limiting"))?;
    let (_, count) = rsplit(before, b" ")?;
    uint(count).ok().map(|(_, count)| count)
}

/// `** %u printk messages dropped ** ` (console overrun; up to 4.x glued before the next text): count and what follows.
pub(super) fn dropped(line: &[u8]) -> Option<(u64, &[u8])> {
    let line = line.trim_ascii_start();
    let ending = tag(&b" printk messages dropped **"[..]);
    let parsed: Parsed<'_, u64> = delimited(tag(&b"** "[..]), uint, ending).parse(line);
    parsed.ok().map(|(rest, count)| (count, rest.trim_ascii_start()))
}

/// A release such as `3.10.0-514.el7`: its two leading numbers.
pub(super) fn version(release: &str) -> Option<(u64, u64)> {
    let parsed: Parsed<'_, _> = (terminated(uint, tag(&b"."[..])), uint).parse(release.as_bytes());
    parsed.ok().map(|(_, numbers)| numbers)
}

/// `sysrq: Show Memory` (SysRq m): a memory report follows that belongs to no OOM.
pub(super) fn is_show_memory(line: &[u8]) -> bool {
    sysrq(line).is_some_and(|rest| rest.starts_with(b"Show Memory"))
}

/// `SysRq : Manual OOM execution` (up to 3.x), `sysrq: SysRq : ...` (4.x), `sysrq: ...` (5.0 and later).
pub(super) fn is_manual_oom(line: &[u8]) -> bool {
    sysrq(line).is_some_and(|rest| rest.starts_with(b"Manual OOM execution"))
}

fn sysrq(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"sysrq: ").unwrap_or(line);
    match rest.strip_prefix(b"SysRq : ") {
        Some(rest) => Some(rest),
        None => (rest.len() < line.len()).then_some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<KernelNote> {
        note(line.as_bytes(), Gate::Kernel)
    }

    #[test]
    fn boots_and_ends() {
        assert_eq!(
            found("Linux version 6.1.0-50-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP"),
            Some(KernelNote::Boot { release: "6.1.0-50-cloud-amd64".into() })
        );
        assert_eq!(found("Linux version unknown"), None);
        assert_eq!(found("reboot: Restarting system"), Some(KernelNote::Shutdown));
        assert_eq!(found("reboot: pending"), None);
        assert!(is_boot_marker(b"-- Boot 22222222222222222222222222222222 --"));
        assert_eq!(version("3.10.0-514.el7"), Some((3, 10)));
    }

    #[test]
    fn allocation_lines() {
        for line in [
            "CPU 3/KVM: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null)",
            "CPU 3/KVM: page allocation failure. order:4, mode:0x20",
        ] {
            assert_eq!(found(line), Some(KernelNote::AllocationFailure { comm: "CPU 3/KVM".into(), order: 4 }));
        }
        assert_eq!(
            found("java: page allocation stalls for 10200ms, order:0, mode:0x14200ca(GFP_HIGHUSER_MOVABLE)"),
            Some(KernelNote::AllocationStall { comm: "java".into() })
        );
        assert_eq!(
            found("SLUB: Unable to allocate memory on node -1, gfp=0x600000(GFP_ATOMIC)"),
            Some(KernelNote::SlabFailure)
        );
        assert_eq!(found("Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF"), Some(KernelNote::FaultLeaked));
    }

    #[test]
    fn hung_tasks_and_lockups() {
        assert_eq!(
            found("INFO: task kworker/u8:3 a:b:1234 blocked for more than 120 seconds."),
            None,
            "a name of more than 15 bytes"
        );
        assert_eq!(
            found("INFO: task a b:c:1234 blocked for more than 120 seconds."),
            Some(KernelNote::HungTask { comm: "a b:c".into(), pid: 1234 })
        );
        assert_eq!(found("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [x:12]"), Some(KernelNote::Lockup));
        assert_eq!(found("rcu: INFO: rcu_sched self-detected stall on CPU"), Some(KernelNote::Lockup));
        assert_eq!(found("INFO: rcu_preempt detected stalls on CPUs/tasks:"), Some(KernelNote::Lockup));
    }

    #[test]
    fn crashes() {
        assert_eq!(
            found("a [b][123]: segfault at 10 ip 00007f sp 00007ffd error 4 in libc.so.6[7f+1a]"),
            Some(KernelNote::Segfault { comm: "a [b]".into(), pid: 123 })
        );
        assert_eq!(
            found("traps: x[7] general protection fault ip:4 sp:5 error:0 in x[4+5]"),
            Some(KernelNote::Segfault { comm: "x".into(), pid: 7 })
        );
        assert_eq!(found("traps: nothing here"), None);
    }

    #[test]
    fn limits_of_processes() {
        assert_eq!(
            found("cgroup: fork rejected by pids controller in /docker/a b"),
            Some(KernelNote::PidsLimit { cgroup: "/docker/a b".into() })
        );
    }

    #[test]
    fn losses() {
        let lost = |line: &str, gate| match note(line.as_bytes(), gate) {
            Some(KernelNote::Lost { count, .. }) => count,
            _ => None,
        };
        assert_eq!(lost("oom_kill_process: 14 callbacks suppressed", Gate::Kernel), Some(14));
        assert_eq!(lost("pagefault_out_of_memory: 9 callbacks suppressed", Gate::Kernel), Some(9));
        assert_eq!(lost("net_ratelimit: 14 callbacks suppressed", Gate::Kernel), None);
        assert_eq!(lost("oom_kill_process: 14 callbacks suppressed", Gate::Program), None);
        assert_eq!(lost("Missed 812 kernel messages", Gate::Program), Some(812));
        assert_eq!(lost("Missed 812 appointments", Gate::Program), None);
        assert_eq!(
            lost("imjournal: 77 messages lost due to rate-limiting (20000 allowed within 600 seconds)", Gate::Program),
            Some(77)
        );
        assert_eq!(dropped(b"** 31 printk messages dropped ** x invoked"), Some((31, &b"x invoked"[..])));
        assert_eq!(dropped(b"** many printk messages dropped **"), None);
    }

    #[test]
    fn sysrq_lines() {
        for line in [
            &b"SysRq : Manual OOM execution"[..],
            b"sysrq: SysRq : Manual OOM execution",
            b"sysrq: Manual OOM execution",
        ] {
            assert!(is_manual_oom(line));
        }
        assert!(!is_manual_oom(b"Manual OOM execution"));
        assert!(!is_manual_oom(b"sysrq: OOM request ignored. No task eligible"));
        assert!(is_show_memory(b"sysrq: Show Memory"));
    }
}
