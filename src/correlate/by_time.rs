//! Kills whose report names no cgroup, and the ends that fit them by time. Before Linux 5.0 the report of a node that ran out told
//! the victim's pid and name and nothing of its cgroup; a kill line that lost its report tells no more. Neither the container's id nor
//! its unit joins them with
//!
//! ```text
//! Nov 25 10:12:33 db7 kernel: Killed process 24572 (mongod) total-vm:20255636kB, anon-rss:7466160kB, file-rss:13684kB
//! Nov 25 10:12:34 db7 systemd: mongod.service: main process exited, code=killed, status=9/KILL
//! ```
//!
//! What ended by a SIGKILL that nobody recorded at such a moment is joined where their names agree, where an OOM kill was seen in it
//! alone, or where there is one of each. So is a report whose container id no record has, with an end whose record has no id.

use super::cause::{self, Why};
use super::ends::End;
use super::join::{BEFORE_US, Joined, Owner};
use super::merge::{Case, cgroup, victim_cgroup};
use super::node::Node;
use super::torn_down;
use super::units::UnitEnd;
use crate::event::{ContainerRef, KernelOom};
use crate::report::{Cause, Verdict};
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};

/// Of like names, the end may be this much later: a starving node's runtime and systemd see it late.
pub(super) const NAMED_US: i64 = 30 * SECOND_US;
/// By time alone, the end follows at once.
const ALONE_US: i64 = 5 * SECOND_US;
/// By time alone, it may be stamped this much before the kill.
const ALONE_BEFORE_US: i64 = 2 * SECOND_US;
/// Shorter names are parts of too many others.
const NAME_MIN: usize = 4;

/// What speaks for a join, beside the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByTime {
    /// The process is called like the container, its image or the unit.
    Named,
    /// Its runtime or systemd saw an OOM kill in it, and in no other at that moment.
    Seen,
    /// The report has the container's id, and no record of the runtime has: `dmesg` beside `kubectl describe pod`, which tells no id
    /// of a container that is gone. Seen as above, and what both tell agrees.
    Unlisted,
    /// There was no other kill, and no other end without a known sender, at that moment.
    Alone,
}

/// What ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ended {
    /// A container: index of its end.
    Container(usize),
    /// A unit: index of its end.
    Unit(usize),
}

/// Does its report name no cgroup at all?
pub(super) fn names_no_cgroup(oom: &KernelOom) -> bool {
    !oom.kills.is_empty() && victim_cgroup(oom).is_none() && cgroup(oom).is_none() && oom.group.is_none()
}

/// The join of each case that has one.
pub(super) fn join(
    node: &Node<'_>,
    cases: &[Case],
    owners: &[Owner],
    ends: &[Vec<Joined>],
    units: &[Vec<usize>],
) -> BTreeMap<usize, (Ended, ByTime)> {
    let dated = |test: &dyn Fn(&usize) -> bool| {
        let free = (0..cases.len()).filter(|n| owners[*n].container.is_none() && test(n));
        let mut kills: Vec<(i64, usize)> = free.filter_map(|n| Some((cases[n].when.unix_us?, n))).collect();
        kills.sort_unstable();
        kills
    };
    let nowhere = dated(&|n| names_no_cgroup(&cases[*n].oom));
    let unlisted = dated(&|n| owners[*n].identity.containers.iter().any(|c| !c.monitor && !c.is_of_platform()));
    let mut kills = [nowhere.as_slice(), &unlisted].concat();
    if kills.is_empty() {
        return BTreeMap::new();
    }
    kills.sort_unstable();
    let taken = ends.iter().flatten().map(|joined| Ended::Container(joined.end));
    let taken: BTreeSet<Ended> = taken.chain(units.iter().flatten().map(|unit| Ended::Unit(*unit))).collect();
    let unexplained = unexplained(node, &kills, &taken);
    let seen: Vec<(i64, Ended)> = unexplained.iter().copied().filter(|(_, ended)| saw_oom(node, *ended)).collect();
    let mut pairs = Pairs::default();
    let agree = |n: usize, ended: Ended| is_unlisted_end(node, ended) && agree(node, &cases[n], &owners[n], ended);
    pairs.add_alone(&unlisted, &seen, ByTime::Unlisted, &agree);
    pairs.add_named(node, cases, &nowhere, &unexplained);
    pairs.add_alone(&nowhere, &seen, ByTime::Seen, &|_, _| true);
    pairs.add_alone(&nowhere, &unexplained, ByTime::Alone, &|_, _| true);
    pairs.of_case
}

