//! Stories by their key facts: numbers, names, and what must not be claimed.

use super::*;
use crate::diagnose::{Notes, classify, fill};
use crate::event::{
    Constraint, Counter, Intention, KernelOom, Kill, KillPrefix, MemInfo, MemcgBlock, MemcgStats, Outcome, SlabRow,
    SummaryLine, TaskRow, TaskTable, Trigger, Zone,
};
use crate::report::{Container, Termination, Verdict};

const ID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1c0d6a7e5f4d3c2b1a0f9e8d7c6b";

fn row(pid: u32, comm: &str, rss: u64, adj: i32) -> TaskRow {
    TaskRow { pid, tgid: pid, comm: comm.into(), rss, total_vm: rss, oom_score_adj: Some(adj), ..TaskRow::default() }
}

fn kill(pid: u32, comm: &str, anon_mib: u64, prefix: KillPrefix) -> Kill {
    Kill { pid, comm: comm.into(), anon_rss_kb: Some(anon_mib * 1024), prefix, ..Kill::default() }
}

fn table(rows: Vec<TaskRow>) -> Option<TaskTable> {
    let count = rows.len() as u64;
    Some(TaskTable { rows, count, pgtables_in_bytes: true, ..TaskTable::default() })
}

/// A cgroup OOM of 64 MiB.
fn memcg(limit: &str, victim: &str) -> KernelOom {
    let summary = SummaryLine {
        constraint: Constraint::Memcg,
        oom_memcg: Some(limit.into()),
        task_memcg: Some(victim.into()),
        ..SummaryLine::default()
    };
    let values = [("anon", 66_916_352), ("file", 0), ("kernel", 192_512), ("shmem", 0)].into_iter().collect();
    let block = MemcgBlock {
        memory: Some(Counter { usage_kb: 65_536, limit_kb: Some(65_536), failcnt: 388 }),
        swap: Some(Counter { usage_kb: 0, limit_kb: Some(0), failcnt: 0 }),
        stats: vec![MemcgStats { path: limit.into(), values }],
        ..MemcgBlock::default()
    };
    KernelOom {
        trigger: Some(Trigger { comm: "ledger".into(), ..Trigger::default() }),
        summary: Some(summary),
        memcg: Some(block),
        tasks: table(vec![row(327, "ledger", 16_273, 0)]),
        kills: vec![kill(327, "ledger", 63, KillPrefix::Memcg)],
        outcome: Outcome::Killed,
        repeats: 1,
        ..KernelOom::default()
    }
}

/// The node OOM of the recorded canal story: 721 MiB, a leaking daemon, a small pod with a high oom_score_adj.
fn node() -> KernelOom {
    let counters = [
        ("inactive_anon", 162_482),
        ("free", 9540),
        ("shmem", 99),
        ("slab_reclaimable", 3253),
        ("slab_unreclaimable", 3364),
        ("pagetables", 786),
    ];
    let zone = Zone {
        name: "DMA32".into(),
        values: vec![("free".into(), 34_672), ("min".into(), 34_784), ("managed".into(), 700_000)],
        ..Zone::default()
    };
    let info = MemInfo {
        counters: counters.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect(),
        zones: vec![zone],
        swap_total_kb: Some(0),
        swap_free_kb: Some(0),
        ram_pages: Some(196_472),
        reserved_pages: Some(11_833),
        ..MemInfo::default()
    };
    let task_memcg = Some(format!("/system.slice/docker-{ID}.scope"));
    let summary = SummaryLine { global: true, task_memcg, ..SummaryLine::default() };
    KernelOom {
        trigger: Some(Trigger { comm: "dockerd".into(), ..Trigger::default() }),
        mem_info: Some(info),
        summary: Some(summary),
        tasks: table(vec![row(517, "canal-server", 12_303, 900), row(561, "metrics-daemon", 124_764, 0)]),
        kills: vec![kill(517, "canal-server", 48, KillPrefix::Global)],
        outcome: Outcome::Killed,
        repeats: 1,
        ..KernelOom::default()
    }
}

