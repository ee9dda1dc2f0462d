//! Generated boxes as elements of the document.

use super::{Styles, generated::Generated, index::Part};
use crate::{
    css::replacement::Replacement,
    document::{Document, NodeId},
};
use std::rc::Rc;

impl Styles {
    /// Adds the generated boxes to the document as elements. Returns those without a text.
    pub(crate) fn insert_generated(&mut self, document: &mut Document) -> Vec<NodeId> {
        let mut inserted = Vec::new();
        for Generated {
            parent,
            part,
            style,
        } in std::mem::take(&mut self.generated)
        {
            let text = match &style.replacement {
                Replacement::Text(text) => Some(Rc::clone(text)),
                Replacement::None
                | Replacement::Space
                | Replacement::Break
                | Replacement::Image => None,
            };
            let node = document.insert(parent, part == Part::Before, text.as_deref());
            self.styles.push(style);
            match text {
                Some(_) => self.styles.push(Rc::default()),
                None => inserted.push(node),
            }
        }
        inserted
    }

    /// Adds the boxes that part the words beside them to the document as elements without content.
    pub(crate) fn insert_gaps(&mut self, document: &mut Document) {
        for gap in std::mem::take(&mut self.gaps) {
            document.insert(gap.parent, gap.part == Part::Before, None);
            self.styles.push(gap.style);
        }
    }
}
