//! systemd v219 to v258 (`src/core/unit.c`, `service.c`, `scope.c`, `cgroup.c`), as PID 1 and as user manager.
//!
//! Only services and scopes of containers are read: slices repeat what happened below them, session scopes, mounts and
//! targets are noise. A container's scope gives its id.

use super::systemd_ids;
use super::text::{after, decimal, hex_id, non_empty, number, pid, signal, size_bytes};
use super::{Line, plain};
use crate::event::{ContainerRef, RuntimeFact, Speaker, UnitExit, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "ain process exited, code=",
    "ontrol process exited, code=",
    "killed by the OOM killer",
    "The kernel OOM killer killed",
    "systemd-oomd killed ",
    "Failed with result '",
    "scheduling restart",
    "restart counter is at",
    " memory peak",
    " with signal SIG",
    " on client request",
    "timed out. Killing",
    "atchdog timeout",
    "tart request repeated too quickly",
    ".service: Deactivated successfully",
    ".service: Succeeded",
    ".scope: Deactivated successfully",
    ".scope: Succeeded",
    ".service - ",
    ".service.",
    ".scope - ",
    ".scope.",
    "libcontainer container",
    "libcrun container",
    "Shutting down.",
    "System is rebooting",
    "System is powering down",
    "System is halting",
];

/// Reads one line. `known`: the carrier says that it is systemd's.
pub(super) fn read(line: &Line<'_>, known: bool, facts: &mut Vec<RuntimeFact>) {
    let text = line.text.trim_end();
    if let Some(fact) = node(text).filter(|_| known) {
        facts.push(fact);
        return;
    }
    let field_unit = line.record.field("UNIT").or_else(|| line.record.field("USER_UNIT"));
    let spoken = split(text).or_else(|| v219(text)).map(|(unit, said)| (unit, said_of(said)));
    let spoken = spoken.or_else(|| job(text, field_unit.as_deref()).map(|(unit, what)| (unit, Some(what))));
    let Some((unit, what)) = spoken.or(field_unit.as_deref().map(|unit| (unit, None))) else {
        return libcontainer(text, facts);
    };
    // Words that are not known here (a later release, another language): the id tells.
    let what = what.or_else(|| systemd_ids::read(line.record));
    facts.extend(what.and_then(|what| fact(unit, what)));
}

/// A fact about a unit; `None` for units that are noise here.
fn fact(unit: &str, what: What) -> Option<RuntimeFact> {
    if !(unit.ends_with(".service") || unit.ends_with(".scope")) || unit.starts_with("session-") || unit == "init.scope"
    {
        return None;
    }
    let container = scope_container(unit);
    // Every scope ends "successfully", whatever became of the container: it only tells when.
    let what = match what {
        What::UnitResult { result } if unit.ends_with(".scope") && result == "success" => {
            container.id.as_ref()?;
            What::UnitStopped
        }
        what => what,
    };
    Some(RuntimeFact { speaker: Speaker::Systemd, container: container.into(), unit: Some(unit.into()), what })
}

/// The container of a scope made by a runtime: `docker-<id>.scope`, `cri-containerd-<id>.scope`, `crio-<id>.scope`,
/// `libpod-<id>.scope`. `crio-conmon-<id>.scope` and the like belong to the monitor, not to the container.
fn scope_container(unit: &str) -> ContainerRef {
    const PREFIXES: [(&str, &str); 5] = [
        ("docker-", "docker"),
        ("cri-containerd-", "containerd"),
        ("crio-", "cri-o"),
        ("libpod-", "podman"),
        ("nerdctl-", "containerd"),
    ];
    let Some(name) = unit.strip_suffix(".scope") else { return ContainerRef::default() };
    let found = PREFIXES.iter().find_map(|(prefix, runtime)| Some((name.strip_prefix(prefix)?, runtime)));
    let full = found.filter(|(id, _)| id.len() == 64).and_then(|(id, runtime)| Some((hex_id(id)?, runtime)));
    match full {
        Some((id, runtime)) => ContainerRef { id: Some(id), runtime: Some((*runtime).into()), ..Default::default() },
        None => ContainerRef::default(),
    }
}

/// `<unit>: <text>`. Unit names may hold colons (`a:b@c.service`), but no blanks.
fn split(text: &str) -> Option<(&str, &str)> {
    let (at, suffix) = [".service: ", ".scope: "].iter().filter_map(|s| Some((text.find(s)?, *s))).min()?;
    let unit = text.get(..at + suffix.len() - 2)?;
    let said = text.get(at + suffix.len()..)?;
    (!unit.contains(char::is_whitespace)).then_some((unit, said))
}

/// v219 puts some units without a colon, or at the end: `ledger.service holdoff time over, scheduling restart.`,
/// `start request repeated too quickly for ledger.service`, `ledger.service stopping timed out. Killing.`
fn v219(text: &str) -> Option<(&str, &str)> {
    if let Some((said, unit)) = text.rsplit_once(" for ").filter(|(said, _)| said.ends_with("repeated too quickly")) {
        return Some((unit.trim_end_matches('.'), said));
    }
    let (unit, said) = text.split_once(' ')?;
    let known = said.starts_with("holdoff time over")
        || said.ends_with("timed out. Killing.")
        || said.starts_with("watchdog timeout");
    (known && unit.ends_with(".service")).then_some((unit, said))
}

/// What is said of a unit.
fn said_of(said: &str) -> Option<What> {
    ended(said).or_else(|| oom(said)).or_else(|| restarts(said)).or_else(|| killed(said)).or_else(|| consumed(said))
}

