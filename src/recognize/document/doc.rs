//! A document while it is read: its lines, and where facts and problems go.

use crate::event::{ContainerRef, Event, Evidence, Fact, NodeFact, RuntimeFact, SourceId, Speaker, Stamp, Wall, What};
use crate::language::Sentence;
use crate::sentence;

/// The most problems that are told of one document.
const MAX_PROBLEMS: usize = 20;

/// The most facts that are taken from one document: more than any real one holds (a large cluster has some ten thousand pods).
const MAX_FACTS: usize = 200_000;

/// The most bytes of a line that are shown when the whole document stands on one line (compact JSON): from the place
/// that proves the fact on.
const LONG_LINE: usize = 512;

/// A document and what is found in it.
pub(super) struct Doc<'a, 'o> {
    /// Path of the member.
    pub path: &'a str,
    /// Content.
    pub bytes: &'a [u8],
    source: SourceId,
    base: Base,
    /// Offsets of the line starts.
    starts: Vec<usize>,
    /// The text as it stands in the file and the starts of its lines, where this one is not it.
    pasted: Option<(&'a [u8], Vec<usize>)>,
    out: &'o mut Vec<Event>,
    facts: usize,
    problems: Vec<(Option<u64>, Sentence)>,
}

/// Where a document that is a piece of a file begins in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Base {
    /// Lines before it.
    pub lines: usize,
    /// Bytes before it.
    pub bytes: usize,
}

/// One thing said by a document of a runtime or orchestrator.
pub(super) struct Said {
    /// Offset of the place that proves it.
    pub at: usize,
    /// When, where told.
    pub wall: Option<Wall>,
    /// Node, where told.
    pub host: Option<String>,
    /// Who.
    pub speaker: Speaker,
    /// Of which container.
    pub container: ContainerRef,
    /// What.
    pub what: What,
}

impl<'a, 'o> Doc<'a, 'o> {
    pub(super) fn new(path: &'a str, bytes: &'a [u8], source: SourceId, out: &'o mut Vec<Event>) -> Self {
        let starts = line_starts(bytes);
        Doc { path, bytes, source, base: Base::default(), starts, pasted: None, out, facts: 0, problems: Vec::new() }
    }

    /// The same, as a piece of a file.
    pub(super) fn at(self, base: Base) -> Self {
        Doc { base, ..self }
    }

