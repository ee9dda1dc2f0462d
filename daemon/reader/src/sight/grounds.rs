//! The grounds inside an element.

use super::{
    contrast::{Ground, has_ground, is_block, paints},
    flow::Flow,
    heights::floats,
    layers::{has_levels, is_layer, is_lifted, is_moved},
    look::Look,
    painted::Painted,
    place::beyond::is_still,
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        marks::Mark,
        property::{Display, Position, Size},
    },
    document::NodeId,
};

/// Least width of a box whose ground is behind all letters in it, in pixels.
const LEAST_WIDTH: f32 = 100.0;

/// What paints the ground that colours are mixed with.
enum Backing {
    Element(NodeId),
    /// Nothing: the bare page or a layer.
    None,
    Unknown,
}

impl Look<'_> {
    /// Takes the grounds inside an element. The place inside is known already.
    pub(super) fn paint(
        &self,
        node: NodeId,
        style: &Computed,
        frame: &Frame,
        around: &Surroundings,
        inside: &mut Surroundings,
    ) {
        let Some(element) = self.document.element(node) else {
            return;
        };
        inside.hidden |= self.columns.is_collapsed(node, style);
        let absolute = frame.is_absolute();
        let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        let row = has_levels(self.styles.get(parent));
        let floating = floats(element, style, frame) && !row;
        let lifted = (absolute && self.holder().is_some_and(|holder| holder.pictured))
            || self.near.get(node).over
            || (around.over && is_lifted(style, row));
        let beside = || match style.is_boxed() {
            true => self.sibling_ground(node, style, frame, around),
            false => None,
        };
        let plain = || match () {
            () if floating || absolute => around.float_ground,
            () if is_block(style) => around.block_ground,
            () => (self.columns).ground_of(self.styles, node, style, around.ground),
        };
        let ground = match element.html_name() {
            _ if lifted => Ground::UNKNOWN,
            "html" if style.inherited.dark => Ground::DARK,
            "caption" => (around.painted).map_or(around.ground, |painted| painted.behind),
            _ => beside().unwrap_or_else(plain),
        };
        // The page takes the ground of its root, whatever the size of that is, or that of the body if
        // the root has none.
        let root = match element.html_name() {
            "html" => true,
            "body" => !has_ground(self.styles.get(parent)),
            _ => false,
        };
        let within = match root {
            true => self.near.get(NodeId::ROOT).within,
            false => self.near.get(node).within,
        };
        let layer = root || is_layer(style, row);
        let ground = match within && !layer {
            true => Ground::UNKNOWN,
            false => ground,
        };
        inside.hidden |= !(root || within) && self.is_lost(node, style, ground);
        inside.ground = match root || paints(style, frame) {
            true => self.mixed(node, style, ground).under(style),
            false => ground,
        };
        if within && layer {
            inside.ground = Ground::UNKNOWN;
        }
        if style.is_boxed() {
            inside.block_ground = inside.ground;
            let plain = inside.ground == around.float_ground;
            let holds = plain
                || self
                    .heights
                    .holds(self.document, self.styles, node, floating || row);
            inside.float_ground = match holds {
                true => inside.ground,
                false => around.float_ground,
            };
        }
        inside.painted = if root {
            None
        } else if inside.ground != ground {
            let place = &inside.place;
            Some(Painted::new(node, ground, style, frame, place, &self.flow))
        } else if ground != around.ground {
            None
        } else {
            let refers = (around.holds, self.holder().is_none());
            let greatest = |node| self.heights.greatest(self.document, self.styles, node);
            let painted = around.painted;
            painted.and_then(|painted| painted.inside(style, frame, refers, &self.flow, greatest))
        };
        inside.lettered = match style.background_text {
            true => Some(inside.ground),
            false => around.lettered,
        };
    }
}

impl Look<'_> {
    /// Returns the ground inside an element whose colours are mixed with those behind it. A difference leaves
    /// each ground as it is for black, and changes it for any other colour.
    fn mixed(&self, node: NodeId, style: &Computed, ground: Ground) -> Ground {
        if !style.marks.has(Mark::Difference) {
            return ground;
        }
        match self.backing(node) {
            Backing::Element(_) => Ground::BLACK,
            Backing::None => ground,
            Backing::Unknown => Ground::UNKNOWN,
        }
    }

    /// Returns what paints the ground that the colours of an element are mixed with.
    fn backing(&self, node: NodeId) -> Backing {
        let parent = |node| self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        for around in self.document.ancestors(node) {
            let own = self.styles.get(around);
            if has_ground(own) {
                return Backing::Element(around);
            }
            // Nothing is mixed with what is behind a layer, or behind the page.
            if is_layer(own, has_levels(self.styles.get(parent(around)))) {
                return Backing::None;
            }
            if !self.heights.spend(None) {
                return Backing::Unknown;
            }
        }
        Backing::None
    }

    /// Returns whether the colours of an element leave the ground as it is that they are mixed with, and
    /// all of the element is on that ground.
    fn is_lost(&self, node: NodeId, style: &Computed, ground: Ground) -> bool {
        let keeps = |mark, white| style.marks.has(mark) && ground.is_extreme(white);
        if !(keeps(Mark::Lightens, true) || keeps(Mark::Darkens, false)) {
            return false;
        }
        let Backing::Element(backing) = self.backing(node) else {
            return false;
        };
        let (document, styles) = (self.document, self.styles);
        let is_page = matches!(document.name(backing), "html" | "body");
        let plain = |around: NodeId| {
            let style = styles.get(around);
            let frame = style.frame_or_default();
            let margins = [frame.margin.top, frame.margin.bottom, frame.margin.left];
            let back = |size: Size| size.is_some_and(|size| size.usual() < 0.0);
            let grows = matches!(style.display, Display::Cell | Display::Table);
            let narrow = [frame.width, frame.max_width].iter().any(|size| {
                size.is_some_and(|size| size.is_definite() && size.usual() < LEAST_WIDTH)
            });
            let own = around == backing;
            (grows || (frame.height.is_none() && frame.max_height.is_none()))
                && !narrow
                && (own || (frame.position == Position::Static && !frame.floats()))
                && (own || !(is_moved(frame) || margins.into_iter().any(back)))
        };
        let around = document.ancestors(node);
        let mut chain = std::iter::once(node).chain(around.take_while(|node| *node != backing));
        let spends = |_| self.heights.spend(None);
        (is_page || (chain.all(plain) && plain(backing)))
            && document.walk(node).all(spends)
            && is_still(document, styles, node)
    }
}

impl Surroundings {
    /// Returns the ground of text at its place in the flow.
    pub(super) fn ground_of(&self, style: &Computed, flow: &Flow) -> Ground {
        let behind = self.painted.and_then(|painted| painted.ground(style, flow));
        behind.unwrap_or(self.ground)
    }
}
