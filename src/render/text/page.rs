//! Lines with colours, wrapped to the width of the page. Everything that is printed as text goes through here, so that
//! nothing reaches a terminal unescaped.

use super::breaks::pieces;
use super::escape::visible;
use super::width::{head, width};
use crate::language::Language;
use crate::render::Style;
use std::io::{self, Write};

/// How a piece of text is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// As it is.
    Plain,
    /// Headings.
    Bold,
    /// What is of second rank.
    Dim,
    /// Memory was the cause.
    Bad,
    /// Nobody can tell.
    Unsure,
    /// Nothing bad.
    Good,
    /// Labels and actors.
    Accent,
}

impl Paint {
    /// The SGR code of ECMA-48.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Bold => Some("1"),
            Self::Dim => Some("2"),
            Self::Bad => Some("1;31"),
            Self::Unsure => Some("33"),
            Self::Good => Some("32"),
            Self::Accent => Some("36"),
        }
    }
}

/// A piece of text with one paint.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    paint: Paint,
    text: String,
    link: Option<String>,
}

/// A line in the making.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    spans: Vec<Span>,
}

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A line of one piece.
    pub(crate) fn of(paint: Paint, text: impl AsRef<str>) -> Self {
        Self::new().add(paint, text)
    }

    /// Adds a piece; control characters in it are made visible.
    pub(crate) fn add(self, paint: Paint, text: impl AsRef<str>) -> Self {
        self.add_link(paint, text, None)
    }

    /// Adds plain text.
    pub(crate) fn plain(self, text: impl AsRef<str>) -> Self {
        self.add(Paint::Plain, text)
    }

    /// Adds a piece with a link under it.
    pub(crate) fn add_link(mut self, paint: Paint, text: impl AsRef<str>, link: Option<String>) -> Self {
        let text = visible(text.as_ref()).into_owned();
        if !text.is_empty() {
            self.spans.push(Span { paint, text, link });
        }
        self
    }

    /// Adds blanks up to a column.
    pub(crate) fn pad_to(self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width());
        self.plain(" ".repeat(missing))
    }

    /// Adds another line's pieces.
    pub(crate) fn join(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// Columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.spans.iter().map(|span| width(&span.text)).sum()
    }

    /// Is there nothing in it?
    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Breaks it into lines of at most `columns`, where the text allows it. Where a colour begins says nothing about that.
    fn wrap(self, columns: usize) -> Vec<Self> {
        let all: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        let looks = Looks { left: self.spans.first().map_or(0, |span| span.text.len()), at: 0, spans: &self.spans };
        let mut wrapped = Wrapper { columns: columns.max(1), lines: Vec::new(), line: Self::new(), used: 0, looks };
        for word in pieces(&all) {
            wrapped.word(word);
        }
        wrapped.finish()
    }

    /// Takes the blanks off the end.
    fn trim_end(&mut self) {
        while let Some(last) = self.spans.last_mut() {
            let kept = last.text.trim_end_matches(' ').len();
            last.text.truncate(kept);
            if !last.text.is_empty() {
                break;
            }
            self.spans.pop();
        }
    }
}

/// The spans that a text came from, passed over as the text is.
struct Looks<'a> {
    spans: &'a [Span],
    /// The span of the next byte.
    at: usize,
    /// Bytes of that span that are left.
    left: usize,
}

impl<'a> Looks<'a> {
    /// The span of the next text, and how much of the text it covers.
    fn next(&mut self, length: usize) -> Option<(&'a Span, usize)> {
        while self.left == 0 {
            self.at = self.at.saturating_add(1);
            self.left = self.spans.get(self.at)?.text.len();
        }
        let part = self.left.min(length);
        self.left -= part;
        Some((self.spans.get(self.at)?, part))
    }
}

/// Fills lines with words.
struct Wrapper<'a> {
    columns: usize,
    lines: Vec<Line>,
    line: Line,
    used: usize,
    looks: Looks<'a>,
}

impl Wrapper<'_> {
    fn word(&mut self, word: &str) {
        let bare = width(word.trim_end_matches(' '));
        if self.used > 0 && self.used.saturating_add(bare) > self.columns {
            self.turn();
        }
        let mut rest = word;
        while width(rest.trim_end_matches(' ')) > self.columns {
            // A word wider than the page, most often a path: broken after one of its parts, or else hard. At least one
            // character goes on each line.
            let start = head(rest, self.columns);
            let cut = match start.rfind(['/', '!']) {
                Some(at) if at > start.len() / 3 => at + 1,
                _ if start.is_empty() => rest.chars().next().map_or(0, char::len_utf8),
                _ => start.len(),
            };
            let Some((start, end)) = rest.split_at_checked(cut).filter(|(start, _)| !start.is_empty()) else { break };
            self.push(start);
            self.turn();
            rest = end;
        }
        self.push(rest);
    }

    fn push(&mut self, text: &str) {
        self.used = self.used.saturating_add(width(text));
        let mut rest = text;
        while !rest.is_empty() {
            let Some((like, part)) = self.looks.next(rest.len()) else { break };
            let Some((start, end)) = rest.split_at_checked(part) else { break };
            match self.line.spans.last_mut() {
                Some(last) if last.paint == like.paint && last.link == like.link => last.text.push_str(start),
                _ => self.line.spans.push(Span { paint: like.paint, text: start.to_owned(), link: like.link.clone() }),
            }
            rest = end;
        }
    }

    fn turn(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        line.trim_end();
        self.lines.push(line);
        self.used = 0;
    }

    fn finish(mut self) -> Vec<Line> {
        if !self.line.is_empty() || self.lines.is_empty() {
            self.turn();
        }
        self.lines
    }
}

