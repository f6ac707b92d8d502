//! What logs tell of the lives of containers: that one was made, started, was asked to stop, ended. A busy node's log says it a
//! dozen times for every life, so these facts are kept packed: what is the same for many is kept once, and the rest is a record of
//! fixed size and a piece of text.

use super::lines::{Lines, Span};
use super::{ContainerRef, Event, Evidence, Fact, RuntimeFact, SourceId, Speaker, Stamp, Wall, What};
use std::collections::{HashMap, HashSet};
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

/// Sentences that were said last and may be said again.
const RECENT_MAX: usize = 24;
/// Names that facts share.
const NAMES_MAX: usize = 1 << 16;
/// References to one container that contradict each other and are kept apart.
const VERSIONS_MAX: usize = 4;
/// Facts of one block: a block is never moved when there are more.
const BLOCK: usize = 1 << 12;

/// A fact about a container, wherever it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Who said it.
    pub speaker: Speaker,
    /// About which container.
    pub container: &'a ContainerRef,
    /// What, but for what `end` tells.
    pub what: &'a What,
    /// What tells this end of a container from all others.
    pub end: Own,
}

/// What is another for every end.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Own {
    /// Host pid of the process that ended.
    pub pid: Option<u32>,
    /// When it ended, by the record's own field.
    pub finished: Option<Wall>,
}

impl Own {
    fn of(what: &What) -> Own {
        match what {
            What::Exited(exit) => Own { pid: exit.pid, finished: exit.finished },
            _ => Own::default(),
        }
    }

    /// Takes it out.
    fn out_of(what: &mut What) -> Own {
        let own = Own::of(what);
        if let What::Exited(exit) = what {
            (exit.pid, exit.finished) = (None, None);
        }
        own
    }
}

impl RuntimeFact {
    /// The fact without its place.
    pub fn told(&self) -> Told<'_> {
        Told { speaker: self.speaker, container: &self.container, what: &self.what, end: Own::of(&self.what) }
    }
}

/// The packed facts of one source, in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lives {
    source: SourceId,
    said: Vec<Said>,
    recent: Vec<u32>,
    subjects: Vec<Subject>,
    by_id: HashMap<Arc<str>, u32>,
    names: HashSet<Arc<str>>,
    facts: Vec<Vec<Packed>>,
    ends: Vec<Own>,
    lines: Lines,
}

/// What many records say alike.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    host: Option<Arc<str>>,
    boot: Option<u128>,
    epoch: u32,
    speaker: Speaker,
    what: What,
}

/// A container that facts are about: everything that the source said of it.
#[derive(Debug, Clone, PartialEq)]
struct Subject {
    host: Option<Arc<str>>,
    about: Arc<ContainerRef>,
    /// The next of the same id, with which it does not agree.
    next: Option<u32>,
}

#[derive(Debug, Clone, PartialEq)]
struct Packed {
    wall: Option<Wall>,
    /// Plus one.
    uptime_us: Option<NonZeroU64>,
    line: Option<NonZeroU64>,
    offset: u64,
    text: Span,
    said: u32,
    subject: u32,
    /// Its place among the ends, plus one.
    end: Option<NonZeroU32>,
    /// Events of the source that stand before it.
    before: u32,
    /// The first about its subject.
    first: bool,
}

/// One of the facts.
#[derive(Debug, Clone, Copy)]
pub struct Life<'a> {
    lives: &'a Lives,
    packed: &'a Packed,
    /// Its place among them.
    pub index: usize,
}

impl<'a> Life<'a> {
    /// When.
    pub fn stamp(&self) -> Stamp {
        let said = self.said();
        Stamp {
            wall: self.packed.wall,
            uptime_us: self.packed.uptime_us.map(|up| up.get() - 1),
            boot: said.boot,
            epoch: said.epoch,
        }
    }

    /// Host name as the record printed it.
    pub fn host(&self) -> Option<&'a Arc<str>> {
        self.said().host.as_ref()
    }

    /// What it says.
    pub fn told(&self) -> Told<'a> {
        let said = self.said();
        let container = &*self.lives.subjects[self.packed.subject as usize].about;
        let end = self.packed.end.and_then(|place| self.lives.ends.get(place.get() as usize - 1));
        Told { speaker: said.speaker, container, what: &said.what, end: end.copied().unwrap_or_default() }
    }

    /// Number of the container that it is about, among those of its source.
    pub fn subject(&self) -> usize {
        self.packed.subject as usize
    }

    /// It is the first about its container.
    pub fn is_first(&self) -> bool {
        self.packed.first
    }

    /// So many other events of its source stand before it.
    pub fn before(&self) -> usize {
        self.packed.before as usize
    }

    /// Bytes from the start of the source to its line.
    pub fn offset(&self) -> u64 {
        self.packed.offset
    }

    /// It has a line to show.
    pub fn is_proof(&self) -> bool {
        !self.packed.text.is_none()
    }

    /// Its line.
    pub fn evidence(&self) -> Option<Evidence> {
        let Packed { line, offset, text, .. } = *self.packed;
        let text = self.is_proof().then(|| self.lives.lines.read(text)).flatten()?;
        Some(Evidence { source: self.lives.source, line: line.map(NonZeroU64::get), offset, text })
    }

    fn said(&self) -> &'a Said {
        &self.lives.said[self.packed.said as usize]
    }
}

