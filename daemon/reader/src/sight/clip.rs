//! Boxes that cut off what is outside of them.

mod cut;

use super::{
    extent::Places,
    flow::{Flow, Least},
    measure::{is_lifted, line_height, text_width},
    place::Place,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        both::Both,
        length::{Length, MEDIUM},
        property::{Align, Display, Float, Position, Size, WhiteSpace},
        transform::Transform,
    },
};

/// Least height and width of a strip of text that can be read, in pixels.
const NARROWEST: f32 = 1.5;
/// Distance of the top of the letters from the middle of their line, as a multiple of the font size.
const RISE: f32 = 0.38;
/// Height of the top of the letters that cannot be read alone, as a multiple of the font size.
const TIPS: f32 = 0.1;
/// Least height of a line that can be read through a box of its height, in pixels.
const THINNEST_LINE: f32 = 0.8;

/// The margin that the margin of the first box inside overlaps, in pixels.
#[derive(Debug, Clone, Copy, Default)]
struct Margin {
    size: f32,
    /// Least height of the flow where it is.
    at: f32,
}

/// What the boxes around leave of the content, as far as their sizes are fixed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    /// Room below the place of the content, in pixels.
    below: Option<f32>,
    /// Room to the right of the place of the content, in pixels.
    right: Option<f32>,
    /// Rightmost left edge of the innermost box that hides what is beside it, in pixels of the page.
    edge: Option<f32>,
    /// Whether nothing of the box is left.
    closed: bool,
    /// Whether nothing is left of the content that is not placed absolutely.
    emptied: bool,
    /// Whether a box whose height depends on its lines hides what is below it.
    hides_lines: bool,
    /// Number of lines that precede the first one that a limit hides.
    lines_end: Option<u32>,
    /// The flow at the top of the innermost box.
    start: Least,
    margin: Margin,
    /// Movement down as a multiple of the height of the box that moves, which has at least a line.
    lines: f32,
    /// Width and height that percentages refer to, in pixels, if they are fixed.
    whole: Both<Option<f32>>,
    /// Whether this width and height are those of the innermost window.
    own: Both<bool>,
}

impl Window {
    /// Returns whether nothing is left.
    pub(super) fn is_closed(&self) -> bool {
        let no_room = |room: Option<f32>| room.is_some_and(|room| room < 0.0);
        self.closed || self.emptied || no_room(self.below)
    }

    /// Returns whether the box around cuts off what is beyond its right edge.
    pub(super) fn cuts_across(&self) -> bool {
        self.own.across
    }

    /// Returns the room to the right of the content in pixels, if it is known.
    pub(super) fn room(&self) -> Option<f32> {
        self.right
    }

    /// Returns the window of a box that is placed absolutely, in the window of the box that its
    /// offsets refer to.
    pub(super) fn placed(self, style: &Computed, frame: &Frame, font: f32, flow: &Flow) -> Self {
        let mut window = self;
        let inset = &frame.inset;
        let at = |size: Length, whole: Option<f32>| match (size.is_definite(), whole) {
            (true, _) => Some(size.resolve(font, MEDIUM, 0.0)),
            (false, Some(whole)) => Some(size.resolve(font, MEDIUM, whole)),
            (false, None) => None,
        };
        let is_beyond = |size: Length| size.part >= 1.0 && size.px >= 0.0;
        let fixed = |size: Size| size.and_then(|size| at(size, None));
        if inset.top.is_some() || inset.bottom.is_some() {
            window.start = flow.least_at(style);
            window.emptied = false;
        }
        let Both {
            across: wide,
            down: high,
        } = self.whole;
        match (inset.top, inset.bottom) {
            (Some(top), _) => {
                window.below = match at(top, high) {
                    Some(top) => window.below.map(|room| room - top),
                    None => None,
                };
            }
            (None, Some(bottom)) => {
                let bottom = at(bottom, high);
                let end = high.and_then(|high| Some(high - bottom?));
                window.closed |= self.own.down && end.is_some_and(|end| end < NARROWEST);
                let top = end.and_then(|end| Some(end - fixed(frame.height)?));
                window.below = window.below.and_then(|room| Some(room - top?));
            }
            (None, None) => {}
        }
        match (inset.left, inset.right) {
            (Some(left), _) => {
                window.right = match at(left, wide) {
                    Some(left) => window.right.map(|room| room - left),
                    None if self.own.across && is_beyond(left) => Some(0.0),
                    None => None,
                };
            }
            (None, Some(right)) => {
                window.closed |= self.own.across && is_beyond(right);
                let end = wide.and_then(|wide| Some(wide - at(right, Some(wide))?));
                window.closed |= self.own.across && end.is_some_and(|end| end < NARROWEST);
                let left = end.and_then(|end| Some(end - fixed(frame.width)?));
                window.right = window.right.and_then(|room| Some(room - left?));
            }
            (None, None) => {}
        }
        window
    }

