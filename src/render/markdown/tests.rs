use super::*;
use crate::report::*;

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    Markdown.write(report, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn incident(name: &str) -> Incident {
    Incident {
        id: "1f".into(),
        node: name.into(),
        verdict: Verdict::Memory,
        cause: Cause::ContainerLimit,
        time: Some("2026-11-23T09:26:40.5+08:00".into()),
        summary: format!("The kernel killed '{name}'."),
        explanation: vec![format!("{name} was large.")],
        advice: vec![Advice { action: format!("Look at '{name}'."), reason: name.into() }],
        victims: vec![Victim { comm: name.into(), oom_score_adj: Some(979), ..Victim::default() }],
        containers: vec![Container { name: Some(name.into()), ..Container::default() }],
        terminations: vec![Termination {
            container: Some(0),
            exit_code: Some(137),
            reason: Some(name.into()),
            started: Some("2026-11-23T09:26:00Z".into()),
            finished: Some("2026-11-23T09:28:05Z".into()),
            ..Termination::default()
        }],
        holders: vec![Holder { name: name.into(), kind: HolderKind::Process, bytes: 5, share: None, count: None }],
        timeline: vec![TimelineEntry { actor: name.to_owned().into(), text: name.into(), ..TimelineEntry::default() }],
        evidence: vec![Evidence { source: name.into(), line: Some(3), offset: 0, text: name.into(), context: None }],
        ..Incident::default()
    }
}

fn report(name: &str) -> Report {
    Report {
        incidents: vec![incident(name)],
        workloads: vec![Workload {
            name: name.into(),
            incidents: vec!["1f".into()],
            memory_restarts: 1,
            ..Workload::default()
        }],
        sources: vec![Source { path: name.into(), kind: name.into(), ..Source::default() }],
        problems: vec![Problem {
            severity: Severity::Warning,
            source: Some(name.into()),
            line: Some(1),
            message: name.into(),
        }],
        ..Report::default()
    }
}

/// Lines outside of fenced blocks, without what stands between backticks.
fn running_text(markdown: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("text")),
            None => lines.push(without_code(line)),
        }
    }
    assert_eq!(fence, None, "a block stays open");
    lines
}

/// As CommonMark reads it: a run of backticks opens code that the next run of the same length ends.
fn without_code(line: &str) -> String {
    let (mut kept, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        if at > 0 && rest[..at].ends_with('\\') {
            kept.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        kept.push_str(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inner = &rest[at + run..];
        let mut from = 0;
        let end = loop {
            let next = inner[from..].find('`').map(|n| n + from).unwrap_or_else(|| panic!("open code: {line}"));
            let length = inner[next..].len() - inner[next..].trim_start_matches('`').len();
            if length == run {
                break next + run;
            }
            from = next + length;
        };
        kept.push('C');
        rest = &inner[end..];
    }
    kept + rest
}

#[test]
fn every_section_is_there() {
    let found = markdown(&report("web"));
    let heads: Vec<&str> = found.lines().filter(|line| line.starts_with("## ")).collect();
    let sections =
        ["Summary", "Impact", "Timeline", "Cause", "Contributing factors", "What is not known", "Actions", "Sources"];
    assert_eq!(heads, sections.map(|name| format!("## {name}")));
    for expected in [
        "# Postmortem: web: the container reached its memory limit\n",
        "Memory: 1 incident, 1 process killed, 1 container or service ended.",
        "| `web` | (no name) | 1 | 0 | 2 min 5 s | not known |  | not known |",
        "| Look at 'web'. | web | | | |",
        "- `web` has an `oom_score_adj` of 979",
        "From `web:3`:\n\n```text\nweb\n```",
    ] {
        assert!(found.contains(expected), "{expected}\n{found}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let plain = running_text(&markdown(&report("web")));
    for name in [
        "<img src=x onerror=alert(1)>",
        "</details><script>",
        "a|b|c",
        "`code`",
        "``` \n```",
        "[x](javascript:alert(1))",
        "![x](y)",
        "&lt;b&gt;",
        "**bold** __under__ ~~gone~~",
        "# head",
        "a\n\n# head\n---",
        "- item",
        "\\|",
        "\\`",
        "x\u{202e}y",
        "@root #12",
        "https://evil.example/ www.evil.example",
        "<!-- ",
    ] {
        let found = running_text(&markdown(&report(name)));
        assert_eq!(found.len(), plain.len(), "{name:?}");
        for (line, like) in found.iter().zip(&plain) {
            let quiet = line.replace("<!-- -->", "").replace("\\\\", "");
            assert!(!quiet.contains(['<', '>']), "{name:?}: {line}");
            assert_eq!(quiet.replace("\\|", "").matches('|').count(), like.matches('|').count(), "{name:?}: {line}");
            for (at, _) in quiet.match_indices(['[', '*', '~', '`']) {
                let bold = quiet.starts_with("**") && (at < 2 || at + 2 >= quiet.len());
                assert!(bold || quiet[..at].ends_with('\\'), "{name:?}: {line}");
            }
            assert!(
                !quiet.contains("://") && !quiet.contains("www.") && !quiet.contains('\u{202e}'),
                "{name:?}: {line}"
            );
            assert_eq!(line.starts_with('#'), like.starts_with('#'), "{name:?}: {line}");
            assert_eq!(line.starts_with("- "), like.starts_with("- "), "{name:?}: {line}");
        }
    }
}

#[test]
fn an_empty_report_says_so() {
    let found = markdown(&Report::default());
    assert!(found.starts_with("# Postmortem: no memory incident found\n"));
    assert!(found.contains("Nothing was read."));
}

#[test]
fn one_step_for_several_reasons_is_told_once() {
    let mut other = incident("web");
    other.cause = Cause::NodeMemory;
    let mut report = report("web");
    report.incidents.push(other);
    assert_eq!(markdown(&report).matches("| Look at 'web'. |").count(), 1);
}

#[test]
fn what_is_missing_is_told() {
    let mut report = report("web");
    report.nodes = vec![Node {
        name: "n1".into(),
        boots: vec![Boot {
            kernel_log: Some(Coverage {
                gaps: vec![Gap { at: None, reason: "rotated away".into() }],
                ..Coverage::default()
            }),
            ..Boot::default()
        }],
        ..Node::default()
    }];
    let found = markdown(&report);
    for expected in [
        "What the kernel log of `n1` lacks: rotated away.",
        "no log shows it for 1 memory incident",
        "When it was started again: no log says it for 1 incident",
        "that the container reached its memory limit is only weak",
        "`web:1`: web",
    ] {
        assert!(found.contains(expected), "{expected}\n{found}");
    }
}
