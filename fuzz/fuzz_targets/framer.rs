//! Any bytes as a text log: framing must end, keep its numbers in order, and find every line's record from any place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oomscan::event::SourceId;
use oomscan::framing::{Framer, record_start};

fuzz_target!(|data: &[u8]| {
    let mut framer = Framer::new(SourceId(0));
    let (mut offset, mut last) = (0u64, 0u64);
    let mut see = |line: Option<u64>| {
        let line = line.unwrap_or(last);
        assert!(line >= last, "a record of line {line} after one of line {last}");
        last = line;
    };
    for (line, number) in data.split(|b| *b == b'\n').zip(1u64..) {
        framer.push(line, number, offset, &mut |record| see(record.line));
        offset += line.len() as u64 + 1;
    }
    framer.flush(&mut |record| see(record.line));
    let _ = framer.take_events();
    for at in [0, data.len() / 3, data.len() / 2, data.len()] {
        assert!(record_start(data, at) <= at);
    }
});
