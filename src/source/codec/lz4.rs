//! lz4 frames (any number, skippable ones among them) and the legacy format of `lz4 -l`, by lz4_flex.

use super::{Decode, Decoded, Failure, Input, Peek, skip};
use crate::sentence;
use crate::source::Stream;
use crate::source::limits::Watch;
use crate::source::words;
use lz4_flex::frame::FrameDecoder;
use std::io::{ErrorKind, Read};

const FRAME: u32 = 0x184d_2204;
const LEGACY: u32 = 0x184c_2102;

fn magic(head: &[u8]) -> Option<u32> {
    head.first_chunk().map(|b| u32::from_le_bytes(*b))
}

fn is_frame(head: &[u8]) -> bool {
    matches!(magic(head), Some(FRAME | LEGACY))
}

/// A frame (format 1.6.x or legacy), or one that can be seen behind a skippable frame.
pub(in crate::source) fn is_lz4(head: &[u8]) -> bool {
    let behind = skippable(head).and_then(|n| usize::try_from(n).ok()).and_then(|n| head.get(n..));
    is_frame(head) || behind.is_some_and(is_frame)
}

/// A frame that decoders skip; lz4 and zstd share it: `184D2A50` to `184D2A5F`, then the length of what follows.
pub(super) fn skippable(head: &[u8]) -> Option<u64> {
    let magic = magic(head)?;
    let length = head.get(4..8)?.first_chunk().map(|b| u32::from_le_bytes(*b))?;
    (magic & 0xffff_fff0 == 0x184d_2a50).then(|| u64::from(length) + 8)
}

/// Decoder for a lz4 stream.
pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    let lz4 = Lz4 { library: FrameDecoder::new(input), legacy: false, inside: false, watch, path: path.to_owned() };
    Box::new(Decoded::new(lz4, "lz4", watch))
}

struct Lz4<'a> {
    library: FrameDecoder<Input<'a>>,
    legacy: bool,
    inside: bool,
    watch: &'a Watch,
    path: String,
}

impl Lz4<'_> {
    /// Goes to the next frame; false at the end.
    fn next_frame(&mut self) -> Result<bool, Failure> {
        let input = self.library.get_mut();
        loop {
            if let Some(length) = skippable(input.peek(8)?) {
                skip(input, length)?;
                continue;
            }
            let head = input.peek(4)?;
            if is_frame(head) {
                self.legacy = magic(head) == Some(LEGACY);
                self.inside = true;
                return Ok(true);
            }
            if !head.is_empty() && head.iter().any(|b| *b != 0) {
                self.watch.note(&self.path, sentence!("join-bytes-after-end", codec = "lz4"));
            }
            return Ok(false);
        }
    }

    /// The library said that the frame is over.
    fn end_of_frame(&mut self) -> Result<(), Failure> {
        self.inside = false;
        // The library takes a missing block for the end of the frame. A legacy frame has no end mark: it ends with
        // the file.
        if self.library.get_ref().is_dry() && !self.legacy { Err(Failure::Cut) } else { Ok(()) }
    }
}

impl Decode for Lz4<'_> {
    fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
        loop {
            if !self.inside && !self.next_frame()? {
                return Ok(0);
            }
            match self.library.read(out) {
                Ok(0) => self.end_of_frame()?,
                Ok(n) => return Ok(n),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => {
                    let input = self.library.get_ref();
                    return Err(match input.failure() {
                        Some(io) if input.is_over() => Failure::Io(io),
                        _ if input.is_dry() => Failure::Cut,
                        _ => Failure::Damaged(words::quoted(e)),
                    });
                }
            }
        }
    }
}
