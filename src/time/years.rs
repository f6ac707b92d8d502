//! Years for dates that are printed without one (RFC 3164 syslog, klog, `dmesg -e`).
//!
//! What is known: the order of the lines, and that the newest of them is not from the future of the file's last change. What
//! is assumed: between two neighbouring records lies less than about eleven months, and the clock was never set back by more than
//! a month. The result is therefore inferred, not read.

use super::civil_to_unix_us;

/// A date that goes back by more days than this has passed New Year; a smaller step back is a clock that was set, the end of
/// summer time, or lines out of order.
const NEW_YEAR_DAYS: i32 = 31;
/// A date that goes forward by this many days or more has gone back over New Year: Jan 1, then a late line of Dec 31.
const BACK_OVER_NEW_YEAR_DAYS: i32 = 363;
/// Slack for the newest record against the file's last change: the record's zone is not known, and clocks differ.
const SLACK_S: i64 = 86_400;
/// How many years back a year with a Feb 29 is looked for (there may be eight between two leap years).
const LEAP_SEARCH: i32 = 9;

/// Gives a year to each date of one source.
///
/// `stamps` are month (1 to 12), day and second of the day in the order of the file; they may be few of many. `newest` is
/// the latest time at which the newest record can have been written, Unix seconds: the file's last change or the collection of the
/// bundle. `year` is the user's word (or a year that stands elsewhere in the source) for the year **of the newest record**; it
/// wins over `newest`, and older records get the years before it.
///
/// With `newest` alone, the newest record gets the latest year in which it is not after `newest` by more than a day. A Feb 29
/// must fall into a leap year: the years are moved back until all of them do. Without both, and for dates that do not exist,
/// the answer is `None`.
pub fn assign_years(stamps: &[(u8, u8, u32)], newest: Option<i64>, year: Option<i32>) -> Vec<Option<i32>> {
    let relative = relative_years(stamps);
    let dated = || stamps.iter().zip(&relative).filter_map(|(stamp, years)| Some((*stamp, (*years)?)));
    let Some(((month, day, second), top)) = dated().max_by_key(|(stamp, years)| (*years, *stamp)) else {
        return relative;
    };
    let anchor = match (year, newest) {
        (Some(year), _) => Some(year),
        (None, Some(newest)) => latest_year(month, day, second, newest).map(|latest| {
            let all_fit = |anchor: i32| {
                dated().all(|(stamp, years)| exists(anchor.saturating_sub(top).saturating_add(years), stamp))
            };
            (0..LEAP_SEARCH).map(|back| latest - back).find(|anchor| all_fit(*anchor)).unwrap_or(latest)
        }),
        (None, None) => None,
    };
    let year_of = |(stamp, years): (&(u8, u8, u32), &Option<i32>)| {
        let year = anchor?.checked_sub(top)?.checked_add((*years)?)?;
        exists(year, *stamp).then_some(year)
    };
    stamps.iter().zip(&relative).map(year_of).collect()
}

/// Years relative to the first record's; `None` for dates that exist in no year.
fn relative_years(stamps: &[(u8, u8, u32)]) -> Vec<Option<i32>> {
    let (mut years, mut last) = (0i32, None);
    stamps
        .iter()
        .map(|(month, day, _)| {
            let day_of_year = day_of_leap_year(*month, *day)?;
            let step = last.map_or(0, |last: i32| day_of_year - last);
            if step < -NEW_YEAR_DAYS {
                years = years.saturating_add(1);
            } else if step >= BACK_OVER_NEW_YEAR_DAYS {
                years = years.saturating_sub(1);
            }
            last = Some(day_of_year);
            Some(years)
        })
        .collect()
}

/// Day of a leap year, from 0; `None` where there is no such day.
fn day_of_leap_year(month: u8, day: u8) -> Option<i32> {
    let days = |month, day| civil_to_unix_us(2000, month, day, 0, 0).map(|us| us / 86_400_000_000);
    i32::try_from(days(month, day)? - days(1, 1)?).ok()
}

/// Whether a date exists in a year.
fn exists(year: i32, (month, day, _): (u8, u8, u32)) -> bool {
    civil_to_unix_us(year, month, day, 0, 0).is_some()
}

