//! `journalctl -o verbose`: a line with the time and the cursor, then the fields, indented by four blanks.
//!
//! ```text
//! Mon 2026-11-23 09:58:26.084372 UTC [s=0d21...;i=1;b=ced8...;m=11389be;t=660eea28fde14;x=602f...]
//!     _TRANSPORT=kernel
//!     MESSAGE=first line
//!             second line
//! ```
//! The cursor holds the exact time (`t=`, microseconds in hexadecimal), so the printed time is not needed.

use super::bytes::{hex, id128, skip_blanks, tail};
use super::carrier::Carrier;
use super::entry::Entry;
use super::iso::full_time;

/// Reads the first line of an entry.
pub(super) fn header(line: &[u8], number: u64, offset: u64) -> Option<Entry> {
    let (_, end) = full_time(line)?;
    let cursor = tail(line, end).strip_prefix(b" [")?.strip_suffix(b"]")?;
    if !cursor.starts_with(b"s=") {
        return None;
    }
    let mut entry = Entry::new(Carrier::JournalVerbose, number, offset);
    for part in cursor.split(|c| *c == b';') {
        match part.split_at_checked(2) {
            Some((b"b=", id)) => entry.boot = id128(id),
            Some((b"m=", us)) => entry.monotonic_us = hex(us),
            Some((b"t=", us)) => entry.realtime_us = hex(us),
            _ => {}
        }
    }
    Some(entry)
}

/// Entry and the width of its last field's name, for lines that continue its value.
#[derive(Debug, Clone)]
pub(super) struct Verbose {
    pub(super) entry: Entry,
    /// Columns before the value of the field that was read last, and whether that field is kept.
    last: Option<(usize, bool)>,
}

impl Verbose {
    /// An entry whose first line was read.
    pub(super) fn new(entry: Entry) -> Self {
        Verbose { entry, last: None }
    }

    /// Whether a field was seen, wanted or not.
    pub(super) fn has_fields(&self) -> bool {
        self.last.is_some()
    }

    /// Offers a line; false when it is not the entry's.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        let blanks = skip_blanks(line, 0);
        if let Some((width, kept)) = self.last {
            // `print_multiline` in systemd's logs-show.c: 4 blanks, the name's length and one for the equals sign.
            if line.is_empty() {
                return true;
            }
            if blanks >= width {
                if kept {
                    self.entry.append_line(tail(line, width));
                }
                return true;
            }
        }
        let field = tail(line, 4);
        if blanks != 4 || !super::export::is_field(field) {
            return false;
        }
        let equals = memchr::memchr(b'=', field).unwrap_or_default();
        let (name, value) = field.split_at(equals);
        let kept = Entry::wants(name).is_some();
        self.entry.add(name, value.get(1..).unwrap_or_default());
        self.last = Some((4 + equals + 1, kept));
        true
    }
}
