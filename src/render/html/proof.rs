//! The lines of proof, each between its neighbours in the file.

use super::incident::{MAX_ROWS, more, proof_anchor};
use super::overview::shown;
use crate::language::Language;
use crate::render::facts::place;
use crate::report::{Evidence, Incident, Surroundings};
use crate::say;
use maud::{Markup, PreEscaped, html};

pub(super) fn write(incident: &Incident, l: Language) -> Markup {
    if incident.evidence.is_empty() {
        return Markup::default();
    }
    let all = incident.evidence.get(..MAX_ROWS).unwrap_or(&incident.evidence);
    html! {
        h3 { (say!(l, "render-label-proof")) }
        ol.proof {
            @for (at, proof) in all.iter().enumerate() {
                li id=(proof_anchor(incident, at + 1)) tabindex="-1" {
                    div.place { (shown(&place(proof, l))) }
                    (lines(proof, at.checked_sub(1).and_then(|at| all.get(at)), all.get(at + 1)))
                }
            }
        }
        (more(incident.evidence.len(), l))
    }
}

fn lines(proof: &Evidence, last: Option<&Evidence>, next: Option<&Evidence>) -> Markup {
    let Some(context) = &proof.context else {
        // The break after the tag is the parser's; the text begins behind it.
        return html! { @if !proof.text.is_empty() { pre { (PreEscaped("\n")) (shown(&proof.text)) } } };
    };
    let (before, after) = not_shown_elsewhere(proof, context, last, next);
    let number = |distance: i64| proof.line.and_then(|line| line.checked_add_signed(distance));
    let first = -i64::try_from(before.len()).unwrap_or(0);
    html! {
        pre.lines {
            @for (line, distance) in before.iter().zip(first..) { span.near data-n=[number(distance)] { (shown(line)) "\n" } }
            span data-n=[proof.line] { (shown(&proof.text)) "\n" }
            @for (line, distance) in after.iter().zip(1..) { span.near data-n=[number(distance)] { (shown(line)) "\n" } }
        }
    }
}

/// The neighbours without those that stand with the proof before or after this one already.
fn not_shown_elsewhere<'c>(
    proof: &Evidence,
    context: &'c Surroundings,
    last: Option<&Evidence>,
    next: Option<&Evidence>,
) -> (&'c [String], &'c [String]) {
    let after_of_last = last.and_then(|last| last.context.as_ref()).map_or(0, |context| context.after.len());
    let free_before = last.and_then(|last| between(last, proof)).map(|gap| gap.saturating_sub(after_of_last));
    let free_after = next.filter(|next| next.context.is_some()).and_then(|next| between(proof, next));
    let before = free_before.unwrap_or(usize::MAX).min(context.before.len());
    let after = free_after.unwrap_or(usize::MAX).min(context.after.len());
    (&context.before[context.before.len() - before..], &context.after[..after])
}

/// Lines between two proofs in one source; nothing where that is not known or they do not follow each other.
fn between(first: &Evidence, second: &Evidence) -> Option<usize> {
    if first.source != second.source {
        return None;
    }
    let gap = second.line?.checked_sub(first.line?)?.checked_sub(1)?;
    usize::try_from(gap).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(line: u64) -> Evidence {
        let near = |lines: std::ops::Range<u64>| lines.map(|n| format!("line {n}")).collect();
        let context = Surroundings { before: near(line - 2..line), after: near(line + 1..line + 3) };
        Evidence {
            source: "kern.log".into(),
            line: Some(line),
            offset: line * 9,
            text: format!("line {line}"),
            context: Some(Box::new(context)),
        }
    }

    /// The numbers of the lines in the page, a proof after the other.
    fn numbers(proofs: Vec<Evidence>) -> Vec<u64> {
        let incident = Incident { evidence: proofs, ..Incident::default() };
        let page = write(&incident, Language::English).0;
        let numbers = page.split("data-n=\"").skip(1).map(|rest| rest.split_once('"').unwrap());
        numbers
            .map(|(n, rest)| {
                assert!(rest.starts_with(&format!(">line {n}\n")), "{n}: {rest}");
                n.parse().unwrap()
            })
            .collect()
    }

    #[test]
    fn each_line_between_its_neighbours_and_none_twice() {
        assert_eq!(numbers(vec![proof(10)]), [8, 9, 10, 11, 12]);
        assert_eq!(numbers(vec![proof(10), proof(11), proof(13)]), [8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(numbers(vec![proof(10), proof(15)]), (8..=17).collect::<Vec<_>>());
        assert_eq!(numbers(vec![proof(10), proof(14)]), (8..=16).collect::<Vec<_>>());
        assert_eq!(numbers(vec![proof(15), proof(10)]), [13, 14, 15, 16, 17, 8, 9, 10, 11, 12]);
        let other = Evidence { source: "messages".into(), ..proof(11) };
        assert_eq!(numbers(vec![proof(10), other]), [8, 9, 10, 11, 12, 9, 10, 11, 12, 13]);
        // A proof without context hides nothing of the one before it.
        let bare = Evidence { context: None, ..proof(11) };
        assert_eq!(numbers(vec![proof(10), bare]), [8, 9, 10, 11, 12]);
    }
}
