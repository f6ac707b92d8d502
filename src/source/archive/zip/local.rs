//! A zip read front to back, by the header before each member: for zips inside other archives, on standard input, and
//! for files whose directory (which stands at the end) was cut off.

use super::super::super::codec::gzip::Inflate;
use super::super::super::codec::{Decode, Decoded, Failure, Input, Peek, Push};
use super::super::super::limits::Watch;
use super::super::super::{Stream, codec};
use super::{Check, Member, Method, dos_time, field, unix_time};
use crate::language::Sentence;
use crate::sentence;
use memchr::memmem;
use std::io;
use zip::DateTime;

/// What is remarked on a zip that just stops.
pub(in crate::source) fn no_directory() -> Sentence {
    sentence!("join-zip-no-directory")
}

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
/// What stands behind the last member: entries of the directory, or its end.
const DIRECTORY: [&[u8; 4]; 4] = [b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08"];

/// Bytes of a local header before the name.
const HEADER: usize = 30;
/// Bytes of the longest data descriptor: signature, checksum, two 64-bit sizes.
const DESCRIPTOR_MAX: usize = 24;
/// Bytes looked at for a signature.
const LOOK: usize = 64 * 1024;

/// A zip that is read front to back.
pub(in crate::source) struct Local<'a> {
    input: Input<'a>,
    body: Option<Body>,
    remarks: Vec<Sentence>,
}

/// The member that is being read.
struct Body {
    kind: Kind,
    /// Packed bytes that were taken.
    taken: u64,
    /// Packed bytes there are, where the header tells.
    packed: Option<u64>,
    check: Check,
    ended: bool,
}

enum Kind {
    Deflate(Box<Inflate>, Option<Failure>),
    Raw,
}

impl<'a> Local<'a> {
    /// Reads a zip from its start.
    pub(in crate::source) fn new(stream: Stream<'a>) -> Self {
        Local { input: Input::new(stream), body: None, remarks: Vec::new() }
    }

    /// What is wrong with the archive, found since the last call.
    pub(in crate::source) fn take_remarks(&mut self) -> Vec<Sentence> {
        std::mem::take(&mut self.remarks)
    }

    /// Goes to the next file; what was not read of the last one is skipped.
    pub(in crate::source) fn next_file(&mut self) -> io::Result<Option<Member>> {
        self.skip_rest()?;
        while self.find_header()? {
            let member = self.header()?;
            self.body = Some(Body::new(&member));
            if !member.name.ends_with(b"/") {
                return Ok(Some(member));
            }
            self.skip_rest()?;
        }
        Ok(None)
    }

    /// The member's bytes.
    pub(in crate::source) fn data<'r>(&'r mut self, watch: &'r Watch) -> Stream<'r>
    where
        'a: 'r,
    {
        Box::new(Decoded::new(Reading(self), "zip", watch))
    }

    /// Goes to a local header; false at the directory or the end.
    fn find_header(&mut self) -> io::Result<bool> {
        let mut damaged = 0u64;
        loop {
            let at_hand = self.input.peek(LOOK)?;
            let start = at_hand.first_chunk::<4>();
            if start == Some(LOCAL) {
                self.remark_damage(damaged);
                return Ok(true);
            }
            if start.is_some_and(|s| DIRECTORY.contains(&s)) {
                self.remark_damage(damaged);
                return Ok(false);
            }
            if at_hand.len() < 4 {
                self.remarks.push(no_directory());
                return Ok(false);
            }
            // The mark of a split archive that fits one piece, or damage: to the next thing that looks like a header.
            let next = memmem::find(&at_hand[1..], b"PK").map_or(at_hand.len() - 1, |at| at + 1);
            damaged += if start == Some(DESCRIPTOR) { 0 } else { next as u64 };
            self.input.consume(next);
        }
    }

    fn remark_damage(&mut self, bytes: u64) {
        if bytes > 0 {
            self.remarks.push(sentence!("join-zip-no-header", bytes = bytes));
        }
    }

