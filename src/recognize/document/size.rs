//! Sizes of memory in the forms that documents print them.

/// The first limit that means "none": cgroup v1 prints `9223372036854771712` (largest signed number, cut to pages).
const UNLIMITED: u64 = 1 << 60;

/// A Kubernetes quantity in bytes: `256Mi`, `1G`, `1e9`, `500M`, `128974848000m`, `0.5Gi`
/// (`k8s.io/apimachinery/pkg/api/resource`).
pub(super) fn quantity(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '+').unwrap_or(text.len());
    let number: f64 = text.get(..digits)?.trim_start_matches('+').parse().ok()?;
    let factor = match text.get(digits..)? {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024f64.powi(2),
        "Gi" => 1024f64.powi(3),
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        exponent => 10f64.powi(exponent.strip_prefix(['e', 'E'])?.parse().ok().filter(|e| (-18..=18).contains(e))?),
    };
    whole(number * factor)
}

/// A size as systemd (`FORMAT_BYTES`), `free -h`, docker and podman print it for people: `595.0M`, `1.5Gi`, `64MiB`, `440K`,
/// `0B`; powers of 1024. Podman's and docker's decimal `64MB` is read as such.
pub(super) fn human(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text.get(..digits)?.parse().ok()?;
    let unit = text.get(digits..)?.trim();
    let decimal = unit.len() == 2 && unit.ends_with('B');
    let base: f64 = if decimal { 1000.0 } else { 1024.0 };
    let power = match unit.trim_end_matches('B').trim_end_matches('i') {
        "" => 0,
        "k" | "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        "P" => 5,
        "E" => 6,
        _ => return None,
    };
    whole(number * base.powi(power))
}

/// A limit in plain bytes; `max`, `infinity`, 0, negative and huge values mean none.
pub(super) fn limit(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|n| (1..UNLIMITED).contains(n))
}

/// A limit given as a number.
pub(super) fn limit_number(number: Option<i64>) -> Option<u64> {
    u64::try_from(number?).ok().filter(|n| (1..UNLIMITED).contains(n))
}

fn whole(value: f64) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (value.is_finite() && (0.0..1.8e19).contains(&value)).then_some(value.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, bytes) in [
            ("256Mi", 268_435_456),
            ("1G", 1_000_000_000),
            ("1e9", 1_000_000_000),
            ("500M", 500_000_000),
            ("128974848", 128_974_848),
            ("128974848000m", 128_974_848),
            ("0.5Gi", 536_870_912),
            ("1675004Ki", 1_715_204_096),
            ("0", 0),
        ] {
            assert_eq!(quantity(text), Some(bytes), "{text}");
        }
        for text in ["", "Mi", "1.2.3M", "1X", "1e", "1e99", "-5M", "12 Mi", "<none>"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_for_people() {
        for (text, bytes) in [
            ("595.0M", 623_902_720),
            ("0B", 0),
            ("440K", 450_560),
            ("1.5Gi", 1_610_612_736),
            ("64MiB", 67_108_864),
            ("64MB", 64_000_000),
        ] {
            assert_eq!(human(text), Some(bytes), "{text}");
        }
        assert_eq!((human(""), human("n/a"), human("5X")), (None, None, None));
    }

    #[test]
    fn limits_that_are_none() {
        for text in ["max", "infinity", "0", "-1", "9223372036854771712", "18446744073709551615", "[not set]", ""] {
            assert_eq!(limit(text), None, "{text}");
        }
        assert_eq!(limit("67108864\n"), Some(67_108_864));
        assert_eq!((limit_number(Some(-1)), limit_number(Some(1))), (None, Some(1)));
    }
}
