//! Files of the cgroup file systems (`mm/memcontrol.c`: `memory.events`, `memory.oom_control`, limits and usages) and
//! `/proc/<pid>/cgroup`.

use super::doc::{Doc, Line, Said};
use super::names;
use super::path::{cgroup_of, full_id_in};
use super::size;
use crate::event::{CgroupCounters, ContainerRef, Speaker, What};

/// Which value a file holds; `None` for files that are not read.
#[derive(Clone, Copy, PartialEq)]
enum Value {
    Events,
    OomControl,
    Stat,
    Limit,
    Peak,
    Current,
}

fn value_of(path: &str, head: &str) -> Option<Value> {
    let file = path.rsplit('/').next()?;
    let name = file.find("memory.").and_then(|at| file.get(at..)).unwrap_or_default();
    let number = head.trim();
    let is_number = !number.is_empty() && (number == "max" || number.bytes().all(|c| c.is_ascii_digit()));
    Some(match name {
        // The cgroup's own share of what `memory.events` counts: the larger of both is told.
        "memory.events" | "memory.events.local" if head.starts_with("low ") => Value::Events,
        "memory.stat" if head.contains("\nhierarchical_memory_limit ") => Value::Stat,
        "memory.max" | "memory.limit_in_bytes" if is_number => Value::Limit,
        "memory.peak" | "memory.max_usage_in_bytes" if is_number => Value::Peak,
        "memory.current" | "memory.usage_in_bytes" if is_number => Value::Current,
        // The words of these two say what they are, whatever the file is called.
        _ if head.starts_with("oom_kill_disable ") => Value::OomControl,
        _ if head.starts_with("low ") && head.contains("\noom_kill ") => Value::Events,
        _ => return None,
    })
}

/// True for a cgroup file that is read.
pub(super) fn is_cgroup_file(path: &str, head: &str) -> bool {
    value_of(path, head).is_some() && cgroup_of(path).is_some()
}

/// A line of a cgroup file behind the file's path, as `grep . FILE...` and `grep -H` print it, with `-n` also its number.
pub(super) fn is_named_line(line: &str) -> bool {
    named_line(line).is_some_and(|(path, content)| {
        let number = content.trim();
        !content.is_empty() && cgroup_of(path).is_some() && (number == "max" || number.split(' ').count() <= 2)
    })
}

/// Path and content of such a line. A cgroup's name may hold colons, the file's own does not.
fn named_line(line: &str) -> Option<(&str, &str)> {
    let file = line.find("/memory.").map(|at| at + 1).or_else(|| line.starts_with("memory.").then_some(0))?;
    let end = file + line.get(file..)?.find(':')?;
    let name = line.get(file..end)?;
    if !name.bytes().all(|c| c.is_ascii_lowercase() || matches!(c, b'.' | b'_')) {
        return None;
    }
    let content = line.get(end + 1..)?;
    let numbered = content.split_once(':').filter(|(n, _)| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()));
    Some((line.get(..end)?, numbered.map_or(content, |(_, content)| content)))
}

