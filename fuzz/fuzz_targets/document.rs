//! Any bytes as a document. The first line is its path, which helps to tell what kind it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oomscan::event::SourceId;
use oomscan::recognize::document;

fuzz_target!(|data: &[u8]| {
    let split = data.iter().position(|b| *b == b'\n').unwrap_or(0);
    let (path, bytes) = data.split_at(split);
    let path = String::from_utf8_lossy(path);
    let bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
    let head = &bytes[..bytes.len().min(8192)];
    let _ = (document::path_host(&path), document::path_container(&path));
    if let Some(kind) = document::sniff(&path, head) {
        let mut found = Vec::new();
        document::read(kind, &path, bytes, SourceId(0), &mut found);
    }
});
