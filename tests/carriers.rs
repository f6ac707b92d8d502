//! The same four kills give the same facts, whatever carried the kernel's lines: every mode of `dmesg`, syslog and the journal,
//! consoles and other wrappings, compressed and archived. And all of them in one call are still four incidents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{carriers, entries, options, scan_paths};
use oomscan::report::{Cause, Incident, Limit, Memory, Process, Report, Trigger, Verdict, Victim};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const SAMPLES: &str = "samples/container-limit";
/// Unix microseconds of uptime 0 of the sample: its `dmesg -T` and `dmesg --time-format=iso` say so.
const BOOT_US: i64 = 1_795_426_158_000_000;

/// What no carrier may change.
#[derive(Debug, PartialEq)]
struct Facts {
    verdict: Verdict,
    cause: Cause,
    agent: Option<String>,
    trigger: Option<Box<Trigger>>,
    limit: Option<Box<Limit>>,
    victims: Vec<Victim>,
    memory: Option<Box<Memory>>,
    processes: Vec<Process>,
    containers: Vec<Option<String>>,
}

fn facts(incident: &Incident) -> Facts {
    // Times are compared apart: not every carrier has them.
    let victims = incident.victims.iter().cloned().map(|v| Victim { time: None, uptime_s: None, ..v }).collect();
    Facts {
        verdict: incident.verdict,
        cause: incident.cause,
        agent: incident.agent.clone(),
        trigger: incident.trigger.clone(),
        limit: incident.limit.clone(),
        victims,
        memory: incident.memory.clone(),
        processes: incident.processes.clone(),
        containers: incident.containers.iter().map(|c| c.id.clone()).collect(),
    }
}

/// Facts by the victim's pid; a carrier without times may give them in another order.
fn all_facts(report: &Report) -> Vec<Facts> {
    let mut all: Vec<Facts> = report.incidents.iter().map(facts).collect();
    all.sort_by_key(|f| f.victims.first().map(|v| v.pid));
    all
}

fn expected() -> Vec<Facts> {
    let expected = all_facts(&scan_paths(&[format!("{SAMPLES}/dmesg.txt")], &options()));
    let pids: Vec<u32> = expected.iter().flat_map(|f| &f.victims).map(|v| v.pid).collect();
    assert_eq!(pids, [12793, 12883, 13033, 13174]);
    let first = &expected[0];
    assert_eq!((first.verdict, first.cause), (Verdict::Memory, Cause::ContainerLimit));
    assert_eq!(first.limit.as_ref().unwrap().limit_bytes, Some(64 << 20));
    assert_eq!(first.victims[0].anon_rss_bytes, Some(65152 << 10));
    expected
}

/// The kill of each victim: pid, uptime in microseconds.
const KILLS: [(u32, u64); 4] =
    [(12793, 1_687_720_607), (12883, 1_689_642_580), (13033, 1_691_321_495), (13174, 1_693_179_330)];

/// Where a carrier has a time or an uptime, it is the right one.
fn check_times(name: &str, report: &Report) {
    for incident in &report.incidents {
        let (pid, uptime_us) = *KILLS.iter().find(|(pid, _)| *pid == incident.victims[0].pid).unwrap();
        if let Some(uptime) = incident.uptime_s {
            assert!((uptime - uptime_us as f64 / 1e6).abs() < 1e-6, "{name}: {pid} at uptime {uptime}");
        }
        if let Some(time) = &incident.time {
            let unix_us = chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp_micros();
            let off = unix_us - (BOOT_US + uptime_us as i64);
            assert!(off.abs() <= 1_000_000, "{name}: {pid} at {time}, {off} us off");
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The sample in every carrier that this test can write.
fn generated(folder: &Path) -> Vec<PathBuf> {
    let raw = fs::read_to_string(format!("{SAMPLES}/dmesg-r.txt")).unwrap();
    carriers(&entries(&raw, BOOT_US)).iter().map(|(name, bytes)| write(folder, name, bytes)).collect()
}

/// The sample as every mode of `dmesg` prints it, and `/dev/kmsg`.
fn recorded() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(SAMPLES).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 10);
    paths
}

#[test]
fn every_carrier_gives_the_same_facts() {
    let folder = tempfile::tempdir().unwrap();
    let expected = expected();
    for path in recorded().into_iter().chain(generated(folder.path())) {
        let name = path.display().to_string();
        let report = scan_paths(&[&path], &options());
        let found = all_facts(&report);
        assert_eq!(found.len(), expected.len(), "{name}: {:#?}", report.incidents);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{name}");
        }
        check_times(&name, &report);
        assert!(report.problems.is_empty(), "{name}: {:?}", report.problems);
    }
}

#[test]
fn every_golden_carrier_gives_the_same_facts() {
    let mut paths: Vec<PathBuf> = fs::read_dir("tests/fixtures/golden").unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.file_name().unwrap().to_str().unwrap().starts_with("22-carrier"));
    assert!(paths.len() >= 20);
    let expected = all_facts(&scan_paths(&["tests/fixtures/golden/22-carrier-dmesg.log"], &options()));
    assert_eq!(expected.len(), 1);
    for path in &paths {
        assert_eq!(all_facts(&scan_paths(&[path], &options())), expected, "{}", path.display());
    }
    let together = scan_paths(&paths, &options());
    assert_eq!(all_facts(&together), expected, "all in one call");
}

