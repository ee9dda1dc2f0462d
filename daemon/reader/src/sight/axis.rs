//! Sizes and overflow of boxes in the two directions of a layout.

use crate::{
    cascade::{Computed, Frame},
    css::{
        both::Both,
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Display, Overflow, Position, Size},
    },
};

/// Width that percentages refer to, between two limits, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Width {
    pub(super) least: f32,
    pub(super) most: f32,
    /// Font size of the lengths in pixels.
    pub(super) font: f32,
}

impl Width {
    /// Returns the greatest size in pixels that a length may have.
    pub(super) fn greatest(self, length: Length) -> f32 {
        let whole = if length.part < 0.0 {
            self.least
        } else {
            self.most
        };
        length.resolve(self.font, MEDIUM, whole)
    }

    /// Returns the smallest size in pixels that a length may have.
    pub(super) fn smallest(self, length: Length) -> f32 {
        -self.greatest(length * -1.0)
    }

    /// Returns where a box of an unknown width ends at most that is moved by its whole width or more,
    /// in pixels from its former left edge.
    pub(super) fn end(self, moved: Length) -> Option<f32> {
        let whole = Length {
            part: 1.0,
            ..Length::ZERO
        };
        (self.least < self.most && moved.part <= -1.0).then(|| self.greatest(moved + whole))
    }

    /// Returns the least width of a box in pixels. `shared` is whether it shares the width with others.
    pub(super) fn of_content(self, style: &Computed, frame: &Frame, shared: bool) -> f32 {
        let absolute = frame.is_absolute();
        let least = |size: Size| size.map(|size| self.smallest(size));
        let most = |size: Size| size.map_or(0.0, |size| self.greatest(size));
        let filled = frame.inset.left.is_some() && frame.inset.right.is_some();
        let shrinks = (absolute && !filled)
            || frame.floats()
            || style.marks.has(Mark::Width)
            || !matches!(
                style.display,
                Display::Block | Display::ListItem | Display::Flex
            );
        let own = match frame.width {
            _ if shared || style.display == Display::Cell => 0.0,
            Some(width) => self.smallest(width),
            None if shrinks => 0.0,
            None => (self.least - most(frame.margin.left) - most(frame.margin.right)).max(0.0),
        };
        own.min(least(frame.max_width).unwrap_or(f32::INFINITY))
            .max(least(frame.min_width).unwrap_or_default())
    }
}

/// What the lengths of a box refer to, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    pub(super) font: f32,
    pub(super) width: f32,
    /// Height, if it is fixed.
    pub(super) tall: Option<f32>,
    /// Whether the height of an absolutely placed box is meant, which is known to a browser.
    pub(super) absolute: bool,
}

impl Reference {
    /// Returns a length across in pixels.
    pub(super) fn length(self, length: Length) -> f32 {
        length.resolve(self.font, MEDIUM, self.width)
    }

    /// Returns a size across in pixels.
    pub(super) fn wide(self, size: Size) -> Option<f32> {
        size.map(|size| self.length(size))
    }

    /// Returns a size down in pixels. A percentage of a height that depends on the content is nothing.
    pub(super) fn high(self, size: Size) -> Option<f32> {
        let known = |size: &Length| self.absolute || size.is_definite() || self.tall.is_some();
        let size = size.filter(known)?;
        Some(size.resolve(self.font, MEDIUM, self.tall.unwrap_or(self.width)))
    }
}

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

/// Returns whether the children of a flexible box follow each other from its top.
pub(super) fn stacks(style: &Computed) -> bool {
    let elsewhere = [Mark::Wraps, Mark::Reversed, Mark::Justified];
    flexes(style) == Some(Axis::Down) && !elsewhere.iter().any(|mark| style.marks.has(*mark))
}

/// Returns whether the margins of a block in the flow share the room that its greatest width leaves.
pub(super) fn is_centred(style: &Computed) -> bool {
    let block = matches!(style.display, Display::Block | Display::ListItem);
    let margins = |frame: &Frame| {
        frame.margin.left.is_none()
            && frame.margin.right.is_none()
            && matches!(frame.position, Position::Static | Position::Relative)
            && !frame.floats()
    };
    block && style.marks.has(Mark::Centred) && style.frame.as_deref().is_some_and(margins)
}

/// Returns whether a flexible box may give a box in it another size than its own. `flexes` is the
/// direction in which the box around shares out its room.
pub(super) fn is_resized(
    style: &Computed,
    frame: &Frame,
    axis: Axis,
    flexes: Option<Axis>,
) -> bool {
    let absolute = frame.is_absolute();
    let flexible = style.marks.has(Mark::Grows) || frame.basis.is_readable();
    flexes == Some(axis) && flexible && !absolute
}

/// Returns the overflow of a box in both directions, as far as one decides on the other.
pub(super) fn overflow(frame: &Frame) -> Both<Overflow> {
    let one = |this: Overflow, other: Overflow| match (this, other) {
        (Overflow::Visible, Overflow::Hidden | Overflow::Scroll) => Overflow::Scroll,
        (Overflow::Clip, Overflow::Hidden | Overflow::Scroll) => Overflow::Hidden,
        (this, _) => this,
    };
    let (x, y) = (frame.overflow_x, frame.overflow_y);
    match frame.contain.paint {
        true => Both::of(Overflow::Clip),
        false => Both {
            across: one(x, y),
            down: one(y, x),
        },
    }
}
