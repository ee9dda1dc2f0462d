//! Text that is pulled up over the box before it.

use super::{
    backdrop::ground_of,
    contrast::Ground,
    heights::Heights,
    layers::{has_levels, has_mask, is_moved},
    measure::raised,
    reach::Reach,
};
use crate::{
    cascade::{Computed, Styles},
    css::{marks::Mark, property::Display},
    document::{Document, NodeId},
};

/// Least distance by which text is pulled over a box, and least height of the box, in pixels.
pub(super) const LINE_HEIGHT: f32 = 12.0;
/// Most nodes between a box and the text that is pulled over it.
const MAX_BETWEEN: usize = 8;

/// Returns whether a box paints its whole area in its own colours.
pub(super) fn is_bare(style: &Computed) -> bool {
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
pub(super) fn next_element(
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
