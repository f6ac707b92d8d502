//! One group of incidents in detail: what happened, to whom, at which limit, in which order, with proof and advice.

use super::answer::{after_boot, fold};
use super::bar::bar;
use super::group::Group;
use super::page::{Line, Page, Paint};
use super::timeline;
use super::units::{Moment, bytes, full_time, percent};
use super::width::{fit, width};
use super::words::{self, between, join};
use crate::language::Language;
use crate::render::facts::{exit, share};
use crate::report::{Clock, Confidence, Evidence, Holder, Incident, Limit, Memory, Termination, Verdict, Victim};
use crate::say;
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
    let language = page.language();
    let colon = Line::of(Paint::Bold, &group.subject).plain(say!(language, "render-colon")).plain(between(language));
    let title = colon.add(Paint::Bold, words::headline(incident, language));
    page.hanging(Line::of(Paint::Bold, number), title)?;
    let verdict = Line::of(paint, words::verdict(incident.verdict, language))
        .plain(say!(language, "render-comma"))
        .plain(between(language))
        .plain(words::confidence(incident.confidence, language))
        .plain("  ")
        .add(Paint::Dim, when_and_where(incident, language));
    page.hanging(indent(), verdict)?;
    if at == 0
        && let Some(repeats) = repeats(group, page.style.verbose, language)
    {
        page.hanging(indent(), Line::new().plain(repeats))?;
    }
    page.blank()
}

fn indent() -> Line {
    Line::new().plain(" ".repeat(INDENT))
}

/// "2026-11-23 09:26:40.123 +08:00 (inferred), on node-1".
fn when_and_where(incident: &Incident, language: Language) -> String {
    let time = match (incident.time.as_deref().map(full_time), incident.clock) {
        (Some(time), Clock::Inferred) => say!(language, "render-time-inferred", time = time),
        (Some(time), _) => time,
        (None, _) => after_boot(incident.uptime_s, language),
    };
    match incident.node.as_str() {
        "" => time,
        node => say!(language, "render-time-node", time = time, node = node),
    }
}

/// How often, from when to when, with what the workload's history says.
fn repeats(group: &Group, verbose: bool, language: Language) -> Option<String> {
    let history = group.workload.filter(|workload| workload.incidents.len() > 1).map(|workload| &workload.summary);
    let mut told: Vec<String> = history.filter(|text| !text.is_empty()).cloned().into_iter().collect();
    let times = group.times();
    if times > 1 {
        told.push(match group.span() {
            (Some(first), Some(last)) if first != last => {
                let (from, to) = (full_time(first), until(first, last));
                say!(language, "render-repeats-range", times = times, from = from, to = to)
            }
            _ => say!(language, "render-repeats", times = times),
        });
        if !verbose {
            told.push(say!(language, "render-below-the-first"));
        }
    }
    (!told.is_empty()).then(|| language.paragraph(&told))
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
    let language = page.language();
    if page.style.verbose || incident.confidence <= Confidence::Probable {
        list(
            page,
            say!(language, "render-label-sure"),
            incident.confidence_reasons.iter().map(|reason| Line::new().plain(reason)).collect(),
        )?;
    }
    limit_and_memory(page, incident)?;
    holders(page, &incident.holders)?;
    victims(page, incident)?;
    list(
        page,
        say!(language, "render-label-ended"),
        incident.terminations.iter().map(|end| termination(incident, end, group, language)).collect(),
    )?;
    if !incident.timeline.is_empty() {
        page.line(label(&say!(language, "render-label-timeline")))?;
        timeline::write(page, INDENT + 2, &incident.timeline)?;
    }
    proof(page, incident)?;
    if first {
        let advice = incident.advice.iter().map(|advice| {
            let done = advice.action.ends_with(['.', '。']);
            let stop = if done { String::new() } else { say!(language, "render-full-stop") };
            let line = Line::new().plain(format!("{}{stop}", advice.action));
            if advice.reason.is_empty() { line } else { line.plain(between(language)).add(Paint::Dim, &advice.reason) }
        });
        list(page, say!(language, "render-label-next"), advice.collect())?;
    }
    super::details::write(page, incident)
}

fn label(text: &str) -> Line {
    indent().add(Paint::Accent, text)
}

