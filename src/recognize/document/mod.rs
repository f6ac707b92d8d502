//! Whole documents found in bundles, told by their content wherever they lie: what the container engines, the CRI, Kubernetes and
//! systemd print about containers, pods and units, files of the cgroup and proc file systems, and what tells about the node.
//!
//! Documents are read whole ([`MAX_BYTES`]). Parsers of JSON and YAML are our own: they know the place of every value, keep
//! what stands before damage or a cut, and cannot be made to recurse, to expand aliases or to use memory without bound.

mod aci;
mod alert;
mod cgroup_files;
mod clock;
mod command;
mod container_list;
mod containerd;
mod cri;
mod doc;
mod dump;
mod ecs;
mod engine_events;
mod engine_inspect;
mod headless;
mod json;
mod json_piece;
mod kube_columns;
mod kube_describe;
mod kube_event;
mod kube_node;
mod kube_pod;
mod kube_table;
mod log_export;
mod names;
mod node;
mod node_files;
mod nomad;
mod objects;
mod oomctl;
mod outputs;
mod paste;
mod path;
mod pods;
mod size;
mod slurm;
mod sniff;
mod swarm;
mod systemd;
mod table;
mod yaml;

pub use log_export::{Exported, lines as exported_lines};
pub use path::{path_container, path_host};
pub use sniff::sniff;

use crate::event::{Event, SourceId};
use crate::language::Sentence;
use crate::sentence;
use doc::Doc;

/// The most bytes of a document that are read into memory.
pub const MAX_BYTES: u64 = 64 << 20;

/// Which document a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// `docker inspect`, `podman inspect`, `crictl inspect`, `config.v2.json`, `hostconfig.json`, OCI specs.
    ContainerInspect,
    /// `docker ps`, `podman ps`, `crictl ps`, `crictl pods` as JSON.
    ContainerListJson,
    /// The same and `ctr`'s, compose's and swarm's lists as tables.
    ContainerTable,
    /// `docker events`, `podman events` as text.
    EngineEvents,
    /// `docker events`, `podman events`, `runc events` as JSON.
    EngineEventsJson,
    /// `ctr events`.
    ContainerdEvents,
    /// Pods, events and nodes of the Kubernetes API as JSON, also `kubectl cluster-info dump`.
    KubernetesJson,
    /// Pods, events and nodes of the Kubernetes API as YAML (must-gather).
    KubernetesYaml,
    /// `kubectl describe pod|node`.
    KubernetesDescribe,
    /// A piece of `kubectl describe`, as people paste it, perhaps between logs.
    KubernetesPaste,
    /// `kubectl get pods|events` as a table.
    KubernetesTable,
    /// Members of a JSON object whose beginning is missing.
    JsonPiece,
    /// The same in YAML.
    YamlPiece,
    /// `systemctl show`.
    SystemctlShow,
    /// `systemctl status`.
    SystemctlStatus,
    /// `systemctl list-units`.
    SystemctlUnits,
    /// `oomctl`.
    Oomctl,
    /// `memory.events`, `memory.oom_control`, `memory.max` ...
    CgroupFile,
    /// `/proc/<pid>/cgroup`.
    ProcCgroup,
    /// `/proc/meminfo`.
    Meminfo,
    /// `/proc/vmstat`.
    Vmstat,
    /// `/proc/stat`.
    ProcStat,
    /// `/proc/version`, `uname -a`.
    KernelVersion,
    /// `/proc/uptime`.
    Uptime,
    /// `/proc/cmdline`.
    KernelCommandLine,
    /// `/etc/hostname`, `hostname`.
    Hostname,
    /// `hostnamectl`.
    Hostnamectl,
    /// `timedatectl`.
    Timedatectl,
    /// `date`.
    Date,
    /// `/etc/timezone`.
    Timezone,
    /// `free`.
    Free,
    /// `journalctl --list-boots`.
    BootList,
    /// `last -x`.
    LastBoots,
    /// `sacct` as a table, `scontrol show job`.
    SlurmJobs,
    /// `nomad alloc status`.
    NomadStatus,
    /// Several files or outputs of commands in one file: `tail -n +1 FILE...`, `grep . FILE...`, a support script's.
    FileDump,
    /// Log lines in an array of JSON objects, as a log store gives them back: see [`exported_lines`].
    LogExport,
}

