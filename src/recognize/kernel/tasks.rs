//! The task table (`dump_tasks`, `dump_task` in `mm/oom_kill.c`), in any of its eight headers.
//!
//! Columns are read by the header's names. Widths are minimums, names hold anything: exactly as many numbers as the
//! header names are taken, then one blank, and the rest is the name.

use super::lex::{Parsed, column, find, is_comm, text, uint32};
use crate::event::{NameSum, TaskRow, TaskTable};
use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::space0;
use nom::sequence::{delimited, preceded};
use std::collections::HashMap;

/// The most columns of a header that are read (the widest known one has ten).
const MAX_COLUMNS: usize = 16;

/// The most names that are summed up.
const MAX_NAMES: usize = 16_384;

/// The most names that a finished table keeps.
const KEPT_NAMES: usize = 64;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Uid,
    Tgid,
    TotalVm,
    Rss,
    RssAnon,
    RssFile,
    RssShmem,
    /// `nr_ptes`, `nr_pmds`, `nr_puds`: pages.
    Tables,
    /// `pgtables_bytes`.
    TableBytes,
    Swapents,
    ScoreAdj,
    OomAdj,
    Other,
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    columns: Vec<Column>,
    header: bool,
}

impl Columns {
    fn new(columns: &[Column]) -> Self {
        Columns { columns: columns.to_vec(), header: false }
    }
}

/// `[  pid  ]   uid  tgid total_vm      rss ... name`.
pub(super) fn header(line: &[u8]) -> Option<Columns> {
    find(line, b"uid  tgid total_vm")?;
    let opening: Parsed<'_, _> =
        delimited(tag(&b"["[..]), (space0, tag(&b"pid"[..]), space0), tag(&b"]"[..])).parse(line);
    let (rest, _) = opening.ok()?;
    let mut columns = Vec::with_capacity(MAX_COLUMNS);
    for name in rest.split(|byte| byte.is_ascii_whitespace()).filter(|name| !name.is_empty()) {
        if name == b"name" {
            break;
        }
        columns.push(match name {
            b"uid" => Column::Uid,
            b"tgid" => Column::Tgid,
            b"total_vm" => Column::TotalVm,
            b"rss" => Column::Rss,
            b"rss_anon" => Column::RssAnon,
            b"rss_file" => Column::RssFile,
            b"rss_shmem" => Column::RssShmem,
            b"nr_ptes" | b"nr_pmds" | b"nr_puds" => Column::Tables,
            b"pgtables_bytes" => Column::TableBytes,
            b"swapents" => Column::Swapents,
            b"oom_score_adj" => Column::ScoreAdj,
            b"oom_adj" => Column::OomAdj,
            _ => Column::Other,
        });
    }
    (columns.len() <= MAX_COLUMNS).then_some(Columns { columns, header: true })
}

/// The columns of a row whose header is lost, told by how many numbers it has.
pub(super) fn guess(line: &[u8]) -> Option<Columns> {
    use Column::{
        OomAdj, Other, Rss, RssAnon, RssFile, RssShmem, ScoreAdj, Swapents, TableBytes, Tables, Tgid, TotalVm, Uid,
    };
    let (mut rest, _) = row_pid(line).ok()?;
    let mut numbers = Vec::with_capacity(MAX_COLUMNS);
    while let Ok((next, value)) = column(rest) {
        if numbers.len() >= MAX_COLUMNS || !(next.is_empty() || next.starts_with(b" ")) {
            break;
        }
        numbers.push(value);
        rest = next;
    }
    // A name made of digits looks like one more column.
    let count = if rest.is_empty() { numbers.len().saturating_sub(1) } else { numbers.len() };
    Some(match count {
        6 => Columns::new(&[Uid, Tgid, TotalVm, Rss, Other, OomAdj]),
        7 if numbers[5] < 0 => Columns::new(&[Uid, Tgid, TotalVm, Rss, Other, OomAdj, ScoreAdj]),
        7 if numbers[4] > 0 && numbers[4] % 4096 == 0 => {
            Columns::new(&[Uid, Tgid, TotalVm, Rss, TableBytes, Swapents, ScoreAdj])
        }
        7 => Columns::new(&[Uid, Tgid, TotalVm, Rss, Tables, Swapents, ScoreAdj]),
        8 => Columns::new(&[Uid, Tgid, TotalVm, Rss, Tables, Tables, Swapents, ScoreAdj]),
        9 => Columns::new(&[Uid, Tgid, TotalVm, Rss, Tables, Tables, Tables, Swapents, ScoreAdj]),
        10 => Columns::new(&[Uid, Tgid, TotalVm, Rss, RssAnon, RssFile, RssShmem, TableBytes, Swapents, ScoreAdj]),
        _ => return None,
    })
}

