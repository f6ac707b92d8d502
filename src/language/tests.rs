//! The catalogues against each other and against the calls in the source.

use super::catalogue::{files, has};
use super::pattern;
use super::{Language, Sentence, Value};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// Keys with the names of their places.
fn catalogue(language: Language) -> Catalogue {
    let mut found = Catalogue::new();
    for file in files(language) {
        let resource =
            fluent_syntax::parser::parse(*file).unwrap_or_else(|(_, faults)| panic!("{language}: {faults:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut places = BTreeSet::new();
            places_of_pattern(message.value.as_ref().unwrap(), &mut places);
            let twice = found.insert(message.id.name.to_owned(), places);
            assert!(twice.is_none(), "{language}: {} stands there twice", message.id.name);
        }
    }
    found
}

fn places_of_pattern(pattern: &Pattern<&str>, places: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            places_of_expression(expression, places);
        }
    }
}

fn places_of_expression(expression: &Expression<&str>, places: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => place_of(inline, places),
        Expression::Select { selector, variants } => {
            place_of(selector, places);
            variants.iter().for_each(|variant| places_of_pattern(&variant.value, places));
        }
    }
}

fn place_of(inline: &InlineExpression<&str>, places: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            places.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|argument| place_of(argument, places));
        }
        InlineExpression::Placeable { expression } => places_of_expression(expression, places),
        _ => {}
    }
}

/// Every call of `say!`, `sentence!` and `key!` in the source: where, key, names of values.
fn calls() -> Vec<(String, String, BTreeSet<String>)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(src) {
        let entry = entry.unwrap();
        let in_here = entry.path().components().any(|c| c.as_os_str() == "language");
        if entry.path().extension().is_none_or(|e| e != "rs") || in_here {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for name in ["say!(", "sentence!(", "key!("] {
            for (at, _) in text.match_indices(name) {
                let before = text[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let line = text[..at].lines().count();
                let (key, names) = call(&text[at + name.len()..]);
                found.push((format!("{}:{line}", entry.path().display()), key, names));
            }
        }
    }
    found
}

/// The first literal at the top level of a macro call, and the `name =` that stand at it.
fn call(text: &str) -> (String, BTreeSet<String>) {
    let (mut key, mut names) = (None, BTreeSet::new());
    let (mut depth, mut word, mut rest) = (0_i32, String::new(), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                let literal = literal(&mut rest);
                if depth == 0 && key.is_none() {
                    key = Some(literal);
                }
            }
            // A character, not a lifetime: those stand in no argument.
            '\'' if rest.peek().is_some() => {
                let escaped = rest.next() == Some('\\');
                rest.by_ref().take(usize::from(escaped) + 1).for_each(drop);
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 && !matches!(rest.peek(), Some('=' | '>')) && !word.is_empty() => {
                names.insert(word.trim().to_owned());
            }
            ',' if depth == 0 => word.clear(),
            _ if depth == 0 => word.push(c),
            _ => {}
        }
    }
    (key.unwrap_or_default(), names)
}

fn literal(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\\' => text.extend(rest.next()),
            _ => text.push(c),
        }
    }
    text
}

#[test]
fn the_languages_hold_the_same_messages_with_the_same_places() {
    let english = catalogue(Language::English);
    for language in Language::ALL {
        let other = catalogue(language);
        let lost: Vec<_> = english.keys().filter(|k| !other.contains_key(*k)).collect();
        let more: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(lost.is_empty() && more.is_empty(), "{language} lacks {lost:?}, and has besides {more:?}");
        for (key, places) in &english {
            assert_eq!(places, &other[key], "places of {key} in {language}");
        }
    }
}

