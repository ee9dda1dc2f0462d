//! Gaps between elements: spaces, lines and blank lines.

use super::{
    Page,
    room::{MAX_BEFORE, is_space},
    table::Row,
    writer::Gap,
};
use crate::{
    cascade::Computed,
    css::{
        length::{Length, MEDIUM},
        marks::Mark,
        paint::THICK,
        property::{Display, Float, Side},
    },
    document::{Element, NodeId},
};

/// Widest margin of a paragraph that is next to the one before it, as a part of the size of the font.
const FLUSH: f32 = 0.25;
impl Page<'_> {
    /// Writes the gap on the left or the right side of an element, or before or after it. A list in an item
    /// has no margin.
    pub(super) fn gap(&mut self, node: NodeId, element: &Element, style: &Computed, side: Side) {
        let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        let list = matches!(element.html_name(), "ul" | "ol" | "menu");
        let gap = match gap(element, style) {
            Gap::None if is_in_line(style) && is_apart(style, side) => Gap::Space,
            // The children of a flexible box and of a grid are boxes beside each other.
            Gap::None if style.display != Display::Contents && is_row(self.styles.get(parent)) => {
                Gap::Beside
            }
            Gap::Line if self.tables.row(parent) != Row::Blocks => Gap::Cell,
            Gap::Blank if list && !self.lists.is_empty() => Gap::Line,
            Gap::Blank if element.html_name() == "p" && is_flush(style, side) => Gap::Line,
            gap => gap,
        };
        let is_apart = match element.html_name() {
            "tr" => self.tables.is_apart(node),
            _ => side == Side::Left && self.follows_column(node, style),
        };
        self.writer.gap(if is_apart { Gap::Blank } else { gap });
    }

    /// Writes the gap of an element in which nothing is seen. A block still ends a line, and a break or a
    /// fixed space makes a blank one. An element with a space separates words.
    pub(super) fn empty_gap(&mut self, node: NodeId, element: &Element, style: &Computed) {
        if style.frame_or_default().is_absolute() {
            return;
        }
        match self.survey.get(node).blank_line && is_line(style) {
            true => self.writer.gap(Gap::Blank),
            false => {
                self.gap(node, element, style, Side::Left);
                self.gap(node, element, style, Side::Right);
            }
        }
    }

    /// Returns whether an element and the one before it are columns of several lines.
    fn follows_column(&self, node: NodeId, style: &Computed) -> bool {
        let is_column = |node: NodeId, style: &Computed| {
            let lines = self.survey.get(node).lines();
            lines > 1 && self.is_column(node, style)
        };
        if !is_column(node, style) {
            return false;
        }
        let mut before = self.document.before(node).take(MAX_BEFORE);
        let filled = before.find(|node| self.survey.get(*node).is_filled());
        filled.is_some_and(|before| is_column(before, self.styles.get(before)))
    }

    /// Returns whether an element is a box beside others.
    fn is_column(&self, node: NodeId, style: &Computed) -> bool {
        let float = style.frame.as_deref().map(|frame| frame.float);
        let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        match style.display {
            Display::Cell | Display::InlineBlock => true,
            Display::Block | Display::Flex | Display::Table => {
                float.is_some_and(|float| float != Float::None)
                    || is_columns(self.styles.get(parent))
            }
            _ => false,
        }
    }
}

/// Returns whether an element separates the words beside it.
pub(super) fn parts_words(element: &Element, style: &Computed, side: Side) -> bool {
    gap(element, style) != Gap::None || (is_in_line(style) && is_apart(style, side))
}

/// Returns whether the children of an element are boxes beside each other, whatever they are elsewhere.
fn is_row(style: &Computed) -> bool {
    let flexible = matches!(style.display, Display::Flex | Display::InlineBlock);
    flexible && style.marks.has(Mark::Levels) && !style.marks.has(Mark::Old)
}

/// Returns whether an element has lines of its own, and is no part of a table.
fn is_line(style: &Computed) -> bool {
    matches!(style.display, Display::Block | Display::ListItem)
}

/// Returns whether the children of an element may be columns.
fn is_columns(style: &Computed) -> bool {
    is_row(style) && !style.marks.has(Mark::Stacked)
}

fn is_in_line(style: &Computed) -> bool {
    matches!(style.display, Display::Inline | Display::InlineBlock)
}

/// Returns whether a block in a line is as wide as its text, so that it is next to the text beside it.
fn joins(element: &Element, style: &Computed) -> bool {
    let frame = style.frame.as_deref();
    let is_sized = frame.is_some_and(|frame| {
        frame.width.is_some() || frame.min_width.is_some() || frame.float == Float::Right
    });
    is_text(element.html_name()) && !is_sized
}

/// Returns whether an element is for words within a line.
pub(crate) fn is_text(tag: &str) -> bool {
    matches!(
        tag,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "em"
            | "font"
            | "i"
            | "small"
            | "span"
            | "strong"
            | "u"
    )
}

/// Returns whether a margin, padding or thick border separates the text of an element from that
/// beside it, as a space does.
fn is_apart(style: &Computed, side: Side) -> bool {
    let frame = style.frame_or_default();
    let (mut margin, mut padding, mut border) = (frame.margin, frame.padding, style.border);
    let (margin, padding) = (margin.side(side), padding.side(side));
    let border = if *border.side(side) { THICK } else { 0.0 };
    let size = style.inherited.font_size;
    // The width around, of which a percentage is a part, is not known.
    let pixels = |length: Length| length.resolve(size, MEDIUM, 0.0);
    let distance = margin.map_or(0.0, pixels) + pixels(*padding) + border;
    is_space(distance, size)
}

/// Returns whether a paragraph has no margin and no padding above or below it.
fn is_flush(style: &Computed, side: Side) -> bool {
    let Some(frame) = &style.frame else {
        return false;
    };
    let (margin, padding) = match side {
        Side::Left | Side::Top => (frame.margin.top, frame.padding.top),
        Side::Right | Side::Bottom => (frame.margin.bottom, frame.padding.bottom),
    };
    let size = style.inherited.font_size;
    let pixels = |length: Length| length.resolve(size, MEDIUM, 0.0);
    margin.is_some_and(|margin| pixels(margin) + pixels(padding) < FLUSH * size)
}

/// Returns the gap before and after an element.
fn gap(element: &Element, style: &Computed) -> Gap {
    match style.display {
        Display::Inline | Display::Contents | Display::None => Gap::None,
        Display::InlineBlock if joins(element, style) => Gap::None,
        Display::InlineBlock => Gap::Space,
        Display::Block | Display::Flex | Display::Table | Display::Cell | Display::ListItem => {
            match element.html_name() {
                "p" | "ul" | "ol" | "menu" | "blockquote" | "pre" | "h1" | "h2" | "h3" | "h4"
                | "h5" | "h6" | "dl" | "hr" | "table" => Gap::Blank,
                "td" | "th" => Gap::Cell,
                _ => Gap::Line,
            }
        }
    }
}
