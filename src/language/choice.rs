//! Which language: what was asked for, or what the environment says.

use super::Language;

impl Language {
    /// The language of a tag or a POSIX locale: `zh-CN`, `zh_CN.UTF-8`, `en`, `C`. `None` when there is no catalogue for it.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let tag = tag.trim();
        let first = tag.split(['-', '_', '.', '@']).next().unwrap_or("");
        match first.to_ascii_lowercase().as_str() {
            "zh" => Some(Language::Chinese),
            "en" | "c" | "posix" => Some(Language::English),
            _ => None,
        }
    }

    /// The language of a locale environment, by POSIX order: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is not empty
    /// decides. English for a language without a catalogue.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Language {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
        set.and_then(|locale| Language::of_tag(&locale)).unwrap_or_default()
    }
}
