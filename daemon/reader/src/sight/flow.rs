//! What precedes in the flow of the page: its greatest and its least height.

use super::measure::{
    LETTER, apart, fixed, has_own_lines, height, is_beside, is_lifted, keeps_lines, known,
    least_height, line_height, side_margins, text_width,
};
use super::spot::Spot;
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::{Length, MEDIUM, SCREEN_WIDTH},
        property::{Display, Size, WhiteSpace},
    },
};

/// Height of a line as a multiple of the font size, rounded up.
pub(super) const LINE: f32 = 1.6;
/// Narrowest column that text is assumed to have, in pixels.
pub(super) const NARROW: f32 = 80.0;

/// Greatest height of a picture over which a margin moves text, in pixels.
const TALLEST: f32 = 2_000.0;

/// Greatest size that counts, in pixels.
const FARTHEST: f32 = 100_000.0;

/// Least height of what precedes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Least {
    /// Pixels.
    pub(super) height: f32,
    /// Number of boxes so far that are beside each other. Heights with other numbers do not compare.
    pub(super) unsure: u32,
}

/// An element that ends.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) began: Spot,
    /// What its margin left of those before.
    pub(super) carried: f32,
    pub(super) hidden: bool,
    /// Margin that browsers give it, in pixels.
    pub(super) margin: f32,
    /// Whether its margin may be that of the element around.
    pub(super) first: bool,
    /// Whether it is beside its siblings.
    pub(super) beside: bool,
    /// Whether it follows its siblings in a flexible box from the top.
    pub(super) stacked: bool,
    /// Whether the line around does not wrap.
    pub(super) joined: bool,
    /// Whether it fills several rows.
    pub(super) spans: bool,
    /// Least height of a picture or the like whose height is not given, in pixels.
    pub(super) replaced: Option<f32>,
}

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
    /// Number of lines and blocks that have ended or begun.
    breaks: u32,
    /// Movement up by negative margins of the boxes before, in the box around, in pixels; at most 0.
    pulled: f32,
    /// Whether a floating box precedes, below which others may be.
    floated: bool,
    /// Height by which what precedes may be higher, because a box has no height that is known, in pixels.
    unknown: f32,
    /// Least height of what precedes, where blocks follow each other.
    mark: Spot,
    /// Number of boxes that are beside each other, so that their heights do not add up.
    unsure: u32,
    /// Least width of the text that precedes in a line that does not wrap, in pixels.
    least_line: f32,
}

impl Flow {
    /// Takes the beginning of an element. Returns what its margin leaves of those before, in pixels.
    /// `usual` is the margin that browsers give it, in pixels.
    pub(super) fn enter(&mut self, style: &Computed, usual: f32) -> f32 {
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
        let mut carried = 0.0;
        let inline = matches!(
            style.display,
            Display::Inline | Display::Contents | Display::None
        );
        if !inline {
            if is_beside(style) {
                self.mark.line = 0.0;
            } else {
                self.flush();
            }
            // The margin of the box before and that of this one overlap. The window has this one.
            let own = style.frame.as_deref().and_then(|frame| frame.margin.top);
            let own = own.map_or(usual, |own| {
                own.resolve(style.inherited.font_size, MEDIUM, SCREEN_WIDTH)
            });
            let before = self.mark.top();
            self.mark.above = (self.mark.above - own.max(0.0)).max(0.0);
            self.mark.settle();
            carried = self.mark.top() - before;
        }
        self.unsure += apart(style);
        if let Some(frame) = style.frame.as_deref() {
            match style.display {
                Display::Inline => {
                    let margins = side_margins(frame, style);
                    // The line may break between images with margins.
                    let joined = style.inherited.white_space == WhiteSpace::NoWrap;
                    let margins = if joined { margins } else { margins.min(0.0) };
                    self.least_line += known(frame.padding.left) + margins;
                }
                _ => self.mark.least += known(frame.padding.top),
            }
        }
        carried
    }

