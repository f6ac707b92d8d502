//! When it happened: a strip per workload, a mark per incident. The strips share one scale; zooming changes their
//! `viewBox`, and marks keep their width, because their stroke does not scale.

use super::Page;
use super::incident::{anchor, verdict_class};
use super::overview::{short_time, shown};
use crate::language::Language;
use crate::render::facts::micros;
use crate::render::text::words;
use crate::report::Incident;
use crate::say;
use maud::{Markup, html};
use std::collections::HashMap;

/// Strips of their own; the rest shares one.
const MAX_LANES: usize = 40;

/// Marks from which on a strip shows by its shades where they are many.
const DENSE: usize = 150;

/// Units from the first to the last incident.
const UNITS: i64 = 100_000;

/// Room on both sides, units.
const MARGIN: i64 = 2_000;

/// A strip.
struct Lane<'a> {
    node: &'a str,
    name: String,
    marks: Vec<(i64, &'a Incident)>,
}

/// Is there anything with a time?
pub(super) fn is_there(page: &Page) -> bool {
    page.report.incidents.iter().any(|incident| incident.time.as_deref().and_then(micros).is_some())
}

/// Writes the section.
pub(super) fn write(page: &Page) -> Markup {
    let lanes = lanes(page);
    let times = || lanes.iter().flat_map(|lane| &lane.marks).map(|(at, _)| *at);
    let (Some(from), Some(to)) = (times().min(), times().max()) else { return Markup::default() };
    let (nodes, l) = (page.report.nodes.len() > 1, page.language);
    let ends: Vec<&str> = page.report.incidents.iter().filter_map(|incident| incident.time.as_deref()).collect();
    let offset = ends.first().map_or(0, |time| offset_s(time));
    html! {
        section id="timeline" aria-labelledby="timeline-title" {
            h2 id="timeline-title" { (say!(l, "render-page-timeline")) }
            div.tools.needs-js role="group" aria-label=(say!(l, "render-page-zoom")) {
                button type="button" data-zoom="in" aria-label=(say!(l, "render-page-zoom-in")) { "+" }
                button type="button" data-zoom="out" aria-label=(say!(l, "render-page-zoom-out")) { "−" }
                button type="button" data-zoom="left" aria-label=(say!(l, "render-page-earlier")) { "←" }
                button type="button" data-zoom="right" aria-label=(say!(l, "render-page-later")) { "→" }
                button type="button" data-zoom="all" { (say!(l, "render-page-show-all")) }
                span.muted { (say!(l, "render-page-drag")) }
            }
            div id="lanes" tabindex="0" role="group" aria-label=(say!(l, "render-page-lanes", n = times().count())) data-from=(from) data-span=(to.saturating_sub(from).max(1)) data-units=(UNITS) data-margin=(MARGIN) data-offset=(offset) {
                @for (at, lane) in lanes.iter().enumerate() {
                    @if nodes && (at == 0 || lanes.get(at.wrapping_sub(1)).is_some_and(|before| before.node != lane.node)) {
                        div.lane-node { (shown(lane.node)) }
                    }
                    (strip(lane, from, to, l))
                }
                div.axis aria-hidden="true" {
                    span { (ends.first().map(|time| short_time(time)).unwrap_or_default()) }
                    span { (ends.last().map(|time| short_time(time)).unwrap_or_default()) }
                }
            }
        }
    }
}

/// Strips by node, those with most marks first.
fn lanes<'a>(page: &Page<'a>) -> Vec<Lane<'a>> {
    let mut places: HashMap<(&str, String), usize> = HashMap::new();
    let mut lanes: Vec<Lane> = Vec::new();
    for incident in &page.report.incidents {
        let Some(at) = incident.time.as_deref().and_then(micros) else { continue };
        let name = page.subjects.name(incident);
        let place = *places.entry((incident.node.as_str(), name.clone())).or_insert_with(|| {
            lanes.push(Lane { node: &incident.node, name, marks: Vec::new() });
            lanes.len() - 1
        });
        if let Some(lane) = lanes.get_mut(place) {
            lane.marks.push((at, incident));
        }
    }
    lanes.sort_by_key(|lane| std::cmp::Reverse(lane.marks.len()));
    if lanes.len() > MAX_LANES + 1 {
        let rest = lanes.split_off(MAX_LANES);
        let name = say!(page.language, "render-page-others", n = rest.len());
        lanes.push(Lane { node: "", name, marks: rest.into_iter().flat_map(|lane| lane.marks).collect() });
    }
    // Stable: within a node, those with most marks stay first; what is of no single node comes last.
    lanes.sort_by(|a, b| a.node.is_empty().cmp(&b.node.is_empty()).then(a.node.cmp(b.node)));
    lanes
}

fn strip(lane: &Lane, from: i64, to: i64, l: Language) -> Markup {
    html! {
        div.lane.dense[lane.marks.len() > DENSE] {
            span.lane-name title=(shown(&lane.name)) { (shown(&lane.name)) }
            svg viewBox={ (-MARGIN) " 0 " (UNITS + 2 * MARGIN) " 20" } preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                @for (at, incident) in &lane.marks {
                    @let x = place(*at, from, to);
                    a href={ "#" (anchor(incident)) } tabindex="-1" {
                        path class=(verdict_class(incident.verdict)) d={ "M" (x) " 2V18" } {
                            title {
                                (incident.time.as_deref().map(short_time).unwrap_or_default()) " " (shown(&say!(l, "render-subject-cause", subject = &lane.name, what = words::short(incident, l))))
                            }
                        }
                    }
                }
            }
            span.lane-count title=(say!(l, "render-page-incidents")) { (lane.marks.len()) }
        }
    }
}

/// Where an instant lies, in units.
fn place(at: i64, from: i64, to: i64) -> i64 {
    let width = i128::from(to).saturating_sub(i128::from(from)).max(1);
    let past = i128::from(at).saturating_sub(i128::from(from));
    if to <= from {
        return UNITS / 2;
    }
    i64::try_from(past.saturating_mul(i128::from(UNITS)) / width).unwrap_or(0)
}

/// Seconds east of UTC of a time of the report: `+08:00` is 28800.
fn offset_s(time: &str) -> i64 {
    let Some(moment) = crate::render::text::units::Moment::new(time) else { return 0 };
    let mut parts =
        moment.zone.trim_start_matches(['+', '-']).splitn(2, ':').filter_map(|part| part.parse::<i64>().ok());
    let (hours, minutes) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let seconds = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60));
    if moment.zone.starts_with('-') { -seconds } else { seconds }
}
