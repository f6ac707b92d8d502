//! Gathers what one source says: its events, its clocks and what of each boot it shows.

use super::unread;
use crate::event::{ContainerRef, Epoch, Event, Fact, KernelOom, SourceFacts, Stamp, Wall, What};
use crate::record::{Record, Transport};
use crate::time::{SECOND_US, assign_years, parse_rfc3339_prefix, resolve};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most host names that are counted in one source.
const HOSTS_MAX: usize = 4096;

/// A source in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Collector {
    pub(super) facts: SourceFacts,
    /// Days without a year, in the order of the records: (month, day, second of the first record).
    days: Vec<(u8, u8, u32)>,
    /// For each event the index of the last day seen when it was found.
    day_of_event: Vec<usize>,
    /// The same for packed facts.
    day_of_life: Vec<usize>,
    /// Events so far that will be joined.
    told: usize,
    /// The source is followed: facts are not packed, so that old ones can be forgotten.
    is_growing: bool,
    last_day: Option<(u8, u8, u32)>,
    /// Hosts of which a failed readiness probe was kept.
    idle_hosts: BTreeSet<Option<Arc<str>>>,
    /// Host names that events share.
    host_names: BTreeSet<Arc<str>>,
    /// A year that a message told, and the index of its record's day.
    told_year: Option<(usize, i32)>,
}

impl Collector {
    pub(super) fn new(facts: SourceFacts) -> Self {
        Collector { facts, ..Collector::default() }
    }

    /// The source is followed.
    pub(super) fn growing(self) -> Self {
        Collector { is_growing: true, ..self }
    }

    /// Notes a record's host, clocks and day.
    pub(super) fn note(&mut self, record: &Record<'_>) {
        self.facts.records += 1;
        if let Some(host) = &record.host {
            // A hostile log could name a new host in every line.
            let room = self.facts.hosts.len() < HOSTS_MAX;
            match self.facts.hosts.get_mut(host.as_ref()) {
                Some(count) => *count += 1,
                None if room => {
                    self.facts.hosts.insert(host.to_string(), 1);
                }
                None => {}
            }
        }
        if let Some(offset) = local_offset(record) {
            *self.facts.offsets.entry(offset).or_default() += 1;
        }
        self.note_stamp(&record.stamp, record.transport == Transport::Kernel);
        if self.told_year.is_none() {
            self.told_year = told_year(record).zip(self.days.len().checked_sub(1)).map(|(year, day)| (day, year));
        }
    }

    /// Notes the clocks of a record that is not framed as a whole.
    pub(super) fn note_stamp(&mut self, stamp: &Stamp, kernel: bool) {
        if let Some(Wall::Civil { year: None, month, day, second, .. }) = stamp.wall {
            self.note_day(month, day, second);
        }
        if stamp.wall.is_none() && stamp.uptime_us.is_none() {
            return;
        }
        let epoch = self.epoch(stamp);
        extend(&mut epoch.span, stamp);
        if kernel {
            extend(&mut epoch.kernel, stamp);
            note_pair(epoch, stamp);
        }
    }

    /// Widens the span of a boot to a moment, which may lie before or after what was noted so far.
    pub(super) fn widen(&mut self, stamp: &Stamp, kernel: bool) {
        let epoch = self.epoch(stamp);
        stretch(&mut epoch.span, stamp);
        if kernel {
            stretch(&mut epoch.kernel, stamp);
            note_pair(epoch, stamp);
        }
    }

    /// A new entry where the day changes, or where the clock of the same day falls by more than an hour.
    fn note_day(&mut self, month: u8, day: u8, second: u32) {
        let same = self.last_day.is_some_and(|(m, d, s)| (m, d) == (month, day) && second + 3600 >= s);
        if !same {
            self.days.push((month, day, second));
        }
        self.last_day = Some((month, day, second));
    }

    fn epoch(&mut self, stamp: &Stamp) -> &mut Epoch {
        let at = match self.facts.epochs.iter().rposition(|e| e.epoch == stamp.epoch) {
            Some(at) => at,
            None => {
                self.facts.epochs.push(Epoch { epoch: stamp.epoch, ..Epoch::default() });
                self.facts.epochs.len() - 1
            }
        };
        let epoch = &mut self.facts.epochs[at];
        epoch.boot = epoch.boot.or(stamp.boot);
        epoch
    }

