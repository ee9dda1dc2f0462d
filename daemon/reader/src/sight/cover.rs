//! Opaque boxes on top of others, and the text that they certainly cover.

use super::{
    flow::NARROW,
    room::{Room, margins},
    seen::{Sight, words},
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        holder::Held,
        length::{Length, SCREEN_WIDTH},
        property::{Display, Position, Size},
        transform::Transform,
    },
    document::{Document, NodeId, Visit},
};

/// An opaque box that covers text.
#[derive(Debug)]
pub(super) struct Cover {
    pub(super) node: NodeId,
    pub(super) level: i32,
    pub(super) reach: Reach,
}

/// What a box covers. Sizes are in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// All of the box that it refers to.
    Whole,
    /// The beginning of the box that it refers to; all of its width if there is none.
    Corner { width: Option<f32>, height: f32 },
    /// The box before it. `up` is the distance to its usual place.
    Previous { up: f32, height: f32 },
    /// What precedes in the same drawing of SVG.
    Drawing,
}

impl Reach {
    /// Returns the reach of an opaque box.
    pub(super) fn of(style: &Computed, frame: &Frame) -> Option<Self> {
        match frame.position {
            Position::Absolute | Position::Fixed => Self::of_absolute(frame),
            Position::Relative if style.display == Display::Block => {
                let (top, _) = margins(style, frame)?;
                let moved = match frame.inset.top {
                    Some(top) if top.is_definite() => top.usual(),
                    Some(_) => return None,
                    None => 0.0,
                };
                let height = frame.height.filter(|height| height.is_definite())?;
                let wide = frame.width.is_none_or(is_all)
                    && is_none_or_zero(frame.margin.left)
                    && is_none_or_zero(frame.margin.right)
                    && is_none_or_zero(frame.inset.left)
                    && is_none_or_zero(frame.inset.right);
                let up = -(top + moved);
                (wide && up > 0.0).then_some(Self::Previous {
                    up,
                    height: height.usual(),
                })
            }
            Position::Relative | Position::Static => None,
        }
    }

    fn of_absolute(frame: &Frame) -> Option<Self> {
        let is_zero =
            |size: Size| size.is_some_and(|size| size.is_definite() && size.usual() <= 0.0);
        let moved = [
            &frame.transform,
            &frame.translate,
            &frame.scale,
            &frame.rotate,
            &frame.offset,
        ];
        let margins = &frame.margin;
        if !is_zero(frame.inset.left)
            || !is_zero(frame.inset.top)
            || moved
                .into_iter()
                .any(|moved| *moved != Transform::default())
            || ![margins.left, margins.top, margins.right, margins.bottom]
                .into_iter()
                .all(is_none_or_zero)
        {
            return None;
        }
        let width = Extent::new(
            frame.width,
            frame.max_width,
            frame.inset.left,
            frame.inset.right,
        )?;
        let height = Extent::new(
            frame.height,
            frame.max_height,
            frame.inset.top,
            frame.inset.bottom,
        )?;
        match (width, height) {
            (Extent::All, Extent::All) => Some(Self::Whole),
            (Extent::All, Extent::Pixels(height)) => Some(Self::Corner {
                width: None,
                height,
            }),
            (Extent::Pixels(width), Extent::Pixels(height)) => Some(Self::Corner {
                width: Some(width),
                height,
            }),
            (Extent::Pixels(_), Extent::All) => None,
        }
    }
}

/// How much of the box that it refers to an absolute box covers in one direction.
enum Extent {
    All,
    /// Up to this distance from its beginning.
    Pixels(f32),
}

impl Extent {
    /// Returns the extent of a box that begins where the other one does; `None` if it is not known. A size is
    /// stronger than the place of the end.
    fn new(size: Size, most: Size, start: Size, end: Size) -> Option<Self> {
        let is_end = end.is_some_and(|end| end.is_definite() && end.usual() <= 0.0);
        let known = |size: Length| {
            let size = Some(size).filter(|size| size.is_definite())?.usual();
            Some(size + start.map_or(0.0, Length::usual))
        };
        let own = match size {
            Some(size) if is_all(size) => Self::All,
            Some(size) => Self::Pixels(known(size)?),
            None if is_end => Self::All,
            None => return None,
        };
        match (own, most) {
            (own, None) => Some(own),
            (own, Some(most)) if is_all(most) => Some(own),
            (Self::All, Some(most)) => Some(Self::Pixels(known(most)?)),
            (Self::Pixels(own), Some(most)) => Some(Self::Pixels(own.min(known(most)?))),
        }
    }
}

fn is_all(size: Length) -> bool {
    size.part >= 1.0
}

fn is_none_or_zero(size: Size) -> bool {
    size.is_none_or(|size| size == Length::ZERO)
}

