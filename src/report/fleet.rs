//! The view over many nodes: `--summary`, and the index beside one report a node.

use super::{Cause, Incident, Report, SCHEMA, Scope, Summary, Verdict, Workload};
use crate::time::{parse_rfc3339, resolve};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Name and version of the schema of [`Fleet`].
pub const FLEET_SCHEMA: &str = "oomscan.fleet/1";

/// Many nodes at a glance. Fields may be added, none renamed, dropped or changed in meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Fleet {
    /// Always `oomscan.fleet/1`.
    pub schema: String,
    /// Version of the program that made it.
    pub oomscan: String,
    /// Counts over all nodes, as in the report.
    pub summary: Summary,
    /// Time of the first incident that has one.
    pub first: Option<String>,
    /// Time of the last incident that has one.
    pub last: Option<String>,
    /// The nodes: most memory incidents first.
    pub nodes: Vec<FleetNode>,
    /// What restarted, over all nodes: most restarts by memory first, then most restarts.
    pub workloads: Vec<FleetWorkload>,
    /// The causes: those that were memory first, then the most frequent.
    pub causes: Vec<FleetCause>,
    /// Limits that were hit: the most frequent first.
    pub limits: Vec<FleetLimit>,
    /// How many problems there were with reading; the reports of the nodes have them.
    pub problems: u64,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FleetNode {
    /// Its name.
    pub name: String,
    /// Incidents that were memory; a storm counts as many as it stands for.
    pub memory: u64,
    /// Incidents that nobody can tell.
    pub undetermined: u64,
    /// Incidents that were something else.
    pub not_memory: u64,
    /// Processes killed.
    pub victims: u64,
    /// Ends of containers and services.
    pub terminations: u64,
    /// Memory of the node in bytes.
    pub memory_total_bytes: Option<u64>,
    /// Time of the first incident.
    pub first: Option<String>,
    /// Time of the last incident.
    pub last: Option<String>,
    /// The most frequent cause among its memory incidents.
    pub main_cause: Option<Cause>,
    /// File with its report, relative to the index; only in an index.
    pub report: Option<String>,
}

/// One workload, over all nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FleetWorkload {
    /// Name, as in the report.
    pub name: String,
    /// `pod_container`, `container`, `service`.
    pub kind: String,
    /// Namespace.
    pub namespace: Option<String>,
    /// Restarts by memory.
    pub memory_restarts: u64,
    /// Other restarts.
    pub other_restarts: u64,
    /// Nodes on which it restarted, by name.
    pub nodes: Vec<String>,
    /// Time of the first one.
    pub first: Option<String>,
    /// Time of the last one.
    pub last: Option<String>,
}

/// One cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FleetCause {
    /// The cause.
    pub cause: Cause,
    /// Was it memory?
    pub verdict: Verdict,
    /// How often.
    pub incidents: u64,
    /// On how many nodes.
    pub nodes: u64,
    /// Time of the first one.
    pub first: Option<String>,
    /// Time of the last one.
    pub last: Option<String>,
}

/// One limit that was hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct FleetLimit {
    /// Whose: the workload with its namespace, or else the last name of the cgroup's path.
    pub owner: String,
    /// Its kind.
    pub scope: Scope,
    /// The limit in bytes.
    pub limit_bytes: Option<u64>,
    /// How often it was hit.
    pub times: u64,
    /// On how many nodes.
    pub nodes: u64,
}

impl Fleet {
    /// The view over a finished report.
    pub fn of(report: &Report) -> Fleet {
        let span = Span::of(report.incidents.iter().filter_map(|i| i.time.as_deref()));
        Fleet {
            schema: FLEET_SCHEMA.to_owned(),
            oomscan: report.oomscan.clone(),
            summary: report.summary.clone(),
            first: span.first(),
            last: span.last(),
            nodes: nodes(report),
            workloads: workloads(report),
            causes: causes(report),
            limits: limits(report),
            problems: count(report.problems.len()),
        }
    }
}

/// A time of the report: as an instant, because zones differ, and as it stands there. The text breaks ties, so that the
/// order of the incidents does not matter.
type Told<'a> = (i64, &'a str);

/// First and last of some times of the report.
#[derive(Default, Clone)]
struct Span<'a> {
    first: Option<Told<'a>>,
    last: Option<Told<'a>>,
}

