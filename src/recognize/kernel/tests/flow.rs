//! Which lines belong together.

use super::*;
use crate::event::Outcome;
use crate::event::Wall;

#[test]
fn a_kill_line_alone_is_an_event() {
    let all = ooms(&lines(1.0, &[KILL]));
    assert_eq!((all.len(), pids(&all[0]), all[0].outcome.clone()), (1, vec![902], Outcome::Killed));
    let events = feed(&lines(1.0, &[KILL]));
    assert_eq!((events[0].evidence.len(), events[0].stamp.uptime_us), (1, Some(1_000_000)));
}

#[test]
fn a_summary_alone_proves_a_kill() {
    let all = ooms(&lines(1.0, &[SUMMARY]));
    assert_eq!(pids(&all[0]), [902]);
    assert!(all[0].kills[0].from_summary);
    assert_eq!((all[0].kills[0].printed, all[0].kills[0].uid), (0, Some(1000)));
    let both = ooms(&lines(1.0, &[SUMMARY, KILL]));
    assert_eq!((both.len(), both[0].kills.len(), both[0].kills[0].from_summary), (1, 1, false));
}

#[test]
fn a_late_kill_line_of_the_same_process_takes_the_summary_s_place() {
    let other = kill_line("Memory cgroup out of memory: ", 77, "x");
    let mut records = lines(1.0, &[SUMMARY]);
    records.push(at(2.5, &other));
    records.push(at(3.0, KILL));
    let all = ooms(&records);
    assert_eq!(all.iter().map(pids).collect::<Vec<_>>(), [vec![902], vec![77]]);
    assert_eq!((all[0].kills[0].from_summary, all[0].kills[0].printed), (false, 1));
}

#[test]
fn another_thread_may_stand_on_the_kill_line() {
    let thread = kill_line("Memory cgroup out of memory: ", 950, "GC Thread#0").replace("UID:0", "UID:1000");
    let mut records = lines(1.0, &[TRIGGER, SUMMARY]);
    records.push(at(1.00005, &thread));
    let all = ooms(&records);
    assert_eq!((all.len(), pids(&all[0])), (1, vec![950]));
    let mut far = lines(1.0, &[TRIGGER, SUMMARY]);
    far.push(at(1.9, &thread));
    assert_eq!(ooms(&far).iter().map(pids).collect::<Vec<_>>(), [vec![902], vec![950]]);
}

#[test]
fn kills_after_a_report_are_events_of_their_own() {
    let next = kill_line("Memory cgroup out of memory: ", 903, "java");
    let mut records = lines(1.0, &[TRIGGER, MEMORY, SUMMARY, KILL]);
    records.push(at(1.1, &next));
    let all = ooms(&records);
    assert_eq!(all.iter().map(pids).collect::<Vec<_>>(), [vec![902], vec![903]]);
    assert!(all[1].trigger.is_none());
}

#[test]
fn the_same_process_printed_again_is_the_same_event() {
    let mut records = lines(1.0, &[TRIGGER, SUMMARY, KILL]);
    records.push(at(1.5, KILL));
    let all = ooms(&records);
    assert_eq!((all.len(), all[0].kills[0].printed), (1, 2));
    records.push(at(99.0, KILL));
    assert_eq!(ooms(&records).len(), 2, "a minute later it is another process with that pid");
}

#[test]
fn a_second_group_takes_its_first_victim_back() {
    let group = "Tasks in /g are going to be killed due to memory.oom.group set";
    let names: Vec<String> = (1..=6).map(|pid| kill_line("Memory cgroup out of memory: ", pid, "w")).collect();
    let text = [&names[0], group, &names[0], &names[1], &names[2], &names[3], group, &names[3], &names[4]];
    let all = ooms(&lines(1.0, &text));
    assert_eq!(all.iter().map(pids).collect::<Vec<_>>(), [vec![1, 2, 3], vec![4, 5]]);
    assert_eq!((all[0].kills[0].printed, all[1].kills[0].printed), (2, 2));
    assert!(all.iter().all(|oom| oom.group.as_deref() == Some("/g")));
}

