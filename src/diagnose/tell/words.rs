//! Names and small phrases that all stories share.

use crate::diagnose::units::{percent, size};
use crate::identity::{self, Application};
use crate::language::Language;
use crate::report::{Cause, Container, Holder, HolderKind, Incident, Termination, Victim, short_id};
use crate::say;

/// A name in quotes.
pub(super) fn quoted(name: &str) -> String {
    ["'", name, "'"].concat()
}

/// First letter large, where the language has such letters.
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
    pub(super) fn of(incident: &Incident, language: Language) -> Subject {
        let ended = incident.terminations.first();
        let by_index = ended.and_then(|t| t.container).or_else(|| incident.victims.iter().find_map(|v| v.container));
        let unit = ended.and_then(|t| t.unit.clone());
        if by_index.is_none()
            && let Some(unit) = unit
        {
            return Subject::unit(unit, language);
        }
        let index = by_index.or_else(|| (!incident.containers.is_empty()).then_some(0));
        if let Some((index, container)) = index.and_then(|i| Some((i, incident.containers.get(i)?))) {
            return match &container.unit {
                Some(unit) if is_service(container, incident.cause) => {
                    Subject::unit(unit.clone(), language).inside(container, language)
                }
                _ => Subject::container(index, container, language),
            };
        }
        Subject::of_paths(incident, language).unwrap_or_else(|| Subject::process(incident, language))
    }

    /// The unit, if the next start has the same name: only such a one can be given a limit. A job of Upstart is no unit of systemd.
    pub(super) fn lasting_unit(&self) -> Option<&str> {
        self.unit.as_deref().filter(|unit| unit.contains('.')).filter(|unit| match identity::application(unit) {
            Some(Application::Transient) => false,
            Some(_) => !unit.ends_with(".scope"),
            None => true,
        })
    }

    fn unit(unit: String, language: Language) -> Subject {
        let full = match unit.rsplit_once('.') {
            Some((_, "service")) => say!(language, "tell-service", name = quoted(&unit)),
            _ => say!(language, "tell-unit", name = quoted(&unit)),
        };
        let (short, full) = match application(&unit, language) {
            Some(what) => (what.clone(), say!(language, "tell-application-unit", what = what, unit = quoted(&unit))),
            None => (full.clone(), full),
        };
        Subject { short, full, unit: Some(unit), container: None, owned: true }
    }

    /// A unit of a system container.
    fn inside(self, container: &Container, language: Language) -> Subject {
        match of_platform(container, language) {
            Some(machine) => {
                Subject { full: say!(language, "tell-inside", unit = &self.full, machine = machine), ..self }
            }
            None => self,
        }
    }

    fn container(index: usize, container: &Container, language: Language) -> Subject {
        let name = || match (&container.name, &container.id) {
            (Some(name), _) => Some(quoted(name)),
            (None, _) => container.short_id().map(str::to_owned),
        };
        let pod = pod_name(container);
        if let Some(full) = of_platform(container, language) {
            return Subject { short: full.clone(), full, unit: None, container: Some(index), owned: true };
        }
        let short = say!(language, "tell-container", name = name(), pod = None::<&str>);
        let full = match (&pod, &container.pod_uid) {
            (None, Some(uid)) => say!(language, "tell-container-of-uid", name = name(), uid = uid),
            _ => say!(language, "tell-container", name = name(), pod = pod),
        };
        Subject { full, short, unit: None, container: Some(index), owned: true }
    }

    /// By the cgroup paths alone: no join found more.
    fn of_paths(incident: &Incident, language: Language) -> Option<Subject> {
        let victims = incident.victims.iter().filter_map(|v| v.cgroup.as_deref());
        let limit = incident.limit.iter().filter_map(|l| l.cgroup.as_deref());
        let identity =
            victims.chain(limit).map(identity::parse).find(|i| i.unit.is_some() || !i.containers.is_empty())?;
        let Some(container) = identity.containers.first().filter(|c| !c.is_of_platform()) else {
            return identity.unit.map(|unit| Subject::unit(unit, language));
        };
        let full = say!(language, "tell-container", name = short_id(&container.id), pod = None::<&str>);
        Some(Subject { short: full.clone(), full, unit: None, container: None, owned: true })
    }

    fn process(incident: &Incident, language: Language) -> Subject {
        let full = match incident.victims.first() {
            Some(victim) if victim.comm.is_empty() => say!(language, "tell-nameless-process", pid = victim.pid),
            Some(victim) => say!(language, "tell-process", name = quoted(&victim.comm), pid = victim.pid),
            None if incident.program.is_some() => quoted(incident.program.as_deref().unwrap_or_default()),
            None => say!(language, "tell-some-process"),
        };
        Subject { short: full.clone(), full, unit: None, container: None, owned: false }
    }
}

