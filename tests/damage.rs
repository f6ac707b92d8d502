//! Damaged bundles and journals: cut anywhere, or with one wrong byte. The scan ends in time, without a panic, and names no victim
//! that was never killed.
//!
//! A few places by default, in an unoptimized build of small bundles only. `OOMSCAN_ALL=1` tries 200 cuts and 200 wrong bytes of
//! each bundle and of one journal of each, `OOMSCAN_PLACES=n` another number. All of it takes an hour with `--profile fast`: the
//! scans run in this process, one beside the other. The program itself is run once for each bundle, for its exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::options;
use common::recordings::{Bundle, bundles, whole_corpus};
use oomscan::language::Language;
use oomscan::report::{Confidence, Incident};
use oomscan::say;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A scan of any of these takes a second; so much more is a hang, or a cost that grows with the damage.
const LIMIT: Duration = Duration::from_secs(10);
/// A scan that has not ended by then never will: the test ends, and says which it was.
const NEVER: Duration = Duration::from_secs(600);

/// A victim: pid and name.
type Victim = (u32, String);

fn victims_of(incident: &Incident) -> impl Iterator<Item = Victim> {
    incident.victims.iter().map(|v| (v.pid, v.comm.clone()))
}

/// Its names are told to be those of a damaged file, and it is no more than probable.
fn is_in_doubt(incident: &Incident) -> bool {
    let told = say!(Language::English, "join-sure-damaged");
    incident.confidence_reasons.contains(&told) && incident.confidence <= Confidence::Probable
}

fn places() -> usize {
    let asked = std::env::var("OOMSCAN_PLACES").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(if whole_corpus() { 200 } else { 4 })
}

/// The same places in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// One damage of a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Cut { at: usize },
    Wrong { at: usize, by: u8 },
}

impl Damage {
    fn done_to(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Damage::Cut { at } => bytes[..at].to_vec(),
            Damage::Wrong { at, by } => {
                let mut wrong = bytes.to_vec();
                wrong[at] ^= by;
                wrong
            }
        }
    }
}

/// What is scanned, and the files of it that can be damaged.
struct Subject {
    name: String,
    /// Paths below the scanned folder, and bytes. One file with an empty path: it is scanned itself.
    files: Vec<(String, Vec<u8>)>,
    /// The name that a single file has: some are told by it.
    file_name: String,
    whole: BTreeSet<Victim>,
}

/// One scan to be done.
struct Case<'s> {
    subject: &'s Subject,
    file: usize,
    damage: Damage,
}

impl Subject {
    /// A bundle: an archive, or a folder with its files.
    fn bundle(path: &Path) -> Subject {
        let file_name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let name = format!("{}/{file_name}", path.parent().unwrap().file_name().unwrap().to_str().unwrap());
        let files = match path.is_dir() {
            true => Bundle::load(path).files,
            false => vec![(String::new(), fs::read(path).unwrap())],
        };
        Subject::new(name, file_name, files)
    }

    /// The bundle's first journal, alone.
    fn journal(path: &Path) -> Option<Subject> {
        let bundle = Bundle::load(path);
        let (_, bytes) = bundle.files.into_iter().find(|(_, bytes)| bytes.starts_with(b"LPKSHHRH"))?;
        let files = vec![(String::new(), bytes)];
        Some(Subject::new(format!("journal of {}", bundle.name), "system.journal".to_owned(), files))
    }

    fn new(name: String, file_name: String, files: Vec<(String, Vec<u8>)>) -> Subject {
        let mut subject = Subject { name, files, file_name, whole: BTreeSet::new() };
        let folder = tempfile::tempdir().unwrap();
        subject.whole = scan(&[Input::Path(subject.write(folder.path()))], &one_thread())
            .incidents
            .iter()
            .flat_map(victims_of)
            .collect();
        subject
    }

    /// Writes it below a folder; gives what is to be scanned.
    fn write(&self, folder: &Path) -> PathBuf {
        let root = folder.join(&self.file_name);
        for (path, bytes) in &self.files {
            let target = if path.is_empty() { root.clone() } else { root.join(path) };
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
        root
    }

    /// The places, spread over all its files: of a large file more.
    fn cases(&self, number: usize) -> Vec<Case<'_>> {
        let mut random = Random(number as u64);
        let total: usize = self.files.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut place = || {
            let mut at = random.below(total);
            let file = self.files.iter().position(|(_, bytes)| {
                let here = at < bytes.len();
                at -= if here { 0 } else { bytes.len() };
                here
            });
            (file.unwrap(), at, 1 + random.below(255) as u8)
        };
        let mut cases = Vec::new();
        for _ in 0..places() {
            let ((cut_file, cut_at, _), (file, at, by)) = (place(), place());
            cases.push(Case { subject: self, file: cut_file, damage: Damage::Cut { at: cut_at } });
            cases.push(Case { subject: self, file, damage: Damage::Wrong { at, by } });
        }
        cases
    }
}

fn one_thread() -> Options {
    Options { threads: 1, ..options() }
}

