//! Opaque boxes under text: what is drawn above such a box, and certainly on it, has its colour as the ground.

use super::{
    contrast::{Ground, has_ground},
    heights::Heights,
    layers::{has_levels, has_mask, is_layer, is_moved},
    measure::text_width,
    room::Floor,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        colour::Colour,
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Filter, Image, Overflow, Position, Size},
    },
    document::{Document, Element, NodeId},
    thresholds::{OPAQUE, UNPAINTED},
};
use html5ever::ns;

/// An element between the box and a text.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    paints: bool,
    moved: bool,
    /// For the content of a placed box, its place in the width if it is certainly on the floor in the height.
    left: Option<Option<f32>>,
}

/// The text above an opaque box that is in no other colour.
#[derive(Debug)]
pub(super) struct Backdrop {
    ground: Ground,
    floor: Option<Floor>,
    stack: Vec<Part>,
    /// Whether a box above the floor paints something, and whether it may be anywhere.
    painted: bool,
    loose: bool,
    /// The texts, whether they are moved, and the numbers of their words.
    found: Vec<(NodeId, bool, u32)>,
}

/// Returns the ground that an opaque box gives to what is drawn above it, if it is known.
pub(super) fn ground_of(document: &Document, styles: &Styles, node: NodeId) -> Option<Ground> {
    let style = styles.get(node);
    let plain = match style.background_image {
        Image::None => matches!(style.background, Colour::Known(c) if c.alpha >= OPAQUE),
        Image::Plain(colour) => colour.alpha >= OPAQUE,
        Image::Mostly(_) | Image::Picture => false,
    };
    let bare = style.border == Default::default()
        && style.box_shadow.is_none()
        && style.filter == Filter::NONE
        && !style.background_text
        && style.inherited.visible
        && style.opacity >= OPAQUE
        && !style.marks.has(Mark::Framed);
    let empty = document.children(node).all(|child| {
        document
            .element(child)
            .is_none_or(|e| e.html_name() == "br")
    });
    (plain && bare && empty).then(|| Ground::UNKNOWN.coloured(style))
}

/// Returns whether a coloured box of the layer that a box is in may be above it: the box has a negative level.
pub(super) fn is_under_ground(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let page = |node: &NodeId| matches!(document.name(*node), "html" | "body" | "");
    let style = |node: NodeId| styles.get(node);
    let parent = |node: NodeId| style(document.node(node).parent.unwrap_or(NodeId::ROOT));
    let around = document.ancestors(node);
    let mut around = around.take_while(|node| !is_layer(style(*node), has_levels(parent(*node))));
    around.any(|node| !page(&node) && has_ground(style(node)))
}

/// Returns whether an element paints more than its letters.
fn paints(element: &Element, style: &Computed) -> bool {
    let clear = matches!(style.background, Colour::Known(c) if c.alpha <= UNPAINTED);
    let mixes = [Mark::Backdrop, Mark::Framed, Mark::Blend, Mark::Filter];
    !clear
        || style.background_image != Image::None
        || style.box_shadow.is_some()
        || style.border != Default::default()
        || style.filter != Filter::NONE
        || style.background_text
        || mixes.iter().any(|mark| style.marks.has(*mark))
        || has_mask(style)
        || element.is_replaced()
        || element.is_control()
}

/// Returns whether a box may be elsewhere than in its place in the flow.
fn moves(style: &Computed, frame: &Frame, around: &Computed) -> bool {
    let back = |margin: Size| margin.is_some_and(|margin| margin.usual() < 0.0);
    let margin = &frame.margin;
    let inset = &frame.inset;
    let inset = [inset.top, inset.right, inset.bottom, inset.left];
    frame.is_absolute()
        || frame.floats()
        || is_moved(frame)
        || style.marks.has(Mark::Sticky)
        || around.marks.has(Mark::Tracks)
        || (frame.position == Position::Relative && inset != [None; 4])
        || [margin.top, margin.right, margin.bottom, margin.left]
            .into_iter()
            .any(back)
}

/// Returns whether content may leave a box that is too low for it, so that it is on what is below the box.
fn is_left(document: &Document, styles: &Styles, heights: &Heights, node: NodeId) -> bool {
    let frame = styles.get(node).frame_or_default();
    let given = |size: Size| size.filter(|size| size.is_definite()).map(Length::usual);
    let most = [given(frame.height), given(frame.max_height)];
    let most = most.into_iter().flatten().reduce(f32::min);
    let own = || given(frame.height).unwrap_or(0.0) + given(frame.min_height).unwrap_or(0.0);
    frame.overflow_y == Overflow::Visible
        && most.is_some_and(|most| heights.greatest(document, styles, node) - own() > most)
}