/// What a person calls a unit with a name that a desktop, snapd or a terminal made up.
fn application(unit: &str, language: Language) -> Option<String> {
    Some(match identity::application(unit)? {
        Application::Desktop(id) => say!(language, "tell-application", name = quoted(&id)),
        Application::Snap(name) => say!(language, "tell-snap", name = quoted(&name)),
        Application::Session(number) => say!(language, "tell-session", number = number),
        Application::Terminal => say!(language, "tell-terminal"),
        Application::Tmux => say!(language, "tell-tmux"),
        Application::Transient => say!(language, "tell-transient"),
    })
}

/// A service stands among the containers as an entry that has a unit and nothing else of a container. Within a system container
/// (LXC, nspawn) it is meant where its own limit was hit.
fn is_service(container: &Container, cause: Cause) -> bool {
    let nothing_else = container.id.is_none() && container.pod.is_none() && container.pod_uid.is_none();
    let inner = matches!(container.runtime.as_deref(), Some("lxc" | "systemd-nspawn")) && cause == Cause::ServiceLimit;
    nothing_else && (container.runtime.is_none() || inner)
}

/// What platforms besides the container engines run, in their own words: `LXC container 'web1'`, `Slurm step 77.batch`.
fn of_platform(container: &Container, language: Language) -> Option<String> {
    let id = container.id.as_deref();
    let name = || container.name.as_deref().map(quoted).or_else(|| id.map(str::to_owned)).unwrap_or_default();
    match container.runtime.as_deref()? {
        kind @ ("lxc" | "openvz" | "garden" | "mesos" | "yarn" | "systemd-nspawn" | "qemu" | "htcondor" | "lsf"
        | "pbs" | "heroku") => Some(say!(language, "tell-of-platform", kind = kind, name = name())),
        "nomad" => {
            let allocation = id.and_then(|id| id.get(..8));
            Some(say!(language, "tell-nomad-task", name = name(), allocation = allocation))
        }
        "slurm" => {
            let step = id.is_some_and(|id| id.contains('.'));
            let kind = if step { "step" } else { "job" };
            Some(say!(language, "tell-slurm", kind = kind, name = id.map_or_else(name, str::to_owned)))
        }
        _ => None,
    }
}

/// Name of the container's pod in quotes, with its namespace.
pub(super) fn pod_name(container: &Container) -> Option<String> {
    let pod = container.pod.as_ref()?;
    Some(match &container.namespace {
        Some(namespace) => quoted(&format!("{namespace}/{pod}")),
        None => quoted(pod),
    })
}

/// Memory that a victim held: resident anonymous, file and shared pages, and what it had in swap.
pub(super) fn held(victim: &Victim) -> Option<u64> {
    let parts = [victim.anon_rss_bytes, victim.file_rss_bytes, victim.shmem_rss_bytes, victim.rss_bytes];
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

/// `'java' (3 processes) with 1.2 GiB (67%)`, `shared memory and tmpfs with 20.0 MiB`.
pub(super) fn holder_words(holder: &Holder, total: Option<u64>, language: Language) -> String {
    let (size, percent) = (size(language, holder.bytes), total.and_then(|t| percent(language, holder.bytes, t)));
    match holder.kind {
        HolderKind::Process => {
            let (name, count) = (quoted(&holder.name), holder.count.filter(|n| *n > 1));
            say!(language, "tell-holder-process", name = name, count = count, size = size, percent = percent)
        }
        HolderKind::Container => {
            say!(language, "tell-holder-container", name = container_name(holder), size = size, percent = percent)
        }
        HolderKind::Unaccounted => say!(language, "tell-holder-unaccounted", size = size, percent = percent),
        HolderKind::Slab | HolderKind::Shmem | HolderKind::Hugepages | HolderKind::Kernel => {
            say!(language, "tell-holder-other", name = &holder.name, size = size, percent = percent)
        }
    }
}

/// What a holder that is a container is called: its name in quotes, or the start of its id.
pub(super) fn container_name(holder: &Holder) -> String {
    if holder.name.len() == 64 { short_id(&holder.name).to_owned() } else { quoted(&holder.name) }
}

/// The three largest holders in a sentence.
pub(super) fn top_holders(incident: &Incident, language: Language) -> Option<String> {
    let total = incident.memory.as_ref().and_then(|m| m.total_bytes);
    let floor = total.map_or(0, |t| t / 50);
    let largest = incident.holders.iter().filter(|h| h.bytes >= floor).take(3);
    let names: Vec<String> = largest.map(|h| holder_words(h, total, language)).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(say!(language, "tell-top-holder", holder = one)),
        many => Some(say!(language, "tell-top-holders", holders = language.list(many))),
    }
}

/// `exit code 137 (signal 9, SIGKILL)`, as far as it is told.
pub(super) fn exit_words(termination: &Termination, language: Language) -> Option<String> {
    let (signal, name) = (termination.signal, termination.signal_name.as_deref());
    match (termination.exit_code, signal) {
        (Some(code), signal) => Some(say!(language, "tell-exit-code", code = code, signal = signal, name = name)),
        (None, Some(signal)) => Some(say!(language, "tell-exit-signal", signal = signal, name = name)),
        (None, None) => None,
    }
}

