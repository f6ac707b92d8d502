//! One line of every carrier, and lines that look like another carrier.

use super::*;
use crate::event::Wall;

/// A record that borrows nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Got {
    pub(super) line: Option<u64>,
    pub(super) offset: u64,
    pub(super) raw: String,
    pub(super) stamp: Stamp,
    pub(super) host: Option<String>,
    pub(super) ident: Option<String>,
    pub(super) pid: Option<u32>,
    pub(super) unit: Option<String>,
    pub(super) level: Option<u8>,
    pub(super) transport: Transport,
    pub(super) message: Vec<u8>,
}

impl Got {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.message).unwrap()
    }
}

/// Copies a record.
pub(super) fn got(record: &Record<'_>) -> Got {
    Got {
        line: record.line,
        offset: record.offset,
        raw: String::from_utf8_lossy(&record.raw).into_owned(),
        stamp: record.stamp,
        host: record.host.as_deref().map(str::to_owned),
        ident: record.ident.as_deref().map(str::to_owned),
        pid: record.pid,
        unit: record.unit.as_deref().map(str::to_owned),
        level: record.level,
        transport: record.transport,
        message: record.message.to_vec(),
    }
}

/// Frames a text from a byte on, with true numbers and offsets.
pub(super) fn push_all(framer: &mut Framer, text: &[u8], from: usize, out: &mut Vec<Got>) {
    let mut offset = from;
    let before = text[..from].iter().filter(|c| **c == b'\n').count() as u64;
    for (i, line) in text[from..].split(|c| *c == b'\n').enumerate() {
        if offset < text.len() {
            framer.push(line, before + i as u64 + 1, offset as u64, &mut |record| out.push(got(record)));
        }
        offset += line.len() + 1;
    }
}

/// Frames a whole text: records, the carrier's name, the events.
pub(super) fn frame_bytes(text: &[u8]) -> (Vec<Got>, &'static str, Vec<Event>) {
    let mut framer = Framer::new(SourceId(3));
    let mut out = Vec::new();
    push_all(&mut framer, text, 0, &mut out);
    framer.flush(&mut |record| out.push(got(record)));
    (out, framer.kind(), framer.take_events())
}

/// Frames a text.
pub(super) fn frame(text: &str) -> (Vec<Got>, &'static str) {
    let (records, kind, _) = frame_bytes(text.as_bytes());
    (records, kind)
}

/// The one record of one line.
fn one(line: &str) -> (Got, &'static str) {
    let (mut records, kind) = frame(line);
    assert_eq!(records.len(), 1, "{line}");
    let record = records.remove(0);
    assert_eq!((record.line, record.offset), (Some(1), 0));
    (record, kind)
}

fn civil(year: Option<i32>, month: u8, day: u8, second: u32, micros: u32) -> Option<Wall> {
    Some(Wall::Civil { year, month, day, second, micros, offset_s: None })
}

fn instant(unix_us: i64, offset_s: i32) -> Option<Wall> {
    Some(Wall::Instant { unix_us, offset_s })
}

const KILL: &str = "Memory cgroup out of memory: Killed process 1715 (wörker (a) [b]) total-vm:101572kB, anon-rss:64668kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:184kB oom_score_adj:0";

/// Prefix, carrier, uptime, wall time, severity.
type Case = (&'static str, &'static str, Option<u64>, Option<Wall>, Option<u8>);

