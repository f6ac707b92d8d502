//! JSON (RFC 8259) with places, read as far as it goes: from a cut or damaged document the part before the damage
//! is kept, which is what a bundle of a dying node often holds.

use super::node::{MAX_DEPTH, MAX_NODES, Node, Value};
use crate::language::Sentence;
use crate::sentence;
use memchr::memchr2;
use std::borrow::Cow;

/// Members that are never looked at and can be half of the document: they are passed over without building values.
const SKIPPED: [&str; 2] = ["managedFields", "kubectl.kubernetes.io/last-applied-configuration"];

/// What was read of one value.
pub(super) struct Parsed<'a> {
    /// The value, perhaps only its beginning.
    pub node: Node<'a>,
    /// Offset after it, or of the damage.
    pub end: usize,
    /// Why it is not whole.
    pub problem: Option<Sentence>,
}

/// Reads one value that begins at `start` (blanks before it are passed over).
pub(super) fn parse(bytes: &[u8], start: usize) -> Parsed<'_> {
    let mut reader = Reader { bytes, pos: start, nodes: 0, problem: None };
    reader.blanks();
    let node = reader.value(0).unwrap_or(Node::null(start));
    Parsed { node, end: reader.pos, problem: reader.problem }
}

/// Reads the rest of an object whose beginning is not there: members from `start` on, up to the bracket that closes it, which is
/// passed over. Text between members that is no JSON (a person's remark) is passed over by lines.
pub(super) fn parse_rest(bytes: &[u8], start: usize) -> Parsed<'_> {
    let mut reader = Reader { bytes, pos: start, nodes: 0, problem: None };
    let mut map = Vec::new();
    loop {
        reader.passed_over(b", \t\n\r");
        match reader.peek() {
            Some(b'"') => {}
            None => break,
            Some(b'}' | b']') => {
                reader.pos += 1;
                break;
            }
            Some(_) => {
                reader.next_line();
                continue;
            }
        }
        let at = reader.pos;
        map.extend(reader.member(0).flatten());
        if reader.problem.take().is_some() {
            reader.pos = reader.pos.max(at + 1);
            reader.next_line();
        }
        if reader.nodes > MAX_NODES {
            break;
        }
    }
    Parsed { node: Node { at: start, value: Value::Map(map) }, end: reader.pos, problem: None }
}

/// The document ends too early.
fn cut() -> Sentence {
    sentence!("join-document-cut")
}

