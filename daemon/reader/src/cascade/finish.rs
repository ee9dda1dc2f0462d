//! Values of a style that depend on its other values.

use super::computed::Computed;
use crate::{
    css::{
        colour::{Colour, Rgba},
        marks::Mark,
        property::{Display, Overflow, Sides},
    },
    thresholds::OPAQUE,
};

/// Applies a filter that leaves one colour: text is seen on the ground outside of the filter alone.
fn flatten(style: &mut Computed, body: bool) {
    if style.filter.flat.is_some() {
        style.inherited().flat = style.filter.flat;
    }
    let Some(flat) = style.inherited.flat else {
        return;
    };
    let opaque = |colour: Rgba| colour.alpha >= OPAQUE;
    let ground = match style.background {
        Colour::Known(colour) => opaque(colour),
        Colour::Current | Colour::Unknown => false,
    };
    // The filter of the body does not change its ground, which is that of the page.
    if ground && !body && style.inherited.visible {
        style.filter.opacity = 0.0;
    }
    let inherited = style.inherited();
    if let Some(colour) = &mut inherited.colour {
        colour.channels = [flat; 3];
    }
    if let Colour::Known(fill) = &mut inherited.fill {
        fill.channels = [flat; 3];
    }
}

/// Gives the overflow of the root or the body to the screen, so that it does not clip the content of
/// the box. Returns whether there is any.
pub(super) fn give_overflow(style: &mut Computed) -> bool {
    let Some(frame) = style.frame.as_deref_mut() else {
        return false;
    };
    let given = [&mut frame.overflow_x, &mut frame.overflow_y].map(std::mem::take);
    given != [Overflow::Visible; 2]
}

/// Adjusts values that depend on other values.
pub(super) fn finish(style: &mut Computed, parent: &Computed, name: &str) {
    flatten(style, name == "body");
    if style.marks.has(Mark::Contained) {
        style.frame().contain.size = true;
    }
    if (style.zoom - 1.0).abs() > f32::EPSILON {
        let zoom = style.zoom;
        style.inherited().font_size *= zoom;
    }
    let lifted = style
        .frame
        .as_ref()
        .is_some_and(|frame| frame.floats() || frame.is_absolute());
    let among = parent.display == Display::Flex
        || (parent.marks.has(Mark::Levels) && !parent.marks.has(Mark::Old));
    let inner = style.display == Display::Cell
        || (style.display == Display::Table && style.marks.has(Mark::Row));
    // It hides all in it, as the row that the browser makes around its cells does.
    let is_collapsed_row = style.marks.has(Mark::Row) && style.marks.has(Mark::Collapsed);
    match inner {
        // A part of a table that is beside the flow, or a child of a flexible box, is a block.
        true if (lifted || among) && !is_collapsed_row => {
            style.display = Display::Block;
            style.marks.set(Mark::Row, false);
        }
        // The others have no margins.
        true => {
            if let Some(frame) = style.frame.as_deref_mut() {
                frame.margin = Sides::default();
            }
        }
        false => {}
    }
    // A box beside the flow, and a child of a flexible box, is a block.
    if (lifted || among) && style.display == Display::Inline {
        let absolute = style
            .frame
            .as_ref()
            .is_some_and(|frame| frame.is_absolute());
        style.display = if absolute {
            Display::Block
        } else {
            Display::InlineBlock
        };
    }
}
