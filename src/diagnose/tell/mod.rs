//! Words: summary, explanation and advice of any incident, from its fields and what the joins know.

mod container;
mod failure;
mod kernel;
mod node;
mod not_memory;
mod run_by;
mod userspace;
mod words;

pub use words::larger_holder;

use super::Context;
use crate::language::Language;
use crate::report::{Advice, Cause, HolderKind, Incident};

/// Writes `summary`, `explanation` and `advice` of an incident from its other fields: containers, terminations, victims,
/// limit, memory, holders. Holders that are containers get their containers' names.
pub fn tell(incident: &mut Incident, context: &Context<'_>) {
    name_containers(incident);
    let mut story = Story { language: context.language, explanation: Vec::new(), advice: Vec::new() };
    let summary = compose(incident, context, &mut story);
    run_by::tell(incident, &mut story);
    incident.summary = summary;
    incident.explanation = story.explanation;
    incident.advice = story.advice;
}

fn compose(incident: &Incident, context: &Context<'_>, story: &mut Story) -> String {
    match incident.cause {
        Cause::ContainerLimit | Cause::PodLimit | Cause::AncestorLimit | Cause::ServiceLimit | Cause::CgroupLimit => {
            container::tell(incident, context, story)
        }
        Cause::NodeMemory | Cause::NumaLimit | Cause::Fragmentation => node::tell(incident, context, story),
        Cause::ManualOom => node::manual(incident, context, story),
        Cause::OomPanic => node::panic(incident, context, story),
        Cause::UserspaceKiller => userspace::killer(incident, context, story),
        Cause::Eviction => userspace::eviction(incident, context, story),
        Cause::ApplicationHeap => userspace::application(incident, context, story),
        Cause::StopTimeout => not_memory::stop_timeout(incident, context, story),
        Cause::Stopped => not_memory::stopped(incident, context, story),
        Cause::KilledOnRequest => not_memory::killed_on_request(incident, context, story),
        Cause::ProbeFailure => not_memory::probe_failure(incident, context, story),
        Cause::Reboot => not_memory::reboot(incident, context, story),
        Cause::Invented => not_memory::invented(incident, context, story),
        Cause::Crash => failure::crash(incident, context, story),
        Cause::StartFailure => failure::start_failure(incident, context, story),
        Cause::ApplicationError => failure::application_error(incident, context, story),
        Cause::Unknown => failure::unknown(incident, context, story),
    }
}

/// What is being told, and in which language.
#[derive(Debug)]
struct Story {
    language: Language,
    explanation: Vec<String>,
    advice: Vec<Advice>,
}

impl Story {
    fn say(&mut self, sentence: String) {
        if !self.explanation.contains(&sentence) {
            self.explanation.push(sentence);
        }
    }

    fn say_all(&mut self, sentences: impl IntoIterator<Item = String>) {
        sentences.into_iter().for_each(|s| self.say(s));
    }

    fn advise(&mut self, action: String, reason: String) {
        self.advise_all([Advice { action, reason }]);
    }

    fn advise_all(&mut self, advice: impl IntoIterator<Item = Advice>) {
        advice.into_iter().for_each(|advice| self.add(advice));
    }

    fn add(&mut self, advice: Advice) {
        if !self.advice.iter().any(|a| a.action == advice.action) {
            self.advice.push(advice);
        }
    }
}

/// Holders know containers by their id only; the incident's containers have names.
fn name_containers(incident: &mut Incident) {
    let containers = &incident.containers;
    for holder in incident.holders.iter_mut().filter(|h| h.kind == HolderKind::Container) {
        let known = containers.iter().find(|c| c.id.as_deref() == Some(holder.name.as_str()));
        if let Some(name) = known.and_then(|c| c.name.clone()) {
            holder.name = name;
        }
    }
}

#[cfg(test)]
mod tests;