#[test]
fn every_call_has_its_message_and_every_message_its_call() {
    let english = catalogue(Language::English);
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (place, key, names) in calls() {
        match english.get(&key) {
            None => wrong.push(format!("{place}: no message {key:?}")),
            Some(places) if *places != names => {
                wrong.push(format!("{place}: {key} has {places:?}, is given {names:?}"))
            }
            Some(_) => {}
        }
        used.insert(key);
    }
    wrong.extend(english.keys().filter(|k| !used.contains(*k)).map(|k| format!("{k} is used nowhere")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nothing in the catalogues is beyond the part of Fluent that is supported.
#[test]
fn every_message_can_be_used() {
    for language in Language::ALL {
        let left: Vec<_> = catalogue(language).into_keys().filter(|key| !has(language, key)).collect();
        assert!(left.is_empty(), "{language}: {left:?}");
    }
}

fn filled(language: Language, text: &'static str, values: &[(&'static str, Value<'_>)]) -> String {
    let resource = fluent_syntax::parser::parse(text).unwrap();
    let Some(Entry::Message(message)) = resource.body.first() else { panic!("no message: {text}") };
    pattern::Pattern::new(message.value.as_ref().unwrap()).unwrap().fill(language, values)
}

#[test]
fn choices_by_number_word_flag_and_absence() {
    const TEXT: &str = "m = { $n ->\n    [137] exactly\n    [one] one\n   *[other] { $n } of them\n}{ $who ->\n    \
                        [none] {\"\"}\n    [kernel] {\" \"}by the kernel\n   *[other] {\" \"}by { $who }\n}";
    let say = |n: i64, who: Option<&str>| filled(Language::English, TEXT, &[("n", n.into()), ("who", who.into())]);
    assert_eq!(say(137, None), "exactly");
    assert_eq!(say(1, Some("kernel")), "one by the kernel");
    assert_eq!(say(2, Some("none")), "2 of them by none", "a name that reads so is not absent");
    assert_eq!(filled(Language::Chinese, TEXT, &[("n", 1.into())]), "1 of them", "no singular");
    const FLAG: &str = "m = { $set ->\n    [yes] set\n   *[no] not set\n}";
    assert_eq!(filled(Language::English, FLAG, &[("set", true.into())]), "set");
    assert_eq!(filled(Language::English, FLAG, &[("set", false.into())]), "not set");
}

#[test]
fn blanks_between_chinese_and_latin_only() {
    let say = |text, who: &str| filled(Language::Chinese, text, &[("who", who.into())]);
    const TEXT: &str = "m = 内核杀死了 { $who } 的进程，{ $who } 结束";
    assert_eq!(say(TEXT, "'java'"), "内核杀死了 'java' 的进程，'java' 结束");
    assert_eq!(say(TEXT, "容器（甲）"), "内核杀死了容器（甲）的进程，容器（甲）结束");
    assert_eq!(say("m = { $who }", " 甲  乙 "), " 甲  乙 ", "blanks of a value are its own");
}

#[test]
fn locales() {
    let of = |vars: &'static [(&str, &str)]| {
        Language::of_environment(|name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    };
    assert_eq!(of(&[]), Language::English);
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Language::English);
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Language::Chinese);
    assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "zh_CN")]), Language::Chinese);
    assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Language::English);
    assert_eq!(Language::of_tag("zh-Hans"), Some(Language::Chinese));
    assert_eq!(Language::of_tag("fr"), None);
}

#[test]
fn lists_and_paragraphs() {
    let names = ["a", "b", "c"];
    assert_eq!(Language::English.list(&names), "a, b and c");
    assert_eq!(Language::English.list(&names[..2]), "a and b");
    assert_eq!(Language::English.list(&names[..1]), "a");
    assert_eq!(Language::Chinese.list(&names), "a、b 和 c");
    assert_eq!(Language::Chinese.list(&["甲", "乙（1）", "丙"]), "甲、乙（1）和丙");
    assert_eq!(Language::English.list(&names[..0]), "");
    assert_eq!(Language::Chinese.paragraph(&["甲。", "乙。"]), "甲。乙。");
}

#[test]
fn hostile_values_stay_as_they_are() {
    let name = "{ $x } \u{1b}[2J </script>\n[one]";
    let told = Sentence::new("cli-no-such-format", vec![("name", name.into())]).to_string();
    assert!(told.contains("{ $x } \u{1b}[2J </script>"), "{told}");
    assert_eq!(Language::Chinese.message("no-such-key", &[]), "no-such-key");
}
