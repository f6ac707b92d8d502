//! Which carrier a line has: decided by the line alone, so that the answer is the same wherever in a source reading begins.

use super::bytes::{digits, id128, tail};
use super::carrier::{Carrier, Line};
use super::json::{self, Object};
use super::{comma, dmesg, export, httpd, iso, kmsg, nxos, program, shipped, syslog, syslog5424, verbose, wrap};
use crate::record::{Transport, unquoted};

/// What a line is.
#[derive(Debug)]
pub(super) enum Peeled<'a> {
    /// A record of its own, perhaps with more lines to follow.
    Line(Line<'a>),
    /// An entry of a journal in JSON.
    Journal(Object<'a>),
    /// A bare line.
    Plain,
    /// A boot marker of journalctl, with the boot's id where it is printed.
    Marker(Option<u128>),
    /// The head of a part of a pstore dump.
    PstorePart,
    /// A line that says nothing: journalctl's notes on itself, punctuation of JSON, empty lines.
    Nothing,
    /// The first line of an entry of `journalctl -o export`.
    Export,
    /// The first line of an entry of `journalctl -o verbose`.
    Verbose,
    /// `{` or `},{` alone: an object over several lines may follow.
    Brace,
}

/// Looks at a line (colours and line end removed).
pub(super) fn peel(b: &[u8]) -> Peeled<'_> {
    let Some(&first) = b.first() else { return Peeled::Nothing };
    let line = match first {
        b'[' => bracket(b),
        b'<' => kmsg::priority(b),
        b'0'..=b'9' => number(b),
        b'{' | b'}' | b']' | 0x1E => return brace(b),
        b' ' | b'\t' => return blank(b),
        b'-' => return dashes(b).unwrap_or(Peeled::Plain),
        b'_' if export::begins(b) => return Peeled::Export,
        b'=' if is_ramoops_head(b) => return Peeled::PstorePart,
        b'>' => return quoted(b),
        b'&' if b.starts_with(b"&gt;") => return quoted(b),
        b'"' => comma::quoted_row(b),
        _ => return name(b),
    };
    line.map_or_else(|| wrapped(b), Peeled::Line)
}

/// A line that begins with `[`.
fn bracket(b: &[u8]) -> Option<Line<'_>> {
    let web = b.get(1).filter(|c| c.is_ascii_alphabetic()).and_then(|_| httpd::parse(b));
    web.or_else(|| dmesg::parse(b, 0, None, Transport::Kernel)).or_else(|| iso::bracketed(b))
}

/// A line that begins with a digit.
fn number(b: &[u8]) -> Option<Line<'_>> {
    if let Some(line) = iso::parse(b) {
        return Some(line);
    }
    kmsg::record(b)
        .or_else(|| iso::unix_seconds(b))
        .or_else(|| octet_counted(b))
        .or_else(|| program::logcat(b))
        .or_else(|| wrap::talos(b))
        .or_else(|| iso::slashed(b))
        .or_else(|| nxos::parse(b))
        .or_else(|| syslog::numbered_month(b))
        .or_else(|| syslog::redis(b))
        .or_else(|| shipped::tagged(b))
}

/// `123 <4>1 2026-...`: syslog over TCP, recorded as it came.
fn octet_counted(b: &[u8]) -> Option<Line<'_>> {
    kmsg::priority(b.get(syslog5424::octet_count(b)?..)?).filter(|line| line.carrier == Carrier::Syslog5424)
}

/// `** 17 printk messages dropped ** ` of the console (`kernel/printk/printk.c`), up to Linux 4.x with the next line's text after it: how many, and
/// where that text begins.
pub(super) fn dropped(b: &[u8]) -> Option<(u64, usize)> {
    let (count, end) = super::bytes::digits(b, 3).filter(|_| b.starts_with(b"** "))?;
    let notice = &b" printk messages dropped **"[..];
    let after = end + notice.len();
    (b.get(end..after) == Some(notice)).then(|| (count, super::bytes::skip_blanks(b, after)))
}

