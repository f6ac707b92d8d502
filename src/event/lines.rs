//! Lines of a log, each kept as what differs from an earlier one of the same sentence: two lines of one program differ in a time, an
//! id and a few numbers.

use std::sync::Arc;

/// Sentences of which a line is kept as the model of the others.
const MODELS_MAX: usize = 1 << 10;
/// Bytes of one block: a block is never moved when there are more.
const BLOCK: usize = 1 << 18;
/// A text of this length that comes again in its line is not kept again.
const REPEATED_MIN: usize = 8;

/// Where a line is kept.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Span {
    block: u32,
    at: u32,
    len: u32,
}

impl Span {
    /// There is no line.
    pub(super) fn is_none(self) -> bool {
        self.len == 0
    }
}

/// The lines of one source.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Lines {
    blocks: Vec<Vec<u8>>,
    models: Vec<Option<Arc<str>>>,
    /// The line that is being packed.
    packed: Vec<u8>,
}

/// How a piece is kept.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain = 0,
    /// Two hexadecimal digits in a byte.
    Hex = 1,
    /// As the last long piece of the line.
    Again = 2,
}

impl Lines {
    /// Keeps a line. Those of one `sentence` are alike.
    pub(super) fn keep(&mut self, text: &str, sentence: u32) -> Span {
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        let at = sentence as usize;
        if at < MODELS_MAX && self.models.len() <= at {
            self.models.resize(at + 1, None);
        }
        let model = self.models.get_mut(at).map(|model| &**model.get_or_insert_with(|| text.into()));
        number(&mut packed, if model.is_some() { at + 1 } else { 0 });
        pack(text.as_bytes(), model.unwrap_or_default().as_bytes(), &mut packed);
        let span = self.store(&packed);
        self.packed = packed;
        span
    }

    fn store(&mut self, packed: &[u8]) -> Span {
        if self.blocks.last().is_none_or(|block| block.len() + packed.len() > block.capacity()) {
            let room = if self.blocks.is_empty() { 4096 } else { BLOCK };
            self.blocks.push(Vec::with_capacity(room.max(packed.len())));
        }
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let block = self.blocks.len() - 1;
        let span = Span { block: small(block), at: small(self.blocks[block].len()), len: small(packed.len()) };
        self.blocks[block].extend_from_slice(packed);
        span
    }

    /// A line that was kept.
    pub(super) fn read(&self, span: Span) -> Option<Arc<str>> {
        let at = span.at as usize;
        let mut packed = self.blocks.get(span.block as usize)?.get(at..at + span.len as usize)?;
        let model = match take(&mut packed)? {
            0 => "",
            number => self.models.get(number - 1)?.as_deref()?,
        };
        let bytes = unpack(packed, model.as_bytes())?;
        Some(super::lossy(&bytes).into())
    }
}

/// Letters and digits, and all that is not ASCII: so no character is cut.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// So many bytes of both are the same.
fn common(a: &[u8], b: &[u8]) -> usize {
    let same = a.chunks_exact(8).zip(b.chunks_exact(8)).take_while(|(a, b)| a == b).count() * 8;
    same + a[same..].iter().zip(&b[same..]).take_while(|(a, b)| a == b).count()
}

fn word_len(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_word(**byte)).count()
}

/// Steps of three numbers: so many bytes of the model are the same, so many are left out, and a piece takes their place. What is
/// left of the model at the end is the same.
fn pack(mut text: &[u8], mut model: &[u8], out: &mut Vec<u8>) {
    let mut last: &[u8] = &[];
    while text != model {
        let mut same = common(text, model);
        // The whole word differs: a number that is longer than the model's would shift all that follows.
        same -= text[..same].iter().rev().take_while(|byte| is_word(**byte)).count();
        let (rest, other) = (&text[same..], &model[same..]);
        let (mut new, mut old) = (word_len(rest), word_len(other));
        if new == 0 && old == 0 {
            (new, old) = (rest.len(), other.len());
        }
        let piece = &rest[..new];
        number(out, same);
        number(out, old);
        piece_of(piece, last, out);
        if piece.len() >= REPEATED_MIN {
            last = piece;
        }
        (text, model) = (&rest[new..], &other[old..]);
    }
}

