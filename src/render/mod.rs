//! The report in the forms it can be printed in. Every format is a view of the same [`Report`]; one file a format.
//! Adding one is a new file with a [`Format`] and a line in [`FORMATS`].

pub mod csv;
mod facts;
mod fleet;
mod headline;
mod html;
mod json;
mod jsonl;
mod markdown;
mod news;
mod prometheus;
pub mod text;

#[cfg(test)]
mod tests;

pub use fleet::{FLEET_FORMATS, write_fleet};
pub use news::{NEWS_FORMATS, write_news};

use crate::language::Language;
use crate::report::Report;
use std::io::{self, Write};

/// How a report is to look. Formats for machines ignore what does not concern them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Colours.
    pub color: bool,
    /// Bars and rules made of block characters.
    pub graphics: bool,
    /// Columns.
    pub width: usize,
    /// Also what was not memory.
    pub all: bool,
    /// Every incident in full, raw lines of the proof.
    pub verbose: bool,
    /// The answer only.
    pub quiet: bool,
    /// One line for each incident.
    pub brief: bool,
    /// Links to files in the proof (OSC 8).
    pub hyperlinks: bool,
    /// Which table `csv` prints.
    pub table: csv::Table,
    /// Language of headings and labels; that of the report's sentences was chosen when it was made.
    pub language: Language,
    /// The report holds only what was asked for (filters, times): what is not in it may still be in the logs.
    pub narrowed: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            graphics: false,
            width: DEFAULT_WIDTH,
            all: false,
            verbose: false,
            quiet: false,
            brief: false,
            hyperlinks: false,
            table: csv::Table::default(),
            language: Language::default(),
            narrowed: false,
        }
    }
}

/// Columns when nothing says how many there are.
pub const DEFAULT_WIDTH: usize = 100;

/// A form of the report.
pub trait Format: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the report.
    ///
    /// # Errors
    /// Those of `out`.
    fn write(&self, report: &Report, options: &Style, out: &mut dyn Write) -> io::Result<()>;
}

/// All formats.
pub const FORMATS: &[&dyn Format] = &[
    &text::Text,
    &json::Json,
    &jsonl::JsonLines,
    &markdown::Markdown,
    &html::Html,
    &csv::Csv,
    &prometheus::Prometheus,
];

/// The format of a name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}
