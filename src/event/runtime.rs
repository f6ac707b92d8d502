//! What container runtimes, the kubelet, systemd, user-space killers, platforms and applications say.
//! One vocabulary for all speakers: a recogniser translates its speaker's words into these facts.

use super::Wall;
use std::sync::Arc;

/// Which program said it (not who killed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Speaker {
    /// containerd and its shims.
    Containerd,
    /// dockerd, docker events, inspect, ps.
    Docker,
    /// CRI-O.
    Crio,
    /// conmon or conmon-rs.
    Conmon,
    /// podman.
    Podman,
    /// runc or crun.
    Runc,
    /// kubelet.
    Kubelet,
    /// Kubernetes API objects and events.
    Kubernetes,
    /// node-problem-detector.
    NodeProblemDetector,
    /// crictl.
    Crictl,
    /// systemd (PID 1 or a user manager).
    Systemd,
    /// systemd-oomd.
    SystemdOomd,
    /// earlyoom.
    Earlyoom,
    /// nohang.
    Nohang,
    /// Facebook's (Meta's) oomd.
    Oomd,
    /// Android's lmkd.
    Lmkd,
    /// Android's driver in the kernel.
    LowMemoryKiller,
    /// A tracer of the kernel: bcc's `oomkill`, ftrace, perf.
    Tracer,
    /// Slurm.
    Slurm,
    /// Hadoop YARN.
    Yarn,
    /// HashiCorp Nomad.
    Nomad,
    /// AWS ECS.
    Ecs,
    /// Ray's memory monitor.
    Ray,
    /// Dask's nanny.
    Dask,
    /// puma_worker_killer.
    PumaWorkerKiller,
    /// PM2.
    Pm2,
    /// Heroku.
    Heroku,
    /// IBM Spectrum LSF.
    Lsf,
    /// PBS and Torque.
    Pbs,
    /// Fly.io's init.
    Fly,
    /// Google Cloud Run and App Engine.
    GoogleCloud,
    /// AWS Lambda.
    Lambda,
    /// Render.
    Render,
    /// Vercel's builds.
    Vercel,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// HTCondor.
    HtCondor,
    /// Apache Mesos.
    Mesos,
    /// Talos' OOM controller.
    Talos,
    /// cgroup files (`memory.events`, `memory.oom_control` ...).
    CgroupFiles,
    /// An application's own words.
    Application,
}

/// What is known of a container (or sandbox); every field may be missing, facts about one container are merged by id.
/// A busy node tells of each container again and again: the texts are shared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct ContainerRef {
    /// Container id, lower-case hex, full (64) or a prefix (12, 13, 20).
    pub id: Option<Arc<str>>,
    /// The container's own name: docker without the slash, Kubernetes the name in the pod spec.
    pub name: Option<Arc<str>>,
    /// Image reference.
    pub image: Option<Arc<str>>,
    /// `docker`, `containerd`, `cri-o`, `podman` ...
    pub runtime: Option<Arc<str>>,
    /// Pod name.
    pub pod: Option<Arc<str>>,
    /// Namespace.
    pub namespace: Option<Arc<str>>,
    /// Pod uid, dashes (or 32 hex for static pods).
    pub pod_uid: Option<Arc<str>>,
    /// Sandbox id.
    pub sandbox_id: Option<Arc<str>>,
    /// Attempt (restart number of the container in its pod).
    pub attempt: Option<u32>,
    /// The id is a sandbox (pause container), not an application's container.
    pub sandbox: bool,
    /// Host pid of its init process, where known and not 0.
    pub pid: Option<u32>,
    /// Its cgroup path, where a document states it.
    pub cgroup: Option<Arc<str>>,
    /// Configured memory limit in bytes, where a document states it (not 0).
    pub limit_bytes: Option<u64>,
    /// systemd unit that runs it, where stated.
    pub unit: Option<Arc<str>>,
}

/// What the ids of [`ContainerRef::unnamed`] begin with.
const UNNAMED: &str = "?";

impl ContainerRef {
    /// A mark in place of an id, for the container of a pasted state that names nobody: when it ended tells it from others.
    pub fn unnamed(ended: impl std::fmt::Debug) -> Arc<str> {
        format!("{UNNAMED}{ended:?}").into()
    }

    /// Its id is none of a runtime's: nothing names it.
    pub fn is_unnamed(&self) -> bool {
        self.id.as_deref().is_some_and(|id| id.starts_with(UNNAMED))
    }

