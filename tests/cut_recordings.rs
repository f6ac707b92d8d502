//! Every recording with one of its sources left out, and with one of them alone: a verdict may get weaker, never wrong. Prints
//! the table of what each report says against what was left.
//!
//! The recordings lie beside the checkout (see `common::corpus`). All cuts of all bundles take minutes: `OOMSCAN_ALL=1` runs them,
//! otherwise one cut of every fourth bundle is tried, another one for each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::recordings::{Bundle, bundles, whole_corpus};
use common::{options, scan_paths};
use oomscan::report::{Cause, Confidence, Container, Incident, Report, Termination, Verdict};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Who says something about a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Kernel,
    Runtime,
    Kubelet,
    Systemd,
    /// What an inspect, a table or the API says of a container.
    Documents,
    /// Event streams of runtimes.
    Events,
    /// The containers' own output.
    Applications,
}

const ALL: [Source; 7] = [
    Source::Kernel,
    Source::Runtime,
    Source::Kubelet,
    Source::Systemd,
    Source::Documents,
    Source::Events,
    Source::Applications,
];

/// Whose a file is as a whole, by its path in the bundle.
fn owner(path: &str) -> Option<Source> {
    let has = |words: &[&str]| words.iter().any(|w| path.contains(w));
    let engine = has(&["/docker", "/podman", "/ctr", "/cri", "/runtime", "/containerd"]);
    if has(&["dmesg", "kmsg", "syslog2", "ttyS0", "serial", "console", "journalctl-k", "kern.log", "--dmesg"]) {
        Some(Source::Kernel)
    } else if engine && has(&["events"]) {
        Some(Source::Events)
    } else if has(&["-json.log", "logs-", "pods-logs", "/log/pods/", "/log/containers/", "/logs/current"])
        || (engine && path.ends_with(".log"))
    {
        Some(Source::Applications)
    } else if has(&["kubelet.log"]) {
        Some(Source::Kubelet)
    } else if engine
        || has(&[
            "inspect",
            "crictl",
            "config.v2",
            "kubectl",
            "describe",
            "cluster-resources",
            "/core/",
            "/pods/",
            ".yaml",
        ])
    {
        Some(Source::Documents)
    } else {
        None
    }
}

/// Who says a line of a log that many write to.
fn speaker(line: &str) -> Option<Source> {
    let tag = |names: &[&str]| {
        names.iter().any(|n| {
            line.contains(&format!(" {n}: "))
                || line.contains(&format!(" {n}["))
                || line.contains(&format!(" {n} - "))
                || line.contains(&format!("\"SYSLOG_IDENTIFIER\":\"{n}\""))
                || line.contains(&format!("\"_COMM\":\"{n}\""))
        })
    };
    let uptime = line.trim_start_matches(|c: char| "<>0123456789".contains(c)).starts_with('[');
    if uptime || tag(&["kernel"]) {
        Some(Source::Kernel)
    } else if tag(&["kubelet"]) {
        Some(Source::Kubelet)
    } else if tag(&["dockerd", "containerd", "conmon", "podman", "crio", "docker", "env"]) {
        Some(Source::Runtime)
    } else if tag(&["systemd"]) {
        Some(Source::Systemd)
    } else {
        None
    }
}

/// Entries of several lines, and journals: a line cannot be taken out of them.
fn whole_or_nothing(path: &str, bytes: &[u8]) -> bool {
    ["export", "verbose", "json-pretty"].iter().any(|w| path.contains(w)) || bytes.starts_with(b"LPKSHHRH")
}

/// A path without the folder that is named like the archive: its name may look like a runtime's.
fn inside<'a>(bundle: &str, path: &'a str) -> &'a str {
    let archive = bundle.rsplit('/').next().unwrap();
    path.split_once('/').filter(|(top, _)| archive.starts_with(top)).map_or(path, |(_, rest)| rest)
}

