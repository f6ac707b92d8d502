//! `csv`: one table of the report, for spreadsheets and data frames (RFC 4180: CRLF, quotes where needed, one heading).
//!
//! A text cell that a spreadsheet could take for a formula has a `'` before it; numbers are numbers and may be negative.
//! Control characters are shown escaped, as in the text report, so a row is always a line.

mod columns;

#[cfg(test)]
mod tests;

use super::text::escape::visible;
use super::text::group::Subjects;
use super::{Format, Style};
use crate::language::Language;
use crate::report::Report;
use columns::Cell;
use std::io::{self, Write};

/// A table of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Table {
    /// A row per incident.
    #[default]
    Incidents,
    /// A row per killed process.
    Victims,
    /// A row per end of a container or unit.
    Terminations,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 3] = [Self::Incidents, Self::Victims, Self::Terminations];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Victims => "victims",
            Self::Terminations => "terminations",
        }
    }
}

/// The format.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn write(&self, report: &Report, options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        match options.table {
            Table::Incidents => {
                let subjects = Subjects::new(report, Language::English);
                let rows = report.incidents.iter().map(|incident| columns::incident(&subjects, incident));
                table(&mut writer, &columns::INCIDENTS, rows)?;
            }
            Table::Victims => {
                let rows = report.incidents.iter().flat_map(columns::victims);
                table(&mut writer, &columns::VICTIMS, rows)?;
            }
            Table::Terminations => {
                let rows = report.incidents.iter().flat_map(columns::terminations);
                table(&mut writer, &columns::TERMINATIONS, rows)?;
            }
        }
        writer.flush()
    }
}

fn table<const N: usize>(
    writer: &mut csv::Writer<&mut dyn Write>,
    heading: &[&str; N],
    rows: impl Iterator<Item = [Cell; N]>,
) -> io::Result<()> {
    writer.write_record(heading)?;
    for row in rows {
        writer.write_record(row.map(|cell| match cell {
            Cell::Text(text) => harmless(&text),
            Cell::Number(number) => number,
            Cell::Empty => String::new(),
        }))?;
    }
    Ok(())
}

/// A text that no spreadsheet runs. The signs are those that begin a formula; some programs take the wide forms, too.
fn harmless(text: &str) -> String {
    let shown = visible(text);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    // A program that drops blanks before it looks would find the sign behind them.
    let hidden = text.trim_start().starts_with(['=', '+', '-', '@']);
    if formula || hidden { format!("'{shown}") } else { shown.into_owned() }
}