/// A labelled list; the label stands on its first line.
fn list(page: &mut Page, name: String, rows: Vec<Line>) -> io::Result<()> {
    for (at, row) in rows.into_iter().enumerate() {
        let start = if at == 0 { label(&name) } else { Line::new() };
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
    let language = page.language();
    if let Some(limit) = &incident.limit {
        let line = match (limit.usage_bytes, limit.limit_bytes) {
            (Some(used), None) => say!(language, "render-used-limit-unknown", used = bytes(used)),
            (None, None) => say!(language, "render-limit-unknown"),
            (used, Some(total)) => usage(used, total, language),
        };
        let line = with_bar(page, part_of(limit.usage_bytes, limit.limit_bytes), Line::new().plain(line));
        let mut rows = vec![line, limit_path(page, limit)];
        rows.extend(swap_limit(limit, language));
        list(page, say!(language, "render-label-limit"), rows)?;
    }
    let Some(memory) = &incident.memory else { return Ok(()) };
    if incident.limit.is_none() {
        let used = memory.total_bytes.zip(memory.free_bytes).map(|(total, free)| total.saturating_sub(free));
        // Used is what is left of the total, so without a total nothing is known.
        let line = match memory.total_bytes {
            Some(total) => usage(used, total, language),
            None => say!(language, "render-node-unknown"),
        };
        let line = with_bar(page, part_of(used, memory.total_bytes), Line::new().plain(line));
        list(page, say!(language, "render-label-memory"), vec![line])?;
    }
    let parts = parts(memory, incident.limit.is_none(), language);
    list(page, say!(language, "render-label-parts"), parts.into_iter().collect())
}

fn part_of(part: Option<u64>, whole: Option<u64>) -> Option<f64> {
    part.zip(whole).and_then(|(part, whole)| share(part, whole))
}

/// "512 MiB of 512 MiB used (100%)".
fn usage(used: Option<u64>, total: u64, language: Language) -> String {
    let Some(used) = used else { return say!(language, "render-usage-unknown", total = bytes(total)) };
    let (part, used, total) = (share(used, total), bytes(used), bytes(total));
    match part.map(percent) {
        Some(percent) => say!(language, "render-used-of-percent", used = used, total = total, percent = percent),
        None => say!(language, "render-used-of", used = used, total = total),
    }
}

fn limit_path(page: &Page, limit: &Limit) -> Line {
    let language = page.language();
    let kind = words::scope(limit.scope, language);
    let failures = limit.failcnt.filter(|&n| n > 0);
    let told = |path: Option<&str>| match (path, failures) {
        (None, None) => say!(language, "render-limit-of", kind = &kind),
        (None, Some(n)) => say!(language, "render-limit-of-met", kind = &kind, n = n),
        (Some(path), None) => say!(language, "render-limit-of-path", kind = &kind, path = path),
        (Some(path), Some(n)) => say!(language, "render-limit-of-path-met", kind = &kind, path = path, n = n),
    };
    let Some(path) = &limit.cgroup else { return Line::of(Paint::Dim, told(None)) };
    if page.style.verbose {
        return Line::of(Paint::Dim, told(Some(path)));
    }
    let room = page.width().saturating_sub(BODY + width(&told(Some(""))) + 1).max(30);
    Line::of(Paint::Dim, told(Some(&fit(&super::escape::visible(path), room))))
}

/// The report has one field for the swap limit of cgroup v2 and for the limit of memory and swap together of v1. Only the
/// latter's usage cannot be below that of memory.
fn swap_limit(limit: &Limit, language: Language) -> Option<Line> {
    let total = match limit.swap_limit_bytes? {
        0 => return Some(Line::of(Paint::Dim, say!(language, "render-no-swap-allowed"))),
        total => bytes(total),
    };
    let together =
        limit.swap_usage_bytes.zip(limit.usage_bytes).is_some_and(|(both, memory)| both >= memory && memory > 0);
    Some(Line::of(
        Paint::Dim,
        match limit.swap_usage_bytes.map(bytes) {
            Some(used) if together => say!(language, "render-with-swap-used", used = used, total = total),
            Some(used) => say!(language, "render-swap-used", used = used, total = total),
            None => say!(language, "render-swap-limit", total = total),
        },
    ))
}

/// "anonymous 480.1 MiB, page cache 12 MiB": what is known, largest first, without what is too small to matter.
fn parts(memory: &Memory, with_swap: bool, language: Language) -> Option<Line> {
    let mut parts: Vec<(String, u64)> = [
        (say!(language, "render-made-of-anon"), memory.anon_bytes),
        (say!(language, "render-made-of-file"), memory.file_bytes),
        (say!(language, "render-made-of-shmem"), memory.shmem_bytes),
        (say!(language, "render-made-of-slabr"), memory.slab_reclaimable_bytes),
        (say!(language, "render-made-of-slab"), memory.slab_unreclaimable_bytes),
        (say!(language, "render-made-of-kernel"), memory.kernel_bytes),
        (say!(language, "render-made-of-pgt"), memory.pagetables_bytes),
        (say!(language, "render-made-of-huge"), memory.hugepages_bytes),
        (say!(language, "render-made-of-rest"), memory.unaccounted_bytes),
    ]
    .into_iter()
    .filter_map(|(name, size)| Some((name, size?)))
    .collect();
    let smallest = memory.total_bytes.unwrap_or_default() / 1000;
    parts.retain(|(_, size)| *size > smallest);
    parts.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let mut words: Vec<String> = parts.into_iter().map(|(name, size)| format!("{name} {}", bytes(size))).collect();
    match (memory.swap_total_bytes, memory.swap_free_bytes) {
        _ if !with_swap => {}
        (Some(0), _) => words.push(say!(language, "render-no-swap")),
        (Some(total), Some(free)) => {
            words.push(say!(language, "render-swap-free", free = bytes(free), total = bytes(total)));
        }
        _ => {}
    }
    (!words.is_empty()).then(|| Line::new().plain(join(&words, language)))
}

fn holders(page: &mut Page, holders: &[Holder]) -> io::Result<()> {
    let shown = if page.style.verbose { holders.len() } else { FEW.min(holders.len()) };
    let names: Vec<String> = holders.iter().take(shown).map(|holder| holder_name(holder, page.language())).collect();
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
        rows.push(and_more(holders.len() - shown, page.language()));
    }
    list(page, say!(page.language(), "render-label-holders"), rows)
}

