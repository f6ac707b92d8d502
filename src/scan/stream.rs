//! Feeds a text source to the walker: a plain file by positional reads of several threads, anything else as a stream.
//! The walker sees the same windows' worth of lines either way; where a window ends changes nothing in what it finds.

use super::walker::{LINE_MAX, LOOK_BACK, Walker, Window, count_line_feeds};
use crate::prefilter::Prefilter;
use crate::source::Meter;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, Read};

/// Bytes that one thread reads and searches at a time.
const PIECE: usize = 256 * 1024;
/// Pieces of one window for each thread.
const PIECES: usize = 8;

/// How to cut the work. The defaults fit caches; tests use odd ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) piece: usize,
    pub(super) pieces: usize,
}

impl Cut {
    pub(super) fn for_threads(threads: usize) -> Cut {
        Cut { piece: PIECE, pieces: PIECES * threads.max(1) }
    }
}

/// Where the bytes come from.
pub(super) enum Bytes<'a> {
    /// A file of known length, read in parallel.
    File(&'a File, u64),
    /// A stream.
    Stream(&'a mut (dyn Read + Send)),
}

/// Walks the whole source. Gives the bytes that were read, and the error that stopped it, if any: everything before it
/// has been walked. While one window is walked the next one is read and searched.
pub(super) fn walk<'a>(
    bytes: Bytes<'a>,
    filter: &Prefilter,
    cut: Cut,
    walker: &mut Walker,
    meter: &'a Meter,
) -> (u64, Option<io::Error>) {
    let mut source = Source { bytes, offset: 0, done: false, error: None, meter, ahead: 0 };
    let mut this = Buffer::new(cut);
    let mut next = Buffer::new(cut);
    let mut base = 0u64;
    this.fill(&mut source, filter);
    loop {
        this.combine(filter);
        let window = Window { bytes: this.bytes(), base, hits: &this.hits, counts: &this.counts };
        if source.done {
            walker.walk_tail(&window);
            meter.ahead_done(source.ahead);
            return (source.offset, source.error);
        }
        // A needle, or the last lines of the source, may still reach into the next window.
        let whole = whole_lines(window.bytes);
        rayon::join(|| walker.walk(&window, whole), || next.fill(&mut source, filter));
        let consumed = usize::try_from(walker.position() - base).unwrap_or(usize::MAX).min(window.bytes.len());
        let keep = consumed.saturating_sub(LOOK_BACK);
        next.keep(&window.bytes[keep..]);
        base += keep as u64;
        std::mem::swap(&mut this, &mut next);
    }
}

/// One window's worth of bytes, with room before them for what is kept of the window before.
struct Buffer {
    space: Vec<u8>,
    /// Where the filled part begins.
    head: usize,
    /// Bytes kept of the window before: they end at `head`.
    kept: usize,
    cut: Cut,
    filled: Filled,
    hits: Vec<usize>,
    counts: Vec<(usize, usize, usize)>,
}

impl Buffer {
    fn new(cut: Cut) -> Self {
        let head = 4 * LOOK_BACK;
        let space = vec![0; head + cut.piece * cut.pieces];
        Buffer { space, head, kept: 0, cut, filled: Filled::default(), hits: Vec::new(), counts: Vec::new() }
    }

    fn fill(&mut self, source: &mut Source<'_>, filter: &Prefilter) {
        self.filled = source.fill(&mut self.space[self.head..], self.cut.piece, filter);
        self.kept = 0;
    }

    /// Puts what is kept of the window before in front. It is longer than the room for it only where one line fills
    /// whole windows.
    fn keep(&mut self, kept: &[u8]) {
        if kept.len() > self.head {
            let more = kept.len() - self.head;
            self.space.splice(0..0, std::iter::repeat_n(0, more));
            self.head += more;
        }
        self.space[self.head - kept.len()..self.head].copy_from_slice(kept);
        self.kept = kept.len();
    }

    fn bytes(&self) -> &[u8] {
        &self.space[self.head - self.kept..self.head + self.filled.bytes]
    }

