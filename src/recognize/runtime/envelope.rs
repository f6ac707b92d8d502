//! The layer between the carrier and the words: logrus text (`time="..." level=info msg="..." key=value`), logrus
//! console (`INFO[...] message   key=value`), klog (`I1123 12:36:29.056834     534 file.go:1] ...`, printf or structured),
//! and the JSON forms of both. Peeling it gives the message as its program wrote it, and its fields.
//!
//! Formats: logrus `TextFormatter`, `JSONFormatter`; containerd `log`; klog v1 and v2; Kubernetes `component-base`
//! JSON logging (`ts` in milliseconds). Programs add blanks, cut lines and nest quotes: whatever cannot be read is
//! skipped, never refused.

use super::clock;
use super::text::split_at_mark;
use crate::event::Wall;
use std::borrow::Cow;

/// How the message was wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Form {
    /// logrus: containerd, dockerd, CRI-O, podman, runc.
    Logrus,
    /// klog: kubelet, node-problem-detector.
    Klog,
    /// A JSON object with a message; either family.
    Json,
    /// Nothing around the words.
    #[default]
    Bare,
}

/// A peeled message.
#[derive(Debug, Clone, Default)]
pub(super) struct Envelope<'a> {
    /// What was peeled off.
    pub(super) form: Form,
    /// The message, unquoted.
    pub(super) message: Cow<'a, str>,
    /// Fields in the order printed, unquoted; at most [`MAX_FIELDS`].
    pub(super) fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The envelope's own time.
    pub(super) time: Option<Wall>,
}

/// More fields than any speaker here prints: a bound against hostile lines.
const MAX_FIELDS: usize = 64;

/// What stands before an object in JSON and begins it.
const JSON_MARK: &str = ": {\"";

/// How far into a line an envelope may begin (after a header that the carrier did not peel).
const MAX_PREFIX: usize = 300;

impl<'a> Envelope<'a> {
    /// Peels a message. Text without any known envelope comes back whole, as [`Form::Bare`].
    pub(super) fn peel(text: &'a str) -> Self {
        json(text)
            .or_else(|| klog(text))
            .or_else(|| logfmt(text))
            .or_else(|| console(text))
            .unwrap_or_else(|| Envelope { message: Cow::Borrowed(text.trim_end()), ..Default::default() })
    }

    /// A field's value; the first one, when a key occurs twice (a bug of one kubelet release).
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }
}

/// The bytes in which an envelope's mark may stand.
fn window<'a>(text: &'a str, mark: &str) -> &'a [u8] {
    &text.as_bytes()[..text.len().min(MAX_PREFIX + mark.len())]
}

/// Where an envelope's mark stands at the start of a word, not too far into the line.
fn mark(text: &str, mark: &str) -> Option<usize> {
    // Nearly always it is the first word.
    if text.starts_with(mark) {
        return Some(0);
    }
    let window = window(text, mark);
    memchr::memmem::find_iter(window, mark)
        .find(|at| *at == 0 || window.get(at - 1).is_some_and(u8::is_ascii_whitespace))
}

/// `time="..." level=info msg="..." ...`; `time` may be missing (it is, where a log shipper cut it off).
fn logfmt(text: &str) -> Option<Envelope<'_>> {
    let start = match mark(text, "time=") {
        Some(0) => 0,
        time => [time, mark(text, "level=")].into_iter().flatten().min()?,
    };
    let mut envelope = Envelope { form: Form::Logrus, fields: fields(text.get(start..)?), ..Default::default() };
    let at = envelope.fields.iter().position(|(key, _)| key == "msg")?;
    envelope.message = envelope.fields.remove(at).1;
    envelope.time = envelope.field("time").and_then(clock::wall);
    Some(envelope)
}

