//! Filters of the finished report: only the incidents that match stay, and the counts follow.

use super::{Incident, Report, Summary, Verdict, Workload};
use crate::language::Language;
use crate::say;
use regex::Regex;
use std::collections::HashSet;

/// A text to look for.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// The whole text.
    Exact(String),
    /// `/regex/`, found anywhere in the text.
    Regex(Regex),
}

impl Pattern {
    /// Reads `text` or `/regex/`.
    ///
    /// # Errors
    /// What is wrong with the regular expression.
    pub fn new(text: &str) -> Result<Self, String> {
        match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            Some(inner) if !inner.is_empty() => Regex::new(inner).map(Self::Regex).map_err(|error| error.to_string()),
            _ => Ok(Self::Exact(text.to_owned())),
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(wanted) => wanted == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }

    /// As [`Pattern::matches`], and a start of at least 6 hex digits for an id, as docker and crictl take it.
    fn matches_id(&self, id: &str) -> bool {
        match self {
            Self::Exact(wanted) => {
                wanted.len() >= 6 && wanted.bytes().all(|b| b.is_ascii_hexdigit()) && id.starts_with(wanted.as_str())
            }
            Self::Regex(regex) => regex.is_match(id),
        }
    }
}

/// What to keep. Patterns of one kind are alternatives; every kind that is given must match.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// That of the words about what is left.
    pub language: Language,
    /// Container name or id.
    pub container: Vec<Pattern>,
    /// Pod name or uid.
    pub pod: Vec<Pattern>,
    /// Namespace.
    pub namespace: Vec<Pattern>,
    /// systemd unit, with or without `.service`.
    pub unit: Vec<Pattern>,
    /// Node.
    pub node: Vec<Pattern>,
    /// Pid of a victim, of a main process that ended, or of the process that triggered the kill.
    pub pid: Vec<u32>,
    /// Name of a victim or of the process that triggered the kill.
    pub comm: Vec<Pattern>,
}

impl Filters {
    /// Is there nothing to filter?
    pub fn is_empty(&self) -> bool {
        self.pid.is_empty()
            && [&self.container, &self.pod, &self.namespace, &self.unit, &self.node, &self.comm]
                .iter()
                .all(|patterns| patterns.is_empty())
    }

    /// Does the incident match?
    fn keeps(&self, incident: &Incident) -> bool {
        let containers = &incident.containers;
        let texts =
            |of: fn(&super::Container) -> &Option<String>| containers.iter().filter_map(move |c| of(c).as_deref());
        let units = texts(|c| &c.unit).chain(incident.terminations.iter().filter_map(|end| end.unit.as_deref()));
        let comms = incident
            .victims
            .iter()
            .map(|v| v.comm.as_str())
            .chain(incident.trigger.iter().map(|t| t.comm.as_str()))
            .chain(incident.program.as_deref());
        let container_matches = |pattern: &Pattern| {
            texts(|c| &c.name).any(|name| pattern.matches(name)) || texts(|c| &c.id).any(|id| pattern.matches_id(id))
        };
        any(&self.container, container_matches)
            && any(&self.pod, |p| texts(|c| &c.pod).chain(texts(|c| &c.pod_uid)).any(|text| p.matches(text)))
            && any(&self.namespace, |p| texts(|c| &c.namespace).any(|text| p.matches(text)))
            && any(&self.unit, |p| units.clone().chain(cgroup_names(incident)).any(|unit| matches_unit(p, unit)))
            && any(&self.node, |p| p.matches(&incident.node))
            && any(&self.comm, |p| comms.clone().any(|comm| p.matches(comm)))
            && any(&self.pid, |&pid| pids(incident).any(|known| known == pid))
    }
}

/// No pattern at all, or one that matches.
fn any<T>(patterns: &[T], matches: impl FnMut(&T) -> bool) -> bool {
    patterns.is_empty() || patterns.iter().any(matches)
}

fn matches_unit(pattern: &Pattern, unit: &str) -> bool {
    pattern.matches(unit) || unit.strip_suffix(".service").is_some_and(|name| pattern.matches(name))
}

