//! The order in which the children of an element are painted.
//!
//! Selectors and places depend on the order in the mail, so the order changes after the judgement of
//! each run.

use super::{direction, edges, turn};
use crate::{
    cascade::Styles,
    css::{marks::Mark, property::Display},
    document::{Document, NodeId},
};

/// Puts the head of each table before its other rows, and the foot behind them. Reverses what is written from
/// the right to the left, and boxes that are placed in the reverse order. Puts a box at the right edge behind
/// the line beside it.
pub(crate) fn order(document: &mut Document, styles: &Styles) {
    for node in document.all() {
        direction::order(document, styles, node);
        if document.name(node) == "table" {
            let mut groups = Groups::default();
            let children = document.children(node).map(|child| {
                let is_shown = styles.get(child).display != Display::None;
                (groups.place(document.name(child), is_shown), child)
            });
            sort(document, node, children.collect());
            turn::turn(document, styles, node);
        }
        if is_reversed(document, styles, node) {
            let mut children: Vec<NodeId> = document.children(node).collect();
            children.reverse();
            document.reorder(node, &children);
        }
        if let Some(children) = turn::turned_boxes(document, styles, node) {
            document.reorder(node, &children);
        }
        if let Some(children) = edges::behind_lines(document, styles, node) {
            document.reorder(node, &children);
        }
    }
}

/// Returns whether the children of an element are seen in the reverse order.
fn is_reversed(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let marks = styles.get(node).marks;
    let is_flexible = marks.has(Mark::Levels) && !marks.has(Mark::Tracks) && !marks.has(Mark::Old);
    let is_reversed = is_flexible && marks.has(Mark::Reversed);
    let is_row =
        styles.get(node).display == Display::Table || (is_flexible && !marks.has(Mark::Stacked));
    is_reversed != (is_row && turn::is_turned(document, styles, node))
}

/// Sorts the children of a node by their places.
fn sort(document: &mut Document, parent: NodeId, mut children: Vec<(i32, NodeId)>) {
    let elements = children
        .iter()
        .filter(|(_, child)| document.element(*child).is_some());
    if !elements.is_sorted_by_key(|(place, _)| *place) {
        children.sort_by_key(|(place, _)| *place);
        let children: Vec<NodeId> = children.into_iter().map(|(_, child)| child).collect();
        document.reorder(parent, &children);
    }
}

/// The groups of a table that have a place of their own.
#[derive(Debug, Default)]
struct Groups {
    head: bool,
    foot: bool,
}

impl Groups {
    /// Returns the place of the next child of a table. A second head or foot is a group of rows.
    fn place(&mut self, name: &str, is_shown: bool) -> i32 {
        match name {
            "caption" | "colgroup" | "col" => 0,
            "thead" if is_shown && !std::mem::replace(&mut self.head, true) => 1,
            "tfoot" if is_shown && !std::mem::replace(&mut self.foot, true) => 3,
            _ => 2,
        }
    }
}
