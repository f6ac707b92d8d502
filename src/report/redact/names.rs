//! Names and their pseudonyms.

use super::known;
use aho_corasick::{AhoCorasick, MatchKind};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// What a name is the name of; the pseudonym tells it, where no key is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Host,
    Namespace,
    Pod,
    Container,
    Image,
    Unit,
    Group,
    Process,
    Path,
    Address,
    /// Container, sandbox, pod or boot id. 12 characters long, so that what tools do with ids still works.
    Id,
    /// A name of which nothing is known but that it stood in quotes.
    Name,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Namespace => "namespace",
            Self::Pod => "pod",
            Self::Container => "container",
            Self::Image => "image",
            Self::Unit => "unit",
            Self::Group => "group",
            Self::Process => "process",
            Self::Path => "path",
            Self::Address => "address",
            Self::Id => "id",
            Self::Name => "name",
        }
    }
}

/// All names that were met. The first walk over a report collects them, the second replaces them.
pub(super) struct Names<'k> {
    key: Option<&'k str>,
    /// Name and what it is, in the order in which they were met.
    met: Vec<(String, Kind)>,
    places: HashMap<String, usize>,
    /// Pseudonyms, as `met`; none on the first walk.
    given: Vec<String>,
    used: HashSet<String>,
    counts: HashMap<Kind, usize>,
    settled: bool,
    finder: OnceLock<Finder>,
}

/// Finds the names in a text.
struct Finder {
    search: Option<AhoCorasick>,
    /// What stands for each pattern.
    instead: Vec<String>,
    /// Patterns with quotes around them need no look at their neighbours.
    quoted: Vec<bool>,
}

impl Finder {
    /// The longest name that begins at `start`, ends at `end` or before, and is a whole word: `web-0` is none in `web-01`,
    /// but `web` can be a name, too.
    fn whole_at(&self, search: &AhoCorasick, text: &str, start: usize, mut end: usize) -> Option<Span> {
        loop {
            let found = search.find(text.get(start..end)?).filter(|found| found.start() == 0)?;
            let (pattern, found_end) = (found.pattern().as_usize(), start + found.end());
            if self.quoted.get(pattern) == Some(&true) || is_whole(text, start, found_end) {
                let instead = self.instead.get(pattern).cloned().unwrap_or_default();
                return Some(Span { start, end: found_end, instead });
            }
            end = floor(text, found_end.saturating_sub(1));
        }
    }
}

/// A name in a text: the bytes from `start` to `end`.
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its pseudonym.
    pub(super) instead: String,
}

impl<'k> Names<'k> {
    pub(super) fn new(key: Option<&'k str>) -> Self {
        Self {
            key,
            met: Vec::new(),
            places: HashMap::new(),
            given: Vec::new(),
            used: HashSet::new(),
            counts: HashMap::new(),
            settled: false,
            finder: OnceLock::new(),
        }
    }

