//! Logs are written, rotated, cut and taken away under the follower's eyes.

use super::*;
use std::fs::{self, OpenOptions};
use std::io::Write;
use tempfile::TempDir;

/// A kill as the kernel prints it, with a line behind it.
fn kill(second: u32, pid: u32) -> String {
    format!(
        "2026-11-23T10:{:02}:{:02}+00:00 node-1 kernel: [{second:>5}.000020] Out of memory: Killed process {pid} (java) \
         total-vm:400{pid}kB, anon-rss:300{pid}kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:700kB oom_score_adj:0\n\
         2026-11-23T10:{:02}:{:02}+00:00 node-1 kernel: [{second:>5}.000120] something else\n",
        second / 60,
        second % 60,
        second / 60,
        second % 60,
    )
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

struct Case {
    dir: TempDir,
    log: PathBuf,
}

impl Case {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("kern.log");
        Self { dir, log }
    }

    fn follow(&self, path: &Path, state: Option<State>) -> Follower {
        Follower::start(&[Input::Path(path.to_owned())], &Options::default(), state).unwrap()
    }
}

/// Pids that are told now, whether complete or not.
fn told(follower: &mut Follower) -> Vec<u32> {
    // The listing of folders is not waited for.
    for _ in 0..2 {
        follower.next_listing = Instant::now();
        follower.poll();
    }
    let report = follower.report();
    let news = follower.news(&report, Instant::now(), true);
    let mut pids: Vec<u32> =
        news.iter().flat_map(|&index| &report.incidents[index].victims).map(|victim| victim.pid).collect();
    pids.sort_unstable();
    pids
}

#[test]
fn lines_as_they_come() {
    let case = Case::new();
    append(&case.log, &kill(1, 11));
    let mut follower = case.follow(&case.log, None);
    assert_eq!(told(&mut follower), [11]);
    assert!(told(&mut follower).is_empty());
    let text = kill(2, 12);
    let (one, two) = text.split_at(100);
    append(&case.log, one);
    assert!(told(&mut follower).is_empty());
    append(&case.log, two);
    assert_eq!(told(&mut follower), [12]);
}

#[test]
fn a_log_that_comes_later() {
    let case = Case::new();
    let mut follower = case.follow(&case.log, None);
    assert_eq!(follower.new_problems().len(), 1);
    assert!(told(&mut follower).is_empty());
    append(&case.log, "");
    assert!(told(&mut follower).is_empty());
    append(&case.log, &kill(1, 11));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(told(&mut follower), [11]);
    assert!(!follower.ended());
}

#[test]
fn renamed_and_begun_anew() {
    for whole_folder in [false, true] {
        let case = Case::new();
        append(&case.log, &kill(1, 11));
        let path = if whole_folder { case.dir.path() } else { &case.log };
        let mut follower = case.follow(path, None);
        assert_eq!(told(&mut follower), [11]);
        append(&case.log, &kill(2, 12));
        let old = case.dir.path().join("kern.log.1");
        fs::rename(&case.log, &old).unwrap();
        // The writer has the old file still open for a while.
        append(&old, &kill(3, 13));
        append(&case.log, &kill(4, 14));
        assert_eq!(told(&mut follower), [12, 13, 14], "{whole_folder}");
        append(&old, &kill(5, 15));
        append(&case.log, &kill(6, 16));
        assert_eq!(told(&mut follower), [15, 16], "{whole_folder}");
    }
}

#[test]
fn copied_and_cut() {
    for whole_folder in [false, true] {
        let case = Case::new();
        append(&case.log, &kill(1, 11));
        let path = if whole_folder { case.dir.path() } else { &case.log };
        let mut follower = case.follow(path, None);
        assert_eq!(told(&mut follower), [11]);
        // Written after the last look, and before the copy.
        append(&case.log, &kill(2, 12));
        fs::copy(&case.log, case.dir.path().join("kern.log.1")).unwrap();
        OpenOptions::new().write(true).truncate(true).open(&case.log).unwrap();
        append(&case.log, &kill(3, 13));
        assert_eq!(told(&mut follower), [12, 13], "{whole_folder}");
    }
}

#[test]
fn cut_and_longer_than_before_at_the_next_look() {
    let case = Case::new();
    append(&case.log, &kill(1, 11));
    let mut follower = case.follow(&case.log, None);
    assert_eq!(told(&mut follower), [11]);
    fs::write(&case.log, [kill(2, 12), kill(3, 13)].concat()).unwrap();
    assert_eq!(told(&mut follower), [12, 13]);
    // What was told before is not told again, although it is no longer in the file.
    assert!(told(&mut follower).is_empty());
}

