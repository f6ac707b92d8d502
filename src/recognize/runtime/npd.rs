//! node-problem-detector's log monitor: `New status generated: &{Source:kernel-monitor Events:[{Severity:warn
//! Timestamp:.. Reason:OOMKilling Message:<kernel line>} ..] Conditions:[..]}`. The reason is configuration, so it is not
//! looked at: the message is the kernel's line itself.

use super::text::copied_kill;
use super::{Line, clock, plain};
use crate::event::{RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &["New status generated"];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let Some(rest) = line.message().strip_prefix("New status generated: ") else { return };
    let events = rest.rsplit_once("] Conditions:[").map_or(rest, |(events, _)| events);
    // The first piece is what stands before the first event.
    for event in events.split("Timestamp:").skip(1).take(100) {
        let Some((_, message)) = event.split_once(" Message:") else { continue };
        let Some((pid, comm)) = copied_kill(message) else { continue };
        let at = clock::wall(event);
        facts.push(plain(Speaker::NodeProblemDetector, What::KernelKillRetold { pid, comm, at }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, silent};
    use super::*;
    use crate::event::Wall;

    #[test]
    fn a_status_may_hold_several_kills() {
        let event = |pid: u32, comm: &str| {
            format!(
                "{{Severity:warn Timestamp:2026-11-23 10:00:00.500333489 +0000 UTC m=+98.35 Reason:OOMKilling Message:Memory cgroup out of memory: Killed process {pid} ({comm}) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:0kB}}"
            )
        };
        let text = format!(
            "I1123 10:00:01.000001    1208 log_monitor.go:159] New status generated: &{{Source:kernel-monitor Events:[{} {}] Conditions:[]}}",
            event(4811, "bash"),
            event(4712, "a) b (c")
        );
        for who in [Some("node-problem-detector-startup.sh"), None] {
            let said = facts(who, &text);
            let at = Some(Wall::Instant { unix_us: 1_795_428_000_500_333, offset_s: 0 });
            let comms: Vec<_> = said.into_iter().map(|fact| fact.what).collect();
            assert_eq!(
                comms,
                [
                    What::KernelKillRetold { pid: 4811, comm: "bash".into(), at },
                    What::KernelKillRetold { pid: 4712, comm: "a) b (c".into(), at },
                ]
            );
        }
    }

    #[test]
    fn an_intention_is_no_kill() {
        silent(
            None,
            "I1123 10:00:01.000001    1208 log_monitor.go:159] New status generated: &{Source:kernel-monitor Events:[{Severity:warn Timestamp:2026-11-23 00:00:00 +0000 UTC Reason:OOMKilling Message:Kill process 1769 (kubelet) score 1109 or sacrifice child}] Conditions:[]}",
        );
    }
}
