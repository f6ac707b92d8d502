//! What the kernel logs cover: a verdict "no kernel kill" rests on it.

use super::clock::Clocks;
use super::nodes::NodeEvents;
use crate::event::{Epoch, Event, Fact, KernelNote, SourceFacts};
use crate::language::{Language, Sentence};
use crate::report::{Boot, Coverage, Gap};
use crate::time::SECOND_US;
use std::collections::BTreeMap;

/// Boot times that differ by less are one boot.
const SAME_BOOT_US: i64 = 20 * SECOND_US;
/// The most holes that a report lists for one boot.
const GAPS_MAX: usize = 50;

/// Spans of time that kernel logs of a node cover.
#[derive(Debug, Default)]
pub(super) struct Covered {
    spans: Vec<(i64, i64)>,
    /// From a boot to shortly before the collection: the kernel's own counter shows that it killed nothing.
    counted_none: Option<(i64, i64)>,
}

impl Covered {
    /// Learns the spans. A log that also holds other programs' lines covers the kernel up to its last line of any kind.
    pub(super) fn learn(sources: &[SourceFacts], node: &NodeEvents, clocks: &Clocks) -> Covered {
        let mut spans = Vec::new();
        for &index in &node.sources {
            for epoch in &sources[index].epochs {
                let Some((first, last)) = &epoch.kernel else { continue };
                let end = epoch.span.as_ref().map_or(last, |(_, end)| end);
                let from = clocks.when(index, first).unix_us;
                let to = clocks.when(index, end).unix_us.max(clocks.when(index, last).unix_us);
                // A line that was picked out of a log covers nothing.
                spans.extend(from.zip(to).filter(|(from, to)| from < to));
            }
        }
        Covered { spans, counted_none: None }
    }

    /// The same with a span in which the kernel counted no kill.
    pub(super) fn with_none_counted(self, span: Option<(i64, i64)>) -> Covered {
        Covered { counted_none: span, ..self }
    }

    /// Does a kernel log cover this moment, or the kernel's own count of nothing?
    pub(super) fn rules_out(&self, unix_us: Option<i64>) -> Option<bool> {
        if self.by_counter(unix_us) { Some(true) } else { self.at(unix_us) }
    }

    /// No kernel log covers this moment, but the kernel's own count of nothing does.
    pub(super) fn by_counter(&self, unix_us: Option<i64>) -> bool {
        let within = |(from, to): (i64, i64)| unix_us.is_some_and(|at| (from..=to).contains(&at));
        self.counted_none.is_some_and(within) && self.at(unix_us) != Some(true)
    }

    /// Does any kernel log cover this moment? `None` when there is no moment or no dated kernel log at all.
    pub(super) fn at(&self, unix_us: Option<i64>) -> Option<bool> {
        let at = unix_us?;
        if self.spans.is_empty() {
            return None;
        }
        Some(self.spans.iter().any(|(from, to)| (*from..=to.saturating_add(SECOND_US)).contains(&at)))
    }
}

#[derive(Default)]
struct Seen {
    id: Option<u128>,
    start: Option<i64>,
    span: Option<(i64, i64)>,
    kernel: Option<(i64, i64)>,
    /// Kernel records were seen, dated or not.
    has_kernel: bool,
    release: Option<String>,
    gaps: Vec<(Option<i64>, Sentence)>,
}

/// Kernel releases by boot of a source, as the OOM reports print them.
pub(super) fn releases(node: &NodeEvents) -> BTreeMap<(usize, u32), String> {
    let told = |(index, event): &(usize, Event)| match &event.fact {
        Fact::KernelOom(oom) => Some(((*index, event.stamp.epoch), oom.cpu.as_ref()?.release.clone()?)),
        _ => None,
    };
    node.events.iter().filter_map(told).collect()
}

