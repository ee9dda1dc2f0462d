//! Sizes that follow from the style of one box or one run of text.

use super::axis::stacks;
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        flexible::Basis,
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Display, Overflow, Position, Sides, Size, WhiteSpace},
        transform::Transform,
    },
    document::{Document, Element, NodeId},
};

/// Least width and height of a box that text may be on, in pixels.
pub(super) const ROOM: f32 = 12.0;
/// Least scale of a box that text may be on.
const LEAST_SCALE_OF_GROUND: f32 = 0.1;
/// Width of a letter as a multiple of the font size, rounded up.
pub(super) const LETTER: f32 = 0.65;

/// Returns the margin that browsers give a block above and below it, in pixels; none if an author
/// may have changed it to an automatic one, or if old browsers leave it out.
pub(super) fn usual_margin(name: &str, style: &Computed, quirks: bool) -> f32 {
    let block = matches!(style.display, Display::Block);
    if !block || quirks || is_lifted(style) || style.marks.has(Mark::Centred) {
        return 0.0;
    }
    style.inherited.font_size
        * match name {
            "p" | "blockquote" | "pre" | "h3" => 1.0,
            "h1" => 0.67,
            "h2" => 0.83,
            "h4" => 1.33,
            "h5" => 1.67,
            "h6" => 2.33,
            _ => 0.0,
        }
}

/// Returns a length in pixels as far as it is known; at least 0.
pub(super) fn known(length: Length) -> f32 {
    match length.is_definite() {
        true => length.usual().max(0.0),
        false => 0.0,
    }
}

/// Returns whether a box is taken out of the flow.
pub(super) fn is_lifted(style: &Computed) -> bool {
    style
        .frame
        .as_deref()
        .is_some_and(|frame| frame.floats() || frame.is_absolute())
}

/// Returns the height of a line in pixels.
pub(super) fn line_height(style: &Computed) -> f32 {
    let inherited = &*style.inherited;
    inherited
        .line_height
        .resolve(inherited.font_size, MEDIUM, inherited.font_size)
}

/// Returns the greatest width of a run in one line, in pixels.
pub(super) fn text_width(text: &str, style: &Computed) -> f32 {
    let letters = text.split_whitespace().map(|word| word.chars().count() + 1);
    // A run has fewer characters than an f32 counts exactly, nearly.
    #[allow(clippy::cast_precision_loss)]
    let letters = letters.sum::<usize>() as f32;
    let inherited = &*style.inherited;
    let size = inherited.font_size;
    let spacing = inherited.letter_spacing.resolve(size, MEDIUM, 0.0);
    letters * (size * LETTER + spacing).max(0.0)
}

/// Returns whether the lines of a box do not count as those of the boxes around.
pub(super) fn has_own_lines(style: &Computed, frame: &Frame) -> bool {
    style.display == Display::Table
        || style.marks.has(Mark::Root)
        || frame.overflow_x != Overflow::Visible
        || frame.overflow_y != Overflow::Visible
}

/// Returns whether line breaks in the text of an element are kept.
pub(super) fn keeps_lines(style: &Computed) -> bool {
    matches!(
        style.inherited.white_space,
        WhiteSpace::Pre | WhiteSpace::PreLine
    )
}

/// Returns a size in pixels if it depends on no other box.
pub(super) fn fixed(size: Size, font: f32) -> Option<f32> {
    let size = size.filter(|size| size.is_definite());
    size.map(|size| size.resolve(font, MEDIUM, 0.0).max(0.0))
}

/// Returns the least height of a box with its padding, whose content has a least height.
pub(super) fn height(style: &Computed, frame: &Frame, content: f32, padding: f32) -> f32 {
    let font = style.inherited.font_size;
    let whole = |size: f32| match frame.border_box {
        true => size.max(padding),
        false => size + padding,
    };
    let least = fixed(frame.min_height, font).map_or(0.0, whole);
    let own = fixed(frame.height, font).map(whole);
    if matches!(style.display, Display::Cell | Display::Table) {
        return content.max(own.unwrap_or(0.0)).max(least);
    }
    let usual = match (frame.height, own) {
        (None, _) => content,
        (Some(_), own) => own.unwrap_or(0.0),
    };
    let most = match frame.max_height {
        None => f32::INFINITY,
        most => fixed(most, font).map_or(0.0, whole),
    };
    usual.min(most).max(least)
}

