//! Styles that change the lines and the gaps of the text part.

use super::{
    elements,
    tree::Element,
    values::{self, FONT},
};
use crate::page::gaps;

/// Smallest distance that separates words as a space does, in pixels.
const SPACE: f32 = 3.0;

/// Side of an element in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Returns the last value of a property in the style of an element.
fn declared(element: &Element, name: &str) -> Option<String> {
    let style = element.attr("style").filter(|style| style.contains(name))?;
    let declarations = values::in_order(style).into_iter().rev();
    let mut named = declarations.filter(|declaration| declaration.name == name);
    named.next().map(|declaration| declaration.value)
}

/// Returns whether an element has lines of its own.
pub(super) fn is_block(element: &Element) -> bool {
    match declared(element, "display").as_deref() {
        Some("block" | "flex" | "grid" | "table" | "list-item" | "flow-root") => true,
        Some("inline" | "inline-block" | "inline-flex" | "inline-table" | "contents") => false,
        Some(_) | None => elements::is_block(element.tag()),
    }
}

/// Returns whether the children of an element are boxes beside each other.
pub(super) fn is_row(element: &Element) -> bool {
    let display = declared(element, "display");
    let rows = ["flex", "inline-flex", "grid", "inline-grid"];
    display.is_some_and(|display| rows.contains(&display.as_str()))
}

/// Returns whether an element in a line is a box apart from the text beside it. One for text that is as
/// wide as its text is next to it, as the first letter of a word may be.
pub(super) fn is_box(element: &Element) -> bool {
    let is_sized = ["width", "min-width"]
        .iter()
        .any(|name| declared(element, name).is_some_and(|width| width != "auto"));
    let float = declared(element, "float");
    match declared(element, "display").as_deref() {
        Some("table-cell") => true,
        _ if float.as_deref() == Some("right") => true,
        Some("inline-block" | "inline-flex" | "inline-grid" | "inline-table") => {
            is_sized || !gaps::is_text(element.tag())
        }
        _ => float.as_deref() == Some("left") && is_sized,
    }
}

/// Returns whether the line breaks and spaces of an element are seen.
pub(super) fn is_verbatim(element: &Element, around: bool) -> bool {
    match declared(element, "white-space").as_deref() {
        Some("pre" | "pre-wrap" | "pre-line" | "break-spaces") => true,
        Some("normal" | "nowrap" | "initial") => false,
        Some(_) | None => around || element.tag() == "pre",
    }
}

/// Returns whether an element is raised above the line.
pub(super) fn is_raised(element: &Element) -> bool {
    match declared(element, "vertical-align").as_deref() {
        Some(value) => value == "super",
        None => element.tag() == "sup",
    }
}

/// Returns whether a margin or padding separates an element in a line from the text on a side.
pub(super) fn is_apart(element: &Element, side: Side) -> bool {
    let style = element.attr("style").unwrap_or_default();
    if !style.contains("margin") && !style.contains("padding") {
        return false;
    }
    let (mut margin, mut padding) = (0.0, 0.0);
    for declaration in values::in_order(style) {
        let Some(lengths) = values::lengths(&declaration.value, FONT) else {
            continue;
        };
        let (name, of) = match declaration.name.split_once('-') {
            Some((name, of)) => (name, of),
            None => (declaration.name.as_str(), ""),
        };
        let length = match (of, side, lengths.as_slice()) {
            ("left" | "inline-start", Side::Left, [length])
            | ("right" | "inline-end", Side::Right, [length])
            | ("" | "inline", _, [length])
            | ("", _, [_, length] | [_, length, _])
            | ("", Side::Right, [_, length, _, _])
            | ("", Side::Left, [_, _, _, length]) => *length,
            _ => continue,
        };
        match name {
            "margin" => margin = length,
            "padding" => padding = length,
            _ => {}
        }
    }
    margin + padding >= SPACE
}
