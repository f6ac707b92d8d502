//! Records of several lines, boots, and reading from the middle of a source.

use super::carrier_tests::{Got, frame, frame_bytes, got, push_all};
use super::*;
use crate::event::Wall;

fn texts(records: &[Got]) -> Vec<&str> {
    records.iter().map(Got::text).collect()
}

const MEM_INFO: &str = "active_anon:67544 inactive_anon:1333 isolated_anon:0\n active_file:6453 inactive_file:1061 isolated_file:0\n unevictable:256 dirty:4 writeback:0";

/// A record of three lines as a carrier prints it: prefix, and blanks as wide before the other lines.
fn indented(prefix: &str, width: usize) -> String {
    let lines: Vec<&str> = MEM_INFO.split('\n').collect();
    let blanks = " ".repeat(width);
    format!("{prefix}{}\n{blanks}{}\n{blanks}{}\n", lines[0], lines[1], lines[2])
}

#[test]
fn indented_lines_continue_a_record() {
    for prefix in [
        "[  367.498059] ",
        "kern  :warn  : [Mon Nov 23 09:59:15 2026] ",
        "<4>[  367.498059] ",
        "[  +0.000386] ",
        "2026-11-23T09:59:15,949464+00:00 ",
        "Nov 23 09:59:16 worker-17 kernel: ",
        "Mon 2026-11-23 09:59:16 UTC worker-17 kernel: ",
        "[   67.949464 <    0.000386 >] worker-17 kernel: ",
        "[dim. 19 août 18:03:30 2026] ",
    ] {
        let text = indented(prefix, prefix.chars().count()) + prefix + "Node 0\n";
        let (records, _) = frame(&text);
        assert_eq!(texts(&records), [MEM_INFO, "Node 0"], "{prefix}");
        assert_eq!((records[1].line, records[0].raw.lines().count()), (Some(4), 1));
    }
    let colours = "\x1b[32m[  367.498059] \x1b[0mactive_anon:67544 inactive_anon:1333 isolated_anon:0\n";
    let text = colours.to_owned() + indented("", 15).split_once('\n').unwrap().1;
    assert_eq!(texts(&frame(&text).0), [MEM_INFO]);
}

#[test]
fn lines_with_too_few_blanks_are_records_of_their_own() {
    let (records, _) = frame("[  367.498059] a\n  b\nnode-a3 login: \n[  367.500000] c\n");
    assert_eq!(texts(&records), ["a", "  b", "node-a3 login: ", "c"]);
    assert_eq!(records[2].transport, Transport::Unknown);
}

#[test]
fn carriers_that_repeat_the_prefix_stay_apart() {
    let (records, _) = frame("<6>[    1.000000] anon 1\n<6>[    1.000000] file 0\n");
    assert_eq!(texts(&records), ["anon 1", "file 0"]);
}

#[test]
fn names_with_line_feeds_without_prefix() {
    let text = "[    1.000000] a\nb invoked oom-killer: gfp_mask=0xcc0\n\
                [    1.000001] oom-kill:constraint=CONSTRAINT_MEMCG,task=a\nb, c,pid=7,uid=0\n\
                [    1.000002] Memory cgroup out of memory: Killed process 7 (a\nb, c) total-vm:1kB\n\
                login: \n";
    let (records, _) = frame(text);
    assert_eq!(
        texts(&records),
        [
            "a\nb invoked oom-killer: gfp_mask=0xcc0",
            "oom-kill:constraint=CONSTRAINT_MEMCG,task=a\nb, c,pid=7,uid=0",
            "Memory cgroup out of memory: Killed process 7 (a\nb, c) total-vm:1kB",
            "login: "
        ]
    );
}

#[test]
fn kmsg_records_drop_their_dictionary_and_tell_gaps() {
    let text =
        "6,259,1,-;pci 0000:00:01: x\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:01\n6,260,2,-;b\n6,265,3,-;c\n6,2,4,-;d\n";
    let (records, kind, events) = frame_bytes(text.as_bytes());
    assert_eq!(texts(&records), ["pci 0000:00:01: x", "b", "c", "d"]);
    assert_eq!((kind, events.len()), ("kmsg", 1));
    assert!(matches!(&events[0].fact, Fact::Kernel(KernelNote::Lost { count: Some(4), .. })));
    assert_eq!(events[0].evidence[0].line, Some(5));
}

