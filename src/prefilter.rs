//! Finds, in raw bytes, where a recogniser could have something to say. Only those places are framed and parsed.
//!
//! The needles are the recognisers' own literals. They are searched in groups that are small enough for the vectorised
//! search of the `aho-corasick` crate: several passes over a piece of memory that is in the cache cost less than one pass
//! of an automaton over all needles.

use aho_corasick::packed;

/// Patterns per vectorised search: more make its fingerprints collide.
const GROUP: usize = 64;
/// Bytes searched by all groups before going on: fits the innermost caches.
const BLOCK: usize = 32 * 1024;

/// A set of needles, ready for searching.
pub struct Prefilter {
    groups: Vec<Group>,
    longest: usize,
}

enum Group {
    Packed(packed::Searcher),
    Automaton(aho_corasick::AhoCorasick),
}

impl Prefilter {
    /// Prepares the needles; `None` when they cannot be compiled (too many or too long, which a test rules out).
    pub fn new(needles: &[&str]) -> Option<Prefilter> {
        let mut unique: Vec<&str> = needles.iter().copied().filter(|n| !n.is_empty()).map(rare_end).collect();
        unique.sort_unstable();
        unique.dedup();
        let covered = |n: &&str| !unique.iter().any(|other| other != n && n.contains(*other));
        let mut needed: Vec<&str> = unique.iter().copied().filter(|n| covered(n)).collect();
        // Needles with the same start share a bucket of the vectorised search.
        needed.sort_unstable();
        let groups: Option<Vec<Group>> = needed.chunks(GROUP).map(Group::new).collect();
        Some(Prefilter { groups: groups?, longest: needed.iter().map(|n| n.len()).max().unwrap_or(0) })
    }

    /// Length of the longest needle, bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Does any needle occur?
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.groups.iter().any(|g| g.find(bytes, 0).is_some())
    }

    /// Appends the start of every line-wise distinct occurrence in `bytes[from..to]` to `hits`, in ascending order: after a hit
    /// the search goes on behind the end of its line. A needle may reach beyond `to`.
    pub fn hits(&self, bytes: &[u8], from: usize, to: usize, hits: &mut Vec<usize>) {
        let mut block = from;
        while block < to {
            let end = to.min(block + BLOCK);
            let reach = bytes.len().min(end.saturating_add(self.longest));
            let start = hits.len();
            for group in &self.groups {
                group.hits(&bytes[..reach], block, end, hits);
            }
            hits[start..].sort_unstable();
            block = end;
        }
        hits.dedup();
    }
}

/// The vectorised search looks at the first four bytes of a pattern: the part of a needle that begins with the rarest
/// four bytes finds the same lines with fewer false starts.
fn rare_end(needle: &str) -> &str {
    let bytes = needle.as_bytes();
    let last = bytes.len().saturating_sub(SHORTEST);
    let cost = |at: usize| bytes[at..(at + 4).min(bytes.len())].iter().map(|b| commonness(*b)).product::<u64>();
    let starts = (0..=last).filter(|at| needle.is_char_boundary(*at));
    starts.min_by_key(|at| cost(*at)).map_or(needle, |at| &needle[at..])
}

/// A needle is not cut shorter than this.
const SHORTEST: usize = 7;

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

impl Group {
    fn new(needles: &[&str]) -> Option<Group> {
        let mut config = packed::Config::new();
        config.match_kind(packed::MatchKind::LeftmostFirst);
        if let Some(searcher) = config.builder().extend(needles).build() {
            return Some(Group::Packed(searcher));
        }
        aho_corasick::AhoCorasick::new(needles).ok().map(Group::Automaton)
    }

    fn find(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let span = aho_corasick::Span { start: at, end: bytes.len() };
        match self {
            Group::Packed(searcher) => searcher.find_in(bytes, span).map(|m| m.start()),
            Group::Automaton(automaton) => automaton.find(aho_corasick::Input::new(bytes).span(span)).map(|m| m.start()),
        }
    }

    fn hits(&self, bytes: &[u8], from: usize, to: usize, hits: &mut Vec<usize>) {
        let mut at = from;
        while at < to {
            let Some(start) = self.find(bytes, at) else { break };
            if start >= to {
                break;
            }
            hits.push(start);
            at = memchr::memchr(b'\n', &bytes[start..]).map_or(to, |n| start + n + 1);
        }
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
        assert_eq!(hits(&["Killed process ", "Mem-Info:"], text), [2, 44]);
    }

    #[test]
    fn a_needle_may_reach_over_the_end_of_the_range() {
        let text = b"xxKilled process y";
        let filter = Prefilter::new(&["Killed process "]).unwrap();
        let mut found = Vec::new();
        filter.hits(text, 0, 4, &mut found);
        assert_eq!(found, [2]);
        found.clear();
        filter.hits(text, 0, 2, &mut found);
        assert!(found.is_empty());
    }

    #[test]
    fn many_needles_are_all_found() {
        let needles: Vec<String> = (0..200).map(|n| format!("needle-{n:03}-x")).collect();
        let refs: Vec<&str> = needles.iter().map(String::as_str).collect();
        let text: String = needles.iter().map(|n| format!("some {n} text\n")).collect();
        assert_eq!(hits(&refs, &text).len(), 200);
    }
}
