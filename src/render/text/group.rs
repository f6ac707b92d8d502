//! Equal incidents, put together: the same thing ended for the same reason again and again.

use super::words;
use crate::language::Language;
use crate::report::{Cause, Incident, Report, Verdict, Workload};
use std::collections::HashMap;

/// Incidents of one subject with one cause, in time order.
pub(in crate::render) struct Group<'a> {
    /// Who.
    pub(in crate::render) subject: String,
    /// Its workload.
    pub(in crate::render) workload: Option<&'a Workload>,
    /// The incidents; never empty.
    pub(in crate::render) incidents: Vec<&'a Incident>,
}

impl<'a> Group<'a> {
    /// The first one.
    pub(in crate::render) fn first(&self) -> Option<&'a Incident> {
        self.incidents.first().copied()
    }

    /// How often, with those that were folded before.
    pub(in crate::render) fn times(&self) -> u64 {
        self.incidents.iter().fold(0u64, |sum, incident| sum.saturating_add(incident.count.max(1)))
    }

    /// First and last time known.
    pub(in crate::render) fn span(&self) -> (Option<&'a str>, Option<&'a str>) {
        let mut times = self.incidents.iter().filter_map(|incident| incident.time.as_deref());
        let first = times.next();
        (first, times.next_back().or(first))
    }

    /// The subject; of a container without a name, with the process that was killed, when it was always the same.
    pub(in crate::render) fn subject_with_process(&self) -> String {
        let named = |incident: &Incident| incident.containers.iter().any(|c| c.name.is_some() || c.unit.is_some());
        let mut comms = self.incidents.iter().flat_map(|incident| &incident.victims).map(|victim| &victim.comm);
        match comms.next() {
            Some(comm)
                if *comm != self.subject && !self.incidents.iter().any(|i| named(i)) && comms.all(|c| c == comm) =>
            {
                format!("{} ({comm})", self.subject)
            }
            _ => self.subject.clone(),
        }
    }

    fn verdict(&self) -> Verdict {
        self.first().map_or(Verdict::Undetermined, |incident| incident.verdict)
    }
}

/// Whether an incident is shown: without `--all`, what was memory and what nobody can tell.
pub(in crate::render) fn is_shown(incident: &Incident, all: bool) -> bool {
    all || incident.verdict != Verdict::NotMemory
}

/// Who each incident is about.
pub(in crate::render) struct Subjects<'a>(HashMap<&'a str, Vec<&'a Workload>>, Language);

impl<'a> Subjects<'a> {
    /// Of a report. The language is that of the word `pod` before the uid of one without a name.
    pub(in crate::render) fn new(report: &'a Report, language: Language) -> Self {
        Self(workloads_by_incident(report), language)
    }

    /// The workload that an incident is about.
    pub(in crate::render) fn workload(&self, incident: &Incident) -> Option<&'a Workload> {
        workload_of(incident, &self.0)
    }

    /// A name for what was hit.
    pub(in crate::render) fn name(&self, incident: &Incident) -> String {
        subject(incident, self.workload(incident), self.1)
    }
}

/// What makes incidents equal.
type Key<'a> = (Verdict, Cause, &'a str, String, Option<&'a str>);

/// Groups the incidents that are shown: memory first, then what is undetermined, then the rest; the frequent first.
pub(in crate::render) fn groups(report: &Report, all: bool, language: Language) -> Vec<Group<'_>> {
    let subjects = Subjects::new(report, language);
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for incident in report.incidents.iter().filter(|incident| is_shown(incident, all)) {
        let workload = subjects.workload(incident);
        let subject = subject(incident, workload, language);
        let key = (incident.verdict, incident.cause, incident.node.as_str(), subject, incident.agent.as_deref());
        match places.get(&key).and_then(|&at| groups.get_mut(at)) {
            Some(group) => group.incidents.push(incident),
            None => {
                groups.push(Group { subject: key.3.clone(), workload, incidents: vec![incident] });
                places.insert(key, groups.len() - 1);
            }
        }
    }
    // Stable: groups with the same rank stay in time order.
    groups.sort_by_key(|group| (rank(group.verdict()), std::cmp::Reverse(group.times())));
    groups
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Memory => 0,
        Verdict::Undetermined => 1,
        Verdict::NotMemory => 2,
    }
}

fn workloads_by_incident(report: &Report) -> HashMap<&str, Vec<&Workload>> {
    let mut map: HashMap<&str, Vec<&Workload>> = HashMap::new();
    for workload in &report.workloads {
        for id in &workload.incidents {
            map.entry(id.as_str()).or_default().push(workload);
        }
    }
    map
}

/// The workload that an incident is about: that of the container that ended or lost a process.
fn workload_of<'a>(incident: &Incident, map: &HashMap<&str, Vec<&'a Workload>>) -> Option<&'a Workload> {
    let list = map.get(incident.id.as_str())?;
    if list.len() < 2 {
        return list.first().copied();
    }
    let main = main_container(incident).and_then(|at| incident.containers.get(at))?;
    let names = [main.name.as_deref(), main.unit.as_deref()];
    list.iter()
        .copied()
        .find(|workload| {
            let own = workload.name.rsplit('/').next().unwrap_or_default();
            let by_id =
                main.id.as_deref().is_some_and(|id| workload.name.len() >= 12 && id.starts_with(&workload.name));
            by_id || names.contains(&Some(own))
        })
        .or_else(|| list.first().copied())
}

/// Index of the container that the story is about.
fn main_container(incident: &Incident) -> Option<usize> {
    let ended = incident.terminations.iter().find_map(|end| end.container);
    ended.or_else(|| incident.victims.iter().find_map(|victim| victim.container))
}

/// A name for what was hit.
fn subject(incident: &Incident, workload: Option<&Workload>, language: Language) -> String {
    if let Some(workload) = workload {
        return match &workload.namespace {
            Some(namespace) => format!("{namespace}/{}", workload.name),
            None => workload.name.clone(),
        };
    }
    let named = main_container(incident).or((!incident.containers.is_empty()).then_some(0));
    named
        .and_then(|at| incident.containers.get(at))
        .and_then(|container| words::container(container, language))
        .or_else(|| incident.terminations.iter().find_map(|end| end.unit.clone()))
        .or_else(|| incident.victims.iter().find_map(|victim| leaf(victim.cgroup.as_deref())))
        .or_else(|| leaf(incident.limit.as_ref().and_then(|limit| limit.cgroup.as_deref())))
        .or_else(|| incident.victims.first().map(|victim| victim.comm.clone()).filter(|comm| !comm.is_empty()))
        .or_else(|| incident.program.clone())
        .unwrap_or_else(|| incident.node.clone())
}

/// The last name of a cgroup path; a container id in it is shortened to the 12 digits that tools show.
fn leaf(path: Option<&str>) -> Option<String> {
    let name = path?.rsplit('/').find(|name| !name.is_empty())?;
    let is_id = |part: &&str| part.len() == 64 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let id = name.split(|c: char| !c.is_ascii_alphanumeric()).find(is_id);
    Some(match id.and_then(|id| id.get(..12)) {
        Some(start) => start.to_owned(),
        None => name.to_owned(),
    })
}
