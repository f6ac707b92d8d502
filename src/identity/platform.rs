//! Names of platforms whose groups bear no container id: LXC, machines, batch systems, Nomad, Mesos ...

use super::PathContainer;
use super::segment::{is_hex, is_id, is_uuid, podman_pod, unescape};

/// A platform's group.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PlatformGroup {
    /// In words: `LXC container web1`.
    pub(super) text: String,
    /// It is what its platform calls a container, and its limit is that container's own.
    pub(super) container: bool,
    /// Whose it is.
    pub(super) owner: Option<PathContainer>,
    /// A task of ECS.
    pub(super) task: Option<String>,
}

impl PlatformGroup {
    /// What its platform calls a container.
    fn container(text: String, owner: PathContainer) -> Self {
        PlatformGroup { text, container: true, owner: Some(owner), task: None }
    }

    /// A machine or job, whose limit is told in other words than a container's.
    fn owned(text: String, owner: PathContainer) -> Self {
        PlatformGroup { container: false, ..PlatformGroup::container(text, owner) }
    }

    /// Something that only has a name in words.
    fn named(text: String) -> Self {
        PlatformGroup { text, ..PlatformGroup::default() }
    }
}

/// Known by an id.
fn by_id(id: &str, runtime: &'static str) -> PathContainer {
    PathContainer { id: id.to_owned(), runtime: Some(runtime), ..PathContainer::default() }
}

/// Known by nothing but a name.
fn by_name(name: &str, runtime: &'static str) -> PathContainer {
    PathContainer { name: Some(name.to_owned()), ..by_id(name, runtime) }
}

/// Reads the name with the help of those above.
pub(super) fn name(name: &str, above: &[&str]) -> Option<PlatformGroup> {
    // Names with an id are containers, whatever they lie in (`/lxc/ID` of a very old docker).
    if is_id(name) {
        return None;
    }
    let mut up = above.iter().rev().copied();
    let (parent, grandparent) = (up.next().unwrap_or_default(), up.next().unwrap_or_default());
    container_like(name, parent, grandparent).or_else(|| job_like(name, parent, above))
}

/// What its platform calls a container.
fn container_like(name: &str, parent: &str, grandparent: &str) -> Option<PlatformGroup> {
    if let Some(lxc) = name.strip_prefix("lxc.payload.").filter(|n| !n.is_empty()) {
        return Some(PlatformGroup::container(format!("LXC container {lxc}"), by_name(lxc, "lxc")));
    }
    let garden = |guid: &str| PlatformGroup::container(format!("Garden container {guid}"), by_id(guid, "garden"));
    match (grandparent, parent) {
        (_, "lxc") => return Some(PlatformGroup::container(format!("LXC container {name}"), by_name(name, "lxc"))),
        // Diego's cells move containers between two groups by how much CPU they use.
        (_, "garden") if matches!(name, "good" | "bad") => return None,
        (_, "garden" | "garden-good" | "garden-bad") | ("garden", "good" | "bad") => return Some(garden(name)),
        (_, "mesos") if is_uuid(name, '-') => {
            return Some(PlatformGroup::container(format!("Mesos container {name}"), by_id(name, "mesos")));
        }
        _ => {}
    }
    // A user beancounter of OpenVZ: not a cgroup, but what its kernel names in the same place.
    if let Some(id) = name.strip_prefix("UB ").filter(|id| !id.is_empty() && parent.is_empty()) {
        return Some(PlatformGroup::container(format!("OpenVZ container {id}"), by_id(id, "openvz")));
    }
    if let Some(guid) = name.strip_prefix("instance-").filter(|guid| is_uuid(guid, '-')) {
        return Some(garden(guid));
    }
    if is_yarn(name) {
        return Some(PlatformGroup::container(format!("YARN container {name}"), by_id(name, "yarn")));
    }
    nomad(name).or_else(|| nspawn(name)).or_else(|| fargate(name, parent, grandparent))
}

/// `container_[e<epoch>_]<cluster time>_<application>_<attempt>_<container>` (`ContainerId.toString`, Hadoop).
fn is_yarn(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("container_") else { return false };
    let rest = match rest.strip_prefix('e').and_then(|r| r.split_once('_')) {
        Some((epoch, after)) if is_number(epoch) => after,
        _ => rest,
    };
    rest.split('_').count() == 4 && rest.split('_').all(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Machines, jobs, tasks and pods: not containers, but with a name worth telling.
fn job_like(name: &str, parent: &str, above: &[&str]) -> Option<PlatformGroup> {
    if let Some(id) = podman_pod(name) {
        return Some(PlatformGroup::named(format!("podman pod {id}")));
    }
    if let Some(lxc) = name.strip_prefix("lxc.monitor.").filter(|n| !n.is_empty()) {
        return Some(PlatformGroup::named(format!("monitor of LXC container {lxc}")));
    }
    virtual_machine(name, parent)
        .or_else(|| slurm(name, parent, above))
        .or_else(|| ecs(name, parent))
        .or_else(|| batch(name, parent, above))
        .or_else(|| android(name, parent).map(PlatformGroup::named))
}

/// `systemd-nspawn@<name>.service`, `machine-<name>.scope` (machined), and libvirt's `machine-lxc\x2d<number>\x2d<name>.scope`.
fn nspawn(name: &str) -> Option<PlatformGroup> {
    if let Some(machine) = name.strip_prefix("systemd-nspawn@").and_then(|n| n.strip_suffix(".service")) {
        let machine = unescape(machine);
        return Some(PlatformGroup::container(format!("machine {machine}"), by_name(&machine, "systemd-nspawn")));
    }
    let machine = registered(name)?;
    match numbered(&machine, "qemu-") {
        Some(_) => None,
        None => Some(match numbered(&machine, "lxc-") {
            Some(guest) => PlatformGroup::container(format!("LXC container {guest}"), by_name(guest, "lxc")),
            None => PlatformGroup::container(format!("machine {machine}"), by_name(&machine, "systemd-nspawn")),
        }),
    }
}

/// libvirt registers its guests as `qemu-<number>-<name>` and systemd escapes the dashes: `machine-qemu\x2d3\x2dweb.scope`;
/// Proxmox VE has `/qemu.slice/<number>.scope`.
fn virtual_machine(name: &str, parent: &str) -> Option<PlatformGroup> {
    let machine = registered(name);
    let guest = match machine.as_deref().and_then(|machine| numbered(machine, "qemu-")) {
        Some(guest) => guest,
        None if parent == "qemu.slice" => name.strip_suffix(".scope").filter(|number| is_number(number))?,
        None => return None,
    };
    Some(PlatformGroup::owned(format!("virtual machine {guest}"), by_name(guest, "qemu")))
}

/// The name under which machined knows it.
fn registered(name: &str) -> Option<String> {
    name.strip_prefix("machine-")?.strip_suffix(".scope").map(unescape)
}

/// `web` of `qemu-3-web`.
fn numbered<'n>(machine: &'n str, driver: &str) -> Option<&'n str> {
    let (number, guest) = machine.strip_prefix(driver)?.split_once('-')?;
    is_number(number).then_some(guest)
}

