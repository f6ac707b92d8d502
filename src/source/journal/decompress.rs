//! Decompression of single fields.
//!
//! systemd compresses long DATA payloads (512 bytes and more by default), each by itself. Formats, from systemd's
//! `src/basic/compress.c` (v254):
//! * XZ: a whole `.xz` stream with one LZMA2 block and no check sum.
//! * LZ4: the uncompressed size as 64-bit little endian, then one raw LZ4 block.
//! * ZSTD: one frame, with its content size.
//!
//! Every function stops at a given number of bytes, and keeps what it has when the rest is damaged: half a message is
//! better than none.

/// How a field is compressed: `OBJECT_COMPRESSED_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Xz,
    Lz4,
    Zstd,
}

impl Codec {
    /// The codec that an object's flags name: `None` where it is not compressed, an error where the flag is not known.
    pub(super) fn of(flags: u8) -> Result<Option<Codec>, Undecodable> {
        match flags {
            0 => Ok(None),
            1 => Ok(Some(Codec::Xz)),
            2 => Ok(Some(Codec::Lz4)),
            4 => Ok(Some(Codec::Zstd)),
            _ => Err(Undecodable),
        }
    }

    /// How many compressed bytes are enough to get at `limit` bytes of the payload.
    ///
    /// A chunk that does not get smaller is stored, and no format looks ahead further than a block of 128 KiB.
    pub(super) fn enough(self, limit: usize) -> usize {
        if self.needs_all() { super::FIELD_MAX } else { limit.saturating_add(256 * 1024) }
    }

    /// Whether the decoder needs the whole payload: that of LZ4 blocks has no way to stop early, and that of zstd in
    /// Rust holds back a whole window, which is all of the frame in what systemd writes.
    pub(super) fn needs_all(self) -> bool {
        match self {
            Codec::Lz4 => true,
            Codec::Zstd => !cfg!(feature = "native-codecs"),
            Codec::Xz => false,
        }
    }
}

/// The payload is damaged, or needs more memory than is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Undecodable;

/// The decoders, with what they keep from field to field.
#[derive(Default)]
pub(super) struct Decoders {
    zstd: zstd_codec::Zstd,
}

