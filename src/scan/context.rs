//! The lines around each line of proof, for the formats that show them.
//!
//! They are fetched when the report is made and only the few places that it cites are known: a plain file is read at those
//! places, an archive or compressed file is decoded once more, and what it shows is what stands in the file, whatever pieces the scan
//! read it in. What came through a pipe or from a device cannot be read again, so the beginning of it is kept while it is
//! read ([`Kept`]). A place where the cited line does not stand any more (a log that was rotated meanwhile) gets no context.

use super::{JOURNAL_IN_MEMORY_MAX, Options, Reader};
use crate::event::EVIDENCE_TEXT_MAX;
use crate::report::{Evidence, Report, Surroundings};
use crate::source::{self, Input, Item, journal};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// Lines before and after; as many as the journal's walk visits.
const LINES: usize = journal::AROUND;
/// Places of a report that get context: the first ones.
const PLACES_MAX: usize = 10_000;
/// Bytes before and after the start of a line that are looked at.
const BACK: usize = 4 * 1024;
const AHEAD: usize = 16 * 1024;
/// Bytes that are kept of one pipe.
const KEPT_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a cited line by which it is known again.
const KNOWN_BY: usize = 64;

/// Places that are cited of one source: offset, and how the line begins. Several proofs can stand in one line.
type Cited = BTreeMap<u64, String>;
/// What stands around the places of one source.
type Found = BTreeMap<u64, Surroundings>;

/// Gives the report's evidence its context.
pub(super) fn fill(report: &mut Report, inputs: &[Input], reader: &Reader) {
    let options = reader.options();
    let cited = cited(report);
    if cited.is_empty() || options.meter.stopped() {
        return;
    }
    let again = |file: &str| {
        let mut from_file = cited.range(file.to_owned()..).take_while(|(source, _)| source.starts_with(file));
        from_file.any(|(source, _)| matches!(source.as_bytes().get(file.len()), None | Some(b'!')))
    };
    let look = |item: Item<'_>| cited.get(item.path.as_str()).map(|places| around(item, places));
    let outcomes = source::for_each_again(inputs, &options.limits, &options.meter, &again, &look);
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    // Two members of one archive can have the same name: the one in which the line stands is meant.
    outcomes.into_iter().for_each(|outcome| found.entry(outcome.path).or_default().extend(outcome.value));
    for (path, bytes) in reader.kept.taken().iter().chain(&documents(options)) {
        let Some(places) = cited.get(path) else { continue };
        let places = around_bytes(bytes, places);
        found.entry(path.clone()).or_default().extend(places);
    }
    for proof in report.incidents.iter_mut().flat_map(|incident| &mut incident.evidence) {
        proof.context = found.get(&proof.source).and_then(|places| places.get(&proof.offset)).cloned().map(Box::new);
    }
}

fn documents(options: &Options) -> Vec<(String, Vec<u8>)> {
    options.documents.iter().map(|document| (document.name.clone(), document.bytes.clone())).collect()
}

fn cited(report: &Report) -> BTreeMap<String, Cited> {
    let mut cited: BTreeMap<String, Cited> = BTreeMap::new();
    for proof in report.incidents.iter().flat_map(|incident| &incident.evidence).take(PLACES_MAX) {
        if let Some(start) = start(proof) {
            cited.entry(proof.source.clone()).or_default().insert(proof.offset, start);
        }
    }
    cited
}

/// How a line begins, up to what is not text. Nothing for a line without any.
fn start(proof: &Evidence) -> Option<String> {
    let line = proof.text.split(['\n', '\u{fffd}']).next().unwrap_or_default();
    let end = (0..=line.len().min(KNOWN_BY)).rev().find(|end| line.is_char_boundary(*end))?;
    (end > 0).then(|| line[..end].to_owned())
}

/// What stands around the places of an item.
fn around(mut item: Item<'_>, places: &Cited) -> Found {
    let is_journal = item.head.starts_with(journal::MAGIC);
    match &item.file {
        Some(file) if is_journal => entries(file, places),
        Some(file) => lines(&mut |from, buffer| journal::Bytes::read_at(file, from, buffer), places),
        None if is_journal => {
            let mut bytes = Vec::new();
            let _ = (&mut item.reader).take(JOURNAL_IN_MEMORY_MAX).read_to_end(&mut bytes);
            entries(&bytes, places)
        }
        None => {
            let mut stream = Forward { inner: item.reader, at: 0, last: Vec::new() };
            lines(&mut |from, buffer| stream.read_at(from, buffer), places)
        }
    }
}

