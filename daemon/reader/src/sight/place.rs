//! Estimates of where text is on the screen, to find text that is moved off it. An estimate is wide
//! enough for each layout that the style permits.

use super::{
    axis::{Axis, Reference, Width, flexes},
    flow::{Flow, LINE},
    layers::is_lowered,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        both::Both,
        length::{Length, MEDIUM, SCREEN_HEIGHT, SCREEN_WIDTH},
        property::{Display, Float, Overflow, Position},
    },
    thresholds::FAR,
};

pub(super) mod beyond;
mod screen;

/// Place of the content of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Rightmost left edge, in pixels.
    x: f32,
    /// Leftmost left edge, in pixels.
    least_x: f32,
    /// Greatest movement by the margins and the padding of the lines around, which moves neither a
    /// block nor the lines after the first one, in pixels.
    in_line: f32,
    /// Least movement of that kind, in pixels.
    least_in_line: f32,
    /// Number of lines and blocks that have ended or begun before this movement.
    breaks: u32,
    /// Width by which the rightmost place may be too far to the right, in pixels.
    spread: f32,
    /// Movement of the flow up that is not one of this place, in pixels.
    pulled: f32,
    /// Movement of the flow up or down, in pixels.
    y: f32,
    /// Whether the place is counted from the top of the page, not from the flow.
    fixed_y: bool,
    /// Whether the place is counted from the left of the page.
    positioned: bool,
    /// Available width in pixels.
    pub(super) width: f32,
    /// Least available width in pixels, which is less if the box has its width from its content.
    narrow: f32,
    /// Height that percentages refer to, in pixels, if it is fixed.
    pub(super) tall: Option<f32>,
    /// Whether the children share the width.
    pub(super) shared: bool,
    /// The direction in which the children may have other sizes than their own.
    pub(super) flexes: Option<Axis>,
    /// Scale of both directions.
    pub(super) scale: Both<f32>,
    /// Font size in pixels.
    pub(super) font: f32,
    /// Whether a block that is less wide than the box around may be elsewhere than at its left edge,
    /// although its margins do not share the room.
    askew: bool,
    /// Whether text may run from the right to the left.
    turned: bool,
    /// Whether the text is moved far from the page on purpose.
    away: bool,
    /// Right edge of a box that is placed by its right side, in pixels.
    right_edge: Option<f32>,
    /// Indentation of the first line of the block.
    pub(super) indent: Length,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            x: 8.0,
            least_x: 0.0,
            in_line: 0.0,
            least_in_line: 0.0,
            breaks: 0,
            spread: 0.0,
            pulled: 0.0,
            y: 0.0,
            fixed_y: false,
            positioned: false,
            width: SCREEN_WIDTH,
            narrow: SCREEN_WIDTH,
            tall: None,
            shared: false,
            flexes: None,
            scale: Both::of(1.0),
            font: MEDIUM,
            askew: false,
            turned: false,
            away: false,
            right_edge: None,
            indent: Length::ZERO,
        }
    }
}

impl Place {
    /// Returns the place of the page. `turned` is whether text may run from the right to the left.
    pub(super) fn of_page(turned: bool) -> Self {
        Self {
            askew: turned,
            turned,
            ..Self::default()
        }
    }

    /// Returns the place of the content of an element. `holder` is the place of the box that it refers
    /// to if it is placed absolutely.
    pub(super) fn inside(
        self,
        style: &Computed,
        frame: &Frame,
        boxed: bool,
        holder: &Self,
        flow: &Flow,
    ) -> Self {
        let mut place = self;
        place.font = style.inherited.font_size;
        if boxed {
            place.indent = style.inherited.indent;
        }
        let absolute = frame.is_absolute();
        if absolute {
            place.refer_to(holder, frame, flow);
        }
        if style.display == Display::InlineBlock && !absolute && !frame.floats() {
            place.x += self.indented(flow.line + self.width, flow);
        }
        place.leave_line(style, boxed, flow);
        let before = (place.x, place.least_x);
        // The lengths refer to the box around from here on, and to the box itself at the end.
        let reference = Reference {
            font: place.font,
            width: place.width,
            tall: place.tall,
            absolute,
        };
        let whole = place.across();
        if boxed || frame.position == Position::Relative || absolute {
            place.shift(frame, reference, flow);
        }
        let margin = match frame.float {
            // The right edge is at the right edge of the box around.
            Float::Right => Length::ZERO,
            Float::None | Float::Left => frame.margin.left.unwrap_or_default(),
        };
        place.x += place.beside(style, frame, self.shared, flow);
        place.limit(margin, whole);
        place.x += whole.greatest(margin);
        place.least_x += whole.smallest(margin);
        let margin = whole.smallest(margin);
        if !boxed && margin < 0.0 {
            // The element begins after the text that precedes in its line.
            place.x += flow.line;
        }
        let padding = reference.length(frame.padding.left).max(0.0);
        place.x += padding;
        if frame.padding.left.is_definite() {
            place.least_x += padding;
        }
        if !boxed && frame.position != Position::Relative {
            place.in_line += place.x - before.0;
            place.least_in_line += place.least_x - before.1;
        }
        if boxed {
            if style.display != Display::InlineBlock || absolute || frame.floats() {
                place.y += reference.wide(frame.margin.top).unwrap_or(0.0).min(0.0);
            }
            place.narrow = whole.of_content(style, frame, self.shared);
            place.resize(style, frame, reference, margin);
            place.transform(frame);
            if frame.width.is_none() || frame.border_box {
                let padding = [frame.padding.left, frame.padding.right].map(|p| whole.greatest(p));
                place.narrow = (place.narrow - padding.iter().sum::<f32>()).max(0.0);
            }
        }
        place.spread(style, self.width)
    }

