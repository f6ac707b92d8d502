//! One incident as it happens, for those who follow a log.

use super::{Style, text};
use crate::report::{Incident, Report, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// Names of the formats that can show incidents one by one.
pub const NEWS_FORMATS: &[&str] = &["text", "jsonl"];

/// Writes one incident of a report in one of [`NEWS_FORMATS`]. `number` counts those written so far, from 1.
///
/// # Errors
/// Those of `out`; `InvalidInput` for any other format.
pub fn write_news(
    format: &str,
    report: &Report,
    incident: &Incident,
    number: usize,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        "text" => text::write_news(&only(report, incident), number, style, out),
        "jsonl" => {
            let line = Line { record: "incident", fields: incident };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{format} cannot show incidents one by one"))),
    }
}

/// As in the format `jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    record: &'static str,
    #[serde(flatten)]
    fields: &'a Incident,
}

/// The report with one incident. The workload keeps its history.
fn only(report: &Report, incident: &Incident) -> Report {
    let of = |ids: &[String]| ids.contains(&incident.id);
    let mut one = Report {
        nodes: report.nodes.iter().filter(|node| node.name == incident.node).cloned().collect(),
        incidents: vec![incident.clone()],
        workloads: report.workloads.iter().filter(|workload| of(&workload.incidents)).cloned().collect(),
        ..Report::default()
    };
    one.summary = Summary::of(&one);
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, Verdict, Workload};

    fn shown(format: &str, style: &Style) -> String {
        let incident = |id: &str| Incident {
            id: id.into(),
            node: "node-1".into(),
            time: Some("2026-11-23T10:00:00Z".into()),
            verdict: Verdict::Memory,
            cause: Cause::NodeMemory,
            summary: format!("number {id}\u{1b}[2J"),
            ..Incident::default()
        };
        let workload = Workload { name: "web".into(), incidents: vec!["1".into(), "2".into()], ..Workload::default() };
        let report =
            Report { incidents: vec![incident("1"), incident("2")], workloads: vec![workload], ..Report::default() };
        let mut out = Vec::new();
        write_news(format, &report, &report.incidents[1], 7, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_incident_in_full_or_in_a_line() {
        let text = shown("text", &Style::default());
        assert!(text.contains("7. web: the node ran out of memory") && !text.contains("number 1"), "{text}");
        let quiet = shown("text", &Style { quiet: true, ..Style::default() });
        assert_eq!(quiet, "2026-11-23 10:00:00 UTC  node-1  MEMORY  number 2\\x1b[2J\n");
        let line: serde_json::Value = serde_json::from_str(&shown("jsonl", &Style::default())).unwrap();
        assert_eq!((line["record"].as_str(), line["id"].as_str()), (Some("incident"), Some("2")));
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        let report = Report::default();
        let result = write_news("json", &report, &Incident::default(), 1, &Style::default(), &mut Vec::new());
        assert!(result.is_err());
    }
}
