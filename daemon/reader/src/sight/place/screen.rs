//! Whether text is on the screen, by the estimate of its place.

use super::{FAR, Place};
use crate::{
    cascade::Computed,
    css::property::Align,
    sight::{
        axis::Width,
        flow::{Flow, LINE, NARROW},
        measure::{keeps_lines, text_width},
    },
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
            false => self.x - self.in_line.0,
        };
        let right = match inherited.align {
            Align::Left => x + moved + edge,
            Align::Centre => x + moved + edge + slack / 2.0,
            // The indentation moves the beginning of the line, not its end.
            Align::Right => x + edge + slack,
        };
        let right = self.right_edge.map_or(right, |most| right.min(most));
        let indented = whole.end(self.indent).filter(|_| moved < 0.0);
        let right = indented.map_or(right, |most| right.min(self.x + most));
        let lines = (width / self.width.max(NARROW)).floor() + 1.0;
        let above = match self.fixed_y {
            true => 0.0,
            false => flow.height + flow.pulled() - self.pulled,
        };
        let bottom = above + self.y + lines * size * LINE;
        // The first word does not wrap.
        let first = flow.line <= 0.0 && !flow.broken && text.split_whitespace().nth(1).is_none();
        let far = self.least_x + if first { indent } else { 0.0 };
        right <= 1.0 || bottom <= 1.0 || far > FAR
    }
}
