//! What paths tell: the container of a log, the node of a file, the cgroup of a cgroup file.

use super::names::{is_full_id, is_uid};
use crate::event::ContainerRef;

/// What the path of a container log (or of another file that belongs to one container) says of its container.
///
/// | path | source |
/// | --- | --- |
/// | `pods/<ns>_<pod>_<uid>/<container>/<attempt>.log[.<date>[.gz]]` | kubelet `BuildContainerLogsDirectory` |
/// | `containers/<pod>_<ns>_<container>-<CID>.log` | kubelet `LogSymlink` |
/// | `containers/<CID>/<CID>-json.log`, `config.v2.json`, `hostconfig.json` | dockerd |
/// | `overlay-containers/<CID>/userdata/ctr.log` | libpod, CRI-O |
/// | `io.containerd.runtime.v2.task/<namespace>/<id>/config.json` | containerd |
/// | `namespaces/<ns>/pods/<pod>/<container>/[<container>/logs/]current.log` | `oc adm must-gather` |
/// | `<ns>/<pod>/logs.txt` | `kubectl cluster-info dump --output-directory` |
pub fn path_container(path: &str) -> Option<ContainerRef> {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let file = *parts.last()?;
    kubelet_log(&parts)
        .or_else(|| kubelet_link(file))
        .or_else(|| engine_folder(&parts))
        .or_else(|| must_gather(&parts))
        .or_else(|| cluster_info_dump(&parts))
        .or_else(|| support_bundle_log(&parts))
        .or_else(|| engine_logs(file))
        .or_else(|| collected_logs(&parts))
}

/// The saved output of `docker logs` or `podman logs`, as sosreport names it: `docker_logs_-t_<name>`, `podman_logs_<name>`.
/// Collectors put a word of their own before the name: the joiner looks for a container whose name ends the file's.
fn engine_logs(file: &str) -> Option<ContainerRef> {
    let (engine, rest) =
        ["docker", "podman"].iter().find_map(|e| Some((*e, file.strip_prefix(e)?.strip_prefix("_logs_")?)))?;
    named_by_engine(rest.strip_prefix("-t_").unwrap_or(rest), engine)
}

/// The same as collectors and people's own scripts save it: `docker/logs-<name>.txt`, `docker/logs/<name>.log`,
/// `docker-logs/<name>.log`.
fn collected_logs(parts: &[&str]) -> Option<ContainerRef> {
    let (file, folders) = parts.split_last()?;
    let folder = *folders.last()?;
    let engine_of = |folder: &str| ["docker", "podman"].into_iter().find(|engine| folder == *engine);
    let prefixed = ["logs-", "logs_"].into_iter().find_map(|prefix| file.strip_prefix(prefix));
    if let (Some(engine), Some(name)) = (engine_of(folder), prefixed) {
        return named_by_engine(name, engine);
    }
    let above = folders.iter().rev().nth(1).copied().unwrap_or_default();
    let engine = match folder {
        "logs" => engine_of(above),
        _ => folder.strip_suffix("logs").and_then(|engine| engine_of(engine.trim_end_matches(['-', '_']))),
    };
    let saved = file.ends_with(".txt") || file.ends_with(".log");
    named_by_engine(file, engine.filter(|_| saved)?).filter(|about| !about.name.as_deref().is_some_and(is_daemon))
}

/// Their logs lie in such folders, too.
fn is_daemon(name: &str) -> bool {
    matches!(name, "docker" | "dockerd" | "containerd" | "podman" | "kubelet" | "daemon")
}

fn named_by_engine(file: &str, engine: &str) -> Option<ContainerRef> {
    let name = file.strip_suffix(".txt").or_else(|| file.strip_suffix(".log")).unwrap_or(file);
    Some(ContainerRef { name: Some(name.into()), runtime: Some(engine.into()), ..ContainerRef::default() })
}

/// `<ns>_<pod>_<uid>/<container>/<attempt>.log`
fn kubelet_log(parts: &[&str]) -> Option<ContainerRef> {
    let [.., folder, container, file] = parts else { return None };
    let mut names = folder.rsplitn(2, '_');
    let uid = names.next().filter(|uid| is_uid(uid))?;
    let (namespace, pod) = names.next()?.split_once('_')?;
    let attempt = file.split_once(".log")?.0.parse().ok();
    Some(ContainerRef {
        name: Some((*container).into()),
        pod: Some(pod.into()),
        namespace: Some(namespace.into()),
        pod_uid: Some(uid.into()),
        attempt,
        ..ContainerRef::default()
    })
}

