//! The facts about containers of one node in the order of its sources, wherever they are kept: as events, or packed.

use super::containers::Containers;
use super::nodes::NodeEvents;
use crate::event::{Event, Evidence, Fact, Life, SourceFacts, Stamp, Told};

/// The packed facts of one source that are of one node.
#[derive(Debug)]
pub(super) struct Share {
    /// Index of the source.
    pub(super) source: usize,
    /// Which of them; all where there is no list.
    pub(super) which: Option<Vec<u32>>,
}

/// A line to cite, found again when it is cited.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cite {
    Line(Box<Evidence>),
    Life { source: u32, index: u32, offset: u64 },
}

impl Cite {
    /// Both stand at one place.
    pub(super) fn is_same(&self, other: &Cite) -> bool {
        match (self, other) {
            (Cite::Line(own), Cite::Line(other)) => own == other,
            (own, other) => own.place() == other.place(),
        }
    }

    fn place(&self) -> (u32, u64) {
        match self {
            Cite::Line(line) => (line.source.0, line.offset),
            Cite::Life { source, offset, .. } => (*source, *offset),
        }
    }

    /// The line.
    pub(super) fn line(&self, sources: &[SourceFacts]) -> Option<Evidence> {
        match self {
            Cite::Line(line) => Some((**line).clone()),
            Cite::Life { source, index, .. } => sources.get(*source as usize)?.lives.get(*index as usize)?.evidence(),
        }
    }
}

/// Lines that are at hand.
pub(super) fn cites(lines: &[Evidence]) -> Vec<Cite> {
    lines.iter().map(|line| Cite::Line(Box::new(line.clone()))).collect()
}

/// A fact about a container, with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    /// Index of the source.
    pub(super) source: usize,
    pub(super) stamp: Stamp,
    pub(super) told: Told<'a>,
    from: From<'a>,
}

#[derive(Debug, Clone, Copy)]
enum From<'a> {
    /// With its place among the node's.
    Event(usize, &'a Event),
    Life(Life<'a>),
}

/// Where a fact is kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Event(usize),
    Life { source: usize, index: usize },
}

impl<'s> Said<'s> {
    /// Its lines.
    pub(super) fn cites(&self) -> Vec<Cite> {
        match self.from {
            From::Event(_, event) => cites(&event.evidence),
            From::Life(life) if !life.is_proof() => Vec::new(),
            From::Life(life) => {
                let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                vec![Cite::Life { source: number(self.source), index: number(life.index), offset: life.offset() }]
            }
        }
    }

    /// Nothing was said of its container in its source before, as far as that is known without a look at all of it.
    pub(super) fn is_new(&self) -> bool {
        match self.from {
            From::Event(..) => true,
            From::Life(life) => life.is_first(),
        }
    }

    /// Where it is kept.
    pub(super) fn place(&self) -> Place {
        match self.from {
            From::Event(place, _) => Place::Event(place),
            From::Life(life) => Place::Life { source: self.source, index: life.index },
        }
    }

    fn of_life(source: usize, life: Life<'s>) -> Said<'s> {
        Said { source, stamp: life.stamp(), told: life.told(), from: From::Life(life) }
    }

    fn of_event(source: usize, place: usize, event: &'s Event) -> Option<Said<'s>> {
        let Fact::Runtime(fact) = &event.fact else { return None };
        Some(Said { source, stamp: event.stamp, told: fact.told(), from: From::Event(place, event) })
    }

    /// Number of its container in its source, where it has one.
    pub(super) fn subject(&self) -> Option<(usize, usize)> {
        match self.from {
            From::Event(..) => None,
            From::Life(life) => Some((self.source, life.subject())),
        }
    }
}

/// All of a node, in the order of its sources.
pub(super) fn all<'a>(node: &'a NodeEvents, sources: &'a [SourceFacts]) -> impl Iterator<Item = Said<'a>> + Clone {
    let mut events = node.events.iter().enumerate().zip(node.order.iter().copied()).peekable();
    let mut lives = node.lives.iter().flat_map(|share| of_share(share, sources)).peekable();
    std::iter::from_fn(move || {
        loop {
            let event_first = match (events.peek(), lives.peek()) {
                (Some(((_, (source, _)), order)), Some((other, life))) => {
                    (*source, *order as usize) < (*other, life.before())
                }
                (event, _) => event.is_some(),
            };
            if !event_first {
                let (source, life) = lives.next()?;
                return Some(Said::of_life(source, life));
            }
            let ((place, (source, event)), _) = events.next()?;
            if let Some(said) = Said::of_event(*source, place, event) {
                return Some(said);
            }
        }
    })
}

/// One of them.
pub(super) fn at<'a>(node: &'a NodeEvents, sources: &'a [SourceFacts], place: Place) -> Option<Said<'a>> {
    match place {
        Place::Event(place) => node.events.get(place).and_then(|(source, event)| Said::of_event(*source, place, event)),
        Place::Life { source, index } => Some(Said::of_life(source, sources.get(source)?.lives.get(index)?)),
    }
}

fn of_share<'a>(share: &'a Share, sources: &'a [SourceFacts]) -> impl Iterator<Item = (usize, Life<'a>)> + Clone {
    let lives = sources.get(share.source).map(|source| &source.lives);
    let whole = lives.filter(|_| share.which.is_none()).into_iter().flat_map(|lives| lives.iter());
    let some = share.which.iter().flatten().filter_map(move |index| lives?.get(*index as usize));
    whole.chain(some).map(|life| (share.source, life))
}

/// The containers that the packed facts are about, looked up once each.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    /// By source: first the index of the source.
    of_source: Vec<(usize, Vec<Option<usize>>)>,
}

impl Subjects {
    pub(super) fn find(node: &NodeEvents, sources: &[SourceFacts], containers: &Containers) -> Subjects {
        let one = |share: &Share| {
            let subjects = sources.get(share.source)?.lives.subjects();
            Some((share.source, subjects.map(|about| containers.of(about)).collect()))
        };
        Subjects { of_source: node.lives.iter().filter_map(one).collect() }
    }

    /// The container of a fact, if it is known.
    pub(super) fn container(&self, said: &Said<'_>, containers: &Containers) -> Option<usize> {
        let Some((source, subject)) = said.subject() else { return containers.of(said.told.container) };
        let at = self.of_source.binary_search_by_key(&source, |(source, _)| *source).ok()?;
        self.of_source.get(at)?.1.get(subject).copied().flatten()
    }
}
