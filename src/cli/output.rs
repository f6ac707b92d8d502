//! Where the report goes: standard output, a file, or a folder with one report for each node.

use super::exit::ExitStatus;
use super::settings::Settings;
use super::{print, written};
use crate::render::write_fleet;
use crate::report::Report;
use crate::report::fleet::{self, Fleet};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

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

/// Writes the report to where it belongs, in the form that was asked for.
pub(super) fn write(report: &Report, settings: &Settings) -> ExitStatus {
    match &settings.output {
        Place::Stdout => print(settings.options.language, |out| write_one(report, settings, out)),
        Place::File(path) => {
            written(to_file(path, |out| write_one(report, settings, out)), &path.display().to_string())
        }
        Place::Folder(folder) => {
            let status = written(to_folder(report, settings, folder), &folder.display().to_string());
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

/// One report for each node, and an index that names them. The error tells which file it was.
fn to_folder(report: &Report, settings: &Settings, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let in_file = |name: &str| {
        let name = name.to_owned();
        move |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"))
    };
    let mut index = Fleet::of(report);
    let mut taken = BTreeSet::from(["index".to_owned()]);
    let end = extension(settings.format.name());
    for (node, own) in fleet::by_node(report) {
        let name = format!("{}.{end}", file_name(&node, &mut taken));
        to_file(&folder.join(&name), |out| settings.format.write(&own, &settings.style, out))
            .map_err(in_file(&name))?;
        if let Some(listed) = index.nodes.iter_mut().find(|listed| listed.name == node) {
            listed.report = Some(name);
        }
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
