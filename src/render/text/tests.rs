//! Hand-made reports and how they look.

use super::*;
use crate::language::Language;
use crate::report::*;

const CGROUP: &str = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod2b4c6d8e_1f3a_4b5c_8d7e_9f0a1b2c3d4e.slice/cri-containerd-0f1d4ab1c2e34f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c.scope";
const MIB: u64 = 1 << 20;

fn text(report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    Text.write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn narrow() -> Style {
    Style { width: 80, ..Style::default() }
}

fn evidence(source: &str, line: u64, text: &str) -> Evidence {
    Evidence { source: source.into(), line: Some(line), offset: 0, text: text.into(), context: None }
}

fn step(offset_s: f64, actor: &'static str, kind: &'static str, text: &str) -> TimelineEntry {
    TimelineEntry {
        offset_s: Some(offset_s),
        actor: actor.into(),
        kind: kind.into(),
        text: text.into(),
        ..TimelineEntry::default()
    }
}

fn holder(name: &str, kind: HolderKind, mib: u64, count: u64) -> Holder {
    Holder { name: name.into(), kind, bytes: mib * MIB, share: Some(mib as f64 / 512.0), count: Some(count) }
}

/// A container in a pod at its limit.
fn container_incident(n: u64) -> Incident {
    Incident {
        id: format!("c{n}"),
        node: "node-1".into(),
        time: Some(format!("2026-11-23T09:{:02}:40.123456+08:00", 10 + n)),
        clock: Clock::Exact,
        verdict: Verdict::Memory,
        cause: Cause::ContainerLimit,
        agent: Some("kernel".into()),
        confidence: Confidence::Proven,
        summary: "The kernel killed java (pid 4242), the main process of checkout, because the container reached its limit of 512 MiB.".into(),
        explanation: vec![
            "The cgroup of the container had 512 MiB charged of 512 MiB allowed, and nothing more could be reclaimed.".into(),
            "java held 94% of it, all of it anonymous memory.".into(),
        ],
        advice: vec![Advice {
            action: "Set -Xmx below 75% of the limit, or raise the limit to 768 MiB".into(),
            reason: "heap and native memory of java together exceed 512 MiB".into(),
        }],
        limit: Some(Box::new(Limit {
            cgroup: Some(CGROUP.into()),
            scope: Scope::Container,
            limit_bytes: Some(512 * MIB),
            usage_bytes: Some(512 * MIB),
            failcnt: Some(1234),
            swap_limit_bytes: Some(0),
            ..Limit::default()
        })),
        victims: vec![Victim {
            pid: 4242,
            comm: "java".into(),
            anon_rss_bytes: Some(480 * MIB + 100 * 1024),
            oom_score_adj: Some(979),
            main: Some(true),
            container: Some(0),
            ..Victim::default()
        }],
        containers: vec![Container {
            id: Some("0f1d4ab1c2e34f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c".into()),
            name: Some("checkout".into()),
            pod: Some("shop-7d9c5b6f4-x2x9z".into()),
            namespace: Some("prod".into()),
            ..Container::default()
        }],
        terminations: vec![Termination {
            container: Some(0),
            exit_code: Some(137),
            signal: Some(9),
            signal_name: Some("SIGKILL".into()),
            oom_flag: Some(true),
            reason: Some("OOMKilled".into()),
            finished: Some(format!("2026-11-23T09:{:02}:40.5+08:00", 10 + n)),
            restarted: Some(format!("2026-11-23T09:{:02}:42+08:00", 10 + n)),
            restart_count: Some(3),
            sources: vec!["containerd".into(), "kubelet".into()],
            ..Termination::default()
        }],
        memory: Some(Box::new(Memory {
            total_bytes: Some(512 * MIB),
            anon_bytes: Some(500 * MIB),
            file_bytes: Some(2 * MIB),
            kernel_bytes: Some(8 * MIB + 4096),
            ..Memory::default()
        })),
        holders: vec![holder("java", HolderKind::Process, 481, 1), holder("sh", HolderKind::Process, 2, 3)],
        timeline: vec![
            step(-0.0021, "kernel", "trigger", "java asks for memory and its cgroup is full"),
            step(0.0, "kernel", "kill", "kills java (pid 4242)"),
            step(0.377, "containerd", "exit", "the container ended with 137"),
            step(1.9, "kubelet", "restart", "starts the container again, and this sentence is long enough to need a second line on a narrow page"),
        ],
        evidence: vec![
            evidence("var/log/kern.log", 1234, "Nov 23 09:26:40 node-1 kernel: oom-kill:constraint=CONSTRAINT_MEMCG"),
            evidence("bundle.tar.gz!var/log/messages", 77, "containerd: TaskOOM"),
        ],
        count: 1,
        ..Incident::default()
    }
}

fn summarize(mut report: Report) -> Report {
    let count = |verdict| report.incidents.iter().filter(|i| i.verdict == verdict).count() as u64;
    report.summary = Summary {
        incidents: report.incidents.len() as u64,
        memory: count(Verdict::Memory),
        not_memory: count(Verdict::NotMemory),
        undetermined: count(Verdict::Undetermined),
        nodes: report.nodes.len() as u64,
        sources: 12,
        bytes: 34 * MIB + 5000,
        ..Summary::default()
    };
    report
}

fn node(name: &str) -> Node {
    Node {
        name: name.into(),
        boots: vec![Boot {
            id: Some("3f2a1b4c5d6e7f8091a2b3c4d5e6f708".into()),
            first_time: Some("2026-11-20T00:00:01+08:00".into()),
            last_time: Some("2026-11-23T23:59:59+08:00".into()),
            kernel_log: Some(Coverage {
                from: Some("2026-11-20T00:00:01+08:00".into()),
                to: Some("2026-11-23T23:59:59+08:00".into()),
                gaps: vec![Gap {
                    at: Some("2026-11-22T01:02:03+08:00".into()),
                    reason: "the kernel dropped 17 messages".into(),
                }],
            }),
            ..Boot::default()
        }],
        ..Node::default()
    }
}

fn one_container() -> Report {
    summarize(Report { nodes: vec![node("node-1")], incidents: vec![container_incident(0)], ..Report::default() })
}

#[test]
fn one_container_at_its_limit() {
    insta::assert_snapshot!(text(&one_container(), &narrow()));
}

#[test]
fn one_container_verbose_with_graphics() {
    let style = Style { width: 120, graphics: true, verbose: true, ..Style::default() };
    insta::assert_snapshot!(text(&one_container(), &style));
}

/// A fork bomb in a service, a node OOM, a kill that nobody owns up to, and ends that were not memory.
fn many() -> Report {
    let mut incidents: Vec<Incident> = (0..100)
        .map(|n| Incident {
            id: format!("s{n}"),
            node: "node-1".into(),
            time: Some(format!("2026-11-23T10:{:02}:{:02}+08:00", n / 60, n % 60)),
            verdict: Verdict::Memory,
            cause: Cause::ServiceLimit,
            agent: Some("kernel".into()),
            confidence: Confidence::Strong,
            summary: "The kernel killed ledger: the service reached its limit of 1 GiB.".into(),
            limit: Some(Box::new(Limit {
                cgroup: Some("/system.slice/ledger.service".into()),
                scope: Scope::Service,
                limit_bytes: Some(1024 * MIB),
                usage_bytes: Some(1023 * MIB),
                ..Limit::default()
            })),
            victims: (0..if n == 0 { 9 } else { 1 })
                .map(|v| Victim { pid: 1000 + n * 10 + v, comm: "ledger".into(), ..Victim::default() })
                .collect(),
            terminations: vec![Termination { unit: Some("ledger.service".into()), ..Termination::default() }],
            timeline: (0..30).map(|s| step(f64::from(s), "kernel", "kill", "kills ledger")).collect(),
            evidence: (1..=9).map(|line| evidence("kern.log", line, "Killed process")).collect(),
            count: 1,
            ..Incident::default()
        })
        .collect();
    incidents.push(Incident {
        id: "n1".into(),
        node: "node-2".into(),
        uptime_s: Some(86_523.25),
        verdict: Verdict::Memory,
        cause: Cause::NodeMemory,
        agent: Some("kernel".into()),
        confidence: Confidence::Probable,
        confidence_reasons: vec!["no container's end was found for it".into()],
        summary: "The node ran out of memory and the kernel killed stress.".into(),
        victims: vec![Victim {
            pid: 77,
            comm: "stress".into(),
            cgroup: Some("/user.slice/user-1000.slice/session-5.scope".into()),
            ..Victim::default()
        }],
        memory: Some(Box::new(Memory {
            total_bytes: Some(16 * 1024 * MIB),
            free_bytes: Some(64 * MIB),
            anon_bytes: Some(9000 * MIB),
            slab_unreclaimable_bytes: Some(4000 * MIB),
            shmem_bytes: Some(2000 * MIB),
            swap_total_bytes: Some(0),
            ..Memory::default()
        })),
        holders: vec![
            Holder {
                name: "stress".into(),
                kind: HolderKind::Process,
                bytes: 8000 * MIB,
                share: Some(0.488),
                count: Some(4),
            },
            Holder {
                name: "dentry".into(),
                kind: HolderKind::Slab,
                bytes: 4000 * MIB,
                share: Some(0.244),
                count: None,
            },
            Holder {
                name: "unaccounted".into(),
                kind: HolderKind::Unaccounted,
                bytes: 1500 * MIB,
                share: None,
                count: None,
            },
        ],
        count: 3,
        ..Incident::default()
    });
    incidents.push(Incident {
        id: "u1".into(),
        node: "node-2".into(),
        time: Some("2026-11-23T11:00:00Z".into()),
        verdict: Verdict::Undetermined,
        cause: Cause::Unknown,
        confidence: Confidence::Possible,
        confidence_reasons: vec!["the kernel log does not cover this time".into()],
        summary: "web was killed with SIGKILL; nothing in these logs says by whom.".into(),
        containers: vec![Container { name: Some("web".into()), ..Container::default() }],
        terminations: vec![Termination {
            container: Some(0),
            exit_code: Some(137),
            signal_name: Some("SIGKILL".into()),
            ..Termination::default()
        }],
        advice: vec![Advice { action: "Collect the kernel log of that time".into(), reason: String::new() }],
        count: 1,
        ..Incident::default()
    });
    for n in 0..2 {
        incidents.push(Incident {
            id: format!("x{n}"),
            node: "node-2".into(),
            verdict: Verdict::NotMemory,
            cause: Cause::ApplicationError,
            containers: vec![Container { name: Some("cron".into()), ..Container::default() }],
            terminations: vec![Termination { container: Some(0), exit_code: Some(3), ..Termination::default() }],
            count: 1,
            ..Incident::default()
        });
    }
    let mut second = node("node-2");
    second.boots[0].kernel_log = None;
    summarize(Report {
        nodes: vec![node("node-1"), second],
        incidents,
        workloads: vec![Workload {
            name: "ledger.service".into(),
            kind: "service".into(),
            node: "node-1".into(),
            incidents: (0..100).map(|n| format!("s{n}")).collect(),
            summary: "ledger.service was hit by a shortage of memory 100 times, about every 1 s.".into(),
            ..Workload::default()
        }],
        problems: (1..=14)
            .map(|line| Problem {
                severity: if line == 1 { Severity::Error } else { Severity::Warning },
                source: Some("var/log/messages".into()),
                line: (line > 1).then_some(line),
                message: "looks like an OOM line, but no grammar knows it".into(),
            })
            .collect(),
        ..Report::default()
    })
}

#[test]
fn many_incidents_are_folded() {
    insta::assert_snapshot!(text(&many(), &narrow()));
}

#[test]
fn all_of_them_wide_and_quiet() {
    let style = Style { width: 120, all: true, quiet: true, ..Style::default() };
    insta::assert_snapshot!(text(&many(), &style));
}

#[test]
fn nothing_found() {
    let source = Source {
        path: "var/log/kern.log".into(),
        kind: "syslog".into(),
        bytes: 34 * MIB,
        first_time: Some("2026-11-20T00:00:01+08:00".into()),
        last_time: Some("2026-11-23T23:59:59+08:00".into()),
        ..Source::default()
    };
    let report = summarize(Report { nodes: vec![node("node-1")], sources: vec![source; 12], ..Report::default() });
    insta::assert_snapshot!(text(&report, &narrow()));
    let no_kernel = summarize(Report::default());
    assert!(text(&no_kernel, &narrow()).contains("a kill by the kernel would not be seen"));
    assert_eq!(text(&Report::default(), &narrow()), "Nothing was read, so there is no answer.\n");
}

/// Names that try to move the cursor, to break the table, to turn the line.
fn hostile() -> Report {
    let evil = "\u{1b}[2J\u{202e}evil\nname\t日本語日本語日本語日本語日本語";
    let mut incident = container_incident(0);
    incident.node = evil.into();
    incident.time = Some(evil.into());
    incident.summary = evil.into();
    incident.agent = Some(evil.into());
    incident.explanation = vec![evil.repeat(20)];
    incident.containers[0].name = Some(evil.into());
    incident.victims[0].comm = evil.into();
    incident.holders[0].name = evil.into();
    incident.timeline[0].actor = evil.to_owned().into();
    incident.timeline[0].text = evil.repeat(9);
    incident.timeline[0].offset_s = Some(3e8);
    incident.evidence[0].source = evil.into();
    incident.terminations[0].reason = Some(evil.into());
    if let Some(limit) = &mut incident.limit {
        limit.cgroup = Some(format!("/{evil}/{}", "x".repeat(300)));
        limit.limit_bytes = Some(u64::MAX);
        limit.usage_bytes = Some(u64::MAX);
    }
    let problem = Problem { severity: Severity::Warning, source: Some(evil.into()), line: None, message: evil.into() };
    summarize(Report {
        nodes: vec![node(evil)],
        incidents: vec![incident],
        problems: vec![problem],
        ..Report::default()
    })
}

#[test]
fn hostile_names_are_shown_harmless() {
    let text = text(&hostile(), &Style { verbose: true, hyperlinks: true, width: 80, ..Style::default() });
    let links = text.matches("\u{1b}]8;;").count();
    assert!(links > 0 && links.is_multiple_of(2));
    let without = text.replace("\u{1b}]8;;", "").replace("\u{1b}\\", "");
    assert!(!without.contains(['\u{1b}', '\u{202e}', '\t', '\r', '\u{7}']), "{without}");
    insta::assert_snapshot!(super::tests::text(&hostile(), &narrow()));
}

#[test]
fn no_line_is_wider_than_the_page() {
    for report in [one_container(), many(), hostile(), Report::default()] {
        for width in [72, 80, 100, 133] {
            for verbose in [false, true] {
                for language in Language::ALL {
                    let style = Style { width, verbose, all: true, graphics: true, language, ..Style::default() };
                    for line in text(&report, &style).lines() {
                        assert!(width::width(line) <= width, "{width}: {line}");
                        let start = line.trim_start_matches(' ').chars().next();
                        assert!(!start.is_some_and(|c| "，。、；：？！）》”".contains(c)), "{line}");
                    }
                }
            }
        }
    }
}

#[test]
fn strange_styles_do_no_harm() {
    for width in [0, 1, usize::MAX] {
        let style = Style { width, verbose: true, all: true, ..Style::default() };
        assert!(text(&many(), &style).contains("ledger.service"));
    }
}

#[test]
fn every_cause_has_words() {
    let schema = serde_json::to_value(schemars::schema_for!(Cause)).unwrap();
    let causes = schema["oneOf"].as_array().unwrap().iter().map(|one| one["const"].clone());
    let causes: Vec<Cause> = causes.map(|name| serde_json::from_value(name).unwrap()).collect();
    assert!(causes.len() > 20);
    for language in Language::ALL {
        for verdict in [Verdict::Memory, Verdict::NotMemory, Verdict::Undetermined] {
            assert!(!words::verdict(verdict, language).is_empty());
        }
        let incident = |&cause: &Cause| Incident { cause, ..Incident::default() };
        let told: std::collections::BTreeSet<String> =
            causes.iter().map(|cause| words::headline(&incident(cause), language)).collect();
        assert_eq!(told.len(), causes.len(), "{language}: each cause has words of its own");
        for cause in &causes {
            let short = words::short(&incident(cause), language);
            assert!((1..=26).contains(&width::width(&short)), "{short}");
        }
    }
}

fn chinese(style: Style) -> Style {
    Style { language: Language::Chinese, ..style }
}

#[test]
fn in_chinese() {
    insta::assert_snapshot!("chinese_one", text(&one_container(), &chinese(narrow())));
    let wide = Style { width: 120, graphics: true, all: true, ..Style::default() };
    insta::assert_snapshot!("chinese_many", text(&many(), &chinese(wide)));
}
