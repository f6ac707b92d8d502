//! `journalctl -o export` (the Journal Export Format of systemd, also what `systemd-journal-remote` sends): fields as
//! `KEY=value` lines, or `KEY`, a line feed, eight bytes of length (little-endian), the value and a line feed, where the value is
//! no plain text; an empty line ends an entry.

use super::carrier::Carrier;
use super::entry::{Entry, VALUE_MAX};

/// The longest value that journald stores (`DATA_SIZE_MAX`, 768 MiB); a longer length is a broken file.
const LENGTH_MAX: u64 = 768 * 1024 * 1024;

/// An entry that is being read.
#[derive(Debug, Clone)]
pub(super) struct Export {
    entry: Entry,
    binary: Option<Binary>,
}

/// What an export entry did with a line.
pub(super) enum Step {
    /// It took the line and needs more.
    More,
    /// The entry is complete with this line.
    Done(Entry),
    /// The entry ended before this line, which is not its own.
    Ended(Entry),
}

/// A binary value that is being read; physical lines are put together again.
#[derive(Debug, Clone)]
struct Binary {
    name: Vec<u8>,
    head: Vec<u8>,
    left: u64,
    value: Vec<u8>,
}

/// Where a binary value stands after some bytes.
enum Progress {
    More,
    Done,
    Broken,
}

/// Whether a line begins an entry: `__CURSOR=` is its first field, `__REALTIME_TIMESTAMP=` where the cursor was filtered.
pub(super) fn begins(line: &[u8]) -> bool {
    line.starts_with(b"__CURSOR=") || line.starts_with(b"__REALTIME_TIMESTAMP=")
}

/// Whether a line looks like a field of an entry.
pub(super) fn is_field(line: &[u8]) -> bool {
    memchr::memchr(b'=', line.get(..65).unwrap_or(line)).and_then(|at| line.get(..at)).is_some_and(is_key)
}

/// Whether bytes are a field's name: capitals, digits and underscores, at most 64 (`journal_field_valid`).
fn is_key(name: &[u8]) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == b'_')
        && !name.first().is_some_and(u8::is_ascii_digit)
}

impl Export {
    /// An entry that begins with this line.
    pub(super) fn begin(line: &[u8], number: u64, offset: u64) -> Self {
        let mut export = Export { entry: Entry::new(Carrier::JournalExport, number, offset), binary: None };
        export.field(line);
        export
    }

    /// Offers the next physical line, as it stands (binary values may end in a carriage return).
    pub(super) fn step(mut self, line: &[u8]) -> (Option<Self>, Step) {
        if let Some(binary) = self.binary.take() {
            return self.binary_step(binary, line);
        }
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        if text.is_empty() {
            return (None, Step::Done(self.entry));
        }
        if text.starts_with(b"__CURSOR=") || !(self.field(text) || self.begin_binary(text)) {
            return (None, Step::Ended(self.entry));
        }
        (Some(self), Step::More)
    }

    /// Gives what there is, at the end of the input.
    pub(super) fn finish(mut self) -> Entry {
        if let Some(binary) = self.binary.take() {
            self.entry.add(&binary.name, &binary.value);
        }
        self.entry
    }

    /// `KEY=value`.
    fn field(&mut self, line: &[u8]) -> bool {
        if !is_field(line) {
            return false;
        }
        let equals = memchr::memchr(b'=', line).unwrap_or_default();
        let (name, value) = line.split_at(equals);
        self.entry.add(name, value.get(1..).unwrap_or_default());
        true
    }

    /// `KEY` alone: a binary value follows.
    fn begin_binary(&mut self, line: &[u8]) -> bool {
        if is_key(line) {
            self.binary = Some(Binary { name: line.to_owned(), head: Vec::new(), left: 0, value: Vec::new() });
        }
        self.binary.is_some()
    }

    /// A physical line within a binary value.
    fn binary_step(mut self, mut binary: Binary, line: &[u8]) -> (Option<Self>, Step) {
        if line.starts_with(b"__CURSOR=s=") {
            // A broken length: the value would swallow the rest of the file.
            self.entry.add(&binary.name, &binary.value);
            return (None, Step::Ended(self.entry));
        }
        match binary.line(line) {
            Progress::More => self.binary = Some(binary),
            Progress::Done => self.entry.add(&binary.name, &binary.value),
            Progress::Broken => return (None, Step::Ended(self.entry)),
        }
        (Some(self), Step::More)
    }
}

impl Binary {
    /// Takes a physical line with its line feed.
    fn line(&mut self, line: &[u8]) -> Progress {
        match self.bytes(line) {
            Progress::More => self.bytes(b"\n"),
            // Something stands between the value and its line feed.
            Progress::Done => Progress::Broken,
            Progress::Broken => Progress::Broken,
        }
    }

    /// Takes bytes.
    fn bytes(&mut self, bytes: &[u8]) -> Progress {
        let missing = 8usize.saturating_sub(self.head.len());
        let (head, rest) = bytes.split_at(missing.min(bytes.len()));
        self.head.extend_from_slice(head);
        let Ok(length) = <[u8; 8]>::try_from(self.head.as_slice()) else { return Progress::More };
        if missing > 0 {
            self.left = u64::from_le_bytes(length);
            if self.left > LENGTH_MAX {
                return Progress::Broken;
            }
        }
        let take = usize::try_from(self.left).unwrap_or(usize::MAX).min(rest.len());
        let (value, after) = rest.split_at(take);
        let room = VALUE_MAX.saturating_sub(self.value.len()).min(value.len());
        self.value.extend_from_slice(value.get(..room).unwrap_or_default());
        self.left -= take as u64;
        match after {
            [] => Progress::More,
            [b'\n'] => Progress::Done,
            _ => Progress::Broken,
        }
    }
}
