//! Kernels before 2.6.16, OpenVZ's, and the BSDs: other words for the same.

use super::{feed, lines, ooms};
use crate::event::{Fact, KillPrefix, Outcome};

#[test]
fn a_report_of_2_6_9_names_nobody() {
    let records = lines(
        5.0,
        &[
            "oom-killer: gfp_mask=0x1d2, order=0",
            "DMA per-cpu:",
            "cpu 0 hot: low 2, high 6, batch 1",
            "HighMem per-cpu: empty",
            "",
            "Free pages:        1180kB (0kB HighMem)",
            "Active:61020 inactive:402 dirty:0 writeback:0 unstable:0 free:295 slab:1390 mapped:60950 pagetables:411",
            "DMA free:520kB min:60kB low:120kB high:180kB active:5912kB inactive:5788kB present:16384kB pages_scanned:31 all_unreclaimable? no",
            "protections[]: 0 0 0",
            "DMA: 2*4kB 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 2*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 520kB",
            "Swap cache: add 189, delete 189, find 44/68, race 0+0",
            "Free swap:            0kB",
            "65536 pages of RAM",
            "1720 reserved pages",
            "Out of Memory: Killed process 812 (httpd).",
        ],
    );
    let oom = ooms(&records).remove(0);
    assert_eq!(oom.trigger.map(|t| (t.comm, t.gfp_mask)), Some((String::new(), 0x1d2)));
    let info = oom.mem_info.expect("a memory report");
    assert_eq!(
        (info.counter("active"), info.counter("pagetables"), info.page_kb()),
        (Some(61_020), Some(411), Some(4))
    );
    assert_eq!((info.ram_pages, info.reserved_pages, info.swap_free_kb), (Some(65_536), Some(1720), Some(0)));
    assert_eq!((info.zones.len(), info.zones[0].get("free")), (1, Some(520)));
    assert_eq!((oom.kills[0].pid, oom.kills[0].prefix), (812, KillPrefix::Global));
}

#[test]
fn a_report_of_rhel_5_counts_mapped_pages() {
    let records = lines(
        5.0,
        &[
            "httpd invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0",
            "Call Trace:",
            " [<ffffffff800c9d3a>] out_of_memory+0x8e/0x2f3",
            "Mem-info:",
            "Node 0 DMA per-cpu:",
            "cpu 0 hot: high 0, batch 1 used:0",
            "Free pages:       32412kB (0kB HighMem)",
            "Active:512300 inactive:490120 dirty:0 writeback:0 unstable:0 free:8103 slab:4711 mapped-file:1064 mapped-anon:1001200 pagetables:5310",
            "Node 0 DMA free:11184kB min:32kB low:40kB high:48kB active:0kB inactive:0kB present:10824kB pages_scanned:0 all_unreclaimable? yes",
            "lowmem_reserve[]: 0 3254 4012 4012",
            "Out of memory: Killed process 4711, UID 48, (httpd).",
        ],
    );
    let oom = ooms(&records).remove(0);
    assert_eq!(oom.mem_info.and_then(|info| info.counter("mapped-anon")), Some(1_001_200));
    assert_eq!((oom.kills[0].pid, oom.kills[0].uid, oom.kills[0].comm.as_str()), (4711, Some(48), "httpd"));
}

#[test]
fn a_container_of_openvz() {
    let line = "Out of memory in UB 1017: OOM killed process 4711 (a) (b) score 0 vm:281988kB, rss:17004kB, swap:12kB";
    let oom = ooms(&lines(5.0, &[line])).remove(0);
    let kill = &oom.kills[0];
    assert_eq!((kill.pid, kill.comm.as_str(), kill.prefix), (4711, "a) (b", KillPrefix::Memcg));
    assert_eq!(
        (kill.total_vm_kb, kill.rss_kb, kill.swap_kb, kill.anon_rss_kb),
        (Some(281_988), Some(17_004), Some(12), None)
    );
    assert_eq!(oom.memcg.and_then(|block| block.limit_path).as_deref(), Some("UB 1017"));
    // In the container's own log.
    let own = ooms(&lines(5.0, &["OOM killed process 31 (php-cgi) vm:9kB, rss:8kB, swap:0kB"])).remove(0);
    assert_eq!((own.kills[0].prefix, own.memcg), (KillPrefix::None, None));
    let node =
        ooms(&lines(5.0, &["Out of memory: OOM killed process 31 (x) score 7 vm:9kB, rss:8kB, swap:0kB"])).remove(0);
    assert_eq!(node.kills[0].prefix, KillPrefix::Global);
}

