//! Feeds a systemd journal file to the recognisers.

use super::collector::Collector;
use crate::event::{Event, Stamp, Wall};
use crate::framing::{self, JOURNAL_FIELDS};
use crate::prefilter::Prefilter;
use crate::recognize::Recognizer;
use crate::source::journal::{self, Bytes, Filter, Next, Stats};

/// Walks all entries that may matter.
pub(super) fn walk(bytes: &dyn Bytes, filter: &Prefilter, collector: &mut Collector) {
    let mut recognizer = Recognizer::default();
    let mut found: Vec<Event> = Vec::new();
    let wanted = |message: &[u8]| filter.matches(message);
    let fields = Filter { fields: JOURNAL_FIELDS, wanted: &wanted };
    let source = collector.facts.id;
    let mut epochs = Epochs::default();
    let mut visit = |entry: &journal::Entry<'_>| {
        let mut record = framing::record_from_fields(
            source,
            None,
            entry.offset,
            u64::try_from(entry.realtime_us).ok(),
            Some(entry.monotonic_us),
            Some(entry.boot),
            entry.fields,
        );
        record.stamp.epoch = epochs.of(entry.boot);
        collector.note(&record);
        recognizer.push(&record, &mut found);
        collector.take(&mut found);
        if recognizer.is_open() { Next::More } else { Next::Enough }
    };
    let result = journal::walk(bytes, &fields, &mut visit);
    recognizer.finish(&mut found);
    collector.take(&mut found);
    match result {
        Ok(stats) => note_stats(&stats, &mut epochs, collector),
        Err(error) => collector.facts.problems.push((None, error.words())),
    }
}

/// A number for each boot id, in the order in which they are met.
#[derive(Default)]
struct Epochs(Vec<u128>);

impl Epochs {
    fn of(&mut self, boot: u128) -> u32 {
        let at = self.0.iter().position(|b| *b == boot).unwrap_or_else(|| {
            self.0.push(boot);
            self.0.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }
}

/// The walk skips most entries: what the file covers is told by its statistics.
fn note_stats(stats: &Stats, epochs: &mut Epochs, collector: &mut Collector) {
    collector.facts.records = stats.entries;
    let mut note = |moment: (i64, u64, u128), kernel: bool| {
        let (realtime, monotonic, boot) = moment;
        let wall = Some(Wall::Instant { unix_us: realtime, offset_s: 0 });
        let stamp = Stamp { wall, uptime_us: Some(monotonic), boot: Some(boot), epoch: epochs.of(boot) };
        collector.widen(&stamp, kernel);
    };
    for moment in stats.first.iter().chain(&stats.last) {
        note((moment.realtime_us, moment.monotonic_us, moment.boot), false);
    }
    for span in &stats.kernel {
        note((span.first_realtime_us, span.first_monotonic_us, span.boot), true);
        note((span.last_realtime_us, span.last_monotonic_us, span.boot), true);
    }
    for warning in &stats.warnings {
        collector.facts.problems.push((None, warning.clone()));
    }
}
