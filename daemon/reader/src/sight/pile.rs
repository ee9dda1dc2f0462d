//! Boxes that lie over or under others: covers, pictures under text, and levels.

use super::{
    cells::{fills_cell, in_same_cell, is_named},
    contrast::Ground,
    cover::{Cover, is_whole},
    layers::{has_levels, is_layer, level},
    look::Look,
    measure::{ROOM, is_roomy},
    reach::Reach,
    seen::is_tiny,
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        colour::Colour,
        marks::Mark,
        paint,
        property::{Display, Image, Position},
    },
    document::{Element, NodeId},
    thresholds::{FAINTEST, LASTING, OPAQUE, UNPAINTED},
};
use html5ever::{local_name, ns};
use std::ops::Range;

/// Most boxes of a document that are examined as covers.
const MAX_COVERS: usize = 32;
/// Most siblings before the first box of another one, and most boxes in each other that cover one.
const MAX_BEFORE: usize = 8;
const MAX_FILLED: usize = 4;
/// Cost of the examination of a cover, in nodes.
const COST_OF_COVER: u32 = 64;

impl Look<'_> {
    /// Returns the surroundings of the element that absolutely placed boxes refer to, unless it is
    /// the page.
    pub(super) fn holder(&self) -> Option<&Surroundings> {
        self.stack.iter().skip(1).rev().find(|around| around.holds)
    }

    /// Takes an element that is seen: a cover, or a picture or a coloured box that may be under text.
    pub(super) fn pile(&mut self, node: NodeId, element: &Element, style: &Computed) {
        if element.name.ns == ns!(svg) && element.local_name() != "svg" {
            return self.draw(node, element, style);
        }
        let name = element.html_name();
        let frame = style.frame_or_default();
        let absolute = frame.is_absolute();
        let (opaque, painted) = match style.background {
            Colour::Known(colour) => (colour.alpha >= OPAQUE, colour.alpha > UNPAINTED),
            Colour::Current | Colour::Unknown => (false, true),
        };
        let opaque = opaque
            || matches!(style.background_image, Image::Plain(c) if c.alpha >= OPAQUE)
                && style.background_drawn == Default::default();
        if opaque && !style.background_text {
            let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
            let mut cell = in_same_cell(self.document, self.styles, node);
            if cell.next().is_some()
                && !is_named(style)
                && fills_cell(style, frame, self.styles.get(parent))
            {
                self.cover(node, Reach::Cell);
            }
            if let Some((placed, reach)) = self.filled(node) {
                self.cover(placed, reach);
            }
            if let Some(reach) = Reach::of(element, style, frame) {
                self.cover(node, reach);
            } else if let Some(reach) = Reach::of_first(element, style, frame)
                && self.is_first(node)
                && self.styles.get(parent).is_boxed()
                && self.is_bare_holder(parent)
            {
                self.cover(node, reach);
            }
        }
        // The next text may be on a picture.
        let source = element.attribute(&local_name!("src"));
        let source = source.is_some_and(|source| paint::picture(source) != Image::None);
        let set = element.attribute(&local_name!("srcset")).is_some();
        let roomy = !is_tiny(style) && is_roomy(style, frame);
        let picture = name == "img" && (source || set) && roomy;
        let image = match style.background_drawn.is_nothing() {
            true => Image::None,
            false => style.background_image,
        };
        let ground = absolute
            && (painted || image != Image::None)
            && roomy
            && style.opacity * style.filter.opacity >= FAINTEST
            && (frame.width.is_some() || frame.inset.right.is_some())
            && (image != Image::None || self.tells(style));
        let below = level(style, false) < 0;
        // A box without offsets is where it would be in the flow.
        let inset = &frame.inset;
        let in_place = ground && [inset.top, inset.right, inset.bottom, inset.left] == [None; 4];
        let has_holder = self.holder().is_some();
        if !(picture || ground) || !(has_holder || in_place) {
            return;
        }
        let reach = if has_holder { self.stack.len() } else { 1 };
        self.lie_under(0..reach, below && absolute, ground);
    }

    /// Takes a picture or a coloured box that text in some of the elements around may be on, the innermost
    /// first. `below` is whether only what is placed is drawn above the box.
    fn lie_under(&mut self, around: Range<usize>, below: bool, ground: bool) {
        let reach = around.len();
        for around in self.stack.iter_mut().rev().skip(around.start).take(reach) {
            if below {
                around.ground = Ground::UNKNOWN;
                around.block_ground = Ground::UNKNOWN;
                around.float_ground = Ground::UNKNOWN;
                around.painted = None;
            } else {
                around.over |= ground;
            }
            around.pictured = true;
            if around.holds {
                break;
            }
        }
    }

    /// Returns whether the ground of a box can be told from the one around.
    fn tells(&self, style: &Computed) -> bool {
        let around = self
            .stack
            .last()
            .map_or(Ground::UNKNOWN, |around| around.ground);
        around.differs_from(style.background)
    }
}

