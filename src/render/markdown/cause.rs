//! The causes, each with what the memory was used for and the lines that prove it.

use super::escape::{block, cell, code, inline, text};
use super::{MAX_CAUSES, Page, verdict};
use crate::render::facts::{ended, exit, memory_parts, place, share, usage};
use crate::render::text::group::Group;
use crate::render::text::units::{Moment, bytes, count, full_time, percent, span};
use crate::render::text::words;
use crate::report::{Evidence, HolderKind, Incident};
use std::io::{self, Write};

/// Holders in the table without `-v`.
const HOLDERS: usize = 6;

/// Lines of proof without `-v`.
const PROOFS: usize = 6;

/// Writes the section.
pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Cause\n")?;
    if page.groups.is_empty() {
        return writeln!(out, "No incident to explain.\n");
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
    writeln!(out, "### {number}. {}: {}\n", inline(&group.subject), inline(&words::headline(incident)))?;
    writeln!(out, "{}\n", facts_line(group, incident))?;
    if !incident.summary.is_empty() {
        writeln!(out, "**{}**\n", inline(&incident.summary))?;
    }
    for sentence in &incident.explanation {
        writeln!(out, "- {}", text(sentence))?;
    }
    if !incident.explanation.is_empty() {
        writeln!(out)?;
    }
    ends(incident, out)?;
    memory(incident, out)?;
    holders(page, incident, out)?;
    proof(page, incident, out)
}

/// "Memory: yes, strong. 2026-11-23 18:51:56 +08:00, on `node`. 3 times."
fn facts_line(group: &Group, incident: &Incident) -> String {
    let when = match (&incident.time, incident.uptime_s) {
        (Some(time), _) => inline(&full_time(time)),
        (None, Some(seconds)) => format!("{} after boot", span(seconds)),
        (None, None) => "time not known".to_owned(),
    };
    let node = if incident.node.is_empty() { String::new() } else { format!(", on {}", code(&incident.node)) };
    let times = match group.times() {
        0 | 1 => String::new(),
        times => format!(" This is the first of {times}."),
    };
    let sure = format!("{}, {}", verdict(incident.verdict), words::confidence(incident.confidence));
    format!("Was it memory? {sure}. {when}{node}. Incident {}.{times}", code(&incident.id))
}

fn ends(incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    for end in &incident.terminations {
        let mut parts: Vec<String> = exit(end).into_iter().collect();
        parts.extend(end.reason.as_ref().map(|reason| format!("reason {}", code(reason))));
        parts.extend(end.finished.as_deref().map(|time| format!("at {}", inline(&full_time(time)))));
        parts.extend(end.restarted.as_deref().map(|time| format!("started again at {}", inline(&clock(time)))));
        let name = ended(incident, end).map_or_else(|| "Ended".to_owned(), |name| format!("Ended: {}", code(&name)));
        writeln!(out, "{name}, {}.\n", parts.join(", "))?;
    }
    Ok(())
}

/// Only the clock: the date stands just before it.
fn clock(time: &str) -> String {
    Moment::new(time).map_or_else(|| time.to_owned(), |moment| moment.clock.to_owned())
}

fn memory(incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let of = if incident.limit.is_some() { "its limit of" } else { "the node's" };
    if let Some((used, total)) = usage(incident) {
        let part = share(used, total).map(percent).unwrap_or_default();
        writeln!(out, "Memory in use: {} of {of} {} ({part}).\n", bytes(used), bytes(total))?;
    }
    let Some(memory) = &incident.memory else { return Ok(()) };
    let parts = memory_parts(memory, incident.limit.is_some());
    if parts.is_empty() {
        return Ok(());
    }
    let sum = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.bytes));
    let total = memory.total_bytes.unwrap_or(0).max(sum);
    writeln!(out, "| Memory | Size | Share |\n| --- | ---: | ---: |")?;
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
    writeln!(out, "| Held by | | Size | Share |\n| --- | --- | ---: | ---: |")?;
    let shown = page.fold(incident.holders.len(), HOLDERS);
    for holder in incident.holders.iter().take(shown) {
        let many = holder
            .count
            .filter(|&n| n > 1 && holder.kind == HolderKind::Process)
            .map(|n| count(n, "process", "processes"))
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
        writeln!(out, "Proof:\n")?;
    }
    for proof in proofs.iter().take(shown) {
        writeln!(out, "From {}:\n", code(&place(proof)))?;
        if !proof.text.is_empty() {
            writeln!(out, "{}\n", block([proof.text.as_str()]))?;
        }
    }
    page.more(shown, proofs.len(), out)
}
