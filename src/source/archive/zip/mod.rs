//! zip (APPNOTE 6.3.10): by its directory where the file can be searched, by the headers before each member otherwise.
//!
//! The `zip` crate reads the directory and finds the members; their bytes are unpacked here, so that a damaged member
//! still gives what stands before the damage.

mod local;
#[cfg(test)]
mod tests;

pub(in crate::source) use local::{Local, no_directory};

use super::super::Stream;
use super::super::codec::gzip::Inflate;
use super::super::codec::{Decode, Decoded, Failure, Input, Pump};
use super::super::limits::Watch;
use crate::language::Sentence;
use crate::sentence;
use crate::source::words;
use flate2::Crc;
use std::io::{Read, Seek};
use zip::result::ZipError;
use zip::{CompressionMethod, DateTime, ZipArchive};

/// How a member is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Method {
    /// 0
    Stored,
    /// 8
    Deflate,
    /// 12 bzip2, 93 zstd, 95 xz: the bytes are such a stream, which is seen when they are looked at like any other.
    Stream,
    /// Anything else.
    Unknown(u16),
}

impl Method {
    fn new(number: u16) -> Method {
        match number {
            0 => Method::Stored,
            8 => Method::Deflate,
            12 | 93 | 95 => Method::Stream,
            other => Method::Unknown(other),
        }
    }
}

/// What a zip says of one member.
#[derive(Debug)]
pub(in crate::source) struct Member {
    /// Name as it stands in the archive.
    pub(in crate::source) name: Vec<u8>,
    /// Modification time, Unix seconds. From the extended timestamp where there is one; else the DOS time, which is
    /// local time of an unknown zone and taken as UTC.
    pub(in crate::source) mtime: Option<i64>,
    method: Method,
    encrypted: bool,
    crc: Option<u32>,
    packed: Option<u64>,
    size: Option<u64>,
}

impl Member {
    /// Why it can not be read, if so.
    pub(in crate::source) fn obstacle(&self) -> Option<Sentence> {
        match self.method {
            _ if self.encrypted => Some(sentence!("join-zip-encrypted")),
            Method::Unknown(9) => Some(sentence!("join-zip-deflate64")),
            Method::Unknown(n) => Some(sentence!("join-zip-method", n = n)),
            _ => None,
        }
    }
}

/// A zip file that can be searched.
pub(in crate::source) struct Directory<R> {
    archive: ZipArchive<R>,
    /// One decoder for all members, one after the other.
    inflate: Inflate,
}

impl<R: Read + Seek + Send> Directory<R> {
    /// Reads the directory; what is wrong with it if that is not possible.
    pub(in crate::source) fn open(file: R) -> Result<Self, Sentence> {
        Ok(Directory { archive: ZipArchive::new(file).map_err(|e| wrong(&e))?, inflate: Inflate::raw() })
    }

    /// How many members there are.
    pub(in crate::source) fn len(&self) -> usize {
        self.archive.len()
    }

    /// Member `index`; nothing for folders and links.
    pub(in crate::source) fn member(&mut self, index: usize) -> Result<Option<Member>, Sentence> {
        let file = self.archive.by_index_raw(index).map_err(|e| wrong(&e))?;
        if !file.is_file() {
            return Ok(None);
        }
        Ok(Some(Member {
            name: file.name_raw().to_vec(),
            mtime: file.extra_data().and_then(unix_time).or_else(|| file.last_modified().and_then(dos_time)),
            method: Method::new(number(file.compression())),
            encrypted: file.encrypted(),
            crc: Some(file.crc32()),
            packed: Some(file.compressed_size()),
            size: Some(file.size()),
        }))
    }

    /// The bytes of member `index`.
    pub(in crate::source) fn data<'a>(
        &'a mut self,
        index: usize,
        member: &Member,
        watch: &'a Watch,
    ) -> Result<Stream<'a>, Sentence> {
        let raw = self.archive.by_index_raw(index).map_err(|e| wrong(&e))?;
        self.inflate.begin_raw();
        let mut check = Check::new(member.crc, member.size);
        let input = Input::new(Box::new(raw));
        let body = match member.method {
            Method::Deflate => Body::Deflate(Box::new(Pump::new(&mut self.inflate, input, None))),
            Method::Stored => Body::Raw(input),
            Method::Stream | Method::Unknown(_) => {
                check = Check::new(None, member.packed);
                Body::Raw(input)
            }
        };
        Ok(Box::new(Decoded::new(Checked { body, check }, "zip", watch)))
    }
}