/// Returns whether a box does not push down what follows.
pub(super) fn is_beside(style: &Computed) -> bool {
    is_lifted(style)
        || matches!(
            style.display,
            Display::Cell | Display::Flex | Display::InlineBlock
        )
}

/// Returns whether the height of a box is not known from its style and its text.
pub(super) fn has_unknown_height(element: &Element, style: &Computed) -> bool {
    let frame = style.frame.as_deref();
    let fixed = frame.is_some_and(|frame| frame.height.is_some_and(Length::is_definite));
    let unknown = match element.html_name() {
        // The drawing or the formula around has the height of its parts.
        "" => matches!(element.local_name(), "svg" | "math"),
        // A player has the height of a few lines.
        "audio" => false,
        // Other controls have their text in the flow; this one may be a picture.
        "input" => true,
        _ => element.is_replaced(),
    };
    (unknown && !fixed) || style.marks.has(Mark::Aspect) || style.border != Sides::default()
}

/// Returns the margins at the sides of a box, in pixels, as far as they are known.
pub(super) fn side_margins(frame: &Frame, style: &Computed) -> f32 {
    let known = |size: Size| size.filter(|size| size.is_definite()).unwrap_or_default();
    let margins = [frame.margin.left, frame.margin.right].map(known);
    let pixels = margins.map(|size| size.resolve(style.inherited.font_size, MEDIUM, 0.0));
    pixels.iter().sum()
}

/// Returns the least height of a box in a column of a flexible box, in pixels.
pub(super) fn least_height(style: &Computed, frame: &Frame) -> f32 {
    let fixed = |size: Size| fixed(size, style.inherited.font_size);
    let own = match frame.basis {
        Basis::Own => fixed(frame.height),
        Basis::Content => None,
        Basis::Size(size) => fixed(Some(size)),
    };
    let own = own.filter(|_| style.marks.has(Mark::Rigid) && frame.max_height.is_none());
    own.unwrap_or(0.0)
        .max(fixed(frame.min_height).unwrap_or(0.0))
}

/// Returns the number of reasons for which the heights of boxes inside an element do not add up with
/// those before it.
pub(super) fn apart(style: &Computed) -> u32 {
    let beside = style.display == Display::Flex && !stacks(style);
    u32::from(beside) + u32::from(style.marks.has(Mark::Located))
}

/// Returns whether the line that a node is in does not wrap.
pub(super) fn is_joined(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
    styles.get(parent).inherited.white_space == WhiteSpace::NoWrap
}

/// Returns whether a box has room for text.
pub(super) fn is_roomy(style: &Computed, frame: &Frame) -> bool {
    let small = |size: Size| size.is_some_and(|size| size.is_definite() && size.usual() < ROOM);
    let sizes = [frame.width, frame.max_width, frame.height, frame.max_height];
    let shrunk = |moved: Transform| moved.scale.is_below(LEAST_SCALE_OF_GROUND);
    !sizes.into_iter().any(small)
        && !shrunk(frame.transform)
        && !shrunk(frame.scale)
        && !shrunk(frame.rotate)
        && style.display != Display::Contents
}

/// Returns a size in pixels, of which a percentage is nothing.
pub(super) fn pixels(size: Size, font: f32) -> f32 {
    size.map_or(0.0, |size| size.resolve(font, MEDIUM, 0.0))
}

/// Returns by how much a box is above its place, in pixels.
pub(super) fn raised(frame: &Frame, font: f32) -> f32 {
    let mut raised = -pixels(frame.margin.top, font);
    if frame.position == Position::Relative {
        raised += match frame.inset.top {
            Some(_) => -pixels(frame.inset.top, font),
            None => pixels(frame.inset.bottom, font),
        };
    }
    let moved = [frame.transform, frame.translate].map(|moved| moved.y);
    raised
        - moved
            .map(|y| y.resolve(font, MEDIUM, 0.0))
            .iter()
            .sum::<f32>()
}
