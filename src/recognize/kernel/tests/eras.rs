//! Whole reports of every era, from the golden files.

use super::{dmesg, feed, golden, notes, ooms, pids};
use crate::event::{Constraint, Fact, KernelNote, KernelOom, KillPrefix, Outcome};

fn of(name: &str) -> Vec<KernelOom> {
    ooms(&dmesg(&golden(name)))
}

fn only(name: &str) -> KernelOom {
    let mut all = of(name);
    assert_eq!(all.len(), 1, "{name}");
    all.remove(0)
}

#[test]
fn rhel6_node() {
    let oom = only("01-rhel6-global.log");
    assert_eq!(oom.outcome, Outcome::Killed);
    let trigger = oom.trigger.expect("a trigger");
    assert_eq!((trigger.comm.as_str(), trigger.gfp_mask, trigger.oom_adj), ("httpd", 0x2_01da, Some(0)));
    assert_eq!(oom.cpuset, Some(("/".into(), "0".into())));
    assert_eq!(oom.cpu.expect("a CPU line").release.as_deref(), Some("2.6.32-642.el6.x86_64"));
    assert!(oom.stack.iter().any(|name| name == "out_of_memory"), "all frames are marked as unsure there");
    let info = oom.mem_info.expect("a memory report");
    assert_eq!(
        (info.counter("active_anon"), info.page_kb(), info.ram_pages),
        (Some(3_300_000), Some(4), Some(4_194_288))
    );
    assert_eq!((info.zones.len(), info.zones[2].name.as_str(), info.zones[1].lowmem_reserve.len()), (3, "Normal", 5));
    assert_eq!(info.zones[2].all_unreclaimable, Some(true));
    let tasks = oom.tasks.expect("a table");
    assert_eq!((tasks.count, tasks.rows[0].oom_adj, tasks.pgtables_in_bytes), (7, Some(-17), false));
    assert_eq!((oom.kills[0].pid, oom.kills[0].uid, oom.kills[0].shmem_rss_kb), (13_207, Some(501), None));
    assert_eq!((oom.intentions[0].score, oom.intentions[0].prefix), (Some(832), KillPrefix::Global));
}

#[test]
fn rhel6_cgroup_has_both_blocks() {
    let oom = only("02-rhel6-memcg.log");
    let block = oom.memcg.expect("a block");
    assert_eq!((block.task_path.as_deref(), block.limit_path.as_deref()), (Some("/web/site-17"), Some("/web")));
    assert_eq!(block.memory.and_then(|counter| counter.limit_kb), Some(524_288));
    assert!(oom.mem_info.is_some());
    assert_eq!(pids(&only("02-rhel6-memcg.log")), [4711]);
}

#[test]
fn rhel79_and_children_of_4_4() {
    let el7 = only("04-rhel79-uid-after-name.log");
    assert_eq!((el7.kills[0].uid, el7.kills[0].shmem_rss_kb), (Some(0), Some(0)));
    assert_eq!(el7.memcg.expect("a block").memsw.expect("a counter").limit_kb, None);
    let v44 = only("05-v44-memcg-three-children.log");
    let block = v44.memcg.expect("a block");
    assert_eq!(block.stats.len(), 4);
    assert_eq!(block.stats[2].get("rss"), Some(473_116 * 1024));
    assert_eq!(v44.intentions[0].score, Some(1870));
}

#[test]
fn slab_tables() {
    let slabs = only("06-v415-slab-table.log").slabs.expect("slabs");
    assert_eq!((slabs.len(), slabs[1].name.as_str(), slabs[1].used_kb), (7, "kmalloc-2048", 5_916_400));
    assert_eq!(only("06-v415-slab-table.log").reaped.len(), 1);
    let long = only("37-slab-long-names.log").slabs.expect("slabs");
    assert_eq!(long[2].name, "my_driver_dma_descriptor_cache_v2");
}

#[test]
fn rhel8() {
    let el81 = only("07-rhel81.log");
    assert_eq!((el81.summary, el81.kills[0].prefix, el81.kills[0].uid), (None, KillPrefix::Memcg, None));
    assert!(el81.memcg.expect("a block").limit_path.is_some());
    let el83 = only("08-rhel83.log");
    assert_eq!((el83.kills[0].uid, el83.kills[0].pgtables_kb), (Some(0), None));
    assert_eq!(el83.memcg.expect("a block").stats[0].get("anon"), Some(1_015_889_920));
    assert_eq!(el83.summary.expect("a summary").constraint, Constraint::Memcg);
}