impl Backdrop {
    pub(super) fn new(ground: Ground, floor: Option<Floor>) -> Self {
        Self {
            ground,
            floor,
            stack: Vec::new(),
            painted: false,
            loose: false,
            found: Vec::new(),
        }
    }

    /// Takes the beginning of a node that is not between the floor and its text.
    pub(super) fn enter_nothing(&mut self) {
        self.stack
            .push(self.stack.last().copied().unwrap_or_default());
    }

    /// Takes the beginning of a node inside the box that the floor refers to. `above` is whether it is drawn
    /// above the floor.
    pub(super) fn enter(
        &mut self,
        document: &Document,
        styles: &Styles,
        heights: &Heights,
        node: NodeId,
        above: bool,
    ) {
        let around = self.stack.last().copied().unwrap_or_default();
        let mut part = around;
        if let Some(element) = document.element(node) {
            let style = styles.get(node);
            let frame = style.frame_or_default();
            let parent = styles.get(document.node(node).parent.unwrap_or(NodeId::ROOT));
            let moved = moves(style, frame, parent);
            let paints = above && paints(element, style);
            self.painted |= paints;
            self.loose |= paints && (moved || around.moved);
            part.paints |= paints || has_levels(parent) && style.marks.has(Mark::Reversed);
            part.paints |= heights.parted || is_left(document, styles, heights, node);
            part.moved |= moved;
            let narrow = self.floor.is_some_and(|floor| floor.width.is_some());
            let aside = style.is_boxed()
                || frame.margin != Default::default()
                || frame.padding != Default::default();
            if frame.is_absolute() && !around.moved {
                let tall = || heights.greatest(document, styles, node);
                part.left = Some(self.left(style, frame, tall));
            } else if moved || (narrow && around.left.is_some() && aside) {
                part.left = Some(None);
            }
        }
        self.stack.push(part);
    }

    /// Returns how far to the right an absolute box is, if it is on the floor in the height.
    fn left(&self, style: &Computed, frame: &Frame, tall: impl Fn() -> f32) -> Option<f32> {
        let floor = self.floor?;
        let at = |size: Size| {
            let size = size.filter(|size| size.is_definite())?;
            let size = size.resolve(style.inherited.font_size, MEDIUM, 0.0);
            (size >= 0.0).then_some(size)
        };
        let (top, left) = (at(frame.inset.top)?, at(frame.inset.left)?);
        let margin = &frame.margin;
        let margins = [margin.top, margin.right, margin.bottom, margin.left];
        let still = !is_moved(frame)
            && frame.position == Position::Absolute
            && margins
                .into_iter()
                .flatten()
                .all(|margin| margin.px == 0.0 && margin.is_definite());
        let padded = at(Some(frame.padding.left))?;
        let fits = match frame.width {
            Some(_) => floor.width.is_none() && left + at(frame.width)? <= floor.column,
            None => true,
        };
        (still && fits && top + tall() <= floor.height).then_some(left + padded)
    }

    /// Takes a run of text above the floor. `on` is whether it is on the floor by its place in the flow.
    pub(super) fn pass(
        &mut self,
        document: &Document,
        node: NodeId,
        (text, words): (&str, u32),
        style: &Computed,
        on: bool,
    ) {
        let part = self.stack.last().copied().unwrap_or_default();
        let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
        let html = document
            .element(parent)
            .is_some_and(|element| element.name.ns == ns!(html));
        let on = match (part.left, self.floor) {
            (None, _) => on,
            (Some(Some(left)), Some(floor)) => {
                let word = text.split_whitespace().map(|word| text_width(word, style));
                let word = word.fold(0.0, f32::max);
                left + word <= floor.column
                    && style.inherited.indent == Length::ZERO
                    && floor
                        .width
                        .is_none_or(|width| left + text_width(text, style) <= width)
            }
            (Some(_), _) => false,
        };
        let shows = || self.ground.shows(style, false, None);
        if on && html && words > 0 && !part.paints && !shows() {
            self.found.push((node, part.moved, words));
        }
    }

    pub(super) fn leave(&mut self) {
        self.stack.pop();
    }

    /// Returns the texts that cannot be told from the floor, and the numbers of their words.
    pub(super) fn texts(self) -> impl Iterator<Item = (NodeId, u32)> {
        let (painted, loose) = (self.painted, self.loose);
        let certain = move |moved: bool| !(loose || (moved && painted));
        let found = self.found.into_iter();
        found.filter_map(move |(node, moved, words)| certain(moved).then_some((node, words)))
    }
}
