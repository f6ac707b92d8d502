//! One report for each node and an index: `-o DIR/`, and the parts of `--shard`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A kernel kill on a node, at a minute of an hour.
fn kill(node: &str, minute: u32, pid: u32) -> String {
    format!(
        "2026-11-23T10:{minute:02}:00+00:00 {node} kernel: [  100.000000] Out of memory: Killed process {pid} (java) \
         total-vm:400000kB, anon-rss:300000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:700kB oom_score_adj:0\n"
    )
}

fn run(args: &[&str], dir: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_oomscan")).args(args).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn bundles(nodes: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    for n in 0..nodes {
        let node = format!("node-{n}");
        let text: String = (0..=n as u32).map(|k| kill(&node, k, 1000 + k)).collect();
        fs::write(dir.path().join(format!("in/{node}.log")), text).unwrap();
    }
    dir
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn one_report_for_each_node_and_an_index() {
    let dir = bundles(3);
    let summary = run(&["--summary", "--format", "json", "-o", "out/", "in"], dir.path());
    let index = json(&fs::read_to_string(dir.path().join("out/index.json")).unwrap());
    let mut found = 0;
    for node in index["nodes"].as_array().unwrap() {
        let file = node["report"].as_str().unwrap();
        let report = json(&fs::read_to_string(dir.path().join("out").join(file)).unwrap());
        assert_eq!(report["summary"]["memory"], node["memory"], "{file}");
        assert_eq!(report["nodes"][0]["name"], node["name"]);
        found += report["incidents"].as_array().unwrap().len();
    }
    assert_eq!(found, 6);
    assert_eq!(index["nodes"][0]["name"], "node-2");
    assert_eq!(json(&summary)["summary"]["memory"], 6);
}

#[test]
fn parts_add_up_to_the_whole() {
    let dir = bundles(12);
    let mut nodes = BTreeSet::new();
    let mut memory = 0;
    for part in ["1/3", "2/3", "3/3"] {
        let fleet = json(&run(&["--summary", "--format", "json", "--shard", part, "in"], dir.path()));
        for node in fleet["nodes"].as_array().unwrap() {
            assert!(nodes.insert(node["name"].as_str().unwrap().to_owned()), "{node} is in two parts");
        }
        memory += fleet["summary"]["memory"].as_u64().unwrap();
    }
    assert_eq!((nodes.len(), memory), (12, 78));
}

/// A bundle with one kernel log.
fn archive(path: &Path, text: &str) {
    let mut tar = tar::Builder::new(fs::File::create(path).unwrap());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(1_795_000_000);
    header.set_cksum();
    tar.append_data(&mut header, "var/log/kern.log", text.as_bytes()).unwrap();
    tar.finish().unwrap();
}

/// Bundles are told one by one; those that show the same node or the same kill are told together, as one scan does.
#[test]
fn bundle_by_bundle_tells_what_one_scan_tells() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("shelf")).unwrap();
    let put = |name: &str, text: String| archive(&dir.path().join("shelf").join(name), &text);
    put("1.tar", kill("a", 1, 10) + &kill("a", 2, 11));
    put("2.tar", kill("b", 1, 10));
    put("3.tar", kill("a", 2, 11) + &kill("a", 3, 12));
    put("4.tar", kill("c", 5, 77));
    put("5.tar", kill("d", 6, 78));
    put("6.tar", kill("d.example.org", 6, 78) + &kill("d.example.org", 7, 79));
    let one_by_one = json(&run(&["--summary", "--format", "json", "-o", "out/", "shelf"], dir.path()));
    let together = json(&run(&["--format", "json", "shelf"], dir.path()));
    assert_eq!(one_by_one["summary"], together["summary"]);
    assert_eq!(one_by_one["summary"]["memory"], 7, "a kill in two bundles is one");
    let mut files: Vec<String> = fs::read_dir(dir.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["a.json", "b.json", "c.json", "d.json", "index.json"]);
    let a = json(&fs::read_to_string(dir.path().join("out/a.json")).unwrap());
    let ids = |report: &serde_json::Value| {
        let of_a = report["incidents"].as_array().unwrap().iter().filter(|i| i["node"] == "a");
        of_a.map(|i| i["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&a), ids(&together));
    assert_eq!(a["incidents"][1]["evidence"].as_array().unwrap().len(), 2, "from both bundles");
}
