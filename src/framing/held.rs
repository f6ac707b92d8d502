//! The record that is held back until the next line shows that it is complete. Its buffers are used again and again.

use super::broken;
use super::bytes::skip_blanks;
use super::carrier::{Carrier, Follow, Line};
use super::entry::VALUE_MAX;
use super::syslog::{self, Text};
use super::wrapped::{self, Joint};
use crate::event::{SourceId, Stamp, Wall};
use crate::record::{Record, Transport};
use std::borrow::Cow;

/// A text that may be missing, in a buffer that stays.
#[derive(Debug, Clone, Default)]
struct Slot {
    set: bool,
    text: String,
}

impl Slot {
    fn put(&mut self, value: Option<&str>) {
        self.set = value.is_some();
        self.text.clear();
        self.text.push_str(value.unwrap_or_default());
    }

    fn get(&self) -> Option<Cow<'_, str>> {
        self.set.then_some(Cow::Borrowed(self.text.as_str()))
    }
}

/// The held record.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    pub(super) active: bool,
    carrier: Option<Carrier>,
    number: u64,
    offset: u64,
    raw: Vec<u8>,
    wall: Option<Wall>,
    uptime_us: Option<u64>,
    host: Slot,
    ident: Slot,
    pid: Option<u32>,
    level: Option<u8>,
    transport: Transport,
    message: Vec<u8>,
    follow: Follow,
    /// [`Line::head`] of it, where `raw` begins with those bytes.
    head: usize,
}

impl Held {
    /// Reads a line that has the carrier, date, host and tag of the last one, as the bytes at its start tell.
    pub(super) fn again<'a>(&self, line: &'a [u8]) -> Option<Text<'a>> {
        let head = self.raw.get(..self.head).filter(|head| !head.is_empty())?;
        let ident = self.ident.set.then_some(self.ident.text.as_str());
        let found = syslog::read_text(ident, syslog::unwrap_repeated(line.strip_prefix(head)?));
        // What systemd writes into the kernel's log is taken further apart.
        let split = found.transport == Transport::Kernel && found.message.starts_with(b"systemd");
        (!split).then_some(found)
    }

    /// Takes a line that [`Self::again`] has read.
    pub(super) fn put_again(&mut self, text: &Text<'_>, raw: &[u8], number: u64, offset: u64) {
        self.active = true;
        (self.number, self.offset) = (number, offset);
        (self.transport, self.uptime_us) = (text.transport, text.uptime_us);
        self.message.clear();
        self.message.extend_from_slice(&text.message);
        self.raw.clear();
        self.raw.extend_from_slice(raw);
    }

    /// Takes a line. `raw` is the physical line for the evidence.
    pub(super) fn put(&mut self, line: &Line<'_>, raw: &[u8], number: u64, offset: u64) {
        self.active = true;
        self.carrier = Some(line.carrier);
        self.number = number;
        self.offset = offset;
        self.raw.clear();
        self.raw.extend_from_slice(raw);
        self.wall = line.wall;
        self.uptime_us = line.uptime_us;
        self.host.put(line.host);
        self.ident.put(line.ident);
        self.pid = line.pid;
        self.level = line.level;
        self.transport = line.transport;
        self.message.clear();
        self.message.extend_from_slice(&line.message);
        self.follow = line.follow;
        self.head = line.head;
    }

    /// The carrier of the last line.
    pub(super) fn carrier(&self) -> Carrier {
        self.carrier.unwrap_or(Carrier::Plain)
    }

    /// Offers a line that begins with a blank or a tab: true when it continues the record.
    pub(super) fn take_indented(&mut self, text: &[u8]) -> bool {
        let rest = match self.follow {
            _ if !self.active => return false,
            Follow::Blanks(width) if width > 0 && skip_blanks(text, 0) >= width => text.get(width..),
            Follow::Tab if text.first() == Some(&b'\t') || text.starts_with(b" >") => Some(text),
            _ => None,
        };
        rest.map(|rest| self.append(rest, true)).is_some()
    }

    /// Offers a bare line: true when it is the rest of a kernel line that broke within a name.
    pub(super) fn take_rest(&mut self, text: &[u8]) -> bool {
        if !self.active || self.transport == Transport::Program {
            return false;
        }
        if let Some(joint) = wrapped::joint(&self.message, text) {
            self.append_rest(text.trim_ascii(), joint);
            return true;
        }
        let prefixed = self.carrier != Some(Carrier::Plain);
        let completes = broken::may_complete(text) && broken::completes(&self.message, text, prefixed);
        if completes {
            self.append(text, true);
        }
        completes
    }

    /// Offers a container's line: true when the record is a part of a line and this one continues it.
    pub(super) fn take_part(&mut self, line: &Line<'_>) -> bool {
        let continues = self.active && self.carrier == Some(line.carrier) && self.follow == Follow::Part(line.stream);
        if continues {
            self.append(&line.message, false);
            self.follow = line.follow;
        }
        continues
    }

    /// Whether it is a part of a container's line, whose rest is to come.
    pub(super) fn is_part(&self) -> bool {
        self.active && matches!(self.follow, Follow::Part(_))
    }

    /// Whether a dictionary line of `/dev/kmsg` may follow.
    pub(super) fn is_kmsg(&self) -> bool {
        self.active && self.carrier == Some(Carrier::Kmsg)
    }

    /// Appends to the message, as far as there is room.
    fn append(&mut self, text: &[u8], line_feed: bool) {
        let room = VALUE_MAX.saturating_sub(self.message.len() + 1);
        if room == 0 {
            return;
        }
        if line_feed {
            self.message.push(b'\n');
        }
        self.message.extend_from_slice(text.get(..room).unwrap_or(text));
    }

    /// Appends the rest of a line that was too long.
    fn append_rest(&mut self, text: &[u8], joint: Joint) {
        let end = self.message.trim_ascii_end().len();
        self.message.truncate(end);
        if joint == Joint::Blank {
            self.append(b" ", false);
        }
        self.append(text, false);
    }

    /// The record.
    pub(super) fn record(&self, source: SourceId) -> Record<'_> {
        Record {
            source,
            line: Some(self.number),
            offset: self.offset,
            raw: Cow::Borrowed(&self.raw),
            stamp: Stamp { wall: self.wall, uptime_us: self.uptime_us, boot: None, epoch: 0 },
            received_us: None,
            host: self.host.get(),
            ident: self.ident.get(),
            pid: self.pid,
            unit: None,
            level: self.level,
            transport: self.transport,
            message: Cow::Borrowed(&self.message),
            fields: Vec::new(),
        }
    }
}