fn piece_of(piece: &[u8], last: &[u8], out: &mut Vec<u8>) {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let is_hex = piece.len().is_multiple_of(2) && piece.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let kind = match piece {
        _ if piece.len() >= REPEATED_MIN && piece == last => Kind::Again,
        _ if is_hex => Kind::Hex,
        _ => Kind::Plain,
    };
    number(out, piece.len() << 2 | kind as usize);
    match kind {
        Kind::Again => {}
        Kind::Plain => out.extend_from_slice(piece),
        Kind::Hex => out
            .extend(piece.chunks_exact(2).filter_map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?))),
    }
}

fn unpack(mut packed: &[u8], mut model: &[u8]) -> Option<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = Vec::with_capacity(model.len() + packed.len());
    let mut last = 0..0;
    while !packed.is_empty() {
        let same = take(&mut packed)?;
        out.extend_from_slice(model.get(..same)?);
        model = model.get(same + take(&mut packed)?..)?;
        let head = take(&mut packed)?;
        let (len, start) = (head >> 2, out.len());
        if head & 3 == Kind::Again as usize {
            out.extend_from_within(last.clone());
        } else if head & 3 == Kind::Hex as usize {
            let bytes = packed.get(..len / 2)?;
            out.extend(bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]));
            packed = packed.get(len / 2..)?;
        } else {
            out.extend_from_slice(packed.get(..len)?);
            packed = packed.get(len..)?;
        }
        if len >= REPEATED_MIN {
            last = start..out.len();
        }
    }
    out.extend_from_slice(model);
    Some(out)
}

/// A number in seven bits a byte, the lowest first.
fn number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(packed: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = packed.split_first()?;
        *packed = rest;
        number |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(all: &[(String, u32)]) {
        let mut lines = Lines::default();
        let spans: Vec<Span> = all.iter().map(|(text, sentence)| lines.keep(text, *sentence)).collect();
        for ((text, _), span) in all.iter().zip(spans) {
            assert_eq!(lines.read(span).as_deref(), Some(text.as_str()));
            assert!(!span.is_none());
        }
    }

    #[test]
    fn lines_of_one_sentence_take_little_room() {
        let line = |id: char, n: u32| {
            let id = String::from(id).repeat(64);
            format!("Nov 23 11:12:{n} node containerd[1]: exit event container_id:\"{id}\" id:\"{id}\" pid:{}", n * 977)
        };
        let mut lines = Lines::default();
        lines.keep(&line('a', 10), 3);
        let span = lines.keep(&line('b', 59), 3);
        assert_eq!(lines.read(span).as_deref(), Some(&*line('b', 59)));
        assert!(span.len < 60, "{}", span.len);
    }

    #[test]
    fn hard_lines() {
        let texts =
            ["", "a", "ä", "aä-é", "abcdef12", "-", "--", "abcdef12 abcdef12", "x abcdef12=abcdef12,", "\u{fffd}\n"];
        let all = texts.iter().flat_map(|a| texts.iter().map(move |b| [a, b])).enumerate();
        let all: Vec<_> = all.flat_map(|(n, pair)| pair.map(|text| ((*text).to_owned(), n as u32))).collect();
        check(&all);
        check(&all.iter().map(|(text, n)| (text.clone(), n * 500)).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn any_lines_come_back(all in proptest::collection::vec(("([a-f0-9]{0,12}[ :\"=é-]{0,3}){0,9}", 0u32..3), 1..12)) {
            check(&all);
        }

        #[test]
        fn any_text_comes_back(all in proptest::collection::vec((any::<String>(), 0u32..2), 1..6)) {
            check(&all);
        }
    }
}
