//! Estimates of the heights of boxes from their content.

use super::{
    flow::{LINE, NARROW},
    measure::{line_height, text_width},
    room::margins,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        holder::{Held, HeldBy},
        length::MEDIUM,
        marks::Mark,
        property::{Display, Overflow, Size},
    },
    document::{Document, Element, NodeId, Visit},
};
use html5ever::local_name;
use std::cell::Cell;

/// Most nodes of a document that are examined to know whether boxes have a height.
const MAX_VISITS: u32 = 1_000_000;
/// Letters of a text that cost as much as a node.
const LETTERS: usize = 16;
/// Most pseudo-elements that are examined.
const MAX_PSEUDO: usize = 2_000;

/// Returns whether a box is taken to the side of the content.
pub(super) fn floats(element: &Element, style: &Computed, frame: &Frame) -> bool {
    let beside = |align: &str| {
        let align = align.trim();
        align.eq_ignore_ascii_case("left") || align.eq_ignore_ascii_case("right")
    };
    let table = element.html_name() == "table";
    let align = element.attribute(&local_name!("align"));
    let placed = frame.is_absolute();
    style.display != Display::None
        && !placed
        && (frame.floats() || (table && align.is_some_and(beside)))
}

/// Most bytes of the block of a pseudo-element that are examined.
const LONGEST_BLOCK: usize = 500;

/// Finds whether boxes have a height of their own, in which floating boxes are.
#[derive(Debug)]
pub(super) struct Heights {
    visits: Cell<u32>,
    /// Names, classes and identifiers of elements that generated content may give a height.
    generated: Vec<String>,
}

impl Heights {
    pub(super) fn new(document: &Document) -> Self {
        let mut generated = Vec::new();
        for visit in document.walk(NodeId::ROOT) {
            if let Visit::Enter(node) = visit
                && document.name(node) == "style"
            {
                names(&document.all_text(node), &mut generated);
            }
        }
        generated.sort_unstable();
        generated.dedup();
        Self {
            visits: Cell::new(MAX_VISITS),
            generated,
        }
    }

    /// Returns whether the ground of a box may be behind the floating boxes in it.
    pub(super) fn holds(
        &self,
        document: &Document,
        styles: &Styles,
        node: NodeId,
        floating: bool,
    ) -> bool {
        let style = styles.get(node);
        let empty = Frame::default();
        let frame = style.frame.as_deref().unwrap_or(&empty);
        let own = matches!(
            style.display,
            Display::InlineBlock | Display::Cell | Display::Table | Display::Flex
        ) || floating
            || frame.holder.get(HeldBy::Contain) != Held::None
            || style.marks.has(Mark::Root)
            || style.marks.has(Mark::Columns)
            || frame.is_absolute()
            || frame.overflow_x != Overflow::Visible
            || frame.overflow_y != Overflow::Visible
            || frame.contain != empty.contain
            || matches!(document.name(node), "html" | "body" | "fieldset")
            || self.is_generated(document, node);
        own || self.is_high(document, styles, node)
    }

    /// Counts a visit of a node, whose cost grows with its text. Returns whether it is permitted.
    pub(super) fn spend(&self, text: Option<&str>) -> bool {
        let cost = text.map_or(1, |text| 1 + text.len() / LETTERS);
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let left = self.visits.get().checked_sub(cost);
        self.visits.set(left.unwrap_or_default());
        left.is_some()
    }

    fn is_generated(&self, document: &Document, node: NodeId) -> bool {
        let Some(element) = document
            .element(node)
            .filter(|_| !self.generated.is_empty())
        else {
            return false;
        };
        let class = element.attribute(&local_name!("class")).unwrap_or_default();
        let id = element.attribute(&local_name!("id"));
        let mut names = class
            .split_whitespace()
            .chain(id)
            .chain([element.local_name()]);
        names.any(|name| {
            let name = name.to_ascii_lowercase();
            self.generated.binary_search(&name).is_ok()
        })
    }

