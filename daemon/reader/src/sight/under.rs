//! Grounds that are no ancestors of a text: boxes that the text is pulled over, or laid over.

use super::{
    backdrop::ground_of,
    cells::{fills_cell, in_same_cell, is_named},
    contrast::Ground,
    heights::Heights,
    layers::{has_levels, has_mask, is_lifted, is_moved, level},
    look::Look,
    measure::{pixels, raised},
    reach::Reach,
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        length::Length,
        marks::Mark,
        paint,
        property::{Display, Image, Overflow, Size},
    },
    document::{Document, NodeId},
};
use html5ever::local_name;

/// Least distance by which text is pulled over a box, and least height of the box, in pixels.
const LINE_HEIGHT: f32 = 12.0;
/// Least width of a box that text is on, in pixels.
const LINE_WIDTH: f32 = 200.0;
/// Most nodes between a box and the text that is pulled over it.
const MAX_BETWEEN: usize = 8;
/// Most boxes around a picture.
const MAX_WRAPPERS: usize = 5;

/// Returns whether a box paints its whole area in its own colours.
fn is_bare(style: &Computed) -> bool {
    !style.marks.is_faint() && !has_mask(style) && !style.marks.has(Mark::Ground)
}

/// Returns the colour of the box before a box that is pulled up over it as a whole.
pub(super) fn ground_of_pull(
    document: &Document,
    styles: &Styles,
    heights: &Heights,
    node: NodeId,
) -> Option<Ground> {
    let style = styles.get(node);
    let frame = style.frame_or_default();
    let up = raised(frame, style.inherited.font_size);
    if up < LINE_HEIGHT || is_moved(frame) || frame.floats() || frame.is_absolute() {
        return None;
    }
    let before = |node: &NodeId| document.node(*node).previous;
    let previous = next_element(document, node, before)?;
    let element = document.element(previous)?;
    let own = styles.get(previous);
    let Some(Reach::Floor {
        width: None,
        height,
    }) = Reach::of_first(element, own, own.frame_or_default())
    else {
        return None;
    };
    let sides = [
        frame.margin.left,
        frame.margin.right,
        frame.inset.left,
        frame.inset.right,
    ];
    let aside = sides
        .into_iter()
        .flatten()
        .any(|side| side.px < 0.0 || !side.is_definite());
    let parent = document.node(node).parent?;
    let certain = up <= height
        && !aside
        && is_bare(own)
        && style.display == Display::Block
        && !has_levels(styles.get(parent));
    let ground = ground_of(document, styles, previous).filter(|_| certain)?;
    (heights.greatest(document, styles, node) <= up).then_some(ground)
}

/// Returns the next element in a direction, if only blanks are between.
fn next_element(
    document: &Document,
    node: NodeId,
    step: impl Fn(&NodeId) -> Option<NodeId>,
) -> Option<NodeId> {
    for near in std::iter::successors(step(&node), &step).take(MAX_BETWEEN) {
        if document.element(near).is_some() {
            return Some(near);
        }
        let text = document.text(near).unwrap_or_default();
        if !text.trim().is_empty() {
            return None;
        }
    }
    None
}