#[test]
fn a_removed_log_is_read_to_its_end() {
    let case = Case::new();
    append(&case.log, &kill(1, 11));
    let mut follower = case.follow(&case.log, None);
    assert_eq!(told(&mut follower), [11]);
    append(&case.log, &kill(2, 12));
    fs::remove_file(&case.log).unwrap();
    assert_eq!(told(&mut follower), [12]);
    append(&case.log, &kill(3, 13));
    assert_eq!(told(&mut follower), [13]);
}

#[test]
fn a_restart_neither_loses_nor_repeats() {
    let case = Case::new();
    append(&case.log, &kill(1, 11));
    let mut follower = case.follow(&case.log, None);
    assert_eq!(told(&mut follower), [11]);
    let state = follower.state().clone();
    drop(follower);
    append(&case.log, &kill(2, 12));
    let mut follower = case.follow(&case.log, Some(state));
    assert_eq!(told(&mut follower), [12]);
    let state = follower.state().clone();
    drop(follower);
    // Rotated while nobody followed.
    append(&case.log, &kill(3, 13));
    fs::rename(&case.log, case.dir.path().join("kern.log.1")).unwrap();
    append(&case.log, &kill(4, 14));
    let mut follower = case.follow(&case.log, Some(state));
    assert_eq!(told(&mut follower), [13, 14]);
    assert!(follower.new_problems().is_empty());
    let state = follower.state().clone();
    drop(follower);
    // Copied and cut while nobody followed.
    append(&case.log, &kill(5, 15));
    fs::copy(&case.log, case.dir.path().join("kern.log.2")).unwrap();
    fs::write(&case.log, kill(6, 16)).unwrap();
    let mut follower = case.follow(&case.log, Some(state));
    assert_eq!(told(&mut follower), [15, 16]);
}

#[test]
fn a_lost_file_is_told() {
    let case = Case::new();
    append(&case.log, &kill(1, 11));
    let mut follower = case.follow(&case.log, None);
    told(&mut follower);
    let state = follower.state().clone();
    drop(follower);
    fs::remove_file(&case.log).unwrap();
    append(&case.log, &kill(6, 16));
    let mut follower = case.follow(&case.log, Some(state));
    assert_eq!(told(&mut follower), [16]);
    let problems = follower.new_problems();
    assert!(problems.iter().any(|p| p.message.contains("rotated")), "{problems:?}");
}

#[test]
fn what_waits_is_not_in_the_state() {
    let case = Case::new();
    append(&case.log, &kill(1, 11));
    let mut follower = case.follow(&case.log, None);
    follower.poll();
    let report = follower.report();
    // Killed before the incident was complete.
    assert!(follower.news(&report, Instant::now(), false).is_empty() && follower.waiting());
    let state = follower.state().clone();
    drop(follower);
    let mut follower = case.follow(&case.log, Some(state));
    assert_eq!(told(&mut follower), [11]);
}

#[test]
fn documents_are_read_anew() {
    let case = Case::new();
    let path = case.dir.path().join("inspect.json");
    let document = |running: bool, code: u32| {
        format!(
            "[{{\"Id\": \"{}\", \"Name\": \"/web\", \"State\": {{\"Running\": {running}, \"OOMKilled\": {}, \
             \"ExitCode\": {code}, \"StartedAt\": \"2026-11-23T10:00:00Z\", \"FinishedAt\": \"{}\"}}}}]",
            "ab".repeat(32),
            !running,
            if running { "0001-01-01T00:00:00Z" } else { "2026-11-23T10:05:00Z" }
        )
    };
    fs::write(&path, document(true, 0)).unwrap();
    let mut follower = case.follow(case.dir.path(), None);
    assert!(follower.report().incidents.is_empty());
    fs::write(&path, document(false, 137)).unwrap();
    // A file is read again after a few times what reading it took.
    std::thread::sleep(Duration::from_millis(200));
    follower.poll();
    assert_eq!(follower.report().incidents.len(), 1);
}

#[test]
fn memory_stays_bounded() {
    let case = Case::new();
    append(&case.log, "");
    let mut follower = case.follow(&case.log, None);
    let many = u32::try_from(EVENTS_MAX).unwrap();
    for round in 0..5 {
        let text: String = (0..many / 2).map(|n| kill(round * 600 + n % 600, 1000 + n)).collect();
        append(&case.log, &text);
        follower.poll();
        follower.next_listing = Instant::now();
        follower.poll();
        let events = follower.things.values().map(|thing| match thing {
            Thing::Log(log) => log.growing.events(),
            Thing::Whole(_) => 0,
        });
        assert!(events.sum::<usize>() <= 3 * EVENTS_MAX);
    }
}
