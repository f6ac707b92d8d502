//! Writes small journal files for tests: regular and compact, with compressed fields, and with objects that journald
//! would never write.

use super::decompress::Codec;
use std::collections::HashMap;

pub(super) const BOOT: u128 = 0x1111_2222_3333_4444_5555_6666_7777_8888;
pub(super) const REALTIME: u64 = 1_795_000_000_000_000;
const HEADER: usize = 272;

/// A journal file in the making. Header fields are brought up to date by [`Builder::finish`].
pub(super) struct Builder {
    pub(super) out: Vec<u8>,
    compact: bool,
    data: HashMap<Vec<u8>, u64>,
    tail: u64,
    objects: u64,
    pub(super) entries: u64,
    pub(super) boot: u128,
    /// Packs fields of 512 bytes and more.
    pub(super) codec: Option<Codec>,
}

impl Builder {
    pub(super) fn new(compact: bool) -> Builder {
        let mut builder = Builder {
            out: vec![0; HEADER],
            compact,
            data: HashMap::new(),
            tail: 0,
            objects: 0,
            entries: 0,
            boot: BOOT,
            codec: None,
        };
        builder.object(5, 0, &[0; 16 * 3]);
        builder.object(4, 0, &[0; 16 * 7]);
        builder
    }

    /// Appends an object and returns its offset.
    pub(super) fn object(&mut self, kind: u8, flags: u8, rest: &[u8]) -> u64 {
        let at = self.out.len() as u64;
        assert_eq!(at % 8, 0);
        self.out.extend([kind, flags, 0, 0, 0, 0, 0, 0]);
        self.out.extend((rest.len() as u64 + 16).to_le_bytes());
        self.out.extend(rest);
        self.out.resize(self.out.len().next_multiple_of(8), 0);
        self.tail = at;
        self.objects += 1;
        at
    }

    /// A DATA object as given.
    pub(super) fn raw_data(&mut self, flags: u8, payload: &[u8]) -> u64 {
        // Hash, chains and entry list: not zero, so that nobody reads them for a payload.
        let mut rest = vec![0xa5; if self.compact { 56 } else { 48 }];
        rest.extend(payload);
        self.object(1, flags, &rest)
    }

    /// The DATA object of a field: stored once, compressed if long.
    pub(super) fn field(&mut self, name: &str, value: &[u8]) -> u64 {
        let mut payload = name.as_bytes().to_vec();
        payload.push(b'=');
        payload.extend(value);
        if let Some(at) = self.data.get(&payload) {
            return *at;
        }
        let codec = self.codec.filter(|_| payload.len() >= 512);
        let at = match codec {
            None => self.raw_data(0, &payload),
            Some(codec) => {
                let packed = pack(codec, &payload);
                self.raw_data(flag(codec), &packed)
            }
        };
        self.data.insert(payload, at);
        at
    }

    /// An ENTRY object with these items; time goes on by a second.
    pub(super) fn entry(&mut self, items: &[u64]) -> u64 {
        self.entries += 1;
        let n = self.entries;
        let mut rest = Vec::new();
        rest.extend(n.to_le_bytes());
        rest.extend((REALTIME + n * 1_000_000).to_le_bytes());
        rest.extend((n * 1_000_000).to_le_bytes());
        rest.extend(self.boot.to_be_bytes());
        rest.extend([0x5a; 8]);
        for item in items {
            if self.compact {
                rest.extend((*item as u32).to_le_bytes());
            } else {
                rest.extend(item.to_le_bytes());
                rest.extend([0x5b; 8]);
            }
        }
        let at = self.object(3, 0, &rest);
        // journald writes index objects in between.
        let mut array = vec![0; 8];
        array.extend(at.to_le_bytes());
        self.object(6, 0, &array);
        at
    }

    /// An entry with these fields.
    pub(super) fn log(&mut self, fields: &[(&str, &[u8])]) -> u64 {
        let items: Vec<u64> = fields.iter().map(|(name, value)| self.field(name, value)).collect();
        self.entry(&items)
    }

