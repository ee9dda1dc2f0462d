//! A bound on the attributes of a tag. The tokenizer compares each new attribute of a tag with all
//! others, so that its time grows with the square of their number.

use crate::limits::MAX_ATTRIBUTES;
use std::borrow::Cow;

/// Elements whose content is text up to their end tag.
const RAW: [&str; 9] = [
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
];

/// Attributes that are kept wherever they are, because they may hide the element.
const KEPT: [&str; 8] = [
    "style", "class", "id", "hidden", "width", "height", "color", "bgcolor",
];

/// Place in a tag (HTML, 13.2.5.32 to 13.2.5.39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Quoted(u8),
    Unquoted,
}

/// Returns the HTML without the attributes of a tag after the first [`MAX_ATTRIBUTES`], except those that
/// may [hide](KEPT) the element, and whether there are such attributes.
pub(super) fn bounded(html: &str) -> (Cow<'_, str>, bool) {
    let bytes = html.as_bytes();
    let mut kept = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        let after = found + 1;
        let next = bytes.get(after).copied().unwrap_or_default();
        let name_at = if next == b'/' { after + 1 } else { after };
        if bytes.get(after..after + 3) == Some(b"!--") {
            at = comment_end(html, after + 3);
        } else if bytes.get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            let tag = Tag::scan(bytes, name_at);
            if let Some(excess) = tag.excess.first() {
                kept.push_str(html.get(copied..*excess).unwrap_or_default());
                for name in KEPT {
                    let named = |attribute: &&str| {
                        let end = attribute
                            .find(|c: char| c == '=' || c == '/' || c.is_ascii_whitespace());
                        let own = attribute
                            .get(..end.unwrap_or(attribute.len()))
                            .unwrap_or_default();
                        own.eq_ignore_ascii_case(name)
                    };
                    if let Some(attribute) = tag.excess(html).find(|own| named(own)) {
                        kept.push_str(attribute);
                        kept.push(' ');
                    }
                }
                copied = tag.end;
            }
            at = tag.end;
            let name = html.get(name_at..tag.name_end).unwrap_or_default();
            let raw = RAW.iter().find(|raw| name.eq_ignore_ascii_case(raw));
            if let Some(raw) = raw
                && next != b'/'
            {
                at = raw_end(bytes, at, raw);
            }
        } else {
            at = after;
        }
    }
    if copied == 0 {
        return (Cow::Borrowed(html), false);
    }
    kept.push_str(html.get(copied..).unwrap_or_default());
    (Cow::Owned(kept), true)
}

/// Extent of a tag.
struct Tag {
    name_end: usize,
    /// Places of the attributes that are too many.
    excess: Vec<usize>,
    /// Place of the `>`, or of the end of the text.
    end: usize,
}

impl Tag {
    /// Returns the attributes that are too many.
    fn excess<'a>(&'a self, html: &'a str) -> impl Iterator<Item = &'a str> {
        let ends = self.excess.iter().skip(1).chain([&self.end]);
        let places = self.excess.iter().zip(ends);
        places.map(|(start, end)| html.get(*start..*end).unwrap_or_default())
    }

    fn scan(bytes: &[u8], name_at: usize) -> Self {
        let rest = bytes.get(name_at..).unwrap_or_default();
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let name = rest.iter().position(is_end).unwrap_or(rest.len());
        let name_end = name_at + name;
        let mut state = State::BeforeName;
        let mut attributes = 0;
        let mut excess = Vec::new();
        for (at, byte) in bytes.iter().enumerate().skip(name_end) {
            let old = state;
            state = match (state, byte) {
                (State::Quoted(quote), byte) if *byte == quote => State::BeforeName,
                (State::Quoted(quote), _) => State::Quoted(quote),
                (_, b'>') => {
                    return Self {
                        name_end,
                        excess,
                        end: at,
                    };
                }
                (State::BeforeValue, b'"' | b'\'') => State::Quoted(*byte),
                (State::BeforeName, byte) if byte.is_ascii_whitespace() => State::BeforeName,
                (State::Name | State::AfterName, byte) if byte.is_ascii_whitespace() => {
                    State::AfterName
                }
                (State::BeforeValue, byte) if byte.is_ascii_whitespace() => State::BeforeValue,
                (State::Unquoted, byte) if byte.is_ascii_whitespace() => State::BeforeName,
                (State::BeforeName | State::Name | State::AfterName, b'/') => State::BeforeName,
                (State::Name | State::AfterName, b'=') => State::BeforeValue,
                (State::BeforeName | State::AfterName | State::Name, _) => State::Name,
                (State::BeforeValue | State::Unquoted, _) => State::Unquoted,
            };
            if state == State::Name && old != State::Name {
                attributes += 1;
                if attributes > MAX_ATTRIBUTES {
                    excess.push(at);
                }
            }
        }
        Self {
            name_end,
            excess,
            end: bytes.len(),
        }
    }
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|other| *other == byte)
        .map(|at| from + at)
}

/// Returns the place after a comment whose text begins at a place.
fn comment_end(html: &str, from: usize) -> usize {
    let text = html.get(from..).unwrap_or_default();
    if text.starts_with('>') || text.starts_with("->") {
        return from;
    }
    let mut hyphens = text.match_indices("--");
    let end = hyphens.find(|(at, _)| {
        let after = text.get(at + 2..).unwrap_or_default();
        after.starts_with(['>', '-']) || after.starts_with("!>")
    });
    end.map_or(html.len(), |(at, _)| from + at + 2)
}

/// Returns the place of the end tag of an element with raw text.
fn raw_end(bytes: &[u8], from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        let end = found + 2 + name.len();
        let tag = bytes.get(found + 2..end).unwrap_or_default();
        if bytes.get(found + 1) == Some(&b'/') && tag.eq_ignore_ascii_case(name.as_bytes()) {
            return found;
        }
        at = found + 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(count: usize) -> String {
        (0..count)
            .map(|at| format!(" a{at}=\"<>' {at}\""))
            .collect()
    }

    #[test]
    fn a_tag_keeps_the_permitted_attributes() {
        let permitted = format!("<p{}>text</p>", many(MAX_ATTRIBUTES));
        assert_eq!(bounded(&permitted), (permitted.as_str().into(), false));
        let more = format!("<p{} secret words='>'>text</p>", many(MAX_ATTRIBUTES));
        let cut = format!("<p{} >text</p>", many(MAX_ATTRIBUTES));
        assert_eq!(bounded(&more), (cut.into(), true));
        let hidden = format!(
            "<p{} x Style='a>b' y=1 id=z style=2>text</p>",
            many(MAX_ATTRIBUTES)
        );
        let kept = format!("<p{} Style='a>b'  id=z  >text</p>", many(MAX_ATTRIBUTES));
        assert_eq!(bounded(&hidden), (kept.into(), true));
        let slashes = format!("<p{}>x", "/a".repeat(MAX_ATTRIBUTES + 9));
        assert!(bounded(&slashes).1);
    }

    #[test]
    fn comments_and_raw_text_have_no_attributes() {
        let words = " word".repeat(MAX_ATTRIBUTES + 1);
        for html in [
            format!("<!-- <a{words} --> text"),
            format!("<style><a{words}></style> text"),
            format!("<TITLE><a{words}></title> text"),
            format!("a < b{words}"),
        ] {
            assert_eq!(bounded(&html), (html.as_str().into(), false));
        }
        let after = format!("<!--> <a{words}> text");
        assert!(bounded(&after).1);
    }
}
