//! Every format of the samples in Chinese, as it was looked at. Formats for machines are the same in both languages, but for
//! the sentences of the report itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::language::Language;
use oomscan::render::csv::Table;
use oomscan::render::{FORMATS, Style, by_name, write_fleet, write_news};
use oomscan::report::Report;
use oomscan::report::fleet::Fleet;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use serde_json::Value;
use std::collections::BTreeSet;

fn report(sample: &str, language: Language) -> Report {
    let report = scan(&[Input::Path(sample.into())], &Options { language, ..Options::default() });
    Report { oomscan: "0.0.0".into(), ..report }
}

fn chinese() -> Style {
    Style { language: Language::Chinese, ..Style::default() }
}

fn written(report: &Report, format: &str, style: &Style) -> String {
    let mut out = Vec::new();
    by_name(format).unwrap().write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Without what is the same in every page.
fn body(page: &str) -> String {
    let start = page.find("<body>").unwrap();
    page[start..page.find("<script>").unwrap()].replace("><", ">\n<")
}

#[test]
fn as_they_were_looked_at() {
    let samples = [
        ("canal-node", "samples/canal-node"),
        ("container-limit", "samples/container-limit/dmesg-T.txt"),
        ("pod-limit", "samples/pod-limit"),
        ("tmpfs", "samples/tmpfs"),
    ];
    for (sample, path) in samples {
        let report = report(path, Language::Chinese);
        insta::assert_snapshot!(format!("{sample}.text"), written(&report, "text", &chinese()));
        let brief = Style { brief: true, width: 80, ..chinese() };
        insta::assert_snapshot!(format!("{sample}.brief"), written(&report, "text", &brief));
        if sample == "canal-node" {
            insta::assert_snapshot!(format!("{sample}.html"), body(&written(&report, "html", &chinese())));
            insta::assert_snapshot!(format!("{sample}.markdown"), written(&report, "markdown", &chinese()));
        }
    }
}

#[test]
fn the_view_over_many_nodes_and_the_news() {
    let report = report("samples/canal-node", Language::Chinese);
    let mut out = Vec::new();
    write_fleet("text", &Fleet::of(&report), &chinese(), &mut out).unwrap();
    insta::assert_snapshot!("fleet", String::from_utf8(out).unwrap());
    let mut out = Vec::new();
    write_news("text", &report, &report.incidents[0], 1, &chinese(), &mut out).unwrap();
    insta::assert_snapshot!("news", String::from_utf8(out).unwrap());
}

#[test]
fn the_page_says_its_language_and_its_script_finds_its_words() {
    let report = report("samples/canal-node", Language::Chinese);
    let page = written(&report, "html", &chinese());
    assert!(page.contains("<html lang=\"zh-CN\" data-"), "{}", &page[..200]);
    let script = page.split("<script>").nth(1).unwrap();
    let script = script.split("</script>").next().unwrap();
    assert!(script.is_ascii(), "what the script says stands in the catalogue");
    let english = written(&report, "html", &Style::default());
    assert!(english.contains(script), "the script is the same in every language");
    let words = script.matches("say(\"").count();
    assert!(words > 0);
    for part in script.split("say(\"").skip(1) {
        let key = part.split('"').next().unwrap();
        let dashed: String =
            key.chars().map(|c| if c.is_uppercase() { format!("-{}", c.to_lowercase()) } else { c.into() }).collect();
        assert!(page.contains(&format!(" data-{dashed}=\"")), "{key}");
    }
}

#[test]
fn formats_for_machines_keep_their_words() {
    let report = report("samples/canal-node", Language::English);
    for name in ["json", "jsonl", "csv", "prometheus"] {
        for table in Table::ALL {
            let style = |language| Style { table, language, ..Style::default() };
            let [english, chinese] = Language::ALL.map(|language| written(&report, name, &style(language)));
            assert_eq!(english, chinese, "{name}");
        }
    }
}

/// Nothing that a renderer says itself stays English: the report's own texts are emptied first.
#[test]
fn no_english_label_is_left() {
    let mut report = report("samples/canal-node", Language::Chinese);
    for incident in &mut report.incidents {
        incident.summary.clear();
        for list in [&mut incident.explanation, &mut incident.confidence_reasons] {
            list.clear();
        }
        incident.advice.clear();
        incident.timeline.clear();
        incident.evidence.clear();
    }
    report.workloads.iter_mut().for_each(|workload| workload.summary.clear());
    report.problems.clear();
    let logs = report.nodes.iter_mut().flat_map(|node| &mut node.boots).filter_map(|boot| boot.kernel_log.as_mut());
    logs.for_each(|log| log.gaps.clear());
    for source in &mut report.sources {
        source.problems.clear();
    }
    for format in FORMATS.iter().map(|format| format.name()).filter(|name| ["text", "markdown"].contains(name)) {
        let text = written(&report, format, &Style { verbose: true, all: true, ..chinese() });
        for word in ["the", "of", "and", "with", "killed", "memory", "limit", "process", "time", "times", "more", "to"]
        {
            let alone = |at: usize| {
                let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !"_-./".contains(c));
                edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
            };
            let found = text.match_indices(word).find(|&(at, _)| alone(at));
            assert!(found.is_none(), "{format}: {word}: {}", &text[found.map_or(0, |(at, _)| at)..]);
        }
    }
}

