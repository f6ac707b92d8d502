//! From what the user named to the files that are read: folders walked, links followed, every file once.

use super::limits::Limits;
use super::name::show_path;
use super::sniff::is_useless_name;
use super::words::reason;
use super::{Input, Severity, Warning};
use crate::language::Sentence;
use crate::sentence;
use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How standard input is called.
pub(super) const STDIN: &str = "<stdin>";

/// What kind of thing a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    Regular,
    /// A pipe or terminal that was named.
    Stream,
    /// `/dev/kmsg`.
    Kmsg,
    /// Standard input.
    Stdin,
}

/// One file to read.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Index into [`roots`].
    pub(super) root: usize,
    /// Named on the command line, not found in a folder.
    pub(super) named: bool,
    /// Kind.
    pub(super) kind: FileKind,
    /// Modification time, Unix seconds.
    pub(super) mtime: Option<i64>,
    /// Bytes; 0 for streams and most of /proc.
    pub(super) len: u64,
}

/// All files to read.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Files, in the order of their roots and paths.
    pub(super) files: Vec<Found>,
    /// What was left out.
    pub(super) warnings: Vec<Warning>,
}

/// The same for all names of one file, and for it alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Id {
    #[cfg(unix)]
    Inode(u64, u64),
    #[cfg(not(unix))]
    Path(PathBuf),
    Stdin,
}

/// What is named, once each, in a fixed order: [`super::Item::root`] counts in it. Two names of one file or folder
/// count once, under the name that sorts first.
pub(super) fn roots(inputs: &[Input]) -> Vec<Input> {
    let mut sorted: Vec<Input> = inputs.iter().map(tidy).collect();
    sorted.sort();
    let mut seen = HashSet::new();
    sorted.retain(|input| match input {
        Input::Stdin => seen.insert(PathBuf::from(STDIN)),
        Input::Path(path) => seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())),
    });
    sorted
}

/// Without slashes at the end and in the middle that mean nothing.
fn tidy(input: &Input) -> Input {
    match input {
        Input::Stdin => Input::Stdin,
        Input::Path(path) => Input::Path(path.components().collect()),
    }
}

/// Finds all files of these roots.
pub(super) fn plan(roots: &[Input], limits: &Limits) -> Plan {
    let mut walk = Walk { limits, files: HashMap::new(), plan: Plan::default() };
    for (root, input) in roots.iter().enumerate() {
        match input {
            Input::Stdin => walk.add(Id::Stdin, stdin(root)),
            Input::Path(path) => walk.named(root, path),
        }
    }
    let Walk { files, mut plan, .. } = walk;
    plan.files = files.into_values().collect();
    plan.files.sort_by(|a, b| (a.root, &a.path).cmp(&(b.root, &b.path)));
    plan
}

fn stdin(root: usize) -> Found {
    Found { path: PathBuf::from(STDIN), root, named: true, kind: FileKind::Stdin, mtime: None, len: 0 }
}

struct Walk<'l> {
    limits: &'l Limits,
    files: HashMap<Id, Found>,
    plan: Plan,
}

