//! Boxes in the same cell of a grid, which are drawn over each other.

use crate::{
    cascade::{Computed, Frame, Styles},
    css::{marks::Mark, property::Size, tracks::LEAST_LINE, transform::Transform},
    document::{Document, NodeId},
};

/// Most siblings before a box that are examined.
const MAX_BEFORE: usize = 16;

/// Returns the number of the first row and column of a box in a grid, if both are given.
fn cell(style: &Computed) -> Option<(i32, i32)> {
    let frame = style.frame.as_deref()?;
    Some((frame.row?, frame.column?))
}

/// Returns the elements before a node in the same cell of a grid, the nearest first.
pub(super) fn in_same_cell<'a>(
    document: &'a Document,
    styles: &'a Styles,
    node: NodeId,
) -> impl Iterator<Item = NodeId> + 'a {
    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
    let own = cell(styles.get(node)).filter(|_| styles.get(parent).marks.has(Mark::Tracks));
    let before = document.before(node);
    let elements = before.filter(|node| document.element(*node).is_some());
    let near = if own.is_some() { MAX_BEFORE } else { 0 };
    elements
        .take(near)
        .filter(move |node| cell(styles.get(*node)) == own)
}

/// Returns whether a box is in an area of a grid that has a name, which may be none.
pub(super) fn is_named(style: &Computed) -> bool {
    cell(style).is_some_and(|(row, column)| row.min(column) < LEAST_LINE)
}

/// Returns whether a box fills its cell. `around` is the style of the grid.
pub(super) fn fills_cell(style: &Computed, frame: &Frame, around: &Computed) -> bool {
    let none = |sizes: &[Size]| sizes.iter().all(Option::is_none);
    let margin = |size: Size| size.is_none_or(|size| size.usual() <= 0.0);
    let margins = &frame.margin;
    none(&[
        frame.width,
        frame.height,
        frame.max_width,
        frame.max_height,
        frame.inset.top,
        frame.inset.right,
        frame.inset.bottom,
        frame.inset.left,
    ]) && [margins.top, margins.right, margins.bottom, margins.left]
        .into_iter()
        .all(margin)
        && !frame.is_absolute()
        && frame.transform == Transform::default()
        && frame.translate == Transform::default()
        && frame.scale == Transform::default()
        && !style.marks.has(Mark::Centred)
        && !around.marks.has(Mark::Unstretched)
}
