//! What the errors of streams say, as sentences: of this program, or in the words of the system or of a library.

use crate::language::Sentence;
use crate::sentence;
use std::fmt::Display;
use std::io::{self, ErrorKind};

/// What an error says.
pub fn words(e: &io::Error) -> Sentence {
    own(e).cloned().unwrap_or_else(|| quoted(e))
}

/// The words of others, as they are.
pub(super) fn quoted(text: impl Display) -> Sentence {
    sentence!("join-words-of-others", text = text.to_string())
}

/// An error in plain words.
pub(super) fn reason(e: &io::Error) -> Sentence {
    match e.kind() {
        ErrorKind::NotFound => sentence!("join-no-such-file"),
        ErrorKind::PermissionDenied => no_permission(),
        // The number says nothing that the words do not.
        _ => own(e).cloned().unwrap_or_else(|| quoted(e.to_string().split(" (os error").next().unwrap_or_default())),
    }
}

/// That a file may not be read.
pub(super) fn no_permission() -> Sentence {
    sentence!("join-no-permission")
}

/// That there is nothing in a file.
pub(super) fn empty() -> Sentence {
    sentence!("join-empty")
}

/// The same error again: those of the system cannot be cloned.
pub(super) fn again(e: &io::Error) -> io::Error {
    match own(e) {
        Some(sentence) => io::Error::new(e.kind(), sentence.clone()),
        None => io::Error::new(e.kind(), e.to_string()),
    }
}

fn own(e: &io::Error) -> Option<&Sentence> {
    e.get_ref()?.downcast_ref()
}
