//! Finds, in raw bytes, where a recogniser could have something to say. Only those places are framed and parsed.
//!
//! The needles are the recognisers' own literals, some hundreds. Of each needle the rarest piece of a fixed length is
//! taken, long enough that wherever it stands it shows one of its grams (four bytes in a row) at every `stride`th byte of the
//! text. Only those are looked up, in a table of all grams of all pieces, and hardly any of them needs a closer look. So
//! some hundreds of needles cost little more than a dozen, and a dozen less than a vectorised search for them.

use std::collections::HashSet;
use std::ops::Range;

/// Bytes of a gram.
const GRAM: usize = 4;
/// The most bytes from one looked-up gram to the next.
const STRIDE_MAX: usize = 6;
/// Grams looked up before the result is looked at.
const BATCH: usize = 8;
/// Bits of a gram's hash value. Of the table of 64 KiB those lines are in the innermost cache that a log's grams fall on.
const HASH_BITS: u32 = 16;
/// Bits of a hash value that choose the list of needles.
const SLOT_BITS: u32 = 12;

/// A set of needles, ready for searching.
pub struct Prefilter {
    /// For each hash value, whether a gram of a piece has it.
    set: Box<[u8; 1 << HASH_BITS]>,
    /// Where the grams of each slot begin in `grams`.
    slots: Vec<u16>,
    grams: Vec<Gram>,
    needles: Vec<Needle>,
    stride: usize,
    longest: usize,
}

/// A needle, and where its searched piece begins.
struct Needle {
    whole: Vec<u8>,
    piece: usize,
}

/// Four bytes of a needle's searched piece.
struct Gram {
    value: u32,
    needle: u16,
    /// Bytes of the piece before it.
    before: u8,
}

impl Prefilter {
    /// Prepares the needles; `None` when they cannot be searched (one is shorter than four bytes, or they are more than tens
    /// of thousands, which a test rules out).
    pub fn new(needles: &[&str]) -> Option<Prefilter> {
        let mut unique: Vec<&str> = needles.iter().copied().filter(|n| !n.is_empty()).collect();
        unique.sort_unstable();
        unique.dedup();
        let covered = |n: &&str| unique.iter().any(|other| other != n && n.contains(*other));
        let needed: Vec<&[u8]> = unique.iter().filter(|n| !covered(n)).map(|n| n.as_bytes()).collect();
        let shortest = needed.iter().map(|n| n.len()).min().unwrap_or(GRAM);
        // A piece of `stride + 3` bytes holds a gram of every grid of that stride.
        let stride = (shortest + 1).checked_sub(GRAM).filter(|s| *s > 0)?.min(STRIDE_MAX);
        let common = common_grams();
        let needle = |n: &&[u8]| Needle { whole: n.to_vec(), piece: rarest_piece(n, stride, &common) };
        let needles: Vec<Needle> = needed.iter().map(needle).collect();
        let longest = needed.iter().map(|n| n.len()).max().unwrap_or(0);
        let mut filter = Prefilter {
            set: Box::new([0; 1 << HASH_BITS]),
            slots: Vec::new(),
            grams: Vec::new(),
            needles,
            stride,
            longest,
        };
        filter.index()?;
        Some(filter)
    }

    fn index(&mut self) -> Option<()> {
        for (number, needle) in self.needles.iter().enumerate() {
            for before in 0..self.stride {
                let value = gram_at(&needle.whole, needle.piece + before);
                let gram = Gram { value, needle: u16::try_from(number).ok()?, before: u8::try_from(before).ok()? };
                self.grams.push(gram);
                self.set[hash(value) as usize] = 1;
            }
        }
        self.grams.sort_unstable_by_key(|g| (slot(g.value), g.needle, g.before));
        let starts = (0..=1usize << SLOT_BITS).map(|s| self.grams.partition_point(|g| slot(g.value) < s));
        self.slots = starts.map(u16::try_from).collect::<Result<_, _>>().ok()?;
        Some(())
    }

