//! Files and command outputs that tell about the node: memory, boot, kernel, clock, name.

use super::clock;
use super::doc::{Doc, Line};
use super::kube_node::boot_id;
use super::path::is_host;
use super::size;
use crate::event::{Fact, NodeFact, Stamp};

/// `/proc/meminfo` (`fs/proc/meminfo.c`): total memory and swap, in kB.
pub(super) fn meminfo(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let kb = |key: &str| {
        let line = lines.iter().find(|l| l.text.starts_with(key))?;
        let number: u64 = line.text.get(key.len()..)?.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some((line.at, number.checked_mul(1024)?))
    };
    let memory = kb("MemTotal:");
    let fact = NodeFact {
        memory_bytes: memory.map(|(_, bytes)| bytes),
        swap_bytes: kb("SwapTotal:").map(|(_, bytes)| bytes),
        ..NodeFact::default()
    };
    doc.node(memory.map_or(0, |(at, _)| at), None, fact);
}

/// `/proc/vmstat` (`mm/vmstat.c`): `oom_kill`, since Linux 4.13.
pub(super) fn vmstat(doc: &mut Doc<'_, '_>) {
    let count = |line: &Line<'_>| line.text.strip_prefix("oom_kill ")?.trim().parse().ok();
    let found = doc.lines().iter().find_map(|line| Some((line.at, count(line)?)));
    if let Some((at, kills)) = found {
        doc.node(at, None, NodeFact { oom_kills: Some(kills), ..NodeFact::default() });
    }
}

/// `/proc/stat`: `btime`, seconds since 1970.
pub(super) fn stat(doc: &mut Doc<'_, '_>) {
    for line in doc.lines() {
        let Some(seconds) = line.text.strip_prefix("btime ").and_then(|s| s.trim().parse::<i64>().ok()) else {
            continue;
        };
        let boot_time_us = seconds.checked_mul(crate::time::SECOND_US);
        return doc.node(line.at, None, NodeFact { boot_time_us, ..NodeFact::default() });
    }
}

/// `/proc/version` (`Linux version <release> (..`) and `uname -a` (`Linux <host> <release> #..`).
pub(super) fn kernel_version(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let Some(line) = lines.iter().find(|l| l.text.starts_with("Linux ")) else { return };
    let words: Vec<&str> = line.text.split_whitespace().collect();
    let fact = match words[..] {
        ["Linux", "version", release, ..] => NodeFact { kernel: Some(release.to_owned()), ..NodeFact::default() },
        ["Linux", host, release, ..] => NodeFact {
            hostname: is_host(host).then(|| host.to_owned()),
            kernel: Some(release.to_owned()),
            ..NodeFact::default()
        },
        _ => return,
    };
    let at = line.at;
    doc.node(at, None, fact);
}

/// `/proc/uptime`: seconds since boot, when collected.
pub(super) fn uptime(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let seconds = lines.first().and_then(|l| l.text.split(' ').next()?.parse::<f64>().ok());
    let Some(seconds) = seconds.filter(|s| (0.0..1e10).contains(s)) else { return };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let uptime_us = Some((seconds * 1e6).round() as u64);
    doc.node(0, None, NodeFact { uptime_us, ..NodeFact::default() });
}

/// `/proc/cmdline`: a host name that was set at boot.
pub(super) fn cmdline(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let name = lines
        .iter()
        .find_map(|l| l.text.split(' ').find_map(|w| w.strip_prefix("systemd.hostname=").map(str::to_owned)));
    if let Some(name) = name.filter(|n| is_host(n)) {
        doc.node(0, None, NodeFact { hostname: Some(name), ..NodeFact::default() });
    }
}

/// `/etc/hostname`, `hostname`: one name; comments are allowed in the file.
pub(super) fn hostname(doc: &mut Doc<'_, '_>) {
    for line in doc.lines() {
        let name = line.text.trim();
        if is_host(name) {
            let fact = NodeFact { hostname: Some(name.to_owned()), ..NodeFact::default() };
            return doc.node(line.at, None, fact);
        }
    }
}

