//! JSON with two blanks a level, byte for byte what serde_json's `PrettyFormatter` gives. A report of a storm is hundreds of
//! megabytes of it: names of fields are written as they are, and texts are searched for what must be escaped eight bytes at a
//! time.

use serde::ser::{self, Serialize, Serializer};
use std::fmt;
use std::io::{self, Write};

/// Bytes that go out together.
const PIECE: usize = 32 * 1024;
/// A line feed (and, before it, a comma), then the blanks of the deepest level that is written at once.
const BREAK: &[u8; 66] = b",\n                                                                ";

/// Writes a value.
///
/// # Errors
/// The writer's, or what the value cannot be written for.
pub(super) fn write<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = Indented { out, held: Vec::with_capacity(2 * PIECE), level: 0, failed: None };
    let written = value.serialize(&mut writer);
    writer.flush();
    match (writer.failed, written) {
        (Some(error), _) => Err(error),
        (None, written) => written.map_err(io::Error::other),
    }
}

/// The serializer.
struct Indented<'w> {
    out: &'w mut dyn Write,
    held: Vec<u8>,
    level: usize,
    failed: Option<io::Error>,
}

impl Indented<'_> {
    fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(&self.held).err();
        }
        self.held.clear();
    }

    fn put(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    fn line(&mut self, comma: bool) {
        let (start, blanks) = (usize::from(!comma), self.level * 2);
        self.put(&BREAK[start..BREAK.len().min(2 + blanks)]);
        self.held.extend(std::iter::repeat_n(b' ', blanks.saturating_sub(BREAK.len() - 2)));
        if self.held.len() >= PIECE {
            self.flush();
        }
    }

    fn text(&mut self, text: &str) {
        self.held.push(b'"');
        let bytes = text.as_bytes();
        let mut written = 0;
        while let Some(at) = special(bytes, written) {
            self.held.extend_from_slice(&bytes[written..at]);
            escape(bytes[at], &mut self.held);
            written = at + 1;
        }
        self.held.extend_from_slice(&bytes[written..]);
        self.held.push(b'"');
    }

    fn whole(&mut self, number: u64) {
        let mut digits = [0; 20];
        let (mut at, mut left) = (digits.len(), number);
        while left > 0 || at == digits.len() {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
        }
        self.put(&digits[at..]);
    }

    fn open(&mut self, bracket: u8) {
        self.held.push(bracket);
        self.level += 1;
    }

    /// `{ "name": `, for a variant that holds something.
    fn open_variant(&mut self, name: &str) {
        self.open(b'{');
        self.line(false);
        self.text(name);
        self.put(b": ");
    }

    fn close_variant(&mut self) {
        self.close(b'}', true);
    }

    fn close(&mut self, bracket: u8, filled: bool) {
        self.level -= 1;
        if filled {
            self.line(false);
        }
        self.held.push(bracket);
    }
}

/// The first place from `from` on with a byte that must be escaped: a quotation mark, a backslash, a control character.
fn special(bytes: &[u8], from: usize) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES * 128;
    let mut at = from;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
        let (quote, backslash) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5c));
        if (below(word, 0x20) | below(quote, 1) | below(backslash, 1)) & HIGHS != 0 {
            break;
        }
        at += 8;
    }
    bytes[at..].iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')).map(|found| at + found)
}

/// As serde_json does it: the short escapes that JSON has, `\u00xx` for the others.
fn escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        _ => 0,
    };
    if short == 0 {
        // Writing to memory cannot fail.
        _ = write!(out, "\\u{byte:04x}");
    } else {
        out.extend_from_slice(&[b'\\', short]);
    }
}

/// An array or an object in the making.
struct Items<'a, 'w> {
    to: &'a mut Indented<'w>,
    bracket: u8,
    filled: bool,
    /// It is the only field of an object around it.
    variant: bool,
}

impl<'a, 'w> Items<'a, 'w> {
    fn open(to: &'a mut Indented<'w>, brackets: [u8; 2]) -> Self {
        to.open(brackets[0]);
        Items { to, bracket: brackets[1], filled: false, variant: false }
    }

    fn of_variant(to: &'a mut Indented<'w>, name: &str, brackets: [u8; 2]) -> Self {
        to.open_variant(name);
        Items { variant: true, ..Items::open(to, brackets) }
    }

    fn next(&mut self) {
        self.to.line(self.filled);
        self.filled = true;
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.next();
        value.serialize(&mut *self.to)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> fmt::Result {
        self.next();
        self.to.held.push(b'"');
        self.to.put(name.as_bytes());
        self.to.put(b"\": ");
        value.serialize(&mut *self.to)
    }

    fn close(self) -> fmt::Result {
        self.to.close(self.bracket, self.filled);
        if self.variant {
            self.to.close_variant();
        }
        Ok(())
    }
}

macro_rules! numbers {
    ($through:ident: $($name:ident $kind:ty),*) => {
        $(fn $name(self, number: $kind) -> fmt::Result {
            self.$through(number.into());
            Ok(())
        })*
    };
}

impl Indented<'_> {
    fn signed(&mut self, number: i64) {
        if number < 0 {
            self.held.push(b'-');
        }
        self.whole(number.unsigned_abs());
    }
}