impl Kind {
    /// What the document is, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::ContainerInspect => "container inspection",
            Kind::ContainerListJson | Kind::ContainerTable => "container list",
            Kind::EngineEvents | Kind::EngineEventsJson | Kind::ContainerdEvents => "container events",
            Kind::KubernetesJson | Kind::KubernetesYaml => "Kubernetes objects",
            Kind::KubernetesDescribe | Kind::KubernetesPaste => "kubectl describe",
            Kind::KubernetesTable => "kubectl table",
            Kind::JsonPiece => "piece of JSON",
            Kind::YamlPiece => "piece of YAML",
            Kind::SystemctlShow => "systemctl show",
            Kind::SystemctlStatus => "systemctl status",
            Kind::SystemctlUnits => "systemctl list-units",
            Kind::Oomctl => "oomctl",
            Kind::CgroupFile | Kind::ProcCgroup => "cgroup file",
            Kind::Meminfo | Kind::Free => "memory totals",
            Kind::Vmstat => "kernel counters",
            Kind::ProcStat | Kind::Uptime => "boot time",
            Kind::KernelVersion | Kind::KernelCommandLine => "kernel version",
            Kind::Hostname | Kind::Hostnamectl => "host name",
            Kind::Timedatectl | Kind::Date | Kind::Timezone => "clock",
            Kind::BootList | Kind::LastBoots => "list of boots",
            Kind::SlurmJobs => "Slurm jobs",
            Kind::NomadStatus => "Nomad allocation",
            Kind::FileDump => "files in one",
            Kind::LogExport => "log export",
        }
    }
}

/// Leaves of a document's bytes what may be lines of a log, in its place: people paste a log below a table, and scripts print
/// one command's output after the other. False where there can be none.
pub fn keep_log_lines(kind: Kind, path: &str, bytes: &mut [u8]) -> bool {
    match kind {
        Kind::FileDump => {
            let taken = dump::not_logs(path, bytes);
            taken.into_iter().for_each(|range| blank(bytes, range));
            true
        }
        Kind::ContainerInspect | Kind::ContainerListJson | Kind::EngineEventsJson | Kind::KubernetesJson => {
            let values = objects::values(bytes);
            values.into_iter().for_each(|range| blank(bytes, range));
            bytes.iter().any(|c| !c.is_ascii_whitespace())
        }
        // Its rows read like lines of a log, and are taken already.
        Kind::NomadStatus => {
            let own = nomad::event_lines(bytes);
            own.into_iter().for_each(|range| blank(bytes, range));
            true
        }
        kind if is_text(kind) || kind == Kind::KubernetesYaml => {
            let objects = objects_among(kind, path, bytes);
            objects.into_iter().for_each(|range| blank(bytes, range));
            is_text(kind) || bytes.iter().any(|c| !c.is_ascii_whitespace())
        }
        _ => false,
    }
}

/// The places of objects among the outputs of a text: they hold no lines of a log.
fn objects_among(kind: Kind, path: &str, bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut none = Vec::new();
    let doc = Doc::new(path, bytes, SourceId(0), &mut none);
    let outputs = outputs::split(Some(kind), &doc);
    outputs.into_iter().filter(|output| !is_text(output.kind)).map(|output| output.range).collect()
}

/// A document that people copy as text, perhaps with a log below it.
fn is_text(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::KubernetesDescribe
            | Kind::KubernetesPaste
            | Kind::KubernetesTable
            | Kind::JsonPiece
            | Kind::YamlPiece
            | Kind::ContainerTable
            | Kind::SlurmJobs
            | Kind::SystemctlStatus
            | Kind::SystemctlUnits
            | Kind::SystemctlShow
            | Kind::Hostnamectl
            | Kind::Timedatectl
            | Kind::Free
            | Kind::Meminfo
            | Kind::Vmstat
            | Kind::BootList
    )
}

/// Blanks, line feeds kept.
fn blank(bytes: &mut [u8], range: std::ops::Range<usize>) {
    let taken = bytes.get_mut(range).unwrap_or_default();
    taken.iter_mut().filter(|c| **c != b'\n').for_each(|c| *c = b' ');
}