    /// Length of the longest needle, bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Does any needle occur?
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.next(bytes, 0, bytes.len()).is_some()
    }

    /// Appends a place inside one needle of every line that has one to `hits`, in ascending order: a needle whose place
    /// lies in `bytes[from..to]`. The needle may reach beyond `to`, but must lie within `bytes`.
    pub fn hits(&self, bytes: &[u8], from: usize, to: usize, hits: &mut Vec<usize>) {
        let mut at = from;
        while let Some(hit) = self.next(bytes, at, to) {
            hits.push(hit);
            at = memchr::memchr(b'\n', &bytes[hit..]).map_or(to, |n| hit + n + 1);
        }
    }

    /// The first place in `bytes[from..to]` where the searched piece of a needle stands, with the whole needle around it.
    fn next(&self, bytes: &[u8], from: usize, to: usize) -> Option<usize> {
        match self.stride {
            STRIDE_MAX.. => self.walk::<STRIDE_MAX>(bytes, from, to),
            5 => self.walk::<5>(bytes, from, to),
            4 => self.walk::<4>(bytes, from, to),
            2 | 3 => self.walk::<2>(bytes, from, to),
            _ => self.walk::<1>(bytes, from, to),
        }
    }

    fn walk<const STRIDE: usize>(&self, bytes: &[u8], from: usize, to: usize) -> Option<usize> {
        // A piece that begins before `to` shows a gram that begins before `end`.
        let end = to.saturating_add(STRIDE - 1).min((bytes.len() + 1).saturating_sub(GRAM));
        let mut at = from;
        let step = STRIDE * BATCH;
        while at + step <= end {
            let batch = &bytes[at..at + STRIDE * (BATCH - 1) + GRAM];
            let mut any = 0;
            for n in 0..BATCH {
                any |= self.bit(gram_at(batch, n * STRIDE));
            }
            if any != 0 {
                let found = self.marked::<STRIDE>(batch).find_map(|n| self.verify(bytes, at + n, from..to));
                if found.is_some() {
                    return found;
                }
            }
            at += step;
        }
        let rest = (at..end).step_by(STRIDE);
        rest.filter(|at| self.bit(gram_at(bytes, *at)) != 0).find_map(|at| self.verify(bytes, at, from..to))
    }

    /// Where the grams of a batch stand that a needle may have.
    #[inline(always)]
    fn marked<const STRIDE: usize>(&self, batch: &[u8]) -> impl Iterator<Item = usize> {
        let mut marks = 0u32;
        for n in 0..BATCH {
            marks |= u32::from(self.bit(gram_at(batch, n * STRIDE))) << n;
        }
        std::iter::from_fn(move || {
            let n = marks.trailing_zeros();
            marks = marks.checked_sub(1)? & marks;
            Some(n as usize * STRIDE)
        })
    }

    /// Not 0 where a needle may have this gram.
    #[inline(always)]
    fn bit(&self, gram: u32) -> u8 {
        self.set[hash(gram) as usize]
    }

    /// Where the searched piece of a needle begins that has the gram at `at`, when the whole needle stands there and the
    /// piece begins within the range.
    #[inline(never)]
    fn verify(&self, bytes: &[u8], at: usize, range: Range<usize>) -> Option<usize> {
        let gram = gram_at(bytes, at);
        let slot = slot(gram);
        let (first, last) = (usize::from(self.slots[slot]), usize::from(self.slots[slot + 1]));
        let stands = |g: &Gram| {
            let needle = &self.needles[usize::from(g.needle)];
            let piece = at.checked_sub(usize::from(g.before)).filter(|piece| range.contains(piece))?;
            let start = piece.checked_sub(needle.piece)?;
            bytes[start..].starts_with(&needle.whole).then_some(piece)
        };
        self.grams[first..last].iter().filter(|g| g.value == gram).find_map(stands)
    }
}

#[inline(always)]
fn gram_at(bytes: &[u8], at: usize) -> u32 {
    let four = &bytes[at..at + GRAM];
    u32::from_le_bytes([four[0], four[1], four[2], four[3]])
}

#[inline(always)]
fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)
}

fn slot(gram: u32) -> usize {
    (hash(gram) >> (HASH_BITS - SLOT_BITS)) as usize
}

/// Start of the piece of a needle whose grams are the rarest together.
fn rarest_piece(needle: &[u8], stride: usize, common: &HashSet<u32>) -> usize {
    let costs: Vec<u64> = needle.windows(GRAM).map(|gram| gram_cost(gram, common)).collect();
    let pieces = costs.windows(stride).map(|grams| grams.iter().sum::<u64>()).enumerate();
    pieces.min_by_key(|(_, cost)| *cost).map_or(0, |(at, _)| at)
}

/// How common four bytes are in logs, roughly.
fn gram_cost(gram: &[u8], common: &HashSet<u32>) -> u64 {
    let cost = gram.iter().map(|b| commonness(*b)).product::<u64>();
    if common.contains(&gram_at(gram, 0)) { cost.saturating_mul(20).saturating_add(4_000_000_000) } else { cost }
}

fn common_grams() -> HashSet<u32> {
    COMMON.iter().flat_map(|word| word.as_bytes().windows(GRAM)).map(|gram| gram_at(gram, 0)).collect()
}

