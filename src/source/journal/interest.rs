//! The few DATA objects that decide whether an entry is worth building.
//!
//! A file of 128 MiB has about a million DATA objects and some ten million references to them, and only a handful
//! matter. So only those are kept, sorted by offset (the walk meets them in that order), and a small bit table that
//! fits the processor's first cache answers nearly all questions with "no".

/// The message is wanted.
pub(super) const WANTED: u8 = 1;
/// `_TRANSPORT=kernel`.
pub(super) const KERNEL: u8 = 2;
/// `SYSLOG_IDENTIFIER=kernel`: kernel lines that came over syslog or from another host.
pub(super) const KERNEL_NAME: u8 = 4;

const TABLE_BITS: u32 = 16;
const TABLE_WORDS: usize = 1 << (TABLE_BITS - 6);

/// Offsets and what is known of each.
pub(super) struct Interest {
    table: Box<[u64; TABLE_WORDS]>,
    /// `offset << 8 | class`, ascending: 8 bytes for each.
    sorted: Vec<u64>,
}

impl Interest {
    pub(super) fn new() -> Interest {
        Interest { table: Box::new([0; TABLE_WORDS]), sorted: Vec::new() }
    }

    /// Remembers the object at `offset`, which must be behind all earlier ones.
    pub(super) fn add(&mut self, offset: u64, class: u8) {
        let (word, bit) = place(offset);
        self.table[word] |= 1 << bit;
        let packed = offset << 8 | u64::from(class);
        debug_assert!(self.sorted.last().is_none_or(|last| *last < packed), "offsets ascend");
        self.sorted.push(packed);
    }

    /// What is known of the object at `offset`: 0 for nothing.
    pub(super) fn class(&self, offset: u64) -> u8 {
        let (word, bit) = place(offset);
        if self.table[word] >> bit & 1 == 0 { 0 } else { self.find(offset) }
    }

    fn find(&self, offset: u64) -> u8 {
        let at = self.sorted.partition_point(|packed| packed >> 8 < offset);
        self.sorted.get(at).filter(|packed| **packed >> 8 == offset).map_or(0, |packed| (packed & 0xff) as u8)
    }
}

/// Word and bit of an offset in the table.
fn place(offset: u64) -> (usize, u32) {
    // Fibonacci hashing: the upper bits of the product are well mixed.
    let hash = (offset >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - TABLE_BITS);
    ((hash >> 6) as usize, (hash & 63) as u32)
}
