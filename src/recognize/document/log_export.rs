//! Logs that came back from a log store as JSON: not one object a line, but arrays, pretty-printed or not, with the lines of
//! the log in their objects.
//!
//! | command | shape |
//! | --- | --- |
//! | `gcloud logging read --format json` | `[{"textPayload"\|"jsonPayload", "timestamp", "resource", "labels"}]`, newest first |
//! | `aws logs get-log-events`, `filter-log-events` | `{"events": [{"timestamp": ms, "message", "logStreamName"}]}` |
//! | `aws logs get-query-results` | `{"results": [[{"field": "@timestamp", "value"}, {"field": "@message", "value"}]]}` |
//! | `aws ec2 get-console-output` | `{"InstanceId", "Output": "a whole console", "Timestamp"}` |
//! | `az monitor log-analytics query` | `[{"TimeGenerated", "Computer", "SyslogMessage"}]`, or `{"tables": [{"columns", "rows"}]}` |
//! | Elasticsearch, OpenSearch, Kibana | `{"hits": {"hits": [{"_source": {"@timestamp", "message", "host"}}]}}`, or its array |
//! | Loki `query_range` | `{"data": {"result": [{"stream": {}, "values": [["ns", "line"]]}]}}`, newest first |
//! | Datadog `logs/events` | `{"data": [{"attributes": {"timestamp", "host", "message"}}]}` |
//!
//! Each entry becomes a line as a carrier would write it, so that framing does the rest.

use super::clock;
use super::json;
use super::node::{Node, Value};
use crate::event::Wall;
use crate::time::{resolve, rfc3339};
use std::borrow::Cow;

/// The most lines of one export.
const MAX_LINES: usize = 2_000_000;
/// Objects within objects that are looked into.
const MAX_DEPTH: usize = 8;

/// Where log stores put the text.
const TEXTS: [&str; 13] = [
    "message",
    "MESSAGE",
    "textPayload",
    "SyslogMessage",
    "@message",
    "_raw",
    "line",
    "log",
    "msg",
    "LogEntry",
    "LogMessage",
    "Message",
    "Output",
];
const TIMES: [&str; 8] =
    ["timestamp", "@timestamp", "TimeGenerated", "time", "_time", "receiveTimestamp", "date", "ts"];
const HOSTS: [&str; 9] = [
    "compute.googleapis.com/resource_name",
    "node_name",
    "hostname",
    "host",
    "Computer",
    "nodename",
    "node",
    "_HOSTNAME",
    "name",
];
/// Where they put the name of the program that wrote it: Azure's table `Syslog`, rsyslog, Vector, the journal.
const WRITERS: [&str; 5] = ["ProcessName", "syslogtag", "appname", "SYSLOG_IDENTIFIER", "ident"];
/// Objects of an entry that hold its text, time or host.
const INSIDE: [&str; 10] =
    ["_source", "jsonPayload", "attributes", "labels", "resource", "host", "agent", "stream", "kubernetes", "fields"];

/// A line of the log.
#[derive(Debug, PartialEq)]
pub struct Exported {
    /// Where its text stands in the export.
    pub at: usize,
    /// The line, with its time and host before it as a carrier would write them.
    pub line: Vec<u8>,
}

/// True for an object that has the text of a log; `has` tells whether the first bytes of a file have a key.
pub(super) fn is_export(text: &str, first_key: &str, has: &dyn Fn(&str) -> bool) -> bool {
    const ENTRY: [&str; 9] =
        ["textPayload", "jsonPayload", "message", "SyslogMessage", "_source", "MESSAGE", "_raw", "line", "log"];
    let entry = || ENTRY.iter().any(|key| has(key));
    if let Some(rest) = text.strip_prefix('[') {
        // `[  12.345678] ` begins a line of the kernel's.
        return rest.trim_start().starts_with(['{', '[']) && entry();
    }
    match first_key {
        "events" | "nextForwardToken" | "nextBackwardToken" => has("message") && has("timestamp"),
        "took" | "hits" | "_shards" | "timed_out" => has("hits") && entry(),
        "status" | "data" => (has("stream") && has("values")) || (has("attributes") && has("message")),
        "results" | "statistics" => has("field") && has("value"),
        "tables" => has("columns") && has("rows"),
        "InstanceId" | "Output" => has("Output"),
        _ => false,
    }
}

