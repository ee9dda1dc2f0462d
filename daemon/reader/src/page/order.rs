//! The order in which the children of an element are painted.
//!
//! Selectors and places depend on the order in the mail, so the order changes after the judgement of
//! each run.

use super::{direction, turn};
use crate::{
    cascade::Styles,
    css::{
        marks::Mark,
        property::{Display, Float},
    },
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
        if is_reversed(styles, node) {
            let mut children: Vec<NodeId> = document.children(node).collect();
            children.reverse();
            document.reorder(node, &children);
        }
        if document
            .children(node)
            .any(|child| is_at_right(styles, child))
        {
            let children = behind_lines(document, styles, node);
            document.reorder(node, &children);
        }
    }
}

/// Returns whether the children of an element are seen in the reverse order.
fn is_reversed(styles: &Styles, node: NodeId) -> bool {
    let marks = styles.get(node).marks;
    let is_flexible = marks.has(Mark::Levels) && !marks.has(Mark::Tracks) && !marks.has(Mark::Old);
    is_flexible && marks.has(Mark::Reversed)
}

/// Returns whether a box floats at the right edge.
fn is_at_right(styles: &Styles, node: NodeId) -> bool {
    let frame = styles.get(node).frame.as_deref();
    frame.is_some_and(|frame| frame.float == Float::Right)
}

/// Returns the children of an element with each part of a line that floats at the right edge behind the rest
/// of the line.
fn behind_lines(document: &Document, styles: &Styles, node: NodeId) -> Vec<NodeId> {
    let (mut children, mut floating) = (Vec::new(), Vec::new());
    for child in document.children(node) {
        let display = styles.get(child).display;
        let is_of_line = document.element(child).is_none()
            || matches!(
                display,
                Display::Inline | Display::InlineBlock | Display::None
            );
        if !is_of_line || document.name(child) == "br" {
            children.append(&mut floating);
        }
        match is_of_line && is_at_right(styles, child) {
            true => floating.push(child),
            false => children.push(child),
        }
    }
    children.append(&mut floating);
    children
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
