//! The YAML that Kubernetes tools print (`sigs.k8s.io/yaml`, go-yaml block style), with places: block maps and lists,
//! plain, quoted and block scalars, JSON-like flow values on one line or more. Anchors, aliases, tags and complex
//! keys are not part of it and are read as plain text: no alias can blow a document up. Damage costs the line it
//! stands in, a cut costs what is missing.

use super::json;
use super::node::{MAX_DEPTH, MAX_NODES, Node, Value};
use crate::language::Sentence;
use crate::sentence;
use std::borrow::Cow;

/// The most bytes of a YAML document that are read.
pub(super) const MAX_YAML: usize = 16 << 20;

/// A document part that could not be read: (offset, reason).
pub(super) type Problem = (usize, Sentence);

/// Reads all documents of a stream (`---` between them).
pub(super) fn parse(bytes: &[u8]) -> (Vec<Node<'_>>, Option<Problem>) {
    let cut = bytes.len() > MAX_YAML;
    let bytes = &bytes[..bytes.len().min(MAX_YAML)];
    let flow_left = bytes.len().saturating_mul(2);
    let mut reader =
        Reader { bytes, lines: split(bytes), line: 0, column: 0, document: 0, nodes: 0, flow_left, problem: None };
    let mut documents = Vec::new();
    while reader.next_content().is_some() {
        let before = reader.line;
        documents.push(reader.block(0, 0));
        if reader.line == before {
            reader.reject(sentence!("join-document-no-yaml"));
        }
    }
    let problem = reader.problem.or_else(|| cut.then(|| (MAX_YAML, sentence!("join-document-16-mib"))));
    (documents, problem)
}

/// (start, end) of every line, without line ends.
fn split(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len())) {
        let stop = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
        lines.push((start, stop));
        start = end + 1;
    }
    lines
}

struct Reader<'a> {
    bytes: &'a [u8],
    lines: Vec<(usize, usize)>,
    line: usize,
    /// Where the rest of the current line begins, counted in bytes from its start; 0 for a whole line.
    column: usize,
    /// Number of the current document: `---` begins the next one.
    document: usize,
    nodes: usize,
    /// Bytes that may still be tried as flow values: failed trials must not make reading quadratic.
    flow_left: usize,
    problem: Option<Problem>,
}

