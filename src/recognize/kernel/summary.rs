//! The summary line (`dump_oom_summary`, later `dump_oom_victim`, in `mm/oom_kill.c`; 5.0 and later, RHEL 8.3).
//!
//! ```text
//! oom-kill:constraint=%s,nodemask=%*pbl,cpuset=%s,mems_allowed=%*pbl[,oom_memcg=%s|,global_oom],task_memcg=%s,task=%s,pid=%d,uid=%d
//! ```
//! Lists, paths and names hold commas, so nothing is split on `,`: fields are found by their ordered anchors, the last
//! three from the right.

use super::lex::{Parsed, find, is_comm, rsplit, split, text, trim, uint32};
use crate::event::{Constraint, SummaryLine};

/// What every summary begins with.
pub(super) const START: &[u8] = b"oom-kill:constraint=";

/// Anchors with which a torn line may go on in the next record.
const PIECES: [&[u8]; 8] = [
    b",nodemask=",
    b",cpuset=",
    b",mems_allowed=",
    b",oom_memcg=",
    b",global_oom",
    b",task_memcg=",
    b",task=",
    b",pid=",
];

/// Reads the line; fields that were cut off are `None`.
pub(super) fn summary(line: &[u8]) -> Option<SummaryLine> {
    let rest = line.strip_prefix(START)?;
    let word = rest.iter().position(|byte| !byte.is_ascii_uppercase() && *byte != b'_').unwrap_or(rest.len());
    let constraint = match &rest[..word] {
        b"CONSTRAINT_NONE" => Constraint::None,
        b"CONSTRAINT_CPUSET" => Constraint::Cpuset,
        b"CONSTRAINT_MEMORY_POLICY" => Constraint::MemoryPolicy,
        b"CONSTRAINT_MEMCG" => Constraint::Memcg,
        _ => return None,
    };
    let mut found = SummaryLine { constraint, ..SummaryLine::default() };
    if let Some(rest) = nodes(&rest[word..], &mut found) {
        victim(rest, &mut found);
    }
    Some(found)
}

/// Is the line whole?
pub(super) fn is_complete(found: &SummaryLine) -> bool {
    found.pid.is_some() && found.uid.is_some()
}

/// Could this record be the rest of a torn summary?
pub(super) fn is_piece(line: &[u8]) -> bool {
    line.first() == Some(&b',') && PIECES.iter().any(|piece| line.starts_with(piece))
}

/// `nodemask`, `cpuset`, `mems_allowed`; gives what follows them.
fn nodes<'a>(rest: &'a [u8], found: &mut SummaryLine) -> Option<&'a [u8]> {
    let rest = rest.strip_prefix(b",nodemask=")?;
    let (mask, rest) = split(rest, b",cpuset=")?;
    found.nodemask = (mask != b"(null)").then(|| text(mask));
    // The cpuset is the leaf name of a cgroup. `mems_allowed` is the first one that a list of nodes follows.
    let mut from = 0;
    loop {
        let at = find(&rest[from..], b",mems_allowed=")? + from;
        let list = &rest[at + b",mems_allowed=".len()..];
        let end =
            list.iter().position(|byte| !byte.is_ascii_digit() && !matches!(byte, b',' | b'-')).unwrap_or(list.len());
        // The comma before the next key belongs to the key.
        let end = if list[..end].ends_with(b",") { end - 1 } else { end };
        if list[end..].is_empty() || PIECES.iter().any(|piece| list[end..].starts_with(piece)) {
            found.cpuset = Some(text(&rest[..at]));
            found.mems_allowed = Some(text(&list[..end]));
            return Some(&list[end..]);
        }
        from = at + 1;
    }
}

/// From `,oom_memcg=` or `,global_oom` to the end.
fn victim(rest: &[u8], found: &mut SummaryLine) {
    let rest = match rest.strip_prefix(b",oom_memcg=") {
        Some(path) => {
            let Some(at) = find(path, b",task_memcg=/") else { return };
            found.oom_memcg = Some(text(&path[..at]));
            &path[at..]
        }
        None => match rest.strip_prefix(b",global_oom") {
            Some(rest) => {
                found.global = true;
                rest
            }
            None => rest,
        },
    };
    let Some(rest) = rest.strip_prefix(b",task_memcg=") else { return };
    match ids(rest) {
        Some((before, pid, uid)) => {
            (found.pid, found.uid) = (pid, uid);
            if let Some((path, name)) = path_and_name(before, found.oom_memcg.as_deref()) {
                found.task_memcg = Some(text(path));
                found.task = Some(text(name));
            }
        }
        None => found.task_memcg = split(rest, b",task=").map(|(path, _)| text(path)),
    }
}

/// What stands before the numbers, the pid, and the user id.
type Ids<'a> = (&'a [u8], Option<u32>, Option<u32>);

/// `,pid=%d,uid=%d` at the end of the line, of which the end may be cut off: a pid that nothing follows may be cut itself.
fn ids(rest: &[u8]) -> Option<Ids<'_>> {
    let (before, tail) = rsplit(rest, b",pid=")?;
    let (tail, pid) = uint32(tail).ok()?;
    if tail.is_empty() {
        return Some((before, None, None));
    }
    let Some(uid) = tail.strip_prefix(b",uid=") else {
        return b",uid=".starts_with(tail).then_some((before, Some(pid), None));
    };
    if uid.is_empty() {
        return Some((before, Some(pid), None));
    }
    let uid: Parsed<'_, u32> = uint32(uid);
    let (tail, uid) = uid.ok()?;
    trim(tail).is_empty().then_some((before, Some(pid), Some(uid)))
}

