//! Every era of the kernel in every carrier: one report is one incident with the same facts, whoever wrote it down and
//! whatever was put around its lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "matrix/carriers.rs"]
mod carriers;
#[path = "matrix/eras.rs"]
mod eras;
#[path = "matrix/texts.rs"]
mod texts;

use eras::{Era, Truth, eras};
use oomscan::report::{Incident, Report, Verdict};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::fs;
use std::path::Path;

fn report(folder: &Path, bytes: &[u8]) -> Report {
    let path = folder.join("log");
    fs::write(&path, bytes).unwrap();
    scan(&[Input::Path(path)], &Options { year: Some(2026), threads: 1, ..Options::default() })
}

/// What differs from the truth.
fn differences(incident: &Incident, truth: &Truth) -> Vec<String> {
    let mut all = Vec::new();
    let mut check = |what: &str, found: String, wanted: String| {
        if found != wanted {
            all.push(format!("{what} {found}, not {wanted}"));
        }
    };
    let victim = &incident.victims[0];
    let limit = incident.limit.as_ref();
    check("verdict", format!("{:?}", incident.verdict), format!("{:?}", Verdict::Memory));
    check("cause", format!("{:?}", incident.cause), format!("{:?}", truth.cause));
    check("victims", incident.victims.len().to_string(), "1".to_owned());
    check("pid", victim.pid.to_string(), truth.pid.to_string());
    check("comm", victim.comm.clone(), truth.comm.to_owned());
    check("anon", format!("{:?}", victim.anon_rss_bytes), format!("{:?}", truth.anon_kb.map(|kb| kb << 10)));
    let limit_bytes = limit.and_then(|limit| limit.limit_bytes).filter(|_| truth.limit_kb.is_some());
    check("limit", format!("{limit_bytes:?}"), format!("{:?}", truth.limit_kb.map(|kb| kb << 10)));
    let cgroup = limit.and_then(|limit| limit.cgroup.as_deref()).filter(|_| truth.cgroup.is_some());
    check("cgroup", format!("{cgroup:?}"), format!("{:?}", truth.cgroup));
    check("rows", incident.processes_total.to_string(), truth.tasks.to_string());
    all
}

/// What is wrong with a report of one era's text.
fn faults(report: &Report, truth: &Truth) -> Vec<String> {
    let mut all: Vec<String> = report.problems.iter().map(|p| format!("problem: {}", p.message)).collect();
    match report.incidents.as_slice() {
        [incident] if !incident.victims.is_empty() => all.extend(differences(incident, truth)),
        incidents => all.push(format!(
            "{} incidents: {:?}",
            incidents.len(),
            incidents.iter().map(|i| &i.summary).collect::<Vec<_>>()
        )),
    }
    all
}

#[test]
fn every_era_in_every_carrier() {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    for Era { name, records, truth, .. } in eras() {
        for (carrier, write) in carriers::all() {
            let faults = faults(&report(folder.path(), &write(&records)), &truth);
            failures.extend(faults.iter().map(|fault| format!("{name} in {carrier}: {fault}")));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