fn container(name: &str) -> Container {
    Container {
        id: Some(ID.into()),
        name: Some(name.into()),
        pod: Some("canal-0".into()),
        namespace: Some("shop".into()),
        ..Container::default()
    }
}

fn incident_of(oom: &KernelOom, containers: Vec<Container>) -> Incident {
    let mut incident = Incident { containers, count: oom.repeats, ..Incident::default() };
    (incident.verdict, incident.cause) = classify(oom);
    fill(oom, &mut incident, Language::English);
    incident
}

fn told(oom: &KernelOom, containers: Vec<Container>, notes: Notes) -> Incident {
    let mut incident = incident_of(oom, containers);
    tell(&mut incident, &Context { oom: Some(oom), notes, ..Context::default() });
    incident
}

fn of_cause(cause: Cause, exit_code: i64, notes: Notes) -> Incident {
    let ended = Termination { container: Some(0), exit_code: Some(exit_code), ..Termination::default() };
    let mut incident =
        Incident { cause, containers: vec![container("api")], terminations: vec![ended], ..Incident::default() };
    tell(&mut incident, &Context { notes, ..Context::default() });
    incident
}

fn everything(incident: &Incident) -> String {
    let advice = incident.advice.iter().map(|a| format!("{} {}", a.action, a.reason));
    let sentences = incident.explanation.iter().cloned().chain(advice);
    std::iter::once(incident.summary.clone()).chain(sentences).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn has(incident: &Incident, words: &[&str]) {
    let text = everything(incident);
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in:\n{text}");
    }
}

#[track_caller]
fn lacks(incident: &Incident, words: &[&str]) {
    let text = everything(incident);
    for word in words {
        assert!(!text.contains(word), "{word:?} should not be in:\n{text}");
    }
}

#[test]
fn a_service_at_its_limit() {
    let path = "/system.slice/ledger.service";
    let incident = told(&memcg(path, path), vec![], Notes::default());
    assert_eq!(incident.cause, Cause::ServiceLimit);
    has(&incident, &["Service 'ledger.service'", "its own memory limit of 64.0 MiB", "388 times", "anonymous memory"]);
    has(&incident, &["It may not use swap.", "systemctl set-property ledger.service MemoryMax=80M"]);
    has(&incident, &["was the only process there", "cannot tell a leak from a limit"]);
}

#[test]
fn a_container_at_its_limit() {
    let path = format!("/system.slice/docker-{ID}.scope");
    let incident = told(&memcg(&path, &path), vec![container("api")], Notes { previous_kills: 2, ..Notes::default() });
    assert_eq!(incident.cause, Cause::ContainerLimit);
    has(&incident, &["Container 'api' of pod 'shop/canal-0'", "its own memory limit of 64.0 MiB", "2 earlier kills"]);
    has(&incident, &["raise the memory limit of container 'api' to about 80Mi"]);
}

#[test]
fn a_pod_of_one_container() {
    let pod = "/kubepods/burstable/pod6d5a2f0e-1c87-4ff2-907c-b2ec8e25d012";
    let oom = memcg(pod, &format!("{pod}/{ID}"));
    let mut incident = incident_of(&oom, vec![container("api")]);
    assert_eq!(incident.cause, Cause::PodLimit);
    let context = Context { oom: Some(&oom), container_limit_bytes: Some(64 << 20), ..Context::default() };
    tell(&mut incident, &context);
    has(&incident, &["its pod reached its memory limit of 64.0 MiB", "the same as the pod's", "Burstable"]);
}

#[test]
fn all_pods_together() {
    let oom = memcg("/kubepods", &format!("/kubepods/besteffort/pod6d5a2f0e-1c87-4ff2-907c-b2ec8e25d012/{ID}"));
    let incident = told(&oom, vec![container("api")], Notes::default());
    assert_eq!(incident.cause, Cause::AncestorLimit);
    has(&incident, &["node allocatable", "Do not raise the limit of container 'api'", "BestEffort"]);
    lacks(&incident, &["its own memory limit"]);
}

