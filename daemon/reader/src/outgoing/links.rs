//! Comparison of the words of a link with its target.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters that an address has in another form than its words, beside those that are not ASCII.
const ENCODED: AsciiSet = CONTROLS.add(b'"');

/// Returns whether the words of a link are its address.
pub(super) fn names(label: &str, href: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim_end_matches('/');
        let schemes = ["https://", "http://", "mailto:", "tel:"];
        let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
        utf8_percent_encode(rest.unwrap_or(text), &ENCODED).to_string()
    };
    !label.contains(char::is_whitespace) && bare(label) == bare(href)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_as_words_needs_no_second_address() {
        assert!(names("example.com", "https://example.com/"));
        assert!(names("bob@example.com", "mailto:bob@example.com"));
        assert!(names(
            "https://example.com/日",
            "https://example.com/%E6%97%A5"
        ));
        assert!(!names(
            "https://example.com/a/b",
            "https://example.com/a%2Fb"
        ));
        assert!(!names("example.org", "https://example.com/"));
        assert!(!names("see example.com", "https://example.com/"));
    }
}
