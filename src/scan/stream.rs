//! Feeds a stream to the walker, window by window; where a window ends changes nothing in what it finds.

use super::Filters;
use super::sampling::Passing;
use super::walker::{LINE_MAX, LOOK_BACK, Walker, Window, count_line_feeds};
use crate::source::Scratch;
use std::fs::File;
use std::io::{self, Read};

/// Bytes of a stream whose line feeds are counted together, and how many of them make a window: two windows fit a core's
/// cache.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 12;
/// Bytes of a stream's first window that there is room for at first.
const FIRST_ROOM: usize = 32 * 1024;
/// Bytes of a file that are read and searched at a time: they stay in a core's cache.
const FILE_PIECE: usize = 128 * 1024;
/// Pieces of a file that are searched while those before them are walked.
const FILE_PIECES: usize = 64;

/// How to cut the work. The defaults fit caches; tests use odd ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) piece: usize,
    pub(super) pieces: usize,
}

impl Cut {
    /// For a stream.
    pub(super) fn of_stream(piece: Option<usize>) -> Cut {
        Cut { piece: piece.unwrap_or(PIECE).max(1), pieces: PIECES }
    }

    /// For a file that is read at positions.
    pub(super) fn of_file(piece: Option<usize>) -> Cut {
        Cut { piece: piece.unwrap_or(FILE_PIECE).max(1), pieces: FILE_PIECES }
    }
}

/// Walks the whole stream. Gives the bytes that were read, and the error that stopped it, if any: everything before it
/// has been walked. While one window is searched and walked the next one is read: decoding takes the longest.
pub(super) fn walk(
    reader: &mut (dyn Read + Send),
    filters: &Filters,
    cut: Cut,
    walker: &mut Walker,
) -> (u64, Option<io::Error>) {
    let mut source = Source { reader, offset: 0, done: false, error: None };
    let mut this = Buffer::new(cut);
    let mut base = 0u64;
    let mut passing = Passing::default();
    this.fill(&mut source);
    // An archive may have a million small members: this one waits for a stream that needs it.
    let mut next = Buffer::new(cut);
    loop {
        if source.done {
            this.search(filters, base, &mut passing);
            walker.walk_tail(&this.window(base));
            return (source.offset, source.error);
        }
        let search_and_walk = || {
            this.search(filters, base, &mut passing);
            // A needle, or the last lines of the source, may still reach into the next window.
            walker.walk(&this.window(base), whole_lines(this.bytes()));
        };
        rayon::join(search_and_walk, || next.fill(&mut source));
        let consumed = usize::try_from(walker.position() - base).unwrap_or(usize::MAX).min(this.bytes().len());
        let from = consumed.saturating_sub(LOOK_BACK);
        next.keep(&this, from);
        base += from as u64;
        std::mem::swap(&mut this, &mut next);
    }
}

/// One window's worth of bytes, with room before them for what is kept of the window before.
struct Buffer {
    /// As much of it as was needed so far.
    space: Scratch,
    /// Bytes of a window.
    size: usize,
    /// Where the filled part begins.
    head: usize,
    /// Bytes kept of the window before: they end at `head`.
    kept: usize,
    filled: usize,
    piece: usize,
    hits: Vec<usize>,
    counts: Vec<(usize, usize, usize)>,
}

impl Buffer {
    fn new(cut: Cut) -> Self {
        let (space, size) = (Scratch::of(0), cut.piece * cut.pieces);
        Buffer { space, size, head: 0, kept: 0, filled: 0, piece: cut.piece, hits: Vec::new(), counts: Vec::new() }
    }

    fn fill(&mut self, source: &mut Source<'_>) {
        (self.filled, self.kept) = (0, 0);
        self.hits.clear();
        let mut room = self.size.min(FIRST_ROOM);
        while self.filled < self.size && !source.done {
            if self.space.len() < self.head + room {
                self.space.resize(self.head + room, 0);
            }
            self.filled += source.fill(&mut self.space[self.head + self.filled..self.head + room]);
            room = self.size.min(room * 4);
        }
    }

