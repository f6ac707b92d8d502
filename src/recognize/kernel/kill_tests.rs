use super::*;

fn kill(line: &str) -> Kill {
    match verdict(line.as_bytes()) {
        Some(Verdict::Killed(kill)) => kill,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_era_of_the_kill_line() {
    let v2_6_34 = kill("Killed process 811 (a) vsz:1 (b) vsz:5432kB, anon-rss:1234kB, file-rss:88kB");
    assert_eq!(
        (v2_6_34.comm.as_str(), v2_6_34.total_vm_kb, v2_6_34.anon_rss_kb),
        ("a) vsz:1 (b", Some(5432), Some(1234))
    );
    let el6 = kill("Killed process 2345, UID 48, (httpd) total-vm:1234kB, anon-rss:567kB, file-rss:8kB");
    assert_eq!((el6.pid, el6.uid, el6.comm.as_str(), el6.shmem_rss_kb), (2345, Some(48), "httpd", None));
    let el73 =
        kill("Killed process 7044 (mariadbd) total-vm:31224876kB, anon-rss:19871120kB, file-rss:0kB, shmem-rss:0kB");
    assert_eq!((el73.prefix, el73.uid, el73.anon_rss_kb), (KillPrefix::None, None, Some(19_871_120)));
    let el79 =
        kill("Killed process 51510 (leaky-test), UID 0, total-vm:8844kB, anon-rss:124kB, file-rss:0kB, shmem-rss:0kB");
    assert_eq!((el79.uid, el79.comm.as_str(), el79.total_vm_kb), (Some(0), "leaky-test", Some(8844)));
    let v53 = kill(
        "Out of memory: Killed process 2204 ((sd-pam)) total-vm:171332kB, anon-rss:5120kB, file-rss:3212kB, shmem-rss:0kB",
    );
    assert_eq!((v53.prefix, v53.comm.as_str(), v53.uid), (KillPrefix::Global, "(sd-pam)", None));
    let el83 = kill(
        "Memory cgroup out of memory: Killed process 7 (x) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:5",
    );
    assert_eq!((el83.uid, el83.pgtables_kb, el83.shmem_rss_kb), (Some(5), None, Some(4)));
    let new = kill(
        "Memory cgroup out of memory: Killed process 27818 (oomplain) total-vm:66232kB, anon-rss:55604kB, file-rss:4144kB, shmem-rss:0kB, UID:0 pgtables:164kB oom_score_adj:-997",
    );
    assert_eq!((new.prefix, new.pgtables_kb, new.oom_score_adj), (KillPrefix::Memcg, Some(164), Some(-997)));
    let own = kill(
        "Out of memory (oom_kill_allocating_task): Killed process 9 (x) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:0 pgtables:1kB oom_score_adj:0",
    );
    assert_eq!(own.prefix, KillPrefix::AllocatingTask);
}

#[test]
fn hostile_names() {
    let names = [
        "my proc (x) [1]",
        "(sd-pam)",
        "vite-build (v20",
        "a) total-vm:1kB",
        "a), UID 7, x",
        "a\nb",
        "",
        ")",
        "a, pid=1",
    ];
    for name in names {
        let tail = "total-vm:66232kB, anon-rss:55604kB, file-rss:4144kB, shmem-rss:0kB";
        assert_eq!(kill(&format!("Out of memory: Killed process 5 ({name}) {tail}")).comm, name);
        assert_eq!(kill(&format!("Killed process 5, UID 3, ({name}) {tail}")).comm, name);
        let late = kill(&format!("Killed process 5 ({name}), UID 9, {tail}"));
        assert_eq!((late.comm.as_str(), late.uid, late.total_vm_kb), (name, Some(9), Some(66_232)));
    }
}

#[test]
fn bare_and_foreign_forms() {
    assert!(matches!(verdict(b"Killed process 12 (x)"), Some(Verdict::KilledBare(kill)) if kill.comm == "x"));
    for name in ["  lead", " trail ", "x) total-vm:1kB", "), UID 0, (x", ")"] {
        let line = format!("Killed process 12 ({name})");
        assert!(
            matches!(verdict(line.as_bytes()), Some(Verdict::KilledBare(kill)) if kill.comm == name && kill.uid.is_none()),
            "{line}"
        );
    }
    assert!(
        matches!(verdict(b"Out of Memory: Killed process 12 (x)."), Some(Verdict::KilledBare(kill)) if kill.prefix == KillPrefix::Global)
    );
    for line in [
        &b"Killed process 12 by request"[..],
        b"Killed process x (y) total-vm:1kB",
        b"I Killed process 12 (x) total-vm:1kB",
        b"Killed process 12 (this name is too long to be true) total-vm:1kB",
        b"Killed process 12 (x) total-vm:lots",
        b"Killed process 12 (x) total-vm:1kB, anon-rss:2kB\nKilled process 13 (y) total-vm:1kB",
    ] {
        assert_eq!(verdict(line), None, "{}", text(line));
    }
}

#[test]
fn intentions() {
    let Some(Verdict::Intended(found)) =
        verdict(b"Memory cgroup out of memory: Kill process 31644 (java) score 1911 or sacrifice child")
    else {
        panic!("an intention");
    };
    assert_eq!((found.pid, found.score, found.prefix), (31_644, Some(1911), KillPrefix::Memcg));
    assert!(matches!(verdict(b"Out of memory: kill process 5 (x) score 77 or a child"), Some(Verdict::Intended(_))));
    assert!(matches!(verdict(b"Out of Memory: Kill process 5 (x) score 77 and children."), Some(Verdict::Intended(_))));
    assert!(
        matches!(verdict(b"Kill process 5 (x) sharing same memory"), Some(Verdict::Sharing(kill)) if kill.pid == 5)
    );
    assert_eq!(verdict(b"Would have killed process 5 (x). But continuing instead."), Some(Verdict::Spared));
    assert_eq!(verdict(b"Kill process 5 (x) now"), None);
}

#[test]
fn skipped_victims_are_no_kills() {
    assert_eq!(
        verdict(b"Memory cgroup out of memory: OOM victim 620 (ledger-w1) is already exiting. Skip killing the task"),
        Some(Verdict::Skipped(KillPrefix::Memcg, 620, "ledger-w1".into()))
    );
}

#[test]
fn torn_lines() {
    let kill = torn(b"Memory cgroup out of memory: Killed process 27880 (a").expect("a torn line");
    assert_eq!((kill.pid, kill.comm.as_str(), kill.prefix), (27_880, "a", KillPrefix::Memcg));
    assert_eq!(torn(b"Killed process 27880 (a) total-vm:1kB"), None);
    assert_eq!(torn(b"Killed process"), None);
}

#[test]
fn lines_cut_behind_the_name() {
    for end in ["a)", "a) ", "a) tot", "a) total-vm:"] {
        let line = format!("Out of memory: Killed process 7 ({end}");
        match verdict(line.as_bytes()) {
            Some(Verdict::KilledBare(kill)) => assert_eq!((kill.pid, kill.comm.as_str()), (7, "a"), "{line}"),
            other => panic!("{line}: {other:?}"),
        }
    }
    assert_eq!(verdict(b"Out of memory: Killed process 7 (a) total=vm"), None);
}

#[test]
fn group_reaper_panic_and_limits() {
    assert_eq!(group(b"Tasks in /a b are going to be killed due to memory.oom.group set"), Some(&b"/a b"[..]));
    assert_eq!(group(b"Tasks in the queue are going to be killed"), None);
    let done = reaped(b"oom_reaper: reaped process 60112 (ta) (il), now anon-rss:0kB, file-rss:4kB, shmem-rss:9kB")
        .expect("reaped");
    assert_eq!(
        (done.pid, done.comm.as_str(), done.file_rss_kb, done.shmem_rss_kb),
        (60_112, "ta) (il", Some(4), Some(9))
    );
    let stuck = reaped(b"oom_reaper: unable to reap pid:7 (x (y))").expect("unable");
    assert_eq!((stuck.done, stuck.comm.as_str()), (false, "x (y)"));
    assert_eq!(reaped(b"oom_reaper: hello"), None);
    let first =
        panic(b"Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled").expect("a panic");
    assert_eq!(first, (&b"Out of memory: system-wide panic_on_oom is enabled"[..], false));
    let end = panic(b"---[ end Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled ]---");
    assert_eq!(end, Some((first.0, true)));
    assert!(is_oom_panic(first.0));
    assert!(!is_oom_panic(b"Attempted to kill init! exitcode=0x00000009"));
    assert_eq!(suppressed(b"oom_kill_process: 14 callbacks suppressed"), Some((&b"oom_kill_process"[..], 14)));
    assert_eq!(suppressed(b"I: had 14 callbacks suppressed"), None);
}
