//! Text carriers: from physical lines to [`Record`]s.
//!
//! A carrier is what a tool puts around a text: `[ 1260.571854] ` by dmesg, a date and a host by syslog, an object by
//! `journalctl -o json`. One file a carrier; `peel` decides by the shape of a line alone which one it has, so that the same line
//! gives the same record wherever reading begins (the scan jumps from find to find). What a line cannot show by itself is kept
//! here: the record that may go on in the next line, blocks of several lines, and the boots.
//!
//! Never more than one carrier is peeled, and one wrapper around it: a process may be called `[    1.2]`.

mod blocks;
mod boots;
mod broken;
mod bytes;
mod carrier;
mod comma;
mod ctime;
mod dmesg;
mod dmesg_json;
mod entry;
mod escape;
mod export;
mod held;
mod httpd;
mod iso;
mod journal_fields;
mod json;
mod kmsg;
mod lateness;
mod nxos;
mod peel;
mod program;
mod shipped;
mod start;
mod syslog;
mod syslog5424;
mod tag;
mod verbose;
mod wrap;
mod wrapped;

#[cfg(test)]
mod carrier_tests;
#[cfg(test)]
mod multiline_tests;
#[cfg(test)]
mod property_tests;

pub use boots::Boots;
pub use journal_fields::{JOURNAL_FIELD_PREFIXES, JOURNAL_FIELDS, is_wanted_journal_field, record_from_fields};
pub use start::{begins_record, record_start};

use crate::event::{Event, Evidence, Fact, KernelNote, SourceId, Stamp};
use crate::record::{Record, Transport, unquoted};
use crate::sentence;
use blocks::{Block, Made, Place};
use carrier::{Carrier, Line};
use held::Held;
use peel::{Peeled, peel};
use verbose::Verbose;

/// What a line holds whose words cannot be found in its bytes: journalctl prints a message that is no text, or that holds
/// control characters, as an array of byte numbers (`"MESSAGE":[79,117,116,...]`).
pub const NEEDLES: &[&str] = &["\"MESSAGE\":[", "\"MESSAGE\": [", "\"MESSAGE\" : ["];

/// Events that wait for [`Framer::take_events`] at most; more say nothing new.
const EVENTS_MAX: usize = 4096;