/// `INFO[2026-11-23T10:00:00.4-07:00] message, padded to 44 columns   key=value`.
fn console(text: &str) -> Option<Envelope<'_>> {
    let (level, rest) = text.split_once('[')?;
    if !matches!(level, "INFO" | "WARN" | "ERRO" | "DEBU" | "FATA" | "PANI" | "TRAC") {
        return None;
    }
    let (time, body) = rest.split_once("] ")?;
    // The fields begin after the padding: at the last word before the first `key=`, if blanks precede it.
    let split = body.match_indices('=').find_map(|(at, _)| {
        let key_at = body.get(..at)?.rfind(' ')? + 1;
        let key = body.get(key_at..at)?;
        let padded = body.get(..key_at)?.ends_with("  ") || key_at >= 45;
        (padded && !key.is_empty() && key.bytes().all(is_key_byte)).then_some(key_at)
    });
    let (message, tail) = match split {
        Some(at) => (body.get(..at)?, body.get(at..)?),
        None => (body, ""),
    };
    Some(Envelope {
        form: Form::Logrus,
        message: Cow::Borrowed(message.trim_end()),
        fields: fields(tail),
        time: clock::wall(time),
    })
}

/// `Lmmdd hh:mm:ss.uuuuuu threadid file.go:line] body`.
fn klog(text: &str) -> Option<Envelope<'_>> {
    let start = klog_start(text)?;
    let header = text.get(start + 1..)?;
    let (before, body) = split_at_mark(header, "] ")?;
    // The header's last word is `file.go:line`.
    let caller = before.rsplit(' ').next()?;
    if before.len() > 200 || !caller.contains(':') {
        return None;
    }
    let (message, fields) = match quoted(body) {
        Some((message, used)) => (message, fields(body.get(used..).unwrap_or_default())),
        None => (Cow::Borrowed(body.trim_end()), Vec::new()),
    };
    Some(Envelope { form: Form::Klog, message, fields, time: clock::klog(header) })
}

/// Where a klog header begins: a level letter and `mmdd hh:mm:ss.`, at the start of a word.
fn klog_start(text: &str) -> Option<usize> {
    let b = text.as_bytes();
    let spaces = b[..b.len().min(MAX_PREFIX)].iter().enumerate().filter(|(_, byte)| byte.is_ascii_whitespace());
    let words = std::iter::once(0).chain(spaces.map(|(at, _)| at + 1)).take_while(|at| *at < b.len().min(MAX_PREFIX));
    words.into_iter().find(|at| {
        let level = matches!(b.get(*at), Some(b'I' | b'W' | b'E' | b'F'));
        level && b.get(at + 5) == Some(&b' ') && b.get(at + 8) == Some(&b':') && {
            let header = text.get(at + 1..).unwrap_or_default();
            clock::klog(header).is_some()
        }
    })
}

/// A JSON object with `msg` (Kubernetes, logrus, zap) or `message`.
fn json(text: &str) -> Option<Envelope<'_>> {
    let start = if text.starts_with('{') { 0 } else { json_start(text)? };
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text.get(start..)?.trim()).ok()?;
    let message = object.get("msg").or_else(|| object.get("message"))?.as_str()?.trim_end().to_owned();
    let millis = object.get("ts").and_then(|ts| ts.as_f64());
    let time = match object.get("time").and_then(|time| time.as_str()) {
        Some(time) => clock::wall(time),
        None => millis.and_then(|ms| clock::unix((ms / 1e3) as i64, ((ms % 1e3) * 1e6) as i64)),
    };
    let fields = object.into_iter().take(MAX_FIELDS).map(|(key, value)| match value {
        serde_json::Value::String(text) => (Cow::Owned(key), Cow::Owned(text)),
        other => (Cow::Owned(key), Cow::Owned(other.to_string())),
    });
    Some(Envelope { form: Form::Json, message: Cow::Owned(message), fields: fields.collect(), time })
}

/// Where an object begins behind a header: braces are rarer than anything else of the mark.
fn json_start(text: &str) -> Option<usize> {
    let window = window(text, JSON_MARK);
    let braces = memchr::memchr_iter(b'{', window).filter(|at| *at >= 2);
    braces.map(|at| at - 2).find(|at| window[*at..].starts_with(JSON_MARK.as_bytes())).map(|at| at + 2)
}

