//! One incident: a line that can be opened, and its body.

use super::overview::{shown, time};
use super::{Page, chart, details};
use crate::render::facts::{container, ended, exit, memory_parts, micros, place, usage};
use crate::render::text::timeline::offset;
use crate::render::text::units::{bytes, count, full_time, percent};
use crate::render::text::words;
use crate::report::{Clock, HolderKind, Incident, Limit, Process, Termination, Trigger, Verdict, Victim};
use maud::{Markup, PreEscaped, html};

/// Rows of the tables of victims, ends, holders and steps, and lines of proof.
const MAX_ROWS: usize = 200;

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
pub(super) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Memory => "memory",
        Verdict::NotMemory => "not memory",
        Verdict::Undetermined => "not known",
    }
}

/// The place of an incident in the page: the target of permalinks.
pub(super) fn anchor(incident: &Incident) -> String {
    let safe = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '_';
    format!("incident-{}", incident.id.chars().filter(safe).collect::<String>())
}

/// The place of a line of its proof, from 1.
fn proof_anchor(incident: &Incident, number: usize) -> String {
    format!("{}-{number}", anchor(incident).replacen("incident-", "proof-", 1))
}

/// Writes the incident, with the kernel's report in full where there is room for it.
pub(super) fn write(page: &Page, incident: &Incident, in_full: bool) -> Markup {
    let subject = page.subjects.name(incident);
    let node = page.report.nodes.iter().take(1000).position(|node| node.name == incident.node);
    let millis = incident.time.as_deref().and_then(micros).map(|us| us / 1000);
    html! {
        details.incident id=(anchor(incident)) data-v=(verdict_class(incident.verdict)) data-t=[millis] data-n=[node]
            data-q=(search_words(incident)) {
            summary {
                span class={ "dot " (verdict_class(incident.verdict)) } {}
                span.when { (time(incident.time.as_deref(), incident.uptime_s)) }
                " " b { (shown(&subject)) }
                " " span { (shown(&words::short(incident))) }
                @if let Some(killed) = killed_words(incident, &subject) { " " span.muted { (killed) } }
                @if page.report.nodes.len() > 1 { " " span.muted { "on " (shown(&incident.node)) } }
                @if incident.count > 1 { " " span.chip { (incident.count) " times" } }
                " " span.chip { (verdict_words(incident.verdict)) ", " (words::confidence(incident.confidence)) }
            }
            noscript { (body(page, incident, in_full)) }
        }
    }
}

