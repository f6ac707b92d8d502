//! What it cost: restarts, lifetimes, time out of service.

use super::escape::{cell, code};
use super::{MAX_ROWS, Page, head};
use crate::render::facts::micros;
use crate::render::text::units::span;
use crate::render::text::words;
use crate::report::{Incident, Termination, Verdict, Workload};
use crate::say;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// Names of killed processes that are told.
const NAMES: usize = 8;

/// Writes the section.
pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}\n", say!(page.language, "render-pm-impact"))?;
    let workloads: Vec<&Workload> = page.report.workloads.iter().collect();
    let shown = page.fold(workloads.len(), MAX_ROWS);
    if shown > 0 {
        table(page, &workloads, shown, out)?;
    }
    if let Some(killed) = killed(page) {
        writeln!(out, "- {killed}")?;
    }
    writeln!(out, "- {}\n", say!(page.language, "render-pm-users"))
}

fn table(page: &Page, workloads: &[&Workload], shown: usize, out: &mut dyn Write) -> io::Result<()> {
    let incidents: HashMap<&str, &Incident> =
        page.report.incidents.iter().map(|incident| (incident.id.as_str(), incident)).collect();
    let language = page.language;
    let titles = [
        say!(language, "render-title-what"),
        say!(language, "render-title-node"),
        say!(language, "render-title-memory-ends"),
        say!(language, "render-title-other-ends"),
        say!(language, "render-title-lost"),
        say!(language, "render-title-lifetime"),
        say!(language, "render-title-interval"),
        say!(language, "render-title-down"),
    ];
    head(&titles, &[2, 3, 4, 5, 6, 7], out)?;
    let seconds = |value: Option<f64>| match value {
        Some(value) => span(value, language),
        None => say!(language, "render-not-known"),
    };
    for workload in workloads.iter().take(shown) {
        let ends = Ends::of(workload, &incidents);
        let name = workload.namespace.as_ref().map(|n| format!("{n}/")).unwrap_or_default() + &workload.name;
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(&name),
            cell(&workload.node),
            workload.memory_restarts,
            workload.other_restarts,
            seconds(ends.lived_s),
            seconds(workload.median_lifetime_s),
            workload.median_interval_s.map(|s| span(s, language)).unwrap_or_default(),
            seconds(ends.down_s),
        )?;
    }
    writeln!(out)?;
    page.more(shown, workloads.len(), out)?;
    writeln!(out, "{}\n", say!(language, "render-pm-impact-note"))
}

/// Sums over the ends of a workload.
#[derive(Default)]
struct Ends {
    lived_s: Option<f64>,
    down_s: Option<f64>,
}

impl Ends {
    fn of(workload: &Workload, incidents: &HashMap<&str, &Incident>) -> Self {
        let mut sums = Self::default();
        let own = workload.incidents.iter().filter_map(|id| incidents.get(id.as_str()));
        for incident in own.filter(|incident| incident.verdict == Verdict::Memory) {
            for end in incident.terminations.iter().filter(|end| is_of(workload, incident, end)) {
                add(&mut sums.lived_s, between(end.started.as_deref(), end.finished.as_deref()));
                add(&mut sums.down_s, between(end.finished.as_deref(), end.restarted.as_deref()));
            }
        }
        sums
    }
}

/// An incident can end several workloads.
fn is_of(workload: &Workload, incident: &Incident, end: &Termination) -> bool {
    if incident.terminations.len() == 1 {
        return true;
    }
    let own = workload.name.rsplit('/').next().unwrap_or_default();
    let container = end.container.and_then(|at| incident.containers.get(at));
    let name = container.and_then(|c| c.name.as_deref());
    let id = container.and_then(|c| c.id.as_deref());
    name == Some(own) || end.unit.as_deref() == Some(own) || id.is_some_and(|id| own.len() >= 12 && id.starts_with(own))
}

fn add(sum: &mut Option<f64>, seconds: Option<f64>) {
    if let Some(seconds) = seconds {
        *sum = Some(sum.unwrap_or(0.0) + seconds);
    }
}

fn between(from: Option<&str>, to: Option<&str>) -> Option<f64> {
    let us = micros(to?)?.checked_sub(micros(from?)?)?;
    (us >= 0).then_some(us as f64 / 1e6)
}

/// "Killed: 3 times `canal-server`, 3 times `metrics-daemon`."
fn killed(page: &Page) -> Option<String> {
    let mut names: BTreeMap<&str, u64> = BTreeMap::new();
    for victim in page.report.incidents.iter().flat_map(|incident| &incident.victims) {
        let times = names.entry(victim.comm.as_str()).or_default();
        *times = times.saturating_add(1);
    }
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by_key(|&(_, times)| std::cmp::Reverse(times));
    let told: Vec<String> = names
        .iter()
        .take(NAMES)
        .map(|(name, times)| say!(page.language, "render-pm-name-times", name = code(name), times = *times))
        .collect();
    let more = names.len().checked_sub(NAMES).filter(|&left| left > 0);
    let names = words::join(&told, page.language);
    Some(match more {
        _ if told.is_empty() => return None,
        Some(left) => say!(page.language, "render-pm-killed-more", names = names, n = left),
        None => say!(page.language, "render-pm-killed", names = names),
    })
}
