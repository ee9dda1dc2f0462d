//! Elements that their own style hides.

use super::{css, tree::Element};

/// Returns whether a person sees nothing of an element, whatever its content says.
pub(super) fn is_hidden(element: &Element) -> bool {
    let Some(style) = element.attr("style") else {
        return false;
    };
    let mut is_clipped = false;
    let mut is_flat = false;
    let mut hides = false;
    for declaration in css::declarations(style) {
        let value = declaration.value.to_ascii_lowercase();
        let value = value.trim_end_matches("important").trim_end_matches(['!', ' ']);
        let is_zero = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        let is_zero = is_zero.parse() == Ok(0.0_f32);
        match declaration.name.as_str() {
            "display" => hides = value == "none",
            "opacity" => hides |= is_zero,
            "max-height" | "height" | "max-width" | "width" => is_flat |= is_zero,
            "overflow" => is_clipped = value != "visible",
            _ => {}
        }
    }
    hides || (is_clipped && is_flat)
}
