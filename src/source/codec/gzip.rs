//! gzip (RFC 1952) and the raw deflate (RFC 1951) of zip members, by flate2 with zlib-rs.
//!
//! A file may hold many members one after the other: `cat a.gz b.gz`, bgzip, pigz and log shippers that append write
//! such files. Zero bytes after the last member are padding; anything else there is left out with a remark, as `gzip`
//! does.

use super::{Decoded, Failure, Input, Members, Progress, Pump, Push};
use crate::sentence;
use crate::source::Stream;
use crate::source::limits::Watch;
use crate::source::words;
use flate2::{Decompress, FlushDecompress, Status};

/// Largest deflate window there is, as a power of two.
const WINDOW_BITS: u8 = 15;

/// Magic number and the only method there ever was.
pub(in crate::source) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 8])
}

/// Decoder for a gzip stream.
pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    let members = Members { starts: is_gzip, codec: "gzip", watch, path: path.to_owned() };
    let inflate = Inflate { library: Decompress::new_gzip(WINDOW_BITS), gzip: true };
    Box::new(Decoded::new(Pump::new(inflate, input, Some(members)), "gzip", watch))
}

/// zlib's inflate, either with the gzip wrapper (whose checksum it verifies) or raw.
pub(in crate::source) struct Inflate {
    library: Decompress,
    gzip: bool,
}

impl Inflate {
    /// For raw deflate data.
    pub(in crate::source) fn raw() -> Self {
        Inflate { library: Decompress::new(false), gzip: false }
    }

    /// Gets ready for other raw deflate data.
    pub(in crate::source) fn begin_raw(&mut self) {
        self.library.reset(false);
    }
}

impl Push for Inflate {
    fn push(&mut self, input: &[u8], output: &mut [u8], _last: bool) -> Progress {
        let (read, written) = (self.library.total_in(), self.library.total_out());
        let result = self.library.decompress(input, output, FlushDecompress::None);
        Progress {
            read: usize::try_from(self.library.total_in().saturating_sub(read)).unwrap_or(input.len()),
            written: usize::try_from(self.library.total_out().saturating_sub(written)).unwrap_or(0),
            ended: matches!(result, Ok(Status::StreamEnd)),
            failure: result.err().map(|e| {
                Failure::Damaged(e.message().map_or_else(|| sentence!("join-invalid-deflate"), words::quoted))
            }),
        }
    }

    fn restart(&mut self) -> Result<(), Failure> {
        self.library = if self.gzip { Decompress::new_gzip(WINDOW_BITS) } else { Decompress::new(false) };
        Ok(())
    }
}