fn around_bytes(bytes: &Vec<u8>, places: &Cited) -> Found {
    if bytes.starts_with(journal::MAGIC) {
        return entries(bytes, places);
    }
    lines(&mut |from, buffer| journal::Bytes::read_at(bytes, from, buffer), places)
}

/// The neighbours of a journal's entries, as `identifier: message`.
fn entries(bytes: &dyn journal::Bytes, places: &Cited) -> Found {
    let offsets: Vec<u64> = places.keys().copied().collect();
    let mut all: Vec<(u64, String, String)> = Vec::new();
    let mut visit = |entry: &journal::Entry<'_>| {
        let message = first_line(entry.message().unwrap_or_default());
        let speaker = entry.field("SYSLOG_IDENTIFIER").or_else(|| entry.field("_COMM")).map(first_line);
        let shown = speaker.map_or_else(|| message.clone(), |speaker| format!("{speaker}: {message}"));
        all.push((entry.offset, message, shown));
    };
    if journal::walk_near(bytes, &["SYSLOG_IDENTIFIER", "_COMM"], &offsets, &mut visit).is_err() {
        return Found::new();
    }
    let mut found = Found::new();
    for (index, (offset, message, _)) in all.iter().enumerate() {
        let shown = |(_, _, shown): &(u64, String, String)| shown.clone();
        let is_it = places.get(offset).is_some_and(|start| message.starts_with(start.as_str()));
        let before = all.get(index.saturating_sub(LINES)..index).unwrap_or_default();
        let after = all.iter().skip(index + 1).take(LINES);
        if is_it {
            let context =
                Surroundings { before: before.iter().map(shown).collect(), after: after.map(shown).collect() };
            found.insert(*offset, context);
        }
    }
    found
}

fn first_line(text: &[u8]) -> String {
    line(text.split(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// A line as evidence shows it.
fn line(raw: &[u8]) -> String {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    String::from_utf8_lossy(&raw[..raw.len().min(EVIDENCE_TEXT_MAX)]).into_owned()
}

/// Reads at ascending places; fewer bytes than asked for are the end.
type ReadAt<'a> = dyn FnMut(u64, &mut [u8]) -> io::Result<usize> + 'a;

/// The lines around places, each read in a window of its own: what is found does not depend on the pieces of a scan.
fn lines(read: &mut ReadAt<'_>, places: &Cited) -> Found {
    let mut found = Found::new();
    let mut buffer = vec![0; BACK + AHEAD];
    for (&offset, start) in places {
        let from = offset.saturating_sub(BACK as u64);
        let back = usize::try_from(offset - from).unwrap_or(0);
        let want = back + AHEAD;
        let Some(length) = fill_buffer(read, from, &mut buffer[..want]) else { break };
        let window =
            Window { bytes: &buffer[..length], at: back.min(length), from_start: from == 0, to_end: length < want };
        if let Some(context) = window.context(start) {
            found.insert(offset, context);
        }
    }
    found
}

/// Reads until the buffer is full or there is no more. Nothing where that fails.
fn fill_buffer(read: &mut ReadAt<'_>, from: u64, buffer: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match read(from + length as u64, &mut buffer[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What stands before a damage is good.
            Err(_) if length > 0 => break,
            Err(_) => return None,
        }
    }
    Some(length)
}

/// Bytes around the start of a line.
struct Window<'b> {
    bytes: &'b [u8],
    /// Where the line starts.
    at: usize,
    /// Nothing stands before the window.
    from_start: bool,
    /// Nothing stands behind it.
    to_end: bool,
}

