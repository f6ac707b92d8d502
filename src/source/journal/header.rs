//! The file header: `struct Header` of systemd's `journal-def.h`.
//!
//! It grew over time: 208 bytes before systemd 187, 272 in systemd 254. Only its own `header_size` tells where the
//! objects begin.

use super::super::words;
use super::bytes::{Bytes, read_full};
use crate::language::Sentence;
use crate::sentence;
use std::fmt;
use std::io;

/// The first 8 bytes of every journal file.
pub const MAGIC: &[u8; 8] = b"LPKSHHRH";

/// Size of the oldest header.
pub(super) const SMALLEST: u64 = 208;
/// A header larger than this is damage; the largest known has 272 bytes.
const LARGEST: u64 = 4096;

const INCOMPATIBLE_COMPACT: u32 = 1 << 4;
/// Bits 0 to 4: XZ, LZ4, keyed hash, ZSTD, compact. The compression of a field is told by its own flags, and hashes are
/// not used here.
const INCOMPATIBLE_KNOWN: u32 = 0x1f;

const STATE_ONLINE: u8 = 1;

/// Why a file cannot be read as a journal at all.
#[derive(Debug)]
pub enum JournalError {
    /// It does not begin with [`MAGIC`].
    NotAJournal,
    /// It ends inside the header: there can be no entry.
    TooShort,
    /// The header could not be read.
    Io(io::Error),
}

impl JournalError {
    /// As a sentence.
    pub fn words(&self) -> Sentence {
        match self {
            JournalError::NotAJournal => sentence!("join-journal-none"),
            JournalError::TooShort => sentence!("join-journal-short"),
            JournalError::Io(error) => sentence!("join-journal-unreadable", why = words::words(error)),
        }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            JournalError::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// What is used of the header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// Offsets are 32-bit numbers.
    pub(super) compact: bool,
    /// Incompatible flags that this reader does not know.
    pub(super) unknown_flags: u32,
    /// The file was open for writing when it was copied, or its writer died.
    pub(super) online: bool,
    pub(super) machine: u128,
    /// Where the first object should stand.
    pub(super) first_object: u64,
    /// The size in the header cannot be true.
    pub(super) size_lies: bool,
    /// Where the file should end (it may go on: it is allocated ahead).
    pub(super) end: u64,
    /// Where the last object should stand.
    pub(super) tail_object: u64,
    pub(super) entries: u64,
}

impl Header {
    /// Reads the header.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub(super) fn read(bytes: &dyn Bytes) -> Result<Header, JournalError> {
        let mut raw = [0u8; SMALLEST as usize];
        let count = read_full(bytes, 0, &mut raw).map_err(JournalError::Io)?;
        let start = raw.get(..count.min(MAGIC.len())).unwrap_or_default();
        if start.is_empty() || !MAGIC.starts_with(start) {
            return Err(JournalError::NotAJournal);
        }
        if count < raw.len() {
            return Err(JournalError::TooShort);
        }
        Ok(Header::parse(&raw))
    }

    fn parse(raw: &[u8; SMALLEST as usize]) -> Header {
        let flags = u32_at(raw, 12);
        let size = u64_at(raw, 88);
        let size_lies = !(SMALLEST..=LARGEST).contains(&size) || !size.is_multiple_of(8);
        let first_object = if size_lies { SMALLEST } else { size };
        Header {
            compact: flags & INCOMPATIBLE_COMPACT != 0,
            unknown_flags: flags & !INCOMPATIBLE_KNOWN,
            online: raw[16] == STATE_ONLINE,
            machine: u128_at(raw, 40),
            first_object,
            size_lies,
            end: first_object.saturating_add(u64_at(raw, 96)),
            tail_object: u64_at(raw, 136),
            entries: u64_at(raw, 152),
        }
    }
}

/// Little-endian number at `at`; 0 behind the end.
pub(super) fn u32_at(raw: &[u8], at: usize) -> u32 {
    raw.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u32::from_le_bytes(*b))
}

/// Little-endian number at `at`; 0 behind the end.
pub(super) fn u64_at(raw: &[u8], at: usize) -> u64 {
    raw.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u64::from_le_bytes(*b))
}

/// A 128-bit id at `at`, in the order of its printed digits; 0 behind the end.
pub(super) fn u128_at(raw: &[u8], at: usize) -> u128 {
    raw.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u128::from_be_bytes(*b))
}