impl Look<'_> {
    /// Returns whether nothing in the flow precedes in the element around.
    fn is_first(&self, node: NodeId) -> bool {
        let mut before = self.document.before(node).take(MAX_BEFORE + 1);
        let beside = |node: NodeId| match self.document.text(node) {
            Some(text) => text.trim().is_empty(),
            None => {
                let style = self.styles.get(node);
                self.document.element(node).is_none()
                    || style.frame_or_default().is_absolute()
                    || style.display == Display::None
            }
        };
        before.by_ref().take(MAX_BEFORE).all(beside) && before.next().is_none()
    }

    /// Returns whether the offsets of placed boxes refer to an element, whose content begins at its corner.
    fn is_bare_holder(&self, node: NodeId) -> bool {
        let style = self.styles.get(node);
        let frame = style.frame_or_default();
        frame.position != Position::Static
            && frame.padding == Default::default()
            && !has_levels(style)
            && !style.marks.has(Mark::Columns)
    }

    /// Returns the placed box that an opaque block covers from inside, and what that covers.
    fn filled(&self, node: NodeId) -> Option<(NodeId, Reach)> {
        let mut node = node;
        for _ in 0..MAX_FILLED {
            let (element, style) = (self.document.element(node)?, self.styles.get(node));
            let frame = style.frame_or_default();
            let lasts = style.opacity * style.filter.opacity > LASTING && is_whole(style);
            let parent = self.document.node(node).parent?;
            let around = self.styles.get(parent);
            let outer = around.frame_or_default();
            let bare = outer.padding == Default::default() && around.border == Default::default();
            let placed = frame.is_absolute()
                && outer.position != Position::Static
                && level(style, false) >= 0
                && Reach::of(element, style, frame) == Some(Reach::Whole);
            let first = bare && self.is_first(node) && Reach::fills(element, style, frame);
            if !lasts || !(placed || first) || !around.is_boxed() || has_levels(around) {
                return None;
            }
            if outer.is_absolute() {
                let element = self.document.element(parent)?;
                return Some((parent, Reach::of(element, around, outer)?));
            }
            node = parent;
        }
        None
    }

    fn cover(&mut self, node: NodeId, reach: Reach) {
        // The cost is that of the elements around.
        let spent = (0..COST_OF_COVER).all(|_| self.heights.spend(None));
        if matches!(reach, Reach::Floor { .. }) && (self.covers.len() >= MAX_COVERS / 2 || !spent) {
            return;
        }
        if self.covers.len() >= MAX_COVERS || !spent {
            self.sight.findings.simplified = true;
            return;
        }
        let cover = Cover::new(self.document, self.styles, node, reach);
        self.covers.extend(cover);
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
        let less = [
            "x",
            "y",
            "rx",
            "ry",
            "transform",
            "fill-opacity",
            "mask",
            "filter",
        ];
        fills("width")
            && fills("height")
            && text(drawing, "viewBox").is_none()
            && less.iter().all(|name| text(rectangle, name).is_none())
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
            // The drawing itself may be above the text of the page.
            let drawing = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
            let frame = self.styles.get(drawing).frame.as_deref();
            let reach = self.document.element(drawing).zip(frame);
            let reach = reach.and_then(|(drawing, frame)| Reach::of(drawing, style, frame));
            if let Some(reach) = reach {
                self.cover(drawing, reach);
            }
        }
        let shape = matches!(
            element.local_name(),
            "rect" | "circle" | "ellipse" | "polygon" | "path" | "image" | "use"
        );
        let Some(around) = self.stack.last() else {
            return;
        };
        if !shape || !has_area(element) || !around.ground.differs_from(style.inherited.svg_fill) {
            return;
        }
        let drawing = |node: &NodeId| {
            let element = self.document.element(*node);
            element.is_some_and(|element| element.local_name() == "svg")
        };
        let drawing = self.document.ancestors(node).find(drawing);
        let drawing = drawing.map(|drawing| self.styles.get(drawing));
        for around in self.stack.iter_mut().rev() {
            around.ground = Ground::UNKNOWN;
            around.block_ground = Ground::UNKNOWN;
            around.painted = None;
            if around.svg {
                break;
            }
        }
        if let Some(drawing) = drawing.filter(|drawing| drawing.frame_or_default().is_absolute()) {
            let inside = self.stack.iter().rev().position(|around| around.svg);
            let outside = inside.map_or(0, |inside| inside + 1);
            self.lie_under(outside..self.stack.len(), level(drawing, false) < 0, true);
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
        let own_levels = is_layer(style, false);
        let page = matches!(element.html_name(), "html" | "body");
        let coloured = matches!(style.background, Colour::Known(colour) if colour.alpha >= OPAQUE);
        self.backed = match own_levels {
            true => false,
            false => self.backed || (coloured && !page),
        };
        self.holds = placed;
        self.svg = element.local_name() == "svg";
        self.pictured = false;
        self.over &= !placed;
    }
}

/// Returns whether a shape of SVG has room for text.
fn has_area(shape: &Element) -> bool {
    let text = |name: &str| {
        let mut all = shape.attributes.iter();
        let found = all.find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| attribute.value.trim())
    };
    let side = |name: &str, least: f32| {
        text(name).map(|size| match size.trim_end_matches("px").parse::<f32>() {
            Ok(size) => size >= least,
            Err(_) => !size.is_empty(),
        })
    };
    let styled = text("style").is_some() || text("class").is_some();
    match shape.local_name() {
        "rect" => side("width", ROOM).unwrap_or(styled) && side("height", ROOM).unwrap_or(styled),
        "circle" => side("r", ROOM / 2.0).unwrap_or(styled),
        "ellipse" => {
            side("rx", ROOM / 2.0).unwrap_or(true) && side("ry", ROOM / 2.0).unwrap_or(true)
        }
        "path" => text("d").map_or(styled, |path| path.len() > 4),
        _ => true,
    }
}
