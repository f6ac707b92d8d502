//! Walks a plain file. All of it is read and searched once, in pieces that stay in a core's cache and are forgotten at once:
//! what is kept of them are the places of needles and the numbers of lines. The few places that matter are read again.

use super::stream::{Cut, read_piece};
use super::walker::{LAST_BYTES, LINE_MAX, LOOK_BACK, Walker, Window, count_line_feeds};
use crate::framing;
use crate::prefilter::Prefilter;
use crate::source::Meter;
use rayon::prelude::*;
use std::cell::RefCell;
use std::fs::File;
use std::io;

/// Bytes whose line feeds are counted together.
const BLOCK: usize = 4096;
/// Bytes that are searched and then counted while they lie in a core's innermost cache.
const STEP: usize = 4 * BLOCK;
/// Bytes before a needle that are read first: nearly always its record begins there.
const NEAR: u64 = 4096;
/// Bytes before a needle in which its record may begin.
const BACK: u64 = LOOK_BACK as u64;
/// A line that is longer is cut.
const LINE: u64 = LINE_MAX as u64;
/// Bytes that are read at a place for the walker, and the most of them where it goes on and on.
const ROOM: u64 = 16 * 1024;
const ROOM_MAX: u64 = 256 * 1024;

/// Walks the whole file. Gives the bytes that were read, and the error that stopped it, if any: everything before it has
/// been walked. While one span is walked the next one is searched.
pub(super) fn walk(
    file: &File,
    length: u64,
    filter: &Prefilter,
    cut: Cut,
    walker: &mut Walker,
    meter: &Meter,
) -> (u64, Option<io::Error>) {
    let mut search = Search { file, length, filter, cut, at: 0, done: false, error: None, meter };
    let mut places = Places { file, walker, known: Span::default(), bound: 0, buffer: Vec::new(), room: ROOM };
    places.known.append(search.next());
    while !search.done {
        // The record of a needle behind what is known, or the last lines of the file, may begin so far before.
        places.bound = places.known.end.saturating_sub(BACK);
        let ((), span) = rayon::join(|| places.walk(), || search.next());
        places.known.forget(places.walker.position());
        places.known.append(span);
    }
    places.tail();
    meter.ahead_done(search.at);
    (search.at, search.error)
}

/// What is known of a part of the file.
#[derive(Default)]
struct Span {
    /// Where it ends.
    end: u64,
    /// Places of needles, ascending.
    hits: Vec<u64>,
    /// Starts of blocks, and the line feeds in each.
    feeds: Vec<(u64, u32)>,
}

impl Span {
    fn append(&mut self, more: Span) {
        self.end = more.end;
        self.hits.extend(more.hits);
        self.feeds.extend(more.feeds);
    }

    /// What lies before a place is not asked for any more.
    fn forget(&mut self, place: u64) {
        self.hits.drain(..self.hits.partition_point(|h| *h < place));
        self.feeds.drain(..self.feeds.partition_point(|(start, _)| *start < place));
    }

    fn next_hit(&self, from: u64) -> Option<u64> {
        self.hits.get(self.hits.partition_point(|h| *h < from)).copied()
    }
}

/// The search, which goes ahead.
struct Search<'a> {
    file: &'a File,
    length: u64,
    filter: &'a Prefilter,
    cut: Cut,
    at: u64,
    done: bool,
    error: Option<io::Error>,
    meter: &'a Meter,
}