/// Packs bytes; the stream may hold several members, frames or streams.
/// A name and a compressor.
type Packer = (&'static str, fn(&[u8]) -> Vec<u8>);

fn packed() -> Vec<Packer> {
    let mut all: Vec<Packer> = vec![
        ("log.gz", |b| halves(b, gzip)),
        ("log.lz4", |b| {
            let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
            writer.write_all(b).unwrap();
            writer.finish().unwrap()
        }),
        ("logs.tar", |b| tar(b)),
        ("logs.tar.gz", |b| gzip(&tar(b))),
        ("logs.zip", zip),
        ("log.gz.gz", |b| gzip(&gzip(b))),
    ];
    #[cfg(feature = "native-codecs")]
    all.extend([
        ("log.zst", (|b| halves(b, |b| zstd::encode_all(b, 3).unwrap())) as fn(&[u8]) -> Vec<u8>),
        ("log.xz", |b| halves(b, xz)),
        ("log.bz2", |b| halves(b, bzip2)),
    ]);
    all
}

/// Two members one after the other, cut in the middle of a line.
fn halves(bytes: &[u8], pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    [pack(first), pack(second)].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[cfg(feature = "native-codecs")]
fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 6);
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[cfg(feature = "native-codecs")]
fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn tar(bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, "bundle/var/log/dmesg", bytes).unwrap();
    builder.into_inner().unwrap()
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("bundle/var/log/dmesg", options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn packed_logs_give_the_same_facts() {
    let folder = tempfile::tempdir().unwrap();
    let expected = expected();
    let log = fs::read(format!("{SAMPLES}/dmesg.txt")).unwrap();
    for (name, pack) in packed() {
        let path = write(folder.path(), name, &pack(&log));
        let report = scan_paths(&[&path], &options());
        assert_eq!(all_facts(&report), expected, "{name}");
        check_times(name, &report);
        assert_eq!(report.summary.bytes, log.len() as u64, "{name}");
        assert!(report.problems.is_empty(), "{name}: {:?}", report.problems);
    }
}

#[test]
fn pstore_parts_cut_within_a_dump_lose_no_victim() {
    let folder = tempfile::tempdir().unwrap();
    let raw = fs::read_to_string(format!("{SAMPLES}/dmesg-r.txt")).unwrap();
    let lines: Vec<&str> = raw.lines().collect();
    for size in [37, 50, 119] {
        let parts: Vec<&[&str]> = lines.rchunks(size).collect();
        let part = |(n, part): (usize, &&[&str])| format!("Panic#1 Part{}\n{}\n", n + 1, part.join("\n"));
        let text: String = parts.iter().enumerate().map(part).collect();
        let path = write(folder.path(), &format!("dmesg-efi-{size}"), text.as_bytes());
        let report = scan_paths(&[&path], &options());
        let mut found: Vec<(u32, Option<u64>)> =
            report.incidents.iter().flat_map(|i| &i.victims).map(|v| (v.pid, v.anon_rss_bytes)).collect();
        found.sort_unstable();
        let expected: Vec<_> = expected().iter().map(|f| (f.victims[0].pid, f.victims[0].anon_rss_bytes)).collect();
        let shown: Vec<String> = report.incidents.iter().map(show).collect();
        assert_eq!(found, expected, "parts of {size} lines: {shown:#?}");
        assert_eq!(report.incidents.len(), expected.len(), "parts of {size} lines: {shown:#?}");
        check_times("pstore", &report);
    }
}

/// Who was killed when, and which sources say so.
fn show(incident: &Incident) -> String {
    let sources: BTreeSet<&str> = incident.evidence.iter().map(|e| e.source.rsplit('/').next().unwrap()).collect();
    let pids: Vec<u32> = incident.victims.iter().map(|v| v.pid).collect();
    format!("{pids:?} on {} at {:?} up {:?}: {sources:?}", incident.node, incident.time, incident.uptime_s)
}

#[test]
fn all_carriers_in_one_call_are_the_same_incidents() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = recorded();
    paths.extend(generated(folder.path()));
    let log = fs::read(format!("{SAMPLES}/dmesg.txt")).unwrap();
    paths.extend(packed().iter().map(|(name, pack)| write(folder.path(), name, &pack(&log))));
    let report = scan_paths(&paths, &options());
    let found = all_facts(&report);
    let shown: Vec<String> = report.incidents.iter().map(show).collect();
    assert_eq!(found.len(), 4, "{shown:#?}");
    assert_eq!(found, expected());
    check_times("all", &report);
    for incident in &report.incidents {
        assert_eq!(incident.count, 1);
        let proofs: BTreeSet<&str> = incident.evidence.iter().map(|e| e.source.split('!').next().unwrap()).collect();
        let missing: Vec<&PathBuf> = paths.iter().filter(|p| !proofs.contains(p.to_str().unwrap())).collect();
        assert!(missing.is_empty(), "{} is not proven by {missing:?}", incident.summary);
    }
}
