use super::*;
use crate::report::{Container, Incident, Termination, Victim};

fn lines(report: &Report, table: Table) -> Vec<String> {
    let mut out = Vec::new();
    Csv.write(report, &Style { table, ..Style::default() }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

/// A row by its headings, read back.
fn row(report: &Report, table: Table) -> Vec<(String, String)> {
    let text = lines(report, table).join("\r\n");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    heading.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    &row.iter().find(|(heading, _)| heading == name).unwrap().1
}

fn report(comm: &str) -> Report {
    let incident = Incident {
        id: "1f".into(),
        node: "=node".into(),
        summary: "one, \"two\"".into(),
        victims: vec![Victim {
            pid: 7,
            comm: comm.into(),
            container: Some(0),
            oom_score_adj: Some(-998),
            ..Victim::default()
        }],
        containers: vec![Container { name: Some("web".into()), ..Container::default() }],
        terminations: vec![Termination { container: Some(0), exit_code: Some(-1), ..Termination::default() }],
        ..Incident::default()
    };
    Report { incidents: vec![incident], ..Report::default() }
}

#[test]
fn every_table_has_its_heading_and_rows() {
    for table in Table::ALL {
        assert_eq!(lines(&Report::default(), table).len(), 1, "{table:?}");
        let found = lines(&report("java"), table);
        assert_eq!(found.len(), 2, "{table:?}");
    }
    let victim = row(&report("java"), Table::Victims);
    assert_eq!((cell(&victim, "comm"), cell(&victim, "container"), cell(&victim, "uid")), ("java", "web", ""));
    let incident = row(&report("java"), Table::Incidents);
    assert_eq!((cell(&incident, "summary"), cell(&incident, "verdict")), ("one, \"two\"", "undetermined"));
    let end = row(&report("java"), Table::Terminations);
    assert_eq!((cell(&end, "who"), cell(&end, "exit_code")), ("web", "-1"));
}

#[test]
fn no_text_is_a_formula() {
    for (comm, expected) in [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\\t=1"),
        ("\r=1", "'\\r=1"),
        ("\u{a0}=1", "'\u{a0}=1"),
        ("＝1", "'＝1"),
        ("a\r\nb", "a\\r\\nb"),
        ("a=b", "a=b"),
        ("\u{1b}[2J", "\\x1b[2J"),
    ] {
        let row = row(&report(comm), Table::Victims);
        assert_eq!(cell(&row, "comm"), expected, "{comm:?}");
    }
}

#[test]
fn numbers_stay_numbers() {
    let row = row(&report("java"), Table::Victims);
    assert_eq!((cell(&row, "oom_score_adj"), cell(&row, "node")), ("-998", "'=node"));
}
