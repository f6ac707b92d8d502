//! The kubelet's OOM watcher, which retells kills from /dev/kmsg. Before about 1.21 it retold every kill as one of the
//! node, and after a restart it retells old ones: pid and name are all that such a line proves.

use super::super::text::{after, between, find_full_id, pid};
use super::super::{Line, about, clock, plain};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let fact = sys_oom(line).or_else(|| container_oom(line.message()));
    facts.extend(fact);
}

/// `Got sys oom event: &{1341 payments-api 2026-11-23 11:00:59.87 +0000 UTC m=+95.55 / / }` (glog, `%v`), or
/// `Got sys oom event` with `event=&{Pid:.. ProcessName:.. TimeOfDeath:.. ContainerName:/ ..}` (`%+v`) or as JSON.
fn sys_oom(line: &Line<'_>) -> Option<RuntimeFact> {
    let rest = line.message().strip_prefix("Got sys oom event")?;
    let what = match line.field("event") {
        Some(event) => json_event(event).or_else(|| named_event(event))?,
        None => named_event(rest).or_else(|| plain_event(rest))?,
    };
    Some(plain(Speaker::Kubelet, what))
}

/// The `%v` form: the name stands between the pid and the *last* date, so a blank in it does no harm.
fn plain_event(text: &str) -> Option<What> {
    let inside = after(text, "&{")?;
    let (pid_text, rest) = inside.split_once(' ')?;
    let date_at = clock::last_date(rest)?;
    let comm = rest.get(..date_at)?.strip_suffix(' ')?;
    Some(What::KernelKillRetold { pid: pid(pid_text)?, comm: comm.to_owned(), at: clock::wall(rest.get(date_at..)?) })
}

/// The `%+v` form: the name ends at the last ` TimeOfDeath:`.
fn named_event(text: &str) -> Option<What> {
    let rest = after(text, "Pid:")?;
    let (head, at) = rest.rsplit_once(" TimeOfDeath:")?;
    let comm = after(head, " ProcessName:")?;
    Some(What::KernelKillRetold { pid: pid(rest)?, comm: comm.to_owned(), at: clock::wall(at) })
}

/// The JSON form.
fn json_event(text: &str) -> Option<What> {
    let event: serde_json::Value = serde_json::from_str(text).ok()?;
    let pid = event.get("Pid")?.as_u64().and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid != 0)?;
    let comm = event.get("ProcessName")?.as_str()?.to_owned();
    let at = event.get("TimeOfDeath").and_then(|at| at.as_str()).and_then(clock::wall);
    Some(What::KernelKillRetold { pid, comm, at })
}

/// The node event's message: `System OOM encountered, victim process: <comm>, pid: <pid>` (1.15 and later); a fork writes
/// `System OOM encountered:  process pid 12, process name: x`. Names hold commas: the last `, pid: ` counts.
pub(super) fn system_oom(message: &str) -> Option<What> {
    let rest = after(message, "System OOM encountered")?;
    if let Some((pid_text, comm)) = after(rest, "process pid ").and_then(|rest| rest.split_once(", process name: ")) {
        return Some(What::KernelKillRetold { pid: pid(pid_text)?, comm: comm.trim_end().to_owned(), at: None });
    }
    let (head, pid_text) = rest.rsplit_once(", pid: ")?;
    let comm = after(head, "victim process: ")?.to_owned();
    Some(What::KernelKillRetold { pid: pid(pid_text)?, comm, at: None })
}

/// cAdvisor: `Created an OOM event in container "<cgroup path>" at <time>`; `/` is what it says when it does not know.
fn container_oom(message: &str) -> Option<RuntimeFact> {
    let path = between(message, "Created an OOM event in container \"", "\"")?;
    let leaf = path.rsplit('/').find_map(find_full_id)?;
    Some(about(Speaker::Kubelet, ContainerRef { id: Some(leaf), ..Default::default() }, What::OomSeen))
}
