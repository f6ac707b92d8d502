//! bzip2 (any number of streams one after the other, as pbzip2 writes), by libbz2-rs: libbzip2 in Rust.

use super::{Decoded, Failure, Input, Members, Progress, Pump, Push};
use crate::source::Stream;
use crate::source::limits::Watch;
use crate::source::words;
use bzip2::{Decompress, Status};

/// `BZh`, the block size, and the start of a block (pi) or of the end (the root of pi), in BCD.
pub(in crate::source) fn is_bzip2(head: &[u8]) -> bool {
    let size = head.get(3).is_some_and(|b| (b'1'..=b'9').contains(b));
    let mark = head.get(4..10);
    head.starts_with(b"BZh") && size && (mark == Some(b"1AY&SY") || mark == Some(b"\x17\x72\x45\x38\x50\x90"))
}

/// Decoder for a bzip2 stream.
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
            failure: result.err().map(|e| Failure::Damaged(words::quoted(e))),
        }
    }

    fn restart(&mut self) -> Result<(), Failure> {
        self.0 = Decompress::new(false);
        Ok(())
    }
}
