//! What all items of one scan have in common: the needles, the roots they belong to, the options; and the way from what
//! was found in them to the report.

use super::collector::Collector;
use super::context::Kept;
use super::growing::Growing;
use super::years::{self, Undated};
use super::{Document, Filters, Options, assemble, number, read_document, read_journal, read_lines, show, unread};
use crate::correlate;
use crate::event::{Fact, SourceFacts, Wall};
use crate::recognize::document;
use crate::report::{Problem, Report, Source};
use crate::source::{self, Format, Input, Item};
use std::io::Cursor;
use std::sync::Arc;

/// Reads the items of one scan.
pub struct Reader {
    pub(super) filters: Arc<Filters>,
    /// Shown path of each root, and whether it is a folder.
    roots: Vec<(String, bool)>,
    options: Options,
    /// What was read once and for all, for the context of proofs.
    pub(super) kept: Kept,
}

/// What was found in one item: a part of a report.
#[derive(Clone)]
pub struct Part(pub(super) Undated);

impl Part {
    /// Path of the item.
    pub fn path(&self) -> &str {
        &self.0.facts().path
    }

    /// Number of the input that the item belongs to.
    pub fn root(&self) -> usize {
        self.0.facts().root
    }

    /// The archive around it is damaged.
    #[must_use]
    pub(super) fn of_damaged(mut self, damaged: bool) -> Self {
        self.0.facts_mut().damaged |= damaged;
        self
    }

    /// Calls the item by another path: it was renamed.
    pub fn rename(&mut self, path: &str) {
        path.clone_into(&mut self.0.facts_mut().path);
    }
}

impl Reader {
    /// A reader for items of these inputs; `None` when the needles cannot be compiled, which a test rules out.
    pub fn new(inputs: &[Input], options: &Options) -> Option<Self> {
        Some(Self::with(&Self::filters()?, inputs, options))
    }

    /// The needles, which several readers can share; `None` when they cannot be compiled.
    pub(super) fn filters() -> Option<Arc<Filters>> {
        Filters::new().map(Arc::new)
    }

    /// A reader with needles that are there already.
    pub(super) fn with(filters: &Arc<Filters>, inputs: &[Input], options: &Options) -> Self {
        let roots = source::roots(inputs).into_iter().map(root_of).collect();
        Self { filters: Arc::clone(filters), roots, options: options.clone(), kept: Kept::default() }
    }

    /// Reads one item to its end: a journal file, a document, or lines.
    pub fn read(&self, item: Item<'_>) -> Part {
        if !(self.options.context && item.once) {
            return self.read_item(item);
        }
        let (item, copy) = self.kept.tap(item);
        let part = self.read_item(item);
        if !part.0.facts().is_silent() {
            self.kept.keep(copy);
        }
        part
    }

    fn read_item(&self, item: Item<'_>) -> Part {
        let facts = self.facts(&item.path, item.root);
        let device = item.path == "/dev/kmsg";
        let mut part = Part(match document::sniff(&item.path, &item.head) {
            _ if item.head.starts_with(source::journal::MAGIC) => read_journal(item, facts, &self.filters),
            Some(kind) => read_document(item, facts, kind, &self.filters, &self.options),
            None => read_lines(item, facts, &self.filters, &self.options),
        });
        self.options
            .meter
            .found(part.0.facts().events.iter().filter(|e| matches!(e.fact, Fact::KernelOom(_))).count() as u64);
        if device {
            teach_clocks(part.0.facts_mut());
        }
        part
    }

    /// How it reads.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Reads what the options hold in memory already.
    pub fn documents(&self) -> Vec<Part> {
        self.options.documents.iter().map(|document| self.document(document)).collect()
    }

    fn document(&self, document: &Document) -> Part {
        let mut head = document.bytes.clone();
        head.truncate(8192);
        self.read(Item {
            path: document.name.clone(),
            root: usize::MAX,
            mtime: None,
            head,
            reader: Box::new(Cursor::new(document.bytes.as_slice())),
            file: None,
            format: Format::Plain,
            once: false,
        })
    }

    /// Whether an item is a file of lines that can be followed while it grows. Documents and journal files are read
    /// anew when they change.
    pub fn is_log(&self, item: &Item<'_>) -> bool {
        item.file.is_some()
            && !item.head.starts_with(source::journal::MAGIC)
            && document::sniff(&item.path, &item.head).is_none()
    }

    /// A log that grows, from its beginning.
    pub fn growing(&self, path: &str, root: usize) -> Growing {
        Growing::new(Collector::new(self.facts(path, root)).growing())
    }

    fn facts(&self, path: &str, root: usize) -> SourceFacts {
        let (root_path, folder) = self.roots.get(root).cloned().unwrap_or_default();
        SourceFacts {
            root,
            bundled: folder || path.contains('!'),
            root_path,
            path_host: document::path_host(path).or_else(|| self.options.host.clone()),
            path_container: document::path_container(path).map(Into::into),
            path: path.to_owned(),
            ..SourceFacts::default()
        }
    }

    /// Joins what all items said, and reports.
    pub fn report(&self, parts: Vec<Part>, mut problems: Vec<Problem>) -> Report {
        let language = self.options.language;
        let undated = parts.into_iter().map(|part| part.0).collect();
        let mut sources = years::settle(undated, self.options.year);
        number(&mut sources);
        let mut shown: Vec<Source> = sources.iter().map(|source| show(source, language)).collect();
        let mut quoted = Vec::new();
        problems.extend(sources.iter_mut().flat_map(|source| unread::take(source, language, &mut quoted)));
        let correlated = correlate::correlate(&mut sources, self.options.zone, language);
        problems.extend(correlated.problems.iter().cloned());
        for span in &correlated.spans {
            let source = &mut shown[span.source];
            source.node = Some(span.node.clone());
            source.first_time.clone_from(&span.first);
            source.last_time.clone_from(&span.last);
        }
        // The stories hold what they need of them: in a log with thousands of reports this is half of all memory.
        sources.iter_mut().for_each(|source| (source.events, source.lives) = Default::default());
        assemble::report(correlated, &sources, shown, (problems, quoted), &self.options)
    }
}

/// Shown path of an input, and whether it is a folder.
fn root_of(name: String) -> (String, bool) {
    let folder = std::path::Path::new(&name).is_dir();
    (name, folder)
}

/// The device of the running kernel prints no wall clock, but this machine knows both clocks.
pub(super) fn teach_clocks(facts: &mut SourceFacts) {
    let Some((unix_us, uptime_us)) = source::clocks_now() else { return };
    if let Some(epoch) = facts.epochs.last_mut().filter(|epoch| epoch.pairs.is_empty()) {
        epoch.pairs.push((Wall::Instant { unix_us, offset_s: 0 }, uptime_us));
    }
}
