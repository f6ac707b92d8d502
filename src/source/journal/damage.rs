//! Counts what was broken, so that a file with a thousand holes gives one sentence and not a thousand.

use super::super::words;
use super::header::Header;
use crate::language::Sentence;
use crate::sentence;
use std::io;

/// A number of places and the first of them.
#[derive(Debug, Default, Clone, Copy)]
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
    pub(super) limits: Vec<Sentence>,
}

impl Damage {
    /// Says once that a limit was reached.
    pub(super) fn limit(&mut self, what: Sentence) {
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
    ) -> Vec<Sentence> {
        let mut out = Vec::new();
        if header.unknown_flags != 0 {
            out.push(sentence!("join-journal-flags", flags = format!("{:#x}", header.unknown_flags)));
        }
        if header.size_lies {
            out.push(sentence!("join-journal-header"));
        }
        if let (pages @ 1.., error) = bad {
            let why = error.map_or_else(|| words::quoted(""), words::words);
            out.push(sentence!("join-journal-pages", pages = pages, why = why));
        }
        if header.end > len || self.cut_object {
            out.push(sentence!("join-journal-cut"));
        }
        if self.gaps.count > 0 {
            let Places { count, first } = self.gaps;
            out.push(sentence!("join-journal-gaps", count = count, bytes = self.gap_bytes, first = first));
        }
        if let Places { count: count @ 1.., first } = self.sizes {
            out.push(sentence!("join-journal-sizes", count = count, first = first));
        }
        if let Places { count: count @ 1.., first } = self.lost_fields {
            out.push(sentence!("join-journal-lost-fields", count = count, first = first));
        }
        if let Places { count: count @ 1.., first } = self.undecoded {
            out.push(sentence!("join-journal-undecoded", count = count, first = first));
        }
        if let Places { count: count @ 1.., first } = self.long_fields {
            out.push(sentence!("join-journal-long-fields", count = count, first = first));
        }
        out.extend(self.limits.iter().cloned());
        if found < header.entries {
            out.push(sentence!("join-journal-entries", told = header.entries, found = found));
        }
        out
    }
}