impl Look<'_> {
    /// Returns the ground of a box that is drawn over the coloured box or the picture beside it.
    pub(super) fn sibling_ground(
        &self,
        node: NodeId,
        style: &Computed,
        frame: &Frame,
        around: &Surroundings,
    ) -> Option<Ground> {
        let mut cell = in_same_cell(self.document, self.styles, node);
        if cell.any(|below| self.is_ground_of_cell(below, around)) {
            return Some(self.ground_of_cell(node).unwrap_or(Ground::UNKNOWN));
        }
        if let Some(ground) = ground_of_pull(self.document, self.styles, &self.heights, node) {
            return Some(ground);
        }
        let over = self.is_over_sibling(node, style, frame, around);
        over.then_some(Ground::UNKNOWN)
    }

    /// Returns the colour of the box that fills the cell of a grid under a box, if that is certain.
    fn ground_of_cell(&self, node: NodeId) -> Option<Ground> {
        let (document, styles) = (self.document, self.styles);
        let mut cell = in_same_cell(document, styles, node);
        let (below, parent) = (cell.next()?, document.node(node).parent?);
        let frame = styles.get(below).frame_or_default();
        let fixed = frame.height.filter(|height| height.is_definite());
        let whole = Frame {
            height: None,
            ..frame.clone()
        };
        let own = styles.get(node);
        let long = [Mark::LongRow, Mark::LongColumn, Mark::Ended];
        let long = |node| long.iter().any(|mark| styles.get(node).marks.has(*mark));
        let levels = [below, node].map(|node| level(styles.get(node), true));
        let fills = fills_cell(styles.get(below), &whole, styles.get(parent))
            && fills_cell(own, own.frame_or_default(), styles.get(parent))
            && !own.marks.is_small()
            && !styles.get(below).marks.has(Mark::Align)
            && levels == [0, 0]
            && own.display == Display::Block
            && !(long(below) || long(node))
            && !is_named(own)
            && cell.next().is_none();
        let tall = || self.heights.greatest(document, styles, node);
        let holds = match (frame.height, fixed) {
            (None, _) => true,
            (Some(_), Some(fixed)) => tall() <= fixed.usual(),
            (Some(_), None) => false,
        };
        let known = fills && holds && is_bare(styles.get(below));
        ground_of(document, styles, below).filter(|_| known)
    }

    /// Returns whether a box is drawn over the box before or after it.
    fn is_over_sibling(
        &self,
        node: NodeId,
        style: &Computed,
        frame: &Frame,
        around: &Surroundings,
    ) -> bool {
        let font = style.inherited.font_size;
        let before = |node: &NodeId| self.document.node(*node).previous;
        if let Some(previous) = next_element(self.document, node, before) {
            let style = self.styles.get(previous);
            let pull = style.frame.as_deref().map_or(0.0, |frame| {
                -pixels(frame.margin.bottom, style.inherited.font_size)
            });
            if pull.max(raised(frame, font)) >= LINE_HEIGHT && self.is_ground(previous, around) {
                return true;
            }
        }
        // A box without a height whose text is over the box below it.
        let is_flat = [frame.height, frame.max_height]
            .iter()
            .any(|size| size.is_some_and(|size| size.is_definite() && size.usual() < 1.0));
        if !is_flat || frame.overflow_y != Overflow::Visible {
            return false;
        }
        let after = |node: &NodeId| self.document.node(*node).next;
        next_element(self.document, node, after).is_some_and(|next| {
            let is_above = is_lifted(style, false) || !is_lifted(self.styles.get(next), false);
            is_above && self.is_ground(next, around)
        })
    }

    /// Returns whether text may be read on a box in the same cell of a grid.
    fn is_ground_of_cell(&self, node: NodeId, around: &Surroundings) -> bool {
        let style = self.styles.get(node);
        let small =
            |size: Size| size.is_some_and(|size| size.is_definite() && size.usual() < LINE_HEIGHT);
        let sizes = |frame: &Frame| [frame.width, frame.max_width, frame.height, frame.max_height];
        let has_colour = around.ground.differs_from(style.background)
            || (style.background_image != Image::None && !style.background_drawn.is_nothing());
        style.display != Display::None
            && style.inherited.visible
            && style.opacity >= 0.5
            && !style
                .frame
                .as_deref()
                .is_some_and(|frame| sizes(frame).into_iter().any(small))
            && (has_colour || self.is_ground(node, around))
    }

    /// Returns whether text may be read on a box: a picture, or a box of another colour.
    fn is_ground(&self, node: NodeId, around: &Surroundings) -> bool {
        let mut node = node;
        let mut coloured = false;
        for _ in 0..MAX_WRAPPERS {
            let Some(element) = self.document.element(node) else {
                return false;
            };
            let style = self.styles.get(node);
            let frame = style.frame_or_default();
            if style.display == Display::None || !style.inherited.visible || style.opacity < 0.5 {
                return false;
            }
            let attribute = |name| element.attribute(&name).unwrap_or_default();
            if element.html_name() == "img" {
                let has_room = |name, size: Size, least: f32| {
                    let given = attribute(name).trim().trim_end_matches("px").parse::<f32>();
                    let size = size.filter(|size| size.is_definite()).map(Length::usual);
                    size.or(given.ok()).is_none_or(|size| size >= least)
                };
                return paint::picture(attribute(local_name!("src"))) != Image::None
                    && has_room(local_name!("width"), frame.width, LINE_WIDTH)
                    && has_room(local_name!("height"), frame.height, LINE_HEIGHT);
            }
            coloured |= around.ground.differs_from(style.background)
                || (style.background_image != Image::None && !style.background_drawn.is_nothing());
            let is_wide = [frame.width, frame.max_width].iter().all(|size| {
                size.is_none_or(|size| !size.is_definite() || size.usual() >= LINE_WIDTH)
            });
            let is_high = [frame.height, frame.min_height]
                .iter()
                .any(|size| size.is_some_and(|size| size.usual() >= LINE_HEIGHT));
            if coloured && style.is_boxed() && is_wide && is_high {
                return true;
            }
            let mut children = self.document.children(node);
            let Some(child) = children.find(|child| self.document.element(*child).is_some()) else {
                return false;
            };
            node = child;
        }
        false
    }
}