fn and_more(hidden: usize, language: Language) -> Line {
    Line::of(Paint::Dim, say!(language, "render-and-more", n = hidden))
}

fn holder_name(holder: &Holder, language: Language) -> String {
    let name = words::holder(holder, language);
    let many = holder.count.filter(|&n| n > 1).map(|n| format!(" ({n})")).unwrap_or_default();
    super::escape::visible(&format!("{name}{many}")).into_owned()
}

fn victims(page: &mut Page, incident: &Incident) -> io::Result<()> {
    let shown = if page.style.verbose { incident.victims.len() } else { FEW.min(incident.victims.len()) };
    let language = page.language();
    let mut rows: Vec<Line> = incident.victims.iter().take(shown).map(|one| victim(one, language)).collect();
    if shown < incident.victims.len() {
        rows.push(and_more(incident.victims.len() - shown, language));
    }
    list(page, say!(language, "render-label-killed"), rows)
}

/// "java (pid 4242), main process, 480.1 MiB anonymous, oom_score_adj 979".
fn victim(victim: &Victim, language: Language) -> Line {
    let mut words = Vec::new();
    match victim.main {
        Some(true) => words.push(say!(language, "render-main-process")),
        Some(false) => words.push(say!(language, "render-not-main-process")),
        None => {}
    }
    let some = |size: Option<u64>| size.filter(|&size| size > 0).map(bytes);
    words.extend(some(victim.anon_rss_bytes).map(|size| say!(language, "render-size-anon", size = size)));
    words.extend(some(victim.rss_bytes).map(|size| say!(language, "render-size-resident", size = size)));
    words.extend(some(victim.shmem_rss_bytes).map(|size| say!(language, "render-size-shmem", size = size)));
    words.extend(some(victim.swap_bytes).map(|size| say!(language, "render-size-swap", size = size)));
    if let Some(adjustment) = victim.oom_score_adj {
        words.push(format!("oom_score_adj {adjustment}"));
    }
    let comm = if victim.comm.is_empty() { say!(language, "render-unnamed-process") } else { victim.comm.clone() };
    let line = Line::of(Paint::Bold, &comm).plain(say!(language, "render-in-pid", pid = victim.pid.to_string()));
    if words.is_empty() {
        return line;
    }
    line.plain(say!(language, "render-comma")).plain(between(language)).plain(join(&words, language))
}

