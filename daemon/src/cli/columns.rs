//! Text in columns of a terminal: its width, and text that is cut or filled to a width.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Returns the number of columns that a line of text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Returns text of at most `limit` columns. Text that was cut ends with `…`.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut room = limit.saturating_sub(1);
    for part in text.graphemes(true) {
        match room.checked_sub(width(part)) {
            Some(left) => room = left,
            None => break,
        }
        cut.push_str(part);
    }
    if limit > 0 {
        cut.push('…');
    }
    cut
}

/// Returns text of exactly `size` columns: cut, or filled with spaces.
pub(super) fn fill(text: &str, size: usize) -> String {
    let mut text = cut(text, size);
    let missing = size.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// Fewest columns of a broken text.
const MIN_COLUMNS: usize = 20;

/// Breaks a text between words, so that it fits beside an `indent` in a terminal of `columns`. A word
/// that is longer than a line stays whole.
pub(super) fn wrapped(text: &str, indent: usize, columns: Option<usize>) -> String {
    let Some(columns) = columns.and_then(|columns| columns.checked_sub(indent)) else {
        return text.to_owned();
    };
    let columns = columns.max(MIN_COLUMNS);
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = width(word);
        if used > 0 && used + 1 + length > columns {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words_by_its_columns() {
        let text = "a message of some words and 日本語日本語 in columns";
        assert_eq!(wrapped(text, 2, None), text);
        assert_eq!(
            wrapped(text, 2, Some(22)),
            "a message of some\n  words and\n  日本語日本語 in\n  columns"
        );
        let path = "/a/path/that/is/longer/than/the/line";
        assert_eq!(wrapped(path, 0, Some(20)), path);
    }

    #[test]
    fn text_is_cut_and_filled_by_its_columns() {
        for (text, size, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("abcd", 0, ""),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日… "),
            ("e\u{301}e\u{301}e", 2, "e\u{301}…"),
            ("👩‍👩‍👧 family", 4, "👩‍👩‍👧 …"),
            ("ab", 4, "ab  "),
        ] {
            assert_eq!(fill(text, size), expected, "{text} in {size}");
            assert_eq!(width(&fill(text, size)), size, "{text} in {size}");
        }
    }
}
