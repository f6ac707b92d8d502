//! Kernel lines that a mailer, a forum or a terminal's copy broke because they are long.
//!
//! The rest is a bare line, without the stamp of the first part. Mailers break where a blank was (about 72 columns); what copies the
//! rows of a terminal breaks words. Only what goes on as that line of the kernel must is joined: fields that are still to come, columns
//! of a table, blocks of a buddy list. Everything else stays a line of its own.

use crate::record::unquoted;
use memchr::memmem;

/// What stood between the two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// A blank, which went with the break.
    Blank,
    /// Nothing: a word was broken.
    Nothing,
}

/// The longest line that is joined: a zone's has about 700 bytes.
const LONGEST: usize = 4096;

/// The longest name of a task (`TASK_COMM_LEN` without its zero byte).
const COMM_MAX: usize = 15;

/// Fields of a kill line, in the order in which they are printed.
const SIZES: [&[u8]; 8] =
    [b"vsz:", b"total-vm:", b"anon-rss:", b"file-rss:", b"shmem-rss:", b"UID:", b"pgtables:", b"oom_score_adj:"];

/// Fields of the line that opens a report.
const REQUEST: [&[u8]; 5] = [b"gfp_mask=", b"nodemask=", b"order=", b"oom_adj=", b"oom_score_adj="];

/// Headings of the task table's columns, and its last word.
const COLUMNS: [&[u8]; 12] = [
    b"tgid",
    b"total_vm",
    b"rss",
    b"nr_ptes",
    b"nr_pmds",
    b"nr_puds",
    b"pgtables_bytes",
    b"swapents",
    b"oom_score_adj",
    b"oom_adj",
    b"cpu",
    b"name",
];

/// Words of the kernel between which a line may be broken; their case differs from version to version.
const PHRASES: [&[u8]; 4] =
    [b"out of memory: kill process ", b"out of memory: killed process ", b"killed process ", b"kill process "];

/// Names that zones begin with.
const ZONES: [&[u8]; 5] = [b"Node ", b"DMA", b"Normal", b"HighMem", b"Movable"];

/// Whether a bare line `next` is the rest of the kernel's line `so_far`, and what stood between them.
pub(super) fn joint(so_far: &[u8], next: &[u8]) -> Option<Joint> {
    let (next, so_far) = (next.trim_ascii(), unquoted(so_far).trim_ascii());
    let first = *next.first().filter(|_| so_far.len() < LONGEST)?;
    let Some(last) = so_far.last().copied() else {
        // What has no blank in it does not fit behind its stamp: a frame of the call trace, the summary.
        let long = next.starts_with(b"[<") || next.starts_with(b"oom-kill:constraint=");
        return long.then_some(Joint::Blank);
    };
    let blank = match first {
        b'0'..=b'9' | b'-' => {
            number_goes_on(so_far, last, next) || names_victim(so_far, next) || in_intention(so_far, next)
        }
        b'=' => in_buddy(so_far, last),
        b'(' => in_buddy(so_far, last) || last.is_ascii_digit() && names_pid(so_far),
        b'/' => ends_with(so_far, b"limit of") || so_far == b"Memory cgroup stats for",
        b'a'..=b'z' | b'A'..=b'Z' => word_goes_on(so_far, last, next),
        _ => false,
    };
    if blank || is_name_of_row(so_far, last, next) {
        return Some(Joint::Blank);
    }
    (in_word(so_far, last, next) || in_summary(so_far, next)).then_some(Joint::Nothing)
}

/// `next` begins with a letter.
fn word_goes_on(so_far: &[u8], last: u8, next: &[u8]) -> bool {
    in_kill(so_far, next)
        || in_request(so_far, next)
        || in_pairs(so_far, next)
        || opens_zone(so_far, next)
        || in_header(so_far, next)
        || in_usage(so_far, next)
        || in_phrase(so_far, next)
        || in_trigger(so_far, last, next)
        || in_task_in(so_far, next)
        || in_intention(so_far, next)
}

