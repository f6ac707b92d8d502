//! A journal entry that is gathered from several lines.

use super::carrier::Carrier;
use super::journal_fields::{is_wanted_journal_field, record_from_fields};
use crate::event::SourceId;
use crate::record::Record;

/// The most bytes of one value that are kept.
pub(super) const VALUE_MAX: usize = 64 * 1024;
/// The most bytes of all values of an entry that are kept.
const ENTRY_MAX: usize = 1024 * 1024;

/// An entry and where it began.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) carrier: Carrier,
    pub(super) number: u64,
    pub(super) offset: u64,
    pub(super) fields: Vec<(String, Vec<u8>)>,
    pub(super) realtime_us: Option<u64>,
    pub(super) monotonic_us: Option<u64>,
    pub(super) boot: Option<u128>,
    size: usize,
}

impl Entry {
    /// An entry that begins at a line.
    pub(super) fn new(carrier: Carrier, number: u64, offset: u64) -> Self {
        Entry {
            carrier,
            number,
            offset,
            fields: Vec::new(),
            realtime_us: None,
            monotonic_us: None,
            boot: None,
            size: 0,
        }
    }

    /// Whether a field would be kept; `None` when its name is no text.
    pub(super) fn wants(name: &[u8]) -> Option<&str> {
        super::bytes::utf8(name).filter(|name| is_wanted_journal_field(name))
    }

    /// Adds a field, if it is wanted and there is room; a value that is too long is cut.
    pub(super) fn add(&mut self, name: &[u8], value: &[u8]) {
        let Some(name) = Entry::wants(name) else { return };
        let value = value.get(..VALUE_MAX).unwrap_or(value);
        if self.size.saturating_add(value.len()) <= ENTRY_MAX {
            self.size += value.len();
            self.fields.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Appends a line to the last field's value.
    pub(super) fn append_line(&mut self, line: &[u8]) {
        if let Some((_, value)) = self.fields.last_mut() {
            let room = VALUE_MAX.saturating_sub(value.len() + 1);
            let cut = line.get(..room.min(line.len())).unwrap_or_default();
            if room > 0 {
                value.push(b'\n');
                value.extend_from_slice(cut);
                self.size = self.size.saturating_add(cut.len() + 1);
            }
        }
    }

    /// Whether any wanted field was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Gives the entry as a record.
    pub(super) fn with_record<R>(&self, source: SourceId, f: impl FnOnce(Record<'_>) -> R) -> R {
        let fields: Vec<(&str, &[u8])> = self.fields.iter().map(|(k, v)| (k.as_str(), v.as_slice())).collect();
        f(record_from_fields(
            source,
            Some(self.number),
            self.offset,
            self.realtime_us,
            self.monotonic_us,
            self.boot,
            &fields,
        ))
    }
}
