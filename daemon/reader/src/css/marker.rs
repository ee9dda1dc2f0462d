//! Markers of lists.

use cssparser::{Parser, Token, match_ignore_ascii_case};
use std::rc::Rc;

/// Marker of the items of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum ListStyle {
    #[default]
    Bullet,
    None,
    Decimal,
    LowerAlpha,
    UpperAlpha,
    LowerRoman,
    UpperRoman,
    /// The same text before each item.
    Text(Rc<str>),
}

/// Returns the marker that a list style names. An image counts as a bullet.
pub(crate) fn list_style(input: &mut Parser<'_>) -> ListStyle {
    let mut style = None;
    let mut image = false;
    while let Ok(token) = input.next() {
        image |= matches!(token, Token::UnquotedUrl(_) | Token::Function(_));
        style = match token {
            Token::Ident(name) => match_ignore_ascii_case! { name,
                "none" => style.or(Some(ListStyle::None)),
                "disc" | "circle" | "square" | "disclosure-open" | "disclosure-closed" => {
                    Some(ListStyle::Bullet)
                },
                "lower-alpha" | "lower-latin" => Some(ListStyle::LowerAlpha),
                "upper-alpha" | "upper-latin" => Some(ListStyle::UpperAlpha),
                "lower-roman" => Some(ListStyle::LowerRoman),
                "upper-roman" => Some(ListStyle::UpperRoman),
                "inside" | "outside" => style,
                // Other alphabets, and styles that nothing defines, are numbers.
                _ => Some(ListStyle::Decimal),
            },
            Token::QuotedString(text) if text.trim().is_empty() => Some(ListStyle::None),
            // An image is in the place of the text.
            Token::QuotedString(_) if image => Some(ListStyle::Bullet),
            Token::QuotedString(text) => Some(ListStyle::Text(Rc::from(&**text))),
            _ => Some(ListStyle::Bullet),
        };
    }
    style.unwrap_or_default()
}