/// A line that begins with a letter or anything rare.
fn name(b: &[u8]) -> Peeled<'_> {
    if let Some(line) = syslog::whole(b).or_else(|| program::klog(b)).or_else(|| iso::short_full(b)) {
        return Peeled::Line(line);
    }
    if let Some(line) = dmesg::decoded(b).or_else(|| program::logfmt(b)).or_else(|| wrap::talos(b)) {
        return Peeled::Line(line);
    }
    if let Some(rest) = b.strip_prefix(b"data: ").filter(|rest| rest.first() == Some(&b'{')) {
        return brace(rest);
    }
    if verbose::header(b, 0, 0).is_some() {
        return Peeled::Verbose;
    }
    if let Some(line) = shipped::aws_text(b).or_else(|| dmesg::tagged(b)) {
        return Peeled::Line(line);
    }
    if is_pstore_head(b) { Peeled::PstorePart } else { wrapped(b) }
}

/// `> ` before each line, once for each reply: a mail's or a forum's quotation.
fn quoted(b: &[u8]) -> Peeled<'_> {
    entry(unquoted(b))
}

/// A line of a log that stands in a message or a page, quoted or indented as a whole. Only where the kernel's time is there, or host and
/// program are named, as syslog and journalctl do: it may as well be a part of what a program printed, or somebody's words.
fn entry(text: &[u8]) -> Peeled<'_> {
    match peel(text) {
        Peeled::Line(line) if stands_alone(&line) => Peeled::Line(Line { head: 0, ..line }),
        Peeled::Nothing => Peeled::Nothing,
        _ => Peeled::Plain,
    }
}

fn stands_alone(line: &Line<'_>) -> bool {
    let kernel = line.transport == Transport::Kernel && (line.uptime_us.is_some() || line.wall.is_some());
    // `cf logs` of Cloud Foundry indents: `   2026-11-23T10:27:16.06-0500 [APP/PROC/WEB/0] ERR text`
    let garden = line.message.starts_with(b"[APP/") || line.message.starts_with(b"[CELL/");
    kernel || garden || line.host.is_some() && line.ident.is_some()
}

/// `/var/log/messages.1:Nov 23 09:31:00 host kernel: T` of grep over several files, with `-n` the line's number behind the name, of one file
/// the number alone; `node-1: Nov 23 09:31:00 host kernel: T` of pdsh. What follows must bear a time; behind what does not look like a path it
/// must name host and program, too.
fn searched(b: &[u8]) -> Option<Line<'_>> {
    let name = memchr::memchr(b':', b.get(..255).unwrap_or(b))?;
    let path = b.get(..name).filter(|path| !path.is_empty() && !path.contains(&b' ') && !path.ends_with(b"/"))?;
    let numbered = digits(b, name + 1).filter(|(_, end)| b.get(*end) == Some(&b':'));
    let at = numbered.map_or(name, |(_, end)| end) + 1;
    let spaced = numbered.is_none() && b.get(at) == Some(&b' ');
    found_line(tail(b, at + usize::from(spaced)), path.contains(&b'/') && !spaced)
}

/// `1233-Nov 23 09:31:00 host kernel: T`: a line around a find (`grep -n -C 3`), of several files with their names before it.
fn around_find(b: &[u8]) -> Option<Line<'_>> {
    let window = b.get(..255).unwrap_or(b);
    // The mark stands before the date, whose first colon is that of its clock; a name has few of its kind.
    let end = memchr::memchr(b' ', window)?;
    let marks = memchr::memchr_iter(b'-', window.get(..end)?).filter(|at| *at > 0).take(8);
    marks.into_iter().find_map(|at| {
        let numbered = window.get(..at)?.iter().all(u8::is_ascii_digit);
        found_line(tail(b, at + 1), numbered)
    })
}

/// What stands behind the name of a file or a line's number. `sure`: the name looks like one, so that a time is enough; else host and program
/// must be named, too. No wrapper is looked for in there: names in names would be peeled without end.
fn found_line(inner: &[u8], sure: bool) -> Option<Line<'_>> {
    let line = match inner.first()? {
        b'0'..=b'9' => number(inner),
        _ => stamped(inner),
    };
    let named = |line: &Line<'_>| line.host.is_some() && line.ident.is_some();
    let timed = |line: &Line<'_>| line.wall.is_some() || line.uptime_us.is_some();
    line.filter(|line| named(line) || sure && timed(line)).map(|line| Line { head: 0, ..line })
}

