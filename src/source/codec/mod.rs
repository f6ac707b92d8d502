//! Decoders of compressed streams, one file a family. All of them read their input once, front to back, hold no more
//! than their window, give every byte that stands before a damage, and then an error that names the codec and the
//! place.

pub(super) mod bzip2;
#[cfg(feature = "native-codecs")]
mod frames;
pub(super) mod gzip;
mod input;
pub(super) mod lz4;
mod pump;
pub(super) mod xz;
pub(super) mod zstd;

#[cfg(test)]
mod tests;

pub(super) use input::{Input, Peek, skip};
pub(super) use pump::{Members, Progress, Pump, Push};

use super::limits::Watch;
use super::{Format, Stream, words};
use crate::language::Sentence;
use crate::sentence;
use std::io::{self, ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a decoder stopped.
#[derive(Debug)]
pub(super) enum Failure {
    /// The stream below failed; its error is passed on as it is.
    Io(io::Error),
    /// The data are not what they should be: what the library says of it.
    Damaged(Sentence),
    /// The data may be sound, but are not decoded: why.
    Refused(Sentence),
    /// The data end in the middle.
    Cut,
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Failure::Io(e)
    }
}

/// A decoder with its input.
pub(super) trait Decode: Send {
    /// Fills the front of `out` (never empty) and tells how much of it; 0 at the end.
    fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure>;
}

/// A decoder as a reader: counts, keeps to the limits, words the errors. Once failed it stays failed.
pub(super) struct Decoded<'a, D> {
    decoder: D,
    codec: &'static str,
    offset: u64,
    watch: &'a Watch,
    failed: Option<io::Error>,
}

impl<'a, D: Decode> Decoded<'a, D> {
    /// Wraps a decoder; `codec` is its name in messages.
    pub(super) fn new(decoder: D, codec: &'static str, watch: &'a Watch) -> Self {
        Decoded { decoder, codec, offset: 0, watch, failed: None }
    }

    /// The libraries are fed what an attacker may have made: should one of them panic, this stream is lost, and no
    /// other. A decoder that failed is never called again, so it does not matter in which state the panic left it.
    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Failure> {
        let decoder = &mut self.decoder;
        catch_unwind(AssertUnwindSafe(|| decoder.decode(buf)))
            .unwrap_or_else(|_| Err(Failure::Damaged(sentence!("join-decoder-gave-up"))))
    }

    fn fail(&mut self, failure: Failure) -> io::Error {
        let (codec, at) = (self.codec, self.offset);
        let (kind, text) = match failure {
            Failure::Io(e) => return self.stay(e),
            Failure::Damaged(why) => {
                (ErrorKind::InvalidData, sentence!("join-codec-damaged", codec = codec, at = at, why = why))
            }
            Failure::Refused(why) => {
                (ErrorKind::Unsupported, sentence!("join-codec-refused", codec = codec, why = why))
            }
            Failure::Cut => (ErrorKind::UnexpectedEof, sentence!("join-codec-cut", codec = codec, at = at)),
        };
        self.stay(io::Error::new(kind, text))
    }

    fn stay(&mut self, e: io::Error) -> io::Error {
        let told = words::again(&e);
        self.failed = Some(e);
        told
    }
}

impl<D: Decode> Read for Decoded<'_, D> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(e) = &self.failed {
            return Err(words::again(e));
        }
        if buf.is_empty() {
            return Ok(0);
        }
        let n = self.decode(buf).map_err(|f| self.fail(f))?;
        self.offset = self.offset.saturating_add(n as u64);
        self.watch.decoded(n).map_err(|e| self.fail(Failure::Io(e)))?;
        Ok(n)
    }
}

/// Puts the decoder for `format` on a stream. `path` is where remarks belong to.
pub(super) fn decode<'a>(format: Format, stream: Stream<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    let input = Input::new(stream);
    match format {
        Format::Plain => Box::new(input),
        Format::Gzip => gzip::decoder(input, watch, path),
        Format::Xz => xz::decoder(input, watch, path),
        Format::Lzma => xz::lzma_decoder(input, watch, path),
        Format::Zstd => zstd::decoder(input, watch, path),
        Format::Bzip2 => bzip2::decoder(input, watch, path),
        Format::Lz4 => lz4::decoder(input, watch, path),
    }
}
