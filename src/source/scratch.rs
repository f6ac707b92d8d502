//! Buffers that are used again. An archive may have a hundred thousand small members: making room for each anew costs as much as
//! reading it, and leaves holes between the few bytes that are kept of it, which nothing ever fills.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// The most buffers that a thread keeps.
const SPARE_MAX: usize = 6;
/// A larger one is given back.
const LENGTH_MAX: usize = 2 << 20;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer, of any content and length; it goes back to those that are spare when it is dropped.
pub(crate) struct Scratch(Vec<u8>);

impl Scratch {
    /// One of at least so many bytes.
    pub(crate) fn of(length: usize) -> Scratch {
        let mut bytes = SPARE.with_borrow_mut(|spare| {
            let fits = spare.iter().position(|bytes| bytes.len() >= length);
            fits.map(|at| spare.swap_remove(at)).or_else(|| spare.pop()).unwrap_or_default()
        });
        if bytes.len() < length {
            bytes.resize(length, 0);
        }
        Scratch(bytes)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.0);
        // A thread that ends may have none any more.
        let _ = SPARE.try_with(|spare| {
            if let Ok(mut spare) = spare.try_borrow_mut() {
                if spare.len() < SPARE_MAX && bytes.len() <= LENGTH_MAX {
                    spare.push(bytes);
                }
            }
        });
    }
}

impl Deref for Scratch {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_fits_is_used_again() {
        let mut first = Scratch::of(1000);
        first[999] = 7;
        let place = first.as_ptr();
        drop(first);
        let again = Scratch::of(500);
        assert_eq!((again.as_ptr(), again[999]), (place, 7));
        assert_eq!(Scratch::of(500)[499], 0);
        drop(Scratch::of(LENGTH_MAX + 1));
        assert!(SPARE.with_borrow(|spare| spare.iter().all(|bytes| bytes.len() <= LENGTH_MAX)));
    }
}
