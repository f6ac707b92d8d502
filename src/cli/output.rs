//! Where the report goes: standard output, a file, or a folder with one report for each node.

use super::exit::ExitStatus;
use super::settings::Settings;
use super::{print, written};
use crate::render::write_fleet;
use crate::report::Report;
use crate::report::fleet::{self, Fleet};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Columns of an index.
const INDEX_WIDTH: usize = 200;

/// Where the report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
    /// A folder: one report for each node, and an index.
    Folder(PathBuf),
}

impl Place {
    /// A folder that is there, or a path that ends like one, is a folder.
    pub(super) fn of(path: Option<PathBuf>) -> Self {
        match path {
            None => Self::Stdout,
            Some(path) if path.is_dir() || path.to_string_lossy().ends_with('/') => Self::Folder(path),
            Some(path) => Self::File(path),
        }
    }
}

/// Writes the report to where it belongs, in the form that was asked for; with `parts`, the reports of single nodes are there
/// already.
pub(super) fn write(report: &Report, parts: Option<Parts>, settings: &Settings) -> ExitStatus {
    match &settings.output {
        Place::Stdout => print(settings.options.language, |out| write_one(report, settings, out)),
        Place::File(path) => {
            written(to_file(path, |out| write_one(report, settings, out)), &path.display().to_string())
        }
        Place::Folder(folder) => {
            let parts = parts.unwrap_or_else(|| {
                let parts = Parts::new(folder);
                parts.put(0, report, settings);
                parts
            });
            let status = written(to_folder(report, parts, settings, folder), &folder.display().to_string());
            match settings.summary {
                true => status.max(print(settings.options.language, |out| write_one(report, settings, out))),
                false => status,
            }
        }
    }
}

fn write_one(report: &Report, settings: &Settings, out: &mut dyn Write) -> io::Result<()> {
    if settings.summary {
        return write_fleet(settings.format.name(), &Fleet::of(report), &settings.style, out);
    }
    settings.format.write(report, &settings.style, out)
}

fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write(&mut out)?;
    out.flush()
}

/// Reports of single nodes, written one by one under names of their own, and called after their nodes at the end: only then
/// is it known which nodes there are, and a file's name does not depend on which bundle was read first.
pub(super) struct Parts {
    folder: PathBuf,
    /// By group of bundles: node and file.
    files: Mutex<BTreeMap<usize, Vec<(String, PathBuf)>>>,
    failed: Mutex<Option<io::Error>>,
}

impl Parts {
    /// For files in this folder.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: Mutex::default(), failed: Mutex::default() }
    }

    /// Writes the reports of the nodes of a group of bundles.
    pub(super) fn put(&self, group: usize, report: &Report, settings: &Settings) {
        for (at, (node, own)) in fleet::by_node(report).into_iter().enumerate() {
            let file = self.folder.join(format!(".oomscan-{group}-{at}.part"));
            let written = fs::create_dir_all(&self.folder)
                .and_then(|()| to_file(&file, |out| settings.format.write(&own, &settings.style, out)));
            match written {
                Ok(()) => self.files().entry(group).or_default().push((node, file)),
                Err(error) => {
                    let error = io::Error::new(error.kind(), format!("{node}: {error}"));
                    self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        }
    }

    /// Takes back what was written of a group.
    pub(super) fn forget(&self, group: usize) {
        for (_, file) in self.files().remove(&group).unwrap_or_default() {
            // A file that cannot be taken back is in nobody's way: its name begins with a dot.
            let _ = fs::remove_file(file);
        }
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<usize, Vec<(String, PathBuf)>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the files their names; each node's, without the folder.
    fn settle(self, end: &str) -> io::Result<BTreeMap<String, String>> {
        if let Some(error) = self.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut files: Vec<(String, PathBuf)> = files.into_values().flatten().collect();
        files.sort();
        let mut taken = BTreeSet::from(["index".to_owned()]);
        let mut names = BTreeMap::new();
        for (node, file) in files {
            let name = format!("{}.{end}", file_name(&node, &mut taken));
            fs::rename(file, self.folder.join(&name)).map_err(in_file(&name))?;
            names.insert(node, name);
        }
        Ok(names)
    }
}

/// The error tells which file it was.
fn in_file(name: &str) -> impl FnOnce(io::Error) -> io::Error {
    let name = name.to_owned();
    move |error| io::Error::new(error.kind(), format!("{name}: {error}"))
}

/// One report for each node, and an index that names them.
fn to_folder(report: &Report, parts: Parts, settings: &Settings, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut index = Fleet::of(report);
    let mut names = parts.settle(extension(settings.format.name()))?;
    for listed in &mut index.nodes {
        listed.report = names.remove(&listed.name);
    }
    let (name, form) = match settings.format.name() {
        "json" => ("index.json", "json"),
        "jsonl" => ("index.jsonl", "jsonl"),
        _ => ("index.txt", "text"),
    };
    // The index lists every node that has a file, and cuts no file's name.
    let style = crate::render::Style { all: true, verbose: true, width: INDEX_WIDTH, ..settings.style.clone() };
    to_file(&folder.join(name), |out| write_fleet(form, &index, &style, out)).map_err(in_file(name))
}

fn extension(format: &str) -> &str {
    match format {
        "text" => "txt",
        "markdown" => "md",
        "prometheus" => "prom",
        other => other,
    }
}

/// A file name for a node: names come from logs, and may be anything. Different nodes get different files, also where
/// the file system does not tell capitals apart.
fn file_name(node: &str, taken: &mut BTreeSet<String>) -> String {
    const LENGTH_MAX: usize = 100;
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = node.chars().take(LENGTH_MAX).map(plain).collect();
    let name = if name.starts_with('.') || name.is_empty() { format!("_{name}") } else { name };
    let mut free = name.clone();
    let mut number = 2u32;
    while !taken.insert(free.to_ascii_lowercase()) {
        free = format!("{name}-{number}");
        number = number.saturating_add(1);
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Place::of(None), Place::Stdout);
        assert_eq!(Place::of(Some("a.txt".into())), Place::File("a.txt".into()));
        assert_eq!(Place::of(Some("new/".into())), Place::Folder("new/".into()));
        assert_eq!(Place::of(Some(dir.path().into())), Place::Folder(dir.path().into()));
    }

    #[test]
    fn file_names_are_tame_and_different() {
        let mut taken = BTreeSet::from(["index".to_owned()]);
        let mut of = |node: &str| file_name(node, &mut taken);
        assert_eq!(of("k8s-node-07.example.org"), "k8s-node-07.example.org");
        assert_eq!(of("../../etc/passwd"), "_.._.._etc_passwd");
        assert_eq!(of("index"), "index-2");
        assert_eq!(of("a/b"), "a_b");
        assert_eq!(of("a:b"), "a_b-2");
        assert_eq!(of("A_B"), "A_B-3");
        assert_eq!(of(""), "_");
        assert_eq!(of("é\u{1b}"), "__");
        assert_eq!(of(&"x".repeat(5000)).len(), 100);
    }
}
