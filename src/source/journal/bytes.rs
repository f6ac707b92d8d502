//! Positional access to a file's bytes, on disk or in memory.

use std::fs::File;
use std::io;

/// Bytes that can be read at any place, without a position of their own.
pub trait Bytes {
    /// How many bytes there are; 0 where that cannot be told.
    fn len(&self) -> u64;

    /// Reads at `offset` into `buf` and returns how many bytes came; 0 at and behind the end. It may read fewer than asked.
    ///
    /// # Errors
    /// Whatever the system says, such as a bad block.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Whether there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Bytes for File {
    fn len(&self) -> u64 {
        self.metadata().map_or(0, |meta| meta.len())
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buf, offset)
    }

    #[cfg(not(unix))]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = self;
        file.seek(SeekFrom::Start(offset))?;
        file.read(buf)
    }
}

impl Bytes for [u8] {
    fn len(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        Bytes::read_at(self.as_slice(), offset, buf)
    }
}

/// Reads at `offset` until `buf` is full or the bytes end, and returns how many came.
///
/// # Errors
/// The first error of the source that is not an interruption.
pub(super) fn read_full(bytes: &dyn Bytes, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        match bytes.read_at(offset.saturating_add(done as u64), &mut buf[done..]) {
            Ok(0) => break,
            Ok(count) => done = done.saturating_add(count).min(buf.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
