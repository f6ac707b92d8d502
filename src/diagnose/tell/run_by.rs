//! The systemd unit that runs a container: what became of it, and where its container's limit is set.

use super::Story;
use super::words::{exit_words, quoted, reason, time_words};
use crate::report::{Cause, Container, Incident, Termination};
use crate::say;

/// Says which unit runs the incident's container.
pub(super) fn tell(incident: &Incident, story: &mut Story) {
    let Some((container, unit)) = incident.containers.iter().find_map(run_by) else { return };
    let language = story.language;
    let end = incident.terminations.iter().find(|end| end.unit.as_deref() == Some(unit));
    let exit = end.and_then(|end| exit_words(end, language));
    let result = end.and_then(reason).map(quoted);
    let name = quoted(unit);
    story.say(match exit {
        Some(exit) => say!(language, "tell-run-by-ended", unit = name, exit = exit, reason = result),
        None => say!(language, "tell-run-by", unit = name),
    });
    // Where the container itself is not told to run again, its unit is.
    let told = incident.terminations.iter().any(|end| end.unit.is_none() && end.restarted.is_some());
    if let Some(time) = end.and_then(|end| end.restarted.as_ref()).filter(|_| !told) {
        story.say(say!(language, "tell-unit-restarted-at", unit = quoted(unit), time = time_words(time)));
    }
    if incident.cause == Cause::ContainerLimit && container.runtime.as_deref() == Some("podman") {
        let action = say!(language, "tell-do-limit-in-unit", unit = quoted(unit));
        story.advise(action, say!(language, "tell-why-limit-in-unit"));
    }
}

/// Is it the end of the unit that runs the incident's container?
pub(super) fn is_of_runner(incident: &Incident, end: &Termination) -> bool {
    let runner = incident.containers.iter().find_map(run_by).map(|(_, unit)| unit);
    runner.is_some() && end.unit.as_deref() == runner
}

/// A container of an engine that has a unit of its own. (Units of system containers run in them.)
fn run_by(container: &Container) -> Option<(&Container, &str)> {
    let engine = matches!(container.runtime.as_deref(), Some("podman" | "docker"));
    Some((container, container.unit.as_deref().filter(|_| engine)?))
}