/// What takes records.
type Sink<'s> = &'s mut dyn FnMut(&Record<'_>);

/// Turns the physical lines of one source into records.
#[derive(Debug, Clone)]
pub struct Framer {
    source: SourceId,
    held: Held,
    block: Block,
    boots: Boots,
    events: Vec<Event>,
    counts: [u32; Carrier::COUNT],
    /// Where the next line begins if none is skipped.
    expected: Option<u64>,
    /// Sequence number of the last `/dev/kmsg` record, as long as no line was skipped.
    sequence: Option<u64>,
    /// The last line was a further line of the held record, so that the next one may be, too.
    continued: bool,
    /// For lines whose colours were removed.
    scratch: Vec<u8>,
}

impl Framer {
    /// A framer for a source.
    pub fn new(source: SourceId) -> Self {
        Framer {
            source,
            held: Held::default(),
            block: Block::None,
            boots: Boots::default(),
            events: Vec::new(),
            counts: [0; Carrier::COUNT],
            expected: None,
            sequence: None,
            continued: false,
            scratch: Vec::new(),
        }
    }

    /// Offers one physical line (without its line feed; a carriage return at its end is removed here). Completed records go to
    /// `sink`. The record of this line is usually held back until the next line shows that it is not continued.
    ///
    /// `number` counts lines from 1, `offset` is where the line begins. A line that does not begin where the last one ended
    /// closes what was open, as [`Framer::flush`] does.
    pub fn push(&mut self, line: &[u8], number: u64, offset: u64, sink: &mut dyn FnMut(&Record<'_>)) {
        if self.expected.is_some_and(|expected| offset != expected && offset != expected.saturating_add(1)) {
            self.flush(sink);
        }
        self.expected = Some(offset.saturating_add(line.len() as u64).saturating_add(1));
        let line = if offset == 0 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
        let place = Place { number, offset };
        self.continued = false;
        if !self.in_open_block(line, place, sink) {
            self.text(line, place, sink);
        }
    }

    /// Emits what is held back. Called at the end, and before the caller skips ahead in the source.
    pub fn flush(&mut self, sink: &mut dyn FnMut(&Record<'_>)) {
        if let Some(made) = self.block.finish() {
            self.emit_made(&made, sink);
        }
        self.emit_held(sink);
        self.expected = None;
        self.sequence = None;
        self.continued = false;
    }

    /// True while a record of several lines is incomplete and needs the following ones: a block (json-pretty, export, verbose,
    /// `dmesg -J`) that is not closed, a part of a container's line, and after a line that continued the record before it
    /// (`Mem-Info:` is one record of six lines). So it is enough to push one line after a find, and then on until this is false.
    pub fn in_block(&self) -> bool {
        self.block.is_incomplete() || self.continued || self.held.is_part()
    }

    /// The carrier of most records so far: `dmesg`, `dmesg-ctime`, `syslog`, `syslog-iso`, `journal-short`, `kmsg`, `cri`, `plain`
    /// ... `plain` before there is any. Where two have the same number, the one that is first in the list of carriers.
    pub fn kind(&self) -> &'static str {
        let most = self.counts.iter().copied().max().unwrap_or_default();
        Carrier::name(self.counts.iter().position(|count| *count == most).unwrap_or_default())
    }

    /// What the carrier itself told since the last call: boot markers, lost records, texts that journalctl hid.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Whether there is something to take.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Offers a line to the open block; true when it was taken.
    fn in_open_block(&mut self, line: &[u8], place: Place, sink: Sink<'_>) -> bool {
        if matches!(self.block, Block::None) {
            return false;
        }
        let taken = self.block.take(line, place);
        if let Some(made) = taken.made {
            self.emit_made(&made, sink);
        }
        taken.consumed
    }

    /// A line outside of blocks.
    fn text(&mut self, line: &[u8], place: Place, sink: Sink<'_>) {
        let (text, console) = match line.strip_suffix(b"\r") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        let changed = escape::strip_colours(text, &mut scratch) || escape::plain_blanks(text, &mut scratch);
        let plain = if changed { scratch.as_slice() } else { text };
        let indented = matches!(plain.first(), Some(b' ' | b'\t'));
        self.continued =
            indented && (self.held.take_indented(plain) || self.held.is_kmsg() && kmsg::is_dictionary(plain));
        if !self.continued {
            self.peeled(plain, text, console, place, sink);
        }
        self.scratch = scratch;
    }

    /// A line that begins something new. `raw` is the line with its colours.
    fn peeled(&mut self, text: &[u8], raw: &[u8], console: bool, place: Place, sink: Sink<'_>) {
        // Most lines have the date, host and tag of the line before: those need not be read again.
        if let Some(found) = self.held.again(text).filter(|_| raw.len() == text.len()) {
            self.emit_held(sink);
            self.count(self.held.carrier());
            self.held.put_again(&found, raw, place.number, place.offset);
            self.note_hidden(found.transport, &found.message, raw, place);
            return;
        }
        let text = match peel::dropped(text) {
            Some((count, rest)) => {
                self.note_dropped(count, raw, place);
                text.get(rest..).unwrap_or_default()
            }
            None => text,
        };
        match peel(text) {
            Peeled::Line(mut line) => {
                if raw.len() != text.len() {
                    line.head = 0;
                }
                if console && line.carrier == Carrier::Dmesg {
                    line.carrier = Carrier::Console;
                }
                self.line(&line, raw, place, sink);
            }
            Peeled::Plain if self.held.take_rest(unquoted(text)) => self.continued = true,
            Peeled::Plain => self.line(&Line::new(Carrier::Plain, text), raw, place, sink),
            Peeled::Nothing => {}
            Peeled::Journal(object) => {
                self.emit_held(sink);
                self.journal_object(&object, text, place, sink);
            }
            Peeled::Marker(id) => {
                self.emit_held(sink);
                self.boots.marker(id);
                let stamp = Stamp { boot: id, ..self.boots.stamp() };
                self.event(stamp, raw, place, KernelNote::BootMarker);
            }
            Peeled::PstorePart => {
                self.emit_held(sink);
                self.boots.forget_uptime();
                // It goes out as a record too: what follows does not go on with an open OOM report.
                self.held.put(&Line::new(Carrier::Plain, text), raw, place.number, place.offset);
            }
            Peeled::Export => {
                self.open(Block::Export(Box::new(export::Export::begin(text, place.number, place.offset))), sink)
            }
            Peeled::Verbose => {
                if let Some(entry) = verbose::header(text, place.number, place.offset) {
                    self.open(Block::Verbose(Box::new(Verbose::new(entry))), sink);
                }
            }
            Peeled::Brace => self.open(Block::Brace(place), sink),
        }
    }

    /// Opens a block.
    fn open(&mut self, block: Block, sink: Sink<'_>) {
        self.emit_held(sink);
        self.block = block;
    }

    /// A line with its own carrier: the record before it is complete, unless this is the next part of it.
    fn line(&mut self, line: &Line<'_>, raw: &[u8], place: Place, sink: Sink<'_>) {
        if self.held.take_part(line) {
            return;
        }
        self.emit_held(sink);
        self.count(line.carrier);
        self.held.put(line, raw, place.number, place.offset);
        if let Some(sequence) = line.sequence {
            self.note_sequence(sequence, raw, place);
        }
        self.note_hidden(line.transport, &line.message, raw, place);
    }

    /// An object of `journalctl -o json`.
    fn journal_object(&mut self, object: &json::Object<'_>, raw: &[u8], place: Place, sink: Sink<'_>) {
        self.count(Carrier::JournalJson);
        let fields = object.journal_fields();
        let mut record = record_from_fields(self.source, Some(place.number), place.offset, None, None, None, &fields);
        // A longer line would be cut in the evidence, perhaps before the message: the message stands for it then.
        if raw.len() <= crate::event::EVIDENCE_TEXT_MAX {
            record.raw = raw.into();
        }
        self.boots.note(&mut record);
        sink(&record);
        if object.message_left_out() && record.transport == Transport::Kernel {
            let stamp = record.stamp;
            let what = sentence!("join-gap-left-out");
            self.event(stamp, raw, place, KernelNote::Lost { count: Some(1), what });
        }
    }

    /// Emits the held record.
    fn emit_held(&mut self, sink: Sink<'_>) {
        if self.held.active {
            self.held.active = false;
            let mut record = self.held.record(self.source);
            self.boots.note(&mut record);
            sink(&record);
        }
    }

    /// Emits what a block made.
    fn emit_made(&mut self, made: &Made, sink: Sink<'_>) {
        match made {
            Made::Entry(entry) => {
                self.count(blocks::carrier_of(made));
                entry.with_record(self.source, |mut record| {
                    self.boots.note(&mut record);
                    sink(&record);
                });
            }
            Made::Object(place, text) => {
                if let Some(object) = json::object(text).filter(json::Object::is_journal) {
                    self.journal_object(&object, &[], *place, sink);
                }
            }
            Made::Dmesg(place, record) => {
                self.count(blocks::carrier_of(made));
                self.held.put(&record.line(), &[], place.number, place.offset);
                self.emit_held(sink);
            }
        }
    }

    /// Counts a record of a carrier.
    fn count(&mut self, carrier: Carrier) {
        if let Some(count) = self.counts.get_mut(carrier.index()) {
            *count = count.saturating_add(1);
        }
    }

    /// Notes records that the ring buffer lost: the sequence numbers of `/dev/kmsg` have no gaps otherwise.
    fn note_sequence(&mut self, sequence: u64, raw: &[u8], place: Place) {
        let lost = self.sequence.and_then(|last| sequence.checked_sub(last)).and_then(|step| step.checked_sub(1));
        self.sequence = Some(sequence);
        if let Some(count) = lost.filter(|count| *count > 0) {
            let what = sentence!("join-gap-sequence", count = count);
            self.event(self.boots.stamp(), raw, place, KernelNote::Lost { count: Some(count), what });
        }
    }

    /// Notes lines that the console dropped.
    fn note_dropped(&mut self, count: u64, raw: &[u8], place: Place) {
        let what = sentence!("join-gap-console", count = count);
        self.event(self.boots.stamp(), raw, place, KernelNote::Lost { count: Some(count), what });
    }

    /// Notes a kernel line whose text journalctl hid: `[35B blob data]` stands for bytes that are no printable text.
    fn note_hidden(&mut self, transport: Transport, message: &[u8], raw: &[u8], place: Place) {
        if transport != Transport::Kernel || !message.ends_with(b"B blob data]") {
            return;
        }
        let what = sentence!("join-gap-hidden", shown = String::from_utf8_lossy(message));
        self.event(self.boots.stamp(), raw, place, KernelNote::Lost { count: Some(1), what });
    }

    /// Keeps an event for [`Framer::take_events`].
    fn event(&mut self, stamp: Stamp, raw: &[u8], place: Place, note: KernelNote) {
        if self.events.len() < EVENTS_MAX {
            let evidence = vec![Evidence::new(self.source, Some(place.number), place.offset, raw)];
            self.events.push(Event { stamp, host: None, evidence, fact: Fact::Kernel(note) });
        }
    }
}
