//! Zips made by the `zip` crate, read by their directory and front to back.

use super::*;
use crate::source::limits::Limits;
use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use proptest::prelude::*;
use std::io::{Cursor, Write};

type Members = Vec<(String, Vec<u8>)>;

const FILES: [(&str, CompressionMethod); 4] = [
    ("logs/syslog", CompressionMethod::Deflated),
    ("logs/stored", CompressionMethod::Stored),
    ("logs/empty", CompressionMethod::Deflated),
    ("inspect/docker inspect.json", CompressionMethod::Deflated),
];

fn data(name: &str) -> Vec<u8> {
    if name.ends_with("empty") { Vec::new() } else { format!("{name}: Out of memory\n").repeat(700).into_bytes() }
}

fn options(method: CompressionMethod) -> SimpleFileOptions {
    let time = DateTime::from_date_and_time(2025, 11, 23, 10, 0, 0).unwrap();
    SimpleFileOptions::default().compression_method(method).last_modified_time(time)
}

/// A zip whose writer could go back and fill in the sizes.
fn seekable() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_directory("logs", options(CompressionMethod::Stored)).unwrap();
    for (name, method) in FILES {
        zip.start_file(name, options(method)).unwrap();
        zip.write_all(&data(name)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A zip that was written to a pipe: sizes come behind the data, also of what is stored, as Go writes it.
fn streamed(signature: &[u8]) -> Vec<u8> {
    let mut zip = Vec::new();
    for (name, method) in FILES {
        let plain = data(name);
        let stored = method == CompressionMethod::Stored;
        let packed = if stored { plain.clone() } else { deflate(&plain) };
        let mut crc = Crc::new();
        crc.update(&plain);
        zip.extend(b"PK\x03\x04\x14\0\x08\0");
        zip.extend(if stored { [0, 0] } else { [8, 0] });
        zip.extend([0; 16]);
        zip.extend((name.len() as u16).to_le_bytes());
        zip.extend([0, 0]);
        zip.extend(name.as_bytes());
        zip.extend(&packed);
        zip.extend(signature);
        zip.extend(crc.sum().to_le_bytes());
        zip.extend((packed.len() as u32).to_le_bytes());
        zip.extend((plain.len() as u32).to_le_bytes());
    }
    zip.extend(b"PK\x01\x02 and so on");
    zip
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn take(name: &[u8], stream: &mut dyn Read, members: &mut Members, remarks: &mut Vec<String>) {
    let mut bytes = Vec::new();
    if let Err(e) = stream.read_to_end(&mut bytes) {
        remarks.push(e.to_string());
    }
    members.push((String::from_utf8_lossy(name).into_owned(), bytes));
}

fn by_directory(bytes: &[u8]) -> (Members, Vec<String>) {
    let watch = Watch::new(&Limits::default());
    let (mut members, mut remarks) = (Vec::new(), Vec::new());
    let Ok(mut directory) = Directory::open(Cursor::new(bytes)) else { return (members, vec!["directory".to_owned()]) };
    for index in 0..directory.len() {
        match directory.member(index) {
            Ok(Some(member)) if member.obstacle().is_none() => match directory.data(index, &member, &watch) {
                Ok(mut stream) => take(&member.name, &mut stream, &mut members, &mut remarks),
                Err(why) => remarks.push(why.to_string()),
            },
            Ok(Some(member)) => remarks.extend(member.obstacle().map(|why| why.to_string())),
            Ok(None) => {}
            Err(why) => remarks.push(why.to_string()),
        }
    }
    (members, remarks)
}

fn front_to_back(bytes: &[u8], read_data: bool) -> (Members, Vec<String>) {
    let watch = Watch::new(&Limits::default());
    let (mut members, mut remarks) = (Vec::new(), Vec::new());
    let mut zip = Local::new(Box::new(bytes));
    loop {
        let next = zip.next_file();
        remarks.extend(zip.take_remarks().iter().map(ToString::to_string));
        match next {
            Ok(Some(member)) if read_data => take(&member.name, &mut zip.data(&watch), &mut members, &mut remarks),
            Ok(Some(member)) => members.push((String::from_utf8_lossy(&member.name).into_owned(), Vec::new())),
            Ok(None) => return (members, remarks),
            Err(e) => {
                remarks.push(e.to_string());
                return (members, remarks);
            }
        }
    }
}

fn all() -> Members {
    FILES.iter().map(|(name, _)| ((*name).to_owned(), data(name))).collect()
}

#[test]
fn both_ways_give_the_same() {
    let bytes = seekable();
    assert_eq!(by_directory(&bytes), (all(), vec![]));
    assert_eq!(front_to_back(&bytes, true), (all(), vec![]));
    assert_eq!(front_to_back(&bytes, false).0.len(), 4);
    let time = Directory::open(Cursor::new(&bytes[..])).unwrap().member(1).unwrap().unwrap().mtime;
    assert_eq!(time, Some(1_763_892_000));
    assert_eq!(Local::new(Box::new(&bytes[..])).next_file().unwrap().unwrap().mtime, time);
}

#[test]
fn sizes_behind_the_data() {
    let bytes = streamed(b"PK\x07\x08");
    assert_eq!(front_to_back(&bytes, true), (all(), vec![]));
    let (members, remarks) = front_to_back(&bytes, false);
    assert_eq!((members.len(), remarks.len()), (4, 0));
}

#[test]
fn checksums_are_checked() {
    for (read, bytes) in
        [(by_directory as fn(&[u8]) -> _, seekable()), (|b: &[u8]| front_to_back(b, true), streamed(b"PK\x07\x08"))]
    {
        let mut bytes = bytes;
        let at = memchr::memmem::find(&bytes, b"logs/stored: Out").unwrap();
        bytes[at + 100] ^= 1;
        let (members, remarks): (Members, Vec<String>) = read(&bytes);
        assert_eq!((members.len(), remarks.len()), (4, 1), "{remarks:?}");
        assert!(remarks[0].contains("checksum") && remarks[0].starts_with("zip data is damaged"), "{remarks:?}");
    }
}

#[test]
fn a_cut_zip_gives_its_first_members() {
    for whole in [seekable(), streamed(b"PK\x07\x08")] {
        let at = memchr::memmem::find(&whole, b"logs/stored: Out").unwrap();
        let (members, remarks) = front_to_back(&whole[..at + 1000], true);
        assert_eq!(members[0], all()[0]);
        assert!(data("logs/stored").starts_with(&members[1].1) && members[1].1.len() > 900);
        assert!(remarks[0].starts_with("zip data ends early"), "{remarks:?}");
    }
}

#[test]
fn encrypted_and_unknown_methods_are_named() {
    let mut bytes = seekable();
    let local = memchr::memmem::rfind(&bytes, b"PK\x03\x04").unwrap();
    bytes[local + 8] = 9;
    let obstacle = |bytes: &[u8]| {
        let member = Local::new(Box::new(bytes)).next_file().unwrap().unwrap();
        member.obstacle().unwrap().to_string()
    };
    assert!(obstacle(&bytes[local..]).contains("Deflate64"));
    bytes[local + 6] = 1;
    assert!(obstacle(&bytes[local..]).contains("encrypted"));
}

#[test]
fn zip64_sizes() {
    let extra = [b"\x01\0\x10\0".as_slice(), &5_000_000_000u64.to_le_bytes(), &4_999_999_999u64.to_le_bytes()].concat();
    assert_eq!(local::sizes(u32::MAX, u32::MAX, &extra), [5_000_000_000, 4_999_999_999]);
    assert_eq!(local::sizes(7, u32::MAX, &extra), [7, 5_000_000_000]);
    assert_eq!(local::sizes(7, 6, b"\x01\0\xff\xff"), [7, 6]);
}

#[test]
fn extended_timestamps() {
    let extra = [b"\x99\x99\x01\0x".as_slice(), b"UT\x05\0\x03", &1_763_900_000i32.to_le_bytes()].concat();
    assert_eq!(unix_time(&extra), Some(1_763_900_000));
    assert_eq!(unix_time(b"UT\x05\0\x00abcd"), None);
    assert_eq!(unix_time(b"UT\xff\0\x03"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn flips_are_survived(at in 0.0f64..1.0, value in 1u8.., stream in any::<bool>()) {
        let mut bytes = if stream { streamed(b"PK\x07\x08") } else { seekable() };
        let at = (bytes.len() as f64 * at) as usize;
        bytes[at] ^= value;
        by_directory(&bytes);
        let (members, _) = front_to_back(&bytes, true);
        prop_assert!(members.len() <= 5);
        front_to_back(&bytes, false);
    }

    #[test]
    fn random_tails_are_survived(cut in 0usize..2000, tail in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = streamed(b"");
        bytes.truncate(cut);
        bytes.extend(tail);
        front_to_back(&bytes, true);
        by_directory(&bytes);
    }
}
