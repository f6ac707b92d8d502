//! What a single cgroup name can be: a container, a pod, a QoS class, a unit or a slice.

use super::PathContainer;

/// The scope systemd puts its own first process into; inside containers and user managers it is nobody's unit.
pub(super) const INIT_SCOPE: &str = "init.scope";

/// What podman's `--cgroups=split` calls the container's own cgroup below its unit (libpod `container_internal_linux.go`,
/// `getOCICgroupPath`).
pub(super) const SPLIT_PREFIX: &str = "libpod-payload-";

/// A container's cgroup.
pub(super) struct ContainerSegment<'a> {
    /// The container.
    pub(super) named: PathContainer,
    /// The slice of an unexpanded `slice:prefix:id`.
    pub(super) unexpanded_slice: Option<&'a str>,
}

/// A pod's cgroup.
pub(super) struct PodSegment {
    /// Uid with dashes, or 32 hex digits.
    pub(super) uid: String,
    /// Its class, where the path holds `kubepods`.
    pub(super) qos: Option<&'static str>,
}

/// Length of a container id.
const ID_LENGTH: usize = 64;

/// A container id: 64 lower-case hex digits (containerd, docker, CRI-O and podman all make them so).
pub(super) fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && is_hex(text)
}

/// Lower-case hex digits only.
pub(super) fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A uuid in its usual form, with `separator` between the groups.
pub(super) fn is_uuid(text: &str, separator: char) -> bool {
    let mut groups = text.split(separator);
    [8, 4, 4, 4, 12].iter().all(|&length| groups.next().is_some_and(|group| group.len() == length && is_hex(group)))
        && groups.next().is_none()
}

/// Reads the name as a container's or its monitor's.
///
/// * `<prefix>-ID.scope`: systemd driver; `<prefix>-ID`: cgroupfs driver of CRI-O and podman
/// * `ID`: cgroupfs driver of the others; only the names above tell the runtime, if anything does
/// * `slice:prefix:ID`: runc got a systemd path while it was told to use cgroupfs. Seen where the kubelet has the systemd
///   driver and containerd has `SystemdCgroup = false`:
///   `/system.slice/containerd.service/kubepods-besteffort-pod<uid>.slice:cri-containerd:ID`
/// * `kata_ID`: the sandbox of Kata Containers, whose guest keeps its own kernel log
pub(super) fn container<'a>(name: &'a str, above: &[&str]) -> Option<ContainerSegment<'a>> {
    if let Some((rest, id)) = name.rsplit_once(':') {
        let (slice, prefix) = rest.rsplit_once(':')?;
        return is_id(id).then(|| segment_of(prefix, id, Some(slice)));
    }
    let stem = name.strip_suffix(".scope").unwrap_or(name);
    if is_id(stem) {
        let runtime = runtime_of_parents(above);
        let named = PathContainer { id: stem.to_owned(), runtime, ..PathContainer::default() };
        return Some(ContainerSegment { named, unexpanded_slice: None });
    }
    if let Some(id) = stem.strip_prefix("kata_")
        && is_id(id)
    {
        return Some(segment_of("kata", id, None));
    }
    let (prefix, id) = stem.rsplit_once('-')?;
    is_id(id).then(|| segment_of(prefix, id, None))
}

fn segment_of<'a>(prefix: &str, id: &str, unexpanded_slice: Option<&'a str>) -> ContainerSegment<'a> {
    let named = PathContainer {
        id: id.to_owned(),
        runtime: runtime_of_prefix(prefix),
        monitor: prefix == "conmon" || prefix.ends_with("-conmon"),
        name: None,
    };
    ContainerSegment { named, unexpanded_slice }
}

fn runtime_of_prefix(prefix: &str) -> Option<&'static str> {
    Some(match prefix {
        "cri-containerd" | "nerdctl" => "containerd",
        "crio" | "crio-conmon" => "cri-o",
        "docker" => "docker",
        "libpod" | "libpod-conmon" | "libpod-payload" => "podman",
        _ => return None,
    })
}

/// The runtime of a bare id, from what it lies in: `/docker/ID`, `/ecs/<task>/ID` (the ECS agent drives docker),
/// `/actions_job/ID` (build runners do too), `/default/ID` (plain containerd: `ctr`, nerdctl).
fn runtime_of_parents(above: &[&str]) -> Option<&'static str> {
    let mut up = above.iter().rev().copied();
    match (up.next(), up.next()) {
        (Some("docker" | "actions_job"), _) => Some("docker"),
        (Some("default"), None) => Some("containerd"),
        (Some(_), Some("ecs")) => Some("docker"),
        _ => None,
    }
}

