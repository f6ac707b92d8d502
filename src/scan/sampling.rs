//! Is a large file a kernel log and nothing else? Then only the kernel's needles need to be searched in it, which is
//! several times faster than searching all of them.

use std::fs::File;

/// Smaller files are searched for everything: it costs nothing.
const LARGE: u64 = 8 * 1024 * 1024;
/// Places that are looked at, spread evenly over the file.
const PLACES: u64 = 512;
/// Bytes read at each place: some 30 lines, so about 15,000 lines in all.
const BYTES: usize = 4096;
/// The tag stands this near to the start of a syslog line.
const TAG_WITHIN: usize = 160;

/// True when every line at every place of a large file is the kernel's. A file that is not the kernel's alone passes
/// only if fewer than about one of 15,000 lines comes from another program; then what that program said may be missed,
/// but no kernel line is.
pub(super) fn kernel_only(file: &File, length: u64) -> bool {
    if length < LARGE {
        return false;
    }
    let mut buffer = vec![0u8; BYTES];
    (0..PLACES).all(|n| {
        let at = length / PLACES * n;
        super::stream::read_at(file, &mut buffer, at).is_ok_and(|read| lines_are_kernel(&buffer[..read], at == 0))
    })
}

fn lines_are_kernel(bytes: &[u8], at_start: bool) -> bool {
    let first = if at_start { 0 } else { memchr::memchr(b'\n', bytes).map_or(bytes.len(), |n| n + 1) };
    let Some(last) = memchr::memrchr(b'\n', bytes).filter(|l| *l >= first) else { return false };
    bytes[first..last].split(|b| *b == b'\n').all(is_kernel_line)
}

fn is_kernel_line(line: &[u8]) -> bool {
    let start = &line[..line.len().min(TAG_WITHIN)];
    let time_bracket = |s: &[u8]| s.first() == Some(&b'[') && s.get(1).is_some_and(|b| b.is_ascii_digit() || *b == b' ');
    time_bracket(start) || memchr::memmem::find(start, b" kernel: ").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_foreign_line_is_enough() {
        let kernel = b"Nov 23 09:26:40 a kernel: [   12.345678] x\n[   12.345678] y\n";
        assert!(lines_are_kernel(kernel, true));
        let mixed = b"Nov 23 09:26:40 a kernel: [   12.345678] x\nNov 23 09:26:40 a systemd[1]: Started x.\n";
        assert!(!lines_are_kernel(mixed, true));
        assert!(!lines_are_kernel(b"no line feed at all", true));
    }
}
