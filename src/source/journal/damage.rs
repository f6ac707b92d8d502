//! Counts what was broken, so that a file with a thousand holes gives one sentence and not a thousand.

use super::header::Header;
use std::io;

/// A number of places and the first of them.
#[derive(Debug, Default)]
pub(super) struct Places {
    count: u64,
    first: u64,
}

impl Places {
    pub(super) fn add(&mut self, offset: u64) {
        if self.count == 0 {
            self.first = offset;
        }
        self.count = self.count.saturating_add(1);
    }
}

/// All damage of one file.
#[derive(Debug, Default)]
pub(super) struct Damage {
    /// Where no object was found.
    pub(super) gaps: Places,
    /// Bytes in those.
    pub(super) gap_bytes: u64,
    /// Objects whose size was wrong and was put right from what follows.
    pub(super) sizes: Places,
    /// References of entries that lead nowhere.
    pub(super) lost_fields: Places,
    /// Fields that could not be decompressed.
    pub(super) undecoded: Places,
    /// Fields that were cut at the limit.
    pub(super) long_fields: Places,
    /// An object that ends behind the end of the file.
    pub(super) cut_object: bool,
    /// Limits that were reached.
    pub(super) limits: Vec<&'static str>,
}

impl Damage {
    /// Says once that a limit was reached.
    pub(super) fn limit(&mut self, what: &'static str) {
        if !self.limits.contains(&what) {
            self.limits.push(what);
        }
    }

    /// The sentences.
    pub(super) fn warnings(
        &self,
        header: &Header,
        len: u64,
        found: u64,
        bad: (u64, Option<&io::Error>),
    ) -> Vec<String> {
        let mut out = Vec::new();
        if header.unknown_flags != 0 {
            let flags = header.unknown_flags;
            out.push(format!("the journal uses format features that are not known here (flags {flags:#x})"));
        }
        if header.size_lies {
            out.push("the journal's header is damaged".to_owned());
        }
        if let (pages @ 1.., error) = bad {
            let reason = error.map(io::Error::to_string).unwrap_or_default();
            out.push(format!("{} could not be read: {reason}", count(pages, "page of the file", "pages of the file")));
        }
        if header.end > len || self.cut_object {
            out.push("the file is cut: its end is missing".to_owned());
        }
        if self.gaps.count > 0 {
            let places = count(self.gaps.count, "damaged place", "damaged places");
            let (bytes, first) = (self.gap_bytes, self.gaps.first);
            out.push(format!("skipped {places} ({bytes} bytes in all, the first at byte {first})"));
        }
        push(&mut out, &self.sizes, "object has a wrong size", "objects have a wrong size");
        push(&mut out, &self.lost_fields, "field of an entry is lost", "fields of entries are lost");
        push(&mut out, &self.undecoded, "field could not be decompressed", "fields could not be decompressed");
        push(&mut out, &self.long_fields, "field is too long and was cut", "fields are too long and were cut");
        out.extend(self.limits.iter().map(|what| (*what).to_owned()));
        if found < header.entries {
            out.push(format!("the header counts {} entries, but only {found} were found", header.entries));
        }
        out
    }
}

fn push(out: &mut Vec<String>, places: &Places, one: &str, many: &str) {
    if places.count > 0 {
        out.push(format!("{} (the first at byte {})", count(places.count, one, many), places.first));
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
