//! Many bundles in one call, each scanned, joined and told by itself, so that memory grows with what is kept of each and not
//! with what is in all of them. Bundles that show the same node or the same kills are scanned once more, together: what is
//! told is what one scan over everything tells. Only what names no host is called after itself here, also where there is one
//! host only; a few bundles are scanned together, so that this is no matter for those who name a bundle and a file.

use super::{Options, Reader, Tell, assemble, no_needles, problem, scan_here};
use crate::report::{Incident, Report, Summary};
use crate::source::{Input, Warning};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// So many groups need no care for memory.
const FEW: usize = 4;

/// What becomes of each bundle's report.
pub trait Keep: Sync {
    /// Takes the report of a group of bundles, and gives back what is to be kept of it for the whole.
    fn keep(&self, group: usize, report: Report) -> Report;

    /// The group's report does not count any more: its bundles are scanned again, with others.
    fn forget(&self, group: usize);
}

/// Scans bundle by bundle and puts together what `keep` keeps of them.
pub fn scan_bundles(inputs: &[Input], options: &Options, keep: &dyn Keep) -> Report {
    match rayon::ThreadPoolBuilder::new().num_threads(options.threads).build() {
        Ok(pool) => pool.install(|| scan_groups(&divided(inputs), options, keep)),
        Err(_) => scan_groups(&divided(inputs), options, keep),
    }
}

fn divided(inputs: &[Input]) -> Vec<Vec<Input>> {
    let groups = groups(inputs);
    if groups.len() > FEW { groups } else { vec![inputs.to_vec()] }
}

/// A scanned group.
struct Scanned {
    report: Report,
    /// Hashes of what another group may show, too.
    marks: BTreeSet<u64>,
}

fn scan_groups(groups: &[Vec<Input>], options: &Options, keep: &dyn Keep) -> Report {
    let tell: Tell<'_> = &|warnings: Vec<Warning>| warnings.into_iter().map(|w| problem(w, options.language)).collect();
    let Some(filters) = Reader::filters() else {
        return Report { problems: vec![no_needles(options.language)], ..Report::default() };
    };
    let scan = |group: usize, inputs: &[Input]| {
        let report = scan_here(inputs, options, &filters, tell);
        let marks = marks(&report);
        Scanned { report: keep.keep(group, report), marks }
    };
    let first = groups.par_iter().with_max_len(1).enumerate().map(|(n, inputs)| Some(scan(n, inputs)));
    let mut first: Vec<Option<Scanned>> = first.collect();
    let mut parts = Vec::new();
    for members in together(&first) {
        if members.len() == 1 {
            parts.extend(members.iter().filter_map(|n| first[*n].take()));
            continue;
        }
        members.iter().for_each(|n| {
            keep.forget(*n);
            first[*n] = None;
        });
        let inputs: Vec<Input> = members.iter().flat_map(|n| groups[*n].clone()).collect();
        parts.push(scan(members[0], &inputs));
    }
    combine(parts.into_iter().map(|part| part.report))
}