/// Where lines go.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    /// How it is to look.
    pub(crate) style: &'a Style,
}

/// Narrowest page; below it, lines are longer than the terminal.
const MIN_WIDTH: usize = 40;

impl<'a> Page<'a> {
    /// A page that writes to `out`.
    pub(crate) fn new(out: &'a mut dyn Write, style: &'a Style) -> Self {
        Self { out, style }
    }

    /// Language of headings and labels.
    pub(crate) fn language(&self) -> Language {
        self.style.language
    }

    /// Columns.
    pub(crate) fn width(&self) -> usize {
        self.style.width.max(MIN_WIDTH)
    }

    /// Writes a line as it is.
    pub(crate) fn line(&mut self, mut line: Line) -> io::Result<()> {
        line.trim_end();
        for span in &line.spans {
            self.span(span)?;
        }
        self.out.write_all(b"\n")
    }

    /// Writes an empty line.
    pub(crate) fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// Writes text after a label, wrapped; further lines start below the text, not below the label.
    pub(crate) fn hanging(&mut self, label: Line, text: Line) -> io::Result<()> {
        let indent = label.width();
        let columns = self.width().saturating_sub(indent).max(20);
        let mut label = Some(label);
        for part in text.wrap(columns) {
            let start = label.take().unwrap_or_else(|| Line::new().plain(" ".repeat(indent)));
            self.line(start.join(part))?;
        }
        Ok(())
    }

    fn span(&mut self, span: &Span) -> io::Result<()> {
        let link = span.link.as_deref().filter(|_| self.style.hyperlinks);
        let code = span.paint.code().filter(|_| self.style.color && !span.text.trim().is_empty());
        if let Some(link) = link {
            write!(self.out, "\x1b]8;;{link}\x1b\\")?;
        }
        match code {
            Some(code) => write!(self.out, "\x1b[{code}m{}\x1b[0m", span.text)?,
            None => self.out.write_all(span.text.as_bytes())?,
        }
        if link.is_some() {
            self.out.write_all(b"\x1b]8;;\x1b\\")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(style: &Style, write: impl FnOnce(&mut Page) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Page::new(&mut out, style)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_hangs_below_itself() {
        let style = Style { width: 40, ..Style::default() };
        let text = shown(&style, |page| {
            page.hanging(
                Line::new().plain("  Next  "),
                Line::new().plain("raise the limit, because it is too low for the start"),
            )
        });
        assert_eq!(text, "  Next  raise the limit, because it is\n        too low for the start\n");
    }

    #[test]
    fn chinese_text_is_broken_between_characters() {
        let style = Style { width: 40, ..Style::default() };
        let line = || Line::of(Paint::Bold, "内存不足").plain("：容器达到了内存限制，").plain("内核杀死了它的主进程。");
        let text = shown(&style, |page| page.hanging(Line::new().plain("  原因  "), line()));
        let expected = "  原因  内存不足：容器达到了内存限制，内\n        核杀死了它的主进程。\n";
        assert_eq!(text, expected);
        // The comma would be the 33rd column: it takes the character before it along.
        let line = Line::of(Paint::Bold, "内存不足内存不足内存不足内存不足").plain("，限制");
        let text = shown(&style, |page| page.hanging(Line::new().plain("        "), line));
        assert_eq!(text, "        内存不足内存不足内存不足内存不\n        足，限制\n");
    }

    #[test]
    fn long_words_are_broken_without_loss() {
        let style = Style { width: 40, ..Style::default() };
        let word = "日本語/".repeat(30);
        let text = shown(&style, |page| page.hanging(Line::new(), Line::new().plain(&word)));
        assert!(text.lines().all(|line| width(line) <= 40), "{text}");
        assert_eq!(text.replace('\n', ""), word);
    }

    #[test]
    fn colours_only_when_asked_and_never_from_the_log() {
        let line = || Line::of(Paint::Bad, "evil\u{1b}[2J");
        assert_eq!(shown(&Style::default(), |page| page.line(line())), "evil\\x1b[2J\n");
        let colored = Style { color: true, ..Style::default() };
        assert_eq!(shown(&colored, |page| page.line(line())), "\u{1b}[1;31mevil\\x1b[2J\u{1b}[0m\n");
    }

    #[test]
    fn blanks_at_the_end_are_dropped() {
        assert_eq!(shown(&Style::default(), |page| page.line(Line::new().plain("a").pad_to(9))), "a\n");
        assert_eq!(shown(&Style::default(), |page| page.hanging(Line::new(), Line::new())), "\n");
    }
}
