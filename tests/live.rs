//! On the running kernel: a child in a memory cgroup is killed for lack of memory, and `--follow /dev/kmsg` tells of it.
//!
//! Skipped, with a notice, where this machine does not allow it: it needs the right to read the kernel's ring buffer and to
//! make a cgroup, which is root on a machine (or in a container) of its own.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Limit of the cgroup.
const LIMIT: u64 = 32 << 20;

/// A memory cgroup of this test's own, removed at its end.
struct Cgroup {
    folder: PathBuf,
    /// Path as the kernel prints it, as far as it can be known here.
    name: String,
}

impl Cgroup {
    /// Makes it below the cgroup of this process, or below the root where that does not allow it.
    fn make() -> Result<Self, String> {
        let own = fs::read_to_string("/proc/self/cgroup").map_err(|e| format!("/proc/self/cgroup: {e}"))?;
        let path = |wanted: &str| {
            own.lines().find_map(|line| {
                let mut fields = line.splitn(3, ':');
                let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
                controllers.split(',').any(|c| c == wanted).then(|| path.trim_end_matches('/').to_owned())
            })
        };
        let name = format!("oomscan-live-test-{}", std::process::id());
        let v1 = Path::new("/sys/fs/cgroup/memory");
        let tries = if v1.exists() {
            vec![(v1, path("memory").unwrap_or_default(), "memory.limit_in_bytes")]
        } else {
            // A cgroup with processes of its own cannot hand out memory to those below it: then the root must do.
            let v2 = Path::new("/sys/fs/cgroup");
            vec![(v2, path("").unwrap_or_default(), "memory.max"), (v2, String::new(), "memory.max")]
        };
        let mut reason = String::new();
        for (base, parent, limit) in tries {
            let name = format!("{parent}/{name}");
            let folder = base.join(name.trim_start_matches('/'));
            if let Err(error) = fs::create_dir(&folder) {
                reason = format!("{}: {error}", folder.display());
                continue;
            }
            let cgroup = Self { folder, name };
            match cgroup.limit(limit) {
                Ok(()) => return Ok(cgroup),
                Err(error) => reason = format!("{}: {error}", cgroup.folder.join(limit).display()),
            }
        }
        Err(format!("no memory cgroup can be made here: {reason}"))
    }

    fn limit(&self, file: &str) -> std::io::Result<()> {
        fs::write(self.folder.join(file), LIMIT.to_string())?;
        for swap in ["memory.swap.max", "memory.memsw.limit_in_bytes"] {
            // A kernel without swap accounting has no such file.
            let bytes = if swap.ends_with("max") { 0 } else { LIMIT };
            let _ = fs::write(self.folder.join(swap), bytes.to_string());
        }
        Ok(())
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // The kernel needs a moment to see that the last process has gone.
        for _ in 0..50 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A child that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Asks it to stop as Ctrl-C does, and waits for its end.
    fn interrupt(&mut self) -> ExitStatus {
        let pid = self.0.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -INT {pid}")]).status().unwrap().success());
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not end");
    }
}

/// Follows the ring buffer; its lines as they come, each with the moment it came.
fn follow() -> (Running, Receiver<(Instant, String)>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oomscan"))
        .args(["--follow", "--format", "jsonl", "/dev/kmsg"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (give, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if give.send((Instant::now(), line)).is_err() {
                return;
            }
        }
    });
    (Running(child), lines)
}

/// Lets a child use more than the limit; gives its pid.
fn use_up(cgroup: &Cgroup) -> u32 {
    let procs = cgroup.folder.join("cgroup.procs");
    // The shell moves itself into the cgroup; `tail` then keeps a line without end in memory.
    let script = format!("echo $$ > {} && exec tail -n 1 /dev/zero", procs.display());
    let mut child = Command::new("sh").args(["-c", &script]).stdout(Stdio::null()).spawn().unwrap();
    let pid = child.id();
    let end = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the child was not killed");
        }
        thread::sleep(Duration::from_millis(5));
    }
    pid
}

/// Why this machine cannot run the test.
fn obstacle() -> Option<String> {
    let mut record = [0u8; 8192];
    match File::open("/dev/kmsg").and_then(|mut device| device.read(&mut record)) {
        Ok(_) => None,
        Err(error) => Some(format!("/dev/kmsg: {error}")),
    }
}

#[test]
fn a_kill_on_this_kernel_is_told() {
    let cgroup = match obstacle().map_or_else(Cgroup::make, Err) {
        Ok(cgroup) => cgroup,
        Err(reason) => {
            eprintln!("skipped: {reason}");
            return;
        }
    };
    let (mut oomscan, lines) = follow();
    // It reads what is there first.
    thread::sleep(Duration::from_millis(700));
    let pid = use_up(&cgroup);
    let killed = Instant::now();
    let incident = loop {
        let left = Duration::from_secs(10).saturating_sub(killed.elapsed());
        let (at, line) = lines.recv_timeout(left).expect("it told nothing of the kill");
        let incident: Value = serde_json::from_str(&line).unwrap();
        if incident["victims"][0]["pid"] == pid {
            assert!(at.duration_since(killed) < Duration::from_secs(3), "it took {:?}", at.duration_since(killed));
            break incident;
        }
    };
    assert_eq!(incident["record"], "incident");
    assert_eq!((&incident["verdict"], &incident["agent"]), (&Value::from("memory"), &Value::from("kernel")));
    assert_eq!(incident["limit"]["limit_bytes"], LIMIT);
    for path in [&incident["limit"]["cgroup"], &incident["victims"][0]["cgroup"]] {
        // In a container the kernel prints the path as the host sees it.
        assert!(path.as_str().unwrap().ends_with(&cgroup.name), "{path} is not {}", cgroup.name);
    }
    assert!(incident["time"].is_string(), "the ring buffer of this machine has this machine's clock");
    assert_eq!(oomscan.interrupt().code(), Some(130));
    // Once is enough.
    let again = lines.iter().filter(|(_, line)| line.contains(&format!("\"pid\":{pid},"))).count();
    assert_eq!(again, 0);
}