    /// Takes back the movement of the lines around, which moves neither a block nor another line.
    fn leave_line(&mut self, style: &Computed, boxed: bool, flow: &Flow) {
        let later = !boxed && self.breaks != flow.breaks();
        if later || (boxed && style.display != Display::InlineBlock) {
            self.x -= self.in_line;
            self.least_x -= self.least_in_line;
        }
        if later || boxed {
            (self.in_line, self.least_in_line) = (0.0, 0.0);
        }
        if later {
            self.breaks = flow.breaks();
        }
    }

    /// Takes the size of a box, whose left margin is known, and how it sizes its children.
    fn resize(&mut self, style: &Computed, frame: &Frame, reference: Reference, margin: f32) {
        let around = self.shared;
        let right = reference.wide(frame.margin.right).unwrap_or(0.0);
        // A box without a width reaches to the same edge as before.
        let rest = (reference.width - margin - right).max(0.0);
        if style.display != Display::Cell {
            let fixed = [frame.width, frame.max_width].map(|size| reference.wide(size));
            let fixed = fixed.into_iter().flatten().fold(f32::INFINITY, f32::min);
            let fixed = fixed.max(reference.wide(frame.min_width).unwrap_or_default());
            self.width = match (fixed.is_finite(), around) {
                (true, false) => fixed,
                (true, true) => fixed.max(rest),
                (false, _) => rest,
            };
        }
        let grows = matches!(style.display, Display::Cell | Display::Table);
        self.tall = match grows || around {
            true => None,
            false => reference.high(frame.height).map(|height| {
                let most = reference.high(frame.max_height).unwrap_or(f32::INFINITY);
                let least = reference.high(frame.min_height).unwrap_or(0.0);
                height.min(most).max(least)
            }),
        };
        self.shared = style.display == Display::Flex;
        self.flexes = flexes(style);
    }

    /// Takes the transformations of a box, whose movements may refer to the box itself.
    fn transform(&mut self, frame: &Frame) {
        let own = self.across();
        for transform in [
            frame.transform,
            frame.translate,
            frame.scale,
            frame.rotate,
            frame.offset,
        ] {
            self.slide(transform.x, own);
            self.y += transform.y.resolve(self.font, MEDIUM, self.font * LINE);
            self.scale = self.scale.times(transform.scale);
        }
    }

    /// Returns the place for boxes whose offsets refer to this one.
    pub(super) fn holding(self) -> Self {
        Self {
            positioned: true,
            ..self
        }
    }

    /// Returns the rightmost left edge, less a distance.
    pub(super) fn left_edge(&self, less: f32) -> f32 {
        self.x - less
    }

