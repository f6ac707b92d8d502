//! Kernel records, and how every carrier writes them.

#![allow(dead_code, reason = "every test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

pub(crate) mod recordings;

use oomscan::report::{Incident, Report};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// The node that all carriers name.
pub(crate) const HOST: &str = "node-7";
/// Its boot.
pub(crate) const BOOT: &str = "2bbd9a7bb6b8459c8e34c1e3e60b01c3";

/// A kernel record.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Microseconds since boot.
    pub(crate) uptime_us: u64,
    /// Unix microseconds.
    pub(crate) unix_us: i64,
    /// Syslog severity.
    pub(crate) level: u8,
    /// What the kernel printed.
    pub(crate) text: String,
}

/// Reads the output of `dmesg -r`. `boot_us`: Unix microseconds of uptime 0.
pub(crate) fn entries(dmesg_r: &str, boot_us: i64) -> Vec<Entry> {
    dmesg_r.lines().map(|line| entry(line, boot_us).unwrap()).collect()
}

fn entry(line: &str, boot_us: i64) -> Option<Entry> {
    let (level, rest) = line.strip_prefix('<')?.split_once(">[")?;
    let (uptime, text) = rest.split_once("] ")?;
    let (seconds, micros) = uptime.trim().split_once('.')?;
    let uptime_us = seconds.parse::<u64>().ok()? * 1_000_000 + micros.parse::<u64>().ok()?;
    let level = level.parse().ok()?;
    Some(Entry { uptime_us, unix_us: boot_us + uptime_us as i64, level, text: text.to_owned() })
}

impl Entry {
    fn uptime(&self) -> String {
        format!("{:5}.{:06}", self.uptime_us / 1_000_000, self.uptime_us % 1_000_000)
    }

    /// Formats its time with `chrono`.
    fn time(&self, format: &str) -> String {
        chrono::DateTime::from_timestamp_micros(self.unix_us).unwrap().format(format).to_string()
    }

    fn level_name(&self) -> &'static str {
        ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"][usize::from(self.level)]
    }

    /// The fields of its journal entry.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let monotonic = self.uptime_us + 812;
        vec![
            ("__CURSOR", format!("s=7a1;i={:x};b={BOOT};m={monotonic:x};t={:x};x=1", self.uptime_us, self.unix_us)),
            ("__REALTIME_TIMESTAMP", (self.unix_us + 812).to_string()),
            ("__MONOTONIC_TIMESTAMP", monotonic.to_string()),
            ("_BOOT_ID", BOOT.to_owned()),
            ("_SOURCE_MONOTONIC_TIMESTAMP", self.uptime_us.to_string()),
            ("_TRANSPORT", "kernel".to_owned()),
            ("SYSLOG_FACILITY", "0".to_owned()),
            ("SYSLOG_IDENTIFIER", "kernel".to_owned()),
            ("PRIORITY", self.level.to_string()),
            ("_HOSTNAME", HOST.to_owned()),
            ("MESSAGE", self.text.clone()),
        ]
    }

    fn json(&self, bytes: bool) -> serde_json::Value {
        let mut object = serde_json::Map::new();
        for (key, value) in self.fields() {
            let value = if bytes && key == "MESSAGE" { json!(value.as_bytes()) } else { json!(value) };
            object.insert(key.to_owned(), value);
        }
        object.into()
    }

    fn export(&self) -> String {
        let lines = self.fields().into_iter().map(|(key, value)| format!("{key}={value}\n"));
        lines.chain(["\n".to_owned()]).collect()
    }

    fn verbose(&self) -> String {
        let head = self.time("%a %Y-%m-%d %H:%M:%S%.6f UTC");
        let mut fields = self.fields();
        let (_, cursor) = fields.remove(0);
        let shown = fields.iter().filter(|(key, _)| !key.starts_with("__"));
        shown.fold(format!("{head} [{cursor}]\n"), |all, (key, value)| all + &format!("    {key}={value}\n"))
    }
}

/// One line for each record.
fn each(entries: &[Entry], line: impl Fn(&Entry) -> String) -> Vec<u8> {
    entries.iter().map(|e| line(e) + "\n").collect::<String>().into_bytes()
}

/// The same records in every text carrier: a name, and the bytes.
pub(crate) fn carriers(entries: &[Entry]) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = syslogs(entries);
    all.extend(journals(entries));
    all.extend(wrappers(entries));
    all
}

fn syslogs(entries: &[Entry]) -> Vec<(&'static str, Vec<u8>)> {
    let rfc3164 = |e: &Entry| format!("{} {HOST} kernel:", e.time("%b %e %H:%M:%S"));
    let iso = |e: &Entry| e.time("%Y-%m-%dT%H:%M:%S%.6f+00:00");
    vec![
        ("syslog", each(entries, |e| format!("{} [{}] {}", rfc3164(e), e.uptime(), e.text))),
        ("syslog-no-uptime", each(entries, |e| format!("{} {}", rfc3164(e), e.text))),
        ("syslog-iso", each(entries, |e| format!("{} {HOST} kernel: [{}] {}", iso(e), e.uptime(), e.text))),
        (
            "rfc5424",
            each(entries, |e| format!("<{}>1 {} {HOST} kernel - - -  [{}] {}", e.level, iso(e), e.uptime(), e.text)),
        ),
    ]
}

