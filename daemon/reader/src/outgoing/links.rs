//! Comparison of the words of a link with its target.

/// Returns whether the words of a link are its address.
pub(super) fn names(label: &str, href: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim_end_matches('/');
        let schemes = ["https://", "http://", "mailto:", "tel:"];
        let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
        rest.unwrap_or(text).to_owned()
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
        assert!(!names("example.org", "https://example.com/"));
        assert!(!names("see example.com", "https://example.com/"));
    }
}
