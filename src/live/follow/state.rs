//! What is remembered from one run to the next: `--state FILE`.

use super::file::FileId;
use crate::language::Sentence;
use crate::{sentence, source};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The version of the file. Another one is not read.
const VERSION: u32 = 1;

/// What is remembered. Where a log was left is only noted when everything before it had been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct State {
    version: u32,
    /// The logs, and up to where they were read.
    pub(super) files: Vec<Seen>,
    /// What was told.
    pub(super) told: Told,
}

/// A log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) path: PathBuf,
    pub(super) root: usize,
    pub(super) id: FileId,
    /// Bytes, up to the end of a line.
    pub(super) offset: u64,
    /// The last bytes before it.
    pub(super) tail: Vec<u8>,
}

/// What was told, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(super) struct Told {
    /// Ids of incidents.
    pub(super) ids: Vec<String>,
    /// Kills and ends.
    pub(super) facts: Vec<Fact>,
}

/// A kill or an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(super) struct Fact {
    /// What happened to whom.
    pub(super) what: String,
    /// On which node.
    pub(super) node: String,
    /// When, Unix seconds.
    pub(super) unix_s: Option<i64>,
    /// When, seconds since boot.
    pub(super) uptime_s: Option<u64>,
    /// Some places of its proof: source and offset.
    pub(super) places: Vec<(String, u64)>,
}

impl State {
    /// The state of these logs, and of what was told.
    pub(super) fn new(files: Vec<Seen>, told: Told) -> Self {
        Self { version: VERSION, files, told }
    }

    /// Reads it from a file; `None` when there is none yet.
    ///
    /// # Errors
    /// A sentence: it cannot be read, or is something else.
    pub fn load(path: &Path) -> Result<Option<Self>, Sentence> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(source::words(&error)),
        };
        // Never take a file of somebody else's for the state, and write over it.
        let state: Self = serde_json::from_slice(&text).map_err(|_| sentence!("join-state-other"))?;
        if state.version == VERSION { Ok(Some(state)) } else { Err(sentence!("join-state-version")) }
    }

    /// Writes it, so that there is always either the old or the new one.
    ///
    /// # Errors
    /// Those of the system.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = path.with_file_name(name);
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        fs::write(&new, text)?;
        fs::rename(&new, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        assert_eq!(State::load(&path), Ok(None));
        let seen = Seen { path: "/a".into(), root: 1, id: FileId::default(), offset: 7, tail: b"x\n\xff".to_vec() };
        let facts =
            vec![Fact { what: "kill".into(), unix_s: Some(1), places: vec![("a".into(), 7)], ..Fact::default() }];
        let told = Told { ids: vec!["1".into()], facts };
        let state = State::new(vec![seen], told);
        state.save(&path).unwrap();
        state.save(&path).unwrap();
        assert_eq!(State::load(&path), Ok(Some(state)));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn other_files_are_not_taken_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        for text in ["", "precious", "{}", "{\"version\":2,\"files\":[],\"told\":{\"ids\":[],\"facts\":[]}}"] {
            fs::write(&path, text).unwrap();
            assert!(State::load(&path).is_err(), "{text}");
        }
        assert!(State::load(dir.path()).is_err());
        assert!(State::default().save(&dir.path().join("none/state")).is_err());
    }
}
