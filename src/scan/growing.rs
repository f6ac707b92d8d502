//! A log that grows: the walk over its lines stays open, and what was found so far can be had at any time.

use super::collector::Collector;
use super::reader::{Part, Reader, teach_clocks};
use super::walker::{LINE_MAX, Walker, Window};
use super::years::Undated;
use crate::event::SourceId;

/// A log that grows.
pub struct Growing {
    walker: Walker,
    /// Bytes that are not walked yet: a line that is not complete.
    rest: Vec<u8>,
    /// Where they stand in the source.
    base: u64,
    /// Unix seconds that no record is later than; now when it is not known.
    newest: Option<i64>,
    /// It is the ring buffer of the running kernel.
    device: bool,
}

impl Growing {
    pub(super) fn new(collector: Collector) -> Self {
        Growing { walker: Walker::new(SourceId(0), collector), rest: Vec::new(), base: 0, newest: None, device: false }
    }

    /// It is the ring buffer of the running kernel: this machine's clocks are its clocks.
    pub fn of_device(mut self) -> Self {
        self.device = true;
        self
    }

    /// Walks further bytes. What stands behind the last line feed waits for the rest of its line. False when none of it
    /// can say anything.
    pub fn push(&mut self, bytes: &[u8], reader: &Reader) -> bool {
        self.rest.extend_from_slice(bytes);
        match memchr::memrchr(b'\n', &self.rest) {
            Some(end) => self.walk(end + 1, reader),
            None if self.rest.len() > LINE_MAX => self.walk(self.rest.len(), reader),
            None => false,
        }
    }

    fn walk(&mut self, whole: usize, reader: &Reader) -> bool {
        let open = self.walker.is_open();
        let mut hits = Vec::new();
        reader.filters.all.hits(&self.rest, 0, whole, &mut hits);
        let window = Window { bytes: &self.rest, base: self.base, hits: &hits, counts: &[] };
        self.walker.walk(&window, whole);
        let walked = usize::try_from(self.walker.position().saturating_sub(self.base)).unwrap_or(whole).min(whole);
        self.rest.drain(..walked);
        self.base = self.base.saturating_add(walked as u64);
        open || !hits.is_empty()
    }

    /// From here on every line is looked at, not only those near a needle: they show until when the log tells what
    /// happened.
    pub fn watch_all(&mut self) {
        self.walker.force_all();
    }

    /// When it was written last, Unix seconds.
    pub fn set_newest(&mut self, newest: Option<i64>) {
        self.newest = newest;
    }

    /// Bytes that were taken, with those that wait.
    pub fn taken(&self) -> u64 {
        self.base.saturating_add(self.rest.len() as u64)
    }

    /// Bytes up to the end of the last line that was walked.
    pub fn walked(&self) -> u64 {
        self.base
    }

    /// What was found so far, as if the log ended here.
    pub fn part(&self) -> Part {
        let (mut collector, kind) = self.walker.clone().finish();
        collector.facts.bytes = self.taken();
        kind.clone_into(&mut collector.facts.kind);
        if self.device {
            teach_clocks(&mut collector.facts);
        }
        Part(Undated::new(collector, self.newest.or_else(super::now)))
    }

    /// Events that are kept.
    pub fn events(&self) -> usize {
        self.walker.collector.facts.events.len()
    }

    /// Keeps only the newest events: memory must not grow for ever. What names containers and nodes stays, as long as
    /// it is not more than as many again.
    pub fn forget_all_but(&mut self, newest: usize) {
        self.walker.collector.forget_all_but(newest);
    }

    /// [`Growing::forget_all_but`], once there are twice as many.
    pub fn forget_if_above(&mut self, most: usize) {
        if self.events() > most.saturating_mul(2) {
            self.forget_all_but(most);
        }
    }

    /// Calls it by another path: it was renamed.
    pub fn rename(&mut self, path: &str) {
        path.clone_into(&mut self.walker.collector.facts.path);
    }

    /// Its path.
    pub fn path(&self) -> &str {
        &self.walker.collector.facts.path
    }
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;
    use crate::source::Input;

    const LOG: &str = "\
[  100.000000] java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[  100.000010] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=java,pid=77,uid=0
[  100.000020] Out of memory: Killed process 77 (java) total-vm:40000kB, anon-rss:30000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:70kB oom_score_adj:0
[  101.000000] something else
";

    fn reader() -> Reader {
        Reader::new(&[Input::Stdin], &Options::default()).unwrap()
    }

    #[test]
    fn cuts_anywhere_change_nothing() {
        let reader = reader();
        let whole = {
            let mut growing = reader.growing("a.log", 0);
            growing.push(LOG.as_bytes(), &reader);
            reader.report(vec![growing.part()], Vec::new())
        };
        assert_eq!(whole.summary.memory, 1);
        for size in [1, 7, 64, 300] {
            let mut growing = reader.growing("a.log", 0);
            for piece in LOG.as_bytes().chunks(size) {
                growing.push(piece, &reader);
                // Looking at it in between changes nothing.
                let _ = growing.part();
            }
            assert_eq!(reader.report(vec![growing.part()], Vec::new()), whole, "{size}");
            assert_eq!((growing.taken(), growing.walked()), (LOG.len() as u64, LOG.len() as u64));
        }
    }

    #[test]
    fn the_last_line_tells_without_a_next_one() {
        let reader = reader();
        let mut growing = reader.growing("a.log", 0);
        let three: String = LOG.lines().take(3).map(|line| format!("{line}\n")).collect();
        growing.push(three.trim_end().as_bytes(), &reader);
        let killed = |growing: &Growing| reader.report(vec![growing.part()], Vec::new()).summary.victims;
        assert!(growing.walked() < growing.taken());
        growing.push(b"\n", &reader);
        assert_eq!(killed(&growing), 1);
        growing.push(b"[  102.000000] more\n", &reader);
        assert_eq!(killed(&growing), 1);
    }

    #[test]
    fn what_is_forgotten_does_not_come_back() {
        let reader = reader();
        let mut growing = reader.growing("a.log", 0);
        for n in 0..10u32 {
            let log = LOG.replace("[  10", &format!("[ {}0", 11 + n)).replace("77", &format!("{}", 77 + n));
            growing.push(log.as_bytes(), &reader);
        }
        let before = growing.events();
        growing.forget_all_but(3);
        assert!(growing.events() <= 3 && before > 3, "{before} {}", growing.events());
    }
}
