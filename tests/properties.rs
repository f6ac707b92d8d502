//! What must hold for every log: the way it is read changes nothing in the report, and damage never invents a victim.
//!
//! The cases are the same in every run; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` make more and others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::options;
use oomscan::report::Report;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let seeded = std::env::var_os("PROPTEST_RNG_SEED").is_some();
    ProptestConfig {
        cases: if asked { default.cases } else { cases },
        rng_seed: if seeded { default.rng_seed } else { RngSeed::Fixed(20_261_123) },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..default
    }
}

/// Logs that are damaged: one of each era, carrier and kind.
const LOGS: [&str; 14] = [
    "tests/fixtures/golden/01-rhel6-global.log",
    "tests/fixtures/golden/03-rhel73-global-two-nodes.log",
    "tests/fixtures/golden/08-rhel83.log",
    "tests/fixtures/golden/10-v515-german-dates.log",
    "tests/fixtures/golden/12-v618-v1.log",
    "tests/fixtures/golden/15-oom-group-five.log",
    "tests/fixtures/golden/16-suppressed-dumps.log",
    "tests/fixtures/golden/22-carrier-dmesg-J.json",
    "tests/fixtures/golden/22-carrier-dmesg-t.log",
    "tests/fixtures/golden/22-carrier-journal.export",
    "tests/fixtures/golden/22-carrier-journal.json",
    "tests/fixtures/golden/22-carrier-syslog.log",
    "tests/fixtures/golden/31-intention-differs.log",
    "tests/fixtures/golden/38-kernel-upgrade.log",
];

/// Lines of other speakers, and of the kernel about other things.
const FOREIGN: [&str; 10] = [
    "[   12.000001] usb 1-1: new high-speed USB device number 4 using xhci_hcd",
    "Nov 23 09:31:00 db-1 CRON[2211]: (root) CMD (run-parts /etc/cron.hourly)",
    "2026-11-23T09:31:00.123456+00:00 db-1 sshd[900]: Accepted publickey for ops from 192.0.2.7 port 50022",
    "I1123 09:31:00.000001    1811 prober.go:107] \"Probe succeeded\" pod=\"shop/web-1\"",
    "{\"log\":\"GET /healthz 200\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T09:31:00.1Z\"}",
    "audit: type=1400 audit(1795426158.720:77): apparmor=\"STATUS\" operation=\"profile_load\" pid=771 comm=\"x\"",
    "Killed process 1 in the game lobby",
    "the room was out of memory lane",
    "",
    "\u{fffd}\u{1b}[31mred\u{1b}[0m \u{0}",
];

fn scan_bytes(folder: &Path, name: &str, bytes: &[u8], options: &Options) -> Report {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    scan(&[Input::Path(path)], options)
}

/// Who was killed: pid, name, anonymous memory.
fn victims(report: &Report) -> BTreeSet<(u32, String, Option<u64>)> {
    let all = report.incidents.iter().flat_map(|i| &i.victims);
    all.map(|v| (v.pid, v.comm.clone(), v.anon_rss_bytes)).collect()
}

/// Every victim of a damaged log is one of the whole log's. A name may be cut.
fn check_none_invented(whole: &Report, damaged: &Report, what: &str) -> Result<(), TestCaseError> {
    let known = victims(whole);
    for (pid, comm, _) in victims(damaged) {
        // The cut may go through a character.
        let found = known.iter().any(|(p, c, _)| *p == pid && c.starts_with(comm.trim_end_matches('\u{fffd}')));
        prop_assert!(found, "{what}: {pid} ({comm:?}) was never killed");
    }
    // Without the lines that hold them together, kills of one event are events of their own.
    let most = known.len().max(whole.incidents.len()) + 2;
    prop_assert!(damaged.incidents.len() <= most, "{what}: {} incidents", damaged.incidents.len());
    Ok(())
}

/// The place of the physical line that holds `at`, with the line feeds around it.
fn line_around(bytes: &[u8], at: usize) -> &[u8] {
    let start = bytes[..at].iter().rposition(|b| *b == b'\n').unwrap_or(0);
    let end = bytes[at..].iter().skip(1).position(|b| *b == b'\n').map_or(bytes.len(), |n| at + 1 + n);
    &bytes[start..end]
}

