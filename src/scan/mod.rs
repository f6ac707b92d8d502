//! The whole way: inputs to report.

mod assemble;
mod collector;
mod journal;
mod sampling;
mod stream;
mod walker;
mod years;

use crate::correlate;
use crate::event::{Event, Evidence, Fact, SourceFacts, SourceId};
use crate::framing;
use crate::prefilter::Prefilter;
use crate::recognize::{Recognizer, document};
use crate::report::{Problem, Report, Severity, Source};
use crate::source::{self, Input, Item, Limits};
use crate::time::Zone;
use collector::Collector;
use std::io::Read;
use stream::{Bytes, Cut};
use walker::Walker;
use years::Undated;

/// The most bytes of a journal file that is read into memory: one inside an archive, which cannot be read at positions.
const JOURNAL_IN_MEMORY_MAX: u64 = 512 * 1024 * 1024;

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads; 0 means one for each core.
    pub threads: usize,
    /// Year of the last record in logs that print none.
    pub year: Option<i32>,
    /// Zone of local times that print none.
    pub zone: Option<Zone>,
    /// Bounds against hostile archives.
    pub limits: Limits,
    /// Incidents before this moment are left out, Unix microseconds. Undated ones are kept.
    pub since_us: Option<i64>,
    /// Incidents after this moment are left out, Unix microseconds. Undated ones are kept.
    pub until_us: Option<i64>,
    /// Bytes of one piece of a file, for tests; `None` for the usual size.
    pub piece: Option<usize>,
}

/// Scans the inputs and reports. Never fails as a whole: what cannot be read becomes a problem of the report.
pub fn scan(inputs: &[Input], options: &Options) -> Report {
    match rayon::ThreadPoolBuilder::new().num_threads(options.threads).build() {
        Ok(pool) => pool.install(|| scan_here(inputs, options)),
        Err(_) => scan_here(inputs, options),
    }
}

fn scan_here(inputs: &[Input], options: &Options) -> Report {
    let mut problems = Vec::new();
    let Some(filters) = Filters::new() else {
        problems.push(Problem {
            severity: Severity::Error,
            source: None,
            line: None,
            message: "the search words cannot be compiled".to_owned(),
        });
        return Report { problems, ..Report::default() };
    };
    let roots: Vec<(String, bool)> = source::roots(inputs).into_iter().map(root_of).collect();
    let work = |item: Item<'_>| Some(read(item, &filters, &roots, options));
    let (outcomes, warnings) = source::for_each(inputs, &options.limits, &work);
    problems.extend(warnings.into_iter().map(|w| Problem {
        severity: match w.severity {
            source::Severity::Error => Severity::Error,
            source::Severity::Warning => Severity::Warning,
        },
        source: Some(w.path),
        line: None,
        message: w.message,
    }));
    let mut sources = years::settle(outcomes.into_iter().map(|o| o.value).collect(), options.year);
    number(&mut sources);
    let mut shown: Vec<Source> = sources.iter().map(show).collect();
    let unrecognised = sources.iter_mut().flat_map(take_unrecognised).collect::<Vec<_>>();
    problems.extend(unrecognised);
    let correlated = correlate::correlate(&mut sources, options.zone);
    for span in &correlated.spans {
        let source = &mut shown[span.source];
        source.node = Some(span.node.clone());
        source.first_time.clone_from(&span.first);
        source.last_time.clone_from(&span.last);
    }
    assemble::report(correlated, &sources, shown, problems, options)
}

/// The needles, ready for searching.
struct Filters {
    all: Prefilter,
    kernel: Prefilter,
}

impl Filters {
    fn new() -> Option<Filters> {
        Some(Filters {
            all: Prefilter::new(&[Recognizer::needles().as_slice(), framing::NEEDLES].concat())?,
            kernel: Prefilter::new(Recognizer::kernel_needles())?,
        })
    }
}

/// Shown path of an input, and whether it is a folder.
fn root_of(name: String) -> (String, bool) {
    let folder = std::path::Path::new(&name).is_dir();
    (name, folder)
}

/// Reads one item: a journal file, a document, or lines.
fn read(item: Item<'_>, filters: &Filters, roots: &[(String, bool)], options: &Options) -> Undated {
    let (root_path, folder) = roots.get(item.root).cloned().unwrap_or_default();
    let facts = SourceFacts {
        root: item.root,
        bundled: folder || item.path.contains('!'),
        root_path,
        path_host: document::path_host(&item.path),
        path_container: document::path_container(&item.path),
        path: item.path.clone(),
        ..SourceFacts::default()
    };
    if item.head.starts_with(source::journal::MAGIC) {
        return read_journal(item, facts, filters);
    }
    match document::sniff(&item.path, &item.head) {
        Some(kind) => read_document(item, facts, kind, filters, options),
        None => read_lines(item, facts, filters, options),
    }
}

