//! Walks the lines of one text source: frames the neighbourhood of every hit of the prefilter, and skips the rest.

use super::collector::Collector;
use crate::event::{Event, SourceId};
use crate::framing::{self, Framer};
use crate::recognize::Recognizer;
use crate::record::Record;

/// Bytes before a hit in which its record may begin.
pub(super) const LOOK_BACK: usize = 64 * 1024;
/// Lines at the start that are always framed: they tell the carrier and where the log begins.
const FIRST_LINES: u64 = 64;
/// Bytes at the end of a source that are always framed: they tell where the log ends.
pub(super) const LAST_BYTES: usize = 8 * 1024;
/// One line in so many bytes is always framed, so that the days (and years) of a long log are seen in order.
const SAMPLE_EVERY: u64 = 4 * 1024 * 1024;
/// A longer line is cut: no log line is that long, but a binary file may have no line feed for gigabytes.
pub(super) const LINE_MAX: usize = 1024 * 1024;

/// The state of the walk.
#[derive(Clone)]
pub(super) struct Walker {
    framer: Framer,
    recognizer: Recognizer,
    pub(super) collector: Collector,
    found: Vec<Event>,
    /// Offset in the source of the first byte that was not consumed.
    position: u64,
    /// Number of the line there, from 1.
    line: u64,
    /// Lines that are framed whatever they hold.
    forced: u64,
    next_sample: u64,
}

/// A piece of the source in memory. `bytes[0]` stands at `base` in the source.
pub(super) struct Window<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) base: u64,
    /// Starts of needles, relative to `bytes`, ascending.
    pub(super) hits: &'a [usize],
    /// Line feeds in each [`super::stream::PIECE`] of `bytes` from `counted` on, counted beforehand.
    pub(super) counts: &'a [(usize, usize, usize)],
}

impl Window<'_> {
    /// Line feeds in `bytes[from..to]`, using the counts of whole pieces.
    fn line_feeds(&self, from: usize, to: usize) -> u64 {
        let mut at = from;
        let mut total = 0;
        for (start, end, count) in self.counts {
            if *start >= at && *end <= to {
                total += count_line_feeds(&self.bytes[at..*start]) + count;
                at = *end;
            }
        }
        (total + count_line_feeds(&self.bytes[at..to])) as u64
    }
}