    /// A piece of this document as a document of its own. It begins and ends with whole lines.
    pub(super) fn piece<'p>(&'p mut self, path: &'p str, range: std::ops::Range<usize>) -> Doc<'p, 'p> {
        let first = self.line_number(range.start).saturating_sub(1);
        let bytes: &'p [u8] = self.bytes;
        let piece = bytes.get(range.clone()).unwrap_or_default();
        let Some((pasted, starts)) = &self.pasted else {
            let base = Base { lines: self.base.lines + first, bytes: self.base.bytes + range.start };
            return Doc::new(path, piece, self.source, self.out).at(base);
        };
        let start_of = |line: usize| starts.get(line).copied().unwrap_or(pasted.len());
        let end = self.starts.partition_point(|start| *start < range.end);
        let (from, to) = (start_of(first), start_of(end));
        let base = Base { lines: self.base.lines + first, bytes: self.base.bytes + from };
        let pasted: &'p [u8] = pasted.get(from..to).unwrap_or_default();
        let pasted = Some((pasted, line_starts(pasted)));
        Doc { pasted, ..Doc::new(path, piece, self.source, self.out).at(base) }
    }

    /// The same lines without what pasting put around them.
    pub(super) fn unpasted<'p>(&'p mut self, text: &'p [u8]) -> Doc<'p, 'p> {
        let pasted: &'p [u8] = self.bytes;
        Doc {
            pasted: Some((pasted, line_starts(pasted))),
            ..Doc::new(self.path, text, self.source, self.out).at(self.base)
        }
    }

    /// Takes over what went wrong in a piece.
    pub(super) fn add_problems(&mut self, problems: Vec<(Option<u64>, Sentence)>) {
        let room = MAX_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(problems.into_iter().take(room));
    }

    /// What went wrong, at the end.
    pub(super) fn into_problems(self) -> Vec<(Option<u64>, Sentence)> {
        self.problems
    }

    /// What was found so far, in this document and in what was read before it.
    pub(super) fn found(&self) -> &[Event] {
        self.out
    }

    /// The lines with their offsets, without line ends.
    pub(super) fn lines(&self) -> Vec<Line<'a>> {
        let bytes: &'a [u8] = self.bytes;
        let ends = self.starts.iter().skip(1).copied().chain(std::iter::once(bytes.len() + 1));
        let line = |(start, end): (&usize, usize)| {
            let raw = bytes.get(*start..end.saturating_sub(1)).unwrap_or_default();
            Line { at: *start, text: String::from_utf8_lossy(raw.strip_suffix(b"\r").unwrap_or(raw)) }
        };
        self.starts.iter().zip(ends).map(line).collect()
    }

    /// Number of the line (from 1) that holds an offset.
    fn line_number(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }

    /// The line at an offset as evidence.
    pub(super) fn evidence(&self, at: usize) -> Evidence {
        let number = self.line_number(at);
        if let Some((text, starts)) = &self.pasted {
            return self.evidence_of(text, starts, number);
        }
        let start = self.starts.get(number - 1).copied().unwrap_or(0);
        let end = self.starts.get(number).copied().unwrap_or(self.bytes.len());
        let long = end - start > crate::event::EVIDENCE_TEXT_MAX;
        let (start, end) = if long { (at.max(start), end.min(at.saturating_add(LONG_LINE))) } else { (start, end) };
        let raw = self.bytes.get(start..end).unwrap_or_default();
        let line = u64::try_from(self.base.lines + number).ok();
        Evidence::new(self.source, line, u64::try_from(self.base.bytes + start).unwrap_or(u64::MAX), raw)
    }

    /// A line of the text as it was pasted.
    fn evidence_of(&self, pasted: &[u8], starts: &[usize], number: usize) -> Evidence {
        let start = starts.get(number - 1).copied().unwrap_or(0);
        let end = starts.get(number).copied().unwrap_or(pasted.len());
        let raw = pasted.get(start..end).unwrap_or_default();
        let line = u64::try_from(self.base.lines + number).ok();
        Evidence::new(self.source, line, u64::try_from(self.base.bytes + start).unwrap_or(u64::MAX), raw)
    }

    /// A problem at an offset.
    pub(super) fn problem(&mut self, at: usize, message: Sentence) {
        if self.problems.len() < MAX_PROBLEMS {
            let line = u64::try_from(self.base.lines + self.line_number(at)).ok();
            self.problems.push((line, message));
        }
    }

    /// A fact of any kind.
    pub(super) fn push(&mut self, at: usize, stamp: Stamp, host: Option<String>, fact: Fact) {
        self.facts += 1;
        if self.facts == MAX_FACTS {
            self.problem(at, sentence!("join-document-many-facts"));
        }
        if self.facts >= MAX_FACTS {
            return;
        }
        let evidence = vec![self.evidence(at)];
        self.out.push(Event { stamp, host: host.map(Into::into), evidence, fact });
    }

    /// A fact about the node.
    pub(super) fn node(&mut self, at: usize, host: Option<String>, fact: NodeFact) {
        self.push(at, Stamp::default(), host, Fact::Node(Box::new(fact)));
    }

    /// A fact about a container.
    pub(super) fn say(&mut self, said: Said) {
        let Said { at, wall, host, speaker, container, what } = said;
        let stamp = Stamp { wall, ..Stamp::default() };
        self.push(
            at,
            stamp,
            host,
            Fact::Runtime(Box::new(RuntimeFact { speaker, container: container.into(), unit: None, what })),
        );
    }

    /// A fact about a systemd unit.
    pub(super) fn say_unit(&mut self, at: usize, stamp: Stamp, unit: &str, what: What) {
        let container = ContainerRef::default().into();
        let fact = RuntimeFact { speaker: Speaker::Systemd, container, unit: Some(unit.into()), what };
        self.push(at, stamp, None, Fact::Runtime(Box::new(fact)));
    }
}

/// Where the lines begin.
fn line_starts(bytes: &[u8]) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|n| n + 1)).collect()
}

/// A line of a document.
pub(super) struct Line<'a> {
    /// Offset of its start.
    pub at: usize,
    /// Its text, invalid bytes replaced.
    pub text: std::borrow::Cow<'a, str>,
}
