//! Boxes on top of others: a coloured box that covers text, a picture under text, and boxes of a
//! negative level under a coloured ground.

use super::seen::{Sight, words};
use crate::{
    cascade::{Frame, Styles},
    css::{
        length::Length,
        property::{Position, Size},
    },
    document::{Document, NodeId, Visit},
};

/// A coloured box that covers all of the box that it refers to.
#[derive(Debug)]
pub(super) struct Cover {
    pub(super) node: NodeId,
    pub(super) level: i32,
}

impl Cover {
    /// Hides the text that is under the cover.
    pub(super) fn hide(&self, document: &Document, styles: &Styles, sight: &mut Sight) {
        let is_holder = |node: &NodeId| {
            let position = styles
                .get(*node)
                .frame
                .as_deref()
                .map(|frame| frame.position);
            position.unwrap_or_default() != Position::Static
        };
        let fixed = styles
            .get(self.node)
            .frame
            .as_deref()
            .is_some_and(|frame| frame.position == Position::Fixed);
        let holder = document
            .ancestors(self.node)
            .find(|node| !fixed && is_holder(node));
        let holder = match (holder, fixed) {
            (Some(holder), _) => holder,
            (None, true) => NodeId::ROOT,
            (None, false) => return,
        };
        let mut raised = vec![false];
        let mut after = false;
        let mut covered = 0u32;
        let mut walk = document.walk(holder);
        while let Some(visit) = walk.next() {
            let Visit::Enter(node) = visit else {
                raised.pop();
                continue;
            };
            let is_raised = raised.last().is_some_and(|raised| *raised);
            raised.push(is_raised || self.is_below(node, after, holder, styles));
            if node == self.node {
                after = true;
                walk.skip_children();
            } else if let Some(text) = document.text(node)
                && !is_raised
                && sight.is_seen(node)
            {
                sight.seen.set(node, false);
                covered = covered.saturating_add(words(text));
            }
        }
        if covered > 0 {
            sight.findings.hidden += 1;
            sight.findings.hidden_words = sight.findings.hidden_words.saturating_add(covered);
        }
    }

    /// Returns whether the cover is below a placed box.
    fn is_below(&self, node: NodeId, after: bool, holder: NodeId, styles: &Styles) -> bool {
        let Some(frame) = styles.get(node).frame.as_deref() else {
            return false;
        };
        let level = frame.z_index.unwrap_or_default();
        node != holder
            && frame.position != Position::Static
            && (level > self.level || (level == self.level && after))
    }
}

/// Returns whether an absolutely placed box reaches to all sides of the box that it refers to.
pub(super) fn is_whole(frame: &Frame) -> bool {
    let none = |size: Size| size.is_some_and(|size| size.is_definite() && size.usual() <= 0.0);
    let all = |size: Size| size.is_some_and(|size: Length| size.part >= 1.0);
    let across = none(frame.inset.left) && (none(frame.inset.right) || all(frame.width));
    let down = none(frame.inset.top) && (none(frame.inset.bottom) || all(frame.height));
    across && down
}
