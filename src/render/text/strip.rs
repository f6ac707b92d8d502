//! When it happened, as a small line of marks.

/// Narrowest strip: below it, marks say nothing.
pub(super) const MIN_CELLS: usize = 8;
/// Widest strip.
pub(super) const MAX_CELLS: usize = 24;

/// A strip over the time from `from_us` to `to_us`: `times_us` are instants, each with how often it happened then. With
/// block characters the height of a mark tells how often, else a digit does, and `+` is more than nine.
pub(super) fn strip(times_us: &[(i64, u64)], (from_us, to_us): (i64, i64), cells: usize, graphics: bool) -> String {
    let mut counts = vec![0u64; cells];
    for &(at_us, times) in times_us {
        if let Some(count) = counts.get_mut(cell(at_us, from_us, to_us, cells)) {
            *count = count.saturating_add(times);
        }
    }
    counts.into_iter().map(|count| mark(count, graphics)).collect()
}

fn cell(at_us: i64, from_us: i64, to_us: i64, cells: usize) -> usize {
    let whole = i128::from(to_us).saturating_sub(i128::from(from_us)).max(1);
    let past = i128::from(at_us).saturating_sub(i128::from(from_us)).clamp(0, whole);
    let last = cells.saturating_sub(1);
    // The first and the last instant are the middles of the first and the last cell.
    let scaled = past.saturating_mul(i128::try_from(last).unwrap_or(0)).saturating_mul(2).saturating_add(whole);
    usize::try_from(scaled / whole.saturating_mul(2)).unwrap_or(0).min(last)
}

fn mark(count: u64, graphics: bool) -> char {
    match (count, graphics) {
        (0, true) => '·',
        (1, true) => '▂',
        (2..=3, true) => '▄',
        (4..=9, true) => '▆',
        (_, true) => '█',
        (0, false) => '.',
        (1..=9, false) => u32::try_from(count).ok().and_then(|n| char::from_digit(n, 10)).unwrap_or('+'),
        (_, false) => '+',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(times: &[(i64, u64)], range: (i64, i64), graphics: bool) -> String {
        strip(times, range, 8, graphics)
    }

    #[test]
    fn marks_stand_where_it_happened() {
        assert_eq!(shown(&[(0, 1), (700, 1)], (0, 700), false), "1......1");
        assert_eq!(shown(&[(100, 1), (300, 3), (310, 1), (700, 12)], (0, 700), false), ".1.4...+");
        assert_eq!(shown(&[(100, 1), (300, 3), (600, 7), (700, 12)], (0, 700), true), "·▂·▄··▆█");
    }

    #[test]
    fn strange_times_do_no_harm() {
        assert_eq!(shown(&[(5, 1)], (5, 5), false), "1.......");
        assert_eq!(shown(&[(i64::MIN, 1), (i64::MAX, u64::MAX)], (i64::MIN, i64::MAX), false), "1......+");
        assert_eq!(shown(&[(-9, 1), (99, 1)], (0, 10), false), "1......1");
        assert_eq!(strip(&[(1, 1)], (0, 2), 0, true), "");
    }
}
