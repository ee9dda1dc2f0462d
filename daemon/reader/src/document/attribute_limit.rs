//! A bound on the attributes of a tag. The tokenizer compares each new attribute with all others of
//! its tag, so that its time grows with the square of their number.

use crate::limits::MAX_SEPARATORS;

/// Counts separators of attributes since the last token.
#[derive(Debug, Default)]
pub(super) struct AttributeLimit {
    tokens: usize,
    separators: usize,
}

impl AttributeLimit {
    /// Takes a chunk that the tokenizer has consumed, and the number of tokens so far. Returns
    /// whether the tag must end now. A `>` ends a tag, and changes neither a comment nor anything
    /// else around a quoted value, which is the only other long token of a real mail.
    pub(super) fn must_end(&mut self, chunk: &str, tokens: usize) -> bool {
        if tokens != self.tokens {
            self.tokens = tokens;
            self.separators = 0;
        }
        let mut space = false;
        for byte in chunk.bytes() {
            let is_space = byte.is_ascii_whitespace();
            let separates = (is_space && !space) || matches!(byte, b'/' | b'"' | b'\'');
            self.separators += usize::from(separates);
            space = is_space;
        }
        // `-->` would end a comment.
        if self.separators <= MAX_SEPARATORS || chunk.ends_with(['-', '!']) {
            return false;
        }
        self.separators = 0;
        true
    }
}