/// `   Key: value` lines.
fn pair<'t>(line: &'t Line<'_>) -> Option<(&'t str, &'t str)> {
    let (key, value) = line.text.split_once(": ")?;
    Some((key.trim(), value.trim()))
}

/// `hostnamectl`.
pub(super) fn hostnamectl(doc: &mut Doc<'_, '_>) {
    let mut fact = NodeFact::default();
    for line in doc.lines() {
        match pair(&line) {
            // The transient name is printed only where it differs, and is the one in use.
            Some(("Transient hostname", value)) => fact.hostname = Some(value.to_owned()),
            Some(("Static hostname", value)) if fact.hostname.is_none() && is_host(value) => {
                fact.hostname = Some(value.to_owned());
            }
            Some(("Kernel", value)) => fact.kernel = value.strip_prefix("Linux ").map(str::to_owned),
            Some(("Boot ID", value)) => fact.boot = boot_id(value),
            _ => {}
        }
    }
    doc.node(0, None, fact);
}

/// `timedatectl`: zone, offset and time of collection.
pub(super) fn timedatectl(doc: &mut Doc<'_, '_>) {
    let mut fact = NodeFact::default();
    let mut at = 0;
    for line in doc.lines() {
        match pair(&line) {
            Some(("Universal time", value)) => fact.collected = clock::systemd(value),
            // `Asia/Shanghai (CST, +0800)`
            Some(("Time zone" | "Timezone", value)) => {
                at = line.at;
                let (zone, rest) = value.split_once(' ').unwrap_or((value, ""));
                fact.zone = Some(zone.to_owned()).filter(|z| is_zone(z));
                fact.utc_offset_s = rest.trim_matches(['(', ')']).split(", ").last().and_then(clock::offset);
            }
            _ => {}
        }
    }
    doc.node(at, None, fact);
}

/// `date`, `date --utc`: when the bundle was collected.
pub(super) fn date(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let Some(line) = lines.first() else { return };
    let collected = clock::date_output(&line.text).or_else(|| clock::instant(line.text.trim()));
    if collected.is_some() {
        doc.node(0, None, NodeFact { collected, ..NodeFact::default() });
    }
}

/// `/etc/timezone`.
pub(super) fn timezone(doc: &mut Doc<'_, '_>) {
    let lines = doc.lines();
    let zone = lines.first().map(|l| l.text.trim().to_owned()).filter(|z| is_zone(z));
    if zone.is_some() {
        doc.node(0, None, NodeFact { zone, ..NodeFact::default() });
    }
}

/// `Asia/Shanghai`, `Etc/UTC`, `UTC`.
pub(super) fn is_zone(text: &str) -> bool {
    let valid = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'/' | b'_' | b'-' | b'+');
    let named = text.contains('/') || matches!(text, "UTC" | "GMT" | "CET" | "EET" | "EST" | "MST" | "HST" | "WET");
    (3..=64).contains(&text.len())
        && text.bytes().all(valid)
        && named
        && text.starts_with(|c: char| c.is_ascii_uppercase())
}

/// `free`: totals in the unit that the file's name tells (`free_-m`), kiB without one. Rounded: `/proc/meminfo` is better.
pub(super) fn free(doc: &mut Doc<'_, '_>) {
    let file = doc.path.rsplit('/').next().unwrap_or_default();
    let unit: u64 = match file.split("free").nth(1).unwrap_or_default() {
        rest if rest.contains("-m") => 1 << 20,
        rest if rest.contains("-g") => 1 << 30,
        rest if rest.contains("-b") => 1,
        _ => 1 << 10,
    };
    let lines = doc.lines();
    let total = |key: &str| {
        let line = lines.iter().find(|l| l.text.starts_with(key))?;
        let word = line.text.split_whitespace().nth(1)?;
        let bytes = match word.parse::<u64>() {
            Ok(number) => number.checked_mul(unit),
            // `free -h`
            Err(_) => size::human(word),
        };
        Some((line.at, bytes?))
    };
    let memory = total("Mem:");
    let fact = NodeFact {
        memory_bytes: memory.map(|(_, bytes)| bytes),
        swap_bytes: total("Swap:").map(|(_, bytes)| bytes),
        ..NodeFact::default()
    };
    doc.node(memory.map_or(0, |(at, _)| at), None, fact);
}

