//! Opaque boxes on top of others, and the text that they certainly cover.

use super::{
    backdrop::{Backdrop, ground_of, is_under_ground},
    cells::in_same_cell,
    contrast::Ground,
    flow::NARROW,
    heights::Heights,
    layers::{Layers, has_levels, has_mask, is_layer, is_lifted, level},
    reach::Reach,
    room::{Room, holds_floats, inner_width},
    seen::{Seen, Sight, words},
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        holder::Held,
        length::{Length, SCREEN_WIDTH},
        marks::Mark,
        property::{Display, Overflow, Position},
    },
    document::{Document, NodeId, Visit},
    thresholds::{LASTING, OPAQUE},
};
use html5ever::local_name;

/// Greatest height of a box whose lines are below it, in pixels.
const FLAT: f32 = 2.0;

/// Height of the page that a window certainly shows, in pixels.
const FIRST_SCREEN: f32 = 400.0;

/// An opaque box that covers text.
#[derive(Debug)]
pub(super) struct Cover {
    pub(super) node: NodeId,
    level: i32,
    reach: Reach,
    /// The layers that the cover is in, below the box that it refers to, with their levels.
    path: Vec<(NodeId, i32)>,
    /// Whether it covers nothing, and text may be on it.
    below: bool,
    /// What it is for the text above it, if that is known.
    ground: Option<Ground>,
}

/// Returns the least width of the content of a box in pixels.
fn column(document: &Document, styles: &Styles, node: NodeId) -> f32 {
    // The page, less its margins.
    let mut width = SCREEN_WIDTH - 100.0;
    for node in std::iter::once(node).chain(document.ancestors(node)) {
        let style = styles.get(node);
        if style.display == Display::Inline {
            continue;
        }
        if style.display != Display::Block && document.element(node).is_some() {
            return NARROW;
        }
        let Some(frame) = style.frame.as_deref() else {
            continue;
        };
        if frame.width.is_some() || frame.max_width.is_some() || frame.floats() {
            return NARROW;
        }
        let padding = [frame.padding.left, frame.padding.right].map(Some);
        for edge in [frame.margin.left, frame.margin.right]
            .into_iter()
            .chain(padding)
        {
            width -= edge.map_or(0.0, |edge| edge.usual().max(0.0));
        }
    }
    width.max(NARROW)
}

/// Returns the width in pixels that the content of a box has if no word is wider.
fn fits(document: &Document, styles: &Styles, node: NodeId) -> f32 {
    let chain: Vec<NodeId> = std::iter::once(node)
        .chain(document.ancestors(node))
        .collect();
    let mut width = SCREEN_WIDTH - 100.0;
    for node in chain.into_iter().rev() {
        if let Some(frame) = styles.get(node).frame.as_deref() {
            width = inner_width(styles.get(node), frame, width);
        }
    }
    width
}

/// Returns whether the text of an element may run from right to left.
pub(super) fn turns(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let element = document.element(node);
    let direction = element.and_then(|element| element.attribute(&local_name!("dir")));
    direction.is_some_and(|direction| !direction.eq_ignore_ascii_case("ltr"))
        || styles.get(node).marks.has(Mark::Direction)
}

/// Returns whether a box of a grid is drawn above one that comes after it.
fn is_above(first: &Computed, second: &Computed) -> bool {
    let levels = (level(first, true), level(second, true));
    let lifted = (is_lifted(first, true), is_lifted(second, true));
    levels.0 > levels.1 || (levels.0 == levels.1 && lifted == (true, false))
}

/// Returns the node before another one, but for white space.
fn previous(document: &Document, node: NodeId) -> Option<NodeId> {
    let blank = |node: &NodeId| {
        document
            .text(*node)
            .is_none_or(|text| text.trim().is_empty())
    };
    let mut before = document.before(node);
    before.find(|node| !blank(node) || document.element(*node).is_some())
}

/// Returns how far the bottom margin of a box moves the next box up, in pixels.
fn pull(style: &Computed) -> f32 {
    let margin = style.frame.as_deref().and_then(|frame| frame.margin.bottom);
    let margin = margin.filter(|margin| margin.is_definite());
    margin.map_or(0.0, |margin| -margin.usual())
}

/// Returns whether the content of a block is below its end.
fn is_flat(style: &Computed) -> bool {
    let flat = |size: Length| size.is_definite() && size.usual() <= FLAT;
    style.frame.as_deref().is_some_and(|frame| {
        frame.height.is_some_and(flat)
            && frame.overflow_y == Overflow::Visible
            && frame.min_height.is_none()
            && frame.padding.bottom.usual() <= 0.0
            && frame
                .margin
                .bottom
                .is_none_or(|margin| margin.usual() <= 0.0)
    })
}

