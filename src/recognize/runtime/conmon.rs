//! conmon 2.x (`src/utils.h`: `conmon %.20s <ninfo>: ...` to syslog and journal, `[conmon:i]: ...` to stderr). The id is
//! cut to 20 characters; the stderr form has none, so only its exits (by pid) are worth something.

use super::text::{after, hex_id, number, pid};
use super::{Line, about};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &["OOM event received", "OOM received", "exited with status"];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let bare = || conmon_rs(line).map(|said| (ContainerRef::default(), said));
    let Some((mut container, said)) = header(line.text).or_else(bare) else { return };
    if said.starts_with("OOM event received") || said.starts_with("OOM received") {
        if container.id.is_some() {
            facts.push(about(Speaker::Conmon, container, What::OomSeen));
        }
        return;
    }
    if let Some(exit) = exit(said) {
        container.pid = exit.pid;
        facts.push(about(Speaker::Conmon, container, What::Exited(exit.into())));
    }
}

/// The container and the words after the level.
fn header(text: &str) -> Option<(ContainerRef, &str)> {
    if let Some(rest) = text.strip_prefix("[conmon:") {
        let (level, said) = rest.split_once("]: ")?;
        return (level.len() == 1).then(|| (ContainerRef::default(), said));
    }
    let rest = text.strip_prefix("conmon ").or_else(|| after(text, ": conmon "))?;
    let (id, said) = rest.split_once(" <")?;
    let (level, said) = said.split_once(">: ")?;
    let known =
        matches!(level, "error" | "warn" | "info" | "debug" | "nwarn" | "ninfo" | "ndebug" | "nerror" | "trace");
    known.then(|| (ContainerRef { id: hex_id(id), ..Default::default() }, said))
}

/// conmon-rs puts no header before its words: its name must stand in the carrier.
fn conmon_rs<'a>(line: &'a Line<'_>) -> Option<&'a str> {
    let named = matches!(line.record.ident.as_deref(), Some("conmonrs" | "conmon-rs"));
    let text = line.message();
    named.then(|| text.find("PID ").and_then(|at| text.get(at..)))?
}

/// `container 4242 exited with status 137`; conmon-rs: `PID 4242 exited with status: 137`.
fn exit(said: &str) -> Option<ContainerExit> {
    let rest = said.strip_prefix("container ").or_else(|| said.strip_prefix("PID "))?;
    let code = after(rest, " exited with status ").or_else(|| after(rest, " exited with status: "))?;
    Some(ContainerExit { exit_code: Some(number(code)?), pid: pid(rest), ..Default::default() })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{exit as told, one, silent};
    use super::*;

    #[test]
    fn syslog_form() {
        for who in [Some("conmon"), None, Some("kata")] {
            let fact = one(who, "conmon f0c8a75aff13e0330bc0 <ninfo>: container 4242 exited with status 137");
            assert_eq!((told(&fact).exit_code, told(&fact).pid), (Some(137), Some(4242)));
            assert_eq!(fact.container.id.as_deref(), Some("f0c8a75aff13e0330bc0"));
            assert_eq!(one(who, "conmon f0c8a75aff13e0330bc0 <ninfo>: OOM received").what, What::OomSeen);
        }
    }

    #[test]
    fn stderr_form_has_no_id() {
        let fact = one(None, "[conmon:i]: container 4242 exited with status 0");
        assert_eq!((told(&fact).exit_code, fact.container.id.as_deref()), (Some(0), None));
        silent(None, "[conmon:i]: OOM received");
    }

    #[test]
    fn conmon_rs_names_the_pid_alone() {
        for text in ["PID 4242 exited with status: 137", "INFO PID 4242 exited with status: 137"] {
            let fact = one(Some("conmonrs"), text);
            assert_eq!((told(&fact).exit_code, fact.container.pid), (Some(137), Some(4242)));
        }
        silent(Some("web"), "PID 4242 exited with status: 137");
        silent(Some("conmonrs"), "Found OOM event count 1");
    }

    #[test]
    fn noise() {
        silent(
            Some("conmon"),
            "conmon f0c8a75aff13e0330bc0 <nwarn>: Failed to open cgroups file: /sys/fs/cgroup/x/memory.events",
        );
        silent(Some("conmon"), "conmon ");
        silent(None, "the worker 12 exited with status 3");
    }
}
