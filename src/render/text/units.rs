//! Sizes, spans and times for people.

use crate::language::Language;
use crate::say;

/// Bytes with binary units: `512 MiB`, `480.1 MiB`, `7 B`. A whole number of a unit has no decimals, so a limit reads as it was set.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut scale = 0usize;
    while scale + 1 < UNITS.len() && count >> (10 * (scale + 1)) > 0 {
        scale += 1;
    }
    let unit = UNITS[scale];
    let whole = count >> (10 * scale);
    let rest = count & ((1u64 << (10 * scale)) - 1);
    if rest == 0 {
        return format!("{whole} {unit}");
    }
    let value = count as f64 / (1u64 << (10 * scale)) as f64;
    // 1023.96 KiB would read 1024.0 KiB.
    if value >= 1023.95 && scale + 1 < UNITS.len() {
        return format!("1.0 {}", UNITS[scale + 1]);
    }
    format!("{value:.1} {unit}")
}

/// A share as percent: `94%`, `<1%`; shares of shared memory may exceed 100%.
pub(crate) fn percent(share: f64) -> String {
    if !share.is_finite() || share < 0.0 {
        return String::new();
    }
    if share > 0.0 && share < 0.01 { "<1%".to_owned() } else { format!("{:.0}%", share * 100.0) }
}

/// A span of time: `0.4 s`, `12 s`, `4 min 3 s`, `2 h 5 min`, `3 d 4 h`.
pub(crate) fn span(seconds: f64, language: Language) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "?".to_owned();
    }
    if seconds < 10.0 && seconds.fract() > 0.05 {
        return say!(language, "render-span-s", s = format!("{seconds:.1}"));
    }
    let whole = seconds.round() as u64;
    match (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60) {
        (0, 0, 0, s) => say!(language, "render-span-s", s = s.to_string()),
        (0, 0, min, 0) => say!(language, "render-span-min", min = min),
        (0, 0, min, s) => say!(language, "render-span-min-s", min = min, s = s),
        (0, h, 0, _) => say!(language, "render-span-h", h = h),
        (0, h, min, _) => say!(language, "render-span-h-min", h = h, min = min),
        (d, 0, ..) => say!(language, "render-span-d", d = d),
        (d, h, ..) => say!(language, "render-span-d-h", d = d, h = h),
    }
}

/// The parts of a time of the report (RFC 3339). A text that is none stays whole in `text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment<'a> {
    /// As it stands in the report.
    pub(crate) text: &'a str,
    /// `2026-11-23`.
    pub(crate) date: &'a str,
    /// `09:26:40`.
    pub(crate) clock: &'a str,
    /// Digits of the fraction, without the dot.
    pub(crate) fraction: &'a str,
    /// `Z` or `+08:00`.
    pub(crate) zone: &'a str,
}

impl<'a> Moment<'a> {
    /// Takes a time apart.
    pub(crate) fn new(text: &'a str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix('T')?;
        let (clock, rest) = rest.split_at_checked(8)?;
        let zone_at = rest.find(['Z', '+', '-'])?;
        let (fraction, zone) = rest.split_at_checked(zone_at)?;
        Some(Self { text, date, clock, fraction: fraction.strip_prefix('.').unwrap_or_default(), zone })
    }

    /// `+08:00`, or `UTC`.
    pub(crate) fn zone_name(&self) -> &'a str {
        if self.zone == "Z" { "UTC" } else { self.zone }
    }

    /// `2026-11-23 09:26:40`.
    pub(crate) fn seconds(&self) -> String {
        format!("{} {}", self.date, self.clock)
    }

    /// `2026-11-23 09:26:40.123 +08:00`, with milliseconds where there are any.
    pub(crate) fn full(&self) -> String {
        match self.fraction.get(..3) {
            Some(millis) => format!("{} {}.{millis} {}", self.date, self.clock, self.zone_name()),
            None => format!("{} {} {}", self.date, self.clock, self.zone_name()),
        }
    }
}

/// A time of the report in full; what is no RFC 3339 stays as it is.
pub(crate) fn full_time(text: &str) -> String {
    Moment::new(text).map_or_else(|| text.to_owned(), |moment| moment.full())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_they_were_set() {
        for (size, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (536_870_912, "512 MiB"),
            (503_421_338, "480.1 MiB"),
            (1_073_741_823, "1.0 GiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            assert_eq!(bytes(size), expected, "{size}");
        }
    }

    #[test]
    fn spans_and_shares() {
        for (seconds, expected) in [
            (0.0, "0 s"),
            (0.42, "0.4 s"),
            (12.3, "12 s"),
            (59.9, "1 min"),
            (243.0, "4 min 3 s"),
            (7500.0, "2 h 5 min"),
            (273_600.0, "3 d 4 h"),
            (-1.0, "?"),
            (f64::NAN, "?"),
        ] {
            assert_eq!(span(seconds, Language::English), expected, "{seconds}");
        }
        let chinese = [(0.42, "0.4 秒"), (243.0, "4 分 3 秒"), (7500.0, "2 小时 5 分"), (273_600.0, "3 天 4 小时")];
        for (seconds, expected) in chinese {
            assert_eq!(span(seconds, Language::Chinese), expected, "{seconds}");
        }
        assert_eq!(
            (percent(0.943), percent(0.001), percent(1.4), percent(f64::NAN)),
            ("94%".into(), "<1%".into(), "140%".into(), String::new())
        );
    }

    #[test]
    fn times_are_taken_apart() {
        let moment = Moment::new("2026-11-23T09:26:40.123456+08:00").unwrap();
        assert_eq!((moment.seconds().as_str(), moment.zone_name()), ("2026-11-23 09:26:40", "+08:00"));
        assert_eq!(moment.full(), "2026-11-23 09:26:40.123 +08:00");
        assert_eq!(full_time("2026-11-23T09:26:40Z"), "2026-11-23 09:26:40 UTC");
        for text in ["", "yesterday", "2026-11-23", "2026-11-23T09:26:4é+08:00", "ééééééééééé"] {
            assert_eq!(full_time(text), text);
        }
    }
}
