//! A container or unit of an incident: how it is called and how it ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The digits of an id that tools show.
const SHORT: usize = 12;

/// A container involved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Container {
    /// Full id where known.
    pub id: Option<String>,
    /// Its own name.
    pub name: Option<String>,
    /// Image.
    pub image: Option<String>,
    /// Runtime.
    pub runtime: Option<String>,
    /// Pod.
    pub pod: Option<String>,
    /// Namespace.
    pub namespace: Option<String>,
    /// Pod uid.
    pub pod_uid: Option<String>,
    /// Sandbox.
    pub sandbox_id: Option<String>,
    /// Attempt.
    pub attempt: Option<u32>,
    /// Unit that runs it.
    pub unit: Option<String>,
    /// QoS class from the cgroup path: `guaranteed`, `burstable`, `besteffort`.
    pub qos: Option<String>,
}

/// An end of a container or unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Termination {
    /// Index into `containers`.
    pub container: Option<usize>,
    /// Unit.
    pub unit: Option<String>,
    /// Exit code.
    pub exit_code: Option<i64>,
    /// The exit code stands in no record: it follows from a SIGKILL that does (see `confidence_reasons`).
    #[serde(default)]
    pub exit_code_inferred: bool,
    /// Signal.
    pub signal: Option<i32>,
    /// Its name.
    pub signal_name: Option<String>,
    /// The runtime's OOM flag.
    pub oom_flag: Option<bool>,
    /// The runtime's reason.
    pub reason: Option<String>,
    /// Pid of the main process.
    pub pid: Option<u32>,
    /// Start.
    pub started: Option<String>,
    /// End.
    pub finished: Option<String>,
    /// When it was started again.
    pub restarted: Option<String>,
    /// Restart count.
    pub restart_count: Option<u32>,
    /// Who told of it.
    pub sources: Vec<String>,
}

/// The form of an id that people know: the first twelve digits of a hexadecimal one, as `docker ps` prints it. Other ids
/// (`410022.batch` of Slurm, `container_e22_..` of YARN) are told whole.
pub fn short_id(id: &str) -> &str {
    if id.bytes().all(|byte| byte.is_ascii_hexdigit()) { id.get(..SHORT).unwrap_or(id) } else { id }
}

impl Container {
    /// Its id in short, where it has one.
    pub fn short_id(&self) -> Option<&str> {
        self.id.as_deref().map(short_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_cut() {
        assert_eq!(short_id(&"ab".repeat(32)), "abababababab");
        for id in ["410022.batch", "container_e22_1432969244945_6026_01_000075", "abc", "", "aüüüüüüüüüüüüü"]
        {
            assert_eq!(short_id(id), id);
        }
    }
}