/// `next` begins with a digit or a minus.
fn number_goes_on(so_far: &[u8], last: u8, next: &[u8]) -> bool {
    let numbers = || next.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ');
    match last {
        b':' => so_far == b"lowmem_reserve[]:" && numbers() || is_block(next) && starts_zone(so_far),
        b'=' => so_far.starts_with(b"Free swap") || so_far.starts_with(b"Total swap"),
        b'B' | b')' => is_block(next) && in_buddy(so_far, last),
        b'0'..=b'9' => numbers_of_row(so_far).is_some() || so_far.starts_with(b"lowmem_reserve[]: ") && numbers(),
        b'e' | b't' => in_usage(so_far, next),
        _ => false,
    }
}

/// `memory: usage 1kB, limit 2kB, failcnt 3`, also `memory+swap:`, `kmem:`, `swap:`.
fn in_usage(so_far: &[u8], next: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] = [b"usage", b"limit", b"failcnt"];
    let number = next.first().is_some_and(u8::is_ascii_digit);
    WORDS.iter().any(|word| if number { so_far.ends_with(word) } else { next.starts_with(word) })
        && matches!(so_far.first(), Some(b'm' | b'k' | b's'))
        && memmem::find(so_far, b": usage").is_some()
}

/// `Node 0 DMA: 1*4kB (U) 0*8kB = 4kB`
fn in_buddy(so_far: &[u8], last: u8) -> bool {
    matches!(last, b'B' | b')') && starts_zone(so_far) && so_far.contains(&b'*')
}

/// `186*4kB`
fn is_block(next: &[u8]) -> bool {
    let count = digits(next);
    count > 0 && next.get(count) == Some(&b'*')
}

fn starts_zone(so_far: &[u8]) -> bool {
    ZONES.iter().any(|zone| so_far.starts_with(zone))
}

/// `Node 0 DMA32` before `free:7412kB ...`, `Node 0` before `active_anon:1kB ...`.
fn opens_zone(so_far: &[u8], next: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"free:", b"active_anon:", b"hugepages_total=", b"DMA", b"Normal", b"Movable"];
    so_far.len() <= 24
        && starts_zone(so_far)
        && !so_far.contains(&b':')
        && WORDS.iter().any(|word| next.starts_with(word))
}

/// A zone's or a node's line, the counters in pages, the statistics of a cgroup in one line: `key:1kB key:2kB`.
fn in_pairs(so_far: &[u8], next: &[u8]) -> bool {
    (begins_with_pair(next) || next.starts_with(b"all_unreclaimable? "))
        && (starts_zone(so_far) || so_far.starts_with(b"Memory cgroup stats for /") || begins_with_pair(so_far))
        && so_far.rsplit(|byte| *byte == b' ').next().is_some_and(|last| is_pair(last) || is_size(last))
}

/// `free_pcp:120kB ..`, `anon_thp: 120kB ..`
fn begins_with_pair(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    is_pair(first) || first.ends_with(b":") && is_key(&first[..first.len() - 1]) && second.is_some_and(is_size)
}

/// `free_pcp:120kB`, `isolated(anon):0kB`, `cache:0KB`
fn is_pair(word: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', word) else { return false };
    is_key(&word[..colon]) && is_size(&word[colon + 1..])
}

fn is_key(key: &[u8]) -> bool {
    !key.is_empty() && key.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'(' | b')'))
}

