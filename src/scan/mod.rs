//! The whole way: inputs to report.

mod assemble;
mod bundles;
mod collector;
mod context;
mod export;
mod file;
mod growing;
mod journal;
mod newest_first;
mod reader;
mod sampling;
mod stream;
mod unread;
mod walker;
mod years;

pub use bundles::{Keep, scan_bundles};
pub use growing::Growing;
pub use reader::{Part, Reader};

use crate::event::{Event, Evidence, Fact, SourceFacts, SourceId};
use crate::framing;
use crate::language::{Language, Sentence};
use crate::prefilter::Prefilter;
use crate::recognize::{Recognizer, document};
use crate::report::{Problem, Report, Severity, Source};
use crate::source::{self, Input, Item, Limits, Meter, Warning};
use crate::time::Zone;
use crate::{say, sentence};
use collector::Collector;
use std::io::Read;
use std::sync::Arc;
use stream::Cut;
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
    /// Shows how far the scan is, and can stop it.
    pub meter: Arc<Meter>,
    /// Node of sources that name none: this machine's own name when its own logs are read.
    pub host: Option<String>,
    /// What was got from elsewhere than from files, read like files.
    pub documents: Vec<Document>,
    /// Language of the report's sentences.
    pub language: Language,
    /// Keep the kernel's report in full with each incident ([`Incident::dump`](crate::report::Incident::dump)).
    pub details: bool,
    /// Fetch the lines around each line of proof ([`Evidence::context`](crate::report::Evidence::context)): the files are
    /// opened once more when the report is made.
    pub context: bool,
}

/// Bytes with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// How the report calls it.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Scans the inputs and reports. Never fails as a whole: what cannot be read becomes a problem of the report.
pub fn scan(inputs: &[Input], options: &Options) -> Report {
    scan_telling(inputs, options, &|warnings| {
        warnings.into_iter().map(|warning| problem(warning, options.language)).collect()
    })
}

/// [`scan`] that leaves to `tell` what of the reading's warnings becomes a problem of the report.
pub fn scan_telling(inputs: &[Input], options: &Options, tell: Tell<'_>) -> Report {
    match rayon::ThreadPoolBuilder::new().num_threads(options.threads).build() {
        Ok(pool) => pool.install(|| scan_all(inputs, options, tell)),
        Err(_) => scan_all(inputs, options, tell),
    }
}

/// Warnings to problems.
pub type Tell<'a> = &'a (dyn Fn(Vec<Warning>) -> Vec<Problem> + Sync);

fn scan_all(inputs: &[Input], options: &Options, tell: Tell<'_>) -> Report {
    match Reader::filters() {
        Some(filters) => scan_here(inputs, options, &filters, tell),
        None => Report { problems: vec![no_needles(options.language)], ..Report::default() },
    }
}

fn scan_here(inputs: &[Input], options: &Options, filters: &Arc<Filters>, tell: Tell<'_>) -> Report {
    let reader = Reader::with(filters, inputs, options);
    let (outcomes, warnings) =
        source::for_each_metered(inputs, &options.limits, &options.meter, &|item| Some(reader.read(item)));
    let read = outcomes.into_iter().map(|outcome| outcome.value.of_damaged(outcome.damaged));
    let sources = read.chain(reader.documents()).collect();
    let mut report = reader.report(sources, tell(warnings));
    if options.context {
        context::fill(&mut report, inputs, &reader);
    }
    report
}

fn no_needles(language: Language) -> Problem {
    let message = say!(language, "join-no-needles");
    Problem { severity: Severity::Error, source: None, line: None, message }
}

