//! `--redact` over the recordings: no name, address, id or path of theirs is left in any format or language, and what the
//! diagnosis rests on is all there.
//!
//! What must be gone is told by the recordings' ground truth, by the report before it was redacted, and by what looks like an
//! address or id in its raw lines. A few bundles by default, all with `OOMSCAN_ALL=1`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::recordings::{Bundle, bundles, whole_corpus};
use oomscan::language::Language;
use oomscan::render::csv::Table;
use oomscan::render::{FORMATS, Style, by_name};
use oomscan::report::Report;
use oomscan::report::redact::redact;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What stands on every machine, or names a thing that everybody has: it tells nobody's secret.
const COMMON: &str = "
    systemd systemd-journal systemd-journald systemd-journald.service systemd-logind systemd-oomd systemd-udevd systemd-network systemd-resolve systemd-timesyn
    systemd-hwdb init kthreadd kswapd0 ksoftirqd kernel bash sh sleep tail cat dd awk sed grep sudo su login agetty sshd cron
    dbus-daemon dbus dockerd docker containerd containerd-shim containerd-shim-runc-v2 runc crun conmon podman kubelet kubectl crictl
    ctr earlyoom nohang java python3 python python3.11 python3.13 node nginx redis-server stress stress-ng perl xz gzip tar
    journalctl rsyslog rsyslog.service rsyslogd auditd networkd-dispat unattended-upgr dhclient agent operator runtime application kubernetes pause etcd
    kube-apiserver kube-proxy kube-controller kube-scheduler coredns
    kube-system kubepods kubepods-burstable kubepods-besteffort kubepods.slice kubepods-burstable.slice kubepods-besteffort.slice system.slice user.slice machine.slice
    init.scope burstable besteffort guaranteed libpod_parent supervisor default k8s.io moby system user machine
    var log run etc usr lib opt tmp root home proc sys dev fs cgroup memory syslog messages kern.log dmesg journal journalctl
    sos_commands sos_logs containers pods docker.service containerd.service kubelet.service
    local localhost 127.0.0.1 0.0.0.0 255.255.255.255 192.168.0.0 host none
";

