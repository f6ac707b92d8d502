//! zstd (any number of frames, skippable ones among them, long windows), by libzstd or, without native codecs, by
//! ruzstd.

use super::Input;
use super::lz4::skippable;
use crate::language::Sentence;
use crate::sentence;
#[cfg(feature = "native-codecs")]
use native as library;
#[cfg(feature = "native-codecs")]
pub(super) use native::Zstd;
#[cfg(not(feature = "native-codecs"))]
use pure as library;

use crate::source::Stream;
use crate::source::limits::Watch;

/// The memory that it needs is more than is allowed.
fn too_large() -> Sentence {
    sentence!("join-window-too-large")
}

/// Magic number of a frame (RFC 8878).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A frame, or a skippable one. lz4 has the same skippable frames: pzstd and the seekable format begin with one,
/// so zstd it is unless a lz4 frame can be seen behind it.
pub(in crate::source) fn is_zstd(head: &[u8]) -> bool {
    if head.starts_with(&MAGIC) {
        return true;
    }
    skippable(head).is_some() && !super::lz4::is_lz4(head)
}

/// What a frame's header says (RFC 8878, 3.1.1.1).
#[cfg_attr(not(feature = "native-codecs"), allow(dead_code, reason = "the pure decoder asks for the window alone"))]
pub(super) struct Header {
    /// Bytes of it.
    pub(super) length: usize,
    /// Bytes of its window: given by a byte of their own, or all of the content.
    pub(super) window: u64,
    /// Bytes of its content, where they are told.
    pub(super) content: Option<u64>,
    /// Whether a checksum follows the last block.
    pub(super) checksum: bool,
}

impl Header {
    /// The header at the start of these bytes; `None` when it is none, or is not there as a whole.
    pub(super) fn read(head: &[u8]) -> Option<Header> {
        let descriptor = *head.strip_prefix(&MAGIC)?.first()?;
        let single = descriptor & 0x20 != 0;
        let dictionary_id = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let size = [usize::from(single), 2, 4, 8][usize::from(descriptor >> 6)];
        let start = 5 + usize::from(!single) + dictionary_id;
        let bytes = head.get(start..start + size)?;
        let number = bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        let content = (size > 0).then_some(if size == 2 { number + 256 } else { number });
        let window = if single { content? } else { window_of(*head.get(5)?) };
        Some(Header { length: start + size, window, content, checksum: descriptor & 4 != 0 })
    }
}