/// `Main process exited, code=killed, status=9/KILL`, with ` (success)` after it from v253 on where it counts as such;
/// v219 begins with a small letter; a main process that is not systemd's own child has no status.
fn ended(said: &str) -> Option<What> {
    let (main, rest) = if let Some((_, rest)) = said.split_once("ain process exited, code=") {
        (true, rest)
    } else {
        (false, after(said, "ontrol process exited, code=")?)
    };
    // Control processes have a blank instead of the comma up to v239.
    let code = rest.split([',', ' ']).next()?.trim_end_matches('.');
    let status = after(rest, "status=").map(|status| status.split(' ').next().unwrap_or(status));
    let (number_text, name) =
        status.and_then(|status| status.split_once('/')).unwrap_or((status.unwrap_or_default(), ""));
    let exit =
        UnitExit { code: code.to_owned(), status: number(number_text), name: non_empty(name.trim_end_matches('.')) };
    Some(if main { What::UnitExited(exit) } else { What::UnitControlExited(exit) })
}

/// Kills that systemd found in the unit's `memory.events`, or that systemd-oomd left a mark of; and the unit's result.
fn oom(said: &str) -> Option<What> {
    if said.contains("killed by the OOM killer") || said.contains("The kernel OOM killer killed") {
        return Some(What::UnitOom);
    }
    if let Some(rest) = after(said, "systemd-oomd killed ") {
        return Some(What::UnitOomdKilled { count: number(rest) });
    }
    let result = if let Some(rest) = after(said, "Failed with result '") {
        rest.split('\'').next()?
    } else if matches!(said, "Deactivated successfully." | "Succeeded.") {
        "success"
    } else {
        return None;
    };
    Some(What::UnitResult { result: result.to_owned() })
}

/// Restarts and their end.
fn restarts(said: &str) -> Option<What> {
    if let Some(rest) = after(said, "restart counter is at ") {
        return Some(What::UnitRestart { counter: number(rest) });
    }
    if said.contains("scheduling restart") {
        return Some(What::UnitRestart { counter: None });
    }
    said.contains("tart request repeated too quickly").then_some(What::UnitStartLimit)
}

/// Signals that systemd itself sends, and why: `Killing process 479 (ledger-w0) with signal SIGKILL.`, `Sending signal
/// SIGTERM to process 1 (x) on client request.`, `State 'stop-sigterm' timed out. Killing.`, `Watchdog timeout (..)!`
fn killed(said: &str) -> Option<What> {
    if said.contains("timed out. Killing") {
        return Some(What::UnitStopTimeout);
    }
    if said.starts_with("Watchdog timeout") || said.starts_with("watchdog timeout") {
        return Some(What::UnitWatchdog);
    }
    if let Some(rest) = said.strip_prefix("Killing process ") {
        // From the right: the process's name may hold brackets and these very words.
        let (process, name) = rest.rsplit_once(" with signal ")?;
        return unit_signal(process, name.trim_end_matches('.'), false);
    }
    let rest = said.strip_prefix("Sending signal ")?.strip_suffix(" on client request.")?;
    let (name, process) = rest.split_once(" to process ")?;
    unit_signal(process, name, true)
}

/// A signal to `479 (ledger-w0)`.
fn unit_signal(process: &str, name: &str, client: bool) -> Option<What> {
    let comm = process.split_once(" (").and_then(|(_, comm)| non_empty(comm.strip_suffix(')').unwrap_or(comm)));
    Some(What::UnitSignal { pid: pid(process), comm, signal: signal(name)?, client })
}

/// `Consumed 1.536s CPU time, 48.2M memory peak, 73.2M memory swap peak.` (v255 and later; before, nothing of memory).
fn consumed(said: &str) -> Option<What> {
    let list = said.strip_prefix("Consumed ")?;
    let part = |name: &str| {
        let piece = list.split(", ").find_map(|piece| piece.trim_end_matches('.').strip_suffix(name))?;
        decimal(piece).and_then(|_| size_bytes(piece))
    };
    // v257 may put ` over 5h 3min wall clock time` between; the pieces stay the same.
    let (peak, swap) = (part(" memory peak"), part(" memory swap peak"));
    peak.or(swap)?;
    Some(What::UnitConsumed { memory_peak_bytes: peak, swap_peak_bytes: swap })
}

/// `Started nginx.service - A high performance web server.` (v250 and later), `Started nginx.service.`, or with the
/// description alone, where only the journal's `UNIT=` tells which unit it is.
fn job<'a>(text: &'a str, field_unit: Option<&'a str>) -> Option<(&'a str, What)> {
    let (verb, rest) = text.split_once(' ')?;
    let what = match verb {
        "Started" => What::UnitStarted,
        "Stopping" => What::UnitStopping,
        "Stopped" => What::UnitStopped,
        _ => return None,
    };
    let first = rest.split(' ').next()?.trim_end_matches('.');
    let named = (first.ends_with(".service") || scope_container(first).id.is_some()).then_some(first);
    Some((named.or(field_unit)?, what))
}

/// `Started libcontainer container <id>.` (runc's scope description, before v250).
fn libcontainer(text: &str, facts: &mut Vec<RuntimeFact>) {
    let id = after(text, "Started libcontainer container ").or_else(|| after(text, "Started libcrun container "));
    if let Some(id) = id.and_then(hex_id) {
        let fact = plain(Speaker::Systemd, What::Started);
        facts.push(RuntimeFact { container: ContainerRef { id: Some(id), ..Default::default() }.into(), ..fact });
    }
}

/// The node goes down (PID 1, logind): every end after this is no wonder. Any program may shut down in these words.
fn node(text: &str) -> Option<RuntimeFact> {
    let down = ["Shutting down.", "System is rebooting", "System is powering down", "System is halting"];
    let said = down.iter().any(|words| text.starts_with(words));
    said.then(|| plain(Speaker::Systemd, What::DaemonStop { daemon: "node".to_owned() }))
}

#[cfg(test)]
mod tests;
