//! Sizes of the command line.

use crate::language::Sentence;
use crate::sentence;

/// Reads `500`, `10K`, `512M`, `10G`, `1T`, also `10GB`, `10GiB`, `1.5G`: bytes. All units count in 1024.
///
/// # Errors
/// A sentence for the user.
pub(super) fn bytes(text: &str) -> Result<u64, Sentence> {
    parse(text.trim()).ok_or_else(|| sentence!("cli-no-size", text = text.escape_debug().to_string()))
}

fn parse(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = factor(unit.trim_start())?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let bytes = whole.parse::<u64>().ok()?.checked_mul(factor)?;
    if !number.contains('.') {
        return Some(bytes);
    }
    // A few digits behind the point are enough; a part of a byte is none.
    if fraction.is_empty() || fraction.len() > 6 || factor == 1 {
        return None;
    }
    let scale = 10u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = u128::from(fraction.parse::<u64>().ok()?) * u128::from(factor) / u128::from(scale);
    bytes.checked_add(u64::try_from(part).ok()?)
}

fn factor(unit: &str) -> Option<u64> {
    let unit = unit.to_ascii_lowercase();
    let power = match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit) {
        "" if unit.len() < 2 => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    Some(1 << (10 * power))
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes() {
        for (text, size) in [
            ("0", 0),
            ("500", 500),
            ("7B", 7),
            ("10K", 10 << 10),
            ("512m", 512 << 20),
            ("10G", 10 << 30),
            ("10GB", 10 << 30),
            (" 10 GiB ", 10 << 30),
            ("1.5G", 3 << 29),
            ("2T", 2 << 40),
        ] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "G", "-1", "1X", "1.G", "1.5", "ib", "1ib", "99999999999T", "1.1.1G", "é", "1é", "1.0000000001G"]
        {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
