//! A log file that is followed, whatever is done to it: renamed, cut to nothing, copied and cut (logrotate's
//! `copytruncate`), taken away.

use super::RENAMED;
use super::state::Seen;
use crate::scan::{Growing, Part, Reader};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

/// Bytes read at once.
const PIECE: usize = 1024 * 1024;
/// Bytes before the end of which every line is looked at when a log is read for the first time.
const LAST: u64 = 64 * 1024;
/// Bytes before the offset that tell whether a file is still the one that was read.
const TAIL: usize = 64;
/// Files beside a log that are looked at to find what it was copied to.
const SIBLINGS_MAX: usize = 1000;

/// What tells a file from all others, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// Of what a path leads to.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata| Self::of(&metadata, path))
    }

    #[cfg(unix)]
    fn of(metadata: &Metadata, _path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Without inodes: a hash of the path.
    #[cfg(not(unix))]
    fn of(_metadata: &Metadata, path: &Path) -> Self {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::collections::hash_map::DefaultHasher::new();
        path.hash(&mut hasher);
        Self { device: 0, inode: hasher.finish() }
    }
}

/// What a look at a log brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing new that could say anything.
    Nothing,
    /// New lines that may.
    Grown,
    /// It was cut: what is in it now is another log.
    Cut,
    /// It was renamed or removed a while ago, and nothing came any more.
    Left,
}

/// A log.
pub(super) struct Log {
    path: PathBuf,
    root: usize,
    file: File,
    pub(super) growing: Growing,
    /// Bytes read.
    offset: u64,
    /// The last of them.
    tail: Vec<u8>,
    /// Length and time of the last change when it was looked at last.
    looked: Option<(u64, SystemTime)>,
    /// Since when its path leads to something else.
    away: Option<Instant>,
}

impl Log {
    /// Opens a log and reads what is in it.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn open(path: &Path, root: usize, file: File, reader: &Reader) -> io::Result<Self> {
        let growing = reader.growing(&crate::source::show_path(path), root);
        let mut log =
            Self { path: path.to_owned(), root, file, growing, offset: 0, tail: Vec::new(), looked: None, away: None };
        let length = log.file.metadata()?.len();
        log.read(length.saturating_sub(LAST), reader)?;
        log.growing.watch_all();
        log.poll(reader);
        Ok(log)
    }

    /// Reads up to an offset. False when nothing that was read can say anything.
    fn read(&mut self, end: u64, reader: &Reader) -> io::Result<bool> {
        let mut buffer = vec![0u8; PIECE.min(usize::try_from(end.saturating_sub(self.offset)).unwrap_or(PIECE))];
        let mut any = false;
        self.file.seek(SeekFrom::Start(self.offset))?;
        while self.offset < end {
            let left = usize::try_from(end - self.offset).unwrap_or(usize::MAX);
            let length = buffer.len().min(left);
            let read = self.file.read(&mut buffer[..length])?;
            if read == 0 {
                break;
            }
            any |= self.growing.push(&buffer[..read], reader);
            self.remember(&buffer[..read]);
            self.offset = self.offset.saturating_add(read as u64);
        }
        Ok(any)
    }

    fn remember(&mut self, read: &[u8]) {
        self.tail.extend_from_slice(&read[read.len().saturating_sub(TAIL)..]);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }

    /// Reads what was written since the last look.
    pub(super) fn poll(&mut self, reader: &Reader) -> Change {
        let Ok(metadata) = self.file.metadata() else { return Change::Left };
        let look = (metadata.len(), metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH));
        if self.looked == Some(look) {
            return self.still_there();
        }
        if look.0 < self.offset || !tail_stands(&self.file, self.offset, &self.tail) {
            return Change::Cut;
        }
        self.looked = Some(look);
        let newest = look.1.duration_since(SystemTime::UNIX_EPOCH).ok().and_then(|d| i64::try_from(d.as_secs()).ok());
        self.growing.set_newest(newest);
        match self.read(look.0, reader) {
            Ok(true) => Change::Grown,
            // An error of the disk may pass: the next look tries again.
            Ok(false) | Err(_) => Change::Nothing,
        }
    }

    /// Nothing came: does the path still lead here?
    fn still_there(&mut self) -> Change {
        let here = self.file.metadata().ok().map(|metadata| FileId::of(&metadata, &self.path));
        if FileId::of_path(&self.path) == here {
            self.away = None;
            return Change::Nothing;
        }
        let since = *self.away.get_or_insert_with(Instant::now);
        if since.elapsed() > RENAMED { Change::Left } else { Change::Nothing }
    }

    /// A listing found it under this path.
    pub(super) fn renamed_to(&mut self, path: &Path) {
        if self.path != path {
            path.clone_into(&mut self.path);
            self.growing.rename(&crate::source::show_path(path));
        }
    }

    /// What was found so far.
    pub(super) fn part(&self) -> Part {
        self.growing.part()
    }

    /// How a later start recognises it. Only whole lines count as read.
    pub(super) fn seen(&self, id: FileId) -> Seen {
        let waiting = usize::try_from(self.growing.taken().saturating_sub(self.growing.walked())).unwrap_or(usize::MAX);
        let tail = self.tail.len().checked_sub(waiting).and_then(|end| self.tail.get(..end));
        let tail = tail.unwrap_or_default().to_vec();
        Seen { path: self.path.clone(), root: self.root, id, offset: self.growing.walked(), tail }
    }

    /// Whether it is the file that was followed before, with more in it or not.
    pub(super) fn continues(&self, seen: &Seen) -> bool {
        seen.offset <= self.offset && tail_stands(&self.file, seen.offset, &seen.tail)
    }

    /// What it was copied to before it was cut: it may hold lines that were not read.
    pub(super) fn copy(&self, reader: &Reader) -> Option<(FileId, Log)> {
        let id = self.file.metadata().ok().map(|metadata| FileId::of(&metadata, &self.path));
        let seen = self.seen(id.unwrap_or_default());
        beside(&seen, reader, |other| other != seen.id)
    }
}