impl<'a> Reader<'a> {
    fn text(&self, line: usize) -> &'a [u8] {
        self.lines.get(line).and_then(|(start, end)| self.bytes.get(*start..*end)).unwrap_or_default()
    }

    fn start(&self, line: usize) -> usize {
        self.lines.get(line).map_or(self.bytes.len(), |(start, _)| *start)
    }

    /// Indent of the next line with content, from the current place on; moves there. `None` at the end.
    fn next_content(&mut self) -> Option<usize> {
        while self.line < self.lines.len() {
            let text = self.text(self.line);
            let from = self.column.min(text.len());
            let blanks = text[from..].iter().take_while(|c| **c == b' ').count();
            let rest = &text[from + blanks..];
            let marker = self.column == 0 && blanks == 0 && (rest.starts_with(b"---") || rest == b"...");
            self.document += usize::from(marker);
            if !rest.is_empty() && rest[0] != b'#' && !marker {
                return Some(from + blanks);
            }
            self.advance();
        }
        None
    }

    fn advance(&mut self) {
        self.line += 1;
        self.column = 0;
    }

    fn reject(&mut self, why: Sentence) {
        if self.problem.is_none() {
            self.problem = Some((self.start(self.line), why));
        }
        self.advance();
    }

    /// A value whose lines are indented by at least `least`.
    fn block(&mut self, least: usize, depth: usize) -> Node<'a> {
        self.nodes += 1;
        let Some(indent) = self.next_content() else { return Node::null(self.bytes.len()) };
        let at = self.start(self.line) + indent;
        if indent < least {
            return Node::null(at);
        }
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            self.problem.get_or_insert((at, sentence!("join-document-large")));
            self.line = self.lines.len();
            return Node::null(at);
        }
        let rest = &self.text(self.line)[indent..];
        let value = if is_dash(rest) {
            self.list(indent, depth)
        } else if key_end(rest).is_some() {
            self.map(indent, depth)
        } else {
            self.column = indent;
            self.scalar(least.saturating_sub(1), least == 0)
        };
        Node { at, value }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Value<'a> {
        let mut list = Vec::new();
        let document = self.document;
        while self.next_content() == Some(indent) && self.document == document {
            let rest = &self.text(self.line)[indent..];
            if !is_dash(rest) {
                break;
            }
            if rest.len() > 1 {
                self.column = indent + 1;
            } else {
                self.advance();
            }
            let before = (self.line, self.column);
            let node = self.block(indent + 1, depth + 1);
            if node.value == Value::Null && (self.line, self.column) == before && self.column != 0 {
                self.advance();
            }
            list.push(node);
        }
        Value::List(list)
    }

    fn map(&mut self, indent: usize, depth: usize) -> Value<'a> {
        let mut map = Vec::new();
        let document = self.document;
        while let Some(found) = self.next_content() {
            let rest = &self.text(self.line)[found..];
            let next_item = found == indent && is_dash(rest) && self.column == 0;
            if found < indent || next_item || self.document != document {
                break;
            }
            match (found == indent).then(|| key_end(rest)).flatten() {
                Some(end) => {
                    if let Some(member) = self.member(found, end, depth) {
                        map.push(member);
                    }
                }
                None => self.reject(sentence!("join-document-no-yaml")),
            }
        }
        Value::Map(map)
    }

    fn member(&mut self, indent: usize, end: usize, depth: usize) -> Option<(Cow<'a, str>, Node<'a>)> {
        let at = self.start(self.line) + indent;
        let text = self.text(self.line);
        let key = key_text(&text[indent..indent + end]);
        let value_at = indent + end + 1;
        let rest = text.get(value_at..).unwrap_or_default().trim_ascii_start();
        if key == "managedFields" {
            self.skip_member(indent);
            return None;
        }
        self.nodes += 1;
        let value = match rest.first() {
            None | Some(b'#') => {
                self.advance();
                self.nested(indent, depth)
            }
            Some(b'|' | b'>') => self.block_scalar(indent, rest[0] == b'>'),
            Some(_) => {
                self.column = text.len() - rest.len();
                self.scalar(indent, false)
            }
        };
        Some((key, Node { at, value }))
    }

    /// The value of a key with nothing behind it: a deeper block, or a list at the key's own indent.
    fn nested(&mut self, indent: usize, depth: usize) -> Value<'a> {
        let document = self.document;
        let Some(found) = self.next_content().filter(|_| self.document == document) else { return Value::Null };
        let dash = is_dash(&self.text(self.line)[found..]);
        if found > indent {
            return self.block(indent + 1, depth + 1).value;
        }
        if found == indent && dash {
            return self.list(indent, depth + 1);
        }
        Value::Null
    }

    /// Passes over a member and all that belongs to it.
    fn skip_member(&mut self, indent: usize) {
        self.advance();
        while let Some(found) = self.next_content() {
            let dash = is_dash(&self.text(self.line)[found..]);
            if found < indent || (found == indent && !dash) {
                break;
            }
            self.advance();
        }
    }

    /// A scalar from the current column on; further lines belong to it when indented by more than `parent`.
    fn scalar(&mut self, parent: usize, top: bool) -> Value<'a> {
        let from = self.start(self.line) + self.column;
        let rest = &self.text(self.line)[self.column..];
        match rest.first() {
            Some(b'"') => self.quoted(from, b'"'),
            Some(b'\'') => self.quoted(from, b'\''),
            Some(b'{' | b'[') => self.flow(from).unwrap_or_else(|| self.plain(parent, top)),
            _ => self.plain(parent, top),
        }
    }

    fn plain(&mut self, parent: usize, top: bool) -> Value<'a> {
        let line = self.line;
        let first = without_comment(&self.text(line)[self.column..]);
        self.advance();
        let mut whole = Cow::Borrowed(first);
        while !top && self.line < self.lines.len() {
            let text = self.text(self.line);
            let indent = text.iter().take_while(|c| **c == b' ').count();
            if indent == text.len() || indent <= parent {
                break;
            }
            let more = whole.to_mut();
            more.push(b' ');
            more.extend_from_slice(without_comment(&text[indent..]));
            self.advance();
        }
        let cut = self.line >= self.lines.len() && !self.bytes.ends_with(b"\n");
        typed(whole, cut)
    }

    /// A quoted scalar, which may go over several lines.
    fn quoted(&mut self, from: usize, quote: u8) -> Value<'a> {
        let mut text: Vec<u8> = Vec::new();
        let mut at = from + 1;
        while let Some(&c) = self.bytes.get(at) {
            at += 1;
            match c {
                b'\'' if quote == c && self.bytes.get(at) == Some(&c) => {
                    text.push(c);
                    at += 1;
                }
                c if c == quote => return self.finish_quoted(at, text),
                b'\\' if quote == b'"' => at = escape(self.bytes, at, &mut text),
                b'\n' => at = fold(self.bytes, at, &mut text),
                c => text.push(c),
            }
        }
        self.problem.get_or_insert((from, sentence!("join-document-open-quote")));
        self.line = self.lines.len();
        Value::Null
    }

    fn finish_quoted(&mut self, at: usize, text: Vec<u8>) -> Value<'a> {
        self.line = self.lines.partition_point(|(start, _)| *start <= at.saturating_sub(1));
        self.column = 0;
        Value::Text(Cow::Owned(String::from_utf8_lossy(&text).into_owned()))
    }

    /// A flow value in JSON's form; `None` when it is not.
    fn flow(&mut self, from: usize) -> Option<Value<'a>> {
        if self.flow_left == 0 {
            return None;
        }
        let parsed = json::parse(self.bytes, from);
        self.flow_left = self.flow_left.saturating_sub(parsed.end.saturating_sub(from));
        if parsed.problem.is_some() {
            return None;
        }
        self.line = self.lines.partition_point(|(start, _)| *start < parsed.end);
        self.column = 0;
        Some(parsed.node.value)
    }

    /// `|` or `>` and the indented lines after it.
    fn block_scalar(&mut self, parent: usize, folded: bool) -> Value<'a> {
        self.advance();
        let mut text = Vec::new();
        let mut margin = None;
        while self.line < self.lines.len() {
            let line = self.text(self.line);
            let indent = line.iter().take_while(|c| **c == b' ').count();
            if indent < line.len() && indent <= parent {
                break;
            }
            if indent < line.len() {
                margin.get_or_insert(indent);
            }
            text.extend_from_slice(line.get(margin.unwrap_or(indent)..).unwrap_or_default());
            text.push(if folded { b' ' } else { b'\n' });
            self.advance();
        }
        let end = text.iter().rposition(|c| !c.is_ascii_whitespace()).map_or(0, |n| n + 1);
        Value::Text(Cow::Owned(String::from_utf8_lossy(&text[..end]).into_owned()))
    }
}

