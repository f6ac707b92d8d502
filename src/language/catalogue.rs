//! The catalogues, read at their first use.

use super::pattern::Pattern;
use super::{Language, Value};
use fluent_syntax::ast::{Entry, Resource};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

/// The Fluent files of a language.
pub(super) const fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            include_str!("../../lang/en/tell.ftl"),
            include_str!("../../lang/en/dump.ftl"),
            include_str!("../../lang/en/join.ftl"),
            include_str!("../../lang/en/render.ftl"),
            include_str!("../../lang/en/codes.ftl"),
            include_str!("../../lang/en/cli.ftl"),
        ],
        Language::Chinese => &[
            include_str!("../../lang/zh-CN/tell.ftl"),
            include_str!("../../lang/zh-CN/dump.ftl"),
            include_str!("../../lang/zh-CN/join.ftl"),
            include_str!("../../lang/zh-CN/render.ftl"),
            include_str!("../../lang/zh-CN/codes.ftl"),
            include_str!("../../lang/zh-CN/cli.ftl"),
        ],
    }
}

type Catalogue = HashMap<&'static str, Pattern, BuildHasherDefault<KeyHasher>>;

/// A hash of keys, all of which stand in our own code, so that a quick one will do (FNV, eight bytes at a time).
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.0 = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 ^= self.0 >> 29;
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn catalogue(language: Language) -> &'static Catalogue {
    static ENGLISH: OnceLock<Catalogue> = OnceLock::new();
    static CHINESE: OnceLock<Catalogue> = OnceLock::new();
    let cell = match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    cell.get_or_init(|| read(language))
}

/// Faults of a file are a test's to find: what could be read of it is used.
fn read(language: Language) -> Catalogue {
    let mut found = Catalogue::default();
    for file in files(language) {
        let resource = fluent_syntax::parser::parse(*file).unwrap_or_else(|(partly, _)| partly);
        found.extend(messages(&resource));
    }
    found
}

fn messages(resource: &Resource<&'static str>) -> impl Iterator<Item = (&'static str, Pattern)> {
    resource.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, Pattern::new(message.value.as_ref()?)?)),
        _ => None,
    })
}

/// Is there a message of this name in the language that can be used?
#[cfg(test)]
pub(super) fn has(language: Language, key: &str) -> bool {
    catalogue(language).contains_key(key)
}

/// The message in the language, or in English, or its key.
pub(super) fn message(language: Language, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let of = |language: Language| Some(catalogue(language).get(key)?.fill(language, values));
    of(language).or_else(|| of(Language::English)).unwrap_or_else(|| key.to_owned())
}
