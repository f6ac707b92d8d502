//! Counting a report.

use super::{Report, Summary, Verdict};

impl Summary {
    /// Counts a report's parts.
    pub fn of(report: &Report) -> Summary {
        let verdicts = |v: Verdict| number(report.incidents.iter().filter(|i| i.verdict == v).count());
        let kernel = report.incidents.iter().filter(|i| i.agent.as_deref() == Some("kernel")).count();
        Summary {
            incidents: number(report.incidents.len()),
            memory: verdicts(Verdict::Memory),
            not_memory: verdicts(Verdict::NotMemory),
            undetermined: verdicts(Verdict::Undetermined),
            kernel_ooms: number(kernel),
            victims: report.incidents.iter().map(|i| number(i.victims.len())).sum(),
            terminations: report.incidents.iter().map(|i| number(i.terminations.len())).sum(),
            nodes: number(report.nodes.len()),
            sources: number(report.sources.len()),
            bytes: report.sources.iter().map(|s| s.bytes).sum(),
        }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
