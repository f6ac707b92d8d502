use super::super::{Limit, Node, Problem, Severity, Source};
use super::*;

fn incident(id: &str, node: &str, time: &str, cause: Cause, verdict: Verdict) -> Incident {
    let limit = (cause == Cause::ContainerLimit).then(|| Limit {
        cgroup: Some(format!("/docker/{id}")),
        scope: Scope::Container,
        limit_bytes: Some(512 << 20),
        ..Limit::default()
    });
    Incident {
        id: id.to_owned(),
        node: node.to_owned(),
        time: Some(time.to_owned()),
        cause,
        verdict,
        limit: limit.map(Box::new),
        count: 1,
        ..Incident::default()
    }
}

fn workload(name: &str, node: &str, incidents: &[&str], memory: u64, times: (&str, &str)) -> Workload {
    Workload {
        name: name.to_owned(),
        kind: "pod_container".to_owned(),
        node: node.to_owned(),
        namespace: Some("prod".to_owned()),
        incidents: incidents.iter().map(|id| (*id).to_owned()).collect(),
        memory_restarts: memory,
        other_restarts: incidents.len() as u64 - memory,
        first: Some(times.0.to_owned()),
        last: Some(times.1.to_owned()),
        ..Workload::default()
    }
}

/// Two nodes in two zones: `b`'s only incident is the earliest, although its text sorts last.
fn report() -> Report {
    let memory = Verdict::Memory;
    let mut report = Report {
        nodes: ["a", "b", "quiet"].map(|n| Node { name: n.to_owned(), ..Node::default() }).to_vec(),
        incidents: vec![
            incident("1", "a", "2026-11-23T09:00:00Z", Cause::ContainerLimit, memory),
            incident("2", "a", "2026-11-23T10:00:00Z", Cause::ContainerLimit, memory),
            incident("3", "a", "2026-11-23T11:00:00Z", Cause::NodeMemory, memory),
            incident("4", "a", "2026-11-23T12:00:00Z", Cause::Crash, Verdict::NotMemory),
            incident("5", "b", "2026-11-23T16:30:00+08:00", Cause::ContainerLimit, memory),
        ],
        workloads: vec![
            workload("web/web", "a", &["1", "2"], 2, ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z")),
            workload("batch/run", "a", &["4"], 0, ("2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z")),
            workload("web/web", "b", &["5"], 1, ("2026-11-23T16:30:00+08:00", "2026-11-23T16:30:00+08:00")),
        ],
        sources: [("x/a.log", "a"), ("x/b.log", "b")]
            .map(|(path, node)| Source { path: path.into(), node: Some(node.into()), ..Source::default() })
            .to_vec(),
        problems: [Some("x/a.log"), Some("x/none"), None]
            .map(|source| Problem {
                severity: Severity::Warning,
                source: source.map(str::to_owned),
                line: None,
                message: "cut".to_owned(),
            })
            .to_vec(),
        ..Report::default()
    };
    report.summary = Summary::of(&report);
    report
}

#[test]
fn nodes_by_memory_incidents() {
    let fleet = Fleet::of(&report());
    let shown: Vec<_> = fleet.nodes.iter().map(|n| (n.name.as_str(), n.memory, n.not_memory, n.main_cause)).collect();
    let wanted =
        [("a", 3, 1, Some(Cause::ContainerLimit)), ("b", 1, 0, Some(Cause::ContainerLimit)), ("quiet", 0, 0, None)];
    assert_eq!(shown, wanted);
    assert_eq!((fleet.summary.memory, fleet.problems), (4, 3));
}

#[test]
fn first_and_last_are_instants() {
    let fleet = Fleet::of(&report());
    assert_eq!(fleet.first.as_deref(), Some("2026-11-23T16:30:00+08:00"));
    assert_eq!(fleet.last.as_deref(), Some("2026-11-23T12:00:00Z"));
    assert_eq!(fleet.nodes[0].first.as_deref(), Some("2026-11-23T09:00:00Z"));
}

#[test]
fn workloads_are_added_up_over_nodes() {
    let fleet = Fleet::of(&report());
    let web = &fleet.workloads[0];
    assert_eq!((web.name.as_str(), web.memory_restarts, web.other_restarts), ("web/web", 3, 0));
    assert_eq!(web.nodes, ["a", "b"]);
    assert_eq!(web.first.as_deref(), Some("2026-11-23T16:30:00+08:00"));
    assert_eq!(fleet.workloads[1].name, "batch/run");
}

#[test]
fn causes_and_limits() {
    let mut report = report();
    // A storm of equal reports counts in full.
    report.incidents[2].count = 5;
    let fleet = Fleet::of(&report);
    let causes: Vec<_> = fleet.causes.iter().map(|c| (c.cause, c.incidents, c.nodes)).collect();
    assert_eq!(causes, [(Cause::NodeMemory, 5, 1), (Cause::ContainerLimit, 3, 2), (Cause::Crash, 1, 1)]);
    assert_eq!(fleet.limits.len(), 1);
    let limit = &fleet.limits[0];
    assert_eq!((limit.owner.as_str(), limit.times, limit.nodes), ("prod/web/web", 3, 2));
}

#[test]
fn a_limit_above_containers_has_its_own_name() {
    let mut report = report();
    for (at, id) in [(0, "/kubepods/besteffort"), (4, "/kubepods/besteffort/")] {
        let limit = report.incidents[at].limit.as_mut().unwrap();
        (limit.scope, limit.cgroup) = (Scope::Qos, Some(id.to_owned()));
    }
    let limits = Fleet::of(&report).limits;
    let shown: Vec<_> = limits.iter().map(|l| (l.owner.as_str(), l.times)).collect();
    assert_eq!(shown, [("besteffort", 2), ("prod/web/web", 1)]);
}

#[test]
fn every_incident_is_in_one_report() {
    let mut report = report();
    report.incidents.push(incident("6", "unlisted", "2026-11-23T13:00:00Z", Cause::Crash, Verdict::NotMemory));
    let parts = by_node(&report);
    let shown: Vec<_> = parts.iter().map(|(n, r)| (n.as_str(), r.incidents.len(), r.problems.len())).collect();
    assert_eq!(shown, [("a", 4, 1), ("b", 1, 0), ("quiet", 0, 0), ("unlisted", 1, 0)]);
    let a = &parts[0].1;
    assert_eq!((a.summary.memory, a.summary.sources, a.workloads.len(), a.nodes.len()), (3, 1, 2, 1));
}

#[test]
fn nothing_at_all() {
    let fleet = Fleet::of(&Report::default());
    assert_eq!((fleet.schema.as_str(), fleet.first, fleet.nodes.len()), (FLEET_SCHEMA, None, 0));
    assert!(json_schema().contains("FleetNode"));
}