pub(super) fn count_line_feeds(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

impl Walker {
    pub(super) fn new(source: SourceId, collector: Collector) -> Self {
        Walker {
            framer: Framer::new(source),
            recognizer: Recognizer::default(),
            collector,
            found: Vec::new(),
            position: 0,
            line: 1,
            forced: FIRST_LINES,
            next_sample: SAMPLE_EVERY,
        }
    }

    /// Offset of the first byte that was not consumed.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next lines matter, whatever they hold.
    pub(super) fn is_open(&self) -> bool {
        self.recognizer.is_open() || self.framer.in_block()
    }

    /// From here on every line is framed, whatever it holds.
    pub(super) fn force_all(&mut self) {
        self.forced = u64::MAX;
    }

    /// It wants the next lines, whatever they hold.
    pub(super) fn is_busy(&self) -> bool {
        self.forced > 0 || self.is_open()
    }

    /// The first line at or behind this place is framed, whatever it holds.
    pub(super) fn next_sample(&self) -> u64 {
        self.next_sample
    }

    /// Passes over everything up to a place where a line begins, by way of `feeds` line feeds.
    pub(super) fn jump(&mut self, to: u64, feeds: u64) {
        self.flush();
        self.line += feeds;
        self.position = to;
    }

    /// Consumes all whole lines of the window up to `limit` (relative to it): the caller makes sure that a line ends there.
    pub(super) fn walk(&mut self, window: &Window<'_>, limit: usize) {
        self.walk_places(window, limit);
        self.skip(window, limit);
    }

    /// Like [`Self::walk`], but stays where nothing more matters.
    pub(super) fn walk_places(&mut self, window: &Window<'_>, limit: usize) {
        let mut hit = 0;
        loop {
            let at = self.at(window);
            if at >= limit {
                return;
            }
            if self.position >= self.next_sample {
                self.next_sample = (self.position / SAMPLE_EVERY + 1) * SAMPLE_EVERY;
                self.forced = self.forced.max(1);
            }
            while window.hits.get(hit).is_some_and(|h| *h < at) {
                hit += 1;
            }
            if self.is_busy() {
                let end = line_end(window.bytes, at, limit);
                // A line with a needle makes the next one be framed too: only it shows whether the record goes on.
                let has_hit = window.hits.get(hit).is_some_and(|h| *h < end);
                self.forced = self.forced.saturating_sub(1).max(u64::from(has_hit));
                self.push_line(window, at, end);
                continue;
            }
            let Some((target, record)) = self.next_target(window, hit, limit) else { return };
            self.skip(window, target);
            self.forced = 1;
            if record {
                self.force_to_hit(window, hit, target);
            }
        }
    }

    fn at(&self, window: &Window<'_>) -> usize {
        usize::try_from(self.position.saturating_sub(window.base)).unwrap_or(usize::MAX).min(window.bytes.len())
    }

    /// Where to go on: the record that holds the next hit, or the next sample, whichever comes first; and whether it is a
    /// record.
    fn next_target(&self, window: &Window<'_>, hit: usize, limit: usize) -> Option<(usize, bool)> {
        let at = self.at(window);
        let record = window
            .hits
            .get(hit)
            .filter(|h| **h < limit)
            .map(|h| framing::record_start(&window.bytes[..limit], *h).max(at));
        let sample = self.sample_line(window, at, limit);
        match (record, sample) {
            (Some(record), sample) if sample.is_none_or(|sample| record <= sample) => Some((record, true)),
            (_, sample) => sample.map(|sample| (sample, false)),
        }
    }

    /// The first line at or behind the next sampling point, where this window holds it.
    fn sample_line(&self, window: &Window<'_>, at: usize, limit: usize) -> Option<usize> {
        let grid = usize::try_from(self.next_sample.saturating_sub(window.base)).ok()?.max(at);
        if grid >= limit {
            return None;
        }
        let start = memchr::memchr(b'\n', &window.bytes[grid..limit])? + grid + 1;
        (start < limit).then_some(start)
    }

    /// A record may begin some lines before the hit in it: those are framed too.
    fn force_to_hit(&mut self, window: &Window<'_>, hit: usize, target: usize) {
        if let Some(h) = window.hits.get(hit).filter(|h| **h > target && **h - target <= LOOK_BACK) {
            self.forced += count_line_feeds(&window.bytes[target..*h]) as u64;
        }
    }

    fn skip(&mut self, window: &Window<'_>, to: usize) {
        let at = self.at(window);
        if to > at {
            self.flush();
            self.line += window.line_feeds(at, to);
            self.position = window.base + to as u64;
        }
    }

    fn push_line(&mut self, window: &Window<'_>, at: usize, end: usize) {
        let line = &window.bytes[at..end];
        let (text, fed) = match line.split_last() {
            Some((b'\n', text)) => (text, 1),
            _ => (line, 0),
        };
        let (collector, recognizer, found) = (&mut self.collector, &mut self.recognizer, &mut self.found);
        self.framer.push(text, self.line, self.position, &mut |record| take(record, collector, recognizer, found));
        self.drain();
        self.line += fed;
        self.position = window.base + end as u64;
    }

    /// A line that was found elsewhere, with its place.
    pub(super) fn push_at(&mut self, line: &[u8], number: u64, offset: u64) {
        let (collector, recognizer, found) = (&mut self.collector, &mut self.recognizer, &mut self.found);
        self.framer.push(line, number, offset, &mut |record| take(record, collector, recognizer, found));
        self.drain();
    }

    fn flush(&mut self) {
        let (collector, recognizer, found) = (&mut self.collector, &mut self.recognizer, &mut self.found);
        self.framer.flush(&mut |record| take(record, collector, recognizer, found));
        self.drain();
    }

    fn drain(&mut self) {
        if self.framer.has_events() {
            self.found.extend(self.framer.take_events());
        }
        if !self.found.is_empty() {
            self.collector.take(&mut self.found);
        }
    }

    /// The last lines of the source, which lie in this window, are framed whatever they hold.
    pub(super) fn walk_tail(&mut self, window: &Window<'_>) {
        let limit = window.bytes.len();
        let at = self.at(window);
        let tail = limit.saturating_sub(LAST_BYTES).max(at);
        let start = if tail == at {
            at
        } else {
            memchr::memchr(b'\n', &window.bytes[tail..limit]).map_or(limit, |n| tail + n + 1)
        };
        let before: Vec<usize> = window.hits.iter().copied().filter(|h| *h < start).collect();
        self.walk(&Window { hits: &before, ..*window }, start);
        self.forced = u64::MAX;
        self.walk(&Window { hits: &[], ..*window }, limit);
    }

    /// The end of the source: everything pending comes out.
    pub(super) fn finish(mut self) -> (Collector, &'static str) {
        self.flush();
        self.recognizer.finish(&mut self.found);
        self.collector.take(&mut self.found);
        let kind = self.framer.kind();
        (self.collector, kind)
    }
}

fn take(record: &Record<'_>, collector: &mut Collector, recognizer: &mut Recognizer, found: &mut Vec<Event>) {
    collector.note(record);
    recognizer.push(record, found);
    if !found.is_empty() {
        collector.take(found);
    }
}

/// End of the line that begins at `at`: behind its line feed, at `limit`, or after [`LINE_MAX`] bytes.
fn line_end(bytes: &[u8], at: usize, limit: usize) -> usize {
    let limit = limit.min(at.saturating_add(LINE_MAX));
    memchr::memchr(b'\n', &bytes[at..limit]).map_or(limit, |n| at + n + 1)
}