    /// Takes over events that were found since the last call.
    pub(super) fn take(&mut self, found: &mut Vec<Event>) {
        let day = self.days.len().saturating_sub(1);
        for mut event in found.drain(..) {
            if let (Some(own), Fact::Runtime(fact)) = (&self.facts.path_container, &mut event.fact) {
                lend(&mut fact.container, own);
            }
            if self.is_idle(&event) {
                continue;
            }
            self.share_host(&mut event);
            forget_line(&mut event);
            let packed = self.facts.lives.len();
            let event = if self.is_growing { Some(event) } else { self.facts.lives.take(event, self.told) };
            let Some(mut event) = event else {
                self.day_of_life.extend((packed < self.facts.lives.len()).then_some(day));
                continue;
            };
            // Lines that no grammar knows are taken out of the events before they are joined.
            self.told += usize::from(!unread::is_unread(&event.fact));
            trim(&mut event);
            self.facts.events.push(event);
            self.day_of_event.push(day);
        }
    }

    /// A log names few hosts, many times each.
    fn share_host(&mut self, event: &mut Event) {
        let Some(host) = &mut event.host else { return };
        match self.host_names.get(host) {
            Some(known) => *host = Arc::clone(known),
            None if self.host_names.len() < HOSTS_MAX => _ = self.host_names.insert(Arc::clone(host)),
            None => {}
        }
    }

    /// A failed readiness probe restarts nothing, and a busy node's kubelet tells of thousands. One is kept for each host,
    /// so that the host is known.
    fn is_idle(&mut self, event: &Event) -> bool {
        let Fact::Runtime(fact) = &event.fact else { return false };
        let idle = matches!(&fact.what, What::ProbeFailed { probe, .. } if probe == "readiness");
        if !idle || fact.container.id.is_some() {
            return false;
        }
        let known = self.idle_hosts.contains(&event.host);
        if !known && self.idle_hosts.len() < HOSTS_MAX {
            self.idle_hosts.insert(event.host.clone());
        }
        known
    }

    /// Days without a year, in the order of the records: month, day, second of the first record.
    pub(super) fn days(&self) -> &[(u8, u8, u32)] {
        &self.days
    }

    /// Keeps the newest events, and as many of the older ones that name containers or the node.
    pub(super) fn forget_all_but(&mut self, newest: usize) {
        let old = self.facts.events.len().saturating_sub(newest);
        let names = |event: &Event| match &event.fact {
            Fact::Node(_) => true,
            Fact::Runtime(fact) => matches!(fact.what, What::Seen | What::Started) && fact.container.id.is_some(),
            _ => false,
        };
        let named = self.facts.events.iter().take(old).filter(|event| names(event)).count();
        let mut surplus = named.saturating_sub(newest);
        let mut at = 0usize;
        let mut kept = Vec::with_capacity(self.facts.events.len());
        self.facts.events.retain(|event| {
            let keep = at >= old || names(event) && surplus == 0;
            if at < old && names(event) {
                surplus = surplus.saturating_sub(1);
            }
            at += 1;
            kept.push(keep);
            keep
        });
        let mut kept = kept.into_iter();
        self.day_of_event.retain(|_| kept.next().unwrap_or(true));
    }

    /// A year for each day: the user's word, a year that a message told, or the latest that the file's age allows.
    fn years(&self, newest: Option<i64>, year: Option<i32>) -> Vec<Option<i32>> {
        let years = assign_years(&self.days, newest, year);
        let told = self.told_year.filter(|_| year.is_none());
        let Some((told, guessed)) = told.and_then(|(day, told)| Some((told, (*years.get(day)?)?))) else {
            return years;
        };
        let last = years.iter().flatten().max().map(|last| last.saturating_add(told.saturating_sub(guessed)));
        if told == guessed { years } else { assign_years(&self.days, newest, last) }
    }

    /// Settles the years and gives everything away. `newest`: Unix seconds that no record is later than.
    pub(super) fn finish(mut self, newest: Option<i64>, year: Option<i32>) -> SourceFacts {
        self.facts.lives.seal();
        if self.days.is_empty() {
            return self.facts;
        }
        let years = self.years(newest, year);
        let (days, facts) = (&self.days, &mut self.facts);
        for (event, day) in facts.events.iter_mut().zip(&self.day_of_event) {
            each_stamp(event, &mut |stamp| settle(stamp, days, &years, *day));
        }
        for (wall, day) in facts.lives.walls().zip(&self.day_of_life) {
            wall.iter_mut().for_each(|wall| settle_wall(wall, days, &years, *day));
        }
        for epoch in &mut facts.epochs {
            for (first, last) in [&mut epoch.span, &mut epoch.kernel].into_iter().flatten() {
                settle(first, days, &years, 0);
                settle(last, days, &years, days.len() - 1);
            }
            for (wall, _) in &mut epoch.pairs {
                settle_wall(wall, days, &years, 0);
            }
        }
        self.facts
    }
}