    /// Returns the greatest height in pixels that a box has with its content.
    pub(super) fn greatest(&self, document: &Document, styles: &Styles, top: NodeId) -> f32 {
        let mut height = 0.0;
        let mut walk = document.walk(top);
        while let Some(visit) = walk.next() {
            let Visit::Enter(node) = visit else {
                continue;
            };
            if !self.spend(document.text(node)) {
                return f32::INFINITY;
            }
            let parent = styles.get(document.node(node).parent.unwrap_or(NodeId::ROOT));
            if let Some(text) = document.text(node) {
                let width = text_width(text, parent);
                let lines = match width > 0.0 {
                    true => (width / NARROW).floor() + 1.0,
                    false => 0.0,
                };
                height += lines * line_height(parent).max(parent.inherited.font_size * LINE);
                continue;
            }
            let Some(element) = document.element(node) else {
                continue;
            };
            let style = styles.get(node);
            let empty = Frame::default();
            let frame = style.frame.as_deref().unwrap_or(&empty);
            let placed = frame.is_absolute();
            if node != top && (placed || style.display == Display::None) {
                walk.skip_children();
                continue;
            }
            let unknown = matches!(
                element.html_name(),
                "" | "img"
                    | "iframe"
                    | "video"
                    | "object"
                    | "embed"
                    | "input"
                    | "button"
                    | "select"
                    | "textarea"
                    | "hr"
            ) || style.marks.has(Mark::Edge)
                || style.marks.has(Mark::Aspect)
                || style.border != Default::default();
            let Some((over, under)) = margins(style, frame).filter(|_| !unknown) else {
                return f32::INFINITY;
            };
            let sizes = [
                frame.height.unwrap_or_default(),
                frame.min_height.unwrap_or_default(),
                frame.padding.top,
                frame.padding.bottom,
            ];
            if sizes.into_iter().any(|size| !size.is_definite()) {
                return f32::INFINITY;
            }
            height += sizes
                .into_iter()
                .map(|size| size.usual().max(0.0))
                .sum::<f32>();
            if node != top && style.is_boxed() {
                height += over.max(0.0) + under.max(0.0);
            }
            if element.html_name() == "br" {
                height += style.inherited.font_size * LINE;
            }
        }
        height
    }

    /// Returns whether a box has content that is not beside it.
    fn is_high(&self, document: &Document, styles: &Styles, top: NodeId) -> bool {
        let mut walk = document.walk(top);
        while let Some(visit) = walk.next() {
            let Visit::Enter(node) = visit else {
                continue;
            };
            if !self.spend(document.text(node)) {
                return true;
            }
            if let Some(text) = document.text(node) {
                if !text.trim_ascii().is_empty() {
                    return true;
                }
                continue;
            }
            let Some(element) = document.element(node) else {
                continue;
            };
            let style = styles.get(node);
            let empty = Frame::default();
            let frame = style.frame.as_deref().unwrap_or(&empty);
            let placed = frame.is_absolute();
            let beside = placed || floats(element, style, frame);
            if style.display == Display::None || (beside && node != top) {
                walk.skip_children();
                continue;
            }
            let high = |size: Size| size.is_some_and(|size| size.usual() > MEDIUM / 2.0);
            let sizes = [
                frame.height,
                frame.min_height,
                Some(frame.padding.top + frame.padding.bottom),
            ];
            if sizes.into_iter().any(high)
                || style.marks.has(Mark::Clear)
                || self.is_generated(document, node)
                || matches!(
                    element.html_name(),
                    "" | "br"
                        | "hr"
                        | "img"
                        | "input"
                        | "button"
                        | "select"
                        | "textarea"
                        | "iframe"
                        | "video"
                        | "object"
                        | "td"
                        | "th"
                )
            {
                return true;
            }
        }
        false
    }
}

/// Adds the names in front of pseudo-elements in a style sheet.
fn names(sheet: &str, found: &mut Vec<String>) {
    let sheet = sheet.to_ascii_lowercase();
    for pseudo in [":after", ":before"] {
        for (at, _) in sheet.match_indices(pseudo).take(MAX_PSEUDO) {
            let before = sheet.get(..at).unwrap_or_default().trim_end_matches(':');
            let after = sheet.as_bytes().get(at..).unwrap_or_default();
            let block = after
                .get(..after.len().min(LONGEST_BLOCK))
                .unwrap_or_default();
            let block = block.split(|byte| *byte == b'}').next().unwrap_or_default();
            if !block.windows(6).any(|word| word == b"clear:") {
                continue;
            }
            let name = before
                .rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
                .next();
            found.extend(name.map(str::to_owned).filter(|name| !name.is_empty()));
        }
    }
}