/// Whether these bytes stand before the offset.
fn tail_stands(file: &File, offset: u64, tail: &[u8]) -> bool {
    let mut found = vec![0u8; tail.len()];
    let Some(start) = offset.checked_sub(tail.len() as u64) else { return false };
    let mut file = file;
    file.seek(SeekFrom::Start(start)).is_ok() && file.read_exact(&mut found).is_ok() && found == tail
}

/// What a followed file was renamed or copied to, read from its beginning.
pub(super) fn rotated(seen: &Seen, reader: &Reader) -> Option<(FileId, Log)> {
    beside(seen, reader, |other| other == seen.id).or_else(|| beside(seen, reader, |_| true))
}

/// A file in the same folder, with a name that begins alike, that begins with all that was read of the one before.
fn beside(seen: &Seen, reader: &Reader, wanted: impl Fn(FileId) -> bool) -> Option<(FileId, Log)> {
    // Nothing was read: every file would do.
    if seen.tail.is_empty() {
        return None;
    }
    let name = seen.path.file_name()?.to_string_lossy().into_owned();
    // `kern.log.1`, `kern.log-20261123`, but also `0.log.20261123-101112` of `0.log`, and `system.1.log` of `system.log`.
    let stem = name.split('.').next().unwrap_or(&name).to_owned();
    let mut entries: Vec<PathBuf> = fs::read_dir(seen.path.parent()?)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&stem))
        .map(|entry| entry.path())
        .take(SIBLINGS_MAX)
        .collect();
    entries.sort();
    entries.into_iter().find_map(|path| {
        let file = File::open(&path).ok()?;
        let metadata = file.metadata().ok().filter(Metadata::is_file)?;
        let id = FileId::of(&metadata, &path);
        if !wanted(id) || metadata.len() < seen.offset || !tail_stands(&file, seen.offset, &seen.tail) {
            return None;
        }
        Some((id, Log::open(&path, seen.root, file, reader).ok()?))
    })
}
