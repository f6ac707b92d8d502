//! dockerd 1.13 to 29: the daemon's own log. Its embedded or sibling containerd is read by the containerd reader.

use super::text::{after, between, by_id, decimal, duration_s, hex_id, number, signal, word};
use super::{Line, about, clock, plain};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, What};

/// See [`super::NEEDLES`].
pub(super) const NEEDLES: &[&str] = &[
    "/tasks/delete",
    "using the force",
    "trying direct SIGKILL",
    "restarting container",
    "ShouldRestart failed",
    "Sending kill signal ",
    "sending signal ",
    "containerd did not exit successfully",
    "killing and restarting containerd",
    "Processing signal '",
    "Health check for container ",
];

/// Reads one line.
pub(super) fn read(line: &Line<'_>, facts: &mut Vec<RuntimeFact>) {
    let fact = task_delete(line)
        .or_else(|| forced(line))
        .or_else(|| restart(line))
        .or_else(|| signal_sent(line))
        .or_else(|| daemon(line.message()))
        .or_else(|| health(line.message()));
    facts.extend(fact);
}

/// The container of the `container` field.
fn container(line: &Line<'_>) -> Option<ContainerRef> {
    line.field("container").map(|id| by_id(id, Some("docker")))
}

/// `ignoring event container=<id> topic=/tasks/delete` (20.10 to 29.2), `received task-delete event from containerd`
/// (29.3): the container ended; the code is not shown. 18.x printed no container, which tells nothing.
fn task_delete(line: &Line<'_>) -> Option<RuntimeFact> {
    if line.field("topic") != Some("/tasks/delete") {
        return None;
    }
    Some(about(Speaker::Docker, container(line)?, What::Exited(Box::default())))
}

/// `Container failed to exit within 10s of signal 15 - using the force` with `container=` (20.10 and later), or with the
/// id in the message (`Container c6a2ae3d.. failed to exit within 10 seconds of signal 15 - using the force`).
fn forced(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    let stop = message.contains("using the force");
    // `Container x, process y failed to exit ...` is about an exec session.
    if !(stop || message.contains("trying direct SIGKILL")) || message.contains(", process ") {
        return None;
    }
    let in_text = after(message, "ontainer ").and_then(hex_id);
    let container = container(line).or_else(|| in_text.map(|id| by_id(&id, Some("docker"))))?;
    Some(about(Speaker::Docker, container, What::KillSent { after_timeout: stop }))
}

/// `restarting container` (29.3 and later) and `ShouldRestart failed, container will not be restarted`: the lines of the
/// daemon that have an exit code.
fn restart(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    if message != "restarting container" && !message.starts_with("ShouldRestart failed") {
        return None;
    }
    let exit = ContainerExit {
        exit_code: Some(line.field("exitCode")?.parse().ok()?),
        finished: line.field("exitedAt").and_then(clock::wall),
        restart_count: line.field("restartCount").and_then(number),
        lifetime_s: line.field("execDuration").and_then(lifetime_s),
        manually_stopped: line.field("hasBeenManuallyStopped").and_then(|flag| flag.parse().ok()),
        ..Default::default()
    };
    Some(about(Speaker::Docker, container(line)?, What::Exited(exit.into())))
}

/// `1m2.5s`; in JSON logs Go's `time.Duration` is a number of nanoseconds.
fn lifetime_s(text: &str) -> Option<f64> {
    match text.parse::<u64>() {
        Ok(nanos) => Some(nanos as f64 / 1e9),
        Err(_) => duration_s(text),
    }
}

/// Debug level: `Sending kill signal 15 to container <id>` (up to 27), `sending signal 15 (terminated) to container` (28).
fn signal_sent(line: &Line<'_>) -> Option<RuntimeFact> {
    let message = line.message();
    let rest = after(message, "ending kill signal ").or_else(|| after(message, "ending signal "))?;
    let signal = signal(word(rest))?;
    let in_text = after(rest, "to container ").and_then(hex_id);
    let container = container(line).or_else(|| in_text.map(|id| by_id(&id, Some("docker"))))?;
    Some(about(Speaker::Docker, container, What::SignalSent { signal }))
}

/// dockerd itself is told to stop, or lost its containerd: what ends in the next seconds ends of that.
fn daemon(message: &str) -> Option<RuntimeFact> {
    let daemon = if message.starts_with("Processing signal '") {
        "dockerd"
    } else if message.contains("containerd did not exit successfully")
        || message.contains("killing and restarting containerd")
    {
        "containerd"
    } else {
        return None;
    };
    Some(plain(Speaker::Docker, What::DaemonStop { daemon: daemon.to_owned() }))
}

