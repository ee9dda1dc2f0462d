//! Boxes that style sheets generate before and after the content of elements, as far as they may be
//! under or over the text of the mail.

use super::{
    computed::{Computed, Frame},
    index::Part,
};
use crate::{
    css::{
        colour::Colour,
        marks::Mark,
        property::{Display, Image},
    },
    document::{Element, NodeId},
    thresholds::UNPAINTED,
};
use std::rc::Rc;

/// Most generated boxes of a document.
pub(super) const MAX_GENERATED: usize = 1_000;

/// A generated box.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) parent: NodeId,
    pub(super) part: Part,
    pub(super) style: Rc<Computed>,
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