    /// Needles and line feeds of the whole window: of what was kept, of each new piece, and of the seams between them.
    fn combine(&mut self, filter: &Prefilter) {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        self.counts.clear();
        let bytes = self.bytes();
        filter.hits(bytes, 0, self.kept, &mut hits);
        let mut counts = Vec::new();
        for piece in &self.filled.pieces {
            let (start, end) = (self.kept + piece.start, self.kept + piece.end);
            let seam = start.saturating_sub(filter.longest())..end.min(start + filter.longest());
            filter.hits(bytes, seam.start, seam.end, &mut hits);
            hits.extend(piece.hits.iter().map(|h| start + h));
            counts.push((start, end, piece.line_feeds));
        }
        hits.sort_unstable();
        hits.dedup();
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

/// What one filling brought: bytes, and for each piece (start, end, hits, line feeds), relative to the filled space.
#[derive(Default)]
struct Filled {
    bytes: usize,
    pieces: Vec<Piece>,
}

#[derive(Default)]
struct Piece {
    start: usize,
    end: usize,
    hits: Vec<usize>,
    line_feeds: usize,
}

impl Piece {
    /// Searches a piece while it is in the cache.
    fn search(bytes: &[u8], start: usize, filter: &Prefilter) -> Piece {
        let mut hits = Vec::new();
        filter.hits(bytes, 0, bytes.len(), &mut hits);
        Piece { start, end: start + bytes.len(), hits, line_feeds: count_line_feeds(bytes) }
    }
}

struct Source<'a> {
    bytes: Bytes<'a>,
    offset: u64,
    done: bool,
    error: Option<io::Error>,
    meter: &'a Meter,
    /// Bytes that the meter was told of.
    ahead: u64,
}

impl Source<'_> {
    /// Tells the meter what was read, and heeds its word to stop.
    fn tell(&mut self) {
        if matches!(self.bytes, Bytes::File(..)) {
            self.meter.ahead(self.offset - self.ahead);
            self.ahead = self.offset;
            if let Err(error) = self.meter.go_on() {
                (self.done, self.error) = (true, self.error.take().or(Some(error)));
            }
        }
    }

    /// Fills as much of `space` as there is; sets `done` at the end or at an error.
    fn fill(&mut self, space: &mut [u8], piece: usize, filter: &Prefilter) -> Filled {
        let filled = match &mut self.bytes {
            Bytes::File(file, length) => {
                let left = usize::try_from(length.saturating_sub(self.offset)).unwrap_or(usize::MAX);
                let want = left.min(space.len());
                let (filled, error) = read_pieces(file, self.offset, &mut space[..want], piece, filter);
                self.done = error.is_some() || filled.bytes < want || self.offset + filled.bytes as u64 >= *length;
                self.error = error;
                filled
            }
            Bytes::Stream(reader) => {
                let (filled, end) = read_stream(&mut **reader, space, piece, filter);
                match end {
                    Ok(done) => self.done = done,
                    Err(error) => (self.done, self.error) = (true, Some(error)),
                }
                filled
            }
        };
        self.offset += filled.bytes as u64;
        self.tell();
        filled
    }
}

/// Reads all pieces of the space in parallel; gives what is filled without a hole from the start, and the first error.
fn read_pieces(
    file: &File,
    offset: u64,
    space: &mut [u8],
    piece: usize,
    filter: &Prefilter,
) -> (Filled, Option<io::Error>) {
    let parts: Vec<(Piece, bool, Option<io::Error>)> = space
        .par_chunks_mut(piece)
        .enumerate()
        .map(|(n, part)| {
            let (read, error) = read_piece(file, offset + (n * piece) as u64, part);
            (Piece::search(&part[..read], n * piece, filter), read < part.len(), error)
        })
        .collect();
    let mut filled = Filled::default();
    for (part, short, error) in parts {
        filled.bytes = part.end;
        filled.pieces.push(part);
        if short || error.is_some() {
            return (filled, error);
        }
    }
    (filled, None)
}

fn read_piece(file: &File, offset: u64, part: &mut [u8]) -> (usize, Option<io::Error>) {
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

/// Fills the space from a stream, piece by piece; `Ok(true)` at its end.
fn read_stream(
    reader: &mut dyn Read,
    space: &mut [u8],
    piece: usize,
    filter: &Prefilter,
) -> (Filled, io::Result<bool>) {
    let mut filled = Filled::default();
    for part in space.chunks_mut(piece) {
        let (read, end) = read_full(reader, part);
        filled.pieces.push(Piece::search(&part[..read], filled.bytes, filter));
        filled.bytes += read;
        match end {
            Ok(false) => {}
            end => return (filled, end),
        }
    }
    (filled, Ok(false))
}

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