impl<'a> Span<'a> {
    fn of(times: impl Iterator<Item = &'a str>) -> Span<'a> {
        let mut span = Span::default();
        for time in times {
            let at = parse_rfc3339(time).and_then(|wall| resolve(&wall, None, Some(0)));
            let Some(told) = at.map(|at| (at, time)) else { continue };
            span.first = Some(span.first.map_or(told, |first| first.min(told)));
            span.last = Some(span.last.map_or(told, |last| last.max(told)));
        }
        span
    }

    fn first(&self) -> Option<String> {
        self.first.map(|(_, text)| text.to_owned())
    }

    fn last(&self) -> Option<String> {
        self.last.map(|(_, text)| text.to_owned())
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// How many equal reports an incident stands for.
fn times(incident: &Incident) -> u64 {
    incident.count.max(1)
}

fn sum<'a>(incidents: impl Iterator<Item = &'a Incident>) -> u64 {
    incidents.fold(0u64, |sum, incident| sum.saturating_add(times(incident)))
}

fn nodes(report: &Report) -> Vec<FleetNode> {
    let mut by_node: BTreeMap<&str, Vec<&Incident>> = BTreeMap::new();
    for node in &report.nodes {
        by_node.entry(&node.name).or_default();
    }
    for incident in &report.incidents {
        by_node.entry(&incident.node).or_default().push(incident);
    }
    let total = |name: &str| report.nodes.iter().find(|node| node.name == name)?.memory_total_bytes;
    let mut nodes: Vec<FleetNode> =
        by_node.into_iter().map(|(name, incidents)| node(name, &incidents, total(name))).collect();
    nodes.sort_by(|a, b| (b.memory, b.undetermined, &a.name).cmp(&(a.memory, a.undetermined, &b.name)));
    nodes
}

fn node(name: &str, incidents: &[&Incident], memory_total_bytes: Option<u64>) -> FleetNode {
    let of = |verdict: Verdict| sum(incidents.iter().copied().filter(|i| i.verdict == verdict));
    let span = Span::of(incidents.iter().filter_map(|i| i.time.as_deref()));
    FleetNode {
        name: name.to_owned(),
        memory: of(Verdict::Memory),
        undetermined: of(Verdict::Undetermined),
        not_memory: of(Verdict::NotMemory),
        victims: incidents.iter().map(|i| count(i.victims.len())).sum(),
        terminations: incidents.iter().map(|i| count(i.terminations.len())).sum(),
        memory_total_bytes,
        first: span.first(),
        last: span.last(),
        main_cause: main_cause(incidents),
        report: None,
    }
}

/// Of two causes that are as frequent the one that the report's list of causes names first.
fn main_cause(incidents: &[&Incident]) -> Option<Cause> {
    let mut causes: BTreeMap<Cause, u64> = BTreeMap::new();
    for incident in incidents.iter().filter(|i| i.verdict == Verdict::Memory) {
        *causes.entry(incident.cause).or_default() += times(incident);
    }
    causes.into_iter().max_by_key(|(cause, times)| (*times, std::cmp::Reverse(*cause))).map(|(cause, _)| cause)
}

fn workloads(report: &Report) -> Vec<FleetWorkload> {
    let mut merged: BTreeMap<(&str, Option<&str>, &str), Vec<&Workload>> = BTreeMap::new();
    for workload in &report.workloads {
        let key = (workload.name.as_str(), workload.namespace.as_deref(), workload.kind.as_str());
        merged.entry(key).or_default().push(workload);
    }
    let mut all: Vec<FleetWorkload> = merged.into_values().filter_map(|parts| workload(&parts)).collect();
    let rank = |w: &FleetWorkload| (w.memory_restarts, w.memory_restarts.saturating_add(w.other_restarts));
    // Stable: equal ones stay in order of their names.
    all.sort_by_key(|w| std::cmp::Reverse(rank(w)));
    all
}

fn workload(parts: &[&Workload]) -> Option<FleetWorkload> {
    let named = parts.first()?;
    let span = Span::of(parts.iter().flat_map(|w| [&w.first, &w.last]).filter_map(Option::as_deref));
    let nodes: BTreeSet<&str> = parts.iter().map(|w| w.node.as_str()).collect();
    Some(FleetWorkload {
        name: named.name.clone(),
        kind: named.kind.clone(),
        namespace: named.namespace.clone(),
        memory_restarts: parts.iter().map(|w| w.memory_restarts).fold(0, u64::saturating_add),
        other_restarts: parts.iter().map(|w| w.other_restarts).fold(0, u64::saturating_add),
        nodes: nodes.into_iter().map(str::to_owned).collect(),
        first: span.first(),
        last: span.last(),
    })
}

fn causes(report: &Report) -> Vec<FleetCause> {
    let mut by_cause: BTreeMap<(Verdict, Cause), Vec<&Incident>> = BTreeMap::new();
    for incident in &report.incidents {
        by_cause.entry((incident.verdict, incident.cause)).or_default().push(incident);
    }
    let one = |((verdict, cause), incidents): ((Verdict, Cause), Vec<&Incident>)| {
        let span = Span::of(incidents.iter().filter_map(|i| i.time.as_deref()));
        FleetCause {
            cause,
            verdict,
            incidents: sum(incidents.iter().copied()),
            nodes: nodes_of(&incidents),
            first: span.first(),
            last: span.last(),
        }
    };
    let mut causes: Vec<FleetCause> = by_cause.into_iter().map(one).collect();
    causes.sort_by_key(|c| (rank(c.verdict), std::cmp::Reverse(c.incidents)));
    causes
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Memory => 0,
        Verdict::Undetermined => 1,
        Verdict::NotMemory => 2,
    }
}

fn nodes_of(incidents: &[&Incident]) -> u64 {
    count(incidents.iter().map(|i| i.node.as_str()).collect::<BTreeSet<_>>().len())
}

fn limits(report: &Report) -> Vec<FleetLimit> {
    let mut names: HashMap<&str, String> = HashMap::new();
    for workload in &report.workloads {
        let name = match &workload.namespace {
            Some(namespace) => format!("{namespace}/{}", workload.name),
            None => workload.name.clone(),
        };
        for id in &workload.incidents {
            names.entry(id).or_insert_with(|| name.clone());
        }
    }
    let mut hits: BTreeMap<(String, Scope, Option<u64>), Vec<&Incident>> = BTreeMap::new();
    for incident in &report.incidents {
        let Some(limit) = incident.limit.as_ref().filter(|l| l.limit_bytes.is_some() || l.cgroup.is_some()) else {
            continue;
        };
        // A limit above the container has a name of its own, and belongs to all that is below it.
        let own = matches!(limit.scope, Scope::Container | Scope::Pod | Scope::Service);
        let workload = names.get(incident.id.as_str()).filter(|_| own).cloned();
        let owner = workload.unwrap_or_else(|| last_name(limit.cgroup.as_deref()));
        hits.entry((owner, limit.scope, limit.limit_bytes)).or_default().push(incident);
    }
    let one = |((owner, scope, limit_bytes), incidents): ((String, Scope, Option<u64>), Vec<&Incident>)| FleetLimit {
        owner,
        scope,
        limit_bytes,
        times: sum(incidents.iter().copied()),
        nodes: nodes_of(&incidents),
    };
    let mut limits: Vec<FleetLimit> = hits.into_iter().map(one).collect();
    limits.sort_by_key(|l| std::cmp::Reverse(l.times));
    limits
}

/// `/kubepods/besteffort` -> `besteffort`.
fn last_name(cgroup: Option<&str>) -> String {
    cgroup.and_then(|path| path.rsplit('/').find(|name| !name.is_empty())).unwrap_or("unknown").to_owned()
}

/// The JSON Schema of [`Fleet`] as pretty-printed text.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Fleet);
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}

