//! Numbers of lists.

use crate::{
    cascade::Styles,
    css::{marker::ListStyle, property::Display},
    document::{Document, Element, NodeId, Visit},
};
use html5ever::local_name;

/// An open list.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    next: i64,
    step: i64,
    numbered: bool,
}

/// Number of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbering(pub(super) i64);

impl List {
    pub(super) fn new(document: &Document, styles: &Styles, node: NodeId, list: &Element) -> Self {
        let numbered = list.html_name() == "ol";
        let reversed = numbered && list.attribute(&local_name!("reversed")).is_some();
        let start = list.attribute(&local_name!("start")).and_then(integer);
        let first = || match reversed {
            true => items(document, styles, node),
            false => 1,
        };
        Self {
            next: start.unwrap_or_else(first),
            step: if reversed { -1 } else { 1 },
            numbered,
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
        self.next = self.next.saturating_add(self.step);
        Numbering(number)
    }
}

/// Returns the number of items of a list, without those of lists inside it.
fn items(document: &Document, styles: &Styles, list: NodeId) -> i64 {
    let mut count = 0;
    let mut walk = document.walk(list);
    while let Some(visit) = walk.next() {
        let Visit::Enter(node) = visit else { continue };
        let display = styles.get(node).display;
        let name = document.name(node);
        count += i64::from(name == "li" && display == Display::ListItem);
        let is_list = matches!(name, "ol" | "ul" | "menu" | "dir") && node != list;
        if is_list || display == Display::None {
            walk.skip_children();
        }
    }
    count
}

/// Returns the number at the beginning of an attribute.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number: i32 = digits.get(..end)?.parse().ok()?;
    let number = i64::from(number);
    Some(if text.starts_with('-') {
        -number
    } else {
        number
    })
}

/// Returns a number as a list writes it.
pub(crate) fn number(number: i64, style: &ListStyle) -> String {
    let written = match style {
        ListStyle::LowerAlpha => letters(number),
        ListStyle::UpperAlpha => letters(number).map(|text| text.to_ascii_uppercase()),
        ListStyle::LowerRoman => roman(number),
        ListStyle::UpperRoman => roman(number).map(|text| text.to_ascii_uppercase()),
        ListStyle::Bullet | ListStyle::None | ListStyle::Decimal | ListStyle::Text(_) => None,
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
            assert_eq!(number(value, &style), text);
        }
    }
}