    /// Puts what is kept of the window before in front. It is longer than the room for it only where one line fills
    /// whole windows.
    fn keep(&mut self, before: &Buffer, from: usize) {
        let kept = &before.bytes()[from..];
        if kept.len() > self.head {
            let more = kept.len().max(4 * LOOK_BACK) - self.head;
            self.space.splice(0..0, std::iter::repeat_n(0, more));
            self.head += more;
        }
        self.space[self.head - kept.len()..self.head].copy_from_slice(kept);
        self.kept = kept.len();
        self.hits.extend(before.hits.iter().filter_map(|hit| hit.checked_sub(from)));
    }

    fn bytes(&self) -> &[u8] {
        &self.space[self.head - self.kept..self.head + self.filled]
    }

    fn window(&self, base: u64) -> Window<'_> {
        Window { bytes: self.bytes(), base, hits: &self.hits, counts: &self.counts }
    }

    /// Needles and line feeds of the whole window.
    fn search(&mut self, filters: &Filters, base: u64, passing: &mut Passing) {
        let (mut hits, mut counts) = (std::mem::take(&mut self.hits), std::mem::take(&mut self.counts));
        let bytes = self.bytes();
        // A needle that was cut by the end of the window before is whole now.
        let from = self.kept.saturating_sub(filters.all.longest());
        hits.truncate(hits.partition_point(|hit| *hit < from));
        passing.see(&bytes[self.kept..]);
        let kernel = passing.kernel_only();
        let within = |place: u64| usize::try_from(place.saturating_sub(base)).unwrap_or(usize::MAX);
        let first = within(kernel.start).clamp(from, bytes.len());
        let last = within(kernel.end).clamp(first, bytes.len());
        filters.all.hits(bytes, from, first, &mut hits);
        filters.kernel.hits(bytes, first, last, &mut hits);
        filters.all.hits(bytes, last, bytes.len(), &mut hits);
        counts.clear();
        let pieces = bytes[self.kept..].chunks(self.piece).zip((self.kept..).step_by(self.piece));
        counts.extend(pieces.map(|(piece, start)| (start, start + piece.len(), count_line_feeds(piece))));
        (self.hits, self.counts) = (hits, counts);
    }
}

/// End of the last whole line that lies so far before the end that neither the tail of the source nor a needle's line can
/// be in what remains unseen.
fn whole_lines(buffer: &[u8]) -> usize {
    let limit = buffer.len().saturating_sub(LOOK_BACK);
    match memchr::memrchr(b'\n', &buffer[..limit]) {
        Some(n) => n + 1,
        // One line fills the buffer: cut it once it is longer than any line may be.
        None if limit > LINE_MAX => limit,
        None => 0,
    }
}

struct Source<'a> {
    reader: &'a mut (dyn Read + Send),
    offset: u64,
    done: bool,
    error: Option<io::Error>,
}

impl Source<'_> {
    /// Fills as much of `space` as there is; sets `done` at the end or at an error.
    fn fill(&mut self, space: &mut [u8]) -> usize {
        let (filled, end) = read_full(self.reader, space);
        match end {
            Ok(done) => self.done = done,
            Err(error) => (self.done, self.error) = (true, Some(error)),
        }
        self.offset += filled as u64;
        filled
    }
}

/// Reads as much of a piece of a file as there is.
pub(super) fn read_piece(file: &File, offset: u64, part: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < part.len() {
        match read_at(file, &mut part[filled..], offset + filled as u64) {
            // The file was cut while it was read.
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return (filled, Some(e)),
        }
    }
    (filled, None)
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, part: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, part, offset)
}

#[cfg(not(unix))]
pub(super) fn read_at(file: &File, part: &mut [u8], offset: u64) -> io::Result<usize> {
    use std::io::{Seek, SeekFrom};
    let mut file = file;
    file.seek(SeekFrom::Start(offset))?;
    file.read(part)
}

/// Fills the space from a stream; `Ok(true)` at its end.
fn read_full(reader: &mut dyn Read, space: &mut [u8]) -> (usize, io::Result<bool>) {
    let mut filled = 0;
    while filled < space.len() {
        match reader.read(&mut space[filled..]) {
            Ok(0) => return (filled, Ok(true)),
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return (filled, Err(e)),
        }
    }
    (filled, Ok(false))
}
