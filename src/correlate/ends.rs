//! The ends of containers: every record of an exit, from logs, events and documents, folded to one termination for each
//! life of each container.

use super::clock::Clocks;
use super::containers::Containers;
use super::nodes::NodeEvents;
use super::told::{self, Cite, Place, Said, Subjects};
use crate::event::{ContainerExit, SourceFacts, Speaker, What};
use crate::language::Language;
use crate::report;
use crate::say;
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};

/// Two exit records of one container closer than this are the same exit (documents cut to seconds; logs trail).
const SAME_EXIT_US: i64 = 3 * SECOND_US;
/// A log line of an exit may trail the exit by this much on a starving node.
const TRAIL_US: i64 = 180 * SECOND_US;

/// One end of one container.
#[derive(Debug, Clone, Default)]
pub(super) struct End {
    /// Index into the node's containers.
    pub(super) container: usize,
    /// Exit code.
    pub(super) code: Option<i64>,
    /// Signal told apart from the code.
    pub(super) signal: Option<i32>,
    /// Host pid of its init process.
    pub(super) pid: Option<u32>,
    /// The runtime's reason.
    pub(super) reason: Option<String>,
    /// Message beside it.
    pub(super) message: Option<String>,
    /// OOM flag.
    pub(super) oom_flag: Option<bool>,
    /// Start, Unix microseconds.
    pub(super) started: Option<i64>,
    /// End by the record's own field.
    pub(super) finished: Option<i64>,
    /// When a log told of it first.
    pub(super) said: Option<i64>,
    /// Next start.
    pub(super) restarted: Option<i64>,
    /// Restart count.
    pub(super) restart_count: Option<u32>,
    /// Restart counts beside which a table shows the container as killed for memory just then: each is a kill of its own (`kubectl get
    /// pods -w`).
    pub(super) oom_at: BTreeSet<u32>,
    /// A person stopped it (docker).
    pub(super) manually_stopped: bool,
    /// The platform made the record up.
    pub(super) invented: bool,
    /// The code is not in the logs but follows from a SIGKILL that is.
    pub(super) inferred: bool,
    /// systemd saw an OOM kill in the unit that runs it.
    pub(super) unit_oom: bool,
    /// A record of it bears the id of the container that ended.
    pub(super) has_id: bool,
    /// The shim had vanished before.
    pub(super) dead_shim: bool,
    /// Who told.
    pub(super) speakers: Vec<Speaker>,
    /// Where.
    pub(super) evidence: Vec<Cite>,
}

impl End {
    /// Best time of the end.
    pub(super) fn at(&self) -> Option<i64> {
        self.finished.or(self.said)
    }

    /// How long after the end's time a line about what caused it may be stamped: nothing at all, but for clocks that are cut to
    /// seconds and logs that trail.
    pub(super) fn stamp_lag_us(&self) -> i64 {
        match self.finished {
            Some(at) if at % SECOND_US != 0 => SECOND_US,
            Some(_) => SECOND_US * 3 / 2,
            None => 2 * SECOND_US,
        }
    }

    /// The signal that ended it, by its own field or by the code.
    pub(super) fn ended_by(&self) -> Option<i32> {
        self.signal.or_else(|| self.code.and_then(crate::exit_code::signal_of))
    }

    /// The same end with the code that a recorded SIGKILL of its main process means.
    pub(super) fn killed_by_inference(&self) -> End {
        let inferred = self.code.is_none();
        End { code: self.code.or(Some(137)), signal: self.signal.or(inferred.then_some(9)), inferred, ..self.clone() }
    }

    /// For the report.
    pub(super) fn show(&self, container: Option<usize>, clocks: &Clocks) -> report::Termination {
        let signal = self.ended_by();
        report::Termination {
            container,
            unit: None,
            exit_code: self.code,
            exit_code_inferred: self.inferred,
            signal,
            signal_name: signal.and_then(crate::exit_code::signal_name).map(str::to_owned),
            oom_flag: self.oom_flag,
            reason: self.reason.clone(),
            pid: self.pid,
            started: self.started.and_then(|t| clocks.show(t)),
            finished: self.at().and_then(|t| clocks.show(t)),
            restarted: self.restarted.and_then(|t| clocks.show(t)),
            restart_count: self.restart_count,
            sources: self.speakers.iter().map(|s| speaker_name(*s).to_owned()).collect(),
        }
    }
}

