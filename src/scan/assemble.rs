//! From joined stories to the finished report: fills and explains every incident, groups the workloads, counts.

use super::Options;
use super::unread::{self, Quoted};
use crate::correlate::{self, Correlated, Story};
use crate::diagnose;
use crate::event::SourceFacts;
use crate::language::{Language, Sentence};
use crate::report::{Cause, Confidence, Incident, Problem, Report, SCHEMA, Scope, Severity, Source, Summary};
use crate::say;
use rayon::prelude::*;

/// Builds the report.
pub(super) fn report(
    correlated: Correlated,
    sources: &[SourceFacts],
    shown: Vec<Source>,
    (mut problems, quoted): (Vec<Problem>, Vec<Quoted>),
    options: &Options,
) -> Report {
    let mut incidents: Vec<Incident> = correlated.stories.into_par_iter().map(|s| explain(*s, options)).collect();
    problems.extend(unread::untold(quoted, &incidents));
    incidents.retain(|i| in_time(i, options));
    sort(&mut incidents);
    number_twins(&mut incidents);
    let workloads = correlate::workloads::collect(&incidents, options.language);
    problems.extend(sources.iter().flat_map(|source| source_problems(source, options.language)));
    problems.sort();
    problems.dedup();
    let mut report = Report {
        schema: SCHEMA.to_owned(),
        oomscan: env!("CARGO_PKG_VERSION").to_owned(),
        summary: Summary::default(),
        nodes: correlated.nodes,
        incidents,
        workloads,
        sources: shown,
        problems,
    };
    report.summary = Summary::of(&report);
    report
}

fn explain(story: Story, options: &Options) -> Incident {
    let language = options.language;
    let Story { mut incident, oom, victims, hints, own_container } = story;
    if let Some(oom) = &oom {
        (incident.verdict, incident.cause) = diagnose::classify(oom);
        diagnose::fill(oom, &mut incident, language);
        incident.dump = options.details.then(|| Box::new(diagnose::dump(oom, language)));
        for join in victims {
            if let Some(victim) = incident.victims.iter_mut().find(|v| v.pid == join.pid) {
                victim.container = join.container;
                victim.main = join.main;
                victim.time = join.time;
                victim.uptime_s = join.uptime_s;
            }
        }
        if own_container {
            name_container_limit(&mut incident);
        }
        correlate::cap_confidence(&mut incident);
        if incident.cause == Cause::NodeMemory && diagnose::is_undecided(oom) {
            incident.confidence = incident.confidence.min(Confidence::Strong);
            incident.confidence_reasons.push(say!(language, "join-sure-zones-missing"));
        }
    }
    if hints.counted_kills.is_some() {
        diagnose::classify_counted(&mut incident);
    }
    let notes = diagnose::Notes {
        stop_asked_by: hints.stop_by,
        grace_s: hints.grace_s,
        torn_down: hints.torn_down,
        probe_message: hints.words.clone().filter(|_| incident.cause == Cause::ProbeFailure),
        userspace_reason: hints.words.clone().filter(|words| !words.is_empty() && acted_from_outside(incident.cause)),
        app_message: hints.words.clone().filter(|_| incident.cause == Cause::ApplicationHeap),
        start_error: hints.words.filter(|_| matches!(incident.cause, Cause::StartFailure | Cause::ContainerLimit)),
        kill_failed: hints.kill_failed,
        child: hints.child,
        child_name: hints.child_name,
        peak_bytes: hints.peak_bytes,
        oom_flag_contradiction: hints.flag_contradicts,
        kernel_log_covers: hints.covered,
        counter_covers: hints.counter_covers,
        by_time: hints.by_time,
        survived: hints.survived,
        previous_kills: hints.previous_kills,
        counted_kills: hints.counted_kills,
        kernel_release: hints.kernel,
        group_kill: oom.as_ref().is_some_and(|o| o.group.is_some()),
        later_exit_code: incident.terminations.iter().find_map(|t| t.exit_code),
        ..diagnose::Notes::default()
    };
    let context = diagnose::Context {
        oom: oom.as_deref(),
        node_memory_bytes: hints.node_memory_bytes,
        container_limit_bytes: hints.limit_bytes,
        notes,
        language,
    };
    diagnose::tell(&mut incident, &context);
    incident
}

/// A user-space killer or the kubelet ended it: `Stopped` has words where the kubelet evicted for another resource than memory.
fn acted_from_outside(cause: Cause) -> bool {
    matches!(cause, Cause::UserspaceKiller | Cause::Eviction | Cause::Stopped)
}

/// A cgroup such as `/default/gateway-ctr` is a container's although its path does not show it.
fn name_container_limit(incident: &mut Incident) {
    let own = incident
        .victims
        .iter()
        .any(|v| v.cgroup.is_some() && v.cgroup == incident.limit.as_ref().and_then(|l| l.cgroup.clone()));
    if incident.cause == Cause::CgroupLimit && own {
        incident.cause = Cause::ContainerLimit;
        if let Some(limit) = &mut incident.limit {
            limit.scope = Scope::Container;
        }
    }
}

fn unix(incident: &Incident) -> Option<i64> {
    incident.time.as_deref().and_then(crate::time::parse_rfc3339).and_then(|w| crate::time::resolve(&w, None, Some(0)))
}

fn in_time(incident: &Incident, options: &Options) -> bool {
    let limits = options.since_us.or(options.until_us);
    limits.and_then(|_| unix(incident)).is_none_or(|at| {
        options.since_us.is_none_or(|since| at >= since) && options.until_us.is_none_or(|until| at <= until)
    })
}

/// What incidents are put in order by.
type Order = (bool, Option<i64>, Option<u64>, Option<(String, u64)>, String, String);

/// Puts incidents in order of time.
pub(super) fn sort(incidents: &mut [Incident]) {
    incidents.sort_by_cached_key(order);
}

/// Undated incidents come last, in order of their uptime. What bears the same time, or none, comes as it stands in its source.
fn order(i: &Incident) -> Order {
    let unix = unix(i);
    let uptime = i.uptime_s.map(|u| (u * 1e6) as u64);
    let places = i.evidence.iter().map(|e| (&e.source, e.offset));
    let place = places.min().map(|(source, offset)| (source.clone(), offset));
    (unix.is_none(), unix, uptime, place, i.node.clone(), i.id.clone())
}

/// Two incidents of the same second and name would share an id: the later ones get a number.
fn number_twins(incidents: &mut [Incident]) {
    let mut seen = std::collections::BTreeMap::new();
    for incident in incidents {
        let count = seen.entry(incident.id.clone()).or_insert(0u32);
        *count += 1;
        if *count > 1 {
            incident.id = format!("{}-{count}", incident.id);
        }
    }
}

fn source_problems(source: &SourceFacts, language: Language) -> Vec<Problem> {
    let problem = |(line, message): &(Option<u64>, Sentence)| Problem {
        severity: Severity::Warning,
        source: Some(source.path.clone()),
        line: *line,
        message: message.tell(language),
    };
    source.problems.iter().map(problem).collect()
}