#[test]
fn a_group_ends_at_a_trigger_another_prefix_or_a_pause() {
    let group = "Tasks in /g are going to be killed due to memory.oom.group set";
    let node = kill_line("Out of memory: ", 7, "x");
    let one = kill_line("Memory cgroup out of memory: ", 8, "y");
    assert_eq!(ooms(&lines(1.0, &[KILL, group, KILL, &node])).len(), 2);
    assert_eq!(ooms(&lines(1.0, &[KILL, group, KILL, TRIGGER, &one])).len(), 2);
    let mut paused = lines(1.0, &[KILL, group, KILL]);
    paused.push(at(30.0, &one));
    assert_eq!(ooms(&paused).len(), 2);
    let alone = ooms(&lines(1.0, &[group, &one]));
    assert_eq!((alone.len(), pids(&alone[0]), alone[0].outcome.clone()), (1, vec![8], Outcome::Killed));
}

#[test]
fn reapers_join_within_a_minute() {
    let reaper = "oom_reaper: reaped process 902 (java), now anon-rss:0kB, file-rss:0kB, shmem-rss:12kB";
    let next = kill_line("Memory cgroup out of memory: ", 903, "java");
    let mut records = lines(1.0, &[TRIGGER, SUMMARY, KILL, &next]);
    records.push(at(40.0, reaper));
    let all = ooms(&records);
    assert_eq!((all[0].reaped.len(), all[1].reaped.len()), (1, 0));
    assert_eq!(all[0].reaped[0].shmem_rss_kb, Some(12));
    let mut late = lines(1.0, &[KILL]);
    late.push(at(90.0, reaper));
    assert_eq!(ooms(&late).len(), 1);
    assert!(ooms(&late)[0].reaped.is_empty());
    let first = ooms(&lines(1.0, &[reaper]));
    assert!(first[0].kills[0].from_summary, "the log begins after the kill line");
}

#[test]
fn victims_that_exit_already_are_no_kills() {
    let skip = "Memory cgroup out of memory: OOM victim 902 (java) is already exiting. Skip killing the task";
    let all = ooms(&lines(1.0, &[TRIGGER, MEMORY, SUMMARY, skip]));
    assert_eq!((all.len(), all[0].kills.len(), all[0].outcome.clone()), (1, 0, Outcome::AlreadyExiting));
    assert_eq!(all[0].skipped, [(902, "java".to_owned())]);
    assert_eq!(ooms(&lines(1.0, &[skip])).len(), 1);
}

#[test]
fn a_trigger_ends_an_open_report_on_new_kernels() {
    let all = ooms(&lines(1.0, &[TRIGGER, MEMORY, TRIGGER, MEMORY, SUMMARY, KILL]));
    assert_eq!(all.iter().map(|oom| oom.outcome.clone()).collect::<Vec<_>>(), [Outcome::NotSeen, Outcome::Killed]);
    assert!(all.iter().all(|oom| !oom.possibly_mixed));
}

#[test]
fn two_reports_at_once_on_old_kernels() {
    let header = "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name";
    let all = ooms(&lines(
        1.0,
        &[
            "httpd invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0",
            "CPU: 0 PID: 11 Comm: httpd Not tainted 3.10.0-1062.el7.x86_64 #1",
            " [<ffffffff811a2b3c>] mem_cgroup_oom_synchronize+0x10/0x20",
            "java invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0",
            "CPU: 1 PID: 22 Comm: java Not tainted 3.10.0-1062.el7.x86_64 #1",
            "Task in /web killed as a result of limit of /web",
            "memory: usage 1024kB, limit 1024kB, failcnt 9",
            "Mem-Info:",
            "active_anon:1 inactive_anon:2 isolated_anon:0",
            header,
            "[   22]     0    22     1111      222       5        0             0 java",
            "[   33]     0    33     1111      999       5        0             0 mongod",
            "Memory cgroup out of memory: Kill process 11 (httpd) score 990 or sacrifice child",
            "Killed process 11 (httpd) total-vm:9kB, anon-rss:8kB, file-rss:7kB, shmem-rss:0kB",
            "Out of memory: Kill process 33 (mongod) score 800 or sacrifice child",
            "Killed process 33 (mongod) total-vm:9kB, anon-rss:8kB, file-rss:7kB, shmem-rss:0kB",
        ],
    ));
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|oom| oom.possibly_mixed));
    let (web, node) = (&all[0], &all[1]);
    assert_eq!((pids(web), pids(node)), (vec![11], vec![33]));
    assert_eq!(web.memcg.as_ref().and_then(|block| block.limit_path.as_deref()), Some("/web"));
    assert!(web.mem_info.is_none() && node.mem_info.is_some() && node.memcg.is_none());
    assert_eq!((web.cpu.as_ref().map(|cpu| cpu.pid), node.cpu.as_ref().map(|cpu| cpu.pid)), (Some(11), Some(22)));
}

