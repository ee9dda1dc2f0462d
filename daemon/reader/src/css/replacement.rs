//! `content`: what style sheets show in the place of the content of a box.

use cssparser::{Parser, Token, match_ignore_ascii_case};
use std::rc::Rc;

/// Longest text, in bytes.
const LONGEST: usize = 1_000;

/// The value of `content`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// The content itself, or nothing that is read.
    #[default]
    None,
    /// A space, or several.
    Space,
    /// White space with a line feed, which breaks a line where `white-space` keeps it.
    Break,
    /// An image. It replaces the content of an element.
    Image,
    /// A text. An element does not show it, but a box before or after its content does.
    Text(Rc<str>),
}

/// Parses the value. A text with a counter is not read, because its number is not known.
pub(super) fn replacement(input: &mut Parser<'_>) -> Replacement {
    let (mut text, mut image, mut counted) = (String::new(), false, false);
    while let Ok(token) = input.next() {
        match token {
            Token::QuotedString(part) => text.push_str(part),
            Token::UnquotedUrl(_) => image = true,
            Token::Ident(name) => match_ignore_ascii_case! { name,
                "open-quote" => text.push('\u{201c}'),
                "close-quote" => text.push('\u{201d}'),
                _ => {},
            },
            Token::Function(name) => match_ignore_ascii_case! { name,
                "attr" | "leader" | "target-counter" => {},
                "counter" | "counters" => counted = true,
                _ => image = true,
            },
            // What follows describes the box to programs that read aloud.
            Token::Delim('/') => while input.next().is_ok() {},
            _ => {}
        }
    }
    // Fonts of icons have pictures in the place of private characters.
    text.retain(|c| !matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..));
    text.truncate(text.floor_char_boundary(LONGEST));
    match (text.trim().is_empty() || counted, image) {
        (false, _) => Replacement::Text(text.into()),
        (true, true) => Replacement::Image,
        (true, false) if counted || text.is_empty() => Replacement::None,
        (true, false) if text.contains('\n') => Replacement::Break,
        (true, false) => Replacement::Space,
    }
}
