//! Cgroup path to runtime, container, pod, QoS class and unit.
//!
//! The kernel prints a path as seen from the root of the hierarchy and escapes nothing, so a name may hold blanks,
//! commas or anything but a slash. A path is cut at its slashes and read from the leaf to the root; the deepest match of
//! a kind wins. What a single name can be is in `segment`, names of other platforms are in `platform`.

mod application;
mod platform;
mod segment;

#[cfg(test)]
mod tests;

pub use application::{Application, application};

/// What a cgroup path tells of its owner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Containers named in the path, innermost first. The first is *the* container; further ones are outer (nesting).
    pub containers: Vec<PathContainer>,
    /// Pod uid with dashes, or the 32 hex digits of a static pod.
    pub pod_uid: Option<String>,
    /// `guaranteed`, `burstable`, `besteffort`.
    pub qos: Option<&'static str>,
    /// The deepest systemd unit that is no container scope: `nginx.service`, `session-5.scope`. Written as systemd
    /// writes it, `\x2d` and all, because that is the name the journal and `systemctl` know.
    pub unit: Option<String>,
    /// The unit that runs the container, where the path tells it: podman with `--cgroups=split` (Quadlet, units that `podman
    /// generate systemd` made) puts `libpod-payload-<id>` below its own unit.
    pub runner: Option<String>,
    /// The deepest slice: `system.slice`, `user-1000.slice`.
    pub slice: Option<String>,
    /// A name for anything else: LXC container, nspawn machine, Slurm step, YARN container, Nomad allocation ...
    /// In words (`LXC container web1`), unescaped.
    pub other: Option<String>,
    /// The id of a task of AWS ECS, whose containers have ids of their own.
    pub ecs_task: Option<String>,
}

/// A container named in a path, or what other platforms have for one: an LXC container, a virtual machine, a step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathContainer {
    /// 64 hex digits, or what its platform tells it from all others by: `<allocation>.<task>` of Nomad, `77.batch` of Slurm, the
    /// name of an LXC container.
    pub id: String,
    /// Its name, where the path has one.
    pub name: Option<String>,
    /// `docker`, `containerd`, `cri-o`, `podman`, `lxc`, `nomad`, `slurm` ...; `None` where the path does not tell.
    pub runtime: Option<&'static str>,
    /// The path is that of the container's monitor (conmon), not of the container.
    pub monitor: bool,
}

impl PathContainer {
    /// The id, where it is one and not the name.
    pub fn own_id(&self) -> Option<&str> {
        (self.name.as_ref() != Some(&self.id)).then_some(self.id.as_str())
    }

    /// A platform's own kind, which systemd may know as a unit as well.
    pub fn is_of_platform(&self) -> bool {
        !segment::is_id(&self.id)
    }

    /// A job of a batch system, or a step of one. Its limit is the job's, and nobody calls it a container's.
    pub fn is_job(&self) -> bool {
        matches!(self.runtime, Some("slurm" | "htcondor" | "lsf" | "pbs"))
    }
}

/// What kind of cgroup a path is, when its limit is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathScope {
    /// A container.
    Container,
    /// A pod, or a task of AWS ECS.
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

/// Reads a cgroup path (`oom_memcg=`, `task_memcg=`, `/proc/<pid>/cgroup`, `_SYSTEMD_CGROUP`), or the bare name of a
/// cgroup (`cpuset=`). Never fails: what is not understood is left out.
///
/// A whole line of `/proc/<pid>/cgroup` (`0::/path`, `4:memory:/path (deleted)`) is read like its path.
pub fn parse(path: &str) -> Identity {
    let segments = split(path);
    let mut found = Identity::default();
    let mut unit_hidden = false;
    let mut split_here = false;
    for at in (0..segments.len()).rev() {
        let name = segments[at];
        let above = &segments[..at];
        if let Some(container) = segment::container(name, above) {
            if let Some(slice) = container.unexpanded_slice {
                // The unit above such a name is the runtime's own (`containerd.service`), by a configuration fault.
                unit_hidden = true;
                read_groups(slice, &[], &mut found);
            }
            split_here = found.containers.is_empty() && name.starts_with(segment::SPLIT_PREFIX);
            found.containers.push(container.named);
            continue;
        }
        if let Some(unit) = segment::unit(name)
            && !unit_hidden
            && (found.unit.is_none() || found.unit.as_deref() == Some(segment::INIT_SCOPE))
            && (unit != segment::INIT_SCOPE || !segment::inside_owner(above))
        {
            found.unit = Some(unit.to_owned());
            found.runner = split_here.then(|| unit.to_owned());
        }
        read_groups(name, above, &mut found);
        if let Some(group) = platform::name(name, above) {
            found.containers.extend(group.owner);
            found.ecs_task = found.ecs_task.or(group.task);
            found.other = found.other.or(Some(group.text));
        }
    }
    found
}

