//! Tables that tools align with blanks (Go's `text/tabwriter`): cells stand below their headings, counted in characters.

use super::doc::Line;

/// Headings in mixed case: `docker-compose ps` of version 1.
const TITLES: [&str; 4] = ["Name", "Command", "State", "Ports"];

/// A table's headings with their columns.
pub(super) struct Table {
    headings: Vec<(String, usize)>,
}

impl Table {
    /// Reads a heading line: headings are upper-case words, with two blanks or a tab between headings.
    pub(super) fn new(line: &str) -> Option<Self> {
        // Nearly every line of a log ends here.
        if line.bytes().any(|c| c.is_ascii_lowercase()) && !line.trim_start().starts_with(TITLES[0]) {
            return None;
        }
        let table = Self::of_words(line)?;
        let upper = |name: &str| {
            name.chars().any(|c| c.is_ascii_uppercase())
                && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " -_().%/".contains(c))
        };
        (table.headings.iter().all(|(name, _)| upper(name)) || table.is_titled(&TITLES)).then_some(table)
    }

    fn of_words(line: &str) -> Option<Self> {
        let mut headings: Vec<(String, usize)> = Vec::new();
        // k9s marks the column that it sorts by, and leaves one blank between its columns.
        let gap = if line.contains(['↑', '↓']) { 1 } else { 2 };
        let mut blanks = 2;
        for (column, c) in line.chars().enumerate() {
            match c {
                ' ' | '↑' | '↓' => blanks += 1,
                '\t' => blanks += 2,
                c => {
                    if blanks >= gap {
                        headings.push((String::new(), column));
                    } else if blanks == 1 {
                        push(&mut headings, ' ');
                    }
                    push(&mut headings, c);
                    blanks = 0;
                }
            }
            if headings.len() > 40 {
                return None;
            }
        }
        (headings.len() >= 2).then_some(Table { headings })
    }

    /// True when all of these headings are there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.headings.iter().any(|(heading, _)| heading == name))
    }

    /// The headings.
    pub(super) fn headings(&self) -> impl Iterator<Item = &str> {
        self.headings.iter().map(|(name, _)| name.as_str())
    }

    /// True for the headings of a table in mixed case.
    pub(super) fn is_titled(&self, names: &[&str]) -> bool {
        self.headings.iter().zip(names).all(|((heading, _), name)| heading == name)
            && self.headings.len() >= names.len()
    }

    /// The cells of a line; `None` when it does not fit the columns.
    pub(super) fn row<'t>(&'t self, line: &Line<'_>) -> Option<Row<'t>> {
        let text = &line.text;
        if text.trim().is_empty() {
            return None;
        }
        let cells = if text.contains('\t') { None } else { self.aligned(text) };
        Some(Row { table: self, at: line.at, cells: cells.or_else(|| self.split(text))? })
    }

    /// Cells by column: a cell may go up to the blank before the next heading.
    fn aligned(&self, text: &str) -> Option<Vec<String>> {
        // Byte offset of each character; a line shorter than a column has an empty cell there.
        let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let offset = |column: usize| offsets.get(column).copied().unwrap_or(text.len());
        let mut cells = Vec::with_capacity(self.headings.len());
        for (n, (_, column)) in self.headings.iter().enumerate() {
            let start = offset(*column);
            if *column > 0 && *column <= offsets.len() && !text.get(..start)?.ends_with(' ') {
                return None;
            }
            let end = self.headings.get(n + 1).map_or(text.len(), |(_, next)| offset(*next));
            cells.push(text.get(start..end)?.trim().to_owned());
        }
        Some(cells)
    }

    /// Cells by runs of two blanks or tabs, for lines that are out of line; only if their number fits.
    fn split(&self, text: &str) -> Option<Vec<String>> {
        let mut cells: Vec<String> = text
            .split('\t')
            .flat_map(|part| part.split("  "))
            .map(str::trim)
            .filter(|c| !c.is_empty())
            .map(str::to_owned)
            .collect();
        // Its headings stand in the middle of their columns; the ports may be missing.
        if self.is_titled(&TITLES) && cells.len() + 1 == TITLES.len() {
            cells.push(String::new());
        }
        (cells.len() == self.headings.len()).then_some(cells)
    }
}

fn push(headings: &mut [(String, usize)], c: char) {
    if let Some((name, _)) = headings.last_mut() {
        name.push(c);
    }
}

/// A line of a table.
pub(super) struct Row<'t> {
    table: &'t Table,
    /// Offset of the line.
    pub at: usize,
    cells: Vec<String>,
}

impl Row<'_> {
    /// The cell below a heading, when it is not empty or a placeholder.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let n = self.table.headings.iter().position(|(heading, _)| heading == name)?;
        self.cells
            .get(n)
            .map(String::as_str)
            .filter(|cell| !matches!(*cell, "" | "<none>" | "<unknown>" | "-" | "<nil>"))
    }

    /// An owned cell.
    pub(super) fn string<T: for<'t> From<&'t str>>(&self, name: &str) -> Option<T> {
        self.get(name).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'t>(table: &'t Table, text: &'static str) -> Option<Row<'t>> {
        table.row(&Line { at: 5, text: text.into() })
    }

    #[test]
    fn cells_stand_below_their_headings() {
        let table =
            Table::new("CONTAINER ID   IMAGE       COMMAND                  STATUS     PORTS     NAMES").unwrap();
        let found =
            row(&table, "a9b9ec89274d   rec/app:1   \"/bin/hog -n  'wörker…\"   Exited     80/tcp    odd").unwrap();
        assert_eq!((found.get("CONTAINER ID"), found.get("NAMES"), found.at), (Some("a9b9ec89274d"), Some("odd"), 5));
        let short = row(&table, "a9b9ec89274d   rec/app:1").unwrap();
        assert_eq!((short.get("IMAGE"), short.get("NAMES")), (Some("rec/app:1"), None));
        let shifted = row(&table, "a9b9ec89274d9b9ec89274d  i  c  Up  p  odd").unwrap();
        assert_eq!(shifted.get("NAMES"), Some("odd"));
        assert!(row(&table, "a9b9ec89274d9b9ec89274d  i").is_none());
        assert!(row(&table, "   ").is_none());
    }

    #[test]
    fn columns_of_k9s() {
        let table = Table::new(" NAME↑      PF READY RESTARTS STATUS       AGE ").unwrap();
        let found = row(&table, " ledger-0   ●  0/1          7 OOMKilled    21m ").unwrap();
        let cell = |name| found.get(name).map(str::to_owned);
        assert_eq!(
            (cell("NAME").unwrap(), cell("RESTARTS").unwrap(), cell("STATUS").unwrap()),
            ("ledger-0".into(), "7".into(), "OOMKilled".into())
        );
    }

    #[test]
    fn what_is_no_heading() {
        for text in ["", "NAME", "Name:  x", "Nov 23 10:00:00 host", "THIS  is  text", "[    0.000000]  X"] {
            assert!(Table::new(text).is_none(), "{text}");
        }
        assert!(Table::new(&"A  ".repeat(1000)).is_none());
    }
}