/// Reads a whole document and adds what it says to `out`. Gives the problems met, (line, message): damaged or cut JSON and
/// YAML; everything before the damage is still used, and objects after it where they begin a line.
///
/// A fact's time is the document's own (of an exit: when it ended); its host is the node that the document names for it.
/// Its evidence is the line that proves it, or the piece from that place on when the whole document is one long line.
pub fn read(
    kind: Kind,
    path: &str,
    bytes: &[u8],
    source: SourceId,
    out: &mut Vec<Event>,
) -> Vec<(Option<u64>, Sentence)> {
    let limit = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX);
    let cut = bytes.len() > limit;
    let before = out.len();
    let mut doc = Doc::new(path, &bytes[..bytes.len().min(limit)], source, out);
    if cut {
        doc.problem(limit, sentence!("join-document-64-mib"));
    }
    read_doc(kind, &mut doc);
    let problems = doc.into_problems();
    pods::complete(out.get_mut(before..).unwrap_or_default());
    problems
}

fn read_doc(kind: Kind, doc: &mut Doc<'_, '_>) {
    let plain = if is_text(kind) || kind == Kind::FileDump { paste::plain(doc.bytes) } else { None };
    let Some(plain) = plain else { return read_plain(kind, doc) };
    let mut part = doc.unpasted(&plain);
    read_plain(kind, &mut part);
    let problems = part.into_problems();
    doc.add_problems(problems);
}

fn read_plain(kind: Kind, doc: &mut Doc<'_, '_>) {
    match kind {
        Kind::ContainerInspect | Kind::ContainerListJson | Kind::EngineEventsJson | Kind::KubernetesJson => {
            let taken = objects::read_json(doc);
            for rest in outputs::between(&taken, doc.bytes.len()) {
                read_rest(doc, rest);
            }
        }
        kind if is_text(kind) || kind == Kind::KubernetesYaml => {
            let outputs = outputs::split(Some(kind), doc);
            read_outputs(doc, outputs);
        }
        kind => read_one(kind, doc),
    }
}

/// Reads what stands beside objects.
fn read_rest(doc: &mut Doc<'_, '_>, range: std::ops::Range<usize>) {
    if doc.bytes.get(range.clone()).unwrap_or_default().trim_ascii().is_empty() {
        return;
    }
    let path = doc.path;
    let mut part = doc.piece(path, range);
    let outputs = outputs::split(None, &part);
    read_outputs(&mut part, outputs);
    let problems = part.into_problems();
    doc.add_problems(problems);
}

fn read_outputs(doc: &mut Doc<'_, '_>, outputs: Vec<outputs::Output>) {
    let before = doc.found().len();
    for outputs::Output { kind, range } in outputs {
        if range == (0..doc.bytes.len()) {
            return read_one(kind, doc);
        }
        let nameless = kind == Kind::KubernetesPaste && command::described(doc.path).is_none();
        let about = nameless.then(|| pods::only_ended(doc.found().get(before..).unwrap_or_default())).flatten();
        let path = doc.path;
        let mut part = doc.piece(about.as_deref().unwrap_or(path), range);
        read_one(kind, &mut part);
        // Who pastes an object into a text may well cut it.
        if !outputs::is_object(kind) {
            let problems = part.into_problems();
            doc.add_problems(problems);
        }
    }
}

/// Reads an output that is of one kind.
fn read_one(kind: Kind, doc: &mut Doc<'_, '_>) {
    match kind {
        Kind::ContainerInspect | Kind::ContainerListJson | Kind::EngineEventsJson | Kind::KubernetesJson => {
            objects::read_json(doc);
        }
        Kind::KubernetesYaml => objects::read_yaml(doc),
        Kind::ContainerTable => container_list::tables(doc),
        Kind::EngineEvents => engine_events::text(doc),
        Kind::ContainerdEvents => containerd::events(doc),
        Kind::KubernetesDescribe | Kind::KubernetesPaste => kube_describe::read(doc),
        Kind::KubernetesTable => kube_table::tables(doc),
        Kind::JsonPiece => json_piece::read(doc),
        Kind::YamlPiece => json_piece::read_yaml(doc),
        Kind::SystemctlShow => systemd::show(doc),
        Kind::SystemctlStatus => systemd::status(doc),
        Kind::SystemctlUnits => systemd::list_units(doc),
        Kind::Oomctl => oomctl::read(doc),
        Kind::CgroupFile => cgroup_files::read(doc),
        Kind::ProcCgroup => cgroup_files::proc_cgroup(doc),
        Kind::SlurmJobs => slurm::text(doc),
        Kind::NomadStatus => nomad::status(doc),
        Kind::FileDump => dump::read(doc),
        kind => read_node_file(kind, doc),
    }
}

