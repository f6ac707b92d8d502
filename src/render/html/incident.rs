//! One incident: a line that can be opened, and its body.

use super::overview::{shown, time};
use super::{Page, around, chart, details, proof};
use crate::language::Language;
use crate::render::facts::{container, ended, exit, memory_parts, micros, share, usage};
use crate::render::text::timeline::offset;
use crate::render::text::units::{bytes, full_time, percent};
use crate::render::text::words;
use crate::report::{Clock, HolderKind, Incident, Limit, Process, Termination, Trigger, Verdict, Victim};
use crate::say;
use maud::{Markup, html};

/// Rows of the tables of victims, ends, holders and steps, and lines of proof.
pub(super) const MAX_ROWS: usize = 200;

/// Holders in the table: those that matter.
const MAX_HOLDERS: usize = 10;

/// Class of a verdict.
pub(super) fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Memory => "memory",
        Verdict::NotMemory => "other",
        Verdict::Undetermined => "unknown",
    }
}

/// A verdict in words.
pub(super) fn verdict_words(verdict: Verdict, l: Language) -> String {
    match verdict {
        Verdict::Memory => say!(l, "render-page-memory"),
        Verdict::NotMemory => say!(l, "render-page-not-memory"),
        Verdict::Undetermined => say!(l, "render-not-known"),
    }
}

/// The place of an incident in the page: the target of permalinks.
pub(super) fn anchor(incident: &Incident) -> String {
    let safe = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '_';
    format!("incident-{}", incident.id.chars().filter(safe).collect::<String>())
}

/// The place of a line of its proof, from 1.
pub(super) fn proof_anchor(incident: &Incident, number: usize) -> String {
    format!("{}-{number}", anchor(incident).replacen("incident-", "proof-", 1))
}

/// Writes the incident, with the kernel's report in full where there is room for it.
pub(super) fn write(page: &Page, incident: &Incident, in_full: bool) -> Markup {
    let (subject, l) = (page.subjects.name(incident), page.language);
    let node = page.report.nodes.iter().take(1000).position(|node| node.name == incident.node);
    let millis = incident.time.as_deref().and_then(micros).map(|us| us / 1000);
    html! {
        details.incident id=(anchor(incident)) data-v=(verdict_class(incident.verdict)) data-t=[millis] data-n=[node]
            data-q=(search_words(incident)) {
            summary {
                span class={ "dot " (verdict_class(incident.verdict)) } {}
                span.when { (time(incident.time.as_deref(), incident.uptime_s, l)) }
                " " b { (shown(&subject)) }
                " " span { (shown(&words::short(incident, l))) }
                @if let Some(killed) = killed_words(incident, &subject, l) { " " span.muted { (killed) } }
                @if page.report.nodes.len() > 1 { " " span.muted { (shown(&say!(l, "render-page-on", node = &incident.node))) } }
                @if incident.count > 1 { " " span.chip { (say!(l, "render-page-times", n = incident.count)) } }
                " " span.chip { (words::join(&[verdict_words(incident.verdict, l), words::confidence(incident.confidence, l)], l)) }
            }
            noscript { (body(page, incident, in_full)) }
        }
    }
}

/// "killed java" in the line of an incident, where the subject does not say it already.
fn killed_words(incident: &Incident, subject: &str, l: Language) -> Option<String> {
    let first = incident.victims.first().filter(|victim| victim.comm != subject)?;
    let more = incident.victims.len().saturating_sub(1);
    Some(shown(&match more {
        0 => say!(l, "render-page-killed", name = &first.comm),
        more => say!(l, "render-page-killed-more", name = &first.comm, n = more),
    }))
}

