//! Names and small phrases that all stories share.

use crate::diagnose::units::{count, percent, size, size_of};
use crate::identity;
use crate::report::{Container, Holder, HolderKind, Incident, Termination, Victim};

/// A name in quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("'{name}'")
}

/// First letter large.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What an incident is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// With the pod: `container 'api' of pod 'shop/api-0'`.
    pub(super) full: String,
    /// Without: `container 'api'`.
    pub(super) short: String,
    /// The unit, when it is one.
    pub(super) unit: Option<String>,
    /// The container, when it is one of the incident's.
    pub(super) container: Option<usize>,
    /// It is a container or unit, not just a process.
    pub(super) owned: bool,
}

impl Subject {
    /// The container or unit that ended, else that of the victims, else the process.
    pub(super) fn of(incident: &Incident) -> Subject {
        let ended = incident.terminations.first();
        let by_index = ended.and_then(|t| t.container).or_else(|| incident.victims.iter().find_map(|v| v.container));
        let unit = ended.and_then(|t| t.unit.clone());
        if by_index.is_none()
            && let Some(unit) = unit
        {
            return Subject::unit(unit);
        }
        let index = by_index.or_else(|| (!incident.containers.is_empty()).then_some(0));
        if let Some((index, container)) = index.and_then(|i| Some((i, incident.containers.get(i)?))) {
            // A service stands among the containers as an entry that has a unit and nothing else of a container.
            return match &container.unit {
                Some(unit) if container.id.is_none() && container.pod.is_none() && container.pod_uid.is_none() => {
                    Subject::unit(unit.clone())
                }
                _ => Subject::container(index, container),
            };
        }
        Subject::of_paths(incident).unwrap_or_else(|| Subject::process(incident))
    }

    fn unit(unit: String) -> Subject {
        let full = match unit.rsplit_once('.') {
            Some((_, "service")) => format!("service {}", quoted(&unit)),
            _ => format!("unit {}", quoted(&unit)),
        };
        Subject { short: full.clone(), full, unit: Some(unit), container: None, owned: true }
    }

    fn container(index: usize, container: &Container) -> Subject {
        let short = container_short(container);
        let full = match pod(container) {
            Some(pod) => format!("{short} of {pod}"),
            None => short.clone(),
        };
        Subject { full, short, unit: None, container: Some(index), owned: true }
    }

    /// By the cgroup paths alone: no join found more.
    fn of_paths(incident: &Incident) -> Option<Subject> {
        let victims = incident.victims.iter().filter_map(|v| v.cgroup.as_deref());
        let limit = incident.limit.iter().filter_map(|l| l.cgroup.as_deref());
        let identity =
            victims.chain(limit).map(identity::parse).find(|i| i.unit.is_some() || !i.containers.is_empty())?;
        let Some(container) = identity.containers.first() else { return identity.unit.map(Subject::unit) };
        let full = format!("container {}", short_id(&container.id));
        Some(Subject { short: full.clone(), full, unit: None, container: None, owned: true })
    }

    fn process(incident: &Incident) -> Subject {
        let full = match incident.victims.first() {
            Some(victim) => format!("process {} (pid {})", quoted(&victim.comm), victim.pid),
            None => "a process".to_owned(),
        };
        Subject { short: full.clone(), full, unit: None, container: None, owned: false }
    }
}

fn container_short(container: &Container) -> String {
    match (&container.name, &container.id) {
        (Some(name), _) => format!("container {}", quoted(name)),
        (None, Some(id)) => format!("container {}", short_id(id)),
        (None, None) => "a container".to_owned(),
    }
}

fn pod(container: &Container) -> Option<String> {
    match (&container.namespace, &container.pod) {
        (Some(namespace), Some(pod)) => Some(format!("pod {}", quoted(&format!("{namespace}/{pod}")))),
        (None, Some(pod)) => Some(format!("pod {}", quoted(pod))),
        (_, None) => container.pod_uid.as_ref().map(|uid| format!("the pod with uid {uid}")),
    }
}