/// `key=value` pairs of a logfmt or structured klog tail. Values are Go-quoted, in braces or brackets (which hold blanks),
/// multi-line (`output=<`, lines, ` >`), or bare. Words that are no pairs are skipped.
pub(super) fn fields(text: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let mut found = Vec::with_capacity(8);
    let mut rest = text.trim_start();
    while !rest.is_empty() && found.len() < MAX_FIELDS {
        let key_end = rest.bytes().position(|c| !is_key_byte(c)).unwrap_or(rest.len());
        let (key, tail) = rest.split_at(key_end);
        let used = match tail.strip_prefix('=').filter(|_| !key.is_empty()) {
            Some(tail) => {
                let (value, used) = value(tail);
                found.push((Cow::Borrowed(key), value));
                key_end + 1 + used
            }
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        rest = rest.get(used.max(1)..).unwrap_or_default().trim_start();
    }
    found
}

/// Bytes of a field's name.
fn is_key_byte(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b'/')
}

/// A field's value and how many bytes it took.
fn value(text: &str) -> (Cow<'_, str>, usize) {
    if let Some(quoted) = quoted(text) {
        return quoted;
    }
    if let Some(lines) = text.strip_prefix("<\n") {
        let end = lines.find("\n >").unwrap_or(lines.len());
        return (Cow::Borrowed(lines.get(..end).unwrap_or_default().trim()), (end + 5).min(text.len()));
    }
    if text.trim_end() == "<" {
        // The carrier made a record of each line.
        return (Cow::Borrowed(""), text.len());
    }
    let opens = text.trim_start_matches('&');
    let end = if opens.starts_with(['{', '[']) { balanced(text) } else { text.find(char::is_whitespace) };
    let end = end.unwrap_or(text.len());
    (Cow::Borrowed(text.get(..end).unwrap_or_default()), end)
}

