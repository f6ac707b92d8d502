//! Names, labels and ids of containers, as the runtimes and the kubelet compose them.

use super::node::Node;
use crate::event::ContainerRef;
use std::sync::Arc;

/// Fills what labels or annotations of a container say (kubelet `labels.go`, cri-containerd, podman).
pub(super) fn from_labels(container: &mut ContainerRef, label: impl Fn(&str) -> Option<Arc<str>>) {
    let set = |field: &mut Option<Arc<str>>, key: &str| {
        if let Some(value) = label(key) {
            *field = Some(value);
        }
    };
    set(&mut container.pod, "io.kubernetes.pod.name");
    set(&mut container.namespace, "io.kubernetes.pod.namespace");
    set(&mut container.pod_uid, "io.kubernetes.pod.uid");
    set(&mut container.name, "io.kubernetes.container.name");
    set(&mut container.sandbox_id, "io.kubernetes.sandbox.id");
    // CRI-O's own annotations, in the OCI spec.
    set(&mut container.sandbox_id, "io.kubernetes.cri-o.SandboxID");
    set(&mut container.sandbox_id, "io.kubernetes.cri.sandbox-id");
    set(&mut container.name, "io.kubernetes.cri.container-name");
    set(&mut container.pod, "io.kubernetes.cri.sandbox-name");
    set(&mut container.namespace, "io.kubernetes.cri.sandbox-namespace");
    set(&mut container.pod_uid, "io.kubernetes.cri.sandbox-uid");
    set(&mut container.unit, "PODMAN_SYSTEMD_UNIT");
    let count = label("annotation.io.kubernetes.container.restartCount")
        .or_else(|| label("io.kubernetes.container.restartCount"))
        .and_then(|c| c.parse().ok());
    container.attempt = count.or(container.attempt);
    let sandbox = |key: &str, values: &[&str]| label(key).is_some_and(|v| values.contains(&&*v));
    container.sandbox |= sandbox("io.kubernetes.docker.type", &["podsandbox"])
        || sandbox("io.kubernetes.container.name", &["POD"])
        || sandbox("io.cri-containerd.kind", &["sandbox"])
        || sandbox("io.kubernetes.cri.container-type", &["sandbox"])
        || sandbox("io.kubernetes.cri-o.ContainerType", &["sandbox"]);
}

/// As [`from_labels`], from a map.
pub(super) fn from_label_map(container: &mut ContainerRef, labels: Option<&Node<'_>>) {
    if let Some(labels) = labels {
        from_labels(container, |key| labels.string(key));
    }
}

/// A docker or podman name without its slash. dockershim and cri-dockerd compose
/// `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>` (`POD` for the sandbox); none of the parts can hold an underscore.
pub(super) fn from_engine_name(container: &mut ContainerRef, name: &str) {
    let name = name.trim_start_matches('/');
    // `docker ps` joins link aliases with commas: the first is the container's own.
    let name = name.split(',').next().unwrap_or(name);
    let parts: Vec<&str> = name.split('_').collect();
    match parts[..] {
        ["k8s", own, pod, namespace, uid, attempt, ..] => {
            container.name = Some(own.into());
            container.pod = Some(pod.into());
            container.namespace = Some(namespace.into());
            container.pod_uid = Some(uid.into());
            container.attempt = attempt.parse().ok();
            container.sandbox |= own == "POD";
        }
        _ if !name.is_empty() => container.name = Some(name.into()),
        _ => {}
    }
}

/// `containerd://<id>` as the API prints it: runtime and id. Without a scheme only the id.
pub(super) fn from_scheme(container: &mut ContainerRef, text: &str) {
    let (scheme, id) = text.split_once("://").map_or((None, text), |(s, id)| (Some(s), id));
    container.id = id_text(id);
    if container.id.is_some() {
        container.runtime = scheme.map(runtime_name).or(container.runtime.take());
    }
}

/// The runtime's usual name.
pub(super) fn runtime_name(name: &str) -> Arc<str> {
    match name {
        "cri-o" | "crio" => "cri-o",
        "cri-containerd" | "containerd" => "containerd",
        "libpod" | "podman" => "podman",
        other => other,
    }
    .into()
}

/// An id: not empty, and not the `--` of a person who took it out; hexadecimal ones in lower case. (`ctr` containers may have any
/// name as id.)
pub(super) fn id_text(id: &str) -> Option<Arc<str>> {
    let id = id.trim();
    let hex = id.bytes().all(|c| c.is_ascii_hexdigit());
    id.contains(char::is_alphanumeric).then(|| if hex { id.to_ascii_lowercase().into() } else { id.into() })
}

/// True for what may name a container of a pod: a label of RFC 1123.
pub(super) fn is_label(text: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !text.is_empty() && text.len() <= 63 && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

/// True for a full container id.
pub(super) fn is_full_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
}