/// Path and name around `,task=`, which both may hold themselves. A path that is the limit's cgroup or lies below it
/// decides; else the last one that leaves a name of a plausible length.
fn path_and_name<'a>(before: &'a [u8], limit: Option<&str>) -> Option<(&'a [u8], &'a [u8])> {
    let anchor = b",task=";
    let mut chosen = None;
    for at in memchr::memmem::find_iter(before, anchor) {
        let (path, name) = (&before[..at], &before[at + anchor.len()..]);
        if !is_comm(name) {
            continue;
        }
        chosen = Some((path, name));
        let below = limit.and_then(|limit| path.strip_prefix(limit.as_bytes()));
        if below.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/")) && !path.contains(&b',') {
            break;
        }
        if limit.is_some_and(|limit| limit.as_bytes() == path) {
            break;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> SummaryLine {
        summary(line.as_bytes()).expect("a summary")
    }

    #[test]
    fn memcg_and_global() {
        let memcg = parse(
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=ef80,mems_allowed=0,oom_memcg=/kubepods/burstable/podfb,task_memcg=/kubepods/burstable/podfb/ef80,task=operator,pid=1207,uid=0",
        );
        assert_eq!(memcg.constraint, Constraint::Memcg);
        assert_eq!(memcg.oom_memcg.as_deref(), Some("/kubepods/burstable/podfb"));
        assert_eq!(memcg.task_memcg.as_deref(), Some("/kubepods/burstable/podfb/ef80"));
        assert_eq!((memcg.task.as_deref(), memcg.pid, memcg.uid), (Some("operator"), Some(1207), Some(0)));
        assert_eq!((memcg.nodemask.as_deref(), memcg.cpuset.as_deref()), (None, Some("ef80")));
        let global = parse(
            "oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=(null),cpuset=pinned,mems_allowed=1,global_oom,task_memcg=/pinned,task=metrics-daemon,pid=1050,uid=0",
        );
        assert!(global.global);
        assert_eq!((global.constraint, global.oom_memcg.as_deref()), (Constraint::Cpuset, None));
        let none = parse(
            "oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=0,2-3,cpuset=/,mems_allowed=0,2-3,task_memcg=/a,task=x,pid=1,uid=2",
        );
        assert_eq!((none.nodemask.as_deref(), none.mems_allowed.as_deref()), (Some("0,2-3"), Some("0,2-3")));
        assert_eq!((none.task_memcg.as_deref(), none.global), (Some("/a"), false));
    }

    #[test]
    fn commas_everywhere() {
        let line = parse(
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=with space,comma=x,mems_allowed=0-1,oom_memcg=/with space,comma=x,task_memcg=/with space,comma=x,task=a,pid=1,task=b,pid=27880,uid=1000",
        );
        assert_eq!(line.cpuset.as_deref(), Some("with space,comma=x"));
        assert_eq!(line.mems_allowed.as_deref(), Some("0-1"));
        assert_eq!(line.task_memcg.as_deref(), Some("/with space,comma=x"));
        assert_eq!((line.task.as_deref(), line.pid), (Some("a,pid=1,task=b"), Some(27_880)));
        let path = parse(
            "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/x,task=y,task=z,pid=5,uid=0",
        );
        assert_eq!((path.task_memcg.as_deref(), path.task.as_deref()), (Some("/x,task=y"), Some("z")));
        let limit = parse(
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/x,task=y,task_memcg=/x,task=y,task=z,pid=5,uid=0",
        );
        assert_eq!((limit.task_memcg.as_deref(), limit.task.as_deref()), (Some("/x,task=y"), Some("z")));
    }

    #[test]
    fn names() {
        for name in ["a\nb, c", "w\u{f6}rker (a) [b]", "", "x,uid=7", " ,task_memcg=/"] {
            let line = parse(&format!(
                "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/d,task_memcg=/d,task={name},pid=13763,uid=0"
            ));
            assert_eq!((line.task.as_deref(), line.pid), (Some(name), Some(13_763)));
            assert!(is_complete(&line));
        }
    }

    #[test]
    fn cut_lines_keep_what_is_sure() {
        let whole = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/d,task_memcg=/d/e,task=x,pid=13763,uid=0";
        for end in "oom-kill:constraint=CONSTRAINT_MEMCG".len()..whole.len() {
            let cut = parse(&whole[..end]);
            assert!(cut.oom_memcg.is_none() || cut.oom_memcg.as_deref() == Some("/d"), "{}", &whole[..end]);
            assert!(cut.task_memcg.is_none() || cut.task_memcg.as_deref() == Some("/d/e"), "{}", &whole[..end]);
            assert!(cut.task.is_none() || cut.task.as_deref() == Some("x"));
        }
        assert_eq!(summary(b"oom-kill:constraint=CONSTRAINT_NEW,nodemask=(null)"), None);
        assert_eq!(summary(b"oom-kill:something"), None);
        assert!(is_piece(b",cpuset=/,mems_allowed=0"));
        assert!(!is_piece(b", said the kernel"));
    }
}
