//! Hexadecimal digits.

use std::fmt::Write as _;

/// Returns bytes as hexadecimal digits in lower case. The text does not move as it grows, so that the
/// digits of a secret leave no copy.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a text does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_becomes_two_digits() {
        assert_eq!(hex(&[0, 1, 0x7f, 0xff]), "00017fff");
    }
}