/// "web: exit code 137 (SIGKILL), reason OOMKilled, OOM flag set, started again after 1.2 s".
fn termination(incident: &Incident, end: &Termination, group: &Group, language: Language) -> Line {
    let name = end
        .container
        .and_then(|at| incident.containers.get(at))
        .and_then(|container| words::container(container, language))
        .or_else(|| end.unit.clone())
        .unwrap_or_else(|| group.subject.clone());
    let words = end_facts(incident, end, language);
    if words.is_empty() {
        return Line::of(Paint::Bold, name);
    }
    // One end of one container needs no name: it stands in the heading.
    if incident.terminations.len() == 1 && incident.containers.len() < 2 {
        return Line::new().plain(join(&words, language));
    }
    let start = Line::of(Paint::Bold, name).plain(say!(language, "render-colon")).plain(between(language));
    start.plain(join(&words, language))
}

fn end_facts(incident: &Incident, end: &Termination, language: Language) -> Vec<String> {
    let mut told: Vec<String> = exit(end, language).into_iter().collect();
    // systemd's "success" beside a kill only says that the unit's own rules do not call it a failure.
    let reason = end.reason.as_ref().filter(|reason| *reason != "success");
    told.extend(reason.map(|reason| say!(language, "render-reason", reason = reason)));
    told.extend(end.oom_flag.map(|flag| match flag {
        true => say!(language, "render-oom-flag"),
        false => say!(language, "render-no-oom-flag"),
    }));
    let clock = |time: &String| clock_of(incident, time);
    told.extend(end.finished.as_ref().map(|time| say!(language, "render-at", time = clock(time))));
    told.extend(end.restarted.as_ref().map(|time| say!(language, "render-started-again-at", time = clock(time))));
    told.extend(end.restart_count.map(|n| say!(language, "render-restart-count", n = n)));
    if !end.sources.is_empty() {
        told.push(say!(language, "render-told-by", sources = words::names(&end.sources, language)));
    }
    told
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
    let language = page.language();
    if page.style.verbose {
        let rows = incident.evidence.iter().flat_map(|proof| {
            let raw = (!proof.text.is_empty()).then(|| Line::of(Paint::Dim, format!("  {}", proof.text)));
            std::iter::once(places(&proof.source, &mut vec![proof], language)).chain(raw)
        });
        return list(page, say!(language, "render-label-proof"), rows.collect());
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
    let places = |(source, list): &mut (&str, Vec<&Evidence>)| places(source, list, language);
    let mut rows: Vec<Line> = sources.iter_mut().take(shown).map(places).collect();
    if hidden > 0 {
        rows.push(Line::of(Paint::Dim, say!(language, "render-more-sources", n = hidden)));
    }
    list(page, say!(language, "render-label-proof"), rows)
}

/// `kern.log:468, 495`; in a binary source `system.journal at byte 4185592`.
fn places(source: &str, list: &mut Vec<&Evidence>, language: Language) -> Line {
    let more = list.len().saturating_sub(FEW);
    list.truncate(FEW);
    list.sort_by_key(|proof| (proof.line, proof.offset));
    let lines: Vec<String> = list.iter().filter_map(|proof| proof.line).map(|line| line.to_string()).collect();
    let bytes: Vec<String> =
        list.iter().filter(|proof| proof.line.is_none()).map(|proof| proof.offset.to_string()).collect();
    let mut text = source.to_owned();
    if !lines.is_empty() {
        text = format!("{text}:{}", lines.join(", "));
    }
    if !bytes.is_empty() {
        text = say!(language, "render-place-byte", source = text, offset = bytes.join(", "));
    }
    if more > 0 {
        text = say!(language, "render-places-more", places = text, n = more);
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
