//! `--lang zh-CN`: what happened, why and what to do is told in Chinese, with the same facts as in English.
//! `INSTA_UPDATE=always cargo test --test chinese` writes the snapshots anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::language::Language;
use oomscan::render::csv::Table;
use oomscan::render::{self, FORMATS, Style};
use oomscan::report::redact::redact;
use oomscan::report::{HolderKind, Incident, Report};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn entries(folder: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|path| path.file_name().is_some_and(|name| name != "README.md"));
    found.sort();
    found
}

fn report(path: &Path, language: Language) -> Report {
    let options = Options { year: Some(2026), threads: 1, language, ..Options::default() };
    Report { oomscan: "VERSION".into(), ..scan(&[Input::Path(path.to_owned())], &options) }
}

fn print(format: &str, report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    render::by_name(format).unwrap().write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn samples_in_chinese() {
    let style = Style { width: 100, language: Language::Chinese, ..Style::default() };
    for folder in entries("samples").into_iter().filter(|path| path.is_dir()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let report = report(&folder, Language::Chinese);
        insta::assert_snapshot!(format!("{name}-text"), print("text", &report, &style));
        insta::assert_snapshot!(format!("{name}-json"), print("json", &report, &style));
    }
}

/// What diagnosis says of an incident.
fn sentences(incident: &Incident) -> Vec<&str> {
    let advice = incident.advice.iter().flat_map(|a| [a.action.as_str(), a.reason.as_str()]);
    let first = std::iter::once(incident.summary.as_str());
    first.chain(incident.explanation.iter().map(String::as_str)).chain(advice).collect()
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// A full-width sign.
fn is_sign(c: char) -> bool {
    matches!(c, '，' | '。' | '；' | '：' | '（' | '）' | '、' | '！' | '？')
}

/// The text without what it quotes: names between single quotes, lines of logs between double ones.
fn unquoted(text: &str) -> String {
    let text = match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) if first < last => format!("{}{}", &text[..first], &text[last + 1..]),
        _ => text.to_owned(),
    };
    // A name counts as one Latin letter.
    text.split('\'').step_by(2).collect::<Vec<_>>().join("N")
}

/// Three lower-case words in a row are English; names, options and commands have other signs in them, or begin in a
/// parenthesis.
fn is_english(text: &str) -> bool {
    let plain = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    let words: Vec<&str> = text.split([' ', '，', '。']).collect();
    words.windows(3).any(|three| three.iter().all(|word| plain(word)))
}

/// What is wrong with a Chinese sentence.
fn faults(text: &str) -> Vec<&'static str> {
    let own = unquoted(text);
    let chars: Vec<char> = own.chars().collect();
    let pairs = || chars.windows(2).map(|pair| (pair[0], pair[1]));
    let latin = |c: char| c.is_ascii_alphanumeric();
    let mut found = Vec::new();
    let mut check = |wrong: bool, what| {
        if wrong {
            found.push(what)
        }
    };
    check(!own.contains(is_chinese), "no Chinese");
    check(is_english(&own), "English");
    check(pairs().any(|(a, b)| is_chinese(a) && ",;:.()!?".contains(b)), "half-width sign after Chinese");
    check(pairs().any(|(a, b)| ",;:()!?".contains(a) && is_chinese(b)), "half-width sign before Chinese");
    check(pairs().any(|(a, b)| is_chinese(a) && latin(b) || latin(a) && is_chinese(b)), "no blank beside Latin");
    check(pairs().any(|(a, b)| is_sign(a) && b == ' ' || a == ' ' && is_sign(b)), "blank beside a full-width sign");
    let wide = |c: char| is_chinese(c) || is_sign(c);
    let blanks = text.chars().collect::<Vec<_>>();
    check(blanks.windows(3).any(|c| wide(c[0]) && c[1] == ' ' && wide(c[2])), "blank between Chinese");
    found
}

fn numbers(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    parts.map(|p| p.trim_matches('.').to_owned()).filter(|p| !p.is_empty()).collect()
}

