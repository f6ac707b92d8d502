//! Logs that stand with the newest line first: `journalctl -r`, pages of appliances and of log viewers. What follows from what is told
//! by the order of lines, so such a log is walked from its end.

use super::collector::Collector;
use super::walker::{Walker, count_line_feeds};
use crate::event::{SourceFacts, SourceId, Stamp, Wall};
use crate::framing::{Framer, begins_record};
use crate::time::SECOND_US;

/// Logs above this size are walked as they stand: people copy pages, not files.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// So many times the clock must fall in the first lines, and never rise.
const FALLS_MIN: usize = 2;

/// Records at the start without any time: it is no log, or its order cannot be told.
const TIMELESS_MAX: usize = 32;

/// Do the first lines of a log, and there are more of them than one, grow older?
pub(super) fn is_so(head: &[u8]) -> bool {
    let mut clock = Falling::default();
    let mut framer = Framer::new(SourceId(0));
    for (number, line) in lines(head) {
        framer.push(line, number, 0, &mut |record| clock.see(&record.stamp));
        if clock.rose || clock.falls == 0 && clock.timeless > TIMELESS_MAX {
            return false;
        }
    }
    // The last line may be cut, and its time with it: it is not flushed.
    clock.falls >= if is_upside_down(head) { 1 } else { FALLS_MIN }
}

/// How the times of records follow each other.
#[derive(Debug, Default)]
struct Falling {
    last: Option<i64>,
    falls: usize,
    rose: bool,
    timeless: usize,
}

impl Falling {
    fn see(&mut self, stamp: &Stamp) {
        let Some(now) = moment(stamp) else {
            self.timeless += 1;
            return;
        };
        self.falls += usize::from(self.last.is_some_and(|last| now < last));
        self.rose |= self.last.is_some_and(|last| now > last);
        self.last = Some(now);
    }
}

/// The kernel's kill line stands before what the kernel prints before it.
fn is_upside_down(head: &[u8]) -> bool {
    let find = |text: &str| memchr::memmem::find(head, text.as_bytes());
    let before = [find("oom-kill:constraint="), find(" invoked oom-killer: ")];
    find("Killed process ").is_some_and(|kill| before.iter().flatten().next().is_some_and(|first| *first > kill))
}

/// A moment of the clock that the line bears; only its order counts.
fn moment(stamp: &Stamp) -> Option<i64> {
    match stamp.wall {
        Some(Wall::Instant { unix_us, .. }) => Some(unix_us),
        Some(Wall::Civil { year, month, day, second, micros, .. }) => {
            let days = (i64::from(year.unwrap_or(0)) * 12 + i64::from(month)) * 31 + i64::from(day);
            Some((days * 86_400 + i64::from(second)) * SECOND_US + i64::from(micros))
        }
        None => i64::try_from(stamp.uptime_us?).ok(),
    }
}

/// All lines from the last to the first, each with its place. What follows an entry without a time of its own stays behind it.
pub(super) fn walk(bytes: &[u8], facts: SourceFacts) -> (Collector, &'static str) {
    let mut walker = Walker::new(SourceId(0), Collector::new(facts));
    let mut first_number = 1 + count_line_feeds(bytes) as u64;
    // What was passed and not walked yet begins at `start`, with the line of that number, and goes to `end`.
    let (mut start, mut end) = (bytes.len(), bytes.len());
    loop {
        let line_end = start;
        start = memchr::memrchr(b'\n', &bytes[..line_end]).map_or(0, |feed| feed + 1);
        if start == 0 || begins_record(&bytes[start..line_end]) {
            for (number, line) in lines(&bytes[start..end]) {
                let offset = line.as_ptr() as usize - bytes.as_ptr() as usize;
                walker.push_at(line, first_number + number - 1, offset as u64);
            }
            end = start;
        }
        let Some(feed) = start.checked_sub(1) else { return walker.finish() };
        (start, first_number) = (feed, first_number - 1);
    }
}

/// Lines with their numbers.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let lines = bytes.split(|c| *c == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    (1..).zip(lines).filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_falls_and_never_rises() {
        let line = |second: u32| format!("Mar 04 10:20:{second:02} hull kernel: text {second}\n");
        let log = |seconds: &[u32]| seconds.iter().map(|second| line(*second)).collect::<String>();
        assert!(is_so(log(&[40, 39, 39, 20, 11]).as_bytes()));
        for other in [&[11, 20, 39, 40][..], &[40, 39, 41, 20, 10], &[40, 39, 39, 39], &[40, 40, 40], &[40]] {
            assert!(!is_so(log(other).as_bytes()), "{other:?}");
        }
        let kernel = format!(
            "{}Mar 04 10:20:30 hull kernel: Killed process 5 (x)\nMar 04 10:20:30 hull kernel: oom-kill:constraint=X\nMar 04 10:20:30 hull kernel: end\n",
            line(31)
        );
        assert!(is_so(kernel.as_bytes()));
        assert!(!is_so(b"") && !is_so(b"\n\n"));
    }

    #[test]
    fn evidence_keeps_its_place() {
        let line = |second: u32, text: &str| format!("Mar 04 10:20:{second:02} hull kernel: {text}\n");
        let kill = "Out of memory: Killed process 5 (x) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB";
        for end in ["\n\n", ""] {
            let text =
                format!("{}\n{}\r\n{}", line(40, "b"), line(39, kill).trim_end(), line(38, "a").trim_end()) + end;
            let (collector, _) = walk(text.as_bytes(), SourceFacts::default());
            let evidence = &collector.facts.events[0].evidence[0];
            assert_eq!((evidence.line, collector.facts.records), (Some(3), 3));
            assert!(text[usize::try_from(evidence.offset).unwrap()..].starts_with(&*evidence.text), "{evidence:?}");
        }
    }
}
