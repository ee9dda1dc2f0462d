//! Boxes that lie over or under others: covers, pictures under text, and levels.

use super::{
    contrast::Ground,
    cover::Cover,
    look::{Look, Surroundings},
    reach::Reach,
    seen::{FAINTEST, is_tiny},
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        colour::Colour,
        property::{Image, Position},
    },
    document::{Element, NodeId},
};
use html5ever::ns;

/// Most boxes of a document that are examined as covers.
const MAX_COVERS: usize = 8;
/// Cost of the examination of a cover, in nodes.
const COST: u32 = 64;
/// Least opacity of the colour of a cover.
const OPAQUE: f32 = 0.99;
/// Least opacity of a cover, through which no text is seen.
const LASTING: f32 = 1.0 - FAINTEST;

impl Look<'_> {
    /// Returns the surroundings of the element that absolutely placed boxes refer to, unless it is
    /// the page.
    pub(super) fn holder(&self) -> Option<&Surroundings> {
        self.stack.iter().skip(1).rev().find(|around| around.holds)
    }

    /// Takes an element that is seen: a cover, or a picture or a coloured box that may be under text.
    pub(super) fn pile(&mut self, node: NodeId, element: &Element, style: &Computed) {
        if element.name.ns == ns!(svg) {
            return self.draw(node, element, style);
        }
        let name = element.html_name();
        let empty = Frame::default();
        let frame = style.frame.as_deref().unwrap_or(&empty);
        let absolute = matches!(frame.position, Position::Absolute | Position::Fixed);
        let (opaque, painted) = match style.background {
            Colour::Known(colour) => (colour.alpha >= OPAQUE, colour.alpha > 0.02),
            Colour::Current | Colour::Unknown => (false, true),
        };
        let opaque = opaque
            || matches!(style.background_image, Image::Plain(c) if c.alpha >= OPAQUE)
                && style.background_drawn == Default::default();
        if opaque
            && !style.background_text
            && let Some(reach) = Reach::of(element, style, frame)
        {
            self.cover(node, reach);
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
                around.block_ground = Ground::UNKNOWN;
                around.float_ground = Ground::UNKNOWN;
                around.painted = None;
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
    fn cover(&mut self, node: NodeId, reach: Reach) {
        // The cost is that of the elements around.
        let spent = (0..COST).all(|_| self.heights.spend(None));
        if self.covers.len() < MAX_COVERS && spent {
            let cover = Cover::new(self.document, self.styles, node, reach);
            self.covers.extend(cover);
        }
    }

    /// Returns whether a rectangle fills its drawing, whose units are pixels.
    fn is_whole_drawing(&self, node: NodeId, rectangle: &Element) -> bool {
        let parent = self.document.node(node).parent;
        let drawing = parent.and_then(|parent| self.document.element(parent));
        let Some(drawing) = drawing.filter(|drawing| drawing.local_name() == "svg") else {
            return false;
        };
        let text = |element: &Element, name: &str| {
            let mut all = element.attributes.iter();
            let found = all.find(|attribute| &*attribute.name.local == name);
            found.map(|attribute| attribute.value.trim().to_owned())
        };
        let number = |element: &Element, name| text(element, name)?.parse::<f32>().ok();
        let fills = |name| match (number(rectangle, name), number(drawing, name)) {
            (Some(inner), Some(outer)) => inner >= outer,
            _ => text(rectangle, name).as_deref() == Some("100%"),
        };
        let moved = ["x", "y", "transform"];
        fills("width")
            && fills("height")
            && text(drawing, "viewBox").is_none()
            && moved.iter().all(|name| text(rectangle, name).is_none())
    }

    /// Takes a shape of SVG, which may be under the text after it.
    fn draw(&mut self, node: NodeId, element: &Element, style: &Computed) {
        let opaque = matches!(style.inherited.svg_fill, Colour::Known(c) if c.alpha >= OPAQUE);
        if element.local_name() == "rect"
            && opaque
            && style.opacity > LASTING
            && self.is_whole_drawing(node, element)
        {
            self.cover(node, Reach::Drawing);
        }
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
            around.block_ground = Ground::UNKNOWN;
            around.painted = None;
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
