//! Cgroup path to runtime, container, pod, QoS class and unit.

/// What a cgroup path tells of its owner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Containers named in the path, innermost first. The first is *the* container; further ones are outer (nesting).
    pub containers: Vec<PathContainer>,
    /// Pod uid with dashes, or the 32 hex digits of a static pod.
    pub pod_uid: Option<String>,
    /// `guaranteed`, `burstable`, `besteffort`.
    pub qos: Option<&'static str>,
    /// The deepest systemd unit that is no container scope: `nginx.service`, `session-5.scope`.
    pub unit: Option<String>,
    /// The deepest slice: `system.slice`, `user-1000.slice`.
    pub slice: Option<String>,
    /// A name for anything else: LXC container, nspawn machine, Slurm step, YARN container, Nomad allocation ...
    pub other: Option<String>,
}

/// A container id found in a path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathContainer {
    /// 64 hex digits.
    pub id: String,
    /// `docker`, `containerd`, `cri-o`, `podman`; `None` where the path does not tell.
    pub runtime: Option<&'static str>,
    /// The path is that of the container's monitor (conmon), not of the container.
    pub monitor: bool,
}

/// What kind of cgroup a path is, when its limit is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathScope {
    /// A container.
    Container,
    /// A pod.
    Pod,
    /// A QoS class of Kubernetes.
    Qos,
    /// All pods.
    Kubepods,
    /// A systemd service (or scope).
    Service,
    /// A slice.
    Slice,
    /// The root cgroup.
    Root,
    /// Anything else.
    #[default]
    Other,
}

/// Reads a cgroup path (`oom_memcg=`, `task_memcg=`, `/proc/<pid>/cgroup`, `_SYSTEMD_CGROUP`).
pub fn parse(_path: &str) -> Identity {
    Identity::default()
}

/// The kind of the path's leaf.
pub fn scope(_path: &str) -> PathScope {
    PathScope::Other
}
