//! The answer that a request expects: its limits and its reader.

use super::place::Place;
use serde::Deserializer;

/// Limits of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the decompressed answer, in bytes.
    pub answer: usize,
    /// Length of a string, in bytes. The rest of a longer string is dropped.
    pub string: usize,
}

/// Expectation of one answer.
///
/// A reader never buffers: it keeps the fields that it knows, and skips everything else.
pub trait Expected: Clone + Send + 'static {
    /// Value of the answer.
    type Value: Send + 'static;

    /// Whether the value keeps the bodies of mails. Few long ones are in memory at once.
    const IS_LARGE: bool = false;

    /// Returns the value of a success without data; `None` if data are needed.
    fn without_data() -> Option<Self::Value> {
        None
    }

    /// Returns the value of a success without a word of it, such as an empty body; `None` if it cannot be
    /// used.
    fn unsaid() -> Option<Self::Value> {
        None
    }

    /// Stores the size of the decompressed answer, in bytes, in a value that tells it.
    fn measured(_value: &mut Self::Value, _bytes: usize) {}

    /// Stores the place of a long answer in a value that keeps bodies of mails.
    fn placed(_value: &mut Self::Value, _place: Place) {}

    /// Returns the limits of the answer.
    fn limits(&self) -> Limits;

    /// Reads the answer; `None` if it is JSON of another kind.
    ///
    /// # Errors
    /// The text is not JSON, or exceeds a limit.
    fn read<'de, D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Option<Self::Value>, D::Error>;
}