    /// Moves the content down and to the right by the least distances that its box is moved by.
    fn shift(&mut self, style: &Computed, frame: &Frame, places: &Places<'_>, flow: &Flow) {
        let font = places.inside.font;
        let wide = self.whole.across;
        let definite = |size: Size| size.filter(|size| size.is_definite());
        let own_wide = definite(frame.width).map(|size| size.resolve(font, MEDIUM, 0.0));
        let own_wide = own_wide.or(wide);
        let relative = frame.position == Position::Relative;
        let offset = |this: Size, other: Size| match (relative, this, other) {
            (true, Some(this), _) => this,
            (true, None, Some(other)) => other * -1.0,
            _ => Length::ZERO,
        };
        // The margin before a box that is placed by its other side does not move it.
        let absolute = frame.is_absolute();
        let margin = |margin: Size, before: Size, after: Size| {
            let other = absolute && before.is_none() && after.is_some();
            margin.filter(|_| !other).unwrap_or_default()
        };
        if places.joined && style.display == Display::InlineBlock && !is_lifted(style) {
            // A line that is wider than its box begins at the left edge of the box.
            let indent = places
                .around
                .indent
                .resolve(font, MEDIUM, wide.unwrap_or(0.0));
            self.right = self
                .right
                .map(|room| match flow.least_line() + indent.min(0.0) >= room {
                    true => 0.0_f32.min(room),
                    false => room,
                });
        }
        if frame.float == Float::Right {
            // It may reach to the left of the box around.
            self.right = None;
        }
        let margin_left = margin(frame.margin.left, frame.inset.left, frame.inset.right);
        let across = [
            (margin_left, wide),
            (offset(frame.inset.left, frame.inset.right), wide),
            (frame.transform.x, own_wide),
            (frame.translate.x, own_wide),
        ];
        for (length, wide) in across {
            let moved = match (length.is_definite(), wide) {
                (true, _) => Some(length.resolve(font, MEDIUM, 0.0)),
                (false, Some(wide)) => Some(length.resolve(font, MEDIUM, wide)),
                (false, None) if length.part > 0.0 && length.px >= 0.0 => {
                    if self.own.across && length.part >= 1.0 {
                        self.right = Some(0.0);
                    }
                    Some(0.0)
                }
                (false, None) => None,
            };
            self.right = self.right.and_then(|room| Some(room - moved?));
        }
        let tall = places.around.tall.unwrap_or(0.0);
        let own = margin(frame.margin.top, frame.inset.top, frame.inset.bottom);
        let own = definite(Some(own)).map_or(0.0, |top| top.resolve(font, MEDIUM, 0.0));
        let own = frame.margin.top.map_or(places.margin, |_| own);
        let least = flow.least().height;
        let block = matches!(style.display, Display::Block | Display::ListItem);
        let overlaps =
            block && !absolute && !frame.floats() && (least - self.margin.at).abs() < 0.01;
        let overlapped = if overlaps { self.margin.size } else { 0.0 };
        self.margin = Margin {
            size: own.max(overlapped),
            at: least,
        };
        let down = offset(frame.inset.top, frame.inset.bottom).resolve(font, MEDIUM, tall)
            + (own.max(0.0) - overlapped).max(0.0)
            + own.min(0.0);
        self.below = self.below.map(|room| room - down);
        for Transform { y, .. } in [frame.transform, frame.translate] {
            let own = places.inside.tall.filter(|_| !y.is_definite());
            self.below = match own.is_some() || y.part >= 0.0 {
                true => self
                    .below
                    .map(|room| room - y.resolve(font, MEDIUM, own.unwrap_or(0.0))),
                false => None,
            };
            if own.is_none() {
                self.lines += y.part.max(0.0);
            }
        }
    }

    /// Returns the window inside an element of a line.
    pub(super) fn in_line(mut self, frame: &Frame, around: &Place, font: f32) -> Self {
        let (wide, tall) = (around.width, around.tall.unwrap_or(0.0));
        let size = |size: Size, whole: f32| size.map(|size| size.resolve(font, MEDIUM, whole));
        // A margin moves the first line only.
        let mut across = size(frame.margin.left, wide).unwrap_or(0.0).min(0.0);
        if frame.position == Position::Relative {
            let inset = &frame.inset;
            let right = || size(inset.right, wide).map(|right| -right);
            let bottom = || size(inset.bottom, tall).map(|bottom| -bottom);
            across += size(inset.left, wide)
                .or_else(right)
                .unwrap_or(0.0)
                .min(0.0);
            let down = size(inset.top, tall).or_else(bottom).unwrap_or(0.0);
            self.below = self.below.map(|room| room - down);
        }
        self.right = self.right.map(|room| room - across);
        self
    }

    /// Returns the room below the flow, in pixels.
    fn below_now(&self, least: Least) -> Option<f32> {
        let pushed = match least.unsure == self.start.unsure {
            true => least.height - self.start.height,
            false => 0.0,
        };
        self.below.map(|room| room - pushed)
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
        let lead = (line / 2.0 - inherited.font_size * RISE).max(0.0);
        let tips = (inherited.font_size * TIPS).max(0.5);
        let moved = lead + tips + self.lines * line.max(0.0);
        if (self.hides_lines && line < THINNEST_LINE)
            || self.lines_end.is_some_and(|end| flow.lines() >= end)
            || self
                .below_now(flow.least())
                .is_some_and(|below| moved > below)
        {
            return true;
        }
        let whole = place.width;
        let indent = place.indent.resolve(inherited.font_size, MEDIUM, whole);
        // A negative indentation moves the line back.
        if self.right.is_some_and(|right| right <= indent.min(0.0)) {
            return true;
        }
        if inherited.align != Align::Left {
            return false;
        }
        let no_wrap = inherited.white_space == WhiteSpace::NoWrap;
        // Only the first word cannot wrap.
        let first_line = no_wrap || text.split_whitespace().nth(1).is_none();
        let first_line = first_line && (inherited.indent_each || !flow.broken);
        let Some(edge) = self.edge else {
            return false;
        };
        let right = self.right.unwrap_or(whole);
        (first_line && indent >= right - NARROWEST && indent > 0.0)
            || (no_wrap
                && self.right.is_some()
                && flow.least_line() + indent.min(0.0) > right - NARROWEST)
            || (place.left_edge(0.0) - edge + text_width(text, style) + indent.max(0.0) <= 0.0)
    }
}
