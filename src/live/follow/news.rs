//! Which incidents are new and complete. An incident is told once, when nothing has been added to it for a moment.
//!
//! Its id alone does not tell: while logs come in one after the other, the same kill may first be seen without its
//! container, node name or wall clock. So what was told is also known by its kills and ends.

use super::state::{Fact, State, Told};
use crate::report::{Incident, Report, Termination, Victim};
use crate::time::{SECOND_US, parse_rfc3339, resolve};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

/// An incident to which nothing was added for so long is complete: a container's end comes within a second of the kill.
const QUIET: Duration = Duration::from_millis(1000);
/// An incident is told after so long, whatever is still added to it.
const PATIENCE: Duration = Duration::from_millis(1600);
/// Clocks of two sightings of the same kill or end may differ by this many seconds.
const SLACK_S: u64 = 3;
/// Places of proof that are remembered of each.
const PLACES_MAX: usize = 4;
/// The most incidents and facts that are remembered.
const REMEMBERED_MAX: usize = 50_000;

/// What was told, and what waits.
#[derive(Debug, Default)]
pub(super) struct News {
    told: Told,
    ids: HashSet<String>,
    facts: HashMap<String, Vec<Fact>>,
    waiting: HashMap<String, Waiting>,
}

/// An incident that is not told yet.
#[derive(Debug)]
struct Waiting {
    since: Instant,
    changed: Instant,
    size: Size,
}

/// What grows when something is added: kills, ends, containers, proof, steps.
type Size = [usize; 5];

fn size(incident: &Incident) -> Size {
    [
        incident.victims.len(),
        incident.terminations.len(),
        incident.containers.len(),
        incident.evidence.len(),
        incident.timeline.len(),
    ]
}

impl News {
    /// What was told before the last run ended.
    pub(super) fn of(state: &State) -> Self {
        let mut news = Self::default();
        for id in &state.told.ids {
            news.remember_id(id.clone());
        }
        for fact in &state.told.facts {
            news.remember_fact(fact.clone());
        }
        news
    }

    /// What was told, to be saved.
    pub(super) fn told(&self) -> Told {
        self.told.clone()
    }

    /// Something is not told yet.
    pub(super) fn waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The indices of the incidents that are to be told now; they count as told. `all`: also those that are not complete.
    /// `history`: up to where each log was read in an earlier run: what stands there was told then.
    pub(super) fn take(
        &mut self,
        report: &Report,
        now: Instant,
        all: bool,
        history: &BTreeMap<String, u64>,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for (index, incident) in report.incidents.iter().enumerate() {
            if self.ids.contains(&incident.id) {
                // What is added to it later needs no word of its own any more.
                self.remember_facts(incident);
                continue;
            }
            if self.is_told(incident) || is_history(incident, history) {
                continue;
            }
            seen.insert(incident.id.clone());
            if all || self.is_complete(incident, now) {
                found.push(index);
            }
        }
        // What waited and is no longer there became a part of another incident.
        self.waiting.retain(|id, _| seen.contains(id));
        for incident in found.iter().filter_map(|&index| report.incidents.get(index)) {
            self.remember(incident);
        }
        found
    }

    fn is_complete(&mut self, incident: &Incident, now: Instant) -> bool {
        let size = size(incident);
        let new = || Waiting { since: now, changed: now, size };
        let waiting = self.waiting.entry(incident.id.clone()).or_insert_with(new);
        if waiting.size != size {
            (waiting.changed, waiting.size) = (now, size);
        }
        now.duration_since(waiting.changed) >= QUIET || now.duration_since(waiting.since) >= PATIENCE
    }

    /// All its kills were told, or, of one without kills, all its ends.
    fn is_told(&self, incident: &Incident) -> bool {
        let told =
            |fact: &Fact| self.facts.get(&fact.what).is_some_and(|all| all.iter().any(|other| same(other, fact)));
        let (kills, ends) = (kills(incident), ends(incident));
        let deciding = if kills.is_empty() { ends } else { kills };
        !deciding.is_empty() && deciding.iter().all(told)
    }

    fn remember(&mut self, incident: &Incident) {
        self.waiting.remove(&incident.id);
        self.remember_id(incident.id.clone());
        self.remember_facts(incident);
    }

    fn remember_id(&mut self, id: String) {
        if self.ids.insert(id.clone()) {
            self.told.ids.push(id);
        }
        let surplus = self.told.ids.len().saturating_sub(REMEMBERED_MAX);
        for id in self.told.ids.drain(..surplus) {
            self.ids.remove(&id);
        }
    }

    fn remember_facts(&mut self, incident: &Incident) {
        for fact in kills(incident).into_iter().chain(ends(incident)) {
            self.remember_fact(fact);
        }
    }

