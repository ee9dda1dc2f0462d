//! Boxes that style sheets generate before and after the content of elements, as far as they have a text,
//! or may be under or over the text of the mail.

use super::{
    computed::{Computed, Frame},
    index::Part,
};
use crate::{
    css::{
        colour::Colour,
        length::Length,
        marker::ListStyle,
        marks::Mark,
        property::{Display, Image},
        replacement::Replacement,
    },
    document::{Element, NodeId},
    thresholds::UNPAINTED,
};
use std::rc::Rc;

/// Most generated boxes of a document.
pub(super) const MAX_GENERATED: usize = 4_000;

/// Least height of a box without a text that is part of the flow, in pixels.
const LEAST_SPACE: f32 = 8.0;

/// A generated box.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) parent: NodeId,
    pub(super) part: Part,
    pub(super) style: Rc<Computed>,
}

/// Returns the marker of an item of a list, if its style gives it as text.
pub(super) fn marker(item: NodeId, style: &Rc<Computed>) -> Option<Generated> {
    let ListStyle::Text(text) = &style.inherited.list_style else {
        return None;
    };
    let mut marker = Computed::child_of(&style.inherited);
    marker.replacement = Replacement::Text(Rc::clone(text));
    (style.display == Display::ListItem).then(|| Generated {
        parent: item,
        part: Part::Before,
        style: Rc::new(marker),
    })
}

/// Returns whether a box exists beside the flow and paints something.
pub(super) fn is_painted(style: &Computed) -> bool {
    let paints = match style.background {
        Colour::Known(colour) => colour.alpha > UNPAINTED,
        Colour::Current | Colour::Unknown => true,
    };
    is_generated(style)
        && style.frame.as_deref().is_some_and(Frame::is_absolute)
        && (paints || style.background_image != Image::None)
}

/// Returns whether a box exists and has a text.
pub(super) fn is_text(style: &Computed) -> bool {
    is_generated(style) && matches!(style.replacement, Replacement::Text(_))
}

/// Returns whether a box exists in the flow and moves the content after it by a size of its own.
pub(super) fn is_spacer(style: &Computed) -> bool {
    let is_large = |length: Length| length.is_definite() && length.usual() >= LEAST_SPACE;
    let frame = style.frame_or_default();
    let sizes = [
        frame.height,
        frame.min_height,
        frame.margin.top,
        frame.margin.bottom,
    ];
    let paddings = [frame.padding.top, frame.padding.bottom];
    let any = sizes.into_iter().flatten().chain(paddings).any(is_large);
    any && style.is_boxed() && is_in_flow(style)
}

/// Returns whether a box exists in the flow.
pub(super) fn is_in_flow(style: &Computed) -> bool {
    is_generated(style) && !style.frame.as_deref().is_some_and(Frame::is_absolute)
}

fn is_generated(style: &Computed) -> bool {
    style.marks.has(Mark::Generated) && style.display != Display::None
}

/// Returns whether boxes are generated in an element. A button has them beside its text.
pub(super) fn has_generated(element: &Element) -> bool {
    let name = element.html_name();
    let control = element.is_control() && name != "button";
    !element.is_replaced() && !control && !matches!(name, "area" | "br" | "head" | "wbr")
}
