//! What could not be read for lack of rights, and which group or right would allow it.

use crate::report::Problem;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// How the messages of the source begin that this module makes more exact.
const REFUSED: &str = "no permission to read it";

/// Who may read a file or folder, as the end of a sentence that began with what cannot be read.
pub(super) fn hint(path: &Path) -> String {
    if path.ends_with("kmsg") {
        return "it needs the right CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0: run as root".to_owned();
    }
    match reading_group(path) {
        Some(group) => format!("members of group {group} can read it: run as root, or join the group"),
        None => "only root can read it: run as root".to_owned(),
    }
}

/// Why a path could not be opened, and what would help.
pub(super) fn refusal(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!("{REFUSED}: {}", hint(path)),
        _ => error.to_string(),
    }
}

/// The group that may read a path, where there is one that is not root's.
#[cfg(unix)]
fn reading_group(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    // A file that cannot be looked at lies in a folder that cannot be entered: the folder decides.
    let metadata = path.ancestors().find_map(|place| fs::metadata(place).ok())?;
    let needed = if metadata.is_dir() { 0o050 } else { 0o040 };
    if metadata.mode() & needed != needed || metadata.gid() == 0 {
        return None;
    }
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    Some(group_name(&groups, metadata.gid()).unwrap_or_else(|| metadata.gid().to_string()))
}

#[cfg(not(unix))]
fn reading_group(_path: &Path) -> Option<String> {
    None
}

/// The name of a group by its number, from the text of `/etc/group` (group(5): `name:password:gid:members`).
#[cfg(unix)]
fn group_name(groups: &str, gid: u32) -> Option<String> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number.parse() == Ok(gid)).then(|| name.to_owned())
    })
}

/// Puts the problems of refused files together: one for each folder and group, not hundreds.
pub(super) fn fold(problems: Vec<Problem>) -> Vec<Problem> {
    let (refused, mut rest): (Vec<Problem>, Vec<Problem>) =
        problems.into_iter().partition(|p| p.message.starts_with(REFUSED) && p.source.is_some());
    let mut groups: BTreeMap<(String, String), Vec<Problem>> = BTreeMap::new();
    for problem in refused {
        let path = problem.source.clone().unwrap_or_default();
        let hint = hint(Path::new(&path));
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        groups.entry((top(&folder), hint)).or_default().push(problem);
    }
    for ((_, hint), mut same) in groups {
        same.sort();
        let count = same.len();
        let Some(mut first) = same.into_iter().next() else { continue };
        first.message = match count {
            1 => format!("{REFUSED}: {hint}"),
            _ => format!("{REFUSED}, nor {} more near it: {hint}", count - 1),
        };
        rest.push(first);
    }
    rest.sort();
    rest
}

/// `/var/log/pods/a/b` -> `/var/log/pods`: files that are refused lie in many folders of one kind.
fn top(folder: &str) -> String {
    folder.split('/').take(4).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Severity;

    fn refused(path: &str) -> Problem {
        Problem {
            severity: Severity::Warning,
            source: Some(path.to_owned()),
            line: None,
            message: format!("{REFUSED}: run as root, or make it readable"),
        }
    }

    #[test]
    fn many_refused_files_are_one_problem() {
        let other = Problem { message: "it is empty".to_owned(), ..refused("/none/log/x") };
        let pods = (0..300).map(|n| refused(&format!("/none/log/pods/a_{n}/c/0.log")));
        let found = fold(pods.chain([refused("/none/log/kern.log"), other.clone()]).collect());
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.contains(&other));
        assert!(found.iter().any(|p| p.message.contains("nor 299 more near it")), "{found:?}");
    }

    #[test]
    fn the_kernel_log_needs_a_right() {
        assert!(hint(Path::new("/dev/kmsg")).contains("CAP_SYSLOG"));
    }

    #[cfg(unix)]
    #[test]
    fn groups_have_names() {
        let groups = "root:x:0:\nadm:x:4:syslog,me\nbroken\nsystemd-journal:x:101:\n";
        assert_eq!(group_name(groups, 4).as_deref(), Some("adm"));
        assert_eq!(group_name(groups, 101).as_deref(), Some("systemd-journal"));
        assert_eq!(group_name(groups, 7), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_tells_who_may_read() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kern.log");
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(hint(&file).contains("only root"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let own_group = fs::metadata(&file).unwrap().gid() == 0;
        assert_eq!(hint(&file).contains("only root"), own_group, "{}", hint(&file));
    }
}