#[test]
fn a_gap_in_reading_is_no_gap_in_the_log() {
    let mut framer = Framer::new(SourceId(0));
    let mut records = Vec::new();
    framer.push(b"6,1,1,-;a", 1, 0, &mut |r| records.push(got(r)));
    framer.push(b"6,9,2,-;b", 9, 900, &mut |r| records.push(got(r)));
    framer.flush(&mut |r| records.push(got(r)));
    assert_eq!(texts(&records), ["a", "b"]);
    assert_eq!(framer.take_events(), []);
}

#[test]
fn parts_of_container_lines_are_joined() {
    let cri = "2026-11-23T10:00:00.1Z stdout P Killed \n2026-11-23T10:00:01.1Z stdout P process\n2026-11-23T10:00:02.1Z stdout F  1\n2026-11-23T10:00:03.1Z stdout F x\n";
    let (records, _) = frame(cri);
    assert_eq!(texts(&records), ["Killed process 1", "x"]);
    assert_eq!(records[0].stamp.wall, Some(Wall::Instant { unix_us: 1_795_428_000_100_000, offset_s: 0 }));
    let json = "{\"log\":\"a \",\"stream\":\"stdout\",\"time\":\"2026-11-23T10:00:00Z\"}\n{\"log\":\"b\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T10:00:01Z\"}\n{\"log\":\"c\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T10:00:02Z\"}\n";
    assert_eq!(texts(&frame(json).0), ["a b", "c"]);
}

#[test]
fn klog_values_over_several_lines() {
    let text = "E1123 12:35:46.013893     534 kuberuntime.go:1] \"x\" output=<\n\tline one\n >\nI1123 12:35:46.013893     534 a.go:1] y\n";
    let (records, _) = frame(text);
    assert_eq!(records.len(), 2);
    assert!(records[0].text().ends_with("output=<\n\tline one\n >"));
}

const EXPORT: &[u8] = b"__CURSOR=s=0d21;i=1\n__REALTIME_TIMESTAMP=1795427956100771\n__MONOTONIC_TIMESTAMP=68070978\n_BOOT_ID=ced875fd29c74414b09f2911049db6c7\n_SOURCE_MONOTONIC_TIMESTAMP=67949464\n_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\nMESSAGE\n\x0a\x00\x00\x00\x00\x00\x00\x00ab\n c\n\n\r\n\n\n_HOSTNAME=worker-17\n\n__CURSOR=s=0d21;i=2\n_TRANSPORT=kernel\nMESSAGE=next\n\n";

#[test]
fn export_entries_with_binary_values() {
    // The length is 10, a line feed itself; the value holds empty lines and a carriage return.
    let (records, kind, _) = frame_bytes(EXPORT);
    assert_eq!(kind, "journal-export");
    assert_eq!(texts(&records), ["ab\n c\n\n\r\n\n", "next"]);
    assert_eq!(records[0].stamp.uptime_us, Some(67_949_464));
    assert_eq!(records[0].stamp.boot, Some(0xced8_75fd_29c7_4414_b09f_2911_049d_b6c7));
    assert_eq!((records[0].host.as_deref(), records[0].transport), (Some("worker-17"), Transport::Kernel));
    assert_eq!((records[0].line, records[1].line, records[0].raw.as_str()), (Some(1), Some(18), ""));
}

