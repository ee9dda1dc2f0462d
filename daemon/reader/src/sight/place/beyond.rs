//! Boxes that are below or beside the window, where a person cannot scroll to them.

use super::Place;
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        length::{Length, SCREEN_HEIGHT, SCREEN_WIDTH},
        marks::Mark,
        property::{Position, Size},
    },
    document::{Document, NodeId, Visit},
    sight::layers::is_moved,
};

impl Place {
    /// Takes the box of a place out of the page, if it and all that is in it are certainly below or beside the
    /// window. `holder` is the place that its offsets refer to.
    pub(in crate::sight) fn leave_window(
        &mut self,
        document: &Document,
        styles: &Styles,
        node: NodeId,
        holder: &Self,
    ) {
        let style = styles.get(node);
        let frame = style.frame_or_default();
        self.away |= frame.position == Position::Fixed
            && !holder.positioned
            && style.is_boxed()
            && (is_below(frame) || is_beside(frame))
            && !is_turned(style, frame)
            && is_still(document, styles, node);
    }
}

fn is_negative(size: Size) -> bool {
    size.is_some_and(|size| size.px.min(size.em).min(size.rem).min(size.part) < 0.0)
}

fn is_below(frame: &Frame) -> bool {
    let below = |size: Length| match size.is_definite() {
        true => size.usual() >= SCREEN_HEIGHT,
        false => size.part >= 1.0 && !is_negative(Some(size)) && size.usual() >= SCREEN_WIDTH,
    };
    // Without offsets, it is below its place in the flow.
    let sunk = |margin: Length| margin.is_definite() && below(margin);
    let back = [frame.transform, frame.translate, frame.offset]
        .iter()
        .any(|moved| is_negative(Some(moved.y)))
        || is_negative(frame.margin.top);
    let vertical = [frame.inset.top, frame.inset.bottom];
    let sunk = vertical == [None; 2] && frame.margin.top.is_some_and(sunk);
    !back && (sunk || frame.inset.top.is_some_and(below))
}

fn is_beside(frame: &Frame) -> bool {
    let moves = [frame.transform, frame.translate, frame.offset];
    let back = moves.iter().any(|moved| is_negative(Some(moved.x)));
    let whole = moves.iter().any(|moved| moved.x.part >= 1.0);
    let right = |right: Length| right.is_definite() && right.usual() <= 0.0;
    whole && !back && frame.inset.left.is_none() && frame.inset.right.is_some_and(right)
}

/// Returns whether a box may reach back because it is turned.
fn is_turned(style: &Computed, frame: &Frame) -> bool {
    let turned = [frame.transform, frame.scale, frame.rotate]
        .iter()
        .any(|moved| moved.turned || moved.scale.across < 0.0 || moved.scale.down < 0.0);
    turned || style.marks.has(Mark::Rotate) || style.marks.has(Mark::Transform)
}

/// Returns whether all boxes in a box are in their places in the flow.
fn is_still(document: &Document, styles: &Styles, top: NodeId) -> bool {
    // The walk ends at the first box that is placed, so that each node is examined for one box only.
    document.walk(top).skip(1).all(|visit| {
        let Visit::Enter(node) = visit else {
            return true;
        };
        if document.element(node).is_none() {
            return true;
        }
        let style = styles.get(node);
        let frame = style.frame_or_default();
        let margin = &frame.margin;
        let margins = [margin.top, margin.right, margin.bottom, margin.left];
        frame.position == Position::Static
            && !style.marks.has(Mark::Sticky)
            && !is_negative(Some(style.inherited.indent))
            && !is_moved(frame)
            && !is_turned(style, frame)
            && !margins.into_iter().any(is_negative)
    })
}
