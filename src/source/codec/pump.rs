//! Drives a library that is fed slices (zlib, liblzma, zstd, bzip2) over an input with any number of members.

use super::{Decode, Failure, Peek};
use crate::sentence;
use crate::source::limits::Watch;

/// What one call of a library did.
#[derive(Debug, Default)]
pub(in crate::source) struct Progress {
    /// Bytes it took.
    pub(in crate::source) read: usize,
    /// Bytes it gave.
    pub(in crate::source) written: usize,
    /// The member is complete.
    pub(in crate::source) ended: bool,
    /// What it found wrong after giving those.
    pub(in crate::source) failure: Option<Failure>,
}

/// A library that is fed slices.
pub(in crate::source) trait Push: Send {
    /// One call. `last`: `input` is empty and there is no more.
    fn push(&mut self, input: &[u8], output: &mut [u8], last: bool) -> Progress;
    /// Gets ready for another member.
    fn restart(&mut self) -> Result<(), Failure>;
    /// How many bytes to offer at once.
    fn appetite(&self) -> usize {
        usize::MAX
    }
}

impl<P: Push + ?Sized> Push for &mut P {
    fn push(&mut self, input: &[u8], output: &mut [u8], last: bool) -> Progress {
        (**self).push(input, output, last)
    }
    fn restart(&mut self) -> Result<(), Failure> {
        (**self).restart()
    }
    fn appetite(&self) -> usize {
        (**self).appetite()
    }
}

/// Whether, and how, members follow each other.
pub(in crate::source) struct Members<'a> {
    /// Whether these bytes begin another member.
    pub(in crate::source) starts: fn(&[u8]) -> bool,
    /// Name of the codec, for remarks.
    pub(in crate::source) codec: &'static str,
    /// Whom to tell of bytes that do not belong to the stream, and for which path.
    pub(in crate::source) watch: &'a Watch,
    /// Path.
    pub(in crate::source) path: String,
}

impl Members<'_> {
    /// Looks for another member: skips zero bytes (tapes and block devices pad with them, xz allows them between
    /// streams), and remarks on anything else.
    pub(in crate::source) fn another(&self, input: &mut impl Peek) -> Result<bool, Failure> {
        loop {
            let at_hand = input.fill()?;
            if at_hand.is_empty() {
                return Ok(false);
            }
            let zeros = at_hand.iter().take_while(|b| **b == 0).count();
            if zeros == 0 {
                break;
            }
            input.consume(zeros);
        }
        if (self.starts)(input.peek(18)?) {
            return Ok(true);
        }
        let codec = self.codec;
        self.watch.note(&self.path, sentence!("join-bytes-after-end", codec = codec));
        Ok(false)
    }
}

enum State {
    Member,
    Between,
    End,
}

/// A [`Push`] library with its input. Without [`Members`] it stops behind the first member and leaves the input there.
pub(in crate::source) struct Pump<'a, P, I> {
    library: P,
    input: I,
    members: Option<Members<'a>>,
    state: State,
    failure: Option<Failure>,
}

impl<'a, P: Push, I: Peek> Pump<'a, P, I> {
    /// A pump at the start of the first member.
    pub(in crate::source) fn new(library: P, input: I, members: Option<Members<'a>>) -> Self {
        Pump { library, input, members, state: State::Member, failure: None }
    }

    /// A pump behind some member.
    #[cfg(feature = "native-codecs")]
    pub(in crate::source) fn between(library: P, input: I, members: Members<'a>) -> Self {
        Pump { library, input, members: Some(members), state: State::Between, failure: None }
    }

    /// Begins anew with another input.
    #[cfg(feature = "native-codecs")]
    pub(in crate::source) fn renew(&mut self, input: I) -> Result<(), Failure> {
        (self.input, self.state, self.failure) = (input, State::Member, None);
        self.library.restart()
    }

    /// The input.
    #[cfg(feature = "native-codecs")]
    pub(in crate::source) fn input(&mut self) -> &mut I {
        &mut self.input
    }

    fn next_member(&mut self) -> Result<(), Failure> {
        let more = match &self.members {
            Some(members) => members.another(&mut self.input)?,
            None => false,
        };
        self.state = if more { State::Member } else { State::End };
        if more { self.library.restart() } else { Ok(()) }
    }

    /// One call of the library; `Some` when there is something to give or the end.
    fn step(&mut self, out: &mut [u8]) -> Result<Option<usize>, Failure> {
        let input = self.input.fill()?;
        let last = input.is_empty();
        let offered = &input[..input.len().min(self.library.appetite())];
        let progress = self.library.push(offered, out, last);
        self.input.consume(progress.read);
        if progress.ended {
            self.state = State::Between;
        }
        self.failure = progress.failure;
        if progress.written > 0 {
            return Ok(Some(progress.written));
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        match (progress.ended || progress.read > 0, last) {
            (true, _) => Ok(None),
            (false, true) => Err(Failure::Cut),
            (false, false) => Err(Failure::Damaged(sentence!("join-decoder-stuck"))),
        }
    }
}

impl<P: Push, I: Peek> Decode for Pump<'_, P, I> {
    fn decode(&mut self, out: &mut [u8]) -> Result<usize, Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        loop {
            match self.state {
                State::End => return Ok(0),
                State::Between => self.next_member()?,
                State::Member => {
                    if let Some(n) = self.step(out)? {
                        return Ok(n);
                    }
                }
            }
        }
    }
}
