//! Tracers of the kernel's OOM killer: bcc's and bpftrace's `oomkill`, and the event `oom:mark_victim` of ftrace, trace-cmd and
//! perf. They see the kernel choose a process, so they retell its kill.

use super::text::{after, between, number, pid};
use super::{Line, plain};
use crate::event::{RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &["OOM kill of PID ", "mark_victim"];

/// What ftrace prints for a name that it does not know.
const NO_NAME: &str = "<...>";

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let found = oomkill(line.text).or_else(|| mark_victim(line.text));
    facts.extend(found.map(|(pid, comm)| plain(Speaker::Tracer, What::KernelKillRetold { pid, comm, at: None })));
}

/// `21:03:39 Triggered by PID 3297 ("ntpd"), OOM kill of PID 22516 ("perl"), 3850642 pages, loadavg: ...` (`tools/oomkill.py`,
/// `libbpf-tools/oomkill.c` of bcc; `tools/oomkill.bt` of bpftrace). The pages are all that the victim's limit allows, not its own.
fn oomkill(text: &str) -> Option<(u32, String)> {
    let (head, rest) = text.split_once("OOM kill of PID ")?;
    let pages = rest.rfind("\"), ").filter(|_| head.contains("Triggered by PID "))?;
    let comm = rest.get(..pages)?.split_once(" (\"")?.1;
    number::<u64>(rest.get(pages + 4..)?)?;
    Some((pid(rest)?, comm.to_owned()))
}

/// `allocate-502 [001] .... 91.836405: mark_victim: pid=502` (`TRACE_EVENT(mark_victim)` in `include/trace/events/oom.h`, 4.14 and
/// later; trace-cmd puts blanks before `pid=`), `allocate 502 [001] 91.836405: oom:mark_victim: pid=502` of `perf script`; since 6.9
/// with ` comm=%s total-vm=%lukB ...`; `... allocate/502 oom:mark_victim(pid: 502)` of `perf trace`.
fn mark_victim(text: &str) -> Option<(u32, String)> {
    let (task, rest) = text.split_once("mark_victim")?;
    let rest = rest.strip_prefix(['(', ':'])?.trim_start();
    let of = rest.strip_prefix("pid=").or_else(|| rest.strip_prefix("pid: "))?;
    let pid = pid(of)?;
    let own = || {
        let ends = [format!("-{pid} "), format!("/{pid} "), format!(" {pid} ")];
        let at = ends.iter().find_map(|end| task.find(end.as_str()))?;
        // `perf trace` puts the time before the name.
        let name = task.get(..at)?.trim();
        Some(name.rsplit_once(": ").map_or(name, |(_, name)| name).trim())
    };
    let comm =
        between(rest, " comm=", " total-vm=").or_else(|| after(rest, "comm: \"").and_then(|c| c.split('"').next()));
    let comm = comm.or_else(own).filter(|comm| !comm.is_empty()).unwrap_or(NO_NAME);
    Some((pid, comm.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{one, silent};
    use super::*;

    fn told(text: &str) -> (u32, String) {
        match one(None, text).what {
            What::KernelKillRetold { pid, comm, .. } => (pid, comm),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn oomkill_of_bcc_and_bpftrace() {
        for text in [
            "09:31:05 Triggered by PID 812 (\"api\"), OOM kill of PID 4711 (\"a \"b\"), c\"), 65536 pages, loadavg: 0.99 0.39 0.30 3/282 22724",
            "Triggered by PID 812 (\"api\"), OOM kill of PID 4711 (\"a \"b\"), c\"), 65536 pages, loadavg: ",
        ] {
            assert_eq!(told(text), (4711, "a \"b\"), c".into()));
        }
        silent(None, "Tracing oom_kill_process()... Ctrl-C to end.");
        silent(None, "printf(\"OOM kill of PID %d (\\\"%s\\\"), %d pages, loadavg: \",");
    }

    #[test]
    fn the_event_in_every_tool() {
        for (text, comm) in [
            ("        stress a-502   [001] ....    91.836405: mark_victim: pid=502", "stress a"),
            ("     kworker/0:1-17    [001] .N..    91.836405: mark_victim: pid=502", NO_NAME),
            ("stress a-502   [001]    91.836405: mark_victim:          pid=502", "stress a"),
            ("stress a   502 [001]    91.836405:          oom:mark_victim: pid=502", "stress a"),
            (
                " java-9 [000] d.... 91.8: mark_victim: pid=502 comm=a b total-vm=9kB anon-rss=8kB file-rss:0kB shmem-rss:0kB uid=0 pgtables=4kB oom_score_adj=0",
                "a b",
            ),
            ("  1234.567 ( 0.000 ms): stress a/502 oom:mark_victim(pid: 502)", "stress a"),
        ] {
            assert_eq!(told(text), (502, comm.to_owned()), "{text}");
        }
        silent(None, "bpftrace -e 'tracepoint:oom:mark_victim { printf(\"victim %d\", args->pid); }'");
        silent(None, "echo oom:mark_victim > set_event");
    }
}
