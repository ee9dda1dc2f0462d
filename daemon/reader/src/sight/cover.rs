//! Boxes on top of others: a coloured box that covers text, a picture under text, and boxes of a
//! negative level under a coloured ground.

use super::{Look, Sight, Surroundings, contrast::Ground, is_tiny};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        colour::Colour,
        length::Length,
        property::{Image, Position, Size},
    },
    document::{Document, Element, NodeId, Visit},
};
use html5ever::ns;

/// Most boxes of a document that are examined as covers.
const MAX_COVERS: usize = 8;
/// Least opacity of a cover.
const OPAQUE: f32 = 0.99;

/// A coloured box that covers all of the box that it refers to.
#[derive(Debug)]
pub(super) struct Cover {
    node: NodeId,
    level: i32,
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
        let mut words = 0u32;
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
                words = words.saturating_add(super::words(text));
            }
        }
        if words > 0 {
            sight.findings.hidden += 1;
            sight.findings.hidden_words = sight.findings.hidden_words.saturating_add(words);
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

impl Look<'_> {
    /// Returns the surroundings of the element that absolutely placed boxes refer to, unless it is
    /// the page.
    pub(super) fn holder(&self) -> Option<&Surroundings> {
        self.stack.iter().skip(1).rev().find(|around| around.holds)
    }

    /// Takes an element that is seen: a cover, or a picture or a coloured box that may be under text.
    pub(super) fn pile(&mut self, node: NodeId, element: &Element, style: &Computed) {
        if element.name.ns == ns!(svg) {
            return self.draw(element, style);
        }
        let name = element.html_name();
        let empty = Frame::default();
        let frame = style.frame.as_deref().unwrap_or(&empty);
        let absolute = matches!(frame.position, Position::Absolute | Position::Fixed);
        let (opaque, painted) = match style.background {
            Colour::Known(colour) => (colour.alpha >= OPAQUE, colour.alpha > 0.02),
            Colour::Current | Colour::Unknown => (false, true),
        };
        let opaque =
            opaque || matches!(style.background_image, Image::Plain(c) if c.alpha >= OPAQUE);
        let level = frame.z_index.unwrap_or_default();
        let covers = absolute && opaque && level >= 0 && style.opacity > 0.9 && is_whole(frame);
        if covers && self.covers.len() < MAX_COVERS {
            self.covers.push(Cover { node, level });
        }
        // The next text may be on a picture.
        let picture = name == "img" && !is_tiny(style);
        let ground = absolute
            && (painted || style.background_image != Image::None)
            && !is_tiny(style)
            && (frame.width.is_some() || frame.inset.right.is_some());
        if !(picture || ground) || self.holder().is_none() {
            return;
        }
        for around in self.stack.iter_mut().rev() {
            if ground {
                around.ground = Ground::UNKNOWN;
            }
            if around.pictured && !ground {
                break;
            }
            around.pictured = true;
            if around.holds {
                break;
            }
        }
    }
}

impl Look<'_> {
    /// Takes a shape of SVG, which may be under the text after it.
    fn draw(&mut self, element: &Element, style: &Computed) {
        let shape = matches!(
            element.local_name(),
            "rect" | "circle" | "ellipse" | "polygon" | "path" | "image" | "use"
        );
        let Some(around) = self.stack.last() else {
            return;
        };
        if !shape || !around.ground.differs_from(style.inherited.svg_fill) {
            return;
        }
        for around in self.stack.iter_mut().rev() {
            around.ground = Ground::UNKNOWN;
            if around.svg {
                break;
            }
        }
    }
}

impl Surroundings {
    /// Takes the level of an element among boxes that are placed over each other.
    pub(super) fn stack_up(&mut self, element: &Element, frame: &Frame, style: &Computed) {
        let placed = frame.position != Position::Static;
        if placed && frame.z_index.is_some_and(|level| level < 0) && self.backed {
            self.hidden = true;
        }
        let own_levels = (placed && frame.z_index.is_some()) || style.opacity < 1.0;
        let page = matches!(element.html_name(), "html" | "body");
        let coloured = matches!(style.background, Colour::Known(colour) if colour.alpha >= OPAQUE);
        self.backed = match own_levels {
            true => false,
            false => self.backed || (coloured && !page),
        };
        self.holds = placed;
        self.svg = element.local_name() == "svg";
        self.pictured = false;
    }
}

/// Returns whether an absolutely placed box reaches to all sides of the box that it refers to.
fn is_whole(frame: &Frame) -> bool {
    let none = |size: Size| size.is_some_and(|size| size.is_definite() && size.usual() <= 0.0);
    let all = |size: Size| size.is_some_and(|size: Length| size.part >= 1.0);
    let across = none(frame.inset.left) && (none(frame.inset.right) || all(frame.width));
    let down = none(frame.inset.top) && (none(frame.inset.bottom) || all(frame.height));
    across && down
}
