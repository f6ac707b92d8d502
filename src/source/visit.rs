//! One top-level file with all that is in it: layers are peeled off until something is evidence or useless.

use super::archive::{tar, zip};
use super::limits::{Limits, Watch};
use super::mail::Mail;
use super::meter::Meter;
use super::sniff::{self, HEAD, Kind};
use super::utf16::Utf16;
use super::walk::{FileKind, Found};
use super::words::{self, reason};
use super::{Format, Item, Outcome, Severity, Stream, Warning, codec, kmsg, name};
use crate::language::Sentence;
use crate::sentence;
use std::fs::File;
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Seek};
use std::sync::Arc;

/// What a caller does with every item.
pub(super) type Work<'w, T> = dyn Fn(Item<'_>) -> Option<T> + Sync + 'w;

/// Bytes read at once from a zip's directory.
const ZIP_BUFFER: usize = 32 * 1024;

/// What came of one top-level file.
pub(super) struct Visit<'w, T> {
    work: &'w Work<'w, T>,
    root: usize,
    /// A pipe or device.
    once: bool,
    /// Results, in the order of the archive.
    pub(super) outcomes: Vec<Outcome<T>>,
    /// What went wrong.
    pub(super) warnings: Vec<Warning>,
}

/// Where a stream stands.
struct Place {
    path: String,
    mtime: Option<i64>,
    /// Layers around it.
    depth: u32,
    /// It is a file that was named on the command line.
    named: bool,
}

impl Place {
    fn member(&self, name: &[u8], mtime: Option<i64>) -> Place {
        let path = format!("{}!{}", self.path, name::show(name));
        Place { path, mtime, depth: self.depth + 1, named: false }
    }
}

/// A stream with its first bytes.
struct Looked<'a> {
    head: Vec<u8>,
    failed: bool,
    stream: Stream<'a>,
}

impl<'w, T> Visit<'w, T> {
    /// Reads one file.
    pub(super) fn file(found: &Found, limits: &Limits, meter: &Arc<Meter>, work: &'w Work<'w, T>) -> Self {
        let mut visit = Visit {
            work,
            root: found.root,
            once: found.kind != FileKind::Regular,
            outcomes: Vec::new(),
            warnings: Vec::new(),
        };
        let watch = Watch::metered(limits, meter);
        let path = name::show_path(&found.path);
        let place = Place { path, mtime: found.mtime, depth: 0, named: found.named };
        match open(found, &watch) {
            Ok((stream, file)) => visit.stream(&place, stream, file, &watch),
            Err(e) => visit.trouble(&place, reason(&e)),
        }
        visit.notes(&watch);
        if let Some(why) = watch.stopped() {
            visit.warn(Severity::Warning, &place.path, sentence!("join-reading-stopped", why = why.clone()));
        }
        watch.done(found.len);
        visit
    }

