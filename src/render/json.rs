//! `json`: the whole report as one object, indented, ending with a newline. The filters of the command line were applied
//! before; `--all` changes nothing here.

use super::{Format, Style, indented};
use crate::report::Report;
use std::io::{self, Write};

/// The format.
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, report: &Report, _options: &Style, out: &mut dyn Write) -> io::Result<()> {
        indented::write(report, out)?;
        out.write_all(b"\n")
    }
}
