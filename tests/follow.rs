//! `--follow` as it is called: log files and pipes, text and JSON lines, the state file, Ctrl-C.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// A child that is ended with the test, and its lines as they come.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(dir: &Path, args: &[&str]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oomscan"))
        .arg("--follow")
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = pump(child.stdout.take().unwrap());
    Running { child, lines }
}

fn pump(output: ChildStdout) -> Receiver<String> {
    let (give, lines) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        // The test may have seen enough.
        lines.take_while(|line| give.send(line.clone()).is_ok()).for_each(drop);
    });
    lines
}

impl Running {
    /// The next line that holds a word, and how long it took.
    fn line(&self, word: &str) -> (String, Duration) {
        let begin = Instant::now();
        loop {
            let left = Duration::from_secs(15).saturating_sub(begin.elapsed());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("no line with {word}"));
            if line.contains(word) {
                return (line, begin.elapsed());
            }
        }
    }

    fn stop(mut self, signal: &str) -> (Option<i32>, Vec<String>) {
        let pid = self.child.id();
        assert!(Command::new("sh").args(["-c", &format!("kill -{signal} {pid}")]).status().unwrap().success());
        let rest: Vec<String> = self.lines.iter().collect();
        (self.child.wait().unwrap().code(), rest)
    }
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// A container's cgroup is out of memory.
fn kill(second: u32, pid: u32, container: &str) -> String {
    let line = |micros: u32, text: &str| {
        format!("2026-11-23T10:00:{second:02}.{micros:06}+00:00 node-1 kernel: [{second:>5}.{micros:06}] {text}\n")
    };
    let cgroup = format!("/docker/{container}");
    let head = format!(
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset={cgroup},mems_allowed=0,oom_memcg={cgroup},\
         task_memcg={cgroup},task=java,pid={pid},uid=0"
    );
    let tail = format!(
        "Memory cgroup out of memory: Killed process {pid} (java) total-vm:400000kB, anon-rss:300000kB, \
         file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:700kB oom_score_adj:0"
    );
    [line(10, &head), line(20, &tail)].concat()
}

/// The end of a container, as dockerd and containerd of a busy moment write it a little later.
fn end(second: u32, container: &str) -> String {
    format!(
        "2026-11-23T10:00:{second:02}.300000+00:00 node-1 containerd[70]: time=\"2026-11-23T10:00:{second:02}.300000000Z\" \
         level=info msg=\"shim disconnected\" id={container} namespace=moby\n\
         2026-11-23T10:00:{second:02}.310000+00:00 node-1 dockerd[80]: time=\"2026-11-23T10:00:{second:02}.310000000Z\" \
         level=info msg=\"ignoring event\" container={container} module=libcontainerd namespace=moby topic=/tasks/delete \
         type=\"*events.TaskDelete\"\n"
    )
}

const ONE: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "2222222222222222222222222222222222222222222222222222222222222222";

#[test]
fn a_kill_and_its_container_in_two_files() {
    let dir = tempfile::tempdir().unwrap();
    let (kern, daemon) = (dir.path().join("kern.log"), dir.path().join("daemon.log"));
    append(&kern, &kill(1, 101, ONE));
    append(&daemon, &end(1, ONE));
    let running = start(dir.path(), &["--format", "jsonl", "kern.log", "daemon.log"]);
    running.line("\"pid\":101");
    append(&kern, &kill(5, 102, TWO));
    thread::sleep(Duration::from_millis(300));
    append(&daemon, &end(5, TWO));
    let (line, took) = running.line("\"pid\":102");
    assert!(took < Duration::from_millis(2500), "{took:?}");
    let incident: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(incident["containers"][0]["id"], TWO);
    assert_eq!(incident["record"], "incident");
    let (code, rest) = running.stop("INT");
    assert_eq!((code, rest), (Some(130), Vec::new()));
}

#[test]
fn text_begins_with_the_report() {
    let dir = tempfile::tempdir().unwrap();
    let kern = dir.path().join("kern.log");
    append(&kern, &kill(1, 101, ONE));
    let running = start(dir.path(), &["kern.log"]);
    running.line("Memory: 1 incident, 1 process killed.");
    running.line("1. ");
    append(&kern, &kill(5, 102, TWO));
    let (line, _) = running.line("2. ");
    assert!(line.contains("222222222222"), "{line}");
    assert_eq!(running.stop("TERM").0, Some(130));
}

#[test]
fn a_pipe_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = start(dir.path(), &["-q", "-"]);
    let mut input = running.child.stdin.take().unwrap();
    input.write_all(kill(1, 101, ONE).as_bytes()).unwrap();
    let (line, _) = running.line("MEMORY");
    assert!(line.contains("node-1"), "{line}");
    // The last line of the last piece has no line feed.
    input.write_all(kill(5, 102, TWO).trim_end().as_bytes()).unwrap();
    drop(input);
    running.line("MEMORY");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_state_goes_on_where_the_last_run_ended() {
    let dir = tempfile::tempdir().unwrap();
    let kern = dir.path().join("kern.log");
    let args = ["--state", "state.json", "-q", "kern.log"];
    append(&kern, &kill(1, 101, ONE));
    let running = start(dir.path(), &args);
    running.line("MEMORY");
    append(&kern, &kill(5, 102, TWO));
    // Told at the end, although it may not be complete.
    thread::sleep(Duration::from_millis(600));
    let (code, rest) = running.stop("INT");
    assert_eq!((code, rest.len()), (Some(130), 1));
    fs::rename(&kern, dir.path().join("kern.log.1")).unwrap();
    append(&kern, &kill(9, 103, ONE));
    let running = start(dir.path(), &args);
    let (line, _) = running.line("MEMORY");
    assert!(line.contains("10:00:09"), "{line}");
    assert_eq!(running.stop("INT").1.len(), 0);
    // Somebody else's file is not written over.
    fs::write(dir.path().join("state.json"), "precious").unwrap();
    let mut running = start(dir.path(), &args);
    assert_eq!(running.child.wait().unwrap().code(), Some(2));
    assert_eq!(fs::read_to_string(dir.path().join("state.json")).unwrap(), "precious");
}
