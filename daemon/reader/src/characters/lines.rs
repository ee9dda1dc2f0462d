//! Line separators.

use std::borrow::Cow;

/// Turns each line separator into a line feed: carriage returns with and without a line feed, form
/// feeds, vertical tabs, NEXT LINE, LINE SEPARATOR and PARAGRAPH SEPARATOR.
pub(crate) fn normalize(text: &str) -> Cow<'_, str> {
    let is_separator = |c: char| {
        matches!(
            c,
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    if !text.contains(is_separator) {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            c if is_separator(c) => lines.push('\n'),
            c => lines.push(c),
        }
    }
    Cow::Owned(lines)
}
