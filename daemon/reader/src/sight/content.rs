//! Walk through the content of a box, whose cost is limited.

use crate::{
    cascade::{Computed, Frame, Styles},
    css::property::Display,
    document::{Document, Element, NodeId, Visit, Walk},
};
use std::cell::Cell;

/// Most nodes of a document that are examined to know whether boxes have a height.
const MAX_VISITS: u32 = 1_000_000;
/// Letters of a text that cost as much as a node.
const LETTERS: usize = 16;

/// The visits of nodes that are left to all walks of a document.
#[derive(Debug)]
pub(super) struct Visits(Cell<u32>);

impl Default for Visits {
    fn default() -> Self {
        Self(Cell::new(MAX_VISITS))
    }
}

impl Visits {
    /// Counts a visit of a node, whose cost grows with its text. Returns whether it is permitted.
    pub(super) fn spend(&self, text: Option<&str>) -> bool {
        let cost = text.map_or(1, |text| 1 + text.len() / LETTERS);
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let left = self.0.get().checked_sub(cost);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// What a walk finds.
pub(super) enum Content<'a> {
    /// A run of text.
    Text(NodeId, &'a str),
    /// An element that has its place in the flow, or the box itself.
    Element(Part<'a>),
    /// Nothing more, because the walk costs too much.
    Limit,
}

/// An element with its style.
pub(super) struct Part<'a> {
    pub(super) node: NodeId,
    pub(super) element: &'a Element,
    pub(super) style: &'a Computed,
    pub(super) frame: &'a Frame,
}

/// Walk through a box and its content, without what has no place in the flow of the box.
pub(super) struct Contents<'a> {
    visits: &'a Visits,
    document: &'a Document,
    styles: &'a Styles,
    top: NodeId,
    walk: Walk<'a>,
}

impl<'a> Contents<'a> {
    pub(super) fn new(
        visits: &'a Visits,
        document: &'a Document,
        styles: &'a Styles,
        top: NodeId,
    ) -> Self {
        Self {
            visits,
            document,
            styles,
            top,
            walk: document.walk(top),
        }
    }

    /// Leaves out the content of the element that was found last.
    pub(super) fn skip_children(&mut self) {
        self.walk.skip_children();
    }
}

impl<'a> Iterator for Contents<'a> {
    type Item = Content<'a>;

    fn next(&mut self) -> Option<Content<'a>> {
        loop {
            let Visit::Enter(node) = self.walk.next()? else {
                continue;
            };
            let text = self.document.text(node);
            if !self.visits.spend(text) {
                return Some(Content::Limit);
            }
            if let Some(text) = text {
                return Some(Content::Text(node, text));
            }
            let Some(element) = self.document.element(node) else {
                continue;
            };
            let style = self.styles.get(node);
            let frame = style.frame_or_default();
            if node != self.top && (style.display == Display::None || frame.is_absolute()) {
                self.walk.skip_children();
                continue;
            }
            return Some(Content::Element(Part {
                node,
                element,
                style,
                frame,
            }));
        }
    }
}
