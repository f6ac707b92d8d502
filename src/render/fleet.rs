//! The view over many nodes, in the forms it can be printed in.

use super::Style;
use super::text::fleet;
use crate::report::fleet::Fleet;
use serde::Serialize;
use std::io::{self, Write};

/// Names of the formats that have a view over many nodes.
pub const FLEET_FORMATS: &[&str] = &["text", "json", "jsonl"];

/// Writes the view in one of [`FLEET_FORMATS`].
///
/// # Errors
/// Those of `out`; `InvalidInput` for any other format.
pub fn write_fleet(format: &str, fleet: &Fleet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        "text" => fleet::write(fleet, style, out),
        "json" => {
            serde_json::to_writer_pretty(&mut *out, fleet)?;
            out.write_all(b"\n")
        }
        "jsonl" => lines(fleet, out),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{format} has no summary"))),
    }
}

/// A line: its kind, and the fields of the thing itself.
#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    record: &'static str,
    #[serde(flatten)]
    fields: &'a T,
}

/// One object a line: first `fleet` with everything that is no list, then each `node`, `workload`, `cause` and `limit`.
fn lines(fleet: &Fleet, out: &mut dyn Write) -> io::Result<()> {
    let mut head = serde_json::to_value(fleet)?;
    if let Some(fields) = head.as_object_mut() {
        for list in ["nodes", "workloads", "causes", "limits"] {
            fields.remove(list);
        }
    }
    list("fleet", &[head], out)?;
    list("node", &fleet.nodes, out)?;
    list("workload", &fleet.workloads, out)?;
    list("cause", &fleet.causes, out)?;
    list("limit", &fleet.limits, out)
}

fn list<T: Serialize>(record: &'static str, list: &[T], out: &mut dyn Write) -> io::Result<()> {
    for fields in list {
        serde_json::to_writer(&mut *out, &Line { record, fields })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fleet::{FleetCause, FleetLimit, FleetNode, FleetWorkload};
    use crate::report::{Cause, Scope, Summary, Verdict};

    fn fleet(nodes: usize) -> Fleet {
        let node = |n: usize| FleetNode {
            name: format!("node-{n}"),
            memory: u64::from(n < 2),
            victims: 2,
            main_cause: (n < 2).then_some(Cause::ContainerLimit),
            first: Some("2026-11-23T09:00:00Z".into()),
            last: Some("2026-11-23T09:30:00Z".into()),
            report: Some(format!("node-{n}.txt")),
            ..FleetNode::default()
        };
        Fleet {
            summary: Summary { memory: 2, incidents: 2, nodes: nodes as u64, sources: 3, ..Summary::default() },
            first: Some("2026-11-23T09:00:00Z".into()),
            last: Some("2026-11-23T09:30:00Z".into()),
            nodes: (0..nodes).map(node).collect(),
            workloads: vec![FleetWorkload {
                name: "web/evil\u{1b}[2J".into(),
                namespace: Some("prod".into()),
                memory_restarts: 2,
                nodes: vec!["node-0".into(), "node-1".into()],
                ..FleetWorkload::default()
            }],
            causes: vec![FleetCause {
                cause: Cause::ContainerLimit,
                verdict: Verdict::Memory,
                incidents: 2,
                nodes: 2,
                ..FleetCause::default()
            }],
            limits: vec![FleetLimit {
                owner: "prod/web".into(),
                scope: Scope::Container,
                limit_bytes: Some(512 << 20),
                times: 2,
                nodes: 2,
            }],
            ..Fleet::default()
        }
    }

    fn shown(format: &str, fleet: &Fleet, style: &Style) -> String {
        let mut out = Vec::new();
        write_fleet(format, fleet, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_for_people() {
        let text = shown("text", &fleet(3), &Style::default());
        for part in [
            "Memory: 2 incidents on 2 of 3 nodes.",
            "node-0.txt",
            "prod/web/evil\\x1b[2J",
            "container limit",
            "512 MiB",
            "1 more node without a memory incident",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains('\u{1b}'));
        let verbose = shown("text", &fleet(3), &Style { verbose: true, ..Style::default() });
        assert!(verbose.contains("node-2") && !verbose.contains("1 more node"));
        assert!(!shown("text", &fleet(3), &Style { quiet: true, ..Style::default() }).contains("node-0"));
    }

    #[test]
    fn times_of_several_zones_are_in_utc() {
        let mut fleet = fleet(2);
        assert!(shown("text", &fleet, &Style::default()).contains("FIRST (UTC)"));
        let set = |fleet: &mut Fleet, n: usize, zone: &str| {
            fleet.nodes[n].first = Some(format!("2026-11-23T18:00:00{zone}"));
            fleet.nodes[n].last = Some(format!("2026-11-23T18:30:00{zone}"));
        };
        set(&mut fleet, 0, "+08:00");
        let text = shown("text", &fleet, &Style::default());
        assert!(text.contains("FIRST (UTC)") && text.contains("11-23 10:00:00  11-23 10:30:00"), "{text}");
        set(&mut fleet, 1, "+08:00");
        let text = shown("text", &fleet, &Style::default());
        assert!(text.contains("FIRST (+08:00)") && text.contains("11-23 18:00:00  11-23 18:30:00"), "{text}");
    }

    #[test]
    fn long_lists_are_folded() {
        let mut many = fleet(2);
        many.limits = (0..50).map(|_| many.limits[0].clone()).collect();
        let text = shown("text", &many, &Style::default());
        assert!(text.contains("... and 40 more"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }

    #[test]
    fn nothing_found() {
        let text = shown("text", &Fleet::default(), &Style::default());
        assert!(text.starts_with("Nothing was read"), "{text}");
        let quiet = Fleet { summary: Summary { nodes: 4, sources: 9, ..Summary::default() }, ..Fleet::default() };
        assert!(shown("text", &quiet, &Style::default()).starts_with("No memory incident found on 4 nodes."));
    }

    #[test]
    fn json_lines_hold_what_json_holds() {
        let fleet = fleet(2);
        let whole: Fleet = serde_json::from_str(&shown("json", &fleet, &Style::default())).unwrap();
        assert_eq!(whole, fleet);
        let lines = shown("jsonl", &fleet, &Style::default());
        let kinds: Vec<String> = lines
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["record"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(kinds, ["fleet", "node", "node", "workload", "cause", "limit"]);
        assert!(write_fleet("csv", &fleet, &Style::default(), &mut Vec::new()).is_err());
    }
}
