//! `--shard I/N`: a part of the inputs, so that several machines can share the work.

use crate::language::Sentence;
use crate::sentence;
use crate::source::Input;
use std::path::Path;

/// One part of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shard {
    /// From 1.
    part: u64,
    /// How many parts.
    of: u64,
}

impl Shard {
    /// Reads `2/8`.
    ///
    /// # Errors
    /// A sentence for the user.
    pub(super) fn parse(text: &str) -> Result<Self, Sentence> {
        let wrong = || sentence!("cli-no-shard", text = text.escape_debug().to_string());
        let (part, of) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u64>().ok().filter(|n| *n > 0).ok_or_else(wrong);
        let (part, of) = (number(part)?, number(of)?);
        if part > of { Err(wrong()) } else { Ok(Self { part, of }) }
    }

    /// The inputs of this part. A folder stands for what is directly in it; what can not be listed stays, and the scan
    /// tells why it can not be read.
    pub(super) fn take(self, inputs: Vec<Input>) -> Vec<Input> {
        inputs.into_iter().flat_map(entries).filter(|input| self.has(input)).collect()
    }

    fn has(self, input: &Input) -> bool {
        hash(input) % self.of == self.part - 1
    }
}

/// What is directly in a folder, in order; anything else is itself.
fn entries(input: Input) -> Vec<Input> {
    let Input::Path(path) = &input else { return vec![input] };
    match list(path) {
        Some(entries) => entries,
        None => vec![input],
    }
}

fn list(folder: &Path) -> Option<Vec<Input>> {
    let mut names: Vec<_> = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|e| e.path()).collect();
    names.sort();
    Some(names.into_iter().map(Input::Path).collect())
}

/// FNV-1a over the path as it was named, without slashes that mean nothing: the same on every machine and in every
/// version. The last steps (those of SplitMix64) spread it, because only its remainder is used.
fn hash(input: &Input) -> u64 {
    let name = match input {
        Input::Stdin => "-".to_owned(),
        Input::Path(path) => path.components().collect::<std::path::PathBuf>().to_string_lossy().into_owned(),
    };
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(Shard::parse("2/8"), Ok(Shard { part: 2, of: 8 }));
        for text in ["", "1", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/4/2", "é/2"] {
            assert!(Shard::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_input_is_in_one_part() {
        let all: Vec<Input> = (0..1000).map(|n| Input::Path(format!("bundles/node-{n}.tar.gz").into())).collect();
        let mut found = Vec::new();
        for part in 1..=4 {
            let own = Shard { part, of: 4 }.take(all.clone());
            assert!((200..300).contains(&own.len()), "part {part} has {}", own.len());
            found.extend(own);
        }
        found.sort();
        let mut all = all;
        all.sort();
        assert_eq!(found, all);
    }

    #[test]
    fn the_hash_is_stable() {
        let of = |name: &str| hash(&Input::Path(name.into()));
        assert_eq!(of("bundles/a.tgz"), 0x049f_150f_f9e6_251e);
        assert_eq!(of("bundles//a.tgz"), of("bundles/a.tgz"));
        assert_ne!(of("bundles/a.tgz"), of("bundles/b.tgz"));
    }

    #[test]
    fn a_folder_is_what_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.log", "a.log"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let whole = Shard { part: 1, of: 1 };
        let found = whole.take(vec![Input::Path(dir.path().to_owned())]);
        assert_eq!(found, [Input::Path(dir.path().join("a.log")), Input::Path(dir.path().join("b.log"))]);
        let missing = Input::Path(dir.path().join("none"));
        assert_eq!(whole.take(vec![missing.clone(), Input::Stdin]), [missing, Input::Stdin]);
    }
}
