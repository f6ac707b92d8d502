//! What could not be read for lack of rights, and which group or right would allow it.

use crate::language::Language;
use crate::report::{Problem, Severity};
use crate::say;
use crate::scan;
use crate::source::{self, Warning};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// What would allow it to read a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Needs {
    /// The right to read the kernel's ring buffer.
    KernelLog,
    /// To be in a group.
    Group(String),
    /// To be root.
    Root,
}

impl Needs {
    /// Of a file or folder.
    pub(super) fn of(path: &Path) -> Needs {
        if path.ends_with("kmsg") {
            return Needs::KernelLog;
        }
        reading_group(path).map_or(Needs::Root, Needs::Group)
    }

    fn key(&self) -> (&'static str, &str) {
        match self {
            Needs::KernelLog => ("kernel-log", ""),
            Needs::Group(name) => ("group", name),
            Needs::Root => ("root", ""),
        }
    }

    /// That it may not be read, nor `more` files near it, and what would help.
    pub(super) fn tell(&self, more: usize, language: Language) -> String {
        let (needs, group) = self.key();
        match more {
            0 => say!(language, "join-live-refused", needs = needs, group = group),
            _ => say!(language, "join-live-refused-with-others", needs = needs, group = group, more = more),
        }
    }
}

/// Why a path could not be opened, and what would help.
pub(super) fn refusal(path: &Path, error: &io::Error, language: Language) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Needs::of(path).tell(0, language),
        _ => source::words(error).tell(language),
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

/// Warnings as problems of the report. Nobody named these files: that one is empty needs no word, and that one cannot be
/// read is no failure. Refused files are put together: one problem for each folder and group, not hundreds.
pub(super) fn problems(warnings: Vec<Warning>, language: Language) -> Vec<Problem> {
    let (refused, rest): (Vec<Warning>, Vec<Warning>) =
        warnings.into_iter().filter(|warning| !warning.is_of_empty()).partition(Warning::is_of_refused);
    let mut groups: BTreeMap<(String, Needs), Vec<String>> = BTreeMap::new();
    for Warning { path, .. } in refused {
        let needs = Needs::of(Path::new(&path));
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        groups.entry((top(&folder), needs)).or_default().push(path);
    }
    let mut told: Vec<Problem> = rest.into_iter().map(|warning| scan::problem(warning, language)).collect();
    told.iter_mut().for_each(|problem| problem.severity = Severity::Warning);
    for ((_, needs), paths) in groups {
        let message = needs.tell(paths.len().saturating_sub(1), language);
        told.push(Problem { severity: Severity::Warning, source: paths.into_iter().min(), line: None, message });
    }
    told.sort();
    told
}

/// `/var/log/pods/a/b` -> `/var/log/pods`: files that are refused lie in many folders of one kind.
fn top(folder: &str) -> String {
    folder.split('/').take(4).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentence;

    fn warning(path: &str, message: crate::language::Sentence) -> Warning {
        Warning { severity: source::Severity::Error, path: path.to_owned(), message }
    }

    fn refused(path: &str) -> Warning {
        warning(path, sentence!("join-no-permission"))
    }

    #[test]
    fn many_refused_files_are_one_problem() {
        let pods = (0..300).map(|n| refused(&format!("/none/log/pods/a_{n}/c/0.log")));
        let others = [
            refused("/none/log/kern.log"),
            warning("/none/log/x", sentence!("join-empty")),
            warning("/none/log/y", sentence!("join-checksum")),
        ];
        let found = problems(pods.chain(others).collect(), Language::English);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|p| p.severity == Severity::Warning));
        assert!(found.iter().any(|p| p.message == "the checksum does not match"));
        let folded = found.iter().find(|p| p.message.contains("nor 299 more near it")).unwrap();
        assert_eq!(folded.source.as_deref(), Some("/none/log/pods/a_0/c/0.log"));
    }

    #[test]
    fn the_kernel_log_needs_a_right() {
        assert_eq!(Needs::of(Path::new("/dev/kmsg")), Needs::KernelLog);
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
        assert_eq!(Needs::of(&file), Needs::Root);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let own_group = fs::metadata(&file).unwrap().gid() == 0;
        assert_eq!(Needs::of(&file) == Needs::Root, own_group, "{:?}", Needs::of(&file));
    }
}
