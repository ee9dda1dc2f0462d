//! Presentation attributes of SVG and MathML.

use super::{apply::Context, computed::Computed};
use crate::{
    css::{
        declarations::{DeclarationSyntax, parse_value},
        property::{Declared, Display},
    },
    document::Element,
    thresholds::FAINTEST,
};
use html5ever::ns;

/// Attributes of SVG that are properties.
const SVG: [&str; 7] = [
    "fill",
    "opacity",
    "display",
    "visibility",
    "font-size",
    "color",
    "clip-path",
];
/// Farthest place to the left of, and above, a picture at which text may begin, in pixels.
const LEFTMOST: f32 = -200.0;
const TOPMOST: f32 = -50.0;

/// Applies the attributes of an element of SVG or MathML.
pub(super) fn apply(element: &Element, context: &Context<'_>, style: &mut Computed) {
    let svg = element.name.ns == ns!(svg);
    let syntax = DeclarationSyntax { quirks: true };
    let mut set = |name: &str, value: &str| {
        for declared in parse_value(name, value, syntax).unwrap_or_default() {
            context.apply(style, &declared);
        }
    };
    let number = |value: &str| value.trim().trim_end_matches("px").parse::<f32>().ok();
    let mut hides = element.local_name() == "mphantom";
    // The place of a text and the size of a drawing are judged with those of all around.
    let name = element.local_name();
    let placed = svg && !matches!(name, "svg" | "text" | "tspan");
    let sized = svg && name != "svg";
    for attribute in &element.attributes {
        let (name, value) = (&*attribute.name.local, &*attribute.value);
        match name {
            name if svg && SVG.contains(&name) => set(name, value),
            "fill-opacity" if svg => {
                hides |= number(value).is_some_and(|opacity| opacity < FAINTEST);
            }
            "width" | "height" if sized => hides |= number(value).is_some_and(|size| size < 1.0),
            "x" if placed => hides |= number(value).is_some_and(|x| x <= LEFTMOST),
            "y" if placed => hides |= number(value).is_some_and(|y| y <= TOPMOST),
            "transform" if svg => {
                // Lengths of SVG have another unit. A scale has none.
                let parsed = parse_value("transform", value, syntax).unwrap_or_default();
                hides |= parsed.iter().any(|declared| {
                    let Declared::Transform(transform) = declared else {
                        return false;
                    };
                    transform.scale.is_below(0.01)
                });
            }
            // It draws letters without a colour inside.
            "stroke" if svg => set("-webkit-text-stroke", &format!("1px {value}")),
            "mathcolor" if !svg => set("color", value),
            "mathbackground" if !svg => set("background-color", value),
            "mathsize" if !svg => set("font-size", value),
            _ => {}
        }
    }
    if hides {
        style.display = Display::None;
    }
}