#[test]
fn files_in_memory() {
    let path = "/system.slice/cache.service";
    let mut oom = memcg(path, path);
    if let Some(block) = &mut oom.memcg {
        block.stats[0].values =
            [("anon", 1 << 20), ("file", 62 << 20), ("shmem", 62 << 20), ("kernel", 0)].into_iter().collect();
    }
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["62.0 MiB (97%) shared memory and tmpfs", "This suggests that files in memory", "emptyDir"]);
    lacks(&incident, &["page cache,", "grows"]);
}

#[test]
fn memory_of_the_kernel() {
    let path = "/system.slice/proxy.service";
    let mut oom = memcg(path, path);
    if let Some(block) = &mut oom.memcg {
        block.stats[0].values =
            [("anon", 5 << 20), ("file", 0), ("kernel", 9 << 20), ("sock", 49 << 20)].into_iter().collect();
    }
    has(&told(&oom, vec![], Notes::default()), &["49.0 MiB (77%) socket buffers", "Count connections"]);
}

#[test]
fn many_small_processes() {
    let path = "/system.slice/fork.service";
    let mut oom = memcg(path, path);
    oom.tasks = table((0..40).map(|i| row(900 + i, "worker", 400, 0)).collect());
    oom.kills = vec![kill(900, "worker", 1, KillPrefix::Memcg)];
    has(&told(&oom, vec![], Notes::default()), &["40 processes shared the memory", "too many processes", "TasksMax="]);
}

#[test]
fn a_lowered_limit() {
    let path = "/system.slice/ledger.service";
    let mut oom = memcg(path, path);
    oom.stack = ["dump_stack_lvl", "memory_max_write", "cgroup_file_write"].into_iter().collect();
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["being lowered", "who lowered the limit"]);
    lacks(&incident, &["set-property ledger.service MemoryMax=80M"]);
}

#[test]
fn a_child_died_and_the_container_lived() {
    let path = format!("/docker/{ID}");
    let incident =
        told(&memcg(&path, &path), vec![container("api")], Notes { survived: Some(true), ..Notes::default() });
    has(&incident, &["went on running", "'ledger' (pid 327)"]);
    assert!(!incident.summary.contains("was killed by"), "{}", incident.summary);
}

#[test]
fn a_group_kill_names_all_victims() {
    let path = "/system.slice/ledger.service";
    let mut oom = memcg(path, path);
    oom.group = Some(path.into());
    oom.kills = (1..=8).map(|i| kill(i, "w", 2, KillPrefix::Memcg)).collect();
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["8 processes", "and 3 more", "Together they held 16.0 MiB", "memory.oom.group"]);
}

#[test]
fn nothing_may_be_killed() {
    let path = format!("/machine.slice/libpod-{ID}.scope");
    let mut oom = memcg(&path, &path);
    oom.summary = None;
    oom.kills.clear();
    oom.outcome = Outcome::NoKillable;
    oom.repeats = 4711;
    oom.tasks = table(vec![row(5, "sleep", 100, -1000)]);
    let incident = told(&oom, vec![container("api")], Notes::default());
    assert_eq!(incident.cause, Cause::ContainerLimit);
    has(&incident, &["the kernel killed nothing (4711 reports)", "all of them have oom_score_adj -1000"]);
}

#[test]
fn only_the_kill_line_is_left() {
    let kills = vec![kill(5, "java", 100, KillPrefix::Memcg)];
    let oom = KernelOom { kills, outcome: Outcome::Killed, suppressed: 14, repeats: 1, ..KernelOom::default() };
    let incident = told(&oom, vec![], Notes::default());
    assert_eq!(incident.cause, Cause::CgroupLimit);
    has(
        &incident,
        &["does not show which cgroup's limit", "Only the kill line is left", "14 reports", "'java' (pid 5)"],
    );
    let old = KernelOom { kills: vec![kill(5, "java", 100, KillPrefix::None)], ..oom };
    has(&told(&old, vec![], Notes::default()), &["does not say whether a cgroup's limit or the node's memory"]);
}

