//! The causes, each with what the memory was used for and the lines that prove it.

use super::escape::{block, cell, code, inline, text};
use super::{MAX_CAUSES, Page, head, verdict_and_confidence};
use crate::language::Language;
use crate::render::facts::{ended, exit, memory_parts, place, share, usage};
use crate::render::text::answer::after_boot;
use crate::render::text::group::Group;
use crate::render::text::units::{Moment, bytes, full_time, percent};
use crate::render::text::words;
use crate::report::{Evidence, HolderKind, Incident, Termination};
use crate::say;
use std::io::{self, Write};

/// Holders in the table without `-v`.
const HOLDERS: usize = 6;

/// Lines of proof without `-v`.
const PROOFS: usize = 6;

/// Writes the section.
pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}\n", say!(page.language, "render-pm-cause"))?;
    if page.groups.is_empty() {
        return writeln!(out, "{}\n", say!(page.language, "render-pm-no-cause"));
    }
    let shown = page.fold(page.groups.len(), MAX_CAUSES);
    for (at, group) in page.groups.iter().take(shown).enumerate() {
        let told = if page.verbose { group.incidents.len() } else { 1 };
        for (nth, incident) in group.incidents.iter().take(told).enumerate() {
            let nth = if nth == 0 { String::new() } else { format!(".{}", nth.saturating_add(1)) };
            let number = format!("{}{nth}", at.saturating_add(1));
            one(page, group, &number, incident, out)?;
        }
    }
    page.more(shown, page.groups.len(), out)
}

fn one(page: &Page, group: &Group, number: &str, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let language = page.language;
    let (subject, what) = (inline(&group.subject), inline(&words::headline(incident, language)));
    writeln!(out, "### {number}. {}\n", say!(language, "render-subject-cause", subject = subject, what = what))?;
    writeln!(out, "{}\n", facts_line(group, incident, language))?;
    if !incident.summary.is_empty() {
        writeln!(out, "**{}**\n", inline(&incident.summary))?;
    }
    for sentence in &incident.explanation {
        writeln!(out, "- {}", text(sentence))?;
    }
    if !incident.explanation.is_empty() {
        writeln!(out)?;
    }
    ends(incident, language, out)?;
    memory(incident, language, out)?;
    holders(page, incident, out)?;
    proof(page, incident, out)
}

/// "Memory: yes, strong. 2026-11-23 18:51:56 +08:00, on `node`. 3 times."
fn facts_line(group: &Group, incident: &Incident, language: Language) -> String {
    let when = match (&incident.time, incident.uptime_s) {
        (Some(time), _) => inline(&full_time(time)),
        (None, None) => say!(language, "render-time-not-known"),
        (None, uptime) => after_boot(uptime, language),
    };
    let mut told = vec![
        say!(language, "render-pm-was-it", answer = verdict_and_confidence(incident, language)),
        match incident.node.as_str() {
            "" => say!(language, "render-sentence", text = when),
            node => say!(language, "render-pm-when-where", time = when, node = code(node)),
        },
        say!(language, "render-pm-incident", id = code(&incident.id)),
    ];
    if group.times() > 1 {
        told.push(say!(language, "render-pm-first-of", times = group.times()));
    }
    language.paragraph(&told)
}

fn ends(incident: &Incident, language: Language, out: &mut dyn Write) -> io::Result<()> {
    for end in &incident.terminations {
        let how = words::join(&end_facts(end, language), language);
        let told = match ended(incident, end, language) {
            Some(name) => say!(language, "render-pm-ended", name = code(&name), how = how),
            None => say!(language, "render-pm-ended-nameless", how = how),
        };
        writeln!(out, "{told}\n")?;
    }
    Ok(())
}

fn end_facts(end: &Termination, language: Language) -> Vec<String> {
    let mut parts: Vec<String> = exit(end, language).into_iter().collect();
    parts.extend(end.reason.as_ref().map(|reason| say!(language, "render-reason", reason = code(reason))));
    let at = |time: &str| inline(&full_time(time));
    parts.extend(end.finished.as_deref().map(|time| say!(language, "render-at", time = at(time))));
    let at = |time: &str| inline(&clock(time));
    parts.extend(end.restarted.as_deref().map(|time| say!(language, "render-started-again-at", time = at(time))));
    parts
}

/// Only the clock: the date stands just before it.
fn clock(time: &str) -> String {
    Moment::new(time).map_or_else(|| time.to_owned(), |moment| moment.clock.to_owned())
}

fn memory(incident: &Incident, language: Language, out: &mut dyn Write) -> io::Result<()> {
    if let Some((used, total)) = usage(incident) {
        let part = share(used, total).map(percent).unwrap_or_default();
        let (used, total) = (bytes(used), bytes(total));
        let told = match incident.limit {
            Some(_) => say!(language, "render-pm-used-of-limit", used = used, total = total, percent = part),
            None => say!(language, "render-pm-used-of-node", used = used, total = total, percent = part),
        };
        writeln!(out, "{told}\n")?;
    }
    let Some(memory) = &incident.memory else { return Ok(()) };
    let parts = memory_parts(memory, incident.limit.is_some(), language);
    if parts.is_empty() {
        return Ok(());
    }
    let sum = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.bytes));
    let total = memory.total_bytes.unwrap_or(0).max(sum);
    let titles = [
        say!(language, "render-title-memory"),
        say!(language, "render-title-size"),
        say!(language, "render-title-share"),
    ];
    head(&titles, &[1, 2], out)?;
    for part in parts {
        let of_total = share(part.bytes, total).map(percent).unwrap_or_default();
        writeln!(out, "| {} | {} | {of_total} |", part.name, bytes(part.bytes))?;
    }
    writeln!(out)
}

fn holders(page: &Page, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    if incident.holders.is_empty() {
        return Ok(());
    }
    let language = page.language;
    let (by, size) = (say!(language, "render-title-held-by"), say!(language, "render-title-size"));
    let share = say!(language, "render-title-share");
    writeln!(out, "| {by} | | {size} | {share} |\n| --- | --- | ---: | ---: |")?;
    let shown = page.fold(incident.holders.len(), HOLDERS);
    for holder in incident.holders.iter().take(shown) {
        let many = holder
            .count
            .filter(|&n| n > 1 && holder.kind == HolderKind::Process)
            .map(|n| say!(language, "render-processes", n = n))
            .unwrap_or_default();
        let of_total = holder.share.map(percent).unwrap_or_default();
        writeln!(out, "| {} | {many} | {} | {of_total} |", cell(&holder.name), bytes(holder.bytes))?;
    }
    writeln!(out)?;
    page.more(shown, incident.holders.len(), out)
}

/// The raw lines, those first that the timeline rests on, by source.
fn proof(page: &Page, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let mut proofs: Vec<&Evidence> = Vec::new();
    let steps = incident.timeline.iter().filter_map(|step| incident.evidence.get(step.evidence?));
    for proof in steps.chain(&incident.evidence) {
        if !proofs.contains(&proof) {
            proofs.push(proof);
        }
    }
    let shown = page.fold(proofs.len(), PROOFS);
    if shown > 0 {
        writeln!(out, "{}\n", say!(page.language, "render-pm-proof"))?;
    }
    for proof in proofs.iter().take(shown) {
        let place = code(&place(proof, page.language));
        writeln!(out, "{}\n", say!(page.language, "render-pm-from", place = place))?;
        if !proof.text.is_empty() {
            writeln!(out, "{}\n", block([proof.text.as_str()]))?;
        }
    }
    page.more(shown, proofs.len(), out)
}
