//! The languages of the report's sentences, and their catalogues.
//!
//! A sentence is a message of a catalogue with named places: [`say!`](crate::say) makes it where the language is known,
//! [`sentence!`](crate::sentence) keeps it for later where it is not (deep in the reading of files), and
//! [`key!`](crate::key) holds one without places in a table. Catalogues are Fluent
//! files below `lang/`, compiled in; English is the one that every message must stand in, and what another language lacks is
//! said in English. A message is a whole sentence, or a label that stands alone: other languages have other orders of words,
//! so sentences are never glued from pieces. Names, paths, sizes and numbers go in as they are.
//!
//! Numbers choose plural forms, words and flags choose variants, and a value that is absent (`None`) chooses `[none]`.
//! Each variant stands on a line of its own:
//!
//! ```text
//! tell-killed = The kernel killed { $n ->
//!     [one] a process
//!    *[other] { $n } processes
//! }{ $held ->
//!     [none] {""}
//!    *[other] , which held { $held }
//! }.
//! ```

mod catalogue;
mod choice;
mod pattern;
mod value;

#[cfg(test)]
mod tests;

pub use value::Value;

use std::fmt;

/// A language that the report can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters, as written in mainland China.
    Chinese,
}

impl Language {
    /// All, with English first.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// Its BCP 47 tag, as `--lang` takes it and HTML's `lang` wants it.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// The message `key` with `values` in its places. Use [`say!`](crate::say), which a test holds against the catalogues.
    pub fn message(self, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
        catalogue::message(self, key, values)
    }

    /// Puts names into one list: `a`, `a and b`, `a, b and c`.
    pub fn list(self, items: &[impl AsRef<str>]) -> String {
        let Some((last, first)) = items.split_last() else { return String::new() };
        let last = last.as_ref();
        let comma = if self == Language::Chinese { "、" } else { ", " };
        match first.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(comma) {
            first if first.is_empty() => last.to_owned(),
            first if self == Language::Chinese => {
                // A blank stands between a Chinese and a Latin character.
                let before = if first.ends_with(pattern::is_wide) { "" } else { " " };
                let after = if last.starts_with(pattern::is_wide) { "" } else { " " };
                format!("{first}{before}和{after}{last}")
            }
            first => format!("{first} and {last}"),
        }
    }

    /// Sentences after each other, as running text.
    pub fn paragraph(self, sentences: &[impl AsRef<str>]) -> String {
        let between = if self == Language::Chinese { "" } else { " " };
        sentences.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(between)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A sentence whose language is not known yet. `Display` shows it in English.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sentence {
    key: &'static str,
    values: Vec<(&'static str, Value<'static>)>,
}

impl Sentence {
    /// The message `key` with `values` in its places. Use [`sentence!`](crate::sentence).
    pub const fn new(key: &'static str, values: Vec<(&'static str, Value<'static>)>) -> Self {
        Self { key, values }
    }

    /// The sentence in a language.
    pub fn tell(&self, language: Language) -> String {
        language.message(self.key, &self.values)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

/// The key of a message without places, for a table. Use [`key!`](crate::key).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(&'static str);

impl Key {
    /// The key of a message without places. Use [`key!`](crate::key), which a test holds against the catalogues.
    pub const fn new(key: &'static str) -> Self {
        Self(key)
    }

    /// The message in a language.
    pub fn tell(self, language: Language) -> String {
        language.message(self.0, &[])
    }
}

/// The key of a message without places, as data of a table: `key!("codes-sigkill")`, told by [`language::Key::tell`].
///
/// [`language::Key::tell`]: crate::language::Key::tell
#[macro_export]
macro_rules! key {
    ($key:literal) => {
        $crate::language::Key::new($key)
    };
}

/// As an error, so that a stream can fail with a sentence.
impl std::error::Error for Sentence {}

/// A message in a language: `say!(language, "tell-used-of-limit", used = size(usage), limit = size(bytes))`.
/// The key is a literal, so that a test can hold every call against the catalogues.
#[macro_export]
macro_rules! say {
    ($language:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::Language::message(
            $language,
            $key,
            &[$((stringify!($name), $crate::language::Value::from($value))),*],
        )
    };
}

/// A message for later, when the language is known: `sentence!("source-cut-off", kind = "gzip")`. Values are owned.
#[macro_export]
macro_rules! sentence {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::Sentence::new(
            $key,
            vec![$((stringify!($name), $crate::language::Value::from($value).owned())),*],
        )
    };
}
