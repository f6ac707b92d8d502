//! `json`: the whole report as one object, indented, ending with a newline. The filters of the command line were applied
//! before; `--all` changes nothing here.

use super::{Format, Style};
use crate::report::Report;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// The format.
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, report: &Report, _options: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut pieces = Pieces { out, held: Vec::with_capacity(2 * PIECE) };
        report.serialize(&mut Serializer::with_formatter(&mut pieces, Indented::default()))?;
        pieces.write_all(b"\n")?;
        pieces.flush()
    }
}

/// Bytes that go out together.
const PIECE: usize = 32 * 1024;

/// A report is written in many small parts: they are put together here, where each is only copied.
struct Pieces<'a> {
    out: &'a mut dyn Write,
    held: Vec<u8>,
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.held)?;
        self.held.clear();
        Ok(())
    }
}

/// The form of serde_json's own `PrettyFormatter`, two blanks a level, with the line feed and all blanks in one part.
#[derive(Default)]
struct Indented {
    level: usize,
    filled: bool,
}

/// A line feed (and, before it, a comma), then the blanks of the deepest level that is written at once.
const BREAK: &[u8; 66] = b",\n                                                                ";

impl Indented {
    fn line<W: Write + ?Sized>(&self, out: &mut W, comma: bool) -> io::Result<()> {
        let (start, blanks) = (usize::from(!comma), self.level * 2);
        out.write_all(&BREAK[start..BREAK.len().min(2 + blanks)])?;
        for _ in BREAK.len() - 2..blanks {
            out.write_all(b" ")?;
        }
        Ok(())
    }

    fn open<W: Write + ?Sized>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn close<W: Write + ?Sized>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level -= 1;
        if self.filled {
            self.line(out, false)?;
        }
        out.write_all(bracket)
    }
}

impl Formatter for Indented {
    #[inline]
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    #[inline]
    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    #[inline]
    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(out, !first)
    }

    #[inline]
    fn end_array_value<W: Write + ?Sized>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    #[inline]
    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    #[inline]
    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    #[inline]
    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(out, !first)
    }

    #[inline]
    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    #[inline]
    fn end_object_value<W: Write + ?Sized>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn both(value: &Value) -> (String, String) {
        let mut written = Vec::new();
        let mut pieces = Pieces { out: &mut written, held: Vec::new() };
        value.serialize(&mut Serializer::with_formatter(&mut pieces, Indented::default())).unwrap();
        pieces.flush().unwrap();
        (String::from_utf8(written).unwrap(), serde_json::to_string_pretty(value).unwrap())
    }

    #[test]
    fn it_is_the_usual_form() {
        let mut deep = json!({"a": [], "b": {}, "c": [1, [2.5, null], {"d": "x\ny"}], "e": {"f": [{}]}});
        for _ in 0..40 {
            deep = json!([deep, {"in": [true]}]);
        }
        let many = Value::Array((0..20_000).map(Value::from).collect());
        for value in [json!(1), json!([]), deep, many] {
            let (own, usual) = both(&value);
            assert_eq!(own, usual);
        }
    }
}
