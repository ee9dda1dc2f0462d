//! The greatest room that content takes, to know what a box of a fixed size certainly covers.

use super::flow::{LINE, line_height, text_width};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::Length,
        property::{Align, Display, Position, Size, WhiteSpace},
    },
    document::Element,
};

/// Margin of a block that has no other, as a multiple of its font size, rounded up.
const MARGIN: f32 = 1.4;

/// Covered room that content fills from its top.
#[derive(Debug)]
pub(super) struct Room {
    /// Whether everything is covered.
    all: bool,
    /// Covered width in pixels, if it is not the width of the content.
    width: Option<f32>,
    /// Least width of the content in pixels.
    column: f32,
    /// Covered height in pixels.
    limit: f32,
    /// Greatest height of what precedes, in pixels.
    bottom: f32,
    /// Whether the content is at an unknown place.
    left: bool,
}

impl Room {
    /// Returns the room of a cover that leaves nothing.
    pub(super) fn all() -> Self {
        Self {
            all: true,
            ..Self::new(None, 0.0, f32::INFINITY)
        }
    }

    pub(super) fn new(width: Option<f32>, column: f32, limit: f32) -> Self {
        Self {
            all: false,
            width,
            column: column.max(1.0),
            limit,
            bottom: 0.0,
            left: false,
        }
    }

    /// Returns whether the rest of the content is not certainly covered.
    pub(super) fn is_left(&self) -> bool {
        self.left
    }

    /// Returns the greatest height of the content in pixels.
    pub(super) fn height(&self) -> f32 {
        match self.left {
            true => f32::INFINITY,
            false => self.bottom,
        }
    }

    /// Takes the beginning of an element.
    pub(super) fn enter(&mut self, element: &Element, style: &Computed) {
        if self.all {
            return;
        }
        let empty = Frame::default();
        let frame = style.frame.as_deref().unwrap_or(&empty);
        let simple = match style.display {
            Display::Block | Display::ListItem => true,
            Display::Inline | Display::Contents => frame.padding == empty.padding,
            Display::None
            | Display::InlineBlock
            | Display::Flex
            | Display::Table
            | Display::Cell => false,
        };
        let replaced = matches!(
            element.html_name(),
            "img" | "hr" | "iframe" | "video" | "audio" | "object" | "embed" | "canvas"
        ) || element.html_name().is_empty();
        let edge = |size: Size| size.is_none_or(|size| size.is_definite() && size.usual() == 0.0);
        let plain = frame.position == Position::Static
            && !frame.floats()
            && frame.transform == empty.transform
            && frame.translate == empty.translate
            && frame.min_height.is_none()
            && frame.width.is_none()
            && frame.max_width.is_none()
            && edge(frame.margin.left)
            && edge(frame.margin.right)
            && frame.padding.left == empty.padding.left
            && frame.padding.right == empty.padding.right
            && style.border == Default::default();
        if !simple || replaced || !plain {
            self.left = true;
        } else if element.html_name() == "br" {
            self.bottom += line(style);
        } else if matches!(style.display, Display::Block | Display::ListItem) {
            match margins(style, frame) {
                Some((top, bottom)) if frame.height.is_none_or(|height| height.is_definite()) => {
                    let padding =
                        frame.padding.top.usual().max(0.0) + frame.padding.bottom.usual().max(0.0);
                    let has_margin = element.html_name() != "div" || frame.margin != empty.margin;
                    let margin = if has_margin {
                        top.max(0.0) + bottom.max(0.0)
                    } else {
                        0.0
                    };
                    self.bottom += padding + margin;
                }
                Some(_) | None => self.left = true,
            }
        }
    }

    /// Takes the end of a node that began at a height.
    pub(super) fn leave(&mut self, style: &Computed, start: f32) {
        let height = style.frame.as_deref().and_then(|frame| frame.height);
        let height = height.filter(|height| height.is_definite());
        self.bottom = self.bottom.max(start + height.map_or(0.0, Length::usual));
    }

    /// Takes a run of text. Returns whether it is covered.
    pub(super) fn pass(&mut self, text: &str, style: &Computed) -> bool {
        if self.all {
            return true;
        }
        if text.trim().is_empty() || self.left {
            return false;
        }
        let inherited = &*style.inherited;
        let width = text_width(text, style);
        let wraps = inherited.white_space == WhiteSpace::Normal;
        let beside = match self.width {
            Some(room) => width > room || inherited.align != Align::Left,
            None => false,
        };
        if beside || (!wraps && width > self.column) {
            self.left = true;
            return false;
        }
        self.bottom += ((width / self.column).floor() + 1.0) * line(style);
        self.left = self.bottom > self.limit;
        !self.left
    }
}

/// Returns the greatest height of a line in pixels.
fn line(style: &Computed) -> f32 {
    line_height(style).max(style.inherited.font_size * LINE)
}

/// Returns the margins at the top and the bottom of a block in pixels, if they are known.
pub(super) fn margins(style: &Computed, frame: &Frame) -> Option<(f32, f32)> {
    let margin = |size: Size| match size {
        None => Some(style.inherited.font_size * MARGIN),
        Some(size) => size.is_definite().then(|| size.usual()),
    };
    Some((margin(frame.margin.top)?, margin(frame.margin.bottom)?))
}