/// A word that is searched for, and where it was met.
type Secrets = BTreeMap<String, &'static str>;

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Words that the program itself writes: of its catalogues, and of a report of nothing.
fn own_words() -> BTreeSet<String> {
    let mut texts: Vec<String> = Vec::new();
    for folder in fs::read_dir("lang").unwrap() {
        let files = fs::read_dir(folder.unwrap().path()).unwrap();
        texts.extend(files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()));
    }
    texts.push(fs::read_to_string("schema/oomscan.report-1.json").unwrap());
    let empty = Report::default();
    texts.extend(FORMATS.iter().map(|format| written(&empty, format.name(), &Style::default())));
    texts
        .iter()
        .flat_map(|text| text.to_lowercase().split(|c| !is_word(c)).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn written(report: &Report, format: &str, style: &Style) -> String {
    let mut out = Vec::new();
    by_name(format).unwrap().write(report, style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    match (text.find("<body>"), text.find("<script>")) {
        (Some(start), Some(end)) if format == "html" => text[start..end].to_owned(),
        _ => text,
    }
}

/// The report in every format, and the text in every length.
fn forms(report: &Report, language: Language) -> Vec<(String, String)> {
    let style = Style { language, all: true, ..Style::default() };
    let mut all: Vec<(String, String)> = Vec::new();
    for format in FORMATS.iter().map(|format| format.name()).filter(|name| *name != "csv") {
        all.push((format.to_owned(), written(report, format, &style)));
    }
    for table in Table::ALL {
        all.push((format!("csv {}", table.name()), written(report, "csv", &Style { table, ..style.clone() })));
    }
    all.push(("text -v".to_owned(), written(report, "text", &Style { verbose: true, ..style.clone() })));
    all.push(("text --brief".to_owned(), written(report, "text", &Style { brief: true, ..style })));
    all
}

struct Collector<'w> {
    own: &'w BTreeSet<String>,
    secrets: Secrets,
}

impl Collector<'_> {
    fn add(&mut self, name: &str, from: &'static str) {
        let name = name.trim().trim_matches('/').to_lowercase();
        let common = |name: &str| COMMON.split_whitespace().any(|common| common == name);
        let digits = name.chars().all(|c| !c.is_alphabetic()) && !is_ipv4(&name);
        // A name that is also a word of the program's own cannot be told from it.
        if name.len() < 3 || digits || common(&name) || self.own.contains(&name) || name.contains("kworker") {
            return;
        }
        self.secrets.entry(name).or_insert(from);
    }

    /// A name that may be put together of others.
    fn parts(&mut self, text: &str, from: &'static str) {
        for part in text.split(['/', '!', ' ']).filter(|part| !part.is_empty()) {
            self.add(part, from);
            for end in [".service", ".scope", ".slice", ".log", ".txt", ".gz"] {
                part.strip_suffix(end).into_iter().for_each(|part| self.add(part, from));
            }
        }
    }

    fn truth(&mut self, value: &Value) {
        match value {
            Value::Array(all) => all.iter().for_each(|value| self.truth(value)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    if let (Value::String(text), true) = (value, NAMES.contains(&key.as_str())) {
                        match key.contains("comm") {
                            true => self.add(text, "truth"),
                            false => self.parts(text.trim_start_matches("containerd://"), "truth"),
                        }
                    }
                    self.truth(value);
                }
            }
            _ => {}
        }
    }

    fn report(&mut self, report: &Report) {
        report.nodes.iter().for_each(|node| self.add(&node.name, "node"));
        for incident in &report.incidents {
            for c in &incident.containers {
                let names = [&c.id, &c.name, &c.image, &c.pod, &c.namespace, &c.pod_uid, &c.sandbox_id, &c.unit];
                names.into_iter().flatten().for_each(|name| self.parts(name, "container"));
            }
            incident.terminations.iter().filter_map(|end| end.unit.as_ref()).for_each(|unit| self.parts(unit, "unit"));
            incident.boot_id.iter().for_each(|id| self.add(id, "boot"));
            incident.victims.iter().for_each(|victim| self.add(&victim.comm, "victim"));
            incident.victims.iter().filter_map(|v| v.cgroup.as_ref()).for_each(|path| self.parts(path, "cgroup"));
            incident.processes.iter().for_each(|process| self.add(&process.comm, "process"));
            for proof in &incident.evidence {
                self.raw(&proof.text);
                let near = proof.context.iter().flat_map(|context| context.before.iter().chain(&context.after));
                near.for_each(|line| self.raw(line));
            }
        }
    }

    /// Names of people's accounts, wherever a log or document tells of one.
    fn users(&mut self, text: &str) {
        for (marker, ends) in USER_MARKERS {
            for (at, _) in text.match_indices(marker) {
                let rest = &text[at + marker.len()..];
                let name = rest.split(|c: char| !is_word(c) && c != '.').next().unwrap_or_default();
                let whole = ends.is_empty() || rest[name.len()..].starts_with(ends);
                if whole && name.contains(char::is_alphabetic) {
                    self.add(name.trim_end_matches('.'), "user");
                }
            }
        }
        // `zoe : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls`, from sudo.
        for (at, _) in text.match_indices(" : TTY=") {
            let name = text[..at].rsplit(char::is_whitespace).next().unwrap_or_default();
            self.add(name, "user");
        }
    }

    /// Addresses and ids in a raw line.
    fn raw(&mut self, line: &str) {
        for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))) {
            let word = word.trim_matches(['.', '-', ':']);
            let host = word.rsplit_once(':').map_or(word, |(host, _)| host);
            let hex = word.bytes().filter(u8::is_ascii_hexdigit).count();
            let only_hex = word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            let mixed = word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic());
            let mac = word.len() == 17 && word.split(':').count() == 6 && word.split(':').all(|part| part.len() == 2);
            if is_ipv4(host) {
                self.add(host, "address");
            } else if mac || (only_hex && hex >= 12 && mixed) {
                self.add(word, "id");
            }
        }
    }
}