    /// Moves a box by its offsets.
    fn shift(&mut self, frame: &Frame, reference: Reference, flow: &Flow) {
        let left = reference.wide(frame.inset.left);
        let right = reference.wide(frame.inset.right);
        let whole = self.across();
        let top = reference.high(frame.inset.top);
        let bottom = reference.high(frame.inset.bottom);
        if !reference.absolute {
            if frame.position == Position::Relative {
                let back = frame.inset.right.map(|right| right * -1.0);
                self.slide(frame.inset.left.or(back).unwrap_or_default(), whole);
                self.y += top.or(bottom.map(|bottom| -bottom)).unwrap_or(0.0);
                self.positioned = true;
            }
            return;
        }
        let fixed = frame.position == Position::Fixed && !self.positioned;
        if !self.positioned {
            // The page itself is the box that the offsets refer to.
            if left.is_some() || right.is_some() {
                self.x = 0.0;
                self.least_x = 0.0;
            }
            // A box above the first screen cannot be scrolled to.
            let whole = |bottom: Length| bottom.part >= 1.0 && bottom.usual() >= SCREEN_WIDTH;
            self.away |= top.is_none()
                && (bottom.is_some_and(|bottom| bottom >= 1.5 * SCREEN_HEIGHT)
                    || (frame.inset.bottom.is_some_and(whole) && !is_lowered(frame)));
            if let Some(top) = top {
                self.y = top;
                self.fixed_y = true;
            } else if bottom.is_some() {
                self.y = 0.0;
                self.fixed_y = false;
            }
        } else if let Some(top) = top {
            self.y += top;
        }
        if let Some(left) = frame.inset.left {
            // The box may reach over the edge of the box that its offsets refer to.
            self.right_edge = self.right_edge.filter(|_| whole.greatest(left) <= 0.0);
            self.x += whole.greatest(left);
            self.least_x += whole.smallest(left);
        } else if let (Some(offset), Some(right)) = (frame.inset.right, right) {
            let all = Length {
                part: 1.0,
                ..Length::ZERO
            };
            self.x += whole.greatest(all + offset * -1.0);
            self.right_edge = Some(self.x);
            self.least_x = self.x - self.width;
            self.away |= right <= -FAR / 2.0;
        }
        let limit = if fixed { FAR / 4.0 } else { FAR };
        self.away |= top.is_some_and(|top| top >= limit + if fixed { 0.0 } else { flow.height });
        self.away |= bottom.is_some_and(|bottom| bottom <= -limit / 2.0);
        // A person cannot scroll to a fixed box.
        let back = [&frame.transform, &frame.translate]
            .iter()
            .any(|moved| moved.y.usual() < 0.0)
            || frame.margin.top.is_some_and(|top| top.usual() < 0.0);
        self.away |= fixed
            && ((!back && top.is_some_and(|top| top >= SCREEN_HEIGHT))
                || left.is_some_and(|left| left >= SCREEN_WIDTH)
                || right.is_some_and(|right| right <= -SCREEN_WIDTH)
                || bottom.is_some_and(|bottom| bottom <= -100.0));
        self.positioned = true;
    }

    /// Returns the width that percentages refer to.
    fn across(&self) -> Width {
        Width {
            least: self.narrow.min(self.width),
            most: self.width,
            font: self.font,
        }
    }

    /// Moves a box with its content to the right by a length.
    fn slide(&mut self, by: Length, whole: Width) {
        self.right_edge = self.right_edge.map(|edge| edge + whole.greatest(by));
        self.limit(by, whole);
        self.x += whole.greatest(by);
        self.least_x += whole.smallest(by);
    }

    /// Takes the right edge of a box that is about to be moved by its whole width or more.
    fn limit(&mut self, by: Length, whole: Width) {
        if let Some(end) = whole.end(by) {
            let edge = self.x + end;
            self.right_edge = Some(self.right_edge.map_or(edge, |most| most.min(edge)));
        }
    }

    /// Takes the place that the offsets of an absolutely placed box refer to.
    fn refer_to(&mut self, holder: &Self, frame: &Frame, flow: &Flow) {
        if frame.inset.left.is_some() || frame.inset.right.is_some() {
            self.x = holder.x;
            self.least_x = holder.least_x;
            self.right_edge = holder.right_edge;
        }
        if frame.inset.top.is_some() || frame.inset.bottom.is_some() {
            self.y = holder.y;
            self.fixed_y = holder.fixed_y;
            self.pulled = flow.pulled();
        }
        (self.width, self.narrow) = (holder.width, holder.narrow);
        self.tall = holder.tall;
        self.positioned = holder.positioned;
    }

    /// Returns how far the boxes before may push a box to the right.
    fn beside(&self, style: &Computed, frame: &Frame, shared: bool, flow: &Flow) -> f32 {
        let width = self.width.max(0.0);
        match frame.float {
            Float::Right => width,
            Float::Left => width.min(flow.row()),
            // Such a box is beside the floats before it.
            Float::None if shared || frame.overflow_x != Overflow::Visible => width.min(flow.row()),
            Float::None if style.display == Display::InlineBlock => {
                width.min(flow.row().max(SCREEN_WIDTH))
            }
            Float::None => 0.0,
        }
    }
}