#[test]
fn kernels_of_the_bsds() {
    for (line, pid, comm, uid) in [
        ("pid 812 (httpd), uid 80, was killed: out of swap space", 812, "httpd", Some(80)),
        (
            "pid 812 (a name of nineteen), jid 3, uid 0, was killed: failed to reclaim memory",
            812,
            "a name of nineteen",
            Some(0),
        ),
        ("pid 812 (x), jid 0, uid 0, was killed: a thread waited too long to allocate a page", 812, "x", Some(0)),
        ("[518400] pid 812 (x), jid 0, uid 0, was killed: out of swap space", 812, "x", Some(0)),
        ("<3>pid 812 (x), jid 0, uid 0, was killed: failed to reclaim memory", 812, "x", Some(0)),
        ("UVM: pid 812.1 (named), uid 14 killed: out of swap", 812, "named", Some(14)),
    ] {
        let oom = ooms(&lines(5.0, &[line])).remove(0);
        let kill = &oom.kills[0];
        assert_eq!((kill.pid, kill.comm.as_str(), kill.uid, kill.prefix), (pid, comm, uid, KillPrefix::Bsd), "{line}");
        assert_eq!(oom.outcome, Outcome::Killed);
    }
    for line in [
        "pid 812 (x), jid 0, uid 0, was killed: exceeded maximum CPU limit",
        "pid 812 (x), jid 0, uid 0: exited on signal 11 (core dumped)",
        "the pid 812 (x), uid 0, was killed: out of swap space",
    ] {
        assert!(ooms(&lines(5.0, &[line])).is_empty(), "{line}");
    }
}

#[test]
fn init_killed_takes_the_node_down() {
    let records = lines(
        5.0,
        &[
            "Out of memory: Killed process 1 (systemd) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB",
            "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009",
        ],
    );
    let oom = ooms(&records).remove(0);
    assert_eq!(oom.init_panic.as_deref(), Some("Attempted to kill init! exitcode=0x00000009"));
    let other = lines(
        5.0,
        &["Out of memory: Killed process 2 (a).", "Kernel panic - not syncing: Attempted to kill init! exitcode=0x9"],
    );
    assert_eq!(ooms(&other).remove(0).init_panic, None);
}

#[test]
fn a_line_of_2_4_without_a_pid_is_shown() {
    let events = feed(&lines(5.0, &["VM: killing process rsync"]));
    assert!(matches!(&events[0].fact, Fact::Unrecognised(text) if text == "VM: killing process rsync"));
}

#[test]
fn a_failed_allocation_without_its_heading_is_no_fragment() {
    let records = lines(
        5.0,
        &[
            "a: page allocation failure: order:0, mode:0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null)",
            "lowmem_reserve[]: 0 0",
            "Normal: 505*4kB (H) 357*8kB (H) = 4876kB",
        ],
    );
    assert!(!feed(&records).iter().any(|event| matches!(event.fact, Fact::Fragment(_) | Fact::KernelOom(_))));
}

#[test]
fn a_panic_that_sysrq_asked_for() {
    let panic = "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled";
    let asked = ooms(&lines(910.0, &["SysRq : Manual OOM execution", panic]));
    assert_eq!((asked.len(), asked[0].sysrq), (1, true));
    assert!(!ooms(&lines(910.0, &[panic]))[0].sysrq);
}
