//! What these logs do not tell. Sentences are Markdown.

use super::Page;
use super::escape::{code, inline};
use crate::render::facts::place;
use crate::render::text::group::Group;
use crate::render::text::units::{count, full_time};
use crate::render::text::words;
use crate::report::{Clock, Confidence, Evidence, Incident, Node, Problem, Verdict};

/// Items of one kind.
const FEW: usize = 8;

/// The list; never empty, because logs never tell everything.
pub(super) fn of(page: &Page) -> Vec<String> {
    let mut told = Vec::new();
    let shown: Vec<&Incident> = page.groups.iter().flat_map(|group| group.incidents.iter().copied()).collect();
    unsure(page.groups, &mut told);
    missing(&shown, &mut told);
    clocks(&shown, &mut told);
    coverage(&page.report.nodes, &mut told);
    problems(&page.report.problems, &mut told);
    told.push(
        "Why the memory was needed, what changed before, and what users noticed: logs do not tell. `TODO`".to_owned(),
    );
    told
}

/// Groups that are less than sure, with what that rests on.
fn unsure(groups: &[Group], told: &mut Vec<String>) {
    let unsure = |group: &&Group| group.first().is_some_and(|first| first.confidence <= Confidence::Probable);
    for group in groups.iter().filter(unsure).take(FEW) {
        let Some(first) = group.first() else { continue };
        let what = match first.verdict {
            Verdict::Undetermined => "why it ended is not known".to_owned(),
            _ => format!("that {} is only {}", inline(&words::headline(first)), words::confidence(first.confidence)),
        };
        let reasons: Vec<String> = first.confidence_reasons.iter().map(|reason| inline(reason)).collect();
        told.push(format!("{}: {what}. {}", code(&group.subject), reasons.join(" ")).trim_end().to_owned());
    }
    if let Some(left) = groups.iter().filter(unsure).count().checked_sub(FEW).filter(|&left| left > 0) {
        told.push(format!("{left} more are less than sure."));
    }
}

/// What an incident should have and has not.
fn missing(incidents: &[&Incident], told: &mut Vec<String>) {
    let number = |is: fn(&Incident) -> bool| incidents.iter().filter(|incident| is(incident)).count() as u64;
    let pictures = number(|i| i.verdict == Verdict::Memory && i.memory.is_none());
    if pictures > 0 {
        let of = count(pictures, "memory incident", "memory incidents");
        told.push(format!("What the memory was used for: no log shows it for {of}."));
    }
    let ends = number(|i| !i.victims.is_empty() && i.terminations.is_empty() && !i.containers.is_empty());
    if ends > 0 {
        let of = count(ends, "incident", "incidents");
        told.push(format!("Whether the container or service ended with its process: no log says it for {of}."));
    }
    let restarts = number(|i| i.terminations.iter().any(|end| end.restarted.is_none()));
    if restarts > 0 {
        told.push(format!(
            "When it was started again: no log says it for {}.",
            count(restarts, "incident", "incidents")
        ));
    }
}

fn clocks(incidents: &[&Incident], told: &mut Vec<String>) {
    let number = |clock| incidents.iter().filter(|incident| incident.clock == clock).count() as u64;
    let inferred = number(Clock::Inferred);
    if inferred > 0 {
        let of = count(inferred, "incident", "incidents");
        told.push(format!("The exact time of {of}: year, zone or boot time was derived from other lines."));
    }
    let unknown = number(Clock::Unknown);
    if unknown > 0 {
        told.push(format!(
            "The time of {}: only seconds since boot are known.",
            count(unknown, "incident", "incidents")
        ));
    }
}

/// Where the kernel log has holes, a kill by the kernel cannot be ruled out.
fn coverage(nodes: &[Node], told: &mut Vec<String>) {
    for node in nodes.iter().take(FEW) {
        let name = code(&node.name);
        let logs: Vec<_> = node.boots.iter().filter_map(|boot| boot.kernel_log.as_ref()).collect();
        if logs.is_empty() {
            told.push(format!("What the kernel of {name} did: none of its log was read."));
        }
        for gap in logs.iter().flat_map(|log| &log.gaps).take(FEW) {
            let at = gap.at.as_deref().map(|at| format!(" at {}", inline(&full_time(at)))).unwrap_or_default();
            told.push(format!(
                "What the kernel log of {name} lacks{at}: {}.",
                inline(gap.reason.trim_end_matches('.'))
            ));
        }
    }
}

fn problems(problems: &[Problem], told: &mut Vec<String>) {
    for problem in problems.iter().take(FEW) {
        let source = problem.source.clone().unwrap_or_default();
        let at = match problem.line {
            Some(_) => place(&Evidence { source, line: problem.line, ..Evidence::default() }),
            None => source,
        };
        let at = if at.is_empty() { String::new() } else { format!("{}: ", code(&at)) };
        told.push(format!("What could not be read: {at}{}", inline(&problem.message)));
    }
    if let Some(left) = problems.len().checked_sub(FEW).filter(|&left| left > 0) {
        told.push(format!("{left} more problems with what was read."));
    }
}
