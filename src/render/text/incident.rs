//! One group of incidents in detail: what happened, to whom, at which limit, in which order, with proof and advice.

use super::answer::{after_boot, fold};
use super::bar::bar;
use super::group::Group;
use super::page::{Line, Page, Paint};
use super::units::{Moment, bytes, count, full_time, percent};
use super::width::{fit, width};
use super::{timeline, words};
use crate::report::{Clock, Confidence, Evidence, Holder, Incident, Limit, Memory, Termination, Verdict, Victim};
use std::io;

/// Where the text starts.
const INDENT: usize = 3;
/// Where it starts after a label.
const BODY: usize = 13;
/// Columns of a bar.
const BAR: usize = 20;
/// Rows of a list without `-v`.
const FEW: usize = 5;

/// Writes the group: the first incident, or with `-v` every one.
pub(super) fn write(page: &mut Page, number: usize, group: &Group) -> io::Result<()> {
    let shown = if page.style.verbose { group.incidents.len() } else { 1 };
    for (at, incident) in group.incidents.iter().take(shown).enumerate() {
        page.blank()?;
        heading(page, number, at, group, incident)?;
        body(page, group, incident, at == 0)?;
    }
    Ok(())
}

fn heading(page: &mut Page, number: usize, at: usize, group: &Group, incident: &Incident) -> io::Result<()> {
    let number = if at == 0 { format!("{number}. ") } else { format!("{number}.{} ", at + 1) };
    let paint = match incident.verdict {
        Verdict::Memory => Paint::Bad,
        Verdict::Undetermined => Paint::Unsure,
        Verdict::NotMemory => Paint::Good,
    };
    if page.style.graphics {
        let rule = "─".repeat(page.width());
        page.line(Line::of(Paint::Dim, rule))?;
    }
    let title = Line::of(Paint::Bold, &group.subject).plain(": ").add(Paint::Bold, words::headline(incident));
    page.hanging(Line::of(Paint::Bold, number), title)?;
    let verdict = Line::of(paint, words::verdict(incident.verdict))
        .plain(format!(", {}", words::confidence(incident.confidence)))
        .add(Paint::Dim, when_and_where(incident));
    page.hanging(indent(), verdict)?;
    if at == 0
        && let Some(repeats) = repeats(group, page.style.verbose)
    {
        page.hanging(indent(), Line::new().plain(repeats))?;
    }
    page.blank()
}

fn indent() -> Line {
    Line::new().plain(" ".repeat(INDENT))
}

/// "  2026-11-23 09:26:40.123 +08:00 (inferred), node-1".
fn when_and_where(incident: &Incident) -> String {
    let time = incident.time.as_deref().map_or_else(|| after_boot(incident.uptime_s), full_time);
    let inferred = match (incident.clock, &incident.time) {
        (Clock::Inferred, Some(_)) => " (inferred)",
        _ => "",
    };
    let node = if incident.node.is_empty() { String::new() } else { format!(", on {}", incident.node) };
    format!("  {time}{inferred}{node}")
}

/// How often, from when to when, with what the workload's history says.
fn repeats(group: &Group, verbose: bool) -> Option<String> {
    let history = group.workload.filter(|workload| workload.incidents.len() > 1).map(|workload| &workload.summary);
    let history = history.filter(|text| !text.is_empty()).map(|text| format!("{text} ")).unwrap_or_default();
    let times = group.times();
    if times < 2 {
        return Some(history).filter(|text| !text.is_empty());
    }
    let range = match group.span() {
        (Some(first), Some(last)) if first != last => format!(", {} to {}", full_time(first), until(first, last)),
        _ => String::new(),
    };
    let below = if verbose { "" } else { " Below: the first one." };
    Some(format!("{history}{times} times for this reason{range}.{below}"))
}

/// The end of a range: only the time on the same day.
fn until(first: &str, last: &str) -> String {
    match (Moment::new(first), Moment::new(last)) {
        (Some(first), Some(last)) if first.date == last.date && first.zone == last.zone => last.clock.to_owned(),
        _ => full_time(last),
    }
}

fn body(page: &mut Page, group: &Group, incident: &Incident, first: bool) -> io::Result<()> {
    if !incident.summary.is_empty() {
        page.hanging(indent(), Line::of(Paint::Bold, &incident.summary))?;
    }
    for sentence in &incident.explanation {
        page.hanging(indent().plain("- "), Line::new().plain(sentence))?;
    }
    page.blank()?;
    if page.style.verbose || incident.confidence <= Confidence::Probable {
        list(page, "Sure?", incident.confidence_reasons.iter().map(|reason| Line::new().plain(reason)).collect())?;
    }
    limit_and_memory(page, incident)?;
    holders(page, &incident.holders)?;
    victims(page, incident)?;
    list(page, "Ended", incident.terminations.iter().map(|end| termination(incident, end, group)).collect())?;
    if !incident.timeline.is_empty() {
        page.line(label("Timeline"))?;
        timeline::write(page, INDENT + 2, &incident.timeline)?;
    }
    proof(page, incident)?;
    if first {
        let advice = incident.advice.iter().map(|advice| {
            let stop = if advice.action.ends_with('.') { "" } else { "." };
            let reason = if advice.reason.is_empty() { String::new() } else { format!(" {}", advice.reason) };
            Line::new().plain(format!("{}{stop}", advice.action)).add(Paint::Dim, reason)
        });
        list(page, "Next", advice.collect())?;
    }
    super::details::write(page, incident)
}