/// `<pod>_<ns>_<container>-<CID>.log`
fn kubelet_link(file: &str) -> Option<ContainerRef> {
    let (name, id) = file.strip_suffix(".log")?.rsplit_once('-').filter(|(_, id)| is_full_id(id))?;
    let mut names = name.splitn(3, '_');
    let (pod, namespace, container) = (names.next()?, names.next()?, names.next()?);
    Some(ContainerRef {
        id: Some(id.into()),
        name: Some(container.into()),
        pod: Some(pod.into()),
        namespace: Some(namespace.into()),
        ..ContainerRef::default()
    })
}

/// A folder whose name is a container id, below one that tells the engine.
fn engine_folder(parts: &[&str]) -> Option<ContainerRef> {
    let at = parts.iter().rposition(|part| is_full_id(part))?;
    if at + 1 == parts.len() {
        return None;
    }
    let parent = parts.get(at.checked_sub(1)?)?;
    let runtime = match *parent {
        "containers" => Some("docker"),
        "overlay-containers" => None,
        "k8s.io" | "default" => Some("containerd"),
        "moby" | "json-file" => Some("docker"),
        _ => return None,
    };
    let id = parts.get(at).map(|id| (*id).into());
    Some(ContainerRef { id, runtime: runtime.map(Into::into), ..ContainerRef::default() })
}

/// `namespaces/<ns>/pods/<pod>/<container>/.../current.log`
fn must_gather(parts: &[&str]) -> Option<ContainerRef> {
    let at = parts.iter().rposition(|part| *part == "namespaces")?;
    let [namespace, "pods", pod, container, .., file] = parts.get(at + 1..)? else { return None };
    file.ends_with(".log").then(|| ContainerRef {
        name: Some((*container).into()),
        pod: Some((*pod).into()),
        namespace: Some((*namespace).into()),
        ..ContainerRef::default()
    })
}

/// `<ns>/<pod>/logs.txt`. Many bundles have a `logs.txt`, so the folder must look like a pod: names that controllers and the
/// kubelet compose have a dash.
fn cluster_info_dump(parts: &[&str]) -> Option<ContainerRef> {
    let [.., namespace, pod, "logs.txt"] = parts else { return None };
    let valid =
        |name: &str| name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'.'));
    if !valid(namespace) || !valid(pod) || !pod.contains('-') {
        return None;
    }
    let (pod, namespace) = (Some((*pod).into()), Some((*namespace).into()));
    Some(ContainerRef { pod, namespace, ..ContainerRef::default() })
}

/// `cluster-resources/pods/logs/<ns>/<pod>/<container>[-previous].log` (troubleshoot.sh)
fn support_bundle_log(parts: &[&str]) -> Option<ContainerRef> {
    let at = parts.windows(2).rposition(|pair| pair == ["pods", "logs"])?;
    let [namespace, pod, file] = parts.get(at + 2..)? else { return None };
    let name = file.strip_suffix(".log")?;
    Some(ContainerRef {
        name: Some(name.strip_suffix("-previous").unwrap_or(name).into()),
        pod: Some((*pod).into()),
        namespace: Some((*namespace).into()),
        ..ContainerRef::default()
    })
}

/// The last full container id anywhere in a text such as a cgroup path.
pub(super) fn full_id_in(text: &str) -> Option<&str> {
    text.rsplit(|c: char| !c.is_ascii_alphanumeric()).find(|part| is_full_id(part))
}

/// What the path of any member says of its node: the folder or archive of a sosreport
/// (`sosreport-<host>[-<case>]-<date>-<id>`, older `sosreport-<host>.<case>-<time>-<id>`), of a SUSE supportconfig
/// (`scc_<host>_<date>_<time>`, `nts_...`), a must-gather's or support bundle's `nodes/<host>/`, `remote/<host>/`, and
/// `support-bundle-<host>`.
pub fn path_host(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let inner = parts.iter().enumerate().rev().find_map(|(n, part)| node_folder(&parts, n, part));
    inner.or_else(|| parts.iter().rev().find_map(|part| bundle_host(part))).map(str::to_owned)
}

/// `nodes/<host>/...`, also `nodes/<host>.yaml`, and the like.
fn node_folder<'p>(parts: &[&'p str], n: usize, part: &str) -> Option<&'p str> {
    if !matches!(part, "nodes" | "node-logs" | "remote" | "hosts") {
        return None;
    }
    let next = parts.get(n + 1)?;
    let name = if n + 2 < parts.len() {
        next
    } else {
        [".describe.txt", ".yaml", ".json"].iter().find_map(|end| next.strip_suffix(end))?
    };
    is_host(name).then_some(name)
}

