//! Everything that one source said, handed from the scan to the correlator.

use super::{ContainerRef, Event, Lives, SourceId, Stamp, Wall};
use crate::language::Sentence;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was found in one source, with what is needed to date and place it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceFacts {
    /// Its number in this scan.
    pub id: SourceId,
    /// Path as shown; an archive member is `archive!member`.
    pub path: String,
    /// Index of the input (file, folder, archive) it belongs to.
    pub root: usize,
    /// The input's own path.
    pub root_path: String,
    /// The input is a folder or archive rather than a single file.
    pub bundled: bool,
    /// What it turned out to be: a carrier's, document's or journal's name.
    pub kind: String,
    /// Uncompressed bytes.
    pub bytes: u64,
    /// Records that were framed.
    pub records: u64,
    /// Host that its path names.
    pub path_host: Option<String>,
    /// Container whose log it is, by its path.
    pub path_container: Option<Arc<ContainerRef>>,
    /// Host names of the framed records, with how many.
    pub hosts: BTreeMap<String, u64>,
    /// Offsets from UTC, in seconds, that its records show of the node's local time, with how many showed it.
    pub offsets: BTreeMap<i32, u64>,
    /// What is known of each boot in it, in order of `epoch`.
    pub epochs: Vec<Epoch>,
    /// It does not fit its checksum, and no one can tell where: names and numbers in it may be wrong.
    pub damaged: bool,
    /// The facts, in the source's order, but for those of containers' lives.
    pub events: Vec<Event>,
    /// Facts of containers' lives.
    pub lives: Lives,
    /// What could not be read: line and message.
    pub problems: Vec<(Option<u64>, Sentence)>,
}

impl SourceFacts {
    /// Nothing was found in it.
    pub fn is_silent(&self) -> bool {
        self.events.is_empty() && self.lives.is_empty()
    }
}

/// What one source shows of one boot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Epoch {
    /// Ordinal within the source, as in [`Stamp::epoch`].
    pub epoch: u32,
    /// The journal's boot id.
    pub boot: Option<u128>,
    /// First and last stamp of any framed record.
    pub span: Option<(Stamp, Stamp)>,
    /// First and last stamp of kernel records: what the kernel log covers.
    pub kernel: Option<(Stamp, Stamp)>,
    /// Pairs of wall clock and uptime (microseconds) read from the same record: at most [`Epoch::MAX_PAIRS`].
    pub pairs: Vec<(Wall, u64)>,
}

impl Epoch {
    /// The most pairs of clocks that are kept.
    pub const MAX_PAIRS: usize = 64;
}
