//! The reader on files that are cut, flipped or made up: it must end, and keep what can be kept.

use super::builder::Builder;
use super::decompress::Codec;
use super::tests::{Seen, read, told};
use super::*;
use proptest::prelude::*;
use std::cell::Cell;

/// Counts what is read.
struct Counted {
    bytes: Vec<u8>,
    read: Cell<u64>,
}

impl Counted {
    fn new(bytes: Vec<u8>) -> Counted {
        Counted { bytes, read: Cell::new(0) }
    }
}

impl Bytes for Counted {
    fn len(&self) -> u64 {
        Bytes::len(&self.bytes)
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read_at(offset, buf)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

/// A small file with everything in it.
fn mixed(compact: bool, codec: Option<Codec>) -> Vec<u8> {
    rounds(8, compact, codec)
}

/// Two entries a round, the second ever longer.
fn rounds(count: usize, compact: bool, codec: Option<Codec>) -> Vec<u8> {
    let mut builder = Builder::new(compact);
    builder.codec = codec;
    for n in 0..count {
        builder.kernel(&format!("[{n}] app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0"));
        builder.program("app", "the same words again and again ".repeat(96 * n / count / 4).as_bytes());
    }
    builder.finish()
}

fn end_of_entry(bytes: &[u8], entry: &Seen) -> u64 {
    entry.offset + header::u64_at(bytes, entry.offset as usize + 8)
}

#[test]
fn a_cut_file_gives_exactly_the_entries_before_the_cut() {
    for (compact, codec) in [(false, None), (true, None), (true, Some(Codec::Zstd))] {
        let bytes = rounds(4, compact, codec);
        let (all, _) = read(&bytes);
        assert_eq!(all.len(), 8);
        // Every place up to the zeros behind the last object, then some.
        let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 20;
        for cut in (208..end).chain((end..bytes.len()).step_by(97)) {
            let (seen, stats) = read(&bytes[..cut].to_vec());
            let whole = all.iter().filter(|entry| end_of_entry(&bytes, entry) <= cut as u64).count();
            assert!(seen == all[..whole], "{compact} {codec:?} cut at {cut}: {} of {whole}", seen.len());
            assert_eq!(told(&stats)[0], "the file is cut: its end is missing", "cut at {cut}");
        }
    }
}

#[test]
fn a_flipped_byte_costs_little() {
    let mut worst = 8;
    for (compact, codec) in [(false, None), (true, None)] {
        let bytes = rounds(4, compact, codec);
        let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 64;
        for at in 272..end {
            let mut bad = bytes.clone();
            bad[at] ^= if at % 3 == 0 { 0xff } else { 1 << (at % 8) };
            worst = worst.min(read(&bad).0.len());
        }
    }
    // The entry itself, or the message of one; and a size that by chance leads to another object hides what lies between.
    assert!(worst >= 6, "{worst} of 8 entries were left");
}

#[test]
fn a_flip_in_the_header_does_not_stop_the_walk() {
    for compact in [false, true] {
        let bytes = mixed(compact, None);
        for at in 8..272 {
            // The flag that tells the layout cannot be guessed.
            if at == 12 {
                continue;
            }
            let mut bad = bytes.clone();
            bad[at] ^= 1 << (at % 8);
            assert_eq!(read(&bad).0.len(), 16, "flipped at {at}");
        }
    }
}

#[test]
fn an_entry_that_repeats_a_large_field_is_cut() {
    let mut builder = Builder::new(true);
    let large = builder.raw_data(0, &[b"MESSAGE=", &vec![b'x'; 1 << 20][..]].concat());
    builder.entry(&vec![large; 2000]);
    builder.kernel("after");
    let mut sizes = Vec::new();
    let filter = Filter { fields: &[], wanted: &|_| true };
    let stats = walk(&builder.finish(), &filter, &mut |entry| {
        sizes.push(entry.fields.iter().map(|(_, value)| value.len()).sum::<usize>());
        Next::Enough
    })
    .unwrap();
    assert_eq!(sizes, [64 << 20, 5]);
    assert_eq!(told(&stats), ["an entry is too large: only a part of it was read"]);
}

#[test]
fn the_budget_ends() {
    let mut budget = fields::Budget::new(10);
    assert!(budget.take(1 << 30));
    assert!(budget.take(640));
    assert!(!budget.take(1));
    assert!(fields::Budget::new(u64::MAX).take(usize::MAX));
}

#[test]
fn work_is_bounded_where_every_place_looks_like_an_object() {
    // Each 16 bytes are a believable TAG that leads to nothing: 64 bytes on stands no object.
    let mut bytes = mixed(false, None);
    for n in 0..200_000u64 {
        bytes.extend([7, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend((64 + 40 * (n % 2)).to_le_bytes());
        bytes.extend([0xee; 8]);
    }
    let counted = Counted::new(bytes);
    let (seen, _) = read(&counted);
    assert_eq!(seen.len(), 16);
    assert!(counted.read.get() < 4 * Bytes::len(&counted), "{} bytes read", counted.read.get());
}

/// One piece of a made-up file.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let size = prop_oneof![
        6 => Just(None),
        1 => any::<u64>().prop_map(Some),
        2 => (0u64..400).prop_map(Some),
    ];
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(0u8..8, 0..200),
        prop::collection::vec((0u32..300).prop_map(|n| n * 8), 12..60)
            .prop_map(|words| words.iter().flat_map(|n| n.to_le_bytes()).collect()),
        "[A-Z_]{1,9}=[ -~]{0,80}".prop_map(|text| [&[0; 56][..], text.as_bytes()].concat()),
        "[ -~]{0,40}".prop_map(|text| [&[0; 56], &b"MESSAGE="[..], text.as_bytes()].concat()),
    ];
    let flags = prop_oneof![5 => Just(0u8), 1 => prop::sample::select(vec![1u8, 2, 4]), 1 => any::<u8>()];
    (0u8..9, flags, size, payload).prop_map(|(kind, flags, size, payload)| {
        let mut out = vec![kind, flags, 0, 0, 0, 0, 0, 0];
        out.extend(size.unwrap_or(payload.len() as u64 + 16).to_le_bytes());
        out.extend(payload);
        out.resize(out.len().next_multiple_of(8), 0);
        out
    })
}

fn made_up(compact: bool, tail: u64, pieces: Vec<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Builder::new(compact).finish();
    bytes.truncate(272);
    bytes[136..144].copy_from_slice(&tail.to_le_bytes());
    bytes.extend(pieces.concat());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn made_up_objects_are_walked_to_the_end(
        compact: bool,
        tail in prop_oneof![Just(0u64), 0u64..9000, any::<u64>()],
        pieces in prop::collection::vec(piece(), 0..60),
    ) {
        let counted = Counted::new(made_up(compact, tail, pieces));
        let (seen, stats) = read(&counted);
        prop_assert!(seen.windows(2).all(|pair| pair[0].offset < pair[1].offset));
        prop_assert!(seen.len() as u64 <= stats.entries);
        prop_assert!(told(&stats).len() < 20);
        // Each object is looked at once by the walk, perhaps once by a search, and once by each visit.
        prop_assert!(counted.read.get() < 1 << 24, "{} bytes read", counted.read.get());
    }

    #[test]
    fn several_damages_at_once(
        compact: bool,
        cut in 208usize..6000,
        damage in prop::collection::vec((0usize..6000, any::<u8>(), 1usize..40), 0..12),
    ) {
        let mut bytes = mixed(compact, Some(Codec::Zstd));
        for (at, value, count) in damage {
            for byte in bytes.iter_mut().skip(at.max(8)).take(count) {
                *byte ^= value;
            }
        }
        bytes.truncate(cut);
        let (seen, stats) = read(&bytes);
        prop_assert!(seen.len() <= 16);
        prop_assert_eq!(seen.len() as u64, stats.visited);
    }

    #[test]
    fn random_bytes_behind_a_header(compact: bool, noise in prop::collection::vec(any::<u8>(), 0..5000)) {
        let bytes = made_up(compact, 5000, vec![noise]);
        let (seen, _) = read(&bytes);
        // An object needs 6 zero bytes and a small size: noise has none.
        prop_assert!(seen.is_empty());
    }
}
