//! What stands in the columns of each table. New columns go to the end.

use crate::language::Language;
use crate::render::facts::{container, ended, place, usage};
use crate::render::text::group::Subjects;
use crate::report::{Container, Incident, Termination, Victim};
use serde::Serialize;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Anything that a log or a person can have written.
    Text(String),
    /// A number or a fixed word of the program.
    Number(String),
    /// Not known.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// Numbers and flags.
macro_rules! number_cells {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Cell {
            fn from(number: $kind) -> Self {
                Self::Number(number.to_string())
            }
        }
    )*};
}
number_cells!(u64, i64, u32, i32, usize, f64, bool);

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// The word that the JSON report has for it.
fn word(value: impl Serialize) -> Cell {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Cell::Number(word),
        _ => Cell::Empty,
    }
}

/// Columns of `incidents`.
pub(super) const INCIDENTS: [&str; 35] = [
    "id",
    "node",
    "boot_id",
    "time",
    "uptime_s",
    "clock",
    "verdict",
    "cause",
    "agent",
    "confidence",
    "count",
    "subject",
    "namespace",
    "pod",
    "container",
    "container_id",
    "image",
    "unit",
    "victims",
    "victim_pid",
    "victim_comm",
    "victim_anon_rss_bytes",
    "limit_scope",
    "limit_cgroup",
    "limit_bytes",
    "usage_bytes",
    "total_bytes",
    "largest_holder",
    "largest_holder_bytes",
    "terminations",
    "exit_code",
    "oom_flag",
    "summary",
    "advice",
    "proof",
];

/// Row of an incident: of its containers, victims and ends the first.
pub(super) fn incident(subjects: &Subjects, incident: &Incident) -> [Cell; 35] {
    let end = incident.terminations.first();
    let victim = incident.victims.first();
    let about = container(incident, end.and_then(|end| end.container))
        .or_else(|| container(incident, victim.and_then(|victim| victim.container)))
        .or(incident.containers.first());
    let limit = incident.limit.as_ref();
    let used = usage(incident);
    let holder = incident.holders.iter().max_by_key(|holder| holder.bytes);
    [
        (&incident.id).into(),
        (&incident.node).into(),
        incident.boot_id.as_ref().into(),
        incident.time.as_ref().into(),
        incident.uptime_s.into(),
        word(incident.clock),
        word(incident.verdict),
        word(incident.cause),
        incident.agent.as_ref().into(),
        word(incident.confidence),
        incident.count.into(),
        subjects.name(incident).into(),
        about.and_then(|c| c.namespace.as_ref()).into(),
        about.and_then(|c| c.pod.as_ref()).into(),
        about.and_then(|c| c.name.as_ref()).into(),
        about.and_then(|c| c.id.as_ref()).into(),
        about.and_then(|c| c.image.as_ref()).into(),
        end.and_then(|end| end.unit.as_ref()).or(about.and_then(|c| c.unit.as_ref())).into(),
        incident.victims.len().into(),
        victim.map(|victim| victim.pid).into(),
        victim.map(|victim| &victim.comm).into(),
        victim.and_then(|victim| victim.anon_rss_bytes).into(),
        limit.map_or(Cell::Empty, |limit| word(limit.scope)),
        limit.and_then(|limit| limit.cgroup.as_ref()).into(),
        limit.and_then(|limit| limit.limit_bytes).into(),
        limit.and_then(|limit| limit.usage_bytes).or(used.map(|(used, _)| used)).into(),
        incident.memory.as_ref().and_then(|memory| memory.total_bytes).or(used.map(|(_, total)| total)).into(),
        holder.map(|holder| &holder.name).into(),
        holder.map(|holder| holder.bytes).into(),
        incident.terminations.len().into(),
        end.and_then(|end| end.exit_code).into(),
        end.and_then(|end| end.oom_flag).into(),
        (&incident.summary).into(),
        incident.advice.first().map(|advice| &advice.action).into(),
        incident.evidence.first().map(|proof| place(proof, Language::English)).into(),
    ]
}

