//! What a drawing of SVG shows of the system that its places are in.

use super::{
    layers::has_levels,
    units::{Span, length, numbers},
};
use crate::{
    cascade::Computed,
    css::{length::SCREEN_WIDTH, property::Size},
    document::Element,
};

/// Size of a drawing without one, in pixels.
const USUAL: (f32, f32) = (300.0, 150.0);

/// Returns the width and height of a drawing in pixels, as far as they are known.
pub(super) fn size(
    element: &Element,
    style: &Computed,
    nested: bool,
    around: &Computed,
) -> (Option<f32>, Option<f32>) {
    let frame = style.frame_or_default();
    let bounded = [
        frame.max_width,
        frame.max_height,
        frame.min_width,
        frame.min_height,
    ];
    if bounded.iter().any(Option::is_some) {
        return (None, None);
    }
    let plain = value(element, "viewBox").is_none() && !nested && !has_levels(around);
    let font = style.inherited.font_size;
    let side = |name, own: Size, usual: f32| match (own, value(element, name)) {
        (Some(own), _) => Some(own)
            .filter(|own| own.is_definite())
            .map(|own| own.usual()),
        (None, Some(given)) => length(given, font, None).map(|span| span.1),
        (None, None) => plain.then_some(usual),
    };
    (
        side("width", frame.width, USUAL.0),
        side("height", frame.height, USUAL.1),
    )
}

/// Returns the part of the system of a drawing that is seen, and the scale of that, if it is known.
pub(super) fn view(
    element: &Element,
    (width, height): (Option<f32>, Option<f32>),
) -> Option<((Span, Span), Option<f32>)> {
    let Some(shown) = value(element, "viewBox") else {
        let end = |size: Option<f32>| size.unwrap_or(f32::INFINITY);
        return Some(((Span(0.0, end(width)), Span(0.0, end(height))), None));
    };
    let shown: Vec<f32> = numbers(shown)?;
    let [x, y, wide, high] = shown.as_slice() else {
        return None;
    };
    if *wide <= 0.0 || *high <= 0.0 {
        return None;
    }
    let given = |name: &str| value(element, name).is_some();
    let fit = value(element, "preserveAspectRatio").is_none();
    let (across, down, scale) = match (width, height) {
        _ if !fit => return None,
        // Of both sizes, the smaller one decides, and the drawing shows more in the other direction.
        (Some(width), Some(height)) => {
            let scale = (width / wide).min(height / high);
            (width / scale - wide, height / scale - high, Some(scale))
        }
        (Some(width), None) if !given("height") => (0.0, 0.0, Some(width / wide)),
        (None, Some(height)) if !given("width") => (0.0, 0.0, Some(height / high)),
        (None, None) if !given("height") => (0.0, 0.0, Some(SCREEN_WIDTH / wide)),
        _ => return None,
    };
    let across = Span(x - across / 2.0, x + wide + across / 2.0);
    let down = Span(y - down / 2.0, y + high + down / 2.0);
    Some(((across, down), scale))
}

/// Returns the value of an attribute.
pub(super) fn value<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let mut all = element.attributes.iter();
    let found = all.find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.trim())
}