fn bundle_host(part: &str) -> Option<&str> {
    if let Some(rest) = part.strip_prefix("sosreport-") {
        return sos_host(rest);
    }
    if let Some(rest) = part.strip_prefix("scc_").or_else(|| part.strip_prefix("nts_")) {
        let mut pieces = rest.rsplitn(3, '_');
        let (time, date) = (pieces.next()?, pieces.next()?);
        let digits = |text: &str, len: usize| text.len() >= len && text.bytes().take(len).all(|c| c.is_ascii_digit());
        return pieces.next().filter(|host| digits(time, 4) && digits(date, 6) && is_host(host));
    }
    let rest = part.strip_prefix("support-bundle-")?;
    let name = [".tar.gz", ".tgz", ".zip"].iter().find_map(|end| rest.strip_suffix(end)).unwrap_or(rest);
    // troubleshoot.sh names its bundles after the time.
    (is_host(name) && date_at(name) != Some(0)).then_some(name)
}

/// The host part of a sosreport's name, without prefix.
fn sos_host(rest: &str) -> Option<&str> {
    let host = match date_at(rest) {
        Some(at) => rest.get(..at)?.strip_suffix('-')?,
        // `<host>.<case>-20190314152653-1a2b`
        None => rest.split('-').next().and_then(|h| h.rsplit_once('.')).map(|(host, _)| host)?,
    };
    // A support case number stands behind the host's name.
    let (name, case) = host.rsplit_once('-').unwrap_or((host, ""));
    let is_case = (7..=8).contains(&case.len()) && case.bytes().all(|c| c.is_ascii_digit());
    let host = if is_case { name } else { host };
    is_host(host).then_some(host)
}

/// Where `YYYY-MM-DD` stands in a name.
fn date_at(text: &str) -> Option<usize> {
    let shape = |window: &[u8]| {
        window.iter().enumerate().all(|(n, c)| if n == 4 || n == 7 { *c == b'-' } else { c.is_ascii_digit() })
    };
    text.as_bytes().windows(10).rposition(shape)
}

/// A plausible host name (RFC 1123, underscores allowed).
pub(super) fn is_host(text: &str) -> bool {
    let valid = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_');
    (1..=253).contains(&text.len())
        && text.bytes().all(valid)
        && text.bytes().next().is_some_and(|c| c.is_ascii_alphanumeric())
}

/// The cgroup whose file this is: the folders below `cgroup`, `cgroups` or `fs/cgroup`, without the v1 controller and the
/// folders that collectors put between. Some collectors write the path as one name with `+` for `/`, or put the
/// name before the file's (`web.memory.events`).
pub(super) fn cgroup_of(path: &str) -> Option<String> {
    const CONTROLLERS: [&str; 4] = ["memory", "unified", "snapshots", "systemd"];
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let (file, folders) = parts.split_last()?;
    let root = folders.iter().rposition(|part| matches!(*part, "cgroup" | "cgroups")).map_or(0, |at| at + 1);
    let mut rest: Vec<&str> = folders.get(root..)?.iter().flat_map(|part| part.split('+')).collect();
    while rest.first().is_some_and(|f| CONTROLLERS.contains(f) || f.starts_with("snapshot-")) {
        rest.remove(0);
    }
    let prefix = file.split_once(".memory.").map(|(name, _)| name).filter(|_| root > 0 || rest.is_empty());
    let name = prefix.filter(|name| !name.is_empty());
    if rest.is_empty() && name.is_none() {
        return (root > 0).then(|| "/".to_owned());
    }
    // Without a folder that is known to hold cgroups, the path begins where it looks like one.
    if root == 0 {
        rest.drain(..rest.iter().position(|part| looks_like_cgroup(part)).unwrap_or(rest.len()));
    }
    let whole: String = rest.into_iter().chain(name).map(|part| format!("/{part}")).collect();
    (!whole.is_empty()).then_some(whole)
}

