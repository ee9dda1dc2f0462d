//! Text whose direction is overridden: a person sees its characters in another order.

use crate::{
    cascade::{Computed, Styles},
    characters::is_right_to_left,
    css::{marks::Mark, property::Display},
    document::{Document, Element, NodeId, Visit},
};
use html5ever::local_name;

/// Most ancestors that are asked for a direction.
const MAX_ANCESTORS: usize = 64;

/// Returns whether an element writes all its text from the right to the left.
fn is_override(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let marks = styles.get(node).marks;
    let overrides = marks.has(Mark::DirectionOverride)
        || (document.name(node) == "bdo" && !marks.has(Mark::OwnDirection));
    overrides && runs_left(document, styles, node)
}

/// Returns whether lines of an element run from the right to the left.
pub(super) fn runs_left(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let mut asked = std::iter::once(node)
        .chain(document.ancestors(node))
        .take(MAX_ANCESTORS);
    let direction = asked.find_map(|node| {
        let marks = styles.get(node).marks;
        match (marks.has(Mark::Direction), marks.has(Mark::Onward)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            (false, false) => attribute(document.element(node)?),
        }
    });
    direction.unwrap_or(false)
}

/// Returns whether an attribute makes lines run from the right to the left; `None` if it says nothing.
fn attribute(element: &Element) -> Option<bool> {
    let direction = element.attribute(&local_name!("dir"))?.trim();
    let is = |name| direction.eq_ignore_ascii_case(name);
    (is("rtl") || is("ltr")).then(|| is("rtl"))
}

/// Open elements that decide the direction of text.
#[derive(Debug, Clone, Default)]
pub(super) struct Directions(Vec<bool>);

impl Directions {
    /// Returns whether text is written from the right to the left.
    pub(super) fn is_override(&self) -> bool {
        self.0.last() == Some(&true)
    }

    /// Enters an element.
    pub(super) fn open(&mut self, document: &Document, styles: &Styles, node: NodeId) {
        let overrides = is_override(document, styles, node);
        if overrides || self.is_ended(document, styles, node) {
            self.0.push(overrides);
        }
    }

    /// Leaves an element.
    pub(super) fn close(&mut self, document: &Document, styles: &Styles, node: NodeId) {
        if is_override(document, styles, node) || self.is_ended(document, styles, node) {
            self.0.pop();
        }
    }

    fn is_ended(&self, document: &Document, styles: &Styles, node: NodeId) -> bool {
        let element = document.element(node);
        !self.0.is_empty() && element.is_some_and(|element| ends(element, styles.get(node)))
    }
}

/// Returns whether an override does not reach into an element.
fn ends(element: &Element, style: &Computed) -> bool {
    style.is_boxed()
        || style.marks.has(Mark::DirectionOverride)
        || matches!(element.html_name(), "bdo" | "bdi")
        || element.attribute(&local_name!("dir")).is_some()
}

/// Reverses the children of elements whose text is reversed, unless some are lines or have letters of
/// scripts that run from the right to the left.
pub(super) fn order(document: &mut Document, styles: &Styles, top: NodeId) {
    if !is_override(document, styles, top) {
        return;
    }
    let mut inner = Vec::new();
    let mut walk = document.walk(top);
    while let Some(visit) = walk.next() {
        let Visit::Enter(node) = visit else { continue };
        if document
            .text(node)
            .is_some_and(|text| text.contains(is_right_to_left))
        {
            return;
        }
        let Some(element) = document.element(node) else {
            continue;
        };
        let style = styles.get(node);
        let is_line = element.html_name() == "br"
            || !matches!(style.display, Display::Inline | Display::None);
        if is_line && node != top {
            return;
        }
        if node != top && ends(element, style) {
            walk.skip_children();
        } else {
            inner.push(node);
        }
    }
    for node in inner {
        let mut children: Vec<NodeId> = document.children(node).collect();
        if children.len() > 1 {
            children.reverse();
            document.reorder(node, &children);
        }
    }
}
