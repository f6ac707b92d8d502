//! Several files or outputs of commands in one file, with a heading above each: what `tail -n +1 FILE...`, `more FILE... | cat`, a
//! support script or a person's terminal gives. Each piece is told by its content, as if it were a file of its own.
//!
//! ```text
//! ==> sys/fs/cgroup/system.slice/web.service/memory.events <==      tail, head (coreutils `write_header`)
//! ::::::::::::::                                                    more (util-linux, text-utils/more.c)
//! #==[ Command ]======================================#             supportutils (SUSE), then `# /usr/bin/free -m`
//! $ cat /proc/meminfo                                               a terminal, `user@host:~$ `, `[root@host ~]# `
//! + docker ps -a                                                    set -x
//! ```
//!
//! So are the fenced blocks of a Markdown text (CommonMark, fenced code blocks): tickets and issues are full of outputs.

use super::cgroup_files;
use super::doc::{Doc, Line};
use super::{Kind, sniff};
use std::ops::Range;

/// The most pieces of one file.
const MAX_PIECES: usize = 20_000;

/// Commands whose output is evidence. A line of a log may begin with `$`, `#` or `+`, too.
const COMMANDS: [&str; 27] = [
    "cat",
    "head",
    "tail",
    "grep",
    "zcat",
    "dmesg",
    "journalctl",
    "kubectl",
    "oc",
    "k3s",
    "docker",
    "podman",
    "nerdctl",
    "crictl",
    "ctr",
    "systemctl",
    "free",
    "uname",
    "hostname",
    "hostnamectl",
    "timedatectl",
    "date",
    "last",
    "oomctl",
    "sacct",
    "scontrol",
    "nomad",
];

/// What opens and closes a block in Markdown.
const FENCE: &str = "```";

/// A piece that stands between fences, or between two such blocks.
pub(super) fn is_fenced(path: &str) -> bool {
    path.starts_with(FENCE)
}

/// A piece: what it is called, and where its content stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Path of the file, or the command.
    name: String,
    /// Its bytes.
    range: Range<usize>,
}

/// True where one of the lines is a heading.
pub(super) fn has_heading<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> bool {
    let next = lines.clone().skip(1).map(Some).chain(std::iter::once(None));
    lines.zip(next).any(|(line, next)| heading(line, next).is_some())
}

/// The pieces of a file, in order; the first may have no heading.
fn pieces(lines: &[Line<'_>], length: usize) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut open = Piece { name: String::new(), range: 0..length };
    let mut skip = 0;
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map(|line| line.text.as_ref());
        let Some((name, further)) = heading(&line.text, next).filter(|_| at >= skip && found.len() < MAX_PIECES) else {
            continue;
        };
        skip = at + 1 + further;
        let begin = lines.get(skip).map_or(length, |line| line.at);
        open.range.end = line.at;
        found.push(std::mem::replace(&mut open, Piece { name: name.to_owned(), range: begin..length }));
    }
    found.push(open);
    found.retain(|piece| !piece.range.is_empty());
    found
}

/// Reads every piece that is a document, and lines of cgroup files with their names.
pub(super) fn read(doc: &mut Doc<'_, '_>) {
    let pieces = pieces(&doc.lines(), doc.bytes.len());
    for piece in &pieces {
        let Some(kind) = kind_of(piece, doc.bytes) else {
            cgroup_files::named_lines(doc, piece.range.clone());
            continue;
        };
        let mut part = doc.piece(&piece.name, piece.range.clone());
        super::read_doc(kind, &mut part);
        let problems = part.into_problems();
        doc.add_problems(problems);
    }
}

/// The places of pieces that hold no lines of a log.
pub(super) fn not_logs(path: &str, bytes: &[u8]) -> Vec<Range<usize>> {
    let mut none = Vec::new();
    let doc = Doc::new(path, bytes, crate::event::SourceId(0), &mut none);
    let pieces = pieces(&doc.lines(), bytes.len());
    let is_whole = |piece: &Piece| kind_of(piece, bytes).is_some_and(|kind| !super::is_text(kind));
    pieces.into_iter().filter(is_whole).map(|piece| piece.range).collect()
}

/// What a piece's content is, if it is no log.
fn kind_of(piece: &Piece, bytes: &[u8]) -> Option<Kind> {
    let content = bytes.get(piece.range.clone())?;
    sniff::sniff(&piece.name, content).filter(|kind| *kind != Kind::FileDump)
}

