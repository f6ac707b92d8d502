//! What applications say themselves: that they ran out of memory (often without any kill), and that a child of theirs was
//! killed by signal 9 (which proves that the parent lived on). Only distinctive phrases count; kernel text never comes here.

mod children;
mod memory;

use super::text::{by_id, non_empty};
use super::{Line, about};
use crate::event::{ContainerRef, RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "OutOfMemoryError",
    "fatal error in thread",
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
    "Out of memory (Needed ",
    "annot allocate memory for the buffer pool",
    "os::commit_memory(",
    "virtual memory exhausted: Cannot allocate",
    ": out of memory allocating ",
    "internal compiler error: Killed (program ",
    "fork: Cannot allocate memory",
    "was terminated by signal 9",
    "exited on signal 9",
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
];

/// What an application's line leaves for the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Elasticsearch said that a thread's error ends it; the error itself stands on one of the next lines.
    fatal_thread: u8,
}

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
        let ending = self.fatal_thread > 0;
        self.fatal_thread = self.fatal_thread.saturating_sub(1);
        let what =
            memory::read(text, line.message(), ending).or_else(|| children::read(text, line.record.ident.as_deref()));
        facts.extend(what.map(|what| about(Speaker::Application, container(line), what)));
    }
}

/// The container that the journal's log driver names (docker's and podman's `journald` drivers).
fn container(line: &Line<'_>) -> ContainerRef {
    let field = |name: &str| line.record.field(name).and_then(|value| non_empty(&value));
    let Some(id) = field("CONTAINER_ID_FULL").or_else(|| field("CONTAINER_ID")) else { return ContainerRef::default() };
    ContainerRef { name: field("CONTAINER_NAME"), image: field("IMAGE_NAME"), ..by_id(&id, None) }
}

/// An application's own words of running out of memory.
fn out_of_memory(program: &str, message: &str, fatal: bool) -> Option<What> {
    let message: String = message.trim().chars().take(400).collect();
    Some(What::AppOutOfMemory { program: program.to_owned(), message, fatal })
}

#[cfg(test)]
mod tests;
