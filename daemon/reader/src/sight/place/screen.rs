//! Whether text is on the screen, by the estimate of its place.

use super::Place;
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::{Length, MEDIUM, SCREEN_HEIGHT, SCREEN_WIDTH},
        marks::Mark,
        property::{Align, Display, Size},
    },
    sight::{
        axis::{Width, is_centred},
        flow::{Flow, LINE, NARROW},
        measure::{keeps_lines, text_width},
    },
    thresholds::FAR,
};

impl Place {
    /// Returns the movement of a box in the first line by its indentation, in pixels, at most 0.
    /// `line` is the greatest width of the line.
    pub(super) fn indented(&self, line: f32, flow: &Flow) -> f32 {
        let indent = self.across().greatest(self.indent);
        match line < -indent && !flow.broken {
            true => indent,
            false => 0.0,
        }
    }

    /// Returns whether a run of text is off the screen, or so far from it that a person does not
    /// scroll there.
    pub(in crate::sight) fn is_off_screen(
        &self,
        text: &str,
        style: &Computed,
        flow: &Flow,
    ) -> bool {
        if self.away {
            return true;
        }
        let inherited = &*style.inherited;
        let size = inherited.font_size;
        let width = text_width(text, style);
        let whole = Width {
            font: size,
            ..self.across()
        };
        let indent = whole.greatest(self.indent);
        let line = flow.line + width;
        // The indentation moves the first line only.
        let lines = keeps_lines(style) && text.trim_end().contains('\n');
        let first_line = inherited.indent_each || (!flow.broken && !lines);
        let (moved, edge) = match indent < 0.0 && first_line && line < -indent + self.width {
            true => (indent, line),
            false => (0.0, width.min(self.width.max(size))),
        };
        let slack = (self.width - edge).max(0.0);
        let x = match self.breaks == flow.breaks() {
            true => self.x,
            false => self.x - self.in_line,
        };
        let right = match inherited.align {
            Align::Left if !self.turned || moved < 0.0 => x + moved + edge,
            Align::Centre => x + moved + edge + slack / 2.0,
            // The indentation moves the beginning of the line, not its end.
            Align::Left | Align::Right => x + edge + slack,
        };
        let right = self.right_edge.map_or(right, |most| right.min(most));
        let indented = whole.end(self.indent).filter(|_| moved < 0.0);
        let right = indented.map_or(right, |most| right.min(self.x + most));
        let lines = (width / self.width.max(NARROW)).floor() + 1.0;
        let bottom = self.above(flow) + self.y + lines * size * LINE;
        // The first word does not wrap.
        let first = flow.line <= 0.0 && !flow.broken && text.split_whitespace().nth(1).is_none();
        let far = self.least_x + if first { indent } else { 0.0 };
        right <= 1.0
            || bottom <= 1.0
            || far > FAR
            || self.is_scattered(x + slack, text, style, flow)
    }

    /// Returns whether negative spacing moves all but the first letter, or the first word, of a run off the
    /// screen. `x` is the rightmost place of the line.
    fn is_scattered(&self, x: f32, text: &str, style: &Computed, flow: &Flow) -> bool {
        let inherited = &*style.inherited;
        let size = inherited.font_size;
        let spacing = |length: Length| length.resolve(size, MEDIUM, 0.0).min(0.0);
        // A line that begins off the screen may reach into it.
        let start = (x + flow.line).max(0.0);
        let mut words = text.split_whitespace();
        let (Some(first), second) = (words.next(), words.next()) else {
            return false;
        };
        let letters = first.chars().nth(1).is_some() || second.is_some();
        let second = second.map(|second| text_width(first, style) + text_width(second, style));
        (letters && start + 2.0 * size + spacing(inherited.letter_spacing) <= 0.0)
            || second.is_some_and(|width| start + width + spacing(inherited.word_spacing) <= 0.0)
    }

    /// Returns whether a picture or a field is off the screen.
    pub(in crate::sight) fn is_box_off_screen(&self, frame: &Frame, flow: &Flow) -> bool {
        let known = |size: Size, other: f32| match size {
            Some(size) if size.is_definite() => size.resolve(self.font, MEDIUM, 0.0).max(0.0),
            Some(_) | None => other,
        };
        let width = known(frame.width, SCREEN_WIDTH);
        let right = self.x + width + self.indented(flow.line + width, flow);
        let bottom = self.above(flow) + self.y + known(frame.height, SCREEN_HEIGHT);
        self.away || right <= 0.0 || bottom <= 0.0 || self.least_x > FAR
    }

    /// Returns the greatest height of what is above the place, in pixels.
    fn above(&self, flow: &Flow) -> f32 {
        match self.fixed_y {
            true => 0.0,
            false => flow.greatest() + flow.pulled() - self.pulled,
        }
    }

    /// Widens the estimate where the layout decides on the place.
    pub(super) fn spread(mut self, style: &Computed, around: f32) -> Self {
        let anywhere = matches!(
            style.display,
            Display::Cell | Display::Table | Display::Flex
        );
        self.askew |= style.inherited.align != Align::Left;
        let free = [Mark::Centred, Mark::Justify, Mark::Place];
        let free = free.iter().any(|mark| style.marks.has(*mark));
        let centred = style
            .frame
            .as_deref()
            .filter(|frame| !frame.floats() && frame.width.is_some())
            .is_some_and(|frame| self.askew || (free && frame.margin.left.is_none()));
        if anywhere || centred {
            // Boxes in each other share the room.
            let room = self.width.clamp(0.0, SCREEN_WIDTH);
            let room = room
                .min(self.width.max(SCREEN_WIDTH) - self.spread)
                .max(0.0);
            self.x += room;
            self.spread += room;
        } else if is_centred(style) {
            self.x += ((around - self.narrow) / 2.0).clamp(0.0, SCREEN_WIDTH);
        }
        self
    }
}
