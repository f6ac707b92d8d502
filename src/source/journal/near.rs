//! Entries at known places and their neighbours, for those who show what stands around an entry. Only headers are looked at
//! until such a place comes, so this is the cheapest of all walks.

use super::stats::Moment;
use std::collections::VecDeque;

/// Entries before and after each place.
pub(super) const AROUND: usize = 2;

/// An entry whose fields were not fetched.
pub(super) struct Bare {
    pub(super) at: u64,
    pub(super) seqnum: u64,
    pub(super) moment: Moment,
    pub(super) items: Vec<u64>,
}

/// Which entries of a walk stand near the places.
pub(super) struct Near<'p> {
    /// Ascending.
    places: &'p [u64],
    /// The last entries that nobody wanted so far.
    before: VecDeque<Bare>,
    /// How many more are wanted.
    after: usize,
}

impl<'p> Near<'p> {
    pub(super) fn new(places: &'p [u64]) -> Self {
        Self { places, before: VecDeque::new(), after: 0 }
    }

    /// Takes the next entry of the file; gives those that are wanted by now, in order.
    pub(super) fn take(&mut self, entry: Bare) -> Vec<Bare> {
        if self.places.binary_search(&entry.at).is_ok() {
            self.after = AROUND;
            return self.before.drain(..).chain([entry]).collect();
        }
        if let Some(after) = self.after.checked_sub(1) {
            self.after = after;
            return vec![entry];
        }
        self.before.push_back(entry);
        if self.before.len() > AROUND {
            self.before.pop_front();
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_come_once_and_in_order() {
        let taken = |places: &[u64]| -> Vec<u64> {
            let mut near = Near::new(places);
            let moment = Moment { realtime_us: 0, monotonic_us: 0, boot: 0 };
            let bare = |at| Bare { at, seqnum: at, moment, items: Vec::new() };
            (1..=20).flat_map(|at| near.take(bare(at))).map(|entry| entry.at).collect()
        };
        assert_eq!(taken(&[10]), [8, 9, 10, 11, 12]);
        assert_eq!(taken(&[1, 3, 8, 9, 15]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17]);
        assert_eq!(taken(&[20, 99]), [18, 19, 20]);
        assert!(taken(&[]).is_empty());
    }
}
