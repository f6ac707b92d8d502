//! Archives made by the `tar` crate, and damaged by hand.

use super::*;
use crate::source::limits::Limits;
use ::tar::{Builder, EntryType, Header};
use proptest::prelude::*;

fn header(kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mtime(1_763_900_000);
    header.set_mode(0o644);
    header
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, data) in files {
        builder.append_data(&mut header(EntryType::Regular, data.len()), name, *data).unwrap();
    }
    builder.into_inner().unwrap()
}

/// All members with their data, or the text of the error met; and the remarks.
fn read(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let watch = Watch::new(&Limits { max_expansion_bytes: 1 << 24, ..Limits::default() });
    let mut archive = Archive::new(Box::new(bytes));
    let mut members = Vec::new();
    let mut remarks = Vec::new();
    loop {
        let next = archive.next_file();
        remarks.extend(archive.take_remarks().iter().map(ToString::to_string));
        match next {
            Ok(Some(member)) => {
                let mut data = Vec::new();
                if let Err(e) = archive.data(&member, &watch).read_to_end(&mut data) {
                    remarks.push(e.to_string());
                }
                members.push((String::from_utf8_lossy(&member.name).into_owned(), data));
            }
            Ok(None) => return (members, remarks),
            Err(e) => {
                remarks.push(e.to_string());
                return (members, remarks);
            }
        }
    }
}

fn names(members: &[(String, Vec<u8>)]) -> Vec<&str> {
    members.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn members_with_their_data_and_time() {
    let long = format!("var/log/{}/x", "d".repeat(200));
    let bytes = archive(&[("var/log/messages", b"one\n"), (&long, &[b'x'; 1024]), ("empty", b"")]);
    let (members, remarks) = read(&bytes);
    assert_eq!(names(&members), ["var/log/messages", long.as_str(), "empty"]);
    assert_eq!((members[0].1.as_slice(), members[1].1.len()), (&b"one\n"[..], 1024));
    assert!(remarks.is_empty(), "{remarks:?}");
    let first = Archive::new(Box::new(&bytes[..])).next_file().unwrap().unwrap();
    assert_eq!(first.mtime, Some(1_763_900_000));
}

#[test]
fn links_devices_and_folders_are_passed_over() {
    let mut builder = Builder::new(Vec::new());
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo, EntryType::Directory] {
        // Some programs tell a size for links, and store nothing.
        let size = if kind == EntryType::Link { 5000 } else { 0 };
        let mut header = header(kind, size);
        header.set_path("thing").unwrap();
        header.set_link_name("/etc/shadow").unwrap();
        header.set_cksum();
        builder.append(&header, &b""[..]).unwrap();
    }
    builder.append_data(&mut header(EntryType::Regular, 2), "last", &b"x\n"[..]).unwrap();
    let (members, remarks) = read(&builder.into_inner().unwrap());
    assert_eq!(names(&members), ["last"]);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[test]
fn names_that_reach_out_are_only_names() {
    let mut hostile = header(EntryType::Regular, 2);
    hostile.as_gnu_mut().unwrap().name[..14].copy_from_slice(b"../../etc/x\x1b[m");
    hostile.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&hostile, &b"x\n"[..]).unwrap();
    assert_eq!(names(&read(&builder.into_inner().unwrap()).0), ["../../etc/x\u{1b}[m"]);
}

#[test]
fn pax_headers_name_size_and_date() {
    let record = |key: &str, value: &str| {
        let rest = key.len() + value.len() + 3;
        let length = (rest + 2).to_string().len() + rest;
        format!("{length} {key}={value}\n")
    };
    let records = [record("path", "wörker (a) [b]\nx.log"), record("mtime", "1700000000.5")].concat();
    let mut builder = Builder::new(Vec::new());
    let mut pax = header(EntryType::XHeader, records.len());
    pax.set_cksum();
    builder.append(&pax, records.as_bytes()).unwrap();
    let mut file = header(EntryType::Regular, 2);
    file.set_path("short").unwrap();
    file.set_cksum();
    builder.append(&file, &b"x\n"[..]).unwrap();
    let bytes = builder.into_inner().unwrap();
    let member = Archive::new(Box::new(&bytes[..])).next_file().unwrap().unwrap();
    assert_eq!((member.name.as_slice(), member.mtime), ("wörker (a) [b]\nx.log".as_bytes(), Some(1_700_000_000)));
}

