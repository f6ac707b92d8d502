//! Rows of comma-separated values with a time first and a log's text in one of the columns: what log stores export as CSV (RFC 4180), and
//! templates of rsyslog (`%timegenerated:::date-rfc3339%,%hostname%,%syslogfacility%,%syslogseverity%,%syslogtag%,%msg%`), which quote nothing.
//!
//! The text is the longest column with a blank in it. Columns have no fixed meaning: a host is taken only from a template, where the
//! kernel's tag stands as such.

use super::bytes::{rfc3339, tail, utf8};
use super::carrier::{Carrier, Line};
use super::dmesg::kernel_prefix;
use super::peel;
use crate::event::Wall;
use crate::record::Transport;
use std::borrow::Cow;

/// The most columns that are looked at.
const COLUMNS: usize = 24;

/// A column: its text, and where it ends in the row.
struct Column<'a> {
    text: &'a [u8],
    quoted: bool,
    end: usize,
}

/// A row whose time is quoted: `"2026-11-23T10:27:16.311Z","node-7","text"`.
pub(super) fn quoted_row(b: &[u8]) -> Option<Line<'_>> {
    let (wall, length) = rfc3339(b.get(1..)?)?;
    (b.get(length + 1..length + 3) == Some(b"\",")).then(|| after_time(b, length + 3, wall)).flatten()
}

/// The columns behind the time.
pub(super) fn after_time(b: &[u8], at: usize, wall: Wall) -> Option<Line<'_>> {
    // A sentence goes on with a blank.
    if matches!(b.get(at), None | Some(b' ')) {
        return None;
    }
    let mut next = at;
    let mut of_kernel = false;
    let mut host = None;
    let mut found: Option<&[u8]> = None;
    for number in 0..COLUMNS {
        let Some(column) = column(b, next) else { break };
        let text = column.text.trim_ascii();
        if matches!(text, b"kernel" | b"kernel:") {
            of_kernel = true;
        } else if number == 0 && !text.contains(&b' ') {
            host = utf8(text).filter(|name| !name.is_empty());
        } else if text.contains(&b' ') || kernel_prefix(text, 0).is_some() {
            if !column.quoted {
                // Nothing is quoted: the text goes on to the end.
                found = Some(tail(b, next).trim_ascii());
                break;
            }
            found = found.filter(|longer| longer.len() >= text.len()).or(Some(text));
        }
        next = column.end + 1;
    }
    let is_template = of_kernel && memchr::memmem::find(b, b",kernel:,").is_some();
    Some(line(found?, wall, of_kernel, host.filter(|_| is_template)))
}

/// The column that begins at `at`; `None` behind the last one.
fn column(b: &[u8], at: usize) -> Option<Column<'_>> {
    let rest = b.get(at..).filter(|rest| !rest.is_empty())?;
    let Some(inner) = rest.strip_prefix(b"\"") else {
        let length = memchr::memchr(b',', rest).unwrap_or(rest.len());
        return Some(Column { text: &rest[..length], quoted: false, end: at + length });
    };
    let mut close = 0;
    loop {
        close += memchr::memchr(b'"', inner.get(close..)?).unwrap_or(inner.len() - close);
        if inner.get(close + 1) != Some(&b'"') {
            break;
        }
        close += 2;
    }
    Some(Column { text: inner.get(..close)?, quoted: true, end: at + close + 2 })
}

/// The line that stands in the column, with the row's time where it has none.
fn line<'a>(text: &'a [u8], wall: Wall, of_kernel: bool, host: Option<&'a str>) -> Line<'a> {
    let own = text.strip_prefix(b"kernel: ");
    let (text, of_kernel) = (own.unwrap_or(text), of_kernel || own.is_some());
    let mut line = match peel::stamped(text) {
        Some(line) => line,
        None => Line::new(Carrier::Timestamped, text),
    };
    line.carrier = Carrier::Timestamped;
    line.head = 0;
    line.wall = Some(wall);
    line.host = line.host.or(host);
    if of_kernel {
        line.transport = Transport::Kernel;
    }
    if memchr::memmem::find(&line.message, b"\"\"").is_some() {
        line.message = Cow::Owned(String::from_utf8_lossy(&line.message).replace("\"\"", "\"").into_bytes());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::peel::{Peeled, peel};
    use super::*;

    const KILL: &str = "Out of memory: Killed process 8 (ed) total-vm:9kB, anon-rss:8kB, file-rss:0kB";

    fn read(text: &str) -> (Transport, Option<String>, Option<u64>, String) {
        let Peeled::Line(line) = peel(text.as_bytes()) else { panic!("no line: {text}") };
        assert!(line.wall.is_some(), "{text}");
        let message = String::from_utf8_lossy(&line.message).into_owned();
        (line.transport, line.host.map(str::to_owned), line.uptime_us, message)
    }

    #[test]
    fn templates_of_rsyslog() {
        let row = format!("2026-11-23T10:27:16.107177Z,till-4,0,4,kernel:, [  97.905633] {KILL}");
        assert_eq!(read(&row), (Transport::Kernel, Some("till-4".into()), Some(97_905_633), KILL.into()));
    }

    #[test]
    fn exports_of_log_stores() {
        for row in [
            format!("\"2026-11-23T10:27:16.107Z\",\"till-4\",\"kernel: [  97.905633] {KILL}\""),
            format!("2026-11-23T10:27:16.107Z,prod,\"[  97.905633] {KILL}\",warn"),
            format!(
                "\"2026-11-23 10:27:16.107\",\"a b\",\"Nov 23 10:27:16 till-4 kernel: [  97.905633] {KILL}\",,\"x\""
            ),
        ] {
            let (transport, _, uptime, message) = read(&row);
            assert_eq!((transport, uptime, message.as_str()), (Transport::Kernel, Some(97_905_633), KILL), "{row}");
        }
        let row = format!("2026-11-23T10:27:16.107Z,\"{KILL}\"");
        assert_eq!(read(&row), (Transport::Unknown, None, None, KILL.into()));
        let row = "2026-11-23T10:27:16.107Z,till-4,kernel,\"Memory cgroup out of memory: Killed process 8 (a\"\"b)\"";
        assert_eq!(read(row).3, "Memory cgroup out of memory: Killed process 8 (a\"b)");
        assert_eq!((read(row).0, read(row).1), (Transport::Kernel, None));
    }

    #[test]
    fn numbers_and_sentences_are_no_rows() {
        for text in
            ["2026-11-23T10:27:16Z,1,2,3", "2026-11-23 10:27:16, info about it", "\"2026-11-23T10:27:16Z\"", "\"a b\""]
        {
            assert!(!matches!(peel(text.as_bytes()), Peeled::Line(_)), "{text}");
        }
    }

    #[test]
    fn any_cut_is_harmless() {
        let row = "\"2026-11-23T10:27:16.107Z\",\"a\"\"\",\"kernel: [ 9.1] a, \"\"b\"\" c\",";
        for end in 0..row.len() {
            let _ = peel(&row.as_bytes()[..end]);
        }
    }
}
