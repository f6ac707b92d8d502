//! `html`: the whole report in one file that asks nobody for anything.
//!
//! Everything is static HTML, written by a template engine that escapes every text. The body of an incident stands in a
//! `<noscript>`: a browser that runs scripts keeps it as text until the incident is opened, so that thousands of
//! incidents cost nothing; one that runs none shows it at once. The script only sorts, searches, zooms and opens.
//! The Content-Security-Policy allows that one script and that one style sheet, by their hashes, and nothing else.

mod chart;
mod details;
mod incident;
mod overview;
mod proof;
mod tables;
mod timeline;

#[cfg(test)]
mod tests;

use super::text::group::{self, Group, Subjects};
use super::{Format, Style};
use crate::language::Language;
use crate::report::{Report, Verdict};
use crate::say;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The format.
pub(super) struct Html;

/// The style sheet.
const STYLE: &str = include_str!("page.css");

/// The script.
const SCRIPT: &str = include_str!("page.js");

/// Rows of process tables in the whole page. A table has 100 rows at most; with thousands of incidents each has fewer.
const MAX_PROCESS_ROWS: usize = 60_000;

/// Incidents whose kernel report stands in the page in full: it is larger than all the rest of an incident.
const MAX_DUMPS: usize = 300;

/// Rows that a process table has in any case.
const MIN_PROCESS_ROWS: usize = 5;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn write(&self, report: &Report, options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let groups = group::groups(report, true, options.language);
        let page = Page::new(report, &groups, options);
        put(out, &head(&page))?;
        put(out, &overview::write(&page))?;
        put(out, &timeline::write(&page))?;
        incidents(&page, out)?;
        put(out, &tables::workloads(&page))?;
        put(out, &tables::nodes(&page))?;
        put(out, &tables::sources(&page))?;
        put(out, &foot(&page))
    }
}

/// What all parts need.
struct Page<'a> {
    report: &'a Report,
    groups: &'a [Group<'a>],
    subjects: Subjects<'a>,
    /// What was not memory is shown from the start.
    all: bool,
    /// The report holds only what was asked for.
    narrowed: bool,
    /// Rows of a process table.
    process_rows: usize,
    /// Of headings and labels.
    language: Language,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report, groups: &'a [Group<'a>], options: &Style) -> Self {
        let with_table = report.incidents.iter().filter(|incident| !incident.processes.is_empty()).count();
        let process_rows = MAX_PROCESS_ROWS.checked_div(with_table).unwrap_or(usize::MAX).max(MIN_PROCESS_ROWS);
        let (all, narrowed, language) = (options.all, options.narrowed, options.language);
        Self {
            report,
            groups,
            subjects: Subjects::new(report, options.language),
            all,
            narrowed,
            process_rows,
            language,
        }
    }
}

fn put(out: &mut dyn Write, markup: &Markup) -> io::Result<()> {
    out.write_all(markup.0.as_bytes())
}

/// `'sha256-...'` of an inline script or style sheet.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Nothing may be loaded from anywhere, and nothing may run but what this file came with.
fn policy() -> String {
    format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// A message around a piece of markup: what stands before it, and after.
fn around(message: impl FnOnce(&str) -> String, inner: &Markup) -> Markup {
    const PLACE: &str = "\u{fffc}";
    let text = message(PLACE);
    let (before, after) = text.split_once(PLACE).unwrap_or((&text, ""));
    html! { (before) (inner) (after) }
}

fn title(page: &Page) -> String {
    let (report, language) = (page.report, page.language);
    let nodes: Vec<&str> = report.nodes.iter().map(|node| node.name.as_str()).take(2).collect();
    match (nodes.as_slice(), report.nodes.len()) {
        ([], _) => say!(language, "render-page-title"),
        (names, 1 | 2) => overview::shown(&say!(language, "render-page-title-of", names = language.list(names))),
        (_, count) => say!(language, "render-page-title-nodes", n = count),
    }
}

/// The tag that opens the page, with what the script says.
fn root(language: Language) -> Markup {
    let words = script_words(language).map(|(name, text)| format!(" data-{name}=\"{}\"", html! { (text) }.0));
    PreEscaped(format!("<html lang=\"{}\"{}>", language.tag(), words.concat()))
}

/// Everything up to the first section. The body stays open.
fn head(page: &Page) -> Markup {
    let l = page.language;
    html! {
        (DOCTYPE)
        (root(l))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            meta name="generator" content={ "oomscan " (overview::shown(&page.report.oomscan)) };
            title { (title(page)) }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped("<body>"))
        a.skip href="#incidents" { (say!(l, "render-page-skip")) }
        header {
            h1 { (title(page)) }
            nav aria-label=(say!(l, "render-page-parts")) {
                a href="#answer" { (say!(l, "render-page-answer")) }
                @if timeline::is_there(page) { a href="#timeline" { (say!(l, "render-page-timeline")) } }
                a href="#incidents" { (say!(l, "render-page-incidents")) }
                @if !page.report.workloads.is_empty() { a href="#workloads" { (say!(l, "render-page-workloads")) } }
                a href="#nodes" { (say!(l, "render-page-nodes")) }
                a href="#sources" { (say!(l, "render-page-sources")) }
            }
        }
        (PreEscaped("<main>"))
    }
}

