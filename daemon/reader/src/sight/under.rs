//! Grounds that are no ancestors of a text: boxes that the text is pulled over, or laid over.

use super::{
    cells::in_same_cell,
    layers::is_lifted,
    look::Look,
    measure::{pixels, raised},
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::Length,
        paint,
        property::{Display, Image, Overflow, Size},
    },
    document::NodeId,
};
use html5ever::local_name;

/// Least distance by which text is pulled over a box, and least height of the box, in pixels.
const LINE_HEIGHT: f32 = 12.0;
/// Least width of a box that text is on, in pixels.
const LINE_WIDTH: f32 = 200.0;
/// Most nodes between a box and the text that is pulled over it.
const MAX_BETWEEN: usize = 8;
/// Most boxes around a picture.
const MAX_WRAPPERS: usize = 4;

impl Look<'_> {
    /// Returns whether a box is drawn over the coloured box or the picture beside it.
    pub(super) fn is_over_sibling(
        &self,
        node: NodeId,
        style: &Computed,
        frame: &Frame,
        around: &Surroundings,
    ) -> bool {
        let mut cell = in_same_cell(self.document, self.styles, node);
        if cell.any(|below| self.is_ground_of_cell(below, around)) {
            return true;
        }
        let font = style.inherited.font_size;
        let before = |node: &NodeId| self.document.node(*node).previous;
        if let Some(previous) = self.next_element(node, before) {
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
        self.next_element(node, after).is_some_and(|next| {
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

    /// Returns the next element in a direction, if only blanks are between.
    fn next_element(
        &self,
        node: NodeId,
        step: impl Fn(&NodeId) -> Option<NodeId>,
    ) -> Option<NodeId> {
        for near in std::iter::successors(step(&node), &step).take(MAX_BETWEEN) {
            if self.document.element(near).is_some() {
                return Some(near);
            }
            if !self
                .document
                .text(near)
                .unwrap_or_default()
                .trim()
                .is_empty()
            {
                return None;
            }
        }
        None
    }

    /// Returns whether text may be read on a box: a picture, or a box of another colour.
    fn is_ground(&self, node: NodeId, around: &Surroundings) -> bool {
        let mut node = node;
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
            let has_colour = around.ground.differs_from(style.background)
                || (style.background_image != Image::None && !style.background_drawn.is_nothing());
            let is_wide = [frame.width, frame.max_width].iter().all(|size| {
                size.is_none_or(|size| !size.is_definite() || size.usual() >= LINE_WIDTH)
            });
            let is_high = [frame.height, frame.min_height]
                .iter()
                .any(|size| size.is_some_and(|size| size.usual() >= LINE_HEIGHT));
            if has_colour && style.is_boxed() && is_wide && is_high {
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