/// `- ` or a dash alone.
fn is_dash(rest: &[u8]) -> bool {
    rest == b"-" || rest.starts_with(b"- ")
}

/// Length of the key at the start of a line, when a colon and a blank (or nothing) follow it.
fn key_end(rest: &[u8]) -> Option<usize> {
    let quoted = match rest.first()? {
        q @ (b'"' | b'\'') => 1 + rest[1..].iter().position(|c| c == q)? + 1,
        b'{' | b'[' => return None,
        _ => 0,
    };
    let mut at = quoted;
    while let Some(n) = memchr::memchr(b':', &rest[at..]) {
        if matches!(rest.get(at + n + 1), None | Some(b' ')) {
            return (quoted == 0 || n == 0).then_some(at + n);
        }
        at += n + 1;
    }
    None
}

fn key_text(key: &[u8]) -> Cow<'_, str> {
    let bare = match key {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        other => other,
    };
    String::from_utf8_lossy(bare)
}

/// A plain scalar up to ` #`.
fn without_comment(text: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(text, b" #").unwrap_or(text.len());
    text[..end].trim_ascii_end()
}

/// What a plain scalar means. A number at the very end of a document without a line end may be cut.
fn typed<'a>(text: Cow<'a, [u8]>, cut: bool) -> Value<'a> {
    match text.as_ref() {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => return Value::Null,
        b"true" | b"True" | b"TRUE" => return Value::Bool(true),
        b"false" | b"False" | b"FALSE" => return Value::Bool(false),
        _ => {}
    }
    let text = match text {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    };
    let numeric = text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'-' | b'+' | b'.'))
        && text.bytes().any(|c| c.is_ascii_digit());
    match (numeric, cut) {
        (true, true) => Value::Null,
        (true, false) => Value::Number(text),
        (false, _) => Value::Text(text),
    }
}

/// The character(s) after a backslash; gives the place behind.
fn escape(bytes: &[u8], at: usize, text: &mut Vec<u8>) -> usize {
    let Some(&c) = bytes.get(at) else { return at };
    let digits = match c {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let hex = bytes.get(at + 1..at + 1 + digits).and_then(|h| std::str::from_utf8(h).ok());
        let code = hex.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32);
        text.extend_from_slice(code.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut [0; 4]).as_bytes());
        return at + 1 + if hex.is_some() { digits } else { 0 };
    }
    match c {
        b'n' => text.push(b'\n'),
        b't' => text.push(b'\t'),
        b'r' => text.push(b'\r'),
        b'0' => text.push(0),
        b'e' => text.push(27),
        // An escaped line end joins two lines without a blank.
        b'\n' => return skip_blanks(bytes, at + 1),
        other => text.push(other),
    }
    at + 1
}