/// What stands before an account's name, and what follows it then.
const USER_MARKERS: &[(&str, &str)] = &[
    ("session opened for user ", ""),
    ("session closed for user ", ""),
    (" of user ", ""),
    (" of User ", ""),
    ("Accepted publickey for ", ""),
    ("Accepted password for ", ""),
    ("Failed password for ", ""),
    ("/home/", ""),
    ("USER=", ""),
    ("LOGNAME=", ""),
    ("UserId=", "("),
    (" user=", ""),
    ("\"User\": \"", "\""),
    ("\"User\":\"", "\""),
];

/// Fields of the ground truth that hold names.
const NAMES: &[&str] = &[
    "hostname",
    "boot_id",
    "comm",
    "sender_comm",
    "asked_by_comm",
    "name",
    "pod",
    "ns",
    "namespace",
    "uid",
    "pod_uid",
    "unit",
    "cid",
    "container_id",
    "containerID",
    "sandbox",
    "cgroup",
    "cgroups_path",
    "container",
    "image",
    "run",
];

fn is_ipv4(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok())
}

fn secrets(path: &Path, report: &Report, own: &BTreeSet<String>) -> Secrets {
    let mut all = Collector { own, secrets: Secrets::new() };
    let recording = path.parent().unwrap();
    for file in fs::read_dir(recording.join("ground-truth")).into_iter().flatten() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|e| e == "json") {
            all.truth(&serde_json::from_slice(&fs::read(file).unwrap()).unwrap());
        }
    }
    all.parts(path.file_name().unwrap().to_str().unwrap(), "bundle");
    all.parts(recording.file_name().unwrap().to_str().unwrap(), "recording");
    all.report(report);
    for (_, bytes) in Bundle::load(path).files {
        all.users(&String::from_utf8_lossy(&bytes));
    }
    all.secrets
}

/// Where a name stands as a word of its own.
fn survivor(text: &str, secret: &str) -> Option<String> {
    text.match_indices(secret).find_map(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric());
        let after = text[at + secret.len()..].chars().next().is_some_and(|c| c.is_alphanumeric());
        let start = (0..=at.saturating_sub(60)).rev().find(|n| text.is_char_boundary(*n)).unwrap();
        let end = (at + secret.len() + 60..=text.len()).find(|n| text.is_char_boundary(*n)).unwrap_or(text.len());
        (!before && !after).then(|| text[start..end].replace('\n', "⏎"))
    })
}

/// Pseudonyms with a key are made in the same places as those without: one language is enough.
fn keys(language: Language) -> &'static [Option<&'static str>] {
    if language == Language::English { &[None, Some("a key")] } else { &[None] }
}

fn one_bundle(path: &Path, own: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for language in Language::ALL {
        let options =
            Options { details: true, context: true, language, threads: 1, year: Some(2026), ..Options::default() };
        let report = scan(&[Input::Path(path.to_owned())], &options);
        let secrets = secrets(path, &report, own);
        assert!(secrets.len() > 3, "{}: only {secrets:?} to look for", path.display());
        for key in keys(language) {
            let redacted = redact(&report, *key);
            faults.extend(
                differences(&report, &redacted).into_iter().map(|fault| format!("{}: {fault}", path.display())),
            );
            for (form, text) in forms(&redacted, language) {
                let text = text.to_lowercase();
                for (secret, from) in &secrets {
                    if let Some(place) = survivor(&text, secret) {
                        faults.push(format!(
                            "{}: {form} {}: {secret} ({from}): {place}",
                            path.display(),
                            language.tag()
                        ));
                    }
                }
            }
        }
    }
    faults
}

/// Fields whose text is not a name.
const KEPT: &[&str] = &[
    "verdict",
    "cause",
    "confidence",
    "clock",
    "time",
    "scope",
    "kind",
    "signal_name",
    "gfp_mask",
    "gfp_flags",
    "pattern",
    "qos",
    "first",
    "last",
    "first_time",
    "last_time",
    "started",
    "finished",
    "restarted",
    "severity",
    "from",
    "to",
    "at",
    "meaning",
    "kernel",
];