/// All cgroup files of which a piece of a document holds the lines with their paths.
pub(super) fn named_lines(doc: &mut Doc<'_, '_>, range: std::ops::Range<usize>) {
    let lines = doc.lines();
    let mut open: Option<(String, Vec<Line<'_>>)> = None;
    let inside = lines.iter().filter(|line| range.contains(&line.at));
    for (path, line) in inside.filter_map(|line| {
        let (path, content) = named_line(&line.text)?;
        Some((path.to_owned(), Line { at: line.at, text: content.to_owned().into() }))
    }) {
        match &mut open {
            Some((name, lines)) if *name == path => lines.push(line),
            _ => {
                if let Some((path, lines)) = open.replace((path, vec![line])) {
                    read_file(doc, &path, &lines);
                }
            }
        }
    }
    if let Some((path, lines)) = open {
        read_file(doc, &path, &lines);
    }
}

/// One cgroup file: the counters or values that it holds. Files of one cgroup give one fact each.
pub(super) fn read(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    read_file(doc, doc.path, &lines);
}

fn read_file(doc: &mut Doc<'_, '_>, path: &str, lines: &[Line<'_>]) {
    let head: String = lines.iter().take(64).map(|l| format!("{}\n", l.text)).collect();
    let (Some(value), Some(cgroup)) = (value_of(path, &head), cgroup_of(path)) else { return };
    let counter = |key: &str| {
        lines.iter().find_map(|l| {
            let number = l.text.strip_prefix(key)?.strip_prefix(' ')?.trim();
            Some((l.at, number.parse::<u64>().ok()?))
        })
    };
    let single = lines.first().map(|l| l.text.trim().to_owned()).unwrap_or_default();
    let number = single.parse().ok().filter(|_| value != Value::Limit);
    let (oom, kill) = match value {
        Value::Events | Value::OomControl => (counter("oom"), counter("oom_kill")),
        _ => (None, None),
    };
    let stat_limit = counter("hierarchical_memory_limit").filter(|_| value == Value::Stat);
    let limit = match value {
        Value::Limit => size::limit(&single),
        _ => stat_limit.and_then(|(_, limit)| size::limit(&limit.to_string())),
    };
    let what = What::CgroupCounters(Box::new(CgroupCounters {
        cgroup: cgroup.clone(),
        oom: oom.map(|(_, n)| n),
        oom_kill: kill.map(|(_, n)| n),
        limit_bytes: limit,
        peak_bytes: number.filter(|_| value == Value::Peak),
        current_bytes: number.filter(|_| value == Value::Current),
    }));
    let first = lines.first().map_or(0, |line| line.at);
    let at = kill.or(oom).or(stat_limit).map_or(first, |(at, _)| at);
    let container = reference(&cgroup);
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::CgroupFiles, container, what });
}

/// The container of a cgroup, when the path ends in one.
fn reference(cgroup: &str) -> ContainerRef {
    let leaf = cgroup.rsplit('/').next().and_then(full_id_in);
    match leaf {
        Some(id) if !cgroup.contains("conmon-") => ContainerRef {
            id: Some(id.into()),
            runtime: names::runtime_of_cgroup(cgroup),
            cgroup: Some(cgroup.into()),
            ..ContainerRef::default()
        },
        _ => ContainerRef::default(),
    }
}

/// The pid of `/proc/<pid>/cgroup` (also `self`, which is none).
fn proc_pid(path: &str) -> Option<u32> {
    let parts: Vec<&str> = path.rsplit('/').take(3).collect();
    match parts[..] {
        ["cgroup", pid, "proc"] => pid.parse().ok().filter(|pid| *pid != 0),
        _ => None,
    }
}

/// True for `/proc/<pid>/cgroup`.
pub(super) fn is_proc_cgroup(path: &str, head: &str) -> bool {
    proc_pid(path).is_some() && head.lines().next().is_some_and(|l| l.splitn(3, ':').count() == 3 && l.contains(":/"))
}

