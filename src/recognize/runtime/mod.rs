//! What runtimes, the kubelet, systemd, user-space killers, platforms and applications write as log lines.
//!
//! One file a speaker. A speaker turns a `Line` into `RuntimeFact`s; who may speak is decided here, by the carrier's
//! identifier where there is one and by the shape of the line where there is none. No speaker joins anything: each fact
//! says what one line says. Only speakers whose sentences span several lines keep state ([`Speakers`]).

mod apps;
mod clock;
mod conmon;
mod containerd;
mod crio;
pub mod ctr_events;
mod docker;
pub mod docker_events;
mod earlyoom;
mod envelope;
mod kubelet;
mod lmkd;
mod metaoomd;
mod nohang;
mod npd;
mod oomd;
mod platforms;
mod podman;
pub mod podman_events;
mod runc;
mod systemd;
mod systemd_ids;
#[cfg(test)]
mod testing;
mod text;
mod tracers;
mod upstart;

use crate::event::{ContainerRef, Event, Evidence, Fact, RuntimeFact, Speaker, Stamp, Wall, What};
use crate::prefilter::Prefilter;
use crate::record::{Record, Transport};
use envelope::{Envelope, Form};
use std::sync::{Arc, LazyLock};

/// Every speaker's needles.
const PARTS: &[&[&str]] = &[
    apps::NEEDLES,
    conmon::NEEDLES,
    containerd::NEEDLES,
    crio::NEEDLES,
    docker::NEEDLES,
    earlyoom::NEEDLES,
    kubelet::NEEDLES,
    lmkd::NEEDLES,
    metaoomd::NEEDLES,
    nohang::NEEDLES,
    npd::NEEDLES,
    oomd::NEEDLES,
    platforms::NEEDLES,
    podman::NEEDLES,
    runc::NEEDLES,
    systemd::NEEDLES,
    systemd_ids::NEEDLES,
    tracers::NEEDLES,
    upstart::NEEDLES,
];

const fn total(parts: &[&[&str]]) -> usize {
    let (mut sum, mut at) = (0, 0);
    while at < parts.len() {
        sum += parts[at].len();
        at += 1;
    }
    sum
}

const fn concat<const N: usize>(parts: &[&[&'static str]]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut filled, mut at) = (0, 0);
    while at < parts.len() {
        let mut inner = 0;
        while inner < parts[at].len() {
            all[filled] = parts[at][inner];
            filled += 1;
            inner += 1;
        }
        at += 1;
    }
    all
}

const ALL: [&str; total(PARTS)] = concat(PARTS);

/// Literals one of which stands in every line that a recogniser here reads, verbatim also inside JSON-escaped text. They
/// decide which lines of a large journal are framed at all.
pub const NEEDLES: &[&str] = &ALL;

/// Those of [`PARTS`] whose needles stand in a text. Most speakers have nothing to say to most lines, and a look at all needles
/// at once is cheaper than the first words of one speaker.
#[derive(Debug, Clone, Copy)]
struct Told(u32);

impl Told {
    fn by(record: &Record<'_>, text: &str) -> Told {
        static FILTER: LazyLock<Option<Prefilter>> = LazyLock::new(|| Prefilter::of_groups(PARTS));
        // The journal's fields say things, too; and of an event whose time was taken for a carrier's the rest stands here.
        if !record.fields.is_empty() || text.starts_with("container ") {
            return Told(u32::MAX);
        }
        Told(FILTER.as_ref().map_or(u32::MAX, |filter| filter.groups(text.as_bytes())))
    }

    fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// Needles of this speaker stand there, and no others.
    fn is_only(self, part: Part) -> bool {
        self.0 == 1u32.wrapping_shl(part as u32)
    }

    /// A needle of this speaker stands there.
    fn has(self, part: Part) -> bool {
        self.0 & 1u32.wrapping_shl(part as u32) != 0
    }
}

/// Places in [`PARTS`] of speakers that are only asked where one of their own needles stands, and of the kubelet.
#[derive(Debug, Clone, Copy)]
enum Part {
    Apps = 0,
    Conmon = 1,
    Earlyoom = 5,
    Kubelet = 6,
    Lmkd = 7,
    Metaoomd = 8,
    Nohang = 9,
    Npd = 10,
    Oomd = 11,
    Platforms = 12,
    Runc = 14,
    Tracers = 17,
    Upstart = 18,
}

/// One record, peeled, as a speaker sees it.
struct Line<'a> {
    /// The text without the header of a nested program (`systemd[1]: `).
    text: &'a str,
    /// Its envelope.
    envelope: Envelope<'a>,
    /// The record that it stands in.
    record: &'a Record<'a>,
}

impl Line<'_> {
    /// The message as its program wrote it.
    fn message(&self) -> &str {
        &self.envelope.message
    }

    /// A field of the envelope.
    fn field(&self, name: &str) -> Option<&str> {
        self.envelope.field(name)
    }
}

