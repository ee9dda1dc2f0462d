//! Text that is struck through.

use super::room::is_lifted;
use crate::{
    cascade::Styles,
    css::{marks::Mark, property::Display},
    document::{Document, NodeId},
};

/// Most elements without a box around one.
const MAX_AROUND: usize = 16;

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
    // Elements without a box are not around anything.
    let mut around = document
        .ancestors(node)
        .take(MAX_AROUND)
        .map(|around| styles.get(around))
        .skip_while(|around| around.display == Display::Contents);
    // The children of a flexible box are blocks.
    let mut is_child = || {
        let around = around.next();
        around.is_none_or(|style| style.marks.has(Mark::Levels) || style.display == Display::Flex)
    };
    is_lifted(style) || (style.display == Display::InlineBlock && !is_child())
}