struct Reader<'a> {
    bytes: &'a [u8],
    pos: usize,
    nodes: usize,
    problem: Option<Sentence>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.pos += 1;
        }
    }

    fn passed_over(&mut self, bytes: &[u8]) {
        while self.peek().is_some_and(|c| bytes.contains(&c)) {
            self.pos += 1;
        }
    }

    fn next_line(&mut self) {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        self.pos += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }

    fn fail<T>(&mut self, why: Sentence) -> Option<T> {
        if self.problem.is_none() {
            self.problem = Some(if self.pos >= self.bytes.len() { cut() } else { why });
        }
        None
    }

    /// A value; `None` when nothing of it can be used. Arrays and objects are given back even if cut.
    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return self.fail(sentence!("join-document-many-values"));
        }
        if depth > MAX_DEPTH {
            return self.fail(sentence!("join-document-deep"));
        }
        let at = self.pos;
        let value = match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            _ => return self.fail(sentence!("join-document-value-expected")),
        };
        Some(Node { at, value })
    }

    fn literal(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        if self.bytes.get(self.pos..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.pos += word.len();
            return Some(value);
        }
        self.fail(sentence!("join-document-value-expected"))
    }

    /// A number; at the very end of the document it may be cut (`13` of `137`) and is not used.
    fn number(&mut self) -> Option<Value<'a>> {
        let start = self.pos;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.pos += 1;
        }
        if self.pos >= self.bytes.len() {
            return self.fail(cut());
        }
        Some(Value::Number(String::from_utf8_lossy(&self.bytes[start..self.pos])))
    }

    /// A text, from its opening quote.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.pos + 1;
        let rest = self.bytes.get(start..)?;
        match memchr2(b'"', b'\\', rest) {
            Some(n) if rest[n] == b'"' => {
                self.pos = start + n + 1;
                Some(String::from_utf8_lossy(&rest[..n]))
            }
            _ => self.escaped_string(start),
        }
    }

    fn escaped_string(&mut self, start: usize) -> Option<Cow<'a, str>> {
        let mut text = Vec::new();
        self.pos = start;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            let Some(n) = memchr2(b'"', b'\\', rest) else {
                self.pos = self.bytes.len();
                return self.fail(cut());
            };
            text.extend_from_slice(&rest[..n]);
            self.pos += n + 1;
            if rest[n] == b'"' {
                return Some(Cow::Owned(String::from_utf8_lossy(&text).into_owned()));
            }
            self.escape(&mut text)?;
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let Some(c) = self.peek() else { return self.fail(cut()) };
        self.pos += 1;
        match c {
            b'n' => text.push(b'\n'),
            b't' => text.push(b'\t'),
            b'r' => text.push(b'\r'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'u' => {
                let c = self.unicode();
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => text.push(other),
        }
        Some(())
    }

    /// The four digits after `\u`, with the second half of a surrogate pair.
    fn unicode(&mut self) -> char {
        let first = self.hex4();
        if (0xd800..0xdc00).contains(&first) && self.bytes.get(self.pos..self.pos + 2) == Some(b"\\u") {
            let back = self.pos;
            self.pos += 2;
            let second = self.hex4();
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.pos = back;
        }
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> u32 {
        let digits = self.bytes.get(self.pos..self.pos + 4).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u32::from_str_radix(d, 16).ok()) {
            Some(code) => {
                self.pos += 4;
                code
            }
            None => 0xfffd,
        }
    }

    fn list(&mut self, depth: usize) -> Value<'a> {
        let mut list = Vec::new();
        self.pos += 1;
        loop {
            self.blanks();
            if self.peek() == Some(b']') {
                self.pos += 1;
                break;
            }
            match self.value(depth + 1) {
                Some(node) => list.push(node),
                None => break,
            }
            if self.problem.is_some() || !self.next_member(b']') {
                break;
            }
        }
        Value::List(list)
    }

    fn map(&mut self, depth: usize) -> Value<'a> {
        let mut map = Vec::new();
        self.pos += 1;
        loop {
            self.blanks();
            if self.peek() == Some(b'}') {
                self.pos += 1;
                break;
            }
            match self.member(depth) {
                Some(Some(member)) => map.push(member),
                Some(None) => {}
                None => break,
            }
            if self.problem.is_some() || !self.next_member(b'}') {
                break;
            }
        }
        Value::Map(map)
    }

    /// One `"key": value`; the inner `None` for a member that is passed over.
    #[allow(clippy::type_complexity)]
    fn member(&mut self, depth: usize) -> Option<Option<(Cow<'a, str>, Node<'a>)>> {
        let at = self.pos;
        if self.peek() != Some(b'"') {
            return self.fail(sentence!("join-document-key-expected"));
        }
        let key = self.string()?;
        self.blanks();
        if self.peek() != Some(b':') {
            return self.fail(sentence!("join-document-colon-expected"));
        }
        self.pos += 1;
        self.blanks();
        if SKIPPED.contains(&key.as_ref()) {
            self.skip()?;
            return Some(None);
        }
        let mut node = self.value(depth + 1)?;
        node.at = at;
        Some(Some((key, node)))
    }

    /// After a member: true when another one may follow. Passes over the comma or the closing bracket.
    fn next_member(&mut self, close: u8) -> bool {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.pos += 1;
                true
            }
            Some(c) if c == close => {
                self.pos += 1;
                false
            }
            _ => self.fail::<()>(sentence!("join-document-comma-expected")).is_some(),
        }
    }

    /// Passes over one value of any depth, without recursion.
    fn skip(&mut self) -> Option<()> {
        let mut open = 0usize;
        loop {
            self.blanks();
            match self.peek() {
                None => return self.fail(cut()),
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{' | b'[') => {
                    open += 1;
                    self.pos += 1;
                    continue;
                }
                Some(b'}' | b']') if open == 0 => return self.fail(sentence!("join-document-value-expected")),
                Some(b'}' | b']') => {
                    open -= 1;
                    self.pos += 1;
                }
                Some(b',' | b':') if open == 0 => return self.fail(sentence!("join-document-value-expected")),
                Some(_) => self.pos += 1,
            }
            if open == 0 && self.skipped_whole() {
                return Some(());
            }
        }
    }

    /// After a skipped piece outside of brackets: the value is over when a separator follows.
    fn skipped_whole(&mut self) -> bool {
        self.blanks();
        matches!(self.peek(), None | Some(b',' | b'}' | b']'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Node<'_> {
        let parsed = parse(text.as_bytes(), 0);
        assert_eq!(parsed.problem, None, "{text}");
        parsed.node
    }

    #[test]
    fn reads_values_with_their_places() {
        let text = r#"{"a": {"b": [1, "x\n\u00e9\ud83d\ude00"]}, "ExitCode": 137, "t": true, "n": null}"#;
        let node = whole(text);
        let code = node.get("ExitCode").unwrap();
        assert_eq!(code.int(), Some(137));
        assert!(text[code.at..].starts_with("\"ExitCode\""));
        assert_eq!(node.path(&["a", "b"]).unwrap().list()[1].text(), Some("x\né😀"));
        assert_eq!(node.get("t").unwrap().boolean(), Some(true));
        assert_eq!(node.get("n"), None);
    }

    #[test]
    fn what_stands_before_a_cut_is_kept() {
        let text = r#"[{"Id": "aa", "State": {"ExitCode": 137, "Pid": 12"#;
        let parsed = parse(text.as_bytes(), 0);
        assert_eq!(parsed.problem, Some(cut()));
        let state = parsed.node.list()[0].get("State").unwrap();
        assert_eq!(state.number("ExitCode"), Some(137));
        assert_eq!(state.number("Pid"), None, "a number at the end may be cut");
    }

    #[test]
    fn the_rest_of_an_object() {
        let text = "  \"a\": 1, <-- here\n \"b\": {\"c\": true},\n some words\n \"d\": tru\n \"e\": [1]\n}, \"f\": 2";
        let parsed = parse_rest(text.as_bytes(), 0);
        let keys: Vec<&str> = parsed.node.map().iter().map(|(key, _)| key.as_ref()).collect();
        assert_eq!((keys, &text[parsed.end..]), (vec!["a", "b", "e"], ", \"f\": 2"));
        assert_eq!(parse_rest(b"\"a\": {\"b\": 1, \"c\"", 0).node.path(&["a", "b"]).and_then(Node::int), Some(1));
        assert!(parse_rest("\"[".repeat(100_000).as_bytes(), 0).node.map().is_empty());
    }

    #[test]
    fn managed_fields_are_passed_over() {
        let node = whole(r#"{"managedFields": [{"f:a": {"k:{\"x\"}": {}}}, 1, "]"], "kind": "Pod"}"#);
        assert_eq!(node.map().len(), 1);
        assert_eq!(node.word_of("kind"), Some("Pod"));
        assert_eq!(whole(r#"{"managedFields": 12, "b": 1}"#).number("b"), Some(1));
    }

    #[test]
    fn depth_and_damage_do_no_harm() {
        let deep = "[".repeat(1_000_000);
        assert!(parse(deep.as_bytes(), 0).problem.is_some());
        let skipped = format!("{{\"managedFields\": {}", "[".repeat(1_000_000));
        assert!(parse(skipped.as_bytes(), 0).problem.is_some());
        for text in
            ["", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":}", "[,]", "{a:1}", "[1 2]", "\"\\u", "tru", "-"]
        {
            assert!(parse(text.as_bytes(), 0).problem.is_some(), "{text}");
        }
        assert_eq!(parse(b"{\"a\": \"\xff\"}", 0).node.word_of("a"), Some("\u{fffd}"));
    }

    #[test]
    fn numbers_written_as_text_or_with_an_exponent() {
        let node = whole(r#"{"a": "1795433870290505067", "b": 1e9, "c": 1e99, "d": "x"}"#);
        assert_eq!(node.number("a"), Some(1_795_433_870_290_505_067));
        assert_eq!(node.number("b"), Some(1_000_000_000));
        assert_eq!((node.number("c"), node.number("d")), (None, None));
    }
}