fn looks_like_cgroup(part: &str) -> bool {
    part.ends_with(".slice") || part.ends_with(".scope") || part.ends_with(".service") || part.contains("kubepods")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const CID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
    const UID: &str = "3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10";

    type Names = (Option<Arc<str>>, Option<Arc<str>>, Option<Arc<str>>);

    fn names(path: &str) -> Names {
        let c = path_container(path).unwrap_or_default();
        (c.namespace, c.pod, c.name)
    }

    fn three(a: &str, b: &str, c: &str) -> Names {
        (Some(a.into()), Some(b.into()), Some(c.into()))
    }

    #[test]
    fn logs_of_the_kubelet() {
        let path = format!("x/var/log/pods/prod_web-0_{UID}/web/12.log.20261123-101112.gz");
        assert_eq!(names(&path), three("prod", "web-0", "web"));
        let container = path_container(&path).unwrap();
        assert_eq!((container.attempt, container.pod_uid.as_deref()), (Some(12), Some(UID)));
        let link = format!("/var/log/containers/web-0_prod_side-car-{CID}.log");
        assert_eq!(names(&link), three("prod", "web-0", "side-car"));
        assert_eq!(path_container(&link).unwrap().id.as_deref(), Some(CID));
        let fixed = "var/log/pods/kube-system_etcd-node1_bebf118b7d46c7338314262eb83434eb/etcd/0.log";
        assert_eq!(path_container(fixed).unwrap().pod_uid.as_deref(), Some("bebf118b7d46c7338314262eb83434eb"));
    }

    #[test]
    fn logs_of_engines_and_bundles() {
        let path = format!("var/lib/docker/containers/{CID}/{CID}-json.log");
        let container = path_container(&path).unwrap();
        assert_eq!((container.id.as_deref(), container.runtime.as_deref()), (Some(CID), Some("docker")));
        let path = format!("home/u/.local/share/containers/storage/overlay-containers/{CID}/userdata/ctr.log");
        assert_eq!(path_container(&path).unwrap().id.as_deref(), Some(CID));
        let gather = "quay-io-sha256-1/namespaces/prod/pods/web-0/web/web/logs/previous.log";
        assert_eq!(names(gather), three("prod", "web-0", "web"));
        assert_eq!(names("cluster-resources/pods/logs/prod/web-0/web-previous.log"), three("prod", "web-0", "web"));
        assert_eq!(names("dump/prod/web-0/logs.txt"), (Some("prod".into()), Some("web-0".into()), None));
        for path in ["node/docker/logs-java-shop-1.txt", "docker/logs/shop-1.log", "x/docker-logs/shop-1.log"] {
            let container = path_container(path).unwrap();
            assert!(container.name.as_deref().is_some_and(|name| name.ends_with("shop-1")), "{path}");
            assert_eq!(container.runtime.as_deref(), Some("docker"));
        }
        for path in [
            "",
            "/",
            "docker/logs/dockerd.log",
            "docker/inspect-shop.json",
            "logs/shop-1.log",
            "var/log/syslog",
            "bundle/node/logs.txt",
            "a_b_c/d/0.log",
            "namespaces/prod/pods/web-0/web-0.yaml",
        ] {
            assert_eq!(path_container(path), None, "{path}");
        }
    }

    #[test]
    fn hosts() {
        for (path, host) in [
            ("sosreport-k8s-node-07-2026-11-23-bfe4d8/etc/hostname", "k8s-node-07"),
            ("in/sosreport-ip-10-4-7-21-2026-11-23-a98d7c.tar.xz", "ip-10-4-7-21"),
            ("sosreport-web1-01234567-2024-01-02-abcdefg/proc/meminfo", "web1"),
            ("sosreport-web1.01234567-20190314152653-1a2b/proc/meminfo", "web1"),
            ("scc_sles15-a_240131_1015/messages.txt", "sles15-a"),
            ("support-bundle-node-b1/logs/syslog", "node-b1"),
            ("must-gather/x/nodes/worker-21/crictl_ps.json", "worker-21"),
            ("m/cluster-scoped-resources/core/nodes/worker-21.yaml", "worker-21"),
            ("sosreport-a-2026-11-23-bfe4d8/nodes/b/x", "b"),
        ] {
            assert_eq!(path_host(path).as_deref(), Some(host), "{path}");
        }
        for path in [
            "",
            "support-bundle-2026-11-23T07286/x",
            "nodes.json",
            "nodes/all",
            "sosreport-",
            "sosreport-2026-11-23-x",
            "a/b",
        ] {
            assert_eq!(path_host(path), None, "{path}");
        }
    }

    #[test]
    fn cgroups_of_files() {
        for (path, cgroup) in [
            ("sys/fs/cgroup/system.slice/web.service/memory.events", "/system.slice/web.service"),
            ("sys/fs/cgroup/memory/docker/abc/memory.oom_control", "/docker/abc"),
            ("c/cgroup/snapshot-01/memory+kubepods+burstable/memory.failcnt", "/kubepods/burstable"),
            ("cgroups/snapshots/snapshot-05/kubepods.slice/memory.events", "/kubepods.slice"),
            ("cgroup/web.memory.oom_control", "/web"),
            ("web.memory.oom_control", "/web"),
            ("sys/fs/cgroup/memory.max", "/"),
            ("x/kubepods.slice/memory.max", "/kubepods.slice"),
        ] {
            assert_eq!(cgroup_of(path).as_deref(), Some(cgroup), "{path}");
        }
        assert_eq!((cgroup_of("memory.max"), cgroup_of("x/memory.max"), cgroup_of("")), (None, None, None));
    }
}