    /// Is this one of the names?
    pub(super) fn knows(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The pseudonym of a name; on the first walk the name itself.
    pub(super) fn replace(&mut self, kind: Kind, name: &str) -> String {
        if name.is_empty() {
            return String::new();
        }
        let at = match self.places.get(name) {
            Some(&at) => at,
            None => {
                self.met.push((name.to_owned(), kind));
                self.places.insert(name.to_owned(), self.met.len() - 1);
                // The second walk can cut a text where the first did not, and so meet a new name.
                if self.settled {
                    self.assign();
                }
                self.met.len() - 1
            }
        };
        self.given.get(at).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Gives `other` the pseudonym of `name`: the start of an id, a path with its signs escaped.
    pub(super) fn alias(&mut self, kind: Kind, name: &str, other: &str) {
        let _ = self.replace(kind, name);
        if let Some(&at) = self.places.get(name).filter(|_| !other.is_empty()) {
            self.places.entry(other.to_owned()).or_insert(at);
        }
    }

    /// Ends the first walk: every name gets its pseudonym.
    pub(super) fn settle(&mut self) {
        self.settled = true;
        self.assign();
    }

    /// Gives pseudonyms to the names that have none. None is a name that was met, or that name would survive.
    fn assign(&mut self) {
        for (name, kind) in self.met.iter().skip(self.given.len()) {
            let pseudonym = (0..usize::MAX).find_map(|attempt| {
                let pseudonym = match self.key {
                    Some(key) => keyed(key, *kind, name, attempt),
                    None => numbered(*kind, &mut self.counts),
                };
                (!self.places.contains_key(&pseudonym) && !self.used.contains(&pseudonym)).then_some(pseudonym)
            });
            let pseudonym = pseudonym.unwrap_or_default();
            self.used.insert(pseudonym.clone());
            self.given.push(pseudonym);
        }
    }

    /// Where names stand in a text, and what stands for them: the longest first, and only whole words. None on the first
    /// walk.
    pub(super) fn find(&self, text: &str) -> Vec<Span> {
        if !self.settled {
            return Vec::new();
        }
        let finder = self.finder.get_or_init(|| self.finder());
        let Some(search) = &finder.search else { return Vec::new() };
        let mut spans = Vec::new();
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| search.find(rest)) {
            let start = from + found.start();
            match finder.whole_at(search, text, start, from + found.end()) {
                Some(span) => {
                    from = span.end;
                    spans.push(span);
                }
                // Another name can begin one character later.
                None => from = start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
            }
        }
        spans
    }

    fn finder(&self) -> Finder {
        let mut names: Vec<(&String, &String)> =
            self.places.iter().filter_map(|(name, at)| Some((name, self.given.get(*at)?))).collect();
        names.sort();
        let (mut patterns, mut instead, mut quoted) = (Vec::new(), Vec::new(), Vec::new());
        for (name, pseudonym) in names {
            patterns.push(format!("'{name}'"));
            instead.push(format!("'{pseudonym}'"));
            quoted.push(true);
            if name.chars().count() > 1 && !known::is_sentence_word(name) && !is_figure(name) {
                patterns.push(name.clone());
                instead.push(pseudonym.clone());
                quoted.push(false);
                continue;
            }
            // `app.service` is no ordinary word.
            for end in known::UNIT_ENDS {
                patterns.push(format!("{name}{end}"));
                instead.push(format!("{pseudonym}{end}"));
                quoted.push(false);
            }
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Finder { search, instead, quoted }
    }
}

/// A folder can be called `30`: the same figures in a sentence or a raw line are a size, a share or a time.
fn is_figure(name: &str) -> bool {
    name.len() < 12 && name.bytes().all(|b| b.is_ascii_digit())
}

/// The start of the character at a byte, or the byte itself.
fn floor(text: &str, mut at: usize) -> usize {
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Neither the character before nor the one after continues the word. Kubernetes joins names with `_`, so it ends a word.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    // Chinese is written without blanks: a name may stand between its characters.
    let continues = |c: char| c.is_alphanumeric() && !('\u{4e00}'..='\u{9fff}').contains(&c);
    let begins = text.get(start..end).and_then(|name| name.chars().next()).is_some_and(continues);
    let ends = text.get(start..end).and_then(|name| name.chars().next_back()).is_some_and(continues);
    let before = text.get(..start).and_then(|rest| rest.chars().next_back()).is_some_and(continues);
    let after = text.get(end..).and_then(|rest| rest.chars().next()).is_some_and(continues);
    !(begins && before || ends && after)
}

/// `host-1`.
fn numbered(kind: Kind, counts: &mut HashMap<Kind, usize>) -> String {
    let count = counts.entry(kind).or_default();
    *count = count.saturating_add(1);
    if kind == Kind::Id { format!("id{count:010}") } else { format!("{}-{count}", kind.word()) }
}

/// `name-4f1d09b2aa`: from key and name alone, so it is the same in every report. Ids keep their own form.
fn keyed(key: &str, kind: Kind, name: &str, attempt: usize) -> String {
    let mut hash = Sha256::new();
    // The length stands first, so that no other key and name make the same text.
    hash.update(key.len().to_le_bytes());
    hash.update(key);
    hash.update(name);
    if attempt > 0 {
        hash.update(attempt.to_le_bytes());
    }
    let hex: String = hash.finalize().iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    if kind == Kind::Id { format!("id{hex}") } else { format!("name-{hex}") }
}
