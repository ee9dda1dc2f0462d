//! The outline of a line that is too long to keep: its members without their nested values.

use super::line::id_of_request;
use serde_json::Value;

/// Limit of an outline in bytes. That of a request has about 80.
const MAX_OUTLINE: usize = 1 << 10;

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

    /// Returns the id of the request; null if the line is no request, or its outline exceeds the limit.
    pub(super) fn id(&self) -> Value {
        id_of_request(self.bytes.trim_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_id_of_a_request_is_found_before_and_after_its_parameters() {
        let params = r#"{"name":"x","arguments":{"a":"\"}]{\\","id":3},"id":4}"#;
        for (line, id) in [
            (
                format!(r#"{{"id":5,"method":"m","params":{params}}}"#),
                json!(5),
            ),
            (
                format!(r#" {{"method":"m","params":{params},"x":[[1],{{}}],"id":"a\"b"}} "#),
                json!("a\"b"),
            ),
            (
                format!(r#"{{"method":"m","params":{params}}}"#),
                json!(null),
            ),
            (format!(r#"{{"id":5,"result":{params}}}"#), json!(null)),
            (
                format!(r#"[{{"id":5,"method":"m"}},{params}]"#),
                json!(null),
            ),
            (
                format!(r#"{{"id":5,"method":"{}"}}"#, "m".repeat(MAX_OUTLINE)),
                json!(null),
            ),
        ] {
            for size in [1, 7, line.len()] {
                let mut outline = Outline::default();
                for piece in line.as_bytes().chunks(size) {
                    outline.add(piece);
                }
                assert_eq!(outline.id(), id, "{line:.200}");
            }
        }
    }
}