/// A speaker's name in the report.
pub(super) fn speaker_name(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Containerd => "containerd",
        Speaker::Docker => "docker",
        Speaker::Crio => "cri-o",
        Speaker::Conmon => "conmon",
        Speaker::Podman => "podman",
        Speaker::Runc => "runc",
        Speaker::Kubelet => "kubelet",
        Speaker::Kubernetes => "kubernetes",
        Speaker::NodeProblemDetector => "node-problem-detector",
        Speaker::Crictl => "crictl",
        Speaker::Systemd => "systemd",
        Speaker::SystemdOomd => "systemd-oomd",
        Speaker::Earlyoom => "earlyoom",
        Speaker::Nohang => "nohang",
        Speaker::Oomd => "oomd",
        Speaker::Lmkd => "lmkd",
        Speaker::LowMemoryKiller => "lowmemorykiller",
        Speaker::Tracer => "tracer",
        Speaker::Slurm => "slurm",
        Speaker::Yarn => "yarn",
        Speaker::Nomad => "nomad",
        Speaker::Ecs => "ecs",
        Speaker::Ray => "ray",
        Speaker::Dask => "dask",
        Speaker::PumaWorkerKiller => "puma_worker_killer",
        Speaker::Pm2 => "pm2",
        Speaker::Heroku => "heroku",
        Speaker::Lsf => "lsf",
        Speaker::Pbs => "pbs",
        Speaker::Fly => "fly",
        Speaker::GoogleCloud => "google-cloud",
        Speaker::Lambda => "aws-lambda",
        Speaker::Render => "render",
        Speaker::Vercel => "vercel",
        Speaker::Bitbucket => "bitbucket",
        Speaker::HtCondor => "htcondor",
        Speaker::Mesos => "mesos",
        Speaker::Talos => "talos",
        Speaker::CgroupFiles => "cgroup files",
        Speaker::Application => "application",
    }
}

/// A speaker's name in a sentence: most are a program's, the same in every language.
pub(super) fn speaker_words(language: Language, speaker: Speaker) -> String {
    match speaker {
        Speaker::CgroupFiles => say!(language, "join-speaker-cgroup-files"),
        Speaker::Application => say!(language, "join-speaker-application"),
        other => speaker_name(other).to_owned(),
    }
}

/// Collects and folds all ends of a node's containers, in order of container and time.
pub(super) fn collect(
    node: &NodeEvents,
    sources: &[SourceFacts],
    subjects: &Subjects,
    containers: &Containers,
    clocks: &Clocks,
) -> Vec<End> {
    let said = || told::all(node, sources).filter(|said| may_end(said.told.what));
    let of = |said: Said<'_>| Some((subjects.container(&said, containers)?, said.place()));
    let mut places: Vec<(usize, Place)> = said().filter_map(of).collect();
    // Stable: those of one container stay in the order of the sources.
    places.sort_by_key(|(container, _)| *container);
    let mut ends = Vec::new();
    for of_one in places.chunk_by(|(a, _), (b, _)| a == b) {
        let told = of_one.iter().filter_map(|(_, place)| told::at(node, sources, *place));
        let list: Vec<End> = told.filter_map(|said| one(&said, subjects, containers, clocks)).collect();
        if let Some(index) = list.first().map(|end| end.container) {
            ends.extend(fold(list, single_life(containers, index)));
        }
    }
    add_starts(&mut ends, told::all(node, sources), subjects, containers, clocks);
    join_lives(&mut ends);
    ends
}

/// Two records of an end that have the same start before them and the same start after them are of one life, however far a slow
/// node's records lie apart. dockerd logged the going of a task 3.6 s before its `die` event, which alone has the code; that event itself
/// came 3.2 s after the end that `docker inspect` shows.
fn join_lives(ends: &mut Vec<End>) {
    ends.dedup_by(|end, life| {
        let at_once = ended_at_once(life, end);
        let same = at_once || same_life(life, end);
        if at_once {
            life.restarted = end.restarted;
        }
        if same {
            join(life, std::mem::take(end));
        }
        same
    });
}

fn same_life(life: &End, end: &End) -> bool {
    let near = life.at().zip(end.at()).is_some_and(|(a, b)| (b - a).abs() <= TRAIL_US);
    let codes = match (life.code, end.code) {
        (Some(a), Some(b)) => a == b,
        (a, b) => a.is_some() || b.is_some(),
    };
    near && codes && life.container == end.container && same_start(life, end) && life.restarted == end.restarted
}

/// The start of one life, which the runtime notes and tells at different moments.
fn same_start(life: &End, end: &End) -> bool {
    life.started.zip(end.started).is_some_and(|(a, b)| (b - a).abs() <= SECOND_US)
}

/// A container that ends at once on a busy node: docker noted its start after its end (`StartedAt` 23 ms after `FinishedAt`), and tells
/// both again seconds later (`start`, `die`).
fn ended_at_once(life: &End, end: &End) -> bool {
    let backwards = life.started.zip(life.finished).is_some_and(|(started, finished)| started > finished);
    let near = life.at().zip(end.at()).is_some_and(|(a, b)| (b - a).abs() <= TRAIL_US);
    backwards && same_start(life, end) && near && life.container == end.container && life.code == end.code
}

