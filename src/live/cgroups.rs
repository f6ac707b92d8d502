//! The kernel's own counters of OOM kills: a kill that no log tells of is still counted.
//!
//! * cgroup v2, `memory.events`: `oom_kill` counts the processes of the cgroup *and of all below it*, also of those that
//!   are gone (`memcg_memory_event` in include/linux/memcontrol.h walks up to the root; with the mount option
//!   `memory_localevents` it does not).
//! * cgroup v1, `memory.oom_control`: `oom_kill` since Linux 4.13, of the cgroup alone (`mem_cgroup_oom_control_read`).
//! * `/proc/vmstat`: `oom_kill` since Linux 4.13, of the whole machine since it was booted.
//!
//! A cgroup that is made anew begins at 0, so a counter may be lower than what the logs tell, never higher for no reason.

use crate::language::Language;
use crate::report::{Incident, Problem, Report, Severity};
use crate::say;
use crate::time::{parse_rfc3339, resolve};
use std::fs;
use std::path::{Path, PathBuf};

/// The most cgroups that are looked at.
const CGROUPS_MAX: usize = 200_000;
/// The most cgroups that are told of.
const TOLD_MAX: usize = 20;
/// The boot time that is derived from `btime` may be off by this many microseconds.
const BOOT_SLACK_US: i64 = 10_000_000;

/// What a counter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counter {
    /// Path of the cgroup below its hierarchy's root; `/` for the root.
    cgroup: String,
    /// Kills.
    oom_kill: u64,
    /// The cgroups below it are counted in.
    subtree: bool,
    /// The file.
    file: PathBuf,
}

/// All counters above zero, of both versions. `root` is `/`, but for tests.
pub(super) fn counters(root: &Path) -> Vec<Counter> {
    let mounts = fs::read_to_string(root.join("proc/self/mounts")).unwrap_or_default();
    let local = mounts.lines().any(|line| line.contains(" cgroup2 ") && line.contains("memory_localevents"));
    let base = root.join("sys/fs/cgroup");
    let mut found = walk(&base.join("memory"), "memory.oom_control", false);
    let unified = [base.clone(), base.join("unified")].into_iter().find(|p| p.join("cgroup.controllers").exists());
    if let Some(unified) = unified {
        found.extend(walk(&unified, "memory.events", !local));
    }
    found
}

/// Every cgroup below a hierarchy's root whose counter is above zero, in order of their paths.
fn walk(base: &Path, file: &str, subtree: bool) -> Vec<Counter> {
    let mut found = Vec::new();
    let mut seen = 0usize;
    let folders = walkdir::WalkDir::new(base).sort_by_file_name().into_iter().filter_entry(|e| e.file_type().is_dir());
    for folder in folders.filter_map(Result::ok) {
        seen += 1;
        if seen > CGROUPS_MAX {
            break;
        }
        let file = folder.path().join(file);
        let Some(oom_kill) = fs::read_to_string(&file).ok().and_then(|text| value(&text)).filter(|n| *n > 0) else {
            continue;
        };
        let below = folder.path().strip_prefix(base).map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        found.push(Counter { cgroup: format!("/{below}"), oom_kill, subtree, file });
    }
    found
}