/// Writes the bundle without what these say. Files that hold several speakers and no lines are left out then.
fn write_without(bundle: &Bundle, left_out: &[Source], to: &Path) {
    for (path, bytes) in &bundle.files {
        let slashed = format!("/{}", inside(&bundle.name, path));
        let own = owner(&slashed);
        if own.is_some_and(|o| left_out.contains(&o)) || (own.is_none() && whole_or_nothing(path, bytes)) {
            continue;
        }
        let target = to.join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        if own.is_none() {
            // A syslog may hold bytes that are no text.
            let keep = |l: &&[u8]| speaker(&String::from_utf8_lossy(l)).is_none_or(|s| !left_out.contains(&s));
            let lines = bytes.split_inclusive(|b| *b == b'\n').filter(keep);
            fs::write(target, lines.flatten().copied().collect::<Vec<u8>>()).unwrap();
        } else {
            fs::write(target, bytes).unwrap();
        }
    }
}

/// One end that a report tells of.
struct End<'a> {
    incident: &'a Incident,
    termination: &'a Termination,
    container: Option<&'a Container>,
}

impl End<'_> {
    fn at(&self) -> Option<i64> {
        let time = self.termination.finished.as_deref()?;
        Some(chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp_millis())
    }

    fn key(&self) -> Option<&str> {
        self.container.and_then(|c| c.id.as_deref()).or(self.termination.unit.as_deref())
    }

    fn same_thing(&self, other: &End<'_>) -> bool {
        let names = |e: &End<'_>| e.container.map(|c| (c.name.clone(), c.pod.clone()));
        match (self.key(), other.key()) {
            (Some(a), Some(b)) => a == b || (a.len().min(b.len()) >= 12 && (a.starts_with(b) || b.starts_with(a))),
            _ => names(self).is_some() && names(self) == names(other),
        }
    }
}

fn ends(report: &Report) -> Vec<End<'_>> {
    let of = |incident| {
        let Incident { terminations, containers, .. }: &Incident = incident;
        terminations.iter().map(move |termination| End {
            incident,
            termination,
            container: termination.container.and_then(|c| containers.get(c)),
        })
    };
    report.incidents.iter().flat_map(of).collect()
}

/// What is wrong in a report with less evidence, held against the whole one (which the score holds against the truth).
fn wrong(part: &Report, whole: &Report, left_out: &[Source]) -> Vec<String> {
    let known = ends(whole);
    let mut all: Vec<String> = ends(part).iter().filter_map(|e| wrong_end(e, &known)).collect();
    all.extend(wrong_victims(part, whole));
    if left_out.contains(&Source::Kernel) {
        let said = |i: &&Incident| {
            i.confidence_reasons.iter().chain(&i.explanation).any(|s| s.contains("log covers that time"))
        };
        all.extend(part.incidents.iter().filter(said).map(|i| format!("the kernel log is not there: {}", i.summary)));
    }
    all
}

fn wrong_end(end: &End<'_>, known: &[End<'_>]) -> Option<String> {
    let victim = |e: &End<'_>| e.incident.victims.first().map(|v| v.pid);
    let same_kill = |k: &&End<'_>| victim(end).is_none() || victim(k) == victim(end);
    let fits = known.iter().filter(|k| k.same_thing(end)).filter(same_kill);
    let apart = |k: &&End<'_>| end.at().zip(k.at()).map_or(i64::MAX / 2, |(a, b)| (a - b).abs());
    let whole = fits.min_by_key(apart)?;
    let (part, before) = (end.incident, whole.incident);
    let opposite = part.verdict != before.verdict && part.verdict != Verdict::Undetermined;
    // Another cause is another thing that happened: that a pod was evicted is recorded, whatever ended its container before.
    let surer = (part.verdict, part.cause) == (before.verdict, before.cause) && part.confidence > before.confidence;
    let code = end.termination.exit_code.zip(whole.termination.exit_code).is_some_and(|(a, b)| a != b);
    let said = format!(
        "{:?}: {:?}/{:?} {:?} code {:?} instead of {:?}/{:?} {:?} code {:?}: {} {:?}",
        end.key(),
        part.verdict,
        part.cause,
        part.confidence,
        end.termination.exit_code,
        before.verdict,
        before.cause,
        before.confidence,
        whole.termination.exit_code,
        part.summary,
        part.confidence_reasons,
    );
    ((opposite && !allowed(part, before)) || (surer && !weakened(before)) || code).then_some(said)
}