/// The names in the paths of the victims and of the limit: a victim's unit need not have ended.
fn cgroup_names(incident: &Incident) -> impl Iterator<Item = &str> {
    let victims = incident.victims.iter().filter_map(|victim| victim.cgroup.as_deref());
    let limit = incident.limit.iter().filter_map(|limit| limit.cgroup.as_deref());
    victims.chain(limit).flat_map(|path| path.split('/')).filter(|name| !name.is_empty())
}

fn pids(incident: &Incident) -> impl Iterator<Item = u32> {
    let victims = incident.victims.iter().map(|victim| victim.pid);
    let ended = incident.terminations.iter().filter_map(|end| end.pid);
    victims.chain(ended).chain(incident.trigger.iter().filter_map(|trigger| trigger.pid))
}

/// The report with the incidents that match, the workloads and nodes they belong to, and counts to fit. Sources and
/// problems stay: what was read does not depend on what is asked for. Without filters the report stays as it is.
pub fn apply(mut report: Report, filters: &Filters) -> Report {
    if filters.is_empty() {
        return report;
    }
    report.incidents.retain(|incident| filters.keeps(incident));
    let kept: HashSet<&str> = report.incidents.iter().map(|incident| incident.id.as_str()).collect();
    for workload in &mut report.workloads {
        narrow(workload, &kept, &report.incidents, filters.language);
    }
    report.workloads.retain(|workload| !workload.incidents.is_empty());
    report.nodes.retain(|node| any(&filters.node, |pattern| pattern.matches(&node.name)));
    report.summary = summary(&report);
    report
}

/// Takes the incidents away that did not stay. What was derived from all of them is then no longer known.
fn narrow(workload: &mut Workload, kept: &HashSet<&str>, incidents: &[Incident], language: Language) {
    let before = workload.incidents.len();
    workload.incidents.retain(|id| kept.contains(id.as_str()));
    if workload.incidents.len() == before {
        return;
    }
    let own: HashSet<&str> = workload.incidents.iter().map(String::as_str).collect();
    let own: Vec<&Incident> = incidents.iter().filter(|incident| own.contains(incident.id.as_str())).collect();
    workload.memory_restarts = number(own.iter().filter(|incident| incident.verdict == Verdict::Memory).count());
    workload.other_restarts = number(own.len()).saturating_sub(workload.memory_restarts);
    workload.first = own.iter().find_map(|incident| incident.time.clone());
    workload.last = own.iter().rev().find_map(|incident| incident.time.clone());
    workload.median_interval_s = None;
    workload.median_lifetime_s = None;
    workload.pattern = None;
    workload.summary = say!(language, "join-workload-filtered", own = own.len(), all = before, name = &workload.name);
}

