//! Reads the lines of a log out of the JSON that a log store gave back.

use super::collector::Collector;
use super::walker::Walker;
use crate::event::{SourceFacts, SourceId};
use crate::recognize::document;

/// All lines, each with the place of its text in the export.
pub(super) fn walk(bytes: &[u8], facts: SourceFacts) -> Collector {
    let mut walker = Walker::new(SourceId(0), Collector::new(facts));
    let feeds: Vec<usize> = memchr::memchr_iter(b'\n', bytes).collect();
    for exported in document::exported_lines(bytes) {
        let before = feeds.partition_point(|feed| *feed < exported.at);
        walker.push_at(&exported.line, before as u64 + 1, exported.at as u64);
    }
    walker.finish().0
}
