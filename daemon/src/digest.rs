//! Digest that identifies a list of texts, such as the parts of an outgoing mail.

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fmt;
use tai_auth::hex;

/// The first half of a SHA-256 over each text of a list, as 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Digest(String);

impl Digest {
    /// Returns the digest of a list of texts. It includes the length of each text, so that
    /// different lists with the same concatenation differ.
    pub(crate) fn of(texts: &[&str]) -> Self {
        let mut context = Context::new(&SHA256);
        for text in texts {
            context.update(&(text.len() as u64).to_le_bytes());
            context.update(text.as_bytes());
        }
        let whole = context.finish();
        Self(hex(whole.as_ref().get(..16).unwrap_or_default()))
    }

    /// Parses 32 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 32 && text.bytes().all(hex)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lists_of_texts_that_concatenate_to_the_same_text_differ() {
        assert_ne!(Digest::of(&["ab", "c"]), Digest::of(&["a", "bc"]));
        assert_ne!(Digest::of(&["a", ""]), Digest::of(&["a"]));
    }

    #[test]
    fn a_digest_parses_from_its_text_only() {
        let digest = Digest::of(&["a"]);
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for bad in ["", "a", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
            assert_eq!(Digest::parse(bad), None, "{bad:?}");
        }
    }
}