/// What redaction changed besides names: numbers, sizes, verdicts, how many there are of anything.
fn differences(report: &Report, redacted: &Report) -> Vec<String> {
    let value = |report: &Report| serde_json::to_value(report).unwrap();
    let mut found = Vec::new();
    compare(&value(report), &value(redacted), "report", "", &mut found);
    found.truncate(5);
    found
}

fn compare(a: &Value, b: &Value, at: &str, key: &str, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| compare(a, b, &format!("{at}[{n}]"), key, found));
        }
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().for_each(|(key, a)| compare(a, &b[key], &format!("{at}.{key}"), key, found));
        }
        (Value::String(a), Value::String(b)) => {
            let sizes =
                matches!(key, "summary" | "explanation" | "advice" | "action" | "reason" | "confidence_reasons");
            if (KEPT.contains(&key) && a != b) || (sizes && figures(a) != figures(b)) {
                found.push(format!("{at}: {a:?} became {b:?}"));
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{at}: {a} became {b}")),
    }
}

/// Sizes and shares in a sentence: `1.4 GiB`, `98%`.
fn figures(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split([' ', '\u{a0}']).collect();
    let unit = |word: &str| ["B", "KiB", "MiB", "GiB", "TiB"].iter().any(|unit| word.starts_with(unit));
    let pairs = words.windows(2).filter(|pair| pair[0].ends_with(|c: char| c.is_ascii_digit()) && unit(pair[1]));
    let tail = |word: &str| word.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
    pairs.map(|pair| tail(pair[0])).collect()
}

#[test]
fn nothing_of_a_recording_survives() {
    let own = own_words();
    let all = bundles();
    let step = if whole_corpus() { 1 } else { 12 };
    let tried: Vec<_> = all.iter().step_by(step).collect();
    let faults: Vec<String> = tried.into_par_iter().flat_map_iter(|path| one_bundle(path, &own)).collect();
    let shown: Vec<&String> = faults.iter().take(4000).collect();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        shown.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("\n")
    );
}

/// A node on which people work: their accounts stand in the lines around a kill, in a killer's own line, in a document and in a
/// job's record.
const AUTH: &str = "\
Nov 23 10:26:20 node-7 sshd[811]: Accepted publickey for zebulon from 10.9.8.7 port 51234 ssh2
Nov 23 10:26:20 node-7 sshd[811]: pam_unix(sshd:session): session opened for user zebulon(uid=1001) by (uid=0)
Nov 23 10:26:21 node-7 systemd-logind[512]: New session 42 of user zebulon.
Nov 23 10:26:21 node-7 systemd[1]: Started session-42.scope - Session 42 of User zebulon.
Nov 23 10:26:22 node-7 sudo[900]:  zebulon : TTY=pts/0 ; PWD=/home/zebulon/batch ; USER=orozco-k ; COMMAND=/home/zebulon/batch/run.py
";

const KILLS: &str = "\
Nov 23 10:26:30 node-7 kernel: Memory cgroup out of memory: Killed process 4711 (orozco-k-train) total-vm:2440932kB, anon-rss:253952kB, file-rss:0kB, shmem-rss:0kB, UID:1001 pgtables:508kB oom_score_adj:0
Nov 23 10:26:41 node-7 earlyoom[77]: sending SIGTERM to process 812 uid 1001 \"python3\": oom_score 900, VmRSS 3000 MiB, cmdline \"/home/zebulon/env/bin/python3 train.py\"
Nov 23 10:26:50 node-7 batch[91]: slurmstepd: error: Detected 1 oom_kill event in StepId=410022.batch. Some of the step tasks have been OOM Killed.
Nov 23 10:26:55 node-7 postgres[60]: [7-1] user=orozco-k LOG:  server process (PID 1234) was terminated by signal 9: Killed
";

const INSPECTED: &str = r#"[{"Id": "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99", "Name": "/zebulon_train_1",
 "State": {"Status": "exited", "Running": false, "OOMKilled": true, "ExitCode": 137, "Error": "open /home/zebulon/x: no", "StartedAt": "2026-11-23T10:00:00Z", "FinishedAt": "2026-11-23T10:20:00Z"},
 "Config": {"User": "orozco-k", "Image": "zebulon/train:1", "Env": ["USER=orozco-k", "HOME=/home/orozco-k"]}, "HostConfig": {"Binds": ["/home/zebulon/data:/data"]}}]"#;