/// The boots of a node, in order of time. `releases`: see [`releases`].
pub(super) fn boots(
    sources: &[SourceFacts],
    node: &NodeEvents,
    clocks: &Clocks,
    releases: &BTreeMap<(usize, u32), String>,
    language: Language,
) -> Vec<Boot> {
    let mut boots: Vec<Seen> = Vec::new();
    let mut of_epoch: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    // Boots with an id first: they are sure, and the others are matched with them.
    let mut epochs: Vec<(usize, &Epoch)> =
        node.sources.iter().flat_map(|i| sources[*i].epochs.iter().map(|e| (*i, e))).collect();
    epochs.sort_by_key(|(_, e)| e.boot.is_none());
    for (index, epoch) in epochs {
        if epoch.boot.is_none() && epoch.kernel.is_none() {
            continue;
        }
        let start = clocks.start(index, epoch.epoch, epoch.boot);
        let moment = |s| clocks.when(index, s).unix_us;
        let span = epoch.span.as_ref().and_then(|(a, b)| moment(a).zip(moment(b))).map(ordered);
        let at = boot_of(&mut boots, epoch.boot, start, span);
        of_epoch.insert((index, epoch.epoch), at);
        let seen = &mut boots[at];
        seen.has_kernel |= epoch.kernel.is_some();
        seen.release = seen.release.take().or_else(|| releases.get(&(index, epoch.epoch)).cloned());
        widen(&mut seen.span, span);
        widen(&mut seen.kernel, epoch.kernel.as_ref().and_then(|(a, b)| moment(a).zip(moment(b))));
    }
    for (index, event) in &node.events {
        let Some(seen) = of_epoch.get(&(*index, event.stamp.epoch)).map(|at| &mut boots[*at]) else { continue };
        match &event.fact {
            Fact::Kernel(KernelNote::Boot { release }) => {
                seen.release = seen.release.take().or_else(|| Some(release.clone()))
            }
            Fact::Kernel(KernelNote::Lost { what, .. }) if seen.gaps.len() < GAPS_MAX => {
                seen.gaps.push((clocks.when(*index, &event.stamp).unix_us, what.clone()));
            }
            _ => {}
        }
    }
    // What shows neither an id nor a time cannot be told from the boots that do.
    if boots.iter().any(|b| b.id.is_some() || b.span.is_some()) {
        boots.retain(|b| b.id.is_some() || b.span.is_some());
    }
    boots.sort_by_key(|b| (b.start.or(b.span.map(|s| s.0)), b.id));
    boots.into_iter().map(|b| show(b, clocks, language)).collect()
}

/// Most of the shorter of two spans lies within the other: a node cannot run two boots at once.
fn overlap(a: Option<(i64, i64)>, b: Option<(i64, i64)>) -> bool {
    let Some(((a0, a1), (b0, b1))) = a.zip(b) else { return false };
    let common = a1.min(b1) - a0.max(b0);
    common >= 0 && common * 2 >= (a1 - a0).min(b1 - b0)
}

fn boot_of(boots: &mut Vec<Seen>, id: Option<u128>, start: Option<i64>, span: Option<(i64, i64)>) -> usize {
    let close = |a: Option<i64>, b: Option<i64>| a.zip(b).is_some_and(|(a, b)| (a - b).abs() < SAME_BOOT_US);
    let same = |b: &Seen| match (b.id, id) {
        (Some(x), Some(y)) => x == y,
        _ => {
            close(b.start, start)
                || overlap(b.span, span)
                || (b.id.is_none() && id.is_none() && b.start.is_none() && start.is_none())
        }
    };
    if let Some(at) = boots.iter().position(same) {
        boots[at].id = boots[at].id.or(id);
        boots[at].start = boots[at].start.or(start);
        return at;
    }
    boots.push(Seen { id, start, ..Seen::default() });
    boots.len() - 1
}

/// A clock that was set back may end a span before its start.
fn ordered((a, b): (i64, i64)) -> (i64, i64) {
    (a.min(b), a.max(b))
}

fn widen(own: &mut Option<(i64, i64)>, other: Option<(i64, i64)>) {
    *own = match (*own, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (a, b) => a.or(b),
    };
}

fn show(seen: Seen, clocks: &Clocks, language: Language) -> Boot {
    let time = |t: i64| clocks.show(t);
    let gap = |(at, what): (Option<i64>, Sentence)| Gap { at: at.and_then(time), reason: what.tell(language) };
    let mut gaps: Vec<Gap> = seen.gaps.into_iter().map(gap).collect();
    gaps.sort_by(|a, b| (&a.at, &a.reason).cmp(&(&b.at, &b.reason)));
    gaps.dedup();
    Boot {
        id: seen.id.map(|id| format!("{id:032x}")),
        kernel: seen.release,
        first_time: seen.span.and_then(|s| time(s.0)),
        last_time: seen.span.and_then(|s| time(s.1)),
        kernel_log: seen.has_kernel.then(|| Coverage {
            from: seen.kernel.and_then(|(from, _)| time(from)),
            to: seen.kernel.and_then(|(_, to)| time(to)),
            gaps,
        }),
    }
}