impl Walk<'_> {
    fn named(&mut self, root: usize, path: &Path) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(e) => return self.error(path, reason(&e)),
        };
        if metadata.is_dir() {
            return self.folder(root, path);
        }
        match named_kind(path, &metadata) {
            Ok(kind) => self.file(root, path, &metadata, true, kind),
            Err(why) => self.error(path, why),
        }
    }

    fn folder(&mut self, root: usize, path: &Path) {
        let Ok(real) = fs::canonicalize(path) else { return self.error(path, sentence!("join-folder-not-opened")) };
        let mut scope = Scope { live: is_live(&real), real, seen: HashSet::new(), outside: Vec::new() };
        let entries = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
        let mut count = 0u64;
        for entry in entries.filter_entry(|entry| scope.admits(entry)) {
            count += 1;
            if count > self.limits.max_members {
                let max = self.limits.max_members;
                self.error(path, sentence!("join-limit-files", max = max));
                break;
            }
            match entry {
                Ok(entry) => self.entry(root, &entry),
                Err(e) => self.walk_error(path, &e),
            }
        }
        self.outside(path, &scope.outside);
    }

    fn entry(&mut self, root: usize, entry: &DirEntry) {
        let name = entry.file_name().to_string_lossy();
        if !entry.file_type().is_file() || is_useless_name(&name) {
            return;
        }
        match entry.metadata() {
            Ok(metadata) => self.file(root, entry.path(), &metadata, false, FileKind::Regular),
            Err(e) => self.walk_error(entry.path(), &e),
        }
    }

    fn file(&mut self, root: usize, path: &Path, metadata: &Metadata, named: bool, kind: FileKind) {
        let mtime = metadata.modified().ok().filter(|_| kind == FileKind::Regular).map(unix_seconds);
        let found = Found { path: path.to_owned(), root, named, kind, mtime, len: metadata.len() };
        self.add(id(path, metadata), found);
    }

    /// Keeps one file of each identity: the one whose path sorts first, whatever the order they came in.
    fn add(&mut self, id: Id, found: Found) {
        let kept = self.files.entry(id).or_insert_with(|| found.clone());
        let named = kept.named || found.named;
        if (&found.path, found.root) < (&kept.path, kept.root) {
            *kept = found;
        }
        kept.named = named;
    }

    fn walk_error(&mut self, root: &Path, e: &walkdir::Error) {
        let path = e.path().unwrap_or(root);
        // A link in a circle hides nothing: what it leads to is read where it stands.
        let Some(io) = e.io_error().filter(|_| e.loop_ancestor().is_none()) else { return };
        // Links to nowhere are common in bundles, and files of a live system come and go.
        if io.kind() != ErrorKind::NotFound {
            self.warn(Severity::Warning, path, reason(io));
        }
    }

    fn outside(&mut self, root: &Path, outside: &[PathBuf]) {
        let Some(first) = outside.first() else { return };
        let (count, first) = (outside.len(), show_path(first));
        self.warn(Severity::Warning, root, sentence!("join-links-lead-out", count = count, first = first));
    }

    fn error(&mut self, path: &Path, message: Sentence) {
        self.warn(Severity::Error, path, message);
    }

    fn warn(&mut self, severity: Severity, path: &Path, message: Sentence) {
        self.plan.warnings.push(Warning { severity, path: show_path(path), message });
    }
}

/// What a folder's walk may enter.
struct Scope {
    real: PathBuf,
    live: bool,
    /// Folders that were entered: two links into one folder would double all below it, and again in each folder of it.
    seen: HashSet<Id>,
    outside: Vec<PathBuf>,
}

impl Scope {
    fn admits(&mut self, entry: &DirEntry) -> bool {
        if entry.path_is_symlink() && entry.depth() > 0 && self.leads_out(entry.path()) {
            self.outside.push(entry.path().to_owned());
            return false;
        }
        if !entry.file_type().is_dir() {
            return true;
        }
        if entry.depth() > 0 && is_pseudo(entry) {
            return false;
        }
        entry.metadata().map_or(true, |metadata| self.seen.insert(id(entry.path(), &metadata)))
    }

    /// Links of an unpacked bundle that lead out of it are links of the node it came from: here they would lead to
    /// logs of the machine that reads it. On the node itself (`/var/log/pods` links to `/var/lib/docker/containers`)
    /// they are followed.
    fn leads_out(&self, link: &Path) -> bool {
        !self.live && fs::canonicalize(link).is_ok_and(|target| !target.starts_with(&self.real))
    }
}

/// Whether this folder is a part of the running system, not a copy of another's.
fn is_live(real: &Path) -> bool {
    real == Path::new("/") || ["/var", "/run", "/etc"].iter().any(|place| real.starts_with(place) && !is_scratch(real))
}

fn is_scratch(real: &Path) -> bool {
    ["/var/tmp", "/var/home", "/var/spool"].iter().any(|place| real.starts_with(place))
}

/// The kernel's own file systems have files without end (`/proc/kmsg`, `trace_pipe`) and none that a log is. Bundles
/// have folders of the same names, which are read.
fn is_pseudo(entry: &DirEntry) -> bool {
    let pseudo = ["proc", "sys", "dev"];
    pseudo.iter().any(|name| entry.file_name() == *name)
        && fs::canonicalize(entry.path()).is_ok_and(|real| pseudo.iter().any(|name| real == Path::new("/").join(name)))
}

