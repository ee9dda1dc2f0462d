//! Tags in Markdown and HTML. Tags of known elements stay. In Markdown, every other use of angle
//! brackets is text, so that `Vec<String>` and `Dear <name>` arrive as written.

use super::{
    elements,
    markup::{self, Tag},
    tree::escape,
};
use crate::html;
use std::collections::HashMap;

/// Limit of the bytes that the search for ends of tags reads in vain. The rest stays as it is.
const MAX_SCANNED: usize = 64 << 20;
/// Elements whose content the HTML parser reads as text up to the end tag.
const RAW_TEXT: [&str; 8] = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes",
];
/// Elements that may lack an end tag.
const OPTIONAL_END: [&str; 17] = [
    "p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead", "tfoot", "option", "html", "head",
    "body", "colgroup", "rt", "rp",
];
/// Elements that do nothing without attributes and an end tag, and whose names people write in
/// angle brackets for what they mean.
pub(super) const PLACEHOLDERS: [&str; 36] = [
    "a", "abbr", "address", "area", "audio", "base", "button", "canvas", "cite", "code", "data",
    "details", "dialog", "form", "image", "input", "label", "link", "map", "meter", "noscript",
    "object", "output", "picture", "progress", "search", "section", "select", "slot", "source",
    "summary", "svg", "template", "time", "var", "video",
];

/// The open elements of a document, by their names.
#[derive(Debug, Default)]
pub(super) struct Opened(HashMap<String, usize>);

impl Opened {
    pub(super) fn add(&mut self, part: &Part<'_>) {
        if let Part::Tag(tag) = part {
            let count = self.0.entry(tag.name.to_ascii_lowercase()).or_default();
            *count = match tag.is_end {
                true => count.saturating_sub(1),
                false => *count + 1,
            };
        }
    }

    /// Returns whether an element does nothing, because it stands in none of those that it belongs to. Items
    /// without a list are still items.
    pub(super) fn has_no_place_for(&self, name: &str) -> bool {
        let around: &[&str] = match name {
            "caption" | "col" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr" => {
                &["table"]
            }
            "option" | "optgroup" => &["select", "datalist"],
            "rp" | "rt" => &["ruby"],
            "html" | "head" | "body" => &[],
            _ => return false,
        };
        !around
            .iter()
            .any(|name| self.0.get(*name).is_some_and(|count| *count > 0))
    }
}

/// Place of a piece of HTML in the Markdown document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// A block of its own.
    Block,
    /// In a line of text. `after_word` tells whether it follows a letter or a digit directly.
    Inline { after_word: bool },
}

