//! Spark's driver. It repeats what YARN says, guesses from a code of Kubernetes ("possible" is a guess), and prints what the API told of an
//! executor's containers over several lines:
//!
//! ```text
//! Lost executor 7 on n4: Container killed by YARN for exceeding memory limits. 5.6 GB of 5.5 GB physical memory used.     2.x and 3.x on YARN
//! The executor with id 5 exited with exit code 137(SIGKILL, possible container OOM).     3.0 and later on Kubernetes
//!          container finished at: 2026-11-12T10:20:29Z
//!          exit code: 137
//!          termination reason: OOMKilled
//! Lost executor 1 on 10.1.1.1: Command exited with code 137                              standalone
//! ```
//!
//! (`ExecutorPodsLifecycleManager`, `KubernetesUtils.formatContainerState`, `YarnAllocator`, `ExecutorRunner`)

use super::super::text::{after, number, word};
use super::super::{Line, about, clock};
use super::batch::{kill, named};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, Wall, What};
use std::sync::Arc;

/// The executor that the driver tells of.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Spark {
    executor: Option<Executor>,
}

#[derive(Debug, Clone)]
struct Executor {
    name: Arc<str>,
    code: Option<i64>,
    finished: Option<Wall>,
}

impl Spark {
    /// Reads one line, which may belong to what the driver says of an executor.
    pub(in super::super) fn read(&mut self, line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
        let text = line.text.trim();
        if let Some((name, code)) = exited(text) {
            self.executor = Some(Executor { name, code: Some(code), finished: None });
            return;
        }
        if let Some(time) = text.strip_prefix("container finished at: ") {
            if let Some(executor) = &mut self.executor {
                executor.finished = clock::wall(time);
            }
            return;
        }
        let Some(reason) = text.strip_prefix("termination reason: ") else { return };
        let Some(executor) = self.executor.take().filter(|_| reason == "OOMKilled") else { return };
        let exit = ContainerExit {
            exit_code: executor.code,
            reason: Some(reason.to_owned()),
            oom_flag: Some(true),
            finished: executor.finished,
            ..ContainerExit::default()
        };
        facts.push(ended(&executor.name, exit, Speaker::Kubernetes));
    }
}

fn ended(name: &Arc<str>, exit: ContainerExit, speaker: Speaker) -> RuntimeFact {
    let container = ContainerRef { name: Some(Arc::clone(name)), ..ContainerRef::default() };
    about(speaker, container, What::Exited(Box::new(exit)))
}

/// `executor 5` and its code.
fn exited(text: &str) -> Option<(Arc<str>, i64)> {
    let (head, rest) = text.split_once(" exited with exit code ")?;
    let id = after(head, "executor with id ").map(word)?;
    Some((format!("executor {id}").into(), number(rest)?))
}

/// Reads a line that stands for itself.
pub(super) fn read(text: &str) -> Option<RuntimeFact> {
    if let Some(rest) = after(text, "Container killed by YARN for exceeding ") {
        let container = named(&executor(text).unwrap_or_default(), "yarn");
        return Some(about(Speaker::Yarn, container, kill(None, None, &format!("exceeding {rest}"))));
    }
    if let Some(rest) = after(text, "Command exited with code ") {
        let name = executor(text)?.into();
        let exit = ContainerExit { exit_code: Some(number(rest)?), ..ContainerExit::default() };
        return Some(ended(&name, exit, Speaker::Application));
    }
    let (name, code) = exited(text).filter(|_| text.contains("possible container OOM"))?;
    let exit = ContainerExit {
        exit_code: Some(code),
        reason: Some("Spark guesses: possible container OOM".to_owned()),
        ..ContainerExit::default()
    };
    Some(ended(&name, exit, Speaker::Application))
}

/// `Lost executor 7 on ..`, `ExecutorLostFailure (executor 7 exited caused by ..`, `executor 7 for reason ..`.
fn executor(text: &str) -> Option<String> {
    let id = after(text, "executor ").map(|rest| word(rest).trim_end_matches([',', ':', ')']))?;
    id.bytes().all(|c| c.is_ascii_digit()).then(|| format!("executor {id}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{events, facts_of};
    use super::*;

    #[test]
    fn the_api_tells_more_than_the_guess() {
        let lines = [
            "The executor with id 12 exited with exit code 137(SIGKILL, possible container OOM).",
            "The API gave the following container statuses:",
            "\t container name: spark-kubernetes-executor",
            "\t container finished at: 2026-11-12T10:20:29Z",
            "\t exit code: 137",
            "\t termination reason: OOMKilled",
        ];
        let found = facts_of(events(None, &lines));
        let names: Vec<_> = found.iter().map(|fact| fact.container.name.as_deref()).collect();
        assert_eq!(names, [Some("executor 12"); 2]);
        let What::Exited(exit) = &found[1].what else { panic!("{found:?}") };
        assert_eq!((exit.exit_code, exit.oom_flag, exit.finished.is_some()), (Some(137), Some(true), true));
        // Another executor's state, or nobody's, is not its own.
        assert!(facts_of(events(None, &lines[3..])).is_empty());
    }

    #[test]
    fn executors_of_other_masters() {
        let lost = "ERROR TaskSchedulerImpl: Lost executor 3 on 10.1.1.1: Command exited with code 137";
        assert_eq!(read(lost).and_then(|fact| fact.container.name.clone()).as_deref(), Some("executor 3"));
        for text in
            ["Executor updated: app-1/3 is now EXITED (Command exited with code 137)", "Command exited with code 137"]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
