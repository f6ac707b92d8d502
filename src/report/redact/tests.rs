use super::*;
use crate::report::*;

const ID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
const UID: &str = "2b4c6d8e-1f3a-4b5c-8d7e-9f0a1b2c3d4e";

/// Every kind of name in every kind of place.
fn report() -> Report {
    let incident = Incident {
        id: "2d23bf85461cc2d2".into(),
        node: "ledger-db7.corp.example".into(),
        boot_id: Some("0123456789abcdef0123456789abcdef".into()),
        agent: Some("kernel".into()),
        summary: "The node ran out of memory: the kernel killed 'acmed' (pid 7) in container 'billing' of pod 'shop/billing-0'.".into(),
        explanation: vec![
            "'sneaky proc' (pid 9) was already ending, and the node's memory was full, as ledger-db7 said.".into(),
            "The message: \"Get \"http://10.1.2.3:8080/healthz\": no route for customer Meier, 503\".".into(),
            "It wrote to /srv/acme/heap.hprof and 192.168.7.1:443, see ops@acme.example and fae4ee67ee1c.".into(),
        ],
        advice: vec![Advice {
            action: "Run systemctl set-property ledger.service MemoryMax=512M.".into(),
            reason: "It is 'ledger.service'.".into(),
        }],
        trigger: Some(Box::new(Trigger { comm: "java".into(), ..Trigger::default() })),
        limit: Some(Box::new(Limit {
            cgroup: Some(format!("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{}.slice/cri-containerd-{ID}.scope", UID.replace('-', "_"))),
            limit_bytes: Some(536_870_912),
            ..Limit::default()
        })),
        victims: vec![
            Victim { pid: 7, comm: "acmed".into(), cgroup: Some(format!("/docker/{ID}")), ..Victim::default() },
            Victim { pid: 8, comm: "node".into(), cgroup: Some("/system.slice/ledger.service/acme job".into()), ..Victim::default() },
        ],
        containers: vec![Container {
            id: Some(ID.into()),
            name: Some("billing".into()),
            image: Some("registry.acme.example/billing:1.2".into()),
            runtime: Some("containerd".into()),
            pod: Some("billing-0".into()),
            namespace: Some("shop".into()),
            pod_uid: Some(UID.into()),
            ..Container::default()
        }],
        terminations: vec![Termination {
            unit: Some("ledger.service".into()),
            reason: Some("OOMKilled".into()),
            sources: vec!["kubelet".into()],
            ..Termination::default()
        }],
        dump: Some(Box::new(Dump {
            cpuset: Some("ledger.service".into()),
            cgroups: vec![FieldGroup { name: "/system.slice/ledger.service".into(), fields: Vec::new() }],
            scores: vec![Score { comm: "acmed".into(), ..Score::default() }],
            slabs: vec![Slab { name: "dentry(77:ledger.service)".into(), ..Slab::default() }],
            ..Dump::default()
        })),
        processes: vec![Process { comm: "acmed".into(), ..Process::default() }, Process { comm: "dockerd".into(), ..Process::default() }],
        holders: vec![
            Holder { name: "acmed".into(), kind: HolderKind::Process, bytes: 9, share: None, count: None },
            Holder { name: "shop/billing-0/billing".into(), kind: HolderKind::Container, bytes: 9, share: None, count: None },
            Holder { name: "dentry".into(), kind: HolderKind::Slab, bytes: 9, share: None, count: None },
        ],
        timeline: vec![TimelineEntry { actor: "kernel".into(), text: "killed 'acmed' (pid 7)".into(), ..TimelineEntry::default() }],
        evidence: vec![Evidence {
            source: "acme-case-88/bundle-ledger-db7.tar.gz!var/log/kern.log".into(),
            line: Some(12),
            offset: 3,
            context: Some(Box::new(Surroundings {
                before: vec!["Nov 23 18:52:11 ledger-db7 acmed[7]: order of Schulze paid".into()],
                after: vec![format!("Nov 23 18:52:13 ledger-db7 dockerd[1]: container {ID} of 10.11.12.13 exited")],
            })),
            text: format!("Nov 23 18:52:12 ledger-db7 kernel: [  152.575336] Memory cgroup out of memory: Killed process 7 (acmed) total-vm:551092kB, task_memcg=/docker/{ID}, for Meier"),
        }],
        ..Incident::default()
    };
    Report {
        nodes: vec![Node { name: "ledger-db7.corp.example".into(), boots: vec![Boot::default()], ..Node::default() }],
        workloads: vec![Workload {
            name: "billing".into(),
            node: "ledger-db7.corp.example".into(),
            namespace: Some("shop".into()),
            incidents: vec!["2d23bf85461cc2d2".into()],
            summary: "billing ended 4 times.".into(),
            ..Workload::default()
        }],
        sources: vec![Source {
            path: "acme-case-88/notes of Meier.txt".into(),
            node: Some("ledger-db7.corp.example".into()),
            ..Source::default()
        }],
        problems: vec![Problem {
            severity: Severity::Warning,
            source: Some("acme-case-88/x.log".into()),
            line: Some(1),
            message: "this line looks like an out-of-memory message, but its form is not known: acme OOM for Meier 512"
                .into(),
        }],
        incidents: vec![incident],
        ..Report::default()
    }
}

