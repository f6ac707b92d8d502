//! Lines about an OOM that became no event: problems of the report, never dropped.

use crate::event::{Event, Fact, SourceFacts};
use crate::language::Language;
use crate::report::{Incident, Problem, Severity};
use crate::say;
use std::collections::HashSet;

/// A kill line of the kernel in the words of a program.
pub(super) struct Quoted {
    pid: Option<u32>,
    problem: Problem,
}

/// Lines that no grammar knows, pieces of reports, and what programs quote.
pub(super) fn take(source: &mut SourceFacts, language: Language, quoted: &mut Vec<Quoted>) -> Vec<Problem> {
    let path = source.path.clone();
    let unread = source.events.extract_if(.., |e| is_unread(&e.fact));
    let problem = |event: Event| {
        let line = event.evidence.first().and_then(|e| e.line);
        let warning = |message| Problem { severity: Severity::Warning, source: Some(path.clone()), line, message };
        match event.fact {
            Fact::Unrecognised(text) => Some(warning(say!(language, "join-unknown-line", text = text))),
            Fact::Doubtful(text) => Some(warning(say!(language, "join-doubtful-line", text = text))),
            Fact::Fragment(text) => Some(warning(say!(language, "join-fragment", text = text))),
            Fact::Quoted { pid, text } => {
                quoted.push(Quoted { pid, problem: warning(say!(language, "join-quoted-line", text = text)) });
                None
            }
            _ => None,
        }
    };
    unread.filter_map(problem).collect()
}

/// Such facts are taken out of the events before these are joined.
pub(super) fn is_unread(fact: &Fact) -> bool {
    matches!(fact, Fact::Unrecognised(_) | Fact::Doubtful(_) | Fact::Fragment(_) | Fact::Quoted { .. })
}

/// What is quoted and nothing else tells of: no incident has that victim, or was read from that line. A line that names no process is
/// explained by any kill.
pub(super) fn untold(quoted: Vec<Quoted>, incidents: &[Incident]) -> Vec<Problem> {
    if quoted.is_empty() {
        return Vec::new();
    }
    let pids: HashSet<u32> = incidents.iter().flat_map(|i| &i.victims).map(|victim| victim.pid).collect();
    let places: HashSet<(&str, u64)> =
        incidents.iter().flat_map(|i| &i.evidence).filter_map(|e| Some((e.source.as_str(), e.line?))).collect();
    let is_told = |one: &Quoted| {
        let place = one.problem.source.as_deref().zip(one.problem.line);
        one.pid.map_or(!pids.is_empty(), |pid| pids.contains(&pid))
            || place.is_some_and(|place| places.contains(&place))
    };
    quoted.into_iter().filter(|one| !is_told(one)).map(|one| one.problem).collect()
}