/// Part of a piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Tag(Tag<'a>),
    /// Comment, document type, or element of raw text with its content: stays as it is.
    Raw(&'a str),
    /// Processing instruction, CDATA section or unfinished comment.
    Other(&'a str),
    /// The rest of a text that is too costly to read.
    Unread(&'a str),
}

impl<'a> Part<'a> {
    pub(super) fn source(&self) -> &'a str {
        match self {
            Self::Text(source) | Self::Raw(source) | Self::Other(source) | Self::Unread(source) => {
                source
            }
            Self::Tag(tag) => tag.source,
        }
    }
}

/// The pieces of HTML of a Markdown document, in document order.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a>(Vec<(Context, Vec<Part<'a>>)>);

impl<'a> Pieces<'a> {
    /// Adds the next piece of the document.
    pub(super) fn add(&mut self, context: Context, source: &'a str) {
        self.0.push((context, split(source)));
    }

    /// Returns each piece with everything escaped that is not HTML.
    pub(super) fn finish(self) -> Vec<String> {
        let (paired, foreign) = pairs(&self.0);
        let mut at = 0;
        let mut opened = Opened::default();
        let pieces = self.0.iter().map(|(context, parts)| {
            let mut out = String::new();
            for part in parts {
                let is_paired = paired.get(at).copied().unwrap_or(false);
                let is_foreign = foreign.get(at).copied().unwrap_or(false);
                at += 1;
                match part {
                    Part::Text(text) | Part::Unread(text) => push_without_tags(text, &mut out),
                    Part::Raw(text) => out.push_str(text),
                    Part::Other(text) => escape(text, &mut out),
                    Part::Tag(tag) if is_foreign || keeps(tag, *context, is_paired, &opened) => {
                        opened.add(part);
                        out.push_str(tag.source);
                    }
                    Part::Tag(tag) => escape(tag.source, &mut out),
                }
            }
            out
        });
        pieces.collect()
    }
}

/// Returns whether word processors write an element.
pub(super) fn is_office(name: &str) -> bool {
    ["o:", "v:", "w:", "m:"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// Returns whether the first tag of a block is no element of HTML, so that the block is text.
pub(super) fn starts_unknown(block: &str) -> bool {
    match split(block.trim_start()).first() {
        Some(Part::Tag(tag)) => !keeps(tag, Context::Block, true, &Opened::default()),
        Some(Part::Other(_)) => true,
        Some(Part::Text(_) | Part::Raw(_) | Part::Unread(_)) | None => false,
    }
}

/// Returns whether text starts with the tag of an element of HTML.
pub(super) fn starts_known(text: &str) -> bool {
    match split(text.trim_start()).first() {
        Some(Part::Tag(tag)) => keeps(tag, Context::Block, true, &Opened::default()),
        Some(Part::Raw(_)) => true,
        Some(Part::Text(_) | Part::Other(_) | Part::Unread(_)) | None => false,
    }
}

/// Returns the number of known elements that a block opens, less those that it closes.
pub(super) fn open_elements(block: &str) -> i64 {
    let parts = split(block);
    let counts = parts.iter().map(|part| match part {
        Part::Tag(tag) if elements::is_known(tag.name) => {
            let name = tag.name.to_ascii_lowercase();
            match (tag.is_end, html::is_void(&name), name.as_str()) {
                (_, true, _) | (_, _, "p" | "li") => 0,
                (true, false, _) => -1,
                (false, false, _) => 1,
            }
        }
        Part::Tag(_) | Part::Text(_) | Part::Raw(_) | Part::Other(_) | Part::Unread(_) => 0,
    });
    counts.sum()
}

/// Returns whether each part has a partner, and whether each part is within SVG or MathML.
pub(super) fn pairs(pieces: &[(Context, Vec<Part<'_>>)]) -> (Vec<bool>, Vec<bool>) {
    let parts = || pieces.iter().flat_map(|(_, parts)| parts);
    let count = parts().count();
    let mut paired = vec![false; count];
    let mut foreign = vec![false; count];
    let mut open: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, part) in parts().enumerate() {
        let Part::Tag(tag) = part else {
            continue;
        };
        let name = tag.name.to_ascii_lowercase();
        if !tag.is_end {
            open.entry(name).or_default().push(at);
            continue;
        }
        let Some(start) = open.get_mut(&name).and_then(Vec::pop) else {
            continue;
        };
        for end in [start, at] {
            if let Some(end) = paired.get_mut(end) {
                *end = true;
            }
        }
        if matches!(name.as_str(), "svg" | "math") {
            let within = foreign.get_mut(start..=at);
            within.into_iter().flatten().for_each(|is| *is = true);
        }
    }
    (paired, foreign)
}

fn keeps(tag: &Tag<'_>, context: Context, is_paired: bool, opened: &Opened) -> bool {
    let name = tag.name.to_ascii_lowercase();
    if is_office(&name) {
        return true;
    }
    if !elements::is_known(&name) || name == "plaintext" || !tag.is_plausible {
        return false;
    }
    let is_mixed_case = tag.name.bytes().any(|b| b.is_ascii_lowercase()) && tag.name != name;
    let after_word = context == Context::Inline { after_word: true };
    if after_word && is_mixed_case {
        // A type parameter, such as `Vec<Input>`.
        return false;
    }
    match name.as_str() {
        "br" | "hr" | "wbr" => return true,
        // Without attributes these elements do nothing.
        void if html::is_void(void) => return tag.has_attributes,
        _ => {}
    }
    if is_paired {
        return true;
    }
    if is_raw_text(&name) {
        // Without its end tag, the element would take the rest of the mail.
        return false;
    }
    if !tag.has_attributes && PLACEHOLDERS.contains(&name.as_str()) {
        return false;
    }
    match context {
        Context::Block => true,
        Context::Inline { after_word } => {
            let is_upper = tag.name != name;
            let has_optional_end = OPTIONAL_END.contains(&name.as_str());
            has_optional_end && !(after_word && is_upper) && !opened.has_no_place_for(&name)
        }
    }
}

/// Splits HTML into its parts.
pub(super) fn split(source: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut text = source;
    let mut rest = source;
    let mut scanned = 0;
    while let Some(at) = rest.find('<') {
        let from = rest.get(at..).unwrap_or_default();
        let is_markup = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
        let after = from.get(1..).unwrap_or_default();
        if !after.starts_with(is_markup) {
            rest = after;
            continue;
        }
        if scanned >= MAX_SCANNED {
            let before = text.len() - from.len();
            push_text(&mut parts, text.get(..before).unwrap_or_default());
            parts.push(Part::Unread(from));
            return parts;
        }
        let Some((part, length)) = markup(from) else {
            scanned += from.len();
            rest = after;
            continue;
        };
        if matches!(&part, Part::Tag(tag) if is_raw_text(tag.name)) {
            scanned += from.len();
        }
        let before = text.len() - from.len();
        push_text(&mut parts, text.get(..before).unwrap_or_default());
        parts.push(part);
        rest = from.get(length..).unwrap_or_default();
        text = rest;
    }
    push_text(&mut parts, text);
    parts
}

pub(super) fn is_raw_text(name: &str) -> bool {
    RAW_TEXT.iter().any(|raw| raw.eq_ignore_ascii_case(name))
}

fn push_text<'a>(parts: &mut Vec<Part<'a>>, text: &'a str) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

/// Appends text with its angle brackets escaped, of which the parser could read some as the start
/// of a tag that never ends.
fn push_without_tags(text: &str, out: &mut String) {
    for (at, piece) in text.split('<').enumerate() {
        if at > 0 {
            out.push_str("&lt;");
        }
        out.push_str(piece);
    }
}

/// Returns the part at the start of a text, and its length.
fn markup(text: &str) -> Option<(Part<'_>, usize)> {
    let upto = |end: Option<usize>| {
        let length = end.unwrap_or(text.len());
        (
            text.get(..length).unwrap_or_default(),
            length,
            end.is_some(),
        )
    };
    let past = |end: &str| text.find(end).map(|at| at + end.len());
    if text.starts_with("<!--") {
        let end = match text.starts_with("<!-->") {
            true => Some(5),
            false => past("-->"),
        };
        let (comment, length, is_closed) = upto(end);
        let part = if is_closed {
            Part::Raw(comment)
        } else {
            Part::Other(comment)
        };
        return Some((part, length));
    }
    if text.starts_with("<![CDATA[") {
        let (section, length, _) = upto(past("]]>"));
        return Some((Part::Other(section), length));
    }
    if text.starts_with("<?") {
        let (instruction, length, _) = upto(past("?>").or_else(|| past(">")));
        return Some((Part::Other(instruction), length));
    }
    let is_doctype = text
        .get(..9)
        .is_some_and(|d| d.eq_ignore_ascii_case("<!doctype"));
    if is_doctype {
        let (doctype, length, is_closed) = upto(past(">"));
        return is_closed.then_some((Part::Raw(doctype), length));
    }
    let tag = markup::parse(text)?;
    let length = tag.source.len();
    if !tag.is_end && is_raw_text(tag.name) {
        let content = text.get(length..).unwrap_or_default();
        if let Some(end) = end_of(content, tag.name) {
            let (element, length, _) = upto(Some(length + end));
            return Some((Part::Raw(element), length));
        }
    }
    Some((Part::Tag(tag), length))
}

/// Returns the position after the end tag of an element.
fn end_of(content: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + content.get(from..)?.find("</")?;
        let after = content.get(at + 2..)?;
        let is_it = after
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name));
        if is_it {
            return Some(at + 2 + after.find('>')? + 1);
        }
        from = at + 2;
    }
}

#[cfg(test)]
#[path = "tags_tests.rs"]
mod tests;