/// A fact about a container.
fn about(speaker: Speaker, container: impl Into<Arc<ContainerRef>>, what: What) -> RuntimeFact {
    RuntimeFact { speaker, container: container.into(), unit: None, what }
}

/// A fact about no container.
fn plain(speaker: Speaker, what: What) -> RuntimeFact {
    about(speaker, ContainerRef::default(), what)
}

/// Who wrote a line, as far as the carrier tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    Containerd,
    Docker,
    Crio,
    Conmon,
    Podman,
    Kubelet,
    /// k3s, rke2, microk8s: kubelet and more in one process.
    KubeAll,
    Npd,
    Systemd,
    SystemdOomd,
    Earlyoom,
    Nohang,
    Lmkd,
    /// The ring buffer.
    Kernel,
    /// A program that is none of these: an application, a platform's agent.
    Other,
    /// The carrier does not say.
    Unknown,
}

/// The writer of an identifier; `None` for programs that have no recogniser of their own.
fn writer(ident: &str) -> Option<Writer> {
    let name = ident.rsplit('/').next().unwrap_or(ident);
    Some(match name {
        "containerd" | "docker-containerd" | "microk8s.daemon-containerd" => Writer::Containerd,
        "dockerd" | "docker" | "dockerd-current" | "docker.dockerd" | "cri-dockerd" => Writer::Docker,
        "crio" | "cri-o" => Writer::Crio,
        "conmon" | "conmonrs" | "conmon-rs" => Writer::Conmon,
        "podman" => Writer::Podman,
        "kubelet" | "hyperkube" | "kubelet-wrapper" => Writer::Kubelet,
        "k3s" | "k3s-agent" | "k3s-server" | "rke2" | "rke2-server" | "rke2-agent" | "k0s" => Writer::KubeAll,
        "microk8s.daemon-kubelite" | "microk8s.daemon-kubelet" => Writer::KubeAll,
        "node-problem-detector" | "node-problem-detector-startup.sh" => Writer::Npd,
        "systemd" | "systemd-logind" => Writer::Systemd,
        "systemd-oomd" => Writer::SystemdOomd,
        "earlyoom" => Writer::Earlyoom,
        "nohang" | "nohang-desktop" => Writer::Nohang,
        "lmkd" | "lowmemorykiller" => Writer::Lmkd,
        _ => return None,
    })
}

/// Peels `systemd-oomd[659]: ` off a text whose carrier has no identifier (dmesg, serial consoles, bare files): only for
/// programs known here, so that no application's text is cut.
fn nested(text: &str) -> Option<(Writer, &str)> {
    let (head, rest) = text.split_once(": ")?;
    let name = head.split_once('[').map_or(head, |(name, _)| name);
    if head.len() > 64 || name.contains(char::is_whitespace) {
        return None;
    }
    writer(name).map(|who| (who, rest))
}

/// The speakers, with the little state that sentences over several lines need. One for each source.
#[derive(Debug, Clone, Default)]
pub struct Speakers {
    kubelet: kubelet::State,
    oomd: oomd::State,
    earlyoom: earlyoom::State,
    nohang: nohang::State,
    apps: apps::State,
    lambda: platforms::Lambda,
    spark: platforms::Spark,
    condor: platforms::Condor,
    /// The host of the last record that said something.
    host: Option<Arc<str>>,
    /// A host of which a failed readiness probe was told.
    idle: Option<Option<Arc<str>>>,
}

