//! Ids of incidents: equal in every run over overlapping logs, so that reports can be merged.

/// FNV-1a over the parts, as 16 hex digits. Parts are separated, so that `("a", "bc")` differs from `("ab", "c")`.
pub(super) fn stable_id(parts: &[&str]) -> String {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0x1f]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::stable_id;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(stable_id(&["a", "bc"]), stable_id(&["ab", "c"]));
        assert_eq!(stable_id(&[]), "cbf29ce484222325");
    }
}