#[test]
fn pod_limit_of_5_4() {
    let oom = only("09-v54-pod-limit.log");
    let summary = oom.summary.expect("a summary");
    assert!(summary.task_memcg.expect("a path").starts_with(&summary.oom_memcg.expect("a path")));
    assert_eq!((oom.trigger.expect("a trigger").comm.as_str(), oom.kills[0].comm.as_str()), ("envoy", "java"));
}

#[test]
fn node_of_6_1() {
    let oom = only("11-v61-global.log");
    let info = oom.mem_info.expect("a memory report");
    assert_eq!((info.swap_free_kb, info.swap_total_kb, info.nodes.len()), (Some(0), Some(8_388_604), 1));
    assert_eq!(info.counter("sec_pagetables"), Some(0));
    assert_eq!((info.zones.len(), info.buddy.len(), info.hugepages.len()), (3, 3, 1));
    assert!(oom.summary.expect("a summary").global);
    assert_eq!((oom.reaped[0].pid, oom.reaped[0].done), (388_120, true));
}

#[test]
fn newest_kernels() {
    let v2 = only("12-v612-v2.log");
    assert_eq!(v2.memcg.expect("a block").swap.expect("swap").limit_kb, Some(131_072));
    assert_eq!(v2.tasks.expect("a table").rows[0].rss_anon, Some(31_980));
    let v1 = of("12-v618-v1.log");
    assert_eq!((v1.len(), v1[0].kills[0].comm.as_str()), (2, "w\u{f6}rker (a) [b]"));
    assert_eq!(v1[0].memcg.as_ref().and_then(|block| block.stats[0].get("total_rss")), Some(66_736_128));
    let newest = of("13-v72.log");
    let info = newest[0].mem_info.as_ref().expect("a memory report");
    assert!(info.nodes[0].values.iter().any(|(key, _)| key == "gpu_active"));
    assert_eq!(info.zones[0].get("zspages"), Some(0));
    assert_eq!((newest[1].mem_info.is_none(), pids(&newest[1])), (true, vec![1220]));
}

#[test]
fn by_hand_and_by_group() {
    let sysrq = only("14-sysrq.log");
    assert_eq!((sysrq.sysrq, sysrq.trigger.expect("a trigger").order), (true, -1));
    assert_eq!(sysrq.workqueue.as_deref(), Some("events moom_callback"));
    let group = only("15-oom-group-five.log");
    assert_eq!(pids(&group), [3100, 3101, 3102, 3103, 3104]);
    assert_eq!(group.kills.iter().map(|kill| kill.printed).collect::<Vec<_>>(), [2, 1, 1, 1, 1]);
    assert!(group.group.expect("a group").ends_with(".scope"));
    let node = only("36-group-kill-on-node-oom.log");
    assert_eq!((pids(&node), node.skipped), (vec![617, 618, 619], vec![(617, "ledger".to_owned())]));
}

#[test]
fn bursts_keep_every_kill() {
    let all = of("16-suppressed-dumps.log");
    assert_eq!(all.len(), 15);
    assert!(all[..14].iter().all(|oom| oom.trigger.is_none() && oom.kills.len() == 1));
    assert_eq!((all[14].suppressed, pids(&all[14])), (14, vec![5020]));
}

#[test]
fn panics() {
    let oom = only("17-no-killable-panic.log");
    assert_eq!(oom.outcome, Outcome::Panic("System is deadlocked on memory".into()));
    assert!(oom.kills.is_empty());
    assert_eq!(oom.tasks.expect("a table").count, 2);
}

#[test]
fn constraints() {
    let all = of("18-cpuset-and-mempolicy.log");
    let of = |at: usize| all[at].summary.as_ref().expect("a summary");
    assert_eq!((of(0).constraint, of(1).constraint), (Constraint::Cpuset, Constraint::MemoryPolicy));
    assert_eq!((of(0).mems_allowed.as_deref(), of(1).nodemask.as_deref()), (Some("1"), Some("0")));
    assert_eq!(only("18-mpol-bind-rhel6.log").intentions[0].prefix, KillPrefix::NumaPolicy);
}

#[test]
fn fragmentation_and_large_pages() {
    let oom = only("19-fragmentation-order3.log");
    let info = oom.mem_info.expect("a memory report");
    assert_eq!(oom.trigger.expect("a trigger").order, 3);
    assert!(info.buddy[2].blocks[3..].iter().all(|block| block.count == 0));
    let large = only("20-64k-pages.log").mem_info.expect("a memory report");
    assert_eq!((large.page_kb(), large.hugepages.len()), (Some(64), 2));
}