/// Is it a fact of the kind that a log repeats for every life of every container?
fn is_of_a_life(event: &Event) -> bool {
    let Fact::Runtime(fact) = &event.fact else { return false };
    let repeated = matches!(
        fact.what,
        What::Seen
            | What::Started
            | What::Exited(_)
            | What::StopAsked { .. }
            | What::KillSent { .. }
            | What::Stopped
            | What::ShimGone
    );
    repeated && fact.unit.is_none() && fact.container.id.is_some() && event.evidence.len() <= 1
}

impl Lives {
    /// Takes a fact over, or gives it back where it is of another kind. `before`: events of the source so far.
    pub fn take(&mut self, event: Event, before: usize) -> Option<Event> {
        let (Ok(before), true) = (u32::try_from(before), is_of_a_life(&event)) else { return Some(event) };
        let Fact::Runtime(fact) = event.fact else { return Some(event) };
        let RuntimeFact { speaker, container, mut what, .. } = *fact;
        let (subject, first) = self.subject(container, event.host.as_ref());
        if !first && what == What::Seen {
            return None;
        }
        let piece = event.evidence.into_iter().next();
        let own = Own::out_of(&mut what);
        let Stamp { wall, uptime_us, boot, epoch } = event.stamp;
        let said = self.said(Said { host: event.host, boot, epoch, speaker, what });
        let text = piece.as_ref().map(|piece| self.lines.keep(&piece.text, said)).unwrap_or_default();
        let packed = Packed {
            wall,
            uptime_us: uptime_us.and_then(|up| NonZeroU64::new(up.saturating_add(1))),
            line: piece.as_ref().and_then(|piece| NonZeroU64::new(piece.line?)),
            offset: piece.map_or(0, |piece| piece.offset),
            text,
            said,
            subject,
            end: self.end(own),
            before,
            first,
        };
        self.push(packed);
        None
    }

    fn push(&mut self, packed: Packed) {
        if self.facts.last().is_none_or(|block| block.len() == BLOCK) {
            self.facts.push(Vec::with_capacity(if self.facts.is_empty() { 4 } else { BLOCK }));
        }
        self.facts.iter_mut().last().into_iter().for_each(|block| block.push(packed.clone()));
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.facts.last().map_or(0, |last| (self.facts.len() - 1) * BLOCK + last.len())
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Life<'_>> + Clone {
        self.facts.iter().flatten().enumerate().map(|(index, packed)| Life { lives: self, packed, index })
    }

    /// One of them.
    pub fn get(&self, index: usize) -> Option<Life<'_>> {
        let packed = self.facts.get(index / BLOCK)?.get(index % BLOCK)?;
        Some(Life { lives: self, packed, index })
    }

    /// The containers that they are about.
    pub fn subjects(&self) -> impl ExactSizeIterator<Item = &ContainerRef> {
        self.subjects.iter().map(|subject| &*subject.about)
    }

    /// The hosts that told of them, some more than once.
    pub fn hosts(&self) -> impl Iterator<Item = &Arc<str>> {
        self.subjects.iter().filter_map(|subject| subject.host.as_ref())
    }

    /// The containers with the hosts that told of them.
    pub fn hosted(&self) -> impl Iterator<Item = (Option<&Arc<str>>, &ContainerRef)> {
        self.subjects.iter().map(|subject| (subject.host.as_ref(), &*subject.about))
    }

    /// Their wall clocks, in order.
    pub fn walls(&mut self) -> impl Iterator<Item = &mut Option<Wall>> {
        self.facts.iter_mut().flatten().map(|packed| &mut packed.wall)
    }

    /// Gives the source its number.
    pub fn set_source(&mut self, source: SourceId) {
        self.source = source;
    }

    /// Gives back what only taking needs.
    pub fn seal(&mut self) {
        self.by_id = HashMap::new();
        self.names = HashSet::new();
        self.recent = Vec::new();
    }

    /// The number of a container, and whether it is new.
    fn subject(&mut self, about: Arc<ContainerRef>, host: Option<&Arc<str>>) -> (u32, bool) {
        let mut at = about.id.as_ref().and_then(|id| self.by_id.get(id)).copied();
        let mut last = None;
        for _ in 0..VERSIONS_MAX {
            let Some(number) = at else { break };
            let subject = &mut self.subjects[number as usize];
            if subject.host.as_ref() == host && subject.about.agrees(&about) {
                if !subject.about.covers(&about) {
                    let joined = subject.about.joined(&about);
                    let joined = joined.sharing(|text| share(&mut self.names, text));
                    self.subjects[number as usize].about = joined.into();
                }
                return (number, false);
            }
            (last, at) = (at, subject.next);
        }
        let number = u32::try_from(self.subjects.len()).unwrap_or(u32::MAX);
        match last {
            Some(last) => self.subjects[last as usize].next = self.subjects[last as usize].next.or(Some(number)),
            None => about.id.iter().for_each(|id| _ = self.by_id.insert(Arc::clone(id), number)),
        }
        let about = Arc::unwrap_or_clone(about).sharing(|text| share(&mut self.names, text)).into();
        self.subjects.push(Subject { host: host.cloned(), about, next: None });
        (number, true)
    }

    /// The number of a sentence. Those that are said again and again stand among the recent ones, the last first.
    fn said(&mut self, said: Said) -> u32 {
        if let Some(place) = self.recent.iter().position(|known| self.said[*known as usize] == said) {
            let number = self.recent[place];
            self.recent.swap(place, place / 2);
            return number;
        }
        let number = u32::try_from(self.said.len()).unwrap_or(u32::MAX);
        self.recent.truncate(RECENT_MAX - 1);
        self.recent.push(number);
        self.said.push(said);
        number
    }

    fn end(&mut self, own: Own) -> Option<NonZeroU32> {
        if own == Own::default() {
            return None;
        }
        self.ends.push(own);
        u32::try_from(self.ends.len()).ok().and_then(NonZeroU32::new)
    }
}

