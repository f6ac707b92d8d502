//! `oomctl`: what systemd-oomd watches (`oomd_dump_swap_cgroup_context`, `oomd_dump_memory_pressure_cgroup_context`, v247 and
//! later).

use super::doc::{Doc, Said};
use super::size;
use crate::event::{CgroupCounters, ContainerRef, NodeFact, Speaker, What};

/// One watched cgroup.
#[derive(Default)]
struct Watched {
    at: usize,
    path: String,
    limit: Option<f64>,
    pressure: Option<f64>,
    current: Option<u64>,
}

/// `oomctl`: totals, usage of the watched cgroups, and which are over their limit right now.
pub(super) fn read(doc: &mut Doc<'_, '_>) {
    let mut watched: Option<Watched> = None;
    for line in doc.lines() {
        let Some((key, value)) = line.text.trim().split_once(": ") else { continue };
        match key {
            "Path" => {
                finish(doc, watched.take());
                watched = Some(Watched { at: line.at, path: value.to_owned(), ..Watched::default() });
            }
            "Memory" => totals(doc, line.at, value),
            _ => {
                if let Some(watched) = &mut watched {
                    detail(watched, key, value);
                }
            }
        }
    }
    finish(doc, watched);
}

/// `Used: 184.1M Total: 595.0M` (rounded; with a comma in newer versions).
fn totals(doc: &mut Doc<'_, '_>, at: usize, value: &str) {
    let total = value.split_once("Total: ").and_then(|(_, total)| size::human(total));
    if total.is_some() {
        doc.node(at, None, NodeFact { memory_bytes: total, ..NodeFact::default() });
    }
}

fn detail(watched: &mut Watched, key: &str, value: &str) {
    let percent = |text: &str| text.trim_end_matches('%').parse().ok();
    match key {
        "Memory Pressure Limit" => watched.limit = percent(value),
        "Pressure" => watched.pressure = value.strip_prefix("Avg10: ").and_then(|v| percent(v.split(' ').next()?)),
        "Current Memory Usage" => watched.current = size::human(value),
        _ => {}
    }
}

fn finish(doc: &mut Doc<'_, '_>, watched: Option<Watched>) {
    let Some(Watched { at, path, limit, pressure, current }) = watched else { return };
    let mut say = |what| {
        let container = ContainerRef::default();
        doc.say(Said { at, wall: None, host: None, speaker: Speaker::SystemdOomd, container, what });
    };
    if let (Some(limit), Some(pressure)) = (limit, pressure)
        && pressure > limit
    {
        let text = format!("memory pressure of {path} was {pressure:.2}%, over its limit of {limit:.2}%");
        say(What::UserspaceWarning { text });
    }
    if current.is_some() {
        let (oom, oom_kill, limit_bytes, peak_bytes) = (None, None, None, None);
        say(What::CgroupCounters(Box::new(CgroupCounters {
            cgroup: path,
            oom,
            oom_kill,
            limit_bytes,
            peak_bytes,
            current_bytes: current,
        })));
    }
}

/// True for the first line of `oomctl`.
pub(super) fn is_head(line: &str) -> bool {
    line.starts_with("Dry Run: ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn watched_cgroups() {
        let text = "Dry Run: no\nSwap Used Limit: 90.00%\nSystem Context:\n\tMemory: Used: 184.1M Total: 595.0M\n\tSwap: Used: 0B Total: 0B\nMemory Pressure Monitored CGroups:\n\tPath: /system.slice/cache-node.service\n\t\tMemory Pressure Limit: 60.00%\n\t\tPressure: Avg10: 95.28 Avg60: 66.60 Avg300: 21.04 Total: 1min 11s\n\t\tCurrent Memory Usage: 53.5M\n";
        let (events, problems) = read_text("oomctl.txt", text);
        assert!(problems.is_empty());
        let all = facts(&events);
        assert_eq!((events.len(), all.len()), (3, 2));
        assert!(matches!(&all[0].what, What::UserspaceWarning { text } if text.contains("95.28%")));
        assert!(matches!(&all[1].what, What::CgroupCounters(c) if c.current_bytes == Some(56_098_816)));
        assert_eq!(events[1].evidence[0].line, Some(7));
    }
}
