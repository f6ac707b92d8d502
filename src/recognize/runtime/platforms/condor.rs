//! HTCondor. Its starter puts a job on hold for which the kernel's cgroup told of an OOM kill (`vanilla_proc.cpp` `outOfMemoryEvent`,
//! `docker_proc.cpp`). The schedd's log and `condor_q -hold` name the job on the same line, the job's own log one line above, with the time:
//!
//! ```text
//! 012 (1042.000.000) 2026-11-12 10:20:30 Job was held.
//!         Error from slot1_4@wn7: Job has gone over cgroup memory limit of 2048 megabytes. Last measured usage: 2047 megabytes.
//!  1042.0   ana    11/12 10:20 Error from slot1_4@wn7: Docker job has gone over memory limit of 1024 Mb
//! ```

use super::super::text::{after, number, word};
use super::super::{Line, about, clock, event, stamp};
use super::batch::by_id;
use crate::event::{ContainerRef, Event, Speaker, Wall, What};

/// The event of a job's log whose reason follows.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Condor {
    open: Option<(String, Option<Wall>)>,
}

impl Condor {
    /// Reads one line.
    pub(in super::super) fn read(&mut self, line: &Line<'_>, out: &mut Vec<Event>) {
        let open = self.open.take();
        if let Some(head) = head(line.text) {
            self.open = Some(head);
            return;
        }
        let Some(limit) = limit(line.text) else { return };
        let (job, wall) = match job_of(line.text) {
            Some(job) => (job.to_owned(), None),
            None => open.unwrap_or_default(),
        };
        let container = ContainerRef { limit_bytes: limit, ..by_id(&job, "htcondor") };
        let stamp = stamp(line.record, line.envelope.time.or(wall));
        out.push(event(line.record, stamp, about(Speaker::HtCondor, container, What::OomSeen)));
    }
}

/// `012 (1042.000.000) 2026-11-12 10:20:30 Job was held.`, `007 (..) .. Shadow exception!`: the job and the time.
fn head(text: &str) -> Option<(String, Option<Wall>)> {
    let said = text.trim_end();
    let rest = said.strip_suffix(" Job was held.").or_else(|| said.strip_suffix(" Shadow exception!"))?;
    let (id, time) = rest.split_once(" (")?.1.split_once(") ")?;
    let mut parts = id.split('.');
    let (cluster, process): (u64, u64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((format!("{cluster}.{process}"), clock::wall(time)))
}

/// The limit that the job has gone over, in bytes; `Some(None)` where it has none.
fn limit(text: &str) -> Option<Option<u64>> {
    if text.contains("Job has encountered an out-of-memory event.") {
        return Some(None);
    }
    let (_, rest) = text.split_once("ob has gone over ")?;
    let mib: u64 = number(after(rest, "memory limit of ")?)?;
    Some(mib.checked_mul(1 << 20))
}

fn job_of(text: &str) -> Option<&str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let is_job =
        |word: &&str| word.split_once('.').is_some_and(|(cluster, process)| digits(cluster) && digits(process));
    let named = after(text, "Job ").map(word).filter(is_job);
    named.or_else(|| text.split_whitespace().next().filter(is_job))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::events;
    use crate::event::{Event, Fact};

    fn jobs(lines: &[&str]) -> Vec<(Option<String>, Option<u64>, bool)> {
        let of = |event: &Event| match &event.fact {
            Fact::Runtime(fact) => {
                let container = &fact.container;
                (container.id.as_deref().map(str::to_owned), container.limit_bytes, event.stamp.wall.is_some())
            }
            other => panic!("{other:?}"),
        };
        events(None, lines).iter().map(of).collect()
    }

    #[test]
    fn held_jobs() {
        let over = "\tError from slot1_4@wn7: Job has gone over cgroup memory limit of 512 megabytes. Last measured usage: 511 megabytes.";
        let job = |name: &str, dated| (Some(name.to_owned()), Some(512 << 20), dated);
        assert_eq!(jobs(&["012 (0088.003.000) 2026-11-12 10:20:30 Job was held.", over]), [job("88.3", true)]);
        assert_eq!(jobs(&[over]), [(None, Some(512 << 20), false)]);
        let docker = "Job 88.0 going into Hold state (code 34,0): Error from slot1@wn7: Docker job has gone over memory limit of 512 Mb";
        assert_eq!(jobs(&[docker]), [job("88.0", false)]);
        let row = "  88.1   ana   11/12 10:20 Error from slot1@wn7: Job has gone over memory limit of 512 megabytes. Peak usage: 611 megabytes.";
        assert_eq!(jobs(&[row]), [job("88.1", false)]);
        for text in [
            "Job has gone over memory limit of %d megabytes",
            "88.2 ana 3/6 00:14 Job raised a signal 9. Handling signal as if job has gone over memory limit.",
        ] {
            assert!(jobs(&[text]).is_empty(), "{text}");
        }
    }
}