thread_local! {
    static PIECE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Search<'_> {
    /// Searches the next pieces, in parallel.
    fn next(&mut self) -> Span {
        let (from, piece) = (self.at, self.cut.piece as u64);
        let count = self.length.saturating_sub(from).div_ceil(piece).min(self.cut.pieces as u64);
        let pieces: Vec<(Span, Option<io::Error>)> =
            (0..count).into_par_iter().map(|n| self.piece(from + n * piece)).collect();
        let mut span = Span { end: from, ..Span::default() };
        for ((part, error), n) in pieces.into_iter().zip(1u64..) {
            span.append(part);
            if error.is_some() || span.end < from + n * piece {
                (self.done, self.error) = (true, error);
                break;
            }
        }
        self.done |= span.end >= self.length;
        self.at = span.end;
        self.meter.ahead(span.end - from);
        if let Err(error) = self.meter.go_on() {
            (self.done, self.error) = (true, self.error.take().or(Some(error)));
        }
        span
    }

    fn piece(&self, from: u64) -> (Span, Option<io::Error>) {
        PIECE.with_borrow_mut(|buffer| self.piece_with(from, buffer))
    }

    /// Reads a piece, and around it as much as a needle may reach out of it.
    fn piece_with(&self, from: u64, buffer: &mut Vec<u8>) -> (Span, Option<io::Error>) {
        let reach = self.filter.longest().next_multiple_of(64);
        let before = usize::try_from(from).map_or(reach, |from| from.min(reach));
        let left = usize::try_from(self.length.saturating_sub(from)).unwrap_or(usize::MAX);
        let want = before + left.min(self.cut.piece.saturating_add(reach));
        if buffer.len() < want {
            buffer.resize(want, 0);
        }
        let (read, error) = read_piece(self.file, from - before as u64, &mut buffer[..want]);
        let end = read.min(before + self.cut.piece).max(before);
        let mut span = Span { end: from + (end - before) as u64, ..Span::default() };
        let bytes = &buffer[..read.max(before)];
        let mut hits = Vec::new();
        for start in (before..end).step_by(STEP) {
            let step = start..(start + STEP).min(end);
            self.filter.hits(bytes, step.start, step.end, &mut hits);
            let blocks = bytes[step].chunks(BLOCK).zip((start..).step_by(BLOCK));
            span.feeds.extend(blocks.map(|(block, at)| (from + (at - before) as u64, feeds_in(block))));
        }
        span.hits.extend(hits.iter().map(|h| from + (h - before) as u64));
        (span, error)
    }
}

fn feeds_in(block: &[u8]) -> u32 {
    u32::try_from(count_line_feeds(block)).unwrap_or(u32::MAX)
}

/// The places that matter, and the walker that looks at them.
struct Places<'a> {
    file: &'a File,
    walker: &'a mut Walker,
    known: Span,
    /// Lines that end before this may be walked.
    bound: u64,
    buffer: Vec<u8>,
    room: u64,
}

