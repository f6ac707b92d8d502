//! Any bytes as a systemd journal file. The input begins behind the eight bytes of the magic, so that none is wasted on them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oomscan::source::journal::{self, Filter, MAGIC, Next};

fuzz_target!(|data: &[u8]| {
    let bytes = [&MAGIC[..], data].concat();
    let filter = Filter { fields: &["_TRANSPORT", "_HOSTNAME"], wanted: &|_| true };
    let mut entries = 0u64;
    let _ = journal::walk(&bytes, &filter, &mut |entry| {
        entries += 1;
        assert!(entry.offset < bytes.len() as u64);
        if entries % 2 == 0 { Next::More } else { Next::Enough }
    });
    // Every entry takes at least its header.
    assert!(entries <= bytes.len() as u64 / 16);
});
