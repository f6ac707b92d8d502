//! What only an application tells: that it ran out of memory, or that signal 9 killed a child of it. Where no kill and no end that is known
//! explains it, it is a story of its own: a full heap needs no kernel, and of a killed worker nothing else may be left than its parent's word.

use super::clock::{Clocks, When};
use super::node::Node;
use super::other_stories::{new_incident, second};
use super::proof::Proof;
use super::stable_id::stable_id;
use super::story::{Hints, Stories, Story};
use crate::event::{Event, Evidence, Fact, RuntimeFact, What};
use crate::report::{Cause, Confidence, Container, Incident, Verdict};
use crate::say;
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A story this near tells of the same thing.
const TOLD_US: i64 = 600 * SECOND_US;
/// Lines this near are one failure: a JVM that gets no memory says so three times.
const SAME_US: i64 = 10 * SECOND_US;
/// What a program survives is one incident as long as it comes again within this time.
const AGAIN_US: i64 = 600 * SECOND_US;
/// A program may live on for so long after it said that it is out of memory.
const UNIT_US: i64 = 120 * SECOND_US;
/// Its line may be stamped so much later than the manager's.
const AFTER_US: i64 = 5 * SECOND_US;
/// The most lines that one incident shows.
const LINES_MAX: usize = 40;

/// Those that run other programs: of a command that was killed the shell tells first, then each of them, by its code.
const RUNNERS: [&str; 14] = [
    "make",
    "npm",
    "yarn",
    "docker build",
    "github-actions",
    "gitlab-runner",
    "jenkins",
    "circleci",
    "nextflow",
    "airflow",
    "buildkite",
    "dagster",
    "prefect",
    "vercel",
];
/// They tell of it within this time.
const RUNNER_US: i64 = 60 * SECOND_US;

/// What an application says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// It ran out of memory and ends of it.
    Fatal,
    /// It ran out of memory.
    Short,
    /// Signal 9 killed a child of it.
    Child,
}

/// One line of it.
struct Saying<'a> {
    kind: Kind,
    program: &'a str,
    message: &'a str,
    pid: Option<u32>,
    fact: &'a RuntimeFact,
    event: &'a Event,
    source: usize,
    container: Option<usize>,
    when: When,
}

/// The dated words of programs outside of containers that ran out of memory, by time: when, and which event.
pub(super) fn index(events: &[(usize, Event)], clocks: &Clocks) -> Vec<(i64, usize)> {
    let own = |event: &Event| match &event.fact {
        Fact::Runtime(fact) => matches!(fact.what, What::AppOutOfMemory { .. }) && fact.container.id.is_none(),
        _ => false,
    };
    let words = events.iter().enumerate().filter(|(_, (_, event))| own(event));
    let mut dated: Vec<(i64, usize)> = words
        .filter_map(|(index, (source, event))| Some((clocks.when(*source, &event.stamp).unix_us?, index)))
        .collect();
    dated.sort_unstable();
    dated
}

/// What a service's program said before it ended by itself.
pub(super) struct Words<'a> {
    pub(super) program: &'a str,
    pub(super) message: &'a str,
    pub(super) fatal: bool,
    pub(super) when: When,
    pub(super) evidence: &'a [Evidence],
}

/// Those of a unit's program before its end: by the unit that the journal names for the line; where the line names none, by
/// the program's name, or such as end the program at once, just before.
pub(super) fn of_unit<'a>(node: &'a Node<'_>, unit: &str, at: i64) -> Option<Words<'a>> {
    let from = node.words.partition_point(|(t, _)| *t < at.saturating_sub(UNIT_US));
    let until = node.words.partition_point(|(t, _)| *t <= at.saturating_add(AFTER_US));
    let near = node.words.get(from..until)?.iter();
    near.rev().find_map(|(t, index)| {
        let (source, event) = node.events.get(*index)?;
        let Fact::Runtime(fact) = &event.fact else { return None };
        let What::AppOutOfMemory { program, message, fatal } = &fact.what else { return None };
        let own = match fact.unit.as_deref() {
            Some(named) => named == unit,
            None => *fatal && at.saturating_sub(*t) <= SAME_US || bears_name(event, unit),
        };
        let when = node.clocks.when(*source, &event.stamp);
        own.then(|| Words { program, message, fatal: *fatal, when, evidence: &event.evidence })
    })
}

