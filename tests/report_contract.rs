//! The report's contract: the schema in `schema/` is the one that the types give, and real reports keep to it and to what no
//! schema can say (counts add up, indices point at something, evidence stands where it is said to stand).
//!
//! `OOMSCAN_BLESS=1 cargo test --test report_contract` writes the schema anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{options, scan_paths};
use oomscan::report::{Evidence, Incident, Report, Verdict, json_schema};
use oomscan::scan::Options;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs;

const SCHEMA: &str = "schema/oomscan.report-1.json";

#[test]
fn the_schema_in_the_repository_is_the_types_own() {
    let own = json_schema() + "\n";
    if std::env::var_os("OOMSCAN_BLESS").is_some() {
        fs::write(SCHEMA, &own).unwrap();
    }
    let kept = fs::read_to_string(SCHEMA).unwrap();
    assert!(kept == own, "{SCHEMA} is not what the types give: run with OOMSCAN_BLESS=1 and look at the difference");
}

/// Everything that the repository holds to scan, as single files and as folders.
fn reports() -> Vec<(String, Report)> {
    let mut inputs: Vec<String> =
        ["samples/canal-node", "samples", "tests/fixtures/golden", "tests/fixtures/journal", "tests/nothing"]
            .map(str::to_owned)
            .to_vec();
    for folder in ["samples/container-limit", "samples/pod-limit", "samples/tmpfs", "tests/fixtures/golden"] {
        inputs.extend(fs::read_dir(folder).unwrap().map(|e| e.unwrap().path().to_str().unwrap().to_owned()));
    }
    inputs.sort();
    inputs.into_iter().map(|path| (path.clone(), scan_paths(&[path], &options()))).collect()
}

/// Holds a value against a schema, as far as schemars uses the language. A property that the schema does not name is wrong,
/// and so is one that it names and the report leaves out: unknown is `null`, never absent.
fn check(schema: &Value, root: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(path.trim_start_matches('#')).unwrap();
        return check(target, root, value, at);
    }
    if let Some(any) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
        let all: Vec<Vec<String>> = any.iter().map(|s| check(s, root, value, at)).collect();
        let fits = all.iter().any(Vec::is_empty);
        return if fits { Vec::new() } else { all.into_iter().min_by_key(Vec::len).unwrap_or_default() };
    }
    if let Some(constant) = schema.get("const") {
        return if constant == value { Vec::new() } else { vec![format!("{at}: {value} is not {constant}")] };
    }
    let mut wrong = Vec::new();
    if let Some(kind) = schema.get("type") {
        let kinds: Vec<&str> = kind
            .as_array()
            .map_or_else(|| kind.as_str().into_iter().collect(), |a| a.iter().filter_map(Value::as_str).collect());
        if !kinds.iter().any(|k| is_of(k, value)) {
            return vec![format!("{at}: {value} is none of {kinds:?}")];
        }
    }
    if let Some(least) = schema.get("minimum").and_then(Value::as_f64)
        && value.as_f64().is_some_and(|n| n < least)
    {
        wrong.push(format!("{at}: {value} is below {least}"));
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        wrong.extend(values.iter().enumerate().flat_map(|(n, v)| check(items, root, v, &format!("{at}[{n}]"))));
    }
    if let (Some(Value::Object(properties)), Value::Object(object)) = (schema.get("properties"), value) {
        wrong.extend(check_object(properties, root, object, at));
    }
    wrong
}

fn check_object(properties: &Map<String, Value>, root: &Value, object: &Map<String, Value>, at: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, schema) in properties {
        match object.get(name) {
            Some(value) => wrong.extend(check(schema, root, value, &format!("{at}.{name}"))),
            None => wrong.push(format!("{at}.{name} is left out")),
        }
    }
    wrong.extend(
        object.keys().filter(|k| !properties.contains_key(*k)).map(|k| format!("{at}.{k} is not in the schema")),
    );
    wrong
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn the_checker_can_fail() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    let good = serde_json::to_value(scan_paths(&["samples/pod-limit"], &options())).unwrap();
    assert_eq!(check(&schema, &schema, &good, "report"), Vec::<String>::new());
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(&mut value);
        !check(&schema, &schema, &value, "report").is_empty()
    };
    assert!(broken(&|v| v["summary"]["bytes"] = "many".into()));
    assert!(broken(&|v| v["incidents"][0]["cause"] = "bad_luck".into()));
    assert!(broken(&|v| v["incidents"][0]["victims"][0]["pid"] = Value::Null));
    assert!(broken(&|v| _ = v["incidents"][0].as_object_mut().unwrap().remove("time")));
    assert!(broken(&|v| v["incidents"][0]["more"] = 1.into()));
}

#[test]
fn real_reports_keep_to_the_schema() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(SCHEMA).unwrap()).unwrap();
    for (path, report) in reports() {
        let text = serde_json::to_string(&report).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(check(&schema, &schema, &value, "report"), Vec::<String>::new(), "{path}");
        let back = serde_json::to_value(serde_json::from_str::<Report>(&text).unwrap()).unwrap();
        assert_eq!(rounded(back), rounded(value), "{path}: read back");
    }
}

/// Fractions without the last digits, which reading back may change.
fn rounded(value: Value) -> Value {
    match value {
        Value::Number(n) if n.is_f64() => ((n.as_f64().unwrap() * 1e9).round() / 1e9).into(),
        Value::Array(all) => all.into_iter().map(rounded).collect(),
        Value::Object(all) => all.into_iter().map(|(k, v)| (k, rounded(v))).collect::<Map<_, _>>().into(),
        other => other,
    }
}

