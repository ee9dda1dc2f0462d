//! Endings of domains.

use std::sync::LazyLock;

/// All domains of the first level on 2026-11-28, without `mov` and `zip`, which are files to people. In the
/// order of their bytes.
static ENDINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("endings.txt").lines().collect());

/// Returns whether a text is a domain of the first level, in lower case.
#[must_use]
pub fn is_ending(text: &str) -> bool {
    ENDINGS.binary_search(&text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_can_be_searched() {
        assert!(ENDINGS.is_sorted());
        assert!(ENDINGS.len() > 1_000);
    }
}