/// True for a line of `journalctl --list-boots`: `-1 <32 hex> Mon 2026-11-23 10:40:44 UTC—Mon ...` (up to v250), or below the
/// heading `IDX BOOT ID FIRST ENTRY LAST ENTRY`.
pub(super) fn boot_line(line: &str) -> Option<(u128, Option<crate::event::Wall>)> {
    let mut words = line.split_whitespace();
    words.next()?.parse::<i32>().ok()?;
    let id = words.next()?;
    let boot = boot_id(id)?;
    let (_, rest) = line.split_once(id)?;
    let first = rest.trim().split('—').next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().take(4).collect();
    Some((boot, clock::systemd(&words.join(" "))))
}

/// `journalctl --list-boots`: each boot with the time of its first entry; the running boot is the last.
pub(super) fn list_boots(doc: &mut Doc<'_, '_>) {
    for line in doc.lines() {
        if let Some((boot, wall)) = boot_line(&line.text) {
            let stamp = Stamp { wall, boot: Some(boot), ..Stamp::default() };
            let fact = NodeFact { boot: Some(boot), ..NodeFact::default() };
            doc.push(line.at, stamp, None, Fact::Node(fact.into()));
        }
    }
}

/// What a last reboot line tells: `reboot   system boot  6.1.0-50 Mon Nov 23 10:05 ...`, `shutdown system down ...`.
pub(super) fn is_last_line(line: &str) -> bool {
    ["reboot   system boot", "shutdown system down", "runlevel (to lvl"].iter().any(|head| line.starts_with(head))
}

/// `last -x`: the kernel of each boot and, with `-F`, its time; the newest is first.
pub(super) fn last(doc: &mut Doc<'_, '_>) {
    let mut found: Vec<(usize, Option<crate::event::Wall>, String)> = Vec::new();
    for line in doc.lines() {
        let Some(rest) = line.text.strip_prefix("reboot   system boot") else { continue };
        let Some(release) = rest.split_whitespace().next() else { continue };
        let time: Vec<&str> = rest.split_whitespace().skip(1).take(5).collect();
        found.push((line.at, clock::date_output(&time.join(" ")), release.to_owned()));
    }
    // Oldest first, so that the running boot has the last word.
    for (at, wall, release) in found.into_iter().rev() {
        // `last` cuts long releases (`6.1.0-50-cloud-a`): no kernel is told then.
        let kernel = (release.len() < 16).then_some(release);
        let stamp = Stamp { wall, ..Stamp::default() };
        doc.push(at, stamp, None, Fact::Node(NodeFact { kernel, ..NodeFact::default() }.into()));
    }
}