/// A row of some table: the process is its own leader, as nearly all are. Other programs print brackets and numbers, too.
pub(super) fn is_row(line: &[u8]) -> bool {
    let columns = guess(line);
    columns.and_then(|columns| row(line, &columns)).is_some_and(|row| row.values[1] == i64::from(row.pid))
}

/// `[%5d]`.
fn row_pid(line: &[u8]) -> Parsed<'_, u32> {
    delimited((tag(&b"["[..]), space0), preceded(space0, uint32), tag(&b"] "[..])).parse(line)
}

/// A row as it stands in the log; the name is borrowed, so that rows that are not kept cost nothing.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pid: u32,
    values: [i64; MAX_COLUMNS],
    name: &'a [u8],
}

/// Reads a row by the table's columns.
pub(super) fn row<'a>(line: &'a [u8], columns: &Columns) -> Option<Row<'a>> {
    let (mut rest, pid) = row_pid(line).ok()?;
    let mut values = [0; MAX_COLUMNS];
    for slot in values.iter_mut().take(columns.columns.len()) {
        let (next, value) = column(rest).ok()?;
        *slot = value;
        rest = next;
    }
    let name = if rest.is_empty() { rest } else { rest.strip_prefix(b" ")? };
    is_comm(name).then_some(Row { pid, values, name })
}