#[test]
fn an_innocent_victim_of_the_node() {
    let incident = told(&node(), vec![container("canal-server")], Notes::default());
    assert_eq!((incident.verdict, incident.cause), (Verdict::Memory, Cause::NodeMemory));
    has(&incident, &["The node ran out of memory", "48.0 MiB", "while 'metrics-daemon' held 487.4 MiB (68%)"]);
    has(&incident, &["Of 721.2 MiB of usable memory 37.3 MiB (5.2%) were free", "Zone DMA32 was down to 33.9 MiB"]);
    has(
        &incident,
        &["oom_score_adj of 900 (in the range", "Burstable", "was not what filled the node", "The node has no swap."],
    );
    has(&incident, &["Look at 'metrics-daemon' first.", "Do not raise the limit of container 'canal-server'."]);
    has(&incident, &["'dockerd' asked for one more page", "not the process that was killed"]);
}

#[test]
fn the_largest_one_of_the_node() {
    let mut oom = node();
    oom.kills = vec![kill(561, "metrics-daemon", 487, KillPrefix::Global)];
    oom.tasks = table(vec![row(314, "sshd", 7458, -1000), row(561, "metrics-daemon", 124_764, 0), row(8, "x", 1, 0)]);
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["had the highest score"]);
    lacks(&incident, &["while", "Do not raise", "sshd' (pid 314"]);
}

#[test]
fn the_kernel_chose_and_the_log_ends() {
    let mut oom = node();
    (oom.outcome, oom.kills) = (Outcome::NotSeen, vec![]);
    oom.intentions = vec![Intention { pid: 561, comm: "metrics-daemon".into(), ..Intention::default() }];
    has(
        &told(&oom, vec![], Notes::default()),
        &["the kernel chose 'metrics-daemon' (pid 561) to be killed", "or a child of it"],
    );
    oom.intentions.clear();
    has(&told(&oom, vec![], Notes::default()), &["the log shows no kill", "if anybody was"]);
}

#[test]
fn without_a_table_the_victim_is_not_the_largest() {
    let mut oom = node();
    oom.tasks = None;
    oom.kills = vec![kill(561, "agetty", 2, KillPrefix::Global)];
    lacks(&told(&oom, vec![], Notes::default()), &["largest holder", "Look at 'agetty' first"]);
}

#[test]
fn shared_memory_fills_the_node() {
    let mut oom = node();
    if let Some(info) = &mut oom.mem_info {
        info.counters.retain(|(k, _)| k != "shmem");
        info.counters.push(("shmem".into(), 120_000));
    }
    oom.tasks = None;
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["stay when a process is killed", "df -h -t tmpfs", "468.8 MiB", "no process table"]);
    has(&incident, &["Whose files they are is not shown"]);
    lacks(&incident, &["was not what filled the node", "Do not raise"]);
}

#[test]
fn huge_pages_and_slab() {
    let mut oom = node();
    if let Some(info) = &mut oom.mem_info {
        let pool = crate::event::HugePool { node: 0, total: 149, free: 149, surplus: 0, size_kb: 2048 };
        info.hugepages = vec![pool];
    }
    oom.slabs = Some(vec![SlabRow { name: "kmalloc-2048".into(), used_kb: 100_000, total_kb: 100_000 }]);
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["298.0 MiB (41%) is set aside for huge pages, all of it unused"]);
    has(&incident, &["'kmalloc-2048' (97.7 MiB)", "leak in the kernel or a driver"]);
}

#[test]
fn bound_to_memory_nodes() {
    let mut oom = node();
    if let Some(summary) = &mut oom.summary {
        summary.constraint = Constraint::Cpuset;
        summary.cpuset = Some("pinned".into());
        summary.mems_allowed = Some("1".into());
    }
    if let Some(info) = &mut oom.mem_info {
        info.counters.retain(|(k, _)| k != "free");
        info.counters.push(("free".into(), 100_000));
    }
    let incident = told(&oom, vec![], Notes::default());
    assert_eq!(incident.cause, Cause::NumaLimit);
    has(&incident, &["(nodes 1) by cpuset 'pinned'", "356.8 MiB were free on other memory nodes"]);
    lacks(&incident, &["The node ran out"]);
}

