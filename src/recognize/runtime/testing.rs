//! Helpers for the speakers' tests: a line in, its facts out, with the promise of [`super::NEEDLES`] checked on the way.

use super::{NEEDLES, Speakers};
use crate::event::{Event, Fact, RuntimeFact, What};
use crate::record::{Record, Transport};

/// What records with this identifier and these texts say, in order. The line that decided an event must hold a needle,
/// also JSON-escaped.
pub(super) fn events(ident: Option<&str>, lines: &[&str]) -> Vec<Event> {
    let mut speakers = Speakers::default();
    let mut out = Vec::new();
    for text in lines {
        speakers.push(&record(ident, text), &mut out);
    }
    speakers.finish(&mut out);
    for event in &out {
        let escaped = serde_json::to_string(&*event.evidence[0].text).unwrap();
        assert!(NEEDLES.iter().any(|needle| escaped.contains(needle)), "no needle in {escaped}");
    }
    out
}

/// A record as a text carrier gives it.
pub(super) fn record<'a>(ident: Option<&'a str>, text: &'a str) -> Record<'a> {
    Record {
        ident: ident.map(Into::into),
        transport: match ident {
            Some("kernel") => Transport::Kernel,
            Some(_) => Transport::Program,
            None => Transport::Unknown,
        },
        raw: text.as_bytes().into(),
        message: text.as_bytes().into(),
        ..Default::default()
    }
}

/// The runtime facts of events.
pub(super) fn facts_of(events: Vec<Event>) -> Vec<RuntimeFact> {
    events
        .into_iter()
        .map(|event| match event.fact {
            Fact::Runtime(fact) => *fact,
            other => panic!("not a runtime fact: {other:?}"),
        })
        .collect()
}

/// The facts of one line.
pub(super) fn facts(ident: Option<&str>, text: &str) -> Vec<RuntimeFact> {
    facts_of(events(ident, &[text]))
}

/// The single fact of one line.
pub(super) fn one(ident: Option<&str>, text: &str) -> RuntimeFact {
    let mut found = facts(ident, text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found.remove(0)
}

/// The exit told by a fact.
pub(super) fn exit(fact: &RuntimeFact) -> &crate::event::ContainerExit {
    match &fact.what {
        What::Exited(exit) => exit,
        other => panic!("no exit: {other:?}"),
    }
}

/// Asserts that a line says nothing.
pub(super) fn silent(ident: Option<&str>, text: &str) {
    let found = facts(ident, text);
    assert!(found.is_empty(), "{text}: {found:#?}");
}