    /// Peels off compression until something else appears. Archives come back here for each member; how deep that
    /// goes is bounded by [`Limits::max_depth`].
    fn stream<'a>(&mut self, place: &Place, stream: Stream<'a>, mut file: Option<File>, watch: &'a Watch) {
        let mut looked = look(stream);
        let mut format = Format::Plain;
        let mut depth = place.depth;
        loop {
            let kind = self.kind(&looked, file.as_ref());
            let nested = matches!(kind, Kind::Packed(_) | Kind::Tar | Kind::Zip);
            if nested && depth >= watch.limits.max_depth {
                let max = watch.limits.max_depth;
                let why = sentence!("join-limit-layers", max = max);
                return self.warn(Severity::Warning, &place.path, why);
            }
            let Kind::Packed(inner) = kind else {
                let place = Place { path: place.path.clone(), depth, ..*place };
                return self.unpacked(&place, kind, looked, format, file, watch);
            };
            (format, file) = (inner, None);
            depth += 1;
            looked = look(codec::decode(inner, looked.stream, watch, &place.path));
        }
    }

    fn kind(&self, looked: &Looked<'_>, file: Option<&File>) -> Kind {
        match (sniff::sniff(&looked.head), file) {
            (Kind::Zeros, Some(file)) => zeros(file),
            // A stream that begins with a hole can not be looked at from behind.
            (Kind::Zeros, None) => Kind::Evidence,
            (kind, _) => kind,
        }
    }

    fn unpacked(
        &mut self,
        place: &Place,
        kind: Kind,
        looked: Looked<'_>,
        format: Format,
        file: Option<File>,
        watch: &Watch,
    ) {
        match kind {
            Kind::Tar => self.tar(place, looked.stream, watch),
            Kind::Zip => self.zip(place, looked.stream, file, watch),
            Kind::Useless(what) if place.named => {
                self.warn(Severity::Warning, &place.path, sentence!("join-no-log", what = what.clone()));
            }
            Kind::Useless(_) => {}
            Kind::Unreadable(what) => {
                let why = sentence!("join-unreadable-kind", what = what.clone());
                self.warn(Severity::Warning, &place.path, why);
            }
            Kind::Utf16(order) => {
                let looked = look(Box::new(Utf16::new(looked.stream, order)));
                self.offer(place, looked, format, None);
            }
            Kind::Mail(shape) => {
                let looked = look(Box::new(Mail::new(looked.stream, shape)));
                self.offer(place, looked, format, None);
            }
            Kind::Evidence | Kind::Zeros | Kind::Packed(_) => self.offer(place, looked, format, file),
        }
    }

    /// Gives one item to the caller.
    fn offer(&mut self, place: &Place, mut looked: Looked<'_>, format: Format, file: Option<File>) {
        if looked.head.is_empty() {
            return self.nothing(place, &mut looked);
        }
        let item = Item {
            path: place.path.clone(),
            root: self.root,
            mtime: place.mtime,
            head: looked.head,
            reader: looked.stream,
            file,
            format,
            once: self.once,
        };
        if let Some(value) = (self.work)(item) {
            if self.outcomes.is_empty() {
                // A folder may hold a hundred thousand small files, and each is a visit of its own.
                self.outcomes.reserve_exact(1);
            }
            self.outcomes.push(Outcome { path: place.path.clone(), root: self.root, value, damaged: false });
        }
    }

    /// Nothing could be read at all.
    fn nothing(&mut self, place: &Place, looked: &mut Looked<'_>) {
        if looked.failed {
            if let Err(e) = looked.stream.read(&mut [0]) {
                self.trouble(place, reason(&e));
            }
        } else if place.named {
            self.warn(Severity::Warning, &place.path, words::empty());
        }
    }

    fn tar(&mut self, place: &Place, stream: Stream<'_>, watch: &Watch) {
        let first = self.outcomes.len();
        let mut archive = tar::Archive::new(stream);
        loop {
            let next = archive.next_file();
            self.remarks(place, archive.take_remarks());
            match next {
                Ok(Some(member)) => {
                    let within = place.member(&member.name, member.mtime);
                    if self.enter(&within, watch) {
                        self.stream(&within, archive.data(&member, watch), None, watch);
                    }
                }
                Ok(None) => break,
                Err(e) => break self.broken(place, &e, first, watch),
            }
            self.notes(watch);
            if watch.stopped().is_some() {
                break;
            }
        }
    }

    fn zip(&mut self, place: &Place, stream: Stream<'_>, file: Option<File>, watch: &Watch) {
        let Some(mut file) = file else { return self.zip_stream(place, stream, watch) };
        let again = file.try_clone();
        match zip::Directory::open(BufReader::with_capacity(ZIP_BUFFER, Counted { inner: &file, watch })) {
            Ok(directory) => return self.zip_directory(place, directory, watch),
            Err(why) => {
                let why = sentence!("join-zip-damaged", why = why);
                self.warn(Severity::Warning, &place.path, why);
            }
        }
        // The search for the directory moved the position that all handles of the file share.
        match file.rewind().and(again) {
            Ok(again) => self.zip_stream(place, Box::new(Counted { inner: again, watch }), watch),
            Err(e) => self.trouble(place, reason(&e)),
        }
        // Once is enough.
        self.warnings.retain(|w| w.path != place.path || w.message != zip::no_directory());
    }

    fn zip_directory<R>(&mut self, place: &Place, mut directory: zip::Directory<R>, watch: &Watch)
    where
        R: Read + Seek + Send,
    {
        for index in 0..directory.len() {
            let member = match directory.member(index) {
                Ok(Some(member)) => member,
                Ok(None) => continue,
                Err(why) => {
                    self.warn(Severity::Warning, &place.path, sentence!("join-zip-member", index = index, why = why));
                    continue;
                }
            };
            let within = place.member(&member.name, member.mtime);
            if self.enter(&within, watch) && self.passable(&within, &member) {
                match directory.data(index, &member, watch) {
                    Ok(data) => self.stream(&within, data, None, watch),
                    Err(why) => self.warn(Severity::Warning, &within.path, why),
                }
            }
            self.notes(watch);
            if watch.stopped().is_some() {
                break;
            }
        }
    }

    fn zip_stream(&mut self, place: &Place, stream: Stream<'_>, watch: &Watch) {
        let first = self.outcomes.len();
        let mut archive = zip::Local::new(stream);
        loop {
            let next = archive.next_file();
            self.remarks(place, archive.take_remarks());
            match next {
                Ok(Some(member)) => {
                    let within = place.member(&member.name, member.mtime);
                    if self.enter(&within, watch) && self.passable(&within, &member) {
                        self.stream(&within, archive.data(watch), None, watch);
                    }
                }
                Ok(None) => break,
                Err(e) => break self.broken(place, &e, first, watch),
            }
            self.notes(watch);
            if watch.stopped().is_some() {
                break;
            }
        }
    }

    /// Whether to look into a member at all.
    fn enter(&mut self, within: &Place, watch: &Watch) -> bool {
        let file_name = within.path.rsplit(['/', '!']).next().unwrap_or_default();
        watch.member().is_ok() && !sniff::is_useless_name(file_name)
    }

    fn passable(&mut self, within: &Place, member: &zip::Member) -> bool {
        let obstacle = member.obstacle();
        if let Some(why) = &obstacle {
            self.warn(Severity::Warning, &within.path, why.clone());
        }
        obstacle.is_none()
    }

    /// The archive can not be read any further. Its members are the outcomes from `first` on.
    fn broken(&mut self, place: &Place, e: &io::Error, first: usize, watch: &Watch) {
        if e.kind() == ErrorKind::InvalidData {
            self.outcomes.iter_mut().skip(first).for_each(|outcome| outcome.damaged = true);
        }
        if watch.stopped().is_none() {
            let why = sentence!("join-members-missing", why = reason(e));
            self.warn(Severity::Warning, &place.path, why);
        }
    }

    fn remarks(&mut self, place: &Place, remarks: Vec<Sentence>) {
        for message in remarks {
            self.warn(Severity::Warning, &place.path, message);
        }
    }

    fn notes(&mut self, watch: &Watch) {
        for (path, message) in watch.take_notes() {
            self.warn(Severity::Warning, &path, message);
        }
    }

    fn trouble(&mut self, place: &Place, message: Sentence) {
        let severity = if place.named { Severity::Error } else { Severity::Warning };
        self.warn(severity, &place.path, message);
    }

    fn warn(&mut self, severity: Severity, path: &str, message: Sentence) {
        self.warnings.push(Warning { severity, path: path.to_owned(), message });
    }
}

