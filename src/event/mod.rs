//! The typed facts that recognisers find, each with its evidence. No joining happens here: an event says what one
//! place in one source says, nothing more.

mod counters;
mod kernel;
mod lines;
mod lives;
mod runtime;
mod source_facts;
mod stamp;

pub use counters::*;
pub use kernel::*;
pub use lives::*;
pub use runtime::*;
pub use source_facts::*;
pub use stamp::*;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// The most bytes of a raw line that a piece of evidence keeps.
pub const EVIDENCE_TEXT_MAX: usize = 1024;

/// Number of a source in one scan: an index into the scan's list of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct SourceId(pub u32);

/// A place in a source that proves a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Which source.
    pub source: SourceId,
    /// Line, counted from 1; `None` in binary sources (journal files).
    pub line: Option<u64>,
    /// Bytes from the start of the uncompressed source to the start of the line or entry.
    pub offset: u64,
    /// The raw line as it stands there, at most [`EVIDENCE_TEXT_MAX`] bytes, invalid UTF-8 replaced. Shared: an event, the
    /// end or action made of it and a story show the same line.
    pub text: Arc<str>,
}

impl Evidence {
    /// Evidence from the raw bytes of a line; cuts it to [`EVIDENCE_TEXT_MAX`] bytes.
    pub fn new(source: SourceId, line: Option<u64>, offset: u64, raw: &[u8]) -> Self {
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        let cut = &raw[..raw.len().min(EVIDENCE_TEXT_MAX)];
        Evidence { source, line, offset, text: lossy(cut).into() }
    }
}

/// Bytes as text, with invalid ones replaced. Nearly all text is valid, and looking at that alone first is several times
/// faster than [`String::from_utf8_lossy`].
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// One fact found in one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, as far as the record itself says.
    pub stamp: Stamp,
    /// Host name as the record printed it.
    pub host: Option<Arc<str>>,
    /// Where it stands; the first entry is the line that decided.
    pub evidence: Vec<Evidence>,
    /// What it says.
    pub fact: Fact,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A kernel OOM event: a whole dump, or the part of it that is left.
    KernelOom(Box<KernelOom>),
    /// Another kernel line that matters beside an OOM.
    Kernel(KernelNote),
    /// Something a runtime, orchestrator, init system, user-space killer or application said.
    Runtime(Box<RuntimeFact>),
    /// Something about the node itself.
    Node(Box<NodeFact>),
    /// A line that looks like an OOM line but that no grammar knows.
    Unrecognised(String),
    /// A line that reads like a kill line of an old kernel, though nothing shows that the kernel wrote it.
    Doubtful(String),
    /// A kill line of the kernel within somebody's words.
    Quoted {
        /// Of the killed process.
        pid: Option<u32>,
        /// The whole line.
        text: String,
    },
    /// A memory report of the kernel whose beginning is lost and that nothing else explains: its first line.
    Fragment(String),
}
