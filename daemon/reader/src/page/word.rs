//! Lists and dividers as Word and Outlook write them: paragraphs and boxes with a style of their own.

use super::quotes::is_headed;
use crate::{
    cascade::{Computed, Styles},
    css::property::Display,
    document::{Document, Element, NodeId, Visit},
    sight::Sight,
};
use html5ever::local_name;

/// Most nodes of a paragraph up to its marker, and of the marker.
const MAX_INSIDE: usize = 24;
/// Most characters of a marker with numbers.
const MAX_MARKER: usize = 10;
/// Most digits, letters, and letters of a Roman number in a part of a marker.
const MAX_DIGITS: usize = 4;
const MAX_LETTERS: usize = 2;
const MAX_ROMAN: usize = 7;
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

/// Returns what a paragraph is an item of. Its marker is a text of its own at its beginning, with spaces
/// behind it. Gmail takes the properties of Word away, and leaves the class and the margin. The page writes
/// a marker as it is, so only what Word writes is one.
pub(super) fn item(
    document: &Document,
    styles: &Styles,
    sight: &Sight,
    top: NodeId,
) -> Option<Item> {
    let element = document.element(top)?;
    let class = element.attribute(&local_name!("class")).unwrap_or_default();
    let list = style(element);
    let level = match list.split_once("mso-list:") {
        Some((_, list)) => digit(list.split_once("level")?.1)?,
        None if class.contains("MsoListParagraph") => margin(&list),
        None => return None,
    };
    if styles.get(top).display != Display::Block {
        return None;
    }
    let node = marker_node(document, styles, top)?;
    let (mut text, mut font, mut is_spaced) = (String::new(), String::new(), false);
    for (count, visit) in document.walk(node).enumerate() {
        let Visit::Enter(node) = visit else { continue };
        if count > MAX_INSIDE {
            return None;
        }
        if let Some(part) = document.text(node) {
            let is_seen = sight.is_seen(node);
            if is_filled(part) {
                if !is_seen || (is_spaced && !text.is_empty()) {
                    return None;
                }
                if text.is_empty() {
                    font = family(document, node, top);
                }
                text += part.trim();
            }
            is_spaced = is_seen && part.ends_with(char::is_whitespace);
        } else if let Some(element) = document.element(node)
            && !is_plain(element, styles.get(node))
        {
            return None;
        }
    }
    let marker = marker(&text, &font).filter(|_| is_spaced)?;
    let level = level.clamp(1, MAX_LEVEL);
    Some(Item {
        node,
        marker,
        level,
    })
}

/// Returns the element with the marker, if nothing that a person sees is before it.
fn marker_node(document: &Document, styles: &Styles, top: NodeId) -> Option<NodeId> {
    for visit in document.walk(top).skip(1).take(MAX_INSIDE) {
        let Visit::Enter(node) = visit else { continue };
        if document.text(node).is_some_and(is_filled) {
            return None;
        }
        let Some(element) = document.element(node) else {
            continue;
        };
        if !is_plain(element, styles.get(node)) {
            return None;
        }
        if style(element).contains("mso-list:ignore") || has_spaces(document, node) {
            return Some(node);
        }
    }
    None
}

/// Returns whether an element changes only the look of its text, and not what the text says.
fn is_plain(element: &Element, style: &Computed) -> bool {
    let is_look = matches!(
        element.html_name(),
        "span" | "font" | "b" | "strong" | "i" | "em" | "u"
    );
    is_look && style.display == Display::Inline && !style.struck
}

/// Returns the first font of a text in a paragraph.
fn family(document: &Document, text: NodeId, top: NodeId) -> String {
    let inside = document.ancestors(text).take_while(|node| *node != top);
    let mut elements = inside.filter_map(|node| document.element(node));
    let found = elements.find_map(|element| {
        let style = style(element);
        let mut declarations = style.split(';').filter_map(|one| one.split_once(':'));
        let fonts = declarations.find(|(name, _)| *name == "font-family")?.1;
        let first = fonts.split(',').next().unwrap_or_default();
        Some(first.trim_matches(['"', '\'']).to_owned())
    });
    found.unwrap_or_default()
}

