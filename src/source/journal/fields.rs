//! The fields of one entry, fetched when an entry is visited.

use super::bytes::{Bytes, read_full};
use super::damage::Damage;
use super::decompress::{Codec, Decoders};
use super::object::{Kind, Layout, OBJECT_HEADER};
use super::{FIELD_MAX, WANTED_MAX};
use crate::language::Sentence;
use crate::sentence;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// The first read of an object: enough for nearly all of them.
const FIRST_READ: usize = 4096;
/// Values up to this length are kept for the next entry.
const CACHED_VALUE_MAX: usize = 2048;
const CACHED_BYTES_MAX: usize = 4 << 20;
const CACHED_OBJECTS_MAX: usize = 1 << 16;
/// The most bytes of all fields of one entry.
const ENTRY_MAX: usize = 4 * FIELD_MAX;

/// How many bytes may be fetched or decompressed for one file.
///
/// A file can name the same large field in every entry, or hold a million fields that unpack to a thousand times their
/// size; reading it must still end. Real files stay far below: an entry with all its fields is about ten times as large
/// as its place in the file, and zstd makes log lines five to ten times smaller.
pub(super) struct Budget {
    left: u64,
}

impl Budget {
    pub(super) fn new(len: u64) -> Budget {
        Budget { left: len.saturating_mul(64).saturating_add(1 << 30) }
    }

