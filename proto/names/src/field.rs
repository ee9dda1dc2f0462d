//! Header fields with the sender or the recipients of a mail.

use crate::Address;
use std::borrow::Cow;

/// Returns a header field with an address in at most `max` bytes. White space between words becomes one space.
/// In a longer field, the name or the comment beside the address is cut. A field that is not one address loses
/// a comment at its end, and its middle: the end of an address has its domain.
#[must_use]
pub fn field_within(field: &str, max: usize) -> Cow<'_, str> {
    let field = match has_plain_spaces(field) {
        true => Cow::Borrowed(field),
        false => Cow::Owned(field.split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    if field.len() <= max {
        return field;
    }
    let shown = match Address::in_field(&field) {
        Some(address) => beside(&field, address.as_str(), max),
        None => None,
    };
    let comment = field
        .strip_suffix(')')
        .and_then(|field| field.rsplit_once(" ("));
    match (shown, comment) {
        (Some(shown), _) => shown,
        (None, Some((before, _))) => {
            let cut = " (…)";
            without_middle(before, max.saturating_sub(cut.len())) + cut
        }
        (None, None) => without_middle(&field, max),
    }
    .into()
}

/// Returns the address of a field and the beginning of the name or comment beside it; `None` without room.
fn beside(field: &str, address: &str, max: usize) -> Option<String> {
    let marks = "… <>".len();
    let room = max.checked_sub(address.len() + marks)?;
    let cut = |text: &str| {
        text.get(..text.floor_char_boundary(room))
            .map(str::to_owned)
    };
    match field.split_once('<') {
        Some((name, _)) => Some(format!("{}… <{address}>", cut(name)?)),
        None => {
            let (_, comment) = field.split_once(" (")?;
            Some(format!("{address} ({}…)", cut(comment)?))
        }
    }
}

fn without_middle(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let kept = max.saturating_sub("…".len());
    let head = text.floor_char_boundary(kept / 2);
    let tail = text.ceil_char_boundary(text.len() - (kept - head));
    let part = |range| text.get(range).unwrap_or_default();
    [part(0..head), "…", part(tail..text.len())].concat()
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
                &format!("{} {eve}", "x".repeat(50)),
                "xxxxxxxxxxxxxxxxxx… <eve@evil.example>",
            ),
            (
                &format!("eve@evil.example ({})", "x bank ".repeat(9)),
                "eve@evil.example (x bank x bank x ba…)",
            ),
            (
                &format!("\"a@b.example\" {eve} ({})", "y".repeat(50)),
                "\"a@b.example\" <eve@evil.example> (…)",
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