/// The node facts among events, for tests.
#[cfg(test)]
fn nodes(events: &[crate::event::Event]) -> Vec<NodeFact> {
    events
        .iter()
        .filter_map(|e| match &e.fact {
            Fact::Node(node) => Some((**node).clone()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Wall;
    use crate::recognize::document::tests::read_text;

    fn one(path: &str, text: &str) -> NodeFact {
        let (events, problems) = read_text(path, text);
        assert!(problems.is_empty());
        let mut all = nodes(&events);
        assert_eq!(all.len(), 1, "{path}");
        all.remove(0)
    }

    #[test]
    fn proc_files() {
        let fact = one(
            "proc/meminfo",
            "MemTotal:         610892 kB\nMemFree:          484860 kB\nSwapTotal:             0 kB\n",
        );
        assert_eq!((fact.memory_bytes, fact.swap_bytes), (Some(625_553_408), Some(0)));
        assert_eq!(
            one("proc/stat", "cpu  1 2 3 4\ncpu0 1\nbtime 1795430000\nprocesses 5\n").boot_time_us,
            Some(1_795_430_000_000_000)
        );
        assert_eq!(
            one("proc/version", "Linux version 6.1.0-50-cloud-amd64 (a@b) #1 SMP\n").kernel.as_deref(),
            Some("6.1.0-50-cloud-amd64")
        );
        let uname = one("sos_commands/kernel/uname_-a", "Linux db-02 6.1.0-50-cloud-amd64 #1 SMP x86_64 GNU/Linux\n");
        assert_eq!((uname.hostname.as_deref(), uname.kernel.as_deref()), (Some("db-02"), Some("6.1.0-50-cloud-amd64")));
        assert_eq!(one("proc/vmstat", "nr_free_pages 101\npgpgin 5\noom_kill 3\nnuma_hit 9\n").oom_kills, Some(3));
        assert_eq!(one("proc/uptime", "496.32 115.32\n").uptime_us, Some(496_320_000));
        assert_eq!(one("proc/cmdline", "root=/dev/vda rw systemd.hostname=db-02\n").hostname.as_deref(), Some("db-02"));
        assert_eq!(one("etc/hostname", "# comment\ndb-02\n").hostname.as_deref(), Some("db-02"));
    }

    #[test]
    fn clocks() {
        let text = "               Local time: Mon 2026-11-23 18:55:28 CST\n           Universal time: Mon 2026-11-23 10:55:28 UTC\n                Time zone: Asia/Shanghai (CST, +0800)\n";
        let fact = one("timedatectl", text);
        assert_eq!((fact.zone.as_deref(), fact.utc_offset_s), (Some("Asia/Shanghai"), Some(28_800)));
        assert_eq!(fact.collected, clock::instant("2026-11-23T10:55:28Z"));
        assert!(matches!(one("date/date", "Mon Nov 23 18:55:25 CST 2026\n").collected, Some(Wall::Civil { .. })));
        assert_eq!(one("etc/timezone", "Asia/Shanghai\n").zone.as_deref(), Some("Asia/Shanghai"));
        let (events, _) = read_text(
            "list-boots",
            "-1 3ed9a427a6094439ad272e601eacb2f3 Mon 2026-11-23 10:40:44 UTC—Mon 2026-11-23 10:42:04 UTC\n 0 d54bed24b5b54858941a901618533675 Mon 2026-11-23 10:42:21 UTC—Mon 2026-11-23 10:42:43 UTC\n",
        );
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].stamp.wall, clock::instant("2026-11-23T10:40:44Z"));
        assert_eq!(nodes(&events)[1].boot, Some(0xd54b_ed24_b5b5_4858_941a_9016_1853_3675));
    }

    #[test]
    fn other_commands() {
        let fact = one(
            "hostnamectl",
            " Static hostname: (unset)\nTransient hostname: db-02\n         Boot ID: 53c5715b24534cc3ae22367052ecef66\n          Kernel: Linux 6.1.0-50\n",
        );
        assert_eq!((fact.hostname.as_deref(), fact.kernel.as_deref()), (Some("db-02"), Some("6.1.0-50")));
        assert!(fact.boot.is_some());
        let table = "               total        used        free\nMem:             596         137         471\nSwap:              0           0           0\n";
        assert_eq!(one("memory/free_-m", table).memory_bytes, Some(596 << 20));
        assert_eq!(one("memory/free", table).memory_bytes, Some(596 << 10));
        assert_eq!(one("memory/free_-h", &table.replace("596", "15Gi")).memory_bytes, Some(15 << 30));
        let (events, _) = read_text(
            "last_-xF",
            "reboot   system boot  6.1.0-50 Mon Nov 23 10:05:07 2026   still running\nshutdown system down  6.1.0-50 Mon Nov 23 10:04:07 2026 - Mon\nreboot   system boot  6.1.0-50-cloud-a Mon Nov 23 09:05:07 2026 - x\n",
        );
        assert_eq!(nodes(&events).iter().map(|n| n.kernel.is_some()).collect::<Vec<_>>(), [false, true]);
        assert!(matches!(events[1].stamp.wall, Some(Wall::Civil { second: 36_307, .. })));
    }
}
