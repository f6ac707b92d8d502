//! Finds, in raw bytes, where a recogniser could have something to say. Only those places are framed and parsed.
//!
//! The needles are the recognisers' own literals. They are searched in groups that are small enough for the vectorised
//! search of the `aho-corasick` crate: several passes over a piece of memory that is in the cache cost less than one pass
//! of an automaton over all needles.

use aho_corasick::packed;

/// Patterns per vectorised search: more make its fingerprints collide.
const GROUP: usize = 32;
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
        let mut unique: Vec<&str> = needles.iter().copied().filter(|n| !n.is_empty()).collect();
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
        let reach = bytes.len().min(to.saturating_add(self.longest));
        let mut block = from;
        while block < to {
            let end = to.min(block + BLOCK);
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

impl Group {
    fn new(needles: &[&str]) -> Option<Group> {
        let mut config = packed::Config::new();
        config.match_kind(packed::MatchKind::LeftmostFirst);
        if let Some(searcher) = config.builder().extend(needles).build() {
            return Some(Group::Packed(searcher));
        }
        aho_corasick::AhoCorasick::new(needles).ok().map(Group::Automaton)
    }

    fn find(&self, bytes: &[u8], at: usize) -> Option<(usize, usize)> {
        let found = match self {
            Group::Packed(searcher) if bytes.len() - at >= searcher.minimum_len() => {
                return searcher.find_in(bytes, packed::Span { start: at, end: bytes.len() }).map(|m| (m.start(), m.end()));
            }
            Group::Packed(searcher) => searcher.find_in(bytes, packed::Span { start: at, end: bytes.len() }),
            Group::Automaton(automaton) => {
                let input = aho_corasick::Input::new(bytes).range(at..);
                return automaton.find(input).map(|m| (m.start(), m.end()));
            }
        };
        found.map(|m| (m.start(), m.end()))
    }

    fn hits(&self, bytes: &[u8], from: usize, to: usize, hits: &mut Vec<usize>) {
        let mut at = from;
        let window = bytes;
        while at < to {
            let Some((start, _)) = self.find(window, at) else { break };
            if start >= to {
                break;
            }
            hits.push(start);
            at = memchr::memchr(b'\n', &window[start..]).map_or(to, |n| start + n + 1);
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