/// The text that is kept already, if it is.
fn share(names: &mut HashSet<Arc<str>>, text: Arc<str>) -> Arc<str> {
    match names.get(&text) {
        Some(known) => Arc::clone(known),
        None if names.len() < NAMES_MAX => {
            names.insert(Arc::clone(&text));
            text
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::ContainerExit;

    fn event(container: ContainerRef, what: What, line: &str) -> Event {
        let fact = RuntimeFact { speaker: Speaker::Containerd, container: container.into(), unit: None, what };
        let stamp = Stamp { uptime_us: Some(0), epoch: 2, ..Stamp::default() };
        let evidence = vec![Evidence { source: SourceId(0), line: Some(7), offset: 99, text: line.into() }];
        Event { stamp, host: Some("node".into()), evidence, fact: Fact::Runtime(Box::new(fact)) }
    }

    fn container(c: char) -> ContainerRef {
        ContainerRef { id: Some(String::from(c).repeat(64).into()), ..ContainerRef::default() }
    }

    fn exit(code: i64, pid: u32) -> What {
        What::Exited(Box::new(ContainerExit { exit_code: Some(code), pid: Some(pid), ..ContainerExit::default() }))
    }

    #[test]
    fn facts_come_back_as_they_were_told() {
        let mut lives = Lives::default();
        for (n, c) in ('a'..='f').enumerate() {
            let number = u32::try_from(n).unwrap();
            assert_eq!(lives.take(event(container(c), exit(137, number + 1), &format!("exit {c}")), n), None);
        }
        lives.set_source(SourceId(4));
        lives.seal();
        assert_eq!((lives.len(), lives.said.len(), lives.subjects().len()), (6, 1, 6));
        let life = lives.get(3).unwrap();
        let told = life.told();
        assert_eq!((told.end.pid, told.container, life.before()), (Some(4), &container('d'), 3));
        assert!(matches!(told.what, What::Exited(exit) if exit.exit_code == Some(137)));
        let proof = life.evidence().unwrap();
        assert_eq!((proof.source, proof.line, proof.offset, &*proof.text), (SourceId(4), Some(7), 99, "exit d"));
        let stamp = life.stamp();
        assert_eq!((stamp.uptime_us, stamp.epoch, life.host().map(|h| &**h)), (Some(0), 2, Some("node")));
    }

    #[test]
    fn what_a_source_says_of_one_container_is_one_reference() {
        let mut lives = Lives::default();
        let named = ContainerRef { name: Some("app".into()), ..container('a') };
        let of_pod = ContainerRef { pod: Some("web-0".into()), ..container('a') };
        let other = ContainerRef { name: Some("other".into()), ..container('a') };
        lives.take(event(named.clone(), What::Seen, "made"), 0);
        lives.take(event(of_pod.clone(), What::Seen, "seen again"), 0);
        lives.take(event(of_pod.clone(), What::Started, "started"), 0);
        assert_eq!(lives.subjects().collect::<Vec<_>>(), [&named.joined(&of_pod)]);
        assert_eq!(lives.iter().map(|life| life.is_first()).collect::<Vec<_>>(), [true, false]);
        lives.take(event(other.clone(), What::Seen, "contradicts"), 0);
        assert_eq!(lives.subjects().last(), Some(&other));
    }

    #[test]
    fn other_facts_are_given_back() {
        let mut lives = Lives::default();
        let nameless = event(ContainerRef::default(), What::Started, "x");
        assert_eq!(lives.take(nameless.clone(), 0), Some(nameless));
        let seen = event(container('a'), What::OomSeen, "x");
        assert_eq!(lives.take(seen.clone(), 0), Some(seen));
        assert!(lives.is_empty());
    }
}
