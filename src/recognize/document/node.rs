//! One value tree for JSON and YAML that knows where each value stands, so that every fact can point at its line.

use std::borrow::Cow;

/// The most values that are built from one document; what follows is left out, with a problem.
/// A 64 MiB list of pods has about one million values beside `managedFields`, which are skipped.
pub(super) const MAX_NODES: usize = 2_000_000;

/// The deepest nesting that is followed. Kubernetes objects need about 20.
pub(super) const MAX_DEPTH: usize = 96;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node<'a> {
    /// Byte offset in the document: of the key for a member of a map, of the value itself otherwise.
    pub at: usize,
    /// The value.
    pub value: Value<'a>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`, nothing.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as written.
    Number(Cow<'a, str>),
    /// Text, escapes decoded.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Node<'a>>),
    /// An object, in the order written.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// A value of nothing.
    pub(super) fn null(at: usize) -> Self {
        Node { at, value: Value::Null }
    }

    /// Member of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.map().iter().find(|(k, _)| k == key).map(|(_, v)| v).filter(|v| v.value != Value::Null)
    }

    /// Member of a member of ... a map.
    pub(super) fn path(&self, keys: &[&str]) -> Option<&Node<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Text that is not empty.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Text or number as text, not empty.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) | Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A whole number; also one written as text (crictl prints 64-bit numbers as text) or with an exponent.
    pub(super) fn int(&self) -> Option<i64> {
        let text = self.word()?.trim();
        text.parse().ok().or_else(|| float_to_int(text.parse().ok()?))
    }

    /// `true` or `false`, also as text.
    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(b) => Some(*b),
            Value::Text(t) => t.parse().ok(),
            _ => None,
        }
    }

    /// Elements of an array, none for anything else.
    pub(super) fn list(&self) -> &[Node<'a>] {
        match &self.value {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// Members of a map, none for anything else.
    pub(super) fn map(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        match &self.value {
            Value::Map(map) => map,
            _ => &[],
        }
    }

    /// Owned text of a member.
    pub(super) fn string<T: for<'t> From<&'t str>>(&self, key: &str) -> Option<T> {
        self.word_of(key).map(Into::into)
    }

    /// Text of a member.
    pub(super) fn word_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.word()
    }

    /// Whole number of a member.
    pub(super) fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.int()
    }
}

/// `1.5e9` as a whole number; nothing for what an i64 cannot hold.
fn float_to_int(value: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)]
    (value.is_finite() && value.abs() < 9.0e18).then_some(value as i64)
}