impl Row<'_> {
    fn get(&self, columns: &Columns, wanted: Column) -> Option<i64> {
        let at = columns.columns.iter().position(|column| *column == wanted)?;
        self.values.get(at).copied()
    }

    fn pages(&self, columns: &Columns, wanted: Column) -> Option<u64> {
        self.get(columns, wanted).map(|value| u64::try_from(value).unwrap_or(0))
    }

    fn id(&self, columns: &Columns, wanted: Column) -> u32 {
        self.get(columns, wanted).and_then(|value| u32::try_from(value).ok()).unwrap_or(0)
    }

    fn small(&self, columns: &Columns, wanted: Column) -> Option<i32> {
        self.get(columns, wanted).and_then(|value| i32::try_from(value).ok())
    }

    /// Page tables: bytes where the table has bytes, else the pages of all levels together.
    fn tables(&self, columns: &Columns) -> Option<u64> {
        self.pages(columns, Column::TableBytes).or_else(|| {
            let levels = columns.columns.iter().zip(self.values).filter(|(column, _)| **column == Column::Tables);
            levels.map(|(_, pages)| u64::try_from(pages).unwrap_or(0)).reduce(u64::saturating_add)
        })
    }

    fn to_row(&self, columns: &Columns) -> TaskRow {
        TaskRow {
            pid: self.pid,
            uid: self.id(columns, Column::Uid),
            tgid: self.id(columns, Column::Tgid),
            total_vm: self.pages(columns, Column::TotalVm).unwrap_or(0),
            rss: self.pages(columns, Column::Rss).unwrap_or(0),
            rss_anon: self.pages(columns, Column::RssAnon),
            rss_file: self.pages(columns, Column::RssFile),
            rss_shmem: self.pages(columns, Column::RssShmem),
            pgtables: self.tables(columns),
            swapents: self.pages(columns, Column::Swapents),
            oom_score_adj: self.small(columns, Column::ScoreAdj),
            oom_adj: self.small(columns, Column::OomAdj),
            comm: text(self.name),
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Sum {
    count: u64,
    rss: u64,
    swap: u64,
}

/// A table while its rows come in. Memory is bounded by [`TaskTable::MAX_ROWS`] rows and a fixed number of names,
/// however many processes a fork bomb has left.
#[derive(Debug, Clone)]
pub(super) struct Builder {
    columns: Columns,
    /// Kept rows with their size, in the order printed; pruned to the largest whenever they have doubled.
    rows: Vec<(u64, TaskRow)>,
    /// Rows of this size or less cannot be among the largest any more.
    floor: Option<u64>,
    names: HashMap<Vec<u8>, Sum>,
    count: u64,
    rss: u64,
    anon: Option<u64>,
}

impl Builder {
    pub(super) fn new(columns: Columns) -> Self {
        Builder { columns, rows: Vec::new(), floor: None, names: HashMap::new(), count: 0, rss: 0, anon: None }
    }

    /// Rows so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Reads a line; false when it is no row of this table.
    pub(super) fn add(&mut self, line: &[u8]) -> bool {
        let Some(row) = row(line, &self.columns) else { return false };
        let rss = row.pages(&self.columns, Column::Rss).unwrap_or(0);
        let swap = row.pages(&self.columns, Column::Swapents).unwrap_or(0);
        self.count = self.count.saturating_add(1);
        self.rss = self.rss.saturating_add(rss);
        if let Some(anon) = row.pages(&self.columns, Column::RssAnon) {
            self.anon = Some(self.anon.unwrap_or(0).saturating_add(anon));
        }
        self.sum(row.name, rss, swap);
        let size = rss.saturating_add(swap);
        if self.floor.is_none_or(|floor| size > floor) {
            self.rows.push((size, row.to_row(&self.columns)));
            if self.rows.len() >= 2 * TaskTable::MAX_ROWS {
                self.prune();
            }
        }
        true
    }

    fn sum(&mut self, name: &[u8], rss: u64, swap: u64) {
        if !self.names.contains_key(name) {
            if self.names.len() >= MAX_NAMES {
                return;
            }
            self.names.insert(name.to_vec(), Sum::default());
        }
        if let Some(sum) = self.names.get_mut(name) {
            sum.count = sum.count.saturating_add(1);
            sum.rss = sum.rss.saturating_add(rss);
            sum.swap = sum.swap.saturating_add(swap);
        }
    }

    /// Keeps the largest rows, the first of equals, in the order printed.
    fn prune(&mut self) {
        let mut sizes: Vec<(u64, usize)> = self.rows.iter().enumerate().map(|(at, (size, _))| (*size, at)).collect();
        if sizes.len() <= TaskTable::MAX_ROWS {
            return;
        }
        sizes.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        sizes.truncate(TaskTable::MAX_ROWS);
        self.floor = sizes.last().map(|(size, _)| *size);
        let mut keep: Vec<usize> = sizes.into_iter().map(|(_, at)| at).collect();
        keep.sort_unstable();
        let mut at = 0;
        let mut next = keep.into_iter().peekable();
        self.rows.retain(|_| {
            let kept = next.next_if_eq(&at).is_some();
            at += 1;
            kept
        });
    }

    /// Is this process among the rows that were kept?
    pub(super) fn contains(&self, pid: u32) -> bool {
        self.rows.iter().any(|(_, row)| row.pid == pid || row.tgid == pid)
    }

    pub(super) fn finish(mut self) -> TaskTable {
        self.prune();
        let mut by_name: Vec<NameSum> = self
            .names
            .iter()
            .map(|(name, sum)| NameSum { comm: text(name), count: sum.count, rss_pages: sum.rss, swap_pages: sum.swap })
            .collect();
        by_name.sort_unstable_by(|a, b| b.rss_pages.cmp(&a.rss_pages).then_with(|| a.comm.cmp(&b.comm)));
        by_name.truncate(KEPT_NAMES);
        TaskTable {
            count: self.count,
            rss_pages: self.rss,
            anon_pages: self.anon,
            by_name,
            pgtables_in_bytes: self.columns.columns.contains(&Column::TableBytes),
            header_seen: self.columns.header,
            rows: self.rows.into_iter().map(|(_, row)| row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lines: &[&str]) -> TaskTable {
        let mut lines = lines.iter();
        let first = lines.next().expect("a line").as_bytes();
        let mut builder = match header(first) {
            Some(columns) => Builder::new(columns),
            None => {
                let mut builder = Builder::new(guess(first).expect("a row"));
                assert!(builder.add(first));
                builder
            }
        };
        for line in lines {
            assert!(builder.add(line.as_bytes()), "{line}");
        }
        builder.finish()
    }

    #[test]
    fn the_eight_headers() {
        let el6 = table(&[
            "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name",
            "[ 1547]    81  1547     5394       98   1     -13          -900 dbus-daemon",
        ]);
        assert_eq!(
            (el6.rows[0].oom_adj, el6.rows[0].oom_score_adj, el6.rows[0].swapents),
            (Some(-13), Some(-900), None)
        );
        assert_eq!(el6.rows[0].pgtables, None);
        let old = table(&[
            "[ pid ]   uid  tgid total_vm      rss cpu oom_adj name",
            "[ 2047]     0  2047    11111     2222   0       0 udevd",
        ]);
        assert_eq!((old.rows[0].oom_adj, old.rows[0].oom_score_adj), (Some(0), None));
        let el7 = table(&[
            "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
            "[  418]     0   418    12011        3      24      322         -1000 systemd-udevd",
        ]);
        assert_eq!((el7.rows[0].pgtables, el7.rows[0].swapents, el7.pgtables_in_bytes), (Some(24), Some(322), false));
        let pmds = table(&[
            "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name",
            "[  418]     0   418    12011        3      24       3      322         -1000 x",
        ]);
        assert_eq!(pmds.rows[0].pgtables, Some(27));
        let puds = table(&[
            "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds nr_puds swapents oom_score_adj name",
            "[  418]     0   418    12011        3      24       3       2      322         -1000 x",
        ]);
        assert_eq!((puds.rows[0].pgtables, puds.rows[0].swapents), (Some(29), Some(322)));
        let bytes = table(&[
            "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
            "[1190022]     0 1190022     6102      402    86016        0             0 systemd",
        ]);
        assert_eq!(
            (bytes.rows[0].pid, bytes.rows[0].pgtables, bytes.pgtables_in_bytes),
            (1_190_022, Some(86_016), true)
        );
        let wide = table(&[
            "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
            "[  27818]     0 27818    16558    14937    13901     1036         0   167936        0             0 oomplain",
            "[     61]     0    61 17179901122      702      250 0       452 540016640        0             0 sparse_mapper",
        ]);
        assert_eq!((wide.rows[0].rss_anon, wide.rows[1].rss_shmem), (Some(13_901), Some(452)));
        assert_eq!((wide.rows[1].total_vm, wide.anon_pages), (17_179_901_122, Some(14_151)));
    }

    #[test]
    fn unknown_columns_are_stepped_over() {
        let numa = table(&[
            "[ pid ]   uid  tgid total_vm      rss rss_numa pgtables_bytes swapents oom_score_adj name",
            "[  418]     0   418    12011       20       10    45056        7            -5 x y",
        ]);
        assert_eq!((numa.rows[0].rss, numa.rows[0].swapents, numa.rows[0].comm.as_str()), (20, Some(7), "x y"));
    }

    #[test]
    fn hostile_names() {
        let names = ["my proc (x) [1]", "(sd-pam)", "vite-build (v20", " lead", "12 34", "", "a\tb", "[ 1] 0 1 2 3"];
        let mut lines =
            vec!["[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name".to_owned()];
        lines.extend(
            names
                .iter()
                .map(|name| format!("[    902]  1000   902    26101      811    86016        0             0 {name}")),
        );
        let found = table(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let read: Vec<&str> = found.rows.iter().map(|row| row.comm.as_str()).collect();
        assert_eq!(read, names);
    }

    #[test]
    fn rows_without_a_header() {
        let era3 = table(&["[  418]     0   418    12011        3      24      322         -1000 systemd-udevd"]);
        assert_eq!((era3.rows[0].swapents, era3.pgtables_in_bytes, era3.header_seen), (Some(322), false, false));
        let bytes = table(&["[  902]  1000   902    26101      811    86016        0             0 (sd-pam)"]);
        assert_eq!((bytes.rows[0].pgtables, bytes.pgtables_in_bytes), (Some(86_016), true));
        let el6 = table(&["[ 1547]    81  1547     5394       98   1     -13          -900 dbus-daemon"]);
        assert_eq!(el6.rows[0].oom_adj, Some(-13));
        let wide = table(&[
            "[  27818]     0 27818    16558    14937    13901     1036         0   167936        0             0 1234",
        ]);
        assert_eq!((wide.rows[0].rss_anon, wide.rows[0].comm.as_str()), (Some(13_901), "1234"));
        assert!(guess(b"[12345] 1 2 3").is_none());
        assert!(guess(b"[   12.345678] x").is_none());
    }

    #[test]
    fn foreign_lines_are_no_rows() {
        let columns = header(b"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name")
            .expect("a header");
        for line in [
            &b"docker0: port 2"[..],
            b"[<ffffffff>] x+0x1/0x2",
            b"[  1] 2 3",
            b"[  902]  1000   902    26101      811    86016        0             0x",
        ] {
            assert!(row(line, &columns).is_none());
        }
        let long =
            [&b"[  902]  1000   902    26101      811    86016        0             0 "[..], &[b'x'; 16]].concat();
        assert!(row(&long, &columns).is_none());
    }

    #[test]
    fn only_the_largest_rows_are_kept_in_their_order() {
        let mut builder = Builder::new(
            header(b"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name")
                .expect("a header"),
        );
        for pid in 1..=5000u32 {
            let rss = if pid % 50 == 0 { 1000 + pid } else { 7 };
            let line =
                format!("[{pid:>7}]     0 {pid:>5}     9999 {rss:>8}    86016        1             0 w{}", pid % 100);
            assert!(builder.add(line.as_bytes()));
        }
        let table = builder.finish();
        assert_eq!((table.count, table.rows.len()), (5000, TaskTable::MAX_ROWS));
        assert_eq!(table.rows.first().map(|row| row.pid), Some(50));
        assert_eq!(table.rows.last().map(|row| row.pid), Some(5000));
        assert_eq!(table.rss_pages, 4900 * 7 + (1..=100u64).map(|n| 1000 + n * 50).sum::<u64>());
        assert_eq!(table.by_name.len(), 64);
        assert_eq!((table.by_name[0].comm.as_str(), table.by_name[0].count), ("w0", 50));
    }
}
