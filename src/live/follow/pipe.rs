//! Standard input and named pipes: a thread reads them, because a read may wait for ever.

use crate::scan::{Growing, Part, Reader};
use crate::source::{FileKind, FoundFile};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::thread;

/// Bytes read at once.
const PIECE: usize = 64 * 1024;
/// Pieces that wait at most: then the writer has to.
const PIECES: usize = 64;

/// A pipe.
pub(super) struct Pipe {
    pieces: Receiver<Vec<u8>>,
    growing: Growing,
    ended: bool,
}

impl Pipe {
    /// Begins to read.
    pub(super) fn open(found: &FoundFile, reader: &Reader) -> Self {
        let (give, pieces) = mpsc::sync_channel(PIECES);
        let (kind, path) = (found.kind, found.path.clone());
        thread::spawn(move || pump(kind, path, &give));
        let mut growing = reader.growing(&found.path.to_string_lossy(), found.root);
        growing.watch_all();
        Self { pieces, growing, ended: false }
    }

    /// Takes what has come. False when none of it can say anything.
    pub(super) fn read(&mut self, reader: &Reader) -> bool {
        let mut any = false;
        while !self.ended {
            match self.pieces.try_recv() {
                Ok(piece) => any |= self.growing.push(&piece, reader),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    // The last line may lack its line feed.
                    self.growing.push(b"\n", reader);
                    self.ended = true;
                    any = true;
                }
            }
        }
        self.growing.forget_if_above(super::EVENTS_MAX);
        any
    }

    /// Nothing will come any more.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// What was found so far.
    pub(super) fn part(&self) -> Part {
        self.growing.part()
    }
}

/// Reads to the end; an error is an end.
fn pump(kind: FileKind, path: PathBuf, give: &SyncSender<Vec<u8>>) {
    let mut input: Box<dyn Read> = match kind {
        FileKind::Stdin => Box::new(io::stdin()),
        _ => match File::open(path) {
            Ok(file) => Box::new(file),
            Err(_) => return,
        },
    };
    let mut buffer = vec![0u8; PIECE];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => {
                if give.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
