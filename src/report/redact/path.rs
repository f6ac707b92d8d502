//! Paths of files, cgroups and units: what is the same everywhere stays, so that the kind of a file and the level of a
//! cgroup can still be told.

use super::known;
use super::names::{Kind, Names};

/// A path of a file or archive member.
pub(super) fn path(names: &mut Names, path: &str) -> String {
    parts(path, ['/', '!'], |part| file(names, part))
}

/// Joins what `replace` makes of the parts with the separators that stood there.
fn parts(text: &str, separators: [char; 2], mut replace: impl FnMut(&str) -> String) -> String {
    let mut made = String::new();
    for part in text.split_inclusive(separators) {
        let name = part.trim_end_matches(separators);
        made.push_str(&replace(name));
        made.push_str(part.get(name.len()..).unwrap_or_default());
    }
    made
}

fn file(names: &mut Names, name: &str) -> String {
    if name.is_empty() || known::is_path_part(name) {
        return name.to_owned();
    }
    if names.knows(name) {
        return names.replace(Kind::Path, name);
    }
    // A log can hold paths of cgroups, too.
    let end = known::end(name);
    if known::UNIT_ENDS.contains(&end) || is_container_id(name) {
        return group(names, name);
    }
    let stem = name.strip_suffix(end).unwrap_or(name);
    if known::is_path_part(stem) {
        return name.to_owned();
    }
    format!("{}{end}", names.replace(Kind::Path, stem))
}

/// A path of a cgroup.
pub(super) fn cgroup(names: &mut Names, path: &str) -> String {
    parts(path, ['/', '/'], |part| group(names, part))
}

fn group(names: &mut Names, name: &str) -> String {
    if name.is_empty() || known::is_path_part(name) {
        return name.to_owned();
    }
    if is_container_id(name) {
        return id(names, name);
    }
    with_container(names, name).or_else(|| with_pod(names, name)).unwrap_or_else(|| unit(names, name))
}

/// `docker-<id>.scope`, `cri-containerd-<id>.scope`, `crio-conmon-<id>.scope`, `crio-<id>`.
fn with_container(names: &mut Names, name: &str) -> Option<String> {
    const RUNTIMES: [&str; 8] =
        ["docker", "cri-containerd", "containerd", "crio", "crio-conmon", "libpod", "libpod-conmon", "nerdctl"];
    let end = known::end(name);
    let (runtime, held) = name.strip_suffix(end)?.rsplit_once('-')?;
    (RUNTIMES.contains(&runtime) && is_container_id(held)).then(|| format!("{runtime}-{}{end}", id(names, held)))
}

/// `pod<uid>`, `kubepods-burstable-pod<uid>.slice`; systemd writes the uid's dashes as underscores.
fn with_pod(names: &mut Names, name: &str) -> Option<String> {
    let end = known::end(name);
    let (before, uid) = name.strip_suffix(end)?.rsplit_once("pod")?;
    let is_uid = uid.len() >= 32 && uid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_' || b == b'-');
    let is_level = matches!(before, "" | "kubepods-" | "kubepods-burstable-" | "kubepods-besteffort-");
    (is_uid && is_level).then(|| {
        let plain = uid.replace('_', "-");
        if plain != uid {
            names.alias(Kind::Id, &plain, uid);
        }
        format!("{before}pod{}{end}", id(names, &plain))
    })
}

/// A unit, or a cgroup of somebody's own.
pub(super) fn unit(names: &mut Names, name: &str) -> String {
    if known::is_unit(name) {
        return name.to_owned();
    }
    let end = known::end(name);
    let stem = name.strip_suffix(end).unwrap_or(name);
    let kind = if end.is_empty() { Kind::Group } else { Kind::Unit };
    // A sentence shows the name as a person would write it: `web-1` for `web\x2d1`.
    let plain = unescaped(stem);
    if plain != stem {
        names.alias(kind, stem, &plain);
    }
    // A sentence can name a service without its end, but a word of it is not that name.
    format!("{}{end}", names.replace(kind, stem))
}

/// `\x2d` is systemd's form of `-`.
fn unescaped(name: &str) -> String {
    name.replace("\\x2d", "-").replace("\\x2f", "/").replace("\\x40", "@")
}

fn is_container_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// An id; its first 12 digits, as tools print them, have the same pseudonym.
pub(super) fn id(names: &mut Names, id: &str) -> String {
    if let Some(start) = id.get(..12).filter(|start| start.len() < id.len() && !start.contains('-')) {
        names.alias(Kind::Id, id, start);
    }
    names.replace(Kind::Id, id)
}
