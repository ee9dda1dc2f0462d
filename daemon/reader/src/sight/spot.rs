//! A place in the flow of the page.

/// A place in the flow, in pixels.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    /// Least height of what precedes, without the line and the margins at its end.
    pub(super) least: f32,
    /// Least height of the line.
    pub(super) line: f32,
    /// The greatest of the margins at the end.
    pub(super) above: f32,
    /// The sum of the negative margins at the end.
    pub(super) below: f32,
    /// Least number of lines that precede.
    pub(super) lines: u32,
    /// Whether the block has had a line break.
    pub(super) broken: bool,
    /// Least width of the text that precedes in a line that does not wrap.
    pub(super) width: f32,
    /// Greatest width of the text that precedes in the block.
    pub(super) text: f32,
    /// Movement up by negative margins.
    pub(super) pulled: f32,
}

impl Spot {
    /// Returns the least height of what precedes, without the line.
    pub(super) fn top(&self) -> f32 {
        self.least + self.above + self.below
    }

    pub(super) fn settle(&mut self) {
        self.least = self.top();
        (self.above, self.below) = (0.0, 0.0);
    }

    pub(super) fn line_ends(&mut self) {
        if self.line > 0.0 {
            self.settle();
            self.least += self.line;
            self.lines = self.lines.saturating_add(1);
        }
        self.line = 0.0;
    }
}
