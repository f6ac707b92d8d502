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
