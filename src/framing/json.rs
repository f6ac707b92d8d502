//! JSON objects of one line: `journalctl -o json` (and its sse and seq forms), Docker's json-file driver, klog and logrus in
//! JSON, daemons' JSON logs.

use super::carrier::{Carrier, Follow, Line};
use super::iso;
use super::journal_fields::is_wanted_journal_field;
use super::shipped;
use crate::event::Wall;
use crate::record::Transport;
use crate::time::{from_unix_us, parse_rfc3339};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Fields of container and program logs that are read.
const PROGRAM_FIELDS: &[&str] = &["log", "stream", "time", "ts", "msg", "timestamp", "@timestamp", "timeNano", "$date"];

/// Fields of collectors' objects that are read: see [`super::shipped`].
const SHIPPED_FIELDS: &[&str] = &[
    "message",
    "line",
    "textPayload",
    "_raw",
    "_time",
    "host",
    "hostname",
    "compute.googleapis.com/resource_name",
    "ident",
    "appname",
    "sequence",
    "sec",
    "usec",
];

/// Objects within an object whose fields are taken as its own: Splunk's `result`, Elasticsearch's `_source`, Loki's `labels`,
/// Google's `jsonPayload`; and mongod's time, `"t":{"$date":"2026-11-23T10:51:06.580+00:00"}` (4.4 and later).
const ENVELOPES: &[&str] = &["result", "_source", "labels", "jsonPayload", "t"];

/// How deep envelopes are opened.
const ENVELOPES_MAX: usize = 2;

/// A value of an object, as far as it can matter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// A string, or an array of byte numbers (how journalctl prints what is no text).
    Bytes(Cow<'a, [u8]>),
    /// A number.
    Number(f64),
    /// `null`: journalctl leaves out values over 4096 bytes without `--all`.
    Null,
    /// Anything else.
    Other,
}

/// The wanted fields of one object, in order.
#[derive(Debug, Default)]
pub(super) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// A field's value.
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A field's bytes.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        match self.get(name)? {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Whether it is a journal entry.
    pub(super) fn is_journal(&self) -> bool {
        ["__REALTIME_TIMESTAMP", "_BOOT_ID", "_TRANSPORT", "MESSAGE"].iter().any(|name| self.get(name).is_some())
    }

    /// Whether journalctl left the message out for its size.
    pub(super) fn message_left_out(&self) -> bool {
        self.get("MESSAGE") == Some(&Value::Null)
    }

    /// The fields as journal fields.
    pub(super) fn journal_fields(&self) -> Vec<(&str, &[u8])> {
        self.0
            .iter()
            .filter_map(|(name, value)| match value {
                Value::Bytes(bytes) => Some((&**name, &**bytes)),
                _ => None,
            })
            .collect()
    }
}

/// Reads one object; `None` when it is none. Bytes that are no UTF-8 are read as replacement characters (`dmesg -J` and some
/// shippers print such JSON).
pub(super) fn object(b: &[u8]) -> Option<Object<'_>> {
    let trimmed = b.trim_ascii();
    let trimmed = trimmed.strip_suffix(b",").unwrap_or(trimmed);
    if trimmed.last() != Some(&b'}') {
        return None;
    }
    if let Ok(object) = serde_json::from_slice::<Object<'_>>(trimmed) {
        return Some(object);
    }
    if std::str::from_utf8(trimmed).is_ok() {
        return None;
    }
    let lossy = String::from_utf8_lossy(trimmed);
    let object = serde_json::from_str::<Object<'_>>(&lossy).ok()?;
    Some(Object(object.0.into_iter().map(|(name, value)| (Cow::Owned(name.into_owned()), owned(value))).collect()))
}

/// A value that borrows nothing.
fn owned<'b>(value: Value<'_>) -> Value<'b> {
    match value {
        Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
        Value::Number(n) => Value::Number(n),
        Value::Null => Value::Null,
        Value::Other => Value::Other,
    }
}

/// The line that an object of a program or container is: Docker's json-file, or a JSON log line, which stays whole.
pub(super) fn program_line<'a>(b: &'a [u8], object: &Object<'a>) -> Line<'a> {
    if let (Some(log), true) = (object.bytes("log"), object.get("time").is_some() || object.get("stream").is_some()) {
        return json_file(log, object);
    }
    if let Some(line) = shipped::kernel_line(object) {
        return line;
    }
    let mut line = Line::new(Carrier::JsonLines, b);
    line.wall = own_time(object);
    line.transport = Transport::Program;
    line
}

/// The time that an object tells of itself.
pub(super) fn own_time(object: &Object<'_>) -> Option<Wall> {
    const NAMES: [&str; 7] = ["ts", "time", "timestamp", "@timestamp", "timeNano", "_time", "$date"];
    NAMES.iter().find_map(|name| time(object.get(name)?))
}

/// `{"log":"text\n","stream":"stdout","time":"2026-11-23T10:51:06.580834619Z"}`: the driver cuts lines at 16 KiB; a part that
/// is not the last has no line feed.
fn json_file<'a>(log: &[u8], object: &Object<'_>) -> Line<'a> {
    let whole = log.strip_suffix(b"\n");
    let text = whole.unwrap_or(log);
    let inner = iso::container(Carrier::JsonFile, text.strip_suffix(b"\r").unwrap_or(text));
    let mut line = Line::new(Carrier::JsonFile, &[]);
    line.wall = object.get("time").and_then(time);
    line.uptime_us = inner.uptime_us;
    line.transport = inner.transport;
    line.message = Cow::Owned(inner.message.into_owned());
    line.stream = u8::from(object.bytes("stream") == Some(b"stderr"));
    line.follow = if whole.is_none() { Follow::Part(line.stream) } else { Follow::None };
    line
}