/// `120kB`, `120`
fn is_size(word: &[u8]) -> bool {
    let count = digits(word);
    count > 0 && matches!(word.get(count..), Some(b"" | b"kB" | b"KB"))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A row of the task table whose name is missing: how many numbers stand behind the pid.
fn numbers_of_row(so_far: &[u8]) -> Option<usize> {
    let body = so_far.strip_prefix(b"[")?;
    let close = memchr::memchr(b']', body.get(..16).unwrap_or(body))?;
    let (pid, rest) = (body.get(..close)?.trim_ascii(), body.get(close + 1..)?);
    let numbers = rest.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'));
    let row = numbers && !pid.is_empty() && digits(pid) == pid.len();
    row.then(|| rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count())
}

/// The name of a row all of whose numbers are there: six at least.
fn is_name_of_row(so_far: &[u8], last: u8, next: &[u8]) -> bool {
    last.is_ascii_digit() && next.len() <= COMM_MAX && numbers_of_row(so_far).is_some_and(|count| count >= 6)
}

/// `[  pid  ]   uid  tgid total_vm      rss ... name`
fn in_header(so_far: &[u8], next: &[u8]) -> bool {
    so_far.first() == Some(&b'[')
        && COLUMNS.iter().any(|name| next.starts_with(name))
        && memmem::find(so_far, b"pid").is_some_and(|at| at < 8)
        && memmem::find(so_far, b"]   uid").is_some()
        && !so_far.ends_with(b" name")
}

/// A kill line whose name is closed, and a field that is still to come.
fn in_kill(so_far: &[u8], next: &[u8]) -> bool {
    let coming = |fields: &[&[u8]]| fields.iter().any(|field| next.starts_with(field));
    let told = || SIZES.iter().rposition(|field| memmem::find(so_far, field).is_some()).map_or(0, |at| at + 1);
    coming(&SIZES) && is_kill(so_far) && SIZES.get(told()..).is_some_and(coming)
}

/// The report's first line, and a field that is still to come.
fn in_request(so_far: &[u8], next: &[u8]) -> bool {
    let coming = |fields: &[&[u8]]| fields.iter().any(|field| next.starts_with(field));
    let told = || REQUEST.iter().rposition(|field| memmem::find(so_far, field).is_some()).map_or(0, |at| at + 1);
    coming(&REQUEST)
        && memmem::find(so_far, b" invoked oom-killer:").is_some()
        && REQUEST.get(told()..).is_some_and(coming)
}

/// A kill line whose name is closed.
fn is_kill(so_far: &[u8]) -> bool {
    memmem::rfind(so_far, b"illed process ").is_some_and(|at| {
        so_far.get(at..).is_some_and(|text| memmem::find(text, b" (").is_some() && text.contains(&b')'))
    })
}

/// The size that belongs to a field of a kill line: `total-vm:` before `9kB, ...`.
fn open_field(so_far: &[u8], next: &[u8]) -> bool {
    let count = digits(next);
    let sized = || next.get(count..).is_some_and(|rest| rest.starts_with(b"kB"));
    let open = SIZES.iter().find(|field| so_far.ends_with(field));
    count > 0 && open.is_some_and(|open| matches!(*open, b"UID:" | b"oom_score_adj:") || sized()) && is_kill(so_far)
}

/// `a` before `invoked oom-killer: ...`, `a invoked` before `oom-killer: gfp_mask=...`.
fn in_trigger(so_far: &[u8], last: u8, next: &[u8]) -> bool {
    let name = so_far.len() <= COMM_MAX && !matches!(last, b':' | b'>');
    next.starts_with(b"invoked oom-killer: ") && name
        || next.starts_with(b"oom-killer: gfp_mask=") && so_far.ends_with(b" invoked")
}

/// `Task in /a killed as a result of limit of /b`
fn in_task_in(so_far: &[u8], next: &[u8]) -> bool {
    so_far.starts_with(b"Task in /") && broken_at_blank(so_far, next, b" killed as a result of limit of /").is_some()
}

/// `Out of memory: Kill` before `process 7 (a) score ...`
fn in_phrase(so_far: &[u8], next: &[u8]) -> bool {
    matches!(next.first(), Some(b'o' | b'm' | b'M' | b'k' | b'K' | b'p'))
        && PHRASES.iter().any(|phrase| {
            broken_at_blank(so_far, next, phrase)
                .and_then(|rest| next.get(rest))
                .is_some_and(|digit| digit.is_ascii_digit())
        })
}

/// `Killed process` before `7 (a) ...`
fn names_victim(so_far: &[u8], next: &[u8]) -> bool {
    let count = digits(next);
    let named = next.get(count..).is_some_and(|rest| rest.starts_with(b" ("));
    count > 0 && named && (ends_with(so_far, b"kill process") || ends_with(so_far, b"killed process"))
}

/// `Killed process 7` before `(a) ...`
fn names_pid(so_far: &[u8]) -> bool {
    let pid = so_far.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = so_far.get(..so_far.len() - pid).unwrap_or_default();
    ends_with(before, b"kill process ") || ends_with(before, b"killed process ")
}

/// `Kill process 7 (a) score 9 or sacrifice child`, in old kernels `or a child`.
fn in_intention(so_far: &[u8], next: &[u8]) -> bool {
    let goes_on = match next.first() {
        Some(b's') if next.starts_with(b"score ") => so_far.ends_with(b")"),
        Some(b'0'..=b'9') => so_far.ends_with(b") score") && next.ends_with(b"child"),
        Some(b'o') => next.starts_with(b"or sacrifice") || next == b"or a child",
        Some(b's' | b'a') => so_far.ends_with(b" or") && matches!(next, b"sacrifice child" | b"a child"),
        Some(b'c') => next == b"child" && (so_far.ends_with(b" or sacrifice") || so_far.ends_with(b" or a")),
        _ => false,
    };
    goes_on && [&b"Kill process "[..], b"kill process "].iter().any(|words| memmem::find(so_far, words).is_some())
}

/// How many bytes of a phrase `next` holds, where the phrase was broken at one of its blanks.
fn broken_at_blank(so_far: &[u8], next: &[u8], phrase: &[u8]) -> Option<usize> {
    let starts = |text: &[u8]| next.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text));
    let mut blanks = memchr::memchr_iter(b' ', phrase).filter(|at| at + 1 < phrase.len());
    blanks.find(|at| starts(&phrase[at + 1..]) && ends_with(so_far, &phrase[..*at])).map(|at| phrase.len() - at - 1)
}