/// The latest year in which a date is not after `newest` by more than the slack.
fn latest_year(month: u8, day: u8, second: u32, newest: i64) -> Option<i32> {
    let (start, ..) = super::civil(newest.checked_mul(super::SECOND_US)?, 0)?;
    let limit = newest.checked_add(SLACK_S)?;
    let fits =
        |year: &i32| civil_to_unix_us(*year, month, day, second, 0).is_some_and(|us| us / super::SECOND_US <= limit);
    (0..=LEAP_SEARCH).map(|back| start + 1 - back).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unix seconds of noon of a day.
    fn noon(year: i32, month: u8, day: u8) -> Option<i64> {
        civil_to_unix_us(year, month, day, 43_200, 0).map(|us| us / 1_000_000)
    }

    fn years(dates: &[(u8, u8)], newest: Option<i64>, year: Option<i32>) -> Vec<Option<i32>> {
        let stamps: Vec<_> = dates.iter().map(|(month, day)| (*month, *day, 3_600)).collect();
        assign_years(&stamps, newest, year)
    }

    #[test]
    fn over_new_year() {
        let dates = [(12, 30), (12, 31), (1, 1), (1, 2)];
        let expected = [Some(2025), Some(2025), Some(2026), Some(2026)];
        assert_eq!(years(&dates, noon(2026, 1, 2), None), expected);
        assert_eq!(years(&dates, noon(2026, 11, 2), None), expected);
        assert_eq!(years(&dates, None, Some(2026)), expected);
    }

    #[test]
    fn several_new_years_and_few_records() {
        let dates = [(11, 3), (2, 1), (10, 9), (3, 5)];
        assert_eq!(years(&dates, noon(2026, 3, 6), None), [Some(2024), Some(2025), Some(2025), Some(2026)]);
    }

    #[test]
    fn a_file_changed_in_january_with_lines_of_december() {
        assert_eq!(years(&[(12, 3), (12, 28)], noon(2026, 1, 10), None), [Some(2025), Some(2025)]);
        // A host east of Greenwich is ahead: its Jan 1 may be Dec 31 in UTC.
        assert_eq!(years(&[(12, 31), (1, 1)], noon(2025, 12, 31), None), [Some(2025), Some(2026)]);
        assert_eq!(years(&[(1, 3)], noon(2025, 12, 31), None), [Some(2025)]);
    }

    #[test]
    fn small_steps_back_are_no_new_year() {
        let stamps = [(10, 26, 10_000), (10, 26, 7_000), (10, 25, 80_000), (10, 26, 10_500)];
        assert_eq!(assign_years(&stamps, noon(2026, 10, 26), None), [Some(2026); 4]);
        assert_eq!(years(&[(3, 20), (2, 25), (3, 21)], noon(2026, 4, 1), None), [Some(2026); 3]);
    }

    #[test]
    fn late_lines_of_the_old_year() {
        let dates = [(12, 31), (1, 1), (12, 31), (1, 1)];
        let expected = [Some(2025), Some(2026), Some(2025), Some(2026)];
        assert_eq!(years(&dates, noon(2026, 1, 1), None), expected);
        // The late line is the last one: the newest record is another.
        assert_eq!(years(&dates[..3], noon(2026, 1, 1), None), expected[..3]);
    }

    #[test]
    fn a_leap_day_needs_a_leap_year() {
        assert_eq!(years(&[(2, 28), (2, 29), (3, 1)], noon(2026, 6, 1), None), [Some(2024); 3]);
        assert_eq!(years(&[(2, 29), (12, 31), (1, 5)], noon(2026, 6, 1), None), [Some(2024), Some(2024), Some(2025)]);
        assert_eq!(years(&[(2, 29)], noon(2104, 2, 28), None), [Some(2104)]);
        assert_eq!(years(&[(2, 29)], noon(2103, 6, 1), None), [Some(2096)]);
        // The user's word is not bent; what does not exist then stays open.
        assert_eq!(years(&[(2, 28), (2, 29), (3, 1)], None, Some(2025)), [Some(2025), None, Some(2025)]);
    }

    #[test]
    fn nothing_known_and_nonsense() {
        assert_eq!(years(&[(1, 1)], None, None), [None]);
        assert_eq!(years(&[], noon(2026, 1, 1), None), []);
        assert_eq!(years(&[(13, 1), (2, 30), (0, 0), (5, 1)], noon(2026, 6, 1), None), [None, None, None, Some(2026)]);
        assert_eq!(years(&[(5, 1)], Some(i64::MAX), None), [None]);
        assert_eq!(years(&[(5, 1), (1, 1)], None, Some(i32::MIN)), [None, None]);
        assert_eq!(years(&[(5, 1)], None, Some(i32::MAX)), [None]);
    }
}
