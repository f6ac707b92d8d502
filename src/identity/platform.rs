//! Names of platforms whose groups bear no container id: LXC, machines, batch systems, Nomad, Mesos ...

use super::segment::{is_hex, is_id, is_uuid, podman_pod, unescape};

/// A platform's group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlatformGroup {
    /// In words: `LXC container web1`.
    pub(super) text: String,
    /// It is what its platform calls a container.
    pub(super) container: bool,
}

/// Reads the name with the help of those above.
pub(super) fn name(name: &str, above: &[&str]) -> Option<PlatformGroup> {
    // Names with an id are containers, whatever they lie in (`/lxc/ID` of a very old docker).
    if is_id(name) {
        return None;
    }
    let parent = above.last().copied().unwrap_or_default();
    container_like(name, parent)
        .map(|text| PlatformGroup { text, container: true })
        .or_else(|| job_like(name, parent, above).map(|text| PlatformGroup { text, container: false }))
}

/// What its platform calls a container.
fn container_like(name: &str, parent: &str) -> Option<String> {
    if let Some(lxc) = name.strip_prefix("lxc.payload.").filter(|n| !n.is_empty()) {
        return Some(format!("LXC container {lxc}"));
    }
    match parent {
        "lxc" => return Some(format!("LXC container {name}")),
        "garden" | "garden-good" | "garden-bad" => return Some(format!("Garden container {name}")),
        "mesos" if is_uuid(name, '-') => return Some(format!("Mesos container {name}")),
        _ => {}
    }
    if let Some(guid) = name.strip_prefix("instance-").filter(|guid| is_uuid(guid, '-')) {
        return Some(format!("Garden container {guid}"));
    }
    is_yarn(name).then(|| format!("YARN container {name}"))
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
fn job_like(name: &str, parent: &str, above: &[&str]) -> Option<String> {
    if let Some(id) = podman_pod(name) {
        return Some(format!("podman pod {id}"));
    }
    if let Some(lxc) = name.strip_prefix("lxc.monitor.").filter(|n| !n.is_empty()) {
        return Some(format!("monitor of LXC container {lxc}"));
    }
    machine(name)
        .or_else(|| nomad(name))
        .or_else(|| slurm(name, parent, above))
        .or_else(|| ecs(name, parent))
        .or_else(|| batch(name, parent, above))
        .or_else(|| android(name, parent))
}

/// `systemd-nspawn@<name>.service`, `machine-<name>.scope`; libvirt registers its guests as `qemu-<number>-<name>` and
/// systemd escapes the dashes: `machine-qemu\x2d3\x2dweb.scope`.
fn machine(name: &str) -> Option<String> {
    if let Some(machine) = name.strip_prefix("systemd-nspawn@").and_then(|n| n.strip_suffix(".service")) {
        return Some(format!("machine {}", unescape(machine)));
    }
    let machine = unescape(name.strip_prefix("machine-")?.strip_suffix(".scope")?);
    match machine.strip_prefix("qemu-").and_then(|n| n.split_once('-')) {
        Some((number, guest)) if is_number(number) => Some(format!("virtual machine {guest}")),
        _ => Some(format!("machine {machine}")),
    }
}

/// `<allocation uuid>.<task>[.scope]`; the task's name may hold dots, so the allocation is the first 36 bytes.
fn nomad(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".scope").unwrap_or(name);
    let (allocation, task) = stem.split_at_checked(36)?;
    let task = task.strip_prefix('.').filter(|task| !task.is_empty())?;
    is_uuid(allocation, '-').then(|| format!("Nomad task {} of allocation {allocation}", unescape(task)))
}

/// v1: `/slurm[_<node>]/uid_<n>/job_<j>/step_<s>[/task_<t>]`; v2: `[<node>_]slurmstepd.scope/job_<j>/step_<s>/user/task_<t>`.
fn slurm(name: &str, parent: &str, above: &[&str]) -> Option<String> {
    if !name.starts_with("job_") && !name.starts_with("step_") {
        return None;
    }
    let root = |n: &&str| {
        *n == "slurm" || n.starts_with("slurm_") || *n == "slurmstepd.scope" || n.ends_with("_slurmstepd.scope")
    };
    if !above.iter().any(root) {
        return None;
    }
    match name.strip_prefix("step_") {
        Some(step) => parent.strip_prefix("job_").map(|job| format!("Slurm job {job} step {step}")),
        None => name.strip_prefix("job_").map(|job| format!("Slurm job {job}")),
    }
}

/// `/ecs/<task>` (v1) and `ecstasks-<task>.slice` (v2); the id is 32 hex digits, or a uuid with old agents.
fn ecs(name: &str, parent: &str) -> Option<String> {
    let task = match name.strip_prefix("ecstasks-").and_then(|n| n.strip_suffix(".slice")) {
        Some(task) => task,
        None if parent == "ecs" => name,
        None => return None,
    };
    let known = (task.len() == 32 && is_hex(task)) || is_uuid(task, '-');
    known.then(|| format!("ECS task {task}"))
}

/// HTCondor, LSF and PBS.
fn batch(name: &str, parent: &str, above: &[&str]) -> Option<String> {
    if parent == "htcondor" {
        return Some(format!("HTCondor job {name}"));
    }
    if above.iter().rev().nth(1) == Some(&"lsf") && name.starts_with("job.") {
        return Some(format!("LSF {name}"));
    }
    let job = name.strip_prefix("pbspro-")?.strip_suffix(".slice")?;
    Some(format!("PBS job {}", unescape(job)))
}

/// `[/apps]/uid_<n>/pid_<n>` (libprocessgroup).
fn android(name: &str, parent: &str) -> Option<String> {
    let uid = parent.strip_prefix("uid_").filter(|uid| is_number(uid))?;
    let pid = name.strip_prefix("pid_").filter(|pid| is_number(pid))?;
    Some(format!("app with uid {uid}, process {pid}"))
}
