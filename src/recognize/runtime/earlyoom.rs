//! earlyoom 1.0 to 1.9 (`main.c`, `kill.c`, `meminfo.c`). A kill is one line, but whether it was meant is told by the next
//! one (`dryrun, not actually sending any signal`), and why by the one before (`low memory! ...`): so a kill waits for its
//! next line, and the threshold line is remembered.

use super::text::{after, number, pid, signal, signed, word};
use super::{Line, event, event_with, plain, stamp};
use crate::event::{Event, Evidence, Fact, Speaker, UserspaceKill, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "ow memory! at or below",
    "ow Memory! At or below",
    "Out of memory! avail",
    "sending SIGTERM to process",
    "sending SIGKILL to process",
    "illing process ",
    "escalating to SIGKILL",
    " did not exit",
    "kill failed: ",
    "dryrun mode enabled",
    "dryrun, not actually",
    "triggered kernel OOM killer",
    "triggering kernel oom when",
    "Could not find a process to kill",
];

/// What the lines before said.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Started with `--dryrun`: nothing is ever killed.
    dry: bool,
    /// The threshold line, the reason of the next kill.
    reason: Option<(String, Evidence)>,
    /// A kill that waits for its next line.
    pending: Option<Event>,
    /// The last victim, for `escalating to SIGKILL`, which does not name it.
    victim: Option<Victim>,
}

/// Who gets the signal.
#[derive(Debug, Clone, Default, PartialEq)]
struct Victim {
    pid: Option<u32>,
    comm: Option<String>,
    uid: Option<u32>,
    signal: Option<i32>,
    rss_bytes: Option<u64>,
    oom_score_adj: Option<i32>,
}

impl State {
    /// Reads one line. `known`: the carrier says that it is earlyoom's.
    pub(super) fn read(&mut self, line: &Line<'_>, known: bool, out: &mut Vec<Event>) {
        let text = line.text.trim();
        if text.starts_with("dryrun") {
            self.dry |= text.starts_with("dryrun mode enabled");
            return self.take_back(out);
        }
        self.finish(out);
        if let Some(victim) = sent(text).or_else(|| if known { oldest(text) } else { None }) {
            self.hold(line, victim, out);
        } else if text.starts_with("escalating to SIGKILL after ") {
            if let Some(victim) = self.victim.clone() {
                self.reason = Some((text.to_owned(), line.record.evidence()));
                self.hold(line, Victim { signal: Some(9), ..victim }, out);
            }
        } else if let Some(pid) = self.failed(text) {
            let what = What::UserspaceKillFailed { pid, message: text.to_owned() };
            out.push(event(line.record, stamp(line.record, None), plain(Speaker::Earlyoom, what)));
        } else if is_warning(text) {
            if is_threshold(text) {
                self.reason = Some((text.to_owned(), line.record.evidence()));
            }
            let what = What::UserspaceWarning { text: text.to_owned() };
            out.push(event(line.record, stamp(line.record, None), plain(Speaker::Earlyoom, what)));
        }
    }

    /// The next line matters even without a needle.
    pub(super) fn awaits_more(&self) -> bool {
        self.pending.is_some()
    }

    /// `process 906 did not exit` after ten seconds, then `kill failed: Timer expired`; or `kill failed: Operation not permitted` at once
    /// (`kill_wait`, `kill_process`): whose attempt failed.
    fn failed(&self, text: &str) -> Option<Option<u32>> {
        let last = self.victim.as_ref()?.pid;
        if let Some(rest) = text.strip_prefix("process ").and_then(|rest| rest.strip_suffix(" did not exit")) {
            return (pid(rest) == last).then_some(last);
        }
        text.starts_with("kill failed: ").then_some(last)
    }

    /// Gives out a kill that nothing took back.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        out.extend(self.pending.take());
    }

    /// The kill was only a rehearsal: it becomes a warning.
    fn take_back(&mut self, out: &mut Vec<Event>) {
        let Some(mut held) = self.pending.take() else { return };
        if let Fact::Runtime(fact) = &mut held.fact {
            let text = held.evidence.first().map(|evidence| format!("dry run: {}", evidence.text));
            fact.what = What::UserspaceWarning { text: text.unwrap_or_default() };
        }
        out.push(held);
    }

    /// Holds a kill until the next line.
    fn hold(&mut self, line: &Line<'_>, victim: Victim, out: &mut Vec<Event>) {
        let (reason, earlier) = match self.reason.take() {
            Some((text, evidence)) => (text, vec![evidence]),
            None => (line.text.trim().to_owned(), Vec::new()),
        };
        self.victim = Some(victim.clone());
        let what = What::UserspaceKill(Box::new(UserspaceKill {
            pid: victim.pid,
            comm: victim.comm,
            signal: victim.signal,
            cgroup: None,
            uid: victim.uid,
            rss_bytes: victim.rss_bytes,
            oom_score_adj: victim.oom_score_adj,
            reason,
        }));
        let earlier = earlier.into_iter().filter(|evidence| *evidence != line.record.evidence()).collect();
        self.pending = Some(event_with(line.record, stamp(line.record, None), plain(Speaker::Earlyoom, what), earlier));
        if self.dry {
            self.take_back(out);
        }
    }
}