/// A line end within quotes becomes one blank.
fn fold(bytes: &[u8], at: usize, text: &mut Vec<u8>) -> usize {
    while matches!(text.last(), Some(b' ' | b'\r' | b'\t')) {
        text.pop();
    }
    text.push(b' ');
    skip_blanks(bytes, at)
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|c| matches!(c, b' ' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node<'_> {
        let (mut documents, problem) = parse(text.as_bytes());
        assert_eq!(problem, None, "{text}");
        assert_eq!(documents.len(), 1, "{text}");
        documents.remove(0)
    }

    #[test]
    fn reads_what_kubectl_prints() {
        let text = "apiVersion: v1\nitems:\n- kind: Pod\n  metadata:\n    labels: {}\n    managedFields:\n    - f:x:\n        k:{\"n\":\"a\"}: {}\n    name: web-1\n  status:\n    containerStatuses:\n    - name: web\n      restartCount: 3\n      lastState:\n        terminated:\n          exitCode: 137\n          finishedAt: \"2026-11-23T11:36:59Z\"\n    message: 'pod: \"it''s\"\n      two lines.'\n- kind: Node\nkind: List\n";
        let node = one(text);
        let pod = &node.get("items").unwrap().list()[0];
        assert_eq!(pod.path(&["metadata", "name"]).unwrap().text(), Some("web-1"));
        assert_eq!(pod.path(&["metadata", "managedFields"]), None);
        let status = &pod.path(&["status", "containerStatuses"]).unwrap().list()[0];
        let code = status.path(&["lastState", "terminated", "exitCode"]).unwrap();
        assert_eq!(code.int(), Some(137));
        assert!(text[code.at..].starts_with("exitCode: 137"));
        assert_eq!(
            status.path(&["lastState", "terminated", "finishedAt"]).unwrap().text(),
            Some("2026-11-23T11:36:59Z")
        );
        assert_eq!(pod.path(&["status", "message"]).unwrap().text(), Some("pod: \"it's\" two lines."));
        assert_eq!(node.word_of("kind"), Some("List"));
        assert_eq!(node.get("items").unwrap().list()[1].word_of("kind"), Some("Node"));
    }

    #[test]
    fn scalars_of_every_style() {
        let node = one(
            "a: |\n  x: 1\n  - y\n\n  z\nb: >-\n  one\n  two\nc: \"tab\\tq \\\"x\\\" \\u00e9\"\nd: plain goes\n  on here\ne: ~\nf: {\"g\": [1, 2]}\nh: text # note\n'i j': 5\nk:\n  - [\"p\"]\n  - q\n",
        );
        assert_eq!(node.word_of("a"), Some("x: 1\n- y\n\nz"));
        assert_eq!(node.word_of("b"), Some("one two"));
        assert_eq!(node.word_of("c"), Some("tab\tq \"x\" é"));
        assert_eq!(node.word_of("d"), Some("plain goes on here"));
        assert_eq!(node.get("e"), None);
        assert_eq!(node.path(&["f", "g"]).unwrap().list().len(), 2);
        assert_eq!(node.word_of("h"), Some("text"));
        assert_eq!(node.number("i j"), Some(5));
        assert_eq!(node.get("k").unwrap().list()[1].text(), Some("q"));
    }

    #[test]
    fn several_documents_and_nested_lists() {
        let (documents, problem) = parse(b"---\nkind: Pod\nspec:\n---\nkind: Node\nx:\n- - 1\n  - 2\n-\n- a: 1\n");
        assert_eq!(problem, None);
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].word_of("kind"), Some("Pod"));
        let lists = documents[1].get("x").unwrap().list();
        assert_eq!(lists.len(), 3);
        assert_eq!(lists[0].list().len(), 2);
        assert_eq!(lists[2].number("a"), Some(1));
    }

    #[test]
    fn cut_and_hostile_documents() {
        let (documents, _) = parse(b"kind: Pod\nstatus:\n  exitCode: 13");
        assert_eq!(documents[0].path(&["status", "exitCode"]), None, "137 may be cut to 13");
        let (documents, problem) = parse(b"kind: Pod\nmessage: \"never closed\nuid: 1\n");
        assert_eq!(documents[0].word_of("kind"), Some("Pod"));
        assert!(problem.is_some());
        let (documents, problem) = parse(b"a: 1\n\x00\xff junk\nb: 2\n");
        assert_eq!((documents[0].number("a"), documents[0].number("b")), (Some(1), Some(2)));
        assert!(problem.is_some());
        for bomb in ["- ".repeat(300_000), "[".repeat(300_000), "a: ".repeat(100_000), "? ".repeat(1000)] {
            let _ = parse(bomb.as_bytes());
        }
        let deep: String = (0..3000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        assert!(parse(deep.as_bytes()).1.is_some());
        let (documents, _) = parse(b"a: &x [1, 1]\nb: [*x, *x]\n");
        assert_eq!(documents[0].get("b").unwrap().list().len(), 0, "aliases are not followed");
    }
}
