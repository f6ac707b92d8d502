//! The part of Fluent's syntax that the catalogues use: text, places, and choices by a value.
//!
//! A report can hold a million messages, so patterns are taken apart once and then only written. The syntax and its
//! meaning are those of the Fluent guide (Project Fluent, syntax 1.0), without terms and references to other messages, with
//! one function, `CAPITAL`, and with one addition: a value that is absent chooses the variant `[none]`, and no text does.

use super::{Language, Value};
use fluent_syntax::ast::{Expression, InlineExpression, Pattern as Parsed, PatternElement, Variant, VariantKey};
use fluent_syntax::unicode::unescape_unicode_to_string;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write as _;

/// What a place of a message is called, and what goes into it.
type Named<'a> = (&'static str, Value<'a>);

/// The most room that is kept, bytes.
const ROOM_MAX: usize = 64 * 1024;

thread_local! {
    static ROOM: Cell<String> = const { Cell::new(String::new()) };
}

/// A message, or a variant of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(Cow<'static, str>),
    Place(&'static str),
    /// `{ CAPITAL($name) }`: a name that stands first in an English sentence.
    Capital(&'static str),
    Choice {
        by: &'static str,
        variants: Vec<(Key, Pattern)>,
        otherwise: Pattern,
    },
}

#[derive(Debug, PartialEq, Eq)]
enum Key {
    Word(&'static str),
    Number(i64),
}

impl Pattern {
    /// `None` for syntax that is not supported.
    pub(super) fn new(parsed: &Parsed<&'static str>) -> Option<Pattern> {
        parsed.elements.iter().map(piece).collect::<Option<Vec<_>>>().map(Pattern)
    }

    /// The message with its values. It is put together where there is room already, so that it takes no byte too many: a
    /// report may hold a million.
    pub(super) fn fill(&self, language: Language, values: &[Named<'_>]) -> String {
        let mut writer = Writer { language, out: ROOM.take() };
        self.write(values, &mut writer);
        let told = writer.out.as_str().to_owned();
        writer.out.clear();
        if writer.out.capacity() <= ROOM_MAX {
            ROOM.set(writer.out);
        }
        told
    }

    fn write(&self, values: &[Named<'_>], writer: &mut Writer) {
        let find = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => writer.text(text),
                Piece::Place(name) => writer.value(find(name)),
                Piece::Capital(name) => writer.capital(find(name)),
                Piece::Choice { by, variants, otherwise } => {
                    let value = find(by).unwrap_or(&Value::Absent);
                    let chosen = variants.iter().find(|(key, _)| key.fits(value, writer.language));
                    chosen.map_or(otherwise, |(_, pattern)| pattern).write(values, writer);
                }
            }
        }
    }
}

impl Key {
    fn new(key: &VariantKey<&'static str>) -> Option<Key> {
        match key {
            VariantKey::Identifier { name } => Some(Key::Word(name)),
            VariantKey::NumberLiteral { value } => value.parse().ok().map(Key::Number),
        }
    }

    fn fits(&self, value: &Value<'_>, language: Language) -> bool {
        match (self, value) {
            (Key::Word(word), Value::Absent) => *word == "none",
            (Key::Word(word), Value::Text(text)) => *word != "none" && word == text,
            (Key::Word(word), Value::Number(number)) => *word == plural(*number, language),
            (Key::Number(key), Value::Number(number)) => key == number,
            (Key::Word(_), Value::Sentence(_)) | (Key::Number(_), _) => false,
        }
    }
}

/// The plural form of a whole number (Unicode CLDR): Chinese has one only.
fn plural(number: i64, language: Language) -> &'static str {
    if language == Language::English && number == 1 { "one" } else { "other" }
}

fn piece(element: &PatternElement<&'static str>) -> Option<Piece> {
    match element {
        PatternElement::TextElement { value } => Some(Piece::Text(Cow::Borrowed(*value))),
        PatternElement::Placeable { expression } => placed(expression),
    }
}

fn placed(expression: &Expression<&'static str>) -> Option<Piece> {
    match expression {
        Expression::Inline(InlineExpression::StringLiteral { value }) => {
            Some(Piece::Text(unescape_unicode_to_string(value)))
        }
        Expression::Inline(InlineExpression::VariableReference { id }) => Some(Piece::Place(id.name)),
        Expression::Inline(InlineExpression::FunctionReference { id, arguments }) if id.name == "CAPITAL" => {
            match arguments.positional.as_slice() {
                [InlineExpression::VariableReference { id }] => Some(Piece::Capital(id.name)),
                _ => None,
            }
        }
        Expression::Inline(_) => None,
        Expression::Select { selector: InlineExpression::VariableReference { id }, variants } => {
            choice(id.name, variants)
        }
        Expression::Select { .. } => None,
    }
}

fn choice(by: &'static str, all: &[Variant<&'static str>]) -> Option<Piece> {
    let mut variants = Vec::new();
    let mut otherwise = None;
    for variant in all {
        let pattern = Pattern::new(&variant.value)?;
        // The default is chosen when no other fits, so its own key need not be looked at, wherever it stands.
        if variant.default {
            otherwise = Some(pattern);
        } else {
            variants.push((Key::new(&variant.key)?, pattern));
        }
    }
    Some(Piece::Choice { by, variants, otherwise: otherwise? })
}

/// Puts pieces together. Chinese has a blank between a Chinese and a Latin character only: a catalogue writes one on both
/// sides of a place that may hold Latin, and where the value turns out to be Chinese it is left out.
struct Writer {
    language: Language,
    out: String,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.language != Language::Chinese {
            self.out.push_str(text);
            return;
        }
        let mut text = text;
        if text.starts_with(' ') && self.out.ends_with(is_wide) && text.trim_start_matches(' ').starts_with(is_wide) {
            text = text.trim_start_matches(' ');
        } else if text.starts_with(is_wide)
            && self.out.ends_with(' ')
            && self.out.trim_end_matches(' ').ends_with(is_wide)
        {
            self.out.truncate(self.out.trim_end_matches(' ').len());
        }
        self.out.push_str(text);
    }

    fn value(&mut self, value: Option<&Value<'_>>) {
        match value {
            None | Some(Value::Absent) => {}
            Some(Value::Text(text)) => self.text(text),
            // Writing to a text cannot fail.
            Some(Value::Number(number)) => _ = write!(self.out, "{number}"),
            Some(Value::Sentence(sentence)) => self.text(&sentence.tell(self.language)),
        }
    }

    fn capital(&mut self, value: Option<&Value<'_>>) {
        let Some(Value::Text(name)) = value else { return self.value(value) };
        let mut rest = name.chars();
        let first = rest.next().into_iter().flat_map(char::to_uppercase);
        self.text(&first.chain(rest).collect::<String>());
    }
}

/// Chinese characters and full-width signs.
pub(super) fn is_wide(c: char) -> bool {
    c >= '\u{2e80}'
}
