//! A table whose first columns give way when the page is too narrow.

use super::page::{Line, Page, Paint};
use super::width::{fit, fit_start, width};
use std::io;

/// A column.
pub(crate) struct Column {
    /// Heading.
    pub(crate) title: String,
    /// To the right?
    pub(crate) right: bool,
    /// How narrow it may get; `None` when it keeps its width.
    pub(crate) shrink_to: Option<usize>,
    /// Cut at the end, not in the middle?
    pub(crate) cut_end: bool,
}

impl Column {
    /// A column that keeps its width.
    pub(crate) fn fixed(title: impl Into<String>) -> Self {
        Self { title: title.into(), right: false, shrink_to: None, cut_end: false }
    }

    /// A column of numbers.
    pub(crate) fn number(title: impl Into<String>) -> Self {
        Self { right: true, ..Self::fixed(title) }
    }

    /// A column of words that may shrink.
    pub(crate) fn words(title: impl Into<String>, shrink_to: usize) -> Self {
        Self { cut_end: true, ..Self::flexible(title, shrink_to) }
    }

    /// A column of names and paths that may shrink.
    pub(crate) fn flexible(title: impl Into<String>, shrink_to: usize) -> Self {
        Self { shrink_to: Some(shrink_to), ..Self::fixed(title) }
    }
}

/// A flexible column on a very narrow page.
const HARD_MINIMUM: usize = 6;

/// Widest column, however wide the page.
const MAX_COLUMN: usize = 300;

/// Blanks between columns.
const GAP: usize = 2;

/// Writes the table; a row has a paint and a text for each column.
pub(crate) fn write(
    page: &mut Page,
    indent: usize,
    columns: &[Column],
    rows: &[Vec<(Paint, String)>],
) -> io::Result<()> {
    let widths = widths(page.width().saturating_sub(indent), columns, rows);
    let titles: Vec<_> = columns.iter().map(|column| (Paint::Dim, column.title.clone())).collect();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = Line::new().plain(" ".repeat(indent));
        let mut end = indent;
        for ((column, &columns), (paint, text)) in columns.iter().zip(&widths).zip(row) {
            let text = super::escape::visible(text);
            let text = if column.cut_end { fit_start(&text, columns) } else { fit(&text, columns) };
            let before = if column.right { columns.saturating_sub(width(&text)) } else { 0 };
            line = line.plain(" ".repeat(before)).add(*paint, text);
            end = end.saturating_add(columns).saturating_add(GAP);
            line = line.pad_to(end);
        }
        page.line(line)?;
    }
    Ok(())
}

/// Columns that the whole table needs when nothing is cut.
pub(crate) fn natural_width(columns: &[Column], rows: &[Vec<(Paint, String)>]) -> usize {
    natural(columns, rows).iter().sum::<usize>().saturating_add(gaps(columns))
}

fn natural(columns: &[Column], rows: &[Vec<(Paint, String)>]) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| width(&column.title)).collect();
    for row in rows {
        for (widest, (_, text)) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(&super::escape::visible(text)).min(MAX_COLUMN));
        }
    }
    widths
}

fn gaps(columns: &[Column]) -> usize {
    GAP.saturating_mul(columns.len().saturating_sub(1))
}

/// Widths of the columns: what they need, less what the page lacks, taken from the widest that may shrink.
fn widths(available: usize, columns: &[Column], rows: &[Vec<(Paint, String)>]) -> Vec<usize> {
    let mut widths = natural(columns, rows);
    let needed = |widths: &[usize]| widths.iter().sum::<usize>().saturating_add(gaps(columns));
    // First no further than each column wants, then as far as it must be.
    for hard in [false, true] {
        while needed(&widths) > available {
            let shrinkable = columns.iter().enumerate().filter_map(|(at, column)| {
                let least = column.shrink_to.map(|least| if hard { HARD_MINIMUM } else { least })?;
                (widths[at] > least).then_some((widths[at], std::cmp::Reverse(at)))
            });
            let Some((_, std::cmp::Reverse(at))) = shrinkable.max() else { break };
            widths[at] -= 1;
        }
    }
    widths
}