#[test]
fn fragmented_memory() {
    let mut oom = node();
    if let Some(trigger) = &mut oom.trigger {
        trigger.order = 3;
    }
    if let Some(info) = &mut oom.mem_info {
        info.zones[0].values[1].1 = 1000;
        let block = |count, size_kb| crate::event::BuddyBlock { count, size_kb, types: "U".into() };
        let blocks = vec![block(8000, 4), block(10, 8), block(0, 16), block(0, 32)];
        info.buddy = vec![crate::event::Buddy { zone: "DMA32".into(), blocks, ..crate::event::Buddy::default() }];
    }
    let incident = told(&oom, vec![], Notes::default());
    assert_eq!(incident.cause, Cause::Fragmentation);
    has(&incident, &["no free block of 32.0 KiB", "largest usable block there was 8.0 KiB", "vm.min_free_kbytes"]);
    has(&incident, &["8 pages in a row (order 3)"]);
}

#[test]
fn a_page_fault_that_had_failed() {
    let mut oom = node();
    oom.stack = ["out_of_memory", "pagefault_out_of_memory"].into_iter().collect();
    has(&told(&oom, vec![], Notes::default()), &["A page fault had failed", "need not have been short"]);
}

#[test]
fn a_container_is_named_by_its_path_where_nothing_was_joined() {
    let path = format!("/docker/{ID}");
    let incident = told(&memcg(&path, &path), vec![], Notes::default());
    assert!(incident.summary.starts_with("Container fae4ee67ee1c: the kernel killed its process 'ledger'"));
}

#[test]
fn a_main_process_is_the_container() {
    let path = format!("/docker/{ID}");
    let oom = memcg(&path, &path);
    let mut incident = incident_of(&oom, vec![container("api")]);
    incident.victims[0].main = Some(true);
    tell(&mut incident, &Context { oom: Some(&oom), ..Context::default() });
    has(&incident, &["Container 'api' of pod 'shop/canal-0' was killed by the kernel's OOM killer"]);
    incident.victims[0].main = Some(false);
    let notes = Notes { later_exit_code: Some(137), ..Notes::default() };
    tell(&mut incident, &Context { oom: Some(&oom), notes, ..Context::default() });
    has(&incident, &["was not the main process", "exit code 137 (what a shell passes on"]);
}

#[test]
fn by_hand_and_by_panic() {
    let mut oom = node();
    oom.sysrq = true;
    let incident = told(&oom, vec![], Notes::default());
    has(&incident, &["by hand (SysRq f)"]);
    lacks(&incident, &["The node ran out"]);
    let mut oom = node();
    oom.kills.clear();
    oom.outcome = Outcome::Panic("Out of memory: system-wide panic_on_oom is enabled".into());
    let incident = told(&oom, vec![], Notes::default());
    has(
        &incident,
        &["kernel panic", "vm.panic_on_oom is set", "\"Out of memory: system-wide panic_on_oom is enabled\""],
    );
}

#[test]
fn runtimes_and_starting_containers_as_victims() {
    let mut oom = node();
    oom.kills = vec![kill(5, "containerd-shim", 3, KillPrefix::Global)];
    has(&told(&oom, vec![], Notes::default()), &["watches over containers"]);
    oom.kills = vec![kill(5, "runc:[2:INIT]", 3, KillPrefix::Global)];
    has(&told(&oom, vec![], Notes::default()), &["just being started"]);
}

#[test]
fn killers_in_user_space() {
    let notes = Notes { userspace_reason: Some("memory pressure 83.50% > 50.00%".into()), ..Notes::default() };
    let mut incident = of_cause(Cause::UserspaceKiller, 137, Notes::default());
    incident.agent = Some("systemd-oomd".into());
    tell(&mut incident, &Context { notes, ..Context::default() });
    has(&incident, &["killed by systemd-oomd because memory was short", "83.50% > 50.00%", "oomctl"]);
    let notes = Notes { userspace_reason: Some("The node was low on resource: memory.".into()), ..Notes::default() };
    let evicted = of_cause(Cause::Eviction, 137, notes);
    has(&evicted, &["Pod 'shop/canal-0' was evicted", "low on resource: memory", "comes from the kubelet's SIGKILL"]);
}

