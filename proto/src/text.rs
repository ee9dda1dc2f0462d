//! Bounded text. Every string that crosses the socket has a limit in its type, so that no
//! sender, bridge or client can make a frame, a status or a screen as long as it likes.

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Deref};

/// Text of at most `MAX` bytes of UTF-8.
///
/// Decoding refuses longer text. [`Text::cut`] shortens it instead, for text that others chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// A header field of a mail: sender, recipient, subject (RFC 5322, 2.1.1: 998 characters).
pub type HeaderText = Text<998>;
/// A short label: a client's name or version, a time, a bridge's message id.
pub type Label = Text<256>;
/// A sentence or a few for a person.
pub type Words = Text<4096>;
/// The content of a mail.
pub type Content = Text<MAX_CONTENT>;

/// A JSON document, such as the status.
pub type Json = Text<{ 1 << 20 }>;

/// The most bytes the content of a mail may have, incoming and outgoing: 1 MiB.
pub const MAX_CONTENT: usize = 1 << 20;

/// The error for text longer than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes of text, {max} are allowed")]
pub struct TooLong {
    /// The text's length in bytes.
    pub length: usize,
    /// The limit in bytes.
    pub max: usize,
}

impl<const MAX: usize> Text<MAX> {
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

    /// Returns `text`, cut to the limit; the end of text that was cut reads `…`.
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
    fn text_within_the_limit_is_kept_and_longer_text_is_refused_or_cut() {
        assert_eq!(Text::<4>::new("abcd").unwrap(), "abcd");
        let error = Text::<4>::new("abcde").unwrap_err();
        assert_eq!(error, TooLong { length: 5, max: 4 });
        assert_eq!(Text::<8>::cut("abcdefghi"), "abcde…");
        assert_eq!(Text::<8>::cut("ééééé"), "éé…");
        assert_eq!(Text::<8>::cut("abcdefgh"), "abcdefgh");
    }
}