/// All lines of an export, oldest first.
pub fn lines(bytes: &[u8]) -> Vec<Exported> {
    let parsed = json::parse(bytes, 0);
    let mut found = Found::default();
    found.walk(&parsed.node, None, 0);
    if found.falls() {
        found.entries.reverse();
    }
    found.entries.into_iter().flat_map(|entry| entry.lines).collect()
}

struct Entry {
    unix_us: Option<i64>,
    lines: Vec<Exported>,
}

#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    count: usize,
}

impl Found {
    /// Stores give the newest entry first, unless they are told otherwise.
    fn falls(&self) -> bool {
        let mut times = self.entries.iter().filter_map(|entry| entry.unix_us);
        let first = times.next();
        first.zip(times.next_back()).is_some_and(|(first, last)| first > last)
    }

    fn walk(&mut self, node: &Node<'_>, host: Option<&str>, depth: usize) {
        if depth > MAX_DEPTH || self.count > MAX_LINES {
            return;
        }
        if table(node).is_some_and(|(columns, rows)| {
            rows.list().iter().for_each(|row| self.row(columns, row));
            true
        }) {
            return;
        }
        if let Some(values) = node.get("values").filter(|_| node.get("stream").is_some()) {
            let host = host_of(node, 0);
            values.list().iter().for_each(|pair| self.pair(pair, host));
            return;
        }
        if !node.list().is_empty() && node.list().iter().all(|field| field.get("field").is_some()) {
            return self.fields(node.list());
        }
        if let Some(text) = text_of(node, 0) {
            return self.object(node, text, host);
        }
        let members = node.map().iter().map(|(_, member)| member);
        members.chain(node.list()).for_each(|inner| self.walk(inner, host, depth + 1));
    }

    fn object(&mut self, node: &Node<'_>, text: &Node<'_>, host: Option<&str>) {
        let wall = time_of(node, 0);
        let payload = node.get("jsonPayload").unwrap_or(node);
        if payload.get("MESSAGE").is_some() {
            let line = journal(payload, wall);
            return self.add(wall, vec![Exported { at: text.at, line }]);
        }
        // A console's `Timestamp` is that of the answer.
        let (wall, words) = match (node.get("Output"), text.text()) {
            (Some(_), Some(text)) => (None, console(text)),
            (_, words) => (wall, words.map(Cow::Borrowed)),
        };
        let writer = Writer { host: host_of(node, 0).or(host), kernel: is_of_kernel(|name| node.get(name)) };
        self.text(text.at, wall, &writer, words.as_deref().unwrap_or_default());
    }

    /// Loki's `["1795432356863339000", "line"]`.
    fn pair(&mut self, pair: &Node<'_>, host: Option<&str>) {
        let [time, text, ..] = pair.list() else { return };
        let writer = Writer { host, kernel: false };
        self.text(text.at, clock::of_node(time), &writer, text.text().unwrap_or_default());
    }

    /// CloudWatch's `[{"field": "@message", "value": "..."}]`.
    fn fields(&mut self, fields: &[Node<'_>]) {
        let value = |name: &str| {
            fields.iter().find(|field| field.get("field").and_then(Node::text) == Some(name))?.get("value")
        };
        let Some(text) = value("@message") else { return };
        let time = value("@timestamp").and_then(Node::text).map(|time| time.replacen(' ', "T", 1) + "Z");
        let wall = time.as_deref().and_then(clock::instant);
        self.text(text.at, wall, &Writer::default(), text.text().unwrap_or_default());
    }

    fn row(&mut self, columns: &Node<'_>, row: &Node<'_>) {
        let cell = |names: &[&str]| {
            let at = names.iter().find_map(|name| {
                columns.list().iter().position(|column| column.get("name").and_then(Node::text) == Some(name))
            })?;
            row.list().get(at)
        };
        let Some(text) = cell(&TEXTS) else { return };
        let writer = Writer { host: cell(&HOSTS).and_then(Node::text), kernel: is_of_kernel(|name| cell(&[name])) };
        self.text(text.at, cell(&TIMES).and_then(clock::of_node), &writer, text.text().unwrap_or_default());
    }

    fn text(&mut self, at: usize, wall: Option<Wall>, writer: &Writer<'_>, text: &str) {
        let lines = text.lines().filter(|line| !line.is_empty());
        let lines = lines.map(|line| Exported { at, line: carried(line, wall, writer) }).collect();
        self.add(wall, lines);
    }

    fn add(&mut self, wall: Option<Wall>, lines: Vec<Exported>) {
        self.count += lines.len();
        let unix_us = wall.as_ref().and_then(|wall| resolve(wall, None, Some(0)));
        self.entries.push(Entry { unix_us, lines });
    }
}

/// Who wrote a line.
#[derive(Default)]
struct Writer<'n> {
    host: Option<&'n str>,
    /// The kernel, as the entry says.
    kernel: bool,
}