impl Places<'_> {
    /// Walks all places of lines that end before the bound.
    fn walk(&mut self) {
        loop {
            let at = self.walker.position();
            let more = if self.walker.is_busy() { self.go_on(at) } else { self.go_to_next(at) };
            let position = self.walker.position();
            // Where it does not get on, it waits until more is known.
            if !more || position == at || position >= self.bound {
                return;
            }
        }
    }

    /// Walks on from where the walker is, because it wants every line.
    fn go_on(&mut self, at: u64) -> bool {
        let room = self.room;
        self.room = (room * 2).min(ROOM_MAX);
        self.load(at, room);
        self.look(at, at)
    }

    /// Goes to the next needle or sample. False when there is none before the bound.
    fn go_to_next(&mut self, at: u64) -> bool {
        let hit = self.known.next_hit(at).unwrap_or(u64::MAX);
        let sample = self.walker.next_sample().max(at);
        let target = hit.min(sample);
        if target >= self.bound {
            return false;
        }
        self.room = ROOM;
        let backs: &[u64] = match target {
            // No record can begin before the sample and have a needle behind it.
            _ if hit.saturating_sub(BACK) > sample => &[0],
            _ if target == sample => &[BACK, LINE],
            _ => &[NEAR, BACK, LINE],
        };
        for back in backs {
            if let Some(more) = self.approach(at, target, *back) {
                return more;
            }
        }
        self.creep(at)
    }

    /// Goes to a place by way of the first line that begins in the `back` bytes before it. Nothing when that is too near to
    /// tell where the record there begins.
    fn approach(&mut self, at: u64, target: u64, back: u64) -> Option<bool> {
        let from = target.saturating_sub(back).max(at);
        self.load(from, target - from + ROOM);
        let mut start = at;
        if from > at {
            start = from + memchr::memchr(b'\n', &self.buffer)? as u64 + 1;
            let far_enough = back == 0 || start <= target && (back > NEAR || self.begins_record(from, target));
            if !far_enough {
                return None;
            }
            self.jump(start);
        }
        Some(self.look(from, start.max(target)))
    }

    /// Whether the record at a place begins with the line that holds it, whatever stands before that line.
    fn begins_record(&self, from: u64, place: u64) -> bool {
        let place = usize::try_from(place - from).unwrap_or(usize::MAX).min(self.buffer.len());
        let start = memchr::memrchr(b'\n', &self.buffer[..place]).map_or(0, |feed| feed + 1);
        let line = &self.buffer[start..];
        framing::begins_record(&line[..memchr::memchr(b'\n', line).unwrap_or(line.len())])
    }

    /// Lets the walker look at what is loaded, which must hold whole lines behind `place`: more is loaded until it does.
    /// False when they are not known yet.
    fn look(&mut self, from: u64, place: u64) -> bool {
        let behind = usize::try_from(place - from).unwrap_or(usize::MAX);
        loop {
            let bytes = &self.buffer[behind.min(self.buffer.len())..];
            let first = memchr::memchr(b'\n', bytes);
            let last = memchr::memrchr(b'\n', bytes);
            if last > first || first.is_some() && self.is_loaded_to_bound(from) {
                let limit = behind + last.map_or(0, |feed| feed + 1);
                self.show(from, limit, false);
                return true;
            }
            if bytes.len() > 2 * LINE_MAX {
                self.show(from, self.buffer.len() - LOOK_BACK, false);
                return true;
            }
            let length = self.buffer.len();
            self.load(from, (length as u64 * 4).max(ROOM));
            if self.buffer.len() <= length {
                return false;
            }
        }
    }

    fn is_loaded_to_bound(&self, from: u64) -> bool {
        from + self.buffer.len() as u64 >= self.bound
    }

    /// Walks on through lines that are too long to find a beginning in.
    fn creep(&mut self, at: u64) -> bool {
        self.load(at, 3 * LINE);
        let Some(end) = self.buffer.len().checked_sub(LOOK_BACK) else { return false };
        match memchr::memrchr(b'\n', &self.buffer[..end]) {
            Some(feed) => self.show(at, feed + 1, true),
            None if end > LINE_MAX => self.show(at, end, true),
            None => return false,
        }
        true
    }

    /// Shows the walker what is loaded; `through` when it may pass over all of it.
    fn show(&mut self, from: u64, limit: usize, through: bool) {
        let hits = self.hits_in(from);
        let window = Window { bytes: &self.buffer, base: from, hits: &hits, counts: &[] };
        if through {
            self.walker.walk(&window, limit);
        } else {
            self.walker.walk_places(&window, limit);
        }
    }

    fn hits_in(&self, from: u64) -> Vec<usize> {
        let end = from + self.buffer.len() as u64;
        let first = self.known.hits.partition_point(|h| *h < from);
        let hits = self.known.hits[first..].iter().take_while(|h| **h < end);
        hits.filter_map(|h| usize::try_from(h - from).ok()).collect()
    }

    /// The walker goes on at the start of a line further on.
    fn jump(&mut self, to: u64) {
        let from = self.walker.position();
        let feeds = self.line_feeds(from, to);
        self.walker.jump(to, feeds);
    }

    fn line_feeds(&mut self, from: u64, to: u64) -> u64 {
        let first = self.known.feeds.partition_point(|(start, _)| *start < from);
        let last = self.known.feeds.partition_point(|(start, _)| *start <= to);
        let blocks = self.known.feeds.get(first..last).unwrap_or_default();
        let (Some((begin, _)), Some((end, _))) = (blocks.first().copied(), blocks.last().copied()) else {
            return self.count(from, to);
        };
        let between: u64 = blocks[..blocks.len() - 1].iter().map(|(_, feeds)| u64::from(*feeds)).sum();
        self.count(from, begin) + between + self.count(end, to)
    }

    /// Counts line feeds of less than a block.
    fn count(&self, from: u64, to: u64) -> u64 {
        let mut bytes = vec![0; usize::try_from(to - from).unwrap_or(0)];
        let (read, _) = read_piece(self.file, from, &mut bytes);
        count_line_feeds(&bytes[..read]) as u64
    }

    /// Reads up to `length` bytes of lines that may be walked.
    fn load(&mut self, from: u64, length: u64) {
        let length = usize::try_from(length.min(self.bound.saturating_sub(from))).unwrap_or(0);
        self.buffer.resize(length, 0);
        // What cannot be read again was cut off meanwhile: no lines are left to walk.
        let (read, _) = read_piece(self.file, from, &mut self.buffer);
        self.buffer.truncate(read);
    }

    /// Walks the end of the file.
    fn tail(&mut self) {
        let end = self.known.end;
        let last = end.saturating_sub(LAST_BYTES as u64 + BACK);
        self.bound = last;
        self.walk();
        self.bound = end;
        let at = self.walker.position();
        let hit = self.known.next_hit(at).unwrap_or(u64::MAX);
        let from = if self.walker.is_busy() { at } else { last.min(hit).saturating_sub(BACK).max(at) };
        self.load(from, end - from);
        let mut base = from;
        if from > at {
            match memchr::memchr(b'\n', &self.buffer) {
                Some(feed) => self.jump(from + feed as u64 + 1),
                None => {
                    self.load(at, end - at);
                    base = at;
                }
            }
        }
        let hits = self.hits_in(base);
        self.walker.walk_tail(&Window { bytes: &self.buffer, base, hits: &hits, counts: &[] });
    }
}