impl Speakers {
    /// Reads one record; what it says is appended to `out`.
    pub fn push(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        let text = record.text();
        let by_ident = match (record.transport, record.ident.as_deref()) {
            (Transport::Kernel, _) | (_, Some("kernel")) => Some(Writer::Kernel),
            (_, Some(ident)) => Some(writer(ident).unwrap_or(Writer::Other)),
            (_, None) => None,
        };
        let (who, text) = match by_ident {
            Some(known) if known != Writer::Kernel => (known, text.as_ref()),
            carrier => nested(&text).unwrap_or((carrier.unwrap_or(Writer::Unknown), text.as_ref())),
        };
        let told = Told::by(record, text);
        let spans_lines = match who {
            Writer::SystemdOomd | Writer::Earlyoom | Writer::Nohang => true,
            Writer::Unknown => self.oomd.awaits_more() || self.earlyoom.awaits_more() || self.nohang.awaits_more(),
            _ => false,
        };
        if told.is_nothing() && !spans_lines && !self.apps.awaits_more() {
            return;
        }
        if told.is_only(Part::Kubelet) && who == Writer::Kubelet && kubelet::is_idle_probe(text) {
            // One is enough to know the host by: a busy node's kubelet tells of thousands.
            if self.idle.as_ref().is_some_and(|host| host.as_deref() == record.host.as_deref()) {
                return;
            }
            self.idle = Some(self.host(record));
        }
        let line = Line { text, envelope: Envelope::peel(text), record };
        let mut facts = Vec::new();
        self.stateful(who, told, &line, &mut facts, out);
        if !told.is_nothing() {
            stateless(who, told, &line, &mut facts);
        }
        let stamp = stamp(record, line.envelope.time);
        if facts.is_empty() {
            return;
        }
        let host = self.host(record);
        let one = |fact| Event {
            stamp,
            host: host.clone(),
            evidence: vec![record.evidence()],
            fact: Fact::Runtime(Box::new(fact)),
        };
        out.extend(facts.into_iter().map(one));
    }

    /// A record's host: hardly ever another than that of the record before.
    fn host(&mut self, record: &Record<'_>) -> Option<Arc<str>> {
        if self.host.as_deref() != record.host.as_deref() {
            self.host = record.host.as_deref().map(Into::into);
        }
        self.host.clone()
    }

    /// Gives out what was held back for a line that never came.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        self.oomd.finish(out);
        self.earlyoom.finish(out);
    }

    /// Speakers whose sentences span lines.
    fn stateful(
        &mut self,
        who: Writer,
        told: Told,
        line: &Line<'_>,
        facts: &mut Vec<RuntimeFact>,
        out: &mut Vec<Event>,
    ) {
        let unknown = who == Writer::Unknown && line.envelope.form == Form::Bare;
        if !told.is_nothing() && is_kubelet(who, line) {
            self.kubelet.read(line, facts);
        }
        if who == Writer::SystemdOomd || unknown && (told.has(Part::Oomd) || self.oomd.awaits_more()) {
            self.oomd.read(line, out);
        }
        if who == Writer::Earlyoom || unknown && (told.has(Part::Earlyoom) || self.earlyoom.awaits_more()) {
            self.earlyoom.read(line, who == Writer::Earlyoom, out);
        }
        if who == Writer::Nohang || unknown && (told.has(Part::Nohang) || self.nohang.awaits_more()) {
            self.nohang.read(line, out);
        }
        // dockerd's, podman's and conmon's identifiers are also those of container output under the journald log drivers.
        let application =
            matches!(who, Writer::Other | Writer::Unknown) || line.record.field("CONTAINER_ID_FULL").is_some();
        if application && (told.has(Part::Apps) || self.apps.awaits_more()) {
            self.apps.read(line, facts);
        }
        if told.has(Part::Platforms) && matches!(who, Writer::Other | Writer::Unknown) {
            self.lambda.read(line, facts);
            self.spark.read(line, facts);
            self.condor.read(line, out);
        }
    }
}