/// Returns the least width of the content of a box in pixels.
fn column(document: &Document, styles: &Styles, node: NodeId) -> f32 {
    // The page, less its margins.
    let mut width = SCREEN_WIDTH - 100.0;
    for node in std::iter::once(node).chain(document.ancestors(node)) {
        let style = styles.get(node);
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

impl Cover {
    /// Hides the text that is under the cover.
    pub(super) fn hide(&self, document: &Document, styles: &Styles, sight: &mut Sight) {
        let Some((holder, mut room)) = self.room(document, styles) else {
            return;
        };
        let mut raised = vec![false];
        let mut starts = Vec::new();
        let mut after = false;
        let mut under = Vec::new();
        let mut walk = document.walk(holder);
        while let Some(visit) = walk.next() {
            let node = match visit {
                Visit::Enter(node) => node,
                Visit::Leave(node) => {
                    raised.pop();
                    room.leave(styles.get(node), starts.pop().unwrap_or_default());
                    continue;
                }
            };
            let hidden = styles.get(node).display == Display::None;
            // The height of a box beside the flow does not count.
            let own = node != holder || matches!(self.reach, Reach::Previous { .. });
            let counts = node != self.node && own && !hidden;
            starts.push(if counts {
                room.height()
            } else {
                f32::NEG_INFINITY
            });
            let is_raised = raised.last().is_some_and(|raised| *raised);
            let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
            let in_row = styles.get(parent).display == Display::Flex;
            raised.push(is_raised || self.is_below(node, after, holder, styles, in_row));
            if node == self.node {
                after = true;
                if self.reach == Reach::Drawing {
                    break;
                }
                walk.skip_children();
                continue;
            }
            if let Some(element) = document.element(node) {
                let style = styles.get(node);
                if hidden {
                    walk.skip_children();
                } else if node != holder || matches!(self.reach, Reach::Previous { .. }) {
                    room.enter(element, style);
                }
            } else if let Some(text) = document.text(node) {
                let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
                let covered = room.pass(text, styles.get(parent));
                if covered && !is_raised && sight.is_seen(node) {
                    under.push((node, words(text)));
                }
            }
            if room.is_left() {
                break;
            }
        }
        // The box before must be covered as a whole, because its height decides where the cover is.
        if let Reach::Previous { up, .. } = self.reach
            && room.height() > up
        {
            return;
        }
        let covered: u32 = under.iter().map(|(_, words)| words).sum();
        for (node, _) in under {
            sight.seen.set(node, false);
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
                let page = fixed.then_some(NodeId::ROOT);
                let holder = holder.or(page)?;
                // Content may be higher than the box.
                let height = |frame: &Frame| {
                    let height = frame.height.or(frame.max_height)?;
                    Some(height).filter(|height| height.is_definite())
                };
                let room = match styles.get(holder).frame.as_deref().and_then(height) {
                    Some(height) => {
                        Room::new(None, column(document, styles, holder), height.usual())
                    }
                    None => Room::all(),
                };
                Some((holder, room))
            }
            Reach::Corner { width, height } => {
                let holder = holder.unwrap_or(NodeId::ROOT);
                let room = Room::new(width, column(document, styles, holder), height);
                Some((holder, room))
            }
            Reach::Previous { height, .. } => {
                let mut before = std::iter::successors(document.node(self.node).previous, |node| {
                    document.node(*node).previous
                });
                let blank =
                    |node: &NodeId| document.text(*node).is_none_or(|t| t.trim().is_empty());
                let previous =
                    before.find(|node| !blank(node) || document.element(*node).is_some());
                let previous = previous.filter(|node| {
                    document.element(*node).is_some() && styles.get(*node).display == Display::Block
                })?;
                let column = column(document, styles, previous);
                Some((previous, Room::new(None, column, height)))
            }
            Reach::Drawing => {
                let is_drawing = |node: &NodeId| {
                    document
                        .element(*node)
                        .is_some_and(|e| e.local_name() == "svg")
                };
                let drawing = document.ancestors(self.node).find(is_drawing)?;
                Some((drawing, Room::all()))
            }
        }
    }

    /// Returns whether the cover is below a box. Boxes in a flexible one have levels without a position.
    fn is_below(
        &self,
        node: NodeId,
        after: bool,
        holder: NodeId,
        styles: &Styles,
        in_row: bool,
    ) -> bool {
        let style = styles.get(node);
        let frame = style.frame.as_deref();
        let placed = frame.is_some_and(|frame| {
            frame.position != Position::Static || (in_row && frame.z_index.is_some())
        });
        let level = frame.filter(|_| placed).and_then(|frame| frame.z_index);
        let level = level.unwrap_or_default();
        // Such boxes are drawn as placed ones are.
        let drawn_late = placed
            || style.opacity < 1.0
            || frame.is_some_and(|frame| frame.holder.held(style.is_boxed()) != Held::None);
        node != holder && drawn_late && (level > self.level || (level == self.level && after))
    }
}
