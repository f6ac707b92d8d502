//! Bounds that keep a hostile or broken input from using up the machine, and the watch that enforces them.
//!
//! Nothing here limits an honest log: a limit that was hit is always reported, together with the option that raises it.

use super::meter::Meter;
use crate::language::Sentence;
use crate::sentence;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Decoded bytes of one input below which its ratio is never looked at: any small file may be all zeros.
const RATIO_FLOOR: u64 = 1 << 30;

/// Bounds against hostile archives. All of them hold for one top-level file (a file named on the command line, or one
/// file of a named folder) with everything that is nested in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Layers of compression and archives inside each other: `a.tar.gz` with `b.gz` in it has 3. Raised with
    /// `--max-depth`.
    pub max_depth: u32,
    /// Archive members, and files of one folder. Raised with `--max-members`.
    pub max_members: u64,
    /// Decoded bytes, added up over all layers. Raised with `--max-expansion`.
    pub max_expansion_bytes: u64,
    /// Decoded bytes for one byte read; only looked at from 1 GiB decoded on. Plain deflate can not do more than 1032
    /// a layer, and logs stay far below that. Raised with `--max-ratio`.
    pub max_ratio: u64,
    /// Window (zstd) or dictionary (xz) a stream may ask for, in bytes. `zstd --ultra --long=31` makes the largest that
    /// is in use, 2 GiB. Raised with `--max-window`.
    pub max_window_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_depth: 8,
            max_members: 10_000_000,
            max_expansion_bytes: 1 << 40,
            max_ratio: 2_000,
            max_window_bytes: 1 << 31,
        }
    }
}

/// What one top-level file has cost so far, and what its layers have to say.
pub(super) struct Watch {
    /// The bounds.
    pub(super) limits: Limits,
    /// Shows how far the reading is.
    pub(super) meter: Arc<Meter>,
    read: AtomicU64,
    decoded: AtomicU64,
    filled: AtomicU64,
    members: AtomicU64,
    stop: OnceLock<Sentence>,
    notes: Mutex<Vec<(String, Sentence)>>,
}

impl Watch {
    /// A fresh watch.
    pub(super) fn new(limits: &Limits) -> Self {
        Watch {
            limits: limits.clone(),
            meter: Arc::default(),
            read: AtomicU64::new(0),
            decoded: AtomicU64::new(0),
            filled: AtomicU64::new(0),
            members: AtomicU64::new(0),
            stop: OnceLock::new(),
            notes: Mutex::new(Vec::new()),
        }
    }

    /// A fresh watch that shows on a meter how far it is.
    pub(super) fn metered(limits: &Limits, meter: &Arc<Meter>) -> Self {
        Watch { meter: Arc::clone(meter), ..Watch::new(limits) }
    }

    /// Counts bytes read from the top-level file.
    pub(super) fn read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        self.meter.read(bytes as u64);
    }

    /// The file is done, although not all of it may have been read from here: it was of no use, or was read at positions.
    pub(super) fn done(&self, length: u64) {
        self.meter.read(length.saturating_sub(self.read.load(Ordering::Relaxed)));
        self.meter.file_done();
    }

    /// Counts decoded bytes; an error once there are too many.
    pub(super) fn decoded(&self, bytes: usize) -> io::Result<()> {
        let decoded = self.decoded.fetch_add(bytes as u64, Ordering::Relaxed).saturating_add(bytes as u64);
        if decoded > self.limits.max_expansion_bytes {
            let max = self.limits.max_expansion_bytes;
            return Err(self.stop(sentence!("join-limit-expansion", max = max)));
        }
        let read = self.read.load(Ordering::Relaxed).max(1);
        if decoded > RATIO_FLOOR && decoded / read > self.limits.max_ratio {
            let max = self.limits.max_ratio;
            return Err(self.stop(sentence!("join-limit-ratio", max = max)));
        }
        Ok(())
    }

    /// Counts the holes of sparse files, which are no expansion by a codec: an honest log may begin with gigabytes of
    /// them.
    pub(super) fn filled(&self, bytes: usize) -> io::Result<()> {
        let filled = self.filled.fetch_add(bytes as u64, Ordering::Relaxed).saturating_add(bytes as u64);
        if filled > self.limits.max_expansion_bytes {
            let max = self.limits.max_expansion_bytes;
            return Err(self.stop(sentence!("join-limit-holes", max = max)));
        }
        Ok(())
    }

    /// Counts one archive member; an error once there are too many.
    pub(super) fn member(&self) -> io::Result<()> {
        if self.members.fetch_add(1, Ordering::Relaxed) < self.limits.max_members {
            return Ok(());
        }
        let max = self.limits.max_members;
        Err(self.stop(sentence!("join-limit-members", max = max)))
    }

    fn stop(&self, reason: Sentence) -> io::Error {
        io::Error::other(self.stop.get_or_init(|| reason).clone())
    }

    /// Why reading stopped, once a limit was hit.
    pub(super) fn stopped(&self) -> Option<&Sentence> {
        self.stop.get()
    }

    /// A remark of one layer that is not an error of the stream, such as bytes after its end.
    pub(super) fn note(&self, path: &str, message: Sentence) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), message));
    }

    /// Takes all remarks: path and message.
    pub(super) fn take_notes(&self) -> Vec<(String, Sentence)> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expansion_stops_and_stays_stopped() {
        let watch = Watch::new(&Limits { max_expansion_bytes: 100, ..Limits::default() });
        assert!(watch.decoded(100).is_ok());
        assert!(watch.stopped().is_none());
        assert!(watch.decoded(1).unwrap_err().to_string().contains("--max-expansion"));
        assert!(watch.stopped().is_some());
    }

    #[test]
    fn ratio_counts_from_a_gibibyte_on() {
        let watch = Watch::new(&Limits::default());
        watch.read(1000);
        assert!(watch.decoded(1 << 30).is_ok());
        assert!(watch.decoded(1).unwrap_err().to_string().contains("--max-ratio"));
        let honest = Watch::new(&Limits::default());
        honest.read(10 << 20);
        assert!(honest.decoded(2 << 30).is_ok());
    }

    #[test]
    fn members_are_counted() {
        let watch = Watch::new(&Limits { max_members: 2, ..Limits::default() });
        assert!(watch.member().is_ok());
        assert!(watch.member().is_ok());
        assert!(watch.member().is_err());
    }
}