/// Docker's short form; the ids are hexadecimal, but a hostile one must not be cut inside a character.
pub(super) fn short_id(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// Memory that a victim held: resident anonymous, file and shared pages, and what it had in swap.
pub(super) fn held(victim: &Victim) -> Option<u64> {
    let parts = [victim.anon_rss_bytes, victim.file_rss_bytes, victim.shmem_rss_bytes];
    if parts.iter().all(Option::is_none) {
        return None;
    }
    let rest = victim.swap_bytes.unwrap_or(0);
    Some(parts.into_iter().flatten().fold(rest, u64::saturating_add))
}

/// Memory that all victims held; `None` when any of them is unknown.
pub(super) fn held_by_all(incident: &Incident) -> Option<u64> {
    if incident.victims.is_empty() {
        return None;
    }
    incident.victims.iter().map(held).try_fold(0u64, |sum, bytes| Some(sum.saturating_add(bytes?)))
}

/// The largest holder, when it held at least twice as much as all victims together and is not one of them by name:
/// the sign of a bystander's death. Holders under a tenth of the total are never named.
pub fn larger_holder(incident: &Incident) -> Option<&Holder> {
    let held = held_by_all(incident)?;
    let is_victim = |h: &Holder| h.kind == HolderKind::Process && incident.victims.iter().any(|v| v.comm == h.name);
    let own = incident.victims.iter().find_map(|v| v.container).and_then(|i| incident.containers.get(i));
    let is_own = |h: &Holder| {
        let name = Some(h.name.as_str());
        h.kind == HolderKind::Container && own.is_some_and(|c| c.name.as_deref() == name || c.id.as_deref() == name)
    };
    let largest = incident.holders.iter().find(|h| !is_own(h))?;
    let much = largest.share.is_none_or(|share| share >= 0.1) && largest.bytes / 2 >= held;
    (much && !is_victim(largest)).then_some(largest)
}

/// `'java' (3 processes)`, `shared memory and tmpfs`, with its size.
pub(super) fn holder_words(holder: &Holder, total: Option<u64>) -> String {
    let bytes = size_of(holder.bytes, total);
    match holder.kind {
        HolderKind::Process => match holder.count {
            Some(n) if n > 1 => format!("{} ({n} processes) with {bytes}", quoted(&holder.name)),
            _ => format!("{} with {bytes}", quoted(&holder.name)),
        },
        HolderKind::Container if holder.name.len() == 64 => {
            format!("container {} with {bytes}", short_id(&holder.name))
        }
        HolderKind::Container => format!("container {} with {bytes}", quoted(&holder.name)),
        HolderKind::Unaccounted => format!("{bytes} that no counter explains"),
        HolderKind::Slab | HolderKind::Shmem | HolderKind::Hugepages | HolderKind::Kernel => {
            format!("{} with {bytes}", holder.name)
        }
    }
}

/// The three largest holders in a sentence.
pub(super) fn top_holders(incident: &Incident) -> Option<String> {
    let total = incident.memory.as_ref().and_then(|m| m.total_bytes);
    let floor = total.map_or(0, |t| t / 50);
    let names: Vec<String> =
        incident.holders.iter().filter(|h| h.bytes >= floor).take(3).map(|h| holder_words(h, total)).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("The largest holder was {one}.")),
        many => Some(format!("The largest holders were {}.", list(many))),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// `exit code 137 (killed by signal 9, SIGKILL)`, as far as it is told.
pub(super) fn exit_words(termination: &Termination) -> Option<String> {
    let signal = termination.signal.map(|n| match &termination.signal_name {
        Some(name) => format!("signal {n}, {name}"),
        None => format!("signal {n}"),
    });
    match (termination.exit_code, signal) {
        (Some(code), Some(signal)) => Some(format!("exit code {code} ({signal})")),
        (Some(code), None) => Some(format!("exit code {code}")),
        (None, Some(signal)) => Some(signal),
        (None, None) => None,
    }
}

/// The reason beside an exit. systemd's `success` only says that the unit did not fail by its own rules (`OOMPolicy=continue`,
/// `SuccessExitStatus=`): beside a SIGKILL it would read as nonsense.
pub(super) fn reason(termination: &Termination) -> Option<&str> {
    termination.reason.as_deref().filter(|reason| *reason != "success")
}

/// A time of the report (RFC 3339) for a sentence: `2026-11-23 18:52:26 +08:00`. What is no such time stays as it is.
pub(super) fn time_words(time: &str) -> String {
    let parts = || {
        let (date, rest) = time.split_once('T')?;
        let zone_at = rest.find(['Z', '+', '-'])?;
        let (clock, zone) = rest.split_at_checked(zone_at)?;
        let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
        Some(format!("{date} {clock} {}", if zone == "Z" { "UTC" } else { zone }))
    };
    parts().unwrap_or_else(|| time.to_owned())
}

/// A quotation from a log: one line, cut where it gets long.
pub(super) fn quote_line(text: &str) -> String {
    const MAX: usize = 240;
    let flat: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if flat.chars().count() <= MAX {
        return format!("\"{flat}\"");
    }
    let cut: String = flat.chars().take(MAX).collect();
    format!("\"{cut}...\"")
}

/// `'java' (pid 517, 48.1 MiB)`.
pub(super) fn victim_words(victim: &Victim) -> String {
    match held(victim) {
        Some(bytes) => format!("{} (pid {}, {})", quoted(&victim.comm), victim.pid, size(bytes)),
        None => format!("{} (pid {})", quoted(&victim.comm), victim.pid),
    }
}

/// ` of 8.0 GiB (12%)` after a size, or nothing.
pub(super) fn of_total(part: u64, total: Option<u64>, what: &str) -> String {
    match total.and_then(|t| Some((t, percent(part, t)?))) {
        // Pages of files and shared memory may be charged elsewhere, so a process may hold more than its cgroup's use.
        Some((total, _)) if part > total => format!(", all of {what} of {}", size(total)),
        Some((total, percent)) => format!(", {percent} of {what} of {}", size(total)),
        None => String::new(),
    }
}

/// `3 processes`.
pub(super) fn processes(number: usize) -> String {
    count(number as u64, "process", "processes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(name: &str, kind: HolderKind, bytes: u64, share: f64) -> Holder {
        Holder { name: name.into(), kind, bytes, share: Some(share), count: Some(1) }
    }

    fn victim(comm: &str, mib: u64) -> Victim {
        Victim { comm: comm.into(), anon_rss_bytes: Some(mib << 20), ..Victim::default() }
    }

    #[test]
    fn subjects() {
        let mut incident = Incident { victims: vec![Victim { pid: 5, ..victim("java", 1) }], ..Incident::default() };
        assert_eq!(Subject::of(&incident).full, "process 'java' (pid 5)");
        let unit = Some("nginx.service".to_owned());
        incident.terminations = vec![Termination { unit, ..Termination::default() }];
        assert_eq!(Subject::of(&incident).full, "service 'nginx.service'");
        let named = Container {
            name: Some("api".into()),
            pod: Some("api-0".into()),
            namespace: Some("shop".into()),
            ..Container::default()
        };
        incident.containers = vec![Container { id: Some("ab".repeat(32)), ..Container::default() }, named];
        assert_eq!(Subject::of(&incident).full, "service 'nginx.service'", "what ended comes first");
        incident.terminations[0].container = Some(1);
        assert_eq!(Subject::of(&incident).full, "container 'api' of pod 'shop/api-0'");
        incident.terminations.clear();
        assert_eq!(Subject::of(&incident).full, "container abababababab");
        incident.victims[0].container = Some(7);
        assert_eq!(Subject::of(&incident).full, "process 'java' (pid 5)", "an index that does not exist");
    }

    #[test]
    fn bystanders() {
        let holders = vec![
            holder("metrics", HolderKind::Process, 500 << 20, 0.6),
            holder("canal", HolderKind::Process, 48 << 20, 0.06),
        ];
        let mut incident = Incident { holders, victims: vec![victim("canal", 48)], ..Incident::default() };
        assert_eq!(larger_holder(&incident).map(|h| h.name.as_str()), Some("metrics"));
        incident.victims = vec![victim("canal", 300)];
        assert_eq!(larger_holder(&incident), None, "not twice as much");
        incident.victims = vec![victim("metrics", 10)];
        assert_eq!(larger_holder(&incident), None, "one of the same name");
        incident.victims = vec![Victim::default()];
        assert_eq!(larger_holder(&incident), None, "size unknown");
    }

    #[test]
    fn held_counts_swap_and_needs_a_size() {
        assert_eq!(held(&Victim { swap_bytes: Some(5), ..Victim::default() }), None);
        assert_eq!(held(&Victim { swap_bytes: Some(5), ..victim("a", 1) }), Some((1 << 20) + 5));
    }

    #[test]
    fn quotes_are_short_and_on_one_line() {
        assert_eq!(quote_line("a\nb\u{1b}[31m "), "\"a b [31m\"");
        let long = quote_line(&"ü".repeat(500));
        assert_eq!(long.chars().count(), 245);
    }

    #[test]
    fn small_things() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(sentence("ärger"), "Ärger");
        assert_eq!(sentence(""), "");
        assert_eq!(short_id("aüüüüüüü"), "aüüüüüüü");
        let killed = Termination { exit_code: Some(137), signal: Some(9), ..Termination::default() };
        assert_eq!(exit_words(&killed).as_deref(), Some("exit code 137 (signal 9)"));
        assert_eq!(exit_words(&Termination::default()), None);
        assert_eq!(time_words("2026-11-23T18:52:26.323875+08:00"), "2026-11-23 18:52:26 +08:00");
        assert_eq!(time_words("2026-11-23T10:28:26Z"), "2026-11-23 10:28:26 UTC");
        assert_eq!(time_words("later"), "later");
        let reason_is =
            |text: &str| reason(&Termination { reason: Some(text.into()), ..Termination::default() }).is_some();
        assert!(reason_is("oom-kill") && !reason_is("success"));
    }
}