/// "killed java" in the line of an incident, where the subject does not say it already.
fn killed_words(incident: &Incident, subject: &str) -> Option<String> {
    let first = incident.victims.first().filter(|victim| victim.comm != subject)?;
    let more = incident.victims.len().saturating_sub(1);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Some(shown(&format!("killed {}{more}", first.comm)))
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
    html! {
        div.body {
            p.lead { (shown(&incident.summary)) }
            (facts(incident))
            (memory(incident))
            @if !incident.explanation.is_empty() {
                h3 { "Why" }
                ul { @for sentence in &incident.explanation { li { (shown(sentence)) } } }
            }
            @if !incident.advice.is_empty() {
                h3 { "What to do" }
                ol { @for advice in &incident.advice {
                    li { b { (shown(&advice.action)) } " " span.muted { (shown(&advice.reason)) } }
                } }
            }
            (holders(incident))
            (victims(incident))
            (ends(incident))
            (steps(incident))
            (processes(page, incident))
            (details::write(incident, page.language, in_full))
            (proof(incident))
            @if !incident.confidence_reasons.is_empty() {
                h3 { "How sure is that?" }
                p { "It is " b { (words::confidence(incident.confidence)) } "." }
                ul { @for reason in &incident.confidence_reasons { li { (shown(reason)) } } }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn facts(incident: &Incident) -> Markup {
    let sure = match (incident.clock, &incident.time) {
        (Clock::Inferred, Some(_)) => " (derived, see the lines)",
        _ => "",
    };
    let exact = incident.time.as_deref().map(full_time).map(|at| shown(&at));
    html! {
        dl.facts {
            @if let Some(at) = exact { (fact("Time", &html! { (at) (sure) })) }
            @if let Some(uptime) = incident.uptime_s { (fact("Since boot", &html! { (format!("{uptime:.3}")) " s" })) }
            (fact("Node", &html! { (shown(&incident.node)) }))
            @if let Some(agent) = &incident.agent { (fact("Ended by", &html! { (shown(agent)) })) }
            @if let Some(limit) = &incident.limit { (limit_facts(limit)) }
            @if let Some(trigger) = &incident.trigger { (fact("Asked for memory", &trigger_words(trigger))) }
            @for c in incident.containers.iter().take(MAX_ROWS) {
                @if let Some(name) = words::container(c) {
                    (fact("Container or unit", &html! {
                        (shown(&name))
                        @if let Some(image) = &c.image { br; span.muted { "image " (shown(image)) } }
                        @if let Some(id) = &c.id { br; code { (shown(id)) } }
                        @if let Some(qos) = &c.qos { br; span.muted { "QoS class " (shown(qos)) } }
                    }))
                }
            }
            (fact("Link", &html! { a href={ "#" (anchor(incident)) } { "#" (anchor(incident)) } }))
        }
    }
}

fn limit_facts(limit: &Limit) -> Markup {
    let size = |value: Option<u64>| value.map_or_else(|| "not known".to_owned(), bytes);
    html! {
        (fact("Limit", &html! {
            (size(limit.usage_bytes)) " of " (size(limit.limit_bytes)) " of the " (words::scope(limit.scope))
            @if let Some(failures) = limit.failcnt.filter(|&n| n > 0) { ", met " (count(failures, "time", "times")) }
            @if let Some(path) = &limit.cgroup { br; code { (shown(path)) } }
        }))
    }
}

fn trigger_words(trigger: &Trigger) -> Markup {
    html! {
        (shown(&trigger.comm))
        @if let Some(pid) = trigger.pid { " (pid " (pid) ")" }
        ", order " (trigger.order) br;
        code { (shown(&trigger.gfp_mask)) " " (shown(&trigger.gfp_flags.join("|"))) }
    }
}

fn memory(incident: &Incident) -> Markup {
    let of_cgroup = incident.limit.is_some();
    let whose = if of_cgroup { "the cgroup that ran out" } else { "the node" };
    let used = usage(incident).map(|(used, total)| {
        let part = crate::render::facts::share(used, total).map(percent).unwrap_or_default();
        format!(": {} of {} in use ({part})", bytes(used), bytes(total))
    });
    let Some(memory) = &incident.memory else { return Markup::default() };
    let parts = memory_parts(memory, of_cgroup);
    let swap = match (memory.swap_total_bytes, memory.swap_free_bytes) {
        (Some(0), _) => Some("No swap.".to_owned()),
        (Some(total), Some(free)) => Some(format!("Swap: {} free of {}.", bytes(free), bytes(total))),
        _ => None,
    };
    html! {
        h3 { "Memory" }
        @if !parts.is_empty() {
            (chart::stacked(&format!("Memory of {whose}{}", used.unwrap_or_default()), &parts, memory.total_bytes))
        }
        @if let Some(swap) = swap { p.muted { (swap) } }
    }
}

fn holders(incident: &Incident) -> Markup {
    if incident.holders.is_empty() {
        return Markup::default();
    }
    let left = incident.holders.len().saturating_sub(MAX_HOLDERS);
    html! {
        h3 { "Who held it" }
        div.scroll { table.narrow {
            thead { tr { th scope="col" { "Holder" } th.number scope="col" { "Size" } th.number scope="col" { "Share" } th { span.hidden { "Bar" } } } }
            tbody { @for holder in incident.holders.iter().take(MAX_HOLDERS) {
                tr {
                    th scope="row" {
                        @if holder.kind == HolderKind::Container { span.muted { "container " } }
                        (shown(&holder.name))
                        @if let Some(many) = holder.count.filter(|&n| n > 1 && holder.kind == HolderKind::Process) {
                            " " span.muted { (many) " processes" }
                        }
                    }
                    td.number { (bytes(holder.bytes)) }
                    td.number { (holder.share.map(percent).unwrap_or_default()) }
                    td.bar-cell { @if let Some(share) = holder.share { (chart::small(share)) } }
                }
            } }
        } }
        @if left > 0 { p.muted { "... and " (left) " that held less." } }
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

fn victims(incident: &Incident) -> Markup {
    if incident.victims.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { "Killed" }
        div.scroll { table.sortable {
            thead { tr {
                th scope="col" { "Process" } th.number scope="col" { "Pid" } th.number scope="col" { "Anonymous" } th.number scope="col" { "File" }
                th.number scope="col" { "Shared" } th.number scope="col" { "Swap" } th.number scope="col" { "Page tables" }
                th.number scope="col" { "oom_score_adj" } th scope="col" { "Of" }
            } }
            tbody { @for victim in incident.victims.iter().take(MAX_ROWS) { (victim_row(incident, victim)) } }
        } }
        (more(incident.victims.len()))
    }
}

fn victim_row(incident: &Incident, victim: &Victim) -> Markup {
    html! {
        tr {
            th scope="row" {
                (shown(&victim.comm))
                @match victim.main {
                    Some(true) => { " " span.muted { "main process" } },
                    Some(false) => { " " span.muted { "not the main process" } },
                    None => {},
                }
            }
            (number_cell(Some(i64::from(victim.pid))))
            (size_cell(victim.anon_rss_bytes)) (size_cell(victim.file_rss_bytes)) (size_cell(victim.shmem_rss_bytes))
            (size_cell(victim.swap_bytes)) (size_cell(victim.pgtables_bytes))
            (number_cell(victim.oom_score_adj.map(i64::from)))
            td { (owner(incident, victim.container)) }
        }
    }
}

fn owner(incident: &Incident, at: Option<usize>) -> String {
    container(incident, at).and_then(words::container).map(|name| shown(&name)).unwrap_or_default()
}

fn more(all: usize) -> Markup {
    html! { @if all > MAX_ROWS { p.muted { "... and " (all - MAX_ROWS) " more, in the JSON report." } } }
}

fn ends(incident: &Incident) -> Markup {
    if incident.terminations.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { "Ended" }
        div.scroll { table {
            thead { tr {
                th scope="col" { "What" } th scope="col" { "How" } th scope="col" { "Reason" } th scope="col" { "OOM flag" }
                th scope="col" { "Started" } th scope="col" { "Ended" } th scope="col" { "Started again" } th scope="col" { "Told by" }
            } }
            tbody { @for end in incident.terminations.iter().take(MAX_ROWS) { (end_row(incident, end)) } }
        } }
        (more(incident.terminations.len()))
    }
}

fn end_row(incident: &Incident, end: &Termination) -> Markup {
    let at = |value: &Option<String>| value.as_deref().map(full_time).map(|at| shown(&at)).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (ended(incident, end).map(|name| shown(&name)).unwrap_or_default()) }
            td { (exit(end).map(|how| shown(&how)).unwrap_or_default()) }
            td { (end.reason.as_deref().map(shown).unwrap_or_default()) }
            td { (match end.oom_flag { Some(true) => "set", Some(false) => "not set", None => "" }) }
            td { (at(&end.started)) }
            td { (at(&end.finished)) }
            td { (at(&end.restarted)) @if let Some(count) = end.restart_count { " (" (count) ". restart)" } }
            td { (shown(&end.sources.join(", "))) }
        }
    }
}

fn steps(incident: &Incident) -> Markup {
    if incident.timeline.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { "What happened" }
        div.scroll { table.steps {
            thead { tr { th.number scope="col" { "After" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Proof" } } }
            tbody { @for step in incident.timeline.iter().take(MAX_ROWS) {
                tr class=[(step.kind == "kill").then_some("kill")] {
                    td.number { (step.offset_s.map(|s| offset(s, 3)).unwrap_or_default()) }
                    td { (shown(&step.actor)) }
                    td.wide { (shown(&step.text)) }
                    td { @if let Some(at) = step.evidence.filter(|&at| at < incident.evidence.len().min(MAX_ROWS)) {
                        a href={ "#" (proof_anchor(incident, at + 1)) } { "proof " (at + 1) }
                    } }
                }
            } }
        } }
        (more(incident.timeline.len()))
    }
}

fn processes(page: &Page, incident: &Incident) -> Markup {
    if incident.processes.is_empty() {
        return Markup::default();
    }
    let rows = incident.processes.get(..page.process_rows).unwrap_or(&incident.processes);
    let all = usize::try_from(incident.processes_total).unwrap_or(usize::MAX).max(incident.processes.len());
    // Old kernels tell neither anonymous memory nor, on a node, containers: no empty columns.
    let anon = rows.iter().any(|process| process.anon_rss_bytes.is_some());
    let owned = rows.iter().any(|process| process.container.is_some());
    html! {
        h3 { "Processes" }
        p.muted {
            @if rows.len() < all { "The " (rows.len()) " largest of " (all) "." } @else { (count(all as u64, "process", "processes")) ", all that the kernel listed." }
        }
        div.scroll { table.sortable.searchable {
            thead { tr {
                th scope="col" { "Name" } th.number scope="col" { "Pid" } th.number scope="col" { "User id" } th.number scope="col" { "Resident" }
                @if anon { th.number scope="col" { "Anonymous" } }
                th.number scope="col" { "Swap" } th.number scope="col" { "Page tables" } th.number scope="col" { "oom_score_adj" }
                @if owned { th scope="col" { "Of" } }
            } }
            tbody { @for process in rows { (process_row(incident, process, anon, owned)) } }
        } }
    }
}

fn process_row(incident: &Incident, process: &Process, anon: bool, owned: bool) -> Markup {
    let killed = incident.victims.iter().any(|victim| victim.pid == process.pid);
    html! {
        tr class=[killed.then_some("kill")] {
            th scope="row" { (shown(&process.comm)) @if killed { " " span.muted { "killed" } } }
            (number_cell(Some(i64::from(process.pid))))
            (number_cell(process.uid.map(i64::from)))
            (size_cell(process.rss_bytes))
            @if anon { (size_cell(process.anon_rss_bytes)) }
            (size_cell(process.swap_bytes)) (size_cell(process.pgtables_bytes))
            (number_cell(process.oom_score_adj.map(i64::from)))
            @if owned { td { (owner(incident, process.container)) } }
        }
    }
}

fn proof(incident: &Incident) -> Markup {
    if incident.evidence.is_empty() {
        return Markup::default();
    }
    html! {
        h3 { "Proof" }
        ol.proof {
            @for (at, proof) in incident.evidence.iter().take(MAX_ROWS).enumerate() {
                li id=(proof_anchor(incident, at + 1)) tabindex="-1" {
                    div.place { (shown(&place(proof))) }
                    // The break after the tag is the parser's; the text begins behind it.
                    @if !proof.text.is_empty() { pre { (PreEscaped("\n")) (shown(&proof.text)) } }
                }
            }
        }
        (more(incident.evidence.len()))
    }
}
