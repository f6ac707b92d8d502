//! How a container is called.

use super::Container;

/// The digits of an id that tools show.
const SHORT: usize = 12;

/// The form of an id that people know: the first twelve digits of a hexadecimal one, as `docker ps` prints it. Other ids
/// (`410022.batch` of Slurm, `container_e22_..` of YARN) are told whole.
pub fn short_id(id: &str) -> &str {
    if id.bytes().all(|byte| byte.is_ascii_hexdigit()) { id.get(..SHORT).unwrap_or(id) } else { id }
}

impl Container {
    /// Its id in short, where it has one.
    pub fn short_id(&self) -> Option<&str> {
        self.id.as_deref().map(short_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_cut() {
        assert_eq!(short_id(&"ab".repeat(32)), "abababababab");
        for id in ["410022.batch", "container_e22_1432969244945_6026_01_000075", "abc", "", "aüüüüüüüüüüüüü"]
        {
            assert_eq!(short_id(id), id);
        }
    }
}
