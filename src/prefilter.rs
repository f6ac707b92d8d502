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

/// Needles that are searched together.
struct Group {
    search: Search,
    needles: Vec<Needle>,
}

enum Search {
    Packed(packed::Searcher),
    Automaton(aho_corasick::AhoCorasick),
}

/// A needle: its rare end is what is searched, the whole is what must stand there.
struct Needle {
    whole: Vec<u8>,
    /// Bytes before the rare end.
    before: usize,
}

impl Prefilter {
    /// Prepares the needles; `None` when they cannot be compiled (too many or too long, which a test rules out).
    pub fn new(needles: &[&str]) -> Option<Prefilter> {
        let mut unique: Vec<&str> = needles.iter().copied().filter(|n| !n.is_empty()).collect();
        unique.sort_unstable();
        unique.dedup();
        let covered = |n: &&str| unique.iter().any(|other| other != n && n.contains(*other));
        let mut needed: Vec<&str> = unique.iter().copied().filter(|n| !covered(n)).collect();
        // Needles with the same start share a bucket of the vectorised search.
        needed.sort_unstable_by_key(|n| rare_end(n));
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

    /// Appends a place inside every line-wise distinct occurrence that has its rare end in `bytes[from..to]` to `hits`, in
    /// ascending order: after a hit the search goes on behind the end of its line. A needle may reach beyond `to`, but must
    /// lie within `bytes`.
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
        let mut ends: Vec<&str> = needles.iter().map(|n| rare_end(n)).collect();
        ends.dedup();
        let mut config = packed::Config::new();
        config.match_kind(packed::MatchKind::LeftmostFirst);
        let search = match config.builder().extend(&ends).build() {
            Some(searcher) => Search::Packed(searcher),
            None => Search::Automaton(aho_corasick::AhoCorasick::new(&ends).ok()?),
        };
        let needle = |n: &&str| Needle { whole: n.as_bytes().to_vec(), before: n.len() - rare_end(n).len() };
        Some(Group { search, needles: needles.iter().map(needle).collect() })
    }

    /// The next place at or after `at` where the rare end of a needle begins and the whole needle stands.
    fn find(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        while at < bytes.len() {
            let span = aho_corasick::Span { start: at, end: bytes.len() };
            let start = match &self.search {
                Search::Packed(searcher) => searcher.find_in(bytes, span)?.start(),
                Search::Automaton(automaton) => automaton.find(aho_corasick::Input::new(bytes).span(span))?.start(),
            };
            if self.needles.iter().any(|n| n.stands_at(bytes, start)) {
                return Some(start);
            }
            at = start + 1;
        }
        None
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

impl Needle {
    fn stands_at(&self, bytes: &[u8], rare_end: usize) -> bool {
        rare_end.checked_sub(self.before).is_some_and(|start| bytes[start..].starts_with(&self.whole))
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
    fn many_needles_are_all_found() {
        let needles: Vec<String> = (0..200).map(|n| format!("needle-{n:03}-x")).collect();
        let refs: Vec<&str> = needles.iter().map(String::as_str).collect();
        let text: String = needles.iter().map(|n| format!("some {n} text\n")).collect();
        assert_eq!(hits(&refs, &text).len(), 200);
    }
}
