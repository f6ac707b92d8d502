//! Words for causes, verdicts and the rest of the report's fixed terms, in every language. They have their home here.

use super::units::bytes;
use crate::language::Language;
use crate::report::{self, Cause, Confidence, Container, Holder, HolderKind, Incident, Scope, Verdict};
use crate::say;

/// The cause as a heading: "the container reached its memory limit".
pub(in crate::render) fn headline(incident: &Incident, language: Language) -> String {
    match incident.cause {
        Cause::ContainerLimit => say!(language, "render-cause-container-limit"),
        Cause::PodLimit => say!(language, "render-cause-pod-limit"),
        Cause::AncestorLimit => say!(language, "render-cause-ancestor-limit"),
        Cause::ServiceLimit => say!(language, "render-cause-service-limit"),
        Cause::CgroupLimit => say!(language, "render-cause-cgroup-limit"),
        Cause::NodeMemory => say!(language, "render-cause-node-memory"),
        Cause::NumaLimit => say!(language, "render-cause-numa-limit"),
        Cause::Fragmentation => say!(language, "render-cause-fragmentation"),
        Cause::UserspaceKiller => match incident.agent.as_deref() {
            Some(name) if report::is_platform(name) => say!(language, "render-cause-platform", agent = name),
            Some(name) => say!(language, "render-cause-killer", agent = agent(name, language)),
            None => say!(language, "render-cause-some-killer"),
        },
        Cause::Eviction => say!(language, "render-cause-eviction"),
        Cause::ApplicationHeap => say!(language, "render-cause-application-heap"),
        Cause::ManualOom => say!(language, "render-cause-manual-oom"),
        Cause::OomPanic => say!(language, "render-cause-oom-panic"),
        Cause::StopTimeout => say!(language, "render-cause-stop-timeout"),
        Cause::Stopped => say!(language, "render-cause-stopped"),
        Cause::KilledOnRequest => say!(language, "render-cause-killed-on-request"),
        Cause::ProbeFailure => say!(language, "render-cause-probe-failure"),
        Cause::Crash => say!(language, "render-cause-crash"),
        Cause::StartFailure => say!(language, "render-cause-start-failure"),
        Cause::ApplicationError => say!(language, "render-cause-application-error"),
        Cause::Reboot => say!(language, "render-cause-reboot"),
        Cause::Invented if incident.verdict == Verdict::Undetermined => say!(language, "render-cause-lost"),
        Cause::Invented => say!(language, "render-cause-invented"),
        Cause::Unknown if by_kubelet(incident) => say!(language, "render-cause-unknown-eviction"),
        Cause::Unknown if by_kernel(incident) => say!(language, "render-cause-unknown-limit"),
        Cause::Unknown if signal(incident).is_some() => say!(language, "render-cause-unknown"),
        Cause::Unknown if incident.program.is_some() => say!(language, "render-cause-unknown-child"),
        Cause::Unknown => say!(language, "render-cause-unknown-end"),
    }
}

/// The kernel's OOM killer did it; only which limit was hit is unknown.
fn by_kernel(incident: &Incident) -> bool {
    incident.verdict == Verdict::Memory && incident.agent.as_deref() == Some("kernel")
}

/// The kubelet evicted it; only for what is unknown.
fn by_kubelet(incident: &Incident) -> bool {
    incident.verdict == Verdict::Undetermined && incident.agent.as_deref() == Some("kubelet")
}