#[test]
fn every_carrier_gives_the_same_kernel_text() {
    let uptime = Some(334_430_942);
    let wall_us = 1_795_429_361_430_942;
    let cases: &[Case] = &[
        ("[  334.430942] ", "dmesg", uptime, None, None),
        ("[  334.430942][ T1715] ", "dmesg", uptime, None, None),
        ("[  334.430942] [ T1715] ", "dmesg", uptime, None, None),
        ("[  334.430942][    C0] ", "dmesg", uptime, None, None),
        ("[  334.430942]@0 ", "dmesg", uptime, None, None),
        ("[  334.430942] (2)[1234:kworker/2:1]", "dmesg", uptime, None, None),
        ("[  334.430942] c0   1234 ", "dmesg", uptime, None, None),
        ("[Mon Nov 23 10:22:41 2026] ", "dmesg-ctime", None, civil(Some(2026), 11, 23, 37_361, 0), None),
        ("[Mon Nov 23 10:22:41 2026 <    0.001415>] ", "dmesg-ctime", None, civil(Some(2026), 11, 23, 37_361, 0), None),
        ("[Mo Nov 23 10:22:41 2026] ", "dmesg-ctime", None, civil(Some(2026), 11, 23, 37_361, 0), None),
        ("[lun. 23 nov. 10:22:41 2026] ", "dmesg-ctime", None, civil(Some(2026), 11, 23, 37_361, 0), None),
        ("kern  :err   : [  334.430942] ", "dmesg", uptime, None, Some(3)),
        (
            "kern  :err   : [Mon Nov 23 10:22:41 2026] ",
            "dmesg-ctime",
            None,
            civil(Some(2026), 11, 23, 37_361, 0),
            Some(3),
        ),
        ("kern  :err   : 2026-11-23T10:22:41,430942+00:00 ", "dmesg-iso", None, instant(wall_us, 0), Some(3)),
        ("kern  :err   : ", "dmesg-decoded", None, None, Some(3)),
        ("<3>[  334.430942] ", "dmesg-raw", uptime, None, Some(3)),
        ("<3>", "dmesg-raw", None, None, Some(3)),
        ("[  334.430942 <    0.001415>] ", "dmesg", uptime, None, None),
        ("[  +0.001415] ", "dmesg-delta", None, None, None),
        ("[ +20.505711] ", "dmesg-delta", None, None, None),
        ("[<    0.001415>] ", "dmesg-delta", None, None, None),
        ("[Nov23 10:22] ", "dmesg-delta", None, civil(None, 11, 23, 37_320, 0), None),
        ("2026-11-23T10:22:41,430942+00:00 ", "dmesg-iso", None, instant(wall_us, 0), None),
        ("\x1b[32m[  334.430942] \x1b[0m\x1b[33m", "dmesg", uptime, None, None),
        ("3,1410,334430942,-;", "kmsg", uptime, None, Some(3)),
        ("3,1410,334430942,-,caller=T1715;", "kmsg", uptime, None, Some(3)),
        ("Nov 23 10:22:41 node-b1 kernel: [  334.430942] ", "syslog", uptime, civil(None, 11, 23, 37_361, 0), None),
        ("Nov 23 10:22:41 node-b1 kernel:  [  334.430942] ", "syslog", uptime, civil(None, 11, 23, 37_361, 0), None),
        ("Nov 23 10:22:41 node-b1 kernel: : [  334.430942] ", "syslog", uptime, civil(None, 11, 23, 37_361, 0), None),
        ("Nov 23 10:22:41 node-b1 kernel:[  334.430942] ", "syslog", uptime, civil(None, 11, 23, 37_361, 0), None),
        ("Nov 23 10:22:41 node-b1 kernel: ", "syslog", None, civil(None, 11, 23, 37_361, 0), None),
        ("Nov 23 10:22:41 node-b1 [  334.430942] ", "syslog", uptime, civil(None, 11, 23, 37_361, 0), None),
        (
            "<3>Nov 23 10:22:41 node-b1 kernel: [  334.430942] ",
            "syslog",
            uptime,
            civil(None, 11, 23, 37_361, 0),
            Some(3),
        ),
        ("Nov 23 2026 10:22:41 node-b1 kernel: ", "syslog", None, civil(Some(2026), 11, 23, 37_361, 0), None),
        (
            "Mon Nov 23 10:22:41 2026 kern.err kernel: [  334.430942] ",
            "syslog",
            uptime,
            civil(Some(2026), 11, 23, 37_361, 0),
            Some(3),
        ),
        (
            "Nov 23 10:22:41 node-b1 kern.err kernel: [  334.430942] ",
            "syslog",
            uptime,
            civil(None, 11, 23, 37_361, 0),
            Some(3),
        ),
        (
            "2026-11-23T10:22:41.430942+00:00 node-b1 kernel: [  334.430942] ",
            "syslog-iso",
            uptime,
            instant(wall_us, 0),
            None,
        ),
        (
            "<3>1 2026-11-23T10:22:41.430942+00:00 node-b1 kernel - - - [  334.430942] ",
            "syslog-5424",
            uptime,
            instant(wall_us, 0),
            Some(3),
        ),
        (
            "<3>1 2026-11-23T10:22:41.430942+00:00 node-b1 kernel - - -  [  334.430942] ",
            "syslog-5424",
            uptime,
            instant(wall_us, 0),
            Some(3),
        ),
        (
            "<3>1 2026-11-23T18:22:41.430942+08:00 node-b1 kernel - - [a b=\"\\]\"][c] [  334.430942] ",
            "syslog-5424",
            uptime,
            instant(wall_us, 28_800),
            Some(3),
        ),
        ("Nov 23 10:22:41.430942 node-b1 kernel: ", "journal-short", None, civil(None, 11, 23, 37_361, 430_942), None),
        ("2026-11-23T10:22:41+0000 node-b1 kernel: ", "journal-short", None, instant(1_795_429_361_000_000, 0), None),
        ("2026-11-23T10:22:41.430942+0000 node-b1 kernel: ", "syslog-iso", None, instant(wall_us, 0), None),
        (
            "Mon 2026-11-23 10:22:41 UTC node-b1 kernel: ",
            "journal-short",
            None,
            instant(1_795_429_361_000_000, 0),
            None,
        ),
        (
            "Mon 2026-11-23 10:22:41 CST node-b1 kernel: ",
            "journal-short",
            None,
            civil(Some(2026), 11, 23, 37_361, 0),
            None,
        ),
        (
            "Mon 2026-11-23 10:22:41 -03 node-b1 kernel: ",
            "journal-short",
            None,
            instant(1_795_440_161_000_000, -10_800),
            None,
        ),
        ("[  334.430942] node-b1 kernel: ", "journal-short", uptime, None, None),
        ("[  334.430942 <    0.000092 >] node-b1 kernel: ", "journal-short", uptime, None, None),
        ("[  334.430942                ] node-b1 kernel: ", "journal-short", uptime, None, None),
        ("[  334.430942] kernel: ", "journal-short", uptime, None, None),
        ("1795429361.430942 node-b1 kernel: ", "journal-short", None, instant(wall_us, 0), None),
        (
            "2026-11-23T10:22:41.430942Z In(05) vcpu-5 - Guest: <3>[  334.430942] ",
            "vmware",
            uptime,
            instant(wall_us, 0),
            Some(3),
        ),
        (
            "2026-11-23T10:22:41.430942Z| vcpu-0| I125: Guest: <3>[  334.430942] ",
            "vmware",
            uptime,
            instant(wall_us, 0),
            Some(3),
        ),
        ("kern: err: [2026-11-23T10:22:41.430942Z]: ", "talos", None, instant(wall_us, 0), Some(3)),
        ("kern:     err: [2026-11-23T10:22:41.430942Z]: ", "talos", None, instant(wall_us, 0), Some(3)),
        ("10.5.0.2: kern: err: [2026-11-23T10:22:41.430942Z]: ", "talos", None, instant(wall_us, 0), Some(3)),
        ("2026-11-23T10:22:41.430942Z [  334.430942] ", "timestamped", uptime, instant(wall_us, 0), None),
        (
            "2026-11-23 10:22:41.430942 [  334.430942] ",
            "timestamped",
            uptime,
            civil(Some(2026), 11, 23, 37_361, 430_942),
            None,
        ),
    ];
    for (prefix, kind, uptime, wall, level) in cases {
        let (record, found) = one(&format!("{prefix}{KILL}"));
        assert_eq!(record.text(), KILL, "{prefix}");
        assert_eq!(found, *kind, "{prefix}");
        assert_eq!(record.transport, Transport::Kernel, "{prefix}");
        assert_eq!((record.stamp.uptime_us, record.stamp.wall), (*uptime, *wall), "{prefix}");
        assert_eq!(record.level, *level, "{prefix}");
        let names_host = prefix.contains("node-b1");
        assert_eq!(record.host.as_deref(), names_host.then_some("node-b1"), "{prefix}");
    }
}

