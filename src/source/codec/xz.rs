//! xz (any number of streams and blocks, padding between them) and the older `.lzma`, by liblzma or, without native
//! codecs, by lzma-rust2.

use super::Input;
use crate::language::Sentence;
use crate::sentence;
#[cfg(feature = "native-codecs")]
use native as library;
#[cfg(not(feature = "native-codecs"))]
use pure as library;

use crate::source::Stream;
use crate::source::limits::Watch;

/// The memory that it needs is more than is allowed.
fn too_large() -> Sentence {
    sentence!("join-dictionary-too-large")
}

/// `FD 37 7A 58 5A 00`
pub(in crate::source) fn is_xz(head: &[u8]) -> bool {
    head.starts_with(b"\xfd7zXZ\0")
}

/// The `.lzma` format has no magic number. As `file` and xz do: default properties, a dictionary size that is 2^n or
/// 2^n + 2^(n-1), and an uncompressed size that is unknown or below 256 GiB. All of them have zero bytes, text has not.
pub(in crate::source) fn is_lzma(head: &[u8]) -> bool {
    let Some(fields) = head.first_chunk::<13>() else { return false };
    let [properties, d0, d1, d2, d3, s0, s1, s2, s3, s4, s5, s6, s7] = *fields;
    let dictionary = u32::from_le_bytes([d0, d1, d2, d3]);
    let size = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
    let top = dictionary.checked_ilog2().map_or(0, |n| 1u32 << n);
    properties == 0x5d
        && dictionary >= 4096
        && (dictionary == top || dictionary == top + top / 2)
        && (size == u64::MAX || size < 1 << 38)
}

/// Decoder for an xz stream.
pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    library::decoder(input, watch, path)
}

/// Decoder for `.lzma`.
pub(super) fn lzma_decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
    library::lzma_decoder(input, watch, path)
}

#[cfg(feature = "native-codecs")]
mod native {
    use super::super::{Decoded, Failure, Input, Members, Progress, Pump, Push};
    use super::is_xz;
    use crate::sentence;
    use crate::source::Stream;
    use crate::source::limits::Watch;
    use crate::source::words;
    use liblzma::stream::{Action, Error, MtStreamBuilder, Status};

    /// Memory that the threads of one stream may take together. xz's default preset makes 24 MiB blocks, each of which
    /// is held packed and unpacked.
    const THREADS_MEMORY: u64 = 256 << 20;

    /// Threads of one stream: other files are read at the same time.
    const THREADS: usize = 4;

    pub(super) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
        let members = Members { starts: is_xz, codec: "xz", watch, path: path.to_owned() };
        let lzma = Lzma { stream: None, alone: false, memory: watch.limits.max_window_bytes };
        Box::new(Decoded::new(Pump::new(lzma, input, Some(members)), "xz", watch))
    }

    pub(super) fn lzma_decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
        let members = Members { starts: |_| false, codec: "lzma", watch, path: path.to_owned() };
        let lzma = Lzma { stream: None, alone: true, memory: watch.limits.max_window_bytes };
        Box::new(Decoded::new(Pump::new(lzma, input, Some(members)), "lzma", watch))
    }

    /// liblzma, with threads where a stream has several blocks.
    struct Lzma {
        stream: Option<liblzma::stream::Stream>,
        alone: bool,
        memory: u64,
    }

    impl Lzma {
        fn open(&self) -> Result<liblzma::stream::Stream, Failure> {
            let memory = self.memory.saturating_add(1 << 20);
            let opened = if self.alone {
                liblzma::stream::Stream::new_lzma_decoder(memory)
            } else {
                let threads = u32::try_from(rayon::current_num_threads().clamp(1, THREADS)).unwrap_or(1);
                MtStreamBuilder::new()
                    .threads(threads)
                    .memlimit_threading(THREADS_MEMORY.min(memory))
                    .memlimit_stop(memory)
                    .decoder()
            };
            opened.map_err(|e| failure(&e))
        }

        fn code(&mut self, input: &[u8], output: &mut [u8], last: bool) -> Result<Progress, Failure> {
            if self.stream.is_none() {
                self.stream = Some(self.open()?);
            }
            let Some(stream) = &mut self.stream else { return Ok(Progress::default()) };
            let (read, written) = (stream.total_in(), stream.total_out());
            let action = if last { Action::Finish } else { Action::Run };
            let mut result = stream.process(input, output, action);
            // The first call without progress is no error to liblzma, only the second one is.
            if matches!(result, Ok(Status::Ok)) && (stream.total_in(), stream.total_out()) == (read, written) {
                result = stream.process(input, output, action);
            }
            Ok(Progress {
                read: usize::try_from(stream.total_in().saturating_sub(read)).unwrap_or(input.len()),
                written: usize::try_from(stream.total_out().saturating_sub(written)).unwrap_or(0),
                ended: matches!(result, Ok(Status::StreamEnd)),
                failure: result.err().map(|e| failure(&e)),
            })
        }
    }

    impl Push for Lzma {
        fn push(&mut self, input: &[u8], output: &mut [u8], last: bool) -> Progress {
            self.code(input, output, last).unwrap_or_else(|e| Progress { failure: Some(e), ..Progress::default() })
        }

        fn restart(&mut self) -> Result<(), Failure> {
            self.stream = None;
            Ok(())
        }
    }

    fn failure(e: &Error) -> Failure {
        match e {
            Error::MemLimit => Failure::Refused(super::too_large()),
            Error::Options => Failure::Refused(sentence!("join-xz-options")),
            Error::Data => Failure::Damaged(sentence!("join-xz-data")),
            other => Failure::Damaged(words::quoted(other)),
        }
    }
}

