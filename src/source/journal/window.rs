//! A large piece of the file that moves forward.

use super::bytes::Bytes;
use super::object::OBJECT_HEADER;
use std::io;

/// How much is read at once.
pub(super) const WINDOW: usize = 1 << 20;
/// A read that fails is given up for one page, and the page is taken as zeros.
const PAGE: u64 = 4096;
/// After so many bad pages the file ends there.
const BAD_PAGES_MAX: u64 = 1024;

/// The piece of the file that is in memory.
pub(super) struct Window<'b> {
    bytes: &'b dyn Bytes,
    /// Bytes in the file; set lower where it turns out to end earlier.
    len: u64,
    buf: Vec<u8>,
    start: u64,
    /// Pages that could not be read.
    pub(super) bad_pages: u64,
    /// The first error.
    pub(super) error: Option<io::Error>,
}

impl<'b> Window<'b> {
    pub(super) fn new(bytes: &'b dyn Bytes) -> Window<'b> {
        Window { bytes, len: bytes.len(), buf: Vec::new(), start: 0, bad_pages: 0, error: None }
    }

    /// Bytes in the file, as far as is known.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Up to `want` bytes from `offset` on (at most [`WINDOW`]); fewer only at the end of the file.
    pub(super) fn get(&mut self, offset: u64, want: usize) -> &[u8] {
        let want = want.min(WINDOW).min(usize::try_from(self.len.saturating_sub(offset)).unwrap_or(WINDOW));
        if self.held(offset, want).is_none() {
            self.fill(offset);
        }
        let rest = self.held(offset, 0).unwrap_or_default();
        &rest[..want.min(rest.len())]
    }

    /// The object header at `offset`, without moving the window away from what it holds.
    pub(super) fn peek(&self, offset: u64) -> Option<[u8; OBJECT_HEADER as usize]> {
        if let Some(raw) = self.held(offset, OBJECT_HEADER as usize) {
            return raw.first_chunk().copied();
        }
        if offset.checked_add(OBJECT_HEADER)? > self.len {
            return None;
        }
        let mut raw = [0; OBJECT_HEADER as usize];
        let count = super::bytes::read_full(self.bytes, offset, &mut raw).ok()?;
        (count == raw.len()).then_some(raw)
    }

    /// Whether `peek` needs no read.
    pub(super) fn holds(&self, offset: u64) -> bool {
        self.held(offset, OBJECT_HEADER as usize).is_some()
    }

    /// All that is in memory from `offset` on, where that is at least `want` bytes.
    fn held(&self, offset: u64, want: usize) -> Option<&[u8]> {
        let at = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.buf.get(at..).filter(|rest| rest.len() >= want)
    }

    fn fill(&mut self, offset: u64) {
        let want = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(WINDOW).min(WINDOW);
        self.start = offset;
        self.buf.resize(want, 0);
        let mut done = 0;
        while done < want {
            let at = offset.saturating_add(done as u64);
            match self.bytes.read_at(at, &mut self.buf[done..]) {
                // It became shorter under our hands.
                Ok(0) => self.end_at(at),
                Ok(count) => done = done.saturating_add(count).min(want),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => done = self.skip_page(at, done, error),
            }
            if self.len <= at {
                break;
            }
        }
        self.buf.truncate(done);
    }

    /// Takes the rest of a page that cannot be read as zeros, so that the walk can find its way behind it.
    fn skip_page(&mut self, at: u64, done: usize, error: io::Error) -> usize {
        self.error.get_or_insert(error);
        self.bad_pages = self.bad_pages.saturating_add(1);
        if self.bad_pages > BAD_PAGES_MAX {
            self.end_at(at);
            return done;
        }
        let rest = usize::try_from(PAGE - at % PAGE).unwrap_or(1);
        let end = done.saturating_add(rest).min(self.buf.len());
        self.buf[done..end].fill(0);
        end
    }

    fn end_at(&mut self, offset: u64) {
        self.len = self.len.min(offset);
    }
}
