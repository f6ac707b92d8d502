//! bzip2 (any number of streams one after the other, as pbzip2 writes), by libbzip2 or, without native codecs, by
//! bzip2-rs.

use super::Input;
#[cfg(feature = "native-codecs")]
use native as library;
#[cfg(not(feature = "native-codecs"))]
use pure as library;

use crate::source::Stream;
use crate::source::limits::Watch;

/// `BZh`, the block size, and the start of a block (pi) or of the end (the root of pi), in BCD.
pub(in crate::source) fn is_bzip2(head: &[u8]) -> bool {
    let size = head.get(3).is_some_and(|b| (b'1'..=b'9').contains(b));
    let mark = head.get(4..10);
    head.starts_with(b"BZh") && size && (mark == Some(b"1AY&SY") || mark == Some(b"\x17\x72\x45\x38\x50\x90"))
}

/// Decoder for a bzip2 stream.
pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    library::decoder(input, watch, path)
}

#[cfg(feature = "native-codecs")]
mod native {
    use super::super::{Decoded, Failure, Input, Members, Progress, Pump, Push};
    use super::is_bzip2;
    use crate::source::Stream;
    use crate::source::limits::Watch;
    use bzip2::{Decompress, Status};

    pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
        let members = Members { starts: is_bzip2, codec: "bzip2", watch, path: path.to_owned() };
        Box::new(Decoded::new(Pump::new(Bzip2(Decompress::new(false)), input, Some(members)), "bzip2", watch))
    }

    struct Bzip2(Decompress);

    impl Push for Bzip2 {
        fn push(&mut self, input: &[u8], output: &mut [u8], _last: bool) -> Progress {
            let (read, written) = (self.0.total_in(), self.0.total_out());
            let result = self.0.decompress(input, output);
            Progress {
                read: usize::try_from(self.0.total_in().saturating_sub(read)).unwrap_or(input.len()),
                written: usize::try_from(self.0.total_out().saturating_sub(written)).unwrap_or(0),
                ended: matches!(result, Ok(Status::StreamEnd)),
                failure: result.err().map(|e| Failure::Damaged(e.to_string())),
            }
        }

        fn restart(&mut self) -> Result<(), Failure> {
            self.0 = Decompress::new(false);
            Ok(())
        }
    }
}

#[cfg(any(not(feature = "native-codecs"), test))]
pub(super) mod pure {
    use super::super::{Decode, Decoded, Failure, Input, Peek};
    use super::is_bzip2;
    use crate::source::Stream;
    use crate::source::limits::Watch;
    use bzip2_rs::decoder::{Decoder, ReadState};

    /// Bytes that tell the start of a stream.
    const START: usize = 10;

    /// Bytes looked at for the start of the next stream.
    const LOOK: usize = 16 * 1024;

    /// Empty writes in a row after which nothing more can come.
    const MAX_EMPTY: u32 = 3;

    pub(in crate::source::codec) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, _path: &str) -> Stream<'a> {
        Box::new(Decoded::new(Bzip2 { library: Decoder::new(), input, taken: false, empty: 0 }, "bzip2", watch))
    }

    /// bzip2-rs knows single streams only and does not tell where one ended: the input is cut where another begins,
    /// which is always on a byte boundary and unmistakable (80 bits).
    struct Bzip2<'a> {
        library: Decoder,
        input: Input<'a>,
        /// The start of this stream was handed over.
        taken: bool,
        /// Empty writes without anything read in between. They tell the library that no more comes; it wants one a
        /// block.
        empty: u32,
    }

    impl Bzip2<'_> {
        /// Hands over up to `space` bytes of this stream.
        fn feed(&mut self, space: usize) -> Result<(), Failure> {
            let at_hand = self.input.peek(LOOK)?;
            let from = usize::from(!self.taken);
            let next = at_hand.windows(START).skip(from).position(is_bzip2).map(|at| at + from);
            // The last bytes may be the first part of a start.
            let sure = next.unwrap_or(if at_hand.len() == LOOK { LOOK - START } else { at_hand.len() });
            let offered = sure.min(space);
            self.empty = if sure == 0 { self.empty + 1 } else { 0 };
            self.library.write(&at_hand[..offered]).map_err(|e| Failure::Damaged(e.to_string()))?;
            self.taken = true;
            self.input.consume(offered);
            Ok(())
        }

        fn next_stream(&mut self) -> Result<bool, Failure> {
            self.library = Decoder::new();
            (self.taken, self.empty) = (false, 0);
            loop {
                let at_hand = self.input.peek(LOOK)?;
                if is_bzip2(at_hand) {
                    return Ok(true);
                }
                if at_hand.is_empty() {
                    return Ok(false);
                }
                let skip = at_hand.windows(START).position(is_bzip2);
                let skip = skip.unwrap_or(if at_hand.len() == LOOK { LOOK - START } else { at_hand.len() });
                self.input.consume(skip);
            }
        }
    }

    impl Decode for Bzip2<'_> {
        fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
            loop {
                match self.library.read(out) {
                    Ok(ReadState::Read(0) | ReadState::Eof) => {
                        if !self.next_stream()? {
                            return Ok(0);
                        }
                    }
                    Ok(ReadState::Read(n)) => {
                        self.empty = 0;
                        return Ok(n);
                    }
                    Ok(ReadState::NeedsWrite(_)) if self.empty > MAX_EMPTY => return Err(Failure::Cut),
                    Ok(ReadState::NeedsWrite(space)) => self.feed(space)?,
                    Err(_) if self.input.is_over() => return Err(Failure::Cut),
                    Err(e) => return Err(Failure::Damaged(e.to_string())),
                }
            }
        }
    }
}
