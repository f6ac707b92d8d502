//! zstd frames that follow each other, decoded side by side: `pzstd`, the seekable format and files put one behind the other
//! consist of many. Where a frame ends is told by the headers of its blocks, so that it can be taken out whole. Anything
//! else (a long frame, a damaged header, the end, what is no frame) is left to the decoder that reads a stream.

use super::zstd::{Header, Zstd};
use super::{Decode, Failure, Input, Members, Peek, Pump};
use crate::sentence;
use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A frame is taken whole up to so many packed bytes,
const PACKED_MAX: usize = 8 << 20;
/// decoded ahead up to so many bytes (`pzstd` makes frames of 8 MiB),
const AHEAD_MAX: usize = 16 << 20;
/// and only when its window is no larger: each frame has one of its own.
const WINDOW_MAX: u64 = 8 << 20;
/// Frames that are decoded at a time: other files are read at the same time.
const THREADS: usize = 4;
/// Room for a block's text (RFC 8878, 3.1.1.2.3).
const BLOCK_MAX: usize = 128 << 10;

/// A stream of frames.
pub(super) struct Frames<'a> {
    /// Makes a decoder for a frame.
    open: Box<dyn Fn() -> io::Result<Zstd> + Send + 'a>,
    /// What comes after the frames that were taken; `None` once the stream's decoder has it.
    input: Option<Input<'a>>,
    /// The part of a frame that was taken but is not whole.
    left: Vec<u8>,
    members: Option<Members<'a>>,
    /// No more frames are taken.
    over: bool,
    ahead: VecDeque<Arc<Mutex<Frame>>>,
    /// Frames that were given, with a decoder and buffers to use again.
    spare: Vec<Arc<Mutex<Frame>>>,
    rest: Option<Pump<'a, Zstd, Input<'a>>>,
}

impl<'a> Frames<'a> {
    /// A decoder for the frames of an input.
    ///
    /// # Errors
    /// The library gives no decoder.
    pub(super) fn new(
        mut input: Input<'a>,
        members: Members<'a>,
        open: Box<dyn Fn() -> io::Result<Zstd> + Send + 'a>,
    ) -> Result<Self, Failure> {
        let mut frames = Frames {
            rest: None,
            left: Vec::new(),
            over: false,
            ahead: VecDeque::new(),
            spare: Vec::new(),
            open,
            input: None,
            members: Some(members),
        };
        let first = if threads() > 1 { whole_frame(&mut input, Vec::new()) } else { Err(Vec::new()) };
        match first {
            Ok(packed) if input.peek(18).is_ok_and(super::zstd::is_zstd) => {
                frames.input = Some(input);
                frames.start(packed)?;
            }
            // One frame alone is decoded as it is read.
            Ok(packed) | Err(packed) => {
                let pump = Pump::new((frames.open)()?, put_back(packed, input), frames.members.take());
                (frames.rest, frames.over) = (Some(pump), true);
            }
        }
        Ok(frames)
    }

    /// Begins to decode a frame.
    fn start(&mut self, packed: Vec<u8>) -> Result<(), Failure> {
        let frame = match self.spare.pop() {
            Some(used) => used,
            None => Arc::new(Mutex::new(Frame::new((self.open)()?))),
        };
        lock(&frame).renew(packed)?;
        let job = Arc::clone(&frame);
        rayon::spawn(move || {
            // A decoder that panics loses its own frame: what comes of it says so.
            _ = catch_unwind(AssertUnwindSafe(|| lock(&job).decode_ahead()));
        });
        self.ahead.push_back(frame);
        Ok(())
    }

    /// Takes frames until enough of them are ahead.
    fn refill(&mut self) -> Result<(), Failure> {
        while !self.over && self.ahead.len() <= threads() {
            let Some(input) = &mut self.input else { break };
            let room = self.spare.last().map(|used| lock(used).room());
            match whole_frame(input, room.unwrap_or_default()) {
                Ok(packed) => self.start(packed)?,
                Err(left) => (self.left, self.over) = (left, true),
            }
        }
        Ok(())
    }

    /// All frames that were taken are given: the rest is a stream.
    fn stream(&mut self) -> io::Result<()> {
        if let (Some(input), Some(members)) = (self.input.take(), self.members.take()) {
            let input = put_back(std::mem::take(&mut self.left), input);
            self.rest = Some(Pump::between((self.open)()?, input, members));
        }
        Ok(())
    }
}

impl Decode for Frames<'_> {
    fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
        loop {
            if let Some(rest) = &mut self.rest {
                return rest.decode(out);
            }
            self.refill()?;
            let Some(frame) = self.ahead.front() else {
                self.stream()?;
                if self.rest.is_none() {
                    return Ok(0);
                }
                continue;
            };
            let mut frame = lock(frame);
            match frame.give(out)? {
                0 => {
                    drop(frame);
                    self.spare.extend(self.ahead.pop_front());
                }
                n => return Ok(n),
            }
        }
    }
}

/// A frame, taken whole.
struct Frame {
    pump: Pump<'static, Zstd, Packed>,
    /// What was decoded ahead: `text[given..filled]` is still to be given.
    text: Vec<u8>,
    filled: usize,
    given: usize,
    begun: bool,
    /// How it ended, once it did.
    end: Option<Result<(), Failure>>,
}