    /// Returns the place in the flow, to return to it.
    pub(super) fn mark(&self) -> Spot {
        Spot {
            broken: self.broken,
            pulled: self.pulled,
            width: self.least_line,
            text: self.line,
            ..self.mark
        }
    }

    /// Takes the end of an element that began at a mark.
    pub(super) fn leave(&mut self, style: &Computed, ended: &Ended) {
        self.edge(style);
        let began = ended.began;
        let frame = style.frame_or_default();
        let font = style.inherited.font_size;
        let inline = matches!(
            style.display,
            Display::Inline | Display::Contents | Display::None
        );
        if inline {
            if ended.hidden {
                self.mark = began;
            }
            let least = frame
                .max_height
                .is_none()
                .then_some(ended.replaced)
                .flatten();
            let least = least.map(|least| match frame.height {
                None => least,
                height => fixed(height, font).unwrap_or(0.0),
            });
            self.mark.line = self.mark.line.max(least.unwrap_or(0.0));
            return;
        }
        self.unsure -= apart(style).min(self.unsure);
        self.pull(style, frame, ended);
        let beside = is_beside(style) || ended.beside;
        // Only the first line of a block is the one that is indented.
        self.broken = !beside || began.broken;
        if !beside {
            self.flush();
        }
        self.mark.line_ends();
        let (top, bottom) = (known(frame.padding.top), known(frame.padding.bottom));
        if bottom > 0.0 || beside {
            self.mark.settle();
        }
        if has_own_lines(style, frame) {
            self.mark.lines = began.lines;
        }
        let start = began.top() + ended.carried;
        let content = (self.mark.top() - start + bottom).max(0.0);
        let height = height(style, frame, content, top + bottom);
        if (height - content).abs() > 0.01 {
            self.mark = Spot {
                least: start + height,
                lines: self.mark.lines,
                ..Spot::default()
            };
        } else {
            self.mark.least += bottom;
        }
        let own = |size: Size| size.map_or(0.0, |size| size.resolve(font, MEDIUM, 0.0));
        let (over, under) = (own(frame.margin.top), own(frame.margin.bottom));
        if style.display == Display::InlineBlock && !is_lifted(style) {
            let width = fixed(frame.width, font);
            let least = width.filter(|_| frame.max_width.is_none() && !ended.hidden);
            if ended.joined {
                self.least_line = began.width + least.unwrap_or(0.0) + side_margins(frame, style);
            }
            self.line = began.text + width.unwrap_or(SCREEN_WIDTH);
        }
        if ended.hidden || beside {
            self.mark = began;
            let in_line = matches!(style.display, Display::Cell | Display::InlineBlock);
            let lifted = ended.beside || ended.spans || is_lifted(style);
            if !ended.hidden && !lifted && in_line {
                let height = height + over.min(0.0) + under.min(0.0);
                self.mark.line = self.mark.line.max(height);
            } else if !ended.hidden && ended.stacked && !is_lifted(style) {
                self.mark.settle();
                self.mark.least += least_height(style, frame) + over.min(0.0) + under.min(0.0);
            } else if !ended.hidden && !lifted && style.display == Display::Flex {
                let height = fixed(frame.height, font).filter(|_| frame.max_height.is_none());
                self.mark.least += height.unwrap_or(0.0);
            }
            return;
        }
        let usual = |given: Size, own: f32| match given {
            None if height > 0.0 => ended.margin,
            _ => own.max(0.0),
        };
        if !ended.first {
            self.mark.least += usual(frame.margin.top, over);
        }
        let usual = usual(frame.margin.bottom, under);
        self.mark.above = self.mark.above.max(usual);
        self.mark.below += over.min(0.0) + under.min(0.0);
    }