/// Units, terms that Chinese engineers use as they are, and commands and settings that advice names.
const TERMS: &str = "
    B KiB MiB GiB PID UID ID UTC OOM Killer Pod QoS SIGKILL SIGTERM CPU NUMA cgroup slab tmpfs inode cpuset swap emptyDir
    medium Memory sizeLimit failcnt mlock ramfs CMA DMA min low high vmalloc kubectl docker systemctl systemd journalctl kubelet containerd
    exec tini init run stop shell terminationGracePeriodSeconds TimeoutStopSec TasksMax pids show events oomscan TODO free
    limit request requests limits top df du ipcs syslog ctime
";

/// Fields of a report whose value is a word of the program: a renderer translates it.
const OWN: &[&str] =
    &["actor", "agent", "kind", "pattern", "scope", "verdict", "cause", "confidence", "severity", "clock", "schema"];

/// Words of the report's names, lines and values: they stay as they are.
fn words_of(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => words.extend(latin(text).map(str::to_owned)),
        Value::Array(all) => all.iter().for_each(|value| words_of(value, words)),
        Value::Object(fields) => {
            fields.iter().filter(|(key, _)| !OWN.contains(&key.as_str())).for_each(|(_, value)| words_of(value, words));
        }
        _ => {}
    }
}

/// Runs of Latin letters.
fn latin(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1)
}

/// The text without tags, and without what stands in quotes.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for (open, close) in [
        ("```", "```"),
        ("<pre", "</pre>"),
        ("href=", ">"),
        ("<code", "</code>"),
        ("<", ">"),
        ("`", "`"),
        ("'", "'"),
        ("\"", "\""),
    ] {
        let mut left = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(open) {
            left.push_str(before);
            left.push(' ');
            rest = after.split_once(close).map_or("", |(_, rest)| rest);
        }
        text = left + rest;
    }
    // Links into the page, and signs that HTML escapes.
    let words = text.split_whitespace().filter(|word| !word.starts_with('#'));
    words
        .collect::<Vec<_>>()
        .join(" ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace("&quot;", " ")
}

/// A long path or name is shown cut.
fn is_known(word: &str, known: &BTreeSet<String>) -> bool {
    known.contains(word) || known.iter().any(|other| other.starts_with(word) || other.ends_with(word)) && word.len() < 3
}

#[test]
fn no_latin_word_is_left_but_names_and_terms() {
    let terms: BTreeSet<String> = TERMS.split_whitespace().map(str::to_owned).collect();
    let mut left = Vec::new();
    for sample in ["canal-node", "container-limit", "pod-limit", "tmpfs"] {
        let options = Options { language: Language::Chinese, details: true, ..Options::default() };
        let report = scan(&[Input::Path(format!("samples/{sample}").into())], &options);
        let mut known = terms.clone();
        words_of(&serde_json::to_value(&report).unwrap(), &mut known);
        for name in ["text", "markdown", "html"] {
            let style = Style { all: true, verbose: name == "markdown", ..chinese() };
            let text = written(&report, name, &style);
            let text = if name == "html" { body(&text) } else { text };
            let unknown: BTreeSet<String> =
                latin(&plain(&text)).filter(|word| !is_known(word, &known)).map(str::to_owned).collect();
            left.extend(unknown.into_iter().map(|word| format!("{sample} {name}: {word}")));
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}
