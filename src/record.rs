//! One framed log entry: what every carrier is turned into, and what every recogniser reads.

use crate::event::{Evidence, SourceId, Stamp, lossy};
use std::borrow::Cow;

/// How sure a carrier is that an entry came from the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// The kernel's ring buffer: dmesg, kmsg, `kernel:` in syslog, `_TRANSPORT=kernel`.
    Kernel,
    /// A named program (`containerd[123]:`, `_SYSTEMD_UNIT=`).
    Program,
    /// The carrier does not say: bare lines.
    #[default]
    Unknown,
}

/// One log entry with its carrier peeled off. Borrowed from the scan's buffer wherever possible.
#[derive(Debug, Clone, Default)]
pub struct Record<'a> {
    /// The source it stands in.
    pub source: SourceId,
    /// Line (from 1) of its first physical line; `None` in binary sources.
    pub line: Option<u64>,
    /// Byte offset of its first physical line in the uncompressed source.
    pub offset: u64,
    /// The first physical line as it stands in the source (for evidence).
    pub raw: Cow<'a, [u8]>,
    /// Times.
    pub stamp: Stamp,
    /// When journald received what the kernel wrote, microseconds since boot by journald's clock.
    pub received_us: Option<u64>,
    /// Host name.
    pub host: Option<Cow<'a, str>>,
    /// Syslog identifier: `kernel`, `containerd`, `systemd` ...
    pub ident: Option<Cow<'a, str>>,
    /// Pid of the writer.
    pub pid: Option<u32>,
    /// Unit of the writer or the unit spoken of (`_SYSTEMD_UNIT`, `UNIT`).
    pub unit: Option<Cow<'a, str>>,
    /// Syslog severity 0..=7.
    pub level: Option<u8>,
    /// Kernel or program.
    pub transport: Transport,
    /// The text. Decoded: no carrier escapes, embedded line feeds kept. Bytes: names are hostile.
    pub message: Cow<'a, [u8]>,
    /// Further journal fields that joins use (`MESSAGE_ID`, `CONTAINER_ID_FULL`, `PODMAN_*`, `UNIT` ...); empty for text.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, [u8]>)>,
}

impl Record<'_> {
    /// The message as text, invalid bytes replaced.
    pub fn text(&self) -> Cow<'_, str> {
        lossy(&self.message)
    }

    /// A journal field's value.
    pub fn field(&self, name: &str) -> Option<Cow<'_, str>> {
        self.fields.iter().find(|(k, _)| k == name).map(|(_, v)| lossy(v))
    }

    /// This record as a piece of evidence.
    pub fn evidence(&self) -> Evidence {
        Evidence::new(self.source, self.line, self.offset, if self.raw.is_empty() { &self.message } else { &self.raw })
    }
}

/// What the marks of a quotation stand before, `> ` of mails and also `&gt; ` where a page escaped them. All of them are taken at once, with the
/// blanks among them: a line can hold thousands.
pub fn unquoted(line: &[u8]) -> &[u8] {
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix(b">").or_else(|| rest.strip_prefix(b"&gt;")) {
        rest = inner.trim_ascii_start();
    }
    rest
}