    /// Takes the negative margins of a box that ends. They end with the box around, whose height they
    /// leave at least 0.
    fn pull(&mut self, style: &Computed, frame: &Frame, ended: &Ended) {
        let block = matches!(
            style.display,
            Display::Block | Display::ListItem | Display::Flex
        );
        let negative = |size: Size| {
            let size = size.filter(|size| size.is_definite()).unwrap_or_default();
            let size = size.resolve(style.inherited.font_size, MEDIUM, 0.0);
            size.clamp(-FARTHEST, 0.0)
        };
        let moves = block && !is_lifted(style) && !ended.beside && !ended.hidden;
        let own = match moves {
            true => negative(frame.margin.top) + negative(frame.margin.bottom),
            false => 0.0,
        };
        self.pulled = ended.began.pulled + own;
        self.floated |= frame.floats();
    }

    /// Takes a picture or another box whose height is not known.
    pub(super) fn pass_unknown(&mut self) {
        self.unknown = TALLEST;
    }

    /// Returns the greatest height of what precedes, in pixels.
    pub(super) fn greatest(&self) -> f32 {
        self.height + self.unknown
    }

    /// Returns the movement of the flow up by negative margins in pixels, at most 0.
    pub(super) fn pulled(&self) -> f32 {
        match self.floated {
            true => 0.0,
            false => self.pulled,
        }
    }

    /// Returns the number of lines and blocks that have ended or begun.
    pub(super) fn breaks(&self) -> u32 {
        self.breaks
    }

    /// Takes a box that ends, and that others may be beside.
    pub(super) fn leave_beside(&mut self, width: f32) {
        self.row += width.max(0.0);
    }

    /// Returns the greatest width of the boxes that precede and that others may be beside, in pixels.
    pub(super) fn row(&self) -> f32 {
        self.row
    }

    fn flush(&mut self) {
        self.mark.line_ends();
    }

    /// Takes a line break.
    pub(super) fn line_break(&mut self, style: &Computed) {
        self.height += (style.inherited.font_size * LINE).max(line_height(style));
        self.mark.settle();
        self.mark.line = self.mark.line.max(line_height(style));
        self.mark.line_ends();
        self.least_line = 0.0;
        self.line = 0.0;
        self.broken = true;
        self.breaks = self.breaks.saturating_add(1);
    }

    /// Returns the least height of what precedes.
    pub(super) fn least(&self) -> Least {
        Least {
            height: self.mark.top(),
            unsure: self.unsure,
        }
    }

    /// Returns the least height of what precedes a box that begins here: a block ends the line before it.
    pub(super) fn least_at(&self, style: &Computed) -> Least {
        let mut at = self.clone();
        if style.is_boxed() && !is_beside(style) {
            at.flush();
        }
        at.least()
    }

    /// Returns the least number of lines that precede.
    pub(super) fn lines(&self) -> u32 {
        self.mark.lines
    }

    /// Returns the greatest number of lines that precede a block.
    pub(super) fn lines_above(&self) -> u32 {
        self.mark.lines + u32::from(self.mark.line > 0.0)
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
            self.breaks = self.breaks.saturating_add(1);
        }
    }

    /// Takes a run of text.
    pub(super) fn pass(&mut self, text: &str, style: &Computed, hidden: bool) {
        let width = text_width(text, style);
        if !hidden && (width > 0.0 || text.contains('\u{a0}')) {
            self.mark.settle();
            self.mark.line = self.mark.line.max(line_height(style));
        }
        let lines = keeps_lines(style);
        if lines && !hidden {
            for _ in text.matches('\n') {
                self.line_break(style);
            }
        }
        self.line += width;
        if style.inherited.white_space != WhiteSpace::NoWrap && text.contains(char::is_whitespace) {
            // The line may break here.
            self.least_line = 0.0;
        } else if style.inherited.white_space == WhiteSpace::NoWrap && !hidden {
            // The narrowest letters have a fifth of their height.
            // A space that does not break has a quarter.
            let spaces = text
                .matches('\u{a0}')
                .map(|_| style.inherited.font_size / 4.0);
            self.least_line += width / LETTER * 0.2 + spaces.sum::<f32>();
        }
        let lines = width / NARROW + 1.0;
        self.height += lines * (style.inherited.font_size * LINE).max(line_height(style));
    }
}