#[test]
fn old_kernels_name_the_intention_first() {
    let all = ooms(&lines(
        1.0,
        &[
            "Out of memory: Kill process 33 (mongod) score 800 or sacrifice child",
            "Killed process 44 (mongo-child) total-vm:9kB, anon-rss:8kB, file-rss:7kB",
            "Kill process 45 (mongo-peer) sharing same memory",
            "Out of memory: Kill process 50 (x) score 1 or sacrifice child",
            "Would have killed process 50 (x). But continuing instead.",
        ],
    ));
    assert_eq!(all.iter().map(pids).collect::<Vec<_>>(), [vec![44, 45], vec![]]);
    assert_eq!((all[1].outcome.clone(), all[1].intentions.len()), (Outcome::NotSeen, 1));
}

#[test]
fn bare_kill_lines_need_the_kernel_or_a_report() {
    let bare = "Killed process 44 (x)";
    assert_eq!(ooms(&lines(1.0, &[bare])).len(), 1);
    let unknown = |message| Record { transport: Transport::Unknown, ..at(1.0, message) };
    assert_eq!(feed(&[unknown(bare)])[0].fact, Fact::Doubtful(bare.into()));
    let program =
        Record { transport: Transport::Program, ident: Some("watcher".into()), pid: Some(7), ..at(1.0, bare) };
    assert_eq!(feed(&[program]), [], "a program's own words");
    let many: Vec<String> = (1..40).map(|pid| format!("Killed process {pid} (x)")).collect();
    assert!(feed(&many.iter().map(|line| unknown(line)).collect::<Vec<_>>()).len() < 10, "a program that kills many");
    let prefixed = "Out of memory: Killed process 44 (x).";
    assert_eq!(pids(&ooms(&[unknown(prefixed)])[0]), [44], "2.6.18");
    let intended = "Out of memory: kill process 44 (x) score 800 or a child";
    assert_eq!(pids(&ooms(&[unknown(intended), unknown(bare)])[0]), [44]);
}

#[test]
fn panics_are_told_twice() {
    let reason = "Out of memory: system-wide panic_on_oom is enabled";
    let first = format!("Kernel panic - not syncing: {reason}");
    let end = format!("---[ end Kernel panic - not syncing: {reason} ]---");
    let all = ooms(&lines(1.0, &[TRIGGER, "Mem-Info:", &first, "Call Trace:", &end]));
    assert_eq!((all.len(), all[0].outcome.clone()), (1, Outcome::Panic(reason.into())));
    let only_end = ooms(&lines(1.0, &[&end]));
    assert_eq!((only_end.len(), only_end[0].outcome.clone()), (1, Outcome::Panic(reason.into())));
    let other = "Kernel panic - not syncing: Fatal exception in interrupt";
    assert_eq!(ooms(&lines(1.0, &[other])).len(), 0);
    assert_eq!(notes(&lines(1.0, &[other])), [KernelNote::Panic { reason: "Fatal exception in interrupt".into() }]);
}

