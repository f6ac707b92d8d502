//! Recognisers: records and documents in, events out. None knows of another; all joining is done later.

pub mod document;
pub mod kernel;
pub mod runtime;

use crate::event::Event;
use crate::record::Record;

/// All recognisers of log records, fed together.
#[derive(Default)]
pub struct Recognizer {
    kernel: kernel::Assembler,
    speakers: runtime::Speakers,
}

impl Recognizer {
    /// The literals of all recognisers: a line without any of them says nothing, unless an OOM dump is open.
    pub fn needles() -> Vec<&'static str> {
        kernel::NEEDLES.iter().chain(runtime::NEEDLES).copied().collect()
    }

    /// The literals of the kernel's lines alone.
    pub fn kernel_needles() -> Vec<&'static str> {
        kernel::NEEDLES.to_vec()
    }

    /// Feeds one record; what it completes is pushed to `out`.
    pub fn push(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        self.kernel.push(record, out);
        self.speakers.push(record, out);
    }

    /// An OOM dump is open: the next records may belong to it even if they hold no needle.
    pub fn is_open(&self) -> bool {
        self.kernel.is_open()
    }

    /// The end of the source.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        self.kernel.finish(out);
        self.speakers.finish(out);
    }
}
