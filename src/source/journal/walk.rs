//! The walk: from object to object, and around what is broken.

use super::bytes::Bytes;
use super::damage::Damage;
use super::decompress::{Codec, lz4_may_start_with};
use super::fields::{Fields, too_much};
use super::header::{Header, JournalError, SMALLEST, u64_at, u128_at};
use super::interest::{Interest, KERNEL, KERNEL_NAME, WANTED};
use super::near::{Bare, Near};
use super::object::{ENTRY_ITEMS, Kind, Layout, OBJECT_HEADER, ObjectHeader, align, could_start};
use super::stats::{Moment, Stats};
use super::window::{WINDOW, Window};
use super::{Entry, Filter, Next, WANTED_MAX};
use crate::sentence;

const MESSAGE: &[u8] = b"MESSAGE=";
/// journald takes at most 1024 fields for an entry.
const ITEMS_MAX: usize = 16 * 1024;
/// How many possible objects outside the window are looked at while searching behind damage.
const PROBES_MAX: u64 = 1 << 18;
/// How many references to objects that stand later in the file are followed.
const FORWARD_MAX: u64 = 1 << 16;
/// How many wrong sizes are kept for later.
const REPAIRED_MAX: usize = 1 << 14;

/// Goes over all entries in the order of the file and calls `visit` for those that are needed: those whose message
/// `filter.wanted` takes, and, from when `visit` returned [`Next::More`] for a kernel entry until it returns
/// [`Next::Enough`] for one, every kernel entry. A kernel entry is one with `_TRANSPORT=kernel` or
/// `SYSLOG_IDENTIFIER=kernel`.
///
/// Damage inside the file is no error: what can be read is read, and [`Stats::warnings`] says what was broken. Compressed
/// files (`.journal.zst`) must be unpacked before.
///
/// # Errors
/// Only where there is no journal to read at all, see [`JournalError`].
pub fn walk(
    bytes: &dyn Bytes,
    filter: &Filter<'_>,
    visit: &mut dyn FnMut(&Entry<'_>) -> Next,
) -> Result<Stats, JournalError> {
    let header = Header::read(bytes)?;
    let mut walker = Walker::new(bytes, header, filter);
    walker.run(visit);
    Ok(walker.finish())
}

/// Visits the entries at these places ([`Entry::offset`], ascending) and their neighbours in the file: up to
/// [`AROUND`](super::AROUND) before and after each, every entry once, in the order of the file. Of their fields `MESSAGE` and those named.
///
/// # Errors
/// Only where there is no journal to read at all, see [`JournalError`].
pub fn walk_near(
    bytes: &dyn Bytes,
    fields: &[&str],
    places: &[u64],
    visit: &mut dyn FnMut(&Entry<'_>),
) -> Result<(), JournalError> {
    let header = Header::read(bytes)?;
    let filter = Filter { fields, wanted: &|_| false };
    let mut walker = Walker::new(bytes, header, &filter);
    walker.near = Some(Near::new(places));
    walker.run(&mut |entry| {
        visit(entry);
        Next::Enough
    });
    Ok(())
}

/// An object, with its size put right.
struct Found {
    at: u64,
    header: ObjectHeader,
    /// Where to go on.
    next: u64,
}

struct Walker<'a> {
    window: Window<'a>,
    header: Header,
    layout: Layout,
    filter: &'a Filter<'a>,
    interest: Interest,
    fields: Fields<'a>,
    stats: Stats,
    damage: Damage,
    /// Decompressed start of a message.
    text: Vec<u8>,
    /// Offsets of the entry at hand.
    items: Vec<u64>,
    /// The visitor wants all kernel entries.
    open: bool,
    /// Only entries near known places are visited.
    near: Option<Near<'a>>,
    probes: u64,
    forward: u64,
}

impl<'a> Walker<'a> {
    fn new(bytes: &'a dyn Bytes, header: Header, filter: &'a Filter<'a>) -> Walker<'a> {
        let window = Window::new(bytes);
        let layout = Layout::new(header.compact);
        let fields = Fields::new(bytes, window.len(), layout, filter.fields);
        Walker {
            window,
            header,
            layout,
            filter,
            interest: Interest::new(),
            fields,
            stats: Stats { machine: header.machine, online: header.online, ..Stats::default() },
            damage: Damage::default(),
            text: Vec::new(),
            items: Vec::new(),
            open: false,
            near: None,
            probes: 0,
            forward: 0,
        }
    }

    fn run(&mut self, visit: &mut dyn FnMut(&Entry<'_>) -> Next) {
        let mut at = self.first_object();
        while let Some(found) = self.object_from(at) {
            match found.header.kind {
                Kind::Data if self.near.is_none() => self.data(&found),
                Kind::Entry => self.entry(&found, visit),
                Kind::Data | Kind::Other => {}
            }
            if self.fields.exhausted() {
                self.damage.limit(too_much());
                break;
            }
            at = found.next;
        }
    }

    /// Where to begin: where the header says, or, where no object stands there, as early as any can.
    fn first_object(&mut self) -> u64 {
        let first = self.header.first_object;
        // Zeros stand there in a file that holds nothing yet.
        let believable = |raw| raw == [0; OBJECT_HEADER as usize] || self.layout.object(&raw).is_some();
        if self.window.peek(first).is_none_or(believable) {
            return first;
        }
        self.header.size_lies = true;
        SMALLEST
    }

    fn finish(self) -> Stats {
        let mut stats = self.stats;
        let bad = (self.window.bad_pages, self.window.error.as_ref());
        stats.warnings = self.damage.warnings(&self.header, self.window.len(), stats.entries, bad);
        stats
    }

    /// The next object at `from` or behind it.
    fn object_from(&mut self, from: u64) -> Option<Found> {
        // Moves the window forward; all that follows looks into it.
        self.window.get(from, WINDOW.min(64 * 1024));
        let at = if self.header_at(from).is_some() { from } else { self.search_from(from)? };
        let header = self.header_at(at)?;
        let end = at.checked_add(header.size)?;
        if end <= self.window.len() && self.may_follow(at, align(end)) {
            return Some(Found { at, header, next: align(end) });
        }
        self.object_before_damage(at, header, end)
    }

    /// Searches behind a place where no object stands, and takes note of the gap.
    fn search_from(&mut self, from: u64) -> Option<u64> {
        let found = self.search(from);
        let end = found.unwrap_or(self.window.len());
        // Behind the last object the file is allocated ahead, or the writer had begun something.
        if found.is_some() || from < self.header.tail_object {
            self.gap(from, end);
        }
        found
    }

    /// An object that is not followed by another: it is the last of a cut file, or its size is wrong, or the next object
    /// is broken.
    fn object_before_damage(&mut self, at: u64, mut header: ObjectHeader, end: u64) -> Option<Found> {
        let resumed = self.search(at.saturating_add(OBJECT_HEADER));
        if let Some(next) = resumed.filter(|next| *next < end) {
            self.damage.sizes.add(at);
            header.size = next - at;
            if self.fields.repaired.len() < REPAIRED_MAX {
                self.fields.repaired.insert(at, header.size);
            }
            return Some(Found { at, header, next });
        }
        if end > self.window.len() {
            self.damage.cut_object = true;
            // What is left of it: nothing refers to a cut DATA object, and a cut entry lacks fields.
            return None;
        }
        let next = resumed.unwrap_or(self.window.len());
        if resumed.is_some() || align(end) < self.header.tail_object {
            self.gap(align(end), next);
        }
        Some(Found { at, header, next })
    }

    fn gap(&mut self, from: u64, to: u64) {
        let length = to.saturating_sub(from);
        // Less than an object is what is left where a file is cut.
        if length >= OBJECT_HEADER {
            self.damage.gaps.add(from);
            self.damage.gap_bytes = self.damage.gap_bytes.saturating_add(length);
        }
    }

    fn header_at(&self, at: u64) -> Option<ObjectHeader> {
        self.layout.object(&self.window.peek(at)?)
    }

    /// Whether `next` is a good place to stand behind the object at `at`: another object, the end, or the zeros behind
    /// the last object.
    fn may_follow(&self, at: u64, next: u64) -> bool {
        let tail = self.header.tail_object;
        if at < tail && next > tail {
            // It would cover the last object.
            return false;
        }
        let Some(raw) = self.window.peek(next) else {
            return next.saturating_add(OBJECT_HEADER) > self.window.len();
        };
        self.layout.object(&raw).is_some() || (at >= tail && raw == [0; OBJECT_HEADER as usize])
    }

    /// The first place from `from` on where an object stands that is followed by another one.
    fn search(&mut self, from: u64) -> Option<u64> {
        let mut at = align(from);
        while at < self.window.len() {
            let piece = self.window.get(at, WINDOW.min(64 * 1024));
            let words = piece.chunks_exact(8);
            let length = words.len() as u64 * 8;
            let skip = words.map(|word| u64_at(word, 0)).position(|word| word != 0 && could_start(word));
            let Some(skip) = skip else {
                at = at.checked_add(length.max(8))?;
                continue;
            };
            at = at.checked_add(skip as u64 * 8)?;
            if self.is_chained(at) {
                return Some(at);
            }
            at = at.checked_add(8)?;
        }
        None
    }

    fn is_chained(&mut self, at: u64) -> bool {
        let Some(header) = self.header_at(at) else { return false };
        let Some(end) = at.checked_add(header.size).filter(|end| *end <= self.window.len()) else { return false };
        let next = align(end);
        if !self.window.holds(next) {
            self.probes = self.probes.saturating_add(1);
            if self.probes > PROBES_MAX {
                self.damage.limit(sentence!("join-journal-many-places"));
                return false;
            }
        }
        self.may_follow(at, next)
    }

    /// Looks at a DATA object, once: does it make its entries worth building?
    fn data(&mut self, found: &Found) {
        let payload = self.layout.data_payload() as usize;
        let size = usize::try_from(found.header.size).unwrap_or(usize::MAX);
        let Ok(codec) = Codec::of(found.header.flags) else {
            self.damage.undecoded.add(found.at);
            return;
        };
        if size > WINDOW && codec.is_some_and(Codec::needs_all) {
            return self.large(found.at);
        }
        let Some(codec) = codec else {
            let raw = self.window.get(found.at, size.min(payload + WANTED_MAX + MESSAGE.len()));
            let class = classify(raw.get(payload..).unwrap_or_default(), self.filter);
            self.note(found.at, class);
            return;
        };
        let enough = codec.enough(WANTED_MAX + MESSAGE.len());
        let raw = self.window.get(found.at, size.min(payload.saturating_add(enough)));
        let raw = raw.get(payload..).unwrap_or_default();
        if codec == Codec::Lz4 && !lz4_may_start_with(raw, MESSAGE) {
            return;
        }
        let result = self.fields.decoders.decode(codec, raw, WANTED_MAX + MESSAGE.len(), &mut self.text);
        self.fields.budget.take(self.text.len());
        let class = classify(&self.text, self.filter);
        // Said once: for a message that is wanted anyhow the visit will say it.
        if result.is_err() && class == 0 {
            self.damage.undecoded.add(found.at);
        }
        self.note(found.at, class);
    }

    /// An object that must be decompressed as a whole and does not fit the window.
    fn large(&mut self, at: u64) {
        let class = self.fields.payload_start(at, &mut self.damage).map_or(0, |text| classify(text, self.filter));
        self.note(at, class);
    }

    fn note(&mut self, at: u64, class: u8) {
        if class != 0 {
            self.interest.add(at, class);
        }
    }

    /// Counts an entry and visits it where that is needed.
    fn entry(&mut self, found: &Found, visit: &mut dyn FnMut(&Entry<'_>) -> Next) {
        let size = usize::try_from(found.header.size).unwrap_or(usize::MAX);
        let item_size = self.layout.item_size();
        let most = (ENTRY_ITEMS as usize).saturating_add(ITEMS_MAX.saturating_mul(item_size));
        if size > most {
            self.damage.limit(sentence!("join-journal-many-fields"));
        }
        let raw = self.window.get(found.at, size.min(most));
        let (seqnum, realtime, monotonic_us) = (u64_at(raw, 16), u64_at(raw, 24), u64_at(raw, 32));
        let boot = u128_at(raw, 40);
        self.items.clear();
        let items = raw.get(ENTRY_ITEMS as usize..).unwrap_or_default().chunks_exact(item_size);
        let layout = self.layout;
        self.items.extend(items.map(|item| layout.item_offset(item)));

        let moment = Moment { realtime_us: i64::try_from(realtime).unwrap_or(i64::MAX), monotonic_us, boot };
        if let Some(near) = &mut self.near {
            let wanted = near.take(Bare { at: found.at, seqnum, moment, items: self.items.clone() });
            return self.visit_all(wanted, visit);
        }
        let class = self.class_of_items(found.at);
        if !self.stats.note(moment, class & KERNEL != 0) {
            self.damage.limit(sentence!("join-journal-many-boots"));
        }
        let kernel = class & (KERNEL | KERNEL_NAME) != 0;
        if class & WANTED == 0 && !(kernel && self.open) {
            return;
        }
        let next = self.visit(found.at, seqnum, moment, visit);
        if kernel {
            self.open = next == Next::More;
        }
    }

    fn visit_all(&mut self, entries: Vec<Bare>, visit: &mut dyn FnMut(&Entry<'_>) -> Next) {
        for entry in entries {
            self.items = entry.items;
            self.visit(entry.at, entry.seqnum, entry.moment, visit);
        }
    }

    fn visit(&mut self, offset: u64, seqnum: u64, moment: Moment, visit: &mut dyn FnMut(&Entry<'_>) -> Next) -> Next {
        self.fields.gather(&self.items, &mut self.damage);
        self.stats.visited = self.stats.visited.saturating_add(1);
        visit(&Entry {
            offset,
            seqnum,
            realtime_us: moment.realtime_us,
            monotonic_us: moment.monotonic_us,
            boot: moment.boot,
            machine: self.header.machine,
            fields: &self.fields.pairs(),
        })
    }

    /// All that is known of the objects that the entry at `at` refers to.
    fn class_of_items(&mut self, at: u64) -> u8 {
        let class = self.items.iter().fold(0, |class, item| class | self.interest.class(*item));
        match self.items.iter().max() {
            Some(last) if *last > at => class | self.class_of_later_items(at),
            _ => class,
        }
    }

    /// Objects that stand behind their entry: journald never writes that, but what is read can still be told.
    fn class_of_later_items(&mut self, at: u64) -> u8 {
        let mut class = 0;
        for &item in self.items.iter().filter(|item| **item > at) {
            self.forward = self.forward.saturating_add(1);
            if self.forward > FORWARD_MAX {
                self.damage.limit(sentence!("join-journal-many-references"));
                break;
            }
            if let Some(text) = self.fields.payload_start(item, &mut self.damage) {
                class |= classify(text, self.filter);
            }
        }
        class
    }
}

/// What a field makes of its entries.
fn classify(text: &[u8], filter: &Filter<'_>) -> u8 {
    match text {
        b"_TRANSPORT=kernel" => KERNEL,
        b"SYSLOG_IDENTIFIER=kernel" => KERNEL_NAME,
        _ => match text.strip_prefix(MESSAGE) {
            Some(message) if (filter.wanted)(&message[..message.len().min(WANTED_MAX)]) => WANTED,
            _ => 0,
        },
    }
}