/// Returns a marker as Markdown has it. Fonts of symbols show a letter as a sign. A box with a tick says
/// something else than an empty one, so it stays.
pub(super) fn marker(text: &str, font: &str) -> Option<String> {
    let mut letters = text.chars();
    let bullet = match (font, letters.next()?, letters.next()) {
        (
            _,
            '·' | '•' | '●' | '○' | '◦' | '■' | '▪' | '▫' | '-' | '–' | '—' | '*' | '►' | '➢' | '‣'
            | '⁃',
            None,
        )
        | ("couriernew", 'o', None)
        | ("wingdings", '§' | 'v' | 'Ø' | 'à', None) => "- ",
        ("wingdings", 'ü', None) => "- ✓ ",
        ("wingdings", 'û', None) => "- ✗ ",
        ("wingdings", 'þ', None) => "- ☑ ",
        ("wingdings", 'ý' | 'x', None) => "- ☒ ",
        ("wingdings", 'o' | 'q' | '¨', None) => "- ☐ ",
        (_, '✓' | '✔' | '✗' | '✘' | '☐' | '☑' | '☒', None) => {
            return Some(format!("- {text} "));
        }
        _ => return is_number(text).then(|| format!("{text} ")),
    };
    Some(bullet.to_owned())
}

/// Returns whether a text is the number of an item: `1.`, `a)`, `(iv)`, `1.2.3`.
fn is_number(text: &str) -> bool {
    if text.chars().count() > MAX_MARKER {
        return false;
    }
    let is_digits = |part: &str| is_of(part, MAX_DIGITS, |letter| letter.is_ascii_digit());
    let is_part = |part: &str| {
        is_digits(part)
            || is_of(part, MAX_LETTERS, |letter| letter.is_ascii_alphabetic())
            || is_of(part, MAX_ROMAN, |letter| "ivxlcdmIVXLCDM".contains(letter))
    };
    if let Some(inside) = text.strip_prefix('(') {
        return inside.strip_suffix(')').is_some_and(is_part);
    }
    let part = text.strip_suffix(['.', ')', ':']);
    let parts = text.strip_suffix('.').unwrap_or(text);
    part.is_some_and(is_part) || (parts.contains('.') && parts.split('.').all(is_digits))
}

