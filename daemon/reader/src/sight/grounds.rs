//! The grounds inside an element.

use super::{
    contrast::{Ground, has_ground, is_block, paints},
    flow::Flow,
    heights::floats,
    layers::{has_levels, is_layer, is_lifted},
    look::Look,
    painted::Painted,
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame},
    css::marks::Mark,
    document::NodeId,
};

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
        let parent = |node| self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        for around in self.document.ancestors(node) {
            let own = self.styles.get(around);
            if has_ground(own) {
                return Ground::BLACK;
            }
            // Nothing is mixed with what is behind a layer, or behind the page.
            if is_layer(own, has_levels(self.styles.get(parent(around)))) {
                return ground;
            }
            if !self.heights.spend(None) {
                return Ground::UNKNOWN;
            }
        }
        ground
    }
}

impl Surroundings {
    /// Returns the ground of text at its place in the flow.
    pub(super) fn ground_of(&self, style: &Computed, flow: &Flow) -> Ground {
        let behind = self.painted.and_then(|painted| painted.ground(style, flow));
        behind.unwrap_or(self.ground)
    }
}
