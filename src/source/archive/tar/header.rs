//! Header blocks and pax records of tar (POSIX.1-2017 pax, GNU tar 1.35 `tar.h`).

use std::ops::Range;

/// Bytes of a block.
pub(super) const BLOCK: usize = 512;

const NAME: Range<usize> = 0..100;
const SIZE: Range<usize> = 124..136;
const MTIME: Range<usize> = 136..148;
const CHECKSUM: Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: Range<usize> = 257..263;
const PREFIX: Range<usize> = 345..500;
/// GNU: offset and length of 4 pieces of a sparse file, whether more follow, and its size with the holes.
const SPARSE: Range<usize> = 386..482;
const SPARSE_MORE: usize = 482;
const SPARSE_SIZE: Range<usize> = 483..495;
/// GNU: the same in a block that follows: 21 pieces.
const SPARSE_BLOCK: Range<usize> = 0..504;
const SPARSE_BLOCK_MORE: usize = 504;

/// A block of the archive.
#[derive(Clone)]
pub(super) struct Block(pub(super) [u8; BLOCK]);

impl Default for Block {
    fn default() -> Self {
        Block([0; BLOCK])
    }
}

/// Whether this is the start of a tar archive: a header whose checksum is right.
pub(in crate::source) fn is_header(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(|block| Block(*block).is_valid())
}

impl Block {
    /// All zero: the end mark consists of two of these.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|b| *b == 0)
    }

    /// The checksum is the sum of all bytes, its own taken as spaces. Some old programs summed signed bytes.
    pub(super) fn is_valid(&self) -> bool {
        let Some(told) = number(&self.0[CHECKSUM]) else { return false };
        let others = || self.0[..CHECKSUM.start].iter().chain(&self.0[CHECKSUM.end..]);
        let spaces = 8 * i64::from(b' ');
        let unsigned: i64 = others().map(|b| i64::from(*b)).sum();
        let signed: i64 = others().map(|b| i64::from(b.cast_signed())).sum();
        (told == unsigned + spaces || told == signed + spaces) && number(&self.0[SIZE]).is_some_and(|n| n >= 0)
    }

    /// Type of the member: `0`, `L`, `x` ...
    pub(super) fn kind(&self) -> u8 {
        self.0[KIND]
    }

    /// A member with bytes that make a file. What no program knows is a file too (POSIX); `M` is the rest of one that
    /// began on another volume.
    pub(super) fn is_file(&self) -> bool {
        !matches!(self.kind(), b'1'..=b'6' | b'A' | b'D' | b'E' | b'I' | b'K' | b'L' | b'N' | b'V' | b'X' | b'g' | b'x')
    }

    /// Bytes of data behind this header when its size says `size`: links, devices and folders have none, whatever it
    /// says.
    pub(super) fn stored(&self, size: u64) -> u64 {
        if matches!(self.kind(), b'1'..=b'6' | b'V') { 0 } else { size }
    }

    /// Size field.
    pub(super) fn size(&self) -> u64 {
        number(&self.0[SIZE]).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    /// Modification time.
    pub(super) fn mtime(&self) -> Option<i64> {
        number(&self.0[MTIME])
    }

    /// Name, with ustar's prefix.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = until_nul(&self.0[NAME]);
        let prefix = until_nul(&self.0[PREFIX]);
        if &self.0[MAGIC] != b"ustar\0" || prefix.is_empty() {
            return name.to_vec();
        }
        [prefix, b"/", name].concat()
    }

    /// GNU sparse: the pieces in the header.
    pub(super) fn sparse_pieces(&self) -> Vec<(u64, u64)> {
        pieces(&self.0[SPARSE])
    }

    /// GNU sparse: whether a block with more pieces follows.
    pub(super) fn sparse_goes_on(&self) -> bool {
        self.0[SPARSE_MORE] != 0
    }

    /// GNU sparse: size with the holes.
    pub(super) fn real_size(&self) -> u64 {
        number(&self.0[SPARSE_SIZE]).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    /// GNU sparse: the pieces in a block that follows.
    pub(super) fn sparse_block_pieces(&self) -> Vec<(u64, u64)> {
        pieces(&self.0[SPARSE_BLOCK])
    }

    /// GNU sparse: whether yet another block follows.
    pub(super) fn sparse_block_goes_on(&self) -> bool {
        self.0[SPARSE_BLOCK_MORE] != 0
    }
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|b| *b == 0).next().unwrap_or_default()
}

fn pieces(bytes: &[u8]) -> Vec<(u64, u64)> {
    let unsigned = |field: &[u8]| number(field).and_then(|n| u64::try_from(n).ok());
    let piece = |b: &[u8]| (b[0] != 0).then(|| Some((unsigned(&b[..12])?, unsigned(&b[12..])?))).flatten();
    bytes.chunks_exact(24).map_while(piece).collect()
}

/// A number field: octal digits between spaces and NULs, or (GNU, for what does not fit) a big-endian binary number
/// with the top bit set. An empty field is 0.
fn number(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    if first & 0x80 != 0 {
        return binary(field, first);
    }
    let text = field.trim_ascii_start();
    let digits = text.iter().position(|b| matches!(b, 0 | b' ')).map_or(text, |end| &text[..end]);
    digits.iter().try_fold(0i64, |n, b| match b {
        b'0'..=b'7' => n.checked_mul(8)?.checked_add(i64::from(b - b'0')),
        _ => None,
    })
}