/// No record of this end bears the id of the container that ended.
fn is_unlisted_end(node: &Node<'_>, ended: Ended) -> bool {
    matches!(ended, Ended::Container(index) if !node.ends[index].has_id)
}

/// The pod and the limit are the same, as far as both tell them.
fn agree(node: &Node<'_>, case: &Case, owner: &Owner, ended: Ended) -> bool {
    let Ended::Container(index) = ended else { return false };
    let about = &node.containers.get(node.ends[index].container).about;
    let pods = owner.identity.pod_uid.as_deref().zip(about.pod_uid.as_deref());
    let limit = case.oom.memcg.as_ref().and_then(|block| block.memory.as_ref()?.limit_kb);
    let own_limit = victim_cgroup(&case.oom) == cgroup(&case.oom);
    let limits = limit.filter(|_| own_limit).zip(about.limit_bytes);
    pods.is_none_or(|(a, b)| a == b) && limits.is_none_or(|(kb, bytes)| kb == bytes / 1024)
}

/// The ends by SIGKILL around these kills of which nobody is known to be the sender, in order of time.
fn unexplained(node: &Node<'_>, kills: &[(i64, usize)], taken: &BTreeSet<Ended>) -> Vec<(i64, Ended)> {
    let near = |at: i64| {
        let next = kills.partition_point(|(killed, _)| *killed < at.saturating_sub(NAMED_US));
        kills.get(next).is_some_and(|(killed, _)| *killed <= at.saturating_add(BEFORE_US))
    };
    let containers = node.ends.iter().enumerate().filter_map(|(index, end)| {
        let at = end.at().filter(|at| near(*at))?;
        let free = !taken.contains(&Ended::Container(index)) && container_is_unexplained(node, end);
        free.then_some((at, Ended::Container(index)))
    });
    let units = node.units.iter().enumerate().filter_map(|(index, end)| {
        let free = near(end.at) && !taken.contains(&Ended::Unit(index)) && node.run_by.end_of(index).is_none();
        (free && unit_is_unexplained(end)).then_some((end.at, Ended::Unit(index)))
    });
    let mut all: Vec<(i64, Ended)> = containers.chain(units).collect();
    all.sort_unstable();
    all
}

fn container_is_unexplained(node: &Node<'_>, end: &End) -> bool {
    // Its main process is known, and is another one than was killed: else it were joined by its pid.
    end.ended_by() == Some(9)
        && end.pid.is_none()
        && torn_down::of_end(node, end).is_none()
        && is_open(&cause::of_container(end, &node.actions, None))
}

fn unit_is_unexplained(end: &UnitEnd) -> bool {
    let killed = end.signal() == Some(9) || end.saw_oom();
    killed && end.unit.ends_with(".service") && is_open(&cause::of_unit(end, None))
}

/// Its runtime or systemd saw an OOM kill in it.
fn saw_oom(node: &Node<'_>, ended: Ended) -> bool {
    match ended {
        Ended::Container(index) => {
            let end = &node.ends[index];
            end.oom_flag == Some(true) || end.reason.as_deref() == Some("OOMKilled")
        }
        Ended::Unit(index) => node.units[index].saw_oom(),
    }
}

/// Nobody is known to have killed it, or the runtime's flag says that the kernel did.
fn is_open(why: &Why) -> bool {
    let flagged = why.verdict == Verdict::Memory && why.agent.as_deref() == Some("kernel");
    flagged || why.cause == Cause::Unknown
}

/// Each case and each end is in one pair at most.
#[derive(Default)]
struct Pairs {
    of_case: BTreeMap<usize, (Ended, ByTime)>,
    ended: BTreeSet<Ended>,
}

impl Pairs {
    fn add_named(&mut self, node: &Node<'_>, cases: &[Case], kills: &[(i64, usize)], ends: &[(i64, Ended)]) {
        let mut all: Vec<(u64, Ended, usize)> = Vec::new();
        for &(killed, n) in kills {
            for &(at, ended) in within(ends, killed, BEFORE_US, NAMED_US) {
                if names(node, ended).iter().any(|name| cases[n].oom.kills.iter().any(|kill| alike(&kill.comm, name))) {
                    all.push((at.abs_diff(killed), ended, n));
                }
            }
        }
        // The nearest first.
        all.sort_unstable();
        for (_, ended, n) in all {
            self.add(n, ended, ByTime::Named);
        }
    }

