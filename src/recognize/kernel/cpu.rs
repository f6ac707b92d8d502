//! The lines of `dump_stack` between the trigger and the report: who ran, on which kernel, and the call trace
//! (`dump_stack_print_info` in `lib/dump_stack.c`; `Pid:` form of 2.6.x and RHEL 6; `UID:` from 6.11 on).
//!
//! ```text
//! Pid: 2345, comm: java Not tainted 2.6.32-642.el6.x86_64 #1
//! CPU: 4 PID: 18230 Comm: awk Not tainted 3.10.0-693.2.2.el7.x86_64 #1
//! CPU: 1 PID: 7 Comm: x Kdump: loaded Tainted: G        W   E    4.18.0-147.el8.x86_64 #1
//! CPU: 1 UID: 0 PID: 27818 Comm: oomplain Not tainted 6.18.44 #1 PREEMPT(none)
//! ```

use super::lex::{Parsed, find, rsplit, text, uint, uint32};
use crate::event::CpuLine;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, terminated};

/// Either form of the line, with the raw bytes of its name.
pub(super) fn cpu_line(line: &[u8]) -> Option<(CpuLine, &[u8])> {
    let (rest, (pid, uid)) = ids(line).or_else(|_| old_ids(line)).ok()?;
    let (comm, taint, after) = tainted(rest)?;
    let comm = comm.strip_suffix(b" Kdump: loaded").unwrap_or(comm);
    let found = CpuLine { pid, uid, comm: text(comm), release: release(after), taint: Some(taint) };
    Some((found, comm))
}

/// `CPU: %d UID: %u PID: %d Comm: `.
fn ids(input: &[u8]) -> Parsed<'_, (u32, Option<u32>)> {
    let uid = opt(delimited(tag(&b"UID: "[..]), uint32, tag(&b" "[..])));
    let pid = delimited(tag(&b"PID: "[..]), uint32, tag(&b" Comm: "[..]));
    let (rest, (uid, pid)) = preceded(delimited(tag(&b"CPU: "[..]), uint, tag(&b" "[..])), (uid, pid)).parse(input)?;
    Ok((rest, (pid, uid)))
}

/// `Pid: %d, comm: `.
fn old_ids(input: &[u8]) -> Parsed<'_, (u32, Option<u32>)> {
    let pid = preceded(tag(&b"Pid: "[..]), uint32);
    let (rest, pid) = terminated(pid, tag(&b", comm: "[..])).parse(input)?;
    Ok((rest, (pid, None)))
}

/// Name, taint, and the text from the release on. The name may hold blanks, so the taint words are the right anchor.
fn tainted(rest: &[u8]) -> Option<(&[u8], String, &[u8])> {
    if let Some((comm, after)) = rsplit(rest, b" Not tainted ") {
        return Some((comm, "Not tainted".to_owned(), after));
    }
    let (comm, after) = rsplit(rest, b" Tainted: ")?;
    let version = find(after, b" #").unwrap_or(after.len());
    // The letters are padded with blanks; the release is the last word before the version.
    let start = after[..version].iter().rposition(|byte| *byte == b' ').map_or(0, |at| at + 1);
    let letters = text(&after[..start]);
    Some((comm, letters.split_ascii_whitespace().collect::<Vec<_>>().join(" "), &after[start..]))
}

fn release(after: &[u8]) -> Option<String> {
    let name = after.split(|byte| *byte == b' ').next().unwrap_or_default();
    name.first().is_some_and(u8::is_ascii_digit).then(|| text(name))
}

/// Function name of a stack frame, without its offset. `? sym+0x10/0x20` is an unreliable one.
///
/// x86 up to 4.10: ` [<ffffffff8134a1c2>] dump_stack+0x63/0x81`; later: ` dump_stack_lvl+0x57/0x80`, with ` [ext4]`
/// behind it for a module; ppc64: `[c000000fe1b2b710] [c000000000a4c1d8] dump_stack+0xb0/0xf0 (unreliable)`.
pub(super) fn frame(line: &[u8]) -> Frame<'_> {
    let Some(plus) = memchr::memchr_iter(b'+', line).find(|at| line[*at..].starts_with(b"+0x")) else {
        return Frame::None;
    };
    let (before, after) = (&line[..plus], &line[plus + 3..]);
    let size = after.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(after.len());
    if size == 0 || !after[size..].starts_with(b"/0x") {
        return Frame::None;
    }
    let start = before.iter().rposition(|byte| !is_symbol(*byte)).map_or(0, |at| at + 1);
    let (lead, name) = before.split_at(start);
    if name.is_empty() || !lead.iter().all(|byte| is_lead(*byte)) {
        return Frame::None;
    }
    if lead.contains(&b'?') { Frame::Guess(name) } else { Frame::Function(name) }
}

/// What a line of a call trace says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// A caller.
    Function(&'a [u8]),
    /// An address that lay on the stack: a caller, or a rest of an earlier call.
    Guess(&'a [u8]),
    /// No frame.
    None,
}

fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$')
}

/// Addresses and marks that stand before the symbol.
fn is_lead(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b' ' | b'\t' | b'[' | b']' | b'<' | b'>' | b'?' | b'(' | b')')
}

