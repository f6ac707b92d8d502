//! Names as they are shown. Names come from hostile archives: nothing is ever written to them, so `../` is harmless,
//! but control characters must not reach a terminal or split a line of the report.

use std::path::Path;

/// A name as text: control characters (and the marks that turn the direction of text) become `\u{..}` escapes, bytes
/// that are not UTF-8 become `\xNN`.
pub(super) fn show(name: &[u8]) -> String {
    let mut out = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_plain(c) {
                out.push(c);
            } else {
                out.extend(c.escape_unicode());
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// A path of this system as messages and the report show it: control characters are escaped.
pub fn show_path(path: &Path) -> String {
    show(path.as_os_str().as_encoded_bytes())
}

fn is_plain(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    !(c.is_control() || turns || breaks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay() {
        assert_eq!(show("var/log/wörker (a) [b]".as_bytes()), "var/log/wörker (a) [b]");
        assert_eq!(show(b"../../etc/passwd"), "../../etc/passwd");
    }

    #[test]
    fn hostile_names_are_escaped() {
        assert_eq!(show(b"a\nb\x1b[31m"), "a\\u{a}b\\u{1b}[31m");
        assert_eq!(show(b"caf\xe9"), "caf\\xe9");
        assert_eq!(show("x\u{202e}gol".as_bytes()), "x\\u{202e}gol");
    }
}
