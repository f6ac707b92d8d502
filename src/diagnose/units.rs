//! Numbers: from the kernel's units to bytes, and from bytes to words.

use crate::language::Language;
use crate::say;

/// Numbers above this (1 EiB) are no sizes: an unlimited counter, an underflow or a damaged line.
pub(crate) const ABSURD: u64 = 1 << 60;

/// Kilobytes as the kernel prints them (1024 bytes) in bytes; `None` when absurd.
pub(crate) fn kb(kilobytes: u64) -> Option<u64> {
    kilobytes.checked_mul(1024).filter(|bytes| *bytes <= ABSURD)
}

/// Pages in bytes; `None` when absurd.
pub(crate) fn pages(count: u64, page_kb: u64) -> Option<u64> {
    count.checked_mul(page_kb).and_then(kb)
}

/// A byte count that is no absurd number.
pub(crate) fn sane(bytes: u64) -> Option<u64> {
    Some(bytes).filter(|bytes| *bytes <= ABSURD)
}

/// Part of a whole, 0..=1 and more; `None` for a whole of nothing.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Binary units with one decimal: `512.0 MiB`; single bytes as they are.
pub(crate) fn size(language: Language, bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return say!(language, "tell-bytes", n = bytes);
    }
    let mut unit = 0;
    // 1023.97 would be printed as `1024.0`: go on to the next unit there.
    while tenths(bytes, unit) >= 10_240 && unit + 1 < UNITS.len() {
        unit += 1;
    }
    let tenths = tenths(bytes, unit);
    let (whole, tenth) = ((tenths / 10).to_string(), char::from(b'0' + (tenths % 10) as u8));
    let mut text = String::with_capacity(whole.len() + 6);
    text.push_str(&whole);
    text.extend(['.', tenth, ' ']);
    text.push_str(UNITS[unit]);
    text
}

/// Tenths of the units (0 is KiB), rounded to the nearest, halves to the even one as floats are printed. A report holds
/// dozens of sizes, and printing a float is several times slower.
fn tenths(bytes: u64, unit: usize) -> u128 {
    let one = 1u128 << (10 * (unit + 1));
    let scaled = u128::from(bytes) * 10;
    let (low, rest) = (scaled / one, scaled % one * 2);
    if rest > one || rest == one && low % 2 == 1 { low + 1 } else { low }
}

/// A percentage: `67%`, one decimal below ten, `under 0.1%` for next to nothing.
pub(crate) fn percent(language: Language, part: u64, whole: u64) -> Option<String> {
    let value = share(part, whole)? * 100.0;
    Some(if part == 0 {
        "0%".to_owned()
    } else if value < 0.1 {
        say!(language, "tell-percent-tiny")
    } else if value < 9.95 {
        format!("{value:.1}%")
    } else {
        format!("{value:.0}%")
    })
}

/// `48.1 MiB (6.7%)`, or the size alone when the whole is unknown.
pub(crate) fn size_of(language: Language, part: u64, whole: Option<u64>) -> String {
    let size = size(language, part);
    match whole.and_then(|whole| percent(language, part, whole)) {
        Some(percent) => say!(language, "tell-size-of", size = size, percent = percent),
        None => size,
    }
}

/// A time span for a reader: `0.4 s`, `25 s`, `12 min`, `3 h 5 min`, `2 days`.
pub(crate) fn span(language: Language, seconds: f64) -> String {
    let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
    if seconds < 9.95 && seconds.fract() != 0.0 {
        return say!(language, "tell-span-seconds", n = format!("{seconds:.1}"));
    }
    let whole = seconds.round() as u64;
    match whole {
        0..120 => say!(language, "tell-span-seconds", n = whole),
        120..7_200 => say!(language, "tell-span-minutes", n = whole / 60),
        7_200..172_800 => {
            say!(language, "tell-span-hours", hours = whole / 3_600, minutes = whole % 3_600 / 60)
        }
        _ => say!(language, "tell-span-days", n = whole / 86_400),
    }
}