/// Does a fact of this kind tell of an end?
fn may_end(what: &What) -> bool {
    matches!(
        what,
        What::Exited(_) | What::StartFailed { .. } | What::ShimGone | What::UnitStopped | What::UnitResult { .. }
    )
}

fn one(said: &Said<'_>, subjects: &Subjects, containers: &Containers, clocks: &Clocks) -> Option<End> {
    let fact = &said.told;
    let bare;
    let exit = match fact.what {
        What::Exited(exit) => exit,
        What::StartFailed { exit_code: Some(code), message, .. } => {
            bare = ContainerExit { exit_code: Some(*code), message: Some(message.clone()), ..ContainerExit::default() };
            &bare
        }
        // Old containerd tells of an end only by the shim's going; systemd by the end of the container's scope.
        What::ShimGone | What::UnitStopped | What::UnitResult { .. } if fact.container.id.is_some() => {
            bare = ContainerExit::default();
            &bare
        }
        _ => return None,
    };
    let container = subjects.container(said, containers)?;
    if exit.exec || containers.get(container).about.sandbox {
        return None;
    }
    let finished = exit.finished.or(fact.end.finished);
    let log = !matches!(fact.speaker, Speaker::Kubernetes | Speaker::Crictl) || finished.is_none();
    Some(End {
        container,
        code: exit.exit_code,
        signal: exit.signal,
        pid: exit.pid.or(fact.end.pid),
        reason: exit.reason.clone(),
        message: exit.message.clone(),
        oom_flag: exit.oom_flag,
        started: exit.started.as_ref().and_then(|w| clocks.wall(w)),
        finished: finished.as_ref().and_then(|w| clocks.wall(w)),
        said: log.then(|| clocks.when(said.source, &said.stamp).unix_us).flatten(),
        restart_count: exit.restart_count,
        oom_at: exit.restart_count.filter(|_| exit.oom_flag == Some(true) && finished.is_none()).into_iter().collect(),
        manually_stopped: exit.manually_stopped == Some(true),
        invented: exit.invented,
        has_id: fact.container.id.is_some() && !fact.container.is_unnamed(),
        speakers: vec![fact.speaker],
        evidence: said.cites(),
        ..End::default()
    })
}

/// Two records of one life that both know when it ended differ by no more than this.
const OTHER_LIFE_US: i64 = 60 * SECOND_US;

/// Kubernetes makes a new container for each attempt; docker and podman restart the same one.
fn single_life(containers: &Containers, index: usize) -> bool {
    let about = &containers.get(index).about;
    about.pod.is_some()
        || about.pod_uid.is_some()
        || about.attempt.is_some()
        || about.runtime.as_deref() == Some("cri-o")
}

fn fold(mut list: Vec<End>, lives_once: bool) -> Vec<End> {
    // Records that know the time of the exit first; then those that only know when a log told of it.
    list.sort_by_key(|e| (e.finished.is_none(), e.at().is_none(), e.at(), e.code.is_none()));
    let mut lives = Lives::default();
    for end in list {
        match lives.same_exit(&end, lives_once) {
            Some(life) => join(&mut lives.all[life], end),
            None => lives.add(end),
        }
    }
    let mut lives = lives.all;
    // An end without a code adds nothing beside one with a code.
    if lives.iter().any(|l| l.code.is_some()) {
        lives.retain(|l| l.code.is_some() || l.at().is_some());
    }
    lives.sort_by_key(|l| l.at());
    lives
}

/// The ends of one container that are told apart so far. One that restarts for weeks has had thousands: only those of about the same
/// time are compared.
#[derive(Default)]
struct Lives {
    all: Vec<End>,
    by_time: BTreeMap<i64, Vec<usize>>,
    undated: Vec<usize>,
}

impl Lives {
    fn add(&mut self, end: End) {
        let list = end.at().map_or(&mut self.undated, |at| self.by_time.entry(at).or_default());
        list.push(self.all.len());
        self.all.push(end);
    }

    /// The end that a record tells again. One that is told late could follow several ends: it belongs to the nearest.
    fn same_exit(&self, end: &End, lives_once: bool) -> Option<usize> {
        let same = |life: &usize| same_exit(&self.all[*life], end, lives_once);
        let Some(at) = end.at().filter(|_| !lives_once) else { return (0..self.all.len()).find(|life| same(life)) };
        // A joined record moves an end's time by no more than SAME_EXIT_US.
        let around = at.saturating_sub(TRAIL_US + SAME_EXIT_US)..=at.saturating_add(2 * SAME_EXIT_US);
        let near = self.by_time.range(around).flat_map(|(_, lives)| lives).chain(&self.undated).copied();
        let distance = |life: &usize| self.all[*life].at().map_or(u64::MAX, |t| t.abs_diff(at));
        near.filter(same).min_by_key(|life| (distance(life), *life))
    }
}