/// A kill in the words of 1.2 and later, and of 2018:
/// * `sending SIGTERM to process 435 uid 0 "name": oom_score 1150, oom_score_adj 0, VmRSS 518 MiB, cmdline "..."`
/// * `killing process 5150 "bash" with signal 15: badness 450, VmRSS 760 MiB`
/// * `Killing process 'bash' with signal 15, pid: 6074, badness: 438, VmRSS: 2160 MiB`
fn sent(text: &str) -> Option<Victim> {
    if let Some(rest) = text.strip_prefix("sending ") {
        let (name, rest) = rest.split_once(" to process ")?;
        let signal = Some(signal(name)?);
        let uid = rest.split(' ').nth(1).filter(|w| *w == "uid").and_then(|_| rest.split(' ').nth(2)).and_then(number);
        let quoted = after(rest, " \"")?;
        // The name is at most 15 bytes long and not escaped; the first score after it ends it.
        let end = ["\": badness ", "\": oom_score "].iter().filter_map(|end| quoted.find(end)).min()?;
        let tail = quoted.get(end..)?;
        let figures = tail.split(", cmdline \"").next().unwrap_or(tail);
        return Some(Victim {
            pid: Some(pid(rest)?),
            comm: quoted.get(..end).map(str::to_owned),
            uid,
            signal,
            rss_bytes: mebibytes(figures),
            oom_score_adj: after(figures, "oom_score_adj ").and_then(signed),
        });
    }
    if let Some(rest) = text.strip_prefix("killing process ") {
        let (comm, tail) = after(rest, " \"")?.rsplit_once("\" with signal ")?;
        return Some(Victim {
            pid: Some(pid(rest)?),
            comm: Some(comm.to_owned()),
            signal: number(tail),
            rss_bytes: mebibytes(tail),
            ..Default::default()
        });
    }
    let (comm, tail) = text.strip_prefix("Killing process '")?.rsplit_once("' with signal ")?;
    Some(Victim {
        pid: Some(after(tail, "pid: ").and_then(pid)?),
        comm: Some(comm.to_owned()),
        signal: number(tail),
        rss_bytes: mebibytes(tail),
        ..Default::default()
    })
}

/// 1.0: `Killing process 1234 bash`, always by SIGKILL. Too plain to be believed of anybody else.
fn oldest(text: &str) -> Option<Victim> {
    let rest = text.strip_prefix("Killing process ")?;
    let comm = after(rest, " ").map(word).filter(|comm| !comm.is_empty())?;
    Some(Victim { pid: Some(pid(rest)?), comm: Some(comm.to_owned()), signal: Some(9), ..Default::default() })
}

/// `VmRSS 518 MiB` or `VmRSS: 2160 MiB`, in bytes.
fn mebibytes(text: &str) -> Option<u64> {
    let size = after(text, "VmRSS")?.trim_start_matches([':', ' ']);
    number::<u64>(size)?.checked_mul(1 << 20)
}

/// `low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%` and its ancestors.
fn is_threshold(text: &str) -> bool {
    const STARTS: [&str; 3] = ["low memory! at or below", "Low Memory! At or below", "Out of memory! avail"];
    STARTS.iter().any(|start| text.starts_with(start))
}

