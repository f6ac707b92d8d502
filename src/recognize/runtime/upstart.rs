//! Upstart, PID 1 of Ubuntu up to 14.04, of RHEL 6 and of ChromeOS (`init/job_process.c` of 0.6 to 1.13). Of a job whose process a signal
//! ended it says so with the pid, which is the kernel's own, and writes it to the kernel's buffer or to syslog:
//!
//! ```text
//! init: ledger main process (1834) killed by KILL signal
//! init: ledger main process ended, respawning
//! init: tty (tty1) main process (951) killed by TERM signal        an instance of a job
//! ```

use super::text::pid;
use super::{Line, plain};
use crate::event::{RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &["killed by KILL signal"];

/// Reads one line. `kernel`: it stands in the kernel's log, where the name of the program stands in the text.
pub(super) fn read(line: &Line<'_>, kernel: bool, facts: &mut Vec<RuntimeFact>) {
    let text = line.text.trim_end();
    let said = match text.strip_prefix("init: ") {
        Some(said) => Some(said),
        None => (!kernel && line.record.ident.as_deref() == Some("init")).then_some(text),
    };
    facts.extend(said.and_then(killed));
}

/// `ledger main process (1834) killed by KILL signal`; other processes of a job: `pre-start`, `post-start`, `pre-stop`, `post-stop`.
fn killed(said: &str) -> Option<RuntimeFact> {
    let (head, child) = said.strip_suffix(") killed by KILL signal")?.rsplit_once(" process (")?;
    let (job, _) = head.rsplit_once(' ')?;
    let what = What::ChildKilled {
        program: "upstart".to_owned(),
        child: Some(job.to_owned()),
        pid: Some(pid(child)?),
        signal: 9,
    };
    Some(plain(Speaker::Application, what))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{events, facts_of};
    use super::*;

    fn told(ident: Option<&str>, text: &str) -> Option<(String, u32)> {
        facts_of(events(ident, &[text])).into_iter().find_map(|fact| match fact.what {
            What::ChildKilled { program, child: Some(job), pid: Some(pid), .. } if program == "upstart" => {
                Some((job, pid))
            }
            _ => None,
        })
    }

    #[test]
    fn a_job_that_was_killed() {
        let killed = "ledger main process (1834) killed by KILL signal";
        assert_eq!(told(Some("init"), killed), Some(("ledger".to_owned(), 1834)));
        assert_eq!(told(Some("kernel"), &format!("init: {killed}")), Some(("ledger".to_owned(), 1834)));
        let instance = "init: worker (blue 2) main process (77) killed by KILL signal";
        assert_eq!(told(None, instance), Some(("worker (blue 2)".to_owned(), 77)));
    }

    #[test]
    fn other_ends_and_other_programs() {
        for (ident, text) in [
            (Some("init"), "tty (tty1) main process (951) killed by TERM signal"),
            (Some("init"), "ledger main process (1834) terminated with status 1"),
            (Some("kernel"), "ledger main process (1834) killed by KILL signal"),
            (Some("tutor"), "ledger main process (1834) killed by KILL signal"),
            (Some("init"), "process (x) killed by KILL signal"),
        ] {
            assert_eq!(told(ident, text), None, "{text}");
        }
    }
}