#[test]
fn storms_are_folded() {
    let leak = "Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF";
    let other = "Memory cgroup stats for /b:";
    let mut records = Vec::new();
    for n in 0..2000 {
        let path = if n % 2 == 0 { STATS } else { other };
        records.extend(lines(n as f64, &[TRIGGER, MEMORY, path, "anon 5", HEADER, ROW, NO_KILLABLE, leak]));
    }
    let all = ooms(&records);
    assert_eq!(all.iter().map(|oom| oom.repeats).collect::<Vec<_>>(), [1000, 1000]);
    assert_eq!(all[1].last.and_then(|stamp| stamp.uptime_us), Some(1_999_000_006));
    assert_eq!(
        (all[0].outcome.clone(), all[0].tasks.as_ref().map(|tasks| tasks.count)),
        (Outcome::NoKillable, Some(1))
    );
    assert_eq!(notes(&records).len(), 2, "the companion line is noted once a storm, not a thousand times");
    records.extend(lines(2001.0, &[KILL]));
    records.extend(lines(2002.0, &[TRIGGER, MEMORY, STATS, NO_KILLABLE, NO_KILLABLE]));
    let all = ooms(&records);
    assert_eq!(all.iter().map(|oom| oom.repeats).collect::<Vec<_>>(), [1000, 1000, 1, 2]);
}

#[test]
fn storms_of_two_boots_are_two() {
    let mut records = lines(5.0, &[NO_KILLABLE]);
    records.extend(lines(1.0, &[NO_KILLABLE]));
    records[1].stamp.epoch = 1;
    assert_eq!(ooms(&records).len(), 2);
}

#[test]
fn a_deadlock_ends_what_could_not_be_killed() {
    let all = ooms(&lines(
        1.0,
        &[TRIGGER, "Mem-Info:", NO_KILLABLE, "Kernel panic - not syncing: System is deadlocked on memory"],
    ));
    assert_eq!((all.len(), all[0].outcome.clone()), (1, Outcome::Panic("System is deadlocked on memory".into())));
}

#[test]
fn sysrq_and_suppressed_reports() {
    let all = ooms(&lines(1.0, &["sysrq: Manual OOM execution", TRIGGER, SUMMARY, KILL]));
    assert!(all[0].sysrq);
    let text = ["oom_kill_process: 14 callbacks suppressed", TRIGGER, SUMMARY, KILL];
    assert_eq!(ooms(&lines(1.0, &text))[0].suppressed, 14);
    assert!(matches!(notes(&lines(1.0, &text))[..], [KernelNote::Lost { count: Some(14), .. }]));
}

#[test]
fn programs_quote_the_kernel() {
    let quoted = format!("New status generated: Message:{KILL}}}]");
    let only_quoted = |record: &Record<'_>| {
        let found = feed(std::slice::from_ref(record));
        assert!(matches!(&found[..], [Event { fact: Fact::Quoted { .. }, .. }]), "{found:?}");
    };
    for (ident, pid, message) in [
        ("kubelet", Some(7), KILL),
        ("node-problem-detector", None, quoted.as_str()),
        ("payments", Some(8), TRIGGER),
        ("payments", Some(8), "Kernel panic - not syncing: Out of memory: x"),
    ] {
        let record = Record { transport: Transport::Program, ident: Some(ident.into()), pid, ..at(1.0, message) };
        only_quoted(&record);
    }
    let own = Record { transport: Transport::Program, pid: Some(8), ..at(1.0, "Killed process 812 (worker)") };
    assert_eq!(feed(&[own]), []);
    let relay = Record { transport: Transport::Program, ident: Some("dmesg".into()), pid: Some(9), ..at(1.0, KILL) };
    assert_eq!(ooms(&[relay]).len(), 1);
    let json = format!("{{\"message\": \"{SUMMARY}\"}}");
    for text in [&quoted, &json] {
        let bare = Record { transport: Transport::Unknown, ..at(1.0, text) };
        only_quoted(&bare);
    }
}

#[test]
fn programs_do_not_speak_into_a_report() {
    let mut records = lines(1.0, &[TRIGGER, MEMORY, STATS, "anon 5", "file 6", SUMMARY, KILL]);
    records[3].transport = Transport::Program;
    records[3].pid = Some(5);
    let block = ooms(&records)[0].memcg.clone().expect("a block");
    assert_eq!((block.stats[0].get("anon"), block.stats[0].get("file")), (None, Some(6)));
}

