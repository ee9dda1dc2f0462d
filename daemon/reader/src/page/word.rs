//! Lists and dividers as Word and Outlook write them: paragraphs and boxes with a style of their own.

use crate::document::{Document, Element, NodeId, Visit};
use crate::sight::Sight;
use html5ever::local_name;

/// Most nodes of a paragraph up to the text behind its marker.
const MAX_INSIDE: usize = 24;
/// Most characters of a marker.
const MAX_MARKER: usize = 8;
/// Most characters of a style.
const MAX_STYLE: usize = 600;
/// Deepest level of a list.
const MAX_LEVEL: usize = 9;

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The element with the marker.
    pub(super) node: NodeId,
    /// The marker and a space behind it.
    pub(super) marker: String,
    /// Depth of the list, from 1.
    pub(super) level: usize,
}

/// Returns what a paragraph is an item of. Its marker is a text of its own at its beginning, with spaces in
/// small letters behind it. Gmail takes the properties of Word away, and leaves the class and the margin.
pub(super) fn item(document: &Document, sight: &Sight, top: NodeId) -> Option<Item> {
    let element = document.element(top)?;
    let class = element.attribute(&local_name!("class")).unwrap_or_default();
    let list = style(element);
    let level = match list.split_once("mso-list:") {
        Some((_, list)) => digit(list.split_once("level")?.1)?,
        None if class.contains("MsoListParagraph") => margin(&list),
        None => return None,
    };
    let mut fonts = String::new();
    let mut inside = document.walk(top).take(MAX_INSIDE);
    let node = inside.find_map(|visit| {
        let Visit::Enter(node) = visit else {
            return None;
        };
        if document.text(node).is_some_and(is_filled) {
            return Some(None);
        }
        let style = style(document.element(node)?);
        fonts += &style;
        let is_marker = style.contains("mso-list:ignore") || has_spaces(document, node);
        is_marker.then_some(Some(node))
    })??;
    let mut text = String::new();
    for visit in document.walk(node).take(MAX_INSIDE) {
        if let Visit::Enter(node) = visit
            && let Some(part) = document.text(node).filter(|part| is_filled(part))
        {
            if !sight.is_seen(node) {
                return None;
            }
            text += part;
        }
    }
    let text = text.trim();
    let is_marker = is_filled(text) && text.chars().count() <= MAX_MARKER;
    if !is_marker || text.contains(char::is_whitespace) {
        return None;
    }
    let marker = match is_bullet(text, &fonts) {
        true => "- ".to_owned(),
        false => format!("{text} "),
    };
    let level = level.clamp(1, MAX_LEVEL);
    Some(Item {
        node,
        marker,
        level,
    })
}

/// Returns whether an element ends with spaces of 7 points.
fn has_spaces(document: &Document, node: NodeId) -> bool {
    let last = document.node(node).last;
    last.and_then(|last| document.element(last))
        .is_some_and(|last| style(last).starts_with("font:7.0pt"))
}

/// Returns the level of a paragraph by its margin. Each level has half an inch.
fn margin(style: &str) -> usize {
    let points = style
        .split_once("margin-left:")
        .map_or("", |(_, margin)| margin);
    let (points, inches) = (points.split_once("pt"), points.split_once("in"));
    let number =
        |found: Option<(&str, &str)>| found.and_then(|(number, _)| number.parse::<f32>().ok());
    let points = number(points).or(number(inches).map(|inches| inches * 72.0));
    points.map_or(1, |points| (points / 36.0) as usize)
}

fn digit(text: &str) -> Option<usize> {
    text.chars()
        .next()?
        .to_digit(10)
        .map(|digit| digit as usize)
}

/// Returns whether a box has a line above it and no other border. Outlook puts one before the mail that is
/// answered.
pub(super) fn is_divided(element: &Element) -> bool {
    let style = style(element);
    let border = |side: &str| {
        let declarations = style.split(';').filter_map(|one| one.split_once(':'));
        let mut found = declarations.filter(|(name, _)| {
            *name == "border"
                || name
                    .strip_prefix("border-")
                    .is_some_and(|name| name == side)
        });
        found.next_back().map(|(_, value)| value)
    };
    border("top").is_some_and(|value| value.contains("solid"))
        && ["left", "right", "bottom"].map(border) == [Some("none"); 3]
}

/// Returns whether a marker is a bullet. Fonts of symbols show a letter as one.
fn is_bullet(text: &str, fonts: &str) -> bool {
    const SYMBOLS: [&str; 4] = ["symbol", "wingdings", "webdings", "couriernew"];
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_alphanumeric() => {
            SYMBOLS.iter().any(|font| fonts.contains(font))
        }
        (Some(_), None) => true,
        _ => false,
    }
}

fn is_filled(text: &str) -> bool {
    !text.trim().is_empty()
}

/// Returns the style of an element without spaces, in small letters.
fn style(element: &Element) -> String {
    let style = element.attribute(&local_name!("style")).unwrap_or_default();
    let kept = style.chars().take(MAX_STYLE).filter(|c| !c.is_whitespace());
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use crate::read;

    fn item(level: u8, font: &str, marker: &str, text: &str) -> String {
        format!(
            "<p class=MsoListParagraph style='margin:0;text-indent:-18.0pt;mso-list:l0 level{level} lfo1'>\
             <![if !supportLists]><span style='font-family:{font}'><span style='mso-list:Ignore'>{marker}\
             <span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span>\
             <![endif]>{text}<o:p></o:p></p>"
        )
    }

    #[test]
    fn paragraphs_of_word_are_items() {
        let list = [
            item(1, "Symbol", "·", "a"),
            item(2, "\"Courier New\"", "o", "b"),
            item(3, "Wingdings", "§", "c"),
            item(1, "Calibri", "-", "d"),
            item(1, "Calibri", "1.", "e"),
            item(2, "Calibri", "a)", "f"),
            item(1, "Calibri", "o", "g"),
        ];
        let html = format!("<p>x</p>{}<p style='margin:0'>y</p>", list.concat());
        let shown = "x\n\n- a\n  - b\n    - c\n- d\n1. e\n   a) f\no g\n\ny";
        assert_eq!(read(Some(&html), None).markdown, shown);
    }

    #[test]
    fn a_paragraph_without_a_marker_that_is_seen_is_text() {
        for (html, shown) in [
            (
                "<p style='mso-list:l0 level1'><span style='mso-list:Ignore;color:#fff'>·</span>a</p>",
                "a",
            ),
            (
                "<p style='mso-list:l0 level1'>b <span style='mso-list:Ignore'>·</span> a</p>",
                "b · a",
            ),
            (
                "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>Send no money</span> a</p>",
                "Send no money a",
            ),
        ] {
            assert_eq!(read(Some(html), None).markdown, shown, "{html}");
        }
    }

    #[test]
    fn the_line_before_an_answered_mail_is_a_rule() {
        let html = "Yes<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>\
                    <b>From:</b> Bob</div></div>";
        assert_eq!(
            read(Some(html), None).markdown,
            "Yes\n\n---\n\n**From:** Bob"
        );
    }
}