fn journals(entries: &[Entry]) -> Vec<(&'static str, Vec<u8>)> {
    let short = |format: &'static str| each(entries, |e| format!("{} {HOST} kernel: {}", e.time(format), e.text));
    let object = |e: &Entry| serde_json::to_string(&e.json(false)).unwrap();
    vec![
        ("journal-short", short("%b %d %H:%M:%S")),
        ("journal-short-precise", short("%b %d %H:%M:%S%.6f")),
        ("journal-short-iso", short("%Y-%m-%dT%H:%M:%S+0000")),
        ("journal-short-iso-precise", short("%Y-%m-%dT%H:%M:%S%.6f+0000")),
        ("journal-short-full", short("%a %Y-%m-%d %H:%M:%S UTC")),
        ("journal-short-unix", short("%s%.6f")),
        ("journal-short-monotonic", each(entries, |e| format!("[{}] {HOST} kernel: {}", e.uptime(), e.text))),
        ("journal-cat", each(entries, |e| e.text.clone())),
        ("journal-json", each(entries, object)),
        ("journal-json-bytes", each(entries, |e| serde_json::to_string(&e.json(true)).unwrap())),
        ("journal-json-pretty", each(entries, |e| serde_json::to_string_pretty(&e.json(false)).unwrap())),
        ("journal-json-sse", each(entries, |e| format!("data: {}\n", object(e)))),
        ("journal-json-seq", each(entries, |e| format!("\u{1e}{}", object(e)))),
        ("journal-export", entries.iter().map(Entry::export).collect::<String>().into_bytes()),
        ("journal-verbose", entries.iter().map(Entry::verbose).collect::<String>().into_bytes()),
    ]
}

fn wrappers(entries: &[Entry]) -> Vec<(&'static str, Vec<u8>)> {
    let plain = |e: &Entry| format!("[{}] {}", e.uptime(), e.text);
    let raw = |e: &Entry| format!("<{}>{}", e.level, plain(e));
    let nanos = |e: &Entry| e.time("%Y-%m-%dT%H:%M:%S%.9fZ");
    let coloured = |e: &Entry| format!("\x1b[32m[{}] \x1b[0m\x1b[33m{}\x1b[0m", e.uptime(), e.text);
    let file = |e: &Entry| json!({"log": plain(e) + "\n", "stream": "stdout", "time": nanos(e)}).to_string();
    vec![
        ("dmesg", each(entries, plain)),
        ("console", each(entries, |e| plain(e) + "\r")),
        ("console-caller", each(entries, |e| format!("[{}][{:>6}] {}\r", e.uptime(), "T41", e.text))),
        ("colours", each(entries, coloured)),
        ("pstore", pstore(entries)),
        (
            "vmware",
            each(entries, |e| format!("{} In(05) vcpu-5 - Guest: {}", e.time("%Y-%m-%dT%H:%M:%S%.3fZ"), raw(e))),
        ),
        ("talos", each(entries, |e| format!("kern: {:>7}: [{}]: {}", e.level_name(), nanos(e), e.text))),
        ("cri", each(entries, |e| format!("{} stdout F {}", nanos(e), plain(e)))),
        ("docker-json-file", each(entries, file)),
        ("utf-16", utf16(&each(entries, plain))),
    ]
}

/// The parts of a pstore dump, the newest first, each with its head; the cuts lie behind kill lines.
fn pstore(entries: &[Entry]) -> Vec<u8> {
    let parts: Vec<&[Entry]> = entries.split_inclusive(|e| e.text.contains("Killed process")).collect();
    let mut text = String::new();
    for (n, part) in parts.iter().rev().enumerate() {
        writeln!(text, "Panic#1 Part{}", n + 1).unwrap();
        part.iter().for_each(|e| writeln!(text, "<{}>[{}] {}", e.level, e.uptime(), e.text).unwrap());
    }
    text.into_bytes()
}

/// UTF-16, little end first, with its mark: what a Windows shell makes of a redirected log.
fn utf16(text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).unwrap();
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Options under which no answer depends on the date of a file.
pub(crate) fn options() -> Options {
    Options { year: Some(2026), threads: 1, ..Options::default() }
}

/// Scans files.
pub(crate) fn scan_paths<P: AsRef<Path>>(paths: &[P], options: &Options) -> Report {
    let inputs: Vec<Input> = paths.iter().map(|p| Input::Path(p.as_ref().to_owned())).collect();
    scan(&inputs, options)
}

/// The incidents of files with these names and texts, each named by itself.
pub(crate) fn incidents(files: &[(&str, &str)]) -> Vec<Incident> {
    report(files).incidents
}

/// The whole report of files.
pub(crate) fn report(files: &[(&str, &str)]) -> Report {
    let folder = folder_of(files);
    let paths: Vec<_> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    scan_paths(&paths, &options())
}

/// The same, of the folder that they lie in: what one node's bundle tells.
pub(crate) fn incidents_of_bundle(files: &[(&str, &str)]) -> Vec<Incident> {
    scan_paths(&[folder_of(files).path()], &options()).incidents
}

fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        path.parent().into_iter().for_each(|parent| std::fs::create_dir_all(parent).unwrap());
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A folder of the corpus, which lies beside the checkout and not in it; `OOMSCAN_CORPUS` names another place.
pub(crate) fn corpus(folder: &str) -> Option<std::path::PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let root = std::env::var_os("OOMSCAN_CORPUS").map_or_else(beside, Into::into);
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}