    /// Takes a local header (APPNOTE 4.3.7).
    fn header(&mut self) -> io::Result<Member> {
        let fixed: [u8; HEADER] = match self.input.peek(HEADER)?.first_chunk() {
            Some(fixed) => *fixed,
            None => return Err(cut()),
        };
        self.input.consume(HEADER);
        let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let name = self.take(usize::from(short(26)))?;
        let extra = self.take(usize::from(short(28)))?;
        let flags = short(6);
        let later = flags & 8 != 0;
        let time = DateTime::try_from_msdos(short(12), short(10)).ok();
        let [size, packed] = sizes(long(22), long(18), &extra);
        Ok(Member {
            mtime: unix_time(&extra).or_else(|| time.and_then(dos_time)),
            method: Method::new(short(8)),
            encrypted: flags & 1 != 0,
            crc: (!later).then(|| long(14)),
            packed: (!later || packed > 0).then_some(packed),
            size: (!later).then_some(size),
            name,
        })
    }

    fn take(&mut self, n: usize) -> io::Result<Vec<u8>> {
        let bytes = self.input.peek(n)?.to_vec();
        self.input.consume(n);
        if bytes.len() == n { Ok(bytes) } else { Err(cut()) }
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        let Some(mut body) = self.body.take() else { return Ok(()) };
        if let Some(packed) = body.packed {
            return match codec::skip(&mut self.input, packed.saturating_sub(body.taken)) {
                Err(Failure::Io(e)) => Err(e),
                _ => Ok(()),
            };
        }
        let mut scrap = vec![0; LOOK];
        loop {
            match body.decode(&mut self.input, &mut scrap) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(Failure::Io(e)) => return Err(e),
                // The reader of the member was told; the next header is searched for.
                Err(_) => return Ok(()),
            }
        }
    }
}

/// Sizes of a member, unpacked and packed: 32 bits in the header, or in the zip64 extra field (1), which holds only
/// those that are all ones in the header.
pub(super) fn sizes(size: u32, packed: u32, extra: &[u8]) -> [u64; 2] {
    let mut zip64 = field(extra, 1).unwrap_or_default();
    [size, packed].map(|told| match zip64.split_first_chunk::<8>() {
        Some((value, rest)) if told == u32::MAX => {
            zip64 = rest;
            u64::from_le_bytes(*value)
        }
        _ => u64::from(told),
    })
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, sentence!("join-zip-cut"))
}

/// The data of the current member.
struct Reading<'r, 'a>(&'r mut Local<'a>);

impl Decode for Reading<'_, '_> {
    fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
        match &mut self.0.body {
            Some(body) => body.decode(&mut self.0.input, out),
            None => Ok(0),
        }
    }
}

impl Body {
    fn new(member: &Member) -> Body {
        let plain = matches!(member.method, Method::Stored | Method::Deflate) && !member.encrypted;
        let kind = match member.method {
            Method::Deflate if !member.encrypted => Kind::Deflate(Box::new(Inflate::raw()), None),
            _ => Kind::Raw,
        };
        let check = if plain { Check::new(member.crc, member.size) } else { Check::new(None, member.packed) };
        // A checksum that comes later is checked too.
        let check = if plain && member.crc.is_none() { Check { told_crc: Some(0), ..check } } else { check };
        Body { kind, taken: 0, packed: member.packed, check, ended: false }
    }

