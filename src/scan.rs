//! The way from inputs to the report.

use crate::report::{Problem, Report, SCHEMA, Severity};
use std::path::PathBuf;

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, folder, archive or device.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// How messages call it.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }
}

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// A zone with rules, by its IANA name.
    Named(chrono_tz::Tz),
}

/// How to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Threads, at least 1.
    pub threads: usize,
    /// The year of the newest line, for logs that bear none.
    pub year: Option<i32>,
    /// The zone of logs that bear none.
    pub zone: Option<Zone>,
    /// Leave out what was before, microseconds since 1970.
    pub since_us: Option<i64>,
    /// Leave out what was after.
    pub until_us: Option<i64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 1, year: None, zone: None, since_us: None, until_us: None }
    }
}

/// Reads the inputs and joins what they tell.
pub fn scan(inputs: &[Input], _options: &Options) -> Report {
    let problems = inputs.iter().filter_map(|input| match input {
        Input::Path(path) => std::fs::metadata(path).err().map(|error| Problem {
            severity: Severity::Error,
            source: Some(input.name()),
            line: None,
            message: error.to_string(),
        }),
        Input::Stdin => None,
    });
    Report {
        schema: SCHEMA.to_owned(),
        oomscan: env!("CARGO_PKG_VERSION").to_owned(),
        problems: problems.collect(),
        ..Report::default()
    }
}