    /// A kernel line.
    pub(super) fn kernel(&mut self, message: &str) -> u64 {
        let unique = self.entries.to_string();
        self.log(&[
            ("_TRANSPORT", b"kernel"),
            ("SYSLOG_IDENTIFIER", b"kernel"),
            ("PRIORITY", b"6"),
            ("_SOURCE_MONOTONIC_TIMESTAMP", unique.as_bytes()),
            ("MESSAGE", message.as_bytes()),
        ])
    }

    /// A line of a program.
    pub(super) fn program(&mut self, ident: &str, message: &[u8]) -> u64 {
        self.log(&[("_TRANSPORT", b"stdout"), ("SYSLOG_IDENTIFIER", ident.as_bytes()), ("MESSAGE", message)])
    }

    /// The file, with the zeros that journald allocates ahead.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.resize(self.out.len().next_multiple_of(4096) + 4096, 0);
        let arena = (self.out.len() - HEADER) as u64;
        let flags = if self.compact { 1u32 << 4 } else { 0 } | 1 << 2;
        let mut put = |at: usize, bytes: &[u8]| self.out[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, super::MAGIC);
        put(12, &flags.to_le_bytes());
        put(40, &0x0123_4567_89ab_cdef_0123_4567_89ab_cdef_u128.to_be_bytes());
        put(88, &(HEADER as u64).to_le_bytes());
        put(96, &arena.to_le_bytes());
        put(136, &self.tail.to_le_bytes());
        put(144, &self.objects.to_le_bytes());
        put(152, &self.entries.to_le_bytes());
        self.out
    }
}

pub(super) fn flag(codec: Codec) -> u8 {
    match codec {
        Codec::Xz => 1,
        Codec::Lz4 => 2,
        Codec::Zstd => 4,
    }
}

/// Compresses as systemd does.
pub(super) fn pack(codec: Codec, text: &[u8]) -> Vec<u8> {
    match codec {
        Codec::Zstd => ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest),
        Codec::Xz => xz(text),
        Codec::Lz4 => {
            let mut raw = (text.len() as u64).to_le_bytes().to_vec();
            raw.extend(lz4_flex::block::compress(text));
            raw
        }
    }
}

#[cfg(feature = "native-codecs")]
fn xz(text: &[u8]) -> Vec<u8> {
    use liblzma::stream::{Check, Stream};
    use std::io::Read;
    let mut out = Vec::new();
    let stream = Stream::new_easy_encoder(6, Check::None).unwrap();
    liblzma::read::XzEncoder::new_stream(text, stream).read_to_end(&mut out).unwrap();
    out
}

/// An xz stream of stored chunks: there is no encoder without the C library.
#[cfg(not(feature = "native-codecs"))]
fn xz(text: &[u8]) -> Vec<u8> {
    let with_crc = |out: &mut Vec<u8>, part: &[u8]| {
        out.extend(part);
        out.extend(crc32(part).to_le_bytes());
    };
    let mut out = b"\xfd7zXZ\0".to_vec();
    with_crc(&mut out, &[0, 0]);
    // One LZMA2 filter, dictionary of 8 MiB.
    with_crc(&mut out, &[2, 0, 0x21, 1, 0x16, 0, 0, 0]);
    let start = out.len();
    for (n, chunk) in text.chunks(1 << 16).enumerate() {
        out.push(if n == 0 { 1 } else { 2 });
        out.extend((chunk.len() as u16).wrapping_sub(1).to_be_bytes());
        out.extend(chunk);
    }
    out.push(0);
    let unpadded = 12 + out.len() - start;
    out.resize(out.len().next_multiple_of(4), 0);
    let mut index = vec![0, 1];
    for mut number in [unpadded, text.len()] {
        while number >= 0x80 {
            index.push(number as u8 | 0x80);
            number >>= 7;
        }
        index.push(number as u8);
    }
    index.resize(index.len().next_multiple_of(4), 0);
    with_crc(&mut out, &index);
    let mut footer = (index.len() as u32 / 4).to_le_bytes().to_vec();
    footer.extend([0, 0]);
    out.extend(crc32(&footer).to_le_bytes());
    out.extend(footer);
    out.extend(b"YZ");
    out
}

#[cfg(not(feature = "native-codecs"))]
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}