#[test]
fn a_date_in_an_unknown_language_is_still_a_carrier() {
    let (record, kind) = one("[Isnin Ogoss 12 03:54:03 2025] Mem-Info:");
    assert_eq!((record.text(), kind, record.stamp.wall), ("Mem-Info:", "dmesg-ctime", None));
}

#[test]
fn never_more_than_one_carrier() {
    let names = [
        (
            "[  334.430942] [    1.2] ] x invoked oom-killer: gfp_mask=0xcc0",
            "[    1.2] ] x invoked oom-killer: gfp_mask=0xcc0",
        ),
        ("[  334.430942] [    1.234567] invoked oom-killer", "[    1.234567] invoked oom-killer"),
        ("[Mon Nov 23 10:22:41 2026] [    1.234567] T", "[    1.234567] T"),
        ("3,1,2,-;[    1.234567] T", "[    1.234567] T"),
        ("Nov 23 10:22:41 h kernel: [  334.430942] [    1.234567] T", "[    1.234567] T"),
        ("[  334.430942] Nov 23 10:22:41 h kernel: T", "Nov 23 10:22:41 h kernel: T"),
        (
            "[  334.430942] [  392]     0   392    16941    16275   167936        0           985 payments-api",
            "[  392]     0   392    16941    16275   167936        0           985 payments-api",
        ),
    ];
    for (line, text) in names {
        assert_eq!(one(line).0.text(), text);
    }
}

