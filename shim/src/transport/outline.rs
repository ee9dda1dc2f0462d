//! The outline of a line that is too long to keep: its members without their nested values.

/// Limit of an outline in bytes. That of a request has about 80.
pub(super) const MAX_OUTLINE: usize = 1 << 10;

/// Outline of a JSON object, read in pieces. Each object or array in it is replaced by 0.
#[derive(Debug, Default)]
pub(super) struct Outline {
    bytes: Vec<u8>,
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl Outline {
    /// Reads the next piece of the line.
    pub(super) fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            let outside = self.depth;
            match (self.is_text, byte) {
                (true, _) if self.is_escaped => self.is_escaped = false,
                (true, b'\\') => self.is_escaped = true,
                (_, b'"') => self.is_text = !self.is_text,
                (false, b'{' | b'[') => self.depth += 1,
                (false, b'}' | b']') => self.depth = self.depth.saturating_sub(1),
                (true | false, _) => {}
            }
            let kept = match (outside, self.depth) {
                (0 | 1, 0 | 1) => *byte,
                (1, _) => b'0',
                (_, _) => continue,
            };
            if self.bytes.len() <= MAX_OUTLINE {
                self.bytes.push(kept);
            }
        }
    }

    /// Returns the members of the line. Those of an outline that exceeds the limit are no JSON.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.trim_ascii()
    }
}