/// Where the brace or bracket that the text opens is closed again; quoted braces do not count.
fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut in_quotes, mut escaped) = (0usize, false, false);
    for (at, c) in text.bytes().enumerate() {
        match c {
            _ if escaped => escaped = false,
            b'\\' if in_quotes => escaped = true,
            b'"' => in_quotes = !in_quotes,
            b'{' | b'[' if !in_quotes => depth += 1,
            b'}' | b']' if !in_quotes => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// A Go-quoted string at the start of the text, unquoted, with its length as quoted. A string that is cut off before its
/// closing quote is taken to the end.
pub(super) fn quoted(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let inside = text.strip_prefix('"')?;
    let mark = |text: &str| memchr::memchr2(b'"', b'\\', text.as_bytes());
    let plain_end = mark(inside).unwrap_or(inside.len());
    if inside.as_bytes().get(plain_end) != Some(&b'\\') {
        let used = (plain_end + 2).min(text.len());
        return Some((Cow::Borrowed(inside.get(..plain_end)?), used));
    }
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = mark(rest) {
        out.push_str(rest.get(..at)?);
        let closed = rest.as_bytes().get(at) == Some(&b'"');
        rest = rest.get(at + 1..)?;
        if closed {
            return Some((Cow::Owned(out), text.len() - rest.len()));
        }
        rest = unescape(rest, &mut out);
    }
    out.push_str(rest);
    Some((Cow::Owned(out), text.len()))
}

/// One escape of Go's `strconv.Quote`, after its backslash; gives what follows it. Unknown ones stay as they are.
fn unescape<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let Some(c) = rest.chars().next() else { return rest };
    let after = rest.get(c.len_utf8()..).unwrap_or_default();
    let digits = match c {
        'n' => return push(out, '\n', after),
        't' => return push(out, '\t', after),
        'r' => return push(out, '\r', after),
        'a' | 'b' | 'f' | 'v' => return push(out, ' ', after),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return push(out, c, after),
    };
    let code = after.get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
    match code {
        Some(decoded) => push(out, decoded, after.get(digits..).unwrap_or_default()),
        None => push(out, c, after),
    }
}

fn push<'a>(out: &mut String, c: char, rest: &'a str) -> &'a str {
    out.push(c);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logrus_text() {
        let text = r#"time="2026-11-23T10:27:16.311141288Z" level=info msg="Stop container \"57d6\" with signal terminated" x=1"#;
        let e = Envelope::peel(text);
        assert_eq!(e.form, Form::Logrus);
        assert_eq!(e.message, r#"Stop container "57d6" with signal terminated"#);
        assert_eq!(e.field("x"), Some("1"));
        assert!(e.time.is_some());
    }

    #[test]
    fn logrus_with_a_bare_message_behind_a_prefix() {
        let e = Envelope::peel("containerd[12]: time=2026 level=info msg=serving... address=/run/x.sock");
        assert_eq!((e.message.as_ref(), e.field("address")), ("serving...", Some("/run/x.sock")));
    }

    #[test]
    fn logrus_without_time() {
        let e = Envelope::peel(r#"level=info msg="Created container 4cf2: ns/pod/c""#);
        assert_eq!((e.form, e.message.as_ref()), (Form::Logrus, "Created container 4cf2: ns/pod/c"));
    }

    #[test]
    fn logrus_cut_in_the_message() {
        let e = Envelope::peel(r#"time="2026-11-23T10:27:16Z" level=info msg="Kill container \"57d6"#);
        assert_eq!(e.message, "Kill container \"57d6");
    }

    #[test]
    fn console_with_padding() {
        let e = Envelope::peel(
            "WARN[2026-11-23T10:00:00.5-07:00] cleaning up after shim disconnected           id=4cf2 namespace=k8s.io",
        );
        assert_eq!(e.message, "cleaning up after shim disconnected");
        assert_eq!((e.field("id"), e.field("namespace")), (Some("4cf2"), Some("k8s.io")));
        let e = Envelope::peel("INFO[0012] cleaning up dead shim                        ");
        assert_eq!((e.message.as_ref(), e.fields.len(), e.time), ("cleaning up dead shim", 0, None));
    }

    #[test]
    fn klog_structured_with_braces_and_doubled_keys() {
        let text = r#"I1123 12:34:45.357018    1480 kubelet.go:2231] "SyncLoop (PLEG): event for pod" pod="default/nginx" event=&{ID:27af Type:ContainerDied Data:4296} podID="a" podID="b""#;
        let e = Envelope::peel(text);
        assert_eq!((e.form, e.message.as_ref()), (Form::Klog, "SyncLoop (PLEG): event for pod"));
        assert_eq!(e.field("event"), Some("&{ID:27af Type:ContainerDied Data:4296}"));
        assert_eq!(e.field("podID"), Some("a"));
    }

    #[test]
    fn klog_printf_behind_a_header() {
        let e = Envelope::peel(
            "kubelet[41]: W1123 12:37:47.505227     534 eviction_manager.go:344] eviction manager: attempting to reclaim memory",
        );
        assert_eq!((e.form, e.message.as_ref()), (Form::Klog, "eviction manager: attempting to reclaim memory"));
    }

    #[test]
    fn klog_multi_line_value() {
        let text = "I1123 12:34:39.885628    1052 prober.go:107] \"Probe failed\" probeResult=\"failure\" output=<\n\tcat: no such file\n > x=\"1\"";
        let e = Envelope::peel(text);
        assert_eq!((e.field("output"), e.field("x")), (Some("cat: no such file"), Some("1")));
    }

    #[test]
    fn json_of_the_kubelet_and_of_logrus() {
        let e = Envelope::peel(r#"{"ts":1795432356863.339,"msg":"Got sys oom event: &{870 java}\n","v":1}"#);
        assert_eq!(
            (e.form, e.message.as_ref(), e.field("v")),
            (Form::Json, "Got sys oom event: &{870 java}", Some("1"))
        );
        assert!(matches!(e.time, Some(Wall::Instant { unix_us: 1_795_432_356_863_338..=1_795_432_356_863_340, .. })));
        let e = Envelope::peel(r#"{"level":"info","msg":"shim disconnected","id":"a","time":"2026-11-23T10:05:31Z"}"#);
        assert_eq!(e.field("id"), Some("a"));
    }

    #[test]
    fn hostile_text_is_bare_or_harmless() {
        for text in [
            "",
            "=",
            "{\"msg\":1}",
            "time=",
            "time=\"",
            "msg=\"\\",
            "INFO[",
            "E",
            "ééé level=x msg",
            "I1123 12:36:29.0 ] ",
        ] {
            let e = Envelope::peel(text);
            assert!(e.fields.len() <= MAX_FIELDS, "{text}");
        }
        let many = format!("level=info msg=x {}", "a=[ ".repeat(10_000));
        assert!(Envelope::peel(&many).fields.len() <= MAX_FIELDS);
        let e = Envelope::peel("time=\"x\" level=info msg=\"\\x41\\u00e9\\q\\\"\\U00110000\"");
        assert_eq!(e.message, "Aéq\"U00110000");
    }
}