/// Words that stand in most lines of some log.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "container", "Container", " kernel: ", "kubelet", "systemd", "memory", "Memory", "process", "service", "message",
    "MESSAGE", " from ", " for ", " with ", " by ", " to the ", " the ", " of the ", " will ", "status", "Status",
    "started", "Started", "level=", "error", "Error", "failed", "Failed", "succeeded", "Succeeded", "successfully",
    "signal", "exited", "limit", "manager", "restart", "Restart", "Probe", "probe", "sending", "state", "event",
    "node", " pod", "stop", "update", "0000", "2026-", "ing ", "tion ", "ted ", " to ", "out of", "request",
    "Request", " file", "local", "run-parts", "/usr/", "runtime", "Runtime", "create", "Create", "return", "result",
    "receive", "count", "client", "time=", "user", "block", "port ", "possible", "address", "support", "allowed",
    "pressure", "state ", "session", "system ", "device", "link", "info", "code=", "reason", "more than",
];

/// How common a byte is in logs, per ten thousand, roughly: counted over kernel logs and syslogs.
fn commonness(byte: u8) -> u64 {
    match byte {
        b' ' => 1200,
        b'e' => 580,
        b':' | b'0' => 450,
        b'1'..=b'9' => 250,
        b'o' | b'n' => 300,
        b'r' | b'd' | b's' | b'a' | b't' | b'=' => 220,
        b'i' | b'.' | b'l' | b'c' | b'k' | b'-' => 170,
        b'v' | b'm' | b'p' | b'f' => 100,
        b'T' | b'N' | b'P' | b'D' | b'O' | b'S' | b'C' | b'"' | b'[' | b']' | b'b' => 75,
        b'R' | b'E' | b'I' | b'u' | b'x' | b'g' | b'h' | b'_' => 50,
        b'U' | b'L' | b'F' | b'y' | b'B' | b'A' | b'M' | b'(' | b')' => 25,
        b'G' | b'K' | b'/' | b'w' | b'W' | b'Y' | b',' | b'+' => 15,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(needles: &[&str], text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        Prefilter::new(needles).unwrap().hits(text.as_bytes(), 0, text.len(), &mut found);
        found
    }

    #[test]
    fn one_hit_a_line_and_group() {
        let text = "a Killed process x Killed process y\nnothing\nMem-Info:\n";
        let lines: Vec<usize> =
            hits(&["Killed process ", "Mem-Info:"], text).iter().map(|h| text[..*h].matches('\n').count()).collect();
        assert_eq!(lines, [0, 2]);
    }

    #[test]
    fn a_needle_may_reach_over_the_end_of_the_range() {
        let text = b"xxKilled process y";
        let filter = Prefilter::new(&["Killed process "]).unwrap();
        let mut whole = Vec::new();
        filter.hits(text, 0, text.len(), &mut whole);
        let mut found = Vec::new();
        filter.hits(text, 0, whole[0] + 1, &mut found);
        assert_eq!(found, whole);
        found.clear();
        filter.hits(text, 0, whole[0], &mut found);
        assert!(found.is_empty());
    }

    #[test]
    fn the_whole_needle_must_stand_there() {
        assert_eq!(hits(&["messages suppressed"], "net_ratelimit: 5 callbacks suppressed\n").len(), 0);
        assert_eq!(hits(&["messages suppressed"], "printk: 5 messages suppressed.\n").len(), 1);
    }

    #[test]
    fn the_piece_is_found_wherever_the_grid_falls() {
        let filter = Prefilter::new(&["Killed process ", "oom-kill:", "traps: "]).unwrap();
        for needle in ["Killed process ", "oom-kill:", "traps: "] {
            for before in 0..100 {
                let text = format!("{}{needle}", "x".repeat(before));
                let mut found = Vec::new();
                filter.hits(text.as_bytes(), 0, text.len(), &mut found);
                assert!(filter.matches(text.as_bytes()));
                assert!(found.len() == 1 && found[0] >= before, "{needle} after {before}: {found:?}");
                assert!(!filter.matches(&text.as_bytes()[..text.len() - 1]));
            }
        }
    }

    #[test]
    fn needles_that_are_too_short_are_refused() {
        assert!(Prefilter::new(&["abc"]).is_none());
        assert!(Prefilter::new(&["abcd"]).unwrap().matches(b"xabcdx"));
        assert!(!Prefilter::new(&[]).unwrap().matches(b"anything"));
    }

    #[test]
    fn many_needles_are_all_found() {
        let needles: Vec<String> = (0..200).map(|n| format!("needle-{n:03}-x")).collect();
        let refs: Vec<&str> = needles.iter().map(String::as_str).collect();
        let text: String = needles.iter().map(|n| format!("some {n} text\n")).collect();
        assert_eq!(hits(&refs, &text).len(), 200);
    }
}