/// Where less evidence must lead to another verdict that says itself how unsure it is.
fn allowed(part: &Incident, whole: &Incident) -> bool {
    // The runtime's flag is never taken back, and only the stop's record tells that the container outlived the kill.
    let flag = part.verdict == Verdict::Memory && part.confidence <= Confidence::Possible;
    // The kubelet alone knows that it stopped the pod for memory, and the application alone that its heap was full.
    let asker =
        whole.cause == Cause::Eviction && part.cause == Cause::StopTimeout && part.confidence <= Confidence::Strong;
    let heap = whole.cause == Cause::ApplicationHeap && part.confidence <= Confidence::Possible;
    flag || asker || heap
}

/// The whole is unsure because of what was left out: its kernel log contradicts, or a record of an end without a code could not be
/// told from the end with one.
fn weakened(whole: &Incident) -> bool {
    whole.confidence <= Confidence::Possible || whole.terminations.iter().any(|t| t.exit_code_inferred)
}

fn wrong_victims(part: &Report, whole: &Report) -> Vec<String> {
    let mut all = Vec::new();
    for incident in &part.incidents {
        for victim in &incident.victims {
            let id = |i: &Incident, c: Option<usize>| c.and_then(|c| i.containers.get(c)).and_then(|c| c.id.clone());
            let known = whole.incidents.iter().flat_map(|i| i.victims.iter().map(move |v| (i, v)));
            let mut same = known.filter(|(_, v)| v.pid == victim.pid && v.comm == victim.comm).peekable();
            if same.peek().is_none() {
                all.push(format!("{} ({}) was never killed: {}", victim.pid, victim.comm, incident.summary));
                continue;
            }
            let own = id(incident, victim.container);
            let fits = |(i, v): (&Incident, &oomscan::report::Victim)| {
                let theirs = id(i, v.container);
                own.as_ref().is_none_or(|own| {
                    theirs.as_ref().is_none_or(|t| t.starts_with(own.as_str()) || own.starts_with(t.as_str()))
                })
            };
            if !same.any(fits) {
                all.push(format!("{} belongs to another container than {own:?}", victim.pid));
            }
        }
    }
    all
}

fn tally(report: &Report) -> String {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for i in &report.incidents {
        *count.entry(format!("{:?} ({:?})", i.cause, i.confidence)).or_default() += 1;
    }
    count.iter().map(|(k, n)| format!("{n} {k}")).collect::<Vec<_>>().join(", ")
}

/// The cuts: without each source, and with each source alone.
fn cuts() -> Vec<Vec<Source>> {
    let without = ALL.map(|s| vec![s]).into_iter();
    without.chain(ALL.map(|only| ALL.into_iter().filter(|s| *s != only).collect())).collect()
}

fn try_cuts(number: usize, bundle: &Bundle) -> (String, Vec<String>) {
    let scan = |left_out: &[Source]| {
        let folder = tempfile::tempdir().unwrap();
        // A bundle without a host name is named after its folder.
        let to = folder.path().join("bundle");
        fs::create_dir(&to).unwrap();
        write_without(bundle, left_out, &to);
        scan_paths(&[to], &options())
    };
    let whole = scan(&[]);
    let mut table = format!("{}\n  {:<60} {}\n", bundle.name, "everything", tally(&whole));
    let mut faults = Vec::new();
    let all = cuts();
    let sample = if whole_corpus() { &all[..] } else { &all[number % all.len()..][..1] };
    for left_out in sample {
        let part = scan(left_out);
        let left: Vec<_> = ALL.iter().filter(|s| !left_out.contains(s)).collect();
        writeln!(table, "  {:<60} {}", format!("{left:?}"), tally(&part)).unwrap();
        let found = wrong(&part, &whole, left_out).into_iter();
        faults.extend(found.map(|f| format!("{} without {left_out:?}: {f}", bundle.name)));
    }
    (table, faults)
}

#[test]
fn no_missing_source_makes_a_verdict_wrong() {
    let all = bundles();
    let step = if whole_corpus() { 1 } else { 4 };
    let tried: Vec<_> = all.iter().enumerate().step_by(step).collect();
    let results: Vec<_> = tried.into_par_iter().map(|(n, path)| try_cuts(n, &Bundle::load(path))).collect();
    results.iter().for_each(|(table, _)| println!("{table}"));
    let faults: Vec<_> = results.into_iter().flat_map(|(_, faults)| faults).collect();
    assert!(faults.is_empty(), "{} verdicts got wrong:\n{}", faults.len(), faults.join("\n"));
}