fn label(text: &str) -> Line {
    indent().add(Paint::Accent, text)
}

/// A labelled list; the label stands on its first line.
fn list(page: &mut Page, name: &str, rows: Vec<Line>) -> io::Result<()> {
    for (at, row) in rows.into_iter().enumerate() {
        let start = if at == 0 { label(name) } else { Line::new() };
        page.hanging(start.pad_to(BODY), row)?;
    }
    Ok(())
}

fn with_bar(page: &Page, share: Option<f64>, line: Line) -> Line {
    match share {
        Some(share) if page.style.graphics => line.plain("  ").add(Paint::Accent, bar(share, BAR)),
        _ => line,
    }
}

fn limit_and_memory(page: &mut Page, incident: &Incident) -> io::Result<()> {
    if let Some(limit) = &incident.limit {
        let line = usage(limit.usage_bytes, limit.limit_bytes, "limit");
        let line = with_bar(page, share(limit.usage_bytes, limit.limit_bytes), line);
        let mut rows = vec![line, limit_path(page, limit)];
        rows.extend(swap_limit(limit));
        list(page, "Limit", rows)?;
    }
    let Some(memory) = &incident.memory else { return Ok(()) };
    if incident.limit.is_none() {
        let used = memory.total_bytes.zip(memory.free_bytes).map(|(total, free)| total.saturating_sub(free));
        let line = usage(used, memory.total_bytes, "the node");
        list(page, "Memory", vec![with_bar(page, share(used, memory.total_bytes), line)])?;
    }
    list(page, "Made of", parts(memory, incident.limit.is_none()).into_iter().collect())
}

fn share(part: Option<u64>, whole: Option<u64>) -> Option<f64> {
    part.zip(whole).filter(|&(_, whole)| whole > 0).map(|(part, whole)| part as f64 / whole as f64)
}

/// "512 MiB of 512 MiB used (100%)".
fn usage(used: Option<u64>, total: Option<u64>, whose: &str) -> Line {
    Line::new().plain(match (used, total) {
        (Some(used), Some(total)) => {
            let percent = share(Some(used), Some(total)).map(|s| format!(" ({})", percent(s))).unwrap_or_default();
            format!("{} of {} used{percent}", bytes(used), bytes(total))
        }
        (None, Some(total)) => format!("{}, usage unknown", bytes(total)),
        (Some(used), None) => format!("{} used, size of {whose} unknown", bytes(used)),
        (None, None) => format!("size and usage of {whose} unknown"),
    })
}

fn limit_path(page: &Page, limit: &Limit) -> Line {
    let failures =
        limit.failcnt.filter(|&n| n > 0).map(|n| format!(", met {}", count(n, "time", "times"))).unwrap_or_default();
    let kind = words::scope(limit.scope);
    let Some(path) = &limit.cgroup else { return Line::of(Paint::Dim, format!("of the {kind}{failures}")) };
    let room = page.width().saturating_sub(BODY + width(kind) + width(&failures) + 5).max(30);
    let path = if page.style.verbose { path.clone() } else { fit(&super::escape::visible(path), room) };
    Line::of(Paint::Dim, format!("of {kind} {path}{failures}"))
}

/// The report has one field for the swap limit of cgroup v2 and for the limit of memory and swap together of v1. Only the
/// latter's usage cannot be below that of memory.
fn swap_limit(limit: &Limit) -> Option<Line> {
    let total = match limit.swap_limit_bytes? {
        0 => return Some(Line::of(Paint::Dim, "no swap allowed")),
        total => bytes(total),
    };
    let together =
        limit.swap_usage_bytes.zip(limit.usage_bytes).is_some_and(|(both, memory)| both >= memory && memory > 0);
    let what = if together { "with swap" } else { "swap" };
    Some(Line::of(
        Paint::Dim,
        match limit.swap_usage_bytes {
            Some(used) => format!("{what} {} of {total} used", bytes(used)),
            None => format!("swap limit {total}"),
        },
    ))
}

