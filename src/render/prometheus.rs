//! `prometheus`: counts and last times in the text format of Prometheus (exposition format 0.0.4), for the textfile
//! collector of node_exporter.
//!
//! All values are gauges: they count what the logs that were read hold, and fall when logs are rotated away. No sample has
//! a timestamp, because the textfile collector refuses those. How many series there are is bounded by [`MAX_WORKLOADS`];
//! what is beyond is summed under the name `other`.

use super::facts::micros;
use super::text::group::Subjects;
use super::{Format, Style};
use crate::language::Language;
use crate::report::{Incident, Report, Severity};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

/// The format.
pub(super) struct Prometheus;

/// Pairs of node and workload with series of their own.
const MAX_WORKLOADS: usize = 500;

/// Characters of a label value.
const MAX_LABEL: usize = 120;

/// The name of what has no series of its own.
const OTHER: &str = "other";

/// Node, workload, verdict, cause.
type Key = (String, String, String, String);

/// What is known of one kind of incident.
#[derive(Default)]
struct Counts {
    incidents: u64,
    victims: u64,
    terminations: u64,
    last_us: Option<i64>,
}

impl Counts {
    fn add(&mut self, incident: &Incident) {
        self.incidents = self.incidents.saturating_add(incident.count.max(1));
        self.victims = self.victims.saturating_add(number(incident.victims.len()));
        self.terminations = self.terminations.saturating_add(number(incident.terminations.len()));
        self.last_us = self.last_us.max(incident.time.as_deref().and_then(micros));
    }
}

impl Format for Prometheus {
    fn name(&self) -> &'static str {
        "prometheus"
    }

    fn write(&self, report: &Report, _options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let counts = counts(report);
        let of = |value: fn(&Counts) -> u64| {
            counts.iter().map(move |(key, counts)| (labels(key), value(counts).to_string()))
        };
        family(out, "oomscan_incidents", "Incidents in the logs that were read.", of(|c| c.incidents))?;
        family(out, "oomscan_killed_processes", "Processes killed in these incidents.", of(|c| c.victims))?;
        family(
            out,
            "oomscan_terminations",
            "Ends of containers and services in these incidents.",
            of(|c| c.terminations),
        )?;
        let last = counts.iter().filter_map(|(key, counts)| Some((labels(key), seconds(counts.last_us?))));
        family(out, "oomscan_last_incident_timestamp_seconds", "Time of the last such incident, Unix time.", last)?;
        nodes(report, out)?;
        totals(report, out)
    }
}

fn counts(report: &Report) -> BTreeMap<Key, Counts> {
    let subjects = Subjects::new(report, Language::English);
    let names = |i: &Incident| (cut(&i.node), cut(&subjects.name(i)));
    let named: Vec<(&Incident, (String, String))> = report.incidents.iter().map(|i| (i, names(i))).collect();
    let own = own_series(&named);
    let mut counts: BTreeMap<Key, Counts> = BTreeMap::new();
    for (incident, names) in &named {
        let (node, workload) = if own.contains(names) { names.clone() } else { (OTHER.to_owned(), OTHER.to_owned()) };
        let key = (node, workload, word(incident.verdict), word(incident.cause));
        counts.entry(key).or_default().add(incident);
    }
    counts
}