impl Frame {
    /// Without anything in it.
    fn new(library: Zstd) -> Self {
        let pump = Pump::new(library, Packed::default(), None);
        Frame { pump, text: Vec::new(), filled: 0, given: 0, begun: true, end: None }
    }

    /// Puts another frame in the place of the one that was given.
    fn renew(&mut self, packed: Vec<u8>) -> Result<(), Failure> {
        self.pump.renew(Packed { bytes: packed, at: 0 })?;
        (self.filled, self.given, self.begun, self.end) = (0, 0, false, None);
        Ok(())
    }

    /// The buffer of the packed bytes of a frame that was given.
    fn room(&mut self) -> Vec<u8> {
        let mut room = std::mem::take(&mut self.pump.input().bytes);
        room.clear();
        room
    }

    /// Decodes as much as may be kept, where nobody has done so yet.
    fn decode_ahead(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        // This stays when the library panics.
        self.end = Some(Err(Failure::Damaged(sentence!("join-decoder-gave-up"))));
        self.end = loop {
            if self.filled >= AHEAD_MAX {
                break None;
            }
            if self.text.len() < self.filled + BLOCK_MAX {
                self.text.resize((self.text.len() * 2).clamp(2 * BLOCK_MAX, AHEAD_MAX) + BLOCK_MAX, 0);
            }
            match self.pump.decode(&mut self.text[self.filled..]) {
                Ok(0) => break Some(Ok(())),
                Ok(n) => self.filled += n,
                Err(failure) => break Some(Err(failure)),
            }
        };
    }

    /// Gives what comes next; 0 at the end.
    fn give(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
        self.decode_ahead();
        let kept = &self.text[self.given..self.filled];
        if !kept.is_empty() {
            let n = kept.len().min(out.len());
            out[..n].copy_from_slice(&kept[..n]);
            self.given += n;
            return Ok(n);
        }
        match self.end.take() {
            Some(end) => end.map(|()| 0),
            None => self.pump.decode(out),
        }
    }
}

/// Bytes at hand as an input.
#[derive(Default)]
struct Packed {
    bytes: Vec<u8>,
    at: usize,
}

impl Peek for Packed {
    fn fill(&mut self) -> io::Result<&[u8]> {
        Ok(&self.bytes[self.at..])
    }

    fn peek(&mut self, n: usize) -> io::Result<&[u8]> {
        Ok(&self.bytes[self.at..self.bytes.len().min(self.at + n)])
    }

    fn consume(&mut self, n: usize) {
        self.at = self.bytes.len().min(self.at + n);
    }
}

fn threads() -> usize {
    rayon::current_num_threads().min(THREADS)
}

fn lock(frame: &Mutex<Frame>) -> MutexGuard<'_, Frame> {
    frame.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The input as it was before some bytes were taken from it.
fn put_back(taken: Vec<u8>, input: Input<'_>) -> Input<'_> {
    if taken.is_empty() { input } else { Input::new(Box::new(Cursor::new(taken).chain(input))) }
}

/// Takes the frame that comes next, or a skippable one. What was taken of it where it cannot be taken whole.
fn whole_frame(input: &mut Input<'_>, room: Vec<u8>) -> Result<Vec<u8>, Vec<u8>> {
    let mut taken = room;
    match take_frame(input, &mut taken) {
        Some(()) => Ok(taken),
        None => Err(taken),
    }
}

fn take_frame(input: &mut Input<'_>, taken: &mut Vec<u8>) -> Option<()> {
    let head = input.peek(18).ok()?;
    if let Some(length) = super::lz4::skippable(head) {
        return take(input, taken, usize::try_from(length).ok()?);
    }
    let header = Header::read(head).filter(|header| header.window <= WINDOW_MAX)?;
    // A long frame is decoded as it is read.
    if header.content.is_some_and(|bytes| bytes > 4 * AHEAD_MAX as u64) {
        return None;
    }
    take(input, taken, header.length)?;
    loop {
        take(input, taken, 3)?;
        // Block header (RFC 8878, 3.1.1.2): whether it is the last, its type, its size; of a repeated byte only the one is there.
        let block = taken.last_chunk::<3>().map(|b| u32::from_le_bytes([b[0], b[1], b[2], 0]))?;
        let size = match block >> 1 & 3 {
            0 | 2 => usize::try_from(block >> 3).ok()?,
            1 => 1,
            _ => return None,
        };
        take(input, taken, size)?;
        if block & 1 == 1 {
            return take(input, taken, if header.checksum { 4 } else { 0 });
        }
    }
}

/// Takes `n` bytes; `None` when there are not so many, or when it is too much for one frame.
fn take(input: &mut Input<'_>, taken: &mut Vec<u8>, n: usize) -> Option<()> {
    let mut left = n;
    if taken.len() + n > PACKED_MAX {
        return None;
    }
    while left > 0 {
        let at_hand = input.fill().ok().filter(|bytes| !bytes.is_empty())?;
        let part = &at_hand[..at_hand.len().min(left)];
        taken.extend_from_slice(part);
        left -= part.len();
        let part = part.len();
        input.consume(part);
    }
    Some(())
}
