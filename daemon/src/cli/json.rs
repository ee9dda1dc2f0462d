//! JSON that a command prints.

use super::{error::CliError, terminal::is_active};
use serde::Serialize;

/// Returns a document as JSON. Characters that a terminal may act on are written as `\u` escapes, so
/// that the document is safe to look at and has the same values.
///
/// # Errors
/// The serializer's error.
pub(super) fn in_json<T: Serialize>(value: &T) -> Result<String, CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        CliError::new("cannot print the answer as JSON")
            .caused_by(error)
            .hint("report this as a defect of taid")
    })?;
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push(c),
            c if is_active(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    safe.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => safe.push(c),
        }
    }
    Ok(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_no_character_that_a_terminal_acts_on_and_keeps_every_value() {
        let hostile = "a\u{9b}31m\u{1b}[2J\u{202e}b\r\n\t\u{7f}é🚀";
        let text = in_json(&[hostile]).unwrap();
        assert!(!text.chars().any(|c| c != '\n' && is_active(c)));
        let read: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, [hostile]);
    }
}