/// The pairs of node and workload that have most incidents.
fn own_series<'a>(named: &'a [(&'a Incident, (String, String))]) -> HashSet<&'a (String, String)> {
    let mut pairs: HashMap<&(String, String), u64> = HashMap::new();
    for (incident, names) in named {
        let times = pairs.entry(names).or_default();
        *times = times.saturating_add(incident.count.max(1));
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    pairs.into_iter().take(MAX_WORKLOADS).map(|(pair, _)| pair).collect()
}

fn labels((node, workload, verdict, cause): &Key) -> String {
    label_set(&[("node", node), ("workload", workload), ("verdict", verdict), ("cause", cause)])
}

/// How far the kernel log reaches: what an alert on its absence needs.
fn nodes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut ends: BTreeMap<String, i64> = BTreeMap::new();
    for node in report.nodes.iter().take(MAX_WORKLOADS) {
        let covered = node.boots.iter().filter_map(|boot| boot.kernel_log.as_ref()?.to.as_deref()).filter_map(micros);
        if let Some(end) = covered.max() {
            let known = ends.entry(cut(&node.name)).or_insert(end);
            *known = end.max(*known);
        }
    }
    let last = ends.iter().map(|(node, end)| (label_set(&[("node", node)]), seconds(*end)));
    family(out, "oomscan_kernel_log_end_timestamp_seconds", "Time of the last kernel line of the node.", last)
}

fn totals(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let problems = [("error", Severity::Error), ("warning", Severity::Warning)].map(|(name, severity)| {
        let count = report.problems.iter().filter(|problem| problem.severity == severity).count();
        (label_set(&[("severity", name)]), count.to_string())
    });
    family(out, "oomscan_problems", "What could not be read or understood.", problems.into_iter())?;
    let one = |value: String| std::iter::once((String::new(), value));
    family(
        out,
        "oomscan_sources",
        "Files and archive members that were read.",
        one(report.summary.sources.to_string()),
    )?;
    family(out, "oomscan_read_bytes", "Bytes that were read, uncompressed.", one(report.summary.bytes.to_string()))?;
    let version = std::iter::once((label_set(&[("version", &report.oomscan)]), "1".to_owned()));
    family(out, "oomscan_build_info", "The program that wrote this; always 1.", version)
}

/// Writes one family of gauges; nothing where it has no sample.
fn family(
    out: &mut dyn Write,
    name: &str,
    help: &str,
    samples: impl Iterator<Item = (String, String)>,
) -> io::Result<()> {
    for (at, (labels, value)) in samples.enumerate() {
        if at == 0 {
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
        }
        writeln!(out, "{name}{labels} {value}")?;
    }
    Ok(())
}

fn label_set(labels: &[(&str, &str)]) -> String {
    let inner: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
    format!("{{{}}}", inner.join(","))
}

/// A name of bearable length. Names are cut before they are counted: two samples of one series would make the collector
/// refuse the whole file.
fn cut(name: &str) -> String {
    let mut chars = name.chars();
    let mut cut: String = chars.by_ref().take(MAX_LABEL).collect();
    if chars.next().is_some() {
        cut.push('…');
    }
    super::text::escape::visible(&cut).into_owned()
}

/// A label value: backslash and quote are escaped; newlines and other controls were made visible by [`cut`].
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Unix time in seconds.
fn seconds(us: i64) -> String {
    let (whole, rest) = (us.div_euclid(1_000_000), us.rem_euclid(1_000_000));
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:06}").trim_end_matches('0').to_owned() }
}

/// The word that the JSON report has for it.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, Verdict, Victim};

    fn text(report: &Report) -> String {
        let mut out = Vec::new();
        Prometheus.write(report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn incident(node: &str, comm: &str, time: &str) -> Incident {
        Incident {
            node: node.into(),
            verdict: Verdict::Memory,
            cause: Cause::NodeMemory,
            time: Some(time.into()),
            victims: vec![Victim { comm: comm.into(), ..Victim::default() }],
            ..Incident::default()
        }
    }

    #[test]
    fn counts_and_last_times() {
        let mut storm = incident("n1", "java", "2026-11-23T09:00:00.5+08:00");
        storm.count = 4;
        let incidents = vec![incident("n1", "java", "2026-11-23T09:00:00Z"), storm];
        let found = text(&Report { incidents, ..Report::default() });
        let labels = "{node=\"n1\",workload=\"java\",verdict=\"memory\",cause=\"node_memory\"}";
        for expected in [
            format!("# TYPE oomscan_incidents gauge\noomscan_incidents{labels} 5\n"),
            format!("\noomscan_killed_processes{labels} 2\n"),
            format!("\noomscan_last_incident_timestamp_seconds{labels} 1795424400\n"),
        ] {
            assert!(found.contains(&expected), "{expected}\n{found}");
        }
    }

    #[test]
    fn labels_cannot_be_broken_out_of() {
        let name = "a\"} 9\nevil{x=\"\\";
        let found = text(&Report { incidents: vec![incident("n", name, "")], ..Report::default() });
        assert!(found.contains("workload=\"a\\\"} 9\\\\nevil{x=\\\"\\\\\""), "{found}");
        assert!(!found.contains("\nevil"), "{found}");
    }

    #[test]
    fn series_are_bounded_and_none_is_told_twice() {
        let mut incidents: Vec<Incident> = (0..3000).map(|n| incident("n", &format!("w{n}"), "")).collect();
        let long = "x".repeat(500);
        incidents.extend([incident("n", &format!("{long}a"), ""), incident("n", &format!("{long}b"), "")]);
        for incident in incidents.iter_mut().rev().take(2) {
            incident.count = 9;
        }
        let found = text(&Report { incidents, ..Report::default() });
        let series: Vec<&str> = found.lines().filter(|line| line.starts_with("oomscan_incidents{")).collect();
        assert_eq!(series.len(), MAX_WORKLOADS + 1);
        assert!(found.contains(
            "oomscan_incidents{node=\"other\",workload=\"other\",verdict=\"memory\",cause=\"node_memory\"} 2501"
        ));
        let unique: HashSet<&&str> = series.iter().collect();
        assert_eq!(unique.len(), series.len());
    }

    #[test]
    fn an_empty_report() {
        let found = text(&Report::default());
        assert!(found.contains("oomscan_sources 0\n") && !found.contains("oomscan_incidents"), "{found}");
        assert_eq!(
            (seconds(1), seconds(-1_500_000), seconds(2_000_000)),
            ("0.000001".into(), "-2.5".into(), "2".into())
        );
    }
}