/// A time in a field: RFC 3339 text, or a number of seconds, milliseconds (klog's `ts`), or nanoseconds by its size.
fn time(value: &Value<'_>) -> Option<Wall> {
    match value {
        Value::Bytes(text) => parse_rfc3339(std::str::from_utf8(text).ok()?),
        Value::Number(n) => {
            let scale = match n.abs() {
                n if n < 1e11 => 1e6,
                n if n < 1e14 => 1e3,
                n if n < 1e17 => 1.0,
                _ => 1e-3,
            };
            let micros = (n * scale).round();
            // A float of this size is exact to the microsecond; anything larger is no time.
            (micros.abs() < 9e15).then(|| from_unix_us(micros as i64))
        }
        _ => None,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(ENVELOPES_MAX))
    }
}

/// Whether a field of an object is kept.
fn is_wanted(name: &str) -> bool {
    is_wanted_journal_field(name) || PROGRAM_FIELDS.contains(&name) || SHIPPED_FIELDS.contains(&name)
}

/// The value of an envelope's field: an object, or anything else, of which nothing is kept. Holds how many may be opened.
struct Envelope(usize);

impl<'de> DeserializeSeed<'de> for Envelope {
    type Value = Object<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.0.checked_sub(1) {
            Some(left) => deserializer.deserialize_any(ObjectVisitor(left)),
            None => IgnoredAny::deserialize(deserializer).map(|_| Object::default()),
        }
    }
}

/// Reads an object, keeping the wanted fields. Holds how many envelopes may be opened.
struct ObjectVisitor(usize);

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Object::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = Object::default();
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            if ENVELOPES.contains(&&*name) {
                let inner = map.next_value_seed(Envelope(self.0))?;
                object.0.extend(inner.0);
            } else if is_wanted(&name) {
                let value = map.next_value::<Value<'de>>()?;
                object.0.push((name, value));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(object)
    }
}

/// A key, borrowed where it holds no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

/// Reads a key.
struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// Reads a value.
struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Bytes(Cow::Borrowed(text.as_bytes())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Bytes(Cow::Owned(text.as_bytes().to_vec())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E>(self, n: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(n as f64))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(n as f64))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Self::Value, E> {
        Ok(Value::Number(n))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    /// An array of byte numbers is a binary value; an array of strings is a field that occurs several times, of which the
    /// first value is taken.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        let mut first = None;
        while let Some(element) = seq.next_element::<Element>()? {
            match element {
                Element::Byte(byte) => bytes.push(byte),
                Element::Text(text) => first = first.or(Some(text)),
                Element::Other => {}
            }
        }
        Ok(Value::Bytes(Cow::Owned(first.unwrap_or(bytes))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

/// An element of an array.
enum Element {
    Byte(u8),
    Text(Vec<u8>),
    Other,
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Number(n) if (0.0..256.0).contains(&n) => Element::Byte(n as u8),
            Value::Bytes(text) => Element::Text(text.into_owned()),
            _ => Element::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journal_values() {
        let object = object(
            br#"{"MESSAGE":[75,105,10,255],"_PID":"1","UNIT":["a.service","b.service"],"X":{"a":[1]},"PRIORITY":null}"#,
        )
        .unwrap();
        assert!(object.is_journal());
        assert_eq!(object.bytes("MESSAGE"), Some(&b"Ki\n\xff"[..]));
        assert_eq!(object.bytes("UNIT"), Some(&b"a.service"[..]));
        assert_eq!(object.get("PRIORITY"), Some(&Value::Null));
        assert_eq!(object.get("X"), None);
        assert_eq!(object.journal_fields().len(), 3);
    }

    #[test]
    fn times_of_programs() {
        let ts = |text: &str| {
            let object = object(text.as_bytes()).unwrap();
            program_line(b"", &object).wall
        };
        let instant = |unix_us| Some(Wall::Instant { unix_us, offset_s: 0 });
        assert_eq!(ts(r#"{"ts":1795432356863.339,"msg":"x"}"#), instant(1_795_432_356_863_339));
        assert_eq!(ts(r#"{"time":1795432356,"timeNano":1795432356863339000}"#), instant(1_795_432_356_000_000));
        assert_eq!(ts(r#"{"level":"info","time":"2026-11-23T11:12:36.863339Z"}"#), instant(1_795_432_356_863_339));
        assert_eq!(ts(r#"{"t":{"$date":"2026-11-23T11:12:36.863+00:00"},"s":"F"}"#), instant(1_795_432_356_863_000));
        assert_eq!(ts(r#"{"t":"x"}"#), None);
        assert_eq!(ts(r#"{"ts":1e300}"#), None);
    }

    #[test]
    fn what_is_no_object() {
        for text in ["{", "{}x", "[1]", "{\"a\":}", "{\"a\":1", ""] {
            assert!(object(text.as_bytes()).is_none(), "{text}");
        }
        let bad_utf8 = object(b"{\"MESSAGE\":\"a\xffb\"}").unwrap();
        assert_eq!(bad_utf8.bytes("MESSAGE"), Some("a\u{fffd}b".as_bytes()));
    }
}
