//! The kernel's own count of the processes that it killed for lack of memory since it was booted (`oom_kill` of `/proc/vmstat`, since
//! Linux 4.13: `count_vm_event(OOM_KILL)` in mm/oom_kill.c, for each process, also those of a limit). A log that was rotated away, a
//! ring buffer that ran over or a collector that took no kernel log hides kills, but not from this counter.

use super::story::Story;
use crate::event::{Event, Fact, SourceFacts};
use crate::language::Language;
use crate::report::{Problem, Severity};
use crate::say;

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
