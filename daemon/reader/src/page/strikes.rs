//! Text that is struck through.

use super::room::is_lifted;
use crate::{
    cascade::Styles,
    css::{marks::Mark, property::Display},
    document::{Document, NodeId},
};

/// Open elements whose text is struck through.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    /// Number of those whose line reaches the text.
    count: u32,
    /// The same outside of each open box that no line reaches from outside.
    outside: Vec<u32>,
}

impl Strikes {
    /// Enters an element. Returns whether its text is struck through.
    pub(super) fn open(&mut self, document: &Document, styles: &Styles, node: NodeId) -> bool {
        if is_closed(document, styles, node) {
            self.outside.push(std::mem::take(&mut self.count));
        }
        self.count += u32::from(styles.get(node).struck);
        self.count > 0
    }

    /// Leaves an element. Returns whether the text behind it is struck through.
    pub(super) fn close(&mut self, document: &Document, styles: &Styles, node: NodeId) -> bool {
        match is_closed(document, styles, node) {
            true => self.count = self.outside.pop().unwrap_or_default(),
            false => self.count -= u32::from(styles.get(node).struck),
        }
        self.count > 0
    }
}

/// Returns whether no line of an element outside reaches the text in a box: it is beside the flow or
/// in a line.
fn is_closed(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let style = styles.get(node);
    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
    let around = styles.get(parent);
    // The children of a flexible box are blocks.
    let is_child = around.marks.has(Mark::Levels) || around.display == Display::Flex;
    is_lifted(style) || (style.display == Display::InlineBlock && !is_child)
}
