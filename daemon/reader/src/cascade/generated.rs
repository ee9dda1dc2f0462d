//! Boxes that style sheets generate before and after the content of elements, as far as they have a
//! text, part words, or may be under or over the text of the mail.

use super::{
    computed::{Computed, Frame},
    index::Part,
};
use crate::{
    css::{
        colour::Colour,
        length::{Length, MEDIUM},
        marker::ListStyle,
        marks::Mark,
        property::{Display, Image, WhiteSpace},
        replacement::Replacement,
    },
    document::{Element, NodeId},
    thresholds::UNPAINTED,
};
use std::rc::Rc;

/// Most generated boxes of a document.
pub(super) const MAX_GENERATED: usize = 4_000;

/// Least height of a box without a text that is part of the flow, in pixels.
const LEAST_SPACE: f32 = 8.0;

/// Least width of a box in a line that parts words, in pixels and as a part of the size of the font.
const LEAST_GAP: f32 = 3.0;
const LEAST_PART: f32 = 0.2;
/// Padding that stands for a space, as a part of the size of the font. Small letters have one too.
const SPACE: f32 = 1.0;

/// A generated box.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) parent: NodeId,
    pub(super) part: Part,
    pub(super) style: Rc<Computed>,
}

/// Most letters of a marker that a list gives as text. A person may not see a longer one, which can be beside the
/// page, under another box or cut.
const LONGEST_MARKER: usize = 3;
/// Most bytes of such a text, with its spaces.
const MOST_BYTES: usize = 32;

/// The markers that lists give as text.
#[derive(Debug)]
pub(super) struct Markers {
    /// Whether a style may change markers, so that none of them is known.
    unknown: bool,
    found: Vec<Generated>,
}

impl Markers {
    pub(super) fn new(unknown: bool) -> Self {
        Self {
            unknown,
            found: Vec::new(),
        }
    }

    /// Takes the marker of an item of a list, if its style gives it as a short text.
    pub(super) fn take(&mut self, item: NodeId, style: &Computed) {
        let ListStyle::Text(text) = &style.inherited.list_style else {
            return;
        };
        let short = text.trim().chars().count() <= LONGEST_MARKER && text.len() <= MOST_BYTES;
        let counted = self.found.len() < MAX_GENERATED;
        if style.display != Display::ListItem || self.unknown || !short || !counted {
            return;
        }
        let mut marker = Computed::child_of(&style.inherited);
        marker.replacement = Replacement::Text(Rc::clone(text));
        self.found.push(Generated {
            parent: item,
            part: Part::Before,
            style: Rc::new(marker),
        });
    }

    /// Returns the generated boxes with the markers, which are before them.
    pub(super) fn after(self, mut generated: Vec<Generated>) -> Vec<Generated> {
        generated.extend(self.found);
        generated
    }
}

/// Returns the style of a box without a text that parts the words before and behind it: it has a
/// line of its own, or a width. At the edges of a block it parts nothing, and at those of a box in a
/// line its width alone does.
pub(super) fn gap(style: &Computed, parent: &Computed) -> Option<Computed> {
    let in_text = parent.display == Display::Inline;
    if !in_text && parent.display != Display::InlineBlock {
        return None;
    }
    let frame = style.frame_or_default();
    if frame.floats() || !is_in_flow(style) || is_text(style) {
        return None;
    }
    let keeps_lines = matches!(
        style.inherited.white_space,
        WhiteSpace::Pre | WhiteSpace::PreLine
    );
    let mut gap = style.clone();
    match style.display {
        Display::Block | Display::Flex | Display::ListItem => return in_text.then_some(gap),
        Display::Table if !style.marks.has(Mark::Row) => return in_text.then_some(gap),
        Display::Inline | Display::InlineBlock => {}
        Display::Table | Display::Cell | Display::Contents | Display::None => return None,
    }
    // In a box of its own, a space at the edge has no width.
    match style.replacement {
        _ if style.display != Display::Inline || !in_text => {}
        Replacement::Break if keeps_lines => {
            gap.display = Display::Block;
            return Some(gap);
        }
        Replacement::Space | Replacement::Break => {
            gap.frame().padding.left = Length::em(SPACE);
            return Some(gap);
        }
        Replacement::None | Replacement::Image | Replacement::Text(_) => {}
    }
    let sizes = match style.display {
        Display::InlineBlock => [frame.width, frame.min_width],
        _ => [None; 2],
    };
    let margins = [frame.margin.left, frame.margin.right];
    let paddings = [frame.padding.left, frame.padding.right];
    let lengths = sizes.into_iter().chain(margins).flatten().chain(paddings);
    let size = style.inherited.font_size;
    // The width around, of which a percentage is a part, is not known.
    let pixels = |length: Length| length.resolve(size, MEDIUM, 0.0);
    let width: f32 = lengths.map(pixels).sum();
    (width >= LEAST_GAP.max(LEAST_PART * size)).then_some(gap)
}

/// Returns whether a box exists beside the flow and paints something.
pub(super) fn is_painted(style: &Computed) -> bool {
    let paints = match style.background {
        Colour::Known(colour) => colour.alpha > UNPAINTED,
        Colour::Current | Colour::Unknown => true,
    };
    is_generated(style)
        && style.frame.as_deref().is_some_and(Frame::is_absolute)
        && (paints || style.background_image != Image::None)
}

/// Returns whether a box exists and has a text.
pub(super) fn is_text(style: &Computed) -> bool {
    is_generated(style) && matches!(style.replacement, Replacement::Text(_))
}

/// Returns whether a box exists in the flow and moves the content after it by a size of its own.
pub(super) fn is_spacer(style: &Computed) -> bool {
    let is_large = |length: Length| length.is_definite() && length.usual() >= LEAST_SPACE;
    let frame = style.frame_or_default();
    let sizes = [
        frame.height,
        frame.min_height,
        frame.margin.top,
        frame.margin.bottom,
    ];
    let paddings = [frame.padding.top, frame.padding.bottom];
    let any = sizes.into_iter().flatten().chain(paddings).any(is_large);
    any && style.is_boxed() && is_in_flow(style)
}

/// Returns whether a box exists in the flow.
pub(super) fn is_in_flow(style: &Computed) -> bool {
    is_generated(style) && !style.frame.as_deref().is_some_and(Frame::is_absolute)
}

fn is_generated(style: &Computed) -> bool {
    style.marks.has(Mark::Generated) && style.display != Display::None
}

/// Returns whether boxes are generated in an element. A button has them beside its text.
pub(super) fn has_generated(element: &Element) -> bool {
    let name = element.html_name();
    let control = element.is_control() && name != "button";
    !element.is_replaced() && !control && !matches!(name, "area" | "br" | "head" | "wbr")
}