#[test]
fn an_application_out_of_its_own_heap() {
    let notes = Notes { app_message: Some("java.lang.OutOfMemoryError: Java heap space".into()), ..Notes::default() };
    let incident = of_cause(Cause::ApplicationHeap, 3, notes);
    has(&incident, &["with exit code 3", "the kernel did not kill it", "Java heap space", "-Xmx"]);
}

#[test]
fn no_memory_story_says_so() {
    let stop = Notes {
        stop_asked_by: Some("docker stop".into()),
        grace_s: Some(10.0),
        kernel_log_covers: Some(true),
        ..Notes::default()
    };
    let incident = of_cause(Cause::StopTimeout, 137, stop.clone());
    has(&incident, &["asked to stop by docker stop", "within 10 s", "memory was not the cause", "shows no OOM kill"]);
    has(&of_cause(Cause::Stopped, 143, stop.clone()), &["asked to stop by docker stop and stopped with exit code 143"]);
    has(&of_cause(Cause::Stopped, 0, Notes::default()), &["ended by itself with exit code 0"]);
    has(&of_cause(Cause::KilledOnRequest, 137, stop), &["killed on request by docker stop"]);
    let probe = Notes { probe_message: Some("HTTP probe failed with statuscode: 500".into()), ..Notes::default() };
    has(&of_cause(Cause::ProbeFailure, 137, probe), &["its probe failed", "statuscode: 500"]);
    has(&of_cause(Cause::Crash, 139, Notes::default()), &["SIGSEGV", "crashed with exit code 139"]);
    has(&of_cause(Cause::Crash, 134, Notes::default()), &["SIGABRT", "own heap"]);
    let start = Notes { start_error: Some("exec: \"nope\": not found".into()), ..Notes::default() };
    has(&of_cause(Cause::StartFailure, 127, start), &["could not be started", "not found", "Code 127"]);
    has(&of_cause(Cause::ApplicationError, 137, Notes::default()), &["a code that the program returned itself"]);
    has(&of_cause(Cause::Reboot, 255, Notes::default()), &["the node or the container runtime was stopped"]);
    has(&of_cause(Cause::Invented, 137, Notes::default()), &["made up by the platform"]);
}

#[test]
fn what_nobody_knows_is_not_claimed() {
    let covered = Notes { kernel_log_covers: Some(true), ..Notes::default() };
    let incident = of_cause(Cause::Unknown, 137, covered);
    has(&incident, &["no log says by whom", "covers that time and shows no OOM kill"]);
    let open = Notes { kernel_log_covers: Some(false), ..Notes::default() };
    has(&of_cause(Cause::Unknown, 137, open), &["memory cannot be ruled out", "journalctl -k"]);
}

#[test]
fn only_the_runtime_told_of_it() {
    let notes = Notes { kernel_log_covers: Some(false), ..Notes::default() };
    let incident = of_cause(Cause::ContainerLimit, 137, notes);
    has(&incident, &["as its runtime says", "is not proven", "does not cover that time", "Collect the kernel log"]);
}

#[test]
fn containers_among_the_holders_get_their_names() {
    let pod = "/kubepods/burstable/pod6d5a2f0e-1c87-4ff2-907c-b2ec8e25d012";
    let other = ID.replace('f', "0");
    let mut oom = memcg(pod, &format!("{pod}/{ID}"));
    let stats = |id: &str, mib: u64| MemcgStats {
        path: format!("{pod}/{id}"),
        values: [("rss", mib << 20), ("cache", 0)].into_iter().collect(),
    };
    if let Some(block) = &mut oom.memcg {
        block.stats = vec![stats(ID, 10), stats(&other, 50)];
    }
    oom.kills = vec![kill(327, "side", 10, KillPrefix::Memcg)];
    oom.tasks = None;
    let incident = told(&oom, vec![container("api")], Notes::default());
    let containers = incident.holders.iter().filter(|h| h.kind == HolderKind::Container);
    let names: Vec<&str> = containers.map(|h| h.name.as_str()).collect();
    assert_eq!(names, [other.as_str(), "api"]);
    has(&incident, &["2 containers share the pod's limit", &format!("container {}", &other[..12])]);
}