/// Parts of names that must be gone.
const SECRETS: [&str; 18] = [
    "ledger", "acme", "billing", "shop", "sneaky", "meier", "10.1.2.3", "192.168", "healthz", "srv", "hprof",
    "fae4ee67", "2b4c6d8e", "01234567", "2d23bf85", "corp", "schulze", "10.11.12",
];

#[test]
fn no_name_survives() {
    for key in [None, Some("k")] {
        let made = serde_json::to_string(&redact(&report(), key)).unwrap().to_lowercase();
        for secret in SECRETS {
            assert!(!made.contains(secret), "{secret}: {made}");
        }
    }
}

#[test]
fn the_diagnosis_stays() {
    let made = redact(&report(), None);
    let incident = &made.incidents[0];
    assert_eq!(
        incident.summary,
        "The node ran out of memory: the kernel killed 'process-1' (pid 7) in container 'container-1' of pod 'namespace-1/pod-1'."
    );
    assert_eq!(
        incident.explanation[0],
        "'name-1' (pid 9) was already ending, and the node's memory was full, as host-1 said."
    );
    assert!(
        incident.explanation[1].starts_with("The message: \"Get \"address-1\": no … for … …, 503\""),
        "{}",
        incident.explanation[1]
    );
    assert_eq!(
        incident.explanation[2],
        "It wrote to /path-3/path-4/path-5 and address-2, see address-3 and id0000000001."
    );
    assert_eq!(incident.advice[0].action, "Run systemctl set-property unit-1.service MemoryMax=512M.");
    assert_eq!(incident.advice[0].reason, "It is 'unit-1.service'.");
    assert_eq!(incident.limit.as_ref().unwrap().limit_bytes, Some(536_870_912));
    assert_eq!(
        incident.limit.as_ref().unwrap().cgroup.as_deref(),
        Some(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podid0000000002.slice/cri-containerd-id0000000001.scope"
        )
    );
    assert_eq!(incident.victims[0].cgroup.as_deref(), Some("/docker/id0000000001"));
    assert_eq!(incident.victims[1].cgroup.as_deref(), Some("/system.slice/unit-1.service/group-1"));
    assert_eq!((incident.victims[1].comm.as_str(), incident.processes[1].comm.as_str()), ("node", "dockerd"));
    assert_eq!(incident.trigger.as_ref().unwrap().comm, "java");
    assert_eq!(incident.containers[0].id.as_deref(), Some("id0000000001"));
    assert_eq!(incident.containers[0].pod_uid.as_deref(), Some("id0000000002"));
    assert_eq!(incident.terminations[0].reason.as_deref(), Some("OOMKilled"));
    assert_eq!(incident.terminations[0].unit.as_deref(), Some("unit-1.service"));
    assert_eq!(incident.holders[1].name, "namespace-1/pod-1/container-1");
    assert_eq!(incident.holders[2].name, "dentry");
    assert_eq!(made.workloads[0].incidents, std::slice::from_ref(&incident.id));
    assert_eq!(made.workloads[0].summary, "container-1 ended 4 times.");
}

#[test]
fn raw_lines_keep_their_numbers_and_own_words() {
    let made = redact(&report(), None);
    assert_eq!(
        made.incidents[0].evidence[0].text,
        "Nov 23 18:52:12 host-1 kernel: [  152.575336] Memory cgroup out of memory: Killed process 7 (process-1) total-vm:551092kB, task_memcg=/docker/id0000000001, for …"
    );
    let source = &made.incidents[0].evidence[0].source;
    assert!(source.ends_with(".tar.gz!var/log/kern.log") && source.starts_with("path-"), "{source}");
    assert!(
        made.problems[0].message.ends_with("its form is not known: path-4 OOM for … 512"),
        "{}",
        made.problems[0].message
    );
    assert!(made.sources[0].path.ends_with(".txt"));
}

#[test]
fn pseudonyms_with_a_key_are_the_same_in_every_report() {
    let (made, again) = (redact(&report(), Some("k")), redact(&report(), Some("k")));
    assert_eq!(made, again);
    let mut other = report();
    other.nodes[0].name = "another".into();
    let other = redact(&other, Some("k"));
    assert_eq!(other.incidents[0].node, made.incidents[0].node);
    assert_ne!(other.nodes[0].name, made.nodes[0].name);
    assert_ne!(redact(&report(), Some("l")).incidents[0].node, made.incidents[0].node);
    assert!(made.incidents[0].node.starts_with("name-") && made.incidents[0].node.len() == 15);
}

