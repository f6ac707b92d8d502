//! Problems, reasons and steps of the timeline in Chinese: no English sentence is left in them, whatever the input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flate2::Compression;
use flate2::write::GzEncoder;
use oomscan::language::Language;
use oomscan::report::{Report, Source};
use oomscan::scan::{Options, scan};
use oomscan::source::{Input, Limits};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const KILL: &str = "Nov 23 10:00:00 node-1 kernel: [  100.000001] Out of memory: Killed process 42 (java) total-vm:900kB, \
                    anon-rss:800kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:40kB oom_score_adj:0\n";

fn report(path: &Path, language: Language, limits: Limits) -> Report {
    let options = Options { language, limits, ..Options::default() };
    scan(&[Input::Path(path.to_owned())], &options)
}

fn chinese(path: &Path) -> Report {
    report(path, Language::Chinese, Limits::default())
}

/// The sentences that come from joining and reading.
fn sentences(report: &Report) -> Vec<String> {
    let incidents = &report.incidents;
    let reasons = incidents.iter().flat_map(|i| i.confidence_reasons.iter().cloned());
    let steps = incidents.iter().flat_map(|i| i.timeline.iter().map(|s| s.text.clone()));
    let boots = report.nodes.iter().flat_map(|n| &n.boots);
    let gaps = boots.flat_map(|b| b.kernel_log.iter().flat_map(|c| c.gaps.iter().map(|g| g.reason.clone())));
    let workloads = report.workloads.iter().map(|w| w.summary.clone());
    let sources = report.sources.iter().flat_map(|s: &Source| s.problems.clone());
    let problems = report.problems.iter().map(|p| p.message.clone());
    reasons.chain(steps).chain(gaps).chain(workloads).chain(sources).chain(problems).collect()
}

/// Words that stand in almost every English sentence.
const ENGLISH: [&str; 32] = [
    "the",
    "it",
    "is",
    "was",
    "were",
    "of",
    "by",
    "and",
    "to",
    "in",
    "that",
    "no",
    "not",
    "its",
    "this",
    "with",
    "from",
    "killed",
    "ended",
    "asked",
    "sent",
    "saw",
    "found",
    "container's",
    "read",
    "bytes",
    "left",
    "more",
    "than",
    "damaged",
    "runtime",
    "process",
];

/// Runs of Latin words that hold one of [`ENGLISH`]. What evidence quotes is raw and may be English.
fn english(text: &str, raw: &[&str]) -> bool {
    let mut text = text.to_owned();
    for quoted in raw {
        text = text.replace(quoted, "");
    }
    text.split(|c: char| !(c.is_ascii_alphabetic() || c == '\'' || c == '-' || c == '_' || c == '/'))
        .any(|word| ENGLISH.contains(&word.to_lowercase().as_str()))
}

