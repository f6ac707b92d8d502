//! What a stream is, told by its first bytes, never by its name.

use super::Format;
use super::archive::{tar, zip};
use super::codec::{bzip2, gzip, lz4, xz, zstd};
use super::mail;
use super::utf16::Order;
use crate::language::Sentence;
use crate::sentence;

/// Bytes looked at.
pub(super) const HEAD: usize = 8 * 1024;

/// A run of so many NULs is a hole, not binary data: logs get them from crashes and from truncation under a writer.
const HOLE: usize = 16;

/// What a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Compressed; look again inside.
    Packed(Format),
    /// A tar archive.
    Tar,
    /// A zip archive.
    Zip,
    /// UTF-16 text.
    Utf16(Order),
    /// A mail whose text is quoted-printable.
    Mail(mail::Shape),
    /// A journal file, text, or what may be text: evidence may be in it.
    Evidence,
    /// Nothing but NULs so far: a hole, or a disk image.
    Zeros,
    /// It holds no logs: what it is.
    Useless(&'static Sentence),
    /// It may hold logs, but can not be read: what it is.
    Unreadable(&'static Sentence),
}

/// Files that may hold logs in a form that is not read here.
static UNREADABLE: [(&[u8], Sentence); 10] = [
    (b"7z\xbc\xaf\x27\x1c", sentence!("join-kind-7z")),
    (b"Rar!\x1a\x07", sentence!("join-kind-rar")),
    (b"\x1f\x9d", sentence!("join-kind-compress")),
    (b"LZIP\x01", sentence!("join-kind-lzip")),
    (b"\x89LZO\0\r\n\x1a\n", sentence!("join-kind-lzop")),
    (b"MSCF\0\0\0\0", sentence!("join-kind-cabinet")),
    (b"age-encryption.org/v1", sentence!("join-kind-age")),
    (b"-----BEGIN PGP MESSAGE-----", sentence!("join-kind-pgp")),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", sentence!("join-kind-age")),
    (b"Salted__", sentence!("join-kind-openssl")),
];

/// Files that hold no logs.
static USELESS: [(&[u8], Sentence); 32] = [
    (b"\x7fELF", sentence!("join-kind-elf")),
    (b"KDUMP   ", sentence!("join-kind-kdump")),
    (b"makedumpfile\0", sentence!("join-kind-makedumpfile")),
    (b"PAGEDU", sentence!("join-kind-memory-dump")),
    (b"\xca\xfe\xba\xbe", sentence!("join-kind-java-class")),
    (b"JAVA PROFILE 1.0", sentence!("join-kind-java-heap")),
    (b"FLR\0", sentence!("join-kind-java-flight")),
    (b"\0asm", sentence!("join-kind-wasm")),
    (b"\xed\xab\xee\xdb", sentence!("join-kind-rpm")),
    (b"!<arch>\n", sentence!("join-kind-ar")),
    (b"hsqs", sentence!("join-kind-squashfs")),
    (b"QFI\xfb", sentence!("join-kind-qcow2")),
    (b"KDMV", sentence!("join-kind-vmdk")),
    (b"# Disk DescriptorFile", sentence!("join-kind-vmdk")),
    (b"conectix", sentence!("join-kind-vhd")),
    (b"vhdxfile", sentence!("join-kind-vhdx")),
    (b"LUKS\xba\xbe", sentence!("join-kind-luks")),
    (b"SQLite format 3\0", sentence!("join-kind-sqlite")),
    (b"%PDF-", sentence!("join-kind-pdf")),
    (b"\x89PNG\r\n\x1a\n", sentence!("join-kind-picture")),
    (b"\xff\xd8\xff", sentence!("join-kind-picture")),
    (b"GIF87a", sentence!("join-kind-picture")),
    (b"GIF89a", sentence!("join-kind-picture")),
    (b"II*\0", sentence!("join-kind-picture")),
    (b"MM\0*", sentence!("join-kind-picture")),
    (b"OggS\0", sentence!("join-kind-sound")),
    (b"ID3\x03", sentence!("join-kind-sound")),
    (b"\xd4\xc3\xb2\xa1", sentence!("join-kind-pcap")),
    (b"\x0a\x0d\x0d\x0a", sentence!("join-kind-pcap")),
    (b"PERFILE2", sentence!("join-kind-perf")),
    (b"wOF2", sentence!("join-kind-font")),
    (b"MDMP\x93\xa7", sentence!("join-kind-minidump")),
];

/// What has no magic number of its own.
static CPIO: Sentence = sentence!("join-kind-cpio");
static UTF32: Sentence = sentence!("join-kind-utf32");
static ZIPPED: Sentence = sentence!("join-kind-zip-program");
static BINARY: Sentence = sentence!("join-kind-binary");

/// First members of zips that are programs or documents.
const USELESS_ZIPS: [&[u8]; 5] =
    [b"META-INF/", b"[Content_Types].xml", b"mimetype", b"AndroidManifest.xml", b"_rels/.rels"];

/// Tells what a stream is from its first [`HEAD`] bytes (fewer only when the stream is shorter).
pub(super) fn sniff(head: &[u8]) -> Kind {
    if head.starts_with(b"LPKSHHRH") {
        return Kind::Evidence;
    }
    if let Some(kind) = packed(head) {
        return kind;
    }
    let listed =
        |list: &'static [(&[u8], Sentence)]| list.iter().find(|(m, _)| head.starts_with(m)).map(|(_, what)| what);
    if let Some(what) = listed(&UNREADABLE) {
        return Kind::Unreadable(what);
    }
    if let Some(what) = listed(&USELESS) {
        return Kind::Useless(what);
    }
    match head {
        // The magic number alone is also how MySQL wrote the 1st of July 2007.
        [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', digit, ..] if digit.is_ascii_hexdigit() => Kind::Useless(&CPIO),
        // UTF-32 begins like UTF-16 and is used by nobody.
        [0xff, 0xfe, 0, 0, ..] => Kind::Useless(&UTF32),
        [0xff, 0xfe, ..] => Kind::Utf16(Order::Little),
        [0xfe, 0xff, ..] => Kind::Utf16(Order::Big),
        _ => mail::shape(head).map_or_else(|| text_or_not(head), Kind::Mail),
    }
}

fn packed(head: &[u8]) -> Option<Kind> {
    let zip = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|m| head.starts_with(*m));
    match head {
        _ if gzip::is_gzip(head) => Some(Kind::Packed(Format::Gzip)),
        _ if xz::is_xz(head) => Some(Kind::Packed(Format::Xz)),
        _ if bzip2::is_bzip2(head) => Some(Kind::Packed(Format::Bzip2)),
        _ if lz4::is_lz4(head) => Some(Kind::Packed(Format::Lz4)),
        _ if zstd::is_zstd(head) => Some(Kind::Packed(Format::Zstd)),
        _ if xz::is_lzma(head) => Some(Kind::Packed(Format::Lzma)),
        _ if zip => Some(zip_kind(head)),
        _ if tar::is_header(head) => Some(Kind::Tar),
        _ => None,
    }
}

fn zip_kind(head: &[u8]) -> Kind {
    let name = zip::first_name(head).unwrap_or_default();
    if USELESS_ZIPS.iter().any(|useless| name.starts_with(useless)) {
        return Kind::Useless(&ZIPPED);
    }
    Kind::Zip
}

/// Whether this may be text, in any encoding. In doubt it is: reading too much costs time, leaving something out costs
/// evidence. Text with binary parts is common: NULs after a crash, framed container logs, garbage on serial consoles.
fn text_or_not(head: &[u8]) -> Kind {
    let holes = holes(head);
    let rest = head.len() - holes;
    if rest == 0 && !head.is_empty() {
        return Kind::Zeros;
    }
    let odd = head.iter().filter(|b| is_odd(**b)).count().saturating_sub(holes);
    let not_utf8: usize = head.utf8_chunks().map(|c| c.invalid().len()).sum();
    // Random (encrypted, compressed) bytes: a tenth are control characters, a third or more are not UTF-8.
    let random = odd * 100 > rest * 6 && not_utf8 * 100 > rest * 25;
    if odd * 100 > rest * 30 || random { Kind::Useless(&BINARY) } else { Kind::Evidence }
}

fn is_odd(byte: u8) -> bool {
    matches!(byte, 0..=7 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

/// Bytes in long runs of NULs.
fn holes(head: &[u8]) -> usize {
    head.chunk_by(|a, b| (*a == 0) == (*b == 0)).filter(|run| run[0] == 0 && run.len() >= HOLE).map(<[u8]>::len).sum()
}

/// Well-known files that may be huge and hold no logs, whose content does not tell: by the last part of their name.
pub(super) fn is_useless_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = lower.split(['.', '-']).next().unwrap_or_default();
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    // `vmcore-dmesg.txt` stands beside a vmcore and is a kernel log.
    matches!(stem, "lastlog" | "faillog" | "tallylog" | "wtmp" | "btmp" | "utmp")
        || matches!(lower.as_str(), "vmcore" | "vmcore.flat" | "vmcore-incomplete" | "kcore")
        || matches!(extension, "core" | "qcow2" | "vmdk" | "vdi" | "vhd" | "vhdx" | "iso" | "hprof")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_their_magic() {
        assert_eq!(sniff(b"\x1f\x8b\x08\0\0\0\0\0"), Kind::Packed(Format::Gzip));
        assert_eq!(sniff(b"\xfd7zXZ\0\0\x04"), Kind::Packed(Format::Xz));
        assert_eq!(sniff(b"BZh91AY&SY"), Kind::Packed(Format::Bzip2));
        assert_eq!(sniff(b"\x28\xb5\x2f\xfd\x04"), Kind::Packed(Format::Zstd));
        assert_eq!(sniff(b"\x04\x22\x4d\x18"), Kind::Packed(Format::Lz4));
        assert_eq!(sniff(b"\x02\x21\x4c\x18"), Kind::Packed(Format::Lz4));
        assert_eq!(sniff(b"\x50\x2a\x4d\x18\x02\0\0\0ab\x28\xb5\x2f\xfd"), Kind::Packed(Format::Zstd));
        assert_eq!(sniff(b"\x50\x2a\x4d\x18\x02\0\0\0ab\x04\x22\x4d\x18"), Kind::Packed(Format::Lz4));
        assert_eq!(sniff(b"PK\x03\x04"), Kind::Zip);
        assert_eq!(sniff(b"LPKSHHRH\0\0\0\0\0\0"), Kind::Evidence);
        assert_eq!(sniff(b"\xff\xfea\0"), Kind::Utf16(Order::Little));
        assert_eq!(sniff(b"\x7fELF\x02\x01"), Kind::Useless(&USELESS[0].1));
        assert_eq!(sniff(b"7z\xbc\xaf\x27\x1c\0\x04"), Kind::Unreadable(&UNREADABLE[0].1));
    }

    #[test]
    fn text_is_text() {
        assert_eq!(sniff(b""), Kind::Evidence);
        assert_eq!(sniff(b"BZh is a log line"), Kind::Evidence);
        assert_eq!(sniff(b"\x1b[31mOut of memory\x1b[0m: Killed process 1\n"), Kind::Evidence);
        assert_eq!(sniff("Прервано: не хватает памяти".as_bytes()), Kind::Evidence);
        assert_eq!(sniff(b"\xb3\xcc\xd0\xf2 (GBK) \xc4\xda\xb4\xe6\n"), Kind::Evidence);
    }

    #[test]
    fn text_with_binary_parts_is_text() {
        let crash = [b"Nov 23 10:00:00 node kernel: x\n".as_slice(), &[0; 4000], b"Nov 23 10:01:00 node kernel: y\n"];
        assert_eq!(sniff(&crash.concat()), Kind::Evidence);
        // docker's `local` log driver: length, protobuf fields, length.
        let framed = b"\0\0\0\x3a\x0a\x06stdout\x10\x80\x9c\xa4\xf0\xd7\xe6\xda\xbc\x18\x1a\x28\
            Killed: the container had no memory left\0\0\0\x3a";
        assert_eq!(sniff(framed), Kind::Evidence);
        // `journalctl -o export`: a field with a line feed in it has a binary length.
        let export = b"__CURSOR=s=1\nMESSAGE\n\x0c\0\0\0\0\0\0\0two\nlines\n_PID=1\n_COMM=kernel\nPRIORITY=4\n";
        assert_eq!(sniff(export), Kind::Evidence);
    }

    #[test]
    fn binary_is_not_text() {
        let numbers: Vec<u8> = (0u32..2000).flat_map(u32::to_le_bytes).collect();
        assert_eq!(sniff(&numbers), Kind::Useless(&BINARY));
        let mut state = 1u32;
        let random: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(HEAD)
        .collect();
        assert_eq!(sniff(&random), Kind::Useless(&BINARY));
        assert_eq!(sniff(&[0; 100]), Kind::Zeros);
    }

    #[test]
    fn names_that_are_passed_over() {
        for name in ["lastlog", "wtmp.1", "btmp-20251101", "core.1.core", "vmcore", "disk.QCOW2"] {
            assert!(is_useless_name(name), "{name}");
        }
        for name in ["vmcore-dmesg.txt", "messages", "core", "core.log", "isolation.log"] {
            assert!(!is_useless_name(name), "{name}");
        }
    }
}