/// Lines that speak of memory without a kill. In kernel mode the kill that follows is a real one, in the kernel's log.
fn is_warning(text: &str) -> bool {
    is_threshold(text)
        || text.contains("successfully triggered kernel OOM killer")
        || text.starts_with("triggering kernel oom when")
        || text.starts_with("Could not find a process to kill")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{events, facts_of, silent};
    use super::*;

    const WHO: Option<&str> = Some("earlyoom");

    fn kills(who: Option<&str>, lines: &[&str]) -> Vec<(Victim, String)> {
        facts_of(events(who, lines))
            .into_iter()
            .filter_map(|fact| match fact.what {
                What::UserspaceKill(kill) => {
                    let UserspaceKill { pid, comm, signal, uid, rss_bytes, oom_score_adj, reason, .. } = *kill;
                    Some((Victim { pid, comm, uid, signal, rss_bytes, oom_score_adj }, reason))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn recorded_1_8() {
        let lines = [
            "low memory! at or below SIGTERM limits: mem 12.00%, swap 100.00%",
            "sending SIGTERM to process 435 uid 0 \"metrics-daemon\": oom_score 1150, VmRSS 518 MiB, cmdline \"/opt/rec/bin/hog -n \": oom_score 1, VmRSS 9 MiB\"",
            "process 435 exited after 0.108 seconds",
        ];
        for who in [WHO, None] {
            let said = kills(who, &lines);
            assert_eq!(said.len(), 1);
            let (victim, reason) = &said[0];
            assert_eq!((victim.pid, victim.comm.as_deref(), victim.uid), (Some(435), Some("metrics-daemon"), Some(0)));
            assert_eq!((victim.signal, victim.rss_bytes), (Some(15), Some(518 << 20)));
            assert_eq!(reason, lines[0]);
        }
    }

    #[test]
    fn every_era() {
        for (text, comm, pid) in [
            ("sending SIGKILL to process 4006 \"py \"x\" 3\": badness 311, VmRSS 1291 MiB", "py \"x\" 3", 4006),
            (
                "sending SIGTERM to process 3941 uid 1000 \"render\": oom_score 964, oom_score_adj -300, VmRSS 2396 MiB",
                "render",
                3941,
            ),
            ("killing process 5150 \"bash\" with signal 15: badness 450, VmRSS 760 MiB", "bash", 5150),
            ("Killing process 'bash' with signal 15, pid: 6074, badness: 438, VmRSS: 2160 MiB", "bash", 6074),
        ] {
            let said = kills(None, &[text]);
            assert_eq!(said.len(), 1, "{text}");
            assert_eq!((said[0].0.comm.as_deref(), said[0].0.pid), (Some(comm), Some(pid)));
            assert!(said[0].0.rss_bytes.is_some());
        }
        assert_eq!(kills(WHO, &["Killing process 77 bash"])[0].0.signal, Some(9));
        silent(None, "Killing process 77 bash");
    }

    #[test]
    fn a_rehearsal_kills_nobody() {
        let kill = "sending SIGTERM to process 5 uid 0 \"x\": badness 1, VmRSS 2 MiB";
        assert!(kills(WHO, &[kill, "dryrun, not actually sending any signal"]).is_empty());
        assert!(kills(WHO, &["dryrun mode enabled, will not kill anything", kill]).is_empty());
        assert_eq!(kills(WHO, &[kill]).len(), 1, "the end of the log takes nothing back");
    }

    #[test]
    fn escalation_names_the_same_victim() {
        let said = kills(
            WHO,
            &[
                "sending SIGTERM to process 5 uid 0 \"x\": badness 1, VmRSS 2 MiB",
                "escalating to SIGKILL after 2.4 seconds",
            ],
        );
        assert_eq!(
            said.iter().map(|(victim, _)| (victim.pid, victim.signal)).collect::<Vec<_>>(),
            [(Some(5), Some(15)), (Some(5), Some(9))]
        );
    }

    #[test]
    fn an_attempt_that_failed_is_told_as_such() {
        let lines = [
            "sending SIGTERM to process 61 uid 0 \"x\": badness 1, VmRSS 2 MiB",
            "kill_release: pid=61: process_mrelease pidfd=4 failed: Invalid argument",
            "process 61 did not exit",
            "kill failed: Timer expired",
        ];
        let failed = facts_of(events(WHO, &lines)).into_iter().filter_map(|fact| match fact.what {
            What::UserspaceKillFailed { pid, .. } => pid,
            _ => None,
        });
        assert_eq!(failed.collect::<Vec<_>>(), [61, 61]);
        silent(WHO, "kill failed: Operation not permitted");
        silent(None, "process 61 did not exit");
    }

    #[test]
    fn kernel_mode_only_warns() {
        let said = facts_of(events(WHO, &["main: successfully triggered kernel OOM killer"]));
        assert!(matches!(said[0].what, What::UserspaceWarning { .. }));
        silent(WHO, "mem avail:   592 of   603 MiB (98.27%), swap free:    0 of    0 MiB ( 0.00%)");
        silent(None, "sending SIGTERM to process x");
    }
}
