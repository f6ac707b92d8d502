//! Evidence is rarely whole. Whatever part of a node's files is missing, a verdict may get weaker but never wrong; and two nodes
//! in one call never lend each other evidence, even where pids and times are the same on both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{options, scan_paths};
use oomscan::report::{Cause, Incident, Report, Verdict};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLE: &str = "samples/canal-node";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

/// The sample's files, relative to its folder.
fn sample_files() -> Vec<PathBuf> {
    let mut all = Vec::new();
    files(Path::new(SAMPLE), &mut all);
    all.into_iter().map(|p| p.strip_prefix(SAMPLE).unwrap().to_owned()).collect()
}

/// Copies some files of the sample, their text changed, into a folder.
fn copy(to: &Path, keep: &[PathBuf], change: impl Fn(String) -> String) {
    for file in keep {
        let target = to.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, change(fs::read_to_string(Path::new(SAMPLE).join(file)).unwrap())).unwrap();
    }
}

fn scan_part(keep: &[PathBuf]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    fs::create_dir(&bundle).unwrap();
    copy(&bundle, keep, |text| text);
    scan_paths(&[bundle], &options())
}

fn unix(time: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp()
}

/// What really happened to the container: when each of its lives ended, and whether that was memory.
fn truth(whole: &Report) -> Vec<(i64, Verdict, Cause)> {
    let ended = whole.incidents.iter().filter(|i| !i.terminations.is_empty());
    ended.map(|i| (unix(i.time.as_ref().unwrap()), i.verdict, i.cause)).collect()
}

/// What a report with less evidence may say of an incident.
fn check(incident: &Incident, whole: &Report, what: &str) {
    let what = format!("{what}: {}", incident.summary);
    for victim in &incident.victims {
        let known = whole.incidents.iter().flat_map(|i| &i.victims).find(|v| v.pid == victim.pid);
        let known = known.unwrap_or_else(|| panic!("{what}: {} was never killed", victim.pid));
        assert_eq!((&known.comm, known.anon_rss_bytes), (&victim.comm, victim.anon_rss_bytes), "{what}");
        assert_eq!((incident.verdict, incident.cause), (Verdict::Memory, Cause::NodeMemory), "{what}");
    }
    if incident.terminations.is_empty() {
        return;
    }
    let at = incident.time.as_deref().map(unix);
    let truth = truth(whole);
    // Where no time is left, the container's last end is meant: nothing else tells of it without a time.
    let known = match at {
        Some(at) => truth.iter().min_by_key(|(t, ..)| (t - at).abs()).filter(|(t, ..)| (t - at).abs() <= 60),
        None => truth.last(),
    };
    let (_, verdict, cause) = known.unwrap_or_else(|| panic!("{what}: nothing ended at {at:?}"));
    let same = (incident.verdict, incident.cause) == (*verdict, *cause);
    // A flag or an event of the runtime may still say that it was memory, but no longer which limit.
    let vaguer = incident.verdict == *verdict && incident.verdict == Verdict::Memory;
    assert!(
        same || vaguer || incident.verdict == Verdict::Undetermined,
        "{what}: {:?}, {:?} instead of {verdict:?}, {cause:?}",
        incident.verdict,
        incident.cause
    );
}