    fn texts(&self) -> [&Option<Arc<str>>; 10] {
        let ContainerRef { id, name, image, runtime, pod, namespace, pod_uid, sandbox_id, cgroup, unit, .. } = self;
        [id, name, image, runtime, pod, namespace, pod_uid, sandbox_id, cgroup, unit]
    }

    fn numbers(&self) -> [Option<u64>; 3] {
        [self.attempt.map(u64::from), self.pid.map(u64::from), self.limit_bytes]
    }

    /// Nothing that both know differs.
    pub fn agrees(&self, other: &ContainerRef) -> bool {
        fn same<T: PartialEq>((own, told): (Option<T>, Option<T>)) -> bool {
            own.is_none() || told.is_none() || own == told
        }
        self.sandbox == other.sandbox
            && self.texts().into_iter().map(Option::as_deref).zip(other.texts().map(Option::as_deref)).all(same)
            && self.numbers().into_iter().zip(other.numbers()).all(same)
    }

    /// Everything that the other knows is known here as well, where they agree.
    pub fn covers(&self, other: &ContainerRef) -> bool {
        self.texts().into_iter().zip(other.texts()).all(|(own, told)| own.is_some() || told.is_none())
            && self.numbers().into_iter().zip(other.numbers()).all(|(own, told)| own.is_some() || told.is_none())
    }

    /// What either knows.
    pub fn joined(&self, other: &ContainerRef) -> ContainerRef {
        fn either<T: Clone>(own: &Option<T>, told: &Option<T>) -> Option<T> {
            own.as_ref().or(told.as_ref()).cloned()
        }
        ContainerRef {
            id: either(&self.id, &other.id),
            name: either(&self.name, &other.name),
            image: either(&self.image, &other.image),
            runtime: either(&self.runtime, &other.runtime),
            pod: either(&self.pod, &other.pod),
            namespace: either(&self.namespace, &other.namespace),
            pod_uid: either(&self.pod_uid, &other.pod_uid),
            sandbox_id: either(&self.sandbox_id, &other.sandbox_id),
            attempt: self.attempt.or(other.attempt),
            sandbox: self.sandbox || other.sandbox,
            pid: self.pid.or(other.pid),
            cgroup: either(&self.cgroup, &other.cgroup),
            limit_bytes: self.limit_bytes.or(other.limit_bytes),
            unit: either(&self.unit, &other.unit),
        }
    }

    /// The same with its names (all but its own id) as `share` gives them.
    pub fn sharing(mut self, mut share: impl FnMut(Arc<str>) -> Arc<str>) -> ContainerRef {
        let ContainerRef { name, image, runtime, pod, namespace, pod_uid, sandbox_id, cgroup, unit, .. } = &mut self;
        for text in [name, image, runtime, pod, namespace, pod_uid, sandbox_id, cgroup, unit] {
            *text = text.take().map(&mut share);
        }
        self
    }
}

/// A container's end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContainerExit {
    /// Exit status as told (137, 1, 0 ...).
    pub exit_code: Option<i64>,
    /// Signal, where told apart from the code.
    pub signal: Option<i32>,
    /// Host pid of the process that ended; `None` when 0 or absent.
    pub pid: Option<u32>,
    /// The speaker's reason: `OOMKilled`, `Error`, `Completed`, `ContainerStatusUnknown` ...
    pub reason: Option<String>,
    /// Message beside the reason.
    pub message: Option<String>,
    /// The `OOMKilled` flag, where the speaker has one.
    pub oom_flag: Option<bool>,
    /// When it had started.
    pub started: Option<Wall>,
    /// When it ended, by the record's own field (not the time of the log line).
    pub finished: Option<Wall>,
    /// Restart count told with it.
    pub restart_count: Option<u32>,
    /// Lifetime in seconds, where told (docker's execDuration).
    pub lifetime_s: Option<f64>,
    /// docker's `hasBeenManuallyStopped`.
    pub manually_stopped: Option<bool>,
    /// The exit of an exec session, not of the container.
    pub exec: bool,
    /// The times in it are null or year 1: the platform made the record up.
    pub invented: bool,
}

/// How a systemd unit's main process ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitExit {
    /// `exited`, `killed`, `dumped`.
    pub code: String,
    /// Status number: exit code or signal number.
    pub status: Option<i64>,
    /// The text after the slash: `KILL`, `FAILURE`, `n/a`.
    pub name: Option<String>,
}

