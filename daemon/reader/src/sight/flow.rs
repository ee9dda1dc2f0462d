//! What precedes in the flow of the page: its greatest and its least height.

use crate::{
    cascade::{Computed, Frame},
    css::{
        length::{Length, MEDIUM},
        property::{Display, Position, Size, WhiteSpace},
    },
};

/// Width of a letter as a multiple of the font size, rounded up.
pub(super) const LETTER: f32 = 0.65;
/// Height of a line as a multiple of the font size, rounded up.
pub(super) const LINE: f32 = 1.6;
/// Narrowest column that text is assumed to have, in pixels.
pub(super) const NARROW: f32 = 80.0;

/// Greatest size that counts, in pixels.
const FARTHEST: f32 = 100_000.0;

/// What precedes in the flow of the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// Greatest height of what precedes, in pixels.
    pub(super) height: f32,
    /// Width of the text that precedes in the block, in pixels.
    pub(super) line: f32,
    /// Greatest width of the boxes that precede and that others may be beside, in pixels.
    row: f32,
    /// Whether the block has had a line break.
    pub(super) broken: bool,
    /// Least height of what precedes, in pixels, where blocks follow each other.
    least: f32,
    /// Number of boxes that are beside each other, so that their heights do not add up.
    unsure: u32,
    /// Least width of the text that precedes in a line that does not wrap, in pixels.
    least_line: f32,
    /// Whether the block has text.
    text: bool,
}

impl Flow {
    /// Takes the beginning of an element.
    pub(super) fn enter(&mut self, style: &Computed) {
        if let Some(frame) = style.frame.as_deref() {
            let size = |size: Size| size.map_or(0.0, |size| size.usual().abs().min(FARTHEST));
            let margin = |size: Size| size.map_or(0.0, |size| size.usual().clamp(0.0, FARTHEST));
            let padding = |length: Length| length.usual().abs().min(FARTHEST);
            self.height += size(frame.height)
                + margin(frame.margin.top)
                + margin(frame.margin.bottom)
                + size(frame.min_height)
                + padding(frame.padding.top)
                + padding(frame.padding.bottom);
        }
        self.edge(style);
        self.unsure += u32::from(style.display == Display::Flex);
        if let Some(frame) = style.frame.as_deref() {
            match style.display {
                Display::Inline => self.least_line += known(frame.padding.left),
                _ => self.least += known(frame.padding.top),
            }
        }
    }

    /// Takes the end of an element that began at a least height. `margin` says whether browsers give
    /// it a margin.
    pub(super) fn leave(&mut self, style: &Computed, began: f32, hidden: bool, margin: bool) {
        self.edge(style);
        let height = style.frame.as_deref().and_then(|frame| frame.height);
        let height = height.filter(|height| height.is_definite());
        if let Some(height) = height
            && !matches!(
                style.display,
                Display::Inline | Display::Contents | Display::None
            )
        {
            self.least = self.least.max(began + height.usual().max(0.0));
        }
        let block = matches!(
            style.display,
            Display::Block | Display::ListItem | Display::Table
        );
        if block && std::mem::take(&mut self.text) && self.least <= began {
            self.least = began + line_height(style).max(0.0);
        }
        let unset = |frame: &Frame| frame.margin.bottom.is_none();
        if margin && self.least > began && style.frame.as_deref().is_none_or(unset) {
            self.least += style.inherited.font_size;
        }
        if hidden {
            self.least = began;
            self.text = false;
        } else if is_beside(style) {
            // A row is at least as high as a line of its cells.
            self.text |= style.display == Display::Cell && self.least > began;
            self.least = began;
        }
    }

    /// Takes a box that ends, and that others may be beside.
    pub(super) fn leave_beside(&mut self, width: f32) {
        self.row += width.max(0.0);
    }

    /// Returns the greatest width of the boxes that precede and that others may be beside, in pixels.
    pub(super) fn row(&self) -> f32 {
        self.row
    }

    /// Takes a line break.
    pub(super) fn line_break(&mut self, style: &Computed) {
        self.least += line_height(style).max(0.0);
        self.least_line = 0.0;
        self.line = 0.0;
        self.broken = true;
    }

    /// Returns the least height of what precedes in pixels, and the number of boxes so far that are
    /// beside each other.
    pub(super) fn least(&self) -> (f32, u32) {
        (self.least, self.unsure)
    }

    /// Returns the least width of the text that precedes in a line that does not wrap, in pixels.
    pub(super) fn least_line(&self) -> f32 {
        self.least_line
    }

    fn edge(&mut self, style: &Computed) {
        if !matches!(
            style.display,
            Display::Inline | Display::Contents | Display::None
        ) {
            self.height += style.inherited.font_size * LINE;
            self.line = 0.0;
            self.least_line = 0.0;
            self.broken = false;
        }
    }

    /// Takes a run of text.
    pub(super) fn pass(&mut self, text: &str, style: &Computed, hidden: bool) {
        let width = text_width(text, style);
        self.text |= width > 0.0 && !hidden;
        let lines = keeps_lines(style);
        self.broken |= lines && !hidden && text.contains('\n');
        self.line += width;
        if style.inherited.white_space == WhiteSpace::NoWrap && !hidden {
            // The narrowest letters have a fifth of their height.
            // A space that does not break has a quarter.
            let spaces = text
                .matches('\u{a0}')
                .map(|_| style.inherited.font_size / 4.0);
            self.least_line += width / LETTER * 0.2 + spaces.sum::<f32>();
        }
        let lines = width / NARROW + 1.0;
        self.height += lines * style.inherited.font_size * LINE;
    }
}

/// Returns whether line breaks in the text of an element are kept.
pub(super) fn keeps_lines(style: &Computed) -> bool {
    matches!(
        style.inherited.white_space,
        WhiteSpace::Pre | WhiteSpace::PreLine
    )
}

/// Returns a length in pixels as far as it is known; at least 0.
pub(super) fn known(length: Length) -> f32 {
    match length.is_definite() {
        true => length.usual().max(0.0),
        false => 0.0,
    }
}

/// Returns whether a box does not push down what follows.
pub(super) fn is_beside(style: &Computed) -> bool {
    let lifted = style.frame.as_deref().is_some_and(|frame| {
        frame.floats() || matches!(frame.position, Position::Absolute | Position::Fixed)
    });
    lifted
        || matches!(
            style.display,
            Display::Cell | Display::Flex | Display::InlineBlock
        )
}

/// Returns the height of a line in pixels.
pub(super) fn line_height(style: &Computed) -> f32 {
    let inherited = &*style.inherited;
    inherited
        .line_height
        .resolve(inherited.font_size, MEDIUM, inherited.font_size)
}

/// Returns the greatest width of a run in one line, in pixels.
pub(super) fn text_width(text: &str, style: &Computed) -> f32 {
    let letters = text.split_whitespace().map(|word| word.chars().count() + 1);
    // A run has fewer characters than an f32 counts exactly, nearly.
    #[allow(clippy::cast_precision_loss)]
    let letters = letters.sum::<usize>() as f32;
    let inherited = &*style.inherited;
    let size = inherited.font_size;
    let spacing = inherited.letter_spacing.resolve(size, MEDIUM, 0.0);
    letters * (size * LETTER + spacing).max(0.0)
}