#[cfg(any(not(feature = "native-codecs"), test))]
pub(super) mod pure {
    use super::super::{Decode, Decoded, Failure, Input, Members, Peek};
    use super::is_xz;
    use crate::source::Stream;
    use crate::source::limits::Watch;
    use crate::source::words;
    use lzma_rust2::{LzmaReader, XzReader};
    use std::io::{self, ErrorKind, Read};

    /// The library gives nothing of a call that met a damage, so its calls are kept small.
    const CALL: usize = 2048;

    pub(in crate::source::codec) fn decoder<'a>(input: Input<'a>, watch: &'a Watch, path: &str) -> Stream<'a> {
        let members = Members { starts: is_xz, codec: "xz", watch, path: path.to_owned() };
        let start = State::Between(Input::new(Box::new(input)));
        Box::new(Decoded::new(Xz { state: start, first: true, members }, "xz", watch))
    }

    pub(in crate::source::codec) fn lzma_decoder<'a>(input: Input<'a>, watch: &'a Watch, _path: &str) -> Stream<'a> {
        Box::new(Decoded::new(Lzma { input: Some(input), reader: None }, "lzma", watch))
    }

    enum State<'a> {
        Between(Input<'a>),
        Member(Box<XzReader<Input<'a>>>),
        End,
    }

    struct Xz<'a> {
        state: State<'a>,
        first: bool,
        members: Members<'a>,
    }

    impl Xz<'_> {
        fn between(&mut self) -> Result<(), Failure> {
            let State::Between(mut input) = std::mem::replace(&mut self.state, State::End) else { return Ok(()) };
            if self.members.another(&mut input)? {
                if std::mem::take(&mut self.first) {
                    check_dictionary(input.peek(1024)?, self.members.watch.limits.max_window_bytes)?;
                }
                self.state = State::Member(Box::new(XzReader::new(input, false)));
            }
            Ok(())
        }
    }

    impl Decode for Xz<'_> {
        fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
            loop {
                match &mut self.state {
                    State::End => return Ok(0),
                    State::Between(_) => self.between()?,
                    State::Member(reader) => {
                        let end = out.len().min(CALL);
                        let n = reader.read(&mut out[..end]).map_err(|e| failure(e, reader.inner()))?;
                        if n > 0 {
                            return Ok(n);
                        }
                        if let State::Member(reader) = std::mem::replace(&mut self.state, State::End) {
                            self.state = State::Between(reader.into_inner());
                        }
                    }
                }
            }
        }
    }

    struct Lzma<'a> {
        input: Option<Input<'a>>,
        reader: Option<LzmaReader<Input<'a>>>,
    }

    impl Decode for Lzma<'_> {
        fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
            if let Some(input) = self.input.take() {
                let opened = LzmaReader::new_mem_limit(input, u32::MAX, None);
                self.reader = Some(opened.map_err(|e| Failure::Damaged(words::quoted(e)))?);
            }
            let Some(reader) = &mut self.reader else { return Ok(0) };
            let end = out.len().min(CALL);
            let n = reader.read(&mut out[..end]).map_err(|e| failure(e, reader.inner()))?;
            // The library makes up bytes behind the end, and text from them.
            match reader.inner() {
                input if !input.is_dry() => Ok(n),
                input => Err(input.failure().map_or(Failure::Cut, Failure::Io)),
            }
        }
    }

    fn failure(e: io::Error, input: &Input<'_>) -> Failure {
        match input.failure() {
            Some(below) if input.is_over() => Failure::Io(below),
            _ if e.kind() == ErrorKind::UnexpectedEof || input.is_over() => Failure::Cut,
            _ => Failure::Damaged(words::quoted(e)),
        }
    }

    /// The library takes its dictionary at once and has no limit for it: the first block header is looked at before.
    /// (Block header, xz format 1.1.0 section 3.1: size, flags, two optional sizes, then filters as id, length,
    /// properties; LZMA2 is id 0x21 with one byte of dictionary size.)
    fn check_dictionary(head: &[u8], max: u64) -> Result<(), Failure> {
        let Some(block) = head.get(12..).filter(|b| b.first().is_some_and(|size| *size != 0)) else { return Ok(()) };
        let end = (usize::from(block[0]) + 1).saturating_mul(4).min(block.len());
        let Some(found) = block[..end].windows(2).rposition(|pair| pair == [0x21, 1]) else { return Ok(()) };
        let Some(bits) = block.get(found + 2).map(|b| u32::from(b & 0x3f)).filter(|b| *b <= 40) else { return Ok(()) };
        let size = if bits == 40 { u64::from(u32::MAX) } else { (2 | u64::from(bits & 1)) << (bits / 2 + 11) };
        if size > max {
            return Err(Failure::Refused(super::too_large()));
        }
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn dictionary_is_read_from_the_block_header() {
            let mut head = b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\0\0\0".to_vec();
            assert!(check_dictionary(&head, 8 << 20).is_ok());
            assert!(check_dictionary(&head, (8 << 20) - 1).is_err());
            head[16] = 40;
            assert!(check_dictionary(&head, 1 << 31).is_err());
            head.truncate(15);
            assert!(check_dictionary(&head, 0).is_ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lzma_is_told_by_its_header() {
        let unknown_size = b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff";
        assert!(is_lzma(unknown_size));
        assert!(!is_lzma(&unknown_size[..12]));
        assert!(!is_lzma(b"]0000 kernel: Out of memory"));
        assert!(!is_lzma(b"\x5d\x01\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff"));
    }
}