#[test]
fn counts_add_up_and_indices_point_at_something() {
    for (path, report) in reports() {
        let verdicts = |v: Verdict| report.incidents.iter().filter(|i| i.verdict == v).count() as u64;
        let s = &report.summary;
        assert_eq!(
            (report.schema.as_str(), s.incidents),
            ("oomscan.report/1", report.incidents.len() as u64),
            "{path}"
        );
        assert_eq!(
            (s.memory, s.not_memory, s.undetermined),
            (verdicts(Verdict::Memory), verdicts(Verdict::NotMemory), verdicts(Verdict::Undetermined)),
            "{path}"
        );
        let victims: usize = report.incidents.iter().map(|i| i.victims.len()).sum();
        assert_eq!((s.victims, s.sources), (victims as u64, report.sources.len() as u64), "{path}");
        assert_eq!(s.bytes, report.sources.iter().map(|s| s.bytes).sum::<u64>(), "{path}");
        let ids: BTreeSet<&str> = report.incidents.iter().map(|i| i.id.as_str()).collect();
        assert_eq!(ids.len(), report.incidents.len(), "{path}: ids are used twice");
        let nodes: BTreeSet<&str> = report.nodes.iter().map(|n| n.name.as_str()).collect();
        for incident in &report.incidents {
            assert!(nodes.contains(incident.node.as_str()), "{path}: node {}", incident.node);
            check_incident(&path, incident);
        }
        let told = report.workloads.iter().flat_map(|w| &w.incidents);
        told.for_each(|id| assert!(ids.contains(id.as_str()), "{path}: a workload tells of {id}"));
    }
}

fn check_incident(path: &str, i: &Incident) {
    let what = format!("{path}: {}", i.summary);
    assert!(!i.summary.is_empty() && i.count >= 1, "{what}");
    let containers =
        i.victims.iter().filter_map(|v| v.container).chain(i.terminations.iter().filter_map(|t| t.container));
    containers.for_each(|n| assert!(n < i.containers.len(), "{what}: container {n}"));
    i.timeline.iter().filter_map(|t| t.evidence).for_each(|n| assert!(n < i.evidence.len(), "{what}: evidence {n}"));
    let offsets: Vec<f64> = i.timeline.iter().filter_map(|t| t.offset_s).collect();
    assert!(offsets.is_sorted(), "{what}: the timeline runs {offsets:?}");
    let pids: Vec<u32> = i.victims.iter().map(|v| v.pid).collect();
    assert_eq!(pids.iter().collect::<BTreeSet<_>>().len(), pids.len(), "{what}: victims {pids:?}");
    assert!(i.processes.is_sorted_by_key(|p| std::cmp::Reverse(p.rss_bytes)), "{what}: processes out of order");
    assert!(!i.evidence.is_empty(), "{what}: no evidence");
    i.evidence.iter().for_each(|e| check_evidence(&what, e));
}

#[test]
fn neighbours_of_a_proof_are_those_of_the_file() {
    let mut seen = 0;
    for path in ["samples/canal-node", "samples/container-limit", "samples/pod-limit"] {
        let report = scan_paths(&[path], &Options { context: true, ..options() });
        for proof in report.incidents.iter().flat_map(|i| &i.evidence).filter(|proof| proof.line.is_some()) {
            let text = fs::read_to_string(&proof.source).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let at = usize::try_from(proof.line.unwrap()).unwrap() - 1;
            let Some(context) = &proof.context else {
                assert!(!lines[at].contains(&proof.text), "{}:{} has no context", proof.source, at + 1);
                continue;
            };
            assert_eq!(context.before, lines[at.saturating_sub(2)..at], "{}:{}", proof.source, at + 1);
            assert_eq!(context.after, lines[at + 1..lines.len().min(at + 3)], "{}:{}", proof.source, at + 1);
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} neighbourhoods");
}

/// The most bytes of a record of several lines before its message.
const RECORD_HEAD: usize = 2048;

/// The text stands at that line and offset of the file; that of a record of several lines (`dmesg -J`, journal export), a
/// little behind it.
fn check_evidence(what: &str, e: &Evidence) {
    assert!(e.text.len() <= 1024, "{what}: {} bytes of evidence", e.text.len());
    let Ok(bytes) = fs::read(&e.source) else { return };
    let Some(line) = e.line.filter(|_| !e.source.ends_with(".zst")) else { return };
    let start = usize::try_from(e.offset).unwrap();
    let before = bytes[..start].iter().filter(|b| **b == b'\n').count() as u64;
    assert_eq!(before + 1, line, "{what}: {} offset {start} is not in line {line}", e.source);
    assert!(start == 0 || bytes[start - 1] == b'\n', "{what}: {} offset {start} is within a line", e.source);
    let plain = |c: &char| !c.is_control() && !matches!(*c, char::REPLACEMENT_CHARACTER | '"' | '\\' | '…');
    let shown: String = e.text.chars().take_while(plain).collect();
    let at = String::from_utf8_lossy(&bytes[start..]).find(&shown);
    let block = e.source.ends_with(".export") || e.source.ends_with("-J.json");
    let near = at.is_some_and(|at| at == 0 || (block && at < RECORD_HEAD));
    assert!(near, "{what}: {}:{line} is not {:?}", e.source, e.text);
}