#[test]
fn export_entries_that_are_broken() {
    let mut cut = EXPORT[..EXPORT.len() - 60].to_vec();
    cut.extend_from_slice(b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffrest\n__CURSOR=s=1\nMESSAGE=after\n\n");
    let (records, ..) = frame_bytes(&cut);
    assert_eq!(records.last().map(Got::text), Some("after"));
    let lying = b"__CURSOR=s=1\nMESSAGE\n\x00\x00\x00\x01\x00\x00\x00\x00x\n__CURSOR=s=2\nMESSAGE=after\n\n";
    assert_eq!(texts(&frame_bytes(lying).0), ["x\n", "after"]);
}

const VERBOSE: &str = "Mon 2026-11-23 09:58:26.084372 UTC [s=0d21;i=1;b=ced875fd29c74414b09f2911049db6c7;m=11389be;t=660eea28fde14;x=602f]
    _SOURCE_MONOTONIC_TIMESTAMP=67949464
    _TRANSPORT=kernel
    SYSLOG_IDENTIFIER=kernel
    MESSAGE=active_anon:1
             active_file:2
            slab:3
    CODE_FILE=x
              y
Mon 2026-11-23 09:58:26.132746 UTC [s=0d21;i=2;b=ced875fd29c74414b09f2911049db6c7;m=11446aa;t=660eea2909b0a;x=a8ee]
    _TRANSPORT=kernel
    MESSAGE=second
";

#[test]
fn verbose_entries() {
    let (records, kind) = frame(VERBOSE);
    assert_eq!(kind, "journal-verbose");
    assert_eq!(texts(&records), ["active_anon:1\n active_file:2\nslab:3", "second"]);
    assert_eq!(records[0].stamp.wall, Some(Wall::Instant { unix_us: 1_795_427_906_084_372, offset_s: 0 }));
    assert_eq!((records[0].stamp.uptime_us, records[1].stamp.uptime_us), (Some(67_949_464), Some(0x0114_46aa)));
    assert_eq!((records[0].line, records[1].line), (Some(1), Some(10)));
}

const PRETTY: &str = "{\n\t\"MESSAGE\" : [\n\t\t75,\n\t\t10,\n\t\t255\n\t],\n\t\"_TRANSPORT\" : \"kernel\",\n\t\"__REALTIME_TIMESTAMP\" : \"1795427906084372\"\n}\n{\n\t\"MESSAGE\" : \"second {\",\n\t\"_TRANSPORT\" : \"kernel\"\n}\n";

#[test]
fn pretty_entries() {
    let (records, kind) = frame(PRETTY);
    assert_eq!((kind, records.len()), ("journal-json", 2));
    assert_eq!(records[0].message, b"K\n\xff");
    assert_eq!((records[1].text(), records[1].line), ("second {", Some(10)));
    let cut = &PRETTY[..PRETTY.len() - 15];
    assert_eq!(frame(cut).0[1].text(), "second {");
}

#[test]
fn other_json_forms_of_journalctl() {
    let entry = r#"{"MESSAGE":"x","_TRANSPORT":"kernel","__REALTIME_TIMESTAMP":"1795427906084372","_SOURCE_MONOTONIC_TIMESTAMP":"5"}"#;
    for text in [entry.to_owned(), format!("data: {entry}\n"), format!("\x1e{entry}"), format!("{entry},")] {
        let (records, kind) = frame(&text);
        assert_eq!((kind, texts(&records)), ("journal-json", vec!["x"]));
        assert_eq!((records[0].stamp.uptime_us, records[0].transport), (Some(5), Transport::Kernel));
    }
    let (records, _, events) = frame_bytes(br#"{"MESSAGE":null,"_TRANSPORT":"kernel"}"#);
    assert_eq!((records[0].text(), events.len()), ("", 1));
}

const DMESG_JSON: &[u8] = b"{\n   \"dmesg\": [\n      {\n         \"pri\": 5,\n         \"time\":     0.000000,\n         \"msg\": \"Linux version 6.1\"\n      },{\n         \"pri\": 6,\n         \"time\":    67.949464,\n         \"msg\": \"anon 1\\nfile \xff\"\n      }\n   ]\n}\n";

#[test]
fn dmesg_json_records() {
    let (records, kind, _) = frame_bytes(DMESG_JSON);
    assert_eq!((kind, records.len()), ("dmesg-json", 2));
    assert_eq!(records[1].message, b"anon 1\nfile \xff");
    assert_eq!((records[1].level, records[1].stamp.uptime_us, records[1].line), (Some(6), Some(67_949_464), Some(7)));
}

#[test]
fn other_documents_are_no_blocks() {
    let (records, kind) = frame("{\n    \"State\": {\n        \"OOMKilled\": true\n    }\n}\n");
    assert_eq!((kind, texts(&records)), ("plain", vec!["    \"State\": {", "        \"OOMKilled\": true"]));
}

#[test]
fn boots_by_marker_and_by_uptime() {
    let text = "-- Logs begin at Mon 2026-11-23 --\nNov 23 09:00:00 h kernel: Linux version 5.10\n-- Reboot --\nNov 23 10:00:00 h kernel: Linux version 5.10\nNov 23 10:00:01 h kernel: x\n-- Boot 2bbd9a7bb6b8459c8e34c1e3e60b01c3 --\nNov 23 11:00:00 h kernel: Linux version 5.10\n-- No entries --\n";
    let (records, _, events) = frame_bytes(text.as_bytes());
    let epochs: Vec<u32> = records.iter().map(|r| r.stamp.epoch).collect();
    assert_eq!(epochs, [0, 1, 1, 2]);
    assert_eq!(records[3].stamp.boot, Some(0x2bbd_9a7b_b6b8_459c_8e34_c1e3_e60b_01c3));
    assert_eq!(events.len(), 2);
    assert_eq!((events[0].stamp.epoch, events[1].stamp.epoch), (1, 2));
    assert!(events.iter().all(|e| e.fact == Fact::Kernel(KernelNote::BootMarker)));

    let (records, _) = frame("[  900.000000] a\n[  897.000000] b\n[    2.000000] c\n");
    assert_eq!(records.iter().map(|r| r.stamp.epoch).collect::<Vec<_>>(), [0, 0, 1]);
}

#[test]
fn pstore_parts_are_one_boot() {
    let text = "Panic#1 Part1\n<4>[  900.000000] a\nPanic#1 Part2\n<4>[  100.000000] b\n====1763890000.123456-C\n<4>[  101.000000] c\n";
    let (records, kind) = frame(text);
    let parts = ["Panic#1 Part1", "a", "Panic#1 Part2", "b", "====1763890000.123456-C", "c"];
    assert_eq!((kind, texts(&records)), ("dmesg-raw", parts.to_vec()));
    assert!(records.iter().all(|r| r.stamp.epoch == 0));
}

#[test]
fn hidden_texts_are_told() {
    let (_, _, events) =
        frame_bytes(b"Nov 23 09:00:00 h kernel: [35B blob data]\nNov 23 09:00:00 h x[1]: [35B blob data]\n");
    assert_eq!(events.len(), 1);
}

#[test]
fn long_records_are_cut() {
    let mut text = b"[    1.000000] a\n".to_vec();
    for _ in 0..200 {
        text.extend_from_slice(&[b' '; 15]);
        text.extend_from_slice(&[b'x'; 1000]);
        text.push(b'\n');
    }
    let (records, ..) = frame_bytes(&text);
    assert_eq!(records.len(), 1);
    assert!(records[0].message.len() <= 64 * 1024 && records[0].message.len() > 60 * 1024);
}

/// Reads from every place as the scan does: from the record's start until the record is out. The record must be the one that
/// reading everything gives.
fn same_from_everywhere(text: &[u8]) {
    let (all, ..) = frame_bytes(text);
    for pos in 0..text.len() {
        let start = record_start(text, pos);
        assert!(start <= pos && (start == 0 || text[start - 1] == b'\n'));
        let Some(expected) = all.iter().rev().find(|record| record.offset as usize <= pos) else { continue };
        let mut framer = Framer::new(SourceId(3));
        let mut records = Vec::new();
        push_all(&mut framer, text, start, &mut records);
        framer.flush(&mut |record| records.push(got(record)));
        let first = records.iter().find(|record| record.offset == expected.offset);
        let message = |record: &Got| (record.message.clone(), record.line, record.stamp.wall, record.stamp.uptime_us);
        assert_eq!(first.map(message), Some(message(expected)), "byte {pos}");
    }
}

#[test]
fn reading_may_begin_anywhere() {
    same_from_everywhere(EXPORT);
    same_from_everywhere(VERBOSE.as_bytes());
    same_from_everywhere(PRETTY.as_bytes());
    same_from_everywhere(DMESG_JSON);
    let indented =
        indented("[  367.498059] ", 15) + "[  367.500000] Node 0\n" + &indented("Nov 23 09:59:16 w kernel: ", 26);
    same_from_everywhere(indented.as_bytes());
    same_from_everywhere(b"6,1,1,-;a\n SUBSYSTEM=pci\n6,2,2,-;b\n");
    same_from_everywhere(
        b"2026-11-23T10:00:00.1Z stdout P a\n2026-11-23T10:00:01.1Z stdout P b\n2026-11-23T10:00:02.1Z stdout F c\n",
    );
    same_from_everywhere(b"[    1.000000] Killed process 7 (a\nb, c) total-vm:1kB\nx\ny\n[    1.000000] z\n");
    same_from_everywhere(b"\n\n\n");
}

/// What `in_block` says after each line.
fn asked(text: &str) -> Vec<bool> {
    let mut framer = Framer::new(SourceId(0));
    let mut offset = 0;
    let ask = |line: &str| {
        framer.push(line.as_bytes(), 1, offset, &mut |_| {});
        offset += line.len() as u64 + 1;
        framer.in_block()
    };
    text.lines().map(ask).collect()
}

#[test]
fn a_record_asks_for_its_lines_and_no_more() {
    assert_eq!(asked(VERBOSE), [false, true, true, true, true, true, true, true, true, false, true, true]);
    assert_eq!(asked(&(indented("[  367.498059] ", 15) + "[  367.500000] x")), [false, true, true, false]);
    assert_eq!(asked("2026-11-23T10:00:00.1Z stdout P a\n2026-11-23T10:00:00.1Z stdout F b"), [true, false]);
    assert_eq!(asked(PRETTY).iter().filter(|asked| !**asked).count(), 4);
}

#[test]
fn what_is_quoted_or_indented_as_a_whole_is_read() {
    for prefix in ["> ", ">>> ", "> > ", "&gt; ", "&gt;&gt; ", "    ", "\t", "kernel: ", "    kernel: "] {
        let text = format!("{prefix}[  367.498059] usb 1-1: new device\n");
        let (records, _) = frame(&text);
        assert_eq!(texts(&records), ["usb 1-1: new device"], "{prefix}");
        assert_eq!((records[0].stamp.uptime_us, records[0].transport), (Some(367_498_059), Transport::Kernel));
    }
    let syslog = frame("> Nov 23 09:59:16 worker-17 sshd[812]: Accepted publickey\n").0;
    assert_eq!((syslog[0].host.as_deref(), syslog[0].pid), (Some("worker-17"), Some(812)));
    let marks = ">\t".repeat(15_000) + "x";
    assert_eq!(frame(&marks).0.len(), 1, "no mark in a mark in a mark");
    for words in ["> Kernel panic - not syncing: Out of memory", "    at org.example.Main.run(Main.java:17)"] {
        let (records, kind) = frame(words);
        assert_eq!((texts(&records), kind), (vec![words], "plain"));
    }
}

#[test]
fn what_grep_found_in_files_is_read() {
    let prefixes =
        ["/var/log/messages.1:", "var/log/kern.log:812:", "./kern.log.2:", "812:", "kern.log.2.gz:", "node-3: "];
    for prefix in prefixes.into_iter().chain(["812-", "messages-20261123-", "/var/log/kern.log-812-"]) {
        let text = format!("{prefix}Nov 23 09:59:16 worker-17 kernel: [  367.498059] usb 1-1: new device\n");
        let records = frame(&text).0;
        assert_eq!((texts(&records), records[0].host.as_deref()), (vec!["usb 1-1: new device"], Some("worker-17")));
    }
    let nested = "A/b:".repeat(15_000);
    assert_eq!(texts(&frame(&nested).0), [nested.as_str()]);
    let around = frame("812-[  367.498059] usb 1-1: new device\n").0;
    assert_eq!((texts(&around), around[0].stamp.uptime_us), (vec!["usb 1-1: new device"], Some(367_498_059)));
    let marks = "a-".repeat(15_000);
    assert_eq!(texts(&frame(&marks).0), [marks.as_str()]);
    for words in ["re-[  367.498059] said he", "well-Nov 23 09:59:16 it was"] {
        assert_eq!(texts(&frame(words).0), [words]);
    }
    for words in ["https://example.org/a:Nov is a month", "a/b:c", "/usr/bin/x: Nov 23 09:59:16 went by"] {
        assert_eq!(texts(&frame(words).0), [words]);
    }
}

#[test]
fn lines_that_a_mail_broke_are_joined() {
    let text = "> [  367.498059] Out of memory: Killed process 7 (a) total-vm:\n> 9kB, anon-rss:8kB,\n>   file-rss:0kB, shmem-rss:0kB\n> That was it.\n";
    let (records, _) = frame(text);
    let whole = "Out of memory: Killed process 7 (a) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB";
    assert_eq!(texts(&records), [whole, "> That was it."]);
    let wrapped =
        "[  367.498059] a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL),\n order=0, oom_score_adj=0\nlogin: \n";
    assert_eq!(
        texts(&frame(wrapped).0),
        ["a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0", "login: "]
    );
}

#[test]
fn samsungs_kernels_name_the_process() {
    let (records, kind) = frame("<4>[ 6207.637632]  [3:  Binder:9343_3:22875] a: page allocation failure: order:0\n");
    assert_eq!((texts(&records), kind), (vec!["a: page allocation failure: order:0"], "dmesg-raw"));
    assert_eq!(texts(&frame("[  156.701551] [4:        kswapd0: 1209] x\n").0), ["x"]);
    assert_eq!(texts(&frame("[  156.701551] [4: x] y\n").0), ["[4: x] y"]);
}

#[test]
fn quoted_lines_without_a_stamp_are_joined() {
    let text =
        "> Node 0 DMA\n> free:15004kB min:28kB\n&gt;&gt; Out of memory: kill\n> process 7 (ed) score 9 or a child\n";
    assert_eq!(
        texts(&frame(text).0),
        ["> Node 0 DMA free:15004kB min:28kB", "&gt;&gt; Out of memory: kill process 7 (ed) score 9 or a child"]
    );
}
