//! tar: v7, ustar, pax and GNU, read as a stream.
//!
//! The `tar` crate is not used for reading: it stops at the first bad header, reads name extensions of any size into
//! memory, and its members can not go to another thread.

mod header;
mod sparse;
#[cfg(test)]
mod tests;

pub(in crate::source) use header::is_header;

use super::super::Stream;
use super::super::limits::Watch;
use crate::language::Sentence;
use crate::sentence;
use crate::source::words::words;
use header::{BLOCK, Block, Pax};
use sparse::Map;
use std::io::{self, BufReader, ErrorKind, Read};

/// Bytes read at once from the stream below.
const CAPACITY: usize = 256 * 1024;

/// Longest name or pax extension that is kept; Linux paths end at 4 KiB.
const MAX_EXTENSION: u64 = 1 << 20;

/// One member of which there are bytes to read.
#[derive(Debug)]
pub(in crate::source) struct Member {
    /// Name as it stands in the archive.
    pub(in crate::source) name: Vec<u8>,
    /// Modification time, Unix seconds.
    pub(in crate::source) mtime: Option<i64>,
    sparse: Option<Map>,
}

/// A tar archive.
pub(in crate::source) struct Archive<'a> {
    input: BufReader<Stream<'a>>,
    /// Bytes of the archive that were read.
    offset: u64,
    /// Bytes of the current member's data that were not read.
    left: u64,
    /// Zero bytes that fill up its last block.
    padding: u64,
    remarks: Vec<Sentence>,
}

/// What a header says of the member it stands before.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    pax: Pax,
}

impl<'a> Archive<'a> {
    /// Reads an archive from its start.
    pub(in crate::source) fn new(stream: Stream<'a>) -> Self {
        let input = BufReader::with_capacity(CAPACITY, stream);
        Archive { input, offset: 0, left: 0, padding: 0, remarks: Vec::new() }
    }

    /// What is wrong with the archive, found since the last call.
    pub(in crate::source) fn take_remarks(&mut self) -> Vec<Sentence> {
        std::mem::take(&mut self.remarks)
    }