/// Other lines of `dump_stack` and of the register dump after it: known, of no interest here.
pub(super) fn is_trace_noise(line: &[u8]) -> bool {
    const STARTS: [&[u8]; 11] = [
        b"Hardware name: ",
        b"Call Trace:",
        b"Call trace:",
        b"<TASK>",
        b"</TASK>",
        b"Code: ",
        b"RIP: ",
        b"RSP: ",
        b"Tainted: [",
        b"COMPACTION is disabled!!!",
        b"Stack:",
    ];
    STARTS.iter().any(|start| line.starts_with(start)) || is_registers(line) || is_stack_words(line)
}

/// `RAX: 00007f1737fda000 RBX: ...`, `R10: ...`, `ORIG_RAX: ...`.
fn is_registers(line: &[u8]) -> bool {
    let name = line.iter().position(|byte| !byte.is_ascii_uppercase() && !byte.is_ascii_digit() && *byte != b'_');
    name.is_some_and(|end| {
        (2..=8).contains(&end)
            && line[end..].starts_with(b": ")
            && line[end + 2..].iter().take(16).all(u8::is_ascii_hexdigit)
    })
}

/// ` ffff8801a2c41e20 00000000014fe20c` (up to 4.9).
fn is_stack_words(line: &[u8]) -> bool {
    line.len() >= 16
        && line[..16].iter().all(u8::is_ascii_hexdigit)
        && line.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[u8]) -> CpuLine {
        cpu_line(line).map(|(found, _)| found).expect("a CPU line")
    }

    #[test]
    fn every_era() {
        let el6 = parse(b"Pid: 2345, comm: java Not tainted 2.6.32-642.el6.x86_64 #1");
        assert_eq!((el6.pid, el6.comm.as_str(), el6.release.as_deref()), (2345, "java", Some("2.6.32-642.el6.x86_64")));
        let el8 = parse(b"CPU: 1 PID: 7 Comm: x Kdump: loaded Tainted: G        W   E    4.18.0-147.el8.x86_64 #1");
        assert_eq!((el8.comm.as_str(), el8.taint.as_deref()), ("x", Some("G W E")));
        assert_eq!(el8.release.as_deref(), Some("4.18.0-147.el8.x86_64"));
        let new = parse(b"CPU: 1 UID: 0 PID: 27818 Comm: oomplain Not tainted 6.18.44 #1 PREEMPT(none) ");
        assert_eq!((new.uid, new.pid, new.release.as_deref()), (Some(0), 27818, Some("6.18.44")));
        let kvm =
            parse(b"CPU: 5 PID: 20877 Comm: CPU 3/KVM Tainted: G          I    X    5.3.18-24.15-default #1 SLE15-SP2");
        assert_eq!((kvm.comm.as_str(), kvm.taint.as_deref()), ("CPU 3/KVM", Some("G I X")));
        assert_eq!(kvm.release.as_deref(), Some("5.3.18-24.15-default"));
    }

    #[test]
    fn not_a_cpu_line() {
        assert!(cpu_line(b"CPU    0: hi:    0, btch:   1 usd:   0").is_none());
        assert!(cpu_line(b"CPU: 4 PID: 18230 Comm: awk").is_none());
    }

    #[test]
    fn frames() {
        assert_eq!(frame(b" [<ffffffff8134a1c2>] dump_stack+0x63/0x81"), Frame::Function(b"dump_stack"));
        assert_eq!(frame(b" dump_stack_lvl+0x57/0x80"), Frame::Function(b"dump_stack_lvl"));
        assert_eq!(frame(b" oom_kill_process.cold+0x8/0x8a"), Frame::Function(b"oom_kill_process.cold"));
        assert_eq!(frame(b" ext4_filemap_fault+0x2f/0x40 [ext4]"), Frame::Function(b"ext4_filemap_fault"));
        assert_eq!(
            frame(b"[c000000fe1b2b710] [c000000000a4c1d8] dump_stack+0xb0/0xf0 (unreliable)"),
            Frame::Function(b"dump_stack")
        );
        assert_eq!(frame(b" ? srso_return_thunk+0x5/0x5f"), Frame::Guess(b"srso_return_thunk"));
        assert_eq!(frame(b"docker0: port 1(veth+0x1) entered"), Frame::None);
        assert_eq!(frame(b"see handle_mm_fault+0xd0/0x310"), Frame::None);
        assert_eq!(frame(b"RIP: 0033:0x4019e2"), Frame::None);
    }

    #[test]
    fn noise() {
        for line in [
            &b"RAX: 00007f1737fda000 RBX: 000000000000000f RCX: 000000000008f000"[..],
            b"R13: 0000000000000000 R14: a3d70a3d70a3d70b",
            b"ffff8801a2c41e20 00000000014fe20c ffff8800b93c7a58",
            b"</TASK>",
        ] {
            assert!(is_trace_noise(line), "{}", text(line));
        }
        assert!(!is_trace_noise(b"INFO: task x:1 blocked for more than 120 seconds."));
        assert!(!is_trace_noise(b"TCP: out of memory -- consider tuning tcp_mem"));
    }
}