/// "anonymous 480.1 MiB, page cache 12 MiB": what is known, largest first, without what is too small to matter.
fn parts(memory: &Memory, with_swap: bool) -> Option<Line> {
    let mut parts: Vec<(&str, u64)> = [
        ("anonymous", memory.anon_bytes),
        ("page cache", memory.file_bytes),
        ("shared", memory.shmem_bytes),
        ("reclaimable slab", memory.slab_reclaimable_bytes),
        ("other slab", memory.slab_unreclaimable_bytes),
        ("kernel", memory.kernel_bytes),
        ("page tables", memory.pagetables_bytes),
        ("huge pages", memory.hugepages_bytes),
        ("unaccounted", memory.unaccounted_bytes),
    ]
    .into_iter()
    .filter_map(|(name, size)| Some((name, size?)))
    .collect();
    let smallest = memory.total_bytes.unwrap_or_default() / 1000;
    parts.retain(|&(_, size)| size > smallest);
    parts.sort_by_key(|&(_, size)| std::cmp::Reverse(size));
    let mut words: Vec<String> = parts.into_iter().map(|(name, size)| format!("{name} {}", bytes(size))).collect();
    match (memory.swap_total_bytes, memory.swap_free_bytes) {
        _ if !with_swap => {}
        (Some(0), _) => words.push("no swap".to_owned()),
        (Some(total), Some(free)) => words.push(format!("swap {} free of {}", bytes(free), bytes(total))),
        _ => {}
    }
    (!words.is_empty()).then(|| Line::new().plain(words.join(", ")))
}

fn holders(page: &mut Page, holders: &[Holder]) -> io::Result<()> {
    let shown = if page.style.verbose { holders.len() } else { FEW.min(holders.len()) };
    let names: Vec<String> = holders.iter().take(shown).map(holder_name).collect();
    let column =
        names.iter().map(|name| width(name)).max().unwrap_or(0).min(page.width().saturating_sub(BODY + 20) / 2);
    let sizes: Vec<String> = holders.iter().take(shown).map(|holder| bytes(holder.bytes)).collect();
    let size_column = sizes.iter().map(|size| width(size)).max().unwrap_or(0);
    let mut rows = Vec::new();
    for ((holder, name), size) in holders.iter().zip(&names).zip(&sizes) {
        let percent = holder.share.map(percent).unwrap_or_default();
        let line = Line::new()
            .plain(fit(name, column))
            .pad_to(column + 2 + size_column.saturating_sub(width(size)))
            .plain(size)
            .plain(format!("{percent:>6}"));
        rows.push(with_bar(page, holder.share, line));
    }
    if shown < holders.len() {
        rows.push(Line::of(Paint::Dim, format!("... and {} more", holders.len() - shown)));
    }
    list(page, "Held by", rows)
}

fn holder_name(holder: &Holder) -> String {
    let kind = words::holder(holder.kind);
    // `slab dentry` needs its kind before it, `kernel stacks` does not.
    let kind = if holder.name.starts_with(kind.trim_end()) { "" } else { kind };
    let many = holder.count.filter(|&n| n > 1).map(|n| format!(" ({n})")).unwrap_or_default();
    super::escape::visible(&format!("{kind}{}{many}", holder.name)).into_owned()
}

fn victims(page: &mut Page, incident: &Incident) -> io::Result<()> {
    let shown = if page.style.verbose { incident.victims.len() } else { FEW.min(incident.victims.len()) };
    let mut rows: Vec<Line> = incident.victims.iter().take(shown).map(victim).collect();
    if shown < incident.victims.len() {
        rows.push(Line::of(Paint::Dim, format!("... and {} more", incident.victims.len() - shown)));
    }
    list(page, "Killed", rows)
}

/// "java (pid 4242), main process, 480.1 MiB anonymous, oom_score_adj 979".
fn victim(victim: &Victim) -> Line {
    let mut words = Vec::new();
    match victim.main {
        Some(true) => words.push("main process".to_owned()),
        Some(false) => words.push("not the main process".to_owned()),
        None => {}
    }
    words.extend(
        [(victim.anon_rss_bytes, "anonymous"), (victim.shmem_rss_bytes, "shared"), (victim.swap_bytes, "swapped out")]
            .into_iter()
            .filter_map(|(size, name)| size.filter(|&size| size > 0).map(|size| format!("{} {name}", bytes(size)))),
    );
    if let Some(adjustment) = victim.oom_score_adj {
        words.push(format!("oom_score_adj {adjustment}"));
    }
    let rest = words.into_iter().map(|word| format!(", {word}")).collect::<String>();
    Line::of(Paint::Bold, &victim.comm).plain(format!(" (pid {})", victim.pid)).plain(rest)
}