/// What a search finds an incident by, besides what its line shows.
fn search_words(incident: &Incident) -> String {
    let mut words: Vec<String> = vec![incident.id.clone(), incident.node.clone()];
    words.extend(incident.agent.clone());
    for victim in incident.victims.iter().take(20) {
        words.push(format!("{} {}", victim.comm, victim.pid));
    }
    for c in incident.containers.iter().take(20) {
        let names = [&c.name, &c.pod, &c.namespace, &c.unit, &c.image, &c.id, &c.pod_uid];
        words.extend(names.into_iter().flatten().cloned());
    }
    words.extend(incident.terminations.iter().take(20).filter_map(|end| end.reason.clone()));
    words.extend(incident.trigger.iter().map(|trigger| trigger.comm.clone()));
    shown(&words.join(" ")).to_lowercase()
}

fn body(page: &Page, incident: &Incident, in_full: bool) -> Markup {
    let l = page.language;
    html! {
        div.body {
            p.lead { (shown(&incident.summary)) }
            (facts(incident, l))
            (memory(incident, l))
            @if !incident.explanation.is_empty() {
                h3 { (say!(l, "render-title-why")) }
                ul { @for sentence in &incident.explanation { li { (shown(sentence)) } } }
            }
            @if !incident.advice.is_empty() {
                h3 { (say!(l, "render-page-what-to-do")) }
                ol { @for advice in &incident.advice {
                    li { b { (shown(&advice.action)) } " " span.muted { (shown(&advice.reason)) } }
                } }
            }
            (holders(incident, l))
            (victims(incident, l))
            (ends(incident, l))
            (steps(incident, l))
            (processes(page, incident))
            (details::write(incident, l, in_full))
            (proof::write(incident, l))
            @if !incident.confidence_reasons.is_empty() {
                h3 { (say!(l, "render-page-how-sure")) }
                @let sure = html! { b { (words::confidence(incident.confidence, l)) } };
                p { (around(|sure| say!(l, "render-page-it-is", sure = sure), &sure)) }
                ul { @for reason in &incident.confidence_reasons { li { (shown(reason)) } } }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn facts(incident: &Incident, l: Language) -> Markup {
    let exact = incident.time.as_deref().map(|time| match incident.clock {
        Clock::Inferred => shown(&say!(l, "render-page-derived", time = full_time(time))),
        _ => shown(&full_time(time)),
    });
    html! {
        dl.facts {
            @if let Some(at) = exact { (fact(&say!(l, "render-title-time"), &html! { (at) })) }
            @if let Some(uptime) = incident.uptime_s { (fact(&say!(l, "render-title-since-boot"), &html! { (say!(l, "render-span-s", s = format!("{uptime:.3}"))) })) }
            (fact(&say!(l, "render-title-node"), &html! { (shown(&incident.node)) }))
            @if let Some(agent) = &incident.agent { (fact(&say!(l, "render-title-ended-by"), &html! { (shown(&words::agent(agent, l))) })) }
            @if let Some(limit) = &incident.limit { (limit_facts(limit, l)) }
            @if let Some(trigger) = &incident.trigger { (fact(&say!(l, "render-title-trigger"), &trigger_words(trigger, l))) }
            @for c in incident.containers.iter().take(MAX_ROWS) {
                @if let Some(name) = words::container(c, l) {
                    (fact(&say!(l, "render-title-container"), &html! {
                        (shown(&name))
                        @if let Some(image) = &c.image { br; span.muted { (shown(&say!(l, "render-page-image", image = image))) } }
                        @if let Some(id) = &c.id { br; code { (shown(id)) } }
                        @if let Some(qos) = &c.qos { br; span.muted { (shown(&say!(l, "render-page-qos", qos = qos))) } }
                    }))
                }
            }
            (fact(&say!(l, "render-title-link"), &html! { a href={ "#" (anchor(incident)) } { "#" (anchor(incident)) } }))
        }
    }
}

fn limit_facts(limit: &Limit, l: Language) -> Markup {
    let size = |value: Option<u64>| value.map_or_else(|| say!(l, "render-not-known"), bytes);
    let (used, total, kind) = (size(limit.usage_bytes), size(limit.limit_bytes), words::scope(limit.scope, l));
    let told = match limit.failcnt.filter(|&n| n > 0) {
        None => say!(l, "render-page-limit", used = used, total = total, kind = kind),
        Some(n) => say!(l, "render-page-limit-met", used = used, total = total, kind = kind, n = n),
    };
    html! {
        (fact(&say!(l, "render-title-limit"), &html! {
            (told)
            @if let Some(path) = &limit.cgroup { br; code { (shown(path)) } }
        }))
    }
}

fn trigger_words(trigger: &Trigger, l: Language) -> Markup {
    html! {
        (shown(&trigger.comm))
        @if let Some(pid) = trigger.pid { (say!(l, "render-in-pid", pid = pid.to_string())) }
        (say!(l, "render-comma")) (words::between(l)) (say!(l, "render-page-order", order = trigger.order)) br;
        code { (shown(&trigger.gfp_mask)) " " (shown(&trigger.gfp_flags.join("|"))) }
    }
}

fn memory(incident: &Incident, l: Language) -> Markup {
    let of_cgroup = incident.limit.is_some();
    let Some(memory) = &incident.memory else { return Markup::default() };
    let parts = memory_parts(memory, of_cgroup, l);
    let swap = match (memory.swap_total_bytes, memory.swap_free_bytes) {
        (Some(0), _) => Some(say!(l, "render-page-no-swap")),
        (Some(total), Some(free)) => Some(say!(l, "render-page-swap", free = bytes(free), total = bytes(total))),
        _ => None,
    };
    html! {
        h3 { (say!(l, "render-title-memory")) }
        @if !parts.is_empty() { (chart::stacked(&memory_title(incident, l), &parts, memory.total_bytes)) }
        @if let Some(swap) = swap { p.muted { (swap) } }
    }
}

fn memory_title(incident: &Incident, l: Language) -> String {
    let whose = match incident.limit {
        Some(_) => say!(l, "render-page-memory-of-cgroup"),
        None => say!(l, "render-page-memory-of-node"),
    };
    let Some((used, total)) = usage(incident) else { return whose };
    let percent = share(used, total).map(percent).unwrap_or_default();
    say!(l, "render-page-memory-used", whose = whose, used = bytes(used), total = bytes(total), percent = percent)
}

fn holders(incident: &Incident, l: Language) -> Markup {
    if incident.holders.is_empty() {
        return Markup::default();
    }
    let left = incident.holders.len().saturating_sub(MAX_HOLDERS);
    html! {
        h3 { (say!(l, "render-page-holders")) }
        div.scroll { table.narrow {
            thead { tr {
                th scope="col" { (say!(l, "render-title-holder")) } th.number scope="col" { (say!(l, "render-title-size")) }
                th.number scope="col" { (say!(l, "render-title-share")) } th { span.hidden { (say!(l, "render-title-bar")) } }
            } }
            tbody { @for holder in incident.holders.iter().take(MAX_HOLDERS) {
                tr {
                    th scope="row" {
                        @if holder.kind == HolderKind::Container { span.muted { (say!(l, "render-scope-container")) " " } }
                        (shown(&holder.name))
                        @if let Some(many) = holder.count.filter(|&n| n > 1 && holder.kind == HolderKind::Process) {
                            " " span.muted { (say!(l, "render-processes", n = many)) }
                        }
                    }
                    td.number { (bytes(holder.bytes)) }
                    td.number { (holder.share.map(percent).unwrap_or_default()) }
                    td.bar-cell { @if let Some(share) = holder.share { (chart::small(share)) } }
                }
            } }
        } }
        @if left > 0 { p.muted { (say!(l, "render-page-held-less", n = left)) } }
    }
}

/// A cell with a size, sortable.
fn size_cell(size: Option<u64>) -> Markup {
    html! { td.number data-v=[size] { (size.map(bytes).unwrap_or_default()) } }
}

/// A cell with a number, sortable.
fn number_cell(number: Option<i64>) -> Markup {
    html! { td.number data-v=[number] { @if let Some(number) = number { (number) } } }
}

fn victims(incident: &Incident, l: Language) -> Markup {
    if incident.victims.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { (say!(l, "render-label-killed")) }
        div.scroll { table.sortable {
            thead { tr {
                th scope="col" { (say!(l, "render-title-process")) } th.number scope="col" { (say!(l, "dump-label-pid")) }
                th.number scope="col" { (say!(l, "render-title-anon")) } th.number scope="col" { (say!(l, "render-title-file")) }
                th.number scope="col" { (say!(l, "render-title-shmem")) } th.number scope="col" { (say!(l, "render-title-swap")) }
                th.number scope="col" { (say!(l, "render-title-pgt")) } th.number scope="col" { "oom_score_adj" }
                th scope="col" { (say!(l, "render-title-of")) }
            } }
            tbody { @for victim in incident.victims.iter().take(MAX_ROWS) { (victim_row(incident, victim, l)) } }
        } }
        (more(incident.victims.len(), l))
    }
}

fn victim_row(incident: &Incident, victim: &Victim, l: Language) -> Markup {
    html! {
        tr {
            th scope="row" {
                (shown(&victim.comm))
                @match victim.main {
                    Some(true) => { " " span.muted { (say!(l, "render-main-process")) } },
                    Some(false) => { " " span.muted { (say!(l, "render-not-main-process")) } },
                    None => {},
                }
            }
            (number_cell(Some(i64::from(victim.pid))))
            (size_cell(victim.anon_rss_bytes)) (size_cell(victim.file_rss_bytes)) (size_cell(victim.shmem_rss_bytes))
            (size_cell(victim.swap_bytes)) (size_cell(victim.pgtables_bytes))
            (number_cell(victim.oom_score_adj.map(i64::from)))
            td { (owner(incident, victim.container, l)) }
        }
    }
}

fn owner(incident: &Incident, at: Option<usize>, l: Language) -> String {
    container(incident, at).and_then(|c| words::container(c, l)).map(|name| shown(&name)).unwrap_or_default()
}

pub(super) fn more(all: usize, l: Language) -> Markup {
    html! { @if all > MAX_ROWS { p.muted { (say!(l, "render-page-left-out", n = all - MAX_ROWS)) } } }
}

fn ends(incident: &Incident, l: Language) -> Markup {
    if incident.terminations.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { (say!(l, "render-label-ended")) }
        div.scroll { table {
            thead { tr {
                th scope="col" { (say!(l, "render-title-what")) } th scope="col" { (say!(l, "render-title-how")) }
                th scope="col" { (say!(l, "render-title-reason")) } th scope="col" { (say!(l, "render-title-oom-flag")) }
                th scope="col" { (say!(l, "render-title-started")) } th scope="col" { (say!(l, "render-label-ended")) }
                th scope="col" { (say!(l, "render-title-started-again")) } th scope="col" { (say!(l, "render-title-told-by")) }
            } }
            tbody { @for end in incident.terminations.iter().take(MAX_ROWS) { (end_row(incident, end, l)) } }
        } }
        (more(incident.terminations.len(), l))
    }
}

fn end_row(incident: &Incident, end: &Termination, l: Language) -> Markup {
    let at = |value: &Option<String>| value.as_deref().map(full_time).map(|at| shown(&at)).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (ended(incident, end, l).map(|name| shown(&name)).unwrap_or_default()) }
            td { (exit(end, l).map(|how| shown(&how)).unwrap_or_default()) }
            td { (end.reason.as_deref().map(shown).unwrap_or_default()) }
            td { @match end.oom_flag { Some(true) => (say!(l, "render-page-flag-set")), Some(false) => (say!(l, "render-page-flag-not-set")), None => {} } }
            td { (at(&end.started)) }
            td { (at(&end.finished)) }
            td { (at(&end.restarted)) @if let Some(n) = end.restart_count { " " (say!(l, "render-page-nth-restart", n = n)) } }
            td { (shown(&words::names(&end.sources, l))) }
        }
    }
}