    fn remember_fact(&mut self, fact: Fact) {
        let alike = self.facts.entry(fact.what.clone()).or_default();
        if alike.contains(&fact) {
            return;
        }
        alike.push(fact.clone());
        self.told.facts.push(fact);
        let surplus = self.told.facts.len().saturating_sub(REMEMBERED_MAX);
        for old in self.told.facts.drain(..surplus) {
            if let Some(alike) = self.facts.get_mut(&old.what) {
                alike.retain(|other| *other != old);
            }
        }
        if surplus > 0 {
            self.facts.retain(|_, alike| !alike.is_empty());
        }
    }
}

/// All its proof stands where an earlier run has read, in logs that are followed.
fn is_history(incident: &Incident, history: &BTreeMap<String, u64>) -> bool {
    let old = |source: &str, offset: u64| history.get(source).is_some_and(|end| offset < *end);
    !incident.evidence.is_empty() && incident.evidence.iter().all(|e| old(&e.source, e.offset))
}

fn unix_s(time: Option<&str>) -> Option<i64> {
    resolve(&parse_rfc3339(time?)?, None, Some(0)).map(|us| us.div_euclid(SECOND_US))
}

/// A fact of an incident, with the incident's time where it has none of its own.
fn fact(incident: &Incident, what: String, time: Option<&str>, uptime_s: Option<f64>) -> Fact {
    let uptime_s = uptime_s.filter(|up| up.is_finite() && *up >= 0.0).map(|up| up as u64);
    let places = incident.evidence.iter().take(PLACES_MAX).map(|e| (e.source.clone(), e.offset)).collect();
    let unix_s = unix_s(time.or(incident.time.as_deref()));
    Fact { what, node: incident.node.clone(), unix_s, uptime_s, places }
}

fn kills(incident: &Incident) -> Vec<Fact> {
    let one = |victim: &Victim| {
        let uptime_s = victim.uptime_s.or(incident.uptime_s);
        fact(incident, format!("kill {} {}", victim.pid, victim.comm), victim.time.as_deref(), uptime_s)
    };
    incident.victims.iter().map(one).collect()
}

fn ends(incident: &Incident) -> Vec<Fact> {
    let one = |end: &Termination| {
        let container = end.container.and_then(|index| incident.containers.get(index));
        let names = container.map(|c| [&c.id, &c.pod_uid, &c.name, &c.unit]);
        let name = names.and_then(|names| names.into_iter().flatten().next()).or(end.unit.as_ref())?;
        Some(fact(incident, format!("end {name}"), end.finished.as_deref(), None))
    };
    incident.terminations.iter().filter_map(one).collect()
}