/// The value of `oom_kill` in a file of lines `name number`.
fn value(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

/// Kills of this boot as the logs tell of them: the cgroup of each, where it is known.
fn told(report: &Report, boot_us: Option<i64>) -> Vec<Option<String>> {
    let mut kills = Vec::new();
    for incident in report.incidents.iter().filter(|i| i.agent.as_deref() == Some("kernel") && since(i, boot_us)) {
        kills.extend(incident.victims.iter().map(|victim| victim.cgroup.clone()));
        // A storm is one incident: its further kills are of unknown cgroups.
        let folded = incident.count.saturating_sub(incident.victims.len() as u64);
        kills.extend((0..folded.min(100_000)).map(|_| None));
    }
    kills
}

/// Undated incidents may be of this boot.
fn since(incident: &Incident, boot_us: Option<i64>) -> bool {
    let at = incident.time.as_deref().and_then(parse_rfc3339).and_then(|wall| resolve(&wall, None, Some(0)));
    at.zip(boot_us).is_none_or(|(at, boot)| at >= boot.saturating_sub(BOOT_SLACK_US))
}

/// When the machine was booted, Unix microseconds (`btime` of `/proc/stat`).
fn boot_us(root: &Path) -> Option<i64> {
    let stat = fs::read_to_string(root.join("proc/stat")).ok()?;
    let seconds: i64 = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    seconds.checked_mul(1_000_000)
}

/// Kills that are counted but not in the logs, told as problems of the report.
pub(super) fn compare(root: &Path, counters: &[Counter], report: &Report, language: Language) -> Vec<Problem> {
    let told = told(report, boot_us(root));
    let mut problems: Vec<Problem> =
        missing(counters, &told).into_iter().map(|(c, n)| tell(c, n, &told, language)).collect();
    let hidden = problems.len().saturating_sub(TOLD_MAX);
    problems.truncate(TOLD_MAX);
    if hidden > 0 {
        let message = say!(language, "join-live-more-cgroups", n = hidden);
        problems.push(Problem { severity: Severity::Warning, source: None, line: None, message });
    }
    let vmstat = root.join("proc/vmstat");
    let all = fs::read_to_string(&vmstat).ok().and_then(|text| value(&text)).unwrap_or(0);
    let known = told.len() as u64;
    if all > known {
        let message = say!(language, "join-kernel-counts", all = all, known = known);
        let source = Some(vmstat.display().to_string());
        problems.push(Problem { severity: Severity::Warning, source, line: None, message });
    }
    problems
}

/// Counters that count more than the logs tell, with how many more: the deepest cgroups first, and what is told of them
/// is not told again of those above.
fn missing<'a>(counters: &'a [Counter], told: &[Option<String>]) -> Vec<(&'a Counter, u64)> {
    let unknown = told.iter().filter(|cgroup| cgroup.is_none()).count() as u64;
    let mut ordered: Vec<&Counter> = counters.iter().collect();
    ordered.sort_by_key(|c| (std::cmp::Reverse(c.cgroup.matches('/').count()), &c.cgroup));
    let mut found: Vec<(&Counter, u64)> = Vec::new();
    for counter in ordered {
        let known = told.iter().flatten().filter(|cgroup| counter.has(cgroup)).count() as u64;
        let below = found.iter().filter(|(c, _)| counter.subtree && c.subtree && counter.has(&c.cgroup));
        let below = below.fold(0u64, |sum, (_, missing)| sum.saturating_add(*missing));
        let missing = counter.oom_kill.saturating_sub(known).saturating_sub(unknown).saturating_sub(below);
        if missing > 0 {
            found.push((counter, missing));
        }
    }
    found.sort_by(|a, b| a.0.cgroup.cmp(&b.0.cgroup));
    found
}

impl Counter {
    /// Whether a kill in this cgroup is counted here. In a container the kernel's log names the path as the host sees
    /// it, and the files are below the container's own root: what stands before is not compared.
    fn has(&self, cgroup: &str) -> bool {
        if self.cgroup == "/" {
            return self.subtree || cgroup == "/";
        }
        let ends = |path: &str| path.ends_with(self.cgroup.as_str());
        if !self.subtree {
            return ends(cgroup);
        }
        ends(cgroup) || cgroup.match_indices('/').any(|(at, _)| cgroup.get(..at).is_some_and(ends))
    }
}