/// How the incident's first end is told.
pub(super) fn first_exit(incident: &Incident, language: Language) -> Option<String> {
    incident.terminations.first().and_then(|termination| exit_words(termination, language))
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
pub(super) fn victim_words(victim: &Victim, language: Language) -> String {
    let size = held(victim).map(|bytes| size(language, bytes));
    if victim.comm.is_empty() {
        return say!(language, "tell-nameless-process", pid = victim.pid);
    }
    say!(language, "tell-process-sized", name = quoted(&victim.comm), pid = victim.pid, size = size)
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
        assert_eq!(Subject::of(&incident, Language::English).full, "process 'java' (pid 5)");
        let unit = Some("nginx.service".to_owned());
        incident.terminations = vec![Termination { unit, ..Termination::default() }];
        assert_eq!(Subject::of(&incident, Language::English).full, "service 'nginx.service'");
        let unit = Some("app-gnome-org.gimp.GIMP-5120.scope".to_owned());
        incident.terminations = vec![Termination { unit, ..Termination::default() }];
        let application = Subject::of(&incident, Language::English);
        assert_eq!(application.short, "application 'org.gimp.GIMP'");
        assert_eq!(application.full, "application 'org.gimp.GIMP' (unit 'app-gnome-org.gimp.GIMP-5120.scope')");
        incident.terminations[0].unit = Some("nginx.service".to_owned());
        let named = Container {
            name: Some("api".into()),
            pod: Some("api-0".into()),
            namespace: Some("shop".into()),
            ..Container::default()
        };
        incident.containers = vec![Container { id: Some("ab".repeat(32)), ..Container::default() }, named];
        assert_eq!(Subject::of(&incident, Language::English).full, "service 'nginx.service'", "what ended comes first");
        incident.terminations[0].container = Some(1);
        assert_eq!(Subject::of(&incident, Language::English).full, "container 'api' of pod 'shop/api-0'");
        assert_eq!(Subject::of(&incident, Language::Chinese).full, "容器 'api'（Pod 'shop/api-0'）");
        incident.terminations.clear();
        assert_eq!(Subject::of(&incident, Language::English).full, "container abababababab");
        incident.victims[0].container = Some(7);
        assert_eq!(
            Subject::of(&incident, Language::English).full,
            "process 'java' (pid 5)",
            "an index that does not exist"
        );
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
    fn what_other_platforms_run() {
        let told = |runtime: &str, id: Option<&str>, name: Option<&str>| {
            let container = Container {
                runtime: Some(runtime.into()),
                id: id.map(Into::into),
                name: name.map(Into::into),
                unit: Some("nginx.service".into()),
                ..Container::default()
            };
            let incident = Incident { containers: vec![container], ..Incident::default() };
            let inner = Incident { cause: Cause::ServiceLimit, ..incident.clone() };
            let of = |incident| Subject::of(incident, Language::English).full;
            (of(&incident), of(&inner), Subject::of(&incident, Language::Chinese).full)
        };
        let (full, inner, chinese) = told("lxc", None, Some("web1"));
        assert_eq!(
            (full.as_str(), inner.as_str()),
            ("LXC container 'web1'", "service 'nginx.service' in LXC container 'web1'")
        );
        assert_eq!(chinese, "LXC 容器 'web1'");
        assert_eq!(told("qemu", None, Some("web-1")).1, "virtual machine 'web-1'");
        assert_eq!(told("heroku", None, Some("web.1")).0, "dyno 'web.1'");
        let task = told("nomad", Some("b3c1d2e4-0000-4111-8222-333344445555.web"), Some("web"));
        assert_eq!(task.0, "Nomad task 'web' of allocation b3c1d2e4");
        assert_eq!(told("slurm", Some("410022.batch"), None).0, "Slurm step 410022.batch");
        assert_eq!(told("slurm", Some("77"), None).0, "Slurm job 77");
        let yarn = "container_e22_1432969244945_6026_01_000075";
        assert_eq!(told("yarn", Some(yarn), None).0, format!("YARN container {yarn}"));
    }

    #[test]
    fn small_things() {
        assert_eq!(sentence("ärger"), "Ärger");
        assert_eq!(sentence(""), "");
        let killed = Termination { exit_code: Some(137), signal: Some(9), ..Termination::default() };
        assert_eq!(exit_words(&killed, Language::English).as_deref(), Some("exit code 137 (signal 9)"));
        assert_eq!(exit_words(&killed, Language::Chinese).as_deref(), Some("退出码 137（信号 9）"));
        assert_eq!(exit_words(&Termination::default(), Language::English), None);
        assert_eq!(time_words("2026-11-23T18:52:26.323875+08:00"), "2026-11-23 18:52:26 +08:00");
        assert_eq!(time_words("2026-11-23T10:28:26Z"), "2026-11-23 10:28:26 UTC");
        assert_eq!(time_words("later"), "later");
        let reason_is =
            |text: &str| reason(&Termination { reason: Some(text.into()), ..Termination::default() }).is_some();
        assert!(reason_is("oom-kill") && !reason_is("success"));
    }
}
