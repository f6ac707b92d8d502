//! Following what grows: log files through rotation and truncation, the kernel's ring buffer, journal files, pipes.
//!
//! Everything is looked at again every [`TICK`]. That is simple and the same on every system, costs little, and nothing
//! is lost when it comes late: files are read on from where they were left.

mod file;
mod news;
mod pipe;
mod state;
#[cfg(test)]
mod tests;
mod whole;

pub use state::State;

use crate::report::{Problem, Report, Severity};
use crate::say;
use crate::scan::{self, Growing, Options, Part, Reader};
use crate::source::{self, FileKind, FoundFile, Input};
use file::{Change, FileId, Log};
use news::News;
use pipe::Pipe;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use whole::Whole;

/// How often everything is looked at.
pub const TICK: Duration = Duration::from_millis(200);
/// The folders are listed again after so many times what the listing took.
const LIST_COST: u32 = 10;
/// Events of one log that are kept for joins; twice as many before the older half is let go.
const EVENTS_MAX: usize = if cfg!(test) { 2_000 } else { 10_000 };
/// Parts of logs that are gone, of which the events are still kept for joins.
const GONE_MAX: usize = 200;
/// A log that was renamed is read on for so long: its writer may not have noticed yet.
const RENAMED: Duration = Duration::from_secs(60);

/// Something that is followed.
enum Thing {
    /// A file of lines.
    Log(Box<Log>),
    /// A file that is read anew when it changes: a journal file, a document, an archive.
    Whole(Whole),
}

/// Follows some inputs.
pub struct Follower {
    inputs: Vec<Input>,
    reader: Reader,
    things: BTreeMap<FileId, Thing>,
    devices: BTreeMap<PathBuf, Device>,
    pipes: BTreeMap<PathBuf, Pipe>,
    /// What logs said that cannot be read any further.
    gone: Vec<Part>,
    /// What was got from elsewhere.
    documents: Vec<Part>,
    problems: BTreeSet<Problem>,
    told: BTreeSet<Problem>,
    news: News,
    next_listing: Instant,
    /// Up to where files were read when the state was saved.
    history: BTreeMap<FileId, u64>,
    /// The last state in which nothing waited to be told.
    settled: State,
    moved: bool,
    changed: bool,
}

/// The kernel's ring buffer.
struct Device {
    device: Box<dyn Read + Send>,
    growing: Growing,
}

impl Follower {
    /// Reads everything that is there now. With a state, what was told before is known, and rotated files are looked
    /// for. `None` when the needles cannot be compiled.
    pub fn start(inputs: &[Input], options: &Options, state: Option<State>) -> Option<Self> {
        let reader = Reader::new(inputs, options)?;
        let documents = reader.documents();
        let mut follower = Self {
            inputs: inputs.to_vec(),
            reader,
            things: BTreeMap::new(),
            devices: BTreeMap::new(),
            pipes: BTreeMap::new(),
            gone: Vec::new(),
            documents,
            problems: BTreeSet::new(),
            told: BTreeSet::new(),
            news: News::default(),
            next_listing: Instant::now(),
            history: BTreeMap::new(),
            settled: State::default(),
            moved: false,
            changed: true,
        };
        follower.list();
        follower.read_devices();
        if let Some(state) = state {
            follower.news = News::of(&state);
            follower.resume(&state);
            follower.settled = state;
        }
        Some(follower)
    }

    /// Looks at everything. True when something was read that may be news.
    pub fn poll(&mut self) -> bool {
        self.poll_logs();
        if Instant::now() >= self.next_listing {
            self.list();
        }
        self.poll_wholes();
        self.read_devices();
        for pipe in self.pipes.values_mut() {
            self.changed |= pipe.read(&self.reader);
        }
        std::mem::take(&mut self.changed)
    }

    /// Nothing that is followed can grow any more: only pipes were named, and all have ended.
    pub fn ended(&self) -> bool {
        let files = self.inputs.iter().any(|input| !self.is_pipe(input));
        !files && self.pipes.values().all(Pipe::ended)
    }

    fn is_pipe(&self, input: &Input) -> bool {
        match input {
            Input::Stdin => true,
            Input::Path(path) => self.pipes.contains_key(path),
        }
    }

    /// How many files, devices and pipes are followed.
    pub fn len(&self) -> usize {
        self.things.len() + self.devices.len() + self.pipes.len()
    }