/// Does a piece of text name a victim, or may it when it is damaged?
fn names_victim(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    ["ill process ", "illed process ", "oom-kill:", ",pid=", "reaped process"].iter().any(|word| text.contains(word))
}

fn log(n: usize) -> (&'static str, Vec<u8>) {
    (LOGS[n].rsplit('/').next().unwrap(), fs::read(LOGS[n]).unwrap())
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn a_cut_log_invents_no_victim(n in 0..LOGS.len(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let (name, bytes) = log(n);
        let folder = tempfile::tempdir().unwrap();
        let whole = scan_bytes(folder.path(), name, &bytes, &options());
        let (a, b) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        let (a, b) = (a.min(b), a.max(b));
        for (what, piece) in [("end cut", &bytes[..a]), ("start cut", &bytes[a..]), ("both cut", &bytes[a..b])] {
            let damaged = scan_bytes(folder.path(), name, piece, &options());
            check_none_invented(&whole, &damaged, &format!("{name}, {what} at {a}..{b}"))?;
        }
    }

    #[test]
    fn a_hole_invents_no_victim(n in 0..LOGS.len(), from in any::<prop::sample::Index>(), length in 1..4000usize) {
        let (name, bytes) = log(n);
        let folder = tempfile::tempdir().unwrap();
        let whole = scan_bytes(folder.path(), name, &bytes, &options());
        let a = from.index(bytes.len());
        let b = (a + length).min(bytes.len());
        let seam = [line_around(&bytes, a), line_around(&bytes, b.min(bytes.len() - 1))].concat();
        let damaged = scan_bytes(folder.path(), name, &[&bytes[..a], &bytes[b..]].concat(), &options());
        // Two halves of different lines may make one that names somebody else.
        if !names_victim(&seam) {
            check_none_invented(&whole, &damaged, &format!("{name}, without {a}..{b}"))?;
        }
    }

    #[test]
    fn flipped_bytes_invent_no_victim(n in 0..LOGS.len(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let (name, bytes) = log(n);
        let folder = tempfile::tempdir().unwrap();
        let whole = scan_bytes(folder.path(), name, &bytes, &options());
        let mut damaged = bytes.clone();
        let mut touched = false;
        for (at, value) in &flips {
            let at = at.index(bytes.len());
            touched |= names_victim(line_around(&bytes, at));
            damaged[at] = *value;
        }
        let report = scan_bytes(folder.path(), name, &damaged, &options());
        // A flipped byte of the kill line itself may well change the name or the number in it.
        if !touched {
            check_none_invented(&whole, &report, &format!("{name}, {flips:?}"))?;
        }
    }

    #[test]
    fn foreign_lines_change_no_victim(
        n in 0..LOGS.len(),
        foreign in prop::collection::vec((any::<prop::sample::Index>(), 0..FOREIGN.len()), 1..12),
    ) {
        // Within one entry of these there are no lines between lines.
        prop_assume!(!LOGS[n].ends_with(".export") && !LOGS[n].ends_with("-J.json"));
        let (name, bytes) = log(n);
        let folder = tempfile::tempdir().unwrap();
        let whole = scan_bytes(folder.path(), name, &bytes, &options());
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
        let foreign_lines: Vec<Vec<u8>> = foreign.iter().map(|(_, n)| format!("{}\n", FOREIGN[*n]).into_bytes()).collect();
        for ((at, _), line) in foreign.iter().zip(&foreign_lines) {
            lines.insert(at.index(lines.len() + 1), line);
        }
        let mixed = scan_bytes(folder.path(), name, &lines.concat(), &options());
        prop_assert_eq!(victims(&mixed), victims(&whole), "{}", name);
    }
}

/// The lines that name a victim are the ones where a cut does the most harm: every place in them is tried.
#[test]
fn a_cut_at_any_byte_of_the_last_lines_invents_no_victim() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["22-carrier-dmesg.log", "22-carrier-dmesg-t.log", "31-intention-differs.log"] {
        let bytes = fs::read(format!("tests/fixtures/golden/{name}")).unwrap();
        let whole = scan_bytes(folder.path(), name, &bytes, &options());
        let text = String::from_utf8_lossy(&bytes);
        let from = text.find("oom-kill:").or_else(|| text.find("Kill process")).unwrap();
        let cuts: Vec<usize> = (from..bytes.len()).collect();
        // Many files in one call: copies of one event are joined, but nothing hides a victim of another name or number.
        for cuts in cuts.chunks(50) {
            let mut inputs = Vec::new();
            for at in cuts {
                for (which, piece) in [("to", &bytes[..*at]), ("from", &bytes[*at..])] {
                    let path = folder.path().join(format!("{which}-{at}-{name}"));
                    fs::write(&path, piece).unwrap();
                    inputs.push(Input::Path(path));
                }
            }
            let damaged = scan(&inputs, &options());
            let known = victims(&whole);
            for (pid, comm, _) in victims(&damaged) {
                let found = known.iter().any(|(p, c, _)| *p == pid && c.starts_with(comm.trim_end_matches('\u{fffd}')));
                assert!(found, "{name}, cut at one of {cuts:?}: {pid} ({comm:?}) was never killed");
            }
        }
    }
}

/// A log of some hundred kilobytes: reports of all eras, far apart and next to each other.
fn long_log() -> Vec<u8> {
    let mut text = Vec::new();
    let mut filler = 0u32;
    let reports =
        ["12-v618-v1.log", "16-suppressed-dumps.log", "15-oom-group-five.log", "25-page-allocation-failure.log"];
    for (n, report) in reports.iter().cycle().take(8).enumerate() {
        for _ in 0..[700, 0, 40, 1500][n % 4] {
            filler += 1;
            text.extend(
                format!("[{:5}.{:06}] eth0: link is up, {filler} packets in the ring\n", 10 + filler / 1000, filler)
                    .bytes(),
            );
        }
        text.extend(fs::read(format!("tests/fixtures/golden/{report}")).unwrap());
    }
    text
}

/// The folder of the long log, and its report.
static LONG: LazyLock<(tempfile::TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let report = scan_bytes(folder.path(), "kern.log", &long_log(), &options());
    assert!(report.incidents.len() > 10);
    (folder, json(&report))
});

