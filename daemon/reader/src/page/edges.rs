//! Boxes at the right edge: a person reads them behind the line beside them, which follows in the
//! mail.

use super::room::{self, Lines, MAX_BEFORE, fit};
use crate::{
    cascade::{Computed, Styles},
    css::{
        length::{Length, MEDIUM, SCREEN_WIDTH},
        marks::Mark,
        property::{Display, Float, Overflow, Position},
    },
    document::{Document, NodeId},
};
use html5ever::local_name;

/// Largest distance of a box from the upper edge at which it is beside the first line, in pixels.
const MAX_TOP: f32 = MEDIUM;
/// Largest distance between the tops of texts in one line, in pixels.
const MAX_DROP: f32 = 8.0;
/// Largest padding of a box that is as high as nothing, in pixels.
const MAX_PADDING: f32 = 4.0;

/// Returns the children of an element with each box at the right edge behind the line beside it;
/// `None` if no child is at that edge.
pub(super) fn behind_lines(
    document: &Document,
    styles: &Styles,
    node: NodeId,
) -> Option<Vec<NodeId>> {
    let is_at_right = |child| edge(document, styles, child) == Float::Right;
    // The children of a flexible box and of a grid do not float.
    if styles.get(node).marks.has(Mark::Levels) || !document.children(node).any(is_at_right) {
        return None;
    }
    let mut line = Boxes {
        document,
        styles,
        width: room::width(document, styles, node),
        children: Vec::new(),
        floating: Vec::new(),
        is_tall: false,
        has_text: false,
    };
    for child in document.children(node) {
        let style = styles.get(child);
        if room::is_blank(document, styles, child) {
            line.children.push(child);
        } else if is_at_right(child) {
            if style.marks.has(Mark::Clear) {
                line.flush();
            }
            line.is_tall |= !line.is_short(child);
            line.floating.push(child);
        } else if document.name(child) == "br" {
            line.flush();
            line.children.push(child);
        } else if is_in_line(document, styles, child) {
            if line.is_tall {
                line.flush();
            }
            line.has_text = true;
            line.children.push(child);
        } else if line.has_beside(child) {
            line.children.push(child);
            line.flush();
        } else {
            line.flush();
            line.children.push(child);
        }
    }
    line.flush();
    Some(line.children)
}

/// Returns the edge at which a box is beside what follows. A box without a height has the edge of
/// what floats in it.
fn edge(document: &Document, styles: &Styles, node: NodeId) -> Float {
    match own_edge(document, styles, node) {
        Float::None if has_no_height(styles.get(node)) => {
            let mut inside = document
                .children(node)
                .filter(|child| !room::is_blank(document, styles, *child))
                .peekable();
            let is_at_right = |child| {
                let has_width = styles.get(child).frame_or_default().width.is_some();
                own_edge(document, styles, child) == Float::Right && !has_width
            };
            match inside.peek().is_some() && inside.all(is_at_right) {
                true => Float::Right,
                false => Float::None,
            }
        }
        edge => edge,
    }
}

fn own_edge(document: &Document, styles: &Styles, node: NodeId) -> Float {
    let Some(frame) = styles.get(node).frame.as_deref() else {
        return aligned(document, styles, node);
    };
    match frame.position {
        Position::Absolute if is_beside_line(document, styles, node) => Float::Right,
        Position::Absolute | Position::Fixed => Float::None,
        Position::Static | Position::Relative if frame.float == Float::None => {
            aligned(document, styles, node)
        }
        Position::Static | Position::Relative => frame.float,
    }
}

/// Returns the edge that the attribute of a table names, unless a declaration says another.
fn aligned(document: &Document, styles: &Styles, node: NodeId) -> Float {
    let table = document.element(node).filter(|element| {
        let is_table = element.html_name() == "table" && styles.get(node).display == Display::Table;
        is_table && !element.declarations().any(|(name, _)| name == "float")
    });
    let align = table.and_then(|table| table.attribute(&local_name!("align")));
    match align.unwrap_or_default().trim() {
        align if align.eq_ignore_ascii_case("right") => Float::Right,
        align if align.eq_ignore_ascii_case("left") => Float::Left,
        _ => Float::None,
    }
}