fn read_journal(mut item: Item<'_>, facts: SourceFacts, filters: &Filters) -> Undated {
    let mut collector = Collector::new(SourceFacts { kind: "journal".to_owned(), ..facts });
    if let Some(file) = &item.file {
        collector.facts.bytes = file.metadata().map_or(0, |m| m.len());
        journal::walk(file, &filters.all, &mut collector);
    } else {
        let mut bytes = Vec::new();
        let read = (&mut item.reader).take(JOURNAL_IN_MEMORY_MAX).read_to_end(&mut bytes);
        if let Err(error) = read {
            collector.facts.problems.push((None, format!("damaged: {error}; what stands before is used")));
        }
        if bytes.len() as u64 >= JOURNAL_IN_MEMORY_MAX {
            collector.facts.problems.push((
                None,
                "a journal file of this size can only be read outside of an archive; its beginning is used".to_owned(),
            ));
        }
        collector.facts.bytes = bytes.len() as u64;
        journal::walk(&bytes, &filters.all, &mut collector);
    }
    Undated::new(collector, item.mtime)
}

fn read_document(
    mut item: Item<'_>,
    facts: SourceFacts,
    kind: document::Kind,
    filters: &Filters,
    options: &Options,
) -> Undated {
    let mut bytes = Vec::new();
    let read = (&mut item.reader).take(document::MAX_BYTES + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > document::MAX_BYTES {
        // Too large for a document: its lines may still say something.
        let rest = std::io::Cursor::new(bytes).chain(item.reader);
        let item = Item { reader: Box::new(rest), file: None, ..item };
        return read_lines(item, facts, filters, options);
    }
    let mut collector =
        Collector::new(SourceFacts { kind: kind.name().to_owned(), bytes: bytes.len() as u64, ..facts });
    if let Err(error) = read {
        collector.facts.problems.push((None, format!("damaged: {error}; what stands before is used")));
    }
    let mut found = Vec::new();
    let problems = document::read(kind, &item.path, &bytes, SourceId(0), &mut found);
    collector.facts.problems.extend(problems);
    collector.facts.records = found.len() as u64;
    for stamp in found.iter().map(|e| e.stamp) {
        collector.note_stamp(&stamp, false);
    }
    collector.take(&mut found);
    Undated::new(collector, item.mtime)
}

fn read_lines(mut item: Item<'_>, facts: SourceFacts, filters: &Filters, options: &Options) -> Undated {
    let mut walker = Walker::new(SourceId(0), Collector::new(facts));
    let mut cut = Cut::for_threads(rayon::current_num_threads());
    if let Some(piece) = options.piece {
        cut.piece = piece.max(1);
    }
    let length = item.file.as_ref().and_then(|f| f.metadata().ok()).map(|m| m.len()).filter(|l| *l > 0);
    let kernel_only = item.file.as_ref().zip(length).is_some_and(|(file, length)| sampling::kernel_only(file, length));
    let filter = if kernel_only { &filters.kernel } else { &filters.all };
    let bytes = match (&item.file, length) {
        (Some(file), Some(length)) => Bytes::File(file, length),
        _ => Bytes::Stream(&mut item.reader),
    };
    let (count, error) = stream::walk(bytes, filter, cut, &mut walker);
    let (mut collector, kind) = walker.finish();
    collector.facts.bytes = count;
    kind.clone_into(&mut collector.facts.kind);
    if let Some(error) = error {
        collector.facts.problems.push((None, format!("damaged: {error}; what stands before is used")));
    }
    Undated::new(collector, item.mtime.or_else(now))
}

/// Standard input has no time of its own: nothing in it is later than now.
fn now() -> Option<i64> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Gives every source its number, in the order of paths, and writes it into all evidence.
fn number(sources: &mut [SourceFacts]) {
    for (index, source) in sources.iter_mut().enumerate() {
        source.id = SourceId(u32::try_from(index).unwrap_or(u32::MAX));
        let id = source.id;
        source.events.iter_mut().for_each(|e| each_evidence(e, &mut |piece| piece.source = id));
    }
}

fn each_evidence(event: &mut Event, set: &mut dyn FnMut(&mut Evidence)) {
    event.evidence.iter_mut().for_each(&mut *set);
    if let Fact::KernelOom(oom) = &mut event.fact {
        oom.kills.iter_mut().filter_map(|k| k.evidence.as_mut()).for_each(set);
    }
}

fn show(source: &SourceFacts) -> Source {
    Source {
        path: source.path.clone(),
        kind: source.kind.clone(),
        node: None,
        bytes: source.bytes,
        records: source.records,
        first_time: None,
        last_time: None,
        problems: source.problems.iter().map(|(_, m)| m.clone()).collect(),
    }
}

/// Lines that look like an OOM but that no grammar knows are problems of the report, never dropped.
fn take_unrecognised(source: &mut SourceFacts) -> Vec<Problem> {
    let path = source.path.clone();
    let (unknown, known): (Vec<Event>, Vec<Event>) =
        std::mem::take(&mut source.events).into_iter().partition(|e| matches!(e.fact, Fact::Unrecognised(_)));
    source.events = known;
    let problem = |event: Event| match event.fact {
        Fact::Unrecognised(text) => Some(Problem {
            severity: Severity::Warning,
            source: Some(path.clone()),
            line: event.evidence.first().and_then(|e| e.line),
            message: format!("this line looks like an out-of-memory message, but its form is not known: {text}"),
        }),
        _ => None,
    };
    unknown.into_iter().filter_map(problem).collect()
}
