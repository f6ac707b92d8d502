//! Every format of the samples: as it was looked at and found good (`cargo insta review` after a change), and redacted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::render::csv::Table;
use oomscan::render::{FORMATS, Style, by_name};
use oomscan::report::Report;
use oomscan::report::redact::redact;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;

/// The report of a sample. Paths are relative to the folder in which Cargo runs tests, so they are the same everywhere.
fn report(sample: &str) -> Report {
    let report = scan(&[Input::Path(sample.into())], &Options::default());
    Report { oomscan: "0.0.0".into(), ..report }
}

fn written(report: &Report, format: &str, style: &Style) -> String {
    let mut out = Vec::new();
    by_name(format).unwrap().write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Without what is the same in every page.
fn body(page: &str) -> &str {
    let start = page.find("<body>").unwrap();
    &page[start..page.find("<script>").unwrap()]
}

#[test]
fn as_they_were_looked_at() {
    for sample in ["canal-node", "container-limit"] {
        let path =
            if sample == "container-limit" { "samples/container-limit/dmesg-T.txt" } else { "samples/canal-node" };
        let report = report(path);
        let style = Style::default();
        for format in FORMATS {
            let name = format.name();
            let text = written(&report, name, &style);
            match name {
                "html" => insta::assert_snapshot!(format!("{sample}.html"), body(&text).replace("><", ">\n<")),
                "csv" | "jsonl" => {}
                _ => insta::assert_snapshot!(format!("{sample}.{name}"), text),
            }
        }
        for table in Table::ALL {
            let text = written(&report, "csv", &Style { table, ..Style::default() });
            insta::assert_snapshot!(format!("{sample}.{}.csv", table.name()), text.replace("\r\n", "\n"));
        }
        let redacted = redact(&report, None);
        insta::assert_snapshot!(
            format!("{sample}.redacted"),
            written(&redacted, "text", &Style { verbose: true, ..style })
        );
    }
}

#[test]
fn no_name_survives_redaction_in_any_format() {
    let secrets =
        ["k8s-node", "canal", "metrics-daemon", "proctrace", "run.sh", "rec.service", "rec/", "fae4ee67", "story"];
    let report = report("samples/canal-node");
    let plain = written(&report, "json", &Style::default());
    for secret in secrets {
        assert!(plain.contains(secret), "{secret} is not in the sample");
    }
    for key in [None, Some("a key")] {
        let redacted = redact(&report, key);
        for format in FORMATS {
            for table in Table::ALL {
                let style = Style { verbose: true, all: true, table, ..Style::default() };
                let text = written(&redacted, format.name(), &style).to_lowercase();
                for secret in secrets {
                    assert!(!text.contains(secret), "{secret} in {}", format.name());
                }
            }
        }
    }
}

#[test]
fn redaction_keeps_the_findings() {
    let report = report("samples/canal-node");
    let redacted = redact(&report, None);
    assert_eq!(redacted.summary, report.summary);
    for (one, other) in redacted.incidents.iter().zip(&report.incidents) {
        assert_eq!((one.verdict, one.cause, one.confidence), (other.verdict, other.cause, other.confidence));
        assert_eq!((&one.time, &one.memory, one.victims.len()), (&other.time, &other.memory, other.victims.len()));
        assert_eq!(one.explanation.len(), other.explanation.len());
    }
}

#[test]
fn nothing_found_is_no_panic() {
    for format in FORMATS {
        for table in Table::ALL {
            written(&Report::default(), format.name(), &Style { table, verbose: true, all: true, ..Style::default() });
        }
    }
}
