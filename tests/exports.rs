//! One kernel report as log stores give it back in JSON: arrays and answers over many lines, often with the newest entry first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::report::{Cause, Incident};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use serde_json::{Value, json};
use std::fs;

const CGROUP: &str = "/kubepods/burstable/pod0fbdfe8e-1c87-4ff2-907c-b2ec8e25d012/0d4b8c61f2a35e97c8d1b64a0f3e5c7d9b2a4860e1f3c5d7a9b1e3f5c7d90a2b";
/// 2026-11-23T11:12:36Z
const FIRST_US: i64 = 1_795_432_356_000_000;

/// The lines of a report, each with its Unix microseconds.
fn lines() -> Vec<(i64, String)> {
    let texts = [
        "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0".to_owned(),
        "memory: usage 65536kB, limit 65536kB, failcnt 9".to_owned(),
        "Tasks state (memory values in pages):".to_owned(),
        "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name".to_owned(),
        "[   4711]     0  4711    50000    15000   167936        0             0 java".to_owned(),
        format!(
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg={CGROUP},task_memcg={CGROUP},task=java,pid=4711,uid=0"
        ),
        "Memory cgroup out of memory: Killed process 4711 (java) total-vm:200000kB, anon-rss:60000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:164kB oom_score_adj:0"
            .to_owned(),
    ];
    (0..).step_by(2000).zip(texts).map(|(us, text)| (FIRST_US + us, format!("[ 1260.{us:06}] {text}"))).collect()
}

fn rfc3339(us: i64) -> String {
    chrono::DateTime::from_timestamp_micros(us).unwrap().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn array(entry: impl Fn(i64, &str) -> Value) -> Vec<Value> {
    lines().iter().map(|(us, text)| entry(*us, text)).collect()
}

fn reversed(mut entries: Vec<Value>) -> Vec<Value> {
    entries.reverse();
    entries
}

/// Name of the shape, the file, and whether it tells the host.
fn exports() -> Vec<(&'static str, Value, bool)> {
    let text = |us, text: &str| json!({"insertId": "a1", "labels": {"compute.googleapis.com/resource_name": "node-7"}, "textPayload": text, "timestamp": rfc3339(us)});
    let payload = |us, text: &str| json!({"jsonPayload": {"message": text}, "resource": {"type": "k8s_node", "labels": {"node_name": "node-7"}}, "timestamp": rfc3339(us)});
    let entry = |us, text: &str| json!({"jsonPayload": {"MESSAGE": &text[15..], "_TRANSPORT": "kernel", "_HOSTNAME": "node-7", "SYSLOG_IDENTIFIER": "kernel"}, "timestamp": rfc3339(us)});
    let stream = |us: i64, text: &str| json!({"logStreamName": "i-0123", "timestamp": us / 1000, "message": format!("Nov 23 11:12:36 node-7 kernel: {text}")});
    let bare = |us: i64, text: &str| json!({"timestamp": us / 1000, "message": text, "ingestionTime": us / 1000 + 900});
    let query = |us, text: &str| json!([{"field": "@timestamp", "value": rfc3339(us).replace('T', " ").replace('Z', "")}, {"field": "@message", "value": text}]);
    let hit = |us, text: &str| json!({"_index": "filebeat", "_source": {"@timestamp": rfc3339(us), "message": text, "host": {"name": "node-7"}}});
    let azure = |us, text: &str| json!({"TimeGenerated": rfc3339(us), "Computer": "node-7", "SyslogMessage": text, "ProcessName": "kernel"});
    let row = |us, text: &str| json!([rfc3339(us), "node-7", text]);
    let datadog = |us, text: &str| json!({"id": "a", "type": "log", "attributes": {"timestamp": rfc3339(us), "host": "node-7", "message": text}});
    let value = |us: i64, text: &str| json!([(us * 1000).to_string(), text]);
    let columns = json!([{"name": "TimeGenerated"}, {"name": "Computer"}, {"name": "SyslogMessage"}]);
    let output = lines().iter().map(|(_, text)| format!("{text}\r\n")).collect::<String>();
    vec![
        ("gcloud", json!(reversed(array(text))), true),
        ("gcloud of an agent", json!(reversed(array(payload))), true),
        ("gcloud of journald", json!(array(entry)), true),
        ("filter-log-events", json!({"events": array(stream), "searchedLogStreams": []}), true),
        ("get-log-events", json!({"events": array(bare), "nextForwardToken": "f/1"}), false),
        ("get-query-results", json!({"results": reversed(array(query)), "statistics": {}}), false),
        (
            "get-console-output",
            json!({"InstanceId": "i-0123", "Output": output, "Timestamp": "2026-11-23T12:00:00Z"}),
            false,
        ),
        ("Elasticsearch", json!({"took": 3, "hits": {"total": {"value": 7}, "hits": reversed(array(hit))}}), true),
        ("Kibana", json!(array(hit)), true),
        ("Azure", json!(array(azure)), true),
        ("Azure table", json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": array(row)}]}), true),
        ("Datadog", json!({"data": array(datadog)}), true),
        (
            "Loki",
            json!({"status": "success", "data": {"resultType": "streams", "result": [{"stream": {"host": "node-7"}, "values": reversed(array(value))}]}}),
            true,
        ),
    ]
}

fn one(text: &str) -> Incident {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.json");
    fs::write(&path, text).unwrap();
    let mut report = scan(&[Input::Path(path)], &Options { year: Some(2026), threads: 1, ..Options::default() });
    assert_eq!((report.incidents.len(), report.problems.len()), (1, 0), "{text}\n{:#?}", report.problems);
    report.incidents.remove(0)
}

#[test]
fn every_stores_answer_is_read() {
    for (name, export, has_host) in exports() {
        for text in [serde_json::to_string_pretty(&export).unwrap(), export.to_string()] {
            let found = one(&text);
            assert_eq!(
                (found.cause, found.victims[0].pid, found.processes_total),
                (Cause::ContainerLimit, 4711, 1),
                "{name}"
            );
            assert_eq!(found.limit.unwrap().cgroup.as_deref(), Some(CGROUP), "{name}");
            assert_eq!(found.node == "node-7", has_host, "{name}: {}", found.node);
            let time = found.time.filter(|_| name != "get-console-output");
            assert!(time.is_none_or(|time| time.starts_with("2026-11-23T11:12:36")), "{name}");
            let line = text.lines().nth(usize::try_from(found.evidence[0].line.unwrap()).unwrap() - 1).unwrap();
            assert!(line.contains("oom-killer") || line.contains("Killed process"), "{name}: {line}");
        }
    }
}