/// `<allocation uuid>.<task>[.scope]`; the task's name may hold dots, so the allocation is the first 36 bytes.
fn nomad(name: &str) -> Option<PlatformGroup> {
    let stem = name.strip_suffix(".scope").unwrap_or(name);
    let (allocation, task) = stem.split_at_checked(36)?;
    let task = unescape(task.strip_prefix('.').filter(|task| !task.is_empty())?);
    is_uuid(allocation, '-').then(|| {
        let owner = PathContainer { name: Some(task.clone()), ..by_id(&format!("{allocation}.{task}"), "nomad") };
        PlatformGroup::container(format!("Nomad task {task} of allocation {allocation}"), owner)
    })
}

/// `/ecs/<task>/<task>-<number>`: Fargate's containers have no id of a runtime.
fn fargate(name: &str, parent: &str, grandparent: &str) -> Option<PlatformGroup> {
    let number = name.strip_prefix(parent)?.strip_prefix('-')?;
    let fits = grandparent == "ecs" && parent.len() == 32 && is_hex(parent) && is_number(number);
    fits.then(|| PlatformGroup::container(format!("container {name} of ECS task {parent}"), by_id(name, "ecs")))
}

/// v1: `/slurm[_<node>]/uid_<n>/job_<j>/step_<s>[/task_<t>]`; v2: `[<node>_]slurmstepd.scope/job_<j>/step_<s>/user/task_<t>`.
/// A step is `<job>.<step>` wherever Slurm speaks of it.
fn slurm(name: &str, parent: &str, above: &[&str]) -> Option<PlatformGroup> {
    if !name.starts_with("job_") && !name.starts_with("step_") {
        return None;
    }
    let root = |n: &&str| {
        *n == "slurm" || n.starts_with("slurm_") || *n == "slurmstepd.scope" || n.ends_with("_slurmstepd.scope")
    };
    if !above.iter().any(root) {
        return None;
    }
    if let Some(step) = name.strip_prefix("step_") {
        let job = parent.strip_prefix("job_")?;
        let owner = by_id(&format!("{job}.{step}"), "slurm");
        return Some(PlatformGroup::owned(format!("Slurm job {job} step {step}"), owner));
    }
    let job = name.strip_prefix("job_")?;
    Some(PlatformGroup::owned(format!("Slurm job {job}"), by_id(job, "slurm")))
}

/// `/ecs/<task>` (v1) and `ecstasks-<task>.slice` (v2); the id is 32 hex digits, or a uuid with old agents.
fn ecs(name: &str, parent: &str) -> Option<PlatformGroup> {
    let task = match name.strip_prefix("ecstasks-").and_then(|n| n.strip_suffix(".slice")) {
        Some(task) => task,
        None if parent == "ecs" => name,
        None => return None,
    };
    let known = (task.len() == 32 && is_hex(task)) || is_uuid(task, '-');
    known.then(|| PlatformGroup { task: Some(task.to_owned()), ..PlatformGroup::named(format!("ECS task {task}")) })
}

/// HTCondor, LSF and PBS.
fn batch(name: &str, parent: &str, above: &[&str]) -> Option<PlatformGroup> {
    if parent == "htcondor" {
        return Some(PlatformGroup::owned(format!("HTCondor job {name}"), by_id(name, "htcondor")));
    }
    if above.iter().rev().nth(1) == Some(&"lsf")
        && let Some(job) = name.strip_prefix("job.")
    {
        return Some(PlatformGroup::owned(format!("LSF {name}"), by_id(job, "lsf")));
    }
    let job = unescape(name.strip_prefix("pbspro-")?.strip_suffix(".slice")?);
    Some(PlatformGroup::owned(format!("PBS job {job}"), by_id(&job, "pbs")))
}

/// `[/apps]/uid_<n>/pid_<n>` (libprocessgroup).
fn android(name: &str, parent: &str) -> Option<String> {
    let uid = parent.strip_prefix("uid_").filter(|uid| is_number(uid))?;
    let pid = name.strip_prefix("pid_").filter(|pid| is_number(pid))?;
    Some(format!("app with uid {uid}, process {pid}"))
}
