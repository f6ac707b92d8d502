//! `--brief`: one line for each incident, for those who look for one among many or put it into a ticket.

use super::answer::{after_boot, paint};
use super::group::{Subjects, is_shown};
use super::page::{Page, Paint};
use super::table::{self, Column};
use super::units::{Moment, bytes};
use super::words;
use crate::language::Language;
use crate::report::{Incident, Report};
use crate::say;
use std::collections::BTreeSet;
use std::io;

/// Writes the lines, in the order of the report: by time.
pub(super) fn write(page: &mut Page, report: &Report) -> io::Result<()> {
    let incidents: Vec<&Incident> =
        report.incidents.iter().filter(|incident| is_shown(incident, page.style.all)).collect();
    if incidents.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let subjects = Subjects::new(report, page.language());
    let several = incidents.iter().map(|incident| &incident.node).collect::<BTreeSet<_>>().len() > 1;
    let times = Times::of(&incidents);
    let layout = |node| Layout { node, times, language: page.language() };
    let filled = [layout(true), layout(several)].map(|layout| {
        let rows: Vec<_> = incidents.iter().map(|incident| layout.row(incident, subjects.name(incident))).collect();
        (layout.columns(), rows)
    });
    let fits = |(columns, rows): &&(Vec<Column>, Vec<Row>)| table::natural_width(columns, rows) <= page.width();
    let [.., narrow] = &filled;
    let (columns, rows) = filled.iter().find(fits).unwrap_or(narrow);
    table::write(page, 0, columns, rows)
}

type Row = Vec<(Paint, String)>;

/// What all times have in common: the zone is told once in the heading, and for one year alone there is no room.
#[derive(Clone, Copy)]
struct Times<'a> {
    one_year: bool,
    zone: Option<&'a str>,
}

impl<'a> Times<'a> {
    fn of(incidents: &[&'a Incident]) -> Self {
        let moments = || incidents.iter().filter_map(|incident| Moment::new(incident.time.as_deref()?));
        Self {
            one_year: common(moments().filter_map(|moment| moment.date.get(..4))).is_some(),
            zone: common(moments().map(|moment| moment.zone_name())),
        }
    }

    fn title(self, language: Language) -> String {
        let title = say!(language, "render-column-time");
        match self.zone {
            Some(zone) => say!(language, "render-in-zone", title = title, zone = zone),
            None => title,
        }
    }

    fn cell(self, incident: &Incident, language: Language) -> String {
        let Some(text) = incident.time.as_deref() else { return after_boot(incident.uptime_s, language) };
        let Some(moment) = Moment::new(text) else { return text.to_owned() };
        let date = moment.date.get(5..).filter(|_| self.one_year).unwrap_or(moment.date);
        match self.zone {
            Some(_) => format!("{date} {}", moment.clock),
            None => format!("{date} {} {}", moment.clock, moment.zone_name()),
        }
    }
}

fn common<'a>(mut all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

#[derive(Clone, Copy)]
struct Layout<'a> {
    node: bool,
    times: Times<'a>,
    language: Language,
}

impl Layout<'_> {
    fn columns(&self) -> Vec<Column> {
        let language = self.language;
        let mut columns = vec![Column::fixed(self.times.title(language))];
        if self.node {
            columns.push(Column::flexible(say!(language, "render-column-node"), 8));
        }
        columns.extend([
            Column::flexible(say!(language, "render-column-what"), 10),
            Column::words(say!(language, "render-column-why"), 18),
            Column::flexible(say!(language, "render-column-victim"), 10),
            Column::flexible(say!(language, "render-column-exit"), 7),
            Column::fixed(say!(language, "render-column-sure")),
        ]);
        columns
    }

    fn row(&self, incident: &Incident, subject: String) -> Row {
        let language = self.language;
        let mut row = vec![(Paint::Plain, self.times.cell(incident, language))];
        if self.node {
            row.push((Paint::Plain, incident.node.clone()));
        }
        let why = match (words::short(incident, language), incident.count) {
            (short, 0 | 1) => short,
            (short, times) => say!(language, "render-brief-times", why = short, n = times),
        };
        row.extend([
            (Paint::Bold, subject),
            (paint(incident.verdict), why),
            (Paint::Plain, victim(incident, language)),
            (Paint::Plain, exit(incident)),
            (Paint::Plain, words::confidence(incident.confidence, language)),
        ]);
        row
    }
}

/// "java 480.1 MiB", with how many more were killed. The size is what was resident.
fn victim(incident: &Incident, language: Language) -> String {
    let Some(first) = incident.victims.first() else { return String::new() };
    let parts = [first.anon_rss_bytes, first.file_rss_bytes, first.shmem_rss_bytes, first.rss_bytes];
    let resident = parts.into_iter().flatten();
    let size = resident.reduce(u64::saturating_add).map(|size| format!(" {}", bytes(size))).unwrap_or_default();
    let name = format!("{}{size}", first.comm);
    match incident.victims.len().saturating_sub(1) {
        0 => name,
        more => say!(language, "render-brief-victims", name = name, n = more),
    }
}

/// The exit code, or the signal where no code is known.
fn exit(incident: &Incident) -> String {
    let code = incident.terminations.iter().find_map(|end| end.exit_code).map(|code| code.to_string());
    let signal = || incident.terminations.iter().find_map(|end| end.signal_name.clone());
    code.or_else(signal).unwrap_or_default()
}