impl Decoders {
    /// Decompresses at most `limit` bytes into `out`, which is emptied first.
    ///
    /// # Errors
    /// [`Undecodable`]; `out` then holds what was decoded before.
    pub(super) fn decode(
        &mut self,
        codec: Codec,
        raw: &[u8],
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Undecodable> {
        out.clear();
        match codec {
            Codec::Zstd => self.zstd.decode(raw, limit, out),
            Codec::Xz => xz_codec::decode(raw, limit, out),
            Codec::Lz4 => lz4(raw, limit, out),
        }
    }
}

fn lz4(raw: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Undecodable> {
    let (size, block) = raw.split_first_chunk().ok_or(Undecodable)?;
    let size = usize::try_from(u64::from_le_bytes(*size)).map_err(|_| Undecodable)?;
    // A byte of LZ4 stands for 255 bytes at most: a larger size is a lie, and not worth the memory.
    if size > super::FIELD_MAX || size / 255 > block.len() {
        return Err(Undecodable);
    }
    out.resize(size, 0);
    let result = lz4_flex::block::decompress_into(block, out);
    let count = result.unwrap_or(0);
    out.truncate(count.min(limit));
    if count == size { Ok(()) } else { Err(Undecodable) }
}

/// Whether an LZ4 payload may begin with `start` (shorter than 15 bytes, and without a repetition that LZ4 could
/// shorten): told from its first literals, without decoding.
pub(super) fn lz4_may_start_with(raw: &[u8], start: &[u8]) -> bool {
    let Some((token, rest)) = raw.get(8..).and_then(<[u8]>::split_first) else { return false };
    let literals = usize::from(token >> 4);
    // 15 means that more length bytes follow, each of them 255 but the last.
    let more = if literals == 15 { rest.iter().take_while(|byte| **byte == 255).count() + 1 } else { 0 };
    literals >= start.len() && rest.get(more..).is_some_and(|text| text.starts_with(start))
}

#[cfg(feature = "native-codecs")]
mod zstd_codec {
    use super::Undecodable;
    use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

    /// zstd's decoder, made at the first use: making one for each field costs more than the decoding. It refuses
    /// windows above 128 MiB by itself, and memory that it does not fill is never touched.
    #[derive(Default)]
    pub(super) struct Zstd {
        decoder: Option<Decoder<'static>>,
    }

    impl Zstd {
        pub(super) fn decode(&mut self, raw: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Undecodable> {
            let decoder = match &mut self.decoder {
                Some(decoder) => decoder,
                none => none.insert(Decoder::new().map_err(|_| Undecodable)?),
            };
            decoder.reinit().map_err(|_| Undecodable)?;
            let mut input = InBuffer::around(raw);
            let first = raw.len().saturating_mul(8).clamp(4096, 64 * 1024);
            while out.len() < limit {
                let start = out.len();
                // In steps: a small field must not cost the clearing of 16 MiB.
                out.resize(limit.min((start * 2).max(first)), 0);
                let (result, end) = step(decoder, &mut input, out, start);
                out.truncate(end);
                match result {
                    Ok(0) => return Ok(()),
                    // No progress: the frame is cut.
                    Ok(_) if end == start && input.pos() == raw.len() => return Err(Undecodable),
                    Ok(_) => {}
                    Err(_) => return Err(Undecodable),
                }
            }
            Ok(())
        }
    }

    /// One step of the decoder into `out[start..]`; also where its output now ends.
    fn step(
        decoder: &mut Decoder<'static>,
        input: &mut InBuffer<'_>,
        out: &mut [u8],
        start: usize,
    ) -> (std::io::Result<usize>, usize) {
        let mut output = OutBuffer::around_pos(out, start);
        let result = decoder.run(input, &mut output);
        (result, output.pos())
    }
}

#[cfg(not(feature = "native-codecs"))]
mod zstd_codec {
    use super::super::FIELD_MAX;
    use super::Undecodable;
    use ruzstd::decoding::StreamingDecoder;
    use std::io::Read;

    /// The decoder in Rust keeps nothing.
    #[derive(Default)]
    pub(super) struct Zstd;

    impl Zstd {
        pub(super) fn decode(&mut self, raw: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Undecodable> {
            if !window_is_small(raw) {
                return Err(Undecodable);
            }
            let decoder = StreamingDecoder::new(raw).map_err(|_| Undecodable)?;
            if decoder.decoder.content_size() > FIELD_MAX as u64 {
                return Err(Undecodable);
            }
            let result = decoder.take(limit as u64).read_to_end(out);
            result.map(|_| ()).map_err(|_| Undecodable)
        }
    }

    /// The decoder holds back a whole window before it gives anything out, and takes any window that the frame names
    /// (RFC 8878, 3.1.1.1). Frames of a single segment have no window byte; their window is their content.
    fn window_is_small(raw: &[u8]) -> bool {
        match (raw.get(4), raw.get(5)) {
            (Some(descriptor), Some(window)) => descriptor & 0x20 != 0 || 10 + (window >> 3) <= 23,
            _ => false,
        }
    }
}

#[cfg(feature = "native-codecs")]
mod xz_codec {
    use super::Undecodable;
    use liblzma::stream::{Action, Status, Stream};

    /// The default preset that systemd uses needs 9 MiB.
    const MEMORY_MAX: u64 = 64 * 1024 * 1024;

    pub(super) fn decode(raw: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Undecodable> {
        let mut stream = Stream::new_stream_decoder(MEMORY_MAX, 0).map_err(|_| Undecodable)?;
        while out.len() < limit {
            let start = out.len();
            let rest = usize::try_from(stream.total_in()).ok().and_then(|at| raw.get(at..)).unwrap_or_default();
            out.resize(limit.min((start * 2).max(64 * 1024)), 0);
            let status = stream.process(rest, &mut out[start..], Action::Run);
            let end = usize::try_from(stream.total_out()).unwrap_or(start).clamp(start, out.len());
            out.truncate(end);
            match status {
                Ok(Status::StreamEnd) => return Ok(()),
                Ok(_) if end > start => {}
                _ => return Err(Undecodable),
            }
        }
        Ok(())
    }
}

#[cfg(not(feature = "native-codecs"))]
mod xz_codec {
    use super::Undecodable;
    use std::io::Read;

    /// 32 MiB; the default preset that systemd uses has 8 MiB.
    const DICTIONARY_MAX_CODE: u8 = 26;

    pub(super) fn decode(raw: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Undecodable> {
        if dictionary_code(raw).is_none_or(|code| code > DICTIONARY_MAX_CODE) {
            return Err(Undecodable);
        }
        let result = lzma_rust2::XzReader::new(raw, false).take(limit as u64).read_to_end(out);
        result.map(|_| ()).map_err(|_| Undecodable)
    }

    /// The code of the LZMA2 dictionary size in the first block header (xz file format 1.1, 3.1 and 5.3.1). The decoder
    /// would allocate whatever it says. Only the one filter that systemd writes is taken.
    fn dictionary_code(raw: &[u8]) -> Option<u8> {
        let block = raw.get(12..)?;
        let flags = *block.get(1)?;
        let mut at = 2;
        for _ in 0..(flags >> 6).count_ones() {
            at += block.get(at..)?.iter().take(9).position(|byte| byte & 0x80 == 0)? + 1;
        }
        match block.get(at..)? {
            [0x21, 1, code, ..] if flags & 3 == 0 => Some(*code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::builder::pack;
    use super::*;

    fn text(len: usize) -> Vec<u8> {
        let mut out = b"MESSAGE=".to_vec();
        out.extend((0..len).map(|at| b"memory cgroup out of memory "[(at * at / 7) % 28]));
        out
    }

    fn all(text: &[u8]) -> [(Codec, Vec<u8>); 3] {
        [Codec::Zstd, Codec::Xz, Codec::Lz4].map(|codec| (codec, pack(codec, text)))
    }

    #[test]
    fn whole_and_limited() {
        let (mut decoders, mut out) = (Decoders::default(), Vec::new());
        for len in [0, 1, 700, 200_000, 1_500_000] {
            let text = text(len);
            for (codec, raw) in all(&text) {
                assert_eq!(decoders.decode(codec, &raw, 1 << 24, &mut out), Ok(()), "{codec:?} {len}");
                assert!(out == text, "{codec:?} {len}");
                assert_eq!(decoders.decode(codec, &raw, 1000, &mut out), Ok(()), "{codec:?} {len}");
                assert!(out == text[..text.len().min(1000)], "{codec:?} {len}");
            }
        }
    }

    #[test]
    fn enough_is_enough_for_a_prefix() {
        // Text that hardly compresses: the worst case for a cut input.
        let mut seed = 1u64;
        let mut text = b"MESSAGE=".to_vec();
        text.extend((0..2_000_000).map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        }));
        let (mut decoders, mut out) = (Decoders::default(), Vec::new());
        for (codec, raw) in all(&text) {
            let head = &raw[..raw.len().min(codec.enough(65_536))];
            assert_eq!(decoders.decode(codec, head, 65_536, &mut out), Ok(()), "{codec:?}");
            assert!(out == text[..65_536], "{codec:?}");
        }
    }

    #[test]
    fn cut_and_damaged_fields_end() {
        let (mut decoders, mut out) = (Decoders::default(), Vec::new());
        let text = text(3000);
        for (codec, raw) in all(&text) {
            for cut in 0..raw.len() {
                let result = decoders.decode(codec, &raw[..cut], 1 << 20, &mut out);
                assert!(text.starts_with(&out), "{codec:?} cut at {cut}");
                assert!(result.is_err() || out == text, "{codec:?} cut at {cut}: not all, and no error");
            }
            for at in 0..raw.len() {
                let mut bad = raw.clone();
                bad[at] ^= 1 << (at % 8);
                let _ = decoders.decode(codec, &bad, 1 << 20, &mut out);
                assert!(out.len() <= 1 << 20, "{codec:?} flipped at {at}");
            }
            // It works again after damage.
            assert_eq!(decoders.decode(codec, &raw, 1 << 20, &mut out), Ok(()), "{codec:?}");
            assert!(out == text, "{codec:?}");
        }
    }

    #[test]
    fn bombs_are_refused_or_cut() {
        let (mut decoders, mut out) = (Decoders::default(), Vec::new());
        let mut lie = pack(Codec::Lz4, b"MESSAGE=x");
        lie[..8].copy_from_slice(&(1u64 << 62).to_le_bytes());
        assert_eq!(decoders.decode(Codec::Lz4, &lie, 100, &mut out), Err(Undecodable));
        lie[..8].copy_from_slice(&(1u64 << 23).to_le_bytes());
        assert_eq!(decoders.decode(Codec::Lz4, &lie, 100, &mut out), Err(Undecodable));
        let zeros = vec![0; 1 << 23];
        for (codec, raw) in all(&zeros) {
            assert_eq!(decoders.decode(codec, &raw, 5000, &mut out), Ok(()), "{codec:?}");
            assert_eq!(out.len(), 5000);
            assert!(out.capacity() <= 1 << 24);
        }
    }

    #[test]
    fn lz4_start_is_seen_without_decoding() {
        assert!(lz4_may_start_with(&pack(Codec::Lz4, &text(3000)), b"MESSAGE="));
        assert!(lz4_may_start_with(&pack(Codec::Lz4, b"MESSAGE=short"), b"MESSAGE="));
        assert!(!lz4_may_start_with(&pack(Codec::Lz4, b"COREDUMP=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), b"MESSAGE="));
        assert!(!lz4_may_start_with(&[], b"MESSAGE="));
        assert!(!lz4_may_start_with(&[0; 9], b"MESSAGE="));
        assert!(!lz4_may_start_with(&[255; 20], b"MESSAGE="));
    }
}