fn read_node_file(kind: Kind, doc: &mut Doc<'_, '_>) {
    match kind {
        Kind::Meminfo => node_files::meminfo(doc),
        Kind::Vmstat => node_files::vmstat(doc),
        Kind::ProcStat => node_files::stat(doc),
        Kind::KernelVersion => node_files::kernel_version(doc),
        Kind::Uptime => node_files::uptime(doc),
        Kind::KernelCommandLine => node_files::cmdline(doc),
        Kind::Hostname => node_files::hostname(doc),
        Kind::Hostnamectl => node_files::hostnamectl(doc),
        Kind::Timedatectl => node_files::timedatectl(doc),
        Kind::Date => node_files::date(doc),
        Kind::Timezone => node_files::timezone(doc),
        Kind::Free => node_files::free(doc),
        Kind::BootList => node_files::list_boots(doc),
        Kind::LastBoots => node_files::last(doc),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Fact, RuntimeFact};

    /// Sniffs and reads a document that must be one.
    pub(super) fn read_text(path: &str, text: &str) -> (Vec<Event>, Vec<(Option<u64>, Sentence)>) {
        let kind = sniff(path, text.as_bytes()).unwrap_or_else(|| panic!("no document: {path}: {text}"));
        let mut out = Vec::new();
        let problems = read(kind, path, text.as_bytes(), SourceId(7), &mut out);
        (out, problems)
    }

    /// The runtime facts among events.
    pub(super) fn facts(events: &[Event]) -> Vec<RuntimeFact> {
        events
            .iter()
            .filter_map(|event| match &event.fact {
                Fact::Runtime(fact) => Some(fact.as_ref().clone()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn every_kind_reads_anything() {
        let kinds = [
            Kind::ContainerInspect,
            Kind::ContainerTable,
            Kind::EngineEvents,
            Kind::ContainerdEvents,
            Kind::KubernetesYaml,
            Kind::KubernetesDescribe,
            Kind::KubernetesPaste,
            Kind::KubernetesTable,
            Kind::SystemctlShow,
            Kind::SystemctlStatus,
            Kind::SystemctlUnits,
            Kind::Oomctl,
            Kind::CgroupFile,
            Kind::ProcCgroup,
            Kind::Meminfo,
            Kind::Vmstat,
            Kind::ProcStat,
            Kind::KernelVersion,
            Kind::Uptime,
            Kind::KernelCommandLine,
            Kind::Hostname,
            Kind::Hostnamectl,
            Kind::Timedatectl,
            Kind::Date,
            Kind::Timezone,
            Kind::Free,
            Kind::BootList,
            Kind::LastBoots,
            Kind::SlurmJobs,
            Kind::NomadStatus,
            Kind::FileDump,
        ];
        let inputs: [&[u8]; 6] = [
            b"",
            b"\n",
            b"\xff\xfe\x00",
            "é: é=é\n● é.service - x\n  é:\n".as_bytes(),
            b"{\"a\":[{",
            b"NAME  READY\n\xe2\x82",
        ];
        for kind in kinds {
            for input in inputs {
                let mut out = Vec::new();
                let _ = read(kind, "memory.max", input, SourceId(0), &mut out);
                assert!(!kind.name().is_empty());
            }
        }
    }

    #[test]
    fn evidence_of_one_long_line_begins_at_the_proof() {
        let id = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
        let filler = "x".repeat(3000);
        let text = format!(
            "{{\"StreamConfig\":{{\"f\":\"{filler}\"}},\"State\":{{\"Running\":false,\"OOMKilled\":true,\"ExitCode\":137,\"FinishedAt\":\"2026-11-23T10:54:49Z\"}},\"ID\":\"{id}\"}}"
        );
        let (events, _) = read_text("config.v2.json", &text);
        let evidence = &events[0].evidence[0];
        assert!(evidence.text.starts_with("\"ExitCode\":137"), "{}", evidence.text);
        assert_eq!(usize::try_from(evidence.offset).unwrap(), text.find("\"ExitCode\"").unwrap());
        assert_eq!(evidence.line, Some(1));
    }
}