    /// Takes `count` bytes; false where there are no more.
    pub(super) fn take(&mut self, count: usize) -> bool {
        let left = self.left.checked_sub(count as u64);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

/// What is known of a DATA object that was looked at.
#[derive(Clone)]
enum Known {
    /// Not one of the wanted names, or no DATA object at all.
    Unwanted,
    /// Index of the name, and the value.
    Value(usize, Box<[u8]>),
}

/// Fetches fields. Names are numbers here: 0 is `MESSAGE`, `n + 1` the nth of the wanted names.
pub(super) struct Fields<'a> {
    bytes: &'a dyn Bytes,
    layout: Layout,
    names: Vec<&'a str>,
    /// Sizes that the walk put right, by offset.
    pub(super) repaired: BTreeMap<u64, u64>,
    pub(super) decoders: Decoders,
    pub(super) budget: Budget,
    cache: HashMap<u64, Known>,
    cached_bytes: usize,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// The values of the entry at hand, one behind the other.
    values: Vec<u8>,
    spans: Vec<(usize, Range<usize>)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a dyn Bytes, len: u64, layout: Layout, wanted: &[&'a str]) -> Fields<'a> {
        let mut names = vec!["MESSAGE"];
        names.extend(wanted.iter().filter(|name| **name != "MESSAGE"));
        Fields {
            bytes,
            layout,
            names,
            repaired: BTreeMap::new(),
            decoders: Decoders::default(),
            budget: Budget::new(len),
            cache: HashMap::new(),
            cached_bytes: 0,
            raw: Vec::new(),
            text: Vec::new(),
            values: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// Fetches the wanted fields among the DATA objects at `items`; [`Fields::pairs`] has them then.
    pub(super) fn gather(&mut self, items: &[u64], damage: &mut Damage) {
        self.values.clear();
        self.spans.clear();
        for &item in items {
            if self.values.len() >= ENTRY_MAX {
                damage.limit(sentence!("join-journal-large-entry"));
                break;
            }
            match self.cache.get(&item) {
                Some(Known::Unwanted) => {}
                Some(Known::Value(name, value)) => {
                    let start = self.values.len();
                    self.values.extend_from_slice(value);
                    self.spans.push((*name, start..self.values.len()));
                }
                None => self.fetch(item, damage),
            }
        }
        if !self.budget.take(self.values.len()) {
            damage.limit(too_much());
        }
    }

    /// Name and value of each field that was gathered.
    pub(super) fn pairs(&self) -> Vec<(&str, &[u8])> {
        self.spans.iter().map(|(name, span)| (self.names[*name], &self.values[span.clone()])).collect()
    }

    /// Whether the file's budget is used up.
    pub(super) fn exhausted(&self) -> bool {
        self.budget.left == 0
    }

    fn fetch(&mut self, item: u64, damage: &mut Damage) {
        if !self.load(item, FIELD_MAX, damage) {
            damage.lost_fields.add(item);
            self.remember(item, Known::Unwanted);
            return;
        }
        let split = memchr::memchr(b'=', &self.text);
        let name = split.and_then(|at| self.names.iter().position(|name| name.as_bytes() == &self.text[..at]));
        let (Some(name), Some(split)) = (name, split) else {
            self.remember(item, Known::Unwanted);
            return;
        };
        let start = self.values.len();
        self.values.extend_from_slice(&self.text[split + 1..]);
        self.spans.push((name, start..self.values.len()));
        let value = &self.values[start..];
        if value.len() <= CACHED_VALUE_MAX {
            let value = value.into();
            self.remember(item, Known::Value(name, value));
        }
    }

    fn remember(&mut self, item: u64, known: Known) {
        let size = if let Known::Value(_, value) = &known { value.len() } else { 0 };
        if self.cache.len() >= CACHED_OBJECTS_MAX || self.cached_bytes + size > CACHED_BYTES_MAX {
            self.cache.clear();
            self.cached_bytes = 0;
        }
        self.cached_bytes += size;
        self.cache.insert(item, known);
    }

    /// Reads and decompresses the DATA object at `offset`, at most `limit` bytes of it. False where there is none.
    fn load(&mut self, offset: u64, limit: usize, damage: &mut Damage) -> bool {
        self.text.clear();
        let Some((flags, size)) = self.read_head(offset) else { return false };
        let Ok(codec) = Codec::of(flags) else {
            damage.undecoded.add(offset);
            return true;
        };
        let payload = self.layout.data_payload() as usize;
        if codec.is_none() && !self.name_is_wanted(payload) {
            // The rest of it need not be read.
            self.text.extend_from_slice(self.raw.get(payload..).unwrap_or_default());
            return true;
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let enough = codec.map_or(limit, |codec| codec.enough(limit));
        self.read_rest(offset, size.min(payload.saturating_add(enough)));
        if self.repaired.contains_key(&offset) {
            self.trim_padding();
        }
        let raw = self.raw.get(payload..).unwrap_or_default();
        match codec {
            None => self.text.extend_from_slice(raw),
            Some(codec) => {
                if self.decoders.decode(codec, raw, limit, &mut self.text).is_err() {
                    damage.undecoded.add(offset);
                }
            }
        }
        if self.text.len() >= limit && limit > WANTED_MAX {
            damage.long_fields.add(offset);
        }
        self.budget.take(self.raw.len().max(self.text.len()));
        true
    }

    /// Reads the first part of the object at `offset` into `self.raw`; its flags and size, where it is a DATA object.
    fn read_head(&mut self, offset: u64) -> Option<(u8, u64)> {
        if !offset.is_multiple_of(8) {
            return None;
        }
        self.raw.resize(FIRST_READ, 0);
        let count = read_full(self.bytes, offset, &mut self.raw).unwrap_or(0);
        self.raw.truncate(count);
        let head = self.raw.first_chunk::<{ OBJECT_HEADER as usize }>()?;
        let object = self.layout.object(head).filter(|object| object.kind == Kind::Data)?;
        let size = self.repaired.get(&offset).copied().unwrap_or(object.size);
        self.raw.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        self.budget.take(self.raw.len());
        (self.raw.len() as u64 > self.layout.data_payload()).then_some((object.flags, size))
    }

    /// Whether the name in `self.raw` may be a wanted one.
    fn name_is_wanted(&self, payload: usize) -> bool {
        let text = self.raw.get(payload..).unwrap_or_default();
        self.names
            .iter()
            .any(|name| text.get(..name.len()) == Some(name.as_bytes()) && text.get(name.len()) == Some(&b'='))
    }

    /// Reads on until `self.raw` holds the first `size` bytes of the object.
    fn read_rest(&mut self, offset: u64, size: usize) {
        let start = self.raw.len();
        if size <= start {
            self.raw.truncate(size);
            return;
        }
        // The size may be a lie: do not take more memory than the file has bytes.
        let rest = self.bytes.len().saturating_sub(offset);
        self.raw.resize(size.min(usize::try_from(rest).unwrap_or(size)).max(start), 0);
        let count = read_full(self.bytes, offset.saturating_add(start as u64), &mut self.raw[start..]).unwrap_or(0);
        self.raw.truncate(start + count);
    }

    /// A size that the walk found includes the padding.
    fn trim_padding(&mut self) {
        let end = self.raw.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.raw.truncate(end.max(self.raw.len().saturating_sub(7)));
    }

    /// The start of the payload of the DATA object at `offset`, decompressed, for a reference to a place that the walk
    /// has not seen yet.
    pub(super) fn payload_start(&mut self, offset: u64, damage: &mut Damage) -> Option<&[u8]> {
        let names = std::mem::replace(&mut self.names, vec!["MESSAGE", "_TRANSPORT", "SYSLOG_IDENTIFIER"]);
        let found = self.load(offset, WANTED_MAX + 8, damage);
        self.names = names;
        found.then_some(&self.text)
    }
}

/// What is said when [`Budget`] is used up.
pub(super) fn too_much() -> Sentence {
    sentence!("join-journal-too-much")
}
