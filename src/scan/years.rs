//! The years of sources that print none, settled when all sources of a bundle are known.
//!
//! A file's last change bounds its newest line, but a copied or unpacked file bears the time of the copy: a kernel log of
//! November 2026 that was cloned in 2028 would get 2027. Where the last change lies long after the newest line, the dated
//! sources of the same bundle decide.

use super::collector::Collector;
use crate::event::{SourceFacts, Wall};
use crate::time::{SECOND_US, assign_years, civil_to_unix_us};
use std::collections::BTreeMap;

/// Seconds: sources of one bundle that end within so much of each other are of one time.
const NEAR_S: i64 = 31 * 86_400;
/// Seconds: a file whose last change is this near to its newest line was not copied.
const WRITTEN_S: i64 = 2 * 86_400;
/// How many years back the bundle's own time is looked for.
const YEARS_BACK: i32 = 20;

/// A source whose years are not settled yet.
#[derive(Clone)]
pub(super) struct Undated {
    collector: Collector,
    /// Unix seconds that no record is later than.
    newest: Option<i64>,
}

impl Undated {
    pub(super) fn new(collector: Collector, newest: Option<i64>) -> Undated {
        Undated { collector, newest }
    }

    /// What was found in it.
    pub(super) fn facts(&self) -> &SourceFacts {
        &self.collector.facts
    }

    /// What was found in it.
    pub(super) fn facts_mut(&mut self) -> &mut SourceFacts {
        &mut self.collector.facts
    }

    /// Lone files count as one bundle.
    fn bundle(&self) -> Option<usize> {
        let facts = &self.collector.facts;
        facts.bundled.then_some(facts.root)
    }

    /// Unix seconds at which the boots in it end, where its records print full times.
    fn ends(&self) -> impl Iterator<Item = i64> {
        let spans = self.collector.facts.epochs.iter().filter_map(|e| e.span.as_ref());
        spans.filter_map(|(_, last)| match last.wall {
            Some(Wall::Instant { unix_us, .. }) => Some(unix_us / SECOND_US),
            _ => None,
        })
    }
}

/// Settles the years of all sources. `year`: the user's word.
pub(super) fn settle(all: Vec<Undated>, year: Option<i32>) -> Vec<SourceFacts> {
    let mut told: BTreeMap<Option<usize>, Vec<i64>> = BTreeMap::new();
    for one in &all {
        told.entry(one.bundle()).or_default().extend(one.ends());
    }
    let settled = all.into_iter().map(|one| {
        let told = told.get(&one.bundle()).map_or(&[][..], Vec::as_slice);
        let year = year.or_else(|| year_of(one.collector.days(), one.newest, told));
        one.collector.finish(one.newest, year)
    });
    settled.collect()
}

/// The year of the newest record, where the bundle knows it better than the file's last change.
fn year_of(days: &[(u8, u8, u32)], newest: Option<i64>, told: &[i64]) -> Option<i32> {
    if days.is_empty() || told.is_empty() {
        return None;
    }
    let bound = newest.or_else(|| told.iter().max().map(|t| t.saturating_add(NEAR_S)))?;
    let years = assign_years(days, Some(bound), None);
    let dated = days.iter().zip(years).filter_map(|((month, day, second), year)| Some((year?, *month, *day, *second)));
    let (year, month, day, second) = dated.max()?;
    let at = |year| civil_to_unix_us(year, month, day, second, 0).map(|us| us / SECOND_US);
    let near = |year: i32| at(year).is_some_and(|at| told.iter().any(|t| t.abs_diff(at) <= NEAR_S as u64));
    let written_then = newest.zip(at(year)).is_some_and(|(newest, at)| newest.saturating_sub(at) <= WRITTEN_S);
    if newest.is_none() {
        return near(year).then_some(year);
    }
    if written_then || near(year) {
        return None;
    }
    (1..=YEARS_BACK).map(|back| year - back).find(|year| near(*year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon(year: i32, month: u8, day: u8) -> i64 {
        civil_to_unix_us(year, month, day, 43_200, 0).unwrap() / SECOND_US
    }

    #[test]
    fn a_copied_file_takes_the_year_of_its_bundle() {
        let days = [(11, 22, 0), (11, 23, 0)];
        let told = [noon(2026, 3, 1), noon(2026, 11, 23)];
        assert_eq!(year_of(&days, Some(noon(2028, 6, 1)), &told), Some(2026));
        assert_eq!(year_of(&days, Some(noon(2027, 2, 1)), &told), None, "the last change says so already");
        assert_eq!(year_of(&days, None, &told), Some(2026));
    }

    #[test]
    fn a_file_that_was_written_to_keeps_its_year() {
        let days = [(11, 22, 0), (11, 23, 0)];
        let told = [noon(2026, 11, 20)];
        assert_eq!(year_of(&days, Some(noon(2027, 11, 23)), &told), None);
        assert_eq!(year_of(&days, Some(noon(2028, 6, 1)), &[noon(2026, 3, 1)]), None, "nothing of that time is dated");
        assert_eq!(year_of(&days, Some(noon(2028, 6, 1)), &[]), None);
    }

    #[test]
    fn over_new_year() {
        let days = [(12, 31, 0), (1, 1, 0)];
        assert_eq!(year_of(&days, Some(noon(2028, 6, 1)), &[noon(2026, 12, 30)]), Some(2027));
    }
}