/// Whether a line may be the kubelet's: by its identifier, or klog in a file or under a wrapper's name.
fn is_kubelet(who: Writer, line: &Line<'_>) -> bool {
    let klog = matches!(line.envelope.form, Form::Klog | Form::Json);
    matches!(who, Writer::Kubelet | Writer::KubeAll) || klog && matches!(who, Writer::Other | Writer::Unknown)
}

/// Speakers whose every line stands for itself.
fn stateless(who: Writer, told: Told, line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let open = matches!(who, Writer::Other | Writer::Unknown);
    let logrus = open && matches!(line.envelope.form, Form::Logrus | Form::Json);
    if logrus || matches!(who, Writer::Containerd | Writer::Docker | Writer::KubeAll) {
        containerd::read(line, facts);
    }
    if logrus || who == Writer::Docker {
        docker::read(line, facts);
    }
    if logrus || who == Writer::Crio {
        crio::read(line, facts);
    }
    if logrus || who == Writer::Podman || who == Writer::Unknown {
        podman::read(line, facts);
    }
    if told.has(Part::Conmon) && (who == Writer::Conmon || who == Writer::Crio || open) {
        conmon::read(line, facts);
    }
    if told.has(Part::Runc) && !matches!(who, Writer::Kernel | Writer::Systemd) {
        runc::read(line, speaker_of(who, line), facts);
    }
    if told.has(Part::Npd) && (who == Writer::Npd || is_kubelet(who, line)) {
        npd::read(line, facts);
    }
    let bare = line.envelope.form == Form::Bare;
    if who == Writer::Systemd || who == Writer::Unknown && bare {
        systemd::read(line, who == Writer::Systemd, facts);
    }
    if told.has(Part::Lmkd) && (who == Writer::Lmkd || open && bare) {
        lmkd::read(line, facts);
    }
    if told.has(Part::Metaoomd) && (who == Writer::Kernel || who == Writer::Unknown && bare) {
        metaoomd::read(line, facts);
    }
    if told.has(Part::Tracers) && open {
        tracers::read(line, facts);
    }
    if told.has(Part::Upstart) && (open || who == Writer::Kernel) {
        upstart::read(line, who == Writer::Kernel, facts);
    }
    if told.has(Part::Platforms) && (open || who == Writer::Kernel) {
        platforms::read(line, who == Writer::Kernel, facts);
    }
}

/// The speaker to name for sentences that several programs repeat.
fn speaker_of(who: Writer, line: &Line<'_>) -> Speaker {
    match who {
        Writer::Unknown | Writer::Other if line.envelope.form == Form::Klog => Speaker::Kubelet,
        Writer::Containerd => Speaker::Containerd,
        Writer::Docker => Speaker::Docker,
        Writer::Crio => Speaker::Crio,
        Writer::Conmon => Speaker::Conmon,
        Writer::Podman => Speaker::Podman,
        Writer::Kubelet | Writer::KubeAll => Speaker::Kubelet,
        _ => Speaker::Runc,
    }
}

/// The record's stamp; the message's own time takes the place of a wall clock that is missing or lacks its year or zone.
fn stamp(record: &Record<'_>, own: Option<Wall>) -> Stamp {
    let mut stamp = record.stamp;
    stamp.wall = match (stamp.wall, own) {
        (None, own) => own,
        (Some(Wall::Civil { .. }), Some(own @ Wall::Instant { .. })) => Some(own),
        (wall, _) => wall,
    };
    stamp
}

/// The event of one fact.
fn event(record: &Record<'_>, stamp: Stamp, fact: RuntimeFact) -> Event {
    event_with(record, stamp, fact, Vec::new())
}

/// The event of a fact that earlier lines prove as well.
fn event_with(record: &Record<'_>, stamp: Stamp, fact: RuntimeFact, earlier: Vec<Evidence>) -> Event {
    let mut evidence = vec![record.evidence()];
    evidence.extend(earlier);
    Event { stamp, host: record.host.as_deref().map(Into::into), evidence, fact: Fact::Runtime(Box::new(fact)) }
}

#[cfg(test)]
mod tests;