/// Returns whether a box paints its whole area in its own colour.
pub(super) fn is_whole(style: &Computed) -> bool {
    let padded = (style.frame.as_deref()).is_some_and(|frame| frame.padding != Default::default());
    !style.marks.is_faint()
        && !style.marks.is_small()
        && !has_mask(style)
        && !(style.marks.has(Mark::Ground) && (padded || style.marks.has(Mark::Edge)))
}

impl Cover {
    /// Returns the cover that an opaque box is, if it certainly is one.
    pub(super) fn new(
        document: &Document,
        styles: &Styles,
        node: NodeId,
        reach: Reach,
    ) -> Option<Self> {
        let mut cover = Self {
            node,
            level: 0,
            reach,
            path: Vec::new(),
            below: false,
            ground: None,
        };
        let drawing = reach == Reach::Drawing;
        if drawing {
            return Some(cover);
        }
        cover.reach = match (reach, previous(document, node)) {
            (Reach::Below { height }, Some(previous)) => match pull(styles.get(previous)) {
                up if up > 0.0 => Reach::Previous { up, height },
                _ => reach,
            },
            _ => reach,
        };
        let (holder, _) = cover.room(document, styles)?;
        let parent = |node: NodeId| document.node(node).parent.unwrap_or(NodeId::ROOT);
        let level = |node: NodeId| level(styles.get(node), has_levels(styles.get(parent(node))));
        let style = styles.get(node);
        let sided = matches!(reach, Reach::Corner { width: Some(_), .. });
        let mut around = std::iter::once(holder).chain(document.ancestors(holder));
        let turned = sided && around.any(|node| turns(document, styles, node));
        if !is_whole(style) || turned {
            return None;
        }
        cover.level = level(node);
        let mut opacity = style.opacity * style.filter.opacity;
        for around in document.ancestors(node) {
            if around == holder || reach.is_sibling() {
                break;
            }
            let style = styles.get(around);
            opacity *= style.opacity * style.filter.opacity;
            if style.marks.is_faint() || has_mask(style) {
                return None;
            }
            if is_layer(style, has_levels(styles.get(parent(around)))) {
                cover.path.push((around, level(around)));
            }
        }
        cover.path.reverse();
        let sunk = cover.level < 0 || cover.path.iter().any(|(_, level)| *level < 0);
        cover.below = sunk || matches!(reach, Reach::Floor { .. });
        let certain = opacity >= OPAQUE && !(sunk && is_under_ground(document, styles, node));
        cover.ground = ground_of(document, styles, node).filter(|_| certain && !reach.is_sibling());
        let counts = !cover.below || cover.ground.is_some();
        (counts && opacity > LASTING).then_some(cover)
    }

    /// Hides the text that is under the cover.
    pub(super) fn hide(
        &self,
        document: &Document,
        styles: &Styles,
        heights: &Heights,
        sight: &mut Sight,
    ) {
        let Some((holder, mut room)) = self.room(document, styles) else {
            return;
        };
        let previous = self.reach.is_sibling();
        let mut layers = Layers::new(self.level, &self.path);
        let mut under = Vec::new();
        let is_floor = matches!(self.reach, Reach::Floor { .. });
        let floor = room.floor();
        let mut backdrop = self.ground.map(|ground| Backdrop::new(ground, floor));
        let mut walk = document.walk(holder);
        while let Some(visit) = walk.next() {
            let node = match visit {
                Visit::Enter(node) => node,
                Visit::Leave(node) => {
                    layers.leave(node);
                    room.leave();
                    if let Some(backdrop) = &mut backdrop {
                        backdrop.leave();
                    }
                    continue;
                }
            };
            let style = styles.get(node);
            let hidden = style.display == Display::None;
            let parent = styles.get(document.node(node).parent.unwrap_or(NodeId::ROOT));
            match node == holder {
                true => layers.enter_holder(match previous {
                    true => level(style, has_levels(parent)) > self.level,
                    false => self.level < 0 && self.path.is_empty() && !is_floor,
                }),
                false => layers.enter(node, style, has_levels(parent)),
            }
            if let Some(backdrop) = &mut backdrop {
                match node == holder || node == self.node {
                    true => backdrop.enter_nothing(),
                    false => {
                        let above = layers.is_raised();
                        backdrop.enter(document, styles, heights, node, above);
                    }
                }
            }
            // The size of a box beside the flow does not count.
            let counts = (node != holder || previous) && node != self.node && !hidden;
            match document.element(node).filter(|_| counts) {
                Some(element) => room.enter(element, style),
                None => room.enter_nothing(),
            }
            if node == self.node {
                layers.pass();
                if self.reach == Reach::Drawing {
                    break;
                }
                walk.skip_children();
            } else if let Some(text) = document.text(node) {
                let covered = room.pass(text, parent) && !is_floor;
                match layers.is_raised() {
                    _ if !sight.is_seen(node) => {}
                    false if covered && !self.below => under.push((node, words(text))),
                    false => {}
                    true => {
                        if let Some(backdrop) = &mut backdrop {
                            backdrop.pass(document, node, (text, words(text)), parent, covered);
                        }
                    }
                }
            } else if hidden {
                walk.skip_children();
            }
            if room.is_left() && !is_floor {
                break;
            }
        }
        // The box before must be covered as a whole, because its height decides where the cover is.
        if let Reach::Previous { up: most, .. } | Reach::Below { height: most } = self.reach
            && room.height() > most
        {
            return;
        }
        // The height of the box is that of its content, if no content is moved out of it.
        if room.is_shifted() {
            return;
        }
        under.extend(backdrop.into_iter().flat_map(Backdrop::texts));
        let covered: u32 = under.iter().map(|(_, words)| words).sum();
        for (node, _) in under {
            sight.seen.set(node, Seen::Apart);
        }
        if covered > 0 {
            sight.findings.hidden += 1;
            sight.findings.hidden_words = sight.findings.hidden_words.saturating_add(covered);
        }
    }