fn binary(field: &[u8], first: u8) -> Option<i64> {
    let negative = first & 0x40 != 0;
    let start = if negative { -1 } else { i64::from(first & 0x3f) };
    field[1..].iter().try_fold(start, |n, b| n.checked_mul(256)?.checked_add(i64::from(*b)))
}

/// What a pax extended header says, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    /// `GNU.sparse.name`, else `path`.
    pub(super) name: Option<Vec<u8>>,
    /// `size`: bytes stored.
    pub(super) size: Option<u64>,
    /// `mtime`, whole seconds.
    pub(super) mtime: Option<i64>,
    /// `GNU.sparse.realsize` (1.0) or `GNU.sparse.size` (0.0, 0.1).
    pub(super) real_size: Option<u64>,
    /// GNU sparse format 1.0: the map is the first thing in the data.
    pub(super) sparse_in_data: bool,
    /// GNU sparse formats 0.0 and 0.1: the map.
    pub(super) sparse: Vec<(u64, u64)>,
}

impl Pax {
    /// Reads `LENGTH KEY=VALUE\n` records; stops at the first that is not one.
    pub(super) fn parse(mut data: &[u8]) -> Pax {
        let mut pax = Pax::default();
        let mut sparse_name = None;
        while let Some((key, value, rest)) = record(data) {
            match key {
                b"path" => pax.name = Some(value.to_vec()),
                b"size" => pax.size = decimal(value),
                b"mtime" => pax.mtime = seconds(value),
                b"GNU.sparse.name" => sparse_name = Some(value.to_vec()),
                _ => pax.sparse_record(key, value),
            }
            data = rest;
        }
        pax.name = sparse_name.or(pax.name);
        pax
    }

    fn sparse_record(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"GNU.sparse.major" => self.sparse_in_data = value == b"1",
            b"GNU.sparse.realsize" | b"GNU.sparse.size" => self.real_size = decimal(value),
            b"GNU.sparse.offset" => self.sparse.extend(decimal(value).map(|at| (at, 0))),
            b"GNU.sparse.numbytes" => {
                if let (Some(piece), Some(length)) = (self.sparse.last_mut(), decimal(value)) {
                    piece.1 = length;
                }
            }
            b"GNU.sparse.map" => {
                let numbers: Vec<u64> = value.split(|b| *b == b',').map_while(decimal).collect();
                self.sparse = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            }
            _ => {}
        }
    }
}

/// One record, and what follows it.
fn record(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = data.iter().position(|b| *b == b' ')?;
    let length = usize::try_from(decimal(&data[..space])?).ok()?;
    // The last record's line feed may be gone with the zeros that were cut off, never anything else.
    let record = data.get(space + 1..length.min(data.len()))?;
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    let equals = record.iter().position(|b| *b == b'=')?;
    Some((&record[..equals], &record[equals + 1..], data.get(length..).unwrap_or_default()))
}

/// A decimal number and nothing else.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok().filter(|s| s.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

/// `1763900000.123456789`, `-1.5`: whole seconds, rounded down.
fn seconds(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let below = text.starts_with('-') && fraction.bytes().any(|b| b != b'0');
    seconds.checked_sub(i64::from(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_all_their_forms() {
        assert_eq!(number(b"00000001750\0"), Some(1000));
        assert_eq!(number(b"   1750 \0"), Some(1000));
        assert_eq!(number(b"\0\0\0\0"), Some(0));
        assert_eq!(number(b"00000009\0"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(1 << 33));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
        assert_eq!(number(b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None);
    }

    #[test]
    fn pax_records() {
        let pax = Pax::parse(b"16 path=a\nb=c d\n30 mtime=1763900000.123456789\n11 size=12\n");
        assert_eq!(pax.name.as_deref(), Some(&b"a\nb=c d"[..]));
        assert_eq!((pax.mtime, pax.size), (Some(1_763_900_000), Some(12)));
        assert_eq!(seconds(b"-1.5"), Some(-2));
        assert_eq!(Pax::parse(b"99999999999999999999 path=a\n"), Pax::default());
        assert_eq!(Pax::parse(b"3 path=a\n"), Pax::default());
        assert_eq!(Pax::parse(b"0 path=a\n"), Pax::default());
    }

    #[test]
    fn pax_sparse_maps() {
        let old = Pax::parse(b"24 GNU.sparse.offset=10\n25 GNU.sparse.numbytes=5\n23 GNU.sparse.size=100\n");
        assert_eq!((old.sparse, old.real_size), (vec![(10, 5)], Some(100)));
        assert_eq!(Pax::parse(b"26 GNU.sparse.map=0,5,9,1\n").sparse, [(0, 5), (9, 1)]);
    }

    #[test]
    fn text_is_no_header() {
        let line = b"Nov 23 10:00:00 node kernel: Out of memory: Killed process 42 (x)\n".repeat(20);
        assert!(!is_header(&line));
        assert!(!is_header(&[0; BLOCK]) || Block::default().is_zero());
    }
}