#[test]
fn every_cause_has_a_summary_even_with_nothing_known() {
    let causes = [
        Cause::ContainerLimit,
        Cause::PodLimit,
        Cause::AncestorLimit,
        Cause::ServiceLimit,
        Cause::CgroupLimit,
        Cause::NodeMemory,
        Cause::NumaLimit,
        Cause::Fragmentation,
        Cause::UserspaceKiller,
        Cause::Eviction,
        Cause::ApplicationHeap,
        Cause::ManualOom,
        Cause::OomPanic,
        Cause::StopTimeout,
        Cause::Stopped,
        Cause::KilledOnRequest,
        Cause::ProbeFailure,
        Cause::Crash,
        Cause::StartFailure,
        Cause::ApplicationError,
        Cause::Reboot,
        Cause::Invented,
        Cause::Unknown,
    ];
    for cause in causes {
        let mut incident = Incident { cause, ..Incident::default() };
        tell(&mut incident, &Context::default());
        let ends_well = incident.summary.ends_with('.') && !incident.summary.contains("  ");
        assert!(ends_well && incident.summary.starts_with(char::is_uppercase), "{cause:?}: {}", incident.summary);
        assert!(!incident.advice.is_empty(), "{cause:?} has no advice");
        tell(&mut incident, &Context { language: Language::Chinese, ..Context::default() });
        assert!(
            incident.summary.ends_with('。') && !incident.summary.contains("  "),
            "{cause:?}: {}",
            incident.summary
        );
        assert!(!everything(&incident).contains("{"), "{cause:?}: {}", everything(&incident));
    }
}

/// A tag that no variant of a message has would fall to its default in silence.
#[test]
fn every_purpose_and_class_has_words_of_its_own() {
    for language in Language::ALL {
        let of_stack = |stack: &[&str]| {
            let mut oom = node();
            oom.stack = stack.iter().collect();
            let mut incident = incident_of(&oom, vec![]);
            tell(&mut incident, &Context { oom: Some(&oom), language, ..Context::default() });
            incident.explanation.into_iter().find(|s| s.contains("'dockerd'")).unwrap()
        };
        let stacks: [&[&str]; 10] = [
            &[],
            &["copy_process"],
            &["shmem_fault"],
            &["hugetlb_fault"],
            &["sock_alloc_send_pskb"],
            &["filemap_fault"],
            &["do_swap_page"],
            &["do_anonymous_page"],
            &["do_wp_page"],
            &["obj_cgroup_charge"],
        ];
        let told: std::collections::BTreeSet<String> = stacks.into_iter().map(of_stack).collect();
        assert_eq!(told.len(), 10, "{told:#?}");
    }
}

#[test]
fn the_canal_story_in_chinese() {
    let oom = node();
    let mut incident = incident_of(&oom, vec![container("canal-server")]);
    tell(&mut incident, &Context { oom: Some(&oom), language: Language::Chinese, ..Context::default() });
    has(
        &incident,
        &["节点内存耗尽：内核杀死了容器 'canal-server'（Pod 'shop/canal-0'）中的 'canal-server'（PID 517，48.0 MiB）"],
    );
    has(&incident, &["，而 'metrics-daemon' 占用了 487.4 MiB（68%）。", "在 Kubernetes 给 Burstable Pod 设置的范围内"]);
    has(&incident, &["不要调高容器 'canal-server' 的限制。", "可用内存共 721.2 MiB，其中空闲 37.3 MiB（5.2%）。"]);
}