/// Counts of the report as it is; how much was read is kept.
fn summary(report: &Report) -> Summary {
    Summary { sources: report.summary.sources, bytes: report.summary.bytes, ..Summary::of(report) }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::{Container, Node, Termination, Trigger, Victim};
    use super::*;

    fn incident(id: &str, node: &str, verdict: Verdict, name: &str, pid: u32) -> Incident {
        Incident {
            id: id.into(),
            node: node.into(),
            verdict,
            agent: Some("kernel".into()),
            time: Some(format!("2026-11-23T0{id}:00:00Z")),
            containers: vec![Container {
                name: Some(name.into()),
                id: Some(format!("{}{}", "ab12cd34".repeat(7), "00000000")),
                pod: Some(format!("{name}-x2x9z")),
                namespace: Some("prod".into()),
                ..Container::default()
            }],
            victims: vec![Victim { pid, comm: "java".into(), ..Victim::default() }],
            terminations: vec![Termination { unit: Some("ledger.service".into()), ..Termination::default() }],
            ..Incident::default()
        }
    }

    fn report() -> Report {
        let mut report = Report {
            nodes: vec![Node { name: "a".into(), ..Node::default() }, Node { name: "b".into(), ..Node::default() }],
            incidents: vec![
                incident("1", "a", Verdict::Memory, "web", 10),
                incident("2", "a", Verdict::NotMemory, "web", 11),
                incident("3", "b", Verdict::Memory, "cache", 12),
            ],
            workloads: vec![
                Workload {
                    name: "web".into(),
                    incidents: vec!["1".into(), "2".into()],
                    summary: "old".into(),
                    ..Workload::default()
                },
                Workload {
                    name: "cache".into(),
                    incidents: vec!["3".into()],
                    summary: "old".into(),
                    ..Workload::default()
                },
            ],
            ..Report::default()
        };
        report.summary = Summary { sources: 5, bytes: 99, ..summary(&report) };
        report
    }

    fn kept(filters: &Filters) -> Vec<String> {
        apply(report(), filters).incidents.into_iter().map(|incident| incident.id).collect()
    }

    fn one(text: &str) -> Vec<Pattern> {
        vec![Pattern::new(text).unwrap()]
    }

    #[test]
    fn nothing_asked_nothing_changed() {
        assert_eq!(apply(report(), &Filters::default()), report());
    }

    #[test]
    fn each_kind_of_filter() {
        let f = Filters::default;
        for (filters, expected) in [
            (Filters { container: one("web"), ..f() }, vec!["1", "2"]),
            (Filters { container: one("we"), ..f() }, vec![]),
            (Filters { container: one("/^w/"), ..f() }, vec!["1", "2"]),
            (Filters { container: one("ab12cd"), ..f() }, vec!["1", "2", "3"]),
            (Filters { container: one("ab12"), ..f() }, vec![]),
            (Filters { pod: one("cache-x2x9z"), ..f() }, vec!["3"]),
            (Filters { namespace: one("prod"), pod: one("/web/"), ..f() }, vec!["1", "2"]),
            (Filters { namespace: one("other"), ..f() }, vec![]),
            (Filters { unit: one("ledger"), ..f() }, vec!["1", "2", "3"]),
            (Filters { unit: one("ledger.service"), node: one("b"), ..f() }, vec!["3"]),
            (Filters { pid: vec![10, 12], ..f() }, vec!["1", "3"]),
            (Filters { comm: one("java"), ..f() }, vec!["1", "2", "3"]),
            (Filters { comm: one("python"), ..f() }, vec![]),
            (Filters { container: [one("web"), one("cache")].concat(), ..f() }, vec!["1", "2", "3"]),
        ] {
            assert_eq!(kept(&filters), expected, "{filters:?}");
        }
    }

    #[test]
    fn counts_follow() {
        let report = apply(report(), &Filters { pid: vec![10], ..Filters::default() });
        let summary = &report.summary;
        assert_eq!((summary.incidents, summary.memory, summary.not_memory, summary.victims), (1, 1, 0, 1));
        assert_eq!((summary.kernel_ooms, summary.terminations, summary.nodes), (1, 1, 2));
        assert_eq!((summary.sources, summary.bytes), (5, 99));
        assert_eq!(report.workloads.len(), 1);
        let web = &report.workloads[0];
        assert_eq!((web.memory_restarts, web.other_restarts, web.first == web.last), (1, 0, true));
        assert_eq!(web.summary, "1 of 2 incidents of web match.");
    }

    #[test]
    fn an_untouched_workload_keeps_its_story() {
        let report = apply(report(), &Filters { node: one("b"), ..Filters::default() });
        assert_eq!(report.nodes.len(), 1);
        assert_eq!(report.workloads[0].summary, "old");
    }

    #[test]
    fn the_trigger_counts_too() {
        let mut report = report();
        report.incidents[0].trigger =
            Some(Box::new(Trigger { pid: Some(7), comm: "curl".into(), ..Trigger::default() }));
        let found = apply(report, &Filters { pid: vec![7], comm: one("curl"), ..Filters::default() });
        assert_eq!(found.incidents.len(), 1);
    }

    #[test]
    fn a_unit_is_found_in_the_path_of_a_victim() {
        let mut report = report();
        report.incidents[1].victims[0].cgroup = Some("/system.slice/cron.service/job".into());
        let found = apply(report, &Filters { unit: one("cron"), ..Filters::default() });
        assert_eq!(found.incidents.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn patterns_are_read() {
        assert!(matches!(Pattern::new("/a+/"), Ok(Pattern::Regex(_))));
        assert!(matches!(Pattern::new("/"), Ok(Pattern::Exact(_))));
        assert!(matches!(Pattern::new("//"), Ok(Pattern::Exact(_))));
        assert!(matches!(Pattern::new("/usr"), Ok(Pattern::Exact(_))));
        assert!(Pattern::new("/(/").is_err());
    }
}