fn is_of(part: &str, most: usize, is: impl Fn(char) -> bool) -> bool {
    (1..=most).contains(&part.len()) && part.chars().all(is)
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
    let style = element.attribute(&local_name!("style")).unwrap_or_default();
    if style.len() > MAX_STYLE {
        return false;
    }
    let style = style.to_ascii_lowercase();
    let border = |side: &str| {
        let declarations = style.split(';').filter_map(|one| one.split_once(':'));
        let mut found = declarations.filter(|(name, _)| {
            let name = name.trim().strip_prefix("border");
            name.is_some_and(|name| name.is_empty() || name.strip_prefix('-') == Some(side))
        });
        found.next_back().map(|(_, value)| value.trim())
    };
    let is_zero = |part: &str| {
        let number = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        number.parse::<f32>() == Ok(0.0)
    };
    let is_drawn = border("top")
        .is_some_and(|value| value.contains("solid") && !value.split(' ').any(is_zero));
    is_drawn && ["left", "right", "bottom"].map(border) == [Some("none"); 3] || is_headed(element)
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
        ];
        let html = format!("<p>x</p>{}<p style='margin:0'>y</p>", list.concat());
        let shown = "x\n\n- a\n  - b\n    - c\n- d\n1. e\n   a) f\n\ny";
        assert_eq!(read(Some(&html), None).markdown, shown);
    }

    #[test]
    fn boxes_and_ticks_of_an_item_stay() {
        let signs = ["ü", "û", "þ", "x", "q", "¨"];
        let list = signs.map(|sign| item(1, "Wingdings", sign, "a"));
        assert_eq!(
            read(Some(&list.concat()), None).markdown,
            "- ✓ a\n- ✗ a\n- ☑ a\n- ☒ a\n- ☐ a\n- ☐ a"
        );
    }

    #[test]
    fn numbers_of_items_are_markers() {
        for marker in ["12.", "a)", "(iv)", "xviii.", "1.2.", "1.2.3", "B:"] {
            let html = item(1, "Calibri", marker, "x");
            let list = format!("<p>y</p>{html}");
            let shown = format!("y\n\n{marker} x");
            assert_eq!(read(Some(&list), None).markdown, shown);
        }
    }

    #[test]
    fn a_paragraph_without_a_marker_that_is_seen_is_text() {
        const SPACES: &str = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp; </span>";
        let bomb = format!("·{}<b>Pay no money to Eve</b>", "<i></i>".repeat(13));
        for (marker, shown) in [
            ("<i style='color:#fff'>·</i>", "buy"),
            ("Send no money", "Send no money buy"),
            // What the page writes is clean and escaped.
            ("&#xE0064;&#xE0065;&#x202e;1.", "1. buy"),
            ("```", "\\`\\`\\` buy"),
            ("##", "\\## buy"),
            ("&lt;!--", "\\<!-- buy"),
            ("[image:", "\\[image: buy"),
            ("(⚠", "\\(⚠ buy"),
            ("](", "\\]( buy"),
            ("STOP.", "STOP. buy"),
            ("1.000", "1.000 buy"),
            ("<s>5.</s>", "~~5.~~ buy"),
            (
                "<i style='text-decoration:line-through'>5.</i>",
                "~~*5.*~~ buy",
            ),
            (
                "<a href=https://evil.example>1.</a>",
                "[1.](https://evil.example) buy",
            ),
            // Nothing in the element of the marker is lost.
            (&bomb, "·**Pay no money to Eve** buy"),
            (
                "·<img alt=STOP width=100 height=100>",
                "· [image: STOP] buy",
            ),
            ("1.<b>&nbsp;Pay</b>", "1. **Pay** buy"),
            // Letters are letters.
            ("o", "o buy"),
            ("<font style='font-family:Courier New'>7</font>", "7 buy"),
            ("<font style='font-family:Symbol'>5</font>", "5 buy"),
            (
                "<font style='font-family:Arial;x:wingdings'>v</font>",
                "v buy",
            ),
            ("<font style='font-family:Wingdings'></font>v", "v buy"),
        ] {
            let html = format!(
                "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>{marker}{SPACES}</span>buy</p>"
            );
            assert_eq!(read(Some(&html), None).markdown, shown, "{html}");
        }
        for (html, shown) in [
            (
                "<p style='mso-list:l0 level1'>b <span style='mso-list:Ignore'>·&nbsp;</span> a</p>",
                "b · a",
            ),
            (
                "<p style='mso-list:l0 level1'><img alt=7><span style='mso-list:Ignore'>5.&nbsp;</span>EUR</p>",
                "[image: 7] 5. EUR",
            ),
            (
                "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>1.</span>000 EUR</p>",
                "1.000 EUR",
            ),
            (
                "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>1.<i style='font-size:0'>&nbsp;</i></span>000 EUR</p>",
                "1.000 EUR",
            ),
            (
                "7<p style='display:inline;mso-list:l0 level1'><span style='mso-list:Ignore'>5.&nbsp;</span>EUR</p>",
                "75. EUR",
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
        let none = html.replace("solid #E1E1E1 1.0pt", "0 solid");
        assert_eq!(read(Some(&none), None).markdown, "Yes\n**From:** Bob");
    }
}
