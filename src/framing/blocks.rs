//! Records that take several lines in any case: what is open, and what a line does to it.

use super::bytes::tail;
use super::carrier::Carrier;
use super::dmesg_json::{self, DmesgJson};
use super::entry::Entry;
use super::export::{Export, Step};
use super::verbose::Verbose;

/// The most bytes of an object of `journalctl -o json-pretty` that are gathered.
const PRETTY_MAX: usize = 4 * 1024 * 1024;

/// The open record, if any.
#[derive(Debug, Clone, Default)]
pub(super) enum Block {
    /// None.
    #[default]
    None,
    /// An opening brace: the next line shows what of.
    Brace(Place),
    /// `journalctl -o json-pretty`: the object's text so far.
    Pretty(Place, Vec<u8>),
    /// `dmesg -J`.
    DmesgJson(Place, DmesgJson),
    /// `journalctl -o export`.
    Export(Box<Export>),
    /// `journalctl -o verbose`.
    Verbose(Box<Verbose>),
}

/// Where a block began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) offset: u64,
}

/// A record that a block made.
pub(super) enum Made {
    /// A journal entry.
    Entry(Box<Entry>),
    /// The text of a JSON object.
    Object(Place, Vec<u8>),
    /// A record of `dmesg -J`.
    Dmesg(Place, DmesgJson),
}

/// What a line did.
#[derive(Default)]
pub(super) struct Taken {
    /// A record that is complete now.
    pub(super) made: Option<Made>,
    /// The line was the block's.
    pub(super) consumed: bool,
}

impl Block {
    /// Whether a record is incomplete and needs the next lines. A block that only began is not counted: nothing is lost when
    /// reading stops before it.
    pub(super) fn is_incomplete(&self) -> bool {
        match self {
            Block::None | Block::Brace(_) => false,
            Block::Pretty(..) | Block::Export(_) => true,
            Block::DmesgJson(_, record) => record.has_fields(),
            Block::Verbose(entry) => entry.has_fields(),
        }
    }

    /// Offers a physical line.
    pub(super) fn take(&mut self, line: &[u8], place: Place) -> Taken {
        match std::mem::take(self) {
            Block::None => Taken::default(),
            Block::Brace(start) => self.after_brace(start, line),
            Block::Pretty(start, text) => self.pretty(start, text, line),
            Block::DmesgJson(start, record) => self.dmesg_json(start, record, line, place),
            Block::Export(export) => self.export(*export, line),
            Block::Verbose(mut verbose) => {
                let text = line.strip_suffix(b"\r").unwrap_or(line);
                if verbose.take(text) {
                    *self = Block::Verbose(verbose);
                    return Taken { made: None, consumed: true };
                }
                Taken { made: entry(verbose.entry), consumed: false }
            }
        }
    }

    /// Gives what there is, at the end of the input or before a gap.
    pub(super) fn finish(&mut self) -> Option<Made> {
        match std::mem::take(self) {
            Block::None | Block::Brace(_) => None,
            // Cut: the fields that are whole can still be read.
            Block::Pretty(place, text) => Some(Made::Object(place, close_cut_object(text))),
            Block::DmesgJson(place, record) => record.has_fields().then_some(Made::Dmesg(place, record)),
            Block::Export(export) => entry(export.finish()),
            Block::Verbose(verbose) => entry(verbose.entry),
        }
    }

    /// The line after an opening brace.
    fn after_brace(&mut self, start: Place, line: &[u8]) -> Taken {
        let text = line.trim_ascii();
        let mut record = DmesgJson::default();
        if dmesg_json::begins(text) && record.take(text) {
            *self = Block::DmesgJson(start, record);
            return Taken { made: None, consumed: true };
        }
        if is_journal_key(text) {
            return self.pretty(start, b"{".to_vec(), line);
        }
        Taken { made: None, consumed: text == br#""dmesg": ["# }
    }

    /// A line of `journalctl -o json-pretty`, whose object ends with a brace at the line's start.
    fn pretty(&mut self, start: Place, mut text: Vec<u8>, line: &[u8]) -> Taken {
        if text.len().saturating_add(line.len()) > PRETTY_MAX {
            return Taken { made: None, consumed: true };
        }
        text.push(b'\n');
        text.extend_from_slice(line);
        if line.first() == Some(&b'}') {
            return Taken { made: Some(Made::Object(start, text)), consumed: true };
        }
        *self = Block::Pretty(start, text);
        Taken { made: None, consumed: true }
    }

    /// A line of `dmesg -J`.
    fn dmesg_json(&mut self, start: Place, mut record: DmesgJson, line: &[u8], place: Place) -> Taken {
        let text = line.trim_ascii();
        if record.take(text) {
            *self = Block::DmesgJson(start, record);
            return Taken { made: None, consumed: true };
        }
        if text == b"},{" {
            *self = Block::Brace(place);
        }
        Taken { made: Some(Made::Dmesg(start, record)), consumed: text.first() == Some(&b'}') }
    }

    /// A line of `journalctl -o export`.
    fn export(&mut self, export: Export, line: &[u8]) -> Taken {
        let (rest, step) = export.step(line);
        if let Some(rest) = rest {
            *self = Block::Export(Box::new(rest));
        }
        match step {
            Step::More => Taken { made: None, consumed: true },
            Step::Done(done) => Taken { made: entry(done), consumed: true },
            Step::Ended(done) => Taken { made: entry(done), consumed: false },
        }
    }
}

/// An entry, if anything was read of it.
fn entry(entry: Entry) -> Option<Made> {
    (!entry.is_empty()).then(|| Made::Entry(Box::new(entry)))
}

/// `"_BOOT_ID" : ...` (a tab before it and blanks around the colon in journalctl's own form, other ones after `jq`): a key of
/// capitals, which documents of other kinds do not have.
pub(super) fn is_journal_key(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"\"") else { return false };
    let Some(close) = memchr::memchr(b'"', rest.get(..65).unwrap_or(rest)) else { return false };
    let key = rest.get(..close).unwrap_or_default();
    let colon = tail(rest, close + 1).trim_ascii_start().starts_with(b":");
    colon && key.len() > 1 && key.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == b'_')
}

/// The text of an object that was cut, up to its last whole line, with a closing brace.
fn close_cut_object(mut text: Vec<u8>) -> Vec<u8> {
    let whole = text.trim_ascii_end().len();
    text.truncate(whole);
    if text.last() == Some(&b',') {
        text.pop();
    } else if let Some(line) = memchr::memmem::rfind(&text, b",\n") {
        text.truncate(line);
    }
    text.extend_from_slice(b"\n}");
    text
}

/// The carrier that a block's record is counted as.
pub(super) fn carrier_of(made: &Made) -> Carrier {
    match made {
        Made::Entry(entry) => entry.carrier,
        Made::Object(..) => Carrier::JournalJson,
        Made::Dmesg(..) => Carrier::DmesgJson,
    }
}