#[test]
fn dmesg_texts_that_look_like_a_journal() {
    for text in ["usb 1-1: new device", "x kernel x", "a systemd: b", "traps: php-fpm[12] general protection"] {
        let (record, kind) = one(&format!("[    1.500000] {text}"));
        assert_eq!((record.text(), kind, record.ident.as_deref()), (text, "dmesg", None));
    }
    let (record, _) = one("[   18.900000] node-b1 containerd[512]: time=x");
    assert_eq!(
        (record.ident.as_deref(), record.pid, record.transport),
        (Some("containerd"), Some(512), Transport::Program)
    );
}

#[test]
fn programs_in_the_ring_buffer() {
    for line in [
        "[    5.140900] systemd[1]: Inserted module 'autofs4'",
        "30,339,5140900,-;systemd[1]: Inserted module 'autofs4'",
        "daemon:info  : [    5.140900] systemd[1]: Inserted module 'autofs4'",
        "Nov 23 10:22:41 h kernel: [    5.140900] systemd[1]: Inserted module 'autofs4'",
    ] {
        let (record, _) = one(line);
        assert_eq!(record.text(), "Inserted module 'autofs4'");
        assert_eq!(
            (record.ident.as_deref(), record.pid, record.transport),
            (Some("systemd"), Some(1), Transport::Program)
        );
    }
    let (record, _) = one("[    5.140900] systemd[1]: segfault at 0 ip 0 sp 0 error 4");
    assert_eq!((record.transport, record.ident), (Transport::Kernel, None));
    assert_eq!(one("[    5.140900] java[12]: segfault at 0").0.text(), "java[12]: segfault at 0");
}