/// Columns of `victims`.
pub(super) const VICTIMS: [&str; 24] = [
    "incident",
    "node",
    "time",
    "uptime_s",
    "cause",
    "agent",
    "pid",
    "comm",
    "uid",
    "main",
    "oom_score_adj",
    "total_vm_bytes",
    "anon_rss_bytes",
    "file_rss_bytes",
    "shmem_rss_bytes",
    "swap_bytes",
    "pgtables_bytes",
    "namespace",
    "pod",
    "container",
    "container_id",
    "image",
    "unit",
    "cgroup",
];

/// Rows of the killed processes.
pub(super) fn victims(incident: &Incident) -> Vec<[Cell; 24]> {
    incident.victims.iter().map(|victim| killed(incident, victim)).collect()
}

fn killed(incident: &Incident, victim: &Victim) -> [Cell; 24] {
    let [namespace, pod, name, id, image, unit] = names(container(incident, victim.container));
    [
        (&incident.id).into(),
        (&incident.node).into(),
        victim.time.as_ref().or(incident.time.as_ref()).into(),
        victim.uptime_s.or(incident.uptime_s).into(),
        word(incident.cause),
        incident.agent.as_ref().into(),
        victim.pid.into(),
        (&victim.comm).into(),
        victim.uid.into(),
        victim.main.into(),
        victim.oom_score_adj.into(),
        victim.total_vm_bytes.into(),
        victim.anon_rss_bytes.into(),
        victim.file_rss_bytes.into(),
        victim.shmem_rss_bytes.into(),
        victim.swap_bytes.into(),
        victim.pgtables_bytes.into(),
        namespace,
        pod,
        name,
        id,
        image,
        unit,
        victim.cgroup.as_ref().into(),
    ]
}

/// Columns of `terminations`.
pub(super) const TERMINATIONS: [&str; 25] = [
    "incident",
    "node",
    "verdict",
    "cause",
    "confidence",
    "who",
    "finished",
    "exit_code",
    "signal",
    "signal_name",
    "oom_flag",
    "reason",
    "pid",
    "started",
    "restarted",
    "restart_count",
    "agent",
    "told_by",
    "namespace",
    "pod",
    "container",
    "container_id",
    "image",
    "unit",
    "summary",
];

/// Rows of the ends.
pub(super) fn terminations(incident: &Incident) -> Vec<[Cell; 25]> {
    incident.terminations.iter().map(|end| termination(incident, end)).collect()
}

fn termination(incident: &Incident, end: &Termination) -> [Cell; 25] {
    let [namespace, pod, name, id, image, unit] = names(container(incident, end.container));
    [
        (&incident.id).into(),
        (&incident.node).into(),
        word(incident.verdict),
        word(incident.cause),
        word(incident.confidence),
        ended(incident, end, Language::English).into(),
        end.finished.as_ref().into(),
        end.exit_code.into(),
        end.signal.into(),
        end.signal_name.as_ref().into(),
        end.oom_flag.into(),
        end.reason.as_ref().into(),
        end.pid.into(),
        end.started.as_ref().into(),
        end.restarted.as_ref().into(),
        end.restart_count.into(),
        incident.agent.as_ref().into(),
        end.sources.join(" ").into(),
        namespace,
        pod,
        name,
        id,
        image,
        end.unit.as_ref().map_or(unit, Into::into),
        (&incident.summary).into(),
    ]
}

/// Namespace, pod, name, id, image, unit.
fn names(container: Option<&Container>) -> [Cell; 6] {
    let of = |field: fn(&Container) -> &Option<String>| container.and_then(|c| field(c).as_ref()).into();
    [of(|c| &c.namespace), of(|c| &c.pod), of(|c| &c.name), of(|c| &c.id), of(|c| &c.image), of(|c| &c.unit)]
}
