//! Where the record around a place in a source begins.

use super::blocks::is_journal_key;
use super::broken;
use super::carrier::{Carrier, Follow};
use super::peel::{Peeled, peel};
use super::{dmesg_json, escape, export, wrapped};
use crate::record::unquoted;
use memchr::{memmem, memrchr};

/// How far back a record's beginning is looked for.
const LOOK_BACK: usize = 64 * 1024;

/// The scan finds a needle at byte `pos` of `window` and skips everything else: where does the record that holds `pos` begin?
/// The answer is a line start at or before `pos`; for records of several lines the first of them. Looks back at most 64 KiB;
/// where no beginning is found within that, the answer is the start of the line that holds `pos`.
pub fn record_start(window: &[u8], pos: usize) -> usize {
    let pos = pos.min(window.len());
    let floor = pos.saturating_sub(LOOK_BACK);
    let lines = Lines { window, floor };
    let start = lines.start_of(pos);
    let line = lines.line(start);
    if line.first().is_some_and(|c| matches!(c, b' ' | b'\t' | b'}')) {
        return lines.before_indented(start, line).unwrap_or(start);
    }
    let mut plain = Vec::new();
    let line = if escape::strip_colours(line, &mut plain) { plain.as_slice() } else { line };
    match peel(line) {
        Peeled::Line(line) if line.stream > 0 || matches!(line.carrier, Carrier::Cri) => {
            lines.before_parts(start, line.stream)
        }
        Peeled::Plain | Peeled::Nothing => lines.before_plain(start, unquoted(line)),
        // The second field of an entry may be its first, where the cursor was filtered.
        Peeled::Export if !line.starts_with(b"__CURSOR=") => lines.export_entry(start).unwrap_or(start),
        _ => start,
    }
}

/// Whether [`record_start`] gives the start of this line for any place in it, whatever stands before.
pub fn begins_record(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.first().is_some_and(|c| matches!(c, b' ' | b'\t' | b'}')) {
        return false;
    }
    let mut plain = Vec::new();
    let line = if escape::strip_colours(line, &mut plain) { plain.as_slice() } else { line };
    match peel(line) {
        Peeled::Line(line) => line.stream == 0 && !matches!(line.carrier, Carrier::Cri),
        _ => false,
    }
}

/// Whether a bare line is the rest of a kernel line that broke.
fn goes_on(first: &[u8], line: &[u8], prefixed: bool) -> bool {
    broken::completes(first, line, prefixed) || wrapped::joint(first, line).is_some()
}

/// The lines of a window.
struct Lines<'a> {
    window: &'a [u8],
    floor: usize,
}

impl<'a> Lines<'a> {
    /// Start of the line that holds `pos`.
    fn start_of(&self, pos: usize) -> usize {
        memrchr(b'\n', self.window.get(..pos).unwrap_or_default()).map_or(0, |at| at + 1)
    }

    /// The line at `start`, without its end.
    fn line(&self, start: usize) -> &'a [u8] {
        let rest = self.window.get(start..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Start of the line before the one at `start`, if it is near enough.
    fn previous(&self, start: usize) -> Option<usize> {
        let before = self.start_of(start.checked_sub(1)?);
        (before >= self.floor).then_some(before)
    }

    /// Going back, the first line for which the answer is yes.
    fn back(&self, start: usize, mut found: impl FnMut(&[u8]) -> bool) -> Option<usize> {
        let mut at = self.previous(start)?;
        while !found(self.line(at)) {
            at = self.previous(at)?;
        }
        Some(at)
    }

    /// Start of the record that an indented line belongs to.
    fn before_indented(&self, start: usize, line: &[u8]) -> Option<usize> {
        let text = line.trim_ascii();
        if dmesg_json::begins(text) || is_journal_key(text) || text == b"}" {
            return self.back(start, |line| matches!(line.trim_ascii(), b"{" | b"},{"));
        }
        let found = self.back(start, |line| !line.is_empty() && !matches!(line.first(), Some(b' ' | b'\t')))?;
        // A binary value of an export entry may hold indented lines (`Mem-Info:` does).
        Some(self.export_entry(start).unwrap_or(found))
    }

    /// Start of the record that a bare line belongs to: an export entry, or a kernel line that broke within a name.
    fn before_plain(&self, start: usize, line: &[u8]) -> usize {
        if let Some(entry) = self.export_entry(start) {
            return entry;
        }
        let Some(before) = self.previous(start) else { return start };
        match peel(self.line(before)) {
            Peeled::Line(first) if goes_on(&first.message, line, true) => before,
            Peeled::Plain if goes_on(self.line(before), line, false) => before,
            _ => start,
        }
    }

    /// Start of the entry of `journalctl -o export` that holds the line at `start`.
    fn export_entry(&self, start: usize) -> Option<usize> {
        let before = self.window.get(self.floor..start)?;
        let cursor = match memmem::rfind(before, b"\n__CURSOR=") {
            Some(at) => self.floor + at + 1,
            None if self.floor == 0 && before.starts_with(b"__CURSOR=") => 0,
            None => return None,
        };
        let entry = self.window.get(cursor..start)?;
        // An empty line ends an entry, unless it stands in a binary value; what follows then goes on with fields.
        let ended = memmem::rfind(entry, b"\n\n").is_some_and(|end| !self.goes_on(cursor + end + 2));
        (!ended).then_some(cursor)
    }

    /// Whether the lines from `at` on are still an entry's: a field comes before anything else of a known shape.
    fn goes_on(&self, at: usize) -> bool {
        let mut start = at;
        for _ in 0..64 {
            let line = self.line(start);
            if export::is_field(line) {
                return !export::begins(line);
            }
            if matches!(peel(line), Peeled::Line(_)) || start >= self.window.len() {
                return false;
            }
            start = start.saturating_add(line.len() + 1);
        }
        false
    }

    /// Start of a container's line of several parts.
    fn before_parts(&self, start: usize, stream: u8) -> usize {
        let mut at = start;
        while let Some(before) = self.previous(at) {
            let is_part = matches!(peel(self.line(before)), Peeled::Line(line) if line.follow == Follow::Part(stream));
            if !is_part {
                break;
            }
            at = before;
        }
        at
    }
}
