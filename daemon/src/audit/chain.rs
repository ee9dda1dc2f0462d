//! The digests that chain the lines.

use ring::digest::{SHA256, digest};
use tai_auth::hex;

/// The digest in the first line of all, which has no line before it.
pub(super) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Returns the digest of a line without its line end, as 64 hexadecimal digits.
pub(super) fn digest_of(line: &[u8]) -> String {
    hex(digest(&SHA256, line).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_sha_256_of_the_bytes() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest_of(b"abc"), expected);
        assert_eq!(START.len(), expected.len());
    }
}
