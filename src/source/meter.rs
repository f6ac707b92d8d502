//! How far the reading has come, for those who wait for it; and the word to stop.

use crate::sentence;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts what is read while it is read. Shared by all threads; the numbers are for people.
#[derive(Debug, Default)]
pub struct Meter {
    files: AtomicU64,
    files_done: AtomicU64,
    bytes: AtomicU64,
    bytes_done: AtomicU64,
    /// Bytes of files that are being read at any position.
    ahead: AtomicU64,
    found: AtomicU64,
    stop: AtomicBool,
}

/// What a [`Meter`] shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files to read.
    pub files: u64,
    /// Files that were read.
    pub files_done: u64,
    /// Bytes to read, as they lie on the disk. 0 as long as it is not known, and for pipes.
    pub bytes: u64,
    /// Bytes that were read.
    pub bytes_done: u64,
    /// Incidents found so far, before any joining: copies of one kill count each.
    pub found: u64,
}

impl Meter {
    /// How far it is.
    pub fn progress(&self) -> Progress {
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let bytes = load(&self.bytes);
        let done = load(&self.bytes_done).saturating_add(load(&self.ahead));
        Progress {
            files: load(&self.files),
            files_done: load(&self.files_done),
            bytes,
            bytes_done: if bytes == 0 { done } else { done.min(bytes) },
            found: load(&self.found),
        }
    }

    /// Asks the reading to stop soon: what was read until then is used.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// It was asked to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// An error once it was asked to stop.
    ///
    /// # Errors
    /// That it was asked to stop.
    pub fn go_on(&self) -> io::Result<()> {
        if self.stopped() { Err(io::Error::other(sentence!("join-stopped"))) } else { Ok(()) }
    }

    /// Incidents were found.
    pub fn found(&self, count: u64) {
        self.found.fetch_add(count, Ordering::Relaxed);
    }

    /// Bytes of a file were read at a position of its own.
    pub fn ahead(&self, bytes: u64) {
        self.ahead.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A file that was read so is done: it now counts as a whole.
    pub fn ahead_done(&self, bytes: u64) {
        self.ahead.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn plan(&self, files: usize, bytes: u64) {
        self.files.fetch_add(files as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: u64) {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn file_done(&self) {
        self.files_done.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_all() {
        let meter = Meter::default();
        meter.read(5);
        assert_eq!(meter.progress().bytes_done, 5);
        meter.plan(2, 100);
        meter.ahead(90);
        assert_eq!(meter.progress().bytes_done, 95);
        meter.read(90);
        assert_eq!(meter.progress().bytes_done, 100);
        meter.ahead_done(90);
        meter.file_done();
        meter.found(3);
        let wanted = Progress { files: 2, files_done: 1, bytes: 100, bytes_done: 95, found: 3 };
        assert_eq!(meter.progress(), wanted);
    }

    #[test]
    fn stopping() {
        let meter = Meter::default();
        assert!(meter.go_on().is_ok());
        meter.stop();
        assert!(meter.go_on().is_err() && meter.stopped());
    }
}