/// `/proc/<pid>/cgroup`: `0::/path` (v2) or `9:memory:/path` (v1).
pub(super) fn proc_cgroup(doc: &mut Doc<'_, '_>) {
    let Some(pid) = proc_pid(doc.path) else { return };
    let lines = doc.lines();
    let of = |wanted: &dyn Fn(&str, &str) -> bool| {
        lines.iter().find_map(|line| {
            let mut parts = line.text.splitn(3, ':');
            let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
            (wanted(number, controllers) && path.len() > 1).then(|| (line.at, path.to_owned()))
        })
    };
    let found = of(&|_, controllers| controllers.split(',').any(|c| c == "memory"));
    let Some((at, cgroup)) = found.or_else(|| of(&|number, controllers| number == "0" && controllers.is_empty()))
    else {
        return;
    };
    let container = ContainerRef { pid: Some(pid), cgroup: Some(cgroup.as_str().into()), ..reference(&cgroup) };
    doc.say(Said { at, wall: None, host: None, speaker: Speaker::CgroupFiles, container, what: What::Seen });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    const ID: &str = "229764751171a0ba063ec3a2e9f7c89c4d2382373d169da378dd9dc31f9b175b";

    fn counters(path: &str, text: &str) -> What {
        facts(&read_text(path, text).0)[0].what.clone()
    }

    /// oom, oom_kill, limit, peak, current; then the cgroup.
    fn parts(what: What) -> ([Option<u64>; 5], String) {
        match what {
            What::CgroupCounters(counters) => {
                let CgroupCounters { cgroup, oom, oom_kill, limit_bytes, peak_bytes, current_bytes } = *counters;
                ([oom, oom_kill, limit_bytes, peak_bytes, current_bytes], cgroup)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn counters_of_both_versions() {
        let v2 =
            parts(counters("sys/fs/cgroup/web.slice/memory.events", "low 0\nhigh 0\nmax 142\noom 3\noom_kill 2\n"));
        assert_eq!(v2, ([Some(3), Some(2), None, None, None], "/web.slice".to_owned()));
        let own = "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n";
        let local = parts(counters("sys/fs/cgroup/web.slice/memory.events.local", own));
        assert_eq!(local, ([Some(1), Some(1), None, None, None], "/web.slice".to_owned()));
        let v1 = parts(counters("cgroup/a.memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"));
        assert_eq!(v1, ([None, Some(3), None, None, None], "/a".to_owned()));
        let stat =
            parts(counters("cgroup/memory/a/memory.stat", "cache 1\nrss 2\nhierarchical_memory_limit 67108864\n"));
        assert_eq!(stat.0[2], Some(67_108_864));
    }

    #[test]
    fn lines_with_their_paths() {
        let text = format!(
            "/sys/fs/cgroup/x.slice:cri-containerd:{ID}/memory.events:low 0\n/sys/fs/cgroup/x.slice:cri-containerd:{ID}/memory.events:oom 4\n/sys/fs/cgroup/x.slice:cri-containerd:{ID}/memory.events:oom_kill 3\n/sys/fs/cgroup/web.slice/memory.max:1:4096\n"
        );
        let (events, problems) = read_text("all.txt", &text);
        assert!(problems.is_empty());
        let all: Vec<_> = facts(&events).into_iter().map(|fact| parts(fact.what)).collect();
        assert_eq!(all[0], ([Some(4), Some(3), None, None, None], format!("/x.slice:cri-containerd:{ID}")));
        assert_eq!(all[1], ([None, None, Some(4096), None, None], "/web.slice".to_owned()));
        assert_eq!(events[0].evidence[0].line, Some(3));
        for line in ["GET /memory.html: 200", "see /memory.max", "/x/memory.MAX:1", "a/memory.max:not a number at all"]
        {
            assert!(!is_named_line(line), "{line}");
        }
    }

    #[test]
    fn single_values() {
        for (file, text, limit, peak, current) in [
            ("memory.max", "67108864\n", Some(67_108_864), None, None),
            ("memory.max", "max\n", None, None, None),
            ("memory.limit_in_bytes", "9223372036854771712\n", None, None, None),
            ("memory.peak", "5\n", None, Some(5), None),
            ("memory.max_usage_in_bytes", "6\n", None, Some(6), None),
            ("memory.current", "7\n", None, None, Some(7)),
        ] {
            let wanted = ([None, None, limit, peak, current], "/x".to_owned());
            assert_eq!(parts(counters(&format!("cgroup/x/{file}"), text)), wanted, "{file}");
        }
    }

    #[test]
    fn containers_and_processes() {
        let path = format!("cgroups/snapshot-05/s.slice+cri-containerd-{ID}.scope/memory.events");
        let (events, _) = read_text(&path, "low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n");
        let fact = &facts(&events)[0];
        assert_eq!((fact.container.id.as_deref(), fact.container.runtime.as_deref()), (Some(ID), Some("containerd")));
        assert_eq!(&*events[0].evidence[0].text, "oom_kill 1");
        let (events, _) = read_text("proc/1337/cgroup", &format!("9:memory:/docker/{ID}\n1:name=systemd:/x\n0::/\n"));
        let container = &facts(&events)[0].container;
        assert_eq!((container.pid, container.id.as_deref()), (Some(1337), Some(ID)));
        let (events, _) = read_text("proc/1/cgroup", "0::/init.scope\n");
        assert_eq!(facts(&events)[0].container.cgroup.as_deref(), Some("/init.scope"));
    }
}