fn assert_chinese(told: &[String], raw: &[&str]) {
    let wrong: Vec<&String> = told.iter().filter(|t| english(t, raw)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The whole of what a Chinese report says of a file, which must be said, and in Chinese.
fn problems_of(path: &Path, limits: Limits) -> Vec<String> {
    let english = report(path, Language::English, limits.clone());
    let told = report(path, Language::Chinese, limits);
    assert!(!told.problems.is_empty(), "{}", path.display());
    assert_eq!(told.problems.len(), english.problems.len());
    let told: Vec<String> = told.problems.iter().map(|p| p.message.clone()).collect();
    let has_chinese = |text: &String| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    assert!(told.iter().all(has_chinese), "{told:#?}");
    told
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Text that does not compress to nothing.
fn long_log() -> String {
    (0..4000u32)
        .map(|n| format!("Nov 23 10:00:00 node-1 app[{}]: {:x}\n", n % 97, n.wrapping_mul(2_654_435_761)))
        .collect()
}

fn written(dir: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// A tar with one member, not ended.
fn tar(name: &str, data: &[u8]) -> Vec<u8> {
    let mut header = vec![0u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header.extend_from_slice(data);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

#[test]
fn the_samples_are_told_in_chinese() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let told = chinese(&samples);
    let told = sentences(&told);
    assert!(told.len() > 20, "{told:#?}");
    assert_chinese(&told, &[]);
}

#[test]
fn damage_is_told_in_chinese() {
    let dir = tempfile::tempdir().unwrap();
    let packed = gzip(long_log().as_bytes());
    let cut = written(&dir, "cut.log.gz", &packed[..packed.len() / 2]);
    let told = problems_of(&cut, Limits::default());
    assert_chinese(&told, &[]);
    assert!(told.iter().any(|t| t.contains("gzip 数据不完整")), "{told:#?}");

    let mut bad = tar("var/log/kern.log", KILL.as_bytes());
    bad.extend(vec![b'x'; 1024]);
    assert_chinese(&problems_of(&written(&dir, "bad.tar", &bad), Limits::default()), &[]);
    let short = tar("var/log/kern.log", long_log().as_bytes());
    assert_chinese(&problems_of(&written(&dir, "short.tar", &short[..20_000]), Limits::default()), &[]);
    assert_chinese(&problems_of(&written(&dir, "cut.zip", b"PK\x03\x04\x14\0\0\0"), Limits::default()), &[]);
    let journal = [b"LPKSHHRH".as_slice(), &[0u8; 64]].concat();
    assert_chinese(&problems_of(&written(&dir, "system.journal", &journal), Limits::default()), &[]);
    assert_chinese(
        &problems_of(
            &written(&dir, "docker_inspect.json", b"[{\"Id\": \"ab\", \"State\": {\"OOMKilled\": tr"),
            Limits::default(),
        ),
        &[],
    );
}

#[test]
fn what_is_left_out_is_told_in_chinese() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("empty.log", b"".as_slice()),
        ("sh", b"\x7fELF\x02\x01\x01"),
        ("logs.7z", b"7z\xbc\xaf\x27\x1c\0\0"),
        ("zeros", &[0; 9000]),
    ] {
        assert_chinese(&problems_of(&written(&dir, name, bytes), Limits::default()), &[]);
    }
    assert_chinese(&problems_of(&dir.path().join("nowhere"), Limits::default()), &[]);
}

#[test]
fn limits_are_told_in_chinese() {
    let dir = tempfile::tempdir().unwrap();
    let packed = written(&dir, "big.log.gz", &gzip(long_log().as_bytes()));
    let small = Limits { max_expansion_bytes: 1000, ..Limits::default() };
    let told = problems_of(&packed, small);
    assert_chinese(&told, &[]);
    assert!(told.iter().any(|t| t.contains("--max-expansion")), "{told:#?}");
    let mut two = tar("a.log", KILL.as_bytes());
    two.extend(tar("b.log", KILL.as_bytes()));
    let told = problems_of(&written(&dir, "two.tar", &two), Limits { max_members: 1, ..Limits::default() });
    assert_chinese(&told, &[]);
    assert!(told.iter().any(|t| t.contains("--max-members")), "{told:#?}");
    let nested = written(&dir, "deep.tar", &tar("x.log.gz", &gzip(KILL.as_bytes())));
    let told = problems_of(&nested, Limits { max_depth: 1, ..Limits::default() });
    assert!(told.iter().any(|t| t.contains("--max-depth")), "{told:#?}");
    assert_chinese(&told, &[]);
}

#[test]
fn unknown_lines_and_gaps_are_told_in_chinese() {
    let dir = tempfile::tempdir().unwrap();
    let unknown = "Memory cgroup out of memory: something new happened to 42";
    let log = format!(
        "Nov 23 10:00:00 node-1 kernel: [   99.000001] {unknown}\n\
         Nov 23 10:00:00 node-1 kernel: [   99.000002] ** 17 printk messages dropped **\n\
         Nov 23 10:00:01 node-1 kernel: [   99.500000] [35B blob data]\n{KILL}"
    );
    let told = chinese(&written(&dir, "kern.log", log.as_bytes()));
    let all = sentences(&told);
    assert!(all.iter().any(|t| t.contains(unknown) && t.contains("格式未知")), "{all:#?}");
    let gaps = told.nodes.iter().flat_map(|n| &n.boots).flat_map(|b| &b.kernel_log).map(|c| c.gaps.len());
    assert!(gaps.sum::<usize>() > 0, "{:#?}", told.nodes);
    assert_chinese(&all, &[unknown, "** 17 printk messages dropped **"]);
}