/// A user-space killer's kill.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserspaceKill {
    /// Victim's pid.
    pub pid: Option<u32>,
    /// Victim's name.
    pub comm: Option<String>,
    /// Signal sent (15 or 9).
    pub signal: Option<i32>,
    /// Cgroup that was killed (systemd-oomd, oomd).
    pub cgroup: Option<String>,
    /// User id.
    pub uid: Option<u32>,
    /// Resident size in bytes, where told.
    pub rss_bytes: Option<u64>,
    /// `oom_score_adj`, where told.
    pub oom_score_adj: Option<i32>,
    /// Why, in the killer's words.
    pub reason: String,
}

/// The last result of a systemd unit, as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitState {
    /// `Result=`.
    pub result: Option<String>,
    /// `ExecMainCode`/`ExecMainStatus`.
    pub exit: Option<UnitExit>,
    /// Main pid.
    pub pid: Option<u32>,
    /// `NRestarts=`.
    pub restarts: Option<u32>,
    /// `MemoryMax=` bytes.
    pub memory_max_bytes: Option<u64>,
    /// `MemoryPeak=` bytes.
    pub memory_peak_bytes: Option<u64>,
}

/// Counters of a cgroup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CgroupCounters {
    /// The cgroup's path.
    pub cgroup: String,
    /// `oom` counter.
    pub oom: Option<u64>,
    /// `oom_kill` counter.
    pub oom_kill: Option<u64>,
    /// `memory.max`, bytes.
    pub limit_bytes: Option<u64>,
    /// `memory.peak`, bytes.
    pub peak_bytes: Option<u64>,
    /// `memory.current`, bytes.
    pub current_bytes: Option<u64>,
}

/// What one runtime-side record says.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeFact {
    /// Who said it.
    pub speaker: Speaker,
    /// About which container, if any; shared by the facts of one source that say the same of it.
    pub container: Arc<ContainerRef>,
    /// systemd unit it is about, if any.
    pub unit: Option<Arc<str>>,
    /// What.
    pub what: What,
}