#[test]
fn programs_in_syslog() {
    let (record, kind) = one("Nov  3 09:31:00 db-02 systemd[1]: ledger.service: Failed with result 'oom-kill'.");
    assert_eq!(kind, "syslog");
    assert_eq!((record.ident.as_deref(), record.pid), (Some("systemd"), Some(1)));
    assert_eq!(
        (record.text(), record.transport),
        ("ledger.service: Failed with result 'oom-kill'.", Transport::Program)
    );
    assert_eq!(record.stamp.wall, civil(None, 11, 3, 34_260, 0));

    let (record, _) = one("<30>1 2026-11-23T10:22:41Z db-02 dockerd 512 - [x@1 a=\"b\"] \u{feff}level=info");
    assert_eq!((record.ident.as_deref(), record.pid, record.level), (Some("dockerd"), Some(512), Some(6)));
    assert_eq!(record.text(), "level=info");

    let (record, _) = one("août 12 09:00:00 h kernel: x");
    assert_eq!((record.stamp.wall, record.text()), (civil(None, 8, 12, 32_400, 0), "x"));

    let (record, _) = one("Nov 23 09:31:00 h last message repeated 3 times");
    assert_eq!((record.ident, record.transport), (None, Transport::Unknown));
}

#[test]
fn escapes_of_syslog_files() {
    let (record, _) = one("Nov 23 10:22:41 h kernel: active_anon:1#012 active_file:2 Not tainted #177-Ubuntu");
    assert_eq!(record.text(), "active_anon:1\n active_file:2 Not tainted #177-Ubuntu");
    assert_eq!(one("[    1.000000] #012 stays").0.text(), "#012 stays");
    assert_eq!(one(r"6,1,2,-;a\x0ab \x5cx41").0.text(), "a\nb \\x41");
}

#[test]
fn repeated_messages_are_unwrapped() {
    let (record, _) = one("Nov 23 10:22:41 h kernel: message repeated 3 times: [ [  334.430942] Killed process 1 (a)]");
    assert_eq!((record.text(), record.stamp.uptime_us), ("Killed process 1 (a)", Some(334_430_942)));
    let (record, _) = one("Nov 23 10:22:41 h x[1]: message repeated 2 times: [ cut text");
    assert_eq!(record.text(), "cut text");
}