impl Window<'_> {
    fn context(&self, start: &str) -> Option<Surroundings> {
        let (before, rest) = self.bytes.split_at_checked(self.at)?;
        let begins = if before.is_empty() { self.from_start } else { before.ends_with(b"\n") };
        let own = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let stands = memchr::memmem::find(own, start.as_bytes()).is_some();
        (begins && stands).then(|| Surroundings { before: self.before(before), after: self.after(rest) })
    }

    fn before(&self, before: &[u8]) -> Vec<String> {
        let Some(before) = before.strip_suffix(b"\n") else { return Vec::new() };
        let mut lines: Vec<String> = Vec::new();
        let mut end = before.len();
        while lines.len() < LINES {
            let feed = memchr::memrchr(b'\n', &before[..end]);
            // Where the first line of the window begins is not known.
            if feed.is_none() && !self.from_start {
                break;
            }
            lines.insert(0, line(&before[feed.map_or(0, |feed| feed + 1)..end]));
            let Some(feed) = feed else { break };
            end = feed;
        }
        lines
    }

    fn after(&self, rest: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut pieces = rest.split(|byte| *byte == b'\n').skip(1).peekable();
        while let Some(piece) = pieces.next().filter(|_| lines.len() < LINES) {
            let is_last = pieces.peek().is_none();
            // The last one has no line feed: it is nothing, a last line without one, or cut by the window.
            let whole = !is_last || (self.to_end && !piece.is_empty()) || piece.len() >= EVIDENCE_TEXT_MAX;
            if whole {
                lines.push(line(piece));
            }
        }
        lines
    }
}

/// A stream that is read at ascending places, which may lie one window back.
struct Forward<'a> {
    inner: Box<dyn Read + Send + 'a>,
    /// How much of it was read.
    at: u64,
    /// The last bytes of that.
    last: Vec<u8>,
}

impl Forward<'_> {
    fn read_at(&mut self, from: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let first = self.at - self.last.len() as u64;
        if let Some(kept) = from.checked_sub(first).and_then(|skip| self.last.get(usize::try_from(skip).ok()?..))
            && !kept.is_empty()
        {
            let count = kept.len().min(buffer.len());
            buffer[..count].copy_from_slice(&kept[..count]);
            return Ok(count);
        }
        if from > self.at {
            let skipped = io::copy(&mut (&mut self.inner).take(from - self.at), &mut io::sink())?;
            self.at += skipped;
            self.last.clear();
            if self.at < from {
                return Ok(0);
            }
        }
        let count = self.inner.read(buffer)?;
        self.at += count as u64;
        self.last.extend_from_slice(&buffer[..count]);
        let too_many = self.last.len().saturating_sub(BACK + AHEAD);
        self.last.drain(..too_many);
        Ok(count)
    }
}

/// What is kept of pipes and devices while they are read, by path.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<(String, Vec<u8>)>>);

impl Kept {
    /// Keeps the beginning of an item's bytes in a copy while they are read.
    pub(super) fn tap<'a>(&self, mut item: Item<'a>) -> (Item<'a>, Copy) {
        let name = top_level(&item.path);
        let used: usize =
            self.lock().iter().filter(|(path, _)| top_level(path) == name).map(|(_, bytes)| bytes.len()).sum();
        let copy = Copy { path: item.path.clone(), bytes: Arc::default(), room: KEPT_MAX.saturating_sub(used) };
        item.reader = Box::new(Tap { inner: item.reader, bytes: Arc::clone(&copy.bytes), room: copy.room });
        (item, copy)
    }

    /// Keeps a copy for the context.
    pub(super) fn keep(&self, copy: Copy) {
        let mut bytes = std::mem::take(&mut *copy.bytes.lock().unwrap_or_else(PoisonError::into_inner));
        if bytes.len() >= copy.room {
            // Half a line must not look like a whole one.
            bytes.truncate(memchr::memrchr(b'\n', &bytes).map_or(0, |feed| feed + 1));
        }
        bytes.shrink_to_fit();
        self.lock().push((copy.path, bytes));
    }

    fn taken(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(String, Vec<u8>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn top_level(path: &str) -> &str {
    path.split('!').next().unwrap_or_default()
}

/// A copy of what one item gave.
pub(super) struct Copy {
    path: String,
    bytes: Arc<Mutex<Vec<u8>>>,
    room: usize,
}

/// Copies what goes through.
struct Tap<R> {
    inner: R,
    bytes: Arc<Mutex<Vec<u8>>>,
    room: usize,
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let taken = count.min(self.room);
        if taken > 0 {
            self.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..taken]);
            self.room -= taken;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
