//! What goes into the places of a message.

use super::Sentence;
use std::borrow::Cow;

/// A value for a place of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value<'a> {
    /// Text, as it is.
    Text(Cow<'a, str>),
    /// A number, which can choose a plural form.
    Number(i64),
    /// Nothing: chooses the variant `[none]`.
    Absent,
    /// What stands behind a colon: a sentence, told in the language of the one around it.
    Sentence(Sentence),
}

impl Value<'_> {
    /// The same without borrowing.
    pub fn owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Number(number) => Value::Number(number),
            Value::Absent => Value::Absent,
            Value::Sentence(sentence) => Value::Sentence(sentence),
        }
    }
}

/// `None` is an absent value.
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Absent, Into::into)
    }
}

/// `[yes]` or `[no]`.
impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Value::Text(Cow::Borrowed(if flag { "yes" } else { "no" }))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::Text(text)
    }
}

impl From<Sentence> for Value<'_> {
    fn from(sentence: Sentence) -> Self {
        Value::Sentence(sentence)
    }
}

/// Numbers beyond `i64` saturate: nothing that is counted here comes near.
macro_rules! from_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Value<'_> {
            fn from(number: $number) -> Self {
                Value::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        })*
    };
}

from_numbers!(u8, u16, u32, u64, usize, i32, i64);