    /// Whether there is nothing to follow.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The report about everything read so far.
    pub fn report(&self) -> Report {
        let mut parts: Vec<Part> = self.gone.clone();
        parts.extend(self.documents.iter().cloned());
        for thing in self.things.values() {
            match thing {
                Thing::Log(log) => parts.push(log.part()),
                Thing::Whole(whole) => parts.extend(whole.parts.iter().cloned()),
            }
        }
        parts.extend(self.devices.values().map(|device| device.growing.part()));
        parts.extend(self.pipes.values().map(Pipe::part));
        parts.sort_by(|a, b| (a.root(), a.path()).cmp(&(b.root(), b.path())));
        self.reader.report(parts, self.problems.iter().cloned().collect())
    }

    /// The incidents of a report that were not told yet and are complete: nothing was added to them for a while.
    /// `all`: also those that may still be growing. They count as told from now on.
    pub fn news(&mut self, report: &Report, now: Instant, all: bool) -> Vec<usize> {
        let history = self.history_by_path();
        let news = self.news.take(report, now, all, &history);
        self.settle();
        self.settled.told = self.news.told();
        news
    }

    /// Notes where the logs were left, unless something waits to be told. To be called when everything that was read is
    /// in a report, or was no news.
    pub fn settle(&mut self) {
        if !self.news.waiting() {
            let settled = self.state_now();
            self.moved |= settled.files != self.settled.files;
            self.settled = settled;
        }
    }

    /// The state has changed since this was asked last.
    pub fn moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// Incidents wait to be complete: the report is to be made again even if nothing new comes.
    pub fn waiting(&self) -> bool {
        self.news.waiting()
    }

    /// What a later start needs to go on from here.
    pub fn state(&self) -> &State {
        &self.settled
    }

    /// Problems that were not asked for before.
    pub fn new_problems(&mut self) -> Vec<Problem> {
        let new: Vec<Problem> = self.problems.difference(&self.told).cloned().collect();
        self.told.extend(new.iter().cloned());
        new
    }

    /// Compares the folders with what is followed.
    fn list(&mut self) {
        let begin = Instant::now();
        let (files, warnings) = source::files(&self.inputs, &self.reader.options().limits);
        let language = self.reader.options().language;
        self.problems.extend(warnings.into_iter().map(|warning| scan::problem(warning, language)));
        let mut new = Vec::new();
        for found in files {
            self.notice(found, &mut new);
        }
        self.visit(new);
        self.next_listing = begin + TICK.max(begin.elapsed() * LIST_COST);
    }

    /// One file of a listing: known, renamed, or new.
    fn notice(&mut self, found: FoundFile, new: &mut Vec<FoundFile>) {
        match found.kind {
            FileKind::Kmsg => self.add_device(&found),
            FileKind::Stdin | FileKind::Stream => {
                self.pipes.entry(found.path.clone()).or_insert_with(|| Pipe::open(&found, &self.reader));
            }
            FileKind::Regular => {
                let Some(id) = FileId::of_path(&found.path) else { return };
                match self.things.get_mut(&id) {
                    Some(Thing::Log(log)) => log.renamed_to(&found.path),
                    Some(Thing::Whole(whole)) => whole.renamed_to(&found.path),
                    None => new.push(found),
                }
            }
        }
    }

    fn add_device(&mut self, found: &FoundFile) {
        if self.devices.contains_key(&found.path) {
            return;
        }
        match source::open_kmsg(&found.path) {
            Ok(device) => {
                let mut growing = self.reader.growing(&found.path.to_string_lossy(), found.root).of_device();
                growing.watch_all();
                self.devices.insert(found.path.clone(), Device { device: Box::new(device), growing });
            }
            Err(error) => self.trouble(&found.path, &error),
        }
    }

    fn trouble(&mut self, path: &Path, error: &std::io::Error) {
        let source = Some(path.display().to_string());
        let message = super::access::refusal(path, error, self.reader.options().language);
        self.problems.insert(Problem { severity: Severity::Warning, source, line: None, message });
    }

