//! What the page must be, whatever a log says. `tests/browser` uses it in a real browser.

use super::*;
use crate::report::*;

fn page(report: &Report) -> String {
    let mut out = Vec::new();
    Html.write(report, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A report whose every text is `text`.
fn all_of(text: &str) -> Report {
    let some = || Some(text.to_owned());
    let incident = Incident {
        id: text.into(),
        node: text.into(),
        boot_id: some(),
        time: some(),
        uptime_s: Some(f64::NAN),
        verdict: Verdict::Memory,
        agent: some(),
        confidence_reasons: vec![text.into()],
        summary: text.into(),
        explanation: vec![text.into()],
        advice: vec![Advice { action: text.into(), reason: text.into() }],
        trigger: Some(Box::new(Trigger {
            comm: text.into(),
            gfp_mask: text.into(),
            gfp_flags: vec![text.into()],
            ..Trigger::default()
        })),
        limit: Some(Box::new(Limit {
            cgroup: some(),
            limit_bytes: Some(1),
            usage_bytes: Some(u64::MAX),
            ..Limit::default()
        })),
        victims: vec![Victim {
            comm: text.into(),
            cgroup: some(),
            container: Some(0),
            time: some(),
            ..Victim::default()
        }],
        containers: vec![Container {
            id: some(),
            name: some(),
            image: some(),
            runtime: some(),
            pod: some(),
            namespace: some(),
            pod_uid: some(),
            sandbox_id: some(),
            unit: some(),
            qos: some(),
            ..Container::default()
        }],
        terminations: vec![Termination {
            container: Some(99),
            unit: some(),
            signal_name: some(),
            reason: some(),
            started: some(),
            finished: some(),
            restarted: some(),
            sources: vec![text.into()],
            ..Termination::default()
        }],
        memory: Some(Box::new(Memory { anon_bytes: Some(u64::MAX), file_bytes: Some(u64::MAX), ..Memory::default() })),
        processes: vec![Process { comm: text.into(), ..Process::default() }],
        holders: vec![Holder {
            name: text.into(),
            kind: HolderKind::Container,
            bytes: u64::MAX,
            share: Some(f64::INFINITY),
            count: Some(2),
        }],
        timeline: vec![TimelineEntry {
            time: some(),
            offset_s: Some(f64::NAN),
            actor: text.to_owned().into(),
            kind: text.to_owned().into(),
            text: text.into(),
            evidence: Some(7),
            ..TimelineEntry::default()
        }],
        evidence: vec![Evidence { source: text.into(), line: None, offset: 1, text: text.into(), context: None }],
        ..Incident::default()
    };
    let timed = Incident { time: Some("2026-11-23T09:00:00+08:00".into()), ..incident.clone() };
    Report {
        oomscan: text.into(),
        nodes: vec![Node {
            name: text.into(),
            boots: vec![Boot {
                kernel: some(),
                kernel_log: Some(Coverage {
                    from: some(),
                    to: some(),
                    gaps: vec![Gap { at: some(), reason: text.into() }],
                }),
                ..Boot::default()
            }],
            ..Node::default()
        }],
        incidents: vec![incident, timed],
        workloads: vec![Workload {
            name: text.into(),
            node: text.into(),
            namespace: some(),
            summary: text.into(),
            last: some(),
            ..Workload::default()
        }],
        sources: vec![Source {
            path: text.into(),
            kind: text.into(),
            problems: vec![text.into()],
            ..Source::default()
        }],
        problems: vec![Problem { severity: Severity::Error, source: some(), line: Some(1), message: text.into() }],
        ..Report::default()
    }
}

#[test]
fn texts_of_logs_stay_texts() {
    for text in [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
        "</noscript><b>",
        "<!-- <script>",
        "\" onclick=\"alert(1)\" x=\"",
        "' onfocus='x",
        "</title><svg onload=alert(1)>",
        "]]><x>",
    ] {
        let plain = page(&all_of("plain"));
        let found = page(&all_of(text));
        for tag in
            ["<script", "</script", "<noscript", "</noscript", "<!--", "<img", "<b", "<svg", "<x", "</title", "]]><"]
        {
            assert_eq!(found.matches(tag).count(), plain.matches(tag).count(), "{text}: {tag}");
        }
        // Attributes are in double quotes, and those of a text are escaped.
        assert!(!found.contains("\" onclick="), "{text}");
        assert_eq!(
            found.matches("='").count(),
            plain.matches("='").count() + found.matches("onfocus='").count(),
            "{text}"
        );
        assert!(!found.contains(text) || text.starts_with('\''), "{text}");
    }
}

#[test]
fn nothing_hides_or_turns_the_writing() {
    let found = page(&all_of("a\u{202e}b\u{200b}c\0d\u{1b}e"));
    assert!(!found.contains(['\u{202e}', '\u{200b}', '\0', '\u{1b}']));
    assert!(found.contains("a\\u{202e}b"));
}

#[test]
fn the_policy_allows_the_one_script_and_style_and_nothing_else() {
    let found = page(&Report::default());
    let policy = found.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).unwrap();
    let policy = policy.split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
    for (tag, allowed) in [("script", "script-src"), ("style", "style-src")] {
        let inner = found.split(&format!("<{tag}>")).nth(1).unwrap().split(&format!("</{tag}>")).next().unwrap();
        assert!(policy.contains(&format!("{allowed} {}", hash(inner))), "{tag}");
    }
    // The hash of the empty text, as everybody knows it.
    assert_eq!(hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}

#[test]
fn nothing_is_loaded_and_nothing_is_styled_or_run_in_place() {
    let found = page(&all_of("x"));
    for forbidden in
        [" src=", "url(", "@import", "http://", "https://", " style=", "javascript:", "<link", "<base", "<iframe"]
    {
        assert!(!found.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn an_empty_report_is_a_page() {
    let found = page(&Report::default());
    assert!(found.contains("Nothing was read") && found.ends_with("</html>\n"));
    assert!(!found.contains("id=\"lanes\""));
}

#[test]
fn anchors_are_unique_and_named_by_id() {
    let report = Report {
        incidents: vec![
            Incident { id: "1f".into(), ..Incident::default() },
            Incident { id: "2 \"e".into(), ..Incident::default() },
        ],
        ..Report::default()
    };
    let found = page(&report);
    assert!(found.contains("<details class=\"incident\" id=\"incident-1f\""), "{found}");
    assert!(found.contains("id=\"incident-2e\""));
}

#[test]
fn thousands_of_incidents_share_the_rows_of_processes() {
    let processes = vec![Process { comm: "java".into(), ..Process::default() }; 100];
    let one = Incident { processes, processes_total: 400, ..Incident::default() };
    let report = Report { incidents: vec![one; 5000], ..Report::default() };
    let found = page(&report);
    assert!(found.contains("The 12 largest of 400."));
    assert!(found.len() < 60_000_000, "{}", found.len());
}

#[test]
fn marks_lie_between_the_first_and_the_last() {
    let incident = |time: &str| Incident { time: Some(time.into()), node: "n".into(), ..Incident::default() };
    let times = ["2026-11-23T09:00:00Z", "2026-11-23T17:15:00+08:00", "2026-11-23T10:00:00Z"];
    let found = page(&Report { incidents: times.map(incident).into(), ..Report::default() });
    for place in ["M0 2V18", "M25000 2V18", "M100000 2V18"] {
        assert!(found.contains(place), "{place}");
    }
}
