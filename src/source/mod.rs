//! Sources.

pub mod journal;
