//! The 16 bytes at the start of every object, and what makes them believable.

use super::header::u64_at;

/// Bytes of an object's header: type, flags, 6 reserved bytes, size.
pub(super) const OBJECT_HEADER: u64 = 16;

/// Where the items of an ENTRY begin.
pub(super) const ENTRY_ITEMS: u64 = 64;

/// What an object is. Names as in systemd's `enum ObjectType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `NAME=value`.
    Data,
    /// A log entry.
    Entry,
    /// An index or a seal, of no use to a linear walk: FIELD, DATA_HASH_TABLE, FIELD_HASH_TABLE, ENTRY_ARRAY, TAG.
    Other,
}

/// An object's header that passed all checks that need nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectHeader {
    pub(super) kind: Kind,
    /// `OBJECT_COMPRESSED_*` bits, see [`super::decompress::Codec`].
    pub(super) flags: u8,
    /// Bytes of the whole object, this header included, without the padding behind it.
    pub(super) size: u64,
}

/// What differs between regular and compact files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    compact: bool,
}

impl Layout {
    pub(super) fn new(compact: bool) -> Layout {
        Layout { compact }
    }

    /// Where the payload of a DATA object begins.
    pub(super) fn data_payload(self) -> u64 {
        if self.compact { 72 } else { 64 }
    }

    /// Bytes of one item of an ENTRY: a 64-bit offset and a hash, or a 32-bit offset.
    pub(super) fn item_size(self) -> usize {
        if self.compact { 4 } else { 16 }
    }

    /// Offset of the DATA object that an entry item names; `item` has [`Layout::item_size`] bytes.
    pub(super) fn item_offset(self, item: &[u8]) -> u64 {
        if self.compact { u64::from(super::header::u32_at(item, 0)) } else { u64_at(item, 0) }
    }

    /// Reads an object's header; `None` where no object can begin so.
    pub(super) fn object(self, raw: &[u8; OBJECT_HEADER as usize]) -> Option<ObjectHeader> {
        let start = u64_at(raw, 0);
        if !could_start(start) {
            return None;
        }
        let (kind, flags, size) = (raw[0], raw[1], u64_at(raw, 8));
        if kind != 1 && flags != 0 {
            return None;
        }
        let kind = match kind {
            1 if size > self.data_payload() => Kind::Data,
            2 if size > 40 => Kind::Other,
            3 if whole_items(size, ENTRY_ITEMS, self.item_size() as u64) => Kind::Entry,
            4 | 5 if whole_items(size, 16, 16) => Kind::Other,
            6 if whole_items(size, 24, if self.compact { 4 } else { 8 }) => Kind::Other,
            7 if size == 64 => Kind::Other,
            _ => return None,
        };
        // No object is larger than any disk: keeps later sums far from overflow.
        (size < 1 << 56).then_some(ObjectHeader { kind, flags, size })
    }
}

/// Whether the first 8 bytes of an object could be these: a known type, at most one compression, 6 zero bytes.
pub(super) fn could_start(word: u64) -> bool {
    let (kind, flags) = (word & 0xff, (word >> 8) & 0xff);
    word <= 0xffff && (1..=7).contains(&kind) && flags & flags.wrapping_sub(1) == 0
}

/// At least one item, and no part of one.
fn whole_items(size: u64, start: u64, item: u64) -> bool {
    size > start && (size - start).is_multiple_of(item)
}

/// The next multiple of 8.
pub(super) fn align(offset: u64) -> u64 {
    offset.saturating_add(7) & !7
}