/// A message's own full time, where it begins with one, as containerd's and dockerd's do (`time="2026-11-23T11:12:36.403456789Z"
/// level=...`): Unix microseconds.
fn own_time(record: &Record<'_>) -> Option<i64> {
    let rest = record.message.strip_prefix(b"time=\"")?;
    let text = std::str::from_utf8(&rest[..rest.len().min(40)]).ok()?;
    let (Wall::Instant { unix_us, .. }, _) = parse_rfc3339_prefix(text)? else { return None };
    Some(unix_us)
}

/// The year of a record without one, by its message's own time: the year in which both are at most a day apart.
fn told_year(record: &Record<'_>) -> Option<i32> {
    let civil @ Wall::Civil { year: None, .. } = record.stamp.wall? else { return None };
    let told = own_time(record)?;
    let (year, ..) = crate::time::civil(told, 0)?;
    let near = |year: &i32| {
        let at = resolve(&civil, Some(*year), Some(0));
        at.is_some_and(|at| at.abs_diff(told) <= 86_400 * SECOND_US.unsigned_abs())
    };
    [year, year.saturating_sub(1), year.saturating_add(1)].into_iter().find(near)
}

/// What a record shows of the node's zone: an offset printed with its time, or a local time before a message that begins
/// with its own full time (`Nov 23 19:12:36 node containerd[1]: time="2026-11-23T11:12:36.403456789Z" level=...`).
fn local_offset(record: &Record<'_>) -> Option<i32> {
    match record.stamp.wall? {
        Wall::Instant { offset_s, .. } => (offset_s != 0).then_some(offset_s),
        civil @ Wall::Civil { offset_s: None, .. } => {
            let unix_us = own_time(record)?;
            let (year, ..) = crate::time::civil(unix_us, 0)?;
            let local = resolve(&civil, Some(year), Some(0))?;
            quarter_hours(local - unix_us)
        }
        Wall::Civil { .. } => None,
    }
}

/// What only names a container, or only starts one, is never shown: it needs no line.
fn forget_line(event: &mut Event) {
    if let Fact::Runtime(fact) = &event.fact
        && matches!(fact.what, What::Seen | What::Started)
    {
        event.evidence = Vec::new();
    }
}

/// A difference of clocks as a zone's offset: the nearest quarter of an hour, in seconds.
fn quarter_hours(difference_us: i64) -> Option<i32> {
    let quarters = (difference_us + 450 * SECOND_US).div_euclid(900 * SECOND_US);
    i32::try_from(quarters * 900).ok().filter(|s| s.abs() <= 14 * 3600)
}

/// Gives back the room that the lists of a finished report had to grow.
fn trim(event: &mut Event) {
    event.evidence.shrink_to_fit();
    if let Fact::KernelOom(oom) = &mut event.fact {
        oom.stack.shrink_to_fit();
        oom.kills.shrink_to_fit();
        for stats in oom.memcg.iter_mut().flat_map(|block| &mut block.stats) {
            stats.values.shrink_to_fit();
        }
        if let Some(tasks) = &mut oom.tasks {
            tasks.rows.shrink_to_fit();
            tasks.by_name.shrink_to_fit();
        }
    }
}

/// A container log's path tells whose words they are, where the words do not.
fn lend(own: &mut Arc<ContainerRef>, path: &Arc<ContainerRef>) {
    if own.id.is_none() && own.name.is_none() && own.pod.is_none() && own.pod_uid.is_none() {
        *own = Arc::clone(path);
    }
}

/// Keeps a pair of both clocks.
fn note_pair(epoch: &mut Epoch, stamp: &Stamp) {
    if epoch.pairs.len() < Epoch::MAX_PAIRS {
        epoch.pairs.extend(stamp.wall.zip(stamp.uptime_us));
    }
}

fn extend(span: &mut Option<(Stamp, Stamp)>, stamp: &Stamp) {
    match span {
        Some((_, last)) => *last = *stamp,
        None => *span = Some((*stamp, *stamp)),
    }
}

