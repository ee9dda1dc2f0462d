//! Boxes that cut off what is outside of them.

use super::{
    flow::{Flow, known, line_height, text_width},
    place::Place,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::{Length, MEDIUM},
        property::{Align, Display, Overflow, Position, Size, WhiteSpace},
    },
};

/// Least height and width of a strip of text that can be read, in pixels.
const NARROWEST: f32 = 1.5;
/// Least height of a line that can be read through a box of its height, in pixels.
const THINNEST: f32 = 0.8;
/// Smallest box with scroll bars whose content can be read, in pixels.
const SMALLEST_SCROLLED: f32 = 4.0;

/// What the boxes around leave of the content, as far as their sizes are fixed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    /// Room below the place of the content, in pixels.
    below: Option<f32>,
    /// Room to the right of the place of the content, in pixels.
    right: Option<f32>,
    /// Distance that the content is moved to the left of the box, in pixels.
    left: f32,
    /// Whether a box hides what is outside of it, though its width is not fixed.
    hides_sides: bool,
    closed: bool,
    /// Whether a box whose height depends on its lines hides what is below it.
    hides_lines: bool,
    /// Least height of the flow, and its uncertainties, at the top of the innermost box.
    start: (f32, u32),
}

impl Window {
    /// Returns whether nothing is left.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Returns the window inside a box.
    pub(super) fn inside(self, style: &Computed, frame: &Frame, font: f32, flow: &Flow) -> Self {
        let mut window = self;
        let length = |length: Length| match length.is_definite() {
            true => length.resolve(font, MEDIUM, 0.0),
            false => 0.0,
        };
        let margin = |size: Size| size.map_or(0.0, length);
        let shift = |size: Size| match frame.position {
            Position::Relative => size.map_or(0.0, length),
            Position::Static | Position::Absolute | Position::Fixed => 0.0,
        };
        let down = margin(frame.margin.top)
            + shift(frame.inset.top)
            + length(frame.transform.y)
            + length(frame.translate.y);
        let across = margin(frame.margin.left)
            + shift(frame.inset.left)
            + length(frame.transform.x)
            + length(frame.translate.x);
        window.below = window.below.map(|room| room - down);
        window.right = window.right.map(|room| room - across);
        window.left += across;
        window.closed |= window.below.is_some_and(|room| room < 0.0)
            || window.right.is_some_and(|room| room < 0.0);
        // Cells and tables grow with their content.
        let fixed = !matches!(style.display, Display::Cell | Display::Table);
        let (top, bottom) = (length(frame.padding.top), length(frame.padding.bottom));
        let (start, end) = (length(frame.padding.left), length(frame.padding.right));
        let size = |size: Size, most: Size, least: Size, padding: f32| {
            let all = [size, most].into_iter().flatten();
            let all = all.filter(|size| size.is_definite()).map(length);
            let smallest = all.fold(None, |old: Option<f32>, new| {
                Some(old.map_or(new, |old| old.min(new)))
            });
            let content = smallest.map(|size| match frame.border_box {
                true => (size - padding).max(0.0),
                false => size,
            });
            content.map(|content| content.max(margin(least)))
        };
        let height = size(
            frame.height,
            frame.max_height,
            frame.min_height,
            top + bottom,
        );
        let height = match frame.contain.size {
            true => height.or(Some(0.0)),
            false => height,
        };
        let width = size(frame.width, frame.max_width, frame.min_width, start + end);
        let (x, y) = overflow(frame);
        let edge = |size: f32, before: f32, after: f32, overflow: Overflow| match overflow {
            Overflow::Scroll => size + before + after < SMALLEST_SCROLLED,
            Overflow::Clip | Overflow::Hidden => size + after < NARROWEST,
            Overflow::Visible => false,
        };
        if let Some(height) = height.filter(|_| fixed) {
            window.closed |= edge(height, top, bottom, y);
            if matches!(y, Overflow::Clip | Overflow::Hidden) {
                window.below = Some(height + bottom);
                // The padding of the box is above its content, and part of the flow.
                let (least, unsure) = flow.least();
                window.start = (least + known(frame.padding.top), unsure);
            }
        } else if fixed
            && matches!(y, Overflow::Clip | Overflow::Hidden)
            && top + bottom < NARROWEST
        {
            window.hides_lines = line_height(style) < THINNEST;
        }
        match width.filter(|_| fixed) {
            Some(width) => {
                window.closed |= edge(width, start, end, x);
                if matches!(x, Overflow::Clip | Overflow::Hidden) {
                    window.right = Some(width + end);
                    window.left = 0.0;
                }
            }
            None if fixed && matches!(x, Overflow::Clip | Overflow::Hidden) => {
                window.hides_sides = true;
                window.left = 0.0;
            }
            None => {}
        }
        window
    }

    /// Returns whether a run of text is beside the window.
    pub(super) fn is_passed(
        &self,
        text: &str,
        style: &Computed,
        place: &Place,
        flow: &Flow,
    ) -> bool {
        let inherited = &*style.inherited;
        let line = line_height(style);
        let lead = ((line - inherited.font_size * 1.2) / 2.0).max(0.0);
        let (least, unsure) = flow.least();
        let pushed = match unsure == self.start.1 {
            true => least - self.start.0,
            false => 0.0,
        };
        if (self.hides_lines && line < THINNEST)
            || self.below.is_some_and(|below| match pushed > 0.0 {
                true => lead + pushed > below - 0.5,
                false => lead > below,
            })
        {
            return true;
        }
        if inherited.align != Align::Left {
            return false;
        }
        let whole = place.width;
        let indent = place.indent.resolve(inherited.font_size, MEDIUM, whole);
        let no_wrap = inherited.white_space == WhiteSpace::NoWrap;
        // Only the first word cannot wrap.
        let first_line = no_wrap || text.split_whitespace().nth(1).is_none();
        let hides = self.hides_sides || self.right.is_some();
        let right = self.right.unwrap_or(whole);
        hides
            && ((first_line && indent >= right - NARROWEST && indent > 0.0)
                || (no_wrap && self.right.is_some() && flow.least_line() > right)
                || (self.left + text_width(text, style) + indent.max(0.0) <= 0.0))
    }
}

/// Returns the overflow of a box in both directions, as far as one decides on the other.
fn overflow(frame: &Frame) -> (Overflow, Overflow) {
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