/// The line as it stands in the log names a program that is called as the unit: `host relay[81]: ..` of `relay.service`.
fn bears_name(event: &Event, unit: &str) -> bool {
    let line = event.evidence.first().map_or("", |piece| &*piece.text);
    let name = unit.split_once(['.', '@']).map_or(unit, |(name, _)| name);
    let follows = |rest: &str| rest.starts_with('[') || rest.starts_with(": ");
    !name.is_empty()
        && line
            .split(' ')
            .take(8)
            .any(|word| word.strip_prefix(name).is_some_and(follows) || word.strip_suffix(':') == Some(name))
}

/// Who says it: lines of one key may tell of the same failure.
type Key<'a> = (bool, &'a str, Option<usize>, Option<&'a str>, Option<&'a str>, Option<usize>);

impl<'a> Saying<'a> {
    fn of(node: &Node<'_>, source: usize, event: &'a Event) -> Option<Saying<'a>> {
        let Fact::Runtime(fact) = &event.fact else { return None };
        let (kind, program, message, pid) = match &fact.what {
            What::AppOutOfMemory { program, message, fatal: true } => (Kind::Fatal, program, message.as_str(), None),
            What::AppOutOfMemory { program, message, fatal: false } => (Kind::Short, program, message.as_str(), None),
            What::ChildKilled { program, pid, signal: 9, .. } => (Kind::Child, program, "", *pid),
            _ => return None,
        };
        let when = node.clocks.when(source, &event.stamp);
        let container = node.containers.of(&fact.container);
        Some(Saying { kind, program, message, pid, fact, event, source, container, when })
    }

    fn key(&self) -> Key<'a> {
        let undated = self.when.unix_us.is_none().then_some(self.source);
        let name = self.fact.container.name.as_deref().or_else(|| self.child());
        (self.kind == Kind::Child, self.program, self.container, name, self.fact.unit.as_deref(), undated)
    }

    /// What the parent calls the child.
    fn child(&self) -> Option<&'a str> {
        match &self.fact.what {
            What::ChildKilled { child, .. } => child.as_deref(),
            _ => None,
        }
    }

    /// Without a time, a line may as well be a sentence about such lines: program text and prose quote them.
    fn is_quoted(&self) -> bool {
        const MARKS: [&str; 10] = ["`", "(\"", "('", " = \"", " = '", "\",", "';", "\";", "//", "#include"];
        if self.when.unix_us.is_some() || self.when.uptime_us.is_some() {
            return false;
        }
        let text = self.event.evidence.first().map_or("", |piece| &*piece.text);
        // A manual says of ENOMEM what .NET says of its heap.
        let common = self.message.trim() == "Out of memory." && self.is_nobodys();
        // Nextflow puts its own names between such marks, and Ruby its methods: "in `*'".
        common || !matches!(self.program, "nextflow" | "ruby") && MARKS.iter().any(|mark| text.contains(mark))
    }

    /// Neither a container nor a service is known whose line it is.
    fn is_nobodys(&self) -> bool {
        let about = &self.fact.container;
        about.id.is_none() && about.name.is_none() && self.fact.unit.is_none()
    }

    /// Which program says it in which source, and whether it is of a child.
    fn voice(&self) -> (usize, &'a str, bool) {
        (self.source, self.program, self.kind == Kind::Child)
    }

    fn place(&self) -> Place {
        let offset = self.event.evidence.first().map_or(0, |piece| piece.offset);
        (self.when.unix_us, offset, RUNNERS.contains(&self.program))
    }

    /// It goes with the line before, of the same key.
    fn follows(&self, before: &Saying<'_>) -> bool {
        let within = if self.kind == Kind::Fatal || before.kind == Kind::Fatal { SAME_US } else { AGAIN_US };
        self.when.unix_us.zip(before.when.unix_us).is_none_or(|(at, last)| at.saturating_sub(last) <= within)
    }
}

/// Who told of killed children, and who of a lack of memory, in each source: when, where in the source, and whether only as a runner.
struct Runners(BTreeMap<(usize, bool), Vec<Place>>);

/// When, at which offset, and whether a runner says it.
type Place = (Option<i64>, u64, bool);

