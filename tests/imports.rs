//! The flow of the program goes one way: source, framing, recognise, correlate, diagnose, report, render. This test reads
//! the `use crate::` lines of every module and fails on an import that runs against it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// Module (by path prefix below `src/`) and the modules of this crate that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("event", &["language", "event"]),
    ("record", &["event"]),
    ("identity", &["identity"]),
    ("language", &["language"]),
    ("exit_code", &["language", "exit_code"]),
    ("prefilter", &[]),
    ("time", &["language", "time", "event"]),
    ("source", &["language", "source", "event"]),
    ("framing", &["language", "framing", "record", "event", "time"]),
    ("recognize", &["language", "recognize", "record", "event", "identity", "time", "prefilter"]),
    ("correlate", &["language", "correlate", "event", "identity", "time", "exit_code", "report"]),
    ("diagnose", &["language", "diagnose", "event", "report", "identity", "exit_code"]),
    ("report", &["language", "report", "event", "time"]),
    ("render", &["language", "render", "report", "time", "exit_code"]),
    ("live", &["language", "live", "scan", "source", "report", "time"]),
];

/// Nothing but the program itself imports the command line; nothing but it, the command line and what follows a machine
/// imports the scan.
const TOP: &[&str] = &["cli", "scan", "live"];

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// First path segments after `crate::` in a file, with their line numbers.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list
                    .split('}')
                    .next()
                    .unwrap_or("")
                    .split(',')
                    .map(|p| p.trim().split("::").next().unwrap_or(""))
                    .collect(),
                None => vec![rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")],
            };
            found.extend(names.into_iter().filter(|m| !m.is_empty()).map(|m| (n + 1, m.to_owned())));
        }
    }
    found
}

#[test]
fn no_import_runs_against_the_flow() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let module = name.split(['/', '.']).next().unwrap_or("").to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let allowed = MAY_IMPORT.iter().find(|(m, _)| *m == module);
        for (line, import) in imports(&text) {
            // The macros of the catalogue are exported at the crate's root.
            let import =
                if matches!(import.as_str(), "say" | "sentence" | "key") { "language".to_owned() } else { import };
            let ok = match allowed {
                Some((_, list)) => list.contains(&import.as_str()),
                None => {
                    module == "lib"
                        || module == "main"
                        || module == "cli"
                        || (module == "scan" && import != "cli" && import != "live")
                }
            };
            let top = TOP.contains(&import.as_str()) && !TOP.contains(&module.as_str());
            if !ok || (top && module != "lib" && module != "main") {
                wrong.push(format!("src/{name}:{line}: `{module}` imports `{import}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_source_file_has_grown_into_two_jobs() {
    const LINES_MAX: usize = 650;
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let long: Vec<String> = files
        .iter()
        .map(|f| (f, fs::read_to_string(f).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(f, lines)| format!("{}: {lines} lines", f.display()))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}