/// How long something takes: by the clock, but no longer than this process worked meanwhile. The machine may be busy with others.
struct Clock {
    wall: Instant,
    work: Option<Duration>,
}

impl Clock {
    fn now() -> Self {
        Clock { wall: Instant::now(), work: worked() }
    }

    fn elapsed(&self) -> Duration {
        let work = worked().zip(self.work).map(|(now, then)| now.saturating_sub(then));
        work.unwrap_or(Duration::MAX).min(self.wall.elapsed())
    }
}

/// Processor time of this process, where /proc tells it: user and system time, in hundredths of a second.
fn worked() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// Scans that run, for the watch over them.
static RUNNING: Mutex<Vec<(u64, Instant, String)>> = Mutex::new(Vec::new());

/// Where code of this crate panicked. What a library's decoder does is caught, and loses one stream.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("{info}");
        if place.starts_with("src/") {
            PANICS.lock().unwrap().push(place);
        }
    }));
}

/// Ends the test when a scan does not end.
fn watch() {
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let running = RUNNING.lock().unwrap();
            if let Some((_, _, what)) = running.iter().find(|(_, begin, _)| begin.elapsed() > NEVER) {
                eprintln!("{what}: no report after {NEVER:?}");
                std::process::exit(101);
            }
        }
    });
}

impl Case<'_> {
    fn what(&self) -> String {
        format!("{} {} {:?}", self.subject.name, self.subject.files[self.file].0, self.damage)
    }

    /// Writes the damaged bundle below a folder.
    fn write(&self, folder: &Path) -> PathBuf {
        let (path, bytes) = &self.subject.files[self.file];
        let root = if path.is_empty() { folder.join(&self.subject.file_name) } else { self.subject.write(folder) };
        let target = if path.is_empty() { root.clone() } else { root.join(path) };
        fs::write(target, self.damage.done_to(bytes)).unwrap();
        root
    }

    /// Scans it; what was wrong.
    fn fault(&self) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let input = [Input::Path(self.write(folder.path()))];
        let key = std::ptr::from_ref(self).addr() as u64;
        RUNNING.lock().unwrap().push((key, Instant::now(), self.what()));
        let begin = Clock::now();
        let result = catch_unwind(AssertUnwindSafe(|| scan(&input, &one_thread())));
        let took = begin.elapsed();
        RUNNING.lock().unwrap().retain(|(other, _, _)| *other != key);
        let Ok(report) = result else { return Some(format!("{}: it panicked", self.what())) };
        if took > LIMIT {
            return Some(format!("{}: took {took:?}", self.what()));
        }
        // Where a checksum tells that a source is damaged, but not where, a name can be wrong: the report says so.
        let sure = report.incidents.iter().filter(|incident| !is_in_doubt(incident));
        let strange: Vec<Victim> = sure.flat_map(victims_of).filter(|victim| !self.was_killed(victim)).collect();
        (!strange.is_empty()).then(|| format!("{}: {strange:?} were never killed", self.what()))
    }

    /// A wrong byte can stand in the pid or name itself: then the log says so.
    fn was_killed(&self, victim: &Victim) -> bool {
        let text = |(pid, comm): &Victim| format!("{pid} {comm}");
        let one_off = |other: &Victim| {
            let (a, b) = (text(victim), text(other));
            a.chars().count() == b.chars().count() && a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() <= 1
        };
        let wrong = matches!(self.damage, Damage::Wrong { .. });
        self.subject.whole.contains(victim) || wrong && self.subject.whole.iter().any(one_off)
    }

    /// Runs the program over it.
    fn status_fault(&self) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_oomscan"))
            .args(["--format", "json"])
            .arg(self.write(folder.path()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        (!matches!(status.code(), Some(0 | 2))).then(|| format!("{}: {status}", self.what()))
    }
}

/// The faults of all cases. Plain threads: a worker of a pool that waits for a scan would begin another case meanwhile, and count
/// its time, too.
fn tried_out(cases: &[Case<'_>]) -> Vec<String> {
    let (next, faults, begin) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Instant::now());
    let work = || {
        loop {
            let count = next.fetch_add(1, Relaxed) + 1;
            let Some(case) = cases.get(count - 1) else { return };
            let fault = case.fault();
            if fault.is_some() || count.is_multiple_of(500) {
                let said = fault.as_deref().unwrap_or("good");
                println!("{count} of {} after {:?}: {said}", cases.len(), begin.elapsed());
            }
            faults.lock().unwrap().extend(fault);
        }
    };
    std::thread::scope(|threads| {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        (0..count).for_each(|_| _ = threads.spawn(work));
    });
    faults.into_inner().unwrap()
}

/// Without optimization a scan takes ten times as long: small bundles then, and fewer places.
fn is_tried(path: &Path) -> bool {
    const SMALL: u64 = 300 * 1024;
    whole_corpus() || !cfg!(debug_assertions) || fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() < SMALL)
}

