//! Sizes of boxes, as far as they are fixed: by themselves, or by the box around.

use super::{
    axis::{Axis, flexes, is_resized, overflow},
    layers::is_moved,
    measure::fixed,
    place::Place,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        both::Both,
        flexible::Basis,
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Display, Overflow, Sides, Size},
    },
    document::{Document, NodeId},
};

/// Most siblings before a box that are examined.
const MAX_BEFORE: usize = 32;

/// The places around and inside of a box, and what the box around makes of its size.
pub(super) struct Places<'a> {
    pub(super) around: &'a Place,
    pub(super) inside: &'a Place,
    /// Whether heights in percent always refer to a height that is known, as in old browsers.
    pub(super) quirks: bool,
    /// Margin that browsers give the box, in pixels.
    pub(super) margin: f32,
    /// Whether the box around leaves the box no width, and no height.
    pub(super) squeezed: Both<bool>,
    /// Whether the content of the box gives it no height.
    pub(super) flat: bool,
    /// Whether the line around does not wrap.
    pub(super) joined: bool,
}

impl Places<'_> {
    /// Returns a height in percent in pixels, if the height that it refers to is known.
    fn height(&self, size: Length, frame: &Frame, font: f32) -> Option<f32> {
        let absolute = frame.is_absolute();
        if size == Length::NO_PART && (absolute || self.quirks) {
            return Some(0.0);
        }
        let tall = self.around.tall.filter(|_| !absolute)?;
        Some(size.resolve(font, MEDIUM, tall))
    }
}

/// The size of a box in pixels, as far as it is fixed.
pub(super) struct Extent {
    /// Width of the content.
    pub(super) width: Option<f32>,
    /// Height of the content.
    pub(super) height: Option<f32>,
    /// Height of the content, if it would be fixed without containment.
    pub(super) tall: Option<f32>,
    pub(super) padding: Sides<f32>,
    /// Whether the box does not grow with its content.
    pub(super) fixed: bool,
}

impl Extent {
    pub(super) fn new(style: &Computed, frame: &Frame, places: &Places<'_>) -> Self {
        let font = places.inside.font;
        let around = places.around.width;
        // Padding in percent has the greatest size that it may have.
        let padding = |padding: Length| padding.resolve(font, MEDIUM, around.max(0.0)).max(0.0);
        let padding = Sides {
            top: padding(frame.padding.top),
            right: padding(frame.padding.right),
            bottom: padding(frame.padding.bottom),
            left: padding(frame.padding.left),
        };
        let definite = |size: Size| {
            let size = size.filter(|size| size.is_definite());
            size.map(|size| size.resolve(font, MEDIUM, 0.0))
        };
        let high = |size: Size| definite(size).or_else(|| places.height(size?, frame, font));
        let size = |size: Option<f32>, most: Option<f32>, least: Option<f32>, padding: f32| {
            let all = [size, most].into_iter().flatten();
            let content = all.reduce(f32::min).map(|size| match frame.border_box {
                true => (size - padding).max(0.0),
                false => size,
            });
            content.map(|content| content.max(least.unwrap_or(0.0)))
        };
        let own = |own: Option<f32>, squeezed: bool, axis: Axis| match squeezed {
            true => Some(0.0),
            false => own.filter(|_| !is_resized(style, frame, axis, places.around.flexes)),
        };
        let tall = size(
            own(high(frame.height), places.squeezed.down, Axis::Down),
            high(frame.max_height),
            high(frame.min_height),
            padding.top + padding.bottom,
        );
        // The least height of a placed box is not known if it refers to that of the box that holds it.
        let depends = frame.min_height.is_some_and(|least| !least.is_definite());
        let tall = tall.filter(|_| !(depends && frame.is_absolute()));
        // A width in percent has the greatest size that it may have, too.
        let least = (frame.min_width).map(|least| least.resolve(font, MEDIUM, around));
        let width = size(
            own(definite(frame.width), places.squeezed.across, Axis::Across),
            definite(frame.max_width),
            least,
            padding.left + padding.right,
        );
        Self {
            width,
            height: match frame.contain.size || places.flat {
                true => tall.or(Some(0.0)),
                false => tall,
            },
            tall,
            padding,
            // Cells and tables grow with their content.
            fixed: !matches!(style.display, Display::Cell | Display::Table),
        }
    }
}

/// Returns whether a height of 0 % is nothing, although the height of the box around is not known, as in
/// old browsers.
pub(super) fn has_all_heights(
    document: &Document,
    styles: &Styles,
    node: NodeId,
    frame: &Frame,
) -> bool {
    let own = [frame.height, frame.max_height];
    let depends = |node: NodeId| matches!(styles.get(node).display, Display::Cell | Display::Flex);
    document.quirks
        && own.contains(&Some(Length::NO_PART))
        && !document.ancestors(node).any(depends)
}