/// Groups of bundles that show the same node or kill, by their smallest number.
fn together(scanned: &[Option<Scanned>]) -> Vec<Vec<usize>> {
    let mut label: Vec<usize> = (0..scanned.len()).collect();
    let mut first: BTreeMap<u64, usize> = BTreeMap::new();
    for (n, one) in scanned.iter().enumerate() {
        for mark in one.iter().flat_map(|one| &one.marks) {
            let (a, b) = (label[*first.entry(*mark).or_insert(n)], label[n]);
            let (low, high) = (a.min(b), a.max(b));
            if low != high {
                label.iter_mut().filter(|l| **l == high).for_each(|l| *l = low);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    label.into_iter().enumerate().for_each(|(n, label)| members.entry(label).or_default().push(n));
    members.into_values().collect()
}

/// Nodes by name, and kernel kills by what no two of them share.
fn marks(report: &Report) -> BTreeSet<u64> {
    let nodes = report.nodes.iter().map(|node| mark(&node.name));
    let kills = report.incidents.iter().filter(|i| i.agent.as_deref() == Some("kernel")).flat_map(kill_marks);
    nodes.chain(kills).collect()
}

fn kill_marks(incident: &Incident) -> impl Iterator<Item = u64> + '_ {
    incident.victims.iter().filter_map(|victim| {
        let uptime_us = (victim.uptime_s? * 1e6).round() as u64;
        Some(mark(&(uptime_us, victim.pid, victim.total_vm_bytes?, victim.anon_rss_bytes?, victim.cgroup.as_ref()?)))
    })
}

fn mark(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// One report of several that share no node.
fn combine(parts: impl Iterator<Item = Report>) -> Report {
    let mut whole = Report::default();
    for part in parts {
        whole.schema = part.schema;
        whole.oomscan = part.oomscan;
        add(&mut whole.summary, &part.summary);
        whole.nodes.extend(part.nodes);
        whole.incidents.extend(part.incidents);
        whole.workloads.extend(part.workloads);
        whole.sources.extend(part.sources);
        whole.problems.extend(part.problems);
    }
    whole.nodes.sort_by(|a, b| a.name.cmp(&b.name));
    assemble::sort(&mut whole.incidents);
    whole
        .workloads
        .sort_by(|a, b| (&a.kind, &a.node, &a.namespace, &a.name).cmp(&(&b.kind, &b.node, &b.namespace, &b.name)));
    whole.sources.sort_by(|a, b| a.path.cmp(&b.path));
    whole.problems.sort();
    whole.problems.dedup();
    whole
}

fn add(sum: &mut Summary, part: &Summary) {
    sum.incidents += part.incidents;
    sum.memory += part.memory;
    sum.not_memory += part.not_memory;
    sum.undetermined += part.undetermined;
    sum.kernel_ooms += part.kernel_ooms;
    sum.victims += part.victims;
    sum.terminations += part.terminations;
    sum.nodes += part.nodes;
    sum.sources += part.sources;
    sum.bytes = sum.bytes.saturating_add(part.bytes);
}

/// Each folder and each archive is a bundle; loose files belong together. A folder that holds several archives is no bundle
/// but a shelf of them.
fn groups(inputs: &[Input]) -> Vec<Vec<Input>> {
    let mut groups: Vec<Vec<Input>> = Vec::new();
    let mut loose = Vec::new();
    let shelves = inputs.iter().flat_map(|input| shelf(input).unwrap_or_else(|| vec![input.clone()]));
    for input in shelves {
        match &input {
            Input::Path(path) if path.is_dir() || is_archive(path) => groups.push(vec![input]),
            _ => loose.push(input),
        }
    }
    if !loose.is_empty() {
        groups.push(loose);
    }
    groups
}

/// What lies on a shelf; `None` for anything else.
fn shelf(input: &Input) -> Option<Vec<Input>> {
    let Input::Path(folder) = input else { return None };
    let entries = std::fs::read_dir(folder).ok()?;
    let mut entries: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    let archives = entries.iter().filter(|path| is_archive(path)).count();
    (archives > 1).then(|| entries.into_iter().map(Input::Path).collect())
}

/// By name: how the work is divided depends on it, not how a file is read.
fn is_archive(path: &Path) -> bool {
    const ENDS: &[&str] = &[
        ".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tar.lz4", ".tgz", ".txz", ".tzst", ".tbz", ".tbz2",
        ".zip",
    ];
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(marks: &[u64]) -> Option<Scanned> {
        Some(Scanned { report: Report::default(), marks: marks.iter().copied().collect() })
    }

    #[test]
    fn groups_that_share_a_mark_are_scanned_together() {
        let all = [scanned(&[1, 2]), scanned(&[3]), scanned(&[4]), scanned(&[3, 5]), scanned(&[5, 1]), scanned(&[])];
        assert_eq!(together(&all), [vec![0, 1, 3, 4], vec![2], vec![5]]);
    }

    #[test]
    fn folders_and_archives_are_bundles_and_loose_files_belong_together() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for folder in ["shelf", "shelf/d", "node", "node/var"] {
            std::fs::create_dir(path(folder)).unwrap();
        }
        for file in ["shelf/a.tar.gz", "shelf/b.ZIP", "shelf/kern.log", "node/var/old.tar", "c.txz", "dmesg.txt"] {
            std::fs::write(path(file), "").unwrap();
        }
        let inputs = ["shelf", "node", "c.txz", "dmesg.txt"].map(|name| Input::Path(path(name)));
        let names = |group: &Vec<Input>| {
            let name = |input: &Input| input.name().trim_start_matches(&dir.path().display().to_string()).to_owned();
            group.iter().map(name).collect::<Vec<_>>().join(" ")
        };
        let found: Vec<String> = groups(&inputs).iter().map(names).collect();
        assert_eq!(
            found,
            ["/shelf/a.tar.gz", "/shelf/b.ZIP", "/shelf/d", "/node", "/c.txz", "/shelf/kern.log /dmesg.txt"]
        );
    }
}
