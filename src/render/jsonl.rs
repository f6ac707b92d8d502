//! `jsonl`: the same data as `json`, one object a line, for tools that read line by line. The first key of every line is
//! `record`: first a `report` (schema, version, summary), then each `node`, `incident`, `workload`, `source`, `problem`;
//! the other keys are those of the JSON report.

use super::{Format, Style};
use crate::report::{Report, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// The format.
pub(super) struct JsonLines;

/// A line: its kind, and the fields of the thing itself.
#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    record: &'static str,
    #[serde(flatten)]
    fields: &'a T,
}

/// The first line.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'a str,
    oomscan: &'a str,
    summary: &'a Summary,
}

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn write(&self, report: &Report, _options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let head = Head { schema: &report.schema, oomscan: &report.oomscan, summary: &report.summary };
        lines("report", &[head], out)?;
        lines("node", &report.nodes, out)?;
        lines("incident", &report.incidents, out)?;
        lines("workload", &report.workloads, out)?;
        lines("source", &report.sources, out)?;
        lines("problem", &report.problems, out)
    }
}

fn lines<T: Serialize>(record: &'static str, list: &[T], out: &mut dyn Write) -> io::Result<()> {
    for fields in list {
        serde_json::to_writer(&mut *out, &Line { record, fields })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