impl<'a, 'w> Serializer for &'a mut Indented<'w> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Items<'a, 'w>;
    type SerializeTuple = Items<'a, 'w>;
    type SerializeTupleStruct = Items<'a, 'w>;
    type SerializeTupleVariant = Items<'a, 'w>;
    type SerializeMap = Items<'a, 'w>;
    type SerializeStruct = Items<'a, 'w>;
    type SerializeStructVariant = Items<'a, 'w>;

    numbers!(whole: serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);
    numbers!(signed: serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);

    fn serialize_f64(self, number: f64) -> fmt::Result {
        serde_json::to_writer(&mut self.held, &number).map_err(|_| fmt::Error)
    }

    fn serialize_f32(self, number: f32) -> fmt::Result {
        serde_json::to_writer(&mut self.held, &number).map_err(|_| fmt::Error)
    }

    fn serialize_bool(self, value: bool) -> fmt::Result {
        self.put(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> fmt::Result {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> fmt::Result {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> fmt::Result {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        self.put(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> fmt::Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> fmt::Result {
        self.open_variant(variant);
        value.serialize(&mut *self)?;
        self.close_variant();
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::open(self, *b"[]"))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::open(self, *b"[]"))
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::open(self, *b"[]"))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::of_variant(self, variant, *b"[]"))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::open(self, *b"{}"))
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::open(self, *b"{}"))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Items<'a, 'w>, fmt::Error> {
        Ok(Items::of_variant(self, variant, *b"{}"))
    }
}

impl ser::SerializeSeq for Items<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.item(value)
    }

    fn end(self) -> fmt::Result {
        self.close()
    }
}

impl ser::SerializeTuple for Items<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.item(value)
    }

    fn end(self) -> fmt::Result {
        self.close()
    }
}

macro_rules! tuples {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Items<'_, '_> {
            type Ok = ();
            type Error = fmt::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
                self.item(value)
            }

            fn end(self) -> fmt::Result {
                self.close()
            }
        })*
    };
}

macro_rules! structs {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Items<'_, '_> {
            type Ok = ();
            type Error = fmt::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> fmt::Result {
                self.field(name, value)
            }

            fn end(self) -> fmt::Result {
                self.close()
            }
        })*
    };
}

tuples!(SerializeTupleStruct, SerializeTupleVariant);
structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Items<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    /// Keys of the report are texts; anything else would be no JSON.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.next();
        let key = serde_json::to_value(key).map_err(|_| fmt::Error)?;
        self.to.text(key.as_str().ok_or(fmt::Error)?);
        self.to.put(b": ");
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        value.serialize(&mut *self.to)
    }

    fn end(self) -> fmt::Result {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    fn both<T: Serialize>(value: &T) -> (String, String) {
        let mut written = Vec::new();
        write(value, &mut written).unwrap();
        (String::from_utf8(written).unwrap(), serde_json::to_string_pretty(value).unwrap())
    }

    #[derive(Serialize)]
    enum Kind {
        Unit,
        Newtype(Option<u8>),
        Tuple(i8, f32),
        Struct { a: (), b: [u16; 2] },
    }

    #[derive(Serialize)]
    struct All {
        kinds: Vec<Kind>,
        numbers: (i64, u64, f64, f64, f64, i32),
        character: char,
        nothing: Option<bool>,
        nested: Box<Option<Wrapped>>,
    }

    #[derive(Serialize)]
    struct Wrapped(String, Vec<()>);

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
        let kinds = vec![
            Kind::Unit,
            Kind::Newtype(Some(0)),
            Kind::Newtype(None),
            Kind::Tuple(-128, 0.1),
            Kind::Struct { a: (), b: [7, 10] },
        ];
        let numbers = (i64::MIN, u64::MAX, 1e300, f64::NAN, -0.0, -10);
        let nested = Box::new(Some(Wrapped("\u{7f}\u{1}é\"\\/".to_owned(), Vec::new())));
        let (own, usual) = both(&All { kinds, numbers, character: '"', nothing: None, nested });
        assert_eq!(own, usual);
    }

    #[test]
    fn a_writer_that_fails_is_told() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert_eq!(write(&vec![1; 100_000], &mut Full).unwrap_err().to_string(), "full");
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_usual(text in any::<String>(), bytes in prop::collection::vec(0u8..0x80, 0..40), number in any::<f64>()) {
            let ascii = String::from_utf8(bytes).unwrap();
            let (own, usual) = both(&json!({ "a": text, ascii.clone(): [ascii, number, number as i64, number as u64] }));
            prop_assert_eq!(own, usual);
        }
    }
}
