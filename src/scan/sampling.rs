//! Is a large log the kernel's and nothing else? Then only the kernel's needles need to be searched in it, which is
//! several times faster than searching all of them.

use memchr::memmem::Finder;
use std::fs::File;
use std::ops::Range;
use std::sync::LazyLock;

/// Smaller files are searched for everything: it costs nothing.
const LARGE: u64 = 8 * 1024 * 1024;
/// Places that are looked at, spread evenly over the file.
const PLACES: u64 = 512;
/// Bytes read at each place: some 30 lines, so about 15,000 lines in all.
const BYTES: usize = 4096;
/// In a stream one line is looked at in each so many bytes.
const GRID: u64 = 4096;
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
    let mut start = first;
    memchr::memchr_iter(b'\n', &bytes[first..=last]).all(|feed| {
        let line = &bytes[start..first + feed];
        start = first + feed + 1;
        is_kernel_line(line)
    })
}

fn is_kernel_line(line: &[u8]) -> bool {
    static TAG: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" kernel: "));
    let start = &line[..line.len().min(TAG_WITHIN)];
    let time_bracket =
        |s: &[u8]| s.first() == Some(&b'[') && s.get(1).is_some_and(|b| b.is_ascii_digit() || *b == b' ');
    time_bracket(start) || TAG.find(start).is_some()
}

/// The same for a stream, of which nobody knows what is to come: behind its first [`LARGE`] bytes only the kernel's needles
/// are searched until a line is seen that is not the kernel's. One line in each [`GRID`] bytes is looked at.
pub(super) struct Passing {
    /// Offset of the next byte.
    at: u64,
    /// The first line behind this is looked at.
    next: u64,
    /// A line is looked at: what came of its beginning.
    within: bool,
    line: Vec<u8>,
    /// Where a line was seen that is not the kernel's.
    foreign: Option<u64>,
}

impl Default for Passing {
    fn default() -> Self {
        Passing { at: 0, next: 0, within: true, line: Vec::with_capacity(TAG_WITHIN), foreign: None }
    }
}

impl Passing {
    /// The next bytes of the stream go by. How they are cut changes nothing.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while self.foreign.is_none() && !rest.is_empty() {
            let taken = if self.within { self.read_line(rest) } else { self.to_line(rest) };
            self.at += taken as u64;
            rest = &rest[taken..];
            if self.line.len() == TAG_WITHIN || self.line.last() == Some(&b'\n') {
                self.foreign = (!is_kernel_line(&self.line)).then_some(self.at);
                self.line.clear();
                (self.within, self.next) = (false, (self.at / GRID + 1) * GRID);
            }
        }
    }

    fn read_line(&mut self, bytes: &[u8]) -> usize {
        let part = &bytes[..bytes.len().min(TAG_WITHIN - self.line.len())];
        let taken = memchr::memchr(b'\n', part).map_or(part.len(), |feed| feed + 1);
        self.line.extend_from_slice(&part[..taken]);
        taken
    }

    /// Bytes up to the next line that is looked at.
    fn to_line(&mut self, bytes: &[u8]) -> usize {
        let skipped = usize::try_from(self.next.saturating_sub(self.at)).unwrap_or(usize::MAX).min(bytes.len());
        let Some(feed) = memchr::memchr(b'\n', &bytes[skipped..]) else { return bytes.len() };
        self.within = true;
        skipped + feed + 1
    }

    /// From where to where only the kernel's needles are searched, as far as the bytes went by.
    pub(super) fn kernel_only(&self) -> Range<u64> {
        let end = self.foreign.unwrap_or(u64::MAX);
        LARGE.min(end)..end
    }
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

    #[test]
    fn a_stream_is_the_kernels_until_another_speaks() {
        let mut log = b"Nov 23 09:26:40 a kernel: [   12.345678] eth0: link becomes ready\n".repeat(200_000);
        let foreign = b"Nov 23 09:26:40 a systemd[1]: Started x.\n".repeat(200);
        let place = log.len() as u64 - 1;
        log.extend_from_slice(&foreign);
        for piece in [1021, 4096, 1 << 20] {
            let mut passing = Passing::default();
            log.chunks(piece).for_each(|bytes| passing.see(bytes));
            let range = passing.kernel_only();
            assert_eq!(range.start, LARGE);
            assert!((place..place + foreign.len() as u64).contains(&range.end), "{piece}: {range:?}");
            assert_eq!(range.end, kernel_only_of(&log), "{piece}");
        }
        assert_eq!(kernel_only_of(&foreign), foreign.len() as u64 / 200);
    }

    fn kernel_only_of(log: &[u8]) -> u64 {
        let mut passing = Passing::default();
        passing.see(log);
        passing.kernel_only().end
    }
}
