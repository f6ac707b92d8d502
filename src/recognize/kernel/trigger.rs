//! The line that opens a dump, and the old cpuset line after it (`dump_header` in `mm/oom_kill.c`, 2.6.0 to 7.2).
//!
//! ```text
//! oom-killer: gfp_mask=0x%x[, order=%d]                                                         2.6.0 to 2.6.15
//! %s invoked oom-killer: gfp_mask=0x%x, order=%d, oomkilladj=%d                                 up to 2.6.2x
//! %s invoked oom-killer: gfp_mask=0x%x, order=%d, oom_adj=%d[, oom_score_adj=%d]                2.6.32, RHEL 6
//! %s invoked oom-killer: gfp_mask=0x%x, order=%d, oom_score_adj=%hd                             3.x to 4.5, RHEL 7
//! %s invoked oom-killer: gfp_mask=%#x(%pGg), nodemask=%*pbl, order=%d, oom_score_adj=%hd        4.9 to 4.20
//! %s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d, oom_score_adj=%hd                        5.0 and later
//! ```

use super::lex::{Parsed, hex, int32, is_comm, rsplit, text, trim};
use crate::event::Trigger;
use memchr::memmem::Finder;
use nom::Parser;
use nom::bytes::complete::{tag, take_until, take_while1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, terminated};
use std::sync::LazyLock;

/// Everything before it is the name.
static INVOKED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"invoked oom-killer: gfp_mask="));

/// The literal begins within this many bytes, or the name is too long for a task.
const WINDOW: usize = 128;

/// The trigger and the raw bytes of its name. The name is whatever stands before the literal: it may hold blanks,
/// brackets, colons, line feeds, even `x invoked oom-k`.
pub(super) fn trigger(line: &[u8]) -> Option<(Trigger, &[u8])> {
    let (comm, request) = match line.strip_prefix(b"oom-killer: gfp_mask=") {
        // The oldest kernels do not name the process.
        Some(request) => (&line[..0], request),
        None => invoked(line)?,
    };
    let (rest, (gfp_mask, flags)) = mask(request).ok()?;
    let mut found = Trigger { comm: text(comm), gfp_mask, gfp_flags: flags, ..Trigger::default() };
    fields(rest, &mut found)?;
    Some((found, comm))
}

/// The name, and the text after `gfp_mask=`.
fn invoked(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = INVOKED.find(&line[..line.len().min(WINDOW)])?;
    let comm = if at == 0 { &line[..0] } else { line[..at].strip_suffix(b" ")? };
    is_comm(comm).then(|| (comm, &line[at + INVOKED.needle().len()..]))
}

/// `0x%x` or `%#x(%pGg)`. The parentheses are empty for a mask of 0 (page-fault OOM up to 5.15).
fn mask(input: &[u8]) -> Parsed<'_, (u64, Vec<String>)> {
    let names = delimited(tag(&b"("[..]), take_until(&b")"[..]), tag(&b")"[..]));
    let (rest, (value, names)) = (hex, opt(names)).parse(input)?;
    let flags =
        names.unwrap_or_default().split(|byte| *byte == b'|').filter(|name| !name.is_empty()).map(text).collect();
    Ok((rest, (value, flags)))
}

/// `, key=value` up to the end of the line. A value may hold commas without a blank (`nodemask=0,2-3`).
/// Unknown keys are skipped; a cut line keeps what was read; a line feed here means that another line is joined on.
fn fields(mut input: &[u8], found: &mut Trigger) -> Option<()> {
    if input.contains(&b'\n') {
        return None;
    }
    while let Ok((rest, key)) = key(input) {
        let end = memchr::memmem::find(rest, b", ").unwrap_or(rest.len());
        let value = trim(&rest[..end]);
        let number = || int32(value).ok().map(|(_, number)| number);
        match key {
            b"order" => found.order = number().unwrap_or_default(),
            b"oom_score_adj" => found.oom_score_adj = number(),
            b"oom_adj" | b"oomkilladj" => found.oom_adj = number(),
            b"nodemask" if value != b"(null)" => found.nodemask = Some(text(value)),
            _ => {}
        }
        input = &rest[end..];
    }
    Some(())
}

fn key(input: &[u8]) -> Parsed<'_, &[u8]> {
    let word = take_while1(|byte: u8| byte.is_ascii_lowercase() || byte == b'_');
    preceded(tag(&b", "[..]), terminated(word, tag(&b"="[..]))).parse(input)
}

