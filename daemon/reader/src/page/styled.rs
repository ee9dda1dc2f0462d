//! Tables that are boxes with a style, and no elements of a table.

use super::{places::Line, survey::Survey, word::is_divided};
use crate::{
    cascade::Styles,
    css::{marks::Mark, property::Display},
    document::{Document, NodeId},
};

/// Returns the rows of a table of plain boxes in order. A row without a table around it is one.
/// Returns none if something that is seen is neither a row nor a cell.
pub(super) fn rows(
    document: &Document,
    styles: &Styles,
    survey: &Survey,
    top: NodeId,
) -> Vec<Line> {
    let boxes = Boxes {
        document,
        styles,
        survey,
    };
    if !boxes.is_plain(top, Display::Table) {
        return Vec::new();
    }
    let mut rows = Vec::new();
    match boxes.add(top, MAX_DEPTH, &mut rows) {
        true => rows,
        false => Vec::new(),
    }
}

/// Most boxes around the cells: a table, a group and a row.
const MAX_DEPTH: u32 = 3;

struct Boxes<'a> {
    document: &'a Document,
    styles: &'a Styles,
    survey: &'a Survey,
}

impl Boxes<'_> {
    /// Adds the rows of a box. Returns whether nothing else is seen in it.
    fn add(&self, node: NodeId, depth: u32, rows: &mut Vec<Line>) -> bool {
        let is_cell = |node: NodeId| self.is_plain(node, Display::Cell);
        if depth == 0 || !self.children(node).all(|child| self.is_element(child)) {
            return false;
        }
        if self.children(node).all(is_cell) {
            rows.push(Line {
                row: node,
                group: self.document.node(node).parent.unwrap_or(NodeId::ROOT),
                head: false,
            });
            return true;
        }
        self.children(node).all(|child| {
            let is_part = self.is_plain(child, Display::Table) && self.is_part(child);
            is_part && self.add(child, depth - 1, rows)
        })
    }

    /// Returns the children of a box in which something is seen.
    fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let is_seen = |child: &NodeId| match self.document.text(*child) {
            Some(text) => !text.trim().is_empty(),
            None => !self.survey.get(*child).is_empty(),
        };
        self.document.children(node).filter(is_seen)
    }

    fn is_element(&self, node: NodeId) -> bool {
        self.document.element(node).is_some()
    }

    /// Returns whether a box is a row or a group of rows.
    fn is_part(&self, node: NodeId) -> bool {
        self.styles.get(node).marks.has(Mark::Row)
    }

    /// Returns whether an element has no other meaning than its box.
    fn is_plain(&self, node: NodeId, display: Display) -> bool {
        let Some(element) = self.document.element(node) else {
            return false;
        };
        matches!(element.html_name(), "div" | "span")
            && self.styles.get(node).display == display
            && !is_divided(element)
    }
}