fn names(text: &str) -> BTreeSet<&str> {
    text.split('\'').skip(1).step_by(2).collect()
}

/// Names of processes may hold anything, an apostrophe too; the fixtures' do not.
fn compare(path: &Path, english: &Incident, chinese: &Incident, wrong: &mut Vec<String>) {
    let (old, new) = (sentences(english), sentences(chinese));
    assert_eq!(old.len(), new.len(), "{}: {old:#?}\n{new:#?}", path.display());
    for (old, new) in old.into_iter().zip(new) {
        // `the node's`, `'java'`: an apostrophe in a word is no quote.
        let old = old.replace("'s ", "s ").replace("'s.", "s.").replace("'s:", "s:");
        // `the workers' memory`: one apostrophe too many.
        let old = if old.matches('\'').count() % 2 == 1 { old.replace("s' ", "s ") } else { old };
        for fault in faults(new) {
            wrong.push(format!("{}: {fault}: {new}", path.display()));
        }
        if !numbers(&old).is_subset(&numbers(new)) || names(&old) != names(new) {
            wrong.push(format!("{}: other facts: {old} | {new}", path.display()));
        }
    }
    assert_eq!((english.verdict, english.cause, &english.victims), (chinese.verdict, chinese.cause, &chinese.victims));
    for (old, new) in english.holders.iter().zip(&chinese.holders) {
        assert_eq!((old.kind, old.bytes, old.share, old.count), (new.kind, new.bytes, new.share, new.count));
        let own = matches!(old.kind, HolderKind::Process | HolderKind::Container);
        if own && old.name != new.name || !own && !new.name.contains(is_chinese) {
            wrong.push(format!("{}: {} | {}", path.display(), old.name, new.name));
        }
    }
}

#[test]
fn no_sentence_is_left_in_english_and_no_fact_is_lost() {
    let mut wrong = Vec::new();
    let mut told = 0;
    for path in entries("samples").into_iter().chain(entries("tests/fixtures/golden")) {
        let (english, chinese) = (report(&path, Language::English), report(&path, Language::Chinese));
        assert_eq!(english.incidents.len(), chinese.incidents.len());
        for (english, chinese) in english.incidents.iter().zip(&chinese.incidents) {
            compare(&path, english, chinese, &mut wrong);
            told += 1;
        }
    }
    assert!(told > 60, "{told} incidents");
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Also what no fixture says: full-width signs, and blanks between Chinese and Latin.
#[test]
fn the_catalogue_is_well_set() {
    let text = fs::read_to_string("lang/zh-CN/tell.ftl").unwrap();
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let pattern = line.split_once(" = ").or_else(|| line.split_once("] ")).map_or("", |(_, pattern)| pattern);
        // What a choice puts there is looked at in the lines of its variants.
        let pattern =
            if line.ends_with("->") { pattern.rsplit_once('{').map_or("", |(before, _)| before) } else { pattern };
        // A place counts as Latin, as most are; the first words of a choice stand for themselves.
        let plain = pattern.replace("{ $", "X").replace(" }", "X").replace("{\" \"}", " ").replace("{\"\"}", "");
        for fault in faults(&plain).into_iter().filter(|fault| *fault != "no Chinese") {
            wrong.push(format!("{fault}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_name_survives_redaction() {
    let secrets =
        ["k8s-node", "canal", "metrics-daemon", "proctrace", "run.sh", "rec.service", "rec/", "fae4ee67", "story"];
    let report = redact(&report(Path::new("samples/canal-node"), Language::Chinese), None);
    for format in FORMATS {
        for table in Table::ALL {
            let language = Language::Chinese;
            let style = Style { verbose: true, all: true, table, language, ..Style::default() };
            let text = print(format.name(), &report, &style).to_lowercase();
            for secret in secrets {
                assert!(!text.contains(secret), "{secret} in {}", format.name());
            }
        }
    }
    for incident in &report.incidents {
        assert!(sentences(incident).iter().all(|text| faults(text).is_empty()), "{:#?}", sentences(incident));
    }
}
