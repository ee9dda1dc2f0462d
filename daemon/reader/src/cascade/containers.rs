//! Whether the condition of `@container` holds for an element: the nearest box around it that the
//! condition is about decides.

use super::{Computed, variables};
use crate::{
    css::{
        conditions::{Truth, condition, size_feature},
        container::{Container, KIND, NAMES},
        length::MEDIUM,
        marks::Mark,
        property::{Display, Size},
    },
    document::{Document, NodeId, PerNode},
};
use cssparser::Parser;
use std::rc::Rc;

/// Width of the page between the margins of its body, in pixels.
const PAGE_WIDTH: f32 = 784.0;

/// The styles of the elements before another one in a document.
pub(super) struct Containers<'a> {
    pub(super) all: &'a [Container],
    pub(super) document: &'a Document,
    pub(super) styles: &'a PerNode<Rc<Computed>>,
    /// Counts a step. Returns whether it is permitted.
    pub(super) step: &'a dyn Fn() -> bool,
}

impl Containers<'_> {
    /// Returns whether a condition and those around it hold for an element.
    pub(super) fn hold(&self, node: NodeId, condition: Option<usize>) -> bool {
        let next = |condition: &&Container| condition.around.and_then(|at| self.all.get(at));
        let first = condition.and_then(|at| self.all.get(at));
        std::iter::successors(first, next).all(|one| self.holds(node, one) == Some(true))
    }

    fn holds(&self, node: NodeId, one: &Container) -> Truth {
        /// Steps that the evaluation of a condition counts as.
        const STEPS: usize = 16;
        if !(0..STEPS).all(|_| (self.step)()) {
            return None;
        }
        for around in self.document.ancestors(node) {
            if !(self.step)() {
                return None;
            }
            let style = self.styles.get(around);
            let text = |name: &str| {
                let variables = style.inherited.variables.as_deref();
                variables
                    .and_then(|all| all.get(name))
                    .map_or("", |text| text)
            };
            let has = |name: &str, word: &str| {
                let mut words = text(name).split_ascii_whitespace();
                words.any(|one| one.eq_ignore_ascii_case(word))
            };
            let is_sized = has(KIND, "size") || (!one.tall && has(KIND, "inline-size"));
            let is_named = (one.name.as_deref())
                .is_none_or(|name| text(NAMES).split_ascii_whitespace().any(|own| own == name));
            if self.document.element(around).is_none() || !is_named || (one.sized && !is_sized) {
                continue;
            }
            let size = |name: &str| match name {
                "width" | "inline-size" => self.width(around),
                "height" | "block-size" => definite(style.frame.as_ref()?.height, style),
                _ => None,
            };
            let feature = |function: Option<&str>, input: &mut Parser<'_>| match function {
                Some(name) if name.eq_ignore_ascii_case("style") => {
                    variables::has_style(style.inherited.variables.as_deref(), input)
                }
                function => size_feature(&size, function, input),
            };
            let mut input = Parser::new(&one.condition);
            return match input.is_exhausted() {
                true => Some(true),
                false => condition(&mut input, &feature).ok().flatten(),
            };
        }
        None
    }

    /// Returns the width of a box in pixels, if it does not depend on content.
    fn width(&self, node: NodeId) -> Option<f32> {
        let (mut part, mut less) = (1.0, 0.0);
        let mut most = f32::INFINITY;
        for around in std::iter::once(node).chain(self.document.ancestors(node)) {
            let style = self.styles.get(around);
            let frame = style.frame_or_default();
            let padded = frame.padding.left.usual() + frame.padding.right.usual() > 0.0;
            let unknown = frame.min_width.is_some()
                || (frame.border_box && padded && frame.width.or(frame.max_width).is_some())
                || [Mark::Columns, Mark::Edge].map(|mark| style.marks.has(mark)) != [false; 2];
            if !(self.step)() || style.display == Display::None || unknown {
                return None;
            }
            if let Some(limit) = definite(frame.max_width, style) {
                most = f32::min(most, limit * part - less);
            }
            if let Some(width) = definite(frame.width, style) {
                return Some(most.min(width * part - less));
            }
            if matches!(self.document.name(around), "html" | "body") {
                return Some(most.min(PAGE_WIDTH * part - less));
            }
            let fills = matches!(
                style.display,
                Display::Block | Display::ListItem | Display::Flex
            );
            match frame.width {
                Some(width) => part *= width.part,
                None if fills && !frame.floats() && !frame.is_absolute() => {
                    let edges = [
                        frame.margin.left.unwrap_or_default(),
                        frame.margin.right.unwrap_or_default(),
                        frame.padding.left,
                        frame.padding.right,
                    ];
                    less += edges.map(|edge| edge.usual()).iter().sum::<f32>() * part;
                }
                None => return None,
            }
            let parent = self.document.node(around).parent.unwrap_or(NodeId::ROOT);
            if self.styles.get(parent).display == Display::Flex {
                return None;
            }
        }
        None
    }
}

fn definite(size: Size, style: &Computed) -> Option<f32> {
    let size = size.filter(|size| size.is_definite())?;
    Some(size.resolve(style.inherited.font_size, MEDIUM, 0.0))
}
