//! Header fields with the sender or the recipients of a mail.

use std::borrow::Cow;

/// Text for the part of a field that is left out.
const CUT: &str = "…";

/// Returns a header field with an address in at most `max` bytes. White space between words becomes one space.
/// A longer field is cut in its middle: its end has the address, and the end of an address its domain.
#[must_use]
pub fn field_within(field: &str, max: usize) -> Cow<'_, str> {
    let field = match has_plain_spaces(field) {
        true => Cow::Borrowed(field),
        false => Cow::Owned(field.split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    if field.len() <= max {
        return field;
    }
    let kept = max.saturating_sub(CUT.len());
    let head = field.floor_char_boundary(kept / 2);
    let tail = field.ceil_char_boundary(field.len() - (kept - head));
    let part = |range| field.get(range).unwrap_or_default();
    [part(0..head), CUT, part(tail..field.len())]
        .concat()
        .into()
}

/// Returns whether a text has no white space but single spaces between words.
fn has_plain_spaces(text: &str) -> bool {
    let mut after_space = true;
    let is_plain = text.chars().all(|c| {
        let is_space = c.is_whitespace();
        let is_plain = !is_space || (c == ' ' && !after_space);
        after_space = is_space;
        is_plain
    });
    is_plain && (!after_space || text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_field_keeps_the_end_of_its_address() {
        let eve = "<eve@evil.example>";
        for (field, expected) in [
            ("", ""),
            ("Bob <bob@a.example>", "Bob <bob@a.example>"),
            (
                " Bob\u{a0}\t \u{3000}<bob@a.example> ",
                "Bob <bob@a.example>",
            ),
            (
                &format!("bob@bank.example{:95}{eve}", ""),
                "bob@bank.example <eve@evil.example>",
            ),
            (
                &format!("\"bob@bank.example, Head of Payments, +49 30 1234567\" {eve}"),
                "\"bob@bank.example,… <eve@evil.example>",
            ),
            (
                &format!("bob@bank.example.{}.evil.example", "a".repeat(60)),
                "bob@bank.example.a…aaaaaa.evil.example",
            ),
            (
                &"\u{e9}".repeat(60),
                &format!("{0}…{0}", "\u{e9}".repeat(9)),
            ),
        ] {
            assert_eq!(field_within(field, 40), expected, "{field:?}");
        }
    }

    #[test]
    fn a_field_is_never_longer_than_its_limit() {
        for text in ["a", "\u{e9}", "\u{4e2d}", "\u{1f680}", "a\u{301} "] {
            for (count, max) in (0..40).zip([40, 7, 3, 11].into_iter().cycle()) {
                let field = text.repeat(count);
                assert!(field_within(&field, max).len() <= max, "{field:?} {max}");
            }
        }
    }
}