#[test]
fn a_pseudonym_is_never_a_name_of_the_report() {
    let mut report = report();
    report.incidents[0].containers[0].name = Some("container-1".into());
    let made = redact(&report, None);
    assert_eq!(made.incidents[0].containers[0].name.as_deref(), Some("container-2"));
}

#[test]
fn ordinary_words_are_only_replaced_in_quotes() {
    let mut report = report();
    report.incidents[0].containers[0].name = Some("memory".into());
    report.incidents[0].summary = "The node ran out of memory, and container 'memory' ended.".into();
    let made = redact(&report, None);
    assert_eq!(made.incidents[0].summary, "The node ran out of memory, and container 'container-1' ended.");
}

#[test]
fn a_program_that_shares_its_name_with_a_container_goes() {
    let mut report = report();
    report.incidents[0].containers[0].name = Some("java".into());
    assert_eq!(redact(&report, None).incidents[0].trigger.as_ref().unwrap().comm, "container-1");
}

#[test]
fn odd_texts_do_no_harm() {
    for text in
        ["", "'", "\"", "''", "'é'", "/", "//", "\u{202e}", "!", "a'b'c", "'x", "::", "@", "0x", "://", "…é\u{0}"]
    {
        let mut report = report();
        report.incidents[0].summary = text.into();
        report.incidents[0].evidence[0].text = text.into();
        report.incidents[0].containers[0].name = Some(text.into());
        report.incidents[0].node = text.into();
        let _ = redact(&report, None);
    }
    assert_eq!(redact(&Report::default(), None), Report::default());
}

#[test]
fn a_name_within_a_longer_one_goes_too() {
    let mut report = report();
    report.incidents[0].containers[0].name = Some("cache-node".into());
    report.incidents[0].containers[0].pod = Some("cache-node-2".into());
    report.incidents[0].evidence[0].text =
        "cache-node-2_shop cache-node-20 cache-nodes xcache-node é-cache-node cache-nodé".into();
    let made = redact(&report, None);
    assert_eq!(
        made.incidents[0].evidence[0].text,
        "pod-1_namespace-1 container-1-20 cache-… …-node …-container-1 cache-…"
    );
    report.incidents[0].evidence[0].text = "cache-node-2é".repeat(2000);
    let _ = redact(&report, None);
}

#[test]
fn names_and_ids_in_chinese_sentences() {
    let mut report = report();
    report.incidents[0].summary =
        "节点内存耗尽：内核杀死了容器 'billing'（Pod 'shop/billing-0'）中的 'acmed'（PID 7）。".into();
    report.incidents[0].explanation = vec![
        "占用内存最多的依次是：'sneaky proc'（12.0 MiB）、容器 fae4ee67ee1c（1.0 GiB，10%）和 'acmed'。".into(),
        "内核日志中写道：\"customer Meier, 503\"。".into(),
        "请查看 /srv/acme/heap.hprof、192.168.7.1:443，以及 ops@acme.example。".into(),
    ];
    let redacted = redact(&report, None);
    let incident = &redacted.incidents[0];
    let text = format!("{}{}", incident.summary, incident.explanation.concat());
    for secret in ["billing", "shop", "acme", "sneaky", "fae4ee67", "Meier", "192.168", "ops@"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(text.contains("节点内存耗尽：内核杀死了容器 'container-1'（Pod '"), "{text}");
}

/// What a line says that no grammar knows, or that nobody is known to have written, is a raw line's.
#[test]
fn quoted_lines_of_problems() {
    let problem = |message: String| Problem { severity: Severity::Warning, source: None, line: None, message };
    let line = "Killed process 12 (meier-batch)";
    for language in crate::language::Language::ALL {
        let mut report = report();
        report.problems = vec![
            problem(crate::say!(language, "join-unknown-line", text = line)),
            problem(crate::say!(language, "join-doubtful-line", text = line)),
            problem(crate::say!(language, "join-fragment", text = line)),
        ];
        for problem in redact(&report, None).problems {
            assert!(
                problem.message.contains("Killed process 12 (") && !problem.message.contains("meier"),
                "{problem:?}"
            );
        }
    }
}

#[test]
fn figures_are_no_names_although_a_folder_is_called_so() {
    let mut report = report();
    report.sources = vec![Source { path: "cases/30/44/db7.log".into(), ..Source::default() }];
    report.incidents[0].summary = "It held 44.0 MiB (30%) of '30'.".into();
    let made = redact(&report, None);
    assert_eq!(made.sources[0].path.matches(['3', '0']).count(), 0, "{}", made.sources[0].path);
    assert!(made.incidents[0].summary.starts_with("It held 44.0 MiB (30%) of 'name-"), "{}", made.incidents[0].summary);
}
