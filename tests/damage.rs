//! Damaged bundles and journals: cut anywhere, or with one wrong byte. The program ends in time with a documented exit status and
//! a report, and names no victim that was never killed.
//!
//! A few places of a few recordings by default; `OOMSCAN_ALL=1` tries 200 cuts and 200 wrong bytes of each bundle and of one
//! journal of each, `OOMSCAN_PLACES=n` another number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::recordings::{Bundle, bundles, whole_corpus};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A scan of one of these bundles takes a second or two; so much more is a hang, even in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(90);

/// A victim: pid and name.
type Victim = (u64, String);

/// Runs the program over a path. Ends the test on a panic, a hang, or an exit status that is not documented.
fn victims(path: &Path, folder: &Path, what: &str) -> BTreeSet<Victim> {
    let out = folder.join("report.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_oomscan"))
        .args(["--format", "json"])
        .arg(path)
        .stdout(fs::File::create(&out).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{what}: no report after {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(matches!(status.code(), Some(0 | 2)), "{what}: {status}");
    let report: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap_or_else(|e| panic!("{what}: {e}"));
    let incidents = report["incidents"].as_array().unwrap();
    let all = incidents.iter().flat_map(|i| i["victims"].as_array().unwrap());
    all.map(|v| (v["pid"].as_u64().unwrap(), v["comm"].as_str().unwrap().to_owned())).collect()
}

fn places() -> usize {
    let asked = std::env::var("OOMSCAN_PLACES").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(if whole_corpus() { 200 } else { 2 })
}

/// The same places in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// The bytes cut at places all over them, then with one wrong byte at places all over them.
fn damaged(bytes: &[u8], number: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    let n = places();
    let mut random = Random(number as u64);
    let cuts: Vec<usize> = (0..n).map(|_| random.below(bytes.len())).collect();
    let flips: Vec<(usize, u8)> = (0..n).map(|_| (random.below(bytes.len()), 1 + random.below(255) as u8)).collect();
    let cut = cuts.into_iter().map(|at| (format!("cut at {at}"), bytes[..at].to_vec()));
    let flip = flips.into_iter().map(|(at, by)| {
        let mut wrong = bytes.to_vec();
        wrong[at] ^= by;
        (format!("byte {at} wrong by {by}"), wrong)
    });
    cut.chain(flip)
}

/// Damages one file of what is scanned; gives what was said that is not so.
fn damage(
    name: &str,
    scanned: &Path,
    file: &Path,
    number: usize,
    whole: &BTreeSet<Victim>,
    folder: &Path,
) -> Vec<String> {
    let bytes = fs::read(file).unwrap();
    let mut faults = Vec::new();
    for (how, wrong) in damaged(&bytes, number) {
        fs::write(file, wrong).unwrap();
        let what = format!("{name}, {} {how}", file.file_name().unwrap().to_string_lossy());
        let strange: Vec<_> = victims(scanned, folder, &what).difference(whole).cloned().collect();
        if !strange.is_empty() {
            faults.push(format!("{what}: {strange:?} were never killed"));
        }
    }
    fs::write(file, bytes).unwrap();
    faults
}

fn one_bundle(number: usize, path: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let bundle = Bundle::load(path);
    let copy = folder.path().join(name);
    let (scanned, file) = if path.is_dir() {
        bundle.write(&copy);
        let mut random = Random(number as u64);
        let (inside, _) = &bundle.files[random.below(bundle.files.len())];
        (copy.clone(), copy.join(inside))
    } else {
        fs::copy(path, &copy).unwrap();
        (copy.clone(), copy)
    };
    let whole = victims(&scanned, folder.path(), &bundle.name);
    let mut faults = damage(&bundle.name, &scanned, &file, number, &whole, folder.path());
    if let Some((_, journal)) = bundle.files.iter().find(|(_, bytes)| bytes.starts_with(b"LPKSHHRH")) {
        let alone = folder.path().join("system.journal");
        fs::write(&alone, journal).unwrap();
        let whole = victims(&alone, folder.path(), &bundle.name);
        faults.extend(damage(&bundle.name, &alone, &alone, number, &whole, folder.path()));
    }
    faults
}

#[test]
fn damage_neither_stops_the_program_nor_makes_a_victim() {
    let all = bundles();
    let step = if whole_corpus() { 1 } else { 8 };
    let tried: Vec<(usize, &PathBuf)> = all.iter().enumerate().step_by(step).collect();
    let faults: Vec<String> = tried.into_par_iter().flat_map_iter(|(n, path)| one_bundle(n, path)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