/// Does an entry name the kernel as its writer?
fn is_of_kernel<'n, 'a: 'n>(member: impl Fn(&'static str) -> Option<&'n Node<'a>>) -> bool {
    let named = |name: &'static str| member(name).and_then(Node::text);
    WRITERS.iter().any(|name| named(name).is_some_and(|writer| writer.trim_end_matches(':') == "kernel"))
}

/// Azure's table.
fn table<'n, 'a>(node: &'n Node<'a>) -> Option<(&'n Node<'a>, &'n Node<'a>)> {
    node.get("columns").zip(node.get("rows"))
}

fn inside<'n, 'a>(node: &'n Node<'a>, depth: usize) -> impl Iterator<Item = &'n Node<'a>> {
    let names: &[&str] = if depth < 2 { &INSIDE } else { &[] };
    names.iter().filter_map(|name| node.get(name)).filter(|inner| !inner.map().is_empty())
}

fn text_of<'n, 'a>(node: &'n Node<'a>, depth: usize) -> Option<&'n Node<'a>> {
    let own = TEXTS.iter().find_map(|name| node.get(name).filter(|text| text.text().is_some()));
    own.or_else(|| inside(node, depth).find_map(|inner| text_of(inner, depth + 1)))
}

fn time_of(node: &Node<'_>, depth: usize) -> Option<Wall> {
    let own = TIMES.iter().find_map(|name| clock::member(node, name));
    own.or_else(|| inside(node, depth).find_map(|inner| time_of(inner, depth + 1)))
}

/// `host` may be an object with a name. An object's own `name` is that of anything.
fn host_of<'n>(node: &'n Node<'_>, depth: usize) -> Option<&'n str> {
    let names = if depth == 0 { HOSTS.get(..8).unwrap_or_default() } else { &HOSTS[..] };
    let own = names.iter().find_map(|name| node.get(name)?.text());
    own.filter(|host| is_host(host)).or_else(|| inside(node, depth).find_map(|inner| host_of(inner, depth + 1)))
}

fn is_host(text: &str) -> bool {
    text.len() <= 253 && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_'))
}

/// What `get-console-output` prints: text, or with old tools the base64 of it.
fn console(text: &str) -> Option<Cow<'_, str>> {
    let is_base64 = text.len() > 64 && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"+/=\n".contains(&c));
    if !is_base64 {
        return Some(Cow::Borrowed(text));
    }
    let packed: String = text.lines().collect();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, packed).ok()?;
    Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

/// A journal's entry as `journalctl -o json` prints it.
fn journal(payload: &Node<'_>, wall: Option<Wall>) -> Vec<u8> {
    let mut object = serde_json::Map::new();
    for (name, value) in payload.map() {
        if let Value::Text(text) | Value::Number(text) = &value.value {
            object.insert(name.clone().into_owned(), text.clone().into_owned().into());
        }
    }
    let unix_us = wall.as_ref().and_then(|wall| resolve(wall, None, Some(0)));
    if let Some(unix_us) = unix_us {
        object.entry("__REALTIME_TIMESTAMP").or_insert_with(|| unix_us.to_string().into());
    }
    serde_json::Value::Object(object).to_string().into_bytes()
}

