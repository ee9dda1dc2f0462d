//! The number of values in a JSON text. `0,` has two bytes, and takes 32 in memory once it is parsed.

/// Most values of a message. A batch of 256 calls has about 5,000.
pub(super) const MAX_VALUES: usize = 20_000;

/// Returns whether a JSON text has more than [`MAX_VALUES`] values. Only values that follow `[`,
/// `{`, `,` or `:` count, and the names of members count as values.
pub(super) fn are_too_many(json: &[u8]) -> bool {
    if json.len() <= MAX_VALUES {
        return false;
    }
    let (mut count, mut is_text, mut is_escaped) = (0, false, false);
    for byte in json {
        match (is_text, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => is_text = !is_text,
            (false, b'[' | b'{' | b',' | b':') => count += 1,
            (true | false, _) => {}
        }
    }
    count > MAX_VALUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outside_of_texts_are_counted() {
        let zeros = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert!(!are_too_many(zeros(MAX_VALUES).as_bytes()));
        assert!(are_too_many(zeros(MAX_VALUES + 1).as_bytes()));
        let text = format!(r#"{{"a":"\"{}\\","b":0}}"#, "[{,:".repeat(MAX_VALUES));
        assert!(!are_too_many(text.as_bytes()));
        let nested = "[".repeat(MAX_VALUES + 1);
        assert!(are_too_many(nested.as_bytes()));
    }
}
