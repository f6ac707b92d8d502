//! Containers that a systemd unit starts, and which end of the unit is the end of its container: podman's (Quadlet, `podman generate
//! systemd`, compose) name the unit in a label or lie below it, docker's (`docker run` in a unit's `ExecStart=`) mostly bear its name.

use super::containers::Containers;
use super::ends::End;
use super::units::UnitEnd;
use crate::event::{ContainerRef, Speaker};
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};

/// The unit's main process (conmon, `podman run`, `docker run`) goes this long after its container at most, or before the runtime
/// has told of it.
const AFTER_US: i64 = 30 * SECOND_US;
const BEFORE_US: i64 = 15 * SECOND_US;
/// Only the name speaks for it: both ends are of the same moment.
const BY_NAME_US: i64 = 5 * SECOND_US;
/// Ends of one unit that are compared with one end of a container: a restart loop has hundreds.
const COMPARED_MAX: usize = 64;

/// Pairs of a container's end and its unit's, each in one pair at most.
#[derive(Debug, Default)]
pub(super) struct RunBy {
    unit_of: BTreeMap<usize, usize>,
    end_of: BTreeMap<usize, usize>,
}

impl RunBy {
    /// Finds them; what only the unit's end tells, the container's end learns.
    pub(super) fn learn(ends: &mut [End], units: &[UnitEnd], containers: &Containers) -> RunBy {
        let mut of_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, unit) in units.iter().enumerate() {
            of_name.entry(&unit.unit).or_default().push(index);
        }
        let mut fits = Vec::new();
        for (index, end) in ends.iter().enumerate() {
            let about = &containers.get(end.container).about;
            for (name, named) in names(about) {
                let list = of_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
                fits.extend(near(end, units, list, named).map(|(rank, unit)| (rank, index, unit)));
            }
        }
        // The nearest first.
        fits.sort_unstable();
        let mut all = RunBy::default();
        let mut taken = BTreeSet::new();
        for (_, end, unit) in fits {
            if !all.unit_of.contains_key(&end) && taken.insert(unit) {
                all.unit_of.insert(end, unit);
                all.end_of.insert(unit, end);
                teach(&mut ends[end], &units[unit]);
            }
        }
        all
    }

    /// The unit's end that a container's end led to.
    pub(super) fn unit_of(&self, end: usize) -> Option<usize> {
        self.unit_of.get(&end).copied()
    }

    /// The container's end behind a unit's.
    pub(super) fn end_of(&self, unit: usize) -> Option<usize> {
        self.end_of.get(&unit).copied()
    }
}

/// The unit that a container names, or those that it may be named after.
fn names(about: &ContainerRef) -> Vec<(String, Named)> {
    if let Some(unit) = &about.unit {
        return vec![(unit.to_string(), Named::Told)];
    }
    // Pods are the kubelet's.
    let Some(name) = about.name.as_deref().filter(|_| about.pod.is_none() && about.pod_uid.is_none()) else {
        return Vec::new();
    };
    // `docker run --name %n`; `--name %p`; Quadlet's own `systemd-%N`; `podman generate systemd`.
    let stem = name.strip_prefix("systemd-").unwrap_or(name);
    let mut names = vec![name.to_owned(), format!("{stem}.service"), format!("container-{name}.service")];
    names.retain(|name| name.ends_with(".service"));
    names.into_iter().map(|name| (name, Named::Alike)).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// A label or the cgroup names the unit.
    Told,
    /// The container's name is made of the unit's.
    Alike,
}

/// Smaller is better: the same code; then the nearest.
type Rank = (bool, u64);

fn near<'a>(
    end: &'a End,
    units: &'a [UnitEnd],
    list: &'a [usize],
    named: Named,
) -> impl Iterator<Item = (Rank, usize)> + 'a {
    let (before, after) = match named {
        Named::Told => (BEFORE_US, AFTER_US),
        Named::Alike => (BY_NAME_US, BY_NAME_US),
    };
    let at = end.at();
    // All ends of units are in order of time.
    let from = at.map_or(list.len(), |at| list.partition_point(|unit| units[*unit].at < at.saturating_sub(before)));
    let until = at.unwrap_or_default().saturating_add(after);
    let close = list[from..].iter().take(COMPARED_MAX).take_while(move |unit| units[**unit].at <= until);
    close.filter_map(move |&index| {
        let unit = &units[index];
        let same_code = end.code.is_some() && end.code == unit.exit_code();
        let fits = named == Named::Told || same_code || (end.code.is_none() && unit.passed_on());
        fits.then(|| ((!same_code, at.map_or(0, |at| at.abs_diff(unit.at))), index))
    })
}

fn teach(end: &mut End, unit: &UnitEnd) {
    if end.code.is_none() && end.signal.is_none() && unit.passed_on() {
        end.code = Some(137);
        if !end.speakers.contains(&Speaker::Systemd) {
            end.speakers.push(Speaker::Systemd);
        }
    }
    end.unit_oom = unit.oom || unit.result.as_deref() == Some("oom-kill");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::UnitExit;

    fn unit(name: &str, at_s: i64, code: &str, status: i64) -> UnitEnd {
        let exit = Some(UnitExit { code: code.into(), status: Some(status), name: None });
        UnitEnd { unit: name.into(), at: at_s * SECOND_US, exit, ..UnitEnd::default() }
    }

    fn of(name: &str, unit: Option<&str>) -> ContainerRef {
        ContainerRef {
            id: Some(format!("{:0<64}", name.len()).into()),
            name: Some(name.into()),
            unit: unit.map(Into::into),
            ..ContainerRef::default()
        }
    }

    fn end(container: usize, at_s: i64, code: Option<i64>) -> End {
        End { container, finished: Some(at_s * SECOND_US), code, ..End::default() }
    }

    #[test]
    fn a_label_names_the_unit_and_the_nearest_end_is_the_containers() {
        let containers = Containers::learn([of("relay", Some("mail-relay.service"))].iter());
        let mut ends = [end(0, 100, None), end(0, 130, None)];
        let units = [unit("mail-relay.service", 101, "exited", 137), unit("mail-relay.service", 131, "exited", 1)];
        let all = RunBy::learn(&mut ends, &units, &containers);
        assert_eq!([0, 1].map(|end| all.unit_of(end)), [Some(0), Some(1)]);
        assert_eq!(all.end_of(1), Some(0).map(|_| 1));
        assert_eq!(ends[0].code, Some(137), "conmon passes the code on");
        assert_eq!(ends[1].code, None, "who left with 1 is not told");
    }

    #[test]
    fn a_name_alone_needs_the_same_code_at_the_same_moment() {
        let containers = Containers::learn([of("cache.service", None), of("systemd-relays", None)].iter());
        let pair = |container: usize, code: i64, unit: UnitEnd| {
            let mut ends = [end(container, 100, Some(code))];
            RunBy::learn(&mut ends, &[unit], &containers).unit_of(0).is_some()
        };
        assert!(pair(0, 137, unit("cache.service", 100, "exited", 137)));
        assert!(!pair(0, 137, unit("cache.service", 100, "exited", 1)));
        assert!(!pair(0, 137, unit("cache.service", 110, "exited", 137)));
        assert!(pair(1, 3, unit("relays.service", 99, "exited", 3)));
        assert!(!pair(1, 3, unit("other.service", 99, "exited", 3)));
    }
}