/// "web: exit code 137 (SIGKILL), reason OOMKilled, OOM flag set, started again after 1.2 s".
fn termination(incident: &Incident, end: &Termination, group: &Group) -> Line {
    let name = end
        .container
        .and_then(|at| incident.containers.get(at))
        .and_then(words::container)
        .or_else(|| end.unit.clone())
        .unwrap_or_else(|| group.subject.clone());
    let mut words = Vec::new();
    match (end.exit_code, end.signal_name.as_deref()) {
        (Some(code), Some(signal)) => words.push(format!("exit code {code} ({signal})")),
        (Some(code), None) => words.push(format!("exit code {code}")),
        (None, Some(signal)) => words.push(format!("by {signal}")),
        (None, None) => words.extend(end.signal.map(|signal| format!("by signal {signal}"))),
    }
    // systemd's "success" beside a kill only says that the unit's own rules do not call it a failure.
    words.extend(end.reason.as_ref().filter(|reason| *reason != "success").map(|reason| format!("reason {reason}")));
    words.extend(end.oom_flag.map(|flag| if flag { "OOM flag set" } else { "OOM flag not set" }.to_owned()));
    words.extend(end.finished.as_deref().map(|time| format!("at {}", clock_of(incident, time))));
    words.extend(end.restarted.as_deref().map(|time| format!("started again at {}", clock_of(incident, time))));
    words.extend(end.restart_count.map(|n| format!("restart count {n}")));
    if !end.sources.is_empty() {
        words.push(format!("told by {}", end.sources.join(", ")));
    }
    if words.is_empty() {
        return Line::of(Paint::Bold, name);
    }
    // One end of one container needs no name: it stands in the heading.
    if incident.terminations.len() == 1 && incident.containers.len() < 2 {
        return Line::new().plain(words.join(", "));
    }
    Line::of(Paint::Bold, name).plain(format!(": {}", words.join(", ")))
}

/// A time near the incident's: only the clock on the same day.
fn clock_of(incident: &Incident, time: &str) -> String {
    match (incident.time.as_deref().and_then(Moment::new), Moment::new(time)) {
        (Some(own), Some(other)) if own.date == other.date && own.zone == other.zone => other.clock.to_owned(),
        _ => full_time(time),
    }
}

/// Sources shown without `-v`; more are most often copies of the same log.
const SOURCES: usize = 3;

/// Places by source: `kern.log:468, 495, 532`. Those that the timeline rests on come first. With `-v` each place with its
/// raw line.
fn proof(page: &mut Page, incident: &Incident) -> io::Result<()> {
    if page.style.verbose {
        let rows = incident.evidence.iter().flat_map(|proof| {
            let raw = (!proof.text.is_empty()).then(|| Line::of(Paint::Dim, format!("  {}", proof.text)));
            std::iter::once(places(&proof.source, &mut vec![proof])).chain(raw)
        });
        return list(page, "Proof", rows.collect());
    }
    let steps = incident.timeline.iter().filter_map(|step| incident.evidence.get(step.evidence?));
    let mut sources: Vec<(&str, Vec<&Evidence>)> = Vec::new();
    for proof in steps.chain(&incident.evidence) {
        match sources.iter_mut().find(|(source, _)| *source == proof.source) {
            Some((_, list)) if list.contains(&proof) => {}
            Some((_, list)) => list.push(proof),
            None => sources.push((&proof.source, vec![proof])),
        }
    }
    let shown = fold(sources.len(), SOURCES);
    let hidden = sources.len() - shown;
    let mut rows: Vec<Line> = sources.iter_mut().take(shown).map(|(source, list)| places(source, list)).collect();
    if hidden > 0 {
        rows.push(Line::of(Paint::Dim, format!("... and in {hidden} more sources (-v shows them)")));
    }
    list(page, "Proof", rows)
}

/// `kern.log:468, 495`; in a binary source `system.journal at byte 4185592`.
fn places(source: &str, list: &mut Vec<&Evidence>) -> Line {
    let more = list.len().saturating_sub(FEW);
    list.truncate(FEW);
    list.sort_by_key(|proof| (proof.line, proof.offset));
    let lines: Vec<String> = list.iter().filter_map(|proof| proof.line).map(|line| line.to_string()).collect();
    let bytes: Vec<String> =
        list.iter().filter(|proof| proof.line.is_none()).map(|proof| proof.offset.to_string()).collect();
    let mut text = source.to_owned();
    for (before, numbers) in [(":", lines), (" at byte ", bytes)] {
        if !numbers.is_empty() {
            text = format!("{text}{before}{}", numbers.join(", "));
        }
    }
    if more > 0 {
        text = format!("{text} and {more} more");
    }
    Line::new().add_link(Paint::Plain, text, file_link(source))
}

/// A `file:` link to the file itself; for a member, to its archive.
fn file_link(source: &str) -> Option<String> {
    let path = source.split('!').next().filter(|path| !path.is_empty() && *path != "-")?;
    let path = std::path::absolute(path).ok()?;
    let mut link = String::from("file://");
    for byte in path.to_str()?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => link.push(char::from(byte)),
            _ => link.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(link)
}
