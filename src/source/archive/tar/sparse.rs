//! Sparse members of tar: a log that was truncated under a writer without O_APPEND begins with a hole, and journal
//! files have holes where space was set aside. `tar -S` leaves them out; here they are filled in again, so that
//! offsets are right.

use super::header::{BLOCK, decimal};
use crate::language::Sentence;
use crate::sentence;
use crate::source::limits::Watch;
use std::io::{self, ErrorKind, Read};

/// Pieces of one file that are kept; files of logs have a handful.
const MAX_PIECES: usize = 100_000;

/// Where the stored bytes belong: offset and length of each piece, in order, and the size with the holes.
#[derive(Debug)]
pub(super) struct Map {
    pieces: Vec<(u64, u64)>,
    size: u64,
}

impl Map {
    /// Checks a map: its pieces must be in order and within the file.
    pub(super) fn new(pieces: Vec<(u64, u64)>, size: u64) -> io::Result<Map> {
        check_count(pieces.len())?;
        let mut end = 0;
        for (offset, length) in &pieces {
            let piece_end = offset.checked_add(*length).filter(|e| *e <= size && *offset >= end);
            end = piece_end.ok_or_else(|| invalid(sentence!("join-tar-sparse-wrong")))?;
        }
        Ok(Map { pieces, size })
    }

    /// GNU sparse format 1.0: the data begin with decimal numbers, one a line: how many pieces, then offset and
    /// length of each; filled up to a whole block.
    pub(super) fn read(data: &mut impl Read, size: u64) -> io::Result<Map> {
        let mut lines = Lines { data, taken: 0 };
        let count = usize::try_from(lines.number()?).unwrap_or(usize::MAX);
        check_count(count)?;
        let mut pieces = Vec::new();
        for _ in 0..count {
            pieces.push((lines.number()?, lines.number()?));
        }
        let fill = (BLOCK - lines.taken % BLOCK) % BLOCK;
        io::copy(&mut data.take(fill as u64), &mut io::sink())?;
        Map::new(pieces, size)
    }
}

/// An error for maps that are too long to be true.
pub(super) fn check_count(pieces: usize) -> io::Result<()> {
    if pieces > MAX_PIECES { Err(invalid(sentence!("join-tar-sparse-long"))) } else { Ok(()) }
}

fn invalid(why: Sentence) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

struct Lines<'r, R> {
    data: &'r mut R,
    taken: usize,
}

impl<R: Read> Lines<'_, R> {
    fn number(&mut self) -> io::Result<u64> {
        let mut digits = Vec::new();
        loop {
            let mut byte = [0];
            self.data.read_exact(&mut byte)?;
            self.taken += 1;
            match byte[0] {
                b'\n' => return decimal(&digits).ok_or_else(|| invalid(sentence!("join-tar-sparse-damaged"))),
                digit if digits.len() < 20 => digits.push(digit),
                _ => return Err(invalid(sentence!("join-tar-sparse-damaged"))),
            }
        }
    }
}

/// The file with its holes as zeros.
pub(super) struct Filled<'r, R> {
    data: R,
    map: &'r Map,
    watch: &'r Watch,
    piece: usize,
    at: u64,
}

impl<'r, R: Read> Filled<'r, R> {
    /// `data` yields the stored pieces one after the other.
    pub(super) fn new(data: R, map: &'r Map, watch: &'r Watch) -> Self {
        Filled { data, map, watch, piece: 0, at: 0 }
    }

    /// Bytes until the next change, and whether they are stored.
    fn run(&mut self) -> (u64, bool) {
        while let Some((offset, length)) = self.map.pieces.get(self.piece) {
            let end = offset.saturating_add(*length);
            if self.at < *offset {
                return (offset - self.at, false);
            }
            if self.at < end {
                return (end - self.at, true);
            }
            self.piece += 1;
        }
        (self.map.size.saturating_sub(self.at), false)
    }
}

impl<R: Read> Read for Filled<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let (length, stored) = self.run();
        let max = usize::try_from(length).unwrap_or(usize::MAX).min(buf.len());
        let n = if stored {
            self.data.read(&mut buf[..max])?
        } else {
            buf[..max].fill(0);
            self.watch.filled(max)?;
            max
        };
        self.at = self.at.saturating_add(n as u64);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::limits::Limits;

    fn fill(data: &[u8], map: &Map) -> Vec<u8> {
        let mut out = Vec::new();
        Filled::new(data, map, &Watch::new(&Limits::default())).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn holes_are_filled() {
        let map = Map::new(vec![(3, 2), (5, 1), (8, 0)], 9).unwrap();
        assert_eq!(fill(b"abc", &map), b"\0\0\0abc\0\0\0");
    }

    #[test]
    fn map_in_the_data() {
        let mut data = b"2\n0\n3\n600\n2\n".to_vec();
        data.resize(512, 0);
        data.extend(b"abcde");
        let mut data = &data[..];
        let map = Map::read(&mut data, 602).unwrap();
        assert_eq!(data, b"abcde");
        let out = fill(data, &map);
        assert_eq!((out.len(), &out[..4], &out[599..]), (602, &b"abc\0"[..], &b"\0de"[..]));
    }

    #[test]
    fn hostile_maps() {
        assert!(Map::new(vec![(5, 1), (3, 1)], 10).is_err());
        assert!(Map::new(vec![(5, 6)], 10).is_err());
        assert!(Map::new(vec![(u64::MAX, 2)], u64::MAX).is_err());
        assert!(Map::read(&mut &b"99999999999999999999\n"[..], 1).is_err());
        assert!(Map::read(&mut &b"4000000000\n"[..], 1).is_err());
        assert!(Map::read(&mut &b"1\n0"[..], 1).is_err());
    }
}
