//! Grounds that are no ancestors of a text: boxes that the text is pulled over, or laid over.

use super::{
    backdrop::ground_of,
    cells::{fills_cell, in_same_cell, is_named},
    contrast::Ground,
    layers::{is_lifted, level},
    look::Look,
    measure::{pixels, raised},
    pulled::{LINE_HEIGHT, ground_of_pull, is_bare, next_element},
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::Length,
        marks::Mark,
        paint,
        property::{Display, Image, Overflow, Size, WhiteSpace},
    },
    document::{NodeId, Visit},
};
use html5ever::local_name;

/// Least width of a box that text is on, in pixels.
const LINE_WIDTH: f32 = 200.0;
/// Most boxes around a picture.
const MAX_WRAPPERS: usize = 5;
/// Most nodes in a box in a cell of a grid that are examined, with their ends.
const MOST_INSIDE: usize = 200;

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
        let aside = [Mark::Align, Mark::Justify, Mark::Place];
        let sized = [Mark::SizedRow, Mark::SizedColumn];
        let aside = aside.iter().any(|mark| styles.get(below).marks.has(*mark))
            || sized.iter().any(|mark| styles.get(parent).marks.has(*mark));
        let levels = [below, node].map(|node| level(styles.get(node), true));
        let fills = fills_cell(styles.get(below), &whole, styles.get(parent))
            && fills_cell(own, own.frame_or_default(), styles.get(parent))
            && !own.marks.is_small()
            && !aside
            && self.is_wrapped(node)
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

    /// Returns whether all lines in a box end at its edge.
    fn is_wrapped(&self, top: NodeId) -> bool {
        let mut left = MOST_INSIDE;
        self.document.walk(top).all(|visit| {
            left -= 1;
            let Visit::Enter(node) = visit else {
                return left > 0;
            };
            let element = self.document.element(node).is_some();
            let wraps = self.styles.get(node).inherited.white_space == WhiteSpace::Normal;
            left > 0 && (!element || wraps)
        })
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