/// A heading's name, and how many more lines belong to it.
fn heading<'a>(line: &'a str, next: Option<&'a str>) -> Option<(&'a str, usize)> {
    let line = line.trim_end();
    if let Some(path) = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
        return (!path.is_empty()).then_some((path, 0));
    }
    if line == "::::::::::::::" {
        return next.map(|path| (path.trim(), 2)).filter(|(path, _)| !path.is_empty());
    }
    if line.starts_with("#==[ ") && line.ends_with("=#") {
        let command = next?.strip_prefix("# ")?.trim();
        return Some((argument(command), 1));
    }
    if line.trim_start().starts_with(FENCE) && line.len() <= 64 {
        return Some((FENCE, 0));
    }
    let command = command(line)?;
    Some((argument(command), 0))
}

/// The command behind a prompt or in the trace of a script.
fn command(line: &str) -> Option<&str> {
    let prompt = ["$ ", "# ", "+ "].iter().find_map(|prompt| line.strip_prefix(prompt));
    let behind = |mark: &str| {
        let (before, rest) = line.split_once(mark)?;
        (before.contains('@') && !before.contains(": ") && before.len() <= 64).then_some(rest)
    };
    let shell = || line.contains('@').then(|| behind("$ ").or_else(|| behind("# "))).flatten();
    let text = prompt.or_else(shell)?.trim_start();
    let text = text.strip_prefix("sudo ").unwrap_or(text);
    let word = text.split_whitespace().next()?;
    let program = word.rsplit('/').next().unwrap_or(word);
    COMMANDS.contains(&program).then_some(text)
}

/// The file that `cat` prints, else the command without its folder: `/usr/bin/date` is `date`.
fn argument(command: &str) -> &str {
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or_default();
    match (words.next(), words.next()) {
        (Some(path), None) if program.ends_with("cat") && !path.starts_with('-') => path,
        _ => {
            let folder = program.rfind('/').map_or(0, |at| at + 1);
            command.get(folder..).unwrap_or(command)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn headings_of_all_tools() {
        for (line, next, found) in [
            ("==> /var/log/messages <==", None, Some(("/var/log/messages", 0))),
            ("==> a b.log <==", None, Some(("a b.log", 0))),
            ("::::::::::::::", Some("memory.max"), Some(("memory.max", 2))),
            ("#==[ Command ]======================================#", Some("# /bin/free -k"), Some(("free -k", 1))),
            ("$ cat /proc/meminfo", None, Some(("/proc/meminfo", 0))),
            ("root@node-1:~# date", None, Some(("date", 0))),
            ("[root@node-1 ~]# /usr/bin/dmesg -T", None, Some(("dmesg -T", 0))),
            ("+ docker ps -a", None, Some(("docker ps -a", 0))),
            ("$ sudo crictl ps -a", None, Some(("crictl ps -a", 0))),
            ("# a comment", None, None),
            ("$ ./run", None, None),
            ("==>  <==", None, None),
            ("Nov 23 10:00:00 a sshd: b@c: x # cat y", None, None),
        ] {
            assert_eq!(heading(line, next), found, "{line}");
        }
    }

    #[test]
    fn pieces_are_read_as_files() {
        let text = "==> sys/fs/cgroup/web.slice/memory.events <==\nlow 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n\n\
                    ==> /proc/meminfo <==\nMemTotal:  16384 kB\nSwapTotal: 0 kB\n\n==> var/log/app.log <==\nx\n";
        let (events, problems) = read_text("dump.txt", text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!(facts(&events).len(), 1);
        let evidence = &events[0].evidence[0];
        assert_eq!((evidence.line, &*evidence.text), (Some(6), "oom_kill 1"));
        assert_eq!(usize::try_from(evidence.offset).unwrap(), text.find("oom_kill 1").unwrap());
    }

    #[test]
    fn an_object_may_stand_in_it() {
        let text = "$ docker inspect web\n[\n {\"Id\": \"fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99\", \"State\": {\"Running\": false, \"OOMKilled\": true, \"ExitCode\": 137}}\n]\n$ date\nMon Nov 23 10:00:00 UTC 2026\n";
        let (events, problems) = read_text("all.txt", text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!(events[0].evidence[0].line, Some(3));
    }
}