#[test]
fn hosts_in_one_log_are_kept_apart() {
    let other = KILL.replace("902 (java)", "17 (ruby)");
    let summary = SUMMARY.replace("pid=902", "pid=17");
    let on = |host: &'static str, record: Record<'static>| Record { host: Some(host.into()), ..record };
    let one = lines(500.0, &[TRIGGER, MEMORY, SUMMARY, KILL]);
    let leaked: Vec<&'static str> =
        vec![TRIGGER, MEMORY, Box::leak(summary.into_boxed_str()), Box::leak(other.into_boxed_str())];
    let two = lines(9.0, &leaked);
    let mut records = Vec::new();
    for (n, (a, b)) in one.into_iter().zip(two).enumerate() {
        records.push(on("a", a));
        records.push(Record { stamp: Stamp { epoch: n as u32, ..b.stamp }, ..on("b", b) });
    }
    let events = feed(&records);
    assert_eq!(events, feed_skipping(&records));
    let found: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::KernelOom(oom) => Some((event.host.as_deref(), pids(oom), oom.memcg.is_some())),
            _ => None,
        })
        .collect();
    assert_eq!(found, [(Some("a"), vec![902], true), (Some("b"), vec![17], true)]);
}

#[test]
fn continuation_lines_have_no_host() {
    let mut records = lines(
        1.0,
        &[
            TRIGGER,
            "Mem-Info:",
            "active_anon:1 inactive_anon:2 isolated_anon:0",
            " unevictable:9 dirty:0 writeback:0",
            KILL,
        ],
    );
    for record in &mut records {
        record.host = Some("a".into());
    }
    records[3] = Record { transport: Transport::Unknown, stamp: Stamp::default(), host: None, ..records[3].clone() };
    assert_eq!(ooms(&records)[0].mem_info.as_ref().and_then(|info| info.counter("unevictable")), Some(9));
}

#[test]
fn memory_reports_of_others_stay_out() {
    let failure = "kworker/0:1: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL), nodemask=(null)";
    let text = [TRIGGER, failure, "Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0", MEMORY, SUMMARY, KILL];
    let all = ooms(&lines(1.0, &text));
    assert!(all[0].mem_info.is_none() && all[0].memcg.is_some());
    assert_eq!(
        ooms(&lines(1.0, &["sysrq: Show Memory", "Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0"])).len(),
        0
    );
    assert_eq!(ooms(&lines(1.0, &["Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0"])).len(), 0);
    let node = KILL.replace("Memory cgroup out", "Out");
    let lost = ooms(&lines(1.0, &["Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0", HEADER, ROW, &node]));
    assert_eq!(lost[0].mem_info.as_ref().and_then(|info| info.counter("active_anon")), Some(1));
}

