//! From what the user named to streams of bytes: folders, archives and compressed files, opened and decoded.
//!
//! Everything is told by its content, never by its name. Nothing is unpacked to disk, and no stream is held in
//! memory: every layer reads the one below it through a bounded buffer.
//!
//! A damaged or cut stream gives every byte that stands before the damage and then an error; a damaged archive gives
//! the members that can be found. Archives may be hostile: see [`Limits`].

mod archive;
mod codec;
pub mod journal;
mod kmsg;
mod limits;
mod mail;
mod meter;
mod name;
mod sniff;
#[cfg(test)]
mod tests;
mod utf16;
mod visit;
mod walk;
mod words;

pub use kmsg::clocks_now;
pub use limits::Limits;
pub use meter::{Meter, Progress};
pub use name::show_path;
pub use walk::FileKind;
pub use words::words;

use crate::language::Sentence;
use crate::sentence;
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use visit::Visit;

/// Decoded bytes of something.
type Stream<'a> = Box<dyn Read + Send + 'a>;

/// Something the user named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file or folder.
    Path(PathBuf),
}

impl Input {
    /// How messages and the report call it.
    pub fn name(&self) -> String {
        match self {
            Input::Path(path) => path.display().to_string(),
            Input::Stdin => "-".to_owned(),
        }
    }
}

/// How bad a [`Warning`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something the user named can not be read.
    Error,
    /// Something was left out, or is damaged.
    Warning,
}

/// Something that could not be read, or was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Warning {
    /// How bad.
    pub severity: Severity,
    /// Which file or archive member, as in [`Item::path`].
    pub path: String,
    /// What, in plain words.
    pub message: Sentence,
}

impl Warning {
    /// Nothing is in it.
    pub fn is_of_empty(&self) -> bool {
        self.message == words::empty()
    }

    /// It may not be read.
    pub fn is_of_refused(&self) -> bool {
        self.message == words::no_permission()
    }
}

/// The compression directly around an item's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// None. Members of archives are plain too, unless they are compressed files themselves.
    Plain,
    /// gzip
    Gzip,
    /// xz
    Xz,
    /// The older format of xz-utils, `.lzma`.
    Lzma,
    /// zstd
    Zstd,
    /// bzip2
    Bzip2,
    /// lz4
    Lz4,
}

/// One stream, decoded: a file, standard input, or an archive member.
pub struct Item<'a> {
    /// Path as it is shown: `archive!member`, nested `a!b!c`; control characters are escaped. Standard input is
    /// `<stdin>`.
    pub path: String,
    /// Which of [`roots`] it belongs to: the file, folder or archive that was named.
    pub root: usize,
    /// Modification time of the file or, for a member, of its header; Unix seconds. In a zip it may be off by the
    /// writer's zone (see `archive::zip`).
    pub mtime: Option<i64>,
    /// The first bytes, decoded: 8 KiB, fewer only when there are no more (or the stream is damaged there). Never
    /// empty. They are not consumed: `reader` gives them again.
    pub head: Vec<u8>,
    /// All decoded bytes. Give it large buffers. Its errors tell which codec failed after how many decoded bytes; what
    /// stands before a damage comes first.
    pub reader: Stream<'a>,
    /// The file itself, when `reader` gives just its bytes: for reads at any position (`read_at`), not through its
    /// cursor, which belongs to `reader`.
    pub file: Option<File>,
    /// The compression that was taken off last.
    pub format: Format,
    /// It came through a pipe or from a device: what was read is gone, [`for_each_again`] does not find it.
    pub once: bool,
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// Path of the item.
    pub path: String,
    /// Root of the item.
    pub root: usize,
    /// What `work` made of it.
    pub value: T,
    /// The archive around it does not fit its checksums, and no one can tell where: what stands in it may be wrong.
    pub damaged: bool,
}

/// What was named, once each, as it is shown, in the order that [`Item::root`] and [`Outcome::root`] count in. It
/// does not depend on the order of the arguments.
pub fn roots(inputs: &[Input]) -> Vec<String> {
    let show = |input: &Input| match input {
        Input::Stdin => walk::STDIN.to_owned(),
        Input::Path(path) => name::show_path(path),
    };
    walk::roots(inputs).iter().map(show).collect()
}

/// A file that would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it is.
    pub path: PathBuf,
    /// Index into [`roots`].
    pub root: usize,
    /// What kind of thing it is.
    pub kind: FileKind,
}