/// Widens a span by the uptime, which the clock of one boot cannot turn back.
fn stretch(span: &mut Option<(Stamp, Stamp)>, stamp: &Stamp) {
    match span {
        Some((first, last)) => {
            if stamp.uptime_us < first.uptime_us {
                *first = *stamp;
            }
            if stamp.uptime_us > last.uptime_us {
                *last = *stamp;
            }
        }
        None => *span = Some((*stamp, *stamp)),
    }
}

fn settle(stamp: &mut Stamp, days: &[(u8, u8, u32)], years: &[Option<i32>], near: usize) {
    if let Some(wall) = &mut stamp.wall {
        settle_wall(wall, days, years, near);
    }
}

/// The year of a day: that of the nearest entry of the same day, looking back from `near` first.
fn settle_wall(wall: &mut Wall, days: &[(u8, u8, u32)], years: &[Option<i32>], near: usize) {
    let Wall::Civil { year: year @ None, month, day, .. } = wall else { return };
    let same = |i: &usize| days[*i].0 == *month && days[*i].1 == *day;
    let near = near.min(days.len() - 1);
    let at = (0..=near).rev().find(same).or_else(|| (near..days.len()).find(same)).unwrap_or(near);
    *year = years.get(at).copied().flatten();
}

/// Every stamp inside an event.
fn each_stamp(event: &mut Event, settle: &mut dyn FnMut(&mut Stamp)) {
    settle(&mut event.stamp);
    if let Fact::KernelOom(oom) = &mut event.fact {
        let KernelOom { kills, last, .. } = &mut **oom;
        kills.iter_mut().for_each(|k| settle(&mut k.stamp));
        last.iter_mut().for_each(settle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RuntimeFact, Speaker};

    fn record(month: u8, day: u8, message: &'static str) -> Record<'static> {
        let wall = Wall::Civil { year: None, month, day, second: 7200, micros: 0, offset_s: None };
        Record {
            stamp: Stamp { wall: Some(wall), ..Stamp::default() },
            message: message.as_bytes().into(),
            ..Record::default()
        }
    }

    /// Years of the first and the last record. The file was changed in 2026.
    fn years(records: &[Record<'_>], year: Option<i32>) -> (Option<i32>, Option<i32>) {
        let mut collector = Collector::new(SourceFacts::default());
        records.iter().for_each(|r| collector.note(r));
        let facts = collector.finish(Some(1_795_500_000), year);
        let (first, last) = facts.epochs[0].span.unwrap();
        let year = |stamp: Stamp| match stamp.wall {
            Some(Wall::Civil { year, .. }) => year,
            _ => None,
        };
        (year(first), year(last))
    }

    #[test]
    fn a_message_with_a_full_time_tells_the_year() {
        let plain = [record(12, 30, "x"), record(1, 2, "y")];
        assert_eq!(years(&plain, None), (Some(2025), Some(2026)));
        let told = [record(12, 30, "x"), record(1, 2, "time=\"2020-01-02T01:00:00.5Z\" level=info msg=y")];
        assert_eq!(years(&told, None), (Some(2019), Some(2020)));
        assert_eq!(years(&told, Some(2023)), (Some(2022), Some(2023)), "the user knows better");
        let new_year = [record(1, 1, "time=\"2019-12-31T18:00:00Z\" level=info msg=y")];
        assert_eq!(years(&new_year, None), (Some(2020), Some(2020)), "the node is ahead of UTC");
        let other_day = [record(6, 1, "time=\"2019-12-31T18:00:00Z\" level=info msg=quoted")];
        assert_eq!(years(&other_day, None), (Some(2026), Some(2026)));
    }

    #[test]
    fn a_failed_readiness_probe_is_kept_once_for_a_host() {
        let probe = |host: &str, probe: &str| {
            let what = What::ProbeFailed { probe: probe.to_owned(), kills: false, message: None };
            let container = ContainerRef::default();
            let fact = RuntimeFact { speaker: Speaker::Kubelet, container: container.into(), unit: None, what };
            let fact = Fact::Runtime(Box::new(fact));
            Event { stamp: Stamp::default(), host: Some(host.into()), evidence: Vec::new(), fact }
        };
        let mut collector = Collector::new(SourceFacts::default());
        let mut found =
            vec![probe("a", "readiness"), probe("a", "readiness"), probe("b", "readiness"), probe("a", "liveness")];
        collector.take(&mut found);
        let hosts: Vec<_> = collector.facts.events.iter().filter_map(|e| e.host.as_deref()).collect();
        assert_eq!(hosts, ["a", "b", "a"]);
    }
}