/// True for a pod uid: with dashes, or the 32 hex digits of a static pod.
pub(super) fn is_uid(text: &str) -> bool {
    let hex = text.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-');
    hex && (text.len() == 32 && !text.contains('-') || text.len() == 36 && text.matches('-').count() == 4)
}

/// `linux.cgroupsPath` of an OCI spec as a path: runc's `slice:prefix:name` is `<slice's path>/<prefix>-<name>.scope` when
/// the systemd driver is used (`systemd` is not false); otherwise the text is the path.
pub(super) fn cgroups_path(text: &str, systemd: bool) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(slice), Some(prefix), Some(name)) if systemd => {
            let slice = if slice.is_empty() { "system.slice" } else { slice };
            Some(format!("{}/{}", slice_path(slice), scope_name(prefix, name)))
        }
        _ => Some(if text.starts_with('/') { text.to_owned() } else { format!("/{text}") }),
    }
}

fn scope_name(prefix: &str, name: &str) -> String {
    match prefix {
        "" => format!("{name}.scope"),
        _ => format!("{prefix}-{name}.scope"),
    }
}

/// `a-b-c.slice` is `/a.slice/a-b.slice/a-b-c.slice` (systemd.slice(5)); a path stays a path.
pub(super) fn slice_path(slice: &str) -> String {
    if slice.contains('/') {
        return format!("/{}", slice.trim_matches('/'));
    }
    let Some(name) = slice.strip_suffix(".slice").filter(|n| !n.starts_with('-') && !n.ends_with('-')) else {
        return if slice == "-.slice" { String::new() } else { format!("/{slice}") };
    };
    let ends = name.match_indices('-').map(|(at, _)| at).chain(std::iter::once(name.len()));
    // Names deeper than any real slice are left as they are: their path would be quadratic in size.
    if name.matches('-').count() > 16 {
        return format!("/{slice}");
    }
    ends.filter_map(|end| name.get(..end)).map(|part| format!("/{part}.slice")).collect()
}

/// The runtime that a `cgroupsPath` prefix or a scope's name tells.
pub(super) fn runtime_of_cgroup(path: &str) -> Option<Arc<str>> {
    let leaf = path.rsplit('/').next()?;
    let known = [("cri-containerd-", "containerd"), ("crio-", "cri-o"), ("docker-", "docker"), ("libpod-", "podman")];
    known.iter().find(|(prefix, _)| leaf.starts_with(prefix)).map(|(_, name)| (*name).into())
}

/// Exit codes, pids, counts: a number that fits and, for pids, is not 0.
pub(super) fn small(number: Option<i64>) -> Option<u32> {
    u32::try_from(number?).ok()
}

/// A pid that is not 0 (runtimes print 0 after the exit).
pub(super) fn pid(number: Option<i64>) -> Option<u32> {
    small(number).filter(|pid| *pid != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_names() {
        let mut container = ContainerRef::default();
        from_engine_name(&mut container, "/canal-server,web/canal");
        assert_eq!(container.name.as_deref(), Some("canal-server"));
        from_engine_name(&mut container, "/k8s_app_web-0_prod_3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10_4");
        assert_eq!((container.name.as_deref(), container.pod.as_deref()), (Some("app"), Some("web-0")));
        assert_eq!((container.attempt, container.sandbox), (Some(4), false));
        from_engine_name(&mut container, "k8s_POD_web-0_prod_3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10_0");
        assert!(container.sandbox);
    }

    #[test]
    fn cgroup_paths() {
        let path = "kubepods-burstable-pod12_34.slice:cri-containerd:abc";
        assert_eq!(
            cgroups_path(path, true).as_deref(),
            Some("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod12_34.slice/cri-containerd-abc.scope")
        );
        assert_eq!(cgroups_path(path, false), Some(format!("/{path}")));
        assert_eq!(cgroups_path("/docker/abc", true).as_deref(), Some("/docker/abc"));
        assert_eq!(cgroups_path(":docker:abc", true).as_deref(), Some("/system.slice/docker-abc.scope"));
        assert_eq!(cgroups_path("", true), None);
        assert_eq!(slice_path("-.slice"), "");
        assert!(slice_path(&"a-".repeat(10_000)).len() < 30_000);
        assert_eq!(runtime_of_cgroup("/x/crio-abc.scope").as_deref(), Some("cri-o"));
    }

    #[test]
    fn schemes_and_ids() {
        let mut container = ContainerRef::default();
        from_scheme(&mut container, "containerd://ABCDEF");
        assert_eq!((container.id.as_deref(), container.runtime.as_deref()), (Some("abcdef"), Some("containerd")));
        let mut none = ContainerRef::default();
        from_scheme(&mut none, "docker://");
        assert_eq!((none.id, none.runtime), (None, None));
        assert!(is_uid("bebf118b7d46c7338314262eb83434eb") && is_uid("3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10"));
        assert!(!is_uid("3f1d6c0e-6a51") && !is_full_id("abc"));
    }
}