/// Opens a file: its bytes, and itself where it can be read at any place.
fn open<'a>(found: &Found, watch: &'a Watch) -> io::Result<(Stream<'a>, Option<File>)> {
    match found.kind {
        FileKind::Stdin => Ok((Box::new(Counted { inner: io::stdin(), watch }), None)),
        FileKind::Kmsg => Ok((Box::new(Counted { inner: kmsg::open(&found.path)?, watch }), None)),
        FileKind::Stream => Ok((Box::new(Counted { inner: File::open(&found.path)?, watch }), None)),
        FileKind::Regular => {
            let file = File::open(&found.path)?;
            let other = file.try_clone()?;
            Ok((Box::new(Counted { inner: other, watch }), Some(file)))
        }
    }
}

/// Reads the first bytes; the stream gives them again, and after them the error that ended them, if one did.
fn look(mut stream: Stream<'_>) -> Looked<'_> {
    let mut head = vec![0; HEAD];
    let mut filled = 0;
    let result = loop {
        match stream.read(&mut head[filled..]) {
            Ok(0) => break None,
            Ok(n) => filled += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => break Some(e),
        }
    };
    head.truncate(filled);
    let again = Cursor::new(Arc::<[u8]>::from(head.as_slice()));
    let failed = result.is_some();
    let stream: Stream<'_> = match result {
        None => Box::new(again.chain(stream)),
        Some(e) => Box::new(again.chain(Failed(e))),
    };
    Looked { head, failed, stream }
}

/// A stream that failed.
struct Failed(io::Error);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(words::again(&self.0))
    }
}

/// Counts what is read from the top-level file.
struct Counted<'a, R> {
    inner: R,
    watch: &'a Watch,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.watch.meter.go_on()?;
        let n = self.inner.read(buf)?;
        self.watch.read(n);
        Ok(n)
    }
}

impl<R: Seek> Seek for Counted<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// What nothing but zeros is.
#[cfg(unix)]
static ZEROS: Sentence = sentence!("join-kind-zeros");

/// A file that begins with NULs: a log that was truncated under its writer has text at its end.
#[cfg(unix)]
fn zeros(file: &File) -> Kind {
    use std::os::unix::fs::FileExt;
    let length = file.metadata().map_or(0, |m| m.len());
    let mut tail = [0; 4096];
    let end = match file.read_at(&mut tail, length.saturating_sub(4096)) {
        Ok(n) => sniff::sniff(&tail[..n]),
        Err(_) => Kind::Evidence,
    };
    match end {
        Kind::Zeros => Kind::Useless(&ZEROS),
        Kind::Useless(what) => Kind::Useless(what),
        _ => Kind::Evidence,
    }
}

#[cfg(not(unix))]
fn zeros(_file: &File) -> Kind {
    Kind::Evidence
}