fn steps(incident: &Incident, l: Language) -> Markup {
    if incident.timeline.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { (say!(l, "render-page-what-happened")) }
        div.scroll { table.steps {
            thead { tr {
                th.number scope="col" { (say!(l, "render-title-after")) } th scope="col" { (say!(l, "render-title-who")) }
                th scope="col" { (say!(l, "render-title-step")) } th scope="col" { (say!(l, "render-label-proof")) }
            } }
            tbody { @for step in incident.timeline.iter().take(MAX_ROWS) {
                tr class=[(step.kind == "kill").then_some("kill")] {
                    td.number { (step.offset_s.map(|s| offset(s, 3)).unwrap_or_default()) }
                    td { (shown(&words::agent(&step.actor, l))) }
                    td.wide { (shown(&step.text)) }
                    td { @if let Some(at) = step.evidence.filter(|&at| at < incident.evidence.len().min(MAX_ROWS)) {
                        a href={ "#" (proof_anchor(incident, at + 1)) } { (say!(l, "render-page-proof-number", n = at + 1)) }
                    } }
                }
            } }
        } }
        (more(incident.timeline.len(), l))
    }
}

fn processes(page: &Page, incident: &Incident) -> Markup {
    if incident.processes.is_empty() {
        return Markup::default();
    }
    let rows = incident.processes.get(..page.process_rows).unwrap_or(&incident.processes);
    let l = page.language;
    let all = usize::try_from(incident.processes_total).unwrap_or(usize::MAX).max(incident.processes.len());
    // Old kernels tell neither anonymous memory nor, on a node, containers: no empty columns.
    let anon = rows.iter().any(|process| process.anon_rss_bytes.is_some());
    let owned = rows.iter().any(|process| process.container.is_some());
    html! {
        h3 { (say!(l, "render-page-processes")) }
        p.muted {
            @if rows.len() < all { (say!(l, "render-page-largest", n = rows.len(), all = all)) } @else { (say!(l, "render-page-all-listed", n = all)) }
        }
        div.scroll { table.sortable.searchable {
            thead { tr {
                th scope="col" { (say!(l, "render-title-name")) } th.number scope="col" { (say!(l, "dump-label-pid")) }
                th.number scope="col" { (say!(l, "render-title-uid")) } th.number scope="col" { (say!(l, "render-title-rss")) }
                @if anon { th.number scope="col" { (say!(l, "render-title-anon")) } }
                th.number scope="col" { (say!(l, "render-title-swap")) } th.number scope="col" { (say!(l, "render-title-pgt")) }
                th.number scope="col" { "oom_score_adj" }
                @if owned { th scope="col" { (say!(l, "render-title-of")) } }
            } }
            tbody { @for process in rows { (process_row(incident, process, (anon, owned), l)) } }
        } }
    }
}

fn process_row(incident: &Incident, process: &Process, (anon, owned): (bool, bool), l: Language) -> Markup {
    let killed = incident.victims.iter().any(|victim| victim.pid == process.pid);
    html! {
        tr class=[killed.then_some("kill")] {
            th scope="row" { (shown(&process.comm)) @if killed { " " span.muted { (say!(l, "render-page-was-killed")) } } }
            (number_cell(Some(i64::from(process.pid))))
            (number_cell(process.uid.map(i64::from)))
            (size_cell(process.rss_bytes))
            @if anon { (size_cell(process.anon_rss_bytes)) }
            (size_cell(process.swap_bytes)) (size_cell(process.pgtables_bytes))
            (number_cell(process.oom_score_adj.map(i64::from)))
            @if owned { td { (owner(incident, process.container, l)) } }
        }
    }
}
