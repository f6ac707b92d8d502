//! What applications say themselves: that they ran out of memory (often without any kill), and that a child of theirs was
//! killed by signal 9 (which proves that the parent lived on). Only distinctive phrases count; kernel text never comes here.

mod children;
mod memory;
mod owner;
mod tools;

use super::text::{by_id, non_empty};
use super::{Line, about};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What, lossy};
use std::collections::VecDeque;

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "OutOfMemoryError",
    "fatal error in thread",
    "Resource exhaustion event: the JVM",
    "insufficient memory for the Java Runtime",
    "JavaScript heap out of memory",
    "MemoryError",
    "runtime: out of memory",
    "runtime: cannot allocate memory",
    "runtime: cannot map pages",
    "OutOfMemoryException",
    "Out of memory.",
    "std::bad_alloc",
    "memory allocation of ",
    "allocate memory (NoMemoryError)",
    "Allowed memory size of ",
    "_alloc: Cannot ",
    "ERROR:  out of memory",
    "ERROR: out of memory",
    "Out of memory (Needed ",
    "annot allocate memory for the buffer pool",
    "os::commit_memory(",
    "virtual memory exhausted: Cannot allocate",
    ": out of memory allocating ",
    "Out Of Memory allocating ",
    "memory (os error 12)",
    "] out of memory.",
    "internal compiler error: Killed (program ",
    "fork: Cannot allocate memory",
    "was terminated by signal 9",
    "exited on signal 9",
    "was terminated due to signal 9",
    "WORKER TIMEOUT (pid:",
    "HARAKIRI ON WORKER ",
    " execution timed out (",
    "exit code 137",
    "exited with status 137",
    " got signal 9",
    "Writing fatal message",
    " exited with 137",
    "signal: killed",
    "Current maximum heap size is ",
    "exited with status -1, signal killed",
    "exited with status code: -9",
    "complete successfully: cannot allocate",
    " exited with code 137",
    "exit status 137",
    "-zero code: 137",
    "exit code: 137",
    "errno 137",
    "exit status (137)",
    "Error 137",
    "Negsignal.SIGKILL",
    "return code -9",
    "signal=-9: signal_name",
    ") is killed by signal: Killed",
    "was sent SIGKILL",
    "killed by signal 9",
    "exit signal Killed (9)",
    "terminated by signal 9",
    "signal 9 (SIGKILL)",
    "terminated by SIGKILL",
    "via signal [SIGKILL]",
    "SIGKILL (signal 9)",
    "Killed signal terminated program",
    "terminated with signal 9",
    "signal: 9, SIGKILL",
    "Signals.SIGKILL: 9",
    " Killed  ",
    " killed     ",
];

/// What an application's line leaves for the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Elasticsearch said that a thread's error ends it; the error itself stands on one of the next lines.
    fatal_thread: u8,
    /// Workers that their parent is about to kill because they take too long, the last ones.
    timed_out: VecDeque<u32>,
}

/// So many workers are remembered.
const TIMED_OUT_MAX: usize = 64;

impl State {
    /// The next lines matter even without a needle.
    pub(super) fn awaits_more(&self) -> bool {
        self.fatal_thread > 0
    }

    /// Reads one record.
    pub(super) fn read(&mut self, line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
        let text = line.text;
        if text.contains("fatal error in thread [") && text.contains(", exiting") {
            self.fatal_thread = 3;
        }
        if let Some(name) = tools::composed(text) {
            let about_it = ContainerRef { name: non_empty(name), ..Default::default() };
            let what = What::ChildKilled { program: "docker compose".to_owned(), child: None, pid: None, signal: 9 };
            facts.push(about(Speaker::Application, about_it, what));
            return;
        }
        let ending = self.fatal_thread > 0;
        self.fatal_thread = self.fatal_thread.saturating_sub(1);
        if let Some(pid) = children::timed_out(text) {
            self.timed_out.push_back(pid);
            if self.timed_out.len() > TIMED_OUT_MAX {
                self.timed_out.pop_front();
            }
            return;
        }
        let what =
            memory::read(text, line.message(), ending).or_else(|| children::read(text, line.record.ident.as_deref()));
        let what = what.filter(|what| !self.is_own_kill(what));
        let unit = line.record.unit.as_deref().filter(|unit| unit.ends_with(".service")).map(Into::into);
        facts.extend(what.map(|what| RuntimeFact { unit, ..about(Speaker::Application, container(line), what) }));
    }
}

impl State {
    /// The parent killed it itself, however much it asks "Perhaps out of memory?".
    fn is_own_kill(&mut self, what: &What) -> bool {
        let What::ChildKilled { pid: Some(pid), .. } = what else { return false };
        let place = self.timed_out.iter().position(|late| late == pid);
        place.is_some_and(|place| self.timed_out.remove(place).is_some())
    }
}

/// The container that the journal's log driver names (docker's and podman's `journald` drivers), or a tool before the line.
fn container(line: &Line<'_>) -> ContainerRef {
    let field = |name: &str| line.record.field(name).and_then(|value| non_empty(&value));
    let Some(id) = field("CONTAINER_ID_FULL").or_else(|| field("CONTAINER_ID")) else {
        let free = line.record.host.is_none() && line.record.ident.is_none();
        return free.then(|| owner::read(&lossy(&line.record.raw))).flatten().unwrap_or_default();
    };
    ContainerRef { name: field("CONTAINER_NAME"), image: field("IMAGE_NAME"), ..by_id(&id, None) }
}

/// An application's own words of running out of memory.
fn out_of_memory(program: &str, message: &str, fatal: bool) -> Option<What> {
    let message: String = message.trim().chars().take(400).collect();
    Some(What::AppOutOfMemory { program: program.to_owned(), message, fatal })
}

#[cfg(test)]
mod tests;
