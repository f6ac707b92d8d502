//! The kernel's own count of the processes that it killed for lack of memory since it was booted (`oom_kill` of `/proc/vmstat`, since
//! Linux 4.13: `count_vm_event(OOM_KILL)` in mm/oom_kill.c, for each process, also those of a limit). A log that was rotated away, a
//! ring buffer that ran over or a collector that took no kernel log hides kills, but not from this counter.

use super::clock::Clocks;
use super::merge::Case;
use super::story::Story;
use crate::event::{Event, Fact, SourceFacts};
use crate::language::Language;
use crate::report::{Problem, Severity};
use crate::say;
use crate::time::SECOND_US;

/// A bundle is collected in minutes: what ended so shortly before its end may have ended after the counter was read.
const COLLECTING_US: i64 = 600 * SECOND_US;
/// Two estimates of one boot's time, or of one collection's.
const SAME_US: i64 = 120 * SECOND_US;

/// What the counter of one node said last.
#[derive(Debug, Clone, Copy)]
pub(super) struct KernelCounter {
    /// Processes killed.
    pub(super) kills: u64,
    /// Index of the source that says it.
    source: usize,
}

impl KernelCounter {
    /// The highest that a node's files show: a counter starts anew at each boot, and of two copies the later one is higher.
    pub(super) fn of(events: &[(usize, Event)]) -> Option<KernelCounter> {
        let count = |(source, event): &(usize, Event)| match &event.fact {
            Fact::Node(fact) => Some(KernelCounter { kills: fact.oom_kills?, source: *source }),
            _ => None,
        };
        events.iter().filter_map(count).max_by_key(|counter| (counter.kills, std::cmp::Reverse(counter.source)))
    }

    /// The counter counts more than all stories together tell, those of earlier boots included.
    pub(super) fn compare(self, told: &[Box<Story>], sources: &[SourceFacts], language: Language) -> Option<Problem> {
        let known = told.iter().map(|story| kills(story)).fold(0, u64::saturating_add);
        (self.kills > known).then(|| Problem {
            severity: Severity::Warning,
            source: sources.get(self.source).map(|source| source.path.clone()),
            line: None,
            message: say!(language, "join-kernel-counts", all = self.kills, known = known),
        })
    }
}

/// The span of time in which the kernel counted no kill: from the boot to shortly before the collection, where the node's files tell both,
/// fit each other, and every counter in them is 0. A kill in the logs that may lie within shows that they are of different boots.
pub(super) fn none_counted(events: &[(usize, Event)], cases: &[Case], clocks: &Clocks) -> Option<(i64, i64)> {
    let mut told = Told::default();
    for (_, event) in events {
        let Fact::Node(fact) = &event.fact else { continue };
        told.counts.extend(fact.oom_kills);
        told.boots.extend(fact.boot_time_us);
        told.uptimes.extend(fact.uptime_us.and_then(|uptime| i64::try_from(uptime).ok()));
        told.collected.extend(fact.collected.as_ref().and_then(|wall| clocks.wall(wall)));
    }
    let (from, to) = told.span()?;
    let within = |case: &Case| case.when.unix_us.is_none_or(|at| (from..=to).contains(&at));
    (!cases.iter().any(within)).then_some((from, to))
}

/// What a node's files tell of its boot and of their collection, Unix microseconds and microseconds.
#[derive(Debug, Default)]
struct Told {
    counts: Vec<u64>,
    boots: Vec<i64>,
    uptimes: Vec<i64>,
    collected: Vec<i64>,
}

impl Told {
    fn span(&self) -> Option<(i64, i64)> {
        if self.counts.is_empty() || self.counts.iter().any(|count| *count > 0) {
            return None;
        }
        let (boot, uptime, collected) = (agreed(&self.boots)?, agreed(&self.uptimes)?, agreed(&self.collected)?);
        let (boot, collected) = match (boot, uptime, collected) {
            // All three are known: they have to be of one boot.
            (Some(boot), Some(uptime), Some(collected)) => {
                let fit = (boot.1 + uptime.0).abs_diff(collected.0) <= COLLECTING_US.unsigned_abs();
                fit.then_some((boot.1, collected.0))?
            }
            (Some(boot), _, Some(collected)) => (boot.1, collected.0),
            (Some(boot), Some(uptime), None) => (boot.1, boot.0.saturating_add(uptime.0)),
            (None, Some(uptime), Some(collected)) => (collected.1.saturating_sub(uptime.0), collected.0),
            _ => return None,
        };
        let to = collected.saturating_sub(COLLECTING_US);
        (boot < to).then_some((boot, to))
    }
}

/// The lowest and the highest of several tellings of one thing: `Some(None)` where nothing is told, `None` where they contradict.
fn agreed(values: &[i64]) -> Option<Option<(i64, i64)>> {
    let Some((low, high)) = values.iter().min().copied().zip(values.iter().max().copied()) else { return Some(None) };
    (high - low <= SAME_US).then_some(Some((low, high)))
}

/// Kills by the kernel that a story tells of, rather too many than too few.
fn kills(story: &Story) -> u64 {
    let incident = &story.incident;
    if story.oom.is_none() && incident.agent.as_deref() != Some("kernel") {
        return 0;
    }
    let printed = story.oom.as_ref().map_or(0, |oom| oom.kills.len());
    let counted = story.hints.counted_kills.unwrap_or(0);
    (printed.max(incident.victims.len()) as u64).max(incident.count).max(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * SECOND_US;

    fn told(counts: &[u64], boots: &[i64], uptimes: &[i64], collected: &[i64]) -> Option<(i64, i64)> {
        let hours = |list: &[i64]| list.iter().map(|hour| hour * HOUR).collect();
        let told =
            Told { counts: counts.to_vec(), boots: hours(boots), uptimes: hours(uptimes), collected: hours(collected) };
        told.span()
    }

    #[test]
    fn boot_and_collection_must_be_known_and_fit() {
        let span = Some((100 * HOUR, 130 * HOUR - COLLECTING_US));
        assert_eq!(told(&[0], &[100], &[30], &[130]), span);
        assert_eq!(told(&[0], &[100], &[], &[130]), span);
        assert_eq!(told(&[0, 0], &[100], &[30], &[]), span);
        assert_eq!(told(&[0], &[], &[30], &[130, 130]), span);
        for (counts, boots, uptimes, collected) in [
            (&[0, 1][..], &[100][..], &[30][..], &[130][..]),
            (&[], &[100], &[30], &[130]),
            (&[0], &[100], &[], &[]),
            (&[0], &[], &[], &[130]),
            // Two boots, or another node's files.
            (&[0], &[100, 120], &[30], &[130]),
            (&[0], &[100], &[12], &[130]),
        ] {
            assert_eq!(told(counts, boots, uptimes, collected), None, "{counts:?} {boots:?} {uptimes:?} {collected:?}");
        }
    }
}