#[test]
fn an_endless_name_is_not_read() {
    let mut name = header(EntryType::GNULongName, 1 << 40);
    name.set_cksum();
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(3 << 20, b'x');
    let (members, remarks) = read(&bytes);
    assert!(members.is_empty());
    assert!(remarks[0].contains("too long"), "{remarks:?}");
}

#[test]
fn a_bad_header_does_not_hide_what_follows() {
    let mut bytes = archive(&[("a", b"one"), ("b", b"two"), ("c", b"three")]);
    bytes[1024] ^= 0xff;
    let (members, remarks) = read(&bytes);
    assert_eq!(names(&members), ["a", "c"]);
    assert_eq!(remarks.len(), 1);
    assert!(remarks[0].contains("1024 bytes before byte 2048"), "{remarks:?}");
}

#[test]
fn cuts_are_told() {
    let bytes = archive(&[("a", b"one"), ("b", &[b'y'; 2000])]);
    let (members, remarks) = read(&bytes[..1024]);
    assert_eq!(names(&members), ["a"]);
    assert!(remarks[0].contains("no end mark"), "{remarks:?}");
    let (members, remarks) = read(&bytes[..2000]);
    assert_eq!((names(&members), members[1].1.len()), (vec!["a", "b"], 464));
    assert!(remarks[0].contains("1536 bytes of this member are missing"), "{remarks:?}");
}

#[test]
fn archives_one_after_the_other_and_garbage_behind() {
    let both = [archive(&[("a", b"one")]), archive(&[("b", b"two")])].concat();
    assert_eq!(names(&read(&both).0), ["a", "b"]);
    let (members, remarks) = read(&[archive(&[("a", b"one")]), vec![b'x'; 3000]].concat());
    assert_eq!((names(&members), remarks.len()), (vec!["a"], 0));
}

#[test]
fn old_sparse_files_have_their_holes() {
    let mut sparse = header(EntryType::GNUSparse, 6);
    sparse.set_path("log").unwrap();
    let gnu = sparse.as_gnu_mut().unwrap();
    gnu.sparse[0].offset[..12].copy_from_slice(b"00000000010\0");
    gnu.sparse[0].numbytes[..12].copy_from_slice(b"00000000004\0");
    gnu.sparse[1].offset[..12].copy_from_slice(b"00000000020\0");
    gnu.sparse[1].numbytes[..12].copy_from_slice(b"00000000002\0");
    gnu.realsize[..12].copy_from_slice(b"00000000022\0");
    sparse.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&sparse, &b"abcdef"[..]).unwrap();
    let (members, _) = read(&builder.into_inner().unwrap());
    assert_eq!(members[0].1, b"\0\0\0\0\0\0\0\0abcd\0\0\0\0ef");
}

#[test]
fn a_hole_without_end_is_stopped() {
    let mut sparse = header(EntryType::GNUSparse, 0);
    sparse.set_path("log").unwrap();
    sparse.as_gnu_mut().unwrap().realsize.copy_from_slice(b"\x80\0\0\0\x40\0\0\0\0\0\0\0");
    sparse.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&sparse, &b""[..]).unwrap();
    let (_, remarks) = read(&builder.into_inner().unwrap());
    assert!(remarks[0].contains("--max-expansion"), "{remarks:?}");
}

proptest! {
    #[test]
    fn flips_are_survived(flips in prop::collection::vec((0usize..4096, any::<u8>()), 1..6)) {
        let mut bytes = archive(&[("a", b"one"), (&"n".repeat(150), b"two"), ("c", &[b'z'; 700])]);
        let length = bytes.len();
        for (at, value) in flips {
            bytes[at % length] ^= value;
        }
        let (members, _) = read(&bytes);
        prop_assert!(members.len() <= 6);
    }

    #[test]
    fn any_cut_gives_the_first_members(at in 0usize..5000) {
        let bytes = archive(&[("a", b"one"), (&"n".repeat(150), b"two"), ("c", &[b'z'; 700])]);
        let all = read(&bytes).0;
        let some = read(&bytes[..at.min(bytes.len())]).0;
        for (whole, part) in all.iter().zip(&some) {
            prop_assert!(whole.0 == part.0 && whole.1.starts_with(&part.1));
        }
    }
}
