//! The reader on files that systemd itself wrote (`tests/fixtures/journal`), against the text that they were made from.

use super::tests::{Seen, told};
use super::*;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal").join(name);
    std::fs::read(path).unwrap()
}

fn journal(name: &str) -> Vec<u8> {
    let packed = fixture(name);
    let mut bytes = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(&packed[..]).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// The entries of the export text: times, boot, and fields sorted by name.
type Plain = (i64, u64, u128, BTreeSet<(String, Vec<u8>)>);

fn exported() -> Vec<Plain> {
    let text = String::from_utf8(fixture("small.export")).unwrap();
    text.trim_end().split("\n\n").map(plain).collect()
}

fn plain(block: &str) -> Plain {
    let mut out = Plain::default();
    for (name, value) in block.lines().map(|line| line.split_once('=').unwrap()) {
        match name {
            "__REALTIME_TIMESTAMP" => out.0 = value.parse().unwrap(),
            "__MONOTONIC_TIMESTAMP" => out.1 = value.parse().unwrap(),
            "_BOOT_ID" => out.2 = u128::from_str_radix(value, 16).unwrap(),
            _ => assert!(out.3.insert((name.to_owned(), value.as_bytes().to_vec()))),
        }
    }
    out
}

#[test]
fn every_entry_and_field_is_as_it_was_written() {
    let expected = exported();
    let names: BTreeSet<String> = expected.iter().flat_map(|e| e.3.iter().map(|(name, _)| name.clone())).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for name in ["compact.journal.zst", "regular.journal.zst"] {
        let mut seen: Vec<Plain> = Vec::new();
        let filter = Filter { fields: &names, wanted: &|_| true };
        let stats = walk(&journal(name), &filter, &mut |entry| {
            let fields = entry.fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
            seen.push((entry.realtime_us, entry.monotonic_us, entry.boot, fields));
            Next::Enough
        })
        .unwrap();
        assert_eq!(seen, expected, "{name}");
        assert_eq!(told(&stats), Vec::<String>::new(), "{name}");
        assert_eq!(stats.machine, 0x9c8d_7e6f_5a4b_4c3d_8e2f_1a0b_9c8d_7e6f);
        assert_eq!(stats.kernel.iter().map(|span| span.entries).collect::<Vec<_>>(), [10, 1], "{name}");
    }
}

#[test]
fn a_needle_in_a_compressed_message_is_found() {
    let bytes = journal("compact.journal.zst");
    let needle = b"oom-kill:constraint=";
    assert!(memchr::memmem::find(&bytes, needle).is_none(), "it is compressed");
    let wanted = |message: &[u8]| message.starts_with(needle);
    let (seen, _): (Vec<Seen>, _) = super::tests::read_with(&bytes, &wanted, &|_| Next::Enough);
    assert_eq!(seen.len(), 1);
    assert!(seen[0].message().ends_with("task=cart,pid=812,uid=1000"));
}
