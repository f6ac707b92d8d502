//! Each folder of `samples/` gives the report that its snapshots hold, as text and as JSON.
//! `INSTA_UPDATE=always cargo test --test samples` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::language::Language;
use oomscan::render::{self, Style};
use oomscan::report::Report;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

fn samples() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir("samples").unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

fn report(folder: &Path) -> Report {
    report_in(Language::English, folder)
}

fn report_in(language: Language, folder: &Path) -> Report {
    let mut report = scan(&[Input::Path(folder.to_owned())], &Options { language, ..Options::default() });
    "VERSION".clone_into(&mut report.oomscan);
    report
}

fn print(format: &str, report: &Report) -> String {
    print_in(Language::English, format, report)
}

fn print_in(language: Language, format: &str, report: &Report) -> String {
    let style = Style { width: 100, language, ..Style::default() };
    let mut out = Vec::new();
    render::by_name(format).unwrap().write(report, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn samples_give_their_reports() {
    let folders = samples();
    assert!(folders.len() >= 4, "{folders:?}");
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let report = report(&folder);
        insta::assert_snapshot!(format!("{name}-text"), print("text", &report));
        insta::assert_snapshot!(format!("{name}-json"), print("json", &report));
    }
}

/// What the README shows of the first sample, but for what it marks as left out, is what the program prints.
#[test]
fn the_readme_shows_real_output() {
    let readme = fs::read_to_string("README.md").unwrap();
    let (_, rest) = readme.split_once("```text\n").unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let printed = print("text", &report(Path::new("samples/canal-node")));
    let mut left = printed.lines();
    for line in shown.lines().filter(|line| line.trim() != "[...]" && !line.is_empty()) {
        assert!(left.any(|real| real == line), "the program does not print (any more): {line}");
    }
}

/// The Chinese README shows the first sample's report up to its second incident. `README=overwrite cargo test --test samples
/// readme` writes it anew.
#[test]
fn the_chinese_readme_shows_real_output() {
    let readme = fs::read_to_string("README.zh-CN.md").unwrap();
    let (before, rest) = readme.split_once("```text\n").unwrap();
    let (shown, after) = rest.split_once("```").unwrap();
    let language = Language::Chinese;
    let printed = print_in(language, "text", &report_in(language, Path::new("samples/canal-node")));
    let (first, _) = printed.split_once("\n2. ").unwrap();
    assert!(first.contains("\n1. "), "{first}");
    let wanted = format!("{}\n\n[...]\n", first.trim_end());
    if std::env::var("README").is_ok_and(|word| word == "overwrite") {
        return fs::write("README.zh-CN.md", format!("{before}```text\n{wanted}```{after}")).unwrap();
    }
    assert_eq!(shown, wanted, "README=overwrite writes it anew");
}

/// A clone's files bear the time of the clone: it must not change what a sample's dates are.
#[test]
fn the_time_of_the_copy_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let years = |n: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(n * 365 * 86_400);
    for at in [years(57), years(63)] {
        let copy = folder.path().join("samples");
        for file in files(Path::new("samples/canal-node")) {
            let to = copy.join(file.strip_prefix("samples").unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file, &to).unwrap();
            File::options().write(true).open(&to).unwrap().set_times(FileTimes::new().set_modified(at)).unwrap();
        }
        let times = |report: Report| report.incidents.into_iter().map(|i| (i.time, i.cause)).collect::<Vec<_>>();
        let copied = report(&copy.join("canal-node"));
        assert_eq!(times(copied), times(report(Path::new("samples/canal-node"))));
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
