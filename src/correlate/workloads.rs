//! The same incidents by what restarted: one workload per container name in a pod, named container or service.

use crate::language::Language;
use crate::report::{Cause, Container, Incident, Verdict, Workload, short_id};
use crate::say;
use crate::time::{SECOND_US, parse_rfc3339};
use std::collections::BTreeMap;

/// A life shorter than this, again and again, is a start that the limit does not allow.
const STARTUP_S: f64 = 60.0;

/// Who restarted: kind, node, namespace, name.
type Key = (&'static str, String, Option<String>, String);

/// Groups finished incidents; summaries in a language.
pub fn collect(incidents: &[Incident], language: Language) -> Vec<Workload> {
    let mut groups: BTreeMap<Key, Vec<&Incident>> = BTreeMap::new();
    for incident in incidents {
        for key in keys(incident) {
            groups.entry(key).or_default().push(incident);
        }
    }
    groups.into_iter().map(|(key, list)| workload(key, &list, language)).collect()
}

fn keys(incident: &Incident) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for container in &incident.containers {
        let node = incident.node.clone();
        // A service that hits its own limit restarts, not the system container that it runs in.
        let inner = incident.cause == Cause::ServiceLimit && container.unit.is_some() && !is_machine(container);
        let name = container.name.as_ref().filter(|_| !inner || container.id.is_some());
        let key = match (name, &container.pod, &container.unit) {
            (Some(name), Some(pod), _) => {
                ("pod_container", node, container.namespace.clone(), format!("{}/{name}", workload_of_pod(pod)))
            }
            (Some(name), None, _) => ("container", node, None, name.clone()),
            (None, _, Some(unit)) if container.id.as_deref().is_none_or(|id| short_id(id) != id) => {
                ("service", node, None, unit.clone())
            }
            (None, ..) => match (&container.id, &container.pod_uid) {
                (Some(id), _) => ("container", node, None, short_id(id).to_owned()),
                (None, Some(uid)) => ("pod_container", node, None, format!("pod {uid}")),
                (None, None) => continue,
            },
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// A virtual machine is a unit of its host.
fn is_machine(container: &Container) -> bool {
    container.runtime.as_deref() == Some("qemu")
}

/// `canal-server-7d9c5b6f4-x2x9z` and `canal-server-7d9c5b6f4-q8w7e` are pods of one deployment.
fn workload_of_pod(pod: &str) -> &str {
    let tail = |s: &str, len: std::ops::RangeInclusive<usize>| {
        len.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let Some((head, last)) = pod.rsplit_once('-').filter(|(_, last)| tail(last, 5..=5)) else { return pod };
    match head.rsplit_once('-') {
        Some((deployment, hash)) if tail(hash, 8..=10) && hash.bytes().any(|b| b.is_ascii_digit()) => deployment,
        _ if last.bytes().any(|b| b.is_ascii_digit()) => head,
        _ => pod,
    }
}

fn micros(time: Option<&String>) -> Option<i64> {
    match parse_rfc3339(time?)? {
        crate::event::Wall::Instant { unix_us, .. } => Some(unix_us),
        crate::event::Wall::Civil { .. } => None,
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len().checked_sub(1)? / 2;
    values.get(middle).copied()
}

fn workload((kind, node, namespace, name): Key, list: &[&Incident], language: Language) -> Workload {
    let memory = list.iter().filter(|i| i.verdict == Verdict::Memory).count();
    let times: Vec<i64> = list.iter().filter_map(|i| micros(i.time.as_ref())).collect();
    let gaps = times.windows(2).map(|w| (w[1] - w[0]) as f64 / SECOND_US as f64).filter(|g| *g >= 0.0).collect();
    let lives: Vec<f64> = list
        .iter()
        .flat_map(|i| &i.terminations)
        .filter_map(|t| Some((micros(t.finished.as_ref())? - micros(t.started.as_ref())?) as f64 / SECOND_US as f64))
        .filter(|l| *l >= 0.0)
        .collect();
    let median_lifetime_s = median(lives);
    let median_interval_s = median(gaps);
    let pattern = pattern(list, memory, median_lifetime_s);
    let summary = summary(language, &name, list.len(), memory, median_interval_s, pattern);
    Workload {
        name,
        kind: kind.to_owned(),
        node,
        namespace,
        incidents: list.iter().map(|i| i.id.clone()).collect(),
        memory_restarts: memory as u64,
        other_restarts: (list.len() - memory) as u64,
        first: list.iter().find_map(|i| i.time.clone()),
        last: list.iter().rev().find_map(|i| i.time.clone()),
        median_interval_s,
        median_lifetime_s,
        pattern: pattern.map(str::to_owned),
        summary,
    }
}

fn pattern(list: &[&Incident], memory: usize, lifetime: Option<f64>) -> Option<&'static str> {
    if memory == 0 {
        return (list.len() >= 3).then_some("crash_loop");
    }
    let innocent =
        list.iter().filter(|i| matches!(i.cause, Cause::NodeMemory | Cause::UserspaceKiller | Cause::Eviction)).count();
    if innocent * 2 > memory && list.iter().any(|i| held_by_others(i)) {
        return Some("bystander");
    }
    if memory == 1 {
        return Some("single");
    }
    // A kill that the container survived says nothing of how long it lives.
    let ended = list.iter().filter(|i| i.verdict == Verdict::Memory && !i.terminations.is_empty()).count();
    match lifetime.filter(|_| ended > 1) {
        Some(life) if life < STARTUP_S => Some("startup"),
        Some(_) => Some("growth"),
        None => None,
    }
}

/// The largest holder is not among the victims.
fn held_by_others(incident: &Incident) -> bool {
    incident.holders.first().is_some_and(|h| !incident.victims.iter().any(|v| v.comm == h.name))
}

fn summary(
    language: Language,
    name: &str,
    total: usize,
    memory: usize,
    interval: Option<f64>,
    pattern: Option<&str>,
) -> String {
    let rhythm = match interval {
        Some(_) if total == 2 => "apart",
        Some(s) if total > 2 && s < 1.0 => "rapid",
        Some(_) if total > 2 => "steady",
        _ => "unknown",
    };
    let span = interval.map(|s| span(language, s)).unwrap_or_default();
    let first = if memory == total {
        say!(language, "join-workload-short-of-memory", name = name, rhythm = rhythm, times = total, span = span)
    } else if memory == 0 {
        say!(language, "join-workload-ended", name = name, rhythm = rhythm, times = total, span = span)
    } else {
        say!(language, "join-workload-mixed", name = name, rhythm = rhythm, times = total, memory = memory, span = span)
    };
    let why = match pattern {
        Some("startup") => say!(language, "join-workload-startup"),
        Some("growth") => say!(language, "join-workload-growth"),
        Some("bystander") => say!(language, "join-workload-bystander"),
        Some("crash_loop") => say!(language, "join-workload-crash-loop"),
        _ => return first,
    };
    language.paragraph(&[first, why])
}

fn span(language: Language, seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => say!(language, "join-span-seconds", n = format!("{s:.0}")),
        s if s < 5400.0 => say!(language, "join-span-minutes", n = format!("{:.0}", s / 60.0)),
        s if s < 129_600.0 => say!(language, "join-span-hours", n = format!("{:.1}", s / 3600.0)),
        s => say!(language, "join-span-days", n = format!("{:.1}", s / 86_400.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Container;

    #[test]
    fn pods_of_one_deployment_are_one_workload() {
        assert_eq!(workload_of_pod("canal-server-7d9c5b6f4-x2x9z"), "canal-server");
        assert_eq!(workload_of_pod("node-exporter-x2x9z"), "node-exporter");
        assert_eq!(workload_of_pod("canal-server-0"), "canal-server-0");
        assert_eq!(workload_of_pod("my-cache-redis"), "my-cache-redis");
    }

    #[test]
    fn restarts_are_counted_with_their_interval() {
        let incident = |time: &str| Incident {
            id: time.to_owned(),
            time: Some(time.to_owned()),
            verdict: Verdict::Memory,
            cause: Cause::ContainerLimit,
            containers: vec![Container { name: Some("web".into()), ..Container::default() }],
            ..Incident::default()
        };
        let list =
            [incident("2026-11-23T10:00:00Z"), incident("2026-11-23T10:05:00Z"), incident("2026-11-23T10:10:00Z")];
        let found = collect(&list, Language::English);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].memory_restarts, found[0].median_interval_s), (3, Some(300.0)));
        assert!(found[0].summary.contains("3 times"), "{}", found[0].summary);
    }
}