fn same_exit(life: &End, end: &End, lives_once: bool) -> bool {
    if lives_once {
        // What has no id may be told of over several lives: a pod's container in `State` and in `Last State`.
        return life.finished.zip(end.finished).is_none_or(|(a, b)| (a - b).abs() <= OTHER_LIFE_US);
    }
    let codes = life.code.is_none() || end.code.is_none() || life.code == end.code;
    match (life.finished, end.finished) {
        (Some(a), Some(b)) => codes && (a - b).abs() <= SAME_EXIT_US,
        _ => match (life.at(), end.at()) {
            (Some(a), Some(b)) => {
                let near = if end.code.is_none() && end.finished.is_none() {
                    (-SAME_EXIT_US..TRAIL_US).contains(&(b - a))
                } else {
                    (a - b).abs() <= SAME_EXIT_US
                };
                codes && near
            }
            // A table such as `docker ps -a` tells the code only.
            _ => codes,
        },
    }
}

fn join(life: &mut End, other: End) {
    if life.code.is_none() {
        life.code = other.code;
    }
    life.signal = life.signal.or(other.signal);
    life.pid = life.pid.or(other.pid);
    life.started = life.started.or(other.started);
    // The finer of two times wins: documents cut to whole seconds.
    life.finished = match (life.finished, other.finished) {
        (Some(a), Some(b)) if a % SECOND_US == 0 && b % SECOND_US != 0 => Some(b),
        (a, b) => a.or(b),
    };
    life.said = match (life.said, other.said) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    // What says least gives way.
    let rank = |reason: &Option<String>| match reason.as_deref() {
        None => 0,
        Some("CrashLoopBackOff") => 1,
        Some("Error") => 2,
        Some(_) => 3,
    };
    if rank(&life.reason) < rank(&other.reason) {
        life.reason.clone_from(&other.reason);
    }
    if life.message.is_none() {
        life.message = other.message;
    }
    life.oom_flag = match (life.oom_flag, other.oom_flag) {
        (Some(a), Some(b)) => Some(a || b),
        (a, b) => a.or(b),
    };
    life.restart_count = life.restart_count.max(other.restart_count);
    life.oom_at.extend(other.oom_at);
    life.manually_stopped |= other.manually_stopped;
    life.invented &= other.invented;
    life.has_id |= other.has_id;
    for speaker in other.speakers {
        if !life.speakers.contains(&speaker) {
            life.speakers.push(speaker);
        }
    }
    for piece in other.evidence {
        if life.evidence.len() < 8 && !life.evidence.iter().any(|known| known.is_same(&piece)) {
            life.evidence.push(piece);
        }
    }
}

/// A shim that goes this long before any record of the end died itself. It goes at every normal end too, and the runtime's record
/// may come a little later.
const SHIM_FIRST_US: i64 = 2 * SECOND_US;

/// Adds, to each end, the start before it and the start after it, and whether the shim had gone first.
fn add_starts<'a>(
    ends: &mut [End],
    said: impl Iterator<Item = Said<'a>>,
    subjects: &Subjects,
    containers: &Containers,
    clocks: &Clocks,
) {
    let mut starts: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    let mut shims: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    let is_sign = |what: &What| matches!(what, What::Started | What::Running { .. } | What::ShimGone);
    for said in said.filter(|said| is_sign(said.told.what)) {
        let Some(container) = subjects.container(&said, containers) else { continue };
        let at = clocks.when(said.source, &said.stamp).unix_us;
        match (said.told.what, at) {
            (What::Started, Some(at)) => starts.entry(container).or_default().push(at),
            (What::Running { started: Some(wall), .. }, _) => {
                starts.entry(container).or_default().extend(clocks.wall(wall))
            }
            (What::ShimGone, Some(at)) => shims.entry(container).or_default().push(at),
            _ => {}
        }
    }
    starts.values_mut().chain(shims.values_mut()).for_each(|times| times.sort_unstable());
    for end in ends {
        let Some(at) = end.at() else { continue };
        let starts = starts.get(&end.container).map_or(&[][..], Vec::as_slice);
        let shims = shims.get(&end.container).map_or(&[][..], Vec::as_slice);
        let later = starts.partition_point(|s| *s <= at);
        end.started = end.started.or_else(|| starts[..later].last().copied());
        end.restarted = starts.get(later).copied();
        // Of this life: the shims of earlier ones went as well.
        let gone = shims.get(shims.partition_point(|t| *t < end.started.unwrap_or(i64::MIN)));
        let before = end.said.unwrap_or(at).saturating_sub(SHIM_FIRST_US);
        end.dead_shim = end.pid.is_none() && gone.is_some_and(|t| *t < before);
    }
}