const JOBS: &str = "JobId=410022 JobName=zebulon-train\n   UserId=zebulon(1001) GroupId=zebulon(1001)\n   JobState=OUT_OF_MEMORY Reason=OutOfMemory\n   Restarts=0 ExitCode=0:125\n   StartTime=2026-11-23T10:20:10 EndTime=2026-11-23T10:26:50\n   Command=/home/zebulon/train.sh\n";

#[test]
fn no_account_survives() {
    let own = own_words();
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("syslog", format!("{AUTH}{KILLS}{AUTH}")),
        ("inspect.json", INSPECTED.to_owned()),
        ("job.txt", JOBS.to_owned()),
    ];
    let mut all = Collector { own: &own, secrets: Secrets::new() };
    for (name, text) in &files {
        fs::write(folder.path().join(name), text).unwrap();
        all.users(text);
    }
    assert_eq!(all.secrets.keys().collect::<Vec<_>>(), ["orozco-k", "zebulon"]);
    for language in Language::ALL {
        let options = Options { details: true, context: true, language, year: Some(2026), ..Options::default() };
        let report = scan(&[Input::Path(folder.path().to_owned())], &options);
        let open = written(&report, "json", &Style { language, ..Style::default() });
        assert!(all.secrets.keys().all(|name| open.contains(name.as_str())), "nothing to find: {open}");
        for key in [None, Some("a key")] {
            let redacted = redact(&report, key);
            for (form, text) in forms(&redacted, language) {
                for secret in all.secrets.keys() {
                    let place =
                        text.find(secret.as_str()).map(|at| text[..at].chars().rev().take(80).collect::<String>());
                    assert_eq!(place, None, "{secret} in {form} {}, key {key:?}: {text}", language.tag());
                }
            }
        }
    }
}

/// Keyed pseudonyms are the same in both languages, so that an English and a Chinese report of one node can be compared.
#[test]
fn a_key_gives_the_same_names_in_chinese() {
    let of = |language, key| {
        let options = Options { details: true, language, ..Options::default() };
        redact(&scan(&[Input::Path("samples/canal-node".into())], &options), Some(key))
    };
    let (english, chinese) = (of(Language::English, "a key"), of(Language::Chinese, "a key"));
    let names = |report: &Report| {
        let containers = report.incidents.iter().flat_map(|incident| &incident.containers);
        let own: Vec<_> = containers.map(|c| (c.name.clone(), c.pod.clone(), c.id.clone(), c.image.clone())).collect();
        (report.nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>(), own)
    };
    assert_eq!(names(&english), names(&chinese));
    assert_ne!(names(&of(Language::Chinese, "another key")), names(&chinese));
    let (_, containers) = names(&chinese);
    let name = containers.iter().find_map(|(name, ..)| name.clone()).unwrap();
    let told = forms(&chinese, Language::Chinese);
    assert!(told.iter().filter(|(_, text)| text.contains(&name)).count() > 3, "{name} stands in the sentences");
}

#[test]
fn the_search_can_fail() {
    let own = own_words();
    let report = scan(&[Input::Path("samples/canal-node".into())], &Options { context: true, ..Options::default() });
    let mut all = Collector { own: &own, secrets: Secrets::new() };
    all.report(&report);
    let text = written(&report, "json", &Style::default()).to_lowercase();
    let left = all.secrets.keys().filter(|secret| survivor(&text, secret).is_some()).count();
    assert_eq!(left, all.secrets.len(), "{:?}", all.secrets);
    assert!(["canal-server", "k8s-node-07", "metrics-daemon"].iter().all(|name| all.secrets.contains_key(*name)));
    let mut wrong = report.clone();
    wrong.incidents[0].victims[0].pid += 1;
    wrong.incidents[0].summary = wrong.incidents[0].summary.replace("1.", "2.");
    assert!(!differences(&report, &wrong).is_empty());
}
