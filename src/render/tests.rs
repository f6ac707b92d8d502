//! The machine formats.

use super::*;
use crate::report::{Incident, Problem, Severity};

fn report() -> Report {
    Report {
        schema: crate::report::SCHEMA.to_owned(),
        incidents: vec![
            Incident { id: "a".into(), ..Incident::default() },
            Incident { id: "b".into(), ..Incident::default() },
        ],
        problems: vec![Problem { severity: Severity::Warning, source: None, line: None, message: "x\ny".into() }],
        ..Report::default()
    }
}

fn written(name: &str) -> String {
    let mut out = Vec::new();
    by_name(name).unwrap().write(&report(), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn formats_are_found_by_name() {
    let names: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
    assert_eq!(names, ["text", "json", "jsonl", "markdown", "html", "csv", "prometheus"]);
    assert!(by_name("xml").is_none());
}

#[test]
fn json_is_the_report() {
    let text = written("json");
    assert!(text.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report());
}

#[test]
fn json_lines_tell_what_they_are() {
    let text = written("jsonl");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["report", "incident", "incident", "problem"]);
    assert_eq!(lines[0]["schema"], "oomscan.report/1");
    assert_eq!(lines[2]["id"], "b");
    assert!(text.lines().all(|line| line.starts_with("{\"record\":")));
}
