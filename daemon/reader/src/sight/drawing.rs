//! Places of text in a drawing of SVG, whose edges cut off what is outside.

use super::{layers::is_moved, measure::text_width};
use crate::{
    cascade::{Computed, Styles},
    css::property::Overflow,
    document::{Document, Element, NodeId},
};
use html5ever::ns;

/// Greatest height of the letters above their line, and of those below, as multiples of the font size.
const ABOVE: f32 = 1.0;
const BELOW: f32 = 0.3;

/// Returns whether a run of text is outside of its drawing. `node` is the element that it is in. Where
/// anything else than attributes in pixels may decide on the place, the text counts as inside.
pub(super) fn is_outside(
    document: &Document,
    styles: &Styles,
    node: NodeId,
    text: &str,
    style: &Computed,
) -> bool {
    is_outside_if_known(document, styles, node, text, style).unwrap_or(false)
}

fn is_outside_if_known(
    document: &Document,
    styles: &Styles,
    node: NodeId,
    text: &str,
    style: &Computed,
) -> Option<bool> {
    let element = document.element(node)?;
    let written = element.local_name() == "text";
    let moved = [
        "dx",
        "dy",
        "rotate",
        "text-anchor",
        "style",
        "class",
        "textLength",
    ];
    if !written || moved.iter().any(|name| value(element, name).is_some()) {
        return None;
    }
    let (mut x, mut y) = (number(element, "x")?, number(element, "y")?);
    let mut drawing = node;
    loop {
        let around = document.element(drawing)?;
        if styles.get(drawing).frame.as_deref().is_some_and(is_moved) {
            return None;
        }
        if let Some(transform) = value(around, "transform") {
            let (across, down) = translation(transform)?;
            (x, y) = (x + across, y + down);
        }
        match around.local_name() {
            "svg" => break,
            "text" | "g" | "a" if value(around, "style").is_none() => {}
            _ => return None,
        }
        drawing = document.node(drawing).parent?;
    }
    let parent = document.node(drawing).parent;
    let nested = parent.and_then(|parent| document.element(parent));
    let nested = nested.is_some_and(|parent| parent.name.ns == ns!(svg));
    let around = document.element(drawing)?;
    let other = ["viewBox", "overflow", "style", "class"];
    let sized = styles.get(drawing).frame_or_default();
    let sheet =
        sized.width.is_some() || sized.height.is_some() || sized.overflow_x == Overflow::Visible;
    if nested || sheet || other.iter().any(|name| value(around, name).is_some()) {
        return None;
    }
    let size = style.inherited.font_size;
    let (width, height) = (number(around, "width")?, number(around, "height")?);
    Some(
        y + size * BELOW <= 0.0
            || y - size * ABOVE >= height
            || x >= width
            || x + text_width(text, style) <= 0.0,
    )
}

/// Returns the value of an attribute.
fn value<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let mut all = element.attributes.iter();
    let found = all.find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.trim())
}

/// Returns a number of pixels; none is 0.
fn number(element: &Element, name: &str) -> Option<f32> {
    match value(element, name) {
        None if matches!(name, "x" | "y") => Some(0.0),
        None => None,
        Some(text) => text.trim_end_matches("px").parse().ok(),
    }
}

/// Returns the movement of a transformation that is one.
fn translation(text: &str) -> Option<(f32, f32)> {
    let inside = text.strip_prefix("translate(")?.strip_suffix(')')?;
    let mut numbers = inside.split([',', ' ']).filter(|part| !part.is_empty());
    let across = numbers.next()?.parse().ok()?;
    let down = numbers.next().map_or(Some(0.0), |down| down.parse().ok())?;
    numbers.next().is_none().then_some((across, down))
}