/// The kinds of runtime-side facts.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Only identity: names, ids, pid, limits (the whole content is in `container`).
    Seen,
    /// A container was created or started.
    Started,
    /// A container (or exec) ended.
    Exited(Box<ContainerExit>),
    /// A document shows the container running; with its sticky flag and restart count.
    Running {
        /// `OOMKilled` of a running container (docker 24 and later: a child was killed).
        oom_flag: Option<bool>,
        /// Restart count.
        restart_count: Option<u32>,
        /// When it started.
        started: Option<Wall>,
    },
    /// The runtime saw an OOM in the container's cgroup: TaskOOM, docker `oom`, conmon's `OOM received`.
    OomSeen,
    /// Somebody asked for a stop (graceful signal first).
    StopAsked {
        /// Signal number (15 ...), where told.
        signal: Option<i32>,
        /// Grace period in seconds, where told.
        grace_s: Option<f64>,
        /// Reason, where told: `failed liveness probe`, `Need to kill Pod` ...
        reason: Option<String>,
    },
    /// SIGKILL was sent by the speaker.
    KillSent {
        /// True when it follows a stop that timed out ("using the force", "timed out. Killing").
        after_timeout: bool,
    },
    /// docker/podman `kill` event: a signal was sent on request.
    SignalSent {
        /// Signal number.
        signal: i32,
    },
    /// `stop` event: a stop command completed.
    Stopped,
    /// Container removed.
    Removed,
    /// A probe failed; `kills` when the speaker says that the container will be restarted for it.
    ProbeFailed {
        /// `liveness`, `startup`, `readiness`.
        probe: String,
        /// It leads to a kill.
        kills: bool,
        /// Probe's message.
        message: Option<String>,
    },
    /// The pod was deleted (SyncLoop DELETE, kubectl).
    PodDeleted,
    /// The pod was evicted.
    Evicted {
        /// Resource: `memory`, `ephemeral-storage` ...
        resource: String,
        /// The message.
        message: String,
    },
    /// The kubelet tries to reclaim a resource / node condition.
    Pressure {
        /// Resource.
        resource: String,
        /// The text.
        message: String,
    },
    /// Preempted by a critical pod, or ended by node shutdown.
    Preempted {
        /// The text.
        message: String,
    },
    /// A copy of a kernel kill, retold by the kubelet or node-problem-detector: (pid, comm) is all it proves.
    KernelKillRetold {
        /// Victim's pid.
        pid: u32,
        /// Victim's name.
        comm: String,
        /// The retold time, where given.
        at: Option<Wall>,
    },
    /// Back-off of a restart loop.
    BackOff {
        /// Seconds, where told.
        delay_s: Option<f64>,
    },
    /// A container could not be started.
    StartFailed {
        /// Exit code (125..128), where told.
        exit_code: Option<i64>,
        /// The error.
        message: String,
        /// The text itself says that the memory limit was too low.
        memory: bool,
    },
    /// The shim vanished.
    ShimGone,
    /// A daemon itself was told to stop, restarted or died.
    DaemonStop {
        /// Which.
        daemon: String,
    },
    /// systemd unit: started.
    UnitStarted,
    /// systemd unit: stop asked (`Stopping X...`).
    UnitStopping,
    /// systemd unit: stopped.
    UnitStopped,
    /// systemd unit: main process ended.
    UnitExited(UnitExit),
    /// systemd unit: control process ended.
    UnitControlExited(UnitExit),
    /// systemd unit: "killed by the OOM killer".
    UnitOom,
    /// systemd unit: "systemd-oomd killed N process(es) in this unit".
    UnitOomdKilled {
        /// How many.
        count: Option<u32>,
    },
    /// systemd unit: `Failed with result 'oom-kill'`.
    UnitResult {
        /// The result.
        result: String,
    },
    /// systemd unit: restart scheduled.
    UnitRestart {
        /// Restart counter.
        counter: Option<u32>,
    },
    /// systemd unit: `Consumed .. CPU time, .. memory peak`.
    UnitConsumed {
        /// Memory peak in bytes, where told.
        memory_peak_bytes: Option<u64>,
        /// Swap peak in bytes.
        swap_peak_bytes: Option<u64>,
    },
    /// systemd itself sent a signal to a process of the unit.
    UnitSignal {
        /// Process.
        pid: Option<u32>,
        /// Name.
        comm: Option<String>,
        /// Signal number.
        signal: i32,
        /// On a client's request (`systemctl kill`).
        client: bool,
    },
    /// systemd unit: `State 'stop-sigterm' timed out. Killing.`
    UnitStopTimeout,
    /// systemd unit: watchdog time-out.
    UnitWatchdog,
    /// systemd unit: start limit hit.
    UnitStartLimit,
    /// `systemctl show` / `status`: the unit's last result.
    UnitState(Box<UnitState>),
    /// A user-space killer acted: systemd-oomd, earlyoom, nohang, oomd, lmkd, Slurm, YARN ...
    UserspaceKill(Box<UserspaceKill>),
    /// A user-space killer's attempt came to nothing: the process did not go, or could not be signalled.
    UserspaceKillFailed {
        /// The victim's pid.
        pid: Option<u32>,
        /// The killer's words.
        message: String,
    },
    /// A user-space killer reports memory figures or a threshold without killing yet.
    UserspaceWarning {
        /// The text.
        text: String,
    },
    /// An application says that it ran out of memory by itself.
    AppOutOfMemory {
        /// `java`, `node`, `python`, `go` ...
        program: String,
        /// Its words.
        message: String,
        /// True when these words mean that the process ends of it.
        fatal: bool,
    },
    /// A parent process says that its child was killed by signal 9.
    ChildKilled {
        /// `postgresql`, `nginx`, `php-fpm`, `gunicorn` ...
        program: String,
        /// The child's name, where the parent tells it.
        child: Option<String>,
        /// Child's pid (perhaps in an inner pid namespace).
        pid: Option<u32>,
        /// Signal.
        signal: i32,
    },
    /// cgroup counters of a folder of cgroup files.
    CgroupCounters(Box<CgroupCounters>),
}

/// What a bundle says of its node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeFact {
    /// Host name.
    pub hostname: Option<String>,
    /// Offset from UTC of the node's local time, seconds.
    pub utc_offset_s: Option<i32>,
    /// Name of the zone (`Asia/Shanghai`).
    pub zone: Option<String>,
    /// Boot time, Unix microseconds (`btime` of /proc/stat).
    pub boot_time_us: Option<i64>,
    /// Time since boot when the bundle was collected, microseconds (`/proc/uptime`).
    pub uptime_us: Option<u64>,
    /// Boot id.
    pub boot: Option<u128>,
    /// Kernel release.
    pub kernel: Option<String>,
    /// MemTotal in bytes.
    pub memory_bytes: Option<u64>,
    /// SwapTotal in bytes.
    pub swap_bytes: Option<u64>,
    /// Page size in bytes.
    pub page_bytes: Option<u64>,
    /// Processes killed for lack of memory since boot (`oom_kill` of /proc/vmstat).
    pub oom_kills: Option<u64>,
    /// When the bundle was collected.
    pub collected: Option<Wall>,
}
