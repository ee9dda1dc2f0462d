//! Numbers of lists.

use crate::{css::property::ListStyle, document::Element};
use html5ever::local_name;

/// An open list.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    next: i64,
    numbered: bool,
}

/// Number of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbering(pub(super) i64);

impl List {
    pub(super) fn new(list: &Element) -> Self {
        let start = list.attribute(&local_name!("start"));
        Self {
            next: start.and_then(integer).unwrap_or(1),
            numbered: list.html_name() == "ol",
        }
    }

    /// Returns the number of the next item. A list without numbers may get them from its style.
    pub(super) fn next(&mut self, item: &Element) -> Numbering {
        if let Some(value) = item.attribute(&local_name!("value")).and_then(integer)
            && self.numbered
        {
            self.next = value;
        }
        let number = self.next;
        self.next = self.next.saturating_add(1);
        Numbering(number)
    }
}

fn integer(text: &str) -> Option<i64> {
    let number: i32 = text.trim().parse().ok()?;
    Some(i64::from(number))
}

/// Returns a number as a list writes it.
pub(super) fn number(number: i64, style: ListStyle) -> String {
    let written = match style {
        ListStyle::LowerAlpha => letters(number),
        ListStyle::UpperAlpha => letters(number).map(|text| text.to_ascii_uppercase()),
        ListStyle::LowerRoman => roman(number),
        ListStyle::UpperRoman => roman(number).map(|text| text.to_ascii_uppercase()),
        ListStyle::Bullet | ListStyle::None | ListStyle::Decimal => None,
    };
    written.unwrap_or_else(|| number.to_string())
}

fn letters(number: i64) -> Option<String> {
    let mut rest = u32::try_from(number).ok().filter(|number| *number > 0)?;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from_u32(u32::from(b'a') + rest % 26)?);
        rest /= 26;
    }
    Some(letters.into_iter().rev().collect())
}

fn roman(number: i64) -> Option<String> {
    const SIGNS: [(i64, &str); 13] = [
        (1_000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..4_000).contains(&number) {
        return None;
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_the_style_of_their_list() {
        for (value, style, text) in [
            (7, ListStyle::Decimal, "7"),
            (1, ListStyle::LowerAlpha, "a"),
            (28, ListStyle::UpperAlpha, "AB"),
            (14, ListStyle::LowerRoman, "xiv"),
            (0, ListStyle::LowerRoman, "0"),
            (-3, ListStyle::UpperAlpha, "-3"),
        ] {
            assert_eq!(number(value, style), text);
        }
    }
}