/// One report a node, in the order of the report's nodes: what is known of that node alone. Problems that belong to no
/// source of any node are in none of them: the report as a whole has them.
pub fn by_node(report: &Report) -> Vec<(String, Report)> {
    let mut names: Vec<&str> = report.nodes.iter().map(|node| node.name.as_str()).collect();
    // Never lose an incident, even one whose node is not listed.
    let listed: BTreeSet<&str> = names.iter().copied().collect();
    let others: BTreeSet<&str> =
        report.incidents.iter().map(|i| i.node.as_str()).filter(|name| !listed.contains(name)).collect();
    names.extend(others);
    names.into_iter().map(|name| (name.to_owned(), of_node(report, name))).collect()
}

fn of_node(report: &Report, name: &str) -> Report {
    let sources: Vec<_> = report.sources.iter().filter(|s| s.node.as_deref() == Some(name)).cloned().collect();
    let paths: BTreeSet<&str> = sources.iter().map(|s| s.path.as_str()).collect();
    let problems = report.problems.iter().filter(|p| p.source.as_deref().is_some_and(|path| paths.contains(path)));
    let problems = problems.cloned().collect();
    let mut own = Report {
        schema: SCHEMA.to_owned(),
        oomscan: report.oomscan.clone(),
        summary: Summary::default(),
        nodes: report.nodes.iter().filter(|node| node.name == name).cloned().collect(),
        incidents: report.incidents.iter().filter(|i| i.node == name).cloned().collect(),
        workloads: report.workloads.iter().filter(|w| w.node == name).cloned().collect(),
        sources,
        problems,
    };
    own.summary = Summary::of(&own);
    own
}

#[cfg(test)]
#[path = "fleet_tests.rs"]
mod tests;
