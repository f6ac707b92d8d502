//! The recordings that lie beside the checkout, read in place: bundles as a node would give them.

use oomscan::source::{Input, Limits, for_each};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A bundle with its files, decoded.
pub(crate) struct Bundle {
    /// Recording and bundle.
    pub(crate) name: String,
    /// Paths within the bundle, and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// Everything is asked for, not the sample that a quick run takes.
pub(crate) fn whole_corpus() -> bool {
    std::env::var_os("OOMSCAN_ALL").is_some()
}

/// All bundles of the recordings; none, with a notice, where they are missing.
pub(crate) fn bundles() -> Vec<PathBuf> {
    let Some(root) = super::corpus("recorded") else { return Vec::new() };
    let mut all: Vec<PathBuf> = sorted(&root).into_iter().filter(|p| p.is_dir()).flat_map(|p| sorted(&p)).collect();
    all.retain(|p| is_bundle(p));
    all
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

fn is_bundle(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    let packed = [".tar.", ".tgz", ".zip"].iter().any(|w| name.contains(w));
    packed || (path.is_dir() && name != "ground-truth")
}

impl Bundle {
    /// Reads one.
    pub(crate) fn load(path: &Path) -> Bundle {
        let recording = path.parent().unwrap().file_name().unwrap();
        let name = format!("{}/{}", recording.to_str().unwrap(), path.file_name().unwrap().to_str().unwrap());
        let read = |mut item: oomscan::source::Item<'_>| {
            let mut bytes = Vec::new();
            // A damaged stream gives what stands before the damage.
            let _ = item.reader.read_to_end(&mut bytes);
            Some(bytes)
        };
        let (outcomes, _) = for_each(&[Input::Path(path.to_owned())], &Limits::default(), &read);
        let prefix = path.to_str().unwrap();
        let relative =
            |p: String| p.strip_prefix(prefix).unwrap_or(&p).trim_start_matches(['!', '/']).replace('!', "/");
        let mut files: Vec<_> = outcomes.into_iter().map(|o| (relative(o.path), o.value)).collect();
        files.sort();
        Bundle { name, files }
    }

    /// Writes all files below a folder.
    pub(crate) fn write(&self, to: &Path) {
        for (path, bytes) in &self.files {
            let target = to.join(path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
    }
}