#[test]
fn reports_end_after_a_silence() {
    let mut assembler = Assembler::new();
    let mut out = Vec::new();
    for record in lines(1.0, &[TRIGGER, MEMORY, STATS]) {
        assembler.push(&record, &mut out);
    }
    assert!(assembler.is_open());
    assembler.push(&at(11.5, "docker0: port 1 entered disabled state"), &mut out);
    assert!(!assembler.is_open());
    let mut civil = lines(1.0, &[TRIGGER, MEMORY, STATS]);
    for (n, record) in civil.iter_mut().enumerate() {
        let wall = Wall::Civil { year: None, month: 5, day: 2, second: n as u32 * 300, micros: 0, offset_s: None };
        record.stamp = Stamp { wall: Some(wall), ..Stamp::default() };
    }
    assert_eq!(ooms(&civil).iter().map(|oom| oom.memcg.is_some()).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn a_restart_ends_everything() {
    let boot = "Linux version 6.1.0-21-amd64 (x@y) (gcc-12) #1 SMP";
    let mut records = lines(500.0, &[TRIGGER, MEMORY]);
    records.extend(lines(0.0, &[boot]));
    records.extend(lines(1.0, &[KILL]));
    let all = ooms(&records);
    assert_eq!(all.iter().map(|oom| oom.outcome.clone()).collect::<Vec<_>>(), [Outcome::NotSeen, Outcome::Killed]);
    let mut fall = lines(500.0, &[TRIGGER, MEMORY]);
    fall.extend(lines(1.0, &[KILL]));
    assert_eq!(ooms(&fall).len(), 2);
    let marker = Record { transport: Transport::Unknown, stamp: Stamp::default(), ..at(0.0, "-- Boot 2222 --") };
    let mut marked = lines(500.0, &[TRIGGER]);
    marked.push(marker);
    marked.extend(lines(500.1, &[SUMMARY, KILL]));
    assert_eq!(ooms(&marked).len(), 2);
    assert_eq!(notes(&marked), [KernelNote::BootMarker]);
}

#[test]
fn large_tables_are_bounded_but_find_their_kill() {
    let rows: Vec<String> = (1..=61_000u32)
        .map(|n| format!("[{n:>7}]  1000 {n:>5}    26101 {:>8}    86016        0             0 w", n % 999))
        .collect();
    let mut text = vec![TRIGGER, MEMORY, HEADER];
    text.extend(rows.iter().map(String::as_str));
    let mut records = lines(1.0, &text);
    let mut assembler = Assembler::new();
    let mut out = Vec::new();
    for record in &records {
        assembler.push(record, &mut out);
    }
    assert!(!assembler.is_open());
    records.extend(lines(2.0, &[SUMMARY, KILL]));
    let all = ooms(&records);
    assert_eq!((all.len(), pids(&all[0])), (1, vec![902]));
    let tasks = all[0].tasks.as_ref().expect("a table");
    assert_eq!((tasks.rows.len(), tasks.count), (100, 60_001));
}

#[test]
fn other_text_ends_a_report() {
    let noise = "x".repeat(1000);
    let mut records = lines(1.0, &[TRIGGER, MEMORY]);
    for n in 0..300 {
        records.push(at(1.1 + f64::from(n) / 1e4, &noise));
    }
    let mut assembler = Assembler::new();
    let mut out = Vec::new();
    for record in &records {
        assembler.push(record, &mut out);
    }
    assert!(!assembler.is_open());
    assert_eq!(ooms(&records).len(), 1);
}

#[test]
fn torn_lines_wait_for_their_rest() {
    let tail = "b) total-vm:9kB, anon-rss:8kB, file-rss:7kB, shmem-rss:0kB";
    let head = "Memory cgroup out of memory: Killed process 27880 (a";
    let all = ooms(&lines(1.0, &[head, tail]));
    assert_eq!((all[0].kills[0].comm.as_str(), all[0].kills[0].anon_rss_kb), ("a\nb", Some(8)));
    let cut = ooms(&lines(1.0, &[head]));
    assert_eq!((cut[0].kills[0].pid, cut[0].kills[0].anon_rss_kb), (27_880, None));
    let next = ooms(&lines(1.0, &[head, KILL]));
    assert_eq!(next.iter().map(pids).collect::<Vec<_>>(), [vec![27_880], vec![902]]);
}

#[test]
fn a_summary_without_its_end_takes_the_kill_line_s_word() {
    let cut = &SUMMARY[..SUMMARY.len() - 25];
    let all = ooms(&lines(1.0, &[TRIGGER, cut, KILL]));
    assert_eq!((all.len(), pids(&all[0])), (1, vec![902]));
    assert_eq!(all[0].summary.as_ref().and_then(|summary| summary.oom_memcg.as_deref()), Some("/a"));
}

#[test]
fn unknown_forms_are_shown_once() {
    let vendor = "OOM killed process 12 (x) in container: Out of memory in UB 101";
    let found = feed(&lines(1.0, &[vendor, vendor, "OOM killer disabled.", "OOM killer enabled."]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].fact, Fact::Unrecognised(vendor.into()));
    let long = format!("Out of memory: {}", "\u{e4}".repeat(4000));
    let Fact::Unrecognised(text) = &feed(&lines(1.0, &[&long]))[0].fact else { panic!("not shown") };
    assert!(text.len() <= 1030);
}

#[test]
fn console_text_may_be_glued_together() {
    let glued = format!("db-1 login: [   23.816020] {TRIGGER}");
    let all = ooms(&lines(23.8, &[&glued, SUMMARY, KILL]));
    assert_eq!((all.len(), all[0].trigger.as_ref().map(|trigger| trigger.comm.as_str())), (1, Some("java")));
    let dropped = format!("** 31 printk messages dropped ** {TRIGGER}");
    let records = lines(23.8, &[&dropped, SUMMARY, KILL]);
    assert!(ooms(&records)[0].trigger.is_some());
    assert!(matches!(notes(&records)[..], [KernelNote::Lost { count: Some(31), .. }]));
}

#[test]
fn lines_written_twice_count_once() {
    let mut records = Vec::new();
    for record in lines(1.0, &[TRIGGER, MEMORY, STATS, "anon 5", HEADER, ROW, SUMMARY, KILL]) {
        records.push(record.clone());
        records.push(record);
    }
    let all = ooms(&records);
    assert_eq!((all.len(), all[0].kills[0].printed), (1, 1));
    assert_eq!(all[0].tasks.as_ref().map(|tasks| tasks.count), Some(1));
    assert_eq!(all[0].memcg.as_ref().map(|block| block.stats[0].values.len()), Some(1));
}

#[test]
fn programs_in_the_kernel_s_log_are_no_riddles() {
    assert_eq!(feed(&lines(1.0, &["earlyoom[812]: Killed process 12 (x)", "systemd[1]: x: Out of memory"])), []);
}

#[test]
fn a_chosen_victim_is_no_lack_of_victims() {
    let all = ooms(&lines(1.0, &[TRIGGER, MEMORY, SUMMARY, NO_KILLABLE]));
    assert_eq!(all.iter().map(|oom| oom.outcome.clone()).collect::<Vec<_>>(), [Outcome::Killed, Outcome::NoKillable]);
    assert!(all[0].kills[0].from_summary);
}

fn fragments(texts: &[&str]) -> Vec<String> {
    let found = feed(&lines(1.0, texts)).into_iter();
    found.filter_map(|event| if let Fact::Fragment(text) = event.fact { Some(text) } else { None }).collect()
}

#[test]
fn a_piece_of_a_report_that_nothing_explains_is_told() {
    const FREE: &str = "Node 0 DMA free:15360kB min:40kB low:50kB high:60kB present:15992kB";
    assert_eq!(fragments(&["Mem-Info:", FREE]), ["Mem-Info:"]);
    // What follows tells of it.
    assert!(fragments(&["Mem-Info:", FREE, HEADER, ROW]).is_empty());
    assert!(fragments(&["Mem-Info:", FREE, ROW, SUMMARY, KILL]).is_empty());
    // Its heading, or that of the table, may be lost.
    let (counters, reserve) = ("active_anon:1 inactive_anon:2 isolated_anon:3", "lowmem_reserve[]: 0 2780 15835");
    let node = "Node 0 active_anon:4kB inactive_anon:0kB isolated(anon):0kB isolated(file):0kB";
    for first in [counters, reserve, node, ROW] {
        assert_eq!(fragments(&["x", first, FREE]), [first], "{first}");
        assert!(fragments(&[first, SUMMARY, KILL]).is_empty(), "{first}");
    }
    assert!(fragments(&["[ 7] 1 2 3 4", "[17] 0 1 2 3 4 5 6 x", "free: 7 low: 8"]).is_empty());
    // Others print memory reports, too.
    for before in [
        "sysrq: Show Memory",
        "SysRq : Show Memory",
        "cat: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null)",
        "modprobe: vmalloc: allocation failure: 8192 bytes, mode:0x6000c0(GFP_KERNEL), nodemask=(null)",
        "modprobe: vmalloc error: size 8192, page order 0, failed to allocate pages, mode:0xcc0(GFP_KERNEL)",
    ] {
        assert!(fragments(&[before, "Mem-Info:", FREE]).is_empty(), "{before}");
    }
}
