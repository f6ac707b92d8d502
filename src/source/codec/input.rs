//! The buffered input of the decoders: what comes next can be looked at before it is taken.

use super::Failure;
use crate::source::Stream;
use crate::source::scratch::Scratch;
use crate::source::words;
use std::io::{self, ErrorKind, Read};

/// Bytes read at once from the stream below.
const CAPACITY: usize = 256 * 1024;

/// Reads up to this size are filled.
const SMALL: usize = 1024;

/// Input that can be looked at.
pub(in crate::source) trait Peek: Send {
    /// The bytes at hand: at least one, except at the end.
    fn fill(&mut self) -> io::Result<&[u8]>;
    /// The next `n` bytes (at most 64 KiB), fewer before the end or a failure of the stream below.
    fn peek(&mut self, n: usize) -> io::Result<&[u8]>;
    /// Takes `n` of the bytes at hand.
    fn consume(&mut self, n: usize);
}

impl<P: Peek + ?Sized> Peek for &mut P {
    fn fill(&mut self) -> io::Result<&[u8]> {
        (**self).fill()
    }
    fn peek(&mut self, n: usize) -> io::Result<&[u8]> {
        (**self).peek(n)
    }
    fn consume(&mut self, n: usize) {
        (**self).consume(n);
    }
}

/// A stream with a buffer. Errors of the stream are kept and given after the bytes before them.
pub(in crate::source) struct Input<'a> {
    inner: Stream<'a>,
    buf: Scratch,
    start: usize,
    end: usize,
    eof: bool,
    dry: bool,
    failed: Option<io::Error>,
}

impl<'a> Input<'a> {
    /// Wraps a stream.
    pub(in crate::source) fn new(inner: Stream<'a>) -> Self {
        Input { inner, buf: Scratch::of(CAPACITY), start: 0, end: 0, eof: false, dry: false, failed: None }
    }

    /// Whether the stream below was read to its end or its failure.
    pub(in crate::source) fn is_over(&self) -> bool {
        self.start == self.end && (self.eof || self.failed.is_some())
    }

    /// Whether [`Read`] was asked for more than there was. Some libraries take that for the end, or make up what is
    /// missing.
    pub(in crate::source) fn is_dry(&self) -> bool {
        self.dry
    }

    /// The failure of the stream below, if it came to that.
    pub(in crate::source) fn failure(&self) -> Option<io::Error> {
        self.failed.as_ref().map(words::again)
    }

    /// Reads once into the free end of the buffer.
    fn more(&mut self) {
        if self.eof || self.failed.is_some() {
            return;
        }
        loop {
            match self.inner.read(&mut self.buf[self.end..]) {
                Ok(0) => self.eof = true,
                Ok(n) => self.end += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => self.failed = Some(e),
            }
            return;
        }
    }
}

impl Peek for Input<'_> {
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.more();
            if let (0, Some(e)) = (self.end, self.failure()) {
                return Err(e);
            }
        }
        Ok(&self.buf[self.start..self.end])
    }

    fn peek(&mut self, n: usize) -> io::Result<&[u8]> {
        let n = n.min(64 * 1024);
        if self.end - self.start < n && self.buf.len() - self.start < n {
            self.buf.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end - self.start < n && !self.eof && self.failed.is_none() {
            self.more();
        }
        if let (true, Some(e)) = (self.start == self.end, self.failure()) {
            return Err(e);
        }
        Ok(&self.buf[self.start..self.end.min(self.start + n)])
    }

    fn consume(&mut self, n: usize) {
        self.start = self.end.min(self.start.saturating_add(n));
    }
}

impl Read for Input<'_> {
    /// Fills small buffers as far as there are bytes: lzma-rust2 takes a short read of its padding for damage.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let at_hand = if out.len() <= SMALL { self.peek(out.len()) } else { self.fill() };
        let n = match at_hand {
            Ok(at_hand) => {
                let n = at_hand.len().min(out.len());
                out[..n].copy_from_slice(&at_hand[..n]);
                n
            }
            Err(e) => {
                self.dry = true;
                return Err(e);
            }
        };
        self.dry |= n == 0 && !out.is_empty();
        self.consume(n);
        Ok(n)
    }
}

/// Takes `length` bytes of the input.
pub(in crate::source) fn skip(input: &mut impl Peek, length: u64) -> Result<(), Failure> {
    let mut left = length;
    while left > 0 {
        let at_hand = input.fill()?.len();
        if at_hand == 0 {
            return Err(Failure::Cut);
        }
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(at_hand);
        input.consume(taken);
        left -= taken as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three bytes at a time, then an error.
    struct Broken(Vec<u8>);

    impl Read for Broken {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::Error::other("disk on fire"));
            }
            let n = self.0.len().min(3).min(buf.len());
            buf[..n].copy_from_slice(&self.0[..n]);
            self.0.drain(..n);
            Ok(n)
        }
    }

    #[test]
    fn peeks_do_not_consume_and_errors_come_last() {
        let mut input = Input::new(Box::new(Broken(b"0123456789".to_vec())));
        assert_eq!(input.peek(5).unwrap(), b"01234");
        input.consume(2);
        assert_eq!(input.peek(20).unwrap(), b"23456789");
        let mut out = vec![0; 8];
        assert_eq!(input.read(&mut out).unwrap(), 8);
        assert!(input.is_over());
        assert_eq!(input.fill().unwrap_err().to_string(), "disk on fire");
        assert_eq!(input.peek(1).unwrap_err().to_string(), "disk on fire");
    }
}
