//! How much later than the kernel wrote a line journald received it.
//!
//! The wall clock of a journal entry is that of its receipt. On a node that runs out of memory journald waits for memory too: of a kill
//! line that the kernel wrote at 162.513 s the entry may tell of 163.002 s, after the end of the container that was killed.
//! The entry holds both: `_SOURCE_MONOTONIC_TIMESTAMP` is the kernel's clock, `__MONOTONIC_TIMESTAMP` journald's.

/// Entries of so long a time tell how far the two clocks lie apart where nothing waits: the kernel's is not disciplined, and
/// drifts by seconds a week.
const WINDOW_US: u64 = 600_000_000;
/// More is not set back: a clock may have stood still (the machine slept), and other logs of a node that waits so long have the
/// time of the receipt, too.
const MOST_US: i64 = 10_000_000;

/// The least distance of the two clocks, in the kernel entries of one boot that went by last.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Lateness {
    /// When the window began, and the least in it.
    window: Option<(u64, i64)>,
    /// The least of the window before.
    before: Option<i64>,
}

impl Lateness {
    /// Microseconds by which an entry was late, beyond what the least late one lately was. `kernel_us` and `received_us`: its two
    /// clocks, microseconds since boot.
    pub(super) fn of(&mut self, kernel_us: u64, received_us: u64) -> i64 {
        let clock = |us: u64| i64::try_from(us).unwrap_or(i64::MAX);
        let apart = clock(received_us) - clock(kernel_us);
        match &mut self.window {
            Some((since, least)) if since.abs_diff(kernel_us) < WINDOW_US => *least = apart.min(*least),
            window => {
                let near = window.filter(|(since, _)| since.abs_diff(kernel_us) < 2 * WINDOW_US);
                self.before = near.map(|(_, least)| least);
                *window = Some((kernel_us, apart));
            }
        }
        let least = self.window.iter().map(|(_, least)| *least).chain(self.before).min().unwrap_or(apart);
        Some(apart.saturating_sub(least)).filter(|late| *late <= MOST_US).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(entries: &[(u64, u64)]) -> Vec<i64> {
        let mut lateness = Lateness::default();
        entries.iter().map(|(kernel, received)| lateness.of(*kernel, *received)).collect()
    }

    #[test]
    fn what_waited_is_told_from_clocks_that_lie_apart() {
        // The kernel's clock is 3 s behind.
        assert_eq!(late(&[(100, 3_000_120), (200, 3_000_210), (300, 3_500_310)]), [0, 0, 500_000]);
        // It goes ahead.
        assert_eq!(late(&[(9_000_000, 8_000_000), (9_100_000, 8_600_000)]), [0, 500_000]);
    }

    #[test]
    fn old_entries_tell_nothing_and_the_window_before_does() {
        let hour = 3_600_000_000;
        assert_eq!(late(&[(0, 10), (hour, hour + 5_000_000)]), [0, 0]);
        assert_eq!(late(&[(0, 10), (WINDOW_US + 1, WINDOW_US + 5_000_011)]), [0, 5_000_000]);
    }

    #[test]
    fn a_clock_that_stood_still_is_not_waiting() {
        let hour = 3_600_000_000;
        assert_eq!(late(&[(100, 110), (200, hour), (300, hour + 100)]), [0, 0, 0]);
    }

    #[test]
    fn stamps_that_cannot_be() {
        assert_eq!(late(&[(u64::MAX, 0), (u64::MAX - 1, u64::MAX), (0, u64::MAX)]), [0, 0, 0]);
    }
}
