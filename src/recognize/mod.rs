//! Recognisers: records and documents in, events out. None knows of another; all joining is done later.

pub mod document;
pub mod kernel;
pub mod runtime;

use crate::event::Event;
use crate::prefilter::Prefilter;
use crate::record::{Record, Transport};
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// May a message in the kernel's log be a program's? Programs that write there name themselves (`systemd[1]: ...`), but
/// for Meta's oomd and Android's driver.
fn spoken(message: &[u8]) -> bool {
    static NAMED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("]: "));
    static OOMD: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("oomd"));
    let driver = message.starts_with(b"lowmemorykiller: ");
    driver || NAMED.find(message).is_some() || OOMD.find(message).is_some()
}

/// All recognisers of log records, fed together.
#[derive(Clone, Default)]
pub struct Recognizer {
    kernel: kernel::Assembler,
    speakers: runtime::Speakers,
}

impl Recognizer {
    /// The literals of all recognisers: a line without any of them says nothing, unless an OOM dump is open.
    pub fn needles() -> Vec<&'static str> {
        kernel::NEEDLES.iter().chain(runtime::NEEDLES).copied().collect()
    }

    /// The literals of OOM events alone, for large logs of the kernel.
    pub fn kernel_needles() -> &'static [&'static str] {
        kernel::CORE_NEEDLES
    }

    /// Feeds one record; what it completes is pushed to `out`.
    pub fn push(&mut self, record: &Record<'_>, out: &mut Vec<Event>) {
        let in_dump = self.kernel.is_open() && record.transport == Transport::Kernel;
        let taken = self.may_be_kernel(record) && self.kernel.push(record, out);
        // The rows of an OOM dump are many, and hardly ever does a program speak between them.
        if !in_dump || !taken && spoken(&record.message) {
            self.speakers.push(record, out);
        }
    }

    /// Many lines are framed for their time alone, and of a small file all: a look at all needles is cheaper than the first
    /// words of the assembler, which other lines do not change.
    fn may_be_kernel(&self, record: &Record<'_>) -> bool {
        static FILTER: LazyLock<Option<Prefilter>> = LazyLock::new(|| Prefilter::new(kernel::NEEDLES));
        self.kernel.is_open()
            || FILTER.as_ref().is_none_or(|filter| filter.matches(&record.message))
            || kernel::is_part_head(&record.message)
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