/// The cause for a column of the table: "container limit 512 MiB".
pub(in crate::render) fn short(incident: &Incident, language: Language) -> String {
    match incident.cause {
        Cause::ContainerLimit | Cause::PodLimit | Cause::AncestorLimit | Cause::ServiceLimit | Cause::CgroupLimit => {
            limited(incident, language)
        }
        Cause::NodeMemory => say!(language, "render-short-node-memory"),
        Cause::NumaLimit => say!(language, "render-short-numa-limit"),
        Cause::Fragmentation => say!(language, "render-short-fragmentation"),
        Cause::UserspaceKiller => match incident.agent.as_deref() {
            Some(name) => agent(name, language),
            None => say!(language, "render-short-killer"),
        },
        Cause::Eviction => say!(language, "render-short-eviction"),
        Cause::ApplicationHeap => say!(language, "render-short-application-heap"),
        Cause::ManualOom => say!(language, "render-short-manual-oom"),
        Cause::OomPanic => say!(language, "render-short-oom-panic"),
        Cause::StopTimeout => say!(language, "render-short-stop-timeout"),
        Cause::Stopped => say!(language, "render-short-stopped"),
        Cause::KilledOnRequest => say!(language, "render-short-killed-on-request"),
        Cause::ProbeFailure => say!(language, "render-short-probe-failure"),
        Cause::Crash => match signal(incident) {
            Some(name) => say!(language, "render-short-crash-signal", signal = name),
            None => with_code(incident, say!(language, "render-short-crash"), language),
        },
        Cause::StartFailure => with_code(incident, say!(language, "render-short-start-failure"), language),
        Cause::ApplicationError => with_code(incident, say!(language, "render-short-application-error"), language),
        Cause::Reboot => say!(language, "render-short-reboot"),
        Cause::Invented if incident.verdict == Verdict::Undetermined => say!(language, "render-short-lost"),
        Cause::Invented => say!(language, "render-short-invented"),
        Cause::Unknown if by_kubelet(incident) => say!(language, "render-short-unknown-eviction"),
        Cause::Unknown if by_kernel(incident) => say!(language, "render-short-unknown-limit"),
        Cause::Unknown => match signal(incident).or(incident.program.as_ref().map(|_| "SIGKILL")) {
            Some(name) => say!(language, "render-short-unknown-signal", signal = name),
            None => with_code(incident, say!(language, "render-short-unknown"), language),
        },
    }
}

/// The limit that was met, with its size where that is known.
fn limited(incident: &Incident, language: Language) -> String {
    let limit = incident.limit.as_ref();
    let which = match (incident.cause, limit.map(|limit| limit.scope)) {
        (Cause::ContainerLimit, _) => say!(language, "render-short-container-limit"),
        (Cause::PodLimit, _) => say!(language, "render-short-pod-limit"),
        (Cause::ServiceLimit, _) => say!(language, "render-short-service-limit"),
        (Cause::CgroupLimit, _) => say!(language, "render-short-cgroup-limit"),
        (_, Some(Scope::Kubepods)) => say!(language, "render-short-kubepods-limit"),
        (_, Some(Scope::Qos)) => say!(language, "render-short-qos-limit"),
        (_, Some(Scope::Slice)) => say!(language, "render-short-slice-limit"),
        _ => say!(language, "render-short-ancestor-limit"),
    };
    match limit.and_then(|limit| limit.limit_bytes) {
        Some(size) => say!(language, "render-short-with-size", limit = which, size = bytes(size)),
        None => which,
    }
}

fn signal(incident: &Incident) -> Option<&str> {
    incident.terminations.iter().find_map(|end| end.signal_name.as_deref())
}

fn with_code(incident: &Incident, what: String, language: Language) -> String {
    match incident.terminations.iter().find_map(|end| end.exit_code) {
        Some(code) => say!(language, "render-short-with-code", what = what, code = code.to_string()),
        None => what,
    }
}

/// Who acted. Programs keep their names; the report's own words for the rest are translated.
pub(in crate::render) fn agent(name: &str, language: Language) -> String {
    match name {
        "kernel" => say!(language, "render-agent-kernel"),
        "runtime" => say!(language, "render-agent-runtime"),
        "operator" => say!(language, "render-agent-operator"),
        "application" => say!(language, "render-agent-application"),
        name => name.to_owned(),
    }
}

