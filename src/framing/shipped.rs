//! Kernel lines in the objects of log collectors, one object a line: fluentd, fluent-bit, Vector, Filebeat and what
//! Elasticsearch, Loki, Splunk, CloudWatch and Google's logging give back.
//!
//! Only what is surely a kernel line is taken out of its object: it has the kernel's own stamp, it is a syslog line with the tag
//! `kernel`, or the object says that the kernel is the writer. Any other object stays whole.

use super::bytes::{rfc3339, tail};
use super::carrier::{Carrier, Line};
use super::dmesg;
use super::iso;
use super::json::{self, Object, Value, own_time};
use super::syslog;
use super::wrap;
use crate::event::Wall;
use crate::record::Transport;
use crate::time::from_unix_us;
use std::borrow::Cow;

/// Where collectors put the line: fluentd, Vector, Filebeat and CloudWatch `message`, fluent-bit `log` and (kmsg) `msg`, logcli
/// `line`, Google `textPayload`, Splunk `_raw`.
const TEXTS: [&str; 6] = ["message", "log", "line", "textPayload", "_raw", "msg"];

/// Where they put the name of the host.
const HOSTS: [&str; 3] = ["host", "hostname", "compute.googleapis.com/resource_name"];

/// `2026-11-23T10:22:41+00:00\tkernel.log\t{"message":"T"}`: fluentd's `out_file`.
pub(super) fn tagged(b: &[u8]) -> Option<Line<'_>> {
    let (wall, end) = rfc3339(b)?;
    let rest = tail(b, end).strip_prefix(b"\t")?;
    let object = tail(rest, memchr::memchr(b'\t', rest.get(..256).unwrap_or(rest))? + 1);
    let mut line = json::program_line(object, &json::object(object)?);
    line.wall = line.wall.or(Some(wall));
    Some(line)
}

/// `EVENTS\t1795432357000\tT\t1795432356863`: what `aws logs get-log-events --output text` prints (the columns are sorted by name:
/// time of receipt, message, time), and `filter-log-events` with the event's id before and the stream's name before the message.
pub(super) fn aws_text(b: &[u8]) -> Option<Line<'_>> {
    let rest = b.strip_prefix(b"EVENTS\t")?;
    let (rest, time) = rest.split_at_checked(memchr::memrchr(b'\t', rest)?)?;
    let wall = milliseconds(time.get(1..)?)?;
    let mut parts = rest.splitn(4, |byte| *byte == b'\t');
    let first = parts.next()?;
    let text = if milliseconds(first).is_some() {
        tail(rest, first.len() + 1)
    } else {
        let (received, stream) = (parts.next()?, parts.next()?);
        milliseconds(received)?;
        tail(rest, first.len() + received.len() + stream.len() + 3)
    };
    let mut line = wrap::inner(text);
    line.wall = line.wall.or(Some(wall));
    Some(line)
}

/// Thirteen digits.
fn milliseconds(text: &[u8]) -> Option<Wall> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == 13)?;
    text.parse::<i64>().ok().and_then(|ms| ms.checked_mul(1000)).map(from_unix_us)
}

/// The kernel's line in an object.
pub(super) fn kernel_line<'a>(object: &Object<'a>) -> Option<Line<'a>> {
    let text = TEXTS.iter().find_map(|name| object.bytes(name))?;
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let mut line = Line::new(Carrier::JsonLines, &[]);
    line.wall = own_time(object);
    line.host = HOSTS.iter().find_map(|name| host(object.get(name)?));
    if let Some(inner) = inner(text) {
        line.wall = line.wall.or(inner.wall);
        line.uptime_us = inner.uptime_us;
        line.level = inner.level;
        line.transport = inner.transport;
        line.message = Cow::Owned(inner.message.into_owned());
        return Some(line);
    }
    line.uptime_us = kmsg_uptime(object);
    let named = ["ident", "appname", "SYSLOG_IDENTIFIER"].iter().any(|name| object.bytes(name) == Some(b"kernel"));
    if !named && line.uptime_us.is_none() {
        return None;
    }
    line.transport = Transport::Kernel;
    line.message = Cow::Owned(text.to_vec());
    Some(line)
}