#[test]
fn names() {
    let names: Vec<String> = of("21-names.log").iter().map(|oom| oom.kills[0].comm.clone()).collect();
    let wanted = [
        "(sd-pam)",
        "my proc (x) [1]",
        "tab\there",
        "a\nb, c",
        "\\x1b[31mred",
        "w\u{f6}rker \u{fc}",
        "bad \\xff\\xfe utf",
        "a, pid=1",
        "x invoked oom-k",
        ") total-vm:",
        "a,pid=7,uid=9",
    ];
    assert_eq!(names, wanted);
    for oom in of("21-names.log") {
        let name = &oom.kills[0].comm;
        assert_eq!(oom.summary.as_ref().and_then(|summary| summary.task.as_ref()), Some(name));
        assert_eq!(oom.trigger.as_ref().map(|trigger| &trigger.comm), Some(name));
        assert_eq!(oom.cpu.as_ref().map(|cpu| &cpu.comm), Some(name));
        assert_eq!(oom.tasks.as_ref().map(|tasks| &tasks.rows[0].comm), Some(name));
    }
}

#[test]
fn a_line_feed_in_a_name_splits_lines() {
    let split = of("21-names-split.log");
    assert_eq!(split.len(), 11);
    assert_eq!(split[3].kills[0].comm, "a\nb, c");
    assert_eq!(split[3].summary.as_ref().and_then(|summary| summary.task.as_deref()), Some("a\nb, c"));
}

#[test]
fn bare_lines_read_like_whole_records() {
    let whole = only("22-carrier-dmesg.log");
    let text = golden("22-carrier-dmesg-t.log");
    let bare = super::super::parse_lines(text.split(|byte| *byte == b'\n'));
    assert_eq!(bare.len(), 1);
    assert_eq!((&bare[0].memcg, &bare[0].tasks, &bare[0].summary), (&whole.memcg, &whole.tasks, &whole.summary));
    assert_eq!((&bare[0].stack, &bare[0].trigger), (&whole.stack, &whole.trigger));
}

#[test]
fn a_lost_head() {
    let oom = only("23-head-lost.log");
    assert_eq!((oom.trigger, oom.outcome), (None, Outcome::Killed));
    let tasks = oom.tasks.expect("a table");
    assert_eq!((tasks.count, tasks.by_name[0].comm.as_str()), (48, "loader"));
}

#[test]
fn foreign_lines_and_torn_ones() {
    let all = of("24-foreign-lines.log");
    assert_eq!(all.len(), 2);
    let block = all[0].memcg.as_ref().expect("a block");
    assert!(block.task_path.is_some());
    assert_eq!(block.task_path, block.limit_path);
    assert_eq!(all[0].tasks.as_ref().map(|tasks| tasks.count), Some(2));
    let summary = all[1].summary.as_ref().expect("a summary");
    assert_eq!((summary.pid, summary.task.as_deref()), (Some(888), Some("app")));
    assert!(summary.oom_memcg.is_some() && summary.task_memcg.is_some());
}

#[test]
fn a_failed_allocation_is_no_oom() {
    let records = golden("25-page-allocation-failure.log");
    assert_eq!(of("25-page-allocation-failure.log"), []);
    assert_eq!(notes(&dmesg(&records)), [KernelNote::AllocationFailure { comm: "kworker/u16:2".into(), order: 4 }]);
}

#[test]
fn odd_paths_names_and_pairs() {
    let path = only("28-path-with-comma.log");
    assert_eq!(path.summary.expect("a summary").oom_memcg.as_deref(), Some("/lab/with space,comma=x,task=y"));
    assert_eq!(only("29-unbalanced-name.log").kills[0].comm, "vite-build (v20");
    assert_eq!(only("30-comm-cpu-kvm.log").cpu.expect("a CPU line").comm, "CPU 3/KVM");
    let pair = only("31-intention-differs.log");
    assert_eq!((pair.intentions[0].pid, pids(&pair)), (31_644, vec![31_709]));
    assert!(only("32-limit-lowered.log").stack.iter().any(|name| name == "memory_max_write"));
    assert_eq!(of("35-hz100.log").len(), 1);
}

#[test]
fn evidence_is_in_order() {
    let text = golden("05-v44-memcg-three-children.log");
    let events = feed(&dmesg(&text));
    let event = events.iter().find(|event| matches!(event.fact, Fact::KernelOom(_))).expect("an event");
    let starts = ["node invoked", "Task in /", "memory: usage", "Memory cgroup out of memory: Kill", "Killed process"];
    assert_eq!(event.evidence.len(), starts.len());
    for (evidence, start) in event.evidence.iter().zip(starts) {
        assert!(evidence.text.contains(start), "{}", evidence.text);
    }
    let Fact::KernelOom(oom) = &event.fact else { unreachable!() };
    assert_eq!(Some(event.stamp), oom.kills.first().map(|kill| kill.stamp));
}