/// Returns whether the box around a node leaves it no width, and no height, as long as its content does
/// not count for its size.
pub(super) fn squeezed(document: &Document, styles: &Styles, node: NodeId) -> Both<bool> {
    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
    let (style, around) = (styles.get(node), styles.get(parent));
    let frame = style.frame_or_default();
    if frame.is_absolute() {
        return Both::of(false);
    }
    let begins_thin = frame.basis.is_thin() && !style.marks.has(Mark::Grows);
    let thin = |axis| begins_thin && flexes(around) == Some(axis);
    let stretched = !around.marks.has(Mark::Unstretched)
        && ![Mark::Align, Mark::Justify, Mark::Place, Mark::Located]
            .iter()
            .any(|mark| style.marks.has(*mark));
    let tracked = around.marks.has(Mark::Tracks) && stretched;
    let flat = |mark, own: Size| {
        tracked && own.is_none() && around.marks.has(mark) && is_first(document, styles, node)
    };
    // A box that clips without scrolling is as large as its content at least, unless its least size is
    // given.
    let overflow = overflow(frame);
    let shrinks = |overflow, least: Size| overflow != Overflow::Clip || least.is_some();
    Both {
        across: shrinks(overflow.across, frame.min_width)
            && (thin(Axis::Across) || flat(Mark::FlatColumn, frame.width)),
        down: shrinks(overflow.down, frame.min_height)
            && (thin(Axis::Down) || flat(Mark::FlatRow, frame.height)),
    }
}

/// Returns whether a box in a flexible box begins at the right edge of it, or beyond, because the boxes
/// before it fill the width. `cut` is whether the box around cuts off what is beyond its right edge;
/// `room` is the distance to the edge of a box that does so, in pixels, if it is known.
pub(super) fn is_pushed_out(
    document: &Document,
    styles: &Styles,
    node: NodeId,
    cut: bool,
    room: Option<f32>,
) -> bool {
    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
    let (style, around) = (styles.get(node), styles.get(parent));
    let moved = [
        Mark::Wraps,
        Mark::Reversed,
        Mark::Justified,
        Mark::Direction,
    ];
    if flexes(around) != Some(Axis::Across)
        || moved.iter().any(|mark| around.marks.has(*mark))
        || style.marks.has(Mark::Located)
    {
        return false;
    }
    let still = |style: &Computed| {
        !style.marks.has(Mark::Located)
            && style.frame.as_deref().is_none_or(|frame| {
                let margins = [frame.margin.left, frame.margin.right].into_iter();
                let insets = [frame.inset.left, frame.inset.right].into_iter();
                let mut sizes = margins.chain(insets).flatten();
                !frame.is_absolute() && sizes.all(|size| size.usual() >= 0.0)
            })
    };
    let fills = |style: &Computed| {
        let frame = style.frame.as_deref();
        let is_all = |size: Size| size.is_some_and(|size| size.part >= 1.0 && size.px >= 0.0);
        let begins_full = frame.is_some_and(|frame| match frame.basis {
            Basis::Own => is_all(frame.width),
            Basis::Content => false,
            Basis::Size(size) => is_all(Some(size)),
        });
        let limited = frame.is_some_and(|frame| frame.max_width.is_some());
        (begins_full && !limited && style.marks.has(Mark::Rigid))
            || frame.is_some_and(|frame| is_all(frame.min_width))
    };
    let mut all = before(document, styles, node).map(|node| styles.get(node));
    still(style)
        && !style.frame.as_deref().is_some_and(is_moved)
        && all.clone().all(&still)
        && (room.is_some_and(|room| all.clone().map(least_width).sum::<f32>() >= room)
            || (cut && all.any(fills)))
}

/// Returns the least width of a box in a row of a flexible box, in pixels.
fn least_width(style: &Computed) -> f32 {
    let Some(frame) = style.frame.as_deref() else {
        return 0.0;
    };
    let fixed = |size: Size| fixed(size, style.inherited.font_size);
    let own = match frame.basis {
        Basis::Own => fixed(frame.width),
        Basis::Content => None,
        Basis::Size(size) => fixed(Some(size)),
    };
    let own = own.filter(|_| style.marks.has(Mark::Rigid)).unwrap_or(0.0);
    let most = frame
        .max_width
        .map_or(f32::INFINITY, |most| fixed(Some(most)).unwrap_or(0.0));
    own.min(most).max(fixed(frame.min_width).unwrap_or(0.0))
}

/// Returns whether no box is before a node in the box around it.
fn is_first(document: &Document, styles: &Styles, node: NodeId) -> bool {
    document.before(node).take(MAX_BEFORE + 1).count() <= MAX_BEFORE
        && before(document, styles, node).next().is_none()
}

/// Returns the boxes among the nodes just before a node in the box around it, the nearest first.
fn before<'a>(
    document: &'a Document,
    styles: &'a Styles,
    node: NodeId,
) -> impl Iterator<Item = NodeId> + Clone + 'a {
    document
        .before(node)
        .take(MAX_BEFORE)
        .filter(move |node| match document.text(*node) {
            Some(text) => !text.trim().is_empty(),
            None => {
                let style = styles.get(*node);
                let absolute = style.frame.as_deref().is_some_and(Frame::is_absolute);
                document.element(*node).is_some() && style.display != Display::None && !absolute
            }
        })
}

/// Returns whether a limit of lines has an effect on a box.
pub(super) fn is_clamped(style: &Computed) -> bool {
    style.marks.has(Mark::Old) && style.marks.has(Mark::Upright)
}
