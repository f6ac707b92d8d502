//! Two nodes in one call, on which the very same happened at the same time with the same pids and ids: what is said of each is what
//! is said of it alone, in both orders. Over the recordings that lie beside the checkout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::recordings::{Bundle, bundles, whole_corpus};
use common::{options, scan_paths};
use oomscan::report::Report;
use rayon::prelude::*;
use std::fs;
use std::path::Path;

/// The bundle's text files; a name in a journal stands in its hashes, too.
fn texts(mut bundle: Bundle) -> Bundle {
    bundle.files.retain(|(_, bytes)| std::str::from_utf8(bytes).is_ok());
    bundle
}

/// The same on another node: a host name of the same length.
fn renamed(bundle: &Bundle, host: &str, twin: &str) -> Bundle {
    let change = |(path, bytes): &(String, Vec<u8>)| {
        (path.replace(host, twin), std::str::from_utf8(bytes).unwrap().replace(host, twin).into_bytes())
    };
    Bundle { name: bundle.name.clone(), files: bundle.files.iter().map(change).collect() }
}

/// What is said of a node, without where its files lie.
fn told(report: &Report, node: &str, folder: &Path) -> Vec<String> {
    let of_node = report.incidents.iter().filter(|i| i.node == node);
    of_node.map(|i| serde_json::to_string_pretty(i).unwrap().replace(folder.to_str().unwrap(), "")).collect()
}

fn one(path: &Path) -> Option<String> {
    let bundle = texts(Bundle::load(path));
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a/bundle"), folder.path().join("b/bundle"));
    fs::create_dir_all(&a).unwrap();
    bundle.write(&a);
    let first = scan_paths(&[&a], &options());
    let [node] = first.nodes.as_slice() else { return None };
    if node.name == "bundle" {
        return None;
    }
    let twin = format!("{}~", &node.name[..node.name.len() - 1])
        .replace('~', if node.name.ends_with('z') { "y" } else { "z" });
    fs::create_dir_all(&b).unwrap();
    renamed(&bundle, &node.name, &twin).write(&b);
    let second = scan_paths(&[&b], &options());
    let both = scan_paths(&[&a, &b], &options());
    let swapped = scan_paths(&[&b, &a], &options());
    for (report, name, own) in [(&first, &node.name, &a), (&second, &twin, &b)] {
        let (alone, beside) = (told(report, name, own), told(&both, name, own));
        if alone != beside {
            let differs = alone.iter().zip(&beside).find(|(x, y)| x != y);
            let (alone, beside) = (alone.len(), beside.len());
            return Some(format!(
                "{}: {name} tells another story beside the other: {alone} and {beside} incidents, {differs:?}",
                bundle.name
            ));
        }
    }
    let json = |r: &Report| serde_json::to_string(r).unwrap();
    (json(&both) != json(&swapped)).then(|| format!("{}: the order of the nodes matters", bundle.name))
}

#[test]
fn recorded_nodes_never_mix() {
    let all = bundles();
    let step = if whole_corpus() { 1 } else { 9 };
    let tried: Vec<_> = all.iter().step_by(step).collect();
    let faults: Vec<String> = tried.into_par_iter().filter_map(|path| one(path)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