/// Slice, pod and QoS class of one name.
fn read_groups(name: &str, above: &[&str], found: &mut Identity) {
    if found.slice.is_none()
        && let Some(slice) = segment::slice(name)
    {
        found.slice = Some(slice.to_owned());
    }
    if found.pod_uid.is_none()
        && let Some(pod) = segment::pod(name, above)
    {
        found.pod_uid = Some(pod.uid);
        // A class seen below this pod belongs to something nested in it: the pod's own is asked for.
        found.qos = pod.qos;
    }
    if found.pod_uid.is_none() && found.qos.is_none() {
        found.qos = segment::qos(name, above);
    }
}

/// The kind of the path's leaf.
///
/// A sub-cgroup inside a container or service (`.../docker-ID.scope/init.scope`, `/docker/ID/sub`, crun's `container`) is
/// taken for what it lies in, because that is what its owner knows. An unknown name directly below a pod, a QoS class or
/// a slice is `Other`: the limit that was hit is not theirs.
pub fn scope(path: &str) -> PathScope {
    let segments = split(path);
    if segments.is_empty() {
        return PathScope::Root;
    }
    for at in (0..segments.len()).rev() {
        let leaf = at + 1 == segments.len();
        match segment_scope(segments[at], &segments[..at]) {
            Some(scope @ (PathScope::Container | PathScope::Service)) => return scope,
            Some(scope) if leaf => return scope,
            Some(_) => return PathScope::Other,
            None => {}
        }
    }
    PathScope::Other
}

/// The unit or slice that a path's last name is: what `systemctl` sets a limit on.
pub fn own_unit(path: &str) -> Option<&str> {
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    segment::unit(name).or_else(|| segment::slice(name))
}

/// Is it a unit of a user's own manager (`user@1000.service`), which only `systemctl --user` knows?
pub fn is_of_user(path: &str) -> bool {
    let names = split(path);
    let above = names.split_last().map_or(&[][..], |(_, above)| above);
    above.iter().any(|name| name.starts_with("user@") && name.ends_with(".service"))
}

/// The kind of one name, `None` where the name says nothing and the one above is to be asked.
fn segment_scope(name: &str, above: &[&str]) -> Option<PathScope> {
    if let Some(container) = segment::container(name, above) {
        return Some(if container.named.monitor { PathScope::Service } else { PathScope::Container });
    }
    let group = platform::name(name, above);
    if group.as_ref().is_some_and(|group| group.container) {
        return Some(PathScope::Container);
    }
    let task = group.as_ref().is_some_and(|group| group.task.is_some());
    if task || segment::pod(name, above).is_some() || segment::podman_pod(name).is_some() {
        return Some(PathScope::Pod);
    }
    if segment::qos(name, above).is_some() {
        return Some(PathScope::Qos);
    }
    if segment::is_kubepods(name) {
        return Some(PathScope::Kubepods);
    }
    if let Some(unit) = segment::unit(name) {
        return (unit != segment::INIT_SCOPE || !segment::inside_owner(above)).then_some(PathScope::Service);
    }
    if segment::slice(name).is_some() {
        return Some(PathScope::Slice);
    }
    group.map(|_| PathScope::Other)
}

/// Names that are looked at, counted from the leaf. Real paths have a dozen; a forged one shall not cost time.
const MAX_DEPTH: usize = 128;

/// The names of a path, root first. `..` (a path seen from inside a cgroup namespace) names nothing.
fn split(path: &str) -> Vec<&str> {
    let path = path.trim_end_matches(['\n', '\r']);
    let path = path.strip_suffix(" (deleted)").unwrap_or(path);
    let names = strip_hierarchy(path).rsplit('/');
    let mut names: Vec<&str> = names.filter(|name| !matches!(*name, "" | "." | "..")).take(MAX_DEPTH).collect();
    names.reverse();
    names
}

/// Takes `4:memory:` or `0::` off a line of `/proc/<pid>/cgroup` (`proc_cgroup_show`, kernel/cgroup/cgroup.c).
fn strip_hierarchy(text: &str) -> &str {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(number), Some(controllers), Some(path))
            if !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
                && !controllers.contains('/')
                && path.starts_with('/') =>
        {
            path
        }
        _ => text,
    }
}