/// A line that shows by itself that it is the kernel's.
fn inner(text: &[u8]) -> Option<Line<'_>> {
    if let Some(mut line) = iso::kernel_at(text, 0, Carrier::JsonLines) {
        // Anybody may write such a line: what follows decides, as for a bare one.
        if line.transport == Transport::Kernel {
            line.transport = Transport::Unknown;
        }
        return Some(line);
    }
    let dated = text.first().is_some_and(u8::is_ascii_digit);
    let line = if dated {
        iso::parse(text)
    } else {
        syslog::parse(text, 0).or_else(|| dmesg::parse(text, 0, None, Transport::Unknown))
    };
    line.filter(|line| line.transport == Transport::Kernel || line.carrier == Carrier::DmesgCtime)
}

/// A host's name that needs no decoding.
fn host<'a>(value: &Value<'a>) -> Option<&'a str> {
    match value {
        Value::Bytes(Cow::Borrowed(name)) => std::str::from_utf8(name).ok().filter(|name| !name.is_empty()),
        _ => None,
    }
}

/// Uptime in the objects of fluent-bit's `kmsg` input (`plugins/in_kmsg/in_kmsg.c`): `{"priority":6,"sequence":1814,"sec":11706,
/// "usec":732233,"msg":"T"}`.
fn kmsg_uptime(object: &Object<'_>) -> Option<u64> {
    let number = |name| match object.get(name) {
        Some(Value::Number(n)) if (0.0..1e12).contains(n) => Some(*n as u64),
        _ => None,
    };
    let (_, sec, usec) = (number("sequence")?, number("sec")?, number("usec")?);
    sec.checked_mul(1_000_000)?.checked_add(usec)
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    fn read(text: &str) -> Option<(Option<u64>, Option<String>, String)> {
        let object = json::object(text.as_bytes()).unwrap();
        let line = kernel_line(&object)?;
        let message = String::from_utf8(line.message.into_owned()).unwrap();
        Some((line.uptime_us, line.host.map(str::to_owned), message))
    }

    #[test]
    fn kernel_lines() {
        let found = |uptime, host: &str| Some((uptime, Some(host.to_owned()), "x y".to_owned()));
        let at = Some(12_000_001);
        assert_eq!(read(r#"{"host":"a","ident":"kernel","message":"x y"}"#), found(None, "a"));
        assert_eq!(read(r#"{"labels":{"hostname":"a"},"line":"[   12.000001] x y\n"}"#), found(at, "a"));
        let splunk = r#"{"result":{"_raw":"Nov 23 09:31:00 a kernel: [   12.000001] x y","host":"a"}}"#;
        assert_eq!(read(splunk), found(at, "a"));
        let elastic = r#"{"_source":{"message":"<4>[   12.000001] x y","host":{"name":"a"}}}"#;
        assert_eq!(read(elastic), Some((at, None, "x y".to_owned())));
        let kmsg = r#"{"priority":4,"sequence":7,"sec":12,"usec":1,"msg":"x y","host":"a"}"#;
        assert_eq!(read(kmsg), found(at, "a"));
    }

    #[test]
    fn events_of_aws_as_text() {
        let of = |text: &'static str| aws_text(text.as_bytes()).map(|line| (line.wall, line.uptime_us, line.message));
        let wall = Some(from_unix_us(1_795_432_356_863_000));
        let get = of("EVENTS\t1795432357000\t[   12.000001] x\ty\t1795432356863").unwrap();
        assert_eq!(get, (wall, Some(12_000_001), b"x\ty"[..].into()));
        let filter = of("EVENTS\t3812\t1795432357000\ti-0a1b/messages\tx y\t1795432356863").unwrap();
        assert_eq!(filter, (wall, None, b"x y"[..].into()));
        for text in ["EVENTS\tx", "EVENTS\t1\t2\t3", "EVENTS\t1795432357000\tx y", "EVENTS\ta\tb\tc\td\t1795432356863"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn other_objects_stay_whole() {
        for text in [
            r#"{"message":"Out of memory: Killed process 7 (a) total-vm:1kB"}"#,
            r#"{"level":"info","msg":"x y"}"#,
            r#"{"host":"a","ident":"kubelet","message":"x"}"#,
            r#"{"message":"Nov 23 09:31:00 a sshd[7]: x y"}"#,
            r#"{"labels":7,"result":[1],"jsonPayload":"x"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