#[test]
fn container_envelopes() {
    let (record, kind) =
        one("2026-11-23T18:22:41.430942123+08:00 stderr F java.lang.OutOfMemoryError: Java heap space");
    assert_eq!((record.text(), kind), ("java.lang.OutOfMemoryError: Java heap space", "cri"));
    assert_eq!((record.stamp.wall, record.transport), (instant(1_795_429_361_430_942, 28_800), Transport::Program));

    let (record, kind) =
        one(r#"{"log":"2026-11-23 x [main]\tINFO\n","stream":"stdout","time":"2026-11-23T10:22:41.430942Z"}"#);
    assert_eq!((record.text(), kind), ("2026-11-23 x [main]\tINFO", "json-file"));
    assert_eq!(record.stamp.wall, instant(1_795_429_361_430_942, 0));

    let (record, kind) = one("2026-11-23T10:22:41.430942123Z app ERROR: no memory");
    assert_eq!((record.text(), kind, record.transport), ("app ERROR: no memory", "timestamped", Transport::Unknown));
    // Three digits of a fraction are possible in both; the tag decides.
    assert_eq!(one("2026-11-23T10:22:41.430Z app ERROR: no memory").0.text(), "app ERROR: no memory");

    let (record, _) = one("2026-11-23T10:22:41.430942123Z stdout F [  334.430942] T");
    assert_eq!((record.text(), record.transport), ("T", Transport::Unknown));

    let (record, _) = one("[pod/web-0/app] 2026-11-23T10:22:41.430942123Z out of memory");
    assert_eq!((record.text(), record.stamp.wall), ("out of memory", instant(1_795_429_361_430_942, 0)));
    assert_eq!(one("[pod/web-0/app] out of memory").0.text(), "out of memory");
    assert_eq!(one("web-1  | 2026-11-23T10:22:41.430942123Z x").0.text(), "x");
    assert_eq!(one("a | b").0.text(), "a | b");
}

#[test]
fn events_of_container_tools() {
    let (record, _) = one("2026-11-23 10:50:58.92193786 +0000 UTC k8s.io /tasks/oom {\"container_id\":\"297e\"}");
    assert_eq!(record.text(), "k8s.io /tasks/oom {\"container_id\":\"297e\"}");
    let (record, _) = one("2026-11-23 10:50:58.92193786 +0000 UTC m=+2.02 container died 29");
    assert_eq!(record.text(), "container died 29");
    let (record, _) = one("2026-11-23 10:50:58 +0000 ERROR x");
    assert_eq!(record.text(), "ERROR x");
    let (record, _) = one("2026-11-23 10:50:58,123: killed");
    assert_eq!(record.text(), "killed");
}

#[test]
fn programs_own_lines_stay_whole() {
    let klog = "I1123 12:35:46.013893     534 flags.go:59] FLAG: --address=\"0.0.0.0\"";
    let (record, kind) = one(klog);
    assert_eq!((record.text(), kind, record.level), (klog, "klog", Some(6)));
    assert_eq!(record.stamp.wall, civil(None, 11, 23, 45_346, 13_893));

    let logfmt = "time=\"2026-11-23T10:22:41.430942123Z\" level=info msg=\"TaskOOM event\"";
    let (record, kind) = one(logfmt);
    assert_eq!((record.text(), kind, record.transport), (logfmt, "logfmt", Transport::Program));
    assert_eq!(record.stamp.wall, instant(1_795_429_361_430_942, 0));
    let crio = "time=\"2026-11-23 18:22:41.430942786+08:00\" level=info";
    assert_eq!(one(crio).0.stamp.wall, instant(1_795_429_361_430_942, 28_800));
    assert_eq!(one("INFO[2026-11-23T10:22:41Z] shim reaped   id=1").1, "logfmt");
    assert_eq!(one("INFO[0003] shim reaped").1, "logfmt");
    assert_eq!(one("time flies").1, "plain");

    let json = r#"{"ts":1795432356863.339,"caller":"x.go:1","msg":"Got sys oom event: &{870 java / / }\n","v":1}"#;
    let (record, kind) = one(json);
    assert_eq!((record.text(), kind), (json, "json-lines"));
    assert_eq!(record.stamp.wall, instant(1_795_432_356_863_339, 0));
}

#[test]
fn android() {
    let (record, kind) = one("11-23 10:22:41.123   540   541 I lowmemorykiller: Kill 'com.x' (1234), uid 10123");
    assert_eq!((record.text(), kind), ("Kill 'com.x' (1234), uid 10123", "logcat"));
    assert_eq!((record.ident.as_deref(), record.pid, record.level), (Some("lowmemorykiller"), Some(540), Some(6)));
    assert_eq!(record.stamp.wall, civil(None, 11, 23, 37_361, 123_000));
}

#[test]
fn lines_that_the_console_dropped() {
    let (records, kind, events) =
        frame_bytes(b"** 17 printk messages dropped ** [    1.000000] a\n** 3 printk messages dropped **\r\n");
    assert_eq!((records.len(), records[0].text(), kind), (1, "a", "dmesg"));
    let counts: Vec<_> = events.iter().map(|event| event.fact.clone()).collect();
    assert!(matches!(
        &counts[..],
        [Fact::Kernel(KernelNote::Lost { count: Some(17), .. }), Fact::Kernel(KernelNote::Lost { count: Some(3), .. })]
    ));
}

#[test]
fn bare_lines() {
    for line in [
        "Killed process 1012 (heapster) total-vm:327128kB",
        "-- x",
        "=== x",
        "[not a bracket",
        "<x>",
        "1 2 3",
        "é",
        "{x",
    ] {
        let (record, kind) = one(line);
        assert_eq!((record.text(), kind, record.transport), (line, "plain", Transport::Unknown));
    }
    // Xorg's log has three digits after the point: it is no kernel.
    let (record, _) = one("[    12.345] (II) Loading module");
    assert_eq!((record.transport, record.stamp.uptime_us), (Transport::Unknown, Some(12_345_000)));
}

#[test]
fn clocks_of_twelve_hours() {
    for (twelve, full) in [("08:14:02 PM", "20:14:02"), ("12:00:01 AM", "00:00:01"), ("12:30:00 PM", "12:30:00")] {
        let (record, _) = one(&format!("Nov 19 {twelve}  ==> Out of memory (used over 512Mi)"));
        let (known, _) = one(&format!("Nov 19 {full} web-1 app: x"));
        assert_eq!((record.host.as_deref(), record.stamp), (None, known.stamp), "{twelve}");
    }
    // Words of the text, not of the clock.
    let (record, _) = one("Nov 19 20:14:02 PM-7 kernel: x");
    assert_eq!(record.host.as_deref(), Some("PM-7"));
}

#[test]
fn hosts_and_line_ends() {
    let (records, kind) = frame("[    1.000000] a\r\n[    2.000000] b\r\n");
    assert_eq!(kind, "console");
    assert_eq!(records.iter().map(Got::text).collect::<Vec<_>>(), ["a", "b"]);
    let (records, _) = frame("\u{feff}[    1.000000] a\n");
    assert_eq!((records[0].text(), records[0].stamp.uptime_us), ("a", Some(1_000_000)));
}

#[test]
fn what_overflows_is_refused() {
    for line in [
        "[99999999999999999999.000000] x",
        "99999999999,1,2,-;x",
        "9999999999999999999.000000 h kernel: x",
        "<99999>x",
        "Nov 99 09:31:00 h kernel: x",
        "Nov 23 29:31:00 h kernel: x",
    ] {
        assert_eq!(one(line).0.text(), line);
    }
}

#[test]
fn applications_own_dates() {
    for (text, message) in [
        ("[2026-11-23T10:27:16.311] error: x", "error: x"),
        ("[2026-11-23 10:27:16 +0000] [1] [ERROR] y", "[1] [ERROR] y"),
        ("2026/11/23 10:27:16 [alert] 1#1: z", "[alert] 1#1: z"),
        ("2026/11/23 10:27:16.000123 z", "z"),
    ] {
        let mut out = Vec::new();
        let mut framer = Framer::new(SourceId(1));
        framer.push(text.as_bytes(), 1, 0, &mut |record| out.push(got(record)));
        framer.flush(&mut |record| out.push(got(record)));
        assert_eq!(out.len(), 1, "{text}");
        assert_eq!(out[0].text(), message, "{text}");
        assert!(out[0].stamp.wall.is_some(), "{text}");
    }
    for text in ["[2026-11-23T10:27:16.311 x", "2026/11/23/10 x", "2026/13/43 10:27:16 x"] {
        let mut out = Vec::new();
        let mut framer = Framer::new(SourceId(1));
        framer.push(text.as_bytes(), 1, 0, &mut |record| out.push(got(record)));
        framer.flush(&mut |record| out.push(got(record)));
        assert!(out[0].stamp.wall.is_none(), "{text}");
        assert_eq!(out[0].text(), text);
    }
}

#[test]
fn quoted_lines_of_a_log() {
    let bare = "Nov 23 10:22:41 mail-3 systemd[1]: relay.service: Failed with result 'oom-kill'.";
    for mark in ["    ", "\t", "> ", ">> ", "  > "] {
        let (record, kind) = one(&format!("{mark}{bare}"));
        assert_eq!(
            (kind, record.host.as_deref(), record.ident.as_deref()),
            ("syslog", Some("mail-3"), Some("systemd"))
        );
        assert_eq!(record.text(), "relay.service: Failed with result 'oom-kill'.");
    }
    // What names no host and no program may be anything that a program printed.
    for text in ["    Nov 23 10:22:41 the day it rained", "> 2026-11-23 10:22:41 started", "    [  334.43] audit: x"] {
        assert_eq!(one(text).1, "plain", "{text}");
    }
}

#[test]
fn a_colon_behind_the_time() {
    let (record, kind) = one("Nov 23 10:22:41: mem avail:    21 of   950 MiB");
    assert_eq!((kind, record.host.as_deref(), record.text()), ("syslog", None, "mem avail:    21 of   950 MiB"));
    let (record, _) = one("Nov 23 10:22:41: gw-1 kernel: x");
    assert_eq!((record.host.as_deref(), record.ident.as_deref()), (Some("gw-1"), Some("kernel")));
}

#[test]
fn applications_times_in_brackets() {
    let at = |micros| civil(Some(2026), 11, 23, 37_361, micros);
    let utc = Some(Wall::Civil { year: Some(2026), month: 11, day: 23, second: 37_361, micros: 0, offset_s: Some(0) });
    for (line, wall, text) in [
        ("[23-Nov-2026 10:22:41] WARNING: [pool shop] child 7 exited", at(0), "WARNING: [pool shop] child 7 exited"),
        ("26/11/23 10:22:41 WARN TaskSetManager: x", at(0), "WARN TaskSetManager: x"),
        ("[23-Nov-2026 10:22:41.25] NOTICE: x", at(250_000), "NOTICE: x"),
        ("[23-Nov-2026 10:22:41 UTC] PHP Fatal error:  x", utc, "PHP Fatal error:  x"),
        ("[23-Nov-2026 10:22:41 Europe/Rome] PHP Notice:  x", at(0), "PHP Notice:  x"),
        ("[2026-11-23 10:22:41,311: ERROR/MainProcess] Process x", at(311_000), "Process x"),
        ("[2026-11-23, 10:22:41 UTC] {job.py:7} INFO - x", instant(1_795_429_361_000_000, 0), "{job.py:7} INFO - x"),
        ("queue-1  | [2026-11-23 10:22:41,311: ERROR/MainProcess] x", at(311_000), "x"),
    ] {
        let (record, kind) = one(line);
        assert_eq!((kind, record.stamp.wall, record.text()), ("timestamped", wall, text), "{line}");
    }
    for line in
        ["[23-Nov-2026] x", "[23-Foo-2026 10:22:41] x", "[2026-11-23 10:22:41,311: cut", "[99-Nov-2026 10:22:41] x"]
    {
        assert_eq!(one(line).1, "plain", "{line}");
    }
}

#[test]
fn lambdas_reports_name_no_host() {
    let (record, kind) =
        one("2026-11-23T10:22:41.424Z REPORT RequestId: 0a1b Duration: 19266.38 ms Memory Size: 128 MB");
    assert_eq!((kind, record.host.as_deref(), record.ident.as_deref()), ("timestamped", None, None));
}

#[test]
fn the_time_of_redis() {
    for (line, year) in [
        ("17:M 23 Nov 2026 10:22:41.311 # Out Of Memory allocating 64 bytes!", Some(2026)),
        ("17:C 23 Nov 10:22:41.311 # Out Of Memory allocating 64 bytes!", None),
    ] {
        let (record, kind) = one(line);
        assert_eq!(
            (kind, record.pid, record.stamp.wall),
            ("timestamped", Some(17), civil(year, 11, 23, 37_361, 311_000))
        );
        assert_eq!(record.text(), "Out Of Memory allocating 64 bytes!");
    }
    assert_eq!(one("17:M 23 Nov 2026 tea").1, "plain");
}

#[test]
fn the_kernel_in_logs_of_fly() {
    let (record, _) = one(
        "2026-11-23T10:22:41Z app[4d89001c2f5e87] cdg [info][  334.430942] Out of memory: Killed process 7 (x) total-vm:1kB",
    );
    assert_eq!((record.transport, record.stamp.uptime_us), (Transport::Kernel, Some(334_430_942)));
    assert_eq!((record.host.as_deref(), record.text().starts_with("Out of memory")), (Some("4d89001c2f5e87"), true));
    let (record, _) = one("2026-11-23T10:22:41Z app[4d89001c2f5e87] cdg [info] INFO Starting clean up.");
    assert_eq!((record.transport, record.text()), (Transport::Unknown, "INFO Starting clean up."));
}