    fn decode(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Failure> {
        while !self.ended {
            let n = match (&mut self.kind, self.packed) {
                (Kind::Deflate(inflate, failure), _) => {
                    Self::inflate(inflate, failure, &mut self.taken, input, out, &mut self.ended)?
                }
                (Kind::Raw, Some(packed)) => self.known(packed, input, out)?,
                (Kind::Raw, None) => self.unknown(input, out)?,
            };
            self.check.add(&out[..n]);
            if self.ended {
                self.finish(input)?;
            }
            if n > 0 {
                return Ok(n);
            }
        }
        self.check.verify().map(|()| 0)
    }

    fn inflate(
        inflate: &mut Inflate,
        failure: &mut Option<Failure>,
        taken: &mut u64,
        input: &mut Input<'_>,
        out: &mut [u8],
        ended: &mut bool,
    ) -> Result<usize, Failure> {
        if let Some(failure) = failure.take() {
            return Err(failure);
        }
        let at_hand = input.fill()?;
        let last = at_hand.is_empty();
        let progress = inflate.push(at_hand, out, last);
        input.consume(progress.read);
        *taken = taken.saturating_add(progress.read as u64);
        *ended = progress.ended;
        match progress.failure {
            Some(now) if progress.written == 0 => return Err(now),
            later => *failure = later,
        }
        if last && progress.written == 0 && !progress.ended {
            return Err(Failure::Cut);
        }
        Ok(progress.written)
    }

    fn known(&mut self, packed: u64, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Failure> {
        let left = packed.saturating_sub(self.taken);
        if left == 0 {
            self.ended = true;
            return Ok(0);
        }
        let at_hand = input.fill()?;
        if at_hand.is_empty() {
            return Err(Failure::Cut);
        }
        let n = usize::try_from(left).unwrap_or(usize::MAX).min(at_hand.len()).min(out.len());
        out[..n].copy_from_slice(&at_hand[..n]);
        input.consume(n);
        self.taken += n as u64;
        Ok(n)
    }

    /// Stored data of unknown length (Go's archive/zip writes such): they end at a data descriptor that tells just as
    /// many bytes as came.
    fn unknown(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Failure> {
        let at_hand = input.peek(LOOK)?;
        if at_hand.is_empty() {
            return Err(Failure::Cut);
        }
        let found = memmem::find_iter(at_hand, DESCRIPTOR)
            .find(|at| descriptor(&at_hand[*at..]).is_some_and(|d| d.packed == self.taken.saturating_add(*at as u64)));
        if found == Some(0) {
            self.ended = true;
            return Ok(0);
        }
        // What may be the first part of a descriptor waits for the rest of it, unless nothing more comes.
        let sure = found.unwrap_or(if at_hand.len() == LOOK { LOOK - DESCRIPTOR_MAX } else { at_hand.len() });
        let n = sure.min(out.len());
        out[..n].copy_from_slice(&at_hand[..n]);
        input.consume(n);
        self.taken = self.taken.saturating_add(n as u64);
        Ok(n)
    }

    /// The member's data are over: takes the data descriptor.
    fn finish(&mut self, input: &mut Input<'_>) -> Result<(), Failure> {
        if self.packed.is_some() {
            return Ok(());
        }
        if let Some(found) = descriptor(input.peek(DESCRIPTOR_MAX + 4)?) {
            self.check.told_crc = self.check.told_crc.map(|_| found.crc);
            input.consume(found.length);
        } else {
            self.check.told_crc = None;
        }
        self.packed = Some(self.taken);
        Ok(())
    }
}

/// A data descriptor (APPNOTE 4.3.9).
struct Descriptor {
    crc: u32,
    packed: u64,
    length: usize,
}

/// Reads a data descriptor with its signature. Its sizes have 32 or 64 bits, which only shows by what stands behind it.
fn descriptor(bytes: &[u8]) -> Option<Descriptor> {
    let fields = bytes.strip_prefix(DESCRIPTOR)?;
    let crc = u32::from_le_bytes(*fields.first_chunk()?);
    let small = u32::from_le_bytes(*fields.get(4..)?.first_chunk()?);
    let follows = |at: usize| bytes.get(at..at + 2).is_some_and(|b| b == b"PK");
    if follows(16) {
        return Some(Descriptor { crc, packed: u64::from(small), length: 16 });
    }
    let large = u64::from_le_bytes(*fields.get(4..)?.first_chunk()?);
    follows(DESCRIPTOR_MAX).then_some(Descriptor { crc, packed: large, length: DESCRIPTOR_MAX })
}