/// The report of all inputs in their plain order.
static PLAIN: LazyLock<String> = LazyLock::new(|| {
    let report = scan(&inputs(), &options());
    assert!(report.incidents.len() > 10);
    json(&report)
});

fn inputs() -> Vec<Input> {
    INPUTS.iter().map(|p| Input::Path(PathBuf::from(p))).collect()
}

fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap()
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn pieces_and_threads_change_nothing(
        piece in prop::sample::select(vec![37usize, 256, 1021, 4096, 65_536, 1 << 20]),
        threads in 1..5usize,
    ) {
        let (folder, plain) = &*LONG;
        let options = Options { piece: Some(piece), threads, ..options() };
        let again = json(&scan(&[Input::Path(folder.path().join("kern.log"))], &options));
        prop_assert_eq!(plain, &again, "pieces of {} bytes, {} threads", piece, threads);
    }

    #[test]
    fn order_and_repetition_change_nothing(order in Just(()).prop_perturb(|(), mut rng| {
        let mut inputs: Vec<usize> = (0..INPUTS.len()).collect();
        for n in (1..inputs.len()).rev() {
            inputs.swap(n, rng.random_range(0..=n));
        }
        inputs.extend((0..rng.random_range(0..4)).map(|_| rng.random_range(0..INPUTS.len())).collect::<Vec<_>>());
        inputs
    }), threads in 1..5usize) {
        let plain = inputs();
        let mixed: Vec<Input> = order.iter().map(|n| plain[*n].clone()).collect();
        let other = scan(&mixed, &Options { threads, ..options() });
        prop_assert_eq!(&*PLAIN, &json(&other), "order {:?}", order);
    }
}

/// Files of several nodes and carriers, a folder, and files in it.
const INPUTS: [&str; 8] = [
    "samples/canal-node",
    "samples/canal-node/var/log/kern.log",
    "samples/container-limit/dmesg-T.txt",
    "samples/container-limit/kmsg.raw",
    "samples/pod-limit/dmesg.txt",
    "samples/tmpfs/dmesg.txt",
    "tests/fixtures/golden/26-two-boots.log",
    "tests/fixtures/golden/22-carrier-journal.json",
];
