//! Finds, in raw bytes, where a recogniser could have something to say. Only those places are framed and parsed.
//!
//! The needles are the recognisers' own literals, some hundreds. Of each needle the rarest piece of a fixed length is
//! taken, long enough that wherever it stands it shows one of its grams (four bytes in a row) at every `stride`th byte of the
//! text. Only those are looked up, in a table of all grams of all pieces, and hardly any of them needs a closer look. So
//! some hundreds of needles cost little more than a dozen, and a dozen less than a vectorised search for them.

use std::collections::{HashMap, HashSet};
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

/// A needle, where its searched piece begins, and the groups that it stands for.
struct Needle {
    whole: Vec<u8>,
    piece: usize,
    groups: u32,
}

/// Needles by their first gram, to find those that are part of others.
struct Within<'a>(HashMap<u32, Vec<&'a [u8]>>);

impl<'a> Within<'a> {
    /// `None` when one is shorter than a gram.
    fn of(needles: &[&'a str]) -> Option<Within<'a>> {
        let mut by_start: HashMap<u32, Vec<&[u8]>> = HashMap::new();
        for needle in needles.iter().map(|n| n.as_bytes()) {
            by_start.entry(needle.get(..GRAM).map(|start| gram_at(start, 0))?).or_default().push(needle);
        }
        Some(Within(by_start))
    }

    /// The other needles that are part of this one.
    fn needles<'w>(&'w self, whole: &'w [u8]) -> impl Iterator<Item = &'a [u8]> + 'w {
        let starts = (0..(whole.len() + 1).saturating_sub(GRAM)).map(|at| (at, gram_at(whole, at)));
        let standing = starts.filter_map(|(at, gram)| Some((at, self.0.get(&gram)?)));
        standing.flat_map(move |(at, needles)| {
            needles.iter().copied().filter(move |n| *n != whole && whole[at..].starts_with(n))
        })
    }
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
        Prefilter::of_groups(&[needles])
    }

    /// The same for up to 32 groups of needles, see [`Prefilter::groups`].
    pub fn of_groups(groups: &[&[&str]]) -> Option<Prefilter> {
        let all = || groups.iter().copied().flatten().copied().filter(|n| !n.is_empty());
        let mut unique: Vec<&str> = all().collect();
        unique.sort_unstable();
        unique.dedup();
        let within = Within::of(&unique)?;
        let alone = |n: &&[u8]| within.needles(n).next().is_none();
        let needed: Vec<&[u8]> = unique.iter().map(|n| n.as_bytes()).filter(alone).collect();
        let shortest = needed.iter().map(|n| n.len()).min().unwrap_or(GRAM);
        // A piece of `stride + 3` bytes holds a gram of every grid of that stride.
        let stride = (shortest + 1).checked_sub(GRAM).filter(|s| *s > 0)?.min(STRIDE_MAX);
        let common = common_grams();
        let needle = |n: &&[u8]| Needle { whole: n.to_vec(), piece: rarest_piece(n, stride, &common), groups: 0 };
        let mut needles: Vec<Needle> = needed.iter().map(needle).collect();
        for (group, number) in groups.iter().zip(0u32..) {
            for needle in group.iter().map(|n| n.as_bytes()) {
                // Where a part of it stands, the whole may stand.
                for part in within.needles(needle).chain([needle]) {
                    if let Ok(at) = needed.binary_search(&part) {
                        needles[at].groups |= 1u32.wrapping_shl(number);
                    }
                }
            }
        }
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

    /// The groups that may have a needle in a text, as bits: a group without its bit has none.
    pub fn groups(&self, bytes: &[u8]) -> u32 {
        let grid = (0..(bytes.len() + 1).saturating_sub(GRAM)).step_by(self.stride.max(1));
        let marked = grid.filter(|at| self.bit(gram_at(bytes, *at)) != 0);
        marked.flat_map(|at| self.standing(bytes, at)).fold(0, |all, (_, needle)| all | needle.groups)
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
        self.standing(bytes, at).map(|(piece, _)| piece).find(|piece| range.contains(piece))
    }

    /// The needles that stand in a text with a gram of their piece at `at`, and where the piece begins.
    fn standing<'a>(&'a self, bytes: &'a [u8], at: usize) -> impl Iterator<Item = (usize, &'a Needle)> {
        let gram = gram_at(bytes, at);
        let slot = slot(gram);
        let (first, last) = (usize::from(self.slots[slot]), usize::from(self.slots[slot + 1]));
        self.grams[first..last].iter().filter(move |g| g.value == gram).filter_map(move |g| {
            let needle = &self.needles[usize::from(g.needle)];
            let piece = at.checked_sub(usize::from(g.before))?;
            let start = piece.checked_sub(needle.piece)?;
            bytes[start..].starts_with(&needle.whole).then_some((piece, needle))
        })
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
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

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

    /// The lines with a needle, by the plain way.
    fn plain(needles: &[String], text: &str) -> Vec<usize> {
        let hit = |line: &str| needles.iter().any(|needle| line.contains(needle.as_str()));
        text.split('\n').enumerate().filter(|(_, line)| hit(line)).map(|(n, _)| n).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Few letters, so that needles overlap, repeat themselves and hold one another.
        #[test]
        fn exactly_the_lines_with_a_needle_are_found(
            needles in vec("[ab:]{4,12}", 1..6),
            noise in "[ab:\n]{0,400}",
            planted in vec((any::<Index>(), any::<Index>()), 0..4),
            cut in any::<Index>(),
        ) {
            let mut text = noise;
            for (needle, place) in planted {
                text.insert_str(place.index(text.len() + 1), &needles[needle.index(needles.len())]);
            }
            let refs: Vec<&str> = needles.iter().map(String::as_str).collect();
            let filter = Prefilter::new(&refs).unwrap();
            let wanted = plain(&needles, &text);
            let bytes = text.as_bytes();
            let cut = cut.index(bytes.len() + 1);
            for pieces in [[0..0, 0..bytes.len()], [0..cut, cut..bytes.len()]] {
                let mut found = Vec::new();
                pieces.into_iter().for_each(|piece| filter.hits(bytes, piece.start, piece.end, &mut found));
                let mut lines: Vec<usize> = found.iter().map(|hit| text[..*hit].matches('\n').count()).collect();
                // A line that is cut in two may be hit in both pieces.
                lines.dedup();
                prop_assert_eq!(&lines, &wanted, "{:?} in {:?}", &needles, &text);
            }
            prop_assert_eq!(filter.matches(bytes), !wanted.is_empty());
            let groups: Vec<&[&str]> = refs.chunks(1).collect();
            let told = Prefilter::of_groups(&groups).unwrap().groups(bytes);
            for (n, needle) in needles.iter().enumerate() {
                let told = told & 1 << n != 0;
                prop_assert!(told || !text.contains(needle.as_str()), "{} in {:?}", needle, &text);
                // A needle alone in holding its letters is not told of without standing there.
                let related = needles.iter().any(|other| other != needle && needle.contains(other.as_str()));
                prop_assert!(related || !told || text.contains(needle.as_str()), "{} in {:?}", needle, &text);
            }
        }
    }

    #[test]
    fn many_needles_are_all_found() {
        let needles: Vec<String> = (0..200).map(|n| format!("needle-{n:03}-x")).collect();
        let refs: Vec<&str> = needles.iter().map(String::as_str).collect();
        let text: String = needles.iter().map(|n| format!("some {n} text\n")).collect();
        assert_eq!(hits(&refs, &text).len(), 200);
    }
}