fn ends_with(so_far: &[u8], words: &[u8]) -> bool {
    let at = so_far.len().checked_sub(words.len());
    at.and_then(|at| so_far.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(words))
}

/// A kill line that was broken within a field, or before its size: no blank stands there.
fn in_word(so_far: &[u8], last: u8, next: &[u8]) -> bool {
    if last == b':' {
        return open_field(so_far, next);
    }
    let size = || last.is_ascii_digit() && next.get(digits(next)..).is_some_and(|rest| rest.starts_with(b"kB"));
    let name = || {
        let word = so_far.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        let rest =
            |field: &[u8]| field.strip_prefix(word).is_some_and(|rest| !rest.is_empty() && next.starts_with(rest));
        !word.is_empty() && SIZES.iter().any(|field| rest(field))
    };
    (size() || name()) && is_kill(so_far)
}

/// The summary has no blanks but those of names: what copies a terminal's rows breaks it anywhere, more than once.
fn in_summary(so_far: &[u8], next: &[u8]) -> bool {
    let piece = |text: &[u8]| text.iter().any(|byte| matches!(byte, b',' | b'=' | b'/')) || text.len() >= 20;
    !next.contains(&b' ')
        && piece(next)
        && memmem::find(so_far, b"oom-kill:constraint=").is_some()
        && memmem::find(so_far, b",uid=").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank(so_far: &str, next: &str) -> bool {
        joint(so_far.as_bytes(), next.as_bytes()) == Some(Joint::Blank)
    }

    fn nothing(so_far: &str, next: &str) -> bool {
        joint(so_far.as_bytes(), next.as_bytes()) == Some(Joint::Nothing)
    }

    #[test]
    fn fields_of_the_first_and_the_last_line() {
        let kill = "Out of memory: Killed process 7 (a) total-vm:9kB, anon-rss:8kB,";
        assert!(blank(kill, "file-rss:0kB, shmem-rss:0kB"));
        assert!(blank(kill, "   UID:0 pgtables:8kB oom_score_adj:0"));
        assert!(blank("Out of memory: Killed process 7 (a)", "total-vm:9kB, anon-rss:8kB"));
        assert!(blank("Killed process 7 (a)", "vsz:9kB, anon-rss:8kB"));
        assert!(blank("a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL),", "order=0, oom_score_adj=100"));
        assert!(blank("a invoked oom-killer: gfp_mask=0xd0, order=0,", "oom_adj=0"));
        for next in ["anon-rss:1kB", "login: ", "", "9kB", "order=0"] {
            assert_eq!(joint(kill.as_bytes(), next.as_bytes()), None, "{next}");
        }
        assert!(!blank("usb 1-1: new device", "order=0"));
    }

    #[test]
    fn words_between_which_a_line_is_broken() {
        for (so_far, next) in [
            ("mixer-daemon-7", "invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0"),
            ("ed invoked", "oom-killer: gfp_mask=0x280da, order=0, oom_adj=0"),
            ("Out of memory: kill", "process 812 (ed) score 9 or a child"),
            ("Out of memory: Kill process", "812 (ed) score 9 or sacrifice child"),
            ("Memory cgroup out of memory:", "Killed process 812 (ed) total-vm:1kB"),
            ("Killed process", "812 (ed) total-vm:1kB"),
            ("Out of memory: Kill process 812 (ed)", "score 9 or sacrifice child"),
            ("Out of memory: Kill process 812 (ed) score", "9 or sacrifice child"),
            ("Out of memory: Kill process 812 (ed) score 9", "or sacrifice child"),
            ("Out of memory: Kill process 812 (ed) score 9 or", "sacrifice child"),
            ("Out of memory: kill process 812 (ed) score 9 or a", "child"),
            ("Memory cgroup out of memory: Killed process 812", "(ed) total-vm:1kB, anon-rss:0kB"),
            ("Task in /a/b", "killed as a result of limit of /a"),
            ("Task in /a/b killed as a", "result of limit of /a"),
            ("Task in /a/b killed as a result of limit of", "/a"),
            ("Memory cgroup stats for", "/a/b: cache:0KB rss:8KB"),
            ("memory: usage 8kB,", "limit 8kB, failcnt 2"),
            ("memory+swap: usage 8kB, limit", "8kB, failcnt 2"),
        ] {
            assert!(blank(so_far, next), "{so_far} | {next}");
        }
        for (so_far, next) in [
            ("Call Trace:", "invoked oom-killer: gfp_mask=0x201da, order=0"),
            ("a very long line of some program", "invoked oom-killer: gfp_mask=0x201da"),
            ("the shell says: Killed", "process of thought"),
            ("Task in /a/b", "is done"),
            ("sshd: session", "limit 8kB"),
        ] {
            assert_eq!(joint(so_far.as_bytes(), next.as_bytes()), None, "{so_far} | {next}");
        }
    }

    #[test]
    fn lines_of_the_memory_picture() {
        for (so_far, next) in [
            ("Node 0 DMA", "free:15004kB min:28kB low:32kB"),
            ("Node 0 DMA free:15004kB min:28kB", "isolated(anon):0kB isolated(file):0kB"),
            ("Normal free:15004kB min:28kB pages_scanned:4", "all_unreclaimable? yes"),
            ("Node 0 active_anon:4kB shmem_thp: 0kB", "anon_thp: 8kB all_unreclaimable? no"),
            ("active_anon:668154", "inactive_anon:166010 isolated_anon:544"),
            (" free:5834", "slab_reclaimable:5297 slab_unreclaimable:44051"),
            ("lowmem_reserve[]:", "0 3254 3759 3759"),
            ("Node 0 DMA32:", "1041*4kB 2*8kB 8*16kB"),
            ("DMA: 15*4kB", "4*8kB 2*16kB"),
            ("DMA: 15*4kB (UM)", "= 60kB"),
            ("DMA: 15*4kB", "(UM) 2*8kB = 76kB"),
            ("Total swap =", "5947388kB"),
            ("Memory cgroup stats for /a: cache:0KB rss:8KB", "rss_huge:0KB swap:0KB"),
        ] {
            assert!(blank(so_far, next), "{so_far} | {next}");
        }
        for (so_far, next) in [
            ("Node 0 DMA free:15004kB min:28kB", "usb 1-1: new device"),
            ("Node 0 DMA: 15*4kB = 60kB", "168181 total pagecache pages"),
            ("lowmem_reserve[]:", "0 pages HighMem"),
            ("eth0: link up", "speed:1000 duplex:1"),
            ("login:", "login:"),
        ] {
            assert_eq!(joint(so_far.as_bytes(), next.as_bytes()), None, "{so_far} | {next}");
        }
    }

    #[test]
    fn rows_of_the_task_table() {
        assert!(blank(
            "[  pid  ]   uid  tgid total_vm      rss rss_anon",
            "rss_file rss_shmem pgtables_bytes swapents"
        ));
        assert!(blank("[ pid ]   uid  tgid total_vm      rss swapents oom_score_adj", "name"));
        let row = "[   2025]  1000  2025     1795      450        0";
        assert!(blank(row, "450         0    61440        0             0 ed"));
        assert!(blank(row, "-1000 ed"));
        assert!(blank("[   2025]  1000  2025     1795      450    61440        0             0", "mixer daemon"));
        assert!(!blank("[   2025]  1000  2025     1795      450    61440        0             0 ed", "vi"));
        assert!(!blank("[   2025]  1000  2025", "vi"));
        assert!(!blank("[ pid ]   uid  tgid total_vm      rss oom_score_adj name", "name"));
    }

    #[test]
    fn what_does_not_fit_behind_its_stamp() {
        assert!(blank("", "[<ffffffff810b2e89>] dump_header+0x65/0x182"));
        assert!(blank("", "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null)"));
        assert!(!blank("", "login: "));
    }

    #[test]
    fn broken_words() {
        assert!(nothing("Killed process 7 (a) total-vm:", "9kB, anon-rss:8kB"));
        assert!(nothing("Killed process 7 (a) total-vm:1541300", "kB, anon-rss:1kB"));
        assert!(nothing("Killed process 7 (a) total-vm:15", "413kB, anon-rss:1kB"));
        assert!(nothing("Killed process 7 (a) total-vm:15kB, anon-rss:1kB, shme", "m-rss:0kB, UID:0"));
        let summary = "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),glob";
        assert!(nothing(summary, "al_oom,task_memcg=/a,task=ed,pid=8,uid=0"));
        assert!(nothing("oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/a/7f3", "0c51d2be4477aa90c3ee1f02"));
        assert!(!nothing(summary, "login:"));
        assert!(!nothing("Killed process 7 (a) total-vm:", "9 lives"));
        assert!(!nothing("Killed process 7 (a) total-vm:15kB", "kB"));
        assert!(!nothing("oom-kill:constraint=CONSTRAINT_NONE,task=ed,pid=8,uid=0", "x,uid=0"));
    }

    #[test]
    fn any_two_lines_are_harmless() {
        let lines = ["", " ", "[", "[]", "[ 1]", "a:", "Node ", "DMA", "=", "(", "Task in /", "\u{e9}", "1*", "-"];
        for so_far in lines {
            for next in lines {
                let _ = joint(so_far.as_bytes(), next.as_bytes());
            }
        }
    }
}
