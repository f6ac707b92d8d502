//! UTF-16 text to UTF-8 on the fly. Such logs come from Windows: `kubectl logs > file` in PowerShell 5 writes UTF-16LE
//! with a byte order mark.

use super::Stream;
use std::io::{self, Read};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// `FF FE`
    Little,
    /// `FE FF`
    Big,
}

/// Reads UTF-16, yields UTF-8. The byte order mark is dropped; lone surrogates and a lone last byte become U+FFFD.
pub(super) struct Utf16<'a> {
    inner: Stream<'a>,
    order: Order,
    raw: Vec<u8>,
    /// Bytes of `raw` that are waiting for their second half.
    kept: usize,
    /// First half of a surrogate pair.
    high: Option<u16>,
    out: String,
    given: usize,
    started: bool,
    end: bool,
    failed: Option<io::Error>,
}

impl<'a> Utf16<'a> {
    /// A transcoder; `inner` begins with the byte order mark.
    pub(super) fn new(inner: Stream<'a>, order: Order) -> Self {
        Utf16 {
            inner,
            order,
            raw: vec![0; CHUNK],
            kept: 0,
            high: None,
            out: String::new(),
            given: 0,
            started: false,
            end: false,
            failed: None,
        }
    }

    fn refill(&mut self) {
        self.out.clear();
        self.given = 0;
        match self.inner.read(&mut self.raw[self.kept..]) {
            Ok(0) => self.finish(),
            Ok(n) => self.convert(self.kept + n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => {
                self.finish();
                self.failed = Some(e);
            }
        }
    }

    fn finish(&mut self) {
        if self.high.take().is_some() {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        if std::mem::take(&mut self.kept) > 0 {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        self.end = true;
    }

    fn convert(&mut self, filled: usize) {
        let whole = filled & !1;
        for pair in 0..whole / 2 {
            let bytes = [self.raw[pair * 2], self.raw[pair * 2 + 1]];
            let unit = match self.order {
                Order::Little => u16::from_le_bytes(bytes),
                Order::Big => u16::from_be_bytes(bytes),
            };
            self.unit(unit);
        }
        self.kept = filled - whole;
        if self.kept > 0 {
            self.raw[0] = self.raw[whole];
        }
    }

    fn unit(&mut self, unit: u16) {
        if !std::mem::replace(&mut self.started, true) && unit == 0xfeff {
            return;
        }
        if let Some(high) = self.high.take() {
            if let Some(Ok(c)) = char::decode_utf16([high, unit]).next() {
                self.out.push(c);
                return;
            }
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            _ => self.out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() && !self.end {
            self.refill();
        }
        let rest = &self.out.as_bytes()[self.given..];
        if rest.is_empty() {
            return self.failed.take().map_or(Ok(0), Err);
        }
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Yields its bytes a few at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(buf.len());
            buf[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn utf16(text: &str, order: Order) -> Vec<u8> {
        let unit = |u: u16| if order == Order::Little { u.to_le_bytes() } else { u.to_be_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    fn read(bytes: &[u8], step: usize, order: Order) -> String {
        let mut out = String::new();
        Utf16::new(Box::new(Slow(bytes, step)), order).read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn text_in_any_pieces() {
        let text = "Killed process 42 (wörker \u{1f4a5}) total-vm:1kB\r\n";
        for step in [1, 2, 3, 7, 4096] {
            for order in [Order::Little, Order::Big] {
                assert_eq!(read(&utf16(text, order), step, order), text);
            }
        }
    }

    #[test]
    fn broken_units_are_replaced() {
        assert_eq!(read(&[0xff, 0xfe, 0x3d, 0xd8, b'a', 0, b'b'], 3, Order::Little), "\u{fffd}a\u{fffd}");
        assert_eq!(read(&[0xff, 0xfe, 0x00, 0xdc], 3, Order::Little), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn any_text_round_trips(text in "\\PC{0,60}", step in 1usize..9) {
            prop_assert_eq!(read(&utf16(&text, Order::Big), step, Order::Big), text);
        }
    }
}
