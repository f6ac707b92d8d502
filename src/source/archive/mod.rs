//! Archives, read in place: members are streams, nothing is ever written to disk.

pub(super) mod tar;
pub(super) mod zip;
