//! Files that are read anew as a whole when they change: journal files, documents, archives; and the first look at any
//! file, which tells what it is.

use super::Thing;
use super::file::{FileId, Log};
use crate::report::{Problem, Severity};
use crate::scan::{self, Part, Reader};
use crate::source::{self, FileKind, FoundFile, Input, Item};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

/// A file is read again after so many times what reading it took.
const COST: u32 = 4;

/// A file that is read as a whole. One that holds nothing of use is kept, too: it may change.
pub(super) struct Whole {
    path: PathBuf,
    root: usize,
    pub(super) parts: Vec<Part>,
    stamp: Stamp,
    again: Instant,
}

/// Length and time of the last change.
type Stamp = Option<(u64, SystemTime)>;

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

impl Whole {
    /// The file, when it changed and may be read again.
    pub(super) fn stale(thing: &Thing) -> Option<FoundFile> {
        let Thing::Whole(whole) = thing else { return None };
        if Instant::now() < whole.again {
            return None;
        }
        let now = stamp(&whole.path)?;
        let changed = whole.stamp != Some(now);
        changed.then(|| FoundFile { path: whole.path.clone(), root: whole.root, kind: FileKind::Regular })
    }

    /// A listing found it under this path.
    pub(super) fn renamed_to(&mut self, path: &Path) {
        if self.path == path {
            return;
        }
        let (before, after) = (source::show_path(&self.path), source::show_path(path));
        for part in &mut self.parts {
            if let Some(rest) = part.path().strip_prefix(&before).map(str::to_owned) {
                part.rename(&format!("{after}{rest}"));
            }
        }
        path.clone_into(&mut self.path);
    }
}

/// What a first look at a file brought.
pub(super) struct Visited {
    pub(super) thing: Option<(FileId, Thing)>,
    pub(super) problems: Vec<Problem>,
}

/// What became of one item of a file.
enum Got {
    Log(File),
    Part(Box<Part>),
}

/// Looks at a file: a log is opened to be followed, anything else is read.
pub(super) fn visit(found: &FoundFile, reader: &Reader) -> Visited {
    let begin = Instant::now();
    let stamp = stamp(&found.path);
    let work = |item: Item<'_>| {
        let item = Item { root: found.root, ..item };
        match item.file.as_ref().filter(|_| reader.is_log(&item)).and_then(|file| file.try_clone().ok()) {
            Some(file) => Some(Got::Log(file)),
            None => Some(Got::Part(Box::new(reader.read(item)))),
        }
    };
    let input = Input::Path(found.path.clone());
    let (outcomes, warnings) = source::for_each(&[input], &reader.options().limits, &work);
    let language = reader.options().language;
    let told = warnings.into_iter().filter(|w| !w.is_of_empty());
    let mut problems: Vec<Problem> = told.map(|warning| scan::problem(warning, language)).collect();
    let mut parts = Vec::new();
    for outcome in outcomes {
        match outcome.value {
            Got::Part(part) => parts.push(*part),
            Got::Log(file) => match Log::open(&found.path, found.root, file, reader) {
                Ok(log) => {
                    let id = FileId::of_path(&found.path);
                    return Visited { thing: id.map(|id| (id, Thing::Log(Box::new(log)))), problems };
                }
                Err(error) => problems.push(Problem {
                    severity: Severity::Warning,
                    source: Some(source::show_path(&found.path)),
                    line: None,
                    message: source::words(&error).tell(language),
                }),
            },
        }
    }
    let again = Instant::now() + begin.elapsed() * COST;
    let whole = Whole { path: found.path.clone(), root: found.root, parts, stamp, again };
    Visited { thing: FileId::of_path(&found.path).map(|id| (id, Thing::Whole(whole))), problems }
}