fn tally(report: &Report) -> String {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for i in &report.incidents {
        let word = |v: serde_json::Value| v.as_str().unwrap().to_owned();
        let cause = word(serde_json::to_value(i.cause).unwrap());
        let sure = word(serde_json::to_value(i.confidence).unwrap());
        *count.entry(format!("{cause} ({sure})")).or_default() += 1;
    }
    count.iter().map(|(k, n)| format!("{n} {k}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_missing_file_makes_no_verdict_wrong() {
    let all = sample_files();
    let whole = scan_part(&all);
    assert_eq!(truth(&whole).len(), 4);
    assert_eq!(truth(&whole).iter().filter(|(_, v, _)| *v == Verdict::Memory).count(), 3);
    println!("{:<90} {}", "all files", tally(&whole));
    let has_ends = |f: &PathBuf| f.starts_with("sos_commands/docker");
    for (n, left_out) in all.iter().enumerate() {
        for other in &all[n..] {
            let keep: Vec<PathBuf> = all.iter().filter(|f| *f != left_out && *f != other).cloned().collect();
            let report = scan_part(&keep);
            let what = format!("without {} and {}", left_out.display(), other.display());
            println!("{what:<90} {}", tally(&report));
            report.incidents.iter().for_each(|i| check(i, &whole, &what));
            let kernel = keep.iter().any(|f| f.ends_with("kern.log"));
            let kills = report.incidents.iter().filter(|i| !i.victims.is_empty()).count();
            assert_eq!(kills, if kernel { 6 } else { 0 }, "{what}");
        }
        let report = scan_part(std::slice::from_ref(left_out));
        let what = format!("only {}", left_out.display());
        println!("{what:<90} {}", tally(&report));
        report.incidents.iter().for_each(|i| check(i, &whole, &what));
        assert!(has_ends(left_out) || report.incidents.iter().all(|i| i.terminations.is_empty()), "{what}");
    }
}

/// Another node on which the very same happened, to the microsecond, with the same pids.
fn twin(text: String) -> String {
    const ID: &str = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
    const TWIN: &str = "03b6d1f2a4c85e7790ab12cd34ef56a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d";
    text.replace("k8s-node-07", "k8s-node-08").replace(ID, TWIN).replace(&ID[..12], &TWIN[..12])
}

/// What an incident says, without where its files lie.
fn told(report: &Report, node: &str) -> Vec<String> {
    let of_node = report.incidents.iter().filter(|i| i.node == node);
    of_node
        .map(|i| {
            let mut i = i.clone();
            i.evidence.iter_mut().for_each(|e| e.source = e.source.rsplit('/').next().unwrap().to_owned());
            serde_json::to_string_pretty(&i).unwrap()
        })
        .collect()
}

#[test]
fn two_nodes_never_mix() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    copy(&a, &sample_files(), |text| text);
    copy(&b, &sample_files(), twin);
    let alone = [scan_paths(&[&a], &options()), scan_paths(&[&b], &options())];
    assert_eq!(alone[0].incidents.len(), alone[1].incidents.len());
    let both = scan_paths(&[&a, &b], &options());
    assert_eq!(both.nodes.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["k8s-node-07", "k8s-node-08"]);
    for (report, node, own) in [(&alone[0], "k8s-node-07", &a), (&alone[1], "k8s-node-08", &b)] {
        assert_eq!(told(report, node), told(&both, node), "{node} tells another story beside the other node");
        for i in both.incidents.iter().filter(|i| i.node == node) {
            let strange: Vec<_> = i.evidence.iter().filter(|e| !Path::new(&e.source).starts_with(own)).collect();
            assert!(strange.is_empty(), "{node}: {} is proven by {strange:?}", i.summary);
        }
    }
    let swapped = scan_paths(&[&b, &a], &options());
    assert_eq!(serde_json::to_string(&both).unwrap(), serde_json::to_string(&swapped).unwrap());
}

/// A log server keeps the lines of all nodes in one file, in the order in which they came.
#[test]
fn two_nodes_in_one_file_never_mix() {
    let folder = tempfile::tempdir().unwrap();
    let lines = fs::read_to_string(Path::new(SAMPLE).join("var/log/kern.log")).unwrap();
    let mixed: String = lines.lines().flat_map(|l| [format!("{l}\n"), twin(format!("{l}\n"))]).collect();
    let path = folder.path().join("all-nodes.log");
    fs::write(&path, mixed).unwrap();
    let alone = scan_paths(&[Path::new(SAMPLE).join("var/log/kern.log")], &options());
    let both = scan_paths(&[&path], &options());
    let kills = |r: &Report, node: &str| -> Vec<String> {
        let of_node = r.incidents.iter().filter(|i| i.node == node);
        of_node.map(|i| format!("{:?} {:?} {:?} {:?}", i.uptime_s, i.memory, i.limit, i.victims)).collect()
    };
    let expected = kills(&alone, "k8s-node-07");
    assert_eq!(expected.len(), 6);
    assert_eq!(kills(&both, "k8s-node-07"), expected);
    assert_eq!(
        kills(&both, "k8s-node-08").into_iter().map(|t| t.len()).collect::<Vec<_>>(),
        expected.iter().map(String::len).collect::<Vec<_>>()
    );
    assert_eq!(both.incidents.len(), 12);
}
