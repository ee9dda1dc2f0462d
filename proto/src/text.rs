//! Text with a length limit in its type.
//!
//! Every string of the protocol after the handshake has such a limit, so that mail senders, the
//! bridge and clients cannot inflate frames, logs and screens.

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Deref};

/// Text of at most `MAX` bytes of UTF-8.
///
/// Decoding refuses longer text. [`Text::cut`] shortens longer text, for untrusted input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text<const MAX: usize>(String);

/// Header field of a mail, at most 998 bytes: sender, recipient or subject (RFC 5322, 2.1.1).
pub type HeaderText = Text<998>;
/// Short label, at most 256 bytes: a time, a version, a message id of the bridge.
pub type Label = Text<256>;
/// Sentences for a reader, at most 4096 bytes.
pub type Words = Text<4096>;
/// Content of a mail, at most 1 MiB.
pub type Content = Text<MAX_CONTENT>;

/// JSON document, at most 1 MiB.
pub type Json = Text<MAX_JSON>;

/// Limit of a JSON document, in bytes: 1 MiB.
pub const MAX_JSON: usize = 1 << 20;

/// Limit of the content of a mail, incoming and outgoing, in bytes: 1 MiB.
pub const MAX_CONTENT: usize = 1 << 20;

/// Error for text over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes of text, {max} are allowed")]
pub struct TooLong {
    /// Length of the text in bytes.
    pub length: usize,
    /// Limit in bytes.
    pub max: usize,
}

impl<const MAX: usize> Text<MAX> {
    /// Limit in bytes.
    pub const MAX: usize = MAX;

    /// Returns `text` if it is within the limit.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn new(text: impl Into<String>) -> Result<Self, TooLong> {
        let text = text.into();
        match text.len() {
            length if length > MAX => Err(TooLong { length, max: MAX }),
            _ => Ok(Self(text)),
        }
    }

    /// Returns `text`, cut to the limit between characters. Text that was cut ends with `…`.
    pub fn cut(text: impl Into<String>) -> Self {
        const MARK: &str = "…";
        let mut text = text.into();
        if text.len() > MAX {
            text.truncate(text.floor_char_boundary(MAX.saturating_sub(MARK.len())));
            text.push_str(MARK);
        }
        Self(text)
    }

    /// Returns the text as a string.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TooLong;

    fn try_from(text: String) -> Result<Self, TooLong> {
        Self::new(text)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> String {
        text.0
    }
}

/// Cuts text that is too long.
impl<const MAX: usize> From<&str> for Text<MAX> {
    fn from(text: &str) -> Self {
        Self::cut(text)
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> PartialEq<str> for Text<MAX> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl<const MAX: usize> PartialEq<&str> for Text<MAX> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_over_the_limit_is_refused_or_cut() {
        assert_eq!(Text::<4>::new("abcd").unwrap(), "abcd");
        let error = Text::<4>::new("abcde").unwrap_err();
        assert_eq!(error, TooLong { length: 5, max: 4 });
        assert_eq!(Text::<8>::cut("abcdefghi"), "abcde…");
        assert_eq!(Text::<8>::cut("ééééé"), "éé…");
        assert_eq!(Text::<8>::cut("abcdefgh"), "abcdefgh");
    }
}