/// Two sightings of one thing: on one node, or by a common piece of proof (a log without a host name belongs to another
/// node once another log tells the name), and at one time, by any clock that both have.
fn same(a: &Fact, b: &Fact) -> bool {
    if a.node != b.node && !a.places.iter().any(|place| b.places.contains(place)) {
        return false;
    }
    let near = |a: i64, b: i64| a.abs_diff(b) <= SLACK_S;
    let uptime = a.uptime_s.zip(b.uptime_s).map(|(a, b)| a.abs_diff(b) <= SLACK_S);
    let unix = a.unix_s.zip(b.unix_s).map(|(a, b)| near(a, b));
    // Without a common clock the name alone must do: pids come back only after thousands of others.
    unix.or(uptime).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Container, Evidence};

    fn kill(id: &str, pid: u32, time: Option<&str>, uptime_s: Option<f64>) -> Incident {
        Incident {
            id: id.to_owned(),
            time: time.map(str::to_owned),
            uptime_s,
            victims: vec![Victim { pid, comm: "java".into(), ..Victim::default() }],
            ..Incident::default()
        }
    }

    fn end(id: &str, container: &str, time: &str) -> Incident {
        Incident {
            id: id.to_owned(),
            time: Some(time.to_owned()),
            containers: vec![Container { id: Some(container.into()), ..Container::default() }],
            terminations: vec![Termination { container: Some(0), ..Termination::default() }],
            ..Incident::default()
        }
    }

    fn report(incidents: &[Incident]) -> Report {
        Report { incidents: incidents.to_vec(), ..Report::default() }
    }

    fn take(news: &mut News, incidents: &[Incident], now: Instant) -> Vec<usize> {
        news.take(&report(incidents), now, false, &BTreeMap::new())
    }

    #[test]
    fn told_once_when_quiet() {
        let (mut news, start) = (News::default(), Instant::now());
        let mut incident = kill("1", 7, Some("2026-11-23T10:00:00Z"), None);
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert!(take(&mut news, &[incident.clone()], at(0)).is_empty());
        assert!(news.waiting());
        // The container's end comes in: it waits again, but not for ever.
        incident.terminations.push(Termination::default());
        assert!(take(&mut news, &[incident.clone()], at(900)).is_empty());
        assert!(take(&mut news, &[incident.clone()], at(1500)).is_empty());
        assert_eq!(take(&mut news, &[incident.clone()], at(1700)), [0]);
        assert!(!news.waiting());
        incident.terminations.push(Termination::default());
        assert!(take(&mut news, &[incident], at(9000)).is_empty());
    }

    #[test]
    fn the_same_kill_by_another_id_is_not_told_again() {
        let (mut news, now) = (News::default(), Instant::now());
        let later = now + QUIET;
        // First the ring buffer, without a wall clock; then another log, with one.
        let first = kill("1", 7, None, Some(100.5));
        take(&mut news, std::slice::from_ref(&first), now);
        assert_eq!(take(&mut news, &[first], later), [0]);
        let again = kill("2", 7, Some("2026-11-23T10:00:00Z"), Some(101.0));
        assert!(news.take(&report(&[again]), later, true, &BTreeMap::new()).is_empty());
        let place = |node: &str| Incident {
            node: node.into(),
            evidence: vec![Evidence { source: "kern.log".into(), ..Evidence::default() }],
            ..kill("4", 8, None, Some(100.5))
        };
        assert_eq!(news.take(&report(&[place("kmsg")]), later, true, &BTreeMap::new()), [0]);
        let moved = Incident { id: "5".into(), ..place("node-1") };
        assert!(news.take(&report(&[moved]), later, true, &BTreeMap::new()).is_empty());
        let elsewhere = Incident { id: "6".into(), evidence: Vec::new(), ..place("node-2") };
        assert_eq!(news.take(&report(&[elsewhere]), later, true, &BTreeMap::new()), [0]);
        let other = kill("3", 7, Some("2026-11-23T12:00:00Z"), Some(7300.0));
        assert_eq!(news.take(&report(&[other]), later, true, &BTreeMap::new()), [0]);
    }

    #[test]
    fn an_end_that_was_told_with_its_kill_is_not_told_alone() {
        let (mut news, now) = (News::default(), Instant::now());
        let mut both = end("1", "abc", "2026-11-23T10:00:00Z");
        both.victims.push(Victim { pid: 7, ..Victim::default() });
        assert_eq!(news.take(&report(&[both]), now, true, &BTreeMap::new()), [0]);
        let alone = end("2", "abc", "2026-11-23T10:00:01Z");
        assert!(news.take(&report(&[alone]), now, true, &BTreeMap::new()).is_empty());
        let next = end("3", "abc", "2026-11-23T10:05:00Z");
        assert_eq!(news.take(&report(&[next]), now, true, &BTreeMap::new()), [0]);
    }

    #[test]
    fn a_kill_behind_an_end_that_was_told_is_news() {
        let (mut news, now) = (News::default(), Instant::now());
        let alone = end("1", "abc", "2026-11-23T10:00:00Z");
        assert_eq!(news.take(&report(std::slice::from_ref(&alone)), now, true, &BTreeMap::new()), [0]);
        let mut both = Incident { id: "2".into(), ..alone };
        both.victims.push(Victim { pid: 7, ..Victim::default() });
        assert_eq!(news.take(&report(&[both]), now, true, &BTreeMap::new()), [0]);
    }

    #[test]
    fn history_is_what_an_earlier_run_has_read() {
        let (mut news, now) = (News::default(), Instant::now());
        let history = BTreeMap::from([("kern.log".to_owned(), 1000)]);
        let mut incident = kill("1", 7, None, None);
        let at = |source: &str, offset| Evidence { source: source.into(), offset, ..Evidence::default() };
        incident.evidence = vec![at("kern.log", 10), at("kern.log", 999)];
        assert!(news.take(&report(std::slice::from_ref(&incident)), now, true, &history).is_empty());
        incident.evidence.push(at("docker.log", 10));
        assert_eq!(news.take(&report(std::slice::from_ref(&incident)), now, true, &history), [0]);
    }

    #[test]
    fn a_later_run_knows_what_was_told() {
        let (mut news, now) = (News::default(), Instant::now());
        let incident = kill("1", 7, Some("2026-11-23T10:00:00Z"), None);
        news.take(&report(std::slice::from_ref(&incident)), now, true, &BTreeMap::new());
        let mut later = News::of(&State::new(Vec::new(), news.told()));
        assert_eq!(later.told(), news.told());
        let renamed = Incident { id: "9".into(), ..incident.clone() };
        assert!(later.take(&report(&[incident, renamed]), now, true, &BTreeMap::new()).is_empty());
    }
}