/// The files that [`for_each`] would open, without opening them: those of folders with the links followed, each once.
pub fn files(inputs: &[Input], limits: &Limits) -> (Vec<FoundFile>, Vec<Warning>) {
    let walk::Plan { files, warnings } = walk::plan(&walk::roots(inputs), limits);
    let show = |found: walk::Found| FoundFile { path: found.path, root: found.root, kind: found.kind };
    (files.into_iter().map(show).collect(), warnings)
}

/// Opens `/dev/kmsg`: a read gives what is in the ring buffer now and then 0; later reads give what came since.
///
/// # Errors
/// Those of the system: `PermissionDenied` without the right to read it.
pub fn open_kmsg(path: &std::path::Path) -> std::io::Result<impl Read + Send + use<>> {
    kmsg::open(path)
}

/// Opens everything and calls `work` for each item that may hold evidence: top-level files in parallel, the members
/// of one archive one after the other. The results and the warnings come in an order that depends neither on the
/// order of the inputs nor on the number of threads.
///
/// A file is read once, whatever names it has and however often it was named; of several paths the one that sorts
/// first is shown. What `work` reads past is skipped; when it returns `None` nothing is kept of the item.
pub fn for_each<T: Send>(
    inputs: &[Input],
    limits: &Limits,
    work: &(dyn Fn(Item<'_>) -> Option<T> + Sync),
) -> (Vec<Outcome<T>>, Vec<Warning>) {
    for_each_metered(inputs, limits, &Arc::default(), work)
}

/// [`for_each`] that shows how far it is, and can be stopped: files that were not begun then are left out, with one
/// warning for all of them.
pub fn for_each_metered<T: Send>(
    inputs: &[Input],
    limits: &Limits,
    meter: &Arc<Meter>,
    work: &(dyn Fn(Item<'_>) -> Option<T> + Sync),
) -> (Vec<Outcome<T>>, Vec<Warning>) {
    let walk::Plan { files, warnings } = walk::plan(&walk::roots(inputs), limits);
    visit_all(files, warnings, limits, meter, work)
}

/// [`for_each`] once more, for those top-level files alone whose shown path is `wanted`. What comes through a pipe or from a
/// device is not there any more.
pub fn for_each_again<T: Send>(
    inputs: &[Input],
    limits: &Limits,
    meter: &Arc<Meter>,
    wanted: &dyn Fn(&str) -> bool,
    work: &(dyn Fn(Item<'_>) -> Option<T> + Sync),
) -> Vec<Outcome<T>> {
    let mut files = walk::plan(&walk::roots(inputs), limits).files;
    files.retain(|found| found.kind == FileKind::Regular && wanted(&name::show_path(&found.path)));
    visit_all(files, Vec::new(), limits, meter, work).0
}

fn visit_all<T: Send>(
    mut files: Vec<walk::Found>,
    mut warnings: Vec<Warning>,
    limits: &Limits,
    meter: &Arc<Meter>,
    work: &(dyn Fn(Item<'_>) -> Option<T> + Sync),
) -> (Vec<Outcome<T>>, Vec<Warning>) {
    // The largest first, so that none of them is left alone at the end.
    files.sort_by_key(|found| std::cmp::Reverse(found.len));
    meter.plan(files.len(), files.iter().fold(0u64, |sum, found| sum.saturating_add(found.len)));
    let visit = |found| (!meter.stopped()).then(|| Visit::file(found, limits, meter, work));
    let visits: Vec<Option<Visit<'_, T>>> = files.par_iter().with_max_len(1).map(visit).collect();
    warnings.extend(left_out(&visits, &files));
    let mut outcomes = Vec::with_capacity(visits.iter().flatten().map(|visit| visit.outcomes.len()).sum());
    for visit in visits.into_iter().flatten() {
        outcomes.extend(visit.outcomes);
        warnings.extend(visit.warnings);
    }
    // Members of one archive with the same name keep their order: the sort is stable.
    outcomes.sort_by(|a, b| (a.root, &a.path).cmp(&(b.root, &b.path)));
    warnings.sort_by(|a, b| (&a.path, a.severity, &a.message).cmp(&(&b.path, b.severity, &b.message)));
    warnings.dedup();
    (outcomes, warnings)
}

/// The files that were not read because the reading was stopped.
fn left_out<T>(visits: &[Option<Visit<'_, T>>], files: &[walk::Found]) -> Option<Warning> {
    let missing = visits.iter().filter(|visit| visit.is_none()).count();
    let first = visits.iter().zip(files).find(|(visit, _)| visit.is_none()).map(|(_, found)| &found.path)?;
    let message = sentence!("join-stopped-before", more = missing - 1);
    Some(Warning { severity: Severity::Warning, path: name::show_path(first), message })
}
