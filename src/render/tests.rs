//! The machine formats.

use super::*;
use crate::language::Language;
use crate::report::{Incident, Problem, Severity, Summary, Termination, Verdict, Victim};

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

/// Two by memory, one of them a storm; one that nobody knows; one stop, which ended a container with a victim of its own.
fn mixed() -> Report {
    let of = |id: &str, verdict, victims, ends| Incident {
        id: id.into(),
        verdict,
        count: 1,
        victims: (0..victims).map(|pid| Victim { pid, ..Victim::default() }).collect(),
        terminations: vec![Termination::default(); ends],
        ..Incident::default()
    };
    let mut incidents = vec![
        of("a", Verdict::Memory, 2, 1),
        of("b", Verdict::Memory, 0, 0),
        of("c", Verdict::Undetermined, 0, 1),
        of("d", Verdict::NotMemory, 1, 4),
    ];
    incidents[1].count = 3;
    let mut report = Report { incidents, ..Report::default() };
    report.summary = Summary { sources: 1, ..Summary::of(&report) };
    report
}

/// What a format says, without its markup.
fn said(name: &str, report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    by_name(name).unwrap().write(report, style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let plain: String = text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, rest)| rest)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_format_for_people_counts_the_same_in_the_same_words() {
    let english = "Memory: 4 incidents, 2 processes killed, 1 container or service ended. Undetermined: 1 incident.";
    let chinese = "内存问题：4 次事件，2 个进程被杀死，1 个容器或服务结束。无法判定：1 次事件。";
    let others = [("Not memory: 1 other end.", " "), ("与内存无关：1 次其他结束。", "")];
    for ((language, found), (others, between)) in Language::ALL.into_iter().zip([english, chinese]).zip(others) {
        let style = Style { language, all: true, width: 200, ..Style::default() };
        for name in ["text", "markdown", "html"] {
            let text = said(name, &mixed(), &style);
            assert!(text.contains(&format!("{found}{between}{others}")), "{name}: {text}");
        }
        let hidden = said("text", &mixed(), &Style { all: false, ..style });
        assert!(hidden.contains(found) && !hidden.contains(others), "{hidden}");
    }
}

#[test]
fn every_format_for_people_says_that_nothing_was_found_in_the_same_words() {
    let nothing = Report { summary: Summary { sources: 1, ..Summary::default() }, ..Report::default() };
    for name in ["text", "markdown", "html"] {
        let style = Style::default();
        assert!(said(name, &nothing, &style).contains("No memory incident found."), "{name}");
        let narrowed = Style { narrowed: true, ..style };
        let text = said(name, &nothing, &narrowed);
        assert!(text.contains("No memory incident matches"), "{name}: {text}");
    }
}