/// What the library says is wrong with a zip.
fn wrong(e: &ZipError) -> Sentence {
    match e {
        ZipError::Io(_) => sentence!("join-zip-io"),
        ZipError::InvalidArchive(_) => sentence!("join-zip-invalid", text = e.to_string()),
        other => words::quoted(other),
    }
}

/// The name of the first member, from the start of the file.
pub(in crate::source) fn first_name(head: &[u8]) -> Option<&[u8]> {
    let length = head.get(26..28)?.first_chunk().map(|b| u16::from_le_bytes(*b))?;
    head.get(30..30 + usize::from(length))
}

#[allow(deprecated, reason = "the only way to learn the number of a method that the crate does not unpack itself")]
fn number(method: CompressionMethod) -> u16 {
    match method {
        CompressionMethod::Stored => 0,
        CompressionMethod::Deflated => 8,
        CompressionMethod::Unsupported(n) => n,
        _ => u16::MAX,
    }
}

enum Body<'a> {
    Deflate(Box<Pump<'a, &'a mut Inflate, Input<'a>>>),
    Raw(Input<'a>),
}

/// A member with its checksum and size.
struct Checked<'a> {
    body: Body<'a>,
    check: Check,
}

impl Decode for Checked<'_> {
    fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
        let n = match &mut self.body {
            Body::Deflate(pump) => pump.decode(out)?,
            Body::Raw(input) => input.read(out)?,
        };
        self.check.add(&out[..n]);
        if n > 0 {
            return Ok(n);
        }
        match (&self.body, self.check.verify()) {
            // A cut stream has no end of its own: this one came to its end before it should.
            (Body::Deflate(_), Err(Failure::Cut)) => Err(Failure::Damaged(sentence!("join-checksum"))),
            (_, verified) => verified.map(|()| 0),
        }
    }
}

/// What came, and what should have come.
struct Check {
    crc: Crc,
    told_crc: Option<u32>,
    given: u64,
    told_size: Option<u64>,
}

impl Check {
    fn new(told_crc: Option<u32>, told_size: Option<u64>) -> Check {
        Check { crc: Crc::new(), told_crc, given: 0, told_size }
    }

    fn add(&mut self, bytes: &[u8]) {
        if self.told_crc.is_some() {
            self.crc.update(bytes);
        }
        self.given = self.given.saturating_add(bytes.len() as u64);
    }

    fn verify(&self) -> Result<(), Failure> {
        if self.told_size.is_some_and(|size| self.given < size) {
            return Err(Failure::Cut);
        }
        match self.told_crc {
            Some(told) if told != self.crc.sum() => Err(Failure::Damaged(sentence!("join-checksum"))),
            _ => Ok(()),
        }
    }
}

/// One extra field of a header: number and content; and what follows it.
fn extra_field(extra: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (head, rest) = extra.split_first_chunk::<4>()?;
    let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
    let content = rest.get(..length)?;
    Some((u16::from_le_bytes([head[0], head[1]]), content, &rest[length..]))
}

/// The first extra field with this number.
fn field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while let Some((number, content, rest)) = extra_field(extra) {
        if number == wanted {
            return Some(content);
        }
        extra = rest;
    }
    None
}

/// Extended timestamp (0x5455): flags, then the modification time when bit 0 is set.
fn unix_time(extra: &[u8]) -> Option<i64> {
    let (flags, times) = field(extra, 0x5455)?.split_first()?;
    let seconds = times.first_chunk().map(|b| i32::from_le_bytes(*b))?;
    (flags & 1 == 1).then_some(i64::from(seconds))
}

fn dos_time(time: DateTime) -> Option<i64> {
    let date = chrono::NaiveDate::from_ymd_opt(time.year().into(), time.month().into(), time.day().into())?;
    let time = date.and_hms_opt(time.hour().into(), time.minute().into(), time.second().into())?;
    Some(time.and_utc().timestamp())
}
