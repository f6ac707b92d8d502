//! This machine as an input: its journals, logs and kernel ring buffer, what it knows of itself, and the kernel's
//! counters of OOM kills. Works without root for what is readable, and tells what was not.

use super::{access, cgroups, commands};
use crate::language::Language;
use crate::report::{Problem, Report, Severity};
use crate::say;
use crate::scan::{self, Options};
use crate::source::Input;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Folders that are read as a whole.
const FOLDERS: &[&str] = &[
    // systemd's journals, lasting and volatile.
    "var/log/journal",
    "run/log/journal",
    // The kubelet's links and folders of container logs.
    "var/log/containers",
    "var/log/pods",
    // docker's json-file logs, and its own record of each container.
    "var/lib/docker/containers",
    // What the firmware kept of a kernel that crashed; systemd-pstore moves it.
    "sys/fs/pstore",
    "var/lib/systemd/pstore",
];

/// Single files: the kernel's own log first, then what the machine knows of itself.
const FILES: &[&str] = &[
    "dev/kmsg",
    "proc/meminfo",
    "proc/stat",
    "proc/uptime",
    "proc/version",
    "proc/cmdline",
    "etc/hostname",
    "etc/timezone",
];

/// Logs in `/var/log`, with their rotations: names that begin so.
const LOGS: &[&str] = &[
    "kern",
    "syslog",
    "messages",
    "dmesg",
    "daemon.log",
    "docker",
    "containerd",
    "crio",
    "kubelet",
    "podman",
    "earlyoom",
    "nohang",
    "k3s",
    "rke2",
];

/// What there is to read.
#[derive(Debug, Default)]
pub struct Machine {
    /// Everything that can be read.
    pub inputs: Vec<Input>,
    /// What cannot, and why.
    pub problems: Vec<Problem>,
    /// Its name.
    pub host: Option<String>,
    /// That of the problems.
    pub language: Language,
}

/// Looks at what there is. `root` is `/`, but for tests.
pub fn look(root: &Path, language: Language) -> Machine {
    let mut machine = Machine { language, ..Machine::default() };
    for name in FOLDERS {
        machine.add(root.join(name), |path| fs::read_dir(path).map(|_| ()));
    }
    for name in FILES {
        machine.add(root.join(name), |path| File::open(path).map(|_| ()));
    }
    for path in logs(&root.join("var/log")) {
        machine.add(path, |path| File::open(path).map(|_| ()));
    }
    machine.host = fs::read_to_string(root.join("proc/sys/kernel/hostname"))
        .or_else(|_| fs::read_to_string(root.join("etc/hostname")))
        .ok()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    if !machine.inputs.iter().any(may_be_kernel_log) {
        machine.problem(None, say!(language, "join-live-no-kernel-log"));
    }
    machine
}

/// Whether the kernel's lines may stand in it.
fn may_be_kernel_log(input: &Input) -> bool {
    let Input::Path(path) = input else { return false };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    ["journal", "kmsg", "pstore"].contains(&name.as_str())
        || ["kern", "syslog", "messages", "dmesg"].iter().any(|start| name.starts_with(start))
}

/// The logs in a folder, by name.
fn logs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let named = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        LOGS.iter().any(|start| name.starts_with(start))
    });
    // Folders of these names (k3s, containers' logs of podman) belong to programs of their own.
    let mut paths: Vec<PathBuf> = named.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

impl Machine {
    fn add(&mut self, path: PathBuf, open: impl Fn(&Path) -> std::io::Result<()>) {
        match open(&path) {
            Ok(()) => self.inputs.push(Input::Path(path)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let message = access::Needs::of(&path).tell(0, self.language);
                self.problem(Some(path.display().to_string()), message);
            }
            // What is not there needs no word.
            Err(_) => {}
        }
    }

    fn problem(&mut self, source: Option<String>, message: String) {
        self.problems.push(Problem { severity: Severity::Warning, source, line: None, message });
    }
}

/// Looks at this machine and makes the options fit it. `runtime`: its container runtimes are asked, too.
pub fn prepare(options: &mut Options, runtime: bool) -> Machine {
    let mut machine = look(Path::new("/"), options.language);
    options.host.clone_from(&machine.host);
    if runtime {
        let (documents, problems) = commands::ask(options.language);
        options.documents.extend(documents);
        machine.problems.extend(problems);
    }
    machine
}

/// Scans this machine. `runtime`: its container runtimes are asked, too.
pub fn scan(options: &Options, runtime: bool) -> Report {
    let root = Path::new("/");
    let mut options = options.clone();
    let machine = prepare(&mut options, runtime);
    // A part of the time is no base for a comparison with counters that begin at the boot.
    let whole = options.since_us.is_none() && options.until_us.is_none();
    // Read before the logs: a kill in between is then in the logs, and not told as missing.
    let counters = whole.then(|| cgroups::counters(root));
    let tell = |warnings| access::problems(warnings, options.language);
    let report = scan::scan_telling(&machine.inputs, &options, &tell);
    finish(root, report, machine, counters.as_deref())
}

fn finish(root: &Path, mut report: Report, machine: Machine, counters: Option<&[cgroups::Counter]>) -> Report {
    let compared = counters.map(|counters| cgroups::compare(root, counters, &report, machine.language));
    report.problems.extend(machine.problems);
    report.problems.extend(compared.unwrap_or_default());
    report.problems.sort();
    report.problems.dedup();
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "node-1\n").unwrap();
        }
        dir
    }

    fn names(dir: &tempfile::TempDir, machine: &Machine) -> Vec<String> {
        let short = |input: &Input| input.name().trim_start_matches(dir.path().to_str().unwrap()).to_owned();
        machine.inputs.iter().map(short).collect()
    }

    #[test]
    fn what_there_is_to_read() {
        let dir = tree(&[
            "var/log/journal/abc/system.journal",
            "var/log/kern.log",
            "var/log/kern.log.1",
            "var/log/syslog.2.gz",
            "var/log/apt/history.log",
            "var/log/dpkg.log",
            "proc/meminfo",
            "proc/sys/kernel/hostname",
        ]);
        let machine = look(dir.path(), Language::English);
        let wanted =
            ["/var/log/journal", "/proc/meminfo", "/var/log/kern.log", "/var/log/kern.log.1", "/var/log/syslog.2.gz"];
        assert_eq!(names(&dir, &machine), wanted);
        assert_eq!(machine.host.as_deref(), Some("node-1"));
        assert!(machine.problems.is_empty(), "{:?}", machine.problems);
    }

    #[test]
    fn a_machine_without_a_kernel_log() {
        let dir = tree(&["proc/meminfo", "var/log/docker.log"]);
        let machine = look(dir.path(), Language::English);
        assert_eq!(machine.problems.len(), 1);
        assert!(machine.problems[0].message.contains("no kernel log"), "{:?}", machine.problems);
    }

    #[test]
    fn a_problem_is_told_once() {
        let dir = tree(&["proc/vmstat"]);
        let problem = |message: &str| Problem {
            severity: Severity::Error,
            source: Some("x".to_owned()),
            line: None,
            message: message.to_owned(),
        };
        let report = Report { problems: vec![problem("broken")], ..Report::default() };
        let machine = Machine { problems: vec![problem("broken")], ..Machine::default() };
        let report = finish(dir.path(), report, machine, Some(&[]));
        assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    }
}