impl Runners {
    fn of(said: &[Saying<'_>]) -> Runners {
        let mut told: BTreeMap<(usize, bool), Vec<Place>> = BTreeMap::new();
        for saying in said {
            told.entry((saying.source, saying.kind == Kind::Child)).or_default().push(saying.place());
        }
        for places in told.values_mut() {
            places.sort_unstable();
        }
        Runners(told)
    }

    /// A runner tells of it again: its child told of it, or another runner before it.
    fn repeats(&self, saying: &Saying<'_>) -> bool {
        let (at, offset, runner) = saying.place();
        let Some(places) = self.0.get(&(saying.source, saying.kind == Kind::Child)).filter(|_| runner) else {
            return false;
        };
        let undated = places.partition_point(|(t, ..)| t.is_none());
        let from = at.map_or(0, |at| places.partition_point(|(t, ..)| *t < Some(at.saturating_sub(RUNNER_US))));
        let until = places.partition_point(|(t, ..)| at.is_none() || *t <= at.map(|at| at.saturating_add(RUNNER_US)));
        let near = places[..undated].iter().chain(places.get(from.max(undated)..until).into_iter().flatten());
        near.into_iter().any(|(_, other, runs)| !runs || *other < offset)
    }
}

/// Stories of what nothing else tells.
pub(super) fn build(node: &Node<'_>, told: &[Box<Story>]) -> Stories {
    let mut by_key: BTreeMap<Key<'_>, Vec<&Saying<'_>>> = BTreeMap::new();
    let said = node.events.iter().filter_map(|(source, event)| Saying::of(node, *source, event));
    let said: Vec<Saying<'_>> = said.filter(|saying| !saying.is_quoted()).collect();
    let runners = Runners::of(&said);
    // Of a message over several lines only the first bears the time.
    let dated: BTreeSet<_> = said.iter().filter(|said| said.when.unix_us.is_some()).map(Saying::voice).collect();
    for saying in &said {
        let rest = saying.when.unix_us.is_none() && dated.contains(&saying.voice());
        if !rest && !runners.repeats(saying) {
            by_key.entry(saying.key()).or_default().push(saying);
        }
    }
    if by_key.is_empty() {
        return Stories::new();
    }
    let told = Told::of(told);
    let mut stories = Stories::new();
    for mut sayings in by_key.into_values() {
        sayings.sort_by_key(|saying| saying.when.unix_us);
        // Those without a time are all told or none is.
        let mut undated = None;
        sayings.retain(|saying| match saying.when.unix_us {
            None => !*undated.get_or_insert_with(|| told.knows(node, saying)),
            Some(_) => !told.knows(node, saying),
        });
        for one in sayings.chunk_by(|before, saying| saying.follows(before)) {
            stories.extend(story(node, one).map(Box::new));
        }
    }
    stories
}

fn moment(story: &Story) -> Option<i64> {
    let wall = story.incident.time.as_deref().and_then(crate::time::parse_rfc3339)?;
    crate::time::resolve(&wall, None, Some(0))
}

/// The stories that are told already, in order of time.
struct Told<'a> {
    dated: Vec<(i64, &'a Incident)>,
    undated: Vec<&'a Incident>,
}

impl<'a> Told<'a> {
    fn of(stories: &'a [Box<Story>]) -> Told<'a> {
        let mut told = Told { dated: Vec::new(), undated: Vec::new() };
        for story in stories {
            match moment(story) {
                Some(at) => told.dated.push((at, &story.incident)),
                None => told.undated.push(&story.incident),
            }
        }
        told.dated.sort_by_key(|(at, _)| *at);
        told
    }

    /// The kernel's log shows that it was not the kernel, or another story tells of it.
    fn knows(&self, node: &Node<'_>, saying: &Saying<'_>) -> bool {
        let at = saying.when.unix_us;
        if saying.kind == Kind::Child && node.covered.rules_out(at) == Some(true) {
            return true;
        }
        let from = at.map_or(0, |at| self.dated.partition_point(|(t, _)| *t < at.saturating_sub(TOLD_US)));
        let near =
            self.dated.iter().skip(from).take_while(|(t, _)| at.is_none_or(|at| *t <= at.saturating_add(TOLD_US)));
        self.undated.iter().copied().chain(near.map(|(_, incident)| *incident)).any(|told| tells(node, told, saying))
    }
}

/// An incident of that time is about the same thing: the same container or service, or one of memory where the line does not say whose it
/// is.
fn tells(node: &Node<'_>, incident: &Incident, saying: &Saying<'_>) -> bool {
    let same = |a: &Option<String>, b: Option<&str>| a.is_some() && a.as_deref() == b;
    let about = saying.container.map_or(&*saying.fact.container, |index| &node.containers.get(index).about);
    let shares = incident.containers.iter().any(|container| {
        same(&container.id, about.id.as_deref())
            || (container.id.is_none() && same(&container.name, about.name.as_deref()))
            || same(&container.unit, saying.fact.unit.as_deref())
    });
    let nameless = about.id.is_none() && about.name.is_none();
    // A kernel's kill has its verdict later.
    let of_memory = incident.verdict == Verdict::Memory || incident.agent.as_deref() == Some("kernel");
    shares || (nameless && of_memory)
}

fn story(node: &Node<'_>, sayings: &[&Saying<'_>]) -> Option<Story> {
    let first = *sayings.first()?;
    let language = node.language;
    let mut incident = new_incident(node, &first.when);
    let covered = node.covered.at(first.when.unix_us);
    let mut hints = Hints { covered, node_memory_bytes: node.memory_bytes, ..Hints::default() };
    let worst = sayings.iter().copied().min_by_key(|saying| saying.kind).unwrap_or(first);
    match worst.kind {
        Kind::Child => {
            incident.verdict = Verdict::Undetermined;
            incident.cause = Cause::Unknown;
            incident.confidence = Confidence::Possible;
            hints.child = Some(first.pid);
            hints.child_name = first.child().map(str::to_owned);
            incident.confidence_reasons.push(say!(language, "join-sure-child-by-parent", program = first.program));
        }
        kind => {
            incident.verdict = Verdict::Memory;
            incident.cause = Cause::ApplicationHeap;
            incident.agent = Some("application".to_owned());
            let fatal = kind == Kind::Fatal;
            incident.confidence = if fatal { Confidence::Probable } else { Confidence::Possible };
            hints.words = Some(worst.message.to_owned());
            incident.confidence_reasons.push(say!(language, "join-sure-only-program", program = first.program));
        }
    }
    incident.program = Some(first.program.to_owned());
    incident.count = failures(sayings);
    incident.containers.extend(owner(node, first));
    let name = first.fact.unit.as_deref().or(first.fact.container.name.as_deref()).unwrap_or_default();
    let pid = first.pid.map_or_else(String::new, |pid| pid.to_string());
    incident.id = stable_id(&[&node.name, "application", &second(&first.when), first.program, name, &pid]);
    let mut proof = Proof::new(node.sources, language);
    for saying in sayings.iter().take(LINES_MAX) {
        let text = match (saying.kind, saying.pid) {
            (Kind::Child, Some(pid)) => {
                say!(language, "join-step-child-killed-with-pid", program = saying.program, pid = pid)
            }
            (Kind::Child, None) => say!(language, "join-step-child-killed", program = saying.program),
            _ => saying.message.to_owned(),
        };
        proof.step(&saying.when, "application", "application", text, &saying.event.evidence);
    }
    (incident.timeline, incident.evidence) = proof.finish(&first.when);
    Some(Story { incident, hints, ..Story::default() })
}

/// How often it happened: lines apart from each other, or children of different pids.
fn failures(sayings: &[&Saying<'_>]) -> u64 {
    let apart = |pair: &[&Saying<'_>]| match pair {
        [before, saying] => {
            let late = saying
                .when
                .unix_us
                .zip(before.when.unix_us)
                .is_some_and(|(at, last)| at.saturating_sub(last) > SAME_US);
            late || saying.pid.zip(before.pid).is_some_and(|(pid, last)| pid != last)
        }
        _ => false,
    };
    1 + sayings.windows(2).filter(|pair| apart(pair)).count() as u64
}

/// The container or service that the line is of.
fn owner(node: &Node<'_>, saying: &Saying<'_>) -> Option<Container> {
    if let Some(index) = saying.container {
        return Some(node.containers.show(index));
    }
    let own = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
    let about = &saying.fact.container;
    let unit = own(&saying.fact.unit);
    (about.id.is_some() || about.name.is_some() || unit.is_some()).then(|| Container {
        id: own(&about.id),
        name: own(&about.name),
        pod: own(&about.pod),
        namespace: own(&about.namespace),
        runtime: own(&about.runtime),
        unit,
        ..Container::default()
    })
}
