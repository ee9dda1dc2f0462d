//! The order in which boxes are drawn over each other.

use crate::{
    cascade::{Computed, Frame},
    css::{
        holder::Held,
        marks::Mark,
        property::{Display, Mask, Position},
        transform::Transform,
    },
    document::NodeId,
};

/// Returns whether the children of an element have levels without a position.
pub(super) fn has_levels(style: &Computed) -> bool {
    style.display == Display::Flex || style.marks.has(Mark::Levels)
}

/// Returns whether an element has a mask.
pub(super) fn has_mask(style: &Computed) -> bool {
    let frame = style.frame.as_deref();
    frame.is_some_and(|frame| frame.mask != Mask::None)
}

/// Returns whether a box is moved or scaled.
pub(super) fn is_moved(frame: &Frame) -> bool {
    [
        &frame.transform,
        &frame.translate,
        &frame.scale,
        &frame.rotate,
        &frame.offset,
    ]
    .into_iter()
    .any(|moved| *moved != Transform::default())
}

/// Returns whether a box that is placed by its bottom may be moved down.
pub(super) fn is_lowered(frame: &Frame) -> bool {
    is_moved(frame)
        || frame
            .margin
            .bottom
            .is_some_and(|margin| margin.usual() < 0.0)
}

fn is_placed(style: &Computed) -> bool {
    let placed = |frame: &Frame| frame.position != Position::Static;
    style.frame.as_deref().is_some_and(placed) || style.marks.has(Mark::Sticky)
}

fn own_level(style: &Computed, row: bool) -> Option<i32> {
    let level = style.frame.as_deref().and_then(|frame| frame.z_index);
    level.filter(|_| row || is_placed(style))
}

/// Returns the level of an element. `row` says whether its siblings have levels without a position.
pub(super) fn level(style: &Computed, row: bool) -> i32 {
    own_level(style, row).unwrap_or_default()
}

/// Returns whether the levels inside an element do not count outside of it.
pub(super) fn is_layer(style: &Computed, row: bool) -> bool {
    let frame = style.frame.as_deref();
    let lifted = |frame: &Frame| {
        frame.position == Position::Fixed || frame.holder.held(style.is_boxed()) == Held::All
    };
    own_level(style, row).is_some()
        || style.opacity < 1.0
        || style.marks.is_layer()
        || has_mask(style)
        || frame.is_some_and(lifted)
}

/// Returns whether an element is drawn above boxes of its level that precede.
pub(super) fn is_lifted(style: &Computed, row: bool) -> bool {
    is_placed(style) || is_layer(style, row)
}

/// Whether the content of an element is drawn above a box.
#[derive(Debug, Clone, Copy, Default)]
struct Order {
    raised: bool,
    /// Whether levels inside do not matter.
    settled: bool,
}

/// The order of the elements of a walk relative to a box.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    level: i32,
    /// The layers that the box is in, the outermost first.
    path: &'a [(NodeId, i32)],
    /// Number of the layers of the path that the walk is in.
    inside: usize,
    /// Whether the box precedes.
    after: bool,
    stack: Vec<Order>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(level: i32, path: &'a [(NodeId, i32)]) -> Self {
        Self {
            level,
            path,
            inside: 0,
            after: false,
            stack: Vec::new(),
        }
    }

    /// Takes the element at which the walk begins. `raised` is whether its content is drawn above the box.
    pub(super) fn enter_holder(&mut self, raised: bool) {
        self.stack.push(Order {
            raised,
            settled: false,
        });
    }

    /// Takes the beginning of a node.
    pub(super) fn enter(&mut self, node: NodeId, style: &Computed, row: bool) {
        let around = self.stack.last().copied().unwrap_or_default();
        let next = self.path.get(self.inside);
        if next.is_some_and(|(next, _)| *next == node) {
            self.inside += 1;
            self.stack.push(Order::default());
            return;
        }
        let cover = next.map_or(self.level, |(_, level)| *level);
        let own = level(style, row);
        let above = own > cover || (own == cover && self.after);
        self.stack.push(match around.settled {
            true => around,
            false if is_layer(style, row) => Order {
                raised: above,
                settled: true,
            },
            false if is_placed(style) => Order {
                raised: above,
                settled: false,
            },
            false => around,
        });
    }

    /// Takes the box itself.
    pub(super) fn pass(&mut self) {
        self.after = true;
    }

    /// Takes the end of a node.
    pub(super) fn leave(&mut self, node: NodeId) {
        self.stack.pop();
        let last = self.inside.checked_sub(1);
        if last
            .and_then(|last| self.path.get(last))
            .is_some_and(|(last, _)| *last == node)
        {
            self.inside -= 1;
        }
    }

    /// Returns whether the content of the element is drawn above the box.
    pub(super) fn is_raised(&self) -> bool {
        self.stack.last().is_some_and(|order| order.raised)
    }
}