    /// Goes to the next regular file; links, devices and folders are passed over. What was not read of the last one is
    /// skipped.
    pub(in crate::source) fn next_file(&mut self) -> io::Result<Option<Member>> {
        let mut extensions = Extensions::default();
        while let Some(header) = self.next_header()? {
            match header.kind() {
                b'L' => extensions.name = Some(self.extension()?),
                b'x' | b'X' => extensions.pax = Pax::parse(&self.extension()?),
                b'K' | b'g' => {}
                _ => {
                    if let Some(member) = self.member(&header, std::mem::take(&mut extensions))? {
                        return Ok(Some(member));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The member's bytes, holes of sparse files filled in.
    pub(in crate::source) fn data<'r>(&'r mut self, member: &'r Member, watch: &'r Watch) -> Stream<'r>
    where
        'a: 'r,
    {
        match &member.sparse {
            Some(map) => Box::new(sparse::Filled::new(Data(self), map, watch)),
            None => Box::new(Data(self)),
        }
    }

    fn member(&mut self, header: &Block, extensions: Extensions) -> io::Result<Option<Member>> {
        let Extensions { name, pax } = extensions;
        if let Some(size) = pax.size {
            self.set_size(header.stored(size));
        }
        if !header.is_file() {
            return Ok(None);
        }
        let name = pax.name.clone().or(name).unwrap_or_else(|| header.name());
        if name.ends_with(b"/") {
            return Ok(None);
        }
        let mtime = pax.mtime.or_else(|| header.mtime());
        match self.sparse_map(header, &pax) {
            Ok(sparse) => Ok(Some(Member { name, mtime, sparse })),
            Err(e) if e.kind() == ErrorKind::InvalidData => {
                let name = crate::source::name::show(&name);
                self.remarks.push(sentence!("join-tar-member-left-out", name = name, why = words(&e)));
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }

    fn sparse_map(&mut self, header: &Block, pax: &Pax) -> io::Result<Option<Map>> {
        if header.kind() == b'S' {
            return self.old_sparse(header).map(Some);
        }
        match (pax.sparse_in_data, pax.real_size) {
            (true, Some(size)) => Map::read(&mut Data(self), size).map(Some),
            (false, Some(size)) if !pax.sparse.is_empty() => Map::new(pax.sparse.clone(), size).map(Some),
            _ => Ok(None),
        }
    }

    /// GNU's own sparse format: 4 pieces in the header, 21 in each block that follows it.
    fn old_sparse(&mut self, header: &Block) -> io::Result<Map> {
        let mut pieces = header.sparse_pieces();
        let mut more = header.sparse_goes_on();
        while more {
            let Some(block) = self.read_block()? else { return Err(cut(sentence!("join-tar-cut-in-sparse-map"))) };
            more = block.sparse_block_goes_on();
            pieces.extend(block.sparse_block_pieces());
            sparse::check_count(pieces.len())?;
        }
        Map::new(pieces, header.real_size())
    }

    /// The data of a header that describes the next one.
    fn extension(&mut self) -> io::Result<Vec<u8>> {
        let size = self.left;
        if size > MAX_EXTENSION {
            self.remarks.push(sentence!("join-tar-long-name", size = size));
            return Ok(Vec::new());
        }
        let mut data = Vec::new();
        Data(self).read_to_end(&mut data)?;
        let end = data.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
        data.truncate(end);
        Ok(data)
    }

    fn set_size(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    /// Finds the next header: skips the rest of the current member, the zero blocks of an end mark (other archives may
    /// follow it), and whatever is damaged.
    fn next_header(&mut self) -> io::Result<Option<Block>> {
        self.skip_rest()?;
        let mut zeros = 0u64;
        let mut damaged = 0u64;
        loop {
            let at = self.offset;
            let Some(block) = self.read_block()? else {
                if damaged > 0 {
                    self.remarks.push(sentence!("join-tar-no-member-at-end", bytes = damaged));
                } else if zeros == 0 {
                    self.remarks.push(sentence!("join-tar-no-end"));
                }
                return Ok(None);
            };
            if block.is_zero() {
                zeros += 1;
            } else if block.is_valid() {
                if damaged > 0 {
                    self.remarks.push(sentence!("join-tar-damaged", bytes = damaged, at = at));
                }
                self.set_size(block.stored(block.size()));
                return Ok(Some(block));
            } else if zeros < 2 || damaged > 0 {
                damaged += BLOCK as u64;
            } else {
                // Behind an end mark stands what some program appended: not ours.
                return Ok(None);
            }
        }
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        let skip = self.left.saturating_add(self.padding);
        let skipped = io::copy(&mut self.input.by_ref().take(skip), &mut io::sink())?;
        self.offset = self.offset.saturating_add(skipped);
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// One block; nothing at the end, or when only a part of it is there.
    fn read_block(&mut self) -> io::Result<Option<Block>> {
        let mut block = Block::default();
        let mut filled = 0;
        while filled < BLOCK {
            match self.input.read(&mut block.0[filled..]) {
                Ok(0) => return Ok(None),
                Ok(n) => filled += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.offset = self.offset.saturating_add(BLOCK as u64);
        Ok(Some(block))
    }
}

fn cut(why: Sentence) -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, why)
}

/// The stored bytes of the current member.
struct Data<'r, 'a>(&'r mut Archive<'a>);

impl Read for Data<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Data(archive) = self;
        let max = usize::try_from(archive.left).unwrap_or(usize::MAX).min(buf.len());
        if max == 0 {
            return Ok(0);
        }
        let n = archive.input.read(&mut buf[..max])?;
        if n == 0 {
            let left = archive.left;
            let text = sentence!("join-tar-cut", left = left);
            return Err(io::Error::new(ErrorKind::UnexpectedEof, text));
        }
        archive.left -= n as u64;
        archive.offset = archive.offset.saturating_add(n as u64);
        Ok(n)
    }
}