/// A quarter more than what was seen, rounded up to a number that looks good in a manifest: to 16 MiB below 1 GiB, to 128 MiB above.
pub(crate) fn quarter_more(bytes: u64) -> u64 {
    const MIB: u64 = 1 << 20;
    let raised = bytes.saturating_add(bytes / 4);
    let step = if raised < 1 << 30 { 16 * MIB } else { 128 * MIB };
    raised.div_ceil(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Chinese, English};

    #[test]
    fn sizes_have_one_decimal_and_never_read_1024() {
        assert_eq!(size(English, 0), "0 bytes");
        assert_eq!(size(English, 1), "1 byte");
        assert_eq!(size(English, 1023), "1023 bytes");
        assert_eq!(size(English, 512 << 20), "512.0 MiB");
        assert_eq!(size(English, (1 << 30) - 1), "1.0 GiB");
        assert_eq!(size(English, u64::MAX), "16.0 EiB");
        assert_eq!((size(Chinese, 7), size(Chinese, 512 << 20)), ("7 字节".into(), "512.0 MiB".into()));
    }

    #[test]
    fn sizes_are_rounded_as_floats_are() {
        let mut bytes = 1024u64;
        for step in 0..200_000u64 {
            let (mut value, mut unit) = (bytes as f64 / 1024.0, 0);
            while value >= 1023.95 {
                (value, unit) = (value / 1024.0, unit + 1);
            }
            let unit = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][unit];
            assert_eq!(size(English, bytes), format!("{value:.1} {unit}"));
            // Halves of a tenth at first, then ever larger steps.
            bytes += if step < 100_000 { 256 } else { bytes / 9973 };
        }
    }

    #[test]
    fn absurd_numbers_are_no_sizes() {
        assert_eq!(kb(4), Some(4096));
        assert_eq!(kb(9_007_199_254_740_988), None);
        assert_eq!(pages(u64::MAX, 64), None);
        assert_eq!(pages(1000, 64), Some(64_000 * 1024));
        assert_eq!(sane(ABSURD + 1), None);
    }

    #[test]
    fn percentages() {
        assert_eq!(percent(English, 1, 0), None);
        assert_eq!(percent(English, 0, 10).as_deref(), Some("0%"));
        assert_eq!(percent(English, 67, 1000).as_deref(), Some("6.7%"));
        assert_eq!(percent(English, 999, 10_000).as_deref(), Some("10%"));
        assert_eq!(percent(English, 1, 100_000).as_deref(), Some("under 0.1%"));
        assert_eq!(size_of(English, 1 << 20, Some(4 << 20)), "1.0 MiB (25%)");
        assert_eq!(size_of(English, 1 << 20, None), "1.0 MiB");
        assert_eq!(size_of(Chinese, 1 << 20, Some(4 << 20)), "1.0 MiB（25%）");
    }

    #[test]
    fn spans() {
        assert_eq!(span(English, 0.42), "0.4 s");
        assert_eq!(span(English, 10.0), "10 s");
        assert_eq!(span(English, 600.0), "10 min");
        assert_eq!(span(English, 7_500.0), "2 h 5 min");
        assert_eq!(span(Chinese, 7_500.0), "2 小时 5 分钟");
        assert_eq!(span(English, f64::NAN), "0 s");
        assert_eq!(span(English, -3.0), "0 s");
        assert_eq!(span(English, 1e300), "213503982334601 days");
    }

    #[test]
    fn a_quarter_more_is_a_round_number() {
        assert_eq!(quarter_more(64 << 20), 80 << 20);
        assert_eq!(quarter_more(65 << 20), 96 << 20);
        assert_eq!(quarter_more(1 << 30), 1280 << 20);
        assert!(quarter_more(u64::MAX) > 0);
    }
}