/// A warning of the source as a problem of the report, in a language.
pub fn problem(warning: Warning, language: Language) -> Problem {
    let severity = match warning.severity {
        source::Severity::Error => Severity::Error,
        source::Severity::Warning => Severity::Warning,
    };
    Problem { severity, source: Some(warning.path), line: None, message: warning.message.tell(language) }
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

fn damaged(error: &std::io::Error) -> Sentence {
    sentence!("join-damaged", why = source::words(error))
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
            collector.facts.problems.push((None, damaged(&error)));
        }
        if bytes.len() as u64 >= JOURNAL_IN_MEMORY_MAX {
            collector.facts.problems.push((None, sentence!("join-journal-in-archive")));
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
    let facts = SourceFacts { kind: kind.name().to_owned(), bytes: bytes.len() as u64, ..facts };
    if kind == document::Kind::LogExport {
        let mut collector = export::walk(&bytes, facts);
        if let Err(error) = read {
            collector.facts.problems.push((None, damaged(&error)));
        }
        return Undated::new(collector, item.mtime);
    }
    let mut found = Vec::new();
    let problems = document::read(kind, &item.path, &bytes, SourceId(0), &mut found);
    let mut collector = log_in_document(kind, &item.path, &mut bytes, &facts, filters, options)
        .unwrap_or_else(|| Collector::new(facts));
    if let Err(error) = read {
        collector.facts.problems.push((None, damaged(&error)));
    }
    collector.facts.problems.extend(problems);
    collector.facts.records += found.len() as u64;
    for stamp in found.iter().map(|e| e.stamp) {
        collector.note_stamp(&stamp, false);
    }
    collector.take(&mut found);
    Undated::new(collector, item.mtime)
}

/// What the lines of a log say that stand in a document, if they say anything. Its bytes are not the document any more then.
fn log_in_document(
    kind: document::Kind,
    path: &str,
    bytes: &mut [u8],
    facts: &SourceFacts,
    filters: &Filters,
    options: &Options,
) -> Option<Collector> {
    if !document::keep_log_lines(kind, path, bytes) {
        return None;
    }
    let mut walker = Walker::new(SourceId(0), Collector::new(facts.clone()));
    stream::walk(&mut std::io::Cursor::new(bytes), filters, Cut::of_stream(options.piece), &mut walker);
    let (collector, _) = walker.finish();
    (!collector.facts.is_silent()).then_some(collector)
}

fn read_lines(item: Item<'_>, facts: SourceFacts, filters: &Filters, options: &Options) -> Undated {
    if newest_first::is_so(&item.head) {
        return match read_newest_first(item, facts) {
            Ok(read) => read,
            Err((item, facts)) => read_in_order(item, facts, filters, options),
        };
    }
    read_in_order(item, facts, filters, options)
}

/// A log whose newest line comes first, unless it is too large to be held.
#[allow(clippy::result_large_err)]
fn read_newest_first(mut item: Item<'_>, facts: SourceFacts) -> Result<Undated, (Item<'_>, SourceFacts)> {
    let mut bytes = Vec::new();
    let read = (&mut item.reader).take(newest_first::MAX_BYTES + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > newest_first::MAX_BYTES {
        let rest = std::io::Cursor::new(bytes).chain(item.reader);
        return Err((Item { reader: Box::new(rest), file: None, ..item }, facts));
    }
    let (mut collector, kind) = newest_first::walk(&bytes, facts);
    collector.facts.bytes = bytes.len() as u64;
    kind.clone_into(&mut collector.facts.kind);
    if let Err(error) = read {
        collector.facts.damaged = error.kind() == std::io::ErrorKind::InvalidData;
        collector.facts.problems.push((None, damaged(&error)));
    }
    Ok(Undated::new(collector, item.mtime.or_else(now)))
}

fn read_in_order(mut item: Item<'_>, facts: SourceFacts, filters: &Filters, options: &Options) -> Undated {
    let mut walker = Walker::new(SourceId(0), Collector::new(facts));
    let length = item.file.as_ref().and_then(|f| f.metadata().ok()).map(|m| m.len()).filter(|l| *l > 0);
    let meter = &options.meter;
    let (count, error) = match (&item.file, length) {
        (Some(file), Some(length)) => {
            let filter = if sampling::kernel_only(file, length) { &filters.kernel } else { &filters.all };
            file::walk(file, length, filter, Cut::of_file(options.piece), &mut walker, meter)
        }
        _ => stream::walk(&mut item.reader, filters, Cut::of_stream(options.piece), &mut walker),
    };
    let (mut collector, kind) = walker.finish();
    collector.facts.bytes = count;
    kind.clone_into(&mut collector.facts.kind);
    if let Some(error) = error {
        collector.facts.damaged = error.kind() == std::io::ErrorKind::InvalidData;
        collector.facts.problems.push((None, damaged(&error)));
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
        source.lives.set_source(id);
        source.events.iter_mut().for_each(|e| each_evidence(e, &mut |piece| piece.source = id));
    }
}

fn each_evidence(event: &mut Event, set: &mut dyn FnMut(&mut Evidence)) {
    event.evidence.iter_mut().for_each(&mut *set);
    if let Fact::KernelOom(oom) = &mut event.fact {
        oom.kills.iter_mut().filter_map(|k| k.evidence.as_mut()).for_each(set);
    }
}

fn show(source: &SourceFacts, language: Language) -> Source {
    Source {
        path: source.path.clone(),
        kind: source.kind.clone(),
        node: None,
        bytes: source.bytes,
        records: source.records,
        first_time: None,
        last_time: None,
        problems: source.problems.iter().map(|(_, m)| m.tell(language)).collect(),
    }
}