fn window_of(descriptor: u8) -> u64 {
    let base = 1u64 << (10 + u32::from(descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

/// Decoder for a zstd stream.
pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    library::decoder(input, watch, path)
}

#[cfg(feature = "native-codecs")]
mod native {
    use super::super::frames::Frames;
    use super::super::{Decoded, Failure, Input, Members, Progress, Push};
    use super::is_zstd;
    use crate::source::Stream;
    use crate::source::limits::Watch;
    use crate::source::words;
    use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

    /// Enough for the library to see what kind of frame it is.
    const FIRST_BITE: usize = 5;

    pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
        let members = Members { starts: is_zstd, codec: "zstd", watch, path: path.to_owned() };
        let window = watch.limits.max_window_bytes;
        match Frames::new(input, members, Box::new(move || open(window))) {
            Ok(frames) => Box::new(Decoded::new(frames, "zstd", watch)),
            Err(e) => Box::new(Decoded::new(Unopened(Some(e)), "zstd", watch)),
        }
    }

    fn open(window: u64) -> std::io::Result<Zstd> {
        let mut library = Decoder::new()?;
        // The library knows windows of 2^10 to 2^31 bytes.
        let log = window.max(1).ilog2().clamp(10, 31);
        library.set_parameter(DParameter::WindowLogMax(log))?;
        Ok(Zstd { library, appetite: FIRST_BITE })
    }

    /// Stands for a decoder that could not be made.
    struct Unopened(Option<Failure>);

    impl super::super::Decode for Unopened {
        fn decode(&mut self, _out: &mut [u8]) -> Result<usize, Failure> {
            self.0.take().map_or(Ok(0), Err)
        }
    }

    /// libzstd.
    pub(in crate::source::codec) struct Zstd {
        library: Decoder<'static>,
        /// What the library wants next, so that one call decodes one block: when a call fails, it does not tell what
        /// it wrote before.
        appetite: usize,
    }

    impl Push for Zstd {
        fn push(&mut self, input: &[u8], output: &mut [u8], _last: bool) -> Progress {
            let mut from = InBuffer::around(input);
            let mut to = OutBuffer::around(output);
            let result = self.library.run(&mut from, &mut to);
            let (read, written) = (from.pos(), to.pos());
            match result {
                Ok(hint) => {
                    self.appetite = hint.max(1);
                    Progress { read, written, ended: hint == 0, failure: None }
                }
                Err(e) => Progress { read, written, ended: false, failure: Some(failure(&e)) },
            }
        }

        fn restart(&mut self) -> Result<(), Failure> {
            self.appetite = FIRST_BITE;
            self.library.reinit().map_err(Failure::Io)
        }

        fn appetite(&self) -> usize {
            self.appetite
        }
    }

    fn failure(e: &std::io::Error) -> Failure {
        let text = e.to_string();
        // `ZSTD_error_frameParameter_windowTooLarge`: of the library's error only the words are left.
        if text.contains("too much memory") {
            return Failure::Refused(super::too_large());
        }
        Failure::Damaged(words::quoted(text))
    }
}

#[cfg(any(not(feature = "native-codecs"), test))]
pub(super) mod pure {
    use super::super::lz4::skippable;
    use super::super::{Decode, Decoded, Failure, Input, Members, Peek, skip};
    use super::{Header, is_zstd};
    use crate::source::Stream;
    use crate::source::limits::Watch;
    use crate::source::words;
    use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
    use std::io::Read;

    /// A last block without content, and a checksum nobody looks at.
    const EMPTY_LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

    pub(in crate::source::codec) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
        let members = Members { starts: is_zstd, codec: "zstd", watch, path: path.to_owned() };
        let zstd = Zstd { library: FrameDecoder::new(), input, members, inside: false, failed: None };
        Box::new(Decoded::new(zstd, "zstd", watch))
    }

    /// ruzstd knows single frames only.
    struct Zstd<'a> {
        library: FrameDecoder,
        input: Input<'a>,
        members: Members<'a>,
        inside: bool,
        failed: Option<Failure>,
    }

    impl Zstd<'_> {
        fn next_frame(&mut self) -> Result<bool, Failure> {
            while self.members.another(&mut self.input)? {
                if let Some(length) = skippable(self.input.peek(8)?) {
                    skip(&mut self.input, length)?;
                    continue;
                }
                self.open()?;
                self.inside = true;
                return Ok(true);
            }
            Ok(false)
        }

        fn open(&mut self) -> Result<(), Failure> {
            let max = self.members.watch.limits.max_window_bytes;
            if Header::read(self.input.peek(18)?).is_some_and(|header| header.window > max) {
                return Err(Failure::Refused(super::too_large()));
            }
            // A decoder that is used again refuses windows above 100 MiB (`zstd --long=27` has 128) and takes the
            // memory for them at once; a fresh one does neither.
            self.library = FrameDecoder::new();
            self.library.reset(&mut self.input).map_err(|e| failure(&self.input, e.to_string()))
        }

        /// Decodes one block. After a damage a last block is made up, so that the library gives what it keeps as
        /// window.
        fn block(&mut self) {
            let result = self.library.decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1));
            if let Err(e) = result {
                self.failed = Some(failure(&self.input, e.to_string()));
                let _ = self.library.decode_blocks(&EMPTY_LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
            }
        }
    }

    fn failure(input: &Input<'_>, why: String) -> Failure {
        match input.failure() {
            Some(below) if input.is_over() => Failure::Io(below),
            _ if input.is_over() => Failure::Cut,
            _ => Failure::Damaged(words::quoted(why)),
        }
    }

    impl Decode for Zstd<'_> {
        fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
            loop {
                if !self.inside && !self.next_frame()? {
                    return Ok(0);
                }
                if self.library.can_collect() > 0 {
                    return self.library.read(out).map_err(Failure::Io);
                }
                if let Some(failed) = self.failed.take() {
                    return Err(failed);
                }
                if self.library.is_finished() {
                    self.inside = false;
                } else {
                    self.block();
                }
            }
        }
    }
}
