//! One report of each era of the kernel, and what is true of it. The texts are put together from the format strings of the
//! kernel's sources (`mm/oom_kill.c`, `mm/memcontrol.c`, `mm/show_mem.c`) and from the golden logs, whose truth stands here too.

use oomscan::report::Cause;
use std::fs;

/// A record of the kernel's log.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) uptime_us: u64,
    pub(crate) level: u8,
    pub(crate) text: String,
}

/// What any carrier must give.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub(crate) cause: Cause,
    pub(crate) pid: u32,
    pub(crate) comm: &'static str,
    pub(crate) anon_kb: Option<u64>,
    pub(crate) limit_kb: Option<u64>,
    /// The cgroup whose limit was hit.
    pub(crate) cgroup: Option<&'static str>,
    /// Rows of the task table.
    pub(crate) tasks: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Era {
    pub(crate) name: &'static str,
    pub(crate) records: Vec<Record>,
    pub(crate) truth: Truth,
}

/// Level of a line, by the `KERN_` of its `printk`.
fn level(text: &str) -> u8 {
    let info = ["memory: ", "memory+swap: ", "kmem: ", "swap: ", "Task in ", "Memory cgroup stats", "oom-kill:", "[ "];
    if text.contains("Killed process") || text.contains("Kill process") || text.contains("kill process") {
        3
    } else if info.iter().any(|start| text.starts_with(start)) || text.starts_with("Tasks state") {
        6
    } else {
        4
    }
}

fn record(uptime_us: u64, text: &str) -> Record {
    Record { uptime_us, level: level(text), text: text.to_owned() }
}

/// Records of a plain `dmesg` whose lines of one record are indented.
fn of_dmesg(text: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            Some((uptime, text)) if !line.starts_with("[  pid") => {
                let (seconds, micros) = uptime.trim().split_once('.').unwrap();
                let uptime_us = seconds.parse::<u64>().unwrap() * 1_000_000 + micros.parse::<u64>().unwrap();
                records.push(record(uptime_us, text));
            }
            _ => {
                let last = records.last_mut().unwrap();
                let width = 3 + (last.uptime_us / 1_000_000).to_string().len().max(5) + 7;
                last.text.push('\n');
                last.text.push_str(line.get(width..).unwrap());
            }
        }
    }
    records
}

/// Records of bare texts; `|` begins another line of the record before it.
fn of_texts(text: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for line in text.trim_matches('\n').lines() {
        match (line.strip_prefix('|'), records.last_mut()) {
            (Some(more), Some(last)) => {
                last.text.push('\n');
                last.text.push_str(more);
            }
            _ => records.push(record(1_260_571_386 + 13 * records.len() as u64, line)),
        }
    }
    records
}

/// All eras, oldest first.
pub(crate) fn eras() -> Vec<Era> {
    let mut all = composed();
    all.extend(golden());
    all
}

fn truth(cause: Cause, pid: u32, comm: &'static str, anon_kb: u64, tasks: u64) -> Truth {
    Truth { cause, pid, comm, anon_kb: Some(anon_kb), limit_kb: None, cgroup: None, tasks }
}

fn limited(truth: Truth, limit_kb: u64, cgroup: &'static str) -> Truth {
    Truth { limit_kb: Some(limit_kb), cgroup: Some(cgroup), ..truth }
}

const ID: &str = "4f1d8c27a9e06b53d2c81f0e7b64a35990cd12ef8847ab36512d7c90fe6b8a41";
const NODE: Cause = Cause::NodeMemory;

fn composed() -> Vec<Era> {
    use super::texts as t;
    let era = |name, text: &str, truth| Era { name, records: of_texts(&text.replace("{ID}", ID)), truth };
    let nameless = |pid, comm, tasks| Truth { anon_kb: None, ..truth(NODE, pid, comm, 0, tasks) };
    let pod = "/kubepods/burstable/pod7d02c4b9-1f6e-4f0b-93a8-5be27c10d6a4";
    let scope = "/system.slice/docker-4f1d8c27a9e06b53d2c81f0e7b64a35990cd12ef8847ab36512d7c90fe6b8a41.scope";
    vec![
        era("2.6.19", t::V2_6_19, nameless(2907, "mysqld", 0)),
        era("2.6.32", t::V2_6_32, nameless(4188, "ruby", 3)),
        era("4.0 non-numa", t::V4_0, truth(NODE, 811, "motion", 402_112, 2)),
        era("4.6 memcg", t::V4_6, limited(truth(Cause::PodLimit, 23_881, "node", 472_080, 2), 524_288, pod)),
        era("4.14", t::V4_14, truth(NODE, 1711, "gradle daemon", 1_804_120, 2)),
        era(
            "6.4 cut record",
            t::V6_4,
            limited(truth(Cause::ContainerLimit, 30_112, "python3", 260_120, 1), 262_144, scope),
        ),
        era("6.8 v2", t::V6_8, limited(truth(Cause::ContainerLimit, 9120, "worker:0", 130_004, 2), 131_072, scope)),
    ]
}

fn golden() -> Vec<Era> {
    let era = |file: &'static str, truth| {
        let text = fs::read_to_string(format!("tests/fixtures/golden/{file}.log")).unwrap();
        Era { name: file, records: of_dmesg(&text), truth }
    };
    let cgroup = Cause::CgroupLimit;
    let crio = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f6a.slice/crio-4f1d8c27a9e06b53d2c81f0e7b64a35990cd12ef8847ab36512d7c90fe6b8a41.scope";
    let pod = "/kubepods/burstable/podc0d7a3f2-58b1-4c0e-9d35-2f6e81b4a907";
    let comma = "/lab/with space,comma=x,task=y";
    vec![
        era("01-rhel6-global", truth(NODE, 13_207, "java", 14_724_800, 7)),
        era("02-rhel6-memcg", limited(truth(cgroup, 4711, "php-cgi", 511_920, 2), 524_288, "/web")),
        era(
            "04-rhel79-uid-after-name",
            limited(truth(cgroup, 51_510, "memory_hog", 204_720, 2), 204_800, "/batch/job-9"),
        ),
        era("06-v415-slab-table", truth(NODE, 3021, "apache2", 244_800, 8)),
        era("07-rhel81", limited(truth(Cause::ContainerLimit, 81_233, "catalog", 784_080, 1), 819_200, crio)),
        era(
            "08-rhel83",
            limited(truth(Cause::ServiceLimit, 2811, "tomcat", 992_080, 1), 1_003_520, "/system.slice/tomcat.service"),
        ),
        era("09-v54-pod-limit", limited(truth(Cause::PodLimit, 51_011, "java", 916_012, 3), 1_048_576, pod)),
        era("11-v61-global", truth(NODE, 388_120, "texindex", 9_160_456, 9)),
        era("19-fragmentation-order3", truth(Cause::Fragmentation, 22_011, "java", 7_248_008, 9)),
        era("20-64k-pages", truth(NODE, 4410, "hana", 3_079_040, 2)),
        era("28-path-with-comma", limited(truth(cgroup, 602, "probe", 128_440, 1), 131_072, comma)),
        era(
            "29-unbalanced-name",
            limited(
                truth(cgroup, 2_871_033, "vite-build (v20", 1_604_880, 1),
                1_703_936,
                "/user.slice/user-1000.slice",
            ),
        ),
    ]
}