/// Debug level: `Health check for container <id> done (exitCode=1)`.
fn health(message: &str) -> Option<RuntimeFact> {
    let rest = message.strip_prefix("Health check for container ")?;
    let code = between(rest, "(exitCode=", ")").filter(|code| decimal(code) != Some(0.0))?;
    let what = What::ProbeFailed { probe: "health".into(), kills: false, message: Some(format!("exit code {code}")) };
    Some(about(Speaker::Docker, by_id(word(rest), Some("docker")), what))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{exit, one, silent};
    use super::*;

    const CID: &str = "c6a2ae3da2f194c52bd2de28ee858fe5507084165046a2d6022c443d761c09e5";
    const WHO: Option<&str> = Some("dockerd");

    #[test]
    fn a_deleted_task_is_an_end_without_a_code() {
        let text = format!(
            "time=\"2026-11-23T10:06:07.069479639Z\" level=info msg=\"ignoring event\" container={CID} module=libcontainerd namespace=moby topic=/tasks/delete type=\"*events.TaskDelete\""
        );
        for who in [WHO, None] {
            let fact = one(who, &text);
            assert_eq!((exit(&fact).exit_code, fact.container.id.as_deref()), (None, Some(CID)));
            assert_eq!(fact.container.runtime.as_deref(), Some("docker"));
        }
        silent(
            WHO,
            "time=\"2026-11-23T10:06:07.1Z\" level=info msg=\"ignoring event\" module=libcontainerd namespace=moby topic=/tasks/delete type=\"*events.TaskDelete\"",
        );
    }

    #[test]
    fn force_in_every_wording() {
        let text = format!(
            "time=\"2026-11-23T10:11:51.9Z\" level=info msg=\"Container failed to exit within 10s of signal 15 - using the force\" container={CID}"
        );
        let fact = one(WHO, &text);
        assert_eq!((fact.what, fact.container.id.as_deref()), (What::KillSent { after_timeout: true }, Some(CID)));
        let text = format!(
            "time=\"2026-11-23T10:11:52.1Z\" level=info msg=\"Container {CID} failed to exit within 10 seconds of signal 15 - using the force\""
        );
        assert_eq!(one(WHO, &text).container.id.as_deref(), Some(CID));
        let text = "level=info msg=\"Container c6a2ae3da2f1 failed to exit within 10 seconds of kill - trying direct SIGKILL\"";
        let fact = one(WHO, text);
        assert_eq!(
            (fact.what, fact.container.id.as_deref()),
            (What::KillSent { after_timeout: false }, Some("c6a2ae3da2f1"))
        );
        silent(
            WHO,
            &format!(
                "level=info msg=\"Container {CID}, process 7f failed to exit within 10 seconds of signal TERM - using the force\""
            ),
        );
    }

    #[test]
    fn the_restart_manager_tells_the_code() {
        let text = format!(
            "time=\"2026-11-23T10:11:51.9Z\" level=warning msg=\"ShouldRestart failed, container will not be restarted\" container={CID} daemonShuttingDown=false error=\"restart canceled\" execDuration=1m2.5s exitCode=137 exitedAt=\"2026-11-23 10:11:50.5 +0000 UTC\" hasBeenManuallyStopped=true restartCount=3"
        );
        let fact = one(WHO, &text);
        let told = exit(&fact);
        assert_eq!((told.exit_code, told.manually_stopped, told.restart_count), (Some(137), Some(true), Some(3)));
        assert_eq!(told.lifetime_s, Some(62.5));
        assert!(told.finished.is_some());
    }

    #[test]
    fn json_logs_count_durations_in_nanoseconds() {
        let text = format!(
            "{{\"container\":\"{CID}\",\"execDuration\":62500000000,\"exitCode\":137,\"exitedAt\":\"2026-11-23T10:11:50.5Z\",\"level\":\"info\",\"manualRestart\":false,\"msg\":\"restarting container\",\"restartCount\":4,\"time\":\"2026-11-23T10:11:51.9Z\"}}"
        );
        let fact = one(WHO, &text);
        assert_eq!((exit(&fact).lifetime_s, exit(&fact).exit_code), (Some(62.5), Some(137)));
    }

    #[test]
    fn the_daemon_itself() {
        let fact = one(WHO, "time=\"2026-11-23T10:12:00.5Z\" level=info msg=\"Processing signal 'terminated'\"");
        assert_eq!(fact.what, What::DaemonStop { daemon: "dockerd".into() });
    }

    #[test]
    fn debug_lines() {
        let fact = one(WHO, &format!("time=\"x\" level=debug msg=\"Sending kill signal 9 to container {CID}\""));
        assert_eq!(fact.what, What::SignalSent { signal: 9 });
        let fact = one(
            WHO,
            &format!("time=\"x\" level=debug msg=\"sending signal 15 (terminated) to container\" container={CID}"),
        );
        assert_eq!(fact.what, What::SignalSent { signal: 15 });
        silent(WHO, &format!("time=\"x\" level=debug msg=\"Health check for container {CID} done (exitCode=0)\""));
        assert!(matches!(
            one(WHO, &format!("time=\"x\" level=debug msg=\"Health check for container {CID} done (exitCode=1)\""))
                .what,
            What::ProbeFailed { .. }
        ));
    }
}