fn tell(counter: &Counter, missing: u64, told: &[Option<String>], language: Language) -> Problem {
    let known = told.iter().flatten().filter(|cgroup| counter.has(cgroup)).count() as u64;
    let message = say!(
        language,
        "join-live-cgroup-counts",
        cgroup = &counter.cgroup,
        counted = counter.oom_kill,
        known = known,
        missing = missing,
    );
    let source = Some(counter.file.display().to_string());
    Problem { severity: Severity::Warning, source, line: None, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Victim;

    fn counter(cgroup: &str, oom_kill: u64, subtree: bool) -> Counter {
        Counter { cgroup: cgroup.to_owned(), oom_kill, subtree, file: PathBuf::from("memory.events") }
    }

    fn paths(list: &[&str]) -> Vec<Option<String>> {
        list.iter().map(|p| Some((*p).to_owned())).collect()
    }

    fn shown(counters: &[Counter], told: &[Option<String>]) -> Vec<(String, u64)> {
        missing(counters, told).into_iter().map(|(c, n)| (c.cgroup.clone(), n)).collect()
    }

    #[test]
    fn version_2_counts_upwards() {
        let counters = [
            counter("/a.slice", 5, true),
            counter("/a.slice/x.service", 3, true),
            counter("/a.slice/y.service", 1, true),
        ];
        // One of x and the one of y are told; of the five of the slice one was of a service that is gone.
        let told = paths(&["/a.slice/x.service", "/a.slice/y.service/child"]);
        assert_eq!(shown(&counters, &told), [("/a.slice".to_owned(), 1), ("/a.slice/x.service".to_owned(), 2)]);
        let all = paths(&["/a.slice/x.service"; 5]);
        assert!(shown(&counters[..2], &all).is_empty());
    }

    #[test]
    fn version_1_counts_its_own() {
        let counters = [counter("/docker", 1, false), counter("/docker/abc", 1, false)];
        assert_eq!(shown(&counters, &paths(&["/docker/abc"])), [("/docker".to_owned(), 1)]);
        // Kills whose cgroup the kernel did not print may be of any.
        assert!(shown(&counters, &[None]).is_empty());
    }

    #[test]
    fn paths_of_the_host_match_those_of_a_container() {
        let own = counter("/app.service", 1, true);
        assert!(own.has("/kubepods/pod1/abc/app.service") && own.has("/kubepods/pod1/abc/app.service/worker"));
        assert!(!own.has("/kubepods/pod1/abc/other-app.service") && !own.has("/x"));
    }

    #[test]
    fn kills_of_other_boots_do_not_count() {
        let incident = |time: Option<&str>, victims: usize| Incident {
            agent: Some("kernel".to_owned()),
            time: time.map(str::to_owned),
            victims: vec![Victim::default(); victims],
            count: 1,
            ..Incident::default()
        };
        let mut report = Report {
            incidents: vec![
                incident(Some("2026-11-23T09:00:00Z"), 1),
                incident(Some("2026-11-23T11:00:00Z"), 2),
                incident(None, 1),
            ],
            ..Report::default()
        };
        let boot = resolve(&parse_rfc3339("2026-11-23T10:00:00Z").unwrap(), None, Some(0));
        assert_eq!((told(&report, boot).len(), told(&report, None).len()), (3, 4));
        report.incidents[1].count = 7;
        assert_eq!(told(&report, boot).len(), 8);
    }

    #[test]
    fn a_whole_machine() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("sys/fs/cgroup/cgroup.controllers", "memory\n");
        put("sys/fs/cgroup/web.slice/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 2\n");
        put("sys/fs/cgroup/idle.slice/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 0\n");
        put("proc/vmstat", "pgfault 1\noom_kill 5\n");
        put("proc/stat", "cpu  1 2\nbtime 1000\n");
        let counters = counters(dir.path());
        assert_eq!(counters.iter().map(|c| c.cgroup.as_str()).collect::<Vec<_>>(), ["/web.slice"]);
        let problems = compare(dir.path(), &counters, &Report::default(), Language::English);
        assert_eq!(problems.len(), 2);
        assert!(
            problems[0].message.starts_with("cgroup /web.slice counts 2 OOM kills, but none of them is in the logs")
        );
        assert!(problems[1].message.contains("killed 5 processes"), "{}", problems[1].message);
        assert!(problems[0].source.as_ref().unwrap().ends_with("web.slice/memory.events"));
    }
}