/// Returns whether an absolute box is at the right edge of the line in which it is in the mail.
fn is_beside_line(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let frame = styles.get(node).frame_or_default();
    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
    let holds = styles.get(parent).frame_or_default().position != Position::Static;
    let mut before = document.before(node).take(MAX_BEFORE);
    let mut is_first = || before.all(|node| room::is_blank(document, styles, node));
    let is_at_top = match frame.inset.top {
        None => true,
        Some(top) => holds && (0.0..=MAX_TOP).contains(&top.usual()) && is_first(),
    };
    let is_at_right = frame
        .inset
        .right
        .is_some_and(|right| (0.0..SCREEN_WIDTH / 4.0).contains(&right.usual()));
    is_at_right && is_at_top && frame.inset.left.is_none() && frame.inset.bottom.is_none()
}

/// Returns whether a block has the height of what is in its flow.
fn has_no_height(style: &Computed) -> bool {
    let contains = [Mark::Columns, Mark::Generated, Mark::Clear];
    style.display == Display::Block
        && !contains.into_iter().any(|mark| style.marks.has(mark))
        && style.frame.as_deref().is_none_or(|frame| {
            let heights = [frame.padding.top, frame.padding.bottom];
            let margins = [frame.margin.top, frame.margin.bottom]
                .into_iter()
                .flatten();
            frame.position == Position::Static
                && frame.height.is_none()
                && frame.min_height.is_none()
                && frame.overflow_x == Overflow::Visible
                && frame.overflow_y == Overflow::Visible
                && heights
                    .into_iter()
                    .chain(margins)
                    .all(|height| height.usual().abs() <= MAX_PADDING)
        })
}

fn is_in_line(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let display = styles.get(node).display;
    document.element(node).is_none()
        || matches!(display, Display::Inline | Display::InlineBlock)
            && edge(document, styles, node) == Float::None
}

/// The children of an element, in the order of the screen.
struct Boxes<'a> {
    document: &'a Document,
    styles: &'a Styles,
    /// Width of their parent, in pixels.
    width: f32,
    children: Vec<NodeId>,
    /// Boxes at the right edge, whose line is not known yet.
    floating: Vec<NodeId>,
    /// Whether one of them is more than a line of text.
    is_tall: bool,
    /// Whether their line has begun, so that a block is below it.
    has_text: bool,
}

impl Boxes<'_> {
    /// Puts the boxes at the right edge behind what is written. The last of those that fit in a line
    /// is next to the text.
    fn flush(&mut self) {
        self.is_tall = false;
        self.has_text = false;
        let mut floating = std::mem::take(&mut self.floating);
        if floating.len() > 1 && self.fit(&floating) {
            floating.reverse();
        }
        self.children.append(&mut floating);
    }

    /// Returns whether a block is on the left of the boxes at the right edge.
    fn has_beside(&self, block: NodeId) -> bool {
        let style = self.styles.get(block);
        if self.floating.is_empty() || self.has_text || style.marks.has(Mark::Clear) {
            return false;
        }
        let mut all = self.floating.clone();
        all.push(block);
        let is_column = own_edge(self.document, self.styles, block) == Float::Left;
        let is_line = || {
            let is_level = self.floating.iter().all(|node| {
                let distance = self.top(*node) - self.top(block);
                distance.abs() <= MAX_DROP
            });
            is_level && !self.is_tall && self.lines(block).is_some_and(Lines::is_one)
        };
        (is_column || is_line()) && self.fit(&all)
    }

    /// Returns the distance of the text in a box from its upper edge, with the margins, in pixels.
    fn top(&self, node: NodeId) -> f32 {
        let mut top = 0.0;
        let inside = std::iter::successors(Some(node), |node| {
            let mut children = self.document.children(*node);
            children.find(|child| !room::is_blank(self.document, self.styles, *child))
        });
        for node in inside.take(MAX_BEFORE) {
            if self.document.element(node).is_none() {
                break;
            }
            let style = self.styles.get(node);
            let frame = style.frame_or_default();
            let size = style.inherited.font_size;
            let pixels = |length: Length| length.resolve(size, MEDIUM, 0.0);
            let usual = match self.document.name(node) {
                "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "menu"
                | "dir" | "blockquote" | "figure" | "pre" => MEDIUM,
                _ => 0.0,
            };
            top += frame.margin.top.map_or(usual, pixels) + pixels(frame.padding.top);
        }
        top
    }

    fn fit(&self, boxes: &[NodeId]) -> bool {
        fit(self.document, self.styles, boxes, (self.width, false))
    }

    fn lines(&self, node: NodeId) -> Option<Lines> {
        Lines::of(self.document, self.styles, node)
    }

    /// Returns whether a box is in a line, or is a line of text.
    fn is_short(&self, node: NodeId) -> bool {
        let display = self.styles.get(node).display;
        matches!(display, Display::Inline | Display::InlineBlock)
            || self.lines(node).is_some_and(Lines::is_text)
    }
}