/// Reads the name as a pod's: `pod<uid>` (cgroupfs) or `[<root>-]kubepods[-<class>]-pod<uid with _>.slice` (systemd).
/// The uid of a static pod is the md5 of its manifest: 32 hex digits without dashes. The API server shows another uid
/// for its mirror pod and keeps this one as the annotation `kubernetes.io/config.hash`.
pub(super) fn pod(name: &str, above: &[&str]) -> Option<PodSegment> {
    let Some(stem) = name.strip_suffix(".slice") else {
        let uid = pod_uid(name.strip_prefix("pod")?)?;
        let class = match above.last() {
            Some(parent) if is_kubepods(parent) => Some("guaranteed"),
            Some(parent) => qos(parent, above.get(..above.len().saturating_sub(1)).unwrap_or_default()),
            None => None,
        };
        return Some(PodSegment { uid, qos: class });
    };
    let (group, uid) = stem.rsplit_once("-pod")?;
    let uid = pod_uid(uid)?;
    let class = if is_kubepods_stem(group) { Some("guaranteed") } else { qos_of_stem(group) };
    Some(PodSegment { uid, qos: class })
}

fn pod_uid(text: &str) -> Option<String> {
    if is_uuid(text, '-') || (text.len() == 32 && is_hex(text)) {
        Some(text.to_owned())
    } else if is_uuid(text, '_') {
        Some(text.replace('_', "-"))
    } else {
        None
    }
}

/// The id of a pod of podman: `libpod_pod_ID`, `machine-libpod_pod_ID.slice`, `user-libpod_pod_ID.slice`.
pub(super) fn podman_pod(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".slice").unwrap_or(name);
    // Every name of every path is asked, and hardly one is as long.
    let (before, id) = stem.split_at_checked(stem.len().checked_sub(ID_LENGTH)?)?;
    let before = before.strip_suffix("libpod_pod_")?;
    ((before.is_empty() || before.ends_with('-')) && is_id(id)).then_some(id)
}

/// Is it the group of all pods: `kubepods`, `kubepods.slice`, or with a root of its own `kubelet-kubepods.slice` (kind)?
pub(super) fn is_kubepods(name: &str) -> bool {
    is_kubepods_stem(name.strip_suffix(".slice").unwrap_or(name))
}

fn is_kubepods_stem(stem: &str) -> bool {
    stem.strip_suffix("kubepods").is_some_and(|before| before.is_empty() || before.ends_with('-'))
}

/// The class of a class's own group: `kubepods-burstable.slice`, or `burstable` below `kubepods`.
pub(super) fn qos(name: &str, above: &[&str]) -> Option<&'static str> {
    match name.strip_suffix(".slice") {
        Some(stem) => qos_of_stem(stem),
        None if above.last().is_some_and(|parent| is_kubepods(parent)) => class(name),
        None => None,
    }
}

fn qos_of_stem(stem: &str) -> Option<&'static str> {
    let (before, last) = stem.rsplit_once('-')?;
    class(last).filter(|_| is_kubepods_stem(before))
}

fn class(name: &str) -> Option<&'static str> {
    match name {
        "burstable" => Some("burstable"),
        "besteffort" => Some("besteffort"),
        _ => None,
    }
}

/// The name as a unit that owns processes. Slices are no units here.
///
/// systemd puts `_` before a unit that would look like a controller's file (`_memory.service`: `cg_escape`,
/// src/basic/cgroup-util.c); it is taken off.
pub(super) fn unit(name: &str) -> Option<&str> {
    const SUFFIXES: [&str; 5] = [".service", ".scope", ".socket", ".mount", ".swap"];
    let plain = name.strip_prefix('_').unwrap_or(name);
    SUFFIXES.iter().any(|suffix| plain.strip_suffix(suffix).is_some_and(|stem| !stem.is_empty())).then_some(plain)
}

/// The name as a slice.
pub(super) fn slice(name: &str) -> Option<&str> {
    let plain = name.strip_prefix('_').unwrap_or(name);
    // `-.slice` is the root; it never shows in a path, but in the unit fields of the journal.
    plain.strip_suffix(".slice").filter(|stem| !stem.is_empty() && !stem.contains(':')).map(|_| plain)
}

/// Is there a container or a service among the names above?
pub(super) fn inside_owner(above: &[&str]) -> bool {
    (0..above.len()).any(|at| {
        let name = above[at];
        let before = &above[..at];
        container(name, before).is_some()
            || (unit(name).is_some() && name != INIT_SCOPE)
            || super::platform::name(name, before).is_some_and(|other| other.container)
    })
}

/// Undoes systemd's escapes in a unit's name: `\x2d` is `-` (`unit_name_unescape`, src/basic/unit-name.c).
/// A broken escape stays as it is.
pub(super) fn unescape(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match tail {
            [b'x', high, low, after @ ..] if first == b'\\' => {
                if let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low)) {
                    bytes.push(high << 4 | low);
                    rest = after;
                    continue;
                }
            }
            _ => {}
        }
        bytes.push(first);
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
