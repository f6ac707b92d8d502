//! `Unreclaimable slab info:` (`dump_unreclaimable_slab` in `mm/slab_common.c`, 4.15 and later, node OOM only).
//!
//! ```text
//! Name                      Used          Total
//! %-17s %10luKB %10luKB
//! ```

use super::lex::{kilobytes, text, trim};
use crate::event::SlabRow;

/// The most rows kept.
pub(super) const MAX_ROWS: usize = 4096;

/// A row. Names longer than their column push the others to the right, so the two sizes count from the end.
pub(super) fn row(line: &[u8]) -> Option<SlabRow> {
    let line = trim(line);
    let (rest, total_kb) = last_size(line)?;
    let (name, used_kb) = last_size(trim(rest))?;
    let name = trim(name);
    (!name.is_empty()).then(|| SlabRow { name: text(name), used_kb, total_kb })
}

fn last_size(line: &[u8]) -> Option<(&[u8], u64)> {
    let at = line.iter().rposition(|byte| *byte == b' ')?;
    let (rest, size) = kilobytes(&line[at + 1..]).ok()?;
    rest.is_empty().then_some((&line[..at], size))
}

/// The table's own head line.
pub(super) fn is_head(line: &[u8]) -> bool {
    line.starts_with(b"Name ") && trim(line).ends_with(b" Total")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let plain = row(b"kmalloc-2048           59164KB      59170KB").expect("a row");
        assert_eq!((plain.name.as_str(), plain.used_kb, plain.total_kb), ("kmalloc-2048", 59164, 59170));
        assert_eq!(row(b"request_sock_TCPv6          3KB          3KB").expect("a row").name, "request_sock_TCPv6");
        assert_eq!(row(b"dentry(1234:my cg) 3KB 4KB").expect("a row").name, "dentry(1234:my cg)");
        assert_eq!(row(b"  3KB 4KB"), None);
        assert_eq!(row(b"kmalloc-2048 59164 59164"), None);
        assert!(is_head(b"Name                      Used          Total"));
    }
}