#[cfg(test)]
mod tests {
    use super::super::Filters;
    use super::super::collector::Collector;
    use super::super::stream;
    use super::*;
    use crate::event::{Fact, SourceFacts, SourceId};

    /// A log of 9 MiB of noise with reports near the places where samples, pieces and spans end, and one long line.
    fn log() -> Vec<u8> {
        let report = std::fs::read("samples/container-limit/dmesg-r.txt").unwrap();
        let mut text = Vec::new();
        let near = [4096, 130_000, 4 << 20, (4 << 20) + 40_000, (8 << 20) - 70_000, (8 << 20) - 10, 9 << 20];
        for (place, n) in near.into_iter().zip(0..) {
            while text.len() < place {
                let line =
                    format!("[{}.{:06}] eth0: link becomes ready, {}\n", 100 + n, text.len() % 999_983, text.len());
                text.extend_from_slice(line.as_bytes());
            }
            if n == 1 {
                text.extend(std::iter::repeat_n(b'x', 200_000));
                text.push(b'\n');
            }
            text.extend_from_slice(&report);
        }
        text
    }

    /// Line of each report, and the number of records that were framed.
    fn found(walker: Walker) -> (Vec<Option<u64>>, u64) {
        let (collector, _) = walker.finish();
        let kernel = collector.facts.events.iter().filter(|e| matches!(e.fact, Fact::KernelOom(_)));
        (kernel.map(|e| e.evidence.first().and_then(|e| e.line)).collect(), collector.facts.records)
    }

    fn walker() -> Walker {
        Walker::new(SourceId(0), Collector::new(SourceFacts::default()))
    }

    #[test]
    fn a_file_is_read_like_a_stream_whatever_its_pieces() {
        let text = log();
        let filters = Filters::new().unwrap();
        let mut streamed = walker();
        stream::walk(&mut text.as_slice(), &filters, Cut::of_stream(None), &mut streamed);
        let wanted = found(streamed);
        assert_eq!(wanted.0.len() % 7, 0);
        assert!(!wanted.0.is_empty());
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), &text).unwrap();
        let file = File::open(path.path()).unwrap();
        for piece in [None, Some(1021), Some(70_001)] {
            let mut walker = walker();
            let (read, error) =
                walk(&file, text.len() as u64, &filters.all, Cut::of_file(piece), &mut walker, &Meter::default());
            assert!(error.is_none() && read == text.len() as u64);
            assert_eq!(found(walker), wanted, "{piece:?}");
        }
    }
}