    /// Reads new files, several at a time.
    fn visit(&mut self, new: Vec<FoundFile>) {
        let reader = &self.reader;
        let visits: Vec<_> = new.par_iter().map(|found| whole::visit(found, reader)).collect();
        for visit in visits {
            self.problems.extend(visit.problems);
            if let Some((id, thing)) = visit.thing {
                self.changed = true;
                self.things.insert(id, thing);
            }
        }
    }

    fn poll_logs(&mut self) {
        let mut retired = Vec::new();
        for (id, thing) in &mut self.things {
            let Thing::Log(log) = thing else { continue };
            match log.poll(&self.reader) {
                Change::Nothing => {}
                Change::Grown => self.changed = true,
                Change::Cut => retired.push(*id),
                Change::Left => retired.push(*id),
            }
            log.growing.forget_if_above(EVENTS_MAX);
        }
        for id in retired {
            self.retire(id);
        }
    }

    /// A log that was cut, or is no longer anywhere: what it said is kept, and if there is a copy, that is read instead.
    fn retire(&mut self, id: FileId) {
        let Some(Thing::Log(log)) = self.things.remove(&id) else { return };
        self.changed = true;
        match log.copy(&self.reader) {
            Some((copy_id, copy)) if !self.things.contains_key(&copy_id) => {
                self.things.insert(copy_id, Thing::Log(Box::new(copy)));
            }
            Some(_) => {}
            None => self.gone.push(log.part()),
        }
        let surplus = self.gone.len().saturating_sub(GONE_MAX);
        self.gone.drain(..surplus);
        // The file that was cut begins anew: it is listed as a new one at once.
        self.next_listing = Instant::now();
    }

    fn poll_wholes(&mut self) {
        let stale: Vec<FoundFile> = self.things.values().filter_map(Whole::stale).collect();
        self.visit(stale);
    }

    fn read_devices(&mut self) {
        for (path, device) in &mut self.devices {
            match device.read(&self.reader) {
                Ok(read) => self.changed |= read,
                Err(error) => {
                    let source = Some(path.display().to_string());
                    let message = super::access::refusal(path, &error, self.reader.options().language);
                    self.problems.insert(Problem { severity: Severity::Warning, source, line: None, message });
                }
            }
        }
    }

    /// Finds the files that were followed when the state was saved, and what was written to those that were rotated.
    fn resume(&mut self, state: &State) {
        for seen in &state.files {
            let known = self.things.get(&seen.id);
            let same = matches!(known, Some(Thing::Log(log)) if log.continues(seen));
            let found = if same { Some(seen.id) } else { self.rotated(seen) };
            match found {
                Some(id) => {
                    self.history.insert(id, seen.offset);
                }
                None => self.lost(seen),
            }
        }
    }

    /// Looks beside a file that was followed for what it was renamed or copied to.
    fn rotated(&mut self, seen: &state::Seen) -> Option<FileId> {
        let (id, log) = file::rotated(seen, &self.reader)?;
        self.things.entry(id).or_insert_with(|| Thing::Log(Box::new(log)));
        Some(id)
    }

    fn lost(&mut self, seen: &state::Seen) {
        let source = Some(seen.path.display().to_string());
        let message = say!(self.reader.options().language, "join-follow-rotated");
        self.problems.insert(Problem { severity: Severity::Warning, source, line: None, message });
    }

    /// Where in each log the history ends, by shown path.
    fn history_by_path(&self) -> BTreeMap<String, u64> {
        let shown = |(id, offset): (&FileId, &u64)| match self.things.get(id) {
            Some(Thing::Log(log)) => Some((log.growing.path().to_owned(), *offset)),
            _ => None,
        };
        self.history.iter().filter_map(shown).collect()
    }

    fn state_now(&self) -> State {
        let logs = self.things.iter().filter_map(|(id, thing)| match thing {
            Thing::Log(log) => Some(log.seen(*id)),
            Thing::Whole(_) => None,
        });
        State::new(logs.collect(), self.news.told())
    }
}

impl Device {
    /// Reads what came since the last time.
    fn read(&mut self, reader: &Reader) -> std::io::Result<bool> {
        let mut buffer = vec![0u8; 64 * 1024];
        let mut any = false;
        loop {
            match self.device.read(&mut buffer)? {
                0 => break,
                read => any |= self.growing.push(buffer.get(..read).unwrap_or_default(), reader),
            }
        }
        self.growing.forget_if_above(EVENTS_MAX);
        Ok(any)
    }
}
