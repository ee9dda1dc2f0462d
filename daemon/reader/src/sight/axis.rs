//! Sizes and overflow of boxes in the two directions of a layout.

use crate::{
    cascade::{Computed, Frame},
    css::{
        marks::Mark,
        property::{Display, Overflow, Position},
    },
};

/// A direction of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Across,
    Down,
}

/// Returns the direction in which a box shares out its room to its children, if it is a flexible box.
pub(super) fn flexes(style: &Computed) -> Option<Axis> {
    let inline = style.display == Display::InlineBlock && style.marks.has(Mark::Levels);
    let flexible = style.display == Display::Flex || inline;
    let axis = match style.marks.has(Mark::Stacked) {
        true => Axis::Down,
        false => Axis::Across,
    };
    (flexible && !style.marks.has(Mark::Tracks)).then_some(axis)
}

/// Returns whether a flexible box may give a box in it another size than its own. `flexes` is the
/// direction in which the box around shares out its room.
pub(super) fn is_resized(
    style: &Computed,
    frame: &Frame,
    axis: Axis,
    flexes: Option<Axis>,
) -> bool {
    let absolute = matches!(frame.position, Position::Absolute | Position::Fixed);
    let flexible = style.marks.has(Mark::Grows) || style.marks.has(Mark::Basis);
    flexes == Some(axis) && flexible && !absolute
}

/// Returns the overflow of a box in both directions, as far as one decides on the other.
pub(super) fn overflow(frame: &Frame) -> (Overflow, Overflow) {
    let one = |this: Overflow, other: Overflow| match (this, other) {
        (Overflow::Visible, Overflow::Hidden | Overflow::Scroll) => Overflow::Scroll,
        (Overflow::Clip, Overflow::Hidden | Overflow::Scroll) => Overflow::Hidden,
        (this, _) => this,
    };
    let (x, y) = (frame.overflow_x, frame.overflow_y);
    match frame.contain.paint {
        true => (Overflow::Clip, Overflow::Clip),
        false => (one(x, y), one(y, x)),
    }
}