    /// Where one kill and one end have each other only.
    fn add_alone(
        &mut self,
        kills: &[(i64, usize)],
        ends: &[(i64, Ended)],
        by: ByTime,
        agree: &dyn Fn(usize, Ended) -> bool,
    ) {
        let free_kills: Vec<(i64, usize)> =
            kills.iter().copied().filter(|(_, n)| !self.of_case.contains_key(n)).collect();
        let free_ends: Vec<(i64, Ended)> =
            ends.iter().copied().filter(|(_, ended)| !self.ended.contains(ended)).collect();
        for &(killed, n) in &free_kills {
            let near = within(&free_ends, killed, ALONE_BEFORE_US, ALONE_US).iter();
            let mut fit = near.filter(|(_, ended)| agree(n, *ended));
            let (Some((at, ended)), None) = (fit.next(), fit.next()) else { continue };
            let others = within(&free_kills, *at, ALONE_US, ALONE_BEFORE_US).iter();
            if others.filter(|(_, n)| agree(*n, *ended)).count() == 1 {
                self.add(n, *ended, by);
            }
        }
    }

    fn add(&mut self, case: usize, ended: Ended, by: ByTime) {
        if !self.of_case.contains_key(&case) && self.ended.insert(ended) {
            self.of_case.insert(case, (ended, by));
        }
    }
}

/// The entries of a list in order of time from some time before a moment to some time after it.
fn within<T>(list: &[(i64, T)], at: i64, before_us: i64, after_us: i64) -> &[(i64, T)] {
    let first = list.partition_point(|(t, _)| *t < at.saturating_sub(before_us));
    let rest = &list[first..];
    &rest[..rest.partition_point(|(t, _)| *t <= at.saturating_add(after_us))]
}

/// What a process of it may be called.
fn names(node: &Node<'_>, ended: Ended) -> Vec<String> {
    match ended {
        Ended::Unit(index) => vec![node.units[index].unit.trim_end_matches(".service").to_owned()],
        Ended::Container(index) => names_of(&node.containers.get(node.ends[index].container).about),
    }
}

fn names_of(about: &ContainerRef) -> Vec<String> {
    // `registry:5000/team/canal:1.1.5@sha256:...` is `canal`.
    let image = about.image.as_deref().and_then(|image| image.split('@').next()?.rsplit('/').next()?.split(':').next());
    about.name.as_deref().into_iter().chain(image).map(str::to_owned).collect()
}

/// `mongod` and `mongodb`, `redis-server` and `redis`, `mysqld` and `team-mysqld-1`: one begins with the other, or is a word of it.
fn alike(comm: &str, name: &str) -> bool {
    let (comm, name) = (comm.to_ascii_lowercase(), name.to_ascii_lowercase());
    if comm.len() < NAME_MIN || name.len() < NAME_MIN {
        return comm == name;
    }
    let word = |long: &str, short: &str| long.split(['-', '_', '.', '@', ':']).any(|word| word == short);
    name.starts_with(&comm) || comm.starts_with(&name) || word(&name, &comm) || word(&comm, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_agree() {
        let pairs = [
            ("mongod", "mongod"),
            ("mongod", "mongodb"),
            ("redis-server", "redis"),
            ("postgres", "postgresql@14-main"),
            ("mysqld", "team-mysqld-1"),
            ("Elasticsearch", "elasticsearch"),
            ("very-long-name-", "very-long-name-of-a-service"),
            ("sh", "sh"),
        ];
        for (comm, name) in pairs {
            assert!(alike(comm, name), "{comm} {name}");
        }
        for (comm, name) in [("java", "elasticsearch"), ("sh", "sshd"), ("nginx", "web-1"), ("", "web")] {
            assert!(!alike(comm, name), "{comm} {name}");
        }
    }

    #[test]
    fn names_of_images() {
        let about = |image: &str| ContainerRef { image: Some(image.into()), ..ContainerRef::default() };
        assert_eq!(names_of(&about("registry:5000/team/canal:1.1.5@sha256:00ff")), ["canal"]);
        assert_eq!(names_of(&about("nginx")), ["nginx"]);
        assert!(names_of(&ContainerRef::default()).is_empty());
    }

    #[test]
    fn what_lies_within() {
        let list = [(10, 'a'), (20, 'b'), (20, 'c'), (31, 'd')];
        assert_eq!(within(&list, 20, 0, 10), &[(20, 'b'), (20, 'c')]);
        assert_eq!(within(&list, 20, 10, 11).len(), 4);
        assert!(within(&list, 40, 8, 100).is_empty());
    }
}