/// What a source is. Names of formats and commands stay.
pub(in crate::render) fn source_kind(kind: &str, language: Language) -> String {
    match kind {
        "container inspection" => say!(language, "render-source-inspection"),
        "container list" => say!(language, "render-source-containers"),
        "container events" => say!(language, "render-source-events"),
        "Kubernetes objects" => say!(language, "render-source-kubernetes"),
        "kubectl table" => say!(language, "render-source-kubectl-table"),
        "cgroup file" => say!(language, "render-source-cgroup"),
        "files in one" => say!(language, "render-source-files"),
        "memory totals" => say!(language, "render-source-memory"),
        "boot time" => say!(language, "render-source-boot-time"),
        "kernel version" => say!(language, "render-source-kernel"),
        "host name" => say!(language, "render-source-host"),
        "clock" => say!(language, "render-source-clock"),
        "list of boots" => say!(language, "render-source-boots"),
        "console" => say!(language, "render-source-console"),
        "timestamped" => say!(language, "render-source-timestamped"),
        "plain" => say!(language, "render-source-plain"),
        kind => kind.to_owned(),
    }
}

/// The verdict in capitals.
pub(in crate::render) fn verdict(verdict: Verdict, language: Language) -> String {
    match verdict {
        Verdict::Memory => say!(language, "render-verdict-memory"),
        Verdict::NotMemory => say!(language, "render-verdict-not-memory"),
        Verdict::Undetermined => say!(language, "render-verdict-undetermined"),
    }
}

/// How sure.
pub(in crate::render) fn confidence(confidence: Confidence, language: Language) -> String {
    match confidence {
        Confidence::Weak => say!(language, "render-confidence-weak"),
        Confidence::Possible => say!(language, "render-confidence-possible"),
        Confidence::Probable => say!(language, "render-confidence-probable"),
        Confidence::Strong => say!(language, "render-confidence-strong"),
        Confidence::Proven => say!(language, "render-confidence-proven"),
    }
}

/// Whose limit.
pub(in crate::render) fn scope(scope: Scope, language: Language) -> String {
    match scope {
        Scope::Container => say!(language, "render-scope-container"),
        Scope::Pod => say!(language, "render-scope-pod"),
        Scope::Qos => say!(language, "render-scope-qos"),
        Scope::Kubepods => say!(language, "render-scope-kubepods"),
        Scope::Service => say!(language, "render-scope-service"),
        Scope::Slice => say!(language, "render-scope-slice"),
        Scope::Other => say!(language, "render-scope-other"),
    }
}

/// A holder by its name. Those of processes and containers are the logs', and only a container's needs to be told as what it
/// is; the others are the report's own words.
pub(in crate::render) fn holder(holder: &Holder, language: Language) -> String {
    match holder.kind {
        HolderKind::Container => say!(language, "render-holder-container", name = &holder.name),
        _ => holder.name.clone(),
    }
}

/// What stands between two sentences, or a label and its text: full-width punctuation needs no blank.
pub(in crate::render) fn between(language: Language) -> &'static str {
    if language == Language::Chinese { "" } else { " " }
}

/// Names in a row.
pub(in crate::render) fn names(names: &[String], language: Language) -> String {
    names.join(if language == Language::Chinese { "、" } else { ", " })
}

/// Facts in a row.
pub(in crate::render) fn join(words: &[String], language: Language) -> String {
    words.join(&format!("{}{}", say!(language, "render-comma"), between(language)))
}

/// A name for a container: its own, with the pod's, or the start of its id, or its unit.
pub(in crate::render) fn container(container: &Container, language: Language) -> Option<String> {
    let id = container.short_id();
    // What is no digits is a name that people know.
    let own = id.filter(|id| id.contains(['.', '-', '_']));
    let namespace = container.namespace.as_ref().map(|n| format!("{n}/")).unwrap_or_default();
    match (&container.name, &container.pod) {
        (Some(name), Some(pod)) => Some(format!("{namespace}{pod}/{name}")),
        (Some(name), None) => Some(name.clone()),
        (None, Some(pod)) => Some(format!("{namespace}{pod}")),
        (None, None) => own
            .map(str::to_owned)
            .or_else(|| container.unit.clone())
            .or_else(|| container.pod_uid.as_ref().map(|uid| say!(language, "render-pod-uid", uid = uid)))
            .or_else(|| id.map(str::to_owned)),
    }
}