/// `%s cpuset=%s mems_allowed=%s` (up to 4.20, KERN_INFO, directly after the trigger): cpuset and nodes.
/// `comm` is the name of the open trigger: nothing else tells this line from other text.
pub(super) fn cpuset(line: &[u8], comm: &[u8]) -> Option<(String, String)> {
    let rest = line.strip_prefix(comm)?.strip_prefix(b" cpuset=")?;
    let (set, nodes) = rsplit(rest, b" mems_allowed=")?;
    Some((text(set), text(trim(nodes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[u8]) -> Trigger {
        trigger(line).map(|(found, _)| found).expect("a trigger")
    }

    #[test]
    fn every_era() {
        let old = parse(b"httpd invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=-17");
        assert_eq!((old.gfp_mask, old.order, old.oom_adj, old.oom_score_adj), (0x2_01d2, 0, Some(-17), None));
        let oldest = parse(b"oom-killer: gfp_mask=0x1d2, order=1");
        assert_eq!((oldest.gfp_mask, oldest.order, oldest.comm.as_str()), (0x1d2, 1, ""));
        assert_eq!(parse(b"oom-killer: gfp_mask=0xd0").gfp_mask, 0xd0);
        let el6 = parse(b"java invoked oom-killer: gfp_mask=0x280da, order=0, oom_adj=0, oom_score_adj=0");
        assert_eq!((el6.oom_adj, el6.oom_score_adj), (Some(0), Some(0)));
        let el7 = parse(b"awk invoked oom-killer: gfp_mask=0xd0, order=1, oom_score_adj=-998");
        assert_eq!((el7.order, el7.oom_score_adj), (1, Some(-998)));
        assert!(el7.gfp_flags.is_empty());
        let el8 = parse(
            b"lease-mgr invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=0,2-3, order=0, oom_score_adj=991",
        );
        assert_eq!(el8.nodemask.as_deref(), Some("0,2-3"));
        assert_eq!(el8.oom_score_adj, Some(991));
        let null = parse(b"x invoked oom-killer: gfp_mask=0x0(), nodemask=(null), order=0, oom_score_adj=0");
        assert_eq!((null.nodemask, null.gfp_mask), (None, 0));
        assert!(null.gfp_flags.is_empty());
        let new = parse(b"indexer invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|0x8000000), order=0, oom_score_adj=0");
        assert_eq!(new.gfp_flags, ["GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "0x8000000"]);
        let sysrq = parse(b"kworker/0:2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0");
        assert_eq!((sysrq.comm.as_str(), sysrq.order), ("kworker/0:2", -1));
    }

    #[test]
    fn hostile_names() {
        let tail = b" invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0";
        for name in [
            "CPU 3/KVM",
            "my proc (x) [1]",
            "tab\there",
            "x invoked oom-k",
            "[ 1.2] ] x",
            "a\nb",
            "w\u{f6}rker (a) [b]",
            "",
        ] {
            let line = [name.as_bytes(), tail].concat();
            assert_eq!(parse(&line).comm, name);
        }
        let bad = [&b"\xff\xfe"[..], tail].concat();
        assert_eq!(parse(&bad).comm, "\u{fffd}\u{fffd}");
    }

    #[test]
    fn what_is_no_trigger() {
        for line in [
            &b"New status generated: Message:x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"[..],
            b"x invoked oom-killer",
            b"x invoked oom-killer: gfp_mask=GFP_KERNEL",
            b"x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nCPU: 1",
        ] {
            assert!(trigger(line).is_none(), "{}", text(line));
        }
    }

    #[test]
    fn a_cut_line_keeps_what_was_read() {
        let cut = parse(b"java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=2, oom_sc");
        assert_eq!((cut.order, cut.oom_score_adj), (2, None));
        let glued = parse(b"java invoked oom-killer: gfp_mask=0xd0, order=2, oom_score_adj=7>");
        assert_eq!(glued.oom_score_adj, Some(7));
    }

    #[test]
    fn cpuset_lines() {
        assert_eq!(cpuset(b"awk cpuset=/ mems_allowed=0-1", b"awk"), Some(("/".into(), "0-1".into())));
        assert_eq!(cpuset(b"a b cpuset=x y mems_allowed=0", b"a b"), Some(("x y".into(), "0".into())));
        assert_eq!(cpuset(b"tar cpuset=/ mems_allowed=0", b"awk"), None);
    }
}
