//! Boxes that style sheets generate before and after the content of elements, as far as they may be
//! under or over the text of the mail.

use super::{Cascade, Styles, apply, computed::Computed, custom, finish, index::Part};
use crate::{
    css::{
        colour::Colour,
        marks::Mark,
        property::{Display, Image, Position},
    },
    document::{Document, Element, NodeId},
};
use std::rc::Rc;

/// Most generated boxes of a document.
const MAX_GENERATED: usize = 1_000;

/// A generated box.
#[derive(Debug)]
pub(super) struct Generated {
    parent: NodeId,
    part: Part,
    style: Rc<Computed>,
}

impl Cascade<'_> {
    /// Takes the box that style sheets generate for a part of an element.
    pub(super) fn generate(
        &mut self,
        node: NodeId,
        element: &Element,
        part: Part,
        parent: &Rc<Computed>,
    ) {
        if self.index.is_empty(part)
            || self.generated.len() >= MAX_GENERATED
            || parent.display == Display::None
            || is_replaced(element)
        {
            return;
        }
        let declarations = self.declarations(node, element, part);
        if declarations.is_empty() {
            return;
        }
        let plain = Computed::child_of(&parent.inherited);
        let mut style = plain.clone();
        let context = apply::Context {
            parent,
            plain: &plain,
            layer: &plain,
            rule: &plain,
            rem: self.rem,
            syntax: self.syntax,
            substitution: &self.substitution,
        };
        custom::define(&context, &self.registered, &declarations, false, &mut style);
        context.apply_ranked(&declarations, &mut style);
        finish(&mut style, parent, false);
        if is_painted(&style) {
            self.generated.push(Generated {
                parent: node,
                part,
                style: Rc::new(style),
            });
        }
    }
}

impl Styles {
    /// Adds the generated boxes to the document as elements without content. Returns them.
    pub(crate) fn insert_generated(&mut self, document: &mut Document) -> Vec<NodeId> {
        let mut inserted = Vec::new();
        for Generated {
            parent,
            part,
            style,
        } in std::mem::take(&mut self.generated)
        {
            let node = document.insert(parent, part == Part::Before);
            self.styles.push(style);
            inserted.push(node);
        }
        inserted
    }
}

/// Returns whether a box exists beside the flow and paints something.
fn is_painted(style: &Computed) -> bool {
    let placed = |position| matches!(position, Position::Absolute | Position::Fixed);
    let paints = match style.background {
        Colour::Known(colour) => colour.alpha > 0.02,
        Colour::Current | Colour::Unknown => true,
    };
    style.marks.has(Mark::Generated)
        && style.display != Display::None
        && style
            .frame
            .as_deref()
            .is_some_and(|frame| placed(frame.position))
        && (paints || style.background_image != Image::None)
}

/// Returns whether an element has other content than its children, so that no box is generated in it.
fn is_replaced(element: &Element) -> bool {
    matches!(
        element.html_name(),
        "" | "area"
            | "audio"
            | "br"
            | "canvas"
            | "embed"
            | "head"
            | "iframe"
            | "img"
            | "input"
            | "meter"
            | "object"
            | "progress"
            | "select"
            | "textarea"
            | "video"
            | "wbr"
    )
}