/// A line that another one holds, with the kernel's stamp or syslog's date.
pub(super) fn stamped(inner: &[u8]) -> Option<Line<'_>> {
    match inner.first()? {
        b'[' => bracket(inner),
        b'<' => kmsg::priority(inner),
        b'A'..=b'Z' => syslog::whole(inner),
        _ => None,
    }
}

/// A line that no carrier knows: perhaps it is wrapped in another tool's prefix.
fn wrapped(b: &[u8]) -> Peeled<'_> {
    if let Some(inner) = wrap::inner_start(b).and_then(|at| b.get(at..)) {
        return Peeled::Line(wrap::inner(inner));
    }
    searched(b).or_else(|| around_find(b)).map_or(Peeled::Plain, Peeled::Line)
}

/// A line that begins with a brace, or with the record separator of `journalctl -o json-seq`.
fn brace(b: &[u8]) -> Peeled<'_> {
    let text = b.strip_prefix(b"\x1E").unwrap_or(b);
    if is_punctuation(text) {
        return if text.trim_ascii_end().ends_with(b"{") { Peeled::Brace } else { Peeled::Nothing };
    }
    match json::object(text) {
        Some(object) if object.is_journal() => Peeled::Journal(object),
        Some(object) => Peeled::Line(json::program_line(text, &object)),
        None => Peeled::Plain,
    }
}

/// A line that begins with a blank: no carrier does, but JSON over several lines.
fn blank(b: &[u8]) -> Peeled<'_> {
    let text = b.trim_ascii();
    match text {
        b"" => Peeled::Nothing,
        b"{" | b"},{" => Peeled::Brace,
        _ if is_punctuation(text) => Peeled::Nothing,
        _ => entry(text),
    }
}

/// Whether a text is nothing but JSON's brackets and commas.
fn is_punctuation(text: &[u8]) -> bool {
    text.iter().all(|c| matches!(c, b'{' | b'}' | b'[' | b']' | b',' | b' '))
}

/// Notes of journalctl: `-- Boot <id> --`, `-- Reboot --` (systemd before 248), `-- Logs begin at ..., end at ... --`,
/// `-- Journal begins at ...`, `-- No entries --`, `-- cursor: ...`; with `-x` texts of the catalog, each line with `-- ` before it.
fn dashes(b: &[u8]) -> Option<Peeled<'_>> {
    let text = b.strip_prefix(b"-- ")?;
    if text == b"Reboot --" {
        return Some(Peeled::Marker(None));
    }
    if let Some(id) = text.strip_prefix(b"Boot ").and_then(|rest| rest.strip_suffix(b" --")) {
        return id128(id).map(|id| Peeled::Marker(Some(id)));
    }
    const NOTES: [&[u8]; 9] = [
        b"Logs begin at ",
        b"Journal begins at ",
        b"No entries --",
        b"cursor: ",
        b"Subject: ",
        b"Defined-By: ",
        b"Support: ",
        b"Documentation: ",
        b"Entries since ",
    ];
    NOTES.iter().any(|note| text.starts_with(note)).then_some(Peeled::Nothing)
}

/// `Panic#1 Part1`, `Oops#2 Part12`: the first line of a part of a pstore dump (`pstore_dump` in `fs/pstore/platform.c`).
fn is_pstore_head(b: &[u8]) -> bool {
    const REASONS: [&[u8]; 8] =
        [b"Panic#", b"Oops#", b"Emergency#", b"Shutdown#", b"Unknown#", b"Restart#", b"Halt#", b"Poweroff#"];
    let rest = REASONS.iter().find_map(|reason| b.strip_prefix(*reason));
    rest.and_then(|rest| {
        let (_, end) = super::bytes::digits(rest, 0)?;
        let part = rest.get(end..)?.strip_prefix(b" Part")?;
        super::bytes::digits(part, 0).filter(|(_, end)| *end == part.len())
    })
    .is_some()
}

/// `====1763890000.123456-C` (compressed) or `-D`: the header of a ramoops zone (`ramoops_write_kmsg_hdr` in `fs/pstore/ram.c`).
fn is_ramoops_head(b: &[u8]) -> bool {
    let body = b.strip_prefix(b"====").and_then(|rest| rest.strip_suffix(b"-C").or_else(|| rest.strip_suffix(b"-D")));
    body.is_some_and(|time| !time.is_empty() && time.iter().all(|c| c.is_ascii_digit() || *c == b'.'))
}
