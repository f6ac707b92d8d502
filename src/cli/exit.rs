//! What the program's end says.

use std::process::ExitCode;

/// Exit status.
///
/// A scan that is interrupted (Ctrl-C) dies of SIGINT, which shells show as 130, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// 0: the scan was done, whatever it found.
    Done,
    /// 1: with `--exit-code`, at least one incident was memory.
    MemoryFound,
    /// 2: bad usage, or an input named on the command line could not be read at all, or the report could not be written;
    /// with `--strict` any problem.
    Failed,
    /// 130: interrupted (Ctrl-C) while following or with `--partial`, after everything known was told.
    Interrupted,
}

impl ExitStatus {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::MemoryFound => 1,
            Self::Failed => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
