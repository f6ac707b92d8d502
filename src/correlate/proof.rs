//! Builds an incident's timeline and its list of evidence, each place once.

use super::clock::{Clocks, When};
use super::told::Cite;
use crate::event::{self, SourceFacts};
use crate::language::Language;
use crate::report::{Evidence, TimelineEntry};
use crate::time::SECOND_US;

/// The most pieces of evidence that one incident shows.
const EVIDENCE_MAX: usize = 96;
/// Copies of one step differ by less than this.
const SAME_STEP_US: i64 = 1_500_000;
/// The most steps that one timeline shows.
const STEPS_MAX: usize = 60;

/// Evidence and timeline of one incident in the making.
#[derive(Debug)]
pub(super) struct Proof<'a> {
    sources: &'a [SourceFacts],
    /// That of the steps' texts.
    pub(super) language: Language,
    evidence: Vec<Evidence>,
    steps: Vec<(Option<i64>, Option<u64>, TimelineEntry)>,
}

impl<'a> Proof<'a> {
    pub(super) fn new(sources: &'a [SourceFacts], language: Language) -> Self {
        Proof { sources, language, evidence: Vec::new(), steps: Vec::new() }
    }

    /// The lines of places that are to be cited.
    pub(super) fn lines(&self, cites: &[Cite]) -> Vec<event::Evidence> {
        cites.iter().filter_map(|cite| cite.line(self.sources)).collect()
    }

    /// Adds places; the index of the first of them.
    pub(super) fn cite(&mut self, pieces: &[event::Evidence]) -> Option<usize> {
        let mut first = None;
        for piece in pieces {
            let path = self.sources.get(piece.source.0 as usize).map_or("", |s| s.path.as_str());
            let known =
                self.evidence.iter().position(|e| e.source == path && e.offset == piece.offset && e.line == piece.line);
            let index = match known {
                Some(index) => index,
                None if self.evidence.len() >= EVIDENCE_MAX => continue,
                None => {
                    self.evidence.push(Evidence {
                        source: path.to_owned(),
                        line: piece.line,
                        offset: piece.offset,
                        text: piece.text.as_ref().to_owned(),
                        context: None,
                    });
                    self.evidence.len() - 1
                }
            };
            first = first.or(Some(index));
        }
        first
    }

    /// Adds a step at a moment of the kernel's or a log's clock.
    pub(super) fn step(
        &mut self,
        when: &When,
        actor: &'static str,
        kind: &'static str,
        text: String,
        pieces: &[event::Evidence],
    ) {
        let evidence = self.cite(pieces);
        let entry = TimelineEntry {
            time: when.time(),
            uptime_s: when.uptime_s(),
            offset_s: None,
            actor: actor.into(),
            kind: kind.into(),
            text,
            evidence,
        };
        // The same step told by another file bears another fraction of the second, or none.
        let near = |at: &Option<i64>| match (at, when.unix_us) {
            (Some(a), Some(b)) => (a - b).abs() < SAME_STEP_US,
            (None, None) => true,
            _ => false,
        };
        let told = (&entry.kind, &entry.text, &entry.actor);
        let same = self.steps.iter().any(|(at, _, e)| near(at) && (&e.kind, &e.text, &e.actor) == told);
        if !same && self.steps.len() < STEPS_MAX {
            self.steps.push((when.unix_us, when.uptime_us, entry));
        }
    }

    /// Adds a step at a Unix time.
    pub(super) fn step_at(
        &mut self,
        clocks: &Clocks,
        unix_us: Option<i64>,
        actor: &'static str,
        kind: &'static str,
        text: String,
        pieces: &[event::Evidence],
    ) {
        let when = When { unix_us, offset_s: unix_us.map_or(0, |t| clocks.offset(t)), ..When::default() };
        self.step(&when, actor, kind, text, pieces);
    }

    /// The finished timeline, with offsets from the incident's moment, and the evidence.
    pub(super) fn finish(mut self, zero: &When) -> (Vec<TimelineEntry>, Vec<Evidence>) {
        for (unix, ..) in &mut self.steps {
            *unix = unix.map(|at| within_second(at, zero.unix_us));
        }
        self.steps.sort_by(|a, b| match (a.0, b.0) {
            (Some(x), Some(y)) => x.cmp(&y),
            _ => a.1.cmp(&b.1),
        });
        for (unix, uptime, entry) in &mut self.steps {
            let wall = || Some((unix.as_ref()? - zero.unix_us?) as f64 / 1e6);
            let boot = || {
                Some(
                    (i64::try_from(uptime.as_ref().copied()?).ok()? - i64::try_from(zero.uptime_us?).ok()?) as f64
                        / 1e6,
                )
            };
            entry.offset_s = if zero.uptime_us.is_some() && uptime.is_some() { boot() } else { wall() };
        }
        self.evidence.shrink_to_fit();
        // Into a list of its own: the steps' list has more room than is used.
        let mut timeline = Vec::with_capacity(self.steps.len());
        timeline.extend(self.steps.into_iter().map(|(_, _, entry)| entry));
        (timeline, self.evidence)
    }
}

/// A time cut to whole seconds (`Nov 29 04:35:45`) in the second of the incident (04:35:45.944) may be any later moment of it: what
/// follows from a kill is not shown before it.
fn within_second(at: i64, zero: Option<i64>) -> i64 {
    let cut = at.rem_euclid(SECOND_US) == 0;
    zero.filter(|zero| cut && (0..SECOND_US).contains(&(zero - at))).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_cut_to_its_second_is_not_before_the_incident_of_that_second() {
        let zero = Some(45_944_000);
        assert_eq!(within_second(45_000_000, zero), 45_944_000);
        assert_eq!(
            [45_000_001, 44_000_000, 46_000_000].map(|at| within_second(at, zero)),
            [45_000_001, 44_000_000, 46_000_000]
        );
        assert_eq!(within_second(45_000_000, None), 45_000_000);
    }
}
