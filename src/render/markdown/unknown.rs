//! What these logs do not tell. Sentences are Markdown.

use super::Page;
use super::escape::{code, inline};
use crate::language::Language;
use crate::render::facts::place;
use crate::render::text::group::Group;
use crate::render::text::units::full_time;
use crate::render::text::words;
use crate::report::{Clock, Confidence, Evidence, Incident, Node, Problem, Verdict};
use crate::say;

/// Items of one kind.
const FEW: usize = 8;

/// The list; never empty, because logs never tell everything.
pub(super) fn of(page: &Page) -> Vec<String> {
    let mut told = Vec::new();
    let shown: Vec<&Incident> = page.groups.iter().flat_map(|group| group.incidents.iter().copied()).collect();
    let language = page.language;
    unsure(page.groups, language, &mut told);
    missing(&shown, language, &mut told);
    clocks(&shown, language, &mut told);
    coverage(&page.report.nodes, language, &mut told);
    problems(&page.report.problems, language, &mut told);
    told.push(say!(language, "render-pm-logs-do-not-tell"));
    told
}

/// Groups that are less than sure, with what that rests on.
fn unsure(groups: &[Group], language: Language, told: &mut Vec<String>) {
    let unsure = |group: &&Group| group.first().is_some_and(|first| first.confidence <= Confidence::Probable);
    for group in groups.iter().filter(unsure).take(FEW) {
        let Some(first) = group.first() else { continue };
        let name = code(&group.subject);
        let mut parts = vec![match first.verdict {
            Verdict::Undetermined => say!(language, "render-pm-why-unknown", name = name),
            _ => {
                let cause = inline(&words::headline(first, language));
                let sure = words::confidence(first.confidence, language);
                say!(language, "render-pm-only-so-sure", name = name, cause = cause, sure = sure)
            }
        }];
        parts.extend(first.confidence_reasons.iter().map(|reason| inline(reason)));
        told.push(language.paragraph(&parts));
    }
    if let Some(left) = groups.iter().filter(unsure).count().checked_sub(FEW).filter(|&left| left > 0) {
        told.push(say!(language, "render-pm-more-unsure", n = left));
    }
}

/// What an incident should have and has not.
fn missing(incidents: &[&Incident], language: Language, told: &mut Vec<String>) {
    let number = |is: fn(&Incident) -> bool| incidents.iter().filter(|incident| is(incident)).count() as u64;
    let pictures = number(|i| i.verdict == Verdict::Memory && i.memory.is_none());
    if pictures > 0 {
        told.push(say!(language, "render-pm-no-picture", n = pictures));
    }
    let ends = number(|i| !i.victims.is_empty() && i.terminations.is_empty() && !i.containers.is_empty());
    if ends > 0 {
        told.push(say!(language, "render-pm-no-end", n = ends));
    }
    let restarts = number(|i| i.terminations.iter().any(|end| end.restarted.is_none()));
    if restarts > 0 {
        told.push(say!(language, "render-pm-no-restart", n = restarts));
    }
}

fn clocks(incidents: &[&Incident], language: Language, told: &mut Vec<String>) {
    let number = |clock| incidents.iter().filter(|incident| incident.clock == clock).count() as u64;
    let inferred = number(Clock::Inferred);
    if inferred > 0 {
        told.push(say!(language, "render-pm-time-inferred", n = inferred));
    }
    let unknown = number(Clock::Unknown);
    if unknown > 0 {
        told.push(say!(language, "render-pm-time-unknown", n = unknown));
    }
}

/// Where the kernel log has holes, a kill by the kernel cannot be ruled out.
fn coverage(nodes: &[Node], language: Language, told: &mut Vec<String>) {
    for node in nodes.iter().take(FEW) {
        let name = code(&node.name);
        let logs: Vec<_> = node.boots.iter().filter_map(|boot| boot.kernel_log.as_ref()).collect();
        if logs.is_empty() {
            told.push(say!(language, "render-pm-no-kernel-log", name = &name));
        }
        for gap in logs.iter().flat_map(|log| &log.gaps).take(FEW) {
            let reason = inline(gap.reason.trim_end_matches(['.', '。']));
            told.push(match gap.at.as_deref().map(|at| inline(&full_time(at))) {
                Some(at) => say!(language, "render-pm-gap-at", name = &name, at = at, reason = reason),
                None => say!(language, "render-pm-gap", name = &name, reason = reason),
            });
        }
    }
}

fn problems(problems: &[Problem], language: Language, told: &mut Vec<String>) {
    for problem in problems.iter().take(FEW) {
        let source = problem.source.clone().unwrap_or_default();
        let at = match problem.line {
            Some(_) => place(&Evidence { source, line: problem.line, ..Evidence::default() }, language),
            None => source,
        };
        let message = inline(&problem.message);
        told.push(match at.as_str() {
            "" => say!(language, "render-pm-problem", message = message),
            at => say!(language, "render-pm-problem-at", at = code(at), message = message),
        });
    }
    if let Some(left) = problems.len().checked_sub(FEW).filter(|&left| left > 0) {
        told.push(say!(language, "render-pm-more-problems", n = left));
    }
}