#[test]
fn damage_neither_stops_the_program_nor_makes_a_victim() {
    watch();
    note_panics();
    let all = bundles();
    let tried: Vec<(usize, &PathBuf)> = all.iter().enumerate().filter(|(_, path)| is_tried(path)).collect();
    let subjects: Vec<(usize, Subject)> = tried
        .into_par_iter()
        .flat_map_iter(|(n, path)| [Some(Subject::bundle(path)), Subject::journal(path)].map(|subject| (n, subject)))
        .filter_map(|(n, subject)| Some((n, subject?)))
        .collect();
    let mut cases: Vec<(usize, Case<'_>)> =
        subjects.iter().flat_map(|(n, subject)| subject.cases(*n).into_iter().enumerate()).collect();
    // One place of each after the other: a run that is stopped has tried some of all.
    cases.sort_by_key(|(place, _)| *place);
    let cases: Vec<Case<'_>> = cases.into_iter().map(|(_, case)| case).collect();
    let mut faults = tried_out(&cases);
    faults.extend(cases.iter().take(subjects.len()).flat_map(Case::status_fault));
    drop(std::panic::take_hook());
    faults.extend(PANICS.lock().unwrap().iter().map(|place| format!("panicked at {place}")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A log, compressed, whose checksum does not fit.
fn with_wrong_checksum(text: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast());
    std::io::copy(&mut encoder, &mut packed).unwrap();
    let checksum = packed.len() - 8;
    packed[checksum] ^= 0x55;
    packed
}

#[test]
fn what_stands_in_a_damaged_file_alone_is_no_more_than_probable() {
    let text = fs::read_to_string("samples/pod-limit/dmesg.txt").unwrap();
    // What a wrong byte in compressed data can make of a name, wherever it comes again.
    let wrong = text.replace("order-worker", "order-w15:22");
    assert_ne!(text, wrong);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dmesg.gz"), with_wrong_checksum(&wrong)).unwrap();
    let alone = scan(&[Input::Path(folder.path().to_owned())], &one_thread());
    assert_eq!(alone.incidents.len(), 2);
    assert!(alone.incidents.iter().all(is_in_doubt), "{:?}", alone.incidents[1].confidence_reasons);
    // Beside a sound copy it is the same kill, and the sound copy's name holds.
    fs::write(folder.path().join("kern.log"), &text).unwrap();
    let both = scan(&[Input::Path(folder.path().to_owned())], &one_thread());
    let names: Vec<Victim> = both.incidents.iter().flat_map(victims_of).collect();
    assert_eq!(names, [(13480, "gateway".to_owned()), (13575, "order-worker".to_owned())]);
    assert!(!both.incidents.iter().any(is_in_doubt));
}

/// The kubelet's line about a kill was read with `3760 sta4543 -api` for its `3760 staging-api`.
#[test]
fn a_kill_that_is_quoted_in_a_damaged_file_alone_is_in_doubt() {
    let text = "I1123 11:17:45.412334     543 oom_watcher_linux.go:76] Got sys oom event: &{3760 sta4543 -api 2026-11-23 11:17:45.40 +0000 UTC m=+90.1 /kubepods/besteffort/pod1 /kubepods/besteffort/pod1 CONSTRAINT_MEMCG}\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kubelet.log.gz"), with_wrong_checksum(text)).unwrap();
    let report = scan(&[Input::Path(folder.path().to_owned())], &one_thread());
    assert_eq!(report.incidents.iter().flat_map(victims_of).map(|v| v.0).collect::<Vec<_>>(), [3760]);
    assert!(report.incidents.iter().all(is_in_doubt), "{:?}", report.incidents[0].confidence_reasons);
}

#[test]
fn a_kill_line_that_is_cut_before_its_name_takes_it_from_the_summary() {
    let text = fs::read_to_string("samples/pod-limit/dmesg.txt").unwrap();
    let at = text.find("Killed process 13575 (").unwrap() + "Killed process 13575 (".len();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dmesg.txt");
    fs::write(&path, &text[..at]).unwrap();
    let report = scan(&[Input::Path(path)], &one_thread());
    let names: Vec<Victim> = report.incidents.iter().flat_map(victims_of).collect();
    assert_eq!(names, [(13480, "gateway".to_owned()), (13575, "order-worker".to_owned())]);
}

#[test]
fn members_of_an_archive_that_does_not_fit_its_checksum_are_damaged() {
    let text = fs::read_to_string("samples/pod-limit/dmesg.txt").unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    builder.append_data(&mut header, "var/log/dmesg", text.as_bytes()).unwrap();
    let archive = builder.into_inner().unwrap();
    let mut packed = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(archive.as_slice(), flate2::Compression::fast());
    std::io::copy(&mut encoder, &mut packed).unwrap();
    let checksum = packed.len() - 8;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.tar.gz");
    for (by, doubted) in [(0, false), (0x55, true)] {
        packed[checksum] ^= by;
        fs::write(&path, &packed).unwrap();
        let report = scan(&[Input::Path(path.clone())], &one_thread());
        assert_eq!(report.incidents.len(), 2);
        assert!(report.incidents.iter().all(|incident| is_in_doubt(incident) == doubted), "{:?}", report.problems);
    }
}