/// A line with the store's time, in a form that a carrier has.
fn carried(text: &str, wall: Option<Wall>, writer: &Writer<'_>) -> Vec<u8> {
    let host = writer.host;
    let unix_us = wall.as_ref().and_then(|wall| resolve(wall, None, Some(0)));
    let Some(time) = unix_us.and_then(|at| rfc3339(at, 0)) else { return text.as_bytes().to_vec() };
    // `Nov 23 09:31:00 host kernel: T`: a time without a year gives way to one with it.
    if let Some(rest) = after_syslog_time(text) {
        return format!("{time} {rest}").into_bytes();
    }
    let kernel = text.starts_with('[') || text.starts_with('<');
    if kernel || writer.kernel {
        return match host {
            Some(host) => format!("{time} {host} kernel: {text}"),
            None if kernel => format!("{time} {text}"),
            None => format!("{time} kernel: {text}"),
        }
        .into_bytes();
    }
    // A daemon's own line has its own time.
    let dated = text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with("time=") || is_klog(text);
    if dated {
        return text.as_bytes().to_vec();
    }
    let line = serde_json::json!({ "log": format!("{text}\n"), "stream": "stderr", "time": time });
    line.to_string().into_bytes()
}

/// `I1123 11:12:36.863339 `
fn is_klog(text: &str) -> bool {
    let digits =
        |range: std::ops::Range<usize>| text.as_bytes().get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    text.starts_with(['I', 'W', 'E', 'F']) && digits(1..5) && text.as_bytes().get(5) == Some(&b' ')
}

fn after_syslog_time(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    crate::time::month_number(text.get(..3)?)?;
    let shape = [3, 6, 15].iter().all(|at| bytes.get(*at) == Some(&b' '))
        && [9, 12].iter().all(|at| bytes.get(*at) == Some(&b':'));
    shape.then(|| text.get(16..)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::{Kind, sniff};

    #[test]
    fn what_is_an_export() {
        for text in [
            "[{\"textPayload\": \"x\"}]",
            "[\n  {\n    \"message\": \"x\"\n  }\n]",
            "{\"events\": [{\"timestamp\": 1, \"message\": \"x\"}]}",
            "{\"InstanceId\": \"i\", \"Output\": \"x\"}",
        ] {
            assert_eq!(sniff("x", text.as_bytes()), Some(Kind::LogExport), "{text}");
        }
        for text in [
            "[    1.234567] {\"message\": \"x\"}",
            "[pod/a/b] {\"log\":\"x\"} y",
            "{\"message\": \"x\", \"timestamp\": 1}\n{\"message\": \"y\"}",
            "{\n   \"dmesg\": [\n      {\n         \"msg\": \"x\"",
            "{\n\t\"__CURSOR\" : \"s\",\n\t\"MESSAGE\" : \"x\"\n}",
        ] {
            assert_eq!(sniff("x", text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_forms_of_lines() {
        let wall = crate::time::parse_rfc3339("2026-11-23T11:12:36Z");
        let written =
            |text: &str, host, kernel| String::from_utf8(carried(text, wall, &Writer { host, kernel })).unwrap();
        let line = |text: &str, host| written(text, host, false);
        assert_eq!(written("Mem-Info:", Some("a"), true), "2026-11-23T11:12:36Z a kernel: Mem-Info:");
        assert_eq!(written("Mem-Info:", None, true), "2026-11-23T11:12:36Z kernel: Mem-Info:");
        assert_eq!(line("Nov 23 11:12:30 a kernel: x", None), "2026-11-23T11:12:36Z a kernel: x");
        assert_eq!(line("[ 1.000000] x", Some("a")), "2026-11-23T11:12:36Z a kernel: [ 1.000000] x");
        assert_eq!(line("I1123 11:12:36.863339       1 a.go:1] x", None), "I1123 11:12:36.863339       1 a.go:1] x");
        assert_eq!(line("oops", None), "{\"log\":\"oops\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-23T11:12:36Z\"}");
        for odd in ["", "Nov", "Nov 23 11:12:30", "é", "Ié23 "] {
            let _ = line(odd, None);
        }
    }
}