/// What the script says, as data: it is the same script in every language, so its hash is, too. Numbers and times go in
/// where the braces stand.
fn script_words(language: Language) -> [(&'static str, String); 5] {
    let (n, all, from, to) = ("{n}", "{all}", "{from}", "{to}");
    [
        ("say-search-rows", say!(language, "render-page-search-rows", n = n)),
        ("say-search-table", say!(language, "render-page-search-table")),
        ("say-all-shown", say!(language, "render-page-all-shown", n = n)),
        ("say-some-shown", say!(language, "render-page-some-shown", n = n, all = all)),
        ("say-some-shown-between", say!(language, "render-page-between", n = n, all = all, from = from, to = to)),
    ]
}

/// The filters, then every incident.
fn incidents(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    put(
        out,
        &html! { (PreEscaped("<section id=\"incidents\" aria-labelledby=\"incidents-title\">")) h2 id="incidents-title" { (say!(page.language, "render-page-incidents")) } },
    )?;
    if page.report.incidents.is_empty() {
        put(out, &html! { p.muted { (say!(page.language, "render-page-no-incidents")) } })?;
    } else {
        put(out, &filters(page))?;
    }
    put(out, &html! { (PreEscaped("<div id=\"list\">")) })?;
    let mut dumps = MAX_DUMPS;
    for one in &page.report.incidents {
        put(out, &incident::write(page, one, dumps > 0))?;
        dumps = dumps.saturating_sub(usize::from(one.dump.is_some()));
    }
    put(out, &html! { (PreEscaped("</div></section>")) })
}

fn filters(page: &Page) -> Markup {
    let (summary, l) = (&page.report.summary, page.language);
    let verdicts = [
        (Verdict::Memory, summary.memory, true),
        (Verdict::Undetermined, summary.undetermined, true),
        (Verdict::NotMemory, summary.not_memory, page.all || summary.memory == 0 && summary.undetermined == 0),
    ];
    html! {
        form id="filters" class="needs-js" role="search" aria-label=(say!(l, "render-page-which")) autocomplete="off" {
            label.find { span.label { (say!(l, "render-page-search")) } input id="find" type="search" placeholder=(say!(l, "render-page-search-for")) spellcheck="false"; }
            fieldset {
                legend.label { (say!(l, "render-was-it-memory")) }
                @for (verdict, count, checked) in verdicts {
                    @if count > 0 {
                        label.check {
                            input type="checkbox" name="verdict" value=(incident::verdict_class(verdict)) checked[checked];
                            span class={ "dot " (incident::verdict_class(verdict)) } {}
                            (incident::verdict_words(verdict, l)) " (" (count) ")"
                        }
                    }
                }
            }
            @if page.report.nodes.len() > 1 {
                label { span.label { (say!(l, "render-title-node")) }
                    select id="node" {
                        option value="" { (say!(l, "render-page-all-nodes")) }
                        @for (at, node) in page.report.nodes.iter().enumerate() { option value=(at) { (overview::shown(&node.name)) } }
                    }
                }
            }
            button type="button" id="open-all" { (say!(l, "render-page-open-all")) }
            button type="button" id="close-all" { (say!(l, "render-page-close-all")) }
        }
        p id="shown" class="muted needs-js" role="status" {}
    }
}

fn foot(page: &Page) -> Markup {
    html! {
        (PreEscaped("</main>"))
        footer {
            p { (say!(page.language, "render-page-made-by", version = overview::shown(&page.report.oomscan))) }
        }
        script { (PreEscaped(SCRIPT)) }
        (PreEscaped("</body></html>\n"))
    }
}