    /// Returns the box whose text may be covered, and the room that is covered in it.
    fn room(&self, document: &Document, styles: &Styles) -> Option<(NodeId, Room)> {
        let frame = styles.get(self.node).frame.as_deref();
        let fixed = frame.is_some_and(|frame| frame.position == Position::Fixed);
        let holds = |node: &NodeId| {
            let style = styles.get(*node);
            let held = |frame: &Frame| match (frame.holder.held(style.is_boxed()), fixed) {
                (Held::All, _) | (Held::Absolute, false) => true,
                (Held::None, false) => frame.position != Position::Static,
                (Held::Absolute | Held::None, true) => false,
            };
            style.frame.as_deref().is_some_and(held)
        };
        let holder = document.ancestors(self.node).find(holds);
        match self.reach {
            Reach::Whole => {
                let Some(holder) = holder.or(fixed.then_some(NodeId::ROOT)) else {
                    // It covers the first screen of the page.
                    let column = column(document, styles, NodeId::ROOT);
                    let fits = fits(document, styles, NodeId::ROOT);
                    return Some((NodeId::ROOT, Room::new(None, column, FIRST_SCREEN, fits)));
                };
                // Content may be higher than the box.
                let height = |frame: &Frame| {
                    let height = frame.height.or(frame.max_height)?;
                    Some(height).filter(|height| height.is_definite())
                };
                let style = styles.get(holder);
                let in_line = style.display == Display::Inline && holder != NodeId::ROOT;
                let parent = styles.get(document.node(holder).parent.unwrap_or(NodeId::ROOT));
                let row = Some(parent).filter(|parent| has_levels(parent));
                let own = style.frame.as_deref().and_then(height);
                let row = row.and_then(|parent| parent.frame.as_deref().and_then(height));
                let column = column(document, styles, holder);
                let fits = fits(document, styles, holder);
                let room = match own.or(row) {
                    Some(height) => Room::new(None, column, height.usual(), fits),
                    // The box is as high as its line.
                    None if in_line => Room::new(None, column, 0.0, fits).of_line(style),
                    None => Room::all(fits, holds_floats(style)),
                };
                Some((holder, room))
            }
            Reach::Corner { width, height } | Reach::Floor { width, height } => {
                let holder = holder.unwrap_or(NodeId::ROOT);
                let room = Room::new(
                    width,
                    column(document, styles, holder),
                    height,
                    fits(document, styles, holder),
                );
                Some((holder, room))
            }
            Reach::Cell => {
                let mut below = in_same_cell(document, styles, self.node);
                let below = below.next()?;
                if is_above(styles.get(below), styles.get(self.node)) {
                    return None;
                }
                let fits = fits(document, styles, below);
                Some((below, Room::all(fits, true)))
            }
            Reach::Previous { height, .. } | Reach::Below { height } => {
                let previous = previous(document, self.node).filter(|node| {
                    document.element(*node).is_some() && styles.get(*node).display == Display::Block
                })?;
                let below = matches!(self.reach, Reach::Below { .. });
                if below && !is_flat(styles.get(previous)) {
                    return None;
                }
                let column = column(document, styles, previous);
                let fits = fits(document, styles, previous);
                Some((previous, Room::new(None, column, height, fits)))
            }
            Reach::Drawing => {
                let is_drawing = |node: &NodeId| {
                    document
                        .element(*node)
                        .is_some_and(|e| e.local_name() == "svg")
                };
                let drawing = document.ancestors(self.node).find(is_drawing)?;
                Some((drawing, Room::all(f32::INFINITY, true)))
            }
        }
    }
}
