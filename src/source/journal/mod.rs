//! systemd journal files, read without systemd.
//!
//! # Why our own reader
//!
//! `journalctl` and the libraries built on it go through the file's indexes, and refuse a file whose header or index
//! does not add up. The files that matter here are just those: copied from a running node (state `ONLINE`), left by a
//! crash (`*.journal~`), cut by a full disk, with pages that were never written. This reader needs no index. It goes
//! once from the first object to the last and takes what stands there; where something is broken it looks for the next
//! place that makes sense and says so in [`Stats::warnings`].
//!
//! # The format, as far as it is used
//!
//! Documented by systemd as "Journal File Format" (`JOURNAL_FILE_FORMAT.md`; structs in
//! `src/libsystemd/sd-journal/journal-def.h`, here as of v254). All numbers are little endian.
//!
//! * A header (`header`), then objects one behind the other, each at a multiple of 8 bytes, then zeros: the file is
//!   allocated ahead in steps of 8 MiB.
//! * Each object begins with 16 bytes: type, flags, 6 zero bytes, size (`object`). Only two types matter to a linear
//!   walk: DATA (`NAME=value`, stored once per file however many entries have it, compressed if long) and ENTRY (times,
//!   boot id, and the offsets of its DATA objects).
//! * Files are only appended to, so the DATA objects of an entry stand before it, and entries stand in the order in
//!   which they were logged.
//! * Files that are `COMPACT` (systemd 252 and later) have 32-bit offsets in entries and 8 more bytes in DATA objects.
//!
//! # How it is fast
//!
//! The file is read in large pieces, in order (`window`). Each DATA object is looked at once: is it a `MESSAGE=`, and
//! does the caller want it? is it `_TRANSPORT=kernel`? Only the offsets of those are remembered (`interest`). An entry
//! is then a few probes into a small table, and only an entry that the caller wants is put together (`fields`), with
//! reads of its own.
//!
//! # How it stays sane on hostile files
//!
//! The walk only moves forward, so no chain of offsets can loop. Sizes are checked against the type and the file,
//! decompression stops at fixed limits, and the bytes fetched or decompressed for one file are limited in all
//! (`fields::Budget`).

mod bytes;
mod damage;
mod decompress;
mod fields;
mod header;
mod interest;
mod near;
mod object;
mod stats;
mod walk;
mod window;

#[cfg(test)]
mod builder;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_fixtures;
#[cfg(test)]
mod tests_hostile;

pub use bytes::Bytes;
pub use header::{JournalError, MAGIC};
pub use stats::{KernelSpan, Moment, Stats};
pub use walk::{walk, walk_near};

/// The most bytes of a message that are shown to [`Filter::wanted`].
pub const WANTED_MAX: usize = 64 * 1024;

/// The most bytes of one field's value that an entry carries; longer values are cut there.
pub const FIELD_MAX: usize = 16 * 1024 * 1024;

/// One log entry.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Where the ENTRY object stands, in bytes from the start of the (uncompressed) file.
    pub offset: u64,
    /// The journal's sequence number.
    pub seqnum: u64,
    /// When journald received it: microseconds since 1970-01-01 UTC. As it stands in the file: a damaged entry may hold
    /// any number (numbers too large for the type are cut to its end).
    pub realtime_us: i64,
    /// The same in microseconds since boot.
    pub monotonic_us: u64,
    /// The boot id; its hexadecimal form (32 digits) is what journalctl prints.
    pub boot: u128,
    /// Machine id from the file's header, 0 where the file has none.
    pub machine: u128,
    /// `MESSAGE` and the fields that [`Filter::fields`] names, in the order of the file. A name may come twice.
    pub fields: &'a [(&'a str, &'a [u8])],
}

impl<'a> Entry<'a> {
    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The message; `None` where the entry has none or it is damaged.
    pub fn message(&self) -> Option<&'a [u8]> {
        self.field("MESSAGE")
    }
}

/// Which entries are worth building, and what of them.
pub struct Filter<'a> {
    /// Names of the fields that are wanted besides `MESSAGE`.
    pub fields: &'a [&'a str],
    /// Is a message worth a visit? Called once for every distinct message of the file, decompressed, with at most its
    /// first [`WANTED_MAX`] bytes.
    pub wanted: &'a dyn Fn(&[u8]) -> bool,
}

/// Entries before and after each place that [`walk_near`] visits.
pub const AROUND: usize = near::AROUND;

/// What the visitor wants to see next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Only wanted messages.
    Enough,
    /// Also every kernel entry that follows (something is open, such as an OOM dump whose task rows have no key word),
    /// until a visit of a kernel entry returns [`Next::Enough`].
    More,
}