#[cfg(unix)]
fn id(_path: &Path, metadata: &Metadata) -> Id {
    use std::os::unix::fs::MetadataExt;
    Id::Inode(metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn id(path: &Path, _metadata: &Metadata) -> Id {
    Id::Path(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
}

/// What a file is that the user named, or why it can not be read.
#[cfg(unix)]
fn named_kind(path: &Path, metadata: &Metadata) -> Result<FileKind, Sentence> {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    if kind.is_block_device() {
        return Err(sentence!("join-block-device"));
    }
    if kind.is_socket() {
        return Err(sentence!("join-socket"));
    }
    if kind.is_char_device() && path.ends_with("kmsg") {
        return Ok(FileKind::Kmsg);
    }
    Ok(if kind.is_file() { FileKind::Regular } else { FileKind::Stream })
}

#[cfg(not(unix))]
fn named_kind(_path: &Path, metadata: &Metadata) -> Result<FileKind, Sentence> {
    Ok(if metadata.is_file() { FileKind::Regular } else { FileKind::Stream })
}

fn unix_seconds(time: std::time::SystemTime) -> i64 {
    let seconds = |d: std::time::Duration| i64::try_from(d.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(std::time::UNIX_EPOCH) {
        Ok(since) => seconds(since),
        Err(before) => -seconds(before.duration()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn tree(files: &[&str]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        dir
    }

    fn names(dir: &TempDir, plan: &Plan) -> Vec<String> {
        let base = dir.path();
        plan.files.iter().map(|f| f.path.strip_prefix(base).unwrap().to_str().unwrap().to_owned()).collect()
    }

    fn walk(paths: &[PathBuf]) -> Plan {
        let inputs: Vec<Input> = paths.iter().cloned().map(Input::Path).collect();
        plan(&roots(&inputs), &Limits::default())
    }

    #[test]
    fn linked_files_are_read_once_under_the_first_name() {
        let dir = tree(&["log/pods/a/0.log"]);
        let log = dir.path().join("log");
        fs::create_dir(log.join("containers")).unwrap();
        symlink("../pods/a/0.log", log.join("containers/a.log")).unwrap();
        symlink("pods", log.join("also")).unwrap();
        let plan = walk(&[dir.path().to_owned()]);
        assert_eq!(names(&dir, &plan), ["log/also/a/0.log"]);
        assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    }

    #[test]
    fn loops_and_doublings_end() {
        let dir = tree(&["d0/x.log"]);
        symlink("..", dir.path().join("d0/up")).unwrap();
        symlink("self", dir.path().join("self")).unwrap();
        symlink("gone", dir.path().join("broken")).unwrap();
        for level in 0..40 {
            let folder = dir.path().join(format!("m{level}"));
            fs::create_dir(&folder).unwrap();
            symlink(format!("../m{}", level + 1), folder.join("a")).unwrap();
            symlink(format!("../m{}", level + 1), folder.join("b")).unwrap();
        }
        let plan = walk(&[dir.path().to_owned()]);
        assert_eq!(names(&dir, &plan), ["d0/x.log"]);
    }

    #[test]
    fn links_out_of_a_bundle_are_not_followed() {
        let dir = tree(&["host/messages", "bundle/a.log"]);
        symlink(dir.path().join("host/messages"), dir.path().join("bundle/messages")).unwrap();
        symlink(dir.path().join("host"), dir.path().join("bundle/more")).unwrap();
        let plan = walk(&[dir.path().join("bundle")]);
        assert_eq!(names(&dir, &plan), ["bundle/a.log"]);
        assert_eq!(plan.warnings.len(), 1);
        assert!(plan.warnings[0].message.to_string().starts_with("2 links lead out"));
        let named = walk(&[dir.path().join("bundle/messages")]);
        assert_eq!(named.files.len(), 1);
    }

    #[test]
    fn arguments_in_any_order_and_number() {
        let dir = tree(&["a/1", "a/2", "b/3"]);
        let (a, b, one) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("a/1"));
        let some = walk(&[a.clone(), b.clone(), one.clone(), a.join(".")]);
        let other = walk(&[one, b, a]);
        assert_eq!(names(&dir, &some), ["a/1", "a/2", "b/3"]);
        assert_eq!(names(&dir, &some), names(&dir, &other));
        assert_eq!(
            some.files.iter().map(|f| (f.root, f.named)).collect::<Vec<_>>(),
            [(0, true), (0, false), (2, false)]
        );
    }

    #[test]
    fn what_is_missing_is_an_error_and_sockets_are_passed_over() {
        let dir = tree(&["a/1", "a/wtmp"]);
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("a/socket")).unwrap();
        let plan = walk(&[dir.path().join("none"), dir.path().join("a"), dir.path().join("a/socket")]);
        assert_eq!(names(&dir, &plan), ["a/1"]);
        assert_eq!(plan.warnings.iter().map(|w| w.severity).collect::<Vec<_>>(), [Severity::Error, Severity::Error]);
    }

    #[test]
    fn live_folders() {
        for (path, live) in [("/var/log", true), ("/var/tmp/case", false), ("/home/a/var/log", false), ("/", true)] {
            assert_eq!(is_live(Path::new(path)), live, "{path}");
        }
    }
}
